// `build-env`: the application's environments, restored or built.
import { findEnvironment } from "../config/select.ts";
import { type BuildOptions, buildEnvironments, explainEnvironments } from "../environments/build.ts";
import type { BuiltEnvironment } from "../installers/installer.ts";
import { type Context, interpreterAt } from "./context.ts";

export interface EnvironmentOptions {
  /** Names of environments; none: all. */
  names: readonly string[];
  /** Builds even if the key is known. */
  rebuild?: boolean | undefined;
  /** An interpreter to build with; its minor version must be the hosts'. */
  python?: string | undefined;
}

/**
 * @param options.unpack also unpacks each to the path where it runs on this machine, ready to use
 * @throws Failure when no environment has a given name, or one cannot be built
 */
export async function makeEnvironments(
  context: Context,
  options: EnvironmentOptions & { unpack?: boolean | undefined },
): Promise<BuiltEnvironment[]> {
  const environments = await buildEnvironments(context.config, await buildOptions(context, options));
  if (options.unpack) for (const environment of environments) await environment.unpack();
  return environments;
}

/** The parts of each key; nothing is built. @throws Failure as {@link makeEnvironments} */
export async function explainKeys(
  context: Context,
  options: EnvironmentOptions,
): ReturnType<typeof explainEnvironments> {
  return explainEnvironments(context.config, await buildOptions(context, options));
}

async function buildOptions(
  context: Context,
  { names, rebuild, ...options }: EnvironmentOptions,
): Promise<BuildOptions> {
  const python = interpreterAt(context, options.python);
  const { config, repository, work, stores, progress, signal } = context;
  for (const name of names) findEnvironment(config, name);
  return {
    signal,
    repository,
    work,
    store: await stores.layers(),
    progress,
    ...(names.length > 0 ? { only: names } : {}),
    ...(rebuild ? { rebuild: true } : {}),
    ...(python ? { python } : {}),
  };
}
