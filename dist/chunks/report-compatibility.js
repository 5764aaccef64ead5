import { n as Failure } from "./failure.js";
import { k as forEachHost, r as withFleet } from "./pipeline-fleet-request.js";
import { t as during } from "./progress.js";
import { a as array, m as string, p as strictObject } from "./npm-zod-schemas.js";
import { p as pathsOf } from "./artifact-format.js";
import { d as interpreterAt, m as loadConfig } from "./report-phases.js";
import { c as inside, t as absolute, w as describe } from "./schema-values.js";
import { n as formatCount } from "./text-quantity.js";
import { i as formatEnd, n as tryRun } from "./subprocess-run.js";
import { n as findTarget } from "./config-select.js";
import { a as tryGit, n as git } from "./source-git.js";
import { o as labelOf } from "./source-repository.js";
import { t as openArtifact } from "./artifact-open-artifact.js";
import { a as makeArtifact, c as stepVariables, n as artifactAtHand, t as artifactAt } from "./pipeline-artifact.js";
import { n as ownConfig } from "./pipeline-authoritative-config.js";
import { join, relative } from "node:path";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";

// src/exporters/directory/docs.md
var docs_default = "Unpacks a release into a directory of this machine. Virtual environments go to the path that they have on hosts, below `environments-root`,\nbecause they run from there alone; their links to the interpreter are made to lead to one of this machine.\n\n`tarlift compatible` runs the commands of two releases in such directories.\n";

// src/exporters/directory/index.ts
const schema = strictObject({
	directory: describe(absolute, "Made for the release."),
	shared: describe(array(inside).default([]), "Directories that hosts share among releases: they are made, and are empty."),
	python: describe(string().min(1).optional(), "An interpreter of the hosts' minor version. Default: one is looked for on this machine.")
});
const directory = {
	key: "directory",
	title: "A directory",
	docs: docs_default,
	schema,
	export: async (artifact, options, context) => (await import("./exporters-directory-unpack.js")).unpack(artifact, options, context)
};

// src/compatible/release.ts
/** @throws Failure when an environment cannot run on this machine, or the artifact does not match its digests */
async function installRelease(artifact, options) {
	const { directory: directory$1, shared, python, progress } = options;
	const asked = directory.schema.parse({
		directory: directory$1,
		shared,
		python
	});
	await directory.export(artifact, asked, { progress });
	return {
		version: artifact.version,
		commit: artifact.release.commit.id,
		digest: artifact.releaseDigest,
		directory: directory$1,
		...variablesOf(artifact, directory$1)
	};
}
/** The artifact's variables for a container, where the release is `current`, converted to this directory. */
function variablesOf({ config, release }, directory) {
	const current = `/${pathsOf(release.app).application}`;
	const own = (config.config.Env ?? []).map((line) => {
		const at = line.indexOf("=");
		const places = line.slice(at + 1).split(":").filter((place) => place.startsWith(`${current}/`));
		return [line.slice(0, at), places.map((place) => join(directory, place.slice(current.length + 1)))];
	});
	const { PATH = [], ...others } = Object.fromEntries(own);
	const named = Object.entries(others).filter(([, places]) => places.length > 0);
	return {
		path: PATH,
		variables: Object.fromEntries(named.map(([name, places]) => [name, places.join(":")]))
	};
}

// src/compatible/try-migrations.ts
/**
* Creates the scratch database, applies the new release's migrations to it and runs the check in the live release.
*
* @returns the tested migrations; none if nothing is pending, and then nothing was checked
* @throws Failure when the check fails, with the migrations and its last lines; when it fails without the migrations
*   too; when the database cannot be created, or the migrations cannot be applied to it
*/
async function tryMigrations(options) {
	const end = () => drop({
		...options,
		signal: void 0
	});
	await drop(options);
	try {
		const names = await applied(options);
		if (names.length > 0) await check(options).catch((error) => throwIncompatible(options, names, error));
		await end();
		return names;
	} catch (error) {
		await end()?.catch((failure) => options.progress.warning(failure.what));
		throw error;
	}
}
/** The database as the deploy would leave it. */
async function applied(options) {
	const { live, incoming } = options;
	const { pending, apply } = options.config.migrations;
	await create(options);
	const { stdout } = await execute(options, incoming, pending, "list the new migrations");
	const listed = stdout.split("\n").map((line) => line.trim()).filter(Boolean);
	if (listed.length === 0) return listed;
	await execute(options, incoming, apply, `apply ${formatCount(listed.length, "migration")}`, {
		what: `the migrations of ${incoming.version} cannot be applied to the schema of ${live.version}, which is live`,
		remedy: "A deploy would fail in the same way: it applies them to that schema."
	});
	return listed;
}
/** Finds the cause: a check that fails without the migrations too says nothing about them. */
async function throwIncompatible(options, names, failed) {
	const { live, incoming, signal } = options;
	if (!(failed instanceof Failure) || signal?.aborted) throw failed;
	await drop(options);
	await create(options);
	const before = await check(options, "without them, to see whose fault it is").then(() => void 0, (error) => error);
	if (before instanceof Failure) throw new Failure({
		...before,
		code: "check-failed",
		what: `the check of compatibility fails in ${live.version}, which is live, without any new migration too`,
		remedy: "It says nothing of them as it is: correct the check, or its variables (`migrations.compatible`)."
	});
	throw new Failure({
		...failed,
		code: "check-failed",
		what: `${live.version}, which is live, does not work with the schema of ${incoming.version}`,
		where: {
			...failed.where,
			migrations: names.join(", ")
		},
		remedy: "It would serve with that schema until its last process is restarted, and again after a rollback. Deploy in two steps: first a release that does without what is removed or renamed, then the migration."
	});
}
const create = (options) => options.compatible.create === void 0 ? void 0 : execute(options, options.live, options.compatible.create, "make the scratch database", { what: "the scratch database could not be made" });
const drop = (options) => options.compatible.drop === void 0 ? void 0 : execute(options, options.live, options.compatible.drop, "remove the scratch database", {
	what: "the scratch database could not be removed",
	remedy: "`migrations.compatible.drop` must not mind when there is none (`dropdb --if-exists`)."
});
const check = (options, circumstance = "with them") => execute(options, options.live, options.compatible.check, `check ${options.live.version} ${circumstance}`);
/** Runs one command in a release's directory. @throws Failure when it fails */
async function execute(options, release, command, title, parts = {}) {
	const limit = options.compatible.timeout ? { timeout: options.compatible.timeout * 1e3 } : {};
	return during(options.progress, title, async (task) => {
		const ended = await tryRun([
			"sh",
			"-ec",
			command
		], {
			cwd: release.directory,
			env: variablesFor(options, release),
			onLine: (line) => task.line(line),
			signal: options.signal,
			...limit
		});
		if (ended.code === 0 && !ended.timedOut) return ended;
		throw new Failure({
			code: "command-failed",
			what: `it was not possible to ${title}`,
			...parts,
			where: {
				release: release.version,
				command,
				ended: formatEnd(ended, limit)
			},
			output: ended.lastLines
		});
	});
}
/**
* The same variables as for asset steps: nothing else of the job's, and no secret of a target, least of all the address
* of its database.
*/
function variablesFor({ config, compatible, live, incoming, secrets }, release) {
	const of = (side, { directory, version, commit }) => ({
		[`TARLIFT_${side}_DIRECTORY`]: directory,
		[`TARLIFT_${side}_VERSION`]: version,
		[`TARLIFT_${side}_COMMIT`]: commit
	});
	return {
		...stepVariables(process.env, {
			bin: release.path,
			env: {},
			variables: {
				...config["step-env"],
				...release.variables,
				...compatible.env,
				...secrets
			},
			passed: []
		}),
		...of("LIVE", live),
		...of("NEW", incoming)
	};
}

// src/source/worktree.ts
/**
* @param name a commit, tag or branch
* @returns its full hash. A commit that a shallow clone lacks is fetched if its full hash is given
* @throws Failure (refused) when git does not know it
*/
async function resolveCommit(repository, name) {
	const known = async () => (await tryGit(repository, [
		"rev-parse",
		"--verify",
		"--quiet",
		"--end-of-options",
		`${name}^{commit}`
	]))?.trim();
	const id = await known();
	if (id) return id;
	if (/^[0-9a-f]{40,64}$/.test(name)) {
		await tryGit(repository, [
			"fetch",
			"--quiet",
			"--depth=1",
			"origin",
			name
		], { timeout: 12e4 });
		const fetched = await known();
		if (fetched) return fetched;
	}
	throw new Failure({
		code: "commit-unknown",
		what: `this repository has no commit ${name}`,
		where: { repository },
		remedy: "Fetch it; in a workflow: `fetch-depth: 0` of actions/checkout.",
		outcome: "refused"
	});
}
/**
* Runs `work` in a directory with a checked-out commit, and removes the directory.
*
* @param options.work this job's directory
* @throws Failure when it cannot be checked out; what `work` throws
*/
async function inWorktree(repository, options, work) {
	mkdirSync(options.work, { recursive: true });
	const scratch = mkdtempSync(join(options.work, "worktree-"));
	const directory = join(scratch, "checkout");
	const what = `commit ${options.commit.slice(0, 12)} could not be checked out`;
	try {
		const add = [
			"-c",
			"core.hooksPath=/dev/null",
			"worktree",
			"add",
			"--quiet",
			"--detach",
			directory,
			options.commit
		];
		await git(repository, add, what);
		return await work(directory);
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
		await tryGit(repository, ["worktree", "prune"]);
	}
}

// src/pipeline/compatible.ts
/**
* Asks the hosts for the live release (nothing changes there), and tests it.
*
* @throws Failure when the live release does not work with the new schema; refused if it cannot be tested
*/
async function compatibleWith(context, given) {
	const options = {
		...given,
		python: interpreterAt(context, given.python)
	};
	const { app } = context.config;
	const { target } = options;
	findTarget(context.config, target);
	const compatible = wantedOf(context.config.migrations?.compatible);
	const secrets = secretsOf(compatible);
	const live = options.live === void 0 ? await liveOn(context, options) : await named(context, options.live);
	const incoming = await incomingArtifact(context, options);
	const { config } = context;
	const release = identityOf(incoming);
	const nothing = {
		app,
		target,
		release,
		migrations: []
	};
	if (!live) return {
		...nothing,
		outcome: "nothing-live"
	};
	if (live.digest === incoming.releaseDigest) return {
		...nothing,
		outcome: "same-release",
		live: release
	};
	mkdirSync(context.work, { recursive: true });
	const scratch = mkdtempSync(join(context.work, "compatible-"));
	const { progress, signal } = context;
	try {
		const old = await liveArtifact(context, options, live, join(scratch, "live.tar"));
		const place = (artifact, name) => {
			const { shared } = ownConfig(artifact.release.configuration) ?? config;
			return installRelease(artifact, {
				directory: join(scratch, name),
				shared: shared.directories,
				python: options.python,
				progress
			});
		};
		const sides = {
			live: await place(old, "live"),
			incoming: await place(incoming, "new")
		};
		const migrations = await tryMigrations({
			config,
			compatible,
			...sides,
			secrets,
			progress,
			signal
		});
		const outcome = migrations.length > 0 ? "compatible" : "nothing-pending";
		return {
			...nothing,
			outcome,
			live: identityOf(old),
			migrations
		};
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
const identityOf = ({ version, release, releaseDigest }) => ({
	version,
	commit: release.commit.id,
	digest: releaseDigest
});
function wantedOf(compatible) {
	if (compatible) return compatible;
	throw new Failure({
		code: "config-invalid",
		what: "tarlift.yml does not say how compatibility is tried",
		remedy: "Add `migrations.compatible` with `create`, `check` and `drop` (docs/recipes/compatible-migrations.md of Tarlift's repository).",
		outcome: "refused"
	});
}
/** @throws Failure naming every environment variable that is not set */
function secretsOf({ secrets }) {
	const missing = Object.values(secrets).filter((from) => !process.env[from]);
	if (missing.length > 0) throw new Failure({
		code: "secret-missing",
		what: `\`migrations.compatible.secrets\` needs ${missing.join(", ")} in the environment`,
		remedy: "Set them for this command; in a workflow: `env:` of the step.",
		outcome: "refused"
	});
	return Object.fromEntries(Object.entries(secrets).map(([name, from]) => [name, process.env[from]]));
}
const named = async ({ repository }, name) => {
	const commit = await resolveCommit(repository, name);
	return {
		version: (commit.startsWith(name) ? void 0 : labelOf(name)) ?? commit.slice(0, 12),
		commit
	};
};
/** @throws Failure when no host answers, and when they run different releases: each of them would have to be tested */
async function liveOn(context, options) {
	return withFleet(context, options, async ({ members }) => {
		const asked = await forEachHost(members, ({ host, layout, services, shared }) => host.facts({
			layout,
			services,
			shared
		}));
		const [failed] = asked.failed;
		if (failed) {
			const { host, code, what, where = {}, output, remedy } = failed.error;
			throw new Failure({
				code,
				what: `${host}: ${what}`,
				where,
				output,
				remedy,
				outcome: "refused"
			});
		}
		const live = asked.done.flatMap(({ value }) => value.live ?? []);
		const different = new Map(live.map((release) => [release.digest, release]));
		if (different.size > 1) throw new Failure({
			code: "releases-differ",
			what: `hosts of ${options.target} run different releases: ${[...different.values()].map(({ id }) => id).join(", ")}`,
			remedy: `Bring them to one first: tarlift converge ${options.target}`,
			outcome: "refused"
		});
		return live[0];
	});
}
async function incomingArtifact(context, { artifact, python }) {
	if (artifact !== void 0) return artifactAt(context, artifact);
	return openArtifact((await makeArtifact(context, {
		check: false,
		...python ? { python } : {}
	})).file);
}
/** @param output the path of the artifact if it must be bundled */
async function liveArtifact(context, { liveArtifact: file, runOf, python }, live, output) {
	if (file !== void 0) {
		const artifact = await artifactAt(context, file);
		if (live.digest === void 0 || artifact.releaseDigest === live.digest) return artifact;
		throw new Failure({
			code: "artifact-mismatch",
			what: "this is another release than the one that is live",
			where: {
				file,
				holds: artifact.releaseDigest,
				live: live.digest
			},
			outcome: "refused"
		});
	}
	const kept = await artifactAtHand(context, live, runOf);
	if (kept) return kept;
	if (live.commit === void 0) throw new Failure({
		code: "commit-unknown",
		what: `which commit ${live.version} is made of is not known`,
		remedy: "Give its artifact, or name the commit (`--live`).",
		outcome: "refused"
	});
	const commit = await resolveCommit(context.repository, live.commit);
	return inWorktree(context.repository, {
		commit,
		work: context.work
	}, async (repository) => {
		const configFile = join(repository, relative(context.repository, context.configFile));
		if (!existsSync(configFile)) copyFileSync(context.configFile, configFile);
		const there = {
			...context,
			config: loadConfig(configFile),
			configFile,
			repository,
			directory: repository
		};
		const { version } = live;
		return openArtifact((await makeArtifact(there, {
			check: false,
			version,
			output,
			...python ? { python } : {}
		})).file);
	});
}

// src/report/compatibility.ts
function compatibilityLines({ app, target, outcome, live, release, migrations }) {
	const count = formatCount(migrations.length, "migration");
	return [`${app} on ${target}: ${{
		compatible: `${live?.version}, which is live, works with the schema of ${release.version}: ${count} tried`,
		"nothing-pending": `${release.version} brings no migration beyond ${live?.version}, which is live`,
		"nothing-live": "nothing is live there: there is nothing to be compatible with",
		"same-release": `${release.version} is live already`
	}[outcome]}`, ...migrations.map((name) => `  ${name}`)];
}

export { compatibleWith as n, compatibilityLines as t };