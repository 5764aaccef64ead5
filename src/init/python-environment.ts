// The environment of a Python project: from which file it is installed, with which Python, and what of it is left out.
import { lockedByOther } from "../installers/unsupported.ts";
import { memberLock } from "./above.ts";
import { packaging } from "./packaging.ts";
import type { Project, Tree } from "./project.ts";
import { exactMinor, type Pyproject, uvChoices } from "./pyproject.ts";
import { installedLines, type Own, ownLine, REQUIREMENT_FILE } from "./requirement-lines.ts";

/** Requirement files of tools: beside an application in another language, they make no application. */
export const TOOLS = /(^|[-_./])(dev|develop|development|local|tests?|testing|docs?|lint|ci|tools?)([-_.]|$)/;

/** Requirement files of deployments, the most telling name first. */
const REQUIREMENTS = [
  "requirements/production.txt",
  "requirements/prod.txt",
  "requirements-production.txt",
  "requirements-prod.txt",
  "requirements.lock",
  "requirements.txt",
  "requirements/base.txt",
  "requirements/requirements.txt",
];

/** Adds the environment to `project`, or asks what it is installed from. */
export function pythonEnvironment(tree: Tree, project: Project, pyproject: Pyproject | undefined): void {
  const version = pythonVersion(tree, pyproject);
  project.python = version?.minor ?? "unknown";
  const asked = packaging(tree) === "asked";
  const source = origin(tree);
  if (source === undefined) {
    const others = tree.paths.filter((path) => REQUIREMENT_FILE.test(path));
    const text = lockQuestion(tree, pyproject, others);
    project.questions.push({
      section: "environments",
      text: asked ? `${text} And \`package: true\`, as the application itself is to be installed.` : text,
    });
    return;
  }
  project.package = asked;
  const { installer, keys, notes } = source;
  if (version) {
    keys.interpreter = `/usr/bin/python${version.minor}`;
    notes.push(`interpreter: the one ON THE HOSTS; ${version.minor} is from ${version.from}`);
  } else {
    project.questions.push({
      section: "environments",
      text: "Which Python do the hosts have? Give python its `interpreter: /usr/bin/python3.12` (the path ON THE HOSTS).",
    });
  }
  keys.link = ".venv";
  project.environments.push({ name: "python", installer, use: "run", keys, notes });
  if (installer === "uv") askGroups(tree, project, notes);
  else askLocalLines(tree, project, String(keys.requirements), notes);
}

interface Origin {
  installer: "pip" | "uv";
  keys: Record<string, string | string[]>;
  notes: string[];
}

/** What it is installed from; undefined where a person has to say. */
function origin(tree: Tree): Origin | undefined {
  const fromLock = (path: string): Origin => ({
    installer: "uv",
    keys: {},
    notes: [`from ${path}, which is never rewritten`],
  });
  if (tree.paths.includes("uv.lock")) return fromLock("uv.lock");
  const all = tree.paths.filter((path) => REQUIREMENT_FILE.test(path));
  const chosen =
    REQUIREMENTS.find((path) => tree.paths.includes(path)) ??
    (all.length === 1 && !TOOLS.test(all[0]!) ? all[0] : undefined);
  if (chosen === undefined) {
    const above = memberLock(tree);
    return above === undefined ? undefined : fromLock(above);
  }
  const rest = all.filter((path) => path !== chosen);
  return {
    installer: "pip",
    keys: { requirements: [chosen] },
    notes: rest.length > 0 ? [`left out: ${rest.join(", ")}`] : [],
  };
}

/** Groups and extras are installed where they are named, and no others: also not those that uv installs without being told to. */
function askGroups(tree: Tree, project: Project, notes: string[]): void {
  const { groups, extras, defaults } = uvChoices(tree);
  const left = [
    ...(groups.length > 0 ? [`groups ${groups.join(", ")} (\`groups: […]\`)`] : []),
    ...(extras.length > 0 ? [`extras ${extras.join(", ")} (\`extras: […]\`)`] : []),
  ];
  if (left.length > 0) notes.push(`left out: ${left.join("; ")}`);
  if (defaults.length > 0)
    project.questions.push({
      section: "environments",
      text: `\`uv sync\` also installs ${defaults.join(", ")} (default-groups), and Tarlift no group that is not named. Do hosts need it? Then give python: groups: [${defaults.join(", ")}]`,
    });
}

/** Lines that would lead into a checkout are refused, and one for the application itself makes an environment for each commit. */
function askLocalLines(tree: Tree, project: Project, chosen: string, notes: string[]): void {
  for (const { file, text } of installedLines(tree, chosen)) {
    const own = ownLine(text);
    const editable = /^(-e|--editable)/.test(text);
    if (own && !editable)
      notes.push(
        `${file} has \`${text}\`: the application is a part of the environment, which is another one with each change of a file; without the line, list what ${requirer(own)}`,
      );
    if (editable)
      project.questions.push({
        section: "environments",
        text: `${file} has \`${text}\`, which is refused: hosts have no checkout. ${own ? `Remove the line, and list there what ${requirer(own)}: the application is built into each release, without that.` : "Remove `-e`: a local package becomes a wheel."}`,
      });
  }
}

const requirer = ({ extras }: Own) => (extras === "" ? "it requires" : `it and its extras ${extras} require`);

function lockQuestion(tree: Tree, pyproject: Pyproject | undefined, others: string[]): string {
  const other = lockedByOther(tree.paths, "python");
  if (other !== undefined) return `${other} Then run tarlift init again.`;
  if (tree.paths.includes("Pipfile"))
    return "Pipfile without a lock: write requirements from it (pipenv lock && pipenv requirements > requirements.txt), commit them and run tarlift init again.";
  if (others.length > 0)
    return `Which of ${others.join(", ")} do the hosts need? python: { installer: pip, requirements: […] }`;
  if (tree.paths.includes("requirements.in"))
    return "requirements.in without what is compiled from it: run `pip-compile` (or `uv pip compile -o requirements.txt requirements.in`), commit requirements.txt and run tarlift init again.";
  if (pyproject?.standard)
    return "pyproject.toml without a lock: run `uv lock`, commit uv.lock and run tarlift init again.";
  if (pyproject !== undefined)
    return "pyproject.toml without a lock: run `poetry lock`, commit poetry.lock and run tarlift init again.";
  return "There is no requirements.txt and no uv.lock: what does the application need? python: { installer: pip, requirements: […] }";
}

interface Version {
  minor: string;
  /** The file that says it. */
  from: string;
}

function pythonVersion(tree: Tree, pyproject: Pyproject | undefined): Version | undefined {
  const minor = (text: string | undefined, pattern: RegExp) => (text ? pattern.exec(text)?.[1] : undefined);
  const versionFile = /^[ \t]*(?:cpython-)?(3\.\d+)/m;
  const sources: [string, string | undefined][] = [
    [".python-version", minor(tree.read(".python-version"), versionFile)],
    ["runtime.txt", minor(tree.read("runtime.txt"), /python-(3\.\d+)/)],
    // An exact minor version only: `>=3.11` does not say what the hosts have.
    ["pyproject.toml", exactMinor(pyproject?.python ?? "")],
    // As pyenv and uv look for it.
    ...(tree.above ?? []).map(({ up, read }): [string, string | undefined] => [
      `${up}/.python-version`,
      minor(read(".python-version"), versionFile),
    ]),
  ];
  const found = sources.find(([, version]) => version !== undefined);
  return found ? { minor: found[1] as string, from: found[0] } : undefined;
}
