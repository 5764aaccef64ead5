import { n as Failure } from "./failure-BKWaXFxS.js";
import { n as fleetRequest, r as onHosts, y as together } from "./fleet-CAVDNKn0.js";
import { p as loadConfig, u as interpreterAt } from "./phases-DA3kE9T1.js";
import { E as pathsOf, H as tryRun, Y as formatCount, o as labelOf, p as tryGit, u as git, z as formatEnd } from "./repository-BK5IpvPt.js";
import { s as findPython, x as during } from "./tar-header-C_8MVtWy.js";
import { n as findTarget } from "./select-CCtU_FrY.js";
import { a as placeEnvironment } from "./build-CVGudMB3.js";
import { a as makeArtifact, c as layOut, l as stepVariables, n as artifactAtHand, t as artifactAt } from "./artifact-R7LJ9e_2.js";
import { t as openArtifact } from "./read-gSESEA_J.js";
import { n as ownConfig } from "./authority-CL-fF5u0.js";
import { join, relative } from "node:path";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";

// src/compatible/compatible.ts
/**
* Makes the scratch database, applies the new release's migrations to it and runs the check in the live release.
*
* @returns the migrations that were tried; none when nothing is pending, and then nothing was checked
* @throws Failure when the check fails, with the migrations and its last lines; when it fails without the migrations too, that; when the
*   database cannot be made, or the migrations cannot be applied to it
*/
async function tryMigrations(options) {
	const end = () => drop({
		...options,
		signal: void 0
	});
	await drop(options);
	try {
		const names = await applied(options);
		if (names.length > 0) await check(options).catch((error) => judge(options, names, error));
		await end();
		return names;
	} catch (error) {
		await end()?.catch((told) => options.progress.warning(told.what));
		throw error;
	}
}
/** The database as the deploy would leave it. */
async function applied(options) {
	const { live, coming } = options;
	const { pending, apply } = options.config.migrations;
	await create(options);
	const { stdout } = await execute(options, coming, pending, "list the new migrations");
	const listed = stdout.split("\n").map((line) => line.trim()).filter(Boolean);
	if (listed.length === 0) return listed;
	await execute(options, coming, apply, `apply ${formatCount(listed.length, "migration")}`, {
		what: `the migrations of ${coming.version} cannot be applied to the schema of ${live.version}, which is live`,
		remedy: "A deploy would fail in the same way: it applies them to that schema."
	});
	return listed;
}
/** Whose fault it is: a check that fails without the migrations too says nothing of them. */
async function judge(options, names, failed) {
	const { live, coming, signal } = options;
	if (!(failed instanceof Failure) || signal?.aborted) throw failed;
	await drop(options);
	await create(options);
	const before = await check(options, "without them, to see whose fault it is").then(() => void 0, (error) => error);
	if (before instanceof Failure) throw new Failure({
		...before,
		what: `the check of compatibility fails in ${live.version}, which is live, without any new migration too`,
		remedy: "It says nothing of them as it is: mend the check, or what it is given (`migrations.compatible`)."
	});
	throw new Failure({
		...failed,
		what: `${live.version}, which is live, does not work with the schema of ${coming.version}`,
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
/** Runs one command in a release's directory. @throws Failure when it does not end well */
async function execute(options, release, command, title, told = {}) {
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
			what: `it was not possible to ${title}`,
			...told,
			where: {
				release: release.version,
				command,
				ended: formatEnd(ended, limit)
			},
			output: ended.lastLines
		});
	});
}
/** As asset steps have them: nothing else of the job's, and no secret of a target, least of all the address of its database. */
function variablesFor({ config, compatible, live, coming, secrets }, release) {
	const of = (side, { directory, version, commit }) => ({
		[`TARLIFT_${side}_DIRECTORY`]: directory,
		[`TARLIFT_${side}_VERSION`]: version,
		[`TARLIFT_${side}_COMMIT`]: commit
	});
	return {
		...stepVariables(process.env, {
			bin: release.path,
			site: [],
			variables: {
				...config["build-variables"],
				...release.variables,
				...compatible.variables,
				...secrets
			},
			passed: []
		}),
		...of("LIVE", live),
		...of("NEW", coming)
	};
}

// src/compatible/release.ts
/** @throws Failure when an environment cannot run on this machine, or the artifact is not what its digests say */
async function layOutRelease(artifact, options) {
	const { directory, progress } = options;
	await during(progress, `lay ${artifact.version} out`, (task) => layOut(artifact, directory, task));
	for (const path of options.shared) mkdirSync(join(directory, path), { recursive: true });
	for (const record of artifact.release.environments) {
		const layer = artifact.layers.find((one) => one.record.diffId === record.diffId);
		if (record.root === void 0 || !layer) continue;
		const { python } = record.requirements;
		await placeEnvironment({
			...record,
			root: record.root,
			layer: {
				...layer.blob,
				...layer.record
			},
			python: python && await findPython(python, options.python),
			progress
		});
	}
	return {
		version: artifact.version,
		commit: artifact.release.commit.id,
		digest: artifact.releaseDigest,
		directory,
		...variablesOf(artifact, directory)
	};
}
/** What the artifact says of itself for a container, where the release is `current`, said of this directory. */
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

// src/source/worktree.ts
/**
* @param name a commit, tag or branch
* @returns its full hash; one that a shallow clone lacks is fetched where it is given in full
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
		what: `this repository has no commit ${name}`,
		where: { repository },
		remedy: "Fetch it; in a workflow: `fetch-depth: 0` of actions/checkout.",
		outcome: "refused"
	});
}
/**
* Runs `work` in a directory where a commit is checked out, and removes that.
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
* Asks the hosts what is live (nothing changes there), and tries it.
*
* @throws Failure when the live release does not work with the new schema; refused for what keeps it from being tried
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
	const coming = await comingArtifact(context, options);
	const { config } = context;
	const release = identityOf(coming);
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
	if (live.digest === coming.releaseDigest) return {
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
			return layOutRelease(artifact, {
				directory: join(scratch, name),
				shared: shared.directories,
				python: options.python,
				progress
			});
		};
		const sides = {
			live: await place(old, "live"),
			coming: await place(coming, "new")
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
		what: "tarlift.yml does not say how compatibility is tried",
		remedy: "Add `migrations.compatible` with `create`, `check` and `drop` (docs/recipes/compatible-migrations.md of Tarlift's repository).",
		outcome: "refused"
	});
}
/** @throws Failure naming every environment variable that is not set */
function secretsOf({ secrets }) {
	const missing = Object.values(secrets).filter((from) => !process.env[from]);
	if (missing.length > 0) throw new Failure({
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
/** @throws Failure when no host answers, and when they run different releases: each of them would have to be tried */
async function liveOn(context, options) {
	return onHosts(async () => {
		const { members } = fleetRequest(context, options);
		const asked = await together(members, ({ host, place, services, shared }) => host.facts({
			place,
			services,
			shared
		}));
		await together(members, ({ host }) => host.close());
		const [failed] = asked.failed;
		if (failed) {
			const { host, what, where = {}, output, remedy } = failed.trouble;
			throw new Failure({
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
			what: `hosts of ${options.target} run different releases: ${[...different.values()].map(({ id }) => id).join(", ")}`,
			remedy: `Bring them to one first: tarlift converge ${options.target}`,
			outcome: "refused"
		});
		return live[0];
	});
}
async function comingArtifact(context, { artifact, python }) {
	if (artifact !== void 0) return artifactAt(context, artifact);
	return openArtifact((await makeArtifact(context, {
		check: false,
		...python ? { python } : {}
	})).file);
}
/** @param output where it goes if it has to be bundled */
async function liveArtifact(context, { liveArtifact: file, runOf, python }, live, output) {
	if (file !== void 0) {
		const artifact = await artifactAt(context, file);
		if (live.digest === void 0 || artifact.releaseDigest === live.digest) return artifact;
		throw new Failure({
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