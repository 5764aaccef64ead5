/** Joins the entries of a request's text, one a line. */
export const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
