// A client of GitHub's REST API for the repository of this run. Responses are validated, and errors have a remedy.
import { setTimeout as pause } from "node:timers/promises";
import { getOctokit } from "@actions/github";
import { z } from "zod";
import { Failure } from "../../failure.ts";
import type { Progress } from "../../progress.ts";
import { isPermissionRefused, retrying } from "./requests.ts";

export interface GithubOptions {
  token: string;
  /** Contains GITHUB_REPOSITORY and GITHUB_API_URL, so that GitHub Enterprise Server works too. */
  env: NodeJS.ProcessEnv;
  progress: Progress;
  signal?: AbortSignal | undefined;
  /** Waits; for tests. */
  sleep?: (milliseconds: number) => Promise<unknown>;
}

type Client = ReturnType<typeof getOctokit>;

export interface Api {
  client: Client;
  rest: Client["rest"];
  here: { owner: string; repo: string };
  /**
   * @param what what could not be done, for the error
   * @param permission that the job's token needs: `checks: read`
   * @param schema of the response: a proxy between here and GitHub may send another one
   * @throws Failure (refused)
   */
  ask<T>(what: string, permission: string, schema: z.ZodType<T>, question: () => Promise<unknown>): Promise<T>;
}

/** Maximum number of pages of a list: 100 entries each. */
const PAGES = 50;

/** @throws Failure (refused) without a token or a repository */
export function openApi(options: GithubOptions): Api {
  const { token, env, progress, signal, sleep = (time) => pause(time, undefined, { signal }) } = options;
  const [owner = "", repo = ""] = (env.GITHUB_REPOSITORY ?? "").split("/");
  if (!token || !owner || !repo)
    throw new Failure({
      code: token ? "input-invalid" : "github-denied",
      what: token ? "GITHUB_REPOSITORY names no repository" : "there is no token for GitHub's API",
      remedy: token
        ? "This runs as a step of a workflow only."
        : "Leave the input `github-token` out: its default is the job's own token.",
      outcome: "refused",
    });
  const baseUrl = env.GITHUB_API_URL || "https://api.github.com";
  const client = getOctokit(token, { baseUrl });
  client.hook.wrap("request", retrying({ progress, signal, sleep }));
  const here = { owner, repo };
  return {
    client,
    rest: client.rest,
    here,
    async ask(what, permission, schema, question) {
      try {
        return schema.parse(await question());
      } catch (error) {
        throw failureFor(error, what, permission, { repository: `${owner}/${repo}`, api: baseUrl });
      }
    },
  };
}

/** A commit's id. */
export const commit = z.string().regex(/^[0-9a-f]{40,64}$/);

/** Collects pages as they arrive. A list of more than {@link PAGES} is refused: a part of it must not count as all. */
export function somePages() {
  let pages = 0;
  return <T>({ data }: { data: T }): T => {
    pages += 1;
    if (pages <= PAGES) return data;
    throw new Failure({
      code: "github-failed",
      what: `GitHub's list has more than ${PAGES * 100} entries`,
      remedy: "Only so many are read. Where they are checks of a commit, `required-checks: none` deploys without them.",
      outcome: "refused",
    });
  };
}

/** The response, or undefined for 404: it does not exist, or the token may not see it. */
export async function unlessMissing<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if ((error as { status?: number }).status === 404) return undefined;
    throw error;
  }
}

function failureFor(error: unknown, what: string, permission: string, where: Record<string, string>): Failure {
  if (error instanceof Failure) return error;
  const { status, message } = error as { status?: number; message?: string };
  return new Failure({
    code: isPermissionRefused(error) || status === 401 ? "github-denied" : "github-failed",
    what: status === undefined ? what : `${what}: GitHub answered ${status}`,
    where,
    output: error instanceof z.ZodError ? z.prettifyError(error).split("\n").slice(0, 6).join("\n") : message,
    // GitHub answers 404 if a token may not even know that a private repository exists.
    remedy: isPermissionRefused(error)
      ? `Give the job \`permissions: ${permission}\`. Permissions that a job does not name are taken away as soon as it names one.`
      : status === 401
        ? "The token is not valid (any more): leave the input `github-token` out, its default is the job's own."
        : "Run the job again; https://www.githubstatus.com shows whether GitHub has a problem.",
    outcome: "refused",
    cause: error,
  });
}
