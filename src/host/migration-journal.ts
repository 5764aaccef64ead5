// The text of a host's journal of migrations (src/remote/migrations.sh).
import { isReleaseName, isTransaction } from "./recorded-names.ts";
import type { MigrationEvent } from "./types.ts";

/** @returns its lines in order, without those that say nothing; undefined when there are none */
export function parseJournal(text: string): MigrationEvent[] | undefined {
  const events = text.split("\n").flatMap((line) => parseEvent(line) ?? []);
  return events.length > 0 ? events : undefined;
}

function parseEvent(line: string): MigrationEvent | undefined {
  // A migration is called whatever its own tool calls it, line separators of Unicode included: `s`.
  const [, event, transaction, release, rest] = /^(begun|ended|good|back) (\S+) (\S+)(?: (.*))?$/s.exec(line) ?? [];
  if (transaction === undefined || release === undefined) return undefined;
  if (!isTransaction(transaction) || !isReleaseName(release)) return undefined;
  const of = { transaction, release };
  if (event === "good" || event === "back") return { ...of, event };
  if (event === "begun") return rest ? { ...of, event, migration: rest } : undefined;
  return /^\d+$/.test(rest ?? "") ? { ...of, event: "ended", code: Number(rest) } : undefined;
}

/** The same lines as text. */
export function formatJournal(events: readonly MigrationEvent[]): string {
  const rest = (event: MigrationEvent) =>
    event.event === "begun" ? ` ${event.migration}` : event.event === "ended" ? ` ${event.code}` : "";
  return events.map((event) => `${event.event} ${event.transaction} ${event.release}${rest(event)}\n`).join("");
}
