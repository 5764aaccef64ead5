// The node and npm on PATH, which build.
import { existsSync, globSync, readFileSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { Failure } from "../../failure.ts";
import { builtVariables } from "../../subprocess/built-variables.ts";
import { tryRun } from "../../subprocess/run.ts";
import { isNode, wantedNode } from "./node-version.ts";

/** The builder's node is the one on PATH. It is compared with a version file, which is never ignored. */
export function refuseOtherNode(file: string | undefined, source: string, { version }: BuilderNode): void {
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

export interface BuilderNode {
  version: string;
  modules: string;
  npm: string;
}

export const describeNode = ({ version, modules }: BuilderNode): string => `node ${version} modules ${modules}`;

const NODE_PROBE = "JSON.stringify([process.versions.node,process.versions.modules])";

/**
 * The node on PATH builds, and hosts must be able to load its native addons. npm's version is read from its files,
 * without running npm.
 */
export async function builderNode(passed: readonly string[]): Promise<BuilderNode> {
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

/** Headers that were installed with this node: then an addon is compiled without headers from the network. */
export function nodeHeaders(): Record<string, string> {
  const found = (process.env.PATH ?? "").split(delimiter).find((directory) => existsSync(join(directory, "node")));
  const prefix = found && dirname(dirname(realpathSync(join(found, "node"))));
  return prefix && existsSync(join(prefix, "include/node/node.h")) ? { npm_config_nodedir: prefix } : {};
}
