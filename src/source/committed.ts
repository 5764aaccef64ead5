// Compares what an installer reads with the commit. Requirement files, locks and local packages may be outside the
// application's directory, which src/source/read-source.ts compares.
import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { quoteName } from "../artifact/shippable-names.ts";
import { Findings } from "./findings.ts";
import { records, tryGit } from "./git.ts";
import { readStatus, type Status } from "./work-tree-status.ts";

/** Paths in the checkout that an installer reads, absolute. Paths outside the repository are not compared. */
export interface Reads {
  /** Files and directories that are read as they are, whether git tracks them or not. */
  whole: string[];
  /** Directories of which only tracked files are read. */
  tracked: string[];
}

/**
 * Refuses tracked files that differ from HEAD, like those of the application: an artifact is named after a commit.
 * Without a repository nothing is compared.
 *
 * @throws Failure (refused) naming them
 */
export async function refuseChanged(repository: string, { whole, tracked }: Reads): Promise<void> {
  const findings = new Findings();
  const places = await byRepository(repository, [...whole, ...tracked]);
  for (const { top, name, paths, submodules } of places) {
    for (const { path, how } of await changedBelow(top, paths))
      findings.add("changed", `${quoteName(name(path))} ${how}`);
    // A submodule's own files are compared with the commit that is checked out there.
    for (const { path, how } of await changedBelow(top, submodules))
      if (how.endsWith("at another commit")) findings.add("submodule", `${quoteName(name(path))} ${how}`);
  }
  findings.refuse(repository);
}

/**
 * Untracked paths that an installer reads (an earlier step of the workflow may have made them), relative to the
 * repository, sorted.
 */
export async function untrackedReads(repository: string, { whole, tracked }: Reads): Promise<string[]> {
  const found = new Set<string>();
  for (const { top, name, paths } of await byRepository(repository, whole)) {
    for (const path of await untrackedBelow(top, paths)) found.add(name(path));
  }
  // Files in a nested clone that is no submodule are in no commit of this repository.
  for (const { name, paths, foreign } of await byRepository(repository, [...whole, ...tracked]))
    if (foreign) for (const path of paths) found.add(name(path));
  return [...found].sort();
}

/**
 * Git takes paths as arguments, and the system limits their length. Above this number git is asked about everything,
 * which is then faster as well.
 */
const MOST_PATHS = 1000;

async function changedBelow(top: string, paths: readonly string[]): Promise<Status["changed"]> {
  if (paths.length === 0) return [];
  if (paths.length <= MOST_PATHS) return (await readStatus(top, paths)).changed;
  const concerns = isBelow(paths);
  return (await readStatus(top, ["."])).changed.filter(({ path }) => concerns(path));
}

async function untrackedBelow(top: string, paths: readonly string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const ask = async (...named: string[]) =>
    records((await tryGit(top, ["ls-files", "-z", "--others", "--", ...named])) ?? "");
  if (paths.length <= MOST_PATHS) return ask(...paths.map((path) => `:(top,literal)${path}`));
  return (await ask()).filter(isBelow(paths));
}

/** Whether a path is one of some paths, or below one; `""` stands for everything. */
function isBelow(paths: readonly string[]): (path: string) => boolean {
  const wanted = new Set(paths);
  return (path) => {
    const parts = path.split("/");
    return wanted.has("") || parts.some((_, n) => wanted.has(parts.slice(0, n + 1).join("/")));
  };
}

/** The warnings for files that an installer reads and that are in no commit. */
export async function untrackedWarnings(repository: string, reads: Reads): Promise<string[]> {
  const found = await untrackedReads(repository, reads);
  if (found.length === 0) return [];
  const named = `${found.slice(0, 10).map(quoteName).join(", ")}${found.length > 10 ? ", …" : ""}`;
  const [it, holds] = found.length === 1 ? ["it", "it holds"] : ["them", "they hold"];
  return [
    `git does not track ${named}, which the installer reads: what ${holds} is in the environment's key and in no commit, so another checkout can give another environment. Where that is not meant, commit ${it}.`,
  ];
}

interface Tracker {
  /** The root of a repository, absolute. */
  top: string;
  /** Whether it is neither the application's repository nor a submodule of it. */
  foreign: boolean;
  /** Relative to `top`; `""` for all of it. */
  paths: string[];
  /** Submodules that contain some of the paths, relative to `top`. */
  submodules: string[];
  /** Converts a path to one relative to the application's repository. */
  name(path: string): string;
}

/**
 * Groups paths of the checkout by their repository; a submodule is a repository of its own. Other paths are left out.
 */
async function byRepository(repository: string, all: readonly string[]): Promise<Tracker[]> {
  const inside = realpathSync(repository);
  const trackers = new Map<string, Tracker>();
  const tracker = (top: string, foreign: boolean) => {
    const known = trackers.get(top) ?? {
      top,
      foreign,
      paths: [],
      submodules: [],
      name: (path) => relative(inside, join(top, path)),
    };
    trackers.set(top, known);
    return known;
  };
  const tops = new Map<string, string | undefined>();
  // Git is asked once for each repository, not for each directory.
  const topOf = async (path: string) => {
    let directory = isDirectory(path) ? path : dirname(path);
    while (!existsSync(join(directory, ".git")) && directory !== dirname(directory)) directory = dirname(directory);
    if (!tops.has(directory)) tops.set(directory, await askTop(directory, "--show-toplevel"));
    return tops.get(directory);
  };
  for (const path of new Set(all.flatMap(standsAt))) {
    if (isOutside(relative(inside, path))) continue;
    const top = await topOf(path);
    if (top === undefined || isOutside(relative(inside, top))) continue;
    const above: string[] = [top];
    for (let next = top; next !== inside; above.push(next)) {
      const parent = await askTop(next, "--show-superproject-working-tree");
      if (parent === undefined) break;
      tracker(parent, false).submodules.push(relative(parent, next));
      next = parent;
    }
    tracker(top, above.at(-1) !== inside).paths.push(relative(top, path));
  }
  return [...trackers.values()];
}

/** A path and its target: a link is compared as well as its target. */
function standsAt(path: string): string[] {
  if (!existsSync(dirname(path))) return [];
  const own = join(realpathSync(dirname(path)), basename(path));
  return existsSync(path) ? [own, realpathSync(path)] : [own];
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isOutside = (place: string) => place === ".." || place.startsWith("../");

/** @returns undefined outside a repository, and on a machine without git */
async function askTop(directory: string, question: string): Promise<string | undefined> {
  const answer = await tryGit(directory, ["rev-parse", question]).catch(() => undefined);
  return answer?.replace(/\n$/, "") || undefined;
}
