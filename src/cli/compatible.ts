// `tarlift compatible`: whether the live release works with the schema that a deploy would bring.
import type { Command } from "commander";
import type { Compatibility } from "../compatible/result.ts";
import { compatibleWith } from "../pipeline/compatible.ts";
import { compatibilityLines } from "../report/compatibility.ts";
import { visibleLine } from "../text/visible.ts";
import { type HostOptions, hostOptions } from "./host-options.ts";
import { hostVerb } from "./host-verb.ts";
import { printLines } from "./output.ts";

interface Options extends HostOptions {
  live?: string;
  liveArtifact?: string;
  artifact?: string;
  python?: string;
}

export function register(program: Command): void {
  const command = hostOptions(program.command("compatible"))
    .description(
      "try the live release with the migrations of this commit, on a scratch database (`migrations.compatible` of tarlift.yml)",
    )
    .option("--live <commit>", "what is live: a commit, tag or branch (default: the target's hosts are asked)")
    .option(
      "--live-artifact <file>",
      "its artifact (default: the artifact store's where the hosts were asked, else it is bundled from its commit)",
    )
    .option("--artifact <file>", "what would be deployed (default: it is bundled from the commit that is checked out)")
    .option("--python <interpreter>", "build and run with this interpreter; its minor version must be the hosts'");
  hostVerb<Options, Compatibility>(command, {
    stops: true,
    work: (here, fleet, { live, liveArtifact, artifact, python }) =>
      compatibleWith(here, { ...fleet, live, liveArtifact, artifact, python }),
    print: (found) => printLines(compatibilityLines(found).map(visibleLine)),
  });
}
