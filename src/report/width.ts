// How wide text is on a terminal, and how it is cut there: by what a person sees as one character.

let segmenter: Intl.Segmenter | undefined;

/** Made when it is first needed: it takes longer than all that a deploy has to say. */
function graphemes(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** East Asian wide and full-width characters (Unicode's EastAsianWidth.txt, by blocks) and what is drawn as an emoji. */
const WIDE =
  /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)/u;
/** Latin letters, dashes, quotes and the ellipsis: one character, one cell. */
const NARROW = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027]*$/;
const NONE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;

/** Cells that visible text takes on a terminal. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes(text)) width += cellsOf(segment);
  return width;
}

/** The text in at most this many cells, with `…` at its end where it was cut. */
export function shorten(text: string, cells: number): string {
  if (widthOf(text) <= cells) return text;
  if (cells < 1) return "";
  let kept = "";
  let width = 0;
  for (const { segment } of graphemes(text)) {
    width += cellsOf(segment);
    if (width > cells - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** As `padEnd`, by cells. */
export const pad = (text: string, cells: number): string => text + " ".repeat(Math.max(0, cells - widthOf(text)));

function cellsOf(grapheme: string): number {
  if (NONE.test(grapheme)) return 0;
  return WIDE.test(grapheme) ? 2 : 1;
}

/**
 * A sentence on several lines, broken between words, further lines indented by two more. A word that is longer than a line stays whole: it
 * may be a path that a reader copies.
 */
export function wrap(line: string, columns: number): string[] {
  if (cells(line) <= columns) return [line];
  const indent = /^ */.exec(line)![0];
  const lines: string[] = [];
  let current = indent;
  for (const word of line.trim().split(" ")) {
    const empty = current.trim() === "";
    if (!empty && cells(current) + 1 + cells(word) > columns) {
      lines.push(current);
      current = `${indent}  ${word}`;
    } else current += empty ? word : ` ${word}`;
  }
  return [...lines, current];
}

/** Colours take no cells. */
const cells = (text: string): number => widthOf(text.replaceAll(/\x1b\[\d+m/g, ""));
