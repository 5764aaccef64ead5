// Whether the live release of a host runs: checked before the host is reported as healthy, and before an activation
// that would not change it.

import { healthOf } from "./health.ts";
import { type Participant, servicesOf } from "./member.ts";
import type { Transaction } from "./transaction.ts";

/**
 * Checks hosts on which the release is live already, for the settling time of their services. The report has what was
 * seen.
 *
 * @returns the reason for each host that has a service which does not run, or does not answer
 */
export async function reasonsAgainst(
  tx: Transaction,
  members: readonly Participant[],
): Promise<Map<Participant, string>> {
  if (members.length === 0) return new Map();
  const results = await tx.part("verify", () =>
    tx.step("verify", members, async (member) => {
      const live = member.facts.live!.id;
      const services = await member.host.observe({ services: servicesOf(member, live), settle: true });
      const bad = services.find(({ evidence }) => evidence === "none");
      if (bad) return `${bad.service}: ${bad.detail}`;
      tx.observed(member, await healthOf(member, live, services, tx));
      return undefined;
    }),
  );
  return new Map([
    ...results.done.flatMap(({ member, value }) => (value === undefined ? [] : [[member, value] as const])),
    ...results.failed.map(({ member, error }) => [member, error.what] as const),
  ]);
}

/** @returns the hosts that {@link reasonsAgainst} finds: their services must be restarted, and the warnings say so */
export async function unhealthyHosts(tx: Transaction, members: readonly Participant[]): Promise<Participant[]> {
  const reasons = await reasonsAgainst(tx, members);
  const bad = members.filter((member) => reasons.has(member));
  for (const member of bad)
    tx.warn(`the release is live already, but ${member.host.name}: ${reasons.get(member)}; it is to be started again`);
  return bad;
}
