// Whether a release on a host is still as it was verified.
import type { Drift } from "../host/host.ts";
import { formatCount } from "../text/quantity.ts";

/** Whether nothing was changed, removed or added that may affect the release. */
export const asVerified = ({ count, added }: Drift): boolean => count === 0 && !added;

/**
 * The warning about a release to which files were only added. Applications write into their releases, and everything
 * that was verified is there: it is no reason to refuse to start a service again.
 *
 * @returns undefined: no files were added
 */
export function addedSentence(host: string, release: string, { added }: Pick<Drift, "added">): string | undefined {
  if (!added) return undefined;
  const paths = `${added.paths.slice(0, 5).join(", ")}${added.count > 5 ? ", …" : ""}`;
  return `${host}: ${release} has ${formatCount(added.count, "file")} that no release brought and that may change what it does: ${paths}`;
}
