// What is published to npm, put together in a directory of its own: `node scripts/package.ts DIRECTORY`, then `npm publish DIRECTORY`.
// The clone's package.json is for people who build Tarlift; users of the package need none of its dependencies, because dist/ holds them.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "..");

/** Keys of package.json that the published one has. Anything else there concerns the clone. */
const PUBLISHED = [
  "name",
  "version",
  "description",
  "keywords",
  "homepage",
  "bugs",
  "repository",
  "license",
  "author",
  "type",
  "bin",
  "exports",
  "files",
  "engines",
];

/**
 * Writes the package: the files that package.json lists, and a manifest without dependencies, scripts and `private`.
 *
 * @param directory where to; what is there already stays
 * @param options.dist a built dist/; the committed one by default
 * @throws when a listed file is missing
 */
export function writePackage(directory: string, { dist = join(ROOT, "dist") }: { dist?: string } = {}): void {
  const manifest: Record<string, unknown> = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  mkdirSync(directory, { recursive: true });
  for (const path of manifest.files as string[])
    cpSync(path === "dist" ? dist : join(ROOT, path), join(directory, path), { recursive: true });
  const published = Object.fromEntries(PUBLISHED.map((key) => [key, manifest[key]]));
  writeFileSync(join(directory, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
}

if (import.meta.main) {
  const [directory] = process.argv.slice(2);
  if (directory === undefined) throw new Error("usage: node scripts/package.ts DIRECTORY");
  writePackage(directory);
}
