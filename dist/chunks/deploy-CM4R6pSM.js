import { a as migrate, c as noteLeftMigrations, d as schemaLeftBehind, f as conclude, g as hooksPass, h as afterFailure, i as mayGoOn, l as pendingOf, m as afterCommit, n as wayBackFrom, o as migrates, p as activate, r as hasMigrator, s as migratorOf } from "./rollback-target-Dia2FVnj.js";
import { S as cancelled, _ as survey, a as Ledger, h as stillTaken, p as rehearseSeats, r as repair, x as phase, y as plan } from "./transaction-d8fkQ4el.js";
import { E as healthOf, _ as wavePlan, f as hasRole, p as leaderOf, x as together } from "./fleet-CN58LEkJ.js";
import { G as formatBytes, K as formatCount } from "./repository-cMIot6rb.js";

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
	const fleet = found && !asked.dryRun ? await repair(asked, found, ledger, wanted) : found;
	if (!fleet) return { outcome: "refused" };
	ledger.fleet = fleet;
	const busy = fleet.find(({ facts }) => facts.running !== void 0);
	if (busy) ledger.warnings.push(`${busy.host.name}: a run goes on there: ${busy.facts.running}; when it has ended, a plan may be another`);
	else noteLeftMigrations(fleet, ledger);
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
	if (planned.decision === "superseded") return superseded(fleet, planned.by, ledger);
	if (planned.decision === "unchanged" && !request.dryRun && await runsWell(request, fleet, ledger)) return {
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
	if (planned.decision === "deploy") return bring(request, fleet, ledger);
	return bring({
		...request,
		restart: "always"
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
	const crossed = await schemaLeftBehind(request, fleet, names, ledger);
	const activation = await ledger.timed("activate", () => activate(request, fleet, names, ledger));
	const kept = fleet.filter((member) => !activation.behind.includes(member));
	let ok = activation.ok && !cancelled(request, ledger);
	if (ok) ok = await hooksPass(request, ledger, "after-deploy", kept, releaseOf);
	const end = await conclude(request, fleet, {
		...activation,
		ok
	}, names, ledger, { rollback: false });
	if (end !== "kept") return {
		outcome: end,
		name
	};
	await afterCommit(request, ledger, kept, releaseOf);
	ledger.crossed = crossed;
	ledger.back = wayBackFrom(kept, names, { rollback: false });
	return {
		outcome: "deployed",
		name
	};
}
function superseded(fleet, by, ledger) {
	ledger.warnings.push(`superseded: the live commit ${by.slice(0, 12)} descends from this one (--allow-older deploys it)`);
	return {
		outcome: "superseded",
		name: fleet[0]?.facts.live?.id
	};
}
/** `unchanged` is said only of services that run and answer; anything else is deployed anew, which restarts them. */
async function runsWell(request, fleet, ledger) {
	const settled = await ledger.timed("verify", () => together(fleet, (member) => phase(request, ledger, member, "verify", async () => {
		const services = await member.host.observe({
			services: member.services,
			settle: true
		});
		const bad = services.find(({ rung }) => rung === "none");
		if (bad) return `${bad.service}: ${bad.detail}`;
		ledger.services(member, await healthOf(request, member, member.facts.live.id, services));
	})));
	const reasons = [...settled.done.map(({ member, value }) => value && `${member.host.name}: ${value}`), ...settled.failed.map(({ trouble }) => `${trouble.host}: ${trouble.what}`)].filter((reason) => reason !== void 0);
	for (const reason of reasons) ledger.warnings.push(`the release is live already, but ${reason}; it is started anew`);
	return reasons.length === 0;
}

export { wantedOf as i, deploy as n, runsWell as r, bring as t };