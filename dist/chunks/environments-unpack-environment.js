import { n as Failure } from "./failure.js";
import { _ as compareBytes, b as quoteName, y as nameProblem } from "./artifact-format.js";
import { t as readTar } from "./artifact-tar-reader.js";
import { r as decompress } from "./artifact-zstd.js";
import { t as during } from "./progress.js";
import { n as tryRun, t as run } from "./subprocess-run.js";
import { t as formatBytes } from "./text-quantity.js";
import { dirname, join } from "node:path";
import { chmodSync, closeSync, constants, existsSync, fchmodSync, lstatSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, symlinkSync, unlinkSync, writeSync } from "node:fs";
import { createHash } from "node:crypto";

// src/artifact/unpack-layer.ts
/**
* Unpacks a layer below a directory, with the modes of its headers whatever the umask. The mtime of files is the time
* of unpacking.
*
* @throws Failure when the layer is broken or hostile, when an existing entry has another type, or when the disk is
*   full
*/
async function unpackLayer(layer, options) {
	const { base, directory, diffId, only, task } = options;
	const place = new Place(directory);
	const hash = diffId === void 0 ? void 0 : createHash("sha256");
	let last = "";
	for await (const member of readTar(passing(layer, hash, task))) {
		const path = pathBelow(member, base);
		if (path === void 0) continue;
		if (compareBytes(last, path) >= 0) throw hostile(layer, member.path, "it is out of order");
		last = path;
		if (only && !only(path)) continue;
		try {
			await place.put(member, path);
		} catch (cause) {
			if (cause instanceof Failure) throw cause;
			throw new Failure({
				code: "local-file",
				what: "a layer could not be unpacked",
				where: { path: quoteName(join(directory, path)) },
				output: cause instanceof Error ? cause.message : String(cause),
				remedy: "Make room, or let the user of this job write there; then run this again.",
				cause
			});
		}
	}
	if (hash && `sha256:${hash.digest("hex")}` !== diffId) throw new Failure({
		code: "artifact-invalid",
		what: "a layer's content is not that of its digest",
		where: {
			file: layer.file,
			"diff id": diffId
		},
		remedy: "The file is damaged: fetch it again, or build it again."
	});
	/** The path relative to the base; undefined for the base itself and the directories above it. */
	function pathBelow(member, base) {
		if (member.type === "directory" && `${base}/`.startsWith(`${member.path}/`)) return void 0;
		const path = member.path.slice(base.length + 1);
		if (!member.path.startsWith(`${base}/`) || nameProblem(path) !== void 0) throw hostile(layer, member.path, `it does not belong below ${base}`);
		return path;
	}
}
async function* passing(layer, hash, task) {
	let done = 0;
	for await (const chunk of decompress(layer)) {
		hash?.update(chunk);
		done += chunk.length;
		task?.update({ done });
		yield chunk;
	}
}
function hostile(layer, path, why) {
	return new Failure({
		code: "artifact-invalid",
		what: "a layer holds something that Tarlift does not pack",
		where: {
			file: layer.file,
			member: quoteName(path)
		},
		output: why,
		remedy: "The file is damaged or was not made by Tarlift: build it again."
	});
}
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
/** The directory to fill. It remembers which directories below it are real ones. */
var Place = class {
	root;
	real = /* @__PURE__ */ new Set();
	/** Whether modes have to be set again after creation, because of the umask. */
	masked = (process.umask() & 493) !== 0;
	constructor(root) {
		this.root = root;
		mkdirSync(root, { recursive: true });
		this.real.add(root);
	}
	async put(member, path) {
		const where = join(this.root, path);
		if (member.type === "directory") return this.directory(where);
		this.directory(dirname(where));
		if (member.type === "link") create(where, () => symlinkSync(member.target ?? "", where));
		else await this.file(where, member);
	}
	async file(where, member) {
		const mode = member.executable ? 493 : 420;
		const descriptor = create(where, () => openSync(where, CREATE, mode));
		try {
			if (this.masked) fchmodSync(descriptor, mode);
			for await (const chunk of member.content) for (let done = 0; done < chunk.length;) done += writeSync(descriptor, chunk, done);
		} finally {
			closeSync(descriptor);
		}
	}
	/** Creates a directory and its parents. An existing link is not followed. */
	directory(where) {
		if (this.real.has(where)) return;
		this.directory(dirname(where));
		const there = lstatSync(where, { throwIfNoEntry: false });
		if (!there) {
			mkdirSync(where, 493);
			if (this.masked) chmodSync(where, 493);
		} else if (!there.isDirectory()) throw new Failure({
			code: "local-file",
			what: "a layer could not be unpacked: something else stands where it needs a directory",
			where: { path: quoteName(where) },
			remedy: "Remove it, and run this again."
		});
		this.real.add(where);
	}
};
/** Creates a file or link. An existing one is removed first, and never written through. */
function create(where, make) {
	try {
		return make();
	} catch (error) {
		if (error.code !== "EEXIST") throw error;
		if (lstatSync(where).isDirectory()) throw new Failure({
			code: "local-file",
			what: "a layer could not be unpacked: a directory stands where it has a file or a link",
			where: { path: quoteName(where) },
			remedy: "Remove it, and run this again."
		});
		unlinkSync(where);
		return make();
	}
}

// src/environments/unpack-environment.ts
/**
* Unpacks beside the final path and renames, so that the directory of an id is always complete.
*
* @returns false if it already existed
* @throws Failure when its root cannot be created, or the layer does not match its digest
*/
async function unpackEnvironment({ name, id, root, layer, localize, progress }) {
	const directory = join(root, id);
	const there = existsSync(directory);
	if (!there) {
		await ensureRoot(root);
		await during(progress, `unpack environment ${name}`, async (task) => {
			const beside = mkdtempSync(join(root, ".unpacking-"));
			try {
				await unpackLayer(layer, {
					base: layer.base,
					directory: beside,
					diffId: layer.diffId,
					task
				});
				localize?.(beside);
				await run([
					"chmod",
					"755",
					beside
				], { what: "the environment's directory could not be opened to others" });
				renameUnlessThere(beside, directory);
			} finally {
				rmSync(beside, {
					recursive: true,
					force: true
				});
			}
		}, () => formatBytes(layer.size));
	} else localize?.(directory);
	return !there;
}
function renameUnlessThere(from, to) {
	try {
		renameSync(from, to);
	} catch (error) {
		if (!existsSync(to)) throw error;
	}
}
/**
* Environments contain absolute paths, so the builder needs the hosts' environments-root as a writable directory.
*
* @throws Failure with the command that creates it
*/
async function ensureRoot(root) {
	try {
		mkdirSync(root, { recursive: true });
		const probe = mkdtempSync(join(root, ".probe-"));
		rmSync(probe, { recursive: true });
		return;
	} catch {}
	const install = [
		"install",
		"-d",
		"-o",
		String(process.getuid?.() ?? 0),
		"-g",
		String(process.getgid?.() ?? 0),
		root
	];
	const result = await tryRun([
		"sudo",
		"-n",
		...install
	]).catch(() => void 0);
	if (result?.code === 0) return;
	throw new Failure({
		code: "environments-root-unwritable",
		what: `environments are built where they will run, and ${root} cannot be made on this machine`,
		output: result?.lastLines,
		remedy: `Make it once: sudo install -d -o "$(id -u)" -g "$(id -g)" ${root}`,
		outcome: "refused"
	});
}

export { unpackEnvironment as n, unpackLayer as r, ensureRoot as t };