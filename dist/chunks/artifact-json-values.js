import { x as prettifyError } from "./npm-zod-schemas.js";
import { r as cutEnd } from "./text-shell-word.js";

// src/artifact/json-values.ts
/** Maximum number of values in one JSON text: maps, lists and their elements. 5 000 packages have 15 000. */
const MOST_VALUES = 2e5;
const MOST_LINES = 20;
const MOST_CHARACTERS = 4e3;
/**
* Parses JSON from outside. Zod records every wrong value, with some hundred bytes each, and shows all of them: so a
* text with too many values is refused unread, and only the first errors are shown.
*
* @returns the value, or a description of the errors
*/
function readJson(text, schema) {
	let value;
	try {
		value = JSON.parse(text);
	} catch {
		return { wrong: "is not JSON" };
	}
	if (!hasAtMost(value, MOST_VALUES)) return { wrong: `has more than ${MOST_VALUES} values` };
	const { data, error } = schema.safeParse(value);
	if (error === void 0) return { value: data };
	return { wrong: `is not what Tarlift writes:\n${cutEnd(prettifyError(error), MOST_CHARACTERS).split("\n").slice(0, MOST_LINES).join("\n")}` };
}
/** Whether a value consists of at most this many values: maps, lists and their elements. */
function hasAtMost(value, most) {
	const open = [value];
	for (let count = 1; open.length > 0; count++) {
		if (count + open.length - 1 > most) return false;
		const one = open.pop();
		if (typeof one === "object" && one !== null) for (const inner of Object.values(one)) open.push(inner);
	}
	return true;
}

export { readJson as n, hasAtMost as t };