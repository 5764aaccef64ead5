// `tarlift adopt`: makes an application that already runs the first good release of a target. Without --apply, prints a
// plan.
import type { Command } from "commander";
import { EXIT_CODES } from "../failure.ts";
import type { AdoptionReport } from "../operations/adopt.ts";
import { adoptOn } from "../pipeline/adopt.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { adoptionLines } from "../report/adoption.ts";
import { visibleLine } from "../text/visible.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions, waitOption } from "./host-options.ts";
import { printJson, printLines, typed } from "./output.ts";

interface Options extends HostOptions {
  from?: string;
  dotenv?: string;
  apply?: boolean;
}

export function register(program: Command): void {
  waitOption(hostOptions(program.command("adopt")))
    .description(
      "make what runs on the hosts without Tarlift their first good release; without --apply, show what that would do",
    )
    .argument("<target>", "a target of tarlift.yml")
    .option("--from <directory>", "where the application runs on the hosts (default: current, below the target's root)")
    // Not --env-file: Node itself reads that option, at any position.
    .option("--dotenv <file>", "the file that holds its configuration, relative to that directory")
    .option("--apply", "do it; services go on running")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) => {
      const options: Options = command.optsWithGlobals();
      const { from, dotenv: envFile, apply = false } = options;
      const report = await adoptOn(await context(options, stopSignal()), {
        ...fleetOptions(target, options),
        from,
        envFile,
        apply,
      });
      print(report, options);
    });
}

function print(report: AdoptionReport, { json }: Options): void {
  if (json) printJson(report);
  else printLines(adoptionLines(report).map((line) => typed(visibleLine(line))));
  if (report.outcome === "refused" || report.outcome === "failed") process.exitCode = EXIT_CODES[report.outcome];
}
