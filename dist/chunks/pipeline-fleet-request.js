import { A as crossCheck, B as knownHosts$1, H as upgradeConfiguration, M as wavesSchema, N as readSecrets, O as formatPath, V as BALANCERS, ct as EVIDENCE_LEVELS, dt as isFailureCode, j as configSchema, lt as RELEASE_STATES, ot as visibleLine, z as hostsOf$1 } from "./report-phases.js";
import { d as object, m as string, u as number } from "./npm-zod-schemas.js";
import { n as findTarget } from "./config-select.js";
import { i as failureOf, n as Failure, r as checkAll } from "./failure.js";
import { a as signalOf, i as formatEnd, o as withoutActions, r as formatCommand, s as cancelledWords } from "./subprocess-run.js";
import { i as cutStart, n as CUT, r as cutEnd, t as shellWord } from "./text-shell-word.js";
import { a as supervisorOfKind, i as supervisorOf } from "./supervisors-registry.js";
import { a as machineVariables } from "./subprocess-built-variables.js";
import { n as processMark, t as hasEnded } from "./subprocess-process-mark.js";
import { a as LOADER, c as withoutComments, i as DEFINITIONS_PROGRAM, n as BOOTSTRAP, o as PROGRAM, r as CONTENT_PROGRAM, s as SETUP_PROGRAM, t as ADOPT_PROGRAM } from "./session-program.js";
import { C as shellKeeps, S as SHELL_NAMES } from "./schema-values.js";
import { a as parseProbe, t as PYTHON_PROBE } from "./python-interpreter.js";
import { c as differing, d as VARIABLES, t as compareVersions } from "./host-requirements-requirements.js";
import { n as formatCount, t as formatBytes } from "./text-quantity.js";
import { n as succeeded, t as describeEnd } from "./host-task-end.js";
import { t as bestEncoding } from "./transfers-encoding.js";
import { _ as compareBytes, a as MOST_INDEXED, c as formatIndex, f as parseIndex, h as refuseMisplaced, w as within, y as nameProblem } from "./artifact-format.js";
import { i as runtimeOf, o as chosenOf } from "./installers-registry.js";
import { spawn, spawnSync } from "node:child_process";
import { join } from "node:path";
import { chmodSync, copyFileSync, existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createHash, createHmac, randomBytes } from "node:crypto";
import { hostname, tmpdir, userInfo } from "node:os";
import { connect, isIP } from "node:net";
import { gunzipSync, gzipSync, zstdDecompressSync } from "node:zlib";

// src/exit-handlers.ts
const SIGNALS = [
	"SIGINT",
	"SIGTERM",
	"SIGHUP"
];
const endings = /* @__PURE__ */ new Set();
let listening = false;
/** @returns a function that unregisters the ending */
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

// src/fleet/for-each-host.ts
/** How many hosts one phase works on at once. */
const AT_ONCE$1 = 32;
/**
* Runs `work` for every member and waits for all of them, whatever fails.
*
* @returns the results and errors by host; a defect of Tarlift is an error like any other, so that touched hosts are
* reverted
*/
async function forEachHost(members, work) {
	const results = new Array(members.length);
	let next = 0;
	const worker = async () => {
		while (next < members.length) {
			const n = next++;
			[results[n]] = await Promise.allSettled([work(members[n])]);
		}
	};
	await Promise.all(Array.from({ length: Math.min(AT_ONCE$1, members.length) }, worker));
	const byHost = {
		done: [],
		failed: []
	};
	results.forEach((result, n) => {
		const member = members[n];
		if (result.status === "fulfilled") byHost.done.push({
			member,
			value: result.value
		});
		else byHost.failed.push({
			member,
			error: errorOf(result.reason, member.host.name)
		});
	});
	return byHost;
}
/** Converts what was thrown to an error of a host. */
function errorOf(error, host) {
	const failure = failureOf(error);
	const { host: named, ...where } = failure.where;
	return {
		host: host ?? named,
		code: failure.code,
		what: failure.what,
		where: Object.keys(where).length > 0 ? where : void 0,
		output: failure.output,
		remedy: failure.remedy
	};
}

// src/text/log-excerpt.ts
const LONGEST_LINE$1 = 1e3;
/**
* Maximum number of lines between two lines of one stack: source, marks below it, the message of the error that led to
* the next one.
*/
const GAP = 8;
/** Lines above a stack that are shown: the error, or what was being done. Python prints the error below the stack. */
const ABOVE = 5;
const BELOW = 12;
/** Requests in the formats of web servers and frameworks: common and combined logs, uvicorn, morgan, Rails. */
const ACCESS = [
	/"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \S+(?: HTTP\/[\d.]+)?"/,
	/^\S*\s*(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) \/\S* \d{3}\b/,
	/^Started (?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) "/
];
/** The beginning of an error: Python, Go, Rust, PHP, Java, Node. A logger may put its prefix before it. */
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
/** The beginning of another log entry: a time, an address, a level, a bracket. */
const ENTRY = /^(?:\[|\d|(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL|FATAL)\b)/;
/** Words that mark an error of one line. */
const ERROR = /error|exception|fatal|panic|failed/i;
const isOne = (line, of) => of.some((one) => one.test(line));
const isStack = (line) => isOne(line, HEADS) || isOne(line, STACK);
const isRequest = (line) => isOne(line, ACCESS);
/**
* @param log what the service wrote since it was started, oldest first
* @returns the part that explains the failure; empty if there are only requests
*/
function whyOf(log) {
	const lines = log.split(/\r?\n/).map((line) => cutEnd(line, LONGEST_LINE$1));
	const last = lines.findLastIndex(isStack);
	return (last < 0 ? lines.filter((line) => line.trim() !== "" && !isRequest(line)).slice(-20) : lines.slice(beginOf(lines, last), endOf$1(lines, last)).slice(-60)).join("\n").trimEnd().replace(/^(?:\s*\n)+/, "");
}
/** The first line of the error whose stack ends at a line, including the errors that led to it. */
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
/** Whether a log contains an error, with a stack or in one line. */
function containsError(log) {
	return log.split(/\r?\n/).some((line) => !isRequest(line) && (isStack(line) || ERROR.test(line)));
}
/**
* Adds the relevant part of the service's log to the output of a failure.
*
* @param log as for {@link whyOf}; undefined: it cannot be read
*/
function withServiceLog(output, log) {
	const why = log === void 0 ? "" : whyOf(log);
	if (why === "") return output;
	return [
		output?.trimEnd(),
		"its log since the restart:",
		why
	].filter(Boolean).join("\n");
}

// src/host/roles.ts
/** Whether wanted roles (left out: every host) select a host with these roles (none: all). */
function hasRole(roles, wanted) {
	return wanted === void 0 || roles.length === 0 || wanted.some((role) => roles.includes(role));
}
/**
* The leader: the first of these hosts, in the order of tarlift.yml, that has one of the wanted roles. Only hosts that
* take part are given: a host that is unreachable, or stayed behind, is never the leader.
*/
const leaderOf = (members, wanted) => members.find(({ roles }) => hasRole(roles, wanted));

// src/fleet/recorded-services.ts
/**
* The services of a release on a host: those of its own commit, on whichever host they run, since roles may change.
*
* @param member used for its services if the artifact names none
*/
function servicesToRecord({ release }, member) {
	const { services } = upgradeConfiguration(release?.configuration) ?? {};
	const own = configSchema.shape.services.safeParse(services);
	if (services === void 0 || !own.success) return servicesOfMember(member);
	return Object.entries(own.data).map(([name, service]) => ({
		name,
		...driven(service),
		here: hasRole(member.roles, service.roles),
		health: service.health && healthDigest(service.health)
	}));
}
/** The supervisor of a service, and its name there. */
function driven(service) {
	const { kind, unit } = supervisorOf(service).request(service, {
		local: false,
		runAs: void 0
	});
	return {
		kind,
		unit
	};
}
/** The services that the host has now. */
const servicesOfMember = ({ services, health }) => services.map(({ name, kind, unit }) => ({
	name,
	kind,
	unit,
	here: true,
	health: health[name] && healthDigest(health[name])
}));
/** `<digest of the address>.<digest of all that the check asks for and expects>`; waiting times are not part of it. */
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
/** A service that does not answer as expected. */
var Unhealthy = class extends Failure {
	service;
	/** The status of its last answer; undefined: no answer. */
	status;
	constructor(service, parts, status) {
		super(parts);
		this.service = service;
		this.status = status;
	}
};
/** Printed when a service answers with an error and its log, which is printed above, does not say why. */
const NO_ERROR = "Its log has no error: the application writes errors elsewhere, or nowhere. Let it write them to standard error (Django, where DEBUG is off, does so with a `LOGGING` of its own alone).";
/** The failure's texts for an unhealthy service whose log is known. */
function explained(error, log) {
	const shown = error.remedy?.replace(ITS_LOG, "").trim();
	const silent = (error.status ?? 0) >= 500 && !containsError(log);
	return {
		output: withServiceLog(error.output, log),
		remedy: [shown, silent ? NO_ERROR : ""].filter(Boolean).join("\n") || void 0
	};
}
/** Printed when the log cannot be shown. */
const ITS_LOG = "Its log on the host says why.";
/**
* A wrong answer that stays the same for this many attempts and this many seconds (of pauses) is final: a release that
* answers 500 is reverted without using up its `retries`.
*/
const STEADY = {
	attempts: 5,
	seconds: 5
};
/**
* Statuses of applications that accept only some host names: Django, Starlette, Flask, Rails, servers with several
* sites.
*/
const OTHER_NAME = [
	400,
	403,
	404,
	421
];
/** Statuses that a service, or a proxy in front of it, may answer while it starts. */
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
* Repeats the check until the service is healthy, with the configured retries and pauses.
*
* @throws Unhealthy that says what the last answer was, and what to do
*/
async function checkHealth(host, service, health, options) {
	const { release, adopted = false } = options;
	const pause = options.pause ?? ((seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1e3)));
	let same = {
		status: 0,
		attempts: 0
	};
	for (let attempt = 0;; attempt++) {
		const { answer, verdict } = await probe(host, health, release, adopted);
		if (verdict.healthy) return {
			status: answer?.status ?? 0,
			proven: verdict.proven
		};
		const status = verdict.steady ? answer?.status ?? 0 : 0;
		same = {
			status,
			attempts: status !== 0 && status === same.status ? same.attempts + 1 : 1
		};
		const steady = status !== 0 && same.attempts >= STEADY.attempts && (same.attempts - 1) * health.interval >= STEADY.seconds;
		if (options.signal?.aborted && !verdict.final) throw brokenOff(host, service, verdict.why, options.signal);
		if (verdict.final || steady || attempt >= health.retries) {
			const parts = {
				code: "service-unhealthy",
				what: `${service} is not healthy: ${verdict.why}`,
				where: {
					host: host.name,
					release,
					url: health.url,
					attempts: attemptsOf(attempt, health, steady)
				},
				output: answer?.body && cutEnd(answer.body, 2e3),
				remedy: verdict.remedy
			};
			throw new Unhealthy(service, parts, answer?.status);
		}
		await pause(health.interval);
	}
}
/** The check was interrupted: whether the service would have become healthy is not known. */
const brokenOff = (host, service, why, signal) => new Failure({
	code: "cancelled",
	what: `${cancelledWords(signal)}; ${service} was not healthy yet: ${why}`,
	where: { host: host.name }
});
function attemptsOf(attempt, { retries }, steady) {
	return steady && attempt < retries ? `${attempt + 1} of ${retries + 1}: it answers the same each time` : String(attempt + 1);
}
async function probe(host, health, release, adopted) {
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
			verdict: {
				healthy: false,
				final: false,
				why: error.output ? `${error.what} (${error.output.split("\n")[0]})` : error.what,
				remedy: error.remedy ?? `Does the service listen, and answer, where \`health.url\` says? ${"Its log on the host says why."}`
			}
		};
	}
	return {
		answer,
		verdict: evaluateAnswer(answer, health, release, adopted)
	};
}
/** Evaluates one answer; `final` if another attempt cannot change the result. */
function evaluateAnswer(answer, health, release, adopted = false) {
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
/** The check uses the host's own address, which is no name that a public application must accept. */
function nameRemedy(status, { url, headers = {} }) {
	if (!OTHER_NAME.includes(status) || Object.keys(headers).some((name) => name.toLowerCase() === "host")) return [];
	return [`It was asked as ${new URL(url).host}: an application that answers some names alone (ALLOWED_HOSTS in Django, SERVER_NAME in Flask) needs its own in the check, \`health.headers: { Host: … }\`.`];
}
/**
* Seconds for which a check is repeated that the release was not deployed with: the release may never be able to pass
* it.
*/
const OTHER_CHECK = 10;
/**
* Checks the health of all services that have a check and that the release has, all at once.
*
* @param listener.signal aborted: no further attempt begins
* @param listener.warn is called for a check that fails and that the release was not deployed with: that proves nothing
* about the release
* @returns the services' reports, with what the checks have proven
* @throws Failure of the first service that is not healthy
*/
async function healthOf(member, release, services, listener) {
	const { host } = member;
	const adopted = member.facts.releases.some(({ id, digest }) => id === release && digest === void 0);
	const checked = await Promise.allSettled(Object.entries(member.health).filter(([service]) => !services.some((one) => one.service === service && one.evidence === "absent")).map(async ([service, health]) => {
		const options = {
			release,
			signal: listener.signal,
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
				}, options)
			};
		} catch (error) {
			if (!(error instanceof Unhealthy) || !provesNothing(check, error)) throw error;
			listener.warn?.(`${host.name}: ${notAsDeployed(release, error)}`);
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
			evidence: proven ? "release-header" : report.evidence,
			detail: `${report.detail}, answers ${status} ${proven ? "as this release" : "without saying its release"}`
		};
	});
}
/**
* Whether a failed check proves nothing about a release, because the release was not deployed with it and may not know
* its address. At the address of its own check, however, the release must answer, and not with a server error.
*/
const provesNothing = (check, { status }) => check === "other" || check === "same-address" && status !== void 0 && status < 500;
/** The warning about such a check. */
const notAsDeployed = (release, { what, service }) => `whether ${service} is healthy was NOT VERIFIED: ${release} was not deployed with the health check of this tarlift.yml, and by that ${what}`;

// src/fleet/member.ts
/**
* The services to check on a host that runs a release. For now they are the same for every release: the host itself
* skips those that a release was recorded without.
*
* @param release its name on the host; undefined: none, or not known yet
*/
const servicesOf = ({ services }, _release) => services;

// src/fleet/waves.ts
/**
* Orders a fleet: the canary, then the hosts whose activation is not noticed, in one wave, then the hosts that serve no
* requests now, then the others in waves. As many of the healthy hosts stay in service at any time as the rules demand,
* and at least one if there are two.
*
* @param rules left out: all at once
* @returns the waves; or why no order follows the rules
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
* Orders hosts for a revert: first all hosts that serve no requests, together, then the others, as many at a time as
* the rules allow to be out of service.
*
* @param hosts of the whole fleet
*/
function turnsOf(members, serves, rules, hosts) {
	const serving = members.filter(serves);
	return [members.filter((member) => !serving.includes(member)), ...batches(serving, rules ? Math.min(sizeOf(rules, hosts), Math.max(1, hosts - stayOf(rules, hosts))) : hosts)].filter(hasAny);
}
/**
* Why a wave may not begin: hosts that should be in service by now have failed, and the wave would drain those that
* still serve.
*
* @param serving hosts that serve now, including those of the wave
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
* The rules for some hosts of a fleet whose other hosts are not changed: parts are parts of the whole fleet, and other
* hosts that serve count as in service.
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
/** Maximum number of hosts of a wave. */
const sizeOf = (rules, hosts) => Math.max(1, hostsOf(rules.size, hosts));
/** Number of hosts that stay in service at any time. */
const stayOf = (rules, hosts) => hosts === 1 ? 0 : Math.max(1, hostsOf(rules.minHealthy, hosts));
/** @returns whole hosts: a part is rounded up */
function hostsOf(share, hosts) {
	return typeof share === "number" ? share : Math.ceil(Number.parseInt(share, 10) * hosts / 100);
}
const hasAny = (wave) => wave.length > 0;
function batches(members, size) {
	return Array.from({ length: Math.ceil(members.length / size) }, (_, n) => members.slice(n * size, (n + 1) * size));
}

// src/fleet/serving.ts
/** Whether users can notice an activation of this host: it runs services, or a balancer sends it requests. */
const takesTurns = ({ services, backendServers = [] }) => services.length > 0 || backendServers.length > 0;
/** What decides each host's turn. A host that does not answer does not serve. */
async function turnsOfFleet(tx, { hosts, waves }) {
	if (waves === void 0 || hosts.length === 1) return hosts.map((member) => ({
		member,
		healthy: true,
		takesTurns: takesTurns(member)
	}));
	const serving = await servingHosts(tx, hosts);
	return hosts.map((member) => ({
		member,
		healthy: serving.has(member),
		takesTurns: takesTurns(member)
	}));
}
/** The plan for those hosts that are behind, while the others are not changed. */
async function rolloutForSome(tx, plan, some) {
	const { hosts, waves } = plan;
	const inTurn = hosts.some(takesTurns) ? hosts.filter(takesTurns) : hosts;
	const others = inTurn.filter((member) => !some.includes(member));
	const narrowed = {
		...plan,
		hosts: some,
		total: some.length
	};
	if (waves === void 0 || others.length === 0) return narrowed;
	const serving = await servingHosts(tx, others);
	return {
		...narrowed,
		waves: rulesForSome(waves, inTurn.length, serving.size)
	};
}
/** Hosts that serve now: a release is live, its services run, and their health checks, asked once, pass. */
async function servingHosts({ signal }, hosts) {
	const unproven = /* @__PURE__ */ new Set();
	const serving = (await forEachHost(hosts, async (member) => {
		if (!member.facts.live) return false;
		const seen = await member.host.observe({
			services: servicesOf(member, member.facts.live.id),
			settle: false
		});
		if (seen.some(({ evidence }) => evidence === "none")) return false;
		const once = {
			...member,
			health: onlyOnce(member.health)
		};
		await healthOf(once, member.facts.live.id, seen, {
			signal,
			warn: () => unproven.add(member)
		});
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
* The waves that a plan shows.
*
* @returns undefined if the rules leave no order: a deploy reports that itself
*/
async function wavePlan(tx, plan) {
	const planned = wavesOf(await turnsOfFleet(tx, plan), plan.waves);
	if ("problem" in planned) return void 0;
	const watch = plan.waves?.watch ?? 0;
	const settling = planned.waves.map((wave) => Math.max(0, ...wave.flatMap(settlingOf)) + watch);
	return {
		waves: planned.waves.map((wave) => wave.map(({ host }) => host.name)),
		atLeast: settling.reduce((sum, seconds) => sum + seconds, 0)
	};
}
const settlingOf = (member) => servicesOf(member, member.facts.incoming).map(({ settle }) => settle);

// src/transports/transport.ts
/**
* A host that does not answer: it is unreachable, or a host on the way is. A host that answers with anything else
* (another key, a refusal, another program than Tarlift's) is reachable.
*/
var Away = class extends Failure {};
/** Output of host and transport at the end of a connection, as the output of its failure. */
const printedAtEnd = (end) => cutStart([end.stderr.trim(), end.noise.trim()].filter(Boolean).join("\n"), 2e3);
/**
* A connection whose shell does not start the program, or that was lost after the start: the same for every transport.
*/
function programFailure(end) {
	const where = {
		host: end.host,
		step: end.step,
		ended: formatEnd({
			code: end.code,
			signal: end.signal,
			timedOut: false
		})
	};
	const output = printedAtEnd(end);
	if (!end.opened) return new Failure({
		code: "login-shell",
		what: "the login shell of the host does not start our program",
		where,
		output,
		remedy: "The user needs a login shell that runs commands, sh and dd on its PATH, and start-up files (.bashrc) that neither read standard input nor end the shell. Try: ssh HOST 'exec sh -c \"echo ok\"'",
		outcome: "refused"
	});
	return new Away({
		code: "connection-lost",
		what: "the connection to the host was lost",
		where,
		output,
		remedy: "What the host did until then is recorded there: run the same command again: it completes or reverts what is incomplete."
	});
}

// src/transports/local/docs.md
var docs_default$2 = "The host `local` is the machine that deploys. It is entered without SSH: for a self-hosted runner on the only server, or to try a deploy at\nhome.\n\n```yaml\ntargets:\n  home:\n    hosts: [local]\n```\n\nThe same program runs there that runs on other hosts, started by `sh`. It does not get the variables of the job: services that it starts outlive the\njob. Balancers, hooks and services run the commands of the checkout's tarlift.yml, and an artifact whose commands differ is refused\n([security](../../security.md)).\n\n`ssh-user` names the user that `tarlift host setup` prepares for; `port` and `proxy-jump` mean nothing to it and are refused.\n";

// src/transports/local/transport.ts
const local = {
	key: "local",
	title: "This machine",
	docs: docs_default$2,
	reaches: ({ address }) => address === "local",
	local: true,
	prepare: ({ shell = "sh" }) => ({
		limiterKey: () => void 0,
		forwardsOf: () => [],
		async start(_address, _forwards, { loader }) {
			const [file, ...more] = shell.split(" ");
			const env = machineVariables(process.env);
			return spawn(file, [
				...more,
				"-c",
				loader
			], {
				stdio: [
					"pipe",
					"pipe",
					"pipe"
				],
				env,
				detached: true
			});
		},
		wasDropped: () => false,
		failureOf: programFailure,
		notStarted: (host, command, output) => new Failure({
			code: "command-missing",
			what: `${command} could not be started on the machine that deploys`,
			where: {
				host,
				step: "connect"
			},
			output,
			remedy: `Install ${command}, or put it on PATH.`,
			outcome: "refused"
		})
	})
};

// src/transports/ssh/docs.md
var docs_default$1 = "Every host of a target but `local` is reached by OpenSSH's own client, `ssh`, of the machine that deploys.\n\n```yaml\ntargets:\n  production:\n    ssh-user: deploy\n    proxy-jump: gate.example.org\n    hosts: [app1.example.org, { address: app2.example.org, port: 2222 }]\n```\n\n## What it needs\n\n- The SSH user's public key in `~/.ssh/authorized_keys` on the host, and the private one on the machine that deploys: `ssh-key` of an action,\n  `--ssh-key` of the command, an agent, or a person's own keys at a terminal.\n- The hosts' keys: `ssh-known-hosts`, `--ssh-known-hosts`, or a person's own `~/.ssh/known_hosts`. A host without a known key is refused.\n- `sh` and `dd` on the host. Nothing has to be installed there: the program travels with each connection.\n\n## What happens\n\nOne connection per host carries a whole transaction. At most eight connections are made at once to the same sshd or through the same jump\nhost, since an sshd drops some of more than ten that have not logged in. A connection that is dropped before anything was said is tried again,\nthree times. Health checks and HAProxy's socket are reached by forwards of the same connection (`AllowTcpForwarding`,\n`AllowStreamLocalForwarding`).\n\nIf the connection is lost in the middle, the host finishes or reverts by itself what it had begun, and the next run looks at it first.\n";

// src/transports/ssh/explain.ts
/** ssh names the machine whose key it looked for: the host, or a jump host. */
function scanRemedy(stderr) {
	const [, bracketed, port, plain] = /No \S+ host key is known for (?:\[(\S+)\]:(\d+)|(\S+))/.exec(stderr) ?? [];
	const name = plain ?? bracketed ?? "HOST";
	return `Add what \`${formatCommand([
		"ssh-keyscan",
		...port === void 0 ? [] : ["-p", port],
		name
	])}\` prints, run on a network that you trust, to the known hosts: ~/.ssh/known_hosts, the file of --ssh-known-hosts, or the input \`ssh-known-hosts\` of an action.`;
}
/** ssh's message when the jump host can be reached, and the host behind it cannot. */
const BEHIND_JUMP = /stdio forwarding (request )?failed/i;
const CLASSES = [
	{
		pattern: BEHIND_JUMP,
		code: "host-unreachable",
		what: "the jump host does not get through to the host",
		remedy: "Is the host up, and its sshd at this port? Does the jump host reach it, and does its sshd allow that (AllowTcpForwarding, PermitOpen)?",
		away: (stderr) => !/administratively prohibited/.test(stderr)
	},
	{
		pattern: /REMOTE HOST IDENTIFICATION HAS CHANGED|Host key for .* has changed/,
		code: "host-key-changed",
		what: "the host shows another key than the known one",
		remedy: "If the host was installed again, replace its line in the known hosts. If not, another machine may stand in between: do not go on."
	},
	{
		pattern: /No .* host key is known|Host key verification failed/,
		code: "host-key-unknown",
		what: "the host's key is not among the known hosts",
		remedy: scanRemedy
	},
	{
		pattern: /Could not resolve hostname|Name or service not known|Temporary failure in name resolution/,
		code: "host-unresolved",
		what: "the host's name cannot be resolved",
		remedy: "Look at its spelling in tarlift.yml, and at the DNS of the machine that deploys.",
		away: () => true
	},
	{
		pattern: /Permission denied \(|Too many authentication failures|no mutual signature/,
		code: "login-refused",
		what: "the host does not accept this key for this user",
		remedy: "Put the public half of the key into the user's ~/.ssh/authorized_keys on the host, and look at `ssh-user` of the target."
	},
	{
		pattern: /Connection timed out|Operation timed out|timed out/,
		code: "host-unreachable",
		what: "the host does not answer",
		remedy: "Is it up, and does a firewall let this machine reach its SSH port?",
		away: () => true
	},
	{
		pattern: /Connection refused|No route to host|Network is unreachable/,
		code: "host-unreachable",
		what: "the host cannot be reached",
		remedy: "Is its sshd running, at this port, and does the network lead there?",
		away: () => true
	},
	{
		pattern: /Connection (closed|reset) by|kex_exchange_identification|Connection to .* closed/,
		code: "connection-dropped",
		what: "the host closed the connection before anything was said",
		remedy: "Its sshd may limit new connections (MaxStartups) or refuse this address (hosts.deny, fail2ban): look at its log."
	}
];
/** sshd closed a connection before its login, because there were too many at once; the next attempt may succeed. */
function wasDropped(end) {
	if (end.opened || end.code !== 255 || BEHIND_JUMP.test(end.stderr)) return false;
	return /kex_exchange_identification|Connection (closed|reset) by/.test(end.stderr);
}
/** ssh, or the shell of this machine, could not be started. @param output why */
function notStarted(host, command, output) {
	return new Failure({
		code: "ssh-missing",
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
/** A sentence and a remedy for the end of a connection; {@link Away} if the host does not answer. */
function connectionFailure(end) {
	const said = printedAtEnd(end);
	const where = {
		host: end.host,
		step: end.step
	};
	const known = CLASSES.find(({ pattern }) => pattern.test(end.stderr));
	if (!end.opened && end.code === 255 && known) {
		const remedy = typeof known.remedy === "string" ? known.remedy : known.remedy(end.stderr);
		return new (known.away?.(end.stderr) ? Away : Failure)({
			code: known.code,
			what: known.what,
			where,
			output: said,
			remedy,
			outcome: "refused"
		});
	}
	if (!end.opened && end.code === 255 && end.noise === "" && end.stderr.trim() !== "") return new Failure({
		code: "host-unreachable",
		what: "ssh could not connect to the host",
		where,
		output: said,
		remedy: "What ssh says is above. Try: ssh HOST true",
		outcome: "refused"
	});
	return programFailure(end);
}

// src/transports/ssh/jump-master.sh
var jump_master_default = "# shellcheck shell=sh\n# Runs ssh's master for a jump host, which ends with standard input: with the process that started it, however that\n# ends. Nothing else would ever end it, and its socket would be gone. Work that hosts have begun completes without it.\n#\n#   sh -c TEXT sh SSH ARGUMENTS...\nexec 3<&0\n\"$@\" 3<&- </dev/null &\nmaster=$!\n{ read -r _; kill \"$master\"; } <&3 &\nlistener=$!\nexec 3<&-\nwait \"$master\"\ncode=$?\nkill \"$listener\"\nexit \"$code\"\n";

// src/transports/ssh/keys.ts
/** The prefix of names of private directories. */
const PRIVATE_PREFIX = "tarlift-ssh-";
/** With the mark of the process, and the suffix of mkdtemp. */
const PRIVATE_NAME = new RegExp(`^${PRIVATE_PREFIX}(\\d.*)-\\w{6}$`);
let directory;
let registered = false;
let made = 0;
/**
* The private directory (0700) of this process for keys and sockets; made at its first use, removed at the process's
* end.
*/
function privateDirectory() {
	if (directory !== void 0 && existsSync(directory)) return directory;
	removeLeftDirectories();
	const parent = parentDirectory();
	directory = mkdtempSync(join(parent, `${PRIVATE_PREFIX}${processMark()}-`));
	chmodSync(directory, 448);
	if (!registered) beforeEnd({ last: removePrivateDirectory });
	registered = true;
	return directory;
}
function parentDirectory() {
	const runtime = process.env.XDG_RUNTIME_DIR;
	return runtime && existsSync(runtime) && statSync(runtime).uid === process.getuid?.() ? runtime : tmpdir();
}
/** The directory that holds the key and sockets of this process now, if it exists. */
function privateDirectoryInUse() {
	return directory;
}
/** Removes it now; processes that still use a key or a socket in it lose them. */
function removePrivateDirectory() {
	if (directory !== void 0) rmSync(directory, {
		recursive: true,
		force: true
	});
	directory = void 0;
}
/** Removes the directories of processes that have ended: a SIGKILL leaves them. */
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
/** A file in the private directory that only this user can read. */
function privateFile(name, content) {
	const path = join(privateDirectory(), `${made++}-${name}`);
	writeFileSync(path, content, { mode: 384 });
	return path;
}
/**
* A private key as OpenSSH accepts it: inputs of actions arrive trimmed and with Windows line ends.
*
* @throws Failure with a sentence for each kind of unusable key: empty, a public key, protected by a passphrase,
* something else
*/
function normaliseKey(text) {
	const key = `${text.replaceAll("\r\n", "\n").replaceAll("\r", "\n").trim()}\n`;
	if (key === "\n") throw unusable("the SSH key is empty", "Give the private key: `ssh-key: ${{ secrets.DEPLOY_KEY }}`. A secret of a GitHub environment is empty in a job that does not name that environment, and can be empty in a reusable workflow of another owner. Runs for pull requests of forks are given none.");
	if (/^(ssh-|ecdsa-|sk-)\S+ AAAA/.test(key)) throw unusable("this is a public key, and SSH needs the private one", "Give the file without `.pub`.");
	if (!/^-----BEGIN [A-Z ]*PRIVATE KEY-----\n[\s\S]*\n-----END [A-Z ]*PRIVATE KEY-----\n$/.test(key)) throw unusable("the SSH key is not a private key in PEM or OpenSSH format", "It begins with `-----BEGIN OPENSSH PRIVATE KEY-----` and ends with the matching line; all lines between belong to it.");
	return key;
}
/**
* Writes a key to a file that ssh can read.
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
	if (/passphrase/i.test(result.stderr ?? "")) throw unusable("the SSH key is protected by a passphrase, which cannot be entered here", "Make a key of its own for deploys without one (ssh-keygen -t ed25519 -N ''), or load the key into an agent and give none.");
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
		code: "ssh-key-invalid",
		what,
		remedy,
		outcome: "refused"
	});
}

// src/transports/ssh/ssh.ts
/**
* Writes key and known hosts to the private directory and chooses the common options.
*
* @throws Failure for keys that cannot be used, and when no host's key could be known
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
		code: "ssh-key-invalid",
		what: "no SSH key is given, and no agent holds one",
		remedy: "Give the private key of the user that deploys: `ssh-key: ${{ secrets.DEPLOY_KEY }}`.",
		outcome: "refused"
	});
}
function option(name, value) {
	return ["-o", `${name}=${value}`];
}
/** A path in an option: ssh treats a space as the end of a word, and `%` as the beginning of a token. */
const pathWord = (path) => `"${path.replaceAll("%", "%%")}"`;
function knownHosts(options, onRunner) {
	if (options.insecureAcceptAnyHostKey) return [...option("StrictHostKeyChecking", "no"), ...option("UserKnownHostsFile", "/dev/null")];
	const strict = option("StrictHostKeyChecking", "yes");
	if (options.knownHosts === void 0) {
		if (!onRunner) return strict;
		throw new Failure({
			code: "known-hosts-missing",
			what: "no known hosts are given, so hosts cannot be verified",
			remedy: "Run `ssh-keyscan HOST` on a network that you trust, keep its output in a variable, and give it: `ssh-known-hosts: ${{ vars.KNOWN_HOSTS }}`.",
			outcome: "refused"
		});
	}
	if ("file" in options.knownHosts) {
		if (!existsSync(options.knownHosts.file)) throw new Failure({
			code: "known-hosts-missing",
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
		code: "known-hosts-missing",
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
* @param jumpSocket control socket of the master for `proxyJump`
* @param forwards sockets on this machine and the target of each, as the host itself reaches it
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
/**
* Only the master may connect to the jump host: if it has ended, ssh would connect by itself, with a user, a key and
* known hosts that are not the run's.
*/
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
/**
* The key of connections that share a jump host or an sshd, which drops some if there are too many at once: see
* connection-limiter.ts.
*/
function limiterKeyOf(host, ssh) {
	if (host.proxyJump === void 0 && ssh.userConfig) return "by ssh_config";
	return host.proxyJump ?? `${host.address} ${host.port ?? 22}`;
}
function forwardTarget(to) {
	if ("path" in to) return to.path;
	return `${to.host.includes(":") ? `[${to.host}]` : to.host}:${to.port}`;
}
/** `user@host:port`, as `ssh -J` takes it. */
function jumpDestination(text) {
	const match = /^(?:([\w.-]+)@)?([\w.-]+|\[[0-9a-fA-F:]+\])(?::(\d+))?$/.exec(text);
	if (!match) throw new Failure({
		code: "input-invalid",
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

// src/transports/ssh/jump-master.ts
const LAST_STDERR$1 = 8192;
/** One master for each jump host and process. */
const masters = /* @__PURE__ */ new Map();
/** @returns the control socket of the master for a jump host; it is started once */
async function jumpMaster(ssh, jump) {
	const known = masters.get(jump);
	if (known) return (await known).socket;
	const starting = startMaster(ssh, jump);
	masters.set(jump, starting);
	return (await starting).socket;
}
/**
* Seconds for the login at a jump host: ConnectTimeout ends with the key exchange, and the keepalives begin after the
* login.
*/
const MASTER_TIMEOUT = 60;
async function startMaster(ssh, jump) {
	const { socket, arguments: args } = jumpArguments(ssh, jump);
	const child = spawn("sh", [
		"-c",
		jump_master_default,
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
		stderr = cutStart(stderr + text, LAST_STDERR$1);
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
/** Ends the masters of jump hosts; connections through them end as well. */
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

// src/transports/ssh/transport.ts
const ssh = {
	key: "ssh",
	title: "SSH",
	docs: docs_default$1,
	reaches: () => true,
	local: false,
	prepare(options) {
		const prepared = prepareSsh(options);
		return {
			limiterKey: (address) => limiterKeyOf(address, prepared),
			forwardsOf: ({ forwards }) => forwards.map((to) => ({
				...to,
				socket: join(privateDirectory(), `f${randomBytes(6).toString("hex")}`)
			})),
			async start(address, forwards, { bootstrap }) {
				const jump = address.proxyJump === void 0 ? void 0 : await jumpMaster(prepared, address.proxyJump);
				return spawn(prepared.command, [...sshArguments(prepared, address, jump, forwards), bootstrap], {
					stdio: [
						"pipe",
						"pipe",
						"pipe"
					],
					env: withoutActions(process.env),
					detached: true
				});
			},
			wasDropped,
			failureOf: connectionFailure,
			notStarted
		};
	}
};

// src/transports/registry.ts
/** In the order in which they are asked: ssh takes every remaining address. */
const TRANSPORTS = [local, ssh];
/** @returns the transport that reaches a host */
const transportOf = (address) => TRANSPORTS.find((transport) => transport.reaches(address)) ?? ssh;

// src/protocol/call.ts
/** What a host sent as the reply to a verb. @param values all values by key @param texts by name */
function replyOf(values, texts) {
	return {
		value: (key) => values.get(key)?.[0],
		all: (key) => values.get(key) ?? [],
		texts
	};
}

// src/protocol/frames.ts
const HEADER = 80;
/** A body has at most 1 MiB: each is read by one `dd`, which holds it in memory. */
const LARGEST_BODY$1 = 1 << 20;
const NAME = /^(?!\.)[A-Za-z0-9._-]{0,60}$/;
/**
* The bytes of one frame.
*
* @throws Error when the name or the size of the body violates the format: both come from Tarlift's own code
*/
function frame(kind, name = "", body = Buffer.alloc(0)) {
	if (!NAME.test(name) || body.length > 1048576) throw new Error(`no frame: ${kind} ${name} of ${body.length} bytes`);
	const header = `${kind.padEnd(8)}${String(body.length).padStart(10, "0")} ${name.padEnd(60)}\n`;
	return Buffer.concat([Buffer.from(header, "latin1"), body]);
}
/** Frames of one kind that together hold a body of any size; none for an empty one unless `always`. */
function* frames(kind, name, body, always = false) {
	if (body.length === 0 && always) yield frame(kind, name);
	for (let at = 0; at < body.length; at += LARGEST_BODY$1) yield frame(kind, name, body.subarray(at, at + LARGEST_BODY$1));
}
/** Shorter texts are sent uncompressed. */
const SMALL = 512;
/**
* Text that every shell's `read` reads unchanged: no NUL, nothing that depends on a locale, and a newline at the end.
*/
const PLAIN_LINES = /^(?:[\t\x20-\x7e]*\n)*$/;
/** A text for several hosts: it is compressed and framed once for all of them. */
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
* The frames of a call: one frame if all of its texts are short and plain.
*
* @throws Failure as {@link formatValues}
*/
function callFrames(verb, values, texts = {}) {
	const within = [];
	const after = [];
	for (const [name, text] of Object.entries(texts)) {
		if (text === void 0) continue;
		if (typeof text === "string" && text.length < SMALL && PLAIN_LINES.test(text)) within.push(`${name} ${text.split("\n").length - 1}\n${text}`);
		else after.push(...textFrames(name, text));
	}
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
			code: "protocol-broken",
			what: "a value has a line break or NUL where it cannot have one",
			where: { value: key }
		});
		return [`${key} ${value}\n`];
	});
	return Buffer.from(lines.join(""));
}
/** Characters of all these lines together. */
const LARGEST_VALUES = 4 << 20;
/** Reads `key value` lines; a key may occur several times. @throws Failure for more than a reply has */
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
/**
* Bytes of a reply about each file of a release: a list of a million names has 100 MB. Output of child processes does
* not count.
*/
const LARGEST_REPLY = 256 << 20;
/** Characters of a command's output that a message contains: the end of it. */
const LARGEST_SAID = 262144;
/** Bytes that a login shell may print before the program's first frame. */
const LARGEST_NOISE = 1 << 20;
/** Bytes of it that are kept for messages. */
const SHOWN_NOISE = 4096;
/** A host that does not stop sending must not fill this machine's memory. */
const tooMuch = () => new Failure({
	code: "protocol-broken",
	what: "the host sends more than it was asked for",
	remedy: "Look at the host: this is not Tarlift's program that answers, or what it keeps was changed."
});
/**
* Parses the bytes of the host's channel. Bytes before the nonce are output of the login shell and are kept for
* messages.
*/
var FrameReader = class {
	#pending = [];
	#size = 0;
	#open = false;
	/** Bytes that the next header, or the current frame, needs: until they are here there is nothing to do. */
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
	/** The nonce has arrived. */
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
			if (!header) throw new Failure({
				code: "protocol-broken",
				what: "the program on the host does not keep to its protocol"
			});
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
			code: "login-shell",
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

// src/protocol/replies.ts
const NOTHING = {
	values: {},
	texts: []
};
/** In the order of src/protocol/verbs.ts. */
const REPLIES = {
	facts: {
		values: {
			across: "many",
			across_mount: "many",
			agreed: "one",
			architecture: "one",
			current_is_directory: "one",
			dropped: "many",
			elsewhere: "one",
			encoding: "many",
			env_changed: "one",
			environments_elsewhere: "one",
			finding: "many",
			foreign: "many",
			free: "one",
			free_environments: "one",
			half_adopted: "one",
			held: "one",
			http: "one",
			interpreter: "many",
			lacks: "many",
			libc: "one",
			live: "one",
			locked_by: "one",
			locked_by_stranger: "one",
			missing_environment: "many",
			missing_glibcxx: "many",
			missing_node: "many",
			missing_shared: "many",
			missing_soname: "many",
			missing_user: "many",
			modes: "one",
			modes_why: "one",
			open: "one",
			previous: "one",
			read_only_shared: "many",
			returned: "one",
			running: "one",
			selinux: "one",
			spare: "one",
			switch: "one",
			unindexed_environment: "many",
			unreachable: "many",
			unwritable: "many",
			unwritable_shared: "many",
			user: "one",
			warning: "many"
		},
		texts: [
			"left-*",
			"migrations",
			"migrations-output",
			"plan",
			"releases",
			"taken"
		]
	},
	prepare: {
		values: { warning: "many" },
		texts: []
	},
	task: {
		values: {
			code: "one",
			runs_on: "one",
			timed_out: "one"
		},
		texts: []
	},
	activate: {
		values: {
			previous: "one",
			service: "many",
			settling: "one",
			switch: "one",
			warning: "many"
		},
		texts: ["log-*"]
	},
	revert: {
		values: {
			release: "one",
			service: "many",
			settling: "one",
			warning: "many"
		},
		texts: ["log-*"]
	},
	precommit: NOTHING,
	commit: {
		values: { warning: "many" },
		texts: []
	},
	adopt: {
		values: {
			adopted: "one",
			already: "one",
			begun: "one",
			commit: "one",
			files: "one",
			finding: "many",
			foreign: "one",
			from: "one",
			layout: "one",
			release: "many",
			running: "many",
			shared: "many",
			variables: "one",
			warning: "many"
		},
		texts: []
	},
	setup: {
		values: {},
		texts: ["said"]
	},
	note: NOTHING,
	later: {
		values: { lacks: "one" },
		texts: []
	},
	pool: {
		values: {
			given: "one",
			lacks: "many"
		},
		texts: []
	},
	hold: NOTHING,
	unhold: NOTHING,
	observe: {
		values: {
			service: "many",
			settling: "one",
			warning: "many"
		},
		texts: ["log-*"]
	},
	definitions: {
		values: { warning: "many" },
		texts: []
	},
	drift: {
		values: {
			added: "one",
			count: "one",
			extra: "one",
			unrecorded: "many"
		},
		texts: [
			"added",
			"drift",
			"extra"
		]
	},
	record: {
		values: {},
		texts: [
			"config",
			"environment-*",
			"index",
			"layers"
		]
	},
	files: NOTHING,
	history: {
		values: {},
		texts: ["history"]
	},
	http: {
		values: { error: "one" },
		texts: ["body", "head"]
	},
	ping: NOTHING
};
/**
* A refusal by any verb has these instead: `code` is one of src/failure-codes.ts; with `over yes` the connection ends.
*/
const REFUSAL = {
	values: {
		code: "one",
		over: "one",
		remedy: "one",
		what: "one"
	},
	texts: ["log", "output"]
};
/** Whether a row has a text of this name. */
const hasText = ({ texts }, name) => texts.some((one) => one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one);
/**
* Keys and texts of a reply that its verb's row lacks, as `key k` and `text t`: none, unless only one side was changed.
*/
function strangeParts(row, keys, texts) {
	return [...[...keys].filter((key) => !Object.hasOwn(row.values, key)).map((key) => `key ${key}`), ...[...texts].filter((name) => !hasText(row, name)).map((name) => `text ${name}`)];
}

// src/transports/connection-limiter.ts
/** Less than sshd's ten: other users connect too. */
const AT_ONCE = 8;
const limiters = /* @__PURE__ */ new Map();
/**
* Waits until one more connection with this key may be made.
*
* @param key what the connections share: a jump host, an sshd
* @returns the release function: to be called when the connection is made or has failed; more than one call does no
* harm
*/
async function acquire(key) {
	const at = limiters.get(key) ?? {
		connecting: 0,
		waiting: []
	};
	limiters.set(key, at);
	if (at.connecting >= AT_ONCE) await new Promise((resolve) => at.waiting.push(resolve));
	else at.connecting++;
	let left = false;
	return () => {
		if (left) return;
		left = true;
		const next = at.waiting.shift();
		if (next) next();
		else at.connecting--;
		if (at.connecting === 0) limiters.delete(key);
	};
}

// src/session/connection.ts
/**
* A verb that waits sends a sign of life every 15 s; the commands that it runs between two such loops (sync, sha256sum)
* may take a while.
*/
const LIMITS = {
	bytes: 32 << 20,
	silence: 900,
	time: 21600
};
/** Bytes that a frame counts for in addition to its body: the memory that a frame of a few bytes takes. */
const FRAME = 512;
const SILENCE$1 = 60;
/**
* Milliseconds before the second, third and fourth attempt, each varied by half: other connections were dropped at the
* same time.
*/
const PAUSES = [
	300,
	900,
	2e3
];
const LAST_STDERR = 8192;
/** Characters of a message that the host words itself: the failure and its remedy. A path may have 4096 bytes. */
const LARGEST_SENTENCE = 16384;
/** Milliseconds in which sshd ends a refused forward. */
const FORWARD_PROBE = 1e3;
const FORWARD_REFUSED = /open failed: administratively prohibited/;
var Connection = class {
	host;
	options;
	/** Calls that were answered or are in progress: round trips after the connection. */
	roundTrips = 0;
	/** Bytes sent to the host, and the part of them in `data` frames. */
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
	/** What was sent before the host's first frame: sent again if the first attempt was dropped. */
	#early = [];
	#keep;
	#reader;
	/** Ends a call when its reply makes no more progress. */
	#silence;
	constructor(host, options) {
		this.host = host;
		this.options = options;
		this.forwards = options.transport.forwardsOf(host);
	}
	/** Begins to connect while the first call is still being prepared. If connecting fails, the call reports it. */
	connect() {
		this.#opened().catch(() => {});
	}
	/**
	* Sends a call and waits for its reply; calls wait for each other. The first one connects.
	*
	* @throws Failure that the host replied, with its name; or why the connection could not be made or ended
	*/
	call(call) {
		const turn = this.#queue.then(() => this.#roundTrip(call));
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
	/** The program finishes the current verb and answers it; then it reads the end of its input. */
	#end() {
		this.#closing = true;
		clearInterval(this.#keep);
		this.#child?.stdin?.end();
	}
	/** The connection could not be made, or it has ended: by itself or by {@link close}. */
	get lost() {
		return this.#ended !== void 0;
	}
	/** The connection is {@link lost} because the host does not answer. */
	get away() {
		return this.#ended instanceof Away;
	}
	/** Process id of ssh or of the shell, for tests that end it. */
	get pid() {
		return this.#child?.pid;
	}
	/**
	* Whether sshd refuses forwards, as far as this can be found out without a request to a service: it reports a refusal
	* when a forward is opened. A client that does not pass the refusal on (OpenSSH before 8.5) leaves the forward open,
	* and the result is false.
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
		for (let attempts = 0; attempts < 10 && !FORWARD_REFUSED.test(this.#stderr); attempts++) await new Promise((resolve) => setTimeout(resolve, 20));
		return FORWARD_REFUSED.test(this.#stderr);
	}
	/** For tests: stops the signs of life; to the host this is a lost network. */
	silence() {
		clearInterval(this.#keep);
	}
	async #roundTrip(call) {
		await this.#opened();
		if (this.#ended) throw this.#ended;
		this.roundTrips++;
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
	/**
	* Starts ssh; if sshd drops the connection before its first frame, starts it again after a pause and sends again all
	* that was sent.
	*/
	async #attempt(nonce, count) {
		const { transport } = this.options;
		const key = transport.limiterKey(this.host);
		const release = key === void 0 ? () => {} : await acquire(key);
		if (this.#closing) {
			release();
			throw new Failure({
				code: "connection-lost",
				what: "the connection was closed",
				where: {
					host: this.host.address,
					step: "connect"
				}
			});
		}
		const program = {
			loader: LOADER,
			bootstrap: BOOTSTRAP
		};
		const child = await transport.start(this.host, this.forwards, program).catch((error) => {
			release();
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
			release();
		});
		const silent = setTimeout(() => {
			if (reader.open) return;
			this.#stderr += "\n(nothing was answered in time)";
			child.kill();
		}, (this.options.openTimeout ?? SILENCE$1) * 1e3);
		child.on("error", (error) => {
			this.#stderr += error.message;
			if (child.pid === void 0) this.#fail(transport.notStarted(this.host.address, child.spawnfile, error.message));
		});
		child.on("close", (code, signal) => {
			clearTimeout(silent);
			release();
			const end = {
				code,
				signal,
				stderr: this.#stderr,
				noise: reader.open ? "" : reader.noise,
				opened: reader.open
			};
			if (!this.#closing && count < PAUSES.length && transport.wasDropped(end)) {
				const pause = PAUSES[count] * (.5 + Math.random());
				setTimeout(() => void this.#retry(nonce, count + 1), pause);
				return;
			}
			const step = reader.open && this.#pending?.verb || "connect";
			this.#over(transport.failureOf({
				...end,
				host: this.host.address,
				step
			}));
		});
	}
	async #retry(nonce, count) {
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
	/** The call is over: its silence no longer counts. */
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
	/** The maximum size of the next frame: it is held in memory until it is complete. */
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
			if (this.options.strict) refuseStrange(kind === "ok" ? REPLIES[pending.verb] : refusalOf(pending.verb), values, texts);
			if (kind === "ok") {
				this.#pending = void 0;
				pending.resolve(replyOf(values, texts));
				return;
			}
			const code = value("code");
			const refused = new Failure({
				code: isFailureCode(code) ? code : "protocol-broken",
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
/** A refusal may follow texts that the verb had sent already. */
const refusalOf = (verb) => ({
	...REFUSAL,
	texts: [...REFUSAL.texts, ...REPLIES[verb].texts]
});
/**
* @throws Error for keys and texts that no row of the tables has: only one of the program and the tables was changed
*/
function refuseStrange(row, values, texts) {
	const strange = strangeParts(row, values.keys(), texts.keys());
	if (strange.length > 0) throw new Error(`the reply has ${strange.join(", ")}, which src/protocol/replies.ts lacks`);
}
const endOf = (said) => said === void 0 ? void 0 : cutStart(said, LARGEST_SAID);
const silent = (seconds) => new Away({
	code: "host-silent",
	what: `the host has not answered for ${seconds} s`,
	remedy: "Look at the network and at the host's load; then run this again."
});
const unanswered = (seconds) => new Failure({
	code: "host-silent",
	what: `the host has not come to an answer within ${seconds} s`,
	remedy: "Look at what it does there; then run this again."
});

// src/session/open-connection.ts
const LEASE = 180;
/** What a transport prepares for a set of options is prepared once. */
const prepared = /* @__PURE__ */ new WeakMap();
/** A connection for its forwards alone. @throws Failure when the key or the known hosts cannot be used */
function connectionOf(address, options) {
	return new Connection(address, connectionOptions(address, options));
}
/** @throws Failure when key or known hosts cannot be used */
function connectionOptions(address, options) {
	return {
		transport: preparedFor(transportOf(address), options),
		lease: options.lease ?? LEASE,
		strict: options.strict
	};
}
function preparedFor(transport, options) {
	const directory = transport.local ? "" : privateDirectory();
	const known = prepared.get(options) ?? /* @__PURE__ */ new Map();
	prepared.set(options, known);
	const before = known.get(transport);
	if (before?.directory === directory) return before.transport;
	const now = {
		transport: transport.prepare(options),
		directory
	};
	known.set(transport, now);
	return now.transport;
}

// src/protocol/recorded-names.ts
/** Whether a text is a valid name of a release: `<version>-<digest8>`, or the name of a directory that was adopted. */
const isReleaseName = (text) => /^(?![.-])[A-Za-z0-9._+-]{1,128}$/.test(text);
/** Whether a text is a valid id of a transaction. */
const isTransaction = (text) => /^[A-Za-z0-9._:+-]{1,128}$/.test(text);
/** @param what the host's name for it: `live` @throws Failure for a text that is no valid name of a release */
function checkedRelease(text, what) {
	if (isReleaseName(text)) return text;
	throw new Failure({
		code: "host-state-changed",
		what: `the host names ${JSON.stringify(visibleLine(text).slice(0, 100))} as ${what}, which cannot be the name of a release`,
		remedy: "Look at the links and at .tarlift in the application's root on that host, and at who wrote there. Names consist of letters, digits, dots, underscores, plus and dashes.",
		outcome: "refused"
	});
}

// src/session/child-output.ts
/** The maximum number of characters that are kept: a command may print more than a string can hold. */
const KEPT = 16777216;
/** Lines of a child's output: passed on as they arrive, and kept for the end. */
var Output = class {
	#task;
	#isShown;
	#decoder = new TextDecoder();
	#rest = "";
	/** The whole output, or the end of it. */
	all = "";
	constructor(task, isShown = () => true) {
		this.#task = task;
		this.#isShown = isShown;
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
		const lines = this.all.trimEnd().split("\n").filter(this.#isShown).slice(-40);
		return cutStart(lines.join("\n"), LARGEST_SAID);
	}
	#line(line) {
		if (this.#isShown(line)) this.#task.line(line);
	}
};

// src/text/format-lines.ts
/** Joins the entries of a request's text, one a line. */
const lines = (all) => all.map((line) => `${line}\n`).join("");

// src/host/services.ts
/** The values of a request that name its services and their supervisors' options. */
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
/** Reads them. @returns undefined if the record has none, as an older Tarlift's */
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
/** The shell texts of services of kind `command`, by their file names on the host. */
function serviceTexts(services) {
	return Object.fromEntries(services.flatMap(({ name, commands }) => Object.entries(commands ?? {}).flatMap(([key, text]) => text === void 0 ? [] : [[`service.${name}.${key}`, text]])));
}
/** Characters of the detail about one service: its supervisor's output about each of its processes. */
const LARGEST_DETAIL = 1e4;
/**
* `service NAME LEVEL PID|- DETAIL`; the last line of a service counts, and a service without a line is not proven to
* run. Lines about services that were not requested are left out.
*/
function parseEvidence(reply, services) {
	const found = new Map(services.map(({ name: service }) => [service, {
		service,
		evidence: "none",
		detail: "nothing was said of it"
	}]));
	for (const line of reply.all("service")) {
		const [service = "", level, pid, ...detail] = line.split(" ");
		if (!found.has(service)) continue;
		found.set(service, {
			service,
			evidence: EVIDENCE_LEVELS.find((known) => known === level) ?? "none",
			pid: Number(pid) || void 0,
			detail: cutEnd(detail.join(" "), LARGEST_DETAIL)
		});
	}
	for (const seen of found.values()) {
		const log = reply.texts.get(`log-${seen.service}`);
		if (log !== void 0) seen.log = cutStart(log, LARGEST_SAID);
	}
	return [...found.values()];
}

// src/host/state-findings.ts
/** A host that ends the processes of a session, and has no way to avoid that. */
const NO_AUTO_REVERT = "it ends the processes of a session with the session (KillUserProcesses): if a run is lost, it does not revert automatically";
const STATE_FINDINGS = [
	{
		key: "lacks",
		code: "program-missing",
		what: (command) => `the host has no ${command}`,
		remedy: () => "Install it: GNU and busybox versions both work."
	},
	{
		key: "unwritable",
		code: "not-writable",
		what: (directory, { user }) => `${user} cannot write ${directory}`,
		remedy: (directory, { user }) => `As root on the host: install -d -o ${user} ${directory}   (or \`tarlift host setup\`)`
	},
	{
		key: "foreign",
		code: "not-writable",
		what: (directory, { user }) => `${user} cannot write ${directory}`,
		remedy: (directory, { user }) => `As root on the host: chown ${directory.endsWith("/shared") ? "" : "-R "}${user} ${directory}`
	},
	{
		key: "across",
		code: "layout-unusable",
		what: (directory, { layout: { root } }) => `${directory} is on another file system than ${root}: a release could not get its name, or go live, in one step`,
		remedy: (_, { layout: { root } }) => `Mount one file system at ${root}; only what is below ${root}/shared may be elsewhere.`
	},
	{
		key: "across_mount",
		code: "layout-unusable",
		what: (directory, { layout: { root } }) => `${directory} is in another mount than ${root}, of the same file system: a release could not get its name, or go live, in one step`,
		remedy: (directory, { layout: { root } }) => `Unmount that file system (findmnt -T ${directory}), or mount the whole of ${root}; only what is below ${root}/shared may be elsewhere.`
	},
	{
		key: "half_adopted",
		applies: ({ adopting }) => !adopting,
		code: "layout-unusable",
		what: () => "an adoption was cut off on this host",
		remedy: (_, { layout }) => `Finish it: tarlift adopt ${layout.target} --apply, with the options that it had.`
	},
	{
		key: "current_is_directory",
		applies: ({ adopting, halfAdopted }) => !adopting && !halfAdopted,
		code: "layout-unusable",
		what: (_, { layout }) => `${layout.root}/current is a directory and not a link`,
		remedy: (_, { layout }) => `Make it the first release, to which a rollback can return: tarlift adopt ${layout.target} (without --apply it only shows what it would do). Nothing was changed.`
	},
	{
		key: "elsewhere",
		applies: ({ adopting }) => !adopting,
		code: "layout-unusable",
		what: (target, { layout }) => `${layout.root}/current leads to ${target}, which is no release: a deploy that fails could not return to it`,
		remedy: (_, { layout: { root, target }, newestGood }) => newestGood ? `Point the link back, on the host: ln -sfn releases/${newestGood} ${root}/current` : `Make it the first release: tarlift adopt ${target} (without --apply it only shows what it would do).`
	},
	{
		key: "switch",
		applies: ({ autoRevert }, value) => autoRevert === "required" && value === "none",
		code: "auto-revert-unavailable",
		what: () => NO_AUTO_REVERT,
		remedy: () => "As root on the host: loginctl enable-linger USER, for the SSH user. `tarlift host setup` does it where the target has `require-auto-revert`."
	},
	{
		key: "selinux",
		applies: (_, value) => value === "none",
		code: "program-missing",
		what: () => "SELinux is enabled and restorecon is missing",
		remedy: () => "Install policycoreutils: files would get the wrong labels."
	},
	{
		key: "missing_user",
		code: "user-missing",
		what: (name) => `the host has no user ${name}`,
		remedy: (_, { layout }) => `Create it, or change \`run-as\` of target ${layout.target}.`
	},
	{
		key: "unreachable",
		code: "not-writable",
		what: (directory, { layout }) => `${layout.runAs} may not enter ${directory}`,
		remedy: (directory) => `As its owner: chmod o+x ${directory}`
	},
	{
		key: "unwritable_shared",
		code: "not-writable",
		what: (path, { layout }) => `${layout.runAs} cannot write the shared directory ${path}`,
		remedy: (path, { layout }) => `As root on the host: chown ${layout.runAs} ${layout.root}/shared/${path}`
	},
	{
		key: "read_only_shared",
		code: "read-only",
		what: (path) => `the shared directory ${path} is on a file system that is mounted read-only`,
		remedy: (path, { layout }) => `Look why (dmesg, /etc/fstab), then as root on the host: mount -o remount,rw "$(findmnt -nT ${layout.root}/shared/${path} -o TARGET)"`
	},
	{
		key: "missing_shared",
		code: "shared-missing",
		what: (path) => `the shared file ${path} is missing`,
		remedy: (path, { layout }) => `Put it to ${layout.root}/shared/${path} on the host.`
	}
];

// src/host/calls/activate.ts
/** As `Host.activate`. @throws Failure as the host replied */
async function activate(session, request, task) {
	session.transaction = request.transaction;
	const output = new Output(task);
	const reply = await session.call("activate", {
		values: {
			release: request.release,
			expected: request.expected ?? "",
			restart: request.restart,
			kind: request.converge ? "converge" : request.rollback ? "rollback" : void 0,
			switch: request.autoRevert === void 0 ? void 0 : Math.ceil(request.autoRevert),
			...serviceValues(request.services)
		},
		texts: serviceTexts(request.services),
		onOutput: (bytes) => output.push(bytes)
	});
	return {
		previous: named(reply.value("previous")),
		services: parseEvidence(reply, request.services),
		settling: Number(reply.value("settling") ?? 0) / 100,
		warnings: [...reply.value("switch") === "none" ? [NO_AUTO_REVERT] : [], ...reply.all("warning")]
	};
}
const named = (release) => release ? checkedRelease(release, "live before") : void 0;
/** As `Host.observe`; without services no call is made. @throws Failure as the host replied */
async function observe(session, request) {
	if (request.services.length === 0) return [];
	const reply = await session.call("observe", {
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
async function revert(session, request, task) {
	session.transaction = request.transaction;
	const output = new Output(task);
	const reply = await session.call("revert", {
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
		warnings: [...reply.all("warning")]
	};
}

// src/host-requirements/node-probe.ts
/**
* One probe for each version of Node that built a part of the release.
*
* @param records of the release and its environments
*/
function nodeProbes(records) {
	const versions = records.flatMap(({ node }) => node?.version ?? []);
	return [...new Set(versions)].map((version) => ({
		ask: `node ${version}`,
		reply: "missing_node",
		read: (answers, user) => ({
			findings: [],
			warnings: answers.filter((answer) => answer === version).map(() => `node is not on the PATH of ${user} (the release was built with ${version}): its services must find it themselves`)
		})
	}));
}

// src/host-requirements/host-probe.ts
/** Remedies for a release that does not fit a host. */
const WAYS_OUT = "Build it for these hosts: in a job with `container:` of their distribution, on a matching runner, or from wheels that bring what they need.";

// src/host-requirements/python-probe.ts
/** One probe for each interpreter that the release names. @param records of the release and its environments */
function pythonProbes(records) {
	const needed = records.flatMap(({ python }) => python ?? []);
	return [...new Set(needed.map(({ interpreter }) => interpreter))].map((interpreter) => ({
		ask: `interpreter ${interpreter}`,
		reply: "interpreter",
		read(answers) {
			const own = answers.filter((line) => line.startsWith(`${interpreter} `));
			const of = needed.filter((one) => one.interpreter === interpreter);
			return {
				findings: own.flatMap((line) => interpreterFindings(interpreter, line.slice(interpreter.length + 1), of)),
				warnings: []
			};
		}
	}));
}
/** Maximum number of requirements with a different result that are named. */
const SHOWN = 5;
/** Why an interpreter cannot run the release at all: the first row that applies. */
const MISFITS = [
	{
		applies: ({ seen }) => seen === "none",
		what: ({ path }) => `the host has no ${path}`,
		remedy: ({ needed }) => `Install python${needed.version} there, or set \`interpreter\` of the environment to the path that all hosts have.`
	},
	{
		applies: ({ host, needed }) => host?.version !== needed.version,
		what: ({ path, seen, host, needed }) => `${path} on the host is ${host ? `Python ${host.version}` : cutEnd(seen, 100)} and the release is for ${needed.version}`,
		remedy: () => WAYS_OUT
	},
	{
		applies: ({ host, needed }) => host?.abi !== needed.abi,
		what: ({ path, host, needed }) => `${path} on the host is a Python for ${host?.abi} and the release is for ${needed.abi}`,
		remedy: () => WAYS_OUT
	}
];
/**
* @param path the interpreter on the host
* @param seen output of PYTHON_PROBE there; `none` if there is no such file, otherwise the output of that file
* @param needed what the environments of the release need of it: at least one
*/
function interpreterFindings(path, seen, needed) {
	const [first] = needed;
	if (!first) return [];
	const host = parseProbe(seen);
	const compared = {
		path,
		seen,
		host,
		needed: first
	};
	const misfit = MISFITS.find(({ applies }) => applies(compared));
	if (misfit) return [{
		code: "requirement-missing",
		what: misfit.what(compared),
		remedy: misfit.remedy(compared)
	}];
	return host ? conditionFindings(needed, host.markers) : [];
}
/** Requirements that would come out otherwise on the host. */
function conditionFindings(needed, markers) {
	const conditions = needed.flatMap(({ conditions: own = [] }) => own);
	const others = differing(conditions, markers);
	const built = needed.find((one) => one.built)?.built ?? needed[0].version;
	const findings = others.slice(0, SHOWN).map((condition) => conditionFinding(condition, markers, built));
	if (others.length <= SHOWN) return findings;
	const what = `${formatCount(others.length - SHOWN, "further requirement")} of the environment would come out otherwise on the host`;
	return [...findings, {
		code: "requirement-missing",
		what,
		remedy: void 0
	}];
}
function conditionFinding(condition, host, built) {
	if ("python" in condition) return {
		code: "requirement-missing",
		what: `${condition.by} requires Python ${condition.python}, and the host has Python ${host.python_full_version}`,
		remedy: `Update Python on the host, or use a version of ${condition.by} that allows it.`
	};
	const { by, needs, marker, holds } = condition;
	const words = marker.match(/\w+/g) ?? [];
	const there = VARIABLES.filter((name) => words.includes(name) && host[name] !== void 0).map((name) => `${name} ${host[name]}`).join(", ");
	const builder = `where the release was built, with Python ${built}`;
	return {
		code: "requirement-missing",
		what: holds ? `${by} requires ${needs} if ${marker}: true ${builder}, and false on the host (${there})` : `${by} requires ${needs} if ${marker}: true on the host (${there}), and false ${builder}, so that the release lacks ${needs}`,
		remedy: `Build with Python ${host.python_full_version}: name such an interpreter (\`--python\`, or the input \`python\`), or build in a job with \`container:\` of the hosts' distribution. Or list ${needs} in your own requirements, without a marker.`
	};
}

// src/host-requirements/probes.ts
/** @param records of the release and of its environments */
const probesOf = (records) => [...pythonProbes(records), ...nodeProbes(records)];
/** Texts for a request with probes: programs that the host runs for them. */
const PROBE_TEXTS = { "interpreter-probe": PYTHON_PROBE };

// src/host/finding-rows.ts
/** The findings in the order of the table, and of the values of a key. */
function findByRows(rows, reply, context) {
	return rows.flatMap(({ key, applies = () => true, code, what, remedy }) => valuesOf(reply, key).filter((value) => applies(context, value)).map((value) => ({
		code,
		what: what(value, context),
		remedy: remedy(value, context)
	})));
}
const isMany = (key) => REPLIES.facts.values[key] === "many";
function valuesOf(reply, key) {
	return isMany(key) ? reply.all(key) : [reply.value(key) ?? ""].filter((value) => value !== "");
}

// src/host/release-records.ts
/**
* The names in the text `releases` of a facts reply that are no valid names of releases. @throws Failure as {@link
* parseReleases}
*/
const strangeReleases = (text) => blocks(text).flatMap((block) => block.split("\n", 1).filter((id) => !isReleaseName(id)));
/** How many records of one host are read: more than any host keeps. */
const MOST_RELEASES = 1e4;
/**
* How many drained backend servers one host may have on record, and characters of their lines: after each is restored,
* the others are recorded.
*/
const MOST_PLACES = 1e3;
const LARGEST_TAKEN = 1 << 20;
/** Characters of all records: one names its environments, and has less than a kilobyte. */
const LARGEST_RELEASES = 32 << 20;
function blocks(text) {
	if (text.length > LARGEST_RELEASES) throw tooMuch();
	const all = text.split(/^release /m, 10002).slice(1);
	if (all.length > MOST_RELEASES) throw tooMuch();
	return all;
}
const stateOf = (text) => RELEASE_STATES.find((state) => state === text);
const like = (text, pattern) => text !== void 0 && pattern.test(text) ? text : void 0;
/**
* Reads the text `releases` of a facts reply: `release <name>`, then `key value` lines. Newest good first, then the
* others. Invalid names and values are left out.
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
			state: stateOf(state) ?? "failed",
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
* Chooses the name: `<version>-<digest8>`, with `-2`, `-3`, … if another release has it.
*
* @param taken names that may not be used although they fit: the live release after its configuration was changed by
* hand
*/
function chooseReleaseName(wanted, releases, live, taken = []) {
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
		code: "label-invalid",
		what: `the version ${JSON.stringify(version)} cannot name a release`,
		remedy: "Use letters, digits, dots, underscores, plus and dashes, up to 100, and no dot or dash first.",
		outcome: "refused"
	});
	return `${version}-${digest.replace("sha256:", "").slice(0, 8)}`;
}
/**
* Reads the text `taken` of a facts reply: `<previous state><tab><server>` a line. @throws Failure for more than a host
* has
*/
function parseDrained(text) {
	if (text.length > LARGEST_TAKEN) throw tooMuch();
	const lines = text.split("\n").filter(Boolean);
	if (lines.length > MOST_PLACES) throw tooMuch();
	if (lines.length === 0) return void 0;
	return lines.map((line) => ({
		previous: line.split("	")[0],
		server: line.split("	").slice(1).join("	")
	}));
}

// src/host/requirement-findings.ts
/** What the release and each of its environments require of hosts. */
const recordsOf = ({ release }) => [release.requirements, ...release.environments.map(({ requirements }) => requirements)];
const LIBRARY_FINDINGS = [{
	key: "missing_glibcxx",
	code: "requirement-missing",
	what: (version, { by }) => `the release needs a libstdc++ with GLIBCXX_${version}${by(`GLIBCXX_${version}`)}, which the host does not have`,
	remedy: () => WAYS_OUT
}, {
	key: "missing_soname",
	code: "requirement-missing",
	what: (soname, { by }) => `the release needs ${soname}${by(soname)}, which the host does not have`,
	remedy: (soname) => `Install the package that has it (apt-file search ${soname}), or take a build that brings it along (for psycopg: psycopg[binary]).`
}];
/** Empty if the host has everything that can be compared. */
function requirementFindings(artifact, reply) {
	const records = recordsOf(artifact);
	const by = (name) => {
		const file = records.map(({ neededBy = {} }) => neededBy[name]).find((path) => path !== void 0);
		return file === void 0 ? "" : ` (for ${file})`;
	};
	return [...[...architectureFindings(artifact, reply.value("architecture")), ...libcFindings(records, reply.value("libc"), by)].map((what) => ({
		code: "requirement-missing",
		what,
		remedy: WAYS_OUT
	})), ...findByRows(LIBRARY_FINDINGS, reply, { by })];
}
function architectureFindings(artifact, architecture) {
	const needed = artifact.release.requirements.architecture;
	return recordsOf(artifact).some(({ libc }) => libc !== void 0) && architecture !== needed ? [`the release is for ${needed} and the host is ${architecture}`] : [];
}
/** At most one. @param there family and version of the host's C library: `glibc 2.36` */
function libcFindings(records, there, by) {
	const [family, version] = (there ?? "").split(" ");
	if (!family) return [];
	return records.flatMap(({ libc }) => {
		if (!libc) return [];
		if (family !== libc.family) return [`the release is built for ${libc.family} and the host has ${family}`];
		if (!libc.version || !version || compareVersions(version, libc.version) >= 0) return [];
		return [`the release needs glibc ${libc.version}${by(`GLIBC_${libc.version}`)} and the host has ${version}`];
	}).slice(0, 1);
}

// src/host/space-findings.ts
/** Space that must stay free in addition to what is sent: logs, databases and the next deploy need it too. */
const HEAD_ROOM = 64 << 20;
/**
* If environments have a file system of their own, how much of the content goes to which is unknown: each must have
* space for all of it.
*/
function spaceFindings(reply, missing, layout) {
	return [...spaceFindingsAt(layout.root, reply.value("free"), missing), ...reply.value("environments_elsewhere") ? spaceFindingsAt(layout.environmentsRoot, reply.value("free_environments"), missing) : []];
}
/** @param said free blocks, bytes of a block, free inodes, all inodes */
function spaceFindingsAt(root, said, missing) {
	const free = said?.split(" ").map(Number);
	if (!free || free.some(Number.isNaN)) return [];
	const [blocks, size, inodes, allInodes] = free;
	const bytes = blocks * size;
	const neededBytes = missing.bytes + missing.files * 4096 + HEAD_ROOM;
	const neededInodes = missing.files + 1e3;
	const findings = [];
	if (bytes < neededBytes) findings.push({
		code: "disk-full",
		what: `the disk of ${root} has ${formatBytes(bytes)} free, and the release needs ${formatBytes(neededBytes)}`,
		remedy: "Free some space, or keep fewer releases (`keep` of the target)."
	});
	if (allInodes > 0 && inodes < neededInodes) findings.push({
		code: "disk-full",
		what: `the file system of ${root} has ${inodes} inodes left, and the release needs ${neededInodes}`,
		remedy: "Remove files (df -i shows it), or keep fewer releases (`keep` of the target)."
	});
	return findings;
}

// src/host/findings.ts
/**
* @param missing what would have to be sent; undefined when there is no incoming release
* @returns findings that make a deploy fail, and warnings
*/
function findingsOf(request, reply, missing) {
	const { artifact, layout } = request;
	const user = reply.value("user") ?? "the SSH user";
	const probes = (artifact ? probesOf(recordsOf(artifact)) : []).map((probe) => probe.read(reply.all(probe.reply), user));
	return {
		findings: [
			...findByRows(STATE_FINDINGS, reply, {
				layout,
				user,
				adopting: request.adopting ?? false,
				halfAdopted: Boolean(reply.value("half_adopted")),
				autoRevert: request.autoRevert,
				newestGood: newestGood(reply)
			}),
			...reply.all("finding").map(parseFinding),
			...artifact ? requirementFindings(artifact, reply) : [],
			...probes.flatMap((probe) => probe.findings),
			...missing ? spaceFindings(reply, missing, layout) : []
		],
		warnings: [
			...request.autoRevert === "wanted" && reply.value("switch") === "none" ? [NO_AUTO_REVERT] : [],
			...reply.all("warning"),
			...strangeReleases(reply.texts.get("releases") ?? "").map((name) => `${layout.root}/.tarlift/releases has ${JSON.stringify(visibleLine(name).slice(0, 100))}, which cannot be the name of a release: it is left out. Look at who wrote it`),
			...probes.flatMap((probe) => probe.warnings),
			...copyWarnings(request, reply)
		]
	};
}
function copyWarnings({ artifact, layout }, reply) {
	if (!artifact?.release.environments.some(({ kind }) => kind === "tree") || !reply.value("environments_elsewhere")) return [];
	return [`${layout.environmentsRoot} is on another file system than ${layout.root}: trees are copied, not linked`];
}
/** The release that became good last, by its name. */
const newestGood = (reply) => parseReleases(reply.texts.get("releases") ?? "").find(({ state, absent }) => state === "good" && !absent)?.id;
/** Reads a `finding` of the program on the host: code, sentence and remedy, separated by tabs. */
function parseFinding(line) {
	const [code, what = "", remedy] = line.split("	");
	return {
		code: isFailureCode(code) ? code : "protocol-broken",
		what,
		remedy: remedy || void 0
	};
}

// src/host/release-env.ts
/**
* The text of an environment file. Always double quotes with a backslash before `\ " $` and backtick, newlines raw:
* systemd and sh then read the same bytes (systemd.exec(5), EnvironmentFile=).
*
* @param variables names and values; a value may contain anything but NUL
* @throws Failure naming the variable that cannot be written
*/
function formatEnvironment(variables) {
	return Object.entries(variables).map(([name, value]) => {
		if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw refused(name, "is no name of an environment variable: letters, digits and underscores");
		if (shellKeeps(name)) throw refused(name, "is a variable that shells keep for themselves: give it another name");
		if (value.includes("\0")) throw refused(name, "holds a NUL, which no environment variable can");
		return `${name}="${value.replace(/[\\"$`]/g, "\\$&")}"\n`;
	}).join("");
}
function refused(name, why) {
	return new Failure({
		code: "config-invalid",
		what: `the configuration cannot be written: ${name} ${why}`,
		remedy: "Look at `env` and `secrets` of the target in tarlift.yml.",
		outcome: "refused"
	});
}
/**
* Identifies a configuration without revealing it: hosts compare it. What Tarlift itself adds (release, version) is not
* part of it.
*/
function configurationDigest(variables) {
	const sorted = Object.entries(variables).sort(([a], [b]) => a < b ? -1 : 1);
	return createHash("sha256").update(JSON.stringify(sorted)).digest("hex");
}
/** All variables of a release: the user's override the image's, Tarlift's own override all others. */
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
* `.tarlift/exec`: runs its arguments in the release that contains it, with that release's configuration and its own
* programs first.
*
* @param programs directories of programs, relative to the release: `.venv/bin`
*/
function execWrapper(programs) {
	const directories = [...programs, ".tarlift/bin"];
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

// src/host/calls/adopt.ts
/** As `Host.adopt`. @throws Failure as the host replied */
async function adopt(session, request) {
	const { as, shared, services } = request;
	session.transaction = as?.transaction ?? "";
	const variables = as && {
		TARLIFT_RELEASE: as.release,
		TARLIFT_VERSION: as.release,
		TARLIFT_COMMIT: as.commit ?? "",
		TARLIFT_TARGET: session.layout?.target ?? ""
	};
	return parseAdoption(await session.call("adopt", {
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
			exec: execWrapper(as?.programs ?? []),
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
	const already = reply.value("already");
	const variables = reply.value("variables");
	const release = already ?? reply.all("release").findLast(Boolean);
	return {
		findings: reply.all("finding").map(parseFinding),
		adopted: already !== void 0 || reply.value("adopted") === "yes",
		begun: reply.value("begun") === "yes",
		layout: reply.value("layout") === "releases" ? "releases" : "plain",
		from: reply.value("from") || void 0,
		release: release && checkedRelease(release, "what is to be adopted"),
		commit: [reply.value("commit") ?? ""].find((commit) => /^[0-9a-f]{40,64}$/.test(commit)),
		files: Number(reply.value("files") ?? 0),
		foreign: Number(reply.value("foreign") ?? 0),
		variables: variables === void 0 ? void 0 : Number(variables),
		shared: reply.all("shared").map((line) => {
			const [word, ...path] = line.split(" ");
			return {
				path: path.join(" "),
				becomes: BECOMES.find((known) => known === word) ?? "none"
			};
		}),
		services: reply.all("running").map((line) => {
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
* @returns its lines in order, without invalid ones; undefined when there are none
* @throws Failure for more lines than a host keeps
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

// src/host/calls/commit.ts
/** As `Host.precommit`. @throws Failure as the host replied */
async function precommit(session) {
	await session.call("precommit", { values: {} });
}
/** As `Host.commit`. @throws Failure as the host replied */
async function commit(session, request) {
	session.transaction = request.transaction;
	return { warnings: [...(await session.call("commit", {
		values: {
			release: request.release,
			keep: request.keep,
			rollback: request.rollback ? "yes" : void 0,
			converge: request.converge ? "yes" : void 0
		},
		texts: request.migrations?.length ? { journal: formatJournal(request.migrations) } : {},
		last: request.last
	})).all("warning")] };
}

// src/host/calls/content.ts
/**
* The largest record: as many bytes of file indexes as an artifact may have, its config, and the text that separates
* the indexes.
*/
const LARGEST_RECORD = 320 << 20;
/** Size of the pieces that content.sh sends. */
const PIECE = 1 << 20;
/** Seconds. */
const SILENCE = 120;
/** As `Host.record`. */
async function record(session, release) {
	const { texts } = await session.call("record", {
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
async function read(session, request) {
	const { encoding } = session;
	const { files, onOthers, onBytes } = request;
	const total = files.reduce((sum, { size }) => sum + size, 0);
	let left = total;
	await session.call("files", {
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
			bytes: total + total / 64 + 10 * files.length + PIECE,
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
		return unpack(bytes, { maxOutputLength: PIECE });
	} catch (cause) {
		throw wrong(cause instanceof Error ? cause.message : String(cause));
	}
}
const wrong = (why) => new Failure({
	code: "release-damaged",
	what: "files of a release could not be read",
	output: why,
	remedy: "Look at the host's disk and memory."
});

// src/host/calls/definitions.ts
/** As `Host.definitions`. */
async function definitions(session, request) {
	const { layout, services, commands } = request;
	if (!session.layout) session.begin(layout, void 0);
	const texts = services.flatMap(({ name, kind }) => {
		const command = commands[name];
		if (command === void 0) return [];
		return [[`command.${name}`, `${supervisorOfKind(kind).definitionCommand(command)}\n`]];
	});
	return [...(await session.call("definitions", {
		values: serviceValues(services),
		texts: {
			program: DEFINITIONS_PROGRAM,
			...Object.fromEntries(texts)
		}
	})).all("warning")];
}

// src/host/calls/delayed-task.sh
var delayed_task_default = "# shellcheck shell=sh\n# shellcheck disable=SC2015 # A && B || C is meant as it is\n# A delayed task: a command that this host runs by itself, in the live release, when no run has held its lock for some\n# time and no transaction is open (the host's auto-revert reverts an open one). It restores a server in a balancer. It\n# is sent only with its own call.\n#\n#   .tarlift/seats/<key>/      armed (its process), about, in (the request: task, variables, taken), program, more\n\n# Values: do (probe, arm, disarm), key, after (seconds), run_as, timeout. Texts: task, variables; taken: its line in\n# .tarlift/taken.\nverb_later() {\n	later_place=$v_root/.tarlift/seats/$v_key\n	case $v_do in\n	probe)\n		detach_method\n		[ -n \"$detach_method\" ] || reply lacks way\n		;;\n	arm) later_arm ;;\n	disarm) later_remove \"$later_place\" ;;\n	esac\n}\n\n# later_remove DIRECTORY: it may not exist, and others may be beside it.\nlater_remove() {\n	rm -rf \"$1\"\n	rmdir \"${1%/*}\" || :\n} 2>/dev/null\n\nlater_arm() {\n	detach_method\n	rm -rf \"$later_place\"\n	(umask 077 && mkdir -p \"$later_place\" && cp -R \"$request\" \"$later_place/in\") && mv \"$later_place/in/program\" \"$later_place/more\" &&\n		printf '%s\\n' \"$v_root\" \"$v_after\" \"${v_run_as-}\" \"${v_timeout:-0}\" \"${v_owner-}\" >\"$later_place/about\" ||\n		fail not-writable \"$v_root/.tarlift cannot be written\" \"Look at free space (df).\"\n	detach \"$detach_method\" \"$later_place\" \"$later_place/armed\" later_main ||\n		fail auto-revert-unavailable \"the delayed task could not be started ($detach_method)\" \"Look at the log of the host.\"\n}\n\nlater_main() {\n	detached_begin\n	{\n		read -r v_root\n		read -r later_after\n		read -r v_run_as\n		read -r v_timeout\n		read -r v_owner\n	} <\"$1/about\"\n	session=$1\n	request=$1/in\n	echo \"$$\" >\"$1/armed.part\" && mv \"$1/armed.part\" \"$1/armed\"\n	later_quiet=0\n	while sleep 1; do\n		later_armed \"$1\" || exit 0\n		later_quiet=$((later_quiet + 1))\n		! lock_held || later_quiet=0\n		[ \"$later_quiet\" -ge \"$later_after\" ] || continue\n		! (later_run \"$1\") || break\n	done\n	! later_armed \"$1\" || later_remove \"$1\"\n}\n\n# Whether this process is still the current one: a later run may have armed another in its place.\nlater_armed() {\n	first_line \"$1/armed\"\n	[ \"$first_line\" = \"$$\" ]\n}\n\n# Whether no transaction is open that the host's own auto-revert must revert first; if services of the release were only\n# restarted, auto-revert has nothing to do.\nlater_allowed() {\n	transaction_read\n	[ -z \"$open_id\" ] || [ \"$open_phase\" = precommit ] || [ \"$open_release\" = \"$open_previous\" ]\n}\n\n# later_run DIRECTORY: runs under the host's lock, which a run may have taken first. False: not yet. A command that\n# fails is not repeated: the record stays, and the next run reports it.\nlater_run() {\n	lock_file \"$v_root/.tarlift/lock\"\n	exec 9>>\"$v_root/.tarlift/lock\" 3>/dev/null\n	lock_within 0 9 \"$v_root/.tarlift/lock\" || return 1\n	later_armed \"$1\" || return 0\n	later_allowed || return 1\n	link_release current\n	[ -n \"$link_release\" ] || return 0\n	printf '%s\\n' \"the dead man's switch of $v_owner\" >\"$v_root/.tarlift/owner\"\n	if task_run \"$v_root/releases/$link_release\" \"$request/task\" \"$v_run_as\" \"$v_timeout\" closed; then\n		# Read through a pipe: a list that was cut on a full disk would look like one that names nothing more.\n		if grep -qvxF -f \"$request/taken\" \"$v_root/.tarlift/taken\"; then\n			grep -vxF -f \"$request/taken\" \"$v_root/.tarlift/taken\" | write_file \"$v_root/.tarlift/taken\"\n		else\n			rm -f \"$v_root/.tarlift/taken\"\n		fi\n	fi\n	rm -f \"$v_root/.tarlift/owner\"\n}\n";

// src/host/event-log.ts
/** Tarlift writes nothing that needs escaping: line breaks and cursor movements come from another program. */
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
* Lines that are no events (a person edited the file) are skipped: a record is read, not validated. If a line was cut
* off by a full disk or a power loss, the next event is on the same line: that event counts.
*
* @param most lines that were asked for
* @throws Failure when there are more
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

// src/host/calls/notes.ts
/** The maximum number of paths that a reply names (src/remote/drift.sh). */
const PATHS = 100;
/** As `Host.drift`. @throws Failure as the host replied */
async function drift(session, request) {
	const reply = await session.call("drift", { values: {
		release: request.release,
		full: request.full ? "yes" : "no"
	} });
	const paths = (name) => (reply.texts.get(name) ?? "").split("\n", PATHS).filter(Boolean);
	const count = (name) => Number(reply.value(name) ?? 0);
	const unrecorded = reply.all("unrecorded");
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
		...unrecorded.length > 0 ? { unrecorded: [...unrecorded] } : {}
	};
}
/** Whether a release has not changed since it was verified, compared by sizes, times, modes and names. */
async function sound(session, release) {
	const { count, added } = await drift(session, {
		release,
		full: false
	});
	return count === 0 && !added;
}
/** As `Host.lockDeploys`. @param message one line; undefined: deploys are no longer locked */
async function lockDeploys(session, message) {
	if (message === void 0) await session.call("unhold", { values: {} });
	else await session.call("hold", {
		values: {},
		texts: { hold: `${message.replaceAll(/[\r\n]+/g, " ")}\n` }
	});
}
/** As `Host.noteTaken`. */
async function noteDrained(session, drained) {
	await session.call("note", {
		values: {},
		texts: { taken: drained.map(drainedLine).join("") }
	});
}
/** As `Host.acknowledgeReturned`. */
async function acknowledgeReturned(session) {
	await session.call("note", { values: { heard: "yes" } });
}
/** A line of the record: the previous state, a tab, the server. */
const drainedLine = ({ server, previous }) => `${previous}\t${server}\n`;
/** As `Host.history`. @param limit how many of the newest events */
async function history(session, limit) {
	const reply = await session.call("history", {
		values: { limit },
		limits: { bytes: LARGEST_REPLY }
	});
	return parseLog(reply.texts.get("history") ?? "", limit);
}

// src/host/calls/delayed-task.ts
const DELAYED_TASK_PROGRAM = withoutComments(delayed_task_default);
/** As `Host.delayedTask`. @throws Failure as the host replied */
async function delayedTask(session, action, { restores, after, run, variables, timeout }) {
	return { able: (await session.call("later", {
		values: {
			do: action,
			key: createHash("sha256").update(restores.server).digest("hex").slice(0, 16),
			after: Math.ceil(after),
			timeout: Math.ceil(timeout)
		},
		texts: {
			program: DELAYED_TASK_PROGRAM,
			task: run,
			variables: formatEnvironment(variables),
			taken: drainedLine(restores)
		}
	})).value("lacks") === void 0 };
}

// src/protocol/owner.ts
/** The user or run that deploys, for messages of other runs. */
function describeOwner() {
	const { GITHUB_RUN_ID: run, GITHUB_REPOSITORY: repository } = process.env;
	if (run && repository) return `run ${run} of ${repository}`;
	return `${userName()} on ${hostname()}`;
}
/** In a container the user may have only a number. */
function userName() {
	try {
		return userInfo().username;
	} catch {
		return `user ${process.getuid?.()}`;
	}
}
/** One line of printable ASCII without quotes and backslashes: it is written to a file for people and to JSON. */
function ownerLine(owner) {
	return owner.replaceAll(/[^\x20-\x7e]|["\\]/g, "?").slice(0, 200);
}

// src/session/session.ts
/**
* Makes one call after the other; the facts call comes first, and names the application that all later calls concern.
*/
var Session = class {
	name;
	/** The host is this machine. */
	local;
	/** The fleet transaction that the next requests belong to; the host records it. */
	transaction = "";
	#address;
	#options;
	#connection;
	#layout;
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
	/** The application layout of the facts call. */
	get layout() {
		return this.#layout;
	}
	/**
	* Begins to connect, or begins again: with a new connection if the previous one was lost.
	*
	* @param owner who requests the lock, if it is requested
	* @throws Failure (refused) for an invalid root
	*/
	begin(layout, owner) {
		checkLayout(layout);
		if (this.#connection.lost) this.#connection = new Connection(this.#address, this.#options);
		this.#layout = layout;
		if (owner !== void 0) this.#owner = ownerLine(owner);
		this.#connection.connect();
	}
	/** @throws Failure as {@link Connection.call} */
	call(verb, call) {
		const layout = this.#layout;
		if (!layout) throw new Error(`${verb} needs the facts before it`);
		return this.#connection.call({
			verb,
			...call,
			values: {
				root: layout.root,
				environments_root: layout.environmentsRoot,
				root_id: rootId(layout),
				run_as: layout.runAs,
				deploy_id: this.transaction,
				owner: this.#owner,
				lease: this.#options.lease,
				...call.values
			}
		});
	}
};
/** Roots are used in values and links: no spaces, nothing that a shell or tar would read differently. */
function checkLayout(layout) {
	for (const path of [layout.root, layout.environmentsRoot]) if (!/^(\/[A-Za-z0-9_+@-][A-Za-z0-9._+@-]*)+$/.test(path)) throw new Failure({
		code: "config-invalid",
		what: `${JSON.stringify(path)} cannot be a directory for releases`,
		remedy: "Use an absolute path of letters, digits and `._+@-`, such as /srv/accounting.",
		outcome: "refused"
	});
}
/** Distinguishes the roots that share one environments-root. */
const rootId = (layout) => createHash("sha256").update(layout.root).digest("hex").slice(0, 8);

// src/host/calls/host-session.ts
/** Every call of this folder takes one as its first parameter. */
var HostSession = class extends Session {
	/** What the latest facts call found for its artifact. */
	incoming;
	/** How bytes travel to and from the host. */
	encoding = "none";
	/** The host has curl or wget. */
	hasHttpClient = false;
	/** Its sshd forwards no ports: HTTP requests are made on the host. */
	asksItself = false;
};

// src/host/http-client.ts
/** The kept part of a body: bytes on a host, characters here. */
const LARGEST_BODY = 4096;
/**
* Not imported: an import of node:http loads the whole of fetch, which takes a tenth of the start time of a command.
*/
const plain = () => process.getBuiltinModule("node:http");
const secure = () => process.getBuiltinModule("node:https");
/** The connection ended before an answer: no process listens there, or sshd forwards no ports. */
var NotConnected = class extends Failure {};
const CLOSED = [
	"ECONNRESET",
	"ECONNREFUSED",
	"EPIPE",
	"ENOENT"
];
/** The address that a connection must forward for a request to a URL. @returns an IPv6 address without its brackets */
function forwardTo(url) {
	const { hostname, port, protocol } = new URL(url);
	return {
		host: hostname.replace(/^\[|\]$/g, ""),
		port: Number(port) || (protocol === "https:" ? 443 : 80)
	};
}
/**
* One GET request. Redirects are not followed: a redirect does not count as healthy.
*
* @param forwards sockets on this machine and the addresses that they forward to
* @throws Failure when there is no answer within the time (seconds); {@link NotConnected} when the connection ends at
* once
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
		const sent = client.request({
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
				sent.destroy();
			});
			response.on("error", (error) => isTimeout(error) ? answer?.() : fail(error.message));
			response.on("end", answer);
		});
		sent.on("error", (error) => {
			if (answer && isTimeout(error)) return answer();
			const code = error.code ?? "";
			if (CERTIFICATE$1.test(code)) reject(notTrusted(where, error.message, "set NODE_EXTRA_CA_CERTS where Tarlift runs"));
			else fail(isTimeout(error) ? `no answer within ${timeout} s` : error.message, CLOSED.includes(code));
		});
		sent.end();
	}).catch((cause) => {
		throw cause instanceof Failure ? cause : notAsked(where, cause);
	});
}
const isTimeout = ({ name }) => name === "AbortError" || name === "TimeoutError";
/** Codes of Node and OpenSSL for a certificate of another name, or one that no known authority has signed. */
const CERTIFICATE$1 = /^ERR_TLS_CERT|SELF_SIGNED|^CERT_|^UNABLE_TO_(GET|VERIFY)/;
/** @param trust how to make the client trust an authority of the user's own, as a clause */
function notTrusted(where, output, trust) {
	return new Failure({
		code: "service-misconfigured",
		what: "the service's certificate is not accepted",
		where,
		output,
		remedy: `It has to be valid for the host of \`health.url\`, or, where that is an address, for the header \`Host\`. An authority of your own: ${trust}. Or let the check ask the service without TLS.`
	});
}
/**
* The server name for a server with several certificates: an address is not one (RFC 6066, 3). @param headers names in
* lower case
*/
function serverName$1(host, headers) {
	if (isIP(host) === 0) return host;
	const name = headers.host?.replace(/:\d+$/, "") ?? "";
	return isIP(name.replace(/^\[|\]$/g, "")) === 0 ? name : "";
}
/**
* How a client on the host requests an address over TLS under the name of the header `Host`, as {@link request} does.
*
* @returns the URL with that name, and the address of the name (`NAME:PORT:ADDRESS`, curl(1) --resolve); undefined if
* the URL has its own name
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
/** The failure for a service that does not answer, whichever client sent the request. */
function noAnswer(where, output) {
	return {
		code: "service-unhealthy",
		what: "the service does not answer",
		where,
		output
	};
}
/**
* One `Name: value` per line, as clients on hosts take request headers. @throws Failure for what HTTP does not allow in
* a header
*/
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
/**
* tarlift.yml allows only headers that can be sent; an artifact may contain what an older version of Tarlift allowed.
*/
const notAsked = (where, cause) => new Failure({
	code: "service-misconfigured",
	what: "the request to the service cannot be made",
	where,
	output: cause.message,
	remedy: "Correct `health.headers` of the service in tarlift.yml.",
	cause
});
/**
* Reads a status line and headers, as clients on hosts dump them. Names are converted to lower case; undefined: not
* HTTP.
*/
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

// src/host/calls/http-probe.ts
/** A finding of a host on which neither method works. */
const NO_WAY_TO_HEALTH = {
	code: "health-unavailable",
	what: "health cannot be asked for: the sshd of this host forwards no ports, and it has neither curl nor wget",
	remedy: "Install curl on the host, or allow the forward in its sshd_config: AllowTcpForwarding local"
};
/** As `Host.http`; the session remembers which of the two methods works. */
async function http(session, probe) {
	const { name, local, connection } = session;
	if (session.asksItself) return askThere(session, probe);
	try {
		return await request(probe, connection.forwards, name);
	} catch (error) {
		if (!(error instanceof NotConnected) || local || !session.hasHttpClient) throw error;
		const answer = await askThere(session, probe);
		session.asksItself = true;
		return answer;
	}
}
/**
* How curl reports that it does not accept a certificate (its exit codes 51 and 60), and how GNU wget does. A service
* that demands the client's certificate is another case: `curl: (56) … alert certificate required`, `OpenSSL: …`,
* `GnuTLS: …`.
*/
const CERTIFICATE = /^curl: \((?:51|60)\)|^ERROR: .*certificate/i;
/** The host sends this many bytes of a body (src/remote/http.sh). */
const beginning = (body) => body !== void 0 && Buffer.byteLength(body) >= 4096 ? body.slice(0, LARGEST_BODY) + CUT : body;
async function askThere(session, request) {
	const where = {
		host: session.name,
		url: request.url
	};
	const named = underName(request.url, request.headers);
	const reply = await session.call("http", {
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

// src/host/calls/task.ts
/** Seconds for a command that has reached its limit to end. */
const STOP = 600;
/**
* As `Host.task`.
*
* @param shown whether a line of its output is shown to the user
* @returns how it ended, and its whole output
*/
async function runTask(session, request, task, shown = () => true) {
	const output = new Output(task, shown);
	const { migrations } = request;
	if (migrations) session.transaction = migrations.transaction;
	const reply = await session.call("task", {
		values: {
			release: request.release,
			run_as: request.runAs ?? session.layout?.runAs,
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
		limits: { time: request.timeout ? request.timeout + STOP : Number.POSITIVE_INFINITY }
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

// src/host/calls/pending.ts
/** The prefix of each line that is a migration. */
const pendingMark = (release) => `tarlift-pending-${release} `;
/**
* Marks what the command prints on standard output: warnings on standard error are no migrations. The empty line before
* them ends a warning that has no line break at its end: otherwise the first migration would be a part of it.
*/
function pendingText(text, mark) {
	return `tarlift_pending=$(\n${text}\n)\n[ -z "$tarlift_pending" ] || printf '\\n%s\\n' "$tarlift_pending" | sed 's/^/${mark}/'\n`;
}
/** @param output the whole output @returns the migrations, in order */
function pendingLines(output, mark) {
	return output.split("\n").filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length).trim()).filter(Boolean);
}
/**
* Lists the pending migrations of a release that a host has.
*
* @returns the migrations, in order
* @throws Failure when the command fails
*/
async function listPending(session, { release, pending, timeout }, task) {
	const mark = pendingMark(release);
	const { runAs } = session.layout;
	const end = await runTask(session, {
		release,
		run: pendingText(pending, mark),
		runAs,
		timeout,
		lock: "closed"
	}, task, (line) => !line.startsWith(mark));
	if (!succeeded(end)) throw pendingFailed(session.name, session.layout, release, end.lastLines, describeEnd(end, timeout));
	return pendingLines(end.output, mark);
}
/** The failure of the command in a release that a host has already. @param ended how it ended, in words */
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
		code: "migration-failed",
		what: `the pending migrations could not be listed: ${ended}`,
		where: { host },
		output,
		remedy: `To try it by hand: log in as the user that deploys and open a shell in the release with ${formatCommand(shell)}; then type the command of migrations.pending.`,
		outcome: "refused"
	});
}

// src/artifact/layer-map.ts
/** Room for an entry, whose header has at most 1 MiB, and the positions of all layers of an artifact. */
const LONGEST_LINE = 2 << 20;
/**
* @param entries of the release, in order
* @param replaced entries that shared paths replace
* @param layersOf positions of the layers that contain a path
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
* Splits a release's index into those of its layers.
*
* @param entries of the release, in order
* @param count number of layers in the config
* @returns the index of each layer that has entries, by its position
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
/** Yields one line after the other: a host may send any number, and the first wrong one ends the reading. */
function* linesOf(text) {
	for (let at = 0, end = text.indexOf("\n"); end >= 0; at = end + 1, end = text.indexOf("\n", at)) yield text.slice(at, end);
}
/**
* Positions are in ascending order, each at most once and one of a layer: otherwise a host that repeats them could fill
* the memory.
*/
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
const other = () => new Failure({
	code: "release-damaged",
	what: "the record of a release's layers does not belong to its file index"
});

// src/text/read-lines.ts
/**
* Yields one line after the other, without newlines. A reply may be a quarter of a gigabyte of newlines, and an array
* of that many lines would crash this process.
*/
function* textLines(text) {
	let at = 0;
	for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", at)) {
		yield text.slice(at, end);
		at = end + 1;
	}
	if (at < text.length) yield text.slice(at);
}

// src/transfers/release-index.ts
/** By artifact and shared paths. */
const joined = /* @__PURE__ */ new WeakMap();
/**
* Joins the indexes of everything in the release's directory except environments. Once for all hosts with the same
* shared paths.
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
/** What the index leaves out is still in the release's directory: trees, and links to shared paths. */
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
* @throws Failure when it is not about this index
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
/**
* Whether files may be linked from this path: it must be a release's, relative to the root. It is written to the tar as
* the host sent it.
*/
function isSource(path) {
	const [directory, release = "", ...within] = path.split("/");
	return directory === "releases" && isReleaseName(release) && nameProblem(within.join("/")) === void 0;
}
/**
* Files of an environment that need not be sent again.
*
* @param said `<x or -><16 hex digits> <path>` of each file that an interrupted transfer left there
* @returns paths whose content and mode match the index
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
		code: "protocol-broken",
		what: "the host's answer about missing files makes no sense",
		output: cutEnd(text, 400)
	});
}

// src/host/facts-reply.ts
/**
* Facts without findings, and as if nothing had to be sent.
*
* @param releases as the reply has them
* @param configuration the text of the release's environment, by name
* @throws Failure for names that no release can have
*/
function readFacts(reply, releases, configuration) {
	const named = (key) => {
		const id = reply.value(key);
		if (!id) return void 0;
		checkedRelease(id, key);
		return onHost(releases.find((release) => release.id === id) ?? {
			id,
			version: id,
			state: "good"
		});
	};
	return {
		findings: [],
		warnings: [],
		lockedBy: reply.value("locked_by_stranger") ?? reply.value("locked_by"),
		lockedByStranger: reply.value("locked_by_stranger") !== void 0,
		running: reply.value("running"),
		deployLock: reply.value("held"),
		open: parseOpen(reply.value("open")),
		returned: parseOpen(reply.value("returned")),
		agreed: [reply.value("agreed") ?? ""].find(isTransaction),
		drained: parseDrained(reply.texts.get("taken") ?? ""),
		migrations: parseJournal(reply.texts.get("migrations") ?? ""),
		migrationOutput: lastSaid(reply.texts.get("migrations-output")),
		live: named("live"),
		dropped: parseDropped(reply.all("dropped")),
		previous: named("previous"),
		releases: releases.filter(({ absent }) => !absent).map(onHost),
		configuration: configuration && configurationDigest(configuration),
		unchanged: false,
		missing: {
			files: 0,
			bytes: 0
		},
		readOnlyBecause: reply.value("modes_why")
	};
}
/** One `<service> <release>` per line. */
function parseDropped(values) {
	const dropped = values.flatMap((line) => {
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

// src/transfers/delivery.ts
/** By artifact and by all that differs between hosts. */
const groups = /* @__PURE__ */ new WeakMap();
/**
* The delivery for one more host, which calls {@link Delivery.leave} at its end.
*
* @throws Failure when the answer is not about this index
*/
async function deliveryFor(request, transfer) {
	const { artifact, index, ...rest } = request;
	const known = groups.get(artifact) ?? /* @__PURE__ */ new Map();
	groups.set(artifact, known);
	const key = createHash("sha256").update(JSON.stringify([
		transfer.key,
		index.sha256,
		rest
	])).digest("hex");
	const making = known.get(key) ?? make(request, transfer, () => known.delete(key));
	known.set(key, making);
	const delivery = await making.catch((error) => {
		known.delete(key);
		throw error;
	});
	delivery.enter();
	return delivery;
}
async function make(request, transfer, onEnd) {
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
	const { root, incoming, encoding, modes } = request;
	return new Delivery({
		artifact,
		index,
		plan,
		root,
		incoming,
		environments,
		encoding,
		modes,
		size
	}, transfer, onEnd);
}
var Delivery = class {
	plan;
	environments;
	/** Number of files to send, and their bytes: uncompressed, by the indexes. */
	size;
	/** The layers that contain them. */
	layers;
	/** `<size> <sha256>` of all files that are not linked. */
	lines;
	/** The artifact's config. */
	config;
	#content;
	#transfer;
	#onEnd;
	#hosts = 0;
	#running;
	constructor(content, transfer, onEnd) {
		const { artifact, index, plan, environments, size } = content;
		this.#content = content;
		this.#transfer = transfer;
		this.#onEnd = onEnd;
		this.plan = plan;
		this.environments = environments;
		this.size = size;
		const release = plan.missing.map((n) => index.layerOf.get(index.files[n].path));
		this.layers = [.../* @__PURE__ */ new Set([...release, ...environments.map(({ record }) => record.diffId)])];
		this.lines = new SharedText(formatLines(index, plan));
		this.config = new SharedText(artifact.configText);
	}
	enter() {
		this.#hosts++;
	}
	/** One host no longer needs it. */
	async leave() {
		if (--this.#hosts > 0) return;
		this.#onEnd();
		const running = this.#running;
		this.#running = void 0;
		await (await running?.catch(() => void 0))?.close();
	}
	/**
	* The bytes for one host.
	*
	* @param onBytes called with the number of bytes of files in what was yielded so far
	*/
	async *data(onBytes) {
		this.#running ??= this.#transfer.begin(this.#content);
		yield* (await this.#running).data(onBytes, this.#hosts > 1);
	}
};

// src/transfers/push/docs.md
var docs_default = "The machine that deploys sends each host the files that it lacks, over the connection that it has to the host anyway. Files are read and\ncompressed once for all hosts that lack the same ones; what slow hosts have not read yet is kept in memory, and from 8 MiB on in a file.\n\nIt is the only transfer, and needs no configuration.\n";

// src/transfers/push/index.ts
const push = {
	key: "push",
	title: "Push",
	docs: docs_default,
	begin: async (content) => new (await (import("./transfers-push-push.js"))).Push(content)
};

// src/transfers/registry.ts
/** The first one serves every host. */
const TRANSFERS = [push];

// src/host/calls/incoming.ts
/** Reads it from the facts reply. @param live the name of the live release */
async function incomingOf(session, request, artifact, index, reply, releases, live) {
	const { root, environmentsRoot } = request.layout;
	const missing = reply.all("missing_environment");
	const encoding = bestEncoding(reply, session.local);
	const modes = reply.value("modes") === "open" ? "open" : "closed";
	const delivery = await deliveryFor({
		artifact,
		index,
		plan: reply.texts.get("plan") ?? "",
		environments: artifact.release.environments.filter(({ id }) => missing.includes(id)).map(({ id }) => ({
			id,
			directory: `${environmentsRoot}/.incoming-${rootId(request.layout)}-${id}`,
			left: reply.texts.get(`left-${id}`) ?? ""
		})),
		root,
		incoming: `${root}/.tarlift/incoming/${incomingName(artifact)}`,
		encoding,
		modes
	}, TRANSFERS[0]);
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
		unindexed: artifact.release.environments.map(({ id }) => id).filter((id) => reply.all("unindexed_environment").includes(id)),
		releases,
		live,
		user: reply.value("user"),
		version: request.version ?? artifact.version,
		configuration: configurationDigest(request.configuration ?? {}),
		taken: reply.value("env_changed") && live ? [live] : []
	};
}
/** The directory below `.tarlift/incoming` that receives the release: one for each digest. */
const incomingName = (artifact) => artifact.releaseDigest.replace("sha256:", "").slice(0, 16);

// src/host/calls/preflight.ts
/** As `Host.facts`. The session keeps what later calls need. @throws Failure as the host replied */
async function askFacts(session, request) {
	session.begin(request.layout, request.lock?.owner);
	const { facts: found, reply, incoming } = await askWithRoom(session, request);
	if (incoming) {
		await session.incoming?.leave();
		session.incoming = incoming;
	}
	session.encoding = bestEncoding(reply, session.local);
	session.hasHttpClient = Boolean(reply.value("http"));
	if (!session.hasHttpClient && await session.connection.forwardsNothing()) found.findings.push(NO_WAY_TO_HEALTH);
	return found;
}
async function askWithRoom(session, request) {
	const asked = await ask$1(session, request);
	const { reply, missing } = asked;
	if (!(request.lock !== void 0 && reply.value("spare") !== void 0) || !missing || spaceFindings(reply, missing, request.layout).length === 0) return asked;
	await asked.incoming?.leave();
	return ask$1(session, request, 0);
}
/**
* @param failures how many leftovers of failed deploys may stay; left out: as many as the host keeps by itself
* (src/remote/prune.sh)
*/
async function ask$1(session, request, failures) {
	const { artifact, shared } = request;
	const index = artifact && await releaseIndex(artifact, [...shared.directories, ...shared.files]);
	const room = index && await roomFor(index, artifact);
	const reply = await session.call("facts", callFor(request, {
		index,
		room,
		failures
	}));
	const releases = parseReleases(reply.texts.get("releases") ?? "");
	const facts = readFacts(reply, releases, request.configuration);
	const { live } = facts;
	const incoming = artifact && index && await incomingOf(session, request, artifact, index, reply, releases, live?.id);
	if (incoming) Object.assign(facts, await incomingFacts(session, incoming));
	const missing = incoming?.delivery.size;
	Object.assign(facts, findingsOf(request, reply, missing));
	return {
		facts,
		reply,
		incoming,
		missing
	};
}
/** The request, as the protocol takes it. @param room bytes for the lists of the release on the host */
function callFor(request, { index, room, failures }) {
	const { artifact, shared } = request;
	return {
		values: {
			failures,
			room,
			lock: request.lock ? "yes" : void 0,
			ask_switch: request.autoRevert && "yes",
			wait: request.lock ? Math.ceil(request.lock.wait) : void 0,
			incoming: artifact ? incomingName(artifact) : void 0,
			...serviceValues(request.services)
		},
		texts: {
			...index ? { wanted: index.wanted } : {},
			...artifact ? {
				requirements: requirementLines(artifact),
				...PROBE_TEXTS
			} : {},
			"shared-directories": lines(shared.directories),
			"shared-files": lines(shared.files),
			...serviceTexts(request.services)
		},
		limits: { bytes: LARGEST_REPLY }
	};
}
/** What is found for the incoming release, except findings. */
async function incomingFacts(session, incoming) {
	const { artifact, delivery, version, configuration, releases, live, taken } = incoming;
	const choose = () => chooseReleaseName({
		version,
		digest: artifact.releaseDigest,
		configuration
	}, releases, live, taken);
	let chosen = choose();
	while (chosen.reuse && chosen.name === live && !await sound(session, chosen.name)) {
		taken.push(chosen.name);
		chosen = choose();
	}
	return {
		missing: delivery.size,
		layers: delivery.layers,
		incoming: chosen.name,
		unchanged: chosen.reuse && chosen.name === live
	};
}
/**
* The maximum number of bytes that the lists of a release take on a host during a deploy (main_session of
* src/remote/main.sh). Measured: about thirteen copies of a path, and 500 bytes, for a file of the release, and four
* copies and 160 bytes for a file of an environment.
*/
async function roomFor({ wanted }, { release, indexText }) {
	const environments = await Promise.all(release.environments.map(({ diffId }) => indexText(diffId)));
	return 16 * wanted.text.length + 4 * environments.reduce((sum, { length }) => sum + length, 0);
}
function requirementLines(artifact) {
	const records = recordsOf(artifact);
	const libraries = records.flatMap(({ sonames, glibcxx }) => [...sonames.map((soname) => `soname ${soname}`), ...glibcxx ? [`glibcxx ${glibcxx}`] : []]);
	const probes = probesOf(records).map(({ ask }) => ask);
	return lines([
		...new Set(libraries),
		...probes,
		...artifact.release.environments.map(({ id }) => `environment ${id}`)
	]);
}

// src/host/calls/prepare.ts
/**
* As `Host.prepare`: a copy that the host has already and that was not changed since, else a sent one.
*
* @throws Failure as the host replied
*/
async function prepare(session, request, task) {
	const { incoming } = session;
	if (!incoming || incoming.artifact.releaseDigest !== request.artifact.releaseDigest) throw new Error("prepare needs the facts about this very artifact before it");
	incoming.configuration = configurationDigest(request.configuration);
	const wanted = {
		version: incoming.version,
		digest: incoming.artifact.releaseDigest,
		configuration: incoming.configuration
	};
	let chosen = chooseReleaseName(wanted, incoming.releases, incoming.live, incoming.taken);
	while (chosen.reuse) {
		if (chosen.name === incoming.live || await sound(session, chosen.name)) return reused(session, chosen.name, incoming, request, task);
		incoming.taken.push(chosen.name);
		chosen = chooseReleaseName(wanted, incoming.releases, incoming.live, incoming.taken);
	}
	return send(session, chosen.name, incoming, request, task);
}
async function reused(session, release, incoming, request, task) {
	const nothing = {
		release,
		sent: {
			files: 0,
			bytes: 0
		},
		wire: 0,
		linked: incoming.index.files.length,
		warnings: []
	};
	for (const runAs of request.commandsAs?.filter((user) => user !== incoming.user) ?? []) await runTask(session, {
		release,
		run: ":",
		runAs,
		lock: "closed"
	}, task);
	if (request.pending === void 0) return nothing;
	const { pending, timeout } = request;
	return {
		...nothing,
		pending: await listPending(session, {
			release,
			pending,
			timeout
		}, task)
	};
}
async function send(session, release, incoming, request, task) {
	const { delivery } = incoming;
	const sending = {
		release,
		incoming,
		request,
		mark: pendingMark(release)
	};
	const output = new Output(task, (line) => !line.startsWith(sending.mark));
	const texts = {
		...releaseTexts(session.layout, sending),
		...await environmentIndexes(incoming)
	};
	const before = session.connection.sentData;
	const reply = await session.call("prepare", {
		values: sentValues(sending),
		texts,
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
		wire: session.connection.sentData - before,
		linked: delivery.plan.linked.size,
		pending: request.pending === void 0 ? void 0 : pendingLines(output.all, sending.mark),
		warnings: [...reply.all("warning")]
	};
}
function sentValues({ release, incoming, request }) {
	const { artifact, index, delivery, encoding } = incoming;
	return {
		release,
		digest: artifact.releaseDigest,
		version: incoming.version,
		commit: artifact.release.commit.id,
		commit_time: artifact.release.commit.time,
		configuration: incoming.configuration,
		incoming: incomingName(artifact),
		encoding,
		modes: incoming.modes,
		index_digest: index.sha256,
		seal: request.seal,
		environments: artifact.release.environments.map(({ id }) => id).join(" "),
		receive_environments: delivery.environments.map(({ record }) => record.id).join(" "),
		timeout: Math.ceil(request.timeout ?? 0),
		commands_as: request.commandsAs?.join(" ")
	};
}
/** What is created or checked from the release beside its files. */
function releaseTexts(layout, { release, incoming, request, mark }) {
	const { artifact, index, delivery } = incoming;
	const { root } = layout;
	const variables = releaseVariables(request.configuration, {
		release,
		version: incoming.version,
		commit: artifact.release.commit.id,
		target: layout.target,
		app: artifact.release.app,
		directory: `${root}/releases/${release}`,
		image: artifact.config.config.Env ?? []
	});
	const paths = artifact.release.environments.filter(({ kind }) => kind === "path");
	const trees = artifact.release.environments.filter(({ kind }) => kind === "tree");
	return {
		env: formatEnvironment(variables),
		exec: execWrapper(paths.flatMap((record) => record.link === void 0 ? [] : runtimeOf(record, record.link).path)),
		lines: delivery.lines,
		"link-trees": lines(trees.flatMap(({ id, mounts }) => (mounts ?? []).map((directory) => `${id} ${directory}`))),
		imports: importText(paths),
		"shared-directories": lines(request.shared.directories),
		"shared-files": lines(request.shared.files),
		...request.pending === void 0 ? {} : { pending: pendingText(request.pending, mark) },
		services: request.services ? recordedLines(request.services) : "",
		config: delivery.config,
		layers: index.layers
	};
}
/** Indexes of the environments that are sent, and of those that the host has without one. */
async function environmentIndexes({ artifact, delivery, unindexed }) {
	const sent = delivery.environments.map(({ record, index }) => [`environment-${record.id}`, index]);
	const others = artifact.release.environments.filter(({ id }) => unindexed.includes(id)).map(async ({ id, diffId }) => [`environment-${id}`, await artifact.indexText(diffId)]);
	return Object.fromEntries([...sent, ...await Promise.all(others)]);
}
/** A transfer ends when the run is cancelled; what has arrived by then is kept on the host. */
async function* untilCancelled(bytes, signal) {
	for await (const chunk of bytes) {
		if (signal?.aborted) throw new Failure({
			code: "cancelled",
			what: cancelledWords(signal),
			outcome: "refused"
		});
		yield chunk;
	}
}
/**
* Shell text that starts the first environment which has modules, and imports them. It uses the release's own link, as
* its services do: the artifact's statement of where its environment is counts for nothing.
*
* @returns nothing if there are no modules
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

// src/host/calls/set-up.ts
/** As `Host.setUp`. @returns the lines that the script printed */
async function setUp(session, { layout, script, apply }) {
	if (!session.layout) session.begin(layout, void 0);
	return ((await session.call("setup", {
		values: { mode: apply ? "apply" : "plan" },
		texts: {
			program: SETUP_PROGRAM,
			script
		}
	})).texts.get("said") ?? "").split("\n").filter(Boolean);
}

// src/host/calls/open.ts
/** Every method of {@link Host} that asks the host something. */
const CALLS = {
	activate,
	adopt,
	commit,
	definitions,
	delayedTask,
	drift,
	facts: askFacts,
	history,
	lockDeploys,
	http,
	listPending,
	noteDrained,
	acknowledgeReturned,
	observe,
	precommit,
	prepare,
	read,
	record,
	revert,
	setUp,
	task: runTask
};
/**
* A host that connects with its first call.
*
* @param options one object for all hosts of a run
* @throws Failure when the key or the known hosts cannot be used
*/
function openHost(address, options) {
	const session = new HostSession(address, connectionOptions(address, options));
	return {
		...bound(session),
		name: address.address,
		roles: address.roles,
		get lost() {
			return session.connection.lost;
		},
		get away() {
			return session.connection.away;
		},
		get roundTrips() {
			return session.connection.roundTrips;
		},
		get sent() {
			return session.connection.sent;
		},
		get connection() {
			return session.connection;
		},
		async close() {
			await session.incoming?.leave();
			await session.connection.close();
		}
	};
}
function bound(session) {
	const methods = Object.entries(CALLS).map(([name, call]) => [name, (...given) => call(session, ...given)]);
	return Object.fromEntries(methods);
}

// src/session/tunnel.ts
/** Seconds for one answer, from the request to the answer's end. */
const PATIENCE = 15;
/** Characters of one answer: `show stat` of 10 000 servers has 5 million. */
const LARGEST_ANSWER = 16 << 20;
const UNANSWERED = "the connection was closed without an answer";
const open = /* @__PURE__ */ new Set();
/**
* The connection is opened when it is first needed.
*
* @param address the host; `local`: this machine
* @param to the address of the requests, as that host reaches it
*/
function openTunnel(address, options, to) {
	let connection;
	let opened;
	const onReconnect = /* @__PURE__ */ new Set();
	const connected = () => {
		if (connection?.lost) {
			open.delete(connection);
			connection = opened = void 0;
		}
		connection ??= connectionOf({
			...address,
			forwards: [to]
		}, options);
		open.add(connection);
		return connection;
	};
	const call = async (request) => {
		const reconnects = connection?.lost === true;
		const at = connected();
		if (reconnects) await Promise.all([...onReconnect].map((repeat) => repeat()));
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
		onReconnect,
		get pid() {
			return connection?.pid;
		}
	};
}
/** Closes all tunnels. */
async function closeTunnels() {
	const all = [...open];
	open.clear();
	await Promise.all(all.map((connection) => connection.close()));
}
function ask(host, at, to, text) {
	const what = "path" in to ? to.path : `${to.host}:${to.port}`;
	return new Promise((resolve, reject) => {
		const fail = (output) => reject(new Failure({
			code: "connection-dropped",
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

// src/transports/ssh/seal.ts
/**
* @param key left out if an agent holds the keys: which of them ssh will use is unknown
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

// src/pipeline/pools.ts
/**
* @param directory absolute directory of the balancers' commands
* @returns the servers of a host with these roles; no balancer is contacted before a server is used
*/
async function openPools(target, ssh, directory) {
	const context = {
		tunnel: (at, to) => openTunnel(at, ssh, to),
		directory,
		ssh: {
			user: target["ssh-user"],
			port: target.port,
			proxyJump: target["proxy-jump"]
		},
		autoRevert: target["auto-revert"] > 0 ? {
			after: target["auto-revert"],
			required: target["require-auto-revert"]
		} : void 0
	};
	const pools = await Promise.all(target.balancers.map(async (balancer) => {
		const { adapter, config } = chosenOf(BALANCERS, balancer);
		return {
			balancer,
			pool: await adapter.open(config, balancer, context)
		};
	}));
	return ({ roles, ...host }) => pools.filter(({ balancer }) => hasRole(roles, balancer.roles)).flatMap(({ balancer, pool }) => pool.member({
		...host,
		server: balancer.servers?.[host.address] ?? serverName(host.address)
	}));
}
/** `app1` of `app1.example.org`: the server name in most configurations of HAProxy. */
const serverName = (address) => /^[0-9.]+$|:/.test(address) ? address : address.split(".")[0] ?? address;

// src/pipeline/fleet-request.ts
/**
* Opens the hosts of a target for one verb. Afterwards no connection and no key file is left.
*
* @param work what is asked of the hosts; each of them connects with its first call
* @throws Failure as {@link fleetRequest} and `work` do
*/
async function withFleet(context, options, work) {
	let members = [];
	try {
		const request = await fleetRequest(context, {
			...options,
			ssh: { ...options.ssh }
		});
		members = request.members;
		return await work(request);
	} finally {
		await forEachHost(members, ({ host }) => host.close());
		await closeTunnels();
		await closeJumps();
		removePrivateDirectory();
	}
}
/** @throws Failure (refused) for an unknown target, missing secrets, unusable keys */
async function fleetRequest(context, { config = context.config, needsSecrets = false, ...options }) {
	const target = findTarget(config, options.target);
	const secrets = needsSecrets ? await secretsOf(target, options) : {};
	const hosts = await targetHosts(config, options.target);
	const backendServersOf = await openPools(target, options.ssh, context.repository);
	const members = hosts.map((host) => {
		const member = memberOf(config, options.target, target, host, secrets, options.ssh);
		return {
			...member,
			backendServers: backendServersOf({
				...member,
				address: host.address
			})
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
		autoRevert: target["auto-revert"] > 0 ? {
			after: target["auto-revert"],
			required: target["require-auto-revert"]
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
* Checks, before minutes of work, for everything that {@link fleetRequest} would refuse after them.
*
* @throws Failure as it does, for a verb that needs the secrets; all errors at once
*/
async function checkFleet(context, options) {
	const target = findTarget(context.config, options.target);
	const checks = await Promise.allSettled([secretsOf(target, options), withFleet(context, options, () => {})]);
	checkAll(...checks.map((check) => () => {
		if (check.status === "rejected") throw check.reason;
	}));
}
const secretsOf = (target, options) => readSecrets(target.secrets, {
	target: options.target,
	mayBeEmpty: target["may-be-empty"],
	given: options.secrets ?? {},
	env: process.env
});
/**
* @returns the hosts of a target, in their order
* @throws Failure (refused) for hosts of an inventory that do not fit the rest of tarlift.yml
*/
async function targetHosts(config, name) {
	const target = findTarget(config, name);
	const hosts = await hostsOf$1(target.hosts, {
		target: name,
		env: process.env
	});
	if (knownHosts$1(target.hosts) !== void 0) return hosts;
	const findings = crossCheck({
		...config,
		targets: { [name]: {
			...target,
			hosts: [...hosts]
		} }
	});
	if (findings.length === 0) return hosts;
	throw new Failure({
		code: "config-invalid",
		what: `the hosts that the inventory of target ${name} lists do not fit tarlift.yml`,
		output: findings.map(({ path, message }) => `${formatPath(path)}: ${message}`).join("\n"),
		outcome: "refused"
	});
}
function memberOf(config, targetName, target, host, secrets, ssh) {
	const roles = "roles" in host && host.roles || [];
	const own = "env" in host ? host.env : void 0;
	const services = Object.entries(config.services).filter(([, service]) => hasRole(roles, service.roles));
	const health = Object.fromEntries(services.flatMap(([name, service]) => service.health ? [[name, service.health]] : []));
	const root = target.root ?? `/srv/${config.app}`;
	const runAs = target["run-as"];
	const address = {
		address: host.address,
		roles,
		user: ("ssh-user" in host ? host["ssh-user"] : void 0) ?? target["ssh-user"],
		port: ("port" in host ? host.port : void 0) ?? target.port,
		proxyJump: ("proxy-jump" in host ? host["proxy-jump"] : void 0) ?? target["proxy-jump"],
		forwards: Object.values(health).map(({ url }) => forwardTo(url))
	};
	return {
		host: openHost(address, ssh),
		roles,
		configuration: {
			...target.env,
			...own,
			...secrets
		},
		layout: {
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
/** undefined: all at once, which is also the default if no host runs a service or is behind a balancer. */
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
	const { action } = service;
	const runAs = service["run-as"] ?? targetRunAs;
	return {
		name,
		...supervisorOf(service).request(service, {
			local,
			runAs
		}),
		action: typeof action === "string" ? action : `signal ${action.signal}`,
		settle: service["stable-for"],
		stopTimeout: service["stop-timeout"],
		runAs
	};
}

export { beforeEnd as A, checkOf as C, leaderOf as D, hasRole as E, errorOf as O, provesNothing as S, servicesToRecord as T, Unhealthy as _, describeOwner as a, healthOf as b, removeLeftDirectories as c, turnsOfFleet as d, wavePlan as f, servicesOf as g, wavesOf as h, splitByLayer as i, forEachHost as k, rolloutForSome as l, waveProblem as m, targetHosts as n, PRIVATE_PREFIX as o, turnsOf as p, withFleet as r, privateDirectoryInUse as s, checkFleet as t, takesTurns as u, checkHealth as v, servicesOfMember as w, notAsDeployed as x, explained as y };