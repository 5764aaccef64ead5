import { t as unpackRelease } from "./artifact-unpack-release.js";
import { n as unpackEnvironment } from "./environments-unpack-environment.js";
import { n as installerOf } from "./installers-registry.js";
import { t as during } from "./progress.js";
import { join } from "node:path";
import { mkdirSync } from "node:fs";

// src/exporters/directory/unpack.ts
/** See `export` of the exporter. */
async function unpack(artifact, { directory, shared, python }, { progress }) {
	await during(progress, `unpack ${artifact.version}`, (task) => unpackRelease(artifact, directory, task));
	for (const path of shared) mkdirSync(join(directory, path), { recursive: true });
	for (const record of artifact.release.environments) {
		const layer = artifact.layers.find((one) => one.record.diffId === record.diffId);
		if (record.root === void 0 || !layer) continue;
		await unpackEnvironment({
			...record,
			root: record.root,
			layer: {
				...layer.blob,
				...layer.record
			},
			localize: await installerOf(record.installer.name).localize?.(record, { python }),
			progress
		});
	}
	return { files: [directory] };
}

export { unpack };