import { t as openArtifact } from "./read-2vqV3BnM.js";
import { n as findTarget } from "./select-_VzeNJQ9.js";
import { a as precommit, c as cancelled, d as migrate, f as noteLeftMigrations, i as commit, l as prepare, m as runHooks, n as plan, o as activate, s as revert, u as mayGoOn } from "./plan-DCq6C9Io.js";
import { i as healthOf } from "./table-COEK3Ooj.js";
import { i as repair, m as phase, o as survey, r as notifying, s as Ledger } from "./transaction-CyzM4Uy1.js";
import { l as together, n as fleetRequest, r as onHosts } from "./fleet-BkXb-GJl.js";
import { t as isAncestorIn } from "./ancestry-Bys6WzAt.js";
import { a as makeArtifact, n as configOf, t as artifactAt } from "./artifact-C0lyE2jw.js";

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
	noteLeftMigrations(fleet, ledger);
	const request = {
		...asked,
		members: fleet
	};
	const planned = await plan(request, fleet);
	const name = fleet[0]?.facts.coming;
	ledger.warnings.push(...planned.warnings);
	if (planned.decision === "refused") {
		ledger.troubles.push(...planned.troubles);
		return { outcome: "refused" };
	}
	if (planned.decision === "superseded") return superseded(fleet, planned.by, ledger);
	if (request.dryRun) return {
		outcome: "planned",
		name
	};
	if (planned.decision === "deploy") return bring(request, fleet, ledger);
	if (await runsWell(request, fleet, ledger)) return {
		outcome: "unchanged",
		name
	};
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
	const names = await ledger.timed("prepare", () => prepare(request, fleet, ledger));
	if (!names || !mayGoOn(request, ledger)) return { outcome: "refused" };
	if (ledger.failed(cancelled(request).map((trouble) => ({ trouble })))) return { outcome: "refused" };
	return change(request, fleet, names, ledger);
}
async function change(request, fleet, names, ledger) {
	const name = names.get(fleet[0].host);
	const releaseOf = ({ host }) => names.get(host);
	const opening = await runHooks(request, "before-deploy", fleet, releaseOf);
	ledger.warnings.push(...opening.warnings);
	if (ledger.failed(opening.failed)) return {
		outcome: "refused",
		name
	};
	if (!await ledger.timed("migrate", () => migrate(request, name, ledger))) return {
		outcome: "reverted",
		name
	};
	const activation = await ledger.timed("activate", () => activate(request, fleet, names, ledger));
	const kept = fleet.filter((member) => !activation.behind.includes(member));
	let ok = activation.ok && !ledger.failed(cancelled(request).map((trouble) => ({ trouble })));
	if (ok) {
		const closing = await runHooks(request, "after-deploy", kept, releaseOf);
		ledger.warnings.push(...closing.warnings);
		ok = !ledger.failed([...closing.failed, ...cancelled(request).map((trouble) => ({ trouble }))]);
	}
	if (activation.touched.length + activation.behind.length === 0 && !ledger.schemaAhead) return {
		outcome: "refused",
		name
	};
	if (!ok || !await precommit(kept, ledger)) return {
		outcome: await ledger.timed("revert", () => revert(request, activation.touched, names, ledger)),
		name
	};
	await ledger.timed("commit", () => commit(request, kept, names, ledger, { rollback: false }));
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

// src/pipeline/deploy.ts
/**
* @returns what came of it, whatever goes wrong on a host
* @throws Failure (refused) for what is wrong before any host is asked
*/
function deployTo(context, options) {
	return notifying(context, options, (started) => deployArtifact(context, options, started));
}
async function deployArtifact(context, options, started) {
	const target = findTarget(context.config, options.target);
	const artifact = options.artifact === void 0 ? await openArtifact((await makeArtifact(context, versionOption(options.version))).file) : await artifactAt(context, options.artifact);
	const config = configOf(artifact, context.config);
	const { migrations } = config;
	const version = options.version ?? artifact.version;
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
const versionOption = (version) => version === void 0 ? {} : { version };

export { wantedOf as i, bring as n, runsWell as r, deployTo as t };