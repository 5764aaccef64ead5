// What a step leaves for later ones. Workflows put outputs into shell text (`run: echo ${{ steps.deploy.outputs.release }}`), and names of
// releases come from hosts and artifacts: what could be read as anything but one word is not handed on.

/** Names that others have given: of releases, and their labels. */
const NAMES = new Set(["release", "previous-release", "label", "version", "live-version"]);
/** Text of others, for later steps to treat as such: what a command printed, migrations one a line. */
const FREE = new Set(["output", "migrations"]);

/** @returns why a value cannot be an output of this name; undefined when it can */
export function outputProblem(name: string, value: string): string | undefined {
  if (FREE.has(name)) return undefined;
  if (/[\x00-\x1f\x7f]/.test(value)) return "it holds control characters";
  return NAMES.has(name) && !/^[\w.+@/-]*$/.test(value) ? "it holds more than letters, digits and ._+@/-" : undefined;
}

/** Whether a directory can stand on the PATH of later steps: absolute, and one entry. */
export const isPathEntry = (path: string): boolean => /^\/[^:\x00-\x1f\x7f]*$/.test(path);
