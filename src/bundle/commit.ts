// The commit: what ships of it, and what the release of it is called.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { refuseMisplaced } from "../artifact/parents.ts";
import { globMatcher, globReach } from "../source/glob.ts";
import { hiddenNotice } from "../source/notice.ts";
import { readSource, type Source, type SourceOptions } from "../source/read-source.ts";
import { refuseMissingTags } from "../source/tag-version.ts";
import { inputPatterns } from "./asset-inputs.ts";
import { refuseOutputs } from "./asset-outputs.ts";
import type { BundleRun } from "./bundle-run.ts";
import { packageDirectory, refuseOwnVariables } from "./own-package.ts";
import { chooseLabel } from "./release-label.ts";
import { environmentPath, placesOf, refuseTakenPlaces } from "./release-paths.ts";

export interface AcceptedCommit {
  source: Source;
  /** The directory of the project that is built into the release, relative to the application's; undefined: none. */
  packaged: string | undefined;
  /** The label of the release. */
  version: string;
  /** Path of the artifact. */
  file: string;
}

/**
 * Reads the commit. An earlier artifact at the same path is removed: after a failure, none may be found there.
 *
 * @throws Failure when the commit cannot ship
 */
export async function acceptCommit(run: BundleRun): Promise<AcceptedCommit> {
  const { config, repository, work, progress, output } = run.options;
  const source = await run.timings.measure("source", () => readSource(sourceOptions(run)));
  const hidden = hiddenNotice(source.sources, [...config.shared.directories, ...config.shared.files]);
  for (const notice of [source.notice, hidden]) if (notice) progress.notice(notice);
  const packaged = await packageDirectory(config, source);
  if (packaged !== undefined) {
    refuseOwnVariables(config);
    await refuseMissingTags(repository, source, packaged);
  }
  const version = await chooseLabel(run.options, source.commit.id);
  const file = output ?? join(work, `${config.app}-${version}.tar`);
  rmSync(file, { force: true });
  for (const step of config.assets) refuseOutputs(step, source);
  refuseTakenPlaces(config, source);
  refuseMisplaced(source.sources, placesOf(config));
  return { source, packaged, version, file };
}

function sourceOptions(run: BundleRun): SourceOptions {
  const { config, configFile, repository } = run.options;
  const environments = Object.values(config.environments).map(environmentPath);
  return {
    repository,
    directory: run.directory,
    configFile,
    scratch: run.scratch,
    stepsRead: readBySteps(run),
    include: config.include ?? [],
    secretFiles: config["secret-files"],
    madeElsewhere: [...config.assets.flatMap(({ outputs }) => outputs), ...environments, ".tarlift"],
  };
}

/** What asset steps may read; undefined if there are no steps. */
function readBySteps({ options, directory }: BundleRun): SourceOptions["stepsRead"] {
  const { assets } = options.config;
  if (assets.length === 0) return undefined;
  const patterns = assets.flatMap((step) => inputPatterns(step, directory));
  return { file: globMatcher(patterns), below: globReach(patterns) };
}
