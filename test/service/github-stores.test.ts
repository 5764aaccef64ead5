import { hash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { githubArtifactStore } from "../../src/store/github-artifact.ts";
import { githubLayerStore } from "../../src/store/github-cache.ts";
import { type GithubService, startGithubService } from "../support/github-service/service.ts";
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
  test("gives back what was saved, in another workspace too, and leaves nothing in it that git would see", async () => {
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

  test("a denied save (403) and a conflict (409) without an entry are told as what they are", async () => {
    service.faults.push({ on: "CreateCacheEntry", how: "denied" });
    expect(await githubLayerStore(asRun()).save(newKey(), file("layer"))).toMatchObject({ outcome: "denied" });
    service.faults.push({ on: "CreateCacheEntry", how: "conflict" });
    expect(await githubLayerStore(asRun()).save(newKey(), file("layer"))).toMatchObject({ outcome: "denied" });
  });

  test("a service that is out of order once (503) is asked again", async () => {
    const key = newKey();
    service.faults.push({ on: "CreateCacheEntry", how: "unavailable" });
    expect(await githubLayerStore(asRun()).save(key, file("layer"))).toEqual({ outcome: "saved" });
  });

  test("rate limiting (429) on a restore is a miss with its reason, or a later success: never an error", async () => {
    const key = newKey();
    await githubLayerStore(asRun()).save(key, file("layer"));
    service.faults.push({ on: "GetCacheEntryDownloadURL", how: "busy" });
    const restored = await githubLayerStore(asRun()).restore(key, join(directory, "out"));
    expect(restored.hit || restored.why !== undefined).toBe(true);
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
    await expect(store.upload("shop-v1", file("artifact.tar"), {})).rejects.toThrow(/another `name`/);
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
