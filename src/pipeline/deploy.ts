// `deploy`: an artifact on every host of a target, as one transaction.
import { openArtifact } from "../bundle/read.ts";
import { findTarget } from "../config/select.ts";
import { deploy } from "../fleet/deploy.ts";
import type { FleetRequest, Report } from "../fleet/types.ts";
import { tryGit } from "../source/git.ts";
import { artifactAt, configOf, makeArtifact } from "./artifact.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, fleetRequest, onHosts } from "./fleet.ts";

export interface DeployOptions extends FleetOptions {
  /** The artifact's file; left out: one is bundled from the commit that is checked out. */
  artifact?: string | undefined;
  /** A label for the release; left out: the artifact's. */
  version?: string | undefined;
  dryRun?: boolean | undefined;
  /** Deploys a commit that the live one descends from; left out: the target's. */
  allowOlder?: boolean | undefined;
  /** Told before the first remote change: whoever finishes for a killed run needs to know it. */
  begins?: ((request: FleetRequest) => void) | undefined;
}

/**
 * @returns what came of it, whatever goes wrong on a host
 * @throws Failure (refused) for what is wrong before any host is asked
 */
export async function deployTo(context: Context, options: DeployOptions): Promise<Report> {
  const target = findTarget(context.config, options.target);
  const artifact =
    options.artifact === undefined
      ? await openArtifact((await makeArtifact(context, versionOption(options.version))).file)
      : await artifactAt(context, options.artifact);
  const config = configOf(artifact, context.config);
  const { migrations } = config;
  return onHosts(async () => {
    const request = fleetRequest(context, options, { config, needsSecrets: true });
    options.begins?.(request);
    return deploy({
      ...request,
      artifact,
      version: options.version ?? artifact.version,
      migrations: migrations && { ...migrations, policy: target.migrations ?? migrations.policy },
      allowOlder: options.allowOlder ?? target["allow-older"],
      dryRun: options.dryRun ?? false,
      isAncestor: (ancestor, descendant) => isAncestor(context.repository, ancestor, descendant),
    });
  });
}

const versionOption = (version: string | undefined) => (version === undefined ? {} : { version });

/** Whether a commit is an ancestor of another, by local git; undefined where it does not know one of them. */
async function isAncestor(repository: string, ancestor: string, descendant: string): Promise<boolean | undefined> {
  const known = await tryGit(repository, ["cat-file", "-e", `${ancestor}^{commit}`]);
  if (known === undefined || (await tryGit(repository, ["cat-file", "-e", `${descendant}^{commit}`])) === undefined)
    return undefined;
  return (await tryGit(repository, ["merge-base", "--is-ancestor", ancestor, descendant])) !== undefined;
}
