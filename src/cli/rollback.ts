// `tarlift rollback`: returns a whole target to its last good release.
import type { Command } from "commander";
import { rollbackOn } from "../pipeline/rollback.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { context } from "./context.ts";
import { printReport } from "./deploy.ts";
import { fleetOptions, type HostOptions, hostOptions, waitOption } from "./host-options.ts";

interface Options extends HostOptions {
  to?: string;
  verifyFull?: boolean;
  allowSchemaAhead?: boolean;
}

export function register(program: Command): void {
  waitOption(hostOptions(program.command("rollback")))
    .description("back to the release that the whole target last ran in good health, configuration included")
    .argument("<target>", "a target of tarlift.yml")
    .option("--to <release>", "another good release: its name, version or commit")
    .option("--verify-full", "hash every file of it and of its environments before the switch")
    .option("--allow-schema-ahead", "also across migrations that were applied since it was good")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      rollbackTarget(target, command.optsWithGlobals()),
    );
}

async function rollbackTarget(target: string, options: Options): Promise<void> {
  const { to, verifyFull, allowSchemaAhead } = options;
  printReport(
    await rollbackOn(await context(options, stopSignal()), {
      ...fleetOptions(target, options),
      to,
      verifyFull,
      allowSchemaAhead,
    }),
    options,
  );
}
