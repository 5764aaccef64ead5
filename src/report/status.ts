// What runs where, as lines for a terminal or a log.
import type { FleetStatus, HostStatus, ServiceStatus } from "../fleet/status.ts";
import { type Paint, uncoloured } from "./paint.ts";
import { formatCount } from "./quantity.ts";
import { table } from "./table.ts";
import { visibleValues } from "./visible.ts";

const FILES_SHOWN = 5;

/** The lines for people; `--json` prints the status itself. Hidden characters of hosts are made visible. */
export function statusLines(told: FleetStatus, paint: Paint = uncoloured): string[] {
  const found = visibleValues(told);
  const asked = found.hosts.filter(({ unknown }) => !unknown);
  const differ = new Set(asked.map(({ release }) => release?.digest)).size > 1;
  const what = differ
    ? "DIFFERENT RELEASES"
    : asked.length < found.hosts.length
      ? "NOT ALL HOSTS ANSWER"
      : "NO RELEASE";
  const uniform = found.uniform ? paint.good("one release everywhere") : paint.bad(what);
  const healthy = found.healthy ? paint.good("healthy") : paint.bad("NOT HEALTHY");
  const heads = table(found.hosts.map((host) => [host.name, releaseOf(host)]));
  return [
    `${found.app} on ${found.target}: ${uniform}, ${healthy}`,
    ...found.hosts.flatMap((host, n) => [
      `  ${heads[n]}${host.previous ? `, before it ${host.previous}` : ""}`,
      ...hostLines(host, paint).map((line) => `      ${line}`),
    ]),
  ];
}

function releaseOf({ release, unknown }: HostStatus): string {
  if (release) return `${release.id}${release.commit ? `, commit ${release.commit.slice(0, 12)}` : ""}`;
  return unknown ? "not known" : "no release";
}

function hostLines({ services, drift, held, open, trouble }: HostStatus, paint: Paint): string[] {
  return [
    ...services.map((service) => serviceLine(service, paint)),
    ...(drift.count > 0
      ? [
          `${paint.warn("changed:")} ${formatCount(drift.count, "file")} ${drift.count === 1 ? "differs" : "differ"} from the release: ${drift.changed.slice(0, FILES_SHOWN).join(", ")}${drift.count > FILES_SHOWN ? ", …" : ""}`,
        ]
      : []),
    ...(held ? [`${paint.warn("deploys are held:")} ${held}`] : []),
    ...(open
      ? [
          `${paint.warn("unfinished:")} a run that was cut off left ${open}: the next deploy or rollback puts it in order`,
        ]
      : []),
    ...(trouble
      ? [`${paint.bad("✗")} ${trouble.what}${trouble.remedy ? ` (${paint.bold("next:")} ${trouble.remedy})` : ""}`]
      : []),
  ];
}

function serviceLine({ service, ok, detail, health }: ServiceStatus, paint: Paint): string {
  return `${service}: ${ok ? paint.good("ok") : paint.bad("NOT OK")}, ${detail}${health ? `, ${health}` : ""}`;
}
