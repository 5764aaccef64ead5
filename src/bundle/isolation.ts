// Describes the checks of an artifact: how many passed, and how far they were isolated, which depends on the machine.
import type { CheckReport } from "./isolated-root.ts";

const WORDS = {
  mountNamespace: "private mounts",
  noNetwork: "no network",
  readOnly: "read-only",
  otherUser: "another user",
  pidNamespace: "own processes",
} as const satisfies Record<keyof CheckReport["held"], string>;

const namesOf = ({ held }: Pick<CheckReport, "held">, wanted: boolean): string[] =>
  (Object.keys(WORDS) as (keyof typeof WORDS)[]).filter((name) => held[name] === wanted).map((name) => WORDS[name]);

/** `2 passed; private mounts, read-only; NOT no network (…)`. */
export function checkLine(checkReport: CheckReport | undefined): string {
  return checkReport ? `${checkReport.checks.length} passed; ${isolationLine(checkReport)}` : "none ran";
}

/** How far the checks were isolated, and why no further. */
export function isolationLine(checkReport: CheckReport): string {
  const [held, lacking] = [namesOf(checkReport, true), namesOf(checkReport, false)];
  const why = checkReport.why.length > 0 ? ` (${checkReport.why.join("; ")})` : "";
  const open = lacking.length > 0 ? `; NOT ${lacking.join(", NOT ")}${why}` : "";
  return `${held.length > 0 ? held.join(", ") : "not isolated"}${open}`;
}

/**
 * A warning if the machine did not allow the whole isolation.
 *
 * @returns undefined if the isolation was complete, except for what a check itself requested (`network: true`)
 */
export function isolationWarning(checkReport: CheckReport): string | undefined {
  const asked = checkReport.checks.some(({ network }) => network);
  const lacking = namesOf(checkReport, false).filter((name) => !(asked && name === WORDS.noNetwork));
  if (lacking.length === 0) return undefined;
  return `the checks of the artifact were ${namesOf(checkReport, true).length === 0 ? "not isolated" : "isolated in part"}: ${isolationLine(checkReport)}. What reads or writes outside of the artifact may pass here and fail on hosts; \`require-isolation\` refuses such a machine`;
}
