// Starts deploy-main.ts: a deploy in a process of its own, which may be lost.
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { DeployMain, DeployMainResult } from "./deploy-main.ts";

export interface DeployEnd {
  /** The signal that ended it. */
  signal: NodeJS.Signals | null;
  /** What it printed at its end; undefined when it did not come to that. */
  result: DeployMainResult | undefined;
  stderr: string;
}

/**
 * Runs it to its end, whatever that is.
 *
 * @param begun is given what ends it at once
 */
export async function deployProcess(request: DeployMain, begun?: (kill: () => void) => void): Promise<DeployEnd> {
  const file = (name: string) => join(import.meta.dirname, name);
  const args = ["--import", file("shell-text-hook.ts"), file("deploy-main.ts"), JSON.stringify(request)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] });
  begun?.(() => child.kill("SIGKILL"));
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  const signal = await new Promise<NodeJS.Signals | null>((resolve) => child.once("close", (_, name) => resolve(name)));
  return { signal, stderr, result: stdout === "" ? undefined : (JSON.parse(stdout) as DeployMainResult) };
}
