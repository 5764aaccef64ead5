// Writes files of a commit to a directory, and checks whether they are unchanged there.
import {
  chmodSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  type Stats,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { PackSource } from "../artifact/pack.ts";
import { readBlobs } from "./blobs.ts";
import type { CommitFile } from "./contents.ts";
import { git } from "./git.ts";

/** Maximum bytes of blobs in memory. */
const BATCH = 64 << 20;

/** The written files, each with its state at that time. */
export type WrittenFiles = Map<CommitFile, Stats>;

/**
 * Writes files of a commit to their `place` below a directory, with the modes and contents with which they ship.
 *
 * @param root absolute; replaces the repository's root
 */
export async function writeFiles(files: readonly CommitFile[], root: string): Promise<WrittenFiles> {
  const made = new Set<string>();
  const put = (file: CommitFile, content: Buffer | undefined) => {
    const path = join(root, file.place);
    makeParent(path, made);
    if (file.type === "link") symlinkSync(content ?? "", path);
    else if (content) writeFileSync(path, content);
    else if (file.from !== undefined) copyFileSync(file.from, path);
    if (file.type === "file") chmodSync(path, file.executable ? 0o755 : 0o644);
  };
  const inGit: CommitFile[] = [];
  for (const file of files) {
    if (file.content !== undefined || file.from !== undefined) put(file, file.content);
    else inGit.push(file);
  }
  for (const [directory, own] of Map.groupBy(inGit, ({ repository }) => repository.directory))
    for (const batch of batches(own)) {
      const contents = await readBlobs(
        directory,
        batch.map(({ blob }) => blob),
      );
      for (const file of batch) put(file, contents.get(file.blob));
    }
  return new Map(files.map((file) => [file, lstatSync(join(root, file.place))]));
}

function* batches(files: readonly CommitFile[]): Generator<CommitFile[]> {
  let batch: CommitFile[] = [];
  let size = 0;
  for (const file of files) {
    if (size + file.size > BATCH && batch.length > 0) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(file);
    size += file.size;
  }
  if (batch.length > 0) yield batch;
}

/** Copies files that are not part of the commit (those of `include:`) to the application's directory. */
export function writeSources(sources: readonly PackSource[], application: string): void {
  const made = new Set<string>();
  for (const source of sources) {
    const path = join(application, source.path);
    if (source.type === "directory") {
      mkdirSync(path, { recursive: true });
      continue;
    }
    makeParent(path, made);
    if (source.type === "link") symlinkSync(source.target, path);
    else if ("content" in source) writeFileSync(path, source.content);
    else copyFileSync(source.from, path);
    if (source.type === "file" && source.executable !== undefined) chmodSync(path, source.executable ? 0o755 : 0o644);
  }
}

function makeParent(path: string, made: Set<string>): void {
  const parent = dirname(path);
  if (made.has(parent)) return;
  mkdirSync(parent, { recursive: true });
  made.add(parent);
}

/** Files that have changed since they were written: paths relative to the application, with the kind of difference. */
export async function changedFiles(written: WrittenFiles, root: string): Promise<{ path: string; how: string }[]> {
  const changed: { path: string; how: string }[] = [];
  for (const [file, before] of written) {
    const path = join(root, file.place);
    const now = lstatSync(path, { throwIfNoEntry: false });
    const add = (how: string) => changed.push({ path: file.path, how });
    if (!now) add("is deleted");
    else if ((now.mode & 0o170111) !== (before.mode & 0o170111)) add("has another mode");
    else if (now.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs) continue;
    else if (
      !(await contentOf(file)).equals(now.isSymbolicLink() ? Buffer.from(readlinkSync(path)) : readFileSync(path))
    )
      add("is changed");
  }
  return changed;
}

async function contentOf({ content, from, blob, repository }: CommitFile): Promise<Buffer> {
  if (content) return content;
  if (from !== undefined) return readFileSync(from);
  return (await readBlobs(repository.directory, [blob])).get(blob)!;
}

type IndexedFile = Pick<CommitFile, "place" | "identity" | "blob" | "from">;

/**
 * Makes git report no changes in a directory with a view of the commit (src/source/commit-view.ts): missing files were
 * left out on purpose, and files whose shipped form differs from the commit are intended.
 *
 * @param written all files of the outermost repository that are in the directory
 */
export async function updateIndex(root: string, written: readonly IndexedFile[]): Promise<void> {
  const what = "the copy of the commit could not be prepared";
  const there = new Map(written.map((file) => [file.place, file]));
  const listed = (await git(root, ["ls-files", "-z"], what)).split("\0").slice(0, -1);
  const mark = (option: string, paths: string[]) =>
    paths.length === 0
      ? undefined
      : git(root, ["update-index", option, "-z", "--stdin"], what, {
          input: paths.map((path) => `${path}\0`).join(""),
        });
  await mark(
    "--skip-worktree",
    listed.filter((path) => !there.has(path)),
  );
  await git(root, ["update-index", "-q", "--refresh"], what).catch(() => {});
  await mark(
    "--assume-unchanged",
    listed.filter((path) => there.get(path) && isOther(there.get(path)!)),
  );
}

const isOther = ({ identity, blob, from }: IndexedFile) => identity !== blob || from !== undefined;
