// Asset steps: commands whose outputs ship. The outputs of each step are one layer, stored under the hash of everything
// that the step can see. A step that would see the same does not run again. Steps see nothing else:
// src/bundle/step-tree.ts.
import { hash } from "node:crypto";
import { existsSync, lstatSync, realpathSync, rmSync } from "node:fs";
import { join, posix } from "node:path";
import { z } from "zod";
import { pathsOf } from "../artifact/format.ts";
import { type PackedLayer, type PackSource, packLayer, walk } from "../artifact/pack.ts";
import { quoteName } from "../artifact/shippable-names.ts";
import { type CacheSlot, fetchEntry, keepEntry, unfinishedEntry } from "../cache/entries.ts";
import { finishEntry } from "../cache/entry.ts";
import { platformParts } from "../cache-key/platform.ts";
import type { AssetStep } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { type NativeFile, nativeFileSchema, nativeFiles } from "../host-requirements/requirements.ts";
import type { BuiltEnvironment } from "../installers/installer.ts";
import { passedParts, redactor } from "../installers/passed-variables.ts";
import { during, type Progress } from "../progress.ts";
import { historyIdentity } from "../source/commit-view.ts";
import { globMatcher } from "../source/glob.ts";
import { linkProblem } from "../source/links.ts";
import type { Source } from "../source/read-source.ts";
import { changedFiles } from "../source/write-files.ts";
import type { LayerStore } from "../stores/store.ts";
import { isCredential } from "../subprocess/built-variables.ts";
import { run } from "../subprocess/run.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import { type StepTree, StepTrees } from "./step-tree.ts";

export interface AssetOptions {
  app: string;
  /** The repository's root, absolute. */
  repository: string;
  /** The application's directory relative to it; `""` for the root. */
  directory: string;
  source: Source;
  /** Part of every step's key. */
  environments: readonly BuiltEnvironment[];
  /** Those of them that steps find in their copy of the application and on PATH. */
  usable: readonly BuiltEnvironment[];
  /** Part of every step's key: the package that was built of the project itself. */
  packageLayer?: PackedLayer | undefined;
  variables: Record<string, string>;
  /** All variables of a step's process. @param application its copy of the application's directory, absolute */
  environmentIn(application: string, step: AssetStep): Record<string, string>;
  /** Ensures that an environment is unpacked for a step. */
  unpack(environment: BuiltEnvironment, application: string): Promise<void>;
  store: LayerStore;
  work: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

export interface AssetLayer {
  name: string;
  layer: PackedLayer;
  /** Its files for this machine's processor: hosts need the libraries of these files. */
  native: NativeFile[];
  /** Whether it was restored (true), or made in this run. */
  hit: boolean;
}

/** The version of the key's meaning: changing it changes all keys. */
const FORMAT = "3";
const meta = z.strictObject({ name: z.string(), native: z.array(nativeFileSchema) });

/** What one step sees. */
interface Sight {
  files: Source["readable"];
  /** Whether git can be asked for the commit and its tags: a step requests it by `.git` in its inputs. */
  history: boolean;
  /** Outputs of earlier steps. */
  before: AssetLayer[];
  key: string;
}

/**
 * Patterns, relative to the repository, of what a step reads. `inputs:` are relative to the application's directory.
 */
export function inputPatterns(step: AssetStep, directory: string): string[] {
  return step.inputs?.map((input) => posix.join(directory, input)) ?? ["."];
}

/**
 * Runs the steps that would see something new, in the order of tarlift.yml, and restores the layers of all others from
 * the store.
 *
 * @throws Failure when a step fails, does not make an output, or changes tracked files
 */
export async function runAssetSteps(steps: readonly AssetStep[], options: AssetOptions): Promise<AssetLayer[]> {
  const made: AssetLayer[] = [];
  const trees = new StepTrees({ ...options, environments: options.usable });
  try {
    for (const step of steps) {
      const sight = await sightOf(step, made, options);
      const slot: CacheSlot<z.infer<typeof meta>> = {
        store: options.store,
        work: options.work,
        key: `assets-${sight.key}`,
        schema: meta,
        title: `assets ${step.name}`,
        progress: options.progress,
      };
      const found = await fetchEntry(slot);
      if (found) {
        options.progress.notice(
          `assets ${step.name}: nothing that it can read has changed${notCounted(step)}; ${formatBytes(found.layer.size)} from ${options.store.name}`,
        );
        made.push({ name: step.name, layer: found.layer, native: found.meta.native, hit: true });
        continue;
      }
      const layers = [
        ...(options.packageLayer ? [options.packageLayer] : []),
        ...sight.before.map(({ layer }) => layer),
      ];
      const tree = await trees.make({ ...sight, layers });
      const { layer, native } = await runStep(step, tree, options, unfinishedEntry(slot));
      finishEntry(layer, slot.key, { name: step.name, native });
      const kept = await keepEntry(slot, { meta: { name: step.name, native }, layer });
      made.push({ name: step.name, layer: kept.layer, native: kept.meta.native, hit: false });
    }
  } finally {
    trees.remove();
  }
  return made;
}

/** Values that are in no key may have changed as well. */
function notCounted(step: AssetStep): string {
  const names = (step["pass-env"] ?? []).filter(isCredential);
  const said = names.length === 1 ? "by its name a credential" : "by their names credentials";
  return names.length === 0 ? "" : `, not counting ${names.join(", ")} (${said})`;
}

async function sightOf(step: AssetStep, earlier: readonly AssetLayer[], options: AssetOptions): Promise<Sight> {
  const { repository, directory, source } = options;
  refuseNothing(step, earlier, options);
  const matches = globMatcher(inputPatterns(step, directory));
  const files = source.readable.filter(({ place }) => matches(place));
  const before = earlier.filter(({ layer }) =>
    layer.index.some(({ type, path }) => type !== "directory" && matches(posix.join(directory, path))),
  );
  const history = step.inputs?.some((input) => isHistory(input, directory)) ?? false;
  const parts = {
    format: FORMAT,
    // Another installer that a step runs (pnpm) makes files only for this machine.
    platform: platformParts().map(({ name, value }) => [name, value]),
    app: options.app,
    directory,
    run: step.run,
    outputs: step.outputs,
    files: files.map(({ place, type, executable, identity }) => [place, type, executable, identity]),
    include: source.includeHash,
    environments: options.environments.map(({ record }) => [record.name, record.id]),
    package: options.packageLayer?.diffId,
    variables: Object.entries(options.variables).sort(([a], [b]) => (a < b ? -1 : 1)),
    before: before.map(({ layer }) => layer.diffId),
    history: history ? await historyIdentity(repository, source.commit.id) : undefined,
    ...(step["pass-env"] ? { passed: passedParts(process.env, step["pass-env"], join(repository, directory)) } : {}),
  };
  return { files, history, before, key: hash("sha256", JSON.stringify(parts), "hex") };
}

const isHistory = (input: string, directory: string) => input === ".git" || posix.join(directory, input) === ".git";

/** A mistyped input beside a correct one would leave the step without files, and changes to them without effect. */
function refuseNothing(step: AssetStep, earlier: readonly AssetLayer[], { source, directory }: AssetOptions): void {
  const seen = [
    ...source.readable.map(({ place }) => place),
    ...source.included.map(({ path }) => posix.join(directory, path)),
    ...earlier.flatMap(({ layer }) =>
      layer.index.filter(({ type }) => type !== "directory").map(({ path }) => posix.join(directory, path)),
    ),
  ];
  const nothing = (step.inputs ?? []).filter(
    (input) => !isHistory(input, directory) && !seen.some(globMatcher([posix.join(directory, input)])),
  );
  if (nothing.length === 0) return;
  throw new Failure({
    code: "asset-step-invalid",
    what: `asset step "${step.name}" names inputs that are no tracked file, and nothing that an earlier step makes`,
    where: { inputs: nothing.join(", ") },
    remedy: "Correct or remove them in tarlift.yml: `inputs:` are globs relative to the application's directory.",
    outcome: "refused",
  });
}

async function runStep(
  step: AssetStep,
  tree: StepTree,
  options: AssetOptions,
  file: string,
): Promise<Pick<AssetLayer, "layer" | "native">> {
  const { source, environmentIn, progress, signal } = options;
  const { application } = tree;
  const title = `assets ${step.name}`;
  clearOutputs(step, tree, options);
  await during(progress, title, (task) =>
    run(["sh", "-ec", step.run], {
      what: `asset step "${step.name}" failed`,
      code: "asset-step-failed",
      step: step.run,
      cwd: application,
      // A repository above the work directory must not be found.
      env: { ...environmentIn(application, step), GIT_CEILING_DIRECTORIES: join(tree.root, "..") },
      redact: redactor(process.env, step["pass-env"] ?? []),
      onLine: (line) => task.line(line),
      signal,
      ...(step.timeout ? { timeout: step.timeout * 1000 } : {}),
      remedy: failed(step),
    }),
  );
  const changed = await changedFiles(tree.written, tree.root);
  if (changed.length > 0) {
    throw new Failure({
      code: "asset-step-failed",
      what: `asset step "${step.name}" changed tracked files, and those changes would not ship`,
      output: changed
        .slice(0, 20)
        .map(({ path, how }) => `${quoteName(path)} ${how}`)
        .join("\n"),
      remedy: "Let the step write to ignored paths that `outputs:` names. It ran in a copy: the checkout is as it was.",
    });
  }
  const outputs = step.outputs.flatMap((output) => outputSources(step, output, tree, options));
  const links = new Map(
    [...source.sources, ...outputs].flatMap((one) => (one.type === "link" ? [[one.path, one.target] as const] : [])),
  );
  const problems = outputs
    .flatMap((one) => (one.type === "link" ? [{ path: one.path, problem: linkProblem(one.path, links) }] : []))
    .filter(({ problem }) => problem !== undefined);
  if (problems.length > 0) {
    throw new Failure({
      code: "asset-step-failed",
      what: `asset step "${step.name}" made links that cannot ship`,
      output: problems.map(({ path, problem }) => `${quoteName(path)}: ${problem}`).join("\n"),
      remedy: "Let the step copy files instead of linking them.",
    });
  }
  const layer = await during(
    progress,
    `pack ${title}`,
    (task) => packLayer(outputs, { base: pathsOf(options.app).application, file, task }),
    ({ size, uncompressed, index }) =>
      `${formatBytes(size)} of ${formatBytes(uncompressed)}, ${formatCount(index.length, "file")}`,
  );
  return { layer, native: nativeFiles(outputs) };
}

/**
 * What a failing step may lack: if it works in the checkout but not in its copy, it reads something that its key does
 * not cover.
 */
function failed({ inputs }: AssetStep): string {
  const files = inputs ? "tracked files that `inputs:` names" : "tracked files";
  return [
    `A step runs in a copy of the commit and sees ${files}, what earlier steps made, what \`include:\` names and the environments: no untracked file${inputs?.includes(".git") ? "" : ", and no .git unless `inputs:` names it"}.`,
    "It sees no variables of the job: those that it needs belong into `step-env:`, and those of this job alone (tokens) into its `pass-env:`.",
  ].join("\n");
}

/**
 * An output must be inside the application and not be a tracked file.
 *
 * @throws Failure (refused): nothing has to be built to find out
 */
export function refuseOutputs(step: AssetStep, source: Pick<Source, "readable">): void {
  for (const output of step.outputs) {
    if (output === "." || output.split("/").includes(".git")) {
      throw new Failure({
        code: "asset-step-invalid",
        what: `asset step "${step.name}" cannot have ${quoteName(output)} as its output`,
        remedy: "Name the directories and files that it makes.",
        outcome: "refused",
      });
    }
    const tracked = source.readable.find(({ path }) => path === output || output.startsWith(`${path}/`));
    if (tracked) {
      throw new Failure({
        code: "asset-step-invalid",
        what: `asset step "${step.name}" names a tracked file as its output: ${quoteName(tracked.path)}`,
        remedy: "Remove it from git (`git rm --cached`) and add it to .gitignore: what a step makes is not source.",
        outcome: "refused",
      });
    }
  }
}

/**
 * Removes what an earlier step made at the same path, so that it is not mistaken for this step's output. Tracked files
 * in it (.gitkeep) stay.
 */
function clearOutputs(step: AssetStep, { application }: StepTree, { source }: AssetOptions): void {
  const tracked = new Set(source.readable.map(({ path }) => path));
  for (const output of step.outputs) {
    const path = join(application, output);
    if (![...tracked].some((one) => one.startsWith(`${output}/`))) rmSync(path, { recursive: true, force: true });
    else if (existsSync(path))
      for (const file of walk(path, { prefix: output }))
        if (file.type !== "directory" && !tracked.has(file.path)) rmSync(join(application, file.path));
  }
}

function outputSources(
  step: AssetStep,
  output: string,
  { application }: StepTree,
  { source }: AssetOptions,
): PackSource[] {
  const path = join(application, output);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  const parent = join(path, "..");
  if (stat && realpathSync(parent) !== join(realpathSync(application), parent.slice(application.length)))
    throw new Failure({
      code: "asset-step-invalid",
      what: `asset step "${step.name}": its output ${quoteName(output)} stands behind a link`,
      remedy: "Name the real directory.",
      outcome: "refused",
    });
  const tracked = new Set(source.readable.map((file) => file.path));
  const special: string[] = [];
  const found: PackSource[] = !stat
    ? []
    : stat.isDirectory()
      ? walk(path, { prefix: output, refused: (name, why) => special.push(`${quoteName(name)} ${why}`) }).filter(
          (one) => !tracked.has(one.path),
        )
      : [stat.isSymbolicLink() ? outputLink(step, output) : { type: "file", path: output, from: path }];
  if (stat && !stat.isDirectory() && !stat.isFile()) special.push(`${quoteName(output)} is no file`);
  if (special.length > 0)
    throw new Failure({
      code: "asset-step-failed",
      what: `asset step "${step.name}" made something that cannot ship`,
      output: special.slice(0, 20).join("\n"),
      remedy: "Only files, directories and links ship: let the step remove it, or name outputs without it.",
    });
  if (found.some((one) => one.type !== "directory")) return found;
  throw new Failure({
    code: "asset-step-failed",
    what: `asset step "${step.name}" succeeded and did not make ${quoteName(output)}`,
    where: { step: step.run },
    remedy: stat
      ? "The directory is empty. Correct the command, or `outputs:` in tarlift.yml."
      : "Correct the command, or `outputs:` in tarlift.yml: paths relative to the application's directory.",
  });
}

function outputLink(step: AssetStep, output: string): never {
  throw new Failure({
    code: "asset-step-failed",
    what: `asset step "${step.name}" made ${quoteName(output)} as a link`,
    remedy: "Let it make the directory or file itself.",
  });
}
