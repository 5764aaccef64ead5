import { n as Failure } from "./failure-rsm4-q-9.js";
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { StringDecoder } from "node:string_decoder";

// src/report/quantity.ts
/** Bytes in decimal units, three digits: `512 B`, `86.3 MB`, `1.05 GB`. */
function formatBytes(bytes) {
	if (Math.round(bytes) < 1e3) return `${Math.round(bytes)} B`;
	const power = Math.min(Math.floor(Math.log10(bytes) / 3), 4);
	const value = bytes / 1e3 ** power;
	if (Number(value.toPrecision(3)) >= 1e3 && power < 4) return `1.00 ${UNITS[power]}`;
	return `${value >= 100 ? Math.round(value) : value.toPrecision(3)} ${UNITS[power - 1]}`;
}
const UNITS = [
	"KB",
	"MB",
	"GB",
	"TB"
];
/** A count with its noun, thousands apart by a thin gap that terminals show: `1 file`, `10 000 files`. */
function formatCount(count, one, many = `${one}s`) {
	return `${String(count).replace(/\B(?=(\d{3})+$)/g, " ")} ${count === 1 ? one : many}`;
}

// src/stop-reason.ts
/** The reason for an `abort`; what waits for the signal sees the usual AbortError. */
const stopReason = (name) => new DOMException(name, "AbortError");
/** `SIGTERM`; undefined where the run was not told to stop, or not by a signal. */
function stoppedBy(signal) {
	const { reason } = signal ?? {};
	return reason instanceof DOMException && reason.message.startsWith("SIG") ? reason.message : void 0;
}
/** What is told of a run that was told to stop: `cancelled: the run was told to stop (SIGTERM)`. */
function cancelledWords(signal) {
	const by = stoppedBy(signal);
	return by === void 0 ? "cancelled" : `cancelled: the run was told to stop (${by})`;
}

// src/command/run.ts
const LAST_LINES = 40;
/** Bytes of one stream that are kept. `git ls-tree` of a million files prints 120 MB. */
const LARGEST_OUTPUT = 256 << 20;
/** Characters of a line: what is printed without a line break is passed on in pieces of this length. */
const LONGEST_LINE = 65536;
const GRACE = 5e3;
const LINGER = 1e3;
/**
* What the runner gives to an action alone: its inputs (the SSH key, the secrets), its state, the tokens of the cache and artifact
* services. No command has a business with them, least of all the install scripts of dependencies.
*/
const FOR_ACTIONS = /^(ACTIONS|INPUT|STATE)_/;
/** An environment without it. */
const withoutActions = (env) => Object.fromEntries(Object.entries(env).filter(([name]) => !FOR_ACTIONS.test(name)));
/**
* Runs a command to its end, without a shell, in a process group of its own.
*
* @returns how it ended, whatever that was: a non-zero exit is not an error here (see {@link run}).
* @throws Failure when it cannot be started at all (not found, not executable).
*/
function tryRun(command, options = {}) {
	const [file, ...args] = command;
	return new Promise((resolve, reject) => {
		const child = spawn(file, args, {
			cwd: options.cwd,
			env: withoutActions(options.env ?? process.env),
			detached: true,
			stdio: [
				options.input === void 0 && !options.lifeline ? "ignore" : "pipe",
				"pipe",
				"pipe"
			]
		});
		const last = [];
		const keep = (line, stream) => {
			last.push(line);
			if (last.length > LAST_LINES) last.shift();
			options.onLine?.(line, stream);
		};
		const stdout = collect(child, "stdout", keep, command, options.largestOutput);
		const stderr = collect(child, "stderr", keep, command, options.largestOutput);
		let timedOut = false;
		let kill;
		const stop = () => {
			if (options.lifeline) child.stdin?.end();
			endGroup(child, "SIGTERM");
			kill ??= setTimeout(() => endGroup(child, "SIGKILL"), GRACE);
		};
		const timer = options.timeout ? setTimeout(() => {
			timedOut = true;
			stop();
		}, options.timeout) : void 0;
		options.signal?.addEventListener("abort", stop, { once: true });
		if (options.signal?.aborted) stop();
		const settle = () => {
			clearTimeout(timer);
			clearTimeout(kill);
			options.signal?.removeEventListener("abort", stop);
		};
		child.on("error", (cause) => {
			settle();
			reject(new Failure({
				what: `${file} could not be started`,
				where: {
					command: formatCommand(command),
					directory: options.cwd
				},
				output: cause.message,
				remedy: `Install ${file}, or put it on PATH.`,
				cause
			}));
		});
		child.on("close", (code, signal) => {
			settle();
			resolve({
				code,
				signal,
				timedOut,
				lastLines: last.join("\n"),
				get stdout() {
					return stdout();
				},
				get stderr() {
					return stderr();
				}
			});
		});
		child.on("exit", () => {
			const close = setTimeout(() => {
				child.stdout?.destroy();
				child.stderr?.destroy();
			}, LINGER);
			child.on("close", () => clearTimeout(close));
		});
		if (options.lifeline) child.stdin?.on("error", () => {});
		if (options.input !== void 0) {
			child.stdin?.on("error", () => {});
			child.stdin?.end(options.input);
		}
	});
}
/**
* Runs a command and insists on exit code 0.
*
* @param what what this command does for the user, for the error: `npm could not install the dependencies`
* @throws Failure naming the command, how it ended (exit code, signal, timeout) and its last lines
*/
async function run(command, options) {
	const result = await tryRun(command, options);
	if (result.code === 0 && !result.timedOut) return result;
	throw new Failure({
		what: options.what,
		where: {
			step: options.step,
			command: formatCommand(command),
			directory: options.cwd,
			ended: options.signal?.aborted ? `${formatEnd(result, options)}; ${cancelledWords(options.signal)}` : formatEnd(result, options)
		},
		output: result.lastLines,
		remedy: options.remedy
	});
}
/**
* How a command ended, in words: `exit code 1`, `killed by SIGKILL (out of memory?)`, `stopped after 600 s`.
*
* @param options.timeout the limit that it was given, in milliseconds
*/
function formatEnd(result, options = {}) {
	if (result.timedOut) return options.timeout ? `stopped after ${options.timeout / 1e3} s` : "stopped at its time limit";
	const signal = result.signal ?? signalOf(result.code);
	if (signal) return `killed by ${signal}${signal === "SIGKILL" ? " (out of memory?)" : ""}`;
	return `exit code ${result.code}`;
}
/** A shell reports a child that a signal killed as 128 + its number. */
function signalOf(code) {
	if (code === null || code <= 128) return void 0;
	return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
}
/** A command as a person could type it in a shell: words with anything special in single quotes. */
function formatCommand(command) {
	return command.map((word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
}
function collect(child, name, keep, command, largest = LARGEST_OUTPUT) {
	let chunks = [];
	let size = 0;
	const decoder = new StringDecoder("utf8");
	let rest = "";
	child[name]?.on("data", (chunk) => {
		size += chunk.length;
		if (size <= largest) chunks.push(chunk);
		else chunks = [];
		const lines = (rest + decoder.write(chunk)).split("\n");
		rest = lines.pop() ?? "";
		if (rest.length > LONGEST_LINE) {
			lines.push(rest);
			rest = "";
		}
		for (const line of lines) keep(line, name);
	});
	child[name]?.on("end", () => {
		if (rest) keep(rest, name);
	});
	return () => {
		if (size <= largest) return Buffer.concat(chunks).toString("utf8");
		throw new Failure({
			what: `${command[0]} printed more than ${largest >> 20} MiB`,
			where: {
				command: formatCommand(command),
				stream: name
			},
			remedy: "Run it by hand to see why."
		});
	};
}
function endGroup(child, signal) {
	if (child.pid === void 0) return;
	try {
		process.kill(-child.pid, signal);
	} catch {}
}

// src/source/git.ts
const command = (directory, args) => [
	"git",
	"-c",
	`safe.directory=*`,
	"-c",
	"core.quotePath=false",
	"-C",
	directory,
	...args
];
/** Variables of git's that a hook or another tool may have left, and that would lead it to another repository. */
const LEADING_ELSEWHERE = /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE|PREFIX|CEILING_DIRECTORIES|LITERAL_PATHSPECS|GLOB_PATHSPECS|NOGLOB_PATHSPECS|ICASE_PATHSPECS)$/;
/** The environment of every git command. Replacements (`git replace`) are local to a clone, so they are not part of a commit. */
function gitEnvironment() {
	const own = Object.entries(process.env).filter(([name]) => !LEADING_ELSEWHERE.test(name));
	return {
		...Object.fromEntries(own),
		GIT_TERMINAL_PROMPT: "0",
		GIT_OPTIONAL_LOCKS: "0",
		GIT_NO_REPLACE_OBJECTS: "1",
		LC_ALL: "C.UTF-8"
	};
}
/** Standard output of a git command. @throws Failure when it fails */
async function git(directory, args, what, options = {}) {
	return (await run(command(directory, args), {
		what,
		env: gitEnvironment(),
		...options
	})).stdout;
}
/** Standard output of a git command, or undefined when it fails. */
async function tryGit(directory, args, options = {}) {
	const { code, stdout } = await askGit(directory, args, options);
	return code === 0 ? stdout : void 0;
}
/** A git command whose exit code is its answer. */
function askGit(directory, args, options = {}) {
	return tryRun(command(directory, args), {
		env: gitEnvironment(),
		...options
	});
}
/** The parts of NUL-terminated output. */
function records(output) {
	return output.split("\0").slice(0, -1);
}

// src/source/tags.ts
/** The commit that a tag of this repository leads to; undefined: it has no such tag (a workflow's checkout seldom has any). */
const commitOfTag = async (repository, tag) => (await tryGit(repository, [
	"rev-parse",
	"--verify",
	"--quiet",
	"--end-of-options",
	`refs/tags/${tag}^{commit}`
]))?.trim() || void 0;
/** @throws Failure (refused) when the label is the name of a tag on another commit */
async function refuseOtherTag(repository, label, commit) {
	const tagged = await commitOfTag(repository, label);
	if (tagged === void 0 || tagged === commit) return;
	throw new Failure({
		what: `${label} is the tag of another commit`,
		where: {
			"the tag's commit": tagged.slice(0, 12),
			"this commit": commit.slice(0, 12)
		},
		remedy: `Check ${label} out to release that commit, or give another label. Where the label is meant all the same: --allow-other-tag (in an action: \`allow-other-tag: true\`).`,
		outcome: "refused"
	});
}

// src/source/repository.ts
/** @throws Failure when the directory is in no git repository */
async function findRepository(directory) {
	const root = await tryGit(directory, ["rev-parse", "--show-toplevel"]);
	if (root) return root.replace(/\n$/, "");
	throw new Failure({
		what: "this is no git repository",
		where: { directory },
		remedy: "An artifact is made of a commit: run `git init`, commit the application, and try again. In a workflow, put actions/checkout before this step.",
		outcome: "refused"
	});
}
/** @throws Failure when nothing is committed yet */
async function headCommit(repository) {
	const output = await tryGit(repository, [
		"show",
		"-s",
		"--format=%H %ct",
		"HEAD"
	]);
	const match = /^([0-9a-f]{40,64}) (\d+)$/m.exec(output ?? "");
	if (!match) throw new Failure({
		what: "nothing is committed in this repository",
		where: { repository },
		remedy: "Commit the application: an artifact is made of a commit.",
		outcome: "refused"
	});
	return {
		id: match[1],
		time: (/* @__PURE__ */ new Date(Number(match[2]) * 1e3)).toISOString().replace(".000Z", "Z")
	};
}
/** The tag that names HEAD: the event's on a runner, else the only or newest one on the commit; undefined when there is none. */
async function headTag(repository, env) {
	if (env.GITHUB_REF?.startsWith("refs/tags/")) {
		const tag = env.GITHUB_REF.slice(10);
		const tagged = await commitOfTag(repository, tag) ?? env.GITHUB_SHA;
		return tagged === void 0 || tagged === (await headCommit(repository)).id ? tag : void 0;
	}
	if (env.GITHUB_ACTIONS) return void 0;
	return (await git(repository, [
		"tag",
		"--points-at",
		"HEAD",
		"--sort=-creatordate"
	], "the commit's tags cannot be read")).split("\n")[0] || void 0;
}

export { stoppedBy as _, askGit as a, records as c, formatEnd as d, run as f, stopReason as g, cancelledWords as h, refuseOtherTag as i, tryGit as l, withoutActions as m, headCommit as n, git as o, tryRun as p, headTag as r, gitEnvironment as s, findRepository as t, formatCommand as u, formatBytes as v, formatCount as y };