import { z } from "zod";
import { cutEnd } from "../text/cut.ts";

/** Values of one JSON text: maps, lists and what is in them. An environment of 5 000 packages has 15 000. */
const MOST_VALUES = 200_000;
const MOST_LINES = 20;
const MOST_CHARACTERS = 4000;

/**
 * Reads JSON that comes from outside. Zod notes each value that is wrong, with some hundred bytes, and shows all of them: so what has too
 * many values is not looked at, and of what is wrong only the beginning is said.
 *
 * @returns the value, or in words what is wrong with it
 */
export function readJson<T>(text: string, schema: z.ZodType<T>): { value: T } | { wrong: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { wrong: "is not JSON" };
  }
  if (!hasAtMost(value, MOST_VALUES)) return { wrong: `has more than ${MOST_VALUES} values` };
  const { data, error } = schema.safeParse(value);
  if (error === undefined) return { value: data as T };
  const lines = cutEnd(z.prettifyError(error), MOST_CHARACTERS).split("\n").slice(0, MOST_LINES);
  return { wrong: `is not what Tarlift writes:\n${lines.join("\n")}` };
}

/** Whether a value consists of at most so many: of maps, lists and what is in them. */
export function hasAtMost(value: unknown, most: number): boolean {
  const open = [value];
  for (let count = 1; open.length > 0; count++) {
    if (count + open.length - 1 > most) return false;
    const one = open.pop();
    if (typeof one === "object" && one !== null) for (const inner of Object.values(one)) open.push(inner);
  }
  return true;
}
