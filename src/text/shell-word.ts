/**
 * Quotes a word for a line that a shell reads.
 *
 * @returns the word itself, in single quotes if it contains special characters
 */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
