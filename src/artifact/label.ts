// Derives the label of a release from a tag.
import { versionProblem } from "./validate-release.ts";

/**
 * A tag as a label that may be part of a directory's name on hosts: `api/v1.4.0` is `api-v1.4.0`, `@acme/web@1.4.0` is
 * `acme-web-1.4.0`.
 *
 * @returns undefined if the tag has no usable characters
 */
export function labelOf(tag: string): string | undefined {
  if (versionProblem(tag) === undefined) return tag;
  const label = tag
    .replace(/[^A-Za-z0-9._+-]+/g, "-")
    .replace(/^[^A-Za-z0-9_]+/, "")
    .slice(0, 100)
    .replace(/-+$/, "");
  return label === "" ? undefined : label;
}
