import { $ as withCommands, Q as completeCommands, S as nextCommand, Z as NO_CALL, b as errorText, w as outcomeSentence, y as OUTCOME_SENTENCES } from "./report-phases.js";

// src/notify/message-context.ts
/** The facts of a transaction's report. A plan has none. */
function contextOf(given) {
	const report = withCommands(given, {
		...NO_CALL,
		target: given.target
	});
	return {
		app: report.app,
		target: report.target,
		release: report.release,
		previousRelease: report.previousRelease,
		label: report.version,
		commit: report.commit,
		hosts: report.hosts.map(({ name, live, unknown }) => ({
			name,
			live: unknown ? "unknown" : live
		})),
		message: outcomeSentence(report),
		error: report.errors.map(errorText).join("\n"),
		next: completeCommands(nextCommand(report), NO_CALL)
	};
}
const isEvent = (outcome) => outcome !== "planned";
/**
* @param env the run's variables, if there is a run
* @param time milliseconds since 1970
*/
function variablesOf(event, context, env, time) {
	const message = context.message || (event === "started" ? "a deploy began" : OUTCOME_SENTENCES[event]);
	const { release = context.label ?? "", commit = "" } = context;
	const repository = env.GITHUB_REPOSITORY ?? "";
	const isRun = repository !== "" && env.GITHUB_RUN_ID !== void 0;
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
		"run-url": isRun ? `${env.GITHUB_SERVER_URL || "https://github.com"}/${repository}/actions/runs/${env.GITHUB_RUN_ID}` : "",
		time: new Date(time).toISOString()
	};
}

export { isEvent as n, variablesOf as r, contextOf as t };