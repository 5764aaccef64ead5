import { n as Failure } from "./failure.js";
import { t as builtVariables } from "./subprocess-built-variables.js";
import { n as tryRun } from "./subprocess-run.js";
import { n as BUILT_ALONE, r as copyPackages } from "./installers-git-remedy.js";
import { a as refusePackages, o as refuseUnseen, t as namedFiles } from "./installers-passed-variables.js";
import { _ as flattenRequirements, a as virtualenvInstallPlan, c as localDirectories, d as requirementParts, f as requirementReads, g as sourceArguments, h as projectSources, i as choosePythons, m as packageSources, n as runInstaller, o as LACKS_COMPILER, p as unpinnedWarnings, r as pipVersion, s as fileRequirers, t as listInstalled, u as refuseMissing, v as readRequirements } from "./installers-virtualenv-run-installer.js";
import { s as pipVariables } from "./installers-virtualenv-localize.js";
import { join, relative } from "node:path";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";

// src/installers/pip/pip.ts
/** See `Installer.inspect`. */
async function inspect(config, context) {
	const { source } = context;
	const names = config.requirements ?? ["requirements.txt"];
	const passed = config["pass-env"] ?? [];
	const files = readRequirements(source, names, builtVariables(process.env, passed));
	const origin = {
		files,
		roots: names.map((name) => join(source, name)),
		options: config.options ?? []
	};
	refuseUnseen(files, process.env, passed);
	const pythons = await choosePythons(config, {
		project: source,
		application: source,
		wanted: context.python
	});
	const version = config["installer-version"] ?? pipVersion(pythons.python);
	const { options } = origin;
	refusePackages(options, passed, source);
	return virtualenvInstallPlan({
		...pythons,
		tool: {
			name: "pip",
			version
		},
		task: "pip install",
		options,
		passed,
		context,
		reads: await requirementReads(files, context, namedFiles({
			options,
			env: process.env,
			passed
		}, source)),
		parts: await requirementParts(files, names, context),
		warnings: unpinnedWarnings(files),
		install: (into) => install(origin, into, {
			context,
			passed
		}),
		refuseMissing: (resolved) => refuseMissing(flattenRequirements(files, origin.roots, /* @__PURE__ */ new Map()).requirements, resolved, "pip"),
		requirers: (installed) => [...fileRequirers(files, origin.roots), ...installed],
		package: {
			pip: version,
			packageSources: () => projectSources(source, names, {
				passed,
				words: options
			})
		}
	});
}
async function install({ files, roots, options }, { directory, tool, scratch, listening: heard }, { context, passed }) {
	const pip = [
		join(tool, "bin/python"),
		"-I",
		"-m",
		"pip",
		"--no-input",
		"--disable-pip-version-check"
	];
	const into = [
		...pip,
		"--python",
		join(directory, "bin/python")
	];
	const listening = {
		...heard,
		env: await pipVariables(pip, passed),
		cwd: context.source
	};
	const wheels = await buildWheels([
		...into,
		"wheel",
		"--no-deps",
		...sourceArguments(packageSources(files, roots, options), scratch)
	], files, {
		context,
		scratch
	}, listening);
	const flat = flattenRequirements(files, roots, wheels);
	const written = (name, text) => {
		writeFileSync(join(scratch, name), text, { mode: 384 });
		return join(scratch, name);
	};
	const given = [...["-r", written("requirements.txt", flat.requirements)], ...["-c", written("constraints.txt", flat.constraints)]];
	await runPip([
		...into,
		"install",
		"--no-compile",
		"--no-warn-script-location",
		...options,
		...given
	], listening);
	const { env, redact } = listening;
	const check = await tryRun([...into, "check"], {
		env,
		redact
	});
	if (check.code !== 0) context.progress.warning(`pip check: ${check.lastLines}`);
	return listInstalled("pip", [
		...into,
		"list",
		"--format=json"
	], {
		env,
		redact
	});
}
/**
* Builds wheels of local directories: pip would leave their paths in the environment. Archives are installed as they
* are.
*
* @param wheel the command that builds one
*/
async function buildWheels(wheel, files, { context, scratch }, listening) {
	const wheels = /* @__PURE__ */ new Map();
	const directories = localDirectories(files);
	if (directories.length === 0) return wheels;
	const inCopy = await copyPackages(directories, {
		repository: context.repository,
		to: join(scratch, "checkout")
	});
	for (const [n, path] of directories.entries()) {
		const out = join(scratch, "wheels", String(n));
		mkdirSync(out, { recursive: true });
		await runPip([
			...wheel,
			"--wheel-dir",
			out,
			inCopy(path)
		], listening, {
			step: "pip wheel",
			"local package": relative(context.source, path)
		});
		const made = readdirSync(out).find((name) => name.endsWith(".whl"));
		if (!made) throw new Failure({
			code: "installer-failed",
			what: "a local requirement gave no wheel",
			where: { path }
		});
		wheels.set(path, join(out, made));
	}
	return wheels;
}
function runPip(command, listening, where = { step: "pip install" }) {
	return runInstaller(command, listening, {
		what: "pip could not install the requirements",
		where,
		remedy: (output) => pipRemedy(output, where["local package"] !== void 0)
	});
}
/** The remedy for the usual causes, by pip's messages. */
function pipRemedy(output, ofLocal) {
	if (/No matching distribution|Could not find a version/.test(output)) return ofLocal ? "What builds a local package comes from the places of all others: those of `--index-url`, `--extra-index-url`, `--find-links` and `--no-index` in requirement files and `options:`. Offer it there, or correct its name or version in `requires` of [build-system]." : "Check the name and version, and that this Python is one that the package supports.";
	if (/Hashes are required in --require-hashes mode|In --require-hashes mode, all requirements must have/.test(output)) return "Where one requirement has hashes, every package needs them, and those that a local package depends on, too: write the file with `pip-compile --generate-hashes` or `uv export`. A wheel that Tarlift builds of a local directory gets its hash by itself.";
	if (/hash|HASH/.test(output) && /mismatch|DO NOT MATCH|do not match/.test(output)) return "The index serves other bytes than the file promises: update the hashes only if you know why.";
	if (/ResolutionImpossible|conflicting dependencies/.test(output)) return "Two requirements exclude each other: loosen one of the versions that pip names.";
	if (/error: command|gcc|Python\.h|pg_config|subprocess-exited-with-error/.test(output)) return ofLocal ? `${LACKS_COMPILER} ${BUILT_ALONE}` : LACKS_COMPILER;
	if (/401|403|credentials/i.test(output)) return "The index wants credentials: set PIP_INDEX_URL (a secret of the workflow) and name it in `pass-env:` of this environment, or use a netrc file.";
	return "The same command can be tried in a terminal: pip install -r with these files.";
}

export { inspect };