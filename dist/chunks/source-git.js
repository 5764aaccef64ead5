import { n as tryRun, t as run } from "./subprocess-run.js";

// src/source/git.ts
const command = (directory, args) => [
	"git",
	"-c",
	`safe.directory=*`,
	"-c",
	"core.quotePath=false",
	"-C",
	directory,
	...args
];
/** Git variables that a hook or another tool may have left, and that would make git use another repository. */
const LEADING_ELSEWHERE = /^GIT_(DIR|WORK_TREE|INDEX_FILE|OBJECT_DIRECTORY|COMMON_DIR|NAMESPACE|PREFIX|CEILING_DIRECTORIES|LITERAL_PATHSPECS|GLOB_PATHSPECS|NOGLOB_PATHSPECS|ICASE_PATHSPECS)$/;
/**
* The environment of every git command. Replacements (`git replace`) are disabled: they are local to a clone and not
* part of a commit.
*/
function gitEnvironment() {
	const own = Object.entries(process.env).filter(([name]) => !LEADING_ELSEWHERE.test(name));
	return {
		...Object.fromEntries(own),
		GIT_TERMINAL_PROMPT: "0",
		GIT_OPTIONAL_LOCKS: "0",
		GIT_NO_REPLACE_OBJECTS: "1",
		LC_ALL: "C.UTF-8"
	};
}
/**
* The environment of git commands whose result is used for the artifact: no configuration of this user, machine or job
* affects it.
*/
function viewEnvironment() {
	const own = Object.entries(gitEnvironment()).filter(([name]) => !name.startsWith("GIT_CONFIG"));
	return {
		...Object.fromEntries(own),
		GIT_CONFIG_GLOBAL: "/dev/null",
		GIT_CONFIG_NOSYSTEM: "1",
		GIT_DEFAULT_REF_FORMAT: "files"
	};
}
/** Standard output of a git command. @throws Failure when it fails */
async function git(directory, args, what, options = {}) {
	return (await run(command(directory, args), {
		what,
		env: gitEnvironment(),
		data: endsWithNul(args),
		...options
	})).stdout;
}
/** Standard output of a git command, or undefined when it fails. */
async function tryGit(directory, args, options = {}) {
	const { code, stdout } = await askGit(directory, args, options);
	return code === 0 ? stdout : void 0;
}
/** Runs a git command whose exit code is the result. */
function askGit(directory, args, options = {}) {
	return tryRun(command(directory, args), {
		env: gitEnvironment(),
		data: endsWithNul(args),
		...options
	});
}
/** Whether git prints names that end with NUL instead of lines. */
const endsWithNul = (args) => args.includes("-z");
/** The parts of NUL-terminated output. */
function records(output) {
	return output.split("\0").slice(0, -1);
}

export { tryGit as a, records as i, git as n, viewEnvironment as o, gitEnvironment as r, askGit as t };