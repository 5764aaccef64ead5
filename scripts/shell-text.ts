// Lets `import text from "./program.sh"` give the file's text: in the bundle (rolldown), in tests (vitest) and in plain Node
// (scripts/docs.ts, test/support/shell-text-hook.ts) alike.

/** Endings of files that are imported as text; src/shell-text.d.ts declares the same ones. */
export const TEXT_FILES = [".sh", ".awk", ".md"] as const;

/** @param file a path or an address @returns whether it is imported as text */
export const isTextFile = (file: string): boolean => TEXT_FILES.some((ending) => file.endsWith(ending));

/** @param text a file's @returns the source of a module whose default export is the text */
export const textModule = (text: string): string => `export default ${JSON.stringify(text)};`;

/** A plugin that turns text files into modules whose default export is their text. */
export function shellText() {
  return {
    name: "shell-text",
    transform(code: string, id: string) {
      return isTextFile(id) ? { code: textModule(code), map: null } : null;
    },
  };
}
