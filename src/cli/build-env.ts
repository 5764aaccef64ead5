// `tarlift build-env`: restores or builds the environments of an application.
import type { Command } from "commander";
import type { BuiltEnvironment } from "../installers/installer.ts";
import { explainKeys, makeEnvironments } from "../pipeline/build-env.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { formatBytes } from "../text/quantity.ts";
import { visibleLine } from "../text/visible.ts";
import { context, type GlobalOptions } from "./context.ts";
import { printJson, printLines } from "./output.ts";

interface Options extends GlobalOptions {
  explain?: boolean;
  unpack?: boolean;
  rebuild?: boolean;
  python?: string;
}

export function register(program: Command): void {
  program
    .command("build-env")
    .description("restore or build the application's environments, each at the path where it will run")
    .argument("[name...]", "names of environments (default: all)")
    .option("--explain", "print what is in each key, and do nothing")
    .option("--unpack", "also put each where it runs on this machine, ready to be used")
    .option("--rebuild", "build again even when the key is known")
    .option("--python <interpreter>", "build with this interpreter; its minor version must be the hosts'")
    .option("--json", "as JSON")
    .action(async (names: string[], _options: Options, command: Command) => buildEnv(names, command.optsWithGlobals()));
}

async function buildEnv(names: string[], options: Options): Promise<void> {
  const here = await context(options, stopSignal());
  if (options.explain) {
    const keyed = await explainKeys(here, { ...options, names });
    if (options.json) return printJson(keyed.map(({ name, key, parts }) => ({ name, key, parts })));
    return printLines([...keyed.flatMap(explanation), ...assetNote(here.config.assets.length)].map(visibleLine));
  }
  const environments = await makeEnvironments(here, { ...options, names });
  if (options.json) return printJson(environments.map(summary));
  printLines(environments.flatMap(lines).map(visibleLine));
}

/** Environments are also part of the keys of asset steps. */
const assetNote = (steps: number): string[] =>
  steps === 0
    ? []
    : [
        "",
        "Asset steps have the id of every environment in their keys, also of those that they do not use: another id runs them again.",
      ];

function explanation({
  name,
  key,
  parts,
}: {
  name: string;
  key: string;
  parts: { name: string; value: string }[];
}): string[] {
  const width = Math.max(...parts.map((part) => part.name.length));
  return [`${name}  ${key}`, ...parts.map((part) => `  ${part.name.padEnd(width)}  ${part.value}`)];
}

function summary({ record, hit, path, bin, layer, use }: BuiltEnvironment) {
  return {
    name: record.name,
    use,
    key: record.key,
    id: record.id,
    hit,
    path,
    bin,
    kind: record.kind,
    size: layer.size,
    uncompressed: layer.uncompressed,
    diffId: record.diffId,
    requirements: record.requirements,
  };
}

function lines({ record, hit, path, layer }: BuiltEnvironment): string[] {
  return [
    `${record.name}  ${hit ? "restored" : "built"}  ${record.id}  ${formatBytes(layer.size)} (${formatBytes(layer.uncompressed)} unpacked)  ${path}`,
  ];
}
