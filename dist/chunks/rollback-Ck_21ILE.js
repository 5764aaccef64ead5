import { n as findTarget } from "./select-CCtU_FrY.js";
import { n as Failure } from "./failure-BKWaXFxS.js";
import { Y as formatCount } from "./repository-BK5IpvPt.js";
import { t as addedSentence } from "./as-verified-oUj76DL4.js";
import { I as warningsOf, L as phase, N as survey, P as findingsOf, d as afterFailure, j as stillTaken, k as rehearseSeats, n as notifying, p as hooksPass, r as Ledger, s as repair, x as schemaCrossed } from "./transaction-PpvIk9ED.js";
import { a as wayBackFrom, i as rollbackTarget, n as notWell, r as reasonsAgainst, t as switchFleet } from "./switch-fleet-C9dicKRo.js";
import { i as tellReturned, r as takenBackTo, t as forgetReturned } from "./taken-back-eJfLtmWU.js";
import { b as troubleOf, n as fleetRequest, r as onHosts, y as together } from "./fleet-CAVDNKn0.js";

// src/fleet/rollback.ts
/** Rolls a whole target back. @returns what came of it, as {@link deploy} does */
async function rollback(request) {
	const ledger = new Ledger(request);
	try {
		const { outcome, release } = await transaction(request, ledger);
		await afterFailure(request, ledger, outcome);
		return ledger.report(outcome, {
			release: release?.id,
			version: release?.version,
			commit: release?.commit,
			digest: release?.digest
		});
	} finally {
		await together(request.members, ({ host }) => host.close());
	}
}
async function transaction(asked, ledger) {
	const found = await ledger.timed("survey", () => survey(asked, ledger, () => ({}), { lock: true }));
	const fleet = found && await repair(asked, found, ledger, () => ({}));
	if (!fleet) return { outcome: "refused" };
	ledger.fleet = fleet;
	const request = {
		...asked,
		members: fleet
	};
	ledger.warnings.push(...fleet.flatMap(warningsOf));
	ledger.troubles.push(...fleet.flatMap(findingsOf));
	ledger.failed(await rehearseSeats(fleet));
	if (ledger.troubles.length > 0) return { outcome: "refused" };
	tellReturned(found, ledger);
	const back = request.to === void 0 ? takenBackTo(found, fleet) : void 0;
	if (back && (await reasonsAgainst(request, fleet, ledger)).size === 0) {
		if (ledger.failed(stillTaken(fleet))) return {
			outcome: "refused",
			release: back
		};
		await forgetReturned(fleet, ledger);
		return {
			outcome: "rolled-back",
			release: back
		};
	}
	const chosen = choose(request, fleet, ledger);
	if (!chosen) return { outcome: "refused" };
	const names = new Map([...chosen].map(([host, { id }]) => [host, id]));
	const release = chosen.get(fleet[0].host);
	if (!await ledger.timed("verify", () => intact(request, fleet, names, ledger))) return { outcome: "refused" };
	const crossed = await schemaCrossed(request, fleet, names, ledger);
	if (!crossed) return { outcome: "refused" };
	const standing = fleet.filter(({ host, facts }) => facts.live?.id === names.get(host) && request.restart === "changed");
	const restartOn = new Set((await notWell(request, standing, ledger)).map(({ host }) => host));
	const releaseOf = ({ host: on }) => names.get(on);
	if (!await hooksPass(request, ledger, "before-rollback", fleet, releaseOf)) return {
		outcome: "refused",
		release
	};
	const as = {
		after: "after-rollback",
		rollback: true
	};
	const { end, kept } = await switchFleet({
		...request,
		restartOn
	}, fleet, names, ledger, as);
	if (end !== "kept") return {
		outcome: end,
		release
	};
	ledger.crossed = crossed.length > 0;
	ledger.back = wayBackFrom(kept, names, { rollback: true });
	return {
		outcome: "rolled-back",
		release
	};
}
function choose(request, fleet, ledger) {
	try {
		return rollbackTarget(fleet, request.to);
	} catch (error) {
		ledger.failed([{ trouble: troubleOf(error) }]);
		return;
	}
}
/** Verified before the switch: by size, mtime and mode, hashing what differs. */
async function intact(request, fleet, names, ledger) {
	const verify = async ({ host }) => {
		const release = names.get(host);
		const { changed, count, added } = await host.drift({
			release,
			full: request.verifyFull
		});
		if (count === 0) {
			const said = addedSentence(host.name, release, { added });
			if (said) ledger.warnings.push(said);
			return added;
		}
		throw new Failure({
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
	const settled = await together(fleet, (member) => phase(request, ledger, member, "verify", () => verify(member), (added) => added ? `as it was when it became good, and ${formatCount(added.count, "file")} more` : "as it was when it became good"));
	return !ledger.failed(settled.failed);
}

// src/pipeline/rollback.ts
/** @returns and throws as {@link deployTo} does */
function rollbackOn(context, options) {
	return notifying(context, options, (started) => onHosts(async () => {
		const request = fleetRequest(context, options);
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