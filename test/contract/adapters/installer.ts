// What every installer keeps to: its key, its environment, and what it says of both. Real installs, in a repository of the test's own.
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { stringify } from "yaml";
import { ConfigFailure, parseConfig } from "../../../src/config/load.ts";
import type { EnvironmentConfig } from "../../../src/config/schema.ts";
import { buildEnvironments, explainEnvironments } from "../../../src/environments/build.ts";
import type { BuiltEnvironment, Installer } from "../../../src/installers/installer.ts";
import { INSTALLERS } from "../../../src/installers/registry.ts";
import { silent } from "../../../src/progress.ts";
import { commit, type Workshop, workshop, write } from "../../support/environments.ts";
import { full } from "../../support/full.ts";
import { sh } from "../../support/needs.ts";

export interface InstallerFixture {
  /** Keys of the environment besides `installer`. */
  keys?: Record<string, unknown>;
  /** Writes a project whose environment has at least one package. @param directory exists, absolute */
  project(directory: string): Promise<void> | void;
  /** The file of the project that says what is installed. */
  lock: string;
  /** Changes of one input each, by what they are: each makes another key. */
  bump: Record<string, (directory: string) => Promise<void> | void>;
  /** Values of keys that make another key of the environment. */
  other: Record<string, unknown>;
  /** Writes a credential into the project as users do; it is no part of the key. */
  credential?(directory: string, secret: string): void;
  /** A program of the environment. */
  program: string;
}

/** What is no input of any installer. */
const LITTER: Record<string, (repository: string) => void> = {
  "a dot file": (repository) => write(repository, { ".editorconfig": "root = true\n" }),
  "an ignored file": (repository) => write(repository, { "ignored/big.bin": "1" }),
  "an untracked file": (repository) => write(repository, { "notes.txt": "1" }),
  "a module of the application": (repository) => write(repository, { "app/main.txt": "2" }),
  "a variable of the job": () => vi.stubEnv("TARLIFT_TEST_LITTER", String(Math.random())),
};

/** The messages of a configuration that is refused. */
function refusal(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    if (error instanceof ConfigFailure) return error.problems.map(({ message }) => message).join("\n");
    throw error;
  }
  return "";
}

/** Runs the suite for one installer. Further options reach the build: an interpreter, shared tools. */
export function describeInstaller(
  installer: Installer,
  fixture: InstallerFixture,
  options: Parameters<typeof workshop>[2] = {},
): void {
  const entry = { installer: installer.key, ...fixture.keys };
  const written = (keys: Record<string, unknown> = entry) => stringify({ environments: { one: keys } });

  /** A repository with the project, committed. */
  async function checkout(keys?: Record<string, unknown>): Promise<Workshop> {
    const here = workshop(written(keys), { "app/main.txt": "1", ".gitignore": "/ignored/\n" }, options);
    await fixture.project(here.repository);
    commit(here.repository);
    return here;
  }
  const keyOf = async ({ config, options: given }: Workshop) => (await explainEnvironments(config, given))[0]!;

  describe(`the installer ${installer.key}`, () => {
    let here: Workshop;
    let built: BuiltEnvironment;
    let lock: Buffer;

    beforeAll(async () => {
      here = await checkout();
      lock = readFileSync(join(here.repository, fixture.lock));
      [built] = (await here.build()) as [BuiltEnvironment];
    });
    afterEach(() => void vi.unstubAllEnvs());

    test.each(Object.keys(fixture.bump))("has another key with another %s", async (name) => {
      const other = await checkout();
      const before = await keyOf(other);
      await fixture.bump[name]!(other.repository);
      expect((await keyOf(other)).key).not.toBe(before.key);
    });

    test.each(Object.entries(fixture.other))("has another key with another value of %s", async (name, value) => {
      const { config, options: given } = here;
      const [own] = Object.values(config.environments);
      const changed = { ...config, environments: { one: { ...own, [name]: value } as EnvironmentConfig } };
      const [keyed] = await explainEnvironments(changed, given);
      expect(keyed!.key).not.toBe(built.record.key);
    });

    full("environments").each(Object.keys(LITTER))("has the same key with %s", async (name) => {
      const other = await checkout();
      const before = await keyOf(other);
      LITTER[name]!(other.repository);
      expect((await keyOf(other)).key).toBe(before.key);
    });

    test("has no credential in its key", async () => {
      if (!fixture.credential) return;
      const other = await checkout();
      fixture.credential(other.repository, "first-s3cret");
      const one = await keyOf(other);
      fixture.credential(other.repository, "other-s3cret");
      const two = await keyOf(other);
      expect(JSON.stringify([one.parts, two.parts])).not.toContain("s3cret");
      expect(two.key).toBe(one.key);
    });

    test("leaves the checkout and its lock as they were", () => {
      expect(readFileSync(join(here.repository, fixture.lock)).equals(lock)).toBe(true);
      expect(sh("git", ["status", "--porcelain", "--ignored"], { cwd: here.repository })).toBe("");
    });

    test("installs nothing the second time", async () => {
      const started: string[] = [];
      const [again] = await buildEnvironments(here.config, {
        ...here.anotherJob(),
        progress: {
          ...silent,
          task(name) {
            started.push(name);
            return silent.task(name);
          },
        },
      });
      expect(again).toMatchObject({ hit: true, record: { id: built.record.id } });
      expect(started.filter((name) => name.includes(installer.key))).toEqual([]);
    });

    full("environments").it("installs again where the entry was made with another interpreter", async () => {
      const other = await checkout();
      await other.build();
      for (const name of readdirSync(other.store, { recursive: true, encoding: "utf8" })) {
        const file = join(other.store, name);
        if (!lstatSync(file).isFile()) continue;
        const bytes = readFileSync(file);
        const at = bytes.lastIndexOf('"madeWith":"');
        if (at < 0) continue;
        bytes.write("other", at + '"madeWith":"'.length);
        writeFileSync(file, bytes);
      }
      const warnings: string[] = [];
      const [again] = await buildEnvironments(other.config, {
        ...other.anotherJob(),
        progress: {
          ...silent,
          warning: (text) => void warnings.push(text),
          notice: (text) => void warnings.push(text),
        },
      });
      expect(again!.hit).toBe(false);
      expect(warnings.join("\n")).toContain("made with other");
    });

    full("environments").it("leaves nothing of a build that was stopped", async () => {
      const other = await checkout();
      const abort = new AbortController();
      const stopped = other.build({
        signal: abort.signal,
        progress: {
          ...silent,
          task: (name) => {
            if (name.startsWith(installer.key)) abort.abort();
            return silent.task(name);
          },
        },
      });
      await expect(stopped).rejects.toThrow();
      expect(existsSync(other.root) ? readdirSync(other.root) : []).toEqual([]);
      expect(readdirSync(other.options.work).filter((name) => name.startsWith("scratch-"))).toEqual([]);
      expect(sh("git", ["status", "--porcelain", "--ignored"], { cwd: other.repository })).toBe("");
      const [whole] = await other.build();
      expect(whole!.hit).toBe(false);
    });

    test("made what stands at its place", async () => {
      const [own] = Object.values(here.config.environments);
      const { path, key } = installer.releasePath(own!);
      expect(Object.keys(installer.schema.shape)).toContain(key);
      if (installer.kind === "path") {
        expect(built.record).toMatchObject({ kind: "path", link: path });
        expect(existsSync(built.path)).toBe(true);
      } else {
        expect(built.record.mounts).toContain(path);
        await built.unpack();
        expect(lstatSync(join(here.repository, path)).isDirectory()).toBe(true);
        rmSync(join(here.repository, path), { recursive: true });
      }
    });

    test("has its program where it says", async () => {
      await built.unpack();
      const at = installer.kind === "path" ? built.path : here.repository;
      const { path } = installer.runtime(built.record, at);
      expect(path.length).toBeGreaterThan(0);
      expect(path.every((directory) => directory.startsWith(`${at}/`))).toBe(true);
      expect(path).toEqual(built.bin);
      const found = path.map((directory) => join(directory, fixture.program)).find((file) => existsSync(file));
      expect(found).toBeDefined();
      expect(sh(found!, [], { cwd: dirname(here.repository) })).not.toBe("");
    });

    test("lets an unpacked copy run with this machine's interpreter", async () => {
      if (!installer.localize) return;
      const localize = await installer.localize(built.record, { python: options.python });
      const link = () => readlinkSync(join(built.path, "bin/python"));
      const before = link();
      localize(built.path);
      expect(link()).toBe(before);
    });

    test("finds its own project", async () => {
      const paths = sh("git", ["ls-files"], { cwd: here.repository }).trim().split("\n");
      const read = (path: string) => {
        const file = join(here.repository, path);
        return existsSync(file) ? readFileSync(file, "utf8") : undefined;
      };
      const detect = await installer.detector();
      const found = detect({ paths, read });
      if (!found || "question" in found) throw new Error(`${installer.key} does not find its project`);
      const config = parseConfig(`app: a\n${written({ installer: installer.key, ...found.keys })}`);
      expect(config.environments.one).toMatchObject({ installer: installer.key });
      expect(detect({ paths: [], read: () => undefined })).toBeUndefined();
    });

    test("refuses keys of other installers and says so", () => {
      const own = Object.keys(installer.schema.shape);
      const foreign = INSTALLERS.flatMap(({ schema }) => Object.keys(schema.shape)).filter((key) => !own.includes(key));
      expect(foreign.length).toBeGreaterThan(0);
      for (const key of foreign)
        expect(refusal(() => parseConfig(`app: a\n${written({ ...entry, [key]: "x" })}`))).toContain(
          `${key} means nothing to ${installer.key}`,
        );
    });
  });
}
