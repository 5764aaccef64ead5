// One ssh master for all hosts behind a jump host.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { withoutActions } from "../../subprocess/command.ts";
import { cutStart } from "../../text/cut.ts";
import { connectionFailure, notStarted } from "./explain.ts";
import master from "./jump-master.sh";
import { jumpArguments, type PreparedSsh } from "./ssh.ts";

const LAST_STDERR = 8_192;

/** One master for each jump host and process. */
const masters = new Map<string, Promise<{ socket: string; child: ChildProcess }>>();

/** @returns the control socket of the master for a jump host; it is started once */
export async function jumpMaster(ssh: PreparedSsh, jump: string): Promise<string> {
  const known = masters.get(jump);
  if (known) return (await known).socket;
  const starting = startMaster(ssh, jump);
  masters.set(jump, starting);
  return (await starting).socket;
}

/**
 * Seconds for the login at a jump host: ConnectTimeout ends with the key exchange, and the keepalives begin after the
 * login.
 */
const MASTER_TIMEOUT = 60;

async function startMaster(ssh: PreparedSsh, jump: string): Promise<{ socket: string; child: ChildProcess }> {
  const { socket, arguments: args } = jumpArguments(ssh, jump);
  const child = spawn("sh", ["-c", master, "sh", ssh.command, ...args], {
    stdio: ["pipe", "ignore", "pipe"],
    env: withoutActions(process.env),
    detached: true,
  });
  child.stdin?.on("error", () => {});
  let stderr = "";
  let code: number | null | undefined;
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = cutStart(stderr + text, LAST_STDERR);
  });
  child.on("error", (error) => {
    stderr += error.message;
    code = 255;
  });
  child.on("exit", (ended) => {
    code = ended;
    masters.delete(jump);
  });
  const end = performance.now() + MASTER_TIMEOUT * 1000;
  while (!existsSync(socket)) {
    if (code === undefined && performance.now() > end) {
      child.stdin?.end();
      stderr += `it timed out: ssh was not let in within ${MASTER_TIMEOUT} s\n`;
      code = 255;
    }
    // The shell's own exit codes for a command that it cannot start.
    if (code === 126 || code === 127) throw notStarted(jump, ssh.command, stderr);
    if (code !== undefined)
      throw connectionFailure({ host: jump, code, signal: null, stderr, noise: "", opened: false, step: "connect" });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.unref();
  for (const stream of [child.stdin, child.stderr]) (stream as unknown as { unref?(): void } | null)?.unref?.();
  return { socket, child };
}

/** Ends the masters of jump hosts; connections through them end as well. */
export async function closeJumps(): Promise<void> {
  for (const starting of [...masters.values()]) {
    try {
      const { child } = await starting;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.ref();
      child.stdin?.end();
      if (child.exitCode === null && child.signalCode === null) await ended;
    } catch {
      // It did not exist.
    }
  }
  masters.clear();
}
