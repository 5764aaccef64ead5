// What must not be in a virtualenv that hosts get, what may, and which Python builds it.
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { buildEnvironments, explainEnvironments } from "../../src/environment/build.ts";
import { PIP_VERSION } from "../../src/environment/pip.ts";
import { findPython } from "../../src/environment/python-interpreter.ts";
import type { BuiltEnvironment } from "../../src/environment/types.ts";
import { installTool } from "../../src/environment/virtualenv.ts";
import { silent } from "../../src/report/progress.ts";
import { PYTHON, type Workshop, workshop } from "../support/environments.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";
import { wheel } from "../support/wheel.ts";

const CONFIGURED = `environments: { python: { installer: pip, interpreter: ${PYTHON} } }`;

/** A Python of another minor version than the system's, where this machine has one that starts. */
const others = (
  await Promise.all(
    ["3.12", "3.13", "3.10"].map((version) =>
      Promise.any(
        [
          undefined,
          ...globSync(
            join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), `versions/${version}.*/bin/python${version}`),
          ),
        ].map((named) => findPython(version, named)),
      ).catch(() => undefined),
    ),
  )
).filter((python) => python !== undefined);

describe.runIf(needs("python3.11"))("a virtualenv for hosts", () => {
  const work = temporary("virtualenv");
  const tools = join(work, "tools");

  /** A workshop with a wheel of its own, and the files that require it. */
  function shop(
    files: Record<string, string>,
    name: string,
    content: (repository: string) => Record<string, string>,
  ): Workshop {
    const here = workshop(CONFIGURED, files, { python: PYTHON, tools });
    mkdirSync(join(here.repository, "wheels"));
    wheel(join(here.repository, "wheels"), name, "1.0", content(here.repository));
    return here;
  }

  beforeAll(async () => {
    await installTool("pip", PIP_VERSION, await findPython("3.11", PYTHON), { work, progress: silent, passed: [] });
  });

  it("is made of the interpreter below a virtualenv that is active: build-env puts one on PATH for the steps after it", async () => {
    const active = join(temporary("active"), "venv");
    sh(PYTHON, ["-m", "venv", "--without-pip", active]);
    const found = await findPython("3.11", join(active, "bin/python3.11"));
    expect(found.executable).toBe((await findPython("3.11", PYTHON)).executable);
  });

  describe("is refused", () => {
    it("when a requirement is editable, before anything is built", async () => {
      const files = { "requirements.txt": "-e ./libs/foo\n", "libs/foo/pyproject.toml": "" };
      const here = workshop(CONFIGURED, files, { python: PYTHON, tools });
      await expect(here.build()).rejects.toThrow(/editable mode: -e \.\/libs\/foo[\s\S]*next: [\s\S]*Remove `-e`/);
      expect(existsSync(here.root)).toBe(false);
    });

    it("when a .pth file leads into the checkout", async () => {
      const files = { "requirements.txt": "./wheels/leading-1.0-py3-none-any.whl\n" };
      const here = shop(files, "leading", (repository) => ({ "leading.pth": `${repository}/src\n` }));
      await expect(here.build()).rejects.toThrow(/holds a path of the checkout[\s\S]*leading\.pth[\s\S]*next: /);
      expect(readdirSync(here.root)).toEqual([]);
    });

    it("when a package's editable install came in by a back door", async () => {
      const origin = JSON.stringify({ url: "file:///somewhere", dir_info: { editable: true } });
      const files = { "requirements.txt": "--no-index\n--find-links wheels\nhidden==1.0\n" };
      const here = shop(files, "hidden", () => ({ "hidden-1.0.dist-info/direct_url.json": origin }));
      await expect(here.build()).rejects.toThrow(/hidden-1\.0 is installed in editable mode[\s\S]*next: /);
    });
  });

  describe("of local packages", () => {
    let here: Workshop;
    let built: BuiltEnvironment;

    beforeAll(async () => {
      const backend = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n';
      const files = {
        "requirements.txt":
          "./wheels/one-1.0-py3-none-any.whl\n./libs/two ; python_version > '3'\n./libs/none ; python_version < '3'\n",
        "libs/two/pyproject.toml": backend,
        "libs/two/backend.py": BACKEND,
        "libs/none/pyproject.toml": backend,
        "libs/none/backend.py": BACKEND.replaceAll("two", "none"),
      };
      here = shop(files, "one", () => ({ "one.py": "", "one.pth": "import sys\n" }));
      [built] = (await here.build()) as [BuiltEnvironment];
    });

    it("holds them as any other, with no word of the checkout", () => {
      expect(built.record.resolved.map(({ name }) => name)).toEqual(["one", "two"]);
      expect(sh("sh", ["-c", 'grep -rlF -- "$1" "$2" || true', "sh", here.repository, built.path])).toBe("");
      expect(built.layer.index.some(({ path }) => path.endsWith("direct_url.json"))).toBe(false);
      sh(join(built.path, "bin/python"), ["-I", "-c", "import one, two"]);
    });

    it("has the same key in another checkout of the same content", async () => {
      const again = workshop(CONFIGURED, {}, { python: PYTHON, tools });
      sh("cp", ["-a", `${here.repository}/.`, again.repository]);
      const [keyed] = await explainEnvironments({ ...again.config, "environments-root": here.root }, again.options);
      expect(keyed!.key).toBe(built.record.key);
    });

    it("is built anew with the same bytes, but for what names its own directory", async () => {
      const [rebuilt] = (await here.build({ ...here.anotherJob(), rebuild: true })) as [BuiltEnvironment];
      expect(rebuilt.record.id).not.toBe(built.record.id);
      const content = (environment: BuiltEnvironment) =>
        environment.layer.index.filter(({ path }) => !path.startsWith("bin/"));
      expect(content(rebuilt)).toEqual(content(built));
    });

    it("is compiled: byte code for every module, valid whatever the clock says", () => {
      const sources = built.layer.index.filter(({ path }) => /site-packages\/[^/]+\.py$/.test(path));
      const compiled = built.layer.index.filter(({ path }) =>
        /site-packages\/__pycache__\/[^/]+\.cpython-311\.pyc$/.test(path),
      );
      expect(compiled).toHaveLength(sources.length);
      const code = readFileSync(join(built.path, compiled[0]!.path));
      // PEP 552: bit 0 hash-based, bit 1 checked.
      expect(code.readUInt32LE(4)).toBe(1);
      expect(code.toString("latin1")).not.toContain(here.root);
    });

    it("keys them by what is in them", async () => {
      expect((await explainEnvironments(here.config, here.options))[0]!.parts.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["local libs/two", "local wheels/one-1.0-py3-none-any.whl"]),
      );
    });
  });

  describe("is built with a Python of the hosts' minor version", () => {
    it("and with no other: the error names actions/setup-python", async () => {
      const here = workshop(
        CONFIGURED.replace("python3.11 }", "python3.7 }"),
        { "requirements.txt": "" },
        { python: PYTHON },
      );
      await expect(here.build()).rejects.toThrow(
        /no Python 3\.7 on this machine[\s\S]*is Python 3\.11[\s\S]*actions\/setup-python/,
      );
    });

    it("which has to be said where the interpreter's name does not", async () => {
      const bare = workshop("environments: { python: { installer: pip, interpreter: /usr/bin/python3 } }", {
        "requirements.txt": "",
      });
      await expect(bare.build()).rejects.toThrow(/cannot be read from \/usr\/bin\/python3[\s\S]*version-file/);
      const named = workshop(
        "environments: { python: { installer: pip, interpreter: /usr/bin/python3, version-file: .python-version } }",
        { "requirements.txt": "", ".python-version": "3.11.2\n" },
        { python: PYTHON },
      );
      expect((await explainEnvironments(named.config, named.options))[0]!.parts).toContainEqual({
        name: "python",
        value: "3.11 cpython-311",
      });
    });

    if (others.length > 0)
      it(`and records it: ${others[0]!.version}`, async () => {
        const { version, executable } = others[0]!;
        const here = workshop(
          CONFIGURED.replace("python3.11 }", `python${version} }`),
          { "requirements.txt": "./one-1.0-py3-none-any.whl\n" },
          { python: executable },
        );
        wheel(here.repository, "one", "1.0", { "one.py": "" });
        const [built] = (await here.build()) as [BuiltEnvironment];
        expect(built.record.requirements.python).toMatchObject({ version, abi: `cpython-${version.replace(".", "")}` });
        expect(built.record.requirements.libc).toBeUndefined();
        sh(join(built.path, "bin/python"), ["-c", "import one"]);
      });
  });

  it("asks for its root with one line where it cannot be made", async () => {
    const here = workshop(CONFIGURED, { "requirements.txt": "", blocked: "" }, { python: PYTHON, tools });
    const config = { ...here.config, "environments-root": join(here.repository, "blocked/envs") };
    await expect(buildEnvironments(config, here.options)).rejects.toThrow(
      /cannot be made[\s\S]*next: .*install -d .*blocked\/envs/,
    );
  });
});

const BACKEND = `
import os, zipfile

def build_wheel(directory, config_settings=None, metadata_directory=None):
    name = "two-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        archive.writestr("two.py", "WHERE = __file__\\n")
        archive.writestr("two-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: two\\nVersion: 1.0\\n")
        archive.writestr("two-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr("two-1.0.dist-info/RECORD", "")
    return name
`;
