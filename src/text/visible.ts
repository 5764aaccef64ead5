// Text of others (hosts, commands, file names) is shown as what it is: nothing in it moves a cursor, changes a colour, turns the reading
// direction round or begins a line of its own.

/**
 * Complete escape sequences of ECMA-48: CSI, the strings OSC, DCS, SOS, PM and APC with their ends, and the short ones. A string holds nothing
 * that begins another one: a text of beginnings without an end would else be read to its end from each of them.
 */
const SEQUENCES =
  /(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x90\x98\x9c-\x9f]*(?:\x07|\x1b\\|\x9c)|\x1b[ -/]*[0-Z\\^-~]/g;

/** What is left of control characters, but for newline and tab; marks that turn text round or are not seen at all. */
const HIDDEN = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;

/**
 * The text with escape sequences left out and every other hidden character written as a visible one: `␛`, `\x9b`, `\u202e`. Newlines
 * and tabs stay; `\r\n` is a newline.
 */
export function visible(text: string): string {
  // Most text has nothing to hide, and lines of builds come by the thousand.
  if (/^[\x20-\x7e\n\t]*$/.test(text)) return text;
  return text.toWellFormed().replaceAll("\r\n", "\n").replace(SEQUENCES, "").replace(HIDDEN, shown);
}

/** As {@link visible}, and on one line: a tab is two spaces, a newline `␊`. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll("\t", "  ").replaceAll("\n", "␊");
}

/** All texts of a value made visible, names of properties as well: for a report before it is written for people. */
export const visibleValues = <T>(value: T): T => mapTexts(value, visible, visible);

/** The same value with every text in it changed; names of properties stay, unless it is said how they change. */
export function mapTexts<T>(value: T, change: (text: string) => string, rename = (name: string) => name): T {
  if (typeof value === "string") return change(value) as T;
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change, rename)) as T;
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [rename(name), mapTexts(one, change, rename)]),
  ) as T;
}

/** JSON in which every hidden character is escaped: the same value, and safe on a terminal. */
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
