// The cells of the crash matrix: the protocol's table of steps, on the side of the machine that deploys and on that of a host, times what
// can befall, times each of three hosts.
import { STEPS } from "../../src/protocol/verbs.ts";
import type { Moment } from "../support/call-gate.ts";

export const HOSTS = 3;

/** What a run was at when it was struck. */
export const OPERATIONS = ["deploy", "migrating deploy", "failing deploy", "rollback"] as const;
export type Operation = (typeof OPERATIONS)[number];

/**
 *   runner killed    SIGKILL; what hosts have begun they bring to its end
 *   connection cut   the connection with the host is gone, the runner lives, and may come back
 *   session killed   everything that the connection had started on the host dies with it; the runner lives
 *   network lost     the host's cable is out until the run has ended (lab)
 *   host killed      the power of the host is off until the run has ended (lab)
 */
export const FAULTS = ["runner killed", "connection cut", "session killed", "network lost", "host killed"] as const;
export type Fault = (typeof FAULTS)[number];
/** Faults for which hosts must be machines of their own. */
export const LAB_FAULTS: readonly Fault[] = ["network lost", "host killed"];

/** A place in the protocol; `service`: while a host's service is stopped for its planned restart. */
export type At =
  | { side: "host"; verb: string; step: string }
  | { side: "service"; verb: string; step: "stopped" }
  | { side: "runner"; verb: string; when: Moment };

export interface Place {
  operation: Operation;
  at: At;
}

export interface Cell extends Place {
  fault: Fault;
  /** Position of the host to which it happens. */
  host: number;
}

/** Verbs that change something, by the operation that calls them first. */
const VERBS: Record<Operation, readonly (keyof typeof STEPS)[]> = {
  deploy: ["facts", "prepare", "activate", "precommit", "commit"],
  "migrating deploy": ["task"],
  "failing deploy": ["revert"],
  // What it shares with a deploy, it does to a release that was good before.
  rollback: ["activate", "precommit", "commit"],
};

/** Marks of these verbs that a rollback does not pass. */
const NOT_IN_ROLLBACK: readonly string[] = ["write-previous", "write-state-active", "write-good", "discard"];

/** The marks of a verb that an operation passes, in their order. */
export const marksOf = (operation: Operation, verb: keyof typeof STEPS): string[] =>
  STEPS[verb].filter((step) => operation !== "rollback" || !NOT_IN_ROLLBACK.includes(step));

/** Every place in the protocol at which a run can be struck. */
export const PLACES: readonly Place[] = OPERATIONS.flatMap((operation) =>
  VERBS[operation].flatMap((verb): Place[] => {
    const runner: Moment[] =
      verb === "prepare" ? ["before", "sent", "within", "answered"] : ["before", "sent", "answered"];
    const places: At[] = [
      ...runner.map((when): At => ({ side: "runner", verb, when })),
      ...marksOf(operation, verb).map((step): At => ({ side: "host", verb, step })),
      ...(verb === "activate" || verb === "revert" ? [{ side: "service", verb, step: "stopped" } as const] : []),
    ];
    return places.map((at) => ({ operation, at }));
  }),
);

/** What strikes every place on each of the hosts; the others, which are kinds of these, strike it on one host in turn. */
export const ON_EACH: readonly Fault[] = ["runner killed", "connection cut", "host killed"];

/** Migrations run on the leader alone; of a rollback, whose calls are a deploy's, each place is struck on one host in turn. */
function hostsOf({ operation }: Place, fault: Fault, n: number): number[] {
  if (operation === "migrating deploy") return [0];
  if (operation === "rollback" || !ON_EACH.includes(fault)) return [(n + FAULTS.indexOf(fault)) % HOSTS];
  return Array.from({ length: HOSTS }, (_, host) => host);
}

/** Before its first call there is no connection that could be lost. */
const canHappen = ({ at, fault }: Cell): boolean =>
  !(at.verb === "facts" && at.side === "runner" && at.when === "before" && ON_CONNECTIONS.includes(fault));
const ON_CONNECTIONS: readonly Fault[] = ["connection cut", "session killed"];

/** All cells, in one fixed order. */
export const CELLS: readonly Cell[] = PLACES.flatMap((place, n) =>
  FAULTS.flatMap((fault) => hostsOf(place, fault, n).map((host) => ({ ...place, fault, host }))),
).filter(canHappen);

export const placeName = ({ operation, at }: Place): string =>
  `${operation}: ${at.verb}, ${at.side === "runner" ? at.when : at.side === "host" ? at.step : "service stopped"}`;

export const cellName = (cell: Cell): string => `${placeName(cell)}; ${cell.fault}, host ${cell.host + 1}`;
