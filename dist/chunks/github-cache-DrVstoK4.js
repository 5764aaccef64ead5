import { n as reasonIn, t as listening } from "./client-log-BZMVFq57.js";
import { n as checkKey } from "./names-v-7rxG66.js";
import { join } from "node:path";
import { linkSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, rename } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";

// src/store/github-cache.ts
/** How long a save waits for the job that reserved the same key to finish its upload, in milliseconds between looks. */
const PATIENCE = [
	1e3,
	2e3,
	4e3,
	8e3
];
/**
* @param env GITHUB_WORKSPACE and GITHUB_REF of the run
* @param options.patience milliseconds between looks for the entry of a job that was faster
*/
function githubLayerStore(env, { patience = PATIENCE } = {}) {
	const workspace = env.GITHUB_WORKSPACE ?? process.cwd();
	const call = (action) => listening(() => inDirectory(workspace, action));
	return {
		name: "GitHub's cache",
		restore: async (key, file) => staged(workspace, checkKey(key), async (path, staging) => {
			const { restoreCache } = await import("./cache-DWr3qA2N.js");
			const { value, error, lines } = await call(() => restoreCache([path], key));
			if (value === key) {
				await rename(staging, file).catch(() => copyFile(staging, file));
				return { hit: true };
			}
			const why = value === void 0 ? told(error, lines) : `it answered with the entry of another key, ${value}`;
			return {
				hit: false,
				...why || onTag(env) ? { why: why || TAG_MISS } : {}
			};
		}),
		save: async (key, file) => staged(workspace, checkKey(key), async (path, staging) => {
			const { restoreCache, saveCache } = await import("./cache-DWr3qA2N.js");
			await linkOrCopy(file, staging);
			const { value, error, lines } = await call(() => saveCache([path], key));
			if (value !== void 0 && value !== -1) return { outcome: "saved" };
			const isThere = async () => (await call(() => restoreCache([path], key, void 0, { lookupOnly: true }))).value === key;
			if (await isThere()) return { outcome: "taken" };
			if (!lines.some((line) => /\(409\)|already.exists/i.test(line))) return {
				outcome: "denied",
				why: told(error, lines) || "the service gave no reason"
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
const told = (error, lines) => error instanceof Error ? error.message : reasonIn(lines);
let turn = Promise.resolve();
/**
* The client stores paths relative to the workspace and has the list of paths, as text, in an entry's identity. So the one file has one
* relative name on every machine, in a directory that git does not see. Calls take turns: two of one key would share that name, and
* the working directory is the whole process's.
*/
function staged(workspace, key, action) {
	const directory = join(workspace, ".tarlift/cache");
	const staging = join(directory, key);
	const mine = turn.then(async () => {
		mkdirSync(directory, { recursive: true });
		writeFileSync(join(workspace, ".tarlift/.gitignore"), "*\n");
		rmSync(staging, { force: true });
		try {
			return await action(`.tarlift/cache/${key}`, staging);
		} finally {
			rmSync(staging, { force: true });
		}
	});
	turn = mine.catch(() => {});
	return mine;
}
/** The client resolves relative paths against the working directory. On a runner an action starts in the workspace. */
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