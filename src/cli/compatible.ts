// `tarlift compatible`: whether the live release works with the schema that a deploy would bring.
import type { Command } from "commander";
import { compatibleWith } from "../pipeline/compatible.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { compatibilityLines } from "../report/compatibility.ts";
import { visibleLine } from "../text/visible.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./host-options.ts";
import { printJson, printLines } from "./output.ts";

interface Options extends HostOptions {
  live?: string;
  liveArtifact?: string;
  artifact?: string;
  python?: string;
}

export function register(program: Command): void {
  hostOptions(program.command("compatible"))
    .description(
      "try the live release with the migrations of this commit, on a scratch database (`migrations.compatible` of tarlift.yml)",
    )
    .argument("<target>", "a target of tarlift.yml")
    .option("--live <commit>", "what is live: a commit, tag or branch (default: the target's hosts are asked)")
    .option(
      "--live-artifact <file>",
      "its artifact (default: the artifact store's where the hosts were asked, else it is bundled from its commit)",
    )
    .option("--artifact <file>", "what would be deployed (default: it is bundled from the commit that is checked out)")
    .option("--python <interpreter>", "build and run with this interpreter; its minor version must be the hosts'")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) => tryOut(target, command.optsWithGlobals()));
}

async function tryOut(target: string, options: Options): Promise<void> {
  const { live, liveArtifact, artifact, python } = options;
  const found = await compatibleWith(await context(options, stopSignal()), {
    ...fleetOptions(target, options),
    live,
    liveArtifact,
    artifact,
    python,
  });
  if (options.json) printJson(found);
  else printLines(compatibilityLines(found).map(visibleLine));
}
