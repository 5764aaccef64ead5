// src/report/width.ts
let segmenter;
/** Made when it is first needed: it takes longer than all that a deploy has to say. */
function graphemes(text) {
	segmenter ??= new Intl.Segmenter(void 0, { granularity: "grapheme" });
	return segmenter.segment(text);
}
/** East Asian wide and full-width characters (Unicode's EastAsianWidth.txt, by blocks) and what is drawn as an emoji. */
const WIDE = /^(?:[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\p{Extended_Pictographic}\ufe0f)/u;
/** Latin letters, dashes, quotes and the ellipsis: one character, one cell. */
const NARROW = /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027]*$/;
const NONE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u;
/** Cells that visible text takes on a terminal. */
function widthOf(text) {
	if (NARROW.test(text)) return text.length;
	let width = 0;
	for (const { segment } of graphemes(text)) width += cellsOf(segment);
	return width;
}
/** The text in at most this many cells, with `…` at its end where it was cut. */
function shorten(text, cells) {
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
const pad = (text, cells) => text + " ".repeat(Math.max(0, cells - widthOf(text)));
function cellsOf(grapheme) {
	if (NONE.test(grapheme)) return 0;
	return WIDE.test(grapheme) ? 2 : 1;
}
/**
* A sentence on several lines, broken between words, further lines indented by two more. A word that is longer than a line stays whole: it
* may be a path that a reader copies.
*/
function wrap(line, columns) {
	if (cells(line) <= columns) return [line];
	const indent = /^ */.exec(line)[0];
	const lines = [];
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
const cells = (text) => widthOf(text.replaceAll(/\x1b\[\d+m/g, ""));

// src/report/paint.ts
const same = (text) => text;
const sgr = (on, off) => (text) => text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;
const uncoloured = {
	good: same,
	bad: same,
	warn: same,
	dim: same,
	bold: same
};
const coloured = {
	good: sgr(32, 39),
	bad: sgr(31, 39),
	warn: sgr(33, 39),
	dim: sgr(2, 22),
	bold: sgr(1, 22)
};
/** FORCE_COLOR first (`0` and `false` forbid), then NO_COLOR, then whether it is a terminal that can. */
function wantsColour(stream, env) {
	const force = env.FORCE_COLOR;
	if (force !== void 0) return force !== "0" && force !== "false";
	if (env.NO_COLOR) return false;
	return stream.isTTY === true && env.TERM !== "dumb";
}
/** Whether lines may be drawn over one another: on a terminal that a person looks at. */
function wantsLive(stream, env) {
	const ci = env.CI !== void 0 && env.CI !== "" && env.CI !== "false" && env.CI !== "0";
	return stream.isTTY === true && env.TERM !== "dumb" && !ci;
}

// src/report/table.ts
/** Lines with two spaces between columns and none at the end. Cells hold visible text; a newline in one is shown as a mark. */
function table(cells) {
	const rows = cells.map((row) => row.map((cell) => cell.replaceAll("\n", "␊")));
	const widths = [];
	for (const row of rows) for (const [n, cell] of row.entries()) widths[n] = Math.max(widths[n] ?? 0, widthOf(cell));
	return rows.map((row) => row.map((cell, n) => pad(cell, widths[n] ?? 0)).join("  ").trimEnd());
}

export { wantsLive as a, widthOf as c, wantsColour as i, wrap as l, coloured as n, pad as o, uncoloured as r, shorten as s, table as t };