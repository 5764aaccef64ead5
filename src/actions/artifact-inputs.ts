// Finds the artifact of a deploy step: a file, one of this run by id or name, or one of another run.
import { resolve } from "node:path";
import { Failure } from "../failure.ts";
import { fetchArtifact } from "../pipeline/artifact.ts";
import type { ArtifactReference } from "../stores/store.ts";
import { cutEnd } from "../text/cut.ts";
import { artifactRuns } from "./artifact-runs.ts";
import type { DECLARED, Values } from "./declared.ts";
import type { ApplicationStep } from "./step.ts";

/** The variable by which `bundle` passes its file to a later `deploy` of the same job. */
export const ARTIFACT_VARIABLE = "TARLIFT_ARTIFACT";

/** GitHub's number, or the id in the directory that stores artifacts where GitHub's service is not available. */
const ARTIFACT_ID = /^\d+(-[0-9a-f]{8})?$/;

type Inputs = Values<typeof DECLARED.deploy>;
type ArtifactInputs = Pick<
  Inputs,
  "artifact-file" | "artifact-id" | "artifact-name" | "run-id" | "repository" | "github-token"
>;

/**
 * A name without a run is looked up in this run, then in the newest run of this repository that has it.
 *
 * @returns the artifact's file, absolute, downloaded if necessary. A given path is relative to the input `directory`
 * @throws Failure as the store does
 */
export async function artifactOf(
  step: Pick<ApplicationStep<typeof DECLARED.deploy>, "context" | "progress" | "signal"> & { inputs: ArtifactInputs },
  wanted: ReturnType<typeof artifactWanted>,
): Promise<string> {
  const { context, progress } = step;
  if ("file" in wanted) return resolve(context.directory, wanted.file);
  try {
    return await fetchArtifact(context, wanted);
  } catch (error) {
    const { name } = wanted;
    const run = name === undefined || wanted.run ? undefined : await artifactRuns(step)?.(name);
    if (!run) throw error;
    progress.notice(`the artifact ${name} is that of run ${run.id}`);
    return fetchArtifact(context, { name: name!, run });
  }
}

/** The same for a step in which an artifact is optional. */
export async function artifactGiven(step: Parameters<typeof artifactOf>[0]): Promise<string | undefined> {
  const { "artifact-file": file, "artifact-id": id, "artifact-name": name, "run-id": run, repository } = step.inputs;
  const given = [file, id, name, run, repository].some((value) => value !== undefined);
  return given ? artifactOf(step, artifactWanted(step.inputs, process.env)) : undefined;
}

/** @throws Failure (refused) for inputs that contradict each other, or without any */
export function artifactWanted(inputs: ArtifactInputs, env: NodeJS.ProcessEnv): { file: string } | ArtifactReference {
  const { "artifact-file": file, "artifact-id": id, "artifact-name": name, "run-id": run } = inputs;
  const given = Object.entries({ "artifact-file": file, "artifact-id": id, "artifact-name": name }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length > 1) throw refused(`${given.map(([input]) => input).join(" and ")} are given`, "Give one of them.");
  if (id !== undefined && !ARTIFACT_ID.test(id))
    throw refused(
      `the input artifact-id is ${JSON.stringify(cutEnd(id, 80))}, and should be the output artifact-id of actions/bundle`,
      "A name is given as artifact-name.",
    );
  if (run !== undefined && !/^\d+$/.test(run))
    throw refused(
      `the input run-id is ${JSON.stringify(cutEnd(run, 80))}, and should be a number`,
      "It is the number in the address of the run's page: …/actions/runs/NUMBER.",
    );
  if (run !== undefined && id === undefined && name === undefined)
    throw refused("run-id is given, and neither artifact-id nor artifact-name", "Say which of its artifacts.");
  if (inputs.repository !== undefined && run === undefined)
    throw refused("repository is given without run-id", "Say which run of it has the artifact.");
  if (file !== undefined) return { file };
  if (id === undefined && name === undefined) {
    const bundled = env[ARTIFACT_VARIABLE];
    if (bundled) return { file: bundled };
    throw refused(
      "no artifact is given",
      "Give artifact-id: the output of actions/bundle in an earlier job. In the same job actions/bundle before this step is enough.",
    );
  }
  return {
    ...(id === undefined ? { name: name! } : { id }),
    ...(run === undefined ? {} : { run: runOf(run, inputs, env) }),
  };
}

function runOf(id: string, inputs: Pick<Inputs, "repository" | "github-token">, env: NodeJS.ProcessEnv) {
  const repository = inputs.repository ?? env.GITHUB_REPOSITORY ?? "";
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw refused(`${JSON.stringify(repository)} is no repository`, "Write it as owner/name.");
  const token = inputs["github-token"]?.trim();
  if (!token) throw refused("github-token is empty", "The artifacts of another run need a token with `actions: read`.");
  return { id, repository, token };
}

const refused = (what: string, remedy?: string) =>
  new Failure({ code: "input-invalid", what, remedy, outcome: "refused" });
