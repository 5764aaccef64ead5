// The configuration of a release: `.tarlift/env`, in the one syntax that sh and systemd read alike, and
// `.tarlift/exec`.
import { createHash } from "node:crypto";
import { Failure } from "../failure.ts";
import { shellKeeps } from "../text/shell-names.ts";

/**
 * The text of an environment file. Always double quotes with a backslash before `\ " $` and backtick, newlines raw:
 * systemd and sh then read the same bytes (systemd.exec(5), EnvironmentFile=).
 *
 * @param variables names and values; a value may contain anything but NUL
 * @throws Failure naming the variable that cannot be written
 */
export function formatEnvironment(variables: Record<string, string>): string {
  return Object.entries(variables)
    .map(([name, value]) => {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
        throw refused(name, "is no name of an environment variable: letters, digits and underscores");
      if (shellKeeps(name)) throw refused(name, "is a variable that shells keep for themselves: give it another name");
      if (value.includes("\0")) throw refused(name, "holds a NUL, which no environment variable can");
      return `${name}="${value.replace(/[\\"$`]/g, "\\$&")}"\n`;
    })
    .join("");
}

function refused(name: string, why: string): Failure {
  return new Failure({
    code: "config-invalid",
    what: `the configuration cannot be written: ${name} ${why}`,
    remedy: "Look at `env` and `secrets` of the target in tarlift.yml.",
    outcome: "refused",
  });
}

/**
 * Identifies a configuration without revealing it: hosts compare it. What Tarlift itself adds (release, version) is not
 * part of it.
 */
export function configurationDigest(variables: Record<string, string>): string {
  const sorted = Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}

/** What every release's environment contains in addition to the user's variables. */
export interface Surroundings {
  release: string;
  version: string;
  commit: string;
  target: string;
  app: string;
  /** Absolute path of the release on the host. */
  directory: string;
  /** `Env` of the image's config: paths below `/srv/<app>/current` are mapped to the release's own directory. */
  image: string[];
}

/** All variables of a release: the user's override the image's, Tarlift's own override all others. */
export function releaseVariables(user: Record<string, string>, surroundings: Surroundings): Record<string, string> {
  const { app, directory } = surroundings;
  const image = Object.fromEntries(
    surroundings.image
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const)
      // PATH is the service manager's; `.tarlift/exec` puts the release's own directories in front.
      .filter(([name]) => name !== "PATH")
      .map(([name, value]) => [name, value.replaceAll(`/srv/${app}/current`, () => directory)]),
  );
  return {
    ...image,
    ...user,
    TARLIFT_RELEASE: surroundings.release,
    TARLIFT_VERSION: surroundings.version,
    TARLIFT_COMMIT: surroundings.commit,
    TARLIFT_TARGET: surroundings.target,
  };
}

/**
 * `.tarlift/exec`: runs its arguments in the release that contains it, with that release's configuration and its own
 * programs first.
 *
 * @param programs directories of programs, relative to the release: `.venv/bin`
 */
export function execWrapper(programs: readonly string[]): string {
  const directories = [...programs, ".tarlift/bin"];
  for (const directory of directories) {
    if (!/^[\w./@+-]+$/.test(directory)) throw new Error(`no directory for PATH: ${directory}`);
  }
  // The only variable of its own has a name that no configuration may have.
  return `#!/bin/sh
# Runs its arguments in this release: its directory, its configuration, its programs. Made by Tarlift.
TARLIFT_DIRECTORY=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
cd "$TARLIFT_DIRECTORY" || exit 1
set -a
. "$TARLIFT_DIRECTORY/.tarlift/env"
set +a
PATH=${directories.map((directory) => `$TARLIFT_DIRECTORY/${directory}`).join(":")}:$PATH
export PATH
exec "$@"
`;
}
