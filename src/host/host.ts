// What the transaction (src/fleet) knows of a host. SSH, frames and the remote program are behind it (src/host, src/remote); an
// in-memory host stands behind it in unit tests. Every call is one exchange; a call that fails throws a Failure that names the host.

import type { KeptRecord } from "../artifact/kept-release.ts";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import type { FailureCode } from "../failure-codes.ts";
import type { Task } from "../progress.ts";
import type { Place } from "../protocol/app-layout.ts";
import type { RecordedService, ServiceRequest } from "../supervisors/supervisor.ts";

/** What was seen of a service after a swap or in a status. */
export interface ServiceEvidence {
  service: string;
  /**
   * Best evidence first; `unverified`: nothing could be asked; `absent`: nothing is expected of it, since the release has no such service;
   * `none`: it does not run. What each means: src/report/outcome-text.ts.
   */
  rung:
    | "release-header"
    | "directory"
    | "environment"
    | "started"
    | "restarted"
    | "supervisor"
    | "unverified"
    | "absent"
    | "none";
  /** Main process, where there is one. */
  pid?: number | undefined;
  /** One phrase for people: `RUNNING, pid 4711, in releases/v1-3fa9c1d2`. */
  detail: string;
  /** The last lines of its own log, where they were asked for and can be read. */
  log?: string;
}

export interface ObserveRequest {
  services: ServiceRequest[];
  /** Watched for the settling time, instead of one look. */
  settle: boolean;
  /** With the last lines of their logs. */
  log?: boolean;
}

export type ReleaseState = "receiving" | "prepared" | "active" | "good" | "failed";

/** A release as a host records it. */
export interface ReleaseOnHost {
  /** Directory name: `<version>-<digest8>`, `-2`, … */
  id: string;
  /** `sha256:<hex>`; left out for a tree that Tarlift did not make. */
  digest?: string | undefined;
  version: string;
  commit?: string | undefined;
  /** Digest of the configuration that it was given (src/host/release-env.ts). */
  configuration?: string | undefined;
  state: ReleaseState;
  /** When it last became good, ISO 8601, UTC. */
  good?: string | undefined;
  /** Says that a holder of the deploy key put this digest there (src/transports/ssh/seal.ts); left out where no key was given by itself. */
  seal?: string | undefined;
  /** Its fleet transaction: the same on all hosts that ran it together. */
  transaction?: string | undefined;
  /** Left out where an older Tarlift brought it. */
  services?: Pick<RecordedService, "name" | "health">[] | undefined;
}

/** What a killed run left in the middle: `precommit` is to be finished (commit), everything else to be reverted. */
export interface OpenTransaction {
  transaction: string;
  phase: "activating" | "activated" | "precommit" | "reverting";
  release: string;
  /** Left out: there was none. */
  previous?: string | undefined;
  /** It went to a release that was good before, and is to be recorded so; left out where an older Tarlift began it. */
  rollback?: boolean | undefined;
  /** As {@link CommitRequest.converge}. */
  converge?: boolean | undefined;
}

/** Something that would make a deploy fail; all of all hosts are told at once. */
export interface Finding {
  code: FailureCode;
  what: string;
  output?: string | undefined;
  remedy?: string | undefined;
}

export interface SetUpRequest {
  place: Place;
  script: string;
  /** Else only a plan. */
  apply: boolean;
}

export interface DefinitionsRequest {
  place: Place;
  services: ServiceRequest[];
  /** What services run in a release, by service, where that was said. */
  commands: Record<string, string>;
}

export interface LockRequest {
  /** Who holds it, for messages: `run 4711 of acme/accounting`, `ana on laptop`. */
  owner: string;
  /** Seconds to wait for somebody else's. */
  wait: number;
}

export interface FactsRequest {
  place: Place;
  /** Left out: facts only, for status and run. */
  lock?: LockRequest | undefined;
  /** What is to be deployed: missing files, requirements and equal configuration are found for it. */
  artifact?: ReleaseContent | undefined;
  /** The text of the release's environment, by name; compared on the host, never told. */
  configuration?: Record<string, string> | undefined;
  services: ServiceRequest[];
  shared: { directories: string[]; files: string[] };
  /** Whether the host can go back by itself is looked at: that it cannot is a finding, or a warning. */
  switch?: "required" | "wanted" | undefined;
  /** The artifact's label on this host; its own when left out. */
  version?: string | undefined;
  /** Asked for an adoption: that `current` is a directory is no finding. */
  adopting?: boolean | undefined;
}

/** The move of an application that runs already into this layout, as its first good release. */
export interface AdoptRequest {
  services: ServiceRequest[];
  /** Recorded with it: what its services are. */
  recorded: readonly RecordedService[];
  shared: { directories: string[]; files: string[] };
  /** An absolute path; left out: `current`. */
  from?: string | undefined;
  /** The file that holds its configuration, absolute or relative to `from`. */
  envFile?: string | undefined;
  /** Left out: it is only looked at, and nothing changes. */
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

/** What was seen of an application that runs already, and what became of it. */
export interface Adoption {
  /** What stands against the move. */
  findings: Finding[];
  /** It is a good release, since now or before. */
  adopted: boolean;
  /** A move was cut off, and the same request finishes it. */
  begun: boolean;
  /** `releases`: Capistrano's and Deployer's layout, where nothing has to be moved. */
  layout: "plain" | "releases";
  /** Where it is, or was. */
  from?: string | undefined;
  /** Its name, where it has one already. */
  release?: string | undefined;
  commit?: string | undefined;
  /** How many files its index names, and how many belong to other users. */
  files: number;
  foreign: number;
  /** Variables in `envFile`. */
  variables?: number | undefined;
  /** `move`: to `shared/`; `link`: `shared/` will lead to where it leads; `keep`: as it is; `none`: it has no such path. */
  shared: { path: string; becomes: "move" | "link" | "keep" | "none" }[];
  services: { name: string; state: string; directory?: string | undefined; detail: string }[];
}

/**
 * A line of a host's journal of migrations, in the order in which they were written: `begun` before a migration is applied, `ended` when
 * the command that applies them did (128 + n: by signal n), `good` and `back` when a deploy or a rollback ended with that release.
 */
export type MigrationEvent = { transaction: string; release: string } & (
  | { event: "begun"; migration: string }
  | { event: "ended"; code: number }
  | { event: "good" | "back" }
);

export interface Facts {
  /** Rights, disk, inodes, requirements, shared files, services unknown to their supervisor, sudo, lock, hold. */
  findings: Finding[];
  warnings: string[];
  /** Somebody holds the lock (then nothing else below counts); what the owner file says. */
  lockedBy?: string | undefined;
  /** It is no run of Tarlift that has the lock. */
  lockedByStranger?: boolean;
  /** Where the lock was not asked for: the run that has it now, in the words of the owner file. */
  running?: string | undefined;
  /** `tarlift lock -m`: deploys are held by a person, who left this message. */
  held?: string | undefined;
  /** Left by a run that was killed between swap and commit; where one is `running`, perhaps its own. */
  open?: OpenTransaction | undefined;
  /** The host itself took this back, since its run was lost (src/remote/auto-revert.sh); until another one begins, or a person was told. */
  returned?: OpenTransaction | undefined;
  /** The transaction that made the live release what the fleet agreed on; ids begin with their time and sort by it. */
  agreed?: string | undefined;
  /** Servers in balancers that a run drained and did not restore. */
  drained?: DrainedServer[] | undefined;
  /** Left out where no migration was ever applied. */
  migrations?: MigrationEvent[] | undefined;
  /** What the latest migrations printed last, while no run has come to its end since. */
  migrationOutput?: string | undefined;
  live?: ReleaseOnHost | undefined;
  /** Services that a release was deployed with here, that are not asked about and run on, with the release that they run. */
  dropped?: { service: string; release: string }[] | undefined;
  previous?: ReleaseOnHost | undefined;
  /** Newest first. */
  releases: ReleaseOnHost[];
  /** Digest of the configuration that was asked about, as {@link ReleaseOnHost.configuration}. */
  configuration?: string | undefined;
  /** The live release has this artifact's digest and this configuration. */
  unchanged: boolean;
  /** The artifact's release is called so on this host (`<version>-<digest8>`, `-2`, …). */
  coming?: string | undefined;
  /** Why the owner of a coming release's files may not write them; left out where the owner may (src/remote/file-modes.sh). */
  readOnlyBecause?: string | undefined;
  /** What prepare will have to send, by sizes in the indexes. */
  missing: { files: number; bytes: number };
  /** The layers that any of it comes from, by their diff ids. */
  layers?: string[] | undefined;
}

export interface ReadRequest {
  /** Absolute paths, and the size in bytes that each has to have. */
  files: readonly { path: string; size: number }[];
  /** Told first: the positions of those that are no files of that size. Nothing comes of them. */
  onOthers(positions: readonly number[]): void;
  /** The others' bytes, one file after the other, as the host says them. */
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
  /** Users that commands will run as on this host, in the release: whether they can is found out now. */
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
  /** Left out where it was not asked for. */
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
  /** Further variables: the data of hooks. */
  variables?: Record<string, string> | undefined;
  runAs?: string | undefined;
  /** Seconds. */
  timeout?: number | undefined;
  /** Where no release is live nothing is run, and that is no failure. */
  ifLive?: boolean | undefined;
  /** Migrations inherit it, so that an orphaned one keeps it until it ends; hooks must not. */
  lock: "inherited" | "closed";
  /** With an inherited lock: what it applies, and in which transaction. The host's journal has it, and how it ended, whoever still listens. */
  migrations?: { names: readonly string[]; transaction: string } | undefined;
}

/** A line of `.tarlift/taken`: a backend server that a run took out of a balancer, and in which state it was. */
export interface DrainedServer {
  /** As the balancer names it: `haproxy on lb1, web/app1`. */
  server: string;
  /** In the balancer's word. */
  previous: string;
}

/** A command for the host to run by itself, in what is live then, when no run has come for some time. */
export interface DelayedTask {
  /** What its success restores: the host's record has it no more afterwards. Its `server` also identifies the task. */
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
  /** `SIGKILL`, where a signal ended it. */
  signal?: string | undefined;
  timedOut: boolean;
  /** Where it could not be ended: that it runs on, and as which user, in words. */
  runsOn?: string | undefined;
  lastLines: string;
}

export interface ActivateRequest {
  release: string;
  services: ServiceRequest[];
  /** Its fleet transaction, recorded with it. */
  transaction: string;
  /** `current` must lead to this release (undefined: to none), or nothing is changed: a Failure. */
  expected: string | undefined;
  /** `always`: services are started anew even when this very release is live already. */
  restart: "changed" | "always";
  /** As {@link CommitRequest.rollback}: the run that finishes it for a lost one has to know. */
  rollback?: boolean | undefined;
  /** As {@link CommitRequest.converge}. */
  converge?: boolean | undefined;
  /** Seconds after which the host goes back by itself when the run is gone; left out: it does not. */
  switch?: number | undefined;
}

export interface Activated {
  /** What was live before; undefined: nothing was. */
  previous?: string | undefined;
  services: ServiceEvidence[];
  /** Seconds for which the services were watched after they had started. */
  settling: number;
  warnings: string[];
}

export interface RevertRequest {
  /** Back to this release; undefined: to none (`current` removed, services stopped). */
  to: string | undefined;
  /** What is being undone: marked failed. */
  from: string;
  services: ServiceRequest[];
  /** The transaction that is undone. */
  transaction: string;
  /** The host is to tell it as {@link Facts.returned}: this run may be refused yet, and is then begun again. */
  remember?: boolean | undefined;
}

/** Where a host has come back to. A service that did not come back is in it as one that does not run, with its log. */
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
  /** The release was good before: what it records of that time (`good`, `transaction`, its previous) stays, so that a second rollback goes further back. */
  rollback?: boolean | undefined;
  /** With `rollback`: it is no rollback, the host was brought along to what the others run. Its log does not call it one. */
  converge?: boolean | undefined;
  /** What other hosts' journals of migrations have and this one's lacks. */
  migrations?: readonly MigrationEvent[] | undefined;
  /** Nothing is asked of the host afterwards: its connection ends with the answer, which saves a round trip. */
  last?: boolean | undefined;
}

/**
 * What differs from what was verified: files of a release, Tarlift's own (`.tarlift/env`, `.tarlift/exec`), and those of its environments
 * (by their absolute path).
 */
export interface Drift {
  /** What was changed or is missing, and what was added to an environment: paths, at most 100, and how many there are. */
  changed: string[];
  count: number;
  /** What was added to the release after it became good and may change what it does: paths, at most 100, and how many there are. */
  added?: { paths: string[]; count: number } | undefined;
  /** Added data, which changes nothing: paths, at most 100, and how many there are. */
  extra?: { paths: string[]; count: number } | undefined;
  /** Environments that could not be looked at, because this host has no record of them. */
  unrecorded?: string[] | undefined;
}

/** A line of a host's `.tarlift/log.jsonl`. */
export interface LogEvent {
  /** Seconds since the epoch, by the host's clock. */
  time: number;
  /** A state that a release took, or what was done with it. */
  event: string;
  /** Directory name; empty where it is about none. */
  release: string;
  /** The fleet transaction. */
  deploy: string;
  /** Who ran it. */
  by: string;
}

export interface HttpAnswer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string>;
  /** The beginning of it, for messages. */
  body?: string | undefined;
}

export interface Host {
  readonly name: string;
  readonly roles: string[] | undefined;
  /** Its connection broke, or could not be made: everything fails until `facts` makes a new one. */
  readonly lost?: boolean | undefined;
  /** It is `lost` because nothing answers there: it says neither yes nor no. */
  readonly away?: boolean | undefined;
  /** Exchange 1: connects, takes the lock, looks at everything. Nothing changes. */
  facts(request: FactsRequest): Promise<Facts>;
  /** Exchange 2: the release complete, configured and verified beside the live one, state `prepared`. */
  prepare(request: PrepareRequest, task: Task): Promise<Prepared>;
  task(request: TaskRequest, task: Task): Promise<TaskEnd>;
  /** Lists what a release calls pending, in order. @throws Failure when the command does not end well */
  listPending(request: PendingRequest, task: Task): Promise<string[]>;
  /** Exchange 3: swaps the link, reads it back, restarts services, watches them settle. */
  activate(request: ActivateRequest, task: Task): Promise<Activated>;
  /** Services as they are now, without touching them: for `unchanged` and status. */
  observe(request: ObserveRequest): Promise<ServiceEvidence[]>;
  /** Through the connection's forward. @throws Failure when nothing answers within the time (seconds) */
  http(request: { url: string; headers: Record<string, string>; timeout: number }): Promise<HttpAnswer>;
  /** Exchange 4: state `good`, prune (a failure there is a warning), lock released. */
  commit(request: CommitRequest): Promise<{ warnings: string[] }>;
  /** Several hosts: from here on the release stays, whatever happens to the runner. */
  precommit(): Promise<void>;
  revert(request: RevertRequest, task: Task): Promise<Reverted>;
  /** Size, mtime and mode against what was recorded when it became good, hashes of what differs; `full`: hashes of all. */
  drift(request: { release: string; full: boolean }): Promise<Drift>;
  /** @returns undefined where an older Tarlift brought the release, and kept less of it */
  record(release: string): Promise<KeptRecord | undefined>;
  /** Reads files. They are what the host says they are, until their digests were seen. */
  read(request: ReadRequest): Promise<void>;
  /** A person was told what {@link Facts.returned} says: it is forgotten. */
  noteHeard(): Promise<void>;
  /** Records which servers in balancers are about to be drained, and the state of each; none: all were restored. */
  noteDrained(drained: readonly DrainedServer[]): Promise<void>;
  /**
   * A command that the host runs by itself once no run has held its lock for some time: `arm` starts the wait, `disarm` ends one that this
   * run or an earlier one armed, `probe` changes nothing.
   *
   * @returns whether the host can run a process that outlives the connection
   * @throws Failure as the host replied
   */
  delayedTask(action: "probe" | "arm" | "disarm", task: DelayedTask): Promise<{ able: boolean }>;
  hold(message: string | undefined): Promise<void>;
  /** Runs a script as root, with `plan` or `apply` as its argument. No facts come before it. @returns the lines that it printed */
  setUp(request: SetUpRequest): Promise<string[]>;
  /**
   * What the definitions of services say otherwise than tarlift.yml, in sentences; where a definition cannot be read, nothing.
   *
   * @throws Failure as the host replied
   */
  definitions(request: DefinitionsRequest): Promise<string[]>;
  /** Looks at what runs there without Tarlift, or makes it the first release. Facts come before it, with the lock where it changes things. */
  adopt(request: AdoptRequest): Promise<Adoption>;
  /** The newest events of its log, oldest first. */
  history(limit: number): Promise<LogEvent[]>;
  /** Ends the remote program (which frees the lock) and the connection; never throws. */
  close(): Promise<void>;
}
