// The outputs of asset steps.
import { existsSync, lstatSync, realpathSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type PackSource, walk } from "../artifact/pack.ts";
import { quoteName } from "../artifact/shippable-names.ts";
import type { AssetStep } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { linkProblem } from "../source/links.ts";
import type { Source } from "../source/read-source.ts";
import type { StepTree } from "./step-tree.ts";

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
export function clearOutputs(step: AssetStep, { application }: StepTree, source: Source): void {
  const tracked = new Set(source.readable.map(({ path }) => path));
  for (const output of step.outputs) {
    const path = join(application, output);
    if (![...tracked].some((one) => one.startsWith(`${output}/`))) rmSync(path, { recursive: true, force: true });
    else if (existsSync(path))
      for (const file of walk(path, { prefix: output }))
        if (file.type !== "directory" && !tracked.has(file.path)) rmSync(join(application, file.path));
  }
}

/** An output as a step has made it. @throws Failure if it is missing, or cannot ship */
export function outputSources(
  step: AssetStep,
  output: string,
  { application }: StepTree,
  source: Source,
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

/** Refuses links that lead out of the application, among the outputs of a step. */
export function refuseLinks(step: AssetStep, outputs: readonly PackSource[], source: Source): void {
  const links = new Map(
    [...source.sources, ...outputs].flatMap((one) => (one.type === "link" ? [[one.path, one.target] as const] : [])),
  );
  const problems = outputs
    .flatMap((one) => (one.type === "link" ? [{ path: one.path, problem: linkProblem(one.path, links) }] : []))
    .filter(({ problem }) => problem !== undefined);
  if (problems.length === 0) return;
  throw new Failure({
    code: "asset-step-failed",
    what: `asset step "${step.name}" made links that cannot ship`,
    output: problems.map(({ path, problem }) => `${quoteName(path)}: ${problem}`).join("\n"),
    remedy: "Let the step copy files instead of linking them.",
  });
}
