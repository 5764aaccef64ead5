// Tables of text: each column is as wide as its widest cell.
import { pad, widthOf } from "./width.ts";

/**
 * Lines with two spaces between columns and none at the end. Cells contain visible text; a newline in a cell is shown
 * as a mark.
 */
export function table(cells: readonly (readonly string[])[]): string[] {
  const rows = cells.map((row) => row.map((cell) => cell.replaceAll("\n", "␊")));
  const widths: number[] = [];
  for (const row of rows) for (const [n, cell] of row.entries()) widths[n] = Math.max(widths[n] ?? 0, widthOf(cell));
  return rows.map((row) =>
    row
      .map((cell, n) => pad(cell, widths[n] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
