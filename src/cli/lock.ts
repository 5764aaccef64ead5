// `tarlift lock` and `tarlift unlock`: a person stops deploys of a target, with a message for all others.
import type { Command } from "commander";
import { holdHosts } from "../operations/lock.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { holdLines } from "../report/lock.ts";
import { errorText } from "../report/outcome-text.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./host-options.ts";
import { printError, printJson, printLines, withNextCommands } from "./output.ts";

interface Options extends HostOptions {
  message?: string;
}

export function register(program: Command): void {
  hostOptions(program.command("lock"))
    .description("hold deploys and rollbacks of a target until `tarlift unlock`")
    .argument("<target>", "a target of tarlift.yml")
    .requiredOption("-m, --message <text>", "why, for everybody who tries to deploy")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) => {
      const options: Options = command.optsWithGlobals();
      await hold(target, options.message, options);
    });
  hostOptions(program.command("unlock"))
    .description("let deploys of a target go on")
    .argument("<target>", "a target of tarlift.yml")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      hold(target, undefined, command.optsWithGlobals()),
    );
}

async function hold(target: string, message: string | undefined, options: Options): Promise<void> {
  const held = await withFleet(await context(options), fleetOptions(target, options), ({ members }) =>
    holdHosts(members, message),
  );
  if (options.json) printJson(held);
  else printLines(holdLines(held));
  for (const error of held.errors) printError(errorText(withNextCommands(error)));
  if (held.errors.length > 0) process.exitCode = 1;
}
