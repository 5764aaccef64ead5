// `bundle`: from a checkout and its environments to one checked artifact.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { buildEnvironments } from "../environments/build.ts";
import { notableLibraries } from "../host-requirements/requirements.ts";
import type { ApplicationLayer, BuiltEnvironment } from "../installers/installer.ts";
import { scratchDirectory, sweepScratch } from "../subprocess/scratch.ts";
import { packApplication } from "./application-layer.ts";
import type { AssetLayer } from "./asset-layer.ts";
import { runAssetSteps } from "./assets.ts";
import { type BundleOptions, type BundleRun, bundleRun } from "./bundle-run.ts";
import { checkRelease } from "./checks.ts";
import { type AcceptedCommit, acceptCommit } from "./commit.ts";
import { warnOfLacking } from "./libraries.ts";
import { refuseOutput } from "./output-file.ts";
import { buildPackage } from "./own-package.ts";
import { assembleRelease, writeRelease } from "./release.ts";
import { type BundleResult, bundleResult } from "./result.ts";
import { stepEnvironments, stepRuntime, stepVariables } from "./step-environment.ts";
import { sweepBundles } from "./sweep-bundles.ts";

/** @throws Failure when the commit cannot ship, or a step or a check fails: then no artifact is left */
export async function bundle(options: BundleOptions): Promise<BundleResult> {
  if (options.output !== undefined) refuseOutput(options.output);
  mkdirSync(options.work, { recursive: true });
  sweepScratch(options.work);
  sweepBundles(options.work, Date.now());
  const scratch = scratchDirectory(options.work);
  try {
    return await makeBundle(bundleRun(options, scratch));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function makeBundle(run: BundleRun): Promise<BundleResult> {
  // Problems of the commit are reported before its environments take minutes.
  const commit = await acceptCommit(run);
  const environments = await provideEnvironments(run);
  const shipped = environments.filter(({ use }) => use === "runtime");
  const ownPackage = await buildPackage(run, commit, shipped);
  const assets = await makeAssets(run, commit, { environments, ownPackage });
  const application = await packApplication(run, commit.source, { shipped, assets });
  const release = assembleRelease(run, { commit, shipped, ownPackage, assets, application });
  const libraries = notableLibraries(release.requirements);
  await warnOfLacking(libraries, run.options.progress);
  const unchecked = `${commit.file}.unchecked`;
  mkdirSync(dirname(unchecked), { recursive: true });
  try {
    const written = await writeRelease(run, release, unchecked);
    const checkReport = await checkRelease(run, release, unchecked);
    renameSync(unchecked, commit.file);
    return bundleResult(release, { written, environments, libraries, checkReport, timings: run.timings.spent });
  } finally {
    rmSync(unchecked, { force: true });
  }
}

function provideEnvironments({ options, timings }: BundleRun): Promise<BuiltEnvironment[]> {
  const { config, repository, work, store, progress, signal, python } = options;
  const build = () =>
    buildEnvironments(config, {
      committed: true,
      repository,
      work,
      store,
      progress,
      signal,
      ...(python ? { python } : {}),
    });
  return timings.measure("environments", build);
}

function makeAssets(
  { options, directory, timings }: BundleRun,
  { source }: AcceptedCommit,
  { environments, ownPackage }: { environments: BuiltEnvironment[]; ownPackage: ApplicationLayer | undefined },
): Promise<AssetLayer[]> {
  const { config, repository, store, work, progress, signal } = options;
  const variables = config["step-env"];
  const make = () =>
    runAssetSteps(config.assets, {
      app: config.app,
      repository,
      directory,
      source,
      environments,
      usable: stepEnvironments(environments),
      packageLayer: ownPackage?.layer,
      variables,
      environmentIn: (application, step) =>
        stepVariables(process.env, {
          ...stepRuntime(environments, ownPackage, application),
          variables,
          passed: step["pass-env"] ?? [],
        }),
      unpack: (environment, application) =>
        timings.measure("unpacking", async () => {
          await environment.unpack(application);
        }),
      store,
      work,
      progress,
      signal,
    });
  return timings.measure("assets", make);
}
