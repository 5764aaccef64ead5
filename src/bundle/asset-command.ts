// Runs the command of an asset step in its copy of the commit, and packs what it made.
import { join } from "node:path";
import { pathsOf } from "../artifact/format.ts";
import { packLayer } from "../artifact/pack.ts";
import { quoteName } from "../artifact/shippable-names.ts";
import type { AssetStep } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { nativeFiles } from "../host-requirements/requirements.ts";
import { redactor } from "../installers/passed-variables.ts";
import { during } from "../progress.ts";
import { changedFiles } from "../source/write-files.ts";
import { run } from "../subprocess/run.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import type { AssetLayer, AssetOptions } from "./asset-layer.ts";
import { clearOutputs, outputSources, refuseLinks } from "./asset-outputs.ts";
import type { StepTree } from "./step-tree.ts";

/**
 * Runs a step and packs its outputs.
 *
 * @param file for the layer
 * @throws Failure when it fails, does not make an output, or changes tracked files
 */
export async function runStep(
  step: AssetStep,
  tree: StepTree,
  options: AssetOptions,
  file: string,
): Promise<Pick<AssetLayer, "layer" | "native">> {
  const { source, progress } = options;
  clearOutputs(step, tree, source);
  await runCommand(step, tree, options);
  await refuseChanges(step, tree);
  const outputs = step.outputs.flatMap((output) => outputSources(step, output, tree, source));
  refuseLinks(step, outputs, source);
  const layer = await during(
    progress,
    `pack assets ${step.name}`,
    (task) => packLayer(outputs, { base: pathsOf(options.app).application, file, task }),
    ({ size, uncompressed, index }) =>
      `${formatBytes(size)} of ${formatBytes(uncompressed)}, ${formatCount(index.length, "file")}`,
  );
  return { layer, native: nativeFiles(outputs) };
}

async function runCommand(
  step: AssetStep,
  { root, application }: StepTree,
  { environmentIn, progress, signal }: AssetOptions,
): Promise<void> {
  await during(progress, `assets ${step.name}`, (task) =>
    run(["sh", "-ec", step.run], {
      what: `asset step "${step.name}" failed`,
      code: "asset-step-failed",
      step: step.run,
      cwd: application,
      // A repository above the work directory must not be found.
      env: { ...environmentIn(application, step), GIT_CEILING_DIRECTORIES: join(root, "..") },
      redact: redactor(process.env, step["pass-env"] ?? []),
      onLine: (line) => task.line(line),
      signal,
      ...(step.timeout ? { timeout: step.timeout * 1000 } : {}),
      remedy: failed(step),
    }),
  );
}

async function refuseChanges(step: AssetStep, tree: StepTree): Promise<void> {
  const changed = await changedFiles(tree.written, tree.root);
  if (changed.length === 0) return;
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
