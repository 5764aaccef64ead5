// A project that is itself a Python package: built for each commit, without its dependencies, into `.tarlift/site` of
// the release, with its scripts in `.tarlift/bin`. The environment follows the lock, whatever the commit.
import { hash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { pathsOf } from "../../artifact/format.ts";
import { packLayer, walk } from "../../artifact/pack.ts";
import { PROJECT } from "../../artifact/shippable-names.ts";
import { type CacheSlot, fetchEntry, keepEntry, unfinishedEntry } from "../../cache/entries.ts";
import { finishEntry } from "../../cache/entry.ts";
import { nativeFileSchema, nativeFiles } from "../../host-requirements/requirements.ts";
import { during } from "../../progress.ts";
import type { Python } from "../../python/interpreter.ts";
import { historyIdentity, makeCommitView } from "../../source/commit-view.ts";
import { updateIndex, writeFiles, writeSources } from "../../source/write-files.ts";
import { run } from "../../subprocess/run.ts";
import type { ApplicationContext, ApplicationLayer } from "../installer.ts";
import { passedParts, redactor } from "../passed-variables.ts";
import { withByteCode } from "./byte-code.ts";
import { type PackageSources, sourceArguments } from "./package-sources.ts";
import { pipVariables } from "./pip-settings.ts";
import { installTool, removeLocalOrigins } from "./virtualenv.ts";

const FORMAT = "3";
const meta = z.strictObject({ native: z.array(nativeFileSchema) });

/** How the environment's installer, which also builds the project, is set up. */
export interface PackageBuilder {
  python: Python;
  /** The version of pip: another one may not run on the environment's Python. */
  pip: string;
  /** Names of `pass-env` of the environment: the build requirements come from the same index. */
  passed: readonly string[];
  /** Further sources of the environment's packages. */
  packageSources(): PackageSources;
}

/** See {@link ApplicationHooks.layer}. */
export async function buildPackage(options: ApplicationContext, builder: PackageBuilder): Promise<ApplicationLayer> {
  const built = await restoreOrBuild(options, builder);
  return { ...built, runtime: { path: [PROJECT.bin], env: { PYTHONPATH: PROJECT.site } } };
}

async function restoreOrBuild(
  options: ApplicationContext,
  builder: PackageBuilder,
): Promise<Omit<ApplicationLayer, "runtime">> {
  const { source, environment } = options;
  const key = hash(
    "sha256",
    JSON.stringify([
      FORMAT,
      options.app,
      options.project,
      environment.record.id,
      source.includeHash,
      source.tracked.map(({ path, type, executable, identity }) => [path, type, executable, identity]),
      await historyIdentity(options.repository, source.commit.id),
      ...passedParts(process.env, builder.passed, join(options.repository, options.directory)).map(
        ({ name, value }) => [name, value],
      ),
    ]),
    "hex",
  );
  const slot: CacheSlot<z.infer<typeof meta>> = {
    store: options.store,
    work: options.work,
    key: `package-${key}`,
    schema: meta,
    title: "the project's package",
    progress: options.progress,
  };
  const found = await fetchEntry(slot);
  if (found) return { layer: found.layer, native: found.meta.native, hit: true };
  await environment.unpack();
  const scratch = mkdtempSync(join(options.work, "package-"));
  try {
    const { layer, native } = await during(options.progress, "build the project's package", async (task) => {
      await install(options, builder, scratch, (line) => task.line(line));
      const built = [
        ...walk(join(scratch, "site"), { prefix: PROJECT.site }),
        ...walk(join(scratch, "bin"), { prefix: PROJECT.bin }),
      ];
      const base = pathsOf(options.app).application;
      const { python } = builder;
      const sources = await withByteCode(built, { base: `/${base}`, python, work: options.work });
      const packed = await packLayer(sources, { base, file: unfinishedEntry(slot) });
      return { layer: packed, native: nativeFiles(built) };
    });
    finishEntry(layer, slot.key, { native });
    const kept = await keepEntry(slot, { meta: { native }, layer });
    return { layer: kept.layer, native: kept.meta.native, hit: false };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function install(
  { repository, directory, project, source, environment, work, progress }: ApplicationContext,
  { python, pip: version, passed, packageSources }: PackageBuilder,
  scratch: string,
  onLine: (line: string) => void,
): Promise<void> {
  const tool = await installTool("pip", version, python, { work, progress, passed });
  const tooled = [join(tool, "bin/python"), "-I", "-m", "pip", "--no-input", "--disable-pip-version-check"] as const;
  const pip = [...tooled, "--python", join(environment.path, "bin/python")] as const;
  // A copy of the commit with its history: build backends ask git for the version, and write beside the sources.
  const copy = join(scratch, "repository");
  const application = join(copy, directory);
  mkdirSync(application, { recursive: true });
  await writeFiles(source.tracked, copy);
  writeSources(source.included, application);
  await makeCommitView(repository, source.commit.id, copy);
  await updateIndex(copy, source.tracked);
  const env = {
    ...(await pipVariables(tooled, passed)),
    // Byte code beside the sources would be left in the copy.
    PYTHONDONTWRITEBYTECODE: "1",
    // Everything that the build sees follows from the key: the time would differ between builds, the whole history
    // between clones.
    SOURCE_DATE_EPOCH: "315532800",
    SKIP_GENERATE_AUTHORS: "1",
    SKIP_WRITE_GIT_CHANGELOG: "1",
    GIT_CEILING_DIRECTORIES: scratch,
    PYTHONHASHSEED: "0",
  };
  const step = {
    what: "the project's package could not be built",
    code: "installer-failed" as const,
    env,
    // Paths in options are relative to it.
    cwd: join(repository, directory),
    onLine,
    redact: redactor(process.env, passed),
    remedy:
      "It is built in a clean copy of the commit with its history and tags; the same can be tried in a fresh clone: pip wheel --no-deps . What builds it comes from the indexes and directories of packages that its environment names. Where the application is no package and runs from its own directory: `package: false` in tarlift.yml.",
  };
  const from = sourceArguments(packageSources(), scratch);
  await run(
    [...pip, "wheel", "--no-deps", ...from, "--wheel-dir", join(scratch, "wheels"), join(application, project)],
    {
      ...step,
      step: "pip wheel",
    },
  );
  const [wheel] = readdirSync(join(scratch, "wheels"));
  const site = join(scratch, "site");
  await run(
    [...pip, "install", "--no-deps", "--no-compile", "--no-index", "--target", site, join(scratch, "wheels", wheel!)],
    { ...step, step: "pip install" },
  );
  removeLocalOrigins(site);
  mkdirSync(join(scratch, "bin"));
  // pip puts scripts there with the shebang of the environment's own python, a path that exists on hosts.
  if (existsSync(join(site, "bin")))
    for (const name of readdirSync(join(site, "bin"))) renameSync(join(site, "bin", name), join(scratch, "bin", name));
  rmSync(join(site, "bin"), { recursive: true, force: true });
}
