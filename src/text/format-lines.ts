/** Texts of requests: one entry a line. */
export const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
