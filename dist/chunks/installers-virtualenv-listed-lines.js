import { posix } from "node:path";

// src/installers/virtualenv/listed-lines.ts
/**
* Requirement files of development tools: beside an application in another language, they do not indicate a Python
* application.
*/
const TOOLS = /(^|[-_./])(dev|develop|development|local|tests?|testing|docs?|lint|ci|tools?)([-_.]|$)/;
const REQUIREMENT_FILE = /^(requirements[^/]*|requirements\/[^/]+)\.txt$/;
const OWN = /^(?:-e|--editable)?[ \t=]*(["']?)(?:file:)?\.\/?(\[[^\]]*\])?\1(?:\s*[;#].*)?$/;
/** Parses a line that requires the application itself: `.`, `-e .[server]`; undefined for any other. */
function ownLine(text) {
	const found = OWN.exec(text);
	return found ? { extras: found[2] ?? "" } : void 0;
}
/** Whether any requirement file, including those of tools, requires the application itself. */
const namesItself = (tree) => tree.paths.some((path) => (REQUIREMENT_FILE.test(path) || path === "requirements.lock") && linesOf(tree, path).some((line) => ownLine(line) !== void 0));
/** The lines of a requirement file and of the files that it includes, each with its file. */
function installedLines(tree, path, seen = /* @__PURE__ */ new Set()) {
	if (seen.has(path)) return [];
	seen.add(path);
	return linesOf(tree, path).flatMap((text) => {
		const included = /^(?:-r|--requirement)[ \t=]*(\S+)$/.exec(text)?.[1];
		if (included === void 0) return [{
			file: path,
			text
		}];
		return installedLines(tree, posix.join(posix.dirname(path), included), seen);
	});
}
const linesOf = (tree, path) => (tree.read(path) ?? "").split(/\r?\n/).map((line) => line.replace(/(^|\s)#.*$/, "").trim()).filter(Boolean);

export { ownLine as a, namesItself as i, TOOLS as n, installedLines as r, REQUIREMENT_FILE as t };