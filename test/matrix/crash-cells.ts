// The cells of a release that dies at once on one of three hosts while the run that deploys it is killed: steps, hosts, waves and
// supervisors, so that each two of them meet.
import type { WaveRules } from "../../src/fleet/waves.ts";
import { type At, HOSTS } from "./cells.ts";

/** What starts the service, with its own start limits. */
export const SUPERVISORS = ["systemd", "systemd, a start a second", "supervisord", "command"] as const;
export type Supervisor = (typeof SUPERVISORS)[number];

const rules = (canary: boolean, size: WaveRules["size"], minHealthy: WaveRules["minHealthy"]): WaveRules => ({
  canary,
  size,
  minHealthy,
  maxFailures: 0,
  watch: 0,
});
export const WAVES: Readonly<Record<string, WaveRules | undefined>> = {
  "one by one": rules(false, 1, 1),
  "a canary, then the others": rules(true, "100%", 1),
  "all at once": undefined,
};

/** The run after a killed one: another commit, the same that dies, `converge`. */
export const AFTERWARDS = ["another", "the same", "converge"] as const;

export interface CrashCell {
  at: At;
  /** Position of the host on which the release dies, and whose step it is. */
  host: number;
  waves: string;
  supervisor: Supervisor;
  /** Hosts have an auto-revert, and come back without another run. */
  switch: boolean;
  afterwards: (typeof AFTERWARDS)[number];
}

const onHost = (verb: string, ...steps: string[]): At[] => steps.map((step) => ({ side: "host", verb, step }));
const onRunner = (verb: string, ...moments: ("before" | "sent" | "answered")[]): At[] =>
  moments.map((when) => ({ side: "runner", verb, when }));

/** Steps of the way there and of the way back that the host passes on which the release dies. */
const PLACES: readonly At[] = [
  ...onRunner("activate", "sent"),
  ...onHost("activate", "write-activating", "recorded", "armed", "swapped", "restarting"),
  ...onRunner("activate", "before"),
  ...onRunner("revert", "before", "sent"),
  ...onHost("revert", "reverting", "swapped", "restarting", "restarted", "reverted"),
  ...onRunner("revert", "answered"),
];

const turn = <T>(values: readonly T[], n: number): T => values[n % values.length]!;

/** All of them, 60, in one fixed order; a test of this layer shows that each two values meet. */
export const CRASH_CELLS: readonly CrashCell[] = PLACES.flatMap((at, place) =>
  SUPERVISORS.map(
    (supervisor, n): CrashCell => ({
      at,
      supervisor,
      host: (place + n) % HOSTS,
      waves: turn(Object.keys(WAVES), place + 2 * n + Math.floor(place / HOSTS)),
      switch: (place + n + Math.floor(place / 2)) % 2 === 0,
      afterwards: turn(AFTERWARDS, 2 * place + n + Math.floor(place / HOSTS)),
    }),
  ),
);

export const crashPlaceName = ({ at }: CrashCell): string =>
  `dying release: ${at.verb}, ${at.side === "runner" ? at.when : at.step}`;

export const crashCellName = (cell: CrashCell): string =>
  [
    `${crashPlaceName(cell)}; runner killed, host ${cell.host + 1}`,
    cell.waves,
    cell.supervisor,
    cell.switch ? "switch" : "no switch",
    `then ${cell.afterwards}`,
  ].join(", ");
