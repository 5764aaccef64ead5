// The call of a step, for commands in its log and summary: a person types them in a clone of the repository, at its
// root, without files of a runner.
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import type { Call } from "../report/invocation.ts";
import { formatCommand } from "../subprocess/command.ts";
import { inputText } from "./inputs.ts";

/** @param env the step's environment */
export function callOfStep(env: NodeJS.ProcessEnv): Call {
  const given = (name: string) => inputText(env, name)?.trim() || undefined;
  const workspace = env.GITHUB_WORKSPACE || process.cwd();
  const directory = resolve(workspace, given("directory") ?? ".");
  const place = placeInClone(workspace, directory, given("config")).map((words) => formatCommand(words));
  return { target: given("target"), optionsFor: () => place };
}

/**
 * The application's path in a clone of the configuration's repository. A job may check that out anywhere: `path` of
 * actions/checkout exists only on the runner.
 */
function placeInClone(workspace: string, directory: string, config: string | undefined): string[][] {
  const file = config === undefined ? undefined : resolve(directory, config);
  const root = rootAbove(file === undefined ? directory : dirname(file)) ?? workspace;
  // A path outside the repository does not exist in a clone: the command starts at the root.
  const at = pathBelow(root, directory) ?? "";
  const named = file === undefined || pathBelow(root, file) === undefined ? "" : relative(join(root, at), file);
  return [
    ...(at === "" ? [] : [["-C", at]]),
    // It is found by default.
    ...(named === "" || named === "tarlift.yml" ? [] : [["--config", named]]),
  ];
}

/** The repository's root, like in `git`: the nearest directory with a `.git`. */
function rootAbove(directory: string): string | undefined {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, ".git"))) return at;
    if (at === dirname(at)) return undefined;
  }
}

/** @returns empty for the directory itself; undefined for a path that is not below it */
function pathBelow(directory: string, path: string): string | undefined {
  const found = relative(directory, path);
  return found === ".." || found.startsWith("../") || isAbsolute(found) ? undefined : found;
}
