// Nothing of a release stands below a link: a host would write where that link leads.
import { describe, expect, it, test } from "vitest";
import { parseIndex } from "../../src/artifact/format.ts";
import type { PackSource } from "../../src/artifact/pack.ts";
import { releaseIndex } from "../../src/transfers/release-index.ts";
import { type SyntheticEnvironment, syntheticArtifact } from "../support/artifact.ts";
import { text } from "../support/layers.ts";

const link = (path: string, target = "/home/deploy"): PackSource => ({ type: "link", path, target });
const ID = "0123456789ab-00000001";
const tree = (directory: string, sources: PackSource[]): SyntheticEnvironment => ({
  id: ID,
  sources,
  mounts: [directory],
});

describe("the index of a release", () => {
  it.each<[string, PackSource[], SyntheticEnvironment[], string[], RegExp]>([
    [
      "an install directory below a link",
      [link("h")],
      [tree("h/.ssh", [])],
      [],
      /^"h\/.ssh" cannot stand .*"h" is a link or a file/,
    ],
    ["an install directory that is a link", [link("h")], [tree("h", [])], [], /^"h" cannot stand/],
    ["an install directory that its own layer has as a link", [], [tree("h", [link("h")])], [], /^"h" cannot stand/],
    ["a shared path below a link", [link("h")], [], ["h/.ssh"], /^the shared path "h\/.ssh" cannot stand/],
    ["a shared path far below a link", [link("a/h")], [], ["a/h/b/c"], /: "a\/h" is a link/],
    ["a shared path below a file", [text("h", "")], [], ["h/.ssh"], /: "h" is a link or a file/],
    ["a shared path in another one", [], [], ["media", "media/x"], /^the shared path "media\/x"/],
    [
      "a file of a tree below the application's link",
      [link("node_modules/a")],
      [tree("node_modules", [text("node_modules/a/.ssh/authorized_keys", "x")])],
      [],
      /^"node_modules\/a\/.ssh" cannot stand/,
    ],
    [
      "the link of an environment below a link",
      [link("h")],
      [{ id: ID, sources: [text("bin/x", "")], path: { root: "/srv/shop/envs", link: "h/.venv" } }],
      [],
      /^"h\/.venv" cannot stand/,
    ],
  ])("refuses %s", async (_, sources, environments, shared, what) => {
    const artifact = await syntheticArtifact([text("page", ""), ...sources], { environments });
    await expect(releaseIndex(artifact, shared)).rejects.toMatchObject({
      what: expect.stringMatching(what),
      remedy: expect.any(String),
      outcome: "refused",
    });
  });

  it("takes links, install directories and shared paths beside each other, and what a shared path hides", async () => {
    const artifact = await syntheticArtifact(
      [
        link("media", "/mnt/media"),
        text("logs/.gitkeep", ""),
        text("settings.ini", ""),
        link("static/page", "../page"),
        text("page", ""),
        link("node_modules/ours", "../packages/ours"),
        text("packages/ours/index.js", ""),
      ],
      { environments: [tree("node_modules", [text("node_modules/theirs/index.js", "")])] },
    );
    const shared = ["media", "logs", "settings.ini", "static/media", "node_modules/.cache"];
    const { entries } = await releaseIndex(artifact, shared);
    expect(entries.filter(({ type }) => type === "link").map(({ path }) => path)).toEqual([
      "node_modules/ours",
      "static/page",
    ]);
  });
});

test("a file index with something below a link or a file is not read", () => {
  const file = `f 0644 1 ${"a".repeat(64)}  `;
  for (const lines of ["l h\t/home/deploy\nl h-x\tx\nd h/.ssh\n", `${file}h\n${file}h/x\n`])
    expect(() => parseIndex(lines)).toThrow(/"h\/\S+" stands below "h", which is no directory/);
  expect(parseIndex(`d h\n${file}h/x\nl i\th\n`)).toHaveLength(3);
});
