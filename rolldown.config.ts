import { existsSync, readdirSync, readFileSync } from "node:fs";
import { defineConfig } from "rolldown";
import { chunkName } from "./scripts/chunk-name.ts";
import { shellText } from "./scripts/shell-text.ts";

// What an action.yml starts (`main: ../../dist/deploy.js`, `post: …`) is an entry, made from the source of the same name.
const directories = existsSync("actions") ? readdirSync("actions").map((name) => `actions/${name}/`) : [];
const started = ["", ...directories]
  .map((directory) => `${directory}action.yml`)
  .filter((file) => existsSync(file))
  .flatMap((file) => [...readFileSync(file, "utf8").matchAll(/^\s+(?:main|post): \S*dist\/([\w-]+)\.js$/gm)])
  .map(([, name]) => name as string);

// One entry an action and one for the command line; what they share goes into chunks, so that an entry loads only what it uses.
export default defineConfig({
  input: {
    cli: "src/cli/main.ts",
    ...Object.fromEntries([...new Set(started)].sort().map((name) => [name, `src/actions/${name}.ts`])),
  },
  platform: "node",
  plugins: [shellText()],
  output: {
    dir: "dist",
    format: "esm",
    entryFileNames: "[name].js",
    chunkFileNames: (chunk) => `chunks/${chunkName(chunk)}.js`,
    minify: false,
  },
});
