// Commits that are the same on any machine and any day.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sh } from "./needs.ts";

/** Author and time of every commit: the same content gives the same commit, on any machine and any day. */
const IDENTITY = {
  GIT_AUTHOR_NAME: "Example",
  GIT_AUTHOR_EMAIL: "example@example.org",
  GIT_COMMITTER_NAME: "Example",
  GIT_COMMITTER_EMAIL: "example@example.org",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_SYSTEM: "/dev/null",
};
const FIRST = Date.UTC(2026, 0, 2, 3, 4, 5) / 1000;

/** Files to write: their text, or a function from the present text to the new one. */
export type Edits = Record<string, string | ((text: string) => string)>;

/**
 * Commits everything in a repository, after editing it. Each commit is a minute younger than its parent.
 *
 * @returns the commit, 40 hex digits
 */
export function commitAll(repository: string, message: string, edits: Edits = {}): string {
  for (const [path, edit] of Object.entries(edits)) {
    const file = join(repository, path);
    writeFileSync(file, typeof edit === "string" ? edit : changed(path, readFileSync(file, "utf8"), edit));
  }
  git(repository, ["add", "--all"]);
  const parents = Number(git(repository, ["rev-list", "--count", "--all"]));
  const date = `${FIRST + 60 * parents} +0000`;
  const dates = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
  git(repository, ["commit", "--quiet", "--no-gpg-sign", "--allow-empty", "-m", message], dates);
  return git(repository, ["rev-parse", "HEAD"]);
}

/** An edit that changes nothing would make a test of "the second commit" a test of the first. */
function changed(path: string, before: string, edit: (text: string) => string): string {
  const after = edit(before);
  if (after === before) throw new Error(`the edit of ${path} changed nothing`);
  return after;
}

export function git(repository: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
  return sh("git", args, { cwd: repository, env: { ...process.env, ...IDENTITY, ...env } }).trim();
}
