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

// src/store/names.ts
/**
* @returns the key
* @throws Failure when a store could take it for a path or refuse it; keys are made by Tarlift, from digests
*/
function checkKey(key) {
	if (/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,399}$/.test(key)) return key;
	throw new Failure({
		what: "this is no key for a layer store",
		where: { key },
		remedy: "At most 400 characters of A-Z a-z 0-9 . _ -, and no dot in front."
	});
}
/**
* Why a text is no name of an artifact, in words. GitHub refuses the same characters
* (actions/toolkit, packages/artifact/src/internal/upload/path-and-artifact-name-validation.ts).
*/
function artifactNameProblem(name) {
	if (name === "" || name.length > 255) return "a name has 1 to 255 characters";
	if (/[\x00-\x1f\x7f":<>|*?\\/]/.test(name)) return "a name has no control characters and none of \" : < > | * ? \\ /";
}

export { Failure as i, checkKey as n, EXIT_CODES as r, artifactNameProblem as t };