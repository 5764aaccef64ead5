// A command that a host runs by itself when no run has held its lock for some time (delayed-task.sh).
import { createHash } from "node:crypto";
import { withoutComments } from "../../session/program.ts";
import type { Session } from "../../session/session.ts";
import type { DelayedTask } from "../host.ts";
import { formatEnvironment } from "../release-env.ts";
import program from "./delayed-task.sh";
import { drainedLine } from "./notes.ts";

const DELAYED_TASK_PROGRAM: string = withoutComments(program);

/** As `Host.delayedTask`. @throws Failure as the host replied */
export async function delayedTask(
  session: Session,
  action: "probe" | "arm" | "disarm",
  { restores, after, run, variables, timeout }: DelayedTask,
): Promise<{ able: boolean }> {
  const reply = await session.call("later", {
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
