// Values of options, parsed before anything is done: an invalid value is refused, and the valid forms are named.

import { Failure } from "../failure.ts";
import { DURATION_FORMS, parseDuration } from "../schema/duration.ts";

/**
 * @returns a function that parses an option's value as seconds
 * @throws Failure (refused) naming the option and the forms of a duration
 */
export const durationOf = (option: string) => (text: string) => {
  const seconds = parseDuration(text.trim());
  if (seconds !== undefined) return seconds;
  throw unreadable(option, text, DURATION_FORMS);
};

/** Like {@link durationOf}, for a time limit, which must be more than zero. */
export const timeLimitOf = (option: string) => (text: string) => {
  const seconds = durationOf(option)(text);
  if (seconds > 0) return seconds;
  throw unreadable(option, text, `${DURATION_FORMS}, and more than 0`);
};

/**
 * @returns a function that parses an option's value as a whole number in these bounds
 * @throws Failure (refused) naming both
 */
export const countOf = (option: string, least: number, most: number) => (text: string) => {
  const count = /^\d{1,6}$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw unreadable(option, text, `a whole number from ${least} to ${most}`);
};

const unreadable = (option: string, text: string, expected: string) =>
  new Failure({
    code: "input-invalid",
    what: `${option} is ${JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}…` : text)}, and should be ${expected}`,
    outcome: "refused",
  });
