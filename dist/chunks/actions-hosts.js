import { n as findTarget } from "./config-select.js";
import { P as secretNamesOf, s as notifierSecrets } from "./report-phases.js";

// src/actions/hosts.ts
/** @throws Failure (refused) for an unknown target */
function fleetOptions({ inputs, context, progress }) {
	const target = findTarget(context.config, inputs.target);
	const { secrets } = inputs;
	if (secrets) lookAtSecrets([...secretNamesOf(target.secrets), ...notifierSecrets(context.config)], inputs.target, secrets, progress);
	const key = inputs["ssh-key"];
	const knownHosts = inputs["ssh-known-hosts"];
	return {
		target: inputs.target,
		ssh: {
			...key === void 0 ? { needsKey: true } : { key: { text: key } },
			...knownHosts === void 0 ? {} : { knownHosts: { text: knownHosts } },
			...inputs["insecure-accept-any-host-key"] ? { insecureAcceptAnyHostKey: true } : {}
		},
		...secrets ? { secrets } : {},
		waitForLock: inputs["wait-for-lock"]
	};
}
/** A value that no target lists would reach no host. Those of the environment are masked already. */
function lookAtSecrets(known, target, given, progress) {
	progress.hideNamed(given);
	const strangers = Object.keys(given).filter((secret) => !known.includes(secret));
	if (strangers.length > 0) progress.warning(`target ${target} does not list ${strangers.join(", ")} in its \`secrets\`: hosts are not given it`);
}

export { fleetOptions as t };