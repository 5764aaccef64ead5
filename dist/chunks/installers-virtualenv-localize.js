import { n as describePython, o as probePython, r as findPython } from "./python-interpreter.js";
import { n as walk } from "./artifact-pack.js";
import { n as Failure } from "./failure.js";
import { a as nativeRequirements, i as nativeFiles, s as conditionsOf, u as readInstalled } from "./host-requirements-requirements.js";
import { t as during } from "./progress.js";
import { t as builtVariables } from "./subprocess-built-variables.js";
import { n as tryRun, t as run } from "./subprocess-run.js";
import { i as redactor } from "./installers-passed-variables.js";
import { basename, dirname, join } from "node:path";
import { existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { hash } from "node:crypto";

// src/installers/virtualenv/pip-settings.ts
/**
* Settings about the sources of packages. All others (target, user, constraint, no-binary, …) would affect what is
* installed.
*/
const REACHING = /* @__PURE__ */ new Set([...[
	"index-url",
	"extra-index-url",
	"find-links",
	"no-index",
	"trusted-host",
	"keyring-provider"
], ...[
	"cert",
	"client-cert",
	"proxy",
	"timeout",
	"default-timeout",
	"retries"
]]);
const settingOf = (variable) => /^PIP_(.+)$/.exec(variable)?.[1]?.toLowerCase().replaceAll("_", "-");
/**
* The environment of pip.
*
* @param pip the command; it is asked for the machine's settings
* @param passed names of `pass-env`; a variable has priority over a file
* @param options.reachingOnly use only those passed settings of pip that concern access to packages: for pip's own
*   installation
*/
async function pipVariables(pip, passed, { reachingOnly = false } = {}) {
	const names = passed.filter((name) => !reachingOnly || REACHING.has(settingOf(name) ?? "index-url"));
	const own = builtVariables(process.env, names);
	const { stdout } = await run([
		...pip,
		"config",
		"list"
	], {
		what: "pip could not read this machine's configuration",
		code: "installer-failed",
		step: "pip config list",
		env: own,
		redact: redactor(process.env, passed),
		remedy: "Look at the files that `pip config debug` lists."
	});
	return {
		...reachingSettings(stdout),
		...own,
		PIP_CONFIG_FILE: "/dev/null",
		PYTHONNOUSERSITE: "1"
	};
}
/** @param list output of `pip config list`: `global.index-url='https://…'`, values as Python literals */
function reachingSettings(list) {
	const found = {};
	for (const section of [
		"global",
		"download",
		"wheel",
		"install"
	]) for (const line of list.split("\n")) {
		const [, of, key, value] = /^([a-z]+)\.([a-z-]+)=(.*)$/.exec(line) ?? [];
		if (of === section && key && REACHING.has(key)) found[`PIP_${key.toUpperCase().replaceAll("-", "_")}`] = unquoted(value).split(/\s+/).filter(Boolean).join(" ");
	}
	return found;
}
/** A text in the form of Python's `repr`. */
function unquoted(literal) {
	if (!/^(['"]).*\1$/.test(literal)) return literal;
	const escapes = {
		n: "\n",
		t: "	",
		r: "\r"
	};
	return literal.slice(1, -1).replace(/\\(.)/g, (_, character) => escapes[character] ?? character);
}

// src/installers/virtualenv/virtualenv.ts
/** Creates an empty virtualenv, without pip: the installer is not part of it. */
async function createVirtualenv(directory, python) {
	await run([
		python.executable,
		"-I",
		"-m",
		"venv",
		"--without-pip",
		directory
	], {
		what: "the virtual environment could not be made",
		code: "installer-failed",
		env: builtVariables(process.env),
		step: "python -m venv",
		remedy: "On Debian and Ubuntu its Python needs the package python3-venv."
	});
	linkInterpreter(directory, python.executable, python.version);
}
/**
* Links a virtualenv to an interpreter: `bin/python*` and `pyvenv.cfg`.
*
* @param interpreter absolute; it need not exist on this machine
*/
function linkInterpreter(directory, interpreter, version) {
	const bin = join(directory, "bin");
	for (const name of readdirSync(bin)) if (/^python(\d(\.\d+)?)?$/.test(name)) rmSync(join(bin, name));
	symlinkSync(interpreter, join(bin, "python"));
	for (const name of ["python3", `python${version}`]) symlinkSync("python", join(bin, name));
	writeFileSync(join(directory, "pyvenv.cfg"), `home = ${dirname(interpreter)}\ninclude-system-site-packages = false\nversion = ${version}\n`);
}
/** Whether it is already linked to an interpreter. */
function isLinkedTo(directory, interpreter) {
	const link = join(directory, "bin/python");
	return lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(link) === interpreter;
}
/** The directory of packages: `<directory>/lib/python3.11/site-packages`. */
function sitePackages(directory, version) {
	return join(directory, "lib", `python${version}`, "site-packages");
}
/** Compiles byte code reproducibly: validated by hash, not by mtime, and without paths of this machine. */
async function compileByteCode(directory, python) {
	const site = sitePackages(directory, python.version);
	await tryRun([
		join(directory, "bin/python"),
		"-I",
		"-m",
		"compileall",
		...[
			"-q",
			"-q",
			"-f",
			"-j",
			"0",
			"--invalidation-mode",
			"unchecked-hash"
		],
		"-s",
		directory,
		"-p",
		"/",
		site
	], { env: builtVariables(process.env) });
}
/**
* Prepares an installed virtualenv for packing: no paths of the checkout, byte code, the hosts' links. Reads its
* requirements.
*
* @returns its host requirements, and the Python that it was made with
*/
async function finishVirtualenv(directory, python, { host, checkouts, requirers }) {
	const made = await probePython(join(directory, "bin/python"));
	if (!made) throw new Failure({
		code: "environment-not-portable",
		what: "the environment's own Python does not start",
		where: { path: directory }
	});
	const site = sitePackages(directory, python.version);
	removeLocalOrigins(site);
	for (const checkout of checkouts) refuseCheckoutPaths(directory, site, checkout);
	rmSync(join(directory, ".lock"), { force: true });
	rmSync(join(directory, ".gitignore"), { force: true });
	await compileByteCode(directory, python);
	const native = nativeFiles(walk(directory));
	const imports = await importable(directory, importsOf(site, native.map(({ path }) => path)));
	linkInterpreter(directory, host.interpreter, host.version);
	const sources = walk(directory);
	return {
		requirements: {
			...nativeRequirements(native, sources),
			python: {
				version: python.version,
				abi: abiOf(sources) ?? python.abi,
				interpreter: host.interpreter,
				imports,
				built: made.markers.python_full_version,
				conditions: conditionsOf(requirers(readInstalled(site)), made.markers)
			}
		},
		madeWith: describePython(made)
	};
}
/** SOABI tag in the names of extension modules: `_c.cpython-311-x86_64-linux-gnu.so`. */
function abiOf(sources) {
	for (const { path } of sources) {
		const tag = /\.(cpython-\d+[a-z]*)-[^/]*\.so$/.exec(path)?.[1];
		if (tag) return tag;
	}
}
/**
* Top-level modules with native code: on a host, those can lack something. Importing every installed module would run
* code of packages that the application may never import.
*/
function importsOf(site, native) {
	const prefix = /^lib\/python[\d.]+\/site-packages\//;
	const names = native.filter((path) => prefix.test(path)).map((path) => path.replace(prefix, "").split("/")[0]).map((name) => name.split(".")[0]).filter((name) => /^[A-Za-z]\w*$/.test(name)).filter((name) => existsSync(join(site, name, "__init__.py")) || readdirSync(site).some((file) => file.startsWith(`${name}.`) && file.endsWith(".so")));
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
async function importable(directory, names) {
	if (names.length === 0) return [];
	const result = await tryRun([
		join(directory, "bin/python"),
		"-B",
		"-I",
		"-c",
		IMPORT_EACH,
		...names
	], {
		timeout: 12e4,
		env: builtVariables(process.env)
	});
	const seen = new Set(result.stdout.split("\n"));
	return names.filter((name) => seen.has(name));
}
/** A wheel that was built here leaves its temporary path in direct_url.json, which says nothing about the package. */
function removeLocalOrigins(site) {
	for (const info of distributions(site)) {
		const origin = join(site, info, "direct_url.json");
		if (!existsSync(origin)) continue;
		const { url, dir_info: directory } = JSON.parse(readFileSync(origin, "utf8"));
		if (directory?.editable) throw editable(info);
		if (!url?.startsWith("file:")) continue;
		rmSync(origin);
		const record = join(site, info, "RECORD");
		const lines = readFileSync(record, "utf8").split("\n");
		writeFileSync(record, lines.filter((line) => !line.startsWith(`${info}/direct_url.json,`)).join("\n"));
	}
}
const distributions = (site) => readdirSync(site).filter((name) => name.endsWith(".dist-info"));
const NOT_EDITABLE = "Remove `-e`: a local package becomes a wheel. The application itself can be left out: with `package: true` in tarlift.yml it is built into each release, without what it requires.";
function editable(name) {
	return new Failure({
		code: "environment-not-portable",
		what: `${name.replace(/\.dist-info$/, "")} is installed in editable mode: on a host it would lead into a checkout that is not there`,
		remedy: NOT_EDITABLE,
		outcome: "refused"
	});
}
/** Checks .pth files and scripts: the former are read by Python, the latter executed by the kernel. */
function refuseCheckoutPaths(directory, site, checkout) {
	const found = [...readdirSync(site).filter((name) => /\.(pth|egg-link)$/.test(name)).map((name) => join(site, name)), ...readdirSync(join(directory, "bin")).map((name) => join(directory, "bin", name))].filter((file) => lstatSync(file).isFile()).filter((file) => readFileSync(file, "latin1").includes(`${checkout}/`) || readFileSync(file, "latin1").trim() === checkout);
	if (found.length === 0) return;
	throw new Failure({
		code: "environment-not-portable",
		what: "the environment holds a path of the checkout, and would break on every host",
		where: { path: checkout },
		output: found.map((file) => basename(file)).join("\n"),
		remedy: `Something was installed in editable mode. ${NOT_EDITABLE}`,
		outcome: "refused"
	});
}
/**
* A private virtualenv with one tool of one version, for Pythons that bring an old pip or none.
*
* @param name `pip` or `uv`
* @param context.passed names of `pass-env`: access to the index may need one of them
* @returns its directory
*/
async function installTool(name, version, python, context) {
	const maker = `python${python.markers.python_full_version}-${hash("sha256", python.executable, "hex").slice(0, 8)}`;
	const directory = join(context.work, "tools", `${name}-${version}-${maker}`);
	const stamp = join(directory, "complete");
	if (existsSync(stamp)) return directory;
	const unfinished = `${directory}.${process.pid}`;
	const { signal } = context;
	mkdirSync(dirname(directory), { recursive: true });
	rmSync(unfinished, {
		recursive: true,
		force: true
	});
	await during(context.progress, `get ${name} ${version}`, async () => {
		await run([
			python.executable,
			"-I",
			"-m",
			"venv",
			unfinished
		], {
			what: `${name} could not be installed`,
			code: "installer-failed",
			step: "python -m venv",
			signal,
			env: builtVariables(process.env),
			remedy: "On Debian and Ubuntu its Python needs the package python3-venv."
		});
		const pip = [
			join(unfinished, "bin/python"),
			"-I",
			"-m",
			"pip",
			"--disable-pip-version-check"
		];
		await run([
			...pip,
			"install",
			"--quiet",
			"--no-input",
			`${name}==${version}`
		], {
			what: `${name} ${version} could not be installed`,
			code: "installer-failed",
			step: "pip install",
			signal,
			env: await pipVariables(pip, context.passed, { reachingOnly: true }),
			redact: redactor(process.env, context.passed),
			remedy: "Check `installer-version` in tarlift.yml, and that the package index can be reached."
		});
	});
	return publishTool(unfinished, directory, stamp);
}
/** Tools are started through their interpreter and never by their scripts, so this directory may be moved. */
function publishTool(unfinished, directory, stamp) {
	writeFileSync(join(unfinished, "complete"), "");
	try {
		if (!existsSync(stamp)) {
			rmSync(directory, {
				recursive: true,
				force: true
			});
			renameSync(unfinished, directory);
		}
	} catch (error) {
		if (!existsSync(stamp)) throw error;
	} finally {
		rmSync(unfinished, {
			recursive: true,
			force: true
		});
	}
	return directory;
}

// src/installers/virtualenv/localize.ts
const localizeWith = ({ executable, version }) => (directory) => {
	if (!isLinkedTo(directory, executable)) linkInterpreter(directory, executable, version);
};
/** @param wanted an interpreter that the user chose @throws Failure as {@link findPython} does */
async function localizeRecord({ requirements }, wanted) {
	const { python } = requirements;
	return python ? localizeWith(await findPython(python, wanted)) : () => {};
}

export { installTool as a, finishVirtualenv as i, localizeWith as n, removeLocalOrigins as o, createVirtualenv as r, pipVariables as s, localizeRecord as t };