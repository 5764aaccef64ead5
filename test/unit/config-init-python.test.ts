import { describe, expect, test } from "vitest";
import { DJANGO, init, MANAGE, runs } from "../support/initial-config.ts";

describe("the settings of a Django project", () => {
  const django = (files: Record<string, string>) => init({ "requirements.txt": "", "proj/wsgi.py": "", ...files });
  const chosen = (files: Record<string, string>) => django(files).config["step-env"].DJANGO_SETTINGS_MODULE;
  const set = (value: string) => `os.environ.setdefault("DJANGO_SETTINGS_MODULE", ${value})\n`;

  test("are no variable's name: of what it can be, production's is taken", () => {
    const text = `settings_module = 'proj.production' if 'SITE' in os.environ else 'proj.development'\n${set("settings_module")}`;
    const files = { "manage.py": text, "proj/wsgi.py": text, "proj/development.py": "" };
    expect(chosen({ ...files, "proj/production.py": "from .development import *\n" })).toBe("proj.production");
    expect(django(files).text).toContain("QUESTION: Which settings does production use (proj.development)?");
  });

  test("are no function that computes them, no part of an f-string, and no comment", () => {
    const files = {
      "proj/settings/base.py": "",
      "proj/settings/web.py": "",
      "os.py": "",
      "proj/settings/__init__.py": "",
    };
    for (const value of [
      'os.getenv("SETTINGS", "proj.settings.base")',
      'f"proj.settings.{env}"',
      '"proj.settings." + env',
      '"proj.settings.base" if BASE else "proj.settings.web"',
    ])
      expect(chosen({ ...files, "manage.py": set(value) }), value).toBeUndefined();
    expect(chosen({ ...files, "manage.py": `# ${set('"proj.settings.base"')}${set('"proj.settings.web"')}` })).toBe(
      "proj.settings.web",
    );
    expect(chosen({ ...files, "manage.py": set("x"), Dockerfile: "ENV DJANGO_SETTINGS_MODULE=proj.${ENV}\n" })).toBe(
      undefined,
    );
    expect(
      chosen({ ...files, "manage.py": set("x"), Dockerfile: "ENV DJANGO_SETTINGS_MODULE proj.settings.web\n" }),
    ).toBe("proj.settings.web");
  });

  test("that manage.py names and the repository does not have are a question", () => {
    const { text, config } = django({ "manage.py": set('"proj.hosted"'), "proj/settings.py": "" });
    expect(config["step-env"]).toEqual({});
    expect(text).toContain(
      "QUESTION: manage.py names proj.hosted, which is not in the repository. Which settings does production use (proj.settings)?",
    );
  });

  test("for development are not taken by any of their names", () => {
    for (const name of ["dev_settings", "local_settings", "settings_test", "settings.local", "testing_settings"]) {
      const path = `proj/${name.replace(".", "/")}.py`;
      expect(chosen({ "manage.py": set(`"proj.${name}"`), [path]: "" }), name).toBeUndefined();
    }
  });

  test("are no module that is called `live` for another reason", () => {
    const files = {
      "manage.py": set('"proj.settings"'),
      "proj/settings.py": "",
      "proj/live.py": "def stream(): ...\n",
    };
    expect(chosen(files)).toBe("proj.settings");
    expect(chosen({ ...files, "proj/live.py": "from .settings import *\n" })).toBe("proj.live");
  });

  test("that a later import replaces say nothing of a directory", () => {
    const { config } = django({
      "manage.py": set('"proj.settings"'),
      "proj/settings.py":
        'BASE_DIR = Path(__file__).parent.parent\nSTATIC_ROOT = BASE_DIR / "static"\nfrom .more import *\n',
      "proj/more.py": 'STATIC_ROOT = "/var/www/static"\n',
    });
    expect(config.assets).toEqual([]);
  });
});

describe("a Python application beside a manage.py in a directory", () => {
  const FASTAPI = {
    "requirements.txt": "fastapi==0.115.0\n",
    "main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
  };

  test.each(["example", "tests", "docs"])("of %s/ is what it is, and not asked about that", (directory) => {
    const { kinds, text } = init({ ...FASTAPI, [`${directory}/manage.py`]: MANAGE });
    expect(kinds).toEqual(["FastAPI"]);
    expect(text).not.toContain("manage.py");
    expect(init({ "requirements.txt": "", [`${directory}/manage.py`]: MANAGE }).kinds).toEqual(["Python"]);
  });

  test("of a project of its own is what it is, and asked about the project", () => {
    const { kinds, text, config } = init({ ...FASTAPI, "admin/manage.py": MANAGE });
    expect(kinds).toEqual(["FastAPI"]);
    expect(config.check.map(({ run }) => run)).toEqual(["python -c 'import main'"]);
    expect(text).toContain("QUESTION: admin/manage.py stands in admin/: ");
    expect(init({ "requirements.txt": "", "my site/manage.py": MANAGE }, { source: "apps" }).text).toMatch(
      /cd 'my site' && python manage\.py check\..*`tarlift init --source 'apps\/my site' --force`/,
    );
  });

  test("is Django where Flask is imported by a tool, or below the project", () => {
    const files = { "requirements.txt": "", "mysite/manage.py": MANAGE };
    for (const path of ["mysite/hooks.py", "examples/mock.py"])
      expect(init({ ...files, [path]: "from flask import Flask\napp = Flask(__name__)\n" }).kinds).toEqual(["Django"]);
    expect(init({ ...files, "tool.py": "import flask\n" }).kinds).toEqual(["Django"]);
  });

  test("makes its application in the one module that is no example", () => {
    const { config } = init({ ...FASTAPI, "examples/more.py": FASTAPI["main.py"] });
    expect(config.check.map(({ run }) => run)).toEqual(["python -c 'import main'"]);
  });
});

describe("variables that the code reads without a default", () => {
  const asked = (...lines: string[]) =>
    /^# QUESTION: the code reads (.*) without a default/m.exec(
      init({ ...DJANGO, "config/settings.py": `${lines.join("\n")}\n` }).text,
    )?.[1];

  test.each([
    ["an index", 'KEY = os.environ["KEY"]', "KEY"],
    ["a comparison", 'DEBUG = os.environ["MODE"] == "debug"', "MODE"],
    ["django-environ", 'KEY = env("KEY")\nURL = env.str("URL")', "KEY, URL"],
    ["python-decouple", "from decouple import config\nKEY = config('KEY')\nB = config('B', default=1)", "KEY"],
    ["an assignment", 'os.environ["RELAX"] = "1"\nX = os.environ["RELAX"]', undefined],
    ["setdefault", 'os.environ.setdefault("TZ", "UTC")\nX = os.environ["TZ"]', undefined],
    ["a look before", 'if "SENTRY_DSN" in os.environ:\n    dsn = os.environ["SENTRY_DSN"]', undefined],
    ["a condition", 'if os.environ.get("DSN"):\n    dsn = os.environ["DSN"]', undefined],
    ["an exception", 'try:\n    A = os.environ["A"]\nexcept KeyError:\n    A = 1', undefined],
    ["a comment", '# os.environ["OLD"]\nX = "#"  # env("OLDER")', undefined],
    ["a docstring", '"""Set os.environ["OLD"] first."""', undefined],
    ["a default of Env", 'env = environ.Env(DEBUG=(bool, False), PORT=int)\nD = env("DEBUG")\nP = env("PORT")', "PORT"],
    ["a prefix", 'with env.prefixed("SHOP_"):\n    K = env("KEY")', undefined],
    [
      "what each process has",
      'H = os.environ["HOME"]\nR = os.environ["TARLIFT_RELEASE"]\nU = os.environ["UID"]',
      undefined,
    ],
  ])("%s", (_, text, names) => {
    expect(asked(text)).toBe(names);
  });
});

describe("the check of a Python server", () => {
  const FASTAPI = "from fastapi import FastAPI\napp = FastAPI()\n";
  const PACKAGE = {
    "pyproject.toml": '[project]\nname = "shop"\n[build-system]\nrequires = ["hatchling"]\n',
    "uv.lock": "",
  };

  test("where src/ is part of the module's name, and where a package leaves it out", () => {
    const plain = { "requirements.txt": "", "src/main.py": FASTAPI };
    expect(runs({ ...plain, Procfile: "web: uvicorn src.main:app\n" })).toEqual([
      "python -c 'from src.main import app'",
    ]);
    expect(runs(plain)).toEqual(["python -c 'import src.main'"]);
    expect(runs({ ...PACKAGE, "src/shop/main.py": FASTAPI })).toEqual(["python -c 'import shop.main'"]);
  });

  test("where code of a directory runs with that directory on Python's path, or no import statement leads into it", () => {
    const plain = { "requirements.txt": "", "api/main.py": `from models import X\n${FASTAPI}`, "api/models.py": "" };
    const inside = ["PYTHONPATH=api python -c 'import main'"];
    const below = ["python -c 'import api.main'"];
    expect(runs(plain)).toEqual(inside);
    expect(runs({ ...plain, "api/__init__.py": "" })).toEqual(below);
    expect(runs({ ...plain, "models.py": "" })).toEqual(below);
    expect(runs({ ...plain, "tests/test_a.py": "from api import main\n" })).toEqual(below);
    expect(runs({ ...plain, "api/more.py": "from . import models\n" })).toEqual(below);
    expect(runs({ "requirements.txt": "", "api/main.py": FASTAPI, "api/models.py": "" })).toEqual(below);
    expect(runs({ "requirements.txt": "", "my-app/main.py": FASTAPI })).toEqual([
      "PYTHONPATH=my-app python -c 'import main'",
    ]);
    expect(runs({ "requirements.txt": "", "my app/src/shop/main.py": FASTAPI })).toEqual([
      "PYTHONPATH='my app/src' python -c 'import shop.main'",
    ]);
  });

  test("of a file whose name no import statement can have", () => {
    expect(runs({ "requirements.txt": "", "my-app.py": FASTAPI })).toEqual([
      `python -c 'from importlib import import_module; import_module("my-app")'`,
    ]);
    const factory = "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n";
    expect(runs({ "requirements.txt": "", "my-app.py": factory })).toEqual([
      `python -c 'from importlib import import_module; import_module("my-app").create_app()'`,
    ]);
  });

  test("of a package that pip alone builds, which tarlift.yml says, and what is wrong with the line", () => {
    for (const built of ["setup.py", "pyproject.toml"])
      for (const line of ["-e .", "-e.", "--editable=.", "-e '.[server]'", ".", "./ ; python_version > '3'"]) {
        const name = `${built}: ${line}`;
        const files = { [built]: '[project]\nname = "shop"\n', "src/shop/main.py": FASTAPI };
        const { config, text } = init({ ...files, "requirements/base.txt": `x==1\n${line}\n` });
        expect(config.package, name).toBe(true);
        expect(config.check[0]?.run, name).toBe("python -c 'import shop.main'");
        expect(text.includes("which is refused"), name).toBe(line.startsWith("-"));
        expect(text, name).toContain(`base.txt has \`${line}\``);
        expect(text.includes("its extras [server] require"), name).toBe(line.includes("server"));
        expect(init({ ...files, "requirements.txt": "x==1\n" }).config.package, name).toBeUndefined();
      }
    const uv = '[project]\nname = "shop"\n[tool.uv]\npackage = true\n';
    const { config } = init({ "uv.lock": "", "pyproject.toml": uv, "src/shop/main.py": FASTAPI });
    expect([config.package, config.check[0]?.run]).toEqual([true, "python -c 'import shop.main'"]);
  });

  test("of what pip does not build runs with src/ on the path", () => {
    const { config } = init({ "requirements.txt": "-e .\n", "src/shop/main.py": FASTAPI });
    expect([config.package, config.check[0]?.run]).toEqual([undefined, "python -c 'import src.shop.main'"]);
  });

  test("of a package without an environment yet is a question, and parses", () => {
    const { config, text } = init({ "setup.py": "", "requirements-dev.txt": "-e .\n", "requirements-test.txt": "" });
    expect(config.package).toBeUndefined();
    expect(text).toMatch(/QUESTION: Which of .* And `package: true`/);
  });

  test("with local packages in editable mode is reported, also through an included file", () => {
    const { text, config } = init({
      "requirements.txt": "-r requirements/base.txt\n-r requirements.txt\n",
      "requirements/base.txt": "-e ./libs/money # ours\n",
    });
    expect(text).toContain(
      "QUESTION: requirements/base.txt has `-e ./libs/money`, which is refused: hosts have no checkout. Remove `-e`",
    );
    expect(config.package).toBeUndefined();
  });

  test("where code below src/ runs with src/ on Python's path", () => {
    const plain = { "requirements.txt": "", "src/main.py": `from models import X\n${FASTAPI}`, "src/models.py": "" };
    expect(runs(plain)).toEqual(["PYTHONPATH=src python -c 'import main'"]);
    expect(runs({ ...plain, Procfile: "web: uvicorn --app-dir src main:app\n" })).toEqual([
      "PYTHONPATH=src python -c 'from main import app'",
    ]);
  });

  test("of a factory that wants arguments, which are asked for", () => {
    const factory = (parameters: string) => ({
      "requirements.txt": "",
      "app/__init__.py": `from flask import Flask\ndef create_app(${parameters}):\n    return Flask(__name__)\n`,
    });
    const { config, text } = init(factory("config_name: str, debug=False"));
    expect(config.check.map(({ run }) => run)).toEqual(["python -c 'import app'"]);
    expect(text).toContain("QUESTION: create_app of app/__init__.py wants config_name: what does your server give it?");
    for (const parameters of ["", "config=None", "\n    config: dict[str, int] = {},\n", "*args, **options"])
      expect(runs(factory(parameters)), parameters).toEqual(["python -c 'from app import create_app; create_app()'"]);
    expect(init(factory("*, config")).text).toContain("wants config:");
  });
});

describe("the minor version of Python", () => {
  test.each([
    ["==3.11.*", "3.11"],
    ["~=3.11.0", "3.11"],
    [">=3.11,<3.12", "3.11"],
    ["~=3.11", undefined],
    [">=3.11", undefined],
    [">=3.10,<3.12", undefined],
  ])("is taken from pyproject.toml where that leaves one: %s", (specifier, minor) => {
    const { config } = init({ "uv.lock": "", "pyproject.toml": `[project]\nrequires-python = "${specifier}"\n` });
    expect({ interpreter: undefined, ...config.environments.python }).toMatchObject({
      interpreter: minor && `/usr/bin/python${minor}`,
    });
  });

  test("is taken from Poetry's own words too", () => {
    const poetry = (python: string) => ({
      "requirements.txt": "",
      "pyproject.toml": `[tool.poetry]\nname = "shop"\n[tool.poetry.dependencies]\npython = "${python}"\n`,
    });
    expect(init(poetry("~3.11")).config.environments.python).toHaveProperty("interpreter", "/usr/bin/python3.11");
    expect(init(poetry("3.12.*")).config.environments.python).toHaveProperty("interpreter", "/usr/bin/python3.12");
    expect(init(poetry("^3.11")).config.environments.python).not.toHaveProperty("interpreter");
  });
});

describe("a Python application of no known framework", () => {
  test("is checked by the module that its server is started with", () => {
    const files = {
      "requirements.txt": "",
      "main.py": "import os\nX = os.environ['KEY']\n",
      Procfile: "web: uvicorn main:app\n",
    };
    expect(runs(files)).toEqual(["python -c 'from main import app'"]);
    expect(init(files).text).toContain("the code reads KEY without a default");
  });

  test("is seen by its setup.py or requirements.in alone, and asked for what hosts install", () => {
    expect(init({ "setup.py": "" }).text).toContain("QUESTION: There is no requirements.txt and no uv.lock");
    expect(init({ "requirements.in": "" }).text).toContain("run `pip-compile`");
  });
});

describe("what a server's module imports", () => {
  const asked = (files: Record<string, string>) =>
    /^# QUESTION: the code reads (.*) without a default/m.exec(init({ "requirements.txt": "", ...files }).text)?.[1];
  const main = "from fastapi import FastAPI\nfrom app.core import config\napp = FastAPI()\n";

  test("is read for variables too, by each way to import", () => {
    const read = (name: string) => `import os\nX = os.environ["${name}"]\n`;
    const files = {
      "app/main.py": `${main}import app.db as db, json\nfrom .more import (\n    one,\n    two,\n)\n`,
      "app/__init__.py": read("PACKAGE"),
      "app/core/config.py": read("CONFIG"),
      "app/db.py": `from . import url\n`,
      "app/url.py": read("URL"),
      "app/more/__init__.py": "",
      "app/more/two.py": read("TWO"),
      "app/unused.py": read("UNUSED"),
      "scripts/load.py": read("SCRIPT"),
    };
    expect(asked(files)?.split(", ").sort()).toEqual(["CONFIG", "PACKAGE", "TWO", "URL"]);
    expect(asked({ ...files, Procfile: "web: uvicorn app.main:app\n" })?.split(", ")).toHaveLength(4);
    const below = Object.fromEntries(Object.entries(files).map(([path, text]) => [`src/${path}`, text]));
    expect(asked(below)?.split(", ")).toHaveLength(4);
  });

  test("has pydantic's settings, whose fields without a default are variables", () => {
    const config = [
      "class Mail(BaseModel):",
      "    host: str",
      "class Settings(BaseSettings):",
      '    """Settings."""',
      '    model_config = SettingsConfigDict(env_prefix="SHOP_")',
      "    database_url: PostgresDsn",
      "    debug: bool = False",
      "    key: SecretStr | None",
      "    mail: Mail",
      "    kinds: ClassVar[list[str]]",
      "    origins: Annotated[",
      "        list[str], Field()",
      "    ] = []",
      "    def __init__(self):",
      "        value: int",
    ];
    const files = { "app/main.py": main, "app/core/config.py": `${config.join("\n")}\n` };
    expect(asked(files)).toBe("SHOP_DATABASE_URL, SHOP_KEY");
  });
});

describe("beside its server, a Python application", () => {
  test("with Celery is asked for the services of its workers, unless the Procfile has them", () => {
    const files = { ...DJANGO, "config/celery.py": 'from celery import Celery\napp = Celery("shop")\n' };
    const question = "QUESTION: config/celery.py makes a Celery application.";
    expect(init(files).text).toContain(question);
    expect(init({ ...files, Procfile: "worker: celery -A config worker\n" }).text).not.toContain(question);
    expect(init({ ...files, "config/celery.py": "# app = Celery()\n" }).text).not.toContain(question);
  });

  test("with a server of Node is asked whether that serves on hosts", () => {
    const node = { "package.json": '{ "dependencies": { "a": "1" }, "scripts": { "start": "node server.js" } }' };
    const files = { ...node, "package-lock.json": "{}", "server.js": "", "requirements.txt": "" };
    expect(init(files).text).toContain(
      "QUESTION: package.json has `start`: node server.js. Does Node serve on the hosts?",
    );
    expect(init({ ...DJANGO, ...files }).text).not.toContain("Does Node serve");
  });

  test("whose lock is not known gets workflows for Python all the same", () => {
    const { workflows } = init({
      "pyproject.toml": '[tool.poetry.dependencies]\npython = "~3.12"\n',
      "poetry.lock": "",
    });
    expect(workflows[0]?.text).toContain('python-version: "3.12" # the minor');
    expect(workflows[0]?.text).toContain("# - run: python -m pytest\n");
  });
});
