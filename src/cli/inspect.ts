// `tarlift inspect`: shows the content of an artifact, and the differences between two.
import { resolve } from "node:path";
import type { Command } from "commander";
import { type ArtifactDiff, diffArtifacts, type EnvironmentDiff, type LayerDiff } from "../artifact/diff.ts";
import type { EnvironmentRecord, IndexEntry, Requirements } from "../artifact/format.ts";
import { openArtifact } from "../artifact/open-artifact.ts";
import { type ArtifactSummary, type LayerSummary, summarise } from "../artifact/summary.ts";
import { notableLibraries } from "../host-requirements/requirements.ts";
import { table } from "../report/table.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import { visibleLine } from "../text/visible.ts";
import { printJson, printLines } from "./output.ts";

interface Options {
  directory?: string;
  files?: boolean;
  json?: boolean;
  verify?: boolean;
}

export function register(program: Command): void {
  const inspect = program
    .command("inspect")
    .description("show what an artifact holds: label, commit, digests, layers, environments, host requirements")
    .argument("<file>", "the artifact")
    .option("--files", "every file with its mode, size and sha256")
    .option("--verify", "read all of it and check every digest")
    .option("--json", "as JSON")
    .action(async (file: string, _options: Options, command: Command) => show(file, command.optsWithGlobals()));
  inspect
    .command("diff")
    .description("compare two artifacts: files of each layer, environments, installed packages")
    .argument("<from>", "the older artifact")
    .argument("<to>", "the newer artifact")
    .option("--json", "as JSON")
    .action(async (from: string, to: string, _options: Options, command: Command) =>
      showDiff(from, to, command.optsWithGlobals()),
    );
}

async function show(file: string, options: Options): Promise<void> {
  const artifact = await opened(file, options);
  if (options.verify) await artifact.verify();
  const summary = await summarise(artifact);
  if (options.json) return printJson(options.files ? summary : withoutEntries(summary));
  print(options.files ? fileLines(summary) : summaryLines(summary));
  if (options.verify && !options.files) print(["", "verified: every blob, layer and file is what its digest says"]);
}

async function showDiff(from: string, to: string, options: Options): Promise<void> {
  const [older, newer] = [await summarise(await opened(from, options)), await summarise(await opened(to, options))];
  const diff = diffArtifacts(older, newer);
  if (options.json) return printJson(diff);
  print(diffLines(diff));
}

const opened = (file: string, { directory }: Options) =>
  openArtifact(directory === undefined ? file : resolve(directory, file));

/** An artifact may be untrusted: hidden characters in its texts are made visible. */
const print = (lines: readonly string[]) => printLines(lines.map(visibleLine));

function withoutEntries(summary: ArtifactSummary) {
  return { ...summary, layers: summary.layers.map(({ entries: _, ...layer }) => layer) };
}

function summaryLines(summary: ArtifactSummary): string[] {
  return [
    ...table([
      ["app", summary.app],
      ["label", summary.version],
      ["commit", `${summary.commit.id} of ${summary.commit.time}`],
      ["release digest", summary.releaseDigest],
      ["manifest digest", summary.manifestDigest],
      ["file", `${summary.file}, ${formatBytes(summary.size)}`],
    ]),
    "",
    "layers",
    ...table(summary.layers.map(layerRow)).map(indent),
    ...(summary.environments.length > 0
      ? ["", "environments", ...table(summary.environments.map(environmentRow)).map(indent)]
      : []),
    "",
    "host requirements",
    ...table(requirementRows(summary.requirements)).map(indent),
  ];
}

const indent = (line: string) => `  ${line}`;

function layerRow(layer: LayerSummary): string[] {
  return [
    title(layer),
    formatBytes(layer.size),
    `${formatCount(layer.files, "file")} of ${formatBytes(layer.content)}`,
    `/${layer.base}`,
    layer.diffId,
  ];
}

/** `environment python`; for the application, only its kind. */
function title({ kind, name }: { kind: string; name: string }): string {
  return kind === name ? kind : `${kind} ${name}`;
}

function environmentRow(record: EnvironmentRecord): string[] {
  const place = record.kind === "path" ? `${record.root}/${record.id} by ${record.link}` : record.mounts?.join(", ");
  return [
    record.name,
    record.id,
    `${record.installer.name} ${record.installer.version}`,
    formatCount(record.resolved.length, "package"),
    place ?? "",
  ];
}

function requirementRows(requirements: Requirements): string[][] {
  const { libc, python, node } = requirements;
  const rows: [string, string | undefined][] = [
    ["architecture", requirements.architecture],
    ["libc", libc && [libc.family, libc.version && `${libc.version} or newer`].filter(Boolean).join(" ")],
    ["libstdc++", requirements.glibcxx && `GLIBCXX_${requirements.glibcxx.replace("GLIBCXX_", "")} or newer`],
    ["libraries", requirements.sonames.join(", ") || undefined],
    ...notableLibraries(requirements).flatMap(({ name, by }): [string, string][] =>
      by ? [["", `${name} for ${by}`]] : [],
    ),
    ["python", python && `${python.version} (${python.abi}) at ${python.interpreter}`],
    ["node", node && (node.modules ? `modules ABI ${node.modules}, as Node ${node.version} has it` : node.version)],
  ];
  return rows.filter((row): row is [string, string] => row[1] !== undefined);
}

function fileLines(summary: ArtifactSummary): string[] {
  return summary.layers.flatMap((layer) => [
    `${title(layer)}  /${layer.base}`,
    ...table(layer.entries.map(entryRow)).map(indent),
  ]);
}

function entryRow(entry: IndexEntry): string[] {
  switch (entry.type) {
    case "file":
      return [entry.mode.toString(8), String(entry.size), entry.sha256, entry.path];
    case "link":
      return ["link", "", "", `${entry.path} -> ${entry.target}`];
    case "directory":
      return ["dir", "", "", `${entry.path}/`];
  }
}

function diffLines(diff: ArtifactDiff): string[] {
  if (diff.same) return ["the same release: equal digests"];
  return [
    diff.commit.from === diff.commit.to
      ? `commit ${diff.commit.to}, in both`
      : `commit ${diff.commit.from} -> ${diff.commit.to}`,
    ...diff.layers.flatMap(layerDiffLines),
    ...diff.environments.flatMap(environmentDiffLines),
    ...(diff.requirements.length > 0 ? [`host requirements: ${diff.requirements.join(", ")} changed`] : []),
  ];
}

function layerDiffLines(layer: LayerDiff): string[] {
  if (layer.change === "same") return [`${title(layer)}: the same`];
  const { added, removed, changed, bytes } = layer;
  const counts = `${added.length} added, ${removed.length} removed, ${changed.length} changed, ${formatBytes(bytes)}`;
  return [
    `${title(layer)}: ${layer.change}: ${counts}`,
    ...added.map((path) => `  + ${path}`),
    ...removed.map((path) => `  - ${path}`),
    ...changed.map((path) => `  ~ ${path}`),
  ];
}

function environmentDiffLines(environment: EnvironmentDiff): string[] {
  const { name, change, from, to, packages } = environment;
  const ids = [from?.id, to?.id].filter((id) => id !== undefined);
  const said = {
    same: `the same (${to?.id})`,
    rebuilt: `built again from the same requirements: ${ids.join(" -> ")}`,
    added: `added: ${to?.id}`,
    removed: `removed: ${from?.id}`,
    changed: ids.join(" -> "),
  }[change];
  // Listing all packages of an environment that only one artifact has would add nothing.
  const listed = change === "changed" || change === "rebuilt" ? packages : [];
  return [
    `environment ${name}: ${said}`,
    ...listed.map((entry) => `  ${entry.name}  ${entry.from ?? "none"} -> ${entry.to ?? "none"}`),
  ];
}
