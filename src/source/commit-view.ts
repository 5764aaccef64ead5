// A git directory with one commit, its history and the tags of its history, and nothing else of this clone: no branch,
// no configuration, no attributes of this machine. Every clone with the same history and tags gives the same answers.
import { appendFileSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { git, records, viewEnvironment } from "./git.ts";

/** Hashes are abbreviated as in a small repository: git's own choice grows with the number of objects in a clone. */
const SETTINGS = "[core]\n\tabbrev = 7\n\tautocrlf = false\n[gc]\n\tauto = 0\n";

/**
 * Creates `<directory>/.git`. Objects are shared with the repository; nothing is copied or checked out.
 *
 * @param directory absolute; created if missing
 */
export async function makeCommitView(repository: string, commit: string, directory: string): Promise<void> {
  const what = "the commit's history cannot be read";
  const [paths, tags] = await Promise.all([
    git(repository, ["rev-parse", "--git-path", "objects", "--git-path", "shallow"], what),
    git(
      repository,
      ["for-each-ref", `--merged=${commit}`, "--format=%(objectname)%00%(*objectname)%00%(refname)%00", "refs/tags"],
      what,
    ),
  ]);
  const [objects = "", shallow = ""] = paths.split("\n").map((path) => resolve(repository, path));
  const format = commit.length === 64 ? "sha256" : "sha1";
  mkdirSync(directory, { recursive: true });
  await git(directory, ["init", "--quiet", "--template=", `--object-format=${format}`, "."], what, {
    env: viewEnvironment(),
  });
  const own = join(directory, ".git");
  mkdirSync(join(own, "objects/info"), { recursive: true });
  writeFileSync(join(own, "objects/info/alternates"), `${objects}\n`);
  if (existsSync(shallow)) copyFileSync(shallow, join(own, "shallow"));
  writeFileSync(join(own, "HEAD"), `${commit}\n`);
  writeFileSync(join(own, "packed-refs"), packedRefs(records(tags)));
  appendFileSync(join(own, "config"), SETTINGS);
  await git(directory, ["read-tree", commit], what);
}

/** @param fields of each tag: the object, the object that it points to if it is a tag object, its name */
function packedRefs(fields: readonly string[]): string {
  const lines = ["# pack-refs with: peeled fully-peeled sorted "];
  for (let n = 0; n + 2 < fields.length; n += 3) {
    lines.push(`${fields[n]!.trim()} ${fields[n + 2]}`);
    if (fields[n + 1]) lines.push(`^${fields[n + 1]}`);
  }
  return `${lines.join("\n")}\n`;
}

/**
 * What cache keys need of the history beyond the commit: the tags of its history, and where a shallow clone ends.
 *
 * @returns text, equal in all clones that give the same answers
 */
export async function historyIdentity(repository: string, commit: string): Promise<string> {
  const what = "the commit's tags cannot be read";
  const tags = await git(
    repository,
    ["for-each-ref", `--merged=${commit}`, "--format=%(objectname) %(refname)", "refs/tags"],
    what,
  );
  const cut = (await isShallow(repository)) ? await git(repository, ["rev-list", "--count", commit], what) : "";
  return `${commit}\n${tags}${cut}`;
}

/** Whether the clone lacks part of its history. */
export async function isShallow(repository: string): Promise<boolean> {
  return (
    (await git(repository, ["rev-parse", "--is-shallow-repository"], "the repository cannot be read")).trim() === "true"
  );
}
