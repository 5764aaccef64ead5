// Runs commands with a time limit, an input, a lifeline, or data as output. It uses node:child_process, because
// @actions/exec has neither a time limit nor a lifeline, ends this process if a command does not read its input, and
// keeps text without a newline in one string that it searches again with every piece.
import { type ChildProcess, spawn } from "node:child_process";
import {
  type Command,
  type CommandOptions,
  type CommandResult,
  endGroup,
  GRACE,
  LINGER,
  notStarted,
  withoutActions,
} from "./command.ts";
import { Output } from "./output.ts";

/** Runs a command in its own process group. @throws Failure when it cannot be started */
export function supervise(command: Command, options: CommandOptions): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    let child: ChildProcess;
    try {
      child = start(command, options);
    } catch (cause) {
      // Some errors are not reported by an event, such as arguments that are too long.
      reject(notStarted(command, options, cause as NodeJS.ErrnoException));
      return;
    }
    const output = new Output(command, options);
    child.stdout?.on("data", (bytes: Buffer) => output.write("stdout", bytes));
    child.stderr?.on("data", (bytes: Buffer) => output.write("stderr", bytes));
    let timedOut = false;
    let kill: NodeJS.Timeout | undefined;
    const stop = () => {
      if (options.lifeline) child.stdin?.end();
      endGroup(child.pid, "SIGTERM");
      kill ??= setTimeout(() => endGroup(child.pid, "SIGKILL"), GRACE);
    };
    const timer = options.timeout
      ? setTimeout(() => {
          timedOut = true;
          stop();
        }, options.timeout)
      : undefined;
    options.signal?.addEventListener("abort", stop, { once: true });
    if (options.signal?.aborted) stop();
    const disarm = () => {
      clearTimeout(timer);
      clearTimeout(kill);
      options.signal?.removeEventListener("abort", stop);
    };
    child.on("error", (cause) => {
      disarm();
      reject(notStarted(command, options, cause));
    });
    child.on("close", (code, signal) => {
      disarm();
      resolve(Object.assign(output.end(), { code, signal, timedOut }));
    });
    child.on("exit", () => {
      const close = setTimeout(() => {
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, LINGER);
      child.on("close", () => clearTimeout(close));
    });
    // The exit code decides about a command that ends before it has read its input, not the broken pipe.
    child.stdin?.on("error", () => {});
    if (options.input !== undefined) child.stdin?.end(options.input);
  });
}

function start([file, ...args]: Command, options: CommandOptions): ChildProcess {
  return spawn(file, args, {
    cwd: options.cwd,
    env: withoutActions(options.env ?? process.env),
    detached: true,
    stdio: [options.input === undefined && !options.lifeline ? "ignore" : "pipe", "pipe", "pipe"],
  });
}
