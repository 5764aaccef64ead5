// The history of a target: the logs of its hosts, joined by transaction.

import { forEachHost } from "../fleet/for-each-host.ts";
import type { ReportedError } from "../fleet/report.ts";
import type { FleetRequest } from "../fleet/request.ts";
import type { LogEvent } from "../host/host.ts";
import type { HOST_COURSES } from "./outcomes.ts";

/** The result of a transaction on one host, by its log. */
export type HostCourse = (typeof HOST_COURSES)[number];

export interface PastHost {
  name: string;
  course: HostCourse;
  release: string;
  /** The owner of another run that completed it on this host, after finding it interrupted. */
  endedBy?: string;
}

export interface PastTransaction {
  /** Its id; it begins with its time. */
  id: string;
  /** When its first event was written, ISO 8601, UTC, by the clock of that host. */
  time: string;
  /** The user or run that did it. */
  by: string;
  /** The release that it concerned. */
  release: string;
  hosts: PastHost[];
}

export interface History {
  app: string;
  target: string;
  /** Newest first. */
  transactions: PastTransaction[];
  errors: ReportedError[];
}

/** The maximum number of events that a transaction writes on one host. */
const EVENTS = 12;

/** Nothing changes, and no lock is taken. @param limit how many transactions */
export async function history(
  request: Pick<FleetRequest, "app" | "target" | "members">,
  limit: number,
): Promise<History> {
  const { app, target, members } = request;
  const results = await forEachHost(members, async ({ host, layout, services, shared }) => {
    await host.facts({ layout, services, shared });
    return host.history(limit * EVENTS);
  });
  const logs = results.done.map(({ member, value }) => ({ name: member.host.name, events: value }));
  return {
    app,
    target,
    transactions: joined(logs).slice(0, limit),
    errors: results.failed.map(({ error }) => error),
  };
}

/** Transactions of all hosts, newest first. */
export function joined(logs: readonly { name: string; events: readonly LogEvent[] }[]): PastTransaction[] {
  const byId = new Map<string, PastTransaction>();
  for (const { name, events } of logs) {
    const own = Map.groupBy(
      events.filter(({ deploy, event }) => deploy !== "" && event !== "pruned"),
      ({ deploy }) => deploy,
    );
    for (const [id, [first, ...more]] of own) {
      if (!first) continue;
      const all = [first, ...more];
      const time = new Date(first.time * 1000).toISOString();
      const release = all.find(({ release: of }) => of !== "")?.release ?? "";
      const known = byId.get(id) ?? { id, time, by: first.by, release, hosts: [] };
      const last = all.at(-1)?.by ?? first.by;
      known.hosts.push({ name, course: courseOf(all), release, ...(last === first.by ? {} : { endedBy: last }) });
      byId.set(id, { ...known, time: time < known.time ? time : known.time });
    }
  }
  return [...byId.values()].sort((a, b) => (a.time === b.time ? compare(b.id, a.id) : compare(b.time, a.time)));
}

const compare = (a: string, b: string): number => (a < b ? -1 : Number(a > b));

/** The last event counts: a later run may have finished or reverted what this one left. */
function courseOf(events: readonly LogEvent[]): HostCourse {
  const ends: Record<string, HostCourse> = {
    "rolled-back": "rolled-back",
    reverted: "reverted",
    prepared: "prepared",
    activated: "unfinished",
    active: "unfinished",
    receiving: "unfinished",
  };
  const has = (name: string) => events.some(({ event }) => event === name);
  const last = events.findLast(({ event }) => event === "good" || event === "reverted" || event in ends);
  if (last?.event === "good") return has("rolled-back") ? "rolled-back" : "deployed";
  return (last && ends[last.event]) ?? "unfinished";
}
