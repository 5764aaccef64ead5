// A local command: how it is asked for, what comes of it, and how both are put into words.
import { constants } from "node:os";
import { Failure } from "../failure.ts";
import { cutEnd } from "../text/cut.ts";
import { shellWord } from "../text/shell-word.ts";

export type Command = readonly [string, ...string[]];

export interface CommandOptions {
  cwd?: string;
  /** The whole environment of the command; `process.env` when left out. What {@link FOR_ACTIONS} names is never part of it. */
  env?: Record<string, string | undefined>;
  /** Written to its standard input, which is then closed. Without it the command reads from an empty input. */
  input?: string | Uint8Array;
  /**
   * Keeps its standard input open, unwritten, until it is to end: the way to end a command of another user, which no signal of ours
   * reaches, and the way for a command to notice that this process was killed.
   */
  lifeline?: boolean;
  /** Milliseconds until its process group gets SIGTERM, and 5 s later SIGKILL. */
  timeout?: number;
  /** Ends the process group in the same way. */
  signal?: AbortSignal | undefined;
  /** Its output is data that may have no line breaks, such as names that end with NUL. */
  data?: boolean | undefined;
  /** Bytes of each stream that are kept at most. Default {@link LARGEST_OUTPUT}. */
  largestOutput?: number | undefined;
  /** Each line of standard output and standard error as it comes, without its newline. */
  onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Takes credentials out of each line before `onLine` or the last lines get it, and out of a failure's command. `stdout` and `stderr` stay. */
  redact?: ((line: string) => string) | undefined;
}

/** How a command ended. */
export interface CommandEnd {
  /** Exit code, or null when a signal ended it. */
  code: number | null;
  /** The signal, where it is known. */
  signal: NodeJS.Signals | null;
  timedOut: boolean;
}

export interface CommandResult extends CommandEnd {
  /** All that it printed. Reading it throws a Failure when that was more than {@link LARGEST_OUTPUT}: a part is not to be taken for all. */
  readonly stdout: string;
  readonly stderr: string;
  /** The last 40 lines of both streams in the order in which they came. */
  lastLines: string;
}

/** Milliseconds between SIGTERM and SIGKILL. */
export const GRACE = 5_000;
/** Milliseconds in which a stream may stay open after its command has ended: a background child may hold it, which is not waited for. */
export const LINGER = 1_000;

/**
 * What the runner gives to an action alone: its inputs (the SSH key, the secrets), its state, the tokens of the cache and artifact
 * services. No command has a business with them, least of all the install scripts of dependencies.
 */
const FOR_ACTIONS = /^(ACTIONS|INPUT|STATE)_/;

/** An environment without it. */
export const withoutActions = (env: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !FOR_ACTIONS.test(name)));

/** @param cause what the system says; its `code` decides about the remedy */
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

/** Arguments may hold what must not be shown, as what is printed may: the address of an index with its password. */
export const shownCommand = (command: readonly string[], redact: CommandOptions["redact"]): string =>
  redact ? redact(formatCommand(command)) : formatCommand(command);

/**
 * How a command ended, in words: `exit code 1`, `killed by SIGKILL (out of memory?)`, `stopped after 600 s`.
 *
 * @param options.timeout the limit that it was given, in milliseconds
 */
export function formatEnd(result: CommandEnd, options: { timeout?: number } = {}): string {
  if (result.timedOut)
    return options.timeout ? `stopped after ${options.timeout / 1000} s` : "stopped at its time limit";
  const signal = result.signal ?? signalOf(result.code);
  if (signal) return `killed by ${signal}${signal === "SIGKILL" ? " (out of memory?)" : ""}`;
  return result.code === null ? "killed by a signal (out of memory?)" : `exit code ${result.code}`;
}

/** The signal that an exit code stands for: a shell reports a child that one killed as 128 + its number. Undefined: a code of its own. */
export function signalOf(code: number | null): string | undefined {
  if (code === null || code <= 128) return undefined;
  return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
}

/** A command as a person could type it in a shell: words with anything special in single quotes. */
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
