// The artifact's contract: media types, the config's `tarlift` section, the file index. Everything that builds, inspects or deploys
// an artifact agrees through this file. An artifact is a tar that holds an OCI image layout
// (https://github.com/opencontainers/image-spec); its identity, the release digest, is the digest of the config blob.
import { z } from "zod";
import { Failure } from "../failure.ts";
import { misplaced } from "./parents.ts";
import { compareBytes, nameProblem, quoteName } from "./shippable-names.ts";

export const MEDIA_TYPE = {
  index: "application/vnd.oci.image.index.v1+json",
  manifest: "application/vnd.oci.image.manifest.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+zstd",
} as const;

/** Manifest annotations: what belongs to the run and not to the release. */
export const ANNOTATION = {
  version: "org.opencontainers.image.version",
  refName: "org.opencontainers.image.ref.name",
} as const;

/** The one mtime of every tar header in a layer: 1980-01-01T00:00:00Z, the oldest that zip tools accept too. */
export const LAYER_MTIME = 315_532_800;

/** A line of text for hosts is made of it (src/host/calls/preflight.ts): one word. */
const hostWord = z.string().regex(/^[^\s\p{Cc}\u2028\u2029]+$/u);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const environmentId = z.string().regex(/^[0-9a-f]{12}-[0-9a-f]{8}$/);

/** What the builder's Python or machine decided when an environment was built. */
const conditionSchema = z.union([
  z.strictObject({
    /** Whose requirement it is: `redis 5.0.1`, `requirements.txt`. */
    by: z.string(),
    /** What it requires where the marker holds: `async-timeout`. */
    needs: z.string(),
    /** `python_full_version <= "3.11.2"`. */
    marker: z.string(),
    /** The extras that are asked for of the one whose requirement it is. */
    extras: z.array(z.string()).optional(),
    /** The builder's answer: a host must give the same. */
    holds: z.boolean(),
  }),
  /** A `requires-python` that allows the builder's version and not every patch version of its minor version. */
  z.strictObject({ by: z.string(), python: z.string() }),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** What an artifact needs from a host, read from the files that it ships. */
export const requirementsSchema = z.strictObject({
  /** As `uname -m` has it: x86_64, aarch64. */
  architecture: z.string(),
  /** Left out when nothing native is shipped. `version` is the highest GLIBC_x that any ELF file asks for. */
  libc: z.strictObject({ family: z.enum(["glibc", "musl"]), version: z.string().optional() }).optional(),
  /** Highest GLIBCXX_x, when any file asks for one. */
  glibcxx: z
    .string()
    .regex(/^\d+(\.\d+)*$/)
    .optional(),
  /** Shared libraries that native files need and no layer provides, sorted: to be found by the host's `ldconfig -p`. */
  sonames: z.array(hostWord),
  /** A file that asks for it, by library and by version (`GLIBC_2.34`): relative to its layer. Artifacts of an older Tarlift have none. */
  neededBy: z.record(z.string(), z.string()).optional(),
  python: z
    .strictObject({
      /** Minor version: `3.11`. */
      version: z.string(),
      /** SOABI tag of the interpreter: `cpython-311`. */
      abi: z.string(),
      /** Absolute path ON THE HOST. */
      interpreter: z.string().regex(/^\/[^\p{Cc}\u2028\u2029\\]*$/u),
      /** Top-level modules whose import proves that the environment starts. */
      imports: z.array(z.string()),
      /** The full version of the Python that built it: `3.11.7`. Artifacts of an older Tarlift have none. */
      built: z.string().optional(),
      /** What a host must answer as the builder did. */
      conditions: z.array(conditionSchema).optional(),
    })
    .optional(),
  node: z
    .strictObject({
      /** `process.versions.modules`, when native addons that depend on it are shipped. */
      modules: z.string().optional(),
      /** The version of the builder, for messages. */
      version: hostWord,
    })
    .optional(),
});
export type Requirements = z.infer<typeof requirementsSchema>;

/** One environment as the artifact's config and its cache entry record it. */
export const environmentRecordSchema = z.strictObject({
  name: z.string(),
  /** `path`: lives at `<root>/<id>` on hosts, reached by a link from the release. `tree`: stands inside the application at its mounts. */
  kind: z.enum(["path", "tree"]),
  id: environmentId,
  key: z.string().regex(/^[0-9a-f]{64}$/),
  installer: z.strictObject({ name: z.string(), version: z.string() }),
  /** kind path: environments-root on hosts, absolute. */
  root: z.string().optional(),
  /** kind path: the link inside the release, relative: `.venv`. */
  link: z.string().optional(),
  /** kind tree: directories below the application that this environment fills, sorted: `node_modules`, `packages/ui/node_modules`. */
  mounts: z.array(z.string()).optional(),
  /** Uncompressed digest of its layer. */
  diffId: digest,
  requirements: requirementsSchema,
  /** What is installed, sorted by name. */
  resolved: z.array(z.strictObject({ name: z.string(), version: z.string() })),
});
export type EnvironmentRecord = z.infer<typeof environmentRecordSchema>;

export const layerRecordSchema = z.strictObject({
  diffId: digest,
  kind: z.enum(["environment", "assets", "application", "index"]),
  /** Environment's or asset step's name; `application`; `index`. */
  name: z.string(),
  /** The directory, relative to `/`, without a trailing slash, that the layer's file index is relative to. */
  base: z.string(),
});
export type LayerRecord = z.infer<typeof layerRecordSchema>;

/** The `tarlift` section of the OCI config. Nothing of the run stands here: no version, no ref, no time but the commit's. */
export const releaseSchema = z.strictObject({
  format: z.literal(1),
  app: z.string(),
  commit: z.strictObject({ id: z.string().regex(/^[0-9a-f]{40,64}$/), time: z.string() }),
  environments: z.array(environmentRecordSchema),
  requirements: requirementsSchema,
  layers: z.array(layerRecordSchema),
  /** tarlift.yml as parsed and validated, so that a deploy without a checkout knows services and migrations of this very commit. */
  configuration: z.record(z.string(), z.unknown()),
});
export type Release = z.infer<typeof releaseSchema>;

/** The whole OCI config blob. */
export const imageConfigSchema = z.looseObject({
  created: z.string(),
  architecture: z.string(),
  os: z.literal("linux"),
  config: z.looseObject({ WorkingDir: z.string().optional(), Env: z.array(z.string()).optional() }),
  rootfs: z.strictObject({ type: z.literal("layers"), diff_ids: z.array(digest) }),
  history: z.array(z.looseObject({ created_by: z.string().optional() })).optional(),
  tarlift: releaseSchema,
});
export type ImageConfig = z.infer<typeof imageConfigSchema>;

export const descriptorSchema = z.looseObject({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type Descriptor = z.infer<typeof descriptorSchema>;

export const manifestSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.literal(MEDIA_TYPE.manifest),
  config: descriptorSchema,
  layers: z.array(descriptorSchema),
  annotations: z.record(z.string(), z.string()).optional(),
});
export type Manifest = z.infer<typeof manifestSchema>;

/**
 * One entry of a file index. Paths are relative to the layer's base, without a leading `./`, in the order of their bytes.
 * Directories of the layer stand in the index too, so that empty ones are made.
 */
export type IndexEntry =
  | { type: "file"; path: string; mode: 0o644 | 0o755; size: number; sha256: string }
  | { type: "link"; path: string; target: string }
  | { type: "directory"; path: string };

/**
 * The text of a file index, one line an entry, made for `sh` on hosts: fixed columns first, so that
 * `sed -n 's/^f [0-7]* [0-9]* //p' INDEX | sha256sum -c` verifies all files. No escaping is needed because names and link targets
 * with control characters or backslashes are refused when an artifact is made.
 *
 * ```text
 * d <path>
 * f <mode, 4 octal digits> <size in bytes> <sha256, 64 hex>  <path>
 * l <path><TAB><target>
 * ```
 */
export function formatIndex(entries: readonly IndexEntry[]): string {
  return entries.map((entry) => `${formatEntry(entry)}\n`).join("");
}

function formatEntry(entry: IndexEntry): string {
  switch (entry.type) {
    case "file":
      return `f ${entry.mode.toString(8).padStart(4, "0")} ${entry.size} ${entry.sha256}  ${entry.path}`;
    case "link":
      return `l ${entry.path}\t${entry.target}`;
    case "directory":
      return `d ${entry.path}`;
  }
}

/** Of all file indexes of an artifact together. A million files have indexes of about 150 MB; parsed they take some 200 bytes each more. */
export const MOST_INDEXED = { bytes: 192 << 20, entries: 1_250_000 } as const;

/**
 * Why the file indexes of one artifact are more than is read of one, or undefined when they are not.
 *
 * @param texts as {@link formatIndex} makes them
 */
export function indexExcess(texts: Iterable<string>): string | undefined {
  let bytes = 0;
  let entries = 0;
  for (const text of texts) {
    bytes += Buffer.byteLength(text);
    if (bytes > MOST_INDEXED.bytes) return `file indexes of more than ${MOST_INDEXED.bytes} bytes`;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) entries++;
    if (entries > MOST_INDEXED.entries)
      return `file indexes of more than ${MOST_INDEXED.entries} files, links and directories`;
  }
  return undefined;
}

/** The directories, relative to `/`, where an application and its index stand inside layers (and in a container). */
export const pathsOf = (app: string) => ({ application: `srv/${app}/current`, index: `srv/${app}/.tarlift/index` });

/**
 * Reads the text of a file index.
 *
 * @throws Failure for anything that {@link formatIndex} would not have written: an index decides what a host trusts
 */
export function parseIndex(text: string): IndexEntry[] {
  if (text === "") return [];
  if (!text.endsWith("\n")) throw brokenIndex("it ends in the middle of a line");
  const excess = indexExcess([text]);
  if (excess) throw brokenIndex(excess);
  const entries = text.slice(0, -1).split("\n").map(parseEntry);
  for (let n = 1; n < entries.length; n++) {
    if (compareBytes(entries[n - 1]!.path, entries[n]!.path) >= 0)
      throw brokenIndex(`it is not in order at line ${n + 1}`);
  }
  const wrong = misplaced(entries);
  if (wrong)
    throw brokenIndex(`${quoteName(wrong.path)} stands below ${quoteName(wrong.parent)}, which is no directory`);
  return entries;
}

function parseEntry(line: string, number: number): IndexEntry {
  const file = /^f (0644|0755) (0|[1-9]\d{0,14}) ([0-9a-f]{64}) {2}(.+)$/s.exec(line);
  const link = /^l ([^\t]+)\t([^\t]+)$/.exec(line);
  const directory = /^d (.+)$/s.exec(line);
  const path = file?.[4] ?? link?.[1] ?? directory?.[1];
  if (path === undefined || nameProblem(path) !== undefined) throw brokenIndex(`line ${number + 1} is not an entry`);
  if (file)
    return { type: "file", path, mode: file[1] === "0755" ? 0o755 : 0o644, size: Number(file[2]), sha256: file[3]! };
  if (link) return { type: "link", path, target: link[2]! };
  return { type: "directory", path };
}

function brokenIndex(why: string): Failure {
  return new Failure({
    code: "artifact-invalid",
    what: "a file index cannot be read",
    output: why,
    remedy: "The artifact is damaged: build it again.",
  });
}
