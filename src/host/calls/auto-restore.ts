// A command that a host runs by itself once no run has held its lock for some time (src/remote/auto-restore.sh).
import { createHash } from "node:crypto";
import { DELAYED_TASK_PROGRAM } from "../../session/program.ts";
import type { Dialogue } from "../../session/session.ts";
import type { DelayedTask } from "../host.ts";
import { formatEnvironment } from "../release-env.ts";
import { drainedLine } from "./notes.ts";

/** As `Host.delayedTask`. @throws Failure as the host replied */
export async function delayedTask(
  dialogue: Dialogue,
  action: "probe" | "arm" | "disarm",
  { restores, after, run, variables, timeout }: DelayedTask,
): Promise<{ able: boolean }> {
  const reply = await dialogue.call("seats", {
    values: {
      do: action,
      key: createHash("sha256").update(restores.server).digest("hex").slice(0, 16),
      after: Math.ceil(after),
      timeout: Math.ceil(timeout),
    },
    texts: {
      program: DELAYED_TASK_PROGRAM,
      task: run,
      variables: formatEnvironment(variables),
      taken: drainedLine(restores),
    },
  });
  return { able: reply.value("lacks") === undefined };
}
