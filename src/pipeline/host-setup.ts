// `host setup`: what the hosts of a target need, as a script for each; planned or run on them by a user who may become
// root there.
import { userInfo } from "node:os";
import type { Config } from "../config/schema.ts";
import { findTarget } from "../config/select.ts";
import { Failure } from "../failure.ts";
import { forEachHost } from "../fleet/for-each-host.ts";
import type { Member } from "../fleet/member.ts";
import type { ReportedError } from "../fleet/report.ts";
import type { FleetRequest } from "../fleet/request.ts";
import { setupScript } from "../operations/host-setup.ts";
import type { SETUP_OUTCOMES } from "../operations/outcomes.ts";
import { during } from "../progress.ts";
import type { Context } from "./context.ts";
import { type FleetOptions, targetHosts, withFleet } from "./fleet-request.ts";

export interface SetupOptions extends FleetOptions {
  /** A line of authorized_keys for the SSH user. */
  key?: string | undefined;
  /** Commands by service. */
  commands?: Record<string, string> | undefined;
  /** The address of the only host to set up. */
  host?: string | undefined;
}

export interface HostScript {
  name: string;
  script: string;
}

/**
 * The script of each host. No host is contacted. @throws Failure (refused) as {@link setupScript} and {@link
 * withFleet} do
 */
export async function setupScripts(context: Context, options: SetupOptions): Promise<HostScript[]> {
  return withFleet(context, options, (request) => scriptsOf(context, request, options));
}

export interface HostSetup {
  name: string;
  /**
   * `= …` as required, `+ …` made (or would be), `~ …` differs and is not changed, `! …` left to a person; indented
   * lines belong to the previous one.
   */
  lines: string[];
}

export interface SetupReport {
  outcome: (typeof SETUP_OUTCOMES)[number];
  hosts: HostSetup[];
  errors: ReportedError[];
}

/**
 * Runs the scripts.
 *
 * @param options.as the user that logs in instead of the SSH user: root, or a user who may use sudo without a password
 * @param options.apply otherwise nothing changes: only what would be done is shown
 * @param options.shows called for each host with what will be done, before it is
 */
export async function setUpHosts(
  context: Context,
  options: SetupOptions & { as?: string | undefined; apply: boolean; shows?: (plan: HostSetup) => void },
): Promise<SetupReport> {
  const scripts = await setupScripts(context, options);
  // The user who sets up differs from the user who deploys; the scripts are for the latter.
  const config =
    options.as === undefined ? context.config : await enteredBy(context.config, options.target, options.as);
  return withFleet(context, { ...options, config }, async (request) => {
    const { members } = onlyHost(request, options.host);
    const set = async (member: Member): Promise<HostSetup> => {
      const { host, layout } = member;
      const { script } = scripts[members.indexOf(member)]!;
      const plan = { name: host.name, lines: await host.setUp({ layout, script, apply: false }) };
      options.shows?.(plan);
      if (!options.apply) return plan;
      return { name: host.name, lines: await host.setUp({ layout, script, apply: true }) };
    };
    const results = await forEachHost(members, (member) =>
      during(context.progress, `${member.host.name}: set up`, () => set(member)),
    );
    const hosts = results.done.map(({ value }) => value);
    const errors = results.failed.map(({ error }) => error);
    return { outcome: outcomeOf(hosts, errors, options.apply), hosts, errors };
  });
}

function outcomeOf(
  hosts: readonly HostSetup[],
  errors: readonly ReportedError[],
  apply: boolean,
): SetupReport["outcome"] {
  if (errors.length > 0) return "failed";
  if (!apply) return "planned";
  return hosts.some(({ lines }) => lines.some((line) => line.startsWith("! "))) ? "incomplete" : "done";
}

async function scriptsOf(context: Context, all: FleetRequest, options: SetupOptions): Promise<HostScript[]> {
  const target = findTarget(context.config, options.target);
  refuseUnknownServices(context.config, options.commands);
  const hosts = await targetHosts(context.config, options.target);
  return onlyHost(all, options.host).members.map((member) => {
    const { host, layout, services, shared } = member;
    const own = hosts[all.members.indexOf(member)];
    const user = (own && "ssh-user" in own ? own["ssh-user"] : undefined) ?? target["ssh-user"] ?? userInfo().username;
    const { key, commands } = options;
    const requireSwitch = all.autoRevert?.required;
    return {
      name: host.name,
      script: setupScript({ host: host.name, user, layout, services, shared, key, commands, requireSwitch }),
    };
  });
}

/** @throws Failure (refused) for the command of a service that tarlift.yml does not have */
export function refuseUnknownServices({ services }: Config, commands: Record<string, string> = {}): void {
  const unknown = Object.keys(commands).find((name) => !Object.hasOwn(services, name));
  if (unknown === undefined) return;
  throw new Failure({
    code: "name-unknown",
    what: `there is no service ${unknown} in tarlift.yml`,
    remedy: `There are: ${Object.keys(services).join(", ") || "none"}.`,
    outcome: "refused",
  });
}

/** A request for one host of a target, or for all. @throws Failure (refused) when the target has no such host */
export function onlyHost(request: FleetRequest, address: string | undefined): FleetRequest {
  if (address === undefined) return request;
  const members = request.members.filter(({ host }) => host.name === address);
  if (members.length > 0) return { ...request, members };
  throw new Failure({
    code: "name-unknown",
    what: `target ${request.target} has no host ${address}`,
    remedy: `It has: ${request.members.map(({ host }) => host.name).join(", ")}.`,
    outcome: "refused",
  });
}

/** The same target, with another login user on all its hosts. */
async function enteredBy(config: Config, name: string, user: string): Promise<Config> {
  const target = findTarget(config, name);
  const hosts = (await targetHosts(config, name)).map((host) => ({ ...host, "ssh-user": user }));
  return { ...config, targets: { ...config.targets, [name]: { ...target, "ssh-user": user, hosts } } };
}
