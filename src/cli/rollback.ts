// `tarlift rollback`: returns a whole target to its last good release.
import type { Command } from "commander";
import type { Report } from "../fleet/report.ts";
import { rollbackOn } from "../pipeline/rollback.ts";
import { TRANSACTION } from "./deploy.ts";
import { type HostOptions, hostOptions, waitOption } from "./host-options.ts";
import { hostVerb } from "./host-verb.ts";

interface Options extends HostOptions {
  to?: string;
  verifyFull?: boolean;
  allowSchemaAhead?: boolean;
}

export function register(program: Command): void {
  const command = waitOption(hostOptions(program.command("rollback")))
    .description("back to the release that the whole target last ran in good health, configuration included")
    .option("--to <release>", "another good release: its name, version or commit")
    .option("--verify-full", "hash every file of it and of its environments before the switch")
    .option("--allow-schema-ahead", "also across migrations that were applied since it was good");
  hostVerb<Options, Report>(command, {
    ...TRANSACTION,
    work: (here, fleet, { to, verifyFull, allowSchemaAhead }) =>
      rollbackOn(here, { ...fleet, to, verifyFull, allowSchemaAhead }),
  });
}
