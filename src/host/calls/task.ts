// A user's command on a host: migrations, hooks, `tarlift run`.

import type { Task } from "../../progress.ts";
import { Output } from "../../session/child-output.ts";
import type { Session } from "../../session/session.ts";
import { signalOf } from "../../subprocess/command.ts";
import { lines } from "../../text/format-lines.ts";
import type { TaskEnd, TaskRequest } from "../host.ts";
import { formatEnvironment } from "../release-env.ts";

/** Seconds for a command that has reached its limit to end. */
const STOP = 600;

/**
 * As `Host.task`.
 *
 * @param shown whether a line of its output is shown to the user
 * @returns how it ended, and its whole output
 */
export async function runTask(
  session: Session,
  request: TaskRequest,
  task: Task,
  shown: (line: string) => boolean = () => true,
): Promise<TaskEnd & { output: string }> {
  const output = new Output(task, shown);
  const { migrations } = request;
  if (migrations) session.transaction = migrations.transaction;
  const reply = await session.call("task", {
    values: {
      release: request.release,
      run_as: request.runAs ?? session.layout?.runAs,
      timeout: Math.ceil(request.timeout ?? 0),
      if_live: request.ifLive ? "yes" : undefined,
      inherit: request.lock === "inherited" ? "yes" : undefined,
    },
    texts: {
      task: request.run,
      variables: formatEnvironment(request.variables ?? {}),
      ...(migrations ? { migrations: lines(migrations.names) } : {}),
    },
    onOutput: (bytes) => output.push(bytes),
    // The host ends the command at its limit; without a limit the user has to end it.
    limits: { time: request.timeout ? request.timeout + STOP : Number.POSITIVE_INFINITY },
  });
  output.end();
  const code = Number(reply.value("code") ?? 1);
  const signal = signalOf(code);
  return {
    code: signal ? null : code,
    signal,
    timedOut: reply.value("timed_out") === "1",
    runsOn: reply.value("runs_on"),
    lastLines: output.lastLines,
    output: output.all,
  };
}
