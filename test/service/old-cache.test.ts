// The cache of an older version (test/fixtures/daba421, made by scripts/old-host.ts): keys are computed and entries are
// read as they were then. A key depends on the builder's system and node: it is computed from the recorded parts.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { environmentRecordSchema } from "../../src/artifact/format.ts";
import { unpackLayer } from "../../src/artifact/unpack-layer.ts";
import { readEntry } from "../../src/cache/entry.ts";
import { environmentKey } from "../../src/cache-key/key.ts";
import { directoryLayerStore } from "../../src/stores/directory/directory.ts";
import { tarlift } from "../support/command.ts";
import { needs, sh } from "../support/needs.ts";
import { commit, git } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

const FIXTURE = join(import.meta.dirname, "../fixtures/daba421");
const EXTRACT = ["--extract", "--gzip", "--no-same-owner", "--file"];

/** The store of that version, and what its `build-env --explain` printed. */
function oldStore() {
  const directory = temporary("store");
  sh("tar", [...EXTRACT, join(FIXTURE, "cache.tar.gz"), "--directory", directory]);
  const keys: { name: string; key: string; parts: { name: string; value: string }[] }[] = JSON.parse(
    readFileSync(join(directory, "keys.json"), "utf8"),
  );
  const entries = () => readdirSync(join(directory, "layers")).sort();
  return { directory, keys, entries };
}

const metaOfEnvironment = z.object({ record: environmentRecordSchema.omit({ name: true, diffId: true, link: true }) });

describe("the cache of daba421", () => {
  it("has environments under the keys that their parts give today", () => {
    const { keys, entries } = oldStore();
    expect(keys.map(({ name }) => name)).toEqual(["web", "tools"]);
    for (const { key, parts } of keys) {
      expect(environmentKey(parts)).toBe(key);
      expect(entries()).toContain(`environment-${key}`);
    }
  });

  it("has environments whose record is read, and whose files are unpacked", async () => {
    const { directory, keys } = oldStore();
    for (const { key } of keys) {
      const file = join(temporary("entry"), "entry");
      expect(await directoryLayerStore(directory).restore(`environment-${key}`, file)).toEqual({ hit: true });
      const entry = readEntry(file, `environment-${key}`, metaOfEnvironment);
      if ("broken" in entry) throw new Error(entry.broken);
      const { record } = entry.meta;
      expect(record).toMatchObject({
        key,
        kind: "tree",
        resolved: [{ name: "words", version: "1.0.0" }],
        installer: { name: "npm" },
      });
      expect(record.id.slice(0, 12)).toBe(key.slice(0, 12));
      const { base, diffId } = entry.layer;
      const unpacked = temporary("unpacked");
      await unpackLayer(entry.layer, { base, directory: unpacked, diffId });
      const [mount = ""] = record.mounts ?? [];
      expect(readFileSync(join(unpacked, mount, "words/index.js"), "utf8")).toBe('module.exports = "words";\n');
    }
  });

  it("has outputs of asset steps that are read and unpacked", async () => {
    const { directory, entries } = oldStore();
    const steps = entries().filter((name) => name.startsWith("assets-"));
    expect(steps).toHaveLength(3);
    for (const key of steps) {
      const entry = readEntry(join(directory, "layers", key), key, z.object({ name: z.literal("page") }));
      if ("broken" in entry) throw new Error(entry.broken);
      const { base, diffId } = entry.layer;
      const unpacked = temporary("unpacked");
      await unpackLayer(entry.layer, { base, directory: unpacked, diffId });
      expect(readFileSync(join(unpacked, "greeting.txt"), "utf8")).toBe("good morning\n");
    }
  });
});

describe.runIf(needs("npm", "git"))("a store that daba421 has used", () => {
  /** A repository with the application of the fixture. */
  function application(): string {
    const above = temporary("old-host");
    sh("tar", [...EXTRACT, join(FIXTURE, "locked.tar.gz"), "--directory", above]);
    const [release = ""] = readdirSync(join(above, "locked/releases"));
    const checkout = join(above, "locked/releases", release);
    // Files of releases are read-only, and those of a checkout are not.
    sh("chmod", ["-R", "u+w", checkout]);
    git(checkout, "init", "--quiet", "--initial-branch=main");
    const environments = "{ web: { installer: npm, inputs: [words.tgz] } }";
    const ignored = "node_modules\n.tarlift\nmedia\nsettings.ini\n";
    commit(checkout, { "tarlift.yml": `app: shop\nenvironments: ${environments}\n`, ".gitignore": ignored });
    return checkout;
  }

  const buildEnv = async (cwd: string, ...args: string[]) => {
    const env = { XDG_CACHE_HOME: temporary("cache") };
    const { code, stdout, stderr } = await tarlift(["build-env", ...args, "--json"], { cwd, env });
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    return JSON.parse(stdout)[0];
  };

  it("has keys of another format, with the same names of parts and the same hashes of files", async () => {
    const old = oldStore().keys.find(({ name }) => name === "web")!;
    const { key, parts } = await buildEnv(application(), "--explain");
    expect(parts.map(({ name }: { name: string }) => name)).toEqual(old.parts.map(({ name }) => name));
    const fixed = (all: typeof old.parts) => all.filter(({ name }) => name.startsWith("file ") || name === "options");
    expect(fixed(parts)).toEqual(fixed(old.parts));
    expect(parts[0]).toEqual({ name: "format", value: "2" });
    expect(key).toBe(environmentKey(parts));
  });

  it("serves builds of today too: their keys are others, and the old entries do not change", async () => {
    const { directory, entries } = oldStore();
    const before = entries();
    const contents = () => before.map((name) => readFileSync(join(directory, "layers", name), "base64"));
    const was = contents();
    const checkout = application();
    const isRestored = async () => (await buildEnv(checkout, "--store", directory)).hit;
    expect([await isRestored(), await isRestored()]).toEqual([false, true]);
    expect(entries()).toHaveLength(before.length + 1);
    expect(contents()).toEqual(was);
  });
});
