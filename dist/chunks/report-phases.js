import { r as __require, t as __commonJSMin } from "./rolldown-runtime.js";
import { n as Failure } from "./failure.js";
import { _ as url, a as array, c as literal, f as record, h as union, m as string, n as _enum, o as boolean, p as strictObject, s as discriminatedUnion, u as number, y as toJSONSchema } from "./npm-zod-schemas.js";
import { n as ENVIRONMENT_KINDS } from "./artifact-format.js";
import { T as withForeignKeys, _ as variableName, a as headerName, c as inside, d as port, g as user, h as timeLimit, i as duration, l as name, m as share, n as address, o as headers, p as roles$1, r as command$1, s as inRepository, t as absolute, u as passedName, v as variables, w as describe, y as word } from "./schema-values.js";
import { a as byKey, c as exactlyOneOf, d as oneOf, f as schemasOf, h as ENVIRONMENT_USES, l as listOr, m as nearest, n as installerOf, o as chosenOf, p as either, s as chosenOfList, t as INSTALLERS, u as lookup } from "./installers-registry.js";
import { r as cutEnd } from "./text-shell-word.js";
import { c as secretForms, r as isMasked, s as maskSecrets } from "./subprocess-built-variables.js";
import { t as formatBytes } from "./text-quantity.js";
import { c as stopReason } from "./subprocess-run.js";
import { n as SUPERVISORS, o as supervisorsOf, r as supervisorKeys } from "./supervisors-registry.js";
import { n as unsupportedInstaller } from "./installers-unsupported.js";
import { t as findRepository } from "./source-repository.js";
import { dirname, join, posix, resolve } from "node:path";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { createHash, createHmac, randomUUID } from "node:crypto";
import { setTimeout } from "node:timers/promises";
import { homedir } from "node:os";

// src/compatible/result.ts
/** `nothing-pending`, `nothing-live`, `same-release`: there was nothing to test. */
const COMPATIBLE_OUTCOMES = [
	"compatible",
	"nothing-pending",
	"nothing-live",
	"same-release"
];

// src/failure-codes.ts
const FAILURE_CODES = {
	cancelled: "The run was stopped.",
	defect: "Tarlift has a defect.",
	"local-file": "The machine that runs Tarlift refused a file or a directory, or it changed in the meantime.",
	"command-missing": "A command could not be started.",
	"command-failed": "A command ended with an error, by a signal or at its time limit.",
	"output-too-large": "A command printed more than Tarlift keeps.",
	"config-missing": "There is no tarlift.yml, or it cannot be read.",
	"config-invalid": "tarlift.yml, or a value that it leads to, is not valid.",
	"name-unknown": "A target, environment, service, host or role of this name is not configured.",
	"input-invalid": "An option, an argument or an input of an action is not valid.",
	"secret-missing": "A secret that the target needs was not given or is empty.",
	"secret-invalid": "The file or text of secrets cannot be read.",
	"repository-missing": "The directory is not in a Git repository.",
	"commit-unknown": "The repository does not have the commit.",
	"clone-shallow": "The clone lacks history or objects that the release needs.",
	"work-tree-changed": "Tracked files differ from HEAD.",
	"file-missing": "A file that belongs to the release is not in the checkout.",
	"file-not-shippable": "A file, name or link cannot be part of a release.",
	"secret-tracked": "Tracked files look like secrets.",
	"label-invalid": "The version cannot name this release.",
	"lock-missing": "There is no lock or requirements file for the environment.",
	"lock-invalid": "The lock file cannot be used.",
	"requirement-invalid": "A requirements file has a line that cannot be installed on hosts.",
	"interpreter-missing": "The interpreter of the environment is not known or not installed.",
	"interpreter-mismatch": "The interpreter has another version than the environment needs.",
	"installer-unsupported": "Tarlift has no installer for this kind of project.",
	"installer-failed": "The installer could not install the dependencies.",
	"environment-incomplete": "The installer succeeded, and packages are missing.",
	"environment-not-portable": "The environment would not work on hosts.",
	"environments-root-unwritable": "The directory in which environments are built cannot be made.",
	"variable-not-passed": "A file uses an environment variable that installers do not see.",
	"asset-step-failed": "An asset step failed, or did not make what it should.",
	"asset-step-invalid": "An asset step is configured with inputs or outputs that cannot be its own.",
	"check-failed": "A check of the finished artifact, or of compatible migrations, failed.",
	"isolation-unavailable": "Checks of the artifact cannot be isolated on this machine.",
	"artifact-missing": "There is no such artifact.",
	"artifact-expired": "The artifact has expired.",
	"artifact-invalid": "The artifact is damaged or is not an artifact of Tarlift.",
	"artifact-exists": "The store has an artifact of this name already.",
	"artifact-mismatch": "The artifact belongs to another application, commit or configuration.",
	"release-unproven": "The release cannot be taken from hosts, because its content cannot be proved.",
	"store-failed": "The artifact store did not do what it was asked.",
	"store-unsupported": "The store cannot keep or find such an artifact.",
	"ref-refused": "This ref may not be deployed.",
	"checks-failed": "A check of the commit failed.",
	"checks-missing": "The commit has no such check.",
	"checks-pending": "Checks of the commit have not ended.",
	"github-denied": "GitHub's API denied the request.",
	"github-limited": "GitHub's rate limit is used up.",
	"github-failed": "GitHub's API did not answer as it should.",
	"ssh-missing": "ssh, or a command that the connection needs, could not be started on this machine.",
	"ssh-key-invalid": "There is no SSH key, or it cannot be used.",
	"known-hosts-missing": "There are no known hosts to check the host's key against.",
	"host-key-unknown": "The host's key is not among the known hosts.",
	"host-key-changed": "The host has another key than the known hosts say.",
	"host-unresolved": "The host's name has no address.",
	"host-unreachable": "The host cannot be reached.",
	"login-refused": "The host does not let the SSH user in.",
	"login-shell": "The login shell of the SSH user does not start Tarlift's program.",
	"connection-dropped": "A forwarded connection to a service or socket was closed or refused.",
	"connection-lost": "The connection to the host was lost.",
	"host-silent": "The host did not answer in time.",
	"protocol-broken": "What the host sent does not follow the protocol.",
	locked: "Another run has the lock of the host.",
	"lock-foreign": "A process that is not a run of Tarlift has the lock of the host.",
	"deploys-locked": "The target was locked with `tarlift lock`.",
	"disk-full": "The host's disk has no room or no inodes.",
	"temporary-full": "The host's directory of temporary files has no room.",
	"read-only": "The host's file system is mounted read-only.",
	"not-writable": "The SSH user may not write where the release belongs.",
	"program-missing": "The host lacks a program.",
	"user-missing": "The host does not have the user.",
	"sudo-missing": "The SSH user may not run the command with sudo.",
	"layout-unusable": "A directory, file or link of the application on the host is not what it should be.",
	"shared-missing": "A shared path is missing on the host, or is of another kind.",
	"requirement-missing": "The host lacks what the release needs to run.",
	"release-damaged": "Files of a release on the host are not as they were deployed.",
	"host-state-changed": "The host is not in the state in which this run left it or expects it.",
	"release-not-prepared": "The release was not prepared on the host.",
	"service-unknown": "The supervisor does not have the service.",
	"service-unreachable": "The supervisor does not answer.",
	"service-misconfigured": "The service, or its health check, is not set up as it should be.",
	"service-not-running": "The service does not run the release.",
	"service-unhealthy": "The health check of the service failed.",
	"service-cut": "A service that a command of tarlift.yml starts would end with the connection.",
	"health-unavailable": "The host has no program for health checks.",
	"migration-failed": "The migrations failed.",
	"migration-pending": "Migrations are pending.",
	"migrator-missing": "The host that runs migrations is not there.",
	"schema-ahead": "The database has migrations that the release does not know.",
	"hook-failed": "A hook failed.",
	"balancer-failed": "The load balancer did not do what it was asked.",
	"balancer-last-server": "The host is the last healthy server of its backend.",
	"waves-impossible": "The waves do not fit the hosts.",
	"auto-revert-unavailable": "A host could not revert by itself.",
	"rollback-target-missing": "There is no release to roll back to.",
	"nothing-live": "No release is live.",
	"releases-differ": "Hosts run different releases."
};
/** Whether a word that a host sent is a code of this table. */
const isFailureCode = (word) => word !== void 0 && Object.hasOwn(FAILURE_CODES, word);

// src/fleet/report.ts
/** Exit codes of docs/reference: the outcome alone decides. */
const OUTCOME_EXIT = {
	deployed: 0,
	unchanged: 0,
	superseded: 0,
	"rolled-back": 0,
	planned: 0,
	failed: 1,
	refused: 2,
	reverted: 3,
	split: 4
};
/** In the order of a transaction. */
const PHASES = [
	"preflight",
	"recover",
	"prepare",
	"migrate",
	"drain",
	"activate",
	"verify",
	"restore",
	"watch",
	"commit",
	"revert"
];

// src/host/host.ts
/**
* What can be known of a service, best evidence first; `unverified`: nothing could be checked; `absent`: nothing is
* expected, since the release has no such service; `none`: it does not run. The meaning of each: src/report/outcome-text.ts.
*/
const EVIDENCE_LEVELS = [
	"release-header",
	"directory",
	"environment",
	"started",
	"restarted",
	"supervisor",
	"unverified",
	"absent",
	"none"
];
const RELEASE_STATES = [
	"receiving",
	"prepared",
	"active",
	"good",
	"failed"
];

// src/operations/outcomes.ts
/** Of `tarlift adopt`. */
const ADOPTION_OUTCOMES = [
	"planned",
	"adopted",
	"refused",
	"failed"
];
/** Of `tarlift host setup`. */
const SETUP_OUTCOMES = [
	"planned",
	"done",
	"incomplete",
	"failed"
];
/** Of one transaction on one host, in `tarlift history`. */
const HOST_COURSES = [
	"deployed",
	"rolled-back",
	"reverted",
	"prepared",
	"unfinished"
];

// src/text/visible.ts
/**
* Complete escape sequences of ECMA-48: CSI, the strings OSC, DCS, SOS, PM and APC with their terminators, and the
* short ones. The pattern of a string excludes the start of another one: otherwise a text of many starts without a
* terminator would be read to its end from each of them.
*/
const SEQUENCES = /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-Z\\^-~]/g;
/**
* All other control characters except newline and tab, marks that change the text direction, and invisible characters.
*/
const HIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
/**
* Removes escape sequences and writes every other hidden character as a visible one: `␛`, `\x9b`, `\u202e`. Newlines
* and tabs stay; `\r\n` becomes a newline.
*/
function visible(text) {
	if (/^[\x20-\x7e\n\t]*$/.test(text)) return text;
	return text.toWellFormed().replaceAll("\r\n", "\n").replace(SEQUENCES, "").replace(HIDDEN, shown);
}
/** As {@link visible}, and on one line: a tab becomes two spaces, a newline `␊`. */
function visibleLine(text) {
	return visible(text).replaceAll("	", "  ").replaceAll("\n", "␊");
}
/** Makes all texts of a value visible, including property names: for a report that people read. */
const visibleValues = (value) => mapTexts(value, visible, visible);
/** A copy of the value in which every text is changed. Property names stay, unless `rename` changes them. */
function mapTexts(value, change, rename = (name) => name) {
	if (typeof value === "string") return change(value);
	if (Array.isArray(value)) return value.map((one) => mapTexts(one, change, rename));
	if (value === null || typeof value !== "object") return value;
	return Object.fromEntries(Object.entries(value).map(([name, one]) => [rename(name), mapTexts(one, change, rename)]));
}
/** JSON in which every hidden character is escaped: the value is the same, and the text is safe on a terminal. */
function visibleJson(value) {
	return JSON.stringify(value, null, 2).replace(HIDDEN, (character) => [...Array(character.length).keys()].map((n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, "0")}`).join(""));
}
function shown(character) {
	const code = character.codePointAt(0);
	if (code < 32) return String.fromCodePoint(9216 + code);
	if (code === 127) return "␡";
	if (code < 160) return `\\x${code.toString(16)}`;
	return code > 65535 ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}

// src/report/hidden.ts
/** Words by which programs decide, and which disclose nothing: all that a field of a report may have as its value. */
const OWN_WORDS = [FAILURE_CODES, OUTCOME_EXIT].flatMap(Object.keys).concat(PHASES, EVIDENCE_LEVELS, RELEASE_STATES, HOST_COURSES, ADOPTION_OUTCOMES, SETUP_OUTCOMES, COMPATIBLE_OUTCOMES, ENVIRONMENT_KINDS, ENVIRONMENT_USES);
/** Hides nothing at first. */
function hiding() {
	const secrets = /* @__PURE__ */ new Set();
	const kept = new Set(OWN_WORDS);
	let masked = (text) => text;
	const mask = (text) => masked(text);
	const maskValue = (text) => kept.has(text) ? text : mask(text);
	return {
		hide(values) {
			for (const value of values) secrets.add(value);
			masked = maskSecrets(secrets);
			return secretForms(values);
		},
		keep(names) {
			for (const name of names) kept.add(name);
		},
		mask,
		maskValue,
		maskValues: (value) => mapTexts(value, maskValue)
	};
}
/** The warning about secrets that are too short to mask. @param secrets values by name */
function tooShortToHide(secrets) {
	const short = Object.entries(secrets).filter(([, value]) => value !== "" && value.trim().length < 4);
	if (short.length === 0) return void 0;
	return `${short.map(([name]) => name).join(", ")}: a value of fewer than ${4} characters cannot be hidden in logs; use a longer one, or make it a variable`;
}
/** The same listener, with masked texts. */
function maskedProgress(progress, { mask }) {
	const shown = (text) => mask(visible(mask(text)));
	const maybe = (text) => text === void 0 ? void 0 : shown(text);
	return {
		task(title, options) {
			const task = progress.task(shown(title), options);
			return {
				update: (state) => task.update(state),
				line: (text) => task.line(shown(text)),
				end: (detail) => task.end(maybe(detail)),
				fail: (detail) => task.fail(maybe(detail))
			};
		},
		notice: (message) => progress.notice(shown(message)),
		warning: (message, location) => progress.warning(shown(message), location)
	};
}

// src/report/invocation.ts
/** An unknown call: commands are as short as possible. */
const NO_CALL = { optionsFor: () => [] };
/** Verbs that are followed by a target. */
const TARGETED = [
	"adopt",
	"compatible",
	"converge",
	"deploy",
	"history",
	"host setup",
	"lock",
	"rollback",
	"run",
	"status",
	"unlock"
];
const OTHERS = [
	"build-env",
	"bundle",
	"init",
	"inspect diff",
	"inspect"
];
/** A name that tarlift.yml allows; anything else is no target. */
const NAME = /^[A-Za-z0-9_-]+$/;
/**
* Completes every `tarlift VERB` of a text.
*
* @param text after a verb it has TARGET, the target's name, or neither. `--artifact ARTIFACT` becomes the artifact of
*   the call, and is removed if the call had none. An option that the text has already is not added again
*/
function completeCommands(text, { target, artifact, optionsFor }) {
	const about = target !== void 0 && NAME.test(target) ? target : void 0;
	return text.replaceAll(commandFor(about), (_found, verb, named = "", own = "") => {
		const subject = about !== void 0 && TARGETED.includes(verb) ? ` ${about}` : named;
		const flags = own.match(/(?<= )--[\w-]+/g) ?? [];
		const more = optionsFor(verb).filter((option) => !flags.includes(option.split(" ")[0]));
		return [`tarlift ${verb}${subject}`, ...more].join(" ");
	}).replaceAll(" --artifact ARTIFACT", () => artifact === void 0 ? "" : ` --artifact ${artifact}`);
}
const commandFor = (target = "TARGET") => new RegExp(`(?<![\\w./-])tarlift (${[...TARGETED, ...OTHERS].join("|")})(?![\\w.-])( (?:TARGET|${target})(?![\\w-]))?(?=((?: --[\\w-]+(?: [^\\s-]\\S*)?)*))`, "g");
/** Completes the commands in every `remedy` and in all `warnings` of a value: for reports and failures. */
function withCommands(value, call) {
	if (Array.isArray(value)) return value.map((one) => withCommands(one, call));
	if (value === null || typeof value !== "object") return value;
	return Object.fromEntries(Object.entries(value).map(([name, one]) => {
		if (name === "remedy" && typeof one === "string") return [name, completeCommands(one, call)];
		if (name === "warnings" && Array.isArray(one)) return [name, one.map((text) => typeof text === "string" ? completeCommands(text, call) : text)];
		return [name, withCommands(one, call)];
	}));
}

// src/report/rate.ts
const WINDOW = 3e3;
const SHORTEST = 200;
/**
* @returns a function that records how much is done at a time (milliseconds), and returns the rate a second; undefined
*   while too little is known
*/
function rateMeter(began) {
	const samples = [{
		at: began,
		done: 0
	}];
	return (done, now) => {
		samples.push({
			at: now,
			done
		});
		while (samples.length > 2 && now - samples[1].at > WINDOW) samples.shift();
		const [first] = samples;
		const time = now - first.at;
		return time < SHORTEST || done <= first.done ? void 0 : (done - first.done) / time * 1e3;
	};
}
/** Bytes: for less, the rate would mostly measure other work. */
const WORTH_A_RATE = 1e5;
const SHORTEST_SECONDS = .05;
/** `12.3 MB/s`; undefined if a rate would mean nothing. */
const rateOf = (bytes, seconds) => bytes > 1e5 && seconds > SHORTEST_SECONDS ? `${formatBytes(bytes / seconds)}/s` : void 0;

// src/report/workflow-text.ts
/**
* Whether the runner would treat a line as a command. Invisible characters between two `:` are ignored, as by a reader.
*/
function isCommand(line) {
	const seen = line.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "");
	return /^\s*::/u.test(seen) || seen.includes("##[");
}
/**
* Quotes lines for the log: those that look like commands are put between a `stop-commands` and its end.
*
* @param token generates a token that the authors of the lines cannot know
*/
function quoteCommands(lines, token) {
	const written = [];
	let open;
	for (const line of lines) {
		if (isCommand(line) !== (open !== void 0)) {
			if (open === void 0) {
				open = token();
				written.push(`::stop-commands::${open}`);
			} else {
				written.push(`::${open}::`);
				open = void 0;
			}
		}
		written.push(line);
	}
	if (open !== void 0) written.push(`::${open}::`);
	return written;
}
/**
* A line that the runner treats as text, for where it cannot be quoted: blanks separate what makes it a command. The
* log of a job has lines of several streams, so a `stop-commands` of one could end before a line of another.
*/
function defused(line) {
	return isCommand(line) ? line.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "").replace(/^(\s*):+(?=:)/u, "$1: ").replaceAll("##[", "# #[") : line;
}

// src/notifiers/vocabulary.ts
/** The events of a message, in the order in which they can occur: `started`, and then one of the outcomes. */
const EVENTS = [
	"started",
	"deployed",
	"unchanged",
	"superseded",
	"rolled-back",
	"refused",
	"reverted",
	"split",
	"failed"
];
/** Events that are sent unless a message names its own: changes, and failures that left something half-done. */
const DEFAULT_EVENTS = [
	"started",
	"deployed",
	"rolled-back",
	"reverted",
	"split",
	"failed"
];
/** A template's variables; each is a text, empty if unknown. */
const VARIABLES = {
	event: "`started`, or the outcome",
	outcome: "the same; `started` has none",
	summary: "one line: application, target, what happened, release",
	message: "the sentence of the event",
	app: "the application",
	target: "the target",
	release: "the release's name",
	"previous-release": "what was live before",
	label: "the release's label",
	commit: "40 digits",
	"short-commit": "12 digits",
	hosts: "each host with what is live there, with commas",
	error: "what went wrong, and what to do",
	next: "the next command",
	repository: "`owner/name` on GitHub",
	actor: "who began the run",
	"run-url": "the run's page",
	time: "when it was sent: ISO 8601, UTC"
};
/** Variables that had another name, by that name: refused in a user's file, replaced in recorded configurations. */
const RENAMED_VARIABLES = {
	version: "label",
	trouble: "error"
};

// src/notifiers/template.ts
/**
* Why a template is invalid, as the text after the word "expected"; undefined if it gives JSON for all values of its
* variables.
*/
function templateProblem(template) {
	for (const [, name = ""] of template.matchAll(PLACE)) {
		if (Object.hasOwn(VARIABLES, name)) continue;
		const now = nameNow$1(name);
		if (now !== void 0) return `a template with names of today: {{${name}}} is now called {{${now}}}`;
		const meant = nearest(name, Object.keys(VARIABLES));
		return `a template whose variables are there: {{${name}}} is none${meant ? `, did you mean {{${meant}}}?` : ""}`;
	}
	const names = Object.keys(VARIABLES);
	const filled = (isFull) => fill(template, Object.fromEntries(names.map((name) => [name, isFull(name) ? HOSTILE : ""])), inJson);
	const [left, name] = /\{\{[#/]\s*([\w-]+)\s*\}\}/.exec(filled(() => true)) ?? [];
	if (left !== void 0) return `a template in which {{#${name}}} has its {{/${name}}} behind it, and neither stands in another such pair`;
	const found = [...template.matchAll(/\{\{#\s*([\w-]+)/g)].map(([, section]) => togetherWith(section));
	const sections = [...new Set(found)].filter((section) => !ALWAYS.has(section));
	for (const which of combinations(sections)) {
		const isThere = (one) => ALWAYS.has(one) || which.includes(togetherWith(one));
		const isFull = (one) => isThere(one) || !sections.includes(togetherWith(one));
		if (isJson(filled(isFull)) && isJson(filled(isThere))) continue;
		const some = which.length > 0 ? `only ${which.join(" and ")}` : "none";
		return `a template that is JSON${which.length < sections.length ? ` also where ${some} of ${sections.join(", ")} is known` : ""}, with its variables inside of strings: {"text": "{{summary}}"}`;
	}
}
/** A recorded template with the names of today. */
const upgradeTemplate = (template) => template.replace(/(\{\{[#/]?\s*)([\w-]+)(\s*\}\})/g, (_all, open, name, close) => open + (nameNow$1(name) ?? name) + close);
const nameNow$1 = (name) => Object.hasOwn(RENAMED_VARIABLES, name) ? RENAMED_VARIABLES[name] : void 0;
/** Variables that are never empty (message-context.ts). */
const ALWAYS = /* @__PURE__ */ new Set([
	"event",
	"summary",
	"message",
	"app",
	"time"
]);
/** Variables of which both are known or neither. */
const togetherWith = (name) => name === "short-commit" ? "commit" : name;
/** All combinations of known sections; if there are many: none, all, each alone and all but each. */
function combinations(sections) {
	if (sections.length > MOST_SECTIONS) return [
		[],
		[...sections],
		...sections.flatMap((one) => [[one], sections.filter((other) => other !== one)])
	];
	return Array.from({ length: 2 ** sections.length }, (_, there) => sections.filter((_section, n) => (there >> n) % 2 === 1));
}
const MOST_SECTIONS = 8;
const HOSTILE = "a \"quoted\"\nvalue\\";
function isJson(text) {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}
const PLACE = /\{\{[#/]?\s*([^{}]*?)\s*\}\}/g;
/** Replaces all variables by their values. @param escaped escapes a value for the template */
function fill(template, variables, escaped) {
	return template.replace(/\{\{#\s*([\w-]+)\s*\}\}([\s\S]*?)\{\{\/\s*\1\s*\}\}/g, (_all, name, inner) => variables[name] ? inner : "").replace(/\{\{\s*([\w-]+)\s*\}\}/g, (_all, name) => escaped(variables[name] ?? ""));
}
/** A value inside a JSON string. */
const inJson = (value) => JSON.stringify(value).slice(1, -1);

// src/config/renamed-keys.ts
const TARGET = ["targets", "*"];
const HOST = [
	...TARGET,
	"hosts",
	"*"
];
const BALANCER = [
	...TARGET,
	"balancers",
	"*"
];
const RENAMED = [
	{
		at: TARGET,
		old: "variables",
		now: ["env"]
	},
	{
		at: HOST,
		old: "variables",
		now: ["env"]
	},
	{
		at: ["migrations", "compatible"],
		old: "variables",
		now: ["env"]
	},
	{
		at: [],
		old: "build-variables",
		now: ["step-env"]
	},
	{
		at: TARGET,
		old: "user",
		now: ["ssh-user"]
	},
	{
		at: HOST,
		old: "user",
		now: ["ssh-user"]
	},
	{
		at: TARGET,
		old: "switch",
		now: ["auto-revert"]
	},
	{
		at: TARGET,
		old: "require-switch",
		now: ["require-auto-revert"]
	},
	{
		at: ["services", "*"],
		old: "settle",
		now: ["stable-for"]
	},
	{
		at: ["services", "*"],
		old: "user",
		now: ["user-manager"]
	},
	{
		at: BALANCER,
		old: "host",
		now: ["haproxy", "host"]
	},
	{
		at: BALANCER,
		old: "user",
		now: ["haproxy", "ssh-user"]
	},
	{
		at: BALANCER,
		old: "port",
		now: ["haproxy", "port"]
	},
	{
		at: [...BALANCER, "command"],
		old: "undrain",
		now: ["restore"]
	},
	{
		at: ["notify", "*"],
		old: "url-variable",
		now: ["url-env"]
	},
	{
		at: ["notify", "*"],
		old: "secret-variable",
		now: ["secret-env"]
	},
	{
		at: ["inputs"],
		old: "checks",
		now: ["required-checks"]
	},
	{
		at: [],
		old: "inputs",
		now: ["defaults"]
	}
];
const RENAMED_VALUES = [{
	at: [
		"environments",
		"*",
		"use"
	],
	old: "run",
	now: ["runtime"]
}, ...["inputs", "defaults"].map((top) => ({
	at: [top, "upload"],
	old: "auto",
	now: ["unless-pull-request", "after-deploy"]
}))];
/** The new name of a key, as a path from its mapping: `haproxy.ssh-user`; undefined for a key that was not renamed. */
function nameNow(path, key) {
	return RENAMED.find(({ at, old }) => old === key && fits(before(at), path))?.now.join(".");
}
/** The new name of a value, by the path of its key. */
function valueNow(path, value) {
	return RENAMED_VALUES.find(({ at, old }) => old === value && fits(before(at), path))?.now.join(" or ");
}
/** The path in a file of today: names above the key may have changed, too. */
function before(at) {
	const [first, ...rest] = at;
	return first === "inputs" ? ["defaults", ...rest] : at;
}
const fits = (at, path) => at.length === path.length && at.every((step, n) => step === "*" || step === path[n]);
/**
* A configuration that an artifact or a host recorded, with the names of today. A value that is not a mapping stays,
* and so does a key whose new name exists.
*/
function upgradeConfiguration(recorded) {
	const upgraded = structuredClone(recorded);
	for (const { at, old, now } of RENAMED_VALUES) {
		const key = at.at(-1);
		for (const mapping of mappingsAt(upgraded, at.slice(0, -1))) {
			if (mapping[key] !== old) continue;
			if (now.length === 1) mapping[key] = now[0];
			else delete mapping[key];
		}
	}
	for (const entry of mappingsAt(upgraded, ["notify", "*"])) if (typeof entry.template === "string") entry.template = upgradeTemplate(entry.template);
	for (const { at, old, now } of RENAMED) for (const mapping of mappingsAt(upgraded, at)) move(mapping, old, now);
	return upgraded;
}
function mappingsAt(root, at) {
	if (root === null || typeof root !== "object") return [];
	const [step, ...rest] = at;
	if (step === void 0) return Array.isArray(root) ? [] : [root];
	return (step === "*" ? Object.values(root) : Object.hasOwn(root, step) ? [root[step]] : []).flatMap((value) => mappingsAt(value, rest));
}
function move(mapping, old, now) {
	if (!Object.hasOwn(mapping, old)) return;
	const [inner] = mappingsAt(mapping, now.slice(0, -1));
	const key = now.at(-1);
	if (!inner || Object.hasOwn(inner, key)) return;
	inner[key] = mapping[old];
	delete mapping[old];
}

// src/balancers/command/docs.md
var docs_default$7 = "Drains and restores hosts by two commands, for any balancer that is not HAProxy.\n\n```yaml\ntargets:\n  production:\n    hosts: [app1.example.org, app2.example.org]\n    balancers:\n      - command:\n          drain: ./ops/balancer out \"$TARLIFT_SERVER\"\n          restore: ./ops/balancer in \"$TARLIFT_SERVER\"\n        drain: 5m\n```\n\nThe commands find the host's address in `TARLIFT_HOST` and the balancer's name for it in `TARLIFT_SERVER`. `drain` ends when the host has\nno users any more, `restore` when it is in use again; anything but exit code 0 is a failure. `drain` beside `command` is how long each may take.\n\n- `on: runner` (the default): the commands run in the repository on the machine that deploys.\n- `on: host`: they run on the host itself, in the live release and with its configuration, as the user that runs the release. A host without\n  a live release is out of use already, and nothing is run there. With `auto-revert` of the target, the host runs `restore` by itself when the run is lost.\n\nThere is no state to ask for: a host counts as in use when a deploy begins.\n";

// src/balancers/command/index.ts
const schema$7 = strictObject({
	drain: describe(command$1, "Takes the host out; it ends when the host has no more traffic."),
	restore: describe(command$1, "Puts the host back; it ends when it is in use again."),
	on: describe(_enum(["runner", "host"]).default("runner"), "`runner`: the machine that deploys. `host`: the host itself, in its live release and with its configuration; such a host is restored automatically if a run is lost.")
}).meta({ description: "Any other balancer: commands, with `TARLIFT_HOST` and `TARLIFT_SERVER` in their environment." });
const command = {
	key: "command",
	title: "Commands",
	docs: docs_default$7,
	schema: schema$7,
	check(config, common) {
		return [...config.on === "host" && common.drain === 0 ? [{
			path: ["drain"],
			message: "0 is no limit, and a command on the host that hangs would keep its lock: for long ones write a long limit (`drain: 1h`)"
		}] : []];
	},
	open: async (config, common, context) => (await import("./balancers-command-pool.js")).commandPool(config, common, context)
};

// src/balancers/schema.ts
/** Names of backends and servers, as HAProxy accepts them. */
const backendName = string().regex(/^[A-Za-z0-9_.:-]+$/, "the name of a backend or server");
const commonKeys = {
	roles: describe(roles$1.optional(), "The hosts that it balances, by role. Default: all."),
	servers: describe(record(address, backendName).optional(), "What the balancer calls a host, by its address. Default: the first part of its name."),
	drain: describe(duration.prefault(60), "How long the sessions of a host may take to end; then they are cut off. Of commands: how long each may take; 0 is no limit, which `on: host` cannot have.")
};

// src/balancers/haproxy/docs.md
var docs_default$6 = "Drains a host's server in HAProxy before the host is switched, and restores the state that it had, by\n[HAProxy's runtime API](https://docs.haproxy.org/2.6/management.html#9.3). Every state is read back before it counts.\n\n```yaml\ntargets:\n  production:\n    hosts: [app1.example.org, app2.example.org]\n    balancers:\n      - haproxy:\n          socket: /run/haproxy/admin.sock\n          backend: web\n          host: lb1.example.org\n```\n\n## What it needs\n\n- In haproxy.cfg: `stats socket /run/haproxy/admin.sock mode 660 level admin`, and a check of each server that asks what the release's health\n  check asks.\n- `host` is HAProxy's machine. Tarlift reaches it by SSH, with the key and the known hosts of the target; the SSH user must be able to use the\n  socket. Left out, it is the machine that deploys.\n- The servers in haproxy.cfg have the first part of the hosts' names (`app1`), or `servers` maps each address to a name.\n\n## What happens\n\n1. The server goes to the state `drain`. Tarlift waits until it has no sessions, for as long as `drain` of the balancer allows.\n2. It goes to maintenance, since HAProxy still sends sticky sessions to a server that drains.\n3. The host is switched and verified.\n4. The server returns to the state that it had. Where that was `ready`, Tarlift waits until HAProxy's own check has found it.\n\nA server that an administrator had put into maintenance stays there. The last healthy server of a backend is never drained.\n\nWith `auto-revert` of the target, HAProxy's machine restores the server by itself when the run is lost and the host has had the time to revert.\nThat needs flock there, one of perl, python3, socat and nc, and a process that may outlive the SSH session.\n";

// src/balancers/haproxy/index.ts
const schema$6 = strictObject({
	socket: describe(string().regex(/^\/[^\x00-\x1f\x7f:]+$|^[\w.[\]:-]+:\d+$/, "an absolute path, or host:port").default("/run/haproxy/admin.sock"), "Its runtime API, as its machine reaches it: a socket or an address, with `level admin`."),
	backend: describe(union([backendName, array(backendName).min(1)]), "The backend, or the backends, that the hosts are servers of."),
	host: describe(address.optional(), "Its machine, reached by SSH. Default: `local`, the machine that deploys."),
	"ssh-user": describe(user.optional(), "SSH user there. Default: the target's."),
	port: describe(port.optional(), "SSH port there. Default: the target's.")
}).meta({ description: "HAProxy, by its runtime API: drained until the host has no sessions, and every state read back." });
const haproxy = {
	key: "haproxy",
	title: "HAProxy",
	docs: docs_default$6,
	schema: schema$6,
	check(config) {
		if ((config.host ?? "local") !== "local") return [];
		return ["ssh-user", "port"].filter((key) => config[key] !== void 0).map((key) => ({
			path: ["haproxy", key],
			message: `${key} means nothing to \`local\`, which is this machine itself and is entered without SSH: give the host's name, or remove this key`,
			atKey: true
		}));
	},
	open: async (config, common, context) => (await import("./balancers-haproxy-pool.js")).haproxyPool(config, common, context)
};

// src/balancers/registry.ts
const BALANCERS = [haproxy, command];

// src/inventories/schema.ts
const hostSchema = union([address.transform((value) => ({ address: value })), strictObject({
	address: describe(address, "Its name or address; `local` is this machine itself, without SSH."),
	roles: describe(roles$1.optional(), "What it is for. A host without roles has all."),
	port: describe(port.optional(), "SSH port. Default: the target's."),
	"ssh-user": describe(user.optional(), "SSH user. Default: the target's."),
	"proxy-jump": describe(word.optional(), "The host to jump over, as in `ssh -J`. Default: the target's."),
	env: describe(variables.optional(), "Variables that this host has besides, or instead of, the target's.")
})]);

// src/inventories/file/docs.md
var docs_default$5 = "Lists the hosts of a target in tarlift.yml, in the order in which they are locked; the first one is the leader.\n\n```yaml\ntargets:\n  production:\n    ssh-user: deploy\n    hosts:\n      - app1.example.org\n      - { address: app2.example.org, roles: [worker], port: 2222 }\n```\n\nA host is its name or address, or a mapping with keys of its own, which win over the target's. `local` is the machine that deploys, entered\nwithout SSH. A host without `roles` has all roles.\n";

// src/inventories/file/index.ts
const schema$5 = array(hostSchema).min(1);
const file = {
	key: "file",
	title: "Hosts in tarlift.yml",
	docs: docs_default$5,
	schema: schema$5,
	known: (config) => config,
	hosts: async (config) => config
};

// src/inventories/registry.ts
const INVENTORIES = [file];
/** @param hosts of a target @returns those that tarlift.yml names; undefined if its inventory is only read by a run */
function knownHosts(hosts) {
	const { adapter, config } = chosenOfList(INVENTORIES, hosts);
	return adapter.known?.(config);
}
/** Results of inventories: a run reads each once. */
const answers = /* @__PURE__ */ new WeakMap();
/** @param hosts of a target @throws Failure (refused) as its inventory does */
function hostsOf(hosts, context) {
	const { adapter, config } = chosenOfList(INVENTORIES, hosts);
	const answer = answers.get(hosts) ?? adapter.hosts(config, context);
	answers.set(hosts, answer);
	return answer;
}

// src/notifiers/post.ts
const overTheNetwork = {
	fetch: (...request) => fetch(...request),
	now: Date.now,
	sleep: setTimeout
};
/** Maximum pause between two attempts in seconds, whatever the receiver requests. */
const LONGEST_PAUSE = 30;
/** @returns the error, in words without secrets; undefined if the receiver accepted the message */
async function deliver(delivery, post = overTheNetwork) {
	const id = randomUUID();
	for (let tried = 0;; tried++) {
		const answer = await tryOnce(delivery, id, post);
		if (answer.ok) return void 0;
		if (!answer.again || tried >= delivery.retries) return `${answer.what}${tried > 0 ? `, after ${tried + 1} attempts` : ""}`;
		await post.sleep(Math.min(answer.pause ?? 2 ** tried, LONGEST_PAUSE) * 1e3);
	}
}
async function tryOnce({ url, event, body, secret, timeout }, id, post) {
	const address = URL.parse(url);
	if (!address || !/^https?:$/.test(address.protocol)) return {
		ok: false,
		what: "its address is no http or https address",
		again: false
	};
	const timestamp = String(Math.floor(post.now() / 1e3));
	const headers = {
		"content-type": "application/json",
		"user-agent": "tarlift",
		"tarlift-event": event,
		"tarlift-delivery": id,
		"tarlift-timestamp": timestamp,
		...address.username || address.password ? { authorization: basic(address) } : {},
		...secret ? { "tarlift-signature": `v1=${signature(secret, timestamp, body)}` } : {}
	};
	Object.assign(address, {
		username: "",
		password: ""
	});
	try {
		const signal = AbortSignal.timeout(Math.ceil(timeout * 1e3));
		const response = await post.fetch(address.href, {
			method: "POST",
			headers,
			body,
			redirect: "manual",
			signal
		});
		await response.body?.cancel();
		if (response.ok) return {
			ok: true,
			what: "",
			again: false
		};
		const after = Number(response.headers.get("retry-after") ?? NaN);
		return {
			ok: false,
			what: `it answered ${response.status}`,
			again: response.status === 429 || response.status >= 500,
			...Number.isFinite(after) ? { pause: after } : {}
		};
	} catch (error) {
		return {
			ok: false,
			what: networkError(error, timeout),
			again: true
		};
	}
}
/** https://www.rfc-editor.org/rfc/rfc7617#section-2, for an address with user and password. */
function basic({ username, password }) {
	const plain = (text) => Buffer.from(text.replace(/%([0-9a-f]{2})/gi, (_, digits) => String.fromCharCode(parseInt(digits, 16))), "latin1");
	return `Basic ${Buffer.concat([
		plain(username),
		Buffer.from(":"),
		plain(password)
	]).toString("base64")}`;
}
/**
* HMAC-SHA256 over `<timestamp>.<body>`, hexadecimal. A receiver computes it over the received bytes, compares in
* constant time, and refuses timestamps that are minutes old.
*/
function signature(secret, timestamp, body) {
	return createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
}
/** Only the error's code: its message may contain the address. */
function networkError(error, timeout) {
	const { name, cause } = error;
	if (name === "TimeoutError") return `no answer within ${timeout} s`;
	return `it could not be reached${cause?.code ? ` (${cause.code})` : ""}`;
}

// src/notifiers/webhook.ts
/** Keys of all notifiers: they select the messages to send. */
const selectionKeys = {
	events: describe(array(_enum(EVENTS)).min(1).optional(), `Events that are sent. Default: ${DEFAULT_EVENTS.map((event) => `\`${event}\``).join(", ")}.`),
	targets: describe(array(name).min(1).optional(), "Targets whose deploys and rollbacks are reported. Default: all.")
};
/** Keys of notifiers that post to an address. */
const webhookKeys = {
	"url-env": describe(variableName, "The environment variable, or the secret given as NAME=VALUE, that holds the webhook's address: addresses are secrets."),
	"secret-env": describe(variableName.optional(), "Another one, which holds the key that signs messages: header `Tarlift-Signature: v1=<HMAC-SHA256 of timestamp, a dot and the body>`."),
	...selectionKeys,
	timeout: describe(timeLimit.prefault(10), "How long one try may take."),
	retries: describe(number().int().min(0).max(5).default(2), "How often it is tried again on 429, 5xx and no answer.")
};
/** @returns names of the variables with the address and the key */
const webhookSecrets = (config) => [config["url-env"], ...config["secret-env"] === void 0 ? [] : [config["secret-env"]]];
/**
* Posts one message, signed if the entry names a key.
*
* @param body JSON
* @returns undefined if the receiver accepted it, otherwise the reason: a sentence without address and key
*/
async function postMessage({ event }, body, config, { values, post }) {
	const [urlName, keyName] = webhookSecrets(config);
	const url = values[urlName];
	const secret = keyName === void 0 ? void 0 : values[keyName];
	if (!url) return `${urlName} is not set: the message "${event}" went nowhere`;
	if (keyName !== void 0 && !secret) return `${keyName} is not set: the message "${event}" is not sent unsigned`;
	const { timeout, retries } = config;
	const problem = await deliver({
		url,
		event,
		body,
		secret,
		timeout,
		retries
	}, post);
	return problem && `the message "${event}" was not delivered: ${problem}`;
}

// src/notifiers/json/docs.md
var docs_default$4 = "Posts every variable of a message as JSON to an address of yours, or a body that a template describes.\n\n```yaml\nnotify:\n  deploys:\n    url-env: DEPLOY_WEBHOOK\n    secret-env: DEPLOY_WEBHOOK_KEY\n```\n\nWithout a template the body has each variable under its name, as text; `hosts` is a list of `{\"name\": …, \"live\": …}`, without `live` where\nno release is live. A template is the whole body:\n\n```yaml\nnotify:\n  chat:\n    url-env: CHAT_WEBHOOK\n    template: '{\"title\": \"{{app}}: {{event}}\", \"text\": \"{{summary}}{{#next}} — {{next}}{{/next}}\"}'\n```\n\nIt is checked when tarlift.yml is read: it has to be JSON whichever of its variables are empty.\n\n## Delivery\n\n- Headers: `Tarlift-Event`, `Tarlift-Delivery` (the same id for all attempts of one message) and `Tarlift-Timestamp`, in seconds.\n- With `secret-env`, `Tarlift-Signature` is `v1=` and the HMAC-SHA256 of the timestamp, a dot and the body, in hexadecimal digits. A\n  receiver computes it over the bytes that it got, compares in constant time, and refuses timestamps that are minutes old.\n- A user and a password in the address become a header `Authorization`.\n- On 429, 5xx, a broken connection or no answer the message is sent again, after 1, 2, 4, … seconds or what `Retry-After` asks for, at most\n  30 seconds. Redirects are not followed.\n- A message that does not arrive is a warning. It changes neither the deploy nor its exit code.\n";

// src/notifiers/json/index.ts
const schema$4 = strictObject({
	format: describe(literal("json").optional().default("json"), "How messages are written."),
	...webhookKeys,
	template: describe(string().superRefine((text, context) => {
		const problem = templateProblem(text);
		if (problem) context.addIssue({
			code: "custom",
			message: problem
		});
	}).optional(), `A body of your own: JSON with \`{{name}}\` inside of strings, and \`{{#name}}…{{/name}}\` where the variable is not empty. Variables: ${Object.keys(VARIABLES).join(", ")}.`)
});
const json = {
	key: "json",
	title: "JSON",
	docs: docs_default$4,
	schema: schema$4,
	secretNames: webhookSecrets,
	send: (message, config, io) => postMessage(message, jsonBody(message, config.template), config, io)
};
/**
* @param template JSON with `{{name}}` inside strings; undefined: all variables, and the hosts as a list
* @returns JSON
*/
function jsonBody({ variables, context }, template) {
	if (template !== void 0) return fill(template, variables, inJson);
	const { hosts, ...texts } = variables;
	return JSON.stringify({
		...texts,
		hosts: context.hosts ?? []
	});
}

// src/notifiers/slack/docs.md
var docs_default$3 = "Posts a message to an [incoming webhook of Slack](https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks), or of\nMattermost and others that take the same body.\n\n```yaml\nnotify:\n  chat:\n    format: slack\n    url-env: SLACK_WEBHOOK\n```\n\nThe message has one line about what happened, the sentence of the event, the release of each host, the error, the next command and a link to\nthe run, each where it is known. Texts that come from a commit or a host cannot mention channels or people. For a message of your own, use the\nformat `json` with a `template`.\n\nIt is delivered as [JSON](json.md#delivery) is, signed too where `secret-env` is set.\n";

// src/notifiers/slack/index.ts
const schema$3 = withForeignKeys(strictObject({
	format: describe(literal("slack"), "How messages are written."),
	...webhookKeys
}), { template: ": a template of your own is the whole message, so remove one of the two keys" });
const slack = {
	key: "slack",
	title: "Slack",
	docs: docs_default$3,
	schema: schema$3,
	secretNames: webhookSecrets,
	send: (message, config, io) => postMessage(message, slackBody(message), config, io)
};
/**
* The part between `{{#name}}` and `{{/name}}` is left out if the variable is empty.
* https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks,
* https://docs.slack.dev/messaging/formatting-message-text
*/
const TEMPLATE = `{"text": "*{{summary}}*\\n{{message}}{{#hosts}}\\n{{hosts}}{{/hosts}}{{#error}}\\n\`\`\`{{error}}\`\`\`{{/error}}{{#next}}\\nnext: \`{{next}}\`{{/next}}{{#run-url}}\\n<{{run-url}}|the run>{{/run-url}}"}`;
/** Slack shows 4000 characters of a text, and refuses much longer ones. */
const LONGEST = 3e3;
/** @returns JSON */
function slackBody({ variables }) {
	return fill(TEMPLATE, variables, (value) => inJson(escaped(cutEnd(value, LONGEST))));
}
/**
* The three special characters of Slack: a release called `<!channel>` must notify no channel. A code fence would end
* early.
*/
const escaped = (value) => value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("```", "'''");

// src/notifiers/registry.ts
const NOTIFIERS = [json, slack];
/** Finds a notifier by its `format`. It reads its own configuration from the entry that selected it. */
const notifierOf = lookup("notifier", NOTIFIERS);
/** The notifier for entries without a format. */
const DEFAULT_NOTIFIER = json;

// src/secrets/environment/docs.md
var docs_default$2 = "Takes the values of a target's secrets from the run: a list of names says which ones.\n\n```yaml\ntargets:\n  production:\n    hosts: [app1.example.org]\n    secrets: [DATABASE_URL, SECRET_KEY, SENTRY_DSN]\n    may-be-empty: [SENTRY_DSN]\n```\n\n- In a workflow, the input `secrets` has a line `NAME=VALUE` for each. On the command line, `--secrets-file` names a file of such lines. A\n  value of several lines stands between `NAME<<END` and a line `END`.\n- A name that is not given so is an environment variable of the run.\n- Every name needs a value before any host is contacted. An empty one is refused, because GitHub puts an empty text in the place of a secret\n  that does not exist. `may-be-empty` lists the names whose value may be empty.\n- Values are masked in logs and reports. On hosts they stand with the variables of the release, in a file that its owner and group alone can\n  read.\n";

// src/secrets/environment/index.ts
const schema$2 = array(variableName);
const environment = {
	key: "environment",
	title: "Secrets of the run",
	docs: docs_default$2,
	schema: schema$2,
	names: (config) => config,
	read: async (config, context) => (await import("./secrets-environment-read.js")).read(config, context)
};

// src/secrets/registry.ts
const SECRET_SOURCES = [environment];
/** @param secrets of a target; undefined if it has none @returns the names of its secret variables */
function secretNamesOf(secrets) {
	if (secrets === void 0) return [];
	const { adapter, config } = chosenOfList(SECRET_SOURCES, secrets);
	return adapter.names(config);
}
/** @param secrets of a target @returns their values by name @throws Failure (refused) as its source does */
async function readSecrets(secrets, context) {
	if (secrets === void 0) return {};
	const { adapter, config } = chosenOfList(SECRET_SOURCES, secrets);
	return adapter.read(config, context);
}

// src/config/schema.ts
const assetStepSchema = strictObject({
	name: describe(string().min(1), "What it is called in logs and in the cache."),
	run: describe(command$1, "Shell text, run by `sh -ec` in a copy of the commit, in the application's directory, with all environments on `PATH`. It sees tracked files, what earlier steps made and what `include:` names; no untracked file."),
	inputs: describe(array(inRepository).min(1).optional(), "Globs of tracked files that the step reads, relative to the application's directory; dot files are like any other, `../web/**` stands outside of `source`, `.git` is the commit's history and tags. The step sees these files alone, and runs when one of them changed. Default: every tracked file of the repository."),
	outputs: describe(array(inside).min(1), "What it makes: files or directories that ship. One that it did not make is an error."),
	"pass-env": describe(array(passedName).optional(), "Names of variables of the job that the step sees; it sees no others but those of the machine and `step-env`. Part of its key as with environments."),
	timeout: describe(timeLimit.optional(), "How long it may take.")
});
const fullCheck = strictObject({
	run: describe(command$1, "Shell text, run by `sh -ec` in the finished release, isolated."),
	network: describe(boolean().default(false), "Gives this check the network; the summary says so."),
	timeout: describe(timeLimit.optional(), "How long it may take.")
});
const checkSchema = union([command$1.transform((run) => ({ run })).pipe(fullCheck), fullCheck]);
const status = number().int().min(100).max(599);
const healthSchema = strictObject({
	url: describe(url({
		protocol: /^https?$/,
		error: "an http or https address"
	}).refine((text) => !/^\w+:\/\/[^/?#]*@/.test(text), "an address without a user and password: `headers: { Authorization: … }`"), "The address as the host itself reaches the service."),
	status: describe(union([status, array(status).min(1)]).default(200), "The expected status, or a list of them. A redirect is not health unless it is named here."),
	headers: describe(headers.optional(), "Request headers, such as `Host` and `X-Forwarded-Proto` for an application that redirects plain HTTP."),
	"release-header": describe(headerName.optional(), "The response header in which the service names its release (`TARLIFT_RELEASE`): the strongest evidence."),
	timeout: describe(timeLimit.prefault(5), "How long one request may take."),
	retries: describe(number().int().nonnegative().default(30), "How often a failed request is tried again. A status that a starting service or a proxy before it does not have (anything but 404, 408, 425, 429, 502, 503, 504) ends it earlier: answered 5 times in a row, over at least 5 seconds."),
	interval: describe(duration.prefault(1), "The pause before it is tried again.")
});
const serviceSchema = strictObject({
	...supervisorKeys(),
	roles: describe(roles$1.optional(), "The hosts it runs on, by role. Default: all."),
	"run-as": describe(user.optional(), "The user whose processes it has. Default: the target's `run-as`."),
	action: describe(union([
		literal("restart"),
		literal("reload"),
		strictObject({ signal: describe(string().regex(/^[A-Z][A-Z0-9+-]*$/, "the name of a signal, such as HUP"), "The signal that its main process gets.") })
	]).default("restart"), "What activates a release: `restart`, or `reload` or a signal, which are used only while environment and configuration stay the same."),
	"stable-for": describe(duration.prefault(5), "How long its main process must stay the same before the service counts as running."),
	"stop-timeout": describe(duration.optional(), "How long a graceful stop may take: queue workers finish their job. One that takes longer fails the deploy, and so does one that its supervisor kills before: its own limit (`stopwaitsecs`, `TimeoutStopSec`) must be longer, by 15 s say."),
	health: describe(healthSchema.optional(), "What it answers over HTTP when it is healthy.")
}).refine((service) => supervisorsOf(service).length === 1, { message: exactlyOneOf(SUPERVISORS.map(({ key }) => key)) });
const fullHook = strictObject({
	run: describe(command$1, "Shell text, run by `sh -ec` in the release with its configuration. It also has `TARLIFT_HOOK`, `TARLIFT_ACTION` (`deploy`, `rollback`, `converge`), `TARLIFT_APP`, `TARLIFT_TARGET`, `TARLIFT_DEPLOY`, `TARLIFT_PREVIOUS` (what was live, empty for none), in `after-failure` `TARLIFT_OUTCOME` and, on hosts, `TARLIFT_HOST`; on the machine that deploys `TARLIFT_HOSTS`, `TARLIFT_RELEASE`, `TARLIFT_VERSION` and `TARLIFT_COMMIT`."),
	roles: describe(roles$1.optional(), "The hosts it runs on, by role. Default: all."),
	on: describe(_enum([
		"hosts",
		"leader",
		"runner"
	]).default("hosts"), "Every host; the leader alone, which is the first one that takes part (and has one of the `roles`); or the machine that deploys."),
	"on-failure": describe(_enum(["fail", "warn"]).default("fail"), "`warn` lists the failure and goes on."),
	timeout: describe(timeLimit.optional(), "How long it may take.")
});
const hookSchema = union([command$1.transform((run) => ({ run })).pipe(fullHook), fullHook]);
const hooks = (when) => describe(array(hookSchema).optional(), when);
const hooksSchema = strictObject({
	"before-prepare": hooks("Before hosts receive the release: in what is live."),
	"after-prepare": hooks("When the release is complete and verified on every host, unnoticed."),
	"before-deploy": hooks("When every host is prepared, before anything changes. A failure refuses the deploy."),
	"before-rollback": hooks("The same of a rollback: in the release that it returns to."),
	"before-migrate": hooks("Before migrations are applied; not where none is pending. A failure refuses the deploy."),
	"after-migrate": hooks("When migrations have been applied, before any host is switched."),
	"before-activate": hooks("Before the hosts of a wave switch to the release; in a rollback too."),
	"after-activate": hooks("When the hosts of a wave run the release; in a rollback too."),
	"after-deploy": hooks("When every host runs the release. A failure takes all of them back."),
	"after-rollback": hooks("The same of a rollback."),
	"after-commit": hooks("When a deploy or rollback is kept and nothing is reverted any more: a failure is only listed."),
	"after-failure": hooks("When a deploy or rollback was `refused`, `reverted` or `split` (`TARLIFT_OUTCOME`): in what is live then. A failure is only listed.")
});
const migrationPolicy = _enum([
	"apply",
	"require-none",
	"ignore"
]);
const compatibleSchema = strictObject({
	create: describe(command$1.optional(), "Makes the scratch database as the live release has it. Run in the live release, as all of these but the migrations themselves."),
	check: describe(command$1, "What must still work in the live release when the new migrations have been applied."),
	drop: describe(command$1.optional(), "Removes the scratch database, whatever happened, and before it is made: it must not mind when there is none."),
	env: describe(variables.default({}), "Configuration of all these commands and of the migrations, over `step-env`: the address of the scratch database."),
	secrets: describe(record(variableName, variableName).default({}), "The same where values are secret: the name of a variable, and the environment variable that holds its value. Secrets of targets are given to none of these commands."),
	timeout: describe(timeLimit.optional(), "How long each of them may take.")
});
const migrationsSchema = strictObject({
	pending: describe(command$1, "Prints one pending migration a line. Nothing: there are none. An exit code other than 0: the deploy is refused. A command that fails and still exits with 0 says that nothing is pending: no `|| true`, and no pipe after the command that asks the database, as the exit code of a pipe is that of its last command (docs/recipes/alembic.md)."),
	apply: describe(command$1, "Applies them: once, on one host, in the new release with its configuration."),
	policy: describe(migrationPolicy.default("apply"), "`apply` them, `require-none` (refuse to deploy while any is pending), or `ignore` them."),
	roles: describe(roles$1.optional(), "They are listed and applied on the first host that has one of these roles. Default: on the first host."),
	timeout: describe(timeLimit.optional(), "How long applying may take."),
	compatible: describe(compatibleSchema.optional(), "`tarlift compatible`: whether the live release still works when these migrations have been applied, tried on a scratch database. Commands have `TARLIFT_LIVE_DIRECTORY`, `TARLIFT_LIVE_VERSION`, `TARLIFT_LIVE_COMMIT`, `TARLIFT_NEW_DIRECTORY`, `TARLIFT_NEW_VERSION` and `TARLIFT_NEW_COMMIT`.")
});
const wavesSchema = strictObject({
	canary: describe(boolean().default(true), "One healthy host first, by itself."),
	size: describe(share.prefault("25%"), "Hosts that are switched at once: a number, or a part of the target's as in `25%`, rounded up."),
	"min-healthy": describe(share.prefault(1), "Hosts that stay in service at any time. Where there are two, at least one stays."),
	"max-failures": describe(number().int().nonnegative().default(0), "Hosts that may fail, be reverted and stay behind before the whole target is reverted."),
	watch: describe(duration.prefault(0), "For how long everything that was switched is watched after each wave: no restart, and healthy throughout.")
});
const balancerSchema = strictObject({
	...byKey(BALANCERS),
	...commonKeys
}).refine(...oneOf(BALANCERS));
const targetSchema = strictObject({
	hosts: describe(listOr(INVENTORIES), "Its hosts; the first one is the leader."),
	"ssh-user": describe(user.optional(), "SSH user. Default: as ssh has it."),
	port: describe(port.optional(), "SSH port. Default: as ssh has it."),
	"proxy-jump": describe(word.optional(), "The host to jump over, as in `ssh -J`."),
	"run-as": describe(user.optional(), "The user whose processes the services have. Default: the SSH user."),
	root: describe(absolute.optional(), "Where the application lives on hosts. Default: `/srv/<app>`."),
	"environments-root": describe(absolute.optional(), "Where environments live on this target's hosts. Default: the application's `environments-root`; a virtual environment that ships runs from there alone."),
	keep: describe(number().int().min(1).default(5), "How many good releases stay on a host."),
	env: describe(variables.optional(), "Configuration that is no secret: environment variables of the release."),
	secrets: describe(listOr(SECRET_SOURCES).optional(), "Names of secret environment variables; their values come from the inputs or the environment, never from this file. An empty value is refused: GitHub gives one for a secret that does not exist."),
	"may-be-empty": describe(array(variableName).default([]), "Those of `secrets` whose value may be empty. They have to be given all the same."),
	waves: describe(union([literal("all-at-once"), wavesSchema]).optional(), "The order in which several hosts are switched. Default: a canary, then a quarter of them at a time (`{ canary: true, size: 25% }`); hosts without services and without balancers switch together. `all-at-once` switches all of them together: a release that does not work is then live on every host until they are reverted."),
	balancers: describe(array(balancerSchema).default([]), "Load balancers that a host leaves before it is switched and returns to when it has been verified."),
	migrations: describe(migrationPolicy.optional(), "This target's policy instead of `migrations.policy`."),
	restart: describe(_enum(["changed", "always"]).default("changed"), "`always` restarts services even when a host runs this very release already."),
	"wait-for-lock": describe(duration.prefault(0), "How long to wait for another deploy to this target to end."),
	"auto-revert": describe(duration.prefault(60), "How long after a run is lost a host that runs the new release, and is not yet committed, reverts by itself. 0: never."),
	"require-auto-revert": describe(boolean().default(false), "Refuses to deploy to a host that cannot revert by itself."),
	"max-unreachable": describe(number().int().nonnegative().default(0), "Hosts that may be unreachable: they are left out and named, and `tarlift converge` brings them along."),
	"allow-older": describe(boolean().default(false), "Deploys a commit that is an ancestor of the live one instead of calling it superseded.")
});
const notifySchema = discriminatedUnion("format", schemasOf(NOTIFIERS)).meta({ adapters: "notifiers" });
const saving = _enum([
	"auto",
	"always",
	"never"
]);
/**
* Inputs of actions that are the same in every workflow. Values of a single run (target, version, secrets) do not
* belong here.
*/
const inputsSchema = strictObject({
	branches: describe(array(string().min(1)).optional(), "verify: branches that may be deployed, and that a tag's commit must be on; `*` for any part of a name without `/`, `**` with it."),
	"required-checks": describe(union([_enum(["all", "none"]), array(string().min(1)).min(1)]).optional(), "verify: checks of the commit that must have passed: `all`, `none`, or names, `*` for any part. Default: `all`."),
	wait: describe(duration.optional(), "verify: how long to wait for checks that have not ended. Default: 15 minutes."),
	python: describe(string().min(1).optional(), "An interpreter to build with; its minor version must be the hosts'."),
	save: describe(saving.optional(), "Whether environments and asset steps are saved in the cache. Default: `auto`, in runs of the default branch that have its own commit checked out."),
	unpack: describe(boolean().optional(), "build-env: puts environments where they run on the runner too. Default: `true`."),
	"add-to-path": describe(boolean().optional(), "build-env: the environments' programs are found by later steps. Default: `true`."),
	check: describe(boolean().optional(), "Runs the checks of the artifact. Default: `true`."),
	"require-isolation": describe(boolean().optional(), "Fails where the checks cannot be isolated. Default: `false`."),
	upload: describe(_enum([
		"unless-pull-request",
		"after-deploy",
		"always",
		"never"
	]).optional(), "Whether the artifact is uploaded. bundle: `unless-pull-request` (default), `always` or `never`; the whole pipeline: `after-deploy` (default), `always` or `never`. An action that does not have the value keeps its default."),
	"retention-days": describe(number().int().min(1).max(400).optional(), "How many days an uploaded artifact is kept. Default: 7, and 14 by the whole pipeline."),
	"live-environment": describe(string().min(1).optional(), "verify: the GitHub environment whose newest successful deployment is live."),
	"github-environment": describe(string().min(1).optional(), "Shows deploys as deployments to this GitHub environment, for jobs without `environment:`."),
	url: describe(url({ protocol: /^https?$/ }).optional(), "The application's address, which that deployment links to."),
	"ssh-known-hosts": describe(string().min(1).optional(), "The hosts' keys, as known_hosts has them."),
	"wait-for-lock": describe(duration.optional(), "How long to wait for another deploy to end. Default: the target's."),
	timeout: describe(timeLimit.optional(), "run: how long the command may take."),
	"verify-full": describe(boolean().optional(), "Hashes every file of a release where otherwise a look at size and time does.")
});
const environmentSchema = discriminatedUnion("installer", schemasOf(INSTALLERS)).meta({ adapters: "installers" });
const configSchema = strictObject({
	app: describe(name, "The application's name: part of paths on hosts."),
	source: describe(inside.optional(), "The application's directory in the repository. Default: the repository itself."),
	include: describe(array(inside).optional(), "Paths that git ignores, that an earlier step built, and that ship."),
	package: describe(boolean().optional(), "Whether the application is itself a Python package that is built into each release. Default: when `pyproject.toml` has a `[build-system]`, and neither `package-mode = false` of Poetry nor `package = false` of uv. `true` builds the package in `directory:` of the Python environment where the application's own directory has none."),
	"secret-files": describe(array(inside).default([]), "Tracked files that look like secrets, are none, and ship: test keys, examples."),
	"environments-root": describe(absolute.optional(), "Where environments live on hosts, and on the runner virtual environments, which are built where they run. Default: `/srv/<app>/envs`."),
	environments: describe(record(name, environmentSchema).default({}), "Installed dependencies, by a name of yours."),
	"step-env": describe(variables.default({}), "Environment variables of asset steps and checks. No secrets. Checks have a `HOME` and `TMPDIR` of their own. `PATH` and `PWD` are set by Tarlift, and `PYTHONPATH` where the application is a package."),
	assets: describe(array(assetStepSchema).default([]), "Steps that build files which ship, in this order."),
	check: describe(array(checkSchema).default([]), "Commands that check the finished artifact on the runner, isolated, before it is uploaded."),
	shared: describe(strictObject({
		directories: describe(array(inside).default([]), "Directories; made when a host has none."),
		files: describe(array(inside).default([]), "Files; a host must have them already.")
	}).default({
		directories: [],
		files: []
	}), "Paths that outlive releases: links into `shared/` on the host."),
	migrations: describe(migrationsSchema.optional(), "How database migrations are found and applied."),
	services: describe(record(name, serviceSchema).default({}), "What runs on hosts, by a name of yours."),
	hooks: describe(hooksSchema.default({}), "Commands at the boundaries of a deploy's phases."),
	notify: describe(record(name, notifySchema).default({}), "Messages about deploys and rollbacks, by a name of yours; a message that fails changes nothing but the log."),
	defaults: describe(inputsSchema.optional(), "Inputs of the actions that are the same in every workflow; what a step gives wins."),
	targets: describe(record(name, targetSchema).default({}), "Where one deploys to, by a name of yours.")
});

// src/config/cross-checks.ts
/** All findings of all rules, in the order of the rules. */
function crossCheck(config) {
	return [
		...environmentKeys(config),
		...overlappingEnvironments(config),
		...overlappingPaths(config),
		...inputsOutside(config),
		...packageWithout(config),
		...repeatedSteps(config),
		...services(config),
		...runnerHooks(config),
		...withoutMigrations(config),
		...roles(config),
		...migrators(config),
		...repeatedHosts(config),
		...localHosts(config),
		...sharedRoots(config),
		...environmentsElsewhere(config),
		...switches(config),
		...balancers(config),
		...allAtOnce(config),
		...variablesAndSecrets(config),
		...passedSecrets(config),
		...notifications(config)
	];
}
/** Findings of installers about combinations of their keys. */
function environmentKeys(config) {
	return Object.entries(config.environments).flatMap(([name, environment]) => (installerOf(environment.installer).check?.(environment) ?? []).map((finding) => ({
		...finding,
		path: [
			"environments",
			name,
			...finding.path
		]
	})));
}
/** The path of an environment that ships, in the release. */
const releasePath = (environment) => installerOf(environment.installer).releasePath(environment);
function shippedPlaces(config) {
	return Object.entries(config.environments).filter(([, environment]) => environment.use === "runtime").map(([name, environment]) => ({
		name,
		...releasePath(environment)
	}));
}
function overlappingEnvironments(config) {
	const shipped = shippedPlaces(config);
	return shipped.flatMap((one, index) => shipped.slice(0, index).filter((other) => overlap(one.path, other.path)).map((other) => ({
		path: [
			"environments",
			one.name,
			one.key
		],
		message: `${one.path} overlaps with ${other.path} of environment ${other.name}: give one of them another ${one.key}, or \`use: build\``
	})));
}
/** Tarlift's own files, links to environments, built outputs and shared paths must not contain one another. */
function overlappingPaths(config) {
	const shared = ["directories", "files"].flatMap((kind) => config.shared[kind].map((path, index) => ({
		path,
		at: [
			"shared",
			kind,
			index
		]
	})));
	const outputs = config.assets.flatMap((step, index) => step.outputs.map((path, output) => ({
		path,
		step,
		at: [
			"assets",
			index,
			"outputs",
			output
		]
	})));
	const included = (config.include ?? []).map((path, index) => ({
		path,
		at: ["include", index]
	}));
	const links = Object.entries(config.environments).map(([name, environment]) => ({
		path: releasePath(environment).path,
		at: [
			"environments",
			name,
			releasePath(environment).key
		]
	}));
	const findings = [];
	for (const { path, at } of [
		...shared,
		...outputs,
		...included,
		...links
	]) {
		const own = [".tarlift", ".git"].find((reserved) => path === reserved || path.startsWith(`${reserved}/`));
		if (own) findings.push({
			path: at,
			message: `${own} is reserved`
		});
	}
	for (const { path, at } of shared) if (path === ".") findings.push({
		path: at,
		message: "the whole application cannot be shared: name a path inside it"
	});
	for (const { path, at } of [
		...shared,
		...outputs,
		...included
	]) {
		const environment = shippedPlaces(config).find((shipped) => path !== "." && overlap(shipped.path, path));
		if (environment) findings.push({
			path: at,
			message: `${path} overlaps with ${environment.path}, where environment ${environment.name} stands`
		});
	}
	for (const [index, { path, at }] of shared.entries()) {
		for (const output of outputs.filter((other) => path !== "." && overlap(path, other.path))) findings.push({
			path: at,
			message: `${path} overlaps with ${output.path}, which the asset step ${output.step.name} builds: what ships is not shared`
		});
		for (const other of included.filter((one) => path !== "." && overlap(path, one.path))) findings.push({
			path: at,
			message: `${path} overlaps with ${other.path}, which \`include\` names: what ships is not shared`
		});
		for (const other of shared.slice(0, index).filter((earlier) => overlap(path, earlier.path))) findings.push({
			path: at,
			message: `${path} overlaps with the shared path ${other.path}`
		});
	}
	for (const [index, { path, at, step }] of outputs.entries()) {
		const other = outputs.slice(0, index).find((earlier) => earlier.path === path);
		if (other) findings.push({
			path: at,
			message: `${path} is an output of ${other.step === step ? "this step" : other.step.name} already`
		});
	}
	return findings;
}
/** Inputs are part of the commit. */
function inputsOutside(config) {
	return config.assets.flatMap(({ inputs = [] }, index) => inputs.flatMap((input, at) => posix.join(config.source ?? ".", input).startsWith("..") ? [{
		path: [
			"assets",
			index,
			"inputs",
			at
		],
		message: `${input} leads out of the repository`
	}] : []));
}
/** A package is built with the Python of an environment that ships, and on hosts that Python finds it. */
function packageWithout({ package: wanted, environments }) {
	const ships = Object.values(environments).some(({ installer, use }) => use === "runtime" && installerOf(installer).ownPackage);
	if (wanted !== true || ships) return [];
	const able = INSTALLERS.filter(({ ownPackage }) => ownPackage).map(({ key }) => `\`installer: ${key}\``);
	return [{
		path: ["package"],
		message: `a package is built with the Python of an environment, and none with ${either(able)} ships: add one, or remove this key`,
		atKey: true
	}];
}
function repeatedSteps(config) {
	return repeated(config.assets.map((step) => step.name)).map((index) => ({
		path: [
			"assets",
			index,
			"name"
		],
		message: `another asset step is called ${config.assets[index]?.name}`
	}));
}
/** Findings of supervisors about services. */
function services(config) {
	return Object.entries(config.services).flatMap(([name, service]) => supervisors.flatMap((supervisor) => (supervisor.check?.(service) ?? []).map((finding) => ({
		...finding,
		path: [
			"services",
			name,
			...finding.path
		]
	}))));
}
const supervisors = SUPERVISORS;
function runnerHooks(config) {
	return allHooks(config).filter(({ hook }) => hook.on === "runner" && hook.roles !== void 0).map(({ at }) => ({
		path: [...at, "roles"],
		message: "roles select hosts: a hook `on: runner` has none",
		atKey: true
	}));
}
function allHooks(config) {
	return Object.entries(config.hooks).flatMap(([phase, hooks]) => (hooks ?? []).map((hook, index) => ({
		hook,
		at: [
			"hooks",
			phase,
			index
		]
	})));
}
/** A role that no host has is a typing error: what it selects would silently run nowhere. */
function roles(config) {
	const named = namedRoles(config);
	const selective = Object.entries(config.targets).filter(([, { hosts }]) => !(knownHosts(hosts)?.some((host) => rolesOf(host) === void 0) ?? true));
	const isKnown = Object.values(config.targets).every(({ hosts }) => knownHosts(hosts) !== void 0);
	if (selective.length === 0 || !isKnown) return [];
	return [
		...Object.entries(config.services).map(([name, service]) => ({
			roles: service.roles,
			at: [
				"services",
				name,
				"roles"
			]
		})),
		...allHooks(config).map(({ hook, at }) => ({
			roles: "roles" in hook ? hook.roles : void 0,
			at: [...at, "roles"]
		})),
		{
			roles: config.migrations?.roles,
			at: ["migrations", "roles"]
		},
		...selective.flatMap(([target, { balancers }]) => balancers.map(({ roles }, index) => ({
			roles,
			at: [
				"targets",
				target,
				"balancers",
				index,
				"roles"
			]
		})))
	].flatMap(({ roles, at }) => (roles ?? []).flatMap((role, index) => {
		if (named.includes(role)) return [];
		const meant = nearest(role, named);
		const hint = meant ? `; did you mean ${meant}?` : `; there are ${either([...named].sort())}`;
		return [{
			path: [...at, index],
			message: `no host has the role ${role}${hint}`
		}];
	}));
}
/** Roles that hosts of any target have by name, each once. */
function namedRoles({ targets }) {
	const hosts = Object.values(targets).flatMap((target) => knownHosts(target.hosts) ?? []);
	return [...new Set(hosts.flatMap((host) => rolesOf(host) ?? []))];
}
/** If no host of a target has the role, its migrations would never be applied. */
function migrators({ migrations, targets }) {
	const wanted = migrations?.roles;
	if (!wanted) return [];
	return Object.entries(targets).filter(([, { hosts }]) => !hasHostFor(wanted, knownHosts(hosts))).map(([name]) => ({
		path: [
			"targets",
			name,
			"hosts"
		],
		message: `no host has the role ${wanted.join(" or ")}, which \`migrations.roles\` asks for`,
		atKey: true
	}));
}
/**
* A host without roles has all.
*
* @param hosts undefined: an inventory lists them, and they are checked when it was read
*/
function hasHostFor(wanted, hosts) {
	return !hosts || hosts.some((host) => rolesOf(host)?.some((role) => wanted.includes(role)) ?? true);
}
function rolesOf(host) {
	return "roles" in host ? host.roles : void 0;
}
function portOf(host, target) {
	return ("port" in host ? host.port : void 0) ?? target.port ?? 22;
}
function repeatedHosts(config) {
	return Object.entries(config.targets).flatMap(([name, target]) => {
		const hosts = knownHosts(target.hosts) ?? [];
		return repeated(hosts.map((host) => `${host.address.toLowerCase()} ${portOf(host, target)}`)).map((index) => ({
			path: [
				"targets",
				name,
				"hosts",
				index
			],
			message: `${hosts[index]?.address} is in this target already`
		}));
	});
}
/**
* Keys about SSH access to a host have no meaning for this machine, which needs no SSH. `user` has: `host setup`
* prepares for that user.
*/
function localHosts({ targets }) {
	return Object.entries(targets).flatMap(([name, { hosts }]) => (knownHosts(hosts) ?? []).flatMap((host, index) => host.address !== "local" ? [] : ["port", "proxy-jump"].filter((key) => key in host && host[key] !== void 0).map((key) => notBySsh([
		"targets",
		name,
		"hosts",
		index,
		key
	]))));
}
const notBySsh = (path) => ({
	path,
	message: `${path.at(-1)} means nothing to \`local\`, which is this machine itself and is entered without SSH: give the host's name, or remove this key`,
	atKey: true
});
/** Two targets on one host need two roots: each would treat the other's release as its own. */
function sharedRoots(config) {
	const seen = /* @__PURE__ */ new Map();
	const findings = [];
	for (const [name, target] of Object.entries(config.targets)) {
		const root = target.root ?? `/srv/${config.app}`;
		const mine = new Set((knownHosts(target.hosts) ?? []).map((host) => `${host.address.toLowerCase()} ${portOf(host, target)} ${root}`));
		for (const place of mine) {
			const other = seen.get(place);
			const address = place.split(" ")[0];
			if (other) findings.push({
				path: ["targets", name],
				message: `${root} on ${address} is target ${other}'s already: give one of them another root`,
				atKey: true
			});
			else seen.set(place, name);
		}
	}
	return findings;
}
/** Virtualenvs contain their path: one that was built for the application's root runs from no other. */
function environmentsElsewhere(config) {
	const built = config["environments-root"] ?? `/srv/${config.app}/envs`;
	const [virtualenv] = Object.entries(config.environments).filter(([, { installer, use }]) => installerOf(installer).kind === "path" && use === "runtime");
	if (!virtualenv) return [];
	return Object.entries(config.targets).filter(([, target]) => target["environments-root"] !== void 0 && target["environments-root"] !== built).map(([name, target]) => ({
		path: [
			"targets",
			name,
			"environments-root"
		],
		message: `environment ${virtualenv[0]} is built to run at ${built}, on every target: give \`environments-root: ${target["environments-root"]}\` at the top of the file instead, which the runner uses as well`,
		atKey: true
	}));
}
function switches(config) {
	return Object.entries(config.targets).filter(([, target]) => target["require-auto-revert"] && target["auto-revert"] === 0).map(([name]) => ({
		path: [
			"targets",
			name,
			"require-auto-revert"
		],
		message: "`auto-revert: 0` says that no host reverts by itself: remove one of the two keys",
		atKey: true
	}));
}
/** Keys about migrations have no effect unless a key says how migrations are found. */
function withoutMigrations(config) {
	if (config.migrations) return [];
	return [...["before-migrate", "after-migrate"].filter((phase) => config.hooks[phase]?.length).map((phase) => ["hooks", phase]), ...Object.entries(config.targets).filter(([, { migrations }]) => migrations !== void 0).map(([name]) => [
		"targets",
		name,
		"migrations"
	])].map((path) => ({
		path,
		message: "there are no migrations without a `migrations:` at the top of the file, which says how they are found",
		atKey: true
	}));
}
/** Deploys to an unknown target would never cause a notification. */
function notifications(config) {
	const known = Object.keys(config.targets);
	return Object.entries(config.notify).flatMap(([name, { targets = [] }]) => targets.flatMap((target, index) => {
		if (known.includes(target)) return [];
		const meant = nearest(target, known);
		const hint = meant ? `; did you mean ${meant}?` : known.length > 0 ? `; there are ${either(known)}` : "";
		return [{
			path: [
				"notify",
				name,
				"targets",
				index
			],
			message: `there is no target ${target}${hint}`
		}];
	}));
}
function variablesAndSecrets(config) {
	const builds = Object.keys(config["step-env"]);
	const findings = reservedNames(builds, ["step-env"]);
	findings.push(...decidedHere(builds, ["PATH", "PWD"], ["step-env"]));
	const { compatible } = config.migrations ?? {};
	for (const kind of ["env", "secrets"]) {
		const names = Object.keys(compatible?.[kind] ?? {});
		findings.push(...reservedNames(names, [
			"migrations",
			"compatible",
			kind
		]));
		findings.push(...decidedHere(names, ["PATH"], [
			"migrations",
			"compatible",
			kind
		]));
	}
	for (const name of Object.keys(compatible?.secrets ?? {})) if (Object.hasOwn(compatible?.env ?? {}, name)) findings.push({
		path: [
			"migrations",
			"compatible",
			"secrets",
			name
		],
		message: `${name} stands in \`variables\` as well: it can be one of both`,
		atKey: true
	});
	for (const [name, target] of Object.entries(config.targets)) {
		const secrets = secretNamesOf(target.secrets);
		for (const index of repeated([...secrets])) findings.push({
			path: [
				"targets",
				name,
				"secrets",
				index
			],
			message: `${secrets[index]} stands here twice`
		});
		for (const [index, secret] of target["may-be-empty"].entries()) if (!secrets.includes(secret)) findings.push({
			path: [
				"targets",
				name,
				"may-be-empty",
				index
			],
			message: `${secret} is no secret of target ${name}`
		});
		for (const [index, secret] of secrets.entries()) if (secret.startsWith("TARLIFT_")) findings.push({
			path: [
				"targets",
				name,
				"secrets",
				index
			],
			message: RESERVED
		});
		const places = [{
			variables: target.env,
			at: [
				"targets",
				name,
				"env"
			]
		}, ...(knownHosts(target.hosts) ?? []).map((host, index) => ({
			variables: "env" in host ? host.env : void 0,
			at: [
				"targets",
				name,
				"hosts",
				index,
				"env"
			]
		}))];
		for (const { variables, at } of places) {
			const names = Object.keys(variables ?? {});
			findings.push(...reservedNames(names, at));
			for (const variable of names.filter((candidate) => secrets.includes(candidate))) findings.push({
				path: [...at, variable],
				message: `${variable} is a secret of target ${name} as well: it can be one of both`,
				atKey: true
			});
		}
	}
	return findings;
}
/** Variables for hosts must not be visible to install scripts of dependencies. */
function passedSecrets(config) {
	const owners = new Map(Object.entries(config.targets).flatMap(([name, { secrets }]) => secretNamesOf(secrets).map((secret) => [secret, name])));
	return [...Object.entries(config.environments).map(([name, own]) => ({
		passed: own["pass-env"] ?? [],
		at: [
			"environments",
			name,
			"pass-env"
		]
	})), ...config.assets.map((step, index) => ({
		passed: step["pass-env"] ?? [],
		at: [
			"assets",
			index,
			"pass-env"
		]
	}))].flatMap(({ passed, at }) => passed.flatMap((name, index) => {
		const target = owners.get(name);
		return target === void 0 ? [] : [{
			path: [...at, index],
			message: `${name} is a secret of target ${target}, which no build may see`
		}];
	}));
}
const RESERVED = "names that start with TARLIFT_ are Tarlift's own";
function reservedNames(names, at) {
	return names.filter((name) => name.startsWith("TARLIFT_")).map((name) => ({
		path: [...at, name],
		message: RESERVED,
		atKey: true
	}));
}
/** Variables that Tarlift sets itself: another value would have no effect. */
function decidedHere(names, ours, at) {
	return names.filter((name) => ours.includes(name)).map((name) => ({
		path: [...at, name],
		message: `Tarlift sets ${name} for what it runs: set it within the command (\`${name}=… command\`)`,
		atKey: true
	}));
}
/** Whether one path equals or contains the other. */
function overlap(a, b) {
	return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}
/** Positions of values that repeat an earlier one. */
function repeated(values) {
	return values.flatMap((value, index) => values.indexOf(value) < index ? [index] : []);
}
/** All hosts would have to leave their balancers at the same time, and the last one is never drained. */
function allAtOnce(config) {
	return Object.entries(config.targets).flatMap(([name, { waves, balancers, hosts }]) => waves === "all-at-once" && balancers.length > 0 && (knownHosts(hosts) ?? []).length > 1 ? [{
		path: [
			"targets",
			name,
			"waves"
		],
		message: "hosts behind a balancer cannot all leave it at once: remove this key, or give `size`"
	}] : []);
}
/** Keys of a balancer that would silently have no effect, and unknown hosts and roles. */
function balancers(config) {
	const named = namedRoles(config);
	return Object.entries(config.targets).flatMap(([name, target]) => target.balancers.flatMap((balancer, n) => {
		const path = [
			"targets",
			name,
			"balancers",
			n
		];
		const { adapter, config } = chosenOf(BALANCERS, balancer);
		const hosts = knownHosts(target.hosts);
		const known = hosts?.map(({ address }) => address);
		const wanted = balancer.roles?.every((role) => named.includes(role)) ? balancer.roles : void 0;
		return [
			...wanted && !hasHostFor(wanted, hosts) ? [{
				path: [...path, "roles"],
				message: `no host of target ${name} has the role ${either(wanted)}: none would leave this balancer; give a host the role, or remove the balancer`,
				atKey: true
			}] : [],
			...(adapter.check?.(config, balancer) ?? []).map((found) => ({
				...found,
				path: [...path, ...found.path]
			})),
			...Object.keys(balancer.servers ?? {}).filter((address) => known && !known.includes(address)).map((address) => {
				const meant = nearest(address, known ?? []);
				return {
					path: [
						...path,
						"servers",
						address
					],
					message: `target ${name} has no host ${address}${meant ? `; did you mean ${meant}?` : ""}`,
					atKey: true
				};
			})
		];
	}));
}

// node_modules/yaml/dist/nodes/identity.js
var require_identity = /* @__PURE__ */ __commonJSMin(((exports) => {
	const ALIAS = Symbol.for("yaml.alias");
	const DOC = Symbol.for("yaml.document");
	const MAP = Symbol.for("yaml.map");
	const PAIR = Symbol.for("yaml.pair");
	const SCALAR = Symbol.for("yaml.scalar");
	const SEQ = Symbol.for("yaml.seq");
	const NODE_TYPE = Symbol.for("yaml.node.type");
	const isAlias = (node) => !!node && typeof node === "object" && node[NODE_TYPE] === ALIAS;
	const isDocument = (node) => !!node && typeof node === "object" && node[NODE_TYPE] === DOC;
	const isMap = (node) => !!node && typeof node === "object" && node[NODE_TYPE] === MAP;
	const isPair = (node) => !!node && typeof node === "object" && node[NODE_TYPE] === PAIR;
	const isScalar = (node) => !!node && typeof node === "object" && node[NODE_TYPE] === SCALAR;
	const isSeq = (node) => !!node && typeof node === "object" && node[NODE_TYPE] === SEQ;
	function isCollection(node) {
		if (node && typeof node === "object") switch (node[NODE_TYPE]) {
			case MAP:
			case SEQ: return true;
		}
		return false;
	}
	function isNode(node) {
		if (node && typeof node === "object") switch (node[NODE_TYPE]) {
			case ALIAS:
			case MAP:
			case SCALAR:
			case SEQ: return true;
		}
		return false;
	}
	const hasAnchor = (node) => (isScalar(node) || isCollection(node)) && !!node.anchor;
	exports.ALIAS = ALIAS;
	exports.DOC = DOC;
	exports.MAP = MAP;
	exports.NODE_TYPE = NODE_TYPE;
	exports.PAIR = PAIR;
	exports.SCALAR = SCALAR;
	exports.SEQ = SEQ;
	exports.hasAnchor = hasAnchor;
	exports.isAlias = isAlias;
	exports.isCollection = isCollection;
	exports.isDocument = isDocument;
	exports.isMap = isMap;
	exports.isNode = isNode;
	exports.isPair = isPair;
	exports.isScalar = isScalar;
	exports.isSeq = isSeq;
}));

// node_modules/yaml/dist/visit.js
var require_visit = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	const BREAK = Symbol("break visit");
	const SKIP = Symbol("skip children");
	const REMOVE = Symbol("remove node");
	/**
	* Apply a visitor to an AST node or document.
	*
	* Walks through the tree (depth-first) starting from `node`, calling a
	* `visitor` function with three arguments:
	*   - `key`: For sequence values and map `Pair`, the node's index in the
	*     collection. Within a `Pair`, `'key'` or `'value'`, correspondingly.
	*     `null` for the root node.
	*   - `node`: The current node.
	*   - `path`: The ancestry of the current node.
	*
	* The return value of the visitor may be used to control the traversal:
	*   - `undefined` (default): Do nothing and continue
	*   - `visit.SKIP`: Do not visit the children of this node, continue with next
	*     sibling
	*   - `visit.BREAK`: Terminate traversal completely
	*   - `visit.REMOVE`: Remove the current node, then continue with the next one
	*   - `Node`: Replace the current node, then continue by visiting it
	*   - `number`: While iterating the items of a sequence or map, set the index
	*     of the next step. This is useful especially if the index of the current
	*     node has changed.
	*
	* If `visitor` is a single function, it will be called with all values
	* encountered in the tree, including e.g. `null` values. Alternatively,
	* separate visitor functions may be defined for each `Map`, `Pair`, `Seq`,
	* `Alias` and `Scalar` node. To define the same visitor function for more than
	* one node type, use the `Collection` (map and seq), `Value` (map, seq & scalar)
	* and `Node` (alias, map, seq & scalar) targets. Of all these, only the most
	* specific defined one will be used for each node.
	*/
	function visit(node, visitor) {
		const visitor_ = initVisitor(visitor);
		if (identity.isDocument(node)) {
			if (visit_(null, node.contents, visitor_, Object.freeze([node])) === REMOVE) node.contents = null;
		} else visit_(null, node, visitor_, Object.freeze([]));
	}
	/** Terminate visit traversal completely */
	visit.BREAK = BREAK;
	/** Do not visit the children of the current node */
	visit.SKIP = SKIP;
	/** Remove the current node */
	visit.REMOVE = REMOVE;
	function visit_(key, node, visitor, path) {
		const ctrl = callVisitor(key, node, visitor, path);
		if (identity.isNode(ctrl) || identity.isPair(ctrl)) {
			replaceNode(key, path, ctrl);
			return visit_(key, ctrl, visitor, path);
		}
		if (typeof ctrl !== "symbol") {
			if (identity.isCollection(node)) {
				path = Object.freeze(path.concat(node));
				for (let i = 0; i < node.items.length; ++i) {
					const ci = visit_(i, node.items[i], visitor, path);
					if (typeof ci === "number") i = ci - 1;
					else if (ci === BREAK) return BREAK;
					else if (ci === REMOVE) {
						node.items.splice(i, 1);
						i -= 1;
					}
				}
			} else if (identity.isPair(node)) {
				path = Object.freeze(path.concat(node));
				const ck = visit_("key", node.key, visitor, path);
				if (ck === BREAK) return BREAK;
				else if (ck === REMOVE) node.key = null;
				const cv = visit_("value", node.value, visitor, path);
				if (cv === BREAK) return BREAK;
				else if (cv === REMOVE) node.value = null;
			}
		}
		return ctrl;
	}
	/**
	* Apply an async visitor to an AST node or document.
	*
	* Walks through the tree (depth-first) starting from `node`, calling a
	* `visitor` function with three arguments:
	*   - `key`: For sequence values and map `Pair`, the node's index in the
	*     collection. Within a `Pair`, `'key'` or `'value'`, correspondingly.
	*     `null` for the root node.
	*   - `node`: The current node.
	*   - `path`: The ancestry of the current node.
	*
	* The return value of the visitor may be used to control the traversal:
	*   - `Promise`: Must resolve to one of the following values
	*   - `undefined` (default): Do nothing and continue
	*   - `visit.SKIP`: Do not visit the children of this node, continue with next
	*     sibling
	*   - `visit.BREAK`: Terminate traversal completely
	*   - `visit.REMOVE`: Remove the current node, then continue with the next one
	*   - `Node`: Replace the current node, then continue by visiting it
	*   - `number`: While iterating the items of a sequence or map, set the index
	*     of the next step. This is useful especially if the index of the current
	*     node has changed.
	*
	* If `visitor` is a single function, it will be called with all values
	* encountered in the tree, including e.g. `null` values. Alternatively,
	* separate visitor functions may be defined for each `Map`, `Pair`, `Seq`,
	* `Alias` and `Scalar` node. To define the same visitor function for more than
	* one node type, use the `Collection` (map and seq), `Value` (map, seq & scalar)
	* and `Node` (alias, map, seq & scalar) targets. Of all these, only the most
	* specific defined one will be used for each node.
	*/
	async function visitAsync(node, visitor) {
		const visitor_ = initVisitor(visitor);
		if (identity.isDocument(node)) {
			if (await visitAsync_(null, node.contents, visitor_, Object.freeze([node])) === REMOVE) node.contents = null;
		} else await visitAsync_(null, node, visitor_, Object.freeze([]));
	}
	/** Terminate visit traversal completely */
	visitAsync.BREAK = BREAK;
	/** Do not visit the children of the current node */
	visitAsync.SKIP = SKIP;
	/** Remove the current node */
	visitAsync.REMOVE = REMOVE;
	async function visitAsync_(key, node, visitor, path) {
		const ctrl = await callVisitor(key, node, visitor, path);
		if (identity.isNode(ctrl) || identity.isPair(ctrl)) {
			replaceNode(key, path, ctrl);
			return visitAsync_(key, ctrl, visitor, path);
		}
		if (typeof ctrl !== "symbol") {
			if (identity.isCollection(node)) {
				path = Object.freeze(path.concat(node));
				for (let i = 0; i < node.items.length; ++i) {
					const ci = await visitAsync_(i, node.items[i], visitor, path);
					if (typeof ci === "number") i = ci - 1;
					else if (ci === BREAK) return BREAK;
					else if (ci === REMOVE) {
						node.items.splice(i, 1);
						i -= 1;
					}
				}
			} else if (identity.isPair(node)) {
				path = Object.freeze(path.concat(node));
				const ck = await visitAsync_("key", node.key, visitor, path);
				if (ck === BREAK) return BREAK;
				else if (ck === REMOVE) node.key = null;
				const cv = await visitAsync_("value", node.value, visitor, path);
				if (cv === BREAK) return BREAK;
				else if (cv === REMOVE) node.value = null;
			}
		}
		return ctrl;
	}
	function initVisitor(visitor) {
		if (typeof visitor === "object" && (visitor.Collection || visitor.Node || visitor.Value)) return Object.assign({
			Alias: visitor.Node,
			Map: visitor.Node,
			Scalar: visitor.Node,
			Seq: visitor.Node
		}, visitor.Value && {
			Map: visitor.Value,
			Scalar: visitor.Value,
			Seq: visitor.Value
		}, visitor.Collection && {
			Map: visitor.Collection,
			Seq: visitor.Collection
		}, visitor);
		return visitor;
	}
	function callVisitor(key, node, visitor, path) {
		if (typeof visitor === "function") return visitor(key, node, path);
		if (identity.isMap(node)) return visitor.Map?.(key, node, path);
		if (identity.isSeq(node)) return visitor.Seq?.(key, node, path);
		if (identity.isPair(node)) return visitor.Pair?.(key, node, path);
		if (identity.isScalar(node)) return visitor.Scalar?.(key, node, path);
		if (identity.isAlias(node)) return visitor.Alias?.(key, node, path);
	}
	function replaceNode(key, path, node) {
		const parent = path[path.length - 1];
		if (identity.isCollection(parent)) parent.items[key] = node;
		else if (identity.isPair(parent)) {
			if (key === "key") parent.key = node;
			else parent.value = node;
		} else if (identity.isDocument(parent)) parent.contents = node;
		else {
			const pt = identity.isAlias(parent) ? "alias" : "scalar";
			throw new Error(`Cannot replace node with ${pt} parent`);
		}
	}
	exports.visit = visit;
	exports.visitAsync = visitAsync;
}));

// node_modules/yaml/dist/doc/directives.js
var require_directives = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var visit = require_visit();
	const escapeChars = {
		"!": "%21",
		",": "%2C",
		"[": "%5B",
		"]": "%5D",
		"{": "%7B",
		"}": "%7D"
	};
	const escapeTagName = (tn) => tn.replace(/[!,[\]{}]/g, (ch) => escapeChars[ch]);
	var Directives = class Directives {
		constructor(yaml, tags) {
			/**
			* The directives-end/doc-start marker `---`. If `null`, a marker may still be
			* included in the document's stringified representation.
			*/
			this.docStart = null;
			/** The doc-end marker `...`.  */
			this.docEnd = false;
			this.yaml = Object.assign({}, Directives.defaultYaml, yaml);
			this.tags = Object.assign({}, Directives.defaultTags, tags);
		}
		clone() {
			const copy = new Directives(this.yaml, this.tags);
			copy.docStart = this.docStart;
			return copy;
		}
		/**
		* During parsing, get a Directives instance for the current document and
		* update the stream state according to the current version's spec.
		*/
		atDocument() {
			const res = new Directives(this.yaml, this.tags);
			switch (this.yaml.version) {
				case "1.1":
					this.atNextDocument = true;
					break;
				case "1.2":
					this.atNextDocument = false;
					this.yaml = {
						explicit: Directives.defaultYaml.explicit,
						version: "1.2"
					};
					this.tags = Object.assign({}, Directives.defaultTags);
			}
			return res;
		}
		/**
		* @param onError - May be called even if the action was successful
		* @returns `true` on success
		*/
		add(line, onError) {
			if (this.atNextDocument) {
				this.yaml = {
					explicit: Directives.defaultYaml.explicit,
					version: "1.1"
				};
				this.tags = Object.assign({}, Directives.defaultTags);
				this.atNextDocument = false;
			}
			const parts = line.trim().split(/[ \t]+/);
			const name = parts.shift();
			switch (name) {
				case "%TAG": {
					if (parts.length !== 2) {
						onError(0, "%TAG directive should contain exactly two parts");
						if (parts.length < 2) return false;
					}
					const [handle, prefix] = parts;
					this.tags[handle] = prefix;
					return true;
				}
				case "%YAML": {
					this.yaml.explicit = true;
					if (parts.length !== 1) {
						onError(0, "%YAML directive should contain exactly one part");
						return false;
					}
					const [version] = parts;
					if (version === "1.1" || version === "1.2") {
						this.yaml.version = version;
						return true;
					} else {
						const isValid = /^\d+\.\d+$/.test(version);
						onError(6, `Unsupported YAML version ${version}`, isValid);
						return false;
					}
				}
				default:
					onError(0, `Unknown directive ${name}`, true);
					return false;
			}
		}
		/**
		* Resolves a tag, matching handles to those defined in %TAG directives.
		*
		* @returns Resolved tag, which may also be the non-specific tag `'!'` or a
		*   `'!local'` tag, or `null` if unresolvable.
		*/
		tagName(source, onError) {
			if (source === "!") return "!";
			if (source[0] !== "!") {
				onError(`Not a valid tag: ${source}`);
				return null;
			}
			if (source[1] === "<") {
				const verbatim = source.slice(2, -1);
				if (verbatim === "!" || verbatim === "!!") {
					onError(`Verbatim tags aren't resolved, so ${source} is invalid.`);
					return null;
				}
				if (source[source.length - 1] !== ">") onError("Verbatim tags must end with a >");
				return verbatim;
			}
			const [, handle, suffix] = source.match(/^(.*!)([^!]*)$/s);
			if (!suffix) onError(`The ${source} tag has no suffix`);
			const prefix = this.tags[handle];
			if (prefix) try {
				return prefix + decodeURIComponent(suffix);
			} catch (error) {
				onError(String(error));
				return null;
			}
			if (handle === "!") return source;
			onError(`Could not resolve tag: ${source}`);
			return null;
		}
		/**
		* Given a fully resolved tag, returns its printable string form,
		* taking into account current tag prefixes and defaults.
		*/
		tagString(tag) {
			for (const [handle, prefix] of Object.entries(this.tags)) if (tag.startsWith(prefix)) return handle + escapeTagName(tag.substring(prefix.length));
			return tag[0] === "!" ? tag : `!<${tag}>`;
		}
		toString(doc) {
			const lines = this.yaml.explicit ? [`%YAML ${this.yaml.version || "1.2"}`] : [];
			const tagEntries = Object.entries(this.tags);
			let tagNames;
			if (doc && tagEntries.length > 0 && identity.isNode(doc.contents)) {
				const tags = {};
				visit.visit(doc.contents, (_key, node) => {
					if (identity.isNode(node) && node.tag) tags[node.tag] = true;
				});
				tagNames = Object.keys(tags);
			} else tagNames = [];
			for (const [handle, prefix] of tagEntries) {
				if (handle === "!!" && prefix === "tag:yaml.org,2002:") continue;
				if (!doc || tagNames.some((tn) => tn.startsWith(prefix))) lines.push(`%TAG ${handle} ${prefix}`);
			}
			return lines.join("\n");
		}
	};
	Directives.defaultYaml = {
		explicit: false,
		version: "1.2"
	};
	Directives.defaultTags = { "!!": "tag:yaml.org,2002:" };
	exports.Directives = Directives;
}));

// node_modules/yaml/dist/doc/anchors.js
var require_anchors = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var visit = require_visit();
	/**
	* Verify that the input string is a valid anchor.
	*
	* Will throw on errors.
	*/
	function anchorIsValid(anchor) {
		if (/[\x00-\x19\s,[\]{}]/.test(anchor)) {
			const msg = `Anchor must not contain whitespace or control characters: ${JSON.stringify(anchor)}`;
			throw new Error(msg);
		}
		return true;
	}
	function anchorNames(root) {
		const anchors = /* @__PURE__ */ new Set();
		visit.visit(root, { Value(_key, node) {
			if (node.anchor) anchors.add(node.anchor);
		} });
		return anchors;
	}
	/** Find a new anchor name with the given `prefix` and a one-indexed suffix. */
	function findNewAnchor(prefix, exclude) {
		for (let i = 1;; ++i) {
			const name = `${prefix}${i}`;
			if (!exclude.has(name)) return name;
		}
	}
	function createNodeAnchors(doc, prefix) {
		const aliasObjects = [];
		const sourceObjects = /* @__PURE__ */ new Map();
		let prevAnchors = null;
		return {
			onAnchor: (source) => {
				aliasObjects.push(source);
				prevAnchors ?? (prevAnchors = anchorNames(doc));
				const anchor = findNewAnchor(prefix, prevAnchors);
				prevAnchors.add(anchor);
				return anchor;
			},
			/**
			* With circular references, the source node is only resolved after all
			* of its child nodes are. This is why anchors are set only after all of
			* the nodes have been created.
			*/
			setAnchors: () => {
				for (const source of aliasObjects) {
					const ref = sourceObjects.get(source);
					if (typeof ref === "object" && ref.anchor && (identity.isScalar(ref.node) || identity.isCollection(ref.node))) ref.node.anchor = ref.anchor;
					else {
						const error = /* @__PURE__ */ new Error("Failed to resolve repeated object (this should not happen)");
						error.source = source;
						throw error;
					}
				}
			},
			sourceObjects
		};
	}
	exports.anchorIsValid = anchorIsValid;
	exports.anchorNames = anchorNames;
	exports.createNodeAnchors = createNodeAnchors;
	exports.findNewAnchor = findNewAnchor;
}));

// node_modules/yaml/dist/doc/applyReviver.js
var require_applyReviver = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Applies the JSON.parse reviver algorithm as defined in the ECMA-262 spec,
	* in section 24.5.1.1 "Runtime Semantics: InternalizeJSONProperty" of the
	* 2021 edition: https://tc39.es/ecma262/#sec-json.parse
	*
	* Includes extensions for handling Map and Set objects.
	*/
	function applyReviver(reviver, obj, key, val) {
		if (val && typeof val === "object") {
			if (Array.isArray(val)) for (let i = 0, len = val.length; i < len; ++i) {
				const v0 = val[i];
				const v1 = applyReviver(reviver, val, String(i), v0);
				if (v1 === void 0) delete val[i];
				else if (v1 !== v0) val[i] = v1;
			}
			else if (val instanceof Map) for (const k of Array.from(val.keys())) {
				const v0 = val.get(k);
				const v1 = applyReviver(reviver, val, k, v0);
				if (v1 === void 0) val.delete(k);
				else if (v1 !== v0) val.set(k, v1);
			}
			else if (val instanceof Set) for (const v0 of Array.from(val)) {
				const v1 = applyReviver(reviver, val, v0, v0);
				if (v1 === void 0) val.delete(v0);
				else if (v1 !== v0) {
					val.delete(v0);
					val.add(v1);
				}
			}
			else for (const [k, v0] of Object.entries(val)) {
				const v1 = applyReviver(reviver, val, k, v0);
				if (v1 === void 0) delete val[k];
				else if (v1 !== v0) val[k] = v1;
			}
		}
		return reviver.call(obj, key, val);
	}
	exports.applyReviver = applyReviver;
}));

// node_modules/yaml/dist/nodes/toJS.js
var require_toJS = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	/**
	* Recursively convert any node or its contents to native JavaScript
	*
	* @param value - The input value
	* @param arg - If `value` defines a `toJSON()` method, use this
	*   as its first argument
	* @param ctx - Conversion context, originally set in Document#toJS(). If
	*   `{ keep: true }` is not set, output should be suitable for JSON
	*   stringification.
	*/
	function toJS(value, arg, ctx) {
		if (Array.isArray(value)) return value.map((v, i) => toJS(v, String(i), ctx));
		if (value && typeof value.toJSON === "function") {
			if (!ctx || !identity.hasAnchor(value)) return value.toJSON(arg, ctx);
			const data = {
				aliasCount: 0,
				count: 1,
				res: void 0
			};
			ctx.anchors.set(value, data);
			ctx.onCreate = (res) => {
				data.res = res;
				delete ctx.onCreate;
			};
			const res = value.toJSON(arg, ctx);
			if (ctx.onCreate) ctx.onCreate(res);
			return res;
		}
		if (typeof value === "bigint" && !ctx?.keep) return Number(value);
		return value;
	}
	exports.toJS = toJS;
}));

// node_modules/yaml/dist/nodes/Node.js
var require_Node = /* @__PURE__ */ __commonJSMin(((exports) => {
	var applyReviver = require_applyReviver();
	var identity = require_identity();
	var toJS = require_toJS();
	var NodeBase = class {
		constructor(type) {
			Object.defineProperty(this, identity.NODE_TYPE, { value: type });
		}
		/** Create a copy of this node.  */
		clone() {
			const copy = Object.create(Object.getPrototypeOf(this), Object.getOwnPropertyDescriptors(this));
			if (this.range) copy.range = this.range.slice();
			return copy;
		}
		/** A plain JavaScript representation of this node. */
		toJS(doc, { mapAsMap, maxAliasCount, onAnchor, reviver } = {}) {
			if (!identity.isDocument(doc)) throw new TypeError("A document argument is required");
			const ctx = {
				anchors: /* @__PURE__ */ new Map(),
				doc,
				keep: true,
				mapAsMap: mapAsMap === true,
				mapKeyWarned: false,
				maxAliasCount: typeof maxAliasCount === "number" ? maxAliasCount : 100
			};
			const res = toJS.toJS(this, "", ctx);
			if (typeof onAnchor === "function") for (const { count, res } of ctx.anchors.values()) onAnchor(res, count);
			return typeof reviver === "function" ? applyReviver.applyReviver(reviver, { "": res }, "", res) : res;
		}
	};
	exports.NodeBase = NodeBase;
}));

// node_modules/yaml/dist/nodes/Alias.js
var require_Alias = /* @__PURE__ */ __commonJSMin(((exports) => {
	var anchors = require_anchors();
	var visit = require_visit();
	var identity = require_identity();
	var Node = require_Node();
	var toJS = require_toJS();
	var Alias = class extends Node.NodeBase {
		constructor(source) {
			super(identity.ALIAS);
			this.source = source;
			Object.defineProperty(this, "tag", { set() {
				throw new Error("Alias nodes cannot have tags");
			} });
		}
		/**
		* Resolve the value of this alias within `doc`, finding the last
		* instance of the `source` anchor before this node.
		*/
		resolve(doc, ctx) {
			if (ctx?.maxAliasCount === 0) throw new ReferenceError("Alias resolution is disabled");
			let nodes;
			if (ctx?.aliasResolveCache) nodes = ctx.aliasResolveCache;
			else {
				nodes = [];
				visit.visit(doc, { Node: (_key, node) => {
					if (identity.isAlias(node) || identity.hasAnchor(node)) nodes.push(node);
				} });
				if (ctx) ctx.aliasResolveCache = nodes;
			}
			let found = void 0;
			for (const node of nodes) {
				if (node === this) break;
				if (node.anchor === this.source) found = node;
			}
			if (found && ctx) {
				const { anchors, doc, maxAliasCount } = ctx;
				let data = anchors.get(found);
				if (!data) {
					toJS.toJS(found, null, ctx);
					data = anchors.get(found);
				}
				/* istanbul ignore if */
				if (data?.res === void 0) throw new ReferenceError("This should not happen: Alias anchor was not resolved?");
				if (maxAliasCount >= 0) {
					data.count += 1;
					if (data.aliasCount === 0) data.aliasCount = getAliasCount(doc, found, anchors);
					if (data.count * data.aliasCount > maxAliasCount) throw new ReferenceError("Excessive alias count indicates a resource exhaustion attack");
				}
			}
			return found;
		}
		toJSON(_arg, ctx) {
			if (!ctx) return { source: this.source };
			const source = this.resolve(ctx.doc, ctx);
			if (!source) {
				const msg = `Unresolved alias (the anchor must be set before the alias): ${this.source}`;
				throw new ReferenceError(msg);
			}
			return ctx.anchors.get(source).res;
		}
		toString(ctx, _onComment, _onChompKeep) {
			const src = `*${this.source}`;
			if (ctx) {
				anchors.anchorIsValid(this.source);
				if (ctx.options.verifyAliasOrder && !ctx.anchors.has(this.source)) {
					const msg = `Unresolved alias (the anchor must be set before the alias): ${this.source}`;
					throw new Error(msg);
				}
				if (ctx.implicitKey) return `${src} `;
			}
			return src;
		}
	};
	function getAliasCount(doc, node, anchors) {
		if (identity.isAlias(node)) {
			const source = node.resolve(doc);
			const anchor = anchors && source && anchors.get(source);
			return anchor ? anchor.count * anchor.aliasCount : 0;
		} else if (identity.isCollection(node)) {
			let count = 0;
			for (const item of node.items) {
				const c = getAliasCount(doc, item, anchors);
				if (c > count) count = c;
			}
			return count;
		} else if (identity.isPair(node)) {
			const kc = getAliasCount(doc, node.key, anchors);
			const vc = getAliasCount(doc, node.value, anchors);
			return Math.max(kc, vc);
		}
		return 1;
	}
	exports.Alias = Alias;
}));

// node_modules/yaml/dist/nodes/Scalar.js
var require_Scalar = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var Node = require_Node();
	var toJS = require_toJS();
	const isScalarValue = (value) => !value || typeof value !== "function" && typeof value !== "object";
	var Scalar = class extends Node.NodeBase {
		constructor(value) {
			super(identity.SCALAR);
			this.value = value;
		}
		toJSON(arg, ctx) {
			return ctx?.keep ? this.value : toJS.toJS(this.value, arg, ctx);
		}
		toString() {
			return String(this.value);
		}
	};
	Scalar.BLOCK_FOLDED = "BLOCK_FOLDED";
	Scalar.BLOCK_LITERAL = "BLOCK_LITERAL";
	Scalar.PLAIN = "PLAIN";
	Scalar.QUOTE_DOUBLE = "QUOTE_DOUBLE";
	Scalar.QUOTE_SINGLE = "QUOTE_SINGLE";
	exports.Scalar = Scalar;
	exports.isScalarValue = isScalarValue;
}));

// node_modules/yaml/dist/doc/createNode.js
var require_createNode = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Alias = require_Alias();
	var identity = require_identity();
	var Scalar = require_Scalar();
	const defaultTagPrefix = "tag:yaml.org,2002:";
	function findTagObject(value, tagName, tags) {
		if (tagName) {
			const match = tags.filter((t) => t.tag === tagName);
			const tagObj = match.find((t) => !t.format) ?? match[0];
			if (!tagObj) throw new Error(`Tag ${tagName} not found`);
			return tagObj;
		}
		return tags.find((t) => t.identify?.(value) && !t.format);
	}
	function createNode(value, tagName, ctx) {
		if (identity.isDocument(value)) value = value.contents;
		if (identity.isNode(value)) return value;
		if (identity.isPair(value)) {
			const map = ctx.schema[identity.MAP].createNode?.(ctx.schema, null, ctx);
			map.items.push(value);
			return map;
		}
		if (value instanceof String || value instanceof Number || value instanceof Boolean || typeof BigInt !== "undefined" && value instanceof BigInt) value = value.valueOf();
		const { aliasDuplicateObjects, onAnchor, onTagObj, schema, sourceObjects } = ctx;
		let ref = void 0;
		if (aliasDuplicateObjects && value && typeof value === "object") {
			ref = sourceObjects.get(value);
			if (ref) {
				ref.anchor ?? (ref.anchor = onAnchor(value));
				return new Alias.Alias(ref.anchor);
			} else {
				ref = {
					anchor: null,
					node: null
				};
				sourceObjects.set(value, ref);
			}
		}
		if (tagName?.startsWith("!!")) tagName = defaultTagPrefix + tagName.slice(2);
		let tagObj = findTagObject(value, tagName, schema.tags);
		if (!tagObj) {
			if (value && typeof value.toJSON === "function") value = value.toJSON();
			if (!value || typeof value !== "object") {
				const node = new Scalar.Scalar(value);
				if (ref) ref.node = node;
				return node;
			}
			tagObj = value instanceof Map ? schema[identity.MAP] : Symbol.iterator in Object(value) ? schema[identity.SEQ] : schema[identity.MAP];
		}
		if (onTagObj) {
			onTagObj(tagObj);
			delete ctx.onTagObj;
		}
		const node = tagObj?.createNode ? tagObj.createNode(ctx.schema, value, ctx) : typeof tagObj?.nodeClass?.from === "function" ? tagObj.nodeClass.from(ctx.schema, value, ctx) : new Scalar.Scalar(value);
		if (tagName) node.tag = tagName;
		else if (!tagObj.default) node.tag = tagObj.tag;
		if (ref) ref.node = node;
		return node;
	}
	exports.createNode = createNode;
}));

// node_modules/yaml/dist/nodes/Collection.js
var require_Collection = /* @__PURE__ */ __commonJSMin(((exports) => {
	var createNode = require_createNode();
	var identity = require_identity();
	var Node = require_Node();
	function collectionFromPath(schema, path, value) {
		let v = value;
		for (let i = path.length - 1; i >= 0; --i) {
			const k = path[i];
			if (typeof k === "number" && Number.isInteger(k) && k >= 0) {
				const a = [];
				a[k] = v;
				v = a;
			} else v = /* @__PURE__ */ new Map([[k, v]]);
		}
		return createNode.createNode(v, void 0, {
			aliasDuplicateObjects: false,
			keepUndefined: false,
			onAnchor: () => {
				throw new Error("This should not happen, please report a bug.");
			},
			schema,
			sourceObjects: /* @__PURE__ */ new Map()
		});
	}
	const isEmptyPath = (path) => path == null || typeof path === "object" && !!path[Symbol.iterator]().next().done;
	var Collection = class extends Node.NodeBase {
		constructor(type, schema) {
			super(type);
			Object.defineProperty(this, "schema", {
				value: schema,
				configurable: true,
				enumerable: false,
				writable: true
			});
		}
		/**
		* Create a copy of this collection.
		*
		* @param schema - If defined, overwrites the original's schema
		*/
		clone(schema) {
			const copy = Object.create(Object.getPrototypeOf(this), Object.getOwnPropertyDescriptors(this));
			if (schema) copy.schema = schema;
			copy.items = copy.items.map((it) => identity.isNode(it) || identity.isPair(it) ? it.clone(schema) : it);
			if (this.range) copy.range = this.range.slice();
			return copy;
		}
		/**
		* Adds a value to the collection. For `!!map` and `!!omap` the value must
		* be a Pair instance or a `{ key, value }` object, which may not have a key
		* that already exists in the map.
		*/
		addIn(path, value) {
			if (isEmptyPath(path)) this.add(value);
			else {
				const [key, ...rest] = path;
				const node = this.get(key, true);
				if (identity.isCollection(node)) node.addIn(rest, value);
				else if (node === void 0 && this.schema) this.set(key, collectionFromPath(this.schema, rest, value));
				else throw new Error(`Expected YAML collection at ${key}. Remaining path: ${rest}`);
			}
		}
		/**
		* Removes a value from the collection.
		* @returns `true` if the item was found and removed.
		*/
		deleteIn(path) {
			const [key, ...rest] = path;
			if (rest.length === 0) return this.delete(key);
			const node = this.get(key, true);
			if (identity.isCollection(node)) return node.deleteIn(rest);
			else throw new Error(`Expected YAML collection at ${key}. Remaining path: ${rest}`);
		}
		/**
		* Returns item at `key`, or `undefined` if not found. By default unwraps
		* scalar values from their surrounding node; to disable set `keepScalar` to
		* `true` (collections are always returned intact).
		*/
		getIn(path, keepScalar) {
			const [key, ...rest] = path;
			const node = this.get(key, true);
			if (rest.length === 0) return !keepScalar && identity.isScalar(node) ? node.value : node;
			else return identity.isCollection(node) ? node.getIn(rest, keepScalar) : void 0;
		}
		hasAllNullValues(allowScalar) {
			return this.items.every((node) => {
				if (!identity.isPair(node)) return false;
				const n = node.value;
				return n == null || allowScalar && identity.isScalar(n) && n.value == null && !n.commentBefore && !n.comment && !n.tag;
			});
		}
		/**
		* Checks if the collection includes a value with the key `key`.
		*/
		hasIn(path) {
			const [key, ...rest] = path;
			if (rest.length === 0) return this.has(key);
			const node = this.get(key, true);
			return identity.isCollection(node) ? node.hasIn(rest) : false;
		}
		/**
		* Sets a value in this collection. For `!!set`, `value` needs to be a
		* boolean to add/remove the item from the set.
		*/
		setIn(path, value) {
			const [key, ...rest] = path;
			if (rest.length === 0) this.set(key, value);
			else {
				const node = this.get(key, true);
				if (identity.isCollection(node)) node.setIn(rest, value);
				else if (node === void 0 && this.schema) this.set(key, collectionFromPath(this.schema, rest, value));
				else throw new Error(`Expected YAML collection at ${key}. Remaining path: ${rest}`);
			}
		}
	};
	exports.Collection = Collection;
	exports.collectionFromPath = collectionFromPath;
	exports.isEmptyPath = isEmptyPath;
}));

// node_modules/yaml/dist/stringify/stringifyComment.js
var require_stringifyComment = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Stringifies a comment.
	*
	* Empty comment lines are left empty,
	* lines consisting of a single space are replaced by `#`,
	* and all other lines are prefixed with a `#`.
	*/
	const stringifyComment = (str) => str.replace(/^(?!$)(?: $)?/gm, "#");
	function indentComment(comment, indent) {
		if (/^\n+$/.test(comment)) return comment.substring(1);
		return indent ? comment.replace(/^(?! *$)/gm, indent) : comment;
	}
	const lineComment = (str, indent, comment) => str.endsWith("\n") ? indentComment(comment, indent) : comment.includes("\n") ? "\n" + indentComment(comment, indent) : (str.endsWith(" ") ? "" : " ") + comment;
	exports.indentComment = indentComment;
	exports.lineComment = lineComment;
	exports.stringifyComment = stringifyComment;
}));

// node_modules/yaml/dist/stringify/foldFlowLines.js
var require_foldFlowLines = /* @__PURE__ */ __commonJSMin(((exports) => {
	const FOLD_FLOW = "flow";
	const FOLD_BLOCK = "block";
	const FOLD_QUOTED = "quoted";
	/**
	* Tries to keep input at up to `lineWidth` characters, splitting only on spaces
	* not followed by newlines or spaces unless `mode` is `'quoted'`. Lines are
	* terminated with `\n` and started with `indent`.
	*/
	function foldFlowLines(text, indent, mode = "flow", { indentAtStart, lineWidth = 80, minContentWidth = 20, onFold, onOverflow } = {}) {
		if (!lineWidth || lineWidth < 0) return text;
		if (lineWidth < minContentWidth) minContentWidth = 0;
		const endStep = Math.max(1 + minContentWidth, 1 + lineWidth - indent.length);
		if (text.length <= endStep) return text;
		const folds = [];
		const escapedFolds = {};
		let end = lineWidth - indent.length;
		if (typeof indentAtStart === "number") {
			if (indentAtStart > lineWidth - Math.max(2, minContentWidth)) folds.push(0);
			else end = lineWidth - indentAtStart;
		}
		let split = void 0;
		let prev = void 0;
		let overflow = false;
		let i = -1;
		let escStart = -1;
		let escEnd = -1;
		if (mode === FOLD_BLOCK) {
			i = consumeMoreIndentedLines(text, i, indent.length);
			if (i !== -1) end = i + endStep;
		}
		for (let ch; ch = text[i += 1];) {
			if (mode === FOLD_QUOTED && ch === "\\") {
				escStart = i;
				switch (text[i + 1]) {
					case "x":
						i += 3;
						break;
					case "u":
						i += 5;
						break;
					case "U":
						i += 9;
						break;
					default: i += 1;
				}
				escEnd = i;
			}
			if (ch === "\n") {
				if (mode === FOLD_BLOCK) i = consumeMoreIndentedLines(text, i, indent.length);
				end = i + indent.length + endStep;
				split = void 0;
			} else {
				if (ch === " " && prev && prev !== " " && prev !== "\n" && prev !== "	") {
					const next = text[i + 1];
					if (next && next !== " " && next !== "\n" && next !== "	") split = i;
				}
				if (i >= end) {
					if (split) {
						folds.push(split);
						end = split + endStep;
						split = void 0;
					} else if (mode === FOLD_QUOTED) {
						while (prev === " " || prev === "	") {
							prev = ch;
							ch = text[i += 1];
							overflow = true;
						}
						const j = i > escEnd + 1 ? i - 2 : escStart - 1;
						if (escapedFolds[j]) return text;
						folds.push(j);
						escapedFolds[j] = true;
						end = j + endStep;
						split = void 0;
					} else overflow = true;
				}
			}
			prev = ch;
		}
		if (overflow && onOverflow) onOverflow();
		if (folds.length === 0) return text;
		if (onFold) onFold();
		let res = text.slice(0, folds[0]);
		for (let i = 0; i < folds.length; ++i) {
			const fold = folds[i];
			const end = folds[i + 1] || text.length;
			if (fold === 0) res = `\n${indent}${text.slice(0, end)}`;
			else {
				if (mode === FOLD_QUOTED && escapedFolds[fold]) res += `${text[fold]}\\`;
				res += `\n${indent}${text.slice(fold + 1, end)}`;
			}
		}
		return res;
	}
	/**
	* Presumes `i + 1` is at the start of a line
	* @returns index of last newline in more-indented block
	*/
	function consumeMoreIndentedLines(text, i, indent) {
		let end = i;
		let start = i + 1;
		let ch = text[start];
		while (ch === " " || ch === "	") if (i < start + indent) ch = text[++i];
		else {
			do
				ch = text[++i];
			while (ch && ch !== "\n");
			end = i;
			start = i + 1;
			ch = text[start];
		}
		return end;
	}
	exports.FOLD_BLOCK = FOLD_BLOCK;
	exports.FOLD_FLOW = FOLD_FLOW;
	exports.FOLD_QUOTED = FOLD_QUOTED;
	exports.foldFlowLines = foldFlowLines;
}));

// node_modules/yaml/dist/stringify/stringifyString.js
var require_stringifyString = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Scalar = require_Scalar();
	var foldFlowLines = require_foldFlowLines();
	const getFoldOptions = (ctx, isBlock) => ({
		indentAtStart: isBlock ? ctx.indent.length : ctx.indentAtStart,
		lineWidth: ctx.options.lineWidth,
		minContentWidth: ctx.options.minContentWidth
	});
	const containsDocumentMarker = (str) => /^(%|---|\.\.\.)/m.test(str);
	function lineLengthOverLimit(str, lineWidth, indentLength) {
		if (!lineWidth || lineWidth < 0) return false;
		const limit = lineWidth - indentLength;
		const strLen = str.length;
		if (strLen <= limit) return false;
		for (let i = 0, start = 0; i < strLen; ++i) if (str[i] === "\n") {
			if (i - start > limit) return true;
			start = i + 1;
			if (strLen - start <= limit) return false;
		}
		return true;
	}
	function doubleQuotedString(value, ctx) {
		const json = JSON.stringify(value);
		if (ctx.options.doubleQuotedAsJSON) return json;
		const { implicitKey } = ctx;
		const minMultiLineLength = ctx.options.doubleQuotedMinMultiLineLength;
		const indent = ctx.indent || (containsDocumentMarker(value) ? "  " : "");
		let str = "";
		let start = 0;
		for (let i = 0, ch = json[i]; ch; ch = json[++i]) {
			if (ch === " " && json[i + 1] === "\\" && json[i + 2] === "n") {
				str += json.slice(start, i) + "\\ ";
				i += 1;
				start = i;
				ch = "\\";
			}
			if (ch === "\\") switch (json[i + 1]) {
				case "u":
					{
						str += json.slice(start, i);
						const code = json.substr(i + 2, 4);
						switch (code) {
							case "0000":
								str += "\\0";
								break;
							case "0007":
								str += "\\a";
								break;
							case "000b":
								str += "\\v";
								break;
							case "001b":
								str += "\\e";
								break;
							case "0085":
								str += "\\N";
								break;
							case "00a0":
								str += "\\_";
								break;
							case "2028":
								str += "\\L";
								break;
							case "2029":
								str += "\\P";
								break;
							default: if (code.substr(0, 2) === "00") str += "\\x" + code.substr(2);
							else str += json.substr(i, 6);
						}
						i += 5;
						start = i + 1;
					}
					break;
				case "n":
					if (implicitKey || json[i + 2] === "\"" || json.length < minMultiLineLength) i += 1;
					else {
						str += json.slice(start, i) + "\n\n";
						while (json[i + 2] === "\\" && json[i + 3] === "n" && json[i + 4] !== "\"") {
							str += "\n";
							i += 2;
						}
						str += indent;
						if (json[i + 2] === " ") str += "\\";
						i += 1;
						start = i + 1;
					}
					break;
				default: i += 1;
			}
		}
		str = start ? str + json.slice(start) : json;
		return implicitKey ? str : foldFlowLines.foldFlowLines(str, indent, foldFlowLines.FOLD_QUOTED, getFoldOptions(ctx, false));
	}
	function singleQuotedString(value, ctx) {
		if (ctx.options.singleQuote === false || ctx.implicitKey && value.includes("\n") || /[ \t]\n|\n[ \t]/.test(value)) return doubleQuotedString(value, ctx);
		const indent = ctx.indent || (containsDocumentMarker(value) ? "  " : "");
		const res = "'" + value.replace(/'/g, "''").replace(/\n+/g, `$&\n${indent}`) + "'";
		return ctx.implicitKey ? res : foldFlowLines.foldFlowLines(res, indent, foldFlowLines.FOLD_FLOW, getFoldOptions(ctx, false));
	}
	function quotedString(value, ctx) {
		const { singleQuote } = ctx.options;
		let qs;
		if (singleQuote === false) qs = doubleQuotedString;
		else {
			const hasDouble = value.includes("\"");
			const hasSingle = value.includes("'");
			if (hasDouble && !hasSingle) qs = singleQuotedString;
			else if (hasSingle && !hasDouble) qs = doubleQuotedString;
			else qs = singleQuote ? singleQuotedString : doubleQuotedString;
		}
		return qs(value, ctx);
	}
	let blockEndNewlines;
	try {
		blockEndNewlines = new RegExp("(^|(?<!\n))\n+(?!\n|$)", "g");
	} catch {
		blockEndNewlines = /\n+(?!\n|$)/g;
	}
	function blockString({ comment, type, value }, ctx, onComment, onChompKeep) {
		const { blockQuote, commentString, lineWidth } = ctx.options;
		if (!blockQuote || /\n[\t ]+$/.test(value)) return quotedString(value, ctx);
		const indent = ctx.indent || (ctx.forceBlockIndent || containsDocumentMarker(value) ? "  " : "");
		const literal = blockQuote === "literal" ? true : blockQuote === "folded" || type === Scalar.Scalar.BLOCK_FOLDED ? false : type === Scalar.Scalar.BLOCK_LITERAL ? true : !lineLengthOverLimit(value, lineWidth, indent.length);
		if (!value) return literal ? "|\n" : ">\n";
		let chomp;
		let endStart;
		for (endStart = value.length; endStart > 0; --endStart) {
			const ch = value[endStart - 1];
			if (ch !== "\n" && ch !== "	" && ch !== " ") break;
		}
		let end = value.substring(endStart);
		const endNlPos = end.indexOf("\n");
		if (endNlPos === -1) chomp = "-";
		else if (value === end || endNlPos !== end.length - 1) {
			chomp = "+";
			if (onChompKeep) onChompKeep();
		} else chomp = "";
		if (end) {
			value = value.slice(0, -end.length);
			if (end[end.length - 1] === "\n") end = end.slice(0, -1);
			end = end.replace(blockEndNewlines, `$&${indent}`);
		}
		let startWithSpace = false;
		let startEnd;
		let startNlPos = -1;
		for (startEnd = 0; startEnd < value.length; ++startEnd) {
			const ch = value[startEnd];
			if (ch === " ") startWithSpace = true;
			else if (ch === "\n") startNlPos = startEnd;
			else break;
		}
		let start = value.substring(0, startNlPos < startEnd ? startNlPos + 1 : startEnd);
		if (start) {
			value = value.substring(start.length);
			start = start.replace(/\n+/g, `$&${indent}`);
		}
		let header = (startWithSpace ? indent ? "2" : "1" : "") + chomp;
		if (comment) {
			header += " " + commentString(comment.replace(/ ?[\r\n]+/g, " "));
			if (onComment) onComment();
		}
		if (!literal) {
			const foldedValue = value.replace(/\n+/g, "\n$&").replace(/(?:^|\n)([\t ].*)(?:([\n\t ]*)\n(?![\n\t ]))?/g, "$1$2").replace(/\n+/g, `$&${indent}`);
			let literalFallback = false;
			const foldOptions = getFoldOptions(ctx, true);
			if (blockQuote !== "folded" && type !== Scalar.Scalar.BLOCK_FOLDED) foldOptions.onOverflow = () => {
				literalFallback = true;
			};
			const body = foldFlowLines.foldFlowLines(`${start}${foldedValue}${end}`, indent, foldFlowLines.FOLD_BLOCK, foldOptions);
			if (!literalFallback) return `>${header}\n${indent}${body}`;
		}
		value = value.replace(/\n+/g, `$&${indent}`);
		return `|${header}\n${indent}${start}${value}${end}`;
	}
	function plainString(item, ctx, onComment, onChompKeep) {
		const { type, value } = item;
		const { actualString, implicitKey, indent, indentStep, inFlow } = ctx;
		if (implicitKey && value.includes("\n") || inFlow && /[[\]{},]/.test(value)) return quotedString(value, ctx);
		if (/^[\n\t ,[\]{}#&*!|>'"%@`]|^[?-]$|^[?-][ \t]|[\n:][ \t]|[ \t]\n|[\n\t ]#|[\n\t :]$/.test(value)) return implicitKey || inFlow || !value.includes("\n") ? quotedString(value, ctx) : blockString(item, ctx, onComment, onChompKeep);
		if (!implicitKey && !inFlow && type !== Scalar.Scalar.PLAIN && value.includes("\n")) return blockString(item, ctx, onComment, onChompKeep);
		if (containsDocumentMarker(value)) {
			if (indent === "") {
				ctx.forceBlockIndent = true;
				return blockString(item, ctx, onComment, onChompKeep);
			} else if (implicitKey && indent === indentStep) return quotedString(value, ctx);
		}
		const str = value.replace(/\n+/g, `$&\n${indent}`);
		if (actualString) {
			const test = (tag) => tag.default && tag.tag !== "tag:yaml.org,2002:str" && tag.test?.test(str);
			const { compat, tags } = ctx.doc.schema;
			if (tags.some(test) || compat?.some(test)) return quotedString(value, ctx);
		}
		return implicitKey ? str : foldFlowLines.foldFlowLines(str, indent, foldFlowLines.FOLD_FLOW, getFoldOptions(ctx, false));
	}
	function stringifyString(item, ctx, onComment, onChompKeep) {
		const { implicitKey, inFlow } = ctx;
		const ss = typeof item.value === "string" ? item : Object.assign({}, item, { value: String(item.value) });
		let { type } = item;
		if (type !== Scalar.Scalar.QUOTE_DOUBLE) {
			if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\u{D800}-\u{DFFF}]/u.test(ss.value)) type = Scalar.Scalar.QUOTE_DOUBLE;
		}
		const _stringify = (_type) => {
			switch (_type) {
				case Scalar.Scalar.BLOCK_FOLDED:
				case Scalar.Scalar.BLOCK_LITERAL: return implicitKey || inFlow ? quotedString(ss.value, ctx) : blockString(ss, ctx, onComment, onChompKeep);
				case Scalar.Scalar.QUOTE_DOUBLE: return doubleQuotedString(ss.value, ctx);
				case Scalar.Scalar.QUOTE_SINGLE: return singleQuotedString(ss.value, ctx);
				case Scalar.Scalar.PLAIN: return plainString(ss, ctx, onComment, onChompKeep);
				default: return null;
			}
		};
		let res = _stringify(type);
		if (res === null) {
			const { defaultKeyType, defaultStringType } = ctx.options;
			const t = implicitKey && defaultKeyType || defaultStringType;
			res = _stringify(t);
			if (res === null) throw new Error(`Unsupported default string type ${t}`);
		}
		return res;
	}
	exports.stringifyString = stringifyString;
}));

// node_modules/yaml/dist/stringify/stringify.js
var require_stringify = /* @__PURE__ */ __commonJSMin(((exports) => {
	var anchors = require_anchors();
	var identity = require_identity();
	var stringifyComment = require_stringifyComment();
	var stringifyString = require_stringifyString();
	function createStringifyContext(doc, options) {
		const opt = Object.assign({
			blockQuote: true,
			commentString: stringifyComment.stringifyComment,
			defaultKeyType: null,
			defaultStringType: "PLAIN",
			directives: null,
			doubleQuotedAsJSON: false,
			doubleQuotedMinMultiLineLength: 40,
			falseStr: "false",
			flowCollectionPadding: true,
			indentSeq: true,
			lineWidth: 80,
			minContentWidth: 20,
			nullStr: "null",
			simpleKeys: false,
			singleQuote: null,
			trailingComma: false,
			trueStr: "true",
			verifyAliasOrder: true
		}, doc.schema.toStringOptions, options);
		let inFlow;
		switch (opt.collectionStyle) {
			case "block":
				inFlow = false;
				break;
			case "flow":
				inFlow = true;
				break;
			default: inFlow = null;
		}
		return {
			anchors: /* @__PURE__ */ new Set(),
			doc,
			flowCollectionPadding: opt.flowCollectionPadding ? " " : "",
			indent: "",
			indentStep: typeof opt.indent === "number" ? " ".repeat(opt.indent) : "  ",
			inFlow,
			options: opt
		};
	}
	function getTagObject(tags, item) {
		if (item.tag) {
			const match = tags.filter((t) => t.tag === item.tag);
			if (match.length > 0) return match.find((t) => t.format === item.format) ?? match[0];
		}
		let tagObj = void 0;
		let obj;
		if (identity.isScalar(item)) {
			obj = item.value;
			let match = tags.filter((t) => t.identify?.(obj));
			if (match.length > 1) {
				const testMatch = match.filter((t) => t.test);
				if (testMatch.length > 0) match = testMatch;
			}
			tagObj = match.find((t) => t.format === item.format) ?? match.find((t) => !t.format);
		} else {
			obj = item;
			tagObj = tags.find((t) => t.nodeClass && obj instanceof t.nodeClass);
		}
		if (!tagObj) {
			const name = obj?.constructor?.name ?? (obj === null ? "null" : typeof obj);
			throw new Error(`Tag not resolved for ${name} value`);
		}
		return tagObj;
	}
	function stringifyProps(node, tagObj, { anchors: anchors$1, doc }) {
		if (!doc.directives) return "";
		const props = [];
		const anchor = (identity.isScalar(node) || identity.isCollection(node)) && node.anchor;
		if (anchor && anchors.anchorIsValid(anchor)) {
			anchors$1.add(anchor);
			props.push(`&${anchor}`);
		}
		const tag = node.tag ?? (tagObj.default ? null : tagObj.tag);
		if (tag) props.push(doc.directives.tagString(tag));
		return props.join(" ");
	}
	function stringify(item, ctx, onComment, onChompKeep) {
		if (identity.isPair(item)) return item.toString(ctx, onComment, onChompKeep);
		if (identity.isAlias(item)) {
			if (ctx.doc.directives) return item.toString(ctx);
			if (ctx.resolvedAliases?.has(item)) throw new TypeError(`Cannot stringify circular structure without alias nodes`);
			else {
				if (ctx.resolvedAliases) ctx.resolvedAliases.add(item);
				else ctx.resolvedAliases = /* @__PURE__ */ new Set([item]);
				item = item.resolve(ctx.doc);
			}
		}
		let tagObj = void 0;
		const node = identity.isNode(item) ? item : ctx.doc.createNode(item, { onTagObj: (o) => tagObj = o });
		tagObj ?? (tagObj = getTagObject(ctx.doc.schema.tags, node));
		const props = stringifyProps(node, tagObj, ctx);
		if (props.length > 0) ctx.indentAtStart = (ctx.indentAtStart ?? 0) + props.length + 1;
		const str = typeof tagObj.stringify === "function" ? tagObj.stringify(node, ctx, onComment, onChompKeep) : identity.isScalar(node) ? stringifyString.stringifyString(node, ctx, onComment, onChompKeep) : node.toString(ctx, onComment, onChompKeep);
		if (!props) return str;
		return identity.isScalar(node) || str[0] === "{" || str[0] === "[" ? `${props} ${str}` : `${props}\n${ctx.indent}${str}`;
	}
	exports.createStringifyContext = createStringifyContext;
	exports.stringify = stringify;
}));

// node_modules/yaml/dist/stringify/stringifyPair.js
var require_stringifyPair = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var Scalar = require_Scalar();
	var stringify = require_stringify();
	var stringifyComment = require_stringifyComment();
	function stringifyPair({ key, value }, ctx, onComment, onChompKeep) {
		const { allNullValues, doc, indent, indentStep, options: { commentString, indentSeq, simpleKeys } } = ctx;
		let keyComment = identity.isNode(key) && key.comment || null;
		if (simpleKeys) {
			if (keyComment) throw new Error("With simple keys, key nodes cannot have comments");
			if (identity.isCollection(key) || !identity.isNode(key) && typeof key === "object") throw new Error("With simple keys, collection cannot be used as a key value");
		}
		let explicitKey = !simpleKeys && (!key || keyComment && value == null && !ctx.inFlow || identity.isCollection(key) || (identity.isScalar(key) ? key.type === Scalar.Scalar.BLOCK_FOLDED || key.type === Scalar.Scalar.BLOCK_LITERAL : typeof key === "object"));
		ctx = Object.assign({}, ctx, {
			allNullValues: false,
			implicitKey: !explicitKey && (simpleKeys || !allNullValues),
			indent: indent + indentStep
		});
		let keyCommentDone = false;
		let chompKeep = false;
		let str = stringify.stringify(key, ctx, () => keyCommentDone = true, () => chompKeep = true);
		if (!explicitKey && !ctx.inFlow && str.length > 1024) {
			if (simpleKeys) throw new Error("With simple keys, single line scalar must not span more than 1024 characters");
			explicitKey = true;
		}
		if (ctx.inFlow) {
			if (allNullValues || value == null) {
				if (keyCommentDone && onComment) onComment();
				return str === "" ? "?" : explicitKey ? `? ${str}` : str;
			}
		} else if (allNullValues && !simpleKeys || value == null && explicitKey) {
			str = `? ${str}`;
			if (keyComment && !keyCommentDone) str += stringifyComment.lineComment(str, ctx.indent, commentString(keyComment));
			else if (chompKeep && onChompKeep) onChompKeep();
			return str;
		}
		if (keyCommentDone) keyComment = null;
		if (explicitKey) {
			if (keyComment) str += stringifyComment.lineComment(str, ctx.indent, commentString(keyComment));
			str = `? ${str}\n${indent}:`;
		} else {
			str = `${str}:`;
			if (keyComment) str += stringifyComment.lineComment(str, ctx.indent, commentString(keyComment));
		}
		let vsb, vcb, valueComment;
		if (identity.isNode(value)) {
			vsb = !!value.spaceBefore;
			vcb = value.commentBefore;
			valueComment = value.comment;
		} else {
			vsb = false;
			vcb = null;
			valueComment = null;
			if (value && typeof value === "object") value = doc.createNode(value);
		}
		ctx.implicitKey = false;
		if (!explicitKey && !keyComment && identity.isScalar(value)) ctx.indentAtStart = str.length + 1;
		chompKeep = false;
		if (!indentSeq && indentStep.length >= 2 && !ctx.inFlow && !explicitKey && identity.isSeq(value) && !value.flow && !value.tag && !value.anchor) ctx.indent = ctx.indent.substring(2);
		let valueCommentDone = false;
		const valueStr = stringify.stringify(value, ctx, () => valueCommentDone = true, () => chompKeep = true);
		let ws = " ";
		if (keyComment || vsb || vcb) {
			ws = vsb ? "\n" : "";
			if (vcb) {
				const cs = commentString(vcb);
				ws += `\n${stringifyComment.indentComment(cs, ctx.indent)}`;
			}
			if (valueStr === "" && !ctx.inFlow) {
				if (ws === "\n" && valueComment) ws = "\n\n";
			} else ws += `\n${ctx.indent}`;
		} else if (!explicitKey && identity.isCollection(value)) {
			const vs0 = valueStr[0];
			const nl0 = valueStr.indexOf("\n");
			const hasNewline = nl0 !== -1;
			const flow = ctx.inFlow ?? value.flow ?? value.items.length === 0;
			if (hasNewline || !flow) {
				let hasPropsLine = false;
				if (hasNewline && (vs0 === "&" || vs0 === "!")) {
					let sp0 = valueStr.indexOf(" ");
					if (vs0 === "&" && sp0 !== -1 && sp0 < nl0 && valueStr[sp0 + 1] === "!") sp0 = valueStr.indexOf(" ", sp0 + 1);
					if (sp0 === -1 || nl0 < sp0) hasPropsLine = true;
				}
				if (!hasPropsLine) ws = `\n${ctx.indent}`;
			}
		} else if (valueStr === "" || valueStr[0] === "\n") ws = "";
		str += ws + valueStr;
		if (ctx.inFlow) {
			if (valueCommentDone && onComment) onComment();
		} else if (valueComment && !valueCommentDone) str += stringifyComment.lineComment(str, ctx.indent, commentString(valueComment));
		else if (chompKeep && onChompKeep) onChompKeep();
		return str;
	}
	exports.stringifyPair = stringifyPair;
}));

// node_modules/yaml/dist/log.js
var require_log = /* @__PURE__ */ __commonJSMin(((exports) => {
	var node_process = __require("process");
	function debug(logLevel, ...messages) {
		if (logLevel === "debug") console.log(...messages);
	}
	function warn(logLevel, warning) {
		if (logLevel === "debug" || logLevel === "warn") {
			if (typeof node_process.emitWarning === "function") node_process.emitWarning(warning);
			else console.warn(warning);
		}
	}
	exports.debug = debug;
	exports.warn = warn;
}));

// node_modules/yaml/dist/schema/yaml-1.1/merge.js
var require_merge = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var Scalar = require_Scalar();
	const MERGE_KEY = "<<";
	const merge = {
		identify: (value) => value === MERGE_KEY || typeof value === "symbol" && value.description === MERGE_KEY,
		default: "key",
		tag: "tag:yaml.org,2002:merge",
		test: /^<<$/,
		resolve: () => Object.assign(new Scalar.Scalar(Symbol(MERGE_KEY)), { addToJSMap: addMergeToJSMap }),
		stringify: () => MERGE_KEY
	};
	const isMergeKey = (ctx, key) => (merge.identify(key) || identity.isScalar(key) && (!key.type || key.type === Scalar.Scalar.PLAIN) && merge.identify(key.value)) && ctx?.doc.schema.tags.some((tag) => tag.tag === merge.tag && tag.default);
	function addMergeToJSMap(ctx, map, value) {
		const source = resolveAliasValue(ctx, value);
		if (identity.isSeq(source)) for (const it of source.items) mergeValue(ctx, map, it);
		else if (Array.isArray(source)) for (const it of source) mergeValue(ctx, map, it);
		else mergeValue(ctx, map, source);
	}
	function mergeValue(ctx, map, value) {
		const source = resolveAliasValue(ctx, value);
		if (!identity.isMap(source)) throw new Error("Merge sources must be maps or map aliases");
		const srcMap = source.toJSON(null, ctx, Map);
		for (const [key, value] of srcMap) if (map instanceof Map) {
			if (!map.has(key)) map.set(key, value);
		} else if (map instanceof Set) map.add(key);
		else if (!Object.prototype.hasOwnProperty.call(map, key)) Object.defineProperty(map, key, {
			value,
			writable: true,
			enumerable: true,
			configurable: true
		});
		return map;
	}
	function resolveAliasValue(ctx, value) {
		return ctx && identity.isAlias(value) ? value.resolve(ctx.doc, ctx) : value;
	}
	exports.addMergeToJSMap = addMergeToJSMap;
	exports.isMergeKey = isMergeKey;
	exports.merge = merge;
}));

// node_modules/yaml/dist/nodes/addPairToJSMap.js
var require_addPairToJSMap = /* @__PURE__ */ __commonJSMin(((exports) => {
	var log = require_log();
	var merge = require_merge();
	var stringify = require_stringify();
	var identity = require_identity();
	var toJS = require_toJS();
	function addPairToJSMap(ctx, map, { key, value }) {
		if (identity.isNode(key) && key.addToJSMap) key.addToJSMap(ctx, map, value);
		else if (merge.isMergeKey(ctx, key)) merge.addMergeToJSMap(ctx, map, value);
		else {
			const jsKey = toJS.toJS(key, "", ctx);
			if (map instanceof Map) map.set(jsKey, toJS.toJS(value, jsKey, ctx));
			else if (map instanceof Set) map.add(jsKey);
			else {
				const stringKey = stringifyKey(key, jsKey, ctx);
				const jsValue = toJS.toJS(value, stringKey, ctx);
				if (stringKey in map) Object.defineProperty(map, stringKey, {
					value: jsValue,
					writable: true,
					enumerable: true,
					configurable: true
				});
				else map[stringKey] = jsValue;
			}
		}
		return map;
	}
	function stringifyKey(key, jsKey, ctx) {
		if (jsKey === null) return "";
		if (typeof jsKey !== "object") return String(jsKey);
		if (identity.isNode(key) && ctx?.doc) {
			const strCtx = stringify.createStringifyContext(ctx.doc, {});
			strCtx.anchors = /* @__PURE__ */ new Set();
			for (const node of ctx.anchors.keys()) strCtx.anchors.add(node.anchor);
			strCtx.inFlow = true;
			strCtx.inStringifyKey = true;
			const strKey = key.toString(strCtx);
			if (!ctx.mapKeyWarned) {
				let jsonStr = JSON.stringify(strKey);
				if (jsonStr.length > 40) jsonStr = jsonStr.substring(0, 36) + "...\"";
				log.warn(ctx.doc.options.logLevel, `Keys with collection values will be stringified due to JS Object restrictions: ${jsonStr}. Set mapAsMap: true to use object keys.`);
				ctx.mapKeyWarned = true;
			}
			return strKey;
		}
		return JSON.stringify(jsKey);
	}
	exports.addPairToJSMap = addPairToJSMap;
}));

// node_modules/yaml/dist/nodes/Pair.js
var require_Pair = /* @__PURE__ */ __commonJSMin(((exports) => {
	var createNode = require_createNode();
	var stringifyPair = require_stringifyPair();
	var addPairToJSMap = require_addPairToJSMap();
	var identity = require_identity();
	function createPair(key, value, ctx) {
		const k = createNode.createNode(key, void 0, ctx);
		const v = createNode.createNode(value, void 0, ctx);
		return new Pair(k, v);
	}
	var Pair = class Pair {
		constructor(key, value = null) {
			Object.defineProperty(this, identity.NODE_TYPE, { value: identity.PAIR });
			this.key = key;
			this.value = value;
		}
		clone(schema) {
			let { key, value } = this;
			if (identity.isNode(key)) key = key.clone(schema);
			if (identity.isNode(value)) value = value.clone(schema);
			return new Pair(key, value);
		}
		toJSON(_, ctx) {
			const pair = ctx?.mapAsMap ? /* @__PURE__ */ new Map() : {};
			return addPairToJSMap.addPairToJSMap(ctx, pair, this);
		}
		toString(ctx, onComment, onChompKeep) {
			return ctx?.doc ? stringifyPair.stringifyPair(this, ctx, onComment, onChompKeep) : JSON.stringify(this);
		}
	};
	exports.Pair = Pair;
	exports.createPair = createPair;
}));

// node_modules/yaml/dist/stringify/stringifyCollection.js
var require_stringifyCollection = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var stringify = require_stringify();
	var stringifyComment = require_stringifyComment();
	function stringifyCollection(collection, ctx, options) {
		return (ctx.inFlow ?? collection.flow ? stringifyFlowCollection : stringifyBlockCollection)(collection, ctx, options);
	}
	function stringifyBlockCollection({ comment, items }, ctx, { blockItemPrefix, flowChars, itemIndent, onChompKeep, onComment }) {
		const { indent, options: { commentString } } = ctx;
		const itemCtx = Object.assign({}, ctx, {
			indent: itemIndent,
			type: null
		});
		let chompKeep = false;
		const lines = [];
		for (let i = 0; i < items.length; ++i) {
			const item = items[i];
			let comment = null;
			if (identity.isNode(item)) {
				if (!chompKeep && item.spaceBefore) lines.push("");
				addCommentBefore(ctx, lines, item.commentBefore, chompKeep);
				if (item.comment) comment = item.comment;
			} else if (identity.isPair(item)) {
				const ik = identity.isNode(item.key) ? item.key : null;
				if (ik) {
					if (!chompKeep && ik.spaceBefore) lines.push("");
					addCommentBefore(ctx, lines, ik.commentBefore, chompKeep);
				}
			}
			chompKeep = false;
			let str = stringify.stringify(item, itemCtx, () => comment = null, () => chompKeep = true);
			if (comment) str += stringifyComment.lineComment(str, itemIndent, commentString(comment));
			if (chompKeep && comment) chompKeep = false;
			lines.push(blockItemPrefix + str);
		}
		let str;
		if (lines.length === 0) str = flowChars.start + flowChars.end;
		else {
			str = lines[0];
			for (let i = 1; i < lines.length; ++i) {
				const line = lines[i];
				str += line ? `\n${indent}${line}` : "\n";
			}
		}
		if (comment) {
			str += "\n" + stringifyComment.indentComment(commentString(comment), indent);
			if (onComment) onComment();
		} else if (chompKeep && onChompKeep) onChompKeep();
		return str;
	}
	function stringifyFlowCollection({ items }, ctx, { flowChars, itemIndent }) {
		const { indent, indentStep, flowCollectionPadding: fcPadding, options: { commentString } } = ctx;
		itemIndent += indentStep;
		const itemCtx = Object.assign({}, ctx, {
			indent: itemIndent,
			inFlow: true,
			type: null
		});
		let reqNewline = false;
		let linesAtValue = 0;
		const lines = [];
		for (let i = 0; i < items.length; ++i) {
			const item = items[i];
			let comment = null;
			if (identity.isNode(item)) {
				if (item.spaceBefore) lines.push("");
				addCommentBefore(ctx, lines, item.commentBefore, false);
				if (item.comment) comment = item.comment;
			} else if (identity.isPair(item)) {
				const ik = identity.isNode(item.key) ? item.key : null;
				if (ik) {
					if (ik.spaceBefore) lines.push("");
					addCommentBefore(ctx, lines, ik.commentBefore, false);
					if (ik.comment) reqNewline = true;
				}
				const iv = identity.isNode(item.value) ? item.value : null;
				if (iv) {
					if (iv.comment) comment = iv.comment;
					if (iv.commentBefore) reqNewline = true;
				} else if (item.value == null && ik?.comment) comment = ik.comment;
			}
			if (comment) reqNewline = true;
			let str = stringify.stringify(item, itemCtx, () => comment = null);
			reqNewline || (reqNewline = lines.length > linesAtValue || str.includes("\n"));
			if (i < items.length - 1) str += ",";
			else if (ctx.options.trailingComma) {
				if (ctx.options.lineWidth > 0) reqNewline || (reqNewline = lines.reduce((sum, line) => sum + line.length + 2, 2) + (str.length + 2) > ctx.options.lineWidth);
				if (reqNewline) str += ",";
			}
			if (comment) str += stringifyComment.lineComment(str, itemIndent, commentString(comment));
			lines.push(str);
			linesAtValue = lines.length;
		}
		const { start, end } = flowChars;
		if (lines.length === 0) return start + end;
		else {
			if (!reqNewline) {
				const len = lines.reduce((sum, line) => sum + line.length + 2, 2);
				reqNewline = ctx.options.lineWidth > 0 && len > ctx.options.lineWidth;
			}
			if (reqNewline) {
				let str = start;
				for (const line of lines) str += line ? `\n${indentStep}${indent}${line}` : "\n";
				return `${str}\n${indent}${end}`;
			} else return `${start}${fcPadding}${lines.join(" ")}${fcPadding}${end}`;
		}
	}
	function addCommentBefore({ indent, options: { commentString } }, lines, comment, chompKeep) {
		if (comment && chompKeep) comment = comment.replace(/^\n+/, "");
		if (comment) {
			const ic = stringifyComment.indentComment(commentString(comment), indent);
			lines.push(ic.trimStart());
		}
	}
	exports.stringifyCollection = stringifyCollection;
}));

// node_modules/yaml/dist/nodes/YAMLMap.js
var require_YAMLMap = /* @__PURE__ */ __commonJSMin(((exports) => {
	var stringifyCollection = require_stringifyCollection();
	var addPairToJSMap = require_addPairToJSMap();
	var Collection = require_Collection();
	var identity = require_identity();
	var Pair = require_Pair();
	var Scalar = require_Scalar();
	function findPair(items, key) {
		const k = identity.isScalar(key) ? key.value : key;
		for (const it of items) if (identity.isPair(it)) {
			if (it.key === key || it.key === k) return it;
			if (identity.isScalar(it.key) && it.key.value === k) return it;
		}
	}
	var YAMLMap = class extends Collection.Collection {
		static get tagName() {
			return "tag:yaml.org,2002:map";
		}
		constructor(schema) {
			super(identity.MAP, schema);
			this.items = [];
		}
		/**
		* A generic collection parsing method that can be extended
		* to other node classes that inherit from YAMLMap
		*/
		static from(schema, obj, ctx) {
			const { keepUndefined, replacer } = ctx;
			const map = new this(schema);
			const add = (key, value) => {
				if (typeof replacer === "function") value = replacer.call(obj, key, value);
				else if (Array.isArray(replacer) && !replacer.includes(key)) return;
				if (value !== void 0 || keepUndefined) map.items.push(Pair.createPair(key, value, ctx));
			};
			if (obj instanceof Map) for (const [key, value] of obj) add(key, value);
			else if (obj && typeof obj === "object") for (const key of Object.keys(obj)) add(key, obj[key]);
			if (typeof schema.sortMapEntries === "function") map.items.sort(schema.sortMapEntries);
			return map;
		}
		/**
		* Adds a value to the collection.
		*
		* @param overwrite - If not set `true`, using a key that is already in the
		*   collection will throw. Otherwise, overwrites the previous value.
		*/
		add(pair, overwrite) {
			let _pair;
			if (identity.isPair(pair)) _pair = pair;
			else if (!pair || typeof pair !== "object" || !("key" in pair)) _pair = new Pair.Pair(pair, pair?.value);
			else _pair = new Pair.Pair(pair.key, pair.value);
			const prev = findPair(this.items, _pair.key);
			const sortEntries = this.schema?.sortMapEntries;
			if (prev) {
				if (!overwrite) throw new Error(`Key ${_pair.key} already set`);
				if (identity.isScalar(prev.value) && Scalar.isScalarValue(_pair.value)) prev.value.value = _pair.value;
				else prev.value = _pair.value;
			} else if (sortEntries) {
				const i = this.items.findIndex((item) => sortEntries(_pair, item) < 0);
				if (i === -1) this.items.push(_pair);
				else this.items.splice(i, 0, _pair);
			} else this.items.push(_pair);
		}
		delete(key) {
			const it = findPair(this.items, key);
			if (!it) return false;
			return this.items.splice(this.items.indexOf(it), 1).length > 0;
		}
		get(key, keepScalar) {
			const node = findPair(this.items, key)?.value;
			return (!keepScalar && identity.isScalar(node) ? node.value : node) ?? void 0;
		}
		has(key) {
			return !!findPair(this.items, key);
		}
		set(key, value) {
			this.add(new Pair.Pair(key, value), true);
		}
		/**
		* @param ctx - Conversion context, originally set in Document#toJS()
		* @param {Class} Type - If set, forces the returned collection type
		* @returns Instance of Type, Map, or Object
		*/
		toJSON(_, ctx, Type) {
			const map = Type ? new Type() : ctx?.mapAsMap ? /* @__PURE__ */ new Map() : {};
			if (ctx?.onCreate) ctx.onCreate(map);
			for (const item of this.items) addPairToJSMap.addPairToJSMap(ctx, map, item);
			return map;
		}
		toString(ctx, onComment, onChompKeep) {
			if (!ctx) return JSON.stringify(this);
			for (const item of this.items) if (!identity.isPair(item)) throw new Error(`Map items must all be pairs; found ${JSON.stringify(item)} instead`);
			if (!ctx.allNullValues && this.hasAllNullValues(false)) ctx = Object.assign({}, ctx, { allNullValues: true });
			return stringifyCollection.stringifyCollection(this, ctx, {
				blockItemPrefix: "",
				flowChars: {
					start: "{",
					end: "}"
				},
				itemIndent: ctx.indent || "",
				onChompKeep,
				onComment
			});
		}
	};
	exports.YAMLMap = YAMLMap;
	exports.findPair = findPair;
}));

// node_modules/yaml/dist/schema/common/map.js
var require_map = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var YAMLMap = require_YAMLMap();
	const map = {
		collection: "map",
		default: true,
		nodeClass: YAMLMap.YAMLMap,
		tag: "tag:yaml.org,2002:map",
		resolve(map, onError) {
			if (!identity.isMap(map)) onError("Expected a mapping for this tag");
			return map;
		},
		createNode: (schema, obj, ctx) => YAMLMap.YAMLMap.from(schema, obj, ctx)
	};
	exports.map = map;
}));

// node_modules/yaml/dist/nodes/YAMLSeq.js
var require_YAMLSeq = /* @__PURE__ */ __commonJSMin(((exports) => {
	var createNode = require_createNode();
	var stringifyCollection = require_stringifyCollection();
	var Collection = require_Collection();
	var identity = require_identity();
	var Scalar = require_Scalar();
	var toJS = require_toJS();
	var YAMLSeq = class extends Collection.Collection {
		static get tagName() {
			return "tag:yaml.org,2002:seq";
		}
		constructor(schema) {
			super(identity.SEQ, schema);
			this.items = [];
		}
		add(value) {
			this.items.push(value);
		}
		/**
		* Removes a value from the collection.
		*
		* `key` must contain a representation of an integer for this to succeed.
		* It may be wrapped in a `Scalar`.
		*
		* @returns `true` if the item was found and removed.
		*/
		delete(key) {
			const idx = asItemIndex(key);
			if (typeof idx !== "number") return false;
			return this.items.splice(idx, 1).length > 0;
		}
		get(key, keepScalar) {
			const idx = asItemIndex(key);
			if (typeof idx !== "number") return void 0;
			const it = this.items[idx];
			return !keepScalar && identity.isScalar(it) ? it.value : it;
		}
		/**
		* Checks if the collection includes a value with the key `key`.
		*
		* `key` must contain a representation of an integer for this to succeed.
		* It may be wrapped in a `Scalar`.
		*/
		has(key) {
			const idx = asItemIndex(key);
			return typeof idx === "number" && idx < this.items.length;
		}
		/**
		* Sets a value in this collection. For `!!set`, `value` needs to be a
		* boolean to add/remove the item from the set.
		*
		* If `key` does not contain a representation of an integer, this will throw.
		* It may be wrapped in a `Scalar`.
		*/
		set(key, value) {
			const idx = asItemIndex(key);
			if (typeof idx !== "number") throw new Error(`Expected a valid index, not ${key}.`);
			const prev = this.items[idx];
			if (identity.isScalar(prev) && Scalar.isScalarValue(value)) prev.value = value;
			else this.items[idx] = value;
		}
		toJSON(_, ctx) {
			const seq = [];
			if (ctx?.onCreate) ctx.onCreate(seq);
			let i = 0;
			for (const item of this.items) seq.push(toJS.toJS(item, String(i++), ctx));
			return seq;
		}
		toString(ctx, onComment, onChompKeep) {
			if (!ctx) return JSON.stringify(this);
			return stringifyCollection.stringifyCollection(this, ctx, {
				blockItemPrefix: "- ",
				flowChars: {
					start: "[",
					end: "]"
				},
				itemIndent: (ctx.indent || "") + "  ",
				onChompKeep,
				onComment
			});
		}
		static from(schema, obj, ctx) {
			const { replacer } = ctx;
			const seq = new this(schema);
			if (obj && Symbol.iterator in Object(obj)) {
				let i = 0;
				for (let it of obj) {
					if (typeof replacer === "function") {
						const key = obj instanceof Set ? it : String(i++);
						it = replacer.call(obj, key, it);
					}
					seq.items.push(createNode.createNode(it, void 0, ctx));
				}
			}
			return seq;
		}
	};
	function asItemIndex(key) {
		let idx = identity.isScalar(key) ? key.value : key;
		if (idx && typeof idx === "string") idx = Number(idx);
		return typeof idx === "number" && Number.isInteger(idx) && idx >= 0 ? idx : null;
	}
	exports.YAMLSeq = YAMLSeq;
}));

// node_modules/yaml/dist/schema/common/seq.js
var require_seq = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var YAMLSeq = require_YAMLSeq();
	const seq = {
		collection: "seq",
		default: true,
		nodeClass: YAMLSeq.YAMLSeq,
		tag: "tag:yaml.org,2002:seq",
		resolve(seq, onError) {
			if (!identity.isSeq(seq)) onError("Expected a sequence for this tag");
			return seq;
		},
		createNode: (schema, obj, ctx) => YAMLSeq.YAMLSeq.from(schema, obj, ctx)
	};
	exports.seq = seq;
}));

// node_modules/yaml/dist/schema/common/string.js
var require_string = /* @__PURE__ */ __commonJSMin(((exports) => {
	var stringifyString = require_stringifyString();
	const string = {
		identify: (value) => typeof value === "string",
		default: true,
		tag: "tag:yaml.org,2002:str",
		resolve: (str) => str,
		stringify(item, ctx, onComment, onChompKeep) {
			ctx = Object.assign({ actualString: true }, ctx);
			return stringifyString.stringifyString(item, ctx, onComment, onChompKeep);
		}
	};
	exports.string = string;
}));

// node_modules/yaml/dist/schema/common/null.js
var require_null = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Scalar = require_Scalar();
	const nullTag = {
		identify: (value) => value == null,
		createNode: () => new Scalar.Scalar(null),
		default: true,
		tag: "tag:yaml.org,2002:null",
		test: /^(?:~|[Nn]ull|NULL)?$/,
		resolve: () => new Scalar.Scalar(null),
		stringify: ({ source }, ctx) => typeof source === "string" && nullTag.test.test(source) ? source : ctx.options.nullStr
	};
	exports.nullTag = nullTag;
}));

// node_modules/yaml/dist/schema/core/bool.js
var require_bool$1 = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Scalar = require_Scalar();
	const boolTag = {
		identify: (value) => typeof value === "boolean",
		default: true,
		tag: "tag:yaml.org,2002:bool",
		test: /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/,
		resolve: (str) => new Scalar.Scalar(str[0] === "t" || str[0] === "T"),
		stringify({ source, value }, ctx) {
			if (source && boolTag.test.test(source)) {
				if (value === (source[0] === "t" || source[0] === "T")) return source;
			}
			return value ? ctx.options.trueStr : ctx.options.falseStr;
		}
	};
	exports.boolTag = boolTag;
}));

// node_modules/yaml/dist/stringify/stringifyNumber.js
var require_stringifyNumber = /* @__PURE__ */ __commonJSMin(((exports) => {
	function stringifyNumber({ format, minFractionDigits, tag, value }) {
		if (typeof value === "bigint") return String(value);
		const num = typeof value === "number" ? value : Number(value);
		if (!isFinite(num)) return isNaN(num) ? ".nan" : num < 0 ? "-.inf" : ".inf";
		let n = Object.is(value, -0) ? "-0" : JSON.stringify(value);
		if (!format && minFractionDigits && (!tag || tag === "tag:yaml.org,2002:float") && /^-?\d/.test(n) && !n.includes("e")) {
			let i = n.indexOf(".");
			if (i < 0) {
				i = n.length;
				n += ".";
			}
			let d = minFractionDigits - (n.length - i - 1);
			while (d-- > 0) n += "0";
		}
		return n;
	}
	exports.stringifyNumber = stringifyNumber;
}));

// node_modules/yaml/dist/schema/core/float.js
var require_float$1 = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Scalar = require_Scalar();
	var stringifyNumber = require_stringifyNumber();
	const floatNaN = {
		identify: (value) => typeof value === "number",
		default: true,
		tag: "tag:yaml.org,2002:float",
		test: /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/,
		resolve: (str) => str.slice(-3).toLowerCase() === "nan" ? NaN : str[0] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
		stringify: stringifyNumber.stringifyNumber
	};
	const floatExp = {
		identify: (value) => typeof value === "number",
		default: true,
		tag: "tag:yaml.org,2002:float",
		format: "EXP",
		test: /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)[eE][-+]?[0-9]+$/,
		resolve: (str) => parseFloat(str),
		stringify(node) {
			const num = Number(node.value);
			return isFinite(num) ? num.toExponential() : stringifyNumber.stringifyNumber(node);
		}
	};
	const float = {
		identify: (value) => typeof value === "number",
		default: true,
		tag: "tag:yaml.org,2002:float",
		test: /^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)$/,
		resolve(str) {
			const node = new Scalar.Scalar(parseFloat(str));
			const dot = str.indexOf(".");
			if (dot !== -1 && str[str.length - 1] === "0") node.minFractionDigits = str.length - dot - 1;
			return node;
		},
		stringify: stringifyNumber.stringifyNumber
	};
	exports.float = float;
	exports.floatExp = floatExp;
	exports.floatNaN = floatNaN;
}));

// node_modules/yaml/dist/schema/core/int.js
var require_int$1 = /* @__PURE__ */ __commonJSMin(((exports) => {
	var stringifyNumber = require_stringifyNumber();
	const intIdentify = (value) => typeof value === "bigint" || Number.isInteger(value);
	const intResolve = (str, offset, radix, { intAsBigInt }) => intAsBigInt ? BigInt(str) : parseInt(str.substring(offset), radix);
	function intStringify(node, radix, prefix) {
		const { value } = node;
		if (intIdentify(value) && value >= 0) return prefix + value.toString(radix);
		return stringifyNumber.stringifyNumber(node);
	}
	const intOct = {
		identify: (value) => intIdentify(value) && value >= 0,
		default: true,
		tag: "tag:yaml.org,2002:int",
		format: "OCT",
		test: /^0o[0-7]+$/,
		resolve: (str, _onError, opt) => intResolve(str, 2, 8, opt),
		stringify: (node) => intStringify(node, 8, "0o")
	};
	const int = {
		identify: intIdentify,
		default: true,
		tag: "tag:yaml.org,2002:int",
		test: /^[-+]?[0-9]+$/,
		resolve: (str, _onError, opt) => intResolve(str, 0, 10, opt),
		stringify: stringifyNumber.stringifyNumber
	};
	const intHex = {
		identify: (value) => intIdentify(value) && value >= 0,
		default: true,
		tag: "tag:yaml.org,2002:int",
		format: "HEX",
		test: /^0x[0-9a-fA-F]+$/,
		resolve: (str, _onError, opt) => intResolve(str, 2, 16, opt),
		stringify: (node) => intStringify(node, 16, "0x")
	};
	exports.int = int;
	exports.intHex = intHex;
	exports.intOct = intOct;
}));

// node_modules/yaml/dist/schema/core/schema.js
var require_schema$2 = /* @__PURE__ */ __commonJSMin(((exports) => {
	var map = require_map();
	var _null = require_null();
	var seq = require_seq();
	var string = require_string();
	var bool = require_bool$1();
	var float = require_float$1();
	var int = require_int$1();
	const schema = [
		map.map,
		seq.seq,
		string.string,
		_null.nullTag,
		bool.boolTag,
		int.intOct,
		int.int,
		int.intHex,
		float.floatNaN,
		float.floatExp,
		float.float
	];
	exports.schema = schema;
}));

// node_modules/yaml/dist/schema/json/schema.js
var require_schema$1 = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Scalar = require_Scalar();
	var map = require_map();
	var seq = require_seq();
	function intIdentify(value) {
		return typeof value === "bigint" || Number.isInteger(value);
	}
	const stringifyJSON = ({ value }) => JSON.stringify(value);
	const jsonScalars = [
		{
			identify: (value) => typeof value === "string",
			default: true,
			tag: "tag:yaml.org,2002:str",
			resolve: (str) => str,
			stringify: stringifyJSON
		},
		{
			identify: (value) => value == null,
			createNode: () => new Scalar.Scalar(null),
			default: true,
			tag: "tag:yaml.org,2002:null",
			test: /^null$/,
			resolve: () => null,
			stringify: stringifyJSON
		},
		{
			identify: (value) => typeof value === "boolean",
			default: true,
			tag: "tag:yaml.org,2002:bool",
			test: /^true$|^false$/,
			resolve: (str) => str === "true",
			stringify: stringifyJSON
		},
		{
			identify: intIdentify,
			default: true,
			tag: "tag:yaml.org,2002:int",
			test: /^-?(?:0|[1-9][0-9]*)$/,
			resolve: (str, _onError, { intAsBigInt }) => intAsBigInt ? BigInt(str) : parseInt(str, 10),
			stringify: ({ value }) => intIdentify(value) ? value.toString() : JSON.stringify(value)
		},
		{
			identify: (value) => typeof value === "number",
			default: true,
			tag: "tag:yaml.org,2002:float",
			test: /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?$/,
			resolve: (str) => parseFloat(str),
			stringify: stringifyJSON
		}
	];
	const schema = [map.map, seq.seq].concat(jsonScalars, {
		default: true,
		tag: "",
		test: /^/,
		resolve(str, onError) {
			onError(`Unresolved plain scalar ${JSON.stringify(str)}`);
			return str;
		}
	});
	exports.schema = schema;
}));

// node_modules/yaml/dist/schema/yaml-1.1/binary.js
var require_binary = /* @__PURE__ */ __commonJSMin(((exports) => {
	var node_buffer = __require("buffer");
	var Scalar = require_Scalar();
	var stringifyString = require_stringifyString();
	const binary = {
		identify: (value) => value instanceof Uint8Array,
		default: false,
		tag: "tag:yaml.org,2002:binary",
		/**
		* Returns a Buffer in node and an Uint8Array in browsers
		*
		* To use the resulting buffer as an image, you'll want to do something like:
		*
		*   const blob = new Blob([buffer], { type: 'image/jpeg' })
		*   document.querySelector('#photo').src = URL.createObjectURL(blob)
		*/
		resolve(src, onError) {
			if (typeof node_buffer.Buffer === "function") return node_buffer.Buffer.from(src, "base64");
			else if (typeof atob === "function") {
				const str = atob(src.replace(/[\n\r]/g, ""));
				const buffer = new Uint8Array(str.length);
				for (let i = 0; i < str.length; ++i) buffer[i] = str.charCodeAt(i);
				return buffer;
			} else {
				onError("This environment does not support reading binary tags; either Buffer or atob is required");
				return src;
			}
		},
		stringify({ comment, type, value }, ctx, onComment, onChompKeep) {
			if (!value) return "";
			const buf = value;
			let str;
			if (typeof node_buffer.Buffer === "function") str = buf instanceof node_buffer.Buffer ? buf.toString("base64") : node_buffer.Buffer.from(buf.buffer).toString("base64");
			else if (typeof btoa === "function") {
				let s = "";
				for (let i = 0; i < buf.length; ++i) s += String.fromCharCode(buf[i]);
				str = btoa(s);
			} else throw new Error("This environment does not support writing binary tags; either Buffer or btoa is required");
			type ?? (type = Scalar.Scalar.BLOCK_LITERAL);
			if (type !== Scalar.Scalar.QUOTE_DOUBLE) {
				const lineWidth = Math.max(ctx.options.lineWidth - ctx.indent.length, ctx.options.minContentWidth);
				const n = Math.ceil(str.length / lineWidth);
				const lines = new Array(n);
				for (let i = 0, o = 0; i < n; ++i, o += lineWidth) lines[i] = str.substr(o, lineWidth);
				str = lines.join(type === Scalar.Scalar.BLOCK_LITERAL ? "\n" : " ");
			}
			return stringifyString.stringifyString({
				comment,
				type,
				value: str
			}, ctx, onComment, onChompKeep);
		}
	};
	exports.binary = binary;
}));

// node_modules/yaml/dist/schema/yaml-1.1/pairs.js
var require_pairs = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var Pair = require_Pair();
	var Scalar = require_Scalar();
	var YAMLSeq = require_YAMLSeq();
	function resolvePairs(seq, onError) {
		if (identity.isSeq(seq)) for (let i = 0; i < seq.items.length; ++i) {
			let item = seq.items[i];
			if (identity.isPair(item)) continue;
			else if (identity.isMap(item)) {
				if (item.items.length > 1) onError("Each pair must have its own sequence indicator");
				const pair = item.items[0] || new Pair.Pair(new Scalar.Scalar(null));
				if (item.commentBefore) pair.key.commentBefore = pair.key.commentBefore ? `${item.commentBefore}\n${pair.key.commentBefore}` : item.commentBefore;
				if (item.comment) {
					const cn = pair.value ?? pair.key;
					cn.comment = cn.comment ? `${item.comment}\n${cn.comment}` : item.comment;
				}
				item = pair;
			}
			seq.items[i] = identity.isPair(item) ? item : new Pair.Pair(item);
		}
		else onError("Expected a sequence for this tag");
		return seq;
	}
	function createPairs(schema, iterable, ctx) {
		const { replacer } = ctx;
		const pairs = new YAMLSeq.YAMLSeq(schema);
		pairs.tag = "tag:yaml.org,2002:pairs";
		let i = 0;
		if (iterable && Symbol.iterator in Object(iterable)) for (let it of iterable) {
			if (typeof replacer === "function") it = replacer.call(iterable, String(i++), it);
			let key, value;
			if (Array.isArray(it)) {
				if (it.length === 2) {
					key = it[0];
					value = it[1];
				} else throw new TypeError(`Expected [key, value] tuple: ${it}`);
			} else if (it && it instanceof Object) {
				const keys = Object.keys(it);
				if (keys.length === 1) {
					key = keys[0];
					value = it[key];
				} else throw new TypeError(`Expected tuple with one key, not ${keys.length} keys`);
			} else key = it;
			pairs.items.push(Pair.createPair(key, value, ctx));
		}
		return pairs;
	}
	const pairs = {
		collection: "seq",
		default: false,
		tag: "tag:yaml.org,2002:pairs",
		resolve: resolvePairs,
		createNode: createPairs
	};
	exports.createPairs = createPairs;
	exports.pairs = pairs;
	exports.resolvePairs = resolvePairs;
}));

// node_modules/yaml/dist/schema/yaml-1.1/omap.js
var require_omap = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var toJS = require_toJS();
	var YAMLMap = require_YAMLMap();
	var YAMLSeq = require_YAMLSeq();
	var pairs = require_pairs();
	var YAMLOMap = class YAMLOMap extends YAMLSeq.YAMLSeq {
		constructor() {
			super();
			this.add = YAMLMap.YAMLMap.prototype.add.bind(this);
			this.delete = YAMLMap.YAMLMap.prototype.delete.bind(this);
			this.get = YAMLMap.YAMLMap.prototype.get.bind(this);
			this.has = YAMLMap.YAMLMap.prototype.has.bind(this);
			this.set = YAMLMap.YAMLMap.prototype.set.bind(this);
			this.tag = YAMLOMap.tag;
		}
		/**
		* If `ctx` is given, the return type is actually `Map<unknown, unknown>`,
		* but TypeScript won't allow widening the signature of a child method.
		*/
		toJSON(_, ctx) {
			if (!ctx) return super.toJSON(_);
			const map = /* @__PURE__ */ new Map();
			if (ctx?.onCreate) ctx.onCreate(map);
			for (const pair of this.items) {
				let key, value;
				if (identity.isPair(pair)) {
					key = toJS.toJS(pair.key, "", ctx);
					value = toJS.toJS(pair.value, key, ctx);
				} else key = toJS.toJS(pair, "", ctx);
				if (map.has(key)) throw new Error("Ordered maps must not include duplicate keys");
				map.set(key, value);
			}
			return map;
		}
		static from(schema, iterable, ctx) {
			const pairs$1 = pairs.createPairs(schema, iterable, ctx);
			const omap = new this();
			omap.items = pairs$1.items;
			return omap;
		}
	};
	YAMLOMap.tag = "tag:yaml.org,2002:omap";
	const omap = {
		collection: "seq",
		identify: (value) => value instanceof Map,
		nodeClass: YAMLOMap,
		default: false,
		tag: "tag:yaml.org,2002:omap",
		resolve(seq, onError) {
			const pairs$1 = pairs.resolvePairs(seq, onError);
			const seenKeys = [];
			for (const { key } of pairs$1.items) if (identity.isScalar(key)) {
				if (seenKeys.includes(key.value)) onError(`Ordered maps must not include duplicate keys: ${key.value}`);
				else seenKeys.push(key.value);
			}
			return Object.assign(new YAMLOMap(), pairs$1);
		},
		createNode: (schema, iterable, ctx) => YAMLOMap.from(schema, iterable, ctx)
	};
	exports.YAMLOMap = YAMLOMap;
	exports.omap = omap;
}));

// node_modules/yaml/dist/schema/yaml-1.1/bool.js
var require_bool = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Scalar = require_Scalar();
	function boolStringify({ value, source }, ctx) {
		if (source && (value ? trueTag : falseTag).test.test(source)) return source;
		return value ? ctx.options.trueStr : ctx.options.falseStr;
	}
	const trueTag = {
		identify: (value) => value === true,
		default: true,
		tag: "tag:yaml.org,2002:bool",
		test: /^(?:Y|y|[Yy]es|YES|[Tt]rue|TRUE|[Oo]n|ON)$/,
		resolve: () => new Scalar.Scalar(true),
		stringify: boolStringify
	};
	const falseTag = {
		identify: (value) => value === false,
		default: true,
		tag: "tag:yaml.org,2002:bool",
		test: /^(?:N|n|[Nn]o|NO|[Ff]alse|FALSE|[Oo]ff|OFF)$/,
		resolve: () => new Scalar.Scalar(false),
		stringify: boolStringify
	};
	exports.falseTag = falseTag;
	exports.trueTag = trueTag;
}));

// node_modules/yaml/dist/schema/yaml-1.1/float.js
var require_float = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Scalar = require_Scalar();
	var stringifyNumber = require_stringifyNumber();
	const floatNaN = {
		identify: (value) => typeof value === "number",
		default: true,
		tag: "tag:yaml.org,2002:float",
		test: /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/,
		resolve: (str) => str.slice(-3).toLowerCase() === "nan" ? NaN : str[0] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
		stringify: stringifyNumber.stringifyNumber
	};
	const floatExp = {
		identify: (value) => typeof value === "number",
		default: true,
		tag: "tag:yaml.org,2002:float",
		format: "EXP",
		test: /^[-+]?(?:[0-9][0-9_]*)?(?:\.[0-9_]*)?[eE][-+]?[0-9]+$/,
		resolve: (str) => parseFloat(str.replace(/_/g, "")),
		stringify(node) {
			const num = Number(node.value);
			return isFinite(num) ? num.toExponential() : stringifyNumber.stringifyNumber(node);
		}
	};
	const float = {
		identify: (value) => typeof value === "number",
		default: true,
		tag: "tag:yaml.org,2002:float",
		test: /^[-+]?(?:[0-9][0-9_]*)?\.[0-9_]*$/,
		resolve(str) {
			const node = new Scalar.Scalar(parseFloat(str.replace(/_/g, "")));
			const dot = str.indexOf(".");
			if (dot !== -1) {
				const f = str.substring(dot + 1).replace(/_/g, "");
				if (f[f.length - 1] === "0") node.minFractionDigits = f.length;
			}
			return node;
		},
		stringify: stringifyNumber.stringifyNumber
	};
	exports.float = float;
	exports.floatExp = floatExp;
	exports.floatNaN = floatNaN;
}));

// node_modules/yaml/dist/schema/yaml-1.1/int.js
var require_int = /* @__PURE__ */ __commonJSMin(((exports) => {
	var stringifyNumber = require_stringifyNumber();
	const intIdentify = (value) => typeof value === "bigint" || Number.isInteger(value);
	function intResolve(str, offset, radix, { intAsBigInt }) {
		const sign = str[0];
		if (sign === "-" || sign === "+") offset += 1;
		str = str.substring(offset).replace(/_/g, "");
		if (intAsBigInt) {
			switch (radix) {
				case 2:
					str = `0b${str}`;
					break;
				case 8:
					str = `0o${str}`;
					break;
				case 16: str = `0x${str}`;
			}
			const n = BigInt(str);
			return sign === "-" ? BigInt(-1) * n : n;
		}
		const n = parseInt(str, radix);
		return sign === "-" ? -1 * n : n;
	}
	function intStringify(node, radix, prefix) {
		const { value } = node;
		if (intIdentify(value)) {
			const str = value.toString(radix);
			return value < 0 ? "-" + prefix + str.substr(1) : prefix + str;
		}
		return stringifyNumber.stringifyNumber(node);
	}
	const intBin = {
		identify: intIdentify,
		default: true,
		tag: "tag:yaml.org,2002:int",
		format: "BIN",
		test: /^[-+]?0b[0-1_]+$/,
		resolve: (str, _onError, opt) => intResolve(str, 2, 2, opt),
		stringify: (node) => intStringify(node, 2, "0b")
	};
	const intOct = {
		identify: intIdentify,
		default: true,
		tag: "tag:yaml.org,2002:int",
		format: "OCT",
		test: /^[-+]?0[0-7_]+$/,
		resolve: (str, _onError, opt) => intResolve(str, 1, 8, opt),
		stringify: (node) => intStringify(node, 8, "0")
	};
	const int = {
		identify: intIdentify,
		default: true,
		tag: "tag:yaml.org,2002:int",
		test: /^[-+]?[0-9][0-9_]*$/,
		resolve: (str, _onError, opt) => intResolve(str, 0, 10, opt),
		stringify: stringifyNumber.stringifyNumber
	};
	const intHex = {
		identify: intIdentify,
		default: true,
		tag: "tag:yaml.org,2002:int",
		format: "HEX",
		test: /^[-+]?0x[0-9a-fA-F_]+$/,
		resolve: (str, _onError, opt) => intResolve(str, 2, 16, opt),
		stringify: (node) => intStringify(node, 16, "0x")
	};
	exports.int = int;
	exports.intBin = intBin;
	exports.intHex = intHex;
	exports.intOct = intOct;
}));

// node_modules/yaml/dist/schema/yaml-1.1/set.js
var require_set = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var Pair = require_Pair();
	var YAMLMap = require_YAMLMap();
	var YAMLSet = class YAMLSet extends YAMLMap.YAMLMap {
		constructor(schema) {
			super(schema);
			this.tag = YAMLSet.tag;
		}
		add(key) {
			let pair;
			if (identity.isPair(key)) pair = key;
			else if (key && typeof key === "object" && "key" in key && "value" in key && key.value === null) pair = new Pair.Pair(key.key, null);
			else pair = new Pair.Pair(key, null);
			if (!YAMLMap.findPair(this.items, pair.key)) this.items.push(pair);
		}
		/**
		* If `keepPair` is `true`, returns the Pair matching `key`.
		* Otherwise, returns the value of that Pair's key.
		*/
		get(key, keepPair) {
			const pair = YAMLMap.findPair(this.items, key);
			return !keepPair && identity.isPair(pair) ? identity.isScalar(pair.key) ? pair.key.value : pair.key : pair;
		}
		set(key, value) {
			if (typeof value !== "boolean") throw new Error(`Expected boolean value for set(key, value) in a YAML set, not ${typeof value}`);
			const prev = YAMLMap.findPair(this.items, key);
			if (prev && !value) this.items.splice(this.items.indexOf(prev), 1);
			else if (!prev && value) this.items.push(new Pair.Pair(key));
		}
		toJSON(_, ctx) {
			return super.toJSON(_, ctx, Set);
		}
		toString(ctx, onComment, onChompKeep) {
			if (!ctx) return JSON.stringify(this);
			if (this.hasAllNullValues(true)) return super.toString(Object.assign({}, ctx, { allNullValues: true }), onComment, onChompKeep);
			else throw new Error("Set items must all have null values");
		}
		static from(schema, iterable, ctx) {
			const { replacer } = ctx;
			const set = new this(schema);
			if (iterable && Symbol.iterator in Object(iterable)) for (let value of iterable) {
				if (typeof replacer === "function") value = replacer.call(iterable, value, value);
				set.items.push(Pair.createPair(value, null, ctx));
			}
			return set;
		}
	};
	YAMLSet.tag = "tag:yaml.org,2002:set";
	const set = {
		collection: "map",
		identify: (value) => value instanceof Set,
		nodeClass: YAMLSet,
		default: false,
		tag: "tag:yaml.org,2002:set",
		createNode: (schema, iterable, ctx) => YAMLSet.from(schema, iterable, ctx),
		resolve(map, onError) {
			if (identity.isMap(map)) {
				if (map.hasAllNullValues(true)) return Object.assign(new YAMLSet(), map);
				else onError("Set items must all have null values");
			} else onError("Expected a mapping for this tag");
			return map;
		}
	};
	exports.YAMLSet = YAMLSet;
	exports.set = set;
}));

// node_modules/yaml/dist/schema/yaml-1.1/timestamp.js
var require_timestamp = /* @__PURE__ */ __commonJSMin(((exports) => {
	var stringifyNumber = require_stringifyNumber();
	/** Internal types handle bigint as number, because TS can't figure it out. */
	function parseSexagesimal(str, asBigInt) {
		const sign = str[0];
		const parts = sign === "-" || sign === "+" ? str.substring(1) : str;
		const num = (n) => asBigInt ? BigInt(n) : Number(n);
		const res = parts.replace(/_/g, "").split(":").reduce((res, p) => res * num(60) + num(p), num(0));
		return sign === "-" ? num(-1) * res : res;
	}
	/**
	* hhhh:mm:ss.sss
	*
	* Internal types handle bigint as number, because TS can't figure it out.
	*/
	function stringifySexagesimal(node) {
		let { value } = node;
		let num = (n) => n;
		if (typeof value === "bigint") num = (n) => BigInt(n);
		else if (isNaN(value) || !isFinite(value)) return stringifyNumber.stringifyNumber(node);
		let sign = "";
		if (value < 0) {
			sign = "-";
			value *= num(-1);
		}
		const _60 = num(60);
		const parts = [value % _60];
		if (value < 60) parts.unshift(0);
		else {
			value = (value - parts[0]) / _60;
			parts.unshift(value % _60);
			if (value >= 60) {
				value = (value - parts[0]) / _60;
				parts.unshift(value);
			}
		}
		return sign + parts.map((n) => String(n).padStart(2, "0")).join(":").replace(/000000\d*$/, "");
	}
	const intTime = {
		identify: (value) => typeof value === "bigint" || Number.isInteger(value),
		default: true,
		tag: "tag:yaml.org,2002:int",
		format: "TIME",
		test: /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+$/,
		resolve: (str, _onError, { intAsBigInt }) => parseSexagesimal(str, intAsBigInt),
		stringify: stringifySexagesimal
	};
	const floatTime = {
		identify: (value) => typeof value === "number",
		default: true,
		tag: "tag:yaml.org,2002:float",
		format: "TIME",
		test: /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/,
		resolve: (str) => parseSexagesimal(str, false),
		stringify: stringifySexagesimal
	};
	const timestamp = {
		identify: (value) => value instanceof Date,
		default: true,
		tag: "tag:yaml.org,2002:timestamp",
		test: RegExp("^([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})(?:(?:t|T|[ \\t]+)([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2}(\\.[0-9]+)?)(?:[ \\t]*(Z|[-+][012]?[0-9](?::[0-9]{2})?))?)?$"),
		resolve(str) {
			const match = str.match(timestamp.test);
			if (!match) throw new Error("!!timestamp expects a date, starting with yyyy-mm-dd");
			const [, year, month, day, hour, minute, second] = match.map(Number);
			const millisec = match[7] ? Number((match[7] + "00").substr(1, 3)) : 0;
			let date = Date.UTC(year, month - 1, day, hour || 0, minute || 0, second || 0, millisec);
			const tz = match[8];
			if (tz && tz !== "Z") {
				let d = parseSexagesimal(tz, false);
				if (Math.abs(d) < 30) d *= 60;
				date -= 6e4 * d;
			}
			return new Date(date);
		},
		stringify: ({ value }) => value?.toISOString().replace(/(T00:00:00)?\.000Z$/, "") ?? ""
	};
	exports.floatTime = floatTime;
	exports.intTime = intTime;
	exports.timestamp = timestamp;
}));

// node_modules/yaml/dist/schema/yaml-1.1/schema.js
var require_schema = /* @__PURE__ */ __commonJSMin(((exports) => {
	var map = require_map();
	var _null = require_null();
	var seq = require_seq();
	var string = require_string();
	var binary = require_binary();
	var bool = require_bool();
	var float = require_float();
	var int = require_int();
	var merge = require_merge();
	var omap = require_omap();
	var pairs = require_pairs();
	var set = require_set();
	var timestamp = require_timestamp();
	const schema = [
		map.map,
		seq.seq,
		string.string,
		_null.nullTag,
		bool.trueTag,
		bool.falseTag,
		int.intBin,
		int.intOct,
		int.int,
		int.intHex,
		float.floatNaN,
		float.floatExp,
		float.float,
		binary.binary,
		merge.merge,
		omap.omap,
		pairs.pairs,
		set.set,
		timestamp.intTime,
		timestamp.floatTime,
		timestamp.timestamp
	];
	exports.schema = schema;
}));

// node_modules/yaml/dist/schema/tags.js
var require_tags = /* @__PURE__ */ __commonJSMin(((exports) => {
	var map = require_map();
	var _null = require_null();
	var seq = require_seq();
	var string = require_string();
	var bool = require_bool$1();
	var float = require_float$1();
	var int = require_int$1();
	var schema = require_schema$2();
	var schema$1 = require_schema$1();
	var binary = require_binary();
	var merge = require_merge();
	var omap = require_omap();
	var pairs = require_pairs();
	var schema$2 = require_schema();
	var set = require_set();
	var timestamp = require_timestamp();
	const schemas = /* @__PURE__ */ new Map([
		["core", schema.schema],
		["failsafe", [
			map.map,
			seq.seq,
			string.string
		]],
		["json", schema$1.schema],
		["yaml11", schema$2.schema],
		["yaml-1.1", schema$2.schema]
	]);
	const tagsByName = {
		binary: binary.binary,
		bool: bool.boolTag,
		float: float.float,
		floatExp: float.floatExp,
		floatNaN: float.floatNaN,
		floatTime: timestamp.floatTime,
		int: int.int,
		intHex: int.intHex,
		intOct: int.intOct,
		intTime: timestamp.intTime,
		map: map.map,
		merge: merge.merge,
		null: _null.nullTag,
		omap: omap.omap,
		pairs: pairs.pairs,
		seq: seq.seq,
		set: set.set,
		timestamp: timestamp.timestamp
	};
	const coreKnownTags = {
		"tag:yaml.org,2002:binary": binary.binary,
		"tag:yaml.org,2002:merge": merge.merge,
		"tag:yaml.org,2002:omap": omap.omap,
		"tag:yaml.org,2002:pairs": pairs.pairs,
		"tag:yaml.org,2002:set": set.set,
		"tag:yaml.org,2002:timestamp": timestamp.timestamp
	};
	function getTags(customTags, schemaName, addMergeTag) {
		const schemaTags = schemas.get(schemaName);
		if (schemaTags && !customTags) return addMergeTag && !schemaTags.includes(merge.merge) ? schemaTags.concat(merge.merge) : schemaTags.slice();
		let tags = schemaTags;
		if (!tags) {
			if (Array.isArray(customTags)) tags = [];
			else {
				const keys = Array.from(schemas.keys()).filter((key) => key !== "yaml11").map((key) => JSON.stringify(key)).join(", ");
				throw new Error(`Unknown schema "${schemaName}"; use one of ${keys} or define customTags array`);
			}
		}
		if (Array.isArray(customTags)) for (const tag of customTags) tags = tags.concat(tag);
		else if (typeof customTags === "function") tags = customTags(tags.slice());
		if (addMergeTag) tags = tags.concat(merge.merge);
		return tags.reduce((tags, tag) => {
			const tagObj = typeof tag === "string" ? tagsByName[tag] : tag;
			if (!tagObj) {
				const tagName = JSON.stringify(tag);
				const keys = Object.keys(tagsByName).map((key) => JSON.stringify(key)).join(", ");
				throw new Error(`Unknown custom tag ${tagName}; use one of ${keys}`);
			}
			if (!tags.includes(tagObj)) tags.push(tagObj);
			return tags;
		}, []);
	}
	exports.coreKnownTags = coreKnownTags;
	exports.getTags = getTags;
}));

// node_modules/yaml/dist/schema/Schema.js
var require_Schema = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var map = require_map();
	var seq = require_seq();
	var string = require_string();
	var tags = require_tags();
	const sortMapEntriesByKey = (a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
	var Schema = class Schema {
		constructor({ compat, customTags, merge, resolveKnownTags, schema, sortMapEntries, toStringDefaults }) {
			this.compat = Array.isArray(compat) ? tags.getTags(compat, "compat") : compat ? tags.getTags(null, compat) : null;
			this.name = typeof schema === "string" && schema || "core";
			this.knownTags = resolveKnownTags ? tags.coreKnownTags : {};
			this.tags = tags.getTags(customTags, this.name, merge);
			this.toStringOptions = toStringDefaults ?? null;
			Object.defineProperty(this, identity.MAP, { value: map.map });
			Object.defineProperty(this, identity.SCALAR, { value: string.string });
			Object.defineProperty(this, identity.SEQ, { value: seq.seq });
			this.sortMapEntries = typeof sortMapEntries === "function" ? sortMapEntries : sortMapEntries === true ? sortMapEntriesByKey : null;
		}
		clone() {
			const copy = Object.create(Schema.prototype, Object.getOwnPropertyDescriptors(this));
			copy.tags = this.tags.slice();
			return copy;
		}
	};
	exports.Schema = Schema;
}));

// node_modules/yaml/dist/stringify/stringifyDocument.js
var require_stringifyDocument = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var stringify = require_stringify();
	var stringifyComment = require_stringifyComment();
	function stringifyDocument(doc, options) {
		const lines = [];
		let hasDirectives = options.directives === true;
		if (options.directives !== false && doc.directives) {
			const dir = doc.directives.toString(doc);
			if (dir) {
				lines.push(dir);
				hasDirectives = true;
			} else if (doc.directives.docStart) hasDirectives = true;
		}
		if (hasDirectives) lines.push("---");
		const ctx = stringify.createStringifyContext(doc, options);
		const { commentString } = ctx.options;
		if (doc.commentBefore) {
			if (lines.length !== 1) lines.unshift("");
			const cs = commentString(doc.commentBefore);
			lines.unshift(stringifyComment.indentComment(cs, ""));
		}
		let chompKeep = false;
		let contentComment = null;
		if (doc.contents) {
			if (identity.isNode(doc.contents)) {
				if (doc.contents.spaceBefore && hasDirectives) lines.push("");
				if (doc.contents.commentBefore) {
					const cs = commentString(doc.contents.commentBefore);
					lines.push(stringifyComment.indentComment(cs, ""));
				}
				ctx.forceBlockIndent = !!doc.comment;
				contentComment = doc.contents.comment;
			}
			const onChompKeep = contentComment ? void 0 : () => chompKeep = true;
			let body = stringify.stringify(doc.contents, ctx, () => contentComment = null, onChompKeep);
			if (contentComment) body += stringifyComment.lineComment(body, "", commentString(contentComment));
			if ((body[0] === "|" || body[0] === ">") && lines[lines.length - 1] === "---") lines[lines.length - 1] = `--- ${body}`;
			else lines.push(body);
		} else lines.push(stringify.stringify(doc.contents, ctx));
		if (doc.directives?.docEnd) {
			if (doc.comment) {
				const cs = commentString(doc.comment);
				if (cs.includes("\n")) {
					lines.push("...");
					lines.push(stringifyComment.indentComment(cs, ""));
				} else lines.push(`... ${cs}`);
			} else lines.push("...");
		} else {
			let dc = doc.comment;
			if (dc && chompKeep) dc = dc.replace(/^\n+/, "");
			if (dc) {
				if ((!chompKeep || contentComment) && lines[lines.length - 1] !== "") lines.push("");
				lines.push(stringifyComment.indentComment(commentString(dc), ""));
			}
		}
		return lines.join("\n") + "\n";
	}
	exports.stringifyDocument = stringifyDocument;
}));

// node_modules/yaml/dist/doc/Document.js
var require_Document = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Alias = require_Alias();
	var Collection = require_Collection();
	var identity = require_identity();
	var Pair = require_Pair();
	var toJS = require_toJS();
	var Schema = require_Schema();
	var stringifyDocument = require_stringifyDocument();
	var anchors = require_anchors();
	var applyReviver = require_applyReviver();
	var createNode = require_createNode();
	var directives = require_directives();
	var Document = class Document {
		constructor(value, replacer, options) {
			/** A comment before this Document */
			this.commentBefore = null;
			/** A comment immediately after this Document */
			this.comment = null;
			/** Errors encountered during parsing. */
			this.errors = [];
			/** Warnings encountered during parsing. */
			this.warnings = [];
			Object.defineProperty(this, identity.NODE_TYPE, { value: identity.DOC });
			let _replacer = null;
			if (typeof replacer === "function" || Array.isArray(replacer)) _replacer = replacer;
			else if (options === void 0 && replacer) {
				options = replacer;
				replacer = void 0;
			}
			const opt = Object.assign({
				intAsBigInt: false,
				keepSourceTokens: false,
				logLevel: "warn",
				prettyErrors: true,
				strict: true,
				stringKeys: false,
				uniqueKeys: true,
				version: "1.2"
			}, options);
			this.options = opt;
			let { version } = opt;
			if (options?._directives) {
				this.directives = options._directives.atDocument();
				if (this.directives.yaml.explicit) version = this.directives.yaml.version;
			} else this.directives = new directives.Directives({ version });
			this.setSchema(version, options);
			this.contents = value === void 0 ? null : this.createNode(value, _replacer, options);
		}
		/**
		* Create a deep copy of this Document and its contents.
		*
		* Custom Node values that inherit from `Object` still refer to their original instances.
		*/
		clone() {
			const copy = Object.create(Document.prototype, { [identity.NODE_TYPE]: { value: identity.DOC } });
			copy.commentBefore = this.commentBefore;
			copy.comment = this.comment;
			copy.errors = this.errors.slice();
			copy.warnings = this.warnings.slice();
			copy.options = Object.assign({}, this.options);
			if (this.directives) copy.directives = this.directives.clone();
			copy.schema = this.schema.clone();
			copy.contents = identity.isNode(this.contents) ? this.contents.clone(copy.schema) : this.contents;
			if (this.range) copy.range = this.range.slice();
			return copy;
		}
		/** Adds a value to the document. */
		add(value) {
			if (assertCollection(this.contents)) this.contents.add(value);
		}
		/** Adds a value to the document. */
		addIn(path, value) {
			if (assertCollection(this.contents)) this.contents.addIn(path, value);
		}
		/**
		* Create a new `Alias` node, ensuring that the target `node` has the required anchor.
		*
		* If `node` already has an anchor, `name` is ignored.
		* Otherwise, the `node.anchor` value will be set to `name`,
		* or if an anchor with that name is already present in the document,
		* `name` will be used as a prefix for a new unique anchor.
		* If `name` is undefined, the generated anchor will use 'a' as a prefix.
		*/
		createAlias(node, name) {
			if (!node.anchor) {
				const prev = anchors.anchorNames(this);
				node.anchor = !name || prev.has(name) ? anchors.findNewAnchor(name || "a", prev) : name;
			}
			return new Alias.Alias(node.anchor);
		}
		createNode(value, replacer, options) {
			let _replacer = void 0;
			if (typeof replacer === "function") {
				value = replacer.call({ "": value }, "", value);
				_replacer = replacer;
			} else if (Array.isArray(replacer)) {
				const keyToStr = (v) => typeof v === "number" || v instanceof String || v instanceof Number;
				const asStr = replacer.filter(keyToStr).map(String);
				if (asStr.length > 0) replacer = replacer.concat(asStr);
				_replacer = replacer;
			} else if (options === void 0 && replacer) {
				options = replacer;
				replacer = void 0;
			}
			const { aliasDuplicateObjects, anchorPrefix, flow, keepUndefined, onTagObj, tag } = options ?? {};
			const { onAnchor, setAnchors, sourceObjects } = anchors.createNodeAnchors(this, anchorPrefix || "a");
			const ctx = {
				aliasDuplicateObjects: aliasDuplicateObjects ?? true,
				keepUndefined: keepUndefined ?? false,
				onAnchor,
				onTagObj,
				replacer: _replacer,
				schema: this.schema,
				sourceObjects
			};
			const node = createNode.createNode(value, tag, ctx);
			if (flow && identity.isCollection(node)) node.flow = true;
			setAnchors();
			return node;
		}
		/**
		* Convert a key and a value into a `Pair` using the current schema,
		* recursively wrapping all values as `Scalar` or `Collection` nodes.
		*/
		createPair(key, value, options = {}) {
			const k = this.createNode(key, null, options);
			const v = this.createNode(value, null, options);
			return new Pair.Pair(k, v);
		}
		/**
		* Removes a value from the document.
		* @returns `true` if the item was found and removed.
		*/
		delete(key) {
			return assertCollection(this.contents) ? this.contents.delete(key) : false;
		}
		/**
		* Removes a value from the document.
		* @returns `true` if the item was found and removed.
		*/
		deleteIn(path) {
			if (Collection.isEmptyPath(path)) {
				if (this.contents == null) return false;
				this.contents = null;
				return true;
			}
			return assertCollection(this.contents) ? this.contents.deleteIn(path) : false;
		}
		/**
		* Returns item at `key`, or `undefined` if not found. By default unwraps
		* scalar values from their surrounding node; to disable set `keepScalar` to
		* `true` (collections are always returned intact).
		*/
		get(key, keepScalar) {
			return identity.isCollection(this.contents) ? this.contents.get(key, keepScalar) : void 0;
		}
		/**
		* Returns item at `path`, or `undefined` if not found. By default unwraps
		* scalar values from their surrounding node; to disable set `keepScalar` to
		* `true` (collections are always returned intact).
		*/
		getIn(path, keepScalar) {
			if (Collection.isEmptyPath(path)) return !keepScalar && identity.isScalar(this.contents) ? this.contents.value : this.contents;
			return identity.isCollection(this.contents) ? this.contents.getIn(path, keepScalar) : void 0;
		}
		/**
		* Checks if the document includes a value with the key `key`.
		*/
		has(key) {
			return identity.isCollection(this.contents) ? this.contents.has(key) : false;
		}
		/**
		* Checks if the document includes a value at `path`.
		*/
		hasIn(path) {
			if (Collection.isEmptyPath(path)) return this.contents !== void 0;
			return identity.isCollection(this.contents) ? this.contents.hasIn(path) : false;
		}
		/**
		* Sets a value in this document. For `!!set`, `value` needs to be a
		* boolean to add/remove the item from the set.
		*/
		set(key, value) {
			if (this.contents == null) this.contents = Collection.collectionFromPath(this.schema, [key], value);
			else if (assertCollection(this.contents)) this.contents.set(key, value);
		}
		/**
		* Sets a value in this document. For `!!set`, `value` needs to be a
		* boolean to add/remove the item from the set.
		*/
		setIn(path, value) {
			if (Collection.isEmptyPath(path)) this.contents = value;
			else if (this.contents == null) this.contents = Collection.collectionFromPath(this.schema, Array.from(path), value);
			else if (assertCollection(this.contents)) this.contents.setIn(path, value);
		}
		/**
		* Change the YAML version and schema used by the document.
		* A `null` version disables support for directives, explicit tags, anchors, and aliases.
		* It also requires the `schema` option to be given as a `Schema` instance value.
		*
		* Overrides all previously set schema options.
		*/
		setSchema(version, options = {}) {
			if (typeof version === "number") version = String(version);
			let opt;
			switch (version) {
				case "1.1":
					if (this.directives) this.directives.yaml.version = "1.1";
					else this.directives = new directives.Directives({ version: "1.1" });
					opt = {
						resolveKnownTags: false,
						schema: "yaml-1.1"
					};
					break;
				case "1.2":
				case "next":
					if (this.directives) this.directives.yaml.version = version;
					else this.directives = new directives.Directives({ version });
					opt = {
						resolveKnownTags: true,
						schema: "core"
					};
					break;
				case null:
					if (this.directives) delete this.directives;
					opt = null;
					break;
				default: {
					const sv = JSON.stringify(version);
					throw new Error(`Expected '1.1', '1.2' or null as first argument, but found: ${sv}`);
				}
			}
			if (options.schema instanceof Object) this.schema = options.schema;
			else if (opt) this.schema = new Schema.Schema(Object.assign(opt, options));
			else throw new Error(`With a null YAML version, the { schema: Schema } option is required`);
		}
		toJS({ json, jsonArg, mapAsMap, maxAliasCount, onAnchor, reviver } = {}) {
			const ctx = {
				anchors: /* @__PURE__ */ new Map(),
				doc: this,
				keep: !json,
				mapAsMap: mapAsMap === true,
				mapKeyWarned: false,
				maxAliasCount: typeof maxAliasCount === "number" ? maxAliasCount : 100
			};
			const res = toJS.toJS(this.contents, jsonArg ?? "", ctx);
			if (typeof onAnchor === "function") for (const { count, res } of ctx.anchors.values()) onAnchor(res, count);
			return typeof reviver === "function" ? applyReviver.applyReviver(reviver, { "": res }, "", res) : res;
		}
		/**
		* A JSON representation of the document `contents`.
		*
		* @param jsonArg Used by `JSON.stringify` to indicate the array index or
		*   property name.
		*/
		toJSON(jsonArg, onAnchor) {
			return this.toJS({
				json: true,
				jsonArg,
				mapAsMap: false,
				onAnchor
			});
		}
		/** A YAML representation of the document. */
		toString(options = {}) {
			if (this.errors.length > 0) throw new Error("Document with errors cannot be stringified");
			if ("indent" in options && (!Number.isInteger(options.indent) || Number(options.indent) <= 0)) {
				const s = JSON.stringify(options.indent);
				throw new Error(`"indent" option must be a positive integer, not ${s}`);
			}
			return stringifyDocument.stringifyDocument(this, options);
		}
	};
	function assertCollection(contents) {
		if (identity.isCollection(contents)) return true;
		throw new Error("Expected a YAML collection as document contents");
	}
	exports.Document = Document;
}));

// node_modules/yaml/dist/errors.js
var require_errors = /* @__PURE__ */ __commonJSMin(((exports) => {
	var YAMLError = class extends Error {
		constructor(name, pos, code, message) {
			super();
			this.name = name;
			this.code = code;
			this.message = message;
			this.pos = pos;
		}
	};
	var YAMLParseError = class extends YAMLError {
		constructor(pos, code, message) {
			super("YAMLParseError", pos, code, message);
		}
	};
	var YAMLWarning = class extends YAMLError {
		constructor(pos, code, message) {
			super("YAMLWarning", pos, code, message);
		}
	};
	const prettifyError = (src, lc) => (error) => {
		if (error.pos[0] === -1) return;
		error.linePos = error.pos.map((pos) => lc.linePos(pos));
		const { line, col } = error.linePos[0];
		error.message += ` at line ${line}, column ${col}`;
		let ci = col - 1;
		let lineStr = src.substring(lc.lineStarts[line - 1], lc.lineStarts[line]).replace(/[\n\r]+$/, "");
		if (ci >= 60 && lineStr.length > 80) {
			const trimStart = Math.min(ci - 39, lineStr.length - 79);
			lineStr = "…" + lineStr.substring(trimStart);
			ci -= trimStart - 1;
		}
		if (lineStr.length > 80) lineStr = lineStr.substring(0, 79) + "…";
		if (line > 1 && /^ *$/.test(lineStr.substring(0, ci))) {
			let prev = src.substring(lc.lineStarts[line - 2], lc.lineStarts[line - 1]);
			if (prev.length > 80) prev = prev.substring(0, 79) + "…\n";
			lineStr = prev + lineStr;
		}
		if (/[^ ]/.test(lineStr)) {
			let count = 1;
			const end = error.linePos[1];
			if (end?.line === line && end.col > col) count = Math.max(1, Math.min(end.col - col, 80 - ci));
			const pointer = " ".repeat(ci) + "^".repeat(count);
			error.message += `:\n\n${lineStr}\n${pointer}\n`;
		}
	};
	exports.YAMLError = YAMLError;
	exports.YAMLParseError = YAMLParseError;
	exports.YAMLWarning = YAMLWarning;
	exports.prettifyError = prettifyError;
}));

// node_modules/yaml/dist/compose/resolve-props.js
var require_resolve_props = /* @__PURE__ */ __commonJSMin(((exports) => {
	function resolveProps(tokens, { flow, indicator, next, offset, onError, parentIndent, startOnNewline }) {
		let spaceBefore = false;
		let atNewline = startOnNewline;
		let hasSpace = startOnNewline;
		let comment = "";
		let commentSep = "";
		let hasNewline = false;
		let reqSpace = false;
		let tab = null;
		let anchor = null;
		let tag = null;
		let newlineAfterProp = null;
		let comma = null;
		let found = null;
		let start = null;
		for (const token of tokens) {
			if (reqSpace) {
				if (token.type !== "space" && token.type !== "newline" && token.type !== "comma") onError(token.offset, "MISSING_CHAR", "Tags and anchors must be separated from the next token by white space");
				reqSpace = false;
			}
			if (tab) {
				if (atNewline && token.type !== "comment" && token.type !== "newline") onError(tab, "TAB_AS_INDENT", "Tabs are not allowed as indentation");
				tab = null;
			}
			switch (token.type) {
				case "space":
					if (!flow && (indicator !== "doc-start" || next?.type !== "flow-collection") && token.source.includes("	")) tab = token;
					hasSpace = true;
					break;
				case "comment": {
					if (!hasSpace) onError(token, "MISSING_CHAR", "Comments must be separated from other tokens by white space characters");
					const cb = token.source.substring(1) || " ";
					if (!comment) comment = cb;
					else comment += commentSep + cb;
					commentSep = "";
					atNewline = false;
					break;
				}
				case "newline":
					if (atNewline) {
						if (comment) comment += token.source;
						else if (!found || indicator !== "seq-item-ind") spaceBefore = true;
					} else commentSep += token.source;
					atNewline = true;
					hasNewline = true;
					if (anchor || tag) newlineAfterProp = token;
					hasSpace = true;
					break;
				case "anchor":
					if (anchor) onError(token, "MULTIPLE_ANCHORS", "A node can have at most one anchor");
					if (token.source.endsWith(":")) onError(token.offset + token.source.length - 1, "BAD_ALIAS", "Anchor ending in : is ambiguous", true);
					anchor = token;
					start ?? (start = token.offset);
					atNewline = false;
					hasSpace = false;
					reqSpace = true;
					break;
				case "tag":
					if (tag) onError(token, "MULTIPLE_TAGS", "A node can have at most one tag");
					tag = token;
					start ?? (start = token.offset);
					atNewline = false;
					hasSpace = false;
					reqSpace = true;
					break;
				case indicator:
					if (anchor || tag) onError(token, "BAD_PROP_ORDER", `Anchors and tags must be after the ${token.source} indicator`);
					if (found) onError(token, "UNEXPECTED_TOKEN", `Unexpected ${token.source} in ${flow ?? "collection"}`);
					found = token;
					atNewline = indicator === "seq-item-ind" || indicator === "explicit-key-ind";
					hasSpace = false;
					break;
				case "comma": if (flow) {
					if (comma) onError(token, "UNEXPECTED_TOKEN", `Unexpected , in ${flow}`);
					comma = token;
					atNewline = false;
					hasSpace = false;
					break;
				}
				default:
					onError(token, "UNEXPECTED_TOKEN", `Unexpected ${token.type} token`);
					atNewline = false;
					hasSpace = false;
			}
		}
		const last = tokens[tokens.length - 1];
		const end = last ? last.offset + last.source.length : offset;
		if (reqSpace && next && next.type !== "space" && next.type !== "newline" && next.type !== "comma" && (next.type !== "scalar" || next.source !== "")) onError(next.offset, "MISSING_CHAR", "Tags and anchors must be separated from the next token by white space");
		if (tab && (atNewline && tab.indent <= parentIndent || next?.type === "block-map" || next?.type === "block-seq")) onError(tab, "TAB_AS_INDENT", "Tabs are not allowed as indentation");
		return {
			comma,
			found,
			spaceBefore,
			comment,
			hasNewline,
			anchor,
			tag,
			newlineAfterProp,
			end,
			start: start ?? end
		};
	}
	exports.resolveProps = resolveProps;
}));

// node_modules/yaml/dist/compose/util-contains-newline.js
var require_util_contains_newline = /* @__PURE__ */ __commonJSMin(((exports) => {
	function containsNewline(key) {
		if (!key) return null;
		switch (key.type) {
			case "alias":
			case "scalar":
			case "double-quoted-scalar":
			case "single-quoted-scalar":
				if (key.source.includes("\n")) return true;
				if (key.end) {
					for (const st of key.end) if (st.type === "newline") return true;
				}
				return false;
			case "flow-collection":
				for (const it of key.items) {
					for (const st of it.start) if (st.type === "newline") return true;
					if (it.sep) {
						for (const st of it.sep) if (st.type === "newline") return true;
					}
					if (containsNewline(it.key) || containsNewline(it.value)) return true;
				}
				return false;
			default: return true;
		}
	}
	exports.containsNewline = containsNewline;
}));

// node_modules/yaml/dist/compose/util-flow-indent-check.js
var require_util_flow_indent_check = /* @__PURE__ */ __commonJSMin(((exports) => {
	var utilContainsNewline = require_util_contains_newline();
	function flowIndentCheck(indent, fc, onError) {
		if (fc?.type === "flow-collection") {
			const end = fc.end[0];
			if (end.indent === indent && (end.source === "]" || end.source === "}") && utilContainsNewline.containsNewline(fc)) onError(end, "BAD_INDENT", "Flow end indicator should be more indented than parent", true);
		}
	}
	exports.flowIndentCheck = flowIndentCheck;
}));

// node_modules/yaml/dist/compose/util-map-includes.js
var require_util_map_includes = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	function mapIncludes(ctx, items, search) {
		const { uniqueKeys } = ctx.options;
		if (uniqueKeys === false) return false;
		const isEqual = typeof uniqueKeys === "function" ? uniqueKeys : (a, b) => a === b || identity.isScalar(a) && identity.isScalar(b) && a.value === b.value;
		return items.some((pair) => isEqual(pair.key, search));
	}
	exports.mapIncludes = mapIncludes;
}));

// node_modules/yaml/dist/compose/resolve-block-map.js
var require_resolve_block_map = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Pair = require_Pair();
	var YAMLMap = require_YAMLMap();
	var resolveProps = require_resolve_props();
	var utilContainsNewline = require_util_contains_newline();
	var utilFlowIndentCheck = require_util_flow_indent_check();
	var utilMapIncludes = require_util_map_includes();
	const startColMsg = "All mapping items must start at the same column";
	function resolveBlockMap({ composeNode, composeEmptyNode }, ctx, bm, onError, tag) {
		const map = new ((tag?.nodeClass) ?? YAMLMap.YAMLMap)(ctx.schema);
		if (ctx.atRoot) ctx.atRoot = false;
		let offset = bm.offset;
		let commentEnd = null;
		for (const collItem of bm.items) {
			const { start, key, sep, value } = collItem;
			const keyProps = resolveProps.resolveProps(start, {
				indicator: "explicit-key-ind",
				next: key ?? sep?.[0],
				offset,
				onError,
				parentIndent: bm.indent,
				startOnNewline: true
			});
			const implicitKey = !keyProps.found;
			if (implicitKey) {
				if (key) {
					if (key.type === "block-seq") onError(offset, "BLOCK_AS_IMPLICIT_KEY", "A block sequence may not be used as an implicit map key");
					else if ("indent" in key && key.indent !== bm.indent) onError(offset, "BAD_INDENT", startColMsg);
				}
				if (!keyProps.anchor && !keyProps.tag && !sep) {
					commentEnd = keyProps.end;
					if (keyProps.comment) {
						if (map.comment) map.comment += "\n" + keyProps.comment;
						else map.comment = keyProps.comment;
					}
					continue;
				}
				if (keyProps.newlineAfterProp || utilContainsNewline.containsNewline(key)) onError(key ?? start[start.length - 1], "MULTILINE_IMPLICIT_KEY", "Implicit keys need to be on a single line");
			} else if (keyProps.found?.indent !== bm.indent) onError(offset, "BAD_INDENT", startColMsg);
			ctx.atKey = true;
			const keyStart = keyProps.end;
			const keyNode = key ? composeNode(ctx, key, keyProps, onError) : composeEmptyNode(ctx, keyStart, start, null, keyProps, onError);
			if (ctx.schema.compat) utilFlowIndentCheck.flowIndentCheck(bm.indent, key, onError);
			ctx.atKey = false;
			if (utilMapIncludes.mapIncludes(ctx, map.items, keyNode)) onError(keyStart, "DUPLICATE_KEY", "Map keys must be unique");
			const valueProps = resolveProps.resolveProps(sep ?? [], {
				indicator: "map-value-ind",
				next: value,
				offset: keyNode.range[2],
				onError,
				parentIndent: bm.indent,
				startOnNewline: !key || key.type === "block-scalar"
			});
			offset = valueProps.end;
			if (valueProps.found) {
				if (implicitKey) {
					if (value?.type === "block-map" && !valueProps.hasNewline) onError(offset, "BLOCK_AS_IMPLICIT_KEY", "Nested mappings are not allowed in compact mappings");
					if (ctx.options.strict && keyProps.start < valueProps.found.offset - 1024) onError(keyNode.range, "KEY_OVER_1024_CHARS", "The : indicator must be at most 1024 chars after the start of an implicit block mapping key");
				}
				const valueNode = value ? composeNode(ctx, value, valueProps, onError) : composeEmptyNode(ctx, offset, sep, null, valueProps, onError);
				if (ctx.schema.compat) utilFlowIndentCheck.flowIndentCheck(bm.indent, value, onError);
				offset = valueNode.range[2];
				const pair = new Pair.Pair(keyNode, valueNode);
				if (ctx.options.keepSourceTokens) pair.srcToken = collItem;
				map.items.push(pair);
			} else {
				if (implicitKey) onError(keyNode.range, "MISSING_CHAR", "Implicit map keys need to be followed by map values");
				if (valueProps.comment) {
					if (keyNode.comment) keyNode.comment += "\n" + valueProps.comment;
					else keyNode.comment = valueProps.comment;
				}
				const pair = new Pair.Pair(keyNode);
				if (ctx.options.keepSourceTokens) pair.srcToken = collItem;
				map.items.push(pair);
			}
		}
		if (commentEnd && commentEnd < offset) onError(commentEnd, "IMPOSSIBLE", "Map comment with trailing content");
		map.range = [
			bm.offset,
			offset,
			commentEnd ?? offset
		];
		return map;
	}
	exports.resolveBlockMap = resolveBlockMap;
}));

// node_modules/yaml/dist/compose/resolve-block-seq.js
var require_resolve_block_seq = /* @__PURE__ */ __commonJSMin(((exports) => {
	var YAMLSeq = require_YAMLSeq();
	var resolveProps = require_resolve_props();
	var utilFlowIndentCheck = require_util_flow_indent_check();
	function resolveBlockSeq({ composeNode, composeEmptyNode }, ctx, bs, onError, tag) {
		const seq = new ((tag?.nodeClass) ?? YAMLSeq.YAMLSeq)(ctx.schema);
		if (ctx.atRoot) ctx.atRoot = false;
		if (ctx.atKey) ctx.atKey = false;
		let offset = bs.offset;
		let commentEnd = null;
		for (const { start, value } of bs.items) {
			const props = resolveProps.resolveProps(start, {
				indicator: "seq-item-ind",
				next: value,
				offset,
				onError,
				parentIndent: bs.indent,
				startOnNewline: true
			});
			if (!props.found) {
				if (props.anchor || props.tag || value) {
					if (value?.type === "block-seq") onError(props.end, "BAD_INDENT", "All sequence items must start at the same column");
					else onError(offset, "MISSING_CHAR", "Sequence item without - indicator");
				} else {
					commentEnd = props.end;
					if (props.comment) seq.comment = props.comment;
					continue;
				}
			}
			const node = value ? composeNode(ctx, value, props, onError) : composeEmptyNode(ctx, props.end, start, null, props, onError);
			if (ctx.schema.compat) utilFlowIndentCheck.flowIndentCheck(bs.indent, value, onError);
			offset = node.range[2];
			seq.items.push(node);
		}
		seq.range = [
			bs.offset,
			offset,
			commentEnd ?? offset
		];
		return seq;
	}
	exports.resolveBlockSeq = resolveBlockSeq;
}));

// node_modules/yaml/dist/compose/resolve-end.js
var require_resolve_end = /* @__PURE__ */ __commonJSMin(((exports) => {
	function resolveEnd(end, offset, reqSpace, onError) {
		let comment = "";
		if (end) {
			let hasSpace = false;
			let sep = "";
			for (const token of end) {
				const { source, type } = token;
				switch (type) {
					case "space":
						hasSpace = true;
						break;
					case "comment": {
						if (reqSpace && !hasSpace) onError(token, "MISSING_CHAR", "Comments must be separated from other tokens by white space characters");
						const cb = source.substring(1) || " ";
						if (!comment) comment = cb;
						else comment += sep + cb;
						sep = "";
						break;
					}
					case "newline":
						if (comment) sep += source;
						hasSpace = true;
						break;
					default: onError(token, "UNEXPECTED_TOKEN", `Unexpected ${type} at node end`);
				}
				offset += source.length;
			}
		}
		return {
			comment,
			offset
		};
	}
	exports.resolveEnd = resolveEnd;
}));

// node_modules/yaml/dist/compose/resolve-flow-collection.js
var require_resolve_flow_collection = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var Pair = require_Pair();
	var YAMLMap = require_YAMLMap();
	var YAMLSeq = require_YAMLSeq();
	var resolveEnd = require_resolve_end();
	var resolveProps = require_resolve_props();
	var utilContainsNewline = require_util_contains_newline();
	var utilMapIncludes = require_util_map_includes();
	const blockMsg = "Block collections are not allowed within flow collections";
	const isBlock = (token) => token && (token.type === "block-map" || token.type === "block-seq");
	function resolveFlowCollection({ composeNode, composeEmptyNode }, ctx, fc, onError, tag) {
		const isMap = fc.start.source === "{";
		const fcName = isMap ? "flow map" : "flow sequence";
		const coll = new ((tag?.nodeClass) ?? (isMap ? YAMLMap.YAMLMap : YAMLSeq.YAMLSeq))(ctx.schema);
		coll.flow = true;
		const atRoot = ctx.atRoot;
		if (atRoot) ctx.atRoot = false;
		if (ctx.atKey) ctx.atKey = false;
		let offset = fc.offset + fc.start.source.length;
		for (let i = 0; i < fc.items.length; ++i) {
			const collItem = fc.items[i];
			const { start, key, sep, value } = collItem;
			const props = resolveProps.resolveProps(start, {
				flow: fcName,
				indicator: "explicit-key-ind",
				next: key ?? sep?.[0],
				offset,
				onError,
				parentIndent: fc.indent,
				startOnNewline: false
			});
			if (!props.found) {
				if (!props.anchor && !props.tag && !sep && !value) {
					if (i === 0 && props.comma) onError(props.comma, "UNEXPECTED_TOKEN", `Unexpected , in ${fcName}`);
					else if (i < fc.items.length - 1) onError(props.start, "UNEXPECTED_TOKEN", `Unexpected empty item in ${fcName}`);
					if (props.comment) {
						if (coll.comment) coll.comment += "\n" + props.comment;
						else coll.comment = props.comment;
					}
					offset = props.end;
					continue;
				}
				if (!isMap && ctx.options.strict && utilContainsNewline.containsNewline(key)) onError(key, "MULTILINE_IMPLICIT_KEY", "Implicit keys of flow sequence pairs need to be on a single line");
			}
			if (i === 0) {
				if (props.comma) onError(props.comma, "UNEXPECTED_TOKEN", `Unexpected , in ${fcName}`);
			} else {
				if (!props.comma) onError(props.start, "MISSING_CHAR", `Missing , between ${fcName} items`);
				if (props.comment) {
					let prevItemComment = "";
					loop: for (const st of start) switch (st.type) {
						case "comma":
						case "space": break;
						case "comment":
							prevItemComment = st.source.substring(1);
							break loop;
						default: break loop;
					}
					if (prevItemComment) {
						let prev = coll.items[coll.items.length - 1];
						if (identity.isPair(prev)) prev = prev.value ?? prev.key;
						if (prev.comment) prev.comment += "\n" + prevItemComment;
						else prev.comment = prevItemComment;
						props.comment = props.comment.substring(prevItemComment.length + 1);
					}
				}
			}
			if (!isMap && !sep && !props.found) {
				const valueNode = value ? composeNode(ctx, value, props, onError) : composeEmptyNode(ctx, props.end, sep, null, props, onError);
				coll.items.push(valueNode);
				offset = valueNode.range[2];
				if (isBlock(value)) onError(valueNode.range, "BLOCK_IN_FLOW", blockMsg);
			} else {
				ctx.atKey = true;
				const keyStart = props.end;
				const keyNode = key ? composeNode(ctx, key, props, onError) : composeEmptyNode(ctx, keyStart, start, null, props, onError);
				if (isBlock(key)) onError(keyNode.range, "BLOCK_IN_FLOW", blockMsg);
				ctx.atKey = false;
				const valueProps = resolveProps.resolveProps(sep ?? [], {
					flow: fcName,
					indicator: "map-value-ind",
					next: value,
					offset: keyNode.range[2],
					onError,
					parentIndent: fc.indent,
					startOnNewline: false
				});
				if (valueProps.found) {
					if (!isMap && !props.found && ctx.options.strict) {
						if (sep) for (const st of sep) {
							if (st === valueProps.found) break;
							if (st.type === "newline") {
								onError(st, "MULTILINE_IMPLICIT_KEY", "Implicit keys of flow sequence pairs need to be on a single line");
								break;
							}
						}
						if (props.start < valueProps.found.offset - 1024) onError(valueProps.found, "KEY_OVER_1024_CHARS", "The : indicator must be at most 1024 chars after the start of an implicit flow sequence key");
					}
				} else if (value) {
					if ("source" in value && value.source?.[0] === ":") onError(value, "MISSING_CHAR", `Missing space after : in ${fcName}`);
					else onError(valueProps.start, "MISSING_CHAR", `Missing , or : between ${fcName} items`);
				}
				const valueNode = value ? composeNode(ctx, value, valueProps, onError) : valueProps.found ? composeEmptyNode(ctx, valueProps.end, sep, null, valueProps, onError) : null;
				if (valueNode) {
					if (isBlock(value)) onError(valueNode.range, "BLOCK_IN_FLOW", blockMsg);
				} else if (valueProps.comment) {
					if (keyNode.comment) keyNode.comment += "\n" + valueProps.comment;
					else keyNode.comment = valueProps.comment;
				}
				const pair = new Pair.Pair(keyNode, valueNode);
				if (ctx.options.keepSourceTokens) pair.srcToken = collItem;
				if (isMap) {
					const map = coll;
					if (utilMapIncludes.mapIncludes(ctx, map.items, keyNode)) onError(keyStart, "DUPLICATE_KEY", "Map keys must be unique");
					map.items.push(pair);
				} else {
					const map = new YAMLMap.YAMLMap(ctx.schema);
					map.flow = true;
					map.items.push(pair);
					const endRange = (valueNode ?? keyNode).range;
					map.range = [
						keyNode.range[0],
						endRange[1],
						endRange[2]
					];
					coll.items.push(map);
				}
				offset = valueNode ? valueNode.range[2] : valueProps.end;
			}
		}
		const expectedEnd = isMap ? "}" : "]";
		const [ce, ...ee] = fc.end;
		let cePos = offset;
		if (ce?.source === expectedEnd) cePos = ce.offset + ce.source.length;
		else {
			const name = fcName[0].toUpperCase() + fcName.substring(1);
			const msg = atRoot ? `${name} must end with a ${expectedEnd}` : `${name} in block collection must be sufficiently indented and end with a ${expectedEnd}`;
			onError(offset, atRoot ? "MISSING_CHAR" : "BAD_INDENT", msg);
			if (ce && ce.source.length !== 1) ee.unshift(ce);
		}
		if (ee.length > 0) {
			const end = resolveEnd.resolveEnd(ee, cePos, ctx.options.strict, onError);
			if (end.comment) {
				if (coll.comment) coll.comment += "\n" + end.comment;
				else coll.comment = end.comment;
			}
			coll.range = [
				fc.offset,
				cePos,
				end.offset
			];
		} else coll.range = [
			fc.offset,
			cePos,
			cePos
		];
		return coll;
	}
	exports.resolveFlowCollection = resolveFlowCollection;
}));

// node_modules/yaml/dist/compose/compose-collection.js
var require_compose_collection = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var Scalar = require_Scalar();
	var YAMLMap = require_YAMLMap();
	var YAMLSeq = require_YAMLSeq();
	var resolveBlockMap = require_resolve_block_map();
	var resolveBlockSeq = require_resolve_block_seq();
	var resolveFlowCollection = require_resolve_flow_collection();
	function resolveCollection(CN, ctx, token, onError, tagName, tag) {
		const coll = token.type === "block-map" ? resolveBlockMap.resolveBlockMap(CN, ctx, token, onError, tag) : token.type === "block-seq" ? resolveBlockSeq.resolveBlockSeq(CN, ctx, token, onError, tag) : resolveFlowCollection.resolveFlowCollection(CN, ctx, token, onError, tag);
		const Coll = coll.constructor;
		if (tagName === "!" || tagName === Coll.tagName) {
			coll.tag = Coll.tagName;
			return coll;
		}
		if (tagName) coll.tag = tagName;
		return coll;
	}
	function composeCollection(CN, ctx, token, props, onError) {
		const tagToken = props.tag;
		const tagName = !tagToken ? null : ctx.directives.tagName(tagToken.source, (msg) => onError(tagToken, "TAG_RESOLVE_FAILED", msg));
		if (token.type === "block-seq") {
			const { anchor, newlineAfterProp: nl } = props;
			const lastProp = anchor && tagToken ? anchor.offset > tagToken.offset ? anchor : tagToken : anchor ?? tagToken;
			if (lastProp && (!nl || nl.offset < lastProp.offset)) onError(lastProp, "MISSING_CHAR", "Missing newline after block sequence props");
		}
		const expType = token.type === "block-map" ? "map" : token.type === "block-seq" ? "seq" : token.start.source === "{" ? "map" : "seq";
		if (!tagToken || !tagName || tagName === "!" || tagName === YAMLMap.YAMLMap.tagName && expType === "map" || tagName === YAMLSeq.YAMLSeq.tagName && expType === "seq") return resolveCollection(CN, ctx, token, onError, tagName);
		let tag = ctx.schema.tags.find((t) => t.tag === tagName && t.collection === expType);
		if (!tag) {
			const kt = ctx.schema.knownTags[tagName];
			if (kt?.collection === expType) {
				ctx.schema.tags.push(Object.assign({}, kt, { default: false }));
				tag = kt;
			} else {
				if (kt) onError(tagToken, "BAD_COLLECTION_TYPE", `${kt.tag} used for ${expType} collection, but expects ${kt.collection ?? "scalar"}`, true);
				else onError(tagToken, "TAG_RESOLVE_FAILED", `Unresolved tag: ${tagName}`, true);
				return resolveCollection(CN, ctx, token, onError, tagName);
			}
		}
		const coll = resolveCollection(CN, ctx, token, onError, tagName, tag);
		const res = tag.resolve?.(coll, (msg) => onError(tagToken, "TAG_RESOLVE_FAILED", msg), ctx.options) ?? coll;
		const node = identity.isNode(res) ? res : new Scalar.Scalar(res);
		node.range = coll.range;
		node.tag = tagName;
		if (tag?.format) node.format = tag.format;
		return node;
	}
	exports.composeCollection = composeCollection;
}));

// node_modules/yaml/dist/compose/resolve-block-scalar.js
var require_resolve_block_scalar = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Scalar = require_Scalar();
	function resolveBlockScalar(ctx, scalar, onError) {
		const start = scalar.offset;
		const header = parseBlockScalarHeader(scalar, ctx.options.strict, onError);
		if (!header) return {
			value: "",
			type: null,
			comment: "",
			range: [
				start,
				start,
				start
			]
		};
		const type = header.mode === ">" ? Scalar.Scalar.BLOCK_FOLDED : Scalar.Scalar.BLOCK_LITERAL;
		const lines = scalar.source ? splitLines(scalar.source) : [];
		let chompStart = lines.length;
		for (let i = lines.length - 1; i >= 0; --i) {
			const content = lines[i][1];
			if (content === "" || content === "\r") chompStart = i;
			else break;
		}
		if (chompStart === 0) {
			const value = header.chomp === "+" && lines.length > 0 ? "\n".repeat(Math.max(1, lines.length - 1)) : "";
			let end = start + header.length;
			if (scalar.source) end += scalar.source.length;
			return {
				value,
				type,
				comment: header.comment,
				range: [
					start,
					end,
					end
				]
			};
		}
		let trimIndent = scalar.indent + header.indent;
		let offset = scalar.offset + header.length;
		let contentStart = 0;
		for (let i = 0; i < chompStart; ++i) {
			const [indent, content] = lines[i];
			if (content === "" || content === "\r") {
				if (header.indent === 0 && indent.length > trimIndent) trimIndent = indent.length;
			} else {
				if (indent.length < trimIndent) onError(offset + indent.length, "MISSING_CHAR", "Block scalars with more-indented leading empty lines must use an explicit indentation indicator");
				if (header.indent === 0) trimIndent = indent.length;
				contentStart = i;
				if (trimIndent === 0 && !ctx.atRoot) onError(offset, "BAD_INDENT", "Block scalar values in collections must be indented");
				break;
			}
			offset += indent.length + content.length + 1;
		}
		for (let i = lines.length - 1; i >= chompStart; --i) if (lines[i][0].length > trimIndent) chompStart = i + 1;
		let value = "";
		let sep = "";
		let prevMoreIndented = false;
		for (let i = 0; i < contentStart; ++i) value += lines[i][0].slice(trimIndent) + "\n";
		for (let i = contentStart; i < chompStart; ++i) {
			let [indent, content] = lines[i];
			offset += indent.length + content.length + 1;
			const crlf = content[content.length - 1] === "\r";
			if (crlf) content = content.slice(0, -1);
			/* istanbul ignore if already caught in lexer */
			if (content && indent.length < trimIndent) {
				const message = `Block scalar lines must not be less indented than their ${header.indent ? "explicit indentation indicator" : "first line"}`;
				onError(offset - content.length - (crlf ? 2 : 1), "BAD_INDENT", message);
				indent = "";
			}
			if (type === Scalar.Scalar.BLOCK_LITERAL) {
				value += sep + indent.slice(trimIndent) + content;
				sep = "\n";
			} else if (indent.length > trimIndent || content[0] === "	") {
				if (sep === " ") sep = "\n";
				else if (!prevMoreIndented && sep === "\n") sep = "\n\n";
				value += sep + indent.slice(trimIndent) + content;
				sep = "\n";
				prevMoreIndented = true;
			} else if (content === "") {
				if (sep === "\n") value += "\n";
				else sep = "\n";
			} else {
				value += sep + content;
				sep = " ";
				prevMoreIndented = false;
			}
		}
		switch (header.chomp) {
			case "-": break;
			case "+":
				for (let i = chompStart; i < lines.length; ++i) value += "\n" + lines[i][0].slice(trimIndent);
				if (value[value.length - 1] !== "\n") value += "\n";
				break;
			default: value += "\n";
		}
		const end = start + header.length + scalar.source.length;
		return {
			value,
			type,
			comment: header.comment,
			range: [
				start,
				end,
				end
			]
		};
	}
	function parseBlockScalarHeader({ offset, props }, strict, onError) {
		/* istanbul ignore if should not happen */
		if (props[0].type !== "block-scalar-header") {
			onError(props[0], "IMPOSSIBLE", "Block scalar header not found");
			return null;
		}
		const { source } = props[0];
		const mode = source[0];
		let indent = 0;
		let chomp = "";
		let error = -1;
		for (let i = 1; i < source.length; ++i) {
			const ch = source[i];
			if (!chomp && (ch === "-" || ch === "+")) chomp = ch;
			else {
				const n = Number(ch);
				if (!indent && n) indent = n;
				else if (error === -1) error = offset + i;
			}
		}
		if (error !== -1) onError(error, "UNEXPECTED_TOKEN", `Block scalar header includes extra characters: ${source}`);
		let hasSpace = false;
		let comment = "";
		let length = source.length;
		for (let i = 1; i < props.length; ++i) {
			const token = props[i];
			switch (token.type) {
				case "space": hasSpace = true;
				case "newline":
					length += token.source.length;
					break;
				case "comment":
					if (strict && !hasSpace) onError(token, "MISSING_CHAR", "Comments must be separated from other tokens by white space characters");
					length += token.source.length;
					comment = token.source.substring(1);
					break;
				case "error":
					onError(token, "UNEXPECTED_TOKEN", token.message);
					length += token.source.length;
					break;
				/* istanbul ignore next should not happen */
				default: {
					onError(token, "UNEXPECTED_TOKEN", `Unexpected token in block scalar header: ${token.type}`);
					const ts = token.source;
					if (ts && typeof ts === "string") length += ts.length;
				}
			}
		}
		return {
			mode,
			indent,
			chomp,
			comment,
			length
		};
	}
	/** @returns Array of lines split up as `[indent, content]` */
	function splitLines(source) {
		const split = source.split(/\n( *)/);
		const first = split[0];
		const m = first.match(/^( *)/);
		const lines = [m?.[1] ? [m[1], first.slice(m[1].length)] : ["", first]];
		for (let i = 1; i < split.length; i += 2) lines.push([split[i], split[i + 1]]);
		return lines;
	}
	exports.resolveBlockScalar = resolveBlockScalar;
}));

// node_modules/yaml/dist/compose/resolve-flow-scalar.js
var require_resolve_flow_scalar = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Scalar = require_Scalar();
	var resolveEnd = require_resolve_end();
	function resolveFlowScalar(scalar, strict, onError) {
		const { offset, type, source, end } = scalar;
		let _type;
		let value;
		const _onError = (rel, code, msg) => onError(offset + rel, code, msg);
		switch (type) {
			case "scalar":
				_type = Scalar.Scalar.PLAIN;
				value = plainValue(source, _onError);
				break;
			case "single-quoted-scalar":
				_type = Scalar.Scalar.QUOTE_SINGLE;
				value = singleQuotedValue(source, _onError);
				break;
			case "double-quoted-scalar":
				_type = Scalar.Scalar.QUOTE_DOUBLE;
				value = doubleQuotedValue(source, _onError);
				break;
			/* istanbul ignore next should not happen */
			default:
				onError(scalar, "UNEXPECTED_TOKEN", `Expected a flow scalar value, but found: ${type}`);
				return {
					value: "",
					type: null,
					comment: "",
					range: [
						offset,
						offset + source.length,
						offset + source.length
					]
				};
		}
		const valueEnd = offset + source.length;
		const re = resolveEnd.resolveEnd(end, valueEnd, strict, onError);
		return {
			value,
			type: _type,
			comment: re.comment,
			range: [
				offset,
				valueEnd,
				re.offset
			]
		};
	}
	function plainValue(source, onError) {
		let badChar = "";
		switch (source[0]) {
			/* istanbul ignore next should not happen */
			case "	":
				badChar = "a tab character";
				break;
			case ",":
				badChar = "flow indicator character ,";
				break;
			case "%":
				badChar = "directive indicator character %";
				break;
			case "|":
			case ">":
				badChar = `block scalar indicator ${source[0]}`;
				break;
			case "@":
			case "`": badChar = `reserved character ${source[0]}`;
		}
		if (badChar) onError(0, "BAD_SCALAR_START", `Plain value cannot start with ${badChar}`);
		return unfoldLines(source);
	}
	function singleQuotedValue(source, onError) {
		if (source[source.length - 1] !== "'" || source.length === 1) onError(source.length, "MISSING_CHAR", "Missing closing 'quote");
		return unfoldLines(source.slice(1, -1)).replace(/''/g, "'");
	}
	function unfoldLines(source) {
		const line = /(.*?)\r?\n/sy;
		let match = line.exec(source);
		if (!match) return source;
		/**
		* The negative lookbehinds in these RegExps are to
		* prevent causing a polynomial search time in certain cases.
		*
		* The try-catch is for Safari < 16.4 and other old browsers:
		* https://caniuse.com/js-regexp-lookbehind
		*/
		let trimEnd, trimBoth;
		try {
			trimEnd = new RegExp("(?<![ 	])[ 	]+$");
			trimBoth = new RegExp("^[ 	]+|(?<![ 	])[ 	]+$", "g");
		} catch {
			trimEnd = /[ \t]+$/;
			trimBoth = /^[ \t]+|[ \t]+$/g;
		}
		let res = match[1].replace(trimEnd, "");
		let sep = " ";
		let pos = line.lastIndex;
		while (match = line.exec(source)) {
			const lm = match[1].replace(trimBoth, "");
			if (lm === "") {
				if (sep === "\n") res += sep;
				else sep = "\n";
			} else {
				res += sep + lm;
				sep = " ";
			}
			pos = line.lastIndex;
		}
		const last = /[ \t]*(.*)/sy;
		last.lastIndex = pos;
		match = last.exec(source);
		return res + sep + (match?.[1] ?? "");
	}
	function doubleQuotedValue(source, onError) {
		let res = "";
		for (let i = 1; i < source.length - 1; ++i) {
			const ch = source[i];
			if (ch === "\r" && source[i + 1] === "\n") continue;
			if (ch === "\n") {
				const { fold, offset } = foldNewline(source, i);
				res += fold;
				i = offset;
			} else if (ch === "\\") {
				let next = source[++i];
				const cc = escapeCodes[next];
				if (cc) res += cc;
				else if (next === "\n") {
					next = source[i + 1];
					while (next === " " || next === "	") next = source[++i + 1];
				} else if (next === "\r" && source[i + 1] === "\n") {
					next = source[++i + 1];
					while (next === " " || next === "	") next = source[++i + 1];
				} else if (next === "x" || next === "u" || next === "U") {
					const length = next === "x" ? 2 : next === "u" ? 4 : 8;
					res += parseCharCode(source, i + 1, length, onError);
					i += length;
				} else {
					const raw = source.substr(i - 1, 2);
					onError(i - 1, "BAD_DQ_ESCAPE", `Invalid escape sequence ${raw}`);
					res += raw;
				}
			} else if (ch === " " || ch === "	") {
				const wsStart = i;
				let next = source[i + 1];
				while (next === " " || next === "	") next = source[++i + 1];
				if (next !== "\n" && !(next === "\r" && source[i + 2] === "\n")) res += i > wsStart ? source.slice(wsStart, i + 1) : ch;
			} else res += ch;
		}
		if (source[source.length - 1] !== "\"" || source.length === 1) onError(source.length, "MISSING_CHAR", "Missing closing \"quote");
		return res;
	}
	/**
	* Fold a single newline into a space, multiple newlines to N - 1 newlines.
	* Presumes `source[offset] === '\n'`
	*/
	function foldNewline(source, offset) {
		let fold = "";
		let ch = source[offset + 1];
		while (ch === " " || ch === "	" || ch === "\n" || ch === "\r") {
			if (ch === "\r" && source[offset + 2] !== "\n") break;
			if (ch === "\n") fold += "\n";
			offset += 1;
			ch = source[offset + 1];
		}
		if (!fold) fold = " ";
		return {
			fold,
			offset
		};
	}
	const escapeCodes = {
		"0": "\0",
		a: "\x07",
		b: "\b",
		e: "\x1B",
		f: "\f",
		n: "\n",
		r: "\r",
		t: "	",
		v: "\v",
		N: "",
		_: "\xA0",
		L: "\u2028",
		P: "\u2029",
		" ": " ",
		"\"": "\"",
		"/": "/",
		"\\": "\\",
		"	": "	"
	};
	function parseCharCode(source, offset, length, onError) {
		const cc = source.substr(offset, length);
		const code = cc.length === length && /^[0-9a-fA-F]+$/.test(cc) ? parseInt(cc, 16) : NaN;
		try {
			return String.fromCodePoint(code);
		} catch {
			const raw = source.substr(offset - 2, length + 2);
			onError(offset - 2, "BAD_DQ_ESCAPE", `Invalid escape sequence ${raw}`);
			return raw;
		}
	}
	exports.resolveFlowScalar = resolveFlowScalar;
}));

// node_modules/yaml/dist/compose/compose-scalar.js
var require_compose_scalar = /* @__PURE__ */ __commonJSMin(((exports) => {
	var identity = require_identity();
	var Scalar = require_Scalar();
	var resolveBlockScalar = require_resolve_block_scalar();
	var resolveFlowScalar = require_resolve_flow_scalar();
	function composeScalar(ctx, token, tagToken, onError) {
		const { value, type, comment, range } = token.type === "block-scalar" ? resolveBlockScalar.resolveBlockScalar(ctx, token, onError) : resolveFlowScalar.resolveFlowScalar(token, ctx.options.strict, onError);
		const tagName = tagToken ? ctx.directives.tagName(tagToken.source, (msg) => onError(tagToken, "TAG_RESOLVE_FAILED", msg)) : null;
		let tag;
		if (ctx.options.stringKeys && ctx.atKey) tag = ctx.schema[identity.SCALAR];
		else if (tagName) tag = findScalarTagByName(ctx.schema, value, tagName, tagToken, onError);
		else if (token.type === "scalar") tag = findScalarTagByTest(ctx, value, token, onError);
		else tag = ctx.schema[identity.SCALAR];
		let scalar;
		try {
			const res = tag.resolve(value, (msg) => onError(tagToken ?? token, "TAG_RESOLVE_FAILED", msg), ctx.options);
			scalar = identity.isScalar(res) ? res : new Scalar.Scalar(res);
		} catch (error) {
			const msg = error instanceof Error ? error.message : String(error);
			onError(tagToken ?? token, "TAG_RESOLVE_FAILED", msg);
			scalar = new Scalar.Scalar(value);
		}
		scalar.range = range;
		scalar.source = value;
		if (type) scalar.type = type;
		if (tagName) scalar.tag = tagName;
		if (tag.format) scalar.format = tag.format;
		if (comment) scalar.comment = comment;
		return scalar;
	}
	function findScalarTagByName(schema, value, tagName, tagToken, onError) {
		if (tagName === "!") return schema[identity.SCALAR];
		const matchWithTest = [];
		for (const tag of schema.tags) if (!tag.collection && tag.tag === tagName) {
			if (tag.default && tag.test) matchWithTest.push(tag);
			else return tag;
		}
		for (const tag of matchWithTest) if (tag.test?.test(value)) return tag;
		const kt = schema.knownTags[tagName];
		if (kt && !kt.collection) {
			schema.tags.push(Object.assign({}, kt, {
				default: false,
				test: void 0
			}));
			return kt;
		}
		onError(tagToken, "TAG_RESOLVE_FAILED", `Unresolved tag: ${tagName}`, tagName !== "tag:yaml.org,2002:str");
		return schema[identity.SCALAR];
	}
	function findScalarTagByTest({ atKey, directives, schema }, value, token, onError) {
		const tag = schema.tags.find((tag) => (tag.default === true || atKey && tag.default === "key") && tag.test?.test(value)) || schema[identity.SCALAR];
		if (schema.compat) {
			const compat = schema.compat.find((tag) => tag.default && tag.test?.test(value)) ?? schema[identity.SCALAR];
			if (tag.tag !== compat.tag) onError(token, "TAG_RESOLVE_FAILED", `Value may be parsed as either ${directives.tagString(tag.tag)} or ${directives.tagString(compat.tag)}`, true);
		}
		return tag;
	}
	exports.composeScalar = composeScalar;
}));

// node_modules/yaml/dist/compose/util-empty-scalar-position.js
var require_util_empty_scalar_position = /* @__PURE__ */ __commonJSMin(((exports) => {
	function emptyScalarPosition(offset, before, pos) {
		if (before) {
			pos ?? (pos = before.length);
			for (let i = pos - 1; i >= 0; --i) {
				let st = before[i];
				switch (st.type) {
					case "space":
					case "comment":
					case "newline":
						offset -= st.source.length;
						continue;
				}
				st = before[++i];
				while (st?.type === "space") {
					offset += st.source.length;
					st = before[++i];
				}
				break;
			}
		}
		return offset;
	}
	exports.emptyScalarPosition = emptyScalarPosition;
}));

// node_modules/yaml/dist/compose/compose-node.js
var require_compose_node = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Alias = require_Alias();
	var identity = require_identity();
	var composeCollection = require_compose_collection();
	var composeScalar = require_compose_scalar();
	var resolveEnd = require_resolve_end();
	var utilEmptyScalarPosition = require_util_empty_scalar_position();
	const CN = {
		composeNode,
		composeEmptyNode
	};
	function composeNode(ctx, token, props, onError) {
		const atKey = ctx.atKey;
		const { spaceBefore, comment, anchor, tag } = props;
		let node;
		let isSrcToken = true;
		switch (token.type) {
			case "alias":
				node = composeAlias(ctx, token, onError);
				if (anchor || tag) onError(token, "ALIAS_PROPS", "An alias node must not specify any properties");
				break;
			case "scalar":
			case "single-quoted-scalar":
			case "double-quoted-scalar":
			case "block-scalar":
				node = composeScalar.composeScalar(ctx, token, tag, onError);
				if (anchor) node.anchor = anchor.source.substring(1);
				break;
			case "block-map":
			case "block-seq":
			case "flow-collection":
				try {
					node = composeCollection.composeCollection(CN, ctx, token, props, onError);
					if (anchor) node.anchor = anchor.source.substring(1);
				} catch (error) {
					onError(token, "RESOURCE_EXHAUSTION", error instanceof Error ? error.message : String(error));
				}
				break;
			default:
				onError(token, "UNEXPECTED_TOKEN", token.type === "error" ? token.message : `Unsupported token (type: ${token.type})`);
				isSrcToken = false;
		}
		node ?? (node = composeEmptyNode(ctx, token.offset, void 0, null, props, onError));
		if (anchor && node.anchor === "") onError(anchor, "BAD_ALIAS", "Anchor cannot be an empty string");
		if (atKey && ctx.options.stringKeys && (!identity.isScalar(node) || typeof node.value !== "string" || node.tag && node.tag !== "tag:yaml.org,2002:str")) onError(tag ?? token, "NON_STRING_KEY", "With stringKeys, all keys must be strings");
		if (spaceBefore) node.spaceBefore = true;
		if (comment) {
			if (token.type === "scalar" && token.source === "") node.comment = comment;
			else node.commentBefore = comment;
		}
		if (ctx.options.keepSourceTokens && isSrcToken) node.srcToken = token;
		return node;
	}
	function composeEmptyNode(ctx, offset, before, pos, { spaceBefore, comment, anchor, tag, end }, onError) {
		const token = {
			type: "scalar",
			offset: utilEmptyScalarPosition.emptyScalarPosition(offset, before, pos),
			indent: -1,
			source: ""
		};
		const node = composeScalar.composeScalar(ctx, token, tag, onError);
		if (anchor) {
			node.anchor = anchor.source.substring(1);
			if (node.anchor === "") onError(anchor, "BAD_ALIAS", "Anchor cannot be an empty string");
		}
		if (spaceBefore) node.spaceBefore = true;
		if (comment) {
			node.comment = comment;
			node.range[2] = end;
		}
		return node;
	}
	function composeAlias({ options }, { offset, source, end }, onError) {
		const alias = new Alias.Alias(source.substring(1));
		if (alias.source === "") onError(offset, "BAD_ALIAS", "Alias cannot be an empty string");
		if (alias.source.endsWith(":")) onError(offset + source.length - 1, "BAD_ALIAS", "Alias ending in : is ambiguous", true);
		const valueEnd = offset + source.length;
		const re = resolveEnd.resolveEnd(end, valueEnd, options.strict, onError);
		alias.range = [
			offset,
			valueEnd,
			re.offset
		];
		if (re.comment) alias.comment = re.comment;
		return alias;
	}
	exports.composeEmptyNode = composeEmptyNode;
	exports.composeNode = composeNode;
}));

// node_modules/yaml/dist/compose/compose-doc.js
var require_compose_doc = /* @__PURE__ */ __commonJSMin(((exports) => {
	var Document = require_Document();
	var composeNode = require_compose_node();
	var resolveEnd = require_resolve_end();
	var resolveProps = require_resolve_props();
	function composeDoc(options, directives, { offset, start, value, end }, onError) {
		const opts = Object.assign({ _directives: directives }, options);
		const doc = new Document.Document(void 0, opts);
		const ctx = {
			atKey: false,
			atRoot: true,
			directives: doc.directives,
			options: doc.options,
			schema: doc.schema
		};
		const props = resolveProps.resolveProps(start, {
			indicator: "doc-start",
			next: value ?? end?.[0],
			offset,
			onError,
			parentIndent: 0,
			startOnNewline: true
		});
		if (props.found) {
			doc.directives.docStart = true;
			if (value && (value.type === "block-map" || value.type === "block-seq") && !props.hasNewline) onError(props.end, "MISSING_CHAR", "Block collection cannot start on same line with directives-end marker");
		}
		doc.contents = value ? composeNode.composeNode(ctx, value, props, onError) : composeNode.composeEmptyNode(ctx, props.end, start, null, props, onError);
		const contentEnd = doc.contents.range[2];
		const re = resolveEnd.resolveEnd(end, contentEnd, false, onError);
		if (re.comment) doc.comment = re.comment;
		doc.range = [
			offset,
			contentEnd,
			re.offset
		];
		return doc;
	}
	exports.composeDoc = composeDoc;
}));

// node_modules/yaml/dist/compose/composer.js
var require_composer = /* @__PURE__ */ __commonJSMin(((exports) => {
	var node_process = __require("process");
	var directives = require_directives();
	var Document = require_Document();
	var errors = require_errors();
	var identity = require_identity();
	var composeDoc = require_compose_doc();
	var resolveEnd = require_resolve_end();
	function getErrorPos(src) {
		if (typeof src === "number") return [src, src + 1];
		if (Array.isArray(src)) return src.length === 2 ? src : [src[0], src[1]];
		const { offset, source } = src;
		return [offset, offset + (typeof source === "string" ? source.length : 1)];
	}
	function parsePrelude(prelude) {
		let comment = "";
		let atComment = false;
		let afterEmptyLine = false;
		for (let i = 0; i < prelude.length; ++i) {
			const source = prelude[i];
			switch (source[0]) {
				case "#":
					comment += (comment === "" ? "" : afterEmptyLine ? "\n\n" : "\n") + (source.substring(1) || " ");
					atComment = true;
					afterEmptyLine = false;
					break;
				case "%":
					if (prelude[i + 1]?.[0] !== "#") i += 1;
					atComment = false;
					break;
				default:
					if (!atComment) afterEmptyLine = true;
					atComment = false;
			}
		}
		return {
			comment,
			afterEmptyLine
		};
	}
	/**
	* Compose a stream of CST nodes into a stream of YAML Documents.
	*
	* ```ts
	* import { Composer, Parser } from 'yaml'
	*
	* const src: string = ...
	* const tokens = new Parser().parse(src)
	* const docs = new Composer().compose(tokens)
	* ```
	*/
	var Composer = class {
		constructor(options = {}) {
			this.doc = null;
			this.atDirectives = false;
			this.prelude = [];
			this.errors = [];
			this.warnings = [];
			this.onError = (source, code, message, warning) => {
				const pos = getErrorPos(source);
				if (warning) this.warnings.push(new errors.YAMLWarning(pos, code, message));
				else this.errors.push(new errors.YAMLParseError(pos, code, message));
			};
			this.directives = new directives.Directives({ version: options.version || "1.2" });
			this.options = options;
		}
		decorate(doc, afterDoc) {
			const { comment, afterEmptyLine } = parsePrelude(this.prelude);
			if (comment) {
				const dc = doc.contents;
				if (afterDoc) doc.comment = doc.comment ? `${doc.comment}\n${comment}` : comment;
				else if (afterEmptyLine || doc.directives.docStart || !dc) doc.commentBefore = comment;
				else if (identity.isCollection(dc) && !dc.flow && dc.items.length > 0) {
					let it = dc.items[0];
					if (identity.isPair(it)) it = it.key;
					const cb = it.commentBefore;
					it.commentBefore = cb ? `${comment}\n${cb}` : comment;
				} else {
					const cb = dc.commentBefore;
					dc.commentBefore = cb ? `${comment}\n${cb}` : comment;
				}
			}
			if (afterDoc) {
				for (let i = 0; i < this.errors.length; ++i) doc.errors.push(this.errors[i]);
				for (let i = 0; i < this.warnings.length; ++i) doc.warnings.push(this.warnings[i]);
			} else {
				doc.errors = this.errors;
				doc.warnings = this.warnings;
			}
			this.prelude = [];
			this.errors = [];
			this.warnings = [];
		}
		/**
		* Current stream status information.
		*
		* Mostly useful at the end of input for an empty stream.
		*/
		streamInfo() {
			return {
				comment: parsePrelude(this.prelude).comment,
				directives: this.directives,
				errors: this.errors,
				warnings: this.warnings
			};
		}
		/**
		* Compose tokens into documents.
		*
		* @param forceDoc - If the stream contains no document, still emit a final document including any comments and directives that would be applied to a subsequent document.
		* @param endOffset - Should be set if `forceDoc` is also set, to set the document range end and to indicate errors correctly.
		*/
		*compose(tokens, forceDoc = false, endOffset = -1) {
			for (const token of tokens) yield* this.next(token);
			yield* this.end(forceDoc, endOffset);
		}
		/** Advance the composer by one CST token. */
		*next(token) {
			if (node_process.env.LOG_STREAM) console.dir(token, { depth: null });
			switch (token.type) {
				case "directive":
					this.directives.add(token.source, (offset, message, warning) => {
						const pos = getErrorPos(token);
						pos[0] += offset;
						this.onError(pos, "BAD_DIRECTIVE", message, warning);
					});
					this.prelude.push(token.source);
					this.atDirectives = true;
					break;
				case "document": {
					const doc = composeDoc.composeDoc(this.options, this.directives, token, this.onError);
					if (this.atDirectives && !doc.directives.docStart) this.onError(token, "MISSING_CHAR", "Missing directives-end/doc-start indicator line");
					this.decorate(doc, false);
					if (this.doc) yield this.doc;
					this.doc = doc;
					this.atDirectives = false;
					break;
				}
				case "byte-order-mark":
				case "space": break;
				case "comment":
				case "newline":
					this.prelude.push(token.source);
					break;
				case "error": {
					const msg = token.source ? `${token.message}: ${JSON.stringify(token.source)}` : token.message;
					const error = new errors.YAMLParseError(getErrorPos(token), "UNEXPECTED_TOKEN", msg);
					if (this.atDirectives || !this.doc) this.errors.push(error);
					else this.doc.errors.push(error);
					break;
				}
				case "doc-end": {
					if (!this.doc) {
						this.errors.push(new errors.YAMLParseError(getErrorPos(token), "UNEXPECTED_TOKEN", "Unexpected doc-end without preceding document"));
						break;
					}
					this.doc.directives.docEnd = true;
					const end = resolveEnd.resolveEnd(token.end, token.offset + token.source.length, this.doc.options.strict, this.onError);
					this.decorate(this.doc, true);
					if (end.comment) {
						const dc = this.doc.comment;
						this.doc.comment = dc ? `${dc}\n${end.comment}` : end.comment;
					}
					this.doc.range[2] = end.offset;
					break;
				}
				default: this.errors.push(new errors.YAMLParseError(getErrorPos(token), "UNEXPECTED_TOKEN", `Unsupported token ${token.type}`));
			}
		}
		/**
		* Call at end of input to yield any remaining document.
		*
		* @param forceDoc - If the stream contains no document, still emit a final document including any comments and directives that would be applied to a subsequent document.
		* @param endOffset - Should be set if `forceDoc` is also set, to set the document range end and to indicate errors correctly.
		*/
		*end(forceDoc = false, endOffset = -1) {
			if (this.doc) {
				this.decorate(this.doc, true);
				yield this.doc;
				this.doc = null;
			} else if (forceDoc) {
				const opts = Object.assign({ _directives: this.directives }, this.options);
				const doc = new Document.Document(void 0, opts);
				if (this.atDirectives) this.onError(endOffset, "MISSING_CHAR", "Missing directives-end indicator line");
				doc.range = [
					0,
					endOffset,
					endOffset
				];
				this.decorate(doc, false);
				yield doc;
			}
		}
	};
	exports.Composer = Composer;
}));

// node_modules/yaml/dist/parse/cst-scalar.js
var require_cst_scalar = /* @__PURE__ */ __commonJSMin(((exports) => {
	var resolveBlockScalar = require_resolve_block_scalar();
	var resolveFlowScalar = require_resolve_flow_scalar();
	var errors = require_errors();
	var stringifyString = require_stringifyString();
	function resolveAsScalar(token, strict = true, onError) {
		if (token) {
			const _onError = (pos, code, message) => {
				const offset = typeof pos === "number" ? pos : Array.isArray(pos) ? pos[0] : pos.offset;
				if (onError) onError(offset, code, message);
				else throw new errors.YAMLParseError([offset, offset + 1], code, message);
			};
			switch (token.type) {
				case "scalar":
				case "single-quoted-scalar":
				case "double-quoted-scalar": return resolveFlowScalar.resolveFlowScalar(token, strict, _onError);
				case "block-scalar": return resolveBlockScalar.resolveBlockScalar({ options: { strict } }, token, _onError);
			}
		}
		return null;
	}
	/**
	* Create a new scalar token with `value`
	*
	* Values that represent an actual string but may be parsed as a different type should use a `type` other than `'PLAIN'`,
	* as this function does not support any schema operations and won't check for such conflicts.
	*
	* @param value The string representation of the value, which will have its content properly indented.
	* @param context.end Comments and whitespace after the end of the value, or after the block scalar header. If undefined, a newline will be added.
	* @param context.implicitKey Being within an implicit key may affect the resolved type of the token's value.
	* @param context.indent The indent level of the token.
	* @param context.inFlow Is this scalar within a flow collection? This may affect the resolved type of the token's value.
	* @param context.offset The offset position of the token.
	* @param context.type The preferred type of the scalar token. If undefined, the previous type of the `token` will be used, defaulting to `'PLAIN'`.
	*/
	function createScalarToken(value, context) {
		const { implicitKey = false, indent, inFlow = false, offset = -1, type = "PLAIN" } = context;
		const source = stringifyString.stringifyString({
			type,
			value
		}, {
			implicitKey,
			indent: indent > 0 ? " ".repeat(indent) : "",
			inFlow,
			options: {
				blockQuote: true,
				lineWidth: -1
			}
		});
		const end = context.end ?? [{
			type: "newline",
			offset: -1,
			indent,
			source: "\n"
		}];
		switch (source[0]) {
			case "|":
			case ">": {
				const he = source.indexOf("\n");
				const head = source.substring(0, he);
				const body = source.substring(he + 1) + "\n";
				const props = [{
					type: "block-scalar-header",
					offset,
					indent,
					source: head
				}];
				if (!addEndtoBlockProps(props, end)) props.push({
					type: "newline",
					offset: -1,
					indent,
					source: "\n"
				});
				return {
					type: "block-scalar",
					offset,
					indent,
					props,
					source: body
				};
			}
			case "\"": return {
				type: "double-quoted-scalar",
				offset,
				indent,
				source,
				end
			};
			case "'": return {
				type: "single-quoted-scalar",
				offset,
				indent,
				source,
				end
			};
			default: return {
				type: "scalar",
				offset,
				indent,
				source,
				end
			};
		}
	}
	/**
	* Set the value of `token` to the given string `value`, overwriting any previous contents and type that it may have.
	*
	* Best efforts are made to retain any comments previously associated with the `token`,
	* though all contents within a collection's `items` will be overwritten.
	*
	* Values that represent an actual string but may be parsed as a different type should use a `type` other than `'PLAIN'`,
	* as this function does not support any schema operations and won't check for such conflicts.
	*
	* @param token Any token. If it does not include an `indent` value, the value will be stringified as if it were an implicit key.
	* @param value The string representation of the value, which will have its content properly indented.
	* @param context.afterKey In most cases, values after a key should have an additional level of indentation.
	* @param context.implicitKey Being within an implicit key may affect the resolved type of the token's value.
	* @param context.inFlow Being within a flow collection may affect the resolved type of the token's value.
	* @param context.type The preferred type of the scalar token. If undefined, the previous type of the `token` will be used, defaulting to `'PLAIN'`.
	*/
	function setScalarValue(token, value, context = {}) {
		let { afterKey = false, implicitKey = false, inFlow = false, type } = context;
		let indent = "indent" in token ? token.indent : null;
		if (afterKey && typeof indent === "number") indent += 2;
		if (!type) switch (token.type) {
			case "single-quoted-scalar":
				type = "QUOTE_SINGLE";
				break;
			case "double-quoted-scalar":
				type = "QUOTE_DOUBLE";
				break;
			case "block-scalar": {
				const header = token.props[0];
				if (header.type !== "block-scalar-header") throw new Error("Invalid block scalar header");
				type = header.source[0] === ">" ? "BLOCK_FOLDED" : "BLOCK_LITERAL";
				break;
			}
			default: type = "PLAIN";
		}
		const source = stringifyString.stringifyString({
			type,
			value
		}, {
			implicitKey: implicitKey || indent === null,
			indent: indent !== null && indent > 0 ? " ".repeat(indent) : "",
			inFlow,
			options: {
				blockQuote: true,
				lineWidth: -1
			}
		});
		switch (source[0]) {
			case "|":
			case ">":
				setBlockScalarValue(token, source);
				break;
			case "\"":
				setFlowScalarValue(token, source, "double-quoted-scalar");
				break;
			case "'":
				setFlowScalarValue(token, source, "single-quoted-scalar");
				break;
			default: setFlowScalarValue(token, source, "scalar");
		}
	}
	function setBlockScalarValue(token, source) {
		const he = source.indexOf("\n");
		const head = source.substring(0, he);
		const body = source.substring(he + 1) + "\n";
		if (token.type === "block-scalar") {
			const header = token.props[0];
			if (header.type !== "block-scalar-header") throw new Error("Invalid block scalar header");
			header.source = head;
			token.source = body;
		} else {
			const { offset } = token;
			const indent = "indent" in token ? token.indent : -1;
			const props = [{
				type: "block-scalar-header",
				offset,
				indent,
				source: head
			}];
			if (!addEndtoBlockProps(props, "end" in token ? token.end : void 0)) props.push({
				type: "newline",
				offset: -1,
				indent,
				source: "\n"
			});
			for (const key of Object.keys(token)) if (key !== "type" && key !== "offset") delete token[key];
			Object.assign(token, {
				type: "block-scalar",
				indent,
				props,
				source: body
			});
		}
	}
	/** @returns `true` if last token is a newline */
	function addEndtoBlockProps(props, end) {
		if (end) for (const st of end) switch (st.type) {
			case "space":
			case "comment":
				props.push(st);
				break;
			case "newline":
				props.push(st);
				return true;
		}
		return false;
	}
	function setFlowScalarValue(token, source, type) {
		switch (token.type) {
			case "scalar":
			case "double-quoted-scalar":
			case "single-quoted-scalar":
				token.type = type;
				token.source = source;
				break;
			case "block-scalar": {
				const end = token.props.slice(1);
				let oa = source.length;
				if (token.props[0].type === "block-scalar-header") oa -= token.props[0].source.length;
				for (const tok of end) tok.offset += oa;
				delete token.props;
				Object.assign(token, {
					type,
					source,
					end
				});
				break;
			}
			case "block-map":
			case "block-seq": {
				const nl = {
					type: "newline",
					offset: token.offset + source.length,
					indent: token.indent,
					source: "\n"
				};
				delete token.items;
				Object.assign(token, {
					type,
					source,
					end: [nl]
				});
				break;
			}
			default: {
				const indent = "indent" in token ? token.indent : -1;
				const end = "end" in token && Array.isArray(token.end) ? token.end.filter((st) => st.type === "space" || st.type === "comment" || st.type === "newline") : [];
				for (const key of Object.keys(token)) if (key !== "type" && key !== "offset") delete token[key];
				Object.assign(token, {
					type,
					indent,
					source,
					end
				});
			}
		}
	}
	exports.createScalarToken = createScalarToken;
	exports.resolveAsScalar = resolveAsScalar;
	exports.setScalarValue = setScalarValue;
}));

// node_modules/yaml/dist/parse/cst-stringify.js
var require_cst_stringify = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Stringify a CST document, token, or collection item
	*
	* Fair warning: This applies no validation whatsoever, and
	* simply concatenates the sources in their logical order.
	*/
	const stringify = (cst) => "type" in cst ? stringifyToken(cst) : stringifyItem(cst);
	function stringifyToken(token) {
		switch (token.type) {
			case "block-scalar": {
				let res = "";
				for (const tok of token.props) res += stringifyToken(tok);
				return res + token.source;
			}
			case "block-map":
			case "block-seq": {
				let res = "";
				for (const item of token.items) res += stringifyItem(item);
				return res;
			}
			case "flow-collection": {
				let res = token.start.source;
				for (const item of token.items) res += stringifyItem(item);
				for (const st of token.end) res += st.source;
				return res;
			}
			case "document": {
				let res = stringifyItem(token);
				if (token.end) for (const st of token.end) res += st.source;
				return res;
			}
			default: {
				let res = token.source;
				if ("end" in token && token.end) for (const st of token.end) res += st.source;
				return res;
			}
		}
	}
	function stringifyItem({ start, key, sep, value }) {
		let res = "";
		for (const st of start) res += st.source;
		if (key) res += stringifyToken(key);
		if (sep) for (const st of sep) res += st.source;
		if (value) res += stringifyToken(value);
		return res;
	}
	exports.stringify = stringify;
}));

// node_modules/yaml/dist/parse/cst-visit.js
var require_cst_visit = /* @__PURE__ */ __commonJSMin(((exports) => {
	const BREAK = Symbol("break visit");
	const SKIP = Symbol("skip children");
	const REMOVE = Symbol("remove item");
	/**
	* Apply a visitor to a CST document or item.
	*
	* Walks through the tree (depth-first) starting from the root, calling a
	* `visitor` function with two arguments when entering each item:
	*   - `item`: The current item, which included the following members:
	*     - `start: SourceToken[]` – Source tokens before the key or value,
	*       possibly including its anchor or tag.
	*     - `key?: Token | null` – Set for pair values. May then be `null`, if
	*       the key before the `:` separator is empty.
	*     - `sep?: SourceToken[]` – Source tokens between the key and the value,
	*       which should include the `:` map value indicator if `value` is set.
	*     - `value?: Token` – The value of a sequence item, or of a map pair.
	*   - `path`: The steps from the root to the current node, as an array of
	*     `['key' | 'value', number]` tuples.
	*
	* The return value of the visitor may be used to control the traversal:
	*   - `undefined` (default): Do nothing and continue
	*   - `visit.SKIP`: Do not visit the children of this token, continue with
	*      next sibling
	*   - `visit.BREAK`: Terminate traversal completely
	*   - `visit.REMOVE`: Remove the current item, then continue with the next one
	*   - `number`: Set the index of the next step. This is useful especially if
	*     the index of the current token has changed.
	*   - `function`: Define the next visitor for this item. After the original
	*     visitor is called on item entry, next visitors are called after handling
	*     a non-empty `key` and when exiting the item.
	*/
	function visit(cst, visitor) {
		if ("type" in cst && cst.type === "document") cst = {
			start: cst.start,
			value: cst.value
		};
		_visit(Object.freeze([]), cst, visitor);
	}
	/** Terminate visit traversal completely */
	visit.BREAK = BREAK;
	/** Do not visit the children of the current item */
	visit.SKIP = SKIP;
	/** Remove the current item */
	visit.REMOVE = REMOVE;
	/** Find the item at `path` from `cst` as the root */
	visit.itemAtPath = (cst, path) => {
		let item = cst;
		for (const [field, index] of path) {
			const tok = item?.[field];
			if (tok && "items" in tok) item = tok.items[index];
			else return void 0;
		}
		return item;
	};
	/**
	* Get the immediate parent collection of the item at `path` from `cst` as the root.
	*
	* Throws an error if the collection is not found, which should never happen if the item itself exists.
	*/
	visit.parentCollection = (cst, path) => {
		const parent = visit.itemAtPath(cst, path.slice(0, -1));
		const field = path[path.length - 1][0];
		const coll = parent?.[field];
		if (coll && "items" in coll) return coll;
		throw new Error("Parent collection not found");
	};
	function _visit(path, item, visitor) {
		let ctrl = visitor(item, path);
		if (typeof ctrl === "symbol") return ctrl;
		for (const field of ["key", "value"]) {
			const token = item[field];
			if (token && "items" in token) {
				for (let i = 0; i < token.items.length; ++i) {
					const ci = _visit(Object.freeze(path.concat([[field, i]])), token.items[i], visitor);
					if (typeof ci === "number") i = ci - 1;
					else if (ci === BREAK) return BREAK;
					else if (ci === REMOVE) {
						token.items.splice(i, 1);
						i -= 1;
					}
				}
				if (typeof ctrl === "function" && field === "key") ctrl = ctrl(item, path);
			}
		}
		return typeof ctrl === "function" ? ctrl(item, path) : ctrl;
	}
	exports.visit = visit;
}));

// node_modules/yaml/dist/parse/cst.js
var require_cst = /* @__PURE__ */ __commonJSMin(((exports) => {
	var cstScalar = require_cst_scalar();
	var cstStringify = require_cst_stringify();
	var cstVisit = require_cst_visit();
	/** The byte order mark */
	const BOM = "﻿";
	/** Start of doc-mode */
	const DOCUMENT = "";
	/** Unexpected end of flow-mode */
	const FLOW_END = "";
	/** Next token is a scalar value */
	const SCALAR = "";
	/** @returns `true` if `token` is a flow or block collection */
	const isCollection = (token) => !!token && "items" in token;
	/** @returns `true` if `token` is a flow or block scalar; not an alias */
	const isScalar = (token) => !!token && (token.type === "scalar" || token.type === "single-quoted-scalar" || token.type === "double-quoted-scalar" || token.type === "block-scalar");
	/* istanbul ignore next */
	/** Get a printable representation of a lexer token */
	function prettyToken(token) {
		switch (token) {
			case BOM: return "<BOM>";
			case DOCUMENT: return "<DOC>";
			case FLOW_END: return "<FLOW_END>";
			case SCALAR: return "<SCALAR>";
			default: return JSON.stringify(token);
		}
	}
	/** Identify the type of a lexer token. May return `null` for unknown tokens. */
	function tokenType(source) {
		switch (source) {
			case BOM: return "byte-order-mark";
			case DOCUMENT: return "doc-mode";
			case FLOW_END: return "flow-error-end";
			case SCALAR: return "scalar";
			case "---": return "doc-start";
			case "...": return "doc-end";
			case "":
			case "\n":
			case "\r\n": return "newline";
			case "-": return "seq-item-ind";
			case "?": return "explicit-key-ind";
			case ":": return "map-value-ind";
			case "{": return "flow-map-start";
			case "}": return "flow-map-end";
			case "[": return "flow-seq-start";
			case "]": return "flow-seq-end";
			case ",": return "comma";
		}
		switch (source[0]) {
			case " ":
			case "	": return "space";
			case "#": return "comment";
			case "%": return "directive-line";
			case "*": return "alias";
			case "&": return "anchor";
			case "!": return "tag";
			case "'": return "single-quoted-scalar";
			case "\"": return "double-quoted-scalar";
			case "|":
			case ">": return "block-scalar-header";
		}
		return null;
	}
	exports.createScalarToken = cstScalar.createScalarToken;
	exports.resolveAsScalar = cstScalar.resolveAsScalar;
	exports.setScalarValue = cstScalar.setScalarValue;
	exports.stringify = cstStringify.stringify;
	exports.visit = cstVisit.visit;
	exports.BOM = BOM;
	exports.DOCUMENT = DOCUMENT;
	exports.FLOW_END = FLOW_END;
	exports.SCALAR = SCALAR;
	exports.isCollection = isCollection;
	exports.isScalar = isScalar;
	exports.prettyToken = prettyToken;
	exports.tokenType = tokenType;
}));

// node_modules/yaml/dist/parse/lexer.js
var require_lexer = /* @__PURE__ */ __commonJSMin(((exports) => {
	var cst = require_cst();
	function isEmpty(ch) {
		switch (ch) {
			case void 0:
			case " ":
			case "\n":
			case "\r":
			case "	": return true;
			default: return false;
		}
	}
	const hexDigits = /* @__PURE__ */ new Set("0123456789ABCDEFabcdef");
	const tagChars = /* @__PURE__ */ new Set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-#;/?:@&=+$_.!~*'()");
	const flowIndicatorChars = /* @__PURE__ */ new Set(",[]{}");
	const invalidAnchorChars = /* @__PURE__ */ new Set(" ,[]{}\n\r	");
	const isNotAnchorChar = (ch) => !ch || invalidAnchorChars.has(ch);
	/**
	* Splits an input string into lexical tokens, i.e. smaller strings that are
	* easily identifiable by `tokens.tokenType()`.
	*
	* Lexing starts always in a "stream" context. Incomplete input may be buffered
	* until a complete token can be emitted.
	*
	* In addition to slices of the original input, the following control characters
	* may also be emitted:
	*
	* - `\x02` (Start of Text): A document starts with the next token
	* - `\x18` (Cancel): Unexpected end of flow-mode (indicates an error)
	* - `\x1f` (Unit Separator): Next token is a scalar value
	* - `\u{FEFF}` (Byte order mark): Emitted separately outside documents
	*/
	var Lexer = class {
		constructor() {
			/**
			* Flag indicating whether the end of the current buffer marks the end of
			* all input
			*/
			this.atEnd = false;
			/**
			* Explicit indent set in block scalar header, as an offset from the current
			* minimum indent, so e.g. set to 1 from a header `|2+`. Set to -1 if not
			* explicitly set.
			*/
			this.blockScalarIndent = -1;
			/**
			* Block scalars that include a + (keep) chomping indicator in their header
			* include trailing empty lines, which are otherwise excluded from the
			* scalar's contents.
			*/
			this.blockScalarKeep = false;
			/** Current input */
			this.buffer = "";
			/**
			* Flag noting whether the map value indicator : can immediately follow this
			* node within a flow context.
			*/
			this.flowKey = false;
			/** Count of surrounding flow collection levels. */
			this.flowLevel = 0;
			/**
			* Minimum level of indentation required for next lines to be parsed as a
			* part of the current scalar value.
			*/
			this.indentNext = 0;
			/** Indentation level of the current line. */
			this.indentValue = 0;
			/** Position of the next \n character. */
			this.lineEndPos = null;
			/** Stores the state of the lexer if reaching the end of incpomplete input */
			this.next = null;
			/** A pointer to `buffer`; the current position of the lexer. */
			this.pos = 0;
		}
		/**
		* Generate YAML tokens from the `source` string. If `incomplete`,
		* a part of the last line may be left as a buffer for the next call.
		*
		* @returns A generator of lexical tokens
		*/
		*lex(source, incomplete = false) {
			if (source) {
				if (typeof source !== "string") throw TypeError("source is not a string");
				this.buffer = this.buffer ? this.buffer + source : source;
				this.lineEndPos = null;
			}
			this.atEnd = !incomplete;
			let next = this.next ?? "stream";
			while (next && (incomplete || this.hasChars(1))) next = yield* this.parseNext(next);
		}
		atLineEnd() {
			let i = this.pos;
			let ch = this.buffer[i];
			while (ch === " " || ch === "	") ch = this.buffer[++i];
			if (!ch || ch === "#" || ch === "\n") return true;
			if (ch === "\r") return this.buffer[i + 1] === "\n";
			return false;
		}
		charAt(n) {
			return this.buffer[this.pos + n];
		}
		continueScalar(offset) {
			let ch = this.buffer[offset];
			if (this.indentNext > 0) {
				let indent = 0;
				while (ch === " ") ch = this.buffer[++indent + offset];
				if (ch === "\r") {
					const next = this.buffer[indent + offset + 1];
					if (next === "\n" || !next && !this.atEnd) return offset + indent + 1;
				}
				return ch === "\n" || indent >= this.indentNext || !ch && !this.atEnd ? offset + indent : -1;
			}
			if (ch === "-" || ch === ".") {
				const dt = this.buffer.substr(offset, 3);
				if ((dt === "---" || dt === "...") && isEmpty(this.buffer[offset + 3])) return -1;
			}
			return offset;
		}
		getLine() {
			let end = this.lineEndPos;
			if (typeof end !== "number" || end !== -1 && end < this.pos) {
				end = this.buffer.indexOf("\n", this.pos);
				this.lineEndPos = end;
			}
			if (end === -1) return this.atEnd ? this.buffer.substring(this.pos) : null;
			if (this.buffer[end - 1] === "\r") end -= 1;
			return this.buffer.substring(this.pos, end);
		}
		hasChars(n) {
			return this.pos + n <= this.buffer.length;
		}
		setNext(state) {
			this.buffer = this.buffer.substring(this.pos);
			this.pos = 0;
			this.lineEndPos = null;
			this.next = state;
			return null;
		}
		peek(n) {
			return this.buffer.substr(this.pos, n);
		}
		*parseNext(next) {
			switch (next) {
				case "stream": return yield* this.parseStream();
				case "line-start": return yield* this.parseLineStart();
				case "block-start": return yield* this.parseBlockStart();
				case "doc": return yield* this.parseDocument();
				case "flow": return yield* this.parseFlowCollection();
				case "quoted-scalar": return yield* this.parseQuotedScalar();
				case "block-scalar": return yield* this.parseBlockScalar();
				case "plain-scalar": return yield* this.parsePlainScalar();
			}
		}
		*parseStream() {
			let line = this.getLine();
			if (line === null) return this.setNext("stream");
			if (line[0] === cst.BOM) {
				yield* this.pushCount(1);
				line = line.substring(1);
			}
			if (line[0] === "%") {
				let dirEnd = line.length;
				let cs = line.indexOf("#");
				while (cs !== -1) {
					const ch = line[cs - 1];
					if (ch === " " || ch === "	") {
						dirEnd = cs - 1;
						break;
					} else cs = line.indexOf("#", cs + 1);
				}
				while (true) {
					const ch = line[dirEnd - 1];
					if (ch === " " || ch === "	") dirEnd -= 1;
					else break;
				}
				const n = (yield* this.pushCount(dirEnd)) + (yield* this.pushSpaces(true));
				yield* this.pushCount(line.length - n);
				this.pushNewline();
				return "stream";
			}
			if (this.atLineEnd()) {
				const sp = yield* this.pushSpaces(true);
				yield* this.pushCount(line.length - sp);
				yield* this.pushNewline();
				return "stream";
			}
			yield cst.DOCUMENT;
			return yield* this.parseLineStart();
		}
		*parseLineStart() {
			const ch = this.charAt(0);
			if (!ch && !this.atEnd) return this.setNext("line-start");
			if (ch === "-" || ch === ".") {
				if (!this.atEnd && !this.hasChars(4)) return this.setNext("line-start");
				const s = this.peek(3);
				if ((s === "---" || s === "...") && isEmpty(this.charAt(3))) {
					yield* this.pushCount(3);
					this.indentValue = 0;
					this.indentNext = 0;
					return s === "---" ? "doc" : "stream";
				}
			}
			this.indentValue = yield* this.pushSpaces(false);
			if (this.indentNext > this.indentValue && !isEmpty(this.charAt(1))) this.indentNext = this.indentValue;
			return yield* this.parseBlockStart();
		}
		*parseBlockStart() {
			const [ch0, ch1] = this.peek(2);
			if (!ch1 && !this.atEnd) return this.setNext("block-start");
			if ((ch0 === "-" || ch0 === "?" || ch0 === ":") && isEmpty(ch1)) {
				const n = (yield* this.pushCount(1)) + (yield* this.pushSpaces(true));
				this.indentNext = this.indentValue + 1;
				this.indentValue += n;
				return "block-start";
			}
			return "doc";
		}
		*parseDocument() {
			yield* this.pushSpaces(true);
			const line = this.getLine();
			if (line === null) return this.setNext("doc");
			let n = yield* this.pushIndicators();
			switch (line[n]) {
				case "#": yield* this.pushCount(line.length - n);
				case void 0:
					yield* this.pushNewline();
					return yield* this.parseLineStart();
				case "{":
				case "[":
					yield* this.pushCount(1);
					this.flowKey = false;
					this.flowLevel = 1;
					return "flow";
				case "}":
				case "]":
					yield* this.pushCount(1);
					return "doc";
				case "*":
					yield* this.pushUntil(isNotAnchorChar);
					return "doc";
				case "\"":
				case "'": return yield* this.parseQuotedScalar();
				case "|":
				case ">":
					n += yield* this.parseBlockScalarHeader();
					n += yield* this.pushSpaces(true);
					yield* this.pushCount(line.length - n);
					yield* this.pushNewline();
					return yield* this.parseBlockScalar();
				default: return yield* this.parsePlainScalar();
			}
		}
		*parseFlowCollection() {
			let nl, sp;
			let indent = -1;
			do {
				nl = yield* this.pushNewline();
				if (nl > 0) {
					sp = yield* this.pushSpaces(false);
					this.indentValue = indent = sp;
				} else sp = 0;
				sp += yield* this.pushSpaces(true);
			} while (nl + sp > 0);
			const line = this.getLine();
			if (line === null) return this.setNext("flow");
			if (indent !== -1 && indent < this.indentNext && line[0] !== "#" || indent === 0 && (line.startsWith("---") || line.startsWith("...")) && isEmpty(line[3])) {
				if (!(indent === this.indentNext - 1 && this.flowLevel === 1 && (line[0] === "]" || line[0] === "}"))) {
					this.flowLevel = 0;
					yield cst.FLOW_END;
					return yield* this.parseLineStart();
				}
			}
			let n = 0;
			while (line[n] === ",") {
				n += yield* this.pushCount(1);
				n += yield* this.pushSpaces(true);
				this.flowKey = false;
			}
			n += yield* this.pushIndicators();
			switch (line[n]) {
				case void 0: return "flow";
				case "#":
					yield* this.pushCount(line.length - n);
					return "flow";
				case "{":
				case "[":
					yield* this.pushCount(1);
					this.flowKey = false;
					this.flowLevel += 1;
					return "flow";
				case "}":
				case "]":
					yield* this.pushCount(1);
					this.flowKey = true;
					this.flowLevel -= 1;
					return this.flowLevel ? "flow" : "doc";
				case "*":
					yield* this.pushUntil(isNotAnchorChar);
					return "flow";
				case "\"":
				case "'":
					this.flowKey = true;
					return yield* this.parseQuotedScalar();
				case ":": {
					const next = this.charAt(1);
					if (this.flowKey || isEmpty(next) || next === ",") {
						this.flowKey = false;
						yield* this.pushCount(1);
						yield* this.pushSpaces(true);
						return "flow";
					}
				}
				default:
					this.flowKey = false;
					return yield* this.parsePlainScalar();
			}
		}
		*parseQuotedScalar() {
			const quote = this.charAt(0);
			let end = this.buffer.indexOf(quote, this.pos + 1);
			if (quote === "'") while (end !== -1 && this.buffer[end + 1] === "'") end = this.buffer.indexOf("'", end + 2);
			else while (end !== -1) {
				let n = 0;
				while (this.buffer[end - 1 - n] === "\\") n += 1;
				if (n % 2 === 0) break;
				end = this.buffer.indexOf("\"", end + 1);
			}
			const qb = this.buffer.substring(0, end);
			let nl = qb.indexOf("\n", this.pos);
			if (nl !== -1) {
				while (nl !== -1) {
					const cs = this.continueScalar(nl + 1);
					if (cs === -1) break;
					nl = qb.indexOf("\n", cs);
				}
				if (nl !== -1) end = nl - (qb[nl - 1] === "\r" ? 2 : 1);
			}
			if (end === -1) {
				if (!this.atEnd) return this.setNext("quoted-scalar");
				end = this.buffer.length;
			}
			yield* this.pushToIndex(end + 1, false);
			return this.flowLevel ? "flow" : "doc";
		}
		*parseBlockScalarHeader() {
			this.blockScalarIndent = -1;
			this.blockScalarKeep = false;
			let i = this.pos;
			while (true) {
				const ch = this.buffer[++i];
				if (ch === "+") this.blockScalarKeep = true;
				else if (ch > "0" && ch <= "9") this.blockScalarIndent = Number(ch) - 1;
				else if (ch !== "-") break;
			}
			return yield* this.pushUntil((ch) => isEmpty(ch) || ch === "#");
		}
		*parseBlockScalar() {
			let nl = this.pos - 1;
			let indent = 0;
			let ch;
			loop: for (let i = this.pos; ch = this.buffer[i]; ++i) switch (ch) {
				case " ":
					indent += 1;
					break;
				case "\n":
					nl = i;
					indent = 0;
					break;
				case "\r": {
					const next = this.buffer[i + 1];
					if (!next && !this.atEnd) return this.setNext("block-scalar");
					if (next === "\n") break;
				}
				default: break loop;
			}
			if (!ch && !this.atEnd) return this.setNext("block-scalar");
			if (indent >= this.indentNext) {
				if (this.blockScalarIndent === -1) this.indentNext = indent;
				else this.indentNext = this.blockScalarIndent + (this.indentNext === 0 ? 1 : this.indentNext);
				do {
					const cs = this.continueScalar(nl + 1);
					if (cs === -1) break;
					nl = this.buffer.indexOf("\n", cs);
				} while (nl !== -1);
				if (nl === -1) {
					if (!this.atEnd) return this.setNext("block-scalar");
					nl = this.buffer.length;
				}
			}
			let i = nl + 1;
			ch = this.buffer[i];
			while (ch === " ") ch = this.buffer[++i];
			if (ch === "	") {
				while (ch === "	" || ch === " " || ch === "\r" || ch === "\n") ch = this.buffer[++i];
				nl = i - 1;
			} else if (!this.blockScalarKeep) do {
				let i = nl - 1;
				let ch = this.buffer[i];
				if (ch === "\r") ch = this.buffer[--i];
				const lastChar = i;
				while (ch === " ") ch = this.buffer[--i];
				if (ch === "\n" && i >= this.pos && i + 1 + indent > lastChar) nl = i;
				else break;
			} while (true);
			yield cst.SCALAR;
			yield* this.pushToIndex(nl + 1, true);
			return yield* this.parseLineStart();
		}
		*parsePlainScalar() {
			const inFlow = this.flowLevel > 0;
			let end = this.pos - 1;
			let i = this.pos - 1;
			let ch;
			while (ch = this.buffer[++i]) if (ch === ":") {
				const next = this.buffer[i + 1];
				if (isEmpty(next) || inFlow && flowIndicatorChars.has(next)) break;
				end = i;
			} else if (isEmpty(ch)) {
				let next = this.buffer[i + 1];
				if (ch === "\r") {
					if (next === "\n") {
						i += 1;
						ch = "\n";
						next = this.buffer[i + 1];
					} else end = i;
				}
				if (next === "#" || inFlow && flowIndicatorChars.has(next)) break;
				if (ch === "\n") {
					const cs = this.continueScalar(i + 1);
					if (cs === -1) break;
					i = Math.max(i, cs - 2);
				}
			} else {
				if (inFlow && flowIndicatorChars.has(ch)) break;
				end = i;
			}
			if (!ch && !this.atEnd) return this.setNext("plain-scalar");
			yield cst.SCALAR;
			yield* this.pushToIndex(end + 1, true);
			return inFlow ? "flow" : "doc";
		}
		*pushCount(n) {
			if (n > 0) {
				yield this.buffer.substr(this.pos, n);
				this.pos += n;
				return n;
			}
			return 0;
		}
		*pushToIndex(i, allowEmpty) {
			const s = this.buffer.slice(this.pos, i);
			if (s) {
				yield s;
				this.pos += s.length;
				return s.length;
			} else if (allowEmpty) yield "";
			return 0;
		}
		*pushIndicators() {
			let n = 0;
			loop: while (true) {
				switch (this.charAt(0)) {
					case "!":
						n += yield* this.pushTag();
						n += yield* this.pushSpaces(true);
						continue loop;
					case "&":
						n += yield* this.pushUntil(isNotAnchorChar);
						n += yield* this.pushSpaces(true);
						continue loop;
					case "-":
					case "?":
					case ":": {
						const inFlow = this.flowLevel > 0;
						const ch1 = this.charAt(1);
						if (isEmpty(ch1) || inFlow && flowIndicatorChars.has(ch1)) {
							if (!inFlow) this.indentNext = this.indentValue + 1;
							else if (this.flowKey) this.flowKey = false;
							n += yield* this.pushCount(1);
							n += yield* this.pushSpaces(true);
							continue loop;
						}
					}
				}
				break loop;
			}
			return n;
		}
		*pushTag() {
			if (this.charAt(1) === "<") {
				let i = this.pos + 2;
				let ch = this.buffer[i];
				while (!isEmpty(ch) && ch !== ">") ch = this.buffer[++i];
				return yield* this.pushToIndex(ch === ">" ? i + 1 : i, false);
			} else {
				let i = this.pos + 1;
				let ch = this.buffer[i];
				while (ch) if (tagChars.has(ch)) ch = this.buffer[++i];
				else if (ch === "%" && hexDigits.has(this.buffer[i + 1]) && hexDigits.has(this.buffer[i + 2])) ch = this.buffer[i += 3];
				else break;
				return yield* this.pushToIndex(i, false);
			}
		}
		*pushNewline() {
			const ch = this.buffer[this.pos];
			if (ch === "\n") return yield* this.pushCount(1);
			else if (ch === "\r" && this.charAt(1) === "\n") return yield* this.pushCount(2);
			else return 0;
		}
		*pushSpaces(allowTabs) {
			let i = this.pos - 1;
			let ch;
			do
				ch = this.buffer[++i];
			while (ch === " " || allowTabs && ch === "	");
			const n = i - this.pos;
			if (n > 0) {
				yield this.buffer.substr(this.pos, n);
				this.pos = i;
			}
			return n;
		}
		*pushUntil(test) {
			let i = this.pos;
			let ch = this.buffer[i];
			while (!test(ch)) ch = this.buffer[++i];
			return yield* this.pushToIndex(i, false);
		}
	};
	exports.Lexer = Lexer;
}));

// node_modules/yaml/dist/parse/line-counter.js
var require_line_counter = /* @__PURE__ */ __commonJSMin(((exports) => {
	/**
	* Tracks newlines during parsing in order to provide an efficient API for
	* determining the one-indexed `{ line, col }` position for any offset
	* within the input.
	*/
	var LineCounter = class {
		constructor() {
			this.lineStarts = [];
			/**
			* Should be called in ascending order. Otherwise, call
			* `lineCounter.lineStarts.sort()` before calling `linePos()`.
			*/
			this.addNewLine = (offset) => this.lineStarts.push(offset);
			/**
			* Performs a binary search and returns the 1-indexed { line, col }
			* position of `offset`. If `line === 0`, `addNewLine` has never been
			* called or `offset` is before the first known newline.
			*/
			this.linePos = (offset) => {
				let low = 0;
				let high = this.lineStarts.length;
				while (low < high) {
					const mid = low + high >> 1;
					if (this.lineStarts[mid] < offset) low = mid + 1;
					else high = mid;
				}
				if (this.lineStarts[low] === offset) return {
					line: low + 1,
					col: 1
				};
				if (low === 0) return {
					line: 0,
					col: offset
				};
				const start = this.lineStarts[low - 1];
				return {
					line: low,
					col: offset - start + 1
				};
			};
		}
	};
	exports.LineCounter = LineCounter;
}));

// node_modules/yaml/dist/parse/parser.js
var require_parser = /* @__PURE__ */ __commonJSMin(((exports) => {
	var node_process = __require("process");
	var cst = require_cst();
	var lexer = require_lexer();
	function includesToken(list, type) {
		for (let i = 0; i < list.length; ++i) if (list[i].type === type) return true;
		return false;
	}
	function findNonEmptyIndex(list) {
		for (let i = 0; i < list.length; ++i) switch (list[i].type) {
			case "space":
			case "comment":
			case "newline": break;
			default: return i;
		}
		return -1;
	}
	function isFlowToken(token) {
		switch (token?.type) {
			case "alias":
			case "scalar":
			case "single-quoted-scalar":
			case "double-quoted-scalar":
			case "flow-collection": return true;
			default: return false;
		}
	}
	function getPrevProps(parent) {
		switch (parent.type) {
			case "document": return parent.start;
			case "block-map": {
				const it = parent.items[parent.items.length - 1];
				return it.sep ?? it.start;
			}
			case "block-seq": return parent.items[parent.items.length - 1].start;
			/* istanbul ignore next should not happen */
			default: return [];
		}
	}
	/** Note: May modify input array */
	function getFirstKeyStartProps(prev) {
		if (prev.length === 0) return [];
		let i = prev.length;
		loop: while (--i >= 0) switch (prev[i].type) {
			case "doc-start":
			case "explicit-key-ind":
			case "map-value-ind":
			case "seq-item-ind":
			case "newline": break loop;
		}
		while (prev[++i]?.type === "space");
		return prev.splice(i, prev.length);
	}
	function arrayPushArray(target, source) {
		if (source.length < 1e5) Array.prototype.push.apply(target, source);
		else for (let i = 0; i < source.length; ++i) target.push(source[i]);
	}
	function fixFlowSeqItems(fc) {
		if (fc.start.type === "flow-seq-start") {
			for (const it of fc.items) if (it.sep && !it.value && !includesToken(it.start, "explicit-key-ind") && !includesToken(it.sep, "map-value-ind")) {
				if (it.key) it.value = it.key;
				delete it.key;
				if (isFlowToken(it.value)) {
					if (it.value.end) arrayPushArray(it.value.end, it.sep);
					else it.value.end = it.sep;
				} else arrayPushArray(it.start, it.sep);
				delete it.sep;
			}
		}
	}
	/**
	* A YAML concrete syntax tree (CST) parser
	*
	* ```ts
	* const src: string = ...
	* for (const token of new Parser().parse(src)) {
	*   // token: Token
	* }
	* ```
	*
	* To use the parser with a user-provided lexer:
	*
	* ```ts
	* function* parse(source: string, lexer: Lexer) {
	*   const parser = new Parser()
	*   for (const lexeme of lexer.lex(source))
	*     yield* parser.next(lexeme)
	*   yield* parser.end()
	* }
	*
	* const src: string = ...
	* const lexer = new Lexer()
	* for (const token of parse(src, lexer)) {
	*   // token: Token
	* }
	* ```
	*/
	var Parser = class {
		/**
		* @param onNewLine - If defined, called separately with the start position of
		*   each new line (in `parse()`, including the start of input).
		*/
		constructor(onNewLine) {
			/** If true, space and sequence indicators count as indentation */
			this.atNewLine = true;
			/** If true, next token is a scalar value */
			this.atScalar = false;
			/** Current indentation level */
			this.indent = 0;
			/** Current offset since the start of parsing */
			this.offset = 0;
			/** On the same line with a block map key */
			this.onKeyLine = false;
			/** Top indicates the node that's currently being built */
			this.stack = [];
			/** The source of the current token, set in parse() */
			this.source = "";
			/** The type of the current token, set in parse() */
			this.type = "";
			this.lexer = new lexer.Lexer();
			this.onNewLine = onNewLine;
		}
		/**
		* Parse `source` as a YAML stream.
		* If `incomplete`, a part of the last line may be left as a buffer for the next call.
		*
		* Errors are not thrown, but yielded as `{ type: 'error', message }` tokens.
		*
		* @returns A generator of tokens representing each directive, document, and other structure.
		*/
		*parse(source, incomplete = false) {
			if (this.onNewLine && this.offset === 0) this.onNewLine(0);
			for (const lexeme of this.lexer.lex(source, incomplete)) yield* this.next(lexeme);
			if (!incomplete) yield* this.end();
		}
		/**
		* Advance the parser by the `source` of one lexical token.
		*/
		*next(source) {
			this.source = source;
			if (node_process.env.LOG_TOKENS) console.log("|", cst.prettyToken(source));
			if (this.atScalar) {
				this.atScalar = false;
				yield* this.step();
				this.offset += source.length;
				return;
			}
			const type = cst.tokenType(source);
			if (!type) {
				const message = `Not a YAML token: ${source}`;
				yield* this.pop({
					type: "error",
					offset: this.offset,
					message,
					source
				});
				this.offset += source.length;
			} else if (type === "scalar") {
				this.atNewLine = false;
				this.atScalar = true;
				this.type = "scalar";
			} else {
				this.type = type;
				yield* this.step();
				switch (type) {
					case "newline":
						this.atNewLine = true;
						this.indent = 0;
						if (this.onNewLine) this.onNewLine(this.offset + source.length);
						break;
					case "space":
						if (this.atNewLine && source[0] === " ") this.indent += source.length;
						break;
					case "explicit-key-ind":
					case "map-value-ind":
					case "seq-item-ind":
						if (this.atNewLine) this.indent += source.length;
						break;
					case "doc-mode":
					case "flow-error-end": return;
					default: this.atNewLine = false;
				}
				this.offset += source.length;
			}
		}
		/** Call at end of input to push out any remaining constructions */
		*end() {
			while (this.stack.length > 0) yield* this.pop();
		}
		get sourceToken() {
			return {
				type: this.type,
				offset: this.offset,
				indent: this.indent,
				source: this.source
			};
		}
		*step() {
			const top = this.peek(1);
			if (this.type === "doc-end" && top?.type !== "doc-end") {
				while (this.stack.length > 0) yield* this.pop();
				this.stack.push({
					type: "doc-end",
					offset: this.offset,
					source: this.source
				});
				return;
			}
			if (!top) return yield* this.stream();
			switch (top.type) {
				case "document": return yield* this.document(top);
				case "alias":
				case "scalar":
				case "single-quoted-scalar":
				case "double-quoted-scalar": return yield* this.scalar(top);
				case "block-scalar": return yield* this.blockScalar(top);
				case "block-map": return yield* this.blockMap(top);
				case "block-seq": return yield* this.blockSequence(top);
				case "flow-collection": return yield* this.flowCollection(top);
				case "doc-end": return yield* this.documentEnd(top);
			}
			/* istanbul ignore next should not happen */
			yield* this.pop();
		}
		peek(n) {
			return this.stack[this.stack.length - n];
		}
		*pop(error) {
			const token = error ?? this.stack.pop();
			/* istanbul ignore if should not happen */
			if (!token) yield {
				type: "error",
				offset: this.offset,
				source: "",
				message: "Tried to pop an empty stack"
			};
			else if (this.stack.length === 0) yield token;
			else {
				const top = this.peek(1);
				if (token.type === "block-scalar") token.indent = "indent" in top ? top.indent : 0;
				else if (token.type === "flow-collection" && top.type === "document") token.indent = 0;
				if (token.type === "flow-collection") fixFlowSeqItems(token);
				switch (top.type) {
					case "document":
						top.value = token;
						break;
					case "block-scalar":
						top.props.push(token);
						break;
					case "block-map": {
						const it = top.items[top.items.length - 1];
						if (it.value) {
							top.items.push({
								start: [],
								key: token,
								sep: []
							});
							this.onKeyLine = true;
							return;
						} else if (it.sep) it.value = token;
						else {
							Object.assign(it, {
								key: token,
								sep: []
							});
							this.onKeyLine = !it.explicitKey;
							return;
						}
						break;
					}
					case "block-seq": {
						const it = top.items[top.items.length - 1];
						if (it.value) top.items.push({
							start: [],
							value: token
						});
						else it.value = token;
						break;
					}
					case "flow-collection": {
						const it = top.items[top.items.length - 1];
						if (!it || it.value) top.items.push({
							start: [],
							key: token,
							sep: []
						});
						else if (it.sep) it.value = token;
						else Object.assign(it, {
							key: token,
							sep: []
						});
						return;
					}
					/* istanbul ignore next should not happen */
					default:
						yield* this.pop();
						yield* this.pop(token);
				}
				if ((top.type === "document" || top.type === "block-map" || top.type === "block-seq") && (token.type === "block-map" || token.type === "block-seq")) {
					const last = token.items[token.items.length - 1];
					if (last && !last.sep && !last.value && last.start.length > 0 && findNonEmptyIndex(last.start) === -1 && (token.indent === 0 || last.start.every((st) => st.type !== "comment" || st.indent < token.indent))) {
						if (top.type === "document") top.end = last.start;
						else top.items.push({ start: last.start });
						token.items.splice(-1, 1);
					}
				}
			}
		}
		*stream() {
			switch (this.type) {
				case "directive-line":
					yield {
						type: "directive",
						offset: this.offset,
						source: this.source
					};
					return;
				case "byte-order-mark":
				case "space":
				case "comment":
				case "newline":
					yield this.sourceToken;
					return;
				case "doc-mode":
				case "doc-start": {
					const doc = {
						type: "document",
						offset: this.offset,
						start: []
					};
					if (this.type === "doc-start") doc.start.push(this.sourceToken);
					this.stack.push(doc);
					return;
				}
			}
			yield {
				type: "error",
				offset: this.offset,
				message: `Unexpected ${this.type} token in YAML stream`,
				source: this.source
			};
		}
		*document(doc) {
			if (doc.value) return yield* this.lineEnd(doc);
			switch (this.type) {
				case "doc-start":
					if (findNonEmptyIndex(doc.start) !== -1) {
						yield* this.pop();
						yield* this.step();
					} else doc.start.push(this.sourceToken);
					return;
				case "anchor":
				case "tag":
				case "space":
				case "comment":
				case "newline":
					doc.start.push(this.sourceToken);
					return;
			}
			const bv = this.startBlockValue(doc);
			if (bv) this.stack.push(bv);
			else yield {
				type: "error",
				offset: this.offset,
				message: `Unexpected ${this.type} token in YAML document`,
				source: this.source
			};
		}
		*scalar(scalar) {
			if (this.type === "map-value-ind") {
				const start = getFirstKeyStartProps(getPrevProps(this.peek(2)));
				let sep;
				if (scalar.end) {
					sep = scalar.end;
					sep.push(this.sourceToken);
					delete scalar.end;
				} else sep = [this.sourceToken];
				const map = {
					type: "block-map",
					offset: scalar.offset,
					indent: scalar.indent,
					items: [{
						start,
						key: scalar,
						sep
					}]
				};
				this.onKeyLine = true;
				this.stack[this.stack.length - 1] = map;
			} else yield* this.lineEnd(scalar);
		}
		*blockScalar(scalar) {
			switch (this.type) {
				case "space":
				case "comment":
				case "newline":
					scalar.props.push(this.sourceToken);
					return;
				case "scalar":
					scalar.source = this.source;
					this.atNewLine = true;
					this.indent = 0;
					if (this.onNewLine) {
						let nl = this.source.indexOf("\n") + 1;
						while (nl !== 0) {
							this.onNewLine(this.offset + nl);
							nl = this.source.indexOf("\n", nl) + 1;
						}
					}
					yield* this.pop();
					break;
				/* istanbul ignore next should not happen */
				default:
					yield* this.pop();
					yield* this.step();
			}
		}
		*blockMap(map) {
			const it = map.items[map.items.length - 1];
			switch (this.type) {
				case "newline":
					this.onKeyLine = false;
					if (it.value) {
						const end = "end" in it.value ? it.value.end : void 0;
						if ((Array.isArray(end) ? end[end.length - 1] : void 0)?.type === "comment") end?.push(this.sourceToken);
						else map.items.push({ start: [this.sourceToken] });
					} else if (it.sep) it.sep.push(this.sourceToken);
					else it.start.push(this.sourceToken);
					return;
				case "space":
				case "comment":
					if (it.value) map.items.push({ start: [this.sourceToken] });
					else if (it.sep) it.sep.push(this.sourceToken);
					else {
						if (this.atIndentedComment(it.start, map.indent)) {
							const end = map.items[map.items.length - 2]?.value?.end;
							if (Array.isArray(end)) {
								arrayPushArray(end, it.start);
								end.push(this.sourceToken);
								map.items.pop();
								return;
							}
						}
						it.start.push(this.sourceToken);
					}
					return;
			}
			if (this.indent >= map.indent) {
				const atMapIndent = !this.onKeyLine && this.indent === map.indent;
				const atNextItem = atMapIndent && (it.sep || it.explicitKey) && this.type !== "seq-item-ind";
				let start = [];
				if (atNextItem && it.sep && !it.value) {
					const nl = [];
					for (let i = 0; i < it.sep.length; ++i) {
						const st = it.sep[i];
						switch (st.type) {
							case "newline":
								nl.push(i);
								break;
							case "space": break;
							case "comment":
								if (st.indent > map.indent) nl.length = 0;
								break;
							default: nl.length = 0;
						}
					}
					if (nl.length >= 2) start = it.sep.splice(nl[1]);
				}
				switch (this.type) {
					case "anchor":
					case "tag":
						if (atNextItem || it.value) {
							start.push(this.sourceToken);
							map.items.push({ start });
							this.onKeyLine = true;
						} else if (it.sep) it.sep.push(this.sourceToken);
						else it.start.push(this.sourceToken);
						return;
					case "explicit-key-ind":
						if (!it.sep && !it.explicitKey) {
							it.start.push(this.sourceToken);
							it.explicitKey = true;
						} else if (atNextItem || it.value) {
							start.push(this.sourceToken);
							map.items.push({
								start,
								explicitKey: true
							});
						} else this.stack.push({
							type: "block-map",
							offset: this.offset,
							indent: this.indent,
							items: [{
								start: [this.sourceToken],
								explicitKey: true
							}]
						});
						this.onKeyLine = true;
						return;
					case "map-value-ind":
						if (it.explicitKey) {
							if (!it.sep) {
								if (includesToken(it.start, "newline")) Object.assign(it, {
									key: null,
									sep: [this.sourceToken]
								});
								else {
									const start = getFirstKeyStartProps(it.start);
									this.stack.push({
										type: "block-map",
										offset: this.offset,
										indent: this.indent,
										items: [{
											start,
											key: null,
											sep: [this.sourceToken]
										}]
									});
								}
							} else if (it.value) map.items.push({
								start: [],
								key: null,
								sep: [this.sourceToken]
							});
							else if (includesToken(it.sep, "map-value-ind")) this.stack.push({
								type: "block-map",
								offset: this.offset,
								indent: this.indent,
								items: [{
									start,
									key: null,
									sep: [this.sourceToken]
								}]
							});
							else if (isFlowToken(it.key) && !includesToken(it.sep, "newline")) {
								const start = getFirstKeyStartProps(it.start);
								const key = it.key;
								const sep = it.sep;
								sep.push(this.sourceToken);
								delete it.key;
								delete it.sep;
								this.stack.push({
									type: "block-map",
									offset: this.offset,
									indent: this.indent,
									items: [{
										start,
										key,
										sep
									}]
								});
							} else if (start.length > 0) it.sep = it.sep.concat(start, this.sourceToken);
							else it.sep.push(this.sourceToken);
						} else if (!it.sep) Object.assign(it, {
							key: null,
							sep: [this.sourceToken]
						});
						else if (it.value || atNextItem) map.items.push({
							start,
							key: null,
							sep: [this.sourceToken]
						});
						else if (includesToken(it.sep, "map-value-ind")) this.stack.push({
							type: "block-map",
							offset: this.offset,
							indent: this.indent,
							items: [{
								start: [],
								key: null,
								sep: [this.sourceToken]
							}]
						});
						else it.sep.push(this.sourceToken);
						this.onKeyLine = true;
						return;
					case "alias":
					case "scalar":
					case "single-quoted-scalar":
					case "double-quoted-scalar": {
						const fs = this.flowScalar(this.type);
						if (atNextItem || it.value) {
							map.items.push({
								start,
								key: fs,
								sep: []
							});
							this.onKeyLine = true;
						} else if (it.sep) this.stack.push(fs);
						else {
							Object.assign(it, {
								key: fs,
								sep: []
							});
							this.onKeyLine = true;
						}
						return;
					}
					default: {
						const bv = this.startBlockValue(map);
						if (bv) {
							if (bv.type === "block-seq") {
								if (!it.explicitKey && it.sep && !includesToken(it.sep, "newline")) {
									yield* this.pop({
										type: "error",
										offset: this.offset,
										message: "Unexpected block-seq-ind on same line with key",
										source: this.source
									});
									return;
								}
							} else if (atMapIndent) map.items.push({ start });
							this.stack.push(bv);
							return;
						}
					}
				}
			}
			yield* this.pop();
			yield* this.step();
		}
		*blockSequence(seq) {
			const it = seq.items[seq.items.length - 1];
			switch (this.type) {
				case "newline":
					if (it.value) {
						const end = "end" in it.value ? it.value.end : void 0;
						if ((Array.isArray(end) ? end[end.length - 1] : void 0)?.type === "comment") end?.push(this.sourceToken);
						else seq.items.push({ start: [this.sourceToken] });
					} else it.start.push(this.sourceToken);
					return;
				case "space":
				case "comment":
					if (it.value) seq.items.push({ start: [this.sourceToken] });
					else {
						if (this.atIndentedComment(it.start, seq.indent)) {
							const end = seq.items[seq.items.length - 2]?.value?.end;
							if (Array.isArray(end)) {
								arrayPushArray(end, it.start);
								end.push(this.sourceToken);
								seq.items.pop();
								return;
							}
						}
						it.start.push(this.sourceToken);
					}
					return;
				case "anchor":
				case "tag":
					if (it.value || this.indent <= seq.indent) break;
					it.start.push(this.sourceToken);
					return;
				case "seq-item-ind":
					if (this.indent !== seq.indent) break;
					if (it.value || includesToken(it.start, "seq-item-ind")) seq.items.push({ start: [this.sourceToken] });
					else it.start.push(this.sourceToken);
					return;
			}
			if (this.indent > seq.indent) {
				const bv = this.startBlockValue(seq);
				if (bv) {
					this.stack.push(bv);
					return;
				}
			}
			yield* this.pop();
			yield* this.step();
		}
		*flowCollection(fc) {
			const it = fc.items[fc.items.length - 1];
			if (this.type === "flow-error-end") {
				let top;
				do {
					yield* this.pop();
					top = this.peek(1);
				} while (top?.type === "flow-collection");
			} else if (fc.end.length === 0) {
				switch (this.type) {
					case "comma":
					case "explicit-key-ind":
						if (!it || it.sep) fc.items.push({ start: [this.sourceToken] });
						else it.start.push(this.sourceToken);
						return;
					case "map-value-ind":
						if (!it || it.value) fc.items.push({
							start: [],
							key: null,
							sep: [this.sourceToken]
						});
						else if (it.sep) it.sep.push(this.sourceToken);
						else Object.assign(it, {
							key: null,
							sep: [this.sourceToken]
						});
						return;
					case "space":
					case "comment":
					case "newline":
					case "anchor":
					case "tag":
						if (!it || it.value) fc.items.push({ start: [this.sourceToken] });
						else if (it.sep) it.sep.push(this.sourceToken);
						else it.start.push(this.sourceToken);
						return;
					case "alias":
					case "scalar":
					case "single-quoted-scalar":
					case "double-quoted-scalar": {
						const fs = this.flowScalar(this.type);
						if (!it || it.value) fc.items.push({
							start: [],
							key: fs,
							sep: []
						});
						else if (it.sep) this.stack.push(fs);
						else Object.assign(it, {
							key: fs,
							sep: []
						});
						return;
					}
					case "flow-map-end":
					case "flow-seq-end":
						fc.end.push(this.sourceToken);
						return;
				}
				const bv = this.startBlockValue(fc);
				/* istanbul ignore else should not happen */
				if (bv) this.stack.push(bv);
				else {
					yield* this.pop();
					yield* this.step();
				}
			} else {
				const parent = this.peek(2);
				if (parent.type === "block-map" && (this.type === "map-value-ind" && parent.indent === fc.indent || this.type === "newline" && !parent.items[parent.items.length - 1].sep)) {
					yield* this.pop();
					yield* this.step();
				} else if (this.type === "map-value-ind" && parent.type !== "flow-collection") {
					const start = getFirstKeyStartProps(getPrevProps(parent));
					fixFlowSeqItems(fc);
					const sep = fc.end.splice(1, fc.end.length);
					sep.push(this.sourceToken);
					const map = {
						type: "block-map",
						offset: fc.offset,
						indent: fc.indent,
						items: [{
							start,
							key: fc,
							sep
						}]
					};
					this.onKeyLine = true;
					this.stack[this.stack.length - 1] = map;
				} else yield* this.lineEnd(fc);
			}
		}
		flowScalar(type) {
			if (this.onNewLine) {
				let nl = this.source.indexOf("\n") + 1;
				while (nl !== 0) {
					this.onNewLine(this.offset + nl);
					nl = this.source.indexOf("\n", nl) + 1;
				}
			}
			return {
				type,
				offset: this.offset,
				indent: this.indent,
				source: this.source
			};
		}
		startBlockValue(parent) {
			switch (this.type) {
				case "alias":
				case "scalar":
				case "single-quoted-scalar":
				case "double-quoted-scalar": return this.flowScalar(this.type);
				case "block-scalar-header": return {
					type: "block-scalar",
					offset: this.offset,
					indent: this.indent,
					props: [this.sourceToken],
					source: ""
				};
				case "flow-map-start":
				case "flow-seq-start": return {
					type: "flow-collection",
					offset: this.offset,
					indent: this.indent,
					start: this.sourceToken,
					items: [],
					end: []
				};
				case "seq-item-ind": return {
					type: "block-seq",
					offset: this.offset,
					indent: this.indent,
					items: [{ start: [this.sourceToken] }]
				};
				case "explicit-key-ind": {
					this.onKeyLine = true;
					const start = getFirstKeyStartProps(getPrevProps(parent));
					start.push(this.sourceToken);
					return {
						type: "block-map",
						offset: this.offset,
						indent: this.indent,
						items: [{
							start,
							explicitKey: true
						}]
					};
				}
				case "map-value-ind": {
					this.onKeyLine = true;
					const start = getFirstKeyStartProps(getPrevProps(parent));
					return {
						type: "block-map",
						offset: this.offset,
						indent: this.indent,
						items: [{
							start,
							key: null,
							sep: [this.sourceToken]
						}]
					};
				}
			}
			return null;
		}
		atIndentedComment(start, indent) {
			if (this.type !== "comment") return false;
			if (this.indent <= indent) return false;
			return start.every((st) => st.type === "newline" || st.type === "space");
		}
		*documentEnd(docEnd) {
			if (this.type !== "doc-mode") {
				if (docEnd.end) docEnd.end.push(this.sourceToken);
				else docEnd.end = [this.sourceToken];
				if (this.type === "newline") yield* this.pop();
			}
		}
		*lineEnd(token) {
			switch (this.type) {
				case "comma":
				case "doc-start":
				case "doc-end":
				case "flow-seq-end":
				case "flow-map-end":
				case "map-value-ind":
					yield* this.pop();
					yield* this.step();
					break;
				case "newline": this.onKeyLine = false;
				default:
					if (token.end) token.end.push(this.sourceToken);
					else token.end = [this.sourceToken];
					if (this.type === "newline") yield* this.pop();
			}
		}
	};
	exports.Parser = Parser;
}));

// node_modules/yaml/dist/public-api.js
var require_public_api = /* @__PURE__ */ __commonJSMin(((exports) => {
	var composer = require_composer();
	var Document = require_Document();
	var errors = require_errors();
	var log = require_log();
	var identity = require_identity();
	var lineCounter = require_line_counter();
	var parser = require_parser();
	function parseOptions(options) {
		const prettyErrors = options.prettyErrors !== false;
		return {
			lineCounter: options.lineCounter || prettyErrors && new lineCounter.LineCounter() || null,
			prettyErrors
		};
	}
	/**
	* Parse the input as a stream of YAML documents.
	*
	* Documents should be separated from each other by `...` or `---` marker lines.
	*
	* @returns If an empty `docs` array is returned, it will be of type
	*   EmptyStream and contain additional stream information. In
	*   TypeScript, you should use `'empty' in docs` as a type guard for it.
	*/
	function parseAllDocuments(source, options = {}) {
		const { lineCounter, prettyErrors } = parseOptions(options);
		const parser$1 = new parser.Parser(lineCounter?.addNewLine);
		const composer$1 = new composer.Composer(options);
		const docs = Array.from(composer$1.compose(parser$1.parse(source)));
		if (prettyErrors && lineCounter) for (const doc of docs) {
			doc.errors.forEach(errors.prettifyError(source, lineCounter));
			doc.warnings.forEach(errors.prettifyError(source, lineCounter));
		}
		if (docs.length > 0) return docs;
		return Object.assign([], { empty: true }, composer$1.streamInfo());
	}
	/** Parse an input string into a single YAML.Document */
	function parseDocument(source, options = {}) {
		const { lineCounter, prettyErrors } = parseOptions(options);
		const parser$1 = new parser.Parser(lineCounter?.addNewLine);
		const composer$1 = new composer.Composer(options);
		let doc = null;
		for (const _doc of composer$1.compose(parser$1.parse(source), true, source.length)) if (!doc) doc = _doc;
		else if (doc.options.logLevel !== "silent") {
			doc.errors.push(new errors.YAMLParseError(_doc.range.slice(0, 2), "MULTIPLE_DOCS", "Source contains multiple documents; please use YAML.parseAllDocuments()"));
			break;
		}
		if (prettyErrors && lineCounter) {
			doc.errors.forEach(errors.prettifyError(source, lineCounter));
			doc.warnings.forEach(errors.prettifyError(source, lineCounter));
		}
		return doc;
	}
	function parse(src, reviver, options) {
		let _reviver = void 0;
		if (typeof reviver === "function") _reviver = reviver;
		else if (options === void 0 && reviver && typeof reviver === "object") options = reviver;
		const doc = parseDocument(src, options);
		if (!doc) return null;
		doc.warnings.forEach((warning) => log.warn(doc.options.logLevel, warning));
		if (doc.errors.length > 0) {
			if (doc.options.logLevel !== "silent") throw doc.errors[0];
			else doc.errors = [];
		}
		return doc.toJS(Object.assign({ reviver: _reviver }, options));
	}
	function stringify(value, replacer, options) {
		let _replacer = null;
		if (typeof replacer === "function" || Array.isArray(replacer)) _replacer = replacer;
		else if (options === void 0 && replacer) options = replacer;
		if (typeof options === "string") options = options.length;
		if (typeof options === "number") {
			const indent = Math.round(options);
			options = indent < 1 ? void 0 : indent > 8 ? { indent: 8 } : { indent };
		}
		if (value === void 0) {
			const { keepUndefined } = options ?? replacer ?? {};
			if (!keepUndefined) return void 0;
		}
		if (identity.isDocument(value) && !_replacer) return value.toString(options);
		return new Document.Document(value, _replacer, options).toString(options);
	}
	exports.parse = parse;
	exports.parseAllDocuments = parseAllDocuments;
	exports.parseDocument = parseDocument;
	exports.stringify = stringify;
}));

// node_modules/yaml/dist/index.js
var require_dist = /* @__PURE__ */ __commonJSMin(((exports) => {
	var composer = require_composer();
	var Document = require_Document();
	var Schema = require_Schema();
	var errors = require_errors();
	var Alias = require_Alias();
	var identity = require_identity();
	var Pair = require_Pair();
	var Scalar = require_Scalar();
	var YAMLMap = require_YAMLMap();
	var YAMLSeq = require_YAMLSeq();
	var cst = require_cst();
	var lexer = require_lexer();
	var lineCounter = require_line_counter();
	var parser = require_parser();
	var publicApi = require_public_api();
	var visit = require_visit();
	exports.Composer = composer.Composer;
	exports.Document = Document.Document;
	exports.Schema = Schema.Schema;
	exports.YAMLError = errors.YAMLError;
	exports.YAMLParseError = errors.YAMLParseError;
	exports.YAMLWarning = errors.YAMLWarning;
	exports.Alias = Alias.Alias;
	exports.isAlias = identity.isAlias;
	exports.isCollection = identity.isCollection;
	exports.isDocument = identity.isDocument;
	exports.isMap = identity.isMap;
	exports.isNode = identity.isNode;
	exports.isPair = identity.isPair;
	exports.isScalar = identity.isScalar;
	exports.isSeq = identity.isSeq;
	exports.Pair = Pair.Pair;
	exports.Scalar = Scalar.Scalar;
	exports.YAMLMap = YAMLMap.YAMLMap;
	exports.YAMLSeq = YAMLSeq.YAMLSeq;
	exports.Lexer = lexer.Lexer;
	exports.LineCounter = lineCounter.LineCounter;
	exports.Parser = parser.Parser;
	exports.parse = publicApi.parse;
	exports.parseAllDocuments = publicApi.parseAllDocuments;
	exports.parseDocument = publicApi.parseDocument;
	exports.stringify = publicApi.stringify;
	exports.visit = visit.visit;
	exports.visitAsync = visit.visitAsync;
}));

// src/config/document.ts
var import_dist = require_dist();
/** Maps whose values reach programs as text. They are read literally: `1.10` is not the number 1.1. */
const LITERAL = /* @__PURE__ */ new Set([
	"env",
	"step-env",
	"headers"
]);
/** Maps whose keys are names that the file's author chose: a service may be called `headers`. */
const NAMED$2 = /* @__PURE__ */ new Set([
	"environments",
	"services",
	"notify",
	"targets"
]);
/** Parses YAML 1.2 with merge keys (`<<`). A byte order mark and Windows newlines are accepted. */
function readDocument(text) {
	const lines = new import_dist.LineCounter();
	const document = (0, import_dist.parseDocument)(text.replace(/^\uFEFF/, ""), {
		lineCounter: lines,
		prettyErrors: false,
		merge: true,
		version: "1.2"
	});
	const at = (offset) => {
		const { line, col } = lines.linePos(offset);
		return {
			line: Math.max(line, 1),
			column: Math.max(col, 1)
		};
	};
	const problems = [...document.errors, ...document.warnings].map((error) => ({
		...at(error.pos[0]),
		path: "",
		message: explain$1(error, text)
	}));
	const locate = (path, part = "value") => at(offsetOf(document, path, part));
	if (problems.length > 0) return {
		value: void 0,
		problems,
		locate
	};
	try {
		keepLiterals(document);
		return {
			value: document.toJS(),
			problems,
			locate
		};
	} catch (error) {
		return {
			value: void 0,
			problems: [{
				line: 1,
				column: 1,
				path: "",
				message: error instanceof Error ? error.message : String(error)
			}],
			locate
		};
	}
}
/** `targets.staging.hosts[0]` */
function formatPath(path) {
	return path.map((part, index) => typeof part === "number" ? `[${part}]` : index === 0 ? part : `.${part}`).join("");
}
function keepLiterals(document) {
	(0, import_dist.visit)(document, { Alias(_, alias) {
		const source = alias.resolve(document);
		return (0, import_dist.isScalar)(source) ? Object.assign(withoutAnchor(source), { range: alias.range }) : void 0;
	} });
	const known = /* @__PURE__ */ new Map();
	(0, import_dist.visit)(document, { Pair(_, pair, path) {
		const [above, ...more] = path.filter(import_dist.isPair);
		if (!(more.length === 0 && (0, import_dist.isScalar)(above?.key) && NAMED$2.has(String(above.key.value))) && (0, import_dist.isScalar)(pair.key) && LITERAL.has(String(pair.key.value))) pair.value = literal(pair.value);
	} });
	/** A map from an alias is copied: where it is also used, numbers may be intended. */
	function literal(value) {
		const source = (0, import_dist.isAlias)(value) ? value.resolve(document) : value;
		if (!(0, import_dist.isMap)(source)) return value;
		const before = known.get(source);
		if (before) return before;
		const map = (0, import_dist.isAlias)(value) ? withoutAnchor(source) : source;
		known.set(source, map);
		for (const [index, pair] of map.items.entries()) if (isMerge(pair)) pair.value = literals(source.items[index]?.value);
		else if ((0, import_dist.isScalar)(pair.value)) keepText(pair.value);
		return map;
	}
	function literals(merged) {
		return (0, import_dist.isSeq)(merged) ? Object.assign(merged.clone(), { items: merged.items.map(literal) }) : literal(merged);
	}
}
function withoutAnchor(node) {
	const copy = node.clone();
	delete copy.anchor;
	return copy;
}
function keepText(scalar) {
	if ([
		"number",
		"bigint",
		"boolean"
	].includes(typeof scalar.value) && scalar.source) scalar.value = scalar.source;
}
const isMerge = ({ key }) => (0, import_dist.isScalar)(key) && key.source === "<<";
function offsetOf(document, path, part) {
	let node = document.contents;
	let found = startOf(node);
	for (const [index, step] of path.entries()) {
		if ((0, import_dist.isAlias)(node)) node = node.resolve(document);
		const last = index === path.length - 1;
		if ((0, import_dist.isMap)(node)) {
			const pair = pairOf(document, node.items, step);
			if (!pair) return found;
			node = pair.value;
			found = (last && part === "key" || !(0, import_dist.isNode)(node) || startOf(node) === void 0 ? startOf(pair.key) : startOf(node)) ?? startOf(pair.key) ?? found;
			if ((0, import_dist.isMap)(node) && !node.flow) found = startOf(pair.key) ?? found;
		} else if ((0, import_dist.isSeq)(node) && typeof step === "number" && node.items[step] !== void 0) {
			node = node.items[step];
			found = startOf(node) ?? found;
		} else return found ?? 0;
	}
	return found ?? 0;
	function startOf(value) {
		return (0, import_dist.isNode)(value) ? value.range?.[0] : void 0;
	}
}
function pairOf(document, items, step) {
	const named = items.find(({ key }) => (0, import_dist.isScalar)(key) && String(key.value) === String(step));
	if (named) return named;
	for (const { value } of items.filter(isMerge)) for (const merged of (0, import_dist.isSeq)(value) ? value.items : [value]) {
		const map = (0, import_dist.isAlias)(merged) ? merged.resolve(document) : merged;
		const inherited = (0, import_dist.isMap)(map) ? pairOf(document, map.items, step) : void 0;
		if (inherited) return inherited;
	}
}
function explain$1(error, text) {
	switch (error.code) {
		case "DUPLICATE_KEY": return `the key ${/^[^\s:]+/.exec(text.replace(/^\uFEFF/, "").slice(error.pos[0]))?.[0] ?? ""} stands here twice`;
		case "TAB_AS_INDENT": return "a tab: YAML is indented with spaces alone";
		case "MULTIPLE_DOCS": return "a second document starts here: the file holds one, without `---` between";
		default: return error.message;
	}
}

// src/report/group-errors.ts
/** Maximum number of hosts in a title, and of their remedies that are shown. */
const NAMED$1 = 5;
/**
* Merges equal errors, in the order of their first; `host` names all their hosts. Two errors of one host are only
* merged if they are equal. Between hosts, what went wrong has to be identical, because it is reported for all. The
* remedies of each host are shown; output and attempts are those of the first host.
*/
function groupErrors(errors) {
	const groups = [];
	const alike = /* @__PURE__ */ new Map();
	for (const error of new Map(errors.map((one) => [JSON.stringify(one), one])).values()) {
		const key = keyOf(error);
		const { host } = error;
		const same = host === void 0 ? [] : alike.get(key) ?? [];
		let group = same.find(({ hosts }) => !hosts.has(host));
		if (!group) {
			group = {
				hosts: /* @__PURE__ */ new Set(),
				errors: []
			};
			groups.push(group);
			if (host !== void 0) alike.set(key, [...same, group]);
		}
		group.hosts.add(host);
		group.errors.push(error);
	}
	return groups.map((group) => group.errors.length < 2 ? group.errors[0] : forEachHost(group.errors));
}
/** Warnings that start with their host's name, reported once for all hosts that have the same. */
function groupWarnings(warnings, hosts) {
	const groups = /* @__PURE__ */ new Map();
	for (const warning of warnings) {
		const host = hosts.find((name) => warning.startsWith(`${name}: `));
		const rest = host === void 0 ? warning : warning.slice(host.length + 2);
		const group = groups.get(rest) ?? [];
		if (host !== void 0) group.push(host);
		groups.set(rest, group);
	}
	return [...groups].map(([rest, names]) => names.length === 0 ? rest : `${namesOf$1(names)}: ${rest}`);
}
function forEachHost(errors) {
	const first = errors[0];
	const inCommon = ([name, value]) => errors.every(({ where }) => where?.[name] === value);
	const remedies = [...new Set(errors.flatMap(({ remedy }) => remedy ?? []))];
	return {
		...first,
		host: namesOf$1(errors.flatMap(({ host }) => host ?? [])),
		...first.where === void 0 ? {} : { where: Object.fromEntries(Object.entries(first.where).filter(inCommon)) },
		...first.output === void 0 ? {} : { output: `(on ${first.host})\n${first.output}` },
		...remedies.length === 0 ? {} : { remedy: remediesOf(remedies) }
	};
}
function remediesOf(remedies) {
	const more = remedies.length - NAMED$1;
	return [...remedies.slice(0, NAMED$1), ...more > 0 ? [`and ${more} more like these`] : []].join("\n");
}
function namesOf$1(hosts) {
	const names = [...new Set(hosts)];
	return names.length <= NAMED$1 ? names.join(", ") : `${names.slice(0, NAMED$1).join(", ")} and ${names.length - NAMED$1} more`;
}
/** What errors that are reported as one have in common. */
function keyOf({ host, what, where = {}, output, remedy }) {
	const places = Object.entries(where).filter(([name]) => name !== "host" && name !== "attempts");
	const unnamed = (text) => host === void 0 ? text : text?.replaceAll(host, "HOST");
	return JSON.stringify([
		what,
		places,
		unnamed(output)?.replaceAll(/(?<![A-Za-z_\d])\d+/g, "0"),
		unnamed(remedy)
	]);
}

// src/report/outcome-text.ts
/** The meaning of an outcome, if only its name is known; {@link outcomeSentence} also says what was seen. */
const OUTCOME_SENTENCES = {
	deployed: "it is live",
	unchanged: "it was live already",
	superseded: "nothing changed: a newer commit is live",
	"rolled-back": "it is live again",
	planned: "a plan: nothing changed",
	refused: "nothing changed anywhere",
	reverted: "every host that was touched is back where it was",
	split: "THE FLEET IS SPLIT: hosts lead to different releases",
	failed: "it did not come to an end"
};
/** Maximum number of services in a sentence. */
const NAMED = 5;
/**
* The sentence about a transaction's outcome. It says what was seen of hosts and services, and names those of which it
* was not seen: hosts that were left out or still run an older release, services whose evidence is not about this
* release.
*/
function outcomeSentence(report) {
	const { outcome, stopped } = report;
	const sentence = outcomeOf(report);
	if (stopped === void 0 || ![
		"refused",
		"reverted",
		"split",
		"failed"
	].includes(outcome)) return sentence;
	return `${sentence}; the run was asked to stop${stopped.startsWith("SIG") ? ` (${stopped})` : ""}`;
}
function outcomeOf({ outcome, hosts }) {
	if (outcome === "reverted") return revertedSentence(hosts);
	if (outcome === "split") return splitSentence(hosts);
	if (outcome === "failed" && hosts.some(wasRevertedInVain)) return "the release failed, and could not be reverted: it is still live";
	if (hosts.some(({ phases }) => phases.some(({ phase }) => phase === "recover")) && (outcome === "refused" || outcome === "superseded")) return `${outcome === "superseded" ? "a newer commit is live" : "nothing new was done"}; what an earlier run had left was put in order, as the warnings say`;
	if (moodOf(outcome) !== "good") return OUTCOME_SENTENCES[outcome];
	const others = hosts.filter(({ unknown, behind }) => unknown || behind).map(({ name }) => name);
	const done = hosts.filter(({ unknown, behind }) => !unknown && !behind);
	const where = others.length === 0 ? "every host" : `${done.length} of ${hosts.length} hosts, NOT on ${others.join(", ")}`;
	return [
		`${OUTCOME_SENTENCES[outcome]} on ${where}`,
		...servicesSeen(done, others.length > 0),
		...leftRunning(done)
	].join("; ");
}
/** Where the links lead is one fact; whether the services run again is another. */
function revertedSentence(hosts) {
	const did = (what) => hosts.some(({ phases }) => phases.some(({ phase }) => phase === what));
	const switched = did("activate") || did("recover") && !did("migrate") || hosts.some(({ returned }) => returned === true);
	const other = switched && hosts.find(({ live, previousRelease, unknown }) => !unknown && live !== previousRelease);
	if (other) return `this release is live nowhere; another run, or a person, has made ${other.live ?? "no release"} live meanwhile, and it stays`;
	const down = hosts.flatMap(({ name, down = [] }) => down.map((service) => `${service} on ${name}`));
	const drained = hosts.filter((host) => host.drained).map(({ name }) => name);
	const but = [...down.length > 0 ? [`NOT RUNNING: ${down.join(", ")}`] : [], ...drained.length > 0 ? [`NOT BACK IN ITS BALANCER: ${drained.join(", ")}`] : []];
	if (but.length === 0) return switched ? OUTCOME_SENTENCES.reverted : "no host was switched";
	return `${switched ? "every host that was touched leads to its old release again" : "no host was switched"}, but ${but.join("; ")}`;
}
function splitSentence(hosts) {
	const unknown = hosts.filter((host) => host.unknown).map(({ name }) => name);
	if (new Set(hosts.filter((host) => !host.unknown).map(({ live }) => live)).size > 1 || unknown.length === 0) return OUTCOME_SENTENCES.split;
	return `THE FLEET MAY BE SPLIT: what is live could not be asked on ${unknown.join(", ")}`;
}
const wasRevertedInVain = ({ phases }) => phases.some(({ phase, ok }) => phase === "revert" && !ok);
/** Services that no longer belong to the target and run another release: activating did not affect them. */
function leftRunning(hosts) {
	const left = hosts.flatMap(({ name, live, dropped = [] }) => dropped.filter(({ release }) => release !== live).map(({ service, release }) => `${service} on ${name} (${release})`));
	return left.length === 0 ? [] : [`LEFT RUNNING, no longer in tarlift.yml: ${left.join(", ")}`];
}
/** Whether the evidence is about this release, and not only about a process that runs. */
const isProof = ({ evidence }) => evidence === "release-header" || evidence === "directory";
function servicesSeen(hosts, someHosts) {
	const services = hosts.flatMap(({ name, services }) => services.map((service) => ({
		host: name,
		...service
	}))).filter(({ evidence }) => evidence !== "absent");
	if (services.length === 0) return [];
	const unseen = services.filter((service) => !isProof(service));
	if (unseen.length === 0) return [`every service ${someHosts ? "there " : ""}was seen running it`];
	const names = unseen.slice(0, NAMED).map(({ host, service, evidence }) => `${service} on ${host} (${evidence === "none" ? "does not run" : evidence})`);
	const rest = unseen.length > NAMED ? ` and ${unseen.length - NAMED} more` : "";
	return [`${services.length - unseen.length} of ${services.length} services were seen running it, NOT VERIFIED: ${names.join(", ")}${rest}`];
}
/** The sentence about a schema that is newer than the code, for an outcome; undefined if it is not. */
function schemaSentence({ schemaAhead, schemaUncertain }) {
	if (!schemaAhead) return void 0;
	return schemaUncertain ? "SCHEMA PERHAPS AHEAD: migrations were begun and did not end well; the code that came with them is not live" : "SCHEMA AHEAD: migrations were applied that came with code which is not live";
}
/** Whether the outcome is good news, a warning, or bad news. */
function moodOf(outcome) {
	if ([
		"deployed",
		"unchanged",
		"rolled-back"
	].includes(outcome)) return "good";
	return ["superseded", "planned"].includes(outcome) ? "warn" : "bad";
}
/** The meaning of each evidence level. */
const EVIDENCE_MEANING = {
	"release-header": "it names the release over HTTP",
	directory: "its working directory is the release",
	environment: "it runs the release's environment",
	started: "its processes are others than before the switch",
	restarted: "its supervisor says that it started it after the switch",
	supervisor: "its supervisor, or its status command, says that it runs",
	unverified: "nothing could be asked",
	absent: "nothing is expected of it",
	none: "it does not run"
};
/**
* The next command. It contains `--artifact ARTIFACT` if it needs the artifact of this call (src/report/invocation.ts).
*/
function nextStep({ outcome, target, hosts = [], back }) {
	const status = `tarlift status ${target}`;
	switch (outcome) {
		case "deployed":
		case "rolled-back":
		case "unchanged":
			if (hosts.some(isLeftOut)) return {
				command: `tarlift converge ${target} --artifact ARTIFACT`,
				remark: "brings those along that do not run it"
			};
			return {
				command: status,
				...back ? { remark: `to roll back: \`${backCommand(target, back)}\`` } : {}
			};
		case "superseded":
			if (!hosts.some(isLeftOut)) return { command: status };
			return {
				command: `tarlift converge ${target}`,
				remark: "brings those along that were left out"
			};
		case "planned": return { command: `tarlift deploy ${target}` };
		case "reverted":
			if (!hosts.some(({ down, drained }) => down || drained)) return { command: status };
			return {
				command: `tarlift converge ${target}`,
				remark: "starts services that are down and restores hosts in their balancers, once the cause is fixed"
			};
		case "split": return {
			command: `tarlift converge ${target}`,
			remark: "every host to the release that all agreed on last; a deploy begins with the same"
		};
		case "failed": return {
			command: status,
			remark: "then run the same command again: it begins by putting the fleet in order"
		};
		default: return { command: status };
	}
}
/** Like {@link nextStep}, on one line; `completeCommands` turns it into what can be typed. */
const nextCommand = (report) => {
	const { command, remark } = nextStep(report);
	return `${command}${remark ? `   (${remark.replaceAll("`", "")})` : ""}`;
};
/**
* What to do next on GitHub. Commands are between backticks; a person with access to the hosts types them in a
* checkout.
*/
function nextOnGithub({ outcome, target, hosts = [], back }) {
	switch (outcome) {
		case "deployed":
		case "rolled-back":
		case "unchanged":
			if (hosts.some(isLeftOut)) return `when the hosts that were left out answer again, run this job again; or, in a checkout, \`tarlift converge ${target}\``;
			if (outcome === "unchanged") return `nothing to do; the action \`status\` says what runs where (in a checkout: \`tarlift status ${target}\`)`;
			if (!back) return `to look at it, run the action \`status\` (in a checkout: \`tarlift status ${target}\`)`;
			return `to look at it, run the action \`status\`; to return to the previous release, the action \`rollback\`${back.to ? ` with \`to: ${back.to}\`` : ""} (in a checkout: \`tarlift status ${target}\`, \`${backCommand(target, back)}\`)`;
		case "planned": return "run it without `dry-run`";
		case "superseded":
			if (hosts.some(isLeftOut)) return `when the hosts that were left out answer again, \`tarlift converge ${target}\` in a checkout brings them to what the others run; \`allow-older: true\` deploys this commit all the same`;
			return "nothing to do; `allow-older: true` deploys it all the same";
		case "split": return `when all hosts answer, run this job again: it begins by putting the fleet in order; or, in a checkout, \`tarlift converge ${target}\``;
		case "failed": return `run this job again: it begins by putting the fleet in order (in a checkout, \`tarlift status ${target}\` says what runs where)`;
		case "reverted":
			if (hosts.some(({ down, drained }) => down || drained)) return `fix what is named above; what is down is started by the next run, or, in a checkout, by \`tarlift converge ${target}\``;
			return "fix what is named above, then run this job again";
		case "refused": return "fix what is named above, then run this job again";
	}
}
/**
* Returns to the release that was live before. Across migrations, only with the option that says that older code works
* with them.
*/
const backCommand = (target, { to, crosses }) => `tarlift rollback ${target}${to ? ` --to ${to}` : ""}${crosses ? " --allow-schema-ahead" : ""}`;
const isLeftOut = ({ unknown, behind }) => unknown || behind;
/** An error in a few lines, for output beside a result. */
const errorText = ({ host, what, remedy }) => `${host ? `${host}: ` : ""}${what}${remedy ? `\n  next: ${remedy}` : ""}`;

// src/secrets/lines.ts
/**
* Parses NAME=VALUE lines; empty lines and lines that start with `#` are ignored. A value of several lines is written
* between `NAME<<WORD` and a line that consists of WORD, as in a runner's own files.
*
* @param file names the source in messages, which never show a value
* @throws Failure naming the line that is invalid, has no end, or repeats a name
*/
function parseSecrets(text, file) {
	const secrets = {};
	const lines = text.split(/\r?\n/);
	const refuse = (n, what, remedy) => new Failure({
		code: "secret-invalid",
		what,
		where: {
			file,
			line: String(n + 1)
		},
		remedy,
		outcome: "refused"
	});
	for (let n = 0; n < lines.length; n++) {
		const line = lines[n];
		if (line.trim() === "" || line.startsWith("#")) continue;
		const [, name, sign, rest] = /^([A-Za-z_][A-Za-z0-9_]*)(=|<<)(.*)$/s.exec(line) ?? [];
		if (name === void 0) throw refuse(n, "a line of the secrets is not NAME=VALUE", "A value of several lines, such as a key, stands between `NAME<<END` and a line `END`.");
		if (Object.hasOwn(secrets, name)) throw refuse(n, `the secret ${name} is given twice`);
		if (sign === "=") {
			secrets[name] = rest;
			continue;
		}
		const end = lines.indexOf(rest.trim(), n + 1);
		if (rest.trim() === "" || end < 0) throw refuse(n, `the value of ${name} has no end`, `Put a line \`${rest.trim() || "END"}\`, and nothing else, after it.`);
		secrets[name] = lines.slice(n + 1, end).join("\n");
		n = end;
	}
	return secrets;
}

// src/pipeline/stop.ts
/**
* Aborts at the first SIGINT or SIGTERM, a second one ends the program at once; also aborts when the terminal is gone,
* which may be signalled twice.
*/
function stopSignal() {
	const stop = new AbortController();
	for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => stop.abort(stopReason(name)));
	process.on("SIGHUP", () => stop.abort(stopReason("SIGHUP")));
	return stop.signal;
}

// src/config/problems.ts
/** The schema as data: unlike zod's classes, it shows which keys a mapping may have. */
let shape;
/** All problems of a value that {@link configSchema} refused. */
function findProblems(value, issues) {
	return issues.flatMap((issue) => explain(value, issue, []));
}
function explain(root, issue, base) {
	const path = [...base, ...issue.path];
	const value = valueAt(root, path);
	switch (issue.code) {
		case "unrecognized_keys": return issue.keys.map((key) => ({
			path: [...path, key],
			message: unknownKey(root, path, key),
			atKey: true
		}));
		case "invalid_union": return issue.discriminator === void 0 ? explainUnion(root, issue, path) : unknownWord(root, issue, path);
		case "invalid_key": return [{
			path,
			message: expected(issue.issues[0]?.message ?? "another key", path.at(-1)),
			atKey: true
		}];
		case "invalid_type":
			if (value === void 0) return [{
				path,
				message: `missing: expected ${typeName(issue.expected)}`,
				atKey: true
			}];
			return [{
				path,
				message: expected(typeName(issue.expected), value) + quoteHint(issue.expected, value)
			}];
		case "invalid_value":
			if (value === void 0) return [{
				path,
				message: `missing: expected ${either(issue.values.map(String))}`,
				atKey: true
			}];
			if (valueNow(path, value) !== void 0) return [{
				path,
				message: `${value} is now called ${valueNow(path, value)}`
			}];
			return [{
				path,
				message: expectedOneOf(issue.values.map(String), value)
			}];
		case "too_small": return [{
			path,
			message: Number(issue.minimum) === 1 && issue.origin !== "number" ? "must not be empty" : expected(`at least ${issue.minimum}`, value)
		}];
		case "too_big": return [{
			path,
			message: expected(`at most ${issue.maximum}`, value)
		}];
		default: return [{
			path,
			message: expected(issue.message, value)
		}];
	}
}
/**
* A word that selects an adapter, but no adapter has it. The rest of the mapping is checked with the schema of the
* adapter that was probably meant.
*
* @param path of the word, whose key is the union's discriminator
*/
function unknownWord(root, issue, path) {
	const words = (issue.options ?? []).flatMap((word) => word ?? []).map(String);
	const value = valueAt(root, path);
	const unsupported = issue.discriminator === "installer" ? unsupportedInstaller(String(value)) : void 0;
	const word = value === void 0 ? {
		path,
		message: `missing: expected ${either(words)}`,
		atKey: true
	} : {
		path,
		message: unsupported ?? expectedOneOf(words, value)
	};
	const meant = typeof value === "string" && nearest(value, words) || words[0];
	const mapping = path.slice(0, -1);
	const assumed = replaced(root, path, meant);
	const known = new Set(schemasAt(assumed, mapping).flatMap(({ schema }) => keysOf(schema)));
	return [word, ...(configSchema.safeParse(assumed).error?.issues ?? []).filter((other) => mapping.every((step, n) => other.path[n] === step)).map((other) => other.code === "unrecognized_keys" ? {
		...other,
		keys: other.keys.filter((key) => !known.has(key))
	} : other).flatMap((other) => explain(assumed, other, []))];
}
/** A copy of a value with another value at a path. */
function replaced(value, [step, ...rest], by) {
	if (step === void 0) return by;
	const inner = replaced(valueAt(value, [step]), rest, by);
	if (Array.isArray(value)) return value.map((item, n) => n === step ? inner : item);
	return {
		...value,
		[step]: inner
	};
}
/** The form of a union that a value most resembles; all forms if it resembles none. */
function explainUnion(root, issue, path) {
	const closest = issue.errors.filter((issues) => !issues.some((inner) => inner.path.length === 0 && wrongType(inner))).sort((a, b) => a.length - b.length)[0];
	if (closest) return closest.flatMap((inner) => explain(root, inner, path));
	const value = valueAt(root, path);
	const forms = issue.errors.flat().flatMap((inner) => {
		if (inner.code === "invalid_type") return [typeName(inner.expected)];
		return inner.code === "invalid_value" ? inner.values.map(String) : [];
	});
	const message = `${either([...new Set(forms)])}`;
	if (value === void 0) return [{
		path,
		message: `missing: expected ${message}`,
		atKey: true
	}];
	return [{
		path,
		message: expected(message, value) + didYouMean(value, forms)
	}];
}
function wrongType(issue) {
	return issue.code === "invalid_type" || issue.code === "invalid_value";
}
function unknownKey(root, path, key) {
	const renamed = nameNow(path, key);
	if (renamed !== void 0) return `${key} is now called ${renamed}`;
	const places = schemasAt(root, path);
	const chosen = places.find(({ word }) => word !== void 0);
	if (chosen && places.some(({ schema, fits }) => !fits && keysOf(schema).includes(key))) return `${key} means nothing to ${chosen.word}${chosen.schema.foreignKeys?.[key] ?? ""}`;
	const known = [...new Set(places.filter(({ fits }) => fits).flatMap(({ schema }) => keysOf(schema)))];
	const meant = nearest(key, known);
	return meant ? `unknown key; did you mean ${meant}?` : `unknown key; known here: ${known.join(", ")}`;
}
/** The schemas at a path of the file: all alternatives of a union. */
function schemasAt(root, path) {
	shape ??= toJSONSchema(configSchema, { io: "input" });
	let value = root;
	let places = alternatives({
		schema: shape,
		fits: true
	}, value);
	for (const step of path) {
		value = valueAt(value, [step]);
		places = places.filter(({ fits }) => fits).flatMap(({ schema }) => {
			const next = typeof step === "number" ? schema.items : schema.properties?.[step] ?? (typeof schema.additionalProperties === "object" ? schema.additionalProperties : void 0);
			return next && typeof next === "object" && !Array.isArray(next) ? alternatives({
				schema: next,
				fits: true
			}, value) : [];
		});
	}
	return places;
}
function alternatives(place, value) {
	const { schema, fits } = place;
	return [
		place,
		...[...schema.anyOf ?? [], ...schema.allOf ?? []].flatMap((inner) => alternatives({
			schema: inner,
			fits
		}, value)),
		...(schema.oneOf ?? []).flatMap((inner) => alternatives(chosenBy(value, inner, fits), value))
	];
}
/** The alternative of a discriminated union whose constant the value has, explicitly or by default. */
function chosenBy(value, schema, fits) {
	const constants = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
		const { const: word, default: otherwise } = property;
		return typeof word === "string" ? [{
			word,
			given: valueAt(value, [key]) ?? otherwise
		}] : [];
	});
	const [chosen] = constants;
	if (!chosen) return {
		schema,
		fits
	};
	return constants.every(({ word, given }) => word === given) ? {
		schema,
		fits,
		word: chosen.word
	} : {
		schema,
		fits: false
	};
}
const keysOf = (schema) => Object.keys(schema.properties ?? {});
function expected(what, value) {
	return `expected ${what}, got ${show(value)}`;
}
const expectedOneOf = (words, value) => expected(either(words), value) + didYouMean(value, words);
function didYouMean(value, candidates) {
	const meant = typeof value === "string" ? nearest(value, candidates) : void 0;
	return meant ? `; did you mean ${meant}?` : "";
}
/** YAML may read `24.0` and `yes` as other types: quotes make them a text. */
function quoteHint(type, value) {
	return type === "string" && ["number", "boolean"].includes(typeof value) ? "; put it in quotes" : "";
}
function typeName(type) {
	return {
		string: "a text",
		number: "a number",
		int: "a whole number",
		boolean: "true or false",
		array: "a list",
		object: "a mapping",
		record: "a mapping"
	}[type] ?? type;
}
function show(value) {
	if (value === null) return "nothing";
	if (Array.isArray(value)) return "a list";
	if (typeof value === "object") return "a mapping";
	const text = typeof value === "string" ? JSON.stringify(value) : String(value);
	return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}
function valueAt(root, path) {
	return path.reduce((value, step) => value !== null && typeof value === "object" ? value[step] : void 0, root);
}

// src/config/load.ts
/** The error for an invalid tarlift.yml. `problems` have positions for annotations. */
var ConfigFailure = class extends Failure {
	file;
	problems;
	constructor(file, problems) {
		const count = problems.length === 1 ? "an error" : `${problems.length} errors`;
		super({
			code: "config-invalid",
			what: `${file} has ${count}`,
			where: byPlace(file, problems),
			remedy: "Every key is described in docs/reference/tarlift-yml.md of Tarlift's repository.",
			outcome: "refused"
		});
		this.file = file;
		this.problems = problems;
	}
};
/**
* Reads and validates a tarlift.yml.
*
* @param file its path; errors show it unchanged
* @throws Failure (refused) when it is missing or unreadable, {@link ConfigFailure} when it is invalid
*/
function loadConfig(file) {
	let bytes;
	try {
		bytes = readFileSync(file);
	} catch (cause) {
		const missing = cause.code === "ENOENT";
		throw new Failure({
			code: "config-missing",
			what: missing ? `there is no ${file}` : `${file} cannot be read`,
			output: missing ? void 0 : cause.message,
			remedy: missing ? "Run `tarlift init` in the repository: it looks at the project and writes one. Or name another file with --config." : void 0,
			outcome: "refused",
			cause
		});
	}
	return parseConfig(decode(bytes, file), file);
}
/**
* Validates the text of a tarlift.yml and adds its defaults.
*
* @param fileName the name of the file in errors
* @throws ConfigFailure with all problems, in the order of the file
*/
function parseConfig(text, fileName = "tarlift.yml") {
	const document = readDocument(text);
	if (document.problems.length > 0) throw new ConfigFailure(fileName, document.problems);
	if (document.value === null || document.value === void 0) throw new ConfigFailure(fileName, [{
		line: 1,
		column: 1,
		path: "",
		message: "the file is empty; `tarlift init --force` writes one that suits this repository"
	}]);
	const value = withoutExtensions(document.value);
	const result = configSchema.safeParse(value);
	const findings = result.success ? crossCheck(result.data) : findProblems(value, result.error.issues);
	if (findings.length > 0) throw new ConfigFailure(fileName, inOrder(findings, document));
	return result.data;
}
/** Removes keys `x-…` at the top of the file: they only define YAML anchors. */
function withoutExtensions(value) {
	if (value === null || typeof value !== "object" || Array.isArray(value)) return value;
	return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith("x-")));
}
function inOrder(findings, document) {
	return findings.map(({ path, message, atKey }) => ({
		...document.locate(path, atKey ? "key" : "value"),
		path: formatPath(path),
		message
	})).sort((a, b) => a.line - b.line || a.column - b.column);
}
function byPlace(file, problems) {
	const places = {};
	for (const { line, column, path, message } of problems) {
		const place = `${file}:${line}:${column}`;
		const text = path ? `${path}: ${message}` : message;
		places[place] = places[place] ? `${places[place]}; ${text}` : text;
	}
	return places;
}
function decode(bytes, file) {
	try {
		return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
	} catch (cause) {
		throw new Failure({
			code: "config-invalid",
			what: `${file} is not UTF-8 text`,
			remedy: "Save it as UTF-8.",
			outcome: "refused",
			cause
		});
	}
}

// src/pipeline/context.ts
/** @throws Failure when there is no configuration or no repository */
async function openContext(options) {
	const directory = resolve(options.directory ?? ".");
	if (!existsSync(directory)) throw new Failure({
		code: "local-file",
		what: `there is no directory ${directory}`,
		remedy: "Look at the path. In a workflow, actions/checkout before this step brings the repository.",
		outcome: "refused"
	});
	const configFile = findConfiguration(directory, options.config);
	const repository = findRepository(dirname(configFile));
	repository.catch(() => {});
	return {
		config: loadConfig(configFile),
		configFile,
		repository: await repository,
		work: workDirectory(process.env, options.storeDirectory),
		directory,
		stores: options.stores,
		progress: options.progress,
		signal: options.signal
	};
}
/** The path of the configuration, or the path where it is missing. @param directory absolute, and exists */
function findConfiguration(directory, config) {
	return config ? resolve(directory, config) : findUp(realpathSync(directory), "tarlift.yml");
}
/**
* An interpreter that the user names: a path is relative to the context's directory, as every path is; a name is looked
* up on PATH.
*/
function interpreterAt({ directory }, python) {
	return python?.includes("/") ? resolve(directory, python) : python;
}
/**
* The directory for entries, tools and scratch files of this job. A store that the user named has a separate one: its
* content came from that store or was built for it. It is not inside of the store, which may be another machine's,
* read-only or shared with other users.
*
* @param store absolute
*/
function workDirectory(env, store) {
	const suffix = store === void 0 ? "" : `-${createHash("sha256").update(store).digest("hex").slice(0, 12)}`;
	if (env.RUNNER_TEMP) return join(env.RUNNER_TEMP, `tarlift${suffix}`);
	return join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tarlift", `work${suffix}`);
}
/** The file in this directory or the nearest one above; in this directory if there is none, for the message. */
function findUp(directory, name) {
	for (let at = directory;; at = dirname(at)) {
		if (existsSync(join(at, name))) return join(at, name);
		if (at === dirname(at) || existsSync(join(at, ".git"))) return join(directory, name);
	}
}

// src/pipeline/secret-values.ts
/** Names of the variables that tarlift.yml uses for secrets: of targets, messages, compatibility and builds. */
function secretNames({ targets, notify, migrations, environments, assets }) {
	const passed = [...Object.values(environments), ...assets].flatMap((one) => one["pass-env"] ?? []);
	return [.../* @__PURE__ */ new Set([
		...Object.values(targets).flatMap(({ secrets }) => secretNamesOf(secrets)),
		...notifierSecrets({ notify }),
		...Object.values(migrations?.compatible?.secrets ?? {}),
		...passed.filter(isMasked)
	])];
}
/** Names of the variables that contain addresses and keys for messages. */
const notifierSecrets = ({ notify }) => Object.values(notify).flatMap((entry) => notifierOf(entry.format).secretNames(entry));
/** Their values by name, as far as the environment has them. */
function secretValues(config, env) {
	return Object.fromEntries(secretNames(config).flatMap((name) => env[name] ? [[name, env[name]]] : []));
}
/** Names that are public, even if a secret has the same value. */
function publicNames({ app, targets }) {
	return [app, ...Object.entries(targets).flatMap(([name, { hosts }]) => [name, ...(knownHosts(hosts) ?? []).map(({ address }) => address)])];
}

// src/stores/directory/docs.md
var docs_default$1 = "Keeps layers and artifacts as files of this machine. The command line uses it, and so does every run that has no store of GitHub. Machines\nthat mount one directory share what they build.\n\n- Where: `--store DIRECTORY`; left out, `tarlift/store` below `$XDG_CACHE_HOME`, which is `~/.cache` by default.\n- Layers are read-only files in `layers/`, named by their keys. An entry never changes: of two processes that save one key, the first one\n  wins. Above 10 GB, the entries go that were not used for the longest time.\n- Artifacts are in `artifacts/`, a directory each, for 90 days where nothing else is said. An upload removes those whose time is over.\n- A process that is killed leaves nothing that looks complete; what it left is removed after a day.\n- Where this user may not write, or the disk is full, a build goes on without saving, with a warning.\n";

// src/stores/directory/index.ts
const schema$1 = strictObject({ path: describe(absolute, "The directory. It is made when something is first saved.") });
const directory = {
	key: "directory",
	title: "A directory",
	docs: docs_default$1,
	schema: schema$1,
	detect: (env) => ({ path: join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tarlift", "store") }),
	layers: async ({ path }) => (await import("./stores-directory-directory.js")).directoryLayerStore(path),
	artifacts: async ({ path }) => (await import("./stores-directory-directory.js")).directoryArtifactStore(path)
};

// src/stores/github/docs.md
var docs_default = "Keeps layers in GitHub's cache and artifacts among the artifacts of the run. Every action uses it; a `run:` step cannot, because the runner\ngives it neither address nor token of these services.\n\n- An entry of the cache is visible to the branch or tag that saved it, and to all refs when that is the default branch. A run on a tag sees\n  its own entries and those of the default branch: a workflow on pushes to the default branch that runs `build-env` keeps tags warm.\n- `save: auto` saves in runs of the default branch that have its own commit checked out, and not on a pull request's events: what is saved\n  there is restored by all other runs. `save: always` saves in every run, `save: never` in none.\n- An entry cannot be changed or removed. One that turns out to be damaged is built again and used without being saved.\n- A token that may only read makes a save a warning.\n- The names of artifacts are unique in a run. To download from another run, a step needs a token with `actions: read`.\n";

// src/stores/github/index.ts
const schema = strictObject({});
const github = {
	key: "github",
	title: "GitHub's cache and artifacts",
	docs: docs_default,
	schema,
	detect: (env) => env.ACTIONS_RESULTS_URL && env.ACTIONS_RUNTIME_TOKEN ? {} : void 0,
	layers: async (_, { env }) => (await import("./stores-github-layers.js")).githubLayerStore(env),
	artifacts: async (_, { env }) => (await import("./stores-github-artifacts.js")).githubArtifactStore(env),
	mayWrite: async (_, { env }, commit) => (await import("./stores-github-may-write.js")).mayWrite(env, commit)
};

// src/stores/registry.ts
/** In the order in which a run checks them: the directory is available on every machine. */
const STORES = [github, directory];
const storeOf = lookup("store", STORES);
/**
* @param options.directory a directory from the user, absolute; it always has priority
* @param options.env of the run
*/
function chooseStores({ directory: path, env }) {
	if (path) return opened(directory, { path }, { env });
	for (const store of STORES) {
		const config = store.detect(env);
		if (config !== void 0) return opened(store, config, { env });
	}
	throw new Error("no store is offered by this machine");
}
function opened(store, config, context) {
	return {
		layers: () => store.layers(config, context),
		artifacts: () => store.artifacts(config, context),
		mayWrite: async (commit) => store.mayWrite?.(config, context, commit)
	};
}

// src/bundle/isolation.ts
const WORDS = {
	mountNamespace: "private mounts",
	noNetwork: "no network",
	readOnly: "read-only",
	otherUser: "another user",
	pidNamespace: "own processes"
};
const namesOf = ({ held }, wanted) => Object.keys(WORDS).filter((name) => held[name] === wanted).map((name) => WORDS[name]);
/** `2 passed; private mounts, read-only; NOT no network (…)`. */
function checkLine(checkReport) {
	return checkReport ? `${checkReport.checks.length} passed; ${isolationLine(checkReport)}` : "none ran";
}
/** How far the checks were isolated, and why no further. */
function isolationLine(checkReport) {
	const [held, lacking] = [namesOf(checkReport, true), namesOf(checkReport, false)];
	const why = checkReport.why.length > 0 ? ` (${checkReport.why.join("; ")})` : "";
	const open = lacking.length > 0 ? `; NOT ${lacking.join(", NOT ")}${why}` : "";
	return `${held.length > 0 ? held.join(", ") : "not isolated"}${open}`;
}
/**
* A warning if the machine did not allow the whole isolation.
*
* @returns undefined if the isolation was complete, except for what a check itself requested (`network: true`)
*/
function isolationWarning(checkReport) {
	const asked = checkReport.checks.some(({ network }) => network);
	if (namesOf(checkReport, false).filter((name) => !(asked && name === WORDS.noNetwork)).length === 0) return void 0;
	return `the checks of the artifact were ${namesOf(checkReport, true).length === 0 ? "not isolated" : "isolated in part"}: ${isolationLine(checkReport)}. What reads or writes outside of the artifact may pass here and fail on hosts; \`require-isolation\` refuses such a machine`;
}

// src/report/phases.ts
/** `8.1 s, settling 4.6 s`. */
const cellTime = ({ seconds, settling }) => `${seconds.toFixed(1)} s${settling > 0 ? `, settling ${settling.toFixed(1)} s` : ""}`;
/**
* @param report a refusal is marked at the last phase of the hosts that it concerns, although that phase itself
*   succeeded
*/
function phaseTable({ hosts, outcome, errors }) {
	const refused = new Set(outcome === "refused" ? errors.map(({ host }) => host) : []);
	const seen = new Set(hosts.flatMap((host) => host.phases.map(({ phase }) => phase)));
	const phases = PHASES.filter((phase) => seen.has(phase));
	return {
		phases,
		hosts: hosts.map((host) => ({
			name: host.name,
			cells: marked(phases.map((phase) => cellOf(host, phase)), refused.has(host.name))
		}))
	};
}
function marked(cells, refused) {
	if (!refused || cells.some((cell) => cell?.ok === false)) return cells;
	const last = cells.findLastIndex((cell) => cell !== void 0);
	return cells.map((cell, n) => n === last && cell ? {
		...cell,
		ok: false
	} : cell);
}
function cellOf(host, phase) {
	const records = host.phases.filter((one) => one.phase === phase);
	if (records.length === 0) return void 0;
	return {
		seconds: records.reduce((sum, { seconds }) => sum + seconds, 0),
		settling: records.reduce((sum, { settling = 0 }) => sum + settling, 0),
		ok: records.every(({ ok }) => ok)
	};
}

export { withCommands as $, crossCheck as A, knownHosts as B, nextOnGithub as C, groupWarnings as D, groupErrors as E, DEFAULT_NOTIFIER as F, EVENTS as G, upgradeConfiguration as H, NOTIFIERS as I, WORTH_A_RATE as J, defused as K, notifierOf as L, wavesSchema as M, readSecrets as N, formatPath as O, secretNamesOf as P, completeCommands as Q, overTheNetwork as R, nextCommand as S, schemaSentence as T, templateProblem as U, BALANCERS as V, DEFAULT_EVENTS as W, rateOf as X, rateMeter as Y, NO_CALL as Z, parseSecrets as _, isolationWarning as a, visibleJson as at, errorText as b, publicNames as c, EVIDENCE_LEVELS as ct, interpreterAt as d, isFailureCode as dt, hiding as et, openContext as f, stopSignal as g, parseConfig as h, isolationLine as i, visible as it, configSchema as j, require_dist as k, secretValues as l, RELEASE_STATES as lt, loadConfig as m, phaseTable as n, tooShortToHide as nt, chooseStores as o, visibleLine as ot, ConfigFailure as p, quoteCommands as q, checkLine as r, mapTexts as rt, notifierSecrets as s, visibleValues as st, cellTime as t, maskedProgress as tt, findConfiguration as u, OUTCOME_EXIT as ut, EVIDENCE_MEANING as v, outcomeSentence as w, moodOf as x, OUTCOME_SENTENCES as y, hostsOf as z };