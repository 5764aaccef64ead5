// Puts a packed layer on disk. GNU tar writes the files (5 times faster than a writer in Node, bench/packing); the bytes pass through
// this process on their way, so that the layer's digests are verified in the same pass.
import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { startFilter } from "../command/filter.ts";
import { Failure } from "../failure.ts";
import type { Task } from "../report/progress.ts";
import { type Blob, decompress } from "./zstd.ts";

export interface UnpackOptions {
  /** The layer's base, stripped from the paths. */
  base: string;
  /** Where its content goes; made when missing. It must be empty, or hold only what the layer may stand beside. */
  directory: string;
  /** `sha256:<hex>` of the tar, verified. On a mismatch what was unpacked must not be used. */
  diffId?: string;
  task?: Task;
}

/**
 * Unpacks a layer below a directory. Nothing is written outside of it: tar refuses `..` and makes links that leave last.
 *
 * @throws Failure when the layer is broken or the disk is full
 */
export async function unpackLayer(layer: Blob, options: UnpackOptions): Promise<void> {
  mkdirSync(options.directory, { recursive: true });
  const depth = options.base.split("/").length;
  const tar = startFilter(
    ["tar", "-x", "-p", "--no-same-owner", `--strip-components=${depth}`, "-C", options.directory, "-f", "-"],
    { what: "a layer could not be unpacked", env: { ...process.env, LC_ALL: "C.UTF-8", TAR_OPTIONS: undefined } },
  );
  tar.stdout.resume();
  const hash = options.diffId === undefined ? undefined : createHash("sha256");
  let done = 0;
  let failed: unknown;
  tar.ended.catch((error) => {
    failed = error;
  });
  try {
    for await (const chunk of decompress(layer)) {
      if (failed) break;
      hash?.update(chunk);
      done += chunk.length;
      options.task?.update({ done });
      if (!tar.stdin.write(chunk))
        await Promise.race([new Promise((resolve) => tar.stdin.once("drain", resolve)), tar.ended]);
    }
    tar.stdin.end();
  } catch (error) {
    tar.kill();
    throw failed ?? error;
  }
  await tar.ended;
  if (hash && `sha256:${hash.digest("hex")}` !== options.diffId) {
    throw new Failure({
      what: "a layer's content is not that of its digest",
      where: { file: layer.file, "diff id": options.diffId },
      remedy: "The file is damaged: fetch it again, or build it again.",
    });
  }
}
