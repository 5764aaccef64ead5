import { t as openArtifact } from "./read-gSESEA_J.js";
import { n as Failure } from "./failure-BKWaXFxS.js";
import { G as completeCommands, K as withCommands, _ as groupTroubles, pt as OUTCOME_EXIT, rt as nextOnGithub } from "./phases-DA3kE9T1.js";
import { t as transactionLines } from "./transaction-PpvIk9ED.js";
import { Q as cutEnd, f as records, p as tryGit } from "./repository-BK5IpvPt.js";
import { i as callOfStep } from "./step-bRCcjqA8.js";
import { t as fleetOptions } from "./hosts-e1KVSg6z.js";
import { l as saveState, o as getState } from "./core-kR6Amg63.js";
import { u as privateDirectoryInUse } from "./fleet-CAVDNKn0.js";

// src/source/history.ts
/** Characters of a subject, and of an author's name: a commit may hold any number. */
const LONGEST = 1e3;
/**
* The commits that `to` has and `from` has not, newest first.
*
* @returns at most `limit` of them and how many there are more; undefined where git does not know a commit (a shallow clone)
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

// src/actions/deployment.ts
/**
* Creates a deployment and sets it to `in_progress`.
*
* @returns undefined when this run has one to the same environment already: the job's `environment:` made it
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
/** The deployment that a step has begun which did not come to its end: its `post` entry ends it. */
function resumeDeployment(id, options) {
	const { env, url, progress } = options;
	return quietly(progress, "GitHub does not know how the deployment ended", async () => ({
		id,
		deployments: options.deployments ?? await connect(options),
		log: runPage(env),
		url
	}));
}
/** Tells how it ended. Without a deployment nothing is told. */
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
/** `inactive` where nothing was deployed and nothing is wrong. */
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
/** The client is large, and loaded only by a run that tells GitHub. */
async function connect({ env, token, progress }) {
	const { openGithub } = await import("./github-DtZRljPR.js");
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
/** A deployment that GitHub shows as in progress. */
function saveDeployment(id) {
	saveState("deployment", String(id));
}
/** @returns the id of the deployment that the step has begun; undefined when there is none */
function savedDeployment() {
	return getState("deployment") === "" ? void 0 : Number(getState("deployment"));
}
/** Called when the step has come to its own end: there is nothing left to do. */
function saveEnded() {
	saveState("ended", "yes");
}
/** @returns what a step began and did not end; undefined when there is nothing to do */
function unfinished() {
	const begun = getState("begun");
	return begun !== "" && getState("ended") === "" ? JSON.parse(begun) : void 0;
}

// src/actions/transaction.ts
/**
* @param artifact the artifact's file, for the `post` entry; left out: there is none
* @param run the transaction itself
* @param options how hosts are reached; left out: as the step says
* @returns the exit code
* @throws Failure for what is wrong before any host is asked
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
		await tell(step, report);
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
/** What later steps are told when a step fails before its transaction has an outcome of its own. */
const failedTransaction = (failure) => ({ outcome: failure.outcome });
/** A deployment on GitHub's page, where the step asks for one. */
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
/** Outputs, log, annotations and summary of a transaction. */
async function tell({ context, output, progress, summarise }, told) {
	const call = callOfStep(process.env);
	const report = withCommands(told, call);
	const next = completeCommands(nextOnGithub(report), call);
	output("outcome", report.outcome);
	output("release", report.release);
	output("previous-release", report.previousRelease);
	output("schema-ahead", report.schemaAhead);
	progress.lines(transactionLines(report, void 0, next));
	for (const trouble of groupTroubles(report.troubles)) progress.failure(trouble);
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

export { unfinished as a, savedDeployment as i, tell as n, endDeployment as o, transaction as r, resumeDeployment as s, failedTransaction as t };