// `lock` and `unlock`: a person locks deploys of a target, with a message for all others.
import { forEachHost } from "../fleet/for-each-host.ts";
import type { Member } from "../fleet/member.ts";
import type { ReportedError } from "../fleet/report.ts";
import { describeOwner } from "../protocol/owner.ts";

export interface DeployLockResult {
  /** The message for all who want to deploy; undefined: deploys are allowed. */
  message: string | undefined;
  /** Hosts on which it is set. */
  hosts: string[];
  errors: ReportedError[];
}

/** @param reason why deploys are locked; undefined unlocks them. The message also names the user. */
export async function lockDeploys(members: readonly Member[], reason: string | undefined): Promise<DeployLockResult> {
  const message = reason === undefined ? undefined : `${reason} (${describeOwner()})`;
  const results = await forEachHost(members, async ({ host, layout, services, shared }) => {
    await host.facts({ layout, services, shared });
    await host.lockDeploys(message);
  });
  return {
    message,
    hosts: results.done.map(({ member }) => member.host.name),
    errors: results.failed.map(({ error }) => error),
  };
}
