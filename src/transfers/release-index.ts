// The content of a release on a host: one file index made of the application's and the asset layers', and the call
// about it. The host receives paths and the first 8 bytes of each digest, and answers with what is missing
// (src/remote/facts.sh, compare_wanted).
import { createHash } from "node:crypto";
import { formatIndex, type IndexEntry } from "../artifact/format.ts";
import { formatLayerMap } from "../artifact/layer-map.ts";
import type { ReleaseContent } from "../artifact/open-artifact.ts";
import { refuseMisplaced } from "../artifact/parents.ts";
import { compareBytes, nameProblem, within } from "../artifact/shippable-names.ts";
import { Failure } from "../failure.ts";
import { SharedText } from "../protocol/frames.ts";
import { isReleaseName } from "../protocol/recorded-names.ts";
import { cutEnd } from "../text/cut.ts";
import { textLines } from "../text/read-lines.ts";

export interface ReleaseIndex {
  entries: IndexEntry[];
  files: Extract<IndexEntry, { type: "file" }>[];
  /** By path: the layer that contains it. */
  layerOf: Map<string, string>;
  sha256: string;
  /** Which layers contain which files: src/artifact/layer-map.ts. */
  layers: SharedText;
  /** As the facts request carries it: `f <x or -><16 hex digits> <path>`, links and directories as in the index. */
  wanted: SharedText;
}

/** By artifact and shared paths. */
const joined = new WeakMap<ReleaseContent, Map<string, Promise<ReleaseIndex>>>();

/**
 * Joins the indexes of everything in the release's directory except environments. Once for all hosts with the same
 * shared paths.
 *
 * @param shared paths that become links into `shared/`: what the layers have there is left out
 * @throws Failure (refused) for a path whose parent is no directory: a host would write through a link
 */
export function releaseIndex(artifact: ReleaseContent, shared: readonly string[]): Promise<ReleaseIndex> {
  const known = joined.get(artifact) ?? new Map<string, Promise<ReleaseIndex>>();
  joined.set(artifact, known);
  const key = shared.join("\0");
  const index = known.get(key) ?? join(artifact, shared);
  known.set(key, index);
  return index;
}

async function join(artifact: ReleaseContent, shared: readonly string[]): Promise<ReleaseIndex> {
  const byPath = new Map<string, IndexEntry>();
  const replaced = new Map<string, IndexEntry>();
  const layerOf = new Map<string, string>();
  const positions = new Map<string, number[]>();
  const isShared = within(shared);
  for (const [position, { kind, diffId }] of artifact.release.layers.entries()) {
    if (kind !== "application" && kind !== "assets") continue;
    for (const entry of await artifact.index(diffId)) {
      positions.set(entry.path, [...(positions.get(entry.path) ?? []), position]);
      if (isShared(entry.path)) {
        replaced.set(entry.path, entry);
        continue;
      }
      byPath.set(entry.path, entry);
      layerOf.set(entry.path, diffId);
    }
  }
  for (const { link, root, id } of artifact.release.environments) {
    if (link !== undefined && !byPath.has(link))
      byPath.set(link, { type: "link", path: link, target: `${root}/${id}` });
  }
  const entries = [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
  await refuseMisplacedIn(artifact, entries, shared);
  const files = entries.filter((entry) => entry.type === "file");
  const wanted = entries.map((entry) => (entry.type === "file" ? `f ${fileLine(entry)}\n` : formatIndex([entry])));
  return {
    entries,
    files,
    layerOf,
    sha256: createHash("sha256").update(formatIndex(entries)).digest("hex"),
    layers: new SharedText(formatLayerMap(entries, [...replaced.values()], (path) => positions.get(path) ?? [])),
    wanted: new SharedText(wanted.join("")),
  };
}

/** What the index leaves out is still in the release's directory: trees, and links to shared paths. */
async function refuseMisplacedIn(
  { release: { environments }, index }: ReleaseContent,
  entries: readonly IndexEntry[],
  shared: readonly string[],
): Promise<void> {
  const trees = environments.filter(({ kind }) => kind === "tree");
  const theirs = await Promise.all(trees.map(({ diffId }) => index(diffId)));
  const mounts = trees.flatMap((tree) => tree.mounts ?? []);
  refuseMisplaced([...entries, ...theirs.flat()], { mounts, shared });
}

const fileLine = ({ mode, sha256, path }: ReleaseIndex["files"][number]) =>
  `${mode === 0o755 ? "x" : "-"}${sha256.slice(0, 16)} ${path}`;

/** How each file of a release reaches a host, by its position in {@link ReleaseIndex.files}. */
export interface Plan {
  /** Files to send. */
  missing: number[];
  /** Files that an earlier, interrupted transfer left: present, but verified again. */
  left: number[];
  /** File to link from, relative to the root, by position. */
  linked: Map<number, string>;
}

/**
 * Reads the host's answer.
 *
 * @throws Failure when it is not about this index
 */
export function parsePlan(text: string, index: ReleaseIndex): Plan {
  const total = index.files.length;
  const missing: number[] = [];
  const left: number[] = [];
  const elsewhere = new Map<number, string>();
  let base: string | undefined;
  const position = (word: string | undefined): number => {
    const n = Number(word) - 1;
    if (!Number.isInteger(n) || n < 0 || n >= total) throw nonsense(text);
    return n;
  };
  const here = new Set<number>();
  // Each position once: an answer that repeats ranges would fill memory.
  const once = (n: number): number => {
    if (here.has(n)) throw nonsense(text);
    here.add(n);
    return n;
  };
  // The base, and at most one line for each file.
  let more = total + 1;
  for (const line of textLines(text)) {
    if (--more < 0) throw nonsense(text);
    const [word, first, ...rest] = line.split(" ");
    if (word === "b" && isReleaseName(first ?? "")) base = first;
    else if (word === "i") left.push(once(position(first)));
    else if (word === "l" && isSource(rest.join(" "))) elsewhere.set(position(first), rest.join(" "));
    else if (word === "m") {
      const [from, to] = (first ?? "").split("-");
      const last = position(to ?? from);
      for (let n = position(from); n <= last; n++) missing.push(once(n));
    } else throw nonsense(text);
  }
  const linked = new Map<number, string>();
  for (const [n, file] of index.files.entries()) {
    if (here.has(n)) continue;
    const from = elsewhere.get(n) ?? (base === undefined ? undefined : `releases/${base}/${file.path}`);
    if (from === undefined) throw nonsense(text);
    linked.set(n, from);
  }
  return { missing, left, linked };
}

/**
 * Whether files may be linked from this path: it must be a release's, relative to the root. It is written to the tar as
 * the host sent it.
 */
function isSource(path: string): boolean {
  const [directory, release = "", ...within] = path.split("/");
  return directory === "releases" && isReleaseName(release) && nameProblem(within.join("/")) === undefined;
}

/**
 * Files of an environment that need not be sent again.
 *
 * @param said `<x or -><16 hex digits> <path>` of each file that an interrupted transfer left there
 * @returns paths whose content and mode match the index
 */
export function confirmed(said: string, entries: readonly IndexEntry[]): Set<string> {
  const files = new Map(entries.flatMap((entry) => (entry.type === "file" ? [[fileLine(entry), entry.path]] : [])));
  const paths = new Set<string>();
  for (const line of textLines(said)) {
    const path = files.get(line);
    if (path !== undefined) paths.add(path);
  }
  return paths;
}

/** `<size> <sha256>` of all files that are not linked, in order: the host completes its copy of the index with them. */
export function formatLines(index: ReleaseIndex, plan: Plan): string {
  return [...plan.missing, ...plan.left]
    .sort((a, b) => a - b)
    .map((n) => `${index.files[n]!.size} ${index.files[n]!.sha256}\n`)
    .join("");
}

function nonsense(text: string): Failure {
  return new Failure({
    code: "protocol-broken",
    what: "the host's answer about missing files makes no sense",
    output: cutEnd(text, 400),
  });
}
