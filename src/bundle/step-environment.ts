// The variables with which asset steps, the project's own build and checks run.
import { delimiter } from "node:path";

/** Tokens of the run, and inputs of the action: a step of the application's has no business with them. */
const WITHHELD =
  /^(ACTIONS_.*|INPUT_.*|GITHUB_TOKEN|GH_TOKEN|STATE_.*|NODE_OPTIONS|npm_.*|VIRTUAL_ENV|PYTHONHOME|PYTHONPATH|PYTHONSTARTUP)$/;

/**
 * @param options.bin directories that come first on PATH
 * @param options.site directories for PYTHONPATH
 * @param options.variables `build-variables` of tarlift.yml
 * @param options.withheld further names that are left out: the targets' secrets
 */
export function stepVariables(
  env: NodeJS.ProcessEnv,
  options: {
    bin: readonly string[];
    site: readonly string[];
    variables: Record<string, string>;
    withheld: readonly string[];
  },
): Record<string, string> {
  const own = Object.entries(env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && !WITHHELD.test(entry[0]) && !options.withheld.includes(entry[0]),
  );
  return {
    ...Object.fromEntries(own),
    // Byte code beside sources would be litter in the checkout.
    PYTHONDONTWRITEBYTECODE: "1",
    ...options.variables,
    PATH: [...options.bin, env.PATH ?? ""].join(delimiter),
    ...(options.site.length > 0 ? { PYTHONPATH: options.site.join(delimiter) } : {}),
  };
}
