// Which hosts go to which release, and how. A value: converge narrows it, while the transaction stays one.
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

/** A {@link Rollout} before it is known what the release is called on each host. */
export interface RolloutPlan {
  /** In the fleet's order; the first of them leads. */
  hosts: readonly Participant[];
  /** How many hosts all of it is about, those among them that do not answer. */
  total: number;
  /** undefined: all at once. */
  waves: WaveRules | undefined;
  restart: FleetRequest["restart"];
  /** Hosts on which services are started again also where the release is live already: they do not run. */
  restartOn?: ReadonlySet<Host> | undefined;
  /** How hosts record it: as one that goes to a release which was good before, and as a host that is brought along to the others. */
  recordAs: { rollback: boolean; converge?: boolean };
  /** The hooks that may still revert it. */
  lastHook: "after-deploy" | "after-rollback";
  /** Left out: the hosts have the release. */
  incoming?: Incoming | undefined;
}

/** The plan of a release that hosts do not have yet. */
export type IncomingPlan = RolloutPlan & { incoming: Incoming };

export interface Rollout extends RolloutPlan {
  /** The release on each of the hosts, which have it. */
  names: Names;
}

/** What the release of a rollout is called on a host of it. */
export const releaseOn = ({ names }: Rollout, { host }: Member): string => names.get(host)!;

/** The same on the leader, for the report. */
export const releaseOnLeader = ({ hosts, names }: Rollout): string | undefined => hosts[0] && names.get(hosts[0].host);

/** Whether services are started again where the release is live already. */
export const restartFor = ({ restart, restartOn }: RolloutPlan, { host }: Member): FleetRequest["restart"] =>
  restartOn?.has(host) ? "always" : restart;
