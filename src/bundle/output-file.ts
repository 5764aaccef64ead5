// The path that the user gives for the artifact.
import { accessSync, constants, mkdirSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { Failure } from "../failure.ts";

/**
 * Checks early that the artifact can be written, so that a long build does not end in vain.
 *
 * @throws Failure (refused) for a file that cannot be written
 */
export function refuseOutput(file: string): void {
  const refused = (output: string, cause?: unknown) =>
    new Failure({
      code: "local-file",
      what: "the artifact cannot be written there",
      where: { file },
      output,
      remedy: "Name a file, in a directory that this user can write.",
      outcome: "refused",
      cause,
    });
  try {
    mkdirSync(dirname(file), { recursive: true });
    accessSync(dirname(file), constants.W_OK);
  } catch (cause) {
    throw refused((cause as Error).message, cause);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw refused("it is a directory");
}
