// Lets `import text from "./program.sh"` give the file's text, in the bundle (rolldown) and in tests (vitest) alike.

/** A plugin that turns `.sh` files into modules whose default export is their text. */
export function shellText() {
  return {
    name: "shell-text",
    transform(code: string, id: string) {
      if (!id.endsWith(".sh")) return null;
      return { code: `export default ${JSON.stringify(code)};`, map: null };
    },
  };
}
