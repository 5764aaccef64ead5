// Installs an environment where it runs on this machine: unpacks a packed layer below its root, and makes it run there.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { unpackLayer } from "../artifact/unpack-layer.ts";
import type { Blob } from "../artifact/zstd.ts";
import { Failure } from "../failure.ts";
import type { Localize } from "../installers/installer.ts";
import { during, type Progress } from "../progress.ts";
import { run, tryRun } from "../subprocess/run.ts";
import { formatBytes } from "../text/quantity.ts";

export interface UnpackedEnvironment {
  name: string;
  id: string;
  /** environments-root, absolute. */
  root: string;
  layer: Blob & { base: string; diffId: string };
  /** Set if copies of the environment run with this machine's interpreter. */
  localize: Localize | undefined;
  progress: Progress;
}

/**
 * Unpacks beside the final path and renames, so that the directory of an id is always complete.
 *
 * @returns false if it already existed
 * @throws Failure when its root cannot be created, or the layer does not match its digest
 */
export async function unpackEnvironment({
  name,
  id,
  root,
  layer,
  localize,
  progress,
}: UnpackedEnvironment): Promise<boolean> {
  const directory = join(root, id);
  const there = existsSync(directory);
  if (!there) {
    await ensureRoot(root);
    await during(
      progress,
      `unpack environment ${name}`,
      async (task) => {
        const beside = mkdtempSync(join(root, ".unpacking-"));
        try {
          await unpackLayer(layer, { base: layer.base, directory: beside, diffId: layer.diffId, task });
          localize?.(beside);
          await run(["chmod", "755", beside], { what: "the environment's directory could not be opened to others" });
          renameUnlessThere(beside, directory);
        } finally {
          rmSync(beside, { recursive: true, force: true });
        }
      },
      () => formatBytes(layer.size),
    );
  } else localize?.(directory);
  return !there;
}

function renameUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    // Another job of this machine was faster: an id always has the same content.
    if (!existsSync(to)) throw error;
  }
}

/**
 * Environments contain absolute paths, so the builder needs the hosts' environments-root as a writable directory.
 *
 * @throws Failure with the command that creates it
 */
export async function ensureRoot(root: string): Promise<void> {
  try {
    mkdirSync(root, { recursive: true });
    const probe = mkdtempSync(join(root, ".probe-"));
    rmSync(probe, { recursive: true });
    return;
  } catch {
    // With sudo, which hosted runners have.
  }
  const install = ["install", "-d", "-o", String(process.getuid?.() ?? 0), "-g", String(process.getgid?.() ?? 0), root];
  const result = await tryRun(["sudo", "-n", ...install]).catch(() => undefined);
  if (result?.code === 0) return;
  throw new Failure({
    code: "environments-root-unwritable",
    what: `environments are built where they will run, and ${root} cannot be made on this machine`,
    output: result?.lastLines,
    remedy: `Make it once: sudo install -d -o "$(id -u)" -g "$(id -g)" ${root}`,
    outcome: "refused",
  });
}
