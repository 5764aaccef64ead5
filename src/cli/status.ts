// `tarlift status`: what runs where, and what is wrong.
import type { Command } from "commander";
import { status } from "../operations/status.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { statusLines } from "../report/status.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./host-options.ts";
import { printJson, printLines, resultPaint, withNextCommands } from "./output.ts";

interface Options extends HostOptions {
  verifyFull?: boolean;
}

export function register(program: Command): void {
  hostOptions(program.command("status"))
    .description(
      "what runs on each host: release, services, health, files that differ; exit code 1 when something is wrong",
    )
    .argument("<target>", "a target of tarlift.yml")
    .option("--verify-full", "hash every file of the live releases and of their environments")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      showStatus(target, command.optsWithGlobals()),
    );
}

async function showStatus(target: string, options: Options): Promise<void> {
  const { verifyFull = false } = options;
  const found = await withFleet(await context(options), fleetOptions(target, options), (fleet) =>
    status(fleet, { verifyFull }),
  );
  if (options.json) printJson(found);
  else printLines(statusLines(withNextCommands(found), resultPaint()));
  process.exitCode = found.healthy && found.uniform ? 0 : 1;
}
