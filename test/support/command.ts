// The command as users start it: bundled once for a test file, each call a process of its own.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { sh } from "./needs.ts";
import { temporary } from "./temporary.ts";

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
}

let bundled: string | undefined;

/** The bundled command, for `node <file>`. */
export function bundledCommand(): string {
  if (!bundled) {
    const directory = temporary("dist");
    sh("node", ["scripts/build.ts", directory], { cwd: join(import.meta.dirname, "../..") });
    bundled = join(directory, "cli.js");
  }
  return bundled;
}

/**
 * Starts `tarlift` in a directory.
 *
 * @param options.before words before `node`, such as strace with its options
 */
export function startTarlift(
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv; before?: string[] },
): Started {
  const [file, ...words] = [...(options.before ?? []), process.execPath, bundledCommand(), ...args];
  const child = spawn(file!, words, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  return { child, ended: once(child, "close").then(([code]) => ({ code, stdout, stderr })) };
}

/** Runs `tarlift` to its end, however that is. */
export const tarlift = (...call: Parameters<typeof startTarlift>): Promise<Ended> => startTarlift(...call).ended;
