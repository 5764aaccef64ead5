// The position of the database's schema, by the hosts' migration journals: what a rollback would cross, what lost runs
// left, and what a host's journal lacks. Every host has a journal, because the leader may be another host next time, or
// unreachable.

import type { Host, MigrationEvent } from "../host/host.ts";
import { formatEnd } from "../subprocess/command.ts";
import { formatCount, formatNames } from "../text/quantity.ts";
import type { Names, Participant } from "./member.ts";

/** What one transaction applied, or tried to apply. */
export interface Batch {
  host: string;
  transaction: string;
  /** The release that brought it, by its name on the host that applied it. */
  release: string;
  migrations: string[];
  /** 128 + n: by signal n. Undefined: the host stopped meanwhile, or the command has not ended. */
  code: number | undefined;
  /** Its last output, if no run has completed since. */
  output?: string | undefined;
}

/** @param events a host's journal, or the end of it */
export function batchesOf(host: string, events: readonly MigrationEvent[]): Batch[] {
  const batches = new Map<string, Batch>();
  for (const event of events) {
    const { transaction, release } = event;
    if (event.event === "begun") {
      const batch = batches.get(transaction) ?? { host, transaction, release, migrations: [], code: undefined };
      batch.migrations.push(event.migration);
      batches.set(transaction, batch);
    } else if (event.event === "ended") {
      const batch = batches.get(transaction);
      if (batch) batch.code = event.code;
    }
  }
  return [...batches.values()];
}

/** A migration between a release's last good schema and the current schema. */
export interface Crossed {
  migration: string;
  host: string;
  release: string;
  /** False if its command failed or was interrupted: perhaps the migration was applied. */
  certain: boolean;
}

/**
 * Migrations that were applied since these releases were last good, each on its host. A migration that a journal has
 * before them was proven to be applied already; so it was if its transaction brought one of these releases.
 *
 * @returns in the order in which they were applied, each by its last application
 */
export function crossedBy(fleet: readonly Participant[], names: Names): Crossed[] {
  const known = new Set<string>();
  const since: Batch[] = [];
  for (const { host, facts } of fleet) {
    const events = facts.migrations ?? [];
    const at = events.findLastIndex(({ event, release }) => event === "good" && release === names.get(host));
    if (at >= 0) known.add(events[at]!.transaction);
    for (const { transaction } of events.slice(0, Math.max(at, 0))) known.add(transaction);
    for (const batch of batchesOf(host.name, events.slice(at + 1))) since.push(batch);
  }
  const crossed = new Map<string, Crossed>();
  for (const { host, transaction, release, migrations, code } of since) {
    if (known.has(transaction)) continue;
    for (const migration of migrations) {
      const before = crossed.get(migration);
      crossed.delete(migration);
      crossed.set(migration, { migration, host, release, certain: code === 0 || before?.certain === true });
    }
  }
  return [...crossed.values()];
}

/**
 * Batches after which no run completed: their run was lost or failed. What the other hosts agreed on since has settled
 * the batches of an unreachable host: ids of transactions sort by their time. An agreement on the batch's own
 * transaction, on any host, settles it too: the release stayed there, though the host that applied the batch may have
 * stayed behind, or not have written that it ended.
 */
export function leftBatches(fleet: readonly Participant[]): Batch[] {
  const left = new Map<string, Batch>();
  for (const { host, facts } of fleet) {
    const others = fleet.filter((member) => member.host !== host);
    const isSettled = ({ transaction }: Batch) =>
      facts.agreed === transaction || others.some(({ facts: { agreed = "" } }) => agreed >= transaction);
    const batches = batchesOf(host.name, sinceLastEnd(facts.migrations ?? []));
    const latest = batches.at(-1);
    if (latest && facts.migrationOutput) latest.output = facts.migrationOutput;
    for (const batch of batches) if (!isSettled(batch)) left.set(batch.transaction, batch);
  }
  return [...left.values()];
}

const sinceLastEnd = (events: readonly MigrationEvent[]) =>
  events.slice(events.findLastIndex(({ event }) => event === "good" || event === "back") + 1);

/** One warning about the result of a batch that a previous run left. */
export function describeLeft({ host, release, migrations, code, output }: Batch): string {
  const what = `${formatCount(migrations.length, "migration")} of ${release} (${formatNames(migrations)})`;
  const said = output?.trimEnd().split("\n").at(-1)?.trim();
  const last = said ? `; the last that was printed: ${said}` : "";
  // Whether it was interrupted or reverted in good order: no release was kept since.
  if (code === 0) return `${host}: a run before this one has applied ${what}, and its release did not stay`;
  if (code === undefined)
    return `${host}: whether ${what} were applied is not known: the host stopped, or they were killed, before their end${last}`;
  return `${host}: a run before this one failed to apply ${what} (${describeCode(code)}): some may have been applied${last}`;
}

const describeCode = (code: number) => formatEnd({ code, signal: null, timedOut: false });

/**
 * The lines that a host's journal lacks at the end of a transaction: those of that transaction, and of earlier ones
 * that did not complete.
 *
 * @param own what was added to the leader's journal since the facts
 */
export function missingFrom(
  host: Host,
  fleet: readonly Participant[],
  transaction: string,
  own: { leader: Host | undefined; events: readonly MigrationEvent[] } = { leader: undefined, events: [] },
): MigrationEvent[] {
  const isBatch = ({ event }: MigrationEvent) => event === "begun" || event === "ended";
  const known = new Map<string, MigrationEvent[]>();
  for (const { facts } of fleet) {
    const events = facts.migrations ?? [];
    const left = new Set([transaction, ...sinceLastEnd(events).map((event) => event.transaction)]);
    const batches = Map.groupBy(events.filter(isBatch), (event) => event.transaction);
    for (const id of left) {
      const lines = batches.get(id) ?? [];
      if (lines.length > (known.get(id)?.length ?? 0)) known.set(id, lines);
    }
  }
  if (own.events.length > 0) known.set(transaction, [...own.events]);
  const has = new Set(
    fleet.find((member) => member.host === host)?.facts.migrations?.map((event) => event.transaction),
  );
  if (own.leader === host) has.add(transaction);
  return [...known].flatMap(([id, lines]) => (has.has(id) ? [] : lines));
}
