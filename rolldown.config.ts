import { existsSync, readdirSync } from "node:fs";
import { defineConfig } from "rolldown";
import { shellText } from "./scripts/shell-text.ts";

const actions = existsSync("src/actions")
  ? readdirSync("src/actions")
      .filter((name) => name.endsWith(".ts"))
      .map((name) => name.slice(0, -3))
  : [];

// One entry an action and one for the command line; what they share goes into chunks, so that an entry loads only what it uses.
export default defineConfig({
  input: { cli: "src/cli/main.ts", ...Object.fromEntries(actions.map((name) => [name, `src/actions/${name}.ts`])) },
  platform: "node",
  plugins: [shellText()],
  output: {
    dir: "dist",
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: "chunks/[name]-[hash].js",
    minify: false,
  },
});
