// A directory of one job below its work directory. Its path is the same each time it is free: tools write their own
// path into what they make.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasEnded, processMark } from "../subprocess/process-mark.ts";

const OWNER = "owner";
const PREFIX = "steps-";
const YOUNG = 60_000;

/**
 * Creates an empty directory that no other process uses.
 *
 * @param name its purpose: the same name gives the same path, unless another process uses it
 */
export function takeDirectory(work: string, name: string): string {
  mkdirSync(work, { recursive: true });
  sweep(work);
  const directory = join(work, `${PREFIX}${name}`);
  try {
    mkdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return own(mkdtempSync(`${directory}-`));
  }
  return own(directory);
}

function own(directory: string): string {
  writeFileSync(join(directory, OWNER), processMark());
  return directory;
}

/** Removes directories that killed processes left. */
function sweep(work: string): void {
  for (const name of readdirSync(work)) {
    const path = join(work, name);
    if (name.startsWith(PREFIX) && isAbandoned(path)) rmSync(path, { recursive: true, force: true });
  }
}

function isAbandoned(directory: string): boolean {
  const owner = join(directory, OWNER);
  try {
    return hasEnded(readFileSync(owner, "utf8"), statSync(owner).mtimeMs);
  } catch {
    // Its owner may be about to write its name.
    return Date.now() - (statSync(directory, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > YOUNG;
  }
}
