import { n as findTarget } from "./select-CE7scZqz.js";
import { n as Failure } from "./failure-BKWaXFxS.js";
import { K as formatCount } from "./repository-cMIot6rb.js";
import { c as noteLeftMigrations, f as conclude, g as hooksPass, h as afterFailure, m as afterCommit, n as wayBackFrom, p as activate, t as rollbackTarget, u as schemaCrossed } from "./rollback-target-Dia2FVnj.js";
import { t as addedSentence } from "./as-verified-ZAwZHOmw.js";
import { _ as survey, a as Ledger, b as warningsOf, h as stillTaken, i as repairsOf, n as notifying, p as rehearseSeats, r as repair, v as findingsOf, x as phase } from "./transaction-d8fkQ4el.js";
import { E as healthOf, S as troubleOf, n as fleetRequest, r as onHosts, x as together } from "./fleet-CN58LEkJ.js";

// src/fleet/taken-back.ts
/**
* @param found the fleet before the repair, and after it
* @returns the good release that every host was taken back to; undefined when nothing was taken back, or when what was taken back was
* itself on the way to a release of good health: a rollback, which then goes on
*/
function takenBackTo(found, fleet) {
	const repairs = [...repairsOf(found).values()];
	if (repairs.length === 0 || repairs.includes("finish")) return void 0;
	const wasGood = ({ facts: { open, releases } }) => releases.some(({ id, state }) => id === open?.release && state === "good");
	if (found.some(wasGood)) return void 0;
	const live = fleet.map(({ facts }) => facts.live);
	const [first] = live;
	return live.every((each) => each?.state === "good" && each.digest === first?.digest) ? first : void 0;
}
/** Whether what is live runs and answers on every host, as it is. */
async function runsEverywhere(request, fleet, ledger) {
	const settled = await together(fleet, (member) => phase(request, ledger, member, "verify", async () => {
		const services = await member.host.observe({
			services: member.services,
			settle: true
		});
		if (services.some(({ rung }) => rung === "none")) return false;
		ledger.services(member, await healthOf(request, member, member.facts.live.id, services));
		return true;
	}));
	return settled.failed.length === 0 && settled.done.every(({ value }) => value);
}

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
	noteLeftMigrations(fleet, ledger);
	const request = {
		...asked,
		members: fleet
	};
	ledger.warnings.push(...fleet.flatMap(warningsOf));
	ledger.troubles.push(...fleet.flatMap(findingsOf));
	ledger.failed(await rehearseSeats(fleet));
	if (ledger.troubles.length > 0) return { outcome: "refused" };
	const back = request.to === void 0 ? takenBackTo(found, fleet) : void 0;
	if (back && await ledger.timed("verify", () => runsEverywhere(request, fleet, ledger))) return {
		outcome: ledger.failed(stillTaken(fleet)) ? "refused" : "rolled-back",
		release: back
	};
	const chosen = choose(request, fleet, ledger);
	if (!chosen) return { outcome: "refused" };
	const names = new Map([...chosen].map(([host, { id }]) => [host, id]));
	const release = chosen.get(fleet[0].host);
	if (!await ledger.timed("verify", () => intact(request, fleet, names, ledger))) return { outcome: "refused" };
	const crossed = await schemaCrossed(request, fleet, names, ledger);
	if (!crossed) return { outcome: "refused" };
	const releaseOf = ({ host: on }) => names.get(on);
	if (!await hooksPass(request, ledger, "before-rollback", fleet, releaseOf)) return {
		outcome: "refused",
		release
	};
	const activation = await ledger.timed("activate", () => activate(request, fleet, names, ledger));
	const kept = fleet.filter((member) => !activation.behind.includes(member));
	const ok = activation.ok && await hooksPass(request, ledger, "after-rollback", kept, releaseOf);
	const end = await conclude(request, fleet, {
		...activation,
		ok
	}, names, ledger, { rollback: true });
	if (end !== "kept") return {
		outcome: end,
		release
	};
	await afterCommit(request, ledger, kept, releaseOf);
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