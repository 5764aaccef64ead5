// What a commit ships: HEAD's content below the application's directory, and everything that speaks against shipping it, all at once.
import { createHash, hash } from "node:crypto";
import { createReadStream, existsSync, lstatSync, readFileSync, realpathSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { nameProblem, quoteName, targetProblem } from "../bundle/names.ts";
import { type PackSource, walk } from "../bundle/pack.ts";
import { Failure } from "../failure.ts";
import { readBlobs } from "./blobs.ts";
import { git, gitEnvironment, records, tryGit } from "./git.ts";
import { LARGEST_POINTER, parsePointer } from "./lfs.ts";
import { linkProblem } from "./links.ts";
import { type Commit, headCommit } from "./repository.ts";
import { secretProblem } from "./secrets.ts";
import { readStatus, type Status } from "./status.ts";
import { listTree, type TrackedFile } from "./tracked.ts";

export interface SourceOptions {
  /** The repository's root, absolute. */
  repository: string;
  /** The application's directory relative to it; `""` for the root. */
  directory: string;
  /** tarlift.yml, absolute: it decides what is made of the commit. */
  configFile?: string;
  /** Ignored paths that ship, relative to the application. */
  include: readonly string[];
  /** Tracked files that look like secrets and may ship, relative to the application. */
  secretFiles: readonly string[];
  /** Paths that other layers make, relative to the application: they are no surprise in a checkout. */
  madeElsewhere: readonly string[];
}

export interface Source {
  commit: Commit;
  /** Tracked files as HEAD has them, relative to the application; contents in `contents` or, for large ones, in the checkout. */
  tracked: TrackedFile[];
  /** What ships, tracked and included. */
  sources: PackSource[];
  /** Hash of names, modes and contents of what is included; undefined when nothing is. */
  includeHash: string | undefined;
  /** One sentence about what is in the checkout and does not ship. */
  notice: string | undefined;
}

/** Files up to this size are read from git; larger ones from the checkout, when its bytes prove to be the blob's. */
const IN_MEMORY = 1 << 20;

/** @throws Failure with every reason at once why this checkout cannot be shipped */
export async function readSource(options: SourceOptions): Promise<Source> {
  const { repository } = options;
  const directory = options.directory === "." ? "" : options.directory;
  const commit = await headCommit(repository);
  const [tree, status] = await Promise.all([
    listTree(repository, commit.id, directory),
    readStatus(repository, [directory === "" ? "." : directory, ...configPath(options)]),
  ]);
  const findings = new Findings();
  const submodules = new Set(tree.submodules.map(({ path }) => join(directory, path)));
  // A submodule at another commit is told once, with the remedy for submodules.
  for (const { path, how } of status.changed)
    if (!submodules.has(path) || !how.endsWith("at another commit"))
      findings.add("changed", `${quoteName(path)} ${how}`);
  const files = [...tree.files];
  for (const submodule of tree.submodules)
    files.push(...(await submoduleFiles(join(repository, directory), submodule, findings)));
  const shipped = await withoutExportIgnored(files);
  const sources = await contentOf(options, shipped, findings);
  const tracked = new Set(files.map(({ path }) => path));
  // What is tracked below an included directory ships as HEAD has it.
  const included = includeSources(options, findings).filter(
    ({ path, type }) => type === "directory" || !tracked.has(path),
  );
  const links = new Map(
    [...sources, ...included].flatMap((source) =>
      source.type === "link" ? [[source.path, source.target] as const] : [],
    ),
  );
  for (const [path, target] of links) {
    const problem = targetProblem(target) ?? linkProblem(path, links);
    if (problem) findings.add("link", `${quoteName(path)} -> ${quoteName(target)}: ${problem}`);
  }
  for (const { path } of [...sources, ...included]) {
    const problem = nameProblem(path);
    if (problem) findings.add("name", `${quoteName(path)}: ${problem}`);
  }
  findings.refuse(repository);
  return {
    commit,
    tracked: shipped,
    sources: [...sources, ...included],
    includeHash: hashIncluded(included),
    notice: noticeOf(status, directory, options),
  };
}

function configPath({ repository, configFile }: SourceOptions): string[] {
  if (!configFile) return [];
  const path = relative(repository, realpathSync(configFile));
  return path.startsWith("..") ? [] : [path];
}

type Kind = "changed" | "lfs" | "submodule" | "secret" | "link" | "name" | "include";

/** In the order in which they are told, with what to do about each. */
const REMEDIES: Record<Kind, [title: string, remedy: string]> = {
  changed: [
    "tracked files differ from HEAD",
    "Commit them, or put them back with `git restore`: an artifact is made of a commit. In a workflow, look for a step that writes to tracked files.",
  ],
  lfs: ["files of Git LFS were not fetched", "Check out with `lfs: true` (actions/checkout), or run `git lfs pull`."],
  submodule: [
    "submodules are not checked out as recorded",
    "Check out with `submodules: true` (actions/checkout), or run `git submodule update --init --recursive`.",
  ],
  secret: [
    "tracked files look like secrets",
    "Remove them from the repository (and change the secrets: they are in its history), or, where they are harmless, name them in tarlift.yml: `secret-files: [path]`. Secrets reach a release through `targets.<target>.secrets`.",
  ],
  link: [
    "links lead out of the application",
    "Make them relative and let them stay inside, or leave them out with `export-ignore` in .gitattributes. What differs between hosts belongs into `shared:`.",
  ],
  name: ["names cannot be shipped", "Rename them, or leave them out with `export-ignore` in .gitattributes."],
  include: [
    "paths of `include:` cannot be shipped",
    "Build them in an earlier step, or correct `include:` in tarlift.yml.",
  ],
};

class Findings {
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
      what: kinds.map((kind) => REMEDIES[kind][0]).join("; "),
      where: { repository },
      output: kinds.flatMap((kind) => listed(kind)).join("\n"),
      remedy: kinds.map((kind) => REMEDIES[kind][1]).join("\n"),
      outcome: "refused",
    });
  }
}

async function submoduleFiles(
  application: string,
  { path, commit }: { path: string; commit: string },
  findings: Findings,
): Promise<TrackedFile[]> {
  const directory = join(application, path);
  const top = existsSync(join(directory, ".git")) ? await tryGit(directory, ["rev-parse", "HEAD"]) : undefined;
  if (top?.trim() !== commit) {
    findings.add(
      "submodule",
      `${quoteName(path)} ${top ? `is at ${top.trim().slice(0, 12)} instead of ${commit.slice(0, 12)}` : "is empty"}`,
    );
    return [];
  }
  const { files, submodules } = await listTree(directory, commit, "");
  const inner = await Promise.all(submodules.map((submodule) => submoduleFiles(directory, submodule, findings)));
  return [...files, ...inner.flat()].map((file) => ({ ...file, path: `${path}/${file.path}` }));
}

/** Leaves out what .gitattributes marks, as `git archive` does: a directory's mark holds for all that is in it. */
async function withoutExportIgnored(files: TrackedFile[]): Promise<TrackedFile[]> {
  const byRepository = Map.groupBy(files, ({ repository }) => repository);
  const kept = await Promise.all(
    [...byRepository].map(async ([repository, own]) => {
      const marked = await exportIgnored(
        repository,
        own.map(({ tracked }) => tracked),
      );
      return own.filter(({ tracked }) => !marked(tracked));
    }),
  );
  const all = new Set(kept.flat());
  return files.filter((file) => all.has(file));
}

/** Whether a path of a repository, or a directory above it, is marked. Attributes of the commit count, not those of a machine. */
async function exportIgnored(repository: string, paths: readonly string[]): Promise<(path: string) => boolean> {
  const directories = new Set<string>();
  for (const path of paths)
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) directories.add(path.slice(0, at));
  const output = await git(
    repository,
    ["-c", "core.attributesFile=/dev/null", "check-attr", "--cached", "-z", "--stdin", "export-ignore"],
    "the attributes cannot be read",
    {
      env: { ...gitEnvironment(), GIT_ATTR_NOSYSTEM: "1" },
      input: [...paths, ...[...directories].map((directory) => `${directory}/`)].map((path) => `${path}\0`).join(""),
    },
  );
  const marked = new Set<string>();
  const answers = records(output);
  for (let n = 0; n + 2 < answers.length; n += 3) if (answers[n + 2] === "set") marked.add(answers[n]!);
  return (path) => {
    if (marked.has(path)) return true;
    for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1))
      if (marked.has(`${path.slice(0, at)}/`)) return true;
    return false;
  };
}

async function contentOf(options: SourceOptions, files: TrackedFile[], findings: Findings): Promise<PackSource[]> {
  const application = join(options.repository, options.directory);
  const contents = await readContents(application, files);
  const sources: PackSource[] = [];
  for (const file of files) {
    const content = contents.get(`${file.repository}\0${file.blob}`);
    const { path, executable } = file;
    if (file.type === "link") {
      sources.push({ type: "link", path, target: content!.toString("utf8") });
      continue;
    }
    const pointer = content && file.size <= LARGEST_POINTER ? parsePointer(content) : undefined;
    const fetched = pointer ? await lfsContent(join(application, path), pointer) : undefined;
    if (pointer && !fetched) findings.add("lfs", `${quoteName(path)} is a pointer`);
    const beginning = content ?? Buffer.alloc(0);
    const secret = options.secretFiles.includes(path) ? undefined : secretProblem(path, beginning);
    if (secret) findings.add("secret", `${quoteName(path)}: ${secret}`);
    if (fetched) sources.push({ type: "file", path, from: fetched, executable });
    else if (content) sources.push({ type: "file", path, content, executable });
    else sources.push({ type: "file", path, from: join(application, path), executable });
  }
  return sources;
}

/** Contents of blobs; a large file is left out when the checkout has exactly its bytes, so that it need not be held in memory. */
async function readContents(application: string, files: TrackedFile[]): Promise<Map<string, Buffer>> {
  const byRepository = new Map<string, string[]>();
  for (const file of files) {
    if (file.type === "file" && file.size > IN_MEMORY && (await isBlob(join(application, file.path), file))) continue;
    const blobs = byRepository.get(file.repository) ?? [];
    byRepository.set(file.repository, blobs);
    blobs.push(file.blob);
  }
  const contents = new Map<string, Buffer>();
  for (const [repository, blobs] of byRepository)
    for (const [blob, content] of await readBlobs(repository, blobs)) contents.set(`${repository}\0${blob}`, content);
  return contents;
}

/** Git's hash of a blob: sha1 (or sha256) of `blob <size>\0` and the content. */
async function isBlob(path: string, { blob, size }: TrackedFile): Promise<boolean> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size !== size) return false;
  const sum = createHash(blob.length === 64 ? "sha256" : "sha1").update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) sum.update(chunk as Buffer);
  return sum.digest("hex") === blob;
}

/** The file in the checkout when it is what the pointer promises. */
async function lfsContent(path: string, pointer: { sha256: string; size: number }): Promise<string | undefined> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (!stat?.isFile() || stat.size !== pointer.size) return undefined;
  const sum = createHash("sha256");
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) sum.update(chunk as Buffer);
  return sum.digest("hex") === pointer.sha256 ? path : undefined;
}

function includeSources({ repository, directory, include }: SourceOptions, findings: Findings): PackSource[] {
  const application = join(repository, directory);
  return include.flatMap((path): PackSource[] => {
    const from = join(application, path);
    if (path === "." || path.split("/").includes(".git")) {
      findings.add("include", `${quoteName(path)}: name the files and directories that are to ship`);
      return [];
    }
    const stat = lstatSync(from, { throwIfNoEntry: false });
    if (stat && realpathSync(dirname(from)) !== join(realpathSync(application), dirname(path))) {
      findings.add("include", `${quoteName(path)} stands behind a link`);
      return [];
    }
    if (!stat) findings.add("include", `${quoteName(path)} is not there`);
    if (stat?.isDirectory()) return walk(from, { prefix: path, skip: (name) => /(^|\/)\.git$/.test(name) });
    if (stat?.isFile()) return [{ type: "file", path, from }];
    if (stat) findings.add("include", `${quoteName(path)} is neither a file nor a directory`);
    return [];
  });
}

function hashIncluded(included: PackSource[]): string | undefined {
  if (included.length === 0) return undefined;
  const sum = createHash("sha256");
  for (const source of included) {
    if (source.type === "link") sum.update(`l ${source.path}\0${source.target}\0`);
    else if (source.type === "file" && "from" in source)
      sum.update(
        `f ${source.path}\0${(statSync(source.from).mode & 0o111) !== 0}\0${hash("sha256", readFileSync(source.from), "hex")}\0`,
      );
  }
  return sum.digest("hex");
}

const LOOKS_BUILT = /(^|\/)(dist|build|out|public|static|staticfiles|assets|target|\.next|\.nuxt|\.output)\/$/;

/** What stands in the checkout and does not ship, as one sentence: a surprise here is cheaper than one on a server. */
function noticeOf(status: Status, directory: string, { madeElsewhere, include }: SourceOptions): string | undefined {
  const prefix = directory === "" ? "" : `${directory}/`;
  const known = [...madeElsewhere, ...include];
  const isKnown = (path: string) =>
    known.some((one) => `${path.replace(/\/$/, "")}/`.startsWith(`${one}/`) || `${one}/`.startsWith(path));
  const own = (paths: string[]) =>
    paths
      .filter((path) => path.startsWith(prefix))
      .map((path) => path.slice(prefix.length))
      .filter((path) => !isKnown(path));
  const untracked = own(status.untracked);
  const built = own(status.ignored).filter((path) => LOOKS_BUILT.test(path));
  if (untracked.length + built.length === 0) return undefined;
  const list = (paths: string[]) =>
    `${paths.slice(0, 8).map(quoteName).join(", ")}${paths.length > 8 ? `, and ${paths.length - 8} more` : ""}`;
  const parts = [
    ...(untracked.length > 0 ? [`untracked ${list(untracked)}`] : []),
    ...(built.length > 0 ? [`ignored, and looking like something that was built, ${list(built)}`] : []),
  ];
  return `not shipped: ${parts.join("; ")}. If the application needs them: commit them, make them in an asset step, or name them in \`include:\`.`;
}
