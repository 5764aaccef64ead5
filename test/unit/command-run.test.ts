// What a local command gets of this process.
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Failure } from "../../src/failure.ts";
import { run } from "../../src/subprocess/run.ts";

describe("the environment of a local command", () => {
  afterEach(() => vi.unstubAllEnvs());

  const names = async (env?: Record<string, string | undefined>) => {
    const { stdout } = await run(["env"], { what: "env failed", ...(env ? { env } : {}) });
    return stdout.split("\n").map((line) => line.split("=")[0]);
  };

  test("has no input of an action and no token of its services, whoever starts it: install scripts of dependencies run there", async () => {
    vi.stubEnv("INPUT_SSH-KEY", "private");
    vi.stubEnv("ACTIONS_RUNTIME_TOKEN", "private");
    vi.stubEnv("STATE_TRANSACTION", "private");
    vi.stubEnv("OWN", "kept");
    for (const seen of [await names(), await names({ ...process.env, MORE: "kept" })]) {
      expect(seen).toContain("OWN");
      expect(seen.filter((name) => /^(INPUT|ACTIONS|STATE)_/.test(name!))).toEqual([]);
    }
  });
});

test("a local command that cannot be started ends with the reason and a remedy for it", async () => {
  const start = (command: [string, ...string[]]) => run(command, { what: "it failed" });
  await expect(start(["no-such-command-here"])).rejects.toMatchObject({
    what: "no-such-command-here could not be started",
    remedy: expect.stringContaining("put it on PATH"),
  });
  await expect(start(["true", "a".repeat(1 << 20)])).rejects.toMatchObject({
    what: "true could not be started",
    output: "spawn E2BIG",
    remedy: expect.stringMatching(/longer than this machine allows/),
  });
});

describe("what a local command prints", () => {
  test("is redacted before anything of it is shown: as it comes, and in the failure", async () => {
    const seen: string[] = [];
    const command = ["sh", "-c", "echo https://bob:hunter2@repo.example; echo bob:hunter2 >&2; exit 1"] as const;
    const redact = (line: string) => line.replace(/\S*hunter2/, "***");
    const failure = await run(command, { what: "it failed", redact, onLine: (line) => seen.push(line) }).catch(
      (error: Failure) => error,
    );
    const lines = ["***", "***@repo.example"];
    expect(seen.sort()).toEqual(lines);
    expect((failure as Failure).output?.split("\n").sort()).toEqual(lines);
    expect((failure as Failure).where?.command).toMatch(/^sh -c 'echo \*\*\*@repo\.example;/);
  });

  test("is bounded: reading more than is kept is an error, and a command whose output is not read goes on", async () => {
    const result = await run(["head", "-c", "2500000", "/dev/zero"], { what: "head failed", largestOutput: 2 << 20 });
    expect(result.code).toBe(0);
    expect(() => result.stdout).toThrow("head printed more than 2 MiB");
    // A line without an end is passed on in pieces that say so. However small the parts are in which it comes, there are less than 40.
    const pieces = result.lastLines.split("\n");
    expect(pieces.map((piece) => piece.replaceAll("[…]", "")).join("")).toBe("\0".repeat(2_500_000));
    expect(pieces.slice(1, -1).every((piece) => /^\[…\].*\[…\]$/s.test(piece))).toBe(true);
  });
});
