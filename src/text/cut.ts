// Text of other programs that is too long to show. A mark shows where it was cut: a reader sees that there was more,
// and the code that masks secrets (mask.ts) knows that part of a secret may be next to it.

/** Not an ellipsis alone: other programs print that. */
export const CUT = "[…]";

/**
 * The beginning of a text, with {@link CUT} if it was cut.
 *
 * @param length maximum number of characters, including the mark
 */
export function cutEnd(text: string, length: number): string {
  return text.length > length ? text.slice(0, length - CUT.length).toWellFormed() + CUT : text;
}

/** The end of a text, with {@link CUT} if it was cut. @param length maximum number of characters, including the mark */
export function cutStart(text: string, length: number): string {
  return text.length > length ? CUT + text.slice(CUT.length - length).toWellFormed() : text;
}
