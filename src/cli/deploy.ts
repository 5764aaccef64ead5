// `tarlift deploy`: deploys an artifact to all hosts of a target, as one transaction.
import type { Command } from "commander";
import { OUTCOME_EXIT, type Report } from "../fleet/report.ts";
import { deployTo } from "../pipeline/deploy.ts";
import { nextCommand } from "../report/outcome-text.ts";
import { transactionLines } from "../report/transaction.ts";
import { type HostOptions, hostOptions, waitOption } from "./host-options.ts";
import { type HostVerb, hostVerb } from "./host-verb.ts";
import { printProse, resultPaint, typed, withNextCommands } from "./output.ts";

interface Options extends HostOptions {
  artifact?: string;
  label?: string;
  allowOtherTag?: boolean;
  dryRun?: boolean;
  allowOlder?: boolean;
  python?: string;
}

export function register(program: Command): void {
  const command = waitOption(hostOptions(program.command("deploy")))
    .description("put an artifact on every host of a target: all hosts new, or all as they were")
    .option("--artifact <file>", "the artifact (default: one is bundled from the commit that is checked out)")
    .option("--python <interpreter>", "bundle with this interpreter; its minor version must be the hosts'")
    .option("--label <label>", "a label for the release (default: the artifact's)")
    .option("--allow-other-tag", "take a label that is the tag of another commit")
    .option("--dry-run", "look at every host, print the plan, change nothing")
    .option("--allow-older", "deploy a commit that the live one descends from");
  hostVerb<Options, Report>(command, {
    ...TRANSACTION,
    work: (here, fleet, { artifact, label, allowOtherTag, dryRun, allowOlder, python }) =>
      deployTo(here, { ...fleet, artifact, version: label, allowOtherTag, dryRun, allowOlder, python }),
  });
}

/** What the verbs that run a transaction have in common. */
export const TRANSACTION: Pick<HostVerb<HostOptions, Report>, "stops" | "print" | "exitCode"> = {
  stops: true,
  print: (report) => printProse(transactionLines(withNextCommands(report), resultPaint(), typed(nextCommand(report)))),
  exitCode: ({ outcome }) => OUTCOME_EXIT[outcome],
};
