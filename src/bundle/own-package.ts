// The application itself as a package, which an environment's installer builds into the release.
import type { Config } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import type { ApplicationHooks, ApplicationLayer, BuiltEnvironment, Installer } from "../installers/installer.ts";
import { installerOf } from "../installers/registry.ts";
import type { Source } from "../source/read-source.ts";
import type { BundleRun } from "./bundle-run.ts";
import type { AcceptedCommit } from "./commit.ts";

/**
 * The installer that builds the application's own package, with its environment; undefined if no such environment
 * ships.
 */
function packageBuilder({ environments }: Config) {
  for (const environment of Object.values(environments)) {
    const { ownPackage }: Installer = installerOf(environment.installer);
    if (environment.use === "runtime" && ownPackage) return { environment, ownPackage };
  }
  return undefined;
}

/**
 * The directory of the project that is built into the release, relative to the application's; undefined if there is
 * none.
 */
export async function packageDirectory(config: Config, { sources }: Source): Promise<string | undefined> {
  const { environment, ownPackage } = packageBuilder(config) ?? {};
  if (!environment) return undefined;
  const read = (path: string) => {
    const file = sources.find((source) => source.path === path);
    return file?.type === "file" && "content" in file ? Buffer.from(file.content).toString("utf8") : undefined;
  };
  return ownPackage?.directory(environment, read, config.package);
}

/** Refuses values in `step-env` for variables by which processes find the application's package. */
export function refuseOwnVariables(config: Config): void {
  const variable = packageBuilder(config)?.ownPackage.variables.find((name) => Object.hasOwn(config["step-env"], name));
  if (variable === undefined) return;
  throw new Failure({
    code: "config-invalid",
    what: `${variable} of \`step-env:\` would be without effect: the application is a package, and is found by it`,
    remedy: `Set it within the command that needs it (\`${variable}=lib:$${variable} command\`). Or, where the application is not to be built: \`package: false\`.`,
    outcome: "refused",
  });
}

/** The hooks for the application's own files, from the first environment that has them. */
export const hooksOf = (shipped: readonly BuiltEnvironment[]): ApplicationHooks | undefined =>
  shipped.find(({ application }) => application)?.application;

/**
 * Builds the package, or restores it.
 *
 * @param shipped the environments that ship
 * @returns undefined if the commit has none
 */
export async function buildPackage(
  { options, directory, timings }: BundleRun,
  { source, packaged }: AcceptedCommit,
  shipped: readonly BuiltEnvironment[],
): Promise<ApplicationLayer | undefined> {
  const environment = shipped.find(({ application }) => application);
  const { config, repository, store, work, progress } = options;
  if (packaged === undefined) return undefined;
  return timings.measure("assets", async () =>
    environment?.application?.layer({
      app: config.app,
      repository,
      directory,
      project: packaged,
      source,
      environment,
      store,
      work,
      progress,
    }),
  );
}
