// A fleet in memory: hosts that remember what was done to them and fail where a test says so. For the decisions of src/fleet alone;
// everything about real hosts is tested on real ones (test/ssh, test/fleet).
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import { Failure } from "../../src/failure.ts";
import type { Member } from "../../src/fleet/member.ts";
import type { DeployRequest, FleetRequest, RollbackRequest } from "../../src/fleet/request.ts";
import type { WaveRules } from "../../src/fleet/waves.ts";
import type { Facts, Host, HttpAnswer, ReleaseOnHost, ServiceEvidence, TaskEnd } from "../../src/host/host.ts";
import { silent } from "../../src/progress.ts";

export interface MemoryHost extends Host {
  /** Every call in order, as `activate v2`. */
  calls: string[];
  live: string | undefined;
  /** What facts say besides. */
  facts_: Partial<Facts>;
  /** Calls that fail: `activate`, `revert`, … */
  broken: Set<string>;
  answers: HttpAnswer[];
  evidence: ServiceEvidence[];
  end: TaskEnd;
  pending: string[];
}

export const good = (id: string, at: number, more: Partial<ReleaseOnHost> = {}): ReleaseOnHost => ({
  id,
  digest: `sha256:${id}`,
  version: id,
  commit: id,
  state: "good",
  good: new Date(at * 1000).toISOString(),
  transaction: `t${at}`,
  ...more,
});

/** A host whose live release is `live` (none when left out); a deploy to it is called `coming`. */
export function memoryHost(name: string, live?: ReleaseOnHost, coming = "v2"): MemoryHost {
  const evidence: ServiceEvidence[] = [{ service: "web", rung: "directory", pid: 1, detail: "runs" }];
  const fail = (what: string) => {
    if (host.broken.has(what))
      throw new Failure({ code: "command-failed", what: `${what} broke`, where: { host: name } });
  };
  const called = async (what: string, argument = "") => {
    host.calls.push(`${what} ${argument}`.trim());
    fail(what);
  };
  const host: MemoryHost = {
    name,
    roles: undefined,
    calls: [],
    live: live?.id,
    facts_: {},
    broken: new Set(),
    answers: [],
    evidence,
    end: { code: 0, timedOut: false, lastLines: "" },
    pending: [],
    async facts({ lock }) {
      await called("facts", lock ? "lock" : "");
      return {
        findings: [],
        warnings: [],
        live,
        releases: live ? [live] : [],
        unchanged: false,
        coming,
        missing: { files: 1, bytes: 10 },
        ...host.facts_,
      };
    },
    async prepare(request) {
      await called("prepare");
      return {
        release: coming,
        sent: { files: 1, bytes: 10 },
        wire: 5,
        linked: 2,
        pending: request.pending === undefined ? undefined : host.pending,
        warnings: [],
      };
    },
    async task({ run }) {
      await called("task", run);
      return host.end;
    },
    async listPending({ release }) {
      await called("pending", release);
      return host.pending;
    },
    async activate({ release }) {
      host.calls.push(`activate ${release}`);
      const previous = host.live;
      host.live = release;
      fail("activate");
      return { previous, services: host.evidence, settling: 0, warnings: [] };
    },
    async observe() {
      await called("observe");
      return host.evidence;
    },
    async http() {
      fail("http");
      return host.answers.length > 1
        ? (host.answers.shift() as HttpAnswer)
        : (host.answers[0] ?? { status: 200, headers: {} });
    },
    async commit({ release, rollback }) {
      await called(rollback ? "commit-rollback" : "commit", release);
      return { warnings: [] };
    },
    async precommit() {
      await called("precommit");
    },
    async revert({ to }) {
      await called("revert", to ?? "none");
      host.live = to;
      return { release: to, services: host.evidence, warnings: [] };
    },
    async drift({ release }) {
      await called("drift", release);
      return host.broken.has("files") ? { changed: ["app.py"], count: 1 } : { changed: [], count: 0 };
    },
    async record(release) {
      await called("record", release);
      return undefined;
    },
    async read() {
      await called("read");
    },
    async hold() {},
    async definitions() {
      return [];
    },
    async setUp() {
      await called("setUp");
      return [];
    },
    async adopt() {
      await called("adopt");
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
    async noteDrained(taken) {
      await called("note", taken.map(({ server, previous }) => `${server} had ${previous}`).join(", ") || "nothing");
    },
    async noteHeard() {
      await called("note", "heard");
    },
    async delayedTask(what) {
      await called("delayed task", what);
      return { able: true };
    },
    async history() {
      return [];
    },
    async close() {
      host.calls.push("close");
    },
  };
  return host;
}

export function member(host: Host, more: Partial<Member> = {}): Member {
  return {
    host,
    roles: [],
    configuration: {},
    place: { app: "shop", target: "production", root: "/srv/shop", environmentsRoot: "/srv/shop/envs" },
    shared: { directories: [], files: [] },
    services: [],
    backendServers: [],
    health: {},
    ...more,
  };
}

/** One host after the other. */
export const oneByOne: WaveRules = { canary: false, size: 1, minHealthy: 0, maxFailures: 0, watch: 0 };

const common = (hosts: Host[]): FleetRequest => ({
  app: "shop",
  target: "production",
  members: hosts.map((host) => member(host)),
  deployId: "d1",
  owner: "a test",
  waitForLock: 0,
  keep: 5,
  waves: undefined,
  restart: "changed",
  hooks: {},
  directory: "/",
  progress: silent,
});

export function deployRequest(hosts: Host[], more: Partial<DeployRequest> = {}): DeployRequest {
  const release = { commit: { id: "ours", time: "" }, configuration: {} };
  const artifact = { releaseDigest: "sha256:v2", release } as Artifact;
  return {
    ...common(hosts),
    artifact,
    version: "v2",
    allowOlder: false,
    dryRun: false,
    isAncestor: async () => false,
    ...more,
  };
}

export const rollbackRequest = (hosts: Host[], more: Partial<RollbackRequest> = {}): RollbackRequest => ({
  ...common(hosts),
  verifyFull: false,
  ...more,
});
