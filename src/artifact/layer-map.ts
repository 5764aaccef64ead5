// Maps entries of a release's file index to the layers of its artifact. A host keeps the map beside the index, and
// together they give the index of each layer, although the host has the files of all layers in one directory.
//
//   <positions> <n>               the next n entries of the release's index are in these layers; `-`: in none
//   + <positions> <entry>         an entry of the layers that the release lacks, because a shared path replaces it
//
// Positions are those of the config's layers, the first one 0, separated by commas: a directory may be in several
// layers.

import { Failure } from "../failure.ts";
import { formatIndex, type IndexEntry, MOST_INDEXED, parseIndex } from "./format.ts";
import { compareBytes } from "./shippable-names.ts";

/** Room for an entry, whose header has at most 1 MiB, and the positions of all layers of an artifact. */
const LONGEST_LINE = 2 << 20;

/**
 * @param entries of the release, in order
 * @param replaced entries that shared paths replace
 * @param layersOf positions of the layers that contain a path
 */
export function formatLayerMap(
  entries: readonly IndexEntry[],
  replaced: readonly IndexEntry[],
  layersOf: (path: string) => readonly number[],
): string {
  const named = ({ path }: IndexEntry) => layersOf(path).join(",") || "-";
  const runs: { layers: string; count: number }[] = [];
  for (const entry of entries) {
    const layers = named(entry);
    const last = runs.at(-1);
    if (last?.layers === layers) last.count++;
    else runs.push({ layers, count: 1 });
  }
  return [
    ...runs.map(({ layers, count }) => `${layers} ${count}\n`),
    ...replaced.map((entry) => `+ ${named(entry)} ${formatIndex([entry])}`),
  ].join("");
}

/**
 * Splits a release's index into those of its layers.
 *
 * @param entries of the release, in order
 * @param count number of layers in the config
 * @returns the index of each layer that has entries, by its position
 * @throws Failure for a text that {@link formatLayerMap} did not make for these entries
 */
export function splitByLayer(text: string, entries: readonly IndexEntry[], count: number): Map<number, IndexEntry[]> {
  const layers = new Map<number, IndexEntry[]>();
  let left: number = MOST_INDEXED.entries;
  const put = (words: string, those: readonly IndexEntry[]) => {
    for (const position of positionsIn(words, count)) {
      left -= those.length;
      if (left < 0) throw other();
      const there = layers.get(position) ?? [];
      layers.set(position, there);
      for (const entry of those) there.push(entry);
    }
  };
  let next = 0;
  for (const line of linesOf(text)) {
    if (line.length > LONGEST_LINE) throw other();
    const more = /^\+ (\d{1,4}(?:,\d{1,4})*) (.+)$/s.exec(line);
    const run = /^(-|\d{1,4}(?:,\d{1,4})*) (\d{1,9})$/.exec(line);
    if (more) put(more[1]!, parseIndex(`${more[2]}\n`));
    else if (run) {
      const end = next + Number(run[2]);
      if (end > entries.length) throw other();
      put(run[1]!, entries.slice(next, end));
      next = end;
    } else throw other();
  }
  if (next !== entries.length) throw other();
  for (const entriesOf of layers.values()) entriesOf.sort((a, b) => compareBytes(a.path, b.path));
  return layers;
}

/** Yields one line after the other: a host may send any number, and the first wrong one ends the reading. */
function* linesOf(text: string): Generator<string> {
  for (let at = 0, end = text.indexOf("\n"); end >= 0; at = end + 1, end = text.indexOf("\n", at))
    yield text.slice(at, end);
}

/**
 * Positions are in ascending order, each at most once and one of a layer: otherwise a host that repeats them could fill
 * the memory.
 */
function positionsIn(words: string, count: number): number[] {
  if (words === "-") return [];
  const positions: number[] = [];
  for (const word of words.split(",", count + 1)) {
    const position = Number(word);
    if (position >= count || position <= (positions.at(-1) ?? -1)) throw other();
    positions.push(position);
  }
  return positions;
}

const other = () =>
  new Failure({ code: "release-damaged", what: "the record of a release's layers does not belong to its file index" });
