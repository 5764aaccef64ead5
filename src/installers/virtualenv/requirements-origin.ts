// Requirement files as the origin of an environment: their part of its key, the files that are read for them, and
// whether their requirements were installed. Shared by pip and uv.
import { hash } from "node:crypto";
import { statSync } from "node:fs";
import { relative } from "node:path";
import { contentHash } from "../../cache-key/content-hash.ts";
import { type KeyPart, withoutCredentials } from "../../cache-key/key.ts";
import { Failure } from "../../failure.ts";
import { parseRequirement, type Requirer } from "../../python/conditions.ts";
import type { Reads } from "../../source/committed.ts";
import type { BuildContext } from "../installer.ts";
import { localParts, localReads } from "../local-packages.ts";
import { installedFiles, type RequirementFile } from "./requirement-files.ts";

/**
 * Requirement files count by content without credentials, local paths and directories of wheels by their content.
 *
 * @param names the files that the environment names: the content of others only constrains
 */
export async function requirementParts(
  files: readonly RequirementFile[],
  names: readonly string[],
  context: Pick<BuildContext, "source" | "repository">,
): Promise<KeyPart[]> {
  return [
    { name: "requirements", value: JSON.stringify(names) },
    ...files.map(({ name, text }) => ({
      name: `file ${name}`,
      value: hash("sha256", withoutCredentials(text), "hex"),
    })),
    ...(await localParts(localsOf(files), context)),
    // Wheels that an earlier step built are in no commit, so the whole content of such a directory counts.
    ...offeredBy(files).map((path) => ({
      name: `local ${relative(context.source, path)}`,
      value: contentHash(path),
    })),
  ];
}

/**
 * The files that an installer reads for requirement files: the files themselves, and what they name.
 *
 * @param named further files for the installer, absolute
 */
export async function requirementReads(
  files: readonly RequirementFile[],
  { repository }: Pick<BuildContext, "repository">,
  named: readonly string[],
): Promise<Reads> {
  const local = await localReads(localsOf(files), repository);
  return { ...local, whole: [...files.map(({ path }) => path), ...offeredBy(files), ...named, ...local.whole] };
}

/** Directories and archives that requirement files name as packages. */
function localsOf(files: readonly RequirementFile[]): string[] {
  const paths = files.flatMap(({ lines }) => lines.flatMap((line) => (line.kind === "local" ? [line.path] : [])));
  return [...new Set(paths)];
}

/** Directories of the checkout that `--find-links` names. */
function offeredBy(files: readonly RequirementFile[]): string[] {
  const lines = files.flatMap((file) => file.lines);
  return [...new Set(lines.flatMap((line) => (line.kind === "option" && line.path !== undefined ? [line.path] : [])))];
}

/**
 * The requirements in requirement files, for the conditions of an environment.
 *
 * @param roots the files that the environment names, absolute
 */
export function fileRequirers(files: readonly RequirementFile[], roots: readonly string[]): Requirer[] {
  const installed = installedFiles(files, roots);
  return files.map(({ name, path, lines }) => ({
    name: undefined,
    title: name,
    ...(installed.has(path) ? { root: true as const } : { constraint: true as const }),
    requires: lines.flatMap((line) => {
      if (line.kind === "requirement") return [parseRequirement(line.text)];
      return line.kind === "local" ? [parseRequirement(`local:${line.extras}${line.rest}`)] : [];
    }),
    python: "",
  }));
}

export function unpinnedWarnings(files: readonly RequirementFile[]): string[] {
  // A file of ranges is often used with a file of exact constraints: there is no warning for names that some file pins.
  const nameOf = (text: string) => parseRequirement(text).name ?? text;
  const lines = files.flatMap(({ lines }) => lines.flatMap((line) => (line.kind === "requirement" ? [line] : [])));
  const pinned = new Set(lines.filter((line) => line.pinned).map(({ text }) => nameOf(text)));
  const loose = [
    ...new Set(
      lines
        .filter((line) => !line.pinned && !pinned.has(nameOf(line.text)))
        .map(({ text }) => withoutCredentials(text)),
    ),
  ];
  if (loose.length === 0) return [];
  return [
    `${loose.length === 1 ? "a requirement has" : `${loose.length} requirements have`} no exact version, so the same commit can get other code after the cache is lost: ${loose.slice(0, 10).join(", ")}${loose.length > 10 ? ", …" : ""}. Pin them with \`pip freeze\`, pip-compile or uv.`,
  ];
}

/** The directories that requirement files name as packages. */
export function localDirectories(files: readonly RequirementFile[]): string[] {
  return localsOf(files).filter((path) => statSync(path).isDirectory());
}

export const LACKS_COMPILER =
  "A package is compiled here and lacks a compiler, headers or libraries: install them on the builder before this step, or pin a version that has a wheel.";

/**
 * Refuses an environment that lacks a package which its requirements name without a marker: it was installed elsewhere.
 *
 * @param requirements one a line, with all included files and without constraints
 * @throws Failure naming the packages
 */
export function refuseMissing(requirements: string, resolved: readonly { name: string }[], installer: string): void {
  const unconditional = requirements.split("\n").filter((line) => !line.startsWith("-") && !line.includes(";"));
  const wanted = unconditional.flatMap(
    (line) => /^([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:$|[\s@[=<>!~])/.exec(line)?.[1] ?? [],
  );
  refuseLacking([...new Set(wanted)], resolved, installer);
}

/** @param wanted names of packages that must be installed */
export function refuseLacking(
  wanted: readonly string[],
  resolved: readonly { name: string }[],
  installer: string,
): void {
  const plain = (name: string) => name.toLowerCase().replace(/[-_.]+/g, "-");
  const there = new Set(resolved.map(({ name }) => plain(name)));
  const lacking = wanted.filter((name) => !there.has(plain(name)));
  if (lacking.length === 0) return;
  throw new Failure({
    code: "environment-incomplete",
    what: `${installer} ended well, and the environment lacks ${lacking.slice(0, 10).join(", ")}${lacking.length > 10 ? ", …" : ""}`,
    where: { packages: `${resolved.length} in the environment` },
    remedy: `Something leads ${installer} elsewhere: look at \`options:\` and \`pass-env:\` of this environment (PIP_TARGET, PIP_PREFIX, --dry-run).`,
  });
}

export function resolvedOf(json: string): { name: string; version: string }[] {
  const list = JSON.parse(json.slice(json.indexOf("["))) as { name: string; version: string }[];
  return list.map(({ name, version }) => ({ name, version })).sort((a, b) => (a.name < b.name ? -1 : 1));
}
