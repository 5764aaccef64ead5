// An incoming release of one host: what the facts call found that prepare needs.
import type { ReleaseContent } from "../../artifact/open-artifact.ts";
import type { Reply } from "../../protocol/call.ts";
import { rootId, type Session } from "../../session/session.ts";
import { type Delivery, deliveryFor } from "../../transfers/delivery.ts";
import { bestEncoding, type Encoding } from "../../transfers/encoding.ts";
import { TRANSFERS } from "../../transfers/registry.ts";
import type { ReleaseIndex } from "../../transfers/release-index.ts";
import type { FileModes } from "../../transfers/wire-tar.ts";
import type { FactsRequest } from "../host.ts";
import { configurationDigest } from "../release-env.ts";
import type { RecordedRelease } from "../release-records.ts";

export interface Incoming {
  artifact: ReleaseContent;
  index: ReleaseIndex;
  /** The delivery of this host and of others that gave the same answer. */
  delivery: Delivery;
  /** Leaves the delivery when it is no longer needed; may be called more than once. */
  leave(): Promise<void>;
  encoding: Encoding;
  modes: FileModes;
  /** Environments that the host has without their index: an older Tarlift deployed them. */
  unindexed: string[];
  releases: RecordedRelease[];
  live: string | undefined;
  /** The SSH user. */
  user: string | undefined;
  version: string;
  configuration: string;
  /** Names that may not be reused. */
  taken: string[];
}

/** Reads it from the facts reply. @param live the name of the live release */
export async function incomingOf(
  session: Session,
  request: FactsRequest,
  artifact: ReleaseContent,
  index: ReleaseIndex,
  reply: Reply<"facts">,
  releases: RecordedRelease[],
  live: string | undefined,
): Promise<Incoming> {
  const { root, environmentsRoot } = request.layout;
  const missing = reply.all("missing_environment");
  const encoding = bestEncoding(reply, session.local);
  const modes = reply.value("modes") === "open" ? "open" : "closed";
  const delivery = await deliveryFor(
    {
      artifact,
      index,
      plan: reply.texts.get("plan") ?? "",
      environments: artifact.release.environments
        .filter(({ id }) => missing.includes(id))
        .map(({ id }) => ({
          id,
          directory: `${environmentsRoot}/.incoming-${rootId(request.layout)}-${id}`,
          left: reply.texts.get(`left-${id}`) ?? "",
        })),
      root,
      incoming: `${root}/.tarlift/incoming/${incomingName(artifact)}`,
      encoding,
      modes,
    },
    TRANSFERS[0],
  );
  let left: Promise<void> | undefined;
  return {
    artifact,
    index,
    delivery,
    leave() {
      left ??= delivery.leave();
      return left;
    },
    encoding,
    modes,
    unindexed: artifact.release.environments
      .map(({ id }) => id)
      .filter((id) => reply.all("unindexed_environment").includes(id)),
    releases,
    live,
    user: reply.value("user"),
    version: request.version ?? artifact.version,
    configuration: configurationDigest(request.configuration ?? {}),
    taken: reply.value("env_changed") && live ? [live] : [],
  };
}

/** The directory below `.tarlift/incoming` that receives the release: one for each digest. */
export const incomingName = (artifact: ReleaseContent) => artifact.releaseDigest.replace("sha256:", "").slice(0, 16);
