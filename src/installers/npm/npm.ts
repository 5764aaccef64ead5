// npm: package-lock.json into node_modules trees, installed in a staging directory beside the checkout
// (https://docs.npmjs.com/cli/commands/npm-ci).
import { hash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  globSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { walk } from "../../artifact/pack.ts";
import { contentHash } from "../../cache-key/content-hash.ts";
import type { KeyPart } from "../../cache-key/key.ts";
import { withoutCredentials } from "../../cache-key/key.ts";
import { Failure } from "../../failure.ts";
import { nativeFiles, nativeRequirements } from "../../host-requirements/requirements.ts";
import type { Reads } from "../../source/committed.ts";
import { globMatcher } from "../../source/glob.ts";
import { builtVariables } from "../../subprocess/built-variables.ts";
import { type CommandResult, formatEnd } from "../../subprocess/command.ts";
import { tryRun } from "../../subprocess/run.ts";
import { scratchDirectory } from "../../subprocess/scratch.ts";
import { gitRemedy } from "../git-remedy.ts";
import type { BuildContext, InstallPlan } from "../installer.ts";
import { localParts, localReads, trackedFiles } from "../local-packages.ts";
import { namedFiles, optionParts, passedParts, redactor, refuseUnseen } from "../passed-variables.ts";
import { lockedByOther } from "../unsupported.ts";
import { commandFiles, layCommandFiles, modeWarnings } from "./commands.ts";
import type { NpmConfig } from "./index.ts";
import {
  type NpmLock,
  omitted,
  parseNpmLock,
  refuseLinksOut,
  refuseNothing,
  refuseOtherPlatforms,
} from "./lock-file.ts";
import { isNode, wantedNode } from "./node-version.ts";
import { npmVariables } from "./settings.ts";
import { linksOut } from "./workspace-links.ts";

/** See `Installer.inspect`. */
export async function inspect(config: NpmConfig, context: BuildContext): Promise<InstallPlan> {
  const directory = config.directory && config.directory !== "." ? config.directory : "";
  const lockFile = lockFileIn(join(context.source, directory));
  const lock = readLock(join(context.source, directory, lockFile), directory, context);
  refuseLinksOut(lock, directory);
  const { files, local } = await skeleton(config, context, directory, lockFile, lock);
  const workspaces = workspacesOf(lock);
  const commands = commandFiles(lock, workspaces);
  const passed = config["pass-env"] ?? [];
  const settings = files.filter((path) => path.endsWith(".npmrc"));
  const text = (path: string) => readFileSync(join(context.source, path), "utf8");
  refuseUnseen(
    settings.map((name) => ({ name, text: text(name) })),
    process.env,
    passed,
  );
  const node = await builderNode(passed);
  refuseOtherNode(config["version-file"], context.source, node);
  const options = [...(config.use === "runtime" ? ["--omit=dev"] : []), ...(config.options ?? [])];
  const ownSettings = join(directory, ".npmrc");
  const omit = omitted(options, settings.includes(ownSettings) ? text(ownSettings) : "");
  refuseOtherPlatforms(lock, lockFile, omit);
  return {
    reads: {
      whole: [
        ...files.map((path) => join(context.source, path)),
        ...namedFiles({ options, env: process.env, passed }, join(context.source, directory)),
        ...local.reads.whole,
      ],
      tracked: local.reads.tracked,
    },
    parts: [
      ...files.map((path) => ({ name: `file ${path}`, value: keyedContent(join(context.source, path)) })),
      ...local.parts,
      ...(commands.length > 0 ? [{ name: "commands of workspaces", value: JSON.stringify(commands) }] : []),
      // A job that only restores needs no npm. The version of npm does not change the tree that a lock gives; that of
      // node does.
      { name: "installer", value: `npm ${config["installer-version"] ?? "of the builder"}` },
      { name: "node", value: describeNode(node) },
      ...optionParts(options, join(context.source, directory)),
      ...passedParts(process.env, passed, join(context.source, directory)),
    ],
    warnings: await modeWarnings(commands, join(context.source, directory)),
    tool: { name: "npm", version: config["installer-version"] ?? node.npm },
    madeWith: describeNode(node),
    async install(staging) {
      for (const path of [...files, ...local.files]) copyInto(context.source, staging, path);
      const without = workspaces.filter((workspace) => !holdsMore(files, join(directory, workspace)));
      for (const own of ["", ...without]) stripOwnScripts(join(staging, directory, own, "package.json"));
      layCommandFiles(commands, join(staging, directory));
      await runNpm(config, { options, lockFile }, join(staging, directory), context);
      const collected = collect(staging, directory, lock, node);
      refuseNothing({ lock, lockFile }, omit, collected.resolved);
      return { ...collected, madeWith: describeNode(await builderNode(passed)) };
    },
  };
}

/** The builder's node is the one on PATH. It is compared with a version file, which is never ignored. */
function refuseOtherNode(file: string | undefined, source: string, { version }: BuilderNode): void {
  if (file === undefined) return;
  const path = join(source, file);
  const wanted = existsSync(path) ? wantedNode(readFileSync(path, "utf8")) : undefined;
  if (wanted === undefined) {
    throw new Failure({
      code: "interpreter-missing",
      what: existsSync(path) ? `${file} names no version of Node` : `there is no ${file}, which \`version-file\` names`,
      where: { file: path },
      remedy:
        "Write a line such as 24 into it, or leave `version-file` out. Its path is relative to the application's directory (`source`).",
      outcome: "refused",
    });
  }
  if (isNode(version, wanted)) return;
  throw new Failure({
    code: "interpreter-mismatch",
    what: `${file} asks for Node ${wanted}, and the node on PATH is ${version}`,
    remedy: `Put Node ${wanted} first on PATH. On GitHub Actions put this before it:\n- uses: actions/setup-node@v6\n  with: { node-version-file: ${file} }`,
    outcome: "refused",
  });
}

interface BuilderNode {
  version: string;
  modules: string;
  npm: string;
}

const describeNode = ({ version, modules }: BuilderNode) => `node ${version} modules ${modules}`;

const NODE_PROBE = "JSON.stringify([process.versions.node,process.versions.modules])";

/**
 * The node on PATH builds, and hosts must be able to load its native addons. npm's version is read from its files,
 * without running npm.
 */
async function builderNode(passed: readonly string[]): Promise<BuilderNode> {
  const env = builtVariables(process.env, passed);
  const result = await tryRun(["node", "-p", NODE_PROBE], { env }).catch(() => undefined);
  if (result?.code !== 0) {
    throw new Failure({
      code: "interpreter-missing",
      what: "there is no node on this machine to build with",
      output: result?.lastLines,
      remedy: "On GitHub Actions put `- uses: actions/setup-node@v6` before it.",
      outcome: "refused",
    });
  }
  const [version, modules] = JSON.parse(result.stdout);
  return { version, modules, npm: npmVersion() };
}

function npmVersion(): string {
  for (const directory of (process.env.PATH ?? "").split(":")) {
    const found = join(directory, "npm");
    if (!existsSync(found)) continue;
    const [file] = globSync(
      ["../lib/node_modules/npm/package.json", "../share/nodejs/npm/package.json", "../share/npm/package.json"],
      { cwd: directory },
    ).map((path) => join(directory, path));
    if (file) return JSON.parse(readFileSync(file, "utf8")).version;
  }
  return "of the builder";
}

/** npm prefers a shrinkwrap (https://docs.npmjs.com/cli/commands/npm-shrinkwrap). */
const lockFileIn = (directory: string) =>
  existsSync(join(directory, "npm-shrinkwrap.json")) ? "npm-shrinkwrap.json" : "package-lock.json";

/** The names in a directory and in its parents, up to the repository's root: the lock of a workspace is at the top. */
function namesAbove(directory: string, repository: string): string[] {
  const own = existsSync(directory) ? readdirSync(directory) : [];
  return directory === repository || directory === dirname(directory)
    ? own
    : [...own, ...namesAbove(dirname(directory), repository)];
}

function readLock(path: string, directory: string, context: BuildContext): NpmLock {
  const name = join(directory, basename(path));
  if (existsSync(join(context.source, directory, ".pnp.cjs"))) {
    throw new Failure({
      code: "installer-unsupported",
      what: "Yarn's Plug'n'Play has no node_modules that could be shipped",
      remedy: "Use `nodeLinker: node-modules`, or npm.",
      outcome: "refused",
    });
  }
  if (!existsSync(path)) {
    throw new Failure({
      code: "lock-missing",
      what: `there is no ${name}`,
      where: { path },
      remedy:
        lockedByOther(namesAbove(dirname(path), context.repository), "node") ??
        "Run `npm install` once and commit package-lock.json.",
      outcome: "refused",
    });
  }
  return parseNpmLock(readFileSync(path, "utf8"), name);
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
      remedy: "Mend it (a merge may have left its marks).",
      outcome: "refused",
    });
  }
}

interface Skeleton {
  /** All files of the repository that the install reads, relative to the application, sorted. */
  files: string[];
  /** The files of local packages that npm copies (`install-links`), and their part of the key. */
  local: { files: string[]; parts: KeyPart[]; reads: Reads };
}

async function skeleton(
  config: NpmConfig,
  { source, repository }: BuildContext,
  directory: string,
  lockFile: string,
  lock: NpmLock,
): Promise<Skeleton> {
  const always = ["package.json", lockFile, ...workspacesOf(lock).map((workspace) => join(workspace, "package.json"))];
  const optional = [".npmrc"].filter((path) => existsSync(join(source, directory, path)));
  const copied = Object.values(lock).flatMap(({ resolved, link }) =>
    !link && resolved?.startsWith("file:") ? [join(directory, resolved.slice("file:".length))] : [],
  );
  const outside = copied.find((path) => relative(repository, join(source, path)).startsWith(".."));
  if (outside !== undefined) {
    throw new Failure({
      code: "lock-invalid",
      what: `${lockFile} names ${outside}, which is outside of the repository`,
      remedy: "Put the package into the repository, or install it from a registry.",
      outcome: "refused",
    });
  }
  const directories = copied.filter((path) => statSync(join(source, path), { throwIfNoEntry: false })?.isDirectory());
  const tarballs = copied.filter((path) => !directories.includes(path));
  const inputs = config.inputs ?? [];
  const known = inputs.length === 0 ? [] : await trackedFiles(source);
  const declared = inputs.flatMap((pattern) => {
    const matches = globMatcher([pattern]);
    const isFile = (path: string) => lstatSync(join(source, path), { throwIfNoEntry: false })?.isFile() ?? false;
    const found = known.filter((path) => matches(path) && isFile(path));
    // A file that an earlier step made has to be named exactly: a pattern would also match leftovers.
    if (found.length === 0 && isFile(pattern)) return [pattern];
    if (found.length === 0)
      throw new Failure({
        code: "file-missing",
        what: `git tracks no file that is ${pattern}, which inputs: names`,
        remedy:
          "Commit the file, or correct the pattern in tarlift.yml, or remove it. A file that an earlier step makes is named by its path, without a wildcard.",
        outcome: "refused",
      });
    return found;
  });
  const own = [...[...always, ...optional].map((path) => join(directory, path)), ...tarballs];
  for (const path of own) {
    if (!existsSync(join(source, path)))
      throw new Failure({
        code: "file-missing",
        what: `there is no ${path}, which ${lockFile} refers to`,
        remedy: "Commit it, or run `npm install` to mend the lock.",
        outcome: "refused",
      });
  }
  const absolute = directories.map((path) => join(source, path));
  const local = await Promise.all(
    directories.map(async (path) => (await trackedFiles(join(source, path))).map((file) => join(path, file))),
  );
  return {
    files: [...new Set([...own, ...declared])].sort(),
    local: {
      files: local.flat(),
      parts: await localParts(absolute, { source, repository }),
      reads: await localReads(absolute, repository),
    },
  };
}

/** The directories that a lock links to, relative to it. */
const workspacesOf = (lock: NpmLock): string[] =>
  Object.values(lock).flatMap(({ link, resolved }) => (link && resolved ? [resolved] : []));

/** Tokens of an .npmrc are not part of a key; everything else in the files is. */
function keyedContent(path: string): string {
  if (statSync(path).isDirectory() || !path.endsWith(".npmrc")) return contentHash(path);
  const lines = readFileSync(path, "utf8")
    .split(/\r?\n/)
    .filter(
      (line) => line.trim() !== "" && !/^\s*[#;]/.test(line) && !/(_auth|_authToken|_password|username)\b/i.test(line),
    );
  const text = lines.join("\n");
  return hash("sha256", withoutCredentials(text), "hex");
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

async function runNpm(
  config: NpmConfig,
  { options, lockFile }: { options: string[]; lockFile: string },
  directory: string,
  context: BuildContext,
): Promise<void> {
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
    remedy: gitRemedy(output) ?? npmRemedy(output, lockFile),
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

/** Headers that were installed with this node: then an addon is compiled without headers from the network. */
function nodeHeaders(): Record<string, string> {
  const found = (process.env.PATH ?? "").split(delimiter).find((directory) => existsSync(join(directory, "node")));
  const prefix = found && dirname(dirname(realpathSync(join(found, "node"))));
  return prefix && existsSync(join(prefix, "include/node/node.h")) ? { npm_config_nodedir: prefix } : {};
}

/** npm prints all of its options below some errors, which would fill the last lines. */
function withoutUsage({ stderr, lastLines }: CommandResult): string {
  const lines = stderr.trimEnd().split("\n");
  const usage = lines.findIndex((line) => /^npm (error|ERR!) (Clean install a project|Usage:)/.test(line));
  return usage > 0 ? lines.slice(0, usage).slice(-40).join("\n") : lastLines;
}

function collect(staging: string, directory: string, lock: NpmLock, node: BuilderNode) {
  const mounts = findMounts(staging, "");
  const workspaceLinks = linksOut(staging, mounts);
  for (const directory of mounts) {
    rmSync(join(staging, directory, ".cache"), { recursive: true, force: true });
    rmSync(join(staging, directory, ".package-lock.json"), { force: true });
  }
  const sources = mounts.flatMap((directory) => walk(join(staging, directory), { prefix: directory }));
  const native = nativeFiles(sources);
  const addons = native.some(({ path }) => path.endsWith(".node"));
  const resolved = Object.entries(lock)
    .filter(
      ([path, { version }]) =>
        version !== undefined &&
        existsSync(join(staging, directory, path, "package.json")) &&
        path.includes("node_modules/"),
    )
    .map(([path, { version }]) => ({
      name: path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length),
      version: version!,
    }))
    .sort((a, b) => (`${a.name} ${a.version}` < `${b.name} ${b.version}` ? -1 : 1));
  return {
    mounts,
    workspaceLinks,
    resolved,
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
