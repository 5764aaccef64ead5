/**
 * A word as it stands in a line that a shell reads.
 *
 * @returns the word itself, in single quotes where it has anything special
 */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
