// Restores or builds the environments of an application. A restored one needs a key and one verified file, no installer
// and no packing.
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { type EnvironmentRecord, environmentRecordSchema, pathsOf } from "../artifact/format.ts";
import { type PackSource, packLayer, walk } from "../artifact/pack.ts";
import { unpackLayer } from "../artifact/unpack-layer.ts";
import { type CacheSlot, fetchEntry, forgetEntry, keepEntry, unfinishedEntry } from "../cache/entries.ts";
import { type Entry, finishEntry } from "../cache/entry.ts";
import type { KeyPart } from "../cache-key/key.ts";
import { drawId, environmentKey } from "../cache-key/key.ts";
import { platformParts } from "../cache-key/platform.ts";
import type { Config, EnvironmentConfig } from "../config/schema.ts";
import { Failure } from "../failure.ts";
import type { BuildContext, BuiltEnvironment, Installer, InstallPlan } from "../installers/installer.ts";
import { installerOf, runtimeOf } from "../installers/registry.ts";
import { during, type Progress } from "../progress.ts";
import { refuseChanged, untrackedWarnings } from "../source/committed.ts";
import type { LayerStore } from "../stores/store.ts";
import { hasEnded, processMark } from "../subprocess/process-mark.ts";
import { tryRun } from "../subprocess/run.ts";
import { scratchDirectory, sweepScratch } from "../subprocess/scratch.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import { ensureRoot, unpackEnvironment } from "./unpack-environment.ts";

/** The version of the format of environments: changing it changes all keys. */
const FORMAT = "2";

const metaSchema = z.strictObject({
  record: environmentRecordSchema.omit({ name: true, diffId: true, link: true }),
  workspaceLinks: z.array(z.strictObject({ path: z.string(), target: z.string() })),
  /** The interpreter that made it: an entry of another one is not restored, whatever its key. */
  madeWith: z.string(),
});
type Meta = z.infer<typeof metaSchema>;

export interface BuildOptions {
  /** The repository's root, absolute. */
  repository: string;
  /** This job's directory, absolute. */
  work: string;
  store: LayerStore;
  progress: Progress;
  /** Names of environments; default: all. */
  only?: readonly string[];
  /** Refuses tracked files that differ from HEAD: for an artifact, which is named after a commit. */
  committed?: boolean;
  /** Builds even if the store has the key. */
  rebuild?: boolean;
  /**
   * An interpreter to build with; its minor version must be that of the hosts. Default: the configured one if this
   * machine has it.
   */
  python?: string;
  signal?: AbortSignal | undefined;
}

/** An environment before it is restored or built: its key and the parts of the key. */
export interface KeyedEnvironment {
  name: string;
  config: EnvironmentConfig;
  key: string;
  parts: KeyPart[];
}

/**
 * The keys of an application's environments and their parts. Nothing is restored or built.
 *
 * @throws Failure as the installers do for requirement files that are missing or not reproducible
 */
export async function explainEnvironments(config: Config, options: BuildOptions): Promise<KeyedEnvironment[]> {
  return (await keyEnvironments(config, options)).map(({ name, config: own, key, parts }) => ({
    name,
    config: own,
    key,
    parts,
  }));
}

/** Restores or builds environments, in the order of tarlift.yml. */
export async function buildEnvironments(config: Config, options: BuildOptions): Promise<BuiltEnvironment[]> {
  const keyed = await keyEnvironments(config, options);
  const built: BuiltEnvironment[] = [];
  for (const environment of keyed) built.push(await provide(environment, options));
  return built;
}

interface Keyed extends KeyedEnvironment {
  context: BuildContext;
  installer: Installer;
  plan: InstallPlan;
}

async function keyEnvironments(config: Config, options: BuildOptions): Promise<Keyed[]> {
  mkdirSync(options.work, { recursive: true });
  const context: BuildContext = {
    app: config.app,
    repository: options.repository,
    source: join(options.repository, config.source ?? "."),
    root: config["environments-root"] ?? `/srv/${config.app}/envs`,
    work: options.work,
    python: options.python,
    package: config.package,
    progress: options.progress,
    signal: options.signal,
  };
  const wanted = Object.entries(config.environments).filter(([name]) => options.only?.includes(name) ?? true);
  return Promise.all(
    wanted.map(async ([name, own]) => {
      const installer = installerOf(own.installer);
      const plan = await installer.inspect(own, context);
      if (options.committed) await refuseChanged(context.repository, plan.reads);
      plan.warnings.push(...(await untrackedWarnings(context.repository, plan.reads)));
      const where =
        installer.kind === "path"
          ? { name: "environments-root", value: context.root }
          : { name: "app", value: context.app };
      const parts = [{ name: "format", value: FORMAT }, ...platformParts(), where, ...plan.parts];
      return { name, config: own, key: environmentKey(parts), parts, context, installer, plan };
    }),
  );
}

async function provide(keyed: Keyed, options: BuildOptions): Promise<BuiltEnvironment> {
  const slot: CacheSlot<Meta> = {
    store: options.store,
    work: options.work,
    key: `environment-${keyed.key}`,
    schema: metaSchema,
    title: `environment ${keyed.name}`,
    progress: options.progress,
    refuses: ({ madeWith }) =>
      madeWith === keyed.plan.madeWith ? undefined : `it was made with ${madeWith} and not with ${keyed.plan.madeWith}`,
  };
  if (options.rebuild) await forgetEntry(slot);
  const found = await fetchEntry(slot);
  if (found) return toBuilt(keyed, found, true);
  if (options.signal?.aborted)
    throw new Failure({ code: "cancelled", what: "stopped before the environments were built" });
  sweepScratch(options.work);
  for (const warning of keyed.plan.warnings) options.progress.warning(warning);
  const { entry, keepBuild } = await build(keyed, slot);
  const kept = await keepEntry(slot, entry);
  keepBuild(kept.meta.record.id === entry.meta.record.id);
  return toBuilt(keyed, kept, false);
}

/**
 * Installs and packs. `keepBuild` decides whether this build is used: if another job's build was saved first, this one is
 * removed.
 */
async function build(
  keyed: Keyed,
  slot: CacheSlot<Meta>,
): Promise<{ entry: Entry<Meta>; keepBuild(kept: boolean): void }> {
  const id = drawId(keyed.key);
  return keyed.installer.kind === "path" ? buildPath(keyed, slot, id) : buildTree(keyed, slot, id);
}

async function buildPath(keyed: Keyed, slot: CacheSlot<Meta>, id: string) {
  const { root } = keyed.context;
  await ensureRoot(root);
  sweepKilledBuilds(root);
  const directory = join(root, id);
  const mark = join(root, `.building-${id}`);
  writeFileSync(mark, processMark());
  try {
    const installed = await keyed.plan.install(directory);
    const base = directory.slice(1);
    const entry = await pack(keyed, slot, walk(directory), { base, kind: "path", id, root, ...installed });
    keyed.plan.localize?.(directory);
    return {
      entry,
      keepBuild(kept: boolean) {
        if (!kept) rmSync(directory, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  } finally {
    rmSync(mark, { force: true });
  }
}

async function buildTree(keyed: Keyed, slot: CacheSlot<Meta>, id: string) {
  const scratch = scratchDirectory(keyed.context.work);
  // As deep as in the repository: files that the application reads beside itself are copied to the same relative path,
  // too.
  const staging = join(scratch, relative(keyed.context.repository, keyed.context.source));
  mkdirSync(staging, { recursive: true });
  try {
    const installed = await keyed.plan.install(staging);
    const mounts = installed.mounts ?? [];
    const links = new Set((installed.workspaceLinks ?? []).map(({ path }) => path));
    const sources = mounts.flatMap((installDirectory): PackSource[] => [
      { type: "directory", path: installDirectory },
      ...walk(join(staging, installDirectory), {
        prefix: installDirectory,
        skip: (path) => links.has(path) || path === `${installDirectory}/${TREE_STAMP}`,
      }),
    ]);
    const entry = await pack(keyed, slot, sources, {
      base: pathsOf(keyed.context.app).application,
      kind: "tree",
      id,
      ...installed,
    });
    return { entry, keepBuild() {} };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function pack(
  keyed: Keyed,
  slot: CacheSlot<Meta>,
  sources: PackSource[],
  facts: Pick<EnvironmentRecord, "kind" | "id" | "root" | "mounts" | "resolved" | "requirements"> & {
    base: string;
    workspaceLinks?: Meta["workspaceLinks"];
    madeWith: string;
  },
): Promise<Entry<Meta>> {
  const { base, workspaceLinks = [], madeWith, ...record } = facts;
  const expected = keyed.plan.madeWith;
  if (madeWith !== expected)
    throw new Failure({
      code: "interpreter-mismatch",
      what: `environment ${keyed.name} was made with ${madeWith}, and its key says ${expected}`,
      remedy: "The interpreter changed during the build: start it again.",
    });
  return during(
    slot.progress,
    `pack environment ${keyed.name}`,
    async (task) => {
      const layer = await packLayer(sources, { base, file: unfinishedEntry(slot), task });
      const meta: Meta = {
        record: { ...record, key: keyed.key, installer: keyed.plan.tool },
        workspaceLinks,
        madeWith,
      };
      finishEntry(layer, slot.key, meta);
      return { meta, layer };
    },
    ({ layer }) =>
      `${formatBytes(layer.size)} of ${formatBytes(layer.uncompressed)}, ${formatCount(layer.index.length, "file")}`,
  );
}

function toBuilt(keyed: Keyed, { meta, layer }: Entry<Meta>, hit: boolean): BuiltEnvironment {
  const { name, config, context, plan } = keyed;
  const record: EnvironmentRecord = {
    name,
    ...meta.record,
    ...(meta.record.kind === "path" ? { link: keyed.installer.releasePath(config).path } : {}),
    diffId: layer.diffId,
  };
  const path = record.kind === "path" ? join(context.root, record.id) : context.source;
  let unpacking: Promise<unknown> = Promise.resolve();
  return {
    record,
    use: config.use,
    hit,
    layer,
    workspaceLinks: meta.workspaceLinks,
    bin: runtimeOf(record, path).path,
    path,
    readable: plan.readable ?? [],
    application: plan.application,
    unpack(application = context.source) {
      // One after the other, and checked each time: another environment may have replaced a tree in the checkout
      // meanwhile.
      const unpacked = unpacking.then(() =>
        record.kind === "path"
          ? unpackEnvironment({
              ...record,
              root: context.root,
              layer,
              localize: plan.localize,
              progress: context.progress,
            })
          : unpackTree(keyed, record, layer, meta.workspaceLinks, application),
      );
      unpacking = unpacked.catch(() => {});
      return unpacked;
    },
  };
}

const TREE_STAMP = ".tarlift-environment";

/**
 * Moves a tree's mounts into the application's directory as real directories. Existing ones (a developer's own install)
 * are replaced.
 */
async function unpackTree(
  keyed: Keyed,
  record: EnvironmentRecord,
  layer: Entry<Meta>["layer"],
  links: Meta["workspaceLinks"],
  source: string,
): Promise<boolean> {
  const { work, progress } = keyed.context;
  const mounts = record.mounts ?? [];
  const stampOf = (installDirectory: string) => join(source, installDirectory, TREE_STAMP);
  const isOurs = (installDirectory: string) =>
    existsSync(stampOf(installDirectory)) && readFileSync(stampOf(installDirectory), "utf8") === record.id;
  if (mounts.every(isOurs)) return false;
  await during(progress, `unpack environment ${record.name}`, async (task) => {
    const beside = scratchDirectory(work);
    try {
      await unpackLayer(layer, { base: layer.base, directory: beside, diffId: layer.diffId, task });
      for (const installDirectory of mounts) {
        const target = join(source, installDirectory);
        if (lstatSync(target, { throwIfNoEntry: false }) && !existsSync(stampOf(installDirectory)))
          progress.notice(`${installDirectory} was there already; it is replaced by environment ${record.name}`);
        rmSync(target, { recursive: true, force: true });
        mkdirSync(dirname(target), { recursive: true });
        await moveDirectory(join(beside, installDirectory), target);
      }
      for (const link of links) placeLink(join(source, link.path), link.target);
      for (const installDirectory of mounts) writeFileSync(stampOf(installDirectory), record.id);
    } finally {
      rmSync(beside, { recursive: true, force: true });
    }
  });
  return true;
}

/** Renames if both are on one file system, otherwise copies. */
async function moveDirectory(from: string, to: string): Promise<void> {
  const moved = await tryRun(["mv", "-T", "--", from, to]);
  if (moved.code !== 0)
    throw new Failure({
      code: "local-file",
      what: "an environment could not be put into the checkout",
      where: { path: to },
      output: moved.lastLines,
    });
}

function placeLink(path: string, target: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  symlinkSync(target, path);
}

/** A killed build leaves its directory and a mark with its process. Its id was never recorded, so it is never used. */
function sweepKilledBuilds(root: string): void {
  for (const name of readdirSync(root)) {
    const id = /^\.building-([0-9a-f]{12}-[0-9a-f]{8})$/.exec(name)?.[1];
    const stale = /^\.unpacking-/.test(name) && Date.now() - statSync(join(root, name)).mtimeMs > 24 * 3600_000;
    if (stale) rmSync(join(root, name), { recursive: true, force: true });
    const mark = join(root, name);
    if (id === undefined || !hasEnded(readFileSync(mark, "utf8"), statSync(mark).mtimeMs)) continue;
    rmSync(join(root, id), { recursive: true, force: true });
    rmSync(join(root, name), { force: true });
  }
}
