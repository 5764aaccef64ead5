// Unpacks a finished artifact as a host does, and runs the checks in it.
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { openArtifact } from "../artifact/open-artifact.ts";
import { layOut } from "../artifact/unpack-release.ts";
import type { Config } from "../config/schema.ts";
import type { BuiltEnvironment } from "../installers/installer.ts";
import { during, type Progress } from "../progress.ts";
import { tryOut } from "./isolated-root.ts";

export interface TryReleaseOptions {
  /** The finished artifact. */
  file: string;
  config: Config;
  /** The environments that ship, already unpacked where they run on this machine. */
  environments: readonly BuiltEnvironment[];
  /** Variables of the release: PATH and PYTHONPATH are its own. */
  variables: Record<string, string>;
  path: string[];
  work: string;
  /** Fails if the machine allows no isolation. */
  require?: boolean;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/** Runs the checks of tarlift.yml in the artifact. @throws Failure when one fails */
export async function tryRelease(
  options: TryReleaseOptions,
): Promise<Awaited<ReturnType<typeof tryOut>> & { unpacking: number }> {
  const { file, config, environments, variables, path, work, progress, signal } = options;
  const directory = mkdtempSync(join(work, "release-"));
  // Another user runs the checks.
  chmodSync(directory, 0o755);
  try {
    const start = performance.now();
    await during(progress, "lay the artifact out", async (task) =>
      layOut(await openArtifact(file), join(directory, "current"), task),
    );
    const unpacking = performance.now() - start;
    const shared = config.shared.directories.filter((one) => makeEmpty(join(directory, "current"), one));
    const paths = environments.filter(({ record }) => record.kind === "path");
    const report = await tryOut({
      app: config.app,
      release: join(directory, "current"),
      environments: paths.map((environment) => ({ path: environment.path, directory: environment.path })),
      shared,
      readable: paths.flatMap(({ readable }) => readable),
      checks: config.check,
      variables: { ...config["step-env"], ...variables },
      path,
      progress,
      signal,
      ...(options.require ? { require: true } : {}),
    });
    return { ...report, unpacking };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/**
 * As on a host: files that ship at the path of a shared directory are hidden there, since the link to the directory
 * replaces them.
 *
 * @returns whether it exists now; false below a link or a file, through which nothing is removed or created
 */
function makeEmpty(release: string, path: string): boolean {
  for (let above = dirname(path); above !== "."; above = dirname(above)) {
    const status = lstatSync(join(release, above), { throwIfNoEntry: false });
    if (status && !status.isDirectory()) return false;
  }
  rmSync(join(release, path), { recursive: true, force: true });
  mkdirSync(join(release, path), { recursive: true });
  return true;
}
