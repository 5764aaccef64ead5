import { n as __exportAll } from "./rolldown-runtime-CiVTkJ2Q.js";
import { n as Failure } from "./failure-BKWaXFxS.js";
import { S as builtVariables } from "./phases-DA3kE9T1.js";
import { H as tryRun, g as LAYER_MTIME } from "./repository-BK5IpvPt.js";
import { d as record, p as string, u as object } from "./schemas-BE0VQ5TN.js";
import { basename, delimiter, join, posix } from "node:path";
import { existsSync, readFileSync, readdirSync, readlinkSync } from "node:fs";

// src/report/progress.ts
const nothing = {
	update() {},
	line() {},
	end() {},
	fail() {}
};
/** A listener that hears nothing: for tests and for `--json`. */
const silent = {
	task: () => nothing,
	notice() {},
	warning() {}
};
/** Runs `work` as one task: ended with the detail that it returns beside its value, failed when it throws. */
async function during(progress, title, work, detail) {
	const task = progress.task(title);
	try {
		const value = await work(task);
		task.end(detail?.(value));
		return value;
	} catch (error) {
		task.fail();
		throw error;
	}
}

// src/command/process-mark.ts
/** Milliseconds after which what is left of a process that cannot be looked for counts as left behind. */
const UNSEEN = 864e5;
/** This process: `4711-1uld3pg`, its number and its PID namespace; without the latter where there is no such thing. */
const processMark = () => [process.pid, namespace() ?? []].flat().join("-");
/**
* Whether the process of a mark has ended. One of another PID namespace cannot be looked for.
*
* @param since when what it marks was last changed, in milliseconds since 1970
*/
function hasEnded(mark, since) {
	const [, pid, other] = /^(\d+)(?:-([0-9a-z]+))?$/.exec(mark.trim()) ?? [];
	if (pid === void 0) return true;
	if (other !== void 0 && other !== namespace()) return Date.now() - since > UNSEEN;
	return !isAlive(Number(pid));
}
/** Linux alone has them, and /proc to tell: pid_namespaces(7). */
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

// node_modules/@renovatebot/pep440/lib/version.js
const VERSION_PATTERN = [
	"v?",
	"(?:",
	"(?:(?<epoch>[0-9]+)!)?",
	"(?<release>[0-9]+(?:\\.[0-9]+)*)",
	"(?<pre>",
	"[-_\\.]?",
	"(?<pre_l>(a|b|c|rc|alpha|beta|pre|preview))",
	"[-_\\.]?",
	"(?<pre_n>[0-9]+)?",
	")?",
	"(?<post>",
	"(?:-(?<post_n1>[0-9]+))",
	"|",
	"(?:",
	"[-_\\.]?",
	"(?<post_l>post|rev|r)",
	"[-_\\.]?",
	"(?<post_n2>[0-9]+)?",
	")",
	")?",
	"(?<dev>",
	"[-_\\.]?",
	"(?<dev_l>dev)",
	"[-_\\.]?",
	"(?<dev_n>[0-9]+)?",
	")?",
	")",
	"(?:\\+(?<local>[a-z0-9]+(?:[-_\\.][a-z0-9]+)*))?"
].join("");
const validRegex = new RegExp("^" + VERSION_PATTERN + "$", "i");
function valid(version) {
	return validRegex.test(version) ? version : null;
}
const cleanRegex = new RegExp("^\\s*" + VERSION_PATTERN + "\\s*$", "i");
function parse$2(version, regex) {
	const { groups } = (regex || validRegex).exec(version) || {};
	if (!groups) return null;
	return {
		epoch: Number(groups.epoch ? groups.epoch : 0),
		release: groups.release.split(".").map(Number),
		pre: normalize_letter_version(groups.pre_l, groups.pre_n),
		post: normalize_letter_version(groups.post_l, groups.post_n1 || groups.post_n2),
		dev: normalize_letter_version(groups.dev_l, groups.dev_n),
		local: parse_local_version(groups.local)
	};
}
function stringify(parsed) {
	if (!parsed) return null;
	const { epoch, release, pre, post, dev, local } = parsed;
	const parts = [];
	if (epoch !== 0) parts.push(`${epoch}!`);
	parts.push(release.join("."));
	if (pre) parts.push(pre.join(""));
	if (post) parts.push("." + post.join(""));
	if (dev) parts.push("." + dev.join(""));
	if (local) parts.push(`+${local}`);
	return parts.join("");
}
function normalize_letter_version(letterIn, numberIn) {
	let letter = letterIn;
	let number = numberIn;
	if (letter) {
		if (!number) number = 0;
		letter = letter.toLowerCase();
		if (letter === "alpha") letter = "a";
		else if (letter === "beta") letter = "b";
		else if ([
			"c",
			"pre",
			"preview"
		].includes(letter)) letter = "rc";
		else if (["rev", "r"].includes(letter)) letter = "post";
		return [letter, Number(number)];
	}
	if (!letter && number) {
		letter = "post";
		return [letter, Number(number)];
	}
	return null;
}
function parse_local_version(local) {
	if (local) return local.split(/[._-]/).map((part) => Number.isNaN(Number(part)) ? part.toLowerCase() : Number(part));
	return null;
}
function explain(version) {
	const parsed = parse$2(version);
	if (!parsed) return parsed;
	const { epoch, release, pre, post, dev, local } = parsed;
	let base_version = "";
	if (epoch !== 0) base_version += epoch + "!";
	base_version += release.join(".");
	const is_prerelease = Boolean(dev || pre);
	const is_devrelease = Boolean(dev);
	const is_postrelease = Boolean(post);
	return {
		epoch,
		release,
		pre,
		post: post ? post[1] : post,
		dev: dev ? dev[1] : dev,
		local: local ? local.join(".") : local,
		public: stringify(parsed).split("+", 1)[0],
		base_version,
		is_prerelease,
		is_devrelease,
		is_postrelease
	};
}

// node_modules/@renovatebot/pep440/lib/operator.js
var operator_exports = /* @__PURE__ */ __exportAll({
	"!=": () => ne,
	"<": () => lt,
	"<=": () => le,
	"==": () => eq,
	"===": () => arbitrary,
	">": () => gt,
	">=": () => ge,
	compare: () => compare$1,
	eq: () => eq,
	ge: () => ge,
	gt: () => gt,
	le: () => le,
	lt: () => lt,
	ne: () => ne,
	rcompare: () => rcompare
});
function lt(version, other) {
	return compare$1(version, other) < 0;
}
function le(version, other) {
	return compare$1(version, other) <= 0;
}
function eq(version, other) {
	return compare$1(version, other) === 0;
}
function ne(version, other) {
	return compare$1(version, other) !== 0;
}
function ge(version, other) {
	return compare$1(version, other) >= 0;
}
function gt(version, other) {
	return compare$1(version, other) > 0;
}
function arbitrary(version, other) {
	return version.toLowerCase() === other.toLowerCase();
}
function compare$1(version, other) {
	const parsedVersion = parse$2(version);
	const parsedOther = parse$2(other);
	return pyCompare(calculateKey(parsedVersion), calculateKey(parsedOther));
}
function rcompare(version, other) {
	return -compare$1(version, other);
}
function pyCompare(elemIn, otherIn) {
	let elem = elemIn;
	let other = otherIn;
	if (elem === other) return 0;
	if (Array.isArray(elem) !== Array.isArray(other)) {
		elem = Array.isArray(elem) ? elem : [elem];
		other = Array.isArray(other) ? other : [other];
	}
	if (Array.isArray(elem)) {
		const len = Math.min(elem.length, other.length);
		for (let i = 0; i < len; i += 1) {
			const res = pyCompare(elem[i], other[i]);
			if (res !== 0) return res;
		}
		return elem.length - other.length;
	}
	if (elem === -Infinity || other === Infinity) return -1;
	if (elem === Infinity || other === -Infinity) return 1;
	return elem < other ? -1 : 1;
}
function calculateKey(input) {
	const { epoch } = input;
	let { release, pre, post, local, dev } = input;
	release = release.concat();
	release.reverse();
	while (release.length && release[0] === 0) release.shift();
	release.reverse();
	if (!pre && !post && dev) pre = -Infinity;
	else if (!pre) pre = Infinity;
	if (!post) post = -Infinity;
	if (!dev) dev = Infinity;
	if (!local) local = -Infinity;
	else local = local.map((i) => Number.isNaN(Number(i)) ? [-Infinity, i] : [Number(i), ""]);
	return [
		epoch,
		release,
		pre,
		post,
		dev,
		local
	];
}

// node_modules/@renovatebot/pep440/lib/specifier.js
const RANGE_PATTERN = [
	"(?<operator>(===|~=|==|!=|<=|>=|<|>))",
	"\\s*",
	"(",
	"(?<version>(?:" + VERSION_PATTERN.replace(/\?<\w+>/g, "?:") + "))",
	"(?<prefix>\\.\\*)?",
	"|",
	"(?<legacy>[^,;\\s)]+)",
	")"
].join("");
const isEqualityOperator = (op) => [
	"==",
	"!=",
	"==="
].includes(op);
const rangeRegex = new RegExp("^" + RANGE_PATTERN + "$", "i");
function parse$1(ranges) {
	if (!ranges.trim()) return [];
	const specifiers = ranges.split(",").map((range) => rangeRegex.exec(range.trim()) || {}).map(({ groups }) => {
		if (!groups) return null;
		let { ...spec } = groups;
		const { operator, version, prefix, legacy } = groups;
		if (version) {
			spec = {
				...spec,
				...explain(version)
			};
			if (operator === "~=") {
				if (spec.release.length < 2) return null;
			}
			if (!isEqualityOperator(operator) && spec.local) return null;
			if (prefix) {
				if (!isEqualityOperator(operator) || spec.dev || spec.local) return null;
			}
		}
		if (legacy && operator !== "===") return null;
		return spec;
	});
	if (specifiers.filter(Boolean).length !== specifiers.length) return null;
	return specifiers;
}
function pick(versions, specifier, options) {
	const parsed = parse$1(specifier);
	if (!parsed) return [];
	return versions.filter((version) => {
		const explained = explain(version);
		if (!parsed.length) return explained && !(explained.is_prerelease && !options.prereleases);
		return parsed.reduce((pass, spec) => {
			if (!pass) return false;
			return contains({
				...spec,
				...options
			}, {
				version,
				explained
			});
		}, true);
	});
}
function satisfies(version, specifier, options = {}) {
	return pick([version], specifier, options).length === 1;
}
function arrayStartsWith(array, prefix) {
	if (prefix.length > array.length) return false;
	for (let i = 0; i < prefix.length; i += 1) if (prefix[i] !== array[i]) return false;
	return true;
}
function contains(specifier, input) {
	const { explained } = input;
	let { version } = input;
	const { ...spec } = specifier;
	if (spec.prereleases === void 0) spec.prereleases = spec.is_prerelease;
	if (explained && explained.is_prerelease && !spec.prereleases) return false;
	if (spec.operator === "~=") {
		let compatiblePrefix = spec.release.slice(0, -1).concat("*").join(".");
		if (spec.epoch) compatiblePrefix = spec.epoch + "!" + compatiblePrefix;
		return satisfies(version, `>=${spec.version}, ==${compatiblePrefix}`, { prereleases: spec.prereleases });
	}
	if (spec.prefix) {
		const isMatching = explained.epoch === spec.epoch && arrayStartsWith(explained.release, spec.release);
		return spec.operator !== "!=" ? isMatching : !isMatching;
	}
	if (explained && explained.local && spec.version) {
		if (spec.operator !== "===" && !spec.local) {
			version = explained.public;
			spec.version = explain(spec.version).public;
		}
	}
	if (spec.operator === "<" || spec.operator === ">") {
		if (eq(spec.release.join("."), explained.release.join("."))) return false;
	}
	const op = operator_exports[spec.operator];
	return op(version, spec.version || spec.legacy);
}
function validRange(specifier) {
	return Boolean(parse$1(specifier));
}

// src/environment/markers.ts
/** Variables of a marker but for `extra`, which no machine has: https://peps.python.org/pep-0508/#environment-markers */
const VARIABLES = [
	"implementation_name",
	"implementation_version",
	"os_name",
	"platform_machine",
	"platform_python_implementation",
	"platform_release",
	"platform_system",
	"platform_version",
	"python_full_version",
	"python_version",
	"sys_platform"
];
/**
* Variables that may differ between a builder and its hosts. The others cannot: hosts run Linux, and a host of another minor version is
* refused before any marker is looked at.
*/
const OF_THE_HOST = /* @__PURE__ */ new Set([
	"python_full_version",
	"implementation_name",
	"implementation_version",
	"platform_python_implementation",
	"platform_machine",
	"platform_release",
	"platform_version"
]);
/** Names from before the standard, which installers still take. */
const OLD_NAMES = {
	"os.name": "os_name",
	"sys.platform": "sys_platform",
	"platform.version": "platform_version",
	"platform.machine": "platform_machine",
	"platform.python_implementation": "platform_python_implementation",
	python_implementation: "platform_python_implementation"
};
const VERSIONS = /* @__PURE__ */ new Set([
	"python_version",
	"python_full_version",
	"implementation_version",
	"platform_release"
]);
const TOKEN = /\s*(?:(?<bracket>[()])|(?<operator>===|[<>=!~]=|[<>]|not\s+in\b|in\b)|(?<join>and\b|or\b)|(?<literal>"[^"]*"|'[^']*')|(?<variable>[a-z][\w.]*))/y;
/** @returns the marker's tree; undefined for a text that is none */
function parseMarker(text) {
	const tokens = [];
	const pattern = new RegExp(TOKEN);
	const trimmed = text.trimEnd();
	while (pattern.lastIndex < trimmed.length) {
		const groups = pattern.exec(trimmed)?.groups;
		const [kind, found] = Object.entries(groups ?? {}).find(([, value]) => value !== void 0) ?? [];
		if (kind === void 0 || found === void 0) return void 0;
		tokens.push({
			kind,
			text: found
		});
	}
	let at = 0;
	const take = (kind, wanted) => tokens[at]?.kind === kind && (wanted === void 0 || tokens[at]?.text === wanted) ? tokens[at++]?.text : void 0;
	const joined = (word, part) => {
		const parts = [part()];
		while (take("join", word)) parts.push(part());
		return parts.every((one) => one !== void 0) ? parts : void 0;
	};
	const some = () => {
		const any = joined("or", every);
		return any && (any.length === 1 ? any[0] : { any });
	};
	const every = () => {
		const all = joined("and", atom);
		return all && (all.length === 1 ? all[0] : { all });
	};
	const atom = () => {
		if (take("bracket", "(")) {
			const inner = some();
			return take("bracket", ")") ? inner : void 0;
		}
		const left = take("literal");
		const name = left === void 0 ? take("variable") : void 0;
		const operator = take("operator")?.replace(/\s+/, " ");
		const right = left === void 0 ? take("literal") : void 0;
		const variable = name ?? take("variable");
		const literal = (left ?? right)?.slice(1, -1);
		if (variable === void 0 || operator === void 0 || literal === void 0) return void 0;
		return {
			variable: OLD_NAMES[variable] ?? variable,
			operator,
			literal,
			reversed: left !== void 0
		};
	};
	const marker = some();
	return at === tokens.length ? marker : void 0;
}
/**
* @param extras the extras that are asked for of the package whose requirement this is; it holds when it holds for one of them, or for none
*/
function evaluateMarker(marker, environment, extras = []) {
	return ["", ...extras].some((extra) => holds$1(marker, {
		...environment,
		extra
	}));
}
/**
* Whether another patch version, implementation or machine could answer it otherwise.
*
* @param environment decides everything that cannot differ between a builder and its hosts
*/
function dependsOnHost(marker, environment, extras = []) {
	const answer = (open) => ["", ...extras].some((extra) => holds$1(marker, {
		...environment,
		extra
	}, open));
	return answer(true) && !answer(false);
}
/** @param open the answer of each comparison that is the host's to give; left out: the environment's */
function holds$1(marker, environment, open) {
	if ("all" in marker) return marker.all.every((one) => holds$1(one, environment, open));
	if ("any" in marker) return marker.any.some((one) => holds$1(one, environment, open));
	if (open !== void 0 && OF_THE_HOST.has(marker.variable)) return open;
	const value = environment[marker.variable] ?? "";
	const [left, right] = marker.reversed ? [marker.literal, value] : [value, marker.literal];
	return marker.variable === "extra" ? compareTexts(canonicalName(left), marker.operator, canonicalName(right)) : compare(left, marker.operator, right, marker.variable);
}
function compare(left, operator, right, variable) {
	const version = left.replace(/\+$/, "+local");
	const range = `${operator}${right}`;
	if (VERSIONS.has(variable) && valid(version) && !operator.endsWith("in") && validRange(range)) return satisfies(version, range, { prereleases: true });
	return compareTexts(left, operator, right);
}
/** As `packaging` compares what is no version: an order of texts means nothing. */
function compareTexts(left, operator, right) {
	switch (operator) {
		case "in": return right.includes(left);
		case "not in": return !right.includes(left);
		case "!=": return left !== right;
		case "==":
		case "===":
		case "<=":
		case ">=": return left === right;
		default: return false;
	}
}
/** `Foo.Bar_baz` and `foo-bar-baz` are one name (https://packaging.python.org/en/latest/specifications/name-normalization/). */
const canonicalName = (name) => name.toLowerCase().replace(/[-_.]+/g, "-");
/** Whether a `requires-python` allows a version; one that is no specifier allows everything. Pre-releases count as what they precede, as in pip. */
function allowsPython(specifier, version) {
	const range = specifier.replaceAll(" ", "");
	const [plain = version] = /^\d+\.\d+\.\d+/.exec(version) ?? [];
	return range === "" || !validRange(range) || satisfies(plain, range, { prereleases: true });
}
/** More than any minor version of Python has had. */
const PATCH_VERSIONS = 100;
/** Every version that an interpreter of one minor version (`3.11`) may have. */
const patchVersions = (minor) => Array.from({ length: PATCH_VERSIONS }, (_, patch) => `${minor}.${patch}`);
/** Whether a requirement takes a version: an empty specifier takes every one, and one that is no specifier none. */
const allowsVersion = (specifier, version) => specifier === "" || valid(version) !== null && validRange(specifier) && satisfies(version, specifier, { prereleases: true });

// src/environment/required.ts
/**
* The extras that are asked for of each package.
*
* @returns those of one requirer, sorted
*/
function activeExtras(requirers, environment) {
	const active = /* @__PURE__ */ new Map();
	const ofAny = /* @__PURE__ */ new Set();
	const asked = (requirer) => [.../* @__PURE__ */ new Set([...requirer.extras ?? [], ...requirer.name === void 0 ? [] : [...active.get(requirer.name) ?? [], ...ofAny]])];
	for (let before = -1, now = 0; before !== now;) {
		before = now;
		for (const requirer of requirers) for (const { name, extras, marker } of requirer.requires) {
			if (extras.length === 0) continue;
			if (!holds(marker, (parsed) => evaluateMarker(parsed, environment, asked(requirer)))) continue;
			const into = name === void 0 ? ofAny : active.get(name) ?? /* @__PURE__ */ new Set();
			for (const extra of extras) into.add(extra);
			if (name !== void 0) active.set(name, into);
		}
		now = ofAny.size + [...active.values()].reduce((sum, { size }) => sum + size, 0);
	}
	return (requirer) => asked(requirer).sort();
}
/** What the application asks for whatever the host's patch version and machine: from its own files on, by markers that no host decides. */
function requiredEverywhere(requirers, environment) {
	const required = /* @__PURE__ */ new Map();
	for (let before = -1, now = 0; before !== now;) {
		before = now;
		for (const requirer of requirers) {
			const own = requirer.name === void 0 ? void 0 : required.get(requirer.name);
			if (!requirer.root && !own) continue;
			const asked = [...requirer.extras ?? [], ...own ?? []];
			for (const { name, extras, marker } of requirer.requires) {
				if (name === void 0) continue;
				const everywhere = (parsed) => evaluateMarker(parsed, environment, asked) && !dependsOnHost(parsed, environment, asked);
				if (!holds(marker, everywhere)) continue;
				const into = required.get(name) ?? /* @__PURE__ */ new Set();
				for (const extra of extras) into.add(extra);
				required.set(name, into);
			}
		}
		now = [...required.values()].reduce((sum, { size }) => sum + 1 + size, 0);
	}
	return required;
}
/** Whether a requirement asks for nothing more than that. */
function coveredBy(required, { name, extras, specifier }) {
	const own = name === void 0 ? void 0 : required.get(name);
	return own !== void 0 && specifier !== void 0 && extras.every((extra) => own.has(extra));
}
/** No marker holds, and one that is none too: installers have taken it. */
function holds(marker, answer) {
	const parsed = marker === "" ? void 0 : parseMarker(marker);
	return parsed === void 0 || answer(parsed);
}

// src/environment/conditions.ts
/** Reads a requirement as metadata and requirement files write it; options such as `--hash` after it are left out. */
function parseRequirement(text) {
	const line = text.replace(/\s--[a-z].*$/s, "").trim();
	const isAddress = /^[\w.-]+\s*(\[[^\]]*\])?\s*@|^[a-z][a-z+]*:/i.test(line);
	const separator = isAddress ? /\s;|;\s/.exec(line) : /;/.exec(line);
	const head = separator ? line.slice(0, separator.index) : line;
	const marker = separator ? line.slice(separator.index + separator[0].length).trim() : "";
	const named = /^(?<name>[A-Za-z0-9][\w.-]*)\s*(?:\[(?<extras>[^\]]*)\])?\s*(?=$|[\s(@=<>!~])/.exec(head) ?? /[#&]egg=(?<name>[\w.-]+)(?:\[(?<extras>[^\]]*)\])?/.exec(head);
	const extras = named ? named.groups?.extras : /\[([^\]]*)\]\s*$/.exec(head)?.[1];
	const versions = named?.index === 0 && !isAddress ? head.slice(named[0].length).replace(/[()\s]/g, "") : void 0;
	return {
		name: named?.groups?.name === void 0 ? void 0 : canonicalName(named.groups.name),
		extras: extraNames(extras),
		specifier: versions,
		marker
	};
}
const extraNames = (text = "") => text.split(",").map((name) => canonicalName(name.trim())).filter(Boolean);
/** The installed packages of a virtualenv, by their metadata. @param site its `site-packages`, absolute */
function readInstalled(site) {
	return readdirSync(site).filter((name) => name.endsWith(".dist-info")).sort().flatMap((name) => {
		const fields = readFields(join(site, name, "METADATA"));
		const field = (wanted) => fields.flatMap(([key, value]) => key === wanted ? [value] : []);
		const [own] = field("name");
		if (own === void 0) return [];
		const [version = ""] = field("version");
		return [{
			name: canonicalName(own),
			title: `${own} ${version}`.trim(),
			version,
			requires: field("requires-dist").map(parseRequirement),
			python: field("requires-python")[0] ?? ""
		}];
	});
}
/** The header of a metadata file: names in lower case, values with their continued lines. */
function readFields(file) {
	let text;
	try {
		text = readFileSync(file, "utf8");
	} catch {
		return [];
	}
	const [header = ""] = text.replaceAll("\r\n", "\n").split("\n\n", 1);
	return header.replace(/\n[ \t]+/g, " ").split("\n").flatMap((line) => {
		const at = line.indexOf(":");
		return at > 0 ? [[line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()]] : [];
	});
}
/**
* The conditions that another version of the same Python, or another machine, could answer otherwise, and that decide what is installed:
* what the environment has anyway is no matter of a marker.
*
* @param requirers everything that was installed and the files that asked for it
* @param environment the builder's
*/
function conditionsOf(requirers, environment) {
	const asked = activeExtras(requirers, environment);
	const everywhere = requiredEverywhere(requirers, environment);
	const installed = new Map(requirers.flatMap((one) => one.version === void 0 ? [] : [[one.name, one]]));
	const conditions = requirers.flatMap((requirer) => {
		const extras = asked(requirer);
		return [...requirer.requires.flatMap((one) => ofMarker(one, requirer, extras)), ...ofPython(requirer)];
	});
	return [...new Map(conditions.map((condition) => [JSON.stringify(condition), condition])).values()];
	function ofMarker(requirement, requirer, extras) {
		const { name, marker } = requirement;
		const parsed = marker === "" ? void 0 : parseMarker(marker);
		if (!parsed || !dependsOnHost(parsed, environment, extras)) return [];
		const holds = evaluateMarker(parsed, environment, extras);
		const present = name === void 0 ? void 0 : installed.get(name);
		if (requirer.constraint && (!present || requirement.specifier === "")) return [];
		if (!(holds ? (requirer.root || requirer.constraint) && requirement.specifier !== "" || !coveredBy(everywhere, requirement) : !present || !suffices(present, requirement))) return [];
		const more = requirement.extras.length > 0 ? `[${requirement.extras.join(",")}]` : "";
		const needs = `${name ?? "a package"}${more}${present && !holds ? requirement.specifier ?? "" : ""}`;
		return [{
			by: requirer.title,
			needs,
			marker,
			...extras.length > 0 ? { extras } : {},
			holds
		}];
	}
	/** Whether an installed package is what a requirement would bring. */
	function suffices(present, { extras, specifier }) {
		const has = asked(present);
		return extras.every((extra) => has.includes(extra)) && specifier !== void 0 && allowsVersion(specifier, present.version ?? "");
	}
	function ofPython({ title, python }) {
		return dependsOnPatch(python, environment) ? [{
			by: title,
			python
		}] : [];
	}
}
/** Whether a `requires-python` allows the builder and not every other patch version of the same minor version. */
function dependsOnPatch(specifier, { python_version: minor, python_full_version: own }) {
	if (specifier === "" || !allowsPython(specifier, own ?? "")) return false;
	return patchVersions(minor ?? "").some((version) => !allowsPython(specifier, version));
}
/**
* The conditions that come out otherwise for a host than they did for the builder.
*
* @param environment the host's
*/
function differing(conditions, environment) {
	return conditions.filter((condition) => {
		if ("python" in condition) return !allowsPython(condition.python, environment.python_full_version ?? "");
		const marker = parseMarker(condition.marker);
		return marker !== void 0 && evaluateMarker(marker, environment, condition.extras) !== condition.holds;
	});
}

// src/environment/python-interpreter.ts
/** An interpreter in one line, for keys: `cpython 3.11.7 cpython-311`. */
const describePython = ({ markers, abi }) => `${markers.implementation_name} ${markers.python_full_version} ${abi}`;
/**
* The minor version that the hosts have: from the name of their interpreter, else from the version file.
*
* @throws Failure when neither says it: guessing would build for the wrong hosts
*/
function hostPython(config, source) {
	const interpreter = config.interpreter ?? "/usr/bin/python3";
	const named = /python(\d+\.\d+)$/.exec(basename(interpreter))?.[1];
	if (named) return {
		interpreter,
		version: named
	};
	const file = config["version-file"];
	if (file !== void 0) {
		const path = join(source, file);
		const text = existsSync(path) ? readFileSync(path, "utf8") : "";
		const version = /^\s*(?:cpython-)?(\d+\.\d+)/.exec(text)?.[1];
		if (version) return {
			interpreter,
			version
		};
		throw new Failure({
			what: existsSync(path) ? `${file} names no Python version` : `there is no ${file}, which \`version-file\` names`,
			where: { file: path },
			remedy: "Write a line such as 3.12 into it. Its path is relative to the application's directory (`source`).",
			outcome: "refused"
		});
	}
	throw new Failure({
		what: config.interpreter ? `which Python the hosts have cannot be read from ${interpreter}` : "tarlift.yml does not say which Python the hosts have",
		remedy: "Name the interpreter with its minor version in tarlift.yml: `interpreter: /usr/bin/python3.12`, or give a `version-file`.",
		outcome: "refused"
	});
}
/**
* A program for Python that tells about its interpreter in one line of JSON, here and on hosts ({@link parseProbe}).
*
* An active virtualenv (one of ours, after build-env) is left for the interpreter that it is made of: an environment that leads to
* another one, or to itself, runs nowhere.
*/
const PYTHON_PROBE = `import json, os, platform, sys, sysconfig
def full(info):
    return "%d.%d.%d" % info[:3] + ("" if info[3] == "final" else info[3][0] + str(info[4]))
minor = "%d.%d" % sys.version_info[:2]
base = os.path.join(sys.base_prefix, "bin", "python" + minor)
print(json.dumps({
    "executable": base if sys.prefix != sys.base_prefix and os.path.exists(base) else sys.executable,
    "prefix": sys.base_prefix,
    "version": minor,
    "soabi": sysconfig.get_config_var("SOABI") or "",
    "markers": {
        "implementation_name": sys.implementation.name,
        "implementation_version": full(sys.implementation.version),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": minor,
        "sys_platform": sys.platform,
    },
}))
`;
/** A host may say anything of its interpreter, and each marker of a release is evaluated with it. */
const word = string().max(1e3);
const probeSchema = object({
	executable: string(),
	prefix: string(),
	version: word,
	soabi: word,
	markers: record(word, word)
});
/** @param text what {@link PYTHON_PROBE} printed @returns undefined for anything else */
function parseProbe(text) {
	try {
		const { soabi, ...rest } = probeSchema.parse(JSON.parse(text.trim().split("\n").at(-1) ?? ""));
		return {
			...rest,
			abi: /^[a-z]+-\d+[a-z]*/.exec(soabi)?.[0] ?? soabi
		};
	} catch {
		return;
	}
}
/** Asks one interpreter about itself. @returns undefined when it does not start */
async function probePython(executable) {
	const env = builtVariables(process.env);
	const result = await tryRun([
		executable,
		"-I",
		"-c",
		PYTHON_PROBE
	], {
		timeout: 2e4,
		env
	}).catch(() => void 0);
	return result?.code === 0 ? parseProbe(result.stdout) : void 0;
}
/**
* Finds the Python to build with: the hosts' interpreter where this machine has it at the same path, else `pythonX.Y` on PATH, else in
* the runner's tool cache.
*
* @param host the hosts' interpreter, absolute, and its minor version: `3.11`
* @param named an interpreter that the user names; no other is looked for
* @throws Failure that names actions/setup-python
*/
async function findPython(host, named) {
	const { interpreter, version } = host;
	const tried = [];
	for (const candidate of named ? [named] : candidates(interpreter, version)) {
		const found = await probePython(candidate);
		if (found?.version === version) return found;
		tried.push(`${candidate}: ${found ? `is Python ${found.version}` : "does not start"}`);
	}
	throw new Failure({
		what: `there is no Python ${version} on this machine to build with`,
		output: tried.join("\n"),
		remedy: `The hosts have Python ${version}, and the builder needs the same minor version. In a terminal, install it or name one that is not on PATH (\`--python\`). On GitHub Actions put this before it:\n- uses: actions/setup-python@v6\n  with: { python-version: "${version}" }`,
		outcome: "refused"
	});
}
function candidates(interpreter, version) {
	return [
		interpreter,
		...(process.env.PATH ?? "").split(delimiter).filter(Boolean).map((directory) => join(directory, `python${version}`)),
		...toolCache(version)
	].filter((file) => existsSync(file));
}
/** Newest patch version first: `$RUNNER_TOOL_CACHE/Python/3.12.4/x64/bin/python3.12`. */
function toolCache(version) {
	const directory = join(process.env.RUNNER_TOOL_CACHE ?? "/opt/hostedtoolcache", "Python");
	if (!existsSync(directory)) return [];
	return readdirSync(directory).filter((name) => name.startsWith(`${version}.`)).sort((a, b) => Number(b.split(".")[2] ?? 0) - Number(a.split(".")[2] ?? 0)).flatMap((name) => ["x64", "arm64"].map((architecture) => join(directory, name, architecture, "bin", `python${version}`)));
}

// node_modules/tar/dist/esm/large-numbers.js
const encode = (num, buf) => {
	if (!Number.isSafeInteger(num)) throw Error("cannot encode number outside of javascript safe integer range");
	else if (num < 0) encodeNegative(num, buf);
	else encodePositive(num, buf);
	return buf;
};
const encodePositive = (num, buf) => {
	buf[0] = 128;
	for (var i = buf.length; i > 1; i--) {
		buf[i - 1] = num & 255;
		num = Math.floor(num / 256);
	}
};
const encodeNegative = (num, buf) => {
	buf[0] = 255;
	var flipped = false;
	num = num * -1;
	for (var i = buf.length; i > 1; i--) {
		var byte = num & 255;
		num = Math.floor(num / 256);
		if (flipped) buf[i - 1] = onesComp(byte);
		else if (byte === 0) buf[i - 1] = 0;
		else {
			flipped = true;
			buf[i - 1] = twosComp(byte);
		}
	}
};
const parse = (buf) => {
	const pre = buf[0];
	const value = pre === 128 ? pos(buf.subarray(1, buf.length)) : pre === 255 ? twos(buf) : null;
	if (value === null) throw Error("invalid base256 encoding");
	if (!Number.isSafeInteger(value)) throw Error("parsed number outside of javascript safe integer range");
	return value;
};
const twos = (buf) => {
	var len = buf.length;
	var sum = 0;
	var flipped = false;
	for (var i = len - 1; i > -1; i--) {
		var byte = Number(buf[i]);
		var f;
		if (flipped) f = onesComp(byte);
		else if (byte === 0) f = byte;
		else {
			flipped = true;
			f = twosComp(byte);
		}
		if (f !== 0) sum -= f * Math.pow(256, len - i - 1);
	}
	return sum;
};
const pos = (buf) => {
	var len = buf.length;
	var sum = 0;
	for (var i = len - 1; i > -1; i--) {
		var byte = Number(buf[i]);
		if (byte !== 0) sum += byte * Math.pow(256, len - i - 1);
	}
	return sum;
};
const onesComp = (byte) => (255 ^ byte) & 255;
const twosComp = (byte) => (255 ^ byte) + 1 & 255;

// node_modules/tar/dist/esm/types.js
const isCode = (c) => name.has(c);
/**
* types that are a normal file system entry, not metadata.
*
* These can be the subject of extended/globalExtended headers, long path
* names, long linkpath names, etc.
*
* Any other types are meta, and cannot be targetted by extended PAX headers.
*/
const normalFsTypes = /* @__PURE__ */ new Set([
	"0",
	"",
	"1",
	"2",
	"3",
	"4",
	"5",
	"6",
	"7",
	"D"
]);
const name = /* @__PURE__ */ new Map([
	["0", "File"],
	["", "OldFile"],
	["1", "Link"],
	["2", "SymbolicLink"],
	["3", "CharacterDevice"],
	["4", "BlockDevice"],
	["5", "Directory"],
	["6", "FIFO"],
	["7", "ContiguousFile"],
	["g", "GlobalExtendedHeader"],
	["x", "ExtendedHeader"],
	["A", "SolarisACL"],
	["D", "GNUDumpDir"],
	["I", "Inode"],
	["K", "NextFileHasLongLinkpath"],
	["L", "NextFileHasLongPath"],
	["M", "ContinuationFile"],
	["N", "OldGnuLongPath"],
	["S", "SparseFile"],
	["V", "TapeVolumeHeader"],
	["X", "OldExtendedHeader"]
]);
const code = new Map(Array.from(name).map((kv) => [kv[1], kv[0]]));

// node_modules/tar/dist/esm/header.js
const notNegative = (n) => n === void 0 || n < 0 ? void 0 : n;
var Header = class {
	cksumValid = false;
	needPax = false;
	nullBlock = false;
	block;
	path;
	mode;
	uid;
	gid;
	size;
	cksum;
	#type = "Unsupported";
	linkpath;
	uname;
	gname;
	devmaj = 0;
	devmin = 0;
	atime;
	ctime;
	mtime;
	charset;
	comment;
	constructor(data, off = 0, ex, gex) {
		if (Buffer.isBuffer(data)) this.decode(data, off || 0, ex, gex);
		else if (data) this.#slurp(data);
	}
	decode(buf, off, ex, gex) {
		if (!off) off = 0;
		if (!buf || !(buf.length >= off + 512)) throw new Error("need 512 bytes for header");
		const t = decString(buf, off + 156, 1);
		const isNormalFS = normalFsTypes.has(t);
		const exForFields = isNormalFS ? ex : void 0;
		const gexForFields = isNormalFS ? gex : void 0;
		this.path = exForFields?.path ?? decString(buf, off, 100);
		this.mode = exForFields?.mode ?? gexForFields?.mode ?? decNumber(buf, off + 100, 8);
		this.uid = exForFields?.uid ?? gexForFields?.uid ?? decNumber(buf, off + 108, 8);
		this.gid = exForFields?.gid ?? gexForFields?.gid ?? decNumber(buf, off + 116, 8);
		this.size = notNegative(exForFields?.size ?? gexForFields?.size ?? decNumber(buf, off + 124, 12));
		this.mtime = exForFields?.mtime ?? gexForFields?.mtime ?? decDate(buf, off + 136, 12);
		this.cksum = decNumber(buf, off + 148, 12);
		if (gexForFields) this.#slurp(gexForFields, true);
		if (exForFields) this.#slurp(exForFields);
		if (isCode(t)) this.#type = t || "0";
		if (this.#type === "0" && this.path.slice(-1) === "/") this.#type = "5";
		if (this.#type === "5") this.size = 0;
		this.linkpath = decString(buf, off + 157, 100);
		if (buf.subarray(off + 257, off + 265).toString() === "ustar\x0000") {
			/* c8 ignore start */
			this.uname = exForFields?.uname ?? gexForFields?.uname ?? decString(buf, off + 265, 32);
			this.gname = exForFields?.gname ?? gexForFields?.gname ?? decString(buf, off + 297, 32);
			this.devmaj = exForFields?.devmaj ?? gexForFields?.devmaj ?? decNumber(buf, off + 329, 8) ?? 0;
			this.devmin = exForFields?.devmin ?? gexForFields?.devmin ?? decNumber(buf, off + 337, 8) ?? 0;
			/* c8 ignore stop */
			if (buf[off + 475] !== 0) {
				const prefix = decString(buf, off + 345, 155);
				this.path = prefix + "/" + this.path;
			} else {
				const prefix = decString(buf, off + 345, 130);
				if (prefix) this.path = prefix + "/" + this.path;
				/* c8 ignore start */
				this.atime = ex?.atime ?? gex?.atime ?? decDate(buf, off + 476, 12);
				this.ctime = ex?.ctime ?? gex?.ctime ?? decDate(buf, off + 488, 12);
			}
		}
		let sum = 256;
		for (let i = off; i < off + 148; i++) sum += buf[i];
		for (let i = off + 156; i < off + 512; i++) sum += buf[i];
		this.cksumValid = sum === this.cksum;
		if (this.cksum === void 0 && sum === 256) this.nullBlock = true;
	}
	#slurp(ex, gex = false) {
		Object.assign(this, Object.fromEntries(Object.entries(ex).filter(([k, v]) => {
			return !(v === null || v === void 0 || k === "size" && Number(v) < 0 || k === "path" && gex || k === "linkpath" && gex || k === "global");
		})));
	}
	encode(buf, off = 0) {
		if (!buf) buf = this.block = Buffer.alloc(512);
		if (this.#type === "Unsupported") this.#type = "0";
		if (!(buf.length >= off + 512)) throw new Error("need 512 bytes for header");
		const prefixSize = this.ctime || this.atime ? 130 : 155;
		const split = splitPrefix(this.path || "", prefixSize);
		const path = split[0];
		const prefix = split[1];
		this.needPax = !!split[2];
		this.needPax = encString(buf, off, 100, path) || this.needPax;
		this.needPax = encNumber(buf, off + 100, 8, this.mode) || this.needPax;
		this.needPax = encNumber(buf, off + 108, 8, this.uid) || this.needPax;
		this.needPax = encNumber(buf, off + 116, 8, this.gid) || this.needPax;
		this.needPax = encNumber(buf, off + 124, 12, this.size) || this.needPax;
		this.needPax = encDate(buf, off + 136, 12, this.mtime) || this.needPax;
		buf[off + 156] = Number(this.#type.codePointAt(0));
		this.needPax = encString(buf, off + 157, 100, this.linkpath) || this.needPax;
		buf.write("ustar\x0000", off + 257, 8);
		this.needPax = encString(buf, off + 265, 32, this.uname) || this.needPax;
		this.needPax = encString(buf, off + 297, 32, this.gname) || this.needPax;
		this.needPax = encNumber(buf, off + 329, 8, this.devmaj) || this.needPax;
		this.needPax = encNumber(buf, off + 337, 8, this.devmin) || this.needPax;
		this.needPax = encString(buf, off + 345, prefixSize, prefix) || this.needPax;
		if (buf[off + 475] !== 0) this.needPax = encString(buf, off + 345, 155, prefix) || this.needPax;
		else {
			this.needPax = encString(buf, off + 345, 130, prefix) || this.needPax;
			this.needPax = encDate(buf, off + 476, 12, this.atime) || this.needPax;
			this.needPax = encDate(buf, off + 488, 12, this.ctime) || this.needPax;
		}
		let sum = 256;
		for (let i = off; i < off + 148; i++) sum += buf[i];
		for (let i = off + 156; i < off + 512; i++) sum += buf[i];
		this.cksum = sum;
		encNumber(buf, off + 148, 8, this.cksum);
		this.cksumValid = true;
		return this.needPax;
	}
	get type() {
		return this.#type === "Unsupported" ? this.#type : name.get(this.#type);
	}
	get typeKey() {
		return this.#type;
	}
	set type(type) {
		const c = String(code.get(type));
		if (isCode(c) || c === "Unsupported") this.#type = c;
		else if (isCode(type)) this.#type = type;
		else throw new TypeError("invalid entry type: " + type);
	}
};
const splitPrefix = (p, prefixSize) => {
	const pathSize = 100;
	let pp = p;
	let prefix = "";
	let ret = void 0;
	const root = posix.parse(p).root || ".";
	if (Buffer.byteLength(pp) < pathSize) ret = [
		pp,
		prefix,
		false
	];
	else {
		prefix = posix.dirname(pp);
		pp = posix.basename(pp);
		do
			if (Buffer.byteLength(pp) <= pathSize && Buffer.byteLength(prefix) <= prefixSize) ret = [
				pp,
				prefix,
				false
			];
			else if (Buffer.byteLength(pp) > pathSize && Buffer.byteLength(prefix) <= prefixSize) ret = [
				pp.slice(0, 99),
				prefix,
				true
			];
			else {
				pp = posix.join(posix.basename(prefix), pp);
				prefix = posix.dirname(prefix);
			}
		while (prefix !== root && ret === void 0);
		if (!ret) ret = [
			p.slice(0, 99),
			"",
			true
		];
	}
	return ret;
};
const decString = (buf, off, size) => buf.subarray(off, off + size).toString("utf8").replace(/\0.*/, "");
const decDate = (buf, off, size) => numToDate(decNumber(buf, off, size));
const numToDate = (num) => num === void 0 ? void 0 : /* @__PURE__ */ new Date(num * 1e3);
const decNumber = (buf, off, size) => Number(buf[off]) & 128 ? parse(buf.subarray(off, off + size)) : decSmallNumber(buf, off, size);
const nanUndef = (value) => isNaN(value) ? void 0 : value;
const decSmallNumber = (buf, off, size) => nanUndef(parseInt(buf.subarray(off, off + size).toString("utf8").replace(/\0.*$/, "").trim(), 8));
const MAXNUM = {
	12: 8589934591,
	8: 2097151
};
const encNumber = (buf, off, size, num) => num === void 0 ? false : num > MAXNUM[size] || num < 0 ? (encode(num, buf.subarray(off, off + size)), true) : (encSmallNumber(buf, off, size, num), false);
const encSmallNumber = (buf, off, size, num) => buf.write(octalString(num, size), off, size, "ascii");
const octalString = (num, size) => padOctal(Math.floor(num).toString(8), size);
const padOctal = (str, size) => (str.length === size - 1 ? str : new Array(size - str.length - 1).join("0") + str + " ") + "\0";
const encDate = (buf, off, size, date) => date === void 0 ? false : encNumber(buf, off, size, date.getTime() / 1e3);
const NULLS = new Array(156).join("\0");
const encString = (buf, off, size, str) => str === void 0 ? false : (buf.write(str + NULLS, off, size, "utf8"), str.length !== Buffer.byteLength(str) || str.length > size);

// node_modules/tar/dist/esm/pax.js
var Pax = class Pax {
	atime;
	mtime;
	ctime;
	charset;
	comment;
	gid;
	uid;
	gname;
	uname;
	linkpath;
	dev;
	ino;
	nlink;
	path;
	size;
	mode;
	global;
	constructor(obj, global = false) {
		this.atime = obj.atime;
		this.charset = obj.charset;
		this.comment = obj.comment;
		this.ctime = obj.ctime;
		this.dev = obj.dev;
		this.gid = obj.gid;
		this.global = global;
		this.gname = obj.gname;
		this.ino = obj.ino;
		this.linkpath = obj.linkpath;
		this.mtime = obj.mtime;
		this.nlink = obj.nlink;
		this.path = obj.path;
		this.size = obj.size;
		this.uid = obj.uid;
		this.uname = obj.uname;
	}
	encode() {
		const body = this.encodeBody();
		if (body === "") return Buffer.allocUnsafe(0);
		const bodyLen = Buffer.byteLength(body);
		const bufLen = 512 * Math.ceil(1 + bodyLen / 512);
		const buf = Buffer.allocUnsafe(bufLen);
		for (let i = 0; i < 512; i++) buf[i] = 0;
		new Header({
			/* c8 ignore start */
			path: ("PaxHeader/" + basename(this.path ?? "")).slice(0, 99),
			/* c8 ignore stop */
			mode: this.mode || 420,
			uid: this.uid,
			gid: this.gid,
			size: bodyLen,
			mtime: this.mtime,
			type: this.global ? "GlobalExtendedHeader" : "ExtendedHeader",
			linkpath: "",
			uname: this.uname || "",
			gname: this.gname || "",
			devmaj: 0,
			devmin: 0,
			atime: this.atime,
			ctime: this.ctime
		}).encode(buf);
		buf.write(body, 512, bodyLen, "utf8");
		for (let i = bodyLen + 512; i < buf.length; i++) buf[i] = 0;
		return buf;
	}
	encodeBody() {
		return this.encodeField("path") + this.encodeField("ctime") + this.encodeField("atime") + this.encodeField("dev") + this.encodeField("ino") + this.encodeField("nlink") + this.encodeField("charset") + this.encodeField("comment") + this.encodeField("gid") + this.encodeField("gname") + this.encodeField("linkpath") + this.encodeField("mtime") + this.encodeField("size") + this.encodeField("uid") + this.encodeField("uname");
	}
	encodeField(field) {
		if (this[field] === void 0) return "";
		const r = this[field];
		const v = r instanceof Date ? r.getTime() / 1e3 : r;
		const s = " " + (field === "dev" || field === "ino" || field === "nlink" ? "SCHILY." : "") + field + "=" + v + "\n";
		const byteLen = Buffer.byteLength(s);
		let digits = Math.floor(Math.log(byteLen) / Math.log(10)) + 1;
		if (byteLen + digits >= Math.pow(10, digits)) digits += 1;
		return digits + byteLen + s;
	}
	static parse(str, ex, g = false) {
		return new Pax(merge(parseKV(str), ex), g);
	}
};
const merge = (a, b) => b ? Object.assign({}, b, a) : a;
const parseKV = (str) => str.replace(/\n$/, "").split("\n").reduce(parseKVLine, Object.create(null));
const parseKVLine = (set, line) => {
	const n = parseInt(line, 10);
	if (n !== Buffer.byteLength(line) + 1) return set;
	line = line.slice((n + " ").length);
	const kv = line.split("=");
	const r = kv.shift();
	if (!r) return set;
	const k = r.replace(/^SCHILY\.(dev|ino|nlink)/, "$1");
	const v = kv.join("=").replace(/\0.*/, "");
	switch (k) {
		case "path":
		case "linkpath":
		case "type":
		case "charset":
		case "comment":
		case "gname":
		case "uname":
			set[k] = v;
			break;
		case "ctime":
		case "atime":
		case "mtime":
			set[k] = /* @__PURE__ */ new Date(Number(v) * 1e3);
			break;
		case "size":
			const s = +v;
			if (s >= 0) set[k] = s;
			break;
		case "gid":
		case "uid":
		case "dev":
		case "ino":
		case "nlink":
		case "mode": set[k] = +v;
	}
	return set;
};

// src/bundle/tar-header.ts
const BLOCK = 512;
const TYPES = {
	file: "File",
	link: "SymbolicLink",
	directory: "Directory",
	hardlink: "Link"
};
const mtime = /* @__PURE__ */ new Date(LAYER_MTIME * 1e3);
/** The header block of one member, preceded by a pax header where its name, target or size needs one. */
function tarHeader(input) {
	const path = input.type === "directory" ? `${input.path}/` : input.path;
	const size = input.size ?? 0;
	const header = new Header({
		path,
		mode: input.mode ?? (input.type === "link" ? 511 : input.type === "directory" || input.executable ? 493 : 420),
		uid: 0,
		gid: 0,
		size,
		mtime: input.mtime === void 0 ? mtime : /* @__PURE__ */ new Date(input.mtime * 1e3),
		type: TYPES[input.type],
		...input.target === void 0 ? {} : { linkpath: input.target }
	});
	const block = Buffer.alloc(512);
	if (!header.encode(block, 0)) return block;
	const pax = new Pax({
		path,
		size,
		...input.target === void 0 ? {} : { linkpath: input.target }
	}).encode();
	return Buffer.concat([normalisedPax(pax), block]);
}
/** npm's tar takes a pax header's own mtime and mode from its fields: they are set to ours. */
function normalisedPax(pax) {
	const header = new Header(pax, 0);
	const block = Buffer.alloc(512);
	new Header({
		path: header.path ?? "PaxHeader",
		mode: 420,
		uid: 0,
		gid: 0,
		size: header.size ?? 0,
		mtime,
		type: "ExtendedHeader"
	}).encode(block, 0);
	return Buffer.concat([block, pax.subarray(512)]);
}
/** Zero bytes that fill content up to a whole block. */
function padding(size) {
	return (512 - size % 512) % 512;
}

export { silent as S, canonicalName as _, PYTHON_PROBE as a, processMark as b, hostPython as c, conditionsOf as d, differing as f, allowsPython as g, VARIABLES as h, Header as i, parseProbe as l, readInstalled as m, tarHeader as n, describePython as o, parseRequirement as p, Pax as r, findPython as s, padding as t, probePython as u, patchVersions as v, during as x, hasEnded as y };