// `deploy`: deploys an artifact to every host of a target, as one transaction.
import { openArtifact } from "../artifact/open-artifact.ts";
import { findTarget } from "../config/select.ts";
import { Failure } from "../failure.ts";
import { deploy } from "../fleet/deploy.ts";
import type { Report } from "../fleet/report.ts";
import type { FleetRequest } from "../fleet/request.ts";
import { refuseOtherTag } from "../source/tags.ts";
import { isAncestorIn } from "../verify/ancestry.ts";
import type { RemoteRepository } from "../verify/remote-repository.ts";
import { artifactAt, makeArtifact } from "./artifact.ts";
import { deployConfig, ownConfig } from "./authoritative-config.ts";
import type { Context } from "./context.ts";
import { checkFleet, type FleetOptions, withFleet } from "./fleet-request.ts";
import { notifying, type Started } from "./with-notifications.ts";

export interface DeployOptions extends FleetOptions {
  /** The artifact's file; left out: one is bundled from the checked-out commit. */
  artifact?: string | undefined;
  /** A label for the release; left out: the artifact's. */
  version?: string | undefined;
  /** Accepts a label that is the tag of another commit. */
  allowOtherTag?: boolean | undefined;
  /** An interpreter to bundle with; its minor version must be the hosts'. */
  python?: string | undefined;
  dryRun?: boolean | undefined;
  /** Deploys a commit that is an ancestor of the live one; left out: the target's setting. */
  allowOlder?: boolean | undefined;
  /** Called before the first remote change: a job that cleans up after a killed run needs the request. */
  begins?: ((request: FleetRequest) => void) | undefined;
  /** Asks GitHub which of two commits is older: a checkout often has only one of them. */
  compare?: RemoteRepository["compare"] | undefined;
}

/**
 * @returns the report, whatever fails on a host
 * @throws Failure (refused) for errors that are found before any host is contacted
 */
export function deployTo(context: Context, options: DeployOptions): Promise<Report> {
  return notifying(context, options, (started) => deployArtifact(context, options, started));
}

/** If no artifact can be made, the deploy changes nothing. */
async function bundled(context: Context, options: DeployOptions): ReturnType<typeof makeArtifact> {
  try {
    return await makeArtifact(context, bundleOptions(options));
  } catch (error) {
    if (!(error instanceof Failure) || error.outcome !== "failed") throw error;
    const { code, what, where, output, remedy } = error;
    throw new Failure({ code, what, where, output, remedy, cause: error, outcome: "refused" });
  }
}

async function deployArtifact(context: Context, options: DeployOptions, started: Started): Promise<Report> {
  const target = findTarget(context.config, options.target);
  // Before minutes are spent on an artifact, or a large one is read.
  await checkFleet(context, options);
  const artifact =
    options.artifact === undefined
      ? await openArtifact((await bundled(context, options)).file)
      : await artifactAt(context, options.artifact);
  const own = ownConfig(artifact.release.configuration);
  if (own === undefined)
    context.progress.warning(
      "this version of Tarlift cannot read the configuration that the artifact holds: services, hooks and migrations are those of the tarlift.yml here",
    );
  const { config, warning } = await deployConfig(own ?? context.config, context.config, options.target);
  if (warning) context.progress.warning(warning);
  const { migrations } = config;
  const version = options.version ?? artifact.version;
  if (options.version !== undefined && !options.allowOtherTag)
    await refuseOtherTag(context.repository, options.version, artifact.release.commit.id);
  const { compare } = options;
  return withFleet(context, { ...options, config, needsSecrets: true }, (request) => {
    options.begins?.(request);
    started({ label: version, commit: artifact.config.tarlift.commit.id });
    return deploy({
      ...request,
      artifact,
      version,
      migrations: migrations && { ...migrations, policy: target.migrations ?? migrations.policy },
      allowOlder: options.allowOlder ?? target["allow-older"],
      dryRun: options.dryRun ?? false,
      isAncestor: isAncestorIn({
        remote: compare && { compare },
        repository: context.repository,
        progress: context.progress,
      }),
    });
  });
}

const bundleOptions = ({ version, allowOtherTag = false, python }: DeployOptions) => ({
  allowOtherTag,
  ...(version === undefined ? {} : { version }),
  ...(python === undefined ? {} : { python }),
});
