import { n as Failure } from "./failure.js";
import { a as array, c as literal, m as string, n as _enum, p as strictObject } from "./npm-zod-schemas.js";
import { T as withForeignKeys, c as inside, f as projectDirectory, t as absolute, u as passedName, w as describe } from "./schema-values.js";

// src/installers/schema.ts
const ENVIRONMENT_USES = ["runtime", "build"];
const commonKeys = {
	use: describe(_enum(ENVIRONMENT_USES).default("runtime"), "`runtime` ships with the release; `build` serves asset steps only and is never shipped."),
	"installer-version": describe(string().min(1).optional(), "The installer's version, in quotes. Default: the one that this version of Tarlift chooses."),
	options: describe(array(string()).optional(), "Further options for the installer; they are part of the key, with the content of files that they name."),
	"pass-env": describe(array(passedName).optional(), "Names of variables of the job that the installer sees; it sees no others but those of the machine (docs/security.md). Their values are part of the key, unless the name ends with a word for a credential (`…_TOKEN`, `…_PASSWORD`, `…_USERNAME`, `…_KEY`, `…_SECRET`); passwords in addresses are not.")
};
/**
* The schema of one installer: its own keys and the common ones.
*
* @param key its word in `installer:`
*/
const environmentOf = (key, own) => strictObject({
	installer: describe(literal(key), "What installs it."),
	...commonKeys,
	...own
});

// src/schema/spelling.ts
/**
* @returns the candidate that the word most likely means, or undefined if none is near: at most one typo for each three
*   letters. Case, and `_` instead of `-`, do not count.
*/
function nearest(word, candidates) {
	const typed = plain(word);
	const best = candidates.map((candidate) => ({
		candidate,
		distance: distance(typed, plain(candidate))
	})).sort((a, b) => a.distance - b.distance)[0];
	const allowed = Math.max(1, Math.floor(Math.max(typed.length, best?.candidate.length ?? 0) / 3));
	return best && best.distance <= allowed && best.distance < typed.length ? best.candidate : void 0;
}
/** Lists words in a sentence: `pip, uv or npm`. */
function either(words) {
	return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
function plain(word) {
	return word.toLowerCase().replaceAll("_", "-");
}
/** Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours, each 1. */
function distance(a, b) {
	let twoAgo = [];
	let before = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let row = 1; row <= a.length; row++) {
		const now = [row];
		for (let column = 1; column <= b.length; column++) {
			const same = a[row - 1] === b[column - 1];
			let cost = Math.min(now[column - 1] + 1, before[column] + 1, before[column - 1] + (same ? 0 : 1));
			if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) cost = Math.min(cost, twoAgo[column - 2] + 1);
			now.push(cost);
		}
		twoAgo = before;
		before = now;
	}
	return before[b.length];
}

// src/schema/adapter.ts
/** @returns the schemas of a registry, in its order: the alternatives of a discriminated union */
const schemasOf = (adapters) => adapters.map(({ schema }) => schema);
/** @returns the keys, all optional, of a mapping in which an adapter's key selects it and holds its configuration */
const byKey = (adapters) => Object.fromEntries(adapters.map(({ key, schema }) => [key, schema.optional()]));
/** The arguments of `refine` for a mapping with the keys of {@link byKey}: which combinations are valid. */
function oneOf(adapters) {
	const keys = adapters.map(({ key }) => key);
	return [(mapping) => keys.filter((key) => mapping[key] !== void 0).length === 1, { message: exactlyOneOf(keys) }];
}
/**
* @param keys at least one
* @returns what is expected, without that word itself: `exactly one of haproxy and command`
*/
const exactlyOneOf = (keys) => keys.length === 1 ? `the key ${keys[0]}` : `exactly one of ${keys.slice(0, -1).join(", ")} and ${keys.at(-1)}`;
/** @returns the adapter that a mapping selects, and its configuration. The mapping has passed {@link oneOf} */
function chosenOf(adapters, mapping) {
	const found = Object.entries(mapping).flatMap(([key, config]) => {
		const adapter = config === void 0 ? void 0 : adapters.find((one) => one.key === key);
		return adapter ? [{
			adapter,
			config
		}] : [];
	});
	if (!found[0]) throw new Error(`none of ${adapters.map(({ key }) => key).join(", ")}`);
	return found[0];
}
/**
* @param adapters of a kind whose first one reads a plain list
* @returns the schema of a value that selects one of them; {@link chosenOfList} says which
*/
function listOr([first, ...others]) {
	const mapping = strictObject(byKey(others)).refine(...oneOf(others));
	return others.length === 0 ? first.schema : first.schema.or(mapping);
}
/** @returns the adapter that a value selects, and its configuration. The value has passed {@link listOr} */
const chosenOfList = (adapters, value) => Array.isArray(value) ? {
	adapter: adapters[0],
	config: value
} : chosenOf(adapters, value);
/**
* @param kind the noun for one adapter in a message: `notifier`
* @param adapters the kind's registry
* @returns a function that finds the adapter by its key. It throws Failure (refused) for an unknown key, and names the
*   nearest
*/
function lookup(kind, adapters) {
	const keys = adapters.map(({ key }) => key);
	return (key) => {
		const found = adapters.find((adapter) => adapter.key === key);
		if (found) return found;
		const meant = nearest(key, keys);
		throw new Failure({
			code: "name-unknown",
			what: `there is no ${kind} ${key}${meant ? `; did you mean ${meant}?` : ""}`,
			remedy: `There is ${either(keys)}.`,
			outcome: "refused"
		});
	};
}

// src/installers/npm/docs.md
var docs_default$2 = "`installer: npm` runs `npm ci`, with the builder's npm, in a directory outside the checkout. The resulting `node_modules` ships as a layer. On hosts it\nis a real directory in each release, whose files are hard links to one copy.\n\n```yaml\napp: greeter\nenvironments:\n  runtime:\n    installer: npm\n    version-file: .nvmrc\n  build:\n    installer: npm\n    version-file: .nvmrc\n    use: build\n```\n\nAn environment with `use: runtime` leaves development dependencies out (`--omit=dev`). Asset steps that need them use a second environment with\n`use: build`, which never ships.\n\n## What it reads\n\n* `package.json` and `package-lock.json`, or `npm-shrinkwrap.json`, in `directory`; the `package.json` of every workspace; `.npmrc`.\n* Archives and directories of the repository that the lock names with `file:`.\n* The files in `inputs`. Install scripts see only the files named here: a Prisma schema, or patches for patch-package.\n* Of the npm configuration of the machine and the user, only how packages are reached: registries with their credentials, proxies and\n  certificates.\n\nAll of this is part of the [environment key](../../concepts.md#what-is-built), except tokens and passwords.\n\n## Workspaces\n\nLinks from `node_modules` to workspaces belong to the application and ship with it. Dependencies of workspaces belong to the environment.\nThe root's own install scripts do not run, and those of a workspace run only where `inputs` names files of it: what they make belongs in a\nstep of `assets`.\n\n## What it refuses\n\n* a missing lock, one in the format of npm 6, or one that does not match package.json\n* a lock that lacks the optional packages of this platform: npm 10 would install it without them and report success\n* a link to a directory outside the application: `install-links=true` in `.npmrc` copies it instead\n* Yarn's Plug'n'Play, which has no `node_modules`\n* a variable in `.npmrc` that the job has but `pass-env` does not list\n* a Node on `PATH` that is not the one in `version-file`\n\n## Limits\n\n* Hosts need Node themselves. Native modules are bound to its ABI, so use the same major version. A host whose Node does not fit is refused.\n* One artifact is for one architecture and one C library.\n* `node_modules` cannot be written to on hosts. Do not run `npm ci` there.\n* pnpm, Yarn and Bun are not supported as installers. An [asset step can run them](../../recipes/node.md).\n";

// src/installers/npm/index.ts
const schema$2 = environmentOf("npm", {
	directory: describe(projectDirectory.optional(), "The directory with `package.json` and its lock file. Default: the application's own."),
	"version-file": describe(inside.optional(), "A file that names the version of Node: `.nvmrc`, `.node-version` or `.tool-versions`; another node on `PATH` is refused. Relative to the application's directory, also where `directory` is set."),
	inputs: describe(array(inside).optional(), "Globs of further tracked files that install scripts read (patches, schemas), dot files included: copied, and part of the key. An untracked file counts only where it is named without a wildcard.")
});
const npm = {
	key: "npm",
	title: "npm",
	docs: docs_default$2,
	schema: schema$2,
	language: "node",
	kind: "tree",
	releasePath: ({ directory = "." }) => ({
		path: directory === "." ? "node_modules" : `${directory}/node_modules`,
		key: "directory"
	}),
	runtime: ({ mounts = [] }, at) => ({
		path: mounts.map((mount) => `${at}/${mount}/.bin`),
		env: {}
	}),
	detector: async () => (await import("./installers-npm-detect.js")).detect,
	inspect: async (config, context) => (await import("./installers-npm-npm.js")).inspect(config, context)
};

// src/installers/virtualenv/adapter.ts
/** What all these installers have in common, except schema and `inspect`. */
const virtualenvAdapter = {
	kind: "path",
	/** The release has a link to it. */
	releasePath: ({ link = ".venv" }) => ({
		path: link,
		key: "link"
	}),
	runtime: (_record, at) => ({
		path: [`${at}/bin`],
		env: {}
	}),
	localize: async (record, { python }) => (await import("./installers-virtualenv-localize-exports.js")).localizeRecord(record, python)
};
/** The application as a package, built with the environment's Python. */
const ownPackage = {
	variables: ["PYTHONPATH"],
	async directory(config, read, wanted) {
		return (await import("./installers-virtualenv-package-project-exports.js")).packageDirectory(wanted, config.directory, read);
	}
};

// src/installers/virtualenv/schema.ts
/** @param requirements the description of the key `requirements` for the installer */
const virtualenvKeys = (requirements) => ({
	requirements: describe(array(inside).min(1).optional(), requirements),
	interpreter: describe(absolute.optional(), "The interpreter ON THE HOSTS, with its minor version in the name: `/usr/bin/python3.12`. It may be left out, or have no version in its name, only where `version-file` says the version; left out, it is then `/usr/bin/python3`."),
	link: describe(inside.optional(), "The link inside the release that leads to the environment. Default: `.venv`."),
	"version-file": describe(inside.optional(), "A file that names the version of Python, such as `.python-version`, where the interpreter's name does not have it. Relative to the application's directory.")
});

// src/installers/pip/docs.md
var docs_default$1 = "`installer: pip` installs requirement files into a virtual environment. The environment ships as a layer of its own and is linked into each\nrelease as `.venv`.\n\n```yaml\napp: shop\nenvironments:\n  python:\n    installer: pip\n    requirements: [requirements.txt]\n    interpreter: /usr/bin/python3.12\n```\n\n## What it reads\n\n* The files in `requirements`, with every file that they include by `-r` or `-c`. Default: `requirements.txt`. Paths are relative to the\n  application's directory (`source`).\n* Local packages that these files name (`./libs/core`, `core @ file:./libs/core`). A directory becomes a wheel, built from what git tracks.\n  An archive is installed as it is.\n* Directories of wheels in the repository that `--find-links` or an index option names.\n* Of the pip configuration of the machine and the user, only how packages are reached: indexes with their credentials, proxies, certificates\n  and timeouts.\n\nAll of this is part of the [environment key](../../concepts.md#what-is-built). `tarlift build-env --explain` prints every part of it.\n\n## How it builds\n\n1. Tarlift creates the virtual environment at the path that it has on hosts, `/srv/<app>/envs/<id>`. It uses the hosts' interpreter if the\n   builder has it, else the same minor version from `PATH` or the tool cache.\n2. pip runs from outside this environment: version 26.0.1, or the last one that supports Python 3.7 or 3.8, unless\n   `installer-version` names another. This pip also builds the application's own package. It builds wheels of local directories, then installs everything in one call.\n3. `pip check` runs. What it reports is a warning.\n4. Tarlift compiles byte code, records which libraries and which Python the result needs, and points the links at the hosts' interpreter.\n\nRequirements without an exact version are a warning: the same commit can then get other packages when the cache is lost. Pin them with\n`pip freeze`, pip-compile or uv. Hashes (`--require-hashes`) work; a wheel that Tarlift builds from a local directory gets its hash by\nitself.\n\n## What it refuses\n\n* editable requirements (`-e .`, `-e ./libs/core`): the checkout does not exist on hosts\n* included files from the network (`-r https://…`): they can change without a commit\n* paths that do not exist, and tracked files that differ from `HEAD` when an artifact is made\n* packages or requirement files in `options`, and variables such as `PIP_REQUIREMENT` in `pass-env`: name them in a requirement file\n* a variable in a requirement file that the job has but `pass-env` does not list\n* an interpreter without a minor version, unless `version-file` has it; a Python that `requires-python` of the application excludes\n* an environment that holds a path of the checkout, or lacks a package that the files name without a marker\n\n## Limits\n\n* One artifact is for one architecture, one C library and one minor version of Python. Packages that are compiled from source need a builder\n  whose C library is not newer than the hosts'.\n* Shared libraries of the system, such as `libpq.so.5`, are not shipped. A host that lacks one is refused; install its package there.\n* The application itself is not part of the environment. It is built into each release if its pyproject.toml has a `[build-system]`, or with\n  `package: true`.\n";

// src/installers/pip/index.ts
const schema$1 = withForeignKeys(environmentOf("pip", virtualenvKeys("Requirement files. Default: `requirements.txt`.")), { directory: ": give the path in `requirements:`, such as backend/requirements.txt" });
const pip = {
	key: "pip",
	title: "pip",
	docs: docs_default$1,
	schema: schema$1,
	language: "python",
	...virtualenvAdapter,
	ownPackage,
	detector: async () => (await import("./installers-pip-detect.js")).detect,
	inspect: async (config, context) => (await import("./installers-pip-pip.js")).inspect(config, context)
};

// src/installers/uv/docs.md
var docs_default = "`installer: uv` installs from `uv.lock`, or from requirement files, into a virtual environment. The environment ships as a layer of its own\nand is linked into each release as `.venv`.\n\n```yaml\napp: shop\nenvironments:\n  python:\n    installer: uv\n    interpreter: /usr/bin/python3.12\n    extras: [postgres]\n```\n\nTarlift installs uv itself, in version 0.9.7 where `installer-version` names no other. The builder needs only Python.\n\n## What it reads\n\nWithout `requirements`:\n\n* `uv.lock` and `pyproject.toml` in `directory`, or the lock of the workspace above it. Tarlift runs `uv sync --locked`: a lock that does\n  not match pyproject.toml is refused.\n* Members of the workspace and path dependencies that are installed, built from what git tracks.\n\nWith `requirements`: the same files as [pip](pip.md#what-it-reads), installed with `uv pip install`. `uv.lock` is not read then.\n\nIn both cases uv also reads `pyproject.toml` and `uv.toml` of the repository, up to its root. Of the uv configuration of the machine and the\nuser, Tarlift takes only how packages are reached.\n\n## The project itself\n\nThe project is not installed into the environment: its code changes with every commit, the environment does not. It is built into each\nrelease where it is a package and is the application's own, or with `package: true`. A warning names a project that is in neither place.\n\nTwo cases make the environment depend on more files, and each is a warning:\n\n* `dynamic = [\"dependencies\"]` in pyproject.toml: uv asks the build backend, which may read any tracked file of that directory.\n* A package at the root of a workspace that other members need: the application is one of its files.\n\n## What it refuses\n\n* a missing `uv.lock` or pyproject.toml, or one that git does not track\n* a lock that does not match pyproject.toml: run `uv lock` and commit it\n* a directory that is not a member of the workspace\n* with `requirements`: the same as [pip](pip.md#what-it-refuses)\n* an environment that holds a path of the checkout, or lacks a direct dependency of the lock\n\n## Limits\n\nThe limits of [pip](pip.md#limits) apply. Interpreters that uv downloads are not used (`UV_PYTHON_DOWNLOADS=never`): the hosts run their own\nPython.\n";

// src/installers/uv/index.ts
const schema = environmentOf("uv", {
	...virtualenvKeys("Requirement files. Default: none, and it is installed from `uv.lock`."),
	directory: describe(projectDirectory.optional(), "The directory with `pyproject.toml` and its lock file. Default: the application's own."),
	groups: describe(array(string()).optional(), "Dependency groups to include. Others are left out, also those that `default-groups` of [tool.uv] names and `dev`."),
	extras: describe(array(string()).optional(), "Extras to include.")
});
const uv = {
	key: "uv",
	title: "uv",
	docs: docs_default,
	schema,
	language: "python",
	...virtualenvAdapter,
	ownPackage,
	check: (config) => ["groups", "extras"].filter((key) => config.requirements && config[key]).map((key) => ({
		path: [key],
		message: `${key} choose from uv.lock, which is not read beside \`requirements:\`: remove one of the two keys`,
		atKey: true
	})),
	detector: async () => (await import("./installers-uv-detect.js")).detect,
	inspect: async (config, context) => (await import("./installers-uv-uv.js")).inspect(config, context)
};

// src/installers/registry.ts
const INSTALLERS = [
	pip,
	uv,
	npm
];
/** @throws Failure (refused) for an unknown key */
const installerOf = lookup("installer", INSTALLERS);
/**
* See {@link Installer.runtime}. An artifact of another Tarlift version may name an unknown installer: then its kind
* says where programs are.
*/
function runtimeOf(record, at) {
	const installer = INSTALLERS.find(({ key }) => key === record.installer.name);
	if (installer) return installer.runtime(record, at);
	return {
		path: record.kind === "path" ? [`${at}/bin`] : [],
		env: {}
	};
}
/** Loads the functions that detect environments in a repository, for `init`. */
const loadDetectors = () => Promise.all(INSTALLERS.map(async (installer) => ({
	installer,
	detect: await installer.detector()
})));

export { byKey as a, exactlyOneOf as c, oneOf as d, schemasOf as f, ENVIRONMENT_USES as h, runtimeOf as i, listOr as l, nearest as m, installerOf as n, chosenOf as o, either as p, loadDetectors as r, chosenOfList as s, INSTALLERS as t, lookup as u };