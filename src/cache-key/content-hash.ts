// Hashes local directories and files that a build may read, for keys.
import { createHash, type Hash } from "node:crypto";
import {
  accessSync,
  closeSync,
  constants,
  lstatSync,
  openSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { walk } from "../artifact/pack.ts";

const LEFT_BEHIND =
  /(^|\/)(\.git|__pycache__|\.venv|node_modules|build|dist|\.tox|\.mypy_cache|\.pytest_cache|[^/]+\.egg-info)$/;

/**
 * The files and links below a directory, relative to it, sorted, without those that builds leave behind: used where git
 * cannot list tracked files.
 */
export function usualFiles(directory: string): string[] {
  return walk(directory, { skip: (name) => LEFT_BEHIND.test(name) }).flatMap(({ type, path }) =>
    type === "directory" ? [] : [path],
  );
}

/**
 * sha256 of a file, or of the names, modes, links and contents of a directory's files; hex. A link to a file counts
 * with the content of that file.
 *
 * @param files to hash, relative to the directory, sorted. Default: {@link usualFiles}
 */
export function contentHash(path: string, files?: readonly string[]): string {
  const sum = createHash("sha256");
  if (statSync(path).isFile()) {
    addContent(sum, path);
    return sum.digest("hex");
  }
  for (const name of files ?? usualFiles(path)) {
    const file = join(path, name);
    const status = lstatSync(file, { throwIfNoEntry: false });
    if (status?.isSymbolicLink()) sum.update(`l ${name}\0${readlinkSync(file)}\0`);
    // A build and an installer read the target of a link. For a link without a readable target, its own text counts.
    const content = status?.isSymbolicLink() ? readableAt(file) : status;
    if (!content?.isFile()) continue;
    sum.update(`f ${name}\0${(content.mode & 0o111) !== 0}\0${content.size}\0`);
    addContent(sum, file);
  }
  return sum.digest("hex");
}

function readableAt(link: string): Stats | undefined {
  try {
    accessSync(link, constants.R_OK);
    return statSync(link);
  } catch {
    return undefined;
  }
}

/** Reads in pieces: a file of more than 2 GiB cannot be read at once. */
function addContent(sum: Hash, path: string): void {
  const chunk = Buffer.alloc(1 << 20);
  const file = openSync(path, "r");
  try {
    for (let read = readSync(file, chunk); read > 0; read = readSync(file, chunk)) sum.update(chunk.subarray(0, read));
  } finally {
    closeSync(file);
  }
}
