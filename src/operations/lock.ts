// `lock` and `unlock` on the hosts of a target.
import { forEachHost } from "../fleet/for-each-host.ts";
import type { Member } from "../fleet/member.ts";
import type { ReportedError } from "../fleet/report.ts";

export interface HoldResult {
  /** The message for everyone who tries to deploy; undefined: deploys are allowed. */
  message: string | undefined;
  /** Hosts on which it is set. */
  hosts: string[];
  errors: ReportedError[];
}

/** @param message why deploys are held; undefined releases them */
export async function holdHosts(members: readonly Member[], message: string | undefined): Promise<HoldResult> {
  const settled = await forEachHost(members, async ({ host, place, services, shared }) => {
    await host.facts({ place, services, shared });
    await host.hold(message);
  });
  await forEachHost(members, ({ host }) => host.close());
  return {
    message,
    hosts: settled.done.map(({ member }) => member.host.name),
    errors: settled.failed.map(({ error }) => error),
  };
}
