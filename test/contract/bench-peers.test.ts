import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";

// Case 67: a missing rsync was a stack trace, and a missing mina "NaN s … TOO SLOW".
test.each([
  ["bytes.ts", "rsync"],
  ["round-trips.ts", "mina"],
  ["scale.ts", "rsync, cap"],
  ["packing.ts", "bash, tar, zstd"],
])("case 67: bench/%s without its peer ends before it builds anything, and names %s", (script, missing) => {
  const empty = mkdtempSync(join(tmpdir(), "tarlift-no-peer-"));
  try {
    const file = join(import.meta.dirname, "../../bench", script);
    const { status, stderr, stdout } = spawnSync(process.execPath, [file], {
      env: { PATH: empty, TMPDIR: empty },
      encoding: "utf8",
    });
    expect(stderr).toContain(`${missing}: not on PATH`);
    expect(stderr).toContain("apt-get install");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  } finally {
    rmSync(empty, { recursive: true, force: true });
  }
});
