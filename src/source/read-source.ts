// What a commit ships: HEAD's content below the application's directory. All reasons against shipping it are collected.
import { realpathSync } from "node:fs";
import { join, relative } from "node:path";
import type { PackSource } from "../artifact/pack.ts";
import { isReserved, nameProblem, quoteName, targetProblem } from "../artifact/shippable-names.ts";
import type { Attributes } from "./attributes.ts";
import { readBeginning } from "./built-marks.ts";
import { type CommitFile, findContents } from "./contents.ts";
import { type ListedFile, listFiles } from "./files.ts";
import { Findings } from "./findings.ts";
import { hashIncluded, includeSources } from "./included.ts";
import { linkProblem } from "./links.ts";
import { noticeOf } from "./notice.ts";
import { type Commit, headCommit } from "./repository.ts";
import { LOOKED_AT, secretProblem } from "./secret-files.ts";
import { readStatus } from "./work-tree-status.ts";

export interface SourceOptions {
  /** The repository's root, absolute. */
  repository: string;
  /** The application's directory relative to it; `""` for the root. */
  directory: string;
  /** tarlift.yml, absolute: it decides what is built from the commit. */
  configFile?: string;
  /** Ignored paths that ship, relative to the application. */
  include: readonly string[];
  /** Tracked files that look like secrets and may ship, relative to the application. */
  secretFiles: readonly string[];
  /** Paths that other layers create, relative to the application: no notice is needed about them. */
  madeElsewhere: readonly string[];
  /**
   * Whether an asset step may read a file, or anything below a directory, by paths relative to the repository, even if
   * it does not ship. Default: none.
   */
  stepsRead?: { file(place: string): boolean; below(place: string): boolean } | undefined;
  /**
   * An existing directory of this run, absolute: for contents that neither git nor the checkout has in the form in
   * which they ship.
   */
  scratch: string;
}

export interface Source {
  commit: Commit;
  /** Tracked files that ship. */
  tracked: CommitFile[];
  /**
   * Tracked files that ship or that an asset step may read, including those with `export-ignore` and outside the
   * application.
   */
  readable: CommitFile[];
  /** Everything that ships, tracked and included. */
  sources: PackSource[];
  /** Only the included files. */
  included: PackSource[];
  /** Hash of names, modes and contents of the included files; undefined if there are none. */
  includeHash: string | undefined;
  /** One sentence about files of the checkout that do not ship. */
  notice: string | undefined;
}

/** @throws Failure with all reasons why this checkout cannot be shipped */
export async function readSource(options: SourceOptions): Promise<Source> {
  const { repository, stepsRead = { file: () => false, below: () => false } } = options;
  const directory = options.directory === "." ? "" : options.directory;
  const whole = options.stepsRead !== undefined && directory !== "";
  const commit = await headCommit(repository);
  const findings = new Findings();
  const isInside = (place: string) => directory === "" || `${place}/`.startsWith(`${directory}/`);
  const needed = (place: string, { "export-ignore": ignored }: Attributes) =>
    (isInside(place) && ignored !== "set") || directory.startsWith(`${place}/`) || stepsRead.below(place);
  const [listed, status] = await Promise.all([
    listFiles({ repository, commit: commit.id, directory, whole, needed, scratch: options.scratch }, findings),
    readStatus(repository, whole ? ["."] : [directory === "" ? "." : directory, ...configPath(options)]),
  ]);
  const isConfig = (place: string) => configPath(options).includes(place);
  const isRead = (path: string, how: string) =>
    stepsRead.file(path) || (how.startsWith("is a submodule") && stepsRead.below(path));
  // A submodule at another commit is reported once, with the remedy for submodules.
  for (const { path, how } of status.changed)
    if (!how.endsWith("at another commit") && (isInside(path) || isConfig(path) || isRead(path, how)))
      findings.add("changed", `${quoteName(path)} ${how}`);

  const ships = ({ place, attributes }: ListedFile) => isInside(place) && attributes["export-ignore"] !== "set";
  const readable = await findContents(
    listed.filter((file) => ships(file) || stepsRead.file(file.place)),
    { repository, scratch: options.scratch, ships },
    findings,
  );
  const tracked = readable.filter(ships);
  const own = tracked.map(packSource);
  for (const source of own) {
    if (source.type !== "file" || options.secretFiles.includes(source.path)) continue;
    const secret = secretProblem(source.path, await readBeginning(source, LOOKED_AT));
    if (secret) findings.add("secret", `${quoteName(source.path)}: ${secret}`);
  }
  // Tracked files below an included directory ship as in HEAD.
  const inGit = new Set(listed.map(({ path }) => path));
  const included = includeSources(join(repository, directory), options.include, findings).filter(
    ({ path, type }) => type === "directory" || !inGit.has(path),
  );
  const sources = [...own, ...included];
  const links = new Map(
    sources.flatMap((source) => (source.type === "link" ? [[source.path, source.target] as const] : [])),
  );
  for (const [path, target] of links) {
    const problem = targetProblem(target) ?? linkProblem(path, links);
    if (problem) findings.add("link", `${quoteName(path)} -> ${quoteName(target)}: ${problem}`);
  }
  for (const { path } of sources) {
    const problem = nameProblem(path);
    if (problem) findings.add("name", `${quoteName(path)}: ${problem}`);
    if (isReserved(path)) findings.add("reserved", quoteName(path));
  }
  findings.refuse(repository);
  return {
    commit,
    tracked,
    readable,
    sources,
    included,
    includeHash: await hashIncluded(included),
    notice: noticeOf(status, directory, options),
  };
}

/** A file of the commit as a source for packing. @param file whose content is available */
export function packSource(file: CommitFile): PackSource {
  const { path, type, executable, content, from } = file;
  if (type === "link") return { type: "link", path, target: (content ?? Buffer.alloc(0)).toString("utf8") };
  if (from !== undefined) return { type: "file", path, from, executable };
  return { type: "file", path, content: content ?? Buffer.alloc(0), executable };
}

function configPath({ repository, configFile }: SourceOptions): string[] {
  if (!configFile) return [];
  const path = relative(repository, realpathSync(configFile));
  return path.startsWith("..") ? [] : [path];
}
