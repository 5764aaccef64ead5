// Which artifact a deploy step is about: a file, one of this run by id or name, or one of another run.
import { Failure } from "../failure.ts";
import { fetchArtifact } from "../pipeline/artifact.ts";
import type { ArtifactReference } from "../store/types.ts";
import type { DECLARED, Values } from "./declared.ts";
import type { ApplicationStep } from "./step.ts";

/** The variable by which `bundle` tells a later `deploy` of the same job of its file. */
export const ARTIFACT_VARIABLE = "TARLIFT_ARTIFACT";

type Inputs = Values<typeof DECLARED.deploy>;

/** @returns the artifact's file, downloaded where it is kept elsewhere @throws Failure as the store does */
export async function artifactOf(
  { context }: Pick<ApplicationStep<typeof DECLARED.deploy>, "context">,
  wanted: ReturnType<typeof artifactWanted>,
): Promise<string> {
  return "file" in wanted ? wanted.file : fetchArtifact(context, wanted);
}

/** @throws Failure (refused) for inputs that contradict each other, and for none at all */
export function artifactWanted(
  inputs: Pick<Inputs, "artifact-file" | "artifact-id" | "artifact-name" | "run-id" | "repository" | "github-token">,
  env: NodeJS.ProcessEnv,
): { file: string } | ArtifactReference {
  const { "artifact-file": file, "artifact-id": id, "artifact-name": name, "run-id": run } = inputs;
  const given = Object.entries({ "artifact-file": file, "artifact-id": id, "artifact-name": name }).filter(
    ([, value]) => value !== undefined,
  );
  if (given.length > 1) throw refused(`${given.map(([input]) => input).join(" and ")} are given`, "Give one of them.");
  for (const [input, value] of Object.entries({ "artifact-id": id, "run-id": run }))
    if (value !== undefined && !/^\d+$/.test(value))
      throw refused(`the input ${input} is ${JSON.stringify(value.slice(0, 80))}, and should be a number`);
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

const refused = (what: string, remedy?: string) => new Failure({ what, remedy, outcome: "refused" });
