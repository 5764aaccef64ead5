// The programs that a benchmark compares with.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/**
 * Ends the benchmark, before it builds anything, where a program is missing: without its peer a benchmark has nothing to say.
 * @param programs names of commands, and the Debian package of each
 * @param remedy what to do besides installing, as a sentence
 */
export function requirePrograms(programs: Record<string, string>, remedy = ""): void {
  const missing = Object.keys(programs).filter((program) => !isOnPath(program));
  if (missing.length === 0) return;
  const packages = missing.map((program) => programs[program]).join(" ");
  console.error(
    `${missing.join(", ")}: not on PATH. This benchmark compares with it: apt-get install ${packages}${remedy && ` (${remedy})`}`,
  );
  process.exit(2);
}

function isOnPath(program: string): boolean {
  return (process.env.PATH ?? "").split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
