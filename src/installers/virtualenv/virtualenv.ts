// What all Python installers share: a virtualenv that is built at its final path, with two sets of interpreter links.
// The hosts' links are packed; the builder's links are written to the local copy and never packed.
import { hash } from "node:crypto";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Requirements } from "../../artifact/format.ts";
import { type PackSource, walk } from "../../artifact/pack.ts";
import { Failure } from "../../failure.ts";
import { nativeFiles, nativeRequirements } from "../../host-requirements/requirements.ts";
import { during } from "../../progress.ts";
import { conditionsOf, type Requirer, readInstalled } from "../../python/conditions.ts";
import { describePython, type Python, probePython } from "../../python/interpreter.ts";
import { builtVariables } from "../../subprocess/built-variables.ts";
import { run, tryRun } from "../../subprocess/run.ts";
import type { BuildContext } from "../installer.ts";
import { redactor } from "../passed-variables.ts";
import { pipVariables } from "./pip-settings.ts";

/** Creates an empty virtualenv, without pip: the installer is not part of it. */
export async function createVirtualenv(directory: string, python: Python): Promise<void> {
  await run([python.executable, "-I", "-m", "venv", "--without-pip", directory], {
    what: "the virtual environment could not be made",
    code: "installer-failed",
    env: builtVariables(process.env),
    step: "python -m venv",
    remedy: "On Debian and Ubuntu its Python needs the package python3-venv.",
  });
  linkInterpreter(directory, python.executable, python.version);
}

/**
 * Links a virtualenv to an interpreter: `bin/python*` and `pyvenv.cfg`.
 *
 * @param interpreter absolute; it need not exist on this machine
 */
export function linkInterpreter(directory: string, interpreter: string, version: string): void {
  const bin = join(directory, "bin");
  for (const name of readdirSync(bin)) if (/^python(\d(\.\d+)?)?$/.test(name)) rmSync(join(bin, name));
  symlinkSync(interpreter, join(bin, "python"));
  for (const name of ["python3", `python${version}`]) symlinkSync("python", join(bin, name));
  // Only `home` decides where Python looks for the standard library. The builder's version and command line would
  // needlessly change the layer.
  writeFileSync(
    join(directory, "pyvenv.cfg"),
    `home = ${dirname(interpreter)}\ninclude-system-site-packages = false\nversion = ${version}\n`,
  );
}

/** Whether it is already linked to an interpreter. */
export function isLinkedTo(directory: string, interpreter: string): boolean {
  const link = join(directory, "bin/python");
  return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(link) === interpreter;
}

/** The directory of packages: `<directory>/lib/python3.11/site-packages`. */
export function sitePackages(directory: string, version: string): string {
  return join(directory, "lib", `python${version}`, "site-packages");
}

/** Compiles byte code reproducibly: validated by hash, not by mtime, and without paths of this machine. */
export async function compileByteCode(directory: string, python: Python): Promise<void> {
  const site = sitePackages(directory, python.version);
  // Exit code 1 is normal: packages ship templates and old syntax that do not compile, and no interpreter imports
  // those.
  const settings = ["-q", "-q", "-f", "-j", "0", "--invalidation-mode", "unchecked-hash"];
  await tryRun(
    [join(directory, "bin/python"), "-I", "-m", "compileall", ...settings, "-s", directory, "-p", "/", site],
    { env: builtVariables(process.env) },
  );
}

export interface FinishOptions {
  host: { interpreter: string; version: string };
  /**
   * The repository and its copies in which packages were built, absolute: the environment must not contain paths of
   * them.
   */
  checkouts: readonly string[];
  /**
   * The packages and files whose requirements decided what was installed, from the metadata of the installed packages.
   */
  requirers(installed: Requirer[]): Requirer[];
}

/**
 * Prepares an installed virtualenv for packing: no paths of the checkout, byte code, the hosts' links. Reads its
 * requirements.
 *
 * @returns its host requirements, and the Python that it was made with
 */
export async function finishVirtualenv(
  directory: string,
  python: Python,
  { host, checkouts, requirers }: FinishOptions,
): Promise<{ requirements: Requirements; madeWith: string }> {
  const made = await probePython(join(directory, "bin/python"));
  if (!made)
    throw new Failure({
      code: "environment-not-portable",
      what: "the environment's own Python does not start",
      where: { path: directory },
    });
  const site = sitePackages(directory, python.version);
  removeLocalOrigins(site);
  for (const checkout of checkouts) refuseCheckoutPaths(directory, site, checkout);
  rmSync(join(directory, ".lock"), { force: true });
  rmSync(join(directory, ".gitignore"), { force: true });
  await compileByteCode(directory, python);
  const native = nativeFiles(walk(directory));
  const imports = await importable(
    directory,
    importsOf(
      site,
      native.map(({ path }) => path),
    ),
  );
  linkInterpreter(directory, host.interpreter, host.version);
  const sources = walk(directory);
  const requirements = {
    ...nativeRequirements(native, sources),
    python: {
      version: python.version,
      abi: abiOf(sources) ?? python.abi,
      interpreter: host.interpreter,
      imports,
      built: made.markers.python_full_version,
      conditions: conditionsOf(requirers(readInstalled(site)), made.markers),
    },
  };
  return { requirements, madeWith: describePython(made) };
}

/** SOABI tag in the names of extension modules: `_c.cpython-311-x86_64-linux-gnu.so`. */
function abiOf(sources: readonly PackSource[]): string | undefined {
  for (const { path } of sources) {
    const tag = /\.(cpython-\d+[a-z]*)-[^/]*\.so$/.exec(path)?.[1];
    if (tag) return tag;
  }
  return undefined;
}

/**
 * Top-level modules with native code: on a host, those can lack something. Importing every installed module would run
 * code of packages that the application may never import.
 */
function importsOf(site: string, native: readonly string[]): string[] {
  const prefix = /^lib\/python[\d.]+\/site-packages\//;
  const names = native
    .filter((path) => prefix.test(path))
    .map((path) => path.replace(prefix, "").split("/")[0]!)
    .map((name) => name.split(".")[0]!)
    .filter((name) => /^[A-Za-z]\w*$/.test(name))
    .filter(
      (name) =>
        existsSync(join(site, name, "__init__.py")) ||
        readdirSync(site).some((file) => file.startsWith(`${name}.`) && file.endsWith(".so")),
    );
  return [...new Set(names)].sort();
}

const IMPORT_EACH = `
import importlib, os, sys
for name in sys.argv[1:]:
    child = os.fork()
    if child == 0:
        try:
            importlib.import_module(name)
        except BaseException:
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] == 0:
        print(name, flush=True)
`;

/** Modules that can be imported alone here: some only work through another package (psycopg_binary through psycopg). */
async function importable(directory: string, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const result = await tryRun([join(directory, "bin/python"), "-B", "-I", "-c", IMPORT_EACH, ...names], {
    timeout: 120_000,
    env: builtVariables(process.env),
  });
  const seen = new Set(result.stdout.split("\n"));
  return names.filter((name) => seen.has(name));
}

/** A wheel that was built here leaves its temporary path in direct_url.json, which says nothing about the package. */
export function removeLocalOrigins(site: string): void {
  for (const info of distributions(site)) {
    const origin = join(site, info, "direct_url.json");
    if (!existsSync(origin)) continue;
    const { url, dir_info: directory } = JSON.parse(readFileSync(origin, "utf8")) as {
      url?: string;
      dir_info?: { editable?: boolean };
    };
    if (directory?.editable) throw editable(info);
    if (!url?.startsWith("file:")) continue;
    rmSync(origin);
    const record = join(site, info, "RECORD");
    const lines = readFileSync(record, "utf8").split("\n");
    writeFileSync(record, lines.filter((line) => !line.startsWith(`${info}/direct_url.json,`)).join("\n"));
  }
}

const distributions = (site: string) => readdirSync(site).filter((name) => name.endsWith(".dist-info"));

const NOT_EDITABLE =
  "Remove `-e`: a local package becomes a wheel. The application itself can be left out: with `package: true` in tarlift.yml it is built into each release, without what it requires.";

function editable(name: string): Failure {
  return new Failure({
    code: "environment-not-portable",
    what: `${name.replace(/\.dist-info$/, "")} is installed in editable mode: on a host it would lead into a checkout that is not there`,
    remedy: NOT_EDITABLE,
    outcome: "refused",
  });
}

/** Checks .pth files and scripts: the former are read by Python, the latter executed by the kernel. */
function refuseCheckoutPaths(directory: string, site: string, checkout: string): void {
  const suspects = [
    ...readdirSync(site)
      .filter((name) => /\.(pth|egg-link)$/.test(name))
      .map((name) => join(site, name)),
    ...readdirSync(join(directory, "bin")).map((name) => join(directory, "bin", name)),
  ].filter((file) => lstatSync(file).isFile());
  const found = suspects.filter(
    (file) => readFileSync(file, "latin1").includes(`${checkout}/`) || readFileSync(file, "latin1").trim() === checkout,
  );
  if (found.length === 0) return;
  throw new Failure({
    code: "environment-not-portable",
    what: "the environment holds a path of the checkout, and would break on every host",
    where: { path: checkout },
    output: found.map((file) => basename(file)).join("\n"),
    remedy: `Something was installed in editable mode. ${NOT_EDITABLE}`,
    outcome: "refused",
  });
}

/**
 * A private virtualenv with one tool of one version, for Pythons that bring an old pip or none.
 *
 * @param name `pip` or `uv`
 * @param context.passed names of `pass-env`: access to the index may need one of them
 * @returns its directory
 */
export async function installTool(
  name: string,
  version: string,
  python: Python,
  context: Pick<BuildContext, "work" | "progress" | "signal"> & { passed: readonly string[] },
): Promise<string> {
  // Its interpreter may be missing when another job looks for it here, so each interpreter has its own tools.
  const maker = `python${python.markers.python_full_version}-${hash("sha256", python.executable, "hex").slice(0, 8)}`;
  const directory = join(context.work, "tools", `${name}-${version}-${maker}`);
  const stamp = join(directory, "complete");
  if (existsSync(stamp)) return directory;
  const unfinished = `${directory}.${process.pid}`;
  const { signal } = context;
  mkdirSync(dirname(directory), { recursive: true });
  rmSync(unfinished, { recursive: true, force: true });
  await during(context.progress, `get ${name} ${version}`, async () => {
    await run([python.executable, "-I", "-m", "venv", unfinished], {
      what: `${name} could not be installed`,
      code: "installer-failed",
      step: "python -m venv",
      signal,
      env: builtVariables(process.env),
      remedy: "On Debian and Ubuntu its Python needs the package python3-venv.",
    });
    const pip = [join(unfinished, "bin/python"), "-I", "-m", "pip", "--disable-pip-version-check"] as const;
    await run([...pip, "install", "--quiet", "--no-input", `${name}==${version}`], {
      what: `${name} ${version} could not be installed`,
      code: "installer-failed",
      step: "pip install",
      signal,
      env: await pipVariables(pip, context.passed, { reachingOnly: true }),
      redact: redactor(process.env, context.passed),
      remedy: "Check `installer-version` in tarlift.yml, and that the package index can be reached.",
    });
  });
  return publishTool(unfinished, directory, stamp);
}

/** Tools are started through their interpreter and never by their scripts, so this directory may be moved. */
function publishTool(unfinished: string, directory: string, stamp: string): string {
  writeFileSync(join(unfinished, "complete"), "");
  try {
    if (!existsSync(stamp)) {
      rmSync(directory, { recursive: true, force: true });
      renameSync(unfinished, directory);
    }
  } catch (error) {
    // Another job was faster.
    if (!existsSync(stamp)) throw error;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return directory;
}
