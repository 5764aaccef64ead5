// `tarlift adopt`: makes an application that already runs the first good release of a target. Without --apply, prints a
// plan.
import type { Command } from "commander";
import { EXIT_CODES } from "../failure.ts";
import type { AdoptionReport } from "../operations/adopt.ts";
import { adoptOn } from "../pipeline/adopt.ts";
import { adoptionLines } from "../report/adoption.ts";
import { visibleLine } from "../text/visible.ts";
import { type HostOptions, hostOptions, waitOption } from "./host-options.ts";
import { hostVerb } from "./host-verb.ts";
import { printLines, typed } from "./output.ts";

interface Options extends HostOptions {
  from?: string;
  dotenv?: string;
  apply?: boolean;
}

export function register(program: Command): void {
  const command = waitOption(hostOptions(program.command("adopt")))
    .description(
      "make what runs on the hosts without Tarlift their first good release; without --apply, show what that would do",
    )
    .option("--from <directory>", "where the application runs on the hosts (default: current, below the target's root)")
    // Not --env-file: Node itself reads that option, at any position.
    .option("--dotenv <file>", "the file that holds its configuration, relative to that directory")
    .option("--apply", "do it; services go on running");
  hostVerb<Options, AdoptionReport>(command, {
    stops: true,
    work: (here, fleet, { from, dotenv: envFile, apply = false }) => adoptOn(here, { ...fleet, from, envFile, apply }),
    print: (report) => printLines(adoptionLines(report).map((line) => typed(visibleLine(line)))),
    exitCode: ({ outcome }) => (outcome === "refused" || outcome === "failed" ? EXIT_CODES[outcome] : 0),
  });
}
