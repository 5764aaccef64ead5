import { G as withCommands, Q as nextCommand, U as NO_CALL, W as completeCommands, Y as OUTCOME_SENTENCES, et as outcomeSentence, nt as troubleText } from "./report-phases.js";

// src/notify/message-context.ts
/** The facts of a transaction's report. A plan has none. */
function toldOf(said) {
	const report = withCommands(said, {
		...NO_CALL,
		target: said.target
	});
	return {
		app: report.app,
		target: report.target,
		release: report.release,
		previousRelease: report.previousRelease,
		version: report.version,
		commit: report.commit,
		hosts: report.hosts.map(({ name, live, unknown }) => ({
			name,
			live: unknown ? "unknown" : live
		})),
		message: outcomeSentence(report),
		trouble: report.troubles.map(troubleText).join("\n"),
		next: completeCommands(nextCommand(report), NO_CALL)
	};
}
const isEvent = (outcome) => outcome !== "planned";
/**
* @param env the run's variables, if there is a run
* @param time milliseconds since 1970
*/
function variablesOf(event, told, env, time) {
	const message = told.message || (event === "started" ? "a deploy began" : OUTCOME_SENTENCES[event]);
	const { release = told.version ?? "", commit = "" } = told;
	const repository = env.GITHUB_REPOSITORY ?? "";
	const isRun = repository !== "" && env.GITHUB_RUN_ID !== void 0;
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
		"run-url": isRun ? `${env.GITHUB_SERVER_URL || "https://github.com"}/${repository}/actions/runs/${env.GITHUB_RUN_ID}` : "",
		time: new Date(time).toISOString()
	};
}

export { toldOf as n, variablesOf as r, isEvent as t };