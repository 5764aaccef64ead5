// What runs where, as lines for a terminal or a log.
import type { FleetStatus, HostStatus, ServiceStatus } from "../operations/status.ts";
import { formatCount } from "../text/quantity.ts";
import { visibleValues } from "../text/visible.ts";
import { type Paint, uncoloured } from "./paint.ts";
import { table } from "./table.ts";

const FILES_SHOWN = 5;

/** The lines for people; `--json` prints the status itself. Hidden characters from hosts are made visible. */
export function statusLines(status: FleetStatus, paint: Paint = uncoloured): string[] {
  const found = visibleValues(status);
  const heads = table(found.hosts.map((host) => [host.name, releaseOf(host)]));
  return [
    `${found.app} on ${found.target}: ${headline(found, paint)}`,
    ...found.hosts.flatMap((host, n) => [
      `  ${heads[n]}${host.previous ? `, previous: ${host.previous}` : ""}`,
      ...hostLines(host, paint).map((line) => `      ${line}`),
    ]),
  ];
}

function headline(found: FleetStatus, paint: Paint): string {
  const { hosts } = found;
  if (hosts.every(({ release, unknown }) => !release && !unknown)) return paint.bad("nothing deployed");
  const uniform = found.uniform ? paint.good("one release everywhere") : paint.bad(`${notUniform(hosts)}`);
  return `${uniform}, ${found.healthy ? healthSeen(hosts, paint) : paint.bad("NOT HEALTHY")}`;
}

function notUniform(hosts: readonly HostStatus[]): string {
  const known = hosts.flatMap(({ release }) => release ?? []);
  if (new Set(known.map(({ digest, id }) => digest ?? id)).size > 1) return "DIFFERENT RELEASES";
  if (hosts.some(({ unknown }) => unknown)) return "NOT ALL HOSTS ANSWER";
  return hosts.some(({ release }) => !release) ? "NOT EVERY HOST HAS A RELEASE" : "NOT AS IT SHOULD BE";
}

/** If nothing is wrong: what that is based on. `healthy` is for services that reported it themselves. */
function healthSeen(hosts: readonly HostStatus[], paint: Paint): string {
  const services = hosts
    .flatMap(({ name, services }) => services.map((service) => ({ host: name, ...service })))
    .filter(({ evidence }) => evidence !== "absent");
  const unchecked = services.filter(({ health }) => health === undefined);
  const unverified = unchecked.filter(({ evidence }) => evidence === "unverified");
  if (services.length === 0) return "no services to look at";
  if (unverified.length > 0)
    return paint.warn(`NOT VERIFIED: ${unverified.map(({ host, service }) => `${service} on ${host}`).join(", ")}`);
  if (unchecked.length === 0) return paint.good("healthy");
  return paint.good(`every service runs (without a health check: ${unchecked.length} of ${services.length})`);
}

function releaseOf({ release, unknown }: HostStatus): string {
  if (release) return `${release.id}${release.commit ? `, commit ${release.commit.slice(0, 12)}` : ""}`;
  return unknown ? "not known" : "no release";
}

function hostLines({ services, drift, deployLock, running, open, taken, error }: HostStatus, paint: Paint): string[] {
  return [
    ...services.map((service) => serviceLine(service, paint)),
    ...(drift.count > 0
      ? [
          `${paint.warn("changed:")} ${formatCount(drift.count, "file")} ${drift.count === 1 ? "differs" : "differ"} from what was verified: ${drift.changed.slice(0, FILES_SHOWN).join(", ")}${drift.count > FILES_SHOWN ? ", …" : ""}`,
        ]
      : []),
    ...(drift.added
      ? [
          `${paint.warn("added:")} ${formatCount(drift.added.count, "file")} that may change what runs, and that no release brought: ${drift.added.paths.slice(0, FILES_SHOWN).join(", ")}${drift.added.count > FILES_SHOWN ? ", …" : ""}`,
        ]
      : []),
    ...(drift.extra
      ? [
          `added: ${formatCount(drift.extra.count, "file")} that no release has: ${drift.extra.paths.slice(0, FILES_SHOWN).join(", ")}${drift.extra.count > FILES_SHOWN ? ", …" : ""} (they stay behind when the next one comes: name their directories in \`shared\`)`,
        ]
      : []),
    ...(drift.unrecorded
      ? [`not looked at: environment ${drift.unrecorded.join(", ")}, of which this host has no record yet`]
      : []),
    ...(taken
      ? [
          `${paint.warn("out of its balancer:")} ${taken.join(", ")} (${running ? "the run that goes on has taken it out" : "a run that was cut off has taken it out: the next deploy, rollback or converge gives it back"})`,
        ]
      : []),
    ...(deployLock ? [`${paint.warn("deploys are locked:")} ${deployLock}`] : []),
    ...(running ? [`${paint.warn("a run goes on:")} ${running}${open ? ` (half-way: ${open})` : ""}`] : []),
    ...(open && !running
      ? [
          `${paint.warn("unfinished:")} a run that was cut off left ${open}: the next deploy or rollback puts it in order`,
        ]
      : []),
    ...(error
      ? [`${paint.bad("✗")} ${error.what}${error.remedy ? ` (${paint.bold("next:")} ${error.remedy})` : ""}`]
      : []),
  ];
}

function serviceLine({ service, ok, evidence, detail, health }: ServiceStatus, paint: Paint): string {
  if (evidence === "absent") return `${service}: ${detail}`;
  const fine = evidence === "unverified" && !health ? paint.warn("NOT VERIFIED") : paint.good("ok");
  return `${service}: ${ok ? fine : paint.bad("NOT OK")}, ${detail}${health ? `, ${health}` : ""}`;
}
