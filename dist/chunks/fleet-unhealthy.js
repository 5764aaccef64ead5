import { n as Failure } from "./failure.js";
import { D as leaderOf, E as hasRole, O as errorOf, _ as Unhealthy, b as healthOf, d as turnsOfFleet, g as servicesOf, h as wavesOf, k as forEachHost, m as waveProblem, u as takesTurns, y as explained } from "./pipeline-fleet-request.js";
import { ut as OUTCOME_EXIT } from "./report-phases.js";
import { r as cutEnd } from "./text-shell-word.js";
import { i as formatEnd, n as tryRun, s as cancelledWords } from "./subprocess-run.js";
import { C as inTurns, E as restore, S as drain, T as proveLock, g as crossedBy, v as missingFrom, x as restartFor, y as releaseOn } from "./report-transaction.js";
import { n as succeeded, t as describeEnd } from "./host-task-end.js";

// src/fleet/hooks.ts
/** The scope of hooks that run in the release of a rollout. @param hosts left out: all hosts of the rollout */
const hookScope = ({ hosts: all, names, incoming }, hosts = all) => ({
	hosts,
	incoming,
	release: ({ host }) => names.get(host)
});
/**
* Runs the hooks of one point, one after the other, each on all of its hosts at once; after a failure no further hook
* starts. Their variables: hookData below.
*
* @returns false when one failed (the transaction has the error); failures of hooks with `on-failure: warn` are
* warnings
*/
async function runHooks(tx, point, scope) {
	for (const hook of hooksOf(tx, point)) {
		const failed = await runOne(tx, point, hook, scope);
		if (hook["on-failure"] === "warn") warnOf(tx, failed);
		else if (tx.recordFailures(failed)) return false;
	}
	return true;
}
/** Runs the hooks of a release that stays, whatever they do: all of them run, and failures are warnings. */
async function afterCommit(tx, scope) {
	for (const hook of hooksOf(tx, "after-commit")) warnOf(tx, await runOne(tx, "after-commit", hook, scope));
}
/**
* Runs the hooks of a failed transaction, on every host that is still reachable and runs a release; also when the run
* was cancelled. They do not change its outcome.
*/
async function afterFailure(tx, outcome, incoming) {
	if (OUTCOME_EXIT[outcome] === 0) return;
	const hosts = tx.participants.filter((member) => !member.host.lost && !tx.of(member).unknown);
	const release = (member) => tx.of(member).live;
	const scope = {
		hosts,
		release,
		incoming,
		data: { TARLIFT_OUTCOME: outcome }
	};
	for (const hook of hooksOf(tx, "after-failure")) {
		const failed = await runOne(tx.uncancellable(), "after-failure", hook, scope);
		if (hook["on-failure"] === "warn") warnOf(tx, failed);
		else tx.recordFailures(failed);
	}
}
/** Whether hooks of a point run on hosts, so that connections are needed until then. */
const asksHosts = (tx, point) => hooksOf(tx, point).some(({ on }) => on !== "runner");
const hooksOf = ({ rules }, point) => rules.hooks[point] ?? [];
function warnOf(tx, failed) {
	for (const { error } of failed) tx.warn(describe$1(error));
}
async function runOne(tx, point, hook, scope) {
	const { hosts, release, among = hosts, data } = scope;
	const variables = {
		...hookData(tx, point),
		...data
	};
	if (hook.on === "runner") {
		const error = await onRunner(tx, point, hook, {
			...variables,
			...runnerData(scope)
		}).catch((error) => errorOf(error));
		return error ? [{ error }] : [];
	}
	const leader = leaderOf(among, hook.roles);
	const chosen = hosts.filter((member) => (hook.on === "leader" ? member.host === leader?.host : hasRole(member.roles, hook.roles)) && release(member) !== void 0);
	return (await forEachHost(chosen, async (member) => {
		const task = tx.progress.task(`${point}: ${title(hook.run)}`, { host: member.host.name });
		const result = await member.host.task({
			run: hook.run,
			release: release(member),
			variables: {
				...variables,
				TARLIFT_HOST: member.host.name,
				TARLIFT_PREVIOUS: member.facts.live?.id ?? ""
			},
			runAs: member.layout.runAs,
			timeout: hook.timeout,
			lock: "closed"
		}, task);
		if (succeeded(result)) return task.end();
		const ended = describeEnd(result, hook.timeout);
		task.fail(ended);
		throw new Failure({
			code: "hook-failed",
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
* Variables of every hook. On hosts, a hook also has the configuration of the release that it runs in
* (`TARLIFT_RELEASE`, `TARLIFT_VERSION` and `TARLIFT_COMMIT` among it), its `TARLIFT_HOST`, and `TARLIFT_PREVIOUS`: the
* release that was live there before, empty if there was none.
*/
function hookData({ kind, app, target, id }, point) {
	return {
		TARLIFT_HOOK: point,
		TARLIFT_ACTION: kind,
		TARLIFT_APP: app,
		TARLIFT_TARGET: target,
		TARLIFT_DEPLOY: id
	};
}
/**
* The same for a hook on the machine that deploys: the releases as the first of these hosts has them, and the names of
* all hosts.
*/
function runnerData({ hosts, release, incoming }) {
	const [first] = hosts;
	const id = first && release(first);
	const recorded = first?.facts.releases.find((one) => one.id === id);
	return {
		TARLIFT_HOSTS: hosts.map(({ host }) => host.name).join(" "),
		TARLIFT_RELEASE: id ?? "",
		TARLIFT_PREVIOUS: first?.facts.live?.id ?? "",
		TARLIFT_VERSION: incoming?.version ?? recorded?.version ?? "",
		TARLIFT_COMMIT: incoming?.artifact.release.commit.id ?? recorded?.commit ?? ""
	};
}
async function onRunner(tx, point, hook, variables) {
	const task = tx.progress.task(`${point}: ${title(hook.run)}`);
	const result = await tryRun([
		"sh",
		"-ec",
		hook.run
	], {
		cwd: tx.rules.directory,
		env: {
			...process.env,
			...variables
		},
		onLine: (line) => task.line(line),
		signal: tx.signal,
		...limit(hook)
	});
	if (result.code === 0 && !result.timedOut) {
		task.end();
		return;
	}
	task.fail();
	return {
		code: "hook-failed",
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
const title = (run) => cutEnd(run.trim().split("\n")[0], 60);
const describe$1 = (error) => [
	error.host ? `${error.host}: ` : "",
	error.what,
	error.where?.ended ? ` (${error.where.ended})` : "",
	error.output ? `: ${error.output.trim().split("\n").at(-1)}` : ""
].join("");

// src/fleet/revert-host.ts
/** Seconds to wait for what a host began before its connection broke: it keeps its lock until that has ended. */
const PATIENCE = 120;
/**
* @param release what is being reverted
* @returns the live release: the previously live one, unless another run has changed it meanwhile
* @throws Failure when the host cannot be reached again, or does not revert
*/
async function revertHost(tx, member, release, task) {
	const { host } = member;
	const before = member.facts.live?.id;
	const seen = (live) => host.observe({
		services: servicesOf(member, live),
		settle: false
	});
	const revert = async () => {
		const order = {
			from: release,
			to: before,
			transaction: tx.id
		};
		if (before !== release) return host.revert({
			...order,
			services: servicesOf(member, before)
		}, task);
		return {
			...await host.revert({
				...order,
				services: []
			}, task),
			services: await seen(before)
		};
	};
	try {
		return await revert();
	} catch (error) {
		if (!host.lost) throw error;
		const facts = await reconnect(tx, member, error);
		if (facts.open?.transaction === tx.id) return revert();
		return {
			release: facts.live?.id,
			services: await seen(facts.live?.id),
			warnings: []
		};
	}
}
/**
* Connects again after the connection broke, with the lock. @throws the first error if the second says nothing better
*/
async function reconnect(tx, member, error) {
	const { host, layout, services, shared } = member;
	const lock = {
		wait: Math.max(tx.rules.waitForLock, PATIENCE),
		owner: tx.owner
	};
	const facts = await host.facts({
		layout,
		services,
		shared,
		lock
	}).catch(() => void 0);
	if (!facts || facts.lockedBy !== void 0) throw error;
	return facts;
}

// src/fleet/revert.ts
/**
* Reverts all hosts that a rollout touched, also when the run was cancelled.
*
* @returns the state they are in; the transaction has it host by host
*/
async function revert(tx, rollout, touched) {
	const restarts = (member) => member.facts.live?.id !== releaseOn(rollout, member) && !isUntouched(tx.of(member));
	const serves = (member) => restarts(member) && !tx.drained(member);
	const takenOver = /* @__PURE__ */ new Set();
	const turned = /* @__PURE__ */ new Set();
	const results = await inTurns(tx, {
		...rollout,
		hosts: touched
	}, serves, async (member) => {
		const release = releaseOn(rollout, member);
		const before = member.facts.live?.id;
		if (before !== release && !restarts(member)) return proveLock(tx, member);
		turned.add(member);
		const reverting = async (task) => {
			const reverted = await revertHost(tx, member, release, task).catch(async (error) => {
				await lookAgain(tx, member);
				throw error;
			});
			tx.activated(member, reverted.release, reverted.services);
			for (const warning of reverted.warnings) tx.warn(warning, member);
			if (reverted.release === release && before !== release) throw stillLive(member, release);
			if (reverted.release !== before) {
				takenOver.add(member.host);
				tx.error(takenOverBy(member, reverted.release));
				return;
			}
			const bad = before === void 0 ? [] : reverted.services.filter(({ evidence }) => evidence === "none");
			if (bad.length > 0) throw new Failure({
				code: "service-not-running",
				what: `${before} is live again, and ${bad.map(({ service }) => service).join(", ")} does not run`,
				where: { host: member.host.name },
				output: bad.flatMap(({ service, detail, log }) => [`${service}: ${detail}`, log?.trim() ?? []].flat()).join("\n"),
				remedy: "Look at this host now. When the reason is gone: tarlift converge TARGET starts what is down."
			});
		};
		const back = () => `back to ${tx.of(member).live ?? "no release"}`;
		await tx.phase("revert", member, reverting, back);
		if (before !== void 0 && !takenOver.has(member.host)) await healthAfter(tx.uncancellable(), member, before);
	});
	tx.recordFailures(results.failed);
	for (const member of turned) tx.note(member, { down: downOn(tx, member) });
	for (const member of touched) tx.note(member, { drained: tx.drained(member) !== void 0 || void 0 });
	return revertOutcome(tx, rollout, touched);
}
/** Services of a host that links to its old release and were not seen to run it. */
function downOn(tx, member) {
	const { live, previousRelease, unknown, services } = tx.of(member);
	if (previousRelease === void 0 || unknown || live !== previousRelease) return void 0;
	const down = services.filter(({ evidence }) => evidence === "none").map(({ service }) => service);
	const unseen = servicesOf(member, previousRelease).filter(({ name }) => !services.some(({ service }) => service === name));
	const all = [...down, ...unseen.map(({ name }) => name)];
	return all.length === 0 ? void 0 : all;
}
/** Links to its old release, but does not serve. */
const isDown = ({ down, drained }) => down !== void 0 || drained === true;
function revertOutcome(tx, rollout, touched) {
	const where = touched.map((member) => {
		const { live, previousRelease, unknown } = tx.of(member);
		if (unknown) return "unknown";
		return live === previousRelease ? "back" : live === releaseOn(rollout, member) ? "failed" : "taken over";
	});
	if (where.includes("unknown")) return "split";
	const [first = "back"] = where;
	if (where.some((one) => one !== first)) return "split";
	if (first === "back") return "reverted";
	if (touched.length < rollout.total) return "split";
	return first === "failed" ? "failed" : "reverted";
}
/** Whether the host still has its previous release, as far as is known. */
const isUntouched = ({ live, previousRelease, unknown }) => live === previousRelease && !unknown;
/** The revert failed: how far it came is asked, not guessed; perhaps the link is reverted and a service is not. */
async function lookAgain(tx, member) {
	const { host, layout, services, shared } = member;
	const facts = host.lost ? void 0 : await host.facts({
		layout,
		services,
		shared
	}).catch(() => void 0);
	const seen = facts && await host.observe({
		services: servicesOf(member, facts.live?.id),
		settle: false
	}).catch(() => []);
	tx.activated(member, facts?.live?.id, seen);
}
/** Another run has changed the host since the connection broke: that run is responsible for it. */
const takenOverBy = ({ host, facts }, live) => ({
	host: host.name,
	code: "host-state-changed",
	what: `another run has made ${live ?? "nothing"} live there meanwhile; it was ${facts.live?.id ?? "nothing"} when this one began`,
	remedy: "Nothing of this run is left there."
});
function stillLive({ host }, release) {
	return new Failure({
		code: "host-state-changed",
		what: `${release} is live there: the host, or another run, has finished it meanwhile`,
		where: { host: host.name },
		remedy: "tarlift converge brings all hosts to what they agreed on last."
	});
}
/**
* The old release is live and runs: if it does not answer (perhaps it did not before either), that is a warning, and
* changes no outcome.
*/
async function healthAfter(tx, member, before) {
	try {
		tx.observed(member, await healthOf(member, before, tx.of(member).services, tx));
	} catch (thrown) {
		const error = errorOf(thrown, member.host.name);
		tx.error({
			...error,
			what: `after the revert, ${error.what}`
		});
	}
}

// src/fleet/watch.ts
/** Seconds between two checks. */
const INTERVAL = 2;
/**
* Watches all hosts that were activated so far.
*
* @param seconds how long
* @returns whether all of them stayed healthy (the transaction has the errors)
*/
async function watch(tx, rollout, activated, seconds) {
	const results = await tx.step("watch", activated, (member) => watchHost(tx, member, releaseOn(rollout, member), seconds));
	return !tx.recordFailures(results.failed);
}
/** @throws Failure when a service fails */
async function watchHost(tx, member, release, seconds) {
	const first = new Map(tx.of(member).services.map(({ service, pid }) => [service, pid]));
	const until = performance.now() + seconds * 1e3;
	for (;;) {
		const seen = await member.host.observe({
			services: servicesOf(member, release),
			settle: false
		});
		for (const { service, evidence, pid, detail } of seen) {
			const began = first.get(service);
			const restarted = began !== void 0 && pid !== void 0 && pid !== began;
			if (evidence === "none" || restarted) throw new Failure({
				code: "service-not-running",
				what: restarted ? `${service} was restarted while it was watched` : `${service} stopped running while it was watched`,
				where: {
					host: member.host.name,
					release
				},
				output: detail,
				remedy: "Its log says why it does not stay up."
			});
		}
		await healthOf(member, release, seen, { signal: tx.signal });
		const left = until - performance.now();
		if (left <= 0 || tx.signal?.aborted) return;
		await new Promise((resolve) => setTimeout(resolve, Math.min(left, INTERVAL * 1e3)));
	}
}

// src/fleet/activate.ts
/**
* Activates a fleet wave by wave, and stops at the first wave that fails.
*
* @returns how far the activation came; never rejects: whatever was thrown, the touched hosts must be reverted
*/
async function activateFleet(tx, rollout) {
	const activation = {
		touched: [],
		behind: [],
		ok: false
	};
	try {
		activation.ok = await activateWaves(tx, rollout, activation);
	} catch (error) {
		tx.error(errorOf(error));
	}
	return activation;
}
/** @returns whether all waves succeeded; `activation` says how far they came */
async function activateWaves(tx, rollout, activation) {
	const { hosts, waves: rules } = rollout;
	const turns = await turnsOfFleet(tx, rollout);
	const inTurn = hosts.some(takesTurns) ? hosts.filter(takesTurns) : hosts;
	const healthy = new Set(turns.filter((one) => one.healthy).map(({ member }) => member));
	const planned = wavesOf(turns, rules);
	if ("problem" in planned) {
		tx.error({
			code: "waves-impossible",
			what: planned.problem,
			remedy: "Change `waves` of the target."
		});
		return false;
	}
	for (const [n, wave] of planned.waves.entries()) {
		if (tx.stopped()) return false;
		const serving = new Set([...healthy, ...activation.touched].filter((member) => inTurn.includes(member)));
		const problem = waveProblem(wave, serving, rules, inTurn.length);
		if (problem) {
			tx.error({
				code: "waves-impossible",
				what: problem
			});
			return false;
		}
		if (!await activateWave(tx, rollout, {
			hosts: wave,
			mayFail: n === 0 && rules?.canary && wave.some((member) => healthy.has(member)) ? 0 : rules?.maxFailures ?? 0
		}, activation)) return false;
		const seconds = rules?.watch ?? 0;
		if (seconds > 0 && !await watch(tx, rollout, activation.touched, seconds)) return false;
		if (n < planned.waves.length - 1) tx.progress.notice(`wave ${n + 1} of ${planned.waves.length} is through`);
	}
	if (activation.touched.length === 0) {
		tx.error({
			code: "service-not-running",
			what: "no host took the release"
		});
		return false;
	}
	return true;
}
/** Each host goes through its own chain of phases; hosts of a wave wait for each other only at its end. */
async function activateWave(tx, rollout, wave, activation) {
	const scopeOf = (hosts) => ({
		...hookScope(rollout, hosts),
		among: rollout.hosts.filter((member) => !activation.behind.includes(member))
	});
	if (!await runHooks(tx, "before-activate", scopeOf(wave.hosts))) return false;
	activation.touched.push(...wave.hosts);
	const { done, failed } = await forEachHost(wave.hosts, async (member) => {
		if (mustLeave(rollout, member)) {
			await drain(tx, member);
			if (tx.signal?.aborted) throw new Failure({
				code: "cancelled",
				what: cancelledWords(tx.signal),
				where: { host: member.host.name }
			});
		}
		await activateHost(tx, rollout, member);
		await restore(tx, member);
	});
	if (failed.length > 0 && !await leaveBehind(tx, rollout, {
		failed,
		mayFail: wave.mayFail
	}, activation)) return false;
	if (tx.stopped()) return false;
	return runHooks(tx, "after-activate", scopeOf(done.map(({ member }) => member)));
}
/**
* If nothing is restarted, no host has to be drained. A host that could not be restored is out of use, and returns in
* the same way.
*/
const mustLeave = (rollout, member) => member.facts.live?.id !== releaseOn(rollout, member) || restartFor(rollout, member) === "always" || (member.facts.drained ?? []).length > 0;
/**
* Reverts failed hosts, as many as the rules allow, while the others go on. @returns false when too many failed, or
* when one could not be reverted
*/
async function leaveBehind(tx, rollout, { failed, mayFail }, activation) {
	const members = failed.map(({ member }) => member);
	if (activation.behind.length + failed.length > mayFail || tx.signal?.aborted) {
		tx.recordFailures(failed);
		return false;
	}
	if (!await tx.causedBy(failed, async () => {
		return await revert(tx, rollout, members) === "reverted" && !members.some((member) => isDown(tx.of(member)));
	})) return false;
	activation.behind.push(...members);
	activation.touched = activation.touched.filter((member) => !members.includes(member));
	for (const { member, error } of failed) {
		tx.note(member, { behind: true });
		const why = `${error.what}${error.output ? ` (${error.output.split("\n")[0]})` : ""}`;
		tx.warn(`${member.host.name} stays behind with ${member.facts.live?.id ?? "no release"}: ${why}`);
	}
	return true;
}
/** @throws Failure when the host does not run the release, or the release is not healthy there */
async function activateHost(tx, rollout, member) {
	const release = releaseOn(rollout, member);
	tx.activated(member, void 0, void 0);
	const activating = async (task) => {
		const activated = await member.host.activate({
			release,
			expected: member.facts.live?.id,
			services: servicesOf(member, release),
			transaction: tx.id,
			restart: restartFor(rollout, member),
			...rollout.recordAs,
			...tx.rules.autoRevert ? { autoRevert: tx.rules.autoRevert.after } : {}
		}, task).catch((error) => withReadOnlyRemedy(member, error));
		tx.activated(member, release, activated.services);
		tx.settling(member, activated.settling);
		for (const warning of activated.warnings) tx.warn(warning, member);
		const bad = activated.services.filter(({ evidence }) => evidence === "none");
		if (bad.length > 0) throw notRunning(member, release, bad);
		return activated.services;
	};
	const started = await tx.phase("activate", member, activating, summary);
	if (Object.keys(member.health).length === 0) return;
	const verifying = () => healthOf(member, release, started, tx).catch((error) => withLog(member, release, error));
	tx.observed(member, await tx.phase("verify", member, verifying, summary));
}
/**
* Adds the service's log to an error about an unhealthy service, if the log can be read: the response alone seldom says
* why.
*/
async function withLog(member, release, error) {
	const services = servicesOf(member, release).filter(({ name }) => error instanceof Unhealthy && error.service === name);
	const seen = await member.host.observe({
		services,
		settle: false,
		log: true
	}).catch(() => []);
	if (!(error instanceof Unhealthy)) throw error;
	const log = seen[0]?.log?.trim();
	if (!log) throw error;
	const { output, remedy } = explained(error, log);
	const remedies = [remedy, readOnlyRemedy(member.facts, output ?? "")];
	throw new Failure({
		...error,
		output,
		remedy: remedies.filter(Boolean).join("\n") || void 0
	});
}
function notRunning(member, release, bad) {
	return new Failure({
		code: "service-not-running",
		what: `${bad.map(({ service }) => service).join(", ")} does not run the release`,
		where: {
			host: member.host.name,
			release
		},
		output: bad.map(({ service, detail }) => `${service}: ${detail}`).join("\n"),
		remedy: ["The service's own log says why it does not stay up.", readOnlyRemedy(member.facts, bad.map(({ detail, log }) => `${detail}\n${log ?? ""}`).join("\n"))].filter(Boolean).join("\n")
	});
}
/** A service that did not start says why in its log; a possible reason is that it cannot write files. */
function withReadOnlyRemedy(member, error) {
	const more = error instanceof Failure ? readOnlyRemedy(member.facts, error.output ?? "") : void 0;
	if (!(error instanceof Failure) || more === void 0) throw error;
	throw new Failure({
		...error,
		remedy: [error.remedy, more].filter(Boolean).join("\n")
	});
}
const DENIED = /read-?only|permission denied|PermissionError|EACCES|EROFS|operation not permitted/i;
/**
* The remedy when a service reports that it may not write and files have no write permission: such programs copy a file
* together with its mode.
*/
function readOnlyRemedy({ readOnlyBecause }, said) {
	if (readOnlyBecause === void 0 || !DENIED.test(said)) return void 0;
	return `Files of a release are read-only (0444) on this host: ${readOnlyBecause}. A program that copies one with its mode (shutil.copy, fs.copyFile, cp) gets a copy that it cannot write: give the copy a mode of its own, or let the service run as another user (\`run-as\`).`;
}
const summary = (services) => services.map(({ service, evidence, detail }) => `${service}: ${detail || evidence}`).join("; ");

// src/fleet/commit.ts
/**
* Notifies every host that from here on a killed run is to be finished, not reverted. A single host needs no such
* agreement.
*
* @returns false when a host did not receive it: then all hosts revert
*/
async function precommit(tx, hosts) {
	if (hosts.length === 1) return true;
	const results = await tx.briefStep("commit", hosts, ({ host }) => host.precommit());
	return !tx.recordFailures(results.failed);
}
/**
* Records the release and prunes. With several hosts, all know already that the release stays, so any failure here is a
* warning: the next run finishes the commit. A single host learns it by this very call.
*
* @param hosts those of the rollout that keep its release
* @returns false when a single host has not recorded the release: the next run would revert it, so this run does
*/
async function commit(tx, rollout, hosts) {
	const leader = tx.schema.appliedOn;
	const applied = eventsOf(tx.schema.applied, tx.id, (leader && rollout.names.get(leader)) ?? "");
	const results = await tx.step("commit", hosts, (member) => {
		const order = {
			release: releaseOn(rollout, member),
			keep: tx.rules.keep,
			transaction: tx.id,
			...rollout.recordAs,
			last: isLast(tx, hosts, member),
			migrations: missingFrom(member.host, hosts, tx.id, {
				leader,
				events: applied
			})
		};
		const committing = member.host.commit(order);
		return hosts.length > 1 ? committing : committing.catch((error) => commitAgain(tx, member, order, error));
	});
	for (const { member, value } of results.done) for (const warning of value.warnings) tx.warn(warning, member);
	if (hosts.length === 1 && tx.recordFailures(results.failed)) return false;
	for (const { member, error } of results.failed) tx.warn(`${member.host.name} runs the release but has not recorded it as good (${error.what}); the next deploy does that`);
	return true;
}
/**
* Whether the commit is the last call to a host. A single host that cannot record the release is reverted: over another
* connection, but not without the balancers that this connection may lead to.
*/
const isLast = (tx, hosts, { backendServers = [] }) => !asksHosts(tx, "after-commit") && (hosts.length > 1 || backendServers.length === 0);
/**
* Repeats a commit after the connection broke, unless the host received it. @throws the error when it did not, and does
* not now
*/
async function commitAgain(tx, member, order, error) {
	if (!member.host.lost) throw error;
	const { live, open } = await reconnect(tx, member, error);
	if (open?.transaction === order.transaction) return member.host.commit(order);
	if (!open && live?.id === order.release && live.state === "good") return { warnings: [] };
	throw error;
}
/** What the leader's journal recorded for the migrations that this run applied. */
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

// src/fleet/commit-or-revert.ts
/**
* Activates hosts wave by wave, then commits the release on all of them or reverts all of them.
*
* @returns how it ended, and the hosts that did not stay behind
*/
async function rollOut(tx, rollout) {
	const activation = await tx.part("activate", () => activateFleet(tx, rollout));
	const kept = rollout.hosts.filter((member) => !activation.behind.includes(member));
	const scope = hookScope(rollout, kept);
	let ok = activation.ok && !tx.stopped();
	if (ok) ok = await runHooks(tx, rollout.lastHook, scope);
	const end = await commitOrRevert(tx, rollout, {
		...activation,
		ok
	});
	if (end === "kept") await afterCommit(tx, scope);
	return {
		end,
		kept
	};
}
async function commitOrRevert(tx, rollout, { ok, touched, behind }) {
	const switched = (member) => member.facts.live?.id === releaseOn(rollout, member) || !isUntouched(tx.of(member));
	const nothing = behind.length === 0 && !touched.some(switched) && !tx.schema.ahead;
	const kept = rollout.hosts.filter((member) => !behind.includes(member));
	const stopped = tx.stopped();
	if (ok && !stopped && await precommit(tx, kept) && await tx.part("commit", () => commit(tx, rollout, kept))) return "kept";
	const end = await tx.part("revert", () => revert(tx, rollout, touched));
	return !(!nothing || touched.some((member) => isDown(tx.of(member)))) && end === "reverted" ? "refused" : end;
}

// src/fleet/rollback-target.ts
/**
* The release to roll back to, by its own name on each host. Candidates are `good`, exist on every host, and on each of
* them are live or became good before the live release (so a second rollback goes further back, and one host that has
* stayed behind takes no host further back than itself); of these, the newest that is not live on all hosts already is
* chosen.
*
* @param to name, version, commit or digest (or its beginning, 7 characters or more) instead
* @throws Failure (refused) when there is none
*/
function rollbackTarget(participants, to) {
	const fleet = participants.map(keeping);
	const [leader] = fleet;
	for (const candidate of to === void 0 ? leader.good : leader.good.filter((release) => isMeant(release, to))) {
		const everywhere = fleet.map((member) => ({
			member,
			release: sameOn(member, candidate)
		}));
		if (everywhere.every(({ member, release }) => release?.id === member.facts.live?.id)) continue;
		if (everywhere.every(({ member, release }) => release && (to !== void 0 || isBack(member, release)))) return new Map(everywhere.map(({ member, release }) => [member.host, release]));
	}
	throw refusal(fleet, to);
}
/** Computed once for a host, since each release of each host is looked up on every other one. */
function keeping(member) {
	const good = member.facts.releases.filter(({ state }) => state === "good").sort(newestFirst);
	const byMark = /* @__PURE__ */ new Map();
	for (const release of good) for (const mark of [inTransaction(release), ...marksOf(release)]) if (!byMark.has(mark)) byMark.set(mark, release);
	return {
		...member,
		good,
		byMark
	};
}
/** How many of the hosts' releases a refusal names. */
const NAMED = 40;
function refusal(fleet, to) {
	const where = { live: fleet[0]?.facts.live?.id };
	const isLive = ({ facts: { live } }) => live !== void 0 && to !== void 0 && isMeant(live, to);
	if (fleet.every(isLive)) return new Failure({
		code: "rollback-target-missing",
		what: `${to} is live on every host already`,
		where,
		outcome: "refused"
	});
	const kept = keptOf(fleet);
	const later = kept.find((release) => fleet.every((member) => sameOn(member, release) !== void 0));
	const named = kept.slice(0, NAMED).map((release) => describe(fleet, release));
	if (kept.length > NAMED) named.push(`and ${kept.length - NAMED} more`);
	return new Failure({
		code: "rollback-target-missing",
		what: to === void 0 ? "there is no release that the whole target ran in good health before" : `${to} is not a good release of every host`,
		where,
		output: named.length > 0 ? named.join("\n") : void 0,
		remedy: to === void 0 && later ? `To go to a release that came later, name it: tarlift rollback TARGET --to ${later.id}` : "Check out the commit that you want and deploy it, which sends it where it is missing: tarlift deploy TARGET --allow-older",
		outcome: "refused"
	});
}
/** The good releases of all hosts, except the one that is live on all of them, each once, newest first. */
function keptOf(fleet) {
	const kept = [];
	const known = /* @__PURE__ */ new Set();
	for (const release of fleet.flatMap(({ good }) => good).sort(newestFirst)) {
		if (fleet.every((member) => sameOn(member, release)?.id === member.facts.live?.id)) continue;
		const marks = marksOf(release);
		if (marks.some((mark) => known.has(mark))) continue;
		for (const mark of marks) known.add(mark);
		kept.push(release);
	}
	return kept;
}
/** `v1-3fa9c1d2: not on app3`. */
function describe(fleet, release) {
	const lacks = fleet.filter((member) => sameOn(member, release) === void 0).map(({ host }) => host.name);
	if (lacks.length > 0) return `${release.id}: not on ${lacks.join(", ")}`;
	const later = fleet.filter((member) => !isBack(member, sameOn(member, release))).map(({ host }) => host.name);
	return `${release.id}: on every host${later.length > 0 ? `; it became good after what is live on ${later.join(", ")}` : ""}`;
}
/**
* How a rollback would return to what was live before a transaction that was kept: decided by the rules of a rollback
* itself.
*
* @param fleet the hosts that keep the release, with their facts from before the transaction
* @param names what is live on each now
* @param options.rollback the transaction was a rollback: the live release keeps its earlier place in the order
* @returns `to` if a rollback without it would choose another release, and whether it crosses migrations of runs before
* this transaction; undefined if no rollback leads there
*/
function rollbackAfter(fleet, names, { rollback }) {
	const after = fleet.map((member) => ({
		...member,
		facts: factsAfter(member, names.get(member.host), rollback)
	}));
	const leads = (to) => {
		try {
			const found = rollbackTarget(after, to);
			return fleet.every(({ host, facts }) => facts.live !== void 0 && found.get(host)?.id === facts.live.id);
		} catch {
			return false;
		}
	};
	const before = new Map(fleet.flatMap(({ host, facts }) => facts.live ? [[host, facts.live.id]] : []));
	const crosses = crossedBy(fleet, before).length > 0;
	if (leads()) return { crosses };
	const to = fleet[0]?.facts.live?.id;
	return to !== void 0 && leads(to) ? {
		to,
		crosses
	} : void 0;
}
/** Sorts after every time that a host records. */
const NOW = "9999";
function factsAfter({ facts }, live, rollback) {
	const now = {
		...facts.releases.find(({ id }) => id === live) ?? {
			id: live,
			version: live
		},
		state: "good"
	};
	if (!rollback) Object.assign(now, {
		good: NOW,
		transaction: NOW
	});
	return {
		...facts,
		live: now,
		releases: [now, ...facts.releases.filter(({ id }) => id !== live)]
	};
}
/** The release is live there, or the host ran it before the live one. */
function isBack({ facts: { live } }, release) {
	return release.id === live?.id || live?.good === void 0 || (release.good ?? "") < live.good;
}
function isMeant(release, to) {
	if (release.id === to || release.version === to) return true;
	return to.length >= 7 && [
		release.commit,
		release.digest,
		release.digest?.slice(7)
	].some((name) => name?.startsWith(to));
}
/** By the time at which they became good, ISO 8601. */
const newestFirst = (a, b) => (a.good ?? "") < (b.good ?? "") ? 1 : -1;
/**
* The same release on another host: by transaction if there is one, else the newest with the same digest. Adopted
* releases have no digest: those that were adopted in one run, or have the same name, count as the same.
*/
function sameOn({ byMark }, wanted) {
	for (const mark of [inTransaction(wanted), ...marksOf(wanted)]) {
		const found = byMark.get(mark);
		if (found) return found;
	}
}
/** Marks that all records of one release share: two releases are the same if one of their marks is the same. */
const marksOf = (release) => release.digest === void 0 ? [inTransaction(release), `name ${release.id}`] : [release.digest];
const inTransaction = ({ digest = "", transaction = "" }) => `${digest} in transaction ${transaction}`;

// src/fleet/unhealthy.ts
/**
* Checks hosts on which the release is live already, for the settling time of their services. The report has what was
* seen.
*
* @returns the reason for each host that has a service which does not run, or does not answer
*/
async function reasonsAgainst(tx, members) {
	if (members.length === 0) return /* @__PURE__ */ new Map();
	const results = await tx.part("verify", () => tx.step("verify", members, async (member) => {
		const live = member.facts.live.id;
		const services = await member.host.observe({
			services: servicesOf(member, live),
			settle: true
		});
		const bad = services.find(({ evidence }) => evidence === "none");
		if (bad) return `${bad.service}: ${bad.detail}`;
		tx.observed(member, await healthOf(member, live, services, tx));
	}));
	return new Map([...results.done.flatMap(({ member, value }) => value === void 0 ? [] : [[member, value]]), ...results.failed.map(({ member, error }) => [member, error.what])]);
}
/** @returns the hosts that {@link reasonsAgainst} finds: their services must be restarted, and the warnings say so */
async function unhealthyHosts(tx, members) {
	const reasons = await reasonsAgainst(tx, members);
	const bad = members.filter((member) => reasons.has(member));
	for (const member of bad) tx.warn(`the release is live already, but ${member.host.name}: ${reasons.get(member)}; it is to be started again`);
	return bad;
}

export { rollOut as a, runHooks as c, rollbackTarget as i, unhealthyHosts as n, afterFailure as o, rollbackAfter as r, hookScope as s, reasonsAgainst as t };