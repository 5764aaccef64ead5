// What a host records of a release's services, so that a revert expects no service, and no answer, that the release
// never had.
import { createHash } from "node:crypto";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import { upgradeConfiguration } from "../config/renamed-keys.ts";
import { configSchema, type HealthConfig, type ServiceConfig } from "../config/schema.ts";
import { hasRole } from "../host/roles.ts";
import { supervisorOf } from "../supervisors/registry.ts";
import type { RecordedService } from "../supervisors/supervisor.ts";
import type { Member, Participant } from "./member.ts";

/**
 * The services of a release on a host: those of its own commit, on whichever host they run, since roles may change.
 *
 * @param member used for its services if the artifact names none
 */
export function servicesToRecord({ release }: ReleaseContent, member: Member): RecordedService[] {
  const { services } = (upgradeConfiguration(release?.configuration) ?? {}) as { services?: unknown };
  const own = configSchema.shape.services.safeParse(services);
  if (services === undefined || !own.success) return servicesOfMember(member);
  return Object.entries(own.data).map(([name, service]) => ({
    name,
    ...driven(service),
    here: hasRole(member.roles, service.roles),
    health: service.health && healthDigest(service.health),
  }));
}

/** The supervisor of a service, and its name there. */
function driven(service: ServiceConfig): Pick<RecordedService, "kind" | "unit"> {
  const { kind, unit } = supervisorOf(service).request(service, { local: false, runAs: undefined });
  return { kind, unit };
}

/** The services that the host has now. */
export const servicesOfMember = ({ services, health }: Member): RecordedService[] =>
  services.map(({ name, kind, unit }) => ({
    name,
    kind,
    unit,
    here: true,
    health: health[name] && healthDigest(health[name]),
  }));

/** `<digest of the address>.<digest of all that the check asks for and expects>`; waiting times are not part of it. */
export function healthDigest({ url, status, headers, "release-header": named }: HealthConfig): string {
  return `${shortDigest(url)}.${shortDigest([url, status, Object.entries(headers ?? {}).sort(), named ?? ""])}`;
}

const shortDigest = (asked: unknown): string =>
  createHash("sha256").update(JSON.stringify(asked)).digest("hex").slice(0, 16);

/**
 * How a health check relates to a release that a host had before: its own check, one at the same address, or another
 * one, if the release was deployed with another check or with none. If an older Tarlift deployed it, this is not known,
 * and the check counts as its own.
 */
export type CheckOf = "own" | "same-address" | "other";

export function checkOf({ facts }: Participant, release: string, service: string, health: HealthConfig): CheckOf {
  const { services } = facts.releases.find(({ id }) => id === release) ?? {};
  if (services === undefined) return "own";
  const had = services.find(({ name }) => name === service)?.health;
  const asked = healthDigest(health);
  if (had === asked) return "own";
  return had !== undefined && had.split(".")[0] === asked.split(".")[0] ? "same-address" : "other";
}
