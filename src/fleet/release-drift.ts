// Whether a release on a host is the one that was verified.
import type { Drift } from "../host/host.ts";
import { formatCount } from "../text/quantity.ts";

/** Whether nothing was changed, removed or added that may change what a release does. */
export const asVerified = ({ count, added }: Drift): boolean => count === 0 && !added;

/**
 * What is to be said of a release to which files were only added. Applications write into their releases, and what was verified is all
 * there: so it is no reason to refuse what brings a service back.
 *
 * @returns undefined: none were added
 */
export function addedSentence(host: string, release: string, { added }: Pick<Drift, "added">): string | undefined {
  if (!added) return undefined;
  const paths = `${added.paths.slice(0, 5).join(", ")}${added.count > 5 ? ", …" : ""}`;
  return `${host}: ${release} has ${formatCount(added.count, "file")} that no release brought and that may change what it does: ${paths}`;
}
