// How pip is started: with a built environment and without the machine's configuration files, but with their settings
// about access to packages, so that a machine behind a mirror can still fetch them.
import { builtVariables } from "../../subprocess/built-variables.ts";
import { run } from "../../subprocess/run.ts";
import { redactor } from "../passed-variables.ts";

/**
 * Settings about the sources of packages. All others (target, user, constraint, no-binary, …) would affect what is
 * installed.
 */
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
 * @param passed names of `pass-env`; a variable has priority over a file
 * @param options.reachingOnly use only those passed settings of pip that concern access to packages: for pip's own
 *   installation
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
    // pip quotes a line that it cannot read, and an address may contain a password.
    redact: redactor(process.env, passed),
    remedy: "Look at the files that `pip config debug` lists.",
  });
  // pip documents this file name as the way to read no configuration file.
  return { ...reachingSettings(stdout), ...own, PIP_CONFIG_FILE: "/dev/null", PYTHONNOUSERSITE: "1" };
}

/** @param list output of `pip config list`: `global.index-url='https://…'`, values as Python literals */
export function reachingSettings(list: string): Record<string, string> {
  const found: Record<string, string> = {};
  // A setting for one command has priority over one for all. pip has applied the order of the files itself.
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

/** A text in the form of Python's `repr`. */
function unquoted(literal: string): string {
  if (!/^(['"]).*\1$/.test(literal)) return literal;
  const escapes: Record<string, string> = { n: "\n", t: "\t", r: "\r" };
  return literal.slice(1, -1).replace(/\\(.)/g, (_, character: string) => escapes[character] ?? character);
}
