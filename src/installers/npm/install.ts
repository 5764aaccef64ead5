// Runs `npm ci` in a staging directory beside the checkout (https://docs.npmjs.com/cli/commands/npm-ci), and reads what it
// has installed.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { walk } from "../../artifact/pack.ts";
import { withoutCredentials } from "../../cache-key/key.ts";
import { Failure } from "../../failure.ts";
import { nativeFiles, nativeRequirements } from "../../host-requirements/requirements.ts";
import { type CommandResult, formatEnd } from "../../subprocess/command.ts";
import { tryRun } from "../../subprocess/run.ts";
import { scratchDirectory } from "../../subprocess/scratch.ts";
import { gitRemedy } from "../git-remedy.ts";
import type { BuildContext, Installed } from "../installer.ts";
import { redactor } from "../passed-variables.ts";
import { type BuilderNode, builderNode, describeNode, nodeHeaders } from "./builder-node.ts";
import { layCommandFiles } from "./commands.ts";
import type { NpmConfig } from "./index.ts";
import type { InputFiles } from "./input-files.ts";
import { type NpmLock, refuseNothing } from "./lock-file.ts";
import type { NpmProject } from "./project.ts";
import { npmVariables } from "./settings.ts";
import { linksOut } from "./workspace-links.ts";

/** What an install needs. */
export interface NpmInstall {
  config: NpmConfig;
  context: BuildContext;
  project: NpmProject;
  inputs: InputFiles;
  /** Files behind the commands of workspaces. */
  commands: readonly string[];
  /** Options of npm. */
  options: readonly string[];
  /** Types of dependencies that npm omits. */
  omit: ReadonlySet<string>;
  node: BuilderNode;
}

/** @param staging an empty directory in the role of the application, absolute */
export async function installNpm(install: NpmInstall, staging: string): Promise<Installed> {
  const { config, context, project, inputs, commands, omit, node } = install;
  const { directory, workspaces } = project;
  const { files, local } = inputs;
  for (const path of [...files, ...local.files]) copyInto(context.source, staging, path);
  const without = workspaces.filter((workspace) => !holdsMore(files, join(directory, workspace)));
  for (const own of ["", ...without]) stripOwnScripts(join(staging, directory, own, "package.json"));
  layCommandFiles(commands, join(staging, directory));
  await runNpm(install, join(staging, directory));
  const collected = collect(staging, project, node);
  refuseNothing(project, omit, collected.resolved);
  return { ...collected, madeWith: describeNode(await builderNode(config["pass-env"] ?? [])) };
}

function copyInto(source: string, staging: string, path: string): void {
  const from = join(source, path);
  if (statSync(from).isDirectory()) {
    for (const file of walk(from, { skip: (name) => /(^|\/)node_modules$/.test(name) }))
      if (file.type === "file") copyInto(source, staging, join(path, file.path));
    return;
  }
  mkdirSync(dirname(join(staging, path)), { recursive: true });
  copyFileSync(from, join(staging, path));
}

/** Whether `inputs:` names files of a workspace: then its scripts have files to read. */
const holdsMore = (files: readonly string[], workspace: string) =>
  files.some((path) => path.startsWith(`${workspace}/`) && !path.endsWith("/package.json"));

/**
 * Scripts of the root and of workspaces (postinstall, prepare) refer to sources that are missing here: they belong in a
 * build step.
 */
function stripOwnScripts(file: string): void {
  const manifest = parseJson<{ scripts?: Record<string, string> }>(file, "package.json");
  for (const name of ["preinstall", "install", "postinstall", "prepublish", "preprepare", "prepare", "postprepare"])
    delete manifest.scripts?.[name];
  writeFileSync(file, JSON.stringify(manifest, null, 2));
}

function parseJson<T>(path: string, name: string): T {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new Failure({
      code: "lock-invalid",
      what: `${name} is no JSON`,
      where: { path },
      output: error instanceof Error ? withoutCredentials(error.message) : undefined,
      remedy: "Repair it (it may contain conflict markers of a merge).",
      outcome: "refused",
    });
  }
}

async function runNpm({ config, context, project, options }: NpmInstall, directory: string): Promise<void> {
  const version = config["installer-version"];
  const npmCommand: [string, ...string[]] = version
    ? ["npm", "exec", "--yes", `--package=npm@${version}`, "--", "npm"]
    : ["npm"];
  const passed = config["pass-env"] ?? [];
  const redacted = redactor(process.env, passed);
  const task = context.progress.task("npm ci");
  const scratch = scratchDirectory(context.work);
  const result = await npmVariables(passed, join(scratch, "npmrc"))
    .then((variables) =>
      tryRun([...npmCommand, "ci", "--no-audit", "--no-fund", "--no-update-notifier", ...options], {
        cwd: directory,
        env: { ...nodeHeaders(), ...variables },
        onLine: (line) => task.line(redacted(line)),
        signal: context.signal,
      }),
    )
    .finally(() => rmSync(scratch, { recursive: true, force: true }));
  if (result.code === 0) {
    task.end();
    return;
  }
  task.fail();
  const output = redacted(withoutUsage(result));
  throw new Failure({
    code: "installer-failed",
    what: "npm could not install the dependencies",
    where: {
      step: "npm ci",
      directory: config.directory,
      ended: formatEnd(result),
    },
    output,
    remedy: gitRemedy(output) ?? npmRemedy(output, project.lockFile),
  });
}

/** The remedy for the usual causes, by npm's messages. */
function npmRemedy(output: string, lockFile: string): string {
  if (/in sync/.test(output)) return `package.json and ${lockFile} differ: run \`npm install\` and commit both.`;
  if (/\bE40[13]\b|ENEEDAUTH/.test(output))
    return (
      "The registry wants credentials: let .npmrc take them from a variable (`//HOST/:_authToken=$" +
      "{NPM_TOKEN}`), set it (a secret of the workflow), and name it in `pass-env:` of this environment."
    );
  return "An install script that reads files of the repository needs them named: `inputs: [patches/**]`. The same command can be tried in a terminal: npm ci.";
}

/** npm prints all of its options below some errors, which would fill the last lines. */
function withoutUsage({ stderr, lastLines }: CommandResult): string {
  const lines = stderr.trimEnd().split("\n");
  const usage = lines.findIndex((line) => /^npm (error|ERR!) (Clean install a project|Usage:)/.test(line));
  return usage > 0 ? lines.slice(0, usage).slice(-40).join("\n") : lastLines;
}

function collect(staging: string, { directory, lock }: NpmProject, node: BuilderNode): Omit<Installed, "madeWith"> {
  const mounts = findMounts(staging, "");
  const workspaceLinks = linksOut(staging, mounts);
  for (const directory of mounts) {
    rmSync(join(staging, directory, ".cache"), { recursive: true, force: true });
    rmSync(join(staging, directory, ".package-lock.json"), { force: true });
  }
  const sources = mounts.flatMap((directory) => walk(join(staging, directory), { prefix: directory }));
  const native = nativeFiles(sources);
  const addons = native.some(({ path }) => path.endsWith(".node"));
  return {
    mounts,
    workspaceLinks,
    resolved: resolvedPackages(join(staging, directory), lock),
    requirements: {
      ...nativeRequirements(native, sources),
      node: { version: node.version, ...(addons ? { modules: node.modules } : {}) },
    },
  };
}

/** All outermost node_modules directories below the application. */
function findMounts(root: string, path: string): string[] {
  return readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => {
      const here = path === "" ? entry.name : `${path}/${entry.name}`;
      return entry.name === "node_modules" ? [here] : findMounts(root, here);
    })
    .sort();
}

/** The packages of a lock that are installed. @param directory the lock's, absolute */
function resolvedPackages(directory: string, lock: NpmLock): Installed["resolved"] {
  return Object.entries(lock)
    .filter(
      ([path, { version }]) =>
        version !== undefined && existsSync(join(directory, path, "package.json")) && path.includes("node_modules/"),
    )
    .map(([path, { version }]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version: version!,
    }))
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
}
