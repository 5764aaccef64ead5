import { n as Failure } from "./failure-BKWaXFxS.js";
import { A as hasRole, a as succeeded, b as troubleOf, g as turnsOf, i as describeEnd, j as leaderOf, w as healthOf, y as together } from "./fleet-CAVDNKn0.js";
import { G as completeCommands, L as DEFAULT_EVENTS, W as NO_CALL, X as hiding, _ as groupTroubles, at as schemaSentence, c as secretValues, dt as visibleValues, et as RUNGS, it as outcomeSentence, n as phaseTable, nt as nextCommand, pt as OUTCOME_EXIT, s as publicNames, t as cellTime, tt as moodOf, ut as visibleLine, v as groupWarnings } from "./phases-DA3kE9T1.js";
import { G as cancelledWords, H as tryRun, J as formatBytes, Q as cutEnd, X as formatNames, Y as formatCount, q as stoppedBy, z as formatEnd } from "./repository-BK5IpvPt.js";
import { r as uncoloured, t as table } from "./table-zO4JqBDE.js";
import { a as toldOf, i as isEvent, n as overTheNetwork, o as variablesOf, r as bodyOf, t as deliver } from "./deliver-TcmLTDnU.js";

// src/fleet/cancelled.ts
/** Whether it was. The ledger then says so, once. */
function cancelled({ signal }, ledger) {
	if (!signal?.aborted) return false;
	const what = cancelledWords(signal);
	if (!ledger.troubles.some((trouble) => trouble.host === void 0 && trouble.what === what)) ledger.troubles.unshift({ what });
	return true;
}

// src/fleet/phase.ts
/**
* Runs `work` as one task of this host, and notes when it began, how long it took and whether it succeeded.
*
* @param detail what the task's last line says of its value
* @throws what `work` throws
*/
async function phase(request, ledger, member, name, work, detail) {
	const task = request.progress.task(name, { host: member.host.name });
	try {
		const value = await ledger.phase(member, name, () => work(task));
		task.end(detail?.(value));
		return value;
	} catch (error) {
		task.fail(error instanceof Failure ? error.what : void 0);
		throw error;
	}
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

// src/fleet/survey.ts
const LOCKED = "another run holds the lock of this host";
const HELD = "a process that is no run of Tarlift holds the lock of this host";
/**
* @param wanted what every host is told of the release to come; nothing for a rollback
* @returns the members with their facts, in the fleet's order, without those that may be unreachable and are; undefined when a host could
*   not be asked (the ledger has why)
*/
async function survey(request, ledger, wanted, options) {
	const lock = options.lock ? {
		wait: request.waitForLock,
		owner: request.owner
	} : void 0;
	const ask = (member) => phase(request, ledger, member, "survey", async () => {
		const { place, services, shared } = member;
		const facts = await unlessCancelled(request, member.host, () => member.host.facts({
			place,
			services,
			shared,
			...wanted(member),
			lock,
			switch: switchAsked(request, options)
		}));
		if (lock && facts.lockedBy !== void 0) throw lockedByOther(request, member, facts);
		return {
			...member,
			facts
		};
	}, ({ facts }) => facts.live ? `live: ${facts.live.id}` : "nothing live yet");
	const { signal } = request;
	if (cancelled(request, ledger)) return void 0;
	const [leader, ...others] = request.members;
	const first = await together([leader], ask);
	const rest = first.failed.some(({ trouble }) => trouble.what.startsWith(LOCKED) || trouble.what.startsWith(HELD)) || signal?.aborted ? {
		done: [],
		failed: []
	} : await together(others, ask);
	const surveyed = [...first.done, ...rest.done].map(({ value }) => value);
	for (const member of surveyed) ledger.surveyed(member);
	if (cancelled(request, ledger)) return void 0;
	const failed = [...first.failed, ...rest.failed];
	const absent = failed.filter(({ member }) => member.host.away);
	if (surveyed.length > 0 && absent.length === failed.length && absent.length <= (request.maxUnreachable ?? 0)) {
		for (const { member, trouble } of absent) {
			const warning = `${member.host.name} is left out: ${trouble.what}; tarlift converge ${request.target} brings it along`;
			if (!ledger.warnings.includes(warning)) ledger.warnings.push(warning);
		}
		return surveyed;
	}
	ledger.failed(failed);
	ledger.troubles.push(...surveyed.flatMap(findingsOf));
}
/** A plan tells which hosts could not go back by themselves; a deploy says it of each when it is switched. */
function switchAsked({ switch: wanted }, { lock }) {
	if (wanted?.required) return "required";
	return wanted && !lock ? "wanted" : void 0;
}
/** Facts may wait for another run's lock: whoever is cancelled waits no more. Nothing has changed yet, so the connection is simply ended. */
async function unlessCancelled({ signal }, host, work) {
	const leave = () => void host.close();
	signal?.addEventListener("abort", leave, { once: true });
	try {
		return await work();
	} finally {
		signal?.removeEventListener("abort", leave);
	}
}
/** The latest migrations have not come to their end: then it is they who have the lock, perhaps without their run. */
const migrating = ({ migrations = [] }) => migrations.at(-1)?.event === "begun";
/** What is said of a lock that another run, or a process that is no run, holds. */
function lockedWords(facts) {
	if (facts.lockedByStranger) return `${HELD}: ${facts.lockedBy}`;
	return `${LOCKED}: ${facts.lockedBy}${migrating(facts) ? "; its migrations still run" : ""}`;
}
function lockedByOther(request, member, facts) {
	const oneself = facts.lockedBy === request.owner && member.host !== request.members[0]?.host;
	return new Failure({
		what: lockedWords(facts),
		where: { host: member.host.name },
		remedy: facts.lockedByStranger ? endIt(member.place.root) : `${WAIT}${oneself ? ` ${ONE_MACHINE}` : ""}`,
		outcome: "refused"
	});
}
const endIt = (root) => `Look at what that process does, and end it. As root on the host: fuser -v ${root}/.tarlift/lock`;
const WAIT = "Wait for it to end, or let this run wait: `wait-for-lock: 10m` in the target, or --wait-for-lock 600.";
const ONE_MACHINE = "If that is none but this run: two hosts of the target are one machine under two names.";

// src/fleet/balance.ts
/**
* Asks every place in a balancer whether it can be taken and given back, before anything changes.
*
* @returns what is in the way, once each, with the hosts that it concerns
*/
async function rehearseSeats(fleet) {
	const found = /* @__PURE__ */ new Map();
	const rehearse = async ({ host }, seat) => {
		try {
			await seat.rehearse();
		} catch (error) {
			const trouble = troubleOf(error);
			const same = found.get(JSON.stringify(trouble));
			if (!same) found.set(JSON.stringify(trouble), {
				trouble,
				hosts: [host.name]
			});
			else if (!same.hosts.includes(host.name)) same.hosts.push(host.name);
		}
	};
	await Promise.all(fleet.flatMap((member) => (member.seats ?? []).map((seat) => rehearse(member, seat))));
	return [...found.values()].map(({ trouble, hosts }) => ({ trouble: {
		...trouble,
		where: {
			...trouble.where,
			hosts: hosts.join(", ")
		}
	} }));
}
/** @throws Failure when a balancer does not let it go: what was taken until then is in the ledger, to be given back */
async function leaveBalancers(request, member, ledger) {
	const { seats = [], host } = member;
	if (seats.length === 0) return;
	const leaving = async () => {
		const recorded = new Map(member.facts.taken?.map(({ seat, had }) => [seat, had]));
		const taken = await Promise.all(seats.map(async (seat) => ({
			seat,
			had: recorded.get(seat.name) ?? await seat.look()
		})));
		ledger.taken.set(host, taken);
		await host.noteTaken([...recordOf(taken), ...foreign(member)]);
		const failed = new AbortController();
		const signal = AbortSignal.any([failed.signal, ...request.signal ? [request.signal] : []]);
		const left = await Promise.allSettled(taken.map(({ seat, had }) => seat.takeOut({
			had,
			signal
		}).catch((error) => {
			failed.abort();
			throw error;
		})));
		for (const one of left) if (one.status === "rejected") throw one.reason;
		for (const warning of left.flatMap((one) => one.status === "fulfilled" && one.value.warnings || [])) if (!ledger.warnings.includes(warning)) ledger.warnings.push(warning);
		const cutOff = left.reduce((sum, one) => sum + (one.status === "fulfilled" ? one.value.cutOff : 0), 0);
		if (cutOff > 0) ledger.warnings.push(`${host.name}: ${cutOff} sessions had not ended when the time for draining was over`);
		return cutOff;
	};
	const said = (cutOff) => cutOff === 0 ? "nobody uses it" : `${cutOff} sessions were cut off`;
	await phase(request, ledger, member, "drain", leaving, said);
}
/**
* Finds out whether a host that has taken no part since it left its balancers still is this run's: should another one have it meanwhile,
* its places are in that one's hands. @throws Failure when its connection, and the lock with it, is gone
*/
async function proveOwn(member, ledger) {
	const taken = ledger.taken.get(member.host);
	if (taken) await member.host.noteTaken([...recordOf(taken), ...foreign(member)]);
}
const recordOf = (taken) => taken.map(({ seat, had }) => ({
	seat: seat.name,
	had
}));
/** Gives back what {@link leaveBalancers} took; nothing when it took nothing. @throws Failure when a balancer does not take it back */
async function returnToBalancers(request, member, ledger) {
	const taken = ledger.taken.get(member.host);
	if (!taken) return;
	const returning = async () => {
		const settled = await Promise.allSettled(taken.map(({ seat, had }) => seat.giveBack(had)));
		const left = taken.filter((_, n) => settled[n]?.status === "rejected");
		if (left.length === 0) ledger.taken.delete(member.host);
		else ledger.taken.set(member.host, left);
		if (left.length < taken.length) await member.host.noteTaken([...recordOf(left), ...foreign(member)]);
		for (const one of settled) if (one.status === "rejected") throw one.reason;
	};
	await phase(request, ledger, member, "undrain", returning, () => "in use again");
}
/** Places that a killed run took and that tarlift.yml does not name any more: {@link giveBackLeft} tells of them. */
const foreign = ({ facts, seats = [] }) => (facts.taken ?? []).filter(({ seat }) => !seats.some(({ name }) => name === seat));
/**
* Does something to hosts that are to go back, and that people may be using: each leaves its balancers first, where they let it go, and
* returns afterwards. Those whom nobody uses go first, so that there is somebody to take over from the others.
*
* @param serves whether balancers may send it requests now
*/
async function goingBack(request, members, ledger, serves, work) {
	const settled = {
		done: [],
		failed: []
	};
	const hasSeats = members.some(({ seats = [] }) => seats.length > 0);
	for (const turn of hasSeats ? turnsOf(members, serves, request.waves, request.members.length) : [members]) {
		const { done, failed } = await together(turn, async (member) => {
			if (serves(member)) await leaveIfPossible(request, member, ledger);
			await work(member);
			await returnToBalancers(request, member, ledger);
		});
		settled.done.push(...done);
		settled.failed.push(...failed);
	}
	return settled;
}
/** Going back does not wait for a balancer that does not play along. */
async function leaveIfPossible(request, member, ledger) {
	try {
		await leaveBalancers(request, member, ledger);
	} catch (error) {
		const { what } = troubleOf(error);
		ledger.warnings.push(`${member.host.name} goes back while it is in use: ${what}`);
	}
}
/**
* Ends the switches that a killed run left armed for a host's places in balancers: none may come back while the host is put in order.
* Those that have done so are taken no more. A balancer that cannot be asked is found out when its place is given back.
*/
async function disarmLeft(member, ledger) {
	const { host, seats = [], facts } = member;
	const left = facts.taken ?? [];
	const back = /* @__PURE__ */ new Set();
	const disarm = async (name) => {
		if (!await seats.find((one) => one.name === name)?.disarm?.().catch(() => false)) return;
		back.add(name);
		ledger.warnings.push(`${host.name}: a run that was cut off had taken it out of ${name}; it came back by itself`);
	};
	await Promise.all(left.map(({ seat }) => disarm(seat)));
	if (back.size === 0) return;
	const taken = left.filter(({ seat }) => !back.has(seat));
	await host.noteTaken(taken);
	member.facts = {
		...facts,
		taken
	};
}
/** What a killed run took of a host's places in balancers is given back. A place that is not in tarlift.yml any more is told. */
async function giveBackLeft(request, member, ledger) {
	const { host, seats = [] } = member;
	const left = member.facts.taken ?? [];
	if (left.length === 0) return;
	const giving = async (task) => {
		const reasons = [];
		for (const { seat: name, had } of left) {
			const seat = seats.find((one) => one.name === name);
			try {
				if (seat) await seat.giveBack(had);
				else task.line(`${name} is no place of this host any more: it had been ${had}`);
			} catch (error) {
				reasons.push(`${name}: ${troubleOf(error).what}`);
				continue;
			}
			ledger.warnings.push(seat ? `${host.name}: a run that was cut off had taken it out of ${name}; it is ${had} again` : `${host.name}: a run that was cut off had taken it out of ${name}, which tarlift.yml does not name any more; it had been ${had}: look there`);
			const taken = member.facts.taken?.filter(({ seat: one }) => one !== name) ?? [];
			await host.noteTaken(taken);
			member.facts = {
				...member.facts,
				taken
			};
		}
		if (reasons.length > 0) throw new Failure({
			what: reasons.join("; "),
			where: { host: host.name }
		});
	};
	try {
		await phase(request, ledger, member, "undrain", giving);
	} catch (error) {
		const { what } = troubleOf(error);
		ledger.warnings.push(`${host.name}: what a run that was cut off took of balancers could not be given back: ${what}`);
	}
}
/** Hosts that {@link giveBackLeft} could not give back: where nothing else is done with them, they stay out of use. */
const stillTaken = (fleet) => fleet.filter(({ facts }) => (facts.taken ?? []).length > 0).map((member) => ({
	member,
	trouble: {
		host: member.host.name,
		what: `it is not back in its balancer: ${member.facts.taken.map(({ seat }) => seat).join(", ")}`,
		remedy: "The warnings say why: mend the balancer, or the service that does not run. Then run the same command again, which gives the host back."
	}
}));

// src/fleet/schema-position.ts
/** @param events a host's journal, or its end */
function batchesOf(host, events) {
	const batches = /* @__PURE__ */ new Map();
	for (const event of events) {
		const { transaction, release } = event;
		if (event.event === "begun") {
			const batch = batches.get(transaction) ?? {
				host,
				transaction,
				release,
				migrations: [],
				code: void 0
			};
			batch.migrations.push(event.migration);
			batches.set(transaction, batch);
		} else if (event.event === "ended") {
			const batch = batches.get(transaction);
			if (batch) batch.code = event.code;
		}
	}
	return [...batches.values()];
}
/**
* What was applied since these releases were last good, each on its host. A journal that has it before them proves that it was there
* already; so does the transaction, where a release came with it.
*
* @returns in the order in which they were applied, each by its last application
*/
function crossedBy(fleet, names) {
	const known = /* @__PURE__ */ new Set();
	const since = [];
	for (const { host, facts } of fleet) {
		const events = facts.migrations ?? [];
		const at = events.findLastIndex(({ event, release }) => event === "good" && release === names.get(host));
		if (at >= 0) known.add(events[at].transaction);
		for (const { transaction } of events.slice(0, Math.max(at, 0))) known.add(transaction);
		for (const batch of batchesOf(host.name, events.slice(at + 1))) since.push(batch);
	}
	const crossed = /* @__PURE__ */ new Map();
	for (const { host, transaction, release, migrations, code } of since) {
		if (known.has(transaction)) continue;
		for (const migration of migrations) {
			const before = crossed.get(migration);
			crossed.delete(migration);
			crossed.set(migration, {
				migration,
				host,
				release,
				certain: code === 0 || before?.certain === true
			});
		}
	}
	return [...crossed.values()];
}
/**
* The batches after which no run came to its end: it was lost, or it failed. What the other hosts agreed on since has settled those of a
* host that was away: ids of transactions sort by their time. So has an agreement on the batch's own transaction, on any host: the release
* stayed there, though the host that applied it may have stayed behind, or not have written that it ended.
*/
function leftBatches(fleet) {
	const left = /* @__PURE__ */ new Map();
	for (const { host, facts } of fleet) {
		const others = fleet.filter((member) => member.host !== host);
		const isSettled = ({ transaction }) => facts.agreed === transaction || others.some(({ facts: { agreed = "" } }) => agreed >= transaction);
		const batches = batchesOf(host.name, sinceLastEnd(facts.migrations ?? []));
		const latest = batches.at(-1);
		if (latest && facts.migrationOutput) latest.output = facts.migrationOutput;
		for (const batch of batches) if (!isSettled(batch)) left.set(batch.transaction, batch);
	}
	return [...left.values()];
}
const sinceLastEnd = (events) => events.slice(events.findLastIndex(({ event }) => event === "good" || event === "back") + 1);
/** What became of a batch that a run before this one left, as one warning. */
function describeLeft({ host, release, migrations, code, output }) {
	const what = `${formatCount(migrations.length, "migration")} of ${release} (${formatNames(migrations)})`;
	const said = output?.trimEnd().split("\n").at(-1)?.trim();
	const last = said ? `; the last that was printed: ${said}` : "";
	if (code === 0) return `${host}: a run before this one has applied ${what}, and its release did not stay`;
	if (code === void 0) return `${host}: whether ${what} were applied is not known: the host stopped, or they were killed, before their end${last}`;
	return `${host}: a run before this one failed to apply ${what} (${describeCode(code)}): some may have been applied${last}`;
}
const describeCode = (code) => formatEnd({
	code,
	signal: null,
	timedOut: false
});
/**
* The lines that a host's journal lacks at the end of a transaction: of that transaction, and of earlier ones that came to no end.
*
* @param own what the leader's journal got since the facts
*/
function missingFrom(host, fleet, transaction, own = {
	leader: void 0,
	events: []
}) {
	const isBatch = ({ event }) => event === "begun" || event === "ended";
	const known = /* @__PURE__ */ new Map();
	for (const { facts } of fleet) {
		const events = facts.migrations ?? [];
		const left = /* @__PURE__ */ new Set([transaction, ...sinceLastEnd(events).map((event) => event.transaction)]);
		const batches = Map.groupBy(events.filter(isBatch), (event) => event.transaction);
		for (const id of left) {
			const lines = batches.get(id) ?? [];
			if (lines.length > (known.get(id)?.length ?? 0)) known.set(id, lines);
		}
	}
	if (own.events.length > 0) known.set(transaction, [...own.events]);
	const has = new Set(fleet.find((member) => member.host === host)?.facts.migrations?.map((event) => event.transaction));
	if (own.leader === host) has.add(transaction);
	return [...known].flatMap(([id, lines]) => has.has(id) ? [] : lines);
}

// src/fleet/migrate.ts
/** Seconds that listing may take; applying may take as long as the configuration says. */
const LISTING = 300;
/** Characters of migrations that a trouble names: a host may call any text one. */
const SHOWN = 65536;
/** What prepare is asked for on the leader. */
function pendingOf(migrations) {
	return !migrations || migrations.policy === "ignore" ? {} : {
		pending: migrations.pending,
		timeout: LISTING
	};
}
/** The host on which migrations are listed and applied. */
const migratorOf = (members, migrations) => leaderOf(members, migrations?.roles);
/** Whether somebody who takes part can list and apply migrations; what is missing is in the ledger. */
function hasMigrator({ members, migrations }, ledger) {
	if (!migrations || migrations.policy === "ignore" || migratorOf(members, migrations)) return true;
	ledger.troubles.push({
		what: `no host that takes part has the role ${migrations.roles?.join(" or ")}, which \`migrations.roles\` asks for`,
		remedy: "Bring such a host back, or change `migrations.roles`."
	});
	return false;
}
/** Whether this deploy applies migrations. */
const migrates = ({ migrations }, { pending }) => migrations?.policy === "apply" && pending.length > 0;
/** Whether the policy lets a deploy go on with what prepare found pending; what keeps it is in the ledger. */
function mayGoOn(request, ledger) {
	if (request.migrations?.policy !== "require-none" || ledger.pending.length === 0) return true;
	ledger.troubles.push({
		host: migratorOf(request.members, request.migrations)?.host.name,
		what: `${formatCount(ledger.pending.length, "migration")} pending, and the policy is require-none`,
		output: cutEnd(ledger.pending.join("\n"), SHOWN),
		remedy: "Apply them by hand first, or deploy with `migrations: apply`."
	});
	return false;
}
/**
* Applies what is pending, of which there is some (see {@link migrates}). From its start on the schema counts as ahead: a migration that fails may have done a part of its work.
*
* @returns false when it failed (the ledger has why); no host was touched then
*/
async function migrate(request, names, ledger) {
	const migrations = request.migrations;
	const leader = migratorOf(request.members, migrations);
	const release = names.get(leader.host);
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
			remedy: "No host was switched. Correct the migration, or what it needs, and deploy again: what is pending then is listed again and applied. What it did before it failed stays, unless the database takes back a failed migration as a whole."
		});
	};
	ledger.schemaAhead = true;
	const settled = await together([leader], (member) => phase(request, ledger, member, "migrate", applying, () => `${ledger.pending.length} applied`));
	if (ledger.failed(settled.failed)) return false;
	ledger.certainlyAhead = true;
	ledger.applied = ledger.pending;
	ledger.appliedOn = leader.host;
	return true;
}
/**
* Tells what became of migrations whose run was lost or failed: until something is deployed, the schema counts as ahead.
*
* @param staying transactions that are being finished: their release stays
*/
function noteLeftMigrations(fleet, ledger, staying = /* @__PURE__ */ new Set()) {
	const left = leftBatches(fleet).filter(({ transaction }) => !staying.has(transaction));
	for (const batch of left) ledger.warnings.push(describeLeft(batch));
	if (left.length > 0) ledger.foundAhead = true;
	if (left.some(({ code }) => code === 0)) ledger.certainlyAhead = true;
}
/**
* Whether a rollback may go to these releases as far as the database is concerned. It may not, unless it was said, when migrations were
* applied since they were good; those that were undone by hand meanwhile do not count.
*
* @returns the migrations that it crosses; undefined when it may not (the ledger has why)
*/
async function schemaCrossed(request, fleet, names, ledger) {
	const crossed = request.allowSchemaAhead ? crossedBy(fleet, names) : await stillCrossed(request, fleet, names);
	if (crossed.length === 0) return crossed;
	if (crossed.some(({ certain }) => certain)) ledger.certainlyAhead = true;
	const what = describeCrossed(crossed, names.get(fleet[0].host));
	if (request.allowSchemaAhead) {
		ledger.warnings.push(`${what}: ${formatNames(crossed.map(({ migration }) => migration))}`);
		return crossed;
	}
	const across = `tarlift rollback ${request.target}${request.to === void 0 ? "" : ` --to ${request.to}`} --allow-schema-ahead`;
	ledger.troubles.push({
		host: crossed[0].host,
		what: `the rollback crosses ${what}`,
		output: cutEnd(crossed.map(({ migration, release, certain }) => `${migration}  (with ${release}${certain ? "" : ", perhaps: it failed or was cut off"})`).join("\n"), SHOWN),
		remedy: crossed.some(({ certain }) => certain) ? `Where the older code works with this schema: ${across}. Else undo them first, with the code that is live: tarlift run ${request.target} '<command>'` : `Look at the database. Where nothing of it was applied, or the older code works with it: ${across}`
	});
}
/**
* The same of a deploy, by whose commit somebody goes back: it was asked for by name, so it is told, and changes nothing.
*
* @returns whether the release was good here before, and migrations were applied since
*/
async function schemaLeftBehind(request, fleet, names, ledger) {
	const was = ({ host, facts }) => facts.migrations?.some(({ event, release }) => event === "good" && release === names.get(host));
	if (!fleet.some(was)) return false;
	const crossed = await stillCrossed(request, fleet, names);
	if (crossed.length === 0) return false;
	if (crossed.some(({ certain }) => certain)) ledger.certainlyAhead = true;
	const what = describeCrossed(crossed, names.get(fleet[0].host));
	ledger.warnings.push(`${what}: ${formatNames(crossed.map(({ migration }) => migration))}`);
	return true;
}
function describeCrossed(crossed, release) {
	const applied = crossed.filter(({ certain }) => certain).length;
	const begun = crossed.length - applied;
	return `${[...applied > 0 ? [`${formatCount(applied, "migration")} applied`] : [], ...begun > 0 ? [`${formatCount(begun, "migration")} begun and perhaps applied`] : []].join(" and ")} since ${release} was good`;
}
/** What was applied since these releases were good, without what was undone by hand meanwhile. */
async function stillCrossed(request, fleet, names) {
	const since = crossedBy(fleet, names);
	if (since.length === 0) return since;
	const undone = await undoneOf(request, migratorOf(fleet, request.migrations));
	return since.filter(({ migration }) => !undone.has(migration));
}
/** What the live release, on the leader, calls pending although it was applied. */
async function undoneOf(request, leader) {
	const { migrations } = request;
	const live = leader?.facts.live;
	if (!migrations || migrations.policy === "ignore" || !live) return /* @__PURE__ */ new Set();
	const task = request.progress.task("migrations that were undone by hand", { host: leader.host.name });
	const asked = {
		release: live.id,
		pending: migrations.pending,
		timeout: LISTING
	};
	const listed = await leader.host.listPending(asked, task).catch(() => []);
	task.end();
	return new Set(listed);
}

// src/fleet/hooks.ts
/**
* Runs the hooks of one point, one after the other, each on all of its hosts at once; after one that fails no further one is begun. What
* they are told: hookData below.
*
* @param members the hosts that this point is about: one wave, or all
* @param among the hosts of which the first one is the leader, where that are not the members
* @returns false when one failed (the ledger has why); failures that are to warn alone are warnings of the ledger
*/
async function hooksPass(request, ledger, point, members, releaseOf, among = members) {
	for (const hook of hooksOf(request, point)) {
		const failed = await runOne(request, point, hook, {
			members,
			releaseOf,
			among
		});
		if (hook["on-failure"] === "warn") ledger.warnings.push(...failed.map(({ trouble }) => describe(trouble)));
		else if (ledger.failed(failed)) return false;
	}
	return true;
}
/** The hooks of a release that stays, whatever they do: all of them run, and what fails is a warning. */
async function afterCommit(request, ledger, members, releaseOf) {
	for (const hook of hooksOf(request, "after-commit")) {
		const failed = await runOne(request, "after-commit", hook, {
			members,
			releaseOf,
			among: members
		});
		ledger.warnings.push(...failed.map(({ trouble }) => describe(trouble)));
	}
}
/**
* The hooks of a transaction that came to nothing good, on every host that can still be asked and runs anything; also when the run was
* cancelled. They change nothing about its outcome.
*/
async function afterFailure(request, ledger, outcome) {
	if (OUTCOME_EXIT[outcome] === 0) return;
	const members = ledger.fleet.filter((member) => !member.host.lost && !ledger.host(member).unknown);
	const releaseOf = (member) => ledger.host(member).live;
	for (const hook of hooksOf(request, "after-failure")) {
		const further = {
			members,
			releaseOf,
			among: members,
			data: { TARLIFT_OUTCOME: outcome }
		};
		const failed = await runOne({
			...request,
			signal: void 0
		}, "after-failure", hook, further);
		if (hook["on-failure"] === "warn") ledger.warnings.push(...failed.map(({ trouble }) => describe(trouble)));
		else ledger.failed(failed);
	}
}
/** Whether hooks of a point run on hosts, so that connections are needed until then. */
const asksHosts = (request, point) => hooksOf(request, point).some(({ on }) => on !== "runner");
const hooksOf = (request, point) => request.hooks[point] ?? [];
async function runOne(request, point, hook, { members, releaseOf, among, data }) {
	const variables = {
		...hookData(request, point),
		...data
	};
	if (hook.on === "runner") {
		const trouble = await onRunner(request, point, hook, {
			...variables,
			...runnerData(request, members, releaseOf)
		}).catch((error) => troubleOf(error));
		return trouble ? [{ trouble }] : [];
	}
	const leader = leaderOf(among, hook.roles);
	const chosen = members.filter((member) => (hook.on === "leader" ? member.host === leader?.host : hasRole(member.roles, hook.roles)) && releaseOf(member) !== void 0);
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
		TARLIFT_ACTION: actionOf(request),
		TARLIFT_APP: request.app,
		TARLIFT_TARGET: request.target,
		TARLIFT_DEPLOY: request.deployId
	};
}
/** A host that is brought along is no deploy, even though an artifact may be needed for it. */
const actionOf = (request) => "artifactOf" in request ? "converge" : "artifact" in request ? "deploy" : "rollback";
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
const title = (run) => cutEnd(run.trim().split("\n")[0], 60);
const describe = (trouble) => [
	trouble.host ? `${trouble.host}: ` : "",
	trouble.what,
	trouble.where?.ended ? ` (${trouble.where.ended})` : "",
	trouble.output ? `: ${trouble.output.trim().split("\n").at(-1)}` : ""
].join("");

// src/fleet/repair.ts
/** Decides by the whole fleet's records. */
function repairsOf(fleet) {
	const decided = decidedOf(fleet);
	return new Map(fleet.flatMap(({ host, facts }) => facts.open ? [[host, decided.has(facts.open.transaction) ? "finish" : "take back"]] : []));
}
/** Open transactions whose release stays. */
const decidedOf = (fleet) => new Set(fleet.flatMap(({ facts }) => isDecided(facts) ? [facts.open.transaction] : []));
/** The release stays: its host was told so, or has begun to record it (a rollback leaves the release's own record as it was). */
function isDecided({ open, releases, agreed }) {
	if (open === void 0 || open.phase === "reverting") return false;
	if (open.phase === "precommit" || agreed === open.transaction) return true;
	return releases.some(({ id, state, transaction }) => id === open.release && state === "good" && transaction === open.transaction);
}
/**
* Where a host with an open transaction is brought. Somebody may have been there meanwhile: a link that was set by hand stands, and a
* release that is gone is not gone back to.
*/
function aimOf(facts, repair) {
	const { release, previous } = facts.open;
	const live = facts.live?.id;
	if (repair === "finish" && live === release) return {
		by: "commit",
		release,
		did: "finished"
	};
	const gone = previous !== void 0 && !facts.releases.some(({ id }) => id === previous);
	if (repair === "take back" && (live === release || live === previous || live === void 0) && !gone) return {
		by: "revert",
		release: previous,
		did: "taken back"
	};
	return {
		by: "revert",
		release: live,
		did: `left at ${live ?? "no release"}, which is what was found`
	};
}
/**
* Finishes or takes back what is open, then asks all hosts again. Migrations that were left are told, whatever comes of it.
*
* @returns the fleet, its facts fresh where anything was repaired; undefined when a host is not where it should be (the ledger has why)
*/
async function repair(request, fleet, ledger, wanted) {
	const repairs = repairsOf(fleet);
	await together(fleet, (member) => disarmLeft(member, ledger));
	const giveBack = (members) => together(members, (member) => giveBackLeft(request, member, ledger));
	if (repairs.size === 0) {
		noteLeftMigrations(fleet, ledger);
		await giveBack(fleet);
		return fleet;
	}
	const open = fleet.filter(({ host }) => repairs.has(host));
	const aims = new Map(open.map(({ host, facts }) => [host, aimOf(facts, repairs.get(host))]));
	const serves = ({ host, facts }) => aims.get(host).by === "revert" && (facts.taken ?? []).length === 0;
	const unwell = new Set(repairs.keys());
	const settled = await ledger.timed("repair", () => goingBack(request, open, ledger, serves, async (member) => {
		const aim = aims.get(member.host);
		const repairing = (task) => bring(request, fleet, member, aim, ledger, task);
		await phase(request, ledger, member, "repair", repairing, () => aim.did);
		unwell.delete(member.host);
		await giveBackLeft(request, member, ledger);
		ledger.warnings.push(`${member.host.name}: a run that was cut off had left ${nameOf(member)}; it was ${aim.did}`);
	}));
	const fresh = await survey(request, ledger, wanted, { lock: true });
	noteLeftMigrations(fresh ?? fleet, ledger, decidedOf(fleet));
	await giveBack(fresh?.filter(({ host, facts }) => !unwell.has(host) && facts.open === void 0) ?? []);
	const live = new Map(fresh?.map(({ host, facts }) => [host, facts.live?.id]));
	const away = settled.failed.filter(({ member: { host } }) => !live.has(host) || live.get(host) !== aims.get(host)?.release);
	for (const { member, trouble } of settled.failed.filter((failure) => !away.includes(failure))) {
		const { did } = aims.get(member.host);
		ledger.warnings.push(`${member.host.name}: a run that was cut off had left ${nameOf(member)}; it was ${did}, but ${trouble.what}`);
	}
	return ledger.failed(away) ? void 0 : fresh;
}
const nameOf = ({ facts }) => `${facts.open.release} half-way`;
/**
* Whether a transaction is recorded as one that went to a release which was good before: a rollback, or a host that was brought to the others.
* A deploy may bring such a release too. Where an older Tarlift began it, no more is known than whether it was good.
*/
const isRollback = ({ transaction, release, rollback }, releases) => rollback ?? releases.some((one) => one.id === release && one.good !== void 0 && one.transaction !== transaction);
async function bring(request, fleet, member, aim, ledger, task) {
	const { host, services } = member;
	const { transaction, release } = member.facts.open;
	if (aim.by === "revert") {
		const { warnings, services: seen } = await host.revert({
			from: release,
			to: aim.release,
			services,
			transaction,
			remember: actionOf(request) === "rollback"
		}, task);
		ledger.warnings.push(...warnings.map((warning) => `${host.name}: ${warning}`));
		const bad = aim.release === void 0 ? void 0 : seen.find(({ rung }) => rung === "none");
		if (bad) throw new Failure({
			what: `${bad.service} ${bad.detail}`,
			where: { host: host.name },
			output: bad.log
		});
		return;
	}
	const wrong = await host.observe({
		services,
		settle: true
	}).then(async (seen) => {
		const bad = seen.find(({ rung }) => rung === "none");
		if (!bad) await healthOf(request, member, release, seen, ledger.warnOnce);
		return bad && `${bad.service}: ${bad.detail}`;
	}).catch((error) => troubleOf(error).what);
	if (wrong) ledger.warnings.push(`${host.name}: ${release} is live, but ${wrong}`);
	await host.commit({
		release,
		keep: request.keep,
		transaction,
		rollback: isRollback(member.facts.open, member.facts.releases),
		converge: member.facts.open.converge,
		migrations: missingFrom(host, fleet, transaction)
	});
}

// src/fleet/ledger.ts
var Ledger = class {
	#request;
	#hosts = /* @__PURE__ */ new Map();
	#settling = /* @__PURE__ */ new Map();
	#began = performance.now();
	troubles = [];
	warnings = [];
	durations = [];
	#commitBefore;
	pending = [];
	applied = [];
	/** Who applied them. */
	appliedOn;
	schemaAhead = false;
	/** Of what is ahead, some is known to have been applied: what applied it ended well. */
	certainlyAhead = false;
	/** A run before this one left the schema so. */
	foundAhead = false;
	/** The release that is live now is older than migrations that were applied. */
	crossed = false;
	/** Of a plan. */
	order;
	/** How a rollback leads back from what this run has made live. */
	back;
	/** The hosts that take part, since it is known which do. */
	fleet = [];
	/** Places in balancers that were taken and are to be given back, with what each had. */
	taken = /* @__PURE__ */ new Map();
	constructor(request) {
		this.#request = request;
		for (const { host } of request.members) this.#hosts.set(host, {
			name: host.name,
			live: void 0,
			before: void 0,
			services: [],
			phases: [],
			unknown: true
		});
	}
	/** Runs one part and notes how long it took, also when it throws. */
	async timed(part, work) {
		const start = performance.now();
		try {
			return await work();
		} finally {
			this.durations.push({
				part,
				seconds: inSeconds(performance.now() - start)
			});
		}
	}
	/** Runs one phase of a host and notes when it began, how long it took and whether it threw. */
	async phase(member, phase, work) {
		const start = performance.now();
		let ok = false;
		try {
			const value = await work();
			ok = true;
			return value;
		} finally {
			const seconds = inSeconds(performance.now() - start);
			const settling = this.#settling.get(member.host);
			this.#settling.delete(member.host);
			const times = {
				start: inSeconds(start - this.#began),
				seconds,
				...settling ? { settling } : {}
			};
			this.host(member).phases.push({
				phase,
				...times,
				ok
			});
		}
	}
	/** Of the phase of this host that runs now: {@link phase} records it with the phase. */
	settled(member, seconds) {
		this.#settling.set(member.host, seconds);
	}
	host(member) {
		return this.#hosts.get(member.host);
	}
	/** Takes the troubles of a phase. @returns whether there were any */
	failed(failures) {
		this.troubles.push(...failures.map(({ trouble }) => trouble));
		return failures.length > 0;
	}
	/** A warning that may come up more than once in a run. */
	warnOnce = (sentence) => {
		if (!this.warnings.includes(sentence)) this.warnings.push(sentence);
	};
	surveyed(member) {
		const { live, missing, dropped } = member.facts;
		if (member.host === this.#request.members[0]?.host) this.#commitBefore = live?.commit;
		Object.assign(this.host(member), {
			live: live?.id,
			before: live?.id,
			unknown: false,
			missing,
			dropped
		});
	}
	prepared(member, prepared) {
		Object.assign(this.host(member), {
			wire: prepared.wire,
			files: {
				sent: prepared.sent.files,
				linked: prepared.linked
			}
		});
	}
	/** What a swap, in whichever direction, left on a host; `undefined`: nobody can tell any more. */
	swapped(member, live, after) {
		Object.assign(this.host(member), {
			live,
			unknown: after === void 0,
			services: after?.services ?? []
		});
	}
	/**
	* A deploy was kept: whatever migrations were applied, the schema is where its release wants it, unless that is older than they are.
	* Hosts that are brought along to what the others run change nothing about that.
	*/
	deployed({ crossed }) {
		this.schemaAhead = false;
		this.foundAhead = false;
		this.crossed = crossed;
	}
	services(member, services) {
		this.host(member).services = services;
	}
	report(outcome, release = {}) {
		const hosts = [...this.#hosts.values()];
		const schemaAhead = this.crossed || this.schemaAhead || this.foundAhead;
		return {
			outcome,
			app: this.#request.app,
			target: this.#request.target,
			previousRelease: hosts[0]?.before,
			previousCommit: this.#commitBefore,
			schemaAhead,
			schemaUncertain: schemaAhead && !this.certainlyAhead,
			back: this.back && {
				...this.back,
				crosses: this.back.crosses || this.applied.length > 0
			},
			pending: this.pending,
			applied: this.applied,
			hosts,
			troubles: this.troubles,
			warnings: this.warnings,
			...this.#request.signal?.aborted ? { stopped: stoppedBy(this.#request.signal) ?? "cancelled" } : {},
			...this.order ? { order: this.order } : {},
			durations: this.durations,
			...release
		};
	}
};
/** Milliseconds as seconds, to the millisecond. */
const inSeconds = (milliseconds) => Math.round(milliseconds) / 1e3;

// src/notify/notifier.ts
/**
* @param values of the variables that hold addresses and secrets: the environment, and what was given as secrets
* @param env the run's variables
*/
function notifier(config, { values, env, progress, post = overTheNetwork }) {
	let last = Promise.resolve();
	const tellOne = async (name, message, event, told) => {
		const warn = (what) => progress.warning(`notify ${name}: ${what}; the deploy itself is not concerned`);
		const url = values[message["url-variable"]];
		const secret = message["secret-variable"];
		if (!url) return warn(`${message["url-variable"]} is not set: the message "${event}" went nowhere`);
		if (secret !== void 0 && !values[secret]) return warn(`${secret} is not set: the message "${event}" is not sent unsigned`);
		const body = bodyOf(message, variablesOf(event, told, env, post.now()), told);
		const { timeout, retries } = message;
		const problem = await deliver({
			url,
			event,
			body,
			secret: secret && values[secret],
			timeout,
			retries
		}, post);
		if (problem) warn(`the message "${event}" was not delivered: ${problem}`);
	};
	return { tell(event, told) {
		const wanted = Object.entries(config.notify).filter(([, { events = DEFAULT_EVENTS, targets }]) => events.includes(event) && (targets?.includes(told.target) ?? true));
		const done = last.then(() => Promise.all(wanted.map(([name, one]) => tellOne(name, one, event, told))));
		last = done;
		return done.then(() => {}, (error) => progress.warning(`notify: ${error instanceof Error ? error.message : error}`));
	} };
}

// src/pipeline/notifying.ts
/**
* @param work the verb; what it returns or throws is returned and thrown, whatever becomes of the messages
* @param options `dryRun`: nothing is told
*/
async function notifying({ config, progress }, options, work) {
	if (options.dryRun || Object.keys(config.notify).length === 0) return work(() => {});
	const { env } = process;
	const values = {
		...env,
		...options.secrets
	};
	const told = notifier(config, {
		values,
		env,
		progress
	});
	const hidden = hiding();
	hidden.keep(publicNames(config));
	hidden.hide([...Object.values(secretValues(config, env)), ...Object.values(options.secrets ?? {})]);
	const tell = (event, facts) => told.tell(event, hidden.maskValues(facts));
	const place = {
		app: config.app,
		target: options.target
	};
	let known = {};
	try {
		const report = await work((facts, message) => {
			known = facts;
			tell("started", {
				...place,
				...known,
				message
			});
		});
		if (isEvent(report.outcome)) await tell(report.outcome, {
			...known,
			...toldOf(report)
		});
		return report;
	} catch (error) {
		const { what, remedy, outcome } = error instanceof Failure ? error : {
			what: String(error),
			remedy: void 0,
			outcome: "failed"
		};
		await tell(outcome, {
			...place,
			...known,
			trouble: `${what}${remedy ? `\nnext: ${remedy}` : ""}`
		});
		throw error;
	}
}

// src/report/transaction.ts
/**
* The lines for people; `--json` prints the report itself. Hidden characters of hosts are made visible.
*
* @param next what to do next; left out: what one would type, without the options of a call
*/
function transactionLines(told, paint = uncoloured, next = completeCommands(nextCommand(told), NO_CALL)) {
	const report = visibleValues(told);
	const schema = schemaSentence(report);
	const outcome = paint[moodOf(report.outcome)](paint.bold(report.outcome.toUpperCase()));
	return [
		"",
		`${report.app} on ${report.target}: ${outcome}${report.release ? `  ${report.release}` : ""}`,
		`  ${outcomeSentence(report)}`,
		...schema ? [paint.bad(`  ${schema}`)] : [],
		"",
		...phaseLines(report, paint),
		...liveLines(report),
		...migrationLines(report),
		...orderLines(report),
		...timeLines(report),
		...groupTroubles(report.troubles).flatMap((trouble) => troubleLines(trouble, paint)),
		...report.warnings.length > 0 ? [""] : [],
		...groupWarnings(report.warnings, report.hosts.map(({ name }) => name)).map((warning) => `  ${paint.warn("warning:")} ${warning}`),
		"",
		`${paint.bold("next:")} ${visibleLine(next)}`
	];
}
function phaseLines(report, paint) {
	const { phases, hosts } = phaseTable(report);
	if (phases.length === 0) return [];
	const rows = hosts.map(({ name, cells }) => [name, ...cells.map(cellText)]);
	return [...table([["host", ...phases], ...rows]).map((line) => line.replaceAll("✗", paint.bad("✗"))).map((line, n) => `  ${n === 0 ? paint.dim(line) : line.replaceAll("✓", paint.good("✓"))}`), ""];
}
const cellText = (cell) => cell === void 0 ? "·" : `${cell.ok ? "✓" : "✗"} ${cellTime(cell)}`;
function liveLines(report) {
	const rows = report.hosts.map((host) => [
		host.name,
		liveOf(host),
		trafficOf(host, report)
	]);
	const lines = table(rows);
	return report.hosts.flatMap((host, n) => [`  ${lines[n]}`, ...host.services.map(({ service, rung, detail }) => `      ${service}: ${detail} (evidence: ${rung}, ${RUNGS[rung]})`)]);
}
/** `v2-77aa01ce, before it v1-3fa9c1d2`. */
function liveOf(host) {
	if (host.unknown) return "could not be asked what is live";
	const live = host.live ?? "nothing live";
	return host.before === void 0 || host.before === host.live ? live : `${live}, before it ${host.before}`;
}
function trafficOf({ wire, files, missing }, { outcome }) {
	if (wire !== void 0) return `${formatBytes(wire)} sent (${formatCount(files?.sent ?? 0, "file")}, ${files?.linked ?? 0} linked)`;
	if (outcome === "planned" && missing) return `would send ${formatCount(missing.files, "file")}, ${formatBytes(missing.bytes)}`;
	return "";
}
function migrationLines({ pending, applied, outcome }) {
	const done = new Set(applied);
	const open = pending.filter((name) => !done.has(name));
	const one = (count) => formatCount(count, "migration");
	return [...applied.length > 0 ? [`  ${one(applied.length)} applied: ${formatNames(applied)}`] : [], ...open.length > 0 ? [`  ${one(open.length)} ${outcome === "planned" ? "would be applied" : "pending"}: ${formatNames(open)}`] : []];
}
/** The order of the hosts, and what of the time is known before: stops and starts take as long as the services need. */
function orderLines({ order }) {
	if (order === void 0 || order.waves.flat().length < 2) return [];
	const { waves, atLeast } = order;
	const shown = waves.map((wave) => wave.join(" and ")).join(", then ");
	const settling = atLeast > 0 ? `; at least ${atLeast.toFixed(0)} s of settling, besides stops, starts and health checks` : "";
	return [`  order: ${waves.length === 1 ? `all ${waves[0].length} hosts at once` : shown}${settling}`];
}
function timeLines({ durations }) {
	if (durations.length === 0) return [];
	const total = durations.reduce((sum, { seconds }) => sum + seconds, 0);
	const parts = durations.filter(({ seconds }) => seconds >= .05).map(({ part, seconds }) => `${part} ${seconds.toFixed(1)} s`);
	return [`  time: ${parts.length > 0 ? `${parts.join(", ")}; ` : ""}together ${total.toFixed(1)} s`];
}
function troubleLines({ host, what, where, output, remedy }, paint) {
	return [
		"",
		`  ${paint.bad("✗")} ${host ? `${host}: ` : ""}${what}`,
		...Object.entries(where ?? {}).map(([name, value]) => `    ${name}: ${value}`),
		...output?.trim() ? ["    it said:", ...output.trimEnd().split("\n").map((line) => `      ${line}`)] : [],
		...remedy ? [`    ${paint.bold("next:")} ${remedy.split("\n").join("\n          ")}`] : []
	];
}

export { returnToBalancers as A, crossedBy as C, leaveBalancers as D, goingBack as E, plan as F, warningsOf as I, phase as L, lockedWords as M, survey as N, proveOwn as O, findingsOf as P, cancelled as R, schemaLeftBehind as S, missingFrom as T, migrates as _, decidedOf as a, pendingOf as b, repairsOf as c, afterFailure as d, asksHosts as f, migrate as g, mayGoOn as h, aimOf as i, stillTaken as j, rehearseSeats as k, actionOf as l, hasMigrator as m, notifying as n, isRollback as o, hooksPass as p, Ledger as r, repair as s, transactionLines as t, afterCommit as u, migratorOf as v, leftBatches as w, schemaCrossed as x, noteLeftMigrations as y };