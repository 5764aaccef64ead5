// The one place that starts local commands.
import { Failure } from "../failure.ts";
import type { FailureCode } from "../failure-codes.ts";
import { cancelledWords } from "../stop-reason.ts";
import { type Command, type CommandOptions, type CommandResult, formatEnd, shownCommand } from "./command.ts";
import { execute, isExecutable } from "./executed.ts";
import { supervise } from "./supervised.ts";

/**
 * Runs a command to its end, without a shell.
 *
 * @returns how it ended, whatever that was: a non-zero exit is not an error here (see {@link run}).
 * @throws Failure when it cannot be started at all (not found, not executable).
 */
export function tryRun(command: Command, options: CommandOptions = {}): Promise<CommandResult> {
  const { timeout, input, lifeline, data } = options;
  const supervised = timeout || input !== undefined || lifeline || data || !isExecutable(command, options);
  return supervised ? supervise(command, options) : execute(command, options);
}

/**
 * Runs a command and insists on exit code 0.
 *
 * @param options.what what this command does for the user, for the error: `npm could not install the dependencies`
 * @param options.code of that error, where it is not just `command-failed`
 * @throws Failure naming the command, how it ended (exit code, signal, timeout) and its last lines
 */
export async function run(
  command: Command,
  options: CommandOptions & { what: string; code?: FailureCode; step?: string; remedy?: string },
): Promise<CommandResult> {
  const result = await tryRun(command, options);
  if (result.code === 0 && !result.timedOut) return result;
  throw new Failure({
    code: options.signal?.aborted ? "cancelled" : (options.code ?? "command-failed"),
    what: options.what,
    where: {
      step: options.step,
      command: shownCommand(command, options.redact),
      directory: options.cwd,
      ended: options.signal?.aborted
        ? `${formatEnd(result, options)}; ${cancelledWords(options.signal)}`
        : formatEnd(result, options),
    },
    output: result.lastLines,
    remedy: options.remedy,
  });
}
