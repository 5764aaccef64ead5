// What every verb needs before it starts: the configuration, the repository, the stores, a listener for progress.
import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { Command } from "commander";
import { loadConfig } from "../config/load.ts";
import type { Config } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import { plainProgress } from "../report/plain.ts";
import { type Progress, silent } from "../report/progress.ts";
import { findRepository } from "../source/repository.ts";
import { chooseStores } from "../store/choose.ts";
import type { ArtifactStore, LayerStore } from "../store/types.ts";

/** Options that every verb has. */
export interface GlobalOptions {
  directory?: string;
  config?: string;
  store?: string;
  verbose?: boolean;
  quiet?: boolean;
  json?: boolean;
}

export interface Context {
  config: Config;
  configFile: string;
  /** The repository's root, absolute. */
  repository: string;
  /** This job's directory for entries, tools and scratch files. */
  work: string;
  layers: LayerStore;
  artifacts: ArtifactStore;
  progress: Progress;
}

/** Adds the options that every verb has to the program. */
export function globalOptions(program: Command): Command {
  return program
    .option("-C, --directory <directory>", "work as if started there")
    .option("--config <file>", "the configuration (default: tarlift.yml in the directory, or above it)")
    .option("--store <directory>", "where layers and artifacts are kept outside of a runner")
    .option("-v, --verbose", "show the output of the commands that run")
    .option("-q, --quiet", "say nothing but errors and the result");
}

/** @throws Failure when there is no configuration or no repository */
export async function context(options: GlobalOptions): Promise<Context> {
  const directory = resolve(options.directory ?? ".");
  if (!existsSync(directory)) throw new Failure({ what: `there is no directory ${directory}`, outcome: "refused" });
  const configFile = options.config
    ? resolve(directory, options.config)
    : findUp(realpathSync(directory), "tarlift.yml");
  const config = loadConfig(configFile);
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tarlift");
  const work = process.env.RUNNER_TEMP ? join(process.env.RUNNER_TEMP, "tarlift") : join(cache, "work");
  const stores = chooseStores({
    directory: options.store ? resolve(directory, options.store) : undefined,
    env: process.env,
  });
  return {
    config,
    configFile,
    repository: await findRepository(dirname(configFile)),
    work,
    ...stores,
    progress: progressFor(options),
  };
}

/** Progress goes to standard error, so that standard output holds nothing but the result. */
export function progressFor(options: GlobalOptions): Progress {
  if (options.quiet) return silent;
  return plainProgress((line) => process.stderr.write(`${line}\n`), { verbose: options.verbose ?? false });
}

/** The file in this directory or the nearest one above; in this directory when there is none, for the message. */
function findUp(directory: string, name: string): string {
  for (let at = directory; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return join(at, name);
    if (at === dirname(at) || existsSync(join(at, ".git"))) return join(directory, name);
  }
}
