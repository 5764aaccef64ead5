import { n as Failure } from "./chunks/failure.js";
import { F as DEFAULT_NOTIFIER, L as notifierOf, R as overTheNetwork, U as templateProblem } from "./chunks/report-phases.js";
import { r as variablesOf } from "./chunks/notify-message-context.js";
import { c as DECLARED, n as runBareStep, t as endsWhenCancelled } from "./chunks/actions-step.js";

// src/actions/notify.ts
await runBareStep(DECLARED.notify, async (step) => {
	endsWhenCancelled(step);
	const { inputs, progress, output } = step;
	const { event = "failed", url, secret, template, format = DEFAULT_NOTIFIER.key, timeout = 10, retries = 2 } = inputs;
	const problem = template === void 0 ? void 0 : templateProblem(template);
	if (problem) throw new Failure({
		code: "input-invalid",
		what: `the input template should be ${problem}`,
		remedy: "The action's README lists the variables.",
		outcome: "refused"
	});
	output("delivered", false);
	if (event === "planned") return 0;
	if (!url?.trim()) {
		progress.warning("the message went nowhere: the input url is empty. Secrets are not given to runs of forks.");
		return 0;
	}
	if (secret?.trim() === "") {
		progress.warning("the message went nowhere: the input secret is empty, and it is not sent unsigned. Is the secret set in this repository? Without the input messages are unsigned.");
		return 0;
	}
	const context = {
		app: inputs.app ?? process.env.GITHUB_REPOSITORY?.split("/")[1] ?? "",
		target: inputs.target ?? "",
		release: inputs.release,
		previousRelease: inputs["previous-release"],
		label: inputs.label,
		commit: inputs.commit ?? process.env.GITHUB_SHA,
		message: inputs.message
	};
	const post = overTheNetwork;
	const message = {
		event,
		context,
		variables: variablesOf(event, context, process.env, post.now())
	};
	const notifier = template === void 0 ? notifierOf(format) : DEFAULT_NOTIFIER;
	const keys = {
		"url-env": "url",
		"secret-env": secret && "secret",
		timeout,
		retries
	};
	const config = notifier.schema.parse(template === void 0 ? {
		format,
		...keys
	} : {
		template,
		...keys
	});
	const failed = await notifier.send(message, config, {
		values: {
			url: url.trim(),
			secret
		},
		post,
		memory: /* @__PURE__ */ new Map()
	});
	if (failed) progress.warning(failed);
	output("delivered", failed === void 0);
	return 0;
});

export {  };