// Hashes of files of any size.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

/** Hash of a file's content, hex. It is read in pieces, so files may have any size. @param head hashed before it */
export async function hashFile(path: string, algorithm: "sha1" | "sha256", head = ""): Promise<string> {
  const sum = createHash(algorithm).update(head);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) sum.update(chunk as Buffer);
  return sum.digest("hex");
}
