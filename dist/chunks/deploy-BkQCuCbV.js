import { F as plan, L as phase, N as survey, R as cancelled, S as schemaLeftBehind, _ as migrates, a as decidedOf, b as pendingOf, c as repairsOf, d as afterFailure, g as migrate, h as mayGoOn, i as aimOf, j as stillTaken, k as rehearseSeats, l as actionOf, m as hasMigrator, p as hooksPass, r as Ledger, s as repair, v as migratorOf, y as noteLeftMigrations } from "./transaction-PpvIk9ED.js";
import { A as hasRole, O as servicesOf, h as wavePlan, j as leaderOf, y as together } from "./fleet-CAVDNKn0.js";
import { J as formatBytes, Y as formatCount } from "./repository-BK5IpvPt.js";
import { a as wayBackFrom, n as notWell, t as switchFleet } from "./switch-fleet-C9dicKRo.js";

// src/fleet/foresee.ts
/** @returns the fleet as a repair would leave it; what it would do is among the ledger's warnings */
function foresee(fleet, ledger) {
	const busy = fleet.find(({ facts }) => facts.running !== void 0);
	if (busy) {
		ledger.warnings.push(`${busy.host.name}: a run goes on there: ${busy.facts.running}; when it has ended, a plan may be another`);
		return fleet;
	}
	noteLeftMigrations(fleet, ledger, decidedOf(fleet));
	const repairs = repairsOf(fleet);
	return fleet.map((member) => {
		const { host, facts } = member;
		if (facts.taken?.length) ledger.warnings.push(`${host.name}: a run that was cut off has taken it out of ${facts.taken.map(({ seat }) => seat).join(", ")}: a deploy begins by giving it back`);
		const repair = repairs.get(host);
		if (!facts.open || !repair) return member;
		const { release, did } = aimOf(facts, repair);
		ledger.warnings.push(`${host.name}: a run that was cut off has left ${facts.open.release} half-way: when a deploy begins, it is ${did}; this is the plan for what is live then`);
		if (release === facts.live?.id) return member;
		const live = facts.releases.find(({ id }) => id === release);
		return {
			...member,
			facts: {
				...facts,
				live,
				unchanged: false
			}
		};
	});
}

// src/fleet/prepare.ts
/** Users that commands will run as on a host. */
function commandsAs(request, fleet, member) {
	const all = [runsHooks(request, fleet, member) ? member.place.runAs : void 0, ...member.services.map((service) => service.commandsAs)];
	return [...new Set(all.flatMap((user) => user ?? []))];
}
/** Whether a hook may run on a host that the deploy needs: one that is to warn alone does so by itself. */
function runsHooks(request, fleet, member) {
	return Object.entries(request.hooks).some(([point, hooks]) => (hooks ?? []).some(({ on, roles, "on-failure": onFailure }) => {
		if (on === "runner" || onFailure === "warn" || !hasRole(member.roles, roles)) return false;
		const anyLeads = point === "after-failure" || (request.waves?.maxFailures ?? 0) > 0;
		return on !== "leader" || anyLeads || leaderOf(fleet, roles) === member;
	}));
}
/**
* Prepares all hosts at once.
*
* @returns each host's name of the release; undefined when a host is not prepared: then nothing has changed anywhere
*/
async function prepare(request, fleet, ledger) {
	if (cancelled(request, ledger)) return void 0;
	if (!await hooksPass(request, ledger, "before-prepare", fleet, ({ facts }) => facts.live?.id)) return void 0;
	const migrator = migratorOf(fleet, request.migrations);
	const settled = await together(fleet, (member) => phase(request, ledger, member, "prepare", (task) => member.host.prepare({
		artifact: request.artifact,
		seal: request.seal?.(request.artifact.releaseDigest),
		services: servicesOf(request.artifact, member),
		configuration: member.configuration,
		shared: member.shared,
		commandsAs: commandsAs(request, fleet, member),
		signal: request.signal,
		...member === migrator ? pendingOf(request.migrations) : {}
	}, task), ({ sent, wire, linked }) => `${formatCount(sent.files, "file")} sent (${formatBytes(wire)}), ${formatCount(linked, "file")} linked`));
	const names = /* @__PURE__ */ new Map();
	for (const { member, value } of settled.done) {
		ledger.prepared(member, value);
		ledger.warnings.push(...value.warnings.map((warning) => `${member.host.name}: ${warning}`));
		if (value.pending) ledger.pending = value.pending;
		names.set(member.host, value.release);
	}
	if (cancelled(request, ledger) || ledger.failed(settled.failed)) return void 0;
	return await hooksPass(request, ledger, "after-prepare", fleet, ({ host }) => names.get(host)) ? names : void 0;
}

// src/fleet/deploy.ts
/**
* Deploys an artifact to every member of a fleet.
*
* @returns what came of it; whatever goes wrong on a host is in the report
* @throws only what is a defect of Tarlift
*/
async function deploy(request) {
	const ledger = new Ledger(request);
	const release = {
		version: request.version,
		commit: request.artifact.release.commit.id,
		digest: request.artifact.releaseDigest
	};
	try {
		const { outcome, name } = await transaction(request, ledger);
		if (!request.dryRun) await afterFailure(request, ledger, outcome);
		return ledger.report(outcome, {
			...release,
			release: name
		});
	} finally {
		await together(request.members, ({ host }) => host.close());
	}
}
async function transaction(asked, ledger) {
	const wanted = wantedOf(asked);
	const found = await ledger.timed("survey", () => survey(asked, ledger, wanted, { lock: !asked.dryRun }));
	const fleet = found && (asked.dryRun ? foresee(found, ledger) : await repair(asked, found, ledger, wanted));
	if (!fleet) return { outcome: "refused" };
	ledger.fleet = fleet;
	const request = {
		...asked,
		members: fleet
	};
	const [planned, seats] = await Promise.all([plan(request, fleet), rehearseSeats(fleet)]);
	const name = fleet[0]?.facts.coming;
	ledger.warnings.push(...planned.warnings);
	if (planned.decision === "refused") {
		ledger.troubles.push(...planned.troubles);
		ledger.failed(seats);
		return { outcome: "refused" };
	}
	if (planned.decision === "superseded") return superseded(request, fleet, planned.by, ledger);
	const standing = fleet.filter(({ facts }) => facts.unchanged && request.restart === "changed" && !request.dryRun);
	const bad = await notWell(request, standing, ledger);
	if (planned.decision === "unchanged" && !request.dryRun && bad.length === 0) return {
		outcome: ledger.failed(stillTaken(fleet)) ? "refused" : "unchanged",
		name
	};
	if (ledger.failed(seats)) return { outcome: "refused" };
	if (request.dryRun) {
		ledger.order = await wavePlan(request, fleet);
		if (request.migrations && request.migrations.policy !== "ignore") ledger.warnings.push("which migrations are pending is not part of this plan: they are listed by the release, once it is prepared on a host");
		return {
			outcome: "planned",
			name
		};
	}
	if (planned.decision === "unchanged") return bring({
		...request,
		restart: "always"
	}, fleet, ledger);
	return bring({
		...request,
		restartOn: new Set(bad.map(({ host }) => host))
	}, fleet, ledger);
}
/** What every host is asked about the release to come. */
function wantedOf({ artifact, version }) {
	return ({ configuration }) => ({
		artifact,
		version,
		configuration
	});
}
/** From facts to a release that is live and good everywhere, or to nothing changed. */
async function bring(request, fleet, ledger) {
	if (!hasMigrator(request, ledger)) return { outcome: "refused" };
	const names = await ledger.timed("prepare", () => prepare(request, fleet, ledger));
	if (!names || !mayGoOn(request, ledger)) return { outcome: "refused" };
	if (cancelled(request, ledger)) return { outcome: "refused" };
	return change(request, fleet, names, ledger);
}
async function change(request, fleet, names, ledger) {
	const name = names.get(fleet[0].host);
	const releaseOf = ({ host }) => names.get(host);
	if (!await hooksPass(request, ledger, "before-deploy", fleet, releaseOf)) return {
		outcome: "refused",
		name
	};
	if (migrates(request, ledger)) {
		if (!await hooksPass(request, ledger, "before-migrate", fleet, releaseOf)) return {
			outcome: "refused",
			name
		};
		if (cancelled(request, ledger)) return {
			outcome: "refused",
			name
		};
		if (!await ledger.timed("migrate", () => migrate(request, names, ledger))) return {
			outcome: "reverted",
			name
		};
		if (!await hooksPass(request, ledger, "after-migrate", fleet, releaseOf)) return {
			outcome: "reverted",
			name
		};
	}
	const whole = actionOf(request) === "deploy";
	const crossed = whole && await schemaLeftBehind(request, fleet, names, ledger);
	const { end, kept } = await switchFleet(request, fleet, names, ledger, {
		after: "after-deploy",
		rollback: false
	});
	if (end !== "kept") return {
		outcome: end,
		name
	};
	if (whole) {
		ledger.deployed({ crossed });
		ledger.back = wayBackFrom(kept, names, { rollback: false });
	}
	return {
		outcome: "deployed",
		name
	};
}
/** Not said while a host is out of use: then it is no good end. */
function superseded({ dryRun }, fleet, by, ledger) {
	ledger.warnings.push(`superseded: the live commit ${by.slice(0, 12)} descends from this one (--allow-older deploys it)`);
	return {
		outcome: !dryRun && ledger.failed(stillTaken(fleet)) ? "refused" : "superseded",
		name: fleet[0]?.facts.live?.id
	};
}

export { deploy as n, wantedOf as r, bring as t };