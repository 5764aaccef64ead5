import { expect, test } from "vitest";
import { diffArtifacts } from "../../src/artifact/diff.ts";
import type { EnvironmentRecord, IndexEntry } from "../../src/artifact/format.ts";
import type { ArtifactSummary, LayerSummary } from "../../src/artifact/summary.ts";
import { formatBytes, formatCount } from "../../src/text/quantity.ts";

const file = (path: string, content: string, mode: 0o644 | 0o755 = 0o644): IndexEntry => ({
  type: "file",
  path,
  mode,
  size: content.length,
  sha256: content.padEnd(64, "0"),
});

const layer = (name: string, ...entries: IndexEntry[]): LayerSummary => ({
  kind: "assets",
  name,
  base: "srv/shop/current",
  diffId: JSON.stringify(entries),
  size: 1,
  content: 1,
  files: entries.length,
  entries,
});

const environment = (id: string, key: string, ...resolved: [string, string][]): EnvironmentRecord => ({
  name: "python",
  kind: "path",
  id,
  key,
  installer: { name: "pip", version: "26.0" },
  diffId: "sha256:",
  requirements: { architecture: "x86_64", sonames: [] },
  resolved: resolved.map(([name, version]) => ({ name, version })),
});

const artifact = (releaseDigest: string, more: Partial<ArtifactSummary>): ArtifactSummary => ({
  file: "f",
  size: 1,
  app: "shop",
  version: "v1",
  commit: { id: "a", time: "" },
  releaseDigest,
  manifestDigest: "m",
  environments: [],
  requirements: { architecture: "x86_64", sonames: [] },
  layers: [],
  ...more,
});

test("files are added, removed and changed: by content, by mode, by a link's target", () => {
  const from = layer("front", file("gone", "1"), file("kept", "2"), file("mode", "3"), file("text", "4"), {
    type: "link",
    path: "link",
    target: "a",
  });
  const to = layer("front", file("kept", "2"), file("mode", "3", 0o755), file("new", "12345"), file("text", "44"), {
    type: "link",
    path: "link",
    target: "b",
  });
  expect(diffArtifacts(artifact("1", { layers: [from] }), artifact("2", { layers: [to] })).layers).toEqual([
    {
      kind: "assets",
      name: "front",
      change: "changed",
      added: ["new"],
      removed: ["gone"],
      changed: ["link", "mode", "text"],
      bytes: 5 + 2 + 1,
    },
  ]);
});

test("layers that only one artifact has are added or removed with all that is in them; equal ones are the same", () => {
  const both = layer("both", file("a", "1"));
  const diff = diffArtifacts(
    artifact("1", { layers: [both, layer("old", file("x", "1"))] }),
    artifact("2", { layers: [both, layer("new", file("y", "1"))] }),
  );
  expect(diff.layers.map(({ name, change, added, removed }) => [name, change, added, removed])).toEqual([
    ["both", "same", [], []],
    ["new", "added", ["y"], []],
    ["old", "removed", [], ["x"]],
  ]);
});

test("an environment is the same, rebuilt from the same requirements, or changed with the packages that differ", () => {
  const compare = (from: EnvironmentRecord, to: EnvironmentRecord) =>
    diffArtifacts(artifact("1", { environments: [from] }), artifact("2", { environments: [to] })).environments[0];
  const old = environment("id1", "k1", ["django", "5.1"], ["gevent", "24"], ["pytz", "1"]);
  expect(compare(old, old)).toMatchObject({ change: "same", packages: [] });
  expect(compare(old, { ...old, id: "id2" })).toMatchObject({ change: "rebuilt", packages: [] });
  expect(compare(old, environment("id2", "k2", ["django", "5.2"], ["gevent", "24"], ["tzdata", "2"]))).toMatchObject({
    change: "changed",
    packages: [
      { name: "django", from: "5.1", to: "5.2" },
      { name: "pytz", from: "1" },
      { name: "tzdata", to: "2" },
    ],
  });
});

test("a package that is installed twice is compared by all its versions", () => {
  const from = environment("id1", "k1", ["semver", "6"], ["semver", "7"]);
  const to = environment("id2", "k2", ["semver", "7"]);
  const diff = diffArtifacts(artifact("1", { environments: [from] }), artifact("2", { environments: [to] }));
  expect(diff.environments[0]?.packages).toEqual([{ name: "semver", from: "6, 7", to: "7" }]);
});

test("equal release digests are the same release", () => {
  expect(diffArtifacts(artifact("1", {}), artifact("1", { version: "v2" })).same).toBe(true);
});

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.00 KB"],
  [86_312_000, "86.3 MB"],
  [369_000_000, "369 MB"],
  [999_999, "1.00 MB"],
  [1_050_000_000, "1.05 GB"],
])("%d bytes read as %s", (bytes, words) => {
  expect(formatBytes(bytes)).toBe(words);
});

test("counts have their noun and thousands apart", () => {
  expect([formatCount(1, "file"), formatCount(0, "file"), formatCount(10_000, "file")]).toEqual([
    "1 file",
    "0 files",
    "10 000 files",
  ]);
});
