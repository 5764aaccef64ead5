import { n as Failure } from "./failure-BKWaXFxS.js";
import { C as explained, _ as waveProblem, b as troubleOf, m as turnsOfFleet, p as takesTurns, v as wavesOf, w as healthOf, x as Unhealthy, y as together } from "./fleet-CAVDNKn0.js";
import { G as cancelledWords } from "./repository-BK5IpvPt.js";
import { A as returnToBalancers, C as crossedBy, D as leaveBalancers, E as goingBack, L as phase, O as proveOwn, R as cancelled, T as missingFrom, f as asksHosts, p as hooksPass, u as afterCommit } from "./transaction-PpvIk9ED.js";

// src/fleet/rollback-target.ts
/**
* The release to go back to, on each host by its own name. Candidates are `good`, there on every host, and on each of them what is live
* or what became good before it (so a second rollback goes further back, and one host that has stayed behind takes no host further back
* than itself); the newest of them wins that is not live everywhere already.
*
* @param to name, version, commit or digest (or its beginning, 7 characters or more) instead
* @throws Failure (refused) when there is none
*/
function rollbackTarget(surveyed, to) {
	const fleet = surveyed.map(keeping);
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
/** Found once for a host, since each release of each host is looked for on every other one. */
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
/** How many of the releases that hosts keep a refusal names. */
const NAMED = 40;
function refusal(fleet, to) {
	const where = { live: fleet[0]?.facts.live?.id };
	const isLive = ({ facts: { live } }) => live !== void 0 && to !== void 0 && isMeant(live, to);
	if (fleet.every(isLive)) return new Failure({
		what: `${to} is live on every host already`,
		where,
		outcome: "refused"
	});
	const kept = keptOf(fleet);
	const later = kept.find((release) => fleet.every((member) => sameOn(member, release) !== void 0));
	const named = kept.slice(0, NAMED).map((release) => describe(fleet, release));
	if (kept.length > NAMED) named.push(`and ${kept.length - NAMED} more`);
	return new Failure({
		what: to === void 0 ? "there is no release that the whole target ran in good health before" : `${to} is not a good release of every host`,
		where,
		output: named.length > 0 ? named.join("\n") : void 0,
		remedy: to === void 0 && later ? `To go to a release that came later, name it: tarlift rollback TARGET --to ${later.id}` : "Check out the commit that you want and deploy it, which sends it where it is missing: tarlift deploy TARGET --allow-older",
		outcome: "refused"
	});
}
/** The good releases of all hosts besides what is live everywhere, each once, newest first. */
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
* How a rollback leads back to what was live before a transaction that was kept: decided by the rules of a rollback itself.
*
* @param fleet the hosts that keep it, with their facts from before it
* @param names what is live on each now
* @param options.rollback it was a rollback: what is live now has the place in the order that it had
* @returns `to` where a rollback without it would lead elsewhere, and whether it crosses migrations of runs before this transaction;
*   undefined where none leads there
*/
function wayBackFrom(fleet, names, { rollback }) {
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
/** Later than every time that a host records. */
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
/** What runs there, or what ran before it. */
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
* The same release on another host: of the same transaction where it was, else of the same digest, the newest. Adopted ones have no
* digest: those that were adopted together, or have one name, belong together.
*/
function sameOn({ byMark }, wanted) {
	for (const mark of [inTransaction(wanted), ...marksOf(wanted)]) {
		const found = byMark.get(mark);
		if (found) return found;
	}
}
/** What all records of one release have: of two releases, one of these is the same where they are one. */
const marksOf = (release) => release.digest === void 0 ? [inTransaction(release), `name ${release.id}`] : [release.digest];
const inTransaction = ({ digest = "", transaction = "" }) => `${digest} in transaction ${transaction}`;

// src/fleet/runs-well.ts
/**
* Looks at hosts on which the release is live already, for the settling time of their services. What was seen is in the ledger.
*
* @returns what speaks against each that has a service which does not run, or does not answer
*/
async function reasonsAgainst(request, members, ledger) {
	if (members.length === 0) return /* @__PURE__ */ new Map();
	const settled = await ledger.timed("verify", () => together(members, (member) => phase(request, ledger, member, "verify", async () => {
		const services = await member.host.observe({
			services: member.services,
			settle: true
		});
		const bad = services.find(({ rung }) => rung === "none");
		if (bad) return `${bad.service}: ${bad.detail}`;
		ledger.services(member, await healthOf(request, member, member.facts.live.id, services, ledger.warnOnce));
	})));
	return new Map([...settled.done.flatMap(({ member, value }) => value === void 0 ? [] : [[member, value]]), ...settled.failed.map(({ member, trouble }) => [member, trouble.what])]);
}
/** @returns the hosts that {@link reasonsAgainst} finds: their services are to be started again, and the warnings say so */
async function notWell(request, members, ledger) {
	const reasons = await reasonsAgainst(request, members, ledger);
	const bad = members.filter((member) => reasons.has(member));
	for (const member of bad) ledger.warnings.push(`the release is live already, but ${member.host.name}: ${reasons.get(member)}; it is to be started again`);
	return bad;
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
	const seen = () => host.observe({
		services,
		settle: false
	});
	const revert = async () => {
		const order = {
			from: release,
			to: before,
			transaction: request.deployId
		};
		if (before !== release) return host.revert({
			...order,
			services
		}, task);
		return {
			...await host.revert({
				...order,
				services: []
			}, task),
			services: await seen()
		};
	};
	try {
		return await revert();
	} catch (error) {
		if (!host.lost) throw error;
		const facts = await askAgain(request, member, error);
		if (facts.open?.transaction === request.deployId) return revert();
		return {
			release: facts.live?.id,
			services: await seen(),
			warnings: []
		};
	}
}
/** Connects anew after the connection broke, with the lock. @throws the first error when nothing better is known */
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
* @returns where they stand; the ledger has it host by host
*/
async function revert(request, touched, names, ledger) {
	const restarts = (member) => member.facts.live?.id !== names.get(member.host) && !isUntouched(ledger.host(member));
	const serves = (member) => restarts(member) && !ledger.taken.has(member.host);
	const takenOver = /* @__PURE__ */ new Set();
	const turned = /* @__PURE__ */ new Set();
	const settled = await goingBack(request, touched, ledger, serves, async (member) => {
		const release = names.get(member.host);
		const before = member.facts.live?.id;
		if (before !== release && !restarts(member)) return proveOwn(member, ledger);
		turned.add(member);
		const reverting = async (task) => {
			const reverted = await takeBack(request, member, release, task).catch(async (error) => {
				await lookAgain(member, ledger);
				throw error;
			});
			ledger.swapped(member, reverted.release, reverted);
			ledger.warnings.push(...reverted.warnings.map((warning) => `${member.host.name}: ${warning}`));
			if (reverted.release === release && before !== release) throw stillLive(member, release);
			if (reverted.release !== before) {
				takenOver.add(member.host);
				ledger.failed([{ trouble: takenOverBy(member, reverted.release) }]);
				return;
			}
			const bad = before === void 0 ? [] : reverted.services.filter(({ rung }) => rung === "none");
			if (bad.length > 0) throw new Failure({
				what: `${before} is live again, and ${bad.map(({ service }) => service).join(", ")} does not run`,
				where: { host: member.host.name },
				output: bad.flatMap(({ service, detail, log }) => [`${service}: ${detail}`, log?.trim() ?? []].flat()).join("\n"),
				remedy: "Look at this host now. When the reason is gone: tarlift converge TARGET starts what is down."
			});
		};
		const back = () => `back to ${ledger.host(member).live ?? "no release"}`;
		await phase(request, ledger, member, "revert", reverting, back);
		if (before !== void 0 && !takenOver.has(member.host)) await healthAfter(member, before, ledger);
	});
	ledger.failed(settled.failed);
	for (const member of turned) ledger.host(member).down = downOn(member, ledger);
	for (const member of touched) ledger.host(member).drained = ledger.taken.has(member.host) || void 0;
	return wayBackOf(touched, request.members.length, names, ledger);
}
/** Services of a host that leads to its old release and were not seen to run it. */
function downOn(member, ledger) {
	const { live, before, unknown, services } = ledger.host(member);
	if (before === void 0 || unknown || live !== before) return void 0;
	const down = services.filter(({ rung }) => rung === "none").map(({ service }) => service);
	const unseen = member.services.filter(({ name }) => !services.some(({ service }) => service === name));
	const all = [...down, ...unseen.map(({ name }) => name)];
	return all.length === 0 ? void 0 : all;
}
/** It leads to its old release, and does not serve all the same. */
const isDown = ({ down, drained }) => down !== void 0 || drained === true;
function wayBackOf(touched, hosts, names, ledger) {
	const where = touched.map((member) => {
		const { live, before, unknown } = ledger.host(member);
		if (unknown) return "unknown";
		return live === before ? "back" : live === names.get(member.host) ? "failed" : "taken over";
	});
	if (where.includes("unknown")) return "split";
	const [first = "back"] = where;
	if (where.some((one) => one !== first)) return "split";
	if (first === "back") return "reverted";
	if (touched.length < hosts) return "split";
	return first === "failed" ? "failed" : "reverted";
}
/** Whether it still has what it had, as far as is known. */
const isUntouched = ({ live, before, unknown }) => live === before && !unknown;
/** It has not come back: how far it came is asked and not guessed, perhaps the link is back and a service is not. */
async function lookAgain(member, ledger) {
	const { host, place, services, shared } = member;
	const facts = host.lost ? void 0 : await host.facts({
		place,
		services,
		shared
	}).catch(() => void 0);
	const seen = facts && await host.observe({
		services,
		settle: false
	}).catch(() => []);
	ledger.swapped(member, facts?.live?.id, seen && { services: seen });
}
/** Another run has been there since our connection broke: it is its to answer for. */
const takenOverBy = ({ host, facts }, live) => ({
	host: host.name,
	what: `another run has made ${live ?? "nothing"} live there meanwhile; it was ${facts.live?.id ?? "nothing"} when this one began`,
	remedy: "Nothing of this run is left there."
});
function stillLive({ host }, release) {
	return new Failure({
		what: `${release} is live there: the host, or another run, has finished it meanwhile`,
		where: { host: host.name },
		remedy: "tarlift converge brings all hosts to what they agreed on last."
	});
}
/** The old release is back and runs: that it does not answer (perhaps it did not before either) is told, and changes no outcome. */
async function healthAfter(member, before, ledger) {
	try {
		const services = ledger.host(member).services;
		ledger.services(member, await healthOf({ signal: void 0 }, member, before, services, ledger.warnOnce));
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

// src/fleet/activate.ts
/**
* Activates a fleet wave by wave, stopping at the first that fails. `names`: the release's name on each host.
*
* @returns how far it came; never rejects: what was touched must go back, whatever was thrown
*/
async function activate(request, fleet, names, ledger) {
	const activation = {
		touched: [],
		behind: [],
		ok: false
	};
	try {
		activation.ok = await activateAll(request, fleet, names, ledger, activation);
	} catch (error) {
		ledger.failed([{ trouble: troubleOf(error) }]);
	}
	return activation;
}
/** @returns whether all of it went well; `activation` has how far it came */
async function activateAll(request, fleet, names, ledger, activation) {
	const turns = await turnsOfFleet(request, fleet);
	const inTurn = fleet.some(takesTurns) ? fleet.filter(takesTurns) : fleet;
	const healthy = new Set(turns.filter((one) => one.healthy).map(({ member }) => member));
	const planned = wavesOf(turns, request.waves);
	if ("problem" in planned) {
		ledger.failed([{ trouble: {
			what: planned.problem,
			remedy: "Change `waves` of the target."
		} }]);
		return false;
	}
	for (const [n, wave] of planned.waves.entries()) {
		if (cancelled(request, ledger)) return false;
		const serving = new Set([...healthy, ...activation.touched].filter((member) => inTurn.includes(member)));
		const problem = waveProblem(wave, serving, request.waves, inTurn.length);
		if (problem) {
			ledger.failed([{ trouble: { what: problem } }]);
			return false;
		}
		const mayFail = n === 0 && request.waves?.canary && wave.some((member) => healthy.has(member)) ? 0 : request.waves?.maxFailures ?? 0;
		if (!await activateWave({
			...request,
			fleet,
			wave,
			mayFail
		}, names, ledger, activation)) return false;
		const seconds = request.waves?.watch ?? 0;
		if (seconds > 0 && !await watch(request, activation.touched, names, seconds, ledger)) return false;
		if (n < planned.waves.length - 1) request.progress.notice(`wave ${n + 1} of ${planned.waves.length} is through`);
	}
	if (activation.touched.length === 0) {
		ledger.failed([{ trouble: { what: "no host took the release" } }]);
		return false;
	}
	return true;
}
async function activateWave(request, names, ledger, activation) {
	const { fleet, wave } = request;
	const releaseOf = ({ host }) => names.get(host);
	const among = () => fleet.filter((member) => !activation.behind.includes(member));
	if (!await hooksPass(request, ledger, "before-activate", wave, releaseOf, among())) return false;
	activation.touched.push(...wave);
	const settled = await together(wave, async (member) => {
		const release = names.get(member.host);
		const out = (member.facts.taken ?? []).length > 0;
		if (member.facts.live?.id !== release || restartFor(request, member) === "always" || out) {
			await leaveBalancers(request, member, ledger);
			if (request.signal?.aborted) throw new Failure({
				what: cancelledWords(request.signal),
				where: { host: member.host.name }
			});
		}
		await switchTo(request, member, release, ledger);
		await returnToBalancers(request, member, ledger);
	});
	if (settled.failed.length > 0 && !await leaveBehind(request, settled.failed, names, ledger, activation)) return false;
	if (cancelled(request, ledger)) return false;
	const done = settled.done.map(({ member }) => member);
	return hooksPass(request, ledger, "after-activate", done, releaseOf, among());
}
/** As many as the rules allow go back by themselves, and the others go on. @returns false when these are too many, or one does not go back */
async function leaveBehind(request, failed, names, ledger, activation) {
	const members = failed.map(({ member }) => member);
	if (activation.behind.length + failed.length > request.mayFail || request.signal?.aborted) {
		ledger.failed([...failed]);
		return false;
	}
	const told = ledger.troubles.length;
	if (await revert(request, members, names, ledger) !== "reverted" || members.some((member) => isDown(ledger.host(member)))) {
		ledger.troubles.splice(told, 0, ...failed.map(({ trouble }) => trouble));
		return false;
	}
	activation.behind.push(...members);
	activation.touched = activation.touched.filter((member) => !members.includes(member));
	for (const { member, trouble } of failed) {
		const { host, facts } = member;
		ledger.host(member).behind = true;
		ledger.warnings.push(`${host.name} stays behind with ${facts.live?.id ?? "no release"}: ${trouble.what}${trouble.output ? ` (${trouble.output.split("\n")[0]})` : ""}`);
	}
	return true;
}
const restartFor = ({ restart, restartOn }, { host }) => restartOn?.has(host) ? "always" : restart;
/** @throws Failure when the host does not run the release, or does not run it well */
async function switchTo(request, member, release, ledger) {
	ledger.swapped(member, void 0, void 0);
	const activating = async (task) => {
		const activated = await member.host.activate({
			release,
			expected: member.facts.live?.id,
			services: member.services,
			transaction: request.deployId,
			restart: restartFor(request, member),
			rollback: request.rollback,
			converge: request.converge,
			...request.switch ? { switch: request.switch.after } : {}
		}, task).catch((error) => withReadOnlyRemedy(member, error));
		ledger.swapped(member, release, activated);
		ledger.settled(member, activated.settling);
		ledger.warnings.push(...activated.warnings.map((warning) => `${member.host.name}: ${warning}`));
		const bad = activated.services.filter(({ rung }) => rung === "none");
		if (bad.length > 0) throw notRunning(member, release, bad);
		return activated.services;
	};
	const started = await phase(request, ledger, member, "activate", activating, summary);
	if (Object.keys(member.health).length === 0) return;
	const verifying = () => healthOf(request, member, release, started, ledger.warnOnce).catch((error) => withLog(member, error));
	ledger.services(member, await phase(request, ledger, member, "verify", verifying, summary));
}
/** What is not healthy, with what its own log says of it where that can be read: the answer itself seldom says why. */
async function withLog(member, error) {
	const services = member.services.filter(({ name }) => error instanceof Unhealthy && error.service === name);
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
		what: `${bad.map(({ service }) => service).join(", ")} does not run the release`,
		where: {
			host: member.host.name,
			release
		},
		output: bad.map(({ service, detail }) => `${service}: ${detail}`).join("\n"),
		remedy: ["The service's own log says why it does not stay up.", readOnlyRemedy(member.facts, bad.map(({ detail, log }) => `${detail}\n${log ?? ""}`).join("\n"))].filter(Boolean).join("\n")
	});
}
/** A service that did not come up says why in its log, which may be that it cannot write. */
function withReadOnlyRemedy(member, error) {
	const more = error instanceof Failure ? readOnlyRemedy(member.facts, error.output ?? "") : void 0;
	if (!(error instanceof Failure) || more === void 0) throw error;
	throw new Failure({
		...error,
		remedy: [error.remedy, more].filter(Boolean).join("\n")
	});
}
const DENIED = /read-?only|permission denied|PermissionError|EACCES|EROFS|operation not permitted/i;
/** Where a service says that it may not write, and files have no write permission: what programs trip over that copy one with its mode. */
function readOnlyRemedy({ readOnlyBecause }, said) {
	if (readOnlyBecause === void 0 || !DENIED.test(said)) return void 0;
	return `Files of a release are read-only (0444) on this host: ${readOnlyBecause}. A program that copies one with its mode (shutil.copy, fs.copyFile, cp) gets a copy that it cannot write: give the copy a mode of its own, or let the service run as another user (\`run-as\`).`;
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
/**
* Records and prunes. All hosts of several know that the release stays, so whatever fails here warns: the next run finishes it. A single
* one learns it by this very call.
*
* @returns false when a single host has not recorded the release: the next run would take it back, so this one does
*/
async function commit(request, fleet, names, ledger, options) {
	const leader = ledger.appliedOn;
	const applied = eventsOf(ledger.applied, request.deployId, (leader && names.get(leader)) ?? "");
	const settled = await together(fleet, (member) => {
		const order = {
			release: names.get(member.host),
			keep: request.keep,
			transaction: request.deployId,
			...options,
			last: isLast(request, fleet, member),
			migrations: missingFrom(member.host, fleet, request.deployId, {
				leader,
				events: applied
			})
		};
		const committing = () => member.host.commit(order);
		return phase(request, ledger, member, "commit", () => fleet.length > 1 ? committing() : committing().catch((error) => commitAgain(request, member, order, error)));
	});
	for (const { member, value } of settled.done) ledger.warnings.push(...value.warnings.map((warning) => `${member.host.name}: ${warning}`));
	if (fleet.length === 1 && ledger.failed(settled.failed)) return false;
	for (const { member, trouble } of settled.failed) ledger.warnings.push(`${member.host.name} runs the release but has not recorded it as good (${trouble.what}); the next deploy does that`);
	return true;
}
/**
* Whether nothing is asked of a host after its commit. A single one that cannot record the release goes back: over another connection,
* but not without the balancers that this one may lead to.
*/
const isLast = (request, fleet, { seats = [] }) => !asksHosts(request, "after-commit") && (fleet.length > 1 || seats.length === 0);
/** The connection broke meanwhile: has the host heard it? @throws the error when it has not, and does not now */
async function commitAgain(request, member, order, error) {
	if (!member.host.lost) throw error;
	const { live, open } = await askAgain(request, member, error);
	if (open?.transaction === order.transaction) return member.host.commit(order);
	if (!open && live?.id === order.release && live.state === "good") return { warnings: [] };
	throw error;
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

// src/fleet/conclude.ts
/**
* @param fleet every host that was to be activated
* @returns `kept`; or why not: `refused` when nothing has changed, also not in a balancer
*/
async function conclude(request, fleet, { ok, touched, behind }, names, ledger, options) {
	const switched = (member) => member.facts.live?.id === names.get(member.host) || !isUntouched(ledger.host(member));
	const nothing = behind.length === 0 && !touched.some(switched) && !ledger.schemaAhead;
	const kept = fleet.filter((member) => !behind.includes(member));
	const stopped = cancelled(request, ledger);
	if (ok && !stopped && await precommit(kept, ledger) && await ledger.timed("commit", () => commit(request, kept, names, ledger, options))) return "kept";
	const end = await ledger.timed("revert", () => revert(request, touched, names, ledger));
	return !(!nothing || touched.some((member) => isDown(ledger.host(member)))) && end === "reverted" ? "refused" : end;
}

// src/fleet/switch-fleet.ts
/**
* Switches hosts, wave by wave, and keeps what they have come to, or takes all of them back.
*
* @param names the release on each of the hosts, which have it
* @param as.after the hooks that may still take it back
* @returns how it ended, as {@link conclude} says, and the hosts that did not stay behind
*/
async function switchFleet(request, fleet, names, ledger, { after, ...as }) {
	const releaseOf = ({ host }) => names.get(host);
	const activation = await ledger.timed("activate", () => activate({
		...request,
		...as
	}, fleet, names, ledger));
	const kept = fleet.filter((member) => !activation.behind.includes(member));
	let ok = activation.ok && !cancelled(request, ledger);
	if (ok) ok = await hooksPass(request, ledger, after, kept, releaseOf);
	const end = await conclude(request, fleet, {
		...activation,
		ok
	}, names, ledger, as);
	if (end === "kept") await afterCommit(request, ledger, kept, releaseOf);
	return {
		end,
		kept
	};
}

export { wayBackFrom as a, rollbackTarget as i, notWell as n, reasonsAgainst as r, switchFleet as t };