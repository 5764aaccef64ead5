// The pictures of the documentation, docs/pictures/*.svg. `npm run docs` writes them with the other generated files, and so does
// `npm run pictures`; with `-- --record` it runs the demo first, and keeps what that prints in docs/pictures/demo.cast.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { folders } from "./folders.ts";
import { layers } from "./layers.ts";
import { record, terminal } from "./recording.ts";

const DIRECTORY = join(import.meta.dirname, "../../docs/pictures");
const CAST = join(DIRECTORY, "demo.cast");

/** Every picture by its file's name. */
export const pictures = (): Record<string, string> => ({
  "layers.svg": layers(),
  "folders.svg": folders(),
  "demo.svg": terminal(readFileSync(CAST, "utf8")),
});

/** Names of pictures whose files differ from what is made now. */
export const stalePictures = (): string[] =>
  Object.entries(pictures())
    .filter(
      ([name, text]) => !existsSync(join(DIRECTORY, name)) || readFileSync(join(DIRECTORY, name), "utf8") !== text,
    )
    .map(([name]) => name);

if (import.meta.main) {
  if (process.argv.includes("--record")) writeFileSync(CAST, await record());
  const stale = stalePictures();
  for (const name of stale) writeFileSync(join(DIRECTORY, name), pictures()[name]!);
  console.log(stale.length > 0 ? stale.map((name) => `written: docs/pictures/${name}`).join("\n") : "up to date");
}
