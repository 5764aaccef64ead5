import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { initialConfig, type Tree } from "../../src/init/initial-config.ts";
import { moduleOf } from "../../src/init/project.ts";
import { DJANGO, detectors, init, MANAGE } from "../support/initial-config.ts";
import { temporary } from "../support/temporary.ts";

describe("a Django project", () => {
  test("gets its environment, static files, checks, shared paths and migrations", () => {
    const { config, kinds } = init(DJANGO);
    expect(kinds).toEqual(["Django"]);
    expect(config.app).toBe("shop");
    expect(config.environments.python).toMatchObject({
      installer: "pip",
      requirements: ["requirements.txt"],
      interpreter: "/usr/bin/python3.12",
      link: ".venv",
    });
    expect(config["step-env"]).toEqual({ DJANGO_SETTINGS_MODULE: "config.settings" });
    expect(config.assets).toMatchObject([{ run: "python manage.py collectstatic --noinput", outputs: ["var/static"] }]);
    expect(config.check.map(({ run }) => run)).toEqual([
      "python manage.py check --fail-level ERROR",
      "python -c 'import config.wsgi'",
    ]);
    expect(config.shared.directories).toEqual(["media"]);
    expect(config.migrations?.pending).toMatch(/^plan=\$\(python manage.py showmigrations --plan\) && /);
  });

  test("is told which variables its settings insist on, and what git must ignore", () => {
    const { text, ignored } = init(DJANGO);
    expect(text).toContain("QUESTION: the code reads SECRET_KEY without a default.");
    expect(text).not.toContain("DEBUG");
    expect(ignored).toEqual([".venv", "var/static", "media"]);
  });

  test("with settings split into modules is read through the one that manage.py names", () => {
    const { config } = init({
      ...DJANGO,
      "manage.py": MANAGE.replace("config.settings", "config.settings.production"),
      "config/settings.py": undefined as unknown as string,
      "config/settings/__init__.py": "",
      "config/settings/base.py":
        'BASE_DIR = Path(__file__).resolve().parents[2]\nSTATIC_ROOT = str(BASE_DIR / "staticfiles")\n',
      "config/settings/production.py": "from .base import *\n",
    });
    expect(config["step-env"].DJANGO_SETTINGS_MODULE).toBe("config.settings.production");
    expect(config.assets[0]?.outputs).toEqual(["staticfiles"]);
  });

  test("whose settings compute STATIC_ROOT is asked, not guessed", () => {
    for (const value of [
      'os.environ["STATIC_ROOT"]',
      "'/var/www/static'",
      'BASE_DIR.parent / "static"',
      'BASE_DIR / "../x"',
    ]) {
      const { config, text } = init({ ...DJANGO, "config/settings.py": `STATIC_ROOT = ${value}\n` });
      expect(config.assets, value).toEqual([]);
      expect(text).toContain("QUESTION: STATIC_ROOT could not be read");
    }
  });

  test("with a front end builds that first, with Node that is never shipped", () => {
    const { config, kinds } = init({
      ...DJANGO,
      "package.json": JSON.stringify({ scripts: { build: "vite build" } }),
      "package-lock.json": "{}",
      ".nvmrc": "24\n",
      "vite.config.ts": "export default { build: { outDir: 'static/dist' } }",
    });
    expect(kinds).toEqual(["Django", "a Node front end"]);
    expect(config.environments.node).toMatchObject({ installer: "npm", use: "build", "version-file": ".nvmrc" });
    expect(config.assets.map((step) => [step.run, step.outputs])).toEqual([
      ["npm run build", ["static/dist"]],
      ["python manage.py collectstatic --noinput", ["var/static"]],
    ]);
  });

  test("below the root is pointed to, and found with --source", () => {
    const { text, config } = init({ "README.md": "", "backend/manage.py": MANAGE });
    expect(text).toContain("tarlift init --source backend");
    expect(config.environments).toEqual({});
    expect(init(DJANGO, { source: "backend" }).config.source).toBe("backend");
  });
});

describe("a Python project", () => {
  test("with uv.lock is installed by uv, under the name of its pyproject", () => {
    const { config } = init({
      "pyproject.toml":
        '[build-system]\nrequires = []\n[project]\nname = "My.Shop"\nrequires-python = "==3.11.*"\n[tool.x]\nname = "no"\n',
      "uv.lock": "",
      "src/shop/__init__.py": "",
      "src/shop/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    });
    expect(config.app).toBe("my-shop");
    expect(config.environments.python).toMatchObject({ installer: "uv", interpreter: "/usr/bin/python3.11" });
    expect(config.environments.python).not.toHaveProperty("requirements");
    expect(config.check[0]?.run).toBe("python -c 'import shop.main'");
  });

  test("with uv.lock reports the groups and extras that are left out, and requires those that uv installs by itself", () => {
    const project = (more: string) =>
      init({
        "uv.lock": "",
        "pyproject.toml": `[project]\nname = "shop"\n[project.optional-dependencies]\nserver = ["uvicorn"]\n[dependency-groups]\ndev = ["ruff"]\nprod = ["gunicorn"]\n${more}`,
      }).text;
    const note = "# left out: groups prod (`groups: […]`); extras server (`extras: […]`)";
    expect(project("")).toContain(note);
    expect(project("")).not.toContain("default-groups");
    expect(project('[tool.uv]\ndefault-groups = ["dev"]\n')).not.toContain("default-groups");
    for (const groups of ['["dev", "prod"]', '"all"']) {
      const text = project(`[tool.uv]\ndefault-groups = ${groups}\n`);
      expect(text).toContain(note);
      expect(text).toMatch(/QUESTION: `uv sync` also installs prod \(default-groups\).*groups: \[prod\]/);
    }
    expect(init({ "uv.lock": "", "pyproject.toml": "[dependency-groups]\nprod = []\n" }).text).toContain(
      "# left out: groups prod",
    );
    expect(init({ "uv.lock": "", "pyproject.toml": '[project]\nname = "shop"\n' }).text).not.toContain("left out");
  });

  describe("below the root", () => {
    const member = { "pyproject.toml": '[project]\nname = "api"\n' };
    const lock = (path: string) => ({ "uv.lock": `[[package]]\nname = "api"\nsource = { editable = "${path}" }\n` });
    const below = (root: Record<string, string>, files: Record<string, string> = member) =>
      init(files, { source: "apps/api", root });

    test("is installed from the lock of the workspace that it is a member of", () => {
      const { config, text } = below({ ...lock("apps/api"), ".python-version": "3.12\n" });
      expect(config.environments.python).toMatchObject({ installer: "uv", interpreter: "/usr/bin/python3.12" });
      expect(text).toContain("# from ../../uv.lock, which is never rewritten");
      expect(text).toContain("3.12 is from ../../.python-version");
      expect(text).not.toContain("uv lock");
    });

    test("is asked about at the root of a workspace that is no project itself", () => {
      const root = { "pyproject.toml": '[tool.uv.workspace]\nmembers = ["apps/*"]\n', ...lock("apps/api") };
      const { config, text, kinds } = init({ ...root, "apps/api/pyproject.toml": member["pyproject.toml"] });
      expect([kinds, config.environments]).toEqual([[], {}]);
      expect(text).toContain("Then run: `tarlift init --source apps/api --force`");
      const project = { ...root, "pyproject.toml": `${root["pyproject.toml"]}[project]\nname = "shop"\n` };
      expect(init(project).config.environments.python?.installer).toBe("uv");
    });

    test("has a lock to make where that of the root does not know it", () => {
      for (const root of [lock("apps/web"), { "uv.lock": "" }, { "uv.lock": "<<<<" }, {}]) {
        expect(below(root).text).toContain("run `uv lock`, commit uv.lock");
        expect(below(root).config.environments).toEqual({});
      }
    });

    test("has its own files first", () => {
      const own = { ...member, "requirements.txt": "", ".python-version": "3.11\n" };
      const { config } = below({ ...lock("apps/api"), ".python-version": "3.12\n" }, own);
      expect(config.environments.python).toMatchObject({ installer: "pip", interpreter: "/usr/bin/python3.11" });
    });
  });

  test("case 61: is checked by the module that its server is started with, in whichever file that is written", () => {
    const files = {
      "requirements.txt": "",
      "app/__init__.py": "from flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n",
      "microblog.py": "from app import create_app\napp = create_app()\n",
    };
    const checks = (more: Record<string, string>) => init({ ...files, ...more }).config.check.map(({ run }) => run);
    const own = ["python -c 'from microblog import app'"];
    expect(checks({ Procfile: "web: flask db upgrade; gunicorn -b localhost:8000 microblog:app\n" })).toEqual(own);
    const program = "[program:web]\ncommand=/srv/venv/bin/gunicorn -b unix:/run/app.sock -w 4 microblog:app\n";
    expect(checks({ "deployment/supervisor/web.conf": program })).toEqual(own);
    expect(checks({ Dockerfile: 'CMD ["gunicorn", "-b", "0.0.0.0:80", "microblog:app"]\n' })).toEqual(own);
    const factory = ["python -c 'from app import create_app; create_app()'"];
    expect(checks({ Procfile: "web: gunicorn 'app:create_app()'\n" })).toEqual(factory);
    expect(checks({ Procfile: "web: uvicorn --factory app:create_app\n" })).toEqual(factory);
    for (const text of ["web: gunicorn other:app\n", "web: python microblog.py\n", "web: gunicorn --bind app:8000\n"])
      expect(checks({ Procfile: text })).toEqual(factory);
  });

  test("case 61: with a database in a file is asked where that file outlives a release", () => {
    const asked = /^# QUESTION: (\S+) names an SQLite database\./m;
    const engine =
      'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}\n';
    expect(asked.exec(init({ ...DJANGO, "config/settings.py": engine }).text)?.[1]).toBe("config/settings.py");
    const flask = { "requirements.txt": "", "app.py": "from flask import Flask\napp = Flask(__name__)\n" };
    const config = "URI = 'sqlite:///' + os.path.join(basedir, 'app.db')\n";
    expect(asked.exec(init({ ...flask, "config.py": config }).text)?.[1]).toBe("config.py");
    for (const path of ["tests.py", "tests/test_app.py", "test_app.py"])
      expect(init({ ...flask, [path]: "URI = 'sqlite:///'\n" }).text).not.toMatch(asked);
  });

  test("case 61: whose pages need compressed files has them compressed", () => {
    const settings = `${DJANGO["config/settings.py"]}\nCOMPRESS_OFFLINE = True\n`;
    const { config } = init({ ...DJANGO, "config/settings.py": settings });
    expect(config.assets.at(-1)?.run).toBe("python manage.py collectstatic --noinput && python manage.py compress");
    expect(init(DJANGO).config.assets.at(-1)?.run).toBe("python manage.py collectstatic --noinput");
  });

  test("of Flask with a factory is checked through the factory", () => {
    const { config, kinds } = init({
      "requirements.txt": "flask\n",
      "shop/__init__.py": "from flask import Flask\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n",
      "tests/test_app.py": "from flask import Flask\napp = Flask('x')\n",
    });
    expect(kinds).toEqual(["Flask"]);
    expect(config.check[0]?.run).toBe("python -c 'from shop import create_app; create_app()'");
  });

  test("with several applications is asked which", () => {
    const application = "from flask import Flask\napp = Flask(__name__)\n";
    const { config, text } = init({ "requirements.txt": "", "one.py": application, "two.py": application });
    expect(config.check).toEqual([]);
    expect(text).toContain("QUESTION: Several modules make an application: one.py, two.py.");
  });

  test("takes the requirements of production and names what it left out", () => {
    const { config, text } = init({
      "requirements/base.txt": "",
      "requirements/dev.txt": "",
      "requirements/production.txt": "",
    });
    expect(config.environments.python).toHaveProperty("requirements", ["requirements/production.txt"]);
    expect(text).toContain("left out: requirements/base.txt, requirements/dev.txt");
  });

  test.each([
    ["poetry.lock", "", /poetry export .* \(with Poetry 2 after `poetry self add poetry-plugin-export`\)/],
    ["Pipfile", "", /pipenv requirements/],
    ["pdm.lock", "", /pdm export --prod/],
    ["pyproject.toml", '[project]\nname = "x"\n', /uv lock/],
    ["pyproject.toml", '[tool.poetry]\nname = "x"\n', /poetry lock/],
  ])("that has only %s is told how to get there: %s", (file, contents, remedy) => {
    const { config, text } = init({ [file]: contents });
    expect(config.environments).toEqual({});
    expect(text).toMatch(remedy);
  });

  test("that does not name its Python is asked", () => {
    const { config, text } = init({
      "requirements.txt": "",
      "pyproject.toml": '[project]\nrequires-python = ">=3.10"\n',
    });
    expect(config.environments.python).not.toHaveProperty("interpreter");
    expect(text).toContain("QUESTION: Which Python do the hosts have?");
  });
});

describe("a Node project", () => {
  const NODE = {
    "package.json": JSON.stringify({
      name: "@acme/orders",
      workspaces: ["packages/*"],
      engines: { node: ">=24" },
      scripts: {
        build: "npm run build:server && vite build",
        "build:server": "tsc -p server",
        start: "node --enable-source-maps dist/server.js",
      },
    }),
    "package-lock.json": "{}",
    ".nvmrc": "24",
    "server/tsconfig.json": '{ // comment\n "compilerOptions": { "outDir": "../dist" } }',
    "vite.config.mjs": "export default { root: 'front', build: { outDir: '../public' } }",
  };

  test("ships what it runs with and builds with the rest", () => {
    const { config } = init(NODE);
    expect(config.app).toBe("orders");
    expect(config.environments.node).toMatchObject({ installer: "npm", use: "runtime", "version-file": ".nvmrc" });
    expect(config.environments.build).toMatchObject({ installer: "npm", use: "build" });
    expect(config.assets).toMatchObject([{ run: "npm run build" }]);
    expect(config.assets[0]?.outputs).toEqual(["dist", "public"]);
    expect(config.check[0]?.run).toBe("node --check dist/server.js");
  });

  test("with Prisma looks whether its client was made, and asks for the command that makes it among what ships", () => {
    const prisma = (dependencies: object, devDependencies: object, schema = "model User {}") =>
      init({
        "package.json": JSON.stringify({ dependencies, devDependencies, main: "server.js" }),
        "package-lock.json": "{}",
        ".nvmrc": "20",
        "server.js": "",
        "prisma/schema.prisma": schema,
      });
    const client = { "@prisma/client": "^4.16.1" };
    const asked = prisma(client, { prisma: "^4.16.1" });
    expect(asked.text).toMatch(/QUESTION: Prisma's command .* Move it: npm install --save-prod 'prisma@\^4\.16\.1'$/m);
    const made = /^node -e 'if \(!require\("@prisma\/client"\)/;
    expect(asked.config.check.map(({ run }) => run)).toEqual([expect.stringMatching(made), "node --check server.js"]);
    expect(prisma({ ...client, prisma: "^4.16.1" }, {}).text).not.toContain("Move it");
    const own = prisma(client, {}, 'generator client {\n  output = "../generated"\n}\n');
    expect(own.config.check.map(({ run }) => run)).toEqual(["node --check server.js"]);
  });

  test("says how it is started, as a comment", () => {
    expect(init(NODE).text).toContain("#   web is started by: node --enable-source-maps dist/server.js");
  });

  test("that brings units of its supervisor is shown them", () => {
    const { text } = init({
      ...NODE,
      "deploy/orders.service": "",
      "deploy/supervisord.conf": "[program:orders-web]\n",
    });
    expect(text).toContain("#   deploy/orders.service has systemd: orders\n");
    expect(text).toContain("#   deploy/supervisord.conf has supervisord: orders-web\n");
  });

  test("without a lock of npm is asked for one", () => {
    for (const lock of ["pnpm-lock.yaml", "yarn.lock", "bun.lock", "README.md"]) {
      const { config, text } = init({ "package.json": '{ "dependencies": { "a": "1" } }', [lock]: "" });
      expect(config.environments).toEqual({});
      expect(text).toContain("package-lock.json");
      if (lock !== "README.md") expect(text).toMatch(/not supported yet: an asset step runs (pnpm|yarn|bun) itself/);
    }
  });

  test("below the root has its Node from there, and names the path of its workspace's lock", () => {
    const files = { "package.json": JSON.stringify({ dependencies: { a: "1" } }) };
    const below = (root: Record<string, string>, more: Record<string, string> = {}) =>
      init({ ...files, ...more }, { source: "apps/api", root });
    const lock = (path: string) => ({ "package-lock.json": JSON.stringify({ packages: { "": {}, [path]: {} } }) });
    expect(below(lock("apps/api")).text).toMatch(/QUESTION: This is a workspace of the package in \.\.\/\.\./);
    expect(below(lock("apps/web")).text).toContain("run `npm install`, commit the lock");
    expect(below({ "pnpm-lock.yaml": "" }).text).toContain("locked by pnpm");
    const { config, text, workflows } = below({ ".nvmrc": "24\n" }, { "package-lock.json": "{}" });
    expect(config.environments.node).toBeDefined();
    expect(config.environments.node).not.toHaveProperty("version-file");
    expect(text).toContain("QUESTION: Which Node? ../../.nvmrc is not in the application's directory");
    expect(workflows[0]?.text).toContain("node-version-file: .nvmrc\n");
  });

  test("whose build says nothing of its outputs is asked", () => {
    const { config, text } = init({ ...NODE, "package.json": JSON.stringify({ scripts: { build: "make" } }) });
    expect(config.assets).toEqual([]);
    expect(text).toContain("QUESTION: `make`: where does it put its files?");
  });
});

describe("case 61: what init guesses", () => {
  const settings = (text: string, path = "shop/settings.py") =>
    init({ ...DJANGO, "manage.py": MANAGE.replace("config.settings", moduleOf(path)), [path]: text });

  test.each([
    ["PROJECT_DIR = os.path.dirname(os.path.abspath(__file__))", 'os.path.join(PROJECT_DIR, "static")', "shop/static"],
    [
      "PROJECT_DIR = os.path.dirname(os.path.abspath(__file__))\nBASE_DIR = os.path.dirname(PROJECT_DIR)",
      'os.path.join(BASE_DIR, "static")',
      "static",
    ],
    ["BASE_DIR = Path(__file__).resolve().parent.parent", 'BASE_DIR / "var" / "static"', "var/static"],
    ["BASE_DIR = Path(__file__).resolve().parent", 'BASE_DIR / "var"', "shop/var"],
    ["HERE = pathlib.Path(__file__).parents[1]", 'str(HERE.joinpath("a", "b"))', "a/b"],
    ["BASE_DIR = Path(__file__).parent", 'BASE_DIR.parent / "out"  # collected', "out"],
    ["BASE_DIR = Path(__file__).parent", 'os.path.join(\n    BASE_DIR,\n    "../out",\n)', "out"],
  ])("a directory that %s leads to is evaluated: %s", (base, value, outputs) => {
    const { config } = settings(`${base}\nSTATIC_ROOT = ${value}\n`);
    expect(config.assets[0]?.outputs).toEqual([outputs]);
    expect(settings(`${base}\nMEDIA_ROOT = ${value}\n`).config.shared.directories).toEqual([outputs]);
  });

  test.each([
    ["BASE_DIR = Path.cwd()", 'BASE_DIR / "static"'],
    ["BASE_DIR = Path(__file__).parent.parent.parent", 'BASE_DIR / "static"'],
    ["if DEBUG:\n    BASE_DIR = Path(__file__).parent", 'BASE_DIR / "static"'],
    ["BASE_DIR = Path(__file__).parent\nBASE_DIR = BASE_DIR.parent", 'BASE_DIR / "static"'],
    ["BASE_DIR = BASE_DIR", 'BASE_DIR / "static"'],
    ["", 'PROJECT_DIR / "static"'],
    ["BASE_DIR = Path(__file__).parent", 'BASE_DIR / "static" if DEBUG else "/srv/static"'],
    ["BASE_DIR = Path(__file__).parent", 'BASE_DIR / f"static-{VERSION}"'],
  ])("a directory that is not written plainly is a question: %s, %s", (base, value) => {
    const { config, text } = settings(`${base}\nSTATIC_ROOT = ${value}\nMEDIA_ROOT = ${value}\n`);
    expect(config.assets).toEqual([]);
    expect(config.shared.directories).toEqual([]);
    expect(text).toContain("STATIC_ROOT could not be read from the settings");
  });

  test("uploads below the static files are a question", () => {
    const { text } = settings(
      'BASE_DIR = Path(__file__).parent\nSTATIC_ROOT = BASE_DIR / "s"\nMEDIA_ROOT = BASE_DIR / "s" / "media"\n',
    );
    expect(text).toContain("QUESTION: Does the application keep uploads?");
  });

  const SPLIT = {
    "requirements.txt": "",
    "manage.py": MANAGE.replace("config.settings", "shop.settings.dev"),
    "shop/settings/base.py":
      'PROJECT_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\nSTATIC_ROOT = os.path.join(PROJECT_DIR, "static")\n',
    "shop/settings/dev.py": "from .base import *\n",
  };

  test("production's settings are taken where they stand beside those for development, also on the hosts", () => {
    const { config, text } = init({ ...SPLIT, "shop/settings/production.py": "from .base import *\n" });
    expect(config["step-env"].DJANGO_SETTINGS_MODULE).toBe("shop.settings.production");
    expect(config.assets[0]?.outputs).toEqual(["shop/static"]);
    expect(text).toContain("#     env: { DJANGO_SETTINGS_MODULE: shop.settings.production }");
  });

  test("the settings that wsgi.py or a Dockerfile names are taken", () => {
    for (const [path, text] of [
      ["shop/wsgi.py", 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings.heroku")'],
      ["Dockerfile", "ENV DJANGO_SETTINGS_MODULE=shop.settings.heroku PORT=1"],
    ] as const) {
      const { config } = init({ ...SPLIT, "shop/settings/heroku.py": "from .base import *\n", [path]: text });
      expect(config["step-env"].DJANGO_SETTINGS_MODULE, path).toBe("shop.settings.heroku");
    }
  });

  test("settings for development alone are a question", () => {
    const { config, text } = init(SPLIT);
    expect(config["step-env"]).toEqual({});
    expect(text).toContain("QUESTION: Which settings does production use (shop.settings.dev)?");
  });

  test("packages of linters are no environment", () => {
    const { config, text } = init({
      ...DJANGO,
      "package.json": JSON.stringify({ devDependencies: { eslint: "9" }, scripts: { lint: "eslint ." } }),
      "package-lock.json": "{}",
    });
    expect(Object.keys(config.environments)).toEqual(["python"]);
    expect(text).toContain("was left out: tools alone? Or does one of its scripts make files that ship (lint)?");
  });

  test("steps without known outputs stand in one block", () => {
    const { text } = init({
      ...DJANGO,
      "config/settings.py": "",
      "package.json": JSON.stringify({ scripts: { build: "make" } }),
      "package-lock.json": "{}",
    });
    expect(text.match(/^# assets:/gm)).toHaveLength(1);
    expect(text.match(/^# {3}- \{ name: /gm)).toHaveLength(2);
  });

  const FLASK = {
    "requirements.txt": "flask\n",
    "app/__init__.py": "from flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n",
  };

  test("migrations of Flask-Migrate and of Alembic are listed and applied", () => {
    const flask = init({ ...FLASK, "migrations/alembic.ini": "", "migrations/env.py": "" }).config.migrations;
    expect(flask).toMatchObject({ apply: "flask db upgrade", pending: expect.stringContaining("flask db history -i") });
    const below = init({ ...FLASK, "shop/migrations/alembic.ini": "" }).config.migrations;
    expect(below?.pending).toContain("flask db history -d shop/migrations -i -r :current");
    expect(below?.apply).toBe("flask db upgrade -d shop/migrations");
    expect(init({ ...FLASK, "tests/migrations/alembic.ini": "" }).config.migrations).toBeUndefined();
    const plain = init({ ...FLASK, "alembic.ini": "" }).config.migrations;
    expect(plain).toMatchObject({
      apply: "alembic upgrade head",
      pending: expect.stringContaining("alembic history -i"),
    });
  });

  /** An `alembic` whose history is that of a database at `current`; without a database it fails. */
  function pending(histories: { all?: string; current?: string }): { code: number | null; lines: string[] } {
    const directory = temporary("alembic");
    const print = (text: string | undefined) =>
      text === undefined ? "echo no database >&2; exit 1" : `printf '%s' '${text}'`;
    writeFileSync(
      join(directory, "alembic"),
      `#!/bin/sh\ncase "$*" in *:current) ${print(histories.current)} ;; *) ${print(histories.all)} ;; esac\n`,
      { mode: 0o755 },
    );
    const command = init({ ...FLASK, "alembic.ini": "" }).config.migrations?.pending ?? "";
    const { status, stdout } = spawnSync("sh", ["-ec", command], {
      env: { ...process.env, PATH: `${directory}:${process.env.PATH}` },
      encoding: "utf8",
    });
    return { code: status, lines: stdout.split("\n").filter(Boolean) };
  }

  test("pending revisions are those that the database does not have, on a second branch too", () => {
    const [one, two, three] = ["<base> -> a, one", "a -> b (current), two", "a -> c (head), three"];
    const all = [three, two, one].join("\n");
    expect(pending({ all, current: [two, one].join("\n") })).toEqual({ code: 0, lines: [three] });
    expect(pending({ all: [two, one].join("\n"), current: [two, one].join("\n") })).toEqual({ code: 0, lines: [] });
    expect(pending({ all: [three, one].join("\n") })).toEqual({ code: 0, lines: [three, one] });
  });

  test("case 66: pending revisions of a database that does not answer are a failure, not none", () => {
    expect(pending({}).code).toBe(1);
    expect(pending({ all: "a -> b (current), two" }).code).toBe(1);
  });

  test("catalogues that git ignores when they are compiled are compiled", () => {
    const files = { ...FLASK, "app/translations/es/LC_MESSAGES/messages.po": "" };
    expect(init({ ...files, ".gitignore": "*.pyc\n*.mo\n" }).config.assets).toMatchObject([
      { run: "pybabel compile -d app/translations", outputs: ["app/translations/es/LC_MESSAGES/messages.mo"] },
    ]);
    expect(init(files).config.assets).toEqual([]);
    const more = { "app/translations/de/LC_MESSAGES/messages.po": "", "my i18n/es/LC_MESSAGES/shop.po": "" };
    expect(init({ ...files, ...more, ".gitignore": "*.mo\n" }).config.assets[0]?.run).toBe(
      "pybabel compile -d app/translations && pybabel compile -d 'my i18n' -D shop",
    );
  });

  test("each process of a Procfile is proposed as a service, and release as none", () => {
    const { text } = init({ ...FLASK, Procfile: "web: gunicorn app\nworker: rq worker\nrelease: flask db upgrade\n" });
    expect(text).toMatch(/^# services:\n# {3}web:\n.*\n# {5}health: .*\n# {3}worker:\n# {5}systemd: worker.service$/m);
    expect(text).not.toMatch(/^# +release/m);
  });

  test("for a repository with applications below it, lists what was found, and how init is called for each", () => {
    const { text } = init({
      "backend/uv.lock": "",
      "backend/pyproject.toml": "",
      "frontend/package.json": "{}",
      "package.json": JSON.stringify({ devDependencies: { husky: "9" } }),
      "docs/requirements.txt": "",
    });
    expect(text).toContain(
      "QUESTION: backend/ has uv.lock, pyproject.toml. Is that the application that runs on the hosts?",
    );
    expect(text).toContain("tarlift init --source frontend --force");
    expect(text).not.toContain("docs/");
  });
});

describe("case 49: what init says of files", () => {
  test("a schema for editors is named only where the repository has it", () => {
    expect(init({}).text).not.toContain("$schema");
    const schema = "node_modules/tarlift/schema/tarlift.schema.json";
    const tree: Tree = { paths: [], read: () => undefined };
    expect(initialConfig(tree, { detectors, directory: "shop", schema }).text).toMatch(
      new RegExp(`^# yaml-language-server: \\$schema=${schema}\n`),
    );
  });

  test("tests of a Node application are proposed to be run by npm", () => {
    const { workflows } = init({
      "package.json": JSON.stringify({ dependencies: { a: "1" } }),
      "package-lock.json": "{}",
    });
    expect(workflows[0]?.text).toContain("# - run: npm test\n");
    expect(workflows[0]?.text).not.toContain("pytest");
    expect(init(DJANGO).workflows[0]?.text).toContain("# - run: python -m pytest\n");
  });
});

describe("anything else", () => {
  test("an empty repository gets a file that parses and asks", () => {
    const { config, kinds, text } = init({}, { directory: "My App!" });
    expect(config.app).toBe("my-app");
    expect(kinds).toEqual([]);
    expect(text.match(/QUESTION:/g)?.length).toBeGreaterThan(1);
  });

  test("text of the project never leaves its comment", () => {
    const { config } = init({
      "package.json": JSON.stringify({ name: "x", scripts: { build: "evil\ntargets: {}", start: "a\r\nservices: 1" } }),
      "package-lock.json": "{}",
      Procfile: "web: gunicorn app # {\n",
    });
    expect(config.targets).toEqual({});
    expect(config.services).toEqual({});
  });
});

describe("paths that were read, and that tarlift.yml cannot say of both", () => {
  const settings = (...lines: string[]) => ({
    ...DJANGO,
    "config/settings.py": ["BASE_DIR = Path(__file__).resolve().parent.parent", ...lines].join("\n"),
  });
  const vite = (directory: string) => ({
    "package.json": JSON.stringify({ scripts: { build: "vite build" }, devDependencies: { vite: "7.0.0" } }),
    "package-lock.json": "{}",
    "vite.config.js": `export default { build: { outDir: "${directory}" } };`,
  });

  test("an output of two steps is asked for the second one", () => {
    const { config, text } = init({ ...settings('STATIC_ROOT = BASE_DIR / "static"'), ...vite("static") });
    expect(config.assets).toMatchObject([{ name: "front end", outputs: ["static"] }]);
    expect(text).toContain(
      "# QUESTION: static files: static is an output of front end already. Into which directory of its own does it write?",
    );
    expect(text).toContain("#   - { name: static files, run:");
  });

  test("a shared path in what is built, or with something built in it, is asked", () => {
    const built = init({ ...settings('MEDIA_ROOT = BASE_DIR / "public" / "media"'), ...vite("public") });
    expect(built.config.assets.map(({ outputs }) => outputs)).toContainEqual(["public"]);
    expect(built.config.shared.directories).toEqual([]);
    expect(built.text).toMatch(
      /^# QUESTION: public\/media overlaps with public, .*Which directory outlives a release\?$/m,
    );
    const translated = init({
      ...settings('MEDIA_ROOT = BASE_DIR / "locale"'),
      ".gitignore": "*.mo\n",
      "locale/de/LC_MESSAGES/django.po": "",
      "locale/fr/LC_MESSAGES/django.po": "",
    });
    expect(translated.config.assets[0]).toMatchObject({ name: "translations" });
    expect(translated.config.shared.directories).toEqual([]);
    expect(
      translated.text.match(/^# QUESTION: the application writes to locale, and the repository has /gm),
    ).toHaveLength(1);
  });

  test("a shared path where the environment stands is asked", () => {
    const { config, text } = init(settings('MEDIA_ROOT = BASE_DIR / ".venv" / "media"'));
    expect(config.shared.directories).toEqual([]);
    expect(text).toMatch(/^# QUESTION: \.venv\/media overlaps with \.venv/m);
  });
});

describe("paths that the repository has files at", () => {
  const lines = [
    "BASE_DIR = Path(__file__).parent.parent",
    'STATIC_ROOT = BASE_DIR / "static"',
    'MEDIA_ROOT = BASE_DIR / "media"',
  ];
  const files = { ...DJANGO, "config/settings.py": lines.join("\n") };

  test("are not shared and not built without a question", () => {
    const { config, text, ignored } = init({ ...files, "media/logo.png": "", "static/app.css": "" });
    expect(config.shared.directories).toEqual([]);
    expect(config.assets).toEqual([]);
    expect(text).toContain("QUESTION: the application writes to media, and the repository has media/logo.png.");
    expect(text).toContain("QUESTION: static files: it writes to static, and the repository has static/app.css.");
    expect(ignored).toEqual([".venv"]);
  });

  test("are proposed where those only keep the directory in git", () => {
    const { config } = init({ ...files, "media/.gitkeep": "", "static/.gitignore": "*" });
    expect(config.shared.directories).toEqual(["media"]);
    expect(config.assets[0]?.outputs).toEqual(["static"]);
  });

  test("are asked about where nothing else is known of such a directory", () => {
    const asked = (files: Record<string, string>) =>
      /^# QUESTION: nothing but a placeholder is in (\S+)\. /m.exec(
        init({ "requirements.txt": "", ...files }).text,
      )?.[1];
    expect(asked({ "data/uploads/.gitkeep": "", ".gitignore": "" })).toBe("data/uploads");
    expect(asked({ "uploads/.gitkeep": "", "uploads/logo.png": "" })).toBeUndefined();
    expect(asked({ "alembic/versions/.keep": "", ".github/.gitkeep": "" })).toBeUndefined();
    expect(asked({ ...files, "media/.gitkeep": "" })).toBeUndefined();
  });
});

describe("files of tools", () => {
  test("make no Python application: pyproject.toml with [tool.ruff] alone, requirements for development", () => {
    const below = { "backend/requirements.txt": "", "frontend/package.json": "{}" };
    const { text, kinds } = init({ "pyproject.toml": "[tool.ruff]\nline-length = 100\n", ...below });
    expect(kinds).toEqual([]);
    expect(text).toContain("QUESTION: backend/ has requirements.txt.");
    expect(text).toContain("QUESTION: frontend/ has package.json.");
    const server = { "package.json": '{ "dependencies": { "a": "1" } }', "package-lock.json": "{}" };
    for (const file of ["requirements-dev.txt", "requirements/docs.txt", "requirements_test.txt"]) {
      const found = init({ ...server, [file]: "" });
      expect(found.kinds, file).toEqual(["Node"]);
      expect(Object.keys(found.config.environments), file).toEqual(["node"]);
    }
  });

  test("are not what hosts need: of requirements for development alone it is asked", () => {
    const { "requirements.txt": _, ...files } = DJANGO;
    const { config, text } = init({ ...files, "requirements-dev.txt": "" });
    expect(config.environments).toEqual({});
    expect(text).toContain("QUESTION: Which of requirements-dev.txt do the hosts need?");
  });

  test("an application below one of another language is asked about", () => {
    const { text, kinds } = init({ ...DJANGO, "frontend/package.json": "{}", "libs/money/pyproject.toml": "" });
    expect(kinds).toEqual(["Django"]);
    expect(text).toMatch(/QUESTION: frontend\/ has package\.json\. .*an environment with `directory: frontend`/);
    expect(text).not.toContain("libs/money");
  });

  test("manage.py in a directory of its own is asked about", () => {
    const { text, kinds, config } = init({
      "requirements.txt": "",
      "mysite/manage.py": MANAGE,
      "mysite/config/wsgi.py": "",
    });
    expect(kinds).toEqual(["Django"]);
    expect(config.check).toEqual([]);
    expect(text).toContain("QUESTION: mysite/manage.py stands in mysite/: ");
  });
});
