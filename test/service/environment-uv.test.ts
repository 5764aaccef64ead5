// uv: a lock without the project itself, groups, local packages, and locks that are out of date.
import { cpSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { explainEnvironments } from "../../src/environments/build.ts";
import type { BuiltEnvironment } from "../../src/installers/installer.ts";
import { UV_VERSION } from "../../src/installers/uv/uv.ts";
import { installTool } from "../../src/installers/virtualenv/virtualenv.ts";
import { silent } from "../../src/progress.ts";
import { findPython } from "../../src/python/interpreter.ts";
import { commit, PYTHON, recording, type Workshop, workshop, write } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";
import { wheel } from "../support/wheel.ts";

const configured = (more = "") => `environments: { python: { installer: uv, interpreter: ${PYTHON}${more} } }`;

describe.runIf(needs("python3.11"))("uv", () => {
  let uv: string;
  const work = temporary("uv");
  const tools = join(work, "tools");
  let project: string;

  /** Another checkout of the project, with other files where they are given. */
  function checkout(configuration: string, files: Record<string, string> = {}): Workshop {
    const here = workshop(configuration, {}, { python: PYTHON, tools });
    cpSync(project, here.repository, { recursive: true });
    write(here.repository, files);
    return here;
  }

  const lock = (directory: string, options: readonly string[] = []) =>
    sh(uv, ["lock", "--quiet", "--python", PYTHON, ...options], {
      cwd: directory,
      env: { ...process.env, UV_PYTHON_DOWNLOADS: "never" },
    });

  beforeAll(async () => {
    uv = join(
      await installTool("uv", UV_VERSION, await findPython({ interpreter: PYTHON, version: "3.11" }), {
        work,
        progress: silent,
        passed: [],
      }),
      "bin/uv",
    );
    project = join(temporary("uv-project"), "almanac");
    cpSync(join(import.meta.dirname, "../fixtures/uv-project"), project, { recursive: true });
    lock(project);
  });

  it.each([
    ["uv", configured()],
    ["pip", `environments: { python: { installer: pip, interpreter: ${PYTHON} } }`],
  ])(
    "is refused before anything is fetched where pyproject.toml excludes the Python of the hosts: %s",
    async (_, how) => {
      const here = workshop(how, {
        "pyproject.toml": '[project]\nname = "almanac"\nversion = "1"\nrequires-python = ">=3.12"\n',
        "uv.lock": 'version = 1\nrequires-python = ">=3.12"\n',
        "requirements.txt": "",
      });
      commit(here.repository);
      await expect(here.build()).rejects.toMatchObject({
        what: "pyproject.toml requires Python >=3.12, and the environment is for Python 3.11",
        where: expect.objectContaining({ interpreter: PYTHON }),
        remedy: expect.stringMatching(/^Name an interpreter that hosts have/),
        outcome: "refused",
      });
      expect(existsSync(here.options.work) && readdirSync(here.options.work).includes("tools")).toBe(false);
    },
  );

  describe("with a lock", () => {
    let here: Workshop;
    let built: BuiltEnvironment;
    const names = (environment: BuiltEnvironment) => environment.record.resolved.map(({ name }) => name);

    beforeAll(async () => {
      here = checkout(configured());
      [built] = (await here.build()) as [BuiltEnvironment];
    });

    it("installs what it pins, and neither the project nor its development tools", () => {
      expect(names(built)).toEqual(expect.arrayContaining(["click", "python-dateutil"]));
      expect(names(built)).not.toContain("almanac");
      expect(names(built)).not.toContain("iniconfig");
      sh(join(built.bin[0]!, "python"), ["-c", "import click, dateutil"]);
      expect(built.bin[0]).toBe(join(built.path, "bin"));
      expect(readdirSync(built.bin[0]!)).not.toContain("almanac");
    });

    it("leaves the checkout as it was", () => {
      expect(existsSync(join(here.repository, ".venv"))).toBe(false);
      expect(sh("diff", ["-r", project, here.repository])).toBe("");
    });

    it("packs the same environment that pip would: no traces of uv", () => {
      const paths = built.layer.index.map(({ path }) => path);
      expect(paths.filter((path) => /(^|\/)(\.lock|\.gitignore|uv-receipt)/.test(path))).toEqual([]);
    });

    it("installs a group that is named", async () => {
      const [environment] = (await checkout(configured(", groups: [dev]")).build()) as [BuiltEnvironment];
      expect(names(environment)).toContain("iniconfig");
      expect(environment.record.key).not.toBe(built.record.key);
    });

    it("has another key when the lock alone changes", async () => {
      const other = checkout(configured());
      write(other.repository, { "uv.lock": `${sh("cat", [join(project, "uv.lock")])}\n` });
      const [keyed] = await explainEnvironments(other.config, { ...other.options });
      expect(keyed!.parts.map(({ name }) => name)).toEqual(
        expect.arrayContaining(["file uv.lock", "file pyproject.toml", "groups and extras", "installer", "python"]),
      );
      expect(keyed!.key).not.toBe(built.record.key);
    });

    it("is refused when it is out of date, with what uv says", async () => {
      const pyproject = sh("cat", [join(project, "pyproject.toml")]);
      const stale = checkout(configured(), {
        "pyproject.toml": pyproject.replace('"click>=8.1"', '"click>=8.1", "iniconfig>=2"'),
      });
      await expect(stale.build()).rejects.toThrow(/lockfile at `?uv\.lock`? needs to be updated[\s\S]*next: .*uv lock/);
      expect(readdirSync(stale.root)).toEqual([]);
      expect(sh("cat", [join(stale.repository, "uv.lock")])).toBe(sh("cat", [join(project, "uv.lock")]));
    });

    it("is missing: that is said before anything is built", async () => {
      const bare = workshop(configured(), { "pyproject.toml": "" }, { python: PYTHON, tools });
      await expect(bare.build()).rejects.toThrow(/there is no uv\.lock[\s\S]*next: .*uv lock/);
    });
  });

  it("builds a local package of the workspace as a wheel, keyed by its content", async () => {
    const pyproject = sh("cat", [join(project, "pyproject.toml")]);
    const local = checkout(configured(), {
      "pyproject.toml": `${pyproject.replace('"click>=8.1"', '"click>=8.1", "moons"')}\n[tool.uv.sources]\nmoons = { path = "libs/moons", editable = true }\n`,
      "libs/moons/pyproject.toml":
        '[project]\nname = "moons"\nversion = "1.0"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
      "libs/moons/moons/__init__.py": "COUNT = 1\n",
    });
    lock(local.repository);
    const [built] = (await local.build()) as [BuiltEnvironment];
    expect(sh(join(built.bin[0]!, "python"), ["-I", "-c", "import moons; print(moons.__file__)"])).toContain(
      built.path,
    );
    expect(sh("sh", ["-c", 'grep -rlF -- "$1" "$2" || true', "sh", local.repository, built.path])).toBe("");
    write(local.repository, { "libs/moons/moons/__init__.py": "COUNT = 2\n" });
    const [changed] = await explainEnvironments(local.config, local.options);
    expect(changed!.key).not.toBe(built.record.key);
  });

  full("environments").each([
    ["find-links of [tool.uv]", "", '[tool.uv]\nfind-links = ["vendor/wheels"]\n'],
    ["a flat index", "", '[[tool.uv.index]]\nname = "vendored"\nurl = "vendor/wheels"\nformat = "flat"\n'],
    ["an option", ", options: [--find-links, vendor/wheels]", ""],
    ["a configuration file that an option names", ", options: [--config-file, settings/x.toml]", ""],
  ])("installs wheels of the repository that %s names, keyed by what is in them", async (_, more, settings) => {
    const here = workshop(
      configured(more),
      {
        "pyproject.toml": `[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\ndependencies = ["dep"]\n${settings}`,
        "settings/x.toml": 'find-links = ["../vendor/wheels"]\n',
      },
      { python: PYTHON, tools },
    );
    const wheels = join(here.repository, "vendor/wheels");
    mkdirSync(wheels, { recursive: true });
    wheel(wheels, "dep", "1.0", { "dep.py": "VALUE = 1\n" });
    const options = settings === "" ? here.config.environments.python!.options! : [];
    lock(here.repository, options);
    commit(here.repository);
    const [built] = (await here.build({ committed: true })) as [BuiltEnvironment];
    expect(built.record.resolved).toEqual([{ name: "dep", version: "1.0" }]);
    wheel(wheels, "dep", "1.0", { "dep.py": "VALUE = 2\n" });
    const [changed] = await explainEnvironments(here.config, here.options);
    expect(changed!.key).not.toBe(built.record.key);
    await expect(here.build({ committed: true })).rejects.toThrow(/"vendor\/wheels\/dep-1\.0.*whl" is changed/);
  });

  it("keys wheels that its settings offer to requirement files", async () => {
    const here = workshop(
      configured(", requirements: [requirements.txt], pass-env: [UV_FIND_LINKS]"),
      { "requirements.txt": "dep\n", "uv.toml": 'find-links = ["vendor"]\n', "vendor/a.whl": "", "more/b.whl": "" },
      { python: PYTHON, tools },
    );
    const key = async () => (await explainEnvironments(here.config, here.options))[0]!.key;
    const keys = new Set([await key()]);
    write(here.repository, { "vendor/a.whl": "2" });
    keys.add(await key());
    vi.stubEnv("UV_FIND_LINKS", "https://example.org/,more");
    keys.add(await key());
    write(here.repository, { "more/b.whl": "2" });
    keys.add(await key());
    vi.unstubAllEnvs();
    expect(keys.size).toBe(4);
  });

  full("environments").it(
    "lets the build backend find dynamic dependencies in a copy of what git tracks, with its tags",
    async () => {
      const here = workshop(
        configured(),
        {
          "pyproject.toml":
            '[build-system]\nrequires = ["setuptools==80.9.0", "setuptools-scm==8.3.1"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "shop"\nrequires-python = ">=3.11"\ndynamic = ["version", "dependencies"]\n[tool.setuptools]\npackages = ["shop"]\n[tool.setuptools.dynamic]\ndependencies = { file = ["requirements/base.txt"] }\n[tool.setuptools_scm]\n',
          "requirements/base.txt": "idna==3.10\n",
          "shop/__init__.py": "",
          ".gitignore": "*.egg-info\n",
        },
        { python: PYTHON, tools },
      );
      commit(here.repository);
      lock(here.repository);
      commit(here.repository);
      const progress = recording();
      const [built] = (await here.build({ progress, committed: true })) as [BuiltEnvironment];
      expect(built.record.resolved).toEqual([{ name: "idna", version: "3.10" }]);
      expect(progress.said).toEqual([
        expect.stringMatching(/^"pyproject\.toml" leaves requirements to the build backend/),
      ]);
      write(here.repository, { "requirements/base.txt": "idna==3.9\n" });
      expect((await explainEnvironments(here.config, here.options))[0]!.key).not.toBe(built.record.key);
    },
  );

  describe("case 32: of a workspace", () => {
    const files = {
      "pyproject.toml":
        '[project]\nname = "all"\nversion = "0"\nrequires-python = ">=3.11"\n[tool.uv]\npackage = false\n[tool.uv.workspace]\nmembers = ["apps/*", "libs/*"]\n',
      "apps/api/pyproject.toml":
        '[project]\nname = "api"\nversion = "1.0"\nrequires-python = ">=3.11"\ndependencies = ["core", "idna==3.10"]\n[tool.uv]\npackage = false\n[tool.uv.sources]\ncore = { workspace = true }\n',
      "apps/api/api/__init__.py": "import core, idna\n",
      "libs/core/pyproject.toml":
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "core"\nversion = "1.0"\nrequires-python = ">=3.11"\n',
      "libs/core/src/core/__init__.py": "VALUE = 1\n",
      "libs/other/pyproject.toml": '[project]\nname = "other"\nversion = "1.0"\nrequires-python = ">=3.11"\n',
    };

    full("environments").each([
      ["a member is the application", `source: apps/api\n${configured()}`],
      ["a member is named by an option", configured(", options: [--package, api]")],
    ])("%s: it is built with the lock above it, and its own code is in no key", async (_title, configuration) => {
      const here = workshop(configuration, files, { python: PYTHON, tools });
      lock(here.repository);
      commit(here.repository);
      const key = async () => (await explainEnvironments(here.config, here.options))[0]!.key;
      const before = await key();
      write(here.repository, { "apps/api/api/__init__.py": "import core\n", "libs/other/a.py": "" });
      expect(await key()).toBe(before);
      write(here.repository, { "libs/core/src/core/__init__.py": "VALUE = 2\n" });
      expect(await key()).not.toBe(before);
      const [built] = (await here.build()) as [BuiltEnvironment];
      expect(built.record.resolved.map(({ name }) => name)).toEqual(["core", "idna"]);
      expect(sh(join(built.bin[0]!, "python"), ["-I", "-c", "import core; print(core.VALUE)"])).toBe("2\n");
    });

    full("environments").describe("whose root is a package itself", () => {
      const packaged = (name: string, more: string) =>
        `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${name}"\nversion = "1.0"\nrequires-python = ">=3.11"\n${more}`;
      const rooted = {
        "pyproject.toml": packaged("core", '[tool.uv.workspace]\nmembers = ["apps/*"]\n'),
        "src/core/__init__.py": "VALUE = 1\n",
        "apps/worker/pyproject.toml": packaged(
          "worker",
          'dependencies = ["core"]\n[tool.uv.sources]\ncore = { workspace = true }\n',
        ),
        "apps/worker/worker/__init__.py": "import core\n",
      };
      const made = (configuration: string) => {
        const here = workshop(configuration, rooted, { python: PYTHON, tools });
        lock(here.repository);
        commit(here.repository);
        return here;
      };

      it.each([
        ["the application is a member", `source: apps/worker\n${configured()}`],
        ["an option names the member", configured(", options: [--package, worker]")],
      ])(
        "has it whole where a member needs it, keyed by what git tracks, and says so: %s",
        async (_title, configuration) => {
          const here = made(configuration);
          const progress = recording();
          const [built] = (await here.build({ progress, committed: true })) as [BuiltEnvironment];
          expect(built.record.resolved.map(({ name }) => name)).toEqual(["core"]);
          expect(sh(join(built.bin[0]!, "python"), ["-I", "-c", "import core; print(core.VALUE)"])).toBe("1\n");
          expect(progress.said).toContainEqual(
            expect.stringMatching(/^"pyproject\.toml" describes a package .* when any tracked file there changes/),
          );
          write(here.repository, { "src/core/__init__.py": "VALUE = 2\n" });
          expect((await explainEnvironments(here.config, here.options))[0]!.key).not.toBe(built.record.key);
        },
      );

      it("leaves it to the release where it is the application, also beside all members", async () => {
        const here = made(configured(", options: [--all-packages]"));
        const [built] = (await here.build()) as [BuiltEnvironment];
        expect(built.record.resolved.map(({ name }) => name)).toEqual(["worker"]);
        write(here.repository, { "src/core/__init__.py": "VALUE = 2\n" });
        expect((await explainEnvironments(here.config, here.options))[0]!.key).toBe(built.record.key);
      });
    });

    it("a directory that is no member is refused with what makes it one", async () => {
      const here = workshop(
        `source: tools\n${configured()}`,
        { ...files, "tools/pyproject.toml": '[project]\nname = "tools"\nversion = "1"\n' },
        { python: PYTHON, tools },
      );
      lock(here.repository);
      await expect(here.build()).rejects.toThrow(
        /uv\.lock knows no project in tools[\s\S]*next: .*name tools in `members` of \[tool\.uv\.workspace\] in pyproject\.toml/,
      );
    });
  });

  it("case 33: is refused with a lock that git does not track, since only what is committed is built", async () => {
    const here = checkout(configured(), { ".gitignore": "uv.lock\n" });
    commit(here.repository);
    await expect(here.build()).rejects.toThrow(/git does not track uv\.lock[\s\S]*next: .*git add uv\.lock/);
  });

  full("environments").it("case 54: is installed from the directory that it has for itself", async () => {
    const here = workshop(configured(", directory: backend"), {}, { python: PYTHON, tools });
    cpSync(project, join(here.repository, "backend"), { recursive: true });
    const [built] = (await here.build()) as [BuiltEnvironment];
    expect(built.record.resolved.map(({ name }) => name)).toContain("click");
    expect(built.record.link).toBe(".venv");
  });

  it("takes its Python from a version file of the application, also where it has a directory for itself", async () => {
    const configuration =
      "environments: { python: { installer: uv, directory: backend, version-file: .python-version } }";
    const here = workshop(configuration, { ".python-version": "3.11\n" }, { python: PYTHON, tools });
    cpSync(project, join(here.repository, "backend"), { recursive: true });
    expect(await explainEnvironments(here.config, here.options)).toHaveLength(1);
    write(here.repository, { ".python-version": "any\n" });
    await expect(explainEnvironments(here.config, here.options)).rejects.toThrow(/\.python-version names no Python/);
  });

  full("environments").it("lacks without complaint what its options leave out", async () => {
    const here = checkout(configured(", options: [--no-install-package, click]"));
    const [built] = (await here.build()) as [BuiltEnvironment];
    const names = built.record.resolved.map(({ name }) => name);
    expect(names).toContain("python-dateutil");
    expect(names).not.toContain("click");
  });

  full("environments").it(
    "case 33: installs a local package whose path has a space, from what git tracks, and leaves the checkout as it is",
    async () => {
      const here = workshop(
        configured(", requirements: [requirements.txt]"),
        {
          "requirements.txt": "./libs/local dep[web] ; python_version > '3'\n",
          "libs/local dep/pyproject.toml":
            '[build-system]\nrequires = ["setuptools==80.9.0"]\nbuild-backend = "setuptools.build_meta"\n[project]\nname = "dep"\nversion = "1.0"\n[project.optional-dependencies]\nweb = ["idna==3.10"]\n[tool.setuptools]\npackages = ["dep"]\n',
          "libs/local dep/dep/__init__.py": "",
          ".gitignore": "build\n*.egg-info\n",
        },
        { python: PYTHON, tools },
      );
      commit(here.repository);
      write(here.repository, { "libs/local dep/build/lib/dep/left.py": "" });
      const [built] = (await here.build()) as [BuiltEnvironment];
      expect(built.record.resolved.map(({ name }) => name)).toEqual(["dep", "idna"]);
      expect(built.layer.index.filter(({ path }) => path.endsWith("left.py"))).toEqual([]);
      const ignored = sh("git", ["status", "--short", "--ignored"], { cwd: here.repository });
      expect(ignored).toBe('!! "libs/local dep/build/"\n');
    },
  );

  full("environments").each(["uv", "pip"])(
    "says what a local package is built from where its build fails, with %s",
    async (installer) => {
      const here = workshop(
        `environments: { python: { installer: ${installer}, interpreter: ${PYTHON}, requirements: [requirements.txt] } }`,
        {
          "requirements.txt": "./libs/core\n",
          VERSION: "1.0\n",
          "libs/core/pyproject.toml":
            '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
          "libs/core/backend.py": 'VERSION = open("../../VERSION").read()\n',
        },
        { python: PYTHON, tools },
      );
      commit(here.repository);
      await expect(here.build()).rejects.toThrow(
        /No such file or directory: '\.\.\/\.\.\/VERSION'[\s\S]*next: .*built from its own tracked files alone: .*by a link/,
      );
    },
  );

  it("installs requirement files as pip does", async () => {
    const here = workshop(
      configured(", requirements: [requirements.txt]"),
      { "requirements.txt": "-c pins.txt\nclick\n", "pins.txt": "click==8.1.8\n" },
      { python: PYTHON, tools },
    );
    const [built] = (await here.build()) as [BuiltEnvironment];
    expect(built.record.resolved).toEqual([{ name: "click", version: "8.1.8" }]);
    expect(built.record.installer).toEqual({ name: "uv", version: UV_VERSION });
  });
});
