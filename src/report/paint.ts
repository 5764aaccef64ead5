// Colour, where it is wanted: every line reads the same without it.

export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const same = (text: string): string => text;
const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    text === "" ? "" : `\x1b[${on}m${text}\x1b[${off}m`;

export const uncoloured: Paint = { good: same, bad: same, warn: same, dim: same, bold: same };
export const coloured: Paint = {
  good: sgr(32, 39),
  bad: sgr(31, 39),
  warn: sgr(33, 39),
  dim: sgr(2, 22),
  bold: sgr(1, 22),
};

type Environment = Record<string, string | undefined>;

/** FORCE_COLOR first (`0` and `false` forbid), then NO_COLOR, then whether it is a terminal that can. */
export function wantsColour(stream: { isTTY?: boolean | undefined }, env: Environment): boolean {
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== "0" && force !== "false";
  if (env.NO_COLOR) return false;
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** Whether lines may be drawn over one another: on a terminal that a person looks at. */
export function wantsLive(stream: { isTTY?: boolean | undefined }, env: Environment): boolean {
  const ci = env.CI !== undefined && env.CI !== "" && env.CI !== "false" && env.CI !== "0";
  return stream.isTTY === true && env.TERM !== "dumb" && !ci;
}
