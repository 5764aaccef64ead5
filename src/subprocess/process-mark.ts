// Marks a directory with the process that owns it. After a kill, a later process removes the directories of processes
// that have ended. Containers may share a directory although each has its own process numbers.
import { readlinkSync } from "node:fs";

/** Milliseconds after which directories of a process that cannot be checked count as left behind. */
const UNSEEN = 86_400_000;

/**
 * The mark of this process: `4711-1uld3pg`, its number and its PID namespace. The latter is missing on systems without
 * namespaces.
 */
export const processMark = (): string => [process.pid, namespace() ?? []].flat().join("-");

/**
 * Whether the process of a mark has ended. A process of another PID namespace cannot be checked.
 *
 * @param since when the marked directory was last changed, in milliseconds since 1970
 */
export function hasEnded(mark: string, since: number): boolean {
  const [, pid, other] = /^(\d+)(?:-([0-9a-z]+))?$/.exec(mark.trim()) ?? [];
  if (pid === undefined) return true;
  if (other !== undefined && other !== namespace()) return Date.now() - since > UNSEEN;
  return !isAlive(Number(pid));
}

/** Only Linux has PID namespaces and shows them in /proc: pid_namespaces(7). */
function namespace(): string | undefined {
  try {
    const inode = /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0];
    return inode === undefined ? undefined : Number(inode).toString(36);
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  if (!(pid > 0)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
