// Values of messages: the facts about each event of a deploy, as texts.
import type { Outcome, Report } from "../fleet/report.ts";
import type { MessageContext } from "../notifiers/notifier.ts";
import type { NotifyEvent, Variable } from "../notifiers/vocabulary.ts";
import { completeCommands, NO_CALL, withCommands } from "../report/invocation.ts";
import { errorText, nextCommand, OUTCOME_SENTENCES, outcomeSentence } from "../report/outcome-text.ts";

/** The facts of a transaction's report. A plan has none. */
export function contextOf(given: Report): MessageContext {
  const report = withCommands(given, { ...NO_CALL, target: given.target });
  return {
    app: report.app,
    target: report.target,
    release: report.release,
    previousRelease: report.previousRelease,
    label: report.version,
    commit: report.commit,
    hosts: report.hosts.map(({ name, live, unknown }) => ({ name, live: unknown ? "unknown" : live })),
    message: outcomeSentence(report),
    error: report.errors.map(errorText).join("\n"),
    next: completeCommands(nextCommand(report), NO_CALL),
  };
}

export const isEvent = (outcome: Outcome): outcome is Outcome & NotifyEvent => outcome !== "planned";

/**
 * @param env the run's variables, if there is a run
 * @param time milliseconds since 1970
 */
export function variablesOf(
  event: NotifyEvent,
  context: MessageContext,
  env: NodeJS.ProcessEnv,
  time: number,
): Record<Variable, string> {
  const message = context.message || (event === "started" ? "a deploy began" : OUTCOME_SENTENCES[event]);
  const { release = context.label ?? "", commit = "" } = context;
  const repository = env.GITHUB_REPOSITORY ?? "";
  const isRun = repository !== "" && env.GITHUB_RUN_ID !== undefined;
  return {
    event,
    outcome: event === "started" ? "" : event,
    summary: `${context.app}${context.target ? ` on ${context.target}` : ""}: ${event}${release ? ` ${release}` : ""}`,
    message,
    app: context.app,
    target: context.target,
    release: context.release ?? "",
    "previous-release": context.previousRelease ?? "",
    label: context.label ?? "",
    commit,
    "short-commit": commit.slice(0, 12),
    hosts: (context.hosts ?? []).map(({ name, live }) => `${name}: ${live ?? "none"}`).join(", "),
    error: context.error ?? "",
    next: context.next ?? "",
    repository,
    actor: env.GITHUB_ACTOR ?? env.USER ?? "",
    "run-url": isRun
      ? `${env.GITHUB_SERVER_URL || "https://github.com"}/${repository}/actions/runs/${env.GITHUB_RUN_ID}`
      : "",
    time: new Date(time).toISOString(),
  };
}
