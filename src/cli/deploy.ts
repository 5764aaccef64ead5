// `tarlift deploy`: deploys an artifact to all hosts of a target, as one transaction.
import type { Command } from "commander";
import { OUTCOME_EXIT, type Report } from "../fleet/report.ts";
import { deployTo } from "../pipeline/deploy.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { nextCommand } from "../report/outcome-text.ts";
import { transactionLines } from "../report/transaction.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions, waitOption } from "./host-options.ts";
import { printJson, printProse, resultPaint, typed, withNextCommands } from "./output.ts";

interface Options extends HostOptions {
  artifact?: string;
  label?: string;
  allowOtherTag?: boolean;
  dryRun?: boolean;
  allowOlder?: boolean;
  python?: string;
}

export function register(program: Command): void {
  waitOption(hostOptions(program.command("deploy")))
    .description("put an artifact on every host of a target: all hosts new, or all as they were")
    .argument("<target>", "a target of tarlift.yml")
    .option("--artifact <file>", "the artifact (default: one is bundled from the commit that is checked out)")
    .option("--python <interpreter>", "bundle with this interpreter; its minor version must be the hosts'")
    .option("--label <label>", "a label for the release (default: the artifact's)")
    .option("--allow-other-tag", "take a label that is the tag of another commit")
    .option("--dry-run", "look at every host, print the plan, change nothing")
    .option("--allow-older", "deploy a commit that the live one descends from")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      deployTarget(target, command.optsWithGlobals()),
    );
}

async function deployTarget(target: string, options: Options): Promise<void> {
  const { artifact, label, allowOtherTag, dryRun, allowOlder, python } = options;
  const report = await deployTo(await context(options, stopSignal()), {
    ...fleetOptions(target, options),
    artifact,
    version: label,
    allowOtherTag,
    dryRun,
    allowOlder,
    python,
  });
  printReport(report, options);
}

/** Prints the result of a transaction, and sets the exit code. */
export function printReport(report: Report, options: { json?: boolean }): void {
  if (options.json) printJson(report);
  else printProse(transactionLines(withNextCommands(report), resultPaint(), typed(nextCommand(report))));
  process.exitCode = OUTCOME_EXIT[report.outcome];
}
