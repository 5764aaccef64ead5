import { t as openArtifact } from "./chunks/artifact-open-artifact.js";
import { A as preflight, D as stillDrained, _ as leftBatches, i as recover, n as notifying, r as Transaction, s as recoveriesOf } from "./chunks/report-transaction.js";
import { n as returnedOf, r as warnReturned, t as forgetReturned } from "./chunks/fleet-returned-hosts.js";
import { n as ownConfig, r as recoveryConfig } from "./chunks/pipeline-authoritative-config.js";
import { c as removeLeftDirectories, o as PRIVATE_PREFIX, r as withFleet } from "./chunks/pipeline-fleet-request.js";
import { r as runStep, s as AFTERWARDS } from "./chunks/actions-step.js";
import { a as unfinished, i as savedDeployment, n as publishReport, o as endDeployment, s as resumeDeployment } from "./chunks/actions-transaction.js";
import { t as fleetOptions } from "./chunks/actions-hosts.js";
import { basename } from "node:path";
import { existsSync, rmSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

// src/fleet/end-killed-run.ts
/**
* Finishes or reverts what a killed run left on a fleet, and frees its locks.
*
* @param request its `deployId` is that of the killed run; `waitForLock` covers what hosts still do for that run
* @returns `deployed` when the run's release stays (hosts that do not run it are `behind`), `reverted` when it was
* reverted or has applied migrations, `refused` when it was live on no host; `failed` when a host could not be
* recovered: the errors say why, and the next deploy repeats the attempt
*/
async function endKilledRun(request) {
	const tx = new Transaction("end-killed-run", request);
	try {
		const found = await tx.part("preflight", () => preflight(tx, tx.members, () => ({}), { lock: true }));
		if (!found) return tx.report("failed");
		const recoveries = [...recoveriesOf(found).values()];
		const returned = found.filter((member) => returnedOf(member)?.transaction === tx.id);
		const fleet = await recover(tx, found, () => ({}));
		if (!fleet) return tx.report("failed");
		tx.participants = fleet;
		const ours = fleet.filter((member) => isOurs(tx, member));
		const others = fleet.filter((member) => !ours.includes(member));
		const kept = recoveries.includes("finish") || others.length < fleet.length;
		const behind = kept ? others.filter((member) => !ours.some((one) => runsSame(member, one))) : [];
		for (const member of behind) tx.note(member, { behind: true });
		warnReturned(tx, returned);
		for (const member of returned) tx.note(member, { returned: true });
		await forgetReturned(tx, returned);
		const drained = stillDrained(fleet);
		tx.recordFailures(drained);
		for (const { member } of drained) tx.note(member, { drained: true });
		const live = tx.leader?.facts.live;
		const migrated = leftBatches(fleet).some(({ transaction }) => transaction === tx.id);
		const changed = recoveries.length + returned.length + drained.length > 0 || migrated;
		return tx.report(kept ? "deployed" : changed ? "reverted" : "refused", {
			release: live?.id,
			version: live?.version,
			commit: live?.commit,
			digest: live?.digest
		});
	} finally {
		await tx.close();
	}
}
/**
* Whether a host that took no part in the end runs what the run brought to another host: a converge leaves hosts alone
* that run it already. Their configurations can be compared if tarlift.yml gives both hosts the same.
*/
function runsSame({ configuration, facts: { live } }, other) {
	const same = live?.digest !== void 0 && live.digest === other.facts.live?.digest;
	if (!same || !isDeepStrictEqual(configuration, other.configuration)) return same;
	return live.configuration === other.facts.live?.configuration;
}
/**
* A release that was good before keeps the transaction that brought it: after a rollback or a converge, only `agreed`
* names the run's.
*/
const isOurs = ({ id }, { facts: { live, agreed } }) => live?.state === "good" && (live.transaction === id || agreed === id);

// src/pipeline/end-killed-run.ts
/** @returns the report of {@link endKilledRun} */
async function endKilledRunOn(context, options) {
	const { artifact, deployId } = options;
	const opened = artifact !== void 0 && existsSync(artifact) ? await openArtifact(artifact) : void 0;
	const own = ownConfig(opened?.release.configuration);
	const config = own ? await recoveryConfig(own, context.config, options.target) : context.config;
	return notifying(context, options, () => withFleet(context, {
		...options,
		config
	}, (request) => endKilledRun({
		...request,
		deployId
	})));
}

// src/actions/post.ts
/**
* Seconds to wait for what a host still does for the killed step: a restart that waits for its workers, a migration.
*/
const PATIENCE = 120;
const begun = unfinished();
if (begun?.keys && basename(begun.keys).startsWith("tarlift-ssh-")) rmSync(begun.keys, {
	recursive: true,
	force: true
});
removeLeftDirectories();
if (!begun) process.exit();
await runStep(AFTERWARDS, async (step) => {
	step.progress.warning(`the step did not come to its end: ${begun.target} is put in order`);
	const { deployId, artifact, target } = begun;
	const report = await endKilledRunOn(step.context, {
		...fleetOptions(step),
		target,
		deployId,
		artifact,
		waitForLock: PATIENCE
	});
	const shown = savedDeployment();
	if (shown !== void 0) {
		const { "github-token": token = "", url } = step.inputs;
		const { progress } = step;
		await endDeployment(await resumeDeployment(shown, {
			env: process.env,
			token,
			url,
			progress
		}), report, progress);
	}
	await publishReport(step, report);
	return report.outcome === "failed" ? 1 : 0;
});

export {  };