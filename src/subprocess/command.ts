// A local command: its options, its result, and how messages describe both.
import { constants } from "node:os";
import { Failure } from "../failure.ts";
import { cutEnd } from "../text/cut.ts";
import { shellWord } from "../text/shell-word.ts";

export type Command = readonly [string, ...string[]];

export interface CommandOptions {
  cwd?: string;
  /**
   * The whole environment of the command; default `process.env`. Variables that {@link FOR_ACTIONS} matches are never
   * part of it.
   */
  env?: Record<string, string | undefined>;
  /** Written to standard input, which is then closed. Without it the command reads from an empty input. */
  input?: string | Uint8Array;
  /**
   * Keeps standard input open, without writing to it, until the command has to end. This ends a command of another
   * user, which cannot be signalled, and lets a command notice that this process was killed.
   */
  lifeline?: boolean;
  /** Milliseconds until the process group receives SIGTERM, and SIGKILL 5 s later. */
  timeout?: number;
  /** Ends the process group in the same way. */
  signal?: AbortSignal | undefined;
  /** The output is data that may have no line breaks, such as names that end with NUL. */
  data?: boolean | undefined;
  /** Maximum number of bytes of each stream that are kept. Default {@link LARGEST_OUTPUT}. */
  largestOutput?: number | undefined;
  /** Called for each line of standard output and standard error when it arrives, without its newline. */
  onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /**
   * Removes credentials from each line before it is passed to `onLine` or kept in the last lines, and from the command
   * of a failure. `stdout` and `stderr` stay as they are.
   */
  redact?: ((line: string) => string) | undefined;
}

/** How a command ended. */
export interface CommandEnd {
  /** Exit code, or null when a signal ended it. */
  code: number | null;
  /** The signal, if it is known. */
  signal: NodeJS.Signals | null;
  timedOut: boolean;
}

export interface CommandResult extends CommandEnd {
  /**
   * All standard output. Reading it throws a Failure if it exceeded {@link LARGEST_OUTPUT}: a part must not be mistaken
   * for all of it.
   */
  readonly stdout: string;
  readonly stderr: string;
  /** The last 40 lines of both streams, in the order in which they arrived. */
  lastLines: string;
}

/** Milliseconds between SIGTERM and SIGKILL. */
export const GRACE = 5_000;
/**
 * Milliseconds in which a stream may stay open after its command has ended. A background child may keep it open, and is
 * not waited for.
 */
export const LINGER = 1_000;

/**
 * Variables that the runner passes only to actions: inputs (the SSH key, the secrets), state, the tokens of the cache
 * and artifact services. No command may see them, least of all the install scripts of dependencies.
 */
const FOR_ACTIONS = /^(ACTIONS|INPUT|STATE)_/;

/** An environment without these variables. */
export const withoutActions = (env: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !FOR_ACTIONS.test(name)));

/** @param cause the system's error; its `code` selects the remedy */
export function notStarted(
  command: Command,
  { cwd, redact }: Pick<CommandOptions, "cwd" | "redact">,
  cause: NodeJS.ErrnoException,
): Failure {
  return new Failure({
    code: "command-missing",
    what: `${command[0]} could not be started`,
    where: { command: cutEnd(shownCommand(command, redact), 2000), directory: cwd },
    output: cause.message,
    remedy:
      cause.code === "E2BIG"
        ? "Its arguments and variables are longer than this machine allows: pass fewer or shorter ones."
        : `Install ${command[0]}, or put it on PATH.`,
    cause,
  });
}

/** Arguments may contain secrets, just as output may: the address of an index with its password. */
export const shownCommand = (command: readonly string[], redact: CommandOptions["redact"]): string =>
  redact ? redact(formatCommand(command)) : formatCommand(command);

/**
 * Describes how a command ended: `exit code 1`, `killed by SIGKILL (out of memory?)`, `stopped after 600 s`.
 *
 * @param options.timeout the time limit of the command, in milliseconds
 */
export function formatEnd(result: CommandEnd, options: { timeout?: number } = {}): string {
  if (result.timedOut)
    return options.timeout ? `stopped after ${options.timeout / 1000} s` : "stopped at its time limit";
  const signal = result.signal ?? signalOf(result.code);
  if (signal) return `killed by ${signal}${signal === "SIGKILL" ? " (out of memory?)" : ""}`;
  return result.code === null ? "killed by a signal (out of memory?)" : `exit code ${result.code}`;
}

/**
 * The signal that an exit code stands for: a shell reports a child that was killed by a signal as 128 + its number.
 * Undefined: an ordinary exit code.
 */
export function signalOf(code: number | null): string | undefined {
  if (code === null || code <= 128) return undefined;
  return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
}

/** Formats a command as a person could type it in a shell: words with special characters are in single quotes. */
export function formatCommand(command: readonly string[]): string {
  return command.map(shellWord).join(" ");
}

/** Sends a signal to a process group, which may have ended. */
export function endGroup(leader: number | undefined, signal: NodeJS.Signals): void {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // The group has ended already.
  }
}
