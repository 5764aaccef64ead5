import { describe, expect, test } from "vitest";
import { initialConfig, type Tree } from "../../src/config/init.ts";
import { parseConfig } from "../../src/config/load.ts";

/** A project as files and their contents; what it gives, and that it parses. */
function init(files: Record<string, string>, options: { directory?: string; source?: string } = {}) {
  const tree: Tree = { paths: Object.keys(files), read: (path) => files[path] };
  const result = initialConfig(tree, { directory: options.directory ?? "shop", source: options.source });
  return { ...result, config: parseConfig(result.text) };
}

const MANAGE = `#!/usr/bin/env python
import os
def main():
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
`;
const DJANGO = {
  "manage.py": MANAGE,
  "requirements.txt": "django==5.2\n",
  ".python-version": "3.12.4\n",
  "config/settings.py": [
    "BASE_DIR = Path(__file__).resolve().parent.parent",
    'SECRET_KEY = os.environ["SECRET_KEY"]',
    'DEBUG = os.environ.get("DEBUG") == "1"',
    'STATIC_ROOT = BASE_DIR / "var" / "static"',
    'MEDIA_ROOT = os.path.join(BASE_DIR, "media")',
  ].join("\n"),
  "config/wsgi.py": "",
  "shop/models.py": "",
};

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
    expect(config["build-variables"]).toEqual({ DJANGO_SETTINGS_MODULE: "config.settings" });
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
    expect(text).toContain("QUESTION: the code insists on SECRET_KEY.");
    expect(text).not.toContain("DEBUG");
    expect(ignored).toEqual([".venv", "var/static", "media"]);
  });

  test("with settings split into modules is read through the one that manage.py names", () => {
    const { config } = init({
      ...DJANGO,
      "manage.py": MANAGE.replace("config.settings", "config.settings.production"),
      "config/settings.py": undefined as unknown as string,
      "config/settings/__init__.py": "",
      "config/settings/base.py": 'STATIC_ROOT = str(BASE_DIR / "staticfiles")\n',
      "config/settings/production.py": "from .base import *\n",
    });
    expect(config["build-variables"].DJANGO_SETTINGS_MODULE).toBe("config.settings.production");
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
    expect(config.environments.python?.requirements).toBeUndefined();
    expect(config.check[0]?.run).toBe("python -c 'import shop.main'");
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
    expect(config.environments.python?.requirements).toEqual(["requirements/production.txt"]);
    expect(text).toContain("left out: requirements/base.txt, requirements/dev.txt");
  });

  test.each([
    ["poetry.lock", "poetry export"],
    ["Pipfile", "pipenv requirements"],
    ["pyproject.toml", "uv lock"],
  ])("that has only %s is told how to get there", (file, remedy) => {
    const { config, text } = init({ [file]: "" });
    expect(config.environments).toEqual({});
    expect(text).toContain(remedy);
  });

  test("that does not name its Python is asked", () => {
    const { config, text } = init({
      "requirements.txt": "",
      "pyproject.toml": '[project]\nrequires-python = ">=3.10"\n',
    });
    expect(config.environments.python?.interpreter).toBeUndefined();
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
    expect(config.environments.node).toMatchObject({ installer: "npm", use: "run", "version-file": ".nvmrc" });
    expect(config.environments.build).toMatchObject({ installer: "npm", use: "build" });
    expect(config.assets).toMatchObject([{ run: "npm run build" }]);
    expect(config.assets[0]?.outputs).toEqual(["public", "dist"]);
    expect(config.check[0]?.run).toBe("node --check dist/server.js");
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
      const { config, text } = init({ "package.json": "{}", [lock]: "" });
      expect(config.environments).toEqual({});
      expect(text).toContain("package-lock.json");
    }
  });

  test("whose build says nothing of its outputs is asked", () => {
    const { config, text } = init({ ...NODE, "package.json": JSON.stringify({ scripts: { build: "make" } }) });
    expect(config.assets).toEqual([]);
    expect(text).toContain("QUESTION: `make`: where does it put its files?");
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
