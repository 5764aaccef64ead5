// The applications below examples/ as repositories of their own: what a user has, where a bundle is made from a commit.
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sh } from "./needs.ts";
import { temporary } from "./temporary.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
/** What an example's own tools leave behind (each has it in its .gitignore). */
const BUILT = new Set([".venv", "__pycache__", "node_modules", "dist", "staticfiles", "data", "media", "db.sqlite3"]);

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

/**
 * Copies an example into a directory, makes that a git repository on the branch `main` and commits everything.
 *
 * @param options.directory where; a temporary directory of the test file when left out
 * @param options.edit changes files before the commit: text by path, or what to make of the present text
 * @returns the repository's root
 */
export function exampleRepository(name: "django" | "node", options: { directory?: string; edit?: Edits } = {}): string {
  const directory = options.directory ?? temporary(name);
  cpSync(join(EXAMPLES, name), directory, { recursive: true, filter: (path) => !BUILT.has(path.split("/").at(-1)!) });
  git(directory, ["init", "--quiet", "--initial-branch=main"]);
  commitAll(directory, "The first commit", options.edit);
  return directory;
}

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

function git(repository: string, args: string[], env: NodeJS.ProcessEnv = {}): string {
  return sh("git", args, { cwd: repository, env: { ...process.env, ...IDENTITY, ...env } }).trim();
}
