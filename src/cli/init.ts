// `tarlift init`: examines a repository and writes a tarlift.yml for it.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join, relative, resolve } from "node:path";
import type { Command } from "commander";
import manifest from "../../package.json" with { type: "json" };
import { parseConfig } from "../config/load.ts";
import { Failure } from "../failure.ts";
import { actionSource } from "../init/action-source.ts";
import { type Above, initialConfig, type Tree } from "../init/initial-config.ts";
import { loadDetectors } from "../installers/registry.ts";
import { tryRun } from "../subprocess/run.ts";
import { visibleLine } from "../text/visible.ts";
import { printJson, printLines, typed } from "./output.ts";

/** The path of the schema for editors, if npm installed Tarlift in the repository. */
const SCHEMA = "node_modules/tarlift/schema/tarlift.schema.json";

interface Options {
  source?: string;
  force?: boolean;
  /** Default: whether the repository is on GitHub. */
  workflows?: boolean;
  directory?: string;
  /** The file to write; default: tarlift.yml at the repository's root. */
  config?: string;
  json?: boolean;
}

export function register(program: Command): void {
  program
    .command("init")
    .description("look at this repository and write a commented tarlift.yml for it")
    .option("--source <directory>", "the application's directory, when it is not the repository itself")
    .option("--force", "overwrite the file when it is there")
    .option("--workflows", "also write workflows for GitHub Actions (default: when the repository is on GitHub)")
    .option("--no-workflows", "write no workflows")
    .option("--json", "as JSON")
    .action(async (_options: Options, command: Command) => init(command.optsWithGlobals()));
}

/** @throws Failure (refused) if the file already exists or cannot be written, and for paths outside the repository */
export async function init(options: Options): Promise<void> {
  const asked = resolve(options.directory ?? ".");
  if (!isDirectory(asked)) throw refused(`there is no directory ${asked}`, {});
  const directory = realpathSync(asked);
  const repository = await topLevel(directory);
  const inRepository = (path: string) => !relative(repository, path).startsWith("..");
  const application = resolve(directory, options.source ?? ".");
  const source = relative(repository, application);
  if (!inRepository(application) || !isDirectory(application))
    throw refused(`${options.source} is not a directory of this repository`, { repository });
  const file = options.config === undefined ? join(repository, "tarlift.yml") : resolve(directory, options.config);
  if (!inRepository(file)) throw refused(`${options.config} is not in this repository`, { repository });
  const config = relative(repository, file);
  const found = initialConfig(await readTree(application, repository), {
    // A repository may contain several applications: `shop-backend`, not `backend`.
    detectors: await loadDetectors(),
    directory: source ? `${basename(repository)}-${basename(application)}` : basename(repository),
    source: source || undefined,
    branch: await defaultBranch(repository),
    // An editor resolves it from the file's own directory.
    schema: existsSync(join(repository, SCHEMA)) ? relative(dirname(file), join(repository, SCHEMA)) : undefined,
    config: config === "tarlift.yml" ? undefined : config,
    action: actionSource(process.env, manifest.repository.url),
  });
  parseConfig(found.text);
  if (options.force !== true && existsSync(file)) throw isThere(file);
  const ignore = await notIgnored(
    repository,
    found.ignored.map((path) => join(source, path)),
  );
  const workflows = (options.workflows ?? (await onGithub(repository))) ? found.workflows : [];
  const written = workflows.filter(({ path }) => !existsSync(join(repository, path)));
  const files = [{ path: config, text: found.text }, ...written].map(({ path, text }) => ({
    path: join(repository, path),
    text,
    flag: path === config && options.force === true ? "w" : "wx",
  }));
  // All directories are created first: if one of the files cannot be written, none is.
  for (const { path } of files) writing(path, () => mkdirSync(dirname(path), { recursive: true }));
  for (const { path, text, flag } of files) writing(path, () => writeFileSync(path, text, { flag }));
  const questions = [found.text, ...written.map(({ text }) => text)].join("").match(/QUESTION:/g)?.length ?? 0;
  const result: Initialised = {
    file,
    kinds: found.kinds,
    workflows: workflows.map((one) => ({
      path: one.path,
      written: written.includes(one),
      current: textOf(join(repository, one.path)) === one.text,
    })),
    ignore: ignore.map((path) => `/${path}`),
    questions,
  };
  if (options.json) printJson(result);
  else printLines(initLines(result).map((line) => typed(visibleLine(line))));
}

/** The written files, and what is left to do. */
interface Initialised {
  file: string;
  kinds: string[];
  /** Below the repository; existing ones are left unchanged. */
  workflows: { path: string; written: boolean /** Whether it is the proposed text. */; current: boolean }[];
  /** Lines for .gitignore. */
  ignore: string[];
  /** Number of lines in the files that the user has to answer. */
  questions: number;
}

function initLines({ file, kinds, workflows, ignore, questions }: Initialised): string[] {
  return [
    `Written: ${relative(process.cwd(), file) || file} (${kinds.join(" with ") || "no kind of project that is known"})`,
    ...workflows.map(({ path, written, current }) =>
      written
        ? `Written: ${path}`
        : `Left as it is: ${path} (${current ? "it is what init writes" : "not what init writes now: to have that, remove it and run init again"})`,
    ),
    ...(ignore.length > 0 ? [`Add to .gitignore: ${ignore.join("  ")}`] : []),
    `Next: answer the ${questions} lines that say QUESTION, commit it, then: tarlift bundle`,
  ];
}

/** The root of the git repository that contains the directory; the directory itself without a repository. */
async function topLevel(directory: string): Promise<string> {
  const result = await tryRun(["git", "rev-parse", "--show-toplevel"], { cwd: directory }).catch(() => undefined);
  return result?.code === 0 ? result.stdout.trimEnd() : directory;
}

/**
 * Whether this repository can use workflows: it has some, or its remote is on GitHub (or on a GitHub Enterprise of that
 * name).
 */
async function onGithub(repository: string): Promise<boolean> {
  if (existsSync(join(repository, ".github"))) return true;
  const remotes = await tryRun(["git", "remote", "--verbose"], { cwd: repository }).catch(() => undefined);
  return /github/i.test(remotes?.stdout ?? "");
}

/** The remote's default branch, otherwise the checked-out branch. */
async function defaultBranch(repository: string): Promise<string | undefined> {
  for (const reference of ["refs/remotes/origin/HEAD", "HEAD"]) {
    const found = await tryRun(["git", "symbolic-ref", "--short", reference], { cwd: repository }).catch(
      () => undefined,
    );
    if (found?.code === 0) return found.stdout.trim().replace(/^origin\//, "");
  }
  return undefined;
}

const refused = (what: string, where: Record<string, string>, remedy?: string, cause?: unknown) =>
  new Failure({ code: "local-file", what, where, remedy, cause, outcome: "refused" });

const isThere = (file: string) =>
  refused(`${basename(file)} is there already`, { file }, "Edit it, or overwrite it with --force.");

/** @throws Failure (refused) that names the file which cannot be written */
function writing(file: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    throw refused(
      "a file cannot be written",
      { file, because: (cause as Error).message },
      "Make its directory one that you may write to. --no-workflows writes tarlift.yml alone.",
      cause,
    );
  }
}

async function readTree(application: string, repository: string): Promise<Tree> {
  const above: Above[] = [];
  for (let at = application; at !== repository && at !== dirname(at); ) {
    at = dirname(at);
    const paths = (await listFiles(at, [":(glob)*"])).filter((path) => !path.includes("/"));
    above.push({
      up: relative(application, at),
      own: relative(at, application),
      paths,
      read: (path) => textOf(join(at, path)),
    });
  }
  return { paths: await listFiles(application), read: (path) => textOf(join(application, path)), above };
}

/** Files that git tracks or would track; in a directory without git, all files except those of environments. */
async function listFiles(directory: string, pathspecs: string[] = []): Promise<string[]> {
  const listed = await tryRun(
    ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ...pathspecs],
    { cwd: directory, data: true },
  ).catch(() => undefined);
  const paths = listed?.code === 0 ? listed.stdout.split("\0").filter(Boolean) : walk(directory, "");
  // Git also lists tracked files that were removed, until the next commit.
  return paths.filter((path) => lstatSync(join(directory, path), { throwIfNoEntry: false }) !== undefined);
}

/** Undefined for a file that does not exist or cannot be read. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

const SKIPPED = new Set(["node_modules", ".git", ".venv", "venv", "__pycache__"]);
const DEPTH = 5;

function walk(directory: string, prefix: string): string[] {
  return readdirSync(join(directory, prefix), { withFileTypes: true }).flatMap((entry) => {
    const path = prefix === "" ? entry.name : `${prefix}/${entry.name}`;
    if (entry.isDirectory())
      return SKIPPED.has(entry.name) || path.split("/").length > DEPTH ? [] : walk(directory, path);
    return entry.isFile() ? [path] : [];
  });
}

/**
 * The paths that git does not ignore. They need not exist. They are checked as directories, because `dist/` does not
 * ignore a file.
 */
async function notIgnored(repository: string, paths: string[]): Promise<string[]> {
  if (paths.length === 0) return [];
  const asked = paths.flatMap((path) => [path, `${path}/`]);
  const result = await tryRun(["git", "check-ignore", "-z", "--stdin"], {
    cwd: repository,
    input: asked.join("\0"),
  }).catch(() => undefined);
  // 0: some are ignored, 1: none is; any other code: not a git repository.
  if (!result || result.code === null || result.code > 1) return paths;
  const ignored = new Set(result.stdout.split("\0").map((path) => path.replace(/\/$/, "")));
  return paths.filter((path) => !ignored.has(path));
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
