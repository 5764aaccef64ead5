// src/bundle/version.ts
/**
* A tag as a label that can stand in a directory's name on hosts: `api/v1.4.0` is `api-v1.4.0`, `@acme/web@1.4.0` is `acme-web-1.4.0`.
*
* @returns undefined where nothing of the tag can stand there
*/
function labelOf(tag) {
	const label = tag.replace(/[^A-Za-z0-9._+]+/g, "-").replace(/^[^A-Za-z0-9_]+/, "").slice(0, 100).replace(/-+$/, "");
	return label === "" ? void 0 : label;
}

export { labelOf as t };