// From a target of tarlift.yml, and what a user gives beside it, to the members of a fleet.

import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import type { Config, HealthConfig, HostConfig, ServiceConfig, TargetConfig } from "../config/schema.ts";
import { findTarget } from "../config/select.ts";
import { Failure } from "../failure.ts";
import { hasRole } from "../fleet/roles.ts";
import type { FleetRequest, Member } from "../fleet/types.ts";
import { closeJumps } from "../host/connection.ts";
import { removePrivateDirectory } from "../host/keys.ts";
import { describeOwner, openHost } from "../host/open.ts";
import type { SshOptions } from "../host/ssh.ts";
import type { ServiceRequest } from "../host/types.ts";
import type { Progress } from "../report/progress.ts";
import { tryGit } from "../source/git.ts";
import type { GlobalOptions } from "./context.ts";

/** Options of every verb that reaches hosts. */
export interface FleetOptions extends GlobalOptions {
  sshKey?: string;
  sshKnownHosts?: string;
  insecureAcceptAnyHostKey?: boolean;
  secretsFile?: string;
  waitForLock?: string;
}

export function fleetOptions(command: Command): Command {
  return command
    .option("--ssh-key <file>", "the private key (default: the agent, and your own keys)")
    .option("--ssh-known-hosts <file>", "the hosts' keys (default: your own known_hosts)")
    .option(
      "--insecure-accept-any-host-key",
      "reach hosts whose keys nobody knows: anybody in between can read and change everything",
    )
    .option("--secrets-file <file>", "values of the target's secrets, NAME=VALUE a line (default: the environment)");
}

interface FleetInput {
  config: Config;
  targetName: string;
  options: FleetOptions;
  repository: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
  /** Verbs that change no configuration do without the secrets' values. */
  needsSecrets: boolean;
}

/** @throws Failure (refused) for a target that is not there, secrets that are not given, keys that cannot be used */
export function fleetRequest(input: FleetInput): FleetRequest {
  const { config, targetName, options, progress, signal } = input;
  const target = findTarget(config, targetName);
  const secrets = input.needsSecrets ? readSecrets(target, targetName, options) : {};
  const ssh = sshOptions(options);
  return {
    app: config.app,
    target: targetName,
    members: target.hosts.map((host) => memberOf(config, targetName, target, host, secrets, ssh)),
    deployId: `${Date.now().toString(36)}-${randomBytes(4).toString("hex")}`,
    owner: describeOwner(),
    waitForLock: options.waitForLock === undefined ? target["wait-for-lock"] : Number(options.waitForLock),
    keep: target.keep,
    activate: target.activate,
    restart: target.restart,
    hooks: config.hooks,
    directory: input.repository,
    progress,
    signal,
  };
}

/** To be called when a verb is over: nothing of a key or a connection stays. */
export async function leaveHosts(): Promise<void> {
  await closeJumps();
  removePrivateDirectory();
}

/** Aborts at the first SIGINT or SIGTERM; a second one ends the program at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  return stop.signal;
}

/** Whether a commit is an ancestor of another, by local git; undefined where it does not know one of them. */
export async function isAncestor(
  repository: string,
  ancestor: string,
  descendant: string,
): Promise<boolean | undefined> {
  const known = await tryGit(repository, ["cat-file", "-e", `${ancestor}^{commit}`]);
  if (known === undefined || (await tryGit(repository, ["cat-file", "-e", `${descendant}^{commit}`])) === undefined)
    return undefined;
  return (await tryGit(repository, ["merge-base", "--is-ancestor", ancestor, descendant])) !== undefined;
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
  const own = "variables" in host ? host.variables : undefined;
  const services = Object.entries(config.services).filter(([, service]) => hasRole(roles, service.roles));
  const health = Object.fromEntries(
    services.flatMap(([name, service]): [string, HealthConfig][] => (service.health ? [[name, service.health]] : [])),
  );
  const root = target.root ?? `/srv/${config.app}`;
  const runAs = target["run-as"];
  const address = {
    address: host.address,
    roles,
    user: ("user" in host ? host.user : undefined) ?? target.user,
    port: ("port" in host ? host.port : undefined) ?? target.port,
    proxyJump: ("proxy-jump" in host ? host["proxy-jump"] : undefined) ?? target["proxy-jump"],
    forwards: Object.values(health).map(({ url }) => forwardOf(url)),
  };
  return {
    host: openHost(address, ssh),
    roles,
    configuration: { ...target.variables, ...own, ...secrets },
    place: {
      app: config.app,
      target: targetName,
      root,
      environmentsRoot: target["environments-root"] ?? config["environments-root"] ?? `/srv/${config.app}/envs`,
      ...(runAs ? { runAs } : {}),
    },
    shared: config.shared,
    services: services.map(([name, service]) => serviceRequest(name, service, runAs)),
    health,
  };
}

function forwardOf(url: string): { host: string; port: number } {
  const { hostname, port, protocol } = new URL(url);
  return { host: hostname, port: port === "" ? (protocol === "https:" ? 443 : 80) : Number(port) };
}

function serviceRequest(name: string, service: ServiceConfig, runAs: string | undefined): ServiceRequest {
  const { supervisord, systemd, user, command, action } = service;
  return {
    name,
    kind: supervisord !== undefined ? "supervisord" : command ? "command" : user ? "systemd-user" : "systemd",
    unit: supervisord ?? systemd ?? "",
    action: typeof action === "string" ? action : `signal ${action.signal}`,
    settle: service.settle,
    stopTimeout: service["stop-timeout"],
    runAs: service["run-as"] ?? runAs,
    ...(command ? { commands: command } : {}),
  };
}

function sshOptions(options: FleetOptions): SshOptions {
  return {
    ...(options.sshKey ? { key: { file: resolve(options.directory ?? ".", options.sshKey) } } : {}),
    ...(options.sshKnownHosts
      ? { knownHosts: { file: resolve(options.directory ?? ".", options.sshKnownHosts) } }
      : {}),
    ...(options.insecureAcceptAnyHostKey ? { insecureAcceptAnyHostKey: true } : {}),
  };
}

/** @throws Failure naming every secret that the target lists and nobody gave */
function readSecrets(target: TargetConfig, targetName: string, options: FleetOptions): Record<string, string> {
  const given = options.secretsFile ? parseSecrets(resolve(options.directory ?? ".", options.secretsFile)) : {};
  const names = target.secrets ?? [];
  const missing = names.filter((name) => given[name] === undefined && process.env[name] === undefined);
  if (missing.length > 0) {
    throw new Failure({
      what: `target ${targetName} needs ${missing.length === 1 ? "a secret that was not given" : "secrets that were not given"}: ${missing.join(", ")}`,
      remedy:
        "Set them as environment variables of this command, or put them into a file for --secrets-file, NAME=VALUE a line.",
      outcome: "refused",
    });
  }
  return Object.fromEntries(names.map((name) => [name, given[name] ?? process.env[name] ?? ""]));
}

function parseSecrets(file: string): Record<string, string> {
  if (!existsSync(file))
    throw new Failure({ what: "there is no such file of secrets", where: { file }, outcome: "refused" });
  const lines = readFileSync(file, "utf8").split(/\r?\n/);
  const secrets: Record<string, string> = {};
  for (const [n, line] of lines.entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (!match)
      throw new Failure({
        what: "a line of the file of secrets is not NAME=VALUE",
        where: { file, line: String(n + 1) },
        outcome: "refused",
      });
    secrets[match[1]!] = match[2]!;
  }
  return secrets;
}
