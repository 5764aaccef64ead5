// Runs a step of a workflow from its inputs to its end; the entry points define what it does.
import { relative } from "node:path";
import { setOutput, summary } from "@actions/core";
import { ConfigFailure } from "../config/load.ts";
import { EXIT_CODES, Failure, failureOf } from "../failure.ts";
import { type Context, openContext } from "../pipeline/context.ts";
import { publicNames, secretValues } from "../pipeline/secret-values.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { completeCommands } from "../report/invocation.ts";
import { type SummaryInput, summaryMarkdown } from "../report/summary.ts";
import { chooseStores } from "../stores/registry.ts";
import type { Declared, Values } from "./declared.ts";
import { readInputs, secretTexts } from "./inputs.ts";
import { callOfStep } from "./invocation.ts";
import { type StepLog, stepLog } from "./log.ts";
import { outputProblem } from "./outputs.ts";
import { type Saving, withSaving } from "./save-rule.ts";

export interface Step<I extends Record<string, Declared>> {
  inputs: Values<I>;
  progress: StepLog;
  /** Aborted when the job is cancelled. */
  signal: AbortSignal;
  /** Sets an output; undefined sets nothing. */
  output(name: string, value: string | boolean | undefined): void;
  /** Adds to the job's summary. */
  summarise(part: SummaryInput): void;
}

/** A step of an application: its configuration is read, and provides inputs that the step does not set. */
export interface ApplicationStep<I extends Record<string, Declared>> extends Step<I> {
  context: Context;
}

/** The inputs of every application's step. */
type Place = { directory: { kind: "text" }; config: { kind: "text" } };

/**
 * Runs a step of an application and ends the process: open keep-alive connections would delay its end for minutes.
 *
 * @param declared its inputs
 * @param work returns the exit code; an error that it throws fails the step
 * @param failed outputs of a step that failed in this way
 */
export function runStep<I extends Record<string, Declared> & Place>(
  declared: I,
  work: (step: ApplicationStep<I>) => Promise<number>,
  failed?: (failure: Failure) => Record<string, string>,
): Promise<never> {
  const started = async (step: Step<I>) => {
    const { directory, config } = step.inputs as Values<Place>;
    const { progress, signal } = step;
    const stores = chooseStores({ env: process.env });
    const context = await openContext({ directory, config, stores, progress, signal });
    progress.keep(publicNames(context.config));
    progress.hideNamed(secretValues(context.config, process.env));
    const inputs = readInputs(declared, process.env, context.config.defaults);
    const { save } = inputs as { save?: Saving | undefined };
    return work({ ...step, context: withSaving(context, save), inputs });
  };
  return runBareStep(declared, started, failed);
}

/** Runs a step that needs no tarlift.yml, and ends the process. */
export async function runBareStep<I extends Record<string, Declared>>(
  declared: I,
  work: (step: Step<I>) => Promise<number>,
  failed: (failure: Failure) => Record<string, string> = () => ({}),
): Promise<never> {
  const progress = stepLog();
  progress.hide(secretTexts(declared, process.env));
  const summarised: SummaryInput = {};
  let code: number;
  try {
    code = await work({
      inputs: readInputs(declared, process.env),
      progress,
      signal: stopSignal(),
      output: (name, value) => {
        if (value === undefined) return;
        const problem = outputProblem(name, String(value));
        if (problem) progress.warning(`the output ${name} is left empty: ${problem}`);
        else setOutput(name, value);
      },
      summarise: (part) => void Object.assign(summarised, part),
    });
  } catch (error) {
    const failure = withTypedRemedy(failureOf(error));
    reportFailure(failure, progress);
    for (const [name, value] of Object.entries(failed(failure))) setOutput(name, value);
    summarised.failure = failure;
    code = EXIT_CODES[failure.outcome];
  }
  progress.close();
  if (process.env.GITHUB_STEP_SUMMARY && Object.keys(summarised).length > 0)
    await summary.addRaw(summaryMarkdown({ ...summarised, mask: progress.maskValue }), true).write();
  process.exit(code);
}

/** For steps that change nothing: they can end at once. */
export function endsWhenCancelled({ signal }: { signal: AbortSignal }): void {
  signal.addEventListener("abort", () => process.exit(1));
}

/** Reports problems of tarlift.yml as annotations of their lines, and everything else as one annotation. */
function reportFailure(failure: Failure, progress: StepLog): void {
  if (!(failure instanceof ConfigFailure)) {
    progress.failure(failure);
    return;
  }
  const file = relative(process.env.GITHUB_WORKSPACE ?? process.cwd(), failure.file);
  for (const { line, path, message } of failure.problems)
    progress.failure({ what: path ? `${path}: ${message}` : message }, { file, line });
}

/** The same failure, with a remedy whose commands can be typed in a checkout. */
function withTypedRemedy(failure: Failure): Failure {
  if (failure.remedy === undefined || failure instanceof ConfigFailure) return failure;
  const { code, what, where, output, remedy, outcome, cause } = failure;
  return new Failure({
    code,
    what,
    where,
    output,
    outcome,
    cause,
    remedy: completeCommands(remedy, callOfStep(process.env)),
  });
}
