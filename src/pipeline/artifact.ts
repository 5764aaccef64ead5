// The artifact that a deploy is about: a file, or one that is bundled from the commit that is checked out.
import { existsSync, mkdirSync, mkdtempSync } from "node:fs";
import { join, resolve } from "node:path";
import { type BundleOptions, type BundleResult, bundle } from "../bundle/bundle.ts";
import { type Artifact, openArtifact } from "../bundle/read.ts";
import { Failure } from "../failure.ts";
import { during } from "../report/progress.ts";
import { formatBytes } from "../report/quantity.ts";
import type { ArtifactReference, ArtifactStore } from "../store/types.ts";
import type { Context } from "./context.ts";

/** @throws Failure when anything speaks against this commit, a step fails or a check fails */
export async function makeArtifact(
  context: Context,
  options: Pick<BundleOptions, "output" | "version" | "allowOtherTag" | "check" | "requireIsolation" | "python"> = {},
): Promise<BundleResult> {
  const { config, configFile, repository, work, progress, signal } = context;
  const store = await context.stores.layers();
  return bundle({ config, configFile, repository, work, store, progress, signal, ...options });
}

/**
 * Opens the artifact of this application.
 *
 * @param path relative to the context's directory
 * @throws Failure (refused) when there is none, when it is broken, and when it is another application's
 */
export async function artifactAt(context: Context, path: string): Promise<Artifact> {
  const file = resolve(context.directory, path);
  if (!existsSync(file))
    throw new Failure({
      what: "there is no such artifact",
      where: { file },
      remedy: "Make one with `tarlift bundle`.",
      outcome: "refused",
    });
  const artifact = await openArtifact(file);
  const { app } = context.config;
  if (artifact.release.app === app) return artifact;
  throw new Failure({
    what: `this is an artifact of ${artifact.release.app}, and tarlift.yml is that of ${app}`,
    where: { file },
    remedy: "Give the artifact of this application.",
    outcome: "refused",
  });
}

/** Keeps an artifact's file where other jobs and runs find it. @throws Failure when the store does not take it */
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

/** Fetches an artifact that another job or run kept. @returns its file @throws Failure when there is none, or its bytes are wrong */
export async function fetchArtifact(context: Context, reference: ArtifactReference): Promise<string> {
  const store = await context.stores.artifacts();
  const downloads = join(context.work, "artifacts");
  mkdirSync(downloads, { recursive: true });
  // A directory of its own: a later step may fetch another one of the same name.
  const directory = mkdtempSync(join(downloads, "x-"));
  return during(
    context.progress,
    `download the artifact from ${store.name}`,
    async () => (await store.download(reference, directory)).file,
  );
}

/** A release's artifact, as bundling it kept it. @throws Failure when the store does not have it, or what it has is no artifact */
export async function storedArtifact(context: Context, { version }: { version: string }): Promise<Artifact> {
  return openArtifact(await fetchArtifact(context, { name: `${context.config.app}-${version}` }));
}
