// The artifact of a deploy: a file, or one that is bundled from the checked-out commit.
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { type Artifact, openArtifact } from "../artifact/open-artifact.ts";
import { bundle } from "../bundle/bundle.ts";
import type { BundleOptions } from "../bundle/bundle-run.ts";
import type { BundleResult } from "../bundle/result.ts";
import { Failure } from "../failure.ts";
import { during, silent } from "../progress.ts";
import { artifactNameProblem } from "../stores/key-names.ts";
import type { ArtifactReference, ArtifactStore } from "../stores/store.ts";
import { formatBytes } from "../text/quantity.ts";
import { type Context, interpreterAt } from "./context.ts";

/** @throws Failure when this commit may not be bundled, or a step or a check fails */
export async function makeArtifact(
  context: Context,
  options: Pick<BundleOptions, "output" | "version" | "allowOtherTag" | "check" | "requireIsolation" | "python"> = {},
): Promise<BundleResult> {
  const { config, configFile, repository, work, progress, signal } = context;
  const store = await context.stores.layers();
  const python = interpreterAt(context, options.python);
  return bundle({
    ...{ config, configFile, repository, work, store, progress, signal, ...options },
    ...(python === undefined ? {} : { python }),
  });
}

/**
 * Opens the artifact of this application.
 *
 * @param given a file, relative to the context's directory, or its name in the artifact store
 * @throws Failure (refused) when there is none, when it is damaged, and when it is another application's
 */
export async function artifactAt(context: Context, given: string): Promise<Artifact> {
  const path = resolve(context.directory, given);
  const file = existsSync(path) ? path : await namedArtifact(context, given, path);
  const artifact = await openArtifact(file);
  const { app } = context.config;
  if (artifact.release.app === app) return artifact;
  throw new Failure({
    code: "artifact-mismatch",
    what: `this is an artifact of ${artifact.release.app}, and tarlift.yml is that of ${app}`,
    where: { file },
    remedy: "Give the artifact of this application.",
    outcome: "refused",
  });
}

async function namedArtifact(context: Context, name: string, path: string): Promise<string> {
  const { name: store } = await context.stores.artifacts();
  const missing = (output?: string) =>
    new Failure({
      code: "artifact-missing",
      what: "there is no such artifact",
      where: { file: path, "in the store": store },
      output,
      remedy: "Give a file, or the name under which one is kept. `tarlift bundle` makes one, and `--upload` keeps it.",
      outcome: "refused",
    });
  if (artifactNameProblem(name) !== undefined) throw missing();
  try {
    return await fetchArtifact(context, { name }, { quiet: true });
  } catch (error) {
    throw error instanceof Failure ? missing(error.what) : error;
  }
}

/** Stores an artifact's file for other jobs and runs. @throws Failure when the store does not accept it */
export async function keepArtifact(
  context: Context,
  { name, file, size, retentionDays }: { name: string; file: string; size: number; retentionDays: number },
): ReturnType<ArtifactStore["upload"]> {
  const store = await context.stores.artifacts();
  return during(
    context.progress,
    `upload the artifact to ${store.name}`,
    () => store.upload(name, file, { retentionDays }),
    () => formatBytes(size),
  );
}

/**
 * Fetches an artifact that another job or run stored.
 *
 * @param options.quiet shows nothing: there may be none
 * @returns its file
 * @throws Failure when there is none, or its bytes are wrong
 */
export async function fetchArtifact(
  context: Context,
  reference: ArtifactReference,
  { quiet = false }: { quiet?: boolean } = {},
): Promise<string> {
  const store = await context.stores.artifacts();
  const downloads = join(context.work, "artifacts");
  mkdirSync(downloads, { recursive: true });
  // A directory of its own: a later step may fetch another one of the same name.
  const directory = mkdtempSync(join(downloads, "x-"));
  try {
    return await during(
      quiet ? silent : context.progress,
      `download the artifact from ${store.name}`,
      async () => (await store.download(reference, directory)).file,
    );
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  }
}

/** The run that has an artifact of this name; undefined: none that can be used. */
export type RunOf = (name: string) => Promise<ArtifactReference["run"]>;

/**
 * The name by content, used when one step runs the whole pipeline: stored again under this name, the artifact is the
 * same.
 */
export const nameByRelease = (app: string, { version, digest }: { version: string; digest: string }): string =>
  `${app}-${version}-${digest.replace("sha256:", "").slice(0, 8)}`;

/**
 * The name by version, used by a separate step. A name can be used once in a run: when the run is repeated, the attempt
 * is part of the name.
 */
export const nameByVersion = (app: string, version: string, attempt = "1"): string =>
  `${app}-${version}${attempt === "1" ? "" : `-attempt-${attempt}`}`;

/** The number of attempts of a run in which its artifact is looked for. */
const ATTEMPTS = 5;

const artifactNames = (app: string, release: { version: string; digest: string }): string[] => [
  nameByRelease(app, release),
  ...Array.from({ length: ATTEMPTS }, (_, before) => nameByVersion(app, release.version, String(before + 1))),
];

/**
 * The artifact of a release, if the bundling run left or stored it.
 *
 * @param runOf left out: the store is asked for this run's, or knows no runs
 * @returns undefined when none is found; one with another digest does not count
 */
export async function artifactAtHand(
  context: Context,
  { version, digest }: { version: string; digest?: string | undefined },
  runOf?: RunOf,
): Promise<Artifact | undefined> {
  if (digest === undefined) return undefined;
  const { config, work, progress } = context;
  const places = [
    async () => {
      const left = join(work, `${config.app}-${basename(version)}.tar`);
      return existsSync(left) ? left : undefined;
    },
    ...artifactNames(config.app, { version, digest }).flatMap((name) => [
      () => fetchArtifact(context, { name }, { quiet: true }),
      async () => {
        const run = await runOf?.(name);
        return run && fetchArtifact(context, { name, run }, { quiet: true });
      },
    ]),
  ];
  for (const find of places) {
    try {
      const file = await find();
      const artifact = file === undefined ? undefined : await openArtifact(file);
      if (artifact?.releaseDigest === digest) return artifact;
      if (artifact)
        progress.notice(
          `${artifact.file} is ${version} too, and another release (${artifact.releaseDigest}): it was bundled again, and is not used`,
        );
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
  return undefined;
}
