// Properties of this machine that affect the content of an environment.
import { readFileSync } from "node:fs";
import { machine } from "node:os";
import type { KeyPart } from "./key.ts";

export interface Platform {
  /** As printed by `uname -m`. */
  architecture: string;
  libc: "glibc" | "musl";
  /** `debian 12`: ID and VERSION_ID of os-release. */
  release: string;
}

export function platform(): Platform {
  const header = (process.report?.getReport() as { header?: { glibcVersionRuntime?: string } } | undefined)?.header;
  return { architecture: machine(), libc: header?.glibcVersionRuntime ? "glibc" : "musl", release: osRelease() };
}

/** https://www.freedesktop.org/software/systemd/man/latest/os-release.html */
function osRelease(): string {
  let text = "";
  try {
    text = readFileSync("/etc/os-release", "utf8");
  } catch {
    return "unknown";
  }
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, "m").exec(text)?.[1] ?? "";
  return `${field("ID")} ${field("VERSION_ID")}`.trim();
}

export function platformParts(): KeyPart[] {
  const { architecture, libc, release } = platform();
  return [
    { name: "architecture", value: architecture },
    { name: "libc", value: libc },
    { name: "operating system", value: release },
  ];
}
