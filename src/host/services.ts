// Services in a request, and the evidence about them in a host's reply (src/remote/evidence.sh).

import type { Reply } from "../protocol/call.ts";
import { LARGEST_SAID } from "../protocol/frames.ts";
import type { RecordedService, ServiceRequest } from "../supervisors/supervisor.ts";
import { cutEnd, cutStart } from "../text/cut.ts";
import { lines } from "../text/format-lines.ts";
import { EVIDENCE_LEVELS, type ServiceEvidence } from "./host.ts";

/** The values of a request that name its services and their supervisors' options. */
export function serviceValues(services: readonly ServiceRequest[]): Record<string, string | number | undefined> {
  const values: Record<string, string | number | undefined> = {
    services: services.map(({ name }) => name).join(" ") || undefined,
  };
  for (const service of services) {
    values[`service.${service.name}.kind`] = service.kind;
    values[`service.${service.name}.unit`] = service.unit;
    values[`service.${service.name}.action`] = service.action;
    values[`service.${service.name}.settle`] = Math.ceil(service.settle);
    values[`service.${service.name}.stop_timeout`] =
      service.stopTimeout === undefined ? undefined : Math.ceil(service.stopTimeout);
    values[`service.${service.name}.run-as`] = service.runAs;
    values[`service.${service.name}.commands-as`] = service.commandsAs;
  }
  return values;
}

/** The lines of a release's record that say which services it has: src/remote/recorded-services.sh. */
export function recordedLines(services: readonly RecordedService[]): string {
  return lines([
    ["services", ...services.map(({ name }) => name)].join(" "),
    ...services.map(
      ({ here, name, kind, unit, health }) =>
        `service ${here ? "here" : "elsewhere"} ${name} ${kind} ${unit || "-"} ${health ?? "-"}`,
    ),
  ]);
}

/** Reads them. @returns undefined if the record has none, as an older Tarlift's */
export function parseRecorded(record: readonly string[]): Pick<RecordedService, "name" | "health">[] | undefined {
  if (!record.some((line) => /^services( |$)/.test(line))) return undefined;
  return record.flatMap((line) => {
    const [, name, health] = /^service \S+ (\S+) \S+ \S+ (\S+)$/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, health: health === "-" ? undefined : health }];
  });
}

/** The shell texts of services of kind `command`, by their file names on the host. */
export function serviceTexts(services: readonly ServiceRequest[]): Record<string, string> {
  return Object.fromEntries(
    services.flatMap(({ name, commands }) =>
      Object.entries(commands ?? {}).flatMap(([key, text]) =>
        text === undefined ? [] : [[`service.${name}.${key}`, text]],
      ),
    ),
  );
}

/** Characters of the detail about one service: its supervisor's output about each of its processes. */
const LARGEST_DETAIL = 10_000;

/** What the replies of all verbs that check services have in common. */
export type EvidenceReply = Pick<Reply<"observe">, "texts"> & { all(key: "service"): readonly string[] };

/**
 * `service NAME LEVEL PID|- DETAIL`; the last line of a service counts, and a service without a line is not proven to
 * run. Lines about services that were not requested are left out.
 */
export function parseEvidence(reply: EvidenceReply, services: readonly ServiceRequest[]): ServiceEvidence[] {
  const found = new Map<string, ServiceEvidence>(
    services.map(({ name: service }) => [service, { service, evidence: "none", detail: "nothing was said of it" }]),
  );
  for (const line of reply.all("service")) {
    const [service = "", level, pid, ...detail] = line.split(" ");
    if (!found.has(service)) continue;
    found.set(service, {
      service,
      evidence: EVIDENCE_LEVELS.find((known) => known === level) ?? "none",
      pid: Number(pid) || undefined,
      detail: cutEnd(detail.join(" "), LARGEST_DETAIL),
    });
  }
  for (const seen of found.values()) {
    const log = reply.texts.get(`log-${seen.service}`);
    if (log !== undefined) seen.log = cutStart(log, LARGEST_SAID);
  }
  return [...found.values()];
}
