import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { directoryArtifactStore, directoryLayerStore } from "../../src/stores/directory/directory.ts";
import { temporary } from "../support/temporary.ts";

const DAY = 86_400;
const sha256 = (text: string) => `sha256:${createHash("sha256").update(text).digest("hex")}`;
const file = (directory: string, name: string, content: string) => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};
const age = (path: string, seconds: number) =>
  utimesSync(path, Date.now() / 1000 - seconds, Date.now() / 1000 - seconds);

/** Saves one key from another process, and says what came of it. */
async function saveElsewhere(directory: string, key: string, path: string): Promise<string> {
  const program = `
    const { directoryLayerStore } = await import(process.argv[1]);
    console.log((await directoryLayerStore(process.argv[2]).save(process.argv[3], process.argv[4])).outcome);`;
  const module = new URL("../../src/stores/directory/directory.ts", import.meta.url).href;
  const args = ["--input-type=module", "-e", program, module, directory, key, path];
  return (await promisify(execFile)(process.execPath, args)).stdout.trim();
}

describe("layers in a directory", () => {
  test("what was saved under a key comes back, and nothing else does", async () => {
    const work = temporary();
    const store = directoryLayerStore(join(work, "store"));
    expect(await store.restore("env-1", join(work, "out"))).toEqual({ hit: false });
    expect(await store.save("env-1", file(work, "in", "layer"))).toEqual({ outcome: "saved" });
    expect(await store.restore("env-1", join(work, "out"))).toEqual({ hit: true });
    expect(readFileSync(join(work, "out"), "utf8")).toBe("layer");
    expect(await store.restore("env-", join(work, "other"))).toEqual({ hit: false });
    expect(existsSync(join(work, "other"))).toBe(false);
  });

  test("an entry never changes: the second save learns that the key is taken", async () => {
    const work = temporary();
    const store = directoryLayerStore(work);
    await store.save("key", file(work, "one", "one"));
    expect(await store.save("key", file(work, "two", "two"))).toEqual({ outcome: "taken" });
    await store.restore("key", join(work, "out"));
    expect(readFileSync(join(work, "out"), "utf8")).toBe("one");
    expect(statSync(join(work, "out")).mode & 0o222).toBe(0);
  });

  test("a later change of the saved file does not reach the entry", async () => {
    const work = temporary();
    const store = directoryLayerStore(work);
    await store.save("key", file(work, "in", "before"));
    file(work, "in", "after!");
    await store.restore("key", join(work, "out"));
    expect(readFileSync(join(work, "out"), "utf8")).toBe("before");
  });

  test("of processes that race for one key, one saves and the others are told; the entry is whole", async () => {
    const work = temporary();
    const contents = ["a", "b", "c", "d"].map((letter) => letter.repeat(3_000_000));
    const files = contents.map((content, number) => file(work, `in-${number}`, content));
    const outcomes = await Promise.all(files.map((path) => saveElsewhere(work, "key", path)));
    expect(outcomes.sort()).toEqual(["saved", "taken", "taken", "taken"]);
    await directoryLayerStore(work).restore("key", join(work, "out"));
    expect(contents).toContain(readFileSync(join(work, "out"), "utf8"));
    expect(readdirSync(join(work, "layers"))).toEqual(["key"]);
  });

  test("what a killed save left is no entry, and is swept after a day", async () => {
    const work = temporary();
    const store = directoryLayerStore(work);
    await mkdir(join(work, "layers"));
    const old = file(join(work, "layers"), ".writing-1-old", "half of a la");
    const fresh = file(join(work, "layers"), ".writing-2-fresh", "half of a la");
    age(old, 2 * DAY);
    expect(await store.restore("key", join(work, "out"))).toEqual({ hit: false });
    expect(await store.save("key", file(work, "in", "layer"))).toEqual({ outcome: "saved" });
    expect(existsSync(old)).toBe(false);
    expect(existsSync(fresh)).toBe(true);
  });

  test.each(["", ".", "..", "../evil", "a/b", "/etc/passwd", ".writing-1", "a\0b", "a b", "a\n", "é", "k".repeat(401)])(
    "the key %j is refused by every operation",
    async (key) => {
      const work = temporary();
      const store = directoryLayerStore(work);
      const input = file(work, "in", "layer");
      await expect(store.save(key, input)).rejects.toThrow("no key");
      await expect(store.restore(key, join(work, "out"))).rejects.toThrow("no key");
      await expect(store.remove?.(key)).rejects.toThrow("no key");
    },
  );

  test("keys that are longer than file names and differ at the end have entries of their own", async () => {
    const work = temporary();
    const store = directoryLayerStore(work);
    for (const end of ["1", "2"]) {
      expect(await store.save("k".repeat(399) + end, file(work, "in", end))).toEqual({ outcome: "saved" });
    }
    await store.restore(`${"k".repeat(399)}2`, join(work, "out"));
    expect(readFileSync(join(work, "out"), "utf8")).toBe("2");
  });

  test("beyond the limit the entries go that were not used for the longest time, never the one just saved", async () => {
    const work = temporary();
    const store = directoryLayerStore(work, { limit: 250 });
    for (const key of ["a", "b"]) {
      await store.save(key, file(work, "in", key.repeat(100)));
      age(join(work, "layers", key), key === "a" ? 2000 : 1000);
    }
    await store.restore("a", join(work, "used"));
    await store.save("c", file(work, "in", "c".repeat(100)));
    expect(readdirSync(join(work, "layers")).sort()).toEqual(["a", "c"]);
    await store.save("d", file(work, "in", "d".repeat(1000)));
    expect(readdirSync(join(work, "layers"))).toEqual(["d"]);
    expect(readFileSync(join(work, "used"), "utf8")).toBe("a".repeat(100));
  });

  test("a broken entry can be removed and saved again", async () => {
    const work = temporary();
    const store = directoryLayerStore(work);
    await store.save("key", file(work, "in", "broken"));
    await store.remove?.("key");
    expect(await store.restore("key", join(work, "out"))).toEqual({ hit: false });
    expect(await store.save("key", file(work, "in", "sound"))).toEqual({ outcome: "saved" });
  });

  test("a store on a full or read-only file system costs the entry and not the build", async () => {
    const work = temporary();
    // No user, not even root, may make a file in /sys/kernel.
    const result = await directoryLayerStore("/sys/kernel").save("key", file(work, "in", "layer"));
    expect(result).toEqual({ outcome: "denied", why: expect.stringMatching(/\/sys\/kernel\/layers: .+/) });
  });
});

describe("artifacts in a directory", () => {
  test("an artifact comes back by name and by id, with its own file name and digest", async () => {
    const work = temporary();
    const store = directoryArtifactStore(join(work, "store"));
    const { id, digest } = await store.upload("release", file(work, "shop.tar", "bytes"), {});
    expect(digest).toBe(sha256("bytes"));
    for (const reference of [{ name: "release" }, { id }, { name: "release", id }]) {
      const target = temporary();
      expect(await store.download(reference, target)).toEqual({ file: join(target, "shop.tar"), digest });
      expect(readFileSync(join(target, "shop.tar"), "utf8")).toBe("bytes");
    }
  });

  test("a name means its newest artifact", async () => {
    const work = temporary();
    const store = directoryArtifactStore(work);
    await store.upload("release", file(work, "in", "old"), {});
    await new Promise((resolve) => setTimeout(resolve, 5));
    await store.upload("release", file(work, "in", "new"), {});
    await store.upload("another", file(work, "in", "other"), {});
    expect((await store.download({ name: "release" }, temporary())).digest).toBe(sha256("new"));
  });

  test("an artifact whose bytes have changed is refused, and none of them stay", async () => {
    const work = temporary();
    const store = directoryArtifactStore(work);
    const { id } = await store.upload("release", file(work, "in", "bytes"), {});
    const content = join(work, "artifacts", id, "content");
    chmodSync(content, 0o644);
    writeFileSync(content, "bytez");
    const target = temporary();
    await expect(store.download({ id }, target)).rejects.toMatchObject({
      what: expect.stringContaining("damaged"),
      where: { expected: sha256("bytes"), found: sha256("bytez") },
    });
    expect(readdirSync(target)).toEqual([]);
  });

  test("an expired artifact is refused, and the next upload removes it", async () => {
    const work = temporary();
    const store = directoryArtifactStore(work);
    const { id } = await store.upload("release", file(work, "in", "bytes"), { retentionDays: 1 });
    const record = join(work, "artifacts", id, "artifact.json");
    const written = JSON.parse(readFileSync(record, "utf8"));
    expect(Date.parse(written.expires) - Date.parse(written.created)).toBe(DAY * 1000);
    writeFileSync(record, JSON.stringify({ ...written, expires: "2020-01-01T00:00:00.000Z" }));
    await expect(store.download({ id }, temporary())).rejects.toThrow("expired");
    const next = await store.upload("release", file(work, "in", "bytes"), {});
    expect(readdirSync(join(work, "artifacts"))).toEqual([next.id]);
  });

  test("what an interrupted upload left is no artifact, and is swept after a day", async () => {
    const work = temporary();
    const store = directoryArtifactStore(work);
    const left = join(work, "artifacts", ".writing-1-old");
    await mkdir(left, { recursive: true });
    file(left, "content", "half");
    age(left, 2 * DAY);
    await expect(store.download({ name: "release" }, temporary())).rejects.toThrow("no such artifact");
    await store.upload("release", file(work, "in", "bytes"), {});
    expect(existsSync(left)).toBe(false);
  });

  test("a record that would write outside of the target is not believed", async () => {
    const work = temporary();
    const store = directoryArtifactStore(work);
    const { id } = await store.upload("release", file(work, "in", "bytes"), {});
    const record = join(work, "artifacts", id, "artifact.json");
    for (const hostile of ["../out", "/tmp/out", ".."]) {
      writeFileSync(record, JSON.stringify({ ...JSON.parse(readFileSync(record, "utf8")), file: hostile }));
      await expect(store.download({ id }, temporary())).rejects.toThrow("no such artifact");
    }
    await expect(store.download({ id: `../artifacts/${id}` }, temporary())).rejects.toThrow("no such artifact");
  });

  test("a reference without name and id, an unknown one, and one to another run are refused with what to do", async () => {
    const work = temporary();
    const store = directoryArtifactStore(work);
    await store.upload("release", file(work, "in", "bytes"), {});
    const run = { id: "1", repository: "acme/shop", token: "t" };
    for (const reference of [{}, { name: "releas" }, { id: "1" }, { name: "release", run }]) {
      await expect(store.download(reference, temporary())).rejects.toMatchObject({ remedy: expect.any(String) });
    }
  });

  test.each(["", "a/b", "a\\b", "a\nb", "a:b"])("the name %j is refused", async (name) => {
    const work = temporary();
    await expect(directoryArtifactStore(work).upload(name, file(work, "in", "x"), {})).rejects.toThrow("no name");
  });
});
