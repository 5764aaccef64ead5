// Paths of the repository in commands that `tarlift init` proposes.

/** A path as one word of a shell's, and never as an option. */
export function shellWord(path: string): string {
  const whole = path.startsWith("-") ? `./${path}` : path;
  return /^[\w./@%+:,-]+$/.test(whole) ? whole : `'${whole.replaceAll("'", `'\\''`)}'`;
}
