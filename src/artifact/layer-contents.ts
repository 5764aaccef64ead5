// The contents of an artifact's layers, verified while they are read.
import { createHash } from "node:crypto";
import { damaged } from "./damaged.ts";
import { type Descriptor, type IndexEntry, indexExcess, type LayerRecord, MOST_INDEXED } from "./format.ts";
import { MOST_MEMBERS } from "./outer-tar.ts";
import { readTar } from "./tar-reader.ts";
import { type Blob, decompress } from "./zstd.ts";

export interface ArtifactLayer {
  record: LayerRecord;
  descriptor: Descriptor;
  blob: Required<Blob>;
}

/** One entry of a layer with its content. Content that is not read is skipped. */
export interface LayerEntry {
  entry: IndexEntry;
  content: AsyncIterable<Buffer> | undefined;
}

/** The text of each file index, by the hex digits of the layer that it is of. */
export async function readIndexes(file: string, layers: readonly ArtifactLayer[]): Promise<Map<string, string>> {
  const layer = layers.find(({ record }) => record.kind === "index");
  if (!layer) throw damaged(file, "it has no layer of file indexes");
  const { base } = layer.record;
  const texts = new Map<string, string>();
  let left: number = MOST_INDEXED.bytes;
  let count = 0;
  for await (const { type, path, size, content } of readTar(verified(file, layer))) {
    if (++count > MOST_MEMBERS) throw damaged(file, `its layer of file indexes has more than ${MOST_MEMBERS} members`);
    if (type === "directory" && `${base}/`.startsWith(`${path}/`)) continue;
    const name = path.slice(base.length + 1);
    if (type !== "file" || path !== `${base}/${name}` || !/^[0-9a-f]{64}$/.test(name) || texts.has(name))
      throw damaged(file, "its layer of file indexes holds something else than one file a layer");
    left -= size;
    if (left < 0) throw damaged(file, `it has file indexes of more than ${MOST_INDEXED.bytes} bytes`);
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    texts.set(name, Buffer.concat(chunks).toString("utf8"));
  }
  const excess = indexExcess(texts.values());
  if (excess) throw damaged(file, `it has ${excess}`);
  return texts;
}

/** See `ReleaseContent.readLayer`. */
export async function* readMembers(
  file: string,
  layer: ArtifactLayer,
  index: readonly IndexEntry[],
): AsyncGenerator<LayerEntry> {
  const { base, name } = layer.record;
  const disagree = (path: string) =>
    damaged(file, `layer ${name} and its file index disagree at ${JSON.stringify(path)}`);
  let next = 0;
  // The directories above the base, each once.
  const above = new Set(base.split("/").map((_, n, parts) => parts.slice(0, n + 1).join("/")));
  for await (const member of readTar(verified(file, layer))) {
    if (member.type === "directory" && above.delete(member.path)) continue;
    const entry = index[next++];
    if (!entry || member.path !== `${base}/${entry.path}` || member.type !== entry.type) throw disagree(member.path);
    if (entry.type === "link" && member.target !== entry.target) throw disagree(member.path);
    if (entry.type === "file" && (member.size !== entry.size || member.executable !== (entry.mode === 0o755)))
      throw disagree(member.path);
    yield { entry, content: entry.type === "file" ? member.content : undefined };
  }
  if (next !== index.length) throw disagree(index[next]!.path);
}

/**
 * The tar of a layer. Its digests are verified at the end of the stream, which includes all bytes after the last
 * member.
 */
async function* verified(file: string, layer: ArtifactLayer): AsyncGenerator<Buffer> {
  const sum = createHash("sha256");
  for await (const chunk of decompress(layer.blob)) {
    sum.update(chunk);
    yield chunk;
  }
  if (`sha256:${sum.digest("hex")}` !== layer.record.diffId)
    throw damaged(file, `layer ${layer.record.name}: its content is not that of ${layer.record.diffId}`);
}
