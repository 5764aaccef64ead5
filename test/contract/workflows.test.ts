// Every workflow and action.yml of the repository is one that GitHub accepts, and gives its actions inputs that they have.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { initialWorkflows } from "../../src/init/workflows.ts";
import { problemsOf } from "../support/workflow-judge.ts";

const root = new URL("../..", import.meta.url).pathname;
const read = (path: string) => readFileSync(join(root, path), "utf8");

function list(directory: string, wanted: RegExp): string[] {
  if (!existsSync(join(root, directory))) return [];
  const names = readdirSync(join(root, directory), { recursive: true, encoding: "utf8" });
  return names.filter((name) => wanted.test(name)).map((name) => join(directory, name));
}

const examples = list("examples/workflows", /\.ya?ml$/);
const workflows = [...list(".github/workflows", /\.ya?ml$/), ...examples];
const RELEASE = ".github/workflows/release.yml";
const actions = [...list("actions", /\/action\.ya?ml$/), "action.yml"].filter((path) => existsSync(join(root, path)));

describe("workflows and actions", () => {
  // The service takes a file for a workflow by where it stands.
  test.each(workflows)("%s is valid", async (path) => {
    expect(await problemsOf(path.replace("examples/workflows/", ".github/workflows/"), read(path))).toEqual([]);
  });

  test.each(actions)("%s is valid", async (path) => {
    expect(await problemsOf(path, read(path))).toEqual([]);
  });

  test.each(workflows)("%s says what its token may do, and gives it no right to change the repository", (path) => {
    const { permissions, jobs } = parse(read(path));
    expect(permissions).toBeDefined();
    const all = [permissions, ...Object.values<{ permissions?: object }>(jobs).map((job) => job.permissions ?? {})];
    const more = all.flatMap((one) => Object.entries(one)).filter(([, right]) => right !== "read");
    // A release is what the repository publishes: nothing but a tag that a maintainer pushes starts it.
    const publishing = { contents: "write", "id-token": "write", attestations: "write" };
    expect(Object.fromEntries(more)).toEqual(path === RELEASE ? publishing : {});
  });

  test("a release is started by the tag of a version alone, and waits for all tests and for a reviewer", () => {
    const { on, permissions, jobs } = parse(read(RELEASE));
    expect(on).toEqual({ push: { tags: ["v[0-9]+.[0-9]+.[0-9]+"] } });
    expect(permissions).toEqual({});
    expect(jobs.test.uses).toBe("./.github/workflows/ci.yml");
    expect(jobs.publish).toMatchObject({ needs: "test", environment: "release" });
  });

  // Examples are for people who decide that themselves (docs/security.md).
  test.each(list(".github/workflows", /\.ya?ml$/))("%s pins actions of others by commit, with the version", (path) => {
    const used = [...read(path).matchAll(/^\s*(?:- )?uses: (?!\$\/|\.\/)(.+)$/gm)].map(([, uses]) => uses!);
    expect(used.filter((uses) => !/^[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(uses))).toEqual([]);
  });

  test("one action has one pin", () => {
    const all = list(".github/workflows", /\.ya?ml$/).flatMap(
      (path) => read(path).match(/[\w./-]+@[0-9a-f]{40} # v\S+/g) ?? [],
    );
    const names = [...new Set(all)].map((pin) => pin.split("@")[0]);
    expect(names.length).toBeGreaterThan(3);
    expect(names).toEqual([...new Set(names)]);
  });

  test.each(workflows)("%s splices nothing that others write into shell text", (path) => {
    const commands = Object.values<{ steps?: { run?: string }[] }>(parse(read(path)).jobs).flatMap(({ steps = [] }) =>
      steps.map(({ run }) => run ?? ""),
    );
    expect(commands.filter((command) => command.includes("${{"))).toEqual([]);
  });
});

describe("the workflows of `tarlift init`", () => {
  test("are the examples, which tests run", () => {
    const written = initialWorkflows({
      branch: "main",
      python: "3.11",
      secrets: ["DATABASE_URL"],
      tests: '"$ENVIRONMENT/bin/python" -m unittest',
    });
    expect(written.map(({ text }) => text)).toEqual(
      ["build.yml", "deploy-on-tag.yml"].map((name) => read(`examples/workflows/${name}`)),
    );
  });

  test.each([
    ["nothing known", { branch: "main", secrets: [] }],
    ["Python of an unknown version", { branch: "release/1.x", python: "unknown", secrets: [] }],
    ["Node", { branch: "main", nodeVersionFile: ".nvmrc", secrets: ["A", "B"] }],
  ])("are valid with %s", async (_, input) => {
    for (const { path, text } of initialWorkflows(input)) expect(await problemsOf(path, text)).toEqual([]);
  });
});

describe("the judge is awake to", () => {
  const sample = read("examples/workflows/deploy-on-tag.yml");
  const path = ".github/workflows/deploy.yml";
  test.each([
    ["a key that does not exist", "runs-on:", "runs_on:"],
    ["an input that the action does not have", "ssh-known-hosts:", "known-hosts:"],
    ["an input of another's action", "fetch-depth:", "depth:"],
    ["an output that the action does not have", "outputs.outcome", "outputs.result"],
    ["an action that is not there", "acme/tarlift@v1", "acme/tarlift/actions/undeploy@v1"],
    ["a context that a step does not know", "secrets.DEPLOY_KEY", "secret.DEPLOY_KEY"],
  ])("%s", async (_, from, to) => {
    expect(sample).toContain(from);
    expect(await problemsOf(path, sample.replace(from, to))).not.toEqual([]);
  });

  test("an input that the reusable workflow does not have", async () => {
    const text = read("examples/workflows/organisation.yml");
    expect(await problemsOf(path, text.replace("python-version:", "python:"))).not.toEqual([]);
  });
});
