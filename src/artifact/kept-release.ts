// Rebuilds a release from what a host keeps of it. A chain of digests verifies that it is the release that was
// deployed, even if the host is not trusted: the release digest is that of the config, the config has the digest of the
// layer of file indexes, and the indexes have the digest of each file.
import { createHash, hash } from "node:crypto";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import type { FilePool, WantedFile } from "./file-pool.ts";
import {
  formatIndex,
  type ImageConfig,
  type IndexEntry,
  imageConfigSchema,
  indexExcess,
  type LayerRecord,
  parseIndex,
  pathsOf,
} from "./format.ts";
import { readJson } from "./json-values.ts";
import type { LayerEntry } from "./layer-contents.ts";
import { splitByLayer } from "./layer-map.ts";
import { packIndexes } from "./oci-layout.ts";
import type { ReleaseContent } from "./open-artifact.ts";
import { quoteName, reservedPath } from "./shippable-names.ts";
import { BLOCK, padding, tarHeader } from "./tar-header.ts";
import { releaseProblems } from "./validate-release.ts";

/** What a host keeps of a release beside its files. Nothing of it is verified. */
export interface KeptRecord {
  /** The artifact's config. */
  config: string;
  /** The release's file index, and the map that splits it into layers (layer-map.ts). */
  index: string;
  layers: string;
  /** File indexes of environments, by id. */
  environments: ReadonlyMap<string, string>;
}

/** A release whose files are not yet on this machine. */
export interface KeptRelease extends ReleaseContent {
  /** The files of a layer with their paths below its base. */
  filesOf(diffId: string): Promise<(WantedFile & { path: string })[]>;
  /**
   * Builds the layer's tar from the files of the pool, and compares its digest with the config's.
   *
   * @throws Failure when it differs; Error when a file is missing
   */
  verifyLayer(diffId: string): Promise<void>;
}

/**
 * Opens a kept release. The config's digest is compared first: until then, everything else may have any size and form.
 *
 * @param digest that of the release
 * @param record as a host sends it
 * @param options.pool will contain the files
 * @param options.scratch a directory for a file that is deleted at once
 * @throws Failure when any part does not match the digest
 */
export async function openKept(
  { digest, version, record }: { digest: string; version: string; record: KeptRecord },
  { pool, scratch }: { pool: FilePool; scratch: string },
): Promise<KeptRelease> {
  const configText = record.config;
  if (`sha256:${hash("sha256", configText)}` !== digest) throw wrong(`its config is not that of ${digest}`);
  const config = parseConfig(configText);
  const { layers, environments } = config.tarlift;
  const idOf = new Map(environments.map(({ diffId, id }) => [diffId, id]));
  const environmentText = (diffId: string) => record.environments.get(idOf.get(diffId) ?? "") ?? "";
  const excess = indexExcess([record.index, ...environments.map(({ diffId }) => environmentText(diffId))]);
  if (excess) throw wrong(`it has ${excess}`);
  const indexes = splitByLayer(record.layers, parseIndex(record.index), layers.length);
  const byDiffId = new Map<string, readonly IndexEntry[]>();
  for (const [position, { diffId, kind }] of layers.entries()) {
    if (kind === "environment") byDiffId.set(diffId, parseIndex(environmentText(diffId)));
    else if (kind !== "index") byDiffId.set(diffId, indexes.get(position) ?? []);
  }
  const { application } = pathsOf(config.tarlift.app);
  for (const { diffId, base } of layers) {
    const reserved = base === application ? reservedPath(byDiffId.get(diffId) ?? []) : undefined;
    if (reserved) throw wrong(`${quoteName(reserved)} is a path that only hosts make`);
  }
  const texts = new Map([...byDiffId].map(([diffId, index]) => [diffId, formatIndex(index)]));
  const packed = await packIndexes(join(scratch, "indexes"), config.tarlift.app, texts);
  const last = layers.at(-1);
  if (last?.kind !== "index" || packed.diffId !== last.diffId)
    throw wrong("its file indexes are not those of its config");
  const index = (diffId: string): readonly IndexEntry[] => {
    const found = byDiffId.get(diffId);
    if (!found) throw wrong(`there is no layer ${diffId}`);
    return found;
  };
  return {
    releaseDigest: digest,
    version,
    release: config.tarlift,
    config,
    configText,
    indexText: async (diffId) => texts.get(diffId) ?? formatIndex(index(diffId)),
    index: async (diffId) => index(diffId),
    async *readLayer(diffId): AsyncGenerator<LayerEntry> {
      for (const entry of index(diffId))
        yield { entry, content: entry.type === "file" ? pool.read(entry.sha256) : undefined };
    },
    filesOf: async (diffId) => index(diffId).filter((entry) => entry.type === "file"),
    async verifyLayer(diffId) {
      const record = layers.find((layer) => layer.diffId === diffId)!;
      if ((await tarDigest(record, index(diffId), pool)) !== diffId)
        throw wrong(`layer ${record.name} is not ${diffId} when it is put together again`);
    },
  };
}

function parseConfig(text: string): ImageConfig {
  const read = readJson(text, imageConfigSchema);
  if ("wrong" in read) throw wrong(`its config ${read.wrong}`);
  const { tarlift, rootfs } = read.value;
  const problems = releaseProblems(tarlift);
  if (tarlift.layers.length !== rootfs.diff_ids.length) problems.push("it names different layers in two places");
  for (const [n, { diffId }] of tarlift.layers.entries())
    if (diffId !== rootfs.diff_ids[n]) problems.push(`it has two digests of layer ${n + 1}`);
  if (problems.length > 0) throw wrong(problems.slice(0, 20).join("\n"));
  return read.value;
}

/** Digest of the tar that packLayer would make of these files, computed without writing it. */
async function tarDigest({ base }: LayerRecord, index: readonly IndexEntry[], pool: FilePool): Promise<string> {
  const sum = createHash("sha256");
  const above = base.split("/").map((_, n, parts) => parts.slice(0, n + 1).join("/"));
  for (const path of above) sum.update(tarHeader({ type: "directory", path }));
  for (const entry of index) {
    const path = `${base}/${entry.path}`;
    if (entry.type === "directory") sum.update(tarHeader({ type: "directory", path }));
    else if (entry.type === "link") sum.update(tarHeader({ type: "link", path, target: entry.target }));
    else {
      sum.update(tarHeader({ type: "file", path, size: entry.size, executable: entry.mode === 0o755 }));
      for await (const chunk of pool.read(entry.sha256)) sum.update(chunk);
      sum.update(Buffer.alloc(padding(entry.size)));
    }
  }
  return `sha256:${sum.update(Buffer.alloc(2 * BLOCK)).digest("hex")}`;
}

const wrong = (why: string) =>
  new Failure({ code: "release-damaged", what: "what a host keeps of a release is not the release", output: why });
