// Python projects: Django, Flask, FastAPI, or any other; pip's and uv's files.
import { moduleOf, type Project, type Tree } from "./project.ts";

/** Adds what is found to `project`. */
export function detectPython(tree: Tree, project: Project): void {
  const pyproject = tree.read("pyproject.toml");
  const packages = tree.paths.some((path) =>
    /^(requirements[^/]*\.(txt|in)|requirements\/[^/]+\.txt|uv\.lock|poetry\.lock|Pipfile)$/.test(path),
  );
  if (pyproject === undefined && !packages && !tree.paths.includes("manage.py")) {
    nested(tree, project);
    return;
  }
  project.name ??= pyproject ? tomlString(pyproject, "project", "name") : undefined;
  environment(tree, project, pyproject);
  if (tree.paths.includes("manage.py")) django(tree, project);
  else if (!wsgiApplication(tree, project)) {
    project.kinds.push("Python");
    project.questions.push({
      section: "check",
      text: "Which module does your server import? python -c 'import package.wsgi'",
    });
  }
}

function nested(tree: Tree, project: Project): void {
  const directories = tree.paths
    .filter((path) => /\/manage\.py$/.test(path))
    .map((path) => path.slice(0, -"/manage.py".length));
  for (const directory of directories) {
    project.questions.push({
      section: "environments",
      text: `${directory}/ holds a Django project. Is that the application? Then run: tarlift init --source ${directory}`,
    });
  }
}

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

function environment(tree: Tree, project: Project, pyproject: string | undefined): void {
  const keys: Record<string, string | string[]> = {};
  const notes: string[] = [];
  const others = tree.paths.filter((path) => /^(requirements[^/]*|requirements\/[^/]+)\.txt$/.test(path));
  let installer: "pip" | "uv";
  if (tree.paths.includes("uv.lock")) {
    installer = "uv";
    notes.push("from uv.lock, which is never rewritten");
  } else {
    const chosen =
      REQUIREMENTS.find((path) => tree.paths.includes(path)) ?? (others.length === 1 ? others[0] : undefined);
    if (!chosen) {
      project.questions.push({ section: "environments", text: lockQuestion(tree, pyproject, others) });
      return;
    }
    installer = "pip";
    keys.requirements = [chosen];
    const rest = others.filter((path) => path !== chosen);
    if (rest.length > 0) notes.push(`left out: ${rest.join(", ")}`);
  }
  const version = pythonVersion(tree, pyproject);
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
}

function lockQuestion(tree: Tree, pyproject: string | undefined, others: string[]): string {
  if (tree.paths.includes("poetry.lock")) {
    return "poetry.lock: write requirements from it (poetry export -o requirements.txt), commit them and run tarlift init again.";
  }
  if (tree.paths.includes("Pipfile")) {
    return "Pipfile: write requirements from it (pipenv requirements > requirements.txt), commit them and run tarlift init again.";
  }
  if (others.length > 0)
    return `Which of ${others.join(", ")} do the hosts need? python: { installer: pip, requirements: […] }`;
  if (pyproject !== undefined)
    return "pyproject.toml without a lock: run `uv lock`, commit uv.lock and run tarlift init again.";
  return "There is no requirements.txt and no uv.lock: what does the application need? python: { installer: pip, requirements: […] }";
}

function pythonVersion(tree: Tree, pyproject: string | undefined): { minor: string; from: string } | undefined {
  const minor = (text: string | undefined, pattern: RegExp) => (text ? pattern.exec(text)?.[1] : undefined);
  const sources: [string, string | undefined][] = [
    [".python-version", minor(tree.read(".python-version"), /^\s*(?:cpython-)?(3\.\d+)/m)],
    ["runtime.txt", minor(tree.read("runtime.txt"), /python-(3\.\d+)/)],
    // An exact minor version only: `>=3.11` does not say what the hosts have.
    ["pyproject.toml", minor(pyproject, /^requires-python\s*=\s*["'](?:==|~=)\s*(3\.\d+)(?:\.[\d*]+)?["']/m)],
  ];
  const found = sources.find(([, version]) => version !== undefined);
  return found ? { minor: found[1] as string, from: found[0] } : undefined;
}

function django(tree: Tree, project: Project): void {
  project.kinds.push("Django");
  const settings = /DJANGO_SETTINGS_MODULE["']\s*,\s*["']([\w.]+)["']/.exec(tree.read("manage.py") ?? "")?.[1];
  if (settings) project.buildVariables.DJANGO_SETTINGS_MODULE = settings;
  else {
    project.questions.push({
      section: "build-variables",
      text: "manage.py does not name the settings module: DJANGO_SETTINGS_MODULE: project.settings",
    });
  }
  const text = settings
    ? settingsFiles(tree, settings)
        .map((path) => tree.read(path) ?? "")
        .join("\n")
    : "";
  const staticRoot = pathSetting(text, "STATIC_ROOT");
  project.steps.push({
    name: "static files",
    run: "python manage.py collectstatic --noinput",
    outputs: staticRoot ? [staticRoot] : [],
    notes: staticRoot ? [] : ["STATIC_ROOT could not be read from the settings: is there one, and where does it lead?"],
  });
  const media = pathSetting(text, "MEDIA_ROOT");
  if (media) project.shared.push(media);
  else
    project.questions.push({
      section: "shared",
      text: "Does the application keep uploads? Which directory outlives a release?",
    });
  project.checks.push("python manage.py check --fail-level ERROR");
  const server = serverModule(tree, settings);
  if (server) project.checks.push(`python -c 'import ${server}'`);
  else
    project.questions.push({
      section: "check",
      text: "Which module does your server import? python -c 'import project.wsgi'",
    });
  project.migrations = {
    // In a pipe alone a failure (no database) would look like "nothing pending".
    pending: "plan=$(python manage.py showmigrations --plan) && echo \"$plan\" | sed -n 's/^\\[ \\] *//p'",
    apply: "python manage.py migrate --noinput",
  };
  project.demanded.push(...demanded(text));
}

/** The module itself, and its neighbours that it is likely to import: `base.py` beside `production.py`. */
function settingsFiles(tree: Tree, module: string): string[] {
  const path = module.replaceAll(".", "/");
  const beside = path.slice(0, path.lastIndexOf("/") + 1);
  return [
    `${path}.py`,
    `${path}/__init__.py`,
    `${path}/base.py`,
    `${path}/production.py`,
    `${beside}base.py`,
    `${beside}common.py`,
  ].filter((candidate, index, all) => tree.paths.includes(candidate) && all.indexOf(candidate) === index);
}

/** `BASE_DIR / "var" / "static"` and `os.path.join(BASE_DIR, "var", "static")` are `var/static`; anything cleverer is unknown. */
function pathSetting(text: string, name: string): string | undefined {
  const value = new RegExp(`^${name}\\s*=\\s*(.+)$`, "m").exec(text)?.[1];
  if (
    !value ||
    !/^(os\.path\.join\(|str\(|\(|Path\()?\s*(BASE_DIR|ROOT_DIR|PROJECT_ROOT|PROJECT_DIR|BASE_PATH)\b/.test(value)
  )
    return undefined;
  if (/environ|getenv|\benv\(|\.parent|\.\./.test(value)) return undefined;
  const parts = [...value.matchAll(/["']([^"'{}]+)["']/g)].map(([, part]) => part as string);
  const path = parts.join("/").split("/").filter(Boolean).join("/");
  return path && !path.split("/").includes("..") ? path : undefined;
}

function serverModule(tree: Tree, settings: string | undefined): string | undefined {
  const all = tree.paths.filter((path) => /^([^/]+\/){1,2}(wsgi|asgi)\.py$/.test(path));
  const top = settings?.split(".")[0];
  const own = all.filter((path) => moduleOf(path).split(".")[0] === top);
  const candidates = own.length > 0 ? own : all;
  const best = candidates.find((path) => path.endsWith("/wsgi.py")) ?? candidates[0];
  return candidates.length > 0 && best ? moduleOf(best) : undefined;
}

/** Flask and FastAPI: the module that makes the application object. */
function wsgiApplication(tree: Tree, project: Project): boolean {
  const sources = tree.paths.filter(
    (path) => /^([^/]+\/){0,3}[^/]+\.py$/.test(path) && !/(^|\/)(tests?|docs|migrations)\//.test(path),
  );
  for (const [kind, made, imported] of [
    ["FastAPI", /^\w+\s*(?::\s*\w+\s*)?=\s*FastAPI\(/m, /^\s*(from|import)\s+fastapi\b/m],
    ["Flask", /^\w+\s*(?::\s*\w+\s*)?=\s*Flask\(/m, /^\s*(from|import)\s+flask\b/m],
  ] as const) {
    const importing = sources.filter((path) => imported.test(tree.read(path) ?? ""));
    if (importing.length === 0) continue;
    project.kinds.push(kind);
    const applications = importing.filter((path) => made.test(tree.read(path) ?? ""));
    const factories = importing.filter((path) => /^def create_app\(/m.test(tree.read(path) ?? ""));
    const [path, ...more] = applications.length > 0 ? applications : factories;
    if (path && more.length === 0) {
      project.checks.push(
        applications.length > 0
          ? `python -c 'import ${moduleOf(path)}'`
          : `python -c 'from ${moduleOf(path)} import create_app; create_app()'`,
      );
      project.demanded.push(...demanded(tree.read(path) ?? ""));
    } else {
      const which = path
        ? `Several modules make an application: ${[path, ...more].join(", ")}.`
        : "No module makes the application.";
      project.questions.push({
        section: "check",
        text: `${which} Which one does your server import? python -c 'import …'`,
      });
    }
    return true;
  }
  return false;
}

/** Environment variables without a default: `os.environ["NAME"]`, django-environ's `env("NAME")`. */
function demanded(text: string): string[] {
  const names = [
    ...text.matchAll(
      /(?:os\.)?environ\[\s*["']([A-Z][A-Z0-9_]*)["']\s*\]|\benv(?:\.\w+)?\(\s*["']([A-Z][A-Z0-9_]*)["']\s*\)/g,
    ),
  ];
  return [...new Set(names.map(([, indexed, called]) => (indexed ?? called) as string))].filter(
    (name) => name !== "DJANGO_SETTINGS_MODULE",
  );
}

/** A string of one TOML table. Enough for `[project] name`; not a TOML parser. */
function tomlString(text: string, table: string, key: string): string | undefined {
  const start = text.search(new RegExp(`^\\[${table}\\]\\s*$`, "m"));
  if (start < 0) return undefined;
  const body = text.slice(start).split(/\n\[/)[0] as string;
  return new RegExp(`^${key}\\s*=\\s*["']([^"']+)["']`, "m").exec(body)?.[1];
}
