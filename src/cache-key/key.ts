// The environment key: the hash of everything that decides what an environment contains. Pure.
import { hash, randomBytes } from "node:crypto";

/** One named part of an environment key, as `--explain` prints it. Values are texts or hashes; never a secret. */
export interface KeyPart {
  name: string;
  value: string;
}

/** @returns 64 hex digits; the order of the parts does not matter */
export function environmentKey(parts: readonly KeyPart[]): string {
  const sorted = parts.map(({ name, value }) => [name, value] as const).sort(([a], [b]) => (a < b ? -1 : 1));
  return hash("sha256", JSON.stringify(sorted), "hex");
}

/** Generates an environment id. Every build gets a new one, so that a rebuild never overwrites. */
export function drawId(key: string): string {
  return `${key.slice(0, 12)}-${randomBytes(4).toString("hex")}`;
}

/**
 * Removes credentials, so that they reach no key, log or layer: `https://user:word@host/` becomes `https://host/`. A
 * password may contain an `@`.
 */
export function withoutCredentials(text: string): string {
  return text.replace(/(\b[a-z][a-z0-9+.-]*:\/\/)[^/\s]*@/gi, "$1");
}
