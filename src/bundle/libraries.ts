// The shared libraries that a release needs of its hosts, compared with those of this machine.
import type { Progress } from "../progress.ts";
import { tryRun } from "../subprocess/run.ts";

/** A shared library that hosts must have; `by` is a file that needs it. */
export interface NeededLibrary {
  name: string;
  by?: string;
}

/** Checks cannot load a library that this machine lacks. A host that lacks it is refused. */
export async function warnOfLacking(libraries: readonly NeededLibrary[], progress: Progress): Promise<void> {
  if (libraries.length === 0) return;
  const env = { ...process.env, PATH: `/sbin:/usr/sbin:${process.env.PATH ?? ""}` };
  const listed = await tryRun(["ldconfig", "-p"], { env }).catch(() => undefined);
  // Without a cache of the loader (musl), the libraries cannot be listed.
  if (listed?.code !== 0) return;
  const lacking = libraries.filter(({ name }) => !listed.stdout.includes(`\t${name} `));
  if (lacking.length === 0) return;
  const named = lacking.map(({ name, by }) => (by === undefined ? name : `${name} (for ${by})`));
  progress.warning(`this machine lacks libraries that the release needs of its hosts: ${named.join(", ")}`);
}
