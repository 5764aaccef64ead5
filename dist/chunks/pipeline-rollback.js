import { n as findTarget } from "./config-select.js";
import { n as Failure } from "./failure.js";
import { n as formatCount } from "./text-quantity.js";
import { a as rollOut, c as runHooks, i as rollbackTarget, n as unhealthyHosts, o as afterFailure, r as rollbackAfter, s as hookScope, t as reasonsAgainst } from "./fleet-unhealthy.js";
import { A as preflight, D as stillDrained, N as warningsOf, i as recover, j as findingsOf, m as schemaCrossed, n as notifying, o as isRollback, r as Transaction, s as recoveriesOf, w as preflightServers } from "./report-transaction.js";
import { O as errorOf, r as withFleet } from "./pipeline-fleet-request.js";
import { t as addedSentence } from "./fleet-release-drift.js";
import { n as returnedOf, r as warnReturned, t as forgetReturned } from "./fleet-returned-hosts.js";

// src/fleet/rollback.ts
/** Rolls a whole target back. @returns the report, as {@link deploy} does */
async function rollback(request) {
	const tx = new Transaction("rollback", request);
	try {
		const { outcome, release } = await rollBack(tx, request);
		await afterFailure(tx, outcome);
		return tx.report(outcome, {
			release: release?.id,
			version: release?.version,
			commit: release?.commit,
			digest: release?.digest
		});
	} finally {
		await tx.close();
	}
}
async function rollBack(tx, request) {
	const found = await tx.part("preflight", () => preflight(tx, tx.members, () => ({}), { lock: true }));
	const fleet = found && await recover(tx, found, () => ({}));
	if (!fleet) return { outcome: "refused" };
	tx.participants = fleet;
	for (const warning of fleet.flatMap(warningsOf)) tx.warn(warning);
	for (const finding of fleet.flatMap(findingsOf)) tx.error(finding);
	tx.recordFailures(await preflightServers(fleet));
	if (tx.hasErrors) return { outcome: "refused" };
	warnReturned(tx, found);
	const back = request.to === void 0 ? revertedTo(found, fleet) : void 0;
	if (back && (await reasonsAgainst(tx, fleet)).size === 0) {
		if (tx.recordFailures(stillDrained(fleet))) return {
			outcome: "refused",
			release: back
		};
		await forgetReturned(tx, fleet);
		return {
			outcome: "rolled-back",
			release: back
		};
	}
	const chosen = choose(tx, fleet, request.to);
	if (!chosen) return { outcome: "refused" };
	const names = new Map([...chosen].map(([host, { id }]) => [host, id]));
	const release = tx.leader && chosen.get(tx.leader.host);
	if (!await tx.part("verify", () => verifyIntact(tx, fleet, names, { full: request.verifyFull }))) return { outcome: "refused" };
	const crossed = await schemaCrossed(tx, request, fleet, names);
	if (!crossed) return { outcome: "refused" };
	const standing = fleet.filter(({ host, facts }) => facts.live?.id === names.get(host) && request.restart === "changed");
	const rollout = {
		hosts: fleet,
		names,
		total: fleet.length,
		waves: request.waves,
		restart: request.restart,
		restartOn: new Set((await unhealthyHosts(tx, standing)).map(({ host }) => host)),
		recordAs: { rollback: true },
		lastHook: "after-rollback"
	};
	if (!await runHooks(tx, "before-rollback", hookScope(rollout))) return {
		outcome: "refused",
		release
	};
	const { end, kept } = await rollOut(tx, rollout);
	if (end !== "kept") return {
		outcome: end,
		release
	};
	tx.schema.crossed = crossed.length > 0;
	tx.leadsBack(rollbackAfter(kept, names, { rollback: true }));
	return {
		outcome: "rolled-back",
		release
	};
}
/**
* For a rollback that finds an interrupted deploy: once that is reverted, the target runs what it last ran in good
* health, and the user did not ask to go further back.
*
* @param found the fleet before the recovery, and after it
* @returns the good release that every host was reverted to; undefined when nothing was reverted, or when the reverted
* transaction was itself a rollback: this rollback then continues
*/
function revertedTo(found, fleet) {
	const taken = found.flatMap((member) => {
		const one = member.facts.open ?? returnedOf(member);
		return one ? [{
			one,
			releases: member.facts.releases
		}] : [];
	});
	if (taken.length === 0 || [...recoveriesOf(found).values()].includes("finish")) return void 0;
	if (taken.some(({ one, releases }) => isRollback(one, releases))) return void 0;
	const live = fleet.map(({ facts }) => facts.live);
	const [first] = live;
	return live.every((each) => each?.state === "good" && each.digest === first?.digest) ? first : void 0;
}
function choose(tx, fleet, to) {
	try {
		return rollbackTarget(fleet, to);
	} catch (error) {
		tx.error(errorOf(error));
		return;
	}
}
/**
* Verifies each host's release before activation: by size, mtime and mode, hashing what differs.
*
* @param options.full hash every file
*/
async function verifyIntact(tx, fleet, names, { full }) {
	const verify = async ({ host }) => {
		const release = names.get(host);
		const { changed, count, added } = await host.drift({
			release,
			full
		});
		if (count === 0) {
			const said = addedSentence(host.name, release, { added });
			if (said) tx.warn(said);
			return added;
		}
		throw new Failure({
			code: "release-damaged",
			what: `${formatCount(count, "file")} of ${release} changed since it was good`,
			where: {
				host: host.name,
				release
			},
			output: changed.slice(0, 20).join("\n"),
			remedy: "Deploy that commit again instead: its files are then verified and sent where they differ.",
			outcome: "refused"
		});
	};
	const results = await tx.step("verify", fleet, verify, (added) => added ? `as it was when it became good, and ${formatCount(added.count, "file")} more` : "as it was when it became good");
	return !tx.recordFailures(results.failed);
}

// src/pipeline/rollback.ts
/** @returns and throws as {@link deployTo} does */
function rollbackOn(context, options) {
	return notifying(context, options, (started) => withFleet(context, options, (request) => {
		options.begins?.(request);
		started({}, "a rollback began");
		const { migrations } = context.config;
		return rollback({
			...request,
			to: options.to,
			verifyFull: options.verifyFull ?? false,
			allowSchemaAhead: options.allowSchemaAhead,
			migrations: migrations && {
				pending: migrations.pending,
				roles: migrations.roles,
				policy: findTarget(context.config, options.target).migrations ?? migrations.policy
			}
		});
	}));
}

export { rollbackOn as t };