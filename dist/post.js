import { d as removeLeftDirectories, l as PRIVATE_PREFIX, n as fleetRequest, r as onHosts, y as together } from "./chunks/fleet-CAVDNKn0.js";
import { t as openArtifact } from "./chunks/read-gSESEA_J.js";
import { N as survey, c as repairsOf, j as stillTaken, n as notifying, r as Ledger, s as repair, w as leftBatches } from "./chunks/transaction-PpvIk9ED.js";
import { i as tellReturned, n as returnedOf, t as forgetReturned } from "./chunks/taken-back-eJfLtmWU.js";
import { n as ownConfig, r as repairConfig } from "./chunks/authority-CL-fF5u0.js";
import { r as runStep, s as AFTERWARDS } from "./chunks/step-bRCcjqA8.js";
import { a as unfinished, i as savedDeployment, n as tell, o as endDeployment, s as resumeDeployment } from "./chunks/transaction-Dcvk7ArK.js";
import { t as fleetOptions } from "./chunks/hosts-e1KVSg6z.js";
import { basename } from "node:path";
import { existsSync, rmSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

// src/fleet/settle.ts
/**
* Finishes or takes back what a killed run left on a fleet, and frees its locks.
*
* @param request its `deployId` is that of the run that was killed; `waitForLock` covers what hosts still do for it
* @returns `deployed` when the run's release stays (hosts that do not run it are `behind`), `reverted` when it was taken back
*   or has applied migrations, `refused` when nothing of it was live anywhere; `failed` when a host could not be put in order: the troubles say why, and the next deploy tries again
*/
async function settle(request) {
	const ledger = new Ledger(request);
	try {
		const found = await ledger.timed("survey", () => survey(request, ledger, () => ({}), { lock: true }));
		if (!found) return ledger.report("failed");
		const repairs = [...repairsOf(found).values()];
		const returned = found.filter((member) => returnedOf(member)?.transaction === request.deployId);
		const fleet = await repair(request, found, ledger, () => ({}));
		if (!fleet) return ledger.report("failed");
		const ours = fleet.filter((member) => isOurs(request, member));
		const others = fleet.filter((member) => !ours.includes(member));
		const kept = repairs.includes("finish") || others.length < fleet.length;
		const behind = kept ? others.filter((member) => !ours.some((one) => runsSame(member, one))) : [];
		for (const member of behind) ledger.host(member).behind = true;
		tellReturned(returned, ledger);
		for (const member of returned) ledger.host(member).returned = true;
		await forgetReturned(returned, ledger);
		const taken = stillTaken(fleet);
		ledger.failed(taken);
		for (const { member } of taken) ledger.host(member).drained = true;
		const live = fleet[0]?.facts.live;
		const migrated = leftBatches(fleet).some(({ transaction }) => transaction === request.deployId);
		const changed = repairs.length + returned.length + taken.length > 0 || migrated;
		return ledger.report(kept ? "deployed" : changed ? "reverted" : "refused", {
			release: live?.id,
			version: live?.version,
			commit: live?.commit,
			digest: live?.digest
		});
	} finally {
		await together(request.members, ({ host }) => host.close());
	}
}
/**
* Whether a host that took no part in the end runs what the run brought to another one: a converge leaves those alone that run it already.
* Their configurations can be compared where tarlift.yml gives both hosts the same.
*/
function runsSame({ configuration, facts: { live } }, other) {
	const same = live?.digest !== void 0 && live.digest === other.facts.live?.digest;
	if (!same || !isDeepStrictEqual(configuration, other.configuration)) return same;
	return live.configuration === other.facts.live?.configuration;
}
/** A release that was good before keeps the transaction that brought it: after a rollback or a converge, `agreed` alone has the run's. */
const isOurs = ({ deployId }, { facts: { live, agreed } }) => live?.state === "good" && (live.transaction === deployId || agreed === deployId);

// src/pipeline/settle.ts
/** @returns what became of it, as {@link settle} says */
async function settleOn(context, options) {
	const { artifact, deployId } = options;
	const opened = artifact !== void 0 && existsSync(artifact) ? await openArtifact(artifact) : void 0;
	const own = ownConfig(opened?.release.configuration);
	const config = own ? repairConfig(own, context.config, options.target) : context.config;
	return notifying(context, options, () => onHosts(() => settle({
		...fleetRequest(context, options, { config }),
		deployId
	})));
}

// src/actions/post.ts
/** Seconds for what a host still does for the step that was killed: a restart that waits for its workers, a migration. */
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
	const report = await settleOn(step.context, {
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
	await tell(step, report);
	return report.outcome === "failed" ? 1 : 0;
});

export {  };