// npm: package-lock.json into node_modules trees.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { KeyPart } from "../../cache-key/key.ts";
import type { Reads } from "../../source/committed.ts";
import type { BuildContext, InstallPlan } from "../installer.ts";
import { namedFiles, optionParts, passedParts, refuseUnseen } from "../passed-variables.ts";
import { builderNode, describeNode, refuseOtherNode } from "./builder-node.ts";
import { commandFiles, modeWarnings } from "./commands.ts";
import type { NpmConfig } from "./index.ts";
import { inputFiles, keyedContent } from "./input-files.ts";
import { installNpm, type NpmInstall } from "./install.ts";
import { omitted, refuseOtherPlatforms } from "./lock-file.ts";
import { readProject } from "./project.ts";

/** See `Installer.inspect`. */
export async function inspect(config: NpmConfig, context: BuildContext): Promise<InstallPlan> {
  const project = readProject(config, context);
  const { directory, lock, lockFile, workspaces } = project;
  const inputs = await inputFiles(config, context, project);
  const passed = config["pass-env"] ?? [];
  const settings = new Map(
    inputs.files
      .filter((path) => path.endsWith(".npmrc"))
      .map((path) => [path, readFileSync(join(context.source, path), "utf8")]),
  );
  refuseUnseen(
    [...settings].map(([name, text]) => ({ name, text })),
    process.env,
    passed,
  );
  const node = await builderNode(passed);
  refuseOtherNode(config["version-file"], context.source, node);
  const options = [...(config.use === "runtime" ? ["--omit=dev"] : []), ...(config.options ?? [])];
  const omit = omitted(options, settings.get(join(directory, ".npmrc")) ?? "");
  refuseOtherPlatforms(lock, lockFile, omit);
  const commands = commandFiles(lock, workspaces);
  const install: NpmInstall = { config, context, project, inputs, commands, options, omit, node };
  return {
    reads: readsOf(install),
    parts: keyParts(install),
    warnings: await modeWarnings(commands, join(context.source, directory)),
    tool: { name: "npm", version: config["installer-version"] ?? node.npm },
    madeWith: describeNode(node),
    install: (staging) => installNpm(install, staging),
  };
}

function readsOf({ config, context, project, inputs, options }: NpmInstall): Reads {
  const passed = config["pass-env"] ?? [];
  const directory = join(context.source, project.directory);
  return {
    whole: [
      ...inputs.files.map((path) => join(context.source, path)),
      ...namedFiles({ options, env: process.env, passed }, directory),
      ...inputs.local.reads.whole,
    ],
    tracked: inputs.local.reads.tracked,
  };
}

function keyParts({ config, context, project, inputs, commands, options, node }: NpmInstall): KeyPart[] {
  const directory = join(context.source, project.directory);
  return [
    ...inputs.files.map((path) => ({ name: `file ${path}`, value: keyedContent(join(context.source, path)) })),
    ...inputs.local.parts,
    ...(commands.length > 0 ? [{ name: "commands of workspaces", value: JSON.stringify(commands) }] : []),
    // A job that only restores needs no npm. The version of npm does not change the tree that a lock gives; that of
    // node does.
    { name: "installer", value: `npm ${config["installer-version"] ?? "of the builder"}` },
    { name: "node", value: describeNode(node) },
    ...optionParts(options, directory),
    ...passedParts(process.env, config["pass-env"] ?? [], directory),
  ];
}
