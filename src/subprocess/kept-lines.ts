/** Lines that are kept of a text without a known end: its beginning. */
export interface KeptLines {
  readonly lines: readonly string[];
  /** Lines that came after it was full. */
  readonly leftOut: number;
  add(line: string): void;
}

/** @param most characters that are kept, newlines included; the line that goes beyond is the first that is left out */
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
