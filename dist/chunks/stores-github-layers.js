import { n as checkKey, r as fileNameOf } from "./stores-key-names.js";
import { n as reasonIn, t as listening } from "./stores-github-client-log.js";
import { join } from "node:path";
import { linkSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { copyFile, rename } from "node:fs/promises";

// src/stores/github/layers.ts
/**
* Milliseconds between the checks of a save that waits for another job, which reserved the same key, to finish its
* upload.
*/
const PATIENCE = [
	1e3,
	2e3,
	4e3,
	8e3
];
/**
* @param env GITHUB_WORKSPACE and GITHUB_REF of the run
* @param options.patience milliseconds between checks for the entry of a faster job
*/
function githubLayerStore(env, { patience = PATIENCE } = {}) {
	const workspace = env.GITHUB_WORKSPACE ?? process.cwd();
	const call = (action) => listening(() => inDirectory(workspace, action));
	return {
		name: "GitHub's cache",
		restore: async (key, file) => staged(workspace, checkKey(key), async (path, staging) => {
			const { restoreCache } = await import("./npm-actions-cache-cache.js");
			const { value, error, lines } = await call(() => restoreCache([path], key));
			if (value === key) {
				await rename(staging, file).catch(() => copyFile(staging, file));
				return { hit: true };
			}
			const why = value === void 0 ? reasonOf(error, lines) : `it answered with the entry of another key, ${value}`;
			return {
				hit: false,
				...why || onTag(env) ? { why: why || TAG_MISS } : {}
			};
		}),
		save: async (key, file) => staged(workspace, checkKey(key), async (path, staging) => {
			const { restoreCache, saveCache } = await import("./npm-actions-cache-cache.js");
			await linkOrCopy(file, staging);
			const { value, error, lines } = await call(() => saveCache([path], key));
			if (value !== void 0 && value !== -1) return { outcome: "saved" };
			const isThere = async () => (await call(() => restoreCache([path], key, void 0, { lookupOnly: true }))).value === key;
			if (await isThere()) return { outcome: "taken" };
			if (!lines.some((line) => /\(409\)|already.exists/i.test(line))) return {
				outcome: "denied",
				why: reasonOf(error, lines) || "the service gave no reason"
			};
			for (const time of patience) {
				await setTimeout(time);
				if (await isThere()) break;
			}
			return { outcome: "taken" };
		})
	};
}
const TAG_MISS = "not in the cache. This is a run of a tag, which sees its own entries and those of the default branch: a workflow on pushes to the default branch that runs build-env keeps tags warm";
const onTag = (env) => env.GITHUB_REF_TYPE === "tag" || env.GITHUB_REF?.startsWith("refs/tags/") === true;
const reasonOf = (error, lines) => error instanceof Error ? error.message : reasonIn(lines);
let turn = Promise.resolve();
/**
* The client stores paths relative to the workspace, and the list of paths, as text, is part of an entry's identity. So
* the file has the same relative name on every machine, in a directory that git ignores. Calls run one after the other:
* two of one key would share that name, and the working directory belongs to the whole process.
*/
function staged(workspace, key, action) {
	const directory = join(workspace, ".tarlift/cache");
	const file = fileNameOf(key);
	const staging = join(directory, file);
	const mine = turn.then(async () => {
		mkdirSync(directory, { recursive: true });
		writeFileSync(join(workspace, ".tarlift/.gitignore"), "*\n");
		rmSync(staging, { force: true });
		try {
			return await action(`.tarlift/cache/${file}`, staging);
		} finally {
			rmSync(staging, { force: true });
		}
	});
	turn = mine.catch(() => {});
	return mine;
}
/** The client resolves relative paths against the working directory. On a runner, an action starts in the workspace. */
async function inDirectory(directory, action) {
	const before = process.cwd();
	if (before === realpathSync(directory)) return action();
	process.chdir(directory);
	try {
		return await action();
	} finally {
		process.chdir(before);
	}
}
async function linkOrCopy(from, to) {
	try {
		linkSync(from, to);
	} catch {
		await copyFile(from, to);
	}
}

export { githubLayerStore };