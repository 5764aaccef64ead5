// Lists what HEAD tracks below the application's directory, and what of it is refused. Content comes from the blobs of
// HEAD and not from the checkout: line-end conversion, umask and file systems differ between machines. (LFS objects are
// the exception: src/source/lfs.ts.)
import { Failure } from "../failure.ts";
import { git, records } from "./git.ts";

export interface TrackedFile {
  /** Relative to the application's directory. */
  path: string;
  /** Relative to its repository, as in git. */
  tracked: string;
  type: "file" | "link";
  executable: boolean;
  /** Git's hash of the content. */
  blob: string;
  /** Bytes of the blob. */
  size: number;
  /** The repository that contains the blob, absolute: for files of a submodule, the submodule. */
  repository: string;
}

export interface TrackedSubmodule {
  path: string;
  /** Relative to its repository, as in git. */
  tracked: string;
  commit: string;
}

/**
 * Lists the tree of a commit, recursively.
 *
 * @param directory below the repository's root; `""` for everything
 */
export async function listTree(
  repository: string,
  commit: string,
  directory: string,
): Promise<{ files: TrackedFile[]; submodules: TrackedSubmodule[] }> {
  const below = directory === "" ? [] : ["--", `${directory}/`];
  const output = await git(
    repository,
    ["ls-tree", "-r", "-z", "--long", "--full-tree", commit, ...below],
    "the commit's files cannot be listed",
  );
  const files: TrackedFile[] = [];
  const submodules: TrackedSubmodule[] = [];
  for (const record of records(output)) {
    const tab = record.indexOf("\t");
    const [mode = "", kind = "", blob = "", size = ""] = record.slice(0, tab).split(/ +/);
    const tracked = record.slice(tab + 1);
    const path = tracked.slice(directory === "" ? 0 : directory.length + 1);
    if (kind === "commit") submodules.push({ path, tracked, commit: blob });
    else
      files.push({
        path,
        tracked,
        type: mode === "120000" ? "link" : "file",
        executable: mode === "100755",
        blob,
        size: Number(size),
        repository,
      });
  }
  if (files.length === 0 && submodules.length === 0) {
    throw new Failure({
      code: "file-missing",
      what: directory === "" ? "the commit has no files" : `the commit has no files below ${directory}`,
      remedy: "Correct `source:` in tarlift.yml, and commit the application.",
      outcome: "refused",
    });
  }
  return { files, submodules };
}
