// What nobody has used for long in this machine's own directory of entries. On a runner the directory ends with the job; on a laptop or a
// runner of one's own it would grow for ever, and hold on to what the store has long removed.
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

/** Milliseconds without a use after which an entry goes: later steps of a job come within hours. */
const UNUSED = 7 * 86_400_000;
const MARK = ".verified";

/**
 * Removes entries and what was left half-written, by the time of their last use. Never throws: others may sweep too.
 *
 * @param directory entries by key; beside each a mark `<key>.verified`, whose time is that of the last use
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
