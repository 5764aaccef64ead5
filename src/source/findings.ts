// Reasons why a checkout cannot be shipped.
import { Failure } from "../failure.ts";
import type { FailureCode } from "../failure-codes.ts";

export type Kind =
  | "changed"
  | "lfs"
  | "filter"
  | "history"
  | "submodule"
  | "secret"
  | "link"
  | "name"
  | "reserved"
  | "include";

/**
 * In the order in which they are reported, each with its remedy. The code of the first one is the code of the failure.
 */
const REMEDIES: Record<Kind, [code: FailureCode, title: string, remedy: string]> = {
  changed: [
    "work-tree-changed",
    "tracked files differ from HEAD",
    "Commit them, or put them back with `git restore`: an artifact is made of a commit. In a workflow, look for a step that writes to tracked files.",
  ],
  lfs: [
    "file-missing",
    "files of Git LFS were not fetched",
    "Check out with `lfs: true` (actions/checkout), or run `git lfs pull`.",
  ],
  filter: [
    "file-missing",
    "files stand behind a filter of git that is not set up in this clone",
    "What they hold for you is not what the commit holds: unlock the repository (git-crypt unlock, transcrypt) or install the filter; in a workflow in a step between actions/checkout and this one. Where the repository's own content is what is to ship: `git config filter.<name>.smudge cat`. Or leave them out with `export-ignore` in .gitattributes.",
  ],
  history: [
    "clone-shallow",
    "files say something of the commit that this shallow clone does not know",
    "Check out with `fetch-depth: 0` (actions/checkout), or run `git fetch --unshallow --tags`.",
  ],
  submodule: [
    "file-missing",
    "submodules are not checked out as recorded",
    "Check out with `submodules: true` (actions/checkout), or run `git submodule update --init --recursive`.",
  ],
  secret: [
    "secret-tracked",
    "tracked files look like secrets",
    "Remove them from the repository (and change the secrets: they are in its history), or leave them out with `export-ignore` in .gitattributes, or, where they are harmless, name them in tarlift.yml: `secret-files: [path]`. Secrets reach a release through `targets.<target>.secrets`.",
  ],
  link: [
    "file-not-shippable",
    "links lead out of the application",
    "Make them relative and let them stay inside, or leave them out with `export-ignore` in .gitattributes. What differs between hosts belongs into `shared:`.",
  ],
  name: [
    "file-not-shippable",
    "names cannot be shipped",
    "Rename them, or leave them out with `export-ignore` in .gitattributes.",
  ],
  reserved: [
    "file-not-shippable",
    "paths below .tarlift cannot be shipped",
    "Hosts keep there what runs a release: remove them from git (`git rm -r --cached .tarlift`), or leave them out with `export-ignore` in .gitattributes.",
  ],
  include: [
    "file-not-shippable",
    "paths of `include:` cannot be shipped",
    "Build them in an earlier step, or correct `include:` in tarlift.yml.",
  ],
};

/** Collects the reasons against shipping a commit, by kind, to report all of them at once. */
export class Findings {
  private readonly found = new Map<Kind, string[]>();

  add(kind: Kind, message: string): void {
    this.found.set(kind, [...(this.found.get(kind) ?? []), message]);
  }

  refuse(repository: string): void {
    const kinds = (Object.keys(REMEDIES) as Kind[]).filter((kind) => this.found.has(kind));
    if (kinds.length === 0) return;
    const listed = (kind: Kind) => {
      const all = this.found.get(kind)!;
      return [...all.slice(0, 20), ...(all.length > 20 ? [`… and ${all.length - 20} more`] : [])];
    };
    throw new Failure({
      code: REMEDIES[kinds[0]!][0],
      what: kinds.map((kind) => REMEDIES[kind][1]).join("; "),
      where: { repository },
      output: kinds.flatMap((kind) => listed(kind)).join("\n"),
      remedy: kinds.map((kind) => REMEDIES[kind][2]).join("\n"),
      outcome: "refused",
    });
  }
}
