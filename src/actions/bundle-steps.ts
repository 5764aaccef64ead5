// The part of a step that makes an artifact and keeps it: alone (actions/bundle) and in the whole pipeline.
import { exportVariable } from "@actions/core";
import type { BundleResult } from "../bundle/bundle.ts";
import { Failure } from "../failure.ts";
import { keepArtifact, makeArtifact, nameByRelease, nameByVersion } from "../pipeline/artifact.ts";
import { ARTIFACT_VARIABLE } from "./artifact-inputs.ts";
import type { DECLARED } from "./declared.ts";
import { artifactOutputs, type Uploaded } from "./results.ts";
import type { ApplicationStep } from "./step.ts";

/** Days that an artifact is kept where the step does not say it: until it is deployed by another job, or after it was, for repairs. */
export const DAYS = 7;
export const DAYS_DEPLOYED = 14;

/**
 * @param uploads whether `upload: auto` uploads
 * @param days how long it is kept where the step does not say it
 * @param nameOf the artifact's name where the step gives none; left out: {@link nameByVersion}
 */
export async function bundleStep(
  { context, inputs, output, progress, summarise }: BundleStep,
  { uploads, days, nameOf }: { uploads: boolean; days: number; nameOf?: (result: BundleResult) => string },
): Promise<BundleResult> {
  const { label, python, check, upload = "auto" } = inputs;
  const requireIsolation = inputs["require-isolation"];
  const result = await makeArtifact(context, {
    ...(label === undefined ? {} : { version: label }),
    allowOtherTag: inputs["allow-other-tag"] ?? false,
    ...(python === undefined ? {} : { python }),
    ...(check === undefined ? {} : { check }),
    ...(requireIsolation === undefined ? {} : { requireIsolation }),
  });
  exportVariable(ARTIFACT_VARIABLE, result.file);
  const keep = upload === "always" || (upload === "auto" && uploads);
  const given = inputs["artifact-name"];
  const name =
    given ??
    nameOf?.(result) ??
    nameByVersion(context.config.app, result.version, process.env.GITHUB_RUN_ATTEMPT || undefined);
  const retentionDays = inputs["retention-days"] ?? days;
  const nameIsContent = given === undefined && nameOf !== undefined;
  const uploaded = keep
    ? await keepForJobs({ context, progress, upload }, { name, nameIsContent, result, retentionDays })
    : undefined;
  for (const [output_, value] of Object.entries(artifactOutputs(result, uploaded))) output(output_, value);
  summarise({ bundle: result });
  return result;
}

/**
 * @returns undefined where another job of this run has kept the same, and where `upload: auto` meets a server that keeps no artifacts:
 *   steps of the same job deploy the file all the same
 */
export async function keepForJobs(
  { context, progress, upload }: Pick<BundleStep, "context" | "progress"> & { upload: string },
  {
    name,
    nameIsContent,
    result,
    retentionDays,
  }: {
    name: string;
    /** Whether the name is the release's own ({@link nameByRelease}). */
    nameIsContent: boolean;
    result: BundleResult;
    retentionDays: number;
  },
): Promise<Uploaded | undefined> {
  const { file, size } = result;
  try {
    return { name, ...(await keepArtifact(context, { name, file, size, retentionDays })) };
  } catch (error) {
    if (nameIsContent && isTaken(error)) return undefined;
    if (upload !== "auto" || !(error instanceof Failure) || error.code !== "store-unsupported") throw error;
    progress.warning(`the artifact was not kept for other jobs: ${error.output}\nnext: ${error.remedy}`);
    return undefined;
  }
}

type BundleStep = Pick<
  ApplicationStep<typeof DECLARED.bundle>,
  "context" | "inputs" | "output" | "progress" | "summarise"
>;

/**
 * Keeps what was deployed where a later run finds it, for hosts that come later. The deploy is done: what goes wrong is a warning.
 */
export async function keepDeployed(
  {
    context,
    inputs,
    output,
    progress,
  }: Pick<ApplicationStep<typeof DECLARED.pipeline>, "context" | "inputs" | "output" | "progress">,
  result: BundleResult,
): Promise<void> {
  if ((inputs.upload ?? "auto") !== "auto" || !isForDeploys(process.env)) return;
  const given = inputs["artifact-name"];
  const name = given ?? nameByRelease(context.config.app, { version: result.version, digest: result.releaseDigest });
  const { file, size } = result;
  const retentionDays = inputs["retention-days"] ?? DAYS_DEPLOYED;
  try {
    const uploaded = { name, ...(await keepArtifact(context, { name, file, size, retentionDays })) };
    for (const [output_, value] of Object.entries(artifactOutputs(result, uploaded))) output(output_, value);
  } catch (error) {
    // Another job of this run has deployed the same release: a name that was given says nothing of the content.
    if (given === undefined && isTaken(error)) return;
    if (!(error instanceof Failure)) throw error;
    const remedy = error.remedy === undefined ? "" : `\nnext: ${error.remedy}`;
    progress.warning(
      `the release is deployed, and its artifact was not kept: ${error.output ?? error.what}. New hosts get it from one that has it.${remedy}`,
    );
  }
}

/** The name is that of an artifact of this run. */
const isTaken = (error: unknown): boolean => error instanceof Failure && error.code === "artifact-exists";

/** A pull request's artifact is tried out and deployed nowhere. */
export const isForDeploys = ({ GITHUB_EVENT_NAME: event = "" }: NodeJS.ProcessEnv) =>
  !event.startsWith("pull_request") && event !== "merge_group";
