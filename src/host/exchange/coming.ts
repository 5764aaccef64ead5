// A release on its way to one host: what the facts found out that prepare goes by.
import type { EnvironmentRecord } from "../../bundle/format.ts";
import type { Artifact } from "../../bundle/read.ts";
import { configurationDigest } from "../configuration.ts";
import type { Reply } from "../connection.ts";
import type { RecordedRelease } from "../records.ts";
import { confirmed, type Plan, parsePlan, type ReleaseIndex } from "../release-index.ts";
import type { FactsRequest } from "../types.ts";

export interface Coming {
  artifact: Artifact;
  index: ReleaseIndex;
  plan: Plan;
  reply: Reply;
  releases: RecordedRelease[];
  live: string | undefined;
  version: string;
  configuration: string;
  /** Names that may not be reused. */
  taken: string[];
  /** With what an earlier, broken transfer left of each: paths that the index confirms. */
  missingEnvironments: { record: EnvironmentRecord; left: Set<string> }[];
}

/** Reads it out of the facts. @param live the name of the live release */
export async function comingOf(
  request: FactsRequest,
  artifact: Artifact,
  index: ReleaseIndex,
  reply: Reply,
  releases: RecordedRelease[],
  live: string | undefined,
): Promise<Coming> {
  const missing = reply.values.get("missing_environment") ?? [];
  return {
    artifact,
    index,
    plan: parsePlan(reply.texts.get("plan") ?? "", index),
    reply,
    releases,
    live,
    version: request.version ?? artifact.version,
    configuration: configurationDigest(request.configuration ?? {}),
    taken: reply.value("env_changed") && live ? [live] : [],
    missingEnvironments: await Promise.all(
      artifact.release.environments
        .filter(({ id }) => missing.includes(id))
        .map(async (record) => ({
          record,
          left: confirmed(reply.texts.get(`left-${record.id}`) ?? "", await artifact.index(record.diffId)),
        })),
    ),
  };
}

/** What has to travel, by sizes in the indexes; bytes. */
export async function sizeOfMissing(coming: Coming): Promise<{ files: number; bytes: number }> {
  const sizes = coming.plan.missing.map((n) => coming.index.files[n]!.size);
  for (const { record, left } of coming.missingEnvironments) {
    for (const entry of await coming.artifact.index(record.diffId))
      if (entry.type === "file" && !left.has(entry.path)) sizes.push(entry.size);
  }
  return { files: sizes.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
}

/** The directory below `.tarlift/incoming` that it arrives in: one for each digest. */
export const incomingName = (artifact: Artifact) => artifact.releaseDigest.replace("sha256:", "").slice(0, 16);
