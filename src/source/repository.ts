// The repository of a configuration, and the commit that is checked out.
import { Failure } from "../failure.ts";
import { git, tryGit } from "./git.ts";
import { commitOfTag } from "./tags.ts";

export interface Commit {
  /** Full hash. */
  id: string;
  /** Committer time, UTC, ISO 8601 with seconds: the same on every machine. */
  time: string;
}

/** @returns the root of the repository that contains a directory, absolute; undefined if there is none */
export async function repositoryAt(directory: string): Promise<string | undefined> {
  const root = await tryGit(directory, ["rev-parse", "--show-toplevel"]);
  return root?.replace(/\n$/, "") || undefined;
}

/** @throws Failure when the directory is in no git repository */
export async function findRepository(directory: string): Promise<string> {
  const root = await repositoryAt(directory);
  if (root !== undefined) return root;
  throw new Failure({
    code: "repository-missing",
    what: "this is no git repository",
    where: { directory },
    remedy:
      "An artifact is made of a commit: run `git init`, commit the application, and try again. In a workflow, put actions/checkout before this step.",
    outcome: "refused",
  });
}

/** @throws Failure when there is no commit yet */
export async function headCommit(repository: string): Promise<Commit> {
  const output = await tryGit(repository, ["show", "-s", "--format=%H %ct", "HEAD"]);
  const match = /^([0-9a-f]{40,64}) (\d+)$/m.exec(output ?? "");
  if (!match) {
    throw new Failure({
      code: "commit-unknown",
      what: "nothing is committed in this repository",
      where: { repository },
      remedy: "Commit the application: an artifact is made of a commit.",
      outcome: "refused",
    });
  }
  return { id: match[1]!, time: new Date(Number(match[2]) * 1000).toISOString().replace(".000Z", "Z") };
}

/**
 * The tag that names HEAD: the event's on a runner, otherwise the only or newest one of the commit; undefined if there
 * is none.
 */
export async function headTag(repository: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  if (env.GITHUB_REF?.startsWith("refs/tags/")) {
    const tag = env.GITHUB_REF.slice("refs/tags/".length);
    // A job may check out another commit than that of its event.
    const tagged = (await commitOfTag(repository, tag)) ?? env.GITHUB_SHA;
    return tagged === undefined || tagged === (await headCommit(repository)).id ? tag : undefined;
  }
  if (env.GITHUB_ACTIONS) return undefined;
  const tags = await git(
    repository,
    ["tag", "--points-at", "HEAD", "--sort=-creatordate"],
    "the commit's tags cannot be read",
  );
  return tags.split("\n")[0] || undefined;
}
