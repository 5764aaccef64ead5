// Lets `import text from "./program.sh"` give the file's text: in the bundle (rolldown), in tests (vitest) and in plain Node
// (scripts/docs.ts, test/support/shell-text-hook.ts) alike.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Endings of files that are imported as text; src/shell-text.d.ts declares the same ones. */
export const TEXT_FILES = [".sh", ".awk", ".md"] as const;

/** @param file a path or an address @returns whether it is imported as text */
export const isTextFile = (file: string): boolean => TEXT_FILES.some((ending) => file.endsWith(ending));

/**
 * @param file the path of a text file
 * @returns its text; in a shell program, the awk program itself instead of each `-f NAME.awk`, a file beside it: hosts get one text
 * @throws Error when an awk program has a single quote, which would end the word that it becomes
 */
export function textOf(file: string): string {
  const text = readFileSync(file, "utf8");
  if (!file.endsWith(".sh")) return text;
  return text.replaceAll(/(?<= )-f ([a-z-]+\.awk)\b/g, (_, name: string) => {
    const program = readFileSync(join(dirname(file), name), "utf8");
    if (program.includes("'")) throw new Error(`${name} has a single quote: write \\047 in a string`);
    return `'\n${program.trim()}'`;
  });
}

/** @param text a file's, by {@link textOf} @returns the source of a module whose default export is the text */
export const textModule = (text: string): string => `export default ${JSON.stringify(text)};`;

/** A plugin that turns text files into modules whose default export is their text. */
export function shellText() {
  return {
    name: "shell-text",
    transform(_code: string, id: string) {
      return isTextFile(id) ? { code: textModule(textOf(id)), map: null } : null;
    },
  };
}
