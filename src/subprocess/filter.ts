// Runs a local command between two streams of this process: compressors and tar.
import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { Failure } from "../failure.ts";
import { cutStart } from "../text/cut.ts";
import { formatCommand, formatEnd } from "./command.ts";

export interface Filter {
  stdin: Writable;
  stdout: Readable;
  /** Resolves when the command has ended. @throws Failure with its standard error when it did not exit with 0 */
  ended: Promise<void>;
  /** Ends it at once; `ended` then rejects. */
  kill(): void;
}

const LAST_CHARACTERS = 4_000;

/**
 * Starts a command whose standard input and output are streams of this process.
 *
 * @param what its purpose, for the error: `zstd could not compress the layer`
 */
export function startFilter(
  command: readonly [string, ...string[]],
  options: { what: string; cwd?: string; env?: Record<string, string | undefined> },
): Filter {
  const [file, ...args] = command;
  const child = spawn(file, args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = cutStart(said + chunk.toString("utf8"), LAST_CHARACTERS);
  });
  const ended = new Promise<void>((resolve, reject) => {
    const fail = (ending: string, cause?: unknown) =>
      reject(
        new Failure({
          code: "command-failed",
          what: options.what,
          where: { command: formatCommand(command), ended: ending },
          output: said,
          cause,
        }),
      );
    child.on("error", (error) => fail(error.message, error));
    child.on("close", (code, signal) => (code === 0 ? resolve() : fail(formatEnd({ code, signal, timedOut: false }))));
  });
  // The code that drives the streams awaits it. Without a listener from the start, an early failure would end the
  // process.
  ended.catch(() => {});
  // A command that ends early breaks the pipe; its exit code says why.
  child.stdin.on("error", () => {});
  return { stdin: child.stdin, stdout: child.stdout, ended, kill: () => child.kill("SIGKILL") };
}
