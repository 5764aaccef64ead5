import { hash, randomBytes } from "node:crypto";

// src/cache-key/key.ts
/** @returns 64 hex digits; the order of the parts does not matter */
function environmentKey(parts) {
	const sorted = parts.map(({ name, value }) => [name, value]).sort(([a], [b]) => a < b ? -1 : 1);
	return hash("sha256", JSON.stringify(sorted), "hex");
}
/** Generates an environment id. Every build gets a new one, so that a rebuild never overwrites. */
function drawId(key) {
	return `${key.slice(0, 12)}-${randomBytes(4).toString("hex")}`;
}
/**
* Removes credentials, so that they reach no key, log or layer: `https://user:word@host/` becomes `https://host/`. A
* password may contain an `@`.
*/
function withoutCredentials(text) {
	return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s]*@/gi, "$1");
}

export { environmentKey as n, withoutCredentials as r, drawId as t };