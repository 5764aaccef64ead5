import { n as walk } from "./artifact-pack.js";
import { a as array, l as looseObject, m as string } from "./npm-zod-schemas.js";
import { r as withoutCredentials } from "./cache-key-key.js";
import { n as Failure } from "./failure.js";
import { n as parse } from "./npm-smol-toml-index.js";
import { l as parseRequirement } from "./host-requirements-requirements.js";
import { i as isOfTheMachine, n as isCredential, o as passedVariables, r as isMasked, s as maskSecrets } from "./subprocess-built-variables.js";
import { basename, dirname, join, resolve } from "node:path";
import { accessSync, closeSync, constants, existsSync, lstatSync, openSync, readFileSync, readSync, readlinkSync, statSync } from "node:fs";
import { createHash, hash } from "node:crypto";
import { homedir } from "node:os";
import { fileURLToPath, pathToFileURL } from "node:url";

// src/cache-key/content-hash.ts
const LEFT_BEHIND = /(^|\/)(\.git|__pycache__|\.venv|node_modules|build|dist|\.tox|\.mypy_cache|\.pytest_cache|[^/]+\.egg-info)$/;
/**
* The files and links below a directory, relative to it, sorted, without those that builds leave behind: used where git
* cannot list tracked files.
*/
function usualFiles(directory) {
	return walk(directory, { skip: (name) => LEFT_BEHIND.test(name) }).flatMap(({ type, path }) => type === "directory" ? [] : [path]);
}
/**
* sha256 of a file, or of the names, modes, links and contents of a directory's files; hex. A link to a file counts
* with the content of that file.
*
* @param files to hash, relative to the directory, sorted. Default: {@link usualFiles}
*/
function contentHash(path, files) {
	const sum = createHash("sha256");
	if (statSync(path).isFile()) {
		addContent(sum, path);
		return sum.digest("hex");
	}
	for (const name of files ?? usualFiles(path)) {
		const file = join(path, name);
		const status = lstatSync(file, { throwIfNoEntry: false });
		if (status?.isSymbolicLink()) sum.update(`l ${name}\0${readlinkSync(file)}\0`);
		const content = status?.isSymbolicLink() ? readableAt(file) : status;
		if (!content?.isFile()) continue;
		sum.update(`f ${name}\0${(content.mode & 73) !== 0}\0${content.size}\0`);
		addContent(sum, file);
	}
	return sum.digest("hex");
}
function readableAt(link) {
	try {
		accessSync(link, constants.R_OK);
		return statSync(link);
	} catch {
		return;
	}
}
/** Reads in pieces: a file of more than 2 GiB cannot be read at once. */
function addContent(sum, path) {
	const chunk = Buffer.alloc(1 << 20);
	const file = openSync(path, "r");
	try {
		for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) sum.update(chunk.subarray(0, read));
	} finally {
		closeSync(file);
	}
}

// src/python/package-directories.ts
/**
* The local path of a text that names a source of packages.
*
* @param text a path, an address, or uv's `name=path`
* @param directory where relative paths start, absolute
* @returns absolute; undefined for an address on the network, and for a path that does not exist
*/
function offeredPlace(text, directory) {
	return [text, text.replace(/^[\w.-]+=/, "")].map((one) => pathOf(one, directory)).find((path) => existsSync(path));
}
function pathOf(text, directory) {
	const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
	if (scheme === void 0) return text === "" ? "" : resolve(directory, text.replace(/^~(?=\/)/, homedir()));
	if (scheme !== "file") return "";
	try {
		return /^file:\//i.test(text) ? fileURLToPath(text) : resolve(directory, decodeURIComponent(text.slice(5)));
	} catch {
		return "";
	}
}
const texts = array(string()).optional().catch(void 0);
const places = looseObject({
	"find-links": texts,
	"extra-index-url": texts,
	"index-url": string().optional().catch(void 0),
	index: array(looseObject({ url: string() })).optional().catch(void 0)
});
const settingsSchema = places.extend({ pip: places.optional().catch(void 0) });
const pyprojectSchema = looseObject({ tool: looseObject({ uv: settingsSchema.optional() }).optional() });
/**
* The local sources of packages in configuration files of uv, absolute, each once
* (https://docs.astral.sh/uv/reference/settings/).
*
* @param files pyproject.toml and uv.toml files, absolute; uv reports those that cannot be read
*/
function offeredByConfiguration(files) {
	const found = files.flatMap((file) => namedBy(file).flatMap((text) => {
		const place = offeredPlace(text, dirname(file));
		return place === void 0 ? [] : [place];
	}));
	return [...new Set(found)];
}
function namedBy(file) {
	const settings = settingsOf(file);
	return [settings, settings?.pip].flatMap((one) => one === void 0 ? [] : [
		...one["find-links"] ?? [],
		...one["extra-index-url"] ?? [],
		...one["index-url"] === void 0 ? [] : [one["index-url"]],
		...(one.index ?? []).map(({ url }) => url)
	]);
}
function settingsOf(file) {
	try {
		const table = parse(readFileSync(file, "utf8"));
		return basename(file) === "pyproject.toml" ? pyprojectSchema.parse(table).tool?.uv : settingsSchema.parse(table);
	} catch {
		return;
	}
}

// src/python/requirement-lines.ts
/** @throws Failure (refused) for includes from the network, editable requirements, and paths that do not exist */
function parseLine(line, context) {
	const expanded = line.replace(/\$\{([A-Z0-9_]+)\}/g, (text, name) => context.variables[name] || text);
	if (!line.startsWith("-")) return parseLocal(expanded, context) ?? {
		kind: "requirement",
		text: line,
		pinned: isPinned(line)
	};
	const [, name = line, written = ""] = OPTION.exec(expanded) ?? [];
	const value = unquoted(written);
	if (isOption(name, ["-r", "--requirement"])) return parseInclude(value, false, context);
	if (isOption(name, ["-c", "--constraint"])) return parseInclude(value, true, context);
	if (isOption(name, ["-e", "--editable"])) throw editable(line, value, context);
	return parseOption(line, {
		name,
		value
	}, context);
}
function editable(line, value, { file, directories: [started], application }) {
	const path = value.replace(/^file:(\/\/(localhost)?(?=\/))?/i, "").replace(/\s*[[;#].*$/s, "");
	return new Failure({
		code: "requirement-invalid",
		what: `${file} installs in editable mode: ${withoutCredentials(line)}`,
		remedy: `On a host it would lead into a checkout that is not there. ${resolve(started, path) === application ? APPLICATION_ITSELF : "Remove `-e`: a local package becomes a wheel."}`,
		outcome: "refused"
	});
}
/**
* With `package: true` pip builds what it would have installed: from a setup.py, or from a pyproject.toml without a
* build system.
*/
const APPLICATION_ITSELF = "Remove the line, and write `package: true` into tarlift.yml (a [build-system] in pyproject.toml says the same): Tarlift builds the application into each release, without what it requires, which has to stand in the requirement file then. Or write `.` without `-e`: the application becomes a part of the environment, which is installed again whenever a tracked file has changed.";
/** Splits a line of options into one line each: the value of each one counts, and uv accepts only one a line. */
function splitOptions(line) {
	if (!line.startsWith("-")) return [line];
	const words = line.match(WORD) ?? [];
	const options = [];
	for (const word of words) if (word.startsWith("-")) options.push([word]);
	else options.at(-1)?.push(word);
	return options.map((option) => option.join(" "));
}
/** A word between white space. Quotes keep words together; an unpaired quote stands for itself. */
const WORD = /(?:[^\s"']+|"[^"]*"|'[^']*'|["'])+/g;
/** `--name value`, `--name=value`, `-n value`, `-nvalue`. */
const OPTION = /^(--[\w-]+|-[a-zA-Z])(?:\s+|=|(?<=^-[a-zA-Z]))(.+)$/s;
/** The name of an option, alone or followed by its value. */
const optionName = (text) => OPTION.exec(text)?.[1] ?? text;
/** Whether a word is one of these options. pip accepts the beginning of a long name. */
const isOption = (word, names) => names.some((name) => word === name || /^--\w./.test(word) && name.startsWith(word));
function parseInclude(path, constraint, { file, directories: [, beside] }) {
	if (/^[a-z]+:\/\//i.test(path)) throw new Failure({
		code: "requirement-invalid",
		what: `${file} includes ${withoutCredentials(path)}, which can change without a commit`,
		remedy: "Put the included file into the repository.",
		outcome: "refused"
	});
	return {
		kind: "include",
		path: resolve(beside, path),
		constraint
	};
}
/** Options are split as in a shell. */
const unquoted = (text) => /^(["'])(.*)\1$/.exec(text.trim())?.[2] ?? text.trim();
/** Whether a requirement installs the same code every time. */
function isPinned(line) {
	const address = /^(?:git|hg|svn|bzr)\+\S+/.exec(line)?.[0] ?? /^[a-z][a-z0-9+.-]*:\/\/\S+/i.exec(line)?.[0] ?? /^[^\s@;=<>!~]+\s*@\s*(\S+)/.exec(line)?.[1];
	if (address === void 0) return /===?[^,*]+(?=,|$)/.test(parseRequirement(line).specifier ?? "");
	if (/^(git|hg)\+/.test(address)) return /@[0-9a-f]{40}([0-9a-f]{24})?(?=[#&]|$)/.test(address);
	return !/^(svn|bzr)\+/.test(address) || /@\d+(?=[#&]|$)/.test(address);
}
/** --find-links may name a directory of the repository; the installer gets a copy of the file that is elsewhere. */
function parseOption(line, { name, value }, { directories: [started, beside] }) {
	const index = isOption(name, INDEX_OPTIONS) ? offeredPlace(value, started) : void 0;
	if (index !== void 0) return {
		kind: "option",
		text: line,
		path: index
	};
	if (!isOption(name, LINKS_OPTIONS)) return {
		kind: "option",
		text: line
	};
	const path = [beside, started].map((directory) => offeredPlace(value, directory)).find((one) => one !== void 0);
	if (path === void 0) return {
		kind: "option",
		text: line
	};
	return {
		kind: "option",
		text: `--find-links ${/\s/.test(path) ? pathToFileURL(path).href : path}`,
		path
	};
}
/** Options whose values are indexes, and options whose values are directories of packages. */
const INDEX_OPTIONS = [
	"-i",
	"--index-url",
	"--pypi-url",
	"--extra-index-url"
];
const LINKS_OPTIONS = ["-f", "--find-links"];
/** Names of files that installers accept as packages. */
const ARCHIVE = /\.(whl|zip|tar|tar\.(gz|bz2|xz|Z|lzma)|tgz|tbz|txz)$/i;
function parseLocal(line, { file, directories, variables }) {
	const [, before = line, options = ""] = /^(.*?)(?:\s+(-.*))?$/s.exec(line) ?? [];
	const [, , ahead = "", named] = /^([A-Za-z0-9][\w.-]*)\s*(\[[^\]]*\])?\s*@\s*(.+)$/s.exec(before) ?? [];
	const text = named ?? before;
	const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase();
	if (scheme !== void 0 && scheme !== "file") return void 0;
	const separator = (named === void 0 && scheme === void 0 ? /;/ : /\s;|;\s/).exec(text);
	const body = (separator ? text.slice(0, separator.index) : text).trim();
	const marker = separator ? text.slice(separator.index + separator[0].length).trim() : "";
	const [, target = body, after = ahead] = /^(.*?)\s*(\[[^\]]*\])$/s.exec(body) ?? [];
	const isPath = scheme !== void 0 || named !== void 0 || target.includes("/") || target.startsWith(".");
	const path = localPaths(target, directories).find((candidate) => existsSync(candidate));
	if (!isPath && !(ARCHIVE.test(target) && path !== void 0 && statSync(path).isFile())) return void 0;
	const rest = `${marker === "" ? "" : ` ; ${marker}`}${options === "" ? "" : ` ${options}`}`;
	if (path !== void 0) return {
		kind: "local",
		path,
		extras: after,
		rest
	};
	const unset = [...target.matchAll(/\$\{([A-Z0-9_]+)\}/g)].map((match) => match[1]).filter((name) => !variables[name]);
	throw new Failure({
		code: "requirement-invalid",
		what: `there is no ${target.replace(/^file:(\/\/)?/, "")}`,
		where: { "named in": file },
		remedy: unset.length > 0 ? `Installers see no variable ${unset.join(", ")}. Write the path relative to the application (./libs/core), which needs none; or set the variable, and name it in \`pass-env:\` of this environment.` : "Commit it, or correct the path: it is looked for in the application's directory, then beside the file.",
		outcome: "refused"
	});
}
/** The candidates for a path or a file: address, in the order in which they are tried. */
function localPaths(target, directories) {
	if (!/^file:/i.test(target)) return directories.map((directory) => resolve(directory, target));
	const [address = "", fragment = ""] = target.split("#", 2);
	const inner = new URLSearchParams(fragment).get("subdirectory") ?? "";
	if (/^file:\/\/(localhost)?\//i.test(address)) return [join(fileURLToPath(address.replace(/^file:\/\/localhost/i, "file://")), inner)];
	const path = decodeURIComponent(address.replace(/^file:(\/\/)?/i, ""));
	return directories.map((directory) => join(resolve(directory, path), inner));
}

// src/installers/passed-variables.ts
/**
* The parts of a key for passed variables: one each. Of credentials only the name counts, so that a new token causes no
* build. Local files that a value names count by content (PIP_CONSTRAINT, UV_CONFIG_FILE), and so do directories that
* offer packages (UV_FIND_LINKS).
*
* @param directory where the command starts, absolute
*/
function passedParts(env, passed, directory) {
	const credentials = passed.filter(isCredential);
	return [...[...new Set(credentials)].map((name) => ({
		name: `variable ${name}`,
		value: "not counted: by its name a credential"
	})), ...Object.entries(passedVariables(env, passed)).filter(([name]) => !isCredential(name)).map(([name, value]) => ({
		name: `variable ${name}`,
		value: hash("sha256", wordsIn(name, value).map((word) => keyed(word, directory, OFFERING_VARIABLE.test(name))).join(" "), "hex")
	}))];
}
/**
* The parts of a key for an installer's options: their text, and the content of files and directories that they name
* (`--constraint FILE`, `--find-links=DIRECTORY`, `-cFILE`).
*
* @param directory where the installer starts, absolute
*/
function optionParts(options, directory) {
	const named = wordsOf(options, directory).map(({ word, path, isFile }) => ({
		name: `option ${word}`,
		value: isFile ? keyed(word, directory) : contentHash(path)
	}));
	const parts = new Map(named.map((part) => [part.name, part]));
	return [{
		name: "options",
		value: JSON.stringify(options.map(withoutCredentials))
	}, ...parts.values()];
}
/** The files and directories, absolute, that options and passed variables name, with the files that those include. */
function namedFiles({ options, env, passed }, directory) {
	const ofOptions = wordsOf(options, directory).map(({ path }) => path);
	const ofVariables = Object.entries(passedVariables(env, passed)).filter(([name]) => !isCredential(name)).flatMap(([name, value]) => wordsIn(name, value).flatMap((word) => {
		const path = resolve(directory, word);
		if (word !== "" && isFileAt(path)) return [path];
		return OFFERING_VARIABLE.test(name) && offeredPlace(word, directory) || [];
	}));
	return [...ofOptions, ...ofVariables].flatMap((path) => isFileAt(path) ? includedFiles(path) : [path]);
}
/**
* Refuses packages and requirement files in options and passed variables of pip and uv: their local packages would be
* in no key, and conditions for hosts follow from `requirements:`.
*
* @param directory where the installer starts, absolute
* @throws Failure (refused) naming the first one
*/
function refusePackages(options, passed, directory) {
	const variable = passed.find((name) => REQUIRING_VARIABLE.test(name));
	if (variable) throw new Failure({
		code: "config-invalid",
		what: `\`pass-env:\` of an environment lets ${variable} name what is to be installed`,
		remedy: "Name requirement files in `requirements:` of this environment instead.",
		outcome: "refused"
	});
	const found = options.findIndex((option, n) => isRequiring(option) || isPackageWord(options, n, directory));
	if (found < 0) return;
	const option = options[found];
	const named = TAKES_NEXT.test(option) ? `${option} ${options[found + 1] ?? ""}` : option;
	throw new Failure({
		code: "config-invalid",
		what: `\`options:\` of an environment name what is to be installed: ${withoutCredentials(named.trim())}`,
		remedy: isOption(option.split("=")[0], ["--group"]) ? "Name requirement files in `requirements:` of this environment; dependency groups are for `installer: uv` with a uv.lock, as `groups: [NAME]`." : "Name requirement files in `requirements:` of this environment, and write packages into such a file: what those lead to counts in the environment's key.",
		outcome: "refused"
	});
}
/** `-r FILE`, `-e DIRECTORY`, `--group NAME`, in the spellings of pip and uv. */
const REQUIRING_OPTIONS = [
	"--requirements",
	"--requirements-from-script",
	"--editable",
	"--group"
];
const isRequiring = (option) => /^-[UIqv]*[re]/.test(option) || isOption(option.split("=")[0], REQUIRING_OPTIONS);
/** pip reads every option from a variable of its name as well. */
const REQUIRING_VARIABLE = /^PIP_(REQUIREMENTS?(_FROM_SCRIPT)?|EDITABLE|GROUP)$/i;
/**
* Whether a word among options is a package, and not an option's value. Only installers know which of their options
* have a value: after an unknown option, a word without a version or an address counts as its value.
*/
function isPackageWord(options, n, directory) {
	const [word = "", before = ""] = [options[n], options[n - 1]];
	if (word.startsWith("-")) return false;
	if (!TAKES_NEXT.test(before) || WITHOUT_VALUE.test(before)) return true;
	if (isOption(before, OFFERING_OPTIONS)) return false;
	return !NAMING_OPTION.test(before) && IS_REQUIREMENT.test(word) || isLocalPackage(word, directory);
}
/** Options that may have the next word as their value; pip accepts several short options as one word. */
const TAKES_NEXT = /^(-[UIqv]*[A-Za-z]|--[\w-]+)$/;
/** The usual options without a value. */
const WITHOUT_VALUE = /^(-[UIqv]+|--(no-(deps|index|cache(-dir)?|clean|compile|build|build-isolation|color|verify-hashes)|pre|upgrade|prefer-binary|require-hashes|(force-)?reinstall|ignore-installed|offline|refresh|strict|exact|compile(-bytecode)?|quiet|verbose))$/;
/** Options of uv that name packages and do not install them. */
const NAMING_OPTION = /^(-P|--(upgrade|reinstall|refresh)-package)$/;
/** `django==5.0`, `core @ https://…`, `git+https://…`, `https://…/core-1.0.tar.gz`. */
const IS_REQUIREMENT = /^[A-Za-z0-9][\w.-]*\s*(\[[^\]]*\])?\s*([=!~<>]=|[<>]|@\s*\w+[+:])|^(git|hg|svn|bzr)\+|^https?:\/\/.*\.(whl|zip|tar\.\w+|tgz)(#|$)/;
/**
* Whether installers treat a word as a local package: `./libs/core[web]`, `core @ file:libs/core`, `dep-1.0.tar.gz`.
*/
function isLocalPackage(word, directory) {
	const target = word.replace(/^[\w.-]+\s*(\[[^\]]*\])?\s*@\s*/, "").replace(/^file:(\/\/)?/i, "").replace(/\[[^\]]*\]$/, "");
	const path = resolve(directory, target);
	if (isFileAt(path)) return ARCHIVE.test(target);
	return /^\.|\//.test(target) && ["pyproject.toml", "setup.py"].some((name) => isFileAt(join(path, name)));
}
/** Options and variables of pip and uv whose values are sources of packages; uv separates some by commas. */
const OFFERING_OPTIONS = [
	...INDEX_OPTIONS,
	...LINKS_OPTIONS,
	"--index",
	"--default-index"
];
const OFFERING_VARIABLE = /^(PIP|UV)_(FIND_LINKS|INDEX|DEFAULT_INDEX|INDEX_URL|EXTRA_INDEX_URL)$/;
const wordsIn = (variable, value) => value.split(OFFERING_VARIABLE.test(variable) ? /[\s,]+/ : /\s+/);
/** Files that options name, and directories that offer packages. */
function wordsOf(options, directory) {
	return options.flatMap((option, n) => {
		const [, name = "", value] = /^(--[\w-]+)=(.+)$/s.exec(option) ?? /^(-\w)(.+)$/s.exec(option) ?? [];
		const word = value ?? option;
		const path = resolve(directory, word);
		if (isFileAt(path)) return [{
			word,
			path,
			isFile: true
		}];
		const offered = isOption(value === void 0 ? options[n - 1] ?? "" : name, OFFERING_OPTIONS) ? offeredPlace(word, directory) : void 0;
		return offered === void 0 ? [] : [{
			word,
			path: offered,
			isFile: false
		}];
	});
}
const isFileAt = (path) => statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
/** A word, or the content of the file or offering directory that it names. */
function keyed(word, directory, offers = false) {
	const path = resolve(directory, word);
	if (word === "" || !isFileAt(path)) {
		const offered = offers ? offeredPlace(word, directory) : void 0;
		return offered === void 0 ? withoutCredentials(word) : contentHash(offered);
	}
	const texts = includedFiles(path).map((file) => withoutCredentials(readFileSync(file, "latin1")));
	return hash("sha256", texts.join("\0"), "hex");
}
const INCLUDE = /^\s*(?:-[rc]|--requirement|--constraint)(?:\s+|=|(?=[^\s-]))(\S+)/gm;
/** A file, and the files that it includes if it is a requirement file, each once, absolute. */
function includedFiles(path, seen = /* @__PURE__ */ new Set()) {
	if (seen.has(path) || !isFileAt(path)) return [];
	seen.add(path);
	return [path, ...[...readFileSync(path, "latin1").matchAll(INCLUDE)].flatMap(([, name = ""]) => includedFiles(resolve(dirname(path), name), seen))];
}
/**
* @returns a function that removes credentials from an installer's output: those in addresses, and the values of passed
*   ones
*/
function redactor(env, passed) {
	const credentials = Object.entries(passedVariables(env, passed)).filter(([name]) => isMasked(name));
	const mask = maskSecrets(credentials.map(([, value]) => value));
	return (text) => mask(withoutCredentials(text));
}
/**
* Refuses a file of the repository that uses a variable which the job has and the installer does not get. If an index
* refuses access, pip continues with another one, so a missing token can result in another package of the same name.
*
* @param files by name, for the message
* @param given variables that the installer gets
* @throws Failure (refused) naming file and variables
*/
function refuseUnseen(files, env, passed) {
	const unseen = files.flatMap(({ name, text }) => variablesIn(text).filter((variable) => env[variable] && !passed.includes(variable) && !isOfTheMachine(variable)).map((variable) => ({
		name,
		variable
	})));
	const [first] = unseen;
	if (!first) return;
	const names = [...new Set(unseen.map(({ variable }) => variable))];
	throw new Failure({
		code: "variable-not-passed",
		what: `${first.name} takes ${names.join(", ")} from the environment, which installers do not see`,
		remedy: `If that is meant, name it in the environment's entry in tarlift.yml: \`pass-env: [${names.join(", ")}]\`.`,
		outcome: "refused"
	});
}
/** `${NAME}` and npm's `${NAME?}`, except in comments. */
function variablesIn(text) {
	const lines = text.split(/\r?\n/).filter((line) => !/^\s*[#;]/.test(line));
	return [...new Set([...lines.join("\n").matchAll(/\$\{([A-Za-z_][A-Za-z0-9_]*)\??\}/g)].map((match) => match[1]))];
}

export { refusePackages as a, LINKS_OPTIONS as c, parseLine as d, splitOptions as f, usualFiles as h, redactor as i, isOption as l, contentHash as m, optionParts as n, refuseUnseen as o, offeredByConfiguration as p, passedParts as r, INDEX_OPTIONS as s, namedFiles as t, optionName as u };