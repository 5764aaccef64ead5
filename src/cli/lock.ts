// `tarlift lock` and `tarlift unlock`: deploys of a target are held by a person, with a message for everybody else.
import type { Command } from "commander";
import { together } from "../fleet/together.ts";
import { describeOwner } from "../host/open.ts";
import { context } from "./context.ts";
import { type FleetOptions, fleetOptions, fleetRequest, leaveHosts } from "./fleet.ts";

interface Options extends FleetOptions {
  message?: string;
}

export function register(program: Command): void {
  fleetOptions(program.command("lock"))
    .description("hold deploys and rollbacks of a target until `tarlift unlock`")
    .argument("<target>", "a target of tarlift.yml")
    .requiredOption("-m, --message <text>", "why, for everybody who tries to deploy")
    .action(async (target: string, _options: Options, command: Command) => {
      const options: Options = command.optsWithGlobals();
      await hold(target, `${options.message} (${describeOwner()})`, options);
    });
  fleetOptions(program.command("unlock"))
    .description("let deploys of a target go on")
    .argument("<target>", "a target of tarlift.yml")
    .action(async (target: string, _options: Options, command: Command) =>
      hold(target, undefined, command.optsWithGlobals()),
    );
}

async function hold(targetName: string, message: string | undefined, options: Options): Promise<void> {
  const { config, repository, progress } = await context(options);
  try {
    const { members } = fleetRequest({ config, targetName, options, repository, progress, needsSecrets: false });
    const settled = await together(members, async ({ host, place, services, shared }) => {
      await host.facts({ place, services, shared });
      await host.hold(message);
    });
    await together(members, ({ host }) => host.close());
    for (const { member } of settled.done)
      process.stdout.write(
        `${member.host.name}: ${message === undefined ? "deploys go on" : `deploys are held: ${message}`}\n`,
      );
    for (const { trouble } of settled.failed) process.stderr.write(`${trouble.host}: ${trouble.what}\n`);
    if (settled.failed.length > 0) process.exitCode = 1;
  } finally {
    await leaveHosts();
  }
}
