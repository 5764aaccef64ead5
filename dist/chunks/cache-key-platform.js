import { readFileSync } from "node:fs";
import { machine } from "node:os";

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

export { platformParts as n, platform as t };