// A server that two commands on the machine that deploys drain and restore.

import { Failure } from "../../failure.ts";
import { formatEnd } from "../../subprocess/command.ts";
import { tryRun } from "../../subprocess/run.ts";
import type { BackendServer } from "../balancer.ts";

export interface RunnerCommandsOptions {
  /** The host's address, which the commands find in `TARLIFT_HOST`. */
  host: string;
  /** Its name in the balancer, which they find in `TARLIFT_SERVER`. */
  server: string;
  /** Shell text; it ends when the host is no longer in use. */
  drain: string;
  /** Shell text; it ends when the host is in use again. */
  restore: string;
  /** Timeout of each, in seconds. */
  deadline: number;
  /** The directory in which they run. */
  directory: string;
}

/** The previous state cannot be queried: a host counts as in use when a deploy begins. */
export function runnerCommands(options: RunnerCommandsOptions): BackendServer {
  const { host, server, directory, deadline } = options;
  const name = `balancer commands, ${server}`;
  const execute = async (step: "drain" | "restore", signal?: AbortSignal) => {
    const result = await tryRun(["sh", "-ec", options[step]], {
      cwd: directory,
      env: { ...process.env, TARLIFT_HOST: host, TARLIFT_SERVER: server },
      timeout: deadline * 1000,
      signal,
    });
    if (result.code === 0) return;
    throw new Failure({
      code: "balancer-failed",
      what: `the balancer's command \`${step}\` failed`,
      where: { balancer: name, ended: formatEnd(result, { timeout: deadline * 1000 }) },
      output: result.lastLines,
    });
  };
  return {
    name,
    state: async () => "in",
    preflight: async () => {},
    async drain({ signal }) {
      await execute("drain", signal);
      return { cutOff: 0 };
    },
    restore: () => execute("restore"),
  };
}
