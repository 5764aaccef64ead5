// Host requirements of a release that was built with Node.
import type { Requirements } from "../artifact/format.ts";
import type { HostProbe } from "./host-probe.ts";

/**
 * One probe for each version of Node that built a part of the release.
 *
 * @param records of the release and its environments
 */
export function nodeProbes(records: readonly Requirements[]): HostProbe[] {
  const versions = records.flatMap(({ node }) => node?.version ?? []);
  return [...new Set(versions)].map((version) => ({
    ask: `node ${version}`,
    reply: "missing_node",
    read: (answers, user) => ({
      findings: [],
      warnings: answers
        .filter((answer) => answer === version)
        .map(
          () =>
            `node is not on the PATH of ${user} (the release was built with ${version}): its services must find it themselves`,
        ),
    }),
  }));
}
