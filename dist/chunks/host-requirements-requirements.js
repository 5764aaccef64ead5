import { n as __exportAll } from "./rolldown-runtime.js";
import { a as array, m as string, p as strictObject } from "./npm-zod-schemas.js";
import { t as platform } from "./cache-key-platform.js";
import { basename, join } from "node:path";
import { closeSync, fstatSync, openSync, readFileSync, readSync, readdirSync } from "node:fs";

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

// src/python/markers.ts
/** All marker variables except `extra`, which no machine has: https://peps.python.org/pep-0508/#environment-markers */
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
* Variables that may differ between a builder and its hosts. The others cannot: hosts run Linux, and a host of another
* minor version is refused before any marker is evaluated.
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
/** Names from before the standard, which installers still accept. */
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
/** @returns the marker's tree; undefined for a text that is no marker */
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
* @param extras the extras that are requested of the package that has this requirement. The marker is true if it is
*   true for one of them, or for none
*/
function evaluateMarker(marker, environment, extras = []) {
	return ["", ...extras].some((extra) => holds$1(marker, {
		...environment,
		extra
	}));
}
/**
* Whether another patch version, implementation or machine could change the result.
*
* @param environment values of all variables that cannot differ between a builder and its hosts
*/
function dependsOnHost(marker, environment, extras = []) {
	const answer = (open) => ["", ...extras].some((extra) => holds$1(marker, {
		...environment,
		extra
	}, open));
	return answer(true) && !answer(false);
}
/** @param open the result of each comparison that depends on the host; default: that of the environment */
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
/** As `packaging` compares values that are no versions: an order of texts means nothing. */
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
/**
* `Foo.Bar_baz` and `foo-bar-baz` are one name
* (https://packaging.python.org/en/latest/specifications/name-normalization/).
*/
const canonicalName = (name) => name.toLowerCase().replace(/[-_.]+/g, "-");
/**
* Whether a `requires-python` allows a version; an invalid specifier allows all. Pre-releases count as the release that
* they precede, as in pip.
*/
function allowsPython(specifier, version) {
	const range = specifier.replaceAll(" ", "");
	const [plain = version] = /^\d+\.\d+\.\d+/.exec(version) ?? [];
	return range === "" || !validRange(range) || satisfies(plain, range, { prereleases: true });
}
/** More than any minor version of Python has had. */
const PATCH_VERSIONS = 100;
/** All versions that an interpreter of one minor version (`3.11`) may have. */
const patchVersions = (minor) => Array.from({ length: PATCH_VERSIONS }, (_, patch) => `${minor}.${patch}`);
/** Whether a requirement accepts a version: an empty specifier accepts all, an invalid one none. */
const allowsVersion = (specifier, version) => specifier === "" || valid(version) !== null && validRange(specifier) && satisfies(version, specifier, { prereleases: true });

// src/python/required-packages.ts
/**
* The extras that are requested of each package.
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
/**
* What the application requests whatever the host's patch version and machine: starting with its own files, by markers
* that do not depend on the host.
*/
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
/** Whether a requirement requests nothing beyond these. */
function coveredBy(required, { name, extras, specifier }) {
	const own = name === void 0 ? void 0 : required.get(name);
	return own !== void 0 && specifier !== void 0 && extras.every((extra) => own.has(extra));
}
/** An empty marker is true, and so is an invalid one: installers have accepted it. */
function holds(marker, answer) {
	const parsed = marker === "" ? void 0 : parseMarker(marker);
	return parsed === void 0 || answer(parsed);
}

// src/python/conditions.ts
/** Parses a requirement of metadata or of a requirement file. Options after it, such as `--hash`, are ignored. */
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
/** Reads the installed packages of a virtualenv from their metadata. @param site its `site-packages`, absolute */
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
/** The header of a metadata file: names in lower case, values with their continuation lines. */
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
* The conditions whose result could differ with another patch version of Python or another machine, and that decide
* what is installed. Markers of packages that are installed in any case do not count.
*
* @param requirers everything that was installed, and the files that requested it
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
	/** Whether an installed package satisfies a requirement. */
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
/**
* Whether a `requires-python` allows the builder's version, but not every other patch version of the same minor
* version.
*/
function dependsOnPatch(specifier, { python_version: minor, python_full_version: own }) {
	if (specifier === "" || !allowsPython(specifier, own ?? "")) return false;
	return patchVersions(minor ?? "").some((version) => !allowsPython(specifier, version));
}
/**
* The conditions whose result on a host differs from that on the builder.
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

// src/host-requirements/elf.ts
const MACHINES = {
	3: "i686",
	21: "ppc64le",
	22: "s390x",
	40: "armv7l",
	62: "x86_64",
	183: "aarch64",
	243: "riscv64"
};
const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const DT = {
	needed: 1,
	strtab: 5,
	strsz: 10,
	soname: 14,
	verneed: 1879048190,
	verneednum: 1879048191
};
const LARGEST_TABLE = 64 << 20;
/**
* @param file its path, or its content
* @returns undefined for a file that is damaged or not ELF
*/
function readElf(file) {
	try {
		if (typeof file !== "string") {
			const content = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
			return parse((position, length) => content.subarray(position, position + Math.min(length, LARGEST_TABLE)));
		}
		return readFile(file);
	} catch (error) {
		if (error instanceof RangeError) return void 0;
		throw error;
	}
}
function readFile(file) {
	const descriptor = openSync(file, "r");
	try {
		const { size } = fstatSync(descriptor);
		return parse((position, length) => {
			const bytes = Buffer.alloc(Math.max(0, Math.min(length, LARGEST_TABLE, size - position)));
			const read = readSync(descriptor, bytes, 0, bytes.length, position);
			return bytes.subarray(0, read);
		});
	} finally {
		closeSync(descriptor);
	}
}
function parse(read) {
	const header = read(0, 64);
	if (header.length < 52 || header.readUInt32BE(0) !== 2135247942) return void 0;
	const numbers = numbersOf(header);
	const machine = numbers.half(header, 18);
	const architecture = MACHINES[machine] ?? `machine ${machine}`;
	const none = {
		architecture,
		needed: [],
		soname: void 0,
		versions: []
	};
	const dynamic = readDynamic(read, numbers, readSegments(read, numbers, header));
	const stringsAt = dynamic?.offsetOf(dynamic.value(DT.strtab) ?? -1);
	if (!dynamic || stringsAt === void 0) return none;
	const strings = read(stringsAt, dynamic.value(DT.strsz) ?? 0);
	const string = (at) => strings.toString("latin1", at, strings.indexOf(0, at));
	const soname = dynamic.value(DT.soname);
	return {
		architecture,
		needed: dynamic.tags.filter(([tag]) => tag === DT.needed).map(([, at]) => string(at)),
		soname: soname === void 0 ? void 0 : string(soname),
		versions: versionNames(read, numbers, dynamic).map(string)
	};
}
function numbersOf(header) {
	const wide = header[4] === 2;
	const little = header[5] === 1;
	const word = (bytes, at) => little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
	const long = (bytes, at) => Number(little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at));
	return {
		wide,
		half: (bytes, at) => little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at),
		word,
		long,
		address: wide ? long : word
	};
}
function readSegments(read, { wide, half, word, long, address }, header) {
	const size = half(header, wide ? 54 : 42);
	const count = half(header, wide ? 56 : 44);
	const table = read(address(header, wide ? 32 : 28), size * count);
	return Array.from({ length: count }, (_, n) => {
		const at = n * size;
		const type = word(table, at);
		return wide ? {
			type,
			offset: long(table, at + 8),
			address: long(table, at + 16),
			size: long(table, at + 32)
		} : {
			type,
			offset: word(table, at + 4),
			address: word(table, at + 8),
			size: word(table, at + 16)
		};
	});
}
function readDynamic(read, { wide, address }, segments) {
	const section = segments.find(({ type }) => type === PT_DYNAMIC);
	if (!section) return void 0;
	const bytes = read(section.offset, section.size);
	const step = wide ? 16 : 8;
	const tags = [];
	for (let at = 0; at + step <= bytes.length; at += step) {
		const tag = address(bytes, at);
		if (tag === 0) break;
		tags.push([tag, address(bytes, at + step / 2)]);
	}
	return {
		tags,
		value: (wanted) => tags.find(([tag]) => tag === wanted)?.[1],
		offsetOf(virtual) {
			const segment = segments.find((one) => one.type === PT_LOAD && virtual >= one.address && virtual < one.address + one.size);
			return segment && virtual - segment.address + segment.offset;
		}
	};
}
/** Where the names of needed versions are in the table of strings. */
function versionNames(read, { half, word }, dynamic) {
	const names = [];
	let entry = dynamic.offsetOf(dynamic.value(DT.verneed) ?? -1);
	for (let left = dynamic.value(DT.verneednum) ?? 0; left > 0 && entry !== void 0; left--) {
		const need = read(entry, 16);
		let aux = entry + word(need, 8);
		for (let count = half(need, 2); count > 0; count--) {
			const one = read(aux, 16);
			names.push(word(one, 8));
			const next = word(one, 12);
			if (next === 0) break;
			aux += next;
		}
		const next = word(need, 12);
		if (next === 0) break;
		entry += next;
	}
	return names;
}

// src/host-requirements/requirements.ts
const nativeFileSchema = strictObject({
	path: string(),
	needed: array(string()),
	soname: string().optional(),
	versions: array(string())
});
/**
* The native files of a tree that are for this machine: packages ship prebuilt files for others, which hosts do not
* load.
*/
function nativeFiles(sources) {
	const { architecture } = platform();
	const found = [];
	for (const source of sources) {
		if (source.type !== "file" || /\.(pyc?|js|ts|json|md|txt|h|map|css|html)$/.test(source.path)) continue;
		const elf = readElf("from" in source ? source.from : source.content);
		if (elf?.architecture !== architecture || isMusl(elf.needed)) continue;
		const { needed, soname, versions } = elf;
		found.push({
			path: source.path,
			needed,
			versions,
			...soname === void 0 ? {} : { soname }
		});
	}
	return found;
}
const isMusl = (needed) => platform().libc === "glibc" && needed.some((name) => name.startsWith("libc.musl-"));
/**
* The part of the requirements that follows from native files.
*
* @param there everything that ships with them: hosts do not need libraries that are among it
*/
function nativeRequirements(files, there) {
	const { architecture, libc } = platform();
	const provided = new Set(there.map(({ path }) => basename(path)));
	for (const { soname } of files) if (soname) provided.add(soname);
	const sonames = [...new Set(files.flatMap(({ needed }) => needed))].filter((name) => !provided.has(name)).sort();
	const versions = files.flatMap((file) => file.versions);
	const glibc = highest(versions, "GLIBC_");
	const glibcxx = highest(versions, "GLIBCXX_");
	return {
		architecture,
		...files.length === 0 ? {} : { libc: {
			family: libc,
			...glibc ? { version: glibc } : {}
		} },
		...glibcxx ? { glibcxx } : {},
		sonames,
		...neededBy(files, [
			...sonames,
			`GLIBC_${glibc}`,
			`GLIBCXX_${glibcxx}`
		])
	};
}
/** For each library and version, the first file that needs it, in the order of paths. */
function neededBy(files, names) {
	const sorted = files.toSorted((a, b) => a.path < b.path ? -1 : 1);
	const found = names.flatMap((name) => {
		const file = sorted.find(({ needed, versions }) => needed.includes(name) || versions.includes(name));
		return file ? [[name, file.path]] : [];
	});
	return found.length > 0 ? { neededBy: Object.fromEntries(found) } : {};
}
/** Libraries that every distribution has with its C library and compiler runtime: they never have to be installed. */
const EVERYWHERE = /^(ld-(linux|musl)[-\w]*|lib(c|m|dl|rt|pthread|util|resolv|anl|crypt|gcc_s|stdc\+\+|c\.musl-\w+))\.so(\.|$)/;
/** The libraries that may have to be installed on a host, each with a file that needs it, if one is known. */
function notableLibraries({ sonames, neededBy: files = {} }) {
	return sonames.filter((name) => !EVERYWHERE.test(name)).map((name) => ({
		name,
		...files[name] === void 0 ? {} : { by: files[name] }
	}));
}
/** The highest version with a prefix: `2.34` of GLIBC_2.2.5 and GLIBC_2.34. */
function highest(versions, prefix) {
	return versions.filter((version) => version.startsWith(prefix) && /^\d+(\.\d+)*$/.test(version.slice(prefix.length))).map((version) => version.slice(prefix.length)).sort(compareVersions).at(-1);
}
/** Compares the whole numbers of dotted versions one by one: 2.9 comes before 2.34. Other text counts as 0. */
function compareVersions(a, b) {
	const [left, right] = [a, b].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
	for (let n = 0; n < Math.max(left.length, right.length); n++) {
		const difference = (left[n] ?? 0) - (right[n] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}
/**
* The combined requirements of several environments. Their own conditions stay in their own records.
*
* @param conditions requirements of the application itself on the hosts' Python
*/
function mergeRequirements(all, conditions = []) {
	const { architecture, libc: family } = platform();
	const glibc = highest(all.flatMap(({ libc }) => libc?.version ? [`v${libc.version}`] : []), "v");
	const glibcxx = highest(all.flatMap(({ glibcxx }) => glibcxx ? [`v${glibcxx}`] : []), "v");
	const python = all.find((one) => one.python)?.python;
	const node = all.find((one) => one.node)?.node;
	return {
		architecture,
		...all.some(({ libc }) => libc) ? { libc: {
			family,
			...glibc ? { version: glibc } : {}
		} } : {},
		...glibcxx ? { glibcxx } : {},
		sonames: [...new Set(all.flatMap(({ sonames }) => sonames))].sort(),
		...mergedFiles(all),
		...python ? { python: {
			...python,
			conditions: [...conditions]
		} } : {},
		...node ? { node } : {}
	};
}
function mergedFiles(all) {
	const merged = Object.assign({}, ...all.map(({ neededBy: files = {} }) => files).reverse());
	return Object.keys(merged).length > 0 ? { neededBy: merged } : {};
}

export { nativeRequirements as a, differing as c, VARIABLES as d, allowsPython as f, nativeFiles as i, parseRequirement as l, patchVersions as m, mergeRequirements as n, notableLibraries as o, canonicalName as p, nativeFileSchema as r, conditionsOf as s, compareVersions as t, readInstalled as u };