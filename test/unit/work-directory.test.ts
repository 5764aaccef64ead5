// The work directory: one for each store, and bounded.
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { sweepBundles } from "../../src/bundle/sweep-bundles.ts";
import { workDirectory } from "../../src/pipeline/context.ts";
import { temporary } from "../support/temporary.ts";

const HOUR = 3_600_000;

describe("case 60: the work directory", () => {
  it("is another one for each store that is named, so that no entry comes from another store", () => {
    for (const env of [{ XDG_CACHE_HOME: "/home/me/.cache" }, { RUNNER_TEMP: "/tmp/runner" }]) {
      const of = (store?: string) => workDirectory(env, store);
      expect(new Set([of(), of("/stores/a"), of("/stores/b")]).size).toBe(3);
      expect(of("/stores/a")).toBe(of("/stores/a"));
    }
  });

  it("keeps artifacts of a day, ten of a week, and what is no artifact", () => {
    const work = temporary("work");
    mkdirSync(join(work, "artifacts"));
    const now = Date.now();
    const write = (name: string, hours: number) => {
      writeFileSync(join(work, name), "x");
      const time = new Date(now - hours * HOUR);
      utimesSync(join(work, name), time, time);
    };
    for (let n = 0; n < 9; n++) write(`shop-today${n}.tar`, 1);
    write("shop-tenth.tar", 30);
    write("shop-eleventh.tar", 31);
    write("shop-old.tar", 24 * 8);
    write("artifacts/x-old", 24 * 8);
    write("application-1.layer", 24 * 8);
    sweepBundles(work, now);
    expect(readdirSync(work).filter((name) => !name.includes("today"))).toEqual([
      "application-1.layer",
      "artifacts",
      "shop-tenth.tar",
    ]);
    expect(readdirSync(join(work, "artifacts"))).toEqual([]);
    for (let n = 0; n < 9; n++) write(`shop-more${n}.tar`, 2);
    sweepBundles(work, now);
    expect(readdirSync(work).filter((name) => /today|more/.test(name))).toHaveLength(18);
  });
});
