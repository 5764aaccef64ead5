// An action is described in four places: its action.yml, the code that reads its inputs, its README, and tarlift.yml. They agree.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { entriesOf, entrySizes, staticFiles } from "../../scripts/sizes.ts";
import { DECLARED, type Declared } from "../../src/actions/declared.ts";
import { type Saving, withSaving } from "../../src/actions/save-rule.ts";
import { inputsSchema } from "../../src/config/schema.ts";
import { whyNot } from "../../src/stores/github/may-write.ts";
import { chooseStores } from "../../src/stores/registry.ts";
import { builtActions, manifestOf } from "../support/job.ts";

const root = join(import.meta.dirname, "../..");
const read = (path: string) => readFileSync(join(root, path), "utf8");
const actions = Object.keys(DECLARED) as (keyof typeof DECLARED)[];
const declared = (action: keyof typeof DECLARED): Record<string, Declared> => DECLARED[action];
const folder = (action: string) => (action === "pipeline" ? "" : `actions/${action}/`);

describe.each(actions)("action %s", (action) => {
  const manifest = manifestOf(action);
  const page = () => read(action === "pipeline" ? "docs/reference/action.md" : `${folder(action)}README.md`);

  test("runs on node24, from its own entry, of fewer than 60 lines", () => {
    const up = action === "pipeline" ? "" : "../../";
    expect(manifest.runs).toMatchObject({ using: "node24", main: `${up}dist/${action}.js` });
    expect(read(`src/actions/${action}.ts`).split("\n").length).toBeLessThan(60);
    if (manifest.runs.post) expect(manifest.runs.post).toBe(`${up}dist/post.js`);
  });

  test("has a post entry exactly when it changes hosts", () => {
    expect(manifest.runs.post !== undefined).toBe(["deploy", "rollback", "converge", "pipeline"].includes(action));
  });

  test("describes the inputs that it reads, and no others", () => {
    expect(Object.keys(manifest.inputs ?? {}).sort()).toEqual(Object.keys(declared(action)).sort());
  });

  test("says which inputs are required, and leaves defaults to the code", () => {
    for (const [name, input] of Object.entries(manifest.inputs ?? {})) {
      expect([name, input.required ?? false]).toEqual([name, declared(action)[name]?.required ?? false]);
      const own = name === "github-token" ? "${{ github.token }}" : declared(action)[name]?.without;
      expect([name, input.default]).toEqual([name, own]);
    }
  });

  // An output that is gone is silently empty in a workflow.
  test("has the label under its older name too", () => {
    const outputs = Object.keys(manifest.outputs ?? {});
    expect(outputs.includes("version")).toBe(outputs.includes("label"));
  });

  test("has a page with every input and output", () => {
    for (const name of [...Object.keys(manifest.inputs ?? {}), ...Object.keys(manifest.outputs ?? {})])
      expect(page()).toContain(`\`${name}\``);
  });
});

describe("inputs", () => {
  const sources = readdirSync(join(root, "src/actions"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && name !== "declared.ts")
    .map((name) => read(`src/actions/${name}`))
    .join("\n");

  test("are used by more than their declaration", () => {
    const names = new Set(actions.flatMap((action) => Object.keys(declared(action))));
    const used = (name: string) => new RegExp(`["']${name}["']|\\.${name}\\b|[{,]\\s*${name}\\b`).test(sources);
    expect([...names].filter((name) => !used(name))).toEqual([]);
  });

  // What one run decides, or one workflow.
  const ONE_RUN = [
    ...["directory", "config", "target", "label", "ref", "live", "to", "environments", "rebuild", "verify", "dry-run"],
    ...["artifact-file", "artifact-id", "artifact-name", "run-id", "repository", "command", "role", "all"],
    ...["insecure-accept-any-host-key", "allow-schema-ahead", "allow-other-tag", "live-artifact-file"],
    ...["release-digest", "message", "limit"],
  ];
  // Keys of the target, where they belong.
  const TARGET = ["allow-older"];

  test("can stand in tarlift.yml, but for secrets and what one run decides", () => {
    const expected = new Set(
      actions
        .filter((action) => action !== "notify")
        .flatMap((action) => Object.entries(declared(action)))
        .filter(([name, { kind }]) => !kind.startsWith("secret") && ![...ONE_RUN, ...TARGET].includes(name))
        .map(([name]) => name),
    );
    expect(Object.keys(inputsSchema.shape).sort()).toEqual([...expected].sort());
  });
});

describe("what runs save in GitHub's cache", () => {
  test("is decided by one input of every action that builds", () => {
    for (const action of actions)
      expect([action, "save" in declared(action)]).toEqual([action, "python" in declared(action)]);
  });

  const env = (ref: string) => ({
    ACTIONS_RESULTS_URL: "https://results.example.org/",
    GITHUB_EVENT_NAME: "push",
    GITHUB_REF: ref,
    GITHUB_SHA: "a1",
  });
  const trunk = { defaultBranch: "trunk", head: "a1" };

  test.each([
    ["the default branch", "refs/heads/trunk", true],
    ["another branch", "refs/heads/main", false],
    ["a tag", "refs/tags/v1", false],
    ["a pull request", "refs/pull/7/merge", false],
  ])("%s", (_, ref, saves) => {
    expect(whyNot(env(ref), trunk) === undefined).toBe(saves);
  });

  test.each(["issue_comment", "workflow_run", "workflow_dispatch", "schedule"])(
    "on %s, whose ref is the default branch, its own commit alone",
    (event) => {
      const run = { ...env("refs/heads/trunk"), GITHUB_EVENT_NAME: event };
      expect(whyNot(run, trunk)).toBeUndefined();
      expect(whyNot(run, { ...trunk, head: "b2" })).toMatch(/b2, which is checked out, is not the commit of/);
      expect(whyNot({ ...run, GITHUB_SHA: undefined }, trunk)).toMatch(/is not the commit of/);
    },
  );

  test("on a pull request's event nothing, whatever it checks out", () => {
    const run = { ...env("refs/heads/trunk"), GITHUB_EVENT_NAME: "pull_request_target" };
    expect(whyNot(run, trunk)).toMatch(/its event is `pull_request_target`/);
  });

  test("without an event that names the default branch, every branch", () => {
    const unknown = { ...trunk, defaultBranch: undefined };
    expect(whyNot(env("refs/heads/main"), unknown)).toBeUndefined();
    expect(whyNot(env("refs/tags/v1"), unknown)).toMatch(/refs\/tags\/v1 saves is visible to that ref alone/);
  });

  test("a directory, always: it knows no refs", async () => {
    const stores = chooseStores({ env: { XDG_CACHE_HOME: "/nowhere", GITHUB_REF: "refs/tags/v1" } });
    expect(await stores.mayWrite?.(async () => "b2")).toBeUndefined();
  });

  test("asked on the first need alone, and not at all where the input decides", async () => {
    let asked = 0;
    const mayWrite = async () => `not here, ${++asked}`;
    const layers = async () => ({ name: "a store", restore: async () => ({ hit: false }), save: saved });
    const saved = async () => ({ outcome: "saved" as const });
    const stores = { layers, mayWrite, artifacts: () => Promise.reject(new Error("none is needed")) };
    const outcome = async (save: Saving) => {
      const context = withSaving({ stores, repository: "/" } as never, save);
      return (await context.stores.layers()).save("key", "/file");
    };
    expect(await outcome("always")).toEqual({ outcome: "saved" });
    expect(await outcome("never")).toEqual({ outcome: "skipped", why: "`save: never`" });
    expect(asked).toBe(0);
    expect(await outcome("auto")).toEqual({ outcome: "skipped", why: "not here, 1" });
  });
});

describe("entries", () => {
  let dist: string;
  beforeAll(() => {
    dist = builtActions();
  });

  const code = (entry: string) =>
    staticFiles(join(dist, `${entry}.js`))
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");

  // Words of the clients that minifying, chunking and renaming leave alone.
  const CLIENTS = {
    cache: "FinalizeCacheEntryUpload",
    artifact: "GetSignedArtifactURL",
    "GitHub's API": "octokit/core",
  };

  test.each([...actions, "post", "cli"])("%s starts without the clients of GitHub's services", (entry) => {
    const text = code(entry);
    // To verify is to ask GitHub's API, and nothing else.
    const clients = Object.entries(CLIENTS).filter(([client]) => entry !== "verify" || client !== "GitHub's API");
    for (const [client, word] of clients) expect([client, text.includes(word)]).toEqual([client, false]);
  });

  test("and they are there, in chunks of their own", () => {
    const chunks = readdirSync(join(dist, "chunks")).map((name) => readFileSync(join(dist, "chunks", name), "utf8"));
    for (const word of Object.values(CLIENTS)) expect(chunks.some((text) => text.includes(word))).toBe(true);
  });

  test("are exactly those that an action.yml names, and the command", () => {
    expect(entriesOf(dist).sort()).toEqual([...actions, "post", "cli"].sort());
    expect(existsSync(join(root, "bench/entries.md"))).toBe(true);
  });

  test.each([...actions, "post", "cli"])("%s is at most a tenth larger than bench/entries.md says", (entry) => {
    const committed = entrySizes(read("bench/entries.md")).get(entry);
    expect(committed, "run `node scripts/sizes.ts` and commit bench/entries.md").toBeDefined();
    const now = staticFiles(join(dist, `${entry}.js`)).reduce((sum, file) => sum + readFileSync(file).length, 0);
    expect(now).toBeLessThanOrEqual(committed! * 1.1);
  });
});
