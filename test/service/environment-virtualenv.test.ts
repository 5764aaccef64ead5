// What must not be in a virtualenv that hosts get, what may, and which Python builds it.
import { hash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { finishEntry, readEntry } from "../../src/cache/entry.ts";
import { buildEnvironments, explainEnvironments } from "../../src/environments/build.ts";
import { interpreterFindings } from "../../src/host-requirements/python-probe.ts";
import type { BuiltEnvironment } from "../../src/installers/installer.ts";
import { PIP_VERSION } from "../../src/installers/virtualenv/pip-version.ts";
import { installTool } from "../../src/installers/virtualenv/virtualenv.ts";
import { silent } from "../../src/progress.ts";
import { findPython, PYTHON_PROBE } from "../../src/python/interpreter.ts";
import { canonicalName } from "../../src/python/markers.ts";
import { commit, PYTHON, recording, type Workshop, workshop, write } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { pythonElsewhere } from "../support/other-machine.ts";
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
        ].map((named) => findPython({ interpreter: `/usr/bin/python${version}`, version }, named)),
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
    await installTool("pip", PIP_VERSION, await findPython({ interpreter: PYTHON, version: "3.11" }), {
      work,
      progress: silent,
      passed: [],
    });
  });

  full("environments").it(
    "runs nothing of the directory in which tarlift is started, whatever module stands there",
    () => {
      const here = temporary("started");
      const made = join(temporary("made"), "venv");
      for (const module of ["logging", "venv", "pip"])
        writeFileSync(join(here, `${module}.py`), "open('ran', 'w').close()\nraise SystemExit(1)\n");
      const source = join(import.meta.dirname, "../../src");
      const program = `
      import { findPython } from "${source}/python/interpreter.ts";
      import { createVirtualenv, installTool } from "${source}/installers/virtualenv/virtualenv.ts";
      import { silent } from "${source}/progress.ts";
      const python = await findPython({ interpreter: "${PYTHON}", version: "3.11" });
      await createVirtualenv("${made}", python);
      await installTool("pip", "${PIP_VERSION}", python, { work: "${dirname(made)}", progress: silent, passed: [] });
    `;
      sh(process.execPath, ["--input-type=module", "--eval", program], { cwd: here });
      expect(existsSync(join(here, "ran"))).toBe(false);
    },
  );

  it("is made of the interpreter below a virtualenv that is active: build-env puts one on PATH for the steps after it", async () => {
    const active = join(temporary("active"), "venv");
    sh(PYTHON, ["-m", "venv", "--without-pip", active]);
    const found = await findPython({ interpreter: PYTHON, version: "3.11" }, join(active, "bin/python3.11"));
    expect(found.executable).toBe((await findPython({ interpreter: PYTHON, version: "3.11" })).executable);
  });

  describe("is refused", () => {
    it("when a requirement is editable, before anything is built", async () => {
      const files = { "requirements.txt": "-e ./libs/foo\n", "libs/foo/pyproject.toml": "" };
      const here = workshop(CONFIGURED, files, { python: PYTHON, tools });
      await expect(here.build()).rejects.toThrow(/editable mode: -e \.\/libs\/foo[\s\S]*next: [\s\S]*Remove `-e`/);
      expect(existsSync(here.root)).toBe(false);
    });

    full("environments").it("when a .pth file leads into the checkout", async () => {
      const files = { "requirements.txt": "./wheels/leading-1.0-py3-none-any.whl\n" };
      const here = shop(files, "leading", (repository) => ({ "leading.pth": `${repository}/src\n` }));
      await expect(here.build()).rejects.toThrow(/holds a path of the checkout[\s\S]*leading\.pth[\s\S]*next: /);
      expect(readdirSync(here.root)).toEqual([]);
    });

    full("environments").it(
      "when a package brings an editable install that its requirement does not show",
      async () => {
        const origin = JSON.stringify({ url: "file:///somewhere", dir_info: { editable: true } });
        const files = { "requirements.txt": "--no-index\n--find-links wheels\nhidden==1.0\n" };
        const here = shop(files, "hidden", () => ({ "hidden-1.0.dist-info/direct_url.json": origin }));
        await expect(here.build()).rejects.toThrow(/hidden-1\.0 is installed in editable mode[\s\S]*next: /);
      },
    );
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

    full("environments").it("is built again with the same bytes, but for what names its own directory", async () => {
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

    full("environments").it(
      "case 27: ships what git tracks of them, and builds beside nothing of the checkout",
      async () => {
        const setup = 'import setuptools\nsetuptools.setup(name="two", version="1.0", packages=["two"])\n';
        const pyproject =
          '[build-system]\nrequires = ["setuptools==80.9.0"]\nbuild-backend = "setuptools.build_meta"\n';
        const files = {
          "requirements.txt": "./two\n",
          "two/setup.py": setup,
          "two/pyproject.toml": pyproject,
          "two/two/__init__.py": "",
          ".gitignore": "build\n*.egg-info\n",
        };
        const local = workshop(CONFIGURED, files, { python: PYTHON, tools });
        commit(local.repository);
        write(local.repository, { "two/build/lib/two/removed.py": "" });
        const [environment] = (await local.build()) as [BuiltEnvironment];
        const own = environment.layer.index.filter(({ path }) => path.includes("/two/") && path.endsWith(".py"));
        expect(own.map(({ path }) => path.replace(/.*\//, ""))).toEqual(["__init__.py"]);
        expect(sh("git", ["status", "--short", "--ignored"], { cwd: local.repository })).toBe("!! two/build/\n");
      },
    );

    full("environments").it("case 34: are installed beside requirements that have hashes", async () => {
      const files = {
        "libs/two/pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "libs/two/backend.py": BACKEND,
      };
      const local = shop(files, "one", () => ({ "one.py": "" }));
      const [name] = readdirSync(join(local.repository, "wheels"));
      const sum = hash("sha256", readFileSync(join(local.repository, "wheels", name!)), "hex");
      write(local.repository, {
        "requirements.txt": `--no-index\n--find-links wheels\n./libs/two\none==1.0 --hash=sha256:${sum}\n`,
      });
      const [environment] = (await local.build()) as [BuiltEnvironment];
      expect(environment.record.resolved.map(({ name }) => name)).toEqual(["one", "two"]);
    });

    full("environments").describe("whose build requirements stand in one place", () => {
      /** A local package that tells which wheel built it: that of the only index, or that of the directory `wheels`. */
      function built(lines: string, more: (index: string) => string = () => "") {
        const index = join(temporary("index"), "simple");
        const project = join(index, "tarlift-corporate-build");
        mkdirSync(project, { recursive: true });
        const file = wheel(project, "tarlift_corporate_build", "1.0", { "corporate.py": "FROM = 'index'\n" });
        writeFileSync(join(project, "index.html"), `<a href="${basename(file)}">${basename(file)}</a>`);
        const here = workshop(
          CONFIGURED.replace(" } }", `${more(`file://${index}`)} } }`),
          {
            "requirements.txt": `${lines.replace("INDEX", `file://${index}`)}\n./libs/two\n`,
            "libs/two/pyproject.toml":
              '[build-system]\nrequires = ["tarlift-corporate-build"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
            "libs/two/backend.py": `import corporate\n${BACKEND.replace('"WHERE = __file__\\n"', "f'FROM = {corporate.FROM!r}'")}`,
          },
          { python: PYTHON, tools },
        );
        mkdirSync(join(here.repository, "wheels"));
        wheel(join(here.repository, "wheels"), "tarlift_corporate_build", "1.0", {
          "corporate.py": "FROM = 'wheels'\n",
        });
        return here;
      }

      it.each([
        ["--index-url INDEX", undefined, "index"],
        ["--no-index --find-links wheels", undefined, "wheels"],
        ["", (index: string) => `, options: ["--index-url=${index}"]`, "index"],
        ["", () => ', options: ["--no-index", "-f", "wheels"]', "wheels"],
      ])("are built by what stands there, as pip does: %j, %o", async (lines, more, from) => {
        const [environment] = (await built(lines, more).build()) as [BuiltEnvironment];
        const python = join(environment.path, "bin/python");
        expect(sh(python, ["-I", "-c", "import two; print(two.FROM)"])).toBe(`${from}\n`);
      });

      it("are built by nothing from elsewhere: what is lacking is to be offered there", async () => {
        const here = built("--no-index --find-links libs");
        await expect(here.build()).rejects.toThrow(
          /No matching distribution found for tarlift-corporate-build[\s\S]*next: What builds a local package .*Offer it there/,
        );
      });
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
      await expect(bare.build()).rejects.toThrow(
        /which Python the hosts have cannot be read from \/usr\/bin\/python3[\s\S]*version-file/,
      );
      const named = workshop(
        "environments: { python: { installer: pip, interpreter: /usr/bin/python3, version-file: .python-version } }",
        { "requirements.txt": "", ".python-version": "3.11.2\n" },
        { python: PYTHON },
      );
      expect((await explainEnvironments(named.config, named.options))[0]!.parts).toContainEqual({
        name: "python",
        value: expect.stringMatching(/^cpython 3\.11\.\d+ cpython-311$/),
      });
    });

    if (others.length > 0)
      full("environments").it(`and records it: ${others[0]!.version}`, async () => {
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

  full("environments").describe("case 51: where the builder has another patch version of it", () => {
    const patch = Number(sh(PYTHON, ["-c", "import sys; print(sys.version_info[2])"]));
    // The system's, and a builder's that is older: pip asks for the version of what it runs in, and relies on it.
    const [theirs, ours] = [`3.11.${patch}`, `3.11.${patch - 1}`];
    const marker = `python_full_version >= "${theirs}"`;
    const files = { "requirements.txt": "--no-index\n--find-links wheels\nredis==5.0.1\n" };
    const names = (built: BuiltEnvironment) => built.record.resolved.map(({ name }) => canonicalName(name));
    let elsewhere: string;

    /** redis 5.0.1 as it is published: what it needs depends on the patch version. */
    function redis(): Workshop {
      const here = workshop(CONFIGURED, files, { tools });
      const wheels = join(here.repository, "wheels");
      mkdirSync(wheels);
      wheel(wheels, "redis", "5.0.1", { "redis.py": "" }, [`Requires-Dist: async-timeout (>=4) ; ${marker}`]);
      wheel(wheels, "async_timeout", "4.0.3", { "async_timeout.py": "" }, ["Requires-Python: >=3.7"]);
      return here;
    }

    /** What preflight finds on a host whose interpreter is this one. */
    const findings = (built: BuiltEnvironment, interpreter: string) =>
      interpreterFindings(PYTHON, sh(interpreter, ["-I", "-c", PYTHON_PROBE]), [built.record.requirements.python!]).map(
        ({ what }) => what,
      );

    beforeAll(() => {
      elsewhere = pythonElsewhere(patch - 1);
    });

    it("is built with the hosts' own interpreter where the builder has it, whatever comes first on PATH", async () => {
      vi.stubEnv("PATH", `${dirname(elsewhere)}:${process.env.PATH}`);
      try {
        const [built] = (await redis().build()) as [BuiltEnvironment];
        expect(names(built)).toEqual(["async-timeout", "redis"]);
        expect(readlinkSync(join(built.path, "bin/python"))).toBe(PYTHON);
        expect(built.record.requirements.python).toMatchObject({
          built: theirs,
          conditions: [{ by: "redis 5.0.1", needs: "async-timeout", marker, holds: true }],
        });
        expect(findings(built, PYTHON)).toEqual([]);
        expect(findings(built, elsewhere)).toEqual([
          `redis 5.0.1 requires async-timeout if ${marker}: true where the release was built, with Python ${theirs}, and false on the host (python_full_version ${ours})`,
        ]);
      } finally {
        vi.unstubAllEnvs();
      }
    });

    it("is another environment under another key where it is built with the builder's, and hosts of theirs refuse it", async () => {
      const here = redis();
      const [built] = (await here.build({ python: elsewhere })) as [BuiltEnvironment];
      expect(names(built)).toEqual(["redis"]);
      expect(findings(built, elsewhere)).toEqual([]);
      expect(findings(built, PYTHON)).toEqual([
        `redis 5.0.1 requires async-timeout if ${marker}: true on the host (python_full_version ${theirs}), and false where the release was built, with Python ${ours}, so that the release lacks async-timeout`,
      ]);
      const [again] = (await here.build()) as [BuiltEnvironment];
      expect(again).toMatchObject({ hit: false });
      expect(again.record.key).not.toBe(built.record.key);
      expect(names(again)).toEqual(["async-timeout", "redis"]);
    });

    it("is never restored from an entry that another interpreter made, though the entry has its key", async () => {
      const here = redis();
      const [built] = (await here.build({ python: elsewhere })) as [BuiltEnvironment];
      const [wanted] = await explainEnvironments(here.config, here.options);
      const key = `environment-${wanted!.key}`;
      // As a Tarlift whose keys had less in them would have kept it.
      const madeOtherwise = join(temporary("entry"), "entry");
      const anything = z.looseObject({});
      const entry = readEntry(built.layer.file, `environment-${built.record.key}`, anything);
      if ("broken" in entry) throw new Error(entry.broken);
      writeFileSync(madeOtherwise, readFileSync(built.layer.file).subarray(0, entry.layer.size));
      finishEntry({ ...entry.layer, file: madeOtherwise }, key, entry.meta);
      await here.options.store.save(key, madeOtherwise);
      const heard = recording();
      const [again] = (await here.build({ ...here.anotherJob(), progress: heard })) as [BuiltEnvironment];
      expect(again.hit).toBe(false);
      expect(names(again)).toEqual(["async-timeout", "redis"]);
      expect(heard.said.join("\n")).toMatch(
        new RegExp(`is not used, it was made with cpython ${ours} \\S+ and not with cpython ${theirs} `),
      );
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
