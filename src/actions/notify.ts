// actions/notify: sends one message about a deploy. Its delivery does not affect the job.

import { Failure } from "../failure.ts";
import type { MessageContext, Notifier } from "../notifiers/notifier.ts";
import { overTheNetwork } from "../notifiers/post.ts";
import { DEFAULT_NOTIFIER, notifierOf } from "../notifiers/registry.ts";
import { templateProblem } from "../notifiers/template.ts";
import { variablesOf } from "../notify/message-context.ts";
import { DECLARED } from "./declared.ts";
import { endsWhenCancelled, runBareStep } from "./step.ts";

await runBareStep(DECLARED.notify, async (step) => {
  endsWhenCancelled(step);
  const { inputs, progress, output } = step;
  const { event = "failed", url, secret, template, format = DEFAULT_NOTIFIER.key, timeout = 10, retries = 2 } = inputs;
  const problem = template === undefined ? undefined : templateProblem(template);
  if (problem)
    throw new Failure({
      code: "input-invalid",
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
  const context: MessageContext = {
    app: inputs.app ?? process.env.GITHUB_REPOSITORY?.split("/")[1] ?? "",
    target: inputs.target ?? "",
    release: inputs.release,
    previousRelease: inputs["previous-release"],
    label: inputs.label,
    commit: inputs.commit ?? process.env.GITHUB_SHA,
    message: inputs.message,
  };
  const post = overTheNetwork;
  const message = { event, context, variables: variablesOf(event, context, process.env, post.now()) };
  // A template is the whole message, so the format is not used.
  const notifier: Notifier = template === undefined ? notifierOf(format) : DEFAULT_NOTIFIER;
  const keys = { "url-env": "url", "secret-env": secret && "secret", timeout, retries };
  const config = notifier.schema.parse(template === undefined ? { format, ...keys } : { template, ...keys });
  const failed = await notifier.send(message, config, { values: { url: url.trim(), secret }, post, memory: new Map() });
  if (failed) progress.warning(failed);
  output("delivered", failed === undefined);
  return 0;
});
