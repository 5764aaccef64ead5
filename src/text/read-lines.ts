// Lines of a text that a host sends.

/**
 * One after the other, without their newlines: an answer may be a quarter of a gigabyte of newlines, and a list of as many lines ends this
 * process.
 */
export function* textLines(text: string): Generator<string> {
  let at = 0;
  for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", at)) {
    yield text.slice(at, end);
    at = end + 1;
  }
  if (at < text.length) yield text.slice(at);
}
