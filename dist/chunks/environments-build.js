import { p as pathsOf, s as environmentRecordSchema } from "./artifact-format.js";
import { n as walk, t as packLayer } from "./artifact-pack.js";
import { a as array, m as string, p as strictObject } from "./npm-zod-schemas.js";
import { n as unpackEnvironment, r as unpackLayer, t as ensureRoot } from "./environments-unpack-environment.js";
import { a as finishEntry, i as unfinishedEntry, n as forgetEntry, r as keepEntry, t as fetchEntry } from "./cache-entries.js";
import { n as environmentKey, t as drawId } from "./cache-key-key.js";
import { n as platformParts } from "./cache-key-platform.js";
import { n as Failure } from "./failure.js";
import { i as runtimeOf, n as installerOf } from "./installers-registry.js";
import { t as during } from "./progress.js";
import { r as untrackedWarnings, t as refuseChanged } from "./source-committed.js";
import { n as processMark, t as hasEnded } from "./subprocess-process-mark.js";
import { n as tryRun } from "./subprocess-run.js";
import { n as sweepScratch, t as scratchDirectory } from "./subprocess-scratch.js";
import { n as formatCount, t as formatBytes } from "./text-quantity.js";
import { dirname, join, relative } from "node:path";
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";

// src/environments/build.ts
/** The version of the format of environments: changing it changes all keys. */
const FORMAT = "2";
const metaSchema = strictObject({
	record: environmentRecordSchema.omit({
		name: true,
		diffId: true,
		link: true
	}),
	workspaceLinks: array(strictObject({
		path: string(),
		target: string()
	})),
	/** The interpreter that made it: an entry of another one is not restored, whatever its key. */
	madeWith: string()
});
/**
* The keys of an application's environments and their parts. Nothing is restored or built.
*
* @throws Failure as the installers do for requirement files that are missing or not reproducible
*/
async function explainEnvironments(config, options) {
	return (await keyEnvironments(config, options)).map(({ name, config: own, key, parts }) => ({
		name,
		config: own,
		key,
		parts
	}));
}
/** Restores or builds environments, in the order of tarlift.yml. */
async function buildEnvironments(config, options) {
	const keyed = await keyEnvironments(config, options);
	const built = [];
	for (const environment of keyed) built.push(await provide(environment, options));
	return built;
}
async function keyEnvironments(config, options) {
	mkdirSync(options.work, { recursive: true });
	const context = {
		app: config.app,
		repository: options.repository,
		source: join(options.repository, config.source ?? "."),
		root: config["environments-root"] ?? `/srv/${config.app}/envs`,
		work: options.work,
		python: options.python,
		package: config.package,
		progress: options.progress,
		signal: options.signal
	};
	const wanted = Object.entries(config.environments).filter(([name]) => options.only?.includes(name) ?? true);
	return Promise.all(wanted.map(async ([name, own]) => {
		const installer = installerOf(own.installer);
		const plan = await installer.inspect(own, context);
		if (options.committed) await refuseChanged(context.repository, plan.reads);
		plan.warnings.push(...await untrackedWarnings(context.repository, plan.reads));
		const where = installer.kind === "path" ? {
			name: "environments-root",
			value: context.root
		} : {
			name: "app",
			value: context.app
		};
		const parts = [
			{
				name: "format",
				value: FORMAT
			},
			...platformParts(),
			where,
			...plan.parts
		];
		return {
			name,
			config: own,
			key: environmentKey(parts),
			parts,
			context,
			installer,
			plan
		};
	}));
}
async function provide(keyed, options) {
	const slot = {
		store: options.store,
		work: options.work,
		key: `environment-${keyed.key}`,
		schema: metaSchema,
		title: `environment ${keyed.name}`,
		progress: options.progress,
		refuses: ({ madeWith }) => madeWith === keyed.plan.madeWith ? void 0 : `it was made with ${madeWith} and not with ${keyed.plan.madeWith}`
	};
	if (options.rebuild) await forgetEntry(slot);
	const found = await fetchEntry(slot);
	if (found) return toBuilt(keyed, found, true);
	if (options.signal?.aborted) throw new Failure({
		code: "cancelled",
		what: "stopped before the environments were built"
	});
	sweepScratch(options.work);
	for (const warning of keyed.plan.warnings) options.progress.warning(warning);
	const { entry, keepBuild } = await build(keyed, slot);
	const kept = await keepEntry(slot, entry);
	keepBuild(kept.meta.record.id === entry.meta.record.id);
	return toBuilt(keyed, kept, false);
}
/**
* Installs and packs. `keepBuild` decides whether this build is used: if another job's build was saved first, this one is
* removed.
*/
async function build(keyed, slot) {
	const id = drawId(keyed.key);
	return keyed.installer.kind === "path" ? buildPath(keyed, slot, id) : buildTree(keyed, slot, id);
}
async function buildPath(keyed, slot, id) {
	const { root } = keyed.context;
	await ensureRoot(root);
	sweepKilledBuilds(root);
	const directory = join(root, id);
	const mark = join(root, `.building-${id}`);
	writeFileSync(mark, processMark());
	try {
		const installed = await keyed.plan.install(directory);
		const base = directory.slice(1);
		const entry = await pack(keyed, slot, walk(directory), {
			base,
			kind: "path",
			id,
			root,
			...installed
		});
		keyed.plan.localize?.(directory);
		return {
			entry,
			keepBuild(kept) {
				if (!kept) rmSync(directory, {
					recursive: true,
					force: true
				});
			}
		};
	} catch (error) {
		rmSync(directory, {
			recursive: true,
			force: true
		});
		throw error;
	} finally {
		rmSync(mark, { force: true });
	}
}
async function buildTree(keyed, slot, id) {
	const scratch = scratchDirectory(keyed.context.work);
	const staging = join(scratch, relative(keyed.context.repository, keyed.context.source));
	mkdirSync(staging, { recursive: true });
	try {
		const installed = await keyed.plan.install(staging);
		const mounts = installed.mounts ?? [];
		const links = new Set((installed.workspaceLinks ?? []).map(({ path }) => path));
		return {
			entry: await pack(keyed, slot, mounts.flatMap((installDirectory) => [{
				type: "directory",
				path: installDirectory
			}, ...walk(join(staging, installDirectory), {
				prefix: installDirectory,
				skip: (path) => links.has(path) || path === `${installDirectory}/${TREE_STAMP}`
			})]), {
				base: pathsOf(keyed.context.app).application,
				kind: "tree",
				id,
				...installed
			}),
			keepBuild() {}
		};
	} finally {
		rmSync(scratch, {
			recursive: true,
			force: true
		});
	}
}
async function pack(keyed, slot, sources, facts) {
	const { base, workspaceLinks = [], madeWith, ...record } = facts;
	const expected = keyed.plan.madeWith;
	if (madeWith !== expected) throw new Failure({
		code: "interpreter-mismatch",
		what: `environment ${keyed.name} was made with ${madeWith}, and its key says ${expected}`,
		remedy: "The interpreter changed during the build: start it again."
	});
	return during(slot.progress, `pack environment ${keyed.name}`, async (task) => {
		const layer = await packLayer(sources, {
			base,
			file: unfinishedEntry(slot),
			task
		});
		const meta = {
			record: {
				...record,
				key: keyed.key,
				installer: keyed.plan.tool
			},
			workspaceLinks,
			madeWith
		};
		finishEntry(layer, slot.key, meta);
		return {
			meta,
			layer
		};
	}, ({ layer }) => `${formatBytes(layer.size)} of ${formatBytes(layer.uncompressed)}, ${formatCount(layer.index.length, "file")}`);
}
function toBuilt(keyed, { meta, layer }, hit) {
	const { name, config, context, plan } = keyed;
	const record = {
		name,
		...meta.record,
		...meta.record.kind === "path" ? { link: keyed.installer.releasePath(config).path } : {},
		diffId: layer.diffId
	};
	const path = record.kind === "path" ? join(context.root, record.id) : context.source;
	let unpacking = Promise.resolve();
	return {
		record,
		use: config.use,
		hit,
		layer,
		workspaceLinks: meta.workspaceLinks,
		bin: runtimeOf(record, path).path,
		path,
		readable: plan.readable ?? [],
		application: plan.application,
		unpack(application = context.source) {
			const unpacked = unpacking.then(() => record.kind === "path" ? unpackEnvironment({
				...record,
				root: context.root,
				layer,
				localize: plan.localize,
				progress: context.progress
			}) : unpackTree(keyed, record, layer, meta.workspaceLinks, application));
			unpacking = unpacked.catch(() => {});
			return unpacked;
		}
	};
}
const TREE_STAMP = ".tarlift-environment";
/**
* Moves a tree's mounts into the application's directory as real directories. Existing ones (a developer's own install)
* are replaced.
*/
async function unpackTree(keyed, record, layer, links, source) {
	const { work, progress } = keyed.context;
	const mounts = record.mounts ?? [];
	const stampOf = (installDirectory) => join(source, installDirectory, TREE_STAMP);
	const isOurs = (installDirectory) => existsSync(stampOf(installDirectory)) && readFileSync(stampOf(installDirectory), "utf8") === record.id;
	if (mounts.every(isOurs)) return false;
	await during(progress, `unpack environment ${record.name}`, async (task) => {
		const beside = scratchDirectory(work);
		try {
			await unpackLayer(layer, {
				base: layer.base,
				directory: beside,
				diffId: layer.diffId,
				task
			});
			for (const installDirectory of mounts) {
				const target = join(source, installDirectory);
				if (lstatSync(target, { throwIfNoEntry: false }) && !existsSync(stampOf(installDirectory))) progress.notice(`${installDirectory} was there already; it is replaced by environment ${record.name}`);
				rmSync(target, {
					recursive: true,
					force: true
				});
				mkdirSync(dirname(target), { recursive: true });
				await moveDirectory(join(beside, installDirectory), target);
			}
			for (const link of links) placeLink(join(source, link.path), link.target);
			for (const installDirectory of mounts) writeFileSync(stampOf(installDirectory), record.id);
		} finally {
			rmSync(beside, {
				recursive: true,
				force: true
			});
		}
	});
	return true;
}
/** Renames if both are on one file system, otherwise copies. */
async function moveDirectory(from, to) {
	const moved = await tryRun([
		"mv",
		"-T",
		"--",
		from,
		to
	]);
	if (moved.code !== 0) throw new Failure({
		code: "local-file",
		what: "an environment could not be put into the checkout",
		where: { path: to },
		output: moved.lastLines
	});
}
function placeLink(path, target) {
	mkdirSync(dirname(path), { recursive: true });
	rmSync(path, {
		recursive: true,
		force: true
	});
	symlinkSync(target, path);
}
/** A killed build leaves its directory and a mark with its process. Its id was never recorded, so it is never used. */
function sweepKilledBuilds(root) {
	for (const name of readdirSync(root)) {
		const id = /^\.building-([0-9a-f]{12}-[0-9a-f]{8})$/.exec(name)?.[1];
		if (/^\.unpacking-/.test(name) && Date.now() - statSync(join(root, name)).mtimeMs > 864e5) rmSync(join(root, name), {
			recursive: true,
			force: true
		});
		const mark = join(root, name);
		if (id === void 0 || !hasEnded(readFileSync(mark, "utf8"), statSync(mark).mtimeMs)) continue;
		rmSync(join(root, id), {
			recursive: true,
			force: true
		});
		rmSync(join(root, name), { force: true });
	}
}

export { explainEnvironments as n, buildEnvironments as t };