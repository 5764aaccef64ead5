// Describes the checks of an artifact: how many passed, and how far they were isolated, which depends on the machine.
import type { TryOutReport } from "./isolated-root.ts";

const WORDS = {
  mountNamespace: "private mounts",
  noNetwork: "no network",
  readOnly: "read-only",
  otherUser: "another user",
  pidNamespace: "own processes",
} as const satisfies Record<keyof TryOutReport["held"], string>;

const namesOf = ({ held }: Pick<TryOutReport, "held">, wanted: boolean): string[] =>
  (Object.keys(WORDS) as (keyof typeof WORDS)[]).filter((name) => held[name] === wanted).map((name) => WORDS[name]);

/** `2 passed; private mounts, read-only; NOT no network (…)`. */
export function checkLine(tryOut: TryOutReport | undefined): string {
  return tryOut ? `${tryOut.checks.length} passed; ${isolationLine(tryOut)}` : "none ran";
}

/** How far the checks were isolated, and why no further. */
export function isolationLine(tryOut: TryOutReport): string {
  const [held, lacking] = [namesOf(tryOut, true), namesOf(tryOut, false)];
  const why = tryOut.why.length > 0 ? ` (${tryOut.why.join("; ")})` : "";
  const open = lacking.length > 0 ? `; NOT ${lacking.join(", NOT ")}${why}` : "";
  return `${held.length > 0 ? held.join(", ") : "not isolated"}${open}`;
}

/**
 * A warning if the machine did not allow the whole isolation.
 *
 * @returns undefined if the isolation was complete, except for what a check itself requested (`network: true`)
 */
export function isolationWarning(tryOut: TryOutReport): string | undefined {
  const asked = tryOut.checks.some(({ network }) => network);
  const lacking = namesOf(tryOut, false).filter((name) => !(asked && name === WORDS.noNetwork));
  if (lacking.length === 0) return undefined;
  return `the checks of the artifact were ${namesOf(tryOut, true).length === 0 ? "not isolated" : "isolated in part"}: ${isolationLine(tryOut)}. What reads or writes outside of the artifact may pass here and fail on hosts; \`require-isolation\` refuses such a machine`;
}
