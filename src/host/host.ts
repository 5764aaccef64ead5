// The transaction's (src/fleet) interface to a host. SSH, frames and the remote program are behind it (src/host,
// src/remote); in unit tests an in-memory host is. Every method is one call; a call that fails throws a Failure that
// names the host.

import type { KeptRecord } from "../artifact/kept-release.ts";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import type { FailureCode } from "../failure-codes.ts";
import type { Task } from "../progress.ts";
import type { AppLayout } from "../protocol/app-layout.ts";
import type { RecordedService, ServiceRequest } from "../supervisors/supervisor.ts";

/**
 * What can be known of a service, best evidence first; `unverified`: nothing could be checked; `absent`: nothing is
 * expected, since the release has no such service; `none`: it does not run. The meaning of each: src/report/outcome-text.ts.
 */
export const EVIDENCE_LEVELS = [
  "release-header",
  "directory",
  "environment",
  "started",
  "restarted",
  "supervisor",
  "unverified",
  "absent",
  "none",
] as const;
export type EvidenceLevel = (typeof EVIDENCE_LEVELS)[number];

/** The evidence about a service after a swap or in a status. */
export interface ServiceEvidence {
  service: string;
  evidence: EvidenceLevel;
  /** Main process, if there is one. */
  pid?: number | undefined;
  /** One phrase for the user: `RUNNING, pid 4711, in releases/v1-3fa9c1d2`. */
  detail: string;
  /** The last lines of its own log, if they were requested and can be read. */
  log?: string;
}

export interface ObserveRequest {
  services: ServiceRequest[];
  /** Watched for the settling time, instead of one check. */
  settle: boolean;
  /** With the last lines of their logs. */
  log?: boolean;
}

export const RELEASE_STATES = ["receiving", "prepared", "active", "good", "failed"] as const;
export type ReleaseState = (typeof RELEASE_STATES)[number];

/** A release as a host records it. */
export interface ReleaseOnHost {
  /** Directory name: `<version>-<digest8>`, `-2`, … */
  id: string;
  /** `sha256:<hex>`; left out for a tree that Tarlift did not make. */
  digest?: string | undefined;
  version: string;
  commit?: string | undefined;
  /** Digest of its configuration (src/host/release-env.ts). */
  configuration?: string | undefined;
  state: ReleaseState;
  /** When it last became good, ISO 8601, UTC. */
  good?: string | undefined;
  /**
   * Proves that a holder of the deploy key recorded this digest (src/transports/ssh/seal.ts); left out if no separate
   * key was given.
   */
  seal?: string | undefined;
  /** Its fleet transaction: the same on all hosts of that transaction. */
  transaction?: string | undefined;
  /** Left out if an older Tarlift deployed it. */
  services?: Pick<RecordedService, "name" | "health">[] | undefined;
}

/** An unfinished transaction of a killed run: `precommit` must be finished (commit), every other phase reverted. */
export interface OpenTransaction {
  transaction: string;
  phase: "activating" | "activated" | "precommit" | "reverting";
  release: string;
  /** Left out: there was none. */
  previous?: string | undefined;
  /** It activated a release that was good before, and must be recorded so; left out if an older Tarlift began it. */
  rollback?: boolean | undefined;
  /** As {@link CommitRequest.converge}. */
  converge?: boolean | undefined;
}

/** Something that would make a deploy fail; all findings of all hosts are reported at once. */
export interface Finding {
  code: FailureCode;
  what: string;
  output?: string | undefined;
  remedy?: string | undefined;
}

export interface SetUpRequest {
  layout: AppLayout;
  script: string;
  /** Otherwise only a plan is printed. */
  apply: boolean;
}

export interface DefinitionsRequest {
  layout: AppLayout;
  services: ServiceRequest[];
  /** The commands of services in a release, by service, if they are known. */
  commands: Record<string, string>;
}

export interface LockRequest {
  /** The holder, for messages: `run 4711 of acme/accounting`, `ana on laptop`. */
  owner: string;
  /** Seconds to wait for another holder. */
  wait: number;
}

export interface FactsRequest {
  layout: AppLayout;
  /** Left out: facts only, for status and run. */
  lock?: LockRequest | undefined;
  /** The artifact to deploy: missing files, requirements and equality of the configuration are found for it. */
  artifact?: ReleaseContent | undefined;
  /** The text of the release's environment, by name; compared on the host, never shown. */
  configuration?: Record<string, string> | undefined;
  services: ServiceRequest[];
  shared: { directories: string[]; files: string[] };
  /** Check whether the host can revert by itself: that it cannot is a finding, or a warning. */
  autoRevert?: "required" | "wanted" | undefined;
  /** The artifact's label on this host; its own when left out. */
  version?: string | undefined;
  /** For an adoption: a directory `current` is no finding. */
  adopting?: boolean | undefined;
}

/** The move of a running application into this layout, as its first good release. */
export interface AdoptRequest {
  services: ServiceRequest[];
  /** Recorded with the release: its services. */
  recorded: readonly RecordedService[];
  shared: { directories: string[]; files: string[] };
  /** An absolute path; left out: `current`. */
  from?: string | undefined;
  /** The file that holds its configuration, absolute or relative to `from`. */
  envFile?: string | undefined;
  /** Left out: the host is only examined, and nothing changes. */
  as?:
    | {
        release: string;
        commit: string | undefined;
        transaction: string;
        /** Directories of programs, relative to the release, for `PATH` in `.tarlift/exec`. */
        programs: string[];
      }
    | undefined;
}

/** What was found of a running application, and the result of its adoption. */
export interface Adoption {
  /** What prevents the move. */
  findings: Finding[];
  /** The application is a good release, now or already before. */
  adopted: boolean;
  /** A move was interrupted, and the same request finishes it. */
  begun: boolean;
  /** `releases`: Capistrano's and Deployer's layout, in which nothing has to be moved. */
  layout: "plain" | "releases";
  /** Its present or former directory. */
  from?: string | undefined;
  /** Its release name, if it has one already. */
  release?: string | undefined;
  commit?: string | undefined;
  /** How many files its index names, and how many belong to other users. */
  files: number;
  foreign: number;
  /** Variables in `envFile`. */
  variables?: number | undefined;
  /**
   * `move`: to `shared/`; `link`: `shared/` will link to the same target; `keep`: not changed; `none`: it has no such
   * path.
   */
  shared: { path: string; becomes: "move" | "link" | "keep" | "none" }[];
  services: { name: string; state: string; directory?: string | undefined; detail: string }[];
}

/**
 * A line of a host's migration journal, in the order of writing: `begun` before a migration is applied, `ended` when
 * the command that applies them did (128 + n: by signal n), `good` and `back` when a deploy or a rollback ended with
 * that release.
 */
export type MigrationEvent = { transaction: string; release: string } & (
  | { event: "begun"; migration: string }
  | { event: "ended"; code: number }
  | { event: "good" | "back" }
);

export interface Facts {
  /** Permissions, disk, inodes, requirements, shared files, services unknown to their supervisor, sudo, locks. */
  findings: Finding[];
  warnings: string[];
  /** The lock is held (then nothing else below counts); the content of the owner file. */
  lockedBy?: string | undefined;
  /** The process that holds the lock is no run of Tarlift. */
  lockedByStranger?: boolean;
  /** If the lock was not requested: the run that holds it now, as the owner file says. */
  running?: string | undefined;
  /** `tarlift lock -m`: a person locked deploys, and left this message. */
  deployLock?: string | undefined;
  /** Left by a run that was killed between swap and commit; if a run is `running`, it may be that run's. */
  open?: OpenTransaction | undefined;
  /**
   * The host itself reverted this, since its run was lost (src/remote/auto-revert.sh); present until another one
   * begins, or until it was reported to a person.
   */
  returned?: OpenTransaction | undefined;
  /** The transaction that made the live release what the fleet agreed on; ids begin with their time and sort by it. */
  agreed?: string | undefined;
  /** Servers in balancers that a run drained and did not restore. */
  drained?: DrainedServer[] | undefined;
  /** Left out if no migration was ever applied. */
  migrations?: MigrationEvent[] | undefined;
  /** The last output of the latest migrations, if no run has completed since. */
  migrationOutput?: string | undefined;
  live?: ReleaseOnHost | undefined;
  /**
   * Services that a release was deployed with here, that this request does not name and that still run, with the
   * release that they run.
   */
  dropped?: { service: string; release: string }[] | undefined;
  previous?: ReleaseOnHost | undefined;
  /** Newest first. */
  releases: ReleaseOnHost[];
  /** Digest of the requested configuration, as {@link ReleaseOnHost.configuration}. */
  configuration?: string | undefined;
  /** The live release has this artifact's digest and this configuration. */
  unchanged: boolean;
  /** The artifact's release name on this host (`<version>-<digest8>`, `-2`, …). */
  incoming?: string | undefined;
  /**
   * Why the owner of an incoming release's files may not write them; left out if the owner may
   * (src/remote/file-modes.sh).
   */
  readOnlyBecause?: string | undefined;
  /** What prepare will have to send, by sizes in the indexes. */
  missing: { files: number; bytes: number };
  /** The layers that contain any of it, by their diff ids. */
  layers?: string[] | undefined;
}

export interface ReadRequest {
  /** Absolute paths, and the expected size of each in bytes. */
  files: readonly { path: string; size: number }[];
  /** Called first: the positions of paths that are no files of that size. Nothing is sent for them. */
  onOthers(positions: readonly number[]): void;
  /** The bytes of the other files, one file after the other, as the host sends them. */
  onBytes(bytes: Buffer): void;
}

export interface PrepareRequest {
  artifact: ReleaseContent;
  /** Recorded with it: {@link ReleaseOnHost.seal}. */
  seal?: string | undefined;
  /** Recorded with it: the services of the release; left out: the record does not say. */
  services?: readonly RecordedService[] | undefined;
  configuration: Record<string, string>;
  shared: { directories: string[]; files: string[] };
  /** Shell text, on the leader: lists pending migrations, one a line, in the new release with its configuration. */
  pending?: string | undefined;
  timeout?: number | undefined;
  /** Users that commands will run as on this host, in the release: whether they can is checked now. */
  commandsAs?: readonly string[] | undefined;
  /** Aborted: nothing more is sent. */
  signal?: AbortSignal | undefined;
}

export interface Prepared {
  /** Directory name of the release. */
  release: string;
  sent: { files: number; bytes: number };
  /** Bytes on the wire, compressed. */
  wire: number;
  linked: number;
  /** Left out if it was not requested. */
  pending?: string[] | undefined;
  warnings: string[];
}

export interface PendingRequest {
  /** Directory name of a release that the host has. */
  release: string;
  /** As {@link PrepareRequest.pending}. */
  pending: string;
  timeout?: number | undefined;
}

/** A command on a host in a release's directory with its configuration (`sh -ec`). */
export interface TaskRequest {
  /** Directory name; `undefined`: the live release. */
  release?: string | undefined;
  run: string;
  /** Additional variables: the data of hooks. */
  variables?: Record<string, string> | undefined;
  runAs?: string | undefined;
  /** Seconds. */
  timeout?: number | undefined;
  /** If no release is live, nothing is run, and that is no failure. */
  ifLive?: boolean | undefined;
  /** Migrations inherit the lock, so that an orphaned one keeps it until it ends; hooks must not. */
  lock: "inherited" | "closed";
  /**
   * With an inherited lock: what the command applies, and in which transaction. The host's journal records it, and how
   * it ended, even if the connection is gone.
   */
  migrations?: { names: readonly string[]; transaction: string } | undefined;
}

/** A line of `.tarlift/taken`: a backend server that a run drained, and its previous state. */
export interface DrainedServer {
  /** The balancer's name for it: `haproxy on lb1, web/app1`. */
  server: string;
  /** The balancer's term for the state. */
  previous: string;
}

/** A command for the host to run by itself, in the release that is live then, when there was no run for some time. */
export interface DelayedTask {
  /**
   * The server that its success restores: the host's record no longer contains it afterwards. Its `server` also
   * identifies the task.
   */
  restores: DrainedServer;
  /** Seconds without a run. */
  after: number;
  /** Shell text. */
  run: string;
  variables: Record<string, string>;
  /** Seconds. */
  timeout: number;
}

export interface TaskEnd {
  code: number | null;
  /** `SIGKILL`, if a signal ended it. */
  signal?: string | undefined;
  timedOut: boolean;
  /** If it could not be ended: that it still runs, and as which user, in words. */
  runsOn?: string | undefined;
  lastLines: string;
}

export interface ActivateRequest {
  release: string;
  services: ServiceRequest[];
  /** Its fleet transaction, recorded with it. */
  transaction: string;
  /** `current` must link to this release (undefined: to none), else nothing is changed: a Failure. */
  expected: string | undefined;
  /** `always`: services are restarted even if this very release is live already. */
  restart: "changed" | "always";
  /** As {@link CommitRequest.rollback}: a run that finishes the transaction of a lost run has to know. */
  rollback?: boolean | undefined;
  /** As {@link CommitRequest.converge}. */
  converge?: boolean | undefined;
  /** Seconds after which the host reverts by itself if the run is gone; left out: never. */
  autoRevert?: number | undefined;
}

export interface Activated {
  /** The previously live release; undefined: none. */
  previous?: string | undefined;
  services: ServiceEvidence[];
  /** Seconds for which the services were watched after their start. */
  settling: number;
  warnings: string[];
}

export interface RevertRequest {
  /** The release to revert to; undefined: none (`current` removed, services stopped). */
  to: string | undefined;
  /** The release that is reverted: marked failed. */
  from: string;
  services: ServiceRequest[];
  /** The transaction that is reverted. */
  transaction: string;
  /** The host must report it as {@link Facts.returned}: this run may still be refused, and is then run again. */
  remember?: boolean | undefined;
}

/** The result of a revert. A service that was not restored is listed as one that does not run, with its log. */
export interface Reverted {
  /** What is live now; undefined: nothing. */
  release: string | undefined;
  services: ServiceEvidence[];
  warnings: string[];
}

export interface CommitRequest {
  release: string;
  keep: number;
  transaction: string;
  /**
   * The release was good before: what was recorded then (`good`, `transaction`, its previous release) stays, so that a
   * second rollback goes further back.
   */
  rollback?: boolean | undefined;
  /** With `rollback`: a converge, not a rollback. The host's log does not call it a rollback. */
  converge?: boolean | undefined;
  /** Lines of other hosts' migration journals that this host's lacks. */
  migrations?: readonly MigrationEvent[] | undefined;
  /** The last call to the host: its connection ends with the reply, which saves a round trip. */
  last?: boolean | undefined;
}

/**
 * What differs from the verified state: files of a release, Tarlift's own (`.tarlift/env`, `.tarlift/exec`), and those
 * of its environments (by their absolute path).
 */
export interface Drift {
  /** Changed and missing files, and files added to an environment: paths, at most 100, and their number. */
  changed: string[];
  count: number;
  /**
   * Files that were added to the release after it became good and may affect it: paths, at most 100, and their number.
   */
  added?: { paths: string[]; count: number } | undefined;
  /** Added data, which affects nothing: paths, at most 100, and their number. */
  extra?: { paths: string[]; count: number } | undefined;
  /** Environments that could not be checked, because this host has no record of them. */
  unrecorded?: string[] | undefined;
}

/** A line of a host's `.tarlift/log.jsonl`. */
export interface LogEvent {
  /** Seconds since the epoch, by the host's clock. */
  time: number;
  /** A release's new state, or what was done with it. */
  event: string;
  /** Directory name; empty if the event concerns no release. */
  release: string;
  /** The fleet transaction. */
  deploy: string;
  /** The user or run that did it. */
  by: string;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The beginning of the body, for messages. */
  body?: string | undefined;
}

/** What a host is asked. Each method is one call, implemented by a function in src/host/calls. */
export interface HostCalls {
  /** The first call: connects, takes the lock, collects facts. Nothing is activated. */
  facts(request: FactsRequest): Promise<Facts>;
  /** The second call: makes the release complete, configured and verified beside the live one, state `prepared`. */
  prepare(request: PrepareRequest, task: Task): Promise<Prepared>;
  task(request: TaskRequest, task: Task): Promise<TaskEnd>;
  /** Lists the pending migrations of a release, in order. @throws Failure when the command fails */
  listPending(request: PendingRequest, task: Task): Promise<string[]>;
  /** The third call: swaps the link, reads it back, restarts services, watches them settle. */
  activate(request: ActivateRequest, task: Task): Promise<Activated>;
  /** The current state of services, without changing them: for `unchanged` and status. */
  observe(request: ObserveRequest): Promise<ServiceEvidence[]>;
  /** Through the connection's forward. @throws Failure when there is no answer within the time (seconds) */
  http(request: { url: string; headers: Record<string, string>; timeout: number }): Promise<HttpAnswer>;
  /** The fourth call: state `good`, prune (a failure there is a warning), lock released. */
  commit(request: CommitRequest): Promise<{ warnings: string[] }>;
  /** For several hosts: from here on the release stays, whatever happens to the runner. */
  precommit(): Promise<void>;
  revert(request: RevertRequest, task: Task): Promise<Reverted>;
  /**
   * Compares size, mtime and mode with what was recorded when the release became good, and hashes what differs; `full`:
   * hashes everything.
   */
  drift(request: { release: string; full: boolean }): Promise<Drift>;
  /** @returns undefined if an older Tarlift deployed the release, and recorded less of it */
  record(release: string): Promise<KeptRecord | undefined>;
  /** Reads files. Their content is unproven until their digests were checked. */
  read(request: ReadRequest): Promise<void>;
  /** {@link Facts.returned} was reported to a person: the host forgets it. */
  acknowledgeReturned(): Promise<void>;
  /** Records which backend servers are about to be drained, and the state of each; none: all were restored. */
  noteDrained(drained: readonly DrainedServer[]): Promise<void>;
  /**
   * A command that the host runs by itself when no run has held its lock for some time: `arm` starts the wait, `disarm`
   * ends one that this run or an earlier one armed, `probe` changes nothing.
   *
   * @returns whether the host can run a process that outlives the connection
   * @throws Failure as the host replied
   */
  delayedTask(action: "probe" | "arm" | "disarm", task: DelayedTask): Promise<{ able: boolean }>;
  lockDeploys(message: string | undefined): Promise<void>;
  /**
   * Runs a script as root, with `plan` or `apply` as its argument. No facts call precedes it. @returns the lines that
   * it printed
   */
  setUp(request: SetUpRequest): Promise<string[]>;
  /**
   * Differences between the definitions of services and tarlift.yml, in sentences; none for a definition that cannot be
   * read.
   *
   * @throws Failure as the host replied
   */
  definitions(request: DefinitionsRequest): Promise<string[]>;
  /**
   * Examines what runs on the host without Tarlift, or makes it the first release. A facts call precedes it, with the
   * lock if it changes anything.
   */
  adopt(request: AdoptRequest): Promise<Adoption>;
  /** The newest events of the host's log, oldest first. */
  history(limit: number): Promise<LogEvent[]>;
}

export interface Host extends HostCalls {
  readonly name: string;
  readonly roles: string[] | undefined;
  /** The connection broke, or could not be made: everything fails until `facts` makes a new one. */
  readonly lost?: boolean | undefined;
  /** It is `lost` because the host does not answer: it neither accepts nor refuses. */
  readonly away?: boolean | undefined;
  /** Ends the remote program (which frees the lock) and the connection; never throws. */
  close(): Promise<void>;
}
