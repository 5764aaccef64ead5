// Asset steps: commands whose outputs ship. Each is a layer of its own, kept under the hash of what the step reads, so that a step whose
// inputs did not change does not run.
import { hash } from "node:crypto";
import { existsSync, lstatSync, realpathSync, rmSync } from "node:fs";
import { join, matchesGlob } from "node:path";
import { z } from "zod";
import { run } from "../command/run.ts";
import type { AssetStep } from "../config/schema.ts";
import { passedParts, redactor } from "../environment/passed.ts";
import type { BuiltEnvironment } from "../environment/types.ts";
import { Failure } from "../failure.ts";
import { during, type Progress } from "../report/progress.ts";
import { formatBytes, formatCount } from "../report/quantity.ts";
import { linkProblem } from "../source/links.ts";
import type { Source } from "../source/read.ts";
import { type EntryPlace, fetchEntry, keepEntry, unfinishedEntry } from "../store/entries.ts";
import { finishEntry } from "../store/entry.ts";
import type { LayerStore } from "../store/types.ts";
import { pathsOf } from "./format.ts";
import { quoteName } from "./names.ts";
import { type PackedLayer, type PackSource, packLayer, walk } from "./pack.ts";
import { unpackLayer } from "./unpack.ts";

export interface AssetOptions {
  app: string;
  /** The application's directory in the checkout, absolute. */
  application: string;
  source: Source;
  environments: readonly BuiltEnvironment[];
  /** Part of every step's key; what the project itself was built into. */
  packageLayer?: PackedLayer | undefined;
  variables: Record<string, string>;
  /** Variables of a step's process, complete. */
  environment(step: AssetStep): Record<string, string>;
  /** Makes everything ready that a step needs to run: called once, and only when one must run. */
  makeReady(): Promise<void>;
  /** Refuses a checkout that a step has changed: called after each that ran, before anything of it is kept. */
  refuseChanges(step: string): Promise<void>;
  store: LayerStore;
  work: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

export interface AssetLayer {
  name: string;
  layer: PackedLayer;
  /** Restored (true), or made in this run. */
  hit: boolean;
}

const FORMAT = "1";
const meta = z.strictObject({ name: z.string() });

/**
 * Runs the steps whose inputs changed, in the order of tarlift.yml, and takes the layers of all others from the store.
 *
 * @throws Failure when a step fails, does not make an output, or changes tracked files
 */
export async function runAssetSteps(steps: readonly AssetStep[], options: AssetOptions): Promise<AssetLayer[]> {
  const made: (AssetLayer & { step: AssetStep; onDisk: boolean })[] = [];
  for (const step of steps) refuseOutputs(step, options);
  for (const step of steps) {
    const place: EntryPlace<z.infer<typeof meta>> = {
      store: options.store,
      work: options.work,
      key: `assets-${stepKey(step, made, options)}`,
      schema: meta,
      title: `assets ${step.name}`,
      progress: options.progress,
    };
    const found = await fetchEntry(place);
    if (found) {
      options.progress.notice(
        `assets ${step.name}: nothing that it reads has changed; ${formatBytes(found.layer.size)} from ${options.store.name}`,
      );
      made.push({ step, name: step.name, layer: found.layer, hit: true, onDisk: false });
      continue;
    }
    await options.makeReady();
    for (const earlier of made.filter(({ onDisk }) => !onDisk)) {
      refuseOutputs(earlier.step, options);
      clearOutputs(earlier.step, options);
      await unpackLayer(earlier.layer, {
        base: earlier.layer.base,
        directory: options.application,
        diffId: earlier.layer.diffId,
      });
      earlier.onDisk = true;
    }
    const layer = await runStep(step, options, unfinishedEntry(place));
    await options.refuseChanges(step.name);
    finishEntry(layer, place.key, { name: step.name });
    const kept = await keepEntry(place, { meta: { name: step.name }, layer });
    // Another job's result of the same inputs won: what lies on disk is ours, and the layer is theirs.
    made.push({ step, name: step.name, layer: kept.layer, hit: false, onDisk: kept.layer.diffId === layer.diffId });
  }
  return made.map(({ name, layer, hit }) => ({ name, layer, hit }));
}

function stepKey(step: AssetStep, earlier: readonly { layer: PackedLayer }[], options: AssetOptions): string {
  const { tracked, includeHash } = options.source;
  const matches = (path: string) => step.inputs === undefined || step.inputs.some((pattern) => isInput(path, pattern));
  const files = tracked.filter(({ path }) => matches(path));
  const before = earlier.filter(({ layer }) =>
    layer.index.some(({ type, path }) => type !== "directory" && matches(path)),
  );
  if (files.length === 0 && before.length === 0) {
    throw new Failure({
      what: `asset step "${step.name}" reads no tracked file, and nothing that an earlier step makes`,
      where: { inputs: step.inputs?.join(", ") },
      remedy: "Correct `inputs:` in tarlift.yml: globs relative to the application's directory.",
      outcome: "refused",
    });
  }
  const key = {
    format: FORMAT,
    app: options.app,
    run: step.run,
    outputs: step.outputs,
    files: files.map(({ path, type, executable, blob }) => [path, type, executable, blob]),
    include: includeHash,
    environments: options.environments.map(({ record }) => [record.name, record.id]),
    package: options.packageLayer?.diffId,
    variables: Object.entries(options.variables).sort(([a], [b]) => (a < b ? -1 : 1)),
    before: before.map(({ layer }) => layer.diffId),
    ...(step["pass-env"] ? { passed: passedParts(process.env, step["pass-env"], options.application) } : {}),
  };
  return hash("sha256", JSON.stringify(key), "hex");
}

/** A pattern names files by a glob, or a directory with all that is in it. */
function isInput(path: string, pattern: string): boolean {
  return pattern === "." || path === pattern || path.startsWith(`${pattern}/`) || matchesGlob(path, pattern);
}

async function runStep(step: AssetStep, options: AssetOptions, file: string): Promise<PackedLayer> {
  const { application, source, environment, progress, signal } = options;
  const title = `assets ${step.name}`;
  const redacted = redactor(process.env, step["pass-env"] ?? []);
  refuseOutputs(step, options);
  clearOutputs(step, options);
  await during(progress, title, (task) =>
    run(["sh", "-ec", step.run], {
      what: `asset step "${step.name}" failed`,
      step: step.run,
      cwd: application,
      env: environment(step),
      onLine: (line) => task.line(redacted(line)),
      signal,
      ...(step.timeout ? { timeout: step.timeout * 1000 } : {}),
      remedy:
        "The same command can be tried in the checkout. It sees no variables of the job: those that it needs belong into `build-variables:`, and those of this job alone (tokens) into its `pass-env:`.",
    }),
  );
  const outputs = step.outputs.flatMap((output) => outputSources(step, output, options));
  const links = new Map(
    [...source.sources, ...outputs].flatMap((one) => (one.type === "link" ? [[one.path, one.target] as const] : [])),
  );
  const problems = outputs
    .flatMap((one) => (one.type === "link" ? [{ path: one.path, problem: linkProblem(one.path, links) }] : []))
    .filter(({ problem }) => problem !== undefined);
  if (problems.length > 0) {
    throw new Failure({
      what: `asset step "${step.name}" made links that cannot ship`,
      output: problems.map(({ path, problem }) => `${quoteName(path)}: ${problem}`).join("\n"),
      remedy: "Let the step copy files instead of linking them.",
    });
  }
  return during(
    progress,
    `pack ${title}`,
    (task) => packLayer(outputs, { base: pathsOf(options.app).application, file, task }),
    (layer) =>
      `${formatBytes(layer.size)} of ${formatBytes(layer.uncompressed)}, ${formatCount(layer.index.length, "file")}`,
  );
}

/** An output must be the application's own and no tracked file, and nothing on its way may lead elsewhere. */
function refuseOutputs(step: AssetStep, { application, source }: AssetOptions): void {
  for (const output of step.outputs) {
    if (output === "." || output.split("/").includes(".git")) {
      throw new Failure({
        what: `asset step "${step.name}" cannot have ${quoteName(output)} as its output`,
        remedy: "Name the directories and files that it makes: they are removed before it runs.",
        outcome: "refused",
      });
    }
    const tracked = source.tracked.find(({ path }) => path === output || output.startsWith(`${path}/`));
    if (tracked) {
      throw new Failure({
        what: `asset step "${step.name}" names a tracked file as its output: ${quoteName(tracked.path)}`,
        remedy: "Remove it from git (`git rm --cached`) and add it to .gitignore: what a step makes is not source.",
        outcome: "refused",
      });
    }
    const parent = output.split("/").slice(0, -1).join("/");
    const real = existsSync(join(application, parent)) ? realpathSync(join(application, parent)) : undefined;
    if (real !== undefined && real !== join(realpathSync(application), parent)) {
      throw new Failure({
        what: `asset step "${step.name}": its output ${quoteName(output)} stands behind a link`,
        remedy: "Name the real directory.",
        outcome: "refused",
      });
    }
  }
}

/** What an earlier run left must not be taken for this one's. Tracked files in it (.gitkeep) stay. */
function clearOutputs(step: AssetStep, { application, source }: AssetOptions): void {
  const tracked = new Set(source.tracked.map(({ path }) => path));
  for (const output of step.outputs) {
    const path = join(application, output);
    if (![...tracked].some((one) => one.startsWith(`${output}/`))) rmSync(path, { recursive: true, force: true });
    else if (existsSync(path))
      for (const file of walk(path, { prefix: output }))
        if (file.type !== "directory" && !tracked.has(file.path)) rmSync(join(application, file.path));
  }
}

function outputSources(step: AssetStep, output: string, { application, source }: AssetOptions): PackSource[] {
  const path = join(application, output);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const tracked = new Set(source.tracked.map((file) => file.path));
  const found: PackSource[] = !stat
    ? []
    : stat.isDirectory()
      ? walk(path, { prefix: output }).filter((one) => !tracked.has(one.path))
      : [stat.isSymbolicLink() ? outputLink(step, output) : { type: "file", path: output, from: path }];
  if (found.some((one) => one.type !== "directory")) return found;
  throw new Failure({
    what: `asset step "${step.name}" succeeded and did not make ${quoteName(output)}`,
    where: { step: step.run, directory: application },
    remedy: stat
      ? "The directory is empty. Correct the command, or `outputs:` in tarlift.yml."
      : "Correct the command, or `outputs:` in tarlift.yml: paths relative to the application's directory.",
  });
}

function outputLink(step: AssetStep, output: string): never {
  throw new Failure({
    what: `asset step "${step.name}" made ${quoteName(output)} as a link`,
    remedy: "Let it make the directory or file itself.",
  });
}
