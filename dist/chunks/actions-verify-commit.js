import { n as headCommit, o as labelOf } from "./source-repository.js";
import { n as formatCount } from "./text-quantity.js";
import { t as isAncestorIn } from "./verify-ancestry.js";
import { n as Failure } from "./failure.js";
import { setTimeout } from "node:timers/promises";

// src/verify/request.ts
/** The failure for a condition that is not met. */
function refusal(what, where, remedy, code = "ref-refused") {
	return new Failure({
		code,
		what,
		where,
		remedy,
		outcome: "refused"
	});
}

// src/verify/age.ts
/** @throws Failure (refused) for an ancestor of the live commit */
async function verifyAge(request, commit) {
	const { remote, live, progress } = request;
	if (live === void 0 || request.allowOlder) return;
	const liveCommit = "commit" in live ? live.commit : await remote.deployedCommit(live.environment);
	if (liveCommit === void 0 || liveCommit === "") {
		const where = "environment" in live ? `the GitHub environment ${live.environment}` : "the target";
		progress.notice(`what is live on ${where} is not known: whether ${commit.slice(0, 12)} is older is left to the deploy`);
		return;
	}
	if (liveCommit === commit) return;
	const isAncestor = isAncestorIn({
		remote,
		repository: request.checkout?.repository,
		progress
	});
	if (await isAncestor(commit, liveCommit) && !await isAncestor(liveCommit, commit)) throw refusal(`the commit is older than what is live`, {
		commit,
		live: liveCommit
	}, "Deploy a newer commit; to return to an older one use `rollback`, or allow it with `allow-older`.");
}

// src/verify/checks.ts
const ACTIONS = "github-actions";
const NOT_COUNTED = /* @__PURE__ */ new Set(["skipped", "neutral"]);
/**
* Assesses the checks of a commit, except those of this workflow run and, unless they are named, of other runs of the
* same workflow: those are other deploys, and their result says nothing about the commit.
*
* Of several runs of one check, the newest that was not skipped counts. Jobs of the same name in different workflows
* are different checks. If the workflow is unknown, each counts.
*
* @param wanted names, in which `*` matches anything. A name whose runs were all skipped has not passed. Undefined: all
*   checks, except those that were skipped or are neutral
* @param ownRun the id of this workflow run (GITHUB_RUN_ID)
*/
function assessChecks(evidence, wanted, ownRun) {
	const ownSuites = suitesOf(evidence, ownRun);
	const others = runsOfOthers(evidence, ownRun, wanted !== void 0, ownSuites);
	const checks = [...newest(others, evidence).map(checkOfRun), ...evidence.statuses.map(checkOfStatus)];
	const matches = wanted?.map((name) => ({
		name,
		found: checks.filter((check) => anything(name).test(check.name))
	}));
	const chosen = matches ? [...new Set(matches.flatMap(({ found }) => countedOrAll(found)))] : checks.filter(isCounted);
	const of = (wish) => chosen.filter(({ state }) => verdict(state) === wish);
	const pending = [...of("pending"), ...wanted ? [] : unfinishedWorkflows(evidence, others)];
	const failed = of("failed");
	return {
		passed: of("passed"),
		pending,
		failed,
		missing: (matches ?? []).filter(({ found }) => found.length === 0).map(({ name }) => name),
		own: newest(evidence.runs.filter(({ suite }) => ownSuites.has(suite)), evidence).map(checkOfRun),
		othersOpen: checks.some(({ state }) => verdict(state) === "pending"),
		needsWorkflows: evidence.workflowRuns === void 0 && others.some(({ app }) => app === ACTIONS) && pending.length + failed.length > 0
	};
}
/** `*` matches any characters; all other characters match themselves. */
function anything(pattern) {
	return new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`);
}
function escaped(text) {
	return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
const isCounted = ({ state }) => !NOT_COUNTED.has(state);
function countedOrAll(checks) {
	const counted = checks.filter(isCounted);
	return counted.length > 0 ? counted : checks;
}
/** The suite of a workflow run, if the addresses of its jobs or the workflow runs show it. */
function suitesOf({ runs, workflowRuns }, ownRun) {
	return /* @__PURE__ */ new Set([...runs.filter(({ workflowRun }) => workflowRun === ownRun).map(({ suite }) => suite), ...(workflowRuns ?? []).filter(({ id }) => id === ownRun).map(({ suite }) => suite)]);
}
function runsOfOthers({ runs, workflowRuns }, ownRun, sameWorkflow, ownSuites) {
	const own = workflowRuns?.find(({ id }) => id === ownRun)?.workflow;
	const alike = (workflowRuns ?? []).filter(({ workflow }) => workflow === own && !sameWorkflow);
	const suites = /* @__PURE__ */ new Set([...ownSuites, ...alike.map(({ suite }) => suite)]);
	return runs.filter(({ suite }) => !suites.has(suite));
}
function newest(runs, { workflowRuns }) {
	const workflowOf = new Map((workflowRuns ?? []).map(({ suite, workflow }) => [suite, workflow]));
	const chosen = /* @__PURE__ */ new Map();
	for (const run of runs) {
		const origin = run.app !== ACTIONS ? [] : workflowOf.has(run.suite) ? [workflowOf.get(run.suite)] : [run.suite, 0];
		const key = JSON.stringify([
			run.app,
			run.name,
			...origin
		]);
		const known = chosen.get(key);
		if (!known || newer(run, known)) chosen.set(key, run);
	}
	return [...chosen.values()];
}
/** A later run that skipped a job does not replace the job's earlier result. */
function newer(run, known) {
	const [skipped, wasSkipped] = [run, known].map(({ conclusion }) => conclusion === "skipped");
	return skipped === wasSkipped ? run.id > known.id : wasSkipped === true;
}
/** A workflow whose next job has no check run yet has not passed, whatever the results of its earlier jobs. */
function unfinishedWorkflows({ suites }, others) {
	return suites.flatMap(({ id, app, status }) => {
		const jobs = others.filter(({ suite }) => suite === id);
		const first = jobs[0];
		if (!first || app !== ACTIONS || status === "completed") return [];
		if (jobs.some((job) => job.status !== "completed")) return [];
		return [{
			name: `the workflow of ${first.name}`,
			state: status,
			url: first.url
		}];
	});
}
function checkOfRun(run) {
	const { name, status, conclusion, url } = run;
	return {
		name,
		state: status === "completed" ? conclusion ?? "completed" : status,
		url
	};
}
const checkOfStatus = ({ context, state, url }) => ({
	name: context,
	state,
	url
});
/**
* https://docs.github.com/rest/guides/using-the-rest-api-to-interact-with-checks: the conclusions, and the states of
* statuses.
*/
function verdict(state) {
	if (state === "success") return "passed";
	return [
		"queued",
		"in_progress",
		"waiting",
		"requested",
		"pending"
	].includes(state) ? "pending" : "failed";
}

// src/verify/ref.ts
const TAGS = "refs/tags/";
const HEADS = "refs/heads/";
/** @throws Failure (refused) for a ref that does not exist, is no tag or allowed branch, or is not checked out */
async function verifyRef(request) {
	const { ref, commit } = await resolveRef(request);
	const { checkout, eventCommit, progress } = request;
	const here = checkout?.commit ?? eventCommit;
	if (!checkout) progress.notice(`nothing is checked out: ${here === void 0 ? `whether ${short(ref)} is what is deployed is not checked` : `${short(ref)} is compared with the event's commit`} (actions/checkout before this step makes it certain)`);
	if (here !== void 0 && here !== commit) throw refusal(`${short(ref)} is not what is ${checkout ? "checked out" : "meant by the event"}`, {
		"on GitHub": commit,
		[checkout ? "checked out" : "event"]: here
	}, ref.startsWith("refs/tags/") ? `The tag was moved, or another ref is checked out. Check ${short(ref)} out (\`ref: ${short(ref)}\` of actions/checkout), or push a new tag.` : `The branch has moved on since. Run the workflow again for its newest commit, or deploy a tag.`);
	return {
		ref,
		commit
	};
}
async function resolveRef({ remote, ref, branches, checkout, eventCommit }) {
	const tag = ref.startsWith("refs/tags/") ? ref.slice(10) : ref.startsWith("refs/") ? void 0 : ref;
	const tagged = tag === void 0 ? void 0 : await remote.tag(tag);
	if (tagged !== void 0) return {
		ref: `${TAGS}${tag}`,
		commit: tagged
	};
	if (ref.startsWith("refs/tags/")) throw refusal(`there is no tag ${tag} on GitHub`, { ref }, "Push it (`git push origin TAG`); if it is there, give the job `permissions: contents: read`.");
	if (ref.startsWith("refs/") && !ref.startsWith(HEADS)) throw refusal(`${ref} is neither a tag nor a branch`, { ref }, "Deploy from a pushed tag or from an allowed branch: pull requests are built and checked, and not deployed.");
	const name = ref.startsWith(HEADS) ? ref.slice(11) : ref;
	const branch = (await remote.branches(name)).find((one) => one.name === name);
	if (!branch) throw refusal(ref.startsWith(HEADS) ? `there is no branch ${name} on GitHub` : `there is neither a tag nor a branch ${name} on GitHub`, { ref }, "Push it first; if it is there, give the job `permissions: contents: read`.");
	if (!branches.some((pattern) => branchPattern(pattern).test(name))) throw refusal(`${name} is a branch, and ${branches.length === 0 ? "only tags are allowed" : `only ${branches.join(", ")} may be deployed`}`, { ref: `${HEADS}${name}` }, "Deploy a pushed tag, or name the branch in `branches`.");
	const here = checkout?.commit ?? eventCommit;
	if (here !== void 0 && here !== branch.commit) {
		const relation = await remote.compare(here, branch.commit);
		if (relation === "ahead" || relation === "identical") return {
			ref: `${HEADS}${name}`,
			commit: here
		};
	}
	return {
		ref: `${HEADS}${name}`,
		commit: branch.commit
	};
}
/** @throws Failure (refused) for a tag whose commit is on no allowed branch */
async function verifyBranch({ remote, branches }, ref, commit) {
	if (branches.length === 0 || ref.startsWith(HEADS)) return;
	const looked = [];
	for (const pattern of branches) {
		const candidates = await remote.branches(pattern.split("*")[0] ?? "");
		for (const { name, commit: head } of candidates.filter((branch) => branchPattern(pattern).test(branch.name))) {
			looked.push(name);
			const relation = head === commit ? "identical" : await remote.compare(commit, head);
			if (relation === "ahead" || relation === "identical") return;
		}
	}
	throw refusal(`the commit of ${short(ref)} is on no allowed branch`, {
		commit,
		"allowed branches": branches.join(", "),
		"looked at": looked.join(", ") || "there is none"
	}, "Merge it into one of them first, and tag the merged commit.");
}
const short = (ref) => ref.replace(/^refs\/(tags|heads)\//, "");
/**
* Like GitHub's own branch filters:
* https://docs.github.com/actions/reference/workflow-syntax#filter-pattern-cheat-sheet
*/
function branchPattern(pattern) {
	const parts = pattern.split(/(\*\*|\*)/).map((part) => part === "**" ? ".*" : part === "*" ? "[^/]*" : escaped(part));
	return new RegExp(`^${parts.join("")}$`);
}

// src/verify/wait-for-checks.ts
/**
* Seconds between two queries about checks that have not ended: a token has 1000 requests an hour, and a query needs
* three.
*/
const LOOK = 15;
/** Seconds to wait before it counts that there are no checks: those of a recent event appear one after the other. */
const APPEAR = 60;
/**
* @returns the names of the checks that passed
* @throws Failure (refused) naming those that failed, have not ended in time, or do not exist
*/
async function verifyChecks(request, commit) {
	const { remote, clock, progress, signal } = request;
	const wanted = request.checks === "all" ? void 0 : request.checks;
	const task = progress.task("checks of the commit");
	const begun = clock.now();
	try {
		for (let shown = "";;) {
			const assessment = await look(remote, commit, wanted, request.run);
			const waited = (clock.now() - begun) / 1e3;
			if (assessment.failed.length > 0) throw failedChecks(assessment, commit);
			if (isComplete(assessment, wanted)) {
				task.end(formatCount(assessment.passed.length, "check"));
				return assessment.passed.map(({ name }) => name);
			}
			if (waitsForItself(assessment, wanted)) throw unfinishedChecks(assessment, commit, waited);
			const patience = nothingSeen(assessment, wanted) ? Math.min(request.wait, APPEAR) : request.wait;
			if (waited >= patience) throw unfinishedChecks(assessment, commit, patience);
			const line = waitingLine(assessment);
			if (line !== shown) task.line(line);
			shown = line;
			await clock.sleep(Math.min(LOOK, patience - waited) * 1e3, signal).catch(() => {});
			if (signal?.aborted) throw unfinishedChecks(assessment, commit, waited);
		}
	} catch (error) {
		task.fail();
		throw error;
	}
}
async function look(remote, commit, wanted, run) {
	const [runs, suites, statuses] = await Promise.all([
		remote.checkRuns(commit),
		wanted ? [] : remote.checkSuites(commit),
		remote.statuses(commit)
	]);
	const evidence = {
		runs,
		suites,
		statuses
	};
	const assessment = assessChecks(evidence, wanted, run);
	if (!assessment.needsWorkflows) return assessment;
	const workflowRuns = await remote.workflowRuns(commit) ?? null;
	return {
		...assessChecks({
			...evidence,
			workflowRuns
		}, wanted, run),
		workflowsUnknown: workflowRuns === null
	};
}
const isComplete = ({ passed, pending, missing }, wanted) => pending.length === 0 && (wanted ? missing.length === 0 : passed.length > 0);
const nothingSeen = ({ passed, pending }, wanted) => wanted === void 0 && passed.length + pending.length === 0;
/**
* Whether only jobs of this run are left, so that waiting changes nothing. If every check counts, a job of this run
* that has passed shows it: other checks of the same push would exist by then.
*/
function waitsForItself(assessment, wanted) {
	if (assessment.othersOpen) return false;
	if (wanted) return assessment.missing.some((name) => ownCalled(name, assessment).length > 0);
	return nothingSeen(assessment, wanted) && assessment.own.some(({ state }) => state === "success");
}
const ownCalled = (name, { own }) => own.filter((check) => anything(name).test(check.name));
function waitingLine({ passed, pending, missing }) {
	const open = [...pending.map(({ name, state }) => `${name} (${state})`), ...missing.map((name) => `${name} (not there yet)`)];
	return open.length === 0 ? "waiting: the commit has no check yet" : `waiting for ${open.join(", ")}; ${passed.length} passed`;
}
function failedChecks({ failed, workflowsUnknown }, commit) {
	const hint = "Fix the commit, or run the failed jobs again; if some of them do not matter to a deploy, name in `checks` those that do.";
	return new Failure({
		code: "checks-failed",
		what: `${failed.length === 1 ? "a check" : `${failed.length} checks`} of the commit did not pass: ${failed.map(({ name }) => name).join(", ")}`,
		where: { commit },
		output: failed.map(checkLine).join("\n"),
		remedy: workflowsUnknown ? `${hint}\nIf it is a job of an earlier deploy, or a newer run of its workflow passed: \`permissions: actions: read\` lets verify distinguish them.` : hint,
		outcome: "refused"
	});
}
const OWN_JOBS = "Verify does not count jobs of the run that it is part of: this very job is one of them. With `needs:` such a job has passed before this one begins; then give `required-checks: none`, or in `checks` names of other workflows' checks alone.";
function unfinishedChecks(assessment, commit, waited) {
	const { pending, missing, passed, own } = assessment;
	const meant = missing.filter((name) => ownCalled(name, assessment).length > 0);
	if (pending.length === 0 && meant.length > 0) return refusal(`${meant.join(", ")}: the commit has no such check besides the jobs of this very run`, {
		commit,
		"jobs of this run": namesOf(meant.flatMap((name) => ownCalled(name, assessment)))
	}, OWN_JOBS, "checks-missing");
	if (pending.length + missing.length + passed.length === 0 && own.length > 1) return refusal("the commit has no checks besides the jobs of this very run", {
		commit,
		"jobs of this run": namesOf(own)
	}, OWN_JOBS, "checks-missing");
	if (pending.length === 0 && missing.length === 0) return refusal(passed.length === 0 ? "the commit has no checks" : "the commit's checks are not complete", {
		commit,
		waited: `${waited} s`
	}, passed.length === 0 ? "Checks are those of workflows that run for the commit: push its branch (`git push origin HEAD`), as a tag alone starts no workflow for branches, let them pass, and run this job again. A repository without checks says so with `required-checks: none`." : "Run this job again when they are.", passed.length === 0 ? "checks-missing" : "checks-pending");
	return new Failure({
		code: pending.length > 0 ? "checks-pending" : "checks-missing",
		what: pending.length > 0 ? `checks of the commit have not ended: ${pending.map(({ name }) => name).join(", ")}` : `the commit has no check called ${missing.join(", ")}`,
		where: {
			commit,
			waited: `${waited} s`,
			"not there": pending.length > 0 ? missing.join(", ") || void 0 : void 0
		},
		output: pending.map(checkLine).join("\n"),
		remedy: pending.length > 0 ? "Run this job again when they have ended, or give it more time with `wait`." : "Names are those that the commit's page shows, one a line, with * for any part: `test *`.",
		outcome: "refused"
	});
}
const namesOf = (checks) => [...new Set(checks.map(({ name }) => name))].join(", ");
const checkLine = ({ name, state, url }) => `${name}: ${state}${url ? `  ${url}` : ""}`;

// src/verify/verify.ts
/** @throws Failure (refused) that names the condition which is not met */
async function verify(request) {
	const { ref, commit } = await verifyRef(request);
	await verifyBranch(request, ref, commit);
	await verifyAge(request, commit);
	const checks = request.checks === "none" ? [] : await verifyChecks(request, commit);
	return {
		ref,
		commit,
		version: request.version || ref.startsWith("refs/tags/") && labelOf(ref.slice("refs/tags/".length)) || commit.slice(0, 12),
		checks
	};
}

// src/actions/verify-commit.ts
/** Long enough for most test suites that start with the same push; a waiting runner costs money. */
const WAIT = 900;
/**
* Verifies the commit of this run, sets the outputs `ref`, `label` and `commit`, and reports the result.
*
* @param step any step with the inputs that it needs; missing ones count as not set
* @param repository the root of the repository whose commit ships, absolute: that of the configuration, from which the
*   bundle is made; undefined without a checkout
* @throws Failure (refused) that names the condition which is not met
*/
async function verifyStep(step, repository) {
	const { inputs, progress, signal, output } = step;
	const { env } = process;
	const ref = inputs.ref || env.GITHUB_REF || "";
	const { openGithub } = await import("./actions-github-open.js");
	const isEvents = [env.GITHUB_REF, env.GITHUB_REF_NAME].includes(ref);
	const verified = await verify({
		remote: openGithub({
			token: inputs["github-token"] ?? "",
			env,
			progress,
			signal
		}),
		ref,
		checkout: repository === void 0 ? void 0 : {
			repository,
			commit: (await headCommit(repository)).id
		},
		eventCommit: isEvents ? env.GITHUB_SHA : void 0,
		branches: inputs.branches ?? [],
		checks: checksOf(inputs["required-checks"] ?? []),
		wait: inputs.wait ?? WAIT,
		run: env.GITHUB_RUN_ID ?? "",
		live: liveOf(inputs),
		allowOlder: inputs["allow-older"] ?? false,
		version: inputs.label,
		progress,
		signal,
		clock: {
			now: Date.now,
			sleep: (milliseconds, until) => setTimeout(milliseconds, void 0, until ? { signal: until } : {})
		}
	});
	output("ref", verified.ref);
	output("label", verified.version);
	output("version", verified.version);
	output("commit", verified.commit);
	progress.lines([verifiedLine(verified)]);
	return verified;
}
const verifiedLine = ({ ref, commit, checks }) => `verified: ${ref} is ${commit}${checks.length === 0 ? "" : `, ${formatCount(checks.length, "check")} passed: ${checks.join(", ")}`}`;
function checksOf(names) {
	if (names.length === 0) return "all";
	const [only] = names;
	return names.length === 1 && (only === "all" || only === "none") ? only : names;
}
function liveOf(inputs) {
	if (inputs.live) return { commit: inputs.live };
	return inputs["live-environment"] ? { environment: inputs["live-environment"] } : void 0;
}

export { verifyStep as t };