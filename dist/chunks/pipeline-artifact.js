import { r as writeArtifact, t as openArtifact } from "./artifact-open-artifact.js";
import { t as buildEnvironments } from "./environments-build.js";
import { a as array, m as string, p as strictObject } from "./npm-zod-schemas.js";
import { a as nativeRequirements, i as nativeFiles, n as mergeRequirements, o as notableLibraries, r as nativeFileSchema } from "./host-requirements-requirements.js";
import { n as sweepScratch, t as scratchDirectory } from "./subprocess-scratch.js";
import { C as targetProblem, b as quoteName, h as refuseMisplaced, p as pathsOf, v as isReserved, y as nameProblem } from "./artifact-format.js";
import { n as walk, t as packLayer } from "./artifact-pack.js";
import { n as silent, t as during } from "./progress.js";
import { n as formatCount, t as formatBytes } from "./text-quantity.js";
import { n as Failure } from "./failure.js";
import { i as runtimeOf, n as installerOf } from "./installers-registry.js";
import { a as finishEntry, i as unfinishedEntry, r as keepEntry, t as fetchEntry } from "./cache-entries.js";
import { n as isCredential, t as builtVariables } from "./subprocess-built-variables.js";
import { i as redactor, r as passedParts } from "./installers-passed-variables.js";
import { a as historyIdentity, c as changedFiles, d as writeSources, f as readBlobs, i as refuseMissingTags, l as updateIndex, o as isShallow, p as writeBlob, s as makeCommitView, u as writeFiles } from "./source-tag-version.js";
import { i as formatEnd, n as tryRun, t as run } from "./subprocess-run.js";
import { n as platformParts } from "./cache-key-platform.js";
import { n as globReach, t as globMatcher } from "./source-glob.js";
import { r as unpackLayer } from "./environments-unpack-environment.js";
import { n as processMark, t as hasEnded } from "./subprocess-process-mark.js";
import { t as unpackRelease } from "./artifact-unpack-release.js";
import { a as isolationWarning, d as interpreterAt } from "./report-phases.js";
import { a as tryGit, i as records, n as git, o as viewEnvironment, r as gitEnvironment, t as askGit } from "./source-git.js";
import { a as Findings, i as readStatus } from "./source-committed.js";
import { a as refuseOtherTag, c as versionProblem, n as headCommit, o as labelOf, r as headTag } from "./source-repository.js";
import { t as artifactNameProblem } from "./stores-key-names.js";
import { basename, delimiter, dirname, join, posix, relative, resolve } from "node:path";
import { accessSync, chmodSync, constants, createReadStream, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, readlinkSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createHash, hash } from "node:crypto";
import { tmpdir } from "node:os";
import { open } from "node:fs/promises";

// src/bundle/own-package.ts
/**
* The installer that builds the application's own package, with its environment; undefined if no such environment
* ships.
*/
function packageBuilder({ environments }) {
	for (const environment of Object.values(environments)) {
		const { ownPackage } = installerOf(environment.installer);
		if (environment.use === "runtime" && ownPackage) return {
			environment,
			ownPackage
		};
	}
}
/**
* The directory of the project that is built into the release, relative to the application's; undefined if there is
* none.
*/
async function packageDirectory(config, { sources }) {
	const { environment, ownPackage } = packageBuilder(config) ?? {};
	if (!environment) return void 0;
	const read = (path) => {
		const file = sources.find((source) => source.path === path);
		return file?.type === "file" && "content" in file ? Buffer.from(file.content).toString("utf8") : void 0;
	};
	return ownPackage?.directory(environment, read, config.package);
}
/** Refuses values in `step-env` for variables by which processes find the application's package. */
function refuseOwnVariables(config) {
	const variable = packageBuilder(config)?.ownPackage.variables.find((name) => Object.hasOwn(config["step-env"], name));
	if (variable === void 0) return;
	throw new Failure({
		code: "config-invalid",
		what: `${variable} of \`step-env:\` would be without effect: the application is a package, and is found by it`,
		remedy: `Set it within the command that needs it (\`${variable}=lib:$${variable} command\`). Or, where the application is not to be built: \`package: false\`.`,
		outcome: "refused"
	});
}
/** The hooks for the application's own files, from the first environment that has them. */
const hooksOf = (shipped) => shipped.find(({ application }) => application)?.application;
/**
* Builds the package, or restores it.
*
* @param shipped the environments that ship
* @returns undefined if the commit has none
*/
async function buildPackage({ options, directory, timings }, { source, packaged }, shipped) {
	const environment = shipped.find(({ application }) => application);
	const { config, repository, store, work, progress } = options;
	if (packaged === void 0) return void 0;
	return timings.measure("assets", async () => environment?.application?.layer({
		app: config.app,
		repository,
		directory,
		project: packaged,
		source,
		environment,
		store,
		work,
		progress
	}));
}

// src/bundle/application-layer.ts
/**
* Packs tracked and included files, byte code, and the links to environments and workspaces.
*
* @param made.shipped the environments that ship
*/
function packApplication({ options, scratch, timings }, source, { shipped, assets }) {
	const { config, work, progress } = options;
	const base = pathsOf(config.app).application;
	const pack = () => during(progress, "pack the application", async (task) => {
		const elsewhere = new Set(assets.flatMap(({ layer }) => layer.index.map(({ path }) => path)));
		const sources = [...await hooksOf(shipped)?.files(source.sources, {
			base: `/${base}`,
			work,
			elsewhere
		}) ?? source.sources, ...shipped.flatMap(linksOf)];
		return packLayer(sources, {
			base,
			file: join(scratch, "application.layer"),
			task
		});
	}, (layer) => `${formatBytes(layer.size)} of ${formatBytes(layer.uncompressed)}, ${formatCount(layer.index.length, "file")}`);
	return timings.measure("application", pack);
}
/** Links of the application to an environment, and into it. */
const linksOf = ({ record, workspaceLinks }) => [...record.link ? [{
	type: "link",
	path: record.link,
	target: `${record.root}/${record.id}`
}] : [], ...workspaceLinks.map((link) => ({
	type: "link",
	...link
}))];

// src/source/links.ts
const DEEPEST = 40;
/**
* Why a link cannot ship, or undefined if it stays inside the application, including all links that it leads through.
*
* @param path the link's own path
* @param links targets of all links of the application, by path
*/
function linkProblem(path, links) {
	const target = links.get(path) ?? "";
	if (target.startsWith("/")) return "it is absolute: on a host it would lead out of the release";
	const resolved = path.split("/").slice(0, -1);
	const left = target.split("/");
	for (let followed = 0; left.length > 0;) {
		const part = left.shift();
		if (part === "" || part === ".") continue;
		if (part === "..") {
			if (resolved.length === 0) return "it leads out of the application";
			resolved.pop();
			continue;
		}
		resolved.push(part);
		const next = links.get(resolved.join("/"));
		if (next === void 0) continue;
		if (++followed > DEEPEST) return void 0;
		if (next.startsWith("/")) return "it passes through a link that leads out of the application";
		resolved.pop();
		left.unshift(...next.split("/"));
	}
	return resolved.includes(".git") ? "it leads into .git, which is not shipped" : void 0;
}

// src/bundle/asset-outputs.ts
/**
* An output must be inside the application and not be a tracked file.
*
* @throws Failure (refused): nothing has to be built to find out
*/
function refuseOutputs(step, source) {
	for (const output of step.outputs) {
		if (output === "." || output.split("/").includes(".git")) throw new Failure({
			code: "asset-step-invalid",
			what: `asset step "${step.name}" cannot have ${quoteName(output)} as its output`,
			remedy: "Name the directories and files that it makes.",
			outcome: "refused"
		});
		const tracked = source.readable.find(({ path }) => path === output || output.startsWith(`${path}/`));
		if (tracked) throw new Failure({
			code: "asset-step-invalid",
			what: `asset step "${step.name}" names a tracked file as its output: ${quoteName(tracked.path)}`,
			remedy: "Remove it from git (`git rm --cached`) and add it to .gitignore: what a step makes is not source.",
			outcome: "refused"
		});
	}
}
/**
* Removes what an earlier step made at the same path, so that it is not mistaken for this step's output. Tracked files
* in it (.gitkeep) stay.
*/
function clearOutputs(step, { application }, source) {
	const tracked = new Set(source.readable.map(({ path }) => path));
	for (const output of step.outputs) {
		const path = join(application, output);
		if (![...tracked].some((one) => one.startsWith(`${output}/`))) rmSync(path, {
			recursive: true,
			force: true
		});
		else if (existsSync(path)) {
			for (const file of walk(path, { prefix: output })) if (file.type !== "directory" && !tracked.has(file.path)) rmSync(join(application, file.path));
		}
	}
}
/** An output as a step has made it. @throws Failure if it is missing, or cannot ship */
function outputSources(step, output, { application }, source) {
	const path = join(application, output);
	const stat = lstatSync(path, { throwIfNoEntry: false });
	const parent = join(path, "..");
	if (stat && realpathSync(parent) !== join(realpathSync(application), parent.slice(application.length))) throw new Failure({
		code: "asset-step-invalid",
		what: `asset step "${step.name}": its output ${quoteName(output)} stands behind a link`,
		remedy: "Name the real directory.",
		outcome: "refused"
	});
	const tracked = new Set(source.readable.map((file) => file.path));
	const special = [];
	const found = !stat ? [] : stat.isDirectory() ? walk(path, {
		prefix: output,
		refused: (name, why) => special.push(`${quoteName(name)} ${why}`)
	}).filter((one) => !tracked.has(one.path)) : [stat.isSymbolicLink() ? outputLink(step, output) : {
		type: "file",
		path: output,
		from: path
	}];
	if (stat && !stat.isDirectory() && !stat.isFile()) special.push(`${quoteName(output)} is no file`);
	if (special.length > 0) throw new Failure({
		code: "asset-step-failed",
		what: `asset step "${step.name}" made something that cannot ship`,
		output: special.slice(0, 20).join("\n"),
		remedy: "Only files, directories and links ship: let the step remove it, or name outputs without it."
	});
	if (found.some((one) => one.type !== "directory")) return found;
	throw new Failure({
		code: "asset-step-failed",
		what: `asset step "${step.name}" succeeded and did not make ${quoteName(output)}`,
		where: { step: step.run },
		remedy: stat ? "The directory is empty. Correct the command, or `outputs:` in tarlift.yml." : "Correct the command, or `outputs:` in tarlift.yml: paths relative to the application's directory."
	});
}
function outputLink(step, output) {
	throw new Failure({
		code: "asset-step-failed",
		what: `asset step "${step.name}" made ${quoteName(output)} as a link`,
		remedy: "Let it make the directory or file itself."
	});
}
/** Refuses links that lead out of the application, among the outputs of a step. */
function refuseLinks(step, outputs, source) {
	const links = new Map([...source.sources, ...outputs].flatMap((one) => one.type === "link" ? [[one.path, one.target]] : []));
	const problems = outputs.flatMap((one) => one.type === "link" ? [{
		path: one.path,
		problem: linkProblem(one.path, links)
	}] : []).filter(({ problem }) => problem !== void 0);
	if (problems.length === 0) return;
	throw new Failure({
		code: "asset-step-failed",
		what: `asset step "${step.name}" made links that cannot ship`,
		output: problems.map(({ path, problem }) => `${quoteName(path)}: ${problem}`).join("\n"),
		remedy: "Let the step copy files instead of linking them."
	});
}

// src/bundle/asset-command.ts
/**
* Runs a step and packs its outputs.
*
* @param file for the layer
* @throws Failure when it fails, does not make an output, or changes tracked files
*/
async function runStep(step, tree, options, file) {
	const { source, progress } = options;
	clearOutputs(step, tree, source);
	await runCommand(step, tree, options);
	await refuseChanges(step, tree);
	const outputs = step.outputs.flatMap((output) => outputSources(step, output, tree, source));
	refuseLinks(step, outputs, source);
	return {
		layer: await during(progress, `pack assets ${step.name}`, (task) => packLayer(outputs, {
			base: pathsOf(options.app).application,
			file,
			task
		}), ({ size, uncompressed, index }) => `${formatBytes(size)} of ${formatBytes(uncompressed)}, ${formatCount(index.length, "file")}`),
		native: nativeFiles(outputs)
	};
}
async function runCommand(step, { root, application }, { environmentIn, progress, signal }) {
	await during(progress, `assets ${step.name}`, (task) => run([
		"sh",
		"-ec",
		step.run
	], {
		what: `asset step "${step.name}" failed`,
		code: "asset-step-failed",
		step: step.run,
		cwd: application,
		env: {
			...environmentIn(application, step),
			GIT_CEILING_DIRECTORIES: join(root, "..")
		},
		redact: redactor(process.env, step["pass-env"] ?? []),
		onLine: (line) => task.line(line),
		signal,
		...step.timeout ? { timeout: step.timeout * 1e3 } : {},
		remedy: failed$1(step)
	}));
}
async function refuseChanges(step, tree) {
	const changed = await changedFiles(tree.written, tree.root);
	if (changed.length === 0) return;
	throw new Failure({
		code: "asset-step-failed",
		what: `asset step "${step.name}" changed tracked files, and those changes would not ship`,
		output: changed.slice(0, 20).map(({ path, how }) => `${quoteName(path)} ${how}`).join("\n"),
		remedy: "Let the step write to ignored paths that `outputs:` names. It ran in a copy: the checkout is as it was."
	});
}
/**
* What a failing step may lack: if it works in the checkout but not in its copy, it reads something that its key does
* not cover.
*/
function failed$1({ inputs }) {
	return [`A step runs in a copy of the commit and sees ${inputs ? "tracked files that `inputs:` names" : "tracked files"}, what earlier steps made, what \`include:\` names and the environments: no untracked file${inputs?.includes(".git") ? "" : ", and no .git unless `inputs:` names it"}.`, "It sees no variables of the job: those that it needs belong into `step-env:`, and those of this job alone (tokens) into its `pass-env:`."].join("\n");
}

// src/bundle/asset-inputs.ts
/** The version of the key's meaning: changing it changes all keys. */
const FORMAT = "3";
/**
* Patterns, relative to the repository, of what a step reads. `inputs:` are relative to the application's directory.
*/
function inputPatterns(step, directory) {
	return step.inputs?.map((input) => posix.join(directory, input)) ?? ["."];
}
/**
* @param earlier the layers of the steps before it
* @throws Failure (refused) for inputs that match nothing
*/
async function stepInputs(step, earlier, options) {
	const { repository, directory, source } = options;
	refuseUnmatched(step, earlier, options);
	const matches = globMatcher(inputPatterns(step, directory));
	const files = source.readable.filter(({ place }) => matches(place));
	const before = earlier.filter(({ layer }) => layer.index.some(({ type, path }) => type !== "directory" && matches(posix.join(directory, path))));
	const history = step.inputs?.some((input) => isHistory(input, directory)) ?? false;
	const parts = {
		format: FORMAT,
		platform: platformParts().map(({ name, value }) => [name, value]),
		app: options.app,
		directory,
		run: step.run,
		outputs: step.outputs,
		files: files.map(({ place, type, executable, identity }) => [
			place,
			type,
			executable,
			identity
		]),
		include: source.includeHash,
		environments: options.environments.map(({ record }) => [record.name, record.id]),
		package: options.packageLayer?.diffId,
		variables: Object.entries(options.variables).sort(([a], [b]) => a < b ? -1 : 1),
		before: before.map(({ layer }) => layer.diffId),
		history: history ? await historyIdentity(repository, source.commit.id) : void 0,
		...step["pass-env"] ? { passed: passedParts(process.env, step["pass-env"], join(repository, directory)) } : {}
	};
	return {
		files,
		history,
		before,
		key: hash("sha256", JSON.stringify(parts), "hex")
	};
}
const isHistory = (input, directory) => input === ".git" || posix.join(directory, input) === ".git";
/** A mistyped input beside a correct one would leave the step without files, and changes to them without effect. */
function refuseUnmatched(step, earlier, { source, directory }) {
	const seen = [
		...source.readable.map(({ place }) => place),
		...source.included.map(({ path }) => posix.join(directory, path)),
		...earlier.flatMap(({ layer }) => layer.index.filter(({ type }) => type !== "directory").map(({ path }) => posix.join(directory, path)))
	];
	const nothing = (step.inputs ?? []).filter((input) => !isHistory(input, directory) && !seen.some(globMatcher([posix.join(directory, input)])));
	if (nothing.length === 0) return;
	throw new Failure({
		code: "asset-step-invalid",
		what: `asset step "${step.name}" names inputs that are no tracked file, and nothing that an earlier step makes`,
		where: { inputs: nothing.join(", ") },
		remedy: "Correct or remove them in tarlift.yml: `inputs:` are globs relative to the application's directory.",
		outcome: "refused"
	});
}

// src/bundle/own-directory.ts
const OWNER = "owner";
const PREFIX = "steps-";
const YOUNG = 6e4;
/**
* Creates an empty directory that no other process uses.
*
* @param name its purpose: the same name gives the same path, unless another process uses it
*/
function takeDirectory(work, name) {
	mkdirSync(work, { recursive: true });
	sweep(work);
	const directory = join(work, `${PREFIX}${name}`);
	try {
		mkdirSync(directory);
	} catch (error) {
		if (error.code !== "EEXIST") throw error;
		return own(mkdtempSync(`${directory}-`));
	}
	return own(directory);
}
function own(directory) {
	writeFileSync(join(directory, OWNER), processMark());
	return directory;
}
/** Removes directories that killed processes left. */
function sweep(work) {
	for (const name of readdirSync(work)) {
		const path = join(work, name);
		if (name.startsWith(PREFIX) && isAbandoned(path)) rmSync(path, {
			recursive: true,
			force: true
		});
	}
}
function isAbandoned(directory) {
	const owner = join(directory, OWNER);
	try {
		return hasEnded(readFileSync(owner, "utf8"), statSync(owner).mtimeMs);
	} catch {
		return Date.now() - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > YOUNG;
	}
}

// src/bundle/step-tree.ts
/** Creates the trees of one run, one at a time. Environments inside the application move from tree to tree. */
var StepTrees = class {
	last;
	options;
	constructor(options) {
		this.options = options;
	}
	async make({ key, files, history, layers }) {
		const { repository, source, environments, unpack, work } = this.options;
		const directory = takeDirectory(work, key.slice(0, 16));
		const root = join(directory, "repository");
		const application = join(root, this.options.directory);
		const before = this.last;
		try {
			mkdirSync(application, { recursive: true });
			const written = await writeFiles(files, root);
			writeSources(source.included, application);
			for (const layer of layers) await unpackLayer(layer, {
				base: layer.base,
				directory: application,
				diffId: layer.diffId
			});
			if (history) {
				await makeCommitView(repository, source.commit.id, root);
				await updateIndex(root, files);
			}
			for (const environment of environments) {
				if (before) move(environment, before.application, application);
				await unpack(environment, application);
			}
			this.last = {
				directory,
				application
			};
			return {
				root,
				application,
				written
			};
		} catch (error) {
			rmSync(directory, {
				recursive: true,
				force: true
			});
			throw error;
		} finally {
			if (before) rmSync(before.directory, {
				recursive: true,
				force: true
			});
		}
	}
	/** Removes the last tree. */
	remove() {
		if (this.last) rmSync(this.last.directory, {
			recursive: true,
			force: true
		});
		this.last = void 0;
	}
};
/** Where steps that run in a tree find an environment. */
const runtimeIn = ({ record, path }, application) => runtimeOf(record, record.kind === "path" ? path : application);
function move({ record }, from, to) {
	for (const directory of record.mounts ?? []) {
		if (!existsSync(join(from, directory))) continue;
		mkdirSync(dirname(join(to, directory)), { recursive: true });
		rmSync(join(to, directory), {
			recursive: true,
			force: true
		});
		renameSync(join(from, directory), join(to, directory));
	}
}

// src/bundle/assets.ts
const meta = strictObject({
	name: string(),
	native: array(nativeFileSchema)
});
/**
* Runs the steps that would see something new, in the order of tarlift.yml, and restores the layers of all others from
* the store.
*
* @throws Failure when a step fails, does not make an output, or changes tracked files
*/
async function runAssetSteps(steps, options) {
	const made = [];
	const trees = new StepTrees({
		...options,
		environments: options.usable
	});
	try {
		for (const step of steps) {
			const inputs = await stepInputs(step, made, options);
			const slot = {
				store: options.store,
				work: options.work,
				key: `assets-${inputs.key}`,
				schema: meta,
				title: `assets ${step.name}`,
				progress: options.progress
			};
			const found = await fetchEntry(slot);
			if (found) {
				options.progress.notice(`assets ${step.name}: nothing that it can read has changed${notCounted(step)}; ${formatBytes(found.layer.size)} from ${options.store.name}`);
				made.push({
					name: step.name,
					layer: found.layer,
					native: found.meta.native,
					hit: true
				});
				continue;
			}
			const layers = [...options.packageLayer ? [options.packageLayer] : [], ...inputs.before.map(({ layer }) => layer)];
			const tree = await trees.make({
				...inputs,
				layers
			});
			const { layer, native } = await runStep(step, tree, options, unfinishedEntry(slot));
			finishEntry(layer, slot.key, {
				name: step.name,
				native
			});
			const kept = await keepEntry(slot, {
				meta: {
					name: step.name,
					native
				},
				layer
			});
			made.push({
				name: step.name,
				layer: kept.layer,
				native: kept.meta.native,
				hit: false
			});
		}
	} finally {
		trees.remove();
	}
	return made;
}
/** Values that are in no key may have changed as well. */
function notCounted(step) {
	const names = (step["pass-env"] ?? []).filter(isCredential);
	const said = names.length === 1 ? "by its name a credential" : "by their names credentials";
	return names.length === 0 ? "" : `, not counting ${names.join(", ")} (${said})`;
}

// src/bundle/timings.ts
const PARTS = [
	"environments",
	"source",
	"assets",
	"application",
	"artifact",
	"unpacking",
	"checks"
];
/** A part that is measured within another one counts only as itself. Parts do not run at the same time. */
var Timings = class {
	spent = Object.fromEntries(PARTS.map((part) => [part, 0]));
	/** The time of measured parts within the current one. */
	inner = 0;
	/** Runs an action, and adds its time to a part. */
	async measure(part, action) {
		const beside = this.inner;
		this.inner = 0;
		const start = performance.now();
		const value = await action();
		const time = performance.now() - start;
		this.spent[part] += time - this.inner;
		this.inner = beside + time;
		return value;
	}
};

// src/bundle/bundle-run.ts
/** @param scratch an existing directory, which the caller removes afterwards */
function bundleRun(options, scratch) {
	const { source = "." } = options.config;
	return {
		options,
		directory: source === "." ? "" : source,
		scratch,
		timings: new Timings()
	};
}

// src/bundle/isolated-root.sh
var isolated_root_default = "#!/bin/sh\n# The private root in which a check runs. It is started as root of new namespaces (src/bundle/isolated-root.ts). Every\n# value is an argument, none is spliced into this text. What a check leaves disappears with the namespaces.\n#\n#   isolated-root.sh guard COMMAND...\n#   isolated-root.sh ROOT USER NETWORK HIDDEN... -- READABLE... -- BIND... -- SHARED... -- ENV... COMMAND...\n#     guard     runs COMMAND outside, and ends it when standard input ends, even because the process at the other\n#               end was killed\n#     ROOT      an empty directory: the new root is mounted there\n#     USER      numeric user and group of the check, or `keep:UID:GID`: without root the user stays the same\n#     NETWORK   `none`, or `host`\n#     HIDDEN    directories in the system's directories that appear empty: a home or a workspace below /opt\n#     READABLE  further directories that are visible, read-only\n#     BIND      FROM TO: FROM is visible at TO, read-only; the check starts in the last one\n#     SHARED    empty, writable directories, as on a new host\n#     ENV       NAME=VALUE, the whole environment\nset -eu\nPATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\numask 022\n\nif [ \"$1\" = guard ]; then\n	shift\n	exec 3<&0 </dev/null\n	\"$@\" 3<&- &\n	child=$!\n	trap 'kill -KILL \"$child\"' TERM\n	(\n		trap : TERM\n		read -r _ <&3 || :\n		kill -KILL \"$child\"\n	) >/dev/null 2>&1 &\n	watcher=$!\n	exec 3<&-\n	status=0\n	wait \"$child\" || status=$?\n	kill -KILL \"$watcher\" 2>/dev/null || :\n	exit \"$status\"\nfi\n\ndie() {\n	printf 'isolated-root: %s\\n' \"$1\" >&2\n	exit 125\n}\n\nroot=$1\nuser=$2\nnetwork=$3\nshift 3\n\n# Mounts must not propagate to the machine.\nmount --make-rprivate / || die \"mounts cannot be made private\"\nmount -t tmpfs -o mode=755 tmpfs \"$root\" || die \"no private root can be mounted\"\n\n# show FROM TO: a read-only view, including what is mounted below. Flags of the underlying mount that must not be\n# dropped are kept.\nshow() {\n	if [ -d \"$1\" ]; then\n		mkdir -p \"$root$2\"\n	else\n		mkdir -p \"$root${2%/*}\"\n		: >\"$root$2\"\n	fi\n	mount --rbind \"$1\" \"$root$2\" || die \"cannot show $1\"\n	# The flag does not apply to the mounts below: each gets its own. The fifth field escapes spaces as printf does.\n	below=$(printf '%s' \"$root$2\" | sed 's/ /\\\\040/g')\n	while read -r _ _ _ _ point _; do\n		case $point/ in\n			\"$below\"/*)\n				# shellcheck disable=SC2059\n				point=$(printf \"$(printf '%s' \"$point\" | sed 's/%/%%/g')\")\n				mount -o remount,bind,ro \"$point\" 2>/dev/null ||\n					mount -o remount,bind,ro,nosuid,nodev \"$point\" 2>/dev/null ||\n					mount -o remount,bind,ro,nosuid,nodev,noexec \"$point\" || die \"cannot make $point read-only\"\n				;;\n		esac\n	done <<MOUNTS\n$(cat /proc/self/mountinfo)\nMOUNTS\n}\n\n# Writable directories come first, since an environment may be below /tmp.\nmkdir -p \"$root/proc\" \"$root/dev/shm\" \"$root/tmp\" \"$root/run\" \"$root/root\" \"$root/home\" \"$root/var/tmp\"\nfor name in dev/shm tmp var/tmp; do\n	mount -t tmpfs -o mode=1777 tmpfs \"$root/$name\" || die \"no /$name of its own\"\ndone\n# Never the machine's /proc: it shows the processes of all users, with their environments.\nmount -t proc proc \"$root/proc\" || die \"no /proc of its own\"\nfor device in null zero full random urandom tty; do\n	[ -e \"/dev/$device\" ] || continue\n	: >\"$root/dev/$device\"\n	mount --bind \"/dev/$device\" \"$root/dev/$device\"\ndone\nln -s /proc/self/fd \"$root/dev/fd\"\nfor number in 0:stdin 1:stdout 2:stderr; do ln -s \"/proc/self/fd/${number%:*}\" \"$root/dev/${number#*:}\"; done\n\nfor name in usr bin sbin lib lib32 lib64 libx32 etc opt; do\n	if [ -L \"/$name\" ]; then\n		ln -s \"$(readlink \"/$name\")\" \"$root/$name\"\n	elif [ -d \"/$name\" ]; then\n		show \"/$name\" \"/$name\"\n	fi\ndone\n# systemd-resolved keeps the file below /run, which is not visible.\nresolver=$(readlink -f /etc/resolv.conf || :)\ncase $network$resolver in\n	host/run/*) [ ! -f \"$resolver\" ] || show \"$resolver\" \"$resolver\" ;;\nesac\nwhile [ \"$1\" != -- ]; do\n	if [ -d \"$root$1\" ]; then\n		mount -t tmpfs -o mode=755 tmpfs \"$root$1\" || die \"$1 cannot be hidden\"\n	fi\n	shift\ndone\nshift\nwhile [ \"$1\" != -- ]; do\n	[ ! -e \"$1\" ] || [ -e \"$root$1\" ] || show \"$1\" \"$1\"\n	shift\ndone\nshift\ndirectory=/\nwhile [ \"$1\" != -- ]; do\n	show \"$1\" \"$2\"\n	directory=$2\n	shift 2\ndone\nshift\nwhile [ \"$1\" != -- ]; do\n	mount -t tmpfs -o mode=1777 tmpfs \"$root$1\" || die \"no $1 of its own\"\n	shift\ndone\nshift\n\nif [ \"$network\" = none ]; then\n	ip link set lo up 2>/dev/null || ifconfig lo up || die \"no loopback interface: iproute2 is missing\"\nfi\n\nmkdir -p \"$root/.old\"\ncd \"$root\"\npivot_root . .old || die \"pivot_root failed\"\ncd /\numount -l /.old || die \"the machine's own root stays visible\"\nrmdir /.old\nmount -o remount,bind,ro / || die \"the private root cannot be made read-only\"\ncd \"$directory\" || die \"$directory is not there\"\n\n# As a child and not by exec: the first process of a PID namespace ignores signals that it does not handle, even its\n# own.\nstatus=0\ncase $user in\n	keep:*)\n		# Root of a user namespace could make everything writable again. As this user in another namespace it cannot change\n		# these mounts.\n		ids=${user#keep:}\n		unshare --user --map-user=\"${ids%:*}\" --map-group=\"${ids#*:}\" setpriv --no-new-privs env -i \"$@\" || status=$?\n		;;\n	*)\n		setpriv --reuid=\"$user\" --regid=\"$user\" --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all env -i \"$@\" ||\n			status=$?\n		;;\nesac\nexit \"$status\"\n";

// src/bundle/isolated-root.ts
/** Not a real account, since a check should own nothing, and not the user that builds. */
const UNPRIVILEGED = process.getuid?.() === 65534 ? "65533" : "65534";
const SYSTEM_PATH = [
	"/usr/local/sbin",
	"/usr/local/bin",
	"/usr/sbin",
	"/usr/bin",
	"/sbin",
	"/bin"
];
const NAMESPACES = [
	"--mount",
	"--pid",
	"--ipc",
	"--uts",
	"--fork",
	"--kill-child=SIGKILL"
];
const ALL = {
	mountNamespace: true,
	noNetwork: true,
	readOnly: true,
	otherUser: true,
	pidNamespace: true
};
const NONE = {
	mountNamespace: false,
	noNetwork: false,
	readOnly: false,
	otherUser: false,
	pidNamespace: false
};
/** Visible to checks as they are on this machine, except {@link hidden}. */
const SYSTEM = /^\/(usr|etc|opt|bin|sbin|lib\w*)(\/|$)/;
/**
* Runs the checks one after the other.
*
* @throws Failure when a check fails, with its last lines; when isolation is required and not possible
*/
async function runChecks(options) {
	const scratch = mkdtempSync(join(tmpdir(), "tarlift-checks-"));
	try {
		const script = join(scratch, "isolated-root.sh");
		writeFileSync(script, isolated_root_default, { mode: 493 });
		const root = join(scratch, "root");
		await tryRun(["mkdir", root]);
		const means = await findMeans(script, root);
		if (options.require && Object.values(means.held).includes(false)) throw new Failure({
			code: "isolation-unavailable",
			what: "the checks cannot be isolated on this machine, and isolation is required",
			output: means.why.join("\n"),
			remedy: "Run as root or with passwordless sudo (hosted runners have it), and install util-linux. Or leave the requirement out: the summary then says what did not hold.",
			outcome: "refused"
		});
		const checks = [];
		for (const check of options.checks) checks.push(await runCheck(check, means, {
			...options,
			script,
			root
		}));
		const open = checks.filter(({ network }) => network).length;
		if (open === 0 || !means.held.noNetwork) return {
			checks,
			held: means.held,
			why: means.why
		};
		const why = `${open} of ${checks.length} checks asked for the network`;
		return {
			checks,
			held: {
				...means.held,
				noNetwork: false
			},
			why: [...means.why, why]
		};
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
async function runCheck(check, means, options) {
	const network = check.network;
	const start = performance.now();
	await during(options.progress, `check ${check.run}${network ? " (with network)" : ""}`, async (task) => {
		const common = {
			onLine: (line) => task.line(line),
			signal: options.signal,
			..."timeout" in check && check.timeout ? { timeout: check.timeout * 1e3 } : {}
		};
		const ended = means.prefix ? await tryRun(isolated(check, means.prefix, means.user, options), {
			...common,
			lifeline: true
		}) : await openly(check, options, common);
		if (options.signal?.aborted) throw new Failure({
			code: "cancelled",
			what: "stopped before the checks had ended"
		});
		if (ended.code !== 0 || ended.timedOut) throw failed(check, ended, means, options);
		return ended;
	});
	return {
		run: check.run,
		duration: performance.now() - start,
		network
	};
}
function isolated(check, prefix, user, options) {
	const current = `/${pathsOf(options.app).application}`;
	const binds = [...options.environments.map(({ path, directory }) => [directory, path]), [options.release, current]];
	return [
		...guarded(prefix, options.script),
		...check.network ? [] : ["--net"],
		...NAMESPACES,
		"sh",
		options.script,
		options.root,
		user,
		check.network ? "host" : "none",
		...hidden(),
		"--",
		...shown(options),
		"--",
		...binds.flat(),
		"--",
		...(options.shared ?? []).map((directory) => `${current}/${directory}`),
		"--",
		...variablesOf(options, "/tmp", current),
		"sh",
		"-ec",
		check.run
	];
}
/**
* The guard runs outside the namespaces, as the user that creates them: a signal of this process would not reach what
* sudo started.
*/
function guarded(prefix, script) {
	const at = prefix.indexOf("unshare");
	return [
		...prefix.slice(0, at),
		"sh",
		script,
		"guard",
		...prefix.slice(at)
	];
}
/**
* Directories of a runner that do not belong to the artifact. Most of them are not visible anyway; a self-hosted runner
* may be in /opt.
*/
function hidden() {
	const { HOME, RUNNER_TEMP, RUNNER_WORKSPACE, GITHUB_WORKSPACE } = process.env;
	const places = [
		HOME,
		RUNNER_TEMP,
		RUNNER_WORKSPACE,
		GITHUB_WORKSPACE
	].map((path) => path?.replace(/\/+$/, ""));
	return [...new Set(places)].filter((path) => path !== void 0 && /^\/opt\/[^/]/.test(path));
}
/** Directories that checks need and that are not visible as part of the system. */
function shown({ readable = [] }) {
	const unseen = (directory) => !SYSTEM.test(directory) || hidden().some((place) => `${directory}/`.startsWith(`${place}/`));
	return [...readable, ...builderNode().shown].filter((directory) => existsSync(directory) && unseen(directory));
}
/** The Node that installed the packages, which may be in a home or a tool cache; a host has its own. */
function builderNode() {
	const found = process.env.PATH?.split(":").find((directory) => directory && existsSync(join(directory, "node")));
	if (!found || SYSTEM_PATH.includes(found)) return {
		bin: [],
		shown: []
	};
	const bin = dirname(realpathSync(join(found, "node")));
	const prefix = dirname(bin);
	const wide = prefix === "/" || `${process.env.HOME}/`.startsWith(`${prefix}/`);
	return {
		bin: [bin],
		shown: [wide ? bin : prefix]
	};
}
function variablesOf({ variables, path }, home, current) {
	const own = {
		LANG: "C.UTF-8",
		...variables,
		HOME: home,
		TMPDIR: "/tmp",
		PWD: current,
		PATH: [
			...path,
			...builderNode().bin,
			...SYSTEM_PATH
		].join(":")
	};
	return Object.entries(own).map(([name, value]) => `${name}=${value}`);
}
/** Where no namespace is allowed: in the unpacked release, with its real variables and without the run's tokens. */
function openly(check, options, common) {
	const current = `/${pathsOf(options.app).application}`;
	const inside = (value) => value.replaceAll(current, () => options.release);
	const variables = Object.fromEntries(variablesOf(options, tmpdir(), options.release).map((pair) => [pair.slice(0, pair.indexOf("=")), inside(pair.slice(pair.indexOf("=") + 1))]));
	return tryRun([
		"sh",
		"-ec",
		check.run
	], {
		...common,
		cwd: options.release,
		env: variables
	});
}
function failed(check, ended, means, options) {
	const setUp = ended.code === 125 && /^isolated-root: /m.test(ended.stderr);
	return new Failure({
		code: setUp ? "isolation-unavailable" : "check-failed",
		what: setUp ? "the private root for the checks could not be made" : "a check of the finished artifact failed",
		where: {
			check: check.run,
			directory: `/${pathsOf(options.app).application}`,
			ended: formatEnd(ended, "timeout" in check && check.timeout ? { timeout: check.timeout * 1e3 } : {})
		},
		output: ended.lastLines,
		outcome: "refused",
		remedy: setUp ? "This is no fault of the application: `--no-check` leaves the checks out." : means.prefix && !check.network ? `It ran without network, read-only but for /tmp and the directories of \`shared:\`, as ${means.held.otherUser ? "another" : "this very"} user, with \`step-env:\` alone. A check that needs the network: \`{ run: …, network: true }\`.` : "It ran with `step-env:` alone."
	});
}
/** The strongest isolation that this machine allows, tested and not guessed. */
async function findMeans(script, root) {
	const missing = [
		"unshare",
		"mount",
		"pivot_root",
		"setpriv"
	].filter((name) => !onPath(name));
	if (process.platform !== "linux" || missing.length > 0) return {
		prefix: void 0,
		user: "keep",
		held: NONE,
		why: [`not isolated: this machine has no ${missing.join(", ")}`]
	};
	const asRoot = process.getuid?.() === 0;
	const why = [];
	for (const prefix of asRoot ? [["unshare"]] : [[
		"sudo",
		"-n",
		"unshare"
	]]) {
		const problem = await probe(prefix, UNPRIVILEGED, script, root);
		if (problem === void 0) return {
			prefix,
			user: UNPRIVILEGED,
			held: ALL,
			why
		};
		why.push(`${prefix.join(" ")}: ${problem}`);
	}
	const unprivileged = [
		"unshare",
		"--user",
		"--map-root-user"
	];
	const self = `keep:${process.getuid?.() || UNPRIVILEGED}:${process.getgid?.() || UNPRIVILEGED}`;
	const problem = await probe(unprivileged, self, script, root);
	if (problem === void 0) return {
		prefix: unprivileged,
		user: self,
		held: {
			...ALL,
			otherUser: false
		},
		why: [...why, "the checks run as this user: without root there is no other"]
	};
	return {
		prefix: void 0,
		user: "keep",
		held: NONE,
		why: [
			...why,
			`user namespaces: ${problem}`,
			"not isolated"
		]
	};
}
/** Builds the private root, and tests from inside whether it isolates as it should. @returns what is wrong with it */
async function probe(prefix, user, script, root) {
	const command = [
		...guarded(prefix, script),
		"--net",
		...NAMESPACES,
		"sh",
		script,
		root,
		user,
		"none",
		"--",
		"--",
		"/etc",
		"/srv/tarlift-probe",
		"--",
		"--",
		"PATH=/usr/bin:/bin",
		"sh",
		"-c",
		SEEN
	];
	const result = await tryRun(command, {
		timeout: 2e4,
		lifeline: true
	}).catch((error) => ({
		code: 1,
		lastLines: error.message,
		stdout: ""
	}));
	if (result.code !== 0) return result.lastLines.split("\n").at(-1) || "failed";
	const [mount, network, processes, capabilities, rest] = result.stdout.trim().split("\n");
	const outside = (name) => readlinkSync(`/proc/self/ns/${name}`);
	if (mount === outside("mnt")) return "mounts are the machine's";
	if (network === outside("net")) return "the network is the machine's";
	if (processes === outside("pid")) return "processes are the machine's";
	if (!/^CapEff:\s*0+$/.test(capabilities ?? "")) return "checks would have capabilities";
	return rest === void 0 ? void 0 : "the private root can be written";
}
/** Output of the probe: its namespaces, its capabilities, and another line if the root is writable. */
const SEEN = `readlink /proc/self/ns/mnt /proc/self/ns/net /proc/self/ns/pid
grep CapEff /proc/self/status
for place in . /usr /; do if touch "$place/.tarlift-probe" 2>/dev/null; then echo writable; fi; done`;
function onPath(name) {
	return `${process.env.PATH}:/usr/sbin:/sbin`.split(":").some((directory) => {
		try {
			accessSync(join(directory, name), constants.X_OK);
			return statSync(join(directory, name)).isFile();
		} catch {
			return false;
		}
	});
}

// src/bundle/checks.ts
/**
* Runs the checks of tarlift.yml in the artifact.
*
* @param release what the artifact contains
* @param file the artifact
* @returns undefined if there are none, or if they are switched off
* @throws Failure when one fails
*/
async function checkRelease(run, release, file) {
	const { config, check, progress } = run.options;
	if (check === false || config.check.length === 0) return void 0;
	const report = await run.timings.measure("checks", () => checkIn(run, release, file));
	const warning = isolationWarning(report);
	if (warning !== void 0) progress.warning(warning);
	return report;
}
async function checkIn({ options, timings }, release, file) {
	const { config, work, progress, signal } = options;
	const environments = release.shipped.filter(({ record }) => record.kind === "path");
	await timings.measure("unpacking", async () => {
		for (const environment of environments) await environment.unpack();
	});
	const directory = mkdtempSync(join(work, "release-"));
	chmodSync(directory, 493);
	const current = join(directory, "current");
	try {
		await timings.measure("unpacking", () => during(progress, "unpack the artifact", async (task) => unpackRelease(await openArtifact(file), current, task)));
		return await runChecks({
			app: config.app,
			release: current,
			environments: environments.map(({ path }) => ({
				path,
				directory: path
			})),
			shared: config.shared.directories.filter((one) => makeEmpty(current, one)),
			readable: environments.flatMap(({ readable }) => readable),
			checks: config.check,
			variables: {
				...config["step-env"],
				...release.variables.variables
			},
			path: release.variables.path,
			progress,
			signal,
			...options.requireIsolation ? { require: true } : {}
		});
	} finally {
		rmSync(directory, {
			recursive: true,
			force: true
		});
	}
}
/**
* As on a host: files that ship at the path of a shared directory are hidden there, since the link to the directory
* replaces them.
*
* @returns whether it exists now; false below a link or a file, through which nothing is removed or created
*/
function makeEmpty(release, path) {
	for (let above = dirname(path); above !== "."; above = dirname(above)) {
		const status = lstatSync(join(release, above), { throwIfNoEntry: false });
		if (status && !status.isDirectory()) return false;
	}
	rmSync(join(release, path), {
		recursive: true,
		force: true
	});
	mkdirSync(join(release, path), { recursive: true });
	return true;
}

// src/source/notice.ts
const LOOKS_BUILT = /(^|\/)(dist|build|out|public|static|staticfiles|assets|target|\.next|\.nuxt|\.output)\/$/;
/** The files in the checkout that do not ship, as one sentence: a surprise here costs less than one on a server. */
function noticeOf(status, directory, { madeElsewhere, include }) {
	const prefix = directory === "" ? "" : `${directory}/`;
	const known = [...madeElsewhere, ...include];
	const isKnown = (path) => known.some((one) => `${path.replace(/\/$/, "")}/`.startsWith(`${one}/`) || `${one}/`.startsWith(path));
	const own = (paths) => paths.filter((path) => path.startsWith(prefix)).map((path) => path.slice(prefix.length)).filter((path) => !isKnown(path));
	const untracked = own(status.untracked);
	const built = own(status.ignored).filter((path) => LOOKS_BUILT.test(path));
	if (untracked.length + built.length === 0) return void 0;
	return `not shipped: ${[...untracked.length > 0 ? [`untracked ${list$1(untracked)}`] : [], ...built.length > 0 ? [`ignored, and looking like something that was built, ${list$1(built)}`] : []].join("; ")}. If the application needs them: commit them, make them in an asset step, or name them in \`include:\`.`;
}
/** Files whose only purpose is to make git keep a directory. */
const PLACEHOLDER$1 = /(^|\/)\.(gitkeep|gitignore|keep)$/;
/**
* The files of the commit that are hidden on hosts, as one sentence: there, a shared path is a link into `shared/`.
*
* @param shared directories and files of `shared`
*/
function hiddenNotice(sources, shared) {
	const hidden = sources.filter(({ path, type }) => type !== "directory" && !PLACEHOLDER$1.test(path)).map(({ path }) => path).filter((path) => shared.some((one) => path === one || path.startsWith(`${one}/`)));
	if (hidden.length === 0) return void 0;
	return `not seen on hosts, where a path of \`shared:\` is a link into shared/: ${list$1(hidden)}. What the application needs of them belongs elsewhere in the commit, or into shared/ of each host; \`git rm --cached\` takes the rest out of the commit.`;
}
const list$1 = (paths) => `${paths.slice(0, 8).map(quoteName).join(", ")}${paths.length > 8 ? `, and ${paths.length - 8} more` : ""}`;

// src/source/built-marks.ts
/** At most `length` bytes. */
async function readBeginning(source, length) {
	if ("content" in source) return source.content;
	const file = await open(source.from);
	try {
		const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
		return buffer.subarray(0, bytesRead);
	} finally {
		await file.close();
	}
}

// src/source/conversion.ts
/** The filter of a file; undefined for none, and for Git LFS, whose content is verified by its pointer. */
function filterOf({ filter }) {
	return filter === void 0 || filter === "set" || filter === "unset" || filter === "lfs" ? void 0 : filter;
}
/** Whether attributes other than filters can change the file on checkout. */
function isConverted(attributes) {
	const { "working-tree-encoding": encoding, ident, eol, text } = attributes;
	return encoding !== void 0 && encoding !== "set" && encoding !== "unset" || ident === "set" || eol === "crlf" && text !== "unset";
}
/** @param name as in .gitattributes */
async function filterState(repository, name) {
	const value = async (key) => (await tryGit(repository, [
		"config",
		"--get",
		`filter.${name}.${key}`
	]))?.trim();
	const [smudge, process, clean, required] = await Promise.all([
		"smudge",
		"process",
		"clean",
		"required"
	].map((key) => value(key)));
	if (smudge || process) return "smudges";
	return clean && !/^(true|yes|on|[1-9]\d*)$/i.test(required ?? "") ? "passes" : "unknown";
}
/**
* Lets git write files as a checkout contains them.
*
* @param options.paths relative to the repository's root
* @param options.filters those that smudge. If one fails, this fails, even where git would continue with the unfiltered
*   file
* @param options.directory absolute and empty; the files are written to their paths below it
* @throws Failure (refused) when a filter fails
*/
async function writeConverted(repository, options) {
	const { commit, paths, filters, directory } = options;
	mkdirSync(directory, { recursive: true });
	const env = {
		...gitEnvironment(),
		GIT_INDEX_FILE: `${directory}.index`,
		GIT_ATTR_NOSYSTEM: "1"
	};
	const settings = [
		"core.autocrlf=false",
		"core.eol=lf",
		"core.attributesFile=/dev/null",
		...filters.map((name) => `filter.${name}.required=true`)
	].flatMap((setting) => ["-c", setting]);
	await git(repository, ["read-tree", commit], "the commit's files cannot be listed", { env });
	const written = await askGit(repository, [
		...settings,
		"checkout-index",
		"--quiet",
		"-z",
		"--stdin",
		`--prefix=${directory}/`
	], {
		env,
		input: paths.map((path) => `${path}\0`).join("")
	});
	if (written.code === 0) return;
	throw new Failure({
		code: "file-missing",
		what: "files that a filter of git keeps in another form cannot be read",
		where: {
			repository,
			filters: filters.map(quoteName).join(", ") || void 0
		},
		output: written.lastLines,
		remedy: "`git checkout` of these files fails in the same way: unlock the repository (git-crypt unlock, transcrypt), or install what the filter runs. In a workflow, do so in a step before this one.",
		outcome: "refused"
	});
}

// src/source/hash-file.ts
/** Hash of a file's content, hex. It is read in pieces, so files may have any size. @param head hashed before it */
async function hashFile(path, algorithm, head = "") {
	const sum = createHash(algorithm).update(head);
	for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) sum.update(chunk);
	return sum.digest("hex");
}

// src/source/lfs.ts
const POINTER = /^version https:\/\/git-lfs\.github\.com\/spec\/v1\n(?:[a-z0-9.-]+ [^\n]*\n)*?oid sha256:([0-9a-f]{64})\n(?:[a-z0-9.-]+ [^\n]*\n)*?size (\d+)\n/;
const LARGEST_POINTER = 1024;
/** The content that a pointer identifies; undefined for anything else. */
function parsePointer(content) {
	if (content.length > 1024) return void 0;
	const match = POINTER.exec(Buffer.from(content).toString("latin1"));
	return match ? {
		sha256: match[1],
		size: Number(match[2])
	} : void 0;
}

// src/source/substitution.ts
const PLACEHOLDER = /\$Format:([^$\0]*)\$/g;
/** Placeholders that depend on tags: `%d`, `%D`, `%(decorate)`, `%(describe)`, `%S`. */
const NEEDS_TAGS = /%[+ -]?(?:[dDS]|\((?:describe|decorate))/;
/** Whether the placeholders of a file depend on tags. @param content bytes, one character each */
function readsTags(content) {
	return [...content.matchAll(PLACEHOLDER)].some(([, format = ""]) => NEEDS_TAGS.test(format));
}
/**
* Replaces placeholders; returns the same buffer if there are none.
*
* @param view a git directory of the commit (src/source/commit-view.ts): branches would differ from clone to clone
*/
async function substitute(content, view) {
	const text = content.toString("latin1");
	const values = /* @__PURE__ */ new Map();
	for (const [, format = ""] of text.matchAll(PLACEHOLDER)) {
		if (values.has(format)) continue;
		const shown = await git(view, [
			"-c",
			"log.showSignature=false",
			"log",
			"-1",
			"--no-color",
			`--format=format:${Buffer.from(format, "latin1")}`
		], "a $Format:…$ of the commit cannot be filled in", { env: viewEnvironment() });
		values.set(format, Buffer.from(shown).toString("latin1"));
	}
	if (values.size === 0) return content;
	return Buffer.from(text.replace(PLACEHOLDER, (_placeholder, format) => values.get(format) ?? ""), "latin1");
}

// src/source/contents.ts
/** Files up to this size are kept in memory. Larger ones are read from the checkout, if its bytes match the blob. */
const IN_MEMORY = 1 << 20;
/** A file whose placeholders are replaced is read as a whole. */
const LARGEST_SUBSTITUTED = 64 << 20;
/**
* Finds the contents of files.
*
* @param options.repository the outermost repository's root, absolute: each file is at its `place` in the checkout
* @param options.scratch a directory for contents that exist nowhere else, absolute
* @param options.ships whether a file's content is needed in memory; other files are only checked to be readable later
*/
async function findContents(files, options, findings) {
	const { repository, scratch, ships } = options;
	const converted = await convert(files, scratch, findings);
	const inCheckout = ({ place }) => join(repository, place);
	const found = /* @__PURE__ */ new Map();
	const small = [];
	for (const file of files) {
		const from = converted.get(file);
		if (from !== void 0) found.set(file, held(from));
		else if (file.type === "file" && file.size > IN_MEMORY) found.set(file, { from: await isBlob(inCheckout(file), file) ? inCheckout(file) : await toScratch(file, scratch) });
		else if (ships(file) || file.size <= 1024 || file.attributes["export-subst"] === "set") small.push(file);
	}
	const contents = await readAll(small);
	const result = [];
	for (const file of files) {
		const content = contents.get(keyOf(file));
		let bytes = found.get(file) ?? (content ? { content } : {});
		let identity = converted.has(file) ? `sha256:${await hashFile(converted.get(file), "sha256")}` : file.blob;
		const pointer = !converted.has(file) && content && file.type === "file" ? parsePointer(content) : void 0;
		if (pointer) {
			if (await isFetched(inCheckout(file), pointer)) bytes = { from: inCheckout(file) };
			else findings.add("lfs", `${quoteName(file.path)} is a pointer`);
		} else if (file.attributes["export-subst"] === "set" && file.type === "file") {
			const filled = await fillIn(file, bytes, findings);
			if (filled) {
				bytes = { content: filled };
				identity = `sha256:${hash("sha256", filled, "hex")}`;
			}
		}
		if (!ships(file) && bytes.content && identity === file.blob) bytes = {};
		result.push({
			...file,
			identity,
			...bytes
		});
	}
	return result;
}
const keyOf = ({ repository, blob }) => `${repository.directory}\0${blob}`;
const held = (from) => statSync(from).size > IN_MEMORY ? { from } : { content: readFileSync(from) };
/** Writes files whose attributes or filters change them on checkout as scratch files. */
async function convert(files, scratch, findings) {
	const written = /* @__PURE__ */ new Map();
	const wanted = files.filter(({ type, attributes }) => type === "file" && attributes.filter !== "lfs" && (filterOf(attributes) !== void 0 || isConverted(attributes)));
	let number = 0;
	for (const [directory, own] of Map.groupBy(wanted, ({ repository }) => repository.directory)) {
		const names = [...new Set(own.flatMap(({ attributes }) => filterOf(attributes) ?? []))];
		const states = new Map(await Promise.all(names.map(async (name) => [name, await filterState(directory, name)])));
		for (const { path, attributes } of own) {
			const filter = filterOf(attributes);
			if (filter !== void 0 && states.get(filter) === "unknown") findings.add("filter", `${quoteName(path)}: filter ${quoteName(filter)}`);
		}
		const known = own.filter(({ attributes }) => {
			const state = states.get(filterOf(attributes) ?? "");
			return state === "smudges" || state !== "unknown" && isConverted(attributes);
		});
		if (known.length === 0) continue;
		const into = join(scratch, `converted-${number++}`);
		await writeConverted(directory, {
			commit: own[0].repository.commit,
			paths: known.map(({ tracked }) => tracked),
			filters: names.filter((name) => states.get(name) === "smudges"),
			directory: into
		});
		for (const file of known) written.set(file, join(into, file.tracked));
	}
	return written;
}
async function fillIn({ path, repository }, { content, from }, findings) {
	if (from !== void 0 && statSync(from).size > LARGEST_SUBSTITUTED) {
		findings.add("name", `${quoteName(path)}: too large for \`export-subst\``);
		return;
	}
	const before = content ?? (from === void 0 ? void 0 : readFileSync(from));
	if (!before) return void 0;
	if (readsTags(before.toString("latin1")) && !await knowsTags(repository)) findings.add("history", `${quoteName(path)}: its $Format:…$ names tags`);
	const after = await substitute(before, repository.view);
	return after === before ? void 0 : after;
}
/** Whether git knows the same tags as in a complete clone: the history is complete, or the commit itself has a tag. */
async function knowsTags({ directory, commit, view }) {
	if (!await isShallow(directory)) return true;
	return (await git(view, [
		"tag",
		"--points-at",
		commit
	], "the commit's tags cannot be read")).trim() !== "";
}
async function readAll(files) {
	const contents = /* @__PURE__ */ new Map();
	for (const [directory, own] of Map.groupBy(files, ({ repository }) => repository.directory)) for (const [blob, content] of await readBlobs(directory, own.map((file) => file.blob))) contents.set(`${directory}\0${blob}`, content);
	return contents;
}
async function toScratch({ repository, blob }, scratch) {
	const file = join(scratch, `blob-${blob}`);
	if (!lstatSync(file, { throwIfNoEntry: false })) await writeBlob(repository.directory, blob, file);
	return file;
}
/** Git's hash of a blob: sha1 (or sha256) of `blob <size>\0` and the content. */
async function isBlob(path, { blob, size }) {
	const stat = lstatSync(path, { throwIfNoEntry: false });
	if (!stat?.isFile() || stat.size !== size) return false;
	return await hashFile(path, blob.length === 64 ? "sha256" : "sha1", `blob ${size}\0`) === blob;
}
/** Whether the file in the checkout matches the pointer. */
async function isFetched(path, pointer) {
	const stat = lstatSync(path, { throwIfNoEntry: false });
	return !!stat?.isFile() && stat.size === pointer.size && await hashFile(path, "sha256") === pointer.sha256;
}

// src/source/attributes.ts
/** The attributes that decide whether a file ships, and with which bytes. */
const NAMES$1 = [
	"export-ignore",
	"export-subst",
	"filter",
	"working-tree-encoding",
	"ident",
	"eol",
	"text"
];
/**
* Attributes of a commit's paths. `export-ignore` of a directory applies to everything in it, as in `git archive`.
*
* @param view a git directory of only that commit (src/source/commit-view.ts), so that attributes of this machine do
*   not count
*/
async function readAttributes(view, paths) {
	const directories = /* @__PURE__ */ new Set();
	for (const path of paths) for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) directories.add(path.slice(0, at));
	const output = await git(view, [
		"-c",
		"core.attributesFile=/dev/null",
		"check-attr",
		"--cached",
		"-z",
		"--stdin",
		...NAMES$1
	], "the attributes cannot be read", {
		env: {
			...gitEnvironment(),
			GIT_ATTR_NOSYSTEM: "1"
		},
		input: [...paths, ...[...directories].map((directory) => `${directory}/`)].map((path) => `${path}\0`).join("")
	});
	const found = /* @__PURE__ */ new Map();
	const answers = records(output);
	for (let n = 0; n + 2 < answers.length; n += 3) {
		const [path = "", name = "", value = ""] = answers.slice(n, n + 3);
		if (value === "unspecified") continue;
		const attributes = found.get(path) ?? {};
		attributes[name] = value;
		found.set(path, attributes);
	}
	const ignored = (path) => found.get(path)?.["export-ignore"] === "set";
	return (path) => {
		const attributes = found.get(path) ?? {};
		for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) if (ignored(`${path.slice(0, at)}/`)) return {
			...attributes,
			"export-ignore": "set"
		};
		return attributes;
	};
}

// src/source/tracked.ts
/**
* Lists the tree of a commit, recursively.
*
* @param directory below the repository's root; `""` for everything
*/
async function listTree(repository, commit, directory) {
	const below = directory === "" ? [] : ["--", `${directory}/`];
	const output = await git(repository, [
		"ls-tree",
		"-r",
		"-z",
		"--long",
		"--full-tree",
		commit,
		...below
	], "the commit's files cannot be listed");
	const files = [];
	const submodules = [];
	for (const record of records(output)) {
		const tab = record.indexOf("	");
		const [mode = "", kind = "", blob = "", size = ""] = record.slice(0, tab).split(/ +/);
		const tracked = record.slice(tab + 1);
		const path = tracked.slice(directory === "" ? 0 : directory.length + 1);
		if (kind === "commit") submodules.push({
			path,
			tracked,
			commit: blob
		});
		else files.push({
			path,
			tracked,
			type: mode === "120000" ? "link" : "file",
			executable: mode === "100755",
			blob,
			size: Number(size),
			repository
		});
	}
	if (files.length === 0 && submodules.length === 0) throw new Failure({
		code: "file-missing",
		what: directory === "" ? "the commit has no files" : `the commit has no files below ${directory}`,
		remedy: "Correct `source:` in tarlift.yml, and commit the application.",
		outcome: "refused"
	});
	return {
		files,
		submodules
	};
}

// src/source/files.ts
/**
* Lists files. Submodules that are needed and not checked out as recorded become findings. `export-ignore` of a
* submodule applies to everything in it, like that of a directory.
*/
async function listFiles(options, findings) {
	const { repository, commit, directory, whole, needed, scratch } = options;
	let views = 0;
	const list = async ({ root, id, prefix, ignored }, below) => {
		const view = join(scratch, `view-${views++}`);
		const [{ files, submodules }] = await Promise.all([listTree(root, id, below), makeCommitView(root, id, view)]);
		const read = await readAttributes(view, [...files.map(({ tracked }) => tracked), ...submodules.map(({ tracked }) => `${tracked}/`)]);
		const attributesOf = (path) => ignored ? {
			...read(path),
			"export-ignore": "set"
		} : read(path);
		const own = files.map((file) => {
			const place = `${prefix}${file.tracked}`;
			const path = posix.relative(directory, place);
			return {
				...file,
				place,
				path,
				attributes: attributesOf(file.tracked),
				repository: {
					directory: root,
					commit: id,
					view
				}
			};
		});
		const inner = await Promise.all(submodules.map(async ({ tracked, commit: recorded }) => {
			const at = join(root, tracked);
			const place = `${prefix}${tracked}`;
			const attributes = attributesOf(`${tracked}/`);
			const problem = await submoduleProblem(at, recorded);
			if (problem !== void 0) {
				if (needed(place, attributes)) findings.add("submodule", `${quoteName(posix.relative(directory, place))} ${problem}`);
				return [];
			}
			return list({
				root: at,
				id: recorded,
				prefix: `${place}/`,
				ignored: attributes["export-ignore"] === "set"
			}, "");
		}));
		return [...own, ...inner.flat()];
	};
	return list({
		root: repository,
		id: commit,
		prefix: "",
		ignored: false
	}, whole ? "" : directory);
}
/** Why a submodule is not the recorded one, as the end of a sentence. */
async function submoduleProblem(directory, commit) {
	const top = existsSync(join(directory, ".git")) ? await tryGit(directory, ["rev-parse", "HEAD"]) : void 0;
	if (top?.trim() === commit) return void 0;
	return top ? `is at ${top.trim().slice(0, 12)} instead of ${commit.slice(0, 12)}` : "is empty";
}

// src/source/included.ts
/**
* All included files, ready to be packed.
*
* @param application absolute
* @param include relative to it
*/
function includeSources(application, include, findings) {
	return include.flatMap((path) => {
		const from = join(application, path);
		if (path === "." || path.split("/").includes(".git")) {
			findings.add("include", `${quoteName(path)}: name the files and directories that are to ship`);
			return [];
		}
		const stat = lstatSync(from, { throwIfNoEntry: false });
		if (stat && realpathSync(dirname(from)) !== join(realpathSync(application), dirname(path))) {
			findings.add("include", `${quoteName(path)} stands behind a link`);
			return [];
		}
		if (!stat) {
			findings.add("include", `${quoteName(path)} is not there`);
			return [];
		}
		if (stat.isDirectory()) return walk(from, {
			prefix: path,
			skip: (name) => /(^|\/)(\.git|__pycache__)$/.test(name),
			refused: (name, why) => findings.add("include", `${quoteName(name)} ${why}`)
		}).filter((one) => one.type !== "file" || isReadable(one, findings));
		if (stat.isFile()) return [{
			type: "file",
			path,
			from
		}].filter((one) => isReadable(one, findings));
		findings.add("include", `${quoteName(path)} is neither a file nor a directory`);
		return [];
	});
}
function isReadable(source, findings) {
	if (source.type !== "file" || !("from" in source)) return true;
	try {
		accessSync(source.from, constants.R_OK);
		return true;
	} catch {
		findings.add("include", `${quoteName(source.path)} cannot be read by the user of this job`);
		return false;
	}
}
/** Hash of names, modes and contents; undefined if nothing is included. */
async function hashIncluded(included) {
	if (included.length === 0) return void 0;
	const sum = createHash("sha256");
	for (const source of included) if (source.type === "link") sum.update(`l ${source.path}\0${source.target}\0`);
	else if (source.type === "file" && "from" in source) sum.update(`f ${source.path}\0${(statSync(source.from).mode & 73) !== 0}\0${await hashFile(source.from, "sha256")}\0`);
	return sum.digest("hex");
}

// src/source/secret-files.ts
const NAMES = [
	/(^|\/)\.env(\.(?!([^/]*\.)?(example|sample|template|dist|defaults?)$)[^/]+)?$/,
	/(^|\/)id_(rsa|dsa|ecdsa|ed25519)$/,
	/(^|\/)(\.netrc|\.pgpass|\.pypirc|\.git-credentials|\.htpasswd)$/,
	/\.(p12|pfx|jks|keystore|kdbx)$/
];
/**
* A line of an .npmrc with a credential that is not a variable, for all registries or for one: `_auth=…`,
* `//host/:_authToken=…`. Keys and values may be quoted; comments do not match
* (https://docs.npmjs.com/cli/configuring-npm/npmrc).
*/
const TOKEN = /^(?!\s*[#;])\s*(?:.*:|["']?)_(?:auth|authToken|password)["']?\s*=\s*["']?(?!\$\{|["']|\s|$)/i;
/** Bytes of a file that are examined: keys are short, and their first line says what they are. */
const LOOKED_AT = 65536;
/** Why a file looks like a secret, or undefined. `content`: the file's first bytes. */
function secretProblem(path, content) {
	if (NAMES.some((pattern) => pattern.test(path))) return "its name is that of a file with secrets";
	const text = Buffer.from(content.buffer, content.byteOffset, Math.min(content.byteLength, LOOKED_AT)).toString("latin1");
	if (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/m.test(text) && /\.(pem|key|crt|ppk)$|(^|\/)[^./]+$/.test(path)) return "it holds a private key";
	if (/^PuTTY-User-Key-File-\d/.test(text)) return "it holds a private key";
	if (/(^|\/)\.npmrc$/.test(path) && text.split(/\r?\n|\r/).some((line) => TOKEN.test(line))) return "it holds a token";
}

// src/source/read-source.ts
/** @throws Failure with all reasons why this checkout cannot be shipped */
async function readSource(options) {
	const { repository, stepsRead = {
		file: () => false,
		below: () => false
	} } = options;
	const directory = options.directory === "." ? "" : options.directory;
	const whole = options.stepsRead !== void 0 && directory !== "";
	const commit = await headCommit(repository);
	const findings = new Findings();
	const isInside = (place) => directory === "" || `${place}/`.startsWith(`${directory}/`);
	const needed = (place, { "export-ignore": ignored }) => isInside(place) && ignored !== "set" || directory.startsWith(`${place}/`) || stepsRead.below(place);
	const [listed, status] = await Promise.all([listFiles({
		repository,
		commit: commit.id,
		directory,
		whole,
		needed,
		scratch: options.scratch
	}, findings), readStatus(repository, whole ? ["."] : [directory === "" ? "." : directory, ...configPath(options)])]);
	const isConfig = (place) => configPath(options).includes(place);
	const isRead = (path, how) => stepsRead.file(path) || how.startsWith("is a submodule") && stepsRead.below(path);
	for (const { path, how } of status.changed) if (!how.endsWith("at another commit") && (isInside(path) || isConfig(path) || isRead(path, how))) findings.add("changed", `${quoteName(path)} ${how}`);
	const ships = ({ place, attributes }) => isInside(place) && attributes["export-ignore"] !== "set";
	const readable = await findContents(listed.filter((file) => ships(file) || stepsRead.file(file.place)), {
		repository,
		scratch: options.scratch,
		ships
	}, findings);
	const tracked = readable.filter(ships);
	const own = tracked.map(packSource);
	for (const source of own) {
		if (source.type !== "file" || options.secretFiles.includes(source.path)) continue;
		const secret = secretProblem(source.path, await readBeginning(source, LOOKED_AT));
		if (secret) findings.add("secret", `${quoteName(source.path)}: ${secret}`);
	}
	const inGit = new Set(listed.map(({ path }) => path));
	const included = includeSources(join(repository, directory), options.include, findings).filter(({ path, type }) => type === "directory" || !inGit.has(path));
	const sources = [...own, ...included];
	const links = new Map(sources.flatMap((source) => source.type === "link" ? [[source.path, source.target]] : []));
	for (const [path, target] of links) {
		const problem = targetProblem(target) ?? linkProblem(path, links);
		if (problem) findings.add("link", `${quoteName(path)} -> ${quoteName(target)}: ${problem}`);
	}
	for (const { path } of sources) {
		const problem = nameProblem(path);
		if (problem) findings.add("name", `${quoteName(path)}: ${problem}`);
		if (isReserved(path)) findings.add("reserved", quoteName(path));
	}
	findings.refuse(repository);
	return {
		commit,
		tracked,
		readable,
		sources,
		included,
		includeHash: await hashIncluded(included),
		notice: noticeOf(status, directory, options)
	};
}
/** A file of the commit as a source for packing. @param file whose content is available */
function packSource(file) {
	const { path, type, executable, content, from } = file;
	if (type === "link") return {
		type: "link",
		path,
		target: (content ?? Buffer.alloc(0)).toString("utf8")
	};
	if (from !== void 0) return {
		type: "file",
		path,
		from,
		executable
	};
	return {
		type: "file",
		path,
		content: content ?? Buffer.alloc(0),
		executable
	};
}
function configPath({ repository, configFile }) {
	if (!configFile) return [];
	const path = relative(repository, realpathSync(configFile));
	return path.startsWith("..") ? [] : [path];
}

// src/bundle/release-label.ts
/**
* @param commit hex digits
* @throws Failure (refused) for a text that cannot be a label, and for the tag of another commit
*/
async function chooseLabel(options, commit) {
	const version = options.version ?? await labelFrom(options, commit);
	refuseInvalid(version);
	if (options.version !== void 0 && !options.allowOtherTag) await refuseOtherTag(options.repository, version, commit);
	return version;
}
/** The label that follows from the tag on HEAD, otherwise from the commit. */
async function labelFrom({ repository, progress }, commit) {
	const tag = await headTag(repository, process.env);
	const label = tag === void 0 ? void 0 : labelOf(tag);
	if (tag !== void 0 && label !== tag) progress.notice(label === void 0 ? `the tag ${quoteName(tag)} cannot be a label: the release is called by its commit` : `the tag ${quoteName(tag)} gives the label ${label}`);
	return label ?? commit.slice(0, 12);
}
function refuseInvalid(version) {
	const problem = versionProblem(version);
	if (problem) throw new Failure({
		code: "label-invalid",
		what: `${quoteName(version)} cannot be a label: ${problem}`,
		remedy: `Give another (--label, or the input \`label\`)${labelOf(version) ? `: ${labelOf(version)}` : ""}.`,
		outcome: "refused"
	});
}

// src/bundle/release-paths.ts
/** The path of an environment in the application. */
const environmentPath = (environment) => installerOf(environment.installer).releasePath(environment).path;
/** Paths that hosts create in a release. @param shipped environments, once they are available */
const placesOf = ({ shared }, shipped = []) => ({
	mounts: shipped.flatMap(({ record }) => record.mounts ?? []),
	shared: [...shared.directories, ...shared.files]
});
/**
* Refuses files that ship at the path of an environment. Otherwise this would be noticed when both are packed, after
* minutes of building.
*/
function refuseTakenPlaces(config, source) {
	for (const [name, environment] of Object.entries(config.environments)) {
		if (environment.use !== "runtime") continue;
		const place = environmentPath(environment);
		const taken = source.sources.find(({ path, type }) => type !== "directory" && (path === place || path.startsWith(`${place}/`)));
		if (!taken) continue;
		throw new Failure({
			code: "file-not-shippable",
			what: `${quoteName(taken.path)} ships with the commit, and environment ${name} stands at ${place}`,
			remedy: `Remove it from git (\`git rm -r --cached ${place}\`) and from \`include:\`, and add it to .gitignore: an installer makes it.`,
			outcome: "refused"
		});
	}
}
/**
* Refuses layers that do not fit together.
*
* @param layers all of the release, in the order in which messages name them
* @param base the application's directory
* @param shipped the environments that ship
*/
function refuseConflicts(layers, { config, base, shipped }) {
	const inside = layers.filter(({ layer }) => layer.base === base);
	refuseOverlaps(layers);
	refuseMisplaced(inside.flatMap(({ layer }) => layer.index), placesOf(config, shipped));
	refuseEscapes(inside, shipped.flatMap(({ record }) => record.link ? [record.link] : []));
}
/** Refuses a path in two layers: which content a host gets would depend on their order. Directories may be shared. */
function refuseOverlaps(layers) {
	const owners = /* @__PURE__ */ new Map();
	const overlaps = [];
	for (const { name, layer } of layers) for (const entry of layer.index) {
		if (entry.type === "directory") continue;
		const path = `${layer.base}/${entry.path}`;
		const owner = owners.get(path);
		if (owner) overlaps.push(`${quoteName(entry.path)}: ${owner} and ${name}`);
		owners.set(path, name);
	}
	if (overlaps.length === 0) return;
	throw new Failure({
		code: "file-not-shippable",
		what: "two layers hold the same path",
		output: overlaps.slice(0, 20).join("\n"),
		remedy: "Remove what is made by a step or an installer from git, or correct `outputs:` and `include:`.",
		outcome: "refused"
	});
}
/**
* Refuses links that stay inside the application alone, but leave it together with links of another layer: only all
* layers together show it.
*
* @param ours links to environments, which leave the application on purpose
*/
function refuseEscapes(layers, ours) {
	const links = new Map(layers.flatMap(({ layer }) => layer.index.flatMap((entry) => entry.type === "link" && !ours.includes(entry.path) ? [[entry.path, entry.target]] : [])));
	const escapes = [...links].flatMap(([path, target]) => {
		const problem = linkProblem(path, links);
		return problem ? [`${quoteName(path)} -> ${quoteName(target)}: ${problem}`] : [];
	});
	if (escapes.length === 0) return;
	throw new Failure({
		code: "file-not-shippable",
		what: "links lead out of the application",
		output: escapes.slice(0, 20).join("\n"),
		remedy: "Let the steps and installers that make them copy files instead.",
		outcome: "refused"
	});
}

// src/bundle/commit.ts
/**
* Reads the commit. An earlier artifact at the same path is removed: after a failure, none may be found there.
*
* @throws Failure when the commit cannot ship
*/
async function acceptCommit(run) {
	const { config, repository, work, progress, output } = run.options;
	const source = await run.timings.measure("source", () => readSource(sourceOptions(run)));
	const hidden = hiddenNotice(source.sources, [...config.shared.directories, ...config.shared.files]);
	for (const notice of [source.notice, hidden]) if (notice) progress.notice(notice);
	const packaged = await packageDirectory(config, source);
	if (packaged !== void 0) {
		refuseOwnVariables(config);
		await refuseMissingTags(repository, source, packaged);
	}
	const version = await chooseLabel(run.options, source.commit.id);
	const file = output ?? join(work, `${config.app}-${version}.tar`);
	rmSync(file, { force: true });
	for (const step of config.assets) refuseOutputs(step, source);
	refuseTakenPlaces(config, source);
	refuseMisplaced(source.sources, placesOf(config));
	return {
		source,
		packaged,
		version,
		file
	};
}
function sourceOptions(run) {
	const { config, configFile, repository } = run.options;
	const environments = Object.values(config.environments).map(environmentPath);
	return {
		repository,
		directory: run.directory,
		configFile,
		scratch: run.scratch,
		stepsRead: readBySteps(run),
		include: config.include ?? [],
		secretFiles: config["secret-files"],
		madeElsewhere: [
			...config.assets.flatMap(({ outputs }) => outputs),
			...environments,
			".tarlift"
		]
	};
}
/** What asset steps may read; undefined if there are no steps. */
function readBySteps({ options, directory }) {
	const { assets } = options.config;
	if (assets.length === 0) return void 0;
	const patterns = assets.flatMap((step) => inputPatterns(step, directory));
	return {
		file: globMatcher(patterns),
		below: globReach(patterns)
	};
}

// src/bundle/libraries.ts
/** Checks cannot load a library that this machine lacks. A host that lacks it is refused. */
async function warnOfLacking(libraries, progress) {
	if (libraries.length === 0) return;
	const env = {
		...process.env,
		PATH: `/sbin:/usr/sbin:${process.env.PATH ?? ""}`
	};
	const listed = await tryRun(["ldconfig", "-p"], { env }).catch(() => void 0);
	if (listed?.code !== 0) return;
	const lacking = libraries.filter(({ name }) => !listed.stdout.includes(`\t${name} `));
	if (lacking.length === 0) return;
	const named = lacking.map(({ name, by }) => by === void 0 ? name : `${name} (for ${by})`);
	progress.warning(`this machine lacks libraries that the release needs of its hosts: ${named.join(", ")}`);
}

// src/bundle/output-file.ts
/**
* Checks early that the artifact can be written, so that a long build does not end in vain.
*
* @throws Failure (refused) for a file that cannot be written
*/
function refuseOutput(file) {
	const refused = (output, cause) => new Failure({
		code: "local-file",
		what: "the artifact cannot be written there",
		where: { file },
		output,
		remedy: "Name a file, in a directory that this user can write.",
		outcome: "refused",
		cause
	});
	try {
		mkdirSync(dirname(file), { recursive: true });
		accessSync(dirname(file), constants.W_OK);
	} catch (cause) {
		throw refused(cause.message, cause);
	}
	if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw refused("it is a directory");
}

// src/bundle/runtime-variables.ts
/**
* The application's package first, then environments in their order.
*
* @param places.application the application's directory, absolute
* @param places.of where they find an environment
*/
function runtimeFor(environments, ownPackage, { application, of }) {
	const own = ownPackage?.runtime ?? {
		path: [],
		env: {}
	};
	const all = environments.map(of);
	return {
		bin: [...own.path.map((path) => join(application, path)), ...all.flatMap(({ path }) => path)],
		env: {
			...Object.assign({}, ...all.map(({ env }) => env)),
			...Object.fromEntries(Object.entries(own.env).map(([name, path]) => [name, join(application, path)]))
		}
	};
}
/** The same for processes of the release, at its path on hosts. @param shipped the environments that ship */
function releaseVariables(config, shipped, ownPackage) {
	const current = `/${pathsOf(config.app).application}`;
	const { bin, env } = runtimeFor(shipped, ownPackage, {
		application: current,
		of: ({ record }) => runtimeOf(record, record.link === void 0 ? current : `${current}/${record.link}`)
	});
	return {
		path: bin,
		variables: env
	};
}

// src/bundle/release.ts
/** @throws Failure (refused) for parts that do not fit together */
function assembleRelease({ options }, parts) {
	const { config } = options;
	const { shipped, ownPackage } = parts;
	const layers = namedLayers(parts);
	refuseConflicts(layers, {
		config,
		base: pathsOf(config.app).application,
		shipped
	});
	return {
		...parts,
		requirements: requirementsOf(parts, layers),
		variables: releaseVariables(config, shipped, ownPackage)
	};
}
function namedLayers({ shipped, ownPackage, assets, application }) {
	return [
		...ownPackage ? [{
			name: "the project's package",
			layer: ownPackage.layer
		}] : [],
		...assets,
		{
			name: "the application",
			layer: application
		},
		...shipped.map(({ record, layer }) => ({
			name: `environment ${record.name}`,
			layer
		}))
	];
}
/** What the whole release requires of hosts. */
function requirementsOf({ commit, shipped, ownPackage, assets }, layers) {
	const { source, packaged = "" } = commit;
	const native = [
		...ownPackage?.native ?? [],
		...assets.flatMap((step) => step.native),
		...nativeFiles(source.sources)
	];
	const index = layers.flatMap(({ layer }) => layer.index);
	return mergeRequirements([...shipped.map(({ record }) => record.requirements), nativeRequirements(native, index)], hooksOf(shipped)?.conditions(source, packaged) ?? []);
}
/** Writes the artifact. @throws Failure as {@link writeArtifact} */
function writeRelease({ options, timings }, release, file) {
	const { config, progress } = options;
	const { commit, shipped, requirements, variables } = release;
	const input = {
		release: {
			app: config.app,
			commit: commit.source.commit,
			environments: shipped.map(({ record }) => record),
			requirements,
			configuration: JSON.parse(JSON.stringify(config))
		},
		layers: artifactLayers(release),
		version: commit.version,
		variables: {
			...variables.variables,
			PATH: [...variables.path, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"].join(":")
		}
	};
	const write = () => during(progress, "write the artifact", (task) => writeArtifact(file, {
		...input,
		task
	}), ({ size }) => formatBytes(size));
	return timings.measure("artifact", write);
}
/** Bottom layer first. */
function artifactLayers({ shipped, ownPackage, assets, application }) {
	return [
		...shipped.map(({ record, layer }) => ({
			packed: layer,
			kind: "environment",
			name: record.name
		})),
		...ownPackage ? [{
			packed: ownPackage.layer,
			kind: "application",
			name: "package"
		}] : [],
		...assets.map(({ name, layer }) => ({
			packed: layer,
			kind: "assets",
			name
		})),
		{
			packed: application,
			kind: "application",
			name: "application"
		}
	];
}

// src/bundle/result.ts
/**
* @param release what was written
* @param made.environments those that ship and those that only build
*/
function bundleResult({ commit, assets }, made) {
	const { written, environments, libraries, checkReport, timings } = made;
	return {
		...written,
		file: commit.file,
		version: commit.version,
		commit: commit.source.commit.id,
		environments: environments.map(({ record, hit, layer }) => ({
			name: record.name,
			id: record.id,
			hit,
			size: layer.size
		})),
		assets: assets.map(({ name, hit, layer }) => ({
			name,
			hit,
			size: layer.size
		})),
		libraries,
		checkReport,
		timings
	};
}

// src/bundle/step-environment.ts
/**
* @param options.bin directories that come first on PATH
* @param options.env variables of environments and of the application as a package
* @param options.variables `step-env` of tarlift.yml
* @param options.passed names of `pass-env`
*/
function stepVariables(env, options) {
	return {
		...builtVariables(env, options.passed),
		PYTHONDONTWRITEBYTECODE: "1",
		...options.variables,
		PATH: [...options.bin, env.PATH ?? ""].join(delimiter),
		...options.env
	};
}
/**
* Where a step finds programs and packages. Build environments come first on PATH: they contain the tools.
*
* @param application the step's copy of the application's directory, absolute
*/
function stepRuntime(environments, ownPackage, application) {
	const inOrder = environments.toSorted((a, b) => Number(b.use === "build") - Number(a.use === "build"));
	return runtimeFor(inOrder, ownPackage, {
		application,
		of: (environment) => runtimeIn(environment, application)
	});
}
/**
* The environments that asset steps see. If a build and a runtime environment fill the same install
* directory, the build environment is used, because it has more.
*/
function stepEnvironments(environments) {
	const taken = new Set(environments.filter(({ use }) => use === "build").flatMap(({ record }) => record.mounts ?? []));
	return environments.filter(({ use, record }) => use === "build" || !record.mounts?.some((directory) => taken.has(directory)));
}

// src/bundle/sweep-bundles.ts
const DAY = 864e5;
/** No deploy of an artifact still runs after this time. */
const OLD = 7 * DAY;
/** The newest ones stay for a week; of the others, those that a running process may still read. */
const KEPT = 10;
const IN_USE = DAY;
/**
* Removes artifacts that are older than a week, and all but the newest ten that are older than a day. Never throws for
* a file that another process removes meanwhile.
*
* @param work the job's directory, absolute: `<app>-<version>.tar`, and downloads below `artifacts/`
* @param now milliseconds since 1970
*/
function sweepBundles(work, now) {
	const left = [...list(work).filter((name) => name.endsWith(".tar")), ...list(join(work, "artifacts")).map((name) => join("artifacts", name))].map((name) => ({
		path: join(work, name),
		age: now - (timeOf(join(work, name)) ?? now)
	})).sort((a, b) => a.age - b.age);
	for (const [index, { path, age }] of left.entries()) if (age > OLD || index >= KEPT && age > IN_USE) rmSync(path, {
		recursive: true,
		force: true
	});
}
function list(directory) {
	try {
		return readdirSync(directory);
	} catch {
		return [];
	}
}
const timeOf = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs;

// src/bundle/bundle.ts
/** @throws Failure when the commit cannot ship, or a step or a check fails: then no artifact is left */
async function bundle(options) {
	if (options.output !== void 0) refuseOutput(options.output);
	mkdirSync(options.work, { recursive: true });
	sweepScratch(options.work);
	sweepBundles(options.work, Date.now());
	const scratch = scratchDirectory(options.work);
	try {
		return await makeBundle(bundleRun(options, scratch));
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
async function makeBundle(run) {
	const commit = await acceptCommit(run);
	const environments = await provideEnvironments(run);
	const shipped = environments.filter(({ use }) => use === "runtime");
	const ownPackage = await buildPackage(run, commit, shipped);
	const assets = await makeAssets(run, commit, {
		environments,
		ownPackage
	});
	const application = await packApplication(run, commit.source, {
		shipped,
		assets
	});
	const release = assembleRelease(run, {
		commit,
		shipped,
		ownPackage,
		assets,
		application
	});
	const libraries = notableLibraries(release.requirements);
	await warnOfLacking(libraries, run.options.progress);
	const unchecked = `${commit.file}.unchecked`;
	mkdirSync(dirname(unchecked), { recursive: true });
	try {
		const written = await writeRelease(run, release, unchecked);
		const checkReport = await checkRelease(run, release, unchecked);
		renameSync(unchecked, commit.file);
		return bundleResult(release, {
			written,
			environments,
			libraries,
			checkReport,
			timings: run.timings.spent
		});
	} finally {
		rmSync(unchecked, { force: true });
	}
}
function provideEnvironments({ options, timings }) {
	const { config, repository, work, store, progress, signal, python } = options;
	const build = () => buildEnvironments(config, {
		committed: true,
		repository,
		work,
		store,
		progress,
		signal,
		...python ? { python } : {}
	});
	return timings.measure("environments", build);
}
function makeAssets({ options, directory, timings }, { source }, { environments, ownPackage }) {
	const { config, repository, store, work, progress, signal } = options;
	const variables = config["step-env"];
	const make = () => runAssetSteps(config.assets, {
		app: config.app,
		repository,
		directory,
		source,
		environments,
		usable: stepEnvironments(environments),
		packageLayer: ownPackage?.layer,
		variables,
		environmentIn: (application, step) => stepVariables(process.env, {
			...stepRuntime(environments, ownPackage, application),
			variables,
			passed: step["pass-env"] ?? []
		}),
		unpack: (environment, application) => timings.measure("unpacking", async () => {
			await environment.unpack(application);
		}),
		store,
		work,
		progress,
		signal
	});
	return timings.measure("assets", make);
}

// src/pipeline/artifact.ts
/** @throws Failure when this commit may not be bundled, or a step or a check fails */
async function makeArtifact(context, options = {}) {
	const { config, configFile, repository, work, progress, signal } = context;
	const store = await context.stores.layers();
	const python = interpreterAt(context, options.python);
	return bundle({
		config,
		configFile,
		repository,
		work,
		store,
		progress,
		signal,
		...options,
		...python === void 0 ? {} : { python }
	});
}
/**
* Opens the artifact of this application.
*
* @param given a file, relative to the context's directory, or its name in the artifact store
* @throws Failure (refused) when there is none, when it is damaged, and when it is another application's
*/
async function artifactAt(context, given) {
	const path = resolve(context.directory, given);
	const file = existsSync(path) ? path : await namedArtifact(context, given, path);
	const artifact = await openArtifact(file);
	const { app } = context.config;
	if (artifact.release.app === app) return artifact;
	throw new Failure({
		code: "artifact-mismatch",
		what: `this is an artifact of ${artifact.release.app}, and tarlift.yml is that of ${app}`,
		where: { file },
		remedy: "Give the artifact of this application.",
		outcome: "refused"
	});
}
async function namedArtifact(context, name, path) {
	const { name: store } = await context.stores.artifacts();
	const missing = (output) => new Failure({
		code: "artifact-missing",
		what: "there is no such artifact",
		where: {
			file: path,
			"in the store": store
		},
		output,
		remedy: "Give a file, or the name under which one is kept. `tarlift bundle` makes one, and `--upload` keeps it.",
		outcome: "refused"
	});
	if (artifactNameProblem(name) !== void 0) throw missing();
	try {
		return await fetchArtifact(context, { name }, { quiet: true });
	} catch (error) {
		throw error instanceof Failure ? missing(error.what) : error;
	}
}
/** Stores an artifact's file for other jobs and runs. @throws Failure when the store does not accept it */
async function keepArtifact(context, { name, file, size, retentionDays }) {
	const store = await context.stores.artifacts();
	return during(context.progress, `upload the artifact to ${store.name}`, () => store.upload(name, file, { retentionDays }), () => formatBytes(size));
}
/**
* Fetches an artifact that another job or run stored.
*
* @param options.quiet shows nothing: there may be none
* @returns its file
* @throws Failure when there is none, or its bytes are wrong
*/
async function fetchArtifact(context, reference, { quiet = false } = {}) {
	const store = await context.stores.artifacts();
	const downloads = join(context.work, "artifacts");
	mkdirSync(downloads, { recursive: true });
	const directory = mkdtempSync(join(downloads, "x-"));
	try {
		return await during(quiet ? silent : context.progress, `download the artifact from ${store.name}`, async () => (await store.download(reference, directory)).file);
	} catch (error) {
		rmSync(directory, {
			recursive: true,
			force: true
		});
		throw error;
	}
}
/**
* The name by content, used when one step runs the whole pipeline: stored again under this name, the artifact is the
* same.
*/
const nameByRelease = (app, { version, digest }) => `${app}-${version}-${digest.replace("sha256:", "").slice(0, 8)}`;
/**
* The name by version, used by a separate step. A name can be used once in a run: when the run is repeated, the attempt
* is part of the name.
*/
const nameByVersion = (app, version, attempt = "1") => `${app}-${version}${attempt === "1" ? "" : `-attempt-${attempt}`}`;
/** The number of attempts of a run in which its artifact is looked for. */
const ATTEMPTS = 5;
const artifactNames = (app, release) => [nameByRelease(app, release), ...Array.from({ length: ATTEMPTS }, (_, before) => nameByVersion(app, release.version, String(before + 1)))];
/**
* The artifact of a release, if the bundling run left or stored it.
*
* @param runOf left out: the store is asked for this run's, or knows no runs
* @returns undefined when none is found; one with another digest does not count
*/
async function artifactAtHand(context, { version, digest }, runOf) {
	if (digest === void 0) return void 0;
	const { config, work, progress } = context;
	const places = [async () => {
		const left = join(work, `${config.app}-${basename(version)}.tar`);
		return existsSync(left) ? left : void 0;
	}, ...artifactNames(config.app, {
		version,
		digest
	}).flatMap((name) => [() => fetchArtifact(context, { name }, { quiet: true }), async () => {
		const run = await runOf?.(name);
		return run && fetchArtifact(context, {
			name,
			run
		}, { quiet: true });
	}])];
	for (const find of places) try {
		const file = await find();
		const artifact = file === void 0 ? void 0 : await openArtifact(file);
		if (artifact?.releaseDigest === digest) return artifact;
		if (artifact) progress.notice(`${artifact.file} is ${version} too, and another release (${artifact.releaseDigest}): it was bundled again, and is not used`);
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
	}
}

export { makeArtifact as a, stepVariables as c, keepArtifact as i, artifactAtHand as n, nameByRelease as o, fetchArtifact as r, nameByVersion as s, artifactAt as t };