// The commands of installers of virtualenvs, and how they fail.
import { Failure } from "../../failure.ts";
import { type CommandOptions, formatEnd } from "../../subprocess/command.ts";
import { run, tryRun } from "../../subprocess/run.ts";
import { gitRemedy } from "../git-remedy.ts";

type Command = readonly [string, ...string[]];

/**
 * Runs a command that installs or builds packages.
 *
 * @param failed.what `pip could not install the requirements`
 * @param failed.where what ran, by names for messages
 * @param failed.remedy for the command's last lines, where git has none
 * @throws Failure when it fails
 */
export async function runInstaller(
  command: Command,
  options: CommandOptions,
  failed: { what: string; where: Record<string, string>; remedy(output: string): string },
): Promise<void> {
  const result = await tryRun(command, options);
  if (result.code === 0) return;
  const output = result.lastLines;
  throw new Failure({
    code: "installer-failed",
    what: failed.what,
    where: { ...failed.where, ended: formatEnd(result) },
    output,
    remedy: gitRemedy(output) ?? failed.remedy(output),
  });
}

/**
 * @param name of the installer
 * @param command `pip list` with its options
 * @returns the installed packages as JSON
 */
export async function listInstalled(
  name: string,
  command: Command,
  options: Pick<CommandOptions, "env" | "redact">,
): Promise<string> {
  const listed = await run(command, {
    ...options,
    what: `${name} could not list what it installed`,
    code: "installer-failed",
  });
  return listed.stdout;
}
