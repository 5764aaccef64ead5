// The one place that starts local commands. node:child_process and not @actions/exec, because a deploy tool must know three things
// that exec hides: the signal that ended a command, its stderr when it fails, and how to end its whole process group on a timeout.
import { type ChildProcess, spawn } from "node:child_process";
import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";
import { Failure } from "../failure.ts";
import { cancelledWords } from "../stop-reason.ts";
import { CUT, cutEnd } from "../text/cut.ts";
import { shellWord } from "../text/shell-word.ts";

export interface CommandOptions {
  cwd?: string;
  /** The whole environment of the command; `process.env` when left out. What {@link FOR_ACTIONS} names is never part of it. */
  env?: Record<string, string | undefined>;
  /** Written to its standard input, which is then closed. Without it the command reads from /dev/null. */
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
  /** Bytes of each stream that are kept at most. Default {@link LARGEST_OUTPUT}. */
  largestOutput?: number | undefined;
  /** Each line of standard output and standard error as it comes, without its newline. */
  onLine?: (line: string, stream: "stdout" | "stderr") => void;
  /** Takes credentials out of each line before `onLine` or the last lines get it, and out of a failure's command. `stdout` and `stderr` stay. */
  redact?: ((line: string) => string) | undefined;
}

export interface CommandResult {
  /** Exit code, or null when a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  timedOut: boolean;
  /** All that it printed. Reading it throws a Failure when that was more than {@link LARGEST_OUTPUT}: a part is not to be taken for all. */
  readonly stdout: string;
  readonly stderr: string;
  /** The last 40 lines of both streams in the order in which they came. */
  lastLines: string;
}

const LAST_LINES = 40;
/** Bytes of one stream that are kept. `git ls-tree` of a million files prints 120 MB. */
const LARGEST_OUTPUT = 256 << 20;
/** Characters of a line: what is printed without a line break is passed on in pieces of about this length. */
const LONGEST_LINE = 64 << 10;
const GRACE = 5_000;
const LINGER = 1_000;

/**
 * What the runner gives to an action alone: its inputs (the SSH key, the secrets), its state, the tokens of the cache and artifact
 * services. No command has a business with them, least of all the install scripts of dependencies.
 */
const FOR_ACTIONS = /^(ACTIONS|INPUT|STATE)_/;

/** An environment without it. */
export const withoutActions = (env: Record<string, string | undefined>) =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !FOR_ACTIONS.test(name)));

/**
 * Runs a command to its end, without a shell, in a process group of its own.
 *
 * @returns how it ended, whatever that was: a non-zero exit is not an error here (see {@link run}).
 * @throws Failure when it cannot be started at all (not found, not executable).
 */
export function tryRun(command: readonly [string, ...string[]], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = start(command, options);
    } catch (cause) {
      // Some reasons are not told by an event: arguments that are too long are one.
      reject(notStarted(command, options, cause as NodeJS.ErrnoException));
      return;
    }
    const last: string[] = [];
    const keep = (printed: string, stream: "stdout" | "stderr") => {
      const line = options.redact ? options.redact(printed) : printed;
      last.push(line);
      if (last.length > LAST_LINES) last.shift();
      options.onLine?.(line, stream);
    };
    const stdout = collect(child, "stdout", keep, command, options.largestOutput);
    const stderr = collect(child, "stderr", keep, command, options.largestOutput);
    let timedOut = false;
    let kill: NodeJS.Timeout | undefined;
    const stop = () => {
      if (options.lifeline) child.stdin?.end();
      endGroup(child, "SIGTERM");
      kill ??= setTimeout(() => endGroup(child, "SIGKILL"), GRACE);
    };
    const timer = options.timeout
      ? setTimeout(() => {
          timedOut = true;
          stop();
        }, options.timeout)
      : undefined;
    options.signal?.addEventListener("abort", stop, { once: true });
    if (options.signal?.aborted) stop();
    const settle = () => {
      clearTimeout(timer);
      clearTimeout(kill);
      options.signal?.removeEventListener("abort", stop);
    };
    child.on("error", (cause) => {
      settle();
      reject(notStarted(command, options, cause));
    });
    child.on("close", (code, signal) => {
      settle();
      resolve({
        code,
        signal,
        timedOut,
        lastLines: last.join("\n"),
        get stdout() {
          return stdout();
        },
        get stderr() {
          return stderr();
        },
      });
    });
    // A background child may hold the streams open after the command itself has ended: it is not waited for.
    child.on("exit", () => {
      const close = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, LINGER);
      child.on("close", () => clearTimeout(close));
    });
    if (options.lifeline) child.stdin?.on("error", () => {});
    if (options.input !== undefined) {
      // A command that ends before it has read its input is judged by its exit code, not by the broken pipe.
      child.stdin?.on("error", () => {});
      child.stdin?.end(options.input);
    }
  });
}

function start([file, ...args]: readonly [string, ...string[]], options: CommandOptions): ChildProcess {
  return spawn(file, args, {
    cwd: options.cwd,
    env: withoutActions(options.env ?? process.env),
    detached: true,
    stdio: [options.input === undefined && !options.lifeline ? "ignore" : "pipe", "pipe", "pipe"],
  });
}

function notStarted(
  command: readonly [string, ...string[]],
  { cwd, redact }: CommandOptions,
  cause: NodeJS.ErrnoException,
): Failure {
  const tooLong = cause.code === "E2BIG";
  const text = shownCommand(command, redact);
  return new Failure({
    what: `${command[0]} could not be started`,
    where: { command: cutEnd(text, 2000), directory: cwd },
    output: cause.message,
    remedy: tooLong
      ? "Its arguments and variables are longer than this machine allows: pass fewer or shorter ones."
      : `Install ${command[0]}, or put it on PATH.`,
    cause,
  });
}

/**
 * Runs a command and insists on exit code 0.
 *
 * @param what what this command does for the user, for the error: `npm could not install the dependencies`
 * @throws Failure naming the command, how it ended (exit code, signal, timeout) and its last lines
 */
export async function run(
  command: readonly [string, ...string[]],
  options: CommandOptions & { what: string; step?: string; remedy?: string },
): Promise<CommandResult> {
  const result = await tryRun(command, options);
  if (result.code === 0 && !result.timedOut) return result;
  throw new Failure({
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

/** Arguments may hold what must not be shown, as what is printed may: the address of an index with its password. */
const shownCommand = (command: readonly string[], redact: CommandOptions["redact"]): string =>
  redact ? redact(formatCommand(command)) : formatCommand(command);

/**
 * How a command ended, in words: `exit code 1`, `killed by SIGKILL (out of memory?)`, `stopped after 600 s`.
 *
 * @param options.timeout the limit that it was given, in milliseconds
 */
export function formatEnd(
  result: Pick<CommandResult, "code" | "signal" | "timedOut">,
  options: { timeout?: number } = {},
): string {
  if (result.timedOut)
    return options.timeout ? `stopped after ${options.timeout / 1000} s` : "stopped at its time limit";
  const signal = result.signal ?? signalOf(result.code);
  if (signal) return `killed by ${signal}${signal === "SIGKILL" ? " (out of memory?)" : ""}`;
  return `exit code ${result.code}`;
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

function collect(
  child: ChildProcess,
  name: "stdout" | "stderr",
  keep: (line: string, stream: "stdout" | "stderr") => void,
  command: readonly string[],
  largest = LARGEST_OUTPUT,
): () => string {
  let chunks: Buffer[] = [];
  let size = 0;
  const decoder = new StringDecoder("utf8");
  let rest = "";
  child[name]?.on("data", (chunk: Buffer) => {
    size += chunk.length;
    if (size <= largest) chunks.push(chunk);
    else chunks = [];
    const lines = (rest + decoder.write(chunk)).split("\n");
    rest = lines.pop() ?? "";
    if (rest.length > LONGEST_LINE) {
      lines.push(rest + CUT);
      rest = CUT;
    }
    for (const line of lines) keep(line, name);
  });
  child[name]?.on("end", () => {
    if (rest) keep(rest, name);
  });
  return () => {
    if (size <= largest) return Buffer.concat(chunks).toString("utf8");
    throw new Failure({
      what: `${command[0]} printed more than ${largest >> 20} MiB`,
      where: { command: formatCommand(command), stream: name },
      remedy: "Run it by hand to see why.",
    });
  };
}

function endGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has ended already.
  }
}
