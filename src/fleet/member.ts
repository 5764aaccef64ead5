// The hosts of a target, and what is known of those that take part in a transaction.
import type { BackendServer } from "../balancers/balancer.ts";
import type { HealthConfig } from "../config/schema.ts";
import type { Facts, FactsRequest, Host } from "../host/host.ts";
import type { ServiceRequest } from "../supervisors/supervisor.ts";

/** A host as a member of a fleet. The first member is locked first. */
export interface Member {
  host: Host;
  /** Roles from the configuration; empty: all roles. */
  roles: string[];
  /** The release's variables and secrets on this host. */
  configuration: Record<string, string>;
  /** The application layout, which every call to this host is about. */
  layout: FactsRequest["layout"];
  shared: FactsRequest["shared"];
  /** The services of this host by this run's configuration; {@link servicesOf} returns those of one release. */
  services: ServiceRequest[];
  /** Its backend servers in load balancers. */
  backendServers?: readonly BackendServer[] | undefined;
  /** Health checks of the services that this host runs, by service. */
  health: Record<string, HealthConfig>;
}

/** A member with its facts from the preflight. */
export interface Participant extends Member {
  facts: Facts;
}

/**
 * The services to check on a host that runs a release. For now they are the same for every release: the host itself
 * skips those that a release was recorded without.
 *
 * @param release its name on the host; undefined: none, or not known yet
 */
export const servicesOf = ({ services }: Member, _release: string | undefined): ServiceRequest[] => services;

/** The release's name on each host: the same in most fleets, but not in all (suffix `-2`). */
export type Names = ReadonlyMap<Host, string>;
