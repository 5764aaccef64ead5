// Whether what is live on a host runs: asked before it is called well, and before a switch that would leave it as it is.

import { forEachHost } from "./for-each-host.ts";
import { healthOf } from "./health.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import type { FleetRequest, Participant } from "./request.ts";

/**
 * Looks at hosts on which the release is live already, for the settling time of their services. What was seen is in the ledger.
 *
 * @returns what speaks against each that has a service which does not run, or does not answer
 */
export async function reasonsAgainst(
  request: FleetRequest,
  members: readonly Participant[],
  ledger: Ledger,
): Promise<Map<Participant, string>> {
  if (members.length === 0) return new Map();
  const settled = await ledger.timed("verify", () =>
    forEachHost(members, (member) =>
      phase(request, ledger, member, "verify", async () => {
        const services = await member.host.observe({ services: member.services, settle: true });
        const bad = services.find(({ rung }) => rung === "none");
        if (bad) return `${bad.service}: ${bad.detail}`;
        ledger.services(member, await healthOf(request, member, member.facts.live!.id, services, ledger.warnOnce));
        return undefined;
      }),
    ),
  );
  return new Map([
    ...settled.done.flatMap(({ member, value }) => (value === undefined ? [] : [[member, value] as const])),
    ...settled.failed.map(({ member, trouble }) => [member, trouble.what] as const),
  ]);
}

/** @returns the hosts that {@link reasonsAgainst} finds: their services are to be started again, and the warnings say so */
export async function unhealthyHosts(
  request: FleetRequest,
  members: readonly Participant[],
  ledger: Ledger,
): Promise<Participant[]> {
  const reasons = await reasonsAgainst(request, members, ledger);
  const bad = members.filter((member) => reasons.has(member));
  for (const member of bad)
    ledger.warnings.push(
      `the release is live already, but ${member.host.name}: ${reasons.get(member)}; it is to be started again`,
    );
  return bad;
}
