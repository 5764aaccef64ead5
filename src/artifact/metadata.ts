// The documents of an artifact: layout, index, manifest and config, verified against their digests and each other.
import { isUtf8 } from "node:buffer";
import { hash } from "node:crypto";
import { z } from "zod";
import { damaged } from "./damaged.ts";
import {
  ANNOTATION,
  type Descriptor,
  descriptorSchema,
  type ImageConfig,
  imageConfigSchema,
  type Manifest,
  MEDIA_TYPE,
  manifestSchema,
} from "./format.ts";
import { readJson } from "./json-values.ts";
import type { ArtifactLayer } from "./layer-contents.ts";
import { blobPath } from "./oci-layout.ts";
import { type Member, readMember } from "./outer-tar.ts";
import { releaseProblems, versionProblem } from "./validate-release.ts";

export interface Metadata {
  manifestDigest: string;
  manifest: Manifest;
  config: ImageConfig;
  /** The config's own bytes. */
  configText: string;
  version: string;
  layers: ArtifactLayer[];
}

/** @throws Failure for documents that are missing, changed, or not what Tarlift writes */
export function readMetadata(file: string, members: ReadonlyMap<string, Member>): Metadata {
  const document = <T>(name: string, schema: z.ZodType<T>) =>
    checked(file, schema, textOf(file, readMember(file, members, name, name), name), name);
  document("oci-layout", z.looseObject({ imageLayoutVersion: z.literal("1.0.0") }));
  const index = document("index.json", z.looseObject({ manifests: z.array(descriptorSchema).length(1) }));
  const descriptor = index.manifests[0]!;
  const manifestText = readBlob(file, members, descriptor, "the manifest");
  const manifest = checked(file, manifestSchema, manifestText, "the manifest");
  const configText = readBlob(file, members, manifest.config, "the config");
  const config = checked(file, imageConfigSchema, configText, "the config");
  const layers = joinLayers(file, manifest, config, members);
  const version = manifest.annotations?.[ANNOTATION.version] ?? config.tarlift.commit.id.slice(0, 12);
  refuseProblems(file, config, version);
  return { manifestDigest: descriptor.digest, manifest, config, configText, version, layers };
}

function refuseProblems(file: string, config: ImageConfig, version: string): void {
  const label = versionProblem(version);
  const problems = [
    ...(label ? [`the version ${JSON.stringify(version.slice(0, 200))} ${label}`] : []),
    ...releaseProblems(config.tarlift),
  ];
  if (problems.length > 0)
    throw damaged(file, `the config is not what Tarlift writes:\n${problems.slice(0, 20).join("\n")}`);
}

function readBlob(file: string, members: ReadonlyMap<string, Member>, descriptor: Descriptor, what: string): string {
  const bytes = readMember(file, members, blobPath(descriptor.digest), what);
  if (`sha256:${hash("sha256", bytes, "hex")}` !== descriptor.digest)
    throw damaged(file, `${what}: its bytes are not those of ${descriptor.digest}`);
  return textOf(file, bytes, what);
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
  members: ReadonlyMap<string, Member>,
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
