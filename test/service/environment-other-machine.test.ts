// The builder is not the host: another prefix, another patch version, no interpreter where the hosts have theirs.
import { existsSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { unpackLayer } from "../../src/artifact/unpack-layer.ts";
import type { BuiltEnvironment } from "../../src/installers/installer.ts";
import { type Workshop, workshop } from "../support/environments.ts";
import { needs, sh } from "../support/needs.ts";
import { type DebianHost, debianHost, pythonElsewhere } from "../support/other-machine.ts";

const INTERPRETER = "/opt/hostpy/bin/python3.11";

const CONFIGURATION = `
environments:
  python:
    installer: pip
    interpreter: ${INTERPRETER}
    options: [--no-binary=greenlet, --no-binary=psycopg2]
`;

const FILES = {
  "requirements.txt": "gevent==25.9.1\ngreenlet==3.2.4\npsycopg2==2.9.11\ngunicorn==23.0.0\n",
  "application.py": "import gevent\n\ndef answer():\n    return gevent.spawn(lambda: 42).get()\n",
  "test_application.py":
    "import unittest, application\n\nclass Answer(unittest.TestCase):\n    def test_it(self):\n        self.assertEqual(application.answer(), 42)\n",
};

describe.runIf(needs("root", "unshare", "debootstrap", "gcc", "g++", "pg_config", "python3.11"))(
  "an environment that is built with a Python that no host has",
  () => {
    let here: Workshop;
    let host: DebianHost;
    let built: BuiltEnvironment;

    beforeAll(async () => {
      here = workshop(CONFIGURATION, FILES, { python: pythonElsewhere() });
      [built] = (await here.build()) as [BuiltEnvironment];
      host = debianHost(INTERPRETER);
      const directory = join(host.files, built.path);
      mkdirSync(directory, { recursive: true });
      await unpackLayer(built.layer, { base: built.layer.base, directory, diffId: built.layer.diffId });
    });

    it("has nothing of the hosts' interpreter on the builder", () => {
      expect(existsSync(INTERPRETER)).toBe(false);
      expect(built.hit).toBe(false);
    });

    it("imports what is native on a host, compiled here or by others", () => {
      expect(
        host.run(
          `${built.path}/bin/python -c 'import gevent, greenlet, sys; print(gevent.spawn(lambda: 6 * 7).get(), greenlet.__version__, sys.prefix)'`,
        ),
      ).toBe(`42 3.2.4 ${built.path}\n`);
    });

    it("starts a console script on a host by its shebang", () => {
      expect(host.run(`${built.path}/bin/gunicorn --version`)).toBe("gunicorn (version 23.0.0)\n");
    });

    it("holds no path of the builder's Python, and none of its byte code", () => {
      const files = join(host.files, built.path);
      expect(readlinkSync(join(files, "bin/python"))).toBe(INTERPRETER);
      expect(readFileSync(join(files, "pyvenv.cfg"), "utf8")).not.toContain(built.readable[0]!);
      expect(sh("sh", ["-c", 'grep -rlF -- "$1" "$2" || true', "sh", built.readable[0]!, files])).toBe("");
    });

    it("records the library that psycopg2 was linked with here, which a host then lacks", () => {
      expect(built.record.requirements.sonames).toContain("libpq.so.5");
      expect(() => host.run(`${built.path}/bin/python -c 'import psycopg2'`)).toThrow(/libpq\.so\.5/);
    });

    it("asks a host for nothing that is in the environment, and for no file that it has already", () => {
      // Every other library is found by the host's own loader.
      const others = built.record.requirements.sonames.filter((name) => name !== "libpq.so.5");
      const known = host.run("/sbin/ldconfig -p");
      expect(others.filter((name) => !known.includes(`\t${name} `))).toEqual([]);
      expect(others).toContain("libc.so.6");
    });

    it("records the interpreter of the hosts and what to import there", () => {
      const { python, libc, glibcxx } = built.record.requirements;
      expect(python).toMatchObject({ version: "3.11", abi: "cpython-311", interpreter: INTERPRETER });
      expect(python!.imports).toEqual(expect.arrayContaining(["gevent", "greenlet", "psycopg2"]));
      expect(libc).toMatchObject({ family: "glibc", version: expect.stringMatching(/^2\.\d+$/) });
      expect(glibcxx).toMatch(/^3\.4/);
    });

    it("runs commands and the application's tests in another job, which restores it", async () => {
      const [restored] = (await here.build(here.anotherJob())) as [BuiltEnvironment];
      expect(restored).toMatchObject({ hit: true, record: { id: built.record.id } });
      await restored.unpack();
      expect(sh(join(restored.bin[0]!, "gunicorn"), ["--version"])).toBe("gunicorn (version 23.0.0)\n");
      sh(join(restored.bin[0]!, "python"), ["-m", "unittest"], { cwd: here.repository });
    });

    it("is unpacked again where the builder's copy is gone", async () => {
      sh("rm", ["-rf", built.path]);
      const [restored] = (await here.build(here.anotherJob())) as [BuiltEnvironment];
      expect(await restored.unpack()).toBe(true);
      sh(join(restored.bin[0]!, "python"), ["-m", "unittest"], { cwd: here.repository });
    });
  },
);
