// Text of others that is too long to be shown whole. Where it was cut stands a mark: what hides secrets (mask.ts) knows by it that a part of
// one may stand there, and a reader that there was more.

/** Not an ellipsis by itself, which other programs print. */
export const CUT = "[…]";

/** The beginning of a text, with {@link CUT} where there was more. @param length characters at most, with the mark */
export function cutEnd(text: string, length: number): string {
  return text.length > length ? text.slice(0, length - CUT.length).toWellFormed() + CUT : text;
}

/** The end of a text, with {@link CUT} where there was more. @param length characters at most, with the mark */
export function cutStart(text: string, length: number): string {
  return text.length > length ? CUT + text.slice(CUT.length - length).toWellFormed() : text;
}
