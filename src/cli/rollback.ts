// `tarlift rollback`: a whole target back to the release that it last ran in good health.
import type { Command } from "commander";
import { rollback } from "../fleet/rollback.ts";
import { context } from "./context.ts";
import { printReport } from "./deploy.ts";
import { type FleetOptions, fleetOptions, fleetRequest, leaveHosts, stopSignal } from "./fleet.ts";

interface Options extends FleetOptions {
  to?: string;
  verifyFull?: boolean;
}

export function register(program: Command): void {
  fleetOptions(program.command("rollback"))
    .description("back to the release that the whole target last ran in good health, configuration included")
    .argument("<target>", "a target of tarlift.yml")
    .option("--to <release>", "another good release: its name, version or commit")
    .option("--verify-full", "hash every file of it before the switch")
    .option("--wait-for-lock <seconds>", "how long to wait for another deploy to end")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      rollbackTarget(target, command.optsWithGlobals()),
    );
}

async function rollbackTarget(targetName: string, options: Options): Promise<void> {
  const { config, repository, progress } = await context(options);
  try {
    const request = fleetRequest({
      config,
      targetName,
      options,
      repository,
      progress,
      signal: stopSignal(),
      needsSecrets: false,
    });
    printReport(await rollback({ ...request, to: options.to, verifyFull: options.verifyFull ?? false }), options);
  } finally {
    await leaveHosts();
  }
}
