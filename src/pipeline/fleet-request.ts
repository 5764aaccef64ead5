// From a target of tarlift.yml, and the user's options, to the members of a fleet.
import { randomBytes } from "node:crypto";
import { crossCheck } from "../config/cross-checks.ts";
import { formatPath } from "../config/document.ts";
import {
  type Config,
  type HealthConfig,
  type ServiceConfig,
  type TargetConfig,
  wavesSchema,
} from "../config/schema.ts";
import { findTarget } from "../config/select.ts";
import { checkAll, Failure } from "../failure.ts";
import { forEachHost } from "../fleet/for-each-host.ts";
import type { Member } from "../fleet/member.ts";
import type { FleetRequest } from "../fleet/request.ts";
import { takesTurns } from "../fleet/serving.ts";
import type { WaveRules } from "../fleet/waves.ts";
import { openHost } from "../host/calls/open.ts";
import { forwardTo } from "../host/http-client.ts";
import { hasRole } from "../host/roles.ts";
import { hostsOf, knownHosts } from "../inventories/registry.ts";
import type { HostConfig } from "../inventories/schema.ts";
import { describeOwner } from "../protocol/owner.ts";
import { readSecrets } from "../secrets/registry.ts";
import { closeTunnels } from "../session/tunnel.ts";
import { supervisorOf } from "../supervisors/registry.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";
import { closeJumps } from "../transports/ssh/jump-master.ts";
import { removePrivateDirectory } from "../transports/ssh/keys.ts";
import { sealer } from "../transports/ssh/seal.ts";
import type { SshOptions } from "../transports/types.ts";
import type { Context } from "./context.ts";
import { openPools } from "./pools.ts";

/** Options of every verb that contacts hosts. */
export interface FleetOptions {
  /** A target of tarlift.yml. */
  target: string;
  ssh: SshOptions;
  /** Values of the target's secrets by name; missing ones are taken from the environment. */
  secrets?: Record<string, string> | undefined;
  /** Seconds to wait for another run; left out: the target's setting. */
  waitForLock?: number | undefined;
}

/** What a verb says about its fleet beside the user's options. */
interface FleetSource {
  /** Left out: the context's. A deploy takes services and hooks from the artifact's own commit. */
  config?: Config;
  /** Left out for verbs that change no configuration: they need no values of secrets. */
  needsSecrets?: boolean;
}

/**
 * Opens the hosts of a target for one verb. Afterwards no connection and no key file is left.
 *
 * @param work what is asked of the hosts; each of them connects with its first call
 * @throws Failure as {@link fleetRequest} and `work` do
 */
export async function withFleet<T>(
  context: Context,
  options: FleetOptions & FleetSource,
  work: (request: FleetRequest) => T | Promise<T>,
): Promise<T> {
  let members: readonly Member[] = [];
  try {
    // Key and known hosts are written for one object of options, and are removed with this fleet.
    const request = await fleetRequest(context, { ...options, ssh: { ...options.ssh } });
    members = request.members;
    return await work(request);
  } finally {
    await forEachHost(members, ({ host }) => host.close());
    await closeTunnels();
    await closeJumps();
    removePrivateDirectory();
  }
}

/** @throws Failure (refused) for an unknown target, missing secrets, unusable keys */
export async function fleetRequest(
  context: Context,
  { config = context.config, needsSecrets = false, ...options }: FleetOptions & FleetSource,
): Promise<FleetRequest> {
  const target = findTarget(config, options.target);
  const secrets = needsSecrets ? await secretsOf(target, options) : {};
  const hosts = await targetHosts(config, options.target);
  const backendServersOf = await openPools(target, options.ssh, context.repository);
  const members = hosts.map((host) => {
    const member = memberOf(config, options.target, target, host, secrets, options.ssh);
    return { ...member, backendServers: backendServersOf({ ...member, address: host.address }) };
  });
  return {
    app: config.app,
    target: options.target,
    members,
    deployId: `${Date.now().toString(36)}-${randomBytes(4).toString("hex")}`,
    seal: sealer(options.ssh.key, { app: config.app, target: options.target }),
    owner: describeOwner(),
    waitForLock: options.waitForLock ?? target["wait-for-lock"],
    maxUnreachable: target["max-unreachable"],
    autoRevert:
      target["auto-revert"] > 0 ? { after: target["auto-revert"], required: target["require-auto-revert"] } : undefined,
    keep: target.keep,
    waves: wavesFor(target, members),
    restart: target.restart,
    hooks: config.hooks,
    directory: context.repository,
    progress: context.progress,
    signal: context.signal,
  };
}

/**
 * Checks, before minutes of work, for everything that {@link fleetRequest} would refuse after them.
 *
 * @throws Failure as it does, for a verb that needs the secrets; all errors at once
 */
export async function checkFleet(context: Context, options: FleetOptions): Promise<void> {
  const target = findTarget(context.config, options.target);
  const checks = await Promise.allSettled([secretsOf(target, options), withFleet(context, options, () => {})]);
  checkAll(
    ...checks.map((check) => () => {
      if (check.status === "rejected") throw check.reason;
    }),
  );
}

const secretsOf = (target: TargetConfig, options: FleetOptions): Promise<Record<string, string>> =>
  readSecrets(target.secrets, {
    target: options.target,
    mayBeEmpty: target["may-be-empty"],
    given: options.secrets ?? {},
    env: process.env,
  });

/**
 * @returns the hosts of a target, in their order
 * @throws Failure (refused) for hosts of an inventory that do not fit the rest of tarlift.yml
 */
export async function targetHosts(config: Config, name: string): Promise<readonly HostConfig[]> {
  const target = findTarget(config, name);
  const hosts = await hostsOf(target.hosts, { target: name, env: process.env });
  if (knownHosts(target.hosts) !== undefined) return hosts;
  // Findings that the file alone could not show.
  const findings = crossCheck({ ...config, targets: { [name]: { ...target, hosts: [...hosts] } } });
  if (findings.length === 0) return hosts;
  throw new Failure({
    code: "config-invalid",
    what: `the hosts that the inventory of target ${name} lists do not fit tarlift.yml`,
    output: findings.map(({ path, message }) => `${formatPath(path)}: ${message}`).join("\n"),
    outcome: "refused",
  });
}

function memberOf(
  config: Config,
  targetName: string,
  target: TargetConfig,
  host: HostConfig,
  secrets: Record<string, string>,
  ssh: SshOptions,
): Member {
  const roles = ("roles" in host && host.roles) || [];
  const own = "env" in host ? host.env : undefined;
  const services = Object.entries(config.services).filter(([, service]) => hasRole(roles, service.roles));
  const health = Object.fromEntries(
    services.flatMap(([name, service]): [string, HealthConfig][] => (service.health ? [[name, service.health]] : [])),
  );
  const root = target.root ?? `/srv/${config.app}`;
  const runAs = target["run-as"];
  const address = {
    address: host.address,
    roles,
    user: ("ssh-user" in host ? host["ssh-user"] : undefined) ?? target["ssh-user"],
    port: ("port" in host ? host.port : undefined) ?? target.port,
    proxyJump: ("proxy-jump" in host ? host["proxy-jump"] : undefined) ?? target["proxy-jump"],
    forwards: Object.values(health).map(({ url }) => forwardTo(url)),
  };
  return {
    host: openHost(address, ssh),
    roles,
    configuration: { ...target.env, ...own, ...secrets },
    layout: {
      app: config.app,
      target: targetName,
      root,
      environmentsRoot: target["environments-root"] ?? config["environments-root"] ?? `/srv/${config.app}/envs`,
      ...(runAs ? { runAs } : {}),
    },
    shared: config.shared,
    services: services.map(([name, service]) => serviceRequest(name, service, runAs, host.address === "local")),
    health,
  };
}

/** undefined: all at once, which is also the default if no host runs a service or is behind a balancer. */
function wavesFor({ waves }: TargetConfig, members: readonly Member[]): WaveRules | undefined {
  if (waves === "all-at-once" || (waves === undefined && !members.some(takesTurns))) return undefined;
  const rules = waves ?? wavesSchema.parse({});
  const { canary, size, watch } = rules;
  return { canary, size, watch, minHealthy: rules["min-healthy"], maxFailures: rules["max-failures"] };
}

function serviceRequest(
  name: string,
  service: ServiceConfig,
  targetRunAs: string | undefined,
  local: boolean,
): ServiceRequest {
  const { action } = service;
  const runAs = service["run-as"] ?? targetRunAs;
  return {
    name,
    ...supervisorOf(service).request(service, { local, runAs }),
    action: typeof action === "string" ? action : `signal ${action.signal}`,
    settle: service["stable-for"],
    stopTimeout: service["stop-timeout"],
    runAs,
  };
}
