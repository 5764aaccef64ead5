// Reads the lines of a text that a host sent.

/**
 * Yields one line after the other, without newlines. A reply may be a quarter of a gigabyte of newlines, and an array
 * of that many lines would crash this process.
 */
export function* textLines(text: string): Generator<string> {
  let at = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", at)) {
    yield text.slice(at, end);
    at = end + 1;
  }
  if (at < text.length) yield text.slice(at);
}
