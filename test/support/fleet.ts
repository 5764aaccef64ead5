// A fleet in memory, and what is asked of it: for the decisions of src/fleet alone.
import type { Artifact } from "../../src/artifact/open-artifact.ts";
import type { Member } from "../../src/fleet/member.ts";
import type { DeployRequest, FleetRequest, RollbackRequest } from "../../src/fleet/request.ts";
import type { WaveRules } from "../../src/fleet/waves.ts";
import type { Host } from "../../src/host/host.ts";
import { silent } from "../../src/progress.ts";

export { good, type MemoryHost, memoryHost } from "./memory-host.ts";

export function member(host: Host, more: Partial<Member> = {}): Member {
  return {
    host,
    roles: [],
    configuration: {},
    layout: { app: "shop", target: "production", root: "/srv/shop", environmentsRoot: "/srv/shop/envs" },
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
