import { readFileSync } from "node:fs";
import { hash, randomBytes } from "node:crypto";
import { machine } from "node:os";

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

// src/cache-key/platform.ts
function platform() {
	const header = (process.report?.getReport())?.header;
	return {
		architecture: machine(),
		libc: header?.glibcVersionRuntime ? "glibc" : "musl",
		release: osRelease()
	};
}
/** https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
function osRelease() {
	let text = "";
	try {
		text = readFileSync("/etc/os-release", "utf8");
	} catch {
		return "unknown";
	}
	const field = (name) => new RegExp(`^${name}="?([^"\\n]*)"?$`, "m").exec(text)?.[1] ?? "";
	return `${field("ID")} ${field("VERSION_ID")}`.trim();
}
function platformParts() {
	const { architecture, libc, release } = platform();
	return [
		{
			name: "architecture",
			value: architecture
		},
		{
			name: "libc",
			value: libc
		},
		{
			name: "operating system",
			value: release
		}
	];
}

export { withoutCredentials as a, environmentKey as i, platformParts as n, drawId as r, platform as t };