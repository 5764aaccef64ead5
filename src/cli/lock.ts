// `tarlift lock` and `tarlift unlock`: deploys of a target are held by a person, with a message for everybody else.
import type { Command } from "commander";
import { holdTarget } from "../pipeline/hold.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./fleet.ts";

interface Options extends HostOptions {
  message?: string;
}

export function register(program: Command): void {
  hostOptions(program.command("lock"))
    .description("hold deploys and rollbacks of a target until `tarlift unlock`")
    .argument("<target>", "a target of tarlift.yml")
    .requiredOption("-m, --message <text>", "why, for everybody who tries to deploy")
    .action(async (target: string, _options: Options, command: Command) => {
      const options: Options = command.optsWithGlobals();
      await hold(target, options.message, options);
    });
  hostOptions(program.command("unlock"))
    .description("let deploys of a target go on")
    .argument("<target>", "a target of tarlift.yml")
    .action(async (target: string, _options: Options, command: Command) =>
      hold(target, undefined, command.optsWithGlobals()),
    );
}

async function hold(target: string, message: string | undefined, options: Options): Promise<void> {
  const held = await holdTarget(await context(options), { ...fleetOptions(target, options), message });
  for (const host of held.hosts)
    process.stdout.write(
      `${host}: ${held.message === undefined ? "deploys go on" : `deploys are held: ${held.message}`}\n`,
    );
  for (const { host, what } of held.troubles) process.stderr.write(`${host}: ${what}\n`);
  if (held.troubles.length > 0) process.exitCode = 1;
}
