// Values that a process has to keep out of everything that it writes.
import { ENVIRONMENT_KINDS } from "../artifact/format.ts";
import { COMPATIBLE_OUTCOMES } from "../compatible/result.ts";
import { FAILURE_CODES } from "../failure-codes.ts";
import { OUTCOME_EXIT, PHASES } from "../fleet/report.ts";
import { EVIDENCE_LEVELS, RELEASE_STATES } from "../host/host.ts";
import { ENVIRONMENT_USES } from "../installers/schema.ts";
import { ADOPTION_OUTCOMES, HOST_COURSES, SETUP_OUTCOMES } from "../operations/outcomes.ts";
import type { Progress, Task } from "../progress.ts";
import { maskSecrets, SHORTEST_SECRET, secretForms } from "../text/mask.ts";
import { mapTexts, visible } from "../text/visible.ts";

export interface Hidden {
  /**
   * Masks these texts from now on.
   *
   * @returns all masked forms, for a runner that masks by itself
   */
  hide(values: readonly string[]): string[];
  /** Public names: of the application, its targets and hosts. In structures they are not masked. */
  keep(names: readonly string[]): void;
  /** Masks text for people. */
  mask(text: string): string;
  /** Masks one value of a structure, unless the whole text is a word of Tarlift or a kept name. */
  maskValue(text: string): string;
  /** Masks the texts of a structure. Property names, numbers and what {@link maskValue} keeps stay. */
  maskValues<T>(value: T): T;
}

/** Words by which programs decide, and which disclose nothing: all that a field of a report may have as its value. */
const OWN_WORDS: readonly string[] = [FAILURE_CODES, OUTCOME_EXIT]
  .flatMap(Object.keys)
  .concat(
    PHASES,
    EVIDENCE_LEVELS,
    RELEASE_STATES,
    HOST_COURSES,
    ADOPTION_OUTCOMES,
    SETUP_OUTCOMES,
    COMPATIBLE_OUTCOMES,
    ENVIRONMENT_KINDS,
    ENVIRONMENT_USES,
  );

/** Hides nothing at first. */
export function hiding(): Hidden {
  const secrets = new Set<string>();
  const kept = new Set<string>(OWN_WORDS);
  let masked = (text: string) => text;
  const mask = (text: string) => masked(text);
  const maskValue = (text: string) => (kept.has(text) ? text : mask(text));
  return {
    hide(values) {
      for (const value of values) secrets.add(value);
      masked = maskSecrets(secrets);
      return secretForms(values);
    },
    keep(names) {
      for (const name of names) kept.add(name);
    },
    mask,
    maskValue,
    maskValues: (value) => mapTexts(value, maskValue),
  };
}

/** The warning about secrets that are too short to mask. @param secrets values by name */
export function tooShortToHide(secrets: Readonly<Record<string, string>>): string | undefined {
  const short = Object.entries(secrets).filter(([, value]) => value !== "" && value.trim().length < SHORTEST_SECRET);
  if (short.length === 0) return undefined;
  const names = short.map(([name]) => name).join(", ");
  return `${names}: a value of fewer than ${SHORTEST_SECRET} characters cannot be hidden in logs; use a longer one, or make it a variable`;
}

/** The same listener, with masked texts. */
export function maskedProgress(progress: Progress, { mask }: Pick<Hidden, "mask">): Progress {
  // Masks before and after hidden characters are made visible: a secret may contain some, and another one may only be
  // found without them.
  const shown = (text: string) => mask(visible(mask(text)));
  const maybe = (text: string | undefined) => (text === undefined ? undefined : shown(text));
  return {
    task(title, options): Task {
      const task = progress.task(shown(title), options);
      return {
        update: (state) => task.update(state),
        line: (text) => task.line(shown(text)),
        end: (detail) => task.end(maybe(detail)),
        fail: (detail) => task.fail(maybe(detail)),
      };
    },
    notice: (message) => progress.notice(shown(message)),
    warning: (message, location) => progress.warning(shown(message), location),
  };
}
