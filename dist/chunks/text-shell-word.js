// src/text/cut.ts
/** Not an ellipsis alone: other programs print that. */
const CUT = "[…]";
/**
* The beginning of a text, with {@link CUT} if it was cut.
*
* @param length maximum number of characters, including the mark
*/
function cutEnd(text, length) {
	return text.length > length ? text.slice(0, length - 3).toWellFormed() + CUT : text;
}
/** The end of a text, with {@link CUT} if it was cut. @param length maximum number of characters, including the mark */
function cutStart(text, length) {
	return text.length > length ? CUT + text.slice(3 - length).toWellFormed() : text;
}

// src/text/shell-word.ts
/**
* Quotes a word for a line that a shell reads.
*
* @returns the word itself, in single quotes if it contains special characters
*/
const shellWord = (word) => /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;

export { cutStart as i, CUT as n, cutEnd as r, shellWord as t };