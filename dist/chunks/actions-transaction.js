import { t as openArtifact } from "./artifact-open-artifact.js";
import { n as Failure } from "./failure.js";
import { $ as withCommands, C as nextOnGithub, E as groupErrors, Q as completeCommands, ut as OUTCOME_EXIT } from "./report-phases.js";
import { t as transactionLines } from "./report-transaction.js";
import { r as cutEnd } from "./text-shell-word.js";
import { a as tryGit, i as records } from "./source-git.js";
import { t as fleetOptions } from "./actions-hosts.js";
import { i as callOfStep } from "./actions-step.js";
import { l as saveState, o as getState } from "./npm-actions-core-core.js";
import { s as privateDirectoryInUse } from "./pipeline-fleet-request.js";

// src/source/commit-subjects.ts
/** Maximum number of characters of a subject, and of an author's name: a commit may contain any number. */
const LONGEST = 1e3;
/**
* The commits that `to` has and `from` lacks, newest first.
*
* @returns at most `limit` commits, and how many more there are; undefined if git does not know a commit (a shallow
*   clone)
*/
async function commitsBetween(repository, from, to, limit = 100) {
	const range = ["--end-of-options", `${from}..${to}`];
	const listed = await tryGit(repository, [
		"log",
		"-z",
		`--max-count=${limit}`,
		"--format=%H%n%an%n%s",
		...range
	]);
	const count = await tryGit(repository, [
		"rev-list",
		"--count",
		...range
	]);
	if (listed === void 0 || count === void 0) return void 0;
	const commits = records(listed).map((record) => {
		const [id = "", author = "", ...subject] = record.split("\n");
		return {
			id,
			author: cutEnd(author, LONGEST),
			subject: cutEnd(subject.join(" "), LONGEST)
		};
	});
	return {
		commits,
		more: Number(count) - commits.length
	};
}

// src/actions/github-deployment.ts
/**
* Creates a deployment and sets it to `in_progress`.
*
* @returns undefined if this run already has one to the same environment, made by the job's `environment:`
*/
async function beginDeployment(options) {
	const { env, environment, commit, url, progress } = options;
	return quietly(progress, "GitHub shows no deployment for this run", async () => {
		const deployments = options.deployments ?? await connect(options);
		const log = runPage(env);
		if ((await deployments.deploymentsOf(commit)).some((one) => one.environment === environment && one.logs.some((own) => own.startsWith(`${log}/job/`)))) return void 0;
		const description = `Tarlift, run ${env.GITHUB_RUN_NUMBER ?? env.GITHUB_RUN_ID}`;
		const deployment = {
			id: await deployments.createDeployment({
				commit,
				environment,
				description
			}),
			deployments
		};
		await deployments.addStatus(deployment.id, {
			state: "in_progress",
			description,
			log,
			url
		});
		return {
			...deployment,
			log,
			url
		};
	});
}
/** The deployment of a step that was ended early: its `post` entry ends it. */
function resumeDeployment(id, options) {
	const { env, url, progress } = options;
	return quietly(progress, "GitHub does not know how the deployment ended", async () => ({
		id,
		deployments: options.deployments ?? await connect(options),
		log: runPage(env),
		url
	}));
}
/** Sets the final state. Without a deployment it does nothing. */
async function endDeployment(deployment, report, progress) {
	if (!deployment) return;
	const { id, deployments, log, url } = deployment;
	const description = `${report.outcome}${report.release ? `: ${report.release}` : ""}`.slice(0, 140);
	await quietly(progress, "GitHub does not know how the deployment ended", () => deployments.addStatus(id, {
		state: STATES[report.outcome],
		description,
		log,
		url
	}));
}
/** `inactive` if nothing was deployed and nothing is wrong. */
const STATES = {
	deployed: "success",
	unchanged: "success",
	"rolled-back": "success",
	superseded: "inactive",
	planned: "inactive",
	refused: "failure",
	reverted: "failure",
	split: "error",
	failed: "error"
};
const runPage = (env) => `${env.GITHUB_SERVER_URL || "https://github.com"}/${env.GITHUB_REPOSITORY}/actions/runs/${env.GITHUB_RUN_ID}`;
/** The client is large, and is loaded only by a run that needs it. */
async function connect({ env, token, progress }) {
	const { openGithub } = await import("./actions-github-open.js");
	return openGithub({
		env,
		token,
		progress
	});
}
async function quietly(progress, what, work) {
	try {
		return await work();
	} catch (error) {
		progress.warning(`${what}, and the deploy goes on: ${error instanceof Error ? error.message : error}`);
		return;
	}
}

// src/actions/state.ts
/** Called before the first remote change. */
function saveBegun({ deployId, target }, artifact) {
	saveState("begun", {
		deployId,
		target,
		artifact,
		keys: privateDirectoryInUse()
	});
}
/** Saves a deployment that GitHub shows as in progress. */
function saveDeployment(id) {
	saveState("deployment", String(id));
}
/** @returns the id of the deployment that the step started; undefined if there is none */
function savedDeployment() {
	return getState("deployment") === "" ? void 0 : Number(getState("deployment"));
}
/** Called when the step has ended normally: then nothing is left to do. */
function saveEnded() {
	saveState("ended", "yes");
}
/** @returns what a step started and did not end; undefined if there is nothing to do */
function unfinished() {
	const begun = getState("begun");
	return begun !== "" && getState("ended") === "" ? JSON.parse(begun) : void 0;
}

// src/actions/transaction.ts
/**
* @param artifact the artifact's file, for the `post` entry; missing if there is none
* @param run the transaction itself
* @param options how hosts are accessed; default: from the step
* @returns the exit code
* @throws Failure for errors before any host is contacted
*/
async function transaction(step, artifact, run, options = fleetOptions(step)) {
	let shown;
	try {
		if (artifact !== void 0) shown = await showDeployment(step, (await openArtifact(artifact)).release.commit.id);
		const report = await run({
			...options,
			begins: (request) => saveBegun(request, artifact)
		});
		saveEnded();
		if (artifact === void 0 && report.commit) shown = await showDeployment(step, report.commit);
		await endDeployment(shown, report, step.progress);
		await publishReport(step, report);
		return OUTCOME_EXIT[report.outcome];
	} catch (error) {
		if (error instanceof Failure) {
			saveEnded();
			await endDeployment(shown, {
				outcome: error.outcome,
				target: step.inputs.target
			}, step.progress);
		}
		throw error;
	}
}
/** Outputs of a step that fails before its transaction has an outcome. */
const failedTransaction = (failure) => ({ outcome: failure.outcome });
/** A deployment on GitHub's page, if the step requests one. */
async function showDeployment({ inputs, progress }, commit) {
	const { "github-environment": environment, "github-token": token = "", url } = inputs;
	if (environment === void 0 || inputs["dry-run"]) return void 0;
	const shown = await beginDeployment({
		env: process.env,
		token,
		environment,
		commit,
		url,
		progress
	});
	if (shown) saveDeployment(shown.id);
	return shown;
}
/** Writes outputs, log, annotations and summary of a transaction. */
async function publishReport({ context, output, progress, summarise }, given) {
	const call = callOfStep(process.env);
	const report = withCommands(given, call);
	const next = completeCommands(nextOnGithub(report), call);
	output("outcome", report.outcome);
	output("release", report.release);
	output("previous-release", report.previousRelease);
	output("schema-ahead", report.schemaAhead);
	progress.lines(transactionLines(report, void 0, next));
	for (const error of groupErrors(report.errors)) progress.failure(error);
	for (const warning of report.warnings) progress.warning(warning);
	const { previousCommit, commit } = report;
	const between = previousCommit && commit ? await commitsBetween(context.repository, previousCommit, commit) : void 0;
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
	const commits = between?.commits.map((one) => ({
		...one,
		url: `${server}/${repository}/commit/${one.id}`
	}));
	summarise({
		report,
		next,
		...between ? {
			commits,
			commitsLeftOut: between.more
		} : {}
	});
}

export { unfinished as a, savedDeployment as i, publishReport as n, endDeployment as o, transaction as r, resumeDeployment as s, failedTransaction as t };