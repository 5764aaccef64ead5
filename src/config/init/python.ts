// Python projects: Django, Flask, FastAPI, or any other; pip's and uv's files.
import { settingsModule, settingsSources } from "./django-settings.ts";
import { moduleOf, type Project, type Tree } from "./project.ts";
import { pathSetting } from "./python-paths.ts";
import { servedApplication } from "./served.ts";

/** Adds what is found to `project`. */
export function detectPython(tree: Tree, project: Project): void {
  const pyproject = tree.read("pyproject.toml");
  const packages = tree.paths.some((path) =>
    /^(requirements[^/]*\.(txt|in)|requirements\/[^/]+\.txt|uv\.lock|poetry\.lock|Pipfile)$/.test(path),
  );
  if (pyproject === undefined && !packages && !tree.paths.includes("manage.py")) return;
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
  sqlite(tree, project);
  alembic(tree, project);
  translations(tree, project);
}

/** A database in a file of the release would begin empty with each release, and be lost with the old one. */
function sqlite(tree: Tree, project: Project): void {
  const file = tree.paths.find(
    (path) =>
      /^([^/]+\/){0,3}[^/]+\.py$/.test(path) &&
      !/(^|\/)(tests?|docs|migrations)(\/|\.py$)|(^|\/)test_[^/]*$/.test(path) &&
      /django\.db\.backends\.sqlite3|["'(]sqlite(\+\w+)?:\/\/\//.test(tree.read(path) ?? ""),
  );
  if (file === undefined) return;
  project.questions.push({
    section: "shared",
    text: `${file} names an SQLite database. A file in the release would be a new, empty one with each deploy: do hosts use another database, by their \`variables\` and \`secrets\`? Else: in which directory that outlives releases is it?`,
  });
}

/** Flask-Migrate (`flask db`), or Alembic by itself. */
function alembic(tree: Tree, project: Project): void {
  if (project.migrations) return;
  const withFlask = tree.paths.some((path) => /(^|\/)migrations\/alembic\.ini$/.test(path));
  if (!withFlask && !tree.paths.includes("alembic.ini")) return;
  const application =
    tree.paths.some((path) => /^(\.flaskenv|wsgi\.py|app\.py|app\/__init__\.py)$/.test(path)) || !project.serverModule
      ? "flask"
      : `flask --app ${project.serverModule}`;
  const command = withFlask ? `${application} db` : "alembic";
  project.migrations = {
    // All without those up to the database's revision. Without one, `:current` would stand for all of them. Each command's failure (no
    // database) ends it; grep's 1 says that nothing is left.
    pending: `all=$(${command} history -i) && case $all in *' (current)'*) live=$(${command} history -i -r :current) ;; *) live= ;; esac && { printf '%s\\n' "$all" | grep -vxF "$live" || [ $? -eq 1 ]; }`,
    apply: withFlask ? `${command} upgrade` : `${command} upgrade head`,
  };
}

/** Compiled translations that git ignores are built like any other file that ships. */
function translations(tree: Tree, project: Project): void {
  const ignored = /^\*{1,2}(\/\*)?\.mo\s*$/m.test(tree.read(".gitignore") ?? "");
  const catalogues = tree.paths.filter((path) => /\/LC_MESSAGES\/[^/]+\.po$/.test(path));
  if (!ignored || catalogues.length === 0) return;
  const directories = [...new Set(catalogues.map((path) => path.replace(/(^|\/)[^/]+\/LC_MESSAGES\/[^/]+$/, "")))];
  const withDjango = project.kinds.includes("Django");
  project.steps.unshift({
    name: "translations",
    run: withDjango
      ? "python manage.py compilemessages"
      : directories.map((directory) => `pybabel compile -d ${directory || "."}`).join(" && "),
    outputs: catalogues.map((path) => path.replace(/\.po$/, ".mo")),
    notes: [
      "compiled, as git ignores *.mo",
      ...(withDjango ? ["compilemessages needs msgfmt (the package gettext) on the machine that builds"] : []),
    ],
  });
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
  const { module: settings, standard, candidates } = settingsModule(tree);
  if (settings) {
    project.buildVariables.DJANGO_SETTINGS_MODULE = settings;
    // Commands on hosts go through manage.py too, which takes its own otherwise.
    if (settings !== standard) project.variables.DJANGO_SETTINGS_MODULE = settings;
  } else {
    project.questions.push({
      section: "build-variables",
      text:
        candidates.length > 0
          ? `Which settings does production use (${candidates.join(", ")})? Here, and in the target's \`variables\`: DJANGO_SETTINGS_MODULE: project.settings`
          : "manage.py does not name the settings module: DJANGO_SETTINGS_MODULE: project.settings",
    });
  }
  const modules = settings ? settingsSources(tree, settings) : [];
  const staticRoot = pathSetting(modules, "STATIC_ROOT");
  project.steps.push({
    name: "static files",
    run: "python manage.py collectstatic --noinput",
    outputs: staticRoot ? [staticRoot] : [],
    notes: staticRoot ? [] : ["STATIC_ROOT could not be read from the settings: is there one, and where does it lead?"],
  });
  const texts = modules.map(({ text }) => text).join("\n");
  if (/^COMPRESS_OFFLINE\s*=\s*True\b/m.test(texts)) {
    const collected = project.steps.at(-1)!;
    collected.run += " && python manage.py compress";
    collected.notes.push(
      "COMPRESS_OFFLINE: pages are not answered without what `compress` writes; it needs DEBUG off (build-variables)",
    );
  }
  const media = pathSetting(modules, "MEDIA_ROOT");
  const overlap =
    staticRoot && media && (`${media}/`.startsWith(`${staticRoot}/`) || `${staticRoot}/`.startsWith(`${media}/`));
  if (media && !overlap) project.shared.push(media);
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
  project.demanded.push(...demanded(texts));
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
    const served = servedApplication(tree);
    if (served) {
      project.serverModule = served.module;
      project.checks.push(served.check);
      project.demanded.push(...demanded(served.text));
      return true;
    }
    const applications = importing.filter((path) => made.test(tree.read(path) ?? ""));
    const factories = importing.filter((path) => /^def create_app\(/m.test(tree.read(path) ?? ""));
    const [path, ...more] = applications.length > 0 ? applications : factories;
    if (path && more.length === 0) {
      project.serverModule = moduleOf(path);
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
