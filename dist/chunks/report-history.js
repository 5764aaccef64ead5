import { k as forEachHost } from "./pipeline-fleet-request.js";
import { ot as visibleLine } from "./report-phases.js";

// src/operations/history.ts
/** The maximum number of events that a transaction writes on one host. */
const EVENTS = 12;
/** Nothing changes, and no lock is taken. @param limit how many transactions */
async function history(request, limit) {
	const { app, target, members } = request;
	const results = await forEachHost(members, async ({ host, layout, services, shared }) => {
		await host.facts({
			layout,
			services,
			shared
		});
		return host.history(limit * EVENTS);
	});
	return {
		app,
		target,
		transactions: joined(results.done.map(({ member, value }) => ({
			name: member.host.name,
			events: value
		}))).slice(0, limit),
		errors: results.failed.map(({ error }) => error)
	};
}
/** Transactions of all hosts, newest first. */
function joined(logs) {
	const byId = /* @__PURE__ */ new Map();
	for (const { name, events } of logs) {
		const own = Map.groupBy(events.filter(({ deploy, event }) => deploy !== "" && event !== "pruned"), ({ deploy }) => deploy);
		for (const [id, [first, ...more]] of own) {
			if (!first) continue;
			const all = [first, ...more];
			const time = (/* @__PURE__ */ new Date(first.time * 1e3)).toISOString();
			const release = all.find(({ release: of }) => of !== "")?.release ?? "";
			const known = byId.get(id) ?? {
				id,
				time,
				by: first.by,
				release,
				hosts: []
			};
			const last = all.at(-1)?.by ?? first.by;
			known.hosts.push({
				name,
				course: courseOf(all),
				release,
				...last === first.by ? {} : { endedBy: last }
			});
			byId.set(id, {
				...known,
				time: time < known.time ? time : known.time
			});
		}
	}
	return [...byId.values()].sort((a, b) => a.time === b.time ? compare(b.id, a.id) : compare(b.time, a.time));
}
const compare = (a, b) => a < b ? -1 : Number(a > b);
/** The last event counts: a later run may have finished or reverted what this one left. */
function courseOf(events) {
	const ends = {
		"rolled-back": "rolled-back",
		reverted: "reverted",
		prepared: "prepared",
		activated: "unfinished",
		active: "unfinished",
		receiving: "unfinished"
	};
	const has = (name) => events.some(({ event }) => event === name);
	const last = events.findLast(({ event }) => event === "good" || event === "reverted" || event in ends);
	if (last?.event === "good") return has("rolled-back") ? "rolled-back" : "deployed";
	return (last && ends[last.event]) ?? "unfinished";
}

// src/report/history.ts
function historyLines({ app, target, transactions }) {
	if (transactions.length === 0) return [`${app} on ${target}: nothing was recorded`];
	const width = Math.max(7, ...transactions.map(({ release }) => release.length));
	const done = "what was done";
	const doneWidth = Math.max(13, ...transactions.flatMap(({ hosts }) => hosts[0]?.course.length ?? 0));
	return [`${"time (UTC)".padEnd(19)}  ${"release".padEnd(width)}  ${done.padEnd(doneWidth)}  by`, ...transactions.flatMap(({ time, by, release, hosts }) => {
		const courses = new Set(hosts.map(({ course }) => course));
		const line = `${time.slice(0, 19).replace("T", " ")}  ${visibleLine(release).padEnd(width)}`;
		const who = [by, ...new Set(hosts.flatMap(({ endedBy }) => endedBy ?? []))].map(visibleLine).join(", ended by ");
		if (courses.size === 1) return [`${line}  ${hosts[0]?.course.padEnd(doneWidth)}  ${who}`];
		return [`${line}  ${"DIFFERENT".padEnd(doneWidth)}  ${who}`, ...hosts.map(({ name, course }) => `    ${name}: ${course}`)];
	})];
}

export { history as n, historyLines as t };