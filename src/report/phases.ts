// Host × phase: what was done with each host, how long it took, and where it failed. The same for a terminal and for a job summary.
import type { HostOutcome, Phase } from "../fleet/types.ts";

/** In the order in which a transaction comes to them. */
const ORDER: readonly Phase[] = [
  "survey",
  "repair",
  "prepare",
  "migrate",
  "drain",
  "activate",
  "verify",
  "undrain",
  "watch",
  "commit",
  "revert",
];

export interface PhaseCell {
  /** Of all times that the host went through this phase. */
  seconds: number;
  ok: boolean;
}

export interface PhaseTable {
  /** Those that any host went through. */
  phases: Phase[];
  hosts: { name: string; cells: (PhaseCell | undefined)[] }[];
}

export function phaseTable(hosts: readonly HostOutcome[]): PhaseTable {
  const phases = ORDER.filter((phase) => hosts.some((host) => host.phases.some((one) => one.phase === phase)));
  return {
    phases,
    hosts: hosts.map((host) => ({ name: host.name, cells: phases.map((phase) => cellOf(host, phase)) })),
  };
}

function cellOf(host: HostOutcome, phase: Phase): PhaseCell | undefined {
  const records = host.phases.filter((one) => one.phase === phase);
  if (records.length === 0) return undefined;
  return {
    seconds: records.reduce((sum, { seconds }) => sum + seconds, 0),
    ok: records.every(({ ok }) => ok),
  };
}
