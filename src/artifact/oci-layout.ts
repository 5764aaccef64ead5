// Writes an artifact: an OCI image layout in one tar
// (https://github.com/opencontainers/image-spec/blob/main/image-layout.md).
import { hash } from "node:crypto";
import { closeSync, openSync, readSync, renameSync, rmSync, statSync, writeSync } from "node:fs";
import { Failure } from "../failure.ts";
import type { Task } from "../progress.ts";
import {
  ANNOTATION,
  formatIndex,
  type ImageConfig,
  indexExcess,
  type LayerRecord,
  type Manifest,
  MEDIA_TYPE,
  pathsOf,
  type Release,
  releaseSchema,
} from "./format.ts";
import { type PackedLayer, packLayer } from "./pack.ts";
import { BLOCK, padding, tarHeader } from "./tar-header.ts";

export interface ArtifactInput {
  /** The config's section about the release. The layers are added here. */
  release: Omit<Release, "format" | "layers">;
  /** Bottom layer first. The layer of file indexes is made here and added last. */
  layers: { packed: PackedLayer; kind: Exclude<LayerRecord["kind"], "index">; name: string }[];
  /** The run's label: it is part of the manifest and of no digest that identifies something. */
  version: string;
  /** Variables of a container that is made from the artifact, such as PATH; part of the release digest. */
  variables?: Record<string, string>;
  task?: Task;
}

export interface WrittenArtifact {
  file: string;
  size: number;
  /** Digest of the config: the artifact's identity. */
  releaseDigest: string;
  manifestDigest: string;
}

const COPY = 4 << 20;
const ARCHITECTURES: Record<string, string> = {
  x86_64: "amd64",
  aarch64: "arm64",
  armv7l: "arm",
  ppc64le: "ppc64le",
  s390x: "s390x",
};

/**
 * Writes an artifact from its layers, beside its final name, and renames it when it is complete.
 *
 * @throws Failure when the size of a layer's file is wrong
 */
export async function writeArtifact(file: string, input: ArtifactInput): Promise<WrittenArtifact> {
  const unfinished = `${file}.${process.pid}.tmp`;
  const indexFile = `${unfinished}.index`;
  try {
    const texts = new Map(input.layers.map(({ packed }) => [packed.diffId, formatIndex(packed.index)]));
    const excess = indexExcess(texts.values());
    if (excess)
      throw new Failure({
        code: "artifact-invalid",
        what: `an artifact with ${excess} could not be read again`,
        remedy:
          "Leave files out with `export-ignore` in .gitattributes, or ship them in another way: `shared` directories stay on hosts.",
        outcome: "refused",
      });
    const { index, ...layers } = { index: await packIndexes(indexFile, input.release.app, texts), given: input.layers };
    const all = [...layers.given, { packed: index, kind: "index" as const, name: "index" }];
    const config = json(imageConfig(input, all));
    const releaseDigest = digestOf(config);
    const manifest = json(imageManifest(input, all, config, releaseDigest));
    const manifestDigest = digestOf(manifest);
    const size = writeLayout(unfinished, input, { config, manifest, layers: all.map((layer) => layer.packed) });
    renameSync(unfinished, file);
    return { file, size, releaseDigest, manifestDigest };
  } finally {
    rmSync(unfinished, { force: true });
    rmSync(indexFile, { force: true });
  }
}

/**
 * Packs the last layer: the file index of each other layer, named by the hex digits of its diff id. Layers with equal
 * content share one.
 *
 * @param indexes texts by diff id
 */
export function packIndexes(file: string, app: string, indexes: ReadonlyMap<string, string>): Promise<PackedLayer> {
  const sources = [...indexes].map(([diffId, text]) => ({
    type: "file" as const,
    path: hexOf(diffId),
    content: Buffer.from(text),
  }));
  return packLayer(sources, { base: pathsOf(app).index, file });
}

function imageConfig(
  input: ArtifactInput,
  layers: { packed: PackedLayer; kind: LayerRecord["kind"]; name: string }[],
): ImageConfig {
  const { release } = input;
  return {
    created: release.commit.time,
    architecture: ARCHITECTURES[release.requirements.architecture] ?? release.requirements.architecture,
    os: "linux",
    config: {
      WorkingDir: `/${pathsOf(release.app).application}`,
      Env: Object.entries(input.variables ?? {}).map(([name, value]) => `${name}=${value}`),
      Labels: { "org.opencontainers.image.title": release.app, "org.opencontainers.image.revision": release.commit.id },
    },
    rootfs: { type: "layers", diff_ids: layers.map(({ packed }) => packed.diffId) },
    history: layers.map(({ kind, name }) => ({ created: release.commit.time, created_by: `tarlift: ${kind} ${name}` })),
    // Parsing it again sorts its keys: new and restored environments give the same bytes.
    tarlift: releaseSchema.parse({
      format: 1,
      ...release,
      layers: layers.map(({ packed, kind, name }) => ({ diffId: packed.diffId, kind, name, base: packed.base })),
    }),
  };
}

function imageManifest(
  input: ArtifactInput,
  layers: { packed: PackedLayer }[],
  config: Buffer,
  releaseDigest: string,
): Manifest {
  return {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: { mediaType: MEDIA_TYPE.config, digest: releaseDigest, size: config.length },
    layers: layers.map(({ packed }) => ({ mediaType: MEDIA_TYPE.layer, digest: packed.digest, size: packed.size })),
    annotations: { [ANNOTATION.version]: input.version },
  };
}

function writeLayout(
  file: string,
  input: ArtifactInput,
  parts: { config: Buffer; manifest: Buffer; layers: PackedLayer[] },
): number {
  const index = json({
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.index,
    manifests: [
      {
        mediaType: MEDIA_TYPE.manifest,
        digest: digestOf(parts.manifest),
        size: parts.manifest.length,
        annotations: { [ANNOTATION.refName]: input.version },
      },
    ],
  });
  const out = openSync(file, "w");
  try {
    writeDirectory(out, "blobs");
    writeDirectory(out, "blobs/sha256");
    writeMember(out, "oci-layout", json({ imageLayoutVersion: "1.0.0" }));
    writeMember(out, "index.json", index);
    writeMember(out, blobPath(digestOf(parts.manifest)), parts.manifest);
    writeMember(out, blobPath(digestOf(parts.config)), parts.config);
    // Two layers with equal bytes are one blob.
    const blobs = new Map(parts.layers.map((layer) => [layer.digest, layer]));
    const total = [...blobs.values()].reduce((sum, layer) => sum + layer.size, 0);
    let done = 0;
    for (const layer of blobs.values()) {
      writeSync(out, tarHeader({ type: "file", path: blobPath(layer.digest), size: layer.size }));
      copyBlob(out, layer, (bytes) => {
        done += bytes;
        input.task?.update({ done, total });
      });
      writeSync(out, Buffer.alloc(padding(layer.size)));
    }
    writeSync(out, Buffer.alloc(2 * BLOCK));
  } finally {
    closeSync(out);
  }
  return statSync(file).size;
}

function writeDirectory(out: number, path: string): void {
  writeSync(out, tarHeader({ type: "directory", path }));
}

function writeMember(out: number, path: string, content: Buffer): void {
  writeSync(
    out,
    Buffer.concat([
      tarHeader({ type: "file", path, size: content.length }),
      content,
      Buffer.alloc(padding(content.length)),
    ]),
  );
}

/**
 * Copies a layer without hashing it: its digest was verified when it was packed or restored, and every reader verifies
 * it.
 */
function copyBlob(out: number, layer: PackedLayer, progress: (bytes: number) => void): void {
  const buffer = Buffer.allocUnsafe(COPY);
  const from = openSync(layer.file, "r");
  try {
    let left = layer.size;
    while (left > 0) {
      const read = readSync(from, buffer, 0, Math.min(left, COPY), layer.offset + layer.size - left);
      if (read === 0) {
        throw new Failure({
          code: "local-file",
          what: "a layer's file is shorter than it was",
          where: { file: layer.file, digest: layer.digest },
          remedy: "Something else writes to it. Run this again.",
        });
      }
      for (let done = 0; done < read; ) done += writeSync(out, buffer, done, read - done);
      progress(read);
      left -= read;
    }
  } finally {
    closeSync(from);
  }
}

/** Keys are written in the order of the value: the same input gives the same bytes. */
function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

const digestOf = (bytes: Buffer) => `sha256:${hash("sha256", bytes, "hex")}`;
const hexOf = (digest: string) => digest.slice("sha256:".length);
/** The path of a blob in the layout. */
export const blobPath = (digest: string) => `blobs/sha256/${hexOf(digest)}`;
