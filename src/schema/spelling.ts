// Finds the correct spelling of a mistyped word.

/**
 * @returns the candidate that the word most likely means, or undefined if none is near: at most one typo for each three
 *   letters. Case, and `_` instead of `-`, do not count.
 */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const typed = plain(word);
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: distance(typed, plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  const allowed = Math.max(1, Math.floor(Math.max(typed.length, best?.candidate.length ?? 0) / 3));
  return best && best.distance <= allowed && best.distance < typed.length ? best.candidate : undefined;
}

/** Lists words in a sentence: `pip, uv or npm`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll("_", "-");
}

/** Optimal string alignment: insertions, deletions, substitutions, and swaps of neighbours, each 1. */
function distance(a: string, b: string): number {
  let twoAgo: number[] = [];
  let before = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const now = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(now[column - 1]! + 1, before[column]! + 1, before[column - 1]! + (same ? 0 : 1));
      if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
        cost = Math.min(cost, twoAgo[column - 2]! + 1);
      }
      now.push(cost);
    }
    twoAgo = before;
    before = now;
  }
  return before[b.length]!;
}
