// src/failure.ts
/** Exit codes of the command and their meaning (docs/reference): `refused` means that nothing changed anywhere. */
const EXIT_CODES = {
	failed: 1,
	refused: 2,
	reverted: 3,
	split: 4
};
/** An error in four parts: what failed, where, the last lines of output, and what to do next. */
var Failure = class extends Error {
	code;
	what;
	where;
	output;
	remedy;
	outcome;
	constructor(parts) {
		super(formatFailure(parts), parts.cause === void 0 ? void 0 : { cause: parts.cause });
		this.name = "Failure";
		this.code = parts.code;
		this.what = parts.what;
		this.where = present(parts.where);
		this.output = parts.output?.trimEnd() || void 0;
		this.remedy = parts.remedy;
		this.outcome = parts.outcome ?? "failed";
	}
};
/** Codes of system errors that concern the file system or a path, and are no defect. */
const OF_THE_MACHINE = [...[
	"EACCES",
	"EPERM",
	"EROFS",
	"ENOSPC",
	"EDQUOT",
	"EFBIG",
	"EIO",
	"EMFILE",
	"ENFILE"
], ...[
	"EISDIR",
	"ENOTDIR",
	"ELOOP",
	"ENAMETOOLONG",
	"ERR_FS_EISDIR"
]];
/**
* Turns anything that was thrown into a Failure: `local-file` for an error of the file system, otherwise `defect`, with
* what a bug report needs.
*/
function failureOf(error) {
	if (error instanceof Failure) return error;
	const { message, stack, code = "", path } = error instanceof Error ? error : { message: String(error) };
	if (OF_THE_MACHINE.includes(code)) return new Failure({
		code: "local-file",
		what: "this machine refused a file or a directory",
		where: { path },
		output: message,
		remedy: "Is the path what it should be, may this user write there, and has its file system room?",
		cause: error
	});
	return new Failure({
		code: "defect",
		what: `Tarlift has a defect: ${message}`,
		output: stack,
		remedy: "Please report it.",
		cause: error
	});
}
function present(where) {
	return Object.fromEntries(Object.entries(where ?? {}).filter((entry) => entry[1] !== void 0));
}
function formatFailure(parts) {
	const lines = [parts.what];
	for (const [name, value] of Object.entries(present(parts.where))) lines.push(`  ${name}: ${value}`);
	const output = parts.output?.trimEnd();
	if (output) lines.push("  output:", ...output.split("\n").map((line) => `    ${line}`));
	if (parts.remedy) lines.push(`  next: ${parts.remedy.split("\n").join("\n        ")}`);
	return lines.join("\n");
}
/**
* Runs independent checks, so that the user sees all their errors at once.
*
* @throws Failure (refused) that names all errors, with the code of the first, or the only error itself; any other
*   error at once
*/
function checkAll(...checks) {
	const failures = [];
	for (const check of checks) try {
		check();
	} catch (error) {
		if (!(error instanceof Failure)) throw error;
		failures.push(error);
	}
	const [first] = failures;
	if (!first) return;
	if (failures.length === 1) throw first;
	throw new Failure({
		code: first.code,
		what: failures.map(({ what }) => what).join("; "),
		where: Object.assign({}, ...failures.map(({ where }) => where)),
		remedy: failures.flatMap(({ remedy }) => remedy ?? []).join("\n"),
		outcome: "refused"
	});
}

export { failureOf as i, Failure as n, checkAll as r, EXIT_CODES as t };