import { i as redactor, m as contentHash, n as optionParts, o as refuseUnseen, r as passedParts, t as namedFiles } from "./installers-passed-variables.js";
import { f as record, g as unknown, h as union, l as looseObject, m as string, o as boolean, v as ZodError, x as prettifyError } from "./npm-zod-schemas.js";
import { n as Failure } from "./failure.js";
import { t as builtVariables } from "./subprocess-built-variables.js";
import { i as formatEnd, n as tryRun } from "./subprocess-run.js";
import { b as quoteName } from "./artifact-format.js";
import { a as tryGit, i as records } from "./source-git.js";
import { r as withoutCredentials } from "./cache-key-key.js";
import { t as globMatcher } from "./source-glob.js";
import { a as localReads, i as localParts, o as trackedFiles, t as gitRemedy } from "./installers-git-remedy.js";
import { n as walk } from "./artifact-pack.js";
import { a as nativeRequirements, i as nativeFiles } from "./host-requirements-requirements.js";
import { t as scratchDirectory } from "./subprocess-scratch.js";
import { t as platform } from "./cache-key-platform.js";
import { t as lockedByOther } from "./installers-unsupported.js";
import { basename, delimiter, dirname, join, posix, relative } from "node:path";
import { copyFileSync, existsSync, globSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, realpathSync, rmSync, statSync, writeFileSync } from "node:fs";
import { hash } from "node:crypto";
import { homedir } from "node:os";

// src/installers/npm/node-version.ts
/** Names of LTS lines (https://nodejs.org/en/about/previous-releases). */
const LINES = {
	dubnium: "10",
	erbium: "12",
	fermium: "14",
	gallium: "16",
	hydrogen: "18",
	iron: "20",
	jod: "22",
	krypton: "24"
};
/**
* @param text of the file
* @returns the version, as precise as in the file (`24`, `20.11`); `any` if the file accepts any (`lts/*`, `node`);
*   undefined if it names none
*/
function wantedNode(text) {
	const lines = text.split(/\r?\n/).map((line) => line.replace(/#.*/, "").trim()).filter(Boolean);
	const word = (lines.map((line) => /^(?:nodejs|node)\s+(\S+)/.exec(line)?.[1]).find(Boolean) ?? lines[0] ?? "").toLowerCase();
	const version = /^(?:node-?)?v?(\d+(?:\.\d+){0,2})(?:\.[x*]){0,2}$/.exec(word)?.[1];
	if (version) return version;
	if (/^(lts\/\*|lts|lts\/-\d+|node|stable|current|latest|\*)$/.test(word)) return "any";
	return LINES[/^lts\/(\w+)$/.exec(word)?.[1] ?? ""];
}
/** Whether a version matches: `20.11.1` matches `20` and `20.11`. */
function isNode(version, wanted) {
	return wanted === "any" || `${version}.`.startsWith(`${wanted}.`);
}

// src/installers/npm/builder-node.ts
/** The builder's node is the one on PATH. It is compared with a version file, which is never ignored. */
function refuseOtherNode(file, source, { version }) {
	if (file === void 0) return;
	const path = join(source, file);
	const wanted = existsSync(path) ? wantedNode(readFileSync(path, "utf8")) : void 0;
	if (wanted === void 0) throw new Failure({
		code: "interpreter-missing",
		what: existsSync(path) ? `${file} names no version of Node` : `there is no ${file}, which \`version-file\` names`,
		where: { file: path },
		remedy: "Write a line such as 24 into it, or leave `version-file` out. Its path is relative to the application's directory (`source`).",
		outcome: "refused"
	});
	if (isNode(version, wanted)) return;
	throw new Failure({
		code: "interpreter-mismatch",
		what: `${file} asks for Node ${wanted}, and the node on PATH is ${version}`,
		remedy: `Put Node ${wanted} first on PATH. On GitHub Actions put this before it:\n- uses: actions/setup-node@v6\n  with: { node-version-file: ${file} }`,
		outcome: "refused"
	});
}
const describeNode = ({ version, modules }) => `node ${version} modules ${modules}`;
const NODE_PROBE = "JSON.stringify([process.versions.node,process.versions.modules])";
/**
* The node on PATH builds, and hosts must be able to load its native addons. npm's version is read from its files,
* without running npm.
*/
async function builderNode(passed) {
	const env = builtVariables(process.env, passed);
	const result = await tryRun([
		"node",
		"-p",
		NODE_PROBE
	], { env }).catch(() => void 0);
	if (result?.code !== 0) throw new Failure({
		code: "interpreter-missing",
		what: "there is no node on this machine to build with",
		output: result?.lastLines,
		remedy: "On GitHub Actions put `- uses: actions/setup-node@v6` before it.",
		outcome: "refused"
	});
	const [version, modules] = JSON.parse(result.stdout);
	return {
		version,
		modules,
		npm: npmVersion()
	};
}
function npmVersion() {
	for (const directory of (process.env.PATH ?? "").split(":")) {
		const found = join(directory, "npm");
		if (!existsSync(found)) continue;
		const [file] = globSync([
			"../lib/node_modules/npm/package.json",
			"../share/nodejs/npm/package.json",
			"../share/npm/package.json"
		], { cwd: directory }).map((path) => join(directory, path));
		if (file) return JSON.parse(readFileSync(file, "utf8")).version;
	}
	return "of the builder";
}
/** Headers that were installed with this node: then an addon is compiled without headers from the network. */
function nodeHeaders() {
	const found = (process.env.PATH ?? "").split(delimiter).find((directory) => existsSync(join(directory, "node")));
	const prefix = found && dirname(dirname(realpathSync(join(found, "node"))));
	return prefix && existsSync(join(prefix, "include/node/node.h")) ? { npm_config_nodedir: prefix } : {};
}

// src/installers/npm/commands.ts
/**
* The files behind the commands of workspaces, whether they exist or not: a build step may make them. npm reads them
* from the lock, which also has the files of `directories.bin`.
*
* @param workspaces their directories as in the lock
* @returns relative to the lock's directory, sorted, each once
*/
function commandFiles(lock, workspaces) {
	const files = workspaces.flatMap((workspace) => Object.values(lock[workspace]?.bin ?? {}).filter((path) => typeof path === "string").map((path) => posix.join(workspace, posix.join("/", path))));
	return [...new Set(files)].filter((path) => !/(^|\/)node_modules(\/|$)|\/$/.test(path)).sort();
}
/**
* Creates an empty file for each one that does not exist: npm only checks that it exists. Only node_modules is packed,
* so none of them ships.
*
* @param staging the directory to which `files` are relative, absolute
*/
function layCommandFiles(files, staging) {
	for (const file of files.map((path) => join(staging, path))) {
		if (existsSync(file) || !canHold(dirname(file))) continue;
		mkdirSync(dirname(file), { recursive: true });
		writeFileSync(file, "");
	}
}
/** Not below a file: npm itself reports a path such as `package.json/x`. */
const canHold = (directory) => existsSync(directory) ? statSync(directory).isDirectory() : canHold(dirname(directory));
/**
* npm makes the file of a command executable in the checkout where it installs. Build steps and the release have the
* mode of the commit.
*
* @param directory to which `files` are relative, absolute
* @returns one warning that names the files, or none
*/
async function modeWarnings(files, directory) {
	if (files.length === 0) return [];
	const paths = files.map((path) => `:(literal)${path}`);
	const listed = await tryGit(directory, [
		"ls-files",
		"-z",
		"--stage",
		"--",
		...paths
	]);
	const plain = records(listed ?? "").flatMap((entry) => /^100644 \S+ \d\t(.*)$/s.exec(entry)?.[1] ?? []);
	if (plain.length === 0) return [];
	const names = plain.map(quoteName);
	return [`commands of workspaces are files that git has without the permission to execute them: ${names.join(", ")}. Calling them ends with "Permission denied" where npm has not changed that (it does in a checkout). Commit it: git update-index --chmod=+x ${names.join(" ")}`];
}

// src/installers/npm/input-files.ts
/** @throws Failure (refused) for a file that is missing, and for one outside of the repository */
async function inputFiles(config, context, project) {
	const { source, repository } = context;
	const { directories, tarballs } = localPackages(project, context);
	const declared = await declaredFiles(config.inputs ?? [], source);
	const own = [...ownFiles(project, source), ...tarballs];
	refuseMissing(own, source, project.lockFile);
	const absolute = directories.map((path) => join(source, path));
	const local = await Promise.all(directories.map(async (path) => (await trackedFiles(join(source, path))).map((file) => join(path, file))));
	return {
		files: [.../* @__PURE__ */ new Set([...own, ...declared])].sort(),
		local: {
			files: local.flat(),
			parts: await localParts(absolute, {
				source,
				repository
			}),
			reads: await localReads(absolute, repository)
		}
	};
}
/** Manifests, the lock and settings, relative to the application. */
function ownFiles({ directory, lockFile, workspaces }, source) {
	const always = [
		"package.json",
		lockFile,
		...workspaces.map((workspace) => join(workspace, "package.json"))
	];
	const optional = [".npmrc"].filter((path) => existsSync(join(source, directory, path)));
	return [...always, ...optional].map((path) => join(directory, path));
}
function refuseMissing(files, source, lockFile) {
	const path = files.find((file) => !existsSync(join(source, file)));
	if (path === void 0) return;
	throw new Failure({
		code: "file-missing",
		what: `there is no ${path}, which ${lockFile} refers to`,
		remedy: "Commit it, or run `npm install` to repair the lock.",
		outcome: "refused"
	});
}
/** The packages of the repository that npm copies, relative to the application. */
function localPackages({ directory, lockFile, lock }, { source, repository }) {
	const copied = copiedPaths(lock).map((path) => join(directory, path));
	const outside = copied.find((path) => relative(repository, join(source, path)).startsWith(".."));
	if (outside !== void 0) throw new Failure({
		code: "lock-invalid",
		what: `${lockFile} names ${outside}, which is outside of the repository`,
		remedy: "Put the package into the repository, or install it from a registry.",
		outcome: "refused"
	});
	const isDirectory = (path) => statSync(join(source, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
	return {
		directories: copied.filter(isDirectory),
		tarballs: copied.filter((path) => !isDirectory(path))
	};
}
const copiedPaths = (lock) => Object.values(lock).flatMap(({ resolved, link }) => !link && resolved?.startsWith("file:") ? [resolved.slice(5)] : []);
/** The files that `inputs:` names, relative to the application. */
async function declaredFiles(inputs, source) {
	const known = inputs.length === 0 ? [] : await trackedFiles(source);
	const isFile = (path) => lstatSync(join(source, path), { throwIfNoEntry: false })?.isFile() ?? false;
	return inputs.flatMap((pattern) => {
		const matches = globMatcher([pattern]);
		const found = known.filter((path) => matches(path) && isFile(path));
		if (found.length > 0) return found;
		if (isFile(pattern)) return [pattern];
		throw new Failure({
			code: "file-missing",
			what: `git tracks no file that is ${pattern}, which inputs: names`,
			remedy: "Commit the file, or correct the pattern in tarlift.yml, or remove it. A file that an earlier step makes is named by its path, without a wildcard.",
			outcome: "refused"
		});
	});
}
/** Tokens of an .npmrc are not part of a key; everything else in the files is. */
function keyedContent(path) {
	if (statSync(path).isDirectory() || !path.endsWith(".npmrc")) return contentHash(path);
	const text = readFileSync(path, "utf8").split(/\r?\n/).filter((line) => line.trim() !== "" && !/^\s*[#;]/.test(line) && !/(_auth|_authToken|_password|username)\b/i.test(line)).join("\n");
	return hash("sha256", withoutCredentials(text), "hex");
}

// src/installers/npm/lock-file.ts
const packageSchema = looseObject({
	optionalDependencies: record(string(), string()).optional(),
	dev: boolean().optional(),
	optional: boolean().optional(),
	peer: boolean().optional(),
	version: string().optional(),
	link: boolean().optional(),
	bin: record(string(), unknown()).optional().catch(void 0),
	resolved: union([string(), boolean().transform(() => void 0)]).optional()
});
const lockSchema = looseObject({
	lockfileVersion: unknown().optional(),
	packages: record(string(), packageSchema).optional()
});
/** @param name of the file, for messages @throws Failure (refused) for a text that is no lock, and for an old format */
function parseNpmLock(text, name) {
	let lock;
	try {
		lock = lockSchema.parse(JSON.parse(text));
	} catch (error) {
		throw new Failure({
			code: "lock-invalid",
			what: `${name} cannot be read`,
			output: (error instanceof ZodError ? prettifyError(error) : String(error)).split("\n").slice(0, 6).join("\n"),
			remedy: "Repair it (it may contain conflict markers of a merge), or write it again: npm install.",
			outcome: "refused"
		});
	}
	if (!lock.packages) throw new Failure({
		code: "lock-invalid",
		what: `${name} is of an old format (${JSON.stringify(lock.lockfileVersion)})`,
		remedy: `Run \`${writeLock(basename(name), " --lockfile-version 3")}\` and commit it.`,
		outcome: "refused"
	});
	return lock.packages;
}
/**
* How to write a lock file. `npm shrinkwrap` makes npm-shrinkwrap.json from the package-lock.json that npm install
* writes.
*/
const writeLock = (lockFile, options = "") => `npm install${options}${lockFile === "npm-shrinkwrap.json" ? " && npm shrinkwrap" : ""}`;
/**
* Which types of dependencies npm omits (https://docs.npmjs.com/cli/using-npm/config#omit): those of `omit` and the
* older settings together, minus those of `include`. A setting of the command line replaces that of the project's
* .npmrc.
*
* @param options as npm receives them, `--omit=dev` or `--omit`, `dev`
* @param npmrc the text of the .npmrc beside package.json; empty if there is none
*/
function omitted(options, npmrc) {
	const [given, own] = [settingsIn(options.flatMap((option, n) => {
		const [, no, name, value] = /^--(no-)?([a-z]+)(?:=(.*))?$/.exec(option) ?? [];
		if (name === void 0) return [];
		return no ? [`${name}=false`] : [`${name}=${value ?? (TAKES_VALUE.test(name) ? options[n + 1] : "true")}`];
	})), settingsIn(npmrc.split(/\r?\n/))];
	const valuesOf = (name) => given.get(name) ?? own.get(name) ?? [];
	const left = new Set(valuesOf("omit"));
	if (valuesOf("production").includes("true") || valuesOf("only").some((value) => /^prod(uction)?$/.test(value))) left.add("dev");
	if (valuesOf("optional").includes("false")) left.add("optional");
	for (const type of valuesOf("include")) left.delete(type);
	return left;
}
const TAKES_VALUE = /^(omit|only|include)$/;
function settingsIn(lines) {
	const settings = /* @__PURE__ */ new Map();
	for (const line of lines) {
		const [, name, value = ""] = /^\s*([a-z]+)(?:\[\])?\s*=\s*["']?(.*?)["']?\s*$/.exec(line) ?? [];
		if (name !== void 0) settings.set(name, [...settings.get(name) ?? [], value]);
	}
	return settings;
}
/** A link to a directory outside the application would lead nowhere on hosts. */
function refuseLinksOut(lock, directory) {
	const out = Object.entries(lock).find(([, { link, resolved }]) => link && resolved !== void 0 && `${join(directory, resolved)}/`.startsWith("../"));
	if (!out) return;
	const [path, { resolved }] = out;
	throw new Failure({
		code: "environment-not-portable",
		what: `${path} is a link to ${resolved}, which is outside of the application`,
		remedy: "Let npm copy it: write install-links=true into the .npmrc beside package.json, run `rm -rf node_modules && npm install`, and commit .npmrc and the lock. Or let `source:` be a directory above both.",
		outcome: "refused"
	});
}
/**
* A lock that npm wrote beside an existing node_modules may contain only the optional packages of the machine that
* wrote it. npm 10 then installs without those of this machine, and reports nothing
* (https://github.com/npm/cli/issues/4828).
*/
function refuseOtherPlatforms(lock, lockFile, omit) {
	if (omit.has("optional")) return;
	const there = new Set(Object.keys(lock).map(nameOf));
	const lacking = Object.entries(lock).flatMap(([path, { optionalDependencies = {}, dev }]) => Object.keys(dev && omit.has("dev") ? {} : optionalDependencies).filter((name) => isForHere(name) && !there.has(name)).map((name) => ({
		by: nameOf(path) || "package.json",
		name
	})));
	const [first] = lacking;
	if (!first) return;
	throw new Failure({
		code: "lock-invalid",
		what: `${lockFile} lacks ${[...new Set(lacking.map(({ name }) => name))].join(", ")}, which ${first.by} needs on this platform`,
		remedy: `The lock was written on another platform, beside a node_modules that was there. Write it again from nothing and commit it: rm -rf node_modules ${lockFile} && ${writeLock(lockFile)}`,
		outcome: "refused"
	});
}
/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
const nameOf = (path) => path.replace(/^.*node_modules\//, "");
/** Whether the name of an optional package is for this platform: `@rollup/rollup-linux-x64-gnu`. */
function isForHere(name) {
	const { architecture, libc } = platform();
	const cpu = {
		x86_64: /(^|[-_.])(x64|x86_64|amd64)([-_.]|$)/,
		aarch64: /(^|[-_.])(arm64|aarch64)([-_.]|$)/
	}[architecture];
	const isMusl = /musl/.test(name);
	return /linux/.test(name) && (cpu?.test(name) ?? false) && isMusl === (libc === "musl");
}
/**
* @throws Failure when nothing was installed although the lock has packages for any platform that this install should
*   contain
*/
function refuseNothing({ lock, lockFile }, omit, resolved) {
	const wanted = Object.entries(lock).filter(([path, { link, optional, dev, peer }]) => path.includes("node_modules/") && !link && !optional && !peer && !(dev && omit.has("dev")));
	if (resolved.length > 0 || wanted.length === 0) return;
	throw new Failure({
		code: "environment-incomplete",
		what: `npm ended well, and installed none of the ${wanted.length} packages that ${lockFile} names`,
		remedy: "Look at `options:` and `pass-env:` of this environment and at .npmrc (omit, dry-run)."
	});
}

// src/installers/npm/settings.ts
/**
* https://docs.npmjs.com/cli/using-npm/config. Every other setting (omit, ignore-scripts, install-strategy, …) affects
* what is installed.
*/
const REACHING = /^(registry|@[^:\s]+:registry|\/\/.+:(_auth|_authToken|_password|username|email|certfile|keyfile)|_auth|_authToken|(https-|no)?proxy|cafile|ca(\[\])?|cert|key|strict-ssl|fetch-(retries|retry-\w+|timeout)|maxsockets|nodedir|disturl)$/;
/**
* The environment of npm.
*
* @param passed names of `pass-env`
* @param file for the settings, absolute. It may contain credentials; the code that made its directory removes it
*/
async function npmVariables(passed, file) {
	const own = builtVariables(process.env, passed);
	const lines = (await settingFiles(own)).flatMap((path) => reachingLines(path));
	writeFileSync(file, lines.map((line) => `${line}\n`).join(""), { mode: 384 });
	const files = {
		npm_config_userconfig: file,
		npm_config_globalconfig: "/dev/null"
	};
	const given = new Set(Object.keys(own).map((name) => name.toLowerCase()));
	return {
		...Object.fromEntries(Object.entries(files).filter(([name]) => !given.has(name))),
		...own
	};
}
/**
* The machine's file comes first: later settings win. setup-node writes its own file, and names it in the environment.
*/
async function settingFiles(own) {
	const named = process.env.NPM_CONFIG_USERCONFIG || process.env.npm_config_userconfig;
	const asked = await tryRun([
		"npm",
		"config",
		"get",
		"globalconfig"
	], {
		env: own,
		cwd: "/"
	}).catch(() => void 0);
	return [asked?.code === 0 ? asked.stdout.trim() : "", named || join(own.HOME ?? homedir(), ".npmrc")].filter((path) => path !== "" && existsSync(path));
}
/** @returns the lines of a file that concern access to packages */
function reachingLines(file) {
	return readFileSync(file, "utf8").split(/\r?\n/).map((line) => line.trim()).filter((line) => REACHING.test(line.split("=")[0].trim()));
}

// src/installers/npm/workspace-links.ts
/**
* The links at the top of trees that lead out of all trees. Other links, between packages, are part of the trees.
*
* @param root the application's directory, or its copy, absolute
* @param mounts directories of packages, relative to it
*/
function linksOut(root, mounts) {
	const isInside = (path) => mounts.some((directory) => `${path}/`.startsWith(`${directory}/`));
	return mounts.flatMap((directory) => topOf(join(root, directory)).map((name) => `${directory}/${name}`)).filter((path) => lstatSync(join(root, path)).isSymbolicLink()).map((path) => ({
		path,
		target: readlinkSync(join(root, path))
	})).filter(({ path, target }) => !isInside(posix.join(posix.dirname(path), target)));
}
/** Names of packages at the top of a directory, with their scopes: `@shop/ui`. */
const topOf = (directory) => readdirSync(directory).flatMap((name) => name.startsWith("@") ? readdirSync(join(directory, name)).map((inner) => `${name}/${inner}`) : [name]);

// src/installers/npm/install.ts
/** @param staging an empty directory in the role of the application, absolute */
async function installNpm(install, staging) {
	const { config, context, project, inputs, commands, omit, node } = install;
	const { directory, workspaces } = project;
	const { files, local } = inputs;
	for (const path of [...files, ...local.files]) copyInto(context.source, staging, path);
	const without = workspaces.filter((workspace) => !holdsMore(files, join(directory, workspace)));
	for (const own of ["", ...without]) stripOwnScripts(join(staging, directory, own, "package.json"));
	layCommandFiles(commands, join(staging, directory));
	await runNpm(install, join(staging, directory));
	const collected = collect(staging, project, node);
	refuseNothing(project, omit, collected.resolved);
	return {
		...collected,
		madeWith: describeNode(await builderNode(config["pass-env"] ?? []))
	};
}
function copyInto(source, staging, path) {
	const from = join(source, path);
	if (statSync(from).isDirectory()) {
		for (const file of walk(from, { skip: (name) => /(^|\/)node_modules$/.test(name) })) if (file.type === "file") copyInto(source, staging, join(path, file.path));
		return;
	}
	mkdirSync(dirname(join(staging, path)), { recursive: true });
	copyFileSync(from, join(staging, path));
}
/** Whether `inputs:` names files of a workspace: then its scripts have files to read. */
const holdsMore = (files, workspace) => files.some((path) => path.startsWith(`${workspace}/`) && !path.endsWith("/package.json"));
/**
* Scripts of the root and of workspaces (postinstall, prepare) refer to sources that are missing here: they belong in a
* build step.
*/
function stripOwnScripts(file) {
	const manifest = parseJson(file, "package.json");
	for (const name of [
		"preinstall",
		"install",
		"postinstall",
		"prepublish",
		"preprepare",
		"prepare",
		"postprepare"
	]) delete manifest.scripts?.[name];
	writeFileSync(file, JSON.stringify(manifest, null, 2));
}
function parseJson(path, name) {
	try {
		return JSON.parse(readFileSync(path, "utf8"));
	} catch (error) {
		throw new Failure({
			code: "lock-invalid",
			what: `${name} is no JSON`,
			where: { path },
			output: error instanceof Error ? withoutCredentials(error.message) : void 0,
			remedy: "Repair it (it may contain conflict markers of a merge).",
			outcome: "refused"
		});
	}
}
async function runNpm({ config, context, project, options }, directory) {
	const version = config["installer-version"];
	const npmCommand = version ? [
		"npm",
		"exec",
		"--yes",
		`--package=npm@${version}`,
		"--",
		"npm"
	] : ["npm"];
	const passed = config["pass-env"] ?? [];
	const redacted = redactor(process.env, passed);
	const task = context.progress.task("npm ci");
	const scratch = scratchDirectory(context.work);
	const result = await npmVariables(passed, join(scratch, "npmrc")).then((variables) => tryRun([
		...npmCommand,
		"ci",
		"--no-audit",
		"--no-fund",
		"--no-update-notifier",
		...options
	], {
		cwd: directory,
		env: {
			...nodeHeaders(),
			...variables
		},
		onLine: (line) => task.line(redacted(line)),
		signal: context.signal
	})).finally(() => rmSync(scratch, {
		recursive: true,
		force: true
	}));
	if (result.code === 0) {
		task.end();
		return;
	}
	task.fail();
	const output = redacted(withoutUsage(result));
	throw new Failure({
		code: "installer-failed",
		what: "npm could not install the dependencies",
		where: {
			step: "npm ci",
			directory: config.directory,
			ended: formatEnd(result)
		},
		output,
		remedy: gitRemedy(output) ?? npmRemedy(output, project.lockFile)
	});
}
/** The remedy for the usual causes, by npm's messages. */
function npmRemedy(output, lockFile) {
	if (/in sync/.test(output)) return `package.json and ${lockFile} differ: run \`npm install\` and commit both.`;
	if (/\bE40[13]\b|ENEEDAUTH/.test(output)) return "The registry wants credentials: let .npmrc take them from a variable (`//HOST/:_authToken=${NPM_TOKEN}`), set it (a secret of the workflow), and name it in `pass-env:` of this environment.";
	return "An install script that reads files of the repository needs them named: `inputs: [patches/**]`. The same command can be tried in a terminal: npm ci.";
}
/** npm prints all of its options below some errors, which would fill the last lines. */
function withoutUsage({ stderr, lastLines }) {
	const lines = stderr.trimEnd().split("\n");
	const usage = lines.findIndex((line) => /^npm (error|ERR!) (Clean install a project|Usage:)/.test(line));
	return usage > 0 ? lines.slice(0, usage).slice(-40).join("\n") : lastLines;
}
function collect(staging, { directory, lock }, node) {
	const mounts = findMounts(staging, "");
	const workspaceLinks = linksOut(staging, mounts);
	for (const directory of mounts) {
		rmSync(join(staging, directory, ".cache"), {
			recursive: true,
			force: true
		});
		rmSync(join(staging, directory, ".package-lock.json"), { force: true });
	}
	const sources = mounts.flatMap((directory) => walk(join(staging, directory), { prefix: directory }));
	const native = nativeFiles(sources);
	const addons = native.some(({ path }) => path.endsWith(".node"));
	return {
		mounts,
		workspaceLinks,
		resolved: resolvedPackages(join(staging, directory), lock),
		requirements: {
			...nativeRequirements(native, sources),
			node: {
				version: node.version,
				...addons ? { modules: node.modules } : {}
			}
		}
	};
}
/** All outermost node_modules directories below the application. */
function findMounts(root, path) {
	return readdirSync(join(root, path), { withFileTypes: true }).filter((entry) => entry.isDirectory()).flatMap((entry) => {
		const here = path === "" ? entry.name : `${path}/${entry.name}`;
		return entry.name === "node_modules" ? [here] : findMounts(root, here);
	}).sort();
}
/** The packages of a lock that are installed. @param directory the lock's, absolute */
function resolvedPackages(directory, lock) {
	return Object.entries(lock).filter(([path, { version }]) => version !== void 0 && existsSync(join(directory, path, "package.json")) && path.includes("node_modules/")).map(([path, { version }]) => ({
		name: path.slice(path.lastIndexOf("node_modules/") + 13),
		version
	})).sort((a, b) => `${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1);
}

// src/installers/npm/project.ts
/** @throws Failure (refused) for a lock that is missing, cannot be read, or leads out of the application */
function readProject(config, context) {
	const directory = config.directory && config.directory !== "." ? config.directory : "";
	const lockFile = lockFileIn(join(context.source, directory));
	const lock = readLock(join(context.source, directory, lockFile), directory, context);
	refuseLinksOut(lock, directory);
	return {
		directory,
		lockFile,
		lock,
		workspaces: Object.values(lock).flatMap(({ link, resolved }) => link && resolved ? [resolved] : [])
	};
}
/** npm prefers a shrinkwrap (https://docs.npmjs.com/cli/commands/npm-shrinkwrap). */
const lockFileIn = (directory) => existsSync(join(directory, "npm-shrinkwrap.json")) ? "npm-shrinkwrap.json" : "package-lock.json";
/** The names in a directory and in its parents, up to the repository's root: the lock of a workspace is at the top. */
function namesAbove(directory, repository) {
	const own = existsSync(directory) ? readdirSync(directory) : [];
	return directory === repository || directory === dirname(directory) ? own : [...own, ...namesAbove(dirname(directory), repository)];
}
function readLock(path, directory, context) {
	const name = join(directory, basename(path));
	if (existsSync(join(context.source, directory, ".pnp.cjs"))) throw new Failure({
		code: "installer-unsupported",
		what: "Yarn's Plug'n'Play has no node_modules that could be shipped",
		remedy: "Use `nodeLinker: node-modules`, or npm.",
		outcome: "refused"
	});
	if (!existsSync(path)) throw new Failure({
		code: "lock-missing",
		what: `there is no ${name}`,
		where: { path },
		remedy: lockedByOther(namesAbove(dirname(path), context.repository), "node") ?? "Run `npm install` once and commit package-lock.json.",
		outcome: "refused"
	});
	return parseNpmLock(readFileSync(path, "utf8"), name);
}

// src/installers/npm/npm.ts
/** See `Installer.inspect`. */
async function inspect(config, context) {
	const project = readProject(config, context);
	const { directory, lock, lockFile, workspaces } = project;
	const inputs = await inputFiles(config, context, project);
	const passed = config["pass-env"] ?? [];
	const settings = new Map(inputs.files.filter((path) => path.endsWith(".npmrc")).map((path) => [path, readFileSync(join(context.source, path), "utf8")]));
	refuseUnseen([...settings].map(([name, text]) => ({
		name,
		text
	})), process.env, passed);
	const node = await builderNode(passed);
	refuseOtherNode(config["version-file"], context.source, node);
	const options = [...config.use === "runtime" ? ["--omit=dev"] : [], ...config.options ?? []];
	const omit = omitted(options, settings.get(join(directory, ".npmrc")) ?? "");
	refuseOtherPlatforms(lock, lockFile, omit);
	const commands = commandFiles(lock, workspaces);
	const install = {
		config,
		context,
		project,
		inputs,
		commands,
		options,
		omit,
		node
	};
	return {
		reads: readsOf(install),
		parts: keyParts(install),
		warnings: await modeWarnings(commands, join(context.source, directory)),
		tool: {
			name: "npm",
			version: config["installer-version"] ?? node.npm
		},
		madeWith: describeNode(node),
		install: (staging) => installNpm(install, staging)
	};
}
function readsOf({ config, context, project, inputs, options }) {
	const passed = config["pass-env"] ?? [];
	const directory = join(context.source, project.directory);
	return {
		whole: [
			...inputs.files.map((path) => join(context.source, path)),
			...namedFiles({
				options,
				env: process.env,
				passed
			}, directory),
			...inputs.local.reads.whole
		],
		tracked: inputs.local.reads.tracked
	};
}
function keyParts({ config, context, project, inputs, commands, options, node }) {
	const directory = join(context.source, project.directory);
	return [
		...inputs.files.map((path) => ({
			name: `file ${path}`,
			value: keyedContent(join(context.source, path))
		})),
		...inputs.local.parts,
		...commands.length > 0 ? [{
			name: "commands of workspaces",
			value: JSON.stringify(commands)
		}] : [],
		{
			name: "installer",
			value: `npm ${config["installer-version"] ?? "of the builder"}`
		},
		{
			name: "node",
			value: describeNode(node)
		},
		...optionParts(options, directory),
		...passedParts(process.env, config["pass-env"] ?? [], directory)
	];
}

export { inspect };