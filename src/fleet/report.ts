// What a transaction came to: of the whole, and host by host.
import type { FailureCode } from "../failure-codes.ts";
import type { Facts, ServiceEvidence } from "../host/host.ts";

/** What a transaction came to. It is returned, never thrown: the caller prints it and takes the exit code from the outcome. */
export interface Report {
  outcome: Outcome;
  app: string;
  target: string;
  /** The release's name on the leader. */
  release?: string | undefined;
  version?: string | undefined;
  commit?: string | undefined;
  digest?: string | undefined;
  /** What the leader ran before. */
  previousRelease?: string | undefined;
  /** The commit of that. */
  previousCommit?: string | undefined;
  /**
   * How `tarlift rollback` leads back to what was live before this transaction: `to` where it has to be named, and whether it crosses
   * migrations. Left out where nothing does: a first release, hosts that ran different ones.
   */
  back?: { to?: string | undefined; crosses: boolean } | undefined;
  /** Migrations were (or may have been) applied, and the code that came with them is not live. */
  schemaAhead: boolean;
  /** With `schemaAhead`: whether any was applied is not known, because what applied them failed or was cut off. */
  schemaUncertain: boolean;
  /** Pending migrations, as listed before anything changed. */
  pending: string[];
  /** Those of them that were applied. */
  applied: string[];
  hosts: HostOutcome[];
  troubles: ReportedError[];
  warnings: string[];
  /** The run was told to stop, by this signal (`SIGTERM`) or otherwise (`cancelled`). */
  stopped?: string | undefined;
  /** Of a plan. */
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

/** Exit codes of docs/reference: the outcome, and nothing else, decides. */
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

/** Something that went wrong, in the four parts of a Failure. */
export interface ReportedError {
  host?: string | undefined;
  code: FailureCode;
  what: string;
  where?: Record<string, string> | undefined;
  output?: string | undefined;
  remedy?: string | undefined;
}

/** Where a host stands at the end. */
export interface HostOutcome {
  name: string;
  /** The release that `current` leads to; undefined: none. `unknown` when the host could not be asked any more. */
  live: string | undefined;
  unknown?: boolean;
  /** It failed and went back by itself, while the others go on. */
  behind?: boolean;
  /** What was live when the transaction began. */
  before: string | undefined;
  services: ServiceEvidence[];
  /** Services that are not this target's any more, and that were seen to run on, with the release that they run. */
  dropped?: Facts["dropped"];
  /** It was switched, and went back by itself before this run came. */
  returned?: boolean;
  /** After the way back: services that were not seen to run again. */
  down?: string[] | undefined;
  /** After the way back: its balancers were not told to use it again. */
  drained?: boolean | undefined;
  /** What was done with it, in order. */
  phases: PhaseRecord[];
  /** Bytes that went over the wire for the release, and files that were sent and linked. */
  wire?: number;
  files?: { sent: number; linked: number };
  /** What prepare would send (a plan). */
  missing?: { files: number; bytes: number };
}

/** What is done with a host; a transaction may do the same more than once (health is asked for after the restart and after a revert). */
export type Phase =
  | "survey"
  | "repair"
  | "prepare"
  | "migrate"
  | "drain"
  | "activate"
  | "verify"
  | "undrain"
  | "watch"
  | "commit"
  | "revert";

/** One phase of one host. */
export interface PhaseRecord {
  phase: Phase;
  /** Seconds since the transaction began. */
  start: number;
  seconds: number;
  /** Seconds of these for which services that had started were watched. */
  settling?: number | undefined;
  ok: boolean;
}

/** In which order a deploy would switch the hosts. */
export interface WavePlan {
  /** Names of hosts, wave by wave. */
  waves: string[][];
  /** Seconds that settling and watching take, wave after wave; stops, starts and health checks come on top. */
  atLeast: number;
}
