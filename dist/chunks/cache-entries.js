import { g as unknown, m as string, p as strictObject, u as number } from "./npm-zod-schemas.js";
import { c as formatIndex, f as parseIndex } from "./artifact-format.js";
import { t as hasAtMost } from "./artifact-json-values.js";
import { dirname, join } from "node:path";
import { appendFileSync, closeSync, existsSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { createHash, hash } from "node:crypto";

// src/cache/entry.ts
const MAGIC = "tarlift-entry-1\n";
const LENGTH = 12;
const FOOTER = 28;
/** The limit of an artifact's config, which contains an entry's metadata of a layer. */
const LARGEST_HEAD = 64 << 20;
/** Maximum number of values in a head: zod records each wrong one, with some hundred bytes. */
const MOST_VALUES = 1e6;
const headSchema = strictObject({
	key: string(),
	layer: strictObject({
		size: number(),
		digest: string(),
		diffId: string(),
		uncompressed: number(),
		base: string()
	}),
	index: strictObject({
		size: number(),
		sha256: string()
	}),
	meta: unknown()
});
/** Completes a file into which a layer was packed at offset 0. */
function finishEntry(layer, key, meta) {
	const index = Buffer.from(formatIndex(layer.index));
	const { size, digest, diffId, uncompressed, base } = layer;
	const head = Buffer.from(JSON.stringify({
		key,
		layer: {
			size,
			digest,
			diffId,
			uncompressed,
			base
		},
		index: {
			size: index.length,
			sha256: hash("sha256", index, "hex")
		},
		meta
	}));
	const footer = Buffer.from(String(head.length).padStart(LENGTH, "0") + MAGIC);
	appendFileSync(layer.file, Buffer.concat([
		index,
		head,
		footer
	]));
}
/**
* Reads an entry and verifies all of it: the exact key, the lengths, the index, the bytes of the layer.
*
* @param options.layerVerified the bytes of the layer in this file were verified before, and are not read again
* @returns the entry, or why it cannot be trusted, in words
*/
function readEntry(file, key, schema, options = {}) {
	const descriptor = openSync(file, "r");
	try {
		const total = fstatSync(descriptor).size;
		const read = (position, length) => {
			const bytes = Buffer.alloc(length);
			return readSync(descriptor, bytes, 0, length, position) === length ? bytes : Buffer.alloc(0);
		};
		const footer = total < FOOTER ? "" : read(total - FOOTER, FOOTER).toString("latin1");
		const headSize = Number(footer.slice(0, LENGTH));
		if (!footer.endsWith(MAGIC) || !(headSize > 0) || headSize > Math.min(LARGEST_HEAD, total)) return { broken: "it is truncated" };
		const head = parseHead(read(total - FOOTER - headSize, headSize));
		if (!head) return { broken: "its head is damaged" };
		if (head.key !== key) return { broken: `it is the entry of another key (${head.key})` };
		if (head.layer.size + head.index.size + headSize + FOOTER !== total) return { broken: "it is not as long as it says" };
		const index = read(head.layer.size, head.index.size);
		if (hash("sha256", index, "hex") !== head.index.sha256) return { broken: "its file index is damaged" };
		if (!options.layerVerified && digestOf(descriptor, head.layer.size) !== head.layer.digest) return { broken: "its layer is damaged" };
		const meta = schema.safeParse(head.meta);
		if (!meta.success) return { broken: "another version of Tarlift wrote it" };
		return {
			meta: meta.data,
			layer: {
				file,
				offset: 0,
				...head.layer,
				index: parseIndex(index.toString("utf8"))
			}
		};
	} catch (error) {
		return { broken: error instanceof Error ? error.message : String(error) };
	} finally {
		closeSync(descriptor);
	}
}
function parseHead(bytes) {
	try {
		const head = JSON.parse(bytes.toString("utf8"));
		return hasAtMost(head, MOST_VALUES) ? headSchema.safeParse(head).data : void 0;
	} catch {
		return;
	}
}
function digestOf(descriptor, size) {
	const sum = createHash("sha256");
	const buffer = Buffer.allocUnsafe(4 << 20);
	for (let done = 0; done < size;) {
		const read = readSync(descriptor, buffer, 0, Math.min(buffer.length, size - done), done);
		if (read === 0) break;
		sum.update(buffer.subarray(0, read));
		done += read;
	}
	return `sha256:${sum.digest("hex")}`;
}

// src/cache/sweep.ts
/** Milliseconds without use after which an entry is removed: later steps of a job run within hours. */
const UNUSED = 6048e5;
const MARK = ".verified";
/**
* Removes entries and incomplete files by the time of their last use. Never throws: other processes may do the same.
*
* @param directory entries by key; the mtime of `<key>.verified` beside each is the time of its last use
* @param now milliseconds since 1970
*/
function sweepEntries(directory, now) {
	const names = new Set(readdirSync(directory));
	for (const name of names) {
		if (name.endsWith(MARK) && names.has(name.slice(0, -9))) continue;
		const file = join(directory, name);
		const used = timeOf(`${file}${MARK}`)?.mtimeMs ?? timeOf(file)?.ctimeMs;
		if (used === void 0 || now - used <= UNUSED) continue;
		for (const path of [file, `${file}${MARK}`]) rmSync(path, {
			force: true,
			recursive: true
		});
	}
}
const timeOf = (path) => statSync(path, { throwIfNoEntry: false });

// src/cache/entries.ts
/** The file in which a new entry is packed; no other process uses this name. */
function unfinishedEntry(slot) {
	return `${entryFile(slot)}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
}
function entryFile({ work, key }) {
	const directory = join(work, "entries");
	mkdirSync(directory, { recursive: true });
	return join(directory, key);
}
/**
* The entry of a key, from an earlier step of this job or from the store; undefined if there is none that can be
* trusted.
*/
async function fetchEntry(slot) {
	const file = entryFile(slot);
	if (existsSync(file)) {
		const entry = trusted(slot, file, { layerVerified: isVerified(file) });
		if (!("broken" in entry)) {
			if (isVerified(file)) markUsed(file);
			else markVerified(file);
			return entry;
		}
		slot.progress.notice(`${slot.title}: this job's copy is not used, ${entry.broken}`);
		rmSync(file, { force: true });
	}
	const fetched = unfinishedEntry(slot);
	try {
		const { hit, why } = await slot.store.restore(slot.key, fetched);
		if (!hit) {
			if (why) slot.progress.notice(`${slot.title}: ${why}`);
			return;
		}
		const entry = trusted(slot, fetched);
		if ("broken" in entry) {
			slot.progress.notice(`${slot.title}: the entry in ${slot.store.name} is not used, ${entry.broken}`);
			await slot.store.remove?.(slot.key);
			return;
		}
		return publishEntry(entry, fetched, file);
	} finally {
		rmSync(fetched, { force: true });
	}
}
function trusted(slot, file, options) {
	const entry = readEntry(file, slot.key, slot.schema, options);
	const broken = "broken" in entry ? void 0 : slot.refuses?.(entry.meta);
	return broken === void 0 ? entry : { broken };
}
/** Removes the entry of a key here and, if possible, in the store: for a rebuild that the user requested. */
async function forgetEntry(slot) {
	rmSync(entryFile(slot), { force: true });
	await slot.store.remove?.(slot.key);
}
/**
* Saves a finished entry in the store.
*
* @param built the entry in a file of {@link unfinishedEntry}
* @returns the entry that the store has: the given one, or that of another job that saved first
*/
async function keepEntry(slot, built) {
	const saved = await slot.store.save(slot.key, built.layer.file);
	if (saved.outcome === "denied") slot.progress.warning(`${slot.title} was not saved in ${slot.store.name}: ${saved.why}`);
	if (saved.outcome === "skipped") slot.progress.notice(`${slot.title} was not saved in ${slot.store.name}: ${saved.why}`);
	if (saved.outcome === "taken") {
		const winner = await fetchEntry(slot);
		if (winner) {
			rmSync(built.layer.file, { force: true });
			return winner;
		}
		slot.progress.notice(`${slot.title}: another job saved this key first, and its entry cannot be used; ours is used in this job`);
	}
	return publishEntry(built, built.layer.file, entryFile(slot));
}
function publishEntry(entry, from, to) {
	renameSync(from, to);
	markVerified(to);
	sweepEntries(dirname(to), Date.now());
	return {
		...entry,
		layer: {
			...entry.layer,
			file: to
		}
	};
}
/**
* Hashing an entry of a gigabyte takes longer than copying it, and both build-env and bundle would do it. So a verified
* file is remembered, together with what changes at every write to it. In doubt (another job linked to it) it is hashed
* again.
*/
function markVerified(file) {
	writeFileSync(`${file}.verified`, identityOf(file));
}
function markUsed(file) {
	const now = /* @__PURE__ */ new Date();
	utimesSync(`${file}.verified`, now, now);
}
function isVerified(file) {
	const mark = `${file}.verified`;
	return existsSync(mark) && readFileSync(mark, "utf8") === identityOf(file);
}
function identityOf(file) {
	const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
	return [
		dev,
		ino,
		size,
		mtimeNs,
		ctimeNs
	].join(" ");
}

export { finishEntry as a, unfinishedEntry as i, forgetEntry as n, keepEntry as r, fetchEntry as t };