// Tests forward compatibility: whether the live release still works with a schema to which the migrations of the next
// release were applied. It has to do so between the migrations and its last restart, and after a rollback.
import { stepVariables } from "../bundle/step-environment.ts";
import type { CompatibleConfig, Config } from "../config/schema.ts";
import { Failure, type FailureParts } from "../failure.ts";
import { during, type Progress } from "../progress.ts";
import { formatEnd } from "../subprocess/command.ts";
import { tryRun } from "../subprocess/run.ts";
import { formatCount } from "../text/quantity.ts";
import type { InstalledRelease } from "./release.ts";

export interface CompatibleOptions {
  /** `migrations` and `step-env` are those of the new release. */
  config: Config;
  compatible: CompatibleConfig;
  live: InstalledRelease;
  incoming: InstalledRelease;
  /** Values of `compatible.secrets`, by the names that the commands see. */
  secrets: Record<string, string>;
  progress: Progress;
  signal?: AbortSignal | undefined;
}

/**
 * Creates the scratch database, applies the new release's migrations to it and runs the check in the live release.
 *
 * @returns the tested migrations; none if nothing is pending, and then nothing was checked
 * @throws Failure when the check fails, with the migrations and its last lines; when it fails without the migrations
 *   too; when the database cannot be created, or the migrations cannot be applied to it
 */
export async function tryMigrations(options: CompatibleOptions): Promise<string[]> {
  // Also when the run was cancelled.
  const end = () => drop({ ...options, signal: undefined });
  await drop(options);
  try {
    const names = await applied(options);
    if (names.length > 0) await check(options).catch((error) => throwIncompatible(options, names, error));
    await end();
    return names;
  } catch (error) {
    await end()?.catch((failure) => options.progress.warning(failure.what));
    throw error;
  }
}

/** The database as the deploy would leave it. */
async function applied(options: CompatibleOptions): Promise<string[]> {
  const { live, incoming } = options;
  const { pending, apply } = options.config.migrations!;
  await create(options);
  const { stdout } = await execute(options, incoming, pending, "list the new migrations");
  const names = stdout.split("\n").map((line) => line.trim());
  const listed = names.filter(Boolean);
  if (listed.length === 0) return listed;
  await execute(options, incoming, apply, `apply ${formatCount(listed.length, "migration")}`, {
    what: `the migrations of ${incoming.version} cannot be applied to the schema of ${live.version}, which is live`,
    remedy: "A deploy would fail in the same way: it applies them to that schema.",
  });
  return listed;
}

/** Finds the cause: a check that fails without the migrations too says nothing about them. */
async function throwIncompatible(
  options: CompatibleOptions,
  names: readonly string[],
  failed: unknown,
): Promise<never> {
  const { live, incoming, signal } = options;
  if (!(failed instanceof Failure) || signal?.aborted) throw failed;
  await drop(options);
  await create(options);
  const before = await check(options, "without them, to see whose fault it is").then(
    () => undefined,
    (error) => error,
  );
  if (before instanceof Failure)
    throw new Failure({
      ...before,
      code: "check-failed",
      what: `the check of compatibility fails in ${live.version}, which is live, without any new migration too`,
      remedy: "It says nothing of them as it is: correct the check, or its variables (`migrations.compatible`).",
    });
  throw new Failure({
    ...failed,
    code: "check-failed",
    what: `${live.version}, which is live, does not work with the schema of ${incoming.version}`,
    where: { ...failed.where, migrations: names.join(", ") },
    remedy:
      "It would serve with that schema until its last process is restarted, and again after a rollback. Deploy in two steps: first a release that does without what is removed or renamed, then the migration.",
  });
}

const create = (options: CompatibleOptions) =>
  options.compatible.create === undefined
    ? undefined
    : execute(options, options.live, options.compatible.create, "make the scratch database", {
        what: "the scratch database could not be made",
      });

const drop = (options: CompatibleOptions) =>
  options.compatible.drop === undefined
    ? undefined
    : execute(options, options.live, options.compatible.drop, "remove the scratch database", {
        what: "the scratch database could not be removed",
        remedy: "`migrations.compatible.drop` must not mind when there is none (`dropdb --if-exists`).",
      });

const check = (options: CompatibleOptions, circumstance = "with them") =>
  execute(options, options.live, options.compatible.check, `check ${options.live.version} ${circumstance}`);

/** Runs one command in a release's directory. @throws Failure when it fails */
async function execute(
  options: CompatibleOptions,
  release: InstalledRelease,
  command: string,
  title: string,
  parts: Partial<FailureParts> = {},
) {
  const limit = options.compatible.timeout ? { timeout: options.compatible.timeout * 1000 } : {};
  return during(options.progress, title, async (task) => {
    const ended = await tryRun(["sh", "-ec", command], {
      cwd: release.directory,
      env: variablesFor(options, release),
      onLine: (line) => task.line(line),
      signal: options.signal,
      ...limit,
    });
    if (ended.code === 0 && !ended.timedOut) return ended;
    throw new Failure({
      code: "command-failed",
      what: `it was not possible to ${title}`,
      ...parts,
      where: { release: release.version, command, ended: formatEnd(ended, limit) },
      output: ended.lastLines,
    });
  });
}

/**
 * The same variables as for asset steps: nothing else of the job's, and no secret of a target, least of all the address
 * of its database.
 */
function variablesFor({ config, compatible, live, incoming, secrets }: CompatibleOptions, release: InstalledRelease) {
  const of = (side: string, { directory, version, commit }: InstalledRelease) => ({
    [`TARLIFT_${side}_DIRECTORY`]: directory,
    [`TARLIFT_${side}_VERSION`]: version,
    [`TARLIFT_${side}_COMMIT`]: commit,
  });
  return {
    ...stepVariables(process.env, {
      bin: release.path,
      env: {},
      variables: { ...config["step-env"], ...release.variables, ...compatible.env, ...secrets },
      passed: [],
    }),
    ...of("LIVE", live),
    ...of("NEW", incoming),
  };
}
