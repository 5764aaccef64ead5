// The environment of a Python project: the file it is installed from, its Python, and what is left out.
import type { Detector } from "../installers/registry.ts";
import { lockedByOther } from "../installers/unsupported.ts";
import { REQUIREMENT_FILE } from "../installers/virtualenv/listed-lines.ts";
import { chooseInstaller } from "./environments.ts";
import { packaging } from "./packaging.ts";
import type { Project, Tree } from "./project.ts";
import { exactMinor, type Pyproject } from "./pyproject.ts";

/** Adds the environment to `project`, or asks what it is installed from. */
export function pythonEnvironment(
  tree: Tree,
  project: Project,
  pyproject: Pyproject | undefined,
  detectors: readonly Detector[],
): void {
  const version = pythonVersion(tree, pyproject);
  project.python = version?.minor ?? "unknown";
  const asked = packaging(tree) === "asked";
  const found = chooseInstaller(tree, project, { detectors, language: "python" });
  if (found === undefined) {
    const others = tree.paths.filter((path) => REQUIREMENT_FILE.test(path));
    const text = lockQuestion(tree, pyproject, others);
    project.questions.push({
      section: "environments",
      text: asked ? `${text} And \`package: true\`, as the application itself is to be installed.` : text,
    });
    return;
  }
  project.package = asked;
  const { installer, keys, notes } = found;
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
  project.environments.push({ name: "python", installer, use: "runtime", keys, notes });
  project.questions.push(...found.questions.map((text) => ({ section: "environments" as const, text })));
}

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
  /** The file that contains it. */
  from: string;
}

function pythonVersion(tree: Tree, pyproject: Pyproject | undefined): Version | undefined {
  const minor = (text: string | undefined, pattern: RegExp) => (text ? pattern.exec(text)?.[1] : undefined);
  const versionFile = /^[ \t]*(?:cpython-)?(3\.\d+)/m;
  const sources: [string, string | undefined][] = [
    [".python-version", minor(tree.read(".python-version"), versionFile)],
    ["runtime.txt", minor(tree.read("runtime.txt"), /python-(3\.\d+)/)],
    // Only an exact minor version: `>=3.11` does not determine the version on hosts.
    ["pyproject.toml", exactMinor(pyproject?.python ?? "")],
    // In the search order of pyenv and uv.
    ...(tree.above ?? []).map(({ up, read }): [string, string | undefined] => [
      `${up}/.python-version`,
      minor(read(".python-version"), versionFile),
    ]),
  ];
  const found = sources.find(([, version]) => version !== undefined);
  return found ? { minor: found[1] as string, from: found[0] } : undefined;
}
