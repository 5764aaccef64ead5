// `tarlift host setup`: what the hosts of a target need, printed for their administrators; `--check`: what is missing, of all at once.
import { userInfo } from "node:os";
import type { Command } from "commander";
import { findTarget } from "../config/select.ts";
import { setupScript } from "../fleet/host-setup.ts";
import { together } from "../fleet/together.ts";
import type { FleetRequest } from "../fleet/types.ts";
import { fleetRequest, onHosts } from "../pipeline/fleet.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./fleet.ts";

interface Options extends HostOptions {
  check?: boolean;
}

export function register(program: Command): void {
  const host = program.command("host").description("prepare hosts for their first deploy");
  hostOptions(host.command("setup"))
    .description("print what each host needs, as a script for root: users, directories, sudoers, services")
    .argument("<target>", "a target of tarlift.yml")
    .option("--check", "look at every host instead and say what is missing")
    .option("--json", "as JSON (with --check)")
    .action(async (target: string, _options: Options, command: Command) => setup(target, command.optsWithGlobals()));
}

async function setup(targetName: string, options: Options): Promise<void> {
  const here = await context(options);
  const target = findTarget(here.config, targetName);
  await onHosts(async () => {
    const request = fleetRequest(here, fleetOptions(targetName, options));
    if (options.check) return check(request, options);
    const scripts = request.members.map(({ host, place, services, shared }, n) => {
      const own = target.hosts[n];
      const user = (own && "user" in own ? own.user : undefined) ?? target.user ?? userInfo().username;
      return setupScript({ host: host.name, user, place, services, shared });
    });
    process.stdout.write(scripts.join("\n"));
  });
}

/** Exit code 1 when anything is missing anywhere. */
async function check(request: FleetRequest, options: Options): Promise<void> {
  const settled = await together(request.members, ({ host, place, services, shared }) =>
    host.facts({ place, services, shared, lock: { wait: 0, owner: `${request.owner} (host setup --check)` } }),
  );
  await together(request.members, ({ host }) => host.close());
  const missing = [
    ...settled.failed.map(({ trouble }) => trouble),
    ...settled.done.flatMap(({ member, value }) => value.findings.map((one) => ({ host: member.host.name, ...one }))),
  ];
  const warnings = settled.done.flatMap(({ member, value }) =>
    value.warnings.map((warning) => `${member.host.name}: warning: ${warning}`),
  );
  if (options.json) process.stdout.write(`${JSON.stringify({ missing, warnings }, null, 2)}\n`);
  else {
    for (const { host, what, remedy } of missing)
      process.stdout.write(`${host}: ${what}\n${remedy ? `  next: ${remedy}\n` : ""}`);
    for (const warning of warnings) process.stdout.write(`${warning}\n`);
    if (missing.length === 0) process.stdout.write(`${request.target}: every host has what it needs\n`);
  }
  if (missing.length > 0) process.exitCode = 1;
}
