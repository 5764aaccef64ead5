import { n as Failure } from "./failure-DLNjTWx2.js";
import { c as hasRole, l as together, u as troubleOf } from "./fleet-BkXb-GJl.js";
import { d as tryRun, l as formatEnd, m as formatCount, p as formatBytes } from "./repository--9ylEnQL.js";
import { i as healthOf, n as Unhealthy } from "./table-COEK3Ooj.js";
import { c as crossedBy, d as missingFrom, f as leaveBalancers, l as describeLeft, m as phase, p as returnToBalancers, u as leftBatches } from "./transaction-CyzM4Uy1.js";
import { n as succeeded, t as describeEnd } from "./task-end-DTr_9lbC.js";

// src/fleet/hooks.ts
/**
* Runs the hooks of one point, one after the other, each on all of its hosts at once. What they are told: hookData below.
*
* @param members the hosts that this point is about: one wave, or all
* @param releaseOf the release in whose directory a hook runs on a host; undefined: the host has none, and the hook is left out there
*/
async function runHooks(request, point, members, releaseOf) {
	const run = {
		failed: [],
		warnings: []
	};
	for (const raw of request.hooks[point] ?? []) {
		const hook = {
			on: "hosts",
			"on-failure": "fail",
			...raw
		};
		const failed = await runOne(request, point, hook, members, releaseOf);
		if (hook["on-failure"] === "warn") run.warnings.push(...failed.map(({ trouble }) => describe(trouble)));
		else run.failed.push(...failed);
		if (run.failed.length > 0) break;
	}
	return run;
}
async function runOne(request, point, hook, members, releaseOf) {
	const variables = hookData(request, point);
	if (hook.on === "runner") {
		const trouble = await onRunner(request, point, hook, {
			...variables,
			...runnerData(request, members, releaseOf)
		});
		return trouble ? [{
			member: void 0,
			trouble
		}] : [];
	}
	const leader = request.members[0]?.host;
	const chosen = members.filter((member) => hasRole(member.roles, hook.roles) && (hook.on === "hosts" || member.host === leader) && releaseOf(member) !== void 0);
	return (await together(chosen, async (member) => {
		const task = request.progress.task(`${point}: ${title(hook.run)}`, { host: member.host.name });
		const result = await member.host.task({
			run: hook.run,
			release: releaseOf(member),
			variables: {
				...variables,
				TARLIFT_HOST: member.host.name,
				TARLIFT_PREVIOUS: member.facts.live?.id ?? ""
			},
			runAs: member.place.runAs,
			timeout: hook.timeout,
			lock: "closed"
		}, task);
		if (succeeded(result)) return task.end();
		const ended = describeEnd(result, hook.timeout);
		task.fail(ended);
		throw new Failure({
			what: `the hook ${point} failed`,
			where: {
				host: member.host.name,
				command: hook.run,
				ended
			},
			output: result.lastLines,
			remedy: REMEDY
		});
	})).failed;
}
/**
* Variables of every hook. On hosts it has the configuration of the release that it runs in besides (`TARLIFT_RELEASE`,
* `TARLIFT_VERSION`, `TARLIFT_COMMIT` among it), its `TARLIFT_HOST`, and `TARLIFT_PREVIOUS`: what was live there before, empty for none.
*/
function hookData(request, point) {
	return {
		TARLIFT_HOOK: point,
		TARLIFT_ACTION: "artifact" in request ? "deploy" : "rollback",
		TARLIFT_APP: request.app,
		TARLIFT_TARGET: request.target,
		TARLIFT_DEPLOY: request.deployId
	};
}
/** The same for a hook on the machine that deploys: releases as the first of these hosts has them, and all their names. */
function runnerData(request, members, releaseOf) {
	const [first] = members;
	const id = first && releaseOf(first);
	const recorded = first?.facts.releases.find((release) => release.id === id);
	const { version, artifact } = request;
	return {
		TARLIFT_HOSTS: members.map(({ host }) => host.name).join(" "),
		TARLIFT_RELEASE: id ?? "",
		TARLIFT_PREVIOUS: first?.facts.live?.id ?? "",
		TARLIFT_VERSION: version ?? recorded?.version ?? "",
		TARLIFT_COMMIT: artifact?.release.commit.id ?? recorded?.commit ?? ""
	};
}
async function onRunner(request, point, hook, variables) {
	const task = request.progress.task(`${point}: ${title(hook.run)}`);
	const result = await tryRun([
		"sh",
		"-ec",
		hook.run
	], {
		cwd: request.directory,
		env: {
			...process.env,
			...variables
		},
		onLine: (line) => task.line(line),
		signal: request.signal,
		...limit(hook)
	});
	if (result.code === 0 && !result.timedOut) {
		task.end();
		return;
	}
	task.fail();
	return {
		what: `the hook ${point} failed on this machine`,
		where: {
			command: hook.run,
			ended: formatEnd(result, limit(hook))
		},
		output: result.lastLines,
		remedy: REMEDY
	};
}
const REMEDY = "Its output says why; with `on-failure: warn` a deploy goes on without it.";
const limit = (hook) => hook.timeout ? { timeout: hook.timeout * 1e3 } : {};
const title = (run) => run.trim().split("\n")[0].slice(0, 60);
const describe = (trouble) => [
	trouble.host ? `${trouble.host}: ` : "",
	trouble.what,
	trouble.where?.ended ? ` (${trouble.where.ended})` : "",
	trouble.output ? `: ${trouble.output.trim().split("\n").at(-1)}` : ""
].join("");

// src/fleet/migrate.ts
/** Seconds that listing may take; applying may take as long as the configuration says. */
const LISTING = 300;
/** What prepare is asked for on the leader. */
function pendingOf(migrations) {
	return !migrations || migrations.policy === "ignore" ? {} : {
		pending: migrations.pending,
		timeout: LISTING
	};
}
/** Whether the policy lets a deploy go on with what prepare found pending; what keeps it is in the ledger. */
function mayGoOn(request, ledger) {
	if (request.migrations?.policy !== "require-none" || ledger.pending.length === 0) return true;
	ledger.troubles.push({
		host: request.members[0]?.host.name,
		what: `${formatCount(ledger.pending.length, "migration")} pending, and the policy is require-none`,
		output: ledger.pending.join("\n"),
		remedy: "Apply them by hand first, or deploy with `migrations: apply`."
	});
	return false;
}
/**
* Applies what is pending. From its start on the schema counts as ahead: a migration that fails may have done a part of its work.
*
* @returns false when it failed (the ledger has why); no host was touched then
*/
async function migrate(request, release, ledger) {
	const { migrations } = request;
	if (migrations?.policy !== "apply" || ledger.pending.length === 0) return true;
	const leader = request.members[0];
	const applying = async (task) => {
		const result = await leader.host.task({
			run: migrations.apply,
			release,
			runAs: leader.place.runAs,
			timeout: migrations.timeout,
			lock: "inherited",
			migrations: {
				names: ledger.pending,
				transaction: request.deployId
			}
		}, task);
		const ended = describeEnd(result, migrations.timeout);
		if (!succeeded(result)) throw new Failure({
			what: "the migrations failed",
			where: {
				host: leader.host.name,
				release,
				command: migrations.apply,
				ended
			},
			output: result.lastLines,
			remedy: "No host was switched. See which migrations were applied before you deploy again."
		});
	};
	ledger.schemaAhead = true;
	const settled = await together([leader], (member) => phase(request, ledger, member, "migrate", applying, () => `${ledger.pending.length} applied`));
	if (ledger.failed(settled.failed)) return false;
	ledger.applied = ledger.pending;
	return true;
}
/** Tells what became of migrations whose run was lost or failed: until something is deployed, the schema counts as ahead. */
function noteLeftMigrations(fleet, ledger) {
	const left = leftBatches(fleet);
	ledger.warnings.push(...left.map(describeLeft));
	if (left.length > 0) ledger.foundAhead = true;
}
/**
* Whether a rollback may go to these releases as far as the database is concerned. It may not, unless it was said, when migrations were
* applied since they were good; those that were undone by hand meanwhile do not count.
*
* @returns the migrations that it crosses; undefined when it may not (the ledger has why)
*/
async function schemaCrossed(request, fleet, names, ledger) {
	const since = crossedBy(fleet, names);
	if (since.length === 0) return since;
	const undone = await undoneOf(request, fleet[0]);
	const crossed = since.filter(({ migration }) => !undone.has(migration));
	if (crossed.length === 0) return crossed;
	const release = names.get(fleet[0].host);
	const what = `${formatCount(crossed.length, "migration")} applied since ${release} was good`;
	if (request.allowSchemaAhead) {
		ledger.warnings.push(`${what}: ${crossed.map(({ migration }) => migration).join(", ")}`);
		return crossed;
	}
	ledger.troubles.push({
		host: crossed[0].host,
		what: `the rollback crosses ${what}`,
		output: crossed.map(({ migration, release, certain }) => `${migration}  (with ${release}${certain ? "" : ", perhaps: it failed"})`).join("\n"),
		remedy: `Where the older code works with this schema: tarlift rollback ${request.target} --allow-schema-ahead. Else undo them first, with the code that is live: tarlift run ${request.target} '<command>'`
	});
}
/** What the live release, on the leader, calls pending although it was applied. */
async function undoneOf(request, leader) {
	const { migrations } = request;
	if (!migrations || migrations.policy === "ignore" || !leader.facts.live) return /* @__PURE__ */ new Set();
	const task = request.progress.task("migrations that were undone by hand", { host: leader.host.name });
	const result = await leader.host.task({
		run: migrations.pending,
		runAs: leader.place.runAs,
		timeout: LISTING,
		lock: "closed"
	}, task).catch(() => void 0);
	task.end();
	return new Set(result && succeeded(result) ? result.lastLines.split("\n").map((line) => line.trim()) : []);
}

// src/fleet/prepare.ts
/**
* Prepares all hosts at once.
*
* @returns each host's name of the release; undefined when a host is not prepared: then nothing has changed anywhere
*/
async function prepare(request, fleet, ledger) {
	const before = await runHooks(request, "before-prepare", fleet, ({ facts }) => facts.live?.id);
	ledger.warnings.push(...before.warnings);
	if (ledger.failed(before.failed)) return void 0;
	const [leader] = fleet;
	const settled = await together(fleet, (member) => phase(request, ledger, member, "prepare", (task) => member.host.prepare({
		artifact: request.artifact,
		configuration: member.configuration,
		shared: member.shared,
		...member.host === leader?.host ? pendingOf(request.migrations) : {}
	}, task), ({ sent, wire, linked }) => `${formatCount(sent.files, "file")} sent (${formatBytes(wire)}), ${formatCount(linked, "file")} linked`));
	const names = /* @__PURE__ */ new Map();
	for (const { member, value } of settled.done) {
		ledger.prepared(member, value);
		ledger.warnings.push(...value.warnings.map((warning) => `${member.host.name}: ${warning}`));
		if (value.pending) ledger.pending = value.pending;
		names.set(member.host, value.release);
	}
	if (ledger.failed(settled.failed)) return void 0;
	const after = await runHooks(request, "after-prepare", fleet, ({ host }) => names.get(host));
	ledger.warnings.push(...after.warnings);
	return ledger.failed(after.failed) ? void 0 : names;
}
/** A run that was cancelled opens no further step. */
function cancelled(request) {
	return request.signal?.aborted ? [{ what: "cancelled" }] : [];
}

// src/fleet/take-back.ts
/** Seconds for what a host began before its connection broke: it keeps its lock until that has ended. */
const PATIENCE = 120;
/**
* @param release what is being undone
* @returns what is live now, which is what was live before unless another run has been there meanwhile
* @throws Failure when the host cannot be reached again, or does not come back
*/
async function takeBack(request, member, release, task) {
	const { host, services } = member;
	const before = member.facts.live?.id;
	const revert = () => host.revert({
		from: release,
		to: before,
		services,
		transaction: request.deployId
	}, task);
	try {
		return await revert();
	} catch (error) {
		if (!host.lost) throw error;
		const facts = await askAgain(request, member, error);
		if (facts.open?.transaction === request.deployId) return revert();
		return {
			release: facts.live?.id,
			services: await host.observe({
				services,
				settle: false
			})
		};
	}
}
/** @throws the first error when nothing better is known */
async function askAgain(request, member, error) {
	const { host, place, services, shared } = member;
	const lock = {
		wait: Math.max(request.waitForLock, PATIENCE),
		owner: request.owner
	};
	const facts = await host.facts({
		place,
		services,
		shared,
		lock
	}).catch(() => void 0);
	if (!facts || facts.lockedBy !== void 0) throw error;
	return facts;
}

// src/fleet/revert.ts
/**
* Takes all touched hosts back, also when the run was cancelled.
*
* @returns `reverted` when each of them runs what it ran before; `split` when not: the ledger says where each host stands
*/
async function revert(request, touched, names, ledger) {
	const settled = await together(touched, async (member) => {
		const release = names.get(member.host);
		const before = member.facts.live?.id;
		if (before === release) return returnToBalancers(request, member, ledger);
		const reverting = async (task) => {
			const reverted = await takeBack(request, member, release, task);
			ledger.swapped(member, reverted.release, reverted);
			const bad = before === void 0 ? [] : reverted.services.filter(({ rung }) => rung === "none");
			if (bad.length > 0) throw new Failure({
				what: `the services did not come back with ${before}`,
				where: { host: member.host.name },
				output: bad.map(({ service, detail }) => `${service}: ${detail}`).join("\n"),
				remedy: "Look at this host now: the link is back, its services are not."
			});
		};
		const back = () => before ? `back to ${before}` : "back to no release";
		await phase(request, ledger, member, "revert", reverting, back);
		if (before !== void 0) await healthAfter(member, before, ledger);
		await returnToBalancers(request, member, ledger);
	});
	return ledger.failed(settled.failed) ? "split" : "reverted";
}
/** The old release is back and runs: that it does not answer (perhaps it did not before either) is told, and changes no outcome. */
async function healthAfter(member, before, ledger) {
	try {
		const services = ledger.host(member).services;
		ledger.services(member, await healthOf({ signal: void 0 }, member, before, services));
	} catch (error) {
		const trouble = troubleOf(error, member.host.name);
		ledger.failed([{ trouble: {
			...trouble,
			what: `after the revert, ${trouble.what}`
		} }]);
	}
}

// src/fleet/watch.ts
/** Seconds between two looks. */
const INTERVAL = 2;
/**
* Watches everything that was switched until now.
*
* @param seconds how long
* @returns whether all of it stayed well (the ledger has what did not)
*/
async function watch(request, switched, names, seconds, ledger) {
	const settled = await together(switched, (member) => phase(request, ledger, member, "watch", () => watchHost(request, member, names.get(member.host), seconds, ledger)));
	return !ledger.failed(settled.failed);
}
/** @throws Failure of what was seen */
async function watchHost(request, member, release, seconds, ledger) {
	const first = new Map(ledger.host(member).services.map(({ service, pid }) => [service, pid]));
	const until = performance.now() + seconds * 1e3;
	for (;;) {
		const seen = await member.host.observe({
			services: member.services,
			settle: false
		});
		for (const { service, rung, pid, detail } of seen) {
			const began = first.get(service);
			const restarted = began !== void 0 && pid !== void 0 && pid !== began;
			if (rung === "none" || restarted) throw new Failure({
				what: restarted ? `${service} was restarted while it was watched` : `${service} stopped running while it was watched`,
				where: {
					host: member.host.name,
					release
				},
				output: detail,
				remedy: "Its log says why it does not stay up."
			});
		}
		await healthOf(request, member, release, seen);
		const left = until - performance.now();
		if (left <= 0 || request.signal?.aborted) return;
		await new Promise((resolve) => setTimeout(resolve, Math.min(left, INTERVAL * 1e3)));
	}
}

// src/fleet/waves.ts
/**
* Orders a fleet: the canary, then the hosts that serve nobody now, then the others in waves. So many of the healthy ones stay in service
* at any time as the rules ask for, and one at least wherever there are two.
*
* @param rules left out: all at once
* @returns the waves; or why there are none that keep the rules
*/
function wavesOf(fleet, rules) {
	if (rules === void 0) return { waves: [fleet.map(({ member }) => member)] };
	const healthy = fleet.filter((one) => one.healthy).map(({ member }) => member);
	const unhealthy = fleet.filter((one) => !one.healthy).map(({ member }) => member);
	const size = Math.max(1, hostsOf(rules.size, fleet.length));
	const stay = fleet.length === 1 ? 0 : Math.max(1, hostsOf(rules.minHealthy, fleet.length));
	if (healthy.length > 0 && stay >= fleet.length) return { problem: `min-healthy keeps ${stay} of ${fleet.length} hosts in service, which leaves none to switch` };
	const atOnce = Math.min(size, Math.max(1, fleet.length - stay));
	const canary = rules.canary && healthy.length > stay ? healthy.splice(0, 1) : [];
	return { waves: [
		canary,
		rules.canary && canary.length === 0 ? unhealthy.splice(0, 1) : [],
		...batches(unhealthy, size),
		...batches(healthy, atOnce)
	].filter(hasAny) };
}
/** @returns whole hosts: a part is rounded up */
function hostsOf(share, hosts) {
	return typeof share === "number" ? share : Math.ceil(share.percent * hosts / 100);
}
const hasAny = (wave) => wave.length > 0;
function batches(members, size) {
	return Array.from({ length: Math.ceil(members.length / size) }, (_, n) => members.slice(n * size, (n + 1) * size));
}

// src/fleet/activate.ts
/** Activates a fleet wave by wave, stopping at the first that fails. `names`: the release's name on each host. */
async function activate(request, fleet, names, ledger) {
	const activation = {
		touched: [],
		behind: [],
		ok: false
	};
	const planned = wavesOf(await withHealth(request, fleet), request.waves);
	if ("problem" in planned) {
		ledger.failed([{ trouble: {
			what: planned.problem,
			remedy: "Change `waves` of the target."
		} }]);
		return activation;
	}
	for (const [n, wave] of planned.waves.entries()) {
		if (ledger.failed(cancelled(request).map((trouble) => ({ trouble })))) return activation;
		if (!await activateWave(request, wave, names, ledger, activation)) return activation;
		const seconds = request.waves?.watch ?? 0;
		if (seconds > 0 && !await watch(request, activation.touched, names, seconds, ledger)) return activation;
		if (n < planned.waves.length - 1) request.progress.notice(`wave ${n + 1} of ${planned.waves.length} is through`);
	}
	if (activation.touched.length === 0) {
		ledger.failed([{ trouble: { what: "no host took the release" } }]);
		return activation;
	}
	return {
		...activation,
		ok: true
	};
}
/** Who serves now matters only where there is an order. */
async function withHealth(request, fleet) {
	if (request.waves === void 0 || fleet.length === 1) return fleet.map((member) => ({
		member,
		healthy: true
	}));
	const settled = await together(fleet, async (member) => {
		if (!member.facts.live) return false;
		const seen = await member.host.observe({
			services: member.services,
			settle: false
		});
		if (seen.some(({ rung }) => rung === "none")) return false;
		const once = {
			...member,
			health: onlyOnce(member.health)
		};
		await healthOf(request, once, member.facts.live.id, seen);
		return true;
	});
	const healthy = new Set(settled.done.filter(({ value }) => value).map(({ member }) => member.host));
	return fleet.map((member) => ({
		member,
		healthy: healthy.has(member.host)
	}));
}
const onlyOnce = (health) => Object.fromEntries(Object.entries(health).map(([service, check]) => [service, {
	...check,
	retries: 0
}]));
async function activateWave(request, wave, names, ledger, activation) {
	const releaseOf = ({ host }) => names.get(host);
	const before = await runHooks(request, "before-activate", wave, releaseOf);
	ledger.warnings.push(...before.warnings);
	if (ledger.failed(before.failed)) return false;
	activation.touched.push(...wave);
	const settled = await together(wave, async (member) => {
		const release = names.get(member.host);
		if (member.facts.live?.id !== release || request.restart === "always") {
			await leaveBalancers(request, member, ledger);
			if (request.signal?.aborted) throw new Failure({
				what: "cancelled",
				where: { host: member.host.name }
			});
		}
		await switchTo(request, member, release, ledger);
		await returnToBalancers(request, member, ledger);
	});
	if (settled.failed.length > 0 && !await leaveBehind(request, settled.failed, names, ledger, activation)) return false;
	const done = settled.done.map(({ member }) => member);
	const after = await runHooks(request, "after-activate", done, releaseOf);
	ledger.warnings.push(...after.warnings);
	return !ledger.failed(after.failed);
}
/** As many as the rules allow go back by themselves, and the others go on. @returns false when these are too many, or one does not go back */
async function leaveBehind(request, failed, names, ledger, activation) {
	const allowed = request.waves?.maxFailures ?? 0;
	const members = failed.map(({ member }) => member);
	if (activation.behind.length + failed.length > allowed || request.signal?.aborted) {
		ledger.failed([...failed]);
		return false;
	}
	if (await revert(request, members, names, ledger) === "split") return false;
	activation.behind.push(...members);
	activation.touched = activation.touched.filter((member) => !members.includes(member));
	for (const { member, trouble } of failed) {
		const { host, facts } = member;
		ledger.warnings.push(`${host.name} stays behind with ${facts.live?.id ?? "no release"}: ${trouble.what}${trouble.output ? ` (${trouble.output.split("\n")[0]})` : ""}`);
	}
	return true;
}
/** @throws Failure when the host does not run the release, or does not run it well */
async function switchTo(request, member, release, ledger) {
	ledger.swapped(member, void 0, void 0);
	const activating = async (task) => {
		const activated = await member.host.activate({
			release,
			expected: member.facts.live?.id,
			services: member.services,
			transaction: request.deployId,
			restart: request.restart,
			...request.switch ? { switch: request.switch.after } : {}
		}, task);
		ledger.swapped(member, release, activated);
		ledger.warnings.push(...activated.warnings.map((warning) => `${member.host.name}: ${warning}`));
		const bad = activated.services.filter(({ rung }) => rung === "none");
		if (bad.length > 0) throw notRunning(member, release, bad);
		return activated.services;
	};
	const started = await phase(request, ledger, member, "activate", activating, summary);
	if (Object.keys(member.health).length === 0) return;
	const verifying = () => healthOf(request, member, release, started).catch((error) => withLog(member, error));
	ledger.services(member, await phase(request, ledger, member, "verify", verifying, summary));
}
/** What is not healthy, with the last lines of its own log where they can be read: the answer itself seldom says why. */
async function withLog(member, error) {
	const services = member.services.filter(({ name }) => error instanceof Unhealthy && error.service === name);
	const log = (await member.host.observe({
		services,
		settle: false,
		log: true
	}).catch(() => []))[0]?.log?.trim();
	if (!log || !(error instanceof Unhealthy)) throw error;
	throw new Failure({
		...error,
		output: [
			error.output,
			"its log ends with:",
			log
		].filter(Boolean).join("\n")
	});
}
function notRunning(member, release, bad) {
	return new Failure({
		what: `${bad.map(({ service }) => service).join(", ")} does not run the release`,
		where: {
			host: member.host.name,
			release
		},
		output: bad.map(({ service, detail }) => `${service}: ${detail}`).join("\n"),
		remedy: "The service's own log says why it does not stay up."
	});
}
const summary = (services) => services.map(({ service, rung, detail }) => `${service}: ${detail || rung}`).join("; ");

// src/fleet/commit.ts
/**
* Tells every host that from here on a killed run is to be finished, not reverted. One host needs no such agreement.
*
* @returns false when a host did not hear it: then all go back
*/
async function precommit(fleet, ledger) {
	if (fleet.length === 1) return true;
	const settled = await together(fleet, (member) => ledger.phase(member, "commit", () => member.host.precommit()));
	return !ledger.failed(settled.failed);
}
/** Records and prunes. Every host runs the release already, so whatever fails here warns: the next run finishes it. */
async function commit(request, fleet, names, ledger, options) {
	const [leader] = request.members;
	const applied = eventsOf(ledger.applied, request.deployId, (leader && names.get(leader.host)) ?? "");
	const settled = await together(fleet, (member) => phase(request, ledger, member, "commit", () => member.host.commit({
		release: names.get(member.host),
		keep: request.keep,
		transaction: request.deployId,
		rollback: options.rollback,
		migrations: missingFrom(member.host, fleet, request.deployId, {
			leader: leader?.host,
			events: applied
		})
	})));
	for (const { member, value } of settled.done) ledger.warnings.push(...value.warnings.map((warning) => `${member.host.name}: ${warning}`));
	for (const { member, trouble } of settled.failed) ledger.warnings.push(`${member.host.name} runs the release but has not recorded it as good (${trouble.what}); the next deploy does that`);
}
/** What the leader's journal got for what this run applied. */
function eventsOf(applied, transaction, release) {
	if (applied.length === 0) return [];
	const of = {
		transaction,
		release
	};
	return [...applied.map((migration) => ({
		...of,
		event: "begun",
		migration
	})), {
		...of,
		event: "ended",
		code: 0
	}];
}

// src/fleet/plan.ts
/** Decides what a deploy will do on this fleet, and whether it may. */
async function plan(request, fleet) {
	const troubles = fleet.flatMap(findingsOf);
	const warnings = fleet.flatMap(warningsOf);
	if (troubles.length > 0) return {
		decision: "refused",
		troubles,
		warnings
	};
	const by = request.allowOlder ? void 0 : await supersededBy(request, fleet);
	if (by !== void 0) return {
		decision: "superseded",
		by,
		warnings
	};
	if (request.restart === "changed" && fleet.every(({ facts }) => facts.unchanged)) return {
		decision: "unchanged",
		warnings
	};
	return {
		decision: "deploy",
		warnings
	};
}
/** What keeps a host from taking part in a transaction at all. */
function findingsOf({ host, facts }) {
	const troubles = facts.findings.map((finding) => ({
		host: host.name,
		...finding
	}));
	if (facts.held !== void 0) troubles.push({
		host: host.name,
		what: `deploys are held: ${facts.held}`,
		remedy: "When it is over: tarlift unlock TARGET"
	});
	return troubles;
}
function warningsOf({ host, facts }) {
	return facts.warnings.map((warning) => `${host.name}: ${warning}`);
}
/**
* The live commit that makes ours an old one: every host that runs anything runs a descendant of our commit. A fleet that is not
* uniform is never called superseded, so that it can be made uniform.
*/
async function supersededBy(request, fleet) {
	const ours = request.artifact.release.commit.id;
	const live = fleet.map(liveCommit);
	const [first] = live;
	if (first === void 0 || first === ours || live.some((commit) => commit !== first)) return void 0;
	return await request.isAncestor(ours, first) ? first : void 0;
}
function liveCommit({ facts }) {
	return facts.live?.commit || void 0;
}

export { precommit as a, cancelled as c, migrate as d, noteLeftMigrations as f, commit as i, prepare as l, runHooks as m, plan as n, activate as o, schemaCrossed as p, warningsOf as r, revert as s, findingsOf as t, mayGoOn as u };