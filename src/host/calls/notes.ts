// A host's records: drift of a release, the lock of deploys, drained backend servers, the log.

import { LARGEST_REPLY } from "../../protocol/frames.ts";
import type { Session } from "../../session/session.ts";
import { parseLog } from "../event-log.ts";
import type { DrainedServer, Drift, LogEvent } from "../host.ts";

/** The maximum number of paths that a reply names (src/remote/drift.sh). */
const PATHS = 100;

/** As `Host.drift`. @throws Failure as the host replied */
export async function drift(session: Session, request: { release: string; full: boolean }): Promise<Drift> {
  const reply = await session.call("drift", {
    values: { release: request.release, full: request.full ? "yes" : "no" },
  });
  const paths = (name: "added" | "drift" | "extra") => (reply.texts.get(name) ?? "").split("\n", PATHS).filter(Boolean);
  const count = (name: "added" | "count" | "extra") => Number(reply.value(name) ?? 0);
  const unrecorded = reply.all("unrecorded");
  return {
    changed: paths("drift"),
    count: count("count"),
    ...(count("added") > 0 ? { added: { paths: paths("added"), count: count("added") } } : {}),
    ...(count("extra") > 0 ? { extra: { paths: paths("extra"), count: count("extra") } } : {}),
    ...(unrecorded.length > 0 ? { unrecorded: [...unrecorded] } : {}),
  };
}

/** Whether a release has not changed since it was verified, compared by sizes, times, modes and names. */
export async function sound(session: Session, release: string): Promise<boolean> {
  const { count, added } = await drift(session, { release, full: false });
  return count === 0 && !added;
}

/** As `Host.lockDeploys`. @param message one line; undefined: deploys are no longer locked */
export async function lockDeploys(session: Session, message: string | undefined): Promise<void> {
  if (message === undefined) await session.call("unhold", { values: {} });
  else await session.call("hold", { values: {}, texts: { hold: `${message.replaceAll(/[\r\n]+/g, " ")}\n` } });
}

/** As `Host.noteTaken`. */
export async function noteDrained(session: Session, drained: readonly DrainedServer[]): Promise<void> {
  await session.call("note", {
    values: {},
    texts: { taken: drained.map(drainedLine).join("") },
  });
}

/** As `Host.acknowledgeReturned`. */
export async function acknowledgeReturned(session: Session): Promise<void> {
  await session.call("note", { values: { heard: "yes" } });
}

/** A line of the record: the previous state, a tab, the server. */
export const drainedLine = ({ server, previous }: DrainedServer): string => `${previous}\t${server}\n`;

/** As `Host.history`. @param limit how many of the newest events */
export async function history(session: Session, limit: number): Promise<LogEvent[]> {
  const reply = await session.call("history", { values: { limit }, limits: { bytes: LARGEST_REPLY } });
  return parseLog(reply.texts.get("history") ?? "", limit);
}
