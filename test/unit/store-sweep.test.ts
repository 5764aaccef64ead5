// Entries of this machine's own directory are removed when they were not used for a week.
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sweepEntries } from "../../src/cache/sweep.ts";
import { temporary } from "../support/temporary.ts";

const DAY = 86_400_000;

it("entries that were used within a week stay, older ones go with their marks, and so does what was left half-written", () => {
  const directory = temporary("entries");
  const now = Date.now();
  const write = (name: string, days: number) => {
    writeFileSync(join(directory, name), "x");
    const time = new Date(now - days * DAY);
    utimesSync(join(directory, name), time, time);
  };
  // The entry's own time is that of the store, which shares it by a hard link.
  for (const key of ["old", "recent"]) write(key, 100);
  write("old.verified", 8);
  write("recent.verified", 6);
  write("new.tmp", 0);
  sweepEntries(directory, now);
  expect(readdirSync(directory).sort()).toEqual(["new.tmp", "recent", "recent.verified"]);
  // What has no mark is as old as its last change.
  sweepEntries(directory, now + 8 * DAY);
  expect(readdirSync(directory)).toEqual([]);
});
