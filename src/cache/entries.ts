// Moves entries between this job's directory and a store. Fetched entries are verified, and broken ones count as
// missing. If two jobs missed the same key, the one that saves later uses the other one's entry.
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { z } from "zod";
import type { Progress } from "../progress.ts";
import type { LayerStore } from "../stores/store.ts";
import { type Entry, readEntry } from "./entry.ts";
import { sweepEntries } from "./sweep.ts";

export interface CacheSlot<T> {
  store: LayerStore;
  /** The job's own directory; its `entries/` keeps entries for later steps of the job. */
  work: string;
  /** The store's key, which is also part of the entry. */
  key: string;
  schema: z.ZodType<T>;
  /** Its name in messages: `environment python`. */
  title: string;
  progress: Progress;
  /** Why a valid entry must not be used, or undefined. */
  refuses?: (meta: T) => string | undefined;
}

/** The file in which a new entry is packed; no other process uses this name. */
export function unfinishedEntry(slot: Pick<CacheSlot<unknown>, "work" | "key">): string {
  return `${entryFile(slot)}.${process.pid}.${Math.random().toString(36).slice(2)}.tmp`;
}

function entryFile({ work, key }: Pick<CacheSlot<unknown>, "work" | "key">): string {
  const directory = join(work, "entries");
  mkdirSync(directory, { recursive: true });
  return join(directory, key);
}

/**
 * The entry of a key, from an earlier step of this job or from the store; undefined if there is none that can be
 * trusted.
 */
export async function fetchEntry<T>(slot: CacheSlot<T>): Promise<Entry<T> | undefined> {
  const file = entryFile(slot);
  if (existsSync(file)) {
    const entry = trusted(slot, file, { layerVerified: isVerified(file) });
    if (!("broken" in entry)) {
      if (isVerified(file)) markUsed(file);
      else markVerified(file);
      return entry;
    }
    slot.progress.notice(`${slot.title}: this job's copy is not used, ${entry.broken}`);
    rmSync(file, { force: true });
  }
  const fetched = unfinishedEntry(slot);
  try {
    const { hit, why } = await slot.store.restore(slot.key, fetched);
    if (!hit) {
      if (why) slot.progress.notice(`${slot.title}: ${why}`);
      return undefined;
    }
    const entry = trusted(slot, fetched);
    if ("broken" in entry) {
      slot.progress.notice(`${slot.title}: the entry in ${slot.store.name} is not used, ${entry.broken}`);
      await slot.store.remove?.(slot.key);
      return undefined;
    }
    return publishEntry(entry, fetched, file);
  } finally {
    rmSync(fetched, { force: true });
  }
}

function trusted<T>(slot: CacheSlot<T>, file: string, options?: Parameters<typeof readEntry>[3]) {
  const entry = readEntry(file, slot.key, slot.schema, options);
  const broken = "broken" in entry ? undefined : slot.refuses?.(entry.meta);
  return broken === undefined ? entry : { broken };
}

/** Removes the entry of a key here and, if possible, in the store: for a rebuild that the user requested. */
export async function forgetEntry(slot: Pick<CacheSlot<unknown>, "store" | "work" | "key">): Promise<void> {
  rmSync(entryFile(slot), { force: true });
  await slot.store.remove?.(slot.key);
}

/**
 * Saves a finished entry in the store.
 *
 * @param built the entry in a file of {@link unfinishedEntry}
 * @returns the entry that the store has: the given one, or that of another job that saved first
 */
export async function keepEntry<T>(slot: CacheSlot<T>, built: Entry<T>): Promise<Entry<T>> {
  const saved = await slot.store.save(slot.key, built.layer.file);
  if (saved.outcome === "denied")
    slot.progress.warning(`${slot.title} was not saved in ${slot.store.name}: ${saved.why}`);
  if (saved.outcome === "skipped")
    slot.progress.notice(`${slot.title} was not saved in ${slot.store.name}: ${saved.why}`);
  if (saved.outcome === "taken") {
    const winner = await fetchEntry(slot);
    if (winner) {
      rmSync(built.layer.file, { force: true });
      return winner;
    }
    slot.progress.notice(
      `${slot.title}: another job saved this key first, and its entry cannot be used; ours is used in this job`,
    );
  }
  return publishEntry(built, built.layer.file, entryFile(slot));
}

function publishEntry<T>(entry: Entry<T>, from: string, to: string): Entry<T> {
  renameSync(from, to);
  markVerified(to);
  sweepEntries(dirname(to), Date.now());
  return { ...entry, layer: { ...entry.layer, file: to } };
}

/**
 * Hashing an entry of a gigabyte takes longer than copying it, and both build-env and bundle would do it. So a verified
 * file is remembered, together with what changes at every write to it. In doubt (another job linked to it) it is hashed
 * again.
 */
function markVerified(file: string): void {
  writeFileSync(`${file}.verified`, identityOf(file));
}

function markUsed(file: string): void {
  const now = new Date();
  utimesSync(`${file}.verified`, now, now);
}

function isVerified(file: string): boolean {
  const mark = `${file}.verified`;
  return existsSync(mark) && readFileSync(mark, "utf8") === identityOf(file);
}

function identityOf(file: string): string {
  const { dev, ino, size, mtimeNs, ctimeNs } = statSync(file, { bigint: true });
  return [dev, ino, size, mtimeNs, ctimeNs].join(" ");
}
