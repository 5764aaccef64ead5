import { t as openArtifact } from "./artifact-open-artifact.js";
import { n as findTarget } from "./config-select.js";
import { n as Failure } from "./failure.js";
import { t as deploy } from "./fleet-deploy.js";
import { a as refuseOtherTag } from "./source-repository.js";
import { t as isAncestorIn } from "./verify-ancestry.js";
import { a as makeArtifact, t as artifactAt } from "./pipeline-artifact.js";
import { n as ownConfig, t as deployConfig } from "./pipeline-authoritative-config.js";
import { r as withFleet, t as checkFleet } from "./pipeline-fleet-request.js";
import { n as notifying } from "./report-transaction.js";

// src/pipeline/deploy.ts
/**
* @returns the report, whatever fails on a host
* @throws Failure (refused) for errors that are found before any host is contacted
*/
function deployTo(context, options) {
	return notifying(context, options, (started) => deployArtifact(context, options, started));
}
/** If no artifact can be made, the deploy changes nothing. */
async function bundled(context, options) {
	try {
		return await makeArtifact(context, bundleOptions(options));
	} catch (error) {
		if (!(error instanceof Failure) || error.outcome !== "failed") throw error;
		const { code, what, where, output, remedy } = error;
		throw new Failure({
			code,
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
	const { config, warning } = await deployConfig(own ?? context.config, context.config, options.target);
	if (warning) context.progress.warning(warning);
	const { migrations } = config;
	const version = options.version ?? artifact.version;
	if (options.version !== void 0 && !options.allowOtherTag) await refuseOtherTag(context.repository, options.version, artifact.release.commit.id);
	const { compare } = options;
	return withFleet(context, {
		...options,
		config,
		needsSecrets: true
	}, (request) => {
		options.begins?.(request);
		started({
			label: version,
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