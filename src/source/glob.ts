// Patterns over paths, the same everywhere in tarlift.yml. node:path's matchesGlob and node:fs's glob are not used:
// they ignore dot files.
import { Minimatch } from "minimatch";

const OPTIONS = { dot: true, nocomment: true, nonegate: true };

/**
 * Whether a path matches one of the patterns: a glob (dot files match like any other), a file, or a directory with all
 * its content. A pattern that is the literal name of a file or directory matches that one, even if it contains special
 * characters.
 *
 * @param patterns relative to the same directory as the paths; `.` is everything
 */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.map((pattern) => {
    const glob = new Minimatch(pattern, OPTIONS);
    return (path: string) => pattern === "." || path === pattern || path.startsWith(`${pattern}/`) || glob.match(path);
  });
  return (path) => globs.some((matches) => matches(path));
}

/**
 * Whether one of the patterns may match something in a directory, whatever the directory contains.
 *
 * @param patterns as {@link globMatcher} takes them
 */
export function globReach(patterns: readonly string[]): (directory: string) => boolean {
  const named = globMatcher(patterns);
  const globs = patterns.map((pattern) => new Minimatch(pattern, OPTIONS));
  return (directory) =>
    named(directory) ||
    patterns.some((pattern) => pattern.startsWith(`${directory}/`)) ||
    globs.some((glob) => glob.match(directory, true));
}
