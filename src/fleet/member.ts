// The hosts of a target, and what is known of those that take part in a transaction.
import type { BackendServer } from "../balancers/balancer.ts";
import type { HealthConfig } from "../config/schema.ts";
import type { Facts, FactsRequest, Host } from "../host/host.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";

/** A host as it takes part in the transaction. The first of a fleet is locked first. */
export interface Member {
  host: Host;
  /** Roles from the configuration; empty: all roles. */
  roles: string[];
  /** The release's variables and secrets on this host. */
  configuration: Record<string, string>;
  /** What every exchange with this host is about. */
  place: FactsRequest["place"];
  shared: FactsRequest["shared"];
  /** The services of this host by the configuration of this run; {@link servicesOf} has those of one release. */
  services: ServiceRequest[];
  /** Its servers in load balancers. */
  backendServers?: readonly BackendServer[] | undefined;
  /** Health checks of the services that this host runs, by service. */
  health: Record<string, HealthConfig>;
}

/** A member with what exchange 1 found out about it. */
export interface Participant extends Member {
  facts: Facts;
}

/**
 * The services that a host is asked about when it runs a release. For now they are the same for every release: the host itself leaves out
 * those that a release was recorded without.
 *
 * @param release its name on the host; undefined: none, or it is not known yet which
 */
export const servicesOf = ({ services }: Member, _release: string | undefined): ServiceRequest[] => services;

/** What the release is called on each host: the same in most fleets, and not in all (`-2`). */
export type Names = ReadonlyMap<Host, string>;
