// The variables of asset steps, of the project's own build and of checks of compatibility.
import { delimiter } from "node:path";
import { builtVariables } from "../subprocess/built-variables.ts";

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
