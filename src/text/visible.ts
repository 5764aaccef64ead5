// Makes text of other programs (hosts, commands, file names) safe to show: it cannot move the cursor, change colours,
// reverse the reading direction or start a new line.

/**
 * Complete escape sequences of ECMA-48: CSI, the strings OSC, DCS, SOS, PM and APC with their terminators, and the
 * short ones. The pattern of a string excludes the start of another one: otherwise a text of many starts without a
 * terminator would be read to its end from each of them.
 */
const SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-Z\\^-~]/g;

/**
 * All other control characters except newline and tab, marks that change the text direction, and invisible characters.
 */
const HIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * Removes escape sequences and writes every other hidden character as a visible one: `␛`, `\x9b`, `\u202e`. Newlines
 * and tabs stay; `\r\n` becomes a newline.
 */
export function visible(text: string): string {
  // Most text has nothing to hide, and builds print thousands of lines.
  if (/^[\x20-\x7e\n\t]*$/.test(text)) return text;
  return text.toWellFormed().replaceAll("\r\n", "\n").replace(SEQUENCES, "").replace(HIDDEN, shown);
}

/** As {@link visible}, and on one line: a tab becomes two spaces, a newline `␊`. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll("\t", "  ").replaceAll("\n", "␊");
}

/** Makes all texts of a value visible, including property names: for a report that people read. */
export const visibleValues = <T>(value: T): T => mapTexts(value, visible, visible);

/** A copy of the value in which every text is changed. Property names stay, unless `rename` changes them. */
export function mapTexts<T>(value: T, change: (text: string) => string, rename = (name: string) => name): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change, rename)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [rename(name), mapTexts(one, change, rename)]),
  ) as T;
}

/** JSON in which every hidden character is escaped: the value is the same, and the text is safe on a terminal. */
export function visibleJson(value: unknown): string {
  return JSON.stringify(value, null, 2).replace(HIDDEN, (character) =>
    [...Array(character.length).keys()]
      .map((n) => `\\u${character.charCodeAt(n).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

function shown(character: string): string {
  const code = character.codePointAt(0)!;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return "␡";
  if (code < 0xa0) return `\\x${code.toString(16)}`;
  return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, "0")}`;
}
