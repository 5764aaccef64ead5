// src/failure.ts
/** Exit codes of the command and their meaning (docs/reference): `refused` means that nothing changed anywhere. */
const EXIT_CODES = {
	failed: 1,
	refused: 2,
	reverted: 3,
	split: 4
};
/** An error in four parts: what failed, where, its last lines of output, what to do next. */
var Failure = class extends Error {
	what;
	where;
	output;
	remedy;
	outcome;
	constructor(parts) {
		super(formatFailure(parts), parts.cause === void 0 ? void 0 : { cause: parts.cause });
		this.name = "Failure";
		this.what = parts.what;
		this.where = present(parts.where);
		this.output = parts.output?.trimEnd() || void 0;
		this.remedy = parts.remedy;
		this.outcome = parts.outcome ?? "failed";
	}
};
function present(where) {
	return Object.fromEntries(Object.entries(where ?? {}).filter((entry) => entry[1] !== void 0));
}
function formatFailure(parts) {
	const lines = [parts.what];
	for (const [name, value] of Object.entries(present(parts.where))) lines.push(`  ${name}: ${value}`);
	const output = parts.output?.trimEnd();
	if (output) lines.push("  it said:", ...output.split("\n").map((line) => `    ${line}`));
	if (parts.remedy) lines.push(`  next: ${parts.remedy.split("\n").join("\n        ")}`);
	return lines.join("\n");
}
/**
* Runs checks that do not depend on one another, so that a user learns of everything at once.
*
* @throws Failure (refused) that names all of what failed, or the one; anything else at once
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
		what: failures.map(({ what }) => what).join("; "),
		where: Object.assign({}, ...failures.map(({ where }) => where)),
		remedy: failures.flatMap(({ remedy }) => remedy ?? []).join("\n"),
		outcome: "refused"
	});
}

export { Failure as n, checkAll as r, EXIT_CODES as t };