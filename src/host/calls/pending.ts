// The command that lists pending migrations, and how its lines are separated from other output.
import { join } from "node:path";
import { Failure } from "../../failure.ts";
import type { Task } from "../../progress.ts";
import type { AppLayout } from "../../protocol/app-layout.ts";
import type { Session } from "../../session/session.ts";
import { formatCommand } from "../../subprocess/command.ts";
import type { PendingRequest } from "../host.ts";
import { describeEnd, succeeded } from "../task-end.ts";
import { runTask } from "./task.ts";

/** The prefix of each line that is a migration. */
export const pendingMark = (release: string) => `tarlift-pending-${release} `;

/**
 * Marks what the command prints on standard output: warnings on standard error are no migrations. The empty line before
 * them ends a warning that has no line break at its end: otherwise the first migration would be a part of it.
 */
export function pendingText(text: string, mark: string): string {
  return `tarlift_pending=$(\n${text}\n)\n[ -z "$tarlift_pending" ] || printf '\\n%s\\n' "$tarlift_pending" | sed 's/^/${mark}/'\n`;
}

/** @param output the whole output @returns the migrations, in order */
export function pendingLines(output: string, mark: string): string[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith(mark))
    .map((line) => line.slice(mark.length).trim())
    .filter(Boolean);
}

/**
 * Lists the pending migrations of a release that a host has.
 *
 * @returns the migrations, in order
 * @throws Failure when the command fails
 */
export async function listPending(
  session: Session,
  { release, pending, timeout }: PendingRequest,
  task: Task,
): Promise<string[]> {
  const mark = pendingMark(release);
  const { runAs } = session.layout!;
  const end = await runTask(
    session,
    { release, run: pendingText(pending, mark), runAs, timeout, lock: "closed" },
    task,
    (line) => !line.startsWith(mark),
  );
  if (!succeeded(end))
    throw pendingFailed(session.name, session.layout!, release, end.lastLines, describeEnd(end, timeout));
  return pendingLines(end.output, mark);
}

/** The failure of the command in a release that a host has already. @param ended how it ended, in words */
function pendingFailed(
  host: string,
  { root, runAs }: Pick<AppLayout, "root" | "runAs">,
  release: string,
  output: string,
  ended: string,
): Failure {
  const shell = [
    ...(runAs === undefined ? [] : ["sudo", "-u", runAs]),
    join(root, "releases", release, ".tarlift/exec"),
    "sh",
  ];
  return new Failure({
    code: "migration-failed",
    what: `the pending migrations could not be listed: ${ended}`,
    where: { host },
    output,
    // The same text as in src/remote/tasks.sh (task_shell) for a release that was just sent.
    remedy: `To try it by hand: log in as the user that deploys and open a shell in the release with ${formatCommand(shell)}; then type the command of migrations.pending.`,
    outcome: "refused",
  });
}
