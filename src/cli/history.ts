// `tarlift history`: what was deployed, rolled back and reverted on a target, by which user and when.
import type { Command } from "commander";
import { history } from "../operations/history.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { historyLines } from "../report/history.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./host-options.ts";
import { printError, printJson, printLines, withNextCommands } from "./output.ts";
import { countOf } from "./values.ts";

interface Options extends HostOptions {
  limit: number;
}

export function register(program: Command): void {
  hostOptions(program.command("history"))
    .description("what was deployed, rolled back and reverted, and who did it when, as the hosts recorded it")
    .argument("<target>", "a target of tarlift.yml")
    .option("-n, --limit <count>", "how many, the newest first", countOf("--limit", 1, 99_999), 20)
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      showHistory(target, command.optsWithGlobals()),
    );
}

async function showHistory(target: string, options: Options): Promise<void> {
  const { limit } = options;
  const found = await withFleet(await context(options), fleetOptions(target, options), (fleet) =>
    history(fleet, limit),
  );
  if (options.json) printJson(found);
  else {
    printLines(historyLines(found));
    for (const { host, what, remedy } of withNextCommands(found.errors))
      printError(`${host}: ${what}${remedy ? `\n  next: ${remedy}` : ""}`);
  }
  if (found.errors.length > 0) process.exitCode = 1;
}
