import { t as getOctokit } from "./npm-actions-github-github.js";
import { a as array, d as object, i as _void, m as string, n as _enum, r as _undefined, u as number, v as ZodError, x as prettifyError } from "./npm-zod-schemas.js";
import { n as Failure } from "./failure.js";
import { setTimeout } from "node:timers/promises";

// src/actions/github/requests.ts
const MOST_ATTEMPTS = 4;
/** Time limit of one request in milliseconds. */
const TIMEOUT = 3e4;
/** Maximum wait for a rate limit in seconds: a waiting runner costs money, too. */
const PATIENCE = 60;
/** A wrapper for octokit's `hook.wrap("request", …)`. */
function retrying({ progress, signal, sleep }) {
	return async (request, options) => {
		for (let tried = 1;; tried++) {
			const ends = [AbortSignal.timeout(TIMEOUT), ...signal ? [signal] : []];
			try {
				return await request({
					...options,
					request: {
						...options.request,
						signal: AbortSignal.any(ends)
					}
				});
			} catch (error) {
				signal?.throwIfAborted();
				const seconds = pauseAfter(error, {
					tried,
					method: options.method,
					now: Date.now()
				});
				if (seconds === void 0) throw error;
				if (seconds > PATIENCE) throw exhausted(error, seconds);
				progress.notice(`GitHub's API: ${reason(error)}; trying again in ${seconds} s`);
				await sleep(seconds * 1e3);
			}
		}
	};
}
/**
* Seconds to wait before a request is repeated; undefined if it is not.
*
* @param now milliseconds since 1970
*/
function pauseAfter({ status, response }, { tried, method, now }) {
	if (tried >= MOST_ATTEMPTS) return void 0;
	const doubling = 2 ** (tried - 1);
	if (isRateLimited({
		status,
		response
	})) {
		const after = Number(response?.headers["retry-after"]);
		if (Number.isFinite(after)) return Math.max(after, 1);
		const reset = Number(response?.headers["x-ratelimit-reset"]);
		if (response?.headers["x-ratelimit-remaining"] === "0" && reset > 0) return Math.max(Math.ceil(reset - now / 1e3), 1);
		return 10 * doubling;
	}
	return (response === void 0 || status !== void 0 && status >= 500) && method === "GET" ? doubling : void 0;
}
/** A 403 is a rate limit too if its headers say so. */
function isRateLimited({ status, response }) {
	if (status === 429) return true;
	const headers = response?.headers ?? {};
	return status === 403 && (headers["retry-after"] !== void 0 || headers["x-ratelimit-remaining"] === "0");
}
/** Whether GitHub refused because of a missing permission. */
function isPermissionRefused(error) {
	const { status } = error ?? {};
	return status === 403 && !isRateLimited(error) || status === 404;
}
const reason = (answer) => isRateLimited(answer) ? "its rate limit is reached" : answer.response ? `it answered ${answer.status}` : "no answer";
function exhausted(answer, seconds) {
	return new Failure({
		code: "github-limited",
		what: `GitHub's rate limit is used up for another ${Math.ceil(seconds / 60)} min`,
		where: { answered: String(answer.status) },
		remedy: "Run the job again then, or give `github-token` a token of its own.",
		outcome: "refused",
		cause: answer
	});
}

// src/actions/github/api.ts
/** Maximum number of pages of a list: 100 entries each. */
const PAGES = 50;
/** @throws Failure (refused) without a token or a repository */
function openApi(options) {
	const { token, env, progress, signal, sleep = (time) => setTimeout(time, void 0, { signal }) } = options;
	const [owner = "", repo = ""] = (env.GITHUB_REPOSITORY ?? "").split("/");
	if (!token || !owner || !repo) throw new Failure({
		code: token ? "input-invalid" : "github-denied",
		what: token ? "GITHUB_REPOSITORY names no repository" : "there is no token for GitHub's API",
		remedy: token ? "This runs as a step of a workflow only." : "Leave the input `github-token` out: its default is the job's own token.",
		outcome: "refused"
	});
	const baseUrl = env.GITHUB_API_URL || "https://api.github.com";
	const client = getOctokit(token, { baseUrl });
	client.hook.wrap("request", retrying({
		progress,
		signal,
		sleep
	}));
	const here = {
		owner,
		repo
	};
	return {
		client,
		rest: client.rest,
		here,
		async ask(what, permission, schema, question) {
			try {
				return schema.parse(await question());
			} catch (error) {
				throw failureFor(error, what, permission, {
					repository: `${owner}/${repo}`,
					api: baseUrl
				});
			}
		}
	};
}
/** A commit's id. */
const commit = string().regex(/^[0-9a-f]{40,64}$/);
/** Collects pages as they arrive. A list of more than {@link PAGES} is refused: a part of it must not count as all. */
function somePages() {
	let pages = 0;
	return ({ data }) => {
		pages += 1;
		if (pages <= PAGES) return data;
		throw new Failure({
			code: "github-failed",
			what: `GitHub's list has more than 5000 entries`,
			remedy: "Only so many are read. Where they are checks of a commit, `required-checks: none` deploys without them.",
			outcome: "refused"
		});
	};
}
/** The response, or undefined for 404: it does not exist, or the token may not see it. */
async function unlessMissing(question) {
	try {
		return await question();
	} catch (error) {
		if (error.status === 404) return void 0;
		throw error;
	}
}
function failureFor(error, what, permission, where) {
	if (error instanceof Failure) return error;
	const { status, message } = error;
	return new Failure({
		code: isPermissionRefused(error) || status === 401 ? "github-denied" : "github-failed",
		what: status === void 0 ? what : `${what}: GitHub answered ${status}`,
		where,
		output: error instanceof ZodError ? prettifyError(error).split("\n").slice(0, 6).join("\n") : message,
		remedy: isPermissionRefused(error) ? `Give the job \`permissions: ${permission}\`. Permissions that a job does not name are taken away as soon as it names one.` : status === 401 ? "The token is not valid (any more): leave the input `github-token` out, its default is the job's own." : "Run the job again; https://www.githubstatus.com shows whether GitHub has a problem.",
		outcome: "refused",
		cause: error
	});
}

// src/actions/github/artifacts.ts
/** https://docs.github.com/rest/actions/artifacts */
function artifactsOf({ rest, here, ask }) {
	return { artifactRun: (name) => ask(`the artifacts called ${name} could not be listed`, "actions: read", string().optional(), async () => {
		const { data } = await rest.actions.listArtifactsForRepo({
			...here,
			name,
			per_page: 100
		});
		const newest = data.artifacts.filter(({ expired, workflow_run: run }) => !expired && run?.id !== void 0 && run.head_repository_id === run.repository_id).sort((a, b) => (a.created_at ?? "") < (b.created_at ?? "") ? 1 : -1)[0];
		return newest && String(newest.workflow_run.id);
	}) };
}

// src/actions/github/checks.ts
const checkRuns = array(object({
	id: number(),
	name: string(),
	app: string(),
	suite: number(),
	status: string(),
	conclusion: string().or(_undefined()),
	url: string(),
	workflowRun: string().or(_undefined())
}));
const checkSuites = array(object({
	id: number(),
	app: string(),
	status: string()
}));
const statuses = array(object({
	context: string(),
	state: _enum([
		"success",
		"pending",
		"failure",
		"error"
	]),
	url: string()
}));
const workflowRuns = array(object({
	id: string(),
	suite: number(),
	workflow: number()
}));
/**
* https://docs.github.com/rest/checks, https://docs.github.com/rest/commits/statuses,
* https://docs.github.com/rest/actions/workflow-runs
*/
function checksOf({ client, rest, here, ask }) {
	return {
		checkRuns: (commit) => ask("the commit's check runs could not be read", "checks: read", checkRuns, async () => {
			const request = {
				...here,
				ref: commit,
				per_page: 100
			};
			return (await client.paginate(rest.checks.listForRef, request, somePages())).map(({ id, name, app, check_suite, status, conclusion, details_url, html_url }) => ({
				id,
				name,
				app: app?.slug ?? "",
				suite: check_suite?.id ?? 0,
				status,
				conclusion: conclusion ?? void 0,
				url: html_url ?? details_url ?? "",
				workflowRun: /\/actions\/runs\/(\d+)\//.exec(`${details_url} ${html_url}`)?.[1]
			}));
		}),
		checkSuites: (commit) => ask("the commit's check suites could not be read", "checks: read", checkSuites, async () => {
			const request = {
				...here,
				ref: commit,
				per_page: 100
			};
			return (await client.paginate(rest.checks.listSuitesForRef, request, somePages())).map(({ id, app, status }) => ({
				id,
				app: app?.slug ?? "",
				status: status ?? "queued"
			}));
		}),
		statuses: (commit) => ask("the commit's statuses could not be read", "statuses: read", statuses, async () => {
			const request = {
				...here,
				ref: commit,
				per_page: 100
			};
			const inPages = somePages();
			return (await client.paginate(rest.repos.getCombinedStatusForRef, request, ({ data }) => inPages({ data: data.statuses }))).map(({ context, state, target_url }) => ({
				context,
				state,
				url: target_url ?? ""
			}));
		}),
		workflowRuns: async (commit) => {
			try {
				return await ask("the workflow runs of the commit could not be read", "actions: read", workflowRuns, async () => {
					const request = {
						...here,
						head_sha: commit,
						per_page: 100
					};
					return (await client.paginate(rest.actions.listWorkflowRunsForRepo, request, somePages())).map(({ id, check_suite_id, workflow_id }) => ({
						id: String(id),
						suite: check_suite_id ?? 0,
						workflow: workflow_id
					}));
				});
			} catch (error) {
				if (error instanceof Failure && isPermissionRefused(error.cause)) return void 0;
				throw error;
			}
		}
	};
}

// src/actions/github/commits.ts
/** Maximum number of annotated tags that refer to one another. */
const TAGS_OF_TAGS = 5;
const relation = _enum([
	"identical",
	"ahead",
	"behind",
	"diverged"
]);
const branches = array(object({
	name: string(),
	commit
}));
/** https://docs.github.com/rest/git/refs, https://docs.github.com/rest/commits/commits#compare-two-commits */
function commitsOf({ rest, here, ask }) {
	return {
		tag: (name) => ask(`tag ${name} could not be looked up`, "contents: read", commit.optional(), async () => {
			let object = (await unlessMissing(() => rest.git.getRef({
				...here,
				ref: `tags/${name}`
			})))?.data.object;
			for (let depth = 0; object?.type === "tag" && depth < TAGS_OF_TAGS; depth++) object = (await rest.git.getTag({
				...here,
				tag_sha: object.sha
			})).data.object;
			return object?.type === "commit" ? object.sha : void 0;
		}),
		branches: (prefix) => ask("the branches could not be listed", "contents: read", branches, async () => {
			const { data } = await rest.git.listMatchingRefs({
				...here,
				ref: `heads/${prefix}`
			});
			return data.map(({ ref, object }) => ({
				name: ref.slice(11),
				commit: object.sha
			}));
		}),
		compare: (base, head) => ask("two commits could not be compared", "contents: read", relation.optional(), async () => {
			const basehead = `${base}...${head}`;
			return (await unlessMissing(() => rest.repos.compareCommitsWithBasehead({
				...here,
				basehead,
				per_page: 1
			})))?.data.status;
		})
	};
}

// src/actions/github/deployments.ts
/** Maximum number of an environment's deployments that are examined, the newest first, before none counts as live. */
const DEPLOYMENTS = 10;
const deployed = object({
	id: number(),
	sha: string(),
	environment: string()
});
const status = object({
	log_url: string().nullish(),
	target_url: string().nullish()
});
const deployments = array(object({
	environment: string(),
	logs: array(string())
}));
/**
* The first entries of a list, because each may need another request. A server may ignore `per_page`, or send no list.
*/
const few = (one, data) => array(one).parse(data).slice(0, DEPLOYMENTS);
function deploymentsOf({ rest, here, ask }) {
	return {
		deployedCommit: (environment) => ask(`the deployments to ${environment} could not be read`, "deployments: read", commit.optional(), async () => {
			const { data } = await rest.repos.listDeployments({
				...here,
				environment,
				per_page: DEPLOYMENTS
			});
			for (const { id, sha } of few(deployed, data)) if ((await rest.repos.listDeploymentStatuses({
				...here,
				deployment_id: id,
				per_page: 1
			})).data[0]?.state === "success") return sha;
		}),
		deploymentsOf: (commit) => ask("the commit's deployments could not be read", "deployments: write", deployments, async () => {
			const { data } = await rest.repos.listDeployments({
				...here,
				sha: commit,
				per_page: DEPLOYMENTS
			});
			return Promise.all(few(deployed, data).map(async ({ id, environment }) => {
				const request = {
					...here,
					deployment_id: id,
					per_page: DEPLOYMENTS
				};
				const statuses = await rest.repos.listDeploymentStatuses(request);
				return {
					environment,
					logs: few(status, statuses.data).map(({ log_url, target_url }) => log_url || target_url || "")
				};
			}));
		}),
		createDeployment: ({ commit, environment, description }) => ask("a deployment could not be created", "deployments: write", number(), async () => {
			const rules = {
				auto_merge: false,
				required_contexts: []
			};
			const { data } = await rest.repos.createDeployment({
				...here,
				ref: commit,
				environment,
				description,
				...rules
			});
			if (!("id" in data)) throw new Error(data.message ?? "GitHub created none");
			return data.id;
		}),
		addStatus: (id, { state, description, log, url }) => ask("the deployment's status could not be set", "deployments: write", _void(), async () => {
			const links = {
				log_url: log,
				...url ? { environment_url: url } : {}
			};
			await rest.repos.createDeploymentStatus({
				...here,
				deployment_id: id,
				state,
				description,
				...links
			});
		})
	};
}

// src/actions/github/open.ts
/** @throws Failure (refused) without a token or a repository */
function openGithub(options) {
	const api = openApi(options);
	return {
		...commitsOf(api),
		...checksOf(api),
		...artifactsOf(api),
		...deploymentsOf(api)
	};
}

export { openGithub };