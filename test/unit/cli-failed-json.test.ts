// `--json` of a command that fails before it has a result: one document of one form from every command.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { runCall } from "../../src/cli/call.ts";
import { buildProgram } from "../../src/cli/program.ts";
import { EXIT_CODES } from "../../src/failure.ts";
import { FAILURE_CODES } from "../../src/failure-codes.ts";
import { temporary } from "../support/temporary.ts";

// Handlers of signals would outlive each call.
vi.mock("../../src/pipeline/stop.ts", () => ({ stopSignal: () => undefined }));

afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
});

/** Every command that does something, with words for its arguments and its required options. */
const COMMANDS = leavesOf(buildProgram()).map((command) => ({
  name: pathOf(command).join(" "),
  words: [
    ...pathOf(command),
    ...command.registeredArguments.filter(({ required }) => required).map((_, n) => `word${n}`),
    ...command.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long!, "text"]),
  ],
}));

function leavesOf(command: Command): Command[] {
  const below = command.commands.flatMap(leavesOf);
  const acts = "_actionHandler" in command && command._actionHandler !== null;
  return acts || below.length === 0 ? [command, ...below] : below;
}

function pathOf(command: Command): string[] {
  return command.parent ? [...pathOf(command.parent), command.name()] : [];
}

/** Runs one call in this process. */
async function called(words: string[]) {
  const written = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const)
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += text;
      return true;
    });
  await runCall(words);
  return { ...written, exit: process.exitCode };
}

async function failed(words: string[]) {
  const { stdout, ...rest } = await called(words);
  return { document: JSON.parse(stdout), ...rest };
}

/** A directory whose configuration cannot be parsed. */
function broken(): string {
  const directory = temporary("broken");
  writeFileSync(join(directory, "tarlift.yml"), "app: [");
  return directory;
}

it("the table has every command", () => {
  expect(COMMANDS.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["init", "host setup", "bundle", "inspect", "inspect diff", "deploy", "unlock", "run"]),
  );
  expect(COMMANDS.length).toBeGreaterThanOrEqual(16);
});

describe.each(COMMANDS)("$name", ({ words }) => {
  it.each([
    ["an unknown option", ["--no-such-option", "--json"], "input-invalid"],
    ["a value that cannot be parsed", ["--wait-for-lock", "soon", "--limit", "none", "--json"], "input-invalid"],
    ["an option without its value", ["--json", "--config"], "input-invalid"],
    ["an empty value", ["--json", "--config", ""], "input-invalid"],
    ["a configuration that cannot be parsed", ["--json", "-C", broken()], undefined],
  ])("%s is one document", async (_case, more, code) => {
    const { document, stderr, exit } = await failed([...words, ...more]);
    expect(Object.keys(document)).toEqual(["outcome", "errors"]);
    const [error, ...others] = document.errors;
    expect(others).toEqual([]);
    const { host, where, output, remedy, ...always } = error;
    expect(always).toEqual({ code: code ?? expect.any(String), what: expect.stringMatching(/^\S/) });
    expect(Object.keys(FAILURE_CODES)).toContain(error.code);
    expect(exit).toBe(EXIT_CODES[document.outcome as keyof typeof EXIT_CODES]);
    expect(stderr).toContain(error.what);
  });
});

it.each([
  ["a missing argument", ["deploy"]],
  ["an argument too many", ["status", "production", "staging"]],
  ["a missing option", ["lock", "production"]],
  ["options that exclude each other", ["run", "production", "true", "--all", "--role", "web"]],
  ["an unknown command", ["delpoy", "production"]],
  ["no command", []],
  ["a group without its command", ["host"]],
])("%s is one document", async (_case, words) => {
  const { document, exit } = await failed([...words, "--json"]);
  expect(document).toEqual({
    outcome: "refused",
    errors: [{ code: "input-invalid", what: expect.any(String), remedy: expect.stringContaining("--help") }],
  });
  expect(exit).toBe(EXIT_CODES.refused);
});

it("help is no failure, and --json after -- is no option", async () => {
  const help = await called(["deploy", "--help", "--json"]);
  expect([help.stdout.startsWith("Usage: tarlift deploy"), help.exit]).toEqual([true, 0]);
  const run = await called(["run", "production", "-C", broken(), "--", "--json"]);
  expect([run.stdout, run.exit]).toEqual(["", EXIT_CODES.refused]);
});
