// Reads the first bytes of a file that will be packed.
import { open } from "node:fs/promises";
import type { PackSource } from "../artifact/pack.ts";

/** At most `length` bytes. */
export async function readBeginning(source: PackSource & { type: "file" }, length: number): Promise<Uint8Array> {
  if ("content" in source) return source.content;
  const file = await open(source.from);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
}
