// `host setup --check`: what hosts lack for a deploy, and which definition of a service differs from tarlift.yml.
import { forEachHost } from "../fleet/for-each-host.ts";
import { lockedWords } from "../fleet/preflight.ts";
import type { ReportedError } from "../fleet/report.ts";
import type { FleetRequest } from "../fleet/request.ts";

export interface HostCheck {
  missing: ReportedError[];
  /** Each begins with its host's name. */
  warnings: string[];
}

/**
 * Takes each host's lock for the time of the check, without waiting for it. Nothing changes.
 *
 * @param commands of services in a release, by service, if they are known
 */
export async function checkHosts(
  { owner: by, members }: Pick<FleetRequest, "owner" | "members">,
  commands: Record<string, string>,
): Promise<HostCheck> {
  const owner = `${by} (host setup --check)`;
  const results = await forEachHost(members, async ({ host, layout, services, shared }) => {
    const facts = await host.facts({ layout, services, shared, lock: { wait: 0, owner } });
    return { ...facts, warnings: [...facts.warnings, ...(await host.definitions({ layout, services, commands }))] };
  });
  const missing = [
    ...results.failed.map(({ error }) => error),
    ...results.done.flatMap(({ member, value }) => value.findings.map((one) => ({ host: member.host.name, ...one }))),
  ];
  const warnings = results.done.flatMap(({ member, value }) =>
    [
      ...(value.lockedBy === undefined
        ? []
        : [value.lockedByStranger ? lockedWords(value) : `another run is under way: ${value.lockedBy}`]),
      ...value.warnings,
    ].map((warning) => `${member.host.name}: warning: ${warning}`),
  );
  return { missing, warnings };
}
