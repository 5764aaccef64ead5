// The contract of installers (test/contract/adapters/installer.ts), with real pip, uv and npm. What they install is made here: nothing but
// the installers themselves comes from an index.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe } from "vitest";
import { installerOf } from "../../src/installers/registry.ts";
import { UV_VERSION } from "../../src/installers/uv/uv.ts";
import { installTool } from "../../src/installers/virtualenv/virtualenv.ts";
import { silent } from "../../src/progress.ts";
import { findPython } from "../../src/python/interpreter.ts";
import { describeInstaller, type InstallerFixture } from "../contract/adapters/installer.ts";
import { PYTHON, write } from "../support/environments.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";
import { wheel } from "../support/wheel.ts";

/** Installers of Python packages, fetched once. */
const work = temporary("installers");
const tools = join(work, "tools");
mkdirSync(tools);
const python = { interpreter: PYTHON };

/** A wheel with a command, in `wheels/` of a project. */
function thing(directory: string, version: string): void {
  rmSync(join(directory, "wheels"), { recursive: true, force: true });
  mkdirSync(join(directory, "wheels"));
  wheel(join(directory, "wheels"), "thing", version, {
    "thing.py": `def main():\n    print("${version}")\n`,
    [`thing-${version}.dist-info/entry_points.txt`]: "[console_scripts]\nthing = thing:main\n",
  });
}

const append = (file: string, text: string) => writeFileSync(file, readFileSync(file, "utf8") + text);

const pip: InstallerFixture = {
  keys: python,
  project(directory) {
    thing(directory, "1.0");
    write(directory, { "requirements.txt": "./wheels/thing-1.0-py3-none-any.whl\n" });
  },
  lock: "requirements.txt",
  bump: {
    "requirement file": (directory) => append(join(directory, "requirements.txt"), "# more\nsix==1.17.0\n"),
    "content of a local package": (directory) => append(join(directory, "wheels/thing-1.0-py3-none-any.whl"), "more"),
  },
  other: { "installer-version": "25.0", options: ["--no-deps"], interpreter: "/opt/python/bin/python3.11" },
  credential: (directory, secret) =>
    write(directory, {
      "requirements.txt": `--extra-index-url https://user:${secret}@example.org/simple\n./wheels/thing-1.0-py3-none-any.whl\n`,
    }),
  program: "thing",
};

const uvProject = (version: string) => `[project]
name = "shop"
version = "1"
requires-python = ">=3.11"
dependencies = ["thing"]
[tool.uv]
package = false
[tool.uv.sources]
thing = { path = "wheels/thing-${version}-py3-none-any.whl" }
`;

let uvCommand = "uv";

function locked(directory: string, version: string): void {
  thing(directory, version);
  write(directory, { "pyproject.toml": uvProject(version) });
  sh(uvCommand, ["lock", "--quiet", "--offline", "--python", PYTHON], {
    cwd: directory,
    env: { ...process.env, UV_PYTHON_DOWNLOADS: "never" },
  });
}

const uv: InstallerFixture = {
  keys: python,
  project: (directory) => locked(directory, "1.0"),
  lock: "uv.lock",
  bump: {
    lock: (directory) => locked(directory, "2.0"),
    "content of a local package": (directory) => append(join(directory, "wheels/thing-1.0-py3-none-any.whl"), "more"),
  },
  other: {
    "installer-version": "0.9.6",
    options: ["--no-build"],
    groups: ["more"],
    extras: ["more"],
    interpreter: "/opt/python/bin/python3.11",
  },
  program: "thing",
};

/** A package of the repository that npm copies, with a command. */
function npmProject(directory: string, version: string): void {
  const own = { name: "thing", version, bin: { thing: "thing.js" } };
  write(directory, {
    ".npmrc": "install-links=true\n",
    "libs/thing/package.json": JSON.stringify(own),
    "libs/thing/thing.js": `#!/usr/bin/env node\nconsole.log("${version}");\n`,
    "package.json": JSON.stringify({ name: "shop", version: "1.0.0", dependencies: { thing: "file:libs/thing" } }),
  });
  sh("npm", ["install", "--package-lock-only", "--offline", "--no-audit", "--no-fund"], { cwd: directory });
}

const npm: InstallerFixture = {
  project: (directory) => npmProject(directory, "1.0.0"),
  lock: "package-lock.json",
  bump: {
    lock: (directory) => append(join(directory, "package-lock.json"), "\n"),
    "package.json": (directory) => append(join(directory, "package.json"), "\n"),
    "content of a local package": (directory) => append(join(directory, "libs/thing/thing.js"), "// more\n"),
    setting: (directory) => append(join(directory, ".npmrc"), "ignore-scripts=true\n"),
  },
  other: { "installer-version": "10.9.0", options: ["--ignore-scripts"], use: "build", inputs: ["app/main.txt"] },
  credential: (directory, secret) =>
    write(directory, { ".npmrc": `install-links=true\n//registry.example.org/:_authToken=${secret}\n` }),
  program: "thing",
};

beforeAll(async () => {
  const maker = await findPython({ interpreter: PYTHON, version: "3.11" });
  uvCommand = join(await installTool("uv", UV_VERSION, maker, { work, progress: silent, passed: [] }), "bin/uv");
});

const options = { tools, python: PYTHON };

describe.runIf(needs("git"))("the contract of installers", () => {
  describeInstaller(installerOf("pip"), pip, options);
  describeInstaller(installerOf("uv"), uv, options);
});
describe.runIf(needs("node", "npm", "git"))("the contract of installers", () => {
  describeInstaller(installerOf("npm"), npm, options);
});
