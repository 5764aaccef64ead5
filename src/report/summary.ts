// The summary of a job on GitHub, in Markdown: the result, host by host, and what to do next.

import { isolationLine, isolationWarning } from "../bundle/isolation.ts";
import type { BundleResult } from "../bundle/result.ts";
import type { FailureParts } from "../failure.ts";
import type { HostOutcome, Report, ReportedError } from "../fleet/report.ts";
import { cutStart } from "../text/cut.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import { mapTexts, visible } from "../text/visible.ts";
import { groupErrors, groupWarnings } from "./group-errors.ts";
import { code, fenced, link, markdownTable, plainText, prose } from "./markdown.ts";
import { EVIDENCE_MEANING, moodOf, nextOnGithub, outcomeSentence, schemaSentence } from "./outcome-text.ts";
import { cellTime, phaseTable } from "./phases.ts";
import { timeline } from "./trace.ts";

export interface SummaryCommit {
  /** 40 hex digits. */
  id: string;
  /** The first line of its message. */
  subject: string;
  author?: string | undefined;
  /** Its web address. */
  url?: string | undefined;
}

export interface SummaryInput {
  /** Default: made from the report, the artifact or the failure. */
  title?: string | undefined;
  /** The result of a deploy or rollback. */
  report?: Report | undefined;
  /** What to do next, with commands between backticks; default: what to do on GitHub. */
  next?: string | undefined;
  /** The artifact that this job made. */
  bundle?:
    | (Pick<BundleResult, "version" | "commit" | "releaseDigest" | "size" | "environments" | "assets" | "timings"> &
        Partial<Pick<BundleResult, "checkReport">>)
    | undefined;
  /** Environments that this job restored or built without making an artifact; size in bytes as stored. */
  cached?: readonly { name: string; hit: boolean; size: number }[] | undefined;
  /** Between the previous and the new live release, newest first. */
  commits?: readonly SummaryCommit[] | undefined;
  /** How many more there are. */
  commitsLeftOut?: number | undefined;
  /** Text of a step that is no transaction. */
  lines?: readonly string[] | undefined;
  /** The error that ended the job before there was a report. */
  failure?: Pick<FailureParts, "what" | "where" | "output" | "remedy"> | undefined;
  /** Replaces secrets in a value, but not in a word that decides how it is shown. */
  mask?: ((text: string) => string) | undefined;
}

/** GitHub accepts 1 MiB a step and refuses the whole of anything longer. The rest is for other text of the step. */
const LONGEST = 1_000_000;
const ROWS = 500;
const COMMITS = 100;
const MOST_ERRORS = 10;
const OUTPUT_LINES = 100;
const OUTPUT_CHARACTERS = 8_000;

/** @returns Markdown of less than 1 MiB. What does not fit is left out, the least important first, with a remark */
export function summaryMarkdown({ mask = (text) => text, ...given }: SummaryInput): string {
  // Masked before escaping: a secret may contain characters with a meaning in Markdown.
  const input = mapTexts(given, (text) => mask(visible(mask(text))), visible);
  const { report, failure } = input;
  const errors = groupErrors(report?.errors ?? []);
  // The last ones are dropped first if there is too much.
  const sections = [
    { rank: 0, text: headline(input) },
    { rank: 1, text: failure ? errorParts({ ...failure, where: present(failure.where) }).join("\n\n") : "" },
    { rank: 1, text: errors.slice(0, MOST_ERRORS).map(errorSection).join("\n\n") },
    { rank: 3, text: furtherErrors(errors.slice(MOST_ERRORS)) },
    { rank: 2, text: input.lines && input.lines.length > 0 ? fenced(input.lines.slice(0, ROWS).join("\n")) : "" },
    { rank: 2, text: report ? hosts(report) : "" },
    { rank: 4, text: report ? services(report) : "" },
    { rank: 2, text: report ? migrations(report) : "" },
    { rank: 5, text: report ? chart(report) : "" },
    { rank: 3, text: checks(input) },
    { rank: 3, text: sizes(input) },
    { rank: 6, text: commits(input) },
    { rank: 3, text: report ? warnings(report) : "" },
    { rank: 0, text: report ? `**Next:** ${prose(input.next ?? nextOnGithub(report))}` : "" },
  ].filter(({ text }) => text !== "");
  for (let limit = Math.max(...sections.map(({ rank }) => rank)); ; limit--) {
    const kept = sections.filter(({ rank }) => rank <= limit).map(({ text }) => text);
    const note = kept.length < sections.length ? ["*More is in the log: this summary would be too long.*"] : [];
    const text = `${[...kept, ...note].join("\n\n")}\n`;
    if (Buffer.byteLength(text) <= LONGEST || limit === 0) return text;
  }
}

const MARKS = { good: "✅", warn: "ℹ️", bad: "❌" };

function headline({ title, report, bundle, failure }: SummaryInput): string {
  if (!report) {
    const said = title ?? (bundle ? `Artifact ${bundle.version}` : "Tarlift");
    if (failure) return `## ${MARKS.bad} ${title ? `${plainText(title)}: ` : ""}${plainText(failure.what)}`;
    return `## ${MARKS.good} ${plainText(said)}`;
  }
  const schema = schemaSentence(report);
  const release = report.release ? ` ${code(report.release)}` : "";
  const named = `${plainText(title ?? `${report.app} on ${report.target}`)}: ${report.outcome}${release}`;
  return [
    `## ${MARKS[moodOf(report.outcome)]} ${named}`,
    "",
    `${plainText(outcomeSentence(report))}${report.commit ? `; commit ${code(report.commit.slice(0, 12))}` : ""}${
      moodOf(report.outcome) === "good" && report.previousRelease !== report.release && report.previousRelease
        ? `; previous: ${code(report.previousRelease)}`
        : ""
    }`,
    ...(schema ? ["", `⚠️ **${schema}**`] : []),
  ].join("\n");
}

function hosts(report: Report): string {
  const { phases, hosts: rows } = phaseTable({ ...report, hosts: report.hosts.slice(0, ROWS) });
  const head = ["host", "live", ...phases, "sent"];
  const cells = rows.map((row, n) => {
    const host = report.hosts[n]!;
    const done = row.cells.map((cell) => (cell ? `${cell.ok ? "✓" : "❌"} ${cellTime(cell)}` : "·"));
    return [plainText(row.name), live(host), ...done, sent(host, report)];
  });
  return `### Hosts\n\n${markdownTable(head, cells)}${more(report.hosts.length, "host")}`;
}

function live({ unknown, live: now, previousRelease }: HostOutcome): string {
  if (unknown) return "❌ could not be asked";
  if (now === undefined) return "nothing";
  return previousRelease === undefined || previousRelease === now
    ? code(now)
    : `${code(now)} (previous: ${code(previousRelease)})`;
}

function sent({ wire, files, missing }: HostOutcome, { outcome }: Report): string {
  if (wire !== undefined)
    return `${formatBytes(wire)}, ${formatCount(files?.sent ?? 0, "file")} (${files?.linked ?? 0} linked)`;
  // Only a plan does not send it: any other run that sent nothing needed nothing, or ended before.
  return missing && outcome === "planned"
    ? `would be ${formatBytes(missing.bytes)}, ${formatCount(missing.files, "file")}`
    : "";
}

function services(report: Report): string {
  const rows = report.hosts.flatMap((host) =>
    host.services.map(({ service, evidence, detail }) => [
      plainText(host.name),
      plainText(service),
      plainText(detail),
      `${evidence}: ${plainText(EVIDENCE_MEANING[evidence])}`,
    ]),
  );
  if (rows.length === 0) return "";
  const table = markdownTable(["host", "service", "seen", "evidence"], rows.slice(0, ROWS));
  return `### Services\n\n${table}${more(rows.length, "service")}`;
}

function migrations({ pending, applied, outcome }: Report): string {
  const done = new Set(applied);
  const open = pending.filter((name) => !done.has(name));
  const list = (title: string, names: readonly string[]) =>
    names.length === 0
      ? []
      : [
          `${title}:`,
          names
            .slice(0, ROWS)
            .map((name) => `- ${code(name)}`)
            .join("\n") + more(names.length, "migration"),
        ];
  const lists = [
    ...list(`${formatCount(applied.length, "migration")} applied`, applied),
    ...list(`${formatCount(open.length, "migration")} ${outcome === "planned" ? "would be applied" : "pending"}`, open),
  ];
  return lists.length === 0 ? "" : ["### Migrations", ...lists].join("\n\n");
}

function chart(report: Report): string {
  const text = timeline(report.hosts);
  return text === undefined ? "" : `### Timeline\n\n${fenced(text, "mermaid")}`;
}

/** The summary also says that no check ran: otherwise an unchecked artifact would look like one that passed. */
function checks({ bundle }: SummaryInput): string {
  if (!bundle || !("checkReport" in bundle)) return "";
  const { checkReport } = bundle;
  if (!checkReport) return "### Checks\n\nNone ran.";
  const rows = checkReport.checks.map(({ run, duration, network }) => [
    code(run.trim().split("\n")[0]!),
    `✓ ${(duration / 1000).toFixed(1)} s`,
    network ? "with network" : "",
  ]);
  const whole = isolationWarning(checkReport) === undefined;
  const isolation = `${whole ? "" : "⚠️ "}Isolation: ${plainText(isolationLine(checkReport))}`;
  return `### Checks\n\n${markdownTable(["check", "passed", ""], rows.slice(0, ROWS))}${more(rows.length, "check")}\n\n${isolation}`;
}

function sizes({ bundle, cached, report }: SummaryInput): string {
  const environments = bundle?.environments ?? cached ?? [];
  const traffic = report?.hosts.filter(({ wire }) => wire !== undefined) ?? [];
  const rows = [
    ...environments.map(({ name, hit, size }) => [
      `environment ${plainText(name)}`,
      formatBytes(size),
      hit ? "cached" : "built",
    ]),
    ...(bundle?.assets ?? []).map(({ name, hit, size }) => [
      `assets ${plainText(name)}`,
      formatBytes(size),
      hit ? "cached" : "built",
    ]),
    ...(bundle
      ? [["artifact", formatBytes(bundle.size), `${code(bundle.version)} ${code(bundle.releaseDigest)}`]]
      : []),
    ...(traffic.length > 0
      ? [
          [
            `sent to ${formatCount(traffic.length, "host")}`,
            formatBytes(traffic.reduce((sum, { wire }) => sum + (wire ?? 0), 0)),
            `${formatCount(
              traffic.reduce((sum, { files }) => sum + (files?.sent ?? 0), 0),
              "file",
            )}, ${traffic.reduce((sum, { files }) => sum + (files?.linked ?? 0), 0)} linked`,
          ],
        ]
      : []),
  ];
  const times = timesOf({ bundle, report });
  if (rows.length === 0 && times === "") return "";
  const table = rows.length > 0 ? [markdownTable(["what", "size", "how"], rows)] : [];
  return [bundle || report ? "### Sizes and times" : "### Environments", ...table, ...(times ? [times] : [])].join(
    "\n\n",
  );
}

function timesOf({ bundle, report }: Pick<SummaryInput, "bundle" | "report">): string {
  const parts = [
    ...Object.entries(bundle?.timings ?? {}).map(([part, milliseconds]) => ({ part, seconds: milliseconds / 1000 })),
    ...(report?.durations ?? []),
  ];
  if (parts.length === 0) return "";
  const total = parts.reduce((sum, { seconds }) => sum + seconds, 0);
  return `${parts.map(({ part, seconds }) => `${plainText(part)} ${seconds.toFixed(1)} s`).join(", ")}; total ${total.toFixed(1)} s`;
}

function commits({ commits: between = [], commitsLeftOut = 0 }: SummaryInput): string {
  if (between.length === 0) return "";
  const shown = between.slice(0, COMMITS);
  const left = commitsLeftOut + between.length - shown.length;
  const lines = shown.map(({ id, subject, author, url }) => {
    const by = author ? ` (${plainText(author)})` : "";
    return `- ${link(code(id.slice(0, 12)), url)} ${plainText(subject)}${by}`;
  });
  const rest = left > 0 ? [`- … and ${formatCount(left, "more commit")}`] : [];
  return ["### Commits between what was live and this", "", ...lines, ...rest].join("\n");
}

function warnings({ warnings: all, hosts }: Report): string {
  const warnings = groupWarnings(
    all,
    hosts.map(({ name }) => name),
  );
  if (warnings.length === 0) return "";
  const lines = warnings.slice(0, ROWS).map((warning) => `- ${plainText(warning)}`);
  return `### Warnings\n\n${lines.join("\n")}${more(warnings.length, "warning")}`;
}

function errorSection(error: ReportedError): string {
  const title = `${error.host ? `${plainText(error.host)}: ` : ""}${plainText(error.what)}`;
  return [`### ❌ ${title}`, ...errorParts(error)].join("\n\n");
}

function errorParts({ where, output, remedy }: Pick<ReportedError, "where" | "output" | "remedy">): string[] {
  const parts = Object.entries(where ?? {}).map(([name, value]) => `- ${plainText(name)}: ${code(value)}`);
  return [
    ...(parts.length > 0 ? [parts.join("\n")] : []),
    ...(output?.trim() ? [fenced(lastOf(output))] : []),
    ...(remedy ? [`**Next:** ${remedy.split("\n").map(prose).join("<br>")}`] : []),
  ];
}

/** If a hundred hosts have the same error, the first ones suffice. */
function furtherErrors(errors: readonly ReportedError[]): string {
  if (errors.length === 0) return "";
  const lines = errors
    .slice(0, ROWS)
    .map(({ host, what }) => `- ${host ? `${plainText(host)}: ` : ""}${plainText(what)}`);
  return `### Further errors\n\n${lines.join("\n")}${more(errors.length, "error")}`;
}

/** The end of the output: the reason is there. */
function lastOf(output: string): string {
  const lines = output.trimEnd().split("\n");
  return cutStart(lines.slice(-OUTPUT_LINES).join("\n"), OUTPUT_CHARACTERS);
}

const more = (all: number, one: string): string => (all > ROWS ? `\n\n… and ${formatCount(all - ROWS, one)} more` : "");

const present = (where: FailureParts["where"]): Record<string, string> =>
  Object.fromEntries(Object.entries(where ?? {}).filter((entry): entry is [string, string] => entry[1] !== undefined));
