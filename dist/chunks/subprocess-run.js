import { n as Failure } from "./failure.js";
import { n as CUT, r as cutEnd, t as shellWord } from "./text-shell-word.js";
import { t as exec } from "./npm-actions-exec-exec.js";
import { spawn } from "node:child_process";
import { delimiter, join, resolve } from "node:path";
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { constants as constants$1, tmpdir } from "node:os";
import { StringDecoder } from "node:string_decoder";

// src/stop-reason.ts
/** The reason for an `abort`. Code that waits for the signal sees the usual AbortError. */
const stopReason = (name) => new DOMException(name, "AbortError");
/** `SIGTERM`; undefined if the run was not asked to stop, or not by a signal. */
function stoppedBy(signal) {
	const { reason } = signal ?? {};
	return reason instanceof DOMException && reason.message.startsWith("SIG") ? reason.message : void 0;
}
/** The message about a run that was asked to stop: `cancelled: the run was asked to stop (SIGTERM)`. */
function cancelledWords(signal) {
	const by = stoppedBy(signal);
	return by === void 0 ? "cancelled" : `cancelled: the run was asked to stop (${by})`;
}

// src/subprocess/command.ts
/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 5e3;
/**
* Milliseconds in which a stream may stay open after its command has ended. A background child may keep it open, and is
* not waited for.
*/
const LINGER = 1e3;
/**
* Variables that the runner passes only to actions: inputs (the SSH key, the secrets), state, the tokens of the cache
* and artifact services. No command may see them, least of all the install scripts of dependencies.
*/
const FOR_ACTIONS = /^(ACTIONS|INPUT|STATE)_/;
/** An environment without these variables. */
const withoutActions = (env) => Object.fromEntries(Object.entries(env).filter(([name]) => !FOR_ACTIONS.test(name)));
/** @param cause the system's error; its `code` selects the remedy */
function notStarted(command, { cwd, redact }, cause) {
	return new Failure({
		code: "command-missing",
		what: `${command[0]} could not be started`,
		where: {
			command: cutEnd(shownCommand(command, redact), 2e3),
			directory: cwd
		},
		output: cause.message,
		remedy: cause.code === "E2BIG" ? "Its arguments and variables are longer than this machine allows: pass fewer or shorter ones." : `Install ${command[0]}, or put it on PATH.`,
		cause
	});
}
/** Arguments may contain secrets, just as output may: the address of an index with its password. */
const shownCommand = (command, redact) => redact ? redact(formatCommand(command)) : formatCommand(command);
/**
* Describes how a command ended: `exit code 1`, `killed by SIGKILL (out of memory?)`, `stopped after 600 s`.
*
* @param options.timeout the time limit of the command, in milliseconds
*/
function formatEnd(result, options = {}) {
	if (result.timedOut) return options.timeout ? `stopped after ${options.timeout / 1e3} s` : "stopped at its time limit";
	const signal = result.signal ?? signalOf(result.code);
	if (signal) return `killed by ${signal}${signal === "SIGKILL" ? " (out of memory?)" : ""}`;
	return result.code === null ? "killed by a signal (out of memory?)" : `exit code ${result.code}`;
}
/**
* The signal that an exit code stands for: a shell reports a child that was killed by a signal as 128 + its number.
* Undefined: an ordinary exit code.
*/
function signalOf(code) {
	if (code === null || code <= 128) return void 0;
	return Object.entries(constants$1.signals).find(([, number]) => number === code - 128)?.[0];
}
/** Formats a command as a person could type it in a shell: words with special characters are in single quotes. */
function formatCommand(command) {
	return command.map(shellWord).join(" ");
}
/** Sends a signal to a process group, which may have ended. */
function endGroup(leader, signal) {
	if (leader === void 0) return;
	try {
		process.kill(-leader, signal);
	} catch {}
}

// src/subprocess/output.ts
const LAST_LINES = 40;
/** Maximum number of bytes that are kept of one stream. `git ls-tree` of a million files prints 120 MB. */
const LARGEST_OUTPUT = 256 << 20;
/** Characters of a line: output without line breaks is passed on in pieces of about this length. */
const LONGEST_LINE = 65536;
/** Both streams of one command. They never reach this process's own output: a line could be a workflow command. */
var Output = class {
	#streams;
	#last = [];
	constructor(command, options) {
		const largest = options.largestOutput ?? LARGEST_OUTPUT;
		const keep = (stream) => (printed) => {
			const line = options.redact ? options.redact(printed) : printed;
			this.#last.push(line);
			if (this.#last.length > LAST_LINES) this.#last.shift();
			options.onLine?.(line, stream);
		};
		const tooMuch = (stream) => () => new Failure({
			code: "output-too-large",
			what: `${command[0]} printed more than ${largest >> 20} MiB`,
			where: {
				command: shownCommand(command, options.redact),
				stream
			},
			remedy: "Run it by hand to see why."
		});
		const kept = (stream) => new Kept(largest, keep(stream), tooMuch(stream));
		this.#streams = {
			stdout: kept("stdout"),
			stderr: kept("stderr")
		};
	}
	write(stream, bytes) {
		this.#streams[stream].write(bytes);
	}
	/** Ends the output. The last line may lack its newline. */
	end() {
		const { stdout, stderr } = this.#streams;
		stdout.end();
		stderr.end();
		return {
			lastLines: this.#last.join("\n"),
			get stdout() {
				return stdout.text();
			},
			get stderr() {
				return stderr.text();
			}
		};
	}
};
/** One stream. */
var Kept = class {
	#chunks = [];
	#size = 0;
	#rest = "";
	#decoder = new StringDecoder("utf8");
	#largest;
	#onLine;
	/** The error for output that exceeds the limit. */
	#tooMuch;
	constructor(largest, onLine, tooMuch) {
		this.#largest = largest;
		this.#onLine = onLine;
		this.#tooMuch = tooMuch;
	}
	write(bytes) {
		this.#size += bytes.length;
		if (this.#size <= this.#largest) this.#chunks.push(bytes);
		else this.#chunks = [];
		const lines = (this.#rest + this.#decoder.write(bytes)).split("\n");
		this.#rest = lines.pop() ?? "";
		if (this.#rest.length > LONGEST_LINE) {
			lines.push(this.#rest + CUT);
			this.#rest = CUT;
		}
		for (const line of lines) this.#onLine(line);
	}
	end() {
		if (this.#rest) this.#onLine(this.#rest);
		this.#rest = "";
	}
	text() {
		if (this.#size <= this.#largest) return Buffer.concat(this.#chunks).toString("utf8");
		throw this.#tooMuch();
	}
};

// src/subprocess/executed.ts
/**
* @actions/exec leaves standard input an open pipe, on which a command that reads would wait for ever. An empty `input`
*   would end this process if the command ends first (EPIPE). The shell stays, since exec does not report which signal
*   ended a command: the shell's exit code is 128 + its number.
*/
const WITHOUT_INPUT = [
	"/bin/sh",
	"-c",
	"\"$0\" \"$@\" </dev/null; exit $?"
];
/** The same, after it wrote the number of its own process group. */
const IN_GROUP = `echo $$ >"$0"; "$@" </dev/null; exit $?`;
/** Milliseconds between two checks for the number of a group that has to end. */
const LOOK = 10;
/** Runs a command; with a signal, in its own process group. @throws Failure when it cannot be started */
async function execute(command, options) {
	const env = withoutActions(options.env ?? process.env);
	const started = startable(command, {
		...options,
		env
	});
	const group = options.signal ? new Group(options.signal) : void 0;
	const [tool, ...args] = group ? [
		setsid(),
		"/bin/sh",
		"-c",
		IN_GROUP,
		group.file,
		...started
	] : [...WITHOUT_INPUT, ...started];
	const output = new Output(command, options);
	try {
		const code = await exec(`"${tool.replaceAll("\"", "\\\"")}"`, args, {
			cwd: options.cwd ?? process.cwd(),
			env,
			silent: true,
			ignoreReturnCode: true,
			delay: LINGER,
			listeners: {
				stdout: (bytes) => output.write("stdout", bytes),
				stderr: (bytes) => output.write("stderr", bytes)
			}
		});
		const signal = code === null && options.signal?.aborted ? "SIGTERM" : null;
		return Object.assign(output.end(), {
			code,
			signal,
			timedOut: false
		});
	} catch (cause) {
		throw notStarted(command, options, cause);
	} finally {
		group?.ended();
	}
}
/** Ends the process group of a command on abort. */
var Group = class {
	#directory = mkdtempSync(join(tmpdir(), "tarlift-group-"));
	#signal;
	#stop = () => this.#end("SIGTERM");
	#next;
	constructor(signal) {
		this.#signal = signal;
		signal.addEventListener("abort", this.#stop, { once: true });
		if (signal.aborted) this.#stop();
	}
	/** The file that contains the number of the group. */
	get file() {
		return join(this.#directory, "leader");
	}
	#end(signal) {
		const leader = this.#leader();
		endGroup(leader, signal);
		if (leader === void 0) this.#next = setTimeout(() => this.#end(signal), LOOK);
		else if (signal === "SIGTERM") this.#next = setTimeout(() => this.#end("SIGKILL"), GRACE);
	}
	#leader() {
		try {
			const number = Number(readFileSync(this.file, "utf8"));
			return number > 1 ? number : void 0;
		} catch {
			return;
		}
	}
	ended() {
		clearTimeout(this.#next);
		this.#signal.removeEventListener("abort", this.#stop);
		rmSync(this.#directory, {
			recursive: true,
			force: true
		});
	}
};
/** setsid(1) of util-linux or busybox, absolute; undefined on a machine without it (macOS). */
const setsid = () => findProgram("setsid", process.env.PATH);
/** Bytes of arguments and variables that every system accepts. */
const ALWAYS_TAKEN = 98304;
/**
* Whether @actions/exec can run a command. It does not report that arguments are too long, and refuses a program that
* this user may execute only through a supplementary group.
*/
function isExecutable(command, { cwd, env = process.env, signal }) {
	if (signal && setsid() === void 0) return false;
	const variables = Object.entries(env).map(([name, value]) => `${name}=${value ?? ""}`);
	const bytes = [...command, ...variables].reduce((sum, word) => sum + Buffer.byteLength(word) + 1, 0);
	const program = programOf(command[0], env.PATH, cwd);
	return bytes <= ALWAYS_TAKEN && (program === void 0 || !isProgram(program) || (statSync(program).mode & 1) === 1);
}
const programOf = (name, path, cwd = process.cwd()) => name.includes("/") ? resolve(cwd, name) : findProgram(name, path, cwd);
/**
* The command with the absolute path of its program, resolved on the command's own PATH: @actions/exec uses the PATH of
* this process.
*
* @throws Failure if the program or the working directory does not exist
*/
function startable([name, ...args], options) {
	const refuse = (message) => notStarted([name, ...args], options, Object.assign(new Error(message), { code: "ENOENT" }));
	const { cwd = process.cwd(), env } = options;
	if (!isDirectory(cwd)) throw refuse(`there is no directory ${cwd}`);
	const program = programOf(name, env.PATH, cwd);
	if (program === void 0 || !isProgram(program)) throw refuse(`spawn ${name} ENOENT`);
	return [program, ...args];
}
function findProgram(name, path = "/usr/bin:/bin", cwd = "/") {
	return path.split(delimiter).map((directory) => resolve(cwd, directory, name)).find(isProgram);
}
function isProgram(path) {
	try {
		accessSync(path, constants.X_OK);
		return statSync(path).isFile();
	} catch {
		return false;
	}
}
function isDirectory(path) {
	try {
		return statSync(path).isDirectory();
	} catch {
		return false;
	}
}

// src/subprocess/supervised.ts
/** Runs a command in its own process group. @throws Failure when it cannot be started */
function supervise(command, options) {
	return new Promise((resolve, reject) => {
		let child;
		try {
			child = start(command, options);
		} catch (cause) {
			reject(notStarted(command, options, cause));
			return;
		}
		const output = new Output(command, options);
		child.stdout?.on("data", (bytes) => output.write("stdout", bytes));
		child.stderr?.on("data", (bytes) => output.write("stderr", bytes));
		let timedOut = false;
		let kill;
		const stop = () => {
			if (options.lifeline) child.stdin?.end();
			endGroup(child.pid, "SIGTERM");
			kill ??= setTimeout(() => endGroup(child.pid, "SIGKILL"), GRACE);
		};
		const timer = options.timeout ? setTimeout(() => {
			timedOut = true;
			stop();
		}, options.timeout) : void 0;
		options.signal?.addEventListener("abort", stop, { once: true });
		if (options.signal?.aborted) stop();
		const disarm = () => {
			clearTimeout(timer);
			clearTimeout(kill);
			options.signal?.removeEventListener("abort", stop);
		};
		child.on("error", (cause) => {
			disarm();
			reject(notStarted(command, options, cause));
		});
		child.on("close", (code, signal) => {
			disarm();
			resolve(Object.assign(output.end(), {
				code,
				signal,
				timedOut
			}));
		});
		child.on("exit", () => {
			const close = setTimeout(() => {
				child.stdout?.destroy();
				child.stderr?.destroy();
			}, LINGER);
			child.on("close", () => clearTimeout(close));
		});
		child.stdin?.on("error", () => {});
		if (options.input !== void 0) child.stdin?.end(options.input);
	});
}
function start([file, ...args], options) {
	return spawn(file, args, {
		cwd: options.cwd,
		env: withoutActions(options.env ?? process.env),
		detached: true,
		stdio: [
			options.input === void 0 && !options.lifeline ? "ignore" : "pipe",
			"pipe",
			"pipe"
		]
	});
}

// src/subprocess/run.ts
/**
* Runs a command to its end, without a shell.
*
* @returns how it ended; a non-zero exit code is not an error here (see {@link run}).
* @throws Failure when it cannot be started (not found, not executable).
*/
function tryRun(command, options = {}) {
	const { timeout, input, lifeline, data } = options;
	return timeout || input !== void 0 || lifeline || data || !isExecutable(command, options) ? supervise(command, options) : execute(command, options);
}
/**
* Runs a command and requires exit code 0.
*
* @param options.what its purpose, for the error: `npm could not install the dependencies`
* @param options.code the code of that error; default `command-failed`
* @throws Failure with the command, how it ended (exit code, signal, timeout) and its last lines
*/
async function run(command, options) {
	const result = await tryRun(command, options);
	if (result.code === 0 && !result.timedOut) return result;
	throw new Failure({
		code: options.signal?.aborted ? "cancelled" : options.code ?? "command-failed",
		what: options.what,
		where: {
			step: options.step,
			command: shownCommand(command, options.redact),
			directory: options.cwd,
			ended: options.signal?.aborted ? `${formatEnd(result, options)}; ${cancelledWords(options.signal)}` : formatEnd(result, options)
		},
		output: result.lastLines,
		remedy: options.remedy
	});
}

export { signalOf as a, stopReason as c, formatEnd as i, stoppedBy as l, tryRun as n, withoutActions as o, formatCommand as r, cancelledWords as s, run as t };