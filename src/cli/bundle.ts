// `tarlift bundle`: makes one artifact from the checked-out commit.
import { resolve } from "node:path";
import type { Command } from "commander";
import { checkLine } from "../bundle/isolation.ts";
import type { BundleResult } from "../bundle/result.ts";
import { makeArtifact } from "../pipeline/artifact.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { formatCommand } from "../subprocess/command.ts";
import { formatBytes } from "../text/quantity.ts";
import { visibleLine } from "../text/visible.ts";
import { context, type GlobalOptions } from "./context.ts";
import { printJson, printLines, typed } from "./output.ts";

interface Options extends GlobalOptions {
  output?: string;
  label?: string;
  allowOtherTag?: boolean;
  check: boolean;
  requireIsolation?: boolean;
  python?: string;
  upload?: boolean;
}

export function register(program: Command): void {
  program
    .command("bundle")
    .description("make one artifact of the commit that is checked out, and run its checks")
    .option(
      "-o, --output <file>",
      "where it goes (default: <app>-<label>.tar in the work directory; its path is printed)",
    )
    .option("--label <label>", "a label for it (default: the tag on HEAD, else the commit)")
    .option("--allow-other-tag", "take a label that is the tag of another commit")
    .option("--no-check", "leave the checks out")
    .option("--require-isolation", "fail where the checks cannot be isolated")
    .option("--python <interpreter>", "build with this interpreter; its minor version must be the hosts'")
    .option("--upload", "also keep it in the artifact store")
    .option("--json", "as JSON")
    .action(async (_options: Options, command: Command) => makeBundle(command.optsWithGlobals()));
}

async function makeBundle(options: Options): Promise<void> {
  const here = await context(options, stopSignal());
  const result = await makeArtifact(here, {
    check: options.check,
    ...(options.label ? { version: options.label } : {}),
    ...(options.allowOtherTag ? { allowOtherTag: true } : {}),
    ...(options.output ? { output: resolve(here.directory, options.output) } : {}),
    ...(options.requireIsolation ? { requireIsolation: true } : {}),
    ...(options.python ? { python: options.python } : {}),
  });
  const { app, targets } = here.config;
  const uploaded = options.upload
    ? await (await here.stores.artifacts()).upload(`${app}-${result.version}`, result.file, {})
    : undefined;
  if (options.json) printJson({ ...result, uploaded });
  else printLines(lines(result, Object.keys(targets)).map(visibleLine));
}

function lines(result: BundleResult, targets: string[]): string[] {
  const { timings } = result;
  const seconds = (part: keyof BundleResult["timings"]) => `${(timings[part] / 1000).toFixed(1)} s`;
  return [
    "",
    `${result.file}`,
    `  label           ${result.version}, commit ${result.commit.slice(0, 12)}`,
    `  release digest  ${result.releaseDigest}`,
    `  size            ${formatBytes(result.size)}`,
    ...result.environments.map(
      ({ name, id, hit, size }) =>
        `  environment     ${name} ${id}, ${hit ? "restored" : "built"}, ${formatBytes(size)}`,
    ),
    ...result.assets.map(
      ({ name, hit, size }) => `  assets          ${name}, ${hit ? "unchanged" : "made"}, ${formatBytes(size)}`,
    ),
    ...result.libraries.map(({ name, by }) => `  hosts need      ${name}${by === undefined ? "" : `, for ${by}`}`),
    `  checks          ${checkLine(result.checkReport)}`,
    `  time            source ${seconds("source")}, environments ${seconds("environments")}, assets ${seconds("assets")}, application ${seconds("application")}, artifact ${seconds("artifact")}, unpacking ${seconds("unpacking")}, checks ${seconds("checks")}`,
    "",
    // `tarlift inspect` reads a file, from any directory.
    targets.length > 0
      ? `next: ${typed("tarlift deploy TARGET", targets[0])} ${formatCommand(["--artifact", result.file])}`
      : `next: ${formatCommand(["tarlift", "inspect", result.file])}`,
  ];
}
