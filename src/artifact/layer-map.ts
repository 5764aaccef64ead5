// Which entry of a release's file index stands in which layer of its artifact. A host keeps it beside the index: with both, the index of
// each layer can be put together again, although the host has the layers' files side by side in one directory.
//
//   <positions> <n>               the next n entries of the release's index stand in these layers; `-`: in none
//   + <positions> <entry>         an entry that the layers have and the release does not, because a shared path stands in its place
//
// Positions are those of the config's layers, the first one 0, separated by commas: directories stand in several.

import { Failure } from "../failure.ts";
import { formatIndex, type IndexEntry, MOST_INDEXED, parseIndex } from "./format.ts";
import { compareBytes } from "./shippable-names.ts";

/** An entry, which a header of 1 MiB holds, and the positions of as many layers as an artifact has. */
const LONGEST_LINE = 2 << 20;

/**
 * @param entries of the release, in order
 * @param replaced entries that shared paths stand in the place of
 * @param layersOf positions of the layers that hold a path
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
 * Takes a release's index apart.
 *
 * @param entries of the release, in order
 * @param count how many layers the config has
 * @returns the index of each layer that anything stands in, by its position
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

/** One after the other: a host may send as many as it likes, and the first that is wrong ends it. */
function* linesOf(text: string): Generator<string> {
  for (let at = 0, end = text.indexOf("\n"); end >= 0; at = end + 1, end = text.indexOf("\n", at))
    yield text.slice(at, end);
}

/** Ascending, each once and one of a layer: a host that repeats them would fill memory. */
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
