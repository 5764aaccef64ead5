// Which hosts get which release, and how. A value: converge narrows it, while the transaction stays one.
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import type { Host } from "../host/host.ts";
import type { Member, Names, Participant } from "./member.ts";
import type { FleetRequest, Migrations } from "./request.ts";
import type { WaveRules } from "./waves.ts";

/** A release that is brought to hosts. */
export interface Incoming {
  artifact: ReleaseContent;
  version: string;
  /** Left out: none are listed, and none applied. */
  migrations?: Migrations | undefined;
}

/** A {@link Rollout} before the release's name on each host is known. */
export interface RolloutPlan {
  /** In the fleet's order; the first of them is the leader. */
  hosts: readonly Participant[];
  /** How many hosts the rollout concerns, including those that do not answer. */
  total: number;
  /** undefined: all at once. */
  waves: WaveRules | undefined;
  restart: FleetRequest["restart"];
  /** Hosts whose services are restarted even if the release is live already, because they do not run. */
  restartOn?: ReadonlySet<Host> | undefined;
  /** How hosts record it: whether as a return to a release that was good before, and whether as a converge. */
  recordAs: { rollback: boolean; converge?: boolean };
  /** The last hooks that can still revert it. */
  lastHook: "after-deploy" | "after-rollback";
  /** Left out: the hosts have the release. */
  incoming?: Incoming | undefined;
}

/** The plan of a release that hosts do not have yet. */
export type IncomingPlan = RolloutPlan & { incoming: Incoming };

export interface Rollout extends RolloutPlan {
  /** The release's name on each of the hosts, which have it. */
  names: Names;
}

/** The name of a rollout's release on one of its hosts. */
export const releaseOn = ({ names }: Rollout, { host }: Member): string => names.get(host)!;

/** The same on the leader, for the report. */
export const releaseOnLeader = ({ hosts, names }: Rollout): string | undefined => hosts[0] && names.get(hosts[0].host);

/** Whether services are restarted even if the release is live already. */
export const restartFor = ({ restart, restartOn }: RolloutPlan, { host }: Member): FleetRequest["restart"] =>
  restartOn?.has(host) ? "always" : restart;
