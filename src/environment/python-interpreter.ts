// The builder's Python: of the same minor version as the hosts', wherever this machine keeps it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { builtVariables } from "../command/built-variables.ts";
import { tryRun } from "../command/run.ts";
import type { EnvironmentConfig } from "../config/schema.ts";
import { Failure } from "../failure.ts";

export interface Python {
  /** The interpreter to start, absolute. */
  executable: string;
  /** Its installation, absolute: what a private root must show for it to run. */
  prefix: string;
  /** `3.11`. */
  version: string;
  /** `cpython-311`. */
  abi: string;
}

/**
 * The minor version that the hosts have: from the name of their interpreter, else from the version file.
 *
 * @throws Failure when neither says it: guessing would build for the wrong hosts
 */
export function hostPython(config: EnvironmentConfig, source: string): { interpreter: string; version: string } {
  const interpreter = config.interpreter ?? "/usr/bin/python3";
  const named = /python(\d+\.\d+)$/.exec(basename(interpreter))?.[1];
  if (named) return { interpreter, version: named };
  const file = config["version-file"];
  if (file !== undefined) {
    const path = join(source, file);
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    const version = /^\s*(?:cpython-)?(\d+\.\d+)/.exec(text)?.[1];
    if (version) return { interpreter, version };
    throw new Failure({
      what: `${file} names no Python version`,
      where: { file: path },
      remedy: "Write a line such as 3.12 into it.",
      outcome: "refused",
    });
  }
  throw new Failure({
    what: `which Python the hosts have cannot be read from ${interpreter}`,
    remedy:
      "Name it with its minor version in tarlift.yml: `interpreter: /usr/bin/python3.12`, or give a `version-file`.",
    outcome: "refused",
  });
}

// An active virtualenv (one of ours, after build-env) is left for the interpreter that it is made of: an environment that leads to
// another one, or to itself, runs nowhere.
const PROBE = `import json, os, sys, sysconfig
minor = "%d.%d" % sys.version_info[:2]
base = os.path.join(sys.base_prefix, "bin", "python" + minor)
executable = base if sys.prefix != sys.base_prefix and os.path.exists(base) else sys.executable
print(json.dumps([executable, sys.base_prefix, minor, sysconfig.get_config_var("SOABI") or ""]))`;

/**
 * Finds a Python of one minor version on this machine: `pythonX.Y` on PATH, else in the runner's tool cache.
 *
 * @param version `3.11`
 * @param named an interpreter that the user names; no other is looked for
 * @throws Failure that names actions/setup-python
 */
export async function findPython(version: string, named?: string): Promise<Python> {
  const tried: string[] = [];
  for (const candidate of named ? [named] : candidates(version)) {
    // A shim (pyenv, asdf) may stand on PATH for a version that is not installed: only what starts counts.
    const env = builtVariables(process.env);
    const result = await tryRun([candidate, "-I", "-c", PROBE], { timeout: 20_000, env }).catch(() => undefined);
    const found = result?.code === 0 ? parseProbe(result.stdout) : undefined;
    if (found?.version === version) return found;
    tried.push(
      `${candidate}: ${found ? `is Python ${found.version}` : (result?.lastLines.split("\n")[0] ?? "does not start")}`,
    );
  }
  throw new Failure({
    what: `there is no Python ${version} on this machine to build with`,
    output: tried.join("\n"),
    remedy: `The hosts have Python ${version}, and the builder needs the same minor version. On GitHub Actions put this before it:\n- uses: actions/setup-python@v6\n  with: { python-version: "${version}" }`,
    outcome: "refused",
  });
}

function candidates(version: string): string[] {
  const onPath = (process.env.PATH ?? "")
    .split(delimiter)
    .filter(Boolean)
    .map((directory) => join(directory, `python${version}`));
  return [...onPath, ...toolCache(version)].filter((file) => existsSync(file));
}

/** Newest patch version first: `$RUNNER_TOOL_CACHE/Python/3.12.4/x64/bin/python3.12`. */
function toolCache(version: string): string[] {
  const directory = join(process.env.RUNNER_TOOL_CACHE ?? "/opt/hostedtoolcache", "Python");
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((name) => name.startsWith(`${version}.`))
    .sort((a, b) => Number(b.split(".")[2] ?? 0) - Number(a.split(".")[2] ?? 0))
    .flatMap((name) =>
      ["x64", "arm64"].map((architecture) => join(directory, name, architecture, "bin", `python${version}`)),
    );
}

function parseProbe(text: string): Python | undefined {
  try {
    const [executable, prefix, version, soabi] = JSON.parse(text.trim().split("\n").at(-1) ?? "");
    return { executable, prefix, version, abi: /^[a-z]+-\d+[a-z]*/.exec(soabi)?.[0] ?? soabi };
  } catch {
    return undefined;
  }
}
