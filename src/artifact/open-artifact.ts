// Opens an artifact. Everything in it is untrusted until its digest is verified.
import { createHash } from "node:crypto";
import type { Task } from "../progress.ts";
import { damaged } from "./damaged.ts";
import { type ImageConfig, type IndexEntry, type Manifest, parseIndex, pathsOf, type Release } from "./format.ts";
import { type ArtifactLayer, type LayerEntry, readIndexes, readMembers } from "./layer-contents.ts";
import { readMetadata } from "./metadata.ts";
import { listMembers } from "./outer-tar.ts";
import { quoteName, reservedPath } from "./shippable-names.ts";

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

/**
 * Opens an artifact and verifies its metadata, but not its layers: {@link Artifact.verify} does, and so does reading
 * them.
 *
 * @throws Failure when it is not an artifact, is truncated or was tampered with
 */
export async function openArtifact(file: string): Promise<Artifact> {
  const { size, members } = listMembers(file);
  const { manifestDigest, manifest, config, configText, version, layers } = readMetadata(file, members);
  const layerOf = (diffId: string): ArtifactLayer => {
    const layer = layers.find((candidate) => candidate.record.diffId === diffId);
    if (!layer) throw damaged(file, `there is no layer ${diffId}`);
    return layer;
  };
  const { app } = config.tarlift;
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
    manifestDigest,
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
      const entries =
        parsed.get(diffId) ?? artifact.indexText(diffId).then((text) => entriesOf(file, app, layerOf(diffId), text));
      parsed.set(diffId, entries);
      return entries;
    },
    async *readLayer(diffId) {
      yield* readMembers(file, layerOf(diffId), await artifact.index(diffId));
    },
    verify: (task) => verifyContents(artifact, task),
  };
  return artifact;
}

function entriesOf(file: string, app: string, { record }: ArtifactLayer, text: string): readonly IndexEntry[] {
  const entries = parseIndex(text);
  const reserved = record.base === pathsOf(app).application ? reservedPath(entries) : undefined;
  if (reserved) throw damaged(file, `${quoteName(reserved)} is a path that only hosts make`);
  return entries;
}

/** See {@link Artifact.verify}. */
async function verifyContents({ file, layers, readLayer }: Artifact, task: Task | undefined): Promise<void> {
  let done = 0;
  for (const { record } of layers.filter((layer) => layer.record.kind !== "index")) {
    for await (const { entry, content } of readLayer(record.diffId)) {
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
}
