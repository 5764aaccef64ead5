// `bundle`: from a checkout and its environments to one checked artifact.
import { accessSync, constants, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathsOf } from "../artifact/format.ts";
import { labelOf } from "../artifact/label.ts";
import { writeArtifact } from "../artifact/oci-layout.ts";
import { type PackedLayer, type PackSource, packLayer } from "../artifact/pack.ts";
import { type Places, refuseMisplaced } from "../artifact/parents.ts";
import { quoteName } from "../artifact/shippable-names.ts";
import { versionProblem } from "../artifact/validate-release.ts";
import type { Config, EnvironmentConfig } from "../config/schema.ts";
import { buildEnvironments } from "../environments/build.ts";
import { Failure } from "../failure.ts";
import {
  mergeRequirements,
  nativeFiles,
  nativeRequirements,
  notableLibraries,
} from "../host-requirements/requirements.ts";
import type { ApplicationLayer, BuiltEnvironment, Installer, Runtime } from "../installers/installer.ts";
import { installerOf, runtimeOf } from "../installers/registry.ts";
import { during, type Progress } from "../progress.ts";
import { globMatcher, globReach } from "../source/glob.ts";
import { linkProblem } from "../source/links.ts";
import { hiddenNotice } from "../source/notice.ts";
import { readSource, type Source, type SourceOptions } from "../source/read-source.ts";
import { headTag } from "../source/repository.ts";
import { refuseMissingTags } from "../source/tag-version.ts";
import { refuseOtherTag } from "../source/tags.ts";
import type { LayerStore } from "../stores/store.ts";
import { tryRun } from "../subprocess/run.ts";
import { scratchDirectory, sweepScratch } from "../subprocess/scratch.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import { type AssetLayer, inputPatterns, refuseOutputs, runAssetSteps } from "./assets.ts";
import { tryRelease } from "./checks.ts";
import { isolationWarning } from "./isolation.ts";
import { stepVariables } from "./step-environment.ts";
import { runtimeIn } from "./step-tree.ts";
import { sweepBundles } from "./sweep-bundles.ts";

export interface BundleOptions {
  config: Config;
  configFile: string;
  repository: string;
  work: string;
  store: LayerStore;
  /** Path of the artifact. Default: `<app>-<version>.tar` in the work directory. */
  output?: string;
  /** Default: the tag on HEAD, otherwise the commit's first 12 hex digits. */
  version?: string;
  /** Accepts a version that is the tag of another commit. */
  allowOtherTag?: boolean;
  /** False: the checks do not run, and the result says so. */
  check?: boolean;
  /** Fails if the checks cannot be isolated. */
  requireIsolation?: boolean;
  /** An interpreter to build with. */
  python?: string;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

export interface BundleResult {
  file: string;
  /** Bytes. */
  size: number;
  version: string;
  commit: string;
  releaseDigest: string;
  manifestDigest: string;
  environments: { name: string; id: string; hit: boolean; size: number }[];
  assets: { name: string; hit: boolean; size: number }[];
  /** Shared libraries that hosts must have, except those that every distribution has; `by` is a file that needs it. */
  libraries: { name: string; by?: string }[];
  /** How far the checks were isolated; undefined if none ran. */
  tryOut: Omit<Awaited<ReturnType<typeof tryRelease>>, "unpacking"> | undefined;
  /** Milliseconds. Unpacking is separate: only asset steps and checks need it. */
  timings: {
    environments: number;
    source: number;
    assets: number;
    application: number;
    artifact: number;
    unpacking: number;
    checks: number;
  };
}

/** @throws Failure when the commit cannot ship, or a step or a check fails: then no artifact is left */
export async function bundle(options: BundleOptions): Promise<BundleResult> {
  if (options.output !== undefined) refuseOutput(options.output);
  mkdirSync(options.work, { recursive: true });
  sweepScratch(options.work);
  sweepBundles(options.work, Date.now());
  const scratch = scratchDirectory(options.work);
  try {
    return await bundleIn(scratch, options);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * Checks early that the artifact can be written, so that a long build does not end in vain.
 *
 * @throws Failure (refused) for a file that cannot be written
 */
function refuseOutput(file: string): void {
  const refused = (output: string, cause?: unknown) =>
    new Failure({
      code: "local-file",
      what: "the artifact cannot be written there",
      where: { file },
      output,
      remedy: "Name a file, in a directory that this user can write.",
      outcome: "refused",
      cause,
    });
  try {
    mkdirSync(dirname(file), { recursive: true });
    accessSync(dirname(file), constants.W_OK);
  } catch (cause) {
    throw refused((cause as Error).message, cause);
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) throw refused("it is a directory");
}

/** @param scratch for contents of the commit that neither git nor the checkout has in the form in which they ship */
async function bundleIn(scratch: string, options: BundleOptions): Promise<BundleResult> {
  const { config, repository, work, store, progress, signal } = options;
  const timings = { environments: 0, source: 0, assets: 0, application: 0, artifact: 0, unpacking: 0, checks: 0 };
  const timed = async <T>(part: keyof typeof timings, action: () => Promise<T>): Promise<T> => {
    const start = performance.now();
    const value = await action();
    timings[part] += performance.now() - start;
    return value;
  };
  const directory = directoryOf(config);

  // Problems of the commit are reported before its environments take minutes.
  const source = await timed("source", () => readSource(sourceOptions(options, scratch)));
  const hidden = hiddenNotice(source.sources, [...config.shared.directories, ...config.shared.files]);
  for (const notice of [source.notice, hidden]) if (notice) progress.notice(notice);
  const packaged = await packageDirectory(config, source);
  if (packaged !== undefined) {
    refuseOwnVariables(config);
    await refuseMissingTags(repository, source, packaged);
  }
  const version = options.version ?? (await versionOf(options, source.commit.id));
  refuseVersion(version);
  if (options.version !== undefined && !options.allowOtherTag)
    await refuseOtherTag(repository, version, source.commit.id);
  const file = options.output ?? join(work, `${config.app}-${version}.tar`);
  // After a failure, no earlier artifact may be found at this path.
  rmSync(file, { force: true });
  for (const step of config.assets) refuseOutputs(step, source);
  refuseTakenPlaces(config, source);
  refuseMisplaced(source.sources, placesOf(config));

  const environments = await timed("environments", () =>
    buildEnvironments(config, {
      committed: true,
      repository,
      work,
      store,
      progress,
      signal,
      ...(options.python ? { python: options.python } : {}),
    }),
  );
  const shipped = environments.filter(({ use }) => use === "runtime");
  const unpackAll = (wanted: readonly BuiltEnvironment[]) =>
    timed("unpacking", async () => {
      for (const environment of wanted) await environment.unpack();
    });

  const project = await timed("assets", () => projectLayer(options, source, packaged, shipped));
  const before = timings.unpacking;
  const assets = await timed("assets", () =>
    runAssetSteps(config.assets, {
      app: config.app,
      repository,
      directory,
      source,
      environments,
      usable: stepEnvironments(environments),
      packageLayer: project?.layer,
      variables: config["step-env"],
      environmentIn: (application, step) =>
        stepVariables(process.env, {
          ...runtimeFor(inOrder(environments), project, {
            application,
            of: (environment) => runtimeIn(environment, application),
          }),
          variables: config["step-env"],
          passed: step["pass-env"] ?? [],
        }),
      unpack: (environment, application) =>
        timed("unpacking", async () => {
          await environment.unpack(application);
        }),
      store,
      work,
      progress,
      signal,
    }),
  );
  timings.assets -= timings.unpacking - before;

  const unchecked = `${file}.unchecked`;
  mkdirSync(dirname(file), { recursive: true });
  const packed = join(work, `application-${process.pid}.layer`);
  try {
    const own = await timed("application", () => applicationLayer(options, source, { shipped, assets }, packed));
    const layers = [
      ...(project ? [{ name: "the project's package", layer: project.layer }] : []),
      ...assets,
      { name: "the application", layer: own },
      ...shipped.map(({ record, layer }) => ({ name: `environment ${record.name}`, layer })),
    ];
    refuseOverlaps(layers);
    refuseMisplaced(
      layers.filter(({ layer }) => layer.base === own.base).flatMap(({ layer }) => layer.index),
      placesOf(config, shipped),
    );
    refuseEscapes(
      layers.filter(({ layer }) => layer.base === own.base),
      shipped.flatMap(({ record }) => (record.link ? [record.link] : [])),
    );
    const requirements = mergeRequirements(
      [
        ...shipped.map(({ record }) => record.requirements),
        nativeRequirements(
          [...(project?.native ?? []), ...assets.flatMap(({ native }) => native), ...nativeFiles(source.sources)],
          layers.flatMap(({ layer }) => layer.index),
        ),
      ],
      hooksOf(shipped)?.conditions(source, packaged ?? "") ?? [],
    );
    const libraries = notableLibraries(requirements);
    await warnOfLacking(libraries, progress);
    const variables = releaseVariables(config, shipped, project);
    const written = await timed("artifact", () =>
      during(
        progress,
        "write the artifact",
        (task) =>
          writeArtifact(unchecked, {
            release: {
              app: config.app,
              commit: source.commit,
              environments: shipped.map(({ record }) => record),
              requirements,
              configuration: JSON.parse(JSON.stringify(config)),
            },
            layers: [
              ...shipped.map(({ record, layer }) => ({
                packed: layer,
                kind: "environment" as const,
                name: record.name,
              })),
              ...(project ? [{ packed: project.layer, kind: "application" as const, name: "package" }] : []),
              ...assets.map(({ name, layer }) => ({ packed: layer, kind: "assets" as const, name })),
              { packed: own, kind: "application", name: "application" },
            ],
            version,
            variables: {
              ...variables.variables,
              PATH: [...variables.path, "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"].join(":"),
            },
            task,
          }),
        ({ size }) => formatBytes(size),
      ),
    );
    const tryOut = await checked(options, unchecked, shipped, variables, timings, unpackAll);
    renameSync(unchecked, file);
    return {
      ...written,
      file,
      version,
      commit: source.commit.id,
      environments: environments.map(({ record, hit, layer }) => ({
        name: record.name,
        id: record.id,
        hit,
        size: layer.size,
      })),
      assets: assets.map(({ name, hit, layer }) => ({ name, hit, size: layer.size })),
      libraries,
      tryOut,
      timings,
    };
  } finally {
    rmSync(unchecked, { force: true });
    rmSync(packed, { force: true });
  }
}

const directoryOf = ({ source = "." }: Config) => (source === "." ? "" : source);

function sourceOptions({ config, configFile, repository }: BundleOptions, scratch: string) {
  const environments = Object.values(config.environments).map(environmentPlace);
  const made = [...config.assets.flatMap(({ outputs }) => outputs), ...environments, ".tarlift"];
  return {
    repository,
    directory: directoryOf(config),
    configFile,
    scratch,
    stepsRead: readBySteps(config),
    include: config.include ?? [],
    secretFiles: config["secret-files"],
    madeElsewhere: made,
  };
}

/** The path of an environment in the application. */
const environmentPlace = (environment: EnvironmentConfig) => installerOf(environment.installer).place(environment).path;

/**
 * The installer that builds the application's own package, with its environment; undefined if no such environment
 * ships.
 */
function packageBuilder({ environments }: Config) {
  for (const environment of Object.values(environments)) {
    const { ownPackage }: Installer = installerOf(environment.installer);
    if (environment.use === "runtime" && ownPackage) return { environment, ownPackage };
  }
  return undefined;
}

/**
 * The directory of the project that is built into the release, relative to the application's; undefined if there is
 * none.
 */
async function packageDirectory(config: Config, { sources }: Source): Promise<string | undefined> {
  const { environment, ownPackage } = packageBuilder(config) ?? {};
  if (!environment) return undefined;
  const read = (path: string) => {
    const file = sources.find((source) => source.path === path);
    return file?.type === "file" && "content" in file ? Buffer.from(file.content).toString("utf8") : undefined;
  };
  return ownPackage?.directory(environment, read, config.package);
}

/**
 * Refuses files that ship at the path of an environment. Otherwise this would be noticed when both are packed, after
 * minutes of building.
 */
function refuseTakenPlaces(config: Config, source: Source): void {
  for (const [name, environment] of Object.entries(config.environments)) {
    if (environment.use !== "runtime") continue;
    const place = environmentPlace(environment);
    const taken = source.sources.find(
      ({ path, type }) => type !== "directory" && (path === place || path.startsWith(`${place}/`)),
    );
    if (!taken) continue;
    throw new Failure({
      code: "file-not-shippable",
      what: `${quoteName(taken.path)} ships with the commit, and environment ${name} stands at ${place}`,
      remedy: `Remove it from git (\`git rm -r --cached ${place}\`) and from \`include:\`, and add it to .gitignore: an installer makes it.`,
      outcome: "refused",
    });
  }
}

/** Paths that hosts create in a release. @param shipped environments, once they are available */
const placesOf = ({ shared }: Config, shipped: readonly BuiltEnvironment[] = []): Places => ({
  mounts: shipped.flatMap(({ record }) => record.mounts ?? []),
  shared: [...shared.directories, ...shared.files],
});

/** What asset steps may read; undefined if there are no steps. */
function readBySteps(config: Config): SourceOptions["stepsRead"] {
  if (config.assets.length === 0) return undefined;
  const patterns = config.assets.flatMap((step) => inputPatterns(step, directoryOf(config)));
  return { file: globMatcher(patterns), below: globReach(patterns) };
}

/** The label that follows from the tag on HEAD, otherwise from the commit. */
async function versionOf({ repository, progress }: BundleOptions, commit: string): Promise<string> {
  const tag = await headTag(repository, process.env);
  const label = tag === undefined ? undefined : labelOf(tag);
  if (tag !== undefined && label !== tag)
    progress.notice(
      label === undefined
        ? `the tag ${quoteName(tag)} cannot be a label: the release is called by its commit`
        : `the tag ${quoteName(tag)} gives the label ${label}`,
    );
  return label ?? commit.slice(0, 12);
}

function refuseVersion(version: string): void {
  const problem = versionProblem(version);
  if (problem)
    throw new Failure({
      code: "label-invalid",
      what: `${quoteName(version)} cannot be a label: ${problem}`,
      remedy: `Give another (--label, or the input \`label\`)${labelOf(version) ? `: ${labelOf(version)}` : ""}.`,
      outcome: "refused",
    });
}

/** Build environments come first on PATH: they contain the tools. */
function inOrder(environments: readonly BuiltEnvironment[]): BuiltEnvironment[] {
  return [...environments].sort((a, b) => Number(b.use === "build") - Number(a.use === "build"));
}

/**
 * The environments that asset steps see. If a build and a runtime environment fill the same mount, the build
 * environment is used, because it has more.
 */
function stepEnvironments(environments: readonly BuiltEnvironment[]): BuiltEnvironment[] {
  const taken = new Set(environments.filter(({ use }) => use === "build").flatMap(({ record }) => record.mounts ?? []));
  return environments.filter(({ use, record }) => use === "build" || !record.mounts?.some((mount) => taken.has(mount)));
}

/** Checks cannot load a library that this machine lacks. A host that lacks it is refused. */
async function warnOfLacking(libraries: BundleResult["libraries"], progress: Progress): Promise<void> {
  if (libraries.length === 0) return;
  const env = { ...process.env, PATH: `/sbin:/usr/sbin:${process.env.PATH ?? ""}` };
  const listed = await tryRun(["ldconfig", "-p"], { env }).catch(() => undefined);
  // Without a cache of the loader (musl), the libraries cannot be listed.
  if (listed?.code !== 0) return;
  const lacking = libraries.filter(({ name }) => !listed.stdout.includes(`\t${name} `));
  if (lacking.length === 0) return;
  const named = lacking.map(({ name, by }) => (by === undefined ? name : `${name} (for ${by})`));
  progress.warning(`this machine lacks libraries that the release needs of its hosts: ${named.join(", ")}`);
}

/** Refuses values in `step-env` for variables by which processes find the application's package. */
function refuseOwnVariables(config: Config): void {
  const variable = packageBuilder(config)?.ownPackage.variables.find((name) => Object.hasOwn(config["step-env"], name));
  if (variable === undefined) return;
  throw new Failure({
    code: "config-invalid",
    what: `${variable} of \`step-env:\` would be without effect: the application is a package, and is found by it`,
    remedy: `Set it within the command that needs it (\`${variable}=lib:$${variable} command\`). Or, where the application is not to be built: \`package: false\`.`,
    outcome: "refused",
  });
}

/** The hooks for the application's own files, from the first environment that has them. */
const hooksOf = (shipped: readonly BuiltEnvironment[]) => shipped.find(({ application }) => application)?.application;

async function projectLayer(
  options: BundleOptions,
  source: Source,
  project: string | undefined,
  shipped: readonly BuiltEnvironment[],
): Promise<ApplicationLayer | undefined> {
  const environment = shipped.find(({ application }) => application);
  const { config, repository, store, work, progress } = options;
  if (project === undefined) return undefined;
  return environment?.application?.layer({
    app: config.app,
    repository,
    directory: directoryOf(config),
    project,
    source,
    environment,
    store,
    work,
    progress,
  });
}

/** Tracked and included files, byte code, and the links to environments and workspaces. */
function applicationLayer(
  options: BundleOptions,
  source: Source,
  { shipped, assets }: { shipped: readonly BuiltEnvironment[]; assets: readonly AssetLayer[] },
  file: string,
): Promise<PackedLayer> {
  const { config, work, progress } = options;
  const base = pathsOf(config.app).application;
  return during(
    progress,
    "pack the application",
    async (task) => {
      const elsewhere = new Set(assets.flatMap(({ layer }) => layer.index.map(({ path }) => path)));
      const made = hooksOf(shipped)?.files(source.sources, { base: `/${base}`, work, elsewhere });
      const sources = (await made) ?? source.sources;
      const links: PackSource[] = shipped.flatMap(({ record, workspaceLinks }): PackSource[] => [
        ...(record.link ? [{ type: "link" as const, path: record.link, target: `${record.root}/${record.id}` }] : []),
        ...workspaceLinks.map((link) => ({ type: "link" as const, ...link })),
      ]);
      return packLayer([...sources, ...links], { base, file, task });
    },
    (layer) =>
      `${formatBytes(layer.size)} of ${formatBytes(layer.uncompressed)}, ${formatCount(layer.index.length, "file")}`,
  );
}

/** Refuses a path in two layers: which content a host gets would depend on their order. Directories may be shared. */
function refuseOverlaps(layers: readonly { name: string; layer: PackedLayer }[]): void {
  const owners = new Map<string, string>();
  const overlaps: string[] = [];
  for (const { name, layer } of layers) {
    for (const entry of layer.index) {
      if (entry.type === "directory") continue;
      const path = `${layer.base}/${entry.path}`;
      const owner = owners.get(path);
      if (owner) overlaps.push(`${quoteName(entry.path)}: ${owner} and ${name}`);
      owners.set(path, name);
    }
  }
  if (overlaps.length === 0) return;
  throw new Failure({
    code: "file-not-shippable",
    what: "two layers hold the same path",
    output: overlaps.slice(0, 20).join("\n"),
    remedy: "Remove what is made by a step or an installer from git, or correct `outputs:` and `include:`.",
    outcome: "refused",
  });
}

/**
 * Refuses links that stay inside the application alone, but leave it together with links of another layer: only all
 * layers together show it.
 *
 * @param ours links to environments, which leave the application on purpose
 */
function refuseEscapes(layers: readonly { name: string; layer: PackedLayer }[], ours: readonly string[]): void {
  const links = new Map(
    layers.flatMap(({ layer }) =>
      layer.index.flatMap((entry) =>
        entry.type === "link" && !ours.includes(entry.path) ? [[entry.path, entry.target] as const] : [],
      ),
    ),
  );
  const escapes = [...links].flatMap(([path, target]) => {
    const problem = linkProblem(path, links);
    return problem ? [`${quoteName(path)} -> ${quoteName(target)}: ${problem}`] : [];
  });
  if (escapes.length === 0) return;
  throw new Failure({
    code: "file-not-shippable",
    what: "links lead out of the application",
    output: escapes.slice(0, 20).join("\n"),
    remedy: "Let the steps and installers that make them copy files instead.",
    outcome: "refused",
  });
}

/**
 * What processes find: the application's package first, then environments in their order.
 *
 * @param places.application the application's directory, absolute
 * @param places.of where they find an environment
 */
function runtimeFor(
  environments: readonly BuiltEnvironment[],
  project: ApplicationLayer | undefined,
  { application, of }: { application: string; of: (environment: BuiltEnvironment) => Runtime },
): { bin: string[]; env: Record<string, string> } {
  const own = project?.runtime ?? { path: [], env: {} };
  const all = environments.map(of);
  return {
    bin: [...own.path.map((path) => join(application, path)), ...all.flatMap(({ path }) => path)],
    env: {
      ...Object.assign({}, ...all.map(({ env }) => env)),
      ...Object.fromEntries(Object.entries(own.env).map(([name, path]) => [name, join(application, path)])),
    },
  };
}

/** The same for processes of the release, at its path on hosts. */
function releaseVariables(
  config: Config,
  shipped: readonly BuiltEnvironment[],
  project: ApplicationLayer | undefined,
): { path: string[]; variables: Record<string, string> } {
  const current = `/${pathsOf(config.app).application}`;
  const { bin, env } = runtimeFor(shipped, project, {
    application: current,
    of: ({ record }) => runtimeOf(record, record.link === undefined ? current : `${current}/${record.link}`),
  });
  return { path: bin, variables: env };
}

async function checked(
  options: BundleOptions,
  file: string,
  shipped: readonly BuiltEnvironment[],
  variables: ReturnType<typeof releaseVariables>,
  timings: BundleResult["timings"],
  unpackAll: (environments: readonly BuiltEnvironment[]) => Promise<void>,
): Promise<BundleResult["tryOut"]> {
  const { config, work, progress, signal } = options;
  if (options.check === false || config.check.length === 0) return undefined;
  await unpackAll(shipped.filter(({ record }) => record.kind === "path"));
  const start = performance.now();
  const { unpacking, ...report } = await tryRelease({
    file,
    config,
    environments: shipped,
    ...variables,
    work,
    progress,
    signal,
    ...(options.requireIsolation ? { require: true } : {}),
  });
  timings.unpacking += unpacking;
  timings.checks += performance.now() - start - unpacking;
  const warning = isolationWarning(report);
  if (warning !== undefined) progress.warning(warning);
  return report;
}
