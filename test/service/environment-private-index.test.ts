// A package index that wants a password: the password stays in the environment of the run.

import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { afterEach, beforeAll, expect, it, vi } from "vitest";
import { unpackLayer } from "../../src/artifact/unpack-layer.ts";
import { explainEnvironments } from "../../src/environments/build.ts";
import type { BuiltEnvironment } from "../../src/installers/installer.ts";
import { recording, workshop, write } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";
import { wheel } from "../support/wheel.ts";

const USER = "reader";
const PASSWORD = "correct-horse-battery";

/** An index of one project, by PEP 503; everything else is not found. */
async function privateIndex() {
  const file = wheel(temporary("wheels"), "tarlift_secret", "1.0", { "tarlift_secret.py": "ANSWER = 42\n" });
  const pages: Record<string, string | Buffer> = {
    "/simple/tarlift-secret/": `<a href="../../files/${basename(file)}">${basename(file)}</a>`,
    [`/files/${basename(file)}`]: readFileSync(file),
  };
  const refused: string[] = [];
  const server = createServer((request, response) => {
    const path = new URL(request.url!, "http://index").pathname;
    const expected = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString("base64")}`;
    if (request.headers.authorization !== expected) {
      refused.push(path);
      response.writeHead(401, { "www-authenticate": 'Basic realm="index"' }).end();
    } else response.writeHead(path in pages ? 200 : 404, { "content-type": "text/html" }).end(pages[path]);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { host: `127.0.0.1:${port}/simple`, refused };
}

/** Files below a directory that hold a text, compressed or not: the layer is unpacked first. */
const holding = (text: string, ...directories: string[]) =>
  sh("sh", ["-c", 'text=$1; shift; grep -rlaF -- "$text" "$@" || true', "sh", text, ...directories]);

const INSTALLERS = [
  ["pip", (host: string) => ({ PIP_EXTRA_INDEX_URL: `http://${USER}:${PASSWORD}@${host}` })],
  ["uv", (host: string) => ({ UV_INDEX: `http://${USER}:${PASSWORD}@${host}` })],
] as const;

full("environments", needs("python3.11")).eachAfterFirst(INSTALLERS)(
  "a password for a private index, with %s",
  (installer, variables) => {
    const progress = recording();
    const lines: string[] = [];
    progress.task = () => ({ update() {}, line: (text) => lines.push(text), end() {}, fail() {} });
    let here: ReturnType<typeof workshop>;
    let built: BuiltEnvironment;
    let index: Awaited<ReturnType<typeof privateIndex>>;
    const passed = Object.keys(variables("")).join(", ");
    const configuration = `environments: { python: { installer: ${installer}, interpreter: /usr/bin/python3.11, requirements: [requirements.txt], pass-env: [${passed}] } }`;

    beforeAll(async () => {
      index = await privateIndex();
      here = workshop(
        configuration,
        { "requirements.txt": "tarlift_secret==1.0\n" },
        { python: "/usr/bin/python3.11", progress },
      );
      for (const [name, value] of Object.entries(variables(index.host))) vi.stubEnv(name, value);
      [built] = (await here.build()) as [BuiltEnvironment];
      vi.unstubAllEnvs();
    });

    afterEach(() => {
      vi.unstubAllEnvs();
    });

    it("opens it", () => {
      expect(built.record.resolved).toEqual([{ name: expect.stringMatching(/^tarlift.secret$/), version: "1.0" }]);
      expect(lines.join("\n")).toMatch(/tarlift.secret/);
    });

    it("stands in no layer, no entry, no key, no record and no line of progress", async () => {
      const unpacked = temporary("layer");
      await unpackLayer(built.layer, { base: built.layer.base, directory: unpacked, diffId: built.layer.diffId });
      expect(holding(PASSWORD, unpacked, built.path, here.store, here.options.work)).toBe("");
      expect(holding("tarlift_secret", unpacked)).not.toBe("");
      const keyed = await explainEnvironments(here.config, here.options);
      expect(JSON.stringify([keyed, built.record, progress.said, lines])).not.toContain(PASSWORD);
    });

    it("leaves the key as it is when it changes", async () => {
      const names = Object.keys(variables(index.host));
      for (const name of names) vi.stubEnv(name, `http://${USER}:${PASSWORD}@${index.host}`);
      const before = await explainEnvironments(here.config, here.options);
      for (const name of names) vi.stubEnv(name, `http://${USER}:another@${index.host}`);
      expect((await explainEnvironments(here.config, here.options))[0]!.key).toBe(before[0]!.key);
    });

    it("is not shown when it is wrong, or when a requirement is not there", async () => {
      write(here.repository, { "requirements.txt": "tarlift_secret==2.0\n" });
      for (const name of ["PIP_CACHE_DIR", "UV_CACHE_DIR"]) vi.stubEnv(name, temporary("cache"));
      const said: string[] = [];
      for (const password of [PASSWORD, "wrong-password-of-mine"]) {
        for (const name of ["PIP_CACHE_DIR", "UV_CACHE_DIR"]) vi.stubEnv(name, temporary("cache"));
        for (const name of Object.keys(variables(index.host)))
          vi.stubEnv(name, `http://${USER}:${password}@${index.host}`);
        lines.length = 0;
        const failure = await here.build().catch((error: Error) => error);
        expect(failure).toBeInstanceOf(Error);
        said.push(String(failure), ...lines);
      }
      expect(said.join("\n")).toMatch(/tarlift.secret/);
      expect(said.join("\n")).not.toContain(PASSWORD);
      expect(said.join("\n")).not.toContain("wrong-password-of-mine");
      expect(index.refused).toContain("/simple/tarlift-secret/");
    });

    full("environments").it("may stand in a requirement file's index, and goes no further than that", async () => {
      const inside = workshop(
        configuration,
        { "requirements.txt": `--extra-index-url http://${USER}:${PASSWORD}@${index.host}\ntarlift_secret==1.0\n` },
        { python: "/usr/bin/python3.11", progress },
      );
      lines.length = 0;
      const [environment] = (await inside.build()) as [BuiltEnvironment];
      expect(environment.record.resolved).toHaveLength(1);
      expect(holding(PASSWORD, environment.path, inside.store, inside.options.work)).toBe("");
      expect(readdirSync(inside.options.work).sort()).toEqual(["entries", "tools"]);
      expect(
        JSON.stringify([await explainEnvironments(inside.config, inside.options), environment.record, lines]),
      ).not.toContain(PASSWORD);
      sh(join(environment.bin[0]!, "python"), ["-c", "import tarlift_secret"]);
    });
  },
);
