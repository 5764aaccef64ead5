// Removes unused entries from this machine's own directory. On a runner the directory ends with the job; on a laptop or
// a self-hosted runner it would grow for ever, and keep what the store has long removed.
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Milliseconds without use after which an entry is removed: later steps of a job run within hours. */
const UNUSED = 7 * 86_400_000;
const MARK = ".verified";

/**
 * Removes entries and incomplete files by the time of their last use. Never throws: other processes may do the same.
 *
 * @param directory entries by key; the mtime of `<key>.verified` beside each is the time of its last use
 * @param now milliseconds since 1970
 */
export function sweepEntries(directory: string, now: number): void {
  const names = new Set(readdirSync(directory));
  for (const name of names) {
    if (name.endsWith(MARK) && names.has(name.slice(0, -MARK.length))) continue;
    const file = join(directory, name);
    const used = timeOf(`${file}${MARK}`)?.mtimeMs ?? timeOf(file)?.ctimeMs;
    if (used === undefined || now - used <= UNUSED) continue;
    for (const path of [file, `${file}${MARK}`]) rmSync(path, { force: true, recursive: true });
  }
}

const timeOf = (path: string) => statSync(path, { throwIfNoEntry: false });
