// The words of the fleet transaction: who takes part, what is asked for, what came of it.

import type { ReleaseContent } from "../artifact/open-artifact.ts";
import type { BackendServer } from "../balancers/balancer.ts";
import type { HealthConfig, Hook } from "../config/schema.ts";
import type { Facts, FactsRequest, Host, ServiceEvidence } from "../host/host.ts";
import type { Progress } from "../progress.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";
import type { WaveRules } from "./waves.ts";

/** A host as it takes part in the transaction. The first of a fleet is locked first. */
export interface Member {
  host: Host;
  /** Roles from the configuration; empty: all roles. */
  roles: string[];
  /** The release's variables and secrets on this host. */
  configuration: Record<string, string>;
  /** What every exchange with this host is about. */
  place: FactsRequest["place"];
  shared: FactsRequest["shared"];
  /** The services that this host runs. */
  services: ServiceRequest[];
  /** Its servers in load balancers. */
  backendServers?: readonly BackendServer[] | undefined;
  /** Health checks of the services that this host runs, by service. */
  health: Record<string, HealthConfig>;
}

export interface Migrations {
  pending: string;
  apply: string;
  /** They are listed and applied on the first host that has one of these; left out: on the first host. */
  roles?: string[] | undefined;
  policy: "apply" | "require-none" | "ignore";
  /** Seconds. */
  timeout?: number | undefined;
}

/** In the order of a transaction; `…-rollback` stands in a rollback where `…-deploy` stands in a deploy. */
export type HookPoint =
  | "before-prepare"
  | "after-prepare"
  | "before-deploy"
  | "before-rollback"
  | "before-migrate"
  | "after-migrate"
  | "before-activate"
  | "after-activate"
  | "after-deploy"
  | "after-rollback"
  | "after-commit"
  | "after-failure";

/** What every transaction on a fleet needs to know, be it a deploy or a rollback. */
export interface FleetRequest {
  app: string;
  target: string;
  members: Member[];
  /** Identifies the transaction in the hosts' records. */
  deployId: string;
  /** What the deploy key says of a release digest (src/transports/ssh/seal.ts); left out where no key was given by itself. */
  seal?: ((digest: string) => string) | undefined;
  /** For other people's messages: who holds the lock. */
  owner: string;
  /** Seconds to wait for another run. */
  waitForLock: number;
  /** How many hosts may be unreachable and are left out. Default 0. */
  maxUnreachable?: number | undefined;
  keep: number;
  /** In which order hosts are switched; undefined: all at once. */
  waves: WaveRules | undefined;
  restart: "changed" | "always";
  /** The dead man's switch: seconds after which a host goes back by itself when the run is gone; undefined: none. */
  switch?: { after: number; required: boolean } | undefined;
  hooks: { [point in HookPoint]?: Hook[] | undefined };
  /** Directory in which hooks `on: runner` run. */
  directory: string;
  progress: Progress;
  /** Aborted: no further step is opened, and what was activated goes back. */
  signal?: AbortSignal | undefined;
}

/** What a whole transaction keeps to, whichever hosts it is about. */
export type FleetRules = Pick<
  FleetRequest,
  "seal" | "waitForLock" | "maxUnreachable" | "keep" | "waves" | "restart" | "switch" | "hooks" | "directory"
>;

export interface DeployRequest extends FleetRequest {
  artifact: ReleaseContent;
  version: string;
  migrations?: Migrations | undefined;
  allowOlder: boolean;
  /** Ends after the plan; takes no lock. */
  dryRun: boolean;
  /** Whether a commit is an ancestor of another; undefined where nobody knows (a shallow clone, no checkout). */
  isAncestor(ancestor: string, descendant: string): Promise<boolean | undefined>;
}

export interface RollbackRequest extends FleetRequest {
  /** Name, version or commit of a good release; left out: what the whole target last ran in good health. */
  to?: string | undefined;
  /** Hash every file before the switch instead of those whose size, mtime or mode differ. */
  verifyFull: boolean;
  /** Also across migrations that were applied since. */
  allowSchemaAhead?: boolean | undefined;
  /** By what the live release says which migrations are applied no more. */
  migrations?: Pick<Migrations, "pending" | "policy" | "roles"> | undefined;
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
export interface Trouble {
  host?: string | undefined;
  what: string;
  where?: Record<string, string> | undefined;
  output?: string | undefined;
  remedy?: string | undefined;
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

/** In which order a deploy would switch the hosts. */
export interface WavePlan {
  /** Names of hosts, wave by wave. */
  waves: string[][];
  /** Seconds that settling and watching take, wave after wave; stops, starts and health checks come on top. */
  atLeast: number;
}

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
  troubles: Trouble[];
  warnings: string[];
  /** The run was told to stop, by this signal (`SIGTERM`) or otherwise (`cancelled`). */
  stopped?: string | undefined;
  /** Of a plan. */
  order?: WavePlan | undefined;
  /** Seconds by part, in order. */
  durations: { part: string; seconds: number }[];
}

/** What the release is called on each host: the same in most fleets, and not in all (`-2`). */
export type Names = ReadonlyMap<Host, string>;

/** A member with what exchange 1 found out about it. */
export interface Participant extends Member {
  facts: Facts;
}
