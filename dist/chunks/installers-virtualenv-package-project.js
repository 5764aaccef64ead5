import { g as unknown, l as looseObject } from "./npm-zod-schemas.js";
import { n as parse } from "./npm-smol-toml-index.js";
import { posix } from "node:path";

// src/installers/virtualenv/package-project.ts
const tables = looseObject({ tool: looseObject({
	poetry: looseObject({ "package-mode": unknown() }).optional().catch(void 0),
	uv: looseObject({ package: unknown() }).optional().catch(void 0)
}).optional().catch(void 0) });
/**
* A build system indicates a package, unless Poetry or uv is configured otherwise
* (https://python-poetry.org/docs/basic-usage/#operating-modes,
* https://docs.astral.sh/uv/concepts/projects/config/#project-packaging).
*
* @param text a pyproject.toml
*/
function describesPackage(text) {
	if (!/^\s*\[build-system\]/m.test(text)) return false;
	try {
		const { tool } = tables.parse(parse(text));
		return tool?.poetry?.["package-mode"] !== false && tool?.uv?.package !== false;
	} catch {
		return true;
	}
}
/**
* The directory, relative to the application's, of the project that is built into each release: `""` for the
* application's own. A project in an environment's own directory is built only if tarlift.yml requests a package: its
* code may be meant to run from there.
*
* @param wanted `package:` of tarlift.yml
* @param directory of the Python environment that ships
* @param read returns the text of a file of the application, undefined if it does not exist
* @returns undefined if none is built
*/
function packageDirectory(wanted, directory, read) {
	const isPackage = (path) => describesPackage(read(posix.join(path, "pyproject.toml")) ?? "");
	if (wanted === false) return void 0;
	if (isPackage("")) return "";
	if (!wanted) return void 0;
	return directory !== void 0 && isPackage(directory) && read("setup.py") === void 0 ? directory : "";
}

export { packageDirectory as n, describesPackage as t };