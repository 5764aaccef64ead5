// A server that commands on the host itself drain and restore: through a file that the balancer's check reads, or an
// agent.

import { Failure } from "../../failure.ts";
import type { DelayedTask, Host } from "../../host/host.ts";
import { describeEnd, succeeded } from "../../host/task-end.ts";
import { silent } from "../../progress.ts";
import type { AutoRestore } from "../auto-restore.ts";
import type { BackendServer } from "../balancer.ts";

export interface HostCommandsOptions {
  /** The host's name in the balancer: the commands find it in `TARLIFT_SERVER`, and its address in `TARLIFT_HOST`. */
  server: string;
  /** Shell text; it ends when the host is no longer in use. */
  drain: string;
  /** Shell text; it ends when the host is in use again. */
  restore: string;
  /** Timeout of each, in seconds. */
  deadline: number;
  /** Seconds without a run after which the host restores it by itself. */
  after: number;
}

/**
 * Both run in the live release, with its configuration; a host without a release serves no requests, and nothing is run
 * there.
 */
export function hostCommands(
  host: Host,
  options: HostCommandsOptions,
): { server: BackendServer; autoRestore: AutoRestore } {
  const { server, deadline, after } = options;
  const name = `balancer commands on the host, ${server}`;
  const variables = { TARLIFT_HOST: host.name, TARLIFT_SERVER: server };
  const execute = async (step: "drain" | "restore") => {
    const run = options[step];
    const end = await host.task({ run, variables, timeout: deadline, lock: "closed", ifLive: true }, silent.task(step));
    if (succeeded(end)) return;
    throw new Failure({
      code: "balancer-failed",
      what: `the balancer's command \`${step}\` failed`,
      where: { host: host.name, balancer: name, ended: describeEnd(end, deadline) },
      output: end.lastLines,
    });
  };
  const task: DelayedTask = {
    restores: { server: name, previous: "ready" },
    after,
    run: options.restore,
    variables,
    timeout: deadline,
  };
  return {
    server: {
      name,
      state: async () => "ready",
      preflight: async () => {},
      async drain() {
        await execute("drain");
        return { cutOff: 0 };
      },
      restore: () => execute("restore"),
    },
    autoRestore: {
      async lacks() {
        if ((await host.delayedTask("probe", task)).able) return undefined;
        return {
          what: "a host ends the processes of a session with the session (KillUserProcesses)",
          remedy: "As root on the host: loginctl enable-linger USER, for the SSH user.",
        };
      },
      async arm() {
        await host.delayedTask("arm", task);
      },
      // Under the host's lock: the host's record no longer contains what its task has restored.
      async disarm() {
        await host.delayedTask("disarm", task);
        return false;
      },
    },
  };
}
