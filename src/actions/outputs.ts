// Outputs of a step for later ones. Workflows put outputs into shell text
// (`run: echo ${{ steps.deploy.outputs.release }}`), and names of releases come from hosts and artifacts: so a value
// that could be read as anything but one word is not passed on.

/** Names that come from others: of releases, and their labels. */
const NAMES = new Set(["release", "previous-release", "label", "version", "live-version"]);
/** Free text that later steps have to treat as such: output of a command, migrations one a line. */
const FREE = new Set(["output", "migrations"]);

/** @returns why a value cannot be an output of this name; undefined if it can */
export function outputProblem(name: string, value: string): string | undefined {
  if (FREE.has(name)) return undefined;
  if (/[\x00-\x1f\x7f]/.test(value)) return "it holds control characters";
  return NAMES.has(name) && !/^[\w.+@/-]*$/.test(value) ? "it holds more than letters, digits and ._+@/-" : undefined;
}

/** Whether a directory can be on the PATH of later steps: absolute, and a single entry. */
export const isPathEntry = (path: string): boolean => /^\/[^:\x00-\x1f\x7f]*$/.test(path);
