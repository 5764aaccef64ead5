import { a as array, c as literal, f as record, g as unknown, h as union, l as looseObject, m as string } from "./npm-zod-schemas.js";
import { n as parse } from "./npm-smol-toml-index.js";

// src/installers/uv/detect.ts
const text = string().optional().catch(void 0);
const keys = record(string(), unknown()).default({}).catch({});
const uvLock = looseObject({ package: array(looseObject({ source: looseObject({
	editable: text,
	virtual: text,
	directory: text
}).optional().catch(void 0) })) });
const pyproject = looseObject({
	project: looseObject({ "optional-dependencies": keys }).optional().catch(void 0),
	"dependency-groups": keys,
	tool: looseObject({ uv: looseObject({ "default-groups": union([literal("all"), array(string())]).optional().catch(void 0) }).optional().catch(void 0) }).optional().catch(void 0)
});
/** See `Detect`: the application's own lock, or that of its workspace. */
function detect(tree) {
	if (tree.paths.includes("uv.lock")) return fromLock(tree, "uv.lock", "lock");
	const above = memberLock(tree);
	return above === void 0 ? void 0 : fromLock(tree, above, "lock above");
}
/** Only named groups and extras are installed: not even those that uv installs by default. */
function fromLock(tree, lock, by) {
	const { groups, extras, defaults } = choices(tree);
	const left = [...groups.length > 0 ? [`groups ${groups.join(", ")} (\`groups: […]\`)`] : [], ...extras.length > 0 ? [`extras ${extras.join(", ")} (\`extras: […]\`)`] : []];
	return {
		by,
		keys: {},
		notes: [`from ${lock}, which is never rewritten`, ...left.length > 0 ? [`left out: ${left.join("; ")}`] : []],
		questions: defaults.length > 0 ? [`\`uv sync\` also installs ${defaults.join(", ")} (default-groups), and Tarlift no group that is not named. Do hosts need it? Then give python: groups: [${defaults.join(", ")}]`] : []
	};
}
/**
* What uv can install beside the dependencies: dependency groups except `dev`, extras, and the groups that `uv sync`
* installs by default (https://docs.astral.sh/uv/concepts/projects/dependencies/#default-groups).
*/
function choices(tree) {
	const found = parsed(tree.read("pyproject.toml"));
	const groups = Object.keys(found?.["dependency-groups"] ?? {}).filter((name) => name !== "dev");
	const named = found?.tool?.uv?.["default-groups"];
	return {
		groups,
		extras: Object.keys(found?.project?.["optional-dependencies"] ?? {}),
		defaults: named === "all" ? groups : (named ?? []).filter((name) => name !== "dev")
	};
}
function parsed(written) {
	try {
		return written === void 0 ? void 0 : pyproject.safeParse(parse(written)).data;
	} catch {
		return;
	}
}
/**
* The uv.lock of the workspace to which the application belongs.
*
* @returns relative to the application (`../../uv.lock`); undefined if the nearest one does not list the application
*/
function memberLock(tree) {
	const nearest = tree.above?.find(({ paths }) => paths.includes("uv.lock"));
	if (!nearest || !tree.paths.includes("pyproject.toml")) return void 0;
	try {
		const { package: packages } = uvLock.parse(parse(nearest.read("uv.lock") ?? ""));
		return packages.map(({ source }) => source?.editable ?? source?.virtual ?? source?.directory).includes(nearest.own) ? `${nearest.up}/uv.lock` : void 0;
	} catch {
		return;
	}
}

export { detect };