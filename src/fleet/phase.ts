// One phase on one host: told as it goes, timed for the report.
import { Failure } from "../failure.ts";
import type { Task } from "../progress.ts";
import type { Ledger } from "./ledger.ts";
import type { FleetRequest, Member, Phase } from "./request.ts";

/**
 * Runs `work` as one task of this host, and notes when it began, how long it took and whether it succeeded.
 *
 * @param detail what the task's last line says of its value
 * @throws what `work` throws
 */
export async function phase<T>(
  request: Pick<FleetRequest, "progress">,
  ledger: Ledger,
  member: Member,
  name: Phase,
  work: (task: Task) => Promise<T>,
  detail?: (value: T) => string | undefined,
): Promise<T> {
  const task = request.progress.task(name, { host: member.host.name });
  try {
    const value = await ledger.phase(member, name, () => work(task));
    task.end(detail?.(value));
    return value;
  } catch (error) {
    task.fail(error instanceof Failure ? error.what : undefined);
    throw error;
  }
}
