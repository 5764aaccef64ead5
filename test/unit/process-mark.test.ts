// What a killed process left is removed by the next one, and nothing of a process that lives or cannot be looked for.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { hasEnded, processMark } from "../../src/subprocess/process-mark.ts";
import { sweepScratch } from "../../src/subprocess/scratch.ts";
import { privateDirectory, removeLeftDirectories, removePrivateDirectory } from "../../src/transports/ssh/keys.ts";
import { needs } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

afterEach(() => {
  removePrivateDirectory();
  vi.unstubAllEnvs();
});

const DEAD = spawnSync("true").pid;
const NOW = Date.now();
const LONG_AGO = NOW - 2 * 86_400_000;

describe("the mark of a process", () => {
  it("tells one that lives from one that has ended, and waits a day for one that cannot be looked for", () => {
    expect(hasEnded(processMark(), LONG_AGO)).toBe(false);
    expect(hasEnded(`${process.pid}`, LONG_AGO)).toBe(false);
    // Of another user.
    expect(hasEnded("1", LONG_AGO)).toBe(false);
    expect(hasEnded(processMark().replace(/^\d+/, `${DEAD}`), NOW)).toBe(true);
    for (const [since, ended] of [
      [NOW, false],
      [LONG_AGO, true],
    ] as const)
      expect(hasEnded(`${DEAD}-another`, since)).toBe(ended);
    for (const none of ["", "0", "x", "-1"]) expect(hasEnded(none, NOW)).toBe(true);
  });

  it.runIf(needs("root", "unshare"))("is another one in another PID namespace", () => {
    const text = `const { processMark } = await import(process.argv[1]); console.log(processMark());`;
    const module = join(import.meta.dirname, "../../src/subprocess/process-mark.ts");
    const there = ["--pid", "--fork", "--mount-proc", process.execPath, "--input-type=module", "-e", text, module];
    const mark = spawnSync("unshare", there, { encoding: "utf8" }).stdout.trim();
    expect(mark).toMatch(/^\d+-[0-9a-z]+$/);
    expect(mark.split("-")[1]).not.toBe(processMark().split("-")[1]);
    expect(hasEnded(mark, NOW)).toBe(false);
  });

  it("decides which private and scratch directories go", () => {
    const parent = temporary("parent");
    vi.stubEnv("XDG_RUNTIME_DIR", parent);
    const names = (prefix: string) => [
      `${prefix}-${DEAD}-abcdef`,
      `${prefix}-${DEAD}-another-abcdef`,
      `${prefix}-${process.pid}-abcdef`,
      `${prefix}-Zabcde`,
    ];
    for (const prefix of ["tarlift-ssh", "scratch"]) for (const name of names(prefix)) mkdirSync(join(parent, name));
    const own = privateDirectory();
    removeLeftDirectories();
    sweepScratch(parent);
    const kept = ["tarlift-ssh", "scratch"].flatMap((prefix) => names(prefix).slice(1));
    expect(
      readdirSync(parent)
        .map((name) => join(parent, name))
        .sort(),
    ).toEqual([...kept.map((name) => join(parent, name)), own].sort());
    const old = join(parent, names("tarlift-ssh")[1]!);
    writeFileSync(join(old, "key"), "");
    utimesSync(old, LONG_AGO / 1000, LONG_AGO / 1000);
    removeLeftDirectories();
    expect(existsSync(old)).toBe(false);
  });
});
