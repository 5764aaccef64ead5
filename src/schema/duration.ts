// The one way in which a time is written: in tarlift.yml, in an action's inputs and in the options of the command.

/** What is accepted, in the words of every message that refuses something else. */
export const DURATION_FORMS = "a time: seconds as a number, or with units as in 90s, 5m, 1h30m; at most 7 days";

/** Seconds. Timers of Node end at 24 days, and a slip of the keyboard should not hold a lock for a month. */
export const LONGEST_DURATION = 7 * 24 * 3600;

/** Seconds alone, or hours, minutes and seconds in this order, each at most once, with a space between them or none. */
export const DURATION =
  /^(?:\d{1,7}(?:\.\d{1,6})?|(?=\d)(?:(\d{1,7}(?:\.\d{1,6})?) ?h)?(?: ?(\d{1,7}(?:\.\d{1,6})?) ?m)?(?: ?(\d{1,7}(?:\.\d{1,6})?) ?s)?)$/;

/** @returns seconds; undefined for a text that is no time, or a longer one than {@link LONGEST_DURATION} */
export function parseDuration(text: string): number | undefined {
  const found = DURATION.exec(text);
  if (!found) return undefined;
  const [, hours, minutes, seconds] = found;
  const alone = hours === undefined && minutes === undefined && seconds === undefined;
  const total = alone ? Number(text) : Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return total <= LONGEST_DURATION ? total : undefined;
}
