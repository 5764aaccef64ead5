// How pip is started: with a built environment, without the configuration files of the machine, and with what those say about how
// packages are reached, so that a machine behind a mirror still reaches them.
import { builtVariables } from "../../subprocess/built-variables.ts";
import { run } from "../../subprocess/run.ts";
import { redactor } from "../passed-variables.ts";

/** Settings about where packages come from; all others (target, user, constraint, no-binary, …) would decide what is installed. */
const REACHING = new Set([
  ...["index-url", "extra-index-url", "find-links", "no-index", "trusted-host", "keyring-provider"],
  ...["cert", "client-cert", "proxy", "timeout", "default-timeout", "retries"],
]);

const settingOf = (variable: string): string | undefined =>
  /^PIP_(.+)$/.exec(variable)?.[1]?.toLowerCase().replaceAll("_", "-");

/**
 * The environment of pip.
 *
 * @param pip the command; it is asked for the machine's settings
 * @param passed names of `pass-env`; a variable wins over a file
 * @param options.reachingOnly of passed settings of pip those alone that are about reaching packages: for pip's work on its own behalf
 */
export async function pipVariables(
  pip: readonly [string, ...string[]],
  passed: readonly string[],
  { reachingOnly = false }: { reachingOnly?: boolean } = {},
): Promise<Record<string, string>> {
  const names = passed.filter((name) => !reachingOnly || REACHING.has(settingOf(name) ?? "index-url"));
  const own = builtVariables(process.env, names);
  const { stdout } = await run([...pip, "config", "list"], {
    what: "pip could not read this machine's configuration",
    code: "installer-failed",
    step: "pip config list",
    env: own,
    // pip quotes a line that it cannot read, and an address may hold a password.
    redact: redactor(process.env, passed),
    remedy: "Look at the files that `pip config debug` lists.",
  });
  // An empty file of that name is pip's own way to read none.
  return { ...reachingSettings(stdout), ...own, PIP_CONFIG_FILE: "/dev/null", PYTHONNOUSERSITE: "1" };
}

/** @param list what `pip config list` prints: `global.index-url='https://…'`, values as Python writes them */
export function reachingSettings(list: string): Record<string, string> {
  const found: Record<string, string> = {};
  // What stands for one command wins over what stands for all; the files' own order has been applied by pip.
  for (const section of ["global", "download", "wheel", "install"])
    for (const line of list.split("\n")) {
      const [, of, key, value] = /^([a-z]+)\.([a-z-]+)=(.*)$/.exec(line) ?? [];
      if (of === section && key && REACHING.has(key))
        found[`PIP_${key.toUpperCase().replaceAll("-", "_")}`] = unquoted(value!)
          .split(/\s+/)
          .filter(Boolean)
          .join(" ");
    }
  return found;
}

/** A text as Python's `repr` writes it. */
function unquoted(literal: string): string {
  if (!/^(['"]).*\1$/.test(literal)) return literal;
  const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r" };
  return literal.slice(1, -1).replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
}
