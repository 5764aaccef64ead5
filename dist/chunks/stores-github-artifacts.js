import { n as Failure } from "./failure.js";
import { t as artifactNameProblem } from "./stores-key-names.js";
import { t as listening } from "./stores-github-client-log.js";
import { join } from "node:path";
import { createReadStream, linkSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { pipeline } from "node:stream/promises";
import { copyFile } from "node:fs/promises";

// src/stores/github/without-artifacts.ts
/** @param cause the client's error (actions/toolkit, packages/artifact/src/internal/shared/errors.ts) */
const isWithoutArtifacts = (cause) => cause instanceof Error && cause.name === "GHESNotSupportedError";

// src/stores/github/artifacts.ts
/** @param env RUNNER_TEMP and the variables that the client reads */
function githubArtifactStore(env) {
	return {
		name: "GitHub's artifacts",
		async upload(name, file, options) {
			const problem = artifactNameProblem(name);
			if (problem) throw new Failure({
				code: "input-invalid",
				what: "this is no name for an artifact",
				where: { name },
				output: problem
			});
			const { DefaultArtifactClient } = await import("./npm-actions-artifact-artifact.js");
			const directory = mkdtempSync(join(env.RUNNER_TEMP ?? tmpdir(), "tarlift-upload-"));
			try {
				const named = join(directory, name);
				await linkOrCopy(file, named);
				const { id, digest } = await quietly(() => new DefaultArtifactClient().uploadArtifact(name, [named], directory, {
					skipArchive: true,
					...options.retentionDays ? { retentionDays: options.retentionDays } : {}
				}));
				if (id === void 0 || !digest) throw new Error("the service confirmed neither id nor digest");
				return {
					id: String(id),
					digest: withPrefix(digest),
					...urlOf(env, id)
				};
			} catch (cause) {
				throw failure(`the artifact ${name} could not be uploaded`, cause);
			} finally {
				rmSync(directory, {
					recursive: true,
					force: true
				});
			}
		},
		async download(reference, directory) {
			const { DefaultArtifactClient } = await import("./npm-actions-artifact-artifact.js");
			const client = new DefaultArtifactClient();
			const findBy = reference.run && findByOf(reference.run);
			mkdirSync(directory, { recursive: true });
			const into = mkdtempSync(join(directory, ".download-"));
			try {
				const found = await quietly(() => find(client, reference, findBy));
				const expected = found.digest ? withPrefix(found.digest) : void 0;
				const { digestMismatch } = await quietly(() => client.downloadArtifact(found.id, {
					path: into,
					skipDecompress: true,
					...expected ? { expectedHash: expected } : {},
					...findBy ? { findBy } : {}
				}));
				if (digestMismatch) throw new Error(`its bytes are not those of ${expected}`);
				const [name] = readdirSync(into);
				if (!name) throw new Error("nothing was downloaded");
				const digest = expected ?? await digestOf(join(into, name));
				renameSync(join(into, name), join(directory, name));
				return {
					file: join(directory, name),
					digest
				};
			} catch (cause) {
				throw failure(`the artifact ${reference.name ?? reference.id} could not be downloaded`, cause, reference);
			} finally {
				rmSync(into, {
					recursive: true,
					force: true
				});
			}
		}
	};
}
/** Keeps the client's messages out of the log; its errors are reported by this module. */
async function quietly(action) {
	const called = await listening(action);
	if (called.error !== void 0) throw called.error;
	return called.value;
}
async function find(client, reference, findBy) {
	const options = findBy ? { findBy } : {};
	if (reference.name !== void 0) return (await client.getArtifact(reference.name, options)).artifact;
	const { artifacts } = await client.listArtifacts(options);
	const found = artifacts.find(({ id }) => String(id) === reference.id);
	if (!found) throw new Error(`Artifact not found for id: ${reference.id}`);
	return found;
}
function findByOf({ id, repository, token }) {
	const [repositoryOwner = "", repositoryName = ""] = repository.split("/");
	return {
		token,
		workflowRunId: Number(id),
		repositoryOwner,
		repositoryName
	};
}
/** uploadArtifact returns bare hex, getArtifact `sha256:` and hex. */
const withPrefix = (digest) => digest.startsWith("sha256:") ? digest : `sha256:${digest}`;
function urlOf(env, id) {
	const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
	return server && repository && run ? { url: `${server}/${repository}/actions/runs/${run}/artifacts/${id}` } : {};
}
/** For a server that returns no digest of the artifact. */
async function digestOf(file) {
	const sum = createHash("sha256");
	await pipeline(createReadStream(file), sum);
	return `sha256:${sum.digest("hex")}`;
}
async function linkOrCopy(from, to) {
	try {
		linkSync(from, to);
	} catch {
		await copyFile(from, to);
	}
}
function failure(what, cause, reference) {
	const message = cause instanceof Error ? cause.message : String(cause);
	const kind = KINDS.find(({ pattern }) => pattern.test(message));
	return new Failure({
		code: isWithoutArtifacts(cause) ? "store-unsupported" : kind.code,
		what,
		where: {
			run: reference?.run?.id,
			repository: reference?.run?.repository
		},
		output: message.trim(),
		remedy: isWithoutArtifacts(cause) ? withoutArtifacts(reference) : kind.remedy(reference),
		cause
	});
}
const withoutArtifacts = (reference) => reference === void 0 ? "GitHub Enterprise Server keeps no such artifacts: give this step `upload: never`, and deploy in the same job; or hand the file (output `artifact-file`) on to the job that deploys, which is given `artifact-file`." : "GitHub Enterprise Server keeps no such artifacts: bundle and deploy in the same job; or hand the file on to this one in another way, and give `artifact-file`.";
/**
* Errors that the client only describes in English; only this table reads those texts. The last one matches all others.
*/
const KINDS = [
	{
		pattern: /not those of/,
		code: "artifact-invalid",
		remedy: () => "It was damaged on its way: run this step again; if that does not help, bundle again."
	},
	{
		pattern: /410|has expired|Gone/,
		code: "artifact-expired",
		remedy: () => "It has expired (`retention-days`): bundle its commit again."
	},
	{
		pattern: /not found|No artifacts found|404/i,
		code: "artifact-missing",
		remedy: (reference) => reference?.run ? "Check the name and the run's id. Artifacts expire (`retention-days`): then run the bundle job again." : "Check the name. An artifact of another run needs `run-id` and a token with `actions: read`; one that expired (`retention-days`) must be bundled again."
	},
	{
		pattern: /403|Resource not accessible|forbidden/i,
		code: "github-denied",
		remedy: () => "The token may not read artifacts: give the job `permissions: { actions: read }`."
	},
	{
		pattern: /\b409\b|already.exists/i,
		code: "artifact-exists",
		remedy: () => "An artifact of this name exists in this run: give another `artifact-name`, for instance with the matrix's values."
	},
	{
		pattern: /quota|storage/i,
		code: "store-failed",
		remedy: () => "The account's artifact storage is full: shorten `retention-days` or delete old artifacts."
	},
	{
		pattern: /^/,
		code: "store-failed",
		remedy: () => "The service may be out of order for a moment: run the step again."
	}
];

export { githubArtifactStore };