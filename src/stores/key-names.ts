// Which keys and names every store takes: the narrowest that all of them agree on.
import { createHash } from "node:crypto";
import { Failure } from "../failure.ts";

/**
 * @returns the key
 * @throws Failure when a store could take it for a path or refuse it; keys are made by Tarlift, from digests
 */
export function checkKey(key: string): string {
  if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,399}$/.test(key)) return key;
  throw new Failure({
    code: "input-invalid",
    what: "this is no key for a layer store",
    where: { key },
    remedy: "At most 400 characters of A-Z a-z 0-9 . _ -, and no dot in front.",
  });
}

/** @returns the name of a key's file: a key may be longer than a file name may be. `~` stands in no key, so two keys share no file. */
export function fileNameOf(key: string): string {
  if (key.length <= 200) return key;
  return `${key.slice(0, 120)}~${createHash("sha256").update(key).digest("hex")}`;
}

/**
 * Why a text is no name of an artifact, in words. GitHub refuses the same characters
 * (actions/toolkit, packages/artifact/src/internal/upload/path-and-artifact-name-validation.ts).
 */
export function artifactNameProblem(name: string): string | undefined {
  if (name === "" || name.length > 255) return "a name has 1 to 255 characters";
  if (/[\x00-\x1f\x7f":<>|*?\\/]/.test(name)) return 'a name has no control characters and none of " : < > | * ? \\ /';
  return undefined;
}
