// How a command on a host ended: 128 + n is signal n where there is such a signal, and the command's own exit code elsewhere.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runTask } from "../../src/host/calls/task.ts";
import { describeEnd } from "../../src/host/task-end.ts";
import { silent } from "../../src/progress.ts";
import { needs } from "../support/needs.ts";

const ENDS: [code: number, words: string][] = [
  [1, "exit code 1"],
  [128, "exit code 128"],
  [137, "killed by SIGKILL (out of memory?)"],
  [143, "killed by SIGTERM"],
  [168, "exit code 168"],
  [200, "exit code 200"],
  [255, "exit code 255"],
];

describe("the end of a command on a host", () => {
  it.each(ENDS)("with code %i is reported as %s", async (code, words) => {
    const reply = { value: (key: string) => ({ code: String(code) })[key] };
    const session = { call: async () => reply } as never;
    const end = await runTask(session, { run: "x", release: "v1" } as never, silent.task("x"));
    expect(describeEnd(end)).toBe(words);
  });

  it("says what could not be ended, and as which user it runs on, in the words of the program there", async () => {
    const words = "not to be stopped after 60 s: it runs on as app";
    const values: Record<string, string> = { code: "137", timed_out: "1", runs_on: "it runs on as app" };
    const session = { call: async () => ({ value: (key: string) => values[key] }) } as never;
    expect(describeEnd(await runTask(session, { run: "x", release: "v1" } as never, silent.task("x")), 60)).toBe(words);
    const frames = join(import.meta.dirname, "../../src/remote/frames.sh");
    const text = `. "$1"; child_timed_out=1; child_limit=60; child_runs_on="it runs on as app"; child_ended 137`;
    expect(execFileSync("sh", ["-c", text, "sh", frames]).toString()).toBe(words);
  });

  const shells = ["dash", "bash", "busybox"].filter((shell) => needs(shell));
  it.each(shells)("is reported in the same words by the program there, in %s", (shell) => {
    const frames = join(import.meta.dirname, "../../src/remote/frames.sh");
    const text = `. "$1"; shift; for code; do child_ended "$code"; echo; done`;
    const more = shell === "busybox" ? ["sh"] : [];
    const said = execFileSync(shell, [...more, "-c", text, "sh", frames, ...ENDS.map(([code]) => String(code))]);
    expect(said.toString().trimEnd().split("\n")).toEqual(ENDS.map(([, words]) => words));
  });
});
