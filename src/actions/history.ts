// actions/history: what was deployed, rolled back and reverted on a target, from the records of its hosts.
import { history } from "../operations/history.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { historyLines } from "../report/history.ts";
import { DECLARED } from "./declared.ts";
import { fleetOptions } from "./hosts.ts";
import { reportErrors } from "./problems.ts";
import { endsWhenCancelled, runStep } from "./step.ts";

const TRANSACTIONS = 20;

await runStep(DECLARED.history, async (step) => {
  const { context, inputs, output, progress, summarise } = step;
  endsWhenCancelled(step);
  const found = await withFleet(context, fleetOptions(step), (fleet) => history(fleet, inputs.limit ?? TRANSACTIONS));
  output("history", JSON.stringify(found));
  const lines = historyLines(found);
  progress.lines(lines);
  summarise({ title: `History of ${found.target}`, lines });
  reportErrors(progress, found.errors);
  return found.errors.length === 0 ? 0 : 1;
});
