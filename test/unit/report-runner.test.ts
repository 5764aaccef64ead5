import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type RunnerLog, runnerProgress } from "../../src/report/runner.ts";
import { isCommand, quoteCommands } from "../../src/report/workflow-text.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A log as `@actions/core` would write it, without its escapes. */
function log() {
  const said: string[] = [];
  const annotation =
    (kind: string) =>
    (message: string, place: object = {}) =>
      said.push(`${kind} ${JSON.stringify(place)}: ${message}`);
  const core: RunnerLog = {
    info: (message) => said.push(message),
    startGroup: (name) => said.push(`▸ ${name}`),
    endGroup: () => said.push("▾"),
    notice: annotation("notice"),
    warning: annotation("warning"),
    error: annotation("error"),
  };
  return { core, said };
}

describe("a runner's log", () => {
  it("masks a secret that holds a tab or a hidden character, in every text", () => {
    const { core, said } = log();
    const secrets = ["one\ttwo-three", "four\u200efive"];
    const mask = (text: string) => secrets.reduce((left, secret) => left.replaceAll(secret, "***"), text);
    const progress = runnerProgress(core, { mask });
    for (const secret of secrets) {
      const task = progress.task(`with ${secret}`, { host: secret });
      task.line(`said ${secret}`);
      task.end(secret);
      progress.notice(secret);
      progress.warning(secret);
      progress.lines([secret]);
      progress.failure({ what: secret, output: secret, remedy: secret, where: { step: secret } });
    }
    expect(said.filter((line) => /two-three|five/.test(line))).toEqual([]);
    expect(said).toContain("*** | said ***");
  });

  it("folds output into one group for all hosts, and tells ends outside of it", () => {
    const { core, said } = log();
    const progress = runnerProgress(core);
    const [one, two] = [progress.task("migrate", { host: "app1" }), progress.task("migrate", { host: "app2" })];
    one.line("Applying 0002");
    two.line("nothing to do");
    two.end("0 applied");
    vi.advanceTimersByTime(1500);
    one.line("OK");
    one.end("1 applied");
    expect(said).toEqual([
      "▸ migrate",
      "app1 | Applying 0002",
      "app2 | nothing to do",
      "app1 | OK",
      "▾",
      "✓ migrate app2: 0 applied, 0.0 s",
      "✓ migrate app1: 1 applied, 1.5 s",
    ]);
  });

  it("opens no group for work that says nothing, and shows after 10 s that it is alive", () => {
    const { core, said } = log();
    const progress = runnerProgress(core);
    progress.task("preflight", { host: "app1" }).end("live: v1");
    const slow = progress.task("prepare", { host: "app1" });
    vi.advanceTimersByTime(25_000);
    slow.update({ done: 50_000_000, total: 100_000_000 });
    vi.advanceTimersByTime(5_000);
    slow.fail();
    vi.advanceTimersByTime(60_000);
    expect(said).toEqual([
      "✓ preflight app1: live: v1, 0.0 s",
      "▸ prepare",
      "app1 | still at it after 10 s",
      "app1 | still at it after 20 s",
      "app1 | still at it after 30 s",
      "▾",
      "✗ prepare app1: failed, 30.0 s, 1.67 MB/s",
    ]);
  });

  it("ends a group for another one, and before annotations and results", () => {
    const { core, said } = log();
    const progress = runnerProgress(core);
    progress.task("npm ci").line("added 1 package");
    progress.task("collectstatic").line("1 file copied");
    progress.warning("deprecated", { file: "tarlift.yml", line: 7 });
    progress.notice("untracked files");
    progress.lines(["DEPLOYED", "next: status"]);
    progress.close();
    expect(said).toEqual([
      "▸ npm ci",
      "added 1 package",
      "▾",
      "▸ collectstatic",
      "1 file copied",
      "▾",
      'warning {"file":"tarlift.yml","startLine":7}: deprecated',
      "notice {}: untracked files",
      "DEPLOYED",
      "next: status",
    ]);
  });

  it("annotates as often as GitHub shows, leaves one error for the step's end, and has the rest as text", () => {
    const { core, said } = log();
    const progress = runnerProgress(core);
    for (let n = 1; n <= 12; n++) {
      progress.notice(`n${n}`);
      progress.warning(`w${n}`, { file: "tarlift.yml" });
      progress.failure({ host: "app1", what: `e${n}` });
    }
    const count = (kind: string) => said.filter((line) => line.startsWith(`${kind} {`)).length;
    expect([count("notice"), count("warning"), count("error")]).toEqual([10, 10, 9]);
    expect(said).toEqual(expect.arrayContaining(["notice: n12", "warning: tarlift.yml: w12", "error: app1: e12"]));
  });

  it("has a failure with its remedy as an annotation, cut where GitHub cuts, and whole in the log", () => {
    const { core, said } = log();
    const failure = { what: "pip failed", where: { step: "pip", host: undefined }, output: "a\nb\n", remedy: "pin it" };
    runnerProgress(core).failure(failure, { file: "tarlift.yml", line: 3 });
    expect(said).toEqual([
      'error {"file":"tarlift.yml","startLine":3}: pip failed\nnext: pin it',
      "  step: pip",
      "  output:",
      "    a",
      "    b",
    ]);
    runnerProgress(core).warning("x".repeat(10_000));
    expect(said.at(-1)).toHaveLength(4096 + "warning {}: ".length);
  });

  it("masks secrets in everything, those over several lines too", () => {
    const { core, said } = log();
    const mask = (text: string) => text.replaceAll("hunter2", "***").replaceAll("one\ntwo", "***");
    const progress = runnerProgress(core, { mask });
    const task = progress.task("hunter2", { host: "hunter2" });
    task.line("password hunt\x1b[0mer2");
    task.end("hunter2");
    progress.notice("hunter2");
    progress.warning("one\ntwo");
    progress.failure({ what: "hunter2", where: { command: "hunter2" }, output: "one\ntwo", remedy: "hunter2" });
    progress.lines(["hunter2"]);
    expect(said.join("\n")).not.toMatch(/hunter2|two/);
    expect(said.filter((line) => line.includes("***")).length).toBeGreaterThanOrEqual(8);
  });

  it("runs no command of a workflow that a host writes", () => {
    const { core, said } = log();
    let drawn = 0;
    const progress = runnerProgress(core, { token: () => `token${++drawn}` });
    const task = progress.task("hook");
    for (const line of ["::set-output name=a::b", "fine", "\t ::add-path::/evil", "x ##[add-mask]y", "a\r::error::b"])
      task.line(line);
    progress.failure({ what: "x", output: "::warning::y" });
    expect(said).toEqual([
      "▸ hook",
      "::stop-commands::token1",
      "::set-output name=a::b",
      "::token1::",
      "fine",
      "::stop-commands::token2",
      "   ::add-path::/evil",
      "::token2::",
      "::stop-commands::token3",
      "x ##[add-mask]y",
      "::token3::",
      "a␍::error::b",
      "▾",
      "error {}: x",
      "  output:",
      "::stop-commands::token4",
      "    ::warning::y",
      "::token4::",
    ]);
  });

  it("draws another token each time, which cannot be guessed", () => {
    const { core, said } = log();
    const progress = runnerProgress(core);
    progress.lines(["::a::"]);
    progress.lines(["::b::"]);
    const tokens = said.filter((line) => line.startsWith("::stop-commands::"));
    expect(new Set(tokens).size).toBe(2);
    for (const token of tokens) expect(token).toMatch(/::[0-9a-f-]{36}$/);
  });
});

describe("what looks like a command of a workflow", () => {
  it.each([
    ["::error::x", true],
    ["\u00a0::error::x", true],
    ["a ::error::x", false],
    ["a ##[error]x", true],
    [":\u00ad:error::x", true],
    ["\u200b::error::x", true],
    ["#\u200d#[error]x", true],
    ["a::b::c", false],
    ["# [x]", false],
  ])("%j: %s", (line, command) => {
    expect(isCommand(line)).toBe(command);
  });

  it("stands together with others like it between one stop and its end", () => {
    expect(quoteCommands(["a", "::b::", "::c::", "d"], () => "t")).toEqual([
      "a",
      "::stop-commands::t",
      "::b::",
      "::c::",
      "::t::",
      "d",
    ]);
  });
});
