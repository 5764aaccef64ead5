// How a step of a workflow tells what it does, and what nobody must read in it.
import * as core from "@actions/core";
import { type Hidden, hiding, tooShortToHide } from "../report/hidden.ts";
import { type RunnerProgress, runnerProgress } from "../report/runner.ts";

export interface StepLog extends RunnerProgress, Omit<Hidden, "hide"> {
  /** From here on these texts are masked: by the runner, and in what is written for it. */
  hide(values: readonly string[]): void;
  /** The same of values by name; what is too short to be hidden is a warning. */
  hideNamed(values: Readonly<Record<string, string>>): void;
}

export function stepLog(): StepLog {
  const hidden = hiding();
  const progress = runnerProgress(core, { mask: hidden.mask });
  const told = new Set<string>();
  const hide = (values: readonly string[]) => {
    for (const form of hidden.hide(values)) {
      if (!told.has(form)) core.setSecret(form);
      told.add(form);
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
