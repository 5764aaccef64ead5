// What messages tell: the moments of a deploy, and the facts of each as texts.
import type { Outcome, Report } from "../fleet/types.ts";
import { nextCommand, OUTCOME_SENTENCES, troubleText } from "../report/words.ts";

/** The moments that can be told, in the order in which they can come: `started`, and then one of the outcomes. */
export const EVENTS = [
  "started",
  "deployed",
  "unchanged",
  "superseded",
  "rolled-back",
  "refused",
  "reverted",
  "split",
  "failed",
] as const;
export type NotifyEvent = (typeof EVENTS)[number];

/** Told unless a message names its own: what changed something, or went wrong half-way. */
export const DEFAULT_EVENTS: readonly NotifyEvent[] = [
  "started",
  "deployed",
  "rolled-back",
  "reverted",
  "split",
  "failed",
];

/** What is known of a deploy at one moment; everything but app and target may be missing. */
export interface Told {
  app: string;
  target: string;
  release?: string | undefined;
  previousRelease?: string | undefined;
  version?: string | undefined;
  /** 40 hex digits. */
  commit?: string | undefined;
  hosts?: { name: string; live?: string | undefined }[] | undefined;
  /** What went wrong. */
  trouble?: string | undefined;
  next?: string | undefined;
  /** A sentence of one's own instead of the event's. */
  message?: string | undefined;
}

/** A template's variables; each is a text, empty where nobody knows it. */
export const VARIABLES = {
  event: "`started`, or the outcome",
  outcome: "the same; `started` has none",
  summary: "one line: application, target, what happened, release",
  message: "the sentence of the event",
  app: "the application",
  target: "the target",
  release: "the release's name",
  "previous-release": "what was live before",
  version: "the release's label",
  commit: "40 digits",
  "short-commit": "12 digits",
  hosts: "each host with what is live there, with commas",
  trouble: "what went wrong, and what to do",
  next: "the next command",
  repository: "`owner/name` on GitHub",
  actor: "who began the run",
  "run-url": "the run's page",
  time: "when it was told: ISO 8601, UTC",
} as const;
export type Variable = keyof typeof VARIABLES;

/** What a transaction's report tells. A plan tells nothing. */
export function toldOf(report: Report): Told {
  return {
    app: report.app,
    target: report.target,
    release: report.release,
    previousRelease: report.previousRelease,
    version: report.version,
    commit: report.commit,
    hosts: report.hosts.map(({ name, live, unknown }) => ({ name, live: unknown ? "unknown" : live })),
    trouble: report.troubles.map(troubleText).join("\n"),
    next: nextCommand(report),
  };
}

export const isEvent = (outcome: Outcome): outcome is Outcome & NotifyEvent => outcome !== "planned";

/**
 * @param env the run's variables, where there is a run
 * @param time milliseconds since 1970
 */
export function variablesOf(
  event: NotifyEvent,
  told: Told,
  env: NodeJS.ProcessEnv,
  time: number,
): Record<Variable, string> {
  const message = told.message || (event === "started" ? "a deploy began" : OUTCOME_SENTENCES[event]);
  const { release = told.version ?? "", commit = "" } = told;
  const repository = env.GITHUB_REPOSITORY ?? "";
  const isRun = repository !== "" && env.GITHUB_RUN_ID !== undefined;
  return {
    event,
    outcome: event === "started" ? "" : event,
    summary: `${told.app}${told.target ? ` on ${told.target}` : ""}: ${event}${release ? ` ${release}` : ""}`,
    message,
    app: told.app,
    target: told.target,
    release: told.release ?? "",
    "previous-release": told.previousRelease ?? "",
    version: told.version ?? "",
    commit,
    "short-commit": commit.slice(0, 12),
    hosts: (told.hosts ?? []).map(({ name, live }) => `${name}: ${live ?? "none"}`).join(", "),
    trouble: told.trouble ?? "",
    next: told.next ?? "",
    repository,
    actor: env.GITHUB_ACTOR ?? env.USER ?? "",
    "run-url": isRun
      ? `${env.GITHUB_SERVER_URL || "https://github.com"}/${repository}/actions/runs/${env.GITHUB_RUN_ID}`
      : "",
    time: new Date(time).toISOString(),
  };
}
