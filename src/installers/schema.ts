// An environment in tarlift.yml.
import { z } from "zod";
import { describe } from "../schema/describe.ts";
import { absolute, inside, passedName, projectDirectory } from "../schema/values.ts";

export const environmentSchema = z.strictObject({
  installer: describe(z.enum(["pip", "uv", "npm"]), "What installs it."),
  use: describe(
    z.enum(["run", "build"]).default("run"),
    "`run` ships with the release; `build` serves asset steps only and is never shipped.",
  ),
  requirements: describe(
    z.array(inside).min(1).optional(),
    "pip, uv: requirement files. Default: `requirements.txt`; uv without this key installs from `uv.lock`.",
  ),
  interpreter: describe(
    absolute.optional(),
    "Python: the interpreter ON THE HOSTS, with its minor version in the name: `/usr/bin/python3.12`. It may be left out, or have no version in its name, only where `version-file` says the version; left out, it is then `/usr/bin/python3`.",
  ),
  link: describe(
    inside.optional(),
    "Python: the link inside the release that leads to the environment. Default: `.venv`.",
  ),
  directory: describe(
    projectDirectory.optional(),
    "npm, uv: the directory with `package.json` or `pyproject.toml` and its lock file. Default: the application's own.",
  ),
  "version-file": describe(
    inside.optional(),
    "A file that names the interpreter's version, relative to the application's directory, also where `directory` is set. Python: `.python-version`, where the interpreter's name does not have it. npm: `.nvmrc`, `.node-version` or `.tool-versions`; another node on `PATH` is refused.",
  ),
  "installer-version": describe(
    z.string().min(1).optional(),
    "The installer's version, in quotes. Default: the one that this version of Tarlift chooses. The pip of an environment also builds the application's own package.",
  ),
  inputs: describe(
    z.array(inside).optional(),
    "npm: globs of further tracked files that install scripts read (patches, schemas), dot files included: copied, and part of the key. An untracked file counts only where it is named without a wildcard.",
  ),
  groups: describe(
    z.array(z.string()).optional(),
    "uv: dependency groups to include. Others are left out, also those that `default-groups` of [tool.uv] names and `dev`.",
  ),
  extras: describe(z.array(z.string()).optional(), "uv: extras to include."),
  options: describe(
    z.array(z.string()).optional(),
    "Further options for the installer; they are part of the key, with the content of files that they name. Packages, requirement files and dependency groups are refused here with pip, and with uv beside `requirements`: they belong into `requirements`.",
  ),
  "pass-env": describe(
    z.array(passedName).optional(),
    "Names of variables of the job that the installer sees; it sees no others but those of the machine (docs/security.md). Their values are part of the key, unless the name ends with a word for a credential (`…_TOKEN`, `…_PASSWORD`, `…_USERNAME`, `…_KEY`, `…_SECRET`); passwords in addresses are not.",
  ),
});
export type EnvironmentConfig = z.infer<typeof environmentSchema>;
