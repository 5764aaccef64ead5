// `tarlift converge`: brings all hosts of a target to the release that the fleet committed last.
import type { Command } from "commander";
import { convergeOn } from "../pipeline/converge.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { context } from "./context.ts";
import { printReport } from "./deploy.ts";
import { fleetOptions, type HostOptions, hostOptions, waitOption } from "./host-options.ts";

interface Options extends HostOptions {
  artifact?: string;
  releaseDigest?: string;
}

export function register(program: Command): void {
  waitOption(hostOptions(program.command("converge")))
    .description(
      "bring every host to what the fleet agreed on last: what a killed run left is put in order, hosts that were away or are new get the release of the others",
    )
    .argument("<target>", "a target of tarlift.yml")
    .option(
      "--artifact <file>",
      "the artifact of that release, or its name in the artifact store (default: it is looked for there, and else comes from a host that has it)",
    )
    .option("--release-digest <digest>", "go on only to this very release")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      convergeTarget(target, command.optsWithGlobals()),
    );
}

async function convergeTarget(target: string, options: Options): Promise<void> {
  const { artifact, releaseDigest } = options;
  printReport(
    await convergeOn(await context(options, stopSignal()), {
      ...fleetOptions(target, options),
      artifact,
      releaseDigest,
    }),
    options,
  );
}
