// `compatible`: whether the live release of a target works with the schema that a deploy of this commit would create.
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { join, relative } from "node:path";
import { labelOf } from "../artifact/label.ts";
import { type Artifact, openArtifact } from "../artifact/open-artifact.ts";
import { installRelease } from "../compatible/release.ts";
import type { Compatibility } from "../compatible/result.ts";
import { tryMigrations } from "../compatible/try-migrations.ts";
import { loadConfig } from "../config/load.ts";
import type { CompatibleConfig } from "../config/schema.ts";
import { findTarget } from "../config/select.ts";
import { Failure } from "../failure.ts";
import { forEachHost } from "../fleet/for-each-host.ts";
import type { ReleaseOnHost } from "../host/host.ts";
import { inWorktree, resolveCommit } from "../source/worktree.ts";
import { artifactAt, artifactAtHand, makeArtifact, type RunOf } from "./artifact.ts";
import { ownConfig } from "./authoritative-config.ts";
import { type Context, interpreterAt } from "./context.ts";
import { type FleetOptions, withFleet } from "./fleet-request.ts";

export interface CompatibleOptions extends FleetOptions {
  /** The live release, as a commit, tag or branch; left out: the target's hosts are asked. */
  live?: string | undefined;
  /**
   * The artifact of the live release; left out: the artifact store's if the hosts were asked, else it is bundled from
   * its commit.
   */
  liveArtifact?: string | undefined;
  /** Finds the run that has an artifact of a name, if the artifact store keeps artifacts by run. */
  runOf?: RunOf | undefined;
  /** The artifact that would be deployed; left out: it is bundled from the checked-out commit. */
  artifact?: string | undefined;
  /** An interpreter to build and run with; its minor version must be the hosts'. */
  python?: string | undefined;
}

/**
 * Asks the hosts for the live release (nothing changes there), and tests it.
 *
 * @throws Failure when the live release does not work with the new schema; refused if it cannot be tested
 */
export async function compatibleWith(context: Context, given: CompatibleOptions): Promise<Compatibility> {
  const options = { ...given, python: interpreterAt(context, given.python) };
  const { app } = context.config;
  const { target } = options;
  findTarget(context.config, target);
  // All of these commands run on this machine, with secrets of this job: no artifact decides on them.
  const compatible = wantedOf(context.config.migrations?.compatible);
  const secrets = secretsOf(compatible);
  const live = options.live === undefined ? await liveOn(context, options) : await named(context, options.live);
  const incoming = await incomingArtifact(context, options);
  const { config } = context;
  const release = identityOf(incoming);
  const nothing = { app, target, release, migrations: [] };
  if (!live) return { ...nothing, outcome: "nothing-live" };
  if (live.digest === incoming.releaseDigest) return { ...nothing, outcome: "same-release", live: release };
  mkdirSync(context.work, { recursive: true });
  const scratch = mkdtempSync(join(context.work, "compatible-"));
  const { progress, signal } = context;
  try {
    const old = await liveArtifact(context, options, live, join(scratch, "live.tar"));
    const place = (artifact: Artifact, name: string) => {
      const { shared } = ownConfig(artifact.release.configuration) ?? config;
      return installRelease(artifact, {
        directory: join(scratch, name),
        shared: shared.directories,
        python: options.python,
        progress,
      });
    };
    const sides = { live: await place(old, "live"), incoming: await place(incoming, "new") };
    const migrations = await tryMigrations({ config, compatible, ...sides, secrets, progress, signal });
    const outcome = migrations.length > 0 ? "compatible" : "nothing-pending";
    return { ...nothing, outcome, live: identityOf(old), migrations };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

const identityOf = ({ version, release, releaseDigest }: Artifact) => ({
  version,
  commit: release.commit.id,
  digest: releaseDigest,
});

function wantedOf(compatible: CompatibleConfig | undefined): CompatibleConfig {
  if (compatible) return compatible;
  throw new Failure({
    code: "config-invalid",
    what: "tarlift.yml does not say how compatibility is tried",
    remedy:
      "Add `migrations.compatible` with `create`, `check` and `drop` (docs/recipes/compatible-migrations.md of Tarlift's repository).",
    outcome: "refused",
  });
}

/** @throws Failure naming every environment variable that is not set */
function secretsOf({ secrets }: CompatibleConfig): Record<string, string> {
  const missing = Object.values(secrets).filter((from) => !process.env[from]);
  if (missing.length > 0)
    throw new Failure({
      code: "secret-missing",
      what: `\`migrations.compatible.secrets\` needs ${missing.join(", ")} in the environment`,
      remedy: "Set them for this command; in a workflow: `env:` of the step.",
      outcome: "refused",
    });
  return Object.fromEntries(Object.entries(secrets).map(([name, from]) => [name, process.env[from]!]));
}

type Live = Pick<ReleaseOnHost, "version" | "commit" | "digest">;

const named = async ({ repository }: Context, name: string): Promise<Live> => {
  const commit = await resolveCommit(repository, name);
  // A tag is the name that people use.
  const label = commit.startsWith(name) ? undefined : labelOf(name);
  return { version: label ?? commit.slice(0, 12), commit };
};

/** @throws Failure when no host answers, and when they run different releases: each of them would have to be tested */
async function liveOn(context: Context, options: CompatibleOptions): Promise<Live | undefined> {
  return withFleet(context, options, async ({ members }) => {
    const asked = await forEachHost(members, ({ host, layout, services, shared }) =>
      host.facts({ layout, services, shared }),
    );
    const [failed] = asked.failed;
    if (failed) {
      const { host, code, what, where = {}, output, remedy } = failed.error;
      throw new Failure({ code, what: `${host}: ${what}`, where, output, remedy, outcome: "refused" });
    }
    const live = asked.done.flatMap(({ value }) => value.live ?? []);
    const different = new Map(live.map((release) => [release.digest, release]));
    if (different.size > 1)
      throw new Failure({
        code: "releases-differ",
        what: `hosts of ${options.target} run different releases: ${[...different.values()].map(({ id }) => id).join(", ")}`,
        remedy: `Bring them to one first: tarlift converge ${options.target}`,
        outcome: "refused",
      });
    return live[0];
  });
}

async function incomingArtifact(context: Context, { artifact, python }: CompatibleOptions): Promise<Artifact> {
  if (artifact !== undefined) return artifactAt(context, artifact);
  // Another step runs the checks.
  return openArtifact((await makeArtifact(context, { check: false, ...(python ? { python } : {}) })).file);
}

/** @param output the path of the artifact if it must be bundled */
async function liveArtifact(
  context: Context,
  { liveArtifact: file, runOf, python }: CompatibleOptions,
  live: Live,
  output: string,
): Promise<Artifact> {
  if (file !== undefined) {
    const artifact = await artifactAt(context, file);
    if (live.digest === undefined || artifact.releaseDigest === live.digest) return artifact;
    throw new Failure({
      code: "artifact-mismatch",
      what: "this is another release than the one that is live",
      where: { file, holds: artifact.releaseDigest, live: live.digest },
      outcome: "refused",
    });
  }
  // A commit that the user named has no digest: any of the releases made from it may be the live one.
  const kept = await artifactAtHand(context, live, runOf);
  if (kept) return kept;
  if (live.commit === undefined)
    throw new Failure({
      code: "commit-unknown",
      what: `which commit ${live.version} is made of is not known`,
      remedy: "Give its artifact, or name the commit (`--live`).",
      outcome: "refused",
    });
  const commit = await resolveCommit(context.repository, live.commit);
  return inWorktree(context.repository, { commit, work: context.work }, async (repository) => {
    const configFile = join(repository, relative(context.repository, context.configFile));
    // A commit from before Tarlift is bundled with the present configuration.
    if (!existsSync(configFile)) copyFileSync(context.configFile, configFile);
    const there = { ...context, config: loadConfig(configFile), configFile, repository, directory: repository };
    const { version } = live;
    return openArtifact(
      (await makeArtifact(there, { check: false, version, output, ...(python ? { python } : {}) })).file,
    );
  });
}
