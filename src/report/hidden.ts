// What one process has to keep out of everything that it writes.
import { FAILURE_CODES } from "../failure-codes.ts";
import { OUTCOME_EXIT } from "../fleet/report.ts";
import type { Progress, Task } from "../progress.ts";
import { maskSecrets, SHORTEST_SECRET, secretForms } from "../text/mask.ts";
import { mapTexts, visible } from "../text/visible.ts";
import { RUNGS } from "./outcome-text.ts";

export interface Hidden {
  /**
   * From here on these texts are masked.
   *
   * @returns the forms in which they are, for a runner that masks by itself
   */
  hide(values: readonly string[]): string[];
  /** Names that everybody may read: of the application, its targets and hosts. In structures they stay what they are. */
  keep(names: readonly string[]): void;
  /** Masks text that is shown to people. */
  mask(text: string): string;
  /** Masks one value of a structure: a text that is, as a whole, a word of Tarlift's own or a kept name stays. */
  maskValue(text: string): string;
  /** Masks the texts of a structure; names of properties, numbers and what {@link maskValue} keeps stay. */
  maskValues<T>(value: T): T;
}

/** What programs decide by, and what discloses nothing. */
const OWN_WORDS = [
  ...Object.keys(FAILURE_CODES),
  ...Object.keys(OUTCOME_EXIT),
  ...Object.keys(RUNGS),
  ...["survey", "repair", "prepare", "migrate", "drain", "activate", "verify", "undrain", "watch", "commit"],
  ...["receiving", "prepared", "active", "good", "healthy", "path", "tree", "run", "build", "revert"],
];

/** Nothing is hidden yet. */
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

/** What to warn of: secrets of which masking would hide nothing. @param secrets values by name */
export function tooShortToHide(secrets: Readonly<Record<string, string>>): string | undefined {
  const short = Object.entries(secrets).filter(([, value]) => value !== "" && value.trim().length < SHORTEST_SECRET);
  if (short.length === 0) return undefined;
  const names = short.map(([name]) => name).join(", ");
  return `${names}: a value of fewer than ${SHORTEST_SECRET} characters cannot be hidden in logs; use a longer one, or make it a variable`;
}

/** The same listener, which is told nothing that is hidden. */
export function maskedProgress(progress: Progress, { mask }: Pick<Hidden, "mask">): Progress {
  // Before hidden characters are taken out, and after: a secret may hold some, and one may be found only without them.
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
    warning: (message, place) => progress.warning(shown(message), place),
  };
}
