import { n as Failure } from "./failure.js";
import { D as leaderOf, O as errorOf, b as healthOf, g as servicesOf, k as forEachHost, p as turnsOf } from "./pipeline-fleet-request.js";
import { D as groupWarnings, E as groupErrors, L as notifierOf, Q as completeCommands, R as overTheNetwork, S as nextCommand, T as schemaSentence, W as DEFAULT_EVENTS, Z as NO_CALL, c as publicNames, et as hiding, l as secretValues, n as phaseTable, ot as visibleLine, st as visibleValues, t as cellTime, v as EVIDENCE_MEANING, w as outcomeSentence, x as moodOf } from "./report-phases.js";
import { r as cutEnd } from "./text-shell-word.js";
import { n as formatCount, r as formatNames, t as formatBytes } from "./text-quantity.js";
import { r as uncoloured, t as table } from "./report-table.js";
import { i as formatEnd, l as stoppedBy, s as cancelledWords } from "./subprocess-run.js";
import { n as succeeded, t as describeEnd } from "./host-task-end.js";
import { n as isEvent, r as variablesOf, t as contextOf } from "./notify-message-context.js";

// src/fleet/plan.ts
/** Decides what a deploy will do on this fleet, and whether it may. */
async function plan(request, fleet) {
	const errors = fleet.flatMap(findingsOf);
	const warnings = fleet.flatMap(warningsOf);
	if (errors.length > 0) return {
		decision: "refused",
		errors,
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
/** Findings that exclude a host from any transaction. */
function findingsOf({ host, facts }) {
	const errors = facts.findings.map((finding) => ({
		host: host.name,
		...finding
	}));
	if (facts.deployLock !== void 0) errors.push({
		host: host.name,
		code: "deploys-locked",
		what: `deploys are locked: ${facts.deployLock}`,
		remedy: "When it is over: tarlift unlock TARGET"
	});
	return errors;
}
function warningsOf({ host, facts }) {
	return facts.warnings.map((warning) => `${host.name}: ${warning}`);
}
/**
* The live commit that supersedes ours: every host that runs a release runs a descendant of our commit. A fleet with
* different releases is never reported as superseded, so that a deploy can make it uniform.
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

// src/fleet/preflight.ts
const LOCKED = "another run holds the lock of this host";
const FOREIGN_LOCK = "a process that is no run of Tarlift holds the lock of this host";
/**
* @param members the hosts to ask; the first of them is locked first
* @returns the hosts with their facts, in the fleet's order, without those that may be unreachable and are; undefined
* when a host could not be asked (the transaction has the error)
*/
async function preflight(tx, members, wanted, options) {
	const [leader, ...others] = members;
	const lock = options.lock ? {
		wait: tx.rules.waitForLock,
		owner: tx.owner
	} : void 0;
	const ask = async (member) => {
		const { host, layout, services, shared } = member;
		const request = {
			layout,
			services,
			shared,
			...wanted(member),
			lock,
			autoRevert: autoRevertAsked(tx, options)
		};
		const facts = await unlessCancelled(tx, host, () => host.facts(request));
		if (lock && facts.lockedBy !== void 0) throw lockedByOther(tx, member, facts, leader);
		return {
			...member,
			facts
		};
	};
	const seen = ({ facts }) => facts.live ? `live: ${facts.live.id}` : "nothing live yet";
	if (tx.stopped()) return void 0;
	const first = await tx.step("preflight", [leader], ask, seen);
	const rest = first.failed.some(({ error }) => error.code === "locked" || error.code === "lock-foreign") || tx.signal?.aborted ? {
		done: [],
		failed: []
	} : await tx.step("preflight", others, ask, seen);
	const found = [...first.done, ...rest.done].map(({ value }) => value);
	for (const member of found) tx.found(member);
	if (tx.stopped()) return void 0;
	const failed = [...first.failed, ...rest.failed];
	const absent = failed.filter(({ member }) => member.host.away);
	if (found.length > 0 && absent.length === failed.length && absent.length <= (tx.rules.maxUnreachable ?? 0)) {
		for (const { member, error } of absent) tx.warn(`${member.host.name} is left out: ${error.what}; tarlift converge ${tx.target} brings it along`);
		return found;
	}
	tx.recordFailures(failed);
	for (const finding of found.flatMap(findingsOf)) tx.error(finding);
}
/** A plan reports which hosts could not revert by themselves; a deploy says so for each host when it is activated. */
function autoRevertAsked({ rules: { autoRevert: wanted } }, { lock }) {
	if (wanted?.required) return "required";
	return wanted && !lock ? "wanted" : void 0;
}
/**
* The facts call may wait for another run's lock: a cancelled run stops waiting. Nothing has changed yet, so the
* connection is simply closed.
*/
async function unlessCancelled({ signal }, host, work) {
	const leave = () => void host.close();
	signal?.addEventListener("abort", leave, { once: true });
	try {
		return await work();
	} finally {
		signal?.removeEventListener("abort", leave);
	}
}
/** The latest migrations have not ended: then their command holds the lock, perhaps without its run. */
const migrating = ({ migrations = [] }) => migrations.at(-1)?.event === "begun";
/** The code for a lock that another run, or a process that is no run, holds. */
const lockedCode = ({ lockedByStranger }) => lockedByStranger ? "lock-foreign" : "locked";
/** The message about a lock that another run, or a process that is no run, holds. */
function lockedWords(facts) {
	if (facts.lockedByStranger) return `${FOREIGN_LOCK}: ${facts.lockedBy}`;
	return `${LOCKED}: ${facts.lockedBy}${migrating(facts) ? "; its migrations still run" : ""}`;
}
function lockedByOther({ owner }, member, facts, leader) {
	const oneself = facts.lockedBy === owner && member.host !== leader.host;
	return new Failure({
		code: lockedCode(facts),
		what: lockedWords(facts),
		where: { host: member.host.name },
		remedy: facts.lockedByStranger ? endIt(member.layout.root) : `${WAIT}${oneself ? ` ${ONE_MACHINE}` : ""}`,
		outcome: "refused"
	});
}
const endIt = (root) => `Look at what that process does, and end it. As root on the host: fuser -v ${root}/.tarlift/lock`;
const WAIT = "Wait for it to end, or let this run wait: `wait-for-lock: 10m` in the target, or --wait-for-lock 600.";
const ONE_MACHINE = "If that is none but this run: two hosts of the target are one machine under two names.";

// src/fleet/drain.ts
/**
* Asks every balancer whether its servers can be drained and restored, before anything changes.
*
* @returns the obstacles, each once, with the hosts that it concerns
*/
async function preflightServers(fleet) {
	const found = /* @__PURE__ */ new Map();
	const ask = async ({ host }, server) => {
		try {
			await server.preflight();
		} catch (thrown) {
			const error = errorOf(thrown);
			const same = found.get(JSON.stringify(error));
			if (!same) found.set(JSON.stringify(error), {
				error,
				hosts: [host.name]
			});
			else if (!same.hosts.includes(host.name)) same.hosts.push(host.name);
		}
	};
	await Promise.all(fleet.flatMap((member) => (member.backendServers ?? []).map((server) => ask(member, server))));
	return [...found.values()].map(({ error, hosts }) => ({ error: {
		...error,
		where: {
			...error.where,
			hosts: hosts.join(", ")
		}
	} }));
}
/** @throws Failure when a balancer refuses to drain it; servers drained until then are recorded, to be restored */
async function drain(tx, member) {
	const { backendServers = [], host } = member;
	if (backendServers.length === 0) return;
	const leaving = async () => {
		const recorded = new Map(member.facts.drained?.map(({ server, previous }) => [server, previous]));
		const taken = await Promise.all(backendServers.map(async (server) => ({
			server,
			previous: recorded.get(server.name) ?? await server.state()
		})));
		tx.setDrained(member, taken);
		await host.noteDrained([...recordOf(taken), ...foreign(member)]);
		const failed = new AbortController();
		const signal = AbortSignal.any([failed.signal, ...tx.signal ? [tx.signal] : []]);
		const left = await Promise.allSettled(taken.map(({ server, previous }) => server.drain({
			previous,
			signal
		}).catch((error) => {
			failed.abort();
			throw error;
		})));
		for (const one of left) if (one.status === "rejected") throw one.reason;
		const ended = left.flatMap((one) => one.status === "fulfilled" ? [one.value] : []);
		for (const warning of ended.flatMap(({ warnings = [] }) => warnings)) tx.warn(warning);
		const cutOff = ended.reduce((sum, one) => sum + one.cutOff, 0);
		if (cutOff > 0) tx.warn(`${cutOff} sessions had not ended when the time for draining was over`, member);
		return cutOff;
	};
	const said = (cutOff) => cutOff === 0 ? "no sessions are left" : `${cutOff} sessions were cut off`;
	await tx.phase("drain", member, leaving, said);
}
/**
* Checks that a host that was idle since it was drained is still locked by this run: if another run has locked it
* meanwhile, its servers belong to that run. @throws Failure when its connection, and the lock with it, is gone
*/
async function proveLock(tx, member) {
	const taken = tx.drained(member);
	if (taken) await member.host.noteDrained([...recordOf(taken), ...foreign(member)]);
}
const recordOf = (taken) => taken.map(({ server, previous }) => ({
	server: server.name,
	previous
}));
/** Restores what {@link drain} drained, if anything. @throws Failure when a balancer refuses */
async function restore(tx, member) {
	const taken = tx.drained(member);
	if (!taken) return;
	const returning = async () => {
		const results = await Promise.allSettled(taken.map(({ server, previous }) => server.restore(previous)));
		const left = taken.filter((_, n) => results[n]?.status === "rejected");
		tx.setDrained(member, left);
		if (left.length < taken.length) await member.host.noteDrained([...recordOf(left), ...foreign(member)]);
		for (const one of results) if (one.status === "rejected") throw one.reason;
	};
	await tx.phase("restore", member, returning, () => "in use again");
}
/** Servers that a killed run drained and that tarlift.yml no longer names: {@link restoreLeft} reports them. */
const foreign = ({ facts, backendServers = [] }) => (facts.drained ?? []).filter(({ server }) => !backendServers.some(({ name }) => name === server));
/**
* Does work on hosts that are to be reverted and may be in use: each is drained first, if its balancers allow it, and
* restored afterwards. Hosts that serve nothing go first, so that they can take over from the others.
*
* @param of the hosts, and how many of all hosts may be out of service at once
* @param serves whether balancers may send it requests now
*/
async function inTurns(tx, { hosts, waves, total }, serves, work) {
	const results = {
		done: [],
		failed: []
	};
	const isBalanced = hosts.some(({ backendServers = [] }) => backendServers.length > 0);
	for (const turn of isBalanced ? turnsOf(hosts, serves, waves, total) : [hosts]) {
		const { done, failed } = await forEachHost(turn, async (member) => {
			if (serves(member)) await drainIfPossible(tx, member);
			await work(member);
			await restore(tx, member);
		});
		results.done.push(...done);
		results.failed.push(...failed);
	}
	return results;
}
/** A revert does not wait for a balancer that refuses to drain. */
async function drainIfPossible(tx, member) {
	try {
		await drain(tx, member);
	} catch (error) {
		const { what } = errorOf(error);
		tx.warn(`${member.host.name} is reverted while it is in use: ${what}`);
	}
}
/**
* Disarms the auto-restores that a killed run left for a host's servers: none may fire while the host is recovered.
* Servers that were restored already are no longer drained. A balancer that cannot be asked is reported when its server
* is restored.
*/
async function disarmLeft(tx, member) {
	const { host, backendServers = [], facts } = member;
	const left = facts.drained ?? [];
	const back = /* @__PURE__ */ new Set();
	const disarm = async (name) => {
		if (!await backendServers.find((one) => one.name === name)?.disarm?.().catch(() => false)) return;
		back.add(name);
		tx.warn(`a run that was cut off had taken it out of ${name}; it came back by itself`, member);
	};
	await Promise.all(left.map(({ server }) => disarm(server)));
	if (back.size === 0) return;
	const taken = left.filter(({ server }) => !back.has(server));
	await host.noteDrained(taken);
	member.facts = {
		...facts,
		drained: taken
	};
}
/** Restores the servers of a host that a killed run drained. A server that tarlift.yml no longer names is reported. */
async function restoreLeft(tx, member) {
	const { host, backendServers = [] } = member;
	const left = member.facts.drained ?? [];
	if (left.length === 0) return;
	const giving = async (task) => {
		const reasons = [];
		for (const { server: name, previous } of left) {
			const server = backendServers.find((one) => one.name === name);
			try {
				if (server) await server.restore(previous);
				else task.line(`${name} is no place of this host any more: it had been ${previous}`);
			} catch (error) {
				reasons.push(`${name}: ${errorOf(error).what}`);
				continue;
			}
			tx.warn(server ? `a run that was cut off had taken it out of ${name}; it is ${previous} again` : `a run that was cut off had taken it out of ${name}, which tarlift.yml does not name any more; it had been ${previous}: look there`, member);
			const taken = member.facts.drained?.filter(({ server: one }) => one !== name) ?? [];
			await host.noteDrained(taken);
			member.facts = {
				...member.facts,
				drained: taken
			};
		}
		if (reasons.length > 0) throw new Failure({
			code: "balancer-failed",
			what: reasons.join("; "),
			where: { host: host.name }
		});
	};
	try {
		await tx.phase("restore", member, giving);
	} catch (error) {
		const { what } = errorOf(error);
		tx.warn(`servers that an interrupted run drained could not be restored: ${what}`, member);
	}
}
/** Hosts that {@link restoreLeft} could not restore: unless something else is done with them, they stay out of use. */
const stillDrained = (fleet) => fleet.filter(({ facts }) => (facts.drained ?? []).length > 0).map((member) => ({
	member,
	error: {
		host: member.host.name,
		code: "balancer-failed",
		what: `it is not back in its balancer: ${member.facts.drained.map(({ server }) => server).join(", ")}`,
		remedy: "The warnings say why: repair the balancer, or the service that does not run. Then run the same command again, which restores the host's servers."
	}
}));

// src/fleet/rollout.ts
/** The name of a rollout's release on one of its hosts. */
const releaseOn = ({ names }, { host }) => names.get(host);
/** The same on the leader, for the report. */
const releaseOnLeader = ({ hosts, names }) => hosts[0] && names.get(hosts[0].host);
/** Whether services are restarted even if the release is live already. */
const restartFor = ({ restart, restartOn }, { host }) => restartOn?.has(host) ? "always" : restart;

// src/fleet/schema-position.ts
/** @param events a host's journal, or the end of it */
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
* Migrations that were applied since these releases were last good, each on its host. A migration that a journal has
* before them was proven to be applied already; so it was if its transaction brought one of these releases.
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
* Batches after which no run completed: their run was lost or failed. What the other hosts agreed on since has settled
* the batches of an unreachable host: ids of transactions sort by their time. An agreement on the batch's own
* transaction, on any host, settles it too: the release stayed there, though the host that applied the batch may have
* stayed behind, or not have written that it ended.
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
/** One warning about the result of a batch that a previous run left. */
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
* The lines that a host's journal lacks at the end of a transaction: those of that transaction, and of earlier ones
* that did not complete.
*
* @param own what was added to the leader's journal since the facts
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
/** Timeout of listing, in seconds; the configuration sets that of applying. */
const LISTING = 300;
/** Characters of migration names that an error shows: a host may list any text as migrations. */
const SHOWN = 65536;
/** The part of the prepare request that makes the leader list pending migrations. */
function pendingOf(migrations) {
	return !migrations || migrations.policy === "ignore" ? {} : {
		pending: migrations.pending,
		timeout: LISTING
	};
}
/** The host on which migrations are listed and applied. */
const migratorOf = (members, migrations) => leaderOf(members, migrations?.roles);
/** Whether a host that takes part can list and apply migrations; if not, the error is in the transaction. */
function hasMigrator(tx, { hosts, incoming: { migrations } }) {
	if (!migrations || migrations.policy === "ignore" || migratorOf(hosts, migrations)) return true;
	tx.error({
		code: "migrator-missing",
		what: `no host that takes part has the role ${migrations.roles?.join(" or ")}, which \`migrations.roles\` asks for`,
		remedy: "Bring such a host back, or change `migrations.roles`."
	});
	return false;
}
/** Whether this deploy applies migrations. */
const migrates = ({ schema }, { incoming }) => incoming.migrations?.policy === "apply" && schema.pending.length > 0;
/**
* Whether the policy allows the deploy to continue with the pending migrations that prepare found; if not, the error is
* in the transaction.
*/
function mayGoOn(tx, { hosts, incoming: { migrations } }) {
	const { pending } = tx.schema;
	if (migrations?.policy !== "require-none" || pending.length === 0) return true;
	tx.error({
		host: migratorOf(hosts, migrations)?.host.name,
		code: "migration-pending",
		what: `${formatCount(pending.length, "migration")} pending, and the policy is require-none`,
		output: cutEnd(pending.join("\n"), SHOWN),
		remedy: "Apply them by hand first, or deploy with `migrations: apply`."
	});
	return false;
}
/**
* Applies the pending migrations, of which there are some (see {@link migrates}). From the start on the schema counts
* as ahead: a migration that fails may have done a part of its work.
*
* @returns false when it failed (the transaction has the error); no host was touched then
*/
async function migrate(tx, rollout) {
	const migrations = rollout.incoming.migrations;
	const leader = migratorOf(rollout.hosts, migrations);
	const release = releaseOn(rollout, leader);
	const { schema } = tx;
	const applying = async (_, task) => {
		const result = await leader.host.task({
			run: migrations.apply,
			release,
			runAs: leader.layout.runAs,
			timeout: migrations.timeout,
			lock: "inherited",
			migrations: {
				names: schema.pending,
				transaction: tx.id
			}
		}, task);
		const ended = describeEnd(result, migrations.timeout);
		if (!succeeded(result)) throw new Failure({
			code: "migration-failed",
			what: "the migrations failed",
			where: {
				host: leader.host.name,
				release,
				command: migrations.apply,
				ended
			},
			output: result.lastLines,
			remedy: "No host was switched. Correct the migration, or what it needs, and deploy again: what is pending then is listed again and applied. What it did before it failed stays, unless the database rolls a failed migration back as a whole."
		});
	};
	schema.ahead = true;
	const results = await tx.step("migrate", [leader], applying, () => `${schema.pending.length} applied`);
	if (tx.recordFailures(results.failed)) return false;
	schema.certainlyAhead = true;
	schema.applied = schema.pending;
	schema.appliedOn = leader.host;
	return true;
}
/**
* Warns about migrations of a run that was lost or failed: until something is deployed, the schema counts as ahead.
*
* @param staying transactions that are being finished: their release stays
*/
function warnLeftMigrations(tx, fleet, staying = /* @__PURE__ */ new Set()) {
	const left = leftBatches(fleet).filter(({ transaction }) => !staying.has(transaction));
	for (const batch of left) tx.warn(describeLeft(batch));
	if (left.length > 0) tx.schema.foundAhead = true;
	if (left.some(({ code }) => code === 0)) tx.schema.certainlyAhead = true;
}
/**
* Whether the schema allows a rollback to these releases. Unless the user allows it, a rollback may not cross
* migrations that were applied since these releases were good; migrations that were undone by hand meanwhile do not
* count.
*
* @returns the migrations that it crosses; undefined when it is not allowed (the transaction has the error)
*/
async function schemaCrossed(tx, request, fleet, names) {
	const since = crossedBy(fleet, names);
	const crossed = request.allowSchemaAhead ? since : await stillCrossed(tx, since, fleet, request.migrations);
	if (crossed.length === 0) return crossed;
	if (crossed.some(({ certain }) => certain)) tx.schema.certainlyAhead = true;
	const what = describeCrossed(crossed, tx.leader && names.get(tx.leader.host));
	if (request.allowSchemaAhead) {
		tx.warn(`${what}: ${formatNames(crossed.map(({ migration }) => migration))}`);
		return crossed;
	}
	const across = `tarlift rollback ${tx.target}${request.to === void 0 ? "" : ` --to ${request.to}`} --allow-schema-ahead`;
	tx.error({
		host: crossed[0].host,
		code: "schema-ahead",
		what: `the rollback crosses ${what}`,
		output: cutEnd(crossed.map(({ migration, release, certain }) => `${migration}  (with ${release}${certain ? "" : ", perhaps: it failed or was cut off"})`).join("\n"), SHOWN),
		remedy: crossed.some(({ certain }) => certain) ? `Where the older code works with this schema: ${across}. Else undo them first, with the code that is live: tarlift run ${tx.target} '<command>'` : `Look at the database. Where nothing of it was applied, or the older code works with it: ${across}`
	});
}
/**
* The same for a deploy of an older release's commit: the user asked for it explicitly, so it is a warning and changes
* nothing.
*
* @returns whether the release was good here before, and migrations were applied since
*/
async function schemaLeftBehind(tx, rollout) {
	const { hosts, names, incoming } = rollout;
	const was = ({ host, facts }) => facts.migrations?.some(({ event, release }) => event === "good" && release === names.get(host));
	if (!hosts.some(was)) return false;
	const crossed = await stillCrossed(tx, crossedBy(hosts, names), hosts, incoming?.migrations);
	if (crossed.length === 0) return false;
	if (crossed.some(({ certain }) => certain)) tx.schema.certainlyAhead = true;
	const what = describeCrossed(crossed, releaseOnLeader(rollout));
	tx.warn(`${what}: ${formatNames(crossed.map(({ migration }) => migration))}`);
	return true;
}
function describeCrossed(crossed, release) {
	const applied = crossed.filter(({ certain }) => certain).length;
	const begun = crossed.length - applied;
	return `${[...applied > 0 ? [`${formatCount(applied, "migration")} applied`] : [], ...begun > 0 ? [`${formatCount(begun, "migration")} begun and perhaps applied`] : []].join(" and ")} since ${release} was good`;
}
/** Migrations applied since some releases were good, without those that were undone by hand meanwhile. */
async function stillCrossed(tx, since, fleet, migrations) {
	if (since.length === 0) return since;
	const undone = await undoneOn(tx, migratorOf(fleet, migrations), migrations);
	return since.filter(({ migration }) => !undone.has(migration));
}
/** Applied migrations that the live release lists as pending, on the host that lists migrations. */
async function undoneOn({ progress }, migrator, migrations) {
	const live = migrator?.facts.live;
	if (!migrations || migrations.policy === "ignore" || !live) return /* @__PURE__ */ new Set();
	const task = progress.task("migrations that were undone by hand", { host: migrator.host.name });
	const asked = {
		release: live.id,
		pending: migrations.pending,
		timeout: LISTING
	};
	const listed = await migrator.host.listPending(asked, task).catch(() => []);
	task.end();
	return new Set(listed);
}

// src/fleet/recovery-plan.ts
/** Decides by the records of the whole fleet. */
function recoveriesOf(fleet) {
	const decided = decidedOf(fleet);
	return new Map(fleet.flatMap(({ host, facts }) => facts.open ? [[host, decided.has(facts.open.transaction) ? "finish" : "revert"]] : []));
}
/** Open transactions whose release stays. */
const decidedOf = (fleet) => new Set(fleet.flatMap(({ facts }) => isDecided(facts) ? [facts.open.transaction] : []));
/**
* The release stays: its host was notified, or has begun to record it (a rollback leaves the release's own record
* unchanged).
*/
function isDecided({ open, releases, agreed }) {
	if (open === void 0 || open.phase === "reverting") return false;
	if (open.phase === "precommit" || agreed === open.transaction) return true;
	return releases.some(({ id, state, transaction }) => id === open.release && state === "good" && transaction === open.transaction);
}
/**
* The release that a host with an open transaction is brought to. An administrator may have changed the host meanwhile:
* a link that was set by hand is kept, and a removed release is not returned to.
*/
function recoveryActionOf(facts, recovery) {
	const { release, previous } = facts.open;
	const live = facts.live?.id;
	if (recovery === "finish" && live === release) return {
		by: "commit",
		release,
		did: "finished"
	};
	const gone = previous !== void 0 && !facts.releases.some(({ id }) => id === previous);
	if (recovery === "revert" && (live === release || live === previous || live === void 0) && !gone) return {
		by: "revert",
		release: previous,
		did: "reverted"
	};
	return {
		by: "revert",
		release: live,
		did: `left at ${live ?? "no release"}, which is what was found`
	};
}
/**
* Whether a transaction is recorded as one to a release that was good before: a rollback, or a converge. A deploy may
* bring such a release too. If an older Tarlift began it, only whether the release was good is known.
*/
const isRollback = ({ transaction, release, rollback }, releases) => rollback ?? releases.some((one) => one.id === release && one.good !== void 0 && one.transaction !== transaction);
/**
* For a plan that changes nothing: the recovery that a deploy would begin with.
*
* @returns the fleet as a recovery would leave it; what the recovery would do is among the warnings
*/
function foreseeRecovery(tx, fleet) {
	const busy = fleet.find(({ facts }) => facts.running !== void 0);
	if (busy) {
		tx.warn(`a run goes on there: ${busy.facts.running}; when it has ended, a plan may be another`, busy);
		return fleet;
	}
	warnLeftMigrations(tx, fleet, decidedOf(fleet));
	const recoveries = recoveriesOf(fleet);
	return fleet.map((member) => {
		const { host, facts } = member;
		if (facts.drained?.length) tx.warn(`a run that was cut off has taken it out of ${facts.drained.map(({ server }) => server).join(", ")}: a deploy begins by giving it back`, member);
		const recovery = recoveries.get(host);
		if (!facts.open || !recovery) return member;
		const { release, did } = recoveryActionOf(facts, recovery);
		tx.warn(`a run that was cut off has left ${facts.open.release} half-way: when a deploy begins, it is ${did}; this is the plan for what is live then`, member);
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

// src/fleet/recover.ts
/**
* Finishes or reverts open transactions, then asks all hosts again. Migrations that were left are reported, whatever
* the result.
*
* @param wanted as in the preflight that found the fleet
* @returns the fleet, with new facts if anything was recovered; undefined when a host does not run the right release
* (the transaction has the error)
*/
async function recover(tx, fleet, wanted) {
	const recoveries = recoveriesOf(fleet);
	await forEachHost(fleet, (member) => disarmLeft(tx, member));
	const restoreAll = (members) => forEachHost(members, (member) => restoreLeft(tx, member));
	if (recoveries.size === 0) {
		warnLeftMigrations(tx, fleet);
		await restoreAll(fleet);
		return fleet;
	}
	const open = fleet.filter(({ host }) => recoveries.has(host));
	const actions = new Map(open.map(({ host, facts }) => [host, recoveryActionOf(facts, recoveries.get(host))]));
	const serves = ({ host, facts }) => actions.get(host).by === "revert" && (facts.drained ?? []).length === 0;
	const unwell = new Set(recoveries.keys());
	const turns = {
		hosts: open,
		waves: tx.rules.waves,
		total: tx.members.length
	};
	const results = await tx.part("recover", () => inTurns(tx, turns, serves, async (member) => {
		const { by, release, did } = actions.get(member.host);
		const recovering = (task) => by === "revert" ? revertLeft(tx, member, release, task) : finishLeft(tx, member, fleet);
		await tx.phase("recover", member, recovering, () => did);
		unwell.delete(member.host);
		await restoreLeft(tx, member);
		tx.warn(`a run that was cut off had left ${nameOf(member)}; it was ${did}`, member);
	}));
	const fresh = await preflight(tx, tx.members, wanted, { lock: true });
	warnLeftMigrations(tx, fresh ?? fleet, decidedOf(fleet));
	await restoreAll(fresh?.filter(({ host, facts }) => !unwell.has(host) && facts.open === void 0) ?? []);
	const live = new Map(fresh?.map(({ host, facts }) => [host, facts.live?.id]));
	const away = results.failed.filter(({ member: { host } }) => !live.has(host) || live.get(host) !== actions.get(host)?.release);
	for (const { member, error } of results.failed.filter((failure) => !away.includes(failure))) {
		const { did } = actions.get(member.host);
		tx.warn(`a run that was cut off had left ${nameOf(member)}; it was ${did}, but ${error.what}`, member);
	}
	return tx.recordFailures(away) ? void 0 : fresh;
}
const nameOf = ({ facts }) => `${facts.open.release} half-way`;
/** @throws Failure when a service does not run the previously live release */
async function revertLeft(tx, member, to, task) {
	const { host } = member;
	const services = servicesOf(member, to);
	const { transaction, release: from } = member.facts.open;
	const remember = tx.kind === "rollback" || tx.kind === "end-killed-run";
	const { warnings, services: seen } = await host.revert({
		from,
		to,
		services,
		transaction,
		remember
	}, task);
	for (const warning of warnings) tx.warn(warning, member);
	const bad = to === void 0 ? void 0 : seen.find(({ evidence }) => evidence === "none");
	if (bad) throw new Failure({
		code: "service-not-running",
		what: `${bad.service} ${bad.detail}`,
		where: { host: host.name },
		output: bad.log
	});
}
/**
* The release was verified when all hosts agreed on it. If it is unhealthy now, that is a warning, and no reason to
* refuse a deploy of something better.
*
* @param fleet whose migration journals may contain what this host's lacks
*/
async function finishLeft(tx, member, fleet) {
	const { host, facts } = member;
	const open = facts.open;
	const { transaction, release } = open;
	const services = servicesOf(member, release);
	const wrong = await host.observe({
		services,
		settle: true
	}).then(async (seen) => {
		const bad = seen.find(({ evidence }) => evidence === "none");
		if (!bad) await healthOf(member, release, seen, tx);
		return bad && `${bad.service}: ${bad.detail}`;
	}).catch((error) => errorOf(error).what);
	if (wrong) tx.warn(`${release} is live, but ${wrong}`, member);
	await host.commit({
		release,
		keep: tx.rules.keep,
		transaction,
		rollback: isRollback(open, facts.releases),
		converge: open.converge,
		migrations: missingFrom(host, fleet, transaction)
	});
}

// src/fleet/ledger.ts
/** What is known of the database's schema. */
var SchemaRecord = class {
	/** Pending migrations that prepare found, in order. */
	pending = [];
	applied = [];
	/** The host on which they were applied. */
	appliedOn;
	/** Migrations were, or may have been, applied, and their release is not live. */
	ahead = false;
	/** At least one of the migrations ahead is known to have been applied: its command succeeded. */
	certainlyAhead = false;
	/** A previous run left the schema so. */
	foundAhead = false;
	/** The live release is now older than migrations that were applied. */
	crossed = false;
	/**
	* A deploy was kept: whatever migrations were applied, the schema matches its release, unless the release is older
	* than they are. A converge changes nothing about that.
	*/
	kept({ crossed }) {
		this.ahead = false;
		this.foundAhead = false;
		this.crossed = crossed;
	}
};
var Ledger = class {
	#request;
	#hosts = /* @__PURE__ */ new Map();
	#settling = /* @__PURE__ */ new Map();
	#began = performance.now();
	#durations = [];
	/** What was warned of, by host; of the fleet as a whole: undefined. */
	#warned = /* @__PURE__ */ new Map();
	#commitBefore;
	errors = [];
	warnings = [];
	schema = new SchemaRecord();
	participants = [];
	drained = /* @__PURE__ */ new Map();
	/** For a plan only. */
	order;
	/** How to roll back to the previous release. */
	back;
	constructor(request) {
		this.#request = request;
		for (const { host } of request.members) this.#hosts.set(host, {
			name: host.name,
			live: void 0,
			previousRelease: void 0,
			services: [],
			phases: [],
			unknown: true
		});
	}
	/** Adds a warning unless the same host, or the fleet, has it already. */
	warn(warning, host) {
		const warned = this.#warned.get(host) ?? /* @__PURE__ */ new Set();
		this.#warned.set(host, warned);
		if (warned.has(warning)) return;
		warned.add(warning);
		this.warnings.push(warning);
	}
	host({ host }) {
		return this.#hosts.get(host);
	}
	/** Runs one part and records how long it took, also when it throws. */
	async part(part, work) {
		const start = performance.now();
		try {
			return await work();
		} finally {
			this.#durations.push({
				part,
				seconds: inSeconds(performance.now() - start)
			});
		}
	}
	/** Runs one phase of a host and records when it began, how long it took and whether it threw. */
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
	/** Records the settling time of the current phase of this host: {@link phase} adds it to the phase. */
	settling({ host }, seconds) {
		this.#settling.set(host, seconds);
	}
	found(member) {
		const { live, missing, dropped } = member.facts;
		if (member.host === this.#request.members[0]?.host) this.#commitBefore = live?.commit;
		Object.assign(this.host(member), {
			live: live?.id,
			previousRelease: live?.id,
			unknown: false,
			missing,
			dropped
		});
	}
	report(outcome, release) {
		const hosts = [...this.#hosts.values()];
		const { signal } = this.#request;
		const { schema, back } = this;
		const schemaAhead = schema.crossed || schema.ahead || schema.foundAhead;
		return {
			outcome,
			app: this.#request.app,
			target: this.#request.target,
			previousRelease: hosts[0]?.previousRelease,
			previousCommit: this.#commitBefore,
			schemaAhead,
			schemaUncertain: schemaAhead && !schema.certainlyAhead,
			back: back && {
				...back,
				crosses: back.crosses || schema.applied.length > 0
			},
			pending: schema.pending,
			applied: schema.applied,
			hosts,
			errors: this.errors,
			warnings: this.warnings,
			...signal?.aborted ? { stopped: stoppedBy(signal) ?? "cancelled" } : {},
			...this.order ? { order: this.order } : {},
			durations: this.#durations,
			...release
		};
	}
};
/** Milliseconds as seconds, to the millisecond. */
const inSeconds = (milliseconds) => Math.round(milliseconds) / 1e3;

// src/fleet/transaction.ts
var Transaction = class Transaction {
	kind;
	/** Identifies it in the hosts' records. */
	id;
	app;
	target;
	/** For the messages of other runs: the holder of the lock. */
	owner;
	rules;
	progress;
	/** Aborted: no further step begins, and activated hosts are reverted. */
	signal;
	/** All hosts of the target, as they are configured. The first one is locked first. */
	members;
	#request;
	#ledger;
	/** @param ledger of the transaction that this is a view of; left out: a new transaction */
	constructor(kind, request, ledger = new Ledger(request)) {
		this.kind = kind;
		this.id = request.deployId;
		this.app = request.app;
		this.target = request.target;
		this.owner = request.owner;
		this.rules = request;
		this.progress = request.progress;
		this.signal = request.signal;
		this.members = request.members;
		this.#request = request;
		this.#ledger = ledger;
	}
	/**
	* The same transaction for steps that run even if it was stopped: hooks after a failure, health checks after a
	* revert.
	*/
	uncancellable() {
		return new Transaction(this.kind, {
			...this.#request,
			signal: void 0
		}, this.#ledger);
	}
	/** The hosts that take part, once that is known; the first of them is the leader. */
	get participants() {
		return this.#ledger.participants;
	}
	set participants(hosts) {
		this.#ledger.participants = hosts;
	}
	get leader() {
		return this.participants[0];
	}
	get schema() {
		return this.#ledger.schema;
	}
	/** Runs one part of the transaction; the report says how long it took, also when it throws. */
	part(name, work) {
		return this.#ledger.part(name, work);
	}
	/**
	* Runs one phase of one host as one task of it; the report says when it began, how long it took and whether it
	* succeeded.
	*
	* @param detail the text about the result in the task's last line
	* @throws what `work` throws
	*/
	async phase(name, member, work, detail) {
		const task = this.progress.task(name, { host: member.host.name });
		try {
			const value = await this.#ledger.phase(member, name, () => work(task));
			task.end(detail?.(value));
			return value;
		} catch (error) {
			task.fail(error instanceof Failure ? error.what : void 0);
			throw error;
		}
	}
	/**
	* Runs one {@link phase} on many hosts at once, and waits for all of them.
	*
	* @returns the results and errors by host
	*/
	step(name, hosts, work, detail) {
		return forEachHost(hosts, (member) => this.phase(name, member, (task) => work(member, task), detail));
	}
	/** A {@link step} that ends at once: the report has it, but no separate task is shown. */
	briefStep(name, hosts, work) {
		return forEachHost(hosts, (member) => this.#ledger.phase(member, name, () => work(member)));
	}
	/** Records for how many seconds services are watched in the current phase of this host. */
	settling(member, seconds) {
		this.#ledger.settling(member, seconds);
	}
	/** Adds a warning to the report: for a host, `<host>: <sentence>`. A repeated warning is not added. */
	warn(sentence, member) {
		this.#ledger.warn(member ? `${member.host.name}: ${sentence}` : sentence, member?.host);
	}
	/** Adds an error to the report. */
	error(error) {
		this.#ledger.errors.push(error);
	}
	/** Adds the errors of a step to the report. @returns whether there were any */
	recordFailures(failed) {
		for (const { error } of failed) this.error(error);
		return failed.length > 0;
	}
	get hasErrors() {
		return this.#ledger.errors.length > 0;
	}
	/**
	* @returns the result of `work`. If it is false, `failed` is put before the errors of `work`: first the cause, then
	* its consequences
	*/
	async causedBy(failed, work) {
		const { errors } = this.#ledger;
		const before = errors.length;
		const ok = await work();
		if (!ok) errors.splice(before, 0, ...failed.map(({ error }) => error));
		return ok;
	}
	/**
	* Whether the run was stopped, so that no further step may begin. The report then says so, before all later errors.
	*/
	stopped() {
		if (!this.signal?.aborted) return false;
		const { errors } = this.#ledger;
		if (!errors.some((error) => error.host === void 0 && error.code === "cancelled")) errors.unshift({
			code: "cancelled",
			what: cancelledWords(this.signal)
		});
		return true;
	}
	/** What is known of a host so far. */
	of(member) {
		return this.#ledger.host(member);
	}
	note(member, what) {
		Object.assign(this.#ledger.host(member), what);
	}
	/** Records the facts of a host. */
	found(member) {
		this.#ledger.found(member);
	}
	prepared(member, { wire, sent, linked }) {
		Object.assign(this.#ledger.host(member), {
			wire,
			files: {
				sent: sent.files,
				linked
			}
		});
	}
	/**
	* Records the state of a host after an activation or a revert.
	*
	* @param live the release that is live now; undefined: none
	* @param services what was seen of its services; undefined: which release is live is no longer known
	*/
	activated(member, live, services) {
		Object.assign(this.#ledger.host(member), {
			live,
			unknown: services === void 0,
			services: services ?? []
		});
	}
	observed(member, services) {
		this.#ledger.host(member).services = services;
	}
	/** The backend servers of a host that are drained now, and must be restored; undefined: none. */
	drained(member) {
		return this.#ledger.drained.get(member.host);
	}
	setDrained(member, drained) {
		if (drained.length > 0) this.#ledger.drained.set(member.host, drained);
		else this.#ledger.drained.delete(member.host);
	}
	/** Records the order, for a plan. */
	planned(order) {
		this.#ledger.order = order;
	}
	/** Records how a rollback would return from the release that is live now. */
	leadsBack(back) {
		this.#ledger.back = back;
	}
	/** @param release the release that the report is about, and what else is known of it */
	report(outcome, release = {}) {
		return this.#ledger.report(outcome, release);
	}
	/** Closes the connections, which frees the locks. */
	async close() {
		await forEachHost(this.members, ({ host }) => host.close());
	}
};

// src/notify/notify.ts
/**
* @param values of the variables with addresses and secrets: from the environment, and from given secrets
* @param env the run's variables
*/
function notifications(config, { values, env, progress, post = overTheNetwork }) {
	let last = Promise.resolve();
	const memory = new Map(Object.keys(config.notify).map((name) => [name, /* @__PURE__ */ new Map()]));
	const sendOne = async (name, entry, event, context) => {
		const message = {
			event,
			context,
			variables: variablesOf(event, context, env, post.now())
		};
		const io = {
			values,
			post,
			memory: memory.get(name)
		};
		const problem = await notifierOf(entry.format).send(message, entry, io);
		if (problem) progress.warning(`notify ${name}: ${problem}; the deploy itself is not concerned`);
	};
	return { send(event, context) {
		const wanted = Object.entries(config.notify).filter(([, { events = DEFAULT_EVENTS, targets }]) => events.includes(event) && (targets?.includes(context.target) ?? true));
		const done = last.then(() => Promise.all(wanted.map(([name, one]) => sendOne(name, one, event, context))));
		last = done;
		return done.then(() => {}, (error) => progress.warning(`notify: ${error instanceof Error ? error.message : error}`));
	} };
}

// src/pipeline/with-notifications.ts
/**
* @param work the verb; what it returns or throws is returned and thrown, whatever happens to the messages
* @param options `dryRun`: no notifications are sent
*/
async function notifying({ config, progress }, options, work) {
	if (options.dryRun || Object.keys(config.notify).length === 0) return work(() => {});
	const { env } = process;
	const values = {
		...env,
		...options.secrets
	};
	const sender = notifications(config, {
		values,
		env,
		progress
	});
	const hidden = hiding();
	hidden.keep(publicNames(config));
	hidden.hide([...Object.values(secretValues(config, env)), ...Object.values(options.secrets ?? {})]);
	const send = (event, facts) => sender.send(event, hidden.maskValues(facts));
	const place = {
		app: config.app,
		target: options.target
	};
	let known = {};
	try {
		const report = await work((facts, message) => {
			known = facts;
			send("started", {
				...place,
				...known,
				message
			});
		});
		if (isEvent(report.outcome)) await send(report.outcome, {
			...known,
			...contextOf(report)
		});
		return report;
	} catch (error) {
		const { what, remedy, outcome } = error instanceof Failure ? error : {
			what: String(error),
			remedy: void 0,
			outcome: "failed"
		};
		await send(outcome, {
			...place,
			...known,
			error: `${what}${remedy ? `\nnext: ${remedy}` : ""}`
		});
		throw error;
	}
}

// src/report/transaction.ts
/**
* The lines for people; `--json` prints the report itself. Hidden characters from hosts are made visible.
*
* @param next what to do next; default: the next command, without options of a call
*/
function transactionLines(given, paint = uncoloured, next = completeCommands(nextCommand(given), NO_CALL)) {
	const report = visibleValues(given);
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
		...groupErrors(report.errors).flatMap((error) => errorLines(error, paint)),
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
	return report.hosts.flatMap((host, n) => [`  ${lines[n]}`, ...host.services.map(({ service, evidence, detail }) => `      ${service}: ${detail} (evidence: ${evidence}, ${EVIDENCE_MEANING[evidence]})`)]);
}
/** `v2-77aa01ce, previous: v1-3fa9c1d2`. */
function liveOf(host) {
	if (host.unknown) return "could not be asked what is live";
	const live = host.live ?? "nothing live";
	return host.previousRelease === void 0 || host.previousRelease === host.live ? live : `${live}, previous: ${host.previousRelease}`;
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
/**
* The order of the hosts, and the part of the time that is known in advance: the duration of stops and starts depends
* on the services.
*/
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
	return [`  time: ${parts.length > 0 ? `${parts.join(", ")}; ` : ""}total ${total.toFixed(1)} s`];
}
function errorLines({ host, what, where, output, remedy }, paint) {
	return [
		"",
		`  ${paint.bad("✗")} ${host ? `${host}: ` : ""}${what}`,
		...Object.entries(where ?? {}).map(([name, value]) => `    ${name}: ${value}`),
		...output?.trim() ? ["    output:", ...output.trimEnd().split("\n").map((line) => `      ${line}`)] : [],
		...remedy ? [`    ${paint.bold("next:")} ${remedy.split("\n").join("\n          ")}`] : []
	];
}

export { preflight as A, inTurns as C, stillDrained as D, restore as E, plan as M, warningsOf as N, lockedCode as O, drain as S, proveLock as T, leftBatches as _, foreseeRecovery as a, releaseOnLeader as b, hasMigrator as c, migrates as d, migratorOf as f, crossedBy as g, schemaLeftBehind as h, recover as i, findingsOf as j, lockedWords as k, mayGoOn as l, schemaCrossed as m, notifying as n, isRollback as o, pendingOf as p, Transaction as r, recoveriesOf as s, transactionLines as t, migrate as u, missingFrom as v, preflightServers as w, restartFor as x, releaseOn as y };