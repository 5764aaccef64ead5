// `converge`: brings every host of a target to the release that the fleet agreed on last.
import type { Artifact } from "../artifact/open-artifact.ts";
import { Failure } from "../failure.ts";
import { converge } from "../fleet/converge.ts";
import type { Report } from "../fleet/report.ts";
import type { FleetRequest } from "../fleet/request.ts";
import type { ReleaseOnHost } from "../host/host.ts";
import { artifactAt, artifactAtHand, type RunOf } from "./artifact.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, withFleet } from "./fleet-request.ts";
import { notifying } from "./with-notifications.ts";

export interface ConvergeOptions extends FleetOptions {
  /**
   * The artifact of the release that the fleet runs: a file, or a name in the artifact store. Left out: it is looked
   * for where it may be stored, and otherwise fetched from the hosts that have the release.
   */
  artifact?: string | undefined;
  /** Finds the run that has an artifact of a name, if the artifact store keeps artifacts by run. */
  runOf?: RunOf | undefined;
  /** The release's digest, from a source other than the hosts. */
  releaseDigest?: string | undefined;
  /** As for a deploy. */
  begins?: ((request: FleetRequest) => void) | undefined;
}

/** @returns and throws as {@link deployTo} does */
export async function convergeOn(context: Context, options: ConvergeOptions): Promise<Report> {
  const { releaseDigest } = options;
  if (releaseDigest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(releaseDigest))
    throw new Failure({
      code: "input-invalid",
      what: `${JSON.stringify(releaseDigest.slice(0, 80))} is no release digest`,
      remedy: "It begins with sha256: and has 64 hex digits after it, as a deploy and `tarlift bundle` report it.",
      outcome: "refused",
    });
  return notifying(context, options, () =>
    withFleet(context, { ...options, needsSecrets: true }, (request) => {
      options.begins?.(request);
      const artifactOf = (release: ReleaseOnHost) => artifactFor(context, options, release);
      return converge({ ...request, releaseDigest, work: context.work, artifactOf });
    }),
  );
}

async function artifactFor(
  context: Context,
  { artifact: given, runOf }: ConvergeOptions,
  release: ReleaseOnHost,
): Promise<Artifact | undefined> {
  if (given === undefined) return artifactAtHand(context, release, runOf);
  const artifact = await artifactAt(context, given);
  if (artifact.releaseDigest === release.digest) return artifact;
  throw new Failure({
    code: "artifact-mismatch",
    what: "this is another release than the one that the fleet runs",
    where: { file: artifact.file, holds: artifact.releaseDigest, wanted: release.digest ?? "" },
    remedy: `Give the very artifact that ${release.version} was deployed from, or none: then the release comes from a host that has it. ${AGAIN}`,
    outcome: "refused",
  });
}

const AGAIN =
  "Bundling its commit again makes another release as soon as an environment or an asset step is built again instead of restored.";
