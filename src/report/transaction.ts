// The result of a fleet transaction, as lines for a terminal: what was done on each host, what is live where, errors
// with their remedies, and the next command.
import type { HostOutcome, Report, ReportedError } from "../fleet/report.ts";
import { formatBytes, formatCount, formatNames } from "../text/quantity.ts";
import { visibleLine, visibleValues } from "../text/visible.ts";
import { groupErrors, groupWarnings } from "./group-errors.ts";
import { completeCommands, NO_CALL } from "./invocation.ts";
import { EVIDENCE_MEANING, moodOf, nextCommand, outcomeSentence, schemaSentence } from "./outcome-text.ts";
import { type Paint, uncoloured } from "./paint.ts";
import { cellTime, type PhaseCell, phaseTable } from "./phases.ts";
import { table } from "./table.ts";

/**
 * The lines for people; `--json` prints the report itself. Hidden characters from hosts are made visible.
 *
 * @param next what to do next; default: the next command, without options of a call
 */
export function transactionLines(
  given: Report,
  paint: Paint = uncoloured,
  next = completeCommands(nextCommand(given), NO_CALL),
): string[] {
  const report = visibleValues(given);
  const schema = schemaSentence(report);
  const outcome = paint[moodOf(report.outcome)](paint.bold(report.outcome.toUpperCase()));
  return [
    "",
    `${report.app} on ${report.target}: ${outcome}${report.release ? `  ${report.release}` : ""}`,
    `  ${outcomeSentence(report)}`,
    ...(schema ? [paint.bad(`  ${schema}`)] : []),
    "",
    ...phaseLines(report, paint),
    ...liveLines(report),
    ...migrationLines(report),
    ...orderLines(report),
    ...timeLines(report),
    ...groupErrors(report.errors).flatMap((error) => errorLines(error, paint)),
    ...(report.warnings.length > 0 ? [""] : []),
    ...groupWarnings(
      report.warnings,
      report.hosts.map(({ name }) => name),
    ).map((warning) => `  ${paint.warn("warning:")} ${warning}`),
    "",
    `${paint.bold("next:")} ${visibleLine(next)}`,
  ];
}

function phaseLines(report: Report, paint: Paint): string[] {
  const { phases, hosts } = phaseTable(report);
  if (phases.length === 0) return [];
  const rows = hosts.map(({ name, cells }) => [name, ...cells.map(cellText)]);
  // Coloured after the columns are made: colour codes have no width.
  const lines = table([["host", ...phases], ...rows]).map((line) => line.replaceAll("✗", paint.bad("✗")));
  return [...lines.map((line, n) => `  ${n === 0 ? paint.dim(line) : line.replaceAll("✓", paint.good("✓"))}`), ""];
}

const cellText = (cell: PhaseCell | undefined): string =>
  cell === undefined ? "·" : `${cell.ok ? "✓" : "✗"} ${cellTime(cell)}`;

function liveLines(report: Report): string[] {
  const rows = report.hosts.map((host) => [host.name, liveOf(host), trafficOf(host, report)]);
  const lines = table(rows);
  return report.hosts.flatMap((host, n) => [
    `  ${lines[n]}`,
    ...host.services.map(
      ({ service, evidence, detail }) =>
        `      ${service}: ${detail} (evidence: ${evidence}, ${EVIDENCE_MEANING[evidence]})`,
    ),
  ]);
}

/** `v2-77aa01ce, previous: v1-3fa9c1d2`. */
function liveOf(host: HostOutcome): string {
  if (host.unknown) return "could not be asked what is live";
  const live = host.live ?? "nothing live";
  return host.previousRelease === undefined || host.previousRelease === host.live
    ? live
    : `${live}, previous: ${host.previousRelease}`;
}

function trafficOf({ wire, files, missing }: HostOutcome, { outcome }: Report): string {
  if (wire !== undefined)
    return `${formatBytes(wire)} sent (${formatCount(files?.sent ?? 0, "file")}, ${files?.linked ?? 0} linked)`;
  if (outcome === "planned" && missing)
    return `would send ${formatCount(missing.files, "file")}, ${formatBytes(missing.bytes)}`;
  return "";
}

function migrationLines({ pending, applied, outcome }: Report): string[] {
  const done = new Set(applied);
  const open = pending.filter((name) => !done.has(name));
  const one = (count: number) => formatCount(count, "migration");
  return [
    ...(applied.length > 0 ? [`  ${one(applied.length)} applied: ${formatNames(applied)}`] : []),
    ...(open.length > 0
      ? [`  ${one(open.length)} ${outcome === "planned" ? "would be applied" : "pending"}: ${formatNames(open)}`]
      : []),
  ];
}

/**
 * The order of the hosts, and the part of the time that is known in advance: the duration of stops and starts depends
 * on the services.
 */
export function orderLines({ order }: Report): string[] {
  if (order === undefined || order.waves.flat().length < 2) return [];
  const { waves, atLeast } = order;
  const shown = waves.map((wave) => wave.join(" and ")).join(", then ");
  const settling =
    atLeast > 0 ? `; at least ${atLeast.toFixed(0)} s of settling, besides stops, starts and health checks` : "";
  return [`  order: ${waves.length === 1 ? `all ${waves[0]!.length} hosts at once` : shown}${settling}`];
}

function timeLines({ durations }: Report): string[] {
  if (durations.length === 0) return [];
  const total = durations.reduce((sum, { seconds }) => sum + seconds, 0);
  // Times of a few hundredths of a second, for phases with nothing to do, are left out.
  const parts = durations
    .filter(({ seconds }) => seconds >= 0.05)
    .map(({ part, seconds }) => `${part} ${seconds.toFixed(1)} s`);
  return [`  time: ${parts.length > 0 ? `${parts.join(", ")}; ` : ""}total ${total.toFixed(1)} s`];
}

function errorLines({ host, what, where, output, remedy }: ReportedError, paint: Paint): string[] {
  return [
    "",
    `  ${paint.bad("✗")} ${host ? `${host}: ` : ""}${what}`,
    ...Object.entries(where ?? {}).map(([name, value]) => `    ${name}: ${value}`),
    ...(output?.trim()
      ? [
          "    output:",
          ...output
            .trimEnd()
            .split("\n")
            .map((line) => `      ${line}`),
        ]
      : []),
    ...(remedy ? [`    ${paint.bold("next:")} ${remedy.split("\n").join("\n          ")}`] : []),
  ];
}
