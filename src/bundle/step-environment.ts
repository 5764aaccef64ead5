// The environments and variables of asset steps, of the project's own build and of checks of compatibility.
import { delimiter } from "node:path";
import type { ApplicationLayer, BuiltEnvironment } from "../installers/installer.ts";
import { builtVariables } from "../subprocess/built-variables.ts";
import { runtimeFor } from "./runtime-variables.ts";
import { runtimeIn } from "./step-tree.ts";

/**
 * @param options.bin directories that come first on PATH
 * @param options.env variables of environments and of the application as a package
 * @param options.variables `step-env` of tarlift.yml
 * @param options.passed names of `pass-env`
 */
export function stepVariables(
  env: NodeJS.ProcessEnv,
  options: {
    bin: readonly string[];
    env: Readonly<Record<string, string>>;
    variables: Record<string, string>;
    passed: readonly string[];
  },
): Record<string, string> {
  return {
    ...builtVariables(env, options.passed),
    // Byte code beside sources would be left in the checkout.
    PYTHONDONTWRITEBYTECODE: "1",
    ...options.variables,
    PATH: [...options.bin, env.PATH ?? ""].join(delimiter),
    ...options.env,
  };
}

/**
 * Where a step finds programs and packages. Build environments come first on PATH: they contain the tools.
 *
 * @param application the step's copy of the application's directory, absolute
 */
export function stepRuntime(
  environments: readonly BuiltEnvironment[],
  ownPackage: ApplicationLayer | undefined,
  application: string,
): ReturnType<typeof runtimeFor> {
  const inOrder = environments.toSorted((a, b) => Number(b.use === "build") - Number(a.use === "build"));
  return runtimeFor(inOrder, ownPackage, { application, of: (environment) => runtimeIn(environment, application) });
}

/**
 * The environments that asset steps see. If a build and a runtime environment fill the same install
 * directory, the build environment is used, because it has more.
 */
export function stepEnvironments(environments: readonly BuiltEnvironment[]): BuiltEnvironment[] {
  const taken = new Set(environments.filter(({ use }) => use === "build").flatMap(({ record }) => record.mounts ?? []));
  return environments.filter(
    ({ use, record }) => use === "build" || !record.mounts?.some((directory) => taken.has(directory)),
  );
}
