/** Keeps the first lines of a text of unlimited length. */
export interface KeptLines {
  readonly lines: readonly string[];
  /** Number of lines that were not kept. */
  readonly leftOut: number;
  add(line: string): void;
}

/**
 * @param most maximum number of characters, including newlines. The first line that exceeds it is left out, as are all
 *   lines after it
 */
export function keepLines(most: number): KeptLines {
  const lines: string[] = [];
  let left = most;
  let leftOut = 0;
  return {
    lines,
    get leftOut() {
      return leftOut;
    },
    add(line) {
      left -= line.length + 1;
      if (left >= 0 && leftOut === 0) lines.push(line);
      else leftOut++;
    },
  };
}
