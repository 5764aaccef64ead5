// How the checkout differs from HEAD (https://git-scm.com/docs/git-status#_porcelain_format_version_2).
import { git, records } from "./git.ts";

export interface Status {
  /** Tracked paths that differ from HEAD, staged or not, with what differs. */
  changed: { path: string; how: string }[];
  untracked: string[];
  /** Ignored paths; directories end with `/`. */
  ignored: string[];
}

/** @param paths relative to the repository's root */
export async function readStatus(repository: string, paths: readonly string[]): Promise<Status> {
  const output = await git(
    repository,
    [
      "status",
      "--porcelain=v2",
      "-z",
      "--untracked-files=normal",
      "--ignored=matching",
      "--ignore-submodules=none",
      "--no-renames",
      "--",
      ...paths.map((path) => `:(top,literal)${path}`),
    ],
    "the checkout cannot be compared with HEAD",
  );
  const status: Status = { changed: [], untracked: [], ignored: [] };
  for (const record of records(output)) {
    const rest = record.slice(2);
    if (record.startsWith("? ")) status.untracked.push(rest);
    else if (record.startsWith("! ")) status.ignored.push(rest);
    else if (record.startsWith("u ")) status.changed.push({ path: fields(record, 10), how: "is in a merge conflict" });
    else if (record.startsWith("1 ")) status.changed.push({ path: fields(record, 8), how: how(record) });
  }
  status.changed.push(...(await hiddenChanges(repository, paths)));
  return status;
}

/** What stands after `count` fields that are separated by single spaces. */
function fields(record: string, count: number): string {
  let at = -1;
  for (let n = 0; n < count; n++) at = record.indexOf(" ", at + 1);
  return record.slice(at + 1);
}

function how(record: string): string {
  const [, states = "", submodule = "", , inIndex, inTree] = record.split(" ");
  if (submodule.startsWith("S"))
    return submodule[1] === "C" ? "is a submodule at another commit" : "is a submodule with changes of its own";
  if (states.includes("D")) return "is deleted";
  if (states.includes("A")) return "is added and not committed";
  if (states[1] === "." && states[0] !== ".") return "is staged and not committed";
  return inIndex !== inTree ? "has another mode" : "is changed";
}

/** `git update-index --assume-unchanged` hides changes from status: those files are hashed. */
async function hiddenChanges(repository: string, paths: readonly string[]): Promise<Status["changed"]> {
  const listed = await git(
    repository,
    ["ls-files", "-v", "-s", "-z", "--", ...paths.map((path) => `:(top,literal)${path}`)],
    "the index cannot be read",
  );
  const hidden = records(listed)
    .map((record) => /^([a-z]) \d+ ([0-9a-f]+) \d\t(.*)$/s.exec(record))
    .filter((match) => match !== null)
    .map(([, , blob = "", path = ""]) => ({ blob, path }));
  if (hidden.length === 0) return [];
  const hashes = await git(repository, ["hash-object", "--stdin-paths"], "hidden files cannot be compared with HEAD", {
    input: hidden.map(({ path }) => `${path}\n`).join(""),
  });
  const now = hashes.split("\n");
  return hidden
    .filter(({ blob }, n) => now[n] !== blob)
    .map(({ path }) => ({ path, how: "is changed, and hidden by assume-unchanged" }));
}
