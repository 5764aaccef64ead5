import { n as Failure } from "./failure.js";
import { t as during } from "./progress.js";
import { a as array, l as looseObject, m as string, p as strictObject } from "./npm-zod-schemas.js";
import { g as PROJECT, p as pathsOf } from "./artifact-format.js";
import { t as builtVariables } from "./subprocess-built-variables.js";
import { i as formatEnd, n as tryRun, t as run } from "./subprocess-run.js";
import { i as hostPython, n as describePython, r as findPython } from "./python-interpreter.js";
import { f as allowsPython, i as nativeFiles, l as parseRequirement, m as patchVersions, r as nativeFileSchema, s as conditionsOf } from "./host-requirements-requirements.js";
import { t as lockedByOther } from "./installers-unsupported.js";
import { n as walk, t as packLayer } from "./artifact-pack.js";
import { a as finishEntry, i as unfinishedEntry, r as keepEntry, t as fetchEntry } from "./cache-entries.js";
import { r as withoutCredentials } from "./cache-key-key.js";
import { t as scratchDirectory } from "./subprocess-scratch.js";
import { c as LINKS_OPTIONS, d as parseLine, f as splitOptions, i as redactor, l as isOption, m as contentHash, n as optionParts, r as passedParts, s as INDEX_OPTIONS, u as optionName } from "./installers-passed-variables.js";
import { n as parse } from "./npm-smol-toml-index.js";
import { a as historyIdentity, d as writeSources, l as updateIndex, s as makeCommitView, u as writeFiles } from "./source-tag-version.js";
import { a as localReads, i as localParts, t as gitRemedy } from "./installers-git-remedy.js";
import { a as installTool, i as finishVirtualenv, n as localizeWith, o as removeLocalOrigins, r as createVirtualenv, s as pipVariables } from "./installers-virtualenv-localize.js";
import { basename, dirname, join, posix, relative } from "node:path";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hash } from "node:crypto";
import { availableParallelism } from "node:os";

// src/python/requires-python.ts
const pythonSchema = looseObject({ project: looseObject({ "requires-python": string().optional() }).optional() });
/** @param text a pyproject.toml @returns empty if it is missing, or not valid for any installer */
function requiresPython(text) {
	try {
		return pythonSchema.parse(parse(text)).project?.["requires-python"] ?? "";
	} catch {
		return "";
	}
}
/**
* Checks the Python of an environment before anything is fetched for it.
*
* @param source the application's directory, absolute
* @param host.interpreter the interpreter of the hosts
* @param host.version its minor version; the patch version of each host is checked in a deploy
* @throws Failure (refused) if pyproject.toml excludes every Python that hosts could have
*/
function refuseExcludedPython(source, host) {
	const file = join(source, "pyproject.toml");
	const wanted = existsSync(file) ? requiresPython(readFileSync(file, "utf8")) : "";
	if (patchVersions(host.version).some((version) => allowsPython(wanted, version))) return;
	throw new Failure({
		code: "interpreter-mismatch",
		what: `pyproject.toml requires Python ${wanted}, and the environment is for Python ${host.version}`,
		where: {
			file,
			interpreter: host.interpreter
		},
		remedy: "Name an interpreter that hosts have and that pyproject.toml allows as `interpreter:` of this environment, or change `requires-python`.",
		outcome: "refused"
	});
}

// src/installers/virtualenv/byte-code.ts
const PROGRAM = `
import importlib.util, os, py_compile, sys
mode = py_compile.PycInvalidationMode.CHECKED_HASH
for record in sys.stdin.buffer.read().split(b"\\0\\n")[:-1]:
    source, target, name = (os.fsdecode(part) for part in record.split(b"\\0"))
    try:
        py_compile.compile(source, cfile=target, dfile=name, doraise=True, invalidation_mode=mode)
    except Exception:
        pass  # templates and code of other versions: no interpreter imports them
`;
/**
* Compiles modules for the interpreter of the hosts.
*
* @param sources of a layer; files other than `.py` are left alone
* @param options.base their directory on hosts, absolute: tracebacks show it
* @param options.work keeps byte code by content, so that a small change compiles little
* @param options.elsewhere paths of other layers, in which an asset step compiled a module of the application: those
*   stay
* @returns the sources with `__pycache__/*.pyc` beside each module that compiles, replacing existing ones
*/
async function withByteCode(sources, options) {
	const compiled = (await compileModules(sources, options)).filter(({ path }) => !options.elsewhere?.has(path));
	const made = new Set(compiled.map(({ path }) => path));
	return [...sources.filter(({ path }) => !made.has(path)), ...compiled];
}
async function compileModules(sources, options) {
	const { python, base, work } = options;
	const cache = join(work, "byte-code", python.abi);
	mkdirSync(cache, { recursive: true });
	const scratch = mkdtempSync(join(work, "byte-code-"));
	try {
		const modules = sources.flatMap((source, n) => {
			if (source.type !== "file" || !source.path.endsWith(".py")) return [];
			const content = "content" in source ? source.content : readFileSync(source.from);
			const key = hash("sha256", Buffer.concat([Buffer.from(`${base}/${source.path}\0`), content]), "hex");
			return [{
				path: source.path,
				content,
				kept: join(cache, `${key}.pyc`),
				from: join(scratch, `${n}.py`)
			}];
		});
		const missing = modules.filter(({ kept }) => !existsSync(kept));
		for (const { from, content } of missing) writeFileSync(from, content);
		await inParallel(missing, async (part) => {
			const input = part.map(({ from, path }) => `${from}\0${from}c\0${base}/${path}\0\n`).join("");
			await run([
				python.executable,
				"-I",
				"-c",
				PROGRAM
			], {
				what: "the application's byte code could not be compiled",
				env: builtVariables(process.env),
				input
			});
		});
		for (const { from, kept } of missing) keep(`${from}c`, kept);
		return modules.filter(({ kept }) => existsSync(kept) && statSync(kept).size > 0).map(({ path, kept }) => ({
			type: "file",
			path: cachePath(path, python),
			content: readFileSync(kept),
			executable: false
		}));
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
/** An empty file records that a module does not compile. */
function keep(compiled, kept) {
	const unfinished = `${kept}.${process.pid}`;
	if (existsSync(compiled)) copyFileSync(compiled, unfinished);
	else writeFileSync(unfinished, "");
	renameSync(unfinished, kept);
}
/** `shop/models.py` -> `shop/__pycache__/models.cpython-311.pyc` (PEP 3147). */
function cachePath(path, python) {
	const directory = dirname(path);
	return `${directory === "." ? "" : `${directory}/`}__pycache__/${basename(path, ".py")}.${python.abi}.pyc`;
}
async function inParallel(items, work) {
	if (items.length === 0) return;
	const workers = Math.min(availableParallelism(), Math.ceil(items.length / 20));
	await Promise.all(Array.from({ length: workers }, (_, n) => work(items.filter((_item, index) => index % workers === n))));
}

// src/installers/virtualenv/requirement-files.ts
/**
* Reads requirement files and all that they include, each once, in the order in which pip reads them.
*
* @param source the directory where pip would be started, absolute
* @param names files relative to it
* @param variables that installers see: `${NAME}` in a path refers to one
* @param application the application's directory, absolute, if it is another one
* @throws Failure for missing files, and for editable requirements
*/
function readRequirements(source, names, variables = {}, application = source) {
	const files = /* @__PURE__ */ new Map();
	const visit = (path, from) => {
		if (files.has(path)) return;
		if (!existsSync(path) || !statSync(path).isFile()) throw new Failure({
			code: "lock-missing",
			what: `there is no ${relative(source, path)}`,
			where: { "included from": from },
			remedy: (from === void 0 ? lockedByOther(readdirSync(source), "python") : void 0) ?? "Name the requirement files in tarlift.yml: `requirements: [requirements.txt]`.",
			outcome: "refused"
		});
		const text = decode(readFileSync(path)).replaceAll("\r\n", "\n");
		const name = relative(source, path);
		const file = {
			name,
			path,
			text,
			lines: logicalLines(text).flatMap(splitOptions).map((line) => parseLine(line, {
				file: name,
				directories: [source, dirname(path)],
				application,
				variables
			}))
		};
		files.set(path, file);
		for (const line of file.lines) if (line.kind === "include") visit(line.path, name);
	};
	for (const name of names) visit(join(source, name));
	return [...files.values()];
}
/** By its byte order mark or its comment, like pip: `pip freeze > requirements.txt` in PowerShell writes UTF-16. */
function decode(bytes) {
	const mark = bytes.toString("latin1", 0, 2);
	if (mark === "ÿþ") return new TextDecoder("utf-16le").decode(bytes);
	if (mark === "þÿ") return new TextDecoder("utf-16be").decode(bytes);
	const [first = "", second = ""] = bytes.toString("latin1", 0, 200).split("\n");
	const named = /^#.*coding[:=]\s*([-\w.]+)/m.exec(`${first}\n${second}`)?.[1] ?? "utf-8";
	try {
		return new TextDecoder(named).decode(bytes);
	} catch {
		return new TextDecoder().decode(bytes);
	}
}
/**
* Joins continuation lines and removes comments and blank lines. A comment is never continued, and ends a continuation.
*/
function logicalLines(text) {
	const lines = [];
	let begun = "";
	for (const line of text.split("\n")) {
		const isComment = /^\s*#/.test(line);
		if (line.endsWith("\\") && !isComment) {
			begun += `${line.slice(0, -1).trim()} `;
			continue;
		}
		lines.push(isComment ? begun : begun + line.trim());
		begun = "";
	}
	return [...lines, begun].map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter(Boolean);
}
/**
* The paths of files whose requirements are installed; all others are constraints.
*
* @param roots the files that an environment names, absolute
*/
function installedFiles(files, roots) {
	const byPath = new Map(files.map((file) => [file.path, file]));
	const found = /* @__PURE__ */ new Set();
	const visit = (path) => {
		if (found.has(path)) return;
		found.add(path);
		for (const line of byPath.get(path)?.lines ?? []) if (line.kind === "include" && !line.constraint) visit(line.path);
	};
	for (const root of roots) visit(root);
	return found;
}
/**
* Merges many files into one requirement file and one constraint file, for an installer that reads them in another
* directory.
*
* @param wheels the built wheels by local directory; other paths stay. If other lines have hashes, wheels get theirs:
*   installers want all or none.
*/
function flattenRequirements(files, roots, wheels) {
	const byPath = new Map(files.map((file) => [file.path, file]));
	const hashed = files.some(({ lines }) => lines.some((line) => (line.kind === "requirement" || line.kind === "option") && HASHES.test(` ${line.text}`)));
	const requirements = [];
	const constraints = [];
	const seen = new Map([requirements, constraints].map((out) => [out, /* @__PURE__ */ new Set()]));
	const visit = (path, out) => {
		if (seen.get(out).has(path)) return;
		seen.get(out).add(path);
		for (const line of byPath.get(path)?.lines ?? []) if (line.kind === "include") visit(line.path, line.constraint ? constraints : out);
		else if (line.kind === "local") out.push(localLine(line, wheels.get(line.path) ?? line.path, hashed));
		else out.push(line.text);
	};
	for (const root of roots) visit(root, requirements);
	return {
		requirements: `${requirements.join("\n")}\n`,
		constraints: `${constraints.join("\n")}\n`
	};
}
const HASHES = /\s--(hash|require-hashes)\b/;
function localLine({ extras, rest }, path, hashed) {
	return `${path}${extras}${rest}${hashed && !HASHES.test(rest) && existsSync(path) && statSync(path).isFile() ? ` --hash=sha256:${contentHash(path)}` : ""}`;
}

// src/installers/virtualenv/package-sources.ts
const WITH_VALUE = [
	...INDEX_OPTIONS,
	...LINKS_OPTIONS,
	"--trusted-host"
];
const NO_INDEX = ["--no-index"];
/**
* The sources that pip gets for an environment.
*
* @param roots the files that it names, absolute
*/
function packageSources(files, roots, options) {
	const { constraints, requirements } = flattenRequirements(files, roots, /* @__PURE__ */ new Map());
	return {
		lines: `${constraints}${requirements}`.split("\n").filter((line) => isOption(optionName(line), [...WITH_VALUE, ...NO_INDEX])),
		words: options.flatMap((option, n) => {
			if (isOption(option, NO_INDEX)) return [option];
			const name = optionName(option);
			if (!isOption(name, WITH_VALUE)) return [];
			return name === option ? options.slice(n, n + 2) : [option];
		})
	};
}
/**
* The same for a project that is built beside its environment. `--no-index` is left out: it says that directories
* contain the whole environment, but they need not contain what builds the project.
*
* @param names requirement files, relative to the directory
* @param options.passed names of `pass-env`
* @param options.words options of the environment, in pip's spelling
*/
function projectSources(directory, names, { passed, words: options }) {
	const { lines, words } = packageSources(readRequirements(directory, names, builtVariables(process.env, passed)), names.map((name) => join(directory, name)), options);
	const isOpen = (text) => !isOption(text, NO_INDEX);
	return {
		lines: lines.filter(isOpen),
		words: words.filter(isOpen)
	};
}
/**
* Arguments of pip. Lines of files are passed in a file: an address may contain a password.
*
* @param scratch directory of that file, absolute
*/
function sourceArguments({ lines, words }, scratch) {
	if (lines.length === 0) return words;
	const file = join(scratch, "sources.txt");
	writeFileSync(file, `${lines.join("\n")}\n`, { mode: 384 });
	return [
		...words,
		"-r",
		file
	];
}

// src/installers/virtualenv/own-package.ts
const FORMAT = "3";
const meta = strictObject({ native: array(nativeFileSchema) });
/** See {@link ApplicationHooks.layer}. */
async function buildPackage(options, builder) {
	return {
		...await restoreOrBuild(options, builder),
		runtime: {
			path: [PROJECT.bin],
			env: { PYTHONPATH: PROJECT.site }
		}
	};
}
async function restoreOrBuild(options, builder) {
	const { source, environment } = options;
	const key = hash("sha256", JSON.stringify([
		FORMAT,
		options.app,
		options.project,
		environment.record.id,
		source.includeHash,
		source.tracked.map(({ path, type, executable, identity }) => [
			path,
			type,
			executable,
			identity
		]),
		await historyIdentity(options.repository, source.commit.id),
		...passedParts(process.env, builder.passed, join(options.repository, options.directory)).map(({ name, value }) => [name, value])
	]), "hex");
	const slot = {
		store: options.store,
		work: options.work,
		key: `package-${key}`,
		schema: meta,
		title: "the project's package",
		progress: options.progress
	};
	const found = await fetchEntry(slot);
	if (found) return {
		layer: found.layer,
		native: found.meta.native,
		hit: true
	};
	await environment.unpack();
	const scratch = mkdtempSync(join(options.work, "package-"));
	try {
		const { layer, native } = await during(options.progress, "build the project's package", async (task) => {
			await install$1(options, builder, scratch, (line) => task.line(line));
			const built = [...walk(join(scratch, "site"), { prefix: PROJECT.site }), ...walk(join(scratch, "bin"), { prefix: PROJECT.bin })];
			const base = pathsOf(options.app).application;
			const { python } = builder;
			const sources = await withByteCode(built, {
				base: `/${base}`,
				python,
				work: options.work
			});
			return {
				layer: await packLayer(sources, {
					base,
					file: unfinishedEntry(slot)
				}),
				native: nativeFiles(built)
			};
		});
		finishEntry(layer, slot.key, { native });
		const kept = await keepEntry(slot, {
			meta: { native },
			layer
		});
		return {
			layer: kept.layer,
			native: kept.meta.native,
			hit: false
		};
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
async function install$1({ repository, directory, project, source, environment, work, progress }, { python, pip: version, passed, packageSources }, scratch, onLine) {
	const tool = await installTool("pip", version, python, {
		work,
		progress,
		passed
	});
	const tooled = [
		join(tool, "bin/python"),
		"-I",
		"-m",
		"pip",
		"--no-input",
		"--disable-pip-version-check"
	];
	const pip = [
		...tooled,
		"--python",
		join(environment.path, "bin/python")
	];
	const copy = join(scratch, "repository");
	const application = join(copy, directory);
	mkdirSync(application, { recursive: true });
	await writeFiles(source.tracked, copy);
	writeSources(source.included, application);
	await makeCommitView(repository, source.commit.id, copy);
	await updateIndex(copy, source.tracked);
	const step = {
		what: "the project's package could not be built",
		code: "installer-failed",
		env: {
			...await pipVariables(tooled, passed),
			PYTHONDONTWRITEBYTECODE: "1",
			SOURCE_DATE_EPOCH: "315532800",
			SKIP_GENERATE_AUTHORS: "1",
			SKIP_WRITE_GIT_CHANGELOG: "1",
			GIT_CEILING_DIRECTORIES: scratch,
			PYTHONHASHSEED: "0"
		},
		cwd: join(repository, directory),
		onLine,
		redact: redactor(process.env, passed),
		remedy: "It is built in a clean copy of the commit with its history and tags; the same can be tried in a fresh clone: pip wheel --no-deps . What builds it comes from the indexes and directories of packages that its environment names. Where the application is no package and runs from its own directory: `package: false` in tarlift.yml."
	};
	const from = sourceArguments(packageSources(), scratch);
	await run([
		...pip,
		"wheel",
		"--no-deps",
		...from,
		"--wheel-dir",
		join(scratch, "wheels"),
		join(application, project)
	], {
		...step,
		step: "pip wheel"
	});
	const [wheel] = readdirSync(join(scratch, "wheels"));
	const site = join(scratch, "site");
	await run([
		...pip,
		"install",
		"--no-deps",
		"--no-compile",
		"--no-index",
		"--target",
		site,
		join(scratch, "wheels", wheel)
	], {
		...step,
		step: "pip install"
	});
	removeLocalOrigins(site);
	mkdirSync(join(scratch, "bin"));
	if (existsSync(join(site, "bin"))) for (const name of readdirSync(join(site, "bin"))) renameSync(join(site, "bin", name), join(scratch, "bin", name));
	rmSync(join(site, "bin"), {
		recursive: true,
		force: true
	});
}

// src/installers/virtualenv/application.ts
const applicationHooks = (builder) => ({
	files: (sources, options) => withByteCode(sources, {
		...options,
		python: builder.python
	}),
	conditions: (source, project) => projectConditions(source, project, builder),
	layer: (context) => buildPackage(context, builder)
});
/**
* The condition in pyproject.toml on the Python that runs the application, if it could exclude another patch version.
*/
function projectConditions(source, directory, { python }) {
	const title = posix.join(directory, "pyproject.toml");
	const text = textOf(source, title);
	if (text === void 0) return [];
	return conditionsOf([{
		name: void 0,
		title,
		requires: [],
		python: requiresPython(text)
	}], python.markers);
}
/** The text of a file of the application, as in the commit. */
function textOf({ sources }, name) {
	const file = sources.find(({ path }) => path === name);
	return file?.type === "file" && "content" in file ? Buffer.from(file.content).toString("utf8") : void 0;
}

// src/installers/virtualenv/requirements-origin.ts
/**
* Requirement files count by content without credentials, local paths and directories of wheels by their content.
*
* @param names the files that the environment names: the content of others only constrains
*/
async function requirementParts(files, names, context) {
	return [
		{
			name: "requirements",
			value: JSON.stringify(names)
		},
		...files.map(({ name, text }) => ({
			name: `file ${name}`,
			value: hash("sha256", withoutCredentials(text), "hex")
		})),
		...await localParts(localsOf(files), context),
		...offeredBy(files).map((path) => ({
			name: `local ${relative(context.source, path)}`,
			value: contentHash(path)
		}))
	];
}
/**
* The files that an installer reads for requirement files: the files themselves, and what they name.
*
* @param named further files for the installer, absolute
*/
async function requirementReads(files, { repository }, named) {
	const local = await localReads(localsOf(files), repository);
	return {
		...local,
		whole: [
			...files.map(({ path }) => path),
			...offeredBy(files),
			...named,
			...local.whole
		]
	};
}
/** Directories and archives that requirement files name as packages. */
function localsOf(files) {
	const paths = files.flatMap(({ lines }) => lines.flatMap((line) => line.kind === "local" ? [line.path] : []));
	return [...new Set(paths)];
}
/** Directories of the checkout that `--find-links` names. */
function offeredBy(files) {
	const lines = files.flatMap((file) => file.lines);
	return [...new Set(lines.flatMap((line) => line.kind === "option" && line.path !== void 0 ? [line.path] : []))];
}
/**
* The requirements in requirement files, for the conditions of an environment.
*
* @param roots the files that the environment names, absolute
*/
function fileRequirers(files, roots) {
	const installed = installedFiles(files, roots);
	return files.map(({ name, path, lines }) => ({
		name: void 0,
		title: name,
		...installed.has(path) ? { root: true } : { constraint: true },
		requires: lines.flatMap((line) => {
			if (line.kind === "requirement") return [parseRequirement(line.text)];
			return line.kind === "local" ? [parseRequirement(`local:${line.extras}${line.rest}`)] : [];
		}),
		python: ""
	}));
}
function unpinnedWarnings(files) {
	const nameOf = (text) => parseRequirement(text).name ?? text;
	const lines = files.flatMap(({ lines }) => lines.flatMap((line) => line.kind === "requirement" ? [line] : []));
	const pinned = new Set(lines.filter((line) => line.pinned).map(({ text }) => nameOf(text)));
	const loose = [...new Set(lines.filter((line) => !line.pinned && !pinned.has(nameOf(line.text))).map(({ text }) => withoutCredentials(text)))];
	if (loose.length === 0) return [];
	return [`${loose.length === 1 ? "a requirement has" : `${loose.length} requirements have`} no exact version, so the same commit can get other code after the cache is lost: ${loose.slice(0, 10).join(", ")}${loose.length > 10 ? ", …" : ""}. Pin them with \`pip freeze\`, pip-compile or uv.`];
}
/** The directories that requirement files name as packages. */
function localDirectories(files) {
	return localsOf(files).filter((path) => statSync(path).isDirectory());
}
const LACKS_COMPILER = "A package is compiled here and lacks a compiler, headers or libraries: install them on the builder before this step, or pin a version that has a wheel.";
/**
* Refuses an environment that lacks a package which its requirements name without a marker: it was installed elsewhere.
*
* @param requirements one a line, with all included files and without constraints
* @throws Failure naming the packages
*/
function refuseMissing(requirements, resolved, installer) {
	const wanted = requirements.split("\n").filter((line) => !line.startsWith("-") && !line.includes(";")).flatMap((line) => /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:$|[\s@[=<>!~])/.exec(line)?.[1] ?? []);
	refuseLacking([...new Set(wanted)], resolved, installer);
}
/** @param wanted names of packages that must be installed */
function refuseLacking(wanted, resolved, installer) {
	const plain = (name) => name.toLowerCase().replace(/[-_.]+/g, "-");
	const there = new Set(resolved.map(({ name }) => plain(name)));
	const lacking = wanted.filter((name) => !there.has(plain(name)));
	if (lacking.length === 0) return;
	throw new Failure({
		code: "environment-incomplete",
		what: `${installer} ended well, and the environment lacks ${lacking.slice(0, 10).join(", ")}${lacking.length > 10 ? ", …" : ""}`,
		where: { packages: `${resolved.length} in the environment` },
		remedy: `Something leads ${installer} elsewhere: look at \`options:\` and \`pass-env:\` of this environment (PIP_TARGET, PIP_PREFIX, --dry-run).`
	});
}
function resolvedOf(json) {
	return JSON.parse(json.slice(json.indexOf("["))).map(({ name, version }) => ({
		name,
		version
	})).sort((a, b) => a.name < b.name ? -1 : 1);
}

// src/installers/virtualenv/install.ts
/**
* @param config.project the directory with the `requires-python` that counts, absolute
* @param config.application the application's directory, absolute
* @throws Failure (refused) if the hosts' version is unknown, is excluded, or is not on this machine
*/
async function choosePythons(config, { project, application, wanted }) {
	const host = hostPython(config, application);
	if (config.use !== "build") refuseExcludedPython(project, host);
	return {
		host,
		python: await findPython(host, wanted)
	};
}
function virtualenvInstallPlan(plan) {
	const { tool, python, host, options, passed, context } = plan;
	return {
		reads: plan.reads,
		parts: [
			...plan.parts,
			{
				name: "installer",
				value: `${tool.name} ${tool.version}`
			},
			...optionParts(options, context.source),
			{
				name: "python",
				value: describePython(python)
			},
			{
				name: "interpreter on hosts",
				value: host.interpreter
			},
			...passedParts(process.env, passed, context.source)
		],
		warnings: plan.warnings,
		tool,
		madeWith: describePython(python),
		install: (directory) => install(directory, plan),
		localize: localizeWith(python),
		readable: [python.prefix],
		application: applicationHooks({
			...plan.package,
			python,
			passed
		})
	};
}
async function install(directory, plan) {
	const { python, host, passed, context } = plan;
	const tool = await installTool(plan.tool.name, plan.tool.version, python, {
		...context,
		passed
	});
	const scratch = scratchDirectory(context.work);
	const task = context.progress.task(plan.task);
	try {
		await createVirtualenv(directory, python);
		const listening = {
			redact: redactor(process.env, passed),
			onLine: (line) => task.line(line),
			signal: context.signal
		};
		const resolved = resolvedOf(await plan.install({
			directory,
			tool,
			scratch,
			listening
		}));
		plan.refuseMissing(resolved);
		const finished = await finishVirtualenv(directory, python, {
			host,
			checkouts: [context.repository, scratch],
			requirers: plan.requirers
		});
		task.end(`${resolved.length} packages`);
		return {
			resolved,
			...finished
		};
	} catch (error) {
		task.fail();
		throw error;
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}

// src/installers/virtualenv/pip-version.ts
/** The version of pip that Tarlift uses: that of a distribution's venv may be too old for a lock. */
const PIP_VERSION = "26.0.1";
/** The version for one Python: for an old Python, the last pip that runs on it (`Requires-Python` of its releases). */
const pipVersion = ({ version }) => ({
	"3.7": "24.0",
	"3.8": "25.0.1"
})[version] ?? "26.0.1";

// src/installers/virtualenv/run-installer.ts
/**
* Runs a command that installs or builds packages.
*
* @param failed.what `pip could not install the requirements`
* @param failed.where what ran, by names for messages
* @param failed.remedy for the command's last lines, where git has none
* @throws Failure when it fails
*/
async function runInstaller(command, options, failed) {
	const result = await tryRun(command, options);
	if (result.code === 0) return;
	const output = result.lastLines;
	throw new Failure({
		code: "installer-failed",
		what: failed.what,
		where: {
			...failed.where,
			ended: formatEnd(result)
		},
		output,
		remedy: gitRemedy(output) ?? failed.remedy(output)
	});
}
/**
* @param name of the installer
* @param command `pip list` with its options
* @returns the installed packages as JSON
*/
async function listInstalled(name, command, options) {
	return (await run(command, {
		...options,
		what: `${name} could not list what it installed`,
		code: "installer-failed"
	})).stdout;
}

export { flattenRequirements as _, virtualenvInstallPlan as a, localDirectories as c, requirementParts as d, requirementReads as f, sourceArguments as g, projectSources as h, choosePythons as i, refuseLacking as l, packageSources as m, runInstaller as n, LACKS_COMPILER as o, unpinnedWarnings as p, pipVersion as r, fileRequirers as s, listInstalled as t, refuseMissing as u, readRequirements as v };