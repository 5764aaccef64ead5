// What the command writes where a step of a workflow runs it: the runner takes some lines of a log for commands of its own.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { printError, printJson, printLines, printOutput } from "../../src/cli/output.ts";
import { isCommand } from "../../src/report/workflow-text.ts";

const COMMANDS = [
  "::add-mask::x",
  "  ::error file=a::b",
  ":::set-output name=a::b",
  "\u200b::notice::x",
  ":\u200b:notice::x",
  "x ##[error] y",
  "#\u2060#[group]x",
  "###[error]",
];

describe("what the command writes in a job of a runner", () => {
  let written = "";
  beforeEach(() => {
    written = "";
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, "write").mockImplementation((text) => {
        written += String(text);
        return true;
      });
  });
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
  });

  it("case 19: no output of a host, no result and no error is a command of the workflow, or moves a cursor", () => {
    vi.stubEnv("GITHUB_ACTIONS", "true");
    for (const line of COMMANDS) {
      printOutput(`${line}\u001b[2Jx`);
      printLines([line, `a\n${line}`]);
      printError(`what happened\n${line}`);
      printJson({ said: line });
    }
    const lines = written.split("\n");
    expect(lines.filter(isCommand)).toEqual([]);
    expect(lines).toContain(": :add-mask::xx");
    expect(written).not.toContain("\u001b");
  });

  it("is the same value as JSON", () => {
    vi.stubEnv("GITHUB_ACTIONS", "true");
    printJson({ said: COMMANDS });
    expect(JSON.parse(written)).toEqual({ said: COMMANDS });
  });

  it("is elsewhere what the command on the host printed, byte for byte", () => {
    vi.stubEnv("GITHUB_ACTIONS", "");
    for (const line of COMMANDS) printOutput(`${line}\u001b[2J`);
    expect(written).toBe(COMMANDS.map((line) => `${line}\u001b[2J\n`).join(""));
  });
});
