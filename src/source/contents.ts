// The bytes of a commit's files as they ship, each from the cheapest source: git, the checkout if its bytes are the
// same, or a scratch file.

import { hash } from "node:crypto";
import { lstatSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { quoteName } from "../artifact/shippable-names.ts";
import { readBlobs, writeBlob } from "./blobs.ts";
import { isShallow } from "./commit-view.ts";
import { filterOf, filterState, isConverted, writeConverted } from "./conversion.ts";
import type { CommitRepository, ListedFile } from "./files.ts";
import type { Findings } from "./findings.ts";
import { git } from "./git.ts";
import { hashFile } from "./hash-file.ts";
import { LARGEST_POINTER, parsePointer } from "./lfs.ts";
import { readsTags, substitute } from "./substitution.ts";

/** A file of the commit with its content: in `content`, otherwise in the file `from`, otherwise only in the blob. */
export interface CommitFile extends ListedFile {
  /** Its content in cache keys: git's hash of the blob, or `sha256:<hex>` of what ships instead. */
  identity: string;
  content?: Buffer;
  /** Absolute. */
  from?: string;
}

/** Files up to this size are kept in memory. Larger ones are read from the checkout, if its bytes match the blob. */
const IN_MEMORY = 1 << 20;
/** A file whose placeholders are replaced is read as a whole. */
const LARGEST_SUBSTITUTED = 64 << 20;

/**
 * Finds the contents of files.
 *
 * @param options.repository the outermost repository's root, absolute: each file is at its `place` in the checkout
 * @param options.scratch a directory for contents that exist nowhere else, absolute
 * @param options.ships whether a file's content is needed in memory; other files are only checked to be readable later
 */
export async function findContents(
  files: readonly ListedFile[],
  options: { repository: string; scratch: string; ships: (file: ListedFile) => boolean },
  findings: Findings,
): Promise<CommitFile[]> {
  const { repository, scratch, ships } = options;
  const converted = await convert(files, scratch, findings);
  const inCheckout = ({ place }: ListedFile) => join(repository, place);
  const found = new Map<ListedFile, Pick<CommitFile, "content" | "from">>();
  const small: ListedFile[] = [];
  for (const file of files) {
    const from = converted.get(file);
    if (from !== undefined) found.set(file, held(from));
    else if (file.type === "file" && file.size > IN_MEMORY)
      found.set(file, {
        from: (await isBlob(inCheckout(file), file)) ? inCheckout(file) : await toScratch(file, scratch),
      });
    else if (ships(file) || file.size <= LARGEST_POINTER || file.attributes["export-subst"] === "set") small.push(file);
  }
  const contents = await readAll(small);
  const result: CommitFile[] = [];
  for (const file of files) {
    const content = contents.get(keyOf(file));
    let bytes: Pick<CommitFile, "content" | "from"> = found.get(file) ?? (content ? { content } : {});
    let identity = converted.has(file) ? `sha256:${await hashFile(converted.get(file)!, "sha256")}` : file.blob;
    const pointer = !converted.has(file) && content && file.type === "file" ? parsePointer(content) : undefined;
    if (pointer) {
      if (await isFetched(inCheckout(file), pointer)) bytes = { from: inCheckout(file) };
      else findings.add("lfs", `${quoteName(file.path)} is a pointer`);
    } else if (file.attributes["export-subst"] === "set" && file.type === "file") {
      const filled = await fillIn(file, bytes, findings);
      if (filled) {
        bytes = { content: filled };
        identity = `sha256:${hash("sha256", filled, "hex")}`;
      }
    }
    // A file that does not ship is read from its blob again if a step needs it.
    if (!ships(file) && bytes.content && identity === file.blob) bytes = {};
    result.push({ ...file, identity, ...bytes });
  }
  return result;
}

const keyOf = ({ repository, blob }: ListedFile) => `${repository.directory}\0${blob}`;

const held = (from: string) => (statSync(from).size > IN_MEMORY ? { from } : { content: readFileSync(from) });

/** Writes files whose attributes or filters change them on checkout as scratch files. */
async function convert(
  files: readonly ListedFile[],
  scratch: string,
  findings: Findings,
): Promise<Map<ListedFile, string>> {
  const written = new Map<ListedFile, string>();
  const wanted = files.filter(
    ({ type, attributes }) =>
      type === "file" &&
      // For Git LFS, git would convert the pointer.
      attributes.filter !== "lfs" &&
      (filterOf(attributes) !== undefined || isConverted(attributes)),
  );
  let number = 0;
  for (const [directory, own] of Map.groupBy(wanted, ({ repository }) => repository.directory)) {
    const names = [...new Set(own.flatMap(({ attributes }) => filterOf(attributes) ?? []))];
    const states = new Map(
      await Promise.all(names.map(async (name) => [name, await filterState(directory, name)] as const)),
    );
    for (const { path, attributes } of own) {
      const filter = filterOf(attributes);
      if (filter !== undefined && states.get(filter) === "unknown")
        findings.add("filter", `${quoteName(path)}: filter ${quoteName(filter)}`);
    }
    const known = own.filter(({ attributes }) => {
      const state = states.get(filterOf(attributes) ?? "");
      return state === "smudges" || (state !== "unknown" && isConverted(attributes));
    });
    if (known.length === 0) continue;
    const into = join(scratch, `converted-${number++}`);
    await writeConverted(directory, {
      commit: own[0]!.repository.commit,
      paths: known.map(({ tracked }) => tracked),
      filters: names.filter((name) => states.get(name) === "smudges"),
      directory: into,
    });
    for (const file of known) written.set(file, join(into, file.tracked));
  }
  return written;
}

async function fillIn(
  { path, repository }: ListedFile,
  { content, from }: Pick<CommitFile, "content" | "from">,
  findings: Findings,
): Promise<Buffer | undefined> {
  if (from !== undefined && statSync(from).size > LARGEST_SUBSTITUTED) {
    findings.add("name", `${quoteName(path)}: too large for \`export-subst\``);
    return undefined;
  }
  const before = content ?? (from === undefined ? undefined : readFileSync(from));
  if (!before) return undefined;
  if (readsTags(before.toString("latin1")) && !(await knowsTags(repository)))
    findings.add("history", `${quoteName(path)}: its $Format:…$ names tags`);
  const after = await substitute(before, repository.view);
  return after === before ? undefined : after;
}

/** Whether git knows the same tags as in a complete clone: the history is complete, or the commit itself has a tag. */
export async function knowsTags({ directory, commit, view }: CommitRepository): Promise<boolean> {
  if (!(await isShallow(directory))) return true;
  return (await git(view, ["tag", "--points-at", commit], "the commit's tags cannot be read")).trim() !== "";
}

async function readAll(files: readonly ListedFile[]): Promise<Map<string, Buffer>> {
  const contents = new Map<string, Buffer>();
  for (const [directory, own] of Map.groupBy(files, ({ repository }) => repository.directory))
    for (const [blob, content] of await readBlobs(
      directory,
      own.map((file) => file.blob),
    ))
      contents.set(`${directory}\0${blob}`, content);
  return contents;
}

async function toScratch({ repository, blob }: ListedFile, scratch: string): Promise<string> {
  const file = join(scratch, `blob-${blob}`);
  if (!lstatSync(file, { throwIfNoEntry: false })) await writeBlob(repository.directory, blob, file);
  return file;
}

/** Git's hash of a blob: sha1 (or sha256) of `blob <size>\0` and the content. */
async function isBlob(path: string, { blob, size }: ListedFile): Promise<boolean> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size !== size) return false;
  return (await hashFile(path, blob.length === 64 ? "sha256" : "sha1", `blob ${size}\0`)) === blob;
}

/** Whether the file in the checkout matches the pointer. */
async function isFetched(path: string, pointer: { sha256: string; size: number }): Promise<boolean> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return !!stat?.isFile() && stat.size === pointer.size && (await hashFile(path, "sha256")) === pointer.sha256;
}
