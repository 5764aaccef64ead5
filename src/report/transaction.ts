// What a fleet transaction came to, as lines for a terminal: what is live where, what went wrong and what to do, what to type next.
import type { Report, Trouble } from "../fleet/types.ts";
import { formatBytes, formatCount } from "./quantity.ts";

const SENTENCES: Record<Report["outcome"], string> = {
  deployed: "every host runs it, and every service was seen running it",
  unchanged: "every host runs it already, and every service was seen running it",
  superseded: "nothing changed: a newer commit is live",
  "rolled-back": "every host is back, and every service was seen running it",
  planned: "a plan: nothing changed",
  refused: "nothing changed anywhere",
  reverted: "every host that was touched is back where it was",
  split: "THE FLEET IS SPLIT: hosts run different releases",
  failed: "it did not come to an end",
};

/** The lines for people; `--json` prints the report itself. */
export function transactionLines(report: Report): string[] {
  const title = `${report.app} on ${report.target}: ${report.outcome.toUpperCase()}${report.release ? `  ${report.release}` : ""}`;
  return [
    "",
    title,
    `  ${SENTENCES[report.outcome]}`,
    ...(report.schemaAhead
      ? ["  SCHEMA AHEAD: migrations of the new release were applied, and its code is not live"]
      : []),
    ...(report.pending.length > 0 ? [`  migrations      ${report.pending.join(", ")}`] : []),
    ...hostLines(report),
    ...report.troubles.flatMap(troubleLines),
    ...report.warnings.map((warning) => `  warning: ${warning}`),
    ...(report.durations.length > 0
      ? [
          `  time            ${report.durations.map(({ part, seconds }) => `${part} ${seconds.toFixed(1)} s`).join(", ")}`,
        ]
      : []),
    "",
    `next: ${nextCommand(report)}`,
  ];
}

function hostLines(report: Report): string[] {
  const width = Math.max(...report.hosts.map(({ name }) => name.length));
  return report.hosts.flatMap((host) => {
    const live = host.unknown ? "could not be asked" : (host.live ?? "none");
    const wire =
      host.wire === undefined
        ? ""
        : `, ${formatBytes(host.wire)} sent (${formatCount(host.files?.sent ?? 0, "file")}, ${host.files?.linked ?? 0} linked)`;
    const planned =
      report.outcome === "planned" && host.missing
        ? `, would send ${formatCount(host.missing.files, "file")}, ${formatBytes(host.missing.bytes)}`
        : "";
    return [
      `  ${host.name.padEnd(width)}  ${live}${wire}${planned}`,
      ...host.services.map(
        ({ service, rung, detail }) => `  ${" ".repeat(width)}    ${service}: ${detail} (evidence: ${rung})`,
      ),
    ];
  });
}

function troubleLines({ host, what, where, output, remedy }: Trouble): string[] {
  return [
    "",
    `  ${host ? `${host}: ` : ""}${what}`,
    ...Object.entries(where ?? {}).map(([name, value]) => `    ${name}: ${value}`),
    ...(output?.trim()
      ? [
          "    it said:",
          ...output
            .trimEnd()
            .split("\n")
            .map((line) => `      ${line}`),
        ]
      : []),
    ...(remedy ? [`    next: ${remedy.split("\n").join("\n          ")}`] : []),
  ];
}

function nextCommand({ outcome, target }: Report): string {
  switch (outcome) {
    case "deployed":
    case "rolled-back":
      return `tarlift status ${target}   (and back: tarlift rollback ${target})`;
    case "planned":
      return `tarlift deploy ${target}`;
    case "split":
    case "failed":
      return `tarlift status ${target}, then run the same command again: it begins by putting the fleet in order`;
    default:
      return `tarlift status ${target}`;
  }
}
