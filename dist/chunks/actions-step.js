import { d as setSecret, n as core_exports, p as summary, u as setOutput } from "./npm-actions-core-core.js";
import { C as nextOnGithub, D as groupWarnings, E as groupErrors, G as EVENTS, I as NOTIFIERS, Q as completeCommands, T as schemaSentence, X as rateOf, _ as parseSecrets, a as isolationWarning, c as publicNames, et as hiding, f as openContext, g as stopSignal, i as isolationLine, it as visible, l as secretValues$1, n as phaseTable, nt as tooShortToHide, o as chooseStores, ot as visibleLine, p as ConfigFailure, q as quoteCommands, rt as mapTexts, t as cellTime, v as EVIDENCE_MEANING, w as outcomeSentence, x as moodOf } from "./report-phases.js";
import { i as failureOf, n as Failure, t as EXIT_CODES } from "./failure.js";
import { i as cutStart, r as cutEnd } from "./text-shell-word.js";
import { n as formatCount, t as formatBytes } from "./text-quantity.js";
import { b as DURATION_FORMS, x as parseDuration } from "./schema-values.js";
import { m as nearest, p as either } from "./installers-registry.js";
import { r as formatCommand } from "./subprocess-run.js";
import { n as headCommit } from "./source-repository.js";
import { dirname, isAbsolute, join, relative, resolve } from "node:path";
import { existsSync } from "node:fs";
import { randomUUID } from "node:crypto";

// src/actions/declared.ts
const text = { kind: "text" };
const flag = { kind: "flag" };
const duration = { kind: "duration" };
const limit = { kind: "limit" };
const list = { kind: "list" };
const lines = { kind: "lines" };
const secret = { kind: "secret" };
const count = (least, most) => ({
	kind: "count",
	least,
	most
});
const choice = (...choices) => ({
	kind: "choice",
	choices
});
/** Where the application is. */
const place = {
	directory: text,
	config: text
};
const fleet = {
	target: {
		kind: "text",
		required: true
	},
	"ssh-key": {
		kind: "secret",
		without: "agent"
	},
	"ssh-known-hosts": text,
	"insecure-accept-any-host-key": flag
};
const building = {
	python: text,
	save: choice("auto", "always", "never")
};
const bundling = {
	label: text,
	"allow-other-tag": flag,
	check: flag,
	"require-isolation": flag,
	"artifact-name": text,
	"retention-days": count(1, 400)
};
const deploying = {
	secrets: { kind: "secrets" },
	"wait-for-lock": duration,
	"allow-older": flag,
	"dry-run": flag
};
/** The artifact, of this run or of another one. */
const artifact = {
	"artifact-file": text,
	"artifact-id": text,
	"artifact-name": text,
	"run-id": text,
	repository: text
};
/** What GitHub shows about a deploy. */
const showing = {
	"github-token": secret,
	"github-environment": text,
	url: text
};
/** Which commits may be deployed. */
const verifying = {
	branches: list,
	"required-checks": lines,
	wait: duration
};
/** By the name of the action's directory; `pipeline` is the action of the repository's root. */
const DECLARED = {
	verify: {
		...place,
		ref: text,
		...verifying,
		live: text,
		"live-environment": text,
		"allow-older": flag,
		label: text,
		"github-token": secret
	},
	notify: {
		url: secret,
		secret: {
			kind: "secret",
			without: "unsigned"
		},
		event: choice(...EVENTS, "planned"),
		format: choice(...NOTIFIERS.map(({ key }) => key)),
		template: text,
		message: text,
		app: text,
		target: text,
		release: text,
		"previous-release": text,
		label: text,
		commit: text,
		timeout: limit,
		retries: count(0, 5)
	},
	"build-env": {
		...place,
		environments: list,
		...building,
		rebuild: flag,
		unpack: flag,
		"add-to-path": flag
	},
	bundle: {
		...place,
		...building,
		...bundling,
		upload: {
			...choice("unless-pull-request", "always", "never"),
			renamed: { auto: "unless-pull-request" }
		}
	},
	deploy: {
		...place,
		...fleet,
		...deploying,
		label: text,
		"allow-other-tag": flag,
		...artifact,
		...showing
	},
	rollback: {
		...place,
		...fleet,
		to: text,
		"verify-full": flag,
		"allow-schema-ahead": flag,
		secrets: { kind: "secrets" },
		"wait-for-lock": duration,
		...showing
	},
	converge: {
		...place,
		...fleet,
		secrets: { kind: "secrets" },
		"wait-for-lock": duration,
		...artifact,
		"release-digest": text,
		...showing
	},
	lock: {
		...place,
		...fleet,
		message: {
			kind: "text",
			required: true
		}
	},
	unlock: {
		...place,
		...fleet
	},
	history: {
		...place,
		...fleet,
		limit: count(1, 99999)
	},
	compatible: {
		...place,
		...fleet,
		live: text,
		"live-artifact-file": text,
		"artifact-file": text,
		...building,
		"github-token": secret
	},
	status: {
		...place,
		...fleet,
		"verify-full": flag
	},
	run: {
		...place,
		...fleet,
		command: {
			kind: "text",
			required: true
		},
		role: text,
		all: flag,
		timeout: limit
	},
	pipeline: {
		...place,
		...fleet,
		verify: flag,
		ref: text,
		...verifying,
		...building,
		...bundling,
		upload: {
			...choice("after-deploy", "always", "never"),
			renamed: { auto: "after-deploy" }
		},
		...deploying,
		...showing
	}
};
/** Inputs of all steps that access hosts. */
const FLEET = {
	...place,
	...fleet
};
/** The inputs that the `post` entry of an action that changes hosts reads again: those of the same step. */
const AFTERWARDS = {
	...place,
	...fleet,
	secrets: { kind: "secrets" },
	...showing
};

// src/actions/outputs.ts
/** Names that come from others: of releases, and their labels. */
const NAMES = /* @__PURE__ */ new Set([
	"release",
	"previous-release",
	"label",
	"version",
	"live-version"
]);
/** Free text that later steps have to treat as such: output of a command, migrations one a line. */
const FREE = /* @__PURE__ */ new Set(["output", "migrations"]);
/** @returns why a value cannot be an output of this name; undefined if it can */
function outputProblem(name, value) {
	if (FREE.has(name)) return void 0;
	if (/[\x00-\x1f\x7f]/.test(value)) return "it holds control characters";
	return NAMES.has(name) && !/^[\w.+@/-]*$/.test(value) ? "it holds more than letters, digits and ._+@/-" : void 0;
}
/** Whether a directory can be on the PATH of later steps: absolute, and a single entry. */
const isPathEntry = (path) => /^\/[^:\x00-\x1f\x7f]*$/.test(path);

// src/report/markdown.ts
const LONGEST$2 = 400;
/**
* Writes all characters with a meaning in Markdown, its tables, HTML, mathematics and mentions as entities, even inside
* words.
*/
function plainText(text) {
	return cutEnd(visibleLine(text), LONGEST$2).replace(/[&<>"'`*_[\]\\|~@$#]/g, (character) => `&#${character.charCodeAt(0)};`).replaceAll("://", "&#58;//");
}
/** A name in the style of code. */
const code = (text) => `<code>${plainText(text)}</code>`;
/** A sentence of Tarlift: text between backticks is code, everything else is plain text. */
const prose = (text) => visibleLine(text).split(/`([^`]+)`/).map((part, n) => n % 2 === 1 ? code(part) : plainText(part)).join("");
/** Several lines, unchanged, in a fence that they cannot close. */
function fenced(text, language = "") {
	const shown = visible(text);
	let longest = 2;
	for (const [run] of shown.matchAll(/`+/g)) longest = Math.max(longest, run.length);
	const fence = "`".repeat(longest + 1);
	return `${fence}${language}\n${shown.trimEnd()}\n${fence}`;
}
/** A table; cells are Markdown already. */
function markdownTable(head, rows) {
	const line = (cells) => `| ${cells.join(" | ")} |`;
	return [
		line(head),
		line(head.map(() => "---")),
		...rows.map(line)
	].join("\n");
}
/** A link, if the address is a web address. */
function link(text, url) {
	return url !== void 0 && /^https?:\/\/[\w.~:/?#@!$&+,;=%-]+$/.test(url) ? `[${text}](${url})` : text;
}

// src/report/trace.ts
/** More hosts would be unreadable; GitHub draws charts of up to 50 000 characters. */
const HOSTS = 30;
/** @returns the chart's text, without a fence; undefined if nothing was done */
function timeline(hosts) {
	const shown = hosts.filter(({ phases }) => phases.length > 0);
	if (shown.length === 0) return void 0;
	const chosen = shown.length <= HOSTS ? shown : [...shown].sort(failedFirst).slice(0, HOSTS);
	return [
		"gantt",
		"  dateFormat x",
		"  axisFormat %s s",
		`  tickInterval ${tickOf(Math.max(...chosen.flatMap(({ phases }) => phases.map(({ start, seconds }) => start + seconds))))}`,
		...chosen.flatMap(({ name, phases }) => [`  section ${label(name)}`, ...phases.map(bar)])
	].join("\n");
}
const failed = ({ phases }) => Number(phases.some(({ ok }) => !ok));
const failedFirst = (a, b) => failed(b) - failed(a);
function bar({ phase, start, seconds, ok }) {
	const milliseconds = Math.max(1, Math.round(seconds * 1e3));
	const kind = ok ? phase === "revert" || phase === "recover" ? "active" : "done" : "crit";
	return `  ${label(phase)} ${seconds.toFixed(1)} s :${kind}, ${Math.round(start * 1e3)}, ${milliseconds}ms`;
}
/** Removes characters with a meaning in Mermaid's grammar (`:`, `;`, `#`, `%`, newlines) from names. */
const label = (name) => name.replace(/[^\p{L}\p{N}._@/ -]/gu, "_").slice(0, 60) || "_";
function tickOf(seconds) {
	if (seconds <= 15) return "1second";
	if (seconds <= 150) return "10second";
	return seconds <= 900 ? "1minute" : "10minute";
}

// src/report/summary.ts
/** GitHub accepts 1 MiB a step and refuses the whole of anything longer. The rest is for other text of the step. */
const LONGEST$1 = 1e6;
const ROWS = 500;
const COMMITS = 100;
const MOST_ERRORS = 10;
const OUTPUT_CHARACTERS = 8e3;
/** @returns Markdown of less than 1 MiB. What does not fit is left out, the least important first, with a remark */
function summaryMarkdown({ mask = (text) => text, ...given }) {
	const input = mapTexts(given, (text) => mask(visible(mask(text))), visible);
	const { report, failure } = input;
	const errors = groupErrors(report?.errors ?? []);
	const sections = [
		{
			rank: 0,
			text: headline(input)
		},
		{
			rank: 1,
			text: failure ? errorParts({
				...failure,
				where: present(failure.where)
			}).join("\n\n") : ""
		},
		{
			rank: 1,
			text: errors.slice(0, MOST_ERRORS).map(errorSection).join("\n\n")
		},
		{
			rank: 3,
			text: furtherErrors(errors.slice(MOST_ERRORS))
		},
		{
			rank: 2,
			text: input.lines && input.lines.length > 0 ? fenced(input.lines.slice(0, ROWS).join("\n")) : ""
		},
		{
			rank: 2,
			text: report ? hosts(report) : ""
		},
		{
			rank: 4,
			text: report ? services(report) : ""
		},
		{
			rank: 2,
			text: report ? migrations(report) : ""
		},
		{
			rank: 5,
			text: report ? chart(report) : ""
		},
		{
			rank: 3,
			text: checks(input)
		},
		{
			rank: 3,
			text: sizes(input)
		},
		{
			rank: 6,
			text: commits(input)
		},
		{
			rank: 3,
			text: report ? warnings(report) : ""
		},
		{
			rank: 0,
			text: report ? `**Next:** ${prose(input.next ?? nextOnGithub(report))}` : ""
		}
	].filter(({ text }) => text !== "");
	for (let limit = Math.max(...sections.map(({ rank }) => rank));; limit--) {
		const kept = sections.filter(({ rank }) => rank <= limit).map(({ text }) => text);
		const note = kept.length < sections.length ? ["*More is in the log: this summary would be too long.*"] : [];
		const text = `${[...kept, ...note].join("\n\n")}\n`;
		if (Buffer.byteLength(text) <= LONGEST$1 || limit === 0) return text;
	}
}
const MARKS = {
	good: "✅",
	warn: "ℹ️",
	bad: "❌"
};
function headline({ title, report, bundle, failure }) {
	if (!report) {
		const said = title ?? (bundle ? `Artifact ${bundle.version}` : "Tarlift");
		if (failure) return `## ${MARKS.bad} ${title ? `${plainText(title)}: ` : ""}${plainText(failure.what)}`;
		return `## ${MARKS.good} ${plainText(said)}`;
	}
	const schema = schemaSentence(report);
	const release = report.release ? ` ${code(report.release)}` : "";
	const named = `${plainText(title ?? `${report.app} on ${report.target}`)}: ${report.outcome}${release}`;
	return [
		`## ${MARKS[moodOf(report.outcome)]} ${named}`,
		"",
		`${plainText(outcomeSentence(report))}${report.commit ? `; commit ${code(report.commit.slice(0, 12))}` : ""}${moodOf(report.outcome) === "good" && report.previousRelease !== report.release && report.previousRelease ? `; previous: ${code(report.previousRelease)}` : ""}`,
		...schema ? ["", `⚠️ **${schema}**`] : []
	].join("\n");
}
function hosts(report) {
	const { phases, hosts: rows } = phaseTable({
		...report,
		hosts: report.hosts.slice(0, ROWS)
	});
	const head = [
		"host",
		"live",
		...phases,
		"sent"
	];
	const cells = rows.map((row, n) => {
		const host = report.hosts[n];
		const done = row.cells.map((cell) => cell ? `${cell.ok ? "✓" : "❌"} ${cellTime(cell)}` : "·");
		return [
			plainText(row.name),
			live(host),
			...done,
			sent(host, report)
		];
	});
	return `### Hosts\n\n${markdownTable(head, cells)}${more(report.hosts.length, "host")}`;
}
function live({ unknown, live: now, previousRelease }) {
	if (unknown) return "❌ could not be asked";
	if (now === void 0) return "nothing";
	return previousRelease === void 0 || previousRelease === now ? code(now) : `${code(now)} (previous: ${code(previousRelease)})`;
}
function sent({ wire, files, missing }, { outcome }) {
	if (wire !== void 0) return `${formatBytes(wire)}, ${formatCount(files?.sent ?? 0, "file")} (${files?.linked ?? 0} linked)`;
	return missing && outcome === "planned" ? `would be ${formatBytes(missing.bytes)}, ${formatCount(missing.files, "file")}` : "";
}
function services(report) {
	const rows = report.hosts.flatMap((host) => host.services.map(({ service, evidence, detail }) => [
		plainText(host.name),
		plainText(service),
		plainText(detail),
		`${evidence}: ${plainText(EVIDENCE_MEANING[evidence])}`
	]));
	if (rows.length === 0) return "";
	return `### Services\n\n${markdownTable([
		"host",
		"service",
		"seen",
		"evidence"
	], rows.slice(0, ROWS))}${more(rows.length, "service")}`;
}
function migrations({ pending, applied, outcome }) {
	const done = new Set(applied);
	const open = pending.filter((name) => !done.has(name));
	const list = (title, names) => names.length === 0 ? [] : [`${title}:`, names.slice(0, ROWS).map((name) => `- ${code(name)}`).join("\n") + more(names.length, "migration")];
	const lists = [...list(`${formatCount(applied.length, "migration")} applied`, applied), ...list(`${formatCount(open.length, "migration")} ${outcome === "planned" ? "would be applied" : "pending"}`, open)];
	return lists.length === 0 ? "" : ["### Migrations", ...lists].join("\n\n");
}
function chart(report) {
	const text = timeline(report.hosts);
	return text === void 0 ? "" : `### Timeline\n\n${fenced(text, "mermaid")}`;
}
/** The summary also says that no check ran: otherwise an unchecked artifact would look like one that passed. */
function checks({ bundle }) {
	if (!bundle || !("checkReport" in bundle)) return "";
	const { checkReport } = bundle;
	if (!checkReport) return "### Checks\n\nNone ran.";
	const rows = checkReport.checks.map(({ run, duration, network }) => [
		code(run.trim().split("\n")[0]),
		`✓ ${(duration / 1e3).toFixed(1)} s`,
		network ? "with network" : ""
	]);
	const isolation = `${isolationWarning(checkReport) === void 0 ? "" : "⚠️ "}Isolation: ${plainText(isolationLine(checkReport))}`;
	return `### Checks\n\n${markdownTable([
		"check",
		"passed",
		""
	], rows.slice(0, ROWS))}${more(rows.length, "check")}\n\n${isolation}`;
}
function sizes({ bundle, cached, report }) {
	const environments = bundle?.environments ?? cached ?? [];
	const traffic = report?.hosts.filter(({ wire }) => wire !== void 0) ?? [];
	const rows = [
		...environments.map(({ name, hit, size }) => [
			`environment ${plainText(name)}`,
			formatBytes(size),
			hit ? "cached" : "built"
		]),
		...(bundle?.assets ?? []).map(({ name, hit, size }) => [
			`assets ${plainText(name)}`,
			formatBytes(size),
			hit ? "cached" : "built"
		]),
		...bundle ? [[
			"artifact",
			formatBytes(bundle.size),
			`${code(bundle.version)} ${code(bundle.releaseDigest)}`
		]] : [],
		...traffic.length > 0 ? [[
			`sent to ${formatCount(traffic.length, "host")}`,
			formatBytes(traffic.reduce((sum, { wire }) => sum + (wire ?? 0), 0)),
			`${formatCount(traffic.reduce((sum, { files }) => sum + (files?.sent ?? 0), 0), "file")}, ${traffic.reduce((sum, { files }) => sum + (files?.linked ?? 0), 0)} linked`
		]] : []
	];
	const times = timesOf({
		bundle,
		report
	});
	if (rows.length === 0 && times === "") return "";
	const table = rows.length > 0 ? [markdownTable([
		"what",
		"size",
		"how"
	], rows)] : [];
	return [
		bundle || report ? "### Sizes and times" : "### Environments",
		...table,
		...times ? [times] : []
	].join("\n\n");
}
function timesOf({ bundle, report }) {
	const parts = [...Object.entries(bundle?.timings ?? {}).map(([part, milliseconds]) => ({
		part,
		seconds: milliseconds / 1e3
	})), ...report?.durations ?? []];
	if (parts.length === 0) return "";
	const total = parts.reduce((sum, { seconds }) => sum + seconds, 0);
	return `${parts.map(({ part, seconds }) => `${plainText(part)} ${seconds.toFixed(1)} s`).join(", ")}; total ${total.toFixed(1)} s`;
}
function commits({ commits: between = [], commitsLeftOut = 0 }) {
	if (between.length === 0) return "";
	const shown = between.slice(0, COMMITS);
	const left = commitsLeftOut + between.length - shown.length;
	const lines = shown.map(({ id, subject, author, url }) => {
		const by = author ? ` (${plainText(author)})` : "";
		return `- ${link(code(id.slice(0, 12)), url)} ${plainText(subject)}${by}`;
	});
	const rest = left > 0 ? [`- … and ${formatCount(left, "more commit")}`] : [];
	return [
		"### Commits between what was live and this",
		"",
		...lines,
		...rest
	].join("\n");
}
function warnings({ warnings: all, hosts }) {
	const warnings = groupWarnings(all, hosts.map(({ name }) => name));
	if (warnings.length === 0) return "";
	return `### Warnings\n\n${warnings.slice(0, ROWS).map((warning) => `- ${plainText(warning)}`).join("\n")}${more(warnings.length, "warning")}`;
}
function errorSection(error) {
	return [`### ❌ ${`${error.host ? `${plainText(error.host)}: ` : ""}${plainText(error.what)}`}`, ...errorParts(error)].join("\n\n");
}
function errorParts({ where, output, remedy }) {
	const parts = Object.entries(where ?? {}).map(([name, value]) => `- ${plainText(name)}: ${code(value)}`);
	return [
		...parts.length > 0 ? [parts.join("\n")] : [],
		...output?.trim() ? [fenced(lastOf(output))] : [],
		...remedy ? [`**Next:** ${remedy.split("\n").map(prose).join("<br>")}`] : []
	];
}
/** If a hundred hosts have the same error, the first ones suffice. */
function furtherErrors(errors) {
	if (errors.length === 0) return "";
	return `### Further errors\n\n${errors.slice(0, ROWS).map(({ host, what }) => `- ${host ? `${plainText(host)}: ` : ""}${plainText(what)}`).join("\n")}${more(errors.length, "error")}`;
}
/** The end of the output: the reason is there. */
function lastOf(output) {
	const lines = output.trimEnd().split("\n");
	return cutStart(lines.slice(-100).join("\n"), OUTPUT_CHARACTERS);
}
const more = (all, one) => all > ROWS ? `\n\n… and ${formatCount(all - ROWS, one)} more` : "";
const present = (where) => Object.fromEntries(Object.entries(where ?? {}).filter((entry) => entry[1] !== void 0));

// src/actions/inputs.ts
/**
* Reads the inputs of a step.
*
* @param env the step's environment: the runner sets `INPUT_<NAME>`, in upper case, hyphens kept, for each input
* @throws Failure (refused) naming an input that is missing, has another name here, or is invalid
*/
function readInputs(declared, env, fromFile = {}) {
	if (ACTIONS.some(([, inputs]) => inputs === declared)) refuseStrangers(declared, env);
	const values = Object.entries(declared).map(([name, input]) => {
		const text = inputText(env, name);
		const given = text === input.without ? void 0 : text;
		const value = given === void 0 || given.trim() === "" ? defaultOf(fromFile[name], input) : given;
		if (value === void 0 && input.required) throw missing(name);
		return [name, read(name, input, value ?? (input.kind === "secret" ? given : void 0))];
	});
	return Object.fromEntries(values);
}
/** The unchanged text of an input; if the step does not set it, it is empty, or its default. */
function inputText(env, name) {
	return env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`];
}
/** All texts of a step that must not appear in a log: keys, tokens and the values of `secrets`. */
function secretTexts(declared, env) {
	return Object.entries(declared).flatMap(([name, { kind, without }]) => {
		const text = inputText(env, name)?.trim();
		if (!text || text === without) return [];
		return kind === "secret" ? [text] : kind === "secrets" ? secretValues(text) : [];
	});
}
/** Text that is not valid as secrets is refused later; until then all of it is masked. */
function secretValues(text) {
	try {
		return Object.values(parseSecrets(text, ""));
	} catch {
		return [text, ...text.split(/\r?\n/).map((line) => line.slice(line.indexOf("=") + 1))];
	}
}
function read(name, { kind, choices, renamed, least, most }, text) {
	switch (kind) {
		case "list": return split(text, /[\r\n,]+/);
		case "lines": return split(text, /[\r\n]+/);
		case "secrets": return text === void 0 ? {} : parseSecrets(text, "the input `secrets`");
		case "secret": return text;
	}
	if (text === void 0) return void 0;
	const value = text.trim();
	switch (kind) {
		case "flag": return flagOf(name, value);
		case "duration": return durationOf(name, value);
		case "limit": return limitOf(name, value);
		case "count": return countOf(name, value, least ?? 0, most ?? 999999);
		case "choice": return choiceOf(name, value, choices ?? [], renamed ?? {});
		case "text": return value;
	}
}
const split = (text, between) => (text ?? "").split(between).map((part) => part.trim()).filter(Boolean);
/** YAML's words for yes and no; `core.getBooleanInput` does not know all of them. */
function flagOf(name, value) {
	if (/^(true|yes|on|1)$/i.test(value)) return true;
	if (/^(false|no|off|0)$/i.test(value)) return false;
	throw unreadable(name, value, "`true` or `false`");
}
function durationOf(name, value) {
	const seconds = parseDuration(value);
	if (seconds !== void 0) return seconds;
	throw unreadable(name, value, DURATION_FORMS);
}
function limitOf(name, value) {
	const seconds = durationOf(name, value);
	if (seconds > 0) return seconds;
	throw unreadable(name, value, `${DURATION_FORMS}, and more than 0`);
}
function countOf(name, value, least, most) {
	const count = /^\d{1,6}$/.test(value) ? Number(value) : NaN;
	if (count >= least && count <= most) return count;
	throw unreadable(name, value, `a whole number from ${least} to ${most}`);
}
function choiceOf(name, value, choices, renamed) {
	const word = value.toLowerCase();
	const chosen = choices.find((choice) => choice === word);
	if (chosen !== void 0) return chosen;
	const now = Object.hasOwn(renamed, word) ? renamed[word] : void 0;
	const meant = nearest(value, choices);
	const remedy = now ? `${word} is now called ${now}.` : meant && `Did you mean ${meant}?`;
	throw unreadable(name, value, `one of ${choices.join(", ")}`, remedy);
}
/** A value of `defaults`; undefined for one that only another action has, such as `upload: after-deploy`. */
function defaultOf(value, { choices }) {
	const text = textOf(value);
	return text === void 0 || !choices || choices.includes(text) ? text : void 0;
}
function textOf(value) {
	if (value === void 0) return void 0;
	return Array.isArray(value) ? value.join("\n") : String(value);
}
/** Input names that other deploy actions use, or that users may expect, and their equivalents here. */
const ELSEWHERE = {
	key: ["ssh-key"],
	"private-key": ["ssh-key"],
	"ssh-private-key": ["ssh-key"],
	"known-hosts": ["ssh-known-hosts"],
	fingerprint: ["ssh-known-hosts"],
	artifact: [
		"artifact-file",
		"artifact-id",
		"artifact-name"
	],
	token: ["github-token"],
	environment: ["target"],
	script: ["command"],
	tag: ["label"],
	version: ["label", "to"],
	name: ["artifact-name"],
	release: ["to"]
};
/** Inputs that were renamed. */
const RENAMED = /* @__PURE__ */ new Map([["version", "label"], ["checks", "required-checks"]]);
const IN_THE_FILE = /* @__PURE__ */ new Set([
	"host",
	"hosts",
	"user",
	"username",
	"port",
	"proxy-host",
	"root",
	"keep",
	"variables"
]);
/** All actions by directory, with their inputs. */
const ACTIONS = Object.entries(DECLARED);
/** Refuses unknown inputs. GitHub only warns of them and continues: a deploy must not. */
function refuseStrangers(declared, env) {
	const known = Object.keys(declared);
	for (const variable of Object.keys(env)) {
		const name = /^INPUT_(.+)$/.exec(variable)?.[1]?.toLowerCase();
		if (name === void 0 || known.includes(name)) continue;
		const plain = name.replaceAll("_", "-");
		if (IN_THE_FILE.has(plain)) throw strange(name, `It stands in tarlift.yml, with its target: docs/reference/tarlift-yml.md of Tarlift's repository.`);
		const others = (Object.hasOwn(ELSEWHERE, plain) ? ELSEWHERE[plain] : []).filter((other) => known.includes(other));
		const current = RENAMED.get(plain) ?? plain;
		const owners = ACTIONS.filter(([, inputs]) => Object.hasOwn(inputs, current)).map(([action]) => action);
		const meant = others.length > 0 ? either(others) : owners.length > 0 ? void 0 : nearest(plain, known);
		if (meant) throw strange(name, `It is called ${meant} here.`);
		if (owners.length > 0) throw strange(name, strangerRemedy(plain, owners));
	}
}
/** The user expects here what the input does in another action. */
const strangerRemedy = (name, owners) => name === "dry-run" ? "This action has no dry run: it does what it says. Remove the step, or the input." : `${RENAMED.has(name) ? `Its name is ${RENAMED.get(name)} now. ` : ""}It is an input of ${either(owners.map((action) => action === "pipeline" ? "the whole pipeline" : `actions/${action}`))}; this action has none like it. Remove it from the step.`;
const strange = (name, remedy) => new Failure({
	code: "input-invalid",
	what: `there is no input ${name}`,
	remedy,
	outcome: "refused"
});
/** A runner passes an input that a step does not set as an empty text. */
const missing = (name) => new Failure({
	code: "input-invalid",
	what: `the input ${name} is missing or empty`,
	remedy: `Give it to the step: \`with: { ${name}: … }\`. If it is an expression: is the variable, secret or output that it names set, in this repository and for this event?`,
	outcome: "refused"
});
const unreadable = (name, value, expected, remedy) => new Failure({
	code: "input-invalid",
	what: `the input ${name} is ${JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value)}, and should be ${expected}`,
	remedy: remedy ?? `The action's README describes every input.`,
	outcome: "refused"
});

// src/actions/invocation.ts
/** @param env the step's environment */
function callOfStep(env) {
	const given = (name) => inputText(env, name)?.trim() || void 0;
	const workspace = env.GITHUB_WORKSPACE || process.cwd();
	const place = placeInClone(workspace, resolve(workspace, given("directory") ?? "."), given("config")).map((words) => formatCommand(words));
	return {
		target: given("target"),
		optionsFor: () => place
	};
}
/**
* The application's path in a clone of the configuration's repository. A job may check that out anywhere: `path` of
* actions/checkout exists only on the runner.
*/
function placeInClone(workspace, directory, config) {
	const file = config === void 0 ? void 0 : resolve(directory, config);
	const root = rootAbove(file === void 0 ? directory : dirname(file)) ?? workspace;
	const at = pathBelow(root, directory) ?? "";
	const named = file === void 0 || pathBelow(root, file) === void 0 ? "" : relative(join(root, at), file);
	return [...at === "" ? [] : [["-C", at]], ...named === "" || named === "tarlift.yml" ? [] : [["--config", named]]];
}
/** The repository's root, like in `git`: the nearest directory with a `.git`. */
function rootAbove(directory) {
	for (let at = directory;; at = dirname(at)) {
		if (existsSync(join(at, ".git"))) return at;
		if (at === dirname(at)) return void 0;
	}
}
/** @returns empty for the directory itself; undefined for a path that is not below it */
function pathBelow(directory, path) {
	const found = relative(directory, path);
	return found === ".." || found.startsWith("../") || isAbsolute(found) ? void 0 : found;
}

// src/report/runner.ts
/** Maximum number of annotations of each kind that GitHub shows for a step; one error is left for `setFailed`. */
const QUOTA = {
	notice: 10,
	warning: 10,
	error: 9
};
/** GitHub cuts an annotation's message there. */
const LONGEST = 4096;
/** A task without output for this long prints a line. */
const QUIET_FOR = 1e4;
/**
* @param options.mask replaces secrets in everything that is written
* @param options.token for tests: generates the token of `stop-commands`
*/
function runnerProgress(core, options = {}) {
	const { token = randomUUID } = options;
	const mask = options.mask ?? ((text) => text);
	const shown = (text) => mask(visible(mask(text)));
	const shownLine = (text) => mask(visibleLine(mask(text)));
	const left = { ...QUOTA };
	/** The title whose group is open. */
	let group;
	/** Number of open tasks for each title. */
	const open = /* @__PURE__ */ new Map();
	/** End lines of tasks in the open group: written when it is closed, so that they are visible without expanding it. */
	let ended = [];
	const write = (lines) => {
		for (const line of quoteCommands(lines.flatMap((line) => shown(line).split("\n")), token)) core.info(line);
	};
	const close = () => {
		if (group !== void 0) core.endGroup();
		group = void 0;
		write(ended);
		ended = [];
	};
	const inGroup = (title, line) => {
		if (group !== title) {
			close();
			core.startGroup(title);
			group = title;
		}
		write([line]);
	};
	const annotate = (kind, message, location) => {
		close();
		const text = shown(message);
		if (left[kind]-- > 0) return core[kind](cut(text), location);
		const at = location.file ? ` ${location.file}${location.startLine ? `:${location.startLine}` : ""}:` : "";
		write([`${kind}:${at} ${text}`]);
	};
	return {
		close,
		task: (title, where) => {
			const name = shownLine(title);
			open.set(name, (open.get(name) ?? 0) + 1);
			return runnerTask(name, {
				host: where?.host && shownLine(where.host),
				shownLine
			}, inGroup, endTask);
		},
		notice: (message) => annotate("notice", message, {}),
		warning: (message, location) => annotate("warning", message, locationOf(location)),
		failure(failure, location) {
			const { host, what, where, output, remedy } = mapTexts({ ...failure }, shown, visible);
			const at = host ?? where?.host;
			const next = remedy ? `\nnext: ${remedy}` : "";
			annotate("error", `${at ? `${at}: ` : ""}${what}${next}`, locationOf(location));
			const details = Object.entries(where ?? {}).flatMap(([name, value]) => value === void 0 || name === "host" ? [] : [`  ${name}: ${value}`]);
			const outputLines = output?.trim() ? ["  output:", ...output.trimEnd().split("\n").map(indented)] : [];
			write([...details, ...outputLines]);
		},
		lines: (lines) => {
			close();
			write(lines);
		}
	};
	function endTask(title, line) {
		const others = (open.get(title) ?? 1) - 1;
		open.set(title, others);
		if (group !== title) return write([line]);
		ended.push(line);
		if (others === 0) close();
	}
}
const indented = (line) => `    ${line}`;
const locationOf = (location) => location ? {
	file: location.file,
	...location.line ? { startLine: location.line } : {}
} : {};
function cut(text) {
	return text.length <= LONGEST ? text : `${text.slice(0, 4095)}…`;
}
/**
* Output of tasks goes into a group of their title, shared by all hosts; their end is a line outside, visible without
* expanding.
*/
function runnerTask(title, { host, shownLine }, inGroup, end) {
	const began = Date.now();
	const name = host ? `${title} ${host}` : title;
	let lastLineAt = began;
	let bytes = 0;
	const say = (line) => {
		lastLineAt = Date.now();
		inGroup(title, host ? `${host} | ${line}` : line);
	};
	const elapsed = () => (Date.now() - began) / 1e3;
	const rate = () => {
		const shown = rateOf(bytes, elapsed());
		return shown === void 0 ? "" : `, ${shown}`;
	};
	const alive = setInterval(() => {
		if (Date.now() - lastLineAt >= QUIET_FOR) say(`still at it after ${Math.round(elapsed())} s`);
	}, QUIET_FOR).unref();
	const finish = (mark, detail) => {
		clearInterval(alive);
		end(title, `${mark} ${name}: ${detail ? `${detail}, ` : ""}${elapsed().toFixed(1)} s${rate()}`);
	};
	return {
		update({ done, total, unit }) {
			if (unit !== "files") bytes = done;
			if (Date.now() - lastLineAt < QUIET_FOR) return;
			const quantity = (count) => unit === "files" ? formatCount(count, "file") : formatBytes(count);
			say(`${quantity(done)}${total ? ` of ${quantity(total)}` : ""}${rate()}`);
		},
		line: (text) => say(shownLine(text)),
		end: (detail) => finish("✓", detail),
		fail: (detail) => finish("✗", detail ?? "failed")
	};
}

// src/actions/log.ts
function stepLog() {
	const hidden = hiding();
	const progress = runnerProgress(core_exports, { mask: hidden.mask });
	const registered = /* @__PURE__ */ new Set();
	const hide = (values) => {
		for (const form of hidden.hide(values)) {
			if (!registered.has(form)) setSecret(form);
			registered.add(form);
		}
	};
	return {
		...hidden,
		...progress,
		hide,
		hideNamed(values) {
			hide(Object.values(values));
			const short = tooShortToHide(values);
			if (short) progress.warning(short);
		}
	};
}

// src/stores/read-only.ts
/**
* The same stores: layers are always restored, but saved only if there is no reason against it.
*
* @param reason called when layers are first needed; returns a text for the run's log, or undefined if layers are saved
*/
function savingUnless(stores, reason) {
	return {
		...stores,
		layers: async () => {
			const why = await reason();
			const store = await stores.layers();
			if (why === void 0) return store;
			const { name, restore } = store;
			return {
				name,
				restore,
				save: async () => ({
					outcome: "skipped",
					why
				})
			};
		}
	};
}

// src/actions/save-rule.ts
/** The context with stores that save, or do not, according to the input `save` and the store. */
function withSaving(context, save = "auto") {
	const { stores, repository } = context;
	const commit = async () => (await headCommit(repository)).id;
	if (save === "always") return context;
	const why = async () => save === "never" ? "`save: never`" : stores.mayWrite?.(commit);
	return {
		...context,
		stores: savingUnless(stores, why)
	};
}

// src/actions/step.ts
/**
* Runs a step of an application and ends the process: open keep-alive connections would delay its end for minutes.
*
* @param declared its inputs
* @param work returns the exit code; an error that it throws fails the step
* @param failed outputs of a step that failed in this way
*/
function runStep(declared, work, failed) {
	const started = async (step) => {
		const { directory, config } = step.inputs;
		const { progress, signal } = step;
		const stores = chooseStores({ env: process.env });
		const context = await openContext({
			directory,
			config,
			stores,
			progress,
			signal
		});
		progress.keep(publicNames(context.config));
		progress.hideNamed(secretValues$1(context.config, process.env));
		const inputs = readInputs(declared, process.env, context.config.defaults);
		const { save } = inputs;
		return work({
			...step,
			context: withSaving(context, save),
			inputs
		});
	};
	return runBareStep(declared, started, failed);
}
/** Runs a step that needs no tarlift.yml, and ends the process. */
async function runBareStep(declared, work, failed = () => ({})) {
	const progress = stepLog();
	progress.hide(secretTexts(declared, process.env));
	const summarised = {};
	let code;
	try {
		code = await work({
			inputs: readInputs(declared, process.env),
			progress,
			signal: stopSignal(),
			output: (name, value) => {
				if (value === void 0) return;
				const problem = outputProblem(name, String(value));
				if (problem) progress.warning(`the output ${name} is left empty: ${problem}`);
				else setOutput(name, value);
			},
			summarise: (part) => void Object.assign(summarised, part)
		});
	} catch (error) {
		const failure = withTypedRemedy(failureOf(error));
		reportFailure(failure, progress);
		for (const [name, value] of Object.entries(failed(failure))) setOutput(name, value);
		summarised.failure = failure;
		code = EXIT_CODES[failure.outcome];
	}
	progress.close();
	if (process.env.GITHUB_STEP_SUMMARY && Object.keys(summarised).length > 0) await summary.addRaw(summaryMarkdown({
		...summarised,
		mask: progress.maskValue
	}), true).write();
	process.exit(code);
}
/** For steps that change nothing: they can end at once. */
function endsWhenCancelled({ signal }) {
	signal.addEventListener("abort", () => process.exit(1));
}
/** Reports problems of tarlift.yml as annotations of their lines, and everything else as one annotation. */
function reportFailure(failure, progress) {
	if (!(failure instanceof ConfigFailure)) {
		progress.failure(failure);
		return;
	}
	const file = relative(process.env.GITHUB_WORKSPACE ?? process.cwd(), failure.file);
	for (const { line, path, message } of failure.problems) progress.failure({ what: path ? `${path}: ${message}` : message }, {
		file,
		line
	});
}
/** The same failure, with a remedy whose commands can be typed in a checkout. */
function withTypedRemedy(failure) {
	if (failure.remedy === void 0 || failure instanceof ConfigFailure) return failure;
	const { code, what, where, output, remedy, outcome, cause } = failure;
	return new Failure({
		code,
		what,
		where,
		output,
		outcome,
		cause,
		remedy: completeCommands(remedy, callOfStep(process.env))
	});
}

export { readInputs as a, DECLARED as c, callOfStep as i, runBareStep as n, isPathEntry as o, runStep as r, AFTERWARDS as s, endsWhenCancelled as t };