// `tarlift deploy`: an artifact on every host of a target, as one transaction.
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { bundle } from "../bundle/bundle.ts";
import { type Artifact, openArtifact } from "../bundle/read.ts";
import { type Config, configSchema } from "../config/schema.ts";
import { findTarget } from "../config/select.ts";
import { Failure } from "../failure.ts";
import { deploy } from "../fleet/deploy.ts";
import { OUTCOME_EXIT, type Report } from "../fleet/types.ts";
import { transactionLines } from "../report/transaction.ts";
import { type Context, context } from "./context.ts";
import { type FleetOptions, fleetOptions, fleetRequest, isAncestor, leaveHosts, stopSignal } from "./fleet.ts";

interface Options extends FleetOptions {
  artifact?: string;
  version?: string;
  dryRun?: boolean;
  allowOlder?: boolean;
}

export function register(program: Command): void {
  fleetOptions(program.command("deploy"))
    .description("put an artifact on every host of a target: all hosts new, or all as they were")
    .argument("<target>", "a target of tarlift.yml")
    .option("--artifact <file>", "the artifact (default: one is bundled from the commit that is checked out)")
    .option("--version <label>", "a label for the release (default: the artifact's)")
    .option("--dry-run", "look at every host, print the plan, change nothing")
    .option("--allow-older", "deploy a commit that the live one descends from")
    .option("--wait-for-lock <seconds>", "how long to wait for another deploy to end")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      deployTarget(target, command.optsWithGlobals()),
    );
}

async function deployTarget(targetName: string, options: Options): Promise<void> {
  const here = await context(options);
  const target = findTarget(here.config, targetName);
  const signal = stopSignal();
  const artifact = await artifactFor(here, options, signal);
  const config = servicesOf(artifact, here.config);
  const { migrations } = config;
  try {
    const report = await deploy({
      ...fleetRequest({
        config,
        targetName,
        options,
        repository: here.repository,
        progress: here.progress,
        signal,
        needsSecrets: true,
      }),
      artifact,
      version: options.version ?? artifact.version,
      migrations: migrations && { ...migrations, policy: target.migrations ?? migrations.policy },
      allowOlder: options.allowOlder ?? target["allow-older"],
      dryRun: options.dryRun ?? false,
      isAncestor: (ancestor, descendant) => isAncestor(here.repository, ancestor, descendant),
    });
    printReport(report, options);
  } finally {
    await leaveHosts();
  }
}

/** Prints what came of a transaction, and takes the exit code from it. */
export function printReport(report: Report, options: { json?: boolean }): void {
  process.stdout.write(`${options.json ? JSON.stringify(report, null, 2) : transactionLines(report).join("\n")}\n`);
  process.exitCode = OUTCOME_EXIT[report.outcome];
}

async function artifactFor(
  { config, configFile, repository, work, layers, progress }: Context,
  options: Options,
  signal: AbortSignal,
): Promise<Artifact> {
  if (options.artifact === undefined) {
    const made = await bundle({
      config,
      configFile,
      repository,
      work,
      store: layers,
      progress,
      signal,
      ...(options.version ? { version: options.version } : {}),
    });
    return openArtifact(made.file);
  }
  const file = resolve(options.directory ?? ".", options.artifact);
  if (!existsSync(file))
    throw new Failure({
      what: "there is no such artifact",
      where: { file },
      remedy: "Make one with `tarlift bundle`.",
      outcome: "refused",
    });
  const artifact = await openArtifact(file);
  if (artifact.release.app === config.app) return artifact;
  throw new Failure({
    what: `this is an artifact of ${artifact.release.app}, and tarlift.yml is that of ${config.app}`,
    where: { file },
    remedy: "Give the artifact of this application.",
    outcome: "refused",
  });
}

/** Services, migrations, hooks and shared paths are those of the artifact's own commit; where it goes to is said here and now. */
function servicesOf(artifact: Artifact, config: Config): Config {
  const own = configSchema.safeParse(artifact.release.configuration);
  return own.success ? { ...own.data, targets: config.targets } : config;
}
