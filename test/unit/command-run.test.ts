// What a local command gets of this process, and what this process gets of it: by @actions/exec, in a group of its own there, and
// supervised, all the same.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Failure } from "../../src/failure.ts";
import type { CommandOptions } from "../../src/subprocess/command.ts";
import { execute } from "../../src/subprocess/executed.ts";
import { run, tryRun } from "../../src/subprocess/run.ts";
import { supervise } from "../../src/subprocess/supervised.ts";
import { temporary } from "../support/temporary.ts";

const idle = new AbortController().signal;

describe.each([
  ["by @actions/exec", execute, {}],
  ["in a group of its own", execute, { signal: idle }],
  ["supervised", supervise, {}],
] as const)("a local command %s", (_, way, ways) => {
  const start = (command: [string, ...string[]], options: CommandOptions = {}) => way(command, { ...ways, ...options });

  test("gives both streams, their last lines and its exit code", async () => {
    const seen: string[] = [];
    const onLine = (line: string, stream: string) => seen.push(`${stream} ${line}`);
    const result = await start(["sh", "-c", "echo one; sleep 0.1; printf two >&2; exit 3"], { onLine });
    expect(result).toMatchObject({ code: 3, stdout: "one\n", stderr: "two", lastLines: "one\ntwo", timedOut: false });
    expect(seen).toEqual(["stdout one", "stderr two"]);
  });

  test("gets its arguments as they are, in its directory, by a program of its own PATH", async () => {
    const directory = temporary("own path");
    const program = '#!/bin/sh\npwd\nprintf "<%s>" "$@"\n';
    writeFileSync(join(directory, "it"), program, { mode: 0o755 });
    const words = ["", "a b", '"', "$HOME", "\\", "é\n", "-x", "*"];
    const options = { cwd: directory, env: { PATH: `${directory}:/usr/bin:/bin` } };
    for (const name of ["it", "./it", join(directory, "it")]) {
      const { stdout } = await start([name, ...words], options);
      expect(stdout).toBe(`${directory}\n${words.map((word) => `<${word}>`).join("")}`);
    }
  });

  test("reads from an empty input, and may end without reading it", async () => {
    expect((await start(["cat"])).code).toBe(0);
    for (let n = 0; n < 20; n++) expect((await start(["true"])).code).toBe(0);
  });

  test("that a signal ends has failed", async () => {
    const failure = await run(["sh", "-c", "kill -9 $$"], { what: "it failed", ...ways }).catch(
      (error: Failure) => error,
    );
    expect((failure as Failure).where?.ended).toMatch(/^killed by (SIGKILL|a signal) \(out of memory\?\)$/);
  });

  test("is not waited for longer than its own end where a child of it holds its output", async () => {
    const result = await start(["sh", "-c", "sleep 20 & echo $!"]);
    process.kill(Number(result.stdout), "SIGKILL");
    expect(result.stdout).toMatch(/^\d+\n$/);
  });

  test("prints nothing by itself: a line could be a command to the runner", async () => {
    const print = vi.spyOn(process.stdout, "write");
    await start(["echo", "::set-output name=a::b"]);
    expect(print.mock.calls.filter(([text]) => String(text).includes("set-output"))).toEqual([]);
    print.mockRestore();
  });

  test("that is not there, or has no directory to start in, ends with the reason", async () => {
    await expect(start(["no-such-command-here"])).rejects.toMatchObject({
      output: "spawn no-such-command-here ENOENT",
    });
    await expect(start(["true"], { cwd: "/no/such/directory" })).rejects.toMatchObject({
      what: "true could not be started",
    });
  });
});

describe("a local command that is stopped", () => {
  test.each([
    ["by @actions/exec", execute],
    ["supervised", supervise],
  ] as const)("ends with all that it started, %s", async (_, way) => {
    const controller = new AbortController();
    const file = join(temporary("stopped"), "child");
    const ended = way(["sh", "-c", `sleep 60 & echo $! >"$0"; wait`, file], { signal: controller.signal });
    await vi.waitFor(() => expect(existsSync(file) && readFileSync(file, "utf8")).toMatch(/\d/), 10_000);
    controller.abort();
    expect(await ended).toMatchObject({ code: null, signal: "SIGTERM" });
    await vi.waitFor(() => expect(() => process.kill(Number(readFileSync(file, "utf8")), 0)).toThrow("ESRCH"), 10_000);
  });

  test("before it has started", async () => {
    const signal = AbortSignal.abort();
    expect((await tryRun(["sleep", "60"], { signal })).signal).toBe("SIGTERM");
  });
});

describe("the environment of a local command", () => {
  afterEach(() => vi.unstubAllEnvs());

  const names = async (env?: Record<string, string | undefined>) => {
    const { stdout } = await run(["env"], { what: "env failed", ...(env ? { env } : {}) });
    return stdout.split("\n").map((line) => line.split("=")[0]);
  };

  test("has no input of an action and no token of its services, whatever starts it: install scripts of dependencies run there", async () => {
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
