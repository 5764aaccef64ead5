// The only format of a duration: in tarlift.yml, in inputs of actions and in options of the command.

/** The accepted forms. Every message that refuses another form uses this text. */
export const DURATION_FORMS = "a time: seconds as a number, or with units as in 90s, 5m, 1h30m; at most 7 days";

/** Seconds. Timers of Node are limited to 24 days, and a typing error should not keep a lock for a month. */
export const LONGEST_DURATION = 7 * 24 * 3600;

/**
 * Seconds alone, or hours, minutes and seconds in this order, each at most once, with or without a space between them.
 */
export const DURATION =
  /^(?:\d{1,7}(?:\.\d{1,6})?|(?=\d)(?:(\d{1,7}(?:\.\d{1,6})?) ?h)?(?: ?(\d{1,7}(?:\.\d{1,6})?) ?m)?(?: ?(\d{1,7}(?:\.\d{1,6})?) ?s)?)$/;

/** @returns seconds; undefined for a text that is no duration, or is longer than {@link LONGEST_DURATION} */
export function parseDuration(text: string): number | undefined {
  const found = DURATION.exec(text);
  if (!found) return undefined;
  const [, hours, minutes, seconds] = found;
  const alone = hours === undefined && minutes === undefined && seconds === undefined;
  const total = alone ? Number(text) : Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return total <= LONGEST_DURATION ? total : undefined;
}
