import { t as layOut } from "./artifact-unpack-release.js";
import { n as placeEnvironment } from "./environments-place.js";
import { n as installerOf } from "./installers-registry.js";
import { t as during } from "./progress.js";
import { join } from "node:path";
import { mkdirSync } from "node:fs";

// src/exporters/directory/unpack.ts
/** See `export` of the exporter. */
async function unpack(artifact, { directory, shared, python }, { progress }) {
	await during(progress, `lay ${artifact.version} out`, (task) => layOut(artifact, directory, task));
	for (const path of shared) mkdirSync(join(directory, path), { recursive: true });
	for (const record of artifact.release.environments) {
		const layer = artifact.layers.find((one) => one.record.diffId === record.diffId);
		if (record.root === void 0 || !layer) continue;
		await placeEnvironment({
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