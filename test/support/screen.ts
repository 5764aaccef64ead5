// A terminal in memory: as much of ECMA-48 as a renderer may use here, and an error for anything else.
export interface TestScreen {
  columns: number;
  rows: number;
  write(text: string): boolean;
  /** What a person sees: all lines since the beginning, without blanks at their ends. */
  lines(): string[];
  /** Every write as it was. */
  writes: string[];
  cursorHidden: boolean;
}

/** Wide characters take two cells: enough of them for tests. */
const cells = (character: string): number => (/[\u3040-\u30ff\u4e00-\u9fff]/.test(character) ? 2 : 1);

export function testScreen(columns = 80, rows = 24): TestScreen {
  let text: string[][] = [[]];
  let line = 0;
  let column = 0;
  const put = (character: string) => {
    if (column + cells(character) > screen.columns) feed();
    const row = text[line]!;
    while (row.length < column) row.push(" ");
    row[column] = character;
    if (cells(character) === 2) row[column + 1] = "";
    column += cells(character);
  };
  const feed = () => {
    line++;
    column = 0;
    text[line] ??= [];
  };
  const control = (parameters: string, final: string) => {
    const count = Number(parameters || 1);
    if (final === "m") return;
    if (final === "A") line = Math.max(0, line - count, text.length - screen.rows);
    else if (final === "K") text[line] = text[line]!.slice(0, column);
    else if (final === "J") text = [...text.slice(0, line), text[line]!.slice(0, column)];
    else if (parameters === "?25" && (final === "l" || final === "h")) screen.cursorHidden = final === "l";
    else throw new Error(`the screen does not know ESC [ ${parameters} ${final}`);
  };
  const screen: TestScreen = {
    columns,
    rows,
    writes: [],
    cursorHidden: false,
    write(written) {
      screen.writes.push(written);
      for (const [token, parameters, final] of written.matchAll(/\x1b\[([?\d;]*)([A-Za-z])|./gsu)) {
        if (final !== undefined) control(parameters ?? "", final);
        else if (token === "\r") column = 0;
        else if (token === "\n") feed();
        else if (token < " ") throw new Error(`the screen was sent the control character ${JSON.stringify(token)}`);
        else put(token);
      }
      return true;
    },
    lines: () => {
      const shown = text.map((row) => row.join("").trimEnd());
      while (shown.at(-1) === "") shown.pop();
      return shown;
    },
  };
  return screen;
}
