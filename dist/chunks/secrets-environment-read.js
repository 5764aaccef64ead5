import { n as Failure, r as checkAll } from "./failure.js";

// src/secrets/environment/read.ts
/** The source's `read`: a value that is given by name has priority over the environment. */
function read(names, { target, mayBeEmpty, given, env }) {
	const value = (name) => given[name] ?? env[name];
	const isRunner = env.GITHUB_ACTIONS === "true";
	checkAll(() => refuseMissing(target, names.filter((name) => value(name) === void 0), isRunner), () => refuseEmpty(target, names.filter((name) => value(name)?.trim() === "" && !mayBeEmpty.includes(name)), isRunner));
	return Object.fromEntries(names.map((name) => [name, value(name) ?? ""]));
}
function refuseMissing(target, names, isRunner) {
	if (names.length === 0) return;
	throw new Failure({
		code: "secret-missing",
		what: `target ${target} needs ${names.length === 1 ? "a secret that was not given" : "secrets that were not given"}: ${names.join(", ")}`,
		remedy: isRunner ? "Give them to the step: `secrets: |` with a line NAME=${{ secrets.NAME }} for each." : "Set them as environment variables of this command, or put them into a file for --secrets-file, NAME=VALUE a line.",
		outcome: "refused"
	});
}
/** GitHub replaces a secret that does not exist by an empty text, which must not reach hosts. */
function refuseEmpty(target, names, isRunner) {
	if (names.length === 0) return;
	const meant = `If nothing is meant, say so in tarlift.yml: \`may-be-empty: [${names.join(", ")}]\` of the target.`;
	throw new Failure({
		code: "secret-missing",
		what: `secrets of target ${target} are empty: ${names.join(", ")}`,
		remedy: isRunner ? `GitHub gives an empty text for a secret that does not exist. Set it in the repository, or in the GitHub environment that the job names; runs for pull requests of forks are given none. ${meant}` : `Set the variable to its value. ${meant}`,
		outcome: "refused"
	});
}

export { read };