// Removes artifacts that earlier bundles and downloads left in the work directory: otherwise they would fill the disk
// of a laptop.
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const DAY = 86_400_000;
/** No deploy of an artifact still runs after this time. */
const OLD = 7 * DAY;
/** The newest ones stay for a week; of the others, those that a running process may still read. */
const KEPT = 10;
const IN_USE = DAY;

/**
 * Removes artifacts that are older than a week, and all but the newest ten that are older than a day. Never throws for
 * a file that another process removes meanwhile.
 *
 * @param work the job's directory, absolute: `<app>-<version>.tar`, and downloads below `artifacts/`
 * @param now milliseconds since 1970
 */
export function sweepBundles(work: string, now: number): void {
  const left = [
    ...list(work).filter((name) => name.endsWith(".tar")),
    ...list(join(work, "artifacts")).map((name) => join("artifacts", name)),
  ]
    .map((name) => ({ path: join(work, name), age: now - (timeOf(join(work, name)) ?? now) }))
    .sort((a, b) => a.age - b.age);
  for (const [index, { path, age }] of left.entries()) {
    if (age > OLD || (index >= KEPT && age > IN_USE)) rmSync(path, { recursive: true, force: true });
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

const timeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.mtimeMs;
