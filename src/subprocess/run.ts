// The only module that starts local commands.
import { Failure } from "../failure.ts";
import type { FailureCode } from "../failure-codes.ts";
import { cancelledWords } from "../stop-reason.ts";
import { type Command, type CommandOptions, type CommandResult, formatEnd, shownCommand } from "./command.ts";
import { execute, isExecutable } from "./executed.ts";
import { supervise } from "./supervised.ts";

/**
 * Runs a command to its end, without a shell.
 *
 * @returns how it ended; a non-zero exit code is not an error here (see {@link run}).
 * @throws Failure when it cannot be started (not found, not executable).
 */
export function tryRun(command: Command, options: CommandOptions = {}): Promise<CommandResult> {
  const { timeout, input, lifeline, data } = options;
  const supervised = timeout || input !== undefined || lifeline || data || !isExecutable(command, options);
  return supervised ? supervise(command, options) : execute(command, options);
}

/**
 * Runs a command and requires exit code 0.
 *
 * @param options.what its purpose, for the error: `npm could not install the dependencies`
 * @param options.code the code of that error; default `command-failed`
 * @throws Failure with the command, how it ended (exit code, signal, timeout) and its last lines
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
