// actions/run: runs one command in the live release's environment, with its configuration.

import { Failure } from "../failure.ts";
import { run } from "../operations/run.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { keepLines } from "../subprocess/kept-lines.ts";
import { DECLARED } from "./declared.ts";
import { fleetOptions } from "./hosts.ts";
import { reportErrors } from "./problems.ts";
import { endsWhenCancelled, runStep } from "./step.ts";

/** Maximum number of characters of the output for later steps; the log has all of it. */
const OUTPUT_LIMIT = 100_000;

await runStep(DECLARED.run, async (step) => {
  const { context, inputs, output, progress } = step;
  endsWhenCancelled(step);
  const { command, role, all, timeout } = inputs;
  if (role !== undefined && all)
    throw new Failure({
      code: "input-invalid",
      what: "role and all are given",
      remedy: "Give one of them.",
      outcome: "refused",
    });
  // Twice as many, because masked text is shorter.
  const said = keepLines(2 * OUTPUT_LIMIT);
  const taskOf = (host: string, count: number) => {
    const task = progress.task("run", { host });
    const line = (text: string) => {
      said.add(count > 1 ? `${host}: ${text}` : text);
      task.line(text);
    };
    return { ...task, line };
  };
  const on = role !== undefined ? { role } : all ? "all" : undefined;
  const { hosts, ok } = await withFleet(context, fleetOptions(step), (fleet) =>
    run(fleet, { command, timeout, on }, taskOf),
  );
  output("output", progress.mask(said.lines.join("\n")).slice(0, OUTPUT_LIMIT));
  reportErrors(
    progress,
    hosts.flatMap(({ error }) => error ?? []),
  );
  return ok ? 0 : 1;
});
