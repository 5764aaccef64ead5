import { a as refusePackages, h as usualFiles, m as contentHash, o as refuseUnseen, p as offeredByConfiguration, t as namedFiles } from "./installers-passed-variables.js";
import { a as array, f as record, l as looseObject, m as string } from "./npm-zod-schemas.js";
import { a as localReads, i as localParts, n as BUILT_ALONE, o as trackedFiles, r as copyPackages } from "./installers-git-remedy.js";
import { _ as flattenRequirements, a as virtualenvInstallPlan, c as localDirectories, d as requirementParts, f as requirementReads, h as projectSources, i as choosePythons, l as refuseLacking, n as runInstaller, o as LACKS_COMPILER, p as unpinnedWarnings, r as pipVersion, s as fileRequirers, t as listInstalled, u as refuseMissing, v as readRequirements } from "./installers-virtualenv-run-installer.js";
import { r as withoutCredentials } from "./cache-key-key.js";
import { b as quoteName } from "./artifact-format.js";
import { n as Failure } from "./failure.js";
import { n as untrackedReads } from "./source-committed.js";
import { n as packageDirectory, t as describesPackage } from "./installers-virtualenv-package-project.js";
import { n as parse, t as stringify } from "./npm-smol-toml-index.js";
import { p as canonicalName } from "./host-requirements-requirements.js";
import { t as lockedByOther } from "./installers-unsupported.js";
import { t as builtVariables } from "./subprocess-built-variables.js";
import { dirname, join, relative, resolve } from "node:path";
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { hash } from "node:crypto";
import { homedir } from "node:os";

// src/installers/uv/configuration-files.ts
/** Those that exist, absolute. */
const configurationFiles = (context) => candidateFiles(context).filter((file) => existsSync(file));
/** The same, including missing ones: a file that the commit has and that was removed would matter as well. */
function candidateFiles({ source, repository }) {
	const directories = [source];
	for (let at = source; at !== repository && dirname(at) !== at;) {
		at = dirname(at);
		directories.push(at);
	}
	return directories.flatMap((directory) => ["pyproject.toml", "uv.toml"].map((name) => join(directory, name)));
}
const configurationParts = (context) => fileParts(configurationFiles(context), context);
const fileParts = (files, { source }) => files.map((file) => ({
	name: `file ${relative(source, file)}`,
	value: hash("sha256", withoutCredentials(readFileSync(file, "latin1")), "hex")
}));

// src/installers/uv/lock-file.ts
const dependencySchema = looseObject({
	name: string(),
	/** Set if the lock has several versions of it. */
	version: string().optional(),
	marker: string().optional(),
	extra: array(string()).optional()
});
const dependencies = array(dependencySchema);
const packageSchema = looseObject({
	name: string(),
	version: string().optional(),
	source: looseObject({
		editable: string().optional(),
		virtual: string().optional(),
		directory: string().optional(),
		path: string().optional()
	}).optional(),
	dependencies: dependencies.optional(),
	"optional-dependencies": record(string(), dependencies).optional(),
	"dev-dependencies": record(string(), dependencies).optional()
});
const lockSchema = looseObject({ package: array(packageSchema).default([]) });
/** @throws Failure for a text that is no lock */
function parseUvLock(text) {
	try {
		return lockSchema.parse(parse(text));
	} catch (error) {
		throw new Failure({
			code: "lock-invalid",
			what: "uv.lock cannot be read",
			output: error instanceof Error ? withoutCredentials(error.message.split("\n").slice(0, 5).join("\n")) : void 0,
			remedy: "Correct it (a merge may have left its marks), or write it again: uv lock.",
			outcome: "refused"
		});
	}
}
/** The path of a package in the repository, a directory or archive, relative to the lock. */
function localPath({ source }) {
	return source?.editable ?? source?.virtual ?? source?.directory ?? source?.path;
}
/** Whether uv never builds a package (`package = false`): only its dependencies are installed. */
const isVirtual = ({ source }) => source?.virtual !== void 0;
/**
* Names of packages that a project itself depends on and uv installs on every platform.
*
* @param project its canonical name
*/
function directDependencies(lock, project) {
	const own = lock.package.find((one) => canonicalName(one.name) === project && localPath(one) !== void 0);
	const isLeftOut = (name) => {
		const named = lock.package.filter((one) => canonicalName(one.name) === canonicalName(name));
		return named.length > 0 && named.every(isVirtual);
	};
	return (own?.dependencies ?? []).flatMap(({ name, marker }) => marker === void 0 && !isLeftOut(name) ? [name] : []);
}
/** The lock's requirements of installed packages and of the project itself, for the conditions of an environment. */
function lockRequirers(lock, installed, roots) {
	const locked = new Map(lock.package.map((one) => [`${canonicalName(one.name)} ${one.version ?? ""}`, one]));
	const isRoot = (one) => localPath(one) !== void 0 && (roots.open || canonicalName(one.name) === roots.project);
	return [...lock.package.filter(isRoot).map((one) => {
		const wanted = Object.entries(one["dev-dependencies"] ?? {}).filter(([name]) => roots.open || roots.groups.includes(name));
		return {
			name: canonicalName(one.name),
			title: `uv.lock (${one.name})`,
			requires: [...requirementsOf(one), ...wanted.flatMap(([, list]) => list.map((entry) => requirement(entry)))],
			python: "",
			...roots.open ? {} : { root: true },
			extras: (roots.open ? Object.keys(one["optional-dependencies"] ?? {}) : roots.extras).map(canonicalName)
		};
	}), ...installed.map((one) => {
		const entry = locked.get(one.title.toLowerCase().replace(/^\S+/, () => one.name ?? "")) ?? locked.get(`${one.name} `);
		return entry ? {
			...one,
			requires: requirementsOf(entry)
		} : one;
	})];
}
function requirementsOf(one) {
	return [...(one.dependencies ?? []).map((entry) => requirement(entry)), ...Object.entries(one["optional-dependencies"] ?? {}).flatMap(([extra, list]) => list.map((entry) => requirement(entry, `extra == "${extra}"`)))];
}
function requirement({ name, version, marker, extra }, also) {
	const both = marker !== void 0 && also !== void 0 ? `(${marker}) and ${also}` : marker ?? also ?? "";
	const specifier = version === void 0 ? "" : `==${version}`;
	return {
		name: canonicalName(name),
		extras: (extra ?? []).map(canonicalName),
		specifier,
		marker: both
	};
}

// src/installers/uv/project.ts
/**
* Finds the lock in the application's directory or in the workspace above it.
*
* @param options of tarlift.yml: `--package` names another project
* @throws Failure (refused) without a lock or a pyproject.toml
*/
function findUvProject({ source, repository }, options) {
	const file = findUp(source, repository, "uv.lock");
	if (file === void 0 || !existsSync(join(source, "pyproject.toml"))) {
		const missing = file === void 0 ? "uv.lock" : "pyproject.toml";
		throw new Failure({
			code: "lock-missing",
			what: `there is no ${missing}`,
			where: { path: join(source, missing) },
			remedy: file === void 0 ? lockedByOther(readdirSync(source), "python") ?? "Run `uv lock` and commit uv.lock, or name requirement files: `requirements: [requirements.txt]`." : "Let `source:` or `directory:` name the directory of a uv project, or name requirement files: `requirements: [requirements.txt]`.",
			outcome: "refused"
		});
	}
	const text = readFileSync(file, "utf8");
	const lock = parseUvLock(text);
	const root = dirname(file);
	const named = optionValue(options, "--package");
	const own = relative(root, source) || ".";
	const project = named === void 0 ? lock.package.find((one) => localPath(one) === own) : lock.package.find(({ name }) => canonicalName(name) === canonicalName(named));
	if (named === void 0 && project === void 0 && own !== ".") throw new Failure({
		code: "lock-invalid",
		what: `${relative(repository, file)} knows no project in ${own}`,
		where: { directory: source },
		remedy: `Make it a member of the workspace: name ${own} in \`members\` of [tool.uv.workspace] in ${join(relative(repository, root), "pyproject.toml")}, run \`uv lock\` and commit both.`,
		outcome: "refused"
	});
	const installed = reachable(lock, (options.includes("--all-packages") ? lock.package.filter((one) => localPath(one)) : [project]).filter((one) => one !== void 0)).filter((one) => one !== project && !isVirtual(one));
	const described = lock.package.filter((one) => one === project || !installed.includes(one)).flatMap((one) => localPath(one) ?? []).map((path) => resolve(root, path)).filter((path) => existsSync(path));
	const dynamicPaths = described.filter((path) => statSync(path).isDirectory() && isDynamic(path));
	return {
		lock,
		text,
		file,
		describedBy: described.filter((path) => !dynamicPaths.includes(path)).flatMap(describingFiles),
		dynamicPaths,
		name: project && canonicalName(project.name),
		directory: project && resolve(root, localPath(project) ?? "."),
		installedPaths: installed.flatMap((one) => {
			const path = localPath(one);
			return path === void 0 ? [] : [resolve(root, path)];
		})
	};
}
/** Files with a package's requirements, and with uv's settings for it. */
function describingFiles(path) {
	if (statSync(path).isFile()) return [path];
	return ["pyproject.toml", "uv.toml"].map((name) => join(path, name)).filter((file) => existsSync(file));
}
const pyprojectSchema = looseObject({ project: looseObject({ dynamic: array(string()).optional() }).optional() });
/**
* Whether uv asks a package's build backend for its requirements
* (https://packaging.python.org/en/latest/specifications/pyproject-toml/#dynamic).
*/
function isDynamic(path) {
	const file = join(path, "pyproject.toml");
	if (!existsSync(file)) return true;
	try {
		const { project } = pyprojectSchema.parse(parse(readFileSync(file, "utf8")));
		return project?.dynamic?.some((field) => /dependencies|requires-python/.test(field)) ?? project === void 0;
	} catch {
		return false;
	}
}
function findUp(from, top, name) {
	for (let at = from;; at = dirname(at)) {
		if (existsSync(join(at, name))) return join(at, name);
		if (at === top || at === dirname(at)) return void 0;
	}
}
function optionValue(options, name) {
	const at = options.findIndex((option) => option === name || option.startsWith(`${name}=`));
	return at < 0 ? void 0 : options[at].startsWith(`${name}=`) ? options[at].slice(name.length + 1) : options[at + 1];
}
/** Packages and all their possible dependencies, whatever markers, extras and groups. */
function reachable(lock, roots) {
	const byName = Map.groupBy(lock.package, ({ name }) => canonicalName(name));
	const found = /* @__PURE__ */ new Set();
	const visit = (one) => {
		if (found.has(one)) return;
		found.add(one);
		const lists = [
			one.dependencies ?? [],
			...Object.values(one["optional-dependencies"] ?? {}),
			...Object.values(one["dev-dependencies"] ?? {})
		];
		for (const { name } of lists.flat()) for (const next of byName.get(canonicalName(name)) ?? []) visit(next);
	};
	for (const root of roots) visit(root);
	return [...found];
}

// src/installers/uv/from-lock.ts
/** @param application its directory, absolute: the environment may have a directory of its own */
async function fromLock(config, context, application) {
	const project = findUvProject(context, config.options ?? []);
	const { lock } = project;
	await refuseUntracked(context.repository, [project.file, join(context.source, "pyproject.toml")]);
	const describedBy = await tracked(project.describedBy);
	const groups = (config.groups ?? []).flatMap((group) => ["--group", group]);
	const extras = (config.extras ?? []).flatMap((extra) => ["--extra", extra]);
	const { installedPaths, dynamicPaths } = project;
	const packages = [...installedPaths, ...dynamicPaths];
	const local = await localReads(packages, context.repository);
	const members = packages.map((path) => join(path, "pyproject.toml")).filter((file) => existsSync(file));
	return {
		step: "uv sync --locked",
		reads: {
			...local,
			whole: [
				project.file,
				...describedBy,
				...local.whole
			]
		},
		builtHere: packages,
		configuration: [
			...configurationFiles(context),
			...describedBy,
			...members
		].filter((file) => /\.toml$/.test(file)),
		parts: [
			{
				name: "file uv.lock",
				value: hash("sha256", withoutCredentials(project.text), "hex")
			},
			...configurationParts(context),
			{
				name: "groups and extras",
				value: JSON.stringify([groups, extras])
			},
			...await localParts(packages, context),
			...fileParts(describedBy.filter((file) => !configurationFiles(context).includes(file)), context)
		],
		warnings: [
			...dynamicWarnings(dynamicPaths, context),
			...holdingWarnings(installedPaths, context),
			...project.directory === void 0 ? [] : leftOutWarnings(config, project.directory, application, context)
		],
		refuseMissing(resolved) {
			if ((config.options ?? []).some((option) => /^--(no-install-|only-(group|dev))/.test(option))) return;
			refuseLacking(directDependencies(lock, project.name), resolved, "uv");
		},
		requirers: (installed) => lockRequirers(lock, installed, {
			project: project.name,
			groups: config.groups ?? [],
			extras: config.extras ?? [],
			open: (config.options ?? []).length > 0
		}),
		async prepare(scratch, named) {
			const inCopy = await copyPackages(packages, {
				repository: context.repository,
				to: join(scratch, "checkout"),
				files: [
					project.file,
					...configurationFiles(context),
					...describedBy,
					...named.flatMap(filesOf)
				]
			});
			return {
				arguments: [
					"sync",
					"--locked",
					...[
						"--no-install-project",
						...project.name === void 0 ? [] : ["--no-install-package", project.name],
						"--no-editable",
						"--no-default-groups",
						"--no-compile-bytecode"
					],
					...groups,
					...extras
				],
				directory: inCopy(context.source)
			};
		}
	};
}
/** A file, or the files of a directory that count in a key. */
const filesOf = (path) => statSync(path).isDirectory() ? usualFiles(path).map((name) => join(path, name)) : [path];
/** A lock lets many commits share one environment: with these packages, each change of their code makes a new one. */
function dynamicWarnings(paths, { repository }) {
	if (paths.length === 0) return [];
	return [`${paths.map((path) => {
		const file = ["pyproject.toml", "setup.py"].find((name) => existsSync(join(path, name))) ?? "";
		return quoteName(join(relative(repository, path), file));
	}).join(", ")} leaves requirements to the build backend, which may read any tracked file beside it: the environment is built again when one of those changes. Write \`dependencies\` into [project] and take them out of \`dynamic\`, and a change of code alone builds none.`];
}
/**
* The same applies to a package at the root of a workspace that another member needs: the application is one of its
* files.
*/
function holdingWarnings(paths, { source, repository }) {
	return paths.filter((path) => `${source}/`.startsWith(`${path}/`)).map((path) => {
		return `${quoteName(join(relative(repository, path), "pyproject.toml"))} describes a package that is installed into the environment, and the application is in its directory: the environment is built again when any tracked file there changes. Move that package into a directory of its own, such as libs/core, and a change of the application alone builds none.`;
	});
}
/**
* Warnings for a project that is left to the release, although that contains another one or none.
*
* @param directory the project's, absolute
*/
function leftOutWarnings({ directory: own, use }, directory, application, context) {
	const read = (file) => existsSync(file) ? readFileSync(file, "utf8") : void 0;
	const built = (wanted) => {
		const found = packageDirectory(wanted, own, (path) => read(join(application, path)));
		return found === void 0 ? void 0 : join(application, found);
	};
	const file = join(directory, "pyproject.toml");
	if (use !== "runtime" || context.package === false || built(context.package) === directory) return [];
	if (!describesPackage(read(file) ?? "")) return [];
	const remedy = built(true) === directory ? "`package: true` in tarlift.yml builds it into each release; `package: false` says that its code runs as it lies there." : `Let \`source:\` in tarlift.yml be ${relative(context.repository, directory) || "the repository (leave it out)"}. Where its code runs as it lies there, say \`package = false\` in [tool.uv] of that file, and run \`uv lock\`.`;
	return [`${quoteName(relative(context.repository, file))} describes a package that is neither in the environment nor built into the release. ${remedy}`];
}
async function tracked(files) {
	const directories = [...new Set(files.map((file) => dirname(file)))];
	const all = await Promise.all(directories.map(async (directory) => (await trackedFiles(directory)).map((name) => join(directory, name))));
	const known = new Set(all.flat());
	return files.filter((file) => known.has(file));
}
/** uv works in a copy of the tracked files. */
async function refuseUntracked(repository, files) {
	const [first, ...others] = await untrackedReads(repository, {
		whole: files,
		tracked: []
	});
	if (first === void 0) return;
	throw new Failure({
		code: "file-missing",
		what: `git does not track ${[first, ...others].join(" and ")}`,
		remedy: `An environment is built from what is committed: git add ${[first, ...others].join(" ")}, and commit.`,
		outcome: "refused"
	});
}

// src/installers/uv/from-requirements.ts
/**
* @param names of the files, relative to the environment's directory
* @param passed names of `pass-env`
* @param application its directory, absolute
*/
async function fromRequirements(names, passed, context, application) {
	const files = readRequirements(context.source, names, builtVariables(process.env, passed), application);
	refuseUnseen(files, process.env, passed);
	const roots = names.map((name) => join(context.source, name));
	const directories = localDirectories(files);
	return {
		step: "uv pip install",
		reads: await requirementReads(files, context, []),
		builtHere: directories,
		configuration: configurationFiles(context),
		refuseMissing: (resolved) => refuseMissing(flattenRequirements(files, roots, /* @__PURE__ */ new Map()).requirements, resolved, "uv"),
		parts: [...await requirementParts(files, names, context), ...configurationParts(context)],
		warnings: unpinnedWarnings(files),
		requirers: (installed) => [...fileRequirers(files, roots), ...installed],
		async prepare(scratch) {
			const inCopy = directories.length > 0 ? await copyPackages(directories, {
				repository: context.repository,
				to: join(scratch, "checkout")
			}) : (path) => path;
			const flat = flattenRequirements(files, roots, new Map(directories.map((path) => [path, inCopy(path)])));
			const file = (name, content) => {
				const path = join(scratch, name);
				writeFileSync(path, content, { mode: 384 });
				return path;
			};
			const constraints = flat.constraints.trim() === "" ? [] : ["-c", file("constraints.txt", flat.constraints)];
			return {
				arguments: [
					"pip",
					"install",
					"-r",
					file("requirements.txt", flat.requirements),
					...constraints
				],
				directory: context.source
			};
		}
	};
}

// src/installers/uv/settings.ts
/**
* https://docs.astral.sh/uv/reference/settings/: where packages come from. Every other setting affects what is
* installed.
*/
const REACHING = /* @__PURE__ */ new Set([...[
	"index",
	"index-url",
	"extra-index-url",
	"find-links",
	"no-index",
	"allow-insecure-host",
	"keyring-provider"
], ...[
	"native-tls",
	"system-certs",
	"http-proxy",
	"https-proxy",
	"no-proxy"
]]);
/**
* The environment of uv.
*
* @param passed names of `pass-env`; a variable has priority over a file
* @param scratch an empty directory, removed when uv has ended; absolute
* @throws Failure when a uv.toml of this machine cannot be read
*/
function uvVariables(passed, scratch) {
	const own = builtVariables(process.env, passed);
	const user = own.XDG_CONFIG_HOME || join(own.HOME ?? homedir(), ".config");
	const system = [...(own.XDG_CONFIG_DIRS || "/etc/xdg").split(":"), "/etc"].map((directory) => join(directory, "uv/uv.toml"));
	return {
		...own,
		XDG_CONFIG_HOME: settings(join(scratch, "user"), join(user, "uv/uv.toml"), [join(user, "git")]),
		XDG_CONFIG_DIRS: settings(join(scratch, "system"), system.find((file) => existsSync(file)), [])
	};
}
/** @param links other entries of such a directory, which stay as they are: git's, for requirements that git fetches */
function settings(directory, file, links) {
	mkdirSync(join(directory, "uv"), { recursive: true });
	const text = file !== void 0 && existsSync(file) ? reachingSettings(read(file)) : "";
	writeFileSync(join(directory, "uv/uv.toml"), text, { mode: 384 });
	for (const link of links) if (existsSync(link)) symlinkSync(link, join(directory, "git"));
	return directory;
}
function read(file) {
	try {
		return parse(readFileSync(file, "utf8"));
	} catch (error) {
		throw new Failure({
			code: "installer-failed",
			what: "uv's configuration on this machine cannot be read",
			where: { file },
			output: error instanceof Error ? withoutCredentials(error.message) : void 0,
			remedy: "Correct the file, or remove it.",
			outcome: "refused"
		});
	}
}
/** A uv.toml that only contains the sources of packages. */
function reachingSettings(table) {
	const only = (from) => Object.fromEntries(Object.entries(from).filter(([key]) => REACHING.has(key)));
	const { pip } = table;
	const forPip = pip !== null && typeof pip === "object" && !Array.isArray(pip) ? only(pip) : {};
	return stringify({
		...only(table),
		...Object.keys(forPip).length > 0 ? { pip: forPip } : {}
	});
}

// src/installers/uv/uv.ts
/** The version of uv that Tarlift uses. */
const UV_VERSION = "0.9.7";
/** See `Installer.inspect`. */
async function inspect(config, { source, ...rest }) {
	const context = {
		...rest,
		source: join(source, config.directory ?? ".")
	};
	const passed = config["pass-env"] ?? [];
	const pythons = await choosePythons(config, {
		project: context.source,
		application: source,
		wanted: context.python
	});
	const options = config.options ?? [];
	if (config.requirements) refusePackages(options, passed, context.source);
	const named = namedFiles({
		options,
		env: process.env,
		passed
	}, context.source);
	const from = await (config.requirements ? fromRequirements(config.requirements, passed, context, source) : fromLock(config, context, source));
	const offered = offeredByConfiguration([...from.configuration, ...named.filter((path) => path.endsWith(".toml") && statSync(path).isFile())]);
	return virtualenvInstallPlan({
		...pythons,
		tool: {
			name: "uv",
			version: config["installer-version"] ?? "0.9.7"
		},
		task: "uv",
		options,
		passed,
		context,
		reads: {
			...from.reads,
			whole: [
				...from.reads.whole,
				...candidateFiles(context),
				...named,
				...offered
			]
		},
		parts: [...from.parts, ...offered.map((path) => ({
			name: `local ${relative(context.source, path)}`,
			value: contentHash(path)
		}))],
		warnings: from.warnings,
		install: (into) => install(from, into, {
			options,
			passed,
			named: [...named, ...offered]
		}),
		refuseMissing: from.refuseMissing,
		requirers: from.requirers,
		package: {
			pip: pipVersion(pythons.python),
			packageSources: () => projectSources(context.source, config.requirements ?? [], {
				passed,
				words: []
			})
		}
	});
}
async function install(from, { directory, tool, scratch, listening }, { options, passed, named }) {
	const command = [
		join(tool, "bin/uv"),
		"--no-progress",
		"--color",
		"never"
	];
	const env = {
		...uvVariables(passed, join(scratch, "configuration")),
		UV_PROJECT_ENVIRONMENT: directory,
		VIRTUAL_ENV: directory,
		UV_PYTHON: join(directory, "bin/python"),
		UV_PYTHON_DOWNLOADS: "never",
		UV_LINK_MODE: "copy"
	};
	const prepared = await from.prepare(scratch, named);
	await runInstaller([
		...command,
		...prepared.arguments,
		...options
	], {
		...listening,
		cwd: prepared.directory,
		env
	}, {
		what: "uv could not install the dependencies",
		where: { step: from.step },
		remedy: (output) => uvRemedy(output, {
			step: from.step,
			local: from.builtHere.length > 0
		})
	});
	const { redact } = listening;
	return listInstalled("uv", [
		...command,
		"pip",
		"list",
		"--format",
		"json"
	], {
		env,
		redact
	});
}
/** The remedy for the usual causes, by uv's messages. */
function uvRemedy(output, { step, local }) {
	if (/lockfile.*needs to be updated/i.test(output)) return "pyproject.toml and uv.lock differ: run `uv lock` and commit uv.lock.";
	if (/incompatible with the project's Python requirement/.test(output)) return "Build with a Python that the project allows, of the hosts' minor version: `--python`, or the input `python`. Or change `requires-python` and run `uv lock`.";
	if (/401|403|credentials/i.test(output)) return "The index wants credentials: set UV_INDEX, or UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD (secrets of the workflow), and name them in `pass-env:` of this environment; or use a netrc file.";
	if (/Failed to build|build backend/i.test(output)) return local ? `${LACKS_COMPILER} ${BUILT_ALONE}` : LACKS_COMPILER;
	if (/No solution found/.test(output)) return "Two requirements exclude each other, or a version does not exist: change the one that uv names.";
	return `The same can be tried in a terminal: ${step}.`;
}

export { inspect };