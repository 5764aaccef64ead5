// The part of a step that makes an artifact and keeps it: alone (actions/bundle) and in the whole pipeline.
import { exportVariable } from "@actions/core";
import type { BundleResult } from "../bundle/bundle.ts";
import { keepArtifact, makeArtifact } from "../pipeline/artifact.ts";
import { ARTIFACT_VARIABLE } from "./artifact.ts";
import type { DECLARED } from "./declared.ts";
import { artifactOutputs, type Uploaded } from "./results.ts";
import { withSaving } from "./saving.ts";
import type { ApplicationStep } from "./step.ts";

const DAYS = 7;

/** @param uploads whether `upload: auto` uploads */
export async function bundleStep(
  { context, inputs, output, summarise }: ApplicationStep<typeof DECLARED.bundle>,
  { uploads }: { uploads: boolean },
): Promise<BundleResult> {
  const { version, python, check, save, upload = "auto" } = inputs;
  const requireIsolation = inputs["require-isolation"];
  const result = await makeArtifact(withSaving(context, save), {
    ...(version === undefined ? {} : { version }),
    allowOtherTag: inputs["allow-other-tag"] ?? false,
    ...(python === undefined ? {} : { python }),
    ...(check === undefined ? {} : { check }),
    ...(requireIsolation === undefined ? {} : { requireIsolation }),
  });
  exportVariable(ARTIFACT_VARIABLE, result.file);
  const keep = upload === "always" || (upload === "auto" && uploads);
  const name = inputs["artifact-name"] ?? artifactName(context.config.app, result.version, process.env);
  const { file, size } = result;
  const retentionDays = inputs["retention-days"] ?? DAYS;
  const uploaded: Uploaded | undefined = keep
    ? { name, ...(await keepArtifact(context, { name, file, size, retentionDays })) }
    : undefined;
  for (const [output_, value] of Object.entries(artifactOutputs(result, uploaded))) output(output_, value);
  summarise({ bundle: result });
  return result;
}

/** A name is taken once in a run: when it is run again, the attempt is part of it. */
export function artifactName(app: string, version: string, { GITHUB_RUN_ATTEMPT: attempt }: NodeJS.ProcessEnv): string {
  return `${app}-${version}${attempt && attempt !== "1" ? `-attempt-${attempt}` : ""}`;
}

/** A pull request's artifact is tried out and deployed nowhere. */
export const isForDeploys = ({ GITHUB_EVENT_NAME: event = "" }: NodeJS.ProcessEnv) =>
  !event.startsWith("pull_request") && event !== "merge_group";
