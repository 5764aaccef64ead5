import { C as checkOf, S as provesNothing, _ as Unhealthy, k as forEachHost, v as checkHealth, x as notAsDeployed } from "./pipeline-fleet-request.js";
import { st as visibleValues } from "./report-phases.js";
import { n as formatCount } from "./text-quantity.js";
import { r as uncoloured, t as table } from "./report-table.js";
import { n as asVerified } from "./fleet-release-drift.js";

// src/operations/status.ts
const NO_DRIFT = {
	changed: [],
	count: 0
};
/** @param options.verifyFull hash every file of the live releases */
async function status(request, options) {
	const results = await forEachHost(request.members, (member) => statusOf(member, options));
	const hosts = request.members.map((member) => {
		const done = results.done.find((one) => one.member === member);
		if (done) return done.value;
		const error = results.failed.find((one) => one.member === member)?.error;
		const { name } = member.host;
		return {
			name,
			unknown: true,
			release: void 0,
			previous: void 0,
			services: [],
			drift: NO_DRIFT,
			error
		};
	});
	return {
		app: request.app,
		target: request.target,
		hosts,
		uniform: new Set(hosts.map(({ release }) => release && (release.digest ?? release.id))).size === 1 && hosts.every(({ release, error }) => release && !error),
		healthy: hosts.every(({ release, error, services, drift, ...host }) => release !== void 0 && !error && !isLeft(host) && asVerified(drift) && services.every(({ ok }) => ok))
	};
}
/** An interrupted run left it unfinished, or drained. */
const isLeft = ({ running, open, taken }) => running === void 0 && (open !== void 0 || taken !== void 0);
async function statusOf(member, options) {
	const { host, layout, services: wanted, shared } = member;
	const facts = await host.facts({
		layout,
		services: wanted,
		shared
	});
	const release = facts.live;
	const known = {
		name: host.name,
		release,
		previous: facts.previous?.id,
		deployLock: facts.deployLock,
		running: facts.running,
		open: facts.open?.release,
		...facts.drained?.length ? { taken: facts.drained.map(({ server }) => server) } : {}
	};
	if (!release) {
		const [found] = facts.findings;
		return {
			...known,
			services: [],
			drift: NO_DRIFT,
			...found ? { error: {
				host: host.name,
				...found
			} } : {}
		};
	}
	const services = await Promise.all((await host.observe({
		services: wanted,
		settle: false
	})).map((service) => withHealth({
		...member,
		facts
	}, service, release)));
	return {
		...known,
		services,
		drift: await host.drift({
			release: release.id,
			full: options.verifyFull
		})
	};
}
/** One request, no retries: status reports the current state. */
async function withHealth(member, seen, release) {
	const service = {
		...seen,
		ok: seen.evidence !== "none"
	};
	const health = member.health[service.service];
	if (!health || service.evidence === "absent") return service;
	try {
		const { status: answered, proven } = await checkHealth(member.host, service.service, {
			...health,
			retries: 0
		}, {
			release: release.id,
			adopted: release.digest === void 0
		});
		return {
			...service,
			health: `${answered}${proven ? ", names this release" : ""}`
		};
	} catch (error) {
		if (error instanceof Unhealthy && provesNothing(checkOf(member, release.id, service.service, health), error)) return {
			...service,
			detail: `${service.detail}; ${notAsDeployed(release.id, error)}`
		};
		return {
			...service,
			ok: false,
			health: error instanceof Error ? error.message.split("\n")[0] : String(error)
		};
	}
}

// src/report/status.ts
const FILES_SHOWN = 5;
/** The lines for people; `--json` prints the status itself. Hidden characters from hosts are made visible. */
function statusLines(status, paint = uncoloured) {
	const found = visibleValues(status);
	const heads = table(found.hosts.map((host) => [host.name, releaseOf(host)]));
	return [`${found.app} on ${found.target}: ${headline(found, paint)}`, ...found.hosts.flatMap((host, n) => [`  ${heads[n]}${host.previous ? `, previous: ${host.previous}` : ""}`, ...hostLines(host, paint).map((line) => `      ${line}`)])];
}
function headline(found, paint) {
	const { hosts } = found;
	if (hosts.every(({ release, unknown }) => !release && !unknown)) return paint.bad("nothing deployed");
	return `${found.uniform ? paint.good("one release everywhere") : paint.bad(`${notUniform(hosts)}`)}, ${found.healthy ? healthSeen(hosts, paint) : paint.bad("NOT HEALTHY")}`;
}
function notUniform(hosts) {
	const known = hosts.flatMap(({ release }) => release ?? []);
	if (new Set(known.map(({ digest, id }) => digest ?? id)).size > 1) return "DIFFERENT RELEASES";
	if (hosts.some(({ unknown }) => unknown)) return "NOT ALL HOSTS ANSWER";
	return hosts.some(({ release }) => !release) ? "NOT EVERY HOST HAS A RELEASE" : "NOT AS IT SHOULD BE";
}
/** If nothing is wrong: what that is based on. `healthy` is for services that reported it themselves. */
function healthSeen(hosts, paint) {
	const services = hosts.flatMap(({ name, services }) => services.map((service) => ({
		host: name,
		...service
	}))).filter(({ evidence }) => evidence !== "absent");
	const unchecked = services.filter(({ health }) => health === void 0);
	const unverified = unchecked.filter(({ evidence }) => evidence === "unverified");
	if (services.length === 0) return "no services to look at";
	if (unverified.length > 0) return paint.warn(`NOT VERIFIED: ${unverified.map(({ host, service }) => `${service} on ${host}`).join(", ")}`);
	if (unchecked.length === 0) return paint.good("healthy");
	return paint.good(`every service runs (without a health check: ${unchecked.length} of ${services.length})`);
}
function releaseOf({ release, unknown }) {
	if (release) return `${release.id}${release.commit ? `, commit ${release.commit.slice(0, 12)}` : ""}`;
	return unknown ? "not known" : "no release";
}
function hostLines({ services, drift, deployLock, running, open, taken, error }, paint) {
	return [
		...services.map((service) => serviceLine(service, paint)),
		...drift.count > 0 ? [`${paint.warn("changed:")} ${formatCount(drift.count, "file")} ${drift.count === 1 ? "differs" : "differ"} from what was verified: ${drift.changed.slice(0, FILES_SHOWN).join(", ")}${drift.count > FILES_SHOWN ? ", …" : ""}`] : [],
		...drift.added ? [`${paint.warn("added:")} ${formatCount(drift.added.count, "file")} that may change what runs, and that no release brought: ${drift.added.paths.slice(0, FILES_SHOWN).join(", ")}${drift.added.count > FILES_SHOWN ? ", …" : ""}`] : [],
		...drift.extra ? [`added: ${formatCount(drift.extra.count, "file")} that no release has: ${drift.extra.paths.slice(0, FILES_SHOWN).join(", ")}${drift.extra.count > FILES_SHOWN ? ", …" : ""} (they stay behind when the next one comes: name their directories in \`shared\`)`] : [],
		...drift.unrecorded ? [`not looked at: environment ${drift.unrecorded.join(", ")}, of which this host has no record yet`] : [],
		...taken ? [`${paint.warn("out of its balancer:")} ${taken.join(", ")} (${running ? "the run that goes on has taken it out" : "a run that was cut off has taken it out: the next deploy, rollback or converge gives it back"})`] : [],
		...deployLock ? [`${paint.warn("deploys are locked:")} ${deployLock}`] : [],
		...running ? [`${paint.warn("a run goes on:")} ${running}${open ? ` (half-way: ${open})` : ""}`] : [],
		...open && !running ? [`${paint.warn("unfinished:")} a run that was cut off left ${open}: the next deploy or rollback puts it in order`] : [],
		...error ? [`${paint.bad("✗")} ${error.what}${error.remedy ? ` (${paint.bold("next:")} ${error.remedy})` : ""}`] : []
	];
}
function serviceLine({ service, ok, evidence, detail, health }, paint) {
	if (evidence === "absent") return `${service}: ${detail}`;
	const fine = evidence === "unverified" && !health ? paint.warn("NOT VERIFIED") : paint.good("ok");
	return `${service}: ${ok ? fine : paint.bad("NOT OK")}, ${detail}${health ? `, ${health}` : ""}`;
}

export { status as n, statusLines as t };