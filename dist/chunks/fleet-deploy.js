import { a as rollOut, c as runHooks, n as unhealthyHosts, o as afterFailure, r as rollbackAfter, s as hookScope } from "./fleet-unhealthy.js";
import { A as preflight, D as stillDrained, M as plan, a as foreseeRecovery, b as releaseOnLeader, c as hasMigrator, d as migrates, f as migratorOf, h as schemaLeftBehind, i as recover, l as mayGoOn, p as pendingOf, r as Transaction, u as migrate, w as preflightServers } from "./report-transaction.js";
import { D as leaderOf, E as hasRole, T as servicesToRecord, f as wavePlan, g as servicesOf } from "./pipeline-fleet-request.js";
import { n as formatCount, t as formatBytes } from "./text-quantity.js";

// src/fleet/prepare.ts
/** Users that commands will run as on a host. */
function commandsAs(tx, plan, member) {
	const all = [runsHooks(tx, plan, member) ? member.layout.runAs : void 0, ...servicesOf(member, member.facts.incoming).map((service) => service.commandsAs)];
	return [...new Set(all.flatMap((user) => user ?? []))];
}
/**
* Whether a hook that the deploy depends on may run on a host: a hook with `on-failure: warn` reports its own failures.
*/
function runsHooks({ rules }, { hosts, waves }, member) {
	return Object.entries(rules.hooks).some(([point, hooks]) => (hooks ?? []).some(({ on, roles, "on-failure": onFailure }) => {
		if (on === "runner" || onFailure === "warn" || !hasRole(member.roles, roles)) return false;
		const anyLeads = point === "after-failure" || (waves?.maxFailures ?? 0) > 0;
		return on !== "leader" || anyLeads || leaderOf(hosts, roles) === member;
	}));
}
/**
* Prepares all hosts at once.
*
* @returns each host's name of the release; undefined when a host could not be prepared: then nothing has changed on
* any host
*/
async function prepare(tx, plan) {
	const { hosts, incoming } = plan;
	const { artifact, migrations } = incoming;
	if (tx.stopped()) return void 0;
	if (!await runHooks(tx, "before-prepare", {
		hosts,
		incoming,
		release: ({ facts }) => facts.live?.id
	})) return void 0;
	const migrator = migratorOf(hosts, migrations);
	const results = await tx.step("prepare", hosts, (member, task) => member.host.prepare({
		artifact,
		seal: tx.rules.seal?.(artifact.releaseDigest),
		services: servicesToRecord(artifact, member),
		configuration: member.configuration,
		shared: member.shared,
		commandsAs: commandsAs(tx, plan, member),
		signal: tx.signal,
		...member === migrator ? pendingOf(migrations) : {}
	}, task), ({ sent, wire, linked }) => `${formatCount(sent.files, "file")} sent (${formatBytes(wire)}), ${formatCount(linked, "file")} linked`);
	const names = /* @__PURE__ */ new Map();
	for (const { member, value } of results.done) {
		tx.prepared(member, value);
		for (const warning of value.warnings) tx.warn(warning, member);
		if (value.pending) tx.schema.pending = value.pending;
		names.set(member.host, value.release);
	}
	if (tx.stopped() || tx.recordFailures(results.failed)) return void 0;
	return await runHooks(tx, "after-prepare", {
		hosts,
		incoming,
		release: ({ host }) => names.get(host)
	}) ? names : void 0;
}

// src/fleet/deploy.ts
/**
* Deploys an artifact to every member of a fleet.
*
* @returns the report, with whatever failed on a host
* @throws only for a defect of Tarlift
*/
async function deploy(request) {
	const tx = new Transaction("deploy", request);
	const { artifact, version } = request;
	const release = {
		version,
		commit: artifact.release.commit.id,
		digest: artifact.releaseDigest
	};
	try {
		const { outcome, name } = await deployTo(tx, request);
		if (!request.dryRun) await afterFailure(tx, outcome, request);
		return tx.report(outcome, {
			...release,
			release: name
		});
	} finally {
		await tx.close();
	}
}
async function deployTo(tx, request) {
	const { dryRun } = request;
	const wanted = wantedOf(request);
	const found = await tx.part("preflight", () => preflight(tx, tx.members, wanted, { lock: !dryRun }));
	const fleet = found && (dryRun ? foreseeRecovery(tx, found) : await recover(tx, found, wanted));
	if (!fleet) return { outcome: "refused" };
	tx.participants = fleet;
	const [planned, servers] = await Promise.all([plan(request, fleet), preflightServers(fleet)]);
	const name = tx.leader?.facts.incoming;
	for (const warning of planned.warnings) tx.warn(warning);
	if (planned.decision === "refused") {
		for (const error of planned.errors) tx.error(error);
		tx.recordFailures(servers);
		return { outcome: "refused" };
	}
	if (planned.decision === "superseded") return superseded(tx, planned.by, { dryRun });
	const standing = fleet.filter(({ facts }) => facts.unchanged && request.restart === "changed" && !dryRun);
	const unhealthy = await unhealthyHosts(tx, standing);
	const unchanged = planned.decision === "unchanged";
	if (unchanged && !dryRun && unhealthy.length === 0) return {
		outcome: tx.recordFailures(stillDrained(fleet)) ? "refused" : "unchanged",
		name
	};
	if (tx.recordFailures(servers)) return { outcome: "refused" };
	const rollout = deployPlan(request, fleet);
	if (dryRun) return dryRunOf(tx, rollout, name);
	return prepareAndActivate(tx, unchanged ? {
		...rollout,
		restart: "always"
	} : {
		...rollout,
		restartOn: new Set(unhealthy.map(({ host }) => host))
	});
}
const deployPlan = (request, fleet) => ({
	hosts: fleet,
	total: fleet.length,
	waves: request.waves,
	restart: request.restart,
	recordAs: { rollback: false },
	lastHook: "after-deploy",
	incoming: request
});
/** What every host is asked about the incoming release. */
function wantedOf({ artifact, version }) {
	return ({ configuration }) => ({
		artifact,
		version,
		configuration
	});
}
async function dryRunOf(tx, rollout, name) {
	tx.planned(await wavePlan(tx, rollout));
	const { migrations } = rollout.incoming;
	if (migrations && migrations.policy !== "ignore") tx.warn("which migrations are pending is not part of this plan: they are listed by the release, once it is prepared on a host");
	return {
		outcome: "planned",
		name
	};
}
/** From a plan to a release that is live and healthy on all hosts, or to nothing changed. */
async function prepareAndActivate(tx, rollout) {
	if (!hasMigrator(tx, rollout)) return { outcome: "refused" };
	const names = await tx.part("prepare", () => prepare(tx, rollout));
	if (!names || !mayGoOn(tx, rollout)) return { outcome: "refused" };
	if (tx.stopped()) return { outcome: "refused" };
	return activatePrepared(tx, {
		...rollout,
		names
	});
}
async function activatePrepared(tx, rollout) {
	const name = releaseOnLeader(rollout);
	const scope = hookScope(rollout);
	if (!await runHooks(tx, "before-deploy", scope)) return {
		outcome: "refused",
		name
	};
	if (migrates(tx, rollout)) {
		if (!await runHooks(tx, "before-migrate", scope)) return {
			outcome: "refused",
			name
		};
		if (tx.stopped()) return {
			outcome: "refused",
			name
		};
		if (!await tx.part("migrate", () => migrate(tx, rollout))) return {
			outcome: "reverted",
			name
		};
		if (!await runHooks(tx, "after-migrate", scope)) return {
			outcome: "reverted",
			name
		};
	}
	const whole = tx.kind === "deploy";
	const crossed = whole && await schemaLeftBehind(tx, rollout);
	const { end, kept } = await rollOut(tx, rollout);
	if (end !== "kept") return {
		outcome: end,
		name
	};
	if (whole) {
		tx.schema.kept({ crossed });
		tx.leadsBack(rollbackAfter(kept, rollout.names, { rollback: false }));
	}
	return {
		outcome: "deployed",
		name
	};
}
/** Not used while a host is out of use: that is not a success. */
function superseded(tx, by, { dryRun }) {
	tx.warn(`superseded: the live commit ${by.slice(0, 12)} descends from this one (--allow-older deploys it)`);
	return {
		outcome: !dryRun && tx.recordFailures(stillDrained(tx.participants)) ? "refused" : "superseded",
		name: tx.leader?.facts.live?.id
	};
}

export { prepareAndActivate as n, wantedOf as r, deploy as t };