// The applications below examples/ as repositories of their own: what a user has, where a bundle is made from a commit.
import { cpSync } from "node:fs";
import { join } from "node:path";
import { commitAll, type Edits, git } from "./commits.ts";
import { temporary } from "./temporary.ts";

export { commitAll, type Edits } from "./commits.ts";

const EXAMPLES = join(import.meta.dirname, "../../examples");
/** What an example's own tools leave behind (each has it in its .gitignore). */
const BUILT = new Set([".venv", "__pycache__", "node_modules", "dist", "staticfiles", "data", "media", "db.sqlite3"]);

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
