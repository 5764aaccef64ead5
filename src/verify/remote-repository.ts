// What verify requests from the repository on GitHub: an interface, so that decisions need no client.

export type Relation = "identical" | "ahead" | "behind" | "diverged";

/** A check run: https://docs.github.com/rest/checks/runs */
export interface CheckRun {
  id: number;
  name: string;
  /** The app's slug; `github-actions` for a job of a workflow. */
  app: string;
  suite: number;
  /** `completed`; any other value: it has not ended. */
  status: string;
  conclusion: string | undefined;
  url: string;
  /** The workflow run of the job, if its address shows it. */
  workflowRun: string | undefined;
}

/** All check runs that one app made for one event: for GitHub Actions, one run of one workflow. */
export interface CheckSuite {
  id: number;
  app: string;
  status: string;
}

/** The newest status of one context: https://docs.github.com/rest/commits/statuses */
export interface CommitStatus {
  context: string;
  state: "success" | "pending" | "failure" | "error";
  url: string;
}

export interface WorkflowRun {
  id: string;
  suite: number;
  workflow: number;
}

/**
 * The current state of the repository on GitHub. Every method throws a Failure that names the missing permission for a
 * 403, and one that quotes GitHub's response for an error that persists after several attempts.
 */
export interface RemoteRepository {
  /** The commit of a tag, through annotated tags; undefined if there is no such tag, or it leads to no commit. */
  tag(name: string): Promise<string | undefined>;
  /** Branches whose names start with the prefix. */
  branches(prefix: string): Promise<{ name: string; commit: string }[]>;
  /**
   * How `head` relates to `base`: `ahead` means that it descends from it. Undefined: GitHub does not know one of them.
   */
  compare(base: string, head: string): Promise<Relation | undefined>;
  checkRuns(commit: string): Promise<CheckRun[]>;
  checkSuites(commit: string): Promise<CheckSuite[]>;
  statuses(commit: string): Promise<CommitStatus[]>;
  /** Undefined: the token may not read them. */
  workflowRuns(commit: string): Promise<WorkflowRun[] | undefined>;
  /**
   * The commit of the newest deployment to a GitHub environment that succeeded and is not inactive; undefined if there
   * is none.
   */
  deployedCommit(environment: string): Promise<string | undefined>;
}
