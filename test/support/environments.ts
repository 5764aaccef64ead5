// A place to build environments in: a directory store, a work directory and an environments-root of the test's own.
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseConfig } from "../../src/config/load.ts";
import type { Config } from "../../src/config/schema.ts";
import { type BuildOptions, buildEnvironments } from "../../src/environments/build.ts";
import { type Progress, silent } from "../../src/progress.ts";
import { directoryLayerStore } from "../../src/stores/directory/directory.ts";
import { sh } from "./needs.ts";
import { temporary } from "./temporary.ts";

/** Writes files below a directory: text by path. */
export function write(directory: string, files: Record<string, string>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  }
}

/** What was said while environments were built. */
export function recording(): Progress & { said: string[] } {
  const said: string[] = [];
  return { ...silent, said, notice: (message) => said.push(message), warning: (message) => said.push(message) };
}

export interface Workshop {
  repository: string;
  store: string;
  root: string;
  config: Config;
  options: BuildOptions;
  build(more?: Partial<BuildOptions>): ReturnType<typeof buildEnvironments>;
  /** The same repository and store for another job: a work directory of its own. */
  anotherJob(): BuildOptions;
}

/** @param configuration tarlift.yml without `app` and `environments-root` */
export function workshop(
  configuration: string,
  files: Record<string, string>,
  {
    tools,
    ...options
  }: Partial<BuildOptions> & { /** Installers that several workshops share. */ tools?: string } = {},
): Workshop {
  const directory = temporary("environments");
  const root = join(directory, "srv/envs");
  const repository = join(directory, "checkout");
  write(repository, files);
  const config = parseConfig(`app: t-environments\nenvironments-root: ${root}\n${configuration}`);
  const store = join(directory, "store");
  let jobs = 0;
  const job = (): BuildOptions => {
    const work = join(directory, `work-${jobs++}`);
    if (tools) {
      mkdirSync(work);
      symlinkSync(tools, join(work, "tools"));
    }
    return { repository, work, store: directoryLayerStore(store), progress: silent, ...options };
  };
  const first = job();
  return {
    repository,
    store,
    root,
    config,
    options: first,
    build: (more) => buildEnvironments(config, { ...first, ...more }),
    anotherJob: job,
  };
}

/** The system's own Python of one minor version, which a builder and a Debian host have in common. */
export const PYTHON = "/usr/bin/python3.11";

/** A tiny distribution: `setup.py` and one module; builds without the network where setuptools is installed. */
export function sdist(name: string, version: string): Record<string, string> {
  return {
    "pyproject.toml": `[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "${name}"\nversion = "${version}"\n`,
    [`${name}.py`]: `VERSION = "${version}"\n`,
  };
}

/** Makes a git repository of a directory, with fixed author and date. */
export function commit(directory: string, message = "first"): string {
  const env = {
    ...process.env,
    GIT_AUTHOR_NAME: "A",
    GIT_AUTHOR_EMAIL: "a@example.org",
    GIT_COMMITTER_NAME: "A",
    GIT_COMMITTER_EMAIL: "a@example.org",
    GIT_AUTHOR_DATE: "2026-01-02T03:04:05Z",
    GIT_COMMITTER_DATE: "2026-01-02T03:04:05Z",
  };
  sh(
    "sh",
    ["-c", 'git init -q -b main 2>/dev/null; git add -A && git commit -q --allow-empty -m "$1"', "sh", message],
    { cwd: directory, env },
  );
  return sh("git", ["rev-parse", "HEAD"], { cwd: directory }).trim();
}
