// `converge`: every host of a target to what the fleet agreed on last.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { type Artifact, openArtifact } from "../bundle/read.ts";
import { Failure } from "../failure.ts";
import { converge } from "../fleet/converge.ts";
import type { FleetRequest, Report } from "../fleet/types.ts";
import type { ReleaseOnHost } from "../host/types.ts";
import { artifactAt, storedArtifact } from "./artifact.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, fleetRequest, onHosts } from "./fleet.ts";
import { notifying } from "./notifying.ts";

export interface ConvergeOptions extends FleetOptions {
  /** The artifact of the release that the fleet runs; left out: it is looked for in the artifact store. */
  artifact?: string | undefined;
  /** As for a deploy. */
  begins?: ((request: FleetRequest) => void) | undefined;
}

/** @returns and throws as {@link deployTo} does */
export async function convergeOn(context: Context, options: ConvergeOptions): Promise<Report> {
  return notifying(context, options, () =>
    onHosts(async () => {
      const request = fleetRequest(context, options, { needsSecrets: true });
      options.begins?.(request);
      return converge({ ...request, artifactOf: (release) => artifactOf(context, options, release) });
    }),
  );
}

async function artifactOf(
  context: Context,
  { artifact: file }: ConvergeOptions,
  release: ReleaseOnHost,
): Promise<Artifact> {
  const artifact = file === undefined ? await stored(context, release) : await artifactAt(context, file);
  if (artifact.releaseDigest === release.digest) return artifact;
  throw new Failure({
    what: "this is another release than the one that the fleet runs",
    where: { file: artifact.file, holds: artifact.releaseDigest, wanted: release.digest ?? "" },
    remedy: `Give the artifact of ${release.version}, commit ${release.commit?.slice(0, 12)}: the same commit gives the same digest wherever it is bundled.`,
    outcome: "refused",
  });
}

async function stored(context: Context, release: ReleaseOnHost): Promise<Artifact> {
  try {
    return await storedArtifact(context, release);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // A deploy from here has left it where bundling puts it.
    const left = join(context.work, `${context.config.app}-${basename(release.version)}.tar`);
    if (existsSync(left)) return openArtifact(left);
    throw new Failure({
      what: `a host does not have ${release.id}, and its artifact is not at hand: ${error.what}`,
      remedy: `Bundle commit ${release.commit?.slice(0, 12)} again and give it with --artifact; or deploy something newer.`,
      outcome: "refused",
    });
  }
}
