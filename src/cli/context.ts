// Options of all verbs, and their meaning for the code behind them.
import { resolve } from "node:path";
import type { Command } from "commander";
import { type Context, openContext } from "../pipeline/context.ts";
import { publicNames, secretValues } from "../pipeline/secret-values.ts";
import { tooShortToHide } from "../report/hidden.ts";
import { chooseStores } from "../stores/registry.ts";
import { hidden, type OutputOptions, progressFor } from "./output.ts";
import { secretsIn } from "./secrets-file.ts";

/** Options of all verbs. */
export interface GlobalOptions extends OutputOptions {
  directory?: string;
  config?: string;
  store?: string;
}

/** The heading of these options in the help. */
export const GLOBAL_OPTIONS = "Global options:";

/** Adds the options of all verbs. They belong to the program and to each verb: they may be before or after the verb. */
export function globalOptions(command: Command): Command {
  return command
    .optionsGroup(GLOBAL_OPTIONS)
    .option("-C, --directory <directory>", "work as if started there")
    .option("--config <file>", "the configuration (default: tarlift.yml in the directory, or above it)")
    .option("--store <directory>", "where layers and artifacts are kept outside of a runner")
    .option("-v, --verbose", "show the output of the commands that run")
    .option("-q, --quiet", "say nothing but errors and the result");
}

/**
 * @param signal from verbs that end in good order when they are interrupted; the others just end
 * @throws Failure if there is no configuration or no repository
 */
export async function context(
  options: GlobalOptions & { secretsFile?: string },
  signal?: AbortSignal,
): Promise<Context> {
  const store = options.store ? resolve(options.directory ?? ".", options.store) : undefined;
  const opened = await openContext({
    directory: options.directory,
    config: options.config,
    stores: chooseStores({ directory: store, env: process.env }),
    storeDirectory: store,
    progress: progressFor(options),
    signal,
  });
  hidden.keep(publicNames(opened.config));
  const secrets = secretValues(opened.config, process.env);
  hidden.hide(Object.values(secrets));
  const ofFile = options.secretsFile ? secretsIn(resolve(options.directory ?? ".", options.secretsFile)) : {};
  const short = tooShortToHide({ ...secrets, ...ofFile });
  if (short) opened.progress.warning(short);
  return opened;
}
