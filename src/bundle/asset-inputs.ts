// What one asset step sees, and the key that follows from all of it.
import { hash } from "node:crypto";
import { join, posix } from "node:path";
import { platformParts } from "../cache-key/platform.ts";
import type { AssetStep } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { passedParts } from "../installers/passed-variables.ts";
import { historyIdentity } from "../source/commit-view.ts";
import { globMatcher } from "../source/glob.ts";
import type { Source } from "../source/read-source.ts";
import type { AssetLayer, AssetOptions } from "./asset-layer.ts";

/** The version of the key's meaning: changing it changes all keys. */
const FORMAT = "3";

/** What one step sees. */
export interface StepInputs {
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
 * @param earlier the layers of the steps before it
 * @throws Failure (refused) for inputs that match nothing
 */
export async function stepInputs(
  step: AssetStep,
  earlier: readonly AssetLayer[],
  options: AssetOptions,
): Promise<StepInputs> {
  const { repository, directory, source } = options;
  refuseUnmatched(step, earlier, options);
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
function refuseUnmatched(step: AssetStep, earlier: readonly AssetLayer[], { source, directory }: AssetOptions): void {
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
