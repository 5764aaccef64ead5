// What every verb needs before it starts: the configuration, the repository, the stores, a listener for progress.
import { createHash } from "node:crypto";
import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import type { Progress } from "../progress.ts";
import { findRepository } from "../source/repository.ts";
import type { Stores } from "../stores/store.ts";

export interface ContextOptions {
  /** The directory to work in. Default: the current directory. */
  directory?: string | undefined;
  /**
   * The configuration, relative to the directory. Default: tarlift.yml in the directory, or the nearest one above it.
   */
  config?: string | undefined;
  stores: Stores;
  /** The directory of the stores, absolute, if the user named one. */
  storeDirectory?: string | undefined;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

export interface Context {
  config: Config;
  configFile: string;
  /** The repository's root, absolute. */
  repository: string;
  /** This job's directory for entries, tools and scratch files. */
  work: string;
  /** The base of relative paths that a user gives: absolute. */
  directory: string;
  stores: Stores;
  progress: Progress;
  /** Aborted: no further step begins. */
  signal?: AbortSignal | undefined;
}

/** @throws Failure when there is no configuration or no repository */
export async function openContext(options: ContextOptions): Promise<Context> {
  const directory = resolve(options.directory ?? ".");
  if (!existsSync(directory))
    throw new Failure({
      code: "local-file",
      what: `there is no directory ${directory}`,
      remedy: "Look at the path. In a workflow, actions/checkout before this step brings the repository.",
      outcome: "refused",
    });
  const configFile = findConfiguration(directory, options.config);
  // Git runs meanwhile; errors in the configuration are reported first.
  const repository = findRepository(dirname(configFile));
  repository.catch(() => {});
  const config = loadConfig(configFile);
  return {
    config,
    configFile,
    repository: await repository,
    work: workDirectory(process.env, options.storeDirectory),
    directory,
    stores: options.stores,
    progress: options.progress,
    signal: options.signal,
  };
}

/** The path of the configuration, or the path where it is missing. @param directory absolute, and exists */
export function findConfiguration(directory: string, config?: string): string {
  return config ? resolve(directory, config) : findUp(realpathSync(directory), "tarlift.yml");
}

/**
 * An interpreter that the user names: a path is relative to the context's directory, as every path is; a name is looked
 * up on PATH.
 */
export function interpreterAt({ directory }: Pick<Context, "directory">, python?: string): string | undefined {
  return python?.includes("/") ? resolve(directory, python) : python;
}

/**
 * The directory for entries, tools and scratch files of this job. A store that the user named has a separate one: its
 * content came from that store or was built for it. It is not inside of the store, which may be another machine's,
 * read-only or shared with other users.
 *
 * @param store absolute
 */
export function workDirectory(env: NodeJS.ProcessEnv, store?: string): string {
  const suffix = store === undefined ? "" : `-${createHash("sha256").update(store).digest("hex").slice(0, 12)}`;
  if (env.RUNNER_TEMP) return join(env.RUNNER_TEMP, `tarlift${suffix}`);
  return join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tarlift", `work${suffix}`);
}

/** The file in this directory or the nearest one above; in this directory if there is none, for the message. */
function findUp(directory: string, name: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return join(at, name);
    if (at === dirname(at) || existsSync(join(at, ".git"))) return join(directory, name);
  }
}
