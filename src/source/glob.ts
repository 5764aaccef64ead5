// Patterns over paths, the same wherever tarlift.yml takes them. node:path's own matchesGlob and node:fs's glob leave dot files out.
import { Minimatch } from "minimatch";

/**
 * Whether a path is named by one of the patterns: a glob (dot files are like any other), a file, or a directory with all that is in it.
 * A pattern that is the literal name of a file or directory means that one, whatever special characters it holds.
 *
 * @param patterns relative to the same directory as the paths; `.` is everything
 */
export function globMatcher(patterns: readonly string[]): (path: string) => boolean {
  const globs = patterns.map((pattern) => {
    const glob = new Minimatch(pattern, { dot: true, nocomment: true, nonegate: true });
    return (path: string) => pattern === "." || path === pattern || path.startsWith(`${pattern}/`) || glob.match(path);
  });
  return (path) => globs.some((matches) => matches(path));
}
