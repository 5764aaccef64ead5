// Colours, if they are wanted: every line is complete without them.
import { styleText } from "node:util";

export interface Paint {
  good(text: string): string;
  bad(text: string): string;
  warn(text: string): string;
  dim(text: string): string;
  bold(text: string): string;
}

const same = (text: string): string => text;
/** @param format one or more of node:util's `styleText` */
const styled =
  (format: Parameters<typeof styleText>[0]) =>
  (text: string): string =>
    // wantsColour decides whether colours are wanted.
    text === "" ? "" : styleText(format, text, { validateStream: false });

export const uncoloured: Paint = { good: same, bad: same, warn: same, dim: same, bold: same };
export const coloured: Paint = {
  good: styled("green"),
  bad: styled("red"),
  warn: styled("yellow"),
  dim: styled("dim"),
  bold: styled("bold"),
};

type Environment = Record<string, string | undefined>;

/** FORCE_COLOR first (`0` and `false` forbid), then NO_COLOR, then whether the stream is a terminal with colours. */
export function wantsColour(stream: { isTTY?: boolean | undefined }, env: Environment): boolean {
  const force = env.FORCE_COLOR;
  if (force !== undefined) return force !== "0" && force !== "false";
  if (env.NO_COLOR) return false;
  return stream.isTTY === true && env.TERM !== "dumb";
}

/** Whether lines may be redrawn: on a terminal that a person reads. */
export function wantsLive(stream: { isTTY?: boolean | undefined }, env: Environment): boolean {
  const ci = env.CI !== undefined && env.CI !== "" && env.CI !== "false" && env.CI !== "0";
  return stream.isTTY === true && env.TERM !== "dumb" && !ci;
}
