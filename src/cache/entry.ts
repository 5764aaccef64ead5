// A file with a packed layer and its metadata: the form in which stores keep environments and asset steps. The layer
// comes first, so that it is packed directly into the file; then its file index, a JSON head and a footer of fixed
// length.
import { createHash, hash } from "node:crypto";
import { appendFileSync, closeSync, fstatSync, openSync, readSync } from "node:fs";
import { z } from "zod";
import { formatIndex, parseIndex } from "../artifact/format.ts";
import { hasAtMost } from "../artifact/json-values.ts";
import type { PackedLayer } from "../artifact/pack.ts";

const MAGIC = "tarlift-entry-1\n";
const LENGTH = 12;
const FOOTER = MAGIC.length + LENGTH;
/** The limit of an artifact's config, which contains an entry's metadata of a layer. */
const LARGEST_HEAD = 64 << 20;
/** Maximum number of values in a head: zod records each wrong one, with some hundred bytes. */
const MOST_VALUES = 1_000_000;

const headSchema = z.strictObject({
  key: z.string(),
  layer: z.strictObject({
    size: z.number(),
    digest: z.string(),
    diffId: z.string(),
    uncompressed: z.number(),
    base: z.string(),
  }),
  index: z.strictObject({ size: z.number(), sha256: z.string() }),
  meta: z.unknown(),
});

export interface Entry<T> {
  meta: T;
  layer: PackedLayer;
}

/** Completes a file into which a layer was packed at offset 0. */
export function finishEntry(layer: PackedLayer, key: string, meta: unknown): void {
  const index = Buffer.from(formatIndex(layer.index));
  const { size, digest, diffId, uncompressed, base } = layer;
  const head = Buffer.from(
    JSON.stringify({
      key,
      layer: { size, digest, diffId, uncompressed, base },
      index: { size: index.length, sha256: hash("sha256", index, "hex") },
      meta,
    }),
  );
  const footer = Buffer.from(String(head.length).padStart(LENGTH, "0") + MAGIC);
  appendFileSync(layer.file, Buffer.concat([index, head, footer]));
}

/**
 * Reads an entry and verifies all of it: the exact key, the lengths, the index, the bytes of the layer.
 *
 * @param options.layerVerified the bytes of the layer in this file were verified before, and are not read again
 * @returns the entry, or why it cannot be trusted, in words
 */
export function readEntry<T>(
  file: string,
  key: string,
  schema: z.ZodType<T>,
  options: { layerVerified?: boolean } = {},
): Entry<T> | { broken: string } {
  const descriptor = openSync(file, "r");
  try {
    const total = fstatSync(descriptor).size;
    const read = (position: number, length: number) => {
      const bytes = Buffer.alloc(length);
      return readSync(descriptor, bytes, 0, length, position) === length ? bytes : Buffer.alloc(0);
    };
    const footer = total < FOOTER ? "" : read(total - FOOTER, FOOTER).toString("latin1");
    const headSize = Number(footer.slice(0, LENGTH));
    if (!footer.endsWith(MAGIC) || !(headSize > 0) || headSize > Math.min(LARGEST_HEAD, total))
      return { broken: "it is truncated" };
    const head = parseHead(read(total - FOOTER - headSize, headSize));
    if (!head) return { broken: "its head is damaged" };
    if (head.key !== key) return { broken: `it is the entry of another key (${head.key})` };
    if (head.layer.size + head.index.size + headSize + FOOTER !== total)
      return { broken: "it is not as long as it says" };
    const index = read(head.layer.size, head.index.size);
    if (hash("sha256", index, "hex") !== head.index.sha256) return { broken: "its file index is damaged" };
    if (!options.layerVerified && digestOf(descriptor, head.layer.size) !== head.layer.digest)
      return { broken: "its layer is damaged" };
    const meta = schema.safeParse(head.meta);
    if (!meta.success) return { broken: "another version of Tarlift wrote it" };
    return { meta: meta.data, layer: { file, offset: 0, ...head.layer, index: parseIndex(index.toString("utf8")) } };
  } catch (error) {
    return { broken: error instanceof Error ? error.message : String(error) };
  } finally {
    closeSync(descriptor);
  }
}

function parseHead(bytes: Buffer): z.infer<typeof headSchema> | undefined {
  try {
    const head = JSON.parse(bytes.toString("utf8"));
    return hasAtMost(head, MOST_VALUES) ? headSchema.safeParse(head).data : undefined;
  } catch {
    return undefined;
  }
}

function digestOf(descriptor: number, size: number): string {
  const sum = createHash("sha256");
  const buffer = Buffer.allocUnsafe(4 << 20);
  for (let done = 0; done < size; ) {
    const read = readSync(descriptor, buffer, 0, Math.min(buffer.length, size - done), done);
    if (read === 0) break;
    sum.update(buffer.subarray(0, read));
    done += read;
  }
  return `sha256:${sum.digest("hex")}`;
}
