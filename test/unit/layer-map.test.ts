// Which entry of a release stands in which layer: what is written can be taken apart again, whatever layers and shared paths there are.

import { expect, it } from "vitest";
import { formatIndex, type IndexEntry } from "../../src/artifact/format.ts";
import { formatLayerMap, splitByLayer } from "../../src/artifact/layer-map.ts";
import { compareBytes, within } from "../../src/artifact/shippable-names.ts";
import { Failure } from "../../src/failure.ts";
import { cpuTime } from "../support/cpu-time.ts";

const file = (path: string): IndexEntry => ({ type: "file", path, mode: 0o644, size: 1, sha256: "a".repeat(64) });
const directory = (path: string): IndexEntry => ({ type: "directory", path });
const sorted = (entries: IndexEntry[]) => [...entries].sort((a, b) => compareBytes(a.path, b.path));

const LAYERS = new Map<number, IndexEntry[]>([
  [1, sorted([file("+ 3 name"), directory("media"), file("media/seed"), directory("static"), file("static/b")])],
  [
    2,
    sorted([
      directory("media"),
      directory("static"),
      file("static/a"),
      file("static/c"),
      { type: "link", path: "media/ü", target: "a\u2028b" },
    ]),
  ],
  [7, sorted([directory("static"), directory("static/empty")])],
]);

function written(shared: string) {
  const positions = new Map<string, number[]>();
  const byPath = new Map<string, IndexEntry>();
  for (const [position, entries] of LAYERS)
    for (const entry of entries) {
      byPath.set(entry.path, entry);
      positions.set(entry.path, [...(positions.get(entry.path) ?? []), position]);
    }
  const all = sorted([...byPath.values(), { type: "link", path: ".venv", target: "/srv/envs/x" }]);
  const isShared = ({ path }: IndexEntry) => path === shared || path.startsWith(`${shared}/`);
  const entries = all.filter((entry) => !isShared(entry));
  return { entries, text: formatLayerMap(entries, all.filter(isShared), (path) => positions.get(path) ?? []) };
}

it.each(["none", "media", "static"])(
  "layers come out of a release as they went into it, where %s is shared",
  (shared) => {
    const { entries, text } = written(shared);
    const layers = splitByLayer(text, entries, 8);
    expect([...layers.keys()].sort()).toEqual([1, 2, 7]);
    for (const [position, expected] of LAYERS)
      expect(formatIndex(layers.get(position)!), String(position)).toBe(formatIndex(expected));
  },
);

it.each([
  ["too few entries", (text: string) => text.replace(/^(\S+) \d+\n/, "")],
  ["too many", (text: string) => `${text}1 4\n`],
  ["no map", () => "hello\n"],
  ["more positions than there are layers", (text: string) => `${text}0${",1".repeat(20 << 20)} 1\n`],
  ["no index", (text: string) => `${text}+ 1 f 0644 one\n`],
  ["a name that leads out", (text: string) => `${text}+ 1 d ../x\n`],
  ["a position that is repeated", (text: string) => text.replace(/^1 /m, "1,1 ")],
  ["positions out of order", (text: string) => text.replace(/^1,2,7 /m, "2,1,7 ")],
  ["a position of no layer", (text: string) => text.replace(/^7 /m, "8 ")],
])("a map with %s is refused", (_, change) => {
  const { entries, text } = written("media");
  expect(change(text)).not.toBe(text);
  expect(() => splitByLayer(change(text), entries, 8)).toThrow(Failure);
});

it("a path is shared with its directories, also where as many are shared as there are files", () => {
  const isShared = within(["media", "data/db", ...Array.from({ length: 100_000 }, (_, n) => `x/${n}`)]);
  const all = ["media", "media/a/b", "data/db/x", "data", "data/dbs", "mediaa", "me", "a/media", "x", "x/7/y"];
  expect(all.filter(isShared)).toEqual(["media", "media/a/b", "data/db/x", "x/7/y"]);
  const begin = cpuTime();
  for (let n = 0; n < 200_000; n++) isShared(`static/${n}/a/b`);
  expect(begin()).toBeLessThan(5_000);
});
