// Whether the application is a package by its pyproject.toml, and with which pip it is built.
import { expect, it } from "vitest";
import { describesPackage, packageDirectory } from "../../src/installers/virtualenv/package-project.ts";
import { PIP_VERSION, pipVersion } from "../../src/installers/virtualenv/pip-version.ts";

const BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n';

it.each([
  ["with a build system", BUILD],
  ["where Poetry is told so", `${BUILD}[tool.poetry]\npackage-mode = true\n`],
  ["whose file its build cannot read either", `${BUILD}[tool.poetry]\npackage-mode = \n`],
])("a project is a package %s", (_title, text) => expect(describesPackage(text)).toBe(true));

it.each([
  ["without a build system", "[tool.ruff]\nline-length = 100\n"],
  ["where Poetry is told that it is none", `${BUILD}[tool.poetry]\nname = "shop"\npackage-mode = false\n`],
  ["where uv is told that it is none", `[tool.uv]\npackage = false\n${BUILD}`],
])("a project is no package %s", (_title, text) => expect(describesPackage(text)).toBe(false));

it.each([
  ["of the application", undefined, "backend", ["pyproject.toml", "backend/pyproject.toml"], ""],
  ["of the application, where it is asked for", true, "backend", ["pyproject.toml", "backend/pyproject.toml"], ""],
  ["of the environment, where it is asked for", true, "backend", ["backend/pyproject.toml"], "backend"],
  ["of the application, by its setup.py", true, "backend", ["setup.py", "backend/pyproject.toml"], ""],
  ["of the application, where there is no other", true, undefined, ["backend/pyproject.toml"], ""],
  ["none, where only the environment has one", undefined, "backend", ["backend/pyproject.toml"], undefined],
  ["none, where tarlift.yml says so", false, "backend", ["pyproject.toml"], undefined],
] as const)("the package that is built is that %s", (_title, wanted, directory, files, built) => {
  const read = (path: string) => ((files as readonly string[]).includes(path) ? BUILD : undefined);
  expect(packageDirectory(wanted, directory, read)).toBe(built);
});

it.each([
  ["3.7", "24.0"],
  ["3.8", "25.0.1"],
  ["3.9", PIP_VERSION],
  ["3.14", PIP_VERSION],
])("on Python %s a pip is chosen that runs on it: %s", (version, pip) => expect(pipVersion({ version })).toBe(pip));
