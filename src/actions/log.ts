// How a step of a workflow tells what it does, and what nobody must read in it.
import * as core from "@actions/core";
import { maskSecrets } from "../report/mask.ts";
import { type RunnerProgress, runnerProgress } from "../report/runner.ts";
import { withLines } from "./inputs.ts";

export interface StepLog extends RunnerProgress {
  /** From here on these texts, and their lines, are masked: by the runner, and in what is written for it. */
  hide(values: readonly string[]): void;
  mask(text: string): string;
}

export function stepLog(): StepLog {
  const hidden: string[] = [];
  let masked = maskSecrets(hidden);
  const mask = (text: string) => masked(text);
  return {
    ...runnerProgress(core, { mask }),
    mask,
    hide(values) {
      const texts = withLines(values);
      for (const text of texts) core.setSecret(text);
      hidden.push(...texts);
      masked = maskSecrets(hidden);
    },
  };
}
