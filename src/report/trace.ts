// A transaction as a Gantt chart for Mermaid, which GitHub draws in job summaries: a section for each host, a bar for
// each phase.
import type { HostOutcome, PhaseRecord } from "../fleet/report.ts";

/** More hosts would be unreadable; GitHub draws charts of up to 50 000 characters. */
const HOSTS = 30;

/** @returns the chart's text, without a fence; undefined if nothing was done */
export function timeline(hosts: readonly HostOutcome[]): string | undefined {
  const shown = hosts.filter(({ phases }) => phases.length > 0);
  if (shown.length === 0) return undefined;
  // If there are too many, those that failed come first.
  const chosen = shown.length <= HOSTS ? shown : [...shown].sort(failedFirst).slice(0, HOSTS);
  const end = Math.max(...chosen.flatMap(({ phases }) => phases.map(({ start, seconds }) => start + seconds)));
  return [
    "gantt",
    "  dateFormat x",
    // Seconds since the epoch, where this transaction starts: time zones have no effect.
    "  axisFormat %s s",
    `  tickInterval ${tickOf(end)}`,
    ...chosen.flatMap(({ name, phases }) => [`  section ${label(name)}`, ...phases.map(bar)]),
  ].join("\n");
}

const failed = ({ phases }: HostOutcome): number => Number(phases.some(({ ok }) => !ok));
const failedFirst = (a: HostOutcome, b: HostOutcome): number => failed(b) - failed(a);

function bar({ phase, start, seconds, ok }: PhaseRecord): string {
  const milliseconds = Math.max(1, Math.round(seconds * 1000));
  const kind = ok ? (phase === "revert" || phase === "recover" ? "active" : "done") : "crit";
  return `  ${label(phase)} ${seconds.toFixed(1)} s :${kind}, ${Math.round(start * 1000)}, ${milliseconds}ms`;
}

/** Removes characters with a meaning in Mermaid's grammar (`:`, `;`, `#`, `%`, newlines) from names. */
const label = (name: string): string => name.replace(/[^\p{L}\p{N}._@/ -]/gu, "_").slice(0, 60) || "_";

function tickOf(seconds: number): string {
  if (seconds <= 15) return "1second";
  if (seconds <= 150) return "10second";
  return seconds <= 900 ? "1minute" : "10minute";
}
