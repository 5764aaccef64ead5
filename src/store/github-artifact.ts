// GitHub's artifacts as an artifact store, over the real client.
import { linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import type { ArtifactReference, ArtifactStore } from "./types.ts";

/** @param env RUNNER_TEMP and what the client itself reads */
export function githubArtifactStore(env: NodeJS.ProcessEnv): ArtifactStore {
  return {
    name: "GitHub's artifacts",
    async upload(name, file, options) {
      const { DefaultArtifactClient } = await import("@actions/artifact");
      // One file as it is: a zip would lose modes, and be wrapped around what is compressed already. It is named after the file.
      const directory = mkdtempSync(join(env.RUNNER_TEMP ?? "/tmp", "tarlift-upload-"));
      try {
        const named = join(directory, name);
        await linkOrCopy(file, named);
        const { id, digest } = await new DefaultArtifactClient().uploadArtifact(name, [named], directory, {
          skipArchive: true,
          ...(options.retentionDays ? { retentionDays: options.retentionDays } : {}),
        });
        if (id === undefined || !digest) throw new Error("the service confirmed neither id nor digest");
        return { id: String(id), digest: `sha256:${digest}`, ...urlOf(env, id) };
      } catch (cause) {
        throw failure(`the artifact ${name} could not be uploaded`, cause);
      } finally {
        rmSync(directory, { recursive: true, force: true });
      }
    },
    async download(reference, directory) {
      const { DefaultArtifactClient } = await import("@actions/artifact");
      const client = new DefaultArtifactClient();
      const what = `the artifact ${reference.name ?? reference.id} could not be downloaded`;
      const findBy = reference.run && findByOf(reference.run);
      const into = join(directory, "download");
      rmSync(into, { recursive: true, force: true });
      mkdirSync(into, { recursive: true });
      try {
        const found = await find(client, reference, findBy);
        const { digestMismatch } = await client.downloadArtifact(found.id, {
          path: into,
          skipDecompress: true,
          ...(found.digest ? { expectedHash: withPrefix(found.digest) } : {}),
          ...(findBy ? { findBy } : {}),
        });
        // The client reports this as a value, which is easily overlooked.
        if (digestMismatch) throw new Error(`its bytes are not those of ${found.digest}`);
        const [file] = readdirSync(into);
        if (!file) throw new Error("nothing was downloaded");
        return { file: join(into, file), digest: withPrefix(found.digest ?? "") };
      } catch (cause) {
        throw failure(what, cause, reference);
      }
    },
  };
}

type Client = import("@actions/artifact").ArtifactClient;
type FindBy = NonNullable<import("@actions/artifact").FindOptions["findBy"]>;

async function find(
  client: Client,
  reference: ArtifactReference,
  findBy: FindBy | undefined,
): Promise<{ id: number; digest?: string | undefined }> {
  const options = findBy ? { findBy } : {};
  if (reference.name !== undefined) return (await client.getArtifact(reference.name, options)).artifact;
  const { artifacts } = await client.listArtifacts(options);
  const found = artifacts.find(({ id }) => String(id) === reference.id);
  if (!found) throw new Error(`Artifact not found for id: ${reference.id}`);
  return found;
}

function findByOf({ id, repository, token }: NonNullable<ArtifactReference["run"]>): FindBy {
  const [repositoryOwner = "", repositoryName = ""] = repository.split("/");
  return { token, workflowRunId: Number(id), repositoryOwner, repositoryName };
}

/** uploadArtifact gives bare hex, getArtifact `sha256:` and hex. */
const withPrefix = (digest: string) => (digest.startsWith("sha256:") ? digest : `sha256:${digest}`);

function urlOf(env: NodeJS.ProcessEnv, id: number): { url?: string } {
  const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository, GITHUB_RUN_ID: run } = env;
  return server && repository && run ? { url: `${server}/${repository}/actions/runs/${run}/artifacts/${id}` } : {};
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    linkSync(from, to);
  } catch {
    await copyFile(from, to);
  }
}

function failure(what: string, cause: unknown, reference?: ArtifactReference): Failure {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new Failure({
    what,
    where: { run: reference?.run?.id, repository: reference?.run?.repository },
    output: message.trim(),
    remedy: remedyFor(message, reference),
    cause,
  });
}

function remedyFor(message: string, reference?: ArtifactReference): string {
  if (/not those of/.test(message))
    return "It was damaged on its way: run this step again; if that does not help, bundle again.";
  if (/not found|No artifacts found|404/i.test(message)) {
    return reference?.run
      ? "Check the name and the run's id. Artifacts expire (`retention-days`): then run the bundle job again."
      : "Check the name. An artifact of another run needs `run-id` and a token with `actions: read`; one that expired (`retention-days`) must be bundled again.";
  }
  if (/403|Resource not accessible|forbidden/i.test(message))
    return "The token may not read artifacts: give the job `permissions: { actions: read }`.";
  if (/409|already exists/i.test(message))
    return "An artifact of this name exists in this run: give another `name`, for instance with the matrix's values.";
  if (/quota|storage/i.test(message))
    return "The account's artifact storage is full: shorten `retention-days` or delete old artifacts.";
  return "The service may be out of order for a moment: run the step again.";
}
