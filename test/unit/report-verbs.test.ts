import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { buildProgram } from "../../src/cli/program.ts";

/** Commands that do something: `host` itself only holds others. */
const verbs = (command: Command, name: string): [string, Command][] => {
  const below = command.commands.flatMap((one) => verbs(one, `${name} ${one.name()}`));
  return command.commands.length > 0 && command.registeredArguments.length === 0 ? below : [[name, command], ...below];
};

describe("every verb", () => {
  it.each(verbs(buildProgram(), "tarlift"))("%s has --json", (_name, command) => {
    expect(command.options.map(({ long }) => long)).toContain("--json");
  });
});
