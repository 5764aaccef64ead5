import { t as openArtifact } from "./read-gSESEA_J.js";
import { n as findTarget } from "./select-CCtU_FrY.js";
import { n as Failure } from "./failure-BKWaXFxS.js";
import { n as deploy } from "./deploy-BkQCuCbV.js";
import { a as refuseOtherTag } from "./repository-BK5IpvPt.js";
import { t as isAncestorIn } from "./ancestry-DTU-XsmQ.js";
import { a as makeArtifact, t as artifactAt } from "./artifact-R7LJ9e_2.js";
import { n as ownConfig, t as deployConfig } from "./authority-CL-fF5u0.js";
import { n as fleetRequest, r as onHosts, t as checkFleet } from "./fleet-CAVDNKn0.js";
import { n as notifying } from "./transaction-PpvIk9ED.js";

// src/pipeline/deploy.ts
/**
* @returns what came of it, whatever goes wrong on a host
* @throws Failure (refused) for what is wrong before any host is asked
*/
function deployTo(context, options) {
	return notifying(context, options, (started) => deployArtifact(context, options, started));
}
/** What keeps an artifact from being made keeps the deploy from changing anything. */
async function bundled(context, options) {
	try {
		return await makeArtifact(context, bundleOptions(options));
	} catch (error) {
		if (!(error instanceof Failure) || error.outcome !== "failed") throw error;
		const { what, where, output, remedy } = error;
		throw new Failure({
			what,
			where,
			output,
			remedy,
			cause: error,
			outcome: "refused"
		});
	}
}
async function deployArtifact(context, options, started) {
	const target = findTarget(context.config, options.target);
	await checkFleet(context, options);
	const artifact = options.artifact === void 0 ? await openArtifact((await bundled(context, options)).file) : await artifactAt(context, options.artifact);
	const own = ownConfig(artifact.release.configuration);
	if (own === void 0) context.progress.warning("this version of Tarlift cannot read the configuration that the artifact holds: services, hooks and migrations are those of the tarlift.yml here");
	const { config, warning } = deployConfig(own ?? context.config, context.config, options.target);
	if (warning) context.progress.warning(warning);
	const { migrations } = config;
	const version = options.version ?? artifact.version;
	if (options.version !== void 0 && !options.allowOtherTag) await refuseOtherTag(context.repository, options.version, artifact.release.commit.id);
	const { compare } = options;
	return onHosts(async () => {
		const request = fleetRequest(context, options, {
			config,
			needsSecrets: true
		});
		options.begins?.(request);
		started({
			version,
			commit: artifact.config.tarlift.commit.id
		});
		return deploy({
			...request,
			artifact,
			version,
			migrations: migrations && {
				...migrations,
				policy: target.migrations ?? migrations.policy
			},
			allowOlder: options.allowOlder ?? target["allow-older"],
			dryRun: options.dryRun ?? false,
			isAncestor: isAncestorIn({
				remote: compare && { compare },
				repository: context.repository,
				progress: context.progress
			})
		});
	});
}
const bundleOptions = ({ version, allowOtherTag = false, python }) => ({
	allowOtherTag,
	...version === void 0 ? {} : { version },
	...python === void 0 ? {} : { python }
});

export { deployTo as t };