import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { init } from "../../src/cli/init.ts";
import { loadConfig } from "../../src/config/load.ts";
import { sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

function repository(files: Record<string, string>): string {
  const directory = join(temporary("init"), "shop");
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  mkdirSync(directory, { recursive: true });
  sh("git", ["init", "-q"], { cwd: directory });
  return directory;
}

async function said(work: Promise<void>): Promise<string> {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await work;
    return written.mock.calls.map(([text]) => text).join("");
  } finally {
    written.mockRestore();
  }
}

const FLASK = { "requirements.txt": "flask==3.1.0\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n" };

describe("tarlift init", () => {
  test("writes a file that loads, and says what git must ignore", async () => {
    const directory = repository({ ...FLASK, ".gitignore": "*.pyc\n" });
    const output = await said(init({ directory }));
    expect(loadConfig(join(directory, "tarlift.yml")).app).toBe("shop");
    expect(output).toContain("(Flask)");
    expect(output).toContain("Add to .gitignore: /.venv");
  });

  test("says the same as JSON", async () => {
    const directory = repository({ ...FLASK, ".gitignore": "*.pyc\n" });
    expect(JSON.parse(await said(init({ directory, json: true, workflows: false })))).toMatchObject({
      file: join(directory, "tarlift.yml"),
      kinds: ["Flask"],
      workflows: [],
      ignore: ["/.venv"],
      questions: expect.any(Number),
    });
  });

  test("does not ask for what git ignores already", async () => {
    const output = await said(init({ directory: repository({ ...FLASK, ".gitignore": ".venv/\n" }) }));
    expect(output).not.toContain("Add to .gitignore");
  });

  test("leaves a tarlift.yml alone unless it is forced", async () => {
    const directory = repository({ ...FLASK, "tarlift.yml": "app: mine\n" });
    await expect(init({ directory })).rejects.toMatchObject({
      outcome: "refused",
      remedy: expect.stringContaining("--force"),
    });
    expect(readFileSync(join(directory, "tarlift.yml"), "utf8")).toBe("app: mine\n");
    await said(init({ directory, force: true }));
    expect(loadConfig(join(directory, "tarlift.yml")).app).toBe("shop");
  });

  test("run below the root, or with --source, writes at the root and names the directory", async () => {
    const files = Object.fromEntries(Object.entries(FLASK).map(([path, text]) => [`apps/api/${path}`, text]));
    const directory = repository(files);
    await said(init({ directory: join(directory, "apps/api") }));
    const below = readFileSync(join(directory, "tarlift.yml"), "utf8");
    await said(init({ directory, source: "apps/api", force: true }));
    expect(readFileSync(join(directory, "tarlift.yml"), "utf8")).toBe(below);
    expect(loadConfig(join(directory, "tarlift.yml"))).toMatchObject({ app: "shop-api", source: "apps/api" });
  });

  test("sees what stands above the application: the lock of its workspace, and no file that git ignores", async () => {
    const files = {
      "apps/api/pyproject.toml": '[project]\nname = "api"\n',
      "uv.lock": '[[package]]\nname = "api"\nsource = { virtual = "apps/api" }\n',
      "apps/.python-version": "3.11\n",
      ".python-version": "3.12\n",
      "libs/uv.lock": "",
    };
    const written = async (more: Record<string, string> = {}) => {
      const directory = repository({ ...files, ...more });
      await said(init({ directory, source: "apps/api" }));
      return loadConfig(join(directory, "tarlift.yml")).environments;
    };
    expect(await written()).toMatchObject({ python: { installer: "uv", interpreter: "/usr/bin/python3.11" } });
    expect(await written({ ".gitignore": "uv.lock\n" })).toEqual({});
  });

  test("writes workflows where the repository is on GitHub, for its default branch, and touches none that is there", async () => {
    const directory = repository({ ...FLASK, ".python-version": "3.11\n", ".github/workflows/deploy.yml": "mine\n" });
    sh("git", ["symbolic-ref", "HEAD", "refs/heads/trunk"], { cwd: directory });
    const output = await said(init({ directory }));
    expect(output).toContain("Written: .github/workflows/build.yml");
    expect(output).toContain("Left as it is: .github/workflows/deploy.yml");
    const build = readFileSync(join(directory, ".github/workflows/build.yml"), "utf8");
    expect(build).toContain("branches: [trunk]");
    expect(build).toContain('python-version: "3.11"');
    expect(readFileSync(join(directory, ".github/workflows/deploy.yml"), "utf8")).toBe("mine\n");
  });

  test("says which workflows that are there are not what fits by now", async () => {
    const directory = repository({ ...FLASK, ".python-version": "3.11\n" });
    await said(init({ directory, workflows: true }));
    expect(await said(init({ directory, workflows: true, force: true }))).toMatch(
      /Left as it is: \.github\/workflows\/build\.yml \(it is what init writes\)/,
    );
    writeFileSync(join(directory, ".python-version"), "3.12\n");
    expect(await said(init({ directory, workflows: true, force: true }))).toMatch(
      /Left as it is: \.github\/workflows\/build\.yml \(not what init writes now: /,
    );
  });

  test("sees no file that was removed and is still tracked", async () => {
    const directory = repository({ ...FLASK, "manage.py": "" });
    sh("git", ["add", "-A"], { cwd: directory });
    rmSync(join(directory, "manage.py"));
    expect(await said(init({ directory }))).toContain("(Flask)");
  });

  test("writes no workflows elsewhere, unless it is asked to", async () => {
    const directory = repository(FLASK);
    expect(await said(init({ directory }))).not.toContain(".github");
    expect(await said(init({ directory, force: true, workflows: true }))).toContain(".github/workflows/deploy.yml");
  });

  test("--config names the file that is written, and the workflows name it too", async () => {
    const directory = repository({ ...FLASK, "tarlift.yml": "app: mine\n" });
    const output = await said(init({ directory, config: "deploy/other.yml", force: true, workflows: true }));
    expect(output).toContain("deploy/other.yml (Flask)");
    expect(readFileSync(join(directory, "tarlift.yml"), "utf8")).toBe("app: mine\n");
    expect(loadConfig(join(directory, "deploy/other.yml"))).toMatchObject({ app: "shop" });
    for (const name of ["build", "deploy"]) {
      const { jobs } = parse(readFileSync(join(directory, `.github/workflows/${name}.yml`), "utf8"));
      const steps: { uses?: string; with?: object }[] = jobs[name].steps;
      for (const { with: inputs } of steps.filter(({ uses }) => uses?.startsWith("acme/tarlift")))
        expect(inputs).toMatchObject({ config: "deploy/other.yml" });
    }
    await expect(init({ directory, config: "deploy/other.yml" })).rejects.toMatchObject({
      what: "other.yml is there already",
      remedy: expect.stringContaining("--force"),
    });
    await expect(init({ directory, config: "../other.yml" })).rejects.toMatchObject({
      what: "../other.yml is not in this repository",
    });
  });

  test("refuses a directory that is not there", async () => {
    await expect(init({ directory: "/nosuch" })).rejects.toMatchObject({
      what: "there is no directory /nosuch",
      outcome: "refused",
    });
  });

  test("writes nothing where one of its files cannot be written", async () => {
    const directory = repository({ ...FLASK, ".github": "a file\n" });
    await expect(init({ directory })).rejects.toMatchObject({
      what: "a file cannot be written",
      where: { file: join(directory, ".github/workflows/build.yml") },
      outcome: "refused",
    });
    expect(existsSync(join(directory, "tarlift.yml"))).toBe(false);
    await said(init({ directory, workflows: false }));
    await expect(init({ directory, config: "app.py/tarlift.yml" })).rejects.toMatchObject({
      what: "a file cannot be written",
    });
  });

  test("refuses a source outside of the repository", async () => {
    await expect(init({ directory: repository({}), source: "../.." })).rejects.toMatchObject({ outcome: "refused" });
  });

  test("works where there is no git", async () => {
    const directory = temporary("plain");
    for (const [path, text] of Object.entries(FLASK)) writeFileSync(join(directory, path), text);
    expect(await said(init({ directory }))).toContain("(Flask)");
  });
});
