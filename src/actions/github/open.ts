// GitHub's REST API behind the interfaces of the domain: the only client except those of the stores.
import type { RemoteRepository } from "../../verify/remote-repository.ts";
import { type GithubOptions, openApi } from "./api.ts";
import { type Artifacts, artifactsOf } from "./artifacts.ts";
import { checksOf } from "./checks.ts";
import { commitsOf } from "./commits.ts";
import { type Deployments, deploymentsOf } from "./deployments.ts";

/** @throws Failure (refused) without a token or a repository */
export function openGithub(options: GithubOptions): RemoteRepository & Deployments & Artifacts {
  const api = openApi(options);
  return { ...commitsOf(api), ...checksOf(api), ...artifactsOf(api), ...deploymentsOf(api) };
}
