// Patterns over paths, the same wherever tarlift.yml takes them. node:path's own matchesGlob and node:fs's glob leave dot files out.
import { Minimatch } from "minimatch";

const OPTIONS = { dot: true, nocomment: true, nonegate: true };

/**
 * Whether a path is named by one of the patterns: a glob (dot files are like any other), a file, or a directory with all that is in it.
 * A pattern that is the literal name of a file or directory means that one, whatever special characters it holds.
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
 * Whether one of the patterns may name something in a directory, whatever the directory holds.
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
