// Opens an artifact. Everything in it is untrusted until its digest is verified.
import { isUtf8 } from "node:buffer";
import { createHash, hash } from "node:crypto";
import { closeSync, existsSync, fstatSync, openSync, readSync } from "node:fs";
import { Header } from "tar/header";
import { z } from "zod";
import { Failure } from "../failure.ts";
import type { Task } from "../progress.ts";
import {
  ANNOTATION,
  type Descriptor,
  descriptorSchema,
  type ImageConfig,
  type IndexEntry,
  imageConfigSchema,
  indexExcess,
  type LayerRecord,
  type Manifest,
  MEDIA_TYPE,
  MOST_INDEXED,
  manifestSchema,
  parseIndex,
  pathsOf,
  type Release,
} from "./format.ts";
import { readJson } from "./json-values.ts";
import { blobPath } from "./oci-layout.ts";
import { quoteName, reservedPath } from "./shippable-names.ts";
import { BLOCK, padding } from "./tar-header.ts";
import { readTar } from "./tar-reader.ts";
import { releaseProblems, versionProblem } from "./validate-release.ts";
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

/** The parts of a release that hosts receive, from any source: an artifact, or a host that has the release. */
export interface ReleaseContent {
  releaseDigest: string;
  version: string;
  release: Release;
  config: ImageConfig;
  /** The config's own bytes, whose digest is the release digest. */
  configText: string;
  /** The file index of a layer, as text and parsed. It is read and parsed only once. */
  indexText(diffId: string): Promise<string>;
  index(diffId: string): Promise<readonly IndexEntry[]>;
  /**
   * A layer's members in order, checked against its index: names, types, modes, sizes. Digests are verified after the
   * last member has been read, so do not trust anything before the iteration has ended.
   */
  readLayer(diffId: string): AsyncGenerator<LayerEntry>;
}

export interface Artifact extends ReleaseContent {
  file: string;
  /** Size of the file in bytes. */
  size: number;
  manifestDigest: string;
  manifest: Manifest;
  layers: ArtifactLayer[];
  /** Verifies everything: blobs, diff ids, and the content of each file against its index. */
  verify(task?: Task): Promise<void>;
}

export const LARGEST_JSON = 64 << 20;
/**
 * Maximum number of members of the outer tar, which has one blob a layer and three more, and of the layer of file
 * indexes, which has one a layer.
 */
const MOST_MEMBERS = 10_000;

/**
 * Opens an artifact and verifies its metadata, but not its layers: {@link Artifact.verify} does, and so does reading
 * them.
 *
 * @throws Failure when it is not an artifact, is truncated or was tampered with
 */
export async function openArtifact(file: string): Promise<Artifact> {
  const { size, members } = listMembers(file);
  const readBlob = (descriptor: Descriptor, what: string): string => {
    const bytes = readMember(file, members, blobPath(descriptor.digest), what);
    if (`sha256:${hash("sha256", bytes, "hex")}` !== descriptor.digest)
      throw damaged(file, `${what}: its bytes are not those of ${descriptor.digest}`);
    return textOf(file, bytes, what);
  };
  const document = <T>(name: string, schema: z.ZodType<T>) =>
    checked(file, schema, textOf(file, readMember(file, members, name, name), name), name);
  document("oci-layout", z.looseObject({ imageLayoutVersion: z.literal("1.0.0") }));
  const index = document("index.json", z.looseObject({ manifests: z.array(descriptorSchema).length(1) }));
  const manifestDescriptor = index.manifests[0]!;
  const manifestText = readBlob(manifestDescriptor, "the manifest");
  const manifest = checked(file, manifestSchema, manifestText, "the manifest");
  const configText = readBlob(manifest.config, "the config");
  const config = checked(file, imageConfigSchema, configText, "the config");
  const layers = joinLayers(file, manifest, config, members);
  const version = manifest.annotations?.[ANNOTATION.version] ?? config.tarlift.commit.id.slice(0, 12);
  const problems = releaseProblems(config.tarlift);
  const label = versionProblem(version);
  if (label) problems.unshift(`the version ${JSON.stringify(version.slice(0, 200))} ${label}`);
  if (problems.length > 0)
    throw damaged(file, `the config is not what Tarlift writes:\n${problems.slice(0, 20).join("\n")}`);
  const layerOf = (diffId: string): ArtifactLayer => {
    const layer = layers.find((candidate) => candidate.record.diffId === diffId);
    if (!layer) throw damaged(file, `there is no layer ${diffId}`);
    return layer;
  };
  const entriesOf = (diffId: string, text: string): readonly IndexEntry[] => {
    const entries = parseIndex(text);
    const application = layerOf(diffId).record.base === pathsOf(config.tarlift.app).application;
    const reserved = application ? reservedPath(entries) : undefined;
    if (reserved) throw damaged(file, `${quoteName(reserved)} is a path that only hosts make`);
    return entries;
  };
  let known: Promise<Map<string, string>> | undefined;
  const indexes = () => {
    known ??= readIndexes(file, layers);
    return known;
  };
  const parsed = new Map<string, Promise<readonly IndexEntry[]>>();
  const artifact: Artifact = {
    file,
    size,
    releaseDigest: manifest.config.digest,
    manifestDigest: manifestDescriptor.digest,
    version,
    release: config.tarlift,
    config,
    configText,
    manifest,
    layers,
    async indexText(diffId) {
      const text = (await indexes()).get(diffId.slice("sha256:".length));
      if (text === undefined) throw damaged(file, `there is no file index of layer ${diffId}`);
      return text;
    },
    index(diffId) {
      const entries = parsed.get(diffId) ?? artifact.indexText(diffId).then((text) => entriesOf(diffId, text));
      parsed.set(diffId, entries);
      return entries;
    },
    async *readLayer(diffId) {
      yield* readMembers(file, layerOf(diffId), await artifact.index(diffId));
    },
    async verify(task) {
      let done = 0;
      for (const layer of layers.filter(({ record }) => record.kind !== "index")) {
        for await (const { entry, content } of artifact.readLayer(layer.record.diffId)) {
          if (entry.type !== "file") continue;
          const sum = createHash("sha256");
          for await (const chunk of content ?? []) {
            sum.update(chunk);
            done += chunk.length;
            task?.update({ done });
          }
          if (sum.digest("hex") !== entry.sha256) throw damaged(file, `${entry.path} is not what its index says`);
        }
      }
      await readIndexes(file, layers);
    },
  };
  return artifact;
}

interface Member {
  offset: number;
  size: number;
}

/** The members of the outer tar, by name. Only headers are read. */
function listMembers(file: string): { size: number; members: Map<string, Member> } {
  if (!existsSync(file))
    throw new Failure({
      code: "artifact-missing",
      what: "there is no such artifact",
      where: { file },
      remedy: "Make one with `tarlift bundle`.",
    });
  const descriptor = openSync(file, "r");
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile())
      throw new Failure({ code: "artifact-invalid", what: "an artifact is one file", where: { file } });
    const block = Buffer.alloc(BLOCK);
    const members = new Map<string, Member>();
    for (let position = 0, count = 0; ; ) {
      if (readSync(descriptor, block, 0, BLOCK, position) !== BLOCK) throw damaged(file, "it is truncated");
      if (position === 0 && block.subarray(0, 2).toString("latin1") === "PK") throw zipped(file);
      if (block.every((byte) => byte === 0)) {
        if (position === 0) throw damaged(file, "it is empty");
        return { size: stat.size, members };
      }
      if (++count > MOST_MEMBERS) throw damaged(file, `it has more than ${MOST_MEMBERS} members`);
      const header = headerOf(file, block);
      const size = header.size ?? 0;
      position += BLOCK;
      if (position + size > stat.size) throw damaged(file, "it is truncated");
      if (header.type === "File" || header.type === "OldFile") {
        const name = (header.path ?? "").replace(/^\.\//, "");
        if (members.has(name)) throw damaged(file, `two members have the name ${JSON.stringify(name)}`);
        members.set(name, { offset: position, size });
      } else if (
        header.type !== "Directory" &&
        header.type !== "ExtendedHeader" &&
        header.type !== "GlobalExtendedHeader"
      ) {
        throw damaged(file, `a member of type ${header.type} has no place in it`);
      }
      position += size + padding(size);
    }
  } finally {
    closeSync(descriptor);
  }
}

function headerOf(file: string, block: Buffer): Header {
  let header: Header | undefined;
  try {
    header = new Header(block, 0);
  } catch {
    // The error is reported below.
  }
  if (!header?.cksumValid || (header.size !== undefined && (!Number.isSafeInteger(header.size) || header.size < 0))) {
    throw damaged(file, "it is not a tar, or its bytes were changed");
  }
  return header;
}

function readMember(file: string, members: Map<string, Member>, name: string, what: string): Buffer {
  const member = members.get(name);
  if (!member) throw damaged(file, `${what} is missing (${name})`);
  if (member.size > LARGEST_JSON) throw damaged(file, `${what} claims ${member.size} bytes`);
  const descriptor = openSync(file, "r");
  try {
    const bytes = Buffer.alloc(member.size);
    if (readSync(descriptor, bytes, 0, member.size, member.offset) !== member.size)
      throw damaged(file, "it is truncated");
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}

/** Bytes that are not UTF-8 would be other bytes on a host. */
function textOf(file: string, bytes: Buffer, what: string): string {
  if (!isUtf8(bytes)) throw damaged(file, `${what} is not UTF-8`);
  return bytes.toString("utf8");
}

function checked<T>(file: string, schema: z.ZodType<T>, text: string, what: string): T {
  const read = readJson(text, schema);
  if ("wrong" in read) throw damaged(file, `${what} ${read.wrong}`);
  return read.value;
}

/** Config and manifest list the same layers in the same order. */
function joinLayers(
  file: string,
  manifest: Manifest,
  config: ImageConfig,
  members: Map<string, Member>,
): ArtifactLayer[] {
  const records = config.tarlift.layers;
  const same =
    records.length === manifest.layers.length &&
    records.every((record, n) => record.diffId === config.rootfs.diff_ids[n]);
  if (!same || config.rootfs.diff_ids.length !== records.length)
    throw damaged(file, "manifest and config name different layers");
  return records.map((record, n) => {
    const descriptor = manifest.layers[n]!;
    const member = members.get(blobPath(descriptor.digest));
    if (descriptor.mediaType !== MEDIA_TYPE.layer)
      throw damaged(file, `layer ${record.name} is ${descriptor.mediaType}, not ${MEDIA_TYPE.layer}`);
    if (!member) throw damaged(file, `layer ${record.name} is missing (${blobPath(descriptor.digest)})`);
    if (member.size !== descriptor.size)
      throw damaged(file, `layer ${record.name} has ${member.size} bytes instead of ${descriptor.size}`);
    return { record, descriptor, blob: { file, offset: member.offset, size: member.size, digest: descriptor.digest } };
  });
}

async function readIndexes(file: string, layers: ArtifactLayer[]): Promise<Map<string, string>> {
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

async function* readMembers(
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

function damaged(file: string, why: string): Failure {
  return new Failure({
    code: "artifact-invalid",
    what: "the artifact cannot be read",
    where: { file },
    output: why,
    remedy:
      "It was truncated or changed on its way, or is not an artifact of Tarlift: fetch it again, or build it again.",
    outcome: "refused",
  });
}

function zipped(file: string): Failure {
  return new Failure({
    code: "artifact-invalid",
    what: "this is a zip, and an artifact is a tar",
    where: { file },
    remedy:
      "It was downloaded as GitHub wraps artifacts in a browser: unzip it, or let `tarlift` (or actions/download-artifact) download it.",
    outcome: "refused",
  });
}
