// What every store keeps to: layers by key, artifacts by name, bytes as they were given.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Failure } from "../../../src/failure.ts";
import type { ArtifactStore, LayerStore } from "../../../src/stores/store.ts";
import { temporary } from "../../support/temporary.ts";

/** A store as one run opens it. Two runs of one fixture see the same entries. */
export interface StoreFixture {
  layers(): Promise<LayerStore>;
  artifacts(): Promise<ArtifactStore>;
  /** A run that may not write. */
  denied(): Promise<LayerStore>;
}

/** Bytes that are no text, and long enough for several blocks. */
const BYTES = Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 256));

/** Runs the suite. @param open a store without entries, once for each test */
export function describeStore(title: string, open: () => Promise<StoreFixture>): void {
  const file = (content: Buffer | string = BYTES) => {
    const path = join(temporary("file"), "layer");
    writeFileSync(path, content);
    return path;
  };
  const out = () => join(temporary("out"), "restored");

  describe(`layers in the store ${title}`, () => {
    test("come back byte for byte in a later run, and those of other keys do not", async () => {
      const { layers } = await open();
      const store = await layers();
      expect(store.name).not.toBe("");
      const [missing, restored] = [out(), out()];
      expect(await store.restore("environment-1", missing)).toMatchObject({ hit: false });
      expect(await store.save("environment-1", file())).toEqual({ outcome: "saved" });
      expect(await (await layers()).restore("environment-1", restored)).toEqual({ hit: true });
      expect(readFileSync(restored).equals(BYTES)).toBe(true);
      for (const key of ["environment-", "environment-11", "environment-2"])
        expect(await store.restore(key, missing)).toMatchObject({ hit: false });
      expect(existsSync(missing)).toBe(false);
    });

    test("never change: a second save of a key is `taken`", async () => {
      const { layers } = await open();
      const store = await layers();
      await store.save("key", file("first"));
      expect(await store.save("key", file("second"))).toEqual({ outcome: "taken" });
      const restored = out();
      await store.restore("key", restored);
      expect(readFileSync(restored, "utf8")).toBe("first");
    });

    test("of two runs that save one key at the same time are those of one", async () => {
      const { layers } = await open();
      const contents = ["a", "b"].map((letter) => letter.repeat(200_000));
      const saving = contents.map(async (content) => (await (await layers()).save("key", file(content))).outcome);
      expect((await Promise.all(saving)).sort()).toEqual(["saved", "taken"]);
      const restored = out();
      expect(await (await layers()).restore("key", restored)).toEqual({ hit: true });
      expect(contents).toContain(readFileSync(restored, "utf8"));
    });

    test("have keys of 400 characters, and no key that could be a path", async () => {
      const { layers } = await open();
      const store = await layers();
      const long = `environment-${"x".repeat(388)}`;
      expect(await store.save(long, file())).toEqual({ outcome: "saved" });
      expect(await store.restore(long, out())).toEqual({ hit: true });
      for (const key of ["../evil", "a/b", "", ".hidden", "a,b", "a b", "ä", "a\nb", "x".repeat(401)]) {
        await expect(store.save(key, file())).rejects.toThrow("no key");
        await expect(store.restore(key, out())).rejects.toThrow("no key");
        await expect((async () => store.remove?.(key) ?? Promise.reject(new Error("no key")))()).rejects.toThrow(
          "no key",
        );
      }
    });

    test("of a run that may not write are `denied`, with the reason", async () => {
      const { layers, denied } = await open();
      const saved = await (await denied()).save("key", file());
      expect(saved).toEqual({ outcome: "denied", why: expect.stringMatching(/\w+/) });
      expect(await (await layers()).restore("key", out())).toMatchObject({ hit: false });
    });

    test("can be removed where the store can, and the key is free then", async () => {
      const { layers } = await open();
      const store = await layers();
      if (!store.remove) return;
      await store.save("key", file("broken"));
      await store.remove("key");
      await store.remove("key");
      expect(await store.restore("key", out())).toMatchObject({ hit: false });
      expect(await store.save("key", file("whole"))).toEqual({ outcome: "saved" });
    });
  });

  describe(`artifacts in the store ${title}`, () => {
    const into = () => {
      const directory = join(temporary("download"), "to");
      mkdirSync(directory);
      return directory;
    };

    test("come back byte for byte, by name and by id, with the digest of the upload", async () => {
      const { artifacts } = await open();
      const uploaded = await (await artifacts()).upload("shop-v1", file(), { retentionDays: 7 });
      expect(uploaded.digest).toBe(`sha256:${createHash("sha256").update(BYTES).digest("hex")}`);
      for (const reference of [{ name: "shop-v1" }, { id: uploaded.id }]) {
        const directory = into();
        const found = await (await artifacts()).download(reference, directory);
        expect([found.digest, readFileSync(found.file).equals(BYTES)]).toEqual([uploaded.digest, true]);
        expect(readdirSync(directory)).toEqual([found.file.slice(directory.length + 1)]);
      }
    });

    test("that are not there are a failure that says what to do, and leave nothing", async () => {
      const { artifacts } = await open();
      const directory = into();
      for (const reference of [{ name: "shop-v2" }, { id: "4711" }]) {
        const failure = await (await artifacts()).download(reference, directory).catch((error) => error);
        expect(failure).toBeInstanceOf(Failure);
        expect(failure).toMatchObject({ code: "artifact-missing", remedy: expect.any(String) });
      }
      expect(readdirSync(directory)).toEqual([]);
    });

    test("have no names that a file could not have", async () => {
      const { artifacts } = await open();
      for (const name of ["", "a/b", "a\\b", 'a"b', "a:b", "a\nb", "x".repeat(256)])
        await expect((await artifacts()).upload(name, file(), {})).rejects.toThrow("no name for an artifact");
    });
  });
}
