import { expect, test } from "vitest";
import { type EnvironmentRecord, type Release, requirementsSchema } from "../../src/artifact/format.ts";
import { writeArtifact } from "../../src/artifact/oci-layout.ts";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { packLayer } from "../../src/artifact/pack.ts";
import { releaseProblems, versionProblem } from "../../src/artifact/validate-release.ts";
import { artifactOf, release, text } from "../support/layers.ts";
import { temporary } from "../support/temporary.ts";

const digest = (letter: string) => `sha256:${letter.repeat(64)}`;
const requirements = { architecture: "x86_64", sonames: [] };
const python: EnvironmentRecord = {
  name: "python",
  kind: "path",
  id: "0123456789ab-01234567",
  key: "a".repeat(64),
  installer: { name: "pip", version: "26.0" },
  root: "/srv/shop/envs",
  link: ".venv",
  diffId: digest("1"),
  requirements,
  resolved: [],
};
const node: EnvironmentRecord = {
  ...python,
  name: "node",
  kind: "tree",
  mounts: ["node_modules"],
  diffId: digest("2"),
};
const good: Release = {
  format: 1,
  ...release("shop", { environments: [python, node] }),
  layers: [
    { diffId: digest("1"), kind: "environment", name: "python", base: "srv/shop/envs/0123456789ab-01234567" },
    { diffId: digest("2"), kind: "environment", name: "node", base: "srv/shop/current" },
    { diffId: digest("3"), kind: "application", name: "application", base: "srv/shop/current" },
    { diffId: digest("4"), kind: "index", name: "index", base: "srv/shop/.tarlift/index" },
  ],
};
const withLayer = (position: number, change: Partial<Release["layers"][number]>): Release => ({
  ...good,
  layers: good.layers.map((layer, n) => (n === position ? { ...layer, ...change } : layer)),
});

test("what Tarlift writes is trusted", () => {
  expect(releaseProblems(good)).toEqual([]);
});

test.each<[string, Release, RegExp]>([
  ["an application's name with a path in it", { ...good, app: "../etc" }, /the application's name "..\/etc"/],
  [
    "an install directory that leaves the application",
    { ...good, environments: [python, { ...node, mounts: ["../x"] }] },
    /the install directory "..\/x"/,
  ],
  [
    "an install directory in a host's own directory",
    { ...good, environments: [python, { ...node, mounts: [".tarlift/env"] }] },
    /the install directory/,
  ],
  ["a link in its place", { ...good, environments: [{ ...python, link: ".tarlift" }, node] }, /its link/],
  ["a root that is not absolute", { ...good, environments: [{ ...python, root: "srv" }, node] }, /its root/],
  ["a root with .. in it", { ...good, environments: [{ ...python, root: "/srv/../etc" }, node] }, /its root/],
  ["a link that leaves the application", { ...good, environments: [{ ...python, link: "../../x" }, node] }, /its link/],
  ["an application layer elsewhere", withLayer(2, { base: "etc" }), /stands in "etc"/],
  ["an environment layer elsewhere", withLayer(0, { base: "usr/lib" }), /stands in "usr\/lib"/],
  ["an environment layer of no environment", withLayer(0, { diffId: digest("9") }), /is no environment of it/],
  ["the indexes in another place", withLayer(2, { kind: "index" }), /not the last one/],
])("%s is not", (_, release, problem) => {
  expect(releaseProblems(release).join("\n")).toMatch(problem);
});

const interpreter = (path: string) => ({
  python: { version: "3.11", abi: "cpython-311", interpreter: path, imports: [] },
});

test.each([
  ["an interpreter that is found by PATH", interpreter("python3")],
  ["an interpreter of two lines", interpreter("/usr/bin/python3\nenvironment x")],
  ["a library of two lines", { sonames: ["libpq.so.5\ninterpreter /tmp/x"] }],
  ["a library of two words", { sonames: ["libpq.so.5 x"] }],
  ["a version of libstdc++ that is none", { glibcxx: "3.4\ninterpreter /tmp/x" }],
  ["a version of node that has two lines", { node: { version: "24.0.0\ninterpreter /tmp/x" } }],
])("%s is no requirement", (_, more) => {
  expect(requirementsSchema.safeParse({ ...requirements, ...more }).success).toBe(false);
});

test("requirements that a build finds are read again", () => {
  const found = {
    sonames: ["libpq.so.5", "/opt/x/lib.so", "$ORIGIN/lib\u00fc.so", "libstdc++.so.6"],
    glibcxx: "3.4.30",
    node: { version: "25.0.0-nightly20251001" },
  };
  for (const path of ["/usr/bin/python3.11", "/opt/my python/bin/python3.12", "/home/\u00fc/.pyenv/bin/python3.12"])
    expect(requirementsSchema.safeParse({ ...requirements, ...found, ...interpreter(path) }).success).toBe(true);
});

test("versions are labels that can name a directory", () => {
  for (const version of ["v1.4.0", "2026.11+build_7", "3fa9c1d2aabb", "_"])
    expect(versionProblem(version)).toBeUndefined();
  for (const version of ["", "..", ".hidden", "-rf", "a/b", "a b", "ü", "x".repeat(101)]) {
    expect(versionProblem(version), version).toBeDefined();
  }
});

test("an artifact whose version or name would leave its directory is not opened", async () => {
  const labelled = await artifactOf(temporary("label"), [text("a", "")], { version: "../../etc/x" });
  await expect(openArtifact(labelled.file)).rejects.toThrow(/the version "..\/..\/etc\/x"/);
  const directory = temporary("name");
  const packed = await packLayer([text("a", "")], { base: "srv/../etc/current", file: `${directory}/layer` });
  const named = await writeArtifact(`${directory}/artifact.tar`, {
    release: release("../etc"),
    layers: [{ packed, kind: "application", name: "application" }],
    version: "v1",
  });
  await expect(openArtifact(named.file)).rejects.toThrow(/the application's name/);
});

test.each([".tarlift/exec", ".tarlift/env", ".tarlift/sites", ".tarlift"])(
  "a layer with %s, which hosts make themselves, is not read",
  async (path) => {
    const { file } = await artifactOf(temporary("reserved"), [text("a", "x"), text(path, "exit 1")]);
    const artifact = await openArtifact(file);
    await expect(artifact.verify()).rejects.toMatchObject({ output: `"${path}" is a path that only hosts make` });
  },
);

test("a layer with the package of a project is read", async () => {
  const sources = [text(".tarlift/site/shop.py", ""), text(".tarlift/bin/shop", ""), text("web/.tarlift/exec", "")];
  const artifact = await openArtifact((await artifactOf(temporary("package"), sources)).file);
  await artifact.verify();
});
