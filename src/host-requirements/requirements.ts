// Host requirements of an environment, from the files that ship: `ldd` on the host gives false alarms.
import { basename } from "node:path";
import { z } from "zod";
import type { Condition, Requirements } from "../artifact/format.ts";
import type { PackSource } from "../artifact/pack.ts";
import { platform } from "../cache-key/platform.ts";
import { readElf } from "./elf.ts";

export const nativeFileSchema = z.strictObject({
  path: z.string(),
  needed: z.array(z.string()),
  soname: z.string().optional(),
  versions: z.array(z.string()),
});
export type NativeFile = z.infer<typeof nativeFileSchema>;

/**
 * The native files of a tree that are for this machine: packages ship prebuilt files for others, which hosts do not
 * load.
 */
export function nativeFiles(sources: readonly PackSource[]): NativeFile[] {
  const { architecture } = platform();
  const found: NativeFile[] = [];
  for (const source of sources) {
    if (source.type !== "file" || /\.(pyc?|js|ts|json|md|txt|h|map|css|html)$/.test(source.path)) continue;
    const elf = readElf("from" in source ? source.from : source.content);
    if (elf?.architecture !== architecture || isMusl(elf.needed)) continue;
    const { needed, soname, versions } = elf;
    found.push({ path: source.path, needed, versions, ...(soname === undefined ? {} : { soname }) });
  }
  return found;
}

const isMusl = (needed: string[]) =>
  platform().libc === "glibc" && needed.some((name) => name.startsWith("libc.musl-"));

/**
 * The part of the requirements that follows from native files.
 *
 * @param there everything that ships with them: hosts do not need libraries that are among it
 */
export function nativeRequirements(
  files: readonly NativeFile[],
  there: readonly { readonly path: string }[],
): Requirements {
  const { architecture, libc } = platform();
  const provided = new Set<string>(there.map(({ path }) => basename(path)));
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
    ...neededBy(files, [...sonames, `GLIBC_${glibc}`, `GLIBCXX_${glibcxx}`]),
  };
}

/** For each library and version, the first file that needs it, in the order of paths. */
function neededBy(files: readonly NativeFile[], names: readonly string[]): Pick<Requirements, "neededBy"> {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const found = names.flatMap((name): [string, string][] => {
    const file = sorted.find(({ needed, versions }) => needed.includes(name) || versions.includes(name));
    return file ? [[name, file.path]] : [];
  });
  return found.length > 0 ? { neededBy: Object.fromEntries(found) } : {};
}

/** Libraries that every distribution has with its C library and compiler runtime: they never have to be installed. */
const EVERYWHERE =
  /^(ld-(linux|musl)[-\w]*|lib(c|m|dl|rt|pthread|util|resolv|anl|crypt|gcc_s|stdc\+\+|c\.musl-\w+))\.so(\.|$)/;

/** The libraries that may have to be installed on a host, each with a file that needs it, if one is known. */
export function notableLibraries({ sonames, neededBy: files = {} }: Requirements): { name: string; by?: string }[] {
  return sonames
    .filter((name) => !EVERYWHERE.test(name))
    .map((name) => ({ name, ...(files[name] === undefined ? {} : { by: files[name] }) }));
}

/** The highest version with a prefix: `2.34` of GLIBC_2.2.5 and GLIBC_2.34. */
export function highest(versions: readonly string[], prefix: string): string | undefined {
  return versions
    .filter((version) => version.startsWith(prefix) && /^\d+(\.\d+)*$/.test(version.slice(prefix.length)))
    .map((version) => version.slice(prefix.length))
    .sort(compareVersions)
    .at(-1);
}

/** Compares the whole numbers of dotted versions one by one: 2.9 comes before 2.34. Other text counts as 0. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
  for (let n = 0; n < Math.max(left!.length, right!.length); n++) {
    const difference = (left![n] ?? 0) - (right![n] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/**
 * The combined requirements of several environments. Their own conditions stay in their own records.
 *
 * @param conditions requirements of the application itself on the hosts' Python
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
    ...mergedFiles(all),
    ...(python ? { python: { ...python, conditions: [...conditions] } } : {}),
    ...(node ? { node } : {}),
  };
}

function mergedFiles(all: readonly Requirements[]): Pick<Requirements, "neededBy"> {
  const merged = Object.assign({}, ...all.map(({ neededBy: files = {} }) => files).reverse());
  return Object.keys(merged).length > 0 ? { neededBy: merged } : {};
}
