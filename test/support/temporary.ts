// Temporary directories of tests: one root for each test file, removed when it ends.
import { execFileSync } from "node:child_process";
import { mkdtempSync, realpathSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";

/** A fresh directory that is removed after the tests of this file, read-only files included. */
export function temporary(name = "test"): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), `tarlift-${name}-`)));
  afterAll(() => {
    execFileSync("chmod", ["-R", "u+rwX", directory]);
    execFileSync("rm", ["-rf", directory]);
  });
  return directory;
}
