// Hashes of local directories and files, for keys: what a build may read of them.
import { createHash } from "node:crypto";
import { lstatSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { walk } from "../bundle/pack.ts";

const LEFT_BEHIND =
  /(^|\/)(\.git|__pycache__|\.venv|node_modules|build|dist|\.tox|\.mypy_cache|\.pytest_cache|[^/]+\.egg-info)$/;

/** The files and links below a directory that no build leaves behind, relative to it, sorted: where git cannot tell what is tracked. */
export function usualFiles(directory: string): string[] {
  return walk(directory, { skip: (name) => LEFT_BEHIND.test(name) }).flatMap(({ type, path }) =>
    type === "directory" ? [] : [path],
  );
}

/**
 * sha256 of a file, or of the names, modes, links and contents of a directory's files; hex.
 *
 * @param files those that count, relative to the directory, sorted. Default: {@link usualFiles}
 */
export function contentHash(path: string, files?: readonly string[]): string {
  const sum = createHash("sha256");
  if (statSync(path).isFile()) return sum.update(readFileSync(path)).digest("hex");
  for (const name of files ?? usualFiles(path)) {
    const file = join(path, name);
    const status = lstatSync(file, { throwIfNoEntry: false });
    if (status?.isSymbolicLink()) sum.update(`l ${name}\0${readlinkSync(file)}\0`);
    if (!status?.isFile()) continue;
    const content = readFileSync(file);
    sum.update(`f ${name}\0${(status.mode & 0o111) !== 0}\0${content.length}\0`).update(content);
  }
  return sum.digest("hex");
}
