// What an installer reads, beside what the commit has: requirement files, locks and local packages may stand outside of the application's
// directory, whose own state src/source/read-source.ts compares.
import { existsSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { quoteName } from "../artifact/shippable-names.ts";
import { Findings } from "./findings.ts";
import { records, tryGit } from "./git.ts";
import { readStatus, type Status } from "./work-tree-status.ts";

/** What of the checkout an installer reads, absolute. Outside of the repository nothing is compared. */
export interface Reads {
  /** Files and directories that are read as they stand, whether git tracks them or not. */
  whole: string[];
  /** Directories of which only tracked files are read. */
  tracked: string[];
}

/**
 * Refuses tracked files that differ from HEAD, as those of the application are: an artifact is named after a commit. Where there is no
 * repository, there is nothing to compare.
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
 * What an installer reads although git does not track it (an earlier step of the workflow may have made it), relative to the repository,
 * sorted.
 */
export async function untrackedReads(repository: string, { whole, tracked }: Reads): Promise<string[]> {
  const found = new Set<string>();
  for (const { top, name, paths } of await byRepository(repository, whole)) {
    for (const path of await untrackedBelow(top, paths)) found.add(name(path));
  }
  // What stands in a clone that is no submodule is in no commit of this repository.
  for (const { name, paths, foreign } of await byRepository(repository, [...whole, ...tracked]))
    if (foreign) for (const path of paths) found.add(name(path));
  return [...found].sort();
}

/**
 * Git takes paths as arguments, and a system bounds their length: above this many it is asked about everything, which is also quicker
 * then.
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

/** Whether a path is one of some, or stands below one; `""` is all. */
function isBelow(paths: readonly string[]): (path: string) => boolean {
  const wanted = new Set(paths);
  return (path) => {
    const parts = path.split("/");
    return wanted.has("") || parts.some((_, n) => wanted.has(parts.slice(0, n + 1).join("/")));
  };
}

/** What to say where an installer reads files that are in no commit. */
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
  /** Submodules in which some of the paths stand, relative to `top`. */
  submodules: string[];
  /** A path of it, relative to the application's repository. */
  name(path: string): string;
}

/** Paths of the checkout by the repository that has to do with them: a submodule is one of its own. Others are left out. */
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
  // Git is asked once for each repository, and not for each directory of it.
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

/** Where a path stands, and what it leads to: a link is compared as well as its target. */
function standsAt(path: string): string[] {
  if (!existsSync(dirname(path))) return [];
  const own = join(realpathSync(dirname(path)), basename(path));
  return existsSync(path) ? [own, realpathSync(path)] : [own];
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
const isOutside = (place: string) => place === ".." || place.startsWith("../");

/** @returns undefined outside of a repository, and on a machine without git */
async function askTop(directory: string, question: string): Promise<string | undefined> {
  const answer = await tryGit(directory, ["rev-parse", question]).catch(() => undefined);
  return answer?.replace(/\n$/, "") || undefined;
}
