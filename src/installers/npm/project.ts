// The directory that npm installs for: its lock, and the workspaces that the lock links to.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { Failure } from "../../failure.ts";
import type { BuildContext } from "../installer.ts";
import { lockedByOther } from "../unsupported.ts";
import type { NpmConfig } from "./index.ts";
import { type NpmLock, parseNpmLock, refuseLinksOut } from "./lock-file.ts";

export interface NpmProject {
  /** Relative to the application's directory; `""` if it is the same. */
  directory: string;
  /** The lock's name. */
  lockFile: string;
  lock: NpmLock;
  /** The directories that the lock links to, relative to the project's. */
  workspaces: string[];
}

/** @throws Failure (refused) for a lock that is missing, cannot be read, or leads out of the application */
export function readProject(config: NpmConfig, context: BuildContext): NpmProject {
  const directory = config.directory && config.directory !== "." ? config.directory : "";
  const lockFile = lockFileIn(join(context.source, directory));
  const lock = readLock(join(context.source, directory, lockFile), directory, context);
  refuseLinksOut(lock, directory);
  const workspaces = Object.values(lock).flatMap(({ link, resolved }) => (link && resolved ? [resolved] : []));
  return { directory, lockFile, lock, workspaces };
}

/** npm prefers a shrinkwrap (https://docs.npmjs.com/cli/commands/npm-shrinkwrap). */
const lockFileIn = (directory: string) =>
  existsSync(join(directory, "npm-shrinkwrap.json")) ? "npm-shrinkwrap.json" : "package-lock.json";

/** The names in a directory and in its parents, up to the repository's root: the lock of a workspace is at the top. */
function namesAbove(directory: string, repository: string): string[] {
  const own = existsSync(directory) ? readdirSync(directory) : [];
  return directory === repository || directory === dirname(directory)
    ? own
    : [...own, ...namesAbove(dirname(directory), repository)];
}

function readLock(path: string, directory: string, context: BuildContext): NpmLock {
  const name = join(directory, basename(path));
  if (existsSync(join(context.source, directory, ".pnp.cjs"))) {
    throw new Failure({
      code: "installer-unsupported",
      what: "Yarn's Plug'n'Play has no node_modules that could be shipped",
      remedy: "Use `nodeLinker: node-modules`, or npm.",
      outcome: "refused",
    });
  }
  if (!existsSync(path)) {
    throw new Failure({
      code: "lock-missing",
      what: `there is no ${name}`,
      where: { path },
      remedy:
        lockedByOther(namesAbove(dirname(path), context.repository), "node") ??
        "Run `npm install` once and commit package-lock.json.",
      outcome: "refused",
    });
  }
  return parseNpmLock(readFileSync(path, "utf8"), name);
}
