// Values that must not be read in a log. A runner masks what it was told of; this is for what is written before, beside and besides it.

const MASK = "***";
/** A shorter line of a secret (`}`, a `1`) would mask half of the log. */
const SHORTEST_LINE = 4;

/**
 * @param values secrets; of one with several lines also each line of 4 characters or more
 * @returns a function that puts `***` in their place, the longest first
 */
export function maskSecrets(values: Iterable<string>): (text: string) => string {
  const secrets = new Set<string>();
  for (const value of values) {
    if (value.trim() === "") continue;
    secrets.add(value);
    const lines = value.split(/\r?\n/).map((line) => line.trim());
    if (lines.length > 1) for (const line of lines) if (line.length >= SHORTEST_LINE) secrets.add(line);
  }
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, secret) => masked.replaceAll(secret, MASK), text);
}
