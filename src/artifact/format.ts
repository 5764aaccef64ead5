// The format of an artifact: media types, the config's `tarlift` section, the file index. All code that builds,
// inspects or deploys artifacts uses this file. An artifact is a tar that contains an OCI image layout
// (https://github.com/opencontainers/image-spec). Its identity, the release digest, is the digest of the config blob.
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

/** Manifest annotations: they describe the run and not the release. */
export const ANNOTATION = {
  version: "org.opencontainers.image.version",
  refName: "org.opencontainers.image.ref.name",
} as const;

/** The mtime of every tar header in a layer: 1980-01-01T00:00:00Z, the oldest that zip tools accept as well. */
export const LAYER_MTIME = 315_532_800;

/** One word of a line that is sent to hosts (src/host/calls/preflight.ts). */
const hostWord = z.string().regex(/^[^\s\p{Cc}\u2028\u2029]+$/u);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);
const environmentId = z.string().regex(/^[0-9a-f]{12}-[0-9a-f]{8}$/);

/** A condition that the builder's Python or machine decided when an environment was built. */
const conditionSchema = z.union([
  z.strictObject({
    /** What has the requirement: `redis 5.0.1`, `requirements.txt`. */
    by: z.string(),
    /** What it requires if the marker is true: `async-timeout`. */
    needs: z.string(),
    /** `python_full_version <= "3.11.2"`. */
    marker: z.string(),
    /** The extras that are requested of the package that has the requirement. */
    extras: z.array(z.string()).optional(),
    /** The result on the builder: a host must get the same. */
    holds: z.boolean(),
  }),
  /** A `requires-python` that allows the builder's version, but not every patch version of its minor version. */
  z.strictObject({ by: z.string(), python: z.string() }),
]);
export type Condition = z.infer<typeof conditionSchema>;

/** What an artifact needs from a host, read from the files that it ships. */
export const requirementsSchema = z.strictObject({
  /** As printed by `uname -m`: x86_64, aarch64. */
  architecture: z.string(),
  /** Missing if no native file ships. `version` is the highest GLIBC_x that any ELF file needs. */
  libc: z.strictObject({ family: z.enum(["glibc", "musl"]), version: z.string().optional() }).optional(),
  /** The highest GLIBCXX_x, if any file needs one. */
  glibcxx: z
    .string()
    .regex(/^\d+(\.\d+)*$/)
    .optional(),
  /**
   * Shared libraries that native files need and no layer contains, sorted. The host's `ldconfig -p` has to list them.
   */
  sonames: z.array(hostWord),
  /**
   * A file that needs it, by library and by version (`GLIBC_2.34`), relative to its layer. Artifacts of older Tarlift
   * versions lack this.
   */
  neededBy: z.record(z.string(), z.string()).optional(),
  python: z
    .strictObject({
      /** Minor version: `3.11`. */
      version: z.string(),
      /** SOABI tag of the interpreter: `cpython-311`. */
      abi: z.string(),
      /** Absolute path on the host. */
      interpreter: z.string().regex(/^\/[^\p{Cc}\u2028\u2029\\]*$/u),
      /** Top-level modules that are imported to test that the environment starts. */
      imports: z.array(z.string()),
      /** The full version of the Python that built it: `3.11.7`. Artifacts of older Tarlift versions lack this. */
      built: z.string().optional(),
      /** Conditions whose result on a host must be that of the builder. */
      conditions: z.array(conditionSchema).optional(),
    })
    .optional(),
  node: z
    .strictObject({
      /** `process.versions.modules`, if native addons that depend on it ship. */
      modules: z.string().optional(),
      /** The builder's version, for messages. */
      version: hostWord,
    })
    .optional(),
});
export type Requirements = z.infer<typeof requirementsSchema>;

export const ENVIRONMENT_KINDS = ["path", "tree"] as const;

/** An environment as the artifact's config and its cache entry record it. */
export const environmentRecordSchema = z.strictObject({
  name: z.string(),
  /**
   * `path`: installed at `<root>/<id>` on hosts, and linked from the release. `tree`: installed inside the application,
   * in its `mounts`.
   */
  kind: z.enum(ENVIRONMENT_KINDS),
  id: environmentId,
  key: z.string().regex(/^[0-9a-f]{64}$/),
  installer: z.strictObject({ name: z.string(), version: z.string() }),
  /** kind path: environments-root on hosts, absolute. */
  root: z.string().optional(),
  /** kind path: the link inside the release, relative: `.venv`. */
  link: z.string().optional(),
  /**
   * kind tree: directories of the application that contain this environment, sorted: `node_modules`,
   * `packages/ui/node_modules`.
   */
  mounts: z.array(z.string()).optional(),
  /** Digest of its uncompressed layer. */
  diffId: digest,
  requirements: requirementsSchema,
  /** The installed packages, sorted by name. */
  resolved: z.array(z.strictObject({ name: z.string(), version: z.string() })),
});
export type EnvironmentRecord = z.infer<typeof environmentRecordSchema>;

export const layerRecordSchema = z.strictObject({
  diffId: digest,
  kind: z.enum(["environment", "assets", "application", "index"]),
  /** Name of the environment or asset step; `application`; `index`. */
  name: z.string(),
  /**
   * The directory to which the layer's file index is relative. It is itself relative to `/`, without a trailing slash.
   */
  base: z.string(),
});
export type LayerRecord = z.infer<typeof layerRecordSchema>;

/**
 * The `tarlift` section of the OCI config. It contains nothing of the run: no version, no ref, no time but the
 * commit's.
 */
export const releaseSchema = z.strictObject({
  format: z.literal(1),
  app: z.string(),
  commit: z.strictObject({ id: z.string().regex(/^[0-9a-f]{40,64}$/), time: z.string() }),
  environments: z.array(environmentRecordSchema),
  requirements: requirementsSchema,
  layers: z.array(layerRecordSchema),
  /**
   * tarlift.yml, parsed and validated, so that a deploy without a checkout has the services and migrations of this very
   * commit.
   */
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
 * One entry of a file index. Paths are relative to the layer's base, without a leading `./`, in the order of their
 * bytes. The index also lists the layer's directories, so that empty ones are created.
 */
export type IndexEntry =
  | { type: "file"; path: string; mode: 0o644 | 0o755; size: number; sha256: string }
  | { type: "link"; path: string; target: string }
  | { type: "directory"; path: string };

/**
 * The text of a file index, one line an entry, made for `sh` on hosts: columns of fixed width come first, so that
 * `sed -n 's/^f [0-7]* [0-9]* //p' INDEX | sha256sum -c` verifies all files. No escaping is needed, because names and
 * link targets with control characters or backslashes are refused when an artifact is made.
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

/**
 * Limits of all file indexes of an artifact together. The indexes of a million files have about 150 MB; each entry
 * takes some 200 bytes more when parsed.
 */
export const MOST_INDEXED = { bytes: 192 << 20, entries: 1_250_000 } as const;

/**
 * The message for file indexes that exceed the limits of one artifact; undefined if they do not.
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

/** The directories of an application and its index inside layers (and in a container), relative to `/`. */
export const pathsOf = (app: string) => ({ application: `srv/${app}/current`, index: `srv/${app}/.tarlift/index` });

/**
 * Parses a file index.
 *
 * @throws Failure for anything that {@link formatIndex} does not write: hosts trust what an index lists
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
