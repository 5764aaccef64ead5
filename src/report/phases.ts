// Host × phase: what was done with each host, how long it took, and where it failed. The same for a terminal and a job
// summary.
import { type HostOutcome, PHASES, type Phase, type Report } from "../fleet/report.ts";

export interface PhaseCell {
  /** The sum of all times that the host went through this phase. */
  seconds: number;
  /** The part of these seconds in which services were watched after their start. */
  settling: number;
  ok: boolean;
}

/** `8.1 s, settling 4.6 s`. */
export const cellTime = ({ seconds, settling }: PhaseCell): string =>
  `${seconds.toFixed(1)} s${settling > 0 ? `, settling ${settling.toFixed(1)} s` : ""}`;

export interface PhaseTable {
  /** The phases that any host went through. */
  phases: Phase[];
  hosts: { name: string; cells: (PhaseCell | undefined)[] }[];
}

/**
 * @param report a refusal is marked at the last phase of the hosts that it concerns, although that phase itself
 *   succeeded
 */
export function phaseTable({ hosts, outcome, errors }: Pick<Report, "hosts" | "outcome" | "errors">): PhaseTable {
  const refused = new Set(outcome === "refused" ? errors.map(({ host }) => host) : []);
  const seen = new Set(hosts.flatMap((host) => host.phases.map(({ phase }) => phase)));
  const phases = PHASES.filter((phase) => seen.has(phase));
  return {
    phases,
    hosts: hosts.map((host) => ({
      name: host.name,
      cells: marked(
        phases.map((phase) => cellOf(host, phase)),
        refused.has(host.name),
      ),
    })),
  };
}

function marked(cells: (PhaseCell | undefined)[], refused: boolean): (PhaseCell | undefined)[] {
  if (!refused || cells.some((cell) => cell?.ok === false)) return cells;
  const last = cells.findLastIndex((cell) => cell !== undefined);
  return cells.map((cell, n) => (n === last && cell ? { ...cell, ok: false } : cell));
}

function cellOf(host: HostOutcome, phase: Phase): PhaseCell | undefined {
  const records = host.phases.filter((one) => one.phase === phase);
  if (records.length === 0) return undefined;
  return {
    seconds: records.reduce((sum, { seconds }) => sum + seconds, 0),
    settling: records.reduce((sum, { settling = 0 }) => sum + settling, 0),
    ok: records.every(({ ok }) => ok),
  };
}
