// The text of a host's migration journal (src/remote/migrations.sh).
import { tooMuch } from "../protocol/frames.ts";
import { isReleaseName, isTransaction } from "../protocol/recorded-names.ts";
import type { MigrationEvent } from "./host.ts";

/**
 * A host keeps 500 lines about completed runs (src/remote/migrations.sh); runs that fail add a line for each migration,
 * each time.
 */
const MOST_LINES = 200_000;

/**
 * @returns its lines in order, without invalid ones; undefined when there are none
 * @throws Failure for more lines than a host keeps
 */
export function parseJournal(text: string): MigrationEvent[] | undefined {
  const lines = text.split("\n", MOST_LINES + 2);
  if (lines.length > MOST_LINES + 1) throw tooMuch();
  const events = lines.flatMap((line) => parseEvent(line) ?? []);
  return events.length > 0 ? events : undefined;
}

function parseEvent(line: string): MigrationEvent | undefined {
  // The user's own tool names migrations, and a name may contain line separators of Unicode: hence `s`.
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
