// Temporary directories of tests, and whatever else must end with the tests of a file, however they end.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

const cleanups: (() => unknown)[] = [];

// Registered when a test file imports this, once for the file: `afterAll` inside of a running test would be accepted and never called.
afterAll(async () => {
  const failures: unknown[] = [];
  for (const cleanup of cleanups.splice(0).reverse()) {
    try {
      await cleanup();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
});

/** Runs `cleanup` after all tests of this file, the latest first; may be called inside of a test. */
export function atEnd(cleanup: () => unknown): void {
  cleanups.push(cleanup);
}

/** A fresh directory that is removed after the tests of this file, read-only files included. */
export function temporary(name = "test"): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `tarlift-${name}-`)));
  // With the first one: what uses the others has ended by then.
  if (directories.push(directory) === 1) atEnd(removeDirectories);
  return directory;
}

const directories: string[] = [];
/** How many one command is given: a file of tests may make hundreds of them. */
const AT_ONCE = 500;

function removeDirectories(): void {
  const all = directories.splice(0).filter((directory) => existsSync(directory));
  for (let n = 0; n < all.length; n += AT_ONCE) {
    const some = all.slice(n, n + AT_ONCE);
    execFileSync("chmod", ["-R", "u+rwX", ...some]);
    execFileSync("rm", ["-rf", ...some]);
  }
}
