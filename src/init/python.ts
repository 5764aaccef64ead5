// Detects Python projects: Django, Flask, FastAPI, or any other; files of pip and uv.

import { posix } from "node:path";
import type { Detector } from "../installers/registry.ts";
import { TOOLS } from "../installers/virtualenv/listed-lines.ts";
import { ASIDE } from "./below.ts";
import { demanded } from "./demanded.ts";
import { settingsModule, settingsSources } from "./django-settings.ts";
import { type Imported, importCheck, imported, importedFiles } from "./imported.ts";
import { pathWord } from "./path-word.ts";
import { moduleOf, type Project, type Tree } from "./project.ts";
import { isVirtualWorkspace, readPyproject } from "./pyproject.ts";
import { pythonEnvironment } from "./python-environment.ts";
import { pathSetting } from "./python-paths.ts";
import { servedApplication } from "./served.ts";
import { argumentsAt, pythonCode } from "./source-text.ts";

/** Files that list the packages of a Python application. */
const PACKAGES =
  /^(requirements[^/]*\.(txt|in)|requirements\/[^/]+\.txt|uv\.lock|poetry\.lock|pdm\.lock|Pipfile|Pipfile\.lock|setup\.py)$/;
/**
 * Adds the findings to `project`.
 *
 * @param source the application's directory in the repository, if it is not the repository itself
 */
export function detectPython(tree: Tree, project: Project, detectors: readonly Detector[], source?: string): void {
  const pyproject = readPyproject(tree);
  const members = isVirtualWorkspace(tree);
  const packages = tree.paths.some(
    (path) => PACKAGES.test(path) && !TOOLS.test(path) && !(members && path === "uv.lock"),
  );
  if (pyproject === undefined && !packages && !tree.paths.includes("manage.py")) return;
  project.name ??= pyproject?.name;
  pythonEnvironment(tree, project, pyproject, detectors);
  const below = tree.paths.find((path) => /^[^/]+\/manage\.py$/.test(path) && !ASIDE.test(path));
  if (tree.paths.includes("manage.py")) django(tree, project);
  else if (wsgiApplication(tree, project, below)) {
    if (below !== undefined) askDjangoBelow(below, project, source);
  } else if (below !== undefined) {
    project.kinds.push("Django");
    askDjangoBelow(below, project, source);
  } else {
    project.kinds.push("Python");
    if (!served(tree, project))
      project.questions.push({
        section: "check",
        text: "Which module does your server import? python -c 'import package.wsgi'",
      });
  }
  sqlite(tree, project);
  alembic(tree, project);
  translations(tree, project);
  celery(tree, project);
}

/** A Celery worker runs the application's code, and continues with the old code until it is restarted. */
function celery(tree: Tree, project: Project): void {
  const code = (path: string) => (path.endsWith(".py") ? pythonCode(tree.read(path) ?? "") : "");
  const file = tree.paths.find((path) => !aside(path) && /^\w[^\n=]*=\s*(?:celery\.)?Celery\(/m.test(code(path)));
  if (file === undefined || /\bcelery\b/.test(tree.read("Procfile") ?? "")) return;
  project.questions.push({
    section: "services",
    text: `${file} makes a Celery application. Its worker, and beat where there is one, are services of their own: which are they?`,
  });
}

/** Excludes tests, examples and the like, and migrations. */
const aside = (path: string): boolean =>
  ASIDE.test(path) || /(^|\/)(migrations\/|(tests?|docs|migrations)\.py$|test_[^/]*$)/.test(path);

/** A database in a file of the release would be empty in each new release, and lost with the old one. */
function sqlite(tree: Tree, project: Project): void {
  const file = tree.paths.find(
    (path) =>
      /^([^/]+\/){0,3}[^/]+\.py$/.test(path) &&
      !aside(path) &&
      /django\.db\.backends\.sqlite3|["'(]sqlite(\+\w+)?:\/\/\//.test(pythonCode(tree.read(path) ?? "")),
  );
  if (file === undefined) return;
  project.questions.push({
    section: "shared",
    text: `${file} names an SQLite database. A file in the release would be a new, empty one with each deploy: do hosts use another database, by their \`variables\` and \`secrets\`? Else: in which directory that outlives releases is it?`,
  });
}

/** Flask-Migrate (`flask db`), or Alembic alone. */
function alembic(tree: Tree, project: Project): void {
  if (project.migrations) return;
  const ofFlask = tree.paths.find((path) => /(^|\/)migrations\/alembic\.ini$/.test(path) && !ASIDE.test(path));
  if (ofFlask === undefined && !tree.paths.includes("alembic.ini")) return;
  const application =
    tree.paths.some((path) => /^(\.flaskenv|wsgi\.py|app\.py|app\/__init__\.py)$/.test(path)) || !project.serverModule
      ? "flask"
      : `${project.serverModule.prefix}flask --app ${project.serverModule.module}`;
  const directory = posix.dirname(ofFlask ?? "");
  // The default is `migrations` in the application's directory.
  const own = directory === "migrations" ? "" : ` -d ${pathWord(directory)}`;
  const [command, option] = ofFlask === undefined ? ["alembic", ""] : [`${application} db`, own];
  project.migrations = {
    // All revisions except those up to the database's. Without a revision in the database, `:current` would stand for
    // all of them. A failure of each command (no database) ends it; grep's exit code 1 means that nothing is left.
    pending: `all=$(${command} history${option} -i) && case $all in *' (current)'*) live=$(${command} history${option} -i -r :current) ;; *) live= ;; esac && { printf '%s\\n' "$all" | grep -vxF "$live" || [ $? -eq 1 ]; }`,
    apply: ofFlask === undefined ? `${command} upgrade head` : `${command} upgrade${option}`,
  };
}

/** Compiled translations that git ignores have to be built, like other files that ship. */
function translations(tree: Tree, project: Project): void {
  const ignored = /^\*{1,2}(\/\*)?\.mo\s*$/m.test(tree.read(".gitignore") ?? "");
  const catalogues = tree.paths.filter((path) => /\/LC_MESSAGES\/[^/]+\.po$/.test(path));
  if (!ignored || catalogues.length === 0) return;
  const withDjango = project.kinds.includes("Django");
  project.steps.unshift({
    name: "translations",
    run: withDjango ? "python manage.py compilemessages" : [...new Set(catalogues.map(compileCommand))].join(" && "),
    outputs: catalogues.map((path) => path.replace(/\.po$/, ".mo")),
    notes: [
      "compiled, as git ignores *.mo",
      ...(withDjango ? ["compilemessages needs msgfmt (the package gettext) on the machine that builds"] : []),
    ],
  });
}

/** One catalogue of each language in a directory, all with the same name. */
function compileCommand(path: string): string {
  const [, directory, domain = ""] = /^(?:(.*)\/)?[^/]+\/LC_MESSAGES\/([^/]+)\.po$/.exec(path) ?? [];
  const named = domain === "messages" ? "" : ` -D ${pathWord(domain)}`;
  return `pybabel compile -d ${pathWord(directory ?? ".")}${named}`;
}

/**
 * For a manage.py in a subdirectory: the user has to say which commands it needs, and from which directory they run.
 */
function askDjangoBelow(manage: string, project: Project, source = ""): void {
  const directory = manage.slice(0, manage.indexOf("/"));
  const enter = `cd ${pathWord(directory)}`;
  project.questions.push({
    section: "check",
    text: `${manage} stands in ${directory}/: commands of asset steps, checks and migrations begin with \`${enter} && python manage.py …\`, as in: ${enter} && python manage.py check. Or is all of the application in ${directory}/? Then run: \`tarlift init --source ${pathWord(posix.join(source, directory))} --force\`.`,
  });
}

function django(tree: Tree, project: Project): void {
  project.kinds.push("Django");
  const { module: settings, standard, absent, candidates } = settingsModule(tree);
  if (settings) {
    project.stepEnv.DJANGO_SETTINGS_MODULE = settings;
    // Commands on hosts use manage.py too, which otherwise sets its own default.
    if (settings !== standard) project.variables.DJANGO_SETTINGS_MODULE = settings;
  } else {
    project.questions.push({
      section: "step-env",
      text:
        candidates.length > 0 || absent.length > 0
          ? `${absent.length > 0 ? `manage.py names ${absent.join(", ")}, which is not in the repository. ` : ""}Which settings does production use${candidates.length > 0 ? ` (${candidates.join(", ")})` : ""}? Here, and in the target's \`variables\`: DJANGO_SETTINGS_MODULE: project.settings`
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
      "COMPRESS_OFFLINE: pages are not answered without what `compress` writes; it needs DEBUG off (step-env)",
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
  if (server) project.checks.push(importCheck(server));
  else
    project.questions.push({
      section: "check",
      text: "Which module does your server import? python -c 'import project.wsgi'",
    });
  project.migrations = {
    // In a pipe alone, a failure (no database) would look like "nothing pending".
    pending: "plan=$(python manage.py showmigrations --plan) && echo \"$plan\" | sed -n 's/^\\[ \\] *//p'",
    apply: "python manage.py migrate --noinput",
  };
  project.demanded.push(...demanded(texts));
}

function serverModule(tree: Tree, settings: string | undefined): Imported | undefined {
  const all = tree.paths.filter((path) => /^([^/]+\/){1,2}(wsgi|asgi)\.py$/.test(path) && !ASIDE.test(path));
  const top = settings?.split(".")[0];
  const own = all.filter((path) => moduleOf(path).split(".")[0] === top);
  const candidates = own.length > 0 ? own : all;
  const best = candidates.find((path) => path.endsWith("/wsgi.py")) ?? candidates[0];
  return best === undefined ? undefined : imported(tree, best);
}

const FACTORY = /^def create_app\(/m;

/**
 * Flask and FastAPI: the module that creates the application object.
 *
 * @param manage the manage.py of a Django project in a subdirectory: files there belong to Django, and a file elsewhere
 *   that imports Flask without creating an application is a tool
 */
function wsgiApplication(tree: Tree, project: Project, manage: string | undefined): boolean {
  const own = manage?.slice(0, manage.indexOf("/") + 1);
  const sources = tree.paths.filter(
    (path) =>
      /^([^/]+\/){0,3}[^/]+\.py$/.test(path) &&
      !ASIDE.test(path) &&
      !/(^|\/)migrations\//.test(path) &&
      !(own !== undefined && path.startsWith(own)),
  );
  for (const [kind, made, uses] of [
    ["FastAPI", /^\w+\s*(?::\s*\w+\s*)?=\s*FastAPI\(/m, /^[ \t]*(from|import)\s+fastapi\b/m],
    ["Flask", /^\w+\s*(?::\s*\w+\s*)?=\s*Flask\(/m, /^[ \t]*(from|import)\s+flask\b/m],
  ] as const) {
    const code = (path: string) => pythonCode(tree.read(path) ?? "");
    const importing = sources.filter((path) => uses.test(code(path)));
    const applications = importing.filter((path) => made.test(code(path)));
    const factories = importing.filter((path) => FACTORY.test(code(path)));
    const [path, ...more] = applications.length > 0 ? applications : factories;
    if (importing.length === 0 || (own !== undefined && path === undefined)) continue;
    project.kinds.push(kind);
    if (served(tree, project)) return true;
    if (path && more.length === 0) {
      const found = imported(tree, path);
      project.serverModule = found;
      const wanted = applications.length > 0 ? [] : requiredArguments(code(path));
      if (applications.length > 0 || wanted.length > 0) project.checks.push(importCheck(found));
      else project.checks.push(importCheck(found, "create_app"));
      if (wanted.length > 0)
        project.questions.push({
          section: "check",
          text: `create_app of ${path} wants ${wanted.join(", ")}: what does your server give it? python -c 'from ${found.module} import create_app; create_app(…)'`,
        });
      project.demanded.push(...demandedFrom(tree, path));
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

/** From a file that defines how the server is started. */
function served(tree: Tree, project: Project): boolean {
  const found = servedApplication(tree);
  if (!found) return false;
  project.serverModule = found;
  project.checks.push(found.check);
  project.demanded.push(...demandedFrom(tree, found.path));
  return true;
}

/** Variables that a module reads, directly or in modules of the application that it imports. */
const demandedFrom = (tree: Tree, path: string): string[] =>
  demanded(
    importedFiles(tree, path)
      .map((one) => pythonCode(tree.read(one) ?? ""))
      .join("\n"),
  );

/** Parameters of `create_app` that a call without arguments would miss. */
function requiredArguments(code: string): string[] {
  const found = FACTORY.exec(code);
  const parameters = found ? argumentsAt(code, found.index + found[0].length) : [];
  return parameters
    .filter((one) => !/^[*/]/.test(one) && !/(?<![=!<>])=(?!=)/.test(one))
    .map((one) => one.split(":", 1)[0]!.trimEnd());
}
