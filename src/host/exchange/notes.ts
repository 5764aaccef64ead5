// What a host has on record, and what is noted there: drift of a release, a hold, taken places in balancers, the log.
import { parseLog } from "../log.ts";
import type { Drift, LogEvent } from "../types.ts";
import type { Dialogue } from "./dialogue.ts";

/** As `Host.drift`: what differs from the file index, and the configuration where it was changed by hand */
export async function drift(dialogue: Dialogue, request: { release: string; full: boolean }): Promise<Drift> {
  const reply = await dialogue.call("drift", {
    values: { release: request.release, full: request.full ? "yes" : "no" },
  });
  const changed = (reply.texts.get("drift") ?? "").split("\n").filter(Boolean);
  const own = reply.value("env_changed") ? [".tarlift/env"] : [];
  return { changed: [...own, ...changed], count: Number(reply.value("count") ?? 0) + own.length };
}

/** As `Host.hold`. @param message one line; undefined: deploys are held no more */
export async function hold(dialogue: Dialogue, message: string | undefined): Promise<void> {
  if (message === undefined) await dialogue.call("unhold", { values: {} });
  else await dialogue.call("hold", { values: {}, texts: { hold: `${message.replaceAll(/[\r\n]+/g, " ")}\n` } });
}

/** As `Host.noteTaken`. */
export async function noteTaken(dialogue: Dialogue, taken: readonly { seat: string; had: string }[]): Promise<void> {
  await dialogue.call("note", {
    values: {},
    texts: { taken: taken.map(takenLine).join("") },
  });
}

/** A line of the record: what it had, a tab, the place. */
export const takenLine = ({ seat, had }: { seat: string; had: string }): string => `${had}\t${seat}\n`;

/** As `Host.history`. @param limit how many events, the newest */
export async function history(dialogue: Dialogue, limit: number): Promise<LogEvent[]> {
  const reply = await dialogue.call("history", { values: { limit } });
  return parseLog(reply.texts.get("history") ?? "");
}
