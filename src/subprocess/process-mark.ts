// Whose a directory is, for the time after a kill: a mark names its process, and whoever comes later removes what processes that have ended
// left. Containers may share a directory and number their processes each for themselves.
import { readlinkSync } from "node:fs";

/** Milliseconds after which what is left of a process that cannot be looked for counts as left behind. */
const UNSEEN = 86_400_000;

/** This process: `4711-1uld3pg`, its number and its PID namespace; without the latter where there is no such thing. */
export const processMark = (): string => [process.pid, namespace() ?? []].flat().join("-");

/**
 * Whether the process of a mark has ended. One of another PID namespace cannot be looked for.
 *
 * @param since when what it marks was last changed, in milliseconds since 1970
 */
export function hasEnded(mark: string, since: number): boolean {
  const [, pid, other] = /^(\d+)(?:-([0-9a-z]+))?$/.exec(mark.trim()) ?? [];
  if (pid === undefined) return true;
  if (other !== undefined && other !== namespace()) return Date.now() - since > UNSEEN;
  return !isAlive(Number(pid));
}

/** Linux alone has them, and /proc to tell: pid_namespaces(7). */
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
