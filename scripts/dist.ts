// What dist/ promises. It is built from the sources and committed, so that `uses:` works; it changes in commits titled `Build dist` alone, the
// last of each submission. In the commits between two of them it is behind the sources on purpose, and tests build a dist/ of their own.
import { spawnSync } from "node:child_process";

export const TITLE = "Build dist";

/** From here on; earlier commits changed dist/ along with the sources. */
export const START = "228f53fd3a721fb9e87460923608d5d19fee8aec";

/** A commit that changes dist/. */
interface Commit {
  hash: string;
  subject: string;
  /** All that it changes. */
  paths: string[];
}

/**
 * Whether this commit promises that its dist/ is what its sources build: one titled `Build dist`, and the tip of the published main branch.
 *
 * @param root a clone's directory
 * @returns false also where files differ from the commit: nothing has been promised of them
 * @throws Error with git's words where git fails
 */
export function promisesDist(root: string): boolean {
  if (git(root, ["status", "--porcelain"]) !== "") return false;
  const [head, subject] = git(root, ["log", "-1", "--format=%H%n%s"]).split("\n");
  return subject === TITLE || head === resolved(root, "refs/remotes/origin/main");
}

/**
 * Commits that change dist/ and should not.
 *
 * @param root a clone's directory; of a shallow clone, the commits that it has
 * @param options.start the commit whose successors are held to the rule; without it in the history, every commit that has a parent
 * @param options.base a pull request's base, as a branch of `origin`: no commit on top of it may change dist/
 * @returns one line a commit
 * @throws Error with git's words where git fails
 */
export function distChanges(root: string, { start = START, base }: { start?: string; base?: string | undefined } = {}) {
  if (base !== undefined && base !== "")
    return commits(root, `refs/remotes/origin/${base}..HEAD`).map(
      ({ hash, subject }) => `${hash.slice(0, 10)} ${subject}: a pull request leaves dist/ to the maintainers`,
    );
  const range = resolved(root, start) === undefined ? "HEAD" : `${start}..HEAD`;
  return commits(root, range).flatMap(({ hash, subject, paths }) => {
    const at = `${hash.slice(0, 10)} ${subject}`;
    if (subject !== TITLE) return [`${at}: changes dist/, which only a commit titled "${TITLE}" does`];
    const others = paths.filter((path) => !path.startsWith("dist/"));
    return others.length === 0 ? [] : [`${at}: changes more than dist/: ${others.join(", ")}`];
  });
}

/** Those that change dist/. Of a merge, what neither of its parents has. A commit without parents adds everything and is left out. */
function commits(root: string, range: string): Commit[] {
  const format = "--format=%x01%H%x00%P%x00%s%x00";
  const walk = ["log", "-z", "--full-history", "--full-diff", "-c", "--name-only", format, range, "--", "dist"];
  const roots = new Set(git(root, ["rev-list", "--max-parents=0", "HEAD"]).split("\n"));
  return git(root, walk)
    .split("\x01")
    .slice(1)
    .map((entry) => {
      const [hash = "", , subject = "", ...paths] = entry.split("\0");
      return { hash, subject, paths: paths.map((path) => path.trim()).filter((path) => path !== "") };
    })
    .filter(({ hash, paths }) => !roots.has(hash) && paths.some((path) => path.startsWith("dist/")));
}

/** The full hash, or undefined when the clone does not have it. */
function resolved(root: string, name: string): string | undefined {
  const { status, stdout } = run(root, ["rev-parse", "--quiet", "--verify", `${name}^{commit}`]);
  return status === 0 ? stdout.trim() : undefined;
}

function git(root: string, args: string[]): string {
  const { status, stdout, stderr, error } = run(root, args);
  if (status !== 0) throw new Error(`git ${args[0]}: ${error?.message ?? stderr.trim()}`);
  return stdout.trimEnd();
}

const run = (root: string, args: string[]) =>
  spawnSync("git", ["-C", root, "-c", `safe.directory=${root}`, "-c", "core.quotePath=false", ...args], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
