import { A as SHELL_NAMES, E as machineVariables, O as configSchema, j as shellKeeps, k as wavesSchema, ut as visibleLine, x as secretsOf } from "./phases-DA3kE9T1.js";
import { n as findTarget } from "./select-CCtU_FrY.js";
import { i as failureOf, n as Failure, r as checkAll } from "./failure-BKWaXFxS.js";
import { $ as cutStart, A as compareBytes, G as cancelledWords, H as tryRun, J as formatBytes, L as within, M as nameProblem, O as refuseMisplaced, Q as cutEnd, R as formatCommand, T as parseIndex, U as withoutActions, V as signalOf, W as shellWord, Y as formatCount, Z as CUT, v as MOST_INDEXED, x as formatIndex, z as formatEnd } from "./repository-BK5IpvPt.js";
import { l as number, p as string, u as object } from "./schemas-BE0VQ5TN.js";
import { S as silent$1, a as PYTHON_PROBE, b as processMark, f as differing, h as VARIABLES, l as parseProbe, n as tarHeader, t as padding, y as hasEnded } from "./tar-header-C_8MVtWy.js";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { connect, isIP } from "node:net";
import { hostname, tmpdir, userInfo } from "node:os";
import { constants as constants$2, createGzip, createZstdCompress, gunzipSync, gzipSync, zstdDecompressSync } from "node:zlib";
import { Readable, pipeline } from "node:stream";
import { mkdtemp, open, rm } from "node:fs/promises";

// src/ending.ts
const SIGNALS = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
const endings = /* @__PURE__ */ new Set();
let listening = false;
/** @returns forgets it: it is needed no more */
function beforeEnd(ending) {
	endings.add(ending);
	if (!listening) listen();
	return () => endings.delete(ending);
}
function listen() {
	listening = true;
	process.on("exit", runAll);
	for (const signal of SIGNALS) process.prependListener(signal, heard);
}
function heard(signal) {
	if (process.listenerCount(signal) > 1) {
		for (const { stopping } of endings) stopping?.(signal);
		return;
	}
	runAll();
	process.removeListener(signal, heard);
	process.kill(process.pid, signal);
}
function runAll() {
	for (const { last } of endings) last();
	endings.clear();
}

// src/report/service-log.ts
const LONGEST_LINE$1 = 1e3;
/** Lines between two lines of one stack: source, marks below it, the words of the error that led to the next. */
const GAP = 8;
/** Above a stack stands what the error is, or what was being done; below it what Python says of the error. */
const ABOVE = 5;
const BELOW = 12;
/** Requests in the forms of web servers and frameworks: common and combined logs, uvicorn, morgan, Rails. */
const ACCESS = [
	/"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+(?: HTTP\/[\d.]+)?"/,
	/^\S*\s*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/\S* \d{3}\b/,
	/^Started (?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) "/
];
/** How an error begins: Python, Go, Rust, PHP, Java, Node. What stands before it on its line is the logger's. */
const HEADS = [
	/Traceback \(most recent call last\):$/,
	/^(?:During handling of the above exception|The above exception was the direct cause)/,
	/(?:^|\s)panic: |^fatal error: /,
	/^thread '.*' panicked at /,
	/PHP (?:Fatal|Parse) error|Uncaught \w+/,
	/Exception in thread /,
	/^Caused by: /,
	/^\S+:\d+:in [`'].*: /
];
/** Lines of a stack: Python, Node and Java, Ruby, PHP, Go. */
const STACK = [
	/^[\s|]*File "[^"]+", line \d+/,
	/^\s+at \S/,
	/^\s+\.\.\. \d+ more$/,
	/^\s*(?:from )?\S+:\d+:in [`']/,
	/^#\d+ /,
	/^\s+thrown in .* on line \d+$/,
	/^\t\S+\.go:\d+/,
	/^goroutine \d+ /
];
/** How another entry of a log begins: a time, an address, a level, a bracket. */
const ENTRY = /^(?:\[|\d|(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b)/;
/** Words of an error that has one line. */
const ERROR = /error|exception|fatal|panic|failed/i;
const isOne = (line, of) => of.some((one) => one.test(line));
const isStack = (line) => isOne(line, HEADS) || isOne(line, STACK);
const isRequest = (line) => isOne(line, ACCESS);
/**
* @param log what the service wrote since it was started, oldest first
* @returns the part that says why; empty where there is nothing but requests
*/
function whyOf(log) {
	const lines = log.split(/\r?\n/).map((line) => cutEnd(line, LONGEST_LINE$1));
	const last = lines.findLastIndex(isStack);
	return (last < 0 ? lines.filter((line) => line.trim() !== "" && !isRequest(line)).slice(-20) : lines.slice(beginOf(lines, last), endOf$1(lines, last)).slice(-60)).join("\n").trimEnd().replace(/^(?:\s*\n)+/, "");
}
/** Where the error begins whose stack ends at a line, with those that led to it. */
function beginOf(lines, end) {
	let first = end;
	for (let at = end - 1; at >= 0 && first - at <= GAP && !isRequest(lines[at]); at--) if (isStack(lines[at])) first = at;
	else if (ENTRY.test(lines[at]) && first - at > 1) break;
	let above = first;
	while (above > 0 && first - above < ABOVE && !isRequest(lines[above - 1])) {
		above--;
		if (ENTRY.test(lines[above])) break;
	}
	return above;
}
function endOf$1(lines, last) {
	let end = last + 1;
	const goesOn = (line) => line.trim() !== "" && !ENTRY.test(line) && !isRequest(line);
	while (end < lines.length && end - last <= BELOW && goesOn(lines[end])) end++;
	return end;
}
/** Whether a log holds an error, with a stack or in one line. */
function tellsError(log) {
	return log.split(/\r?\n/).some((line) => !isRequest(line) && (isStack(line) || ERROR.test(line)));
}
/** What a failure says, with what the service's own log says of it. @param log as for {@link whyOf}; undefined: it cannot be read */
function withServiceLog(output, log) {
	const why = log === void 0 ? "" : whyOf(log);
	if (why === "") return output;
	return [
		output?.trimEnd(),
		"its log since the restart:",
		why
	].filter(Boolean).join("\n");
}

// src/fleet/roles.ts
/** Whether a host with these roles (none: all) is meant by these wanted roles (left out: every host). */
function hasRole(roles, wanted) {
	return wanted === void 0 || roles.length === 0 || wanted.some((role) => roles.includes(role));
}
/**
* The leader: the first of these hosts, in the order of tarlift.yml, that has one of the wanted roles. Of hosts that take part: one that
* is away, or stayed behind, leads nobody.
*/
const leaderOf = (members, wanted) => members.find(({ roles }) => hasRole(roles, wanted));

// src/fleet/recorded-services.ts
/** What drives a service, and what it is called there. */
function supervisorOf({ supervisord, systemd, user, command }) {
	return {
		kind: supervisord !== void 0 ? "supervisord" : command ? "command" : user ? "systemd-user" : "systemd",
		unit: supervisord ?? systemd ?? ""
	};
}
/**
* The services of a release on a host: those of its own commit, on whichever host they run, since roles may change.
*
* @param member its services where the artifact says nothing of any
*/
function servicesOf({ release }, member) {
	const { services } = release?.configuration ?? {};
	const own = configSchema.shape.services.safeParse(services);
	if (services === void 0 || !own.success) return servicesOfMember(member);
	return Object.entries(own.data).map(([name, service]) => ({
		name,
		...supervisorOf(service),
		here: hasRole(member.roles, service.roles),
		health: service.health && healthDigest(service.health)
	}));
}
/** Those that the host has now. */
const servicesOfMember = ({ services, health }) => services.map(({ name, kind, unit }) => ({
	name,
	kind,
	unit,
	here: true,
	health: health[name] && healthDigest(health[name])
}));
/** `<of its address>.<of all that it asks for and expects>`; how long it waits is no part of that. */
function healthDigest({ url, status, headers, "release-header": named }) {
	return `${shortDigest(url)}.${shortDigest([
		url,
		status,
		Object.entries(headers ?? {}).sort(),
		named ?? ""
	])}`;
}
const shortDigest = (asked) => createHash("sha256").update(JSON.stringify(asked)).digest("hex").slice(0, 16);
function checkOf({ facts }, release, service, health) {
	const { services } = facts.releases.find(({ id }) => id === release) ?? {};
	if (services === void 0) return "own";
	const had = services.find(({ name }) => name === service)?.health;
	const asked = healthDigest(health);
	if (had === asked) return "own";
	return had !== void 0 && had.split(".")[0] === asked.split(".")[0] ? "same-address" : "other";
}

// src/fleet/health.ts
/** A service that does not answer as it should. */
var Unhealthy = class extends Failure {
	service;
	/** What it answered last; undefined: nothing. */
	status;
	constructor(service, parts, status) {
		super(parts);
		this.service = service;
		this.status = status;
	}
};
/** Said where a service answers that it failed, and its log, which stands above, does not say why. */
const NO_ERROR = "Its log has no error: the application writes errors elsewhere, or nowhere. Let it write them to standard error (Django, where DEBUG is off, does so with a `LOGGING` of its own alone).";
/** What is said of an unhealthy service whose own log is known. */
function explained(error, log) {
	const shown = error.remedy?.replace(ITS_LOG, "").trim();
	const silent = (error.status ?? 0) >= 500 && !tellsError(log);
	return {
		output: withServiceLog(error.output, log),
		remedy: [shown, silent ? NO_ERROR : ""].filter(Boolean).join("\n") || void 0
	};
}
/** Said where the log cannot be shown. */
const ITS_LOG = "Its log on the host says why.";
/**
* The same wrong answer for so many tries and so many seconds (of pauses) does not become right: a release that answers 500 is taken back
* without all of its `retries`.
*/
const STEADY = {
	tries: 5,
	seconds: 5
};
/** What applications answer that know some names of hosts alone: Django, Starlette, Flask, Rails, servers with several sites. */
const OTHER_NAME = [
	400,
	403,
	404,
	421
];
/** What a service, or a proxy before it, may answer while it starts. */
const STARTING = [
	404,
	408,
	425,
	429,
	502,
	503,
	504
];
/**
* Asks until the service is healthy, with the configured retries and pauses.
*
* @param release the release's name, as `TARLIFT_RELEASE` has it in the service's environment
* @throws Unhealthy that says what was answered last, and what to do
*/
async function checkHealth(host, service, health, release, options = {}) {
	const pause = options.pause ?? ((seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1e3)));
	let same = {
		status: 0,
		tries: 0
	};
	for (let attempt = 0;; attempt++) {
		const { answer, judgement } = await ask$2(host, health, release, options.adopted ?? false);
		if (judgement.healthy) return {
			status: answer?.status ?? 0,
			proven: judgement.proven
		};
		const status = judgement.steady ? answer?.status ?? 0 : 0;
		same = {
			status,
			tries: status !== 0 && status === same.status ? same.tries + 1 : 1
		};
		const steady = status !== 0 && same.tries >= STEADY.tries && (same.tries - 1) * health.interval >= STEADY.seconds;
		if (options.signal?.aborted && !judgement.final) throw brokenOff(host, service, judgement.why, options.signal);
		if (judgement.final || steady || attempt >= health.retries) {
			const parts = {
				what: `${service} is not healthy: ${judgement.why}`,
				where: {
					host: host.name,
					release,
					url: health.url,
					tries: triesOf(attempt, health, steady)
				},
				output: answer?.body && cutEnd(answer.body, 2e3),
				remedy: judgement.remedy
			};
			throw new Unhealthy(service, parts, answer?.status);
		}
		await pause(health.interval);
	}
}
/** Whether it would have become healthy is not known. */
const brokenOff = (host, service, why, signal) => new Failure({
	what: `${cancelledWords(signal)}; ${service} was not healthy yet: ${why}`,
	where: { host: host.name }
});
function triesOf(attempt, { retries }, steady) {
	return steady && attempt < retries ? `${attempt + 1} of ${retries + 1}: it answers the same each time` : String(attempt + 1);
}
async function ask$2(host, health, release, adopted) {
	let answer;
	try {
		answer = await host.http({
			url: health.url,
			headers: health.headers ?? {},
			timeout: health.timeout
		});
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		return {
			answer: void 0,
			judgement: {
				healthy: false,
				final: false,
				why: error.output ? `${error.what} (${error.output.split("\n")[0]})` : error.what,
				remedy: error.remedy ?? `Does the service listen, and answer, where \`health.url\` says? ${"Its log on the host says why."}`
			}
		};
	}
	return {
		answer,
		judgement: judge$1(answer, health, release, adopted)
	};
}
/** The verdict on one answer; `final` where asking again cannot change it. */
function judge$1(answer, health, release, adopted = false) {
	const expected = Array.isArray(health.status) ? health.status : [health.status];
	if (!expected.includes(answer.status)) {
		const redirect = answer.status >= 300 && answer.status < 400;
		return {
			healthy: false,
			final: redirect,
			steady: !STARTING.includes(answer.status),
			why: redirect ? `it answers ${answer.status}, a redirect to ${answer.headers.location ?? "nowhere"}` : `it answers ${answer.status}, expected ${expected.join(" or ")}`,
			remedy: redirect ? "A redirect is not health. Give the check the headers that the application expects (`health.headers`: Host, X-Forwarded-Proto: https), or ask for another path." : [...nameRemedy(answer.status, health), ITS_LOG].join(" ")
		};
	}
	const header = health["release-header"];
	if (!header) return {
		healthy: true,
		proven: false
	};
	const named = answer.headers[header.toLowerCase()];
	if (named === release) return {
		healthy: true,
		proven: true
	};
	if (named === void 0 && adopted) return {
		healthy: true,
		proven: false
	};
	return {
		healthy: false,
		final: false,
		why: named === void 0 ? `its answer has no header ${header}` : `it answers as release ${named}`,
		remedy: named === void 0 ? `The service must send \`${header}\` with the value of the variable TARLIFT_RELEASE; or remove \`release-header\`.` : "An old process still answers on this address: is the service restarted, and is this its port? After a reload, workers have the variables of the old start: let them read TARLIFT_RELEASE from .tarlift/env."
	};
}
/** The check says the address that the host itself uses, which is no name that a public application has to know. */
function nameRemedy(status, { url, headers = {} }) {
	if (!OTHER_NAME.includes(status) || Object.keys(headers).some((name) => name.toLowerCase() === "host")) return [];
	return [`It was asked as ${new URL(url).host}: an application that answers some names alone (ALLOWED_HOSTS in Django, SERVER_NAME in Flask) needs its own in the check, \`health.headers: { Host: … }\`.`];
}
/** Seconds for which a check is repeated that the release was not deployed with: it may be one that it can never pass. */
const OTHER_CHECK = 10;
/**
* Health of all services that have a check and that the release has, all at once.
*
* @param warn is told of a check that fails and that the release was not deployed with: that proves nothing of the release
* @returns the services' reports, with what health has proven beside them
* @throws Failure of the first service that is not healthy
*/
async function healthOf(request, member, release, services, warn = () => {}) {
	const { host } = member;
	const adopted = member.facts.releases.some(({ id, digest }) => id === release && digest === void 0);
	const checked = await Promise.allSettled(Object.entries(member.health).filter(([service]) => !services.some((one) => one.service === service && one.rung === "absent")).map(async ([service, health]) => {
		const options = {
			signal: request.signal,
			adopted
		};
		const check = checkOf(member, release, service, health);
		const few = Math.min(health.retries, Math.ceil(OTHER_CHECK / Math.max(health.interval, .1)));
		const retries = check === "other" ? few : health.retries;
		try {
			return {
				service,
				healthy: await checkHealth(host, service, {
					...health,
					retries
				}, release, options)
			};
		} catch (error) {
			if (!(error instanceof Unhealthy) || !provesNothing(check, error)) throw error;
			warn(`${host.name}: ${notAsDeployed(release, error)}`);
			return { service };
		}
	}));
	for (const result of checked) if (result.status === "rejected") throw result.reason;
	return services.map((report) => {
		const found = checked.find((result) => result.status === "fulfilled" && result.value.service === report.service);
		if (found?.status !== "fulfilled") return report;
		if (!found.value.healthy) return {
			...report,
			detail: `${report.detail}, its health is not verified`
		};
		const { proven, status } = found.value.healthy;
		return {
			...report,
			rung: proven ? "release-header" : report.rung,
			detail: `${report.detail}, answers ${status} ${proven ? "as this release" : "without saying its release"}`
		};
	});
}
/**
* Whether a check that fails says nothing of a release: it was not deployed with it, and may not know what it is asked. At the address of its
* own check it has to answer, though, and not with an error of its own.
*/
const provesNothing = (check, { status }) => check === "other" || check === "same-address" && status !== void 0 && status < 500;
/** What is said of such a check. */
const notAsDeployed = (release, { what, service }) => `whether ${service} is healthy was NOT VERIFIED: ${release} was not deployed with the health check of this tarlift.yml, and by that ${what}`;

// src/fleet/together.ts
/** How many hosts one phase works on at once. */
const AT_ONCE$1 = 32;
/**
* Runs `work` for every member and waits for all of them, whatever happens to some.
*
* @returns what came of each; a defect of Tarlift is a trouble like any other, so that hosts that were touched go back
*/
async function together(members, work) {
	const results = new Array(members.length);
	let next = 0;
	const worker = async () => {
		while (next < members.length) {
			const n = next++;
			[results[n]] = await Promise.allSettled([work(members[n])]);
		}
	};
	await Promise.all(Array.from({ length: Math.min(AT_ONCE$1, members.length) }, worker));
	const settled = {
		done: [],
		failed: []
	};
	results.forEach((result, n) => {
		const member = members[n];
		if (result.status === "fulfilled") settled.done.push({
			member,
			value: result.value
		});
		else settled.failed.push({
			member,
			trouble: troubleOf(result.reason, member.host.name)
		});
	});
	return settled;
}
/** What was thrown as a trouble of a host. */
function troubleOf(error, host) {
	const failure = failureOf(error);
	const { host: named, ...where } = failure.where;
	return {
		host: host ?? named,
		what: failure.what,
		where: Object.keys(where).length > 0 ? where : void 0,
		output: failure.output,
		remedy: failure.remedy
	};
}

// src/fleet/waves.ts
/**
* Orders a fleet: the canary, then the hosts whose switch is not noticed, all together, then the hosts that serve no requests now, then the others in
* waves. So many of the healthy ones stay in service at any time as the rules ask for, and one at least wherever there are two.
*
* @param rules left out: all at once
* @returns the waves; or why there are none that keep the rules
*/
function wavesOf(fleet, rules) {
	if (rules === void 0) return { waves: [fleet.map(({ member }) => member)] };
	const serving = fleet.filter(({ takesTurns }) => takesTurns);
	if (serving.length === 0) return servingWaves(fleet, rules);
	const planned = servingWaves(serving, rules);
	if ("problem" in planned) return planned;
	const idle = fleet.filter(({ takesTurns }) => !takesTurns).map(({ member }) => member);
	const canaries = rules.canary ? 1 : 0;
	return { waves: [
		...planned.waves.slice(0, canaries),
		idle,
		...planned.waves.slice(canaries)
	].filter(hasAny) };
}
function servingWaves(fleet, rules) {
	const healthy = fleet.filter((one) => one.healthy).map(({ member }) => member);
	const unhealthy = fleet.filter((one) => !one.healthy).map(({ member }) => member);
	const size = sizeOf(rules, fleet.length);
	const stay = stayOf(rules, fleet.length);
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
/**
* Orders hosts that go back: those that serve nobody at once, then the others, as many at a time as the rules let go at all.
*
* @param hosts of the whole fleet
*/
function turnsOf(members, serves, rules, hosts) {
	const serving = members.filter(serves);
	return [members.filter((member) => !serving.includes(member)), ...batches(serving, rules ? Math.min(sizeOf(rules, hosts), Math.max(1, hosts - stayOf(rules, hosts))) : hosts)].filter(hasAny);
}
/**
* Why a wave may not begin: hosts that were to be in service by now have failed, and it would take out what still serves.
*
* @param serving hosts that serve now, those of the wave among them
* @param hosts of the whole fleet
* @returns undefined: it may
*/
function waveProblem(wave, serving, rules, hosts) {
	const out = wave.filter((member) => serving.has(member)).length;
	const left = serving.size - out;
	if (rules === void 0 || out === 0 || left >= stayOf(rules, hosts)) return void 0;
	return `${left} of ${hosts} hosts would stay in service, and ${stayOf(rules, hosts)} must: others have failed before`;
}
/**
* The rules for some hosts of a fleet of which the others stay as they are: parts are parts of the whole fleet, and others that serve are
* in service.
*
* @param hosts of the whole fleet
* @param serving of the others
*/
function rulesForSome(rules, hosts, serving) {
	return {
		...rules,
		size: sizeOf(rules, hosts),
		minHealthy: Math.max(0, stayOf(rules, hosts) - serving)
	};
}
/** Hosts of a wave at most. */
const sizeOf = (rules, hosts) => Math.max(1, hostsOf(rules.size, hosts));
/** Hosts that stay in service at any time. */
const stayOf = (rules, hosts) => hosts === 1 ? 0 : Math.max(1, hostsOf(rules.minHealthy, hosts));
/** @returns whole hosts: a part is rounded up */
function hostsOf(share, hosts) {
	return typeof share === "number" ? share : Math.ceil(Number.parseInt(share, 10) * hosts / 100);
}
const hasAny = (wave) => wave.length > 0;
function batches(members, size) {
	return Array.from({ length: Math.ceil(members.length / size) }, (_, n) => members.slice(n * size, (n + 1) * size));
}

// src/fleet/order.ts
/** Whether a switch of this host can be noticed: it runs services, or a balancer sends it requests. */
const takesTurns = ({ services, seats = [] }) => services.length > 0 || seats.length > 0;
/** What decides each host's turn. A host that does not answer does not serve. */
async function turnsOfFleet(request, fleet) {
	if (request.waves === void 0 || fleet.length === 1) return fleet.map((member) => ({
		member,
		healthy: true,
		takesTurns: takesTurns(member)
	}));
	const serving = await servingOf(request, fleet);
	return fleet.map((member) => ({
		member,
		healthy: serving.has(member),
		takesTurns: takesTurns(member)
	}));
}
/** The request for hosts that are behind, while the others stay as they are. */
async function requestForSome(request, fleet, some) {
	const inTurn = fleet.some(takesTurns) ? fleet.filter(takesTurns) : fleet;
	const others = inTurn.filter((member) => !some.includes(member));
	if (request.waves === void 0 || others.length === 0) return {
		...request,
		members: some
	};
	const serving = await servingOf(request, others);
	return {
		...request,
		members: some,
		waves: rulesForSome(request.waves, inTurn.length, serving.size)
	};
}
/** Those that serve now: something is live there, its services run, and their health checks, asked once, say so. */
async function servingOf(request, fleet) {
	const unproven = /* @__PURE__ */ new Set();
	const serving = (await together(fleet, async (member) => {
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
		await healthOf(request, once, member.facts.live.id, seen, () => unproven.add(member));
		return true;
	})).done.filter(({ value }) => value).map(({ member }) => member);
	const passed = new Set(serving.filter((one) => !unproven.has(one)).flatMap(({ health }) => Object.keys(health)));
	const fails = (member) => unproven.has(member) && Object.keys(member.health).some((one) => passed.has(one));
	return new Set(serving.filter((member) => !fails(member)));
}
const onlyOnce = (health) => Object.fromEntries(Object.entries(health).map(([service, check]) => [service, {
	...check,
	retries: 0
}]));
/**
* The waves as a plan tells them.
*
* @returns undefined where the rules leave no order: a deploy says so itself
*/
async function wavePlan(request, fleet) {
	const planned = wavesOf(await turnsOfFleet(request, fleet), request.waves);
	if ("problem" in planned) return void 0;
	const watch = request.waves?.watch ?? 0;
	const settling = planned.waves.map((wave) => Math.max(0, ...wave.flatMap(settlingOf)) + watch);
	return {
		waves: planned.waves.map((wave) => wave.map(({ host }) => host.name)),
		atLeast: settling.reduce((sum, seconds) => sum + seconds, 0)
	};
}
const settlingOf = ({ services }) => services.map(({ settle }) => settle);

// src/host/frames.ts
const HEADER = 80;
/** A body has at most 1 MiB: each is read by one `dd`, which holds it in memory. */
const LARGEST_BODY$1 = 1 << 20;
const NAME$1 = /^(?!\.)[A-Za-z0-9._-]{0,60}$/;
/**
* The bytes of one frame.
*
* @throws Error when the name or the size of the body is against the format: both come from our own code
*/
function frame(kind, name = "", body = Buffer.alloc(0)) {
	if (!NAME$1.test(name) || body.length > 1048576) throw new Error(`no frame: ${kind} ${name} of ${body.length} bytes`);
	const header = `${kind.padEnd(8)}${String(body.length).padStart(10, "0")} ${name.padEnd(60)}\n`;
	return Buffer.concat([Buffer.from(header, "latin1"), body]);
}
/** Frames of one kind that together hold a body of any size; none for an empty one unless `always`. */
function* frames(kind, name, body, always = false) {
	if (body.length === 0 && always) yield frame(kind, name);
	for (let at = 0; at < body.length; at += LARGEST_BODY$1) yield frame(kind, name, body.subarray(at, at + LARGEST_BODY$1));
}
/** Shorter texts travel as they are, in bytes. */
const SMALL = 512;
/** What every shell's `read` takes as it is: no NUL, nothing that depends on a locale, and a newline at the end. */
const PLAIN_LINES = /^(?:[\t\x20-\x7e]*\n)*$/;
/** A text that several hosts are told: it is compressed and framed once, for all of them. */
var SharedText = class {
	text;
	#framed;
	constructor(text) {
		this.text = text;
	}
	framed(name) {
		if (this.#framed?.name !== name) this.#framed = {
			name,
			frames: textFrames(name, this.text)
		};
		return this.#framed.frames;
	}
};
/** The frames of a text, which becomes a file of this name on the host. */
function textFrames(name, text) {
	if (text instanceof SharedText) return text.framed(name);
	const bytes = Buffer.from(text);
	if (bytes.length < SMALL) return [...frames("text", name, bytes, true)];
	const parts = [];
	for (let at = 0; at < bytes.length; at += LARGEST_BODY$1 / 2) parts.push(frame("gzip", name, gzipSync(bytes.subarray(at, at + LARGEST_BODY$1 / 2))));
	return parts;
}
/**
* The frames of a call: one, if all of its texts are short and plain.
*
* @throws Failure as {@link formatValues}
*/
function callFrames(verb, values, texts = {}) {
	const within = [];
	const after = [];
	for (const [name, text] of Object.entries(texts)) if (typeof text === "string" && text.length < SMALL && PLAIN_LINES.test(text)) within.push(`${name} ${text.split("\n").length - 1}\n${text}`);
	else after.push(...textFrames(name, text));
	const body = Buffer.concat([formatValues(values), Buffer.from(`\n${within.join("")}.\n`)]);
	return after.length === 0 ? [frame("call", verb, body)] : [
		frame("begin", verb, body),
		...after,
		frame("run")
	];
}
/** Values of a request: `key value` lines. */
function formatValues(values) {
	const lines = Object.entries(values).flatMap(([key, value]) => {
		if (value === void 0) return [];
		if (!/^[a-z][A-Za-z0-9._-]*$/.test(key) || /[\0\n\r]/.test(String(value))) throw new Failure({
			what: "a value has a line break or NUL where it cannot have one",
			where: { value: key }
		});
		return [`${key} ${value}\n`];
	});
	return Buffer.from(lines.join(""));
}
/** Characters of all of them together. */
const LARGEST_VALUES = 4 << 20;
/** Reads `key value` lines; a key may come several times. @throws Failure for more than an answer has */
function parseValues(text) {
	if (text.length > LARGEST_VALUES) throw tooMuch();
	const lines = text.split("\n", 10002);
	if (lines.length > 10001) throw tooMuch();
	const values = /* @__PURE__ */ new Map();
	for (const line of lines) {
		if (line === "") continue;
		const space = line.indexOf(" ");
		const key = space < 0 ? line : line.slice(0, space);
		const value = space < 0 ? "" : line.slice(space + 1);
		const known = values.get(key);
		if (known) known.push(value);
		else values.set(key, [value]);
	}
	return values;
}
/** Bytes of an answer about each file of a release: a list of a million names has 100 MB. What children print does not count. */
const LARGEST_REPLY = 256 << 20;
/** Characters of what a command printed that a message holds: its end. */
const LARGEST_SAID = 262144;
/** Bytes that a login shell may print before the program speaks. */
const LARGEST_NOISE = 1 << 20;
/** Bytes of it that are kept for messages. */
const SHOWN_NOISE = 4096;
/** A host that goes on sending must not fill this machine's memory. */
const tooMuch = () => new Failure({
	what: "the host sends more than it was asked for",
	remedy: "Look at the host: this is not Tarlift's program that answers, or what it keeps was changed."
});
/**
* Takes the bytes of the host's channel apart. What comes before the nonce is noise of the login shell and is kept for messages.
*/
var FrameReader = class {
	#pending = [];
	#size = 0;
	#open = false;
	/** Bytes that the next header, or the frame that has begun, needs: until they are here there is nothing to do. */
	#needed = 0;
	#nonce;
	#frame;
	noise = "";
	/** Bytes that a body may have. */
	limit = LARGEST_REPLY;
	constructor(nonce, onFrame) {
		this.#nonce = Buffer.from(`\n${nonce}\n`);
		this.#frame = onFrame;
	}
	/** The nonce has come. */
	get open() {
		return this.#open;
	}
	/** @throws Failure when the bytes are not frames */
	push(chunk) {
		this.#pending.push(chunk);
		this.#size += chunk.length;
		if (!this.#open) this.#findNonce();
		while (this.#open) {
			if (this.#size < Math.max(80, this.#needed)) return;
			const all = this.#all();
			const header = /^([a-z]+) +(\d{10}) ([A-Za-z0-9._-]*) *\n$/.exec(all.subarray(0, 80).toString("latin1").replace(/^(\S{8})(\d)/, "$1 $2"));
			if (!header) throw new Failure({ what: "the program on the host does not keep to its protocol" });
			const length = Number(header[2]);
			if (length > this.limit) throw tooMuch();
			this.#needed = 80 + length;
			if (this.#size < this.#needed) return;
			this.#needed = 0;
			this.#pending = [all.subarray(80 + length)];
			this.#size -= 80 + length;
			this.#frame({
				kind: header[1],
				name: header[3],
				body: all.subarray(80, 80 + length)
			});
		}
	}
	#findNonce() {
		const all = this.#all();
		const at = all.indexOf(this.#nonce);
		const end = at < 0 ? all.length : at;
		this.noise = all.subarray(0, Math.min(end, SHOWN_NOISE)).toString("utf8") + (end > SHOWN_NOISE ? CUT : "");
		if (at < 0 && this.#size > LARGEST_NOISE) throw new Failure({
			what: "the login shell of the host prints without an end",
			output: cutEnd(this.noise, 400),
			remedy: "Let it print nothing where no terminal is (.bashrc, .profile of the SSH user)."
		});
		if (at < 0) return;
		this.#open = true;
		this.#pending = [all.subarray(at + this.#nonce.length)];
		this.#size = this.#pending[0].length;
	}
	#all() {
		if (this.#pending.length !== 1) this.#pending = [Buffer.concat(this.#pending)];
		return this.#pending[0];
	}
};

// src/host/keys.ts
/** Begins the names of private directories. */
const PRIVATE_PREFIX = "tarlift-ssh-";
/** With the mark of the process, and what mkdtemp adds. */
const PRIVATE_NAME = new RegExp(`^${PRIVATE_PREFIX}(\\d.*)-\\w{6}$`);
let directory$1;
let registered = false;
let made = 0;
/** The private directory (0700) of this process for keys and sockets; made at its first use, removed at the process's end. */
function privateDirectory() {
	if (directory$1 !== void 0 && existsSync(directory$1)) return directory$1;
	removeLeftDirectories();
	const parent = parentDirectory();
	directory$1 = mkdtempSync(join(parent, `${PRIVATE_PREFIX}${processMark()}-`));
	chmodSync(directory$1, 448);
	if (!registered) beforeEnd({ last: removePrivateDirectory });
	registered = true;
	return directory$1;
}
function parentDirectory() {
	const runtime = process.env.XDG_RUNTIME_DIR;
	return runtime && existsSync(runtime) && statSync(runtime).uid === process.getuid?.() ? runtime : tmpdir();
}
/** Where key and sockets of this process lie at the moment, if they do. */
function privateDirectoryInUse() {
	return directory$1;
}
/** Removes it now; whatever still runs with a key or a socket of it loses them. */
function removePrivateDirectory() {
	if (directory$1 !== void 0) rmSync(directory$1, {
		recursive: true,
		force: true
	});
	directory$1 = void 0;
}
/** Removes the directories of processes that are no more: a SIGKILL leaves them. */
function removeLeftDirectories() {
	const parent = parentDirectory();
	for (const name of readdirSync(parent)) {
		const mark = PRIVATE_NAME.exec(name)?.[1];
		if (mark === void 0) continue;
		const path = join(parent, name);
		try {
			const { uid, mtimeMs } = statSync(path);
			if (uid === process.getuid?.() && hasEnded(mark, mtimeMs)) rmSync(path, {
				recursive: true,
				force: true
			});
		} catch {}
	}
}
/** A file in the private directory, readable by nobody else. */
function privateFile(name, content) {
	const path = join(privateDirectory(), `${made++}-${name}`);
	writeFileSync(path, content, { mode: 384 });
	return path;
}
/**
* A private key as OpenSSH accepts it: inputs of actions arrive trimmed and with Windows line ends.
*
* @throws Failure with a sentence for each way in which it cannot be used: empty, a public key, protected by a passphrase, something else
*/
function normaliseKey(text) {
	const key = `${text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").trim()}\n`;
	if (key === "\n") throw unusable("the SSH key is empty", "Give the private key: `ssh-key: ${{ secrets.DEPLOY_KEY }}`. A secret of a GitHub environment is empty in a job that does not name that environment, and can be empty in a reusable workflow of another owner. Runs for pull requests of forks are given none.");
	if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(key)) throw unusable("this is a public key, and SSH needs the private one", "Give the file without `.pub`.");
	if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\s\S]*\n-----END [A-Z ]*PRIVATE KEY-----\n$/.test(key)) throw unusable("the SSH key is not a private key in PEM or OpenSSH format", "It begins with `-----BEGIN OPENSSH PRIVATE KEY-----` and ends with the matching line; all lines between belong to it.");
	return key;
}
/**
* Puts a key where ssh can read it.
*
* @param key the private key's text, or the path of its file
* @returns the path of a private copy
* @throws Failure as {@link normaliseKey} does, and for a key that a passphrase protects
*/
function installKey(key) {
	const path = privateFile("key", keyText(key));
	const result = spawnSync("ssh-keygen", [
		"-y",
		"-P",
		"",
		"-f",
		path
	], {
		encoding: "utf8",
		stdio: [
			"ignore",
			"pipe",
			"pipe"
		]
	});
	if (result.status === 0) {
		if ("file" in key && existsSync(`${key.file}-cert.pub`)) copyFileSync(`${key.file}-cert.pub`, `${path}-cert.pub`);
		return path;
	}
	rmSync(path, { force: true });
	if (/passphrase/i.test(result.stderr ?? "")) throw unusable("the SSH key is protected by a passphrase, which nobody can enter here", "Make a key of its own for deploys without one (ssh-keygen -t ed25519 -N ''), or load the key into an agent and give none.");
	if (result.error) throw unusable("ssh-keygen could not be started", "Install openssh-client.");
	throw unusable("the SSH key is damaged", "Copy the whole file, with its first and last line.");
}
/** @throws Failure as {@link normaliseKey}, and for a file that cannot be read */
const keyText = (key) => normaliseKey("text" in key ? key.text : readKey(key.file));
function readKey(file) {
	try {
		return readFileSync(file, "utf8");
	} catch {
		throw unusable(`the SSH key ${file} cannot be read`, "Look at its path and its owner.");
	}
}
function unusable(what, remedy) {
	return new Failure({
		what,
		remedy,
		outcome: "refused"
	});
}

// src/remote/activate.sh
var activate_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015,SC2034 # v_… are values of the request (main.sh); A && B || C is meant as it is\n# Exchange 3, and the way back. What was live is recorded before the rename, so that going back never guesses.\n\n# Values: release, deploy_id, kind (deploy; rollback or converge go to a release that was good before, and are committed so). Replies previous, then what the\n# services say.\nverb_activate() {\n	release_state \"$v_release\"\n	activate_state=$line\n	case $activate_state in\n	prepared | good | active) ;;\n	*) fail_with \"release $v_release is not prepared but ${activate_state:-unknown}\" \"Deploy it again.\" ;;\n	esac\n	[ -d \"$v_root/releases/$v_release\" ] || fail_with \"release $v_release is not there\" \"Deploy it again.\"\n	if [ -e \"$v_root/current\" ] && [ ! -L \"$v_root/current\" ]; then\n		fail_with \"$v_root/current is a directory and not a link\" \"Make it the first release: tarlift adopt TARGET\"\n	fi\n	live_release\n	activate_previous=$line\n	if [ \"$activate_previous\" != \"${v_expected-}\" ] && [ \"$activate_previous\" != \"$v_release\" ]; then\n		fail_with \"${activate_previous:-nothing} is live, and ${v_expected:-nothing} was expected\" \"$v_root/current was changed by hand or by another program: deploy again.\"\n	fi\n	reply previous \"$activate_previous\"\n	activate_kind=${v_kind:-deploy}\n	activate_ran=$(services_ran \"$activate_previous\")\n	begin_transaction activating \"$v_release\" \"$activate_previous\" \"$activate_kind\" \"$activate_ran\" || activate_unwritten\n	rm -f \"$v_root/.tarlift/returned\"\n	# A rollback leaves what the release records of its own time.\n	if [ \"$activate_previous\" != \"$v_release\" ] && [ \"$activate_state\" != good ]; then\n		write_line \"$v_root/.tarlift/releases/$v_release/previous\" \"$activate_previous\" || activate_unwritten\n	fi\n	# A release that was good before stays a candidate: it is the swap that is on trial, not its bytes.\n	[ \"$activate_state\" = good ] || set_state \"$v_release\" active || activate_unwritten\n	flush \"$v_root\"\n	step recorded\n	switch_arm \"$v_release\" \"$activate_previous\"\n	step armed\n	set_link current \"$v_release\" || fail_with \"current does not lead to $v_release\" \"Look at the owner of $v_root and its links.\"\n	step swapped\n	flush \"$v_root\"\n	log_event activated \"$v_release\"\n	reply swapped yes\n	step restarting\n	if [ -n \"${v_services-}\" ]; then\n		if [ \"$activate_previous\" = \"$v_release\" ] && [ \"${v_restart-}\" != always ]; then\n			services_insist \"$v_release\"\n		else\n			services_restart \"$v_release\" \"$activate_previous\" || fail_with \"a service of $v_release does not run\"\n		fi\n	fi\n	step restarted\n	begin_transaction activated \"$v_release\" \"$activate_previous\" \"$activate_kind\" \"$activate_ran\" || activate_unwritten\n	step activated\n}\n\nactivate_unwritten() {\n	fail_with \"$v_root/.tarlift cannot be written\" \"Look at free space and inodes (df, df -i), and at quotas of $(id -un) (quota).\"\n}\n\n# Values: from, to (empty: none), remember (yes: a rollback finds it so, and may still be refused). The services are started again even when the link was right already: they may have been restarted\n# between a swap and now.\nverb_revert() {\n	link_release current\n	revert_live=$line\n	case $revert_live in\n	\"${v_from-}\" | \"${v_to-}\" | '') ;;\n	*) fail_with \"${revert_live:-nothing} is live, which is neither ${v_from:-nothing} nor ${v_to:-nothing}: it is left alone\" \"$v_root/current was changed by hand or by another program: look at it, then deploy again.\" ;;\n	esac\n	transaction_read\n	# The run that goes back says so itself. A rollback that comes after this one has to know it all the same: it goes no further back.\n	if [ \"${v_remember-}\" = yes ]; then\n		write_line \"$v_root/.tarlift/returned\" \"$line\" || :\n	elif [ -z \"${switch_release-}\" ]; then\n		rm -f \"$v_root/.tarlift/returned\"\n	fi\n	# A full disk is no reason to stay: the way back needs no room.\n	begin_transaction reverting \"${v_from-}\" \"${v_to-}\" \"$open_kind\" \"$open_ran\" || :\n	step reverting\n	if [ -n \"${v_to-}\" ]; then\n		[ -d \"$v_root/releases/$v_to\" ] || fail_with \"release $v_to, to go back to, is not there\" \"Roll back to another one: tarlift rollback TARGET --to RELEASE\"\n		[ \"$revert_live\" = \"$v_to\" ] || set_link current \"$v_to\" || fail_with \"current does not lead back to $v_to\" \"Look at the owner of $v_root and its links.\"\n	else\n		rm -f \"$v_root/current\"\n		[ ! -L \"$v_root/current\" ] || fail_with \"current cannot be removed\" \"Look at the owner of $v_root.\"\n	fi\n	step swapped\n	flush \"$v_root\"\n	release_state \"${v_from:-none}\"\n	[ -z \"${v_from-}\" ] || [ \"${v_from-}\" = \"${v_to-}\" ] || [ \"$line\" = good ] || set_state \"$v_from\" failed\n	log_event reverted \"${v_to-}\"\n	reply release \"${v_to-}\"\n	step restarting\n	if [ -n \"${v_services-}\" ]; then\n		if [ -n \"${v_to-}\" ]; then\n			services_restart \"$v_to\" \"$revert_live\" || fail_with \"a service of $v_to does not run again\"\n		else\n			services_stop\n		fi\n	fi\n	step restarted\n	# It stays open where a service is down: whoever comes next brings it back.\n	services_down || rm -f \"$v_root/.tarlift/transaction\"\n	step reverted\n}\n\n# Services as they are, untouched.\nverb_observe() {\n	link_release current\n	observe_live=$line\n	services_part \"$observe_live\" look\n	services_observe \"$observe_live\" \"${v_settle:-0}\" || :\n	[ \"${v_log-}\" != yes ] || services_logs\n}\n\nverb_task() {\n	if [ -z \"${v_release-}\" ]; then\n		link_release current\n		v_release=$line\n	fi\n	if [ -z \"$v_release\" ] && [ \"${v_if_live-}\" = yes ]; then\n		reply code 0\n		return 0\n	fi\n	[ -n \"$v_release\" ] && [ -d \"$v_root/releases/$v_release\" ] || fail_with \"there is no release to run this in\" \"Deploy first.\"\n	task_code=0\n	step_timed_out=0\n	task_lock=closed\n	if [ \"${v_inherit-}\" = yes ]; then\n		task_lock=inherited\n		journal_begin\n		step begun\n	fi\n	task_run \"$v_root/releases/$v_release\" \"$request/task\" \"${v_run_as-}\" \"${v_timeout:-0}\" \"$task_lock\" || task_code=$?\n	reply code \"$task_code\"\n	reply timed_out \"$step_timed_out\"\n	[ -z \"${step_runs_on-}\" ] || reply runs_on \"$step_runs_on\"\n}\n";

// src/remote/adopt.sh
var adopt_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015 # v_… are values of the request (main.sh); A && B || C is meant as it is\n# An application that runs already becomes the first good release of this root, without a restart: its directory is renamed, which its\n# processes do not notice, and `current` leads to it.\n#\n# Values: apply (yes or no), from (a directory; empty: current), env_file (of the old configuration; may be empty), shell_names (which no\n# variable may have), and with apply=yes release and version. Texts: shared-directories, shared-files, exec, env (what Tarlift itself adds\n# to the configuration).\n#\n# Every step finds out whether it was done already, so that a move that was cut off is finished by the same command.\n# .tarlift/adopting (`<release> <from>`) stands for as long as one is under way.\n\nverb_adopt() {\n	adopt_look\n	[ \"$v_apply\" = yes ] && [ -z \"$adopt_done\" ] || return 0\n	! grep -q '^finding ' \"$session/reply\" || return 0\n	mkdir -p \"$v_root/.tarlift/releases\" \"$v_root/releases\" \"$v_root/shared\"\n	write_line \"$v_root/.tarlift/adopting\" \"$v_release $adopt_from\" ||\n		fail_with \"$v_root/.tarlift cannot be written\" \"Look at free space (df).\"\n	adopt_release=$v_release\n	adopt_share\n	adopt_configure\n	adopt_record\n	adopt_move\n	set_state \"$adopt_release\" good || fail_with \"$adopt_release cannot be marked as good\" \"Look at free space (df), and run the command again.\"\n	log_event adopted \"$adopt_release\"\n	rm -f \"$v_root/.tarlift/adopting\"\n	flush \"$v_root\"\n	reply release \"$adopt_release\"\n	reply adopted yes\n}\n\n# --- looking -----------------------------------------------------------------------------------------------------------------------\n\n# Sets adopt_from (where it was), adopt_tree (where it is now), adopt_release (its name, where it has one), adopt_layout and adopt_done;\n# everything that stands against the move is a finding.\nadopt_look() {\n	adopt_done=\n	adopt_release=\n	adopt_layout=plain\n	first_line \"$v_root/.tarlift/adopting\"\n	adopt_begun=$line\n	if [ -n \"$adopt_begun\" ]; then\n		adopt_release=${adopt_begun%% *}\n		adopt_from=${adopt_begun#* }\n		adopt_tree=$v_root/releases/$adopt_release\n		[ \"$adopt_from\" != \"$adopt_tree\" ] || adopt_layout=releases\n		[ -d \"$adopt_tree\" ] || adopt_tree=$adopt_from\n		reply begun yes\n	else\n		adopt_find || return 0\n	fi\n	reply layout \"$adopt_layout\"\n	reply from \"$adopt_from\"\n	reply release \"$adopt_release\"\n	adopt_rights\n	adopt_links\n	adopt_shared_look\n	adopt_commit\n	reply commit \"$adopt_commit\"\n	adopt_files\n	reply files \"$(wc -l <\"$session/files\" | tr -d ' ')\"\n	reply foreign \"$(cd \"$adopt_tree\" && find . -name .git -prune -o ! -user \"$(id -u)\" -print 2>/dev/null | wc -l | tr -d ' ')\"\n	if [ -n \"${v_env_file-}\" ]; then\n		if adopt_env >\"$session/old-env\"; then\n			reply variables \"$(grep -c '^[A-Za-z_][A-Za-z0-9_]*=\"' \"$session/old-env\")\"\n		fi\n	fi\n	[ \"$v_apply\" = yes ] || adopt_services\n}\n\n# What is to be adopted: false, with findings or the word that it was done, when there is nothing.\nadopt_find() {\n	link_release current\n	adopt_live=$line\n	release_state \"${adopt_live:-none}\"\n	if [ \"$line\" = good ] && grep -qs '^adopted ' \"$v_root/.tarlift/releases/$adopt_live/record\"; then\n		adopt_done=yes\n		reply already \"$adopt_live\"\n		return 1\n	fi\n	if grep -qsxE 'good|active' \"$v_root\"/.tarlift/releases/*/state; then\n		finding \"Tarlift has releases below $v_root already, so there is nothing to adopt\" \"Look at them: tarlift status TARGET\"\n		return 1\n	fi\n	adopt_from=${v_from:-$v_root/current}\n	if [ -n \"${v_from-}\" ] && [ \"$v_from\" != \"$v_root/current\" ]; then\n		adopt_find_named || return 1\n	elif [ -L \"$v_root/current\" ]; then\n		adopt_find_release || return 1\n	elif [ ! -d \"$adopt_from\" ]; then\n		finding \"there is no $adopt_from on this host\" \"Name the directory of the running application: --from /home/…\"\n		return 1\n	fi\n	adopt_tree=$adopt_from\n}\n\nadopt_find_release() {\n	adopt_layout=releases\n	adopt_target=$(cd \"$v_root/current\" 2>/dev/null && pwd -P) || {\n		finding \"$v_root/current is a link that leads nowhere\" \"Remove it on the host, or let it lead to the release that runs.\"\n		return 1\n	}\n	adopt_real=$(cd \"$v_root\" && pwd -P)\n	adopt_release=${adopt_target#\"$adopt_real/releases/\"}\n	case $adopt_release in\n	/*)\n		finding \"$v_root/current leads to $adopt_target, which is not below $v_root/releases\" \"Adopt that directory: --from $adopt_target\"\n		return 1\n		;;\n	*[!A-Za-z0-9._+-]* | .* | -*)\n		finding \"the release $adopt_release has a name that Tarlift cannot use\" \"Rename it on the host: letters, digits, dots, underscores, plus and dashes.\"\n		return 1\n		;;\n	esac\n	adopt_from=$v_root/releases/$adopt_release\n}\n\n# A directory that stands somewhere else.\nadopt_find_named() {\n	if [ -L \"$adopt_from\" ] || [ ! -d \"$adopt_from\" ]; then\n		finding \"$adopt_from is no directory on this host\" \"Name the directory itself: --from $(readlink -f \"$adopt_from\" 2>/dev/null || echo DIRECTORY)\"\n		return 1\n	fi\n	case $v_root/ in \"$adopt_from\"/*)\n		finding \"$adopt_from holds $v_root, so that it cannot be moved into it\" \"Choose another \\`root\\` for the target in tarlift.yml, such as $v_root-app; $adopt_from becomes a link then.\"\n		return 1\n		;;\n	esac\n	if [ -e \"$v_root/current\" ] && ! [ \"$(cd \"$v_root/current\" 2>/dev/null && pwd -P)\" = \"$(cd \"$adopt_from\" && pwd -P)\" ]; then\n		finding \"$v_root/current is there, and is not $adopt_from\" \"Which of the two runs? Remove the other one, or leave --from out.\"\n		return 1\n	fi\n}\n\n# Owner, file systems and rights: what a rename needs.\nadopt_rights() {\n	for adopt_directory in \"$v_root\" \"$adopt_tree\"; do\n		! finding_read_only \"$adopt_directory\" || return 0\n	done\n	if [ ! -d \"$v_root\" ] || [ ! -w \"$v_root\" ]; then\n		finding \"$(id -un) cannot write $v_root\" \"As root on the host: install -d -o $(id -un) $v_root   (or tarlift host setup)\"\n		return 0\n	fi\n	if [ \"$(stat -c %u \"$adopt_tree\")\" != \"$(id -u)\" ]; then\n		finding \"$adopt_tree belongs to $(stat -c %U \"$adopt_tree\") and not to $(id -un)\" \\\n			\"As root on the host: chown -R $(id -un) $adopt_tree   (files that the service itself writes may stay its own; name their directories in \\`shared\\`)\"\n	fi\n	for adopt_directory in \"$v_root/.tarlift\" \"$v_root/releases\" \"$v_root/shared\"; do\n		[ ! -d \"$adopt_directory\" ] || [ -w \"$adopt_directory\" ] ||\n			finding \"$(id -un) cannot write $adopt_directory\" \"As root on the host: chown $(id -un) $adopt_directory\"\n	done\n	if [ -n \"${v_run_as-}\" ] && [ \"$v_run_as\" != \"$(id -un)\" ] && [ \"$(id -u)\" -ne 0 ]; then\n		group_word \"$v_run_as\"\n		id -G | tr ' ' '\\n' | grep -qx -- \"$(id -g \"$v_run_as\" 2>/dev/null || echo none)\" ||\n			finding \"$v_run_as could not read the configuration: $(id -un) is not in the group $group_word\" \\\n				\"As root on the host: usermod -aG $group_word $(id -un)   (or tarlift host setup)\"\n	fi\n	if [ -e \"$adopt_tree/.tarlift\" ] && [ -z \"$adopt_begun\" ]; then\n		finding \"$adopt_tree has a .tarlift already, which a release would lose\" \"Move it out of the way on the host.\"\n	fi\n	[ \"$adopt_layout\" = plain ] && [ \"$adopt_tree\" = \"$adopt_from\" ] || return 0\n	[ -w \"$(dirname \"$adopt_from\")\" ] ||\n		finding \"$(id -un) cannot rename $adopt_from, because $(dirname \"$adopt_from\") is not writable\" \\\n			\"As root on the host: mv $adopt_from $v_root/current && ln -s $v_root/current $adopt_from   and then the same command without --from\"\n	adopt_directory=$v_root/releases\n	[ -d \"$adopt_directory\" ] || adopt_directory=$v_root\n	[ \"$(stat -c %d \"$adopt_tree\")\" = \"$(stat -L -c %d \"$adopt_directory\")\" ] && same_mount \"$adopt_tree\" \"$adopt_directory\" ||\n		finding \"$adopt_tree and $adopt_directory are on two file systems, or in two mounts of one, so that no rename leads from one to the other\" \\\n			\"Choose a \\`root\\` for the target on the file system of $adopt_tree, or stop the service and copy the directory yourself.\"\n}\n\n# Relative links that leave the tree would lead elsewhere after the move. Shared paths get links of their own.\nadopt_links() {\n	[ \"$adopt_layout\" = plain ] && [ \"$adopt_tree\" = \"$adopt_from\" ] || return 0\n	(cd \"$adopt_tree\" && find . -name .git -prune -o -type l -print | while IFS= read -r adopt_link; do\n		printf '%s\\t%s\\n' \"${adopt_link#./}\" \"$(readlink \"$adopt_link\")\"\n	done) >\"$session/links\"\n	awk -F '\\t' '\n		FILENAME !~ /\\/links$/ { shared[$0] = 1; next }\n		$1 in shared || $2 ~ /^\\// { next }\n		{\n			depth = split($1, part, \"/\") - 1\n			n = split($2, part, \"/\")\n			for (i = 1; i <= n; i++) {\n				if (part[i] == \"..\") depth--; else if (part[i] != \"\" && part[i] != \".\") depth++\n				if (depth < 0) { print $1 \" -> \" $2; next }\n			}\n		}' \"$request/shared-directories\" \"$request/shared-files\" \"$session/links\" | head -n 5 >\"$session/escaping\"\n	while IFS= read -r adopt_link; do\n		finding \"the link $adopt_link leads out of $adopt_tree by a relative path, and elsewhere after the move\" \\\n			\"Make it absolute on the host (ln -sfn), or name it in \\`shared\\`.\"\n	done <\"$session/escaping\"\n}\n\n# shared_paths: what is shared, directories first, as `d <path>` and `f <path>`.\nshared_paths() {\n	sed -n 's/^./d &/p' \"$request/shared-directories\"\n	sed -n 's/^./f &/p' \"$request/shared-files\"\n}\n\n# What becomes of each shared path: move (it stands in the tree), keep (it is a link already), none. Links are followed once, so that\n# `shared/media` leads to where `media` led.\nadopt_shared_look() {\n	shared_paths >\"$session/shared\"\n	while read -r adopt_kind adopt_path; do\n		adopt_at=$adopt_tree/$adopt_path\n		adopt_to=$v_root/shared/$adopt_path\n		if [ -L \"$adopt_at\" ]; then\n			adopt_leads=$(readlink -f \"$adopt_at\")\n			if [ ! -e \"$adopt_at\" ]; then\n				finding \"the link $adopt_at leads nowhere\" \"Remove it, or make what it leads to: $adopt_leads\"\n			elif [ \"$adopt_leads\" = \"$(readlink -f \"$adopt_to\")\" ]; then\n				reply shared keep \"$adopt_path\"\n			elif [ -e \"$adopt_to\" ]; then\n				finding \"$adopt_at leads to $adopt_leads, and $adopt_to is something else\" \"Which of the two is used? Remove the other one.\"\n			else\n				reply shared link \"$adopt_path\"\n			fi\n		elif [ ! -e \"$adopt_at\" ]; then\n			[ \"$adopt_kind\" = d ] || [ -e \"$adopt_to\" ] || finding \"the shared file $adopt_path is nowhere\" \"Put it to $adopt_to on the host.\"\n			reply shared none \"$adopt_path\"\n		elif [ -e \"$adopt_to\" ] && ! { [ \"$adopt_kind\" = d ] && rmdir_would \"$adopt_to\"; }; then\n			finding \"both $adopt_at and $adopt_to are there\" \"Merge them on the host and remove one.\"\n		elif [ \"$(stat -c %d \"$adopt_at\")\" != \"$(stat -c %d \"$adopt_tree\")\" ] || ! same_mount \"$adopt_at\" \"$adopt_tree\"; then\n			finding \"$adopt_at is on another file system than $adopt_tree, or in another mount of it\" \"Mount it at $adopt_to instead, and leave a link to that in its place.\"\n		elif [ ! -w \"$(dirname \"$adopt_at\")\" ] || { [ -d \"$adopt_at\" ] && [ ! -w \"$adopt_at\" ]; }; then\n			finding \"$(id -un) cannot move $adopt_at\" \"As root on the host: mv $adopt_at $adopt_to && ln -s $adopt_to $adopt_at\"\n		else\n			reply shared move \"$adopt_path\"\n		fi\n	done <\"$session/shared\"\n}\n\n# rmdir_would DIRECTORY: whether it is an empty one.\nrmdir_would() {\n	[ -d \"$1\" ] && [ -z \"$(find \"$1\" ! -path \"$1\" -print 2>/dev/null | head -n 1)\" ]\n}\n\n# The commit that runs: Capistrano and Deployer write REVISION, a clone has it in its own files.\nadopt_commit() {\n	first_line \"$adopt_tree/REVISION\"\n	[ -n \"$line\" ] || first_line \"$adopt_tree/.git/HEAD\"\n	case $line in\n	\"ref: \"*)\n		adopt_ref=${line#ref: }\n		first_line \"$adopt_tree/.git/$adopt_ref\"\n		[ -n \"$line\" ] || line=$(sed -n \"s|^\\([0-9a-f]\\{40\\}\\) $adopt_ref\\$|\\1|p\" \"$adopt_tree/.git/packed-refs\" 2>/dev/null)\n		;;\n	esac\n	adopt_commit=$line\n	case $adopt_commit in *[!0-9a-f]*) adopt_commit= ;; esac\n	[ \"${#adopt_commit}\" -ge 40 ] || adopt_commit=\n}\n\n# What its services are at: their processes go on, wherever they work.\nadopt_services() {\n	for name in $(value services); do\n		service_load \"$name\"\n		service_look\n		service_scan \"\"\n		service_directories \"\"\n		read -r _ adopt_works <\"$s_files.directories\" || adopt_works=\n		reply running \"$name\" \"$s_state\" \"${adopt_works:--}\" \"$s_detail\"\n	done\n}\n\n# --- moving ------------------------------------------------------------------------------------------------------------------------\n\n# Shared paths go where releases to come will look for them, with a link in their place. Services may write on both sides.\nadopt_share() {\n	while read -r adopt_kind adopt_path; do\n		adopt_at=$adopt_tree/$adopt_path\n		adopt_to=$v_root/shared/$adopt_path\n		adopt_name=${adopt_path##*/}\n		adopt_above=${adopt_path%\"$adopt_name\"}\n		adopt_above=${adopt_above%/}\n		enter_why=\n		adopt_share_one ||\n			fail_with \"the shared path $adopt_path cannot be moved to $adopt_to${enter_why:+: $enter_why}\" \"Look at owners and free space, and run the command again.\"\n		exec 7<&-\n		cd /\n	done <\"$session/shared\"\n}\n\n# In the directory of $adopt_to, with that of $adopt_at on channel 7. With a directory as their last argument mv and ln follow no link that\n# has the name in it.\nadopt_share_one() {\n	adopt_make=\n	# A move that was cut off is finished with a link in the tree.\n	[ -z \"$adopt_begun\" ] || [ ! -e \"$adopt_to\" ] || adopt_make=\"make\"\n	adopt_code=0\n	enter \"$adopt_tree\" \"$adopt_above\" \"$adopt_make\" || adopt_code=$?\n	case $adopt_code in\n	0) exec 7<. ;;\n	# There is no such directory: as below a file, nothing is found.\n	2) exec 7</dev/null ;;\n	*) return 1 ;;\n	esac\n	adopt_old=/proc/self/fd/7\n	enter \"$v_root/shared\" \"$adopt_above\" make || return 1\n	enter_why=\n	if [ -L \"$adopt_old/$adopt_name\" ]; then\n		[ -e \"./$adopt_name\" ] || adopt_link\n	elif [ -e \"$adopt_old/$adopt_name\" ]; then\n		[ \"$adopt_kind\" = f ] || [ ! -d \"./$adopt_name\" ] || rmdir \"./$adopt_name\"\n		mv \"$adopt_old/$adopt_name\" ./ && ln -s \"$adopt_to\" \"$adopt_old/\"\n	elif [ -e \"./$adopt_name\" ] && [ -n \"$adopt_begun\" ]; then\n		ln -s \"$adopt_to\" \"$adopt_old/\"\n	elif [ \"$adopt_kind\" = d ]; then\n		[ -d \"./$adopt_name\" ] || mkdir \"./$adopt_name\"\n	fi\n}\n\n# A link of this user's own to where the old one leads; later deploys go by it. So it leads nowhere by the word of the services' user but\n# to what that user can write already.\nadopt_link() {\n	adopt_leads=$(readlink -f \"$adopt_old/$adopt_name\")\n	enter_why=\"it is a link to $adopt_leads, which $v_run_as cannot write, and neither root nor $user_name made it\"\n	[ \"$adopt_kind\" = f ] || [ -z \"${v_run_as-}\" ] || can \"$v_run_as\" w \"$adopt_leads\" ||\n		(cd -P \"$adopt_old\" && enter_link \"$adopt_name\") || return 1\n	enter_why=\n	ln -sn \"$adopt_leads\" \"./$adopt_name\"\n}\n\n# What others can write, they could fill before and change under way: its .tarlift is this user's alone.\nadopt_configure() {\n	enter \"$adopt_tree\" .tarlift make && adopt_alone ||\n		fail_with \"$adopt_tree/.tarlift cannot be written${enter_why:+: $enter_why}\" \"Give it to $(id -un) alone: chown $(id -un) $adopt_tree/.tarlift and chmod go-w $adopt_tree/.tarlift\"\n	(umask 077 && : >\"$session/new-env\")\n	if [ -n \"${v_env_file-}\" ]; then cat \"$session/old-env\" >\"$session/new-env\"; fi\n	cat \"$request/env\" >>\"$session/new-env\"\n	(umask 077 && cat \"$session/new-env\" >./env) || fail_with \"the configuration cannot be written\" \"Look at free space (df).\"\n	let_read_configuration\n	{ cat \"$request/exec\" >./exec && chmod 0755 ./exec; } || fail_with \"the configuration cannot be written\" \"Look at free space (df).\"\n	cd /\n}\n\n# Whether the directory that we are in is this user's, and not for others to write. A new one may have got that of a default ACL.\nadopt_alone() {\n	[ \"$enter_new\" = no ] || chmod 0755 . 2>/dev/null\n	enter_why=\"it is another user's, or writable for others\"\n	# shellcheck disable=SC2046 # owner, mode\n	set -- $(stat -c '%u %a' .)\n	[ \"$1\" = \"$user_id\" ] && case $2 in *[2367] | *[2367]?) return 1 ;; esac\n}\n\n# An environment file as people write it (NAME=value, export, quotes, lines of comments) in the syntax of .tarlift/env. What would mean\n# different things to different readers (systemd, a shell, dotenv) is a finding that names the line and not the value, as is a comment\n# behind a value.\nadopt_env() {\n	case $v_env_file in\n	/*) adopt_env_file=$v_env_file ;;\n	*) adopt_env_file=$adopt_tree/$v_env_file ;;\n	esac\n	if [ ! -r \"$adopt_env_file\" ]; then\n		finding \"$(id -un) cannot read $adopt_env_file\" \"Is it there, and may this user read it?\"\n		return 1\n	fi\n	rm -f \"$session/wrong\"\n	awk -v wrong=\"$session/wrong\" -v kept=\" ${v_shell_names-} \" '\n		function bad(why) { print \"line \" NR \" \" why >wrong; exit 1 }\n		{ sub(/\\r$/, \"\") }\n		/^[ \\t]*(#.*)?$/ { next }\n		{\n			line = $0\n			sub(/^[ \\t]*(export[ \\t]+)?/, \"\", line)\n			if (!match(line, /^[A-Za-z_][A-Za-z0-9_]*[ \\t]*=/)) bad(\"is no NAME=value\")\n			name = substr(line, 1, RLENGTH - 1); sub(/[ \\t]+$/, \"\", name)\n			value = substr(line, RLENGTH + 1); sub(/^[ \\t]+/, \"\", value)\n			if (name ~ /^TARLIFT_/ || index(kept, \" \" name \" \")) bad(\"sets \" name \", which is not the application\\047s\")\n			quote = substr(value, 1, 1)\n			if (quote == \"\\\"\" || quote == \"\\047\") {\n				text = substr(value, 2)\n				closed = index(text, quote)\n				if (!closed) bad(\"has a quote that does not end on it\")\n				if (substr(text, closed + 1) !~ /^[ \\t]*$/) bad(\"goes on after its closing quote\")\n				text = substr(text, 1, closed - 1)\n				if (index(text, \"\\\\\")) bad(\"has a backslash, which is read in more than one way\")\n				if (quote == \"\\\"\" ? text ~ /[$`]/ : index(text, \"${\")) bad(\"refers to other variables or commands\")\n			} else {\n				sub(/[ \\t]+$/, \"\", value)\n				if (match(value, /[ \\t#;&|<>()\\\\\"\\047$`]|(^|:)~/)) bad(\"has \" (substr(value, RSTART, 1) ~ /[ \\t]/ ? \"a blank\" : substr(value, RSTART + RLENGTH - 1, 1)) \" outside of quotes, which is read in more than one way\")\n				text = value\n			}\n			written = \"\"\n			for (i = 1; i <= length(text); i++) {\n				c = substr(text, i, 1)\n				written = written (index(\"\\\"\\\\$`\", c) ? \"\\\\\" : \"\") c\n			}\n			print name \"=\\\"\" written \"\\\"\"\n		}' \"$adopt_env_file\" 2>/dev/null && return 0\n	first_line \"$session/wrong\"\n	finding \"$adopt_env_file cannot be taken over: ${line:-it could not be read}\" \\\n		\"Write it as NAME='value', one a line; or share the file instead (\\`shared.files\\`), where a value needs quotes and backslashes.\"\n	return 1\n}\n\n# Names of its files in $session/files: those that are code, by what is left out. Files that a running application writes would make a\n# rollback refuse the release; those of other users cannot be vouched for.\nadopt_files() {\n	(\n		cd \"$adopt_tree\" || exit 1\n		find . \\( -type d \\( -name .git -o -name .hg -o -name .svn -o -name .tarlift -o -name __pycache__ -o -name log -o -name logs -o -name tmp \\\n			-o -name .cache \\) -prune \\) -o -type f -user \"$(id -u)\" ! -name '*.py[co]' ! -name '*.log' ! -name '*.pid' ! -name '*.sqlite3*' \\\n			! -name '*.db' ! -name '*.swp' ! -name '*[[:cntrl:]]*' ! -name '*\\\\*' ! -path ./- -print | sed 's|^\\./||' | sort >\"$session/found\"\n	)\n	# Shared paths, which are links afterwards.\n	shared_paths | sed 's/^. //' >\"$session/shared-names\"\n	awk 'FILENAME ~ /\\/shared-names$/ { shared[$0] = 1; next }\n		{ at = $0; while (1) { if (at in shared) next; if (!sub(/\\/[^\\/]*$/, \"\", at)) break } print }' \\\n		\"$session/shared-names\" \"$session/found\" >\"$session/files\"\n}\n\n# Index, sizes and times, record: what a later rollback verifies it by. It has no digest: nothing is ever linked from its files, which\n# its owner may still change in place.\nadopt_record() {\n	adopt_files\n	adopt_into=$v_root/.tarlift/releases/$adopt_release\n	set_state \"$adopt_release\" receiving || fail_with \"$v_root cannot be written\" \"Look at free space, inodes and owner of $v_root/.tarlift.\"\n	(\n		cd \"$adopt_tree\" || exit 1\n		tr '\\n' '\\0' <\"$session/files\" | xargs -0 sha256sum -- 2>/dev/null >\"$session/sums\"\n		tr '\\n' '\\0' <\"$session/files\" | xargs -0 stat -c '%a %s %Y %n' -- 2>/dev/null >\"$session/seen\"\n	)\n	awk -v \"stat_file=$session/stat\" '\n		BEGIN { printf \"\" >stat_file }\n		FILENAME ~ /\\/sums$/ { hash[substr($0, 67)] = substr($0, 1, 64); next }\n		{\n			path = substr($0, length($1 $2 $3) + 4)\n			if (!(path in hash)) next\n			print >stat_file\n			print \"f \" (substr($1, length($1) - 2, 1) % 2 ? \"0755\" : \"0644\") \" \" $2 \" \" hash[path] \"  \" path\n		}' \"$session/sums\" \"$session/seen\" >\"$session/index\"\n	adopt_sum=$(sha256sum <\"$adopt_tree/.tarlift/env\")\n	{\n		! session_full && write_file \"$adopt_into/index\" <\"$session/index\" && write_file \"$adopt_into/stat\" <\"$session/stat\" &&\n			printf 'digest \\nversion %s\\ncommit %s\\nconfiguration \\nenvironments \\nenv %s\\nadopted %s\\n' \\\n				\"$v_version\" \"$adopt_commit\" \"${adopt_sum%% *}\" \"$adopt_from\" | cat - \"$request/services\" | (umask 077 && write_file \"$adopt_into/record\") &&\n			good_time && write_line \"$adopt_into/good\" \"$good_now $v_deploy_id\"\n	} || fail_with \"$adopt_release cannot be recorded\" \"Look at free space (df), and run the command again.\"\n}\n\n# Until the link is there, some milliseconds, the old path leads nowhere: a process that is started just then does not find it.\nadopt_move() {\n	adopt_to=$v_root/releases/$adopt_release\n	if [ \"$adopt_tree\" != \"$adopt_to\" ]; then\n		[ ! -e \"$adopt_to\" ] && [ ! -L \"$adopt_to\" ] || fail_with \"$adopt_to is there already\" \"Rename it on the host.\"\n		flush \"$v_root\"\n		if [ \"$adopt_from\" = \"$v_root/current\" ]; then\n			mv \"$adopt_from\" \"$adopt_to\" && ln -s \"releases/$adopt_release\" \"$v_root/current\"\n		else\n			mv \"$adopt_from\" \"$adopt_to\" && ln -s \"$v_root/current\" \"$adopt_from\"\n		fi || fail_with \"$adopt_from cannot be renamed to $adopt_to\" \"Look at both, and run the command again.\"\n	elif [ \"$adopt_layout\" = plain ] && [ \"$adopt_from\" != \"$v_root/current\" ] && [ ! -L \"$adopt_from\" ]; then\n		ln -s \"$v_root/current\" \"$adopt_from\" || fail_with \"$adopt_from cannot become a link\" \"As root on the host: ln -s $v_root/current $adopt_from\"\n	fi\n	[ \"$(readlink \"$v_root/current\")\" = \"releases/$adopt_release\" ] || set_link current \"$adopt_release\" ||\n		fail_with \"current does not lead to $adopt_release\" \"Look at the owner of $v_root and its links, and run the command again.\"\n	flush \"$v_root\"\n}\n";

// src/remote/commit.sh
var commit_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015,SC2094 # v_… are values of the request (main.sh); the lock of an environment is a file of its own\n# Exchange 4: keep it.\n\nverb_precommit() {\n	transaction_read\n	begin_transaction precommit \"${v_release:-$open_release}\" \"$open_previous\" \"$open_kind\" \"$open_ran\" || fail_with \"$v_root/.tarlift cannot be written\" \"Look at free space (df).\"\n	flush \"$v_root\"\n	step precommitted\n}\n\nverb_commit() {\n	link_release current\n	[ \"$line\" = \"$v_release\" ] || fail_with \"$v_release is not live but ${line:-nothing} is\" \"Another program changed $v_root/current.\"\n	if [ \"${v_rollback-}\" = yes ] && [ \"${v_converge-}\" != yes ]; then log_event rolled-back \"$v_release\"; fi\n	# A release that was good before has what it had then.\n	[ -f \"$v_root/.tarlift/releases/$v_release/good\" ] || release_grown || reply warning \"what was added to $v_release cannot be noted\"\n	if [ \"${v_rollback-}\" != yes ] || [ ! -f \"$v_root/.tarlift/releases/$v_release/good\" ]; then\n		good_time\n		write_line \"$v_root/.tarlift/releases/$v_release/good\" \"$good_now $v_deploy_id\" ||\n			fail_with \"$v_release cannot be marked as good\" \"Look at free space (df).\"\n		transaction_read\n		[ \"$open_release\" != \"$v_release\" ] || [ \"$open_previous\" = \"$v_release\" ] ||\n			write_line \"$v_root/.tarlift/releases/$v_release/previous\" \"$open_previous\" ||\n			fail_with \"$v_release cannot be marked as good\" \"Look at free space (df).\"\n	fi\n	set_state \"$v_release\" good || fail_with \"$v_release cannot be marked as good\" \"Look at free space (df).\"\n	# What the fleet agreed on last: `tarlift converge` brings hosts that were away to it.\n	write_line \"$v_root/.tarlift/agreed\" \"$v_deploy_id $v_release\" || reply warning \"$v_root/.tarlift/agreed cannot be written\"\n	# Not before: until then it may have to go back, and `previous` is then what it was.\n	transaction_read\n	[ \"$open_release\" != \"$v_release\" ] || [ \"${open_previous:-$v_release}\" = \"$v_release\" ] || set_link previous \"$open_previous\" ||\n		reply warning \"the link \\`previous\\` could not be set\"\n	step recorded\n	rm -f \"$v_root/.tarlift/transaction\" \"$v_root/.tarlift/taken\"\n	step closed\n	[ ! -e \"$v_root/.tarlift/switch\" ] || rm -rf \"$v_root/.tarlift/switch\"\n	flush \"$v_root\"\n	prune || reply warning \"old releases could not all be removed below $v_root\"\n	step pruned\n	if [ \"${v_rollback-}\" = yes ]; then journal_close back; else journal_close good; fi ||\n		reply warning \"$v_root/.tarlift/migrations cannot be written: a rollback will not know which migrations it crosses\"\n	[ ! -s \"$v_root/.tarlift/migrations\" ] || flush \"$v_root\"\n	lock_give\n	step unlocked\n}\n\n# Sets good_now. The time at which a release becomes good decides the order in which a rollback goes back: it is later than every other,\n# even when two deploys end within one second or the clock was set back.\ngood_time() {\n	clock_now\n	good_now=$now\n	for good_file in \"$v_root\"/.tarlift/releases/*/good; do\n		[ -f \"$good_file\" ] || continue\n		first_line \"$good_file\"\n		line=${line%% *}\n		# What a broken disk has made of it says nothing.\n		case $line in *[!0-9]*) continue ;; esac\n		[ \"${line:-0}\" -lt \"$good_now\" ] || good_now=$((line + 1))\n	done\n}\n";

// src/remote/content.sh
var content_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # v_… are values of the request (main.sh)\n# What another host is given of a release that this one has. Nothing changes here. Whoever asks trusts none of it: the release digest says\n# what is right.\n\n# Values: release. What is kept of it besides its files: texts config, layers, index, and environment-<id> of each environment. Nothing\n# where an older Tarlift brought it.\nverb_record() {\n	record_at=$v_root/.tarlift/releases/$v_release\n	[ -f \"$record_at/config\" ] && [ -f \"$record_at/layers\" ] && [ -f \"$record_at/index\" ] || return 0\n	recorded \"$v_release\" environments\n	for record_id in $line; do\n		[ -f \"$v_environments_root/$record_id.index\" ] || return 0\n	done\n	for record_id in $line; do\n		reply_text \"environment-$record_id\" \"$v_environments_root/$record_id.index\"\n	done\n	for record_name in config layers index; do\n		reply_text \"$record_name\" \"$record_at/$record_name\"\n	done\n}\n\n# Values: encoding. Text: files, `<size> <absolute path>` a line. Tells in a frame `data others` which of them, by their numbers, are no\n# files of that size; then come the others' bytes, one file after the other, in pieces that are compressed each by itself.\nverb_files() {\n	sed 's/^[0-9]* //' \"$request/files\" | tr '\\n' '\\0' | xargs -0 stat -c '%f %s %n' >\"$session/seen\" 2>/dev/null\n	: >\"$session/others\"\n	: >\"$session/there\"\n	awk -v \"others=$session/others\" -v \"there=$session/there\" '\n		FILENAME ~ /\\/seen$/ {\n			# A plain file, whatever its permissions.\n			if ($1 ~ /^8...$/) size[substr($0, length($1 $2) + 3)] = $2\n			next\n		}\n		{\n			at = substr($0, length($1) + 2)\n			if ((at in size) && size[at] == $1) print at >there\n			else print FNR >others\n		}\n	' \"$session/seen\" \"$request/files\"\n	reply_frame data others \"$session/others\"\n	[ -s \"$session/there\" ] || return 0\n	tr '\\n' '\\0' <\"$session/there\" | xargs -0 cat -- 2>/dev/null | while :; do\n		dd bs=1048576 count=1 iflag=fullblock >\"$session/piece\" 2>/dev/null\n		[ -s \"$session/piece\" ] || break\n		case $v_encoding in\n		zstd) zstd -qc <\"$session/piece\" >\"$session/packed\" ;;\n		gzip) gzip -c <\"$session/piece\" >\"$session/packed\" ;;\n		*) mv -f \"$session/piece\" \"$session/packed\" ;;\n		esac\n		reply_frame data piece \"$session/packed\"\n	done\n}\n";

// src/remote/definitions.sh
var definitions_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # s_…: services.sh; supervisor_setting: preflight.sh; request, v_…, user_name: main.sh\n# `tarlift host setup --check`: the definitions of services beside what tarlift.yml and `--command` say. Only `host setup` writes a\n# definition, and only where there is none, so that a change of tarlift.yml alone reaches no host. Texts: command.NAME, what a service is\n# to run in a release, where that was given.\n\nverb_definitions() {\n	for name in $(value services); do\n		service_load \"$name\"\n		definition_user=${s_run_as:-${v_run_as:-$user_name}}\n		definition_command=\n		[ ! -f \"$request/command.$s_name\" ] || definition_command=\"$v_root/current/.tarlift/exec $(cat \"$request/command.$s_name\")\"\n		case $s_kind in\n		supervisord) definition_supervisor ;;\n		systemd | systemd-user) definition_systemd ;;\n		esac\n	done\n}\n\ndefinition_systemd() {\n	systemd_shows Id LoadState User DynamicUser WorkingDirectory FragmentPath NeedDaemonReload >\"$s_files.show\"\n	[ \"$(shown LoadState)\" = loaded ] || return 0\n	definition_file=$(shown FragmentPath)\n	definition_systemctl=systemctl\n	[ \"$s_kind\" = systemd ] || definition_systemctl='systemctl --user'\n	definition_reads=\"$definition_systemctl daemon-reload && $definition_systemctl restart $(shown Id)\"\n	if [ \"$(shown NeedDaemonReload)\" = yes ]; then\n		reply warning \"service $s_name: $definition_file was changed, and systemd still goes by what it read before. Run: $definition_reads\"\n	fi\n	if [ \"$s_kind\" = systemd ] && [ \"$(shown DynamicUser)\" != yes ]; then\n		definition_has=$(shown User)\n		definition_compare User \"${definition_has:-root}\" \"$definition_user\" \"tarlift.yml (run-as)\"\n	fi\n	definition_directory WorkingDirectory \"$(shown WorkingDirectory | sed 's/^[-!]*//')\"\n	[ -n \"$definition_command\" ] || return 0\n	definition_has=$(definition_text | sed -n 's/^ExecStart[ \\t]*=[ \\t]*//p' | tail -n 1)\n	[ \"$(one_dollar \"$definition_has\")\" = \"$(one_dollar \"$definition_command\")\" ] ||\n		definition_compare ExecStart \"$definition_has\" \"$definition_command\" --command\n}\n\n# In a unit, `$NAME` is a variable of the unit and `$$NAME` one of the shell: which of them is meant, only the unit's administrator knows.\none_dollar() { printf '%s\\n' \"$1\" | sed 's/\\$\\$*/$/g'; }\n\n# The unit's file and those that add to it, lines joined that are continued.\ndefinition_text() {\n	# shellcheck disable=SC2086 # words\n	XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} $definition_systemctl cat \"$s_unit\" 2>/dev/null </dev/null |\n		sed -e ':more' -e '/\\\\$/{' -e 'N' -e 's/[ \\t]*\\\\\\n[ \\t]*/ /' -e 'b more' -e '}'\n}\n\ndefinition_supervisor() {\n	definition_program=$(supervisor_program)\n	supervisor_files\n	# shellcheck disable=SC2086 # a list with patterns\n	definition_file=$(grep -lsxF -e \"[program:$definition_program]\" -- $supervisor_files | head -n 1)\n	# Elsewhere, or not for this user to read.\n	[ -n \"$definition_file\" ] || return 0\n	definition_reads=\"supervisorctl update ${s_unit%%:*}\"\n	definition_compare user \"$(supervisor_setting user root)\" \"$definition_user\" \"tarlift.yml (run-as)\"\n	definition_directory directory \"$(supervisor_setting directory '')\"\n	[ -z \"$definition_command\" ] || definition_compare command \"$(supervisor_setting command '')\" \"$definition_command\" --command\n}\n\n# definition_directory SETTING DIRECTORY: one that leads to the releases of another root; any other may be meant.\ndefinition_directory() {\n	case $2/ in\n	\"$v_root\"/*) ;;\n	*/current/*) definition_compare \"$1\" \"$2\" \"$v_root/current\" \"tarlift.yml (root)\" ;;\n	esac\n}\n\n# definition_compare SETTING HAS WANTED WHO\ndefinition_compare() {\n	[ \"$2\" = \"$3\" ] ||\n		reply warning \"service $s_name: $definition_file has $1=$2, and $4 says $3. Tarlift changes no definition that is there: edit it as root, then run: $definition_reads\"\n}\n";

// src/remote/drift.sh
var drift_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015 # v_… are values of the request (main.sh); A && B || C is meant as it is\n# What became of files since they were verified: of a release, of the wrapper that everything of it is started by, of its environments.\n#\n# By size, time and mode, and by names: what differs is hashed, and what should not be there is found. `full` hashes everything. Of the\n# files that were added, those that Python and build tools write by themselves do not count (byte code in __pycache__, node_modules/.cache);\n# code, configuration, links and programs do, since they can change what a release does; the rest is an application's data, and is named.\n# What its own hooks and services had added to a release when it became good belongs to it.\n\n# Values: release, full (yes or no). Replies count, and text `drift`: paths that differ or are missing, and what was added to an environment,\n# at most 100; added and text `added`: what was added to the release and may change what it does; extra and text `extra`: data that was\n# added; unrecorded, for each environment of which this host has no record to compare with.\nverb_drift() {\n	drift_record=$v_root/.tarlift/releases/$v_release\n	[ -d \"$v_root/releases/$v_release\" ] && [ -f \"$drift_record/stat\" ] || fail_with \"release $v_release is not there, or was not recorded\" \"Choose another: tarlift history TARGET names them\"\n	: >\"$session/drift-all\"\n	: >\"$session/added-all\"\n	: >\"$session/extra-all\"\n	drift_release\n	recorded \"$v_release\" environments\n	for drift_id in $line; do\n		# What a release has a copy of is looked at there.\n		grep -q \"^farm $drift_id \" \"$drift_record/record\" || drift_environment \"$drift_id\"\n	done\n	reply count \"$(wc -l <\"$session/drift-all\" | tr -d ' ')\"\n	for drift_kind in added extra; do\n		reply \"$drift_kind\" \"$(wc -l <\"$session/$drift_kind-all\" | tr -d ' ')\"\n	done\n	for drift_kind in drift added extra; do\n		head -n 100 \"$session/$drift_kind-all\" >\"$session/part\"\n		reply_text \"$drift_kind\" \"$session/part\"\n	done\n}\n\ndrift_release() {\n	release_look \"$v_full\"\n	while IFS= read -r drift_id; do reply unrecorded \"$drift_id\"; done <\"$session/unrecorded\"\n	(cd \"$v_root/releases/$v_release\" && own_changed \"$v_release\") >>\"$session/drift-all\"\n	for drift_kind in drift added extra; do\n		cat \"$session/$drift_kind\" >>\"$session/$drift_kind-all\"\n	done\n	if [ \"$v_full\" = yes ] && cd \"$v_root/releases/$v_release\"; then drift_suspect; fi\n}\n\n# release_grown: before v_release becomes good: notes what it has that was not sent.\nrelease_grown() {\n	drift_record=$v_root/.tarlift/releases/$v_release\n	[ -f \"$drift_record/stat\" ] || return 0\n	rm -f \"$drift_record/grown\"\n	release_look no\n	[ -s \"$session/added-lines\" ] || return 0\n	# No mark of its own: most releases have none of it, and without it such files are only named again.\n	cat \"$session/added-lines\" >\"$drift_record/grown.part.$$\" && mv -f \"$drift_record/grown.part.$$\" \"$drift_record/grown\"\n}\n\n# release_look FULL: v_release, as tree_look does; $session/unrecorded: its environments without a record.\nrelease_look() {\n	cd \"$v_root/releases/$v_release\" || exit 1\n	cp \"$drift_record/stat\" \"$session/then\"\n	sed -n 's/^f [0-7]* [0-9]* //p' \"$drift_record/index\" >\"$session/digests\"\n	sed -n 's/^l //p' \"$drift_record/index\" >\"$session/links\"\n	sed -n \"s|^shared \\(.*\\)|\\1	$v_root/shared/\\1|p\" \"$drift_record/record\" >>\"$session/links\"\n	drift_apart=\"./.tarlift/env ./.tarlift/exec\"\n	cat \"$drift_record/grown\" >\"$session/grown\" 2>/dev/null || :\n	: >\"$session/unrecorded\"\n	sed -n 's/^farm //p' \"$drift_record/record\" >\"$session/farms\"\n	while read -r drift_id drift_mount; do\n		if environment_known \"$drift_id\"; then\n			drift_farm \"$drift_id\" \"$drift_mount\"\n		else\n			echo \"$drift_id\" >>\"$session/unrecorded\"\n			drift_apart=\"$drift_apart ./$drift_mount/\"\n		fi\n	done <\"$session/farms\"\n	# A release of an older Tarlift does not say all that it consists of.\n	drift_names=no\n	! grep -q '^exec ' \"$drift_record/record\" || drift_names=yes\n	tree_look \"$1\"\n	cd /\n}\n\n# drift_farm ENVIRONMENT_ID MOUNT: the part of it that stands in the release belongs to what was there then.\ndrift_farm() {\n	awk -v \"mount=$2/\" '{ path = substr($0, length($1 $2 $3) + 4) } index(path, mount) == 1' \"$v_environments_root/$1.stat\" >>\"$session/then\"\n	sed -n 's/^f [0-7]* [0-9]* //p' \"$v_environments_root/$1.index\" | awk -v \"mount=$2/\" 'index(substr($0, 67), mount) == 1' >>\"$session/digests\"\n	sed -n 's/^l //p' \"$v_environments_root/$1.index\" | awk -v \"mount=$2/\" 'index($0, mount) == 1' >>\"$session/links\"\n}\n\ndrift_environment() {\n	if [ ! -d \"$v_environments_root/$1\" ]; then\n		echo \"$v_environments_root/$1 (missing)\" >>\"$session/drift-all\"\n		return 0\n	fi\n	if ! environment_known \"$1\"; then\n		reply unrecorded \"$1\"\n		return 0\n	fi\n	environment_look \"$1\" \"$v_full\"\n	sed \"s|^|$v_environments_root/$1/|\" \"$session/drift\" >>\"$session/drift-all\"\n	sed \"s|^|$v_environments_root/$1/|\" \"$session/extra\" >>\"$session/extra-all\"\n}\n\n# own_changed RELEASE: in its directory; prints which of the files that Tarlift wrote there, its configuration and its wrapper, differ.\nown_changed() {\n	for own_file in env exec; do\n		recorded \"$1\" \"$own_file\"\n		[ -n \"$line\" ] || [ \"$own_file\" = env ] || continue\n		own_sum=$(sha256sum 2>/dev/null <\".tarlift/$own_file\")\n		[ \"$line\" = \"${own_sum%% *}\" ] || echo \".tarlift/$own_file\"\n	done\n}\n\n# environment_known ENVIRONMENT_ID: whether this host has recorded what it consists of.\nenvironment_known() {\n	[ -f \"$v_environments_root/$1.index\" ] && [ -f \"$v_environments_root/$1.stat\" ]\n}\n\n# environment_enter ENVIRONMENT_ID: false, and said as its drift, where there is none or this user may not.\nenvironment_enter() {\n	cd \"$v_environments_root/$1\" 2>/dev/null && return\n	: >\"$session/extra\"\n	echo \"(its directory cannot be read)\" >\"$session/drift\"\n	return 1\n}\n\n# environment_look ENVIRONMENT_ID FULL: an environment that is known, as tree_look does.\nenvironment_look() {\n	environment_enter \"$1\" || return 0\n	cp \"$v_environments_root/$1.stat\" \"$session/then\"\n	sed -n 's/^f [0-7]* [0-9]* //p' \"$v_environments_root/$1.index\" >\"$session/digests\"\n	sed -n 's/^l //p' \"$v_environments_root/$1.index\" >\"$session/links\"\n	drift_apart=\n	environment_differs \"$2\"\n}\n\n# environment_differs FULL: only Tarlift adds to an environment, which is there for several releases.\nenvironment_differs() {\n	drift_names=yes\n	: >\"$session/grown\"\n	tree_look \"$1\"\n	cat \"$session/added\" >>\"$session/drift\"\n	cd /\n}\n\n# environment_prove ENVIRONMENT_ID INDEX: one without a record against its file index, by content. Whether files are programs counts, and\n# not who may write them: a build on this very machine leaves 0644, a transfer perhaps 0444.\nenvironment_prove() {\n	environment_enter \"$1\" || return 0\n	sed -n 's/^f 0755 /program /p; s/^f 0644 /plain /p' \"$2\" | sed 's/^\\([a-z]* [0-9]*\\) [0-9a-f]*  /\\1 - /' >\"$session/then\"\n	sed -n 's/^f [0-7]* [0-9]* //p' \"$2\" >\"$session/digests\"\n	sed -n 's/^l //p' \"$2\" >\"$session/links\"\n	drift_apart=\n	environment_differs yes\n}\n\n# environment_stat ENVIRONMENT_ID: prints what environment_look compares with: `<mode> <size> <mtime> <path>` of each file.\nenvironment_stat() {\n	cd \"$v_environments_root/$1\" && find . -type f -exec stat -c '%a %s %Y %n' {} + | sed 's/ \\.\\// /'\n}\n\n# tree_look FULL: of the current directory. Reads $session/then (`<mode> <size> <mtime> <path>`), digests (`<sha256>  <path>`), links\n# (`<path><tab><target>`), grown (lines of added-lines that do not count); drift_apart: paths that are judged elsewhere, or prefixes;\n# drift_names: `no`: what was added is not known.\n# Writes $session/drift, $session/added, with how each was found in added-lines, and $session/extra.\ntree_look() {\n	{\n		find . -type f -exec stat -c 'f %a %s %Y %n' {} +\n		tree_links\n		find . ! -type f ! -type l ! -type d | sed 's/^/o /'\n	} >\"$session/found\" 2>/dev/null\n	: >\"$session/suspects\"\n	: >\"$session/drift-some\"\n	: >\"$session/added\"\n	: >\"$session/added-lines\"\n	: >\"$session/extra\"\n	awk -v \"session=$session\" -v \"apart=$drift_apart\" -v \"names=$drift_names\" -v \"full=$1\" '\n		function added(path, mode,    name) {\n			if (names == \"no\" || $0 in grown) return\n			for (i = 1; i <= aparts; i++) if (path == part[i] || part[i] ~ /\\/$/ && index(path, part[i]) == 1) return\n			path = substr(path, 3)\n			if (path ~ /(^|\\/)__pycache__\\/[^\\/]+\\.pyc(\\.[0-9]+)?$/ || path ~ /(^|\\/)node_modules\\/\\.cache\\//) return\n			name = path\n			sub(/.*\\//, \"\", name)\n			if (!loads(path, name, mode)) { print path >(session \"/extra\"); return }\n			print path >(session \"/added\")\n			print >(session \"/added-lines\")\n		}\n		# What an interpreter, a server or a shell may take for a part of the application.\n		function loads(path, name, mode) {\n			if (mode ~ /[1357]/ || path ~ /^\\.tarlift\\//) return 1\n			return tolower(name) ~ /^\\.env|\\.(py|pyc|pyo|pyd|pyi|pth|egg-link|so|js|mjs|cjs|ts|mts|cts|jsx|tsx|node|json|wasm|rb|php|phtml|pl|pm|sh|lua|jar|class|sql|ini|cfg|conf|toml|yaml|yml|env|properties|htm|html|xml|tmpl|tpl|jinja|jinja2|j2|ejs|hbs|erb|mo|po)$/\n		}\n		function differs(was, is) {\n			if (was == \"program\") return is !~ /[1357]/\n			if (was == \"plain\") return is ~ /[1357]/\n			return was != is\n		}\n		BEGIN { aparts = split(apart, part, \" \") }\n		FILENAME ~ /\\/then$/ {\n			path = substr($0, length($1 $2 $3) + 4)\n			mode[path] = $1\n			stamp[path] = $2 \" \" $3\n			next\n		}\n		FILENAME ~ /\\/grown$/ { grown[$0] = 1; next }\n		FILENAME ~ /\\/links$/ { at = index($0, \"\\t\"); target[substr($0, 1, at - 1)] = substr($0, at + 1); next }\n		/^f / {\n			whole = substr($0, length($2 $3 $4) + 6)\n			path = substr(whole, 3)\n			if (!(path in mode)) { if (path in target) print path >(session \"/drift-some\"); else added(whole, $2); next }\n			seen[path] = 1\n			if (differs(mode[path], $2)) print path >(session \"/drift-some\")\n			if (full == \"yes\" || stamp[path] != $3 \" \" $4) print path >(session \"/suspects\")\n			next\n		}\n		/^l / {\n			at = index($0, \"\\t\")\n			whole = substr($0, 3, at - 3)\n			path = substr(whole, 3)\n			if (path in target) { seen[path] = 1; if (target[path] != substr($0, at + 1)) print path >(session \"/drift-some\") }\n			else if (!(path in mode)) added(whole, \"777\")\n			next\n		}\n		/^o / { extra = substr($0, 5); if (extra != \"\") print extra >(session \"/extra\") }\n		END {\n			for (path in mode) if (!(path in seen)) print path >(session \"/drift-some\")\n			for (path in target) if (!(path in seen)) print path >(session \"/drift-some\")\n		}' \"$session/then\" \"$session/links\" \"$session/grown\" \"$session/found\"\n	# Only a difference in content counts: a touched file is as good as before.\n	awk 'FILENAME ~ /\\/suspects$/ { suspect[$0] = 1; next } substr($0, 67) in suspect { print substr($0, 1, 66) \"./\" substr($0, 67) }' \\\n		\"$session/suspects\" \"$session/digests\" >\"$session/sums\"\n	[ ! -s \"$session/sums\" ] || sha256sum -c \"$session/sums\" 2>/dev/null |\n		sed -n 's/^\\.\\/\\(.*\\): FAILED\\( open or read\\)\\{0,1\\}$/\\1/p' >>\"$session/drift-some\"\n	sort -u \"$session/drift-some\" >\"$session/drift\"\n}\n\n# `l <path><tab><target>` of each link; one process for all, where readlink takes more than one.\ntree_links() {\n	find . -type l >\"$session/link-names\"\n	find . -type l -exec readlink {} + >\"$session/link-targets\" 2>/dev/null || :\n	if [ \"$(wc -l <\"$session/link-names\")\" = \"$(wc -l <\"$session/link-targets\")\" ]; then\n		awk 'FILENAME ~ /\\/link-names$/ { name[FNR] = $0; next } { print \"l \" name[FNR] \"\\t\" $0 }' \"$session/link-names\" \"$session/link-targets\"\n	else\n		while IFS= read -r tree_link; do printf 'l %s\\t%s\\n' \"$tree_link\" \"$(readlink \"$tree_link\")\"; done <\"$session/link-names\"\n	fi\n}\n\n# What perhaps only hashing everything finds stays suspect, in every release that has the same file: nothing is linked from it any more, and\n# each further look hashes it. In the release's directory.\ndrift_suspect() {\n	[ -s \"$session/drift\" ] || return 0\n	tr '\\n' '\\0' <\"$session/drift\" | xargs -0 stat -c '%i' -- 2>/dev/null >\"$session/inodes\"\n	for suspect_stat in \"$v_root\"/.tarlift/releases/*/stat; do\n		suspect_name=${suspect_stat%/stat}\n		[ -w \"$suspect_stat\" ] && cd \"$v_root/releases/${suspect_name##*/}\" 2>/dev/null || continue\n		sed 's/^[0-7]* [0-9]* [0-9]* //' \"$suspect_stat\" | tr '\\n' '\\0' | xargs -0 stat -c '%i %n' -- 2>/dev/null >\"$session/numbers\"\n		awk 'FILENAME ~ /\\/inodes$/ { wrong[$1] = 1; next }\n			FILENAME ~ /\\/numbers$/ { if ($1 in wrong) suspect[substr($0, length($1) + 2)] = 1; next }\n			{ path = substr($0, length($1 $2 $3) + 4); if (path in suspect) { print $1, $2, 0, path; some = 1 } else print }\n			END { exit !some }' \"$session/inodes\" \"$session/numbers\" \"$suspect_stat\" >\"$session/suspect\" || continue\n		session_full || write_file \"$suspect_stat\" <\"$session/suspect\"\n	done\n	cd /\n}\n";

// src/remote/enter.sh
var enter_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015,SC2034 # user_…: main.sh; enter_why is for who calls; A && B || C is meant as it is\n# Into directories that others can write, part by part: what is a link there may be anybody's and lead anywhere, and may have been no link\n# a moment ago. What is done in the directory itself afterwards (`.`, `./name`) reaches nothing else.\n\n# enter DIRECTORY PATH [make]: into PATH below DIRECTORY, whose own path others cannot change. With `make` a part that is missing is made;\n# enter_new says whether the last one was. Returns 2 where a part is missing, and 1 where it cannot be entered, with the reason in\n# enter_why.\nenter() {\n	enter_new=no\n	enter_links=0\n	enter_why=\"$1 cannot be entered\"\n	cd -P \"$1\" && enter_parts \"${2:+$2/}\" \"${3-}\"\n}\n\n# enter_parts PATH/ MAKE: the same from where we are.\nenter_parts() {\n	while [ -n \"$1\" ]; do\n		enter_part=${1%%/*}\n		set -- \"${1#*/}\" \"$2\"\n		case $enter_part in\n		'' | .) continue ;;\n		..)\n			cd -P .. || return 1\n			continue\n			;;\n		esac\n		enter_here=$(readlink /proc/self/cwd)\n		enter_here=${enter_here%/}/$enter_part\n		enter_new=no\n		if [ -L \"./$enter_part\" ]; then\n			enter_follow || return 1\n		else\n			enter_why=\"$enter_here cannot be made\"\n			if [ ! -e \"./$enter_part\" ]; then\n				[ \"$2\" = make ] || return 2\n				mkdir \"./$enter_part\" && enter_new=yes || return 1\n			fi\n			enter_why=\"$enter_here is no directory that $user_name may enter, or was exchanged just now\"\n			cd -P \"./$enter_part\" && [ \"$(readlink /proc/self/cwd)\" = \"$enter_here\" ] || return 1\n			# Another directory in the place of the new one.\n			[ \"$enter_new\" = no ] || [ -z \"$(ls -A)\" ] || return 1\n		fi\n	done\n}\n\n# enter_follow: to where the link $enter_part leads, by the same rules; nothing is made on the way.\nenter_follow() {\n	enter_why=\"$enter_here is a link that neither root nor $user_name made\"\n	enter_link \"$enter_part\" || return 1\n	enter_why=\"$enter_here is one of too many links\"\n	enter_links=$((enter_links + 1))\n	[ \"$enter_links\" -le 40 ] || return 1\n	set -- \"$enter_here\"\n	case $enter_to in /*) cd / ;; esac\n	enter_code=0\n	enter_parts \"$enter_to/\" \"\" || enter_code=$?\n	[ \"$enter_code\" -ne 2 ] || enter_why=\"$1 is a link that leads to no directory\"\n	[ \"$enter_code\" -eq 0 ]\n}\n\n# enter_link NAME: where this link leads, in enter_to; false where another than root or this user made it. Moving a link gives\n# it a new time of change: one that has an older time has stood there all along, and is the one that was read.\nenter_link() {\n	enter_name=$1\n	for enter_try in 1 2; do\n		enter_now=$(date +%s)\n		enter_to=$(readlink \"./$enter_name\") || return 1\n		# shellcheck disable=SC2046 # owner, time\n		set -- $(stat -c '%u %Z' \"./$enter_name\" 2>/dev/null)\n		case ${1-} in 0 | \"$user_id\") ;; *) return 1 ;; esac\n		[ \"$2\" -ge \"$((enter_now - 1))\" ] || return 0\n		# It was made just now.\n		[ \"$enter_try\" -eq 2 ] || sleep 3\n	done\n	return 1\n}\n";

// src/remote/evidence.sh
var evidence_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # s_…: services.sh; session, request, v_root, verb: main.sh\n# Looking at services: what runs, and how one knows that it is the release. Nothing here touches them.\n#\n#   services_observe RELEASE SETTLE   what runs now, as `reply service NAME RUNG PID DETAIL`; SETTLE 1: watched for the settling time\n#   services_insist RELEASE           the same after a swap without a restart: what does not run the release ends the call\n#\n# The levels of evidence (in replies: rungs), strongest first: directory (each main process, or one below it, works in the release's\n# directory), environment (an environment id stands in a command line or mapping), started (all its processes are others than before),\n# restarted (the supervisor says that it started it since), supervisor (it says that it runs), unverified (nothing could be asked), none.\n# What cannot be read proves nothing: a list of processes that may be incomplete never counts as `started`.\n\n# --- the supervisors' word -------------------------------------------------------------------------------------------------------\n\n# Sets s_state (running | starting | crashing: died, and waits for its next start | stopped | missing | unreachable), s_pids (main processes) and s_detail (one line of the\n# supervisor's own words).\nservice_look() {\n	s_pids=\n	s_restarts=\n	s_detail=\n	case $s_kind in\n	supervisord) supervisor_look ;;\n	systemd | systemd-user) systemd_look ;;\n	command) command_look ;;\n	esac\n}\n\nsupervisor_look() {\n	s_state=unreachable\n	s_detail=\"supervisord does not answer\"\n	if [ -n \"${supervisor_by-}\" ]; then\n		supervisor_call status \"$s_unit\" >\"$s_files.look\" 2>&1\n	else\n		supervisor_reach || return 0\n	fi\n	s_detail=$(tr -s ' \\t' ' ' <\"$s_files.look\" | tr '\\n' ';' | sed 's/;$//')\n	s_pids=$(sed -n 's/^.* RUNNING  *pid \\([0-9]*\\),.*/\\1/p' \"$s_files.look\" | tr '\\n' ' ')\n	s_state=$(awk '\n		/no such (process|group)/ { missing = 1 }\n		$2 == \"STARTING\" || $2 == \"STOPPING\" { starting = 1 }\n		$2 == \"BACKOFF\" { crashing = 1 }\n		$2 == \"STOPPED\" || $2 == \"EXITED\" || $2 == \"FATAL\" || $2 == \"UNKNOWN\" { stopped = 1 }\n		$2 == \"RUNNING\" { running = 1 }\n		END { print missing ? \"missing\" : stopped ? \"stopped\" : crashing ? \"crashing\" : starting ? \"starting\" : running ? \"running\" : \"missing\" }\n	' \"$s_files.look\")\n}\n\nsystemd_look() {\n	systemd_shows LoadState LoadError ActiveState SubState MainPID NRestarts Type ControlGroup InvocationID >\"$s_files.show\"\n	s_pids=$(shown MainPID)\n	[ \"$s_pids\" != 0 ] || s_pids=\n	case $(shown LoadState) in\n	loaded) ;;\n	'')\n		s_state=unreachable\n		s_detail=\"systemd does not answer\"\n		return 0\n		;;\n	masked)\n		s_state=missing\n		s_detail=\"the unit $s_unit is masked, so that nothing starts it: systemctl unmask $s_unit && systemctl start $s_unit\"\n		return 0\n		;;\n	bad-setting | error)\n		s_state=missing\n		s_detail=\"systemd cannot load $s_unit: $(systemd_load_error)\"\n		return 0\n		;;\n	*)\n		s_state=missing\n		s_detail=\"systemd does not know $s_unit ($(shown LoadState))\"\n		return 0\n		;;\n	esac\n	s_active=$(shown ActiveState)\n	s_restarts=$(shown NRestarts)\n	s_detail=\"$s_active ($(shown SubState)), ${s_pids:+pid }${s_pids:-no main process}, ${s_restarts:-0} restarts\"\n	case $s_active in\n	active | reloading) s_state=running ;;\n	activating | deactivating)\n		s_state=starting\n		case $(shown SubState) in auto-restart*) s_state=crashing ;; esac\n		;;\n	*) s_state=stopped ;;\n	esac\n}\n\n# Why it could not load the unit, in its words: `<name of an error> \"<words>\"`.\nsystemd_load_error() {\n	load_words=$(shown LoadError | sed 's/^[^ ]* \"\\(.*\\)\"$/\\1/')\n	printf '%s' \"${load_words:-$(shown LoadState)}\"\n}\n\n# systemd_shows PROPERTY…: all of them in one question, as `Property=value` lines.\nsystemd_shows() {\n	shows_words=\n	for shows_property in \"$@\"; do shows_words=\"$shows_words --property=$shows_property\"; done\n	# shellcheck disable=SC2086 # words\n	if [ \"$s_kind\" = systemd-user ]; then\n		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user show $shows_words \"$s_unit\"\n	else\n		systemctl show $shows_words \"$s_unit\"\n	fi 2>/dev/null\n}\n\n# shown PROPERTY: as systemd_look read it.\nshown() {\n	sed -n \"s/^$1=//p\" \"$s_files.show\"\n}\n\n# A service without a status command has no supervisor that could be asked.\ncommand_look() {\n	s_state=running\n	s_detail=\"not verified: it has no status command\"\n	[ -f \"$request/service.$s_name.status\" ] || return 0\n	s_detail=\"its status command succeeds\"\n	look_code=0\n	service_text status >\"$s_files.look\" 2>&1 || look_code=$?\n	[ \"$look_code\" -ne 0 ] || return 0\n	s_state=stopped\n	s_detail=\"its status command fails ($(step_ended \"$look_code\")): $(tail -n 1 \"$s_files.look\")\"\n}\n\n# --- processes -------------------------------------------------------------------------------------------------------------------\n\n# Whether the processes of all users can be seen. Where they cannot (hidepid, ProtectProc= of sshd), an empty list proves nothing.\nproc_open() {\n	[ -n \"${proc_open-}\" ] || {\n		proc_open=yes\n		[ \"$user_id\" -eq 0 ] || dd if=/proc/1/stat count=1 >/dev/null 2>&1 || proc_open=no\n	}\n	[ \"$proc_open\" = yes ]\n}\n\n# service_scan RELEASE: after service_look; writes `<pid> <start time> <parent>` of every process of the service into $s_files.scan. Start\n# and parent are `-` where they cannot be read. Sets s_whole: no process of the service can be missing from the list.\n# What is hidden from us may be open to the services' user, who is asked through the wrapper of RELEASE.\nservice_scan() {\n	s_whole=no\n	scan_group=\n	case $s_kind in\n	systemd | systemd-user) ! scan_group=$(control_group) || s_whole=yes ;;\n	supervisord) [ -z \"$s_pids\" ] || ! proc_open || s_whole=yes ;;\n	esac\n	: >\"$s_files.scan\"\n	[ -n \"$s_pids$scan_group\" ] || return 0\n	{\n		process_table\n		proc_open || service_asks \"$1\" 'echo /proc/[0-9]*/stat | xargs cat 2>/dev/null' | process_lines\n	} | awk -v \"mains=$s_pids\" -v \"group=$scan_group\" '\n		{ start[$1] = $3; parent[$1] = $2 }\n		END {\n			n = split(mains \" \" group, known, \" \")\n			for (i = 1; i <= n; i++) mine[known[i]] = 1\n			do {\n				added = 0\n				for (p in parent) if (!(p in mine) && (parent[p] in mine)) { mine[p] = 1; added = 1 }\n			} while (added)\n			for (p in mine) print p, (p in start) ? start[p] \" \" parent[p] : \"- -\"\n		}' >\"$s_files.scan\"\n}\n\n# `<pid> <parent> <start time>` of every process that can be seen and is not dead.\nprocess_table() {\n	echo /proc/[0-9]*/stat | for_all cat | process_lines\n}\n\nprocess_lines() {\n	sed -n 's/^\\([0-9]*\\) .*) \\([A-Za-z]\\) /\\1 \\2 /p' | awk '$2 != \"Z\" && $2 != \"X\" { print $1, $3, $21 }'\n}\n\n# The processes in the unit's control group, which is readable also where /proc is not; false where it cannot be found.\ncontrol_group() {\n	group_name=$(shown ControlGroup)\n	[ -n \"$group_name\" ] && [ \"$group_name\" != / ] || return 1\n	for group_at in /sys/fs/cgroup /sys/fs/cgroup/systemd /sys/fs/cgroup/unified; do\n		[ -f \"$group_at$group_name/cgroup.procs\" ] || continue\n		find \"$group_at$group_name\" -name cgroup.procs -exec cat {} + 2>/dev/null | tr '\\n' ' '\n		return 0\n	done\n	# An empty group is removed: what has ended by itself has no processes.\n	[ -z \"$s_pids\" ] && [ \"$(shown SubState)\" = exited ]\n}\n\n# service_asks RELEASE TEXT [WORD…]: runs shell text as the service's user, where that is another one.\nservice_asks() {\n	[ -n \"$s_run_as\" ] && [ \"$s_run_as\" != \"$user_name\" ] || return 0\n	asks_release=$1\n	shift\n	asks_text=$1\n	shift\n	sudo -n -u \"$s_run_as\" \"$v_root/releases/$asks_release/.tarlift/exec\" sh -c \"$asks_text\" sh \"$@\" 2>/dev/null || :\n}\n\n# service_processes RELEASE: scans, and prints `pid:starttime` of all processes of the service.\nservice_processes() {\n	service_scan \"$1\"\n	service_pairs\n}\n\n# Of the last scan: the pair is unique until the next boot. The start time is empty where it cannot be read.\nservice_pairs() {\n	sed 's/^\\([0-9]*\\) -* *\\([0-9]*\\).*/\\1:\\2/' \"$s_files.scan\"\n}\n\n# service_directories RELEASE: after service_scan; writes `<pid> <working directory>` of its processes into $s_files.directories, and\n# `<pid> <name>` into $s_files.names, each of those that can be read: by the services' user where they are closed to us.\nservice_directories() {\n	closed=\n	: >\"$s_files.names\"\n	while read -r process _; do\n		if directory=$(readlink \"/proc/$process/cwd\" 2>/dev/null); then\n			printf '%s %s\\n' \"$process\" \"$directory\"\n			! read -r directory_name <\"/proc/$process/comm\" || printf '%s %s\\n' \"$process\" \"$directory_name\" >>\"$s_files.names\"\n		else\n			closed=\"$closed $process\"\n		fi\n	done <\"$s_files.scan\" >\"$s_files.directories\" 2>/dev/null\n	[ -n \"$closed\" ] || return 0\n	# shellcheck disable=SC2016,SC2086 # text for another shell; process ids\n	service_asks \"$1\" 'for process do\n		! directory=$(readlink \"/proc/$process/cwd\") || printf \"d %s %s\\n\" \"$process\" \"$directory\"\n		! read -r name <\"/proc/$process/comm\" || printf \"n %s %s\\n\" \"$process\" \"$name\"\n	done' $closed >\"$s_files.asked\"\n	sed -n 's/^d //p' \"$s_files.asked\" >>\"$s_files.directories\"\n	sed -n 's/^n //p' \"$s_files.asked\" >>\"$s_files.names\"\n}\n\n# Programs that only talk to a container: where they stand says nothing of what runs inside.\nCONTAINER_CLIENTS=\" docker docker-compose podman nerdctl conmon crun runc systemd-nspawn lxc-start lxc-execute apptainer singularity \"\n\n# After service_directories: sets s_clients, the processes of the service that are such programs, or may be, since their names cannot be\n# read; and s_client, the name of one.\nservice_clients() {\n	s_clients=\n	s_client=\n	awk 'FILENAME ~ /names$/ { name[$1] = substr($0, length($1) + 2); next } { print $1, name[$1] }' \"$s_files.names\" \"$s_files.scan\" >\"$s_files.named\"\n	while read -r process client_name; do\n		case $CONTAINER_CLIENTS in\n		*\" ${client_name:-/} \"*) s_client=$client_name ;;\n		*) [ -z \"$client_name\" ] || continue ;;\n		esac\n		s_clients=\"$s_clients $process \"\n	done <\"$s_files.named\"\n}\n\n# release_environments RELEASE: the ids of its environments, one a line.\nrelease_environments() {\n	[ -n \"$1\" ] || return 0\n	for link in \"$v_root/releases/$1\"/.[!.]* \"$v_root/releases/$1\"/*; do\n		[ -L \"$link\" ] || continue\n		target=$(readlink \"$link\")\n		expr \"$target\" : '.*/\\([0-9a-f]\\{12\\}-[0-9a-f]\\{8\\}\\)$' || :\n	done | sed '/^$/d' | sort -u\n}\n\n# evidence_of RELEASE: after service_scan; sets s_rung and, for a process of another release, s_stale.\nevidence_of() {\n	s_stale=\n	evidence_least\n	wanted=$v_root/releases/$1\n	real=$(cd \"$wanted\" 2>/dev/null && pwd -P) || real=$wanted\n	service_directories \"$1\"\n	service_clients\n	evidence_kept=\n	case $s_action in reload | signal\\ *) [ \"$(wc -l <\"$s_files.directories\")\" -le \"$(echo \"$s_pids\" | wc -w)\" ] || evidence_kept=\" $s_pids \" ;; esac\n	evidence_here=\n	while read -r process directory; do\n		# A reload keeps the main process where it was, and renews its workers.\n		case $evidence_kept in *\" $process \"*) continue ;; esac\n		case $directory in\n		\"$wanted\" | \"$wanted\"/* | \"$real\" | \"$real\"/*)\n			case $s_clients in *\" $process \"*) ;; *) evidence_here=\"$evidence_here $process\" ;; esac\n			;;\n		\"${real%/*}\"/* | \"$v_root\"/releases/*)\n			s_stale=\"process $process works in ${directory##*/releases/}\"\n			return 0\n			;;\n		esac\n	done <\"$s_files.directories\"\n	if evidence_everywhere; then\n		s_rung=directory\n		return 0\n	fi\n	[ -z \"$s_client\" ] || s_detail=\"$s_detail; it runs a container by $s_client, and what is inside of it cannot be seen\"\n	for id in $(release_environments \"$1\"); do\n		while read -r process _; do\n			case $s_clients in *\" $process \"*) continue ;; esac\n			# In lines: to the grep of busybox, a word after a NUL is not there.\n			if tr '\\0' '\\n' <\"/proc/$process/cmdline\" 2>/dev/null | grep -q \"$id\" || grep -qs \"$id\" \"/proc/$process/maps\"; then\n				s_rung=environment\n				return 0\n			fi\n		done <\"$s_files.scan\"\n	done\n}\n\n# What a supervisor's word is worth: unverified (there is none), supervisor (it runs), restarted (it started it after the switch), started\n# (and every one of its processes is another than before).\nevidence_least() {\n	s_rung=supervisor\n	[ \"$s_kind\" != command ] || [ -f \"$request/service.$s_name.status\" ] || s_rung=unverified\n	[ -n \"${services_started-}\" ] && [ \"$s_kind\" != command ] || return 0\n	case $s_how in\n	restart)\n		evidence_renewed || return 0\n		s_rung=restarted\n		[ \"$s_whole\" != yes ] || ! grep -q . \"$s_files.scan\" || ! grep -qx whole \"$s_files.run\" || s_rung=started\n		;;\n	# No worker of before is left, and there are others.\n	reload | signal\\ *)\n		[ \"$s_whole\" = yes ] && [ \"$(wc -l <\"$s_files.scan\")\" -gt \"$(echo \"$s_pids\" | wc -w)\" ] || return 0\n		s_rung=started\n		s_detail=\"$s_detail; its workers are new, and its main process is the one from before\"\n		;;\n	esac\n}\n\n# Whether the supervisor started it since evidence_begins.\nevidence_renewed() {\n	{\n		read -r renewed_before\n		read -r renewed_mains\n	} <\"$s_files.run\"\n	if [ -n \"$renewed_before\" ]; then\n		[ \"$renewed_before\" != \"$(service_invocation)\" ]\n		return\n	fi\n	for process in $s_pids; do\n		case \" $renewed_mains \" in *\" $process \"*) return 1 ;; esac\n	done\n	[ -n \"$s_pids$(service_invocation)\" ]\n}\n\n# service_invocation: systemd's name for this run of a unit; it needs no look at processes. Nothing for other supervisors.\nservice_invocation() {\n	case $s_kind in systemd | systemd-user) shown InvocationID ;; esac\n}\n\n# evidence_begins: after service_scan; what there is before a restart, for evidence_renewed.\nevidence_begins() {\n	printf '%s\\n' \"$(service_invocation)\" \"$s_pids\" >\"$s_files.run\"\n	if [ \"$s_whole\" = yes ] || [ \"$s_state\" = stopped ]; then echo whole >>\"$s_files.run\"; fi\n}\n\n# Whether each of its main processes, or one below it, works in the release; one of them where there is no main process.\nevidence_everywhere() {\n	[ -n \"$evidence_here\" ] || return 1\n	evidence_mains=\n	# What a reload keeps does not count, and neither does it stand against the others.\n	[ -n \"$evidence_kept\" ] || evidence_mains=$s_pids\n	[ -n \"$evidence_mains\" ] || return 0\n	awk -v \"mains=$evidence_mains\" -v \"here=$evidence_here\" '\n		{ parent[$1] = $3 }\n		END {\n			n = split(here, at, \" \")\n			for (i = 1; i <= n; i++) for (p = at[i]; p != \"\" && !(p in seen); p = parent[p]) seen[p] = 1\n			n = split(mains, main, \" \")\n			for (i = 1; i <= n; i++) if (!(main[i] in seen)) exit 1\n		}' \"$s_files.scan\"\n}\n\n# --- observing -------------------------------------------------------------------------------------------------------------------\n\n# All are watched until each has lived for its settling time: a crash loop looks healthy at any one moment. After services_restart a service\n# that does not run the release ends the call; otherwise that is an answer (rung none), and nothing is touched.\nservices_observe() {\n	[ -n \"$(services_named)\" ] || return 0\n	for name in $(services_named); do\n		service_load \"$name\"\n		[ -n \"${services_started-}\" ] || service_untouched\n		service_look\n		echo \"$s_pids/$s_restarts\" >\"$s_files.mains\"\n		rm -f \"$s_files.wrong\"\n		[ ! -f \"$s_files.down\" ] || cp \"$s_files.down\" \"$s_files.wrong\"\n	done\n	if [ \"$2\" = 1 ]; then\n		uptime_now\n		settle_begin=$uptime\n		# From the look, and not from the start of the process: one that is slow to begin may not have done anything yet.\n		settle_end=$((uptime + 100 * $(services_longest)))\n		while [ \"$uptime\" -lt \"$settle_end\" ]; do\n			sleep 0.5 2>/dev/null || sleep 1\n			alive\n			for name in $(services_named); do\n				service_load \"$name\"\n				service_alive || service_same\n			done\n			uptime_now\n		done\n		reply settling $((uptime - settle_begin))\n	fi\n	for name in $(services_named); do\n		service_load \"$name\"\n		service_look\n		settle_end=\n		service_same\n		service_prove \"$1\"\n		service_reply\n	done\n}\n\n# services_insist RELEASE: observed without a restart, and one that does not run the release ends the call all the same.\nservices_insist() {\n	services_part \"$1\" look\n	services_started=1\n	for name in $(services_named); do\n		service_load \"$name\"\n		service_untouched\n	done\n	services_observe \"$1\" 1\n}\n\n# It is only looked at: whatever runs was not started by us.\nservice_untouched() {\n	: >\"$s_files.before\"\n	echo none >\"$s_files.how\"\n}\n\n# service_wrong WHAT: ends an activation; only noted when services are just looked at.\nservice_wrong() {\n	[ -z \"${services_started-}\" ] || service_failed \"service $s_name $1\" || :\n	printf '%s\\n' \"$1\" >\"$s_files.wrong\"\n}\n\n# Whether the main processes are still there: a look that costs nothing, between two questions to the supervisor.\nservice_alive() {\n	read -r alive_mains <\"$s_files.mains\"\n	for alive_pid in ${alive_mains%/*}; do\n		[ -d \"/proc/$alive_pid\" ] || return 1\n	done\n}\n\nservice_same() {\n	[ ! -f \"$s_files.wrong\" ] && ! grep -qx finishing \"$s_files.how\" || return 0\n	[ -z \"${settle_end-}\" ] || service_look\n	if [ \"$s_state\" != running ]; then\n		service_wrong \"does not stay up: $s_detail\"\n	elif [ \"$s_pids/$s_restarts\" != \"$(cat \"$s_files.mains\")\" ]; then\n		service_wrong \"crashes and is started again: $s_detail\"\n	fi\n}\n\n# service_prove RELEASE: sets the rung that is reached; a process of another release is wrong.\nservice_prove() {\n	s_rung=none\n	[ ! -f \"$s_files.wrong\" ] || return 0\n	service_scan \"$1\"\n	service_pairs | sort >\"$s_files.after\"\n	read -r s_how <\"$s_files.how\"\n	if [ \"$s_how\" = finishing ]; then\n		s_rung=supervisor\n		s_detail=\"still finishing what it is at; its supervisor then starts it again, in $1\"\n		reply warning \"service $s_name: $s_detail\"\n		return 0\n	fi\n	for process in $(comm -12 \"$s_files.before\" \"$s_files.after\"); do\n		# A reload keeps the main process and nothing else.\n		case \" $s_pids \" in *\" ${process%%:*} \"*) [ \"$s_how\" = restart ] || continue ;; esac\n		service_wrong \"still runs process ${process%%:*} from before the switch\"\n		return 0\n	done\n	service_strays\n	evidence_of \"$1\"\n	if [ -n \"$s_stale\" ]; then\n		s_rung=none\n		service_wrong \"does not run $1: $s_stale. Is its working directory $v_root/current?\"\n	fi\n}\n\n# What was a process of it before a restart and is none any more, but runs on: its supervisor does not know of it.\nservice_strays() {\n	[ \"$s_how\" = restart ] || return 0\n	for process in $(comm -23 \"$s_files.before\" \"$s_files.after\"); do\n		[ -n \"${process#*:}\" ] || continue\n		[ \"$(process_start \"${process%%:*}\")\" = \"${process#*:}\" ] || continue\n		reply warning \"service $s_name: process ${process%%:*} from before the switch runs on beside it, without its supervisor\"\n	done\n}\n\n# The line of evidence.\nservice_reply() {\n	s_main=${s_pids%% *}\n	if [ -f \"$s_files.wrong\" ]; then\n		read -r s_detail <\"$s_files.wrong\"\n		s_rung=none\n		[ ! -f \"$s_files.said\" ] || reply_text \"log-$s_name\" \"$s_files.said\"\n	fi\n	reply service \"$s_name\" \"$s_rung\" \"${s_main:---}\" \"$s_detail\"\n}\n\nservices_longest() {\n	for name in $(services_named); do\n		service_load \"$name\"\n		# supervisord says RUNNING after startsecs; a second more makes the difference to a program that lives for just so long.\n		[ \"$s_kind\" = supervisord ] && [ \"${s_settle:-5}\" -lt 1 ] && [ -n \"${services_started-}\" ] && s_settle=1\n		echo \"${s_settle:-5}\"\n	done | sort -n | tail -n 1\n}\n";

// src/remote/facts.sh
var facts_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015 # v_… are values of the request (main.sh); A && B || C is meant as it is\n# Exchange 1: what is there, the lock, and what of a coming release is missing. Judging it is the other side's business.\n\nverb_facts() {\n	facts_lock=no\n	[ ! -d \"$v_root/.tarlift\" ] || { [ -r \"$v_root/.tarlift\" ] && [ -x \"$v_root/.tarlift\" ]; } ||\n		fail_with \"the records below $v_root/.tarlift cannot be read by $user_name\" \\\n			\"Log in as the user that deploys there ($(stat -c %U \"$v_root/.tarlift\")), or give it the directory, as root on the host: chown -R $user_name $v_root/.tarlift\"\n	[ \"${v_lock-}\" != yes ] && [ ! -f \"$request/wanted\" ] || facts_rights\n	if [ \"${v_lock-}\" = yes ]; then\n		if [ -w \"$v_root/.tarlift\" ]; then\n			lock_take && facts_lock=yes\n			# Where there is no room, the coming release asks again with none of them.\n			[ \"$facts_lock\" = no ] || [ ! -f \"$request/wanted\" ] || leave_failures \"${v_failures:-2}\"\n		fi\n	fi\n	reply locked \"$facts_lock\"\n	facts_machine\n	facts_releases\n	[ \"${v_lock-}\" != yes ] && [ ! -f \"$request/wanted\" ] || facts_executable\n	facts_requirements\n	facts_shared\n	! command -v services_known >/dev/null || services_known\n	[ \"${v_lock-}\" != yes ] && [ ! -f \"$request/wanted\" ] || services_dropped\n	if [ -f \"$request/wanted\" ]; then\n		modes_choose\n		reply modes \"$modes\"\n		[ \"$modes\" = open ] || reply modes_why \"$modes_why\"\n		compare_wanted\n		reply_text plan \"$session/plan\"\n	fi\n}\n\nfacts_machine() {\n	reply user \"$user_name\"\n	reply uid \"$user_id\"\n	reply architecture \"$(uname -m)\"\n	reply shell \"$(readlink \"/proc/$$/exe\" 2>/dev/null)\"\n	facts_libc=$(getconf GNU_LIBC_VERSION 2>/dev/null) || facts_libc=\n	for facts_musl in /lib/ld-musl-*; do [ ! -e \"$facts_musl\" ] || facts_libc=${facts_libc:-musl}; done\n	reply libc \"$facts_libc\"\n	for facts_encoding in zstd gzip; do\n		! command -v \"$facts_encoding\" >/dev/null || reply encoding \"$facts_encoding\"\n	done\n	for facts_command in tar mv dd sha256sum flock awk sort xargs stat find mktemp; do\n		command -v \"$facts_command\" >/dev/null || reply lacks \"$facts_command\"\n	done\n	reply http \"$(http_best)\"\n	! selinux || reply selinux \"$(command -v restorecon || echo none)\"\n	# Free blocks for users, their size, free inodes (0 where the file system has no fixed number).\n	set --\n	facts_where=free\n	if [ -d \"$v_root\" ]; then set -- \"$v_root\"; else facts_where=free_environments; fi\n	[ ! -d \"$v_environments_root\" ] || set -- \"$@\" \"$v_environments_root\"\n	stat -f -c '%a %S %d %c' \"$@\" 2>/dev/null >\"$session/free\"\n	while IFS= read -r facts_free; do\n		reply \"$facts_where\" \"$facts_free\"\n		facts_where=free_environments\n	done <\"$session/free\"\n	facts_file_systems\n}\n\nselinux() {\n	[ -e /sys/fs/selinux/enforce ]\n}\n\n# What a deploy writes to: made under the lock, and only looked at without it.\nfacts_rights() {\n	facts_closed=\n	# By the mount: busybox calls writable what its modes let this user write.\n	for facts_directory in \"$v_root\" \"$v_environments_root\"; do\n		standing \"$facts_directory\"\n		finding_read_only \"$standing\" || :\n	done\n	for facts_directory in \"$v_root\" \"$v_root/releases\" \"$v_root/shared\" \"$v_root/.tarlift\" \"$v_root/.tarlift/releases\" \"$v_root/.tarlift/incoming\" \"$v_environments_root\"; do\n		[ -d \"$facts_directory\" ] || [ \"${v_lock-}\" != yes ] || mkdir -p \"$facts_directory\" 2>/dev/null || :\n		standing \"$facts_directory\"\n		facts_there=$standing\n		if [ ! -d \"$facts_there\" ] || [ ! -w \"$facts_there\" ]; then\n			# What has to be made in one that was told already follows from it.\n			case \" $facts_closed \" in *\" $facts_there \"*) continue ;; esac\n			! finding_read_only \"$facts_there\" || continue\n			facts_closed=\"$facts_closed $facts_there\"\n			if [ \"$facts_there\" = \"$facts_directory\" ] && [ \"$facts_there\" != \"$v_root\" ]; then\n				reply foreign \"$facts_directory\"\n			else\n				reply unwritable \"$facts_directory\"\n			fi\n		fi\n	done\n	# Where `current` is a link, a link has been made and renamed.\n	[ -d \"$v_root\" ] && [ -w \"$v_root\" ] && [ ! -L \"$v_root/current\" ] && ! read_only \"$v_root\" || return 0\n	facts_rehearse\n}\n\n# standing PATH: the nearest of it and the directories above that is there, in $standing.\nstanding() {\n	standing=$1\n	while [ ! -e \"$standing\" ]; do\n		standing=${standing%/*}\n		standing=${standing:-/}\n	done\n}\n\nfacts_rehearse() {\n	facts_link=$v_root/.rehearsal.$$\n	ln -s releases/none \"$facts_link\" 2>/dev/null && mv -f \"$facts_link\" \"$facts_link.renamed\" &&\n		[ \"$(readlink \"$facts_link.renamed\")\" = releases/none ] ||\n		finding \"a link in $v_root cannot be made and renamed\" \"Look at its file system: findmnt -T $v_root   It has to know symbolic links.\"\n	rm -f \"$facts_link\" \"$facts_link.renamed\"\n}\n\n# A release gets its name, and `current` another release, by rename(2), which goes no further than a mount does, also where two of them show\n# the same file system (a bind mount).\nfacts_file_systems() {\n	stat -L -c '%d %n' \"$v_root\" \"$v_root/releases\" \"$v_root/.tarlift\" \"$v_environments_root\" 2>/dev/null >\"$session/devices\"\n	facts_device=\n	while read -r facts_there facts_directory; do\n		[ \"$facts_directory\" != \"$v_root\" ] || facts_device=$facts_there\n		[ -n \"$facts_device\" ] || continue\n		if [ \"$facts_directory\" = \"$v_environments_root\" ]; then\n			[ \"$facts_there\" != \"$facts_device\" ] || continue\n			reply environments_elsewhere yes\n			: >\"$session/elsewhere\"\n		elif [ \"$facts_there\" != \"$facts_device\" ]; then\n			reply across \"$facts_directory\"\n		elif ! same_mount \"$v_root\" \"$facts_directory\"; then\n			reply across_mount \"$facts_directory\"\n		fi\n	done <\"$session/devices\"\n}\n\n# same_mount PATH PATH: false where the kernel shows that they are in two.\nsame_mount() {\n	mount_one=$(mount_of \"$1\")\n	mount_two=$(mount_of \"$2\")\n	[ -z \"$mount_one\" ] || [ -z \"$mount_two\" ] || [ \"$mount_one\" = \"$mount_two\" ]\n}\n\n# mount_of PATH: the kernel's number of the mount that it is in; nothing where that cannot be seen (Linux before 3.15, some sandboxes).\nmount_of() {\n	# To open a pipe would be to wait.\n	[ -d \"$1\" ] || [ -f \"$1\" ] || return 0\n	(\n		exec 7<\"$1\" || exit\n		while read -r mount_key mount_id; do\n			[ \"$mount_key\" != mnt_id: ] || echo \"$mount_id\"\n		done </proc/self/fdinfo/7\n	) 2>/dev/null\n}\n\nfacts_releases() {\n	if [ -e \"$v_root/current\" ] && [ ! -L \"$v_root/current\" ]; then reply current_is_directory yes; fi\n	[ ! -f \"$v_root/.tarlift/adopting\" ] || reply half_adopted yes\n	live_release\n	facts_live=$line\n	if [ -L \"$v_root/current\" ] && [ -z \"$line\" ]; then\n		facts_link=$(readlink \"$v_root/current\")\n		if [ -e \"$v_root/current\" ]; then\n			reply elsewhere \"$facts_link\"\n		else\n			reply warning \"$v_root/current leads to $facts_link, which is not there any more: a deploy that fails goes back to no release\"\n		fi\n	fi\n	reply live \"$facts_live\"\n	link_release previous\n	reply previous \"$line\"\n	if [ -n \"$facts_live\" ] && [ -f \"$v_root/.tarlift/releases/$facts_live/record\" ]; then\n		# The environment file as it was written, or changed by hand since.\n		facts_seen=$(cd \"$v_root/releases/$facts_live\" && own_changed \"$facts_live\")\n		[ -z \"$facts_seen\" ] || reply env_changed yes\n	fi\n	for facts_record in \"$v_root\"/.tarlift/releases/*/state; do\n		[ -f \"$facts_record\" ] || continue\n		facts_record=${facts_record%/state}\n		printf 'release %s\\n' \"${facts_record##*/}\"\n		first_line \"$facts_record/state\"\n		printf 'state %s\\n' \"$line\"\n		first_line \"$facts_record/good\"\n		printf 'good %s\\n' \"$line\"\n		[ ! -f \"$facts_record/previous\" ] || {\n			first_line \"$facts_record/previous\"\n			printf 'previous %s\\n' \"$line\"\n		}\n		[ -d \"$v_root/releases/${facts_record##*/}\" ] || echo \"absent yes\"\n		[ ! -f \"$facts_record/record\" ] || while IFS= read -r line; do printf '%s\\n' \"$line\"; done <\"$facts_record/record\"\n	done >\"$session/releases\"\n	reply_text releases \"$session/releases\"\n	first_line \"$v_root/.tarlift/transaction\"\n	[ -z \"$line\" ] || reply open \"$line\"\n	first_line \"$v_root/.tarlift/returned\"\n	[ -z \"$line\" ] || reply returned \"$line\"\n	if [ \"${v_ask_switch-}\" = yes ]; then\n		switch_way\n		reply switch \"${switch_way:-none}\"\n	fi\n	first_line \"$v_root/.tarlift/agreed\"\n	[ -z \"$line\" ] || reply agreed \"${line%% *}\"\n	[ ! -s \"$v_root/.tarlift/taken\" ] || reply_text taken \"$v_root/.tarlift/taken\"\n	journal_tell\n	first_line \"$v_root/.tarlift/hold\"\n	[ -z \"$line\" ] || reply held \"$line\"\n	# A run that was killed leaves its name behind: it goes on where a process of ours has the lock.\n	if [ -z \"${v_lock-}\" ] && [ -f \"$v_root/.tarlift/owner\" ] && lock_held && { ! lock_shown || lock_ours \"$v_root/.tarlift/lock\"; }; then\n		first_line \"$v_root/.tarlift/owner\"\n		reply running \"${line:-another run}\"\n	fi\n}\n\n# Requirements of the artifact: one `word rest` a line; what is not there is told.\nfacts_requirements() {\n	[ -s \"$request/requirements\" ] || return 0\n	{\n		PATH=/sbin:/usr/sbin:$PATH ldconfig -p 2>/dev/null | awk '/=>/ { print $1 }'\n		# Without a cache of its own (musl), the directories say it.\n		ls /lib /usr/lib /usr/local/lib 2>/dev/null\n	} | sort -u >\"$session/libraries\"\n	while read -r facts_word facts_value facts_rest; do\n		case $facts_word in\n		soname) grep -qxF -- \"$facts_value\" \"$session/libraries\" || reply missing_soname \"$facts_value\" ;;\n		interpreter)\n			if [ ! -x \"$facts_value\" ]; then\n				reply interpreter \"$facts_value\" none\n			elif facts_starter \"$facts_value\"; then\n				reply interpreter \"$facts_value\" \"$(facts_probe \"$facts_value\")\"\n			fi ;;\n		glibcxx)\n			facts_library=$(PATH=/sbin:/usr/sbin:$PATH ldconfig -p 2>/dev/null | awk '/libstdc\\+\\+\\.so\\.6 / { print $NF; exit }')\n			[ -n \"$facts_library\" ] && grep -aqF \"GLIBCXX_$facts_value\" \"$facts_library\" || reply missing_glibcxx \"$facts_value\" ;;\n		environment)\n			# id, then its kind: complete when its directory has its final name.\n			if [ ! -d \"$v_environments_root/$facts_value\" ]; then\n				reply missing_environment \"$facts_value\"\n				[ \"$facts_lock\" = no ] || facts_left \"$facts_value\"\n			elif environment_known \"$facts_value\"; then\n				facts_environment \"$facts_value\"\n			else\n				reply unindexed_environment \"$facts_value\"\n			fi ;;\n		node) command -v node >/dev/null || reply missing_node \"$facts_value${facts_rest:+ $facts_rest}\" ;;\n		esac\n	done <\"$request/requirements\"\n}\n\n# facts_starter PROGRAM: who may start a program that an artifact names, in facts_as (empty: we), with what before it in facts_by. False,\n# with a warning, where it is another user, and nothing can run as that one yet.\nfacts_starter() {\n	facts_as=\n	facts_by=\n	for facts_user in $({ printf '%s\\n' \"${v_run_as-}\"; sed -n 's/^service\\.[^ ]*\\.run-as //p' \"$request/values\"; } | awk 'NF && !told[$0]++'); do\n		facts_uid=$(id -u \"$facts_user\" 2>/dev/null) || continue\n		[ \"$facts_uid\" -ne 0 ] && [ \"$facts_uid\" -ne \"$user_id\" ] || continue\n		(facts_decides \"$1\") || continue\n		facts_as=$facts_user\n		break\n	done\n	[ -n \"$facts_as\" ] || return 0\n	task_can \"$v_root/releases/$facts_live\" \"$facts_as\" || {\n		reply warning \"$1 was not looked at: $facts_as, or an artifact, decides what is there, and $(id -un) cannot run it as $facts_as yet. A Python that only root or $(id -un) can change is looked at.\"\n		return 1\n	}\n	[ \"$(id -u)\" -eq 0 ] || facts_by=$v_root/releases/$facts_live/.tarlift/exec\n}\n\n# facts_decides PATH: whether $facts_user can put something else there: it, or a directory above it, is this user's or is writable for it,\n# and so with what links lead to. What is there already in a sticky directory stays. An artifact decides for the user of its commands what\n# is in releases and environments.\nfacts_decides() {\n	if [ \"$1\" != / ]; then\n		facts_above=${1%/*}\n		! (facts_decides \"${facts_above:-/}\") || return 0\n	fi\n	if [ \"$facts_user\" = \"${v_run_as-}\" ]; then\n		for facts_place in \"$v_root/releases\" \"$v_root/.tarlift\" \"$v_environments_root\"; do\n			# shellcheck disable=SC3013 # POSIX.1-2024; older shells have it too\n			[ ! \"$1\" -ef \"$facts_place\" ] || return 0\n		done\n	fi\n	# shellcheck disable=SC2046 # owner, mode\n	set -- \"$1\" $(stat -c '%u %a' \"$1\" 2>/dev/null)\n	[ \"${2-}\" != \"$facts_uid\" ] || return 0\n	if [ -L \"$1\" ]; then\n		facts_target=$(readlink \"$1\")\n		case $facts_target in /*) ;; *) facts_target=${1%/*}/$facts_target ;; esac\n		facts_decides \"$facts_target\"\n		return\n	fi\n	case ${3-} in [1357]???) [ ! -d \"$1\" ] || return 1 ;; esac\n	case ${3-} in\n	*[2367] | *[2367]?) can \"$facts_user\" w \"$1\" ;;\n	*) return 1 ;;\n	esac\n}\n\n# facts_probe PYTHON: what it says of itself, started by $facts_as. It gets no channel to the machine that deploys, and not the lock.\nfacts_probe() {\n	(\n		exec 3>&- 4<&- 9>&-\n		cd / || exit\n		facts_text=$(cat \"$request/interpreter-probe\")\n		(as_user \"$facts_as\" ${facts_by:+\"$facts_by\"} \"$1\" -I -c \"$facts_text\") || (as_user \"$facts_as\" ${facts_by:+\"$facts_by\"} \"$1\" --version) || echo broken\n	) 2>/dev/null\n}\n\n# facts_environment ENVIRONMENT_ID: one that was changed since it was verified is none that a release may use.\nfacts_environment() {\n	environment_look \"$1\" no\n	[ -s \"$session/drift\" ] || return 0\n	finding \"environment $1 was changed on this host since it was verified ($(wc -l <\"$session/drift\" | tr -d ' ') files, first $(head -n 1 \"$session/drift\"))\" \\\n		\"Put back what was changed in $v_environments_root/$1, or build the environment again, which gives it another id: tarlift build-env --rebuild, then bundle and deploy.\"\n}\n\n# facts_left ENVIRONMENT_ID: what a broken transfer left of it, by content and mode: tells `left-<id>`, lines `<x or -><16 hex> <path>`.\nfacts_left() {\n	receiving \"$1\"\n	[ -d \"$receiving\" ] || return 0\n	(\n		cd \"$receiving\" || exit\n		find . -type f -perm 0555 | sed 's|^\\./||' | hash_list x\n		find . -type f -perm 0444 | sed 's|^\\./||' | hash_list -\n	) >\"$session/left\"\n	reply_text \"left-$1\" \"$session/left\"\n}\n\nfacts_shared() {\n	if [ -f \"$request/shared-files\" ]; then\n		while IFS= read -r facts_path; do\n			[ -f \"$v_root/shared/$facts_path\" ] || reply missing_shared \"$facts_path\"\n		done <\"$request/shared-files\"\n	fi\n	if [ -f \"$request/shared-directories\" ]; then\n		while IFS= read -r facts_path; do\n			[ -d \"$v_root/shared/$facts_path\" ] && read_only \"$v_root/shared/$facts_path\" || continue\n			first_line \"$session/mount\"\n			case \" ${read_only_told-} \" in *\" $line \"*) ;; *) reply read_only_shared \"$facts_path\" ;; esac\n		done <\"$request/shared-directories\"\n	fi\n	[ -n \"${v_run_as-}\" ] && [ \"$v_run_as\" != \"$(id -un)\" ] || return 0\n	if ! id -u \"$v_run_as\" >/dev/null 2>&1; then\n		reply missing_user \"$v_run_as\"\n		return 0\n	fi\n	! [ -d \"$v_root\" ] || can_reach \"$v_run_as\" \"$v_root\" || reply unreachable \"$blocked\"\n	if [ -f \"$request/shared-directories\" ]; then\n		while IFS= read -r facts_path; do\n			[ ! -d \"$v_root/shared/$facts_path\" ] || can \"$v_run_as\" w \"$v_root/shared/$facts_path\" || reply unwritable_shared \"$facts_path\"\n		done <\"$request/shared-directories\"\n	fi\n}\n\n# Programs and compiled modules of a release run where it is. A live release shows that this one needs none of them: then it is a warning.\nfacts_executable() {\n	facts_told=\n	for facts_directory in \"$v_root\" \"$v_environments_root\"; do\n		standing \"$facts_directory\"\n		mounted \"$standing\" noexec || continue\n		first_line \"$session/mount\"\n		[ \"$line\" != \"$facts_told\" ] || continue\n		facts_told=$line\n		facts_what=\"$facts_directory is on a file system that is mounted noexec ($line): no program and no compiled module runs from there\"\n		if [ -n \"$facts_live\" ]; then\n			reply warning \"$facts_what\"\n		else\n			finding \"$facts_what\" \"As root on the host: mount -o remount,exec $line   and take noexec out of its line in /etc/fstab (or of its unit). Or give the target another \\`root\\`, and tarlift.yml another \\`environments-root\\` (at its top).\"\n		fi\n	done\n}\n\n# can USER r|w|x PATH: by owner, group and mode, as the kernel decides it: asking as that user would need sudo. What modes do not give, an ACL\n# may: that refuses nothing.\ncan() {\n	can_by_mode \"$@\" || can_by_acl \"$@\"\n}\n\n# can_by_acl USER r|w|x PATH: whether there is an ACL that may give it; a warning where that cannot be tried.\ncan_by_acl() {\n	# shellcheck disable=SC2012 # the first word of one line\n	case $(ls -ldL -- \"$3\" 2>/dev/null | head -n 1) in ??????????+*) ;; *) return 1 ;; esac\n	# shellcheck disable=SC2016 # text for another shell\n	! [ \"$user_id\" -eq 0 ] || ! (as_user \"$1\" sh -c 'test \"-$1\" \"$2\"' sh \"$2\" \"$3\") >/dev/null 2>&1 || return 0\n	case \"${can_told-}\" in *\"|$*|\"*) return 0 ;; esac\n	can_told=\"${can_told-}|$*|\"\n	case $2 in r) can_word=\"read\" ;; w) can_word=\"write\" ;; *) can_word=\"enter\" ;; esac\n	reply warning \"unproven that $1 may $can_word $3: its modes do not let it, and it has an ACL, which is not read here (getfacl $3)\"\n}\n\ncan_by_mode() {\n	can_uid=$(id -u \"$1\")\n	[ \"$can_uid\" -ne 0 ] || return 0\n	# shellcheck disable=SC2046 # mode, owner, group\n	set -- \"$1\" \"$2\" $(stat -L -c '%a %u %g' \"$3\")\n	case $2 in r) can_bit=4 ;; w) can_bit=2 ;; *) can_bit=1 ;; esac\n	can_mode=000$3\n	can_mode=${can_mode#\"${can_mode%???}\"}\n	if [ \"$4\" = \"$can_uid\" ]; then\n		can_digit=${can_mode%??}\n	elif id -G \"$1\" | tr ' ' '\\n' | grep -qx \"$5\"; then\n		can_digit=${can_mode#?}\n		can_digit=${can_digit%?}\n	else\n		can_digit=${can_mode#??}\n	fi\n	[ $((can_digit & can_bit)) -ne 0 ]\n}\n\n# can_reach USER DIRECTORY: whether the user may pass through it and all above it; sets blocked.\ncan_reach() {\n	blocked=$2\n	while :; do\n		can \"$1\" x \"$blocked\" || return 1\n		[ \"$blocked\" != / ] || return 0\n		blocked=$(dirname \"$blocked\")\n	done\n}\n\n# compare_wanted: $request/wanted names every entry of the coming release, in order:\n#   d <path>     l <path><TAB><target>     f <x or -><first 16 hex digits of its sha256> <path>\n# Writes $session/sources, the releases that anything is linked from, and $session/plan, about the n-th lines that are files:\n# b <release> (the base: what is not named here is linked from the same path of it), m <n>[-<n>] (missing), i <n> (an earlier, broken\n# transfer left it), l <n> <path> (linked from there, relative to the root).\n# A file counts as there when its release is good (or prepared: verified, and then another host was not), it is ours, and size, mode and\n# mtime are those that were recorded.\ncompare_wanted() {\n	compare_base=\n	compare_names=\n	compare_files=\n	link_release current\n	for compare_name in \"$line\" $(good_releases | tail -n 3) $(prepared_releases); do\n		[ -n \"$compare_name\" ] && [ -d \"$v_root/releases/$compare_name\" ] || continue\n		release_state \"$compare_name\"\n		case $line in good | prepared) ;; *) continue ;; esac\n		case \"$compare_names \" in *\" $compare_name \"*) continue ;; esac\n		[ -f \"$v_root/.tarlift/releases/$compare_name/stat\" ] || continue\n		# An adopted one has no digest, and files that may still be changed in place.\n		recorded \"$compare_name\" digest\n		[ -n \"$line\" ] || continue\n		compare_base=${compare_base:-$compare_name}\n		compare_names=\"$compare_names $compare_name\"\n		compare_files=\"$compare_files $v_root/.tarlift/releases/$compare_name/index $v_root/.tarlift/releases/$compare_name/stat\"\n	done\n	# What a broken transfer left, by its content and mode.\n	: >\"$session/left\"\n	if [ -d \"$v_root/.tarlift/incoming/$v_incoming\" ]; then\n		(\n			cd \"$v_root/.tarlift/incoming/$v_incoming\" || exit\n			# What its owner may write does not stay where the owner may not.\n			set --\n			[ \"$modes\" = open ] || set -- ! -perm -0200\n			find . -type f -perm -0100 \"$@\" | sed 's|^\\./||' | hash_list x\n			find . -type f ! -perm -0100 \"$@\" | sed 's|^\\./||' | hash_list -\n		) >\"$session/left\"\n	fi\n	# 1. Candidates by content: n, then the path relative to the root; the same path in the first release before any other. And how each\n	# was recorded.\n	: >\"$session/candidates\"\n	: >\"$session/recorded\"\n	: >\"$session/paths\"\n	# shellcheck disable=SC2086 # roots and names of releases have no spaces\n	[ -z \"$compare_files\" ] || awk -v \"session=$session\" -v \"uid=$user_id\" -v \"modes=$modes\" '\n		FNR == 1 { last = split(FILENAME, part, \"/\"); kind = part[last]; at = \"releases/\" part[last - 1] \"/\" }\n		kind == \"wanted\" { if (/^f /) { n++; key[n] = $2; path[n] = substr($0, 21); wanted[$2] = 1 } next }\n		kind == \"index\" {\n			if (!/^f /) next\n			k = ($2 == \"0755\" ? \"x\" : \"-\") substr($4, 1, 16)\n			if (!(k in wanted)) next\n			same = substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1)\n			if (!(k in first)) first[k] = at same\n			if (!((k, same) in there)) there[k, same] = at same\n			next\n		}\n		{\n			# A file that its owner may write is never linked to where a service runs as the owner.\n			if (modes != \"open\" && $1 ~ /[2367]/) next\n			path_of = substr($0, length($1 $2 $3) + 4)\n			recorded[at path_of] = uid \" \" substr($0, 1, length($1 $2 $3) + 3) at path_of\n		}\n		END { for (i = 1; i <= n; i++) {\n			from = (key[i], path[i]) in there ? there[key[i], path[i]] : first[key[i]]\n			if (from == \"\") continue\n			print i \" \" from >(session \"/candidates\")\n			if (from in seen) continue\n			seen[from] = 1\n			print from >(session \"/paths\")\n			if (from in recorded) print recorded[from] >(session \"/recorded\")\n		} }\n	' \"$request/wanted\" $compare_files\n	# 2. Those that are still as they were recorded.\n	: >\"$session/seen\"\n	[ ! -s \"$session/paths\" ] ||\n		tr '\\n' '\\0' <\"$session/paths\" | (cd \"$v_root\" && xargs -0 stat -c '%u %a %s %Y %n' -- 2>/dev/null) >\"$session/seen\"\n	if [ -n \"$compare_base\" ]; then echo \"b $compare_base\"; fi >\"$session/plan\"\n	: >\"$session/sources\"\n	awk -v \"base=releases/$compare_base/\" -v \"sources=$session/sources\" '\n		function stretch() { if (from) print \"m \" from (to > from ? \"-\" to : \"\"); from = 0 }\n		function use(at) { sub(/^releases\\//, \"\", at); sub(/\\/.*/, \"\", at); if (!(at in used)) print at >sources; used[at] = 1 }\n		# FILENAME tells the parts apart, because any of the files may be empty.\n		FILENAME ~ /\\/recorded$/ { recorded[$0] = 1; next }\n		FILENAME ~ /\\/seen$/ { if ($0 in recorded) { at = $0; sub(/^[0-9]+ [0-7]+ [0-9]+ [0-9]+ /, \"\", at); sound[at] = 1 } next }\n		FILENAME ~ /\\/left$/ { left[substr($0, 1, 17) \" \" substr($0, 19)] = 1; next }\n		FILENAME ~ /\\/candidates$/ { at = $0; sub(/^[0-9]+ /, \"\", at); if (at in sound) source[$1] = at; next }\n		/^f / {\n			n++\n			path = substr($0, 21)\n			if (($2 \" \" path) in left) { stretch(); print \"i \" n }\n			else if (!(n in source)) { if (!from) from = n; to = n }\n			else { stretch(); use(source[n]); if (source[n] != base path) print \"l \" n \" \" source[n] }\n		}\n		END { stretch() }\n	' \"$session/recorded\" \"$session/seen\" \"$session/left\" \"$session/candidates\" \"$request/wanted\" >>\"$session/plan\"\n	cp \"$request/wanted\" \"$session/wanted\"\n}\n\n# hash_list MODE: reads paths, writes `<MODE><16 hex> <path>`.\nhash_list() {\n	tr '\\n' '\\0' | xargs -0 sha256sum -- 2>/dev/null | awk -v \"mode=$1\" '{ print mode substr($0, 1, 16) \" \" substr($0, 67) }'\n}\n\n# The names of releases that were verified and never became live.\nprepared_releases() {\n	for prepared_file in \"$v_root\"/.tarlift/releases/*/state; do\n		first_line \"$prepared_file\"\n		prepared_file=${prepared_file%/state}\n		[ \"$line\" != prepared ] || echo \"${prepared_file##*/}\"\n	done\n}\n\n# The names of good releases, the one that became good last at the end.\ngood_releases() {\n	for good_file in \"$v_root\"/.tarlift/releases/*/good; do\n		[ -f \"$good_file\" ] || continue\n		good_name=${good_file%/good}\n		good_name=${good_name##*/}\n		release_state \"$good_name\"\n		[ \"$line\" = good ] || continue\n		first_line \"$good_file\"\n		printf '%s %s\\n' \"${line%% *}\" \"$good_name\"\n	done | sort -n | cut -d ' ' -f 2\n}\n";

// src/remote/file-modes.sh
var file_modes_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2034 # s_…: services.sh; v_…, user_…: main.sh; modes and modes_why are for facts.sh\n# Which modes the files of a release and its configuration have. `open`: their owner, the SSH user, may write them (0644, 0755), as in a\n# checkout, so that a program that copies one with its mode (a database from a template) gets a copy that it can write. `closed`: their owner\n# may not (0444, 0555), where a service or a task runs as that owner: it could write through a hard link into each release that has the\n# same file.\n\n# After services_known. Sets $modes, and $modes_why where they are closed.\nmodes_choose() {\n	modes=closed\n	if is_owner \"${v_run_as-}\"; then\n		modes_why=\"hooks and migrations run as $user_name, who owns them\"\n	elif [ -n \"${modes_service_why-}\" ]; then\n		modes_why=$modes_service_why\n	else\n		modes=open\n	fi\n}\n\n# After service_load and a look at the service: keeps the first reason for which one runs as the owner of the files. The supervisor's own\n# word and the processes that are there count beside the configuration, which may say something else.\nmodes_service() {\n	[ -z \"${modes_service_why-}\" ] || return 0\n	case $s_kind in\n	systemd-user) modes_runs=yes ;;\n	command) if is_owner \"$s_commands_as\"; then modes_runs=yes; else modes_runs=no; fi ;;\n	*)\n		modes_runs=no\n		! is_owner \"${s_run_as:-${v_run_as-}}\" || modes_runs=yes\n		[ \"$s_kind\" != systemd ] || ! modes_unit || modes_runs=yes\n		for modes_pid in ${s_pids-}; do\n			[ \"$(stat -c %u \"/proc/$modes_pid\" 2>/dev/null)\" != \"$user_id\" ] || modes_runs=yes\n		done\n		;;\n	esac\n	[ \"$modes_runs\" = no ] || modes_service_why=\"service $s_name runs as $user_name, who owns them\"\n}\n\n# Whether the unit runs as the owner: no User= is root.\nmodes_unit() {\n	case $(systemd_show DynamicUser) in yes) return 1 ;; esac\n	modes_user=$(systemd_show User)\n	is_owner \"${modes_user:-root}\"\n}\n\n# is_owner USER: whether it is the SSH user, by name or number; none is.\nis_owner() {\n	[ -n \"$1\" ] || return 0\n	[ \"$1\" != \"$user_name\" ] || return 0\n	[ \"$(id -u \"$1\" 2>/dev/null)\" = \"$user_id\" ]\n}\n\n# --- the configuration -------------------------------------------------------------------------------------------------------------\n\n# readers_service: after service_load and a look at the service: sets $readers_others where another user than the SSH user may be the one\n# that reads the configuration. Only what its supervisor says of its user, and the processes that are there, are proof that it is none. All\n# that were seen are in $session/readers-seen.\nreaders_service() {\n	readers_user=\n	is_owner \"${s_run_as:-${v_run_as-}}\" || readers_others=yes\n	readers_owner || readers_others=yes\n	echo \"$readers_user\" >>\"$session/readers-seen\"\n	for readers_pid in ${s_pids-}; do\n		readers_owned=$(stat -c '%u %U' \"/proc/$readers_pid\" 2>/dev/null)\n		[ \"${readers_owned%% *}\" = \"$user_id\" ] || readers_others=yes\n		echo \"${readers_owned#* }\" >>\"$session/readers-seen\"\n	done\n}\n\n# Whether the supervisor starts the service as the SSH user; which user it is, in readers_user.\nreaders_owner() {\n	case $s_kind in\n	systemd-user) return 0 ;;\n	systemd)\n		readers_user=$(systemd_show User)\n		modes_unit\n		;;\n	supervisord)\n		readers_user=$(supervisor_setting user root)\n		[ -n \"$readers_user\" ] && is_owner \"$readers_user\"\n		;;\n	*) return 1 ;;\n	esac\n}\n\n# readers_note: after all services: what let_read_configuration goes by.\nreaders_note() {\n	rm -f \"$session/own-readers\"\n	readers_named >\"$session/readers\"\n	[ -z \"$(value services)\" ] || [ -n \"${readers_others-}\" ] || : >\"$session/own-readers\"\n}\n\n# The users that services have of their own.\nreaders_named() {\n	sed -n 's/^service\\.[^ ]*\\.\\(run-as\\|commands-as\\) //p' \"$request/values\"\n}\n\n# let_read_configuration: in the .tarlift of a release. Where services and tasks all run as the SSH user, it is for that user alone; else also\n# for the group of the services' user, into which `host setup` puts the SSH user.\nlet_read_configuration() {\n	if readers_own; then\n		chmod 0600 env\n		return\n	fi\n	readers_group=\n	[ -z \"${v_run_as-}\" ] || readers_group=$(id -gn \"$v_run_as\" 2>/dev/null)\n	[ -z \"$readers_group\" ] || chgrp \"$readers_group\" env 2>/dev/null || :\n	chmod 0640 env\n	if [ -n \"${v_run_as-}\" ] && ! can \"$v_run_as\" r env; then\n		group_word \"$v_run_as\"\n		fail_with \"$v_run_as cannot read the configuration of the release\" \"Put $(id -un) into its group: usermod -aG $group_word $(id -un)\"\n	fi\n	readers_told\n}\n\nreaders_own() {\n	[ -f \"$session/own-readers\" ] && is_owner \"${v_run_as-}\" || return 1\n	for readers_user in ${v_commands_as-}; do\n		is_owner \"$readers_user\" || return 1\n	done\n}\n\n# readers_told: names who else is in the group that may read the configuration. The group of root is root's.\nreaders_told() {\n	readers_gid=$(stat -c %g env)\n	[ \"$readers_gid\" -ne 0 ] || return 0\n	readers_known=\" $user_name ${v_run_as-} ${v_commands_as-} $({ readers_named && cat \"$session/readers\" \"$session/readers-seen\"; } 2>/dev/null | tr '\\n' ' ') \"\n	# A directory (LDAP, AD) that does not answer is not waited for.\n	{ timeout 5 getent passwd || cat /etc/passwd; } >\"$session/passwd\" 2>/dev/null\n	{ timeout 5 getent group \"$readers_gid\" || cat /etc/group; } >\"$session/group\" 2>/dev/null\n	readers_names=$(awk -F : -v \"known=$readers_known\" -v \"group=$readers_gid\" '\n		function found(name) { if (name != \"\" && !index(known, \" \" name \" \")) { known = known name \" \"; if (++count <= 5) print name } }\n		FILENAME ~ /\\/passwd$/ { if ($4 == group && $3 != 0) found($1); next }\n		$3 == group { n = split($4, names, \",\"); for (i = 1; i <= n; i++) found(names[i]) }\n		END { if (count > 5) print \"and \" count - 5 \" more\" }\n	' \"$session/passwd\" \"$session/group\" | tr '\\n' ' ')\n	[ -z \"$readers_names\" ] ||\n		reply warning \"the configuration of the release, with its secrets, can be read by all of the group $(stat -c %G env), and others are in it: ${readers_names% }. Give ${v_run_as:-$user_name} a group of its own on the host (groupadd, usermod --gid), and deploy again\"\n}\n";

// src/remote/frames.sh
var frames_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2034,SC2015 # session, request: main.sh; frame_kind is read there; A && B || C is meant as it is\n# Frames: how this program talks with the machine that deploys.\n#\n# A frame is a header of 80 bytes and a body. Header: kind (8, padded), length of the body in bytes (10 digits), a space, a name\n# (60, padded), a newline. A body has at most 1 MiB on its way here. Frames are read with `dd iflag=fullblock` and with nothing else:\n# head, tar and zstd read further than they are told, and would swallow what follows, and so does the `read` of dash 0.5.13 where it\n# meets a NUL.\n#\n#   to the host     open  <nonce>       the reply is the nonce on a line of its own: whatever stood before it was the login shell's\n#                   call  <verb>        a call, whole in one frame. Body: `key value` lines, which become $request/values and the shell\n#                                       variables v_<key>; an empty line; its texts, each of which becomes the file $request/<name>: a line\n#                                       `<name> <number of lines>`, and the lines; a line with a dot alone\n#                   begin <verb>        the same, and more texts follow\n#                   text  <name>        a piece of such a text (gzip: the same, compressed)\n#                   run                 all of them have come: the verb starts\n#                   data, end           bytes for the verb that runs, and their end\n#                   keep                nothing: the other side is alive\n#   from the host   out                 what a child of the verb prints\n#                   text  <name>        a part of the result\n#                   alive               nothing: a verb that waits still runs\n#                   data  <name>        bytes that are taken as they come, and kept by nothing on the way\n#                   ok | no             the end of a call: `key value` lines; `no` has what, remedy, perhaps a text `output`, and `over yes`\n#                                       where the connection ends with it\n#\n# Channels: 3 = replies, 4 = frames, 6 = data for a verb, 9 = the host's lock. Standard output and error of everything else end in\n# /dev/null or a file, so that nothing a child prints can be mistaken for a reply.\n\n# Reads a header into frame_kind, frame_length and frame_name; false at the end of the connection.\nframe_read() {\n	frame_header=$(dd bs=80 count=1 iflag=fullblock <&4 2>/dev/null 3>&- 4<&- 9>&-)\n	[ \"${#frame_header}\" -ge 19 ] || return 1\n	# shellcheck disable=SC2086 # the header consists of words\n	set -- $frame_header\n	frame_kind=$1\n	frame_length=$2\n	frame_name=${3-}\n	case $frame_length in '' | *[!0-9]*) return 1 ;; esac\n	case $frame_name in *[!A-Za-z0-9._-]* | .*) return 1 ;; esac\n	# Without leading zeros, which dd and arithmetic would read as octal.\n	frame_length=${frame_length#\"${frame_length%%[!0]*}\"}\n	frame_length=${frame_length:-0}\n}\n\n# Writes the body of the frame that was read last to standard output.\nframe_body() {\n	[ \"$frame_length\" -eq 0 ] || dd bs=\"$frame_length\" count=1 iflag=fullblock <&4 2>/dev/null 3>&- 4<&- 9>&-\n}\n\n# reply_frame KIND NAME FILE\nreply_frame() {\n	reply_length=0\n	[ ! -s \"$3\" ] || reply_length=$(wc -c <\"$3\")\n	printf '%-8s%010d %-60s\\n' \"$1\" \"$reply_length\" \"$2\" >&3\n	[ \"$reply_length\" -eq 0 ] || cat \"$3\" >&3\n}\n\n# reply_say KIND NAME TEXT: the same without a file, because the disk may be full.\nreply_say() {\n	reply_length=$(printf '%s\\n' \"$3\" | wc -c)\n	printf '%-8s%010d %-60s\\n%s\\n' \"$1\" \"$reply_length\" \"$2\" \"$3\" >&3\n}\n\n# alive: in every loop that waits. The other side takes a host that sends nothing for minutes for lost.\nalive() {\n	uptime_now\n	[ \"$uptime\" -ge \"${alive_next:-0}\" ] || return 0\n	alive_next=$((uptime + 1500))\n	printf '%-8s%010d %-60s\\n' alive 0 \"\" >&3\n}\n\n# value KEY: prints what the request says for a key, nothing when it says nothing.\nvalue() {\n	while IFS= read -r value_line; do\n		if [ \"${value_line%% *}\" = \"$1\" ]; then\n			printf '%s\\n' \"${value_line#* }\"\n			return 0\n		fi\n	done <\"$request/values\"\n}\n\n# reply KEY VALUE…: one line of the final reply.\nreply() {\n	one_line \"$*\"\n	printf '%s\\n' \"$one_line\" >>\"$session/reply\"\n}\n\n# finding WHAT [REMEDY]: something that would make a deploy fail; all of them are told at once.\nfinding() {\n	one_line \"$1\"\n	set -- \"$one_line\" \"${2-}\"\n	one_line \"$2\"\n	printf 'finding %s\\t%s\\n' \"$1\" \"$one_line\" >>\"$session/reply\"\n}\n\n# one_line TEXT: sets $one_line. What another program printed may have newlines, and a line of its own would be another key of the reply.\none_line() {\n	one_line=$1\n	case $1 in\n	*\"\n\"*) one_line=$(printf '%s' \"$1\" | tr '\\n' ' ') ;;\n	esac\n}\n\n# text_end BYTES: the last bytes of what is piped in, after a mark where there was more (src/report/cut.ts). In a pipe alone, which its\n# LC_ALL does not outlive.\ntext_end() {\n	LC_ALL=C\n	text_end=$(tail -c \"$(($1 + 1))\" && echo .)\n	text_end=${text_end%.}\n	if [ \"${#text_end}\" -gt \"$1\" ]; then\n		printf '[…]%s' \"${text_end#?}\"\n	else\n		printf '%s' \"$text_end\"\n	fi\n}\n\n# reply_text NAME FILE: a part of the result that has lines of its own.\nreply_text() {\n	reply_frame text \"$1\" \"$2\"\n}\n\n# fail_with WHAT [REMEDY [FILE]]: ends the call; FILE holds what was said. `%` in WHAT and REMEDY has no meaning.\nfail_with() {\n	[ -z \"${3-}\" ] || reply_text output \"$3\"\n	if ! has_room \"$v_root\"; then\n		set -- \"the disk is full: $1\" \"Free some space or inodes of $v_root (df, df -i), or keep fewer releases (\\`keep\\` of the target).\"\n	elif session_full; then\n		session_words\n		set -- \"$session_what: $1\" \"$session_remedy\"\n	elif read_only \"$v_root\"; then\n		read_only_words\n		set -- \"$line is mounted read-only: $1\" \"$read_only_remedy\"\n	fi\n	one_line \"$1\"\n	set -- \"$one_line\" \"${2-}\"\n	one_line \"$2\"\n	reply_say no \"\" \"what $1${one_line:+\nremedy $one_line}\"\n	exit 9\n}\n\n# step_run SECONDS COMMAND…: runs a child, streams what it prints, and returns its exit code (128 + n for signal n). 0 seconds: no limit.\n# Sets step_timed_out. The child has none of our channels, nor the lock: one that becomes a daemon would keep it for ever.\nstep_run() {\n	step_limit=$1\n	step_then=\n	shift\n	# Another file than that of a step that was left.\n	rm -f \"$session/step-code\" \"$session/out\"\n	: >\"$session/out\"\n	# Closed by exec: dash keeps a copy of a channel that a redirection closes for a function.\n	(\n		exec 9>&-\n		step_start \"$@\"\n	) &\n	step_wait \"$!\"\n}\n\n# stream COMMAND…: the same without a limit.\nstream() {\n	step_run 0 \"$@\"\n}\n\n# The same for a child that keeps the lock until it ends, whatever becomes of us: migrations. Their journal is told how they ended.\nstep_run_locked() {\n	step_limit=$1\n	step_then=journal_end\n	shift\n	rm -f \"$session/step-code\" \"$session/out\"\n	: >\"$session/out\"\n	step_start \"$@\" &\n	step_wait \"$!\"\n}\n\n# In the background. A function may `exec`: its process is another than the one that writes its exit code down.\nstep_start() {\n	exec 3>&- 4<&- 6<&- </dev/null >>\"$session/out\" 2>&1\n	[ -z \"$step_then\" ] || journal_outlive \"$@\"\n	step_child \"$@\"\n}\n\nstep_child() {\n	if [ -n \"$user_lc_all\" ]; then LC_ALL=$user_lc_all; else unset LC_ALL; fi\n	step_inner=0\n	(\"$@\") || step_inner=$?\n	[ -z \"$step_then\" ] || \"$step_then\" \"$step_inner\"\n	echo \"$step_inner\" >\"$session/step-code.part\"\n	mv -f \"$session/step-code.part\" \"$session/step-code\"\n}\n\nstep_wait() {\n	step_pid=$1\n	! step_may_stop || echo \"$step_pid\" >\"$session/step\"\n	step_sent=0\n	step_timed_out=0\n	step_runs_on=\n	step_polls=0\n	step_leave_at=\n	limit \"$step_limit\"\n	step_end_at=$limit\n	while [ ! -f \"$session/step-code\" ] && kill -0 \"$step_pid\" 2>/dev/null; do\n		step_stream\n		alive\n		step_polls=$((step_polls + 1))\n		if [ \"$step_polls\" -lt 10 ]; then sleep 0.03; else sleep 0.2; fi 2>/dev/null || sleep 1\n		if [ -z \"$step_leave_at\" ]; then\n			step_due\n		elif step_may_stop && over \"$step_leave_at\"; then\n			step_leave\n			break\n		fi\n	done\n	step_stream\n	step_code=137\n	[ ! -f \"$session/step-code\" ] || read -r step_code <\"$session/step-code\"\n	rm -f \"$session/step\"\n	return \"$step_code\"\n}\n\n# step_may_stop: whether a step ends where its run does. Everything else comes to its own end: what swaps, starts services or commits must,\n# and a migration has the lock for as long as it takes.\nstep_may_stop() {\n	case ${verb-}:${v_inherit-} in\n	task:yes) return 1 ;;\n	task:* | prepare:*) ;;\n	*) return 1 ;;\n	esac\n}\n\n# Ends the step where it is due: at its limit, or where its run is over.\nstep_due() {\n	if [ \"$step_limit\" -gt 0 ] && over \"$step_end_at\"; then\n		step_timed_out=1\n		rm -f \"$session/step\"\n		step_end \"$step_pid\"\n	elif step_may_stop && { [ -f \"$session/ended\" ] || [ -f \"$session/silent\" ]; }; then\n		# It began after they were told (main_stop_verb), or they have taken this file and do it.\n		! mv \"$session/step\" \"$session/step-ended\" || step_end \"$step_pid\"\n	else\n		return 0\n	fi\n	limit 15\n	step_leave_at=$limit\n}\n\n# Ten seconds after step_end has killed it: what does not end is left alone, and the reply says so. It has no lock, and its exit code would\n# be taken for that of the next step.\nstep_leave() {\n	# shellcheck disable=SC2046 # process ids\n	one_line \"$(step_owners $(step_tree \"$step_pid\"))\"\n	step_runs_on=\"it runs on${one_line:+ as $one_line}\"\n	kill -KILL \"$step_pid\"\n}\n\n# step_ended CODE: how it ended, in words; a signal has its name. Above 31 no signal has one, and busybox prints any number as it is.\nstep_ended() {\n	if [ -n \"${step_runs_on-}\" ]; then\n		printf 'not to be stopped after %s s: %s' \"$step_limit\" \"$step_runs_on\"\n	elif [ \"${step_timed_out:-0}\" -eq 1 ]; then\n		printf 'stopped after %s s' \"$step_limit\"\n	elif [ \"$1\" -gt 128 ] && [ \"$1\" -lt 160 ] && step_signal=$(kill -l \"$(($1 - 128))\" 2>/dev/null); then\n		printf 'killed by SIG%s' \"${step_signal#SIG}\"\n		[ \"$1\" -ne 137 ] || printf ' (out of memory?)'\n	else\n		printf 'exit code %s' \"$1\"\n	fi\n}\n\n# Ends the child and all that it started and that is still its descendant; five seconds after the polite way, the other one.\nstep_end() {\n	step_family=$(step_tree \"$1\")\n	# shellcheck disable=SC2086,SC2046 # process ids\n	(\n		step_signal TERM $step_family\n		sleep 5\n		step_signal KILL $step_family $(step_tree \"$1\")\n	) >/dev/null 2>&1 3>&- 4<&- 9>&- &\n}\n\n# step_signal NAME PID…: what runs as another user through sudo only that user may signal, and sudo starts nothing but a release's wrapper\n# as that user: any that this user can read the configuration of. sudo itself is root's, and ends with what it runs.\nstep_signal() {\n	step_name=$1\n	shift\n	[ \"$#\" -gt 0 ] || return 0\n	kill \"-$step_name\" \"$@\"\n	[ \"$(id -u)\" -ne 0 ] || return 0\n	for step_owner in $(step_owners \"$@\"); do\n		for step_by in \"$v_root\"/releases/*/.tarlift/exec; do\n			# shellcheck disable=SC2016 # that shell's\n			! sudo -n -u \"$step_owner\" \"$step_by\" sh -c 'kill \"$@\"; :' sh \"-$step_name\" \"$@\" || break\n		done\n	done\n}\n\n# step_owners PID…: whose processes they are, without root and this user.\nstep_owners() {\n	for step_process; do stat -c %U \"/proc/$step_process\"; done 2>/dev/null | sort -u | grep -vxF -e root -e \"$(id -un)\"\n}\n\n# process_start PID: when it was started, in ticks since the boot; nothing when it is gone, or dead and not yet waited for. The name,\n# field 2, may hold anything: what follows its end stands in the last line.\nprocess_start() {\n	start_line=\n	{\n		while IFS= read -r start_more; do start_line=$start_more; done <\"/proc/$1/stat\"\n	} 2>/dev/null\n	# shellcheck disable=SC2086 # words: state, parent, …\n	set -- ${start_line##*\") \"}\n	case ${1-Z} in Z | X) ;; *) echo \"${20-}\" ;; esac\n}\n\n# for_all COMMAND…: runs it with the words of standard input behind it, as often as they need: the files of all processes may be more than an\n# argument list takes. False where it could not be run; that it fails by itself, as grep does where it finds nothing, is no such thing.\nfor_all() {\n	xargs \"$@\" 2>/dev/null || [ \"$?\" -eq 123 ]\n}\n\n# step_tree PID: its descendants. The parent of a process is the second word after its name, which ends with the last parenthesis.\nstep_tree() {\n	echo /proc/[0-9]*/stat | for_all cat | awk -v \"root=$1\" '\n		{ pid = $1; sub(/.*\\) /, \"\"); parent[pid] = $2 }\n		END {\n			family[root] = 1\n			do {\n				found = 0\n				for (pid in parent) if (!(pid in family) && (parent[pid] in family)) { family[pid] = 1; found = 1; print pid }\n			} while (found)\n		}'\n}\n\n# Sends what the child has printed since the last time, in pieces of 1 MiB.\nstep_stream() {\n	step_size=$(wc -c <\"$session/out\")\n	while [ \"$step_size\" -gt \"$step_sent\" ]; do\n		step_piece=$((step_size - step_sent))\n		[ \"$step_piece\" -le 1048576 ] || step_piece=1048576\n		tail -c \"+$((step_sent + 1))\" \"$session/out\" | head -c \"$step_piece\" >\"$session/out-part\"\n		reply_frame out \"\" \"$session/out-part\"\n		step_sent=$((step_sent + step_piece))\n	done\n}\n";

// src/remote/handover.sh
var handover_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # s_…: services.sh; v_root, session, verb: main.sh\n# How what runs gives way to what comes: a graceful stop is waited for and never cut, and a reload counts when its old workers are gone.\n\n# service_may_reload RELEASE FROM: whether the configured reload or signal can bring RELEASE; else s_why says why not, and is empty where\n# that needs no word: nothing ran, or a release is taken back, perhaps because its reload did not work.\nservice_may_reload() {\n	s_why=\n	[ -n \"$2\" ] && [ \"$s_state\" = running ] && [ \"$verb\" != revert ] || return 1\n	if [ \"$(release_environments \"$1\")\" != \"$(release_environments \"$2\")\" ]; then\n		s_why=\"its environment changes\"\n	elif [ \"$(release_configuration \"$1\")\" != \"$(release_configuration \"$2\")\" ]; then\n		s_why=\"the configuration changes, and a process keeps the one that it was started with\"\n	elif [ \"$(wc -l <\"$s_files.before\")\" -le \"$(echo \"$s_pids\" | wc -w)\" ]; then\n		s_why=\"it has no workers that could be renewed\"\n	fi\n	[ -z \"$s_why\" ]\n}\n\nrelease_configuration() {\n	sed -n 's/^configuration //p' \"$v_root/.tarlift/releases/$1/record\" 2>/dev/null\n}\n\nsupervisor_replace() {\n	supervisor_log_handover &\n	supervisor_call restart \"$s_unit\"\n}\n\n# service_replace: the restart, as the child of a step. A service with a stop-timeout has that long to end; what then still runs is left\n# alone (124): its supervisor was told, and starts it anew when it has finished.\nservice_replace() {\n	case $s_kind in\n	supervisord) set -- supervisor_replace ;;\n	command) set -- service_text restart ;;\n	*) set -- systemd_restart ;;\n	esac\n	limit \"${s_stop_limit:-600}\"\n	replace_end=$limit\n	while service_stops; do\n		! over \"$replace_end\" || return 124\n		sleep 0.3 2>/dev/null || sleep 1\n		supervisor_call status \"$s_unit\" >\"$s_files.look\" 2>&1\n	done\n	if [ -z \"$s_pids\" ]; then\n		\"$@\"\n		return\n	fi\n	rm -f \"$s_files.replaced\"\n	case $s_kind in\n	supervisord) supervisor_log_size >\"$s_files.logged\" ;;\n	systemd | systemd-user) systemd_show ActiveExitTimestampMonotonic >\"$s_files.exited\" ;;\n	esac\n	uptime_now\n	replace_began=$uptime\n	{\n		replace_code=0\n		\"$@\" || replace_code=$?\n		echo \"$replace_code\" >\"$s_files.replaced\"\n	} &\n	replace_pid=$!\n	while [ ! -f \"$s_files.replaced\" ] && service_lingers; do\n		[ -z \"$s_stop_limit\" ] || going_back || ! over \"$replace_end\" || return 124\n		sleep 0.2 2>/dev/null || sleep 1\n	done\n	uptime_now\n	echo \"$(((uptime - replace_began) / 100))\" >\"$s_files.stopped\"\n	wait \"$replace_pid\"\n	read -r replace_code <\"$s_files.replaced\"\n	return \"$replace_code\"\n}\n\n# service_cut: after a restart. A process that its supervisor killed at the end of the time that a stop may take did not finish what it\n# was at: that is said, and where a stop-timeout promised it longer, the release goes back, so that it is seen before more is cut.\n# Not by `systemctl stop` and `start` with a look between them: who dies there leaves the service down, and a stop takes along what\n# depends on the unit, its RuntimeDirectory and the descriptors that systemd keeps for it. When each began is kept for both.\nservice_cut() {\n	[ -n \"$s_pids\" ] || return 0\n	cut_after=\n	case $s_kind in\n	systemd | systemd-user) systemd_cut ;;\n	supervisord) supervisor_cut ;;\n	esac\n	[ -n \"$cut_after\" ] || return 0\n	cut_what=\"its supervisor ${cut_surely}killed it $cut_after s after it was told to stop ($cut_setting)\"\n	if [ -n \"$s_stop_limit\" ] && [ \"$cut_after\" -le \"$s_stop_limit\" ] && ! going_back; then\n		: >\"$s_files.final\"\n		service_failed \"service $s_name was cut: $cut_what, and its stop-timeout promises $s_stop_limit s\" \\\n			\"Give $cut_setting $((s_stop_limit + 15)) s. If the service never ends by SIGTERM (uWSGI without die-on-term), let it.\"\n	else\n		reply warning \"service $s_name: $cut_what: it did not finish what it was at. Does it end by SIGTERM (uWSGI: die-on-term), and in that time?\"\n	fi\n}\n\n# By systemd's own times of the stop: it kills at no other moment than the end of TimeoutStopSec. Commands of the unit that run at a stop\n# have such a time each, so that with them it is no more than probable. One that was not active when it was told to stop has no such time: what\n# systemd shows then is of an earlier run.\nsystemd_cut() {\n	systemd_shows TimeoutStopUSec SendSIGKILL ActiveExitTimestampMonotonic InactiveEnterTimestampMonotonic ExecStop ExecStopPost >\"$s_files.show\"\n	cut_limit=$(shown TimeoutStopUSec | seconds_of_limit)\n	cut_began=$(shown ActiveExitTimestampMonotonic)\n	cut_ended=$(shown InactiveEnterTimestampMonotonic)\n	first_line \"$s_files.exited\"\n	# dash and busybox end at an expression that is none: systemd may not have answered.\n	case $cut_began:$cut_ended in :* | *: | *[!0-9:]* | \"$line\":*) return 0 ;; esac\n	[ -n \"$cut_limit\" ] && [ \"$(shown SendSIGKILL)\" = yes ] && [ $((cut_ended - cut_began)) -ge \"${cut_limit}000000\" ] || return 0\n	cut_surely=\n	[ -z \"$(shown ExecStop)$(shown ExecStopPost)\" ] || cut_surely=\"probably \"\n	cut_after=$cut_limit\n	cut_setting=TimeoutStopSec\n}\n\n# By supervisord's own log where it can be read; else by the time alone, which began a moment before supervisord was told.\nsupervisor_cut() {\n	cut_limit=$(supervisor_setting stopwaitsecs 10)\n	cut_surely=\n	first_line \"$s_files.logged\"\n	cut_logged=$line\n	first_line \"$s_files.stopped\"\n	if [ -n \"$cut_logged\" ]; then\n		tail -c \"+$((cut_logged + 1))\" \"$(supervisor_own_log)\" >\"$s_files.log\"\n		for cut_pid in $s_pids; do\n			! grep -qF \"($cut_pid) with SIGKILL\" \"$s_files.log\" || cut_after=${cut_limit:-$line}\n		done\n	else\n		cut_surely=\"probably \"\n		! [ \"${line:-0}\" -ge \"${cut_limit:-infinity}\" ] 2>/dev/null || cut_after=$cut_limit\n	fi\n	cut_setting=stopwaitsecs\n}\n\n# Where supervisord logs that it kills, as its configuration says; nothing where that cannot be read.\nsupervisor_own_log() {\n	supervisor_text | awk '\n		/^\\[/ { mine = /^\\[supervisord\\]/ }\n		mine && /^logfile[ \\t]*=/ { sub(/^[^=]*=[ \\t]*/, \"\"); sub(/[ \\t]*(;.*)?$/, \"\"); found = $0 }\n		END { if (found != \"\") print found }'\n}\n\nsupervisor_log_size() {\n	log_main=$(supervisor_own_log)\n	[ ! -r \"${log_main:-/}\" ] || [ ! -f \"$log_main\" ] || wc -c <\"$log_main\"\n}\n\n# Whether supervisord, when it was asked last, was still stopping it, for an earlier run: it cannot be started meanwhile.\nservice_stops() {\n	[ \"$s_kind\" = supervisord ] && grep -q ' STOPPING ' \"$s_files.look\"\n}\n\n# Whether one of the main processes that were there before still is: the same one, since ids are used again.\nservice_lingers() {\n	for linger_pid in $s_pids; do\n		linger_start=$(process_start \"$linger_pid\")\n		[ -z \"$linger_start\" ] || ! grep -qx \"$linger_pid:$linger_start\" \"$s_files.before\" || return 0\n	done\n	return 1\n}\n\n# After a reload the old workers finish what they are at, for as long as a graceful stop may take. Whether they did is service_prove's\n# to judge.\nservice_renew() {\n	limit \"${s_stop_limit:-60}\"\n	renew_end=$limit\n	while ! over \"$renew_end\"; do\n		service_processes \"$(basename \"$(readlink \"$v_root/current\")\")\" | sort | comm -12 \"$s_files.before\" - >\"$s_files.old\"\n		for renew_pid in $s_pids; do sed \"/^$renew_pid:/d\" \"$s_files.old\" >\"$s_files.rest\" && mv -f \"$s_files.rest\" \"$s_files.old\"; done\n		[ -s \"$s_files.old\" ] || return 0\n		alive\n		sleep 0.3 2>/dev/null || sleep 1\n	done\n}\n";

// src/remote/http.sh
var http_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # v_… are values of the request (main.sh); step_timed_out: frames.sh\n# One HTTP request from the host itself, by curl or wget: where sshd forwards no ports, a health check has no other way to the service.\n\n# Values: url, timeout (seconds); named_url, resolve: the same under a name, for who can say where a name leads (curl). Text: headers,\n# `Name: value` a line. Replies the texts head (status line and headers of the first answer: a redirect is an answer) and body (its\n# beginning); reply error when nothing answered.\nverb_http() {\n	http_client=$(http_best)\n	[ -n \"$http_client\" ] || fail_with \"this host has neither curl nor wget, and its sshd forwards no ports\" \\\n		\"Install curl on the host, or allow the forward in its sshd_config: AllowTcpForwarding local\"\n	: >\"$session/head\"\n	: >\"$session/body\"\n	: >\"$session/said\"\n	http_code=0\n	step_run \"$((v_timeout + 1))\" \"http_$http_client\" || http_code=$?\n	# A body that is longer than what is wanted of it, or a status that counts as an error, is an answer all the same.\n	if [ \"$step_timed_out\" -eq 1 ] || ! [ -s \"$session/head\" ]; then\n		if [ \"$step_timed_out\" -eq 1 ] || [ \"$http_client:$http_code\" = curl:28 ]; then\n			reply error \"no answer within $v_timeout s\"\n		else\n			reply error \"$(http_trouble | head -c 300)\"\n		fi\n		return 0\n	fi\n	reply_text head \"$session/head\"\n	reply_text body \"$session/body\"\n}\n\n# The line of what a client said that tells why: advice follows it.\nhttp_trouble() {\n	grep -e '^curl: ' -e '^ERROR: ' -e '^OpenSSL: ' -e '^GnuTLS: ' \"$session/said\" | head -n 1 | grep . || tail -n 1 \"$session/said\"\n}\n\n# The best client that this host has; nothing when it has none. GNU wget follows no redirect when told so; busybox wget follows, and its\n# first answer is taken.\nhttp_best() {\n	if command -v curl >/dev/null; then\n		echo curl\n	elif command -v wget >/dev/null; then\n		if wget --help 2>&1 | grep -q -e --max-redirect; then echo gnu_wget; else echo wget; fi\n	fi\n}\n\nhttp_curl() {\n	http_alone\n	set -- -q -sS --globoff --noproxy '*' --max-redirs 0 --max-time \"$v_timeout\" --dump-header \"$session/head\" --output -\n	while IFS= read -r http_header; do\n		case $http_header in\n		*': ') set -- \"$@\" --header \"${http_header%: };\" ;;\n		?*) set -- \"$@\" --header \"$http_header\" ;;\n		esac\n	done <\"$request/headers\"\n	[ -z \"${v_resolve-}\" ] || set -- \"$@\" --resolve \"$v_resolve\"\n	curl \"$@\" --url \"${v_named_url:-$v_url}\" 2>\"$session/said\" | head -c 4096 >\"$session/body\"\n	# The exit code of a pipe is that of its end.\n	case $(http_trouble) in 'curl: (28)'*) return 28 ;; esac\n}\n\nhttp_gnu_wget() {\n	http_alone\n	http_wget --no-proxy --no-verbose --tries=1 --timeout=\"$v_timeout\" --max-redirect=0 --content-on-error\n}\n\n# The time limit of busybox is not in every build of it: the step's own holds.\nhttp_wget() {\n	http_alone\n	set -- \"$@\" -S -O -\n	while IFS= read -r http_header; do\n		[ -z \"$http_header\" ] || set -- \"$@\" --header \"$http_header\"\n	done <\"$request/headers\"\n	wget \"$@\" \"$v_url\" 2>\"$session/said\" | head -c 4096 >\"$session/body\"\n	# Headers are indented by two spaces; a second status line is the answer to a redirect that was followed.\n	sed -n 's/^  //p' \"$session/said\" | awk '/^HTTP\\// && seen++ { exit } { print }' >\"$session/head\"\n}\n\n# Nothing of the user's own: neither proxies nor settings of clients, nor a language, since what they say is read.\nhttp_alone() {\n	LC_ALL=C\n	export LC_ALL\n	unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY\n	: >\"$session/wgetrc\"\n	WGETRC=$session/wgetrc\n	export WGETRC\n}\n";

// src/remote/lock.sh
var lock_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015 # v_… are values of the request (main.sh)\n# The host's lock: flock on channel 9, which the main process opened and every verb inherits. It is freed when the last process that\n# has it ends, by death and reboot too, so it is never stale.\n\n# lock_file FILE: makes it this user's alone. flock needs no more than the right to read, so that other users could hold one that they can\n# open, also by what they opened before: such a file is replaced, unless a process of ours has it.\nlock_file() {\n	case $(stat -c %a \"$1\" 2>/dev/null) in\n	'')\n		(umask 077 && : >>\"$1\") 2>/dev/null || return 1\n		return 0\n		;;\n	*[1-7]) ;;\n	*) return 0 ;;\n	esac\n	(\n		umask 077\n		# Whoever has the new one makes it; it has its name before it is free.\n		exec 7>>\"$1.new\" 6>>\"$1\" || exit 1\n		flock -n 7 || exit 0\n		case $(stat -c %a \"$1\") in\n		*[1-7])\n			lock_shown || exit 0\n			if flock -n 6 || ! lock_ours \"$1\"; then mv -f \"$1.new\" \"$1\"; fi\n			;;\n		*) rm -f \"$1.new\" ;;\n		esac\n	) 2>/dev/null\n}\n\n# lock_shown: whether one can see here who has a lock (not of old kernels, nor in some sandboxes).\nlock_shown() {\n	(flock -n 7 && grep -qs '^lock:' /proc/self/fdinfo/7) 7>>\"$session/lock-shown\"\n}\n\n# lock_place FILE: sets $lock_place to a pattern for how the kernel names FILE among its locks, `<device>:<inode>`; any device where that\n# cannot be seen. It is that of a lock on the directory: the device that stat says is another one for overlayfs and btrfs.\nlock_place() {\n	lock_place=$( (flock -s -n 7 && sed -n 's/^lock:.* \\([0-9a-f]*:[0-9a-f]*:\\)[0-9]* .*/\\1/p' /proc/self/fdinfo/7) 2>/dev/null 7<\"${1%/*}\")\n	lock_place=\" ${lock_place:-[0-9a-f]*:[0-9a-f]*:}$(stat -c %i \"$1\") \"\n}\n\n# lock_ours FILE: whether a process of this user has it, or none of them could be asked.\nlock_ours() {\n	lock_place \"$1\"\n	lock_processes=$(echo /proc/[0-9]*/fdinfo/* | for_all grep -ls \"^lock:.*FLOCK.*$lock_place\") || return 0\n	for lock_process in $lock_processes; do\n		lock_process=${lock_process#/proc/}\n		[ ! -O \"/proc/${lock_process%%/*}\" ] || return 0\n	done\n	return 1\n}\n\n# lock_stranger FILE: which process took it, in words, where none of ours has it.\nlock_stranger() {\n	lock_place \"$1\"\n	lock_process=$(sed -n \"s/.*FLOCK .* \\([0-9]*\\)$lock_place.*/\\1/p\" /proc/locks 2>/dev/null | head -n 1)\n	lock_user=$(stat -c %U \"/proc/$lock_process\" 2>/dev/null)\n	echo \"process ${lock_process:-unknown}${lock_user:+ of $lock_user}\"\n}\n\n# lock_within SECONDS CHANNEL FILE: takes the lock of CHANNEL, which FILE was opened for; false after SECONDS.\nlock_within() {\n	lock_left=$1\n	until flock -n \"$2\"; do\n		[ \"$lock_left\" -gt 0 ] || return 1\n		lock_left=$((lock_left - 1))\n		alive\n		sleep 1\n		# The other side is gone, and its session with it.\n		[ -d \"$session\" ] && [ ! -f \"$session/ended\" ] || exit 1\n	done\n	# Replaced by another run between opening and taking it.\n	# shellcheck disable=SC3013 # dash, bash and busybox have it\n	[ \"/proc/self/fd/$2\" -ef \"$3\" ]\n}\n\n# Waits up to v_wait seconds; false, and told, when somebody else has it. The owner file is for messages only.\nlock_take() {\n	command -v flock >/dev/null || fail_with \"this host has no flock\" \"Install util-linux, or a busybox with flock.\"\n	[ -e \"$session/channel-9\" ] ||\n		fail_with \"the lock $v_root/.tarlift/lock cannot be opened by $(id -un)\" \"As root on the host: chown -R $(id -un) $v_root/.tarlift\"\n	if ! lock_within \"${v_wait:-0}\" 9 \"$v_root/.tarlift/lock\"; then\n		# Whoever took it a moment ago may not have said so yet.\n		for lock_look in 1 2 3 4 5; do\n			first_line \"$v_root/.tarlift/owner\"\n			[ -z \"$line\" ] || break\n			sleep 0.2 2>/dev/null || sleep \"$lock_look\"\n		done\n		if lock_shown && lock_held && ! lock_ours \"$v_root/.tarlift/lock\"; then\n			reply locked_by_stranger \"$(lock_stranger \"$v_root/.tarlift/lock\")\"\n		fi\n		reply locked_by \"${line:-another run}\"\n		return 1\n	fi\n	printf '%s\\n' \"${v_owner-}\" >\"$v_root/.tarlift/owner\"\n	: >\"$session/locked\"\n	step locked\n	sessions_sweep\n}\n\nlock_give() {\n	rm -f \"$v_root/.tarlift/owner\" \"$session/locked\"\n	flock -u 9\n}\n\n# lock_held: whether somebody has it, without trying to take it: the owner file of a run that was killed stays behind.\nlock_held() {\n	lock_place \"$v_root/.tarlift/lock\"\n	grep -q \"FLOCK.*$lock_place\" /proc/locks\n}\n\n# `tarlift lock`: deploys are held until somebody lets them go again.\nverb_hold() {\n	mkdir -p \"$v_root/.tarlift\"\n	write_file \"$v_root/.tarlift/hold\" <\"$request/hold\" ||\n		fail_with \"deploys cannot be held\" \"Give $v_root to the SSH user.\"\n	log_event hold \"\"\n}\n\nverb_unhold() {\n	rm -f \"$v_root/.tarlift/hold\" || fail_with \"deploys stay held\" \"Give $v_root to the SSH user.\"\n	log_event unhold \"\"\n}\n";

// src/remote/main.sh
var main_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2034 # frame_…: frames.sh; user_lc_all is read there\n# The program: reads frames, and starts one verb after the other. It reads while a verb runs, so that it knows that the other side is\n# alive; a watchdog ends it when no frame came for the lease.\n\nmain() {\n	# What the login finds is found: commands of users stand there.\n	PATH=${PATH:-/usr/bin:/bin}:/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin\n	export PATH\n	# A process of its own: switch_start.\n	if [ -n \"${2-}\" ]; then\n		# shellcheck disable=SC1091\n		[ ! -f \"$2/more\" ] || . \"$2/more\"\n		\"$1\" \"$2\"\n		exit\n	fi\n	umask 022\n	# Sorting and matching by bytes; commands of users get their locale back.\n	user_lc_all=${LC_ALL-}\n	LC_ALL=C\n	export LC_ALL\n	exec 3>&1 4<&0 </dev/null >/dev/null 2>&1\n	session=\n	verb=\n	verb_pid=\n	main_keys=\n	watchdog=\n	trap main_end EXIT\n	trap 'exit 129' HUP\n	trap 'exit 143' TERM\n	# The other side may be gone while something is told: what was begun is done all the same. A trap, not `trap \"\"`: children get the\n	# signal as they should.\n	trap : PIPE\n	while frame_read; do\n		[ -z \"$session\" ] || main_alive\n		case $frame_kind in\n		open) printf '\\n%s\\n' \"$frame_name\" >&3 ;;\n		begin) main_call ;;\n		call)\n			main_call\n			main_run ;;\n		text) frame_body >>\"$request/$frame_name\" || main_full ;;\n		gzip) frame_body | gzip -dc >>\"$request/$frame_name\" || main_full ;;\n		run) main_run ;;\n		data) frame_body >&5 ;;\n		end) exec 5>&- ;;\n		keep) ;;\n		*) exit 1 ;;\n		esac\n	done\n}\n\nmain_call() {\n	if [ -n \"$verb_pid\" ]; then wait \"$verb_pid\"; fi\n	verb_pid=\n	verb=$frame_name\n	for main_key in $main_keys; do unset \"v_$main_key\"; done\n	main_keys=\n	main_values=\n	# Not by a here-document, which some shells write to a file below TMPDIR: secrets would be on a disk.\n	main_body=$(frame_body)\n	main_ifs=$IFS\n	IFS='\n'\n	main_header=${main_body%%\"$IFS$IFS\"*}\n	case $main_body in \"$IFS\"*) main_header= ;; esac\n	set -f\n	for main_line in $main_header; do\n		main_values=$main_values$main_line$IFS\n		main_key=${main_line%% *}\n		case $main_key in '' | *[!a-z_]*) continue ;; esac\n		# The key consists of letters; the value is assigned, never expanded again.\n		main_value=${main_line#\"$main_key\"}\n		main_value=${main_value# }\n		eval \"v_$main_key=\\$main_value\"\n		main_keys=\"$main_keys $main_key\"\n	done\n	set +f\n	IFS=$main_ifs\n	[ -n \"$session\" ] || main_session\n	request=$session/in\n	if [ -d \"$request\" ]; then rm -f \"$request\"/*; else mkdir \"$request\"; fi\n	# What goes back or commits needs this much and no more.\n	{ printf '%s' \"$main_values\" >\"$request/values\" && printf '%s\\n' \"$main_body\" >\"$session/body\"; } || main_full\n	{\n		while IFS= read -r main_line && [ -n \"$main_line\" ]; do :; done\n		while read -r main_name main_left && [ -n \"$main_left\" ]; do\n			while [ \"$main_left\" -gt 0 ]; do\n				IFS= read -r main_line\n				printf '%s\\n' \"$main_line\" || main_full\n				main_left=$((main_left - 1))\n			done >\"$request/$main_name\"\n		done\n	} <\"$session/body\"\n	rm -f \"$session/body\"\n}\n\n# The directory of this connection; texts, secrets among them, lie here while it lasts: in memory where that is possible, so that they\n# are on no disk, and a full disk keeps nobody from going back. The next run finds it by a link below the root if we are killed.\nmain_session() {\n	# For all verbs.\n	clock_now\n	user_known\n	if [ \"${v_lock-}\" = yes ]; then main_records && mkdir -p \"$v_root/.tarlift/sessions\"; fi\n	main_sessions=$v_root/.tarlift/sessions\n	main_ours || main_sessions=\n	main_name=tarlift.$$.$(process_start \"$$\")\n	for main_place in /dev/shm $main_sessions \"${TMPDIR:-/tmp}\"; do\n		if [ -w \"$main_place\" ] && has_room \"$main_place\" \"${v_room:-0}\"; then\n			session=$(umask 077 && mktemp -d \"$main_place/$main_name.XXXXXX\") && break\n		fi\n	done\n	[ -n \"$session\" ] || {\n		reply_say no \"\" \"what there is no room for a temporary directory on the host${v_room:+ ($((v_room / 1048576 + 8)) MB)}\nremedy Free some space of $v_root, /tmp or /dev/shm (df, df -i).\"\n		exit 1\n	}\n	[ -z \"$main_sessions\" ] || [ -d \"$main_sessions/${session##*/}\" ] || ln -s \"$session\" \"$main_sessions/\"\n	main_alive\n	# Closed by exec: dash keeps copies of channels that a redirection closes for a function.\n	(\n		exec 3>&- 4<&-\n		main_watch \"$$\" \"${v_lease:-180}\"\n	) &\n	watchdog=$!\n}\n\n# A text could not be written down: no call of this connection can be told what it is about. `over`: the connection ends.\nmain_full() {\n	session_words\n	reply_say no \"\" \"what $session_what\nremedy $session_remedy\nover yes\"\n	exit 1\n}\n\n# The records of the root: not for other users to read.\nmain_records() {\n	[ -d \"$v_root/.tarlift\" ] || (umask 027 && mkdir -p \"$v_root\" && mkdir \"$v_root/.tarlift\")\n}\n\n# Whether the place for sessions is there and this user's alone: in a directory of another user (root sets up what the deploy user has),\n# what is made could be moved elsewhere or exchanged.\nmain_ours() {\n	# shellcheck disable=SC2046 # words\n	set -- $(stat -c '%u:%F' \"$v_root/.\" \"$v_root/.tarlift\" \"$v_root/.tarlift/sessions\" 2>/dev/null)\n	case $* in\n	\"$user_id:directory $user_id:directory $user_id:directory\" | \"0:directory $user_id:directory $user_id:directory\") ;;\n	*) return 1 ;;\n	esac\n}\n\nsession_remove() {\n	rm -rf \"$session\" \"$v_root/.tarlift/sessions/${session##*/}\"\n}\n\n# sessions_sweep: what killed programs left. Under the lock: what one of them still has under way is over then.\nsessions_sweep() {\n	for sweep_left in \"$v_root\"/.tarlift/sessions/tarlift.*; do\n		sweep_name=${sweep_left##*/}\n		sweep_pid=${sweep_name#tarlift.}\n		sweep_start=${sweep_pid#*.}\n		[ -d \"$sweep_left\" ] || [ -L \"$sweep_left\" ] || continue\n		# A process id alone is somebody else's after a reboot.\n		[ \"$(process_start \"${sweep_pid%%.*}\")\" != \"${sweep_start%.*}\" ] || continue\n		[ ! -L \"$sweep_left\" ] || case $(readlink \"$sweep_left\") in */\"$sweep_name\") rm -rf \"$(readlink \"$sweep_left\")\" ;; esac\n		rm -rf \"$sweep_left\"\n	done\n	# Files that did not get their names (write_file); `hold` is written without the lock.\n	for sweep_left in \"$v_root\"/.tarlift/[!h]*.part.* \"$v_root\"/.tarlift/releases/*/*.part.*; do\n		[ ! -f \"$sweep_left\" ] || rm -f \"$sweep_left\"\n	done\n	# Links that did not get to their places (set_link), and rehearsed ones (prepare.sh; facts.sh, which needs no lock: its process may\n	# have it under way).\n	for sweep_left in \"$v_root\"/.rehearsal \"$v_root\"/.rehearsal.* \"$v_root\"/.tarlift/swap/.rehearsal \"$v_root\"/.tarlift/swap/*; do\n		[ -L \"$sweep_left\" ] || continue\n		sweep_pid=${sweep_left#\"$v_root/.rehearsal.\"}\n		[ -d \"/proc/${sweep_pid%.renamed}\" ] || rm -f \"$sweep_left\"\n	done\n}\n\n# main_alive: the other side was heard.\nmain_alive() {\n	uptime_now\n	echo \"$uptime\" >\"$session/lease\"\n}\n\n# main_watch PID SECONDS: ends the program, and what it started, when the other side has been silent for too long. A migration goes on\n# to its end (it has the lock); everything else would only be in the way of the next run.\nmain_watch() {\n	trap - EXIT HUP TERM\n	uptime_now\n	main_heard=$uptime\n	main_touched=\n	main_pause=$(($2 / 6 + 1))\n	[ \"$main_pause\" -le 5 ] || main_pause=5\n	while [ -d \"$session\" ]; do\n		if ! kill -0 \"$1\"; then\n			# Killed: what it had in its session must not outlive it, and a verb that still runs needs it.\n			[ -f \"$session/verb\" ] || {\n				session_remove\n				exit 0\n			}\n		fi\n		sleep \"$main_pause\" &\n		wait \"$!\"\n		[ -f \"$session/lease\" ] || exit 0\n		uptime_now\n		if read -r main_lease <\"$session/lease\"; then\n			main_heard=$main_lease\n		else\n			# There is no room to write into it; that it is written to changes its time all the same.\n			main_before=$main_touched\n			main_touched=$(stat -c %Y \"$session/lease\")\n			[ \"$main_touched\" = \"$main_before\" ] || main_heard=$uptime\n		fi\n		! over \"$((main_heard + $2 * 100))\" || {\n			: >\"$session/silent\"\n			kill -KILL \"$1\"\n			main_stop_verb\n			main_heard=$uptime\n		}\n	done\n}\n\n# Ends the step of a verb that may be ended (step_may_stop): only those have this file. The one that takes it does it, and once: some programs\n# take a second SIGTERM for more than the first. `prepare` itself ends with its data.\nmain_stop_verb() {\n	[ -f \"$session/verb\" ] && read -r main_pid <\"$session/step\" && mv \"$session/step\" \"$session/step-ended\" || return 0\n	step_end \"$main_pid\"\n}\n\nmain_run() {\n	if [ \"${v_lock-}\" = yes ] && [ ! -e \"$session/channel-9\" ] && main_records && [ -w \"$v_root/.tarlift\" ] &&\n		lock_file \"$v_root/.tarlift/lock\" && (: >>\"$v_root/.tarlift/lock\"); then\n		# Tried before: a redirection of exec that fails would end the program.\n		exec 9>>\"$v_root/.tarlift/lock\"\n		: >\"$session/channel-9\"\n	fi\n	case $verb in\n	prepare) main_data=yes ;;\n	facts | activate | revert | observe | definitions | task | precommit | commit | drift | record | files | history | http | adopt | setup | note | ping | seats | hold | unhold) main_data= ;;\n	*) exit 1 ;;\n	esac\n	: >\"$session/reply\"\n	if [ -n \"$main_data\" ]; then\n		rm -f \"$session/data\"\n		mkfifo \"$session/data\"\n	fi\n	main_verb &\n	verb_pid=$!\n	# Waits until the verb has opened its end, which it does before anything else.\n	[ -z \"$main_data\" ] || exec 5>\"$session/data\"\n}\n\n# One verb, in a process of its own: whatever it does to variables, directories and channels ends with it.\nmain_verb() {\n	trap - EXIT HUP TERM\n	trap : PIPE\n	exec 4<&-\n	main_code=0\n	echo \"$verb\" >\"$session/verb\"\n	: >\"$session/at\"\n	if [ -n \"$main_data\" ]; then exec 6<\"$session/data\"; fi\n	(\n		trap : PIPE\n		# What only this verb needs came with its call.\n		# shellcheck disable=SC1091\n		[ ! -f \"$request/program\" ] || . \"$request/program\"\n		\"verb_$verb\"\n	) || main_code=$?\n	if [ -n \"$main_data\" ]; then cat <&6 >/dev/null; fi\n	# Lists that were cut say nothing. What a verb has changed stands, and its answer has no lists.\n	case $main_code:$verb in\n	0:facts | 0:prepare | 0:observe | 0:definitions | 0:drift | 0:record | 0:files | 0:adopt | [1-8]*) ! session_full || main_code=full ;;\n	esac\n	case $main_code in\n	0) reply_frame ok \"\" \"$session/reply\" ;;\n	full)\n		session_words\n		reply_say no \"\" \"what $session_what\nremedy $session_remedy\"\n		;;\n	9) ;;\n	*)\n		first_line \"$session/at\"\n		printf 'what %s\\n' \"the step \\`$verb\\` on the host ended by itself (code $main_code${line:+, after $line})\" >\"$session/reply\"\n		reply_frame no \"\" \"$session/reply\" ;;\n	esac\n	# Not before: it costs a process, and the next call is a round trip away.\n	rm -f \"$session/verb\" \"$session/step\"\n}\n\n# The end of the connection, whatever its reason.\nmain_end() {\n	trap - EXIT HUP TERM\n	exec 5>&-\n	if [ -n \"$session\" ]; then\n		: >\"$session/ended\"\n		main_stop_verb\n		[ -z \"$verb_pid\" ] || wait \"$verb_pid\"\n		# A verb that was ended together with its login session left migrations behind: they have the lock, and what they print lies here.\n		if [ \"${v_inherit-}\" != yes ] || [ ! -f \"$session/verb\" ]; then\n			[ ! -f \"$session/locked\" ] || rm -f \"$v_root/.tarlift/owner\"\n			session_remove\n		fi\n	fi\n	[ -z \"$watchdog\" ] || kill \"$watchdog\"\n	exit 0\n}\n\nmain \"$@\"\n";

// src/remote/migrations.sh
var migrations_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2034,SC2015 # v_… are values of the request (main.sh); step_then, verb and request are for others; A && B || C is\n# meant as it is\n# The journal of migrations, .tarlift/migrations: what was applied, with which release, and which releases were good before and after it.\n# A rollback reads off it what it would cross, and the next run what became of migrations whose run was lost. Lines, oldest first:\n#\n#   begun <transaction> <release> <migration>    one for each, before they are applied\n#   ended <transaction> <release> <exit code>    128 + n for signal n; there is none when the host stopped meanwhile\n#   good <transaction> <release>                 a deploy ended with it\n#   back <transaction> <release>                 a rollback ended with it\n#\n# .tarlift/migrations.log holds the last lines that the latest of them printed.\n\n# How many lines the journal keeps at most, where a release is older than the journal.\nJOURNAL_LINES=500\n\n# journal_add STEP: standard input comes to its end, whole or not at all.\njournal_add() {\n	{\n		[ ! -f \"$v_root/.tarlift/migrations\" ] || cat \"$v_root/.tarlift/migrations\"\n		cat\n	} | write_file \"$v_root/.tarlift/migrations\" \"$1\"\n}\n\n# Before migrations are applied; text `migrations`: their names.\njournal_begin() {\n	journal_begun=\n	[ -s \"$request/migrations\" ] || return 0\n	sed \"s/^/begun $v_deploy_id $v_release /\" \"$request/migrations\" | journal_add begun ||\n		fail_with \"the journal of migrations $v_root/.tarlift/migrations cannot be written\" \"Look at free space (df). No migration was applied.\"\n	flush \"$v_root\"\n	journal_begun=yes\n}\n\n# journal_outlive COMMAND…: where the end of a login session ends its processes (switch.sh), what applies migrations leaves it: this process\n# becomes a scope of its own, of the system's manager or the user's, with the same process id, the lock and the output. Returns where\n# there is no need for it, or no way: then migrations end with the session.\njournal_outlive() {\n	switch_way\n	case $switch_way in\n	systemd-run) outlive_manager=--system ;;\n	user)\n		outlive_manager=--user\n		XDG_RUNTIME_DIR=/run/user/$(id -u)\n		export XDG_RUNTIME_DIR ;;\n	*) return 0 ;;\n	esac\n	systemd-run \"$outlive_manager\" --scope --quiet true >/dev/null 2>&1 && (umask 077 && printf '%s\\n' \"$tarlift_program\" >\"$session/program\") || return 0\n	printf '%s\\n' \"$user_lc_all\" \"$v_root\" \"$v_deploy_id\" \"$v_release\" \"$@\" >\"$session/outlive\"\n	exec systemd-run \"$outlive_manager\" --scope --quiet /bin/sh \"$session/program\" journal_alone \"$session\"\n}\n\n# journal_alone SESSION: what goes on there.\njournal_alone() {\n	session=$1\n	request=$session/in\n	verb=task\n	step_then=journal_end\n	journal_begun=yes\n	{\n		IFS= read -r user_lc_all\n		IFS= read -r v_root\n		IFS= read -r v_deploy_id\n		IFS= read -r v_release\n		set --\n		while IFS= read -r outlive_word; do set -- \"$@\" \"$outlive_word\"; done\n	} <\"$session/outlive\"\n	step_child \"$@\"\n}\n\n# journal_end CODE: called by the process that has the migrations for a child, which outlives a run that is lost.\njournal_end() {\n	[ -n \"$journal_begun\" ] || return 0\n	# What they print may be private.\n	[ ! -f \"$session/out\" ] || (umask 077 && tail -n 40 \"$session/out\" | text_end 8192 | write_file \"$v_root/.tarlift/migrations.log\")\n	printf 'ended %s %s %s\\n' \"$v_deploy_id\" \"$v_release\" \"$1\" | journal_add ended\n	flush \"$v_root\"\n	step ended\n}\n\n# journal_close good|back: the end of a transaction; text `journal`: lines of other hosts that this one lacks. A host on which nothing was\n# ever applied needs no journal. What every release that is kept was good after can be crossed by no rollback any more.\njournal_close() {\n	[ -s \"$v_root/.tarlift/migrations\" ] || [ -s \"$request/journal\" ] || return 0\n	good_releases >\"$session/kept\"\n	{\n		[ ! -f \"$v_root/.tarlift/migrations\" ] || cat \"$v_root/.tarlift/migrations\"\n		[ ! -f \"$request/journal\" ] || cat \"$request/journal\"\n		printf '%s %s %s\\n' \"$1\" \"$v_deploy_id\" \"$v_release\"\n	} >\"$session/journal\"\n	! session_full || return 1\n	awk -v \"most=$JOURNAL_LINES\" '\n		FILENAME ~ /\\/kept$/ { kept[$0] = 1; next }\n		{ line[++n] = $0 }\n		$1 == \"good\" && ($3 in kept) { last[$3] = n }\n		END {\n			from = n\n			for (release in kept) {\n				if (!(release in last)) from = 1\n				else if (last[release] < from) from = last[release]\n			}\n			if (n - from >= most) from = n - most + 1\n			for (i = from; i <= n; i++) {\n				split(line[i], word, \" \")\n				if (word[1] == \"good\" && last[word[3]] != i || word[1] == \"back\" && i < n) continue\n				print line[i]\n			}\n		}' \"$session/kept\" \"$session/journal\" | write_file \"$v_root/.tarlift/migrations\" && rm -f \"$v_root/.tarlift/migrations.log\"\n}\n\n# For facts: the journal, and what was printed where no run has come to its end since.\njournal_tell() {\n	[ -s \"$v_root/.tarlift/migrations\" ] || return 0\n	reply_text migrations \"$v_root/.tarlift/migrations\"\n	case $(tail -n 1 \"$v_root/.tarlift/migrations\") in\n	good\\ * | back\\ *) ;;\n	*) [ ! -s \"$v_root/.tarlift/migrations.log\" ] || reply_text migrations-output \"$v_root/.tarlift/migrations.log\" ;;\n	esac\n}\n";

// src/remote/own-seats.sh
var own_seats_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2034,SC2015 # v_… are values of the request (main.sh), and here values for others; A && B || C is meant as it is\n# The dead man's switch of a place in a balancer that a command on this host gives back: armed before the place is taken. When nobody has\n# held the host's lock for some time, and no transaction is open (the host's own switch takes back what is), the command runs in what is\n# live. It travels with its call alone.\n#\n#   .tarlift/seats/<key>/      armed (its process), about, in (the request: task, variables, taken), program, more\n\n# Values: do (probe, arm, disarm), key, after (seconds), run_as, timeout. Texts: task, variables; taken: its line in .tarlift/taken.\nverb_seats() {\n	own_place=$v_root/.tarlift/seats/$v_key\n	switch_way\n	case $v_do in\n	probe) [ -n \"$switch_way\" ] || reply lacks way ;;\n	arm) own_arm ;;\n	disarm) own_remove \"$own_place\" ;;\n	esac\n}\n\nown_remove() {\n	rm -rf \"$1\"\n	rmdir \"${1%/*}\"\n} 2>/dev/null\n\nown_arm() {\n	rm -rf \"$own_place\"\n	(umask 077 && mkdir -p \"$own_place\" && cp -R \"$request\" \"$own_place/in\") && mv \"$own_place/in/program\" \"$own_place/more\" &&\n		printf '%s\\n' \"$v_root\" \"$v_after\" \"${v_run_as-}\" \"${v_timeout:-0}\" \"${v_owner-}\" >\"$own_place/about\" ||\n		fail_with \"$v_root/.tarlift cannot be written\" \"Look at free space (df).\"\n	switch_start \"$own_place\" \"$own_place/armed\" own_main ||\n		fail_with \"the dead man's switch of a place in a balancer could not be armed ($switch_way)\" \"Look at the log of the host.\"\n}\n\nown_main() {\n	switch_alone\n	{\n		read -r v_root\n		read -r own_after\n		read -r v_run_as\n		read -r v_timeout\n		read -r v_owner\n	} <\"$1/about\"\n	session=$1\n	request=$1/in\n	echo \"$$\" >\"$1/armed.part\" && mv \"$1/armed.part\" \"$1/armed\"\n	own_quiet=0\n	while sleep 1; do\n		own_armed \"$1\" || exit 0\n		own_quiet=$((own_quiet + 1))\n		! lock_held || own_quiet=0\n		[ \"$own_quiet\" -ge \"$own_after\" ] || continue\n		! (own_give \"$1\") || break\n	done\n	! own_armed \"$1\" || own_remove \"$1\"\n}\n\n# Whether this process still is the one: a later run may have armed another in its place.\nown_armed() {\n	first_line \"$1/armed\"\n	[ \"$line\" = \"$$\" ]\n}\n\n# Whether no transaction is open that the host's own switch has to take back first: where a release only was started anew, it has nothing\n# to do.\nown_whole() {\n	transaction_read\n	[ -z \"$open_id\" ] || [ \"$open_phase\" = precommit ] || [ \"$open_release\" = \"$open_previous\" ]\n}\n\n# own_give DIRECTORY: under the host's lock, which whoever is quicker has taken. False: not yet. A command that fails is not run again: the\n# record stays, and the next run tells.\nown_give() {\n	lock_file \"$v_root/.tarlift/lock\"\n	exec 9>>\"$v_root/.tarlift/lock\" 3>/dev/null\n	lock_within 0 9 \"$v_root/.tarlift/lock\" || return 1\n	own_armed \"$1\" || return 0\n	own_whole || return 1\n	link_release current\n	[ -n \"$line\" ] || return 0\n	printf '%s\\n' \"the dead man's switch of $v_owner\" >\"$v_root/.tarlift/owner\"\n	if task_run \"$v_root/releases/$line\" \"$request/task\" \"$v_run_as\" \"$v_timeout\" closed; then\n		# Piped: a list that was cut on a full disk would pass for one that names nothing more.\n		if grep -qvxF -f \"$request/taken\" \"$v_root/.tarlift/taken\"; then\n			grep -vxF -f \"$request/taken\" \"$v_root/.tarlift/taken\" | write_file \"$v_root/.tarlift/taken\"\n		else\n			rm -f \"$v_root/.tarlift/taken\"\n		fi\n	fi\n	rm -f \"$v_root/.tarlift/owner\"\n}\n";

// src/remote/preflight.sh
var preflight_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # s_…: services.sh; session, v_…: main.sh\n# What stands against starting the services of a request anew, as findings and warnings: nothing is touched.\n\n# Where packages of distributions let supervisord look for its programs.\nSUPERVISOR_FILES=\"/etc/supervisord.conf /etc/supervisor/supervisord.conf /etc/supervisor/conf.d/*.conf /etc/supervisord.d/*.ini /etc/supervisor.d/*.ini\"\n\n# Sets supervisor_files: these, and those that the configurations among them include; patterns.\nsupervisor_files() {\n	[ -z \"${supervisor_files-}\" ] || return 0\n	set --\n	for supervisor_at in $SUPERVISOR_FILES; do\n		[ ! -r \"$supervisor_at\" ] || set -- \"$@\" \"$supervisor_at\"\n	done\n	supervisor_files=$SUPERVISOR_FILES\n	[ \"$#\" -eq 0 ] || supervisor_files=\"$supervisor_files $(supervisor_included \"$@\" | tr '\\n' ' ')\"\n}\n\n# supervisor_included FILE…: the patterns of their [include], which go on in lines that begin with a blank, and count from the file's\n# directory. As in host-setup.sh.\nsupervisor_included() {\n	awk '\n		function patterns(text,    n, words, i) {\n			sub(/(^|[ \\t]);.*/, \"\", text)\n			n = split(text, words, \" \")\n			for (i = 1; i <= n; i++) {\n				gsub(/%\\(here\\)s/, here, words[i])\n				print words[i] ~ /^\\// ? words[i] : here \"/\" words[i]\n			}\n		}\n		FNR == 1 { here = FILENAME; sub(/\\/[^\\/]*$/, \"\", here); include = files = 0 }\n		/^\\[/ { include = /^\\[include\\]/; files = 0; next }\n		include && /^[ \\t]+[^ \\t]/ && files { patterns($0); next }\n		{ files = 0 }\n		include && /^files[ \\t]*[=:]/ { files = 1; sub(/^files[ \\t]*[=:]/, \"\"); patterns($0) }\n	' \"$@\"\n}\n\n# What they say, one after the other.\nsupervisor_text() {\n	supervisor_files\n	# shellcheck disable=SC2086 # a list with patterns\n	cat $supervisor_files 2>/dev/null\n}\n\nservices_known() {\n	for name in $(value services); do\n		service_load \"$name\"\n		service_user_known\n		case $s_kind in\n		supervisord) supervisor_known ;;\n		systemd | systemd-user) systemd_known ;;\n		esac\n		modes_service\n		readers_service\n	done\n	readers_note\n	[ -z \"${sudo_listing_read-}\" ] || sudo_gives_root\n	[ -z \"$(value services)\" ] || proc_open ||\n		reply warning \"processes of other users are hidden from $(id -un) on this host (hidepid of /proc, or ProtectProc= of sshd's unit): which release a service runs may be seen only over HTTP, by a health check with release-header\"\n}\n\n# A service with a user of its own: it exists, and can read the configuration, which belongs to the group of the target's run-as.\nservice_user_known() {\n	[ -n \"$s_run_as\" ] && [ \"$s_run_as\" != \"${v_run_as-}\" ] && [ \"$s_run_as\" != \"$(id -un)\" ] || return 0\n	if ! id -u \"$s_run_as\" >/dev/null 2>&1; then\n		finding \"service $s_name: this host has no user $s_run_as\" \"Create it, or change the service's run-as.\"\n		return 0\n	fi\n	id -G \"$s_run_as\" | tr ' ' '\\n' | grep -qxF \"$(id -g ${v_run_as:+\"$v_run_as\"})\" && return\n	group_word \"${v_run_as:-$(id -un)}\"\n	reply warning \"service $s_name: $s_run_as is not in the group $group_word, which may read the configuration: usermod -aG $group_word $s_run_as (systemd's EnvironmentFile= works without)\"\n}\n\nsupervisor_known() {\n	if ! command -v supervisorctl >/dev/null; then\n		finding \"service $s_name: this host has no supervisorctl\" \"Install supervisor on the host.\"\n		return 0\n	fi\n	supervisor_files\n	service_look\n	case $s_state in\n	unreachable)\n		finding \"service $s_name: $(id -un) may not talk to supervisord\" \\\n			\"Is it running? The sudoers lines that tarlift host setup prints let this user in. The socket's group (chown in [unix_http_server]) does as well, and gives all of its programs.\"\n		return 0\n		;;\n	missing)\n		supervisor_missing\n		return 0\n		;;\n	esac\n	[ \"$(id -u)\" -eq 0 ] || sudo_listing\n	if [ \"$supervisor_by\" != supervisorctl ]; then\n		for verb in restart $(service_first stop); do service_sudo \"$(supervisor_line \"$verb\" \"$s_unit\")\"; done\n		case $s_action in\n		reload) service_sudo \"$(supervisor_line signal HUP \"$s_unit\")\" ;;\n		signal\\ *) service_sudo \"$(supervisor_line signal \"${s_action#signal }\" \"$s_unit\")\" ;;\n		esac\n	fi\n	service_kills_after \"$(supervisor_setting stopwaitsecs 10)\" stopwaitsecs\n	service_warn_current\n}\n\n# What supervisord does not know by that name may be in its configuration: in a group, with several processes, or not read yet.\nsupervisor_missing() {\n	missing_name=$(supervisor_called)\n	case $missing_name in\n	'')\n		finding \"service $s_name: supervisord has no program $s_unit\" \\\n			\"Add it to supervisord's configuration (tarlift host setup prints a snippet), then: supervisorctl update\"\n		;;\n	\"$s_unit\" | \"${s_unit%:\\*}\")\n		finding \"service $s_name: supervisord has not read the program $s_unit, which its configuration has\" \\\n			\"As root on the host: supervisorctl update ${s_unit%%:*}\"\n		;;\n	shared:*)\n		finding \"service $s_name: supervisord has no $s_unit: the program has several processes (numprocs) in the group ${missing_name#shared:}, and a restart of ${missing_name#shared:}:* would take the group's other programs along\" \\\n			\"Give it a group of its own: remove $(supervisor_program) from programs= of [group:${missing_name#shared:}] in supervisord's configuration, and as root on the host: supervisorctl update   Then write in tarlift.yml: supervisord: \\\"$(supervisor_program):*\\\"   and run tarlift host setup again, whose sudoers lines name it.\"\n		;;\n	*)\n		finding \"service $s_name: supervisord has no $s_unit: it calls that program $missing_name\" \\\n			\"Write in tarlift.yml: supervisord: \\\"$missing_name\\\"   and run tarlift host setup again, whose sudoers lines name it.\"\n		;;\n	esac\n}\n\n# Prints what supervisord calls the program of $s_unit by its configuration: NAME, NAME:* where it has several processes, GROUP:NAME in a\n# group, shared:GROUP where it is both and the group has other programs; nothing where no file that can be read has it.\nsupervisor_called() {\n	supervisor_text | awk -v \"program=$(supervisor_program)\" '\n		/^\\[/ { sub(/[ \\t]*$/, \"\"); section = $0; if (section == \"[program:\" program \"]\") there = 1; next }\n		{ value = $0; sub(/^[^=]*=[ \\t]*/, \"\", value); sub(/[ \\t]*([ \\t];.*)?$/, \"\", value) }\n		section == \"[program:\" program \"]\" && /^numprocs[ \\t]*=/ { many = value > 1 }\n		section ~ /^\\[group:/ && /^programs[ \\t]*=/ {\n			n = split(value, names, /[ \\t]*,[ \\t]*/)\n			for (i = 1; i <= n; i++) if (names[i] == program) { shared = n > 1; group = section; gsub(/^\\[group:|\\]$/, \"\", group) }\n		}\n		END {\n			if (!there) exit\n			if (many && shared) print \"shared:\" group\n			else if (many) print (group == \"\" ? program : group) \":*\"\n			else print (group == \"\" ? \"\" : group \":\") program\n		}'\n}\n\n# The program that $s_unit is a process of: of `group:*`, and of one of several processes, the program has the group's name.\nsupervisor_program() {\n	if supervisor_text | grep -qxF -e \"[program:${s_unit##*:}]\"; then\n		printf '%s' \"${s_unit##*:}\"\n	else\n		printf '%s' \"${s_unit%%:*}\"\n	fi\n}\n\n# supervisor_setting KEY DEFAULT: what the configuration of the program says, where it can be read and stands where packages put it.\nsupervisor_setting() {\n	supervisor_text |\n		awk -v wanted=\"[program:$(supervisor_program)]\" -v key=\"$1\" -v standard=\"$2\" '\n			/^\\[/ { sub(/[ \\t]*$/, \"\"); mine = $0 == wanted; if (mine) found = standard; next }\n			mine && $0 ~ \"^\" key \"[ \\t]*=\" { sub(/^[^=]*=[ \\t]*/, \"\"); sub(/[ \\t]*(;.*)?$/, \"\"); found = $0 }\n			END { if (found != \"\") print found }'\n}\n\nsystemd_known() {\n	if ! command -v systemctl >/dev/null; then\n		finding \"service $s_name: this host has no systemd\" \"Use another supervisor for it, or another host.\"\n		return 0\n	fi\n	[ \"$s_kind\" = systemd ] || systemd_user_known || return 0\n	service_look\n	if [ \"$s_state\" = missing ] && [ \"$(shown LoadState)\" = masked ]; then\n		finding \"service $s_name: the unit $s_unit is masked on this host, so that nothing may start it\" \\\n			\"If it is to run again, as root: systemctl unmask $s_unit   Else leave the service out of tarlift.yml, or the host out of its roles.\"\n		return 0\n	fi\n	case $s_state:$(shown LoadState) in\n	missing:bad-setting | missing:error)\n		known_analyze=\"systemd-analyze verify $s_unit\"\n		[ \"$s_kind\" = systemd ] || known_analyze=\"systemd-analyze --user verify $s_unit\"\n		finding \"service $s_name: systemd cannot load the unit $s_unit: $(systemd_load_error)\" \\\n			\"On the host, this names the line: $known_analyze   Mend it, then: systemctl daemon-reload\"\n		return 0\n		;;\n	esac\n	if [ \"$s_state\" = missing ]; then\n		finding \"service $s_name: systemd does not know the unit $s_unit\" \\\n			\"Install the unit (tarlift host setup prints one), then: systemctl daemon-reload\"\n		return 0\n	fi\n	if [ \"$s_state\" = unreachable ]; then\n		finding \"service $s_name: systemd does not answer $(id -un)\" \"Is its bus there? On the host: systemctl status $s_unit\"\n		return 0\n	fi\n	systemd_runs_something || return 0\n	if [ \"$s_kind\" = systemd ] && [ \"$(id -u)\" -ne 0 ]; then\n		for verb in restart $(service_first stop); do service_sudo \"$(command -v systemctl) $verb $s_unit\"; done\n		case $s_action in\n		reload) service_sudo \"$(command -v systemctl) reload $s_unit\" ;;\n		signal\\ *) service_sudo \"$(command -v systemctl) kill --kill-who=main -s ${s_action#signal } $s_unit\" ;;\n		esac\n	fi\n	if [ \"$s_action\" = reload ] && [ \"$(systemd_show CanReload)\" = no ]; then\n		finding \"service $s_name: the unit $s_unit has no ExecReload, so it cannot be reloaded\" \\\n			\"Add to [Service]: ExecReload=kill -HUP \\$MAINPID   or use \\`action: restart\\`.\"\n	fi\n	systemd_way_back_known\n	service_kills_after \"$(systemd_show TimeoutStopUSec | seconds_of_limit)\" TimeoutStopSec\n	service_warn_current\n}\n\n# A unit that has no processes of its own shows nothing of a release: it is active whatever the code does.\nsystemd_runs_something() {\n	known_id=$(systemd_show Id)\n	case $known_id in\n	*.service)\n		[ \"$(shown Type)\" = oneshot ] && [ \"$(systemd_show RemainAfterExit)\" = no ] || return 0\n		finding \"service $s_name: the unit $s_unit is Type=oneshot, which runs to its end, and nothing of it stays\" \\\n			\"Run its command in a hook (after-activate). If it starts something that stays: RemainAfterExit=yes.\"\n		;;\n	*.target)\n		known_units=$(for known_kind in Requires Wants Upholds BindsTo ConsistsOf; do systemd_show \"$known_kind\"; done | tr ' ' '\\n' | grep '\\.service$' | sort -u | tr '\\n' ' ')\n		finding \"service $s_name: $known_id runs nothing itself, and is active whatever becomes of its units\" \\\n			\"Name the services behind it in tarlift.yml, each as one of its own${known_units:+: $known_units}\"\n		;;\n	*.timer | *.path)\n		finding \"service $s_name: $known_id runs nothing itself\" \\\n			\"Leave it out of \\`services\\`: what it starts next is in the release that is live then.\"\n		;;\n	*)\n		finding \"service $s_name: $known_id runs nothing itself\" \\\n			\"Name the service behind it (${known_id%.*}.service?) in tarlift.yml instead.\"\n		;;\n	esac\n	return 1\n}\n\n# A user manager ends, and its services with it, when nobody of that user is logged in, unless it lingers.\nsystemd_user_known() {\n	if [ ! -S \"${XDG_RUNTIME_DIR:-/run/user/$(id -u)}/systemd/private\" ]; then\n		finding \"service $s_name: no user manager of systemd runs for $(id -un)\" \"As root on the host: loginctl enable-linger $(id -un)\"\n		return 1\n	fi\n	[ -e \"/var/lib/systemd/linger/$(id -un)\" ] ||\n		finding \"service $s_name: the user manager of $(id -un) ends at logout, and its services with it\" \\\n			\"As root on the host: loginctl enable-linger $(id -un)\"\n}\n\n# Reads systemd's `1min 30s` and prints 90, and what is left of a second as a whole one; nothing for infinity and what it cannot read.\nseconds_of_span() {\n	awk '\n		BEGIN { split(\"us ms s min h d w month y\", names); split(\"0.000001 0.001 1 60 3600 86400 604800 2629800 31557600\", lengths) }\n		$0 == \"0\" { print 0; next }\n		{\n			sum = 0\n			for (i = 1; i <= NF; i++) {\n				unit = $i; sub(/^[0-9.]+/, \"\", unit)\n				for (n = 1; n in names && names[n] != unit; n++);\n				if (!(n in names) || unit == $i) next\n				sum += lengths[n] * $i\n			}\n			print int(sum) + (sum > int(sum))\n		}'\n}\n\n# The same for the time of a stop, where 0 is none: so systemd before 229 shows it.\nseconds_of_limit() {\n	seconds_of_span | grep -vx 0\n}\n\n# Seconds in which starts of the unit are counted; 0: they are not. systemd before 230 has it by another name, in microseconds.\nstart_limit() {\n	limit_span=$(systemd_show StartLimitIntervalUSec)\n	if [ -n \"$limit_span\" ]; then\n		printf '%s\\n' \"$limit_span\" | seconds_of_span\n	else\n		systemd_show StartLimitInterval | awk '/^[0-9]+$/ { seconds = int($0 / 1000000); print seconds + (seconds * 1000000 < $0) }'\n	fi\n}\n\n# service_kills_after SECONDS SETTING: a stop-timeout is worth nothing where the supervisor kills before, or at the same time.\nservice_kills_after() {\n	[ -n \"$s_stop_limit\" ] && [ \"${1:-infinity}\" -le \"$s_stop_limit\" ] 2>/dev/null || return 0\n	reply warning \"service $s_name: its supervisor kills it $1 s after it was told to stop ($2), and its stop-timeout of $s_stop_limit s promises longer: a deploy that cuts it so fails. Give $2 $((s_stop_limit + 15)) s\"\n}\n\n# What it would cost if a release died at once: told before anything changes.\nsystemd_way_back_known() {\n	[ \"$s_kind\" = systemd ] && [ \"$user_id\" -ne 0 ] && [ -s \"$session/sudo\" ] || return 0\n	known_lacks=\n	known_wait=$(start_limit)\n	[ \"$known_wait\" = 0 ] || systemd_may reset-failed \"$s_unit\" || known_lacks=\" \\`systemctl reset-failed $s_unit\\`\"\n	for known_unit in $(systemd_show TriggeredBy); do\n		case $known_unit in *.socket) ;; *) continue ;; esac\n		for verb in reset-failed start; do\n			systemd_may \"$verb\" \"$known_unit\" || known_lacks=\"$known_lacks \\`systemctl $verb $known_unit\\`\"\n		done\n	done\n	[ -z \"$known_lacks\" ] ||\n		reply warning \"service $s_name: sudo does not let $user_name run$known_lacks. systemd refuses a unit that was started too often: if a release dies at once, the old one may not be started again for ${known_wait:+up to }${known_wait:-an unlimited time}${known_wait:+ s}. Run what tarlift host setup prints for this host again\"\n}\n\n# service_first WORD: prints it where this host has no release yet: a first release that fails is stopped.\nservice_first() {\n	[ -L \"$v_root/current\" ] || echo \"$1\"\n}\n\n# service_sudo COMMAND-LINE: a missing line is a finding; where the listing cannot be read, the right is unproven.\nservice_sudo() {\n	sudo_allows \"$1\" && return 0\n	if [ -s \"$session/sudo\" ]; then\n		sudo_remedy=\"Add this line with visudo, below all others for $(id -un), since the last one that matches decides: $(id -un) ALL=(root) NOPASSWD: $(printf '%s\\n' \"$1\" | sudo_written)\"\n		[ -z \"$(printf '%s\\n' \"$1\" | sudo_root_lines)\" ] || sudo_remedy=\"As root on the host, run what tarlift host setup prints.\"\n		finding \"service $s_name: sudo does not let $(id -un) run \\`$1\\` without a password\" \"$sudo_remedy\"\n	else\n		reply warning \"service $s_name: unproven that sudo lets $(id -un) run \\`$1\\` ($(sudo_why))\"\n	fi\n}\n\n# Reads a command line, and prints it as it has to stand in sudoers (src/fleet/host-setup.ts: escapeSudoers; host-setup.sh: sudo_here).\nsudo_written() {\n	if [ -n \"${sudo_plain-}\" ]; then\n		sed 's/[,:=#\\\\]/\\\\&/g'\n	else\n		sed -e 's/\\\\/\\\\\\\\/g' -e 's/[][,:=#\\\\*?!^]/\\\\&/g'\n	fi\n}\n\n# Lines of older setups, and others like them.\nsudo_gives_root() {\n	sudo_line=$(sudo_commands | sudo_root_lines | head -n 1)\n	[ -z \"$sudo_line\" ] ||\n		reply warning \"sudo lets $(id -un) run \\`$sudo_line\\`, and so anything as root: supervisorctl reads the supervisord.conf that its caller chooses. As root on the host, run what tarlift host setup prints, and remove such lines from all other files of sudo\"\n	sudo_line=$(sed '/^User /,$d' \"$session/sudo\" | grep -Eo '(^|[ ,])(setenv|env_keep[+]?=\"?[^\",]*(PYTHON|LD_)[A-Z_]*)' | head -n 1)\n	[ -z \"$sudo_line\" ] ||\n		reply warning \"sudo takes variables from $(id -un) (${sudo_line#[ ,]}) that decide what a program loads, so that each of its lines gives anything as root. Remove that from its Defaults\"\n}\n\n# Reads command lines, and prints those of supervisorctl whose configuration is the caller's to choose: a plugin of it runs as root.\nsudo_root_lines() {\n	while read -r root_program root_option root_file root_rest; do\n		case $root_program in */supervisorctl) ;; *) continue ;; esac\n		case $root_option:$root_file in\n		-c:*[*?[]*) ;;\n		-c:/*) [ -w \"$root_file\" ] || [ -w \"${root_file%/*}\" ] || continue ;;\n		esac\n		printf '%s\\n' \"$root_program${root_option:+ $root_option}${root_file:+ $root_file}${root_rest:+ $root_rest}\"\n	done\n}\n\n# `current` as text in a command line makes an old process import new code after a swap.\nservice_warn_current() {\n	for process in $s_pids; do\n		if tr '\\0' ' ' <\"/proc/$process/cmdline\" 2>/dev/null | grep -v '/\\.tarlift/exec' | grep -qF \"$v_root/current/\"; then\n			reply warning \"service $s_name: its command line has paths through $v_root/current, so that after a swap old processes import new code; use paths relative to the working directory (.venv/bin/…)\"\n			return 0\n		fi\n	done\n}\n";

// src/remote/prepare.sh
var prepare_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015 # v_… are values of the request (main.sh); A && B || C is meant as it is\n# Exchange 2: the coming release, complete, configured and verified beside the live one.\n# Values: release digest version commit commit_time configuration incoming encoding index_digest environments (ids, separated by spaces)\n# modes (of files: file-modes.sh) receive_environments (those that travel), seal and commands_as (users; may be missing). Texts: env, lines (`<size> <sha256>` of each file that is missing or was left, in order),\n# environment-<id> (the file index of one that travels, or that the host has no index of), shared-directories, shared-files, farms\n# (`<id> <mount>`), imports (shell text that starts the environment, run in the release), services (lines of the record:\n# recorded-services.sh), config (the artifact's, of which the release digest is the digest), layers (which entry of the release's index\n# stands in which layer: src/bundle/layer-map.ts).\n\nverb_prepare() {\n	prepare_tree=$v_root/.tarlift/incoming/$v_incoming\n	prepare_record=$v_root/.tarlift/releases/$v_release\n	prepare_code=0\n	(prepare_all) || prepare_code=$?\n	# What is live must be able to go on writing: on a full disk nothing is kept for the next attempt.\n	[ \"$prepare_code\" -eq 0 ] || has_room \"$v_root\" || prepare_forget\n	return \"$prepare_code\"\n}\n\nprepare_forget() {\n	discard \"$prepare_tree\"\n	for prepare_id in $v_receive_environments; do\n		receiving \"$prepare_id\"\n		discard \"$receiving\" \"$v_environments_root/.trash\"\n	done\n}\n\nprepare_all() {\n	live_release\n	[ \"$line\" != \"$v_release\" ] || fail_with \"the release that is live would be overwritten\" \"This is a defect of Tarlift: please report it.\"\n	# The index names the state `receiving` before the first byte; the name stays free for a repetition.\n	[ ! -d \"$prepare_record\" ] || rm -f \"$prepare_record/good\" \"$prepare_record/previous\"\n	set_state \"$v_release\" receiving || fail_with \"$v_root cannot be written\" \"Look at free space, inodes and owner of $v_root/.tarlift.\"\n	mkdir -p \"$prepare_tree\" || prepare_unwritten \"the release cannot be received\"\n	step receiving\n	prepare_receive\n	step received\n	prepare_index\n	prepare_verify\n	prepare_times\n	step verified\n	prepare_environments\n	step joined\n	prepare_configure\n	step configured\n	prepare_record_files || prepare_unwritten \"the release cannot be recorded\"\n	chmod 755 \"$prepare_tree\"\n	flush \"$prepare_tree\"\n	# On a file system of their own: their names, and that they are in use.\n	[ ! -f \"$session/elsewhere\" ] || flush \"$v_environments_root\"\n	step flushed\n	# Not before: files of it may have been linked.\n	discard \"$v_root/releases/$v_release\" || fail_with \"an unfinished release of that name cannot be removed\" \"Look at the owner of $v_root/releases/$v_release.\"\n	mv \"$prepare_tree\" \"$v_root/releases/$v_release\" ||\n		fail_with \"the release cannot get its name\" \"Look at $v_root/releases.\"\n	step named\n	prepare_label \"$v_root/releases/$v_release\"\n	prepare_import\n	prepare_rehearse\n	for prepare_user in ${v_commands_as-}; do\n		[ \"$prepare_user\" = \"$(id -un)\" ] || task_user \"$v_root/releases/$v_release\" \"$prepare_user\"\n	done\n	set_state \"$v_release\" prepared || prepare_unwritten \"the release cannot be recorded\"\n	flush \"$v_root\"\n	step prepared\n	prepare_code=0\n	[ ! -f \"$request/pending\" ] || task_run \"$v_root/releases/$v_release\" \"$request/pending\" \"${v_run_as-}\" \"${v_timeout:-0}\" closed || prepare_code=$?\n	[ \"$prepare_code\" -eq 0 ] || {\n		tail -n 40 \"$session/out\" >\"$session/wrong\"\n		fail_with \"the pending migrations could not be listed: $(step_ended \"$prepare_code\")\" \"To try it by hand: log in as $(id -un) and open a shell in the release with $(task_shell \"$v_root/releases/$v_release\" \"${v_run_as-}\"); then type the command of migrations.pending.\" \"$session/wrong\"\n	}\n}\n\n# What is said on the way is kept in memory: the disk may be what is wrong.\nprepare_receive() {\n	prepare_said=$({\n		case $v_encoding in\n		zstd) zstd -dcq <&6 || echo \"broken: it could not be unpacked\" >&2 ;;\n		gzip) gzip -dc <&6 || echo \"broken: it could not be unpacked\" >&2 ;;\n		*) cat <&6 ;;\n		esac | {\n			tar -x -p -o -f - -C / >&2 || echo \"broken: tar ended with code $?\" >&2\n			# A tar that stops at the end of the archive would break the pipe of what unpacks for it.\n			cat >/dev/null\n		}\n	} 2>&1 >/dev/null | tail -n 20)\n	case $prepare_said in *broken:*) ;; *) return 0 ;; esac\n	[ ! -f \"$session/silent\" ] ||\n		fail_with \"nothing came from the machine that deploys for ${v_lease:-180} s while it sent the release\" \"Look at the network between both and at the load of both. What arrived is kept, and only the rest is sent again.\"\n	reply_say text output \"$prepare_said\"\n	fail_with \"the release could not be received\" \"Look at free space and inodes (df, df -i) and at owners below $v_root; what arrived is kept, and only the rest is sent again.\"\n}\n\n# Puts the release's file index together: from the lines that were sent, and for linked files from the index of the release that they\n# are linked from. Its own digest says whether all of it is right.\nprepare_index() {\n	first_line \"$session/plan\"\n	case $line in 'b '*) prepare_base=${line#b } ;; *) prepare_base= ;; esac\n	set --\n	while IFS= read -r prepare_source; do\n		set -- \"$@\" \"$v_root/.tarlift/releases/$prepare_source/index\"\n	done <\"$session/sources\"\n	: >\"$session/sent\"\n	awk -v \"base=releases/$prepare_base/\" -v \"sent_list=$session/sent\" '\n		FNR == 1 { last = split(FILENAME, part, \"/\"); kind = part[last]; at = \"releases/\" part[last - 1] \"/\" }\n		kind == \"index\" {\n			if (/^f /) known[at substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1)] = $2 \" \" $3 \" \" $4\n			next\n		}\n		kind == \"lines\" { line[++lines] = $0; next }\n		kind == \"plan\" {\n			if ($1 == \"m\") { split($2, range, \"-\"); if (range[2] == \"\") range[2] = range[1]; for (i = range[1] + 0; i <= range[2] + 0; i++) here[i] = 1 }\n			if ($1 == \"i\") here[$2] = 1\n			if ($1 == \"l\") { at = $0; sub(/^l [0-9]+ /, \"\", at); from[$2] = at }\n			next\n		}\n		/^f / {\n			n++; path = substr($0, 21)\n			mode = substr($0, 3, 1) == \"x\" ? \"0755\" : \"0644\"\n			if (n in here) { used++; print \"f \" mode \" \" line[used] \"  \" path; hash = line[used]; sub(/^[0-9]+ /, \"\", hash); print hash \"  \" path >sent_list }\n			else print \"f \" known[(n in from) ? from[n] : base path] \"  \" path\n			next\n		}\n		{ print }\n	' \"$@\" \"$request/lines\" \"$session/plan\" \"$session/wanted\" >\"$session/index\"\n	prepare_sum=$(sha256sum <\"$session/index\")\n	[ \"${prepare_sum%% *}\" = \"$v_index_digest\" ] ||\n		fail_with \"the file index of the release does not have its digest\" \"An index on this host was changed: remove $v_root/.tarlift/releases/*/stat, so that everything is sent again.\"\n}\n\n# The tree against the index: what was sent by its hash, everything by type, size and mode; and nothing else is there.\nprepare_verify() {\n	cd \"$prepare_tree\" || exit 1\n	if [ -s \"$session/sent\" ] && ! sha256sum -c \"$session/sent\" >\"$session/check\" 2>&1; then\n		grep -v ': OK$' \"$session/check\" >\"$session/wrong\"\n		# What is wrong must not count as received the next time.\n		sed -n 's/: FAILED\\( open or read\\)\\{0,1\\}$//p' \"$session/wrong\" | tr '\\n' '\\0' | xargs -0 rm -f --\n		fail_with \"the release is not what its file index says\" \"It was changed on its way, or the disk is not sound: try again.\" \"$session/wrong\"\n	fi\n	if ! prepare_compare; then\n		# An attempt that ended after the verification has left its configuration, shared links and farms.\n		sed -n 's/^[?l] \\.\\//.\\//p; s/^f [0-7]* [0-9]* \\.\\//.\\//p' \"$session/more\" | sed 's/	.*$//' | tr '\\n' '\\0' | xargs -0 rm -f --\n		prepare_compare || {\n			cat \"$session/less\" \"$session/more\" | head -n 20 >\"$session/wrong\"\n			# What cannot be made to agree would be in the way of every repetition.\n			cd / && discard \"$prepare_tree\"\n			fail_with \"the release on the host is not what its file index says\" \"Another program writes below $v_root/.tarlift, or the disk is full: try again.\" \"$session/wrong\"\n		}\n	fi\n	cd /\n}\n\n# The index against everything in the tree but directories, by type, size and mode: what is missing there goes to $session/less, what\n# should not be there to $session/more. $session/found: what is there, files with their times.\nprepare_compare() {\n	{\n		find . -type f -exec stat -c 'f %a %s %Y %n' {} +\n		find . ! -type f ! -type d | while IFS= read -r prepare_other; do\n			if [ -L \"$prepare_other\" ]; then\n				printf 'l %s\\t%s\\n' \"$prepare_other\" \"$(readlink \"$prepare_other\")\"\n			else\n				printf '? %s\\n' \"$prepare_other\"\n			fi\n		done\n	} >\"$session/found\"\n	: >\"$session/less\"\n	: >\"$session/more\"\n	awk -v \"less=$session/less\" -v \"more=$session/more\" -v \"modes=${v_modes-closed}\" '\n		FILENAME ~ /\\/index$/ {\n			if (/^f /) want[\"f \" ($2 == \"0755\" ? \"555\" : \"444\") \" \" $3 \" ./\" substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1)] = 1\n			if (/^l /) want[\"l ./\" substr($0, 3)] = 1\n			next\n		}\n		{\n			entry = $0\n			mode = $2\n			# Files that are linked from another release keep the mode with which they came there.\n			if (modes == \"open\") sub(/^644$/, \"444\", mode) || sub(/^755$/, \"555\", mode)\n			if (/^f /) entry = \"f \" mode \" \" $3 \" \" substr($0, 2 + length($2 $3 $4) + 3 + 1)\n			if (entry in want) delete want[entry]\n			else { print entry >more; wrong = 1 }\n		}\n		END {\n			for (entry in want) { print entry >less; wrong = 1 }\n			exit wrong\n		}\n	' \"$session/index\" \"$session/found\"\n}\n\n# Web servers and browsers take a file whose size and time are the same for the same file. So one that was sent gets another time than\n# any other content has that a release of this host has at its path: a second later, until it is alone.\nprepare_times() {\n	[ -s \"$session/sent\" ] || return 0\n	set --\n	for prepare_stat in \"$v_root\"/.tarlift/releases/*/stat; do\n		[ ! -f \"$prepare_stat\" ] || set -- \"$@\" \"${prepare_stat%/stat}/index\" \"$prepare_stat\"\n	done\n	(\n		cd \"$prepare_tree\" || exit 1\n		awk -v \"times=$session/times\" '\n			FILENAME ~ /\\/sent$/ { hash[substr($0, 67)] = substr($0, 1, 64); next }\n			FILENAME ~ /\\/index$/ {\n				if (FNR == 1) split(\"\", other)\n				path = substr($0, 2 + 5 + length($3) + 1 + 64 + 2 + 1)\n				if ($1 == \"f\" && (path in hash) && $4 != hash[path]) other[path] = 1\n				next\n			}\n			FILENAME ~ /\\/stat$/ {\n				path = substr($0, length($1 $2 $3) + 4)\n				if (path in other) taken[path, $2, $3] = 1\n				next\n			}\n			/^f / {\n				path = substr($0, 2 + length($2 $3 $4) + 3 + 3)\n				if (!(path in hash)) next\n				for (time = $4; (path, $3, time) in taken;) time++\n				if (time == $4) next\n				print time \" \" path\n				if (!(time in told)) print time >times\n				told[time] = 1\n			}\n		' \"$session/sent\" \"$@\" \"$session/found\" >\"$session/later\"\n		[ -s \"$session/later\" ] || exit 0\n		while read -r prepare_time; do\n			sed -n \"s/^$prepare_time //p\" \"$session/later\" | tr '\\n' '\\0' | xargs -0 touch -c -d \"@$prepare_time\" --\n		done <\"$session/times\"\n	)\n}\n\n# Environments that travelled get their names when their index agrees; from then on they are never written to again.\nprepare_environments() {\n	for prepare_id in $v_receive_environments; do\n		receiving \"$prepare_id\"\n		prepare_from=$receiving\n		(\n			cd \"$prepare_from\" 2>/dev/null || exit 1\n			sed -n 's/^f [0-7]* [0-9]* //p' \"$request/environment-$prepare_id\" >\"$session/sums\"\n			if [ -s \"$session/sums\" ]; then sha256sum -c \"$session/sums\"; fi >\"$session/check\" 2>&1 || exit 1\n			sed -n 's/^l //p' \"$request/environment-$prepare_id\" | sort >\"$session/expected\"\n			[ \"$(prepare_links | sha256sum)\" = \"$(sha256sum <\"$session/expected\")\" ]\n		) || {\n			grep -v ': OK$' \"$session/check\" >\"$session/wrong\"\n			# What is wrong must not count as received the next time; what cannot be told apart must not either.\n			if [ -s \"$session/wrong\" ]; then\n				(cd \"$prepare_from\" && sed -n 's/: FAILED\\( open or read\\)\\{0,1\\}$//p' \"$session/wrong\" | tr '\\n' '\\0' | xargs -0 rm -f --)\n			else\n				discard \"$prepare_from\" \"$v_environments_root/.trash\"\n			fi\n			fail_with \"environment $prepare_id is not what its file index says\" \"It was changed on its way, or the disk is not sound: try again.\" \"$session/wrong\"\n		}\n		chmod 755 \"$prepare_from\"\n		flush \"$prepare_from\"\n		step environment-verified\n		(\n			prepare_lock \"$prepare_id\"\n			if [ -d \"$v_environments_root/$prepare_id\" ]; then\n				# Another root's deploy was faster: its copy is as good as ours.\n				discard \"$prepare_from\" \"$v_environments_root/.trash\"\n			else\n				# In this order: one that nobody is noted for would stay for ever.\n				prepare_note_use \"$prepare_id\" && mv \"$prepare_from\" \"$v_environments_root/$prepare_id\"\n			fi\n		) || prepare_locked $?\n		step environment-named\n	done\n	for prepare_id in $v_environments; do\n		[ -d \"$v_environments_root/$prepare_id\" ] || fail_with \"environment $prepare_id is not there\" \"Deploy again: it is sent again.\"\n		(\n			prepare_lock \"$prepare_id\"\n			prepare_note_use \"$prepare_id\" && prepare_note_environment \"$prepare_id\"\n		) || prepare_locked $? ||\n			fail_with \"it cannot be noted that $v_root uses environment $prepare_id\" \"Look at free space (df), and at the owner of $v_environments_root/$prepare_id.users, .index and .lock\"\n	done\n	# Tree environments: one copy of its own a host, a farm of hard links a release.\n	while read -r prepare_id prepare_mount; do\n		prepare_within \"$prepare_tree\" \"$prepare_mount\"\n		prepare_within \"$v_environments_root/$prepare_id\" \"$prepare_mount\"\n		# Into what is there already: links of workspaces, or empty directories of an earlier attempt.\n		mkdir -p \"$prepare_tree/$prepare_mount\"\n		cp -al \"$v_environments_root/$prepare_id/$prepare_mount/.\" \"$prepare_tree/$prepare_mount/\" 2>\"$session/wrong\" ||\n			cp -a \"$v_environments_root/$prepare_id/$prepare_mount/.\" \"$prepare_tree/$prepare_mount/\" 2>\"$session/wrong\" ||\n			fail_with \"environment $prepare_id cannot be put into the release\" \"Look at free space, inodes and owners.\" \"$session/wrong\"\n	done <\"$request/farms\"\n}\n\n# `<path><tab><target>` of each link of the environment.\nprepare_links() {\n	find . -type l | sed 's|^\\./||' | while IFS= read -r prepare_link; do\n		printf '%s\\t%s\\n' \"$prepare_link\" \"$(readlink \"$prepare_link\")\"\n	done | sort\n}\n\n# prepare_lock ENVIRONMENT_ID: for the rest of this subshell, from other roots that share environments-root. They need it for moments.\nprepare_lock() {\n	prepare_lock=$v_environments_root/$1.lock\n	lock_file \"$prepare_lock\"\n	exec 8>>\"$prepare_lock\"\n	lock_within 60 8 \"$prepare_lock\" ||\n		fail_with \"the lock of environment $1 is not free after 60 s: $(lock_stranger \"$prepare_lock\") has it\" \"Look at what that process does, end it, and deploy again.\"\n}\n\n# prepare_locked CODE: of a subshell with that lock; what it has replied ends the verb.\nprepare_locked() {\n	[ \"$1\" -ne 9 ] || exit 9\n	return \"$1\"\n}\n\n# prepare_note_use ENVIRONMENT_ID: that this root needs it.\nprepare_note_use() {\n	grep -qxF -- \"$v_root\" \"$v_environments_root/$1.users\" 2>/dev/null || printf '%s\\n' \"$v_root\" >>\"$v_environments_root/$1.users\"\n}\n\n# prepare_note_environment ENVIRONMENT_ID: what it consists of, for whoever looks at it later. One that was there without a record may be\n# anything: it is verified first.\nprepare_note_environment() {\n	[ -f \"$request/environment-$1\" ] && ! environment_known \"$1\" || return 0\n	case \" $v_receive_environments \" in\n	*\" $1 \"*) ;;\n	*)\n		environment_prove \"$1\" \"$request/environment-$1\"\n		[ ! -s \"$session/drift\" ] || fail_with \"environment $1, which was on this host already, is not what its file index says\" \\\n			\"Put back what was changed in $v_environments_root/$1, or build the environment again: tarlift build-env --rebuild, then bundle and deploy.\" \"$session/drift\"\n		;;\n	esac\n	prepare_label \"$v_environments_root/$1\"\n	environment_stat \"$1\" >\"$session/environment-stat\" && ! session_full &&\n		write_file \"$v_environments_root/$1.index\" environment-index <\"$request/environment-$1\" &&\n		write_file \"$v_environments_root/$1.stat\" environment-stat <\"$session/environment-stat\"\n}\n\n# prepare_label PATH: gives its files the SELinux labels of the place, which go by names: under the name that it keeps.\nprepare_label() {\n	selinux || return 0\n	restorecon -R \"$1\" 2>\"$session/wrong\" ||\n		reply warning \"SELinux labels of $1 could not be set ($(head -n 1 \"$session/wrong\")): a service may not be let at its files. As root on the host: restorecon -R $1\"\n}\n\nprepare_configure() {\n	cd \"$prepare_tree\" || exit 1\n	while IFS= read -r prepare_path; do\n		[ -n \"$prepare_path\" ] || continue\n		[ -d \"$v_root/shared/$prepare_path\" ] || prepare_shared_directory \"$prepare_path\"\n		prepare_share \"$prepare_path\"\n	done <\"$request/shared-directories\"\n	while IFS= read -r prepare_path; do\n		[ -n \"$prepare_path\" ] || continue\n		[ -f \"$v_root/shared/$prepare_path\" ] || fail_with \"the shared file $prepare_path is missing\" \"Put it to $v_root/shared/$prepare_path.\"\n		prepare_share \"$prepare_path\"\n	done <\"$request/shared-files\"\n	mkdir -p .tarlift && cd .tarlift || prepare_unwritten \"the configuration cannot be written\"\n	umask 077\n	cat \"$request/env\" >./env || prepare_unwritten \"the configuration cannot be written\"\n	umask 022\n	let_read_configuration\n	{ cat \"$request/exec\" >./exec && chmod 0755 ./exec; } || prepare_unwritten \"the configuration cannot be written\"\n	cd /\n}\n\n# The interpreter starts, and what was installed can be imported, by the user that commands of the release run as: it is code of the\n# artifact.\nprepare_import() {\n	[ -s \"$request/imports\" ] || return 0\n	if [ -n \"${v_run_as-}\" ] && [ \"$v_run_as\" != \"$(id -un)\" ] && ! task_can \"$v_root/releases/$v_release\" \"$v_run_as\"; then\n		reply warning \"whether the environment starts on this host was not tried: $task_what. $task_remedy\"\n		return 0\n	fi\n	prepare_code=0\n	task_run \"$v_root/releases/$v_release\" \"$request/imports\" \"${v_run_as-}\" 120 closed || prepare_code=$?\n	[ \"$prepare_code\" -ne 0 ] || return 0\n	tail -n 20 \"$session/out\" >\"$session/wrong\"\n	# A live release shows that services here need nothing that such a mount keeps from starting (facts_executable).\n	if [ \"$step_timed_out\" -eq 0 ] && [ \"$prepare_code\" -lt 128 ] && { mounted \"$v_root\" noexec || mounted \"$v_environments_root\" noexec; }; then\n		first_line \"$session/mount\"\n		reply warning \"the environment does not start on this host, where $line is mounted noexec: $(tail -n 1 \"$session/wrong\")\"\n		return 0\n	fi\n	# What arrived need not be sent again.\n	mv \"$v_root/releases/$v_release\" \"$prepare_tree\"\n	prepare_what=\"the environment does not start on this host\"\n	[ \"$step_timed_out\" -eq 0 ] ||\n		fail_with \"$prepare_what: its modules were imported for too long ($(step_ended \"$prepare_code\"))\" \"A module may wait for something when it is imported, such as a server or a lock; or the host is very busy, and another try succeeds.\" \"$session/wrong\"\n	[ \"$prepare_code\" -le 128 ] || prepare_what=\"$prepare_what ($(step_ended \"$prepare_code\"))\"\n	fail_with \"$prepare_what\" \"Build it for this host: a job in a container of the hosts' distribution, a matching runner, or wheels only.\" \"$session/wrong\"\n}\n\n# A shared directory that is new is the service's user's to write: by its group, in which the SSH user is, or as its owner. Services write\n# what is above it.\nprepare_shared_directory() {\n	[ -d \"$v_root/shared\" ] || mkdir -p \"$v_root/shared\"\n	enter \"$v_root/shared\" \"$1\" make ||\n		fail_with \"the shared directory $1 cannot be made: $enter_why\" \"Look at the owners of what is below $v_root/shared. To make it by hand: mkdir -p $v_root/shared/$1\"\n	if [ -n \"${v_run_as-}\" ] && [ \"$v_run_as\" != \"$(id -un)\" ]; then\n		if [ \"$enter_new\" = yes ]; then\n			[ \"$(id -u)\" -ne 0 ] || chown \"$v_run_as\" .\n			chgrp \"$(id -gn \"$v_run_as\")\" . && chmod g+ws . || :\n		fi\n		can \"$v_run_as\" w . ||\n			fail_with \"$v_run_as cannot write $v_root/shared/$1, a shared directory that is new\" \"As root on the host: chown $v_run_as $v_root/shared/$1\"\n	fi\n	cd \"$prepare_tree\" || exit 1\n}\n\n# prepare_within DIRECTORY PATH: no part of the path is a link there. An artifact could lead out of the release by it.\nprepare_within() {\n	prepare_at=$1\n	prepare_rest=$2/\n	while [ -n \"$prepare_rest\" ]; do\n		prepare_at=$prepare_at/${prepare_rest%%/*}\n		prepare_rest=${prepare_rest#*/}\n		[ ! -L \"$prepare_at\" ] ||\n			fail_with \"$2 cannot stand in the release: ${prepare_at#\"$1/\"} is a link there, and could lead out of it\" \"Remove that link from the commit, or name the path that it leads to, and bundle it again.\"\n	done\n}\n\n# A link into shared/ in the place of whatever the release itself has there.\nprepare_share() {\n	case $1 in */*) prepare_within . \"${1%/*}\" ;; esac\n	mkdir -p \"$(dirname \"$1\")\"\n	[ -L \"$1\" ] || [ ! -d \"$1\" ] || rm -rf \"./$1\"\n	ln -sfn \"$v_root/shared/$1\" \"./$1\" || prepare_unwritten \"the link to the shared path $1 cannot be made\"\n}\n\n# prepare_unwritten WHAT: the disk is full, or a quota is, which `df` does not show.\nprepare_unwritten() {\n	fail_with \"$1\" \"Look at free space and inodes (df, df -i), at quotas of $(id -un) (quota), and at owners below $v_root.\"\n}\n\n# False where one of them cannot be written: a release without its record could go live, with nothing to go back to it by, and its\n# environments would count as unused.\nprepare_record_files() {\n	# With config, layers and the index the release can be brought to another host, whose digests tell that it is the same.\n	write_file \"$prepare_record/index\" <\"$session/index\" &&\n		write_file \"$prepare_record/config\" <\"$request/config\" &&\n		write_file \"$prepare_record/layers\" <\"$request/layers\" &&\n		prepare_stat && write_file \"$prepare_record/stat\" <\"$session/stat\" &&\n		prepare_record_lines >\"$session/record\" && ! session_full &&\n		(umask 077 && write_file \"$prepare_record/record\" <\"$session/record\")\n}\n\nprepare_stat() {\n	(cd \"$prepare_tree\" && sed -n 's/^f [0-7]* [0-9]* [0-9a-f]*  //p' \"$session/index\" | tr '\\n' '\\0' | xargs -0 stat -c '%a %s %Y %n' -- 2>/dev/null) >\"$session/stat\"\n	# stat without a file is an error too.\n	[ \"$(wc -l <\"$session/stat\")\" -eq \"$(grep -c '^f ' \"$session/index\")\" ]\n}\n\nprepare_record_lines() {\n	prepare_sum=$(sha256sum <\"$prepare_tree/.tarlift/env\")\n	printf 'digest %s\\nversion %s\\ncommit %s\\ncommit_time %s\\n' \"$v_digest\" \"$v_version\" \"$v_commit\" \"$v_commit_time\"\n	printf 'configuration %s\\nenvironments %s\\nenv %s\\n' \"$v_configuration\" \"$v_environments\" \"${prepare_sum%% *}\"\n	prepare_sum=$(sha256sum <\"$prepare_tree/.tarlift/exec\")\n	printf 'exec %s\\n' \"${prepare_sum%% *}\"\n	sed -n 's/^./shared &/p' \"$request/shared-directories\" \"$request/shared-files\"\n	sed -n 's/^./farm &/p' \"$request/farms\"\n	cat \"$request/services\"\n	[ -z \"${v_seal-}\" ] || printf 'seal %s\\n' \"$v_seal\"\n}\n\n# What activating will do, without doing it: a link and a rename in the root.\nprepare_rehearse() {\n	prepare_swap=$v_root/.tarlift/swap\n	# By the name of the directory, as in set_link: an attempt that was lost has perhaps left its link.\n	[ -d \"$prepare_swap\" ] || mkdir -p \"$prepare_swap\"\n	[ ! -L \"$prepare_swap/.rehearsal\" ] || rm -f \"$prepare_swap/.rehearsal\"\n	ln -s \"releases/$v_release\" \"$prepare_swap/.rehearsal\" &&\n		mv -f \"$prepare_swap/.rehearsal\" \"$v_root/\" && step rehearsed &&\n		[ \"$(readlink \"$v_root/.rehearsal\")\" = \"releases/$v_release\" ] &&\n		rm -f \"$v_root/.rehearsal\" ||\n		fail_with \"a link in $v_root cannot be made and renamed\" \"Give the directory to the SSH user: chown $(id -un) $v_root\"\n}\n";

// src/remote/prune.sh
var prune_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015,SC2094 # v_… are values of the request (main.sh); the lock of an environment is a file of its own\n# What goes, and when: old releases after a commit, and what failed deploys left before the next release comes. All of it under the lock\n# of the host, which nobody shall wait for: names go at once, files within PRUNE_LIMIT, and the rest in the next run.\n\n# Seconds.\nPRUNE_LIMIT=10\n\n# Kept: the newest good releases (v_keep), what is live, what was before it, and one failed release to look at.\nprune() {\n	prune_kept\n	prune_code=0\n	# Also one that was lost before it had a state.\n	for prune_path in \"$v_root\"/.tarlift/releases/*; do\n		[ -d \"$prune_path\" ] || continue\n		prune_name=${prune_path##*/}\n		case $prune_keep in *\" $prune_name \"*) continue ;; esac\n		prune_release \"$prune_name\"\n	done\n	# What broken transfers of other releases left.\n	receiving \"\"\n	for prune_path in \"$v_root\"/.tarlift/incoming/* \"$receiving\"*; do\n		set_aside \"$prune_path\" || rm -rf \"$prune_path\" || prune_code=1\n	done\n	prune_environments || prune_code=1\n	prune_log || prune_code=1\n	empty_trash\n	return \"$prune_code\"\n}\n\n# Sets prune_keep, names between spaces.\nprune_kept() {\n	link_release current\n	prune_keep=\" $line \"\n	[ -z \"$line\" ] || first_line \"$v_root/.tarlift/releases/$line/previous\"\n	prune_keep=\"$prune_keep$line \"\n	link_release previous\n	prune_keep=\"$prune_keep$line \"\n	for kept_name in $(good_releases | tail -n \"$v_keep\"); do prune_keep=\"$prune_keep$kept_name \"; done\n	set --\n	for kept_path in \"$v_root\"/.tarlift/releases/*/state; do\n		[ -f \"$kept_path\" ] || continue\n		first_line \"$kept_path\"\n		[ \"$line\" != failed ] || set -- \"$@\" \"$kept_path\"\n		kept_name=${kept_path%/state}\n		kept_name=${kept_name##*/}\n		# An adopted one may hold files that are nowhere else: people remove it.\n		recorded \"$kept_name\" adopted\n		[ -z \"$line\" ] || prune_keep=\"$prune_keep$kept_name \"\n	done\n	# The newest.\n	# shellcheck disable=SC2012 # names have no blanks\n	[ \"$#\" -eq 0 ] || for kept_name in $(ls -td -- \"$@\" | head -n 1); do\n		kept_name=${kept_name%/state}\n		prune_keep=\"$prune_keep${kept_name##*/} \"\n	done\n}\n\n# prune_release NAME: the record goes first: what has none is no candidate for anything.\nprune_release() {\n	# On a full disk there is no room for a directory to set it aside in.\n	for release_path in \"$v_root/.tarlift/releases/$1\" \"$v_root/releases/$1\"; do\n		set_aside \"$release_path\" || rm -rf \"$release_path\" || {\n			prune_code=1\n			reply warning \"the old release $1 could not be removed; whose are its files? As root: rm -rf $v_root/releases/$1\"\n			return 0\n		}\n	done\n	log_event pruned \"$1\"\n}\n\n# leave_failures COUNT: deploys that fail, one after the other, fill no disk and push no good release out. Of the releases that never\n# became good, and of what broken transfers left, the newest COUNT stay, to be looked at and because what they have need not travel\n# again; besides them what the coming release itself begins with. Tells `spare` when there is more that could go.\nleave_failures() {\n	link_release current\n	left_keep=\" $line \"\n	link_release previous\n	left_keep=\"$left_keep$line \"\n	first_line \"$v_root/.tarlift/transaction\"\n	left_keep=\"$left_keep$line \"\n	left_names=\n	for left_path in \"$v_root\"/.tarlift/releases/*/state; do\n		[ -f \"$left_path\" ] || continue\n		first_line \"$left_path\"\n		[ \"$line\" != good ] || continue\n		left_path=${left_path%/state}\n		case $left_keep in *\" ${left_path##*/} \"*) continue ;; esac\n		! grep -qs \"^digest sha256:$v_incoming\" \"$left_path/record\" || continue\n		left_names=\"$left_names $left_path/state\"\n	done\n	left_transfers=\n	receiving \"\"\n	for left_path in \"$v_root\"/.tarlift/incoming/* \"$receiving\"*; do\n		[ -d \"$left_path\" ] || continue\n		[ \"${left_path##*/}\" != \"$v_incoming\" ] || continue\n		! grep -qsxF \"environment ${left_path#\"$receiving\"}\" \"$request/requirements\" || continue\n		left_transfers=\"$left_transfers $left_path\"\n	done\n	if [ -z \"$left_names$left_transfers\" ]; then\n		empty_trash\n		return 0\n	fi\n	left_gone=\n	# shellcheck disable=SC2086 # paths of roots have no spaces\n	for left_path in $(all_but_newest \"$1\" $left_names); do\n		left_path=${left_path%/state}\n		prune_release \"${left_path##*/}\"\n		left_gone=yes\n	done\n	# shellcheck disable=SC2086\n	for left_path in $(all_but_newest \"$1\" $left_transfers); do\n		set_aside \"$left_path\" || rm -rf \"$left_path\" || :\n		left_gone=yes\n	done\n	if [ -n \"$left_gone\" ]; then prune_environments || :; fi\n	empty_trash\n	[ \"$1\" -eq 0 ] || reply spare yes\n}\n\n# all_but_newest COUNT PATH…: the others, one a line.\n# shellcheck disable=SC2012 # names have no blanks\nall_but_newest() {\n	newest_count=$1\n	shift\n	[ \"$#\" -le \"$newest_count\" ] || ls -td -- \"$@\" | tail -n \"+$((newest_count + 1))\"\n}\n\n# The log keeps its newest part: some ten thousand deploys.\nprune_log() {\n	[ -n \"$(find \"$v_root/.tarlift/log.jsonl\" -size +16384k 2>/dev/null)\" ] || return 0\n	tail -c 8388608 \"$v_root/.tarlift/log.jsonl\" | sed 1d >\"$session/log\" && write_file \"$v_root/.tarlift/log.jsonl\" <\"$session/log\"\n}\n\n# An environment goes when no root keeps a release with it and no process that can be seen uses it.\nprune_environments() {\n	# Not by a file of the session: one that was cut would make all that it lacks unused.\n	prune_used=\" \"\n	for used_path in \"$v_root\"/.tarlift/releases/*/record; do\n		[ -f \"$used_path\" ] || continue\n		used_path=${used_path%/record}\n		recorded \"${used_path##*/}\" environments\n		prune_used=\"$prune_used$line \"\n	done\n	# Those of the release that is to come.\n	[ ! -f \"$request/requirements\" ] || prune_used=\"$prune_used$(sed -n 's/^environment //p' \"$request/requirements\" | tr '\\n' ' ') \"\n	for prune_users in \"$v_environments_root\"/*.users; do\n		[ -f \"$prune_users\" ] || continue\n		prune_id=${prune_users##*/}\n		prune_id=${prune_id%.users}\n		grep -qxF -- \"$v_root\" \"$prune_users\" || continue\n		case $prune_used in *\" $prune_id \"*) continue ;; esac\n		! prune_runs \"$v_environments_root/$prune_id\" || continue\n		lock_file \"$v_environments_root/$prune_id.lock\"\n		(\n			lock_within 0 8 \"$v_environments_root/$prune_id.lock\" || exit 0\n			prune_others=$(grep -vxF -- \"$v_root\" \"$prune_users\")\n			if [ -n \"$prune_others\" ]; then\n				printf '%s\\n' \"$prune_others\" | write_file \"$prune_users\"\n			else\n				# In this order: one that nobody is noted for would stay for ever.\n				set_aside \"$v_environments_root/$prune_id\" \"$v_environments_root/.trash\" || exit 1\n				rm -f \"$prune_users\" \"$v_environments_root/$prune_id.lock\" \"$v_environments_root/$prune_id.index\"* \"$v_environments_root/$prune_id.stat\"*\n			fi\n		) 8>>\"$v_environments_root/$prune_id.lock\"\n	done\n}\n\n# prune_runs PATH: whether a process that can be seen has this path in its command line or maps files of it, or none of them could be asked.\nprune_runs() {\n	# From a file: on grep's own command line it would find itself. In lines: to the grep of busybox, a word after a NUL is not there.\n	printf '%s\\n' \"$1\" >\"$session/pattern\" || return 0\n	{\n		echo /proc/[0-9]*/maps | for_all grep -asF -f \"$session/pattern\" || echo \"$1\"\n		echo /proc/[0-9]*/cmdline | for_all cat || echo \"$1\"\n	} | tr '\\0' '\\n' | grep -qF -f \"$session/pattern\" || [ \"$?\" -ne 1 ]\n}\n\n# What was set aside, by this run or by one that ended too early, is removed: as much of it as there is time for.\nempty_trash() {\n	# A run that was killed between the two names of a release: nothing knows of the second any more.\n	for trash_path in \"$v_root\"/.tarlift/trash/*/*/state; do\n		[ -f \"$trash_path\" ] || continue\n		trash_name=${trash_path%/state}\n		trash_name=${trash_name##*/}\n		[ -d \"$v_root/.tarlift/releases/$trash_name\" ] || set_aside \"$v_root/releases/$trash_name\" || :\n	done\n	set --\n	# The trash beside environments is shared with other roots, whose runs are not ours to disturb.\n	for trash_path in \"$v_root\"/.tarlift/trash/* \"$v_environments_root/.trash/$v_root_id\".*; do\n		[ ! -e \"$trash_path\" ] || set -- \"$@\" \"$trash_path\"\n	done\n	[ \"$#\" -gt 0 ] || return 0\n	remove_within \"$PRUNE_LIMIT\" \"$@\" && return 0\n	trash_left=0\n	for trash_path in \"$@\"; do\n		[ ! -e \"$trash_path\" ] || trash_left=$((trash_left + 1))\n	done\n	[ \"$trash_left\" -eq 0 ] ||\n		reply warning \"$trash_left of the old releases and environments that went out of use still take room: their files could not all be removed within $PRUNE_LIMIT s; the next deploy goes on (as root, now: rm -rf $v_root/.tarlift/trash/*)\"\n}\n\n# remove_within SECONDS PATH…: false when something is left.\nremove_within() {\n	remove_limit=$1\n	shift\n	# Without the lock: a run that is killed here leaves nobody waiting.\n	rm -rf \"$@\" 3>&- 9>&- &\n	remove_pid=$!\n	uptime_now\n	remove_end=$((uptime + 100 * remove_limit))\n	remove_pause=0.002\n	while kill -0 \"$remove_pid\" 2>/dev/null; do\n		uptime_now\n		[ \"$uptime\" -lt \"$remove_end\" ] || kill \"$remove_pid\"\n		sleep \"$remove_pause\" 2>/dev/null || sleep 1\n		remove_pause=0.02\n	done\n	wait \"$remove_pid\"\n}\n";

// src/remote/recorded-services.sh
var recorded_services_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2034 # s_…: services.sh; request, v_…, verb, user_name: main.sh; open_…: state.sh\n# Which services a release has. A request names those of one tarlift.yml, and going back, a host comes to a release of another one: a service\n# that it never had cannot run there, and what it lacks says nothing against it. A release's record has, since it was prepared:\n#\n#   services <name> …                              all of them\n#   service here|elsewhere <name> <kind> <unit or -> <health or ->\n#                                                  each; here: it was one of this host (roles); what its health check asked for, as a digest\n#\n# Records of an older Tarlift have neither line: such a release counts as one that has every service. Where one does not start again on the way\n# back, and did not run before either, it is stopped: it is unknown whether the release has it.\n\n# services_named: those of the request that are acted on, and looked at.\nservices_named() {\n	for named_service in $(value services); do\n		[ -f \"$session/service-$named_service.absent\" ] || echo \"$named_service\"\n	done\n}\n\n# services_part RELEASE stop|look: takes those services out of the request that the release has not, each with a line of evidence. `stop`: those\n# that run are in part_running, and services_leave is still to stop them. `look`: those that run stay in, to be looked at as any other.\nservices_part() {\n	part_running=\n	services_spare \"$1\" \"$2\"\n	for name in $(value services); do\n		service_load \"$name\"\n		rm -f \"$s_files.absent\"\n		! service_had \"$1\" || continue\n		service_look\n		if service_idle; then\n			part_absent\n			reply service \"$s_name\" absent -- \"release $1 has no such service\"\n		elif [ \"$2\" = stop ]; then\n			part_absent\n			part_running=\"$part_running $s_name\"\n		fi\n	done\n}\n\n# part_absent: takes the loaded service out of services_named.\npart_absent() {\n	: >\"$s_files.absent\"\n	rm -f \"$s_files.down\" \"$s_files.wrong\"\n}\n\n# services_leave RELEASE: stops those in part_running.\nservices_leave() {\n	for name in $part_running; do\n		service_load \"$name\"\n		part_detail=\"release $1 has no such service\"\n		service_leave\n		reply service \"$s_name\" absent -- \"$part_detail\"\n	done\n}\n\n# service_idle: after service_look; whether nothing is known to run. Of a command without a status nothing is known.\nservice_idle() {\n	case $s_kind:$s_state in\n	*:stopped | *:missing) ;;\n	command:*) [ ! -f \"$request/service.$s_name.status\" ] && [ \"$verb\" = observe ] ;;\n	*) return 1 ;;\n	esac\n}\n\n# service_leave: stops a service of which nothing is expected, with the rights that there are; adds to part_detail what came of it.\nservice_leave() {\n	if [ \"$s_kind\" = command ] && [ ! -f \"$request/service.$s_name.stop\" ]; then\n		part_detail=\"$part_detail: it was left as it is, since it has no stop command\"\n	elif service_end; then\n		part_detail=\"$part_detail: it was stopped\"\n	else\n		part_detail=\"$part_detail, and it may run on: it could not be stopped ($(step_ended \"$s_code\")). $(service_by_hand stop)\"\n	fi\n	reply warning \"service $s_name: $part_detail\"\n}\n\n# service_by_hand stop|end: what a person types to stop it; `end`: for good.\nservice_by_hand() {\n	case $s_kind:$1 in\n	supervisord:stop) echo \"As root on the host: supervisorctl stop $s_unit\" ;;\n	supervisord:*) echo \"To end it, as root on the host: supervisorctl stop $s_unit   and take it out of supervisord's configuration\" ;;\n	systemd:stop) echo \"As root on the host: systemctl stop $s_unit\" ;;\n	systemd:*) echo \"To end it, as root on the host: systemctl disable --now $s_unit\" ;;\n	systemd-user:stop) echo \"As $user_name on the host: systemctl --user stop $s_unit\" ;;\n	systemd-user:*) echo \"To end it, as $user_name on the host: systemctl --user disable --now $s_unit\" ;;\n	*) echo \"Stop it by hand.\" ;;\n	esac\n}\n\n# service_had RELEASE: whether a service of the request is one of the release: it has it on record, or it ran before the switch that is taken\n# back, or it may stand, under another name, for one of the release that does not run (services_spare).\nservice_had() {\n	service_recorded \"$1\" && return 0\n	if going_back; then\n		transaction_read\n		[ \"$open_previous\" != \"$1\" ] || case $open_ran in *\",$s_name,\"*) return 0 ;; esac\n	fi\n	[ -z \"$spare_units\" ] || return 0\n	[ \"$s_kind\" = command ] && [ -n \"$spare_commands\" ]\n}\n\n# services_told RELEASE: whether its record says which services it has.\nservices_told() {\n	grep -qs '^services' \"$v_root/.tarlift/releases/$1/record\"\n}\n\n# service_recorded RELEASE: by its name, or, where it has another one there, by its unit.\nservice_recorded() {\n	services_told \"$1\" || return 0\n	while read -r recorded_key _ recorded_name recorded_kind recorded_unit _; do\n		[ \"$recorded_key\" = service ] || continue\n		[ \"$recorded_name\" != \"$s_name\" ] || return 0\n		! unit_same \"$recorded_kind\" \"$recorded_unit\" || return 0\n	done <\"$v_root/.tarlift/releases/$1/record\"\n	return 1\n}\n\n# unit_same KIND UNIT: whether that is the unit of the loaded service, by whichever of its names.\nunit_same() {\n	[ \"$1\" = \"$s_kind\" ] || return 1\n	case $s_kind in\n	supervisord)\n		# A program is alone in the group of its name; `:*` are all of a group.\n		set -- \"${2%%:*}\" \"${2#*:}\" \"${s_unit%%:*}\" \"${s_unit#*:}\"\n		[ \"$1\" = \"$3\" ] && case \"$2 $4\" in '* '* | *' *') ;; *) [ \"$2\" = \"$4\" ] ;; esac\n		;;\n	command) return 1 ;;\n	*) [ \"${2%.service}\" = \"${s_unit%.service}\" ] || unit_alias \"$2\" ;;\n	esac\n}\n\n# unit_alias UNIT: whether systemd knows the unit of the loaded service by that name too.\nunit_alias() {\n	alias_id=$(systemd_show Id \"$1\")\n	[ -n \"$alias_id\" ] && [ \"$alias_id\" = \"$(systemd_show Id)\" ]\n}\n\n# services_ran RELEASE: before a switch from it: those services of the request that the release has not on record and that run all the same,\n# perhaps its code, each between commas: a way back to it starts them as the others. Where its record does not tell, all that run.\nservices_ran() {\n	[ -n \"$1\" ] || return 0\n	ran_names=\n	ran_told=yes\n	services_told \"$1\" || ran_told=\n	[ -n \"$ran_told\" ] || ran_names=,\n	for name in $(value services); do\n		service_load \"$name\"\n		[ -z \"$ran_told\" ] || ! service_recorded \"$1\" || continue\n		service_look\n		case $s_state in stopped | missing) continue ;; esac\n		# Of one without a status nothing is known.\n		[ -z \"$ran_told\" ] || [ \"$s_kind\" != command ] || [ -f \"$request/service.$s_name.status\" ] || continue\n		ran_names=\"${ran_names:-,}$s_name,\"\n	done\n	[ -z \"$ran_names\" ] || echo \"$ran_names\"\n}\n\n# services_spared RELEASE: on the way back: what is down, and was before the switch, of a release whose record does not tell.\nservices_spared() {\n	transaction_read\n	[ \"$open_previous\" = \"$1\" ] && [ -n \"$open_ran\" ] && ! services_told \"$1\" || return 0\n	for name in $(services_named); do\n		service_load \"$name\"\n		[ -s \"$s_files.down\" ] || continue\n		case $open_ran in *\",$s_name,\"*) continue ;; esac\n		part_detail=\"it does not start with release $1, and did not run before the switch that is taken back either\"\n		service_leave\n		part_absent\n		reply service \"$s_name\" absent -- \"$part_detail\"\n	done\n}\n\n# --- what a request does not name --------------------------------------------------------------------------------------------------\n\n# services_unasked RECORD…: the services that were this host's and that the request has not just so, one a line: `<name> <kind> <unit>`. Not\n# one whose name is now that of a command: it may be how the same unit is restarted.\nservices_unasked() {\n	cat \"$@\" 2>/dev/null | awk '\n		NR == FNR { asked[$1] = $2; next }\n		$1 != \"service\" || $2 != \"here\" || seen[$3 \" \" $4 \" \" $5]++ { next }\n		{ kind = asked[\"service.\" $3 \".kind\"] }\n		kind != \"command\" && (kind != $4 || asked[\"service.\" $3 \".unit\"] != $5) { print $3, $4, $5 }\n	' \"$request/values\" -\n}\n\n# unasked_load NAME KIND UNIT: sets the s_ variables for one of these; false where the request has its unit all the same, by another name.\nunasked_load() {\n	for unasked_name in $(value services); do\n		service_load \"$unasked_name\"\n		! unit_same \"$2\" \"$3\" || return 1\n	done\n	s_name=$1\n	s_kind=$2\n	s_unit=$3\n	s_action=restart\n	s_settle=\n	s_stop_limit=\n	s_run_as=${v_run_as-}\n	s_commands_as=\n	s_files=$session/unasked-$1\n}\n\n# unasked_works RELEASE: the release in which a process of it is seen to work, in $unasked_at; empty where none is. Sets unasked_whole, as\n# service_scan sets s_whole. RELEASE: whose wrapper may be used to ask.\nunasked_works() {\n	unasked_at=\n	service_look </dev/null\n	[ \"$s_state\" = running ] || return 0\n	service_scan \"$1\" </dev/null\n	unasked_whole=$s_whole\n	service_directories \"$1\" </dev/null\n	unasked_real=$(cd \"$v_root/releases\" 2>/dev/null && pwd -P)\n	while read -r _ unasked_directory; do\n		case $unasked_directory in\n		\"$v_root\"/releases/*) unasked_at=${unasked_directory#\"$v_root/releases/\"} ;;\n		\"$unasked_real\"/*) unasked_at=${unasked_directory#\"$unasked_real/\"} ;;\n		*) continue ;;\n		esac\n		# One that was removed since is `NAME (deleted)`.\n		unasked_at=${unasked_at%%[/ ]*}\n		return 0\n	done <\"$s_files.directories\"\n}\n\n# services_spare RELEASE stop|look: sets spare_units and spare_commands, names of services of the release that the request does not name, and\n# that are not seen to run it. `stop`: it is said that nothing was done about them.\nservices_spare() {\n	spare_units=\n	spare_commands=\n	[ -n \"$1\" ] || return 0\n	services_unasked \"$v_root/.tarlift/releases/$1/record\" >\"$session/spare\"\n	while read -r spare_name spare_kind spare_unit; do\n		unasked_load \"$spare_name\" \"$spare_kind\" \"$spare_unit\" || continue\n		if [ \"$spare_kind\" = command ]; then\n			spare_commands=\"$spare_commands $spare_name\"\n			s_detail=\"what became of it is not known\"\n			unasked_at=\n		else\n			unasked_works \"$1\"\n			[ \"$unasked_at\" != \"$1\" ] || continue\n			spare_units=\"$spare_units $spare_name\"\n		fi\n		[ \"$2\" = look ] ||\n			reply warning \"service $spare_name ($spare_kind $spare_unit): release $1 was deployed with it, and the tarlift.yml that is used now does not name it for this host: it was left as it is ($s_detail${unasked_at:+, in release $unasked_at})\"\n	done <\"$session/spare\"\n}\n\n# Services that a release had here and the request does not name any more, and that run on: no switch starts them again, and the files that\n# they run are removed with their release. One that runs what is live, which was deployed without it, is another one's to start.\nservices_dropped() {\n	services_unasked \"$v_root\"/.tarlift/releases/*/record >\"$session/dropped\"\n	while read -r dropped_name dropped_kind dropped_unit; do\n		[ \"$dropped_kind\" != command ] || continue\n		unasked_load \"$dropped_name\" \"$dropped_kind\" \"$dropped_unit\" || continue\n		unasked_works \"$facts_live\"\n		[ \"$unasked_at\" != \"$facts_live\" ] ||\n			grep -qsF \"service here $dropped_name $dropped_kind $dropped_unit \" \"$v_root/.tarlift/releases/$facts_live/record\" || unasked_at=\n		[ -n \"$unasked_at\" ] || continue\n		dropped_apart \"$facts_live\" \"$s_files.scan\" || continue\n		reply dropped \"$dropped_name\" \"$unasked_at\"\n		reply warning \"service $dropped_name ($dropped_kind $dropped_unit) runs release $unasked_at, and the tarlift.yml that is used now does not name it for this host: it is left as it is. $(service_by_hand end)\"\n	done <\"$session/dropped\"\n}\n\n# dropped_apart RELEASE SCAN: after unasked_works, whose scan that is; whether it is certain that nothing of the request lives in that unit:\n# to end it would end that too.\ndropped_apart() (\n	for apart_name in $(value services); do\n		service_load \"$apart_name\"\n		if [ \"$s_kind\" = command ]; then command_apart; else unit_apart \"$@\"; fi </dev/null || return 1\n	done\n)\n\n# command_apart: nothing is known of what a command starts, unless it was there beside the unit, and does not name it.\ncommand_apart() {\n	apart_word=${dropped_unit%%:*}\n	! grep -qF \"${apart_word%.service}\" \"$request/service.$s_name.restart\" || return 1\n	for apart_record in \"$v_root\"/.tarlift/releases/*/record; do\n		! grep -qsF \"service here $dropped_name $dropped_kind $dropped_unit \" \"$apart_record\" ||\n			! grep -qs \"^service [a-z]* $s_name command \" \"$apart_record\" || return 0\n	done\n	return 1\n}\n\n# unit_apart RELEASE SCAN: whether the two have no process in common. A unit of systemd may hold supervisord, and with it all that supervisord\n# runs: of two kinds, both have to run, and all processes of both have to be seen.\nunit_apart() {\n	service_look\n	service_scan \"$1\"\n	if [ \"$s_kind\" != \"$dropped_kind\" ]; then\n		[ \"$unasked_whole\" = yes ] && [ \"$s_whole\" = yes ] && [ -s \"$s_files.scan\" ] || return 1\n	fi\n	awk 'NR == FNR { dropped[$1]; next } $1 in dropped { exit 1 }' \"$2\" \"$s_files.scan\"\n}\n";

// src/remote/seats.sh
var seats_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2016,SC2015 # v_… are values of the request (main.sh); the programs in quotes are perl's, python's and\n# awk's; A && B || C is meant as it is\n# The dead man's switch of a place in HAProxy, on HAProxy's own machine: armed before a server is taken out. When the run that did so is\n# gone (its program here has ended), and the host has had the time to go back by itself, the server comes back, and HAProxy's own check\n# decides whether it gets requests. It travels with its call alone.\n#\n#   ~/.tarlift/seats/<key>/      lock, given (it came back by itself), x.<nonce>/: armed, about, program, more\n\n# Values: do (probe, arm, disarm), key, socket, server (`<backend>/<server>`), after (seconds).\nverb_seats() {\n	seat_place=${HOME:-/nonexistent}/.tarlift/seats/$v_key\n	seat_socket=$v_socket\n	case $v_do in\n	probe) seat_probe ;;\n	arm) seat_arm ;;\n	disarm) seat_disarm ;;\n	esac\n}\n\n# What this machine lacks for it, in `lacks`; nothing: it can.\nseat_probe() {\n	switch_way\n	[ -n \"$switch_way\" ] || reply lacks way\n	(umask 077 && mkdir -p \"${seat_place%/*}\") && [ -w \"${seat_place%/*}\" ] || reply lacks home\n	command -v flock >/dev/null || reply lacks flock\n	seat_find_client\n	[ -n \"$seat_client\" ] || reply lacks client\n}\n\n# The first that is answered, in $seat_client: that something is installed is no proof.\nseat_find_client() {\n	for seat_client in perl python3 socat nc; do\n		[ -z \"$(seat_ask \"show cli level\")\" ] || return 0\n	done\n	seat_client=\n}\n\n# seat_ask COMMAND: to the runtime API; prints what it answers.\nseat_ask() {\n	command -v \"$seat_client\" >/dev/null || return 1\n	case $seat_client:$seat_socket in\n	perl:*)\n		perl -e 'use IO::Socket::UNIX; use IO::Socket::IP; alarm 10; my ($at, $say) = @ARGV;\n			my $to = $at =~ m{^/} ? IO::Socket::UNIX->new(Peer => $at) : IO::Socket::IP->new($at =~ /^\\[?(.*?)\\]?:(\\d+)$/ ? (PeerHost => $1, PeerPort => $2) : ());\n			$to or exit 1; print $to \"$say\\n\"; $to->flush; print while <$to>' \"$seat_socket\" \"$1\" ;;\n	python3:*)\n		python3 -c 'import socket, sys\nat, say = sys.argv[1:]\nif at.startswith(\"/\"):\n    to = socket.socket(socket.AF_UNIX); to.settimeout(10); to.connect(at)\nelse:\n    host, port = at.rsplit(\":\", 1); to = socket.create_connection((host.strip(\"[]\"), int(port)), 10)\nto.sendall((say + \"\\n\").encode())\nfor part in iter(lambda: to.recv(65536), b\"\"): sys.stdout.buffer.write(part)' \"$seat_socket\" \"$1\" ;;\n	# A comma begins options.\n	socat:*,*) return 1 ;;\n	socat:/*) echo \"$1\" | socat -t 10 -T 10 - \"UNIX-CONNECT:$seat_socket\" ;;\n	socat:*) echo \"$1\" | socat -t 10 -T 10 - \"TCP:$seat_socket\" ;;\n	nc:/*) echo \"$1\" | nc -w 10 -U \"$seat_socket\" ;;\n	nc:*) echo \"$1\" | nc -w 10 \"${seat_socket%:*}\" \"${seat_socket##*:}\" ;;\n	esac 2>/dev/null\n}\n\nseat_arm() {\n	seat_find_client\n	[ -n \"$seat_client\" ] || fail_with \"nothing here reaches $v_socket\" \"Install socat on it.\"\n	switch_way\n	[ -n \"$switch_way\" ] || fail_with \"nothing here outlives this connection\" \"As root on it: loginctl enable-linger $(id -un)\"\n	seat_disarm\n	(umask 077 && mkdir -p \"$seat_place\") && seat_own=$(umask 077 && mktemp -d \"$seat_place/x.XXXXXX\") &&\n		printf '%s\\n' \"$v_socket\" \"$v_server\" \"$seat_client\" \"$v_after\" \"$$\" \"$(process_start \"$$\")\" >\"$seat_own/about\" &&\n		cp \"$request/program\" \"$seat_own/more\" || fail_with \"$seat_place cannot be written\" \"Look at free space (df), and whose it is.\"\n	switch_start \"$seat_own\" \"$seat_own/armed\" seat_main ||\n		fail_with \"the dead man's switch of $v_server could not be armed ($switch_way)\" \"Look at the log of this machine.\"\n}\n\n# Whoever armed it is not waited for any more. Replies `given yes` where the server had come back by itself.\nseat_disarm() {\n	[ -d \"$seat_place\" ] || return 0\n	(\n		flock 8\n		[ ! -f \"$seat_place/given\" ] || reply given yes\n		rm -rf \"$seat_place\"\n	) 8>>\"$seat_place/lock\"\n}\n\n# The switch itself. What it is told to do is a directory: whoever removes that disarms it.\nseat_main() {\n	switch_alone\n	{\n		read -r seat_socket\n		read -r seat_server\n		read -r seat_client\n		read -r seat_after\n		read -r seat_run\n		read -r seat_run_start\n	} <\"$1/about\"\n	: >\"$1/armed\"\n	seat_quiet=0\n	while [ \"$seat_quiet\" -lt \"$seat_after\" ] && sleep 1; do\n		[ -f \"$1/armed\" ] || exit 0\n		seat_quiet=$((seat_quiet + 1))\n		[ \"$(process_start \"$seat_run\")\" != \"$seat_run_start\" ] || seat_quiet=0\n	done\n	seat_give \"$1\" || :\n	rm -rf \"$1\"\n}\n\n# seat_give DIRECTORY: in maintenance HAProxy does not look, and takes whoever comes back from there for healthy until it has. A server\n# that drains is looked at and gets nobody new.\nseat_give() {\n	seat_wanted=\n	seat_tries=0\n	until [ -n \"$seat_wanted\" ]; do\n		[ -f \"$1/armed\" ] && [ \"$seat_tries\" -lt 600 ] || return 1\n		seat_wanted=$(seat_state)\n		seat_tries=$((seat_tries + 1))\n		[ -n \"$seat_wanted\" ] || sleep 1\n	done\n	# Somebody has brought it back already.\n	[ \"$seat_wanted\" != 0 ] || return 0\n	seat_want \"$1\" drain || return 1\n	seat_tries=0\n	until seat_looked || [ \"$seat_tries\" -ge 60 ]; do\n		seat_tries=$((seat_tries + 1))\n		sleep 1\n	done\n	seat_want \"$1\" ready\n	[ \"$(seat_state)\" = 0 ] || return 1\n	(\n		flock 8\n		[ ! -f \"$1/armed\" ] || : >\"$1/../given\"\n	) 8>>\"$1/../lock\"\n}\n\n# seat_state: prints 0 where the server is to be ready; nothing where HAProxy does not say. 59 is the bits of maintenance and of drain in\n# srv_admin_state (src/balancer/haproxy.ts): others stay on a server that is ready.\nseat_state() {\n	seat_bits=$(seat_field \"show servers state ${seat_server%%/*}\" srv_admin_state)\n	case $seat_bits in '' | *[!0-9]*) return 0 ;; esac\n	echo \"$((seat_bits & 59))\"\n}\n\n# seat_want DIRECTORY STATE: unless it was disarmed, which is decided under the lock.\nseat_want() {\n	(\n		flock 8\n		[ -f \"$1/armed\" ] && seat_ask \"set server $seat_server state $2\"\n	) 8>>\"$1/../lock\"\n}\n\n# Whether a check has spoken since the server left maintenance: its health then stands at `rise` and goes up or down from there.\nseat_looked() {\n	seat_rise=$(seat_field \"show stat\" check_rise)\n	[ -z \"$seat_rise\" ] || [ \"$(seat_field \"show stat\" check_health)\" != \"$seat_rise\" ]\n}\n\n# seat_field COMMAND COLUMN: of this server, from an answer whose first `#` line names its columns.\nseat_field() {\n	seat_ask \"$1\" | awk -v column=\"$2\" -v wanted=\"$seat_server\" '\n		/^# / {\n			between = /^# be_id / ? \" \" : \",\"\n			count = split(substr($0, 3), names, between)\n			for (n = 1; n <= count; n++) at[names[n]] = n\n			next\n		}\n		between {\n			gsub(/\"[^\"]*\"/, \"\")\n			split($0, fields, between)\n			name = between == \" \" ? fields[at[\"be_name\"]] \"/\" fields[at[\"srv_name\"]] : fields[at[\"pxname\"]] \"/\" fields[at[\"svname\"]]\n			if (name == wanted && at[column]) print fields[at[column]]\n		}'\n}\n";

// src/remote/service-log.sh
var service_log_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # s_…, supervisor_by: services.sh; session: main.sh\n# What a service wrote into its own log since its restart, where this user may read it. What is worth showing of it is chosen by who\n# asked (src/report/service-log.ts).\n\n# More of a log is not sent.\nLOG_BYTES=65536\n\n# service_log: prints what the new processes wrote, or, where this run restarted nothing, the end of the log; after service_look.\nservice_log() {\n	case $s_kind in\n	supervisord) supervisor_log ;;\n	systemd | systemd-user) journal_log | journal_text ;;\n	esac 2>/dev/null | text_end \"$LOG_BYTES\"\n}\n\n# service_log_mark: before a restart; $s_files.now has the processes that it ends. What they wrote, and write while they end, is theirs.\nservice_log_mark() {\n	uptime_now\n	echo \"$(date +%s) $uptime\" >\"$s_files.log-since\"\n	sed 's/:.*//' \"$s_files.now\" | tr '\\n' ' ' >\"$s_files.log-old\"\n	[ \"$s_kind\" != supervisord ] || {\n		supervisor_log_sizes\n		supervisor_log_ends\n	}\n}\n\n# --- supervisord -----------------------------------------------------------------------------------------------------------------\n\nsupervisor_log_file() {\n	supervisor_setting \"$1_logfile\" \"\"\n}\n\nsupervisor_log_sizes() {\n	for log_channel in stderr stdout; do\n		wc -c <\"$(supervisor_log_file \"$log_channel\")\" >\"$s_files.log-$log_channel\" 2>/dev/null || rm -f \"$s_files.log-$log_channel\"\n	done\n}\n\n# supervisor_tail CHANNEL: what supervisord itself gives of a log that this user may not read: the last 1600 bytes. Fails where there is none.\nsupervisor_tail() {\n	[ \"$supervisor_by\" = supervisorctl ] || sudo_perhaps \"$(supervisor_line tail \"$log_program\" \"$1\")\" || return 1\n	supervisor_call tail \"$log_program\" \"$1\" >\"$session/log\" 2>/dev/null\n	! grep -q 'ERROR (' \"$session/log\" && grep -q . \"$session/log\"\n}\n\n# supervisor_log_ends: how those logs end before a restart. Not at the moment at which the old processes are gone: supervisorctl takes long\n# enough for a new one to have written why it fails.\nsupervisor_log_ends() {\n	log_program=$(supervisor_worst)\n	for log_channel in stderr stdout; do\n		rm -f \"$s_files.end-$log_channel\"\n		[ -f \"$(supervisor_log_file \"$log_channel\")\" ] || ! supervisor_tail \"$log_channel\" || {\n			echo \"$log_program\"\n			cat \"$session/log\"\n		} >\"$s_files.end-$log_channel\"\n	done\n}\n\n# supervisor_log_news CHANNEL: of $session/log what does not stand at the end of the log before the restart.\nsupervisor_log_news() {\n	if [ \"$(head -n 1 \"$s_files.end-$1\" 2>/dev/null)\" != \"$log_program\" ]; then\n		cat \"$session/log\"\n		return\n	fi\n	awk -v \"before=$s_files.end-$1\" '\n		FILENAME == before { if (FNR > 1) end = end $0 \"\\n\"; next }\n		{ log_now = log_now $0 \"\\n\" }\n		END {\n			# The last line break is of supervisorctl.\n			sub(/\\n+$/, \"\", end)\n			for (n = length(end); n > 0; n--) if (substr(log_now, 1, n) == substr(end, length(end) - n + 1)) break\n			printf \"%s\", substr(log_now, n + 1)\n		}' \"$s_files.end-$1\" \"$session/log\"\n}\n\n# supervisor_log_handover: beside a restart. The file does not say who wrote into it: from the moment at which the old processes are gone,\n# it is the new one.\nsupervisor_log_handover() {\n	limit \"$(service_limit)\"\n	handover_end=$limit\n	read -r handover_pids <\"$s_files.log-old\" || :\n	for handover_pid in $handover_pids; do\n		while [ -d \"/proc/$handover_pid\" ] && ! over \"$handover_end\"; do\n			sleep 0.1 2>/dev/null || sleep 1\n		done\n	done\n	supervisor_log_sizes\n}\n\n# Its file, where the configuration names one that can be read; else by supervisord, which knows it.\nsupervisor_log() {\n	for log_channel in stderr stdout; do\n		log_file=$(supervisor_log_file \"$log_channel\")\n		[ -f \"$log_file\" ] || continue\n		log_from=$(cat \"$s_files.log-$log_channel\" 2>/dev/null) || log_from=0\n		# A log that was rotated meanwhile begins at its first byte.\n		[ \"$(wc -c <\"$log_file\")\" -ge \"${log_from:-0}\" ] || log_from=0\n		tail -c \"+$((${log_from:-0} + 1))\" \"$log_file\" | text_end \"$LOG_BYTES\" >\"$session/log\"\n		! grep -q . \"$session/log\" || {\n			cat \"$session/log\"\n			return 0\n		}\n	done\n	log_program=$(supervisor_worst)\n	for log_channel in stderr stdout; do\n		supervisor_tail \"$log_channel\" || continue\n		supervisor_log_news \"$log_channel\" >\"$session/news\"\n		! grep -q . \"$session/news\" || {\n			# So long, it begins anywhere in a line.\n			[ \"$(wc -c <\"$session/news\")\" -lt 1600 ] || printf '[…]'\n			cat \"$session/news\"\n			return 0\n		}\n	done\n}\n\n# --- journald --------------------------------------------------------------------------------------------------------------------\n\n# Lines with their times and processes; the second form is what older lines of sudo allow.\njournal_log() {\n	if [ \"$s_kind\" = systemd-user ]; then\n		journalctl --user --unit \"$s_unit\" --lines 400 --no-pager --output short-unix\n		return\n	fi\n	[ \"$user_id\" -eq 0 ] || for journal_form in \"400 --no-pager --output short-unix\" \"20 --no-pager --output cat\"; do\n		# shellcheck disable=SC2086 # words\n		set -- --unit \"$s_unit\" --lines $journal_form\n		! sudo_perhaps \"$(command -v journalctl) $*\" || ! sudo -n \"$(command -v journalctl)\" \"$@\" || return 0\n	done\n	journalctl --unit \"$s_unit\" --lines 400 --no-pager --output short-unix\n}\n\n# journal_since: prints when this run began to restart it, by the clock as it is now; nothing where it restarted nothing. The journal has the\n# times of a clock that may have been set back meanwhile: what fails since would be older than its restart.\njournal_since() {\n	read -r since_clock since_uptime <\"$s_files.log-since\" || return 0\n	uptime_now\n	since_back=$((since_clock + (uptime - since_uptime) / 100 - $(date +%s)))\n	# One second may be rounding.\n	[ \"$since_back\" -gt 1 ] || since_back=0\n	echo \"$((since_clock - since_back))\"\n} 2>/dev/null\n\n# journal_text: the messages alone, without those of processes that a restart ended, and without what systemd says of their end.\njournal_text() {\n	awk -v since=\"$(journal_since)\" -v old=\"$(cat \"$s_files.log-old\" 2>/dev/null)\" '\n		BEGIN { n = split(old, pids, \" \"); for (i = 1; i <= n; i++) ended[pids[i]] = 1 }\n		/^-- / { next }\n		/^[0-9]+\\.[0-9]+ / {\n			skip = since != \"\" && $1 + 0 < since + 0\n			sub(/^[0-9.]+ [^ ]+ /, \"\")\n			pid = \"\"\n			if (match($0, /^[^:[]*\\[[0-9]+\\]: /)) {\n				pid = substr($0, 1, RLENGTH - 3)\n				sub(/^.*\\[/, \"\", pid)\n				$0 = substr($0, RLENGTH + 1)\n			} else sub(/^[^:]*: /, \"\")\n			if (pid in ended) { count = 0; skip = 1 }\n			if (pid == 1 && /^(Stopping|Stopped) |: (Deactivated successfully|Consumed )/) skip = 1\n			if (!skip) lines[++count] = $0\n			next\n		}\n		# Without times: the last stop is that of the old processes.\n		!/^ / && /^Stopped / { count = 0; next }\n		!skip { lines[++count] = $0 }\n		END { for (i = 1; i <= count; i++) print lines[i] }\n	'\n}\n\n# services_logs: of each service, as the reply's text log-<name>; nothing of one whose log cannot be read.\nservices_logs() {\n	for name in $(value services); do\n		service_load \"$name\"\n		service_look\n		service_log >\"$s_files.log\"\n		[ ! -s \"$s_files.log\" ] || reply_text \"log-$s_name\" \"$s_files.log\"\n	done\n}\n";

// src/remote/services.sh
var services_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2034 # session, request, v_root and step_timed_out are set by main.sh and frames.sh; s_… and services_started are for evidence.sh\n# Services: how they are restarted. How one knows that what runs is the release: evidence.sh.\n#\n# A request names them in `services`, and each has lines service.<name>.kind, .unit, .action, .settle, .stop_timeout; the texts of kind\n# `command` are the files $request/service.<name>.restart, .stop and .status.\n#\n#   services_restart RELEASE FROM     all of them again after a swap from FROM (may be empty), waited for until they run, then observed; those\n#                                     that RELEASE has not are stopped instead: recorded-services.sh\n#   services_stop                     all of them stopped: the first release of a host is taken back\n\n# Seconds after which a start that does not end counts as failed.\nSERVICE_START_LIMIT=60\n\n# service_load NAME: sets the s_ variables.\nservice_load() {\n	s_name=$1\n	s_kind=$(value \"service.$1.kind\")\n	s_unit=$(value \"service.$1.unit\")\n	s_action=$(value \"service.$1.action\")\n	s_settle=$(value \"service.$1.settle\")\n	s_settle=${s_settle%%.*}\n	s_stop_limit=$(value \"service.$1.stop_timeout\")\n	s_stop_limit=${s_stop_limit%%.*}\n	s_run_as=$(value \"service.$1.run-as\")\n	s_commands_as=$(value \"service.$1.commands-as\")\n	s_files=$session/service-$1\n}\n\n# Seconds for a restart: a graceful stop that was promised its time, and the start.\nservice_limit() {\n	limit_stop=600\n	# Nothing else ends what a restart text waits for in vain.\n	[ \"$s_kind\" != command ] || ! going_back || limit_stop=90\n	echo $((${s_stop_limit:-$limit_stop} + SERVICE_START_LIMIT + $(service_wait)))\n}\n\n# --- the supervisors -------------------------------------------------------------------------------------------------------------\n\n# Sets $supervisor_by, the words before the verb, to how supervisord listens to this user: itself (`supervisorctl`), or through exact lines\n# of sudo; false when in no way. What it was in an earlier call of this connection is tried first: a supervisorctl takes a third of a second.\nsupervisor_reach() {\n	[ -z \"${supervisor_by-}\" ] || return 0\n	{\n		cat \"$session/supervisor\"\n		echo supervisorctl\n		[ \"$(id -u)\" -eq 0 ] || supervisor_lines\n	} >\"$session/supervisors\" 2>/dev/null\n	while IFS= read -r supervisor_by; do\n		supervisor_call status \"$s_unit\" >\"$s_files.look\" 2>&1 </dev/null\n		! grep -qE 'RUNNING|STARTING|STOPPED|EXITED|FATAL|BACKOFF|STOPPING|UNKNOWN|no such (process|group)' \"$s_files.look\" || {\n			echo \"$supervisor_by\" >\"$session/supervisor\"\n			return 0\n		}\n	done <\"$session/supervisors\"\n	supervisor_by=\n	return 1\n}\n\n# The ways through sudo that its listing has, one a line: with the configuration that a line fixes, and as older setups have it. Where the\n# listing is closed, all of them.\nsupervisor_lines() {\n	supervisor_program=$(command -v supervisorctl) || return 0\n	sudo_listing\n	{\n		sudo_commands | sed -n 's|^\\(/[^ ]*/supervisorctl -c /[^ ]*\\) status .*|\\1|p'\n		for supervisor_file in /etc/supervisor/supervisord.conf /etc/supervisord.conf; do\n			[ ! -f \"$supervisor_file\" ] || echo \"$supervisor_program -c $supervisor_file\"\n		done\n		echo \"$supervisor_program\"\n	} | awk '!seen[$0]++' >\"$session/supervisor-lines\"\n	while IFS= read -r supervisor_way; do\n		[ -s \"$session/sudo\" ] && ! sudo_allows \"$supervisor_way status $s_unit\" || echo \"sudo -n $supervisor_way\"\n	done <\"$session/supervisor-lines\"\n}\n\n# In the application's root, because supervisorctl without -c reads ./supervisord.conf and ./etc/supervisord.conf before those in /etc: an\n# application may have a supervisord of its own.\nsupervisor_call() {\n	(\n		cd \"$v_root\" 2>/dev/null || :\n		# shellcheck disable=SC2086 # words\n		$supervisor_by \"$@\"\n	)\n}\n\n# supervisor_line ARGUMENT...: the command line as sudo has to have it.\nsupervisor_line() {\n	echo \"${supervisor_by#sudo -n } $*\"\n}\n\nsystemd_call() {\n	if [ \"$s_kind\" = systemd-user ]; then\n		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user --no-ask-password \"$@\"\n	elif [ \"$(id -u)\" -eq 0 ] || ! sudo_perhaps \"$(command -v systemctl) $*\"; then\n		systemctl --no-ask-password \"$@\"\n	elif [ -s \"$session/sudo\" ]; then\n		sudo -n \"$(command -v systemctl)\" \"$@\"\n	else\n		systemd_tries \"$@\"\n	fi\n}\n\n# systemd_tries WORD…: where sudo's listing is closed: through sudo, and where that refuses, without it. What is said on the way is kept in\n# memory: a disk may be full.\nsystemd_tries() {\n	tries_code=0\n	tries_said=$(LC_ALL=C sudo -n \"$(command -v systemctl)\" \"$@\" 2>&1) || tries_code=$?\n	[ -z \"$tries_said\" ] || printf '%s\\n' \"$tries_said\" >&2\n	if [ \"$tries_code\" -ne 0 ] && printf '%s\\n' \"$tries_said\" | grep -v 'unable to resolve host' | grep -q '^sudo: \\|^sudo-rs: \\|^Sorry, user '; then\n		tries_code=0\n		systemctl --no-ask-password \"$@\" || tries_code=$?\n	fi\n	return \"$tries_code\"\n}\n\n# systemd_show PROPERTY [UNIT]\nsystemd_show() {\n	if [ \"$s_kind\" = systemd-user ]; then\n		XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR:-/run/user/$(id -u)} systemctl --user show --property=\"$1\" \"${2:-$s_unit}\"\n	else\n		systemctl show --property=\"$1\" \"${2:-$s_unit}\"\n	fi 2>/dev/null | sed -n 's/^[A-Za-z]*=//p'\n}\n\n# The full listing of what sudo lets this user do, in $session/sudo; empty where it needs a password (Defaults listpw=always), or there is\n# none: $session/sudo-said has sudo's words.\nsudo_listing() {\n	[ -z \"${sudo_listing_read-}\" ] || return 0\n	sudo_listing_read=1\n	# shellcheck disable=SC2024 # the listing goes into a file of ours\n	LC_ALL=C sudo -n -l >\"$session/sudo\" 2>\"$session/sudo-said\" </dev/null || : >\"$session/sudo\"\n	sudo_plain=\n	case $(sudo -V 2>&1 </dev/null) in sudo-rs*) sudo_plain=yes ;; esac\n}\n\n# sudo_allows COMMAND-LINE: whether the full listing lets this user run this very line as root without a password. As for sudo, the last\n# of its lines that matches decides. `sudo -n -l COMMAND` is no proof: it succeeds for a command that then asks for a password.\nsudo_allows() {\n	sudo_listing\n	sudo_rules | wanted=$1 awk '\n		BEGIN { wanted = ENVIRON[\"wanted\"]; program = wanted; sub(/ .*/, \"\", program) }\n		{ rule = $1; sub(/^[a-z]+ /, \"\") }\n		# A program without arguments stands for any.\n		$0 == \"ALL\" || $0 == wanted || $0 == program { last = rule }\n		END { exit last != \"yes\" }'\n}\n\n# sudo_perhaps COMMAND-LINE: the same, and also where sudo does not show its listing: then only trying tells. Who is in no line of sudoers does\n# not try: root would be sent a mail.\nsudo_perhaps() {\n	sudo_listing\n	if [ -s \"$session/sudo\" ]; then\n		sudo_allows \"$1\"\n	else\n		command -v sudo >/dev/null && ! grep -qs 'may not run sudo' \"$session/sudo-said\"\n	fi\n}\n\n# sudo_why: why nothing is known of what sudo lets this user do.\nsudo_why() {\n	if command -v sudo >/dev/null; then\n		sudo_last=$(tail -n 1 \"$session/sudo-said\" 2>/dev/null)\n		printf 'sudo says: %s' \"${sudo_last:-nothing}\"\n	else\n		printf 'this host has no sudo'\n	fi\n}\n\n# What the listing lets this user run as root without a password, one command a line.\nsudo_commands() {\n	sudo_rules | sed -n 's/^yes //p'\n}\n\n# Commands of the listing that are about root, in its order: `yes COMMAND` under NOPASSWD, else `no COMMAND`. sudo lists them as they stand\n# in sudoers, one level of backslashes less, and sudo-rs without any.\nsudo_rules() {\n	awk -v \"plain=${sudo_plain-}\" '\n		# Of the users in the parentheses the last that means root decides; what follows a colon are groups.\n		function as_root(users,    n, words, i, found) {\n			sub(/:.*/, \"\", users)\n			n = split(users, words, /, */)\n			for (i = 1; i <= n; i++) {\n				gsub(/ /, \"\", words[i])\n				if (words[i] ~ /^!*(root|#0|ALL)$/) found = words[i] !~ /^!/\n			}\n			return found\n		}\n		function entry(line,    n, items, i, item, tag, free, users, denied) {\n			match(line, /\\([^)]*\\)/)\n			users = substr(line, RSTART + 1, RLENGTH - 2)\n			line = substr(line, RSTART + RLENGTH)\n			sub(/^ */, \"\", line)\n			if (!as_root(users)) return\n			# A backslash takes away what the next character means: a comma that ends no command, another backslash.\n			if (!plain) gsub(/\\\\\\\\/, \"\\001\", line)\n			if (!plain) gsub(/\\\\,/, \"\\002\", line)\n			n = split(line, items, /, /)\n			for (i = 1; i <= n; i++) {\n				item = items[i]\n				while (match(item, /^[A-Z_]+: */)) {\n					tag = substr(item, 1, RLENGTH)\n					if (tag ~ /^NOPASSWD/) free = 1\n					if (tag ~ /^PASSWD/) free = 0\n					item = substr(item, RLENGTH + 1)\n				}\n				denied = sub(/^! */, \"\", item)\n				if (!plain) gsub(/\\\\/, \"\", item)\n				gsub(/\\001/, \"\\\\\", item)\n				gsub(/\\002/, \",\", item)\n				print (free && !denied ? \"yes \" : \"no \") item\n			}\n		}\n		/^    \\(/ { if (line != \"\") entry(line); line = $0; next }\n		/^        / { sub(/^ */, \" \"); line = line $0; next }\n		END { if (line != \"\") entry(line) }\n	' \"$session/sudo\"\n}\n\n# service_text restart|stop|status: runs that text of a `command` service in the live release, with its configuration; what is stopped because\n# its release (service_in) is left, or was taken back as the first one, is not live any more. On the machine that deploys (`local`) it runs as the service's user.\nservice_text() {\n	(\n		text=$(cat \"$request/service.$s_name.$1\")\n		if [ \"$1\" = restart ]; then\n			TARLIFT_SERVICE=$v_root:$s_name\n			export TARLIFT_SERVICE\n		fi\n		for directory in ${service_in:+\"$v_root/releases/$service_in\"} \"$v_root/current\" \"$v_root/releases/${v_from-}\"; do\n			[ ! -f \"$directory/.tarlift/exec\" ] || in_release \"$directory\" \"$s_commands_as\" sh -ec \"$text\"\n		done\n		[ -z \"$s_commands_as\" ] || [ \"$s_commands_as\" = \"$(id -un)\" ] || exit 1\n		cd \"$v_root\" || exit 1\n		exec sh -ec \"$text\"\n	)\n}\n\n# --- activating ------------------------------------------------------------------------------------------------------------------\n\nservices_restart() {\n	services_started=1\n	service_in=$2\n	services_part \"$1\" stop\n	service_in=\n	# What is left may be in the way of the others (a port, a lock), so that what fails until it is stopped is tried once more.\n	service_tries=${part_running:+2}\n	for name in $(services_named); do\n		service_load \"$name\"\n		service_look\n		rm -f \"$s_files.down\" \"$s_files.final\" \"$s_files.wrong\" \"$s_files.waited\"\n		service_scan \"$1\"\n		evidence_begins\n		service_pairs | sort >\"$s_files.now\"\n		service_log_mark\n		service_left_alone\n		echo \"$s_how\" >\"$s_files.how\"\n		printf '%s\\n' \"$s_state\" \"$s_pids\" >\"$s_files.seen\"\n		mv -f \"$s_files.now\" \"$s_files.before\"\n		[ \"$s_how\" = restart ] || : >\"$s_files.before\"\n	done\n	for name in $(services_named); do\n		service_load \"$name\"\n		read -r s_how <\"$s_files.how\"\n		{\n			read -r s_state\n			read -r s_pids\n		} <\"$s_files.seen\"\n		[ \"$s_how\" != restart ] || service_act \"$1\" \"$2\"\n	done\n	# Its graceful stop may take long: what RELEASE has is started before.\n	service_in=$2\n	services_leave \"$1\"\n	service_in=\n	for name in $(services_named); do\n		service_load \"$name\"\n		{ [ ! -f \"$s_files.down\" ] && service_await; } || service_again \"$1\" \"$2\"\n	done\n	service_tries=\n	! going_back || services_spared \"$1\"\n	services_observe \"$1\" 1\n	! going_back || services_back\n}\n\n# Sets s_how: `restart`; or, on the way back, `none` for a service whose processes have not changed since the switch (it never left the old\n# release), and `finishing` for one that was told to stop and is still at its job: its supervisor starts it anew, in what `current` is by then.\nservice_left_alone() {\n	s_how=restart\n	[ \"$verb\" = revert ] && [ -s \"$s_files.before\" ] || return 0\n	# While it stops, supervisord does not say its process any more.\n	alone_mains=${s_pids:-$(tail -n 1 \"$s_files.seen\")}\n	[ -n \"$alone_mains\" ] || return 0\n	for process in $alone_mains; do\n		grep -qxF \"$process:$(process_start \"$process\")\" \"$s_files.before\" || return 0\n	done\n	# A reload leaves the main process: there all the others count.\n	[ \"$s_action\" = restart ] || [ \"$s_state\" != running ] || [ \"$(sha256sum <\"$s_files.before\")\" = \"$(sha256sum <\"$s_files.now\")\" ] || return 0\n	s_how=none\n	[ \"$s_state\" = running ] || s_how=finishing\n}\n\n# service_act RELEASE FROM: the configured action; a reload only while the environment stays the same and there are workers to renew.\nservice_act() {\n	s_how=restart\n	case $s_action in\n	reload | signal\\ *)\n		if service_may_reload \"$1\" \"$2\"; then\n			s_how=$s_action\n		elif [ -n \"$s_why\" ]; then\n			reply warning \"service $s_name: restarted instead of ${s_action}: $s_why\"\n		fi\n		;;\n	esac\n	echo \"$s_how\" >\"$s_files.how\"\n	if [ \"$s_kind\" = supervisord ] && ! supervisor_reach; then\n		: >\"$s_files.final\"\n		service_failed \"service $s_name cannot be restarted: supervisord does not answer\" \"Is it running?\"\n		return\n	fi\n	service_since\n	rm -f \"$s_files.stopped\"\n	s_code=0\n	case $s_kind:$s_how in\n	*:restart | command:*) step_run \"$(service_limit)\" service_replace ;;\n	supervisord:reload) step_run 60 supervisor_call signal HUP \"$s_unit\" ;;\n	supervisord:signal*) step_run 60 supervisor_call signal \"${s_how#signal }\" \"$s_unit\" ;;\n	systemd*:reload) step_run 60 systemd_call reload \"$s_unit\" ;;\n	systemd*:signal*) step_run 60 systemd_call kill --kill-who=main -s \"${s_how#signal }\" \"$s_unit\" ;;\n	esac || s_code=$?\n	if [ \"$s_kind\" = command ] && [ \"$step_timed_out\" -eq 1 ] && going_back; then\n		command_kill restart\n		s_code=0\n		step_run \"$(service_limit)\" service_replace || s_code=$?\n	fi\n	if [ \"$s_code\" -eq 124 ] || [ \"$step_timed_out\" -eq 1 ]; then : >\"$s_files.final\"; fi\n	if [ \"$s_code\" -eq 124 ] && { service_lingers || service_stops; }; then\n		service_failed \"service $s_name did not end within its stop-timeout of $s_stop_limit s\" \\\n			\"It was not cut: it goes on until it ends, or until its supervisor's own limit, and is started again then. Raise stop-timeout, or deploy when it is idle.\"\n	elif [ \"$step_timed_out\" -eq 1 ]; then\n		service_failed \"service $s_name did not restart within $(service_limit) s\" \"Its graceful stop may take longer: raise stop-timeout.\"\n	elif [ \"$s_code\" -ne 0 ]; then\n		service_look\n		! service_comes || return 0\n		case $s_kind:$s_how in\n		*:reload) act_tried=reloaded ;;\n		*:signal*) act_tried=\"sent ${s_how#signal }\" ;;\n		*) act_tried=restarted ;;\n		esac\n		act_tried=\"could not be $act_tried ($(step_ended \"$s_code\"))\"\n		case $s_state in\n		stopped | crashing) service_failed \"service $s_name $act_tried, and is down\" ;;\n		missing | unreachable)\n			: >\"$s_files.final\"\n			service_failed \"service $s_name $act_tried: $s_detail\"\n			;;\n		*) service_failed \"service $s_name $act_tried; its state: $s_detail\" ;;\n		esac\n	else\n		case $s_how in restart) service_cut ;; esac\n	fi\n}\n\n# service_failed WHAT [REMEDY]: ends the call, with the last lines of the service's log where they can be read; on the way back, and where it is\n# tried once more, it is noted, and false.\nservice_failed() {\n	{\n		[ ! -f \"$session/out\" ] || tail -n 20 \"$session/out\"\n		[ ! -f \"$s_files.look\" ] || cat \"$s_files.look\"\n		! going_back || service_log | tail -n 20\n	} >\"$session/said\" 2>/dev/null\n	if going_back || { [ -n \"${service_tries-}\" ] && [ ! -f \"$s_files.final\" ]; }; then\n		service_down \"$1\"\n		return 1\n	fi\n	service_log >\"$s_files.log\"\n	if [ -s \"$s_files.log\" ]; then\n		reply_text log \"$s_files.log\"\n		fail_with \"$1\" \"${2-}\" \"$session/said\"\n	fi\n	case $s_kind in\n	command) set -- \"$1\" \"${2-}\" ;;\n	*) set -- \"$1\" \"${2:-\"The service's own log says why; there is none that this user can read.\"}\" ;;\n	esac\n	fail_with \"$1\" \"$2\" \"$session/said\"\n}\n\n# Of a group, the first program that does not run; else the first.\nsupervisor_worst() {\n	awk '$2 != \"RUNNING\" && $1 ~ /:/ { print $1; found = 1; exit } NR == 1 { first = $1 } END { if (!found) print first }' \"$s_files.look\"\n}\n\n# Whether it may yet run. What has died and waits for its next start is no release that starts: to watch it uses up the starts that the\n# supervisor grants. The old release gets all of them.\nservice_starts() {\n	[ \"$s_state\" = starting ] || { [ \"$s_state\" = crashing ] && going_back; }\n}\n\nservice_await() {\n	read -r s_how <\"$s_files.how\"\n	[ \"$s_how\" != finishing ] || return 0\n	limit \"$SERVICE_START_LIMIT\"\n	await_end=$limit\n	while service_look && service_starts && ! over \"$await_end\"; do\n		alive\n		sleep 0.3 2>/dev/null || sleep 1\n	done\n	[ \"$s_state\" = running ] || service_failed \"service $s_name does not run: $s_detail\" || return\n	service_returned\n	case $s_how in restart | none) ;; *) service_renew ;; esac\n}\n\nservices_stop() {\n	for name in $(value services); do\n		service_load \"$name\"\n		rm -f \"$s_files.down\" \"$s_files.wrong\"\n		if [ \"$s_kind\" = command ] && [ ! -f \"$request/service.$s_name.stop\" ]; then\n			reply service \"$s_name\" none -- \"left as it is: it has no stop command\"\n		elif service_end; then\n			reply service \"$s_name\" none -- stopped\n		else\n			service_failed \"service $s_name could not be stopped ($(step_ended \"$s_code\"))\"\n		fi\n	done\n	! services_down || fail_with \"service $s_name could not be stopped, and runs a release that is not live any more\" \"Stop it by hand.\" \"$s_files.said\"\n}\n\n# service_end: stops it; whether it is stopped. How its supervisor, or its command, has ended is in s_code.\nservice_end() {\n	s_code=0\n	step_timed_out=0\n	case $s_kind in\n	supervisord) supervisor_reach && step_run \"$(service_limit)\" supervisor_call stop \"$s_unit\" ;;\n	systemd | systemd-user) step_run \"$(service_limit)\" systemd_call stop \"$s_unit\" ;;\n	command)\n		step_run \"$(service_limit)\" service_text stop || s_code=$?\n		[ \"$step_timed_out\" -eq 0 ] || ! command_kill stop || s_code=0\n		;;\n	esac || s_code=$?\n	# Who stops what has ended already may be told that this is an error.\n	[ \"$s_code\" -eq 0 ] || { service_look && [ \"$s_state\" = stopped ]; }\n}\n";

// src/remote/set-up.sh
var set_up_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # v_… are values of the request (main.sh)\n# `tarlift host setup --apply`: runs the script that it prints, as root. Value: mode (plan or apply). Text: script.\n\nverb_setup() {\n	if [ \"$(id -u)\" -eq 0 ]; then\n		set -- sh\n	elif sudo -n true 2>/dev/null; then\n		set -- sudo -n sh\n	else\n		fail_with \"$(id -un) is not root, and sudo asks it for a password or is not there\" \\\n			\"Log in as a user who may: --as root. Or run the script yourself: tarlift host setup TARGET prints it.\"\n	fi\n	setup_code=0\n	step_run 600 \"$@\" \"$request/script\" \"$v_mode\" || setup_code=$?\n	cp \"$session/out\" \"$session/said\"\n	case $setup_code in\n	0 | 3) reply_text said \"$session/said\" ;;\n	*) fail_with \"the setup ended with code $setup_code\" \"What it says at its end is the reason; it may be run again.\" \"$session/said\" ;;\n	esac\n}\n";

// src/remote/state.sh
var state_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2015,SC2034 # v_… are values of the request (main.sh), $line and $receiving are results; A && B || C is meant as it is\n# States, links and the log. The root's layout:\n#\n#   current -> releases/<name>     previous -> releases/<name> (for people)     releases/<name>/     shared/\n#   .tarlift/releases/<name>/      state, record, index, config, layers, stat, previous, good\n#   .tarlift/incoming/<digest>/    what is being received\n#   .tarlift/{lock,owner,hold,transaction,returned,agreed,taken,migrations,log.jsonl,sessions,swap,trash}\n\n# flush PATH: the file system of PATH has everything on disk afterwards.\nflush() {\n	sync -f \"$1\" 2>/dev/null || sync\n}\n\n# Sets uptime, in hundredths of a second: a time that is measured is not cut by the second in which it began.\nuptime_now() {\n	read -r uptime _ </proc/uptime\n	uptime=${uptime%.*}${uptime#*.}\n}\n\n# limit SECONDS: sets $limit, a moment that many seconds from now; over MOMENT: whether it has passed. By uptime: a clock that is set\n# meanwhile neither cuts a wait nor prolongs it.\nlimit() {\n	uptime_now\n	limit=$((uptime + $1 * 100))\n}\n\nover() {\n	uptime_now\n	[ \"$uptime\" -gt \"$1\" ]\n}\n\n# Sets now, in seconds since the epoch: asked once for a connection, and counted on without a process.\nclock_now() {\n	uptime_now\n	[ -n \"${clock_base-}\" ] || clock_base=$(($(date +%s) * 100 - uptime))\n	now=$(((clock_base + uptime) / 100))\n}\n\n# has_room PATH [BYTES]: whether its file system takes a few more files, and these bytes. What cannot be found out is no reason to stop.\nhas_room() {\n	# Free blocks for users, their size, free inodes, all inodes (0 where the file system has no fixed number).\n	# shellcheck disable=SC2046\n	set -- \"${2:-0}\" $(stat -f -c '%a %S %d %c' \"$1\" 2>/dev/null)\n	[ \"$#\" -eq 5 ] || return 0\n	[ $(($2 * $3 - $1)) -ge 8388608 ] && { [ \"$5\" -eq 0 ] || [ \"$4\" -ge 100 ]; }\n}\n\n# read_only PATH: whether its file system is mounted so; modes do not say it.\nread_only() { mounted \"$1\" ro; }\n\n# mounted PATH OPTION: whether the file system of the path is mounted with this option; leaves its mount point in $session/mount.\nmounted() {\n	df -P \"$1\" 2>/dev/null | awk 'NR == 2 { print $NF }' >\"$session/mount\"\n	awk -v \"option=$2\" '\n		FILENAME ~ /\\/mount$/ { at = $0; next }\n		$2 == at { options = \",\" $4 \",\" }\n		END { exit index(options, \",\" option \",\") == 0 }\n	' \"$session/mount\" /proc/self/mounts\n}\n\n# finding_read_only PATH: whether its file system is mounted read-only: that is a finding then, once for each of them.\nfinding_read_only() {\n	read_only \"$1\" || return 1\n	first_line \"$session/mount\"\n	case \" ${read_only_told-} \" in *\" $line \"*) return 0 ;; esac\n	read_only_told=\"${read_only_told-} $line\"\n	read_only_words\n	finding \"$line is mounted read-only: nothing can be written in $1\" \"$read_only_remedy\"\n}\n\n# Sets read_only_remedy, after read_only said yes.\nread_only_words() {\n	first_line \"$session/mount\"\n	read_only_remedy=\"Look why (dmesg, /etc/fstab): the kernel does that after errors of a disk. Then as root on the host: mount -o remount,rw $line\"\n}\n\n# session_full: whether the session's place takes nothing more: lists that were written there may have been cut.\nsession_full() {\n	# Given back at once: the next look would find room in it.\n	! { printf '%65536s' \"\" && printf \"\" >\"$session/room\"; } 2>/dev/null >\"$session/room\"\n}\n\n# Sets what and remedy of that.\nsession_words() {\n	session_what=\"there is no room left in ${session%/*} on the host, where a deploy keeps its lists while it lasts\"\n	session_remedy=\"Free some space there, or make it larger (df ${session%/*}): each file of a release takes about 1 KB. A container has 64 MB of /dev/shm, unless it is given more (docker run --shm-size).\"\n}\n\n# step NAME: how far the verb has come, for the message of one that ends by itself. Names and order stand in src/host/steps.ts.\nstep() {\n	echo \"$1\" >\"$session/at\"\n}\n\n# write_file FILE [STEP]: standard input becomes the file, whole or not at all.\nwrite_file() {\n	write_part=$1.part.$$\n	cat >\"$write_part\" && write_end \"$1\" \"write-${2-${1##*/}}\"\n}\n\n# write_line FILE LINE [STEP]: the file has this one line.\nwrite_line() {\n	write_part=$1.part.$$\n	printf '%s\\n' \"$2\" >\"$write_part\" && write_end \"$1\" \"write-${3-${1##*/}}\"\n}\n\nwrite_end() {\n	sync \"$write_part\" 2>/dev/null || flush \"$write_part\"\n	step \"$2\"\n	mv -f \"$write_part\" \"$1\"\n}\n\n# first_line FILE: sets $line; empty when there is none.\nfirst_line() {\n	line=\n	[ ! -f \"$1\" ] || IFS= read -r line <\"$1\" || :\n}\n\n# release_state RELEASE: in $line; empty when there is none.\nrelease_state() {\n	first_line \"$v_root/.tarlift/releases/$1/state\"\n}\n\n# recorded RELEASE KEY: what its record says, in $line; empty when it says nothing.\nrecorded() {\n	line=\n	[ -f \"$v_root/.tarlift/releases/$1/record\" ] || return 0\n	while IFS= read -r recorded_line; do\n		if [ \"${recorded_line%% *}\" = \"$2\" ]; then\n			line=${recorded_line#\"$2\"}\n			line=${line# }\n			return 0\n		fi\n	done <\"$v_root/.tarlift/releases/$1/record\"\n}\n\n# set_state RELEASE STATE: receiving | prepared | active | good | failed\nset_state() {\n	{ [ -d \"$v_root/.tarlift/releases/$1\" ] || mkdir -p \"$v_root/.tarlift/releases/$1\"; } &&\n		write_line \"$v_root/.tarlift/releases/$1/state\" \"$2\" \"state-$2\" && log_event \"$2\" \"$1\"\n}\n\n# log_event EVENT RELEASE: the values have been checked to need no escapes in JSON. A full disk must not end a deploy here.\nlog_event() {\n	clock_now\n	printf '{\"time\":%s,\"event\":\"%s\",\"release\":\"%s\",\"deploy\":\"%s\",\"by\":\"%s\"}\\n' \\\n		\"$now\" \"$1\" \"$2\" \"${v_deploy_id-}\" \"${v_owner-}\" >>\"$v_root/.tarlift/log.jsonl\" || :\n}\n\n# Text: taken. What a balancer must be given back, should we be the last to know: `<what it had><tab><place>` a line; nothing: all of it was.\n# With the value heard=yes alone: a person was told that this host went back by itself (switch_back).\nverb_note() {\n	if [ \"${v_heard-}\" = yes ]; then\n		rm -f \"$v_root/.tarlift/returned\"\n	elif [ -s \"$request/taken\" ]; then\n		write_file \"$v_root/.tarlift/taken\" <\"$request/taken\" || fail_with \"$v_root/.tarlift cannot be written\" \"Look at free space (df).\"\n		flush \"$v_root\"\n	else\n		rm -f \"$v_root/.tarlift/taken\"\n	fi\n}\n\n# Nothing: a connection is wanted for its forwards.\nverb_ping() {\n	:\n}\n\n# Values: limit. The newest lines of the log, for `tarlift history`, without the prunes, of which one deploy may have written fifty.\n# Nothing changes.\nverb_history() {\n	[ -f \"$v_root/.tarlift/log.jsonl\" ] || return 0\n	grep -avF '\"event\":\"pruned\"' \"$v_root/.tarlift/log.jsonl\" | tail -n \"$v_limit\" >\"$session/history\"\n	reply_text history \"$session/history\"\n}\n\n# link_release LINK: the release that $v_root/LINK leads to, in $line; empty when there is no such link.\nlink_release() {\n	line=\n	[ -L \"$v_root/$1\" ] || return 0\n	line=$(readlink \"$v_root/$1\")\n	case $line in\n	releases/*) line=${line#releases/} ;;\n	\"$v_root\"/releases/*) line=${line#\"$v_root/releases/\"} ;;\n	esac\n	line=${line%/}\n}\n\n# live_release: the release that is live, in $line; empty where its directory was removed, or the link leads elsewhere: neither is\n# anything that could be gone back to.\nlive_release() {\n	link_release current\n	case $line in */* | .*) line= ;; esac\n	[ -d \"$v_root/releases/$line\" ] || line=\n}\n\n# set_link LINK RELEASE: one rename(2) of a link that was made in a directory of its own: `ln -sfn` removes first on some systems, and\n# `mv` without that directory would move the new link into the old release. The directory stays, because a full disk may take a link and\n# no directory any more. Read back, because only that is the truth. Under the lock: nobody else makes links there.\nset_link() {\n	link_directory=$v_root/.tarlift/swap\n	[ -d \"$link_directory\" ] || mkdir -p \"$link_directory\" || return 1\n	[ ! -L \"$link_directory/$1\" ] || rm -f \"$link_directory/$1\" || return 1\n	ln -s \"releases/$2\" \"$link_directory/$1\" || return 1\n	step \"link-$1\"\n	mv -f \"$link_directory/$1\" \"$v_root/\" || return 1\n	[ \"$(readlink \"$v_root/$1\")\" = \"releases/$2\" ]\n}\n\n# set_aside PATH [TRASH]: out of sight at once, into a directory $aside; prune.sh empties the trash.\nset_aside() {\n	aside=\n	[ -e \"$1\" ] || [ -L \"$1\" ] || return 0\n	[ -d \"${2-$v_root/.tarlift/trash}\" ] || mkdir -p \"${2-$v_root/.tarlift/trash}\"\n	aside=$(mktemp -d \"${2-$v_root/.tarlift/trash}/$v_root_id.XXXXXX\") || return 1\n	mv -f \"$1\" \"$aside/\" || return 1\n	step discard\n}\n\n# discard PATH [TRASH]: out of sight at once, removed afterwards.\ndiscard() {\n	set_aside \"$@\" || return 1\n	[ -z \"$aside\" ] || rm -rf \"$aside\"\n}\n\n# receiving ENVIRONMENT_ID: where an environment is received, in $receiving; a place of its own for each root that shares\n# environments_root.\nreceiving() {\n	receiving=$v_environments_root/.incoming-$v_root_id-$1\n}\n\n# begin_transaction PHASE RELEASE PREVIOUS KIND RAN: what a later run needs to finish or revert this one; KIND and RAN as transaction_read says.\nbegin_transaction() {\n	write_line \"$v_root/.tarlift/transaction\" \"$v_deploy_id $1 $2 $3${4:+ $4${5:+ $5}}\" \"$1\"\n}\n\n# What is open, in open_id, open_phase, open_release, open_previous (empty: none was live), open_kind (deploy, or rollback or converge for what went to a\n# release that was good before; empty: an older Tarlift does not say) and open_ran (as services_ran says it). Nothing is: all are empty.\ntransaction_read() {\n	first_line \"$v_root/.tarlift/transaction\"\n	# Not by words: one of them may be empty.\n	open_left=\"$line      \"\n	open_id=${open_left%% *} open_left=${open_left#* }\n	open_phase=${open_left%% *} open_left=${open_left#* }\n	open_release=${open_left%% *} open_left=${open_left#* }\n	open_previous=${open_left%% *} open_left=${open_left#* }\n	open_kind=${open_left%% *} open_left=${open_left#* }\n	open_ran=${open_left%% *}\n}\n\n# Sets user_name and user_id, of whoever this program runs as: uid=1000(deploy) gid=…\nuser_known() {\n	user_name=$(id)\n	user_name=${user_name#uid=}\n	user_id=${user_name%%[!0-9]*}\n	user_name=${user_name%%\")\"*}\n	case $user_name in \"$user_id(\"*) user_name=${user_name#*\"(\"} ;; *) user_name=$user_id ;; esac\n}\n\n# Sets group_word: the name of a user's group, as a command that is typed has to have it. Names of directories (AD) may have blanks; what is\n# compared are numbers.\ngroup_word() {\n	group_word=$(id -gn \"$1\" 2>/dev/null) || group_word=$1\n	case $group_word in *[!A-Za-z0-9_.-]*) group_word=\"'$group_word'\" ;; esac\n}\n";

// src/remote/switch.sh
var switch_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2034,SC2015 # v_… are values of the request (main.sh), and here values for others; tarlift_program is set by\n# the loader (src/host/program.ts); A && B || C is meant as it is\n# The dead man's switch: a process of its own, armed before the rename. When nobody has held the lock for v_switch seconds and the\n# transaction is still open before its precommit, the runner is gone, and the host goes back by itself.\n\n# switch_way: how a process can be started here that outlives this connection, in $switch_way; empty: there is none.\n#   detached      sessions are not killed at their end\n#   systemd-run   by root      user   by a user manager that lingers\nswitch_way() {\n	switch_way=\n	if ! switch_sessions_die; then\n		! command -v setsid >/dev/null || switch_way=detached\n	elif [ \"$user_id\" -eq 0 ]; then\n		switch_way=systemd-run\n	elif [ -e \"/var/lib/systemd/linger/$user_name\" ]; then\n		switch_way=user\n	fi\n}\n\n# The end of this session would end its processes (KillUserProcesses of logind, unless it excepts this user).\nswitch_sessions_die() {\n	switch_session=no\n	while read -r switch_line; do\n		case $switch_line in */session-*) switch_session=yes ;; esac\n	done </proc/self/cgroup\n	[ \"$switch_session\" = yes ] && [ \"$(switch_logind KillUserProcesses)\" = \"b true\" ] || return 1\n	# as 2 \"root\" \"deploy\"\n	case $(switch_logind KillExcludeUsers) in *\"\\\"$user_name\\\"\"*) return 1 ;; esac\n	case $(switch_logind KillOnlyUsers) in '' | 'as 0' | *\"\\\"$user_name\\\"\"*) ;; *) return 1 ;; esac\n}\n\nswitch_logind() {\n	busctl get-property org.freedesktop.login1 /org/freedesktop/login1 org.freedesktop.login1.Manager \"$1\" 2>/dev/null\n}\n\n# switch_arm RELEASE PREVIOUS: before the rename. Whoever wants no switch gives no v_switch.\nswitch_arm() {\n	[ -n \"${v_switch-}\" ] && [ \"$1\" != \"$2\" ] || return 0\n	switch_way\n	[ -n \"$switch_way\" ] || {\n		reply switch none\n		return 0\n	}\n	switch_place=$v_root/.tarlift/switch\n	[ ! -e \"$switch_place\" ] || rm -rf \"$switch_place\"\n	(umask 077 && mkdir \"$switch_place\" && cp -R \"$request\" \"$switch_place/in\") &&\n		printf '%s\\n' \"$v_deploy_id\" \"$1\" \"$2\" \"$v_switch\" \"$v_root\" \"$v_environments_root\" \"${v_owner-}\" >\"$switch_place/about\" ||\n		fail_with \"$v_root/.tarlift cannot be written\" \"Look at free space (df).\"\n	switch_start \"$switch_place\" \"$switch_place/$v_deploy_id/armed\" switch_main ||\n		fail_with \"the dead man's switch could not be armed ($switch_way)\" \"Look at the log of the host, or leave \\`switch\\` of the target at 0.\"\n	reply switch \"$switch_way\"\n}\n\n# switch_start DIRECTORY PROOF FUNCTION: by $switch_way; the process calls FUNCTION of this program with DIRECTORY. That it was started is\n# no proof: it makes the file PROOF itself, within some milliseconds on most hosts.\nswitch_start() {\n	(umask 077 && printf '%s\\n' \"$tarlift_program\" >\"$1/program\") || return 1\n	switch_proof=$2\n	set -- /bin/sh \"$1/program\" \"$3\" \"$1\"\n	# What a service is started by may stand on the PATH of the login alone (/snap/bin, ~/.local/bin).\n	[ \"$switch_way\" = detached ] || set -- --quiet --collect --setenv=PATH=\"$PATH\" --setenv=HOME=\"${HOME-/}\" \"$@\"\n	case $switch_way in\n	detached) setsid \"$@\" </dev/null >/dev/null 2>&1 3>&- 9>&- & ;;\n	systemd-run) systemd-run \"$@\" >/dev/null 2>&1 3>&- 9>&- ;;\n	user) XDG_RUNTIME_DIR=/run/user/$(id -u) systemd-run --user \"$@\" >/dev/null 2>&1 3>&- 9>&- ;;\n	esac\n	switch_look=0\n	while [ ! -f \"$switch_proof\" ] && [ \"$switch_look\" -lt 500 ]; do\n		switch_look=$((switch_look + 1))\n		sleep 0.005 2>/dev/null || sleep 1\n	done\n	[ -f \"$switch_proof\" ]\n}\n\n# What a process of its own needs before anything else.\nswitch_alone() {\n	umask 022\n	LC_ALL=C\n	export LC_ALL\n	cd / || exit 1\n	trap '' HUP PIPE\n	exec </dev/null >/dev/null 2>&1\n	user_known\n}\n\n# The switch itself. It takes what it was given to a directory of its own: whoever removes that disarms it.\nswitch_main() {\n	switch_alone\n	{\n		read -r v_deploy_id\n		read -r switch_release\n		read -r switch_previous\n		read -r v_switch\n		read -r v_root\n		read -r v_environments_root\n		read -r v_owner\n	} <\"$1/about\"\n	session=$1/$v_deploy_id\n	request=$session/in\n	mkdir \"$session\" && mv \"$1/in\" \"$session/\" || exit 1\n	user_known\n	v_services=$(value services)\n	v_app=$(value app)\n	echo \"$$\" >\"$session/armed\"\n	switch_quiet=0\n	switch_tries=0\n	while sleep 1; do\n		[ -f \"$session/armed\" ] || exit 0\n		switch_open || break\n		switch_quiet=$((switch_quiet + 1))\n		! lock_held || switch_quiet=0\n		[ \"$switch_quiet\" -ge \"$v_switch\" ] || continue\n		switch_back || continue\n		# It stays open where a service did not come back: once more, later.\n		switch_quiet=0\n		switch_tries=$((switch_tries + 1))\n		[ \"$switch_tries\" -lt 5 ] || break\n	done\n	rm -rf \"$session\"\n}\n\n# Whether the transaction is still the one that this switch is for, and not decided.\nswitch_open() {\n	transaction_read\n	[ \"$open_id\" = \"$v_deploy_id\" ] && [ \"$open_phase\" != precommit ]\n}\n\n# Under the lock, which whoever is quicker has taken.\nswitch_back() {\n	(\n		lock_file \"$v_root/.tarlift/lock\"\n		exec 9>>\"$v_root/.tarlift/lock\" 3>/dev/null\n		lock_within 0 9 \"$v_root/.tarlift/lock\" || exit 1\n		switch_open || exit 0\n		v_owner=\"the dead man's switch of $v_owner\"\n		printf '%s\\n' \"$v_owner\" >\"$v_root/.tarlift/owner\"\n		verb=revert\n		v_from=$switch_release\n		v_to=$switch_previous\n		# Before the transaction goes, which says the same: until another begins, a rollback has to know that this one was taken back.\n		write_line \"$v_root/.tarlift/returned\" \"$line\" || :\n		(verb_revert)\n		rm -f \"$v_root/.tarlift/owner\"\n	)\n}\n";

// src/remote/tasks.sh
var tasks_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154 # request and step_timed_out are set by main.sh and frames.sh\n# Commands of the user's in a release: migrations, hooks, `tarlift run`.\n\n# task_run RELEASE_DIRECTORY TEXT_FILE RUN_AS SECONDS inherited|closed: runs shell text by `sh -ec` in the release with its\n# configuration; the further variables of the request are in $request/variables, in the syntax of .tarlift/env. Returns its exit code\n# (128 + n for signal n); step_timed_out says whether it was stopped. `inherited`: it keeps the host's lock until it ends.\ntask_run() {\n	task_run_as=$3\n	[ \"$task_run_as\" != \"$(id -un)\" ] || task_run_as=\n	[ -f \"$1/.tarlift/exec\" ] || fail_with \"the release ${1##*/} has no configuration\" \"Deploy it again.\"\n	[ -z \"$task_run_as\" ] || task_user \"$1\" \"$task_run_as\"\n	case $5 in\n	inherited) step_run_locked \"$4\" task_start \"$1\" \"$2\" \"$task_run_as\" \"$4\" ;;\n	*) step_run \"$4\" task_start \"$1\" \"$2\" \"$task_run_as\" \"$4\" ;;\n	esac\n}\n\n# task_user RELEASE_DIRECTORY USER: refuses where commands of the release cannot run as another user.\ntask_user() {\n	task_can \"$1\" \"$2\" || fail_with \"$task_what\" \"$task_remedy\" \"$task_said\"\n}\n\n# task_can RELEASE_DIRECTORY USER: whether commands of the release can run as another user; where not, task_what, task_remedy and task_said\n# (a file, or empty) say why.\ntask_can() {\n	task_said=\n	if [ \"$(id -u)\" -eq 0 ]; then\n		task_what=\"commands cannot run as $2: this host has no setpriv, or one without --init-groups\"\n		task_remedy=\"Install util-linux 2.31 or newer (Alpine: apk add setpriv). Or deploy as another user than root: tarlift host setup gives it the right.\"\n		(as_user \"$2\" true) >/dev/null 2>&1\n	elif ! command -v sudo >/dev/null; then\n		task_what=\"commands cannot run as $2: this host has no sudo\"\n		task_remedy=\"Install it, and run what tarlift host setup prints as root on the host. Or leave run-as out.\"\n		return 1\n	else\n		task_what=\"$(id -un) may not run commands as $2\"\n		task_remedy=\"Add the lines that tarlift host setup prints, or leave run-as out.\"\n		task_said=$session/sudo-said\n		! sudo -n -u \"$2\" \"$1/.tarlift/exec\" true 2>\"$task_said\" || return 0\n		if mounted \"$1\" noexec; then\n			first_line \"$session/mount\"\n			task_what=\"commands cannot run as $2: $line is mounted noexec, and what sudo starts lies there\"\n			task_remedy=\"As root on the host: mount -o remount,exec $line   and take noexec out of its line in /etc/fstab (or of its unit).\"\n		fi\n		return 1\n	fi\n}\n\n# task_shell RELEASE_DIRECTORY RUN_AS: what a person types for a shell in which commands run as task_run runs them. Roots are plain words.\ntask_shell() {\n	[ -z \"$2\" ] || [ \"$2\" = \"$(id -un)\" ] || printf 'sudo -u %s ' \"$2\"\n	printf '%s/.tarlift/exec sh' \"$1\"\n}\n\n# task_start DIRECTORY TEXT_FILE RUN_AS SECONDS: in the background already, so that exec and cd change nothing else.\ntask_start() {\n	cd \"$1\" || exit 1\n	task_text=$(cat \"$2\")\n	task_variables=$request/variables\n	[ -f \"$task_variables\" ] || task_variables=/dev/null\n	# Hook data, no secrets: they may stand in the argument list. Quoted as in .tarlift/env, so no value is read as shell text.\n	task_prefix=\"set -a\n$(cat \"$task_variables\")\nset +a\n\"\n	# Through sudo: where /proc does not show other users' processes, step_end finds none of them. After it, so that elsewhere its words stay.\n	task_limit=\n	if [ -n \"$3\" ] && [ \"$(id -u)\" -ne 0 ] && [ \"$4\" -gt 0 ] && timeout -k 1 1 true >/dev/null 2>&1; then\n		task_limit=\"$(command -v timeout) -k 5 $(($4 + 6))\"\n	fi\n	# shellcheck disable=SC2086 # words\n	in_release \"$1\" \"$3\" $task_limit sh -ec \"$task_prefix$task_text\"\n}\n\n# in_release RELEASE_DIRECTORY USER COMMAND...: becomes that command, with the release's variables, as that user. As the kernel starts the\n# wrapper, also where its file system is mounted noexec; a line of sudo names the wrapper itself.\nin_release() {\n	in_release=$1/.tarlift/exec\n	in_release_as=$2\n	shift 2\n	if [ -z \"$in_release_as\" ] || [ \"$in_release_as\" = \"$(id -un)\" ] || [ \"$(id -u)\" -eq 0 ]; then set -- /bin/sh \"$in_release\" \"$@\"; else set -- \"$in_release\" \"$@\"; fi\n	as_user \"$in_release_as\" \"$@\"\n}\n\n# as_user USER COMMAND...: becomes that command, as that user; as this one where USER is empty.\nas_user() {\n	as_user=$1\n	shift\n	if [ -z \"$as_user\" ] || [ \"$as_user\" = \"$(id -un)\" ]; then\n		exec \"$@\"\n	fi\n	if [ \"$(id -u)\" -eq 0 ]; then\n		exec setpriv --reuid \"$as_user\" --regid \"$(id -g \"$as_user\")\" --init-groups \"$@\"\n	fi\n	exec sudo -n -u \"$as_user\" \"$@\"\n}\n";

// src/remote/way-back.sh
var way_back_default = "# shellcheck shell=sh\n# shellcheck disable=SC2154,SC2034 # s_…: services.sh; session, verb, request: main.sh; settle_end is for evidence.sh\n# The way back: a service is started again whatever state the release that failed has left its supervisor in, and one service that does not\n# come back keeps no other from it.\n\ngoing_back() {\n	[ \"$verb\" = revert ]\n}\n\n# service_down WHAT: on the way back, in place of the end of the call: services_observe says it. The last lines are in $session/said.\nservice_down() {\n	printf '%s\\n' \"${1#\"service $s_name \"}\" >\"$s_files.down\"\n	cp \"$session/said\" \"$s_files.said\"\n}\n\n# service_comes: on the way back, after a restart that its supervisor called failed, and a look: whether it runs all the same, or its\n# supervisor will start it once more. The state of a command tells nothing of what its text did.\nservice_comes() {\n	going_back && [ \"$s_kind\" != command ] || return 1\n	service_starts || { [ \"$s_state\" = running ] && ! service_lingers; }\n}\n\n# service_again RELEASE FROM: once more for one that did not start or stay: what the failed release left (a port, a lock) may have been in\n# its way. Not where that brings nothing: it is still finishing, is masked, or its supervisor does not answer.\nservice_again() {\n	[ ! -f \"$s_files.final\" ] || return 0\n	alive\n	sleep 1\n	rm -f \"$s_files.down\"\n	service_look\n	again_tries=${service_tries-}\n	service_tries=\n	service_act \"$1\" \"$2\" && service_await\n	service_tries=$again_tries\n}\n\n# command_kill restart|stop: after that text of this service did not end in its time. Ends what its restart text has started, by SIGTERM,\n# and five seconds later by SIGKILL: it carries the service's name in its environment. False when there was nothing.\ncommand_kill() {\n	command_started\n	[ -n \"$kill_found\" ] || return 1\n	# shellcheck disable=SC2086 # process ids\n	kill_named=$(for process in $kill_found; do\n		read -r kill_name <\"/proc/$process/comm\" && printf ', %s %s' \"$process\" \"$kill_name\"\n	done 2>/dev/null)\n	for kill_left in 5 4 3 2 1 0; do\n		# shellcheck disable=SC2086 # process ids\n		if [ \"$kill_left\" -gt 0 ]; then kill -TERM $kill_found; else kill -KILL $kill_found; fi 2>/dev/null\n		alive\n		sleep 1\n		command_started\n		[ -n \"$kill_found\" ] || break\n	done\n	reply warning \"service $s_name: its $1 command did not end within $step_limit s, and all that its restart command had started was ended (${kill_named#, })\"\n}\n\n# Sets kill_found: the processes that a restart text of this service has started, and theirs.\ncommand_started() {\n	kill_found=\n	for kill_at in /proc/[0-9]*; do\n		! tr '\\0' '\\n' <\"$kill_at/environ\" | grep -qxF \"TARLIFT_SERVICE=$v_root:$s_name\" || kill_found=\"$kill_found ${kill_at#/proc/}\"\n	done 2>/dev/null\n}\n\n# What came back is left alone when the host goes back once more for another one.\nservices_back() {\n	for name in $(services_named); do\n		service_load \"$name\"\n		[ -f \"$s_files.wrong\" ] || cp \"$s_files.after\" \"$s_files.before\" 2>/dev/null || :\n	done\n}\n\n# Whether a service did not come back; s_name is the first of them.\nservices_down() {\n	for name in $(services_named); do\n		service_load \"$name\"\n		[ ! -s \"$s_files.down\" ] && [ ! -s \"$s_files.wrong\" ] || return 0\n	done\n	return 1\n}\n\n# Seconds that a restart may have to wait for the start limit of its unit, where nothing lifts it.\nservice_wait() {\n	case $s_kind in systemd | systemd-user) ;; *) echo 0 && return ;; esac\n	wait_seconds=0\n	! going_back || systemd_may reset-failed \"$s_unit\" || wait_seconds=$(start_limit)\n	echo \"${wait_seconds:-0}\"\n}\n\n# systemd_may VERB UNIT: whether `systemctl VERB UNIT` needs no further right: by sudo's listing, or since it worked.\nsystemd_may() {\n	[ \"$s_kind\" = systemd-user ] || [ \"$user_id\" -eq 0 ] || sudo_allows \"$(command -v systemctl) $1 $2\" ||\n		{ [ \"$1 $2\" = \"reset-failed $s_unit\" ] && [ -f \"$s_files.resets\" ]; }\n}\n\n# systemd_restart: a release that died at once has used up the starts that systemd grants a unit in some seconds. Any further one is\n# refused, that of a good release too, until `reset-failed` gives them back; where that is not allowed, until the seconds are over.\nsystemd_restart() {\n	! systemd_call reset-failed \"$s_unit\" 2>/dev/null || : >\"$s_files.resets\"\n	! going_back || systemd_listens\n	restart_before=$(systemd_show InvocationID)\n	restart_code=0\n	systemd_call restart \"$s_unit\" || restart_code=$?\n	restart_left=3\n	systemd_may reset-failed \"$s_unit\" || restart_left=$(($(service_wait) + 1))\n	while [ \"$restart_code\" -ne 0 ] && going_back && systemd_refused && [ \"$restart_left\" -gt 0 ]; do\n		echo \"systemd refused to start it, since it had been started too often\" >\"$s_files.waited\"\n		restart_left=$((restart_left - 1))\n		sleep 1\n		systemd_call reset-failed \"$s_unit\" 2>/dev/null\n		restart_code=0\n		systemd_call restart \"$s_unit\" || restart_code=$?\n	done\n	return \"$restart_code\"\n}\n\n# Whether the start was refused, and not tried in vain: each one that is tried gets an id of its own. A mask does not go away by itself.\n# The limit leaves a unit failed; where a right or a dependency is missing, it is as it was, or inactive. Its Result does not tell: systemd\n# keeps that of the start before.\nsystemd_refused() {\n	[ \"$(systemd_show LoadState)\" = loaded ] && [ \"$(systemd_show ActiveState)\" = failed ] && [ \"$(systemd_show InvocationID)\" = \"$restart_before\" ]\n}\n\n# What starts the service on demand (a socket, a path) fails with it, and a socket is not opened while its service runs.\nsystemd_listens() {\n	for listens_unit in $(systemd_show TriggeredBy); do\n		case $listens_unit in *.socket | *.path) ;; *) continue ;; esac\n		listens_failed \"$listens_unit\" || continue\n		systemd_call stop \"$s_unit\"\n		systemd_call reset-failed \"$s_unit\"\n		systemd_call reset-failed \"$listens_unit\"\n		systemd_call start \"$listens_unit\"\n	done 2>/dev/null\n}\n\nlistens_failed() {\n	systemd_show ActiveState \"$1\" | grep -qx failed\n}\n\n# service_returned: after the restart; says for how long nothing served, where systemd made it wait.\nservice_returned() {\n	[ -f \"$s_files.waited\" ] || return 0\n	read -r returned_why <\"$s_files.waited\"\n	rm -f \"$s_files.waited\"\n	uptime_now\n	first_line \"$s_files.since\"\n	reply warning \"service $s_name: its old release did not run for $(((uptime - line) / 100)) s: $returned_why, and $(returned_remedy)\"\n}\n\n# service_since: when its old release was taken from it, in hundredths of a second of uptime.\nservice_since() {\n	if going_back && [ -f \"$s_files.since\" ]; then return 0; fi\n	uptime_now\n	echo \"$uptime\" >\"$s_files.since\"\n}\n\nreturned_remedy() {\n	if systemd_may reset-failed \"$s_unit\"; then\n		echo \"was asked again\"\n	else\n		echo \"only its start limit's time lifted that. Run \\`tarlift host setup\\` for this host again: $user_name may not run \\`systemctl reset-failed $s_unit\\`\"\n	fi\n}\n";

// src/host/program.ts
/** `main` comes last: a program that was cut off does nothing. Compressed, since it is the most of what a small deploy sends. */
const PROGRAM = gzipSync([
	frames_default,
	state_default,
	lock_default,
	facts_default,
	enter_default,
	prepare_default,
	services_default,
	recorded_services_default,
	evidence_default,
	preflight_default,
	file_modes_default,
	service_log_default,
	handover_default,
	way_back_default,
	http_default,
	migrations_default,
	tasks_default,
	activate_default,
	commit_default,
	prune_default,
	drift_default,
	switch_default,
	main_default
].map(withoutComments).join(""), { level: 9 });
/** What hardly a connection needs travels with the calls that need it, as their text `program`. */
const ADOPT_PROGRAM = withoutComments(adopt_default);
const CONTENT_PROGRAM = withoutComments(content_default);
const DEFINITIONS_PROGRAM = withoutComments(definitions_default);
const SETUP_PROGRAM = withoutComments(set_up_default);
const SEATS_PROGRAM = withoutComments(seats_default);
const OWN_SEATS_PROGRAM = withoutComments(own_seats_default);
/** What the shell is told: it reads exactly the program, and nothing that follows it (dash and busybox read ahead otherwise). */
const LOADER = `tarlift_program="$(dd bs=${PROGRAM.length} count=1 iflag=fullblock 2>/dev/null | gzip -dc)"; eval "$tarlift_program"`;
/** The command line for SSH: one constant that bash, dash, fish and tcsh read alike. */
const BOOTSTRAP = `exec sh -c '${LOADER}'`;
/** Whole-line comments are for people who read the sources; they would be a third of what travels. */
function withoutComments(text) {
	return text.replace(/^\t*#.*\n/gm, "").replace(/^\n/gm, "");
}

// src/host/ramp.ts
/** Below sshd's ten: other people connect too. */
const AT_ONCE = 8;
const doors = /* @__PURE__ */ new Map();
/**
* Waits for a place among those that connect through a door.
*
* @param door what they share: a jump host, an sshd
* @returns gives the place free: to be called when the connection is made or has failed; more than once does no harm
*/
async function enter(door) {
	const at = doors.get(door) ?? {
		inside: 0,
		waiting: []
	};
	doors.set(door, at);
	if (at.inside >= AT_ONCE) await new Promise((resolve) => at.waiting.push(resolve));
	else at.inside++;
	let left = false;
	return () => {
		if (left) return;
		left = true;
		const next = at.waiting.shift();
		if (next) next();
		else at.inside--;
		if (at.inside === 0) doors.delete(door);
	};
}

// src/host/ssh.ts
/**
* Puts key and known hosts into the private directory and decides the common options.
*
* @throws Failure for keys that cannot be used, and when no host could be known
*/
function prepareSsh(options) {
	const onRunner = process.env.GITHUB_ACTIONS === "true";
	const userConfig = options.userConfig ?? !onRunner;
	let known = [];
	let key = [];
	checkAll(() => {
		known = knownHosts(options, onRunner);
	}, () => {
		key = keyOptions(options);
	});
	const shared = [
		...userConfig ? [] : ["-F", "/dev/null"],
		...option("IgnoreUnknown", "*"),
		...option("BatchMode", "yes"),
		...known,
		...option("ConnectTimeout", String(options.connectTimeout ?? 20)),
		...option("ServerAliveInterval", "15"),
		...option("ServerAliveCountMax", "4"),
		...option("ForwardAgent", "no"),
		...option("ForwardX11", "no"),
		...option("PermitLocalCommand", "no"),
		...option("RequestTTY", "no"),
		...option("RemoteCommand", "none"),
		...option("ClearAllForwardings", "no"),
		...option("LogLevel", "ERROR"),
		...key
	];
	return {
		command: options.command ?? "ssh",
		shared,
		userConfig
	};
}
function keyOptions({ key, needsKey }) {
	if (key) return [
		"-i",
		installKey(key),
		...option("IdentitiesOnly", "yes")
	];
	if (!needsKey || process.env.SSH_AUTH_SOCK) return [];
	throw new Failure({
		what: "no SSH key is given, and no agent holds one",
		remedy: "Give the private key of the user that deploys: `ssh-key: ${{ secrets.DEPLOY_KEY }}`.",
		outcome: "refused"
	});
}
function option(name, value) {
	return ["-o", `${name}=${value}`];
}
/** A path in an option: ssh takes a space for the end of a word, and `%` for the beginning of a token. */
const pathWord = (path) => `"${path.replaceAll("%", "%%")}"`;
function knownHosts(options, onRunner) {
	if (options.insecureAcceptAnyHostKey) return [...option("StrictHostKeyChecking", "no"), ...option("UserKnownHostsFile", "/dev/null")];
	const strict = option("StrictHostKeyChecking", "yes");
	if (options.knownHosts === void 0) {
		if (!onRunner) return strict;
		throw new Failure({
			what: "no known hosts are given, so no host can be told from an impostor",
			remedy: "Run `ssh-keyscan HOST` on a network that you trust, keep its output in a variable, and give it: `ssh-known-hosts: ${{ vars.KNOWN_HOSTS }}`.",
			outcome: "refused"
		});
	}
	if ("file" in options.knownHosts) {
		if (!existsSync(options.knownHosts.file)) throw new Failure({
			what: `there is no file of known hosts ${options.knownHosts.file}`,
			remedy: "Look at its path. `ssh-keyscan HOST`, on a network that you trust, prints what belongs in it.",
			outcome: "refused"
		});
		return [
			...strict,
			...option("UserKnownHostsFile", pathWord(options.knownHosts.file)),
			...option("GlobalKnownHostsFile", "/dev/null")
		];
	}
	const text = `${options.knownHosts.text.replaceAll("\r\n", "\n").trim()}\n`;
	if (text === "\n") throw new Failure({
		what: "the known hosts are empty",
		remedy: "Is the variable or secret of that name set in this repository, and in the GitHub environment of this job?",
		outcome: "refused"
	});
	return [
		...strict,
		...option("UserKnownHostsFile", pathWord(privateFile("known_hosts", text))),
		...option("GlobalKnownHostsFile", "/dev/null")
	];
}
/**
* The arguments for one host's connection, without its remote command.
*
* @param jumpSocket control socket of the master that leads through `proxyJump`
* @param forwards sockets on this machine and what each leads to, as the host itself reaches it
*/
function sshArguments(ssh, host, jumpSocket, forwards) {
	return [
		"-T",
		...ssh.shared,
		...option("ControlMaster", "no"),
		...option("ControlPath", "none"),
		...option("ExitOnForwardFailure", "no"),
		...forwards.length === 0 ? [] : option("LogVerbose", "*:channel_input_open_failure():*"),
		...forwards.flatMap((forward) => ["-L", `${forward.socket}:${forwardTarget(forward)}`]),
		...host.port === void 0 ? [] : ["-p", String(host.port)],
		...host.user === void 0 ? [] : ["-l", host.user],
		...jumpSocket === void 0 ? [] : option("ProxyCommand", throughJump(ssh, jumpSocket, host.proxyJump)),
		"--",
		host.address
	];
}
/** The master alone leads there: where it has ended, ssh would connect by itself, with a user, a key and known hosts that are not ours. */
function throughJump(ssh, socket, jump) {
	const only = [
		"BatchMode=yes",
		"StrictHostKeyChecking=yes",
		"PreferredAuthentications=none",
		"ControlMaster=no"
	];
	const path = `'${pathWord(socket).replaceAll("'", "'\\''").replaceAll("%", "%%")}'`;
	const options = only.map((one) => `-o ${one}`).join(" ");
	return `${ssh.command} -F /dev/null ${options} -o ControlPath=${path} -W [%h]:%p ${jumpDestination(jump).host}`;
}
/** What connections share on their way, so that too many at once would be dropped there: see ramp.ts. */
function doorOf(host, ssh) {
	if (host.proxyJump === void 0 && ssh.userConfig) return "by ssh_config";
	return host.proxyJump ?? `${host.address} ${host.port ?? 22}`;
}
function forwardTarget(to) {
	if ("path" in to) return to.path;
	return `${to.host.includes(":") ? `[${to.host}]` : to.host}:${to.port}`;
}
/** `user@host:port`, as `ssh -J` has it. */
function jumpDestination(text) {
	const match = /^(?:([\w.-]+)@)?([\w.-]+|\[[0-9a-fA-F:]+\])(?::(\d+))?$/.exec(text);
	if (!match) throw new Failure({
		what: `\`${text}\` is no jump host`,
		remedy: "Write `user@host:port`, as for ssh -J.",
		outcome: "refused"
	});
	const [, user, host, port] = match;
	return {
		host: host.replace(/^\[|\]$/g, ""),
		arguments: [...user ? ["-l", user] : [], ...port ? ["-p", port] : []]
	};
}
let masters$1 = 0;
/** The arguments of the one master that all hosts behind a jump host share. */
function jumpArguments(ssh, jump) {
	const { host, arguments: more } = jumpDestination(jump);
	const name = createHash("sha256").update(jump).digest("hex").slice(0, 12);
	const socket = join(privateDirectory(), `jump-${name}-${masters$1++}`);
	return {
		socket,
		arguments: [
			"-T",
			"-N",
			"-M",
			...ssh.shared,
			...option("ControlPath", pathWord(socket)),
			...option("ControlPersist", "no"),
			...more,
			"--",
			host
		]
	};
}
/** ssh names the machine whose key it looked for: the host, or one on the way to it. */
function scanRemedy(stderr) {
	const [, bracketed, port, plain] = /No \S+ host key is known for (?:\[(\S+)\]:(\d+)|(\S+))/.exec(stderr) ?? [];
	const name = plain ?? bracketed ?? "HOST";
	return `Add what \`${formatCommand([
		"ssh-keyscan",
		...port === void 0 ? [] : ["-p", port],
		name
	])}\` prints, run on a network that you trust, to the known hosts: ~/.ssh/known_hosts, the file of --ssh-known-hosts, or the input \`ssh-known-hosts\` of an action.`;
}
/** What ssh says where a jump host is reached, and the host behind it is not. */
const BEHIND_JUMP = /stdio forwarding (request )?failed/i;
/**
* A host that does not answer: it is away, or the way to it is. One that answers with anything else (another key, a refusal, another
* program than ours) is there.
*/
var Away = class extends Failure {};
const CLASSES = [
	{
		pattern: BEHIND_JUMP,
		what: "the jump host does not get through to the host",
		remedy: "Is the host up, and its sshd at this port? Does the jump host reach it, and does its sshd allow that (AllowTcpForwarding, PermitOpen)?",
		away: (stderr) => !/administratively prohibited/.test(stderr)
	},
	{
		pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
		what: "the host shows another key than the known one",
		remedy: "If the host was installed again, replace its line in the known hosts. If not, another machine may stand in between: do not go on."
	},
	{
		pattern: /No .* host key is known|Host key verification failed/,
		what: "the host's key is not among the known hosts",
		remedy: scanRemedy
	},
	{
		pattern: /Could not resolve hostname|Name or service not known|Temporary failure in name resolution/,
		what: "the host's name cannot be resolved",
		remedy: "Look at its spelling in tarlift.yml, and at the DNS of the machine that deploys.",
		away: () => true
	},
	{
		pattern: /Permission denied \(|Too many authentication failures|no mutual signature/,
		what: "the host does not accept this key for this user",
		remedy: "Put the public half of the key into the user's ~/.ssh/authorized_keys on the host, and look at `user` of the target."
	},
	{
		pattern: /Connection timed out|Operation timed out|timed out/,
		what: "the host does not answer",
		remedy: "Is it up, and does a firewall let this machine reach its SSH port?",
		away: () => true
	},
	{
		pattern: /Connection refused|No route to host|Network is unreachable/,
		what: "the host cannot be reached",
		remedy: "Is its sshd running, at this port, and does the network lead there?",
		away: () => true
	},
	{
		pattern: /Connection (closed|reset) by|kex_exchange_identification|Connection to .* closed/,
		what: "the host closed the connection before anything was said",
		remedy: "Its sshd may limit new connections (MaxStartups) or refuse this address (hosts.deny, fail2ban): look at its log."
	}
];
/** sshd closed a connection before it had logged in: there were too many at once, and the next attempt may be let in. */
function wasDropped(end) {
	if (end.opened || end.code !== 255 || BEHIND_JUMP.test(end.stderr)) return false;
	return /kex_exchange_identification|Connection (closed|reset) by/.test(end.stderr);
}
/** ssh, or the shell of this machine, could not be started. @param output why */
function notStarted(host, command, output) {
	return new Failure({
		what: `${command} could not be started on the machine that deploys`,
		where: {
			host,
			step: "connect"
		},
		output,
		remedy: `Install ${command === "ssh" ? "OpenSSH's client (openssh-client)" : command}, or put it on PATH.`,
		outcome: "refused"
	});
}
/** A sentence and a remedy for the end of a connection; {@link Away} where the host is silent. */
function connectionFailure(end) {
	const said = cutStart([end.stderr.trim(), end.noise.trim()].filter(Boolean).join("\n"), 2e3);
	const where = {
		host: end.host,
		step: end.step
	};
	const known = CLASSES.find(({ pattern }) => pattern.test(end.stderr));
	if (!end.opened && end.code === 255 && known) {
		const remedy = typeof known.remedy === "string" ? known.remedy : known.remedy(end.stderr);
		return new (known.away?.(end.stderr) ? Away : Failure)({
			what: known.what,
			where,
			output: said,
			remedy,
			outcome: "refused"
		});
	}
	if (!end.opened && end.code === 255 && end.noise === "" && end.stderr.trim() !== "") return new Failure({
		what: "ssh could not connect to the host",
		where,
		output: said,
		remedy: "What ssh says is above. Try: ssh HOST true",
		outcome: "refused"
	});
	if (!end.opened) return new Failure({
		what: "the login shell of the host does not start our program",
		where: {
			...where,
			ended: formatEnd({
				code: end.code,
				signal: end.signal,
				timedOut: false
			})
		},
		output: said,
		remedy: "The user needs a login shell that runs commands, sh and dd on its PATH, and start-up files (.bashrc) that neither read standard input nor end the shell. Try: ssh HOST 'exec sh -c \"echo ok\"'",
		outcome: "refused"
	});
	return new Away({
		what: "the connection to the host was lost",
		where: {
			...where,
			ended: formatEnd({
				code: end.code,
				signal: end.signal,
				timedOut: false
			})
		},
		output: said,
		remedy: "What the host did until then is recorded there: run the same command again, it finishes or takes back what is half-done."
	});
}

// src/host/connection.ts
/** A verb that waits says every 15 s that it runs; what it does between two such loops (sync, sha256sum) may take a while. */
const LIMITS = {
	bytes: 32 << 20,
	silence: 900,
	time: 21600
};
/** Bytes that a frame counts for besides its body: a frame of a few bytes takes so much of memory. */
const FRAME = 512;
const SILENCE$1 = 60;
/** Milliseconds before the second, third and fourth attempt, each more or less by half: others were dropped with us. */
const PAUSES = [
	300,
	900,
	2e3
];
const LAST_STDERR = 8192;
/** Characters of what a host says in a sentence of its own: what went wrong, and what to do. A path may have 4096 bytes. */
const LARGEST_SENTENCE = 16384;
/** Milliseconds in which a refused forward is ended. */
const FORWARD_PROBE = 1e3;
const FORWARD_REFUSED = /open failed: administratively prohibited/;
var Connection = class {
	host;
	options;
	/** Calls that were answered or are under way: round trips after the connection. */
	exchanges = 0;
	/** Bytes that were written to the host, and of these the ones of `data` frames. */
	sent = 0;
	sentData = 0;
	forwards;
	#child;
	#opening;
	#pending;
	#queue = Promise.resolve();
	#stderr = "";
	#ended;
	#exit = Promise.resolve();
	#ends = () => {};
	#closing = false;
	/** What was written before the host has spoken: said again when the first attempt was dropped. */
	#early = [];
	#keep;
	#reader;
	/** Ends a call in whose answer nothing comes any more. */
	#silence;
	constructor(host, options) {
		this.host = host;
		this.options = options;
		this.forwards = host.address === "local" ? [] : host.forwards.map((to) => ({
			...to,
			socket: join(privateDirectory(), `f${randomBytes(6).toString("hex")}`)
		}));
	}
	/** Begins to connect: a call that has still to be put together need not wait for all of that. What comes of it is the call's to tell. */
	connect() {
		this.#opened().catch(() => {});
	}
	/**
	* Sends a call and waits for its answer; calls wait for each other. The first one connects.
	*
	* @throws Failure that the host replied, with its name; or why the connection could not be made or ended
	*/
	call(call) {
		const turn = this.#queue.then(() => this.#exchange(call));
		this.#queue = turn.catch(() => {});
		return turn;
	}
	/** Ends the program by closing its input, and ssh with it. Never throws. */
	async close() {
		this.#closing = true;
		await this.#opening?.catch(() => {});
		if (!this.#child) return;
		this.#end();
		const kill = setTimeout(() => this.#child?.kill("SIGKILL"), 1e4);
		await this.#exit;
		clearTimeout(kill);
	}
	/** The program brings to its end what it is at, and answers it; then it finds the end of its input. */
	#end() {
		this.#closing = true;
		clearInterval(this.#keep);
		this.#child?.stdin?.end();
	}
	/** It could not be made, or it has ended: by itself or by {@link close}. */
	get lost() {
		return this.#ended !== void 0;
	}
	/** It is {@link lost} because nothing answers there. */
	get away() {
		return this.#ended instanceof Away;
	}
	/** Process id of ssh or of the shell, for tests that end it. */
	get pid() {
		return this.#child?.pid;
	}
	/**
	* Whether sshd refuses the forwards, as far as this can be found out without asking a service: it says so when one is opened. A client
	* that keeps it to itself (OpenSSH before 8.5) leaves it open, and this is false.
	*/
	async forwardsNothing() {
		const forward = this.forwards.find((each) => "port" in each);
		if (!forward) return false;
		const socket = connect(forward.socket);
		const ended = new Promise((resolve) => socket.on("error", resolve).on("close", resolve));
		let late;
		await Promise.race([ended, new Promise((resolve) => late = setTimeout(resolve, FORWARD_PROBE))]);
		clearTimeout(late);
		socket.destroy();
		for (let tries = 0; tries < 10 && !FORWARD_REFUSED.test(this.#stderr); tries++) await new Promise((resolve) => setTimeout(resolve, 20));
		return FORWARD_REFUSED.test(this.#stderr);
	}
	/** Stops the signs of life, for tests: to the host this is a lost network. */
	silence() {
		clearInterval(this.#keep);
	}
	async #exchange(call) {
		await this.#opened();
		if (this.#ended) throw this.#ended;
		this.exchanges++;
		const { verb, onOutput, onData } = call;
		const limits = {
			...LIMITS,
			...this.options.limits,
			...call.limits
		};
		const left = limits.bytes;
		const reply = new Promise((resolve, reject) => {
			this.#pending = {
				verb,
				texts: /* @__PURE__ */ new Map(),
				onOutput,
				onData,
				left,
				resolve,
				reject
			};
		});
		this.#bound(left);
		this.#silence = setTimeout(() => this.#abandon(silent(limits.silence)), limits.silence * 1e3);
		const late = Number.isFinite(limits.time) ? setTimeout(() => this.#abandon(unanswered(limits.time)), limits.time * 1e3) : void 0;
		reply.catch(() => {}).finally(() => {
			this.#heard();
			clearTimeout(late);
		});
		await this.#write(Buffer.concat(callFrames(call.verb, call.values, call.texts)));
		if (call.data) await this.#send(call.data);
		if (call.last) this.#end();
		return reply;
	}
	async #send(data) {
		let chunks = [];
		let size = 0;
		const flush = async () => {
			const bytes = Buffer.concat(chunks);
			chunks = [];
			size = 0;
			for (const piece of frames("data", "", bytes)) await this.#write(piece);
			this.sentData += bytes.length;
		};
		try {
			for await (const chunk of data) {
				if (!this.#pending) break;
				chunks.push(chunk);
				size += chunk.length;
				if (size >= 1048576) await flush();
			}
			await flush();
		} catch (error) {
			const pending = this.#pending;
			if (pending) this.#pending = {
				...pending,
				resolve: () => pending.reject(error),
				reject: () => pending.reject(error)
			};
		}
		await this.#write(frame("end"));
	}
	#write(bytes) {
		this.sent += bytes.length;
		this.#early?.push(bytes);
		return new Promise((resolve) => {
			const stdin = this.#child?.stdin;
			if (!stdin?.writable || this.#ended) resolve();
			else stdin.write(bytes, () => {
				this.#silence?.refresh();
				resolve();
			});
		});
	}
	#opened() {
		this.#opening ??= this.#open().catch((error) => {
			this.#fail(error);
			throw error;
		});
		return this.#opening;
	}
	async #open() {
		const nonce = randomBytes(16).toString("hex");
		this.#exit = new Promise((resolve) => {
			this.#ends = resolve;
		});
		await this.#attempt(nonce, 0);
		this.#keep = setInterval(() => void this.#write(frame("keep")), this.options.lease * 1e3 / 6);
		this.#keep.unref();
		await this.#write(Buffer.concat([PROGRAM, frame("open", nonce)]));
	}
	/** Starts ssh; when sshd drops the connection before it has said a word, once more after a pause, with all that was written. */
	async #attempt(nonce, count) {
		const leave = this.options.ssh ? await enter(doorOf(this.host, this.options.ssh)) : () => {};
		if (this.#closing) {
			leave();
			throw new Failure({
				what: "the connection was closed",
				where: {
					host: this.host.address,
					step: "connect"
				}
			});
		}
		const child = await this.#start().catch((error) => {
			leave();
			throw error;
		});
		this.#child = child;
		this.#stderr = "";
		const reader = new FrameReader(nonce, (received) => this.#receive(received));
		this.#reader = reader;
		child.stdin?.on("error", () => {});
		child.stderr?.setEncoding("utf8").on("data", (text) => {
			this.#stderr = cutStart(this.#stderr + text, LAST_STDERR);
		});
		child.stdout?.on("data", (chunk) => {
			this.#silence?.refresh();
			try {
				reader.push(chunk);
			} catch (error) {
				this.#abandon(error);
			}
			if (!reader.open) return;
			this.#early = void 0;
			leave();
		});
		const silent = setTimeout(() => {
			if (reader.open) return;
			this.#stderr += "\n(nothing was answered in time)";
			child.kill();
		}, (this.options.openTimeout ?? SILENCE$1) * 1e3);
		child.on("error", (error) => {
			this.#stderr += error.message;
			if (child.pid === void 0) this.#fail(notStarted(this.host.address, child.spawnfile, error.message));
		});
		child.on("close", (code, signal) => {
			clearTimeout(silent);
			leave();
			const end = {
				code,
				signal,
				stderr: this.#stderr,
				noise: reader.open ? "" : reader.noise,
				opened: reader.open
			};
			if (!this.#closing && count < PAUSES.length && wasDropped(end)) {
				const pause = PAUSES[count] * (.5 + Math.random());
				setTimeout(() => void this.#again(nonce, count + 1), pause);
				return;
			}
			const step = reader.open && this.#pending?.verb || "connect";
			this.#over(connectionFailure({
				...end,
				host: this.host.address,
				step
			}));
		});
	}
	async #again(nonce, count) {
		try {
			await this.#attempt(nonce, count);
		} catch (error) {
			return this.#over(error);
		}
		for (const bytes of this.#early ?? []) this.#child?.stdin?.write(bytes);
		if (this.#closing) this.#child?.stdin?.end();
	}
	#over(failure) {
		clearInterval(this.#keep);
		this.#fail(failure);
		this.#ends();
	}
	async #start() {
		const stdio = [
			"pipe",
			"pipe",
			"pipe"
		];
		if (this.host.address === "local") {
			const [file, ...more] = (this.options.shell ?? "sh").split(" ");
			const env = machineVariables(process.env);
			return spawn(file, [
				...more,
				"-c",
				LOADER
			], {
				stdio,
				env,
				detached: true
			});
		}
		const { ssh } = this.options;
		if (!ssh) throw new Error("a host that is not local needs SSH options");
		const jump = this.host.proxyJump === void 0 ? void 0 : await jumpMaster(ssh, this.host.proxyJump);
		const args = sshArguments(ssh, this.host, jump, this.forwards);
		return spawn(ssh.command, [...args, BOOTSTRAP], {
			stdio,
			env: withoutActions(process.env),
			detached: true
		});
	}
	/** The call is over: its silence does not count any more. */
	#heard() {
		clearTimeout(this.#silence);
		this.#silence = void 0;
	}
	/** Ends the connection at once. */
	#abandon(error) {
		this.#heard();
		const where = {
			host: this.host.address,
			step: this.#pending?.verb
		};
		const Kind = error instanceof Away ? Away : Failure;
		this.#fail(error instanceof Failure ? new Kind({
			...error,
			where: {
				...where,
				...error.where
			}
		}) : error);
		this.#child?.kill();
	}
	#fail(failure) {
		this.#ended ??= failure;
		const pending = this.#pending;
		this.#pending = void 0;
		pending?.reject(failure);
	}
	/** What the next frame may have: it is held in memory until it is whole. */
	#bound(left) {
		if (this.#reader) this.#reader.limit = Math.min(left, LARGEST_REPLY);
	}
	#receive({ kind, name, body }) {
		const pending = this.#pending;
		if (!pending) return;
		if (kind === "out") {
			if (body.length > 1048576) throw tooMuch();
			pending.onOutput?.(body);
			return;
		}
		if (kind === "alive" && body.length === 0) return;
		pending.left -= FRAME + body.length;
		if (pending.left < 0) throw tooMuch();
		this.#bound(pending.left);
		if (kind === "data") pending.onData?.(name, body);
		else if (kind === "text") {
			const parts = pending.texts.get(name);
			if (!parts) pending.texts.set(name, [body]);
			else if (body.length > 0) parts.push(body);
		} else if (kind === "ok" || kind === "no") {
			const values = parseValues(body.toString("utf8"));
			const texts = new Map([...pending.texts].map(([key, parts]) => [key, Buffer.concat(parts).toString("utf8")]));
			const value = (key) => values.get(key)?.[0];
			if (kind === "ok") {
				this.#pending = void 0;
				pending.resolve({
					values,
					value,
					texts
				});
				return;
			}
			const refused = new Failure({
				what: cutEnd(value("what") ?? "the host refused", LARGEST_SENTENCE),
				where: {
					host: this.host.address,
					step: pending.verb
				},
				output: withServiceLog(endOf(texts.get("output")), endOf(texts.get("log"))),
				remedy: cutEnd(value("remedy") ?? "", LARGEST_SENTENCE) || void 0
			});
			if (value("over") === "yes") {
				this.#over(refused);
				return;
			}
			this.#pending = void 0;
			pending.reject(refused);
		}
	}
};
const endOf = (said) => said === void 0 ? void 0 : cutStart(said, LARGEST_SAID);
const silent = (seconds) => new Away({
	what: `the host has not answered for ${seconds} s`,
	remedy: "Look at the network and at the host's load; then run this again."
});
const unanswered = (seconds) => new Failure({
	what: `the host has not come to an answer within ${seconds} s`,
	remedy: "Look at what it does there; then run this again."
});
/** One master a jump host and process. */
const masters = /* @__PURE__ */ new Map();
async function jumpMaster(ssh, jump) {
	const known = masters.get(jump);
	if (known) return (await known).socket;
	const starting = startMaster(ssh, jump);
	masters.set(jump, starting);
	return (await starting).socket;
}
/**
* A master that ends with its standard input: with this process, however that ends. Nobody else would ever end it, and the sockets would
* be gone. What hosts have begun they bring to its end without it.
*/
const MASTER = `exec 3<&0
"$@" 3<&- </dev/null &
master=$!
{ read -r _; kill "$master"; } <&3 &
listener=$!
exec 3<&-
wait "$master"
code=$?
kill "$listener"
exit "$code"`;
/** Seconds for a jump host to let ssh in: ConnectTimeout ends with the exchange of keys, and the keepalives begin after the login. */
const MASTER_TIMEOUT = 60;
async function startMaster(ssh, jump) {
	const { socket, arguments: args } = jumpArguments(ssh, jump);
	const child = spawn("sh", [
		"-c",
		MASTER,
		"sh",
		ssh.command,
		...args
	], {
		stdio: [
			"pipe",
			"ignore",
			"pipe"
		],
		env: withoutActions(process.env),
		detached: true
	});
	child.stdin?.on("error", () => {});
	let stderr = "";
	let code;
	child.stderr?.setEncoding("utf8").on("data", (text) => {
		stderr = cutStart(stderr + text, LAST_STDERR);
	});
	child.on("error", (error) => {
		stderr += error.message;
		code = 255;
	});
	child.on("exit", (ended) => {
		code = ended;
		masters.delete(jump);
	});
	const end = performance.now() + MASTER_TIMEOUT * 1e3;
	while (!existsSync(socket)) {
		if (code === void 0 && performance.now() > end) {
			child.stdin?.end();
			stderr += `it timed out: ssh was not let in within ${MASTER_TIMEOUT} s\n`;
			code = 255;
		}
		if (code === 126 || code === 127) throw notStarted(jump, ssh.command, stderr);
		if (code !== void 0) throw connectionFailure({
			host: jump,
			code,
			signal: null,
			stderr,
			noise: "",
			opened: false,
			step: "connect"
		});
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	child.unref();
	for (const stream of [child.stdin, child.stderr]) stream?.unref?.();
	return {
		socket,
		child
	};
}
/** Ends the masters of jump hosts; connections through them end with them. */
async function closeJumps() {
	for (const starting of [...masters.values()]) try {
		const { child } = await starting;
		const ended = new Promise((resolve) => child.once("exit", resolve));
		child.ref();
		child.stdin?.end();
		if (child.exitCode === null && child.signalCode === null) await ended;
	} catch {}
	masters.clear();
}

// src/host/http.ts
/** Of a body that is kept: bytes on a host, characters here. */
const LARGEST_BODY = 4096;
/** Not imported: an import of node:http brings the whole of fetch with it, and with that a tenth of the time that a command needs to start. */
const plain = () => process.getBuiltinModule("node:http");
const secure = () => process.getBuiltinModule("node:https");
/** The connection ended before anything was answered: nothing listens there, or sshd forwards no ports. */
var NotConnected = class extends Failure {};
const CLOSED = [
	"ECONNRESET",
	"ECONNREFUSED",
	"EPIPE",
	"ENOENT"
];
/** What a connection must forward so that a URL can be asked for. @returns an IPv6 address without its brackets */
function forwardTo(url) {
	const { hostname, port, protocol } = new URL(url);
	return {
		host: hostname.replace(/^\[|\]$/g, ""),
		port: Number(port) || (protocol === "https:" ? 443 : 80)
	};
}
/**
* One GET request. Redirects are not followed: a redirect is not health.
*
* @param forwards sockets on this machine and what they lead to
* @throws Failure when nothing answers within the time (seconds); {@link NotConnected} when the connection ends at once
*/
function request({ url, headers, timeout }, forwards, name) {
	const target = new URL(url);
	const { host, port } = forwardTo(url);
	const forward = forwards.find((each) => "port" in each && each.host === host && each.port === port);
	const where = {
		host: name,
		url
	};
	if (!forward && name !== "local") throw new Error(`no forward leads to ${host}:${port}`);
	return new Promise((resolve, reject) => {
		const fail = (output, closed = false) => reject(new (closed ? NotConnected : Failure)(noAnswer(where, output)));
		const to = forward ? {
			socketPath: forward.socket,
			host
		} : {
			host,
			port
		};
		const asked = lowerCase(headers);
		const client = target.protocol === "https:" ? secure() : plain();
		let answer;
		const exchange = client.request({
			...to,
			path: `${target.pathname}${target.search}`,
			headers: {
				host: target.host,
				...asked,
				connection: "close"
			},
			servername: serverName$1(host, asked),
			agent: false,
			signal: AbortSignal.timeout(Math.ceil(timeout * 1e3))
		}, (response) => {
			let body = "";
			answer = () => resolve({
				status: response.statusCode ?? 0,
				headers: flat(response.headers),
				body: cutEnd(body, LARGEST_BODY)
			});
			response.setEncoding("utf8").on("data", (text) => {
				body += text;
				if (body.length <= 4096) return;
				answer?.();
				exchange.destroy();
			});
			response.on("error", (error) => isTimeout(error) ? answer?.() : fail(error.message));
			response.on("end", answer);
		});
		exchange.on("error", (error) => {
			if (answer && isTimeout(error)) return answer();
			const code = error.code ?? "";
			if (CERTIFICATE$1.test(code)) reject(notTrusted(where, error.message, "set NODE_EXTRA_CA_CERTS where Tarlift runs"));
			else fail(isTimeout(error) ? `no answer within ${timeout} s` : error.message, CLOSED.includes(code));
		});
		exchange.end();
	}).catch((cause) => {
		throw cause instanceof Failure ? cause : notAsked(where, cause);
	});
}
const isTimeout = ({ name }) => name === "AbortError" || name === "TimeoutError";
/** Codes of Node and OpenSSL for a certificate that is not this name's, or that no known authority has signed. */
const CERTIFICATE$1 = /^ERR_TLS_CERT|SELF_SIGNED|^CERT_|^UNABLE_TO_(GET|VERIFY)/;
/** @param trust what makes an authority of the user's own known to who asked, as a clause */
function notTrusted(where, output, trust) {
	return new Failure({
		what: "the service's certificate is not accepted",
		where,
		output,
		remedy: `It has to be valid for the host of \`health.url\`, or, where that is an address, for the header \`Host\`. An authority of your own: ${trust}. Or let the check ask the service without TLS.`
	});
}
/** The name that a server with several certificates is asked for: an address is none (RFC 6066, 3). @param headers names in lower case */
function serverName$1(host, headers) {
	if (isIP(host) === 0) return host;
	const name = headers.host?.replace(/:\d+$/, "") ?? "";
	return isIP(name.replace(/^\[|\]$/g, "")) === 0 ? name : "";
}
/**
* How a client on the host asks an address over TLS under the name of the header `Host`, as {@link request} does.
*
* @returns the URL of that name, and where the name leads (`NAME:PORT:ADDRESS`, curl(1) --resolve); undefined where the URL has its own
*/
function underName(url, headers) {
	const named = new URL(url);
	const { host, port } = forwardTo(url);
	const name = serverName$1(host, lowerCase(headers));
	if (named.protocol !== "https:" || isIP(host) === 0 || !/^[\w.-]+$/.test(name)) return void 0;
	named.hostname = name;
	return {
		url: named.href,
		resolve: `${named.hostname}:${port}:${host}`
	};
}
/** What is said of a service that does not answer, whoever asked it. */
function noAnswer(where, output) {
	return {
		what: "the service does not answer",
		where,
		output
	};
}
/** `Name: value` a line, as clients on hosts take request headers. @throws Failure for what HTTP does not allow in one */
function headerLines(headers, where) {
	const { validateHeaderName, validateHeaderValue } = plain();
	try {
		return Object.entries(headers).map(([name, value]) => {
			validateHeaderName(name);
			validateHeaderValue(name, value);
			return `${name}: ${value}\n`;
		}).join("");
	} catch (cause) {
		throw notAsked(where, cause);
	}
}
/** tarlift.yml allows only headers that can be sent; an artifact may hold what an older version of Tarlift allowed. */
const notAsked = (where, cause) => new Failure({
	what: "the request to the service cannot be made",
	where,
	output: cause.message,
	remedy: "Correct `health.headers` of the service in tarlift.yml.",
	cause
});
/** Reads a status line and headers, as clients on hosts dump them. Names come out in lower case; undefined: it is no HTTP. */
function parseHead(text) {
	const [first = "", ...rest] = text.split(/\r?\n/);
	const status = /^HTTP\/[\d.]+ (\d{3})(?: |$)/.exec(first.trim())?.[1];
	if (status === void 0) return void 0;
	const headers = {};
	for (const line of rest) {
		const at = line.indexOf(":");
		if (at <= 0) continue;
		const name = line.slice(0, at).trim().toLowerCase();
		const value = line.slice(at + 1).trim();
		headers[name] = Object.hasOwn(headers, name) ? `${headers[name]}, ${value}` : value;
	}
	return {
		status: Number(status),
		headers
	};
}
function lowerCase(headers) {
	return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key.toLowerCase(), value]));
}
function flat(headers) {
	return Object.fromEntries(Object.entries(headers).map(([key, value]) => [key, Array.isArray(value) ? value.join(", ") : value ?? ""]));
}

// src/host/encoding.ts
/** The best that a host's facts allow. @param local the host is this machine itself */
function bestEncoding(facts, local) {
	const known = facts.values.get("encoding") ?? [];
	if (local) return "none";
	return known.includes("zstd") ? "zstd" : known.includes("gzip") ? "gzip" : "none";
}
/** Up to here a change is compressed as well as can be: it takes less time than the bytes that it saves would on a slow line. */
const SMALL_CHANGE = 4 << 20;
/** @param size bytes of the files in it, about */
function encode(tar, encoding, size) {
	if (encoding === "none") return tar;
	const level = size <= SMALL_CHANGE ? 12 : 3;
	const encoder = encoding === "zstd" ? createZstdCompress({ params: { [constants$2.ZSTD_c_compressionLevel]: level } }) : createGzip({ level: 6 });
	const source = Readable.from(tar, {
		objectMode: false,
		highWaterMark: 1 << 20
	});
	return pipeline(source, encoder, () => {});
}

// src/host/judge-interpreter.ts
const WAYS_OUT = "Build it for these hosts: in a job with `container:` of their distribution, on a matching runner, or from wheels that bring what they need.";
/** How many requirements that come out differently are named one by one. */
const SHOWN$1 = 5;
/**
* @param path the interpreter on the host
* @param seen what PYTHON_PROBE printed there; `none` where there is no such file, else what the file prints of itself
* @param needed what the environments of the release need of it
*/
function judgeInterpreter(path, seen, needed) {
	const [first] = needed;
	if (seen === "none") {
		const remedy = `Install python${first?.version ?? "3"} there, or set \`interpreter\` of the environment to the path that all hosts have.`;
		return [{
			what: `the host has no ${path}`,
			remedy
		}];
	}
	if (!first) return [];
	const there = parseProbe(seen);
	if (there?.version !== first.version) return [{
		what: `${path} on the host is ${there ? `Python ${there.version}` : cutEnd(seen, 100)} and the release is for ${first.version}`,
		remedy: WAYS_OUT
	}];
	if (there.abi !== first.abi) return [{
		what: `${path} on the host is a Python for ${there.abi} and the release is for ${first.abi}`,
		remedy: WAYS_OUT
	}];
	const conditions = needed.flatMap(({ conditions: own = [] }) => own);
	const others = differing(conditions, there.markers);
	const built = needed.find((one) => one.built)?.built ?? first.version;
	const findings = others.slice(0, SHOWN$1).map((condition) => conditionFinding(condition, there.markers, built));
	if (others.length <= SHOWN$1) return findings;
	const more = formatCount(others.length - SHOWN$1, "further requirement");
	return [...findings, {
		what: `${more} of the environment would come out otherwise on the host`,
		remedy: void 0
	}];
}
function conditionFinding(condition, host, built) {
	if ("python" in condition) return {
		what: `${condition.by} requires Python ${condition.python}, and the host has Python ${host.python_full_version}`,
		remedy: `Update Python on the host, or use a version of ${condition.by} that allows it.`
	};
	const { by, needs, marker, holds } = condition;
	const words = marker.match(/\w+/g) ?? [];
	const there = VARIABLES.filter((name) => words.includes(name) && host[name] !== void 0).map((name) => `${name} ${host[name]}`).join(", ");
	const builder = `where the release was built, with Python ${built}`;
	return {
		what: holds ? `${by} requires ${needs} if ${marker}: true ${builder}, and false on the host (${there})` : `${by} requires ${needs} if ${marker}: true on the host (${there}), and false ${builder}, so that the release lacks ${needs}`,
		remedy: `Build with Python ${host.python_full_version}: name such an interpreter (\`--python\`, or the input \`python\`), or build in a job with \`container:\` of the hosts' distribution. Or list ${needs} in your own requirements, without a marker.`
	};
}

// src/host/exchange/lines.ts
/** Texts of requests: one entry a line. */
const lines = (all) => all.map((line) => `${line}\n`).join("");

// src/host/exchange/services.ts
/** The values of a request that name its services and how each is handled. */
function serviceValues(services) {
	const values = { services: services.map(({ name }) => name).join(" ") || void 0 };
	for (const service of services) {
		values[`service.${service.name}.kind`] = service.kind;
		values[`service.${service.name}.unit`] = service.unit;
		values[`service.${service.name}.action`] = service.action;
		values[`service.${service.name}.settle`] = Math.ceil(service.settle);
		values[`service.${service.name}.stop_timeout`] = service.stopTimeout === void 0 ? void 0 : Math.ceil(service.stopTimeout);
		values[`service.${service.name}.run-as`] = service.runAs;
		values[`service.${service.name}.commands-as`] = service.commandsAs;
	}
	return values;
}
/** The lines of a release's record that say which services it has: src/remote/recorded-services.sh. */
function recordedLines(services) {
	return lines([["services", ...services.map(({ name }) => name)].join(" "), ...services.map(({ here, name, kind, unit, health }) => `service ${here ? "here" : "elsewhere"} ${name} ${kind} ${unit || "-"} ${health ?? "-"}`)]);
}
/** Reads them. @returns undefined where the record has none: an older Tarlift's */
function parseRecorded(record) {
	if (!record.some((line) => /^services( |$)/.test(line))) return void 0;
	return record.flatMap((line) => {
		const [, name, health] = /^service \S+ (\S+) \S+ \S+ (\S+)$/.exec(line) ?? [];
		return name === void 0 ? [] : [{
			name,
			health: health === "-" ? void 0 : health
		}];
	});
}
/** The shell texts of services of kind `command`, by the names of the files that they become on the host. */
function serviceTexts(services) {
	return Object.fromEntries(services.flatMap(({ name, commands }) => Object.entries(commands ?? {}).flatMap(([key, text]) => text === void 0 ? [] : [[`service.${name}.${key}`, text]])));
}
const RUNGS = [
	"release-header",
	"directory",
	"environment",
	"started",
	"restarted",
	"supervisor",
	"unverified",
	"absent",
	"none"
];
/** Characters of what is said of one service: its supervisor's words about each of its processes. */
const LARGEST_DETAIL = 1e4;
/**
* `service NAME RUNG PID|- DETAIL`; the last line of a service counts, and one of which nothing was said is not proven to run. What is said of
* others than were asked for is left out.
*/
function parseEvidence(reply, services) {
	const found = new Map(services.map(({ name: service }) => [service, {
		service,
		rung: "none",
		detail: "nothing was said of it"
	}]));
	for (const line of reply.values.get("service") ?? []) {
		const [service = "", rung, pid, ...detail] = line.split(" ");
		if (!found.has(service)) continue;
		found.set(service, {
			service,
			rung: RUNGS.find((known) => known === rung) ?? "none",
			pid: Number(pid) || void 0,
			detail: cutEnd(detail.join(" "), LARGEST_DETAIL)
		});
	}
	for (const evidence of found.values()) {
		const log = reply.texts.get(`log-${evidence.service}`);
		if (log !== void 0) evidence.log = cutStart(log, LARGEST_SAID);
	}
	return [...found.values()];
}

// src/host/recorded-names.ts
/** Whether a text can be the name of a release: `<version>-<digest8>`, or the name of a directory that was adopted. */
const isReleaseName = (text) => /^(?![.-])[A-Za-z0-9._+-]{1,128}$/.test(text);
/** Whether a text can be the id of a transaction. */
const isTransaction = (text) => /^[A-Za-z0-9._:+-]{1,128}$/.test(text);
/** @param what what the host says of it: `live` @throws Failure for a text that cannot be the name of a release */
function checkedRelease(text, what) {
	if (isReleaseName(text)) return text;
	throw new Failure({
		what: `the host names ${JSON.stringify(visibleLine(text).slice(0, 100))} as ${what}, which cannot be the name of a release`,
		remedy: "Look at the links and at .tarlift in the application's root on that host, and at who wrote there. Names consist of letters, digits, dots, underscores, plus and dashes.",
		outcome: "refused"
	});
}

// src/host/records.ts
/** The names in the text `releases` of a facts reply that cannot be names of releases. @throws Failure as {@link parseReleases} */
const strangeReleases = (text) => blocks(text).flatMap((block) => block.split("\n", 1).filter((id) => !isReleaseName(id)));
/** Records of one host that are read: more than any host keeps. */
const MOST_RELEASES = 1e4;
/** Places in balancers that one host has on record, and characters of their lines: after each that is given back, the others are noted. */
const MOST_PLACES = 1e3;
const LARGEST_TAKEN = 1 << 20;
/** Characters of them all: a record names its environments, and has less than a kilobyte. */
const LARGEST_RELEASES = 32 << 20;
function blocks(text) {
	if (text.length > LARGEST_RELEASES) throw tooMuch();
	const all = text.split(/^release /m, 10002).slice(1);
	if (all.length > MOST_RELEASES) throw tooMuch();
	return all;
}
const STATES = [
	"receiving",
	"prepared",
	"active",
	"good",
	"failed"
];
const isState = (text) => STATES.includes(text ?? "");
const like = (text, pattern) => text !== void 0 && pattern.test(text) ? text : void 0;
/**
* Reads the text `releases` of a facts reply: `release <name>`, then `key value` lines. Newest good first, then the others. What cannot be
* such a name or value is left out.
*
* @throws Failure for more records than a host keeps
*/
function parseReleases(text) {
	return blocks(text).filter((block) => isReleaseName(block.split("\n", 1)[0])).map((block) => {
		const [id, ...lines] = block.split("\n");
		const values = new Map(lines.filter((line) => line.includes(" ")).map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]));
		const state = values.get("state");
		const version = values.get("version") ?? "";
		const previous = values.get("previous") ?? "";
		const [at, transaction] = (values.get("good") ?? "").split(" ");
		const goodAt = /^\d{1,11}$/.test(at ?? "") ? Number(at) : 0;
		return {
			id,
			state: isState(state) ? state : "failed",
			digest: like(values.get("digest"), /^sha256:[0-9a-f]{1,64}$/),
			version: isReleaseName(version) ? version : id,
			commit: like(values.get("commit"), /^\w{1,100}$/),
			configuration: like(values.get("configuration"), /^[\w:+-]{1,100}$/),
			absent: values.has("absent"),
			goodAt,
			seal: values.get("seal") || void 0,
			good: goodAt > 0 ? (/* @__PURE__ */ new Date(goodAt * 1e3)).toISOString() : void 0,
			transaction: transaction && isTransaction(transaction) ? transaction : void 0,
			previousRelease: isReleaseName(previous) ? previous : void 0,
			services: parseRecorded(lines)
		};
	}).sort((a, b) => b.goodAt - a.goodAt || (a.id < b.id ? 1 : -1));
}
/**
* Chooses the name: `<version>-<digest8>`, with `-2`, `-3`, … where another release has it.
*
* @param taken names that may not be used although they fit: the live release after its configuration was changed by hand
*/
function comingName(wanted, releases, live, taken = []) {
	const edited = new Set(taken);
	const same = releases.find((release) => release.state === "good" && !release.absent && release.digest === wanted.digest && release.configuration === wanted.configuration && !edited.has(release.id));
	if (same) return {
		name: same.id,
		reuse: true
	};
	const base = releaseName(wanted.version, wanted.digest);
	const byName = new Map(releases.toReversed().map((release) => [release.id, release]));
	for (let n = 1;; n++) {
		const name = n === 1 ? base : `${base}-${n}`;
		const there = byName.get(name);
		if (!there) return {
			name,
			reuse: false
		};
		if (there.state !== "good" && name !== live && !edited.has(name)) return {
			name,
			reuse: false
		};
	}
}
/**
* @param version a label: `[A-Za-z0-9._+-]`, no leading dash or dot
* @throws Failure for a version that cannot be part of a directory's name
*/
function releaseName(version, digest) {
	if (!/^(?![.-])[A-Za-z0-9._+-]{1,100}$/.test(version)) throw new Failure({
		what: `the version ${JSON.stringify(version)} cannot name a release`,
		remedy: "Use letters, digits, dots, underscores, plus and dashes, up to 100, and no dot or dash first.",
		outcome: "refused"
	});
	return `${version}-${digest.replace("sha256:", "").slice(0, 8)}`;
}
/** Reads the text `taken` of a facts reply: `<what it had><tab><place>` a line. @throws Failure for more than a host has */
function parseTaken(text) {
	if (text.length > LARGEST_TAKEN) throw tooMuch();
	const lines = text.split("\n").filter(Boolean);
	if (lines.length > MOST_PLACES) throw tooMuch();
	if (lines.length === 0) return void 0;
	return lines.map((line) => ({
		had: line.split("	")[0],
		seat: line.split("	").slice(1).join("	")
	}));
}

// src/host/judge.ts
/** A host that ends the processes of a session, and has none of the ways around that. */
const NO_SWITCH = "it ends the processes of a session with the session (KillUserProcesses): should a run be lost, it does not go back by itself";
const SWITCH_REMEDY = "As root on the host: loginctl enable-linger USER, for the SSH user. `tarlift host setup` does it where the target has `require-switch`.";
/** Room that must stay free beside what is sent: logs, databases and the next deploy live there too. */
const HEAD_ROOM = 64 << 20;
/**
* @param missing what would have to travel, in files and bytes; undefined when nothing is to come
* @returns findings that make a deploy fail, and warnings
*/
function judge(request, reply, missing) {
	const { artifact, place } = request;
	const all = (key) => reply.values.get(key) ?? [];
	const user = reply.value("user") ?? "the SSH user";
	const findings = [];
	const find = (what, remedy, output) => findings.push({
		what,
		remedy,
		output
	});
	for (const command of all("lacks")) find(`the host has no ${command}`, "Install it: GNU and busybox versions both work.");
	for (const directory of all("unwritable")) find(`${user} cannot write ${directory}`, `As root on the host: install -d -o ${user} ${directory}   (or \`tarlift host setup\`)`);
	for (const directory of all("foreign")) {
		const all = directory.endsWith("/shared") ? "" : "-R ";
		find(`${user} cannot write ${directory}`, `As root on the host: chown ${all}${user} ${directory}`);
	}
	for (const directory of all("across")) find(`${directory} is on another file system than ${place.root}: a release could not get its name, or go live, in one step`, `Mount one file system at ${place.root}; only what is below ${place.root}/shared may be elsewhere.`);
	for (const directory of all("across_mount")) find(`${directory} is in another mount than ${place.root}, of the same file system: a release could not get its name, or go live, in one step`, `Take that mount (findmnt -T ${directory}) away, or mount the whole of ${place.root}; only what is below ${place.root}/shared may be elsewhere.`);
	if (reply.value("half_adopted") && !request.adopting) find("an adoption was cut off on this host", `Finish it: tarlift adopt ${place.target} --apply, with the options that it had.`);
	else if (reply.value("current_is_directory") && !request.adopting) find(`${place.root}/current is a directory and not a link`, `Make it the first release, to which a rollback can go back: tarlift adopt ${place.target} (without --apply it only shows what it would do). Nothing was changed.`);
	const elsewhere = reply.value("elsewhere");
	if (elsewhere && !request.adopting) {
		const { root } = place;
		const last = newestGood(reply);
		find(`${root}/current leads to ${elsewhere}, which is no release: a deploy that fails could not go back to it`, last ? `Lead it back, on the host: ln -sfn releases/${last} ${root}/current` : `Make it the first release: tarlift adopt ${place.target} (without --apply it only shows what it would do).`);
	}
	const noSwitch = reply.value("switch") === "none";
	if (noSwitch && request.switch === "required") find(NO_SWITCH, SWITCH_REMEDY);
	if (reply.value("selinux") === "none") find("SELinux is enabled and restorecon is missing", "Install policycoreutils: files would get the wrong labels.");
	for (const name of all("missing_user")) find(`the host has no user ${name}`, `Create it, or change \`run-as\` of target ${place.target}.`);
	for (const directory of all("unreachable")) find(`${place.runAs} may not enter ${directory}`, `As its owner: chmod o+x ${directory}`);
	for (const path of all("unwritable_shared")) find(`${place.runAs} cannot write the shared directory ${path}`, `As root on the host: chown ${place.runAs} ${place.root}/shared/${path}`);
	for (const path of all("read_only_shared")) find(`the shared directory ${path} is on a file system that is mounted read-only`, `Look why (dmesg, /etc/fstab), then as root on the host: mount -o remount,rw "$(findmnt -nT ${place.root}/shared/${path} -o TARGET)"`);
	for (const path of all("missing_shared")) find(`the shared file ${path} is missing`, `Put it to ${place.root}/shared/${path} on the host.`);
	for (const line of all("finding")) {
		const [what, remedy] = line.split("	");
		findings.push({
			what,
			remedy: remedy || void 0
		});
	}
	if (artifact) requirements(artifact, reply, find);
	if (missing) room(reply, missing, place, find);
	const warnings = [...noSwitch && request.switch === "wanted" ? [NO_SWITCH] : [], ...all("warning")];
	for (const name of strangeReleases(reply.texts.get("releases") ?? "")) warnings.push(`${place.root}/.tarlift/releases has ${JSON.stringify(visibleLine(name).slice(0, 100))}, which cannot be the name of a release: it is left out. Look at who wrote it`);
	for (const version of all("missing_node")) warnings.push(`node is not on the PATH of ${user} (the release was built with ${version}): its services must find it themselves`);
	if (reply.value("environments_elsewhere") && artifact?.release.environments.some(({ kind }) => kind === "tree")) warnings.push(`${place.environmentsRoot} is on another file system than ${place.root}: trees are copied, not linked`);
	return {
		findings,
		warnings
	};
}
/** The release that became good last, by its name. */
const newestGood = (reply) => parseReleases(reply.texts.get("releases") ?? "").find(({ state, absent }) => state === "good" && !absent)?.id;
function requirements(artifact, reply, find) {
	const all = (key) => reply.values.get(key) ?? [];
	const { requirements: needed, environments } = artifact.release;
	const records = [needed, ...environments.map((environment) => environment.requirements)];
	const by = (name) => {
		const file = records.map(({ neededBy = {} }) => neededBy[name]).find((path) => path !== void 0);
		return file === void 0 ? "" : ` (for ${file})`;
	};
	const architecture = reply.value("architecture");
	if (records.some(({ libc }) => libc !== void 0) && architecture !== needed.architecture) find(`the release is for ${needed.architecture} and the host is ${architecture}`, WAYS_OUT);
	const [family, version] = (reply.value("libc") ?? "").split(" ");
	for (const libc of new Set(records.flatMap((record) => record.libc ? [record.libc] : []))) {
		if (!family) continue;
		if (family !== libc.family) {
			find(`the release is built for ${libc.family} and the host has ${family}`, WAYS_OUT);
			break;
		}
		if (libc.version && version && compareVersions(version, libc.version) < 0) {
			find(`the release needs glibc ${libc.version}${by(`GLIBC_${libc.version}`)} and the host has ${version}`, WAYS_OUT);
			break;
		}
	}
	for (const wanted of all("missing_glibcxx")) find(`the release needs a libstdc++ with GLIBCXX_${wanted}${by(`GLIBCXX_${wanted}`)}, which the host has not`, WAYS_OUT);
	for (const soname of all("missing_soname")) find(`the release needs ${soname}${by(soname)}, which the host has not`, `Install the package that has it (apt-file search ${soname}), or take a build that brings it along (for psycopg: psycopg[binary]).`);
	for (const line of all("interpreter")) {
		const [path = ""] = line.split(" ", 1);
		const python = records.flatMap((record) => record.python ?? []).filter(({ interpreter }) => interpreter === path);
		for (const { what, remedy } of judgeInterpreter(path, line.slice(path.length + 1), python)) find(what, remedy);
	}
}
/** Whole numbers of a dotted version, compared one by one. */
function compareVersions(a, b) {
	const [left, right] = [a, b].map((text) => text.split(".").map((part) => Number.parseInt(part, 10) || 0));
	for (let n = 0; n < Math.max(left.length, right.length); n++) {
		const difference = (left[n] ?? 0) - (right[n] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}
/** Whether {@link judge} finds no room for what would have to travel. */
function lacksRoom(reply, missing, place) {
	const found = [];
	if (missing) room(reply, missing, place, (what) => found.push(what));
	return found.length > 0;
}
/** Where environments have a file system of their own, nobody knows how much of it goes where: each must have room for all. */
function room(reply, missing, place, find) {
	roomOf(place.root, reply.value("free"), missing, find);
	if (reply.value("environments_elsewhere")) roomOf(place.environmentsRoot, reply.value("free_environments"), missing, find);
}
function roomOf(root, said, missing, find) {
	const free = said?.split(" ").map(Number);
	if (!free || free.some(Number.isNaN)) return;
	const [blocks, size, inodes, allInodes] = free;
	const bytes = blocks * size;
	const needed = missing.bytes + missing.files * 4096 + HEAD_ROOM;
	if (bytes < needed) find(`the disk of ${root} has ${formatBytes(bytes)} free, and the release needs ${formatBytes(needed)}`, "Free some space, or keep fewer releases (`keep` of the target).");
	if (allInodes > 0 && inodes < missing.files + 1e3) find(`the file system of ${root} has ${inodes} inodes left, and the release needs ${missing.files + 1e3}`, "Remove files (df -i shows it), or keep fewer releases (`keep` of the target).");
}

// src/host/exchange/output.ts
/** Characters that are kept: a command may print more than a string can hold. */
const KEPT = 16777216;
/** Lines of a child's output: told as they come, kept for the end. */
var Output = class {
	#task;
	#tell;
	#decoder = new TextDecoder();
	#rest = "";
	/** All that was printed, or the end of it. */
	all = "";
	constructor(task, tell = () => true) {
		this.#task = task;
		this.#tell = tell;
	}
	push(bytes) {
		const text = this.#decoder.decode(bytes, { stream: true });
		this.all += text;
		if (this.all.length > 2 * KEPT) this.all = cutStart(this.all, KEPT);
		const [more = "", ...parts] = text.split("\n");
		this.#rest += more;
		for (const part of parts) {
			this.#line(this.#rest);
			this.#rest = part;
		}
		if (this.#rest.length > KEPT) {
			this.#line(this.#rest + CUT);
			this.#rest = CUT;
		}
	}
	end() {
		if (this.#rest) this.#line(this.#rest);
		this.#rest = "";
	}
	get lastLines() {
		const lines = this.all.trimEnd().split("\n").filter(this.#tell).slice(-40);
		return cutStart(lines.join("\n"), LARGEST_SAID);
	}
	#line(line) {
		if (this.#tell(line)) this.#task.line(line);
	}
};

// src/host/exchange/activate.ts
/** As `Host.activate`. @throws Failure as the host replied */
async function activate(dialogue, request, task) {
	dialogue.transaction = request.transaction;
	const output = new Output(task);
	const reply = await dialogue.call("activate", {
		values: {
			release: request.release,
			expected: request.expected ?? "",
			restart: request.restart,
			kind: request.converge ? "converge" : request.rollback ? "rollback" : void 0,
			switch: request.switch === void 0 ? void 0 : Math.ceil(request.switch),
			...serviceValues(request.services)
		},
		texts: serviceTexts(request.services),
		onOutput: (bytes) => output.push(bytes)
	});
	return {
		previous: named(reply.value("previous")),
		services: parseEvidence(reply, request.services),
		settling: Number(reply.value("settling") ?? 0) / 100,
		warnings: [...reply.value("switch") === "none" ? [NO_SWITCH] : [], ...reply.values.get("warning") ?? []]
	};
}
const named = (release) => release ? checkedRelease(release, "live before") : void 0;
/** As `Host.observe`; without services nothing is asked. @throws Failure as the host replied */
async function observe(dialogue, request) {
	if (request.services.length === 0) return [];
	const reply = await dialogue.call("observe", {
		values: {
			settle: request.settle ? 1 : 0,
			log: request.log ? "yes" : void 0,
			...serviceValues(request.services)
		},
		texts: serviceTexts(request.services)
	});
	return parseEvidence(reply, request.services);
}
/** As `Host.revert`. @throws Failure as the host replied */
async function revert(dialogue, request, task) {
	dialogue.transaction = request.transaction;
	const output = new Output(task);
	const reply = await dialogue.call("revert", {
		values: {
			from: request.from,
			to: request.to ?? "",
			remember: request.remember ? "yes" : void 0,
			...serviceValues(request.services)
		},
		texts: serviceTexts(request.services),
		onOutput: (bytes) => output.push(bytes)
	});
	return {
		release: named(reply.value("release")),
		services: parseEvidence(reply, request.services),
		warnings: reply.values.get("warning") ?? []
	};
}

// src/host/configuration.ts
/**
* The text of an environment file. Always double quotes with a backslash before `\ " $` and backtick, newlines raw: systemd and sh then
* read the same bytes (systemd.exec(5), EnvironmentFile=).
*
* @param variables names and values; a value may hold anything but NUL
* @throws Failure naming the variable that cannot be written
*/
function formatEnvironment(variables) {
	return Object.entries(variables).map(([name, value]) => {
		if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw refused$1(name, "is no name of an environment variable: letters, digits and underscores");
		if (shellKeeps(name)) throw refused$1(name, "is a variable that shells keep for themselves: give it another name");
		if (value.includes("\0")) throw refused$1(name, "holds a NUL, which no environment variable can");
		return `${name}="${value.replace(/[\\"$`]/g, "\\$&")}"\n`;
	}).join("");
}
function refused$1(name, why) {
	return new Failure({
		what: `the configuration cannot be written: ${name} ${why}`,
		remedy: "Look at `variables` and `secrets` of the target in tarlift.yml.",
		outcome: "refused"
	});
}
/** Identifies a configuration without telling it: hosts compare it. What Tarlift itself adds (release, version) is not part of it. */
function configurationDigest(variables) {
	const sorted = Object.entries(variables).sort(([a], [b]) => a < b ? -1 : 1);
	return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}
/** All variables of a release: the user's win over what the image says, Tarlift's own over everything. */
function releaseVariables(user, surroundings) {
	const { app, directory } = surroundings;
	return {
		...Object.fromEntries(surroundings.image.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]).filter(([name]) => name !== "PATH").map(([name, value]) => [name, value.replaceAll(`/srv/${app}/current`, () => directory)])),
		...user,
		TARLIFT_RELEASE: surroundings.release,
		TARLIFT_VERSION: surroundings.version,
		TARLIFT_COMMIT: surroundings.commit,
		TARLIFT_TARGET: surroundings.target
	};
}
/**
* `.tarlift/exec`: runs its arguments in the release that it stands in, with that release's configuration and its own programs first.
*
* @param links links of the path environments, relative to the release: `.venv`
*/
function execWrapper(links) {
	const directories = [...links.map((link) => `${link}/bin`), ".tarlift/bin"];
	for (const directory of directories) if (!/^[\w./@+-]+$/.test(directory)) throw new Error(`no directory for PATH: ${directory}`);
	return `#!/bin/sh
# Runs its arguments in this release: its directory, its configuration, its programs. Made by Tarlift.
TARLIFT_DIRECTORY=$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P) || exit 1
cd "$TARLIFT_DIRECTORY" || exit 1
set -a
. "$TARLIFT_DIRECTORY/.tarlift/env"
set +a
PATH=${directories.map((directory) => `$TARLIFT_DIRECTORY/${directory}`).join(":")}:$PATH
export PATH
exec "$@"
`;
}

// src/host/exchange/adopt.ts
/** As `Host.adopt`. @throws Failure as the host replied */
async function adopt(dialogue, request) {
	const { as, shared, services } = request;
	dialogue.transaction = as?.transaction ?? "";
	const variables = as && {
		TARLIFT_RELEASE: as.release,
		TARLIFT_VERSION: as.release,
		TARLIFT_COMMIT: as.commit ?? "",
		TARLIFT_TARGET: dialogue.place?.target ?? ""
	};
	return parseAdoption(await dialogue.call("adopt", {
		values: {
			apply: as ? "yes" : "no",
			from: request.from ?? "",
			env_file: request.envFile ?? "",
			shell_names: SHELL_NAMES.join(" "),
			release: as?.release ?? "",
			version: as?.release ?? "",
			...serviceValues(services)
		},
		texts: {
			program: ADOPT_PROGRAM,
			env: formatEnvironment(variables ?? {}),
			exec: execWrapper(as?.links ?? []),
			services: recordedLines(request.recorded),
			"shared-directories": lines(shared.directories),
			"shared-files": lines(shared.files),
			...serviceTexts(services)
		}
	}));
}
const BECOMES = [
	"move",
	"link",
	"keep",
	"none"
];
/** Reads the reply of `adopt`. @throws Failure (refused) for a release whose name cannot be one */
function parseAdoption(reply) {
	const all = (key) => reply.values.get(key) ?? [];
	const already = reply.value("already");
	const variables = reply.value("variables");
	const release = already ?? all("release").findLast(Boolean);
	return {
		findings: all("finding").map((line) => {
			const [what, remedy] = line.split("	");
			return {
				what,
				remedy: remedy || void 0
			};
		}),
		adopted: already !== void 0 || reply.value("adopted") === "yes",
		begun: reply.value("begun") === "yes",
		layout: reply.value("layout") === "releases" ? "releases" : "plain",
		from: reply.value("from") || void 0,
		release: release && checkedRelease(release, "what is to be adopted"),
		commit: [reply.value("commit") ?? ""].find((commit) => /^[0-9a-f]{40,64}$/.test(commit)),
		files: Number(reply.value("files") ?? 0),
		foreign: Number(reply.value("foreign") ?? 0),
		variables: variables === void 0 ? void 0 : Number(variables),
		shared: all("shared").map((line) => {
			const [word, ...path] = line.split(" ");
			return {
				path: path.join(" "),
				becomes: BECOMES.find((known) => known === word) ?? "none"
			};
		}),
		services: all("running").map((line) => {
			const [name, state, directory, ...detail] = line.split(" ");
			return {
				name,
				state,
				directory: directory === "-" ? void 0 : directory,
				detail: detail.join(" ")
			};
		})
	};
}

// src/host/migration-journal.ts
/**
* @returns its lines in order, without those that say nothing; undefined when there are none
* @throws Failure for more lines than any host comes to
*/
function parseJournal(text) {
	const lines = text.split("\n", 200002);
	if (lines.length > 200001) throw tooMuch();
	const events = lines.flatMap((line) => parseEvent$1(line) ?? []);
	return events.length > 0 ? events : void 0;
}
function parseEvent$1(line) {
	const [, event, transaction, release, rest] = /^(begun|ended|good|back) (\S+) (\S+)(?: (.*))?$/s.exec(line) ?? [];
	if (transaction === void 0 || release === void 0) return void 0;
	if (!isTransaction(transaction) || !isReleaseName(release)) return void 0;
	const of = {
		transaction,
		release
	};
	if (event === "good" || event === "back") return {
		...of,
		event
	};
	if (event === "begun") return rest ? {
		...of,
		event,
		migration: rest
	} : void 0;
	return /^\d+$/.test(rest ?? "") ? {
		...of,
		event: "ended",
		code: Number(rest)
	} : void 0;
}
/** The same lines as text. */
function formatJournal(events) {
	const rest = (event) => event.event === "begun" ? ` ${event.migration}` : event.event === "ended" ? ` ${event.code}` : "";
	return events.map((event) => `${event.event} ${event.transaction} ${event.release}${rest(event)}\n`).join("");
}

// src/host/exchange/commit.ts
/** As `Host.precommit`. @throws Failure as the host replied */
async function precommit(dialogue) {
	await dialogue.call("precommit", { values: {} });
}
/** As `Host.commit`. @throws Failure as the host replied */
async function commit(dialogue, request) {
	dialogue.transaction = request.transaction;
	return { warnings: (await dialogue.call("commit", {
		values: {
			release: request.release,
			keep: request.keep,
			rollback: request.rollback ? "yes" : void 0,
			converge: request.converge ? "yes" : void 0
		},
		texts: request.migrations?.length ? { journal: formatJournal(request.migrations) } : {},
		last: request.last
	})).values.get("warning") ?? [] };
}

// src/host/exchange/content.ts
/** As many bytes of file indexes as an artifact may have, its config, and what takes the index apart. */
const LARGEST_RECORD = 320 << 20;
/** As content.sh cuts them. */
const PIECE$2 = 1 << 20;
/** Seconds. */
const SILENCE = 120;
/** As `Host.record`. */
async function releaseRecord(dialogue, release) {
	const { texts } = await dialogue.call("record", {
		values: { release },
		texts: { program: CONTENT_PROGRAM },
		limits: {
			bytes: LARGEST_RECORD,
			silence: SILENCE
		}
	});
	const config = texts.get("config");
	const index = texts.get("index");
	const layers = texts.get("layers");
	if (config === void 0 || index === void 0 || layers === void 0) return void 0;
	const environments = [...texts].flatMap(([name, text]) => name.startsWith("environment-") ? [[name.slice(12), text]] : []);
	return {
		config,
		index,
		layers,
		environments: new Map(environments)
	};
}
/** As `Host.read`. */
async function readFiles(dialogue, request, encoding) {
	const { files, onOthers, onBytes } = request;
	const total = files.reduce((sum, { size }) => sum + size, 0);
	let left = total;
	await dialogue.call("files", {
		values: { encoding },
		texts: {
			program: CONTENT_PROGRAM,
			files: lines(files.map(({ path, size }) => `${size} ${path}`))
		},
		onData(name, bytes) {
			if (name === "others") return onOthers(positions(bytes, files.length));
			const piece = unpacked(bytes, encoding);
			left -= piece.length;
			if (left < 0) throw wrong("it sends more bytes than the files have");
			onBytes(piece);
		},
		limits: {
			bytes: total + total / 64 + 10 * files.length + PIECE$2,
			silence: SILENCE
		}
	});
}
function positions(text, count) {
	if (text.length > 10 * count) throw wrong("it names more files than it was asked for");
	const found = text.toString("latin1").split("\n").filter(Boolean).map(Number);
	if (found.some((n) => !Number.isInteger(n) || n < 1 || n > count)) throw wrong("it names files that it was not asked for");
	return found.map((n) => n - 1);
}
function unpacked(bytes, encoding) {
	if (encoding === "none") return bytes;
	const unpack = encoding === "zstd" ? zstdDecompressSync : gunzipSync;
	try {
		return unpack(bytes, { maxOutputLength: PIECE$2 });
	} catch (cause) {
		throw wrong(cause instanceof Error ? cause.message : String(cause));
	}
}
const wrong = (why) => new Failure({
	what: "files of a release could not be read",
	output: why,
	remedy: "Look at the host's disk and memory."
});

// src/command/unit-command.ts
/**
* systemd puts variables of the unit in the place of `$NAME`, and knows none of a release's (systemd.service(5), COMMAND LINES): a shell
* that the command starts does.
*/
const unitCommand = (command) => command.replaceAll("$", () => "$$");

// src/host/exchange/definitions.ts
/** As `Host.definitions`. */
async function definitions(dialogue, request) {
	const { place, services, commands } = request;
	if (!dialogue.place) dialogue.begin(place, void 0);
	const texts = services.flatMap(({ name, kind }) => {
		const command = commands[name];
		if (command === void 0) return [];
		return [[`command.${name}`, `${kind === "supervisord" ? command : unitCommand(command)}\n`]];
	});
	return (await dialogue.call("definitions", {
		values: serviceValues(services),
		texts: {
			program: DEFINITIONS_PROGRAM,
			...Object.fromEntries(texts)
		}
	})).values.get("warning") ?? [];
}

// src/host/owner.ts
/** Who deploys, for messages to others. */
function describeOwner() {
	const { GITHUB_RUN_ID: run, GITHUB_REPOSITORY: repository } = process.env;
	if (run && repository) return `run ${run} of ${repository}`;
	return `${userName()} on ${hostname()}`;
}
/** In a container the user may have a number alone. */
function userName() {
	try {
		return userInfo().username;
	} catch {
		return `user ${process.getuid?.()}`;
	}
}
/** One line of printable ASCII without quotes and backslashes: it goes into a file for people and into JSON. */
function ownerLine(owner) {
	return owner.replaceAll(/[^\x20-\x7e]|["\\]/g, "?").slice(0, 200);
}

// src/host/exchange/dialogue.ts
/** One after the other; the facts come first, and say which place all that follows is about. */
var Dialogue = class {
	name;
	/** The host is this machine itself. */
	local;
	/** The fleet transaction that the next requests belong to; the host's records have it. */
	transaction = "";
	#address;
	#options;
	#connection;
	#place;
	#owner = "";
	constructor(address, options) {
		this.name = address.address;
		this.local = address.address === "local";
		this.#address = address;
		this.#options = options;
		this.#connection = new Connection(address, options);
	}
	get connection() {
		return this.#connection;
	}
	/** What the facts were asked about. */
	get place() {
		return this.#place;
	}
	/**
	* Begins to connect, or begins again: with a connection of its own where the one before was lost.
	*
	* @param owner who asks for the lock, where it is asked for
	* @throws Failure (refused) for a root that cannot be one
	*/
	begin(place, owner) {
		checkPlace(place);
		if (this.#connection.lost) this.#connection = new Connection(this.#address, this.#options);
		this.#place = place;
		if (owner !== void 0) this.#owner = ownerLine(owner);
		this.#connection.connect();
	}
	/** @throws Failure as {@link Connection.call} */
	call(verb, call) {
		const place = this.#place;
		if (!place) throw new Error(`${verb} needs the facts before it`);
		return this.#connection.call({
			verb,
			...call,
			values: {
				root: place.root,
				environments_root: place.environmentsRoot,
				root_id: rootId(place),
				app: place.app,
				run_as: place.runAs,
				deploy_id: this.transaction,
				owner: this.#owner,
				lease: this.#options.lease,
				...call.values
			}
		});
	}
};
/** Roots stand in values and links: no spaces, nothing that a shell or tar would read differently. */
function checkPlace(place) {
	for (const path of [place.root, place.environmentsRoot]) if (!/^(\/[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)+$/.test(path)) throw new Failure({
		what: `${JSON.stringify(path)} cannot be a directory for releases`,
		remedy: "Use an absolute path of letters, digits and `._+@-`, such as /srv/accounting.",
		outcome: "refused"
	});
}
/** Tells apart the roots that share one environments-root. */
const rootId = (place) => createHash("sha256").update(place.root).digest("hex").slice(0, 8);

// src/bundle/layer-map.ts
/** An entry, which a header of 1 MiB holds, and the positions of as many layers as an artifact has. */
const LONGEST_LINE = 2 << 20;
/**
* @param entries of the release, in order
* @param replaced entries that shared paths stand in the place of
* @param layersOf positions of the layers that hold a path
*/
function formatLayerMap(entries, replaced, layersOf) {
	const named = ({ path }) => layersOf(path).join(",") || "-";
	const runs = [];
	for (const entry of entries) {
		const layers = named(entry);
		const last = runs.at(-1);
		if (last?.layers === layers) last.count++;
		else runs.push({
			layers,
			count: 1
		});
	}
	return [...runs.map(({ layers, count }) => `${layers} ${count}\n`), ...replaced.map((entry) => `+ ${named(entry)} ${formatIndex([entry])}`)].join("");
}
/**
* Takes a release's index apart.
*
* @param entries of the release, in order
* @param count how many layers the config has
* @returns the index of each layer that anything stands in, by its position
* @throws Failure for a text that {@link formatLayerMap} did not make for these entries
*/
function splitByLayer(text, entries, count) {
	const layers = /* @__PURE__ */ new Map();
	let left = MOST_INDEXED.entries;
	const put = (words, those) => {
		for (const position of positionsIn(words, count)) {
			left -= those.length;
			if (left < 0) throw other();
			const there = layers.get(position) ?? [];
			layers.set(position, there);
			for (const entry of those) there.push(entry);
		}
	};
	let next = 0;
	for (const line of linesOf(text)) {
		if (line.length > LONGEST_LINE) throw other();
		const more = /^\+ (\d{1,4}(?:,\d{1,4})*) (.+)$/s.exec(line);
		const run = /^(-|\d{1,4}(?:,\d{1,4})*) (\d{1,9})$/.exec(line);
		if (more) put(more[1], parseIndex(`${more[2]}\n`));
		else if (run) {
			const end = next + Number(run[2]);
			if (end > entries.length) throw other();
			put(run[1], entries.slice(next, end));
			next = end;
		} else throw other();
	}
	if (next !== entries.length) throw other();
	for (const entriesOf of layers.values()) entriesOf.sort((a, b) => compareBytes(a.path, b.path));
	return layers;
}
/** One after the other: a host may send as many as it likes, and the first that is wrong ends it. */
function* linesOf(text) {
	for (let at = 0, end = text.indexOf("\n"); end >= 0; at = end + 1, end = text.indexOf("\n", at)) yield text.slice(at, end);
}
/** Ascending, each once and one of a layer: a host that repeats them would fill memory. */
function positionsIn(words, count) {
	if (words === "-") return [];
	const positions = [];
	for (const word of words.split(",", count + 1)) {
		const position = Number(word);
		if (position >= count || position <= (positions.at(-1) ?? -1)) throw other();
		positions.push(position);
	}
	return positions;
}
const other = () => new Failure({ what: "the record of a release's layers does not belong to its file index" });

// src/host/text-lines.ts
/**
* One after the other, without their newlines: an answer may be a quarter of a gigabyte of newlines, and a list of as many lines ends this
* process.
*/
function* textLines(text) {
	let at = 0;
	for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", at)) {
		yield text.slice(at, end);
		at = end + 1;
	}
	if (at < text.length) yield text.slice(at);
}

// src/host/release-index.ts
/** By artifact and shared paths. */
const joined = /* @__PURE__ */ new WeakMap();
/**
* Joins the indexes of everything that stands in the release's directory, environments apart. Once for all hosts with the same shared
* paths.
*
* @param shared paths that become links into `shared/`: what the layers have there is left out
* @throws Failure (refused) for a path whose parent is no directory: a host would write through a link
*/
function releaseIndex(artifact, shared) {
	const known = joined.get(artifact) ?? /* @__PURE__ */ new Map();
	joined.set(artifact, known);
	const key = shared.join("\0");
	const index = known.get(key) ?? join$1(artifact, shared);
	known.set(key, index);
	return index;
}
async function join$1(artifact, shared) {
	const byPath = /* @__PURE__ */ new Map();
	const replaced = /* @__PURE__ */ new Map();
	const layerOf = /* @__PURE__ */ new Map();
	const positions = /* @__PURE__ */ new Map();
	const isShared = within(shared);
	for (const [position, { kind, diffId }] of artifact.release.layers.entries()) {
		if (kind !== "application" && kind !== "assets") continue;
		for (const entry of await artifact.index(diffId)) {
			positions.set(entry.path, [...positions.get(entry.path) ?? [], position]);
			if (isShared(entry.path)) {
				replaced.set(entry.path, entry);
				continue;
			}
			byPath.set(entry.path, entry);
			layerOf.set(entry.path, diffId);
		}
	}
	for (const { link, root, id } of artifact.release.environments) if (link !== void 0 && !byPath.has(link)) byPath.set(link, {
		type: "link",
		path: link,
		target: `${root}/${id}`
	});
	const entries = [...byPath.values()].sort((a, b) => compareBytes(a.path, b.path));
	await refuseMisplacedIn(artifact, entries, shared);
	const files = entries.filter((entry) => entry.type === "file");
	const wanted = entries.map((entry) => entry.type === "file" ? `f ${fileLine(entry)}\n` : formatIndex([entry]));
	return {
		entries,
		files,
		layerOf,
		sha256: createHash("sha256").update(formatIndex(entries)).digest("hex"),
		layers: new SharedText(formatLayerMap(entries, [...replaced.values()], (path) => positions.get(path) ?? [])),
		wanted: new SharedText(wanted.join(""))
	};
}
/** What is left out of the index stands in the release's directory all the same: trees, and links to what is shared. */
async function refuseMisplacedIn({ release: { environments }, index }, entries, shared) {
	const trees = environments.filter(({ kind }) => kind === "tree");
	const theirs = await Promise.all(trees.map(({ diffId }) => index(diffId)));
	const mounts = trees.flatMap((tree) => tree.mounts ?? []);
	refuseMisplaced([...entries, ...theirs.flat()], {
		mounts,
		shared
	});
}
const fileLine = ({ mode, sha256, path }) => `${mode === 493 ? "x" : "-"}${sha256.slice(0, 16)} ${path}`;
/**
* Reads the host's answer.
*
* @throws Failure when it does not speak about this index
*/
function parsePlan(text, index) {
	const total = index.files.length;
	const missing = [];
	const left = [];
	const elsewhere = /* @__PURE__ */ new Map();
	let base;
	const position = (word) => {
		const n = Number(word) - 1;
		if (!Number.isInteger(n) || n < 0 || n >= total) throw nonsense(text);
		return n;
	};
	const here = /* @__PURE__ */ new Set();
	const once = (n) => {
		if (here.has(n)) throw nonsense(text);
		here.add(n);
		return n;
	};
	let more = total + 1;
	for (const line of textLines(text)) {
		if (--more < 0) throw nonsense(text);
		const [word, first, ...rest] = line.split(" ");
		if (word === "b" && isReleaseName(first ?? "")) base = first;
		else if (word === "i") left.push(once(position(first)));
		else if (word === "l" && isSource(rest.join(" "))) elsewhere.set(position(first), rest.join(" "));
		else if (word === "m") {
			const [from, to] = (first ?? "").split("-");
			const last = position(to ?? from);
			for (let n = position(from); n <= last; n++) missing.push(once(n));
		} else throw nonsense(text);
	}
	const linked = /* @__PURE__ */ new Map();
	for (const [n, file] of index.files.entries()) {
		if (here.has(n)) continue;
		const from = elsewhere.get(n) ?? (base === void 0 ? void 0 : `releases/${base}/${file.path}`);
		if (from === void 0) throw nonsense(text);
		linked.set(n, from);
	}
	return {
		missing,
		left,
		linked
	};
}
/** Whether files may be linked from there: a path of a release, relative to the root. It goes into the tar as the host says it. */
function isSource(path) {
	const [directory, release = "", ...within] = path.split("/");
	return directory === "releases" && isReleaseName(release) && nameProblem(within.join("/")) === void 0;
}
/**
* What of an environment need not travel again.
*
* @param said `<x or -><16 hex digits> <path>` of each file that a broken transfer left there
* @returns paths whose content and mode the index confirms
*/
function confirmed(said, entries) {
	const files = new Map(entries.flatMap((entry) => entry.type === "file" ? [[fileLine(entry), entry.path]] : []));
	const paths = /* @__PURE__ */ new Set();
	for (const line of textLines(said)) {
		const path = files.get(line);
		if (path !== void 0) paths.add(path);
	}
	return paths;
}
/** `<size> <sha256>` of all files that are not linked, in order: the host completes its copy of the index with them. */
function formatLines(index, plan) {
	return [...plan.missing, ...plan.left].sort((a, b) => a - b).map((n) => `${index.files[n].size} ${index.files[n].sha256}\n`).join("");
}
function nonsense(text) {
	return new Failure({
		what: "the host's answer about missing files makes no sense",
		output: cutEnd(text, 400)
	});
}

// src/host/spool.ts
/** Bytes of a piece: the last one is smaller. */
const PIECE$1 = 1 << 20;
/** Bytes that are kept in memory, however many read them. */
const IN_MEMORY = 8 << 20;
var Spool = class {
	#source;
	#mark;
	#pieces = [];
	#begun = false;
	#ended = false;
	#closed = false;
	#error;
	#size = 0;
	#file;
	#inFile = 0;
	#waiting = [];
	/** @param source asked for once, at the first read @param mark how far the source is, for each piece */
	constructor(source, mark = () => 0) {
		this.#source = source;
		this.#mark = mark;
	}
	/**
	* All of it, from the beginning.
	*
	* @throws what the source throws; Failure when there is no room for the file
	*/
	async *read() {
		if (!this.#begun) this.#produce();
		for (let n = 0;; n++) {
			while (n >= this.#pieces.length && !this.#ended) await new Promise((resolve) => this.#waiting.push(resolve));
			const kept = this.#pieces[n];
			if (kept) yield {
				bytes: kept.bytes ?? await this.#fromFile(kept),
				mark: kept.mark
			};
			else if (this.#error !== void 0) throw this.#error;
			else return;
		}
	}
	/** Nobody reads any more. */
	async close() {
		this.#closed = true;
		const file = this.#file;
		this.#file = void 0;
		this.#pieces.length = 0;
		await file?.close();
	}
	async #produce() {
		this.#begun = true;
		try {
			let parts = [];
			let size = 0;
			for await (const chunk of this.#source()) {
				if (this.#closed) return;
				parts.push(chunk);
				size += chunk.length;
				if (size < PIECE$1) continue;
				await this.#keep(Buffer.concat(parts));
				parts = [];
				size = 0;
			}
			if (size > 0 && !this.#closed) await this.#keep(Buffer.concat(parts));
		} catch (error) {
			this.#error = error;
		} finally {
			this.#ended = true;
			this.#wake();
		}
	}
	async #keep(bytes) {
		const piece = {
			bytes,
			at: 0,
			length: bytes.length,
			mark: this.#mark()
		};
		this.#size += bytes.length;
		if (this.#size > IN_MEMORY) {
			piece.at = this.#inFile;
			await this.#toFile(bytes);
			piece.bytes = void 0;
		}
		this.#pieces.push(piece);
		this.#wake();
	}
	async #toFile(bytes) {
		try {
			this.#file ??= await nameless();
			for (let done = 0; done < bytes.length;) done += (await this.#file.write(bytes, done, bytes.length - done, this.#inFile + done)).bytesWritten;
			this.#inFile += bytes.length;
		} catch (cause) {
			throw new Failure({
				what: `what several hosts are sent cannot be kept for them: ${cause instanceof Error ? cause.message : cause}`,
				remedy: `Make room in ${directory()}.`,
				outcome: "refused",
				cause
			});
		}
	}
	async #fromFile({ at, length }) {
		const bytes = Buffer.allocUnsafe(length);
		for (let done = 0; done < length;) {
			const file = this.#file;
			if (!file) throw new Error("the spool is closed, and still read");
			const { bytesRead } = await file.read(bytes, done, length - done, at + done);
			if (bytesRead === 0) throw new Error("the spool's file is shorter than it was");
			done += bytesRead;
		}
		return bytes;
	}
	#wake() {
		for (const resolve of this.#waiting.splice(0)) resolve();
	}
};
const directory = () => process.env.RUNNER_TEMP || tmpdir();
/** A file that goes with this process, however it ends. */
async function nameless() {
	const parent = await mkdtemp(join(directory(), "tarlift-spool-"));
	try {
		return await open(join(parent, "data"), "wx+", 384);
	} finally {
		await rm(parent, { recursive: true });
	}
}

// src/host/wire-tar.ts
const PIECE = 1 << 20;
/** The mode that a file has on a host. */
const modeOf = (entry, modes) => modes === "open" ? entry.mode : entry.mode & 365;
/**
* Yields the tar's bytes. Files get the commit's time: an equal mtime and size would let web servers answer 304. Layers are read through the artifact, which verifies them; a layer that is damaged ends the stream with a
* Failure, and the host then has an incomplete tar that it refuses.
*
* @param onFile called after each file that was sent, with its size in bytes
*/
async function* wireTar(request, onFile) {
	const { artifact, index, plan } = request;
	const mtime = Math.floor(Date.parse(artifact.release.commit.time) / 1e3);
	const at = (directory, path = "") => `${directory.slice(1)}${path && `/${path}`}`;
	function* shell(directory, entries) {
		for (const entry of entries) {
			const path = at(directory, entry.path);
			if (entry.type === "directory") yield tarHeader({
				path,
				type: "directory",
				mtime
			});
			else if (entry.type === "link") yield tarHeader({
				path,
				type: "link",
				target: entry.target,
				mtime
			});
		}
	}
	function* links() {
		for (const [n, from] of plan.linked) {
			const path = at(request.incoming, index.files[n].path);
			yield tarHeader({
				path,
				type: "hardlink",
				target: at(request.root, from),
				mtime
			});
		}
	}
	yield* gathered(shell(request.incoming, index.entries));
	yield* gathered(links());
	const missing = new Set(plan.missing.map((n) => index.files[n].path));
	const layers = new Set([...missing].map((path) => index.layerOf.get(path)));
	for (const diffId of layers) {
		const wanted = (path) => missing.has(path) && index.layerOf.get(path) === diffId;
		yield* files(artifact, diffId, request.incoming, request.modes, wanted);
	}
	for (const { record, directory, left } of request.environments) {
		const entries = await artifact.index(record.diffId);
		yield tarHeader({
			path: at(directory),
			type: "directory",
			mtime
		});
		yield* gathered(shell(directory, entries));
		yield* files(artifact, record.diffId, directory, "closed", (path) => !left.has(path));
	}
	yield Buffer.alloc(2 * 512);
	async function* files(from, diffId, directory, modes, wanted) {
		for await (const { entry, content } of from.readLayer(diffId)) {
			if (entry.type !== "file" || !wanted(entry.path)) continue;
			yield tarHeader({
				path: at(directory, entry.path),
				type: "file",
				size: entry.size,
				mode: modeOf(entry, modes),
				mtime
			});
			for await (const chunk of content ?? []) yield chunk;
			const fill = padding(entry.size);
			if (fill > 0) yield Buffer.alloc(fill);
			onFile(entry.size);
		}
	}
}
/** The same bytes in pieces of about 1 MiB: headers of a million files are neither handed on one by one nor held all at once. */
function* gathered(headers) {
	let waiting = [];
	let size = 0;
	for (const header of headers) {
		waiting.push(header);
		size += header.length;
		if (size < PIECE) continue;
		yield Buffer.concat(waiting);
		waiting = [];
		size = 0;
	}
	if (size > 0) yield Buffer.concat(waiting);
}

// src/host/delivery.ts
/** By artifact and by all that makes hosts differ. */
const groups = /* @__PURE__ */ new WeakMap();
/**
* The delivery for one more host, which {@link Delivery.leave}s it at its end.
*
* @throws Failure when the answer is not about this index
*/
async function deliveryFor(request) {
	const { artifact, index, ...rest } = request;
	const known = groups.get(artifact) ?? /* @__PURE__ */ new Map();
	groups.set(artifact, known);
	const key = createHash("sha256").update(JSON.stringify([index.sha256, rest])).digest("hex");
	const making = known.get(key) ?? make(request, () => known.delete(key));
	known.set(key, making);
	const delivery = await making.catch((error) => {
		known.delete(key);
		throw error;
	});
	delivery.enter();
	return delivery;
}
async function make(request, onEnd) {
	const { artifact, index } = request;
	const plan = parsePlan(request.plan, index);
	const environments = [];
	const size = {
		files: plan.missing.length,
		bytes: 0
	};
	for (const n of plan.missing) size.bytes += index.files[n].size;
	for (const { id, directory, left: said } of request.environments) {
		const record = artifact.release.environments.find((environment) => environment.id === id);
		const entries = await artifact.index(record.diffId);
		const left = confirmed(said, entries);
		for (const entry of entries) {
			if (entry.type !== "file" || left.has(entry.path)) continue;
			size.files++;
			size.bytes += entry.size;
		}
		environments.push({
			record,
			directory,
			left,
			index: new SharedText(await artifact.indexText(record.diffId))
		});
	}
	return new Delivery(request, plan, environments, size, onEnd);
}
var Delivery = class {
	plan;
	environments;
	/** Files that travel, and their bytes: uncompressed, by the indexes. */
	size;
	/** The layers that they come from. */
	layers;
	/** `<size> <sha256>` of all files that are not linked. */
	lines;
	/** The artifact's config. */
	config;
	#request;
	#onEnd;
	#hosts = 0;
	#spool;
	constructor(request, plan, environments, size, onEnd) {
		this.#request = request;
		this.plan = plan;
		this.environments = environments;
		this.size = size;
		const { files, layerOf } = request.index;
		const release = plan.missing.map((n) => layerOf.get(files[n].path));
		this.layers = [.../* @__PURE__ */ new Set([...release, ...environments.map(({ record }) => record.diffId)])];
		this.lines = new SharedText(formatLines(request.index, plan));
		this.config = new SharedText(request.artifact.configText);
		this.#onEnd = onEnd;
	}
	enter() {
		this.#hosts++;
	}
	/** One host is done with it. */
	async leave() {
		if (--this.#hosts > 0) return;
		this.#onEnd();
		const spool = this.#spool;
		this.#spool = void 0;
		await spool?.close();
	}
	/**
	* The bytes for one host. A host that is alone is given them as they are made.
	*
	* @param onBytes told how many bytes of the files are in what was given until now
	*/
	async *data(onBytes) {
		if (this.#spool || this.#hosts > 1) {
			this.#spool ??= this.#spooled();
			for await (const { bytes, mark } of this.#spool.read()) {
				yield bytes;
				onBytes(mark);
			}
			return;
		}
		yield* this.#made(onBytes);
	}
	#spooled() {
		let done = 0;
		const source = () => this.#made((bytes) => {
			done = bytes;
		});
		return new Spool(source, () => done);
	}
	#made(onBytes) {
		const { artifact, index, root, incoming, encoding, modes } = this.#request;
		let done = 0;
		const { plan, environments } = this;
		const tar = wireTar({
			artifact,
			index,
			plan,
			root,
			incoming,
			environments,
			modes
		}, (bytes) => {
			done += bytes;
			onBytes(done);
		});
		return encode(tar, encoding, this.size.bytes);
	}
};

// src/host/exchange/coming.ts
/** Reads it out of the facts. @param live the name of the live release */
async function comingOf(dialogue, request, artifact, index, reply, releases, live) {
	const { root, environmentsRoot } = request.place;
	const missing = reply.values.get("missing_environment") ?? [];
	const encoding = bestEncoding(reply, dialogue.local);
	const modes = reply.value("modes") === "open" ? "open" : "closed";
	const delivery = await deliveryFor({
		artifact,
		index,
		plan: reply.texts.get("plan") ?? "",
		environments: artifact.release.environments.filter(({ id }) => missing.includes(id)).map(({ id }) => ({
			id,
			directory: `${environmentsRoot}/.incoming-${rootId(request.place)}-${id}`,
			left: reply.texts.get(`left-${id}`) ?? ""
		})),
		root,
		incoming: `${root}/.tarlift/incoming/${incomingName(artifact)}`,
		encoding,
		modes
	});
	let left;
	return {
		artifact,
		index,
		delivery,
		leave() {
			left ??= delivery.leave();
			return left;
		},
		encoding,
		modes,
		unindexed: artifact.release.environments.map(({ id }) => id).filter((id) => reply.values.get("unindexed_environment")?.includes(id)),
		releases,
		live,
		user: reply.value("user"),
		version: request.version ?? artifact.version,
		configuration: configurationDigest(request.configuration ?? {}),
		taken: reply.value("env_changed") && live ? [live] : []
	};
}
/** The directory below `.tarlift/incoming` that it arrives in: one for each digest. */
const incomingName = (artifact) => artifact.releaseDigest.replace("sha256:", "").slice(0, 16);

// src/host/log.ts
/** What is written has nothing to escape: a line break, or what moves a cursor, was put there by another program. */
const line = string().max(1e3).regex(/^\P{Cc}*$/u);
const eventSchema = object({
	/** Seconds since the epoch, of four-digit years. */
	time: number().int().min(0).max(99999999999),
	event: string().regex(/^[\w-]*$/),
	release: string().refine((name) => name === "" || isReleaseName(name)),
	deploy: string().refine((id) => id === "" || isTransaction(id)),
	by: line
});
/**
* Lines that are no events (somebody wrote into the file) are left out: a record is read, not judged. What was cut off, by a full disk or
* a power loss, has the next event on the same line: that one counts.
*
* @param most lines that were asked for
* @throws Failure for more of them
*/
function parseLog(text, most) {
	const lines = text.split("\n", most + 2);
	if (lines.length > most + 1) throw tooMuch();
	return lines.flatMap((line) => parseEvent(line) ?? parseEvent(line.slice(line.lastIndexOf(START))) ?? []);
}
const START = "{\"time\":";
function parseEvent(line) {
	try {
		return eventSchema.safeParse(JSON.parse(line)).data;
	} catch {
		return;
	}
}

// src/host/exchange/notes.ts
/** So many are named (src/remote/drift.sh). */
const PATHS = 100;
/** As `Host.drift`. @throws Failure as the host replied */
async function drift(dialogue, request) {
	const reply = await dialogue.call("drift", { values: {
		release: request.release,
		full: request.full ? "yes" : "no"
	} });
	const paths = (name) => (reply.texts.get(name) ?? "").split("\n", PATHS).filter(Boolean);
	const count = (name) => Number(reply.value(name) ?? 0);
	return {
		changed: paths("drift"),
		count: count("count"),
		...count("added") > 0 ? { added: {
			paths: paths("added"),
			count: count("added")
		} } : {},
		...count("extra") > 0 ? { extra: {
			paths: paths("extra"),
			count: count("extra")
		} } : {},
		...reply.values.has("unrecorded") ? { unrecorded: reply.values.get("unrecorded") } : {}
	};
}
/** Whether a release is untouched since it was verified, as far as sizes, times, modes and names tell. */
async function sound(dialogue, release) {
	const { count, added } = await drift(dialogue, {
		release,
		full: false
	});
	return count === 0 && !added;
}
/** As `Host.hold`. @param message one line; undefined: deploys are held no more */
async function hold(dialogue, message) {
	if (message === void 0) await dialogue.call("unhold", { values: {} });
	else await dialogue.call("hold", {
		values: {},
		texts: { hold: `${message.replaceAll(/[\r\n]+/g, " ")}\n` }
	});
}
/** As `Host.noteTaken`. */
async function noteTaken(dialogue, taken) {
	await dialogue.call("note", {
		values: {},
		texts: { taken: taken.map(takenLine).join("") }
	});
}
/** As `Host.noteHeard`. */
async function noteHeard(dialogue) {
	await dialogue.call("note", { values: { heard: "yes" } });
}
/** A line of the record: what it had, a tab, the place. */
const takenLine = ({ seat, had }) => `${had}\t${seat}\n`;
/** As `Host.history`. @param limit how many events, the newest */
async function history(dialogue, limit) {
	const reply = await dialogue.call("history", {
		values: { limit },
		limits: { bytes: LARGEST_REPLY }
	});
	return parseLog(reply.texts.get("history") ?? "", limit);
}

// src/host/exchange/facts.ts
/**
* Connects, takes the lock where it is asked for, and looks at everything.
*
* @returns the facts, the reply that they stand in, and what of a coming release prepare needs to know
*/
async function askFacts(dialogue, request) {
	dialogue.begin(request.place, request.lock?.owner);
	const asked = await ask$1(dialogue, request);
	if (!(request.lock !== void 0 && asked.reply.value("spare") !== void 0) || !lacksRoom(asked.reply, asked.missing, request.place)) return asked;
	await asked.coming?.leave();
	return ask$1(dialogue, request, 0);
}
/** @param failures how much of what failed deploys left may stay; left out: what the host leaves by itself (src/remote/prune.sh) */
async function ask$1(dialogue, request, failures) {
	const { artifact, shared } = request;
	const index = artifact && await releaseIndex(artifact, [...shared.directories, ...shared.files]);
	const reply = await dialogue.call("facts", {
		values: {
			failures,
			room: index && await roomFor(index, artifact),
			lock: request.lock ? "yes" : void 0,
			ask_switch: request.switch && "yes",
			wait: request.lock ? Math.ceil(request.lock.wait) : void 0,
			incoming: artifact ? incomingName(artifact) : void 0,
			...serviceValues(request.services)
		},
		texts: {
			...index ? { wanted: index.wanted } : {},
			...artifact ? {
				requirements: requirementLines(artifact),
				"interpreter-probe": PYTHON_PROBE
			} : {},
			"shared-directories": lines(shared.directories),
			"shared-files": lines(shared.files),
			...serviceTexts(request.services)
		},
		limits: { bytes: LARGEST_REPLY }
	});
	const releases = parseReleases(reply.texts.get("releases") ?? "");
	const named = (key) => {
		const id = reply.value(key);
		if (!id) return void 0;
		checkedRelease(id, key);
		return releases.find((release) => release.id === id) ?? {
			id,
			version: id,
			state: "good"
		};
	};
	const live = named("live");
	const facts = {
		findings: [],
		warnings: [],
		lockedBy: reply.value("locked_by_stranger") ?? reply.value("locked_by"),
		lockedByStranger: reply.value("locked_by_stranger") !== void 0,
		running: reply.value("running"),
		held: reply.value("held"),
		open: parseOpen(reply.value("open")),
		returned: parseOpen(reply.value("returned")),
		agreed: [reply.value("agreed") ?? ""].find(isTransaction),
		taken: parseTaken(reply.texts.get("taken") ?? ""),
		migrations: parseJournal(reply.texts.get("migrations") ?? ""),
		migrationOutput: lastSaid(reply.texts.get("migrations-output")),
		live: live && onHost(live),
		dropped: parseDropped(reply.values.get("dropped") ?? []),
		previous: named("previous") && onHost(named("previous")),
		releases: releases.filter(({ absent }) => !absent).map(onHost),
		configuration: request.configuration && configurationDigest(request.configuration),
		unchanged: false,
		missing: {
			files: 0,
			bytes: 0
		},
		readOnlyBecause: reply.value("modes_why")
	};
	let coming;
	let missing;
	if (artifact && index) {
		coming = await comingOf(dialogue, request, artifact, index, reply, releases, live?.id);
		missing = coming.delivery.size;
		facts.missing = missing;
		facts.layers = coming.delivery.layers;
		const { version, configuration, taken } = coming;
		const choose = () => comingName({
			version,
			digest: artifact.releaseDigest,
			configuration
		}, releases, live?.id, taken);
		let chosen = choose();
		while (chosen.reuse && chosen.name === live?.id && !await sound(dialogue, chosen.name)) {
			taken.push(chosen.name);
			chosen = choose();
		}
		facts.coming = chosen.name;
		facts.unchanged = chosen.reuse && chosen.name === coming.live;
	}
	Object.assign(facts, judge(request, reply, missing));
	return {
		facts,
		reply,
		coming,
		missing
	};
}
/**
* Bytes that the lists of a release take on a host while it is deployed (main_session of src/remote/main.sh), at most. Measured: about
* thirteen copies of a path, and 500 bytes, for a file of the release, and four copies and 160 bytes for one of an environment.
*/
async function roomFor({ wanted }, { release, indexText }) {
	const environments = await Promise.all(release.environments.map(({ diffId }) => indexText(diffId)));
	return 16 * wanted.text.length + 4 * environments.reduce((sum, { length }) => sum + length, 0);
}
function requirementLines(artifact) {
	const { requirements, environments } = artifact.release;
	const all = [requirements, ...environments.map((environment) => environment.requirements)].flatMap(({ sonames, glibcxx, python, node }) => [
		...sonames.map((soname) => `soname ${soname}`),
		...glibcxx ? [`glibcxx ${glibcxx}`] : [],
		...python ? [`interpreter ${python.interpreter}`] : [],
		...node ? [`node ${node.version}`] : []
	]);
	return lines([...new Set(all), ...environments.map(({ id }) => `environment ${id}`)]);
}
/** `<service> <release>` a line. */
function parseDropped(told) {
	const dropped = told.flatMap((line) => {
		const [service = "", release = ""] = line.split(" ");
		return isReleaseName(service) && isReleaseName(release) ? [{
			service,
			release
		}] : [];
	});
	return dropped.length > 0 ? dropped : void 0;
}
function parseOpen(line) {
	if (!line) return void 0;
	const [transaction, phase, release, previous, kind] = line.split(" ");
	if (!transaction || !isTransaction(transaction) || !isPhase(phase)) return void 0;
	if (![release, previous].every((name) => !name || isReleaseName(name)) || !release) return void 0;
	return {
		transaction,
		phase,
		release,
		previous: previous || void 0,
		...KINDS.get(kind)
	};
}
const lastSaid = (text) => text === void 0 ? void 0 : cutStart(text, LARGEST_SAID);
const KINDS = /* @__PURE__ */ new Map([
	["deploy", { rollback: false }],
	["rollback", { rollback: true }],
	["converge", {
		rollback: true,
		converge: true
	}]
]);
const isPhase = (word) => [
	"activating",
	"activated",
	"precommit",
	"reverting"
].includes(word ?? "");
function onHost(release) {
	if (!("goodAt" in release)) return release;
	const { id, digest, version, commit, configuration, state, seal, good, transaction, services } = release;
	return {
		id,
		digest,
		version,
		commit,
		configuration,
		state,
		seal,
		good,
		transaction,
		services
	};
}

// src/host/exchange/http.ts
/** Asks one host, and remembers which way leads to an answer. */
var Asker = class {
	#dialogue;
	/** The host has curl or wget. */
	hasClient = false;
	/** Its sshd forwards nothing: HTTP is asked for on the host. */
	#asksItself = false;
	constructor(dialogue) {
		this.#dialogue = dialogue;
	}
	/** @throws Failure when nothing answers within the time */
	async ask(question) {
		const { name, local, connection } = this.#dialogue;
		if (this.#asksItself) return askThere(this.#dialogue, question);
		try {
			return await request(question, connection.forwards, name);
		} catch (error) {
			if (!(error instanceof NotConnected) || local || !this.hasClient) throw error;
			const answer = await askThere(this.#dialogue, question);
			this.#asksItself = true;
			return answer;
		}
	}
};
/**
* What curl says where it does not accept a certificate (its exit codes 51 and 60), and GNU wget. A service that wants the client's is
* another matter: `curl: (56) … alert certificate required`, `OpenSSL: …`, `GnuTLS: …`.
*/
const CERTIFICATE = /^curl: \((?:51|60)\)|^ERROR: .*certificate/i;
/** The host sends so many bytes of it (src/remote/http.sh). */
const beginning = (body) => body !== void 0 && Buffer.byteLength(body) >= 4096 ? body.slice(0, LARGEST_BODY) + CUT : body;
async function askThere(dialogue, request) {
	const where = {
		host: dialogue.name,
		url: request.url
	};
	const named = underName(request.url, request.headers);
	const reply = await dialogue.call("http", {
		values: {
			url: request.url,
			timeout: Math.max(1, Math.ceil(request.timeout)),
			named_url: named?.url,
			resolve: named?.resolve
		},
		texts: { headers: headerLines(request.headers, where) }
	});
	const head = parseHead(reply.texts.get("head") ?? "");
	if (head) return {
		...head,
		body: beginning(reply.texts.get("body"))
	};
	const answered = reply.value("error") || reply.texts.get("head") || "it ended the connection";
	const said = cutEnd(answered, LARGEST_BODY);
	if (!CERTIFICATE.test(said)) throw new Failure(noAnswer(where, said));
	const trust = "add it to those that the host trusts (update-ca-certificates)";
	throw notTrusted(where, said, named && !said.startsWith("curl:") ? `${trust}; wget asks an address under no name: install curl on the host` : trust);
}

// src/host/exchange/own-seats.ts
/** As `Host.ownSeat`. @throws Failure as the host replied */
async function ownSeat(dialogue, what, { seat, after, run, variables, timeout }) {
	return { able: (await dialogue.call("seats", {
		values: {
			do: what,
			key: createHash("sha256").update(seat).digest("hex").slice(0, 16),
			after: Math.ceil(after),
			timeout: Math.ceil(timeout)
		},
		texts: {
			program: OWN_SEATS_PROGRAM,
			task: run,
			variables: formatEnvironment(variables),
			taken: takenLine({
				seat,
				had: "ready"
			})
		}
	})).value("lacks") === void 0 };
}

// src/command/task-end.ts
/** @param limit seconds that it was given */
function describeEnd(end, limit) {
	if (end.runsOn) return `not to be stopped after ${limit} s: ${end.runsOn}`;
	return formatEnd({
		code: end.code,
		signal: end.signal ?? null,
		timedOut: end.timedOut
	}, limit ? { timeout: limit * 1e3 } : {});
}
const succeeded = (end) => end.code === 0 && !end.signal && !end.timedOut;

// src/host/exchange/task.ts
/** Seconds in which what has reached its limit ends. */
const STOP$1 = 600;
/**
* @param tell whether a line of its output is for people
* @returns how it ended, and all that it printed
*/
async function runTask(dialogue, request, task, tell = () => true) {
	const output = new Output(task, tell);
	const { migrations } = request;
	if (migrations) dialogue.transaction = migrations.transaction;
	const reply = await dialogue.call("task", {
		values: {
			release: request.release,
			run_as: request.runAs ?? dialogue.place?.runAs,
			timeout: Math.ceil(request.timeout ?? 0),
			if_live: request.ifLive ? "yes" : void 0,
			inherit: request.lock === "inherited" ? "yes" : void 0
		},
		texts: {
			task: request.run,
			variables: formatEnvironment(request.variables ?? {}),
			...migrations ? { migrations: lines(migrations.names) } : {}
		},
		onOutput: (bytes) => output.push(bytes),
		limits: { time: request.timeout ? request.timeout + STOP$1 : Number.POSITIVE_INFINITY }
	});
	output.end();
	const code = Number(reply.value("code") ?? 1);
	const signal = signalOf(code);
	return {
		code: signal ? null : code,
		signal,
		timedOut: reply.value("timed_out") === "1",
		runsOn: reply.value("runs_on"),
		lastLines: output.lastLines,
		output: output.all
	};
}

// src/host/exchange/pending.ts
/** What stands before each line that is a migration. */
const pendingMark = (release) => `tarlift-pending-${release} `;
/**
* Marks what the command prints on standard output: its warnings on standard error are no migrations. The empty line before them ends
* a warning that did not end its own: the first migration would be a part of it.
*/
function pendingText(text, mark) {
	return `tarlift_pending=$(\n${text}\n)\n[ -z "$tarlift_pending" ] || printf '\\n%s\\n' "$tarlift_pending" | sed 's/^/${mark}/'\n`;
}
/** @param output everything that was printed @returns the migrations, in order */
function pendingLines(output, mark) {
	return output.split("\n").filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length).trim()).filter(Boolean);
}
/**
* Runs it in a release that a host has.
*
* @returns the migrations, in order
* @throws Failure when it does not end well
*/
async function listPending(dialogue, { release, pending, timeout }, task) {
	const mark = pendingMark(release);
	const { runAs } = dialogue.place;
	const end = await runTask(dialogue, {
		release,
		run: pendingText(pending, mark),
		runAs,
		timeout,
		lock: "closed"
	}, task, (line) => !line.startsWith(mark));
	if (!succeeded(end)) throw pendingFailed(dialogue.name, dialogue.place, release, end.lastLines, describeEnd(end, timeout));
	return pendingLines(end.output, mark);
}
/** The command did not end well, in a release that a host has already. @param ended how, in words */
function pendingFailed(host, { root, runAs }, release, output, ended) {
	const shell = [
		...runAs === void 0 ? [] : [
			"sudo",
			"-u",
			runAs
		],
		join(root, "releases", release, ".tarlift/exec"),
		"sh"
	];
	return new Failure({
		what: `the pending migrations could not be listed: ${ended}`,
		where: { host },
		output,
		remedy: `To try it by hand: log in as the user that deploys and open a shell in the release with ${formatCommand(shell)}; then type the command of migrations.pending.`,
		outcome: "refused"
	});
}

// src/host/exchange/prepare.ts
/**
* The release complete on the host: one that it has already and that nobody touched since, else sent.
*
* @param coming what the facts found out
* @throws Failure as the host replied
*/
async function prepareRelease(dialogue, coming, request, task) {
	if (!coming || coming.artifact.releaseDigest !== request.artifact.releaseDigest) throw new Error("prepare needs the facts about this very artifact before it");
	coming.configuration = configurationDigest(request.configuration);
	const wanted = {
		version: coming.version,
		digest: coming.artifact.releaseDigest,
		configuration: coming.configuration
	};
	let chosen = comingName(wanted, coming.releases, coming.live, coming.taken);
	while (chosen.reuse) {
		if (chosen.name === coming.live || await sound(dialogue, chosen.name)) return reused(dialogue, chosen.name, coming, request, task);
		coming.taken.push(chosen.name);
		chosen = comingName(wanted, coming.releases, coming.live, coming.taken);
	}
	return send(dialogue, chosen.name, coming, request, task);
}
async function reused(dialogue, release, coming, request, task) {
	const nothing = {
		release,
		sent: {
			files: 0,
			bytes: 0
		},
		wire: 0,
		linked: coming.index.files.length,
		warnings: []
	};
	for (const runAs of request.commandsAs?.filter((user) => user !== coming.user) ?? []) await runTask(dialogue, {
		release,
		run: ":",
		runAs,
		lock: "closed"
	}, task);
	if (request.pending === void 0) return nothing;
	const { pending, timeout } = request;
	return {
		...nothing,
		pending: await listPending(dialogue, {
			release,
			pending,
			timeout
		}, task)
	};
}
async function send(dialogue, release, coming, request, task) {
	const { artifact, index, delivery, encoding } = coming;
	const place = dialogue.place;
	const root = place.root;
	const variables = releaseVariables(request.configuration, {
		release,
		version: coming.version,
		commit: artifact.release.commit.id,
		target: place.target,
		app: artifact.release.app,
		directory: `${root}/releases/${release}`,
		image: artifact.config.config.Env ?? []
	});
	const paths = artifact.release.environments.filter(({ kind }) => kind === "path");
	const trees = artifact.release.environments.filter(({ kind }) => kind === "tree");
	const mark = pendingMark(release);
	const output = new Output(task, (line) => !line.startsWith(mark));
	const unindexed = await Promise.all(artifact.release.environments.filter(({ id }) => coming.unindexed.includes(id)).map(async ({ id, diffId }) => [`environment-${id}`, await artifact.indexText(diffId)]));
	const before = dialogue.connection.sentData;
	const reply = await dialogue.call("prepare", {
		values: {
			release,
			digest: artifact.releaseDigest,
			version: coming.version,
			commit: artifact.release.commit.id,
			commit_time: artifact.release.commit.time,
			configuration: coming.configuration,
			incoming: incomingName(artifact),
			encoding,
			modes: coming.modes,
			index_digest: index.sha256,
			seal: request.seal,
			environments: artifact.release.environments.map(({ id }) => id).join(" "),
			receive_environments: delivery.environments.map(({ record }) => record.id).join(" "),
			timeout: Math.ceil(request.timeout ?? 0),
			commands_as: request.commandsAs?.join(" ")
		},
		texts: {
			env: formatEnvironment(variables),
			exec: execWrapper(paths.flatMap(({ link }) => link === void 0 ? [] : [link])),
			lines: delivery.lines,
			farms: lines(trees.flatMap(({ id, mounts }) => (mounts ?? []).map((mount) => `${id} ${mount}`))),
			imports: importText(paths),
			"shared-directories": lines(request.shared.directories),
			"shared-files": lines(request.shared.files),
			...request.pending === void 0 ? {} : { pending: pendingText(request.pending, mark) },
			services: request.services ? recordedLines(request.services) : "",
			config: delivery.config,
			layers: index.layers,
			...Object.fromEntries(delivery.environments.map((each) => [`environment-${each.record.id}`, each.index])),
			...Object.fromEntries(unindexed)
		},
		data: untilCancelled(delivery.data((done) => task.update({
			done,
			total: delivery.size.bytes
		})), request.signal),
		onOutput: (bytes) => output.push(bytes),
		limits: { bytes: LARGEST_REPLY }
	});
	output.end();
	return {
		release,
		sent: delivery.size,
		wire: dialogue.connection.sentData - before,
		linked: delivery.plan.linked.size,
		pending: request.pending === void 0 ? void 0 : pendingLines(output.all, mark),
		warnings: reply.values.get("warning") ?? []
	};
}
/** A transfer ends where the run was cancelled; what has arrived by then is kept on the host. */
async function* untilCancelled(bytes, signal) {
	for await (const chunk of bytes) {
		if (signal?.aborted) throw new Failure({
			what: cancelledWords(signal),
			outcome: "refused"
		});
		yield chunk;
	}
}
/**
* Shell text that starts the first environment which has modules, and imports them. By the release's own link, as its services do: where
* else an artifact says that it has an environment is nothing to go by.
*
* @returns nothing where there are no modules
*/
function importText(environments) {
	for (const { link, requirements } of environments) {
		const modules = requirements.python?.imports.filter((name) => /^[A-Za-z_][\w.]*$/.test(name)) ?? [];
		if (link === void 0 || modules.length === 0) continue;
		return `exec ${shellWord(`./${link}/bin/python`)} -c ${shellWord(IMPORTS)} ${modules.join(" ")}\n`;
	}
	return "";
}
/** Modules are arguments, not text. */
const IMPORTS = `import importlib, sys
for name in sys.argv[1:]:
    importlib.import_module(name)`;

// src/host/exchange/set-up.ts
/** As `Host.setUp`. @returns the lines that the script printed */
async function setUp(dialogue, { place, script, apply }) {
	if (!dialogue.place) dialogue.begin(place, void 0);
	return ((await dialogue.call("setup", {
		values: { mode: apply ? "apply" : "plan" },
		texts: {
			program: SETUP_PROGRAM,
			script
		}
	})).texts.get("said") ?? "").split("\n").filter(Boolean);
}

// src/host/remote-host.ts
const NO_WAY_TO_HEALTH = {
	what: "health cannot be asked for: the sshd of this host forwards no ports, and it has neither curl nor wget",
	remedy: "Install curl on the host, or allow the forward in its sshd_config: AllowTcpForwarding local"
};
var RemoteHost = class {
	name;
	roles;
	#dialogue;
	#asker;
	#coming;
	#encoding = "none";
	constructor(address, options) {
		this.name = address.address;
		this.roles = address.roles;
		this.#dialogue = new Dialogue(address, options);
		this.#asker = new Asker(this.#dialogue);
	}
	get connection() {
		return this.#dialogue.connection;
	}
	get lost() {
		return this.connection.lost;
	}
	get away() {
		return this.connection.away;
	}
	get exchanges() {
		return this.connection.exchanges;
	}
	get sent() {
		return this.connection.sent;
	}
	async facts(request) {
		const { facts, reply, coming } = await askFacts(this.#dialogue, request);
		if (coming) {
			await this.#coming?.leave();
			this.#coming = coming;
		}
		this.#encoding = bestEncoding(reply, this.#dialogue.local);
		this.#asker.hasClient = Boolean(reply.value("http"));
		if (!this.#asker.hasClient && await this.connection.forwardsNothing()) facts.findings.push(NO_WAY_TO_HEALTH);
		return facts;
	}
	prepare(request, task) {
		return prepareRelease(this.#dialogue, this.#coming, request, task);
	}
	task(request, task) {
		return runTask(this.#dialogue, request, task);
	}
	listPending(request, task) {
		return listPending(this.#dialogue, request, task);
	}
	activate(request, task) {
		return activate(this.#dialogue, request, task);
	}
	observe(request) {
		return observe(this.#dialogue, request);
	}
	revert(request, task) {
		return revert(this.#dialogue, request, task);
	}
	precommit() {
		return precommit(this.#dialogue);
	}
	commit(request) {
		return commit(this.#dialogue, request);
	}
	drift(request) {
		return drift(this.#dialogue, request);
	}
	record(release) {
		return releaseRecord(this.#dialogue, release);
	}
	read(request) {
		return readFiles(this.#dialogue, request, this.#encoding);
	}
	hold(message) {
		return hold(this.#dialogue, message);
	}
	noteTaken(taken) {
		return noteTaken(this.#dialogue, taken);
	}
	noteHeard() {
		return noteHeard(this.#dialogue);
	}
	ownSeat(what, seat) {
		return ownSeat(this.#dialogue, what, seat);
	}
	history(limit) {
		return history(this.#dialogue, limit);
	}
	setUp(request) {
		return setUp(this.#dialogue, request);
	}
	definitions(request) {
		return definitions(this.#dialogue, request);
	}
	adopt(request) {
		return adopt(this.#dialogue, request);
	}
	http(request) {
		return this.#asker.ask(request);
	}
	async close() {
		await this.#coming?.leave();
		await this.connection.close();
	}
};

// src/host/open.ts
const LEASE = 180;
/** Key and known hosts of a set of options are put in place once. */
const prepared = /* @__PURE__ */ new WeakMap();
/**
* A host that connects with its first exchange.
*
* @param options one object for all hosts of a run
* @throws Failure when key or known hosts cannot be used
*/
function openHost(address, options) {
	return new RemoteHost(address, connectionOptions(address, options));
}
/** A connection for its forwards alone. @throws Failure as {@link openHost} */
function connectionOf(address, options) {
	return new Connection(address, connectionOptions(address, options));
}
function connectionOptions(address, options) {
	let ssh;
	if (address.address !== "local") {
		const directory = privateDirectory();
		const known = prepared.get(options);
		ssh = known?.directory === directory ? known.ssh : prepareSsh(options);
		prepared.set(options, {
			ssh,
			directory
		});
	}
	return {
		ssh,
		lease: options.lease ?? LEASE,
		shell: options.shell
	};
}

// src/host/seal.ts
/**
* @param key left out where an agent holds the keys: which of them it will be is not known
* @returns the seal of a release digest of this application and target, 64 hex digits; undefined without a key
*/
function sealer(key, { app, target }) {
	if (key === void 0) return void 0;
	return (digest) => {
		const secret = createHash("sha256").update(`tarlift seal\0${keyText(key)}`).digest();
		return createHmac("sha256", secret).update(JSON.stringify([
			app,
			target,
			digest
		])).digest("hex");
	};
}

// src/host/tunnel.ts
/** Seconds for one answer, from the question to its end. */
const PATIENCE = 15;
/** Characters of one answer: `show stat` of 10 000 servers has 5 million. */
const LARGEST_ANSWER = 16 << 20;
const UNANSWERED = "the connection was closed without an answer";
const open$1 = /* @__PURE__ */ new Set();
/** As {@link openTunnel}, with the connection itself; there is none before it is needed. */
function openWay(address, options, to) {
	let connection;
	let opened;
	const again = /* @__PURE__ */ new Set();
	const connected = () => {
		if (connection?.lost) {
			open$1.delete(connection);
			connection = opened = void 0;
		}
		connection ??= connectionOf({
			...address,
			forwards: [to]
		}, options);
		open$1.add(connection);
		return connection;
	};
	const call = async (request) => {
		const anew = connection?.lost === true;
		const at = connected();
		if (anew) await Promise.all([...again].map((tell) => tell()));
		return at.call({
			...request,
			values: {
				lease: options.lease,
				...request.values
			}
		});
	};
	const ping = () => call({
		verb: "ping",
		values: {}
	});
	return {
		async ask(text) {
			if (address.address === "local") {
				if (connection?.lost) await ping();
				return ask("local", to, to, text);
			}
			if (connection?.lost) opened = void 0;
			opened ??= ping();
			await opened;
			return ask(address.address, { path: connection.forwards[0].socket }, to, text);
		},
		call,
		again,
		get pid() {
			return connection?.pid;
		}
	};
}
/** Ends all of them. */
async function closeTunnels() {
	const all = [...open$1];
	open$1.clear();
	await Promise.all(all.map((connection) => connection.close()));
}
function ask(host, at, to, text) {
	const what = "path" in to ? to.path : `${to.host}:${to.port}`;
	return new Promise((resolve, reject) => {
		const fail = (output) => reject(new Failure({
			what: `${what} does not answer`,
			where: { host },
			output,
			remedy: "Is it there, may the SSH user use it, and does sshd allow forwarding (AllowTcpForwarding, AllowStreamLocalForwarding)?"
		}));
		const socket = connect(at);
		let answer = "";
		const late = setTimeout(() => socket.destroy(/* @__PURE__ */ new Error(`no complete answer within ${PATIENCE} s`)), PATIENCE * 1e3);
		socket.setEncoding("utf8");
		socket.on("data", (chunk) => {
			answer += chunk;
			if (answer.length > LARGEST_ANSWER) socket.destroy(/* @__PURE__ */ new Error(`its answer is longer than ${LARGEST_ANSWER} characters`));
		});
		const closed = ["EPIPE", "ECONNRESET"];
		socket.on("error", ({ code, message }) => fail(answer === "" && closed.includes(code) ? UNANSWERED : message));
		socket.on("close", () => {
			clearTimeout(late);
			if (answer === "") fail(UNANSWERED);
			else resolve(answer);
		});
		socket.on("connect", () => socket.write(`${text}\n`));
	});
}

// src/balancer/command-seat.ts
/** There is nobody to ask what was before: a host is in when a deploy begins. */
function commandSeat(options) {
	const { host, server, directory, deadline } = options;
	const name = `balancer commands, ${server}`;
	const execute = async (step, signal) => {
		const result = await tryRun([
			"sh",
			"-ec",
			options[step]
		], {
			cwd: directory,
			env: {
				...process.env,
				TARLIFT_HOST: host,
				TARLIFT_SERVER: server
			},
			timeout: deadline * 1e3,
			signal
		});
		if (result.code === 0) return;
		throw new Failure({
			what: `the balancer's command \`${step}\` failed`,
			where: {
				balancer: name,
				ended: formatEnd(result, { timeout: deadline * 1e3 })
			},
			output: result.lastLines
		});
	};
	return {
		name,
		look: async () => "in",
		rehearse: async () => {},
		async takeOut({ signal }) {
			await execute("drain", signal);
			return { cutOff: 0 };
		},
		giveBack: () => execute("undrain")
	};
}

// src/balancer/haproxy.ts
/** How the runtime API calls what is wanted. */
const WORDS = {
	ready: "ready",
	drain: "drain",
	maintenance: "maint"
};
const ADMIN = "The socket must have `level admin` in haproxy.cfg.";
/** Characters of its answer that a message shows. */
const SHOWN = 400;
/** Names in its configuration, as HAProxy takes them: nothing else may come into a command. */
const NAME = /^[A-Za-z0-9_.:-]+$/;
/** @throws Failure for a backend that cannot be the name of one */
function haproxy(options) {
	const { name, backend } = options;
	const ask = (command) => options.ask(command).catch((error) => {
		if (!(error instanceof Failure)) throw error;
		throw new Failure({
			...error,
			what: error.what,
			where: {
				balancer: name,
				...error.where
			}
		});
	});
	const known = (kind, word) => {
		if (NAME.test(word)) return word;
		throw new Failure({
			what: `${JSON.stringify(word)} cannot be the name of a ${kind}`,
			where: { balancer: name }
		});
	};
	known("backend", backend);
	const servers = async () => {
		return parseServers(await ask(`show servers state ${backend}`), await ask("show stat"), {
			name,
			backend
		});
	};
	let queue = Promise.resolve();
	return {
		...options,
		servers,
		level: async () => (await ask("show cli level")).trim(),
		inTurn(decision) {
			const turn = queue.then(decision);
			queue = turn.catch(() => {});
			return turn;
		},
		async want(server, wanted) {
			const answer = await ask(`set server ${backend}/${known("server", server)} state ${WORDS[wanted]}`);
			const state = (await servers()).get(server);
			if (state?.wanted === wanted) return;
			throw new Failure({
				what: state ? `${server} should be in state ${wanted} and is in state ${state.wanted}` : `backend ${backend} has no server ${server}`,
				where: { balancer: name },
				output: cutEnd(answer.trim(), SHOWN) || void 0,
				remedy: /permission denied/i.test(answer) ? ADMIN : "Name the servers as haproxy.cfg does: `servers` of the balancer in tarlift.yml."
			});
		}
	};
}
/**
* Bits of srv_admin_state: https://docs.haproxy.org/2.6/management.html#9.3-show%20servers%20state. Two others stay on a server that is
* ready: 0x04 (haproxy.cfg says `disabled`) and 0x40 (its name was set by the runtime API).
*/
const MAINTENANCE = 35;
const DRAIN = 24;
/** Of srv_op_state (there as well): 1 warms up (`slowstart`), 2 runs; 0 is down, 3 takes nobody new. */
const UP = /* @__PURE__ */ new Set(["1", "2"]);
/**
* Joins what HAProxy says of the servers' states and of their sessions.
*
* @param states answer to `show servers state <backend>`
* @param statistics answer to `show stat`
* @throws Failure when the answers are none, or know nothing of the backend
*/
function parseServers(states, statistics, { name, backend }) {
	const servers = /* @__PURE__ */ new Map();
	const [version, head = "", ...lines] = states.split("\n");
	const field = fieldsOf(head, " ");
	const [nameOf, adminOf, operationOf, weightOf] = [
		field("srv_name"),
		field("srv_admin_state"),
		field("srv_op_state"),
		field("srv_uweight")
	];
	const counted = statisticsOf(statistics, backend);
	for (const line of lines) {
		const fields = line.split(" ");
		const server = nameOf(fields);
		if (server === "") continue;
		const admin = Number(adminOf(fields));
		const up = UP.has(operationOf(fields));
		const { sessions = 0, proven = true } = counted.get(server) ?? {};
		servers.set(server, {
			wanted: admin & MAINTENANCE ? "maintenance" : admin & DRAIN ? "drain" : "ready",
			up,
			found: up && proven,
			weight: Number(weightOf(fields) || 1),
			sessions
		});
	}
	if (version?.trim() === "1" && servers.size > 0) return servers;
	throw new Failure({
		what: `HAProxy does not tell its servers of backend ${backend}`,
		where: { balancer: name },
		output: cutEnd(states.trim(), SHOWN) || void 0,
		remedy: "Is this the name of the backend in haproxy.cfg?"
	});
}
/**
* Where a table has its columns: looked up once, for there may be as many columns as lines.
*
* @param head the line that names them
* @returns for a column, what reads its field of a line; empty where there is none
*/
function fieldsOf(head, separator) {
	const columns = head.replace(/^# /, "").split(separator);
	return (column) => {
		const at = columns.indexOf(column);
		return (fields) => fields[at] ?? "";
	};
}
/**
* Current sessions and queued requests of each server of a backend, from the CSV of `show stat`; and whether its health is the word of a
* check: a server that leaves maintenance stands at `rise`, one below which it is down, and only a check brings it above (where `fall`
* leaves room for that).
*/
function statisticsOf(statistics, backend) {
	const [head = "", ...lines] = statistics.split("\n");
	const field = fieldsOf(head, ",");
	const [backendOf, serverOf, sessionsOf, queuedOf] = [
		field("pxname"),
		field("svname"),
		field("scur"),
		field("qcur")
	];
	const [healthOf, riseOf, fallOf] = [
		field("check_health"),
		field("check_rise"),
		field("check_fall")
	];
	return new Map(lines.map((line) => line.replaceAll(/"[^"]*"/g, "").split(",")).filter((fields) => backendOf(fields) === backend).map((fields) => {
		const proven = riseOf(fields) === "" || Number(fallOf(fields)) === 1 || Number(healthOf(fields)) > Number(riseOf(fields));
		return [serverOf(fields), {
			sessions: Number(sessionsOf(fields)) + Number(queuedOf(fields)),
			proven
		}];
	}));
}

// src/balancer/haproxy-seat.ts
/** Milliseconds for requests that came while the server went from drain to maintenance. */
const AFTERWARDS = 1e3;
const WANTED = [
	"ready",
	"drain",
	"maintenance"
];
function haproxySeat(balancer, options) {
	const { server, deadline, interval = .2, back = 30 } = options;
	const where = {
		balancer: balancer.name,
		backend: balancer.backend
	};
	const pause = () => new Promise((resolve) => setTimeout(resolve, interval * 1e3));
	const state = async () => {
		const servers = await balancer.servers();
		const own = servers.get(server);
		if (own) return own;
		throw new Failure({
			what: `the backend has no server ${server}`,
			where: {
				...where,
				servers: [...servers.keys()].join(", ")
			},
			remedy: "Say under which name the balancer knows the host: `servers` of the balancer in tarlift.yml."
		});
	};
	/** @returns how many sessions were left when it was over */
	const quiet = async (until, signal) => {
		for (;;) {
			const { sessions } = await state();
			if (sessions === 0 || performance.now() >= until || signal?.aborted) return sessions;
			await pause();
		}
	};
	return {
		name: `${balancer.name}, ${balancer.backend}/${server}`,
		look: async () => (await state()).wanted,
		async rehearse() {
			const servers = await balancer.servers();
			const { wanted } = await state();
			const level = await balancer.level();
			if (level !== "admin") throw new Failure({
				what: "HAProxy's socket lets nobody change a server",
				where: {
					...where,
					level
				},
				remedy: ADMIN
			});
			if (wanted !== "ready" || othersThat(servers, server, takesNew).length > 0) return;
			refuseLast(servers, server, where);
		},
		async takeOut({ signal }) {
			const had = await balancer.inTurn(async () => {
				const { wanted } = await state();
				if (wanted !== "ready") return wanted;
				refuseLast(await balancer.servers(), server, where);
				await balancer.want(server, "drain");
				return wanted;
			});
			const until = performance.now() + deadline * 1e3;
			const left = await quiet(until, signal);
			if (had === "maintenance") return { cutOff: left };
			await balancer.want(server, "maintenance");
			return { cutOff: await quiet(Math.max(until, performance.now() + AFTERWARDS), signal) };
		},
		async giveBack(had) {
			await balancer.want(server, WANTED.includes(had) ? had : "ready");
			if (had !== "ready") return;
			const until = performance.now() + back * 1e3;
			while (!(await state()).found) {
				if (performance.now() >= until) throw new Failure({
					what: `HAProxy's own check does not find ${server}`,
					where,
					remedy: "Its check asks another port or path than the release's health check does: look at haproxy.cfg."
				});
				await pause();
			}
		}
	};
}
const takesNew = ({ wanted, weight }) => wanted === "ready" && weight > 0;
const othersThat = (servers, server, are) => [...servers].filter(([name, other]) => name !== server && are(other));
/** The only server that answers stays: taking it out would be an outage, whoever asked for it. */
function refuseLast(servers, server, where) {
	const own = servers.get(server);
	if (own && (!own.up || own.weight === 0)) return;
	if (othersThat(servers, server, (other) => takesNew(other) && other.up).length > 0) return;
	throw new Failure({
		what: `${server} is the last healthy server of the backend`,
		where,
		remedy: "Bring another one up first, or let fewer hosts go at once (`waves`)."
	});
}

// src/balancer/haproxy-switch.ts
/** What that machine can lack, in the words of seats.sh. */
const LACKS = {
	way: {
		what: "the balancer's machine ends the processes of a session with the session (KillUserProcesses)",
		remedy: "As root on the balancer's machine: loginctl enable-linger USER, for the SSH user."
	},
	home: {
		what: "the SSH user has no directory of its own on the balancer's machine",
		remedy: "Give it a home directory there that it can write."
	},
	flock: {
		what: "the balancer's machine has no flock",
		remedy: "Install util-linux on it."
	},
	client: {
		what: "nothing on the balancer's machine can talk to HAProxy's socket",
		remedy: "Install perl, python3, socat or a netcat with -U on it."
	}
};
/** @param way the connection to the balancer's machine: while it lasts, the run is not lost */
function haproxySwitch(way, { socket, backend, server, after }) {
	const place = `${backend}/${server}`;
	const key = createHash("sha256").update(`${socket} ${place}`).digest("hex").slice(0, 16);
	const call = (what) => way.call({
		verb: "seats",
		values: {
			do: what,
			key,
			socket,
			server: place,
			after: Math.ceil(after)
		},
		texts: { program: SEATS_PROGRAM }
	});
	const arm = () => call("arm");
	let probed;
	return {
		lacks() {
			probed ??= call("probe").then(({ value }) => LACKS[value("lacks") ?? ""]);
			return probed;
		},
		async arm() {
			await arm();
			way.again.add(arm);
		},
		async disarm() {
			way.again.delete(arm);
			return (await call("disarm")).value("given") === "yes";
		}
	};
}

// src/balancer/host-seat.ts
/** Both run in what is live, with its configuration; a host without a release serves nobody, and nothing is run there. */
function hostSeat(host, options) {
	const { server, deadline, after } = options;
	const name = `balancer commands on the host, ${server}`;
	const variables = {
		TARLIFT_HOST: host.name,
		TARLIFT_SERVER: server
	};
	const execute = async (step) => {
		const run = options[step];
		const end = await host.task({
			run,
			variables,
			timeout: deadline,
			lock: "closed",
			ifLive: true
		}, silent$1.task(step));
		if (succeeded(end)) return;
		throw new Failure({
			what: `the balancer's command \`${step}\` failed`,
			where: {
				host: host.name,
				balancer: name,
				ended: describeEnd(end, deadline)
			},
			output: end.lastLines
		});
	};
	const own = {
		seat: name,
		after,
		run: options.undrain,
		variables,
		timeout: deadline
	};
	return {
		seat: {
			name,
			look: async () => "ready",
			rehearse: async () => {},
			async takeOut() {
				await execute("drain");
				return { cutOff: 0 };
			},
			giveBack: () => execute("undrain")
		},
		own: {
			async lacks() {
				if ((await host.ownSeat("probe", own)).able) return void 0;
				return {
					what: "a host ends the processes of a session with the session (KillUserProcesses)",
					remedy: "As root on the host: loginctl enable-linger USER, for the SSH user."
				};
			},
			async arm() {
				await host.ownSeat("arm", own);
			},
			async disarm() {
				await host.ownSeat("disarm", own);
				return false;
			}
		}
	};
}

// src/balancer/switched-seat.ts
/** @param required a place that cannot come back by itself is refused; otherwise it is told when it is taken */
function switchedSeat(seat, own, { required }) {
	let armed = false;
	return {
		...seat,
		async rehearse() {
			await seat.rehearse();
			const lack = required && await own.lacks();
			if (lack) throw refused(seat, lack);
		},
		async takeOut(options) {
			if (options.had !== "ready") return seat.takeOut(options);
			const lack = await own.lacks();
			if (!lack) await own.arm();
			else if (required) throw refused(seat, lack);
			armed = !lack;
			return {
				...await seat.takeOut(options),
				...lack ? { warnings: [`${lack.what}: ${LEFT_OUT}`] } : {}
			};
		},
		async giveBack(had) {
			await seat.giveBack(had);
			if (armed) await own.disarm().catch(() => false);
			armed = false;
		},
		disarm: () => own.disarm()
	};
}
/** A place that nobody but a run can give back. @param required it is refused */
function unswitchedSeat(seat, lack, { required }) {
	if (!required) return seat;
	return {
		...seat,
		async rehearse() {
			throw refused(seat, lack);
		}
	};
}
const LEFT_OUT = "should a run be lost, the hosts that it took out of the balancer stay out until the next one";
function refused({ name }, { what, remedy }) {
	return new Failure({
		what: `\`require-switch\`: ${what}: ${LEFT_OUT}`,
		where: { balancer: name },
		remedy
	});
}

// src/pipeline/seats.ts
/**
* @param directory where commands of balancers run
* @returns the seats of a host, which runs these services; nothing is asked before a seat is used
*/
function seatsFor(target, ssh, directory) {
	const open = target.balancers.map((balancer) => ({
		balancer,
		backends: haproxies(target, balancer, ssh)
	}));
	const rules = { required: target.switch > 0 && target["require-switch"] };
	return (config, host, services) => {
		const roles = "roles" in config && config.roles || [];
		return open.flatMap(({ balancer, backends }) => {
			if (!hasRole(roles, balancer.roles)) return [];
			const server = balancer.servers?.[config.address] ?? serverName(config.address);
			const { drain: deadline, command } = balancer;
			if (command?.on === "host") {
				const { seat, own } = hostSeat(host, {
					...command,
					server,
					deadline,
					after: target.switch
				});
				return [target.switch === 0 ? seat : switchedSeat(seat, own, rules)];
			}
			if (command) {
				const seat = commandSeat({
					host: config.address,
					server,
					deadline,
					directory,
					...command
				});
				return [unswitchedSeat(seat, ON_THE_RUNNER, rules)];
			}
			return backends.map(({ way, socket, backend }) => {
				const seat = haproxySeat(backend, {
					server,
					deadline
				});
				if (target.switch === 0) return seat;
				const after = target.switch + wayBack(services);
				return switchedSeat(seat, haproxySwitch(way, {
					socket,
					backend: backend.backend,
					server,
					after
				}), rules);
			});
		});
	};
}
/** `app1` of `app1.example.org`: what most configurations of HAProxy call a server. */
const serverName = (address) => /^[0-9.]+$|:/.test(address) ? address : address.split(".")[0] ?? address;
const ON_THE_RUNNER = {
	what: "the commands of the balancer run on the machine that deploys",
	remedy: "Let them run on the hosts themselves (`on: host` of the command), or leave `require-switch` out."
};
/** Seconds that a service's stop takes at most where it does not say. */
const STOP = 30;
/**
* Seconds within which a host is back by itself once its own switch has begun with that: what a killed run had begun comes to its end
* first, so the services may be restarted twice.
*/
function wayBack(services) {
	return Math.ceil(services.reduce((sum, { stopTimeout = STOP, settle }) => sum + 2 * (stopTimeout + settle), 10));
}
function haproxies(target, { haproxy: config, host = "local", user, port }, ssh) {
	if (!config) return [];
	const address = {
		address: host,
		roles: void 0,
		user: user ?? target.user,
		port: port ?? target.port,
		proxyJump: target["proxy-jump"]
	};
	const { socket } = config;
	const way = openWay(address, ssh, socketOf(socket));
	const backends = Array.isArray(config.backend) ? config.backend : [config.backend];
	const open = (backend) => haproxy({
		name: `haproxy on ${host}`,
		backend,
		ask: way.ask
	});
	return backends.map((backend) => ({
		backend: open(backend),
		way,
		socket
	}));
}
function socketOf(text) {
	if (text.startsWith("/")) return { path: text };
	const [, host = "", port] = /^(.*):(\d+)$/.exec(text) ?? [];
	return {
		host: host.replace(/^\[|\]$/g, ""),
		port: Number(port)
	};
}

// src/pipeline/fleet.ts
/**
* @param config left out: the context's (a deploy takes services and hooks from the artifact's own commit)
* @param needsSecrets verbs that change no configuration do without the secrets' values
* @throws Failure (refused) for a target that is not there, secrets that are not given, keys that cannot be used
*/
function fleetRequest(context, options, { config = context.config, needsSecrets = false } = {}) {
	const target = findTarget(config, options.target);
	const secrets = needsSecrets ? secretsOf(target, options.target, options.secrets ?? {}) : {};
	const seats = seatsFor(target, options.ssh, context.repository);
	const members = target.hosts.map((host) => {
		const member = memberOf(config, options.target, target, host, secrets, options.ssh);
		return {
			...member,
			seats: seats(host, member.host, member.services)
		};
	});
	return {
		app: config.app,
		target: options.target,
		members,
		deployId: `${Date.now().toString(36)}-${randomBytes(4).toString("hex")}`,
		seal: sealer(options.ssh.key, {
			app: config.app,
			target: options.target
		}),
		owner: describeOwner(),
		waitForLock: options.waitForLock ?? target["wait-for-lock"],
		maxUnreachable: target["max-unreachable"],
		switch: target.switch > 0 ? {
			after: target.switch,
			required: target["require-switch"]
		} : void 0,
		keep: target.keep,
		waves: wavesFor(target, members),
		restart: target.restart,
		hooks: config.hooks,
		directory: context.repository,
		progress: context.progress,
		signal: context.signal
	};
}
/**
* Finds out before minutes of work what {@link fleetRequest} would refuse after them.
*
* @throws Failure as it does, for a verb that needs the secrets; everything at once
*/
async function checkFleet(context, options) {
	const target = findTarget(context.config, options.target);
	await onHosts(async () => {
		checkAll(() => secretsOf(target, options.target, options.secrets ?? {}), () => fleetRequest(context, {
			...options,
			ssh: { ...options.ssh }
		}));
	});
}
/** Runs one verb; when it is over, nothing of a key or a connection stays. */
async function onHosts(work) {
	try {
		return await work();
	} finally {
		await closeTunnels();
		await closeJumps();
		removePrivateDirectory();
	}
}
function memberOf(config, targetName, target, host, secrets, ssh) {
	const roles = "roles" in host && host.roles || [];
	const own = "variables" in host ? host.variables : void 0;
	const services = Object.entries(config.services).filter(([, service]) => hasRole(roles, service.roles));
	const health = Object.fromEntries(services.flatMap(([name, service]) => service.health ? [[name, service.health]] : []));
	const root = target.root ?? `/srv/${config.app}`;
	const runAs = target["run-as"];
	const address = {
		address: host.address,
		roles,
		user: ("user" in host ? host.user : void 0) ?? target.user,
		port: ("port" in host ? host.port : void 0) ?? target.port,
		proxyJump: ("proxy-jump" in host ? host["proxy-jump"] : void 0) ?? target["proxy-jump"],
		forwards: Object.values(health).map(({ url }) => forwardTo(url))
	};
	return {
		host: openHost(address, ssh),
		roles,
		configuration: {
			...target.variables,
			...own,
			...secrets
		},
		place: {
			app: config.app,
			target: targetName,
			root,
			environmentsRoot: target["environments-root"] ?? config["environments-root"] ?? `/srv/${config.app}/envs`,
			...runAs ? { runAs } : {}
		},
		shared: config.shared,
		services: services.map(([name, service]) => serviceRequest(name, service, runAs, host.address === "local")),
		health
	};
}
/** undefined: all at once, which is also the default where no host runs a service or is behind a balancer. */
function wavesFor({ waves }, members) {
	if (waves === "all-at-once" || waves === void 0 && !members.some(takesTurns)) return void 0;
	const rules = waves ?? wavesSchema.parse({});
	const { canary, size, watch } = rules;
	return {
		canary,
		size,
		watch,
		minHealthy: rules["min-healthy"],
		maxFailures: rules["max-failures"]
	};
}
function serviceRequest(name, service, targetRunAs, local) {
	const { command, action } = service;
	const runAs = service["run-as"] ?? targetRunAs;
	return {
		name,
		...supervisorOf(service),
		action: typeof action === "string" ? action : `signal ${action.signal}`,
		settle: service.settle,
		stopTimeout: service["stop-timeout"],
		runAs,
		...command ? {
			commands: command,
			...local ? { commandsAs: runAs } : {}
		} : {}
	};
}

export { hasRole as A, explained as C, checkOf as D, provesNothing as E, beforeEnd as M, servicesOf as O, checkHealth as S, notAsDeployed as T, waveProblem as _, succeeded as a, troubleOf as b, unitCommand as c, removeLeftDirectories as d, requestForSome as f, turnsOf as g, wavePlan as h, describeEnd as i, leaderOf as j, servicesOfMember as k, PRIVATE_PREFIX as l, turnsOfFleet as m, fleetRequest as n, splitByLayer as o, takesTurns as p, onHosts as r, describeOwner as s, checkFleet as t, privateDirectoryInUse as u, wavesOf as v, healthOf as w, Unhealthy as x, together as y };