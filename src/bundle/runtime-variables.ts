// Where processes find programs and packages: those of the release on hosts, and those of asset steps on this machine.
import { join } from "node:path";
import { pathsOf } from "../artifact/format.ts";
import type { Config } from "../config/schema.ts";
import type { ApplicationLayer, BuiltEnvironment, Runtime } from "../installers/installer.ts";
import { runtimeOf } from "../installers/registry.ts";

/** What a release gives to its processes on hosts. */
export interface ReleaseVariables {
  /** Directories for PATH, absolute. */
  path: string[];
  /** Variables except PATH. */
  variables: Record<string, string>;
}

/**
 * The application's package first, then environments in their order.
 *
 * @param places.application the application's directory, absolute
 * @param places.of where they find an environment
 */
export function runtimeFor(
  environments: readonly BuiltEnvironment[],
  ownPackage: ApplicationLayer | undefined,
  { application, of }: { application: string; of: (environment: BuiltEnvironment) => Runtime },
): { bin: string[]; env: Record<string, string> } {
  const own = ownPackage?.runtime ?? { path: [], env: {} };
  const all = environments.map(of);
  return {
    bin: [...own.path.map((path) => join(application, path)), ...all.flatMap(({ path }) => path)],
    env: {
      ...Object.assign({}, ...all.map(({ env }) => env)),
      ...Object.fromEntries(Object.entries(own.env).map(([name, path]) => [name, join(application, path)])),
    },
  };
}

/** The same for processes of the release, at its path on hosts. @param shipped the environments that ship */
export function releaseVariables(
  config: Config,
  shipped: readonly BuiltEnvironment[],
  ownPackage: ApplicationLayer | undefined,
): ReleaseVariables {
  const current = `/${pathsOf(config.app).application}`;
  const { bin, env } = runtimeFor(shipped, ownPackage, {
    application: current,
    of: ({ record }) => runtimeOf(record, record.link === undefined ? current : `${current}/${record.link}`),
  });
  return { path: bin, variables: env };
}
