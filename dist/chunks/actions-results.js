// src/actions/results.ts
/** Outputs without `s` belong to one environment: the first that ships, otherwise the first. */
function environmentOutputs(built) {
	const meant = built.find(({ use }) => use === "runtime") ?? built[0];
	const described = built.map(({ record, path, bin, hit, use }) => [record.name, {
		key: record.key,
		id: record.id,
		path,
		bin,
		hit,
		use
	}]);
	return {
		"cache-hit": String(built.every(({ hit }) => hit)),
		environments: JSON.stringify(Object.fromEntries(described)),
		"environment-key": meant?.record.key,
		"environment-id": meant?.record.id,
		"environment-path": meant?.path
	};
}
function artifactOutputs(result, uploaded) {
	return {
		label: result.version,
		version: result.version,
		"artifact-file": result.file,
		"artifact-name": uploaded?.name,
		"artifact-id": uploaded?.id,
		"artifact-url": uploaded?.url,
		"artifact-digest": uploaded?.digest.replace("sha256:", ""),
		"manifest-digest": result.manifestDigest,
		"release-digest": result.releaseDigest
	};
}

export { environmentOutputs as n, artifactOutputs as t };