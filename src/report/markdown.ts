// Text of others in Markdown: it is read as text, whatever is in it.
import { cutEnd } from "../text/cut.ts";
import { visible, visibleLine } from "../text/visible.ts";

const LONGEST = 400;

/** What Markdown, its tables, HTML, mathematics and mentions are made of, as entities: never structure, also inside of words. */
export function plainText(text: string): string {
  return cutEnd(visibleLine(text), LONGEST)
    .replace(/[&<>"'`*_[\]\\|~@$#]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll("://", "&#58;//");
}

/** A name in the style of code. */
export const code = (text: string): string => `<code>${plainText(text)}</code>`;

/** A sentence of ours: what stands between backticks in it is code, everything else is text. */
export const prose = (text: string): string =>
  visibleLine(text)
    .split(/`([^`]+)`/)
    .map((part, n) => (n % 2 === 1 ? code(part) : plainText(part)))
    .join("");

/** Several lines as they are, in a fence that they cannot close. */
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

/** A link, where the address is one of the web. */
export function link(text: string, url: string | undefined): string {
  return url !== undefined && /^https?:\/\/[\w.~:/?#@!$&+,;=%-]+$/.test(url) ? `[${text}](${url})` : text;
}
