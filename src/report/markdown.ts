// Text of other programs in Markdown: it is shown as text, whatever it contains.
import { cutEnd } from "../text/cut.ts";
import { visible, visibleLine } from "../text/visible.ts";

const LONGEST = 400;

/**
 * Writes all characters with a meaning in Markdown, its tables, HTML, mathematics and mentions as entities, even inside
 * words.
 */
export function plainText(text: string): string {
  return cutEnd(visibleLine(text), LONGEST)
    .replace(/[&<>"'`*_[\]\\|~@$#]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll("://", "&#58;//");
}

/** A name in the style of code. */
export const code = (text: string): string => `<code>${plainText(text)}</code>`;

/** A sentence of Tarlift: text between backticks is code, everything else is plain text. */
export const prose = (text: string): string =>
  visibleLine(text)
    .split(/`([^`]+)`/)
    .map((part, n) => (n % 2 === 1 ? code(part) : plainText(part)))
    .join("");

/** Several lines, unchanged, in a fence that they cannot close. */
export function fenced(text: string, language = ""): string {
  const shown = visible(text);
  let longest = 2;
  for (const [run] of shown.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${shown.trimEnd()}\n${fence}`;
}

/** A table; cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** A link, if the address is a web address. */
export function link(text: string, url: string | undefined): string {
  return url !== undefined && /^https?:\/\/[\w.~:/?#@!$&+,;=%-]+$/.test(url) ? `[${text}](${url})` : text;
}
