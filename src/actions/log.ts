// Writes the log of a workflow step, and masks secrets in it.
import * as core from "@actions/core";
import { type Hidden, hiding, tooShortToHide } from "../report/hidden.ts";
import { type RunnerProgress, runnerProgress } from "../report/runner.ts";

export interface StepLog extends RunnerProgress, Omit<Hidden, "hide"> {
  /** Masks these texts from now on: by the runner, and in what is written for it. */
  hide(values: readonly string[]): void;
  /** The same for values by name, with a warning for those that are too short to mask. */
  hideNamed(values: Readonly<Record<string, string>>): void;
}

export function stepLog(): StepLog {
  const hidden = hiding();
  const progress = runnerProgress(core, { mask: hidden.mask });
  const registered = new Set<string>();
  const hide = (values: readonly string[]) => {
    for (const form of hidden.hide(values)) {
      if (!registered.has(form)) core.setSecret(form);
      registered.add(form);
    }
  };
  return {
    ...hidden,
    ...progress,
    hide,
    hideNamed(values) {
      hide(Object.values(values));
      const short = tooShortToHide(values);
      if (short) progress.warning(short);
    },
  };
}
