import { n as Failure } from "./failure.js";
import { a as array, c as literal, l as looseObject } from "./npm-zod-schemas.js";
import { S as reservedPath, a as MOST_INDEXED, b as quoteName, c as formatIndex, d as manifestSchema, f as parseIndex, i as MEDIA_TYPE, l as imageConfigSchema, m as releaseSchema, o as descriptorSchema, p as pathsOf, t as ANNOTATION, u as indexExcess } from "./artifact-format.js";
import { i as Header, n as tarHeader, t as padding } from "./artifact-tar-header.js";
import { t as readTar } from "./artifact-tar-reader.js";
import { r as decompress } from "./artifact-zstd.js";
import { n as readJson } from "./artifact-json-values.js";
import { t as packLayer } from "./artifact-pack.js";
import { c as versionProblem, s as releaseProblems } from "./source-repository.js";
import { closeSync, existsSync, fstatSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { createHash, hash } from "node:crypto";
import { isUtf8 } from "node:buffer";

// src/artifact/damaged.ts
/** @param why in lines */
function damaged(file, why) {
	return new Failure({
		code: "artifact-invalid",
		what: "the artifact cannot be read",
		where: { file },
		output: why,
		remedy: "It was truncated or changed on its way, or is not an artifact of Tarlift: fetch it again, or build it again.",
		outcome: "refused"
	});
}

// src/artifact/outer-tar.ts
const LARGEST_JSON = 64 << 20;
/**
* Maximum number of members of the outer tar, which has one blob a layer and three more, and of the layer of file
* indexes, which has one a layer.
*/
const MOST_MEMBERS = 1e4;
/** The members of the outer tar, by name. Only headers are read. */
function listMembers(file) {
	if (!existsSync(file)) throw new Failure({
		code: "artifact-missing",
		what: "there is no such artifact",
		where: { file },
		remedy: "Make one with `tarlift bundle`."
	});
	const descriptor = openSync(file, "r");
	try {
		const stat = fstatSync(descriptor);
		if (!stat.isFile()) throw new Failure({
			code: "artifact-invalid",
			what: "an artifact is one file",
			where: { file }
		});
		const block = Buffer.alloc(512);
		const members = /* @__PURE__ */ new Map();
		for (let position = 0, count = 0;;) {
			if (readSync(descriptor, block, 0, 512, position) !== 512) throw damaged(file, "it is truncated");
			if (position === 0 && block.subarray(0, 2).toString("latin1") === "PK") throw zipped(file);
			if (block.every((byte) => byte === 0)) {
				if (position === 0) throw damaged(file, "it is empty");
				return {
					size: stat.size,
					members
				};
			}
			if (++count > 1e4) throw damaged(file, `it has more than ${MOST_MEMBERS} members`);
			const header = headerOf(file, block);
			const size = header.size ?? 0;
			position += 512;
			if (position + size > stat.size) throw damaged(file, "it is truncated");
			if (header.type === "File" || header.type === "OldFile") {
				const name = (header.path ?? "").replace(/^\.\//, "");
				if (members.has(name)) throw damaged(file, `two members have the name ${JSON.stringify(name)}`);
				members.set(name, {
					offset: position,
					size
				});
			} else if (header.type !== "Directory" && header.type !== "ExtendedHeader" && header.type !== "GlobalExtendedHeader") throw damaged(file, `a member of type ${header.type} has no place in it`);
			position += size + padding(size);
		}
	} finally {
		closeSync(descriptor);
	}
}
function headerOf(file, block) {
	let header;
	try {
		header = new Header(block, 0);
	} catch {}
	if (!header?.cksumValid || header.size !== void 0 && (!Number.isSafeInteger(header.size) || header.size < 0)) throw damaged(file, "it is not a tar, or its bytes were changed");
	return header;
}
/** @param what is read, for messages @throws Failure for a member that is missing, or too large */
function readMember(file, members, name, what) {
	const member = members.get(name);
	if (!member) throw damaged(file, `${what} is missing (${name})`);
	if (member.size > LARGEST_JSON) throw damaged(file, `${what} claims ${member.size} bytes`);
	const descriptor = openSync(file, "r");
	try {
		const bytes = Buffer.alloc(member.size);
		if (readSync(descriptor, bytes, 0, member.size, member.offset) !== member.size) throw damaged(file, "it is truncated");
		return bytes;
	} finally {
		closeSync(descriptor);
	}
}
function zipped(file) {
	return new Failure({
		code: "artifact-invalid",
		what: "this is a zip, and an artifact is a tar",
		where: { file },
		remedy: "It was downloaded as GitHub wraps artifacts in a browser: unzip it, or let `tarlift` (or actions/download-artifact) download it.",
		outcome: "refused"
	});
}

// src/artifact/layer-contents.ts
/** The text of each file index, by the hex digits of the layer that it is of. */
async function readIndexes(file, layers) {
	const layer = layers.find(({ record }) => record.kind === "index");
	if (!layer) throw damaged(file, "it has no layer of file indexes");
	const { base } = layer.record;
	const texts = /* @__PURE__ */ new Map();
	let left = MOST_INDEXED.bytes;
	let count = 0;
	for await (const { type, path, size, content } of readTar(verified(file, layer))) {
		if (++count > 1e4) throw damaged(file, `its layer of file indexes has more than ${MOST_MEMBERS} members`);
		if (type === "directory" && `${base}/`.startsWith(`${path}/`)) continue;
		const name = path.slice(base.length + 1);
		if (type !== "file" || path !== `${base}/${name}` || !/^[0-9a-f]{64}$/.test(name) || texts.has(name)) throw damaged(file, "its layer of file indexes holds something else than one file a layer");
		left -= size;
		if (left < 0) throw damaged(file, `it has file indexes of more than ${MOST_INDEXED.bytes} bytes`);
		const chunks = [];
		for await (const chunk of content) chunks.push(chunk);
		texts.set(name, Buffer.concat(chunks).toString("utf8"));
	}
	const excess = indexExcess(texts.values());
	if (excess) throw damaged(file, `it has ${excess}`);
	return texts;
}
/** See `ReleaseContent.readLayer`. */
async function* readMembers(file, layer, index) {
	const { base, name } = layer.record;
	const disagree = (path) => damaged(file, `layer ${name} and its file index disagree at ${JSON.stringify(path)}`);
	let next = 0;
	const above = new Set(base.split("/").map((_, n, parts) => parts.slice(0, n + 1).join("/")));
	for await (const member of readTar(verified(file, layer))) {
		if (member.type === "directory" && above.delete(member.path)) continue;
		const entry = index[next++];
		if (!entry || member.path !== `${base}/${entry.path}` || member.type !== entry.type) throw disagree(member.path);
		if (entry.type === "link" && member.target !== entry.target) throw disagree(member.path);
		if (entry.type === "file" && (member.size !== entry.size || member.executable !== (entry.mode === 493))) throw disagree(member.path);
		yield {
			entry,
			content: entry.type === "file" ? member.content : void 0
		};
	}
	if (next !== index.length) throw disagree(index[next].path);
}
/**
* The tar of a layer. Its digests are verified at the end of the stream, which includes all bytes after the last
* member.
*/
async function* verified(file, layer) {
	const sum = createHash("sha256");
	for await (const chunk of decompress(layer.blob)) {
		sum.update(chunk);
		yield chunk;
	}
	if (`sha256:${sum.digest("hex")}` !== layer.record.diffId) throw damaged(file, `layer ${layer.record.name}: its content is not that of ${layer.record.diffId}`);
}

// src/artifact/oci-layout.ts
const COPY = 4 << 20;
const ARCHITECTURES = {
	x86_64: "amd64",
	aarch64: "arm64",
	armv7l: "arm",
	ppc64le: "ppc64le",
	s390x: "s390x"
};
/**
* Writes an artifact from its layers, beside its final name, and renames it when it is complete.
*
* @throws Failure when the size of a layer's file is wrong
*/
async function writeArtifact(file, input) {
	const unfinished = `${file}.${process.pid}.tmp`;
	const indexFile = `${unfinished}.index`;
	try {
		const texts = new Map(input.layers.map(({ packed }) => [packed.diffId, formatIndex(packed.index)]));
		const excess = indexExcess(texts.values());
		if (excess) throw new Failure({
			code: "artifact-invalid",
			what: `an artifact with ${excess} could not be read again`,
			remedy: "Leave files out with `export-ignore` in .gitattributes, or ship them in another way: `shared` directories stay on hosts.",
			outcome: "refused"
		});
		const { index, ...layers } = {
			index: await packIndexes(indexFile, input.release.app, texts),
			given: input.layers
		};
		const all = [...layers.given, {
			packed: index,
			kind: "index",
			name: "index"
		}];
		const config = json(imageConfig(input, all));
		const releaseDigest = digestOf(config);
		const manifest = json(imageManifest(input, all, config, releaseDigest));
		const manifestDigest = digestOf(manifest);
		const size = writeLayout(unfinished, input, {
			config,
			manifest,
			layers: all.map((layer) => layer.packed)
		});
		renameSync(unfinished, file);
		return {
			file,
			size,
			releaseDigest,
			manifestDigest
		};
	} finally {
		rmSync(unfinished, { force: true });
		rmSync(indexFile, { force: true });
	}
}
/**
* Packs the last layer: the file index of each other layer, named by the hex digits of its diff id. Layers with equal
* content share one.
*
* @param indexes texts by diff id
*/
function packIndexes(file, app, indexes) {
	const sources = [...indexes].map(([diffId, text]) => ({
		type: "file",
		path: hexOf(diffId),
		content: Buffer.from(text)
	}));
	return packLayer(sources, {
		base: pathsOf(app).index,
		file
	});
}
function imageConfig(input, layers) {
	const { release } = input;
	return {
		created: release.commit.time,
		architecture: ARCHITECTURES[release.requirements.architecture] ?? release.requirements.architecture,
		os: "linux",
		config: {
			WorkingDir: `/${pathsOf(release.app).application}`,
			Env: Object.entries(input.variables ?? {}).map(([name, value]) => `${name}=${value}`),
			Labels: {
				"org.opencontainers.image.title": release.app,
				"org.opencontainers.image.revision": release.commit.id
			}
		},
		rootfs: {
			type: "layers",
			diff_ids: layers.map(({ packed }) => packed.diffId)
		},
		history: layers.map(({ kind, name }) => ({
			created: release.commit.time,
			created_by: `tarlift: ${kind} ${name}`
		})),
		tarlift: releaseSchema.parse({
			format: 1,
			...release,
			layers: layers.map(({ packed, kind, name }) => ({
				diffId: packed.diffId,
				kind,
				name,
				base: packed.base
			}))
		})
	};
}
function imageManifest(input, layers, config, releaseDigest) {
	return {
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.manifest,
		config: {
			mediaType: MEDIA_TYPE.config,
			digest: releaseDigest,
			size: config.length
		},
		layers: layers.map(({ packed }) => ({
			mediaType: MEDIA_TYPE.layer,
			digest: packed.digest,
			size: packed.size
		})),
		annotations: { [ANNOTATION.version]: input.version }
	};
}
function writeLayout(file, input, parts) {
	const index = json({
		schemaVersion: 2,
		mediaType: MEDIA_TYPE.index,
		manifests: [{
			mediaType: MEDIA_TYPE.manifest,
			digest: digestOf(parts.manifest),
			size: parts.manifest.length,
			annotations: { [ANNOTATION.refName]: input.version }
		}]
	});
	const out = openSync(file, "w");
	try {
		writeDirectory(out, "blobs");
		writeDirectory(out, "blobs/sha256");
		writeMember(out, "oci-layout", json({ imageLayoutVersion: "1.0.0" }));
		writeMember(out, "index.json", index);
		writeMember(out, blobPath(digestOf(parts.manifest)), parts.manifest);
		writeMember(out, blobPath(digestOf(parts.config)), parts.config);
		const blobs = new Map(parts.layers.map((layer) => [layer.digest, layer]));
		const total = [...blobs.values()].reduce((sum, layer) => sum + layer.size, 0);
		let done = 0;
		for (const layer of blobs.values()) {
			writeSync(out, tarHeader({
				type: "file",
				path: blobPath(layer.digest),
				size: layer.size
			}));
			copyBlob(out, layer, (bytes) => {
				done += bytes;
				input.task?.update({
					done,
					total
				});
			});
			writeSync(out, Buffer.alloc(padding(layer.size)));
		}
		writeSync(out, Buffer.alloc(2 * 512));
	} finally {
		closeSync(out);
	}
	return statSync(file).size;
}
function writeDirectory(out, path) {
	writeSync(out, tarHeader({
		type: "directory",
		path
	}));
}
function writeMember(out, path, content) {
	writeSync(out, Buffer.concat([
		tarHeader({
			type: "file",
			path,
			size: content.length
		}),
		content,
		Buffer.alloc(padding(content.length))
	]));
}
/**
* Copies a layer without hashing it: its digest was verified when it was packed or restored, and every reader verifies
* it.
*/
function copyBlob(out, layer, progress) {
	const buffer = Buffer.allocUnsafe(COPY);
	const from = openSync(layer.file, "r");
	try {
		let left = layer.size;
		while (left > 0) {
			const read = readSync(from, buffer, 0, Math.min(left, COPY), layer.offset + layer.size - left);
			if (read === 0) throw new Failure({
				code: "local-file",
				what: "a layer's file is shorter than it was",
				where: {
					file: layer.file,
					digest: layer.digest
				},
				remedy: "Something else writes to it. Run this again."
			});
			for (let done = 0; done < read;) done += writeSync(out, buffer, done, read - done);
			progress(read);
			left -= read;
		}
	} finally {
		closeSync(from);
	}
}
/** Keys are written in the order of the value: the same input gives the same bytes. */
function json(value) {
	return Buffer.from(JSON.stringify(value));
}
const digestOf = (bytes) => `sha256:${hash("sha256", bytes, "hex")}`;
const hexOf = (digest) => digest.slice(7);
/** The path of a blob in the layout. */
const blobPath = (digest) => `blobs/sha256/${hexOf(digest)}`;

// src/artifact/metadata.ts
/** @throws Failure for documents that are missing, changed, or not what Tarlift writes */
function readMetadata(file, members) {
	const document = (name, schema) => checked(file, schema, textOf(file, readMember(file, members, name, name), name), name);
	document("oci-layout", looseObject({ imageLayoutVersion: literal("1.0.0") }));
	const descriptor = document("index.json", looseObject({ manifests: array(descriptorSchema).length(1) })).manifests[0];
	const manifestText = readBlob(file, members, descriptor, "the manifest");
	const manifest = checked(file, manifestSchema, manifestText, "the manifest");
	const configText = readBlob(file, members, manifest.config, "the config");
	const config = checked(file, imageConfigSchema, configText, "the config");
	const layers = joinLayers(file, manifest, config, members);
	const version = manifest.annotations?.[ANNOTATION.version] ?? config.tarlift.commit.id.slice(0, 12);
	refuseProblems(file, config, version);
	return {
		manifestDigest: descriptor.digest,
		manifest,
		config,
		configText,
		version,
		layers
	};
}
function refuseProblems(file, config, version) {
	const label = versionProblem(version);
	const problems = [...label ? [`the version ${JSON.stringify(version.slice(0, 200))} ${label}`] : [], ...releaseProblems(config.tarlift)];
	if (problems.length > 0) throw damaged(file, `the config is not what Tarlift writes:\n${problems.slice(0, 20).join("\n")}`);
}
function readBlob(file, members, descriptor, what) {
	const bytes = readMember(file, members, blobPath(descriptor.digest), what);
	if (`sha256:${hash("sha256", bytes, "hex")}` !== descriptor.digest) throw damaged(file, `${what}: its bytes are not those of ${descriptor.digest}`);
	return textOf(file, bytes, what);
}
/** Bytes that are not UTF-8 would be other bytes on a host. */
function textOf(file, bytes, what) {
	if (!isUtf8(bytes)) throw damaged(file, `${what} is not UTF-8`);
	return bytes.toString("utf8");
}
function checked(file, schema, text, what) {
	const read = readJson(text, schema);
	if ("wrong" in read) throw damaged(file, `${what} ${read.wrong}`);
	return read.value;
}
/** Config and manifest list the same layers in the same order. */
function joinLayers(file, manifest, config, members) {
	const records = config.tarlift.layers;
	if (!(records.length === manifest.layers.length && records.every((record, n) => record.diffId === config.rootfs.diff_ids[n])) || config.rootfs.diff_ids.length !== records.length) throw damaged(file, "manifest and config name different layers");
	return records.map((record, n) => {
		const descriptor = manifest.layers[n];
		const member = members.get(blobPath(descriptor.digest));
		if (descriptor.mediaType !== MEDIA_TYPE.layer) throw damaged(file, `layer ${record.name} is ${descriptor.mediaType}, not ${MEDIA_TYPE.layer}`);
		if (!member) throw damaged(file, `layer ${record.name} is missing (${blobPath(descriptor.digest)})`);
		if (member.size !== descriptor.size) throw damaged(file, `layer ${record.name} has ${member.size} bytes instead of ${descriptor.size}`);
		return {
			record,
			descriptor,
			blob: {
				file,
				offset: member.offset,
				size: member.size,
				digest: descriptor.digest
			}
		};
	});
}

// src/artifact/open-artifact.ts
/**
* Opens an artifact and verifies its metadata, but not its layers: {@link Artifact.verify} does, and so does reading
* them.
*
* @throws Failure when it is not an artifact, is truncated or was tampered with
*/
async function openArtifact(file) {
	const { size, members } = listMembers(file);
	const { manifestDigest, manifest, config, configText, version, layers } = readMetadata(file, members);
	const layerOf = (diffId) => {
		const layer = layers.find((candidate) => candidate.record.diffId === diffId);
		if (!layer) throw damaged(file, `there is no layer ${diffId}`);
		return layer;
	};
	const { app } = config.tarlift;
	let known;
	const indexes = () => {
		known ??= readIndexes(file, layers);
		return known;
	};
	const parsed = /* @__PURE__ */ new Map();
	const artifact = {
		file,
		size,
		releaseDigest: manifest.config.digest,
		manifestDigest,
		version,
		release: config.tarlift,
		config,
		configText,
		manifest,
		layers,
		async indexText(diffId) {
			const text = (await indexes()).get(diffId.slice(7));
			if (text === void 0) throw damaged(file, `there is no file index of layer ${diffId}`);
			return text;
		},
		index(diffId) {
			const entries = parsed.get(diffId) ?? artifact.indexText(diffId).then((text) => entriesOf(file, app, layerOf(diffId), text));
			parsed.set(diffId, entries);
			return entries;
		},
		async *readLayer(diffId) {
			yield* readMembers(file, layerOf(diffId), await artifact.index(diffId));
		},
		verify: (task) => verifyContents(artifact, task)
	};
	return artifact;
}
function entriesOf(file, app, { record }, text) {
	const entries = parseIndex(text);
	const reserved = record.base === pathsOf(app).application ? reservedPath(entries) : void 0;
	if (reserved) throw damaged(file, `${quoteName(reserved)} is a path that only hosts make`);
	return entries;
}
/** See {@link Artifact.verify}. */
async function verifyContents({ file, layers, readLayer }, task) {
	let done = 0;
	for (const { record } of layers.filter((layer) => layer.record.kind !== "index")) for await (const { entry, content } of readLayer(record.diffId)) {
		if (entry.type !== "file") continue;
		const sum = createHash("sha256");
		for await (const chunk of content ?? []) {
			sum.update(chunk);
			done += chunk.length;
			task?.update({ done });
		}
		if (sum.digest("hex") !== entry.sha256) throw damaged(file, `${entry.path} is not what its index says`);
	}
	await readIndexes(file, layers);
}

export { packIndexes as n, writeArtifact as r, openArtifact as t };