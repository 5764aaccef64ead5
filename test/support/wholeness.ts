// Whether what stands below a root is whole: every release that counts as complete, the links to it and everything that is recorded.
import { createHash } from "node:crypto";
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import type { AppLayout } from "../../src/protocol/app-layout.ts";

/** A tree by path: what each entry is, and what it holds. */
type Tree = Map<string, string>;

/** Complete releases and environments, by their paths; they never change again. */
export type Known = Map<string, Tree>;

/** States in which a release counts as complete. */
const COMPLETE = /^(prepared|active|good)\n$/;

/** Notes every release of a root that is complete or was, its records and its environments, as they are now. */
export function note(known: Known, { root, environmentsRoot }: AppLayout): void {
  for (const path of partsOf(root, environmentsRoot, /^(prepared|active|good|failed)\n$/))
    if (!known.has(path)) known.set(path, treeOf(path));
}

/** The releases in these states, what is recorded of their files, and the environments that they need. */
function partsOf(root: string, environmentsRoot: string, states: RegExp): string[] {
  return releasesIn(root, states).flatMap(({ name, at, environments }) => [
    join(root, "releases", name),
    ...["record", "index", "stat"].map((file) => join(at, file)),
    ...environments.map((id) => join(environmentsRoot, id)),
  ]);
}

function releasesIn(root: string, states: RegExp): { name: string; at: string; environments: string[] }[] {
  return namesIn(join(root, ".tarlift/releases")).flatMap((name) => {
    const at = join(root, ".tarlift/releases", name);
    if (!states.test(textOf(join(at, "state")) ?? "")) return [];
    const environments = /^environments (.+)$/m.exec(textOf(join(at, "record")) ?? "")?.[1]?.split(" ") ?? [];
    return [{ name, at, environments }];
  });
}

/**
 * Looks at everything below a root.
 *
 * @param known what complete releases are known to hold
 * @returns what may not be: nothing where all is whole
 */
export function flaws(known: Known, { root, environmentsRoot }: AppLayout): string[] {
  const own = join(root, ".tarlift");
  const found: string[] = [];
  const live = linkOf(join(root, "current"));
  const state = live && textOf(join(root, ".tarlift", live, "state"));
  if (live && !/^(active|good)\n$/.test(state ?? "")) found.push(`current leads to ${live}, whose state is ${state}`);
  for (const path of partsOf(root, environmentsRoot, COMPLETE)) {
    const expected = known.get(path);
    if (expected) found.push(...differences(path, expected, treeOf(path)));
    else found.push(`${path} counts as complete and never was`);
  }
  const whole = (file: string, shape: RegExp) => {
    const text = textOf(file);
    if (text !== undefined && !shape.test(text)) found.push(`${file} holds ${JSON.stringify(text)}`);
  };
  for (const name of namesIn(join(own, "releases"))) {
    whole(join(own, "releases", name, "state"), /^(receiving|prepared|active|good|failed)\n$/);
    whole(join(own, "releases", name, "good"), /^\d+ \S+\n$/);
    whole(join(own, "releases", name, "previous"), /^[^\s/]*\n$/);
    const good = textOf(join(own, "releases", name, "state")) === "good\n";
    if (good && !existsSync(join(own, "releases", name, "good"))) found.push(`${name} is good without a time`);
  }
  whole(
    join(own, "transaction"),
    /^\S+ (activating|activated|precommit|reverting) \S+ \S* (deploy|rollback|converge)( (,[a-z0-9-]+)*,)?\n$/,
  );
  whole(join(own, "agreed"), /^\S+ \S+\n$/);
  whole(join(own, "migrations"), /^(begun \S+ \S+ .+\n|ended \S+ \S+ \d+\n|(good|back) \S+ \S+\n)+$/);
  for (const id of releasesIn(root, COMPLETE).flatMap(({ environments }) => environments)) {
    const users = textOf(join(environmentsRoot, `${id}.users`)) ?? "";
    if (!users.split("\n").includes(root)) found.push(`it is not recorded that ${root} uses the environment ${id}`);
  }
  return found;
}

function treeOf(path: string): Tree {
  const tree: Tree = new Map();
  const look = (below: string) => {
    const at = join(path, below);
    const entry = lstatSync(at, { throwIfNoEntry: false });
    if (!entry) return;
    const mode = (entry.mode & 0o7777).toString(8);
    if (entry.isSymbolicLink()) tree.set(below, `link to ${readlinkSync(at)}`);
    else if (entry.isDirectory()) {
      tree.set(below, "directory");
      for (const name of readdirSync(at)) look(join(below, name));
    } else {
      const content = readFileSync(at);
      tree.set(below, `file ${mode}, ${content.length} bytes ${createHash("sha256").update(content).digest("hex")}`);
    }
  };
  look("");
  return tree;
}

function differences(path: string, expected: Tree, seen: Tree): string[] {
  const at = (name: string) => join(path, name);
  return [
    ...[...expected].flatMap(([name, holds]) => {
      const now = seen.get(name);
      return now === holds ? [] : [`${at(name)} is ${now ?? "missing"}, and was ${holds}`];
    }),
    ...[...seen.keys()].filter((name) => !expected.has(name)).map((name) => `${at(name)} was not there`),
  ];
}

const namesIn = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory).sort() : []);

const textOf = (file: string): string | undefined => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

function linkOf(path: string): string | undefined {
  return lstatSync(path, { throwIfNoEntry: false }) && readlinkSync(path);
}
