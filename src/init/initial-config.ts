// `tarlift init` without its effects: from the files of a repository to the text of a first tarlift.yml.

import { posix } from "node:path";
import { ConfigFailure, type Problem, parseConfig } from "../config/load.ts";
import { type Detector, installerOf } from "../installers/registry.ts";
import { SUPERVISORS } from "../supervisors/registry.ts";
import type { ActionSource } from "./action-source.ts";
import { applicationsBelow } from "./below.ts";
import { detectNode } from "./node.ts";
import { emptyProject, type Project, type Tree } from "./project.ts";
import { detectPython } from "./python.ts";
import { render } from "./render.ts";
import { type InitialWorkflow, initialWorkflows } from "./workflows.ts";

export type { Above, Tree } from "./project.ts";

export interface InitialConfig {
  text: string;
  /** The recognised kinds of application, for people: `Django`, `a Node front end`. */
  kinds: string[];
  /** Paths relative to the application that git must ignore: environments and outputs of asset steps. */
  ignored: string[];
  /** Workflows for GitHub: builds of the default branch, deploys of tags. */
  workflows: InitialWorkflow[];
}

/**
 * @param tree the application's files
 * @param options.directory name of the application's directory, for projects without a name
 * @param options.detectors of installers
 * @param options.source the application's directory in the repository, if it is not the repository itself
 * @param options.branch the repository's default branch
 * @param options.schema the schema for editors, relative to the file, if the repository has one
 * @param options.config the file, relative to the repository, if it is not the tarlift.yml at its root
 * @param options.action the repository whose actions the workflows use
 */
export function initialConfig(
  tree: Tree,
  options: {
    directory: string;
    detectors: readonly Detector[];
    source?: string | undefined;
    branch?: string | undefined;
    schema?: string | undefined;
    config?: string | undefined;
    action?: ActionSource | undefined;
  },
): InitialConfig {
  const project = detect(tree, options.detectors, options.source);
  askOccupied(tree, project);
  const app = appName(project.name) ?? appName(options.directory) ?? "app";
  const text = consistent(project, () => render(project, { app, source: options.source, schema: options.schema }));
  return {
    text,
    kinds: project.kinds,
    ignored: ignoredPaths(project),
    workflows: initialWorkflows({
      action: options.action,
      branch: options.branch ?? "main",
      config: options.config,
      ...interpreters(project, options.source),
      secrets: project.demanded,
    }),
  };
}

/** Maximum length of a list in a question. */
const SHOWN = 8;
/** Files that keep a directory in git, and do not show its purpose. */
const PLACEHOLDER = /(^|\/)\.(git[^/]*|keep|empty|placeholder)$/;

/** Asks about directories that only a placeholder keeps in git: the application or a tool writes to them. */
function askKept(tree: Tree, project: Project): void {
  const directories = tree.paths
    .filter((path) => PLACEHOLDER.test(path) && path.includes("/"))
    .map((path) => path.slice(0, path.lastIndexOf("/")))
    .filter((directory) => !/(^|[/.])(migrations|versions|node_modules|\.[^/]*)(\/|$)/.test(directory))
    .filter((directory) => tree.paths.every((path) => !path.startsWith(`${directory}/`) || PLACEHOLDER.test(path)));
  const known = [...project.shared, ...project.steps.flatMap(({ outputs }) => outputs)];
  const open = directories.filter((one) => !known.some((other) => `${one}/`.startsWith(`${other}/`)));
  if (open.length === 0) return;
  project.questions.push({
    section: "shared",
    text: `nothing but a placeholder is in ${[...new Set(open)].slice(0, SHOWN).join(", ")}. Does the application keep its files there (uploads, say)? Then: shared: { directories: […] }. Files in a release are lost with it.`,
  });
}

/**
 * Asks about files of the repository below a shared path or an output: a shared path hides them, and an output of a
 * step is no source.
 */
function askOccupied(tree: Tree, project: Project): void {
  const occupied = (path: string) =>
    tree.paths.find((file) => (file === path || file.startsWith(`${path}/`)) && !PLACEHOLDER.test(file));
  for (const path of project.shared.filter((shared) => occupied(shared) !== undefined)) {
    project.shared.splice(project.shared.indexOf(path), 1);
    project.questions.push({
      section: "shared",
      text: `the application writes to ${path}, and the repository has ${occupied(path)}. Which directory outlives a release? A shared one hides what ships below it: files of the repository need another place.`,
    });
  }
  for (const step of project.steps) {
    const [path] = step.outputs.filter((output) => occupied(output) !== undefined);
    if (path === undefined) continue;
    step.outputs = [];
    step.notes = [
      `${step.name}: it writes to ${path}, and the repository has ${occupied(path)}. Sources need another place; built files are removed from git (git rm --cached) and ignored.`,
    ];
  }
}

/**
 * Turns correct findings that tarlift.yml cannot combine for one path (two steps make it; it is built and shared) into
 * questions.
 *
 * @returns the text without what became a question in `project`
 */
function consistent(project: Project, write: () => string): string {
  for (;;) {
    const text = write();
    if (!problemsOf(text).some((problem) => ask(project, problem))) return text;
  }
}

function problemsOf(text: string): readonly Problem[] {
  try {
    parseConfig(text);
  } catch (error) {
    if (error instanceof ConfigFailure) return error.problems;
    throw error;
  }
  return [];
}

/** @returns whether the problem was about detected paths, and is now a question */
function ask(project: Project, { path, message }: Problem): boolean {
  const [, step] = /^assets\[(\d+)\]\.outputs/.exec(path) ?? [];
  const written = project.steps.filter(({ outputs }) => outputs.length > 0)[Number(step)];
  if (step !== undefined && written) {
    written.outputs = [];
    written.notes = [`${written.name}: ${message}. Into which directory of its own does it write?`];
    return true;
  }
  const [, shared] = /^shared\.directories\[(\d+)\]/.exec(path) ?? [];
  if (shared === undefined) return false;
  project.shared.splice(Number(shared), 1);
  project.questions.push({ section: "shared", text: `${message}. Which directory outlives a release?` });
  return true;
}

function interpreters(project: Project, source = "."): { python?: string; nodeVersionFile?: string } {
  const { python, nodeVersionFile: file } = project;
  return {
    ...(python === undefined ? {} : { python }),
    ...(file === undefined ? {} : { nodeVersionFile: posix.join(source, file) }),
  };
}

function detect(tree: Tree, detectors: readonly Detector[], source: string | undefined): Project {
  const project = emptyProject();
  detectPython(tree, project, detectors, source);
  detectNode(tree, project, detectors);
  applicationsBelow(tree, project, source);
  for (const [, name, command] of (tree.read("Procfile") ?? "").matchAll(/^([A-Za-z0-9_-]+):[ \t]*(\S.*)/gm)) {
    project.processes[name as string] = command!.trimEnd();
  }
  project.units = SUPERVISORS.flatMap((supervisor) =>
    supervisor.detect(tree).map((found) => ({ ...found, key: supervisor.key })),
  ).sort((one, other) => tree.paths.indexOf(one.file) - tree.paths.indexOf(other.file));
  askKept(tree, project);
  if (project.processes.release !== undefined && !project.migrations) {
    project.questions.push({
      section: "migrations",
      text: `the Procfile has release: ${project.processes.release}. Does it apply migrations? Then: migrations: { pending: …, apply: … }. Another command is a hook.`,
    });
  }
  return project;
}

function ignoredPaths(project: Project): string[] {
  const environments = project.environments.map(
    ({ installer, keys }) => installerOf(installer).releasePath({ installer, ...keys }).path,
  );
  return [...new Set([...environments, ...project.steps.flatMap((step) => step.outputs), ...project.shared])];
}

/** Converts a name to the schema's form: letters, digits, - and _. */
function appName(name: string | undefined): string | undefined {
  const plain = name
    ?.toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[^a-z0-9]+|-+$/g, "")
    .slice(0, 63);
  return plain || undefined;
}
