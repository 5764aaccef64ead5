// How uv is started: with a built environment, and with only those settings of the machine's uv.toml files that concern
// access to packages.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { parse, stringify, type TomlTable } from "smol-toml";
import { withoutCredentials } from "../../cache-key/key.ts";
import { Failure } from "../../failure.ts";
import { builtVariables } from "../../subprocess/built-variables.ts";

/**
 * https://docs.astral.sh/uv/reference/settings/: where packages come from. Every other setting affects what is
 * installed.
 */
const REACHING = new Set([
  ...["index", "index-url", "extra-index-url", "find-links", "no-index", "allow-insecure-host", "keyring-provider"],
  ...["native-tls", "system-certs", "http-proxy", "https-proxy", "no-proxy"],
]);

/**
 * The environment of uv.
 *
 * @param passed names of `pass-env`; a variable has priority over a file
 * @param scratch an empty directory, removed when uv has ended; absolute
 * @throws Failure when a uv.toml of this machine cannot be read
 */
export function uvVariables(passed: readonly string[], scratch: string): Record<string, string> {
  const own = builtVariables(process.env, passed);
  const user = own.XDG_CONFIG_HOME || join(own.HOME ?? homedir(), ".config");
  const system = [...(own.XDG_CONFIG_DIRS || "/etc/xdg").split(":"), "/etc"].map((directory) =>
    join(directory, "uv/uv.toml"),
  );
  // The project's own uv.toml and pyproject.toml are still read; `--no-config` would ignore those as well.
  return {
    ...own,
    XDG_CONFIG_HOME: settings(join(scratch, "user"), join(user, "uv/uv.toml"), [join(user, "git")]),
    XDG_CONFIG_DIRS: settings(
      join(scratch, "system"),
      system.find((file) => existsSync(file)),
      [],
    ),
  };
}

/** @param links other entries of such a directory, which stay as they are: git's, for requirements that git fetches */
function settings(directory: string, file: string | undefined, links: readonly string[]): string {
  mkdirSync(join(directory, "uv"), { recursive: true });
  // An empty file is written as well: without one, uv reads /etc/uv/uv.toml.
  const text = file !== undefined && existsSync(file) ? reachingSettings(read(file)) : "";
  writeFileSync(join(directory, "uv/uv.toml"), text, { mode: 0o600 });
  for (const link of links) if (existsSync(link)) symlinkSync(link, join(directory, "git"));
  return directory;
}

function read(file: string): TomlTable {
  try {
    return parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Failure({
      code: "installer-failed",
      what: "uv's configuration on this machine cannot be read",
      where: { file },
      // The message quotes lines of the file, and an address may contain a password.
      output: error instanceof Error ? withoutCredentials(error.message) : undefined,
      remedy: "Correct the file, or remove it.",
      outcome: "refused",
    });
  }
}

/** A uv.toml that only contains the sources of packages. */
export function reachingSettings(table: TomlTable): string {
  const only = (from: TomlTable): TomlTable =>
    Object.fromEntries(Object.entries(from).filter(([key]) => REACHING.has(key)));
  const { pip } = table;
  const forPip = pip !== null && typeof pip === "object" && !Array.isArray(pip) ? only(pip as TomlTable) : {};
  return stringify({ ...only(table), ...(Object.keys(forPip).length > 0 ? { pip: forPip } : {}) });
}
