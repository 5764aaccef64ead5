// The result of a transaction: as a whole, and host by host.
import type { FailureCode } from "../failure-codes.ts";
import type { Facts, ServiceEvidence } from "../host/host.ts";

/**
 * The result of a transaction. It is returned, never thrown: the caller prints it and takes the exit code from the
 * outcome.
 */
export interface Report {
  outcome: Outcome;
  app: string;
  target: string;
  /** The release's name on the leader. */
  release?: string | undefined;
  version?: string | undefined;
  commit?: string | undefined;
  digest?: string | undefined;
  /** The release that the leader ran before. */
  previousRelease?: string | undefined;
  /** The commit of `previousRelease`. */
  previousCommit?: string | undefined;
  /**
   * How `tarlift rollback` returns to the release that was live before this transaction: `to` if it has to be named,
   * and whether the rollback crosses migrations. Left out if no rollback leads there: a first release, or hosts that
   * ran different ones.
   */
  back?: { to?: string | undefined; crosses: boolean } | undefined;
  /** Migrations were (or may have been) applied, and the code that came with them is not live. */
  schemaAhead: boolean;
  /** With `schemaAhead`: whether any was applied is not known, because its command failed or was interrupted. */
  schemaUncertain: boolean;
  /** Pending migrations, as listed before anything changed. */
  pending: string[];
  /** The pending migrations that were applied. */
  applied: string[];
  hosts: HostOutcome[];
  errors: ReportedError[];
  warnings: string[];
  /** The run was stopped, by this signal (`SIGTERM`) or otherwise (`cancelled`). */
  stopped?: string | undefined;
  /** For a plan only. */
  order?: WavePlan | undefined;
  /** Seconds by part, in order. */
  durations: { part: string; seconds: number }[];
}

export type Outcome =
  | "deployed"
  | "unchanged"
  | "superseded"
  | "rolled-back"
  | "planned"
  | "refused"
  | "reverted"
  | "split"
  | "failed";

/** Exit codes of docs/reference: the outcome alone decides. */
export const OUTCOME_EXIT: Record<Outcome, number> = {
  deployed: 0,
  unchanged: 0,
  superseded: 0,
  "rolled-back": 0,
  planned: 0,
  failed: 1,
  refused: 2,
  reverted: 3,
  split: 4,
};

/** An error, in the four parts of a Failure. */
export interface ReportedError {
  host?: string | undefined;
  code: FailureCode;
  what: string;
  where?: Record<string, string> | undefined;
  output?: string | undefined;
  remedy?: string | undefined;
}

/** The state of a host at the end. */
export interface HostOutcome {
  name: string;
  /** The release that `current` links to; undefined: none. `unknown` when the host could no longer be asked. */
  live: string | undefined;
  unknown?: boolean;
  /** It failed and reverted by itself, while the others go on. */
  behind?: boolean;
  /** What was live when the transaction began. */
  previousRelease: string | undefined;
  services: ServiceEvidence[];
  /** Services that no longer belong to this target but still run, with the release that they run. */
  dropped?: Facts["dropped"];
  /** It was activated, and reverted by itself before this run. */
  returned?: boolean;
  /** After a revert: services that were not seen to run again. */
  down?: string[] | undefined;
  /** After a revert: its balancers were not set to use it again. */
  drained?: boolean | undefined;
  /** Its phases, in order. */
  phases: PhaseRecord[];
  /** Bytes sent over the network for the release, and numbers of files sent and linked. */
  wire?: number;
  files?: { sent: number; linked: number };
  /** For a plan: what prepare would send. */
  missing?: { files: number; bytes: number };
}

/** In the order of a transaction. */
export const PHASES = [
  "preflight",
  "recover",
  "prepare",
  "migrate",
  "drain",
  "activate",
  "verify",
  "restore",
  "watch",
  "commit",
  "revert",
] as const;

/**
 * What is done with a host; a transaction may repeat a phase (health is checked after the restart and after a revert).
 */
export type Phase = (typeof PHASES)[number];

/** One phase of one host. */
export interface PhaseRecord {
  phase: Phase;
  /** Seconds since the transaction began. */
  start: number;
  seconds: number;
  /** The part of these seconds in which started services were watched. */
  settling?: number | undefined;
  ok: boolean;
}

/** The order in which a deploy would activate the hosts. */
export interface WavePlan {
  /** Names of hosts, wave by wave. */
  waves: string[][];
  /** Seconds for settling and watching, wave after wave; stops, starts and health checks come on top. */
  atLeast: number;
}
