// The part of a step that makes and stores an artifact: in actions/bundle and in the whole pipeline.
import { exportVariable } from "@actions/core";
import type { BundleResult } from "../bundle/result.ts";
import { Failure } from "../failure.ts";
import { keepArtifact, makeArtifact, nameByRelease, nameByVersion } from "../pipeline/artifact.ts";
import type { Context } from "../pipeline/context.ts";
import { ARTIFACT_VARIABLE } from "./artifact-inputs.ts";
import type { DECLARED } from "./declared.ts";
import { artifactOutputs, type Uploaded } from "./results.ts";
import type { ApplicationStep } from "./step.ts";

/** Default retention in days: until another job deploys the artifact, or afterwards for recoveries. */
export const DAYS = 7;
export const DAYS_DEPLOYED = 14;

/**
 * @param keep whether the artifact is stored for other jobs; `if-possible`: a server that stores none causes a warning
 * @param days retention if the step does not set it
 * @param nameOf the artifact's name if the step does not set it; default: {@link nameByVersion}
 */
export async function bundleStep(
  { context, inputs, output, progress, summarise }: BundleStep,
  { keep, days, nameOf }: { keep: Keep; days: number; nameOf?: (result: BundleResult) => string },
): Promise<BundleResult> {
  const { label, python, check } = inputs;
  const requireIsolation = inputs["require-isolation"];
  const result = await makeArtifact(context, {
    ...(label === undefined ? {} : { version: label }),
    allowOtherTag: inputs["allow-other-tag"] ?? false,
    ...(python === undefined ? {} : { python }),
    ...(check === undefined ? {} : { check }),
    ...(requireIsolation === undefined ? {} : { requireIsolation }),
  });
  exportVariable(ARTIFACT_VARIABLE, result.file);
  const given = inputs["artifact-name"];
  const name =
    given ??
    nameOf?.(result) ??
    nameByVersion(context.config.app, result.version, process.env.GITHUB_RUN_ATTEMPT || undefined);
  const retentionDays = inputs["retention-days"] ?? days;
  const nameIsContent = given === undefined && nameOf !== undefined;
  const uploaded =
    keep === "no"
      ? undefined
      : await keepForJobs({ context, progress, keep }, { name, nameIsContent, result, retentionDays });
  for (const [output_, value] of Object.entries(artifactOutputs(result, uploaded))) output(output_, value);
  summarise({ bundle: result });
  return result;
}

/**
 * @returns undefined if another job of this run has stored the same artifact, or if `keep` is `if-possible` and the
 *   server stores no artifacts: steps of the same job can still deploy the file
 */
export async function keepForJobs(
  { context, progress, keep }: Pick<BundleStep, "context" | "progress"> & { keep: Keep },
  {
    name,
    nameIsContent,
    result,
    retentionDays,
  }: {
    name: string;
    /** Whether the name identifies the content ({@link nameByRelease}). */
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
    if (keep !== "if-possible" || !(error instanceof Failure) || error.code !== "store-unsupported") throw error;
    progress.warning(`the artifact was not kept for other jobs: ${error.output}\nnext: ${error.remedy}`);
    return undefined;
  }
}

export type Keep = "required" | "if-possible" | "no";

type BundleStep = Pick<ApplicationStep<typeof DECLARED.bundle>, "context" | "output" | "progress" | "summarise"> & {
  inputs: Omit<ApplicationStep<typeof DECLARED.bundle>["inputs"], "upload">;
};

/**
 * Stores the deployed artifact for a later run, for hosts that are added later. The deploy is done, so failures are
 * warnings.
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
  if ((inputs.upload ?? "after-deploy") !== "after-deploy" || !isForDeploys(process.env)) return;
  const given = inputs["artifact-name"];
  const name = given ?? releaseName(context)(result);
  const { file, size } = result;
  const retentionDays = inputs["retention-days"] ?? DAYS_DEPLOYED;
  try {
    const uploaded = { name, ...(await keepArtifact(context, { name, file, size, retentionDays })) };
    for (const [output_, value] of Object.entries(artifactOutputs(result, uploaded))) output(output_, value);
  } catch (error) {
    // Another job of this run has deployed the same release. A custom name would say nothing about the content.
    if (given === undefined && isTaken(error)) return;
    if (!(error instanceof Failure)) throw error;
    const remedy = error.remedy === undefined ? "" : `\nnext: ${error.remedy}`;
    progress.warning(
      `the release is deployed, and its artifact was not kept: ${error.output ?? error.what}. New hosts get it from one that has it.${remedy}`,
    );
  }
}

/** Names an artifact by its content, as hosts name the release. */
export const releaseName =
  ({ config }: Context) =>
  ({ version, releaseDigest: digest }: BundleResult): string =>
    nameByRelease(config.app, { version, digest });

/** An artifact of this run already has the name. */
const isTaken = (error: unknown): boolean => error instanceof Failure && error.code === "artifact-exists";

/** A pull request's artifact is checked and never deployed. */
export const isForDeploys = ({ GITHUB_EVENT_NAME: event = "" }: NodeJS.ProcessEnv) =>
  !event.startsWith("pull_request") && event !== "merge_group";
