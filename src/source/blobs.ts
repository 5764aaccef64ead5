// Reads many blobs with one git process (https://git-scm.com/docs/git-cat-file#_batch_output).
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { Failure } from "../failure.ts";
import { startFilter } from "../subprocess/filter.ts";
import { gitEnvironment } from "./git.ts";

/**
 * Reads blobs by their hashes.
 *
 * @returns contents by hash
 * @throws Failure when one is missing (a partial clone whose remote cannot be reached)
 */
export async function readBlobs(repository: string, blobs: readonly string[]): Promise<Map<string, Buffer>> {
  const wanted = [...new Set(blobs)];
  const contents = new Map<string, Buffer>();
  if (wanted.length === 0) return contents;
  const batch = startFilter(["git", "-c", "safe.directory=*", "-C", repository, "cat-file", "--batch"], {
    what: "the commit's files cannot be read",
    env: gitEnvironment(),
  });
  batch.stdin.end(`${wanted.join("\n")}\n`);
  let rest: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let open: { blob: string; left: number } | undefined;
  for await (const chunk of batch.stdout as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (;;) {
      if (!open) {
        const end = rest.indexOf(10);
        if (end < 0) break;
        const [blob = "", kind, size] = rest.toString("latin1", 0, end).split(" ");
        if (kind !== "blob") throw missing(repository, blob);
        open = { blob, left: Number(size) };
        parts = [];
        rest = rest.subarray(end + 1);
      }
      const part = rest.subarray(0, open.left);
      parts.push(part);
      open.left -= part.length;
      rest = rest.subarray(part.length);
      // The format has a newline after the content.
      if (open.left > 0 || rest.length === 0) break;
      contents.set(open.blob, parts.length === 1 ? parts[0]! : Buffer.concat(parts));
      rest = rest.subarray(1);
      open = undefined;
    }
  }
  await batch.ended;
  for (const blob of wanted) if (!contents.has(blob)) throw missing(repository, blob);
  return contents;
}

/** Writes a blob of any size to a file. @throws Failure when it is missing */
export async function writeBlob(repository: string, blob: string, file: string): Promise<void> {
  const cat = startFilter(["git", "-c", "safe.directory=*", "-C", repository, "cat-file", "blob", blob], {
    what: "a file of the commit cannot be read",
    env: gitEnvironment(),
  });
  cat.stdin.end();
  await Promise.all([pipeline(cat.stdout, createWriteStream(file)), cat.ended]);
}

function missing(repository: string, blob: string): Failure {
  return new Failure({
    code: "clone-shallow",
    what: "a file of the commit is not in this clone",
    where: { repository, object: blob },
    remedy: "A partial clone (`filter:`) fetches objects when they are needed: check out without a filter.",
    outcome: "refused",
  });
}
