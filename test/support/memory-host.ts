// A host in memory: a small state machine that keeps to what every host keeps to (test/contract/adapters/host.ts), remembers what was done
// to it, and fails where a test says so. For the decisions of src/fleet alone; what hosts do is tested on real ones.
import { Failure } from "../../src/failure.ts";
import type {
  DrainedServer,
  Facts,
  Host,
  HttpAnswer,
  MigrationEvent,
  OpenTransaction,
  ReleaseOnHost,
  ServiceEvidence,
  TaskEnd,
} from "../../src/host/host.ts";
import { configurationDigest } from "../../src/host/release-env.ts";

export interface MemoryHost extends Host {
  /** Every call in order, as `activate v2`. */
  calls: string[];
  readonly live: string | undefined;
  /**
   * What facts say besides. What a host keeps (`live`, `open`, `releases`, …) is so from the next facts on, and changes with what is done to
   * the host; the rest (`findings`, `unchanged`, …) is said each time.
   */
  facts_: Partial<Facts>;
  /** Calls that fail: `activate`, `revert`, … */
  broken: Set<string>;
  answers: HttpAnswer[];
  evidence: ServiceEvidence[];
  end: TaskEnd;
  pending: string[];
  /** Another connection to the same host. */
  again(): MemoryHost;
}

/** What releases of hosts in memory were given, unless a test says otherwise. */
const NO_VARIABLES = configurationDigest({});

export const good = (id: string, at: number, more: Partial<ReleaseOnHost> = {}): ReleaseOnHost => ({
  id,
  digest: `sha256:${id}`,
  version: id,
  commit: id,
  configuration: NO_VARIABLES,
  state: "good",
  good: new Date(at * 1000).toISOString(),
  transaction: `t${at}`,
  ...more,
});

/** What a host has on disk, and who holds its lock. */
interface Disk {
  live: string | undefined;
  previous: string | undefined;
  /** Newest first. */
  releases: ReleaseOnHost[];
  open: OpenTransaction | undefined;
  returned: OpenTransaction | undefined;
  agreed: string | undefined;
  drained: readonly DrainedServer[];
  migrations: MigrationEvent[];
  deployLock: string | undefined;
  lock: { owner: string; by: Host } | undefined;
}

const emptyDisk = (live: ReleaseOnHost | undefined): Disk => ({
  live: live?.id,
  previous: undefined,
  releases: live ? [live] : [],
  open: undefined,
  returned: undefined,
  agreed: undefined,
  drained: [],
  migrations: [],
  deployLock: undefined,
  lock: undefined,
});

/** Takes over what a test says that the host keeps. */
function keep(disk: Disk, facts: Partial<Facts>): void {
  const { live, previous, releases, open, returned, agreed, drained, migrations } = facts;
  if (releases) disk.releases = [...releases];
  for (const one of [live, previous]) if (one && !known(disk, one.id)) disk.releases.unshift(one);
  if ("live" in facts) disk.live = live?.id;
  if ("previous" in facts) disk.previous = previous?.id;
  if ("open" in facts) disk.open = open;
  if ("returned" in facts) disk.returned = returned;
  if ("agreed" in facts) disk.agreed = agreed;
  if ("drained" in facts) disk.drained = drained ?? [];
  if ("migrations" in facts) disk.migrations = [...(migrations ?? [])];
}

/** Keys of facts that a host keeps: {@link keep} has taken them over. */
const KEPT = ["live", "previous", "releases", "open", "returned", "agreed", "drained", "migrations"] as const;

const known = ({ releases }: Disk, id: string | undefined): ReleaseOnHost | undefined =>
  releases.find((one) => one.id === id);

function change(disk: Disk, id: string, more: Partial<ReleaseOnHost>): void {
  disk.releases = disk.releases.map((one) => (one.id === id ? { ...one, ...more } : one));
}

/** Later than every other time at which a release became good. */
function goodTime({ releases }: Disk): string {
  const latest = Math.max(...releases.map((one) => Date.parse(one.good ?? "") || 0));
  return new Date(Math.max(Date.now(), latest + 1000)).toISOString();
}

/**
 * @param live what is live there, and was good; left out: nothing
 * @param called the name of a release that is deployed to it. Default: its version
 */
export const memoryHost = (name: string, live?: ReleaseOnHost, called?: string): MemoryHost =>
  connected(name, emptyDisk(live), called);

function connected(name: string, disk: Disk, called: string | undefined): MemoryHost {
  const evidence: ServiceEvidence[] = [{ service: "web", evidence: "directory", pid: 1, detail: "runs" }];
  let isConnected = false;
  let kept: Partial<Facts> | undefined;
  /** What prepare is going to bring. */
  let incoming: ReleaseOnHost | undefined;
  const refuse = (what: string): never => {
    throw new Failure({ code: "host-state-changed", what, where: { host: name } });
  };
  const fail = (what: string) => {
    if (host.broken.has(what))
      throw new Failure({ code: "command-failed", what: `${what} broke`, where: { host: name } });
  };
  const note = async (what: string, argument = "") => {
    host.calls.push(`${what} ${argument}`.trim());
    fail(what);
  };
  const needsFacts = () => {
    if (!isConnected) refuse("facts come first");
  };
  const host: MemoryHost = {
    name,
    roles: undefined,
    calls: [],
    get live() {
      return disk.live;
    },
    facts_: {},
    broken: new Set(),
    answers: [],
    evidence,
    end: { code: 0, timedOut: false, lastLines: "" },
    pending: [],
    again: () => connected(name, disk, called),
    async facts({ lock, artifact, version, configuration }) {
      await note("facts", lock ? "lock" : "");
      isConnected = true;
      if (kept !== host.facts_) {
        kept = host.facts_;
        keep(disk, kept);
      }
      const others = disk.lock && disk.lock.by !== host ? disk.lock.owner : undefined;
      if (lock && others === undefined) disk.lock = { owner: lock.owner, by: host };
      const said = Object.entries(host.facts_).filter(([key]) => !KEPT.includes(key as (typeof KEPT)[number]));
      const { open, returned, agreed, drained, migrations, deployLock } = disk;
      const live = known(disk, disk.live);
      const digest = configuration && configurationDigest(configuration);
      const base = called ?? version;
      const other = known(disk, base)?.configuration;
      const id = digest && other && digest !== other ? `${base}-2` : base;
      if (artifact && id && version)
        incoming = { id, digest: artifact.releaseDigest, version, configuration: digest, state: "prepared" };
      return {
        findings: [],
        warnings: [],
        ...(lock ? { lockedBy: others } : { running: others }),
        live,
        previous: known(disk, disk.previous),
        releases: disk.releases,
        open,
        returned,
        agreed,
        drained: drained.length > 0 ? [...drained] : undefined,
        migrations: migrations.length > 0 ? [...migrations] : undefined,
        deployLock,
        configuration: digest,
        unchanged: live?.state === "good" && live.digest === artifact?.releaseDigest && live.configuration === digest,
        incoming: id,
        missing: { files: 1, bytes: 10 },
        ...Object.fromEntries(said),
      };
    },
    async prepare(request) {
      await note("prepare");
      needsFacts();
      const release = incoming ?? refuse("nothing is to come");
      // One that was good before keeps its record.
      const isGood = known(disk, release.id)?.state === "good";
      if (!isGood) disk.releases = [release, ...disk.releases.filter(({ id }) => id !== release.id)];
      return {
        release: release.id,
        sent: { files: 1, bytes: 10 },
        wire: 5,
        linked: 2,
        pending: request.pending === undefined ? undefined : host.pending,
        warnings: [],
      };
    },
    async task({ run }) {
      await note("task", run);
      return host.end;
    },
    async listPending({ release }) {
      await note("pending", release);
      return host.pending;
    },
    async activate({ release, expected, transaction, rollback, converge }) {
      host.calls.push(`activate ${release}`);
      needsFacts();
      const { live: previous } = disk;
      const { state } = known(disk, release) ?? {};
      if (state !== "prepared" && state !== "active" && state !== "good")
        refuse(`release ${release} is not prepared but ${state ?? "unknown"}`);
      if (previous !== expected && previous !== release)
        refuse(`${previous ?? "nothing"} is live, and ${expected ?? "nothing"} was expected`);
      const isBack = rollback === true || converge === true;
      disk.open = {
        transaction,
        phase: "activating",
        release,
        previous,
        rollback: isBack,
        converge: converge === true,
      };
      disk.returned = undefined;
      if (state !== "good") change(disk, release, { state: "active" });
      disk.live = release;
      fail("activate");
      disk.open = { ...disk.open, phase: "activated" };
      return { previous, services: host.evidence, settling: 0, warnings: [] };
    },
    async observe() {
      await note("observe");
      return host.evidence;
    },
    async http() {
      fail("http");
      return host.answers.length > 1
        ? (host.answers.shift() as HttpAnswer)
        : (host.answers[0] ?? { status: 200, headers: {} });
    },
    async precommit() {
      await note("precommit");
      needsFacts();
      if (disk.open) disk.open = { ...disk.open, phase: "precommit" };
    },
    async commit({ release, transaction, rollback, migrations = [] }) {
      await note(rollback ? "commit-rollback" : "commit", release);
      needsFacts();
      if (disk.live !== release) refuse(`${release} is not live but ${disk.live ?? "nothing"} is`);
      const isKept = rollback === true && known(disk, release)?.good !== undefined;
      change(disk, release, { state: "good", ...(isKept ? {} : { good: goodTime(disk), transaction }) });
      const previous = disk.open?.previous;
      if (previous !== undefined && previous !== release) disk.previous = previous;
      disk.agreed = transaction;
      disk.open = undefined;
      disk.drained = [];
      const all = [...disk.migrations, ...migrations];
      const end = { event: rollback ? ("back" as const) : ("good" as const), transaction, release };
      disk.migrations = all.length > 0 ? [...all, end] : [];
      disk.lock = undefined;
      return { warnings: [] };
    },
    async revert({ from, to, remember }) {
      await note("revert", to ?? "none");
      needsFacts();
      const { live } = disk;
      if (live !== undefined && live !== from && live !== to)
        refuse(`${live} is live, which is neither ${from} nor ${to ?? "nothing"}: it is left alone`);
      disk.returned = remember ? disk.open : undefined;
      if (to !== undefined && !known(disk, to)) refuse(`release ${to}, to which this host is reverted, is not there`);
      disk.live = to;
      if (from !== to && known(disk, from)?.state !== "good") change(disk, from, { state: "failed" });
      disk.open = undefined;
      return { release: to, services: host.evidence, warnings: [] };
    },
    async drift({ release }) {
      await note("drift", release);
      return host.broken.has("files") ? { changed: ["app.py"], count: 1 } : { changed: [], count: 0 };
    },
    async record(release) {
      await note("record", release);
      return undefined;
    },
    async read() {
      await note("read");
    },
    async lockDeploys(message) {
      needsFacts();
      disk.deployLock = message;
    },
    async definitions() {
      return [];
    },
    async setUp() {
      await note("setUp");
      return [];
    },
    async adopt() {
      await note("adopt");
      return {
        findings: [],
        adopted: false,
        begun: false,
        layout: "plain",
        files: 0,
        foreign: 0,
        shared: [],
        services: [],
      };
    },
    async noteDrained(drained) {
      await note("note", drained.map(({ server, previous }) => `${server} had ${previous}`).join(", ") || "nothing");
      needsFacts();
      disk.drained = drained;
    },
    async acknowledgeReturned() {
      await note("note", "heard");
      needsFacts();
      disk.returned = undefined;
    },
    async delayedTask(what) {
      await note("delayed task", what);
      return { able: true };
    },
    async history() {
      return [];
    },
    async close() {
      host.calls.push("close");
      isConnected = false;
      if (disk.lock?.by === host) disk.lock = undefined;
    },
  };
  return host;
}
