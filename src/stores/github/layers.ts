// GitHub's cache as a layer store, over the real client. The client swallows errors and logs them: what it logs is turned into values.
import { linkSync, mkdirSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { checkKey, fileNameOf } from "../key-names.ts";
import type { LayerStore } from "../store.ts";
import { listening, reasonIn } from "./client-log.ts";

/** How long a save waits for the job that reserved the same key to finish its upload, in milliseconds between looks. */
const PATIENCE = [1_000, 2_000, 4_000, 8_000];

/**
 * @param env GITHUB_WORKSPACE and GITHUB_REF of the run
 * @param options.patience milliseconds between looks for the entry of a job that was faster
 */
export function githubLayerStore(
  env: NodeJS.ProcessEnv,
  { patience = PATIENCE }: { patience?: readonly number[] } = {},
): LayerStore {
  const workspace = env.GITHUB_WORKSPACE ?? process.cwd();
  const call = <T>(action: () => Promise<T>) => listening(() => inDirectory(workspace, action));
  return {
    name: "GitHub's cache",
    restore: async (key, file) =>
      staged(workspace, checkKey(key), async (path, staging) => {
        const { restoreCache } = await import("@actions/cache");
        // No restore keys: an entry of another key would be another environment. What comes back is still only a claim.
        const { value, error, lines } = await call(() => restoreCache([path], key));
        if (value === key) {
          await rename(staging, file).catch(() => copyFile(staging, file));
          return { hit: true };
        }
        const why = value === undefined ? told(error, lines) : `it answered with the entry of another key, ${value}`;
        return { hit: false, ...(why || onTag(env) ? { why: why || TAG_MISS } : {}) };
      }),
    save: async (key, file) =>
      staged(workspace, checkKey(key), async (path, staging) => {
        const { restoreCache, saveCache } = await import("@actions/cache");
        await linkOrCopy(file, staging);
        const { value, error, lines } = await call(() => saveCache([path], key));
        if (value !== undefined && value !== -1) return { outcome: "saved" };
        // -1 stands for every failure, and "another job may be creating this cache" is said of most. What the service answered
        // stands in the debug lines alone.
        const isThere = async () =>
          (await call(() => restoreCache([path], key, undefined, { lookupOnly: true }))).value === key;
        if (await isThere()) return { outcome: "taken" };
        if (!lines.some((line) => /\(409\)|already.exists/i.test(line)))
          return { outcome: "denied", why: told(error, lines) || "the service gave no reason" };
        for (const time of patience) {
          await wait(time);
          if (await isThere()) break;
        }
        return { outcome: "taken" };
      }),
  };
}

const TAG_MISS =
  "not in the cache. This is a run of a tag, which sees its own entries and those of the default branch: a workflow on pushes to the default branch that runs build-env keeps tags warm";

const onTag = (env: NodeJS.ProcessEnv) =>
  env.GITHUB_REF_TYPE === "tag" || env.GITHUB_REF?.startsWith("refs/tags/") === true;

const told = (error: unknown, lines: readonly string[]) => (error instanceof Error ? error.message : reasonIn(lines));

let turn: Promise<unknown> = Promise.resolve();

/**
 * The client stores paths relative to the workspace and has the list of paths, as text, in an entry's identity. So the one file has one
 * relative name on every machine, in a directory that git does not see. Calls take turns: two of one key would share that name, and
 * the working directory is the whole process's.
 */
function staged<T>(workspace: string, key: string, action: (path: string, staging: string) => Promise<T>): Promise<T> {
  const directory = join(workspace, ".tarlift/cache");
  const file = fileNameOf(key);
  const staging = join(directory, file);
  const mine = turn.then(async () => {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(workspace, ".tarlift/.gitignore"), "*\n");
    rmSync(staging, { force: true });
    try {
      return await action(`.tarlift/cache/${file}`, staging);
    } finally {
      rmSync(staging, { force: true });
    }
  });
  turn = mine.catch(() => {});
  return mine;
}

/** The client resolves relative paths against the working directory. On a runner an action starts in the workspace. */
async function inDirectory<T>(directory: string, action: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  if (before === realpathSync(directory)) return action();
  process.chdir(directory);
  try {
    return await action();
  } finally {
    process.chdir(before);
  }
}

async function linkOrCopy(from: string, to: string): Promise<void> {
  try {
    linkSync(from, to);
  } catch {
    await copyFile(from, to);
  }
}
