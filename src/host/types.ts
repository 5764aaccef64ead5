// What the fleet transaction knows of a host. Nothing here names SSH, frames or shells: `fleet/` programs against this, tests fake it.
import type { Artifact } from "../bundle/read.ts";
import type { Task } from "../report/progress.ts";

/** How one reaches a host. */
export interface HostAddress {
  /** What messages call it. */
  name: string;
  /** Name or IP address; `local` is this machine, without SSH. */
  address: string;
  port?: number | undefined;
  user?: string | undefined;
  proxyJump?: string | undefined;
  roles: string[];
}

/** What stays the same for all exchanges of one run with one host. */
export interface Place {
  app: string;
  target: string;
  /** Where the application lives on the host: `/srv/<app>`. */
  root: string;
  /** Where environments live on the host: `/srv/<app>/envs`. */
  environmentsRoot: string;
  /** The user of the services; the SSH user when left out. */
  runAs?: string | undefined;
  shared: { directories: string[]; files: string[] };
  /** The services that this host runs. */
  services: ServiceDescription[];
  /** Identifies the fleet's transaction in states and logs: `[A-Za-z0-9.-]+`. */
  deployId: string;
  /** Seconds without a frame after which the program on the host ends itself. Default 180. */
  lease?: number | undefined;
}

/** One service as the remote program needs it (src/remote/services.sh). Texts travel in frames of their own, never in shell text. */
export interface ServiceDescription {
  name: string;
  kind: "supervisord" | "systemd" | "systemd-user" | "command";
  /** Program, group (`name:*`) or unit; empty for `command`. */
  unit: string;
  action: "restart" | "reload" | { signal: string };
  /** Seconds that the main process must stay the same. */
  settle: number;
  /** Seconds that a graceful stop may take. */
  stopTimeout: number;
  runAs?: string | undefined;
  /** kind `command`: shell texts. */
  restart?: string | undefined;
  stop?: string | undefined;
  status?: string | undefined;
}

export type ReleaseState = "receiving" | "prepared" | "active" | "good" | "failed";

/** A release as a host records it. */
export interface HostRelease {
  /** `<version>-<digest8>`, `-2`, `-3` where only the configuration differs. */
  name: string;
  state: ReleaseState;
  /** `sha256:…`, the artifact's identity. */
  digest: string;
  version: string;
  commit: string;
  /** Digest of the configuration's values, hex; compared, never shown. */
  configuration: string;
  environments: string[];
  /** Seconds since the epoch when it became good last, and the fleet transaction in which it did. */
  goodAt?: number | undefined;
  deployId?: string | undefined;
  /** What was live before it, empty for none; undefined when it was never activated. */
  previous?: string | undefined;
}

/** What a killed run left in the middle: `precommit` means that it is to be finished, all others that it is to be reverted. */
export interface OpenTransaction {
  deployId: string;
  phase: "activating" | "activated" | "precommit" | "reverting";
  release: string;
  /** Empty: there was none. */
  previous: string;
}

/** Something that keeps a host from being prepared, or that a user should know. All of a host are collected before anybody is told. */
export interface Finding {
  severity: "error" | "warning";
  /** A stable word: `disk`, `soname`, `shared-file`, … */
  code: string;
  message: string;
  remedy: string;
}

export interface LockRequest {
  /** Seconds to wait for another run to end. */
  wait: number;
  /** Who holds it, for other people's messages: one line. */
  owner: string;
}

export interface FactsRequest {
  /** Takes the host's lock; without it facts only look. Taken once, it stays until `commit`, `unlock` or `close`. */
  lock?: LockRequest | undefined;
  /** The release that is to come. Without it: what is there, no more. */
  artifact?: Artifact | undefined;
  /** Its label. */
  version?: string | undefined;
  /** Names and values of the release's configuration (variables and secrets), without the ones that Tarlift adds. */
  configuration?: Record<string, string> | undefined;
}

export interface Facts {
  user: string;
  /** `uname -m`. */
  architecture: string;
  libc: string;
  shell: string;
  encodings: ("zstd" | "gzip" | "none")[];
  selinux: boolean;
  /** Bytes and inodes that are free where the root is. */
  free: { bytes: number; inodes: number };
  /** Name of the release that `current` leads to; undefined when there is none. */
  live?: string | undefined;
  releases: HostRelease[];
  transaction?: OpenTransaction | undefined;
  /** `tarlift lock -m`: deploys are held. */
  hold?: { message: string; by: string; since: string } | undefined;
  locked: boolean;
  findings: Finding[];
  /** With an artifact: what it would be called here, and what it takes. */
  coming?: Coming | undefined;
}

export interface Coming {
  /** The release's name on this host. */
  name: string;
  /** This very release, with this very configuration, is live (and good). H verifies its services before it says `unchanged`. */
  unchanged: boolean;
  /** Files and bytes (uncompressed) that have to travel, environments included. */
  missing: { files: number; bytes: number };
  /** Ids of environments that have to travel. */
  missingEnvironments: string[];
}

export interface Prepared {
  release: string;
  /** Bytes that went over the wire for it, encoded. */
  sent: number;
  files: { sent: number; linked: number };
  findings: Finding[];
}

/** A command in a release's directory with its configuration, run by `sh -ec`. */
export interface TaskRequest {
  /** What messages call it: `migrations`, `hook warm-cache`. */
  name: string;
  run: string;
  /** The release whose environment it gets; the live one when left out. */
  release?: string | undefined;
  /** Further environment variables (hooks get data so). */
  variables?: Record<string, string> | undefined;
  runAs?: string | undefined;
  /** Seconds. */
  timeout?: number | undefined;
  /** Migrations inherit the host's lock, so that an orphaned one keeps it until it ends. */
  keepsLock?: boolean | undefined;
}

export interface TaskResult {
  /** Exit code; 128 + n when signal n killed it. */
  code: number;
  timedOut: boolean;
  /** The last 40 lines. */
  output: string;
  /** All of its standard output when `run` asked for it (pending migrations: one a line). */
  stdout: string;
}

/** What is known of a service after it was started or looked at. */
export interface ServiceReport {
  name: string;
  ok: boolean;
  /** How it was proven, weakest to strongest: the supervisor's word, started after the swap, environment id, working directory. */
  rung: "none" | "supervisor" | "started-after" | "environment" | "directory";
  pid?: number | undefined;
  message: string;
}

export interface ActivateRequest {
  release: string;
  /** `current` must lead to this release (undefined: to none) or nothing is changed. */
  expected: string | undefined;
  /** Start services anew even when nothing seems to need it. */
  restart: "changed" | "always";
}

export interface Activated {
  /** What was live before; undefined for none. */
  previous: string | undefined;
  swapped: boolean;
  services: ServiceReport[];
  /** All services verified. When false, `failure` says why; the host stays as it is until `revert`. */
  ok: boolean;
  failure?: string | undefined;
}

export interface RevertRequest {
  /** The release that failed. */
  release: string;
  /** What is to be live again; undefined: none (`current` is removed, services are stopped). */
  to: string | undefined;
}

export interface Committed {
  pruned: string[];
  /** Prune and log problems: warnings, never failures. */
  warnings: string[];
}

/** Difference between a release's files and what was recorded when it was prepared. */
export interface Drift {
  path: string;
  kind: "changed" | "missing" | "added";
}

export interface HttpRequest {
  /** As the host itself reaches the service: `http://127.0.0.1:8000/healthz`. */
  url: string;
  headers?: Record<string, string> | undefined;
  /** Seconds. */
  timeout: number;
}

export interface HttpResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}

/** One host during one run: one connection, and the exchanges of the transaction in their order. Methods throw Failure. */
export interface Host {
  readonly name: string;
  readonly address: string;
  readonly roles: string[];
  /** Round trips after the connection, for the test that counts them. */
  readonly exchanges: number;
  /** Exchange 1: facts, lock, what is missing, configuration compared, findings. */
  facts(request: FactsRequest): Promise<Facts>;
  /** Exchange 2: send, link, configure, verify, rehearse. Needs `facts` with the artifact before it. Leaves the release `prepared`. */
  prepare(task?: Task): Promise<Prepared>;
  /** A command on the host: pending and applied migrations, hooks, `tarlift run`. */
  run(request: TaskRequest, task?: Task): Promise<TaskResult>;
  /** Exchange 3: swap, start services, verify them and let them settle. */
  activate(request: ActivateRequest, task?: Task): Promise<Activated>;
  /** Verifies the services of the live release without touching them. */
  verify(task?: Task): Promise<ServiceReport[]>;
  /** A request to a service through the connection. */
  http(request: HttpRequest): Promise<HttpResponse>;
  /** From here on a killed run is finished, not reverted. */
  precommit(release: string): Promise<void>;
  /** Exchange 4: mark good, prune, unlock. */
  commit(request: { release: string; keep: number }): Promise<Committed>;
  revert(request: RevertRequest, task?: Task): Promise<Activated>;
  /** What differs in a release: by size, mode and mtime, hashing what differs; `full` hashes everything. Empty: nothing. */
  drift(release: string, options?: { full?: boolean }): Promise<Drift[]>;
  /** Holds deploys (`tarlift lock -m`), or lets them go again. */
  hold(message: string, by: string): Promise<void>;
  unhold(): Promise<void>;
  /** Gives the lock back without a commit. */
  unlock(): Promise<void>;
  close(): Promise<void>;
}
