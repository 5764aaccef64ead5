// docs/pictures/folders.svg: the folders of src in their layers, from ORDER of test/contract/house.test.ts, which every import is held to.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { box, diagram, label } from "./svg.ts";

const ROOT = join(import.meta.dirname, "../..");
const RULE = join(ROOT, "test/contract/house.test.ts");

/** What each folder is for. A new folder needs a line here. */
export const PURPOSE: Readonly<Record<string, string>> = {
  ".": "failure, progress, stop reason, exit handlers",
  text: "cutting, quoting, masking and measuring text",
  schema: "building blocks of schemas: durations, names, paths",
  subprocess: "local commands: their environment, output and end",
  artifact: "the artifact file: packing, reading, verifying",
  source: "the commit: tracked files, attributes, tags",
  "cache-key": "what decides a build, as a hash",
  python: "interpreters, markers, requirement lines",
  "host-requirements": "which libraries and interpreters a release needs",
  stores: "where layers and artifacts are kept",
  cache: "entries of layers over a store",
  installers: "what installs dependencies",
  protocol: "calls to a host: names, frames, steps",
  transports: "how a host is reached",
  supervisors: "what runs services on hosts",
  remote: "the shell program that runs on hosts",
  session: "one connection to one host, with its tunnel",
  transfers: "how the bytes of a release travel",
  host: "one host: its calls, records and findings",
  balancers: "load balancers that hosts leave and join",
  notifiers: "formats of messages",
  secrets: "where values of secrets come from",
  inventories: "where the list of hosts comes from",
  config: "tarlift.yml: schema, loading, cross-checks",
  environments: "restores or builds environments",
  exporters: "other forms of an artifact",
  bundle: "one artifact of one commit",
  verify: "whether a commit may be deployed",
  compatible: "the live release on a migrated schema",
  fleet: "the transaction over all hosts of a target",
  operations: "status, history, lock, setup: one call to all hosts",
  report: "results as text, tables and summaries",
  notify: "which message is sent when",
  pipeline: "one file a verb, for command and actions alike",
  init: "writes a first tarlift.yml",
  actions: "entries of the GitHub actions",
  cli: "entry of the command",
};

/** The highest folder of each band, and what the band is called. */
const BANDS: Readonly<Record<string, string>> = {
  cli: "entries",
  notify: "deploying",
  compatible: "building",
  config: "configuration",
  host: "one host",
  installers: "artifact",
  subprocess: "foundation",
};

/** The folders from low to high, `notifiers/*` as the folders that it stands for. @throws Error when the rule has another form */
export function order(rule = readFileSync(RULE, "utf8")): string[] {
  const list = /^const ORDER: readonly string\[\] = \[(.*?)^\];/ms.exec(rule)?.[1];
  if (list === undefined) throw new Error(`${RULE} has no ORDER`);
  const names = [...list.matchAll(/"([^"]+)"/g)].map(([, name]) => name!);
  return names.flatMap((name) => (name.endsWith("/*") ? adapters(name.slice(0, -2), names) : [name]));
}

function adapters(kind: string, listed: readonly string[]): string[] {
  const directory = join(ROOT, "src", kind);
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !listed.includes(`${kind}/${entry.name}`))
    .map(({ name }) => `${kind}/${name}`)
    .sort();
}

interface Row {
  name: string;
  /** Folders and registries in it. */
  inner: string[];
}

function rows(names: readonly string[]): Row[] {
  const tops = [...new Set(names.map((name) => name.split("/")[0]!))];
  return tops.map((name) => ({
    name,
    inner: names.filter((inner) => inner.startsWith(`${name}/`)).map((inner) => inner.slice(name.length + 1)),
  }));
}

const WIDTH = 960;
const ROW = 27;
const GAP = 14;
const TOP = 36;

/** The highest folder is at the top: what stands above imports what stands below. */
export function folders(names = order()): string {
  let y = TOP;
  const parts = rows(names)
    .reverse()
    .flatMap((row) => {
      const band = BANDS[row.name];
      const here = y + (band === undefined ? 0 : GAP);
      y = here + ROW;
      return [...drawn(row, here), ...(band === undefined ? [] : [label(24, here + 17, band, "strong")])];
    });
  return diagram({ width: WIDTH, height: y + 14 }, "The folders of src: each imports folders below it only", [
    label(24, 30, "src: a folder imports itself and folders below it, types included", "strong"),
    ...parts,
  ]);
}

function drawn({ name, inner }: Row, y: number): string[] {
  const shown = inner.filter((one) => !one.endsWith(".ts"));
  return [
    box({ x: 184, y, width: 752, height: ROW - 4 }, inner.includes("registry.ts")),
    label(194, y + 16, name === "." ? "src/*.ts" : `${name}/`, "code"),
    label(344, y + 16, PURPOSE[name] ?? "", "soft"),
    ...(shown.length > 0 ? [label(926, y + 16, shown.map((one) => `${one}/`).join("  "), "code small", "end")] : []),
  ];
}
