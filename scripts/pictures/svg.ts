// The few parts of SVG that the pictures of the documentation are made of. Every picture is one file without scripts, fonts or links, so that
// GitHub shows it, and follows the reader's light or dark setting.

/** Text as it may stand in an element or an attribute. Control characters, which XML does not allow, become `?`. */
export const escapeText = (text: string): string =>
  text
    .replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, "?")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");

interface Colours {
  paper: string;
  ink: string;
  soft: string;
  line: string;
  box: string;
  mark: string;
}

const LIGHT: Colours = {
  paper: "#ffffff",
  ink: "#1f2328",
  soft: "#59636e",
  line: "#8c959f",
  box: "#f6f8fa",
  mark: "#ddf4ff",
};
const DARK: Colours = {
  paper: "#0d1117",
  ink: "#f0f6fc",
  soft: "#9198a1",
  line: "#656c76",
  box: "#151b23",
  mark: "#12304f",
};

/** Not by CSS variables, which some programs that show SVG do not know. */
const coloured = ({ paper, ink, soft, line, box, mark }: Colours): string =>
  [
    `.paper{fill:${paper}} text{fill:${ink}} .soft{fill:${soft}} .head{fill:${line}}`,
    `.box{fill:${box};stroke:${line}} .mark{fill:${mark};stroke:${line}} .arrow{fill:none;stroke:${line}}`,
  ].join(" ");

const DIAGRAM_STYLE = [
  'text{font:14px ui-sans-serif,system-ui,-apple-system,"Segoe UI","DejaVu Sans",sans-serif}',
  ".strong{font-weight:600} .soft{font-size:12px} .arrow{stroke-width:1.5}",
  '.code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace} .small{font-size:12px}',
  coloured(LIGHT),
  `@media (prefers-color-scheme: dark) { ${coloured(DARK)} }`,
].join("\n");

/**
 * A diagram.
 *
 * @param size in pixels
 * @param title what the picture shows, for readers who cannot see it
 * @param parts elements, each complete
 */
export function diagram(size: { width: number; height: number }, title: string, parts: readonly string[]): string {
  return document(size, title, DIAGRAM_STYLE, [
    `<rect class="paper" width="${size.width}" height="${size.height}" rx="6"/>`,
    ...parts,
  ]);
}

/** A whole SVG file. @param style its CSS @param parts elements, each complete */
export function document(
  { width, height }: { width: number; height: number },
  title: string,
  style: string,
  parts: readonly string[],
): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeText(title)}">`,
    `<title>${escapeText(title)}</title>`,
    `<style>${style.trim()}</style>`,
    ...parts,
    "</svg>\n",
  ].join("\n");
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A rectangle. @param mark stands out from the other ones */
export const box = ({ x, y, width, height }: Box, mark = false): string =>
  `<rect class="${mark ? "mark" : "box"}" x="${x}" y="${y}" width="${width}" height="${height}" rx="4"/>`;

/** One line of text. @param classes of strong, soft, code; separated by blanks */
export const label = (x: number, y: number, text: string, classes = "", anchor = "start"): string =>
  `<text x="${x}" y="${y}" text-anchor="${anchor}"${classes ? ` class="${classes}"` : ""}>${escapeText(text)}</text>`;

/** A horizontal arrow. */
export const arrow = (from: number, to: number, y: number): string =>
  `<path class="arrow" d="M${from} ${y}H${to - 7}"/><path class="head" d="M${to} ${y}l-8 -4v8z"/>`;
