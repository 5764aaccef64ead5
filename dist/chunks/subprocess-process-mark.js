import { readlinkSync } from "node:fs";

// src/subprocess/process-mark.ts
/** Milliseconds after which directories of a process that cannot be checked count as left behind. */
const UNSEEN = 864e5;
/**
* The mark of this process: `4711-1uld3pg`, its number and its PID namespace. The latter is missing on systems without
* namespaces.
*/
const processMark = () => [process.pid, namespace() ?? []].flat().join("-");
/**
* Whether the process of a mark has ended. A process of another PID namespace cannot be checked.
*
* @param since when the marked directory was last changed, in milliseconds since 1970
*/
function hasEnded(mark, since) {
	const [, pid, other] = /^(\d+)(?:-([0-9a-z]+))?$/.exec(mark.trim()) ?? [];
	if (pid === void 0) return true;
	if (other !== void 0 && other !== namespace()) return Date.now() - since > UNSEEN;
	return !isAlive(Number(pid));
}
/** Only Linux has PID namespaces and shows them in /proc: pid_namespaces(7). */
function namespace() {
	try {
		const inode = /\d+/.exec(readlinkSync("/proc/self/ns/pid"))?.[0];
		return inode === void 0 ? void 0 : Number(inode).toString(36);
	} catch {
		return;
	}
}
function isAlive(pid) {
	if (!(pid > 0)) return false;
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return error.code === "EPERM";
	}
}

export { processMark as n, hasEnded as t };