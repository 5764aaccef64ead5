// Unpacks a finished artifact as a host does, and runs the checks in it.
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { openArtifact } from "../artifact/open-artifact.ts";
import { unpackRelease } from "../artifact/unpack-release.ts";
import { during } from "../progress.ts";
import type { BundleRun } from "./bundle-run.ts";
import { type CheckReport, runChecks } from "./isolated-root.ts";
import { isolationWarning } from "./isolation.ts";
import type { BundledRelease } from "./release.ts";

/**
 * Runs the checks of tarlift.yml in the artifact.
 *
 * @param release what the artifact contains
 * @param file the artifact
 * @returns undefined if there are none, or if they are switched off
 * @throws Failure when one fails
 */
export async function checkRelease(
  run: BundleRun,
  release: BundledRelease,
  file: string,
): Promise<CheckReport | undefined> {
  const { config, check, progress } = run.options;
  if (check === false || config.check.length === 0) return undefined;
  const report = await run.timings.measure("checks", () => checkIn(run, release, file));
  const warning = isolationWarning(report);
  if (warning !== undefined) progress.warning(warning);
  return report;
}

async function checkIn({ options, timings }: BundleRun, release: BundledRelease, file: string): Promise<CheckReport> {
  const { config, work, progress, signal } = options;
  const environments = release.shipped.filter(({ record }) => record.kind === "path");
  await timings.measure("unpacking", async () => {
    for (const environment of environments) await environment.unpack();
  });
  const directory = mkdtempSync(join(work, "release-"));
  // Another user runs the checks.
  chmodSync(directory, 0o755);
  const current = join(directory, "current");
  try {
    await timings.measure("unpacking", () =>
      during(progress, "unpack the artifact", async (task) => unpackRelease(await openArtifact(file), current, task)),
    );
    return await runChecks({
      app: config.app,
      release: current,
      environments: environments.map(({ path }) => ({ path, directory: path })),
      shared: config.shared.directories.filter((one) => makeEmpty(current, one)),
      readable: environments.flatMap(({ readable }) => readable),
      checks: config.check,
      variables: { ...config["step-env"], ...release.variables.variables },
      path: release.variables.path,
      progress,
      signal,
      ...(options.requireIsolation ? { require: true } : {}),
    });
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
