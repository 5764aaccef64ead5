// A project that is itself a Python package, and the byte code of an application's own modules.
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import type { BundleResult } from "../../src/bundle/result.ts";
import { type Bundler, bundler, unpackArtifact, wheel } from "../support/bundles.ts";
import { PYTHON } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { commit, type Files, git, place, repository } from "../support/repository.ts";

/** Everything of a src-layout project but tarlift.yml. */
const PROJECT: Files = {
  "requirements.txt": "shipped==1.0\n",
  "pyproject.toml": `[build-system]
requires = ["setuptools==80.9.0"]
build-backend = "setuptools.build_meta"
[project]
name = "almanac"
version = "2.0"
dependencies = ["not-installed-because-the-lock-says-what-is"]
scripts = { almanac = "almanac.main:main" }
`,
  "src/almanac/__init__.py": "",
  "src/almanac/main.py": "import sys\nimport shipped\n\ndef main():\n    print('almanac', shipped.NAME, sys.prefix)\n",
  "src/almanac/broken_template.py": "{{ name }} is no Python (\n",
  "manage.py": "from almanac.main import main\nmain()\n",
  ".gitignore": "__pycache__/\n*.made\n",
};

function machineWith(more: string): { machine: Bundler; tarlift: string } {
  const machine = bundler();
  const wheels = join(machine.directory, "wheels");
  wheel(wheels, "shipped", { "shipped.py": "NAME = 'shipped'\n" });
  return {
    machine,
    tarlift: `app: almanac
environments-root: ${machine.root}
environments:
  python: { installer: pip, interpreter: ${PYTHON}, options: ["--no-index", "--find-links", ${wheels}] }
${more}`,
  };
}

it("is refused while a file beside the application that its installer reads differs from the commit", async () => {
  const { machine, tarlift } = machineWith("source: backend\n");
  const files = {
    "backend/requirements.txt": "-r ../base.txt\n",
    "base.txt": "shipped==1.0\n",
    "tarlift.yml": tarlift,
  };
  const root = repository(files, join(machine.directory, "checkout"));
  writeFileSync(join(root, "base.txt"), "shipped==1.1\n");
  await expect(machine.make(root)).rejects.toThrow(/tracked files differ from HEAD[\s\S]*"base\.txt" is changed/);
});

describe("a project that is a package", () => {
  let machine: Bundler;
  let root: string;
  let first: BundleResult;
  let release: string;
  const environment = () => `${machine.root}/${first.environments[0]!.id}`;

  beforeAll(async () => {
    const made = machineWith('assets:\n  - { name: own, run: "almanac >own.made", outputs: [own.made] }\n');
    machine = made.machine;
    root = repository({ ...PROJECT, "tarlift.yml": made.tarlift }, join(machine.directory, "checkout"));
    first = await machine.make(root);
    release = await unpackArtifact(first.file);
  });

  it("stands in `.tarlift/site` without its dependencies, built from the commit", () => {
    expect(readFileSync(join(release, ".tarlift/site/almanac/main.py"), "utf8")).toBe(PROJECT["src/almanac/main.py"]);
    expect(readdirSync(join(release, ".tarlift/site")).sort()).toEqual(["almanac", "almanac-2.0.dist-info"]);
  });

  it("has scripts in `.tarlift/bin` that run with the environment's Python", () => {
    const script = join(release, ".tarlift/bin/almanac");
    expect(readFileSync(script, "utf8").split("\n")[0]).toBe(`#!${environment()}/bin/python`);
    expect(statSync(script).mode & 0o777).toBe(0o755);
    const env = { PYTHONPATH: join(release, ".tarlift/site") };
    expect(sh(script, [], { env })).toBe(`almanac shipped ${environment()}\n`);
  });

  it("is there for asset steps as it is for the release", () => {
    expect(readFileSync(join(release, "own.made"), "utf8")).toBe(`almanac shipped ${environment()}\n`);
  });

  it("is named by the release's variables", async () => {
    const { config } = await openArtifact(first.file);
    const variables = Object.fromEntries((config.config?.Env ?? []).map((pair: string) => pair.split(/=(.*)/s, 2)));
    expect(variables.PYTHONPATH).toBe("/srv/almanac/current/.tarlift/site");
    expect(variables.PATH).toMatch(/^\/srv\/almanac\/current\/\.tarlift\/bin:\/srv\/almanac\/current\/\.venv\/bin:/);
  });

  it("holds no path of the machine that built it, and nothing of pip's bookkeeping about it", () => {
    for (const path of [machine.directory, root, "/package-", "/tmp/pip-", "/tmp/build-env"]) {
      const found = sh("sh", ["-c", 'grep -rlaF -e "$1" "$2" || true', "sh", path, join(release, ".tarlift")]);
      const expected = path === machine.directory ? `${join(release, ".tarlift/bin/almanac")}\n` : "";
      // The environments-root of this test lies in that directory: the shebang names it, and nothing else does.
      expect([path, found]).toEqual([path, expected]);
    }
    const info = readdirSync(join(release, ".tarlift/site/almanac-2.0.dist-info"));
    expect(info).not.toContain("direct_url.json");
  });

  full("bundles").it(
    "is the same from another machine's work directory, for another commit of the same files, and from the store",
    async () => {
      const again = await machine.make(root);
      expect(again.releaseDigest).toBe(first.releaseDigest);
      const layerOf = async ({ file }: BundleResult) =>
        (await openArtifact(file)).layers.find(({ record }) => record.name === "package")?.record.diffId;
      git(root, "commit", "--quiet", "--allow-empty", "-m", "another commit");
      // Without what the store knows of this project: it is built again, elsewhere.
      const fresh = bundler();
      sh("sh", [
        "-c",
        'mkdir -p "$2"; cp -a "$1/layers" "$2/"; find "$2" -name "package-*" -delete',
        "sh",
        machine.store,
        fresh.store,
      ]);
      const built = await fresh.make(root);
      expect(built.environments[0]?.id).toBe(first.environments[0]?.id);
      expect(await layerOf(built)).toBe(await layerOf(first));
    },
  );

  it("leaves no trace in the checkout that git would show", () => {
    expect(git(root, "status", "--porcelain")).toBe("");
  });

  full("bundles").it("is none when tarlift.yml says so, or without a build system", async () => {
    commit(root, {
      "tarlift.yml": `${readFileSync(join(root, "tarlift.yml"), "utf8").split("assets:")[0]}package: false\n`,
    });
    expect(existsSync(join(await unpackArtifact((await machine.make(root)).file), ".tarlift"))).toBe(false);
    commit(root, {
      "tarlift.yml": readFileSync(join(root, "tarlift.yml"), "utf8").replace("package: false\n", ""),
      "pyproject.toml": "[tool.ruff]\nline-length = 100\n",
    });
    expect(existsSync(join(await unpackArtifact((await machine.make(root)).file), ".tarlift"))).toBe(false);
  });

  full("bundles").it("that cannot be built is named with what its build said", async () => {
    commit(root, { "pyproject.toml": `${PROJECT["pyproject.toml"]}[tool.setuptools]\npackages = ["nowhere"]\n` });
    await expect(machine.make(root)).rejects.toThrow(
      /project's package could not be built[\s\S]*nowhere[\s\S]*next: .*`package: false`/,
    );
  });

  full("bundles").it(
    "is found by PYTHONPATH, of which `step-env:` cannot have another: said before an environment is built",
    async () => {
      const { machine: other, tarlift } = machineWith("step-env: { PYTHONPATH: lib }\n");
      const files = { ...PROJECT, "requirements.txt": "nowhere==1.0\n", "tarlift.yml": tarlift };
      const packaged = repository(files, join(other.directory, "checkout"));
      await expect(other.make(packaged)).rejects.toThrow(/^PYTHONPATH of `step-env:` would be without effect/);
      commit(packaged, {
        "requirements.txt": "shipped==1.0\n",
        "tarlift.yml": `${tarlift}package: false\n`,
      });
      expect((await other.make(packaged)).assets).toEqual([]);
    },
  );

  full("bundles").it("is built by what stands in the index of its environment", async () => {
    const { machine: other } = machineWith("");
    const wheels = join(other.directory, "wheels");
    wheel(wheels, "tarlift_corporate_build", { "corporate.py": "NAME = 'made by the corporate build'\n" });
    // A simple index is a directory for each project, with a page of links.
    const index = join(other.directory, "simple");
    for (const name of ["shipped", "tarlift-corporate-build"]) {
      const file = `${name.replaceAll("-", "_")}-1.0-py3-none-any.whl`;
      place(index, { [`${name}/index.html`]: `<a href="file://${wheels}/${file}">${file}</a>` });
    }
    const backend = `import os, zipfile, corporate
def build_wheel(directory, config_settings=None, metadata_directory=None):
    name, info = "almanac-2.0-py3-none-any.whl", "almanac-2.0.dist-info"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        archive.writestr("almanac.py", f"NAME = {corporate.NAME!r}\\n")
        archive.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\\nName: almanac\\nVersion: 2.0\\n")
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr(f"{info}/RECORD", "")
    return name
`;
    const configured = (options: string) =>
      `app: almanac\nenvironments-root: ${other.root}\nenvironments: { python: { installer: pip, interpreter: ${PYTHON}${options} } }\n`;
    const packaged = repository(
      {
        "requirements.txt": `--index-url file://${index}\nshipped==1.0\n`,
        "pyproject.toml":
          '[build-system]\nrequires = ["tarlift-corporate-build"]\nbuild-backend = "backend"\nbackend-path = ["."]\n',
        "backend.py": backend,
        "tarlift.yml": configured(""),
      },
      join(other.directory, "checkout"),
    );
    const built = async () =>
      readFileSync(join(await unpackArtifact((await other.make(packaged)).file), ".tarlift/site/almanac.py"), "utf8");
    expect(await built()).toBe("NAME = 'made by the corporate build'\n");
    commit(packaged, {
      "requirements.txt": "shipped==1.0\n",
      "tarlift.yml": configured(`, options: ["-i", "file://${index}"]`),
    });
    expect(await built()).toBe("NAME = 'made by the corporate build'\n");
  });

  full("bundles").it("is built by the pip that its environment names", async () => {
    const { machine: other, tarlift } = machineWith("");
    // Tests share their tools; here it is seen which are fetched.
    rmSync(join(other.directory, "work/tools"));
    const version = "25.3";
    const text = tarlift.replace("installer: pip,", `installer: pip, installer-version: "${version}",`);
    await other.make(repository({ ...PROJECT, "tarlift.yml": text }, join(other.directory, "checkout")));
    const tools = readdirSync(join(other.directory, "work/tools"));
    expect(tools).toEqual([expect.stringMatching(/^pip-25\.3-/)]);
  });
});

full("bundles").describe("a package in the directory that its environment has for itself", () => {
  const files: Files = {
    "backend/pyproject.toml": `[build-system]
requires = ["setuptools==80.9.0"]
build-backend = "setuptools.build_meta"
[project]
name = "shop"
version = "1.0"
requires-python = ">=3.11"
[tool.setuptools.package-dir]
"" = "src"
`,
    "backend/uv.lock": `version = 1
revision = 3
requires-python = ">=3.11"

[[package]]
name = "shop"
version = "1.0"
source = { editable = "." }
`,
    "backend/src/shop/__init__.py": "NAME = 'shop'\n",
    "frontend/app.js": "",
    ".gitignore": "*.made\n",
  };
  const made = async (configuration: string) => {
    const machine = bundler();
    const tarlift = `app: shop
environments-root: ${machine.root}
environments: { python: { installer: uv, interpreter: ${PYTHON}, directory: backend } }
${configuration}`;
    const root = repository({ ...files, "tarlift.yml": tarlift }, join(machine.directory, "checkout"));
    return { release: await unpackArtifact((await machine.make(root)).file), said: machine.said };
  };
  const LEFT_OUT = /^"backend\/pyproject\.toml" describes a package that is neither .* `package: true`/;

  it("is left out, and a warning says so with what builds it", async () => {
    const { release, said } = await made("");
    expect(existsSync(join(release, ".tarlift"))).toBe(false);
    expect(said).toContainEqual(expect.stringMatching(LEFT_OUT));
  });

  it("is built with `package: true`, and is there for asset steps", async () => {
    const step = `{ name: own, run: "python -c 'import shop; print(shop.NAME)' >own.made", outputs: [own.made] }`;
    const { release, said } = await made(`package: true\nassets: [${step}]\n`);
    expect(readdirSync(join(release, ".tarlift/site")).sort()).toEqual(["shop", "shop-1.0.dist-info"]);
    expect(readFileSync(join(release, "own.made"), "utf8")).toBe("shop\n");
    expect(said).not.toContainEqual(expect.stringMatching(LEFT_OUT));
  });

  it("is left out without a word where `package: false` says so", async () => {
    const { release, said } = await made("package: false\n");
    expect(existsSync(join(release, ".tarlift"))).toBe(false);
    expect(said).not.toContainEqual(expect.stringMatching(LEFT_OUT));
  });
});

describe("case 25: a project whose version comes from tags", () => {
  const BACKENDS: Record<string, Files> = {
    "setuptools-scm": {
      "pyproject.toml": `[build-system]
requires = ["setuptools==80.9.0", "setuptools-scm==9.2.2"]
build-backend = "setuptools.build_meta"
[project]
name = "shopapp"
dynamic = ["version"]
[tool.setuptools]
packages = ["shopapp"]
[tool.setuptools_scm]
`,
    },
    "hatch-vcs": {
      "pyproject.toml": `[build-system]
requires = ["hatchling==1.27.0", "hatch-vcs==0.5.0"]
build-backend = "hatchling.build"
[project]
name = "shopapp"
dynamic = ["version"]
[tool.hatch.version]
source = "vcs"
`,
    },
    pbr: {
      "pyproject.toml": `[build-system]\nrequires = ["setuptools==80.9.0", "pbr==7.0.3"]\nbuild-backend = "pbr.build"\n`,
      "setup.cfg": "[metadata]\nname = shopapp\n[files]\npackages = shopapp\n",
      "setup.py": 'import setuptools\nsetuptools.setup(setup_requires=["pbr"], pbr=True)\n',
    },
    "poetry-dynamic-versioning": {
      "pyproject.toml": `[build-system]
requires = ["poetry-core==2.2.1", "poetry-dynamic-versioning==1.9.1"]
build-backend = "poetry_dynamic_versioning.backend"
[project]
name = "shopapp"
dynamic = ["version"]
[tool.poetry]
version = "0.0.0"
[tool.poetry-dynamic-versioning]
enable = true
`,
    },
  };
  const versionIn = async ({ file }: BundleResult) =>
    readdirSync(join(await unpackArtifact(file), ".tarlift/site"))
      .map((name) => /^shopapp-(.*)\.dist-info$/.exec(name)?.[1])
      .find((version) => version !== undefined);
  const { machine, tarlift } = machineWith("");
  const application = (backend: string): Files => ({
    ...BACKENDS[backend],
    "requirements.txt": "shipped==1.0\n",
    "shopapp/__init__.py": "",
    "tests/not-shipped.py": "",
    ".gitattributes": "tests/ export-ignore\n",
    "tarlift.yml": tarlift,
  });

  full("bundles").each(Object.keys(BACKENDS))("has it as in a clean checkout: %s", async (backend) => {
    const root = repository(application(backend));
    git(root, "tag", "-a", "v1.4.0", "-m", "v1.4.0");
    git(root, "branch", "another");
    expect(await versionIn(await machine.make(root))).toBe("1.4.0");
    expect(git(root, "status", "--porcelain", "--ignored")).toBe("");
  });

  full("bundles").it(
    "counts from the nearest tag, and is the same from a branch, a tag and another clone",
    async () => {
      const root = repository(application("setuptools-scm"));
      git(root, "tag", "-a", "v1.4.0", "-m", "v1.4.0");
      commit(root, { "shopapp/more.py": "" });
      const first = await machine.make(root);
      expect(await versionIn(first)).toMatch(/^1\.4\.1\.dev1\+g[0-9a-f]+$/);
      const clone = join(machine.directory, "clone");
      git(root, "clone", "--quiet", root, clone);
      git(clone, "checkout", "--quiet", "--detach");
      expect((await machine.make(clone)).releaseDigest).toBe(first.releaseDigest);
    },
  );

  full("bundles").it(
    "is refused in a shallow clone without a tag on the commit, with the remedy, and before anything is built",
    async () => {
      const root = repository(application("setuptools-scm"));
      git(root, "tag", "-a", "v1.4.0", "-m", "v1.4.0");
      commit(root, { "shopapp/more.py": "" });
      const shallow = join(machine.directory, "shallow");
      git(root, "clone", "--quiet", "--depth=1", `file://${root}`, shallow);
      await expect(machine.make(shallow)).rejects.toThrow(/comes from tags[\s\S]*shallow[\s\S]*fetch-depth: 0/);
      git(root, "tag", "-a", "v1.5.0", "-m", "v1.5.0");
      git(shallow, "fetch", "--quiet", "--depth=1", "origin", "tag", "v1.5.0");
      expect(await versionIn(await machine.make(shallow))).toBe("1.5.0");
    },
  );
});

full("bundles").it(
  "case 27: an untracked build/ of the project does not ship what a commit removed, and bundling does not write into the checkout",
  async () => {
    const { machine, tarlift } = machineWith("");
    const root = repository({
      ...PROJECT,
      "pyproject.toml": `${PROJECT["pyproject.toml"]}[tool.setuptools]\npackages = ["almanac"]\npackage-dir = { "" = "src" }\n`,
      ".gitignore": "build/\n*.egg-info/\n",
      "tarlift.yml": tarlift,
    });
    mkdirSync(join(root, "build/lib/almanac"), { recursive: true });
    writeFileSync(join(root, "build/lib/almanac/removed.py"), "");
    const before = git(root, "status", "--porcelain", "--ignored");
    const { file } = await machine.make(root);
    expect(readdirSync(join(await unpackArtifact(file), ".tarlift/site/almanac"))).not.toContain("removed.py");
    expect(git(root, "status", "--porcelain", "--ignored")).toBe(before);
  },
);

describe("byte code of the application", () => {
  let release: string;
  let root: string;
  /** Imports `shop.main` with a Python that tells where byte code came from. */
  const run = (code: string, prefix: string[] = []) => {
    const command = [...prefix, PYTHON, "-B", "-S", "-c", code];
    return sh(command[0]!, command.slice(1), { cwd: release, env: { PATH: "/usr/bin:/bin" } });
  };
  const PROBE = `
import importlib.util, sys
sys.path.insert(0, ".")
import importlib._bootstrap_external as external
compiled = []
original = external.SourceFileLoader.source_to_code
def source_to_code(self, data, path, **more):
    compiled.append(path.rsplit("/", 1)[-1])
    return original(self, data, path, **more)
external.SourceFileLoader.source_to_code = source_to_code
from shop import main
print(main.NAME, main.main.__code__.co_filename, compiled)
`;

  beforeAll(async () => {
    const { machine, tarlift } = machineWith("package: false\n");
    root = repository(
      {
        "requirements.txt": "shipped==1.0\n",
        "shop/__init__.py": "",
        "shop/main.py": "NAME = 'first'\n\ndef main():\n    return NAME\n",
        "templates/x.py": "{{ no python (\n",
        "encoded.py": Buffer.from("# -*- coding: latin-1 -*-\nX = '\xe9'\n", "latin1"),
        "-dash.py": "X = 1\n",
        "with space.py": "X = 1\n",
        "tarlift.yml": tarlift,
      },
      join(machine.directory, "checkout"),
    );
    release = await unpackArtifact((await machine.make(root)).file);
  });

  it("ships beside each module that compiles, and stands nowhere in the checkout", () => {
    const found = sh("sh", ["-c", "find . -name '*.pyc' | LC_ALL=C sort"], { cwd: release });
    expect(found.split("\n").filter(Boolean)).toEqual([
      "./__pycache__/-dash.cpython-311.pyc",
      "./__pycache__/encoded.cpython-311.pyc",
      "./__pycache__/with space.cpython-311.pyc",
      "./shop/__pycache__/__init__.cpython-311.pyc",
      "./shop/__pycache__/main.cpython-311.pyc",
    ]);
    expect(sh("find", [root, "-name", "*.pyc", "-o", "-name", "__pycache__"])).toBe("");
  });

  it("names modules by where they stand on hosts", () => {
    const compiled = readFileSync(join(release, "shop/__pycache__/main.cpython-311.pyc"), "latin1");
    expect(compiled).toContain("/srv/almanac/current/shop/main.py");
    expect(compiled).not.toContain("/tmp/");
  });

  it("is used as it is, whenever the files were unpacked", () => {
    expect(run(PROBE)).toBe(`first ${release}/shop/main.py []\n`);
    sh("touch", ["-d", "2001-01-01", join(release, "shop/main.py")]);
    expect(run(PROBE)).toBe(`first ${release}/shop/main.py []\n`);
  });

  it.runIf(needs("root", "setpriv"))("is used by a user who may not write there", () => {
    sh("chmod", ["-R", "a+rX", join(release, "..")]);
    const other = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    expect(run(PROBE, other)).toMatch(/^first .* \[\]\n$/);
  });

  it("is replaced by a source that was edited in place", () => {
    chmodSync(join(release, "shop/main.py"), 0o644);
    writeFileSync(join(release, "shop/main.py"), "NAME = 'edited'\n\ndef main():\n    return NAME\n");
    expect(run(PROBE)).toMatch(/^edited .* \['main.py'\]\n$/);
  });

  it("is checked by hash, in each file", () => {
    for (const name of ["main", "__init__"]) {
      const header = readFileSync(join(release, `shop/__pycache__/${name}.cpython-311.pyc`)).subarray(4, 8);
      expect(header.readUInt32LE()).toBe(0b11);
    }
  });

  full("bundles").it(
    "takes the place of byte code that is tracked or included, and leaves that of an asset step",
    async () => {
      const step = "printf step >gen/__pycache__/kept.cpython-311.pyc";
      const { machine, tarlift } = machineWith(
        `package: false\ninclude: [made]\nassets:\n  - { name: gen, run: "mkdir -p gen/__pycache__; ${step}", outputs: [gen] }\n`,
      );
      const other = repository({
        "requirements.txt": "shipped==1.0\n",
        "a.py": "A = 1\n",
        "__pycache__/a.cpython-311.pyc": "stale",
        "gen/kept.py": "A = 1\n",
        ".gitignore": "/made\n",
        "tarlift.yml": tarlift,
      });
      const left = ["__pycache__/b.cpython-311.pyc", "__pycache__/gone.cpython-311.pyc", "b.py"];
      place(other, Object.fromEntries(left.map((name) => [`made/${name}`, "B = 1\n"])));
      const shipped = await unpackArtifact((await machine.make(other)).file);
      for (const path of ["__pycache__/a.cpython-311.pyc", "made/__pycache__/b.cpython-311.pyc"])
        expect(readFileSync(join(shipped, path)).readUInt32LE(4)).toBe(0b11);
      expect(readdirSync(join(shipped, "made/__pycache__"))).toEqual(["b.cpython-311.pyc"]);
      expect(readFileSync(join(shipped, "gen/__pycache__/kept.cpython-311.pyc"), "utf8")).toBe("step");
    },
  );
});
