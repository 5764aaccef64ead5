// GitHub's cache as a layer store, over the real client. The client swallows errors and logs them: what it logs is turned into values.
import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { copyFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { stdout } from "node:process";
import type { LayerStore } from "./types.ts";

/**
 * @param env GITHUB_WORKSPACE and GITHUB_REF of the run
 */
export function githubLayerStore(env: NodeJS.ProcessEnv): LayerStore {
  const workspace = env.GITHUB_WORKSPACE ?? process.cwd();
  return {
    name: "GitHub's cache",
    restore: (key, file) =>
      staged(workspace, key, async (path, staging) => {
        const { restoreCache } = await import("@actions/cache");
        // No restore keys: an entry of another key would be another environment. What comes back is still only a claim.
        const { value, said } = await listening(() => inDirectory(workspace, () => restoreCache([path], key)));
        if (value === key) {
          await rename(staging, file).catch(() => copyFile(staging, file));
          return { hit: true };
        }
        const why = value === undefined ? said : `the cache answered with the entry of another key (${value})`;
        return { hit: false, ...(why || onTag(env) ? { why: why || TAG_MISS } : {}) };
      }),
    save: (key, file) =>
      staged(workspace, key, async (path, staging) => {
        const { restoreCache, saveCache } = await import("@actions/cache");
        linkOrCopy(file, staging);
        const { value, said } = await listening(() => inDirectory(workspace, () => saveCache([path], key)));
        if (value !== -1) return { outcome: "saved" };
        // -1 stands for every failure. Whether somebody was faster is asked, since the client's words differ between versions.
        const { value: there } = await listening(() =>
          inDirectory(workspace, () => restoreCache([path], key, undefined, { lookupOnly: true })),
        );
        return there === key ? { outcome: "taken" } : { outcome: "denied", why: said || "the service gave no reason" };
      }),
  };
}

const TAG_MISS =
  "not in the cache. This is a run of a tag, which sees its own entries and those of the default branch: a workflow on pushes to the default branch that runs build-env keeps tags warm";

const onTag = (env: NodeJS.ProcessEnv) =>
  env.GITHUB_REF_TYPE === "tag" || env.GITHUB_REF?.startsWith("refs/tags/") === true;

/**
 * The client stores paths relative to the workspace and has the list of paths, as text, in an entry's identity. So the one file has one
 * relative name on every machine, in a directory that git does not see.
 */
async function staged<T>(
  workspace: string,
  key: string,
  action: (path: string, staging: string) => Promise<T>,
): Promise<T> {
  const directory = join(workspace, ".tarlift/cache");
  const staging = join(directory, key);
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(workspace, ".tarlift/.gitignore"), "*\n");
  rmSync(staging, { force: true });
  try {
    return await action(`.tarlift/cache/${key}`, staging);
  } finally {
    rmSync(staging, { force: true });
  }
}

/** The client resolves relative paths against the working directory. */
async function inDirectory<T>(directory: string, action: () => Promise<T>): Promise<T> {
  const before = process.cwd();
  process.chdir(directory);
  try {
    return await action();
  } finally {
    process.chdir(before);
  }
}

function linkOrCopy(from: string, to: string): Promise<void> | void {
  try {
    linkSync(from, to);
  } catch {
    return copyFile(from, to);
  }
}

/** Runs the client and keeps its log lines from the run's log: its warnings become the reason that we give. */
async function listening<T>(action: () => Promise<T>): Promise<{ value: T | undefined; said: string }> {
  const write = stdout.write;
  const lines: string[] = [];
  stdout.write = ((chunk: string | Uint8Array) => {
    lines.push(...String(chunk).split("\n"));
    return true;
  }) as typeof stdout.write;
  try {
    return { value: await action(), said: reason(lines) };
  } catch (error) {
    return { value: undefined, said: error instanceof Error ? error.message : String(error) };
  } finally {
    stdout.write = write;
  }
}

/** Warnings and errors among workflow commands, and sentences that tell of a skip. */
function reason(lines: readonly string[]): string {
  return lines
    .map(
      (line) =>
        /^::(?:warning|error)[^:]*::(.*)$/.exec(line)?.[1] ??
        (/^(Failed to|Cache (restore|save) skipped|Cache reservation)/.test(line) ? line : ""),
    )
    .filter(Boolean)
    .join("; ");
}
