import { n as Failure } from "./failure.js";
import { d as object, f as record, m as string } from "./npm-zod-schemas.js";
import { t as builtVariables } from "./subprocess-built-variables.js";
import { n as tryRun } from "./subprocess-run.js";
import { basename, delimiter, join } from "node:path";
import { existsSync, readFileSync, readdirSync } from "node:fs";

// src/python/interpreter.ts
/** Describes an interpreter in one line, for keys: `cpython 3.11.7 cpython-311`. */
const describePython = ({ markers, abi }) => `${markers.implementation_name} ${markers.python_full_version} ${abi}`;
/**
* The minor version on the hosts: from the name of their interpreter, otherwise from the version file.
*
* @throws Failure when neither is known: guessing would build for the wrong hosts
*/
function hostPython(config, source) {
	const interpreter = config.interpreter ?? "/usr/bin/python3";
	const named = /python(\d+\.\d+)$/.exec(basename(interpreter))?.[1];
	if (named) return {
		interpreter,
		version: named
	};
	const file = config["version-file"];
	if (file !== void 0) {
		const path = join(source, file);
		const text = existsSync(path) ? readFileSync(path, "utf8") : "";
		const version = /^\s*(?:cpython-)?(\d+\.\d+)/.exec(text)?.[1];
		if (version) return {
			interpreter,
			version
		};
		throw new Failure({
			code: "interpreter-missing",
			what: existsSync(path) ? `${file} names no Python version` : `there is no ${file}, which \`version-file\` names`,
			where: { file: path },
			remedy: "Write a line such as 3.12 into it. Its path is relative to the application's directory (`source`).",
			outcome: "refused"
		});
	}
	throw new Failure({
		code: "interpreter-missing",
		what: config.interpreter ? `which Python the hosts have cannot be read from ${interpreter}` : "tarlift.yml does not say which Python the hosts have",
		remedy: "Name the interpreter with its minor version in tarlift.yml: `interpreter: /usr/bin/python3.12`, or give a `version-file`.",
		outcome: "refused"
	});
}
/**
* A Python program that describes its interpreter in one line of JSON, here and on hosts ({@link parseProbe}).
*
* In an active virtualenv (one of ours, after build-env) it uses the interpreter from which that was made: an
* environment that leads to another one, or to itself, runs nowhere.
*/
const PYTHON_PROBE = `import json, os, platform, sys, sysconfig
def full(info):
    return "%d.%d.%d" % info[:3] + ("" if info[3] == "final" else info[3][0] + str(info[4]))
minor = "%d.%d" % sys.version_info[:2]
base = os.path.join(sys.base_prefix, "bin", "python" + minor)
print(json.dumps({
    "executable": base if sys.prefix != sys.base_prefix and os.path.exists(base) else sys.executable,
    "prefix": sys.base_prefix,
    "version": minor,
    "soabi": sysconfig.get_config_var("SOABI") or "",
    "markers": {
        "implementation_name": sys.implementation.name,
        "implementation_version": full(sys.implementation.version),
        "os_name": os.name,
        "platform_machine": platform.machine(),
        "platform_python_implementation": platform.python_implementation(),
        "platform_release": platform.release(),
        "platform_system": platform.system(),
        "platform_version": platform.version(),
        "python_full_version": platform.python_version(),
        "python_version": minor,
        "sys_platform": sys.platform,
    },
}))
`;
/** A host may send any values for its interpreter, and each marker of a release is evaluated with them. */
const word = string().max(1e3);
const probeSchema = object({
	executable: string(),
	prefix: string(),
	version: word,
	soabi: word,
	markers: record(word, word)
});
/** @param text output of {@link PYTHON_PROBE} @returns undefined for anything else */
function parseProbe(text) {
	try {
		const { soabi, ...rest } = probeSchema.parse(JSON.parse(text.trim().split("\n").at(-1) ?? ""));
		return {
			...rest,
			abi: /^[a-z]+-\d+[a-z]*/.exec(soabi)?.[0] ?? soabi
		};
	} catch {
		return;
	}
}
/** Runs the probe with one interpreter. @returns undefined if it does not start */
async function probePython(executable) {
	const env = builtVariables(process.env);
	const result = await tryRun([
		executable,
		"-I",
		"-c",
		PYTHON_PROBE
	], {
		timeout: 2e4,
		env
	}).catch(() => void 0);
	return result?.code === 0 ? parseProbe(result.stdout) : void 0;
}
/**
* Finds the Python to build with: the hosts' interpreter if this machine has it at the same path, otherwise `pythonX.Y`
* on PATH, otherwise in the runner's tool cache.
*
* @param host the hosts' interpreter, absolute, and its minor version: `3.11`
* @param named an interpreter that the user requires; no other is considered
* @throws Failure that names actions/setup-python
*/
async function findPython(host, named) {
	const { interpreter, version } = host;
	const tried = [];
	for (const candidate of named ? [named] : candidates(interpreter, version)) {
		const found = await probePython(candidate);
		if (found?.version === version) return found;
		tried.push(`${candidate}: ${found ? `is Python ${found.version}` : "does not start"}`);
	}
	throw new Failure({
		code: "interpreter-missing",
		what: `there is no Python ${version} on this machine to build with`,
		output: tried.join("\n"),
		remedy: `The hosts have Python ${version}, and the builder needs the same minor version. In a terminal, install it or name one that is not on PATH (\`--python\`). On GitHub Actions put this before it:\n- uses: actions/setup-python@v6\n  with: { python-version: "${version}" }`,
		outcome: "refused"
	});
}
function candidates(interpreter, version) {
	return [
		interpreter,
		...(process.env.PATH ?? "").split(delimiter).filter(Boolean).map((directory) => join(directory, `python${version}`)),
		...toolCache(version)
	].filter((file) => existsSync(file));
}
/** Newest patch version first: `$RUNNER_TOOL_CACHE/Python/3.12.4/x64/bin/python3.12`. */
function toolCache(version) {
	const directory = join(process.env.RUNNER_TOOL_CACHE ?? "/opt/hostedtoolcache", "Python");
	if (!existsSync(directory)) return [];
	return readdirSync(directory).filter((name) => name.startsWith(`${version}.`)).sort((a, b) => Number(b.split(".")[2] ?? 0) - Number(a.split(".")[2] ?? 0)).flatMap((name) => ["x64", "arm64"].map((architecture) => join(directory, name, architecture, "bin", `python${version}`)));
}

export { parseProbe as a, hostPython as i, describePython as n, probePython as o, findPython as r, PYTHON_PROBE as t };