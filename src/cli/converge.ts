// `tarlift converge`: brings all hosts of a target to the release that the fleet committed last.
import type { Command } from "commander";
import type { Report } from "../fleet/report.ts";
import { convergeOn } from "../pipeline/converge.ts";
import { TRANSACTION } from "./deploy.ts";
import { type HostOptions, hostOptions, waitOption } from "./host-options.ts";
import { hostVerb } from "./host-verb.ts";

interface Options extends HostOptions {
  artifact?: string;
  releaseDigest?: string;
}

export function register(program: Command): void {
  const command = waitOption(hostOptions(program.command("converge")))
    .description(
      "bring every host to what the fleet agreed on last: what a killed run left is put in order, hosts that were away or are new get the release of the others",
    )
    .option(
      "--artifact <file>",
      "the artifact of that release, or its name in the artifact store (default: it is looked for there, and else comes from a host that has it)",
    )
    .option("--release-digest <digest>", "go on only to this very release");
  hostVerb<Options, Report>(command, {
    ...TRANSACTION,
    work: (here, fleet, { artifact, releaseDigest }) => convergeOn(here, { ...fleet, artifact, releaseDigest }),
  });
}
