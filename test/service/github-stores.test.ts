import { spawn } from "node:child_process";
import { hash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { githubArtifactStore } from "../../src/stores/github/artifacts.ts";
import { githubLayerStore } from "../../src/stores/github/layers.ts";
import { type GithubService, READ_TOKEN, startGithubService } from "../support/github-service/service.ts";
import { temporary } from "../support/temporary.ts";

// The real clients of the newest versions, in this process, against a local service that speaks their protocol.
let service: GithubService;
let directory: string;
const outside = { ...process.env };

beforeAll(async () => {
  service = await startGithubService();
});
afterAll(() => service.close());
beforeEach(() => {
  directory = temporary("runner");
  mkdirSync(join(directory, "workspace"));
  mkdirSync(join(directory, "temp"));
});
afterEach(() => {
  process.env = { ...outside };
  service.faults.length = 0;
});

/** Makes this process a step of a run. */
function asRun(run: Parameters<GithubService["env"]>[0] = {}, more: Record<string, string> = {}): NodeJS.ProcessEnv {
  process.env = {
    ...outside,
    ...service.env(run),
    GITHUB_WORKSPACE: join(directory, "workspace"),
    RUNNER_TEMP: join(directory, "temp"),
    RUNNER_TOOL_CACHE: join(directory, "temp"),
    ...more,
  };
  return process.env;
}

function file(name: string, content: string | Buffer = `content of ${name}`): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

let keys = 0;
const newKey = () => `environment-${hash("sha256", String(++keys), "hex")}`;

describe("GitHub's cache as a layer store", () => {
  test("restores what was saved, in another workspace too, and leaves nothing in it that git would see", async () => {
    const key = newKey();
    expect(await githubLayerStore(asRun()).save(key, file("layer"))).toEqual({ outcome: "saved" });
    const elsewhere = join(directory, "a/deeper/workspace");
    mkdirSync(elsewhere, { recursive: true });
    const out = join(directory, "restored");
    expect(await githubLayerStore(asRun({}, { GITHUB_WORKSPACE: elsewhere })).restore(key, out)).toEqual({ hit: true });
    expect(readFileSync(out, "utf8")).toBe("content of layer");
    expect(existsSync(join(elsewhere, ".tarlift/cache", key))).toBe(false);
    expect(readFileSync(join(elsewhere, ".tarlift/.gitignore"), "utf8")).toBe("*\n");
  });

  test("says that a key was taken by another job", async () => {
    const key = newKey();
    await githubLayerStore(asRun()).save(key, file("first"));
    expect(await githubLayerStore(asRun()).save(key, file("second"))).toEqual({ outcome: "taken" });
  });

  test("an entry of a tag is seen by that tag alone, and a miss on a tag says why", async () => {
    const key = newKey();
    await githubLayerStore(asRun({ ref: "refs/tags/v1" })).save(key, file("layer"));
    expect(await githubLayerStore(asRun({ ref: "refs/tags/v1" })).restore(key, join(directory, "one"))).toEqual({
      hit: true,
    });
    const missed = await githubLayerStore(asRun({ ref: "refs/tags/v2" })).restore(key, join(directory, "two"));
    expect(missed).toMatchObject({ hit: false, why: expect.stringContaining("default branch") });
    expect(await githubLayerStore(asRun()).restore(key, join(directory, "three"))).toEqual({ hit: false });
  });

  test("a match of the key's beginning, and an answer with another key, are no hits", async () => {
    const key = newKey();
    await githubLayerStore(asRun()).save(`${key}-longer`, file("layer"));
    expect(await githubLayerStore(asRun()).restore(key, join(directory, "out"))).toEqual({ hit: false });
    expect(existsSync(join(directory, "out"))).toBe(false);
    await githubLayerStore(asRun()).save(key, file("layer"));
    service.faults.push({ on: "GetCacheEntryDownloadURL", how: "other-key" });
    const other = await githubLayerStore(asRun()).restore(key, join(directory, "out"));
    expect(other).toMatchObject({ hit: false, why: expect.stringContaining("another key") });
    expect(existsSync(join(directory, "out"))).toBe(false);
  });

  test.each([
    ["a read-only token", { readOnly: true }, {}],
    ["ACTIONS_CACHE_MODE=read", {}, { ACTIONS_CACHE_MODE: "read" }],
  ])("%s: a save is denied with the service's reason, and is no error", async (_name, run, more) => {
    const saved = await githubLayerStore(asRun(run, more)).save(newKey(), file("layer"));
    expect(saved).toMatchObject({ outcome: "denied", why: expect.stringMatching(/denied|does not permit/) });
  });

  test("a save that the service forbids (403) is denied, with the service's own words", async () => {
    service.faults.push({ on: "CreateCacheEntry", how: "denied" });
    const saved = await githubLayerStore(asRun()).save(newKey(), file("layer"));
    expect(saved).toMatchObject({
      outcome: "denied",
      why: expect.stringContaining("(403) Forbidden: cache write denied"),
    });
  });

  test("a key that another job has reserved and still uploads is waited for, and is taken then", async () => {
    const key = newKey();
    await githubLayerStore(asRun()).save(key, file("first"));
    const entry = service.entries.find((one) => one.key === key);
    if (!entry) throw new Error("nothing was saved");
    entry.ready = false;
    const before = service.calls.length;
    const asked = () => service.calls.slice(before).filter((name) => name === "GetCacheEntryDownloadURL").length;
    const readyWhenAsked = setInterval(() => {
      if (asked() > 0) entry.ready = true;
    }, 10);
    const store = githubLayerStore(asRun(), { patience: [100, 200, 400, 800] });
    expect(await store.save(key, file("second"))).toEqual({ outcome: "taken" });
    clearInterval(readyWhenAsked);
    expect(asked()).toBeGreaterThan(1);
    expect(await store.restore(key, join(directory, "out"))).toEqual({ hit: true });
    expect(readFileSync(join(directory, "out"), "utf8")).toBe("content of first");
  });

  test("a key that a killed job has reserved for ever is taken too, after the patience", async () => {
    service.faults.push({ on: "CreateCacheEntry", how: "conflict" });
    const store = githubLayerStore(asRun(), { patience: [10, 10] });
    expect(await store.save(newKey(), file("layer"))).toEqual({ outcome: "taken" });
  });

  test("calls at the same time do not mix up what the client says of each, and leave other tasks' output alone", async () => {
    const [there, missing] = [newKey(), newKey()];
    const store = githubLayerStore(asRun());
    await store.save(there, file("layer"));
    service.faults.push({ on: "CreateCacheEntry", how: "slow" }, { on: "CreateCacheEntry", how: "denied" });
    const printed: string[] = [];
    const write = process.stdout.write;
    process.stdout.write = ((chunk: string) => printed.push(String(chunk)) > 0) as typeof write;
    try {
      const running = Promise.all([
        store.save(missing, file("other")),
        store.restore(there, join(directory, "one")),
        store.restore(missing, join(directory, "two")),
      ]);
      process.stdout.write("progress of another task\n");
      const [denied, hit, miss] = await running; // One key twice, too.
      expect(denied).toMatchObject({ outcome: "denied", why: expect.stringContaining("policy") });
      expect(hit).toEqual({ hit: true });
      expect(miss).toEqual({ hit: false });
    } finally {
      process.stdout.write = write;
    }
    expect(printed).toContain("progress of another task\n");
    expect(printed.filter((line) => /^(::(warning|error)|Cache hit|Failed to)/m.test(line))).toEqual([]);
    // What the runner itself acts on still reaches it.
    expect(printed.join("")).toContain("::add-mask::");
  });

  test.each(["../evil", "a/b", "", ".hidden", "a,b"])(
    "the key %j is refused before anything is written",
    async (key) => {
      const store = githubLayerStore(asRun());
      await expect(store.restore(key, join(directory, "out"))).rejects.toThrow("no key");
      await expect(store.save(key, file("layer"))).rejects.toThrow("no key");
      expect(existsSync(join(directory, "workspace/.tarlift"))).toBe(false);
    },
  );

  test("a service that is out of order once (503) is asked again", async () => {
    const key = newKey();
    service.faults.push({ on: "CreateCacheEntry", how: "unavailable" });
    expect(await githubLayerStore(asRun()).save(key, file("layer"))).toEqual({ outcome: "saved" });
  });

  test.each([
    ["rate limiting (429)", { on: "GetCacheEntryDownloadURL", how: "busy" }, "429"],
    ["a refusal (403)", { on: "GetCacheEntryDownloadURL", how: "denied" }, "403"],
    ["a download that is cut off", { on: "blob", how: "truncated" }, "Failed to restore"],
  ] as const)("%s on a restore is a miss with its reason, and leaves no file", async (_name, fault, why) => {
    const key = newKey();
    await githubLayerStore(asRun()).save(key, file("layer", Buffer.alloc(300_000, "x")));
    service.faults.push(...Array(10).fill(fault));
    const restored = await githubLayerStore(asRun()).restore(key, join(directory, "out"));
    expect(restored).toMatchObject({ hit: false, why: expect.stringContaining(why) });
    expect(existsSync(join(directory, "out"))).toBe(false);
  });

  test("an archive that arrives damaged is no hit", async () => {
    const key = newKey();
    await githubLayerStore(asRun()).save(key, file("layer", Buffer.alloc(300_000, "x")));
    service.damage((bytes) => bytes.subarray(0, bytes.length >> 1));
    const restored = await githubLayerStore(asRun()).restore(key, join(directory, "out"));
    expect(restored).toMatchObject({ hit: false, why: expect.stringContaining("Failed to restore") });
    expect(existsSync(join(directory, "out"))).toBe(false);
  });
});

describe("GitHub's artifacts as an artifact store", () => {
  const content = Buffer.alloc(20_000_000, "artifact ");

  test("keeps one file as it is, by name and by id, with its digest", async () => {
    const store = githubArtifactStore(asRun({ id: "10" }));
    const uploaded = await store.upload("shop-v1", file("artifact.tar", content), { retentionDays: 7 });
    expect(uploaded).toMatchObject({
      digest: `sha256:${hash("sha256", content, "hex")}`,
      url: expect.stringMatching(/runs\/10\/artifacts\/\d+$/),
    });
    for (const reference of [{ name: "shop-v1" }, { id: uploaded.id }]) {
      const { file: path, digest } = await store.download(reference, join(directory, "temp"));
      expect(readFileSync(path).equals(content)).toBe(true);
      expect(digest).toBe(uploaded.digest);
    }
  });

  test("a name that is taken, and one that is not there, are refused with what to do", async () => {
    const store = githubArtifactStore(asRun({ id: "11" }));
    await store.upload("shop-v1", file("artifact.tar"), {});
    await expect(store.upload("shop-v1", file("artifact.tar"), {})).rejects.toMatchObject({
      code: "artifact-exists",
      remedy: expect.stringMatching(/another `artifact-name`/),
    });
    await expect(store.download({ name: "shop-v2" }, join(directory, "temp"))).rejects.toThrow(/actions: read/);
    await expect(
      githubArtifactStore(asRun({ id: "12" })).download({ name: "shop-v1" }, join(directory, "temp")),
    ).rejects.toThrow(/run-id/);
  });

  test("bytes that are not those of the digest are an error, although the client reports a success", async () => {
    const store = githubArtifactStore(asRun({ id: "13" }));
    await store.upload("shop-v1", file("artifact.tar", content), {});
    service.faults.push({ on: "blob", how: "corrupt" });
    await expect(store.download({ name: "shop-v1" }, join(directory, "temp"))).rejects.toThrow(/not those of sha256:/);
  });

  test("half an artifact that arrives as if it were whole is refused, and none of it stays", async () => {
    const store = githubArtifactStore(asRun({ id: "16" }));
    await store.upload("shop-v1", file("artifact.tar", content), {});
    service.faults.push({ on: "blob", how: "short" });
    await expect(store.download({ name: "shop-v1" }, join(directory, "temp"))).rejects.toThrow(/damaged on its way/);
    expect(readdirSync(join(directory, "temp"))).toEqual([]);
  });

  test("two artifacts can be downloaded into one directory", async () => {
    const store = githubArtifactStore(asRun({ id: "17" }));
    for (const name of ["one", "two"]) await store.upload(name, file(name), {});
    for (const name of ["one", "two"]) await store.download({ name }, join(directory, "temp"));
    expect(readdirSync(join(directory, "temp")).sort()).toEqual(["one", "two"]);
    expect(readFileSync(join(directory, "temp/one"), "utf8")).toBe("content of one");
  });

  test("an artifact of another run is found with a token that may read it, by name and by id", async () => {
    const { id, digest } = await githubArtifactStore(asRun({ id: "20" })).upload("shop-v1", file("artifact.tar"), {});
    const store = githubArtifactStore(asRun({ id: "21" }));
    const run = { id: "20", repository: "acme/shop", token: READ_TOKEN };
    for (const reference of [
      { name: "shop-v1", run },
      { id, run },
    ]) {
      const downloaded = await store.download(reference, join(directory, "temp"));
      expect(downloaded.digest).toBe(digest);
      expect(readFileSync(downloaded.file, "utf8")).toBe("content of artifact.tar");
    }
    service.faults.push({ on: "blob", how: "corrupt" });
    await expect(store.download({ id, run }, join(directory, "temp"))).rejects.toThrow(/not those of sha256:/);
  });

  test("an artifact of another run: a token without the permission, an expired one and a missing one are distinguished", async () => {
    const { id } = await githubArtifactStore(asRun({ id: "22" })).upload("shop-v1", file("artifact.tar"), {});
    const store = githubArtifactStore(asRun({ id: "23" }));
    const download = (name: string, token: string) =>
      store.download({ name, run: { id: "22", repository: "acme/shop", token } }, join(directory, "temp"));
    await expect(download("shop-v1", "weak-token")).rejects.toThrow(/permissions: \{ actions: read \}/);
    await expect(download("weak-token", READ_TOKEN)).rejects.toThrow(/run's id/);
    for (const artifact of service.artifacts.filter((one) => String(one.id) === id)) artifact.expires = 0;
    await expect(download("shop-v1", READ_TOKEN)).rejects.toThrow(/has expired .*bundle its commit again/);
  });

  test("a server without such artifacts (GHES) is named as one", async () => {
    const store = githubArtifactStore(asRun({ id: "24" }, { GITHUB_SERVER_URL: "https://git.example.org" }));
    await expect(store.upload("shop-v1", file("artifact.tar"), {})).rejects.toMatchObject({
      code: "store-unsupported",
      remedy: expect.stringMatching(/give this step `upload: never`, and deploy in the same job/),
    });
    await expect(store.download({ name: "shop-v1" }, join(directory, "temp"))).rejects.toThrow(/in the same job/);
  });

  test("an expired artifact is named as one", async () => {
    const store = githubArtifactStore(asRun({ id: "14" }));
    await store.upload("shop-v1", file("artifact.tar"), {});
    for (const artifact of service.artifacts) artifact.expires = 0;
    await expect(store.download({ name: "shop-v1" }, join(directory, "temp"))).rejects.toThrow(/expired/);
  });

  test("an upload whose blocks fail once is completed", async () => {
    const store = githubArtifactStore(asRun({ id: "15" }));
    service.faults.push({ on: "blob", how: "unavailable" });
    await expect(store.upload("shop-v1", file("artifact.tar"), {})).resolves.toMatchObject({ id: expect.any(String) });
  });
});

describe("the local service as a process", () => {
  test("says the variables of a run, takes faults over HTTP, and ends when it is told to", async () => {
    const main = join(import.meta.dirname, "../support/github-service/main.ts");
    const child = spawn(process.execPath, [main, "--ref", "refs/tags/v1"], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    try {
      const env = JSON.parse(String((await once(child.stdout, "data"))[0]));
      expect(env.GITHUB_REF_TYPE).toBe("tag");
      const faults = [{ on: "CreateCacheEntry", how: "denied" }];
      const url = `${env.ACTIONS_RESULTS_URL}control/faults`;
      const state = await (await fetch(url, { method: "POST", body: JSON.stringify(faults) })).json();
      expect(state).toEqual({ faults, calls: [] });
    } finally {
      child.kill();
    }
    expect((await ended)[0]).toBe(0);
  });
});
