// The files of the repository that npm reads, and what they contribute to the key of an environment.
import { hash } from "node:crypto";
import { existsSync, lstatSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { contentHash } from "../../cache-key/content-hash.ts";
import { type KeyPart, withoutCredentials } from "../../cache-key/key.ts";
import { Failure } from "../../failure.ts";
import type { Reads } from "../../source/committed.ts";
import { globMatcher } from "../../source/glob.ts";
import type { BuildContext } from "../installer.ts";
import { localParts, localReads, trackedFiles } from "../local-packages.ts";
import type { NpmConfig } from "./index.ts";
import type { NpmLock } from "./lock-file.ts";
import type { NpmProject } from "./project.ts";

export interface InputFiles {
  /** All files of the repository that the install reads, relative to the application, sorted. */
  files: string[];
  /** The files of local packages that npm copies (`install-links`), and their part of the key. */
  local: { files: string[]; parts: KeyPart[]; reads: Reads };
}

/** @throws Failure (refused) for a file that is missing, and for one outside of the repository */
export async function inputFiles(config: NpmConfig, context: BuildContext, project: NpmProject): Promise<InputFiles> {
  const { source, repository } = context;
  const { directories, tarballs } = localPackages(project, context);
  const declared = await declaredFiles(config.inputs ?? [], source);
  const own = [...ownFiles(project, source), ...tarballs];
  refuseMissing(own, source, project.lockFile);
  const absolute = directories.map((path) => join(source, path));
  const local = await Promise.all(
    directories.map(async (path) => (await trackedFiles(join(source, path))).map((file) => join(path, file))),
  );
  return {
    files: [...new Set([...own, ...declared])].sort(),
    local: {
      files: local.flat(),
      parts: await localParts(absolute, { source, repository }),
      reads: await localReads(absolute, repository),
    },
  };
}

/** Manifests, the lock and settings, relative to the application. */
function ownFiles({ directory, lockFile, workspaces }: NpmProject, source: string): string[] {
  const always = ["package.json", lockFile, ...workspaces.map((workspace) => join(workspace, "package.json"))];
  const optional = [".npmrc"].filter((path) => existsSync(join(source, directory, path)));
  return [...always, ...optional].map((path) => join(directory, path));
}

function refuseMissing(files: readonly string[], source: string, lockFile: string): void {
  const path = files.find((file) => !existsSync(join(source, file)));
  if (path === undefined) return;
  throw new Failure({
    code: "file-missing",
    what: `there is no ${path}, which ${lockFile} refers to`,
    remedy: "Commit it, or run `npm install` to repair the lock.",
    outcome: "refused",
  });
}

/** The packages of the repository that npm copies, relative to the application. */
function localPackages(
  { directory, lockFile, lock }: NpmProject,
  { source, repository }: BuildContext,
): { directories: string[]; tarballs: string[] } {
  const copied = copiedPaths(lock).map((path) => join(directory, path));
  const outside = copied.find((path) => relative(repository, join(source, path)).startsWith(".."));
  if (outside !== undefined) {
    throw new Failure({
      code: "lock-invalid",
      what: `${lockFile} names ${outside}, which is outside of the repository`,
      remedy: "Put the package into the repository, or install it from a registry.",
      outcome: "refused",
    });
  }
  const isDirectory = (path: string) => statSync(join(source, path), { throwIfNoEntry: false })?.isDirectory() ?? false;
  return { directories: copied.filter(isDirectory), tarballs: copied.filter((path) => !isDirectory(path)) };
}

const copiedPaths = (lock: NpmLock): string[] =>
  Object.values(lock).flatMap(({ resolved, link }) =>
    !link && resolved?.startsWith("file:") ? [resolved.slice("file:".length)] : [],
  );

/** The files that `inputs:` names, relative to the application. */
async function declaredFiles(inputs: readonly string[], source: string): Promise<string[]> {
  const known = inputs.length === 0 ? [] : await trackedFiles(source);
  const isFile = (path: string) => lstatSync(join(source, path), { throwIfNoEntry: false })?.isFile() ?? false;
  return inputs.flatMap((pattern) => {
    const matches = globMatcher([pattern]);
    const found = known.filter((path) => matches(path) && isFile(path));
    if (found.length > 0) return found;
    // A file that an earlier step made has to be named exactly: a pattern would also match leftovers.
    if (isFile(pattern)) return [pattern];
    throw new Failure({
      code: "file-missing",
      what: `git tracks no file that is ${pattern}, which inputs: names`,
      remedy:
        "Commit the file, or correct the pattern in tarlift.yml, or remove it. A file that an earlier step makes is named by its path, without a wildcard.",
      outcome: "refused",
    });
  });
}

/** Tokens of an .npmrc are not part of a key; everything else in the files is. */
export function keyedContent(path: string): string {
  if (statSync(path).isDirectory() || !path.endsWith(".npmrc")) return contentHash(path);
  const lines = readFileSync(path, "utf8")
    .split(/\r?\n/)
    .filter(
      (line) => line.trim() !== "" && !/^\s*[#;]/.test(line) && !/(_auth|_authToken|_password|username)\b/i.test(line),
    );
  const text = lines.join("\n");
  return hash("sha256", withoutCredentials(text), "hex");
}
