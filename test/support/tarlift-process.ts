// The bundled command as a process, to its end: for tests and for benchmarks.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Started {
  child: ChildProcess;
  ended: Promise<Ended>;
}

export interface ProcessOptions {
  cwd: string;
  env?: NodeJS.ProcessEnv;
  /** Words before `node`, such as strace with its options. */
  before?: string[];
}

/** @param cli the bundled command's file */
export function startCommand(cli: string, args: string[], options: ProcessOptions): Started {
  const [file, ...words] = [...(options.before ?? []), process.execPath, cli, ...args];
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
