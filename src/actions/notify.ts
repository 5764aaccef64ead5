// actions/notify: one message about a deploy. Whether it arrives changes nothing about the job.

import { Failure } from "../failure.ts";
import { bodyOf } from "../notifiers/body.ts";
import type { MessageContext } from "../notifiers/notifier.ts";
import { deliver, overTheNetwork } from "../notifiers/post.ts";
import { templateProblem } from "../notifiers/template.ts";
import { variablesOf } from "../notify/message-context.ts";
import { DECLARED } from "./declared.ts";
import { endsWhenCancelled, runBareStep } from "./step.ts";

await runBareStep(DECLARED.notify, async (step) => {
  endsWhenCancelled(step);
  const { inputs, progress, output } = step;
  const { event = "failed", url, secret, template, format = "json", timeout = 10, retries = 2 } = inputs;
  const problem = template === undefined ? undefined : templateProblem(template);
  if (problem)
    throw new Failure({
      what: `the input template should be ${problem}`,
      remedy: "The action's README lists the variables.",
      outcome: "refused",
    });
  output("delivered", false);
  if (event === "planned") return 0;
  if (!url?.trim()) {
    progress.warning("the message went nowhere: the input url is empty. Secrets are not given to runs of forks.");
    return 0;
  }
  if (secret?.trim() === "") {
    progress.warning(
      "the message went nowhere: the input secret is empty, and it is not sent unsigned. Is the secret set in this repository? Without the input messages are unsigned.",
    );
    return 0;
  }
  const told: MessageContext = {
    app: inputs.app ?? process.env.GITHUB_REPOSITORY?.split("/")[1] ?? "",
    target: inputs.target ?? "",
    release: inputs.release,
    previousRelease: inputs["previous-release"],
    version: inputs.label,
    commit: inputs.commit ?? process.env.GITHUB_SHA,
    message: inputs.message,
  };
  const variables = variablesOf(event, told, process.env, overTheNetwork.now());
  const body = bodyOf({ format, template }, variables, told);
  const failed = await deliver({ url: url.trim(), event, body, secret, timeout, retries });
  if (failed) progress.warning(`the message "${event}" was not delivered: ${failed}`);
  output("delivered", failed === undefined);
  return 0;
});
