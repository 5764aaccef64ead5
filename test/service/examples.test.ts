// The examples work by their own means: what their READMEs tell a reader to type.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { configSchema } from "../../src/config/schema.ts";
import { commitAll, exampleRepository } from "../support/example.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";

describe.each(["django", "node"] as const)("the %s example", (name) => {
  test("is the same commit in every directory, and another one after an edit", () => {
    const [one, two] = [exampleRepository(name), exampleRepository(name)];
    const head = (repository: string) => sh("git", ["rev-parse", "HEAD"], { cwd: repository });
    expect(head(one)).toBe(head(two));
    commitAll(two, "A second commit", { "README.md": (text) => `${text}\nMore.\n` });
    expect(head(one)).not.toBe(head(two));
    expect(sh("git", ["status", "--porcelain"], { cwd: two })).toBe("");
  });

  test("has a configuration that is valid", () => {
    const text = readFileSync(join(exampleRepository(name), "tarlift.yml"), "utf8");
    expect(configSchema.safeParse(parse(text)).error).toBeUndefined();
  });
});

full("examples", needs("python3.11", "cc")).describe("the Django example on a laptop", () => {
  test("installs from its requirements and passes its own tests", () => {
    const cwd = exampleRepository("django");
    sh("python3.11", ["-m", "venv", ".venv"], { cwd });
    sh(".venv/bin/pip", ["install", "--quiet", "--requirement", "requirements.txt"], { cwd });
    sh(".venv/bin/python", ["manage.py", "test", "--settings", "config.test"], { cwd });
    sh(".venv/bin/python", ["manage.py", "makemigrations", "--check", "--dry-run", "--settings", "config.build"], {
      cwd,
    });
    sh(".venv/bin/gunicorn", ["--check-config"], {
      cwd,
      env: { ...process.env, DJANGO_SETTINGS_MODULE: "config.build" },
    });
  });
});

full("examples", needs("npm")).describe("the Node example on a laptop", () => {
  test("installs from its lock, builds and passes its own tests", () => {
    const cwd = exampleRepository("node");
    sh("npm", ["ci"], { cwd });
    sh("npm", ["run", "build"], { cwd });
    sh("npm", ["test"], { cwd });
    expect(readdirSync(join(cwd, "dist")).sort()).toEqual(["server", "web"]);
    expect(sh("git", ["status", "--porcelain"], { cwd })).toBe("");
  });
});
