// dist/ as the sources make it: built once for them, not once for each file of tests. scripts/test.ts has it built before the tests.
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { sh } from "./needs.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Outside of the checkout. */
const PLACE = join(homedir(), ".cache/tarlift-tests/dist");
/** What a build reads. */
const SOURCES = ["src", "scripts", "actions", "action.yml", "rolldown.config.ts", "package-lock.json", "tsconfig.json"];
/** Milliseconds after which builds of other sources are removed: no run of tests lasts as long. */
const DAY = 86_400_000;

/** @returns a directory that several processes share: a test that changes files in it copies it first */
export function builtDist(): string {
  const built = join(PLACE, key());
  if (isDirectory(built)) return built;
  mkdirSync(PLACE, { recursive: true });
  for (const name of readdirSync(PLACE))
    if (Date.now() - statSync(join(PLACE, name)).mtimeMs > DAY) rmSync(join(PLACE, name), { recursive: true });
  const building = mkdtempSync(join(PLACE, ".building-"));
  try {
    sh("node", ["scripts/build.ts", join(building, "dist")], { cwd: ROOT });
    renameSync(join(building, "dist"), built);
  } catch (error) {
    // Another process of tests may have been quicker.
    if (!isDirectory(built)) throw error;
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return built;
}

function key(): string {
  const hash = createHash("sha256");
  for (const source of SOURCES)
    for (const file of filesOf(join(ROOT, source)))
      hash
        .update(`${file.slice(ROOT.length)}\0`)
        .update(readFileSync(file))
        .update("\0");
  return hash.digest("hex").slice(0, 16);
}

function filesOf(path: string): string[] {
  if (!isDirectory(path)) return [path];
  const entries = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => join(entry.parentPath, entry.name)).sort();
}

const isDirectory = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
