import { n as findTarget } from "./select-BtpPMGUQ.js";
import { n as Failure } from "./failure-DLNjTWx2.js";

// src/actions/hosts.ts
/** @throws Failure (refused) for a target that is not there, and when no key can be had */
function fleetOptions({ inputs, context, progress }) {
	const target = findTarget(context.config, inputs.target);
	const { secrets } = inputs;
	const notified = Object.values(context.config.notify).flatMap((told) => [told["url-variable"], told["secret-variable"]]);
	if (secrets) lookAtSecrets([...target.secrets ?? [], ...notified.filter((name) => name !== void 0)], inputs.target, secrets, progress);
	const key = inputs["ssh-key"];
	if (key === void 0 && !process.env.SSH_AUTH_SOCK && target.hosts.some(({ address }) => address !== "local")) throw new Failure({
		what: "no SSH key is given, and no agent holds one",
		remedy: "Give the private key of the user that deploys: `ssh-key: ${{ secrets.DEPLOY_KEY }}`.",
		outcome: "refused"
	});
	const knownHosts = inputs["ssh-known-hosts"];
	return {
		target: inputs.target,
		ssh: {
			...key === void 0 ? {} : { key: { text: key } },
			...knownHosts === void 0 ? {} : { knownHosts: { text: knownHosts } },
			...inputs["insecure-accept-any-host-key"] ? { insecureAcceptAnyHostKey: true } : {}
		},
		...secrets ? { secrets } : {},
		waitForLock: inputs["wait-for-lock"]
	};
}
/** Values from the environment are hidden as those of the input are; one that nobody lists would reach nobody. */
function lookAtSecrets(known, target, given, progress) {
	progress.hide([...Object.values(given), ...known.flatMap((secret) => process.env[secret] ?? [])]);
	const strangers = Object.keys(given).filter((secret) => !known.includes(secret));
	if (strangers.length > 0) progress.warning(`target ${target} does not list ${strangers.join(", ")} in its \`secrets\`: hosts are not given it`);
}

export { fleetOptions as t };