import { p as pathsOf } from "./artifact-format.js";
import { r as unpackLayer } from "./environments-unpack-environment.js";
import { chmodSync, mkdirSync } from "node:fs";

// src/artifact/unpack-release.ts
/**
* Unpacks all content of the release's directory: the application, its assets, tree environments. Other environments
* are only linked.
*
* @param directory created, and readable for other users whatever the umask
* @throws Failure when a layer does not match its digest, or cannot be unpacked
*/
async function unpackRelease(artifact, directory, task) {
	mkdirSync(directory);
	chmodSync(directory, 493);
	const { application } = pathsOf(artifact.release.app);
	for (const { record, blob } of artifact.layers) {
		const { base, diffId } = record;
		if (base === application) await unpackLayer(blob, {
			base,
			directory,
			diffId,
			...task ? { task } : {}
		});
	}
}

export { unpackRelease as t };