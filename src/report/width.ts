// The width of text on a terminal, and how to cut it there: by what a person sees as one character. string-width does
// the same, but creates its segmenter when it is loaded, which takes longer than all output of a deploy.
import { stripVTControlCharacters } from "node:util";
import { eastAsianWidth } from "get-east-asian-width";

let segmenter: Intl.Segmenter | undefined;

/** The segmenter is created when it is first needed. */
function graphemes(text: string): Iterable<Intl.SegmentData> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** A character that is drawn as an emoji takes two cells, whatever its own width. */
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)/u;
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

/** The text in at most this many cells, with `…` at its end if it was cut. */
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

/** Like `padEnd`, by cells. */
export const pad = (text: string, cells: number): string => text + " ".repeat(Math.max(0, cells - widthOf(text)));

function cellsOf(grapheme: string): number {
  if (NONE.test(grapheme)) return 0;
  return EMOJI.test(grapheme) ? 2 : eastAsianWidth(grapheme.codePointAt(0)!);
}

/**
 * Wraps a sentence between words; further lines are indented by two more. A word that is longer than a line stays
 * whole: it may be a path that a reader copies.
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

/** Colour codes take no cells. */
const cells = (text: string): number => widthOf(stripVTControlCharacters(text));
