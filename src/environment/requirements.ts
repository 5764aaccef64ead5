// What an environment needs from a host, from the files that it ships: asking `ldd` on the host gives false alarms.
import { basename } from "node:path";
import type { Condition, Requirements } from "../bundle/format.ts";
import type { PackSource } from "../bundle/pack.ts";
import { readElf } from "./elf.ts";
import { platform } from "./platform.ts";

export interface NativeFile {
  path: string;
  needed: string[];
  soname: string | undefined;
  versions: string[];
}

/** The native files of a tree that are for this machine: packages ship prebuilt files for others, which no host of ours loads. */
export function nativeFiles(sources: readonly PackSource[]): NativeFile[] {
  const { architecture } = platform();
  const found: NativeFile[] = [];
  for (const source of sources) {
    if (source.type !== "file" || !("from" in source) || /\.(pyc?|js|ts|json|md|txt|h|map|css|html)$/.test(source.path))
      continue;
    const elf = readElf(source.from);
    if (elf?.architecture === architecture && !isMusl(elf.needed)) found.push({ path: source.path, ...elf });
  }
  return found;
}

const isMusl = (needed: string[]) =>
  platform().libc === "glibc" && needed.some((name) => name.startsWith("libc.musl-"));

/** The part of the requirements that native files decide. */
export function nativeRequirements(files: readonly NativeFile[], sources: readonly PackSource[]): Requirements {
  const { architecture, libc } = platform();
  const provided = new Set<string>(sources.map(({ path }) => basename(path)));
  for (const { soname } of files) if (soname) provided.add(soname);
  const sonames = [...new Set(files.flatMap(({ needed }) => needed))].filter((name) => !provided.has(name)).sort();
  const versions = files.flatMap((file) => file.versions);
  const glibc = highest(versions, "GLIBC_");
  const glibcxx = highest(versions, "GLIBCXX_");
  return {
    architecture,
    ...(files.length === 0 ? {} : { libc: { family: libc, ...(glibc ? { version: glibc } : {}) } }),
    ...(glibcxx ? { glibcxx } : {}),
    sonames,
  };
}

/** The highest of the versions with a prefix: `2.34` of GLIBC_2.2.5 and GLIBC_2.34. */
export function highest(versions: readonly string[], prefix: string): string | undefined {
  return versions
    .filter((version) => version.startsWith(prefix) && /^\d+(\.\d+)*$/.test(version.slice(prefix.length)))
    .map((version) => version.slice(prefix.length))
    .sort(compareVersions)
    .at(-1);
}

/** Dotted numbers in their order: 2.9 before 2.34. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a.split("."), b.split(".")];
  for (let n = 0; n < Math.max(left.length, right.length); n++) {
    const difference = Number(left[n] ?? 0) - Number(right[n] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * What several environments need together. Their own conditions stay in their own records.
 *
 * @param conditions what the application itself asks of the hosts' Python
 */
export function mergeRequirements(all: readonly Requirements[], conditions: readonly Condition[] = []): Requirements {
  const { architecture, libc: family } = platform();
  const glibc = highest(
    all.flatMap(({ libc }) => (libc?.version ? [`v${libc.version}`] : [])),
    "v",
  );
  const glibcxx = highest(
    all.flatMap(({ glibcxx }) => (glibcxx ? [`v${glibcxx}`] : [])),
    "v",
  );
  const python = all.find((one) => one.python)?.python;
  const node = all.find((one) => one.node)?.node;
  return {
    architecture,
    ...(all.some(({ libc }) => libc) ? { libc: { family, ...(glibc ? { version: glibc } : {}) } } : {}),
    ...(glibcxx ? { glibcxx } : {}),
    sonames: [...new Set(all.flatMap(({ sonames }) => sonames))].sort(),
    ...(python ? { python: { ...python, conditions: [...conditions] } } : {}),
    ...(node ? { node } : {}),
  };
}
