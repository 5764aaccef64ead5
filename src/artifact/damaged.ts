// Errors about the bytes of an artifact.
import { Failure } from "../failure.ts";

/** @param why in lines */
export function damaged(file: string, why: string): Failure {
  return new Failure({
    code: "artifact-invalid",
    what: "the artifact cannot be read",
    where: { file },
    output: why,
    remedy:
      "It was truncated or changed on its way, or is not an artifact of Tarlift: fetch it again, or build it again.",
    outcome: "refused",
  });
}
