import { stdout } from "node:process";
import { AsyncLocalStorage } from "node:async_hooks";

// src/stores/github/client-log.ts
/** The lines of each call, by async context: what other tasks print at the same time belongs to them. */
const calls = new AsyncLocalStorage();
let listeners = 0;
let write;
/**
* Calls a client and keeps its lines out of the run's log, except those that the runner itself reads: masks, and debug
* lines, which the runner hides by default.
*
* @returns `value` is undefined if the client threw `error`; `lines` are all lines that it wrote, unchanged
*/
async function listening(action) {
	const lines = [];
	listen();
	try {
		return {
			value: await calls.run(lines, action),
			lines
		};
	} catch (error) {
		return {
			value: void 0,
			error,
			lines
		};
	} finally {
		unlisten();
	}
}
/** Warnings, errors and messages about a skipped save, as one text; empty if there are none. */
function reasonIn(lines) {
	const reserved = lines.map((line) => /^::debug::Failed to reserve cache: (.*)/.exec(line)?.[1]).find(Boolean);
	return [...lines.map((line) => /^::(?:warning|error)[^:]*::(.*)$/.exec(line)?.[1] ?? (/^(Failed to|Cache (restore|save) skipped)/.test(line) ? line : "")), reserved ?? ""].map(unescapeCommand).filter((text, at, all) => text !== "" && all.indexOf(text) === at).join("; ");
}
/** Decodes a command's message as a runner does (actions/toolkit, packages/core/src/command.ts). */
function unescapeCommand(text) {
	return text.replaceAll("%0D", "\r").replaceAll("%0A", "\n").replaceAll("%25", "%");
}
function listen() {
	if (listeners++ > 0) return;
	write = stdout.write;
	const original = write.bind(stdout);
	stdout.write = ((chunk, ...rest) => {
		const lines = calls.getStore();
		if (!lines) return original(chunk, ...rest);
		const written = String(chunk).split(/\r?\n/).filter(Boolean);
		lines.push(...written);
		const forRunner = written.filter((line) => /^::(add-mask|debug)::/.test(line));
		if (forRunner.length > 0) original(`${forRunner.join("\n")}\n`);
		const done = rest.at(-1);
		if (typeof done === "function") done();
		return true;
	});
}
function unlisten() {
	if (--listeners > 0 || !write) return;
	stdout.write = write;
	write = void 0;
}

export { reasonIn as n, listening as t };