import { t as Minimatch } from "./npm-minimatch-index.js";

// src/source/glob.ts
const OPTIONS = {
	dot: true,
	nocomment: true,
	nonegate: true
};
/**
* Whether a path matches one of the patterns: a glob (dot files match like any other), a file, or a directory with all
* its content. A pattern that is the literal name of a file or directory matches that one, even if it contains special
* characters.
*
* @param patterns relative to the same directory as the paths; `.` is everything
*/
function globMatcher(patterns) {
	const globs = patterns.map((pattern) => {
		const glob = new Minimatch(pattern, OPTIONS);
		return (path) => pattern === "." || path === pattern || path.startsWith(`${pattern}/`) || glob.match(path);
	});
	return (path) => globs.some((matches) => matches(path));
}
/**
* Whether one of the patterns may match something in a directory, whatever the directory contains.
*
* @param patterns as {@link globMatcher} takes them
*/
function globReach(patterns) {
	const named = globMatcher(patterns);
	const globs = patterns.map((pattern) => new Minimatch(pattern, OPTIONS));
	return (directory) => named(directory) || patterns.some((pattern) => pattern.startsWith(`${directory}/`)) || globs.some((glob) => glob.match(directory, true));
}

export { globReach as n, globMatcher as t };