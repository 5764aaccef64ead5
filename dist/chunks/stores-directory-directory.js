import { n as Failure } from "./failure.js";
import { n as checkKey, r as fileNameOf, t as artifactNameProblem } from "./stores-key-names.js";
import { b as _isoDateTime, m as string, p as strictObject, t as ZodISODateTime } from "./npm-zod-schemas.js";
import { basename, join } from "node:path";
import { constants, createReadStream, createWriteStream } from "node:fs";
import { createHash, randomBytes } from "node:crypto";
import { pipeline } from "node:stream/promises";
import { chmod, copyFile, link, mkdir, readFile, readdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";

// node_modules/zod/v4/classic/iso.js
function datetime(params) {
	return _isoDateTime(ZodISODateTime, params);
}

// src/stores/directory/directory.ts
const DAY = 864e5;
const GIGABYTE = 1e9;
/**
* Names with this prefix are being written, or were when their process was killed. Keys and artifact ids never start
* with a dot.
*/
const TEMPORARY = ".writing-";
/** GitHub's default retention of artifacts. */
const DEFAULT_RETENTION_DAYS = 90;
/**
* Stores layers as read-only files below `<directory>/layers`, named by their keys.
*
* @param directory created on the first save
* @param options.limit maximum bytes of all entries together. If they exceed it, a save removes the least recently used
*   ones. Default: 10 GB, like GitHub's cache.
*/
function directoryLayerStore(directory, options = {}) {
	const layers = join(directory, "layers");
	const limit = options.limit ?? 10 * GIGABYTE;
	const entryOf = (key) => join(layers, fileNameOf(checkKey(key)));
	return {
		name: `directory ${directory}`,
		async restore(key, file) {
			const entry = entryOf(key);
			await rm(file, { force: true });
			try {
				await linkOrCopy(entry, file);
			} catch (error) {
				if (codeOf(error) === "ENOENT") return { hit: false };
				if (codeOf(error) === "EACCES") return {
					hit: false,
					why: `${entry} may not be read by this user`
				};
				throw error;
			}
			const now = /* @__PURE__ */ new Date();
			await utimes(entry, now, now).catch(() => {});
			return { hit: true };
		},
		async save(key, file) {
			const entry = entryOf(key);
			await stat(file);
			const temporary = join(layers, temporaryName());
			try {
				await mkdir(layers, { recursive: true });
				if (await exists(entry)) return { outcome: "taken" };
				await copyFile(file, temporary, constants.COPYFILE_FICLONE);
				const now = /* @__PURE__ */ new Date();
				await utimes(temporary, now, now);
				await chmod(temporary, 292);
				await publish(temporary, entry);
			} catch (error) {
				if (codeOf(error) === "EEXIST") return { outcome: "taken" };
				const why = refusals[codeOf(error) ?? ""];
				if (why) return {
					outcome: "denied",
					why: `${layers}: ${why}`
				};
				throw error;
			} finally {
				await rm(temporary, { force: true }).catch(() => {});
			}
			await sweepTemporary(layers);
			await sweepLeastRecentlyUsed(layers, limit, entry);
			return { outcome: "saved" };
		},
		async remove(key) {
			await rm(entryOf(key), { force: true });
		}
	};
}
const artifactSchema = strictObject({
	name: string().refine((name) => artifactNameProblem(name) === void 0),
	/** The name of the uploaded file, and of the downloaded one. */
	file: string().refine((file) => file === basename(file) && file !== "." && file !== ".." && !file.includes("\0")),
	digest: string().regex(/^sha256:[0-9a-f]{64}$/),
	created: datetime(),
	expires: datetime()
});
/**
* Stores artifacts below `<directory>/artifacts`, a directory each: its `content` and an `artifact.json` that describes
* it. An upload removes artifacts whose retention period has ended.
*/
function directoryArtifactStore(directory) {
	const artifacts = join(directory, "artifacts");
	return {
		name: `directory ${directory}`,
		async upload(name, file, options) {
			const problem = artifactNameProblem(name);
			if (problem) throw new Failure({
				code: "input-invalid",
				what: "this is no name for an artifact",
				where: { name },
				output: problem
			});
			await mkdir(artifacts, { recursive: true });
			await sweepTemporary(artifacts);
			await sweepExpired(artifacts);
			const temporary = join(artifacts, temporaryName());
			const created = /* @__PURE__ */ new Date();
			const expires = new Date(created.getTime() + (options.retentionDays ?? DEFAULT_RETENTION_DAYS) * DAY);
			const id = `${created.toISOString().replace(/\D/g, "")}-${randomBytes(4).toString("hex")}`;
			try {
				await mkdir(temporary);
				const digest = await copyHashed(file, join(temporary, "content"));
				const record = {
					name,
					file: basename(file),
					digest,
					created: created.toISOString(),
					expires: expires.toISOString()
				};
				await writeFile(join(temporary, "artifact.json"), `${JSON.stringify(record, null, 2)}\n`);
				await chmod(join(temporary, "content"), 292);
				await rename(temporary, join(artifacts, id));
				return {
					id,
					digest
				};
			} finally {
				await rm(temporary, {
					recursive: true,
					force: true
				});
			}
		},
		async download(artifact, target) {
			const record = await find(artifacts, artifact);
			const where = {
				artifact: record.name,
				id: record.id,
				store: artifacts
			};
			if (Date.parse(record.expires) < Date.now()) throw new Failure({
				code: "artifact-expired",
				what: "the artifact has expired",
				where: {
					...where,
					expired: record.expires
				},
				remedy: "Bundle its commit again. That is another release where an environment or an asset step is built again."
			});
			const temporary = join(target, temporaryName());
			try {
				const digest = await copyHashed(join(artifacts, record.id, "content"), temporary);
				if (digest !== record.digest) throw new Failure({
					code: "artifact-invalid",
					what: "the stored artifact is damaged: its bytes are not those that were uploaded",
					where: {
						...where,
						expected: record.digest,
						found: digest
					},
					remedy: `Remove ${join(artifacts, record.id)} and build the artifact again.`
				});
				const file = join(target, record.file);
				await rename(temporary, file);
				return {
					file,
					digest
				};
			} finally {
				await rm(temporary, { force: true });
			}
		}
	};
}
async function find(artifacts, artifact) {
	if (artifact.run) throw new Failure({
		code: "store-unsupported",
		what: "artifacts of another run are not in a directory of this machine",
		where: {
			run: artifact.run.id,
			repository: artifact.run.repository,
			store: artifacts
		},
		remedy: "Leave the run out, or download the artifact first and name its file."
	});
	const newest = (await readRecords(artifacts)).filter((record) => (artifact.id === void 0 || record.id === artifact.id) && (artifact.name === void 0 || record.name === artifact.name)).at(-1);
	if (newest && (artifact.id !== void 0 || artifact.name !== void 0)) return newest;
	throw new Failure({
		code: "artifact-missing",
		what: "there is no such artifact",
		where: {
			artifact: artifact.name,
			id: artifact.id,
			store: artifacts
		},
		remedy: "Make it first: tarlift bundle."
	});
}
/** All readable artifacts, the oldest first. */
async function readRecords(artifacts) {
	const ids = (await list(artifacts)).filter((name) => !name.startsWith(".")).sort();
	return (await Promise.all(ids.map(async (id) => {
		try {
			const text = await readFile(join(artifacts, id, "artifact.json"), "utf8");
			return [{
				...artifactSchema.parse(JSON.parse(text)),
				id
			}];
		} catch {
			return [];
		}
	}))).flat();
}
async function sweepExpired(artifacts) {
	for (const { id, expires } of await readRecords(artifacts)) if (Date.parse(expires) < Date.now()) await rm(join(artifacts, id), {
		recursive: true,
		force: true
	});
}
/** Removes files that a killed process left. Writing an entry never takes a day. */
async function sweepTemporary(directory) {
	for (const name of (await list(directory)).filter((name) => name.startsWith(TEMPORARY))) {
		const found = await stat(join(directory, name)).catch(() => void 0);
		if (found && Date.now() - found.mtimeMs > DAY) await rm(join(directory, name), {
			recursive: true,
			force: true
		});
	}
}
async function sweepLeastRecentlyUsed(layers, limit, keep) {
	const entries = [];
	for (const name of (await list(layers)).filter((name) => !name.startsWith("."))) {
		const path = join(layers, name);
		const found = await stat(path).catch(() => void 0);
		if (found?.isFile()) entries.push({
			path,
			size: found.size,
			used: path === keep ? Infinity : found.mtimeMs
		});
	}
	let total = 0;
	for (const entry of entries.sort((one, other) => other.used - one.used)) {
		total += entry.size;
		if (total > limit && entry.path !== keep) await rm(entry.path, { force: true }).catch(() => {});
	}
}
const temporaryName = () => `${TEMPORARY}${process.pid}-${randomBytes(6).toString("hex")}`;
/** Why this process may not write, by error code: only a warning, since a build works without its cache. */
const refusals = {
	EACCES: "this user may not write there",
	EPERM: "this user may not write there",
	EROFS: "the file system is read-only",
	ENOSPC: "the file system is full",
	EDQUOT: "the quota is used up"
};
/** Gives the entry a second name: it is read-only, so it never changes. If links are not possible, it is copied. */
async function linkOrCopy(entry, file) {
	try {
		await link(entry, file);
	} catch (error) {
		if (![
			"EXDEV",
			"EPERM",
			"EMLINK",
			"ENOTSUP",
			"EOPNOTSUPP"
		].includes(codeOf(error) ?? "")) throw error;
		await copyFile(entry, file, constants.COPYFILE_FICLONE);
	}
}
/**
* Renames a complete file to its final name, and fails with EEXIST if another process was first: link(2) never
* overwrites.
*/
async function publish(temporary, entry) {
	try {
		await link(temporary, entry);
	} catch (error) {
		if (![
			"EPERM",
			"ENOTSUP",
			"EOPNOTSUPP"
		].includes(codeOf(error) ?? "")) throw error;
		await rename(temporary, entry);
	}
}
/** Copies a file and returns the digest of the copied bytes, `sha256:<hex>`. */
async function copyHashed(from, to) {
	const hash = createHash("sha256");
	await pipeline(createReadStream(from), async function* (chunks) {
		for await (const chunk of chunks) {
			hash.update(chunk);
			yield chunk;
		}
	}, createWriteStream(to, { flags: "wx" }));
	return `sha256:${hash.digest("hex")}`;
}
async function list(directory) {
	try {
		return await readdir(directory);
	} catch (error) {
		if (codeOf(error) === "ENOENT") return [];
		throw error;
	}
}
const exists = (path) => stat(path).then(() => true, () => false);
const codeOf = (error) => error.code;

export { directoryArtifactStore, directoryLayerStore };