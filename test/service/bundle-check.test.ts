// Checks: run in the finished artifact before it is one. The examples, from their commit to an artifact that passed.
import { existsSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import { checkLine } from "../../src/bundle/isolation.ts";
import { summaryMarkdown } from "../../src/report/summary.ts";
import { bundler, unpackArtifact } from "../support/bundles.ts";
import { exampleRepository } from "../support/example.ts";
import { full } from "../support/full.ts";
import { needs } from "../support/needs.ts";
import { type Files, repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

const ALL = { mountNamespace: true, noNetwork: true, readOnly: true, otherUser: true, pidNamespace: true };
const isolating = needs("root", "unshare", "setpriv", "ip");

const checking = (checks: string, files: Files = {}, more = "") =>
  repository({
    "app.js": "1\n",
    "tarlift.yml": `app: t-check\n${more}check:\n${checks}\n`,
    ...files,
  });

it("files of the commit at shared paths are named: no host shows them", async () => {
  const machine = bundler();
  const shared = "shared: { directories: [media, logs], files: [settings.ini] }\n";
  const files = { "media/logo.png": "x", "media.py": "", "logs/.gitkeep": "", "settings.ini": "" };
  await machine.make(repository({ "tarlift.yml": `app: t-hidden\n${shared}`, ...files }));
  expect(machine.said.filter((line) => line.includes("shared"))).toEqual([
    expect.stringMatching(/not seen on hosts, .*: "media\/logo\.png", "settings\.ini"\. What/),
  ]);
});

it("refuses a shared path below a tracked link, which would lead a host elsewhere, before anything is built", async () => {
  const root = repository({
    "tarlift.yml": "app: t-below\nshared: { directories: [static/media] }\n",
    "public/page": "x",
    static: { link: "public" },
  });
  const machine = bundler();
  await expect(machine.make(root)).rejects.toMatchObject({
    what: `the shared path "static/media" cannot stand in a release: "static" is a link or a file there, and no directory`,
    remedy: expect.stringMatching(/^Name in `shared:` the path without the link/),
    outcome: "refused",
  });
  expect(machine.said).toEqual([]);
});

it("refuses a place for the artifact that cannot be one before anything is built", async () => {
  const machine = bundler();
  const root = checking('  - "true"');
  for (const output of [machine.directory, join(root, "app.js/shop.tar")])
    await expect(machine.make(root, { output })).rejects.toMatchObject({
      what: "the artifact cannot be written there",
      where: { file: output },
      outcome: "refused",
    });
  expect(machine.said).toEqual([]);
});

describe("a check that fails", () => {
  it("leaves no artifact, neither a new one nor an older one under its name, and tells what it said", async () => {
    const machine = bundler();
    const file = join(machine.directory, "artifact.tar");
    writeFileSync(file, "an artifact of last week");
    const root = checking('  - "true"\n  - "echo the settings are wrong >&2; exit 3"');
    await expect(machine.make(root, { output: file })).rejects.toThrow(
      /check of the finished artifact failed[\s\S]*exit code 3[\s\S]*the settings are wrong/,
    );
    expect(readdirSync(machine.directory).filter((name) => name.startsWith("artifact"))).toEqual([]);
  });

  it.runIf(isolating)("does not fail for a shared directory, which every host has, empty or not", async () => {
    const writes = '  - "test ! -e logs/app.log && echo x >logs/app.log"';
    const root = checking(
      writes,
      { "logs/app.log": "of the checkout" },
      "shared: { directories: [logs, deep/data] }\n",
    );
    await expect(bundler().make(root)).resolves.toBeDefined();
    await expect(bundler().make(checking(writes))).rejects.toThrow(
      /read-only but for \/tmp and the directories of `shared:`/,
    );
  });

  it("that takes too long is ended and named so", async () => {
    const root = checking('  - { run: "sleep 60", timeout: 1s }');
    await expect(bundler().make(root)).rejects.toThrow(/stopped after 1 s/);
  });

  it("is not run with check: false, and the result does not claim that any did", async () => {
    const result = await bundler().make(checking('  - "false"'), { check: false });
    expect(existsSync(result.file)).toBe(true);
    expect(result.checkReport).toBeUndefined();
  });
});

describe("case 8: on a machine without unshare", () => {
  it("checks run, and that they were not isolated is said on the way, in the result, and in the job summary", async () => {
    const bin = temporary("no-unshare");
    for (const name of readdirSync("/usr/bin"))
      if (name !== "unshare") symlinkSync(`/usr/bin/${name}`, join(bin, name));
    vi.stubEnv("PATH", `${dirname(process.execPath)}:${bin}`);
    try {
      const machine = bundler();
      const result = await machine.make(checking('  - "true"'));
      const line = expect.stringContaining("not isolated: this machine has no unshare");
      expect(machine.said).toContainEqual(line);
      expect(checkLine(result.checkReport)).toEqual(line);
      expect(summaryMarkdown({ bundle: result })).toMatch(
        /### Checks[\s\S]*⚠️ Isolation: not isolated; NOT private mounts/,
      );
    } finally {
      vi.unstubAllEnvs();
    }
  });
});

describe.runIf(isolating)("checks, as root", () => {
  it("see the release as a host has it: files, outputs, modes, step-env; and report what held", async () => {
    const root = checking(
      [
        '  - "test \\"$(pwd)\\" = /srv/t-check/current"',
        '  - "test \\"$COLOR\\" = blue"',
        '  - "test -x run.sh && ./run.sh && test \\"$(cat out/x)\\" = made && test ! -e .git && test ! -e untracked"',
        '  - "for file in x out/y app.js; do if echo 1 >>$file; then exit 1; fi; done 2>/dev/null; test \\"$(id -u)\\" != 0"',
      ].join("\n"),
      { "run.sh": { script: "#!/bin/sh\nexit 0\n" }, ".gitignore": "out/\n" },
      'step-env: { COLOR: blue }\nassets: [{ name: out, run: "mkdir -p out; echo made >out/x", outputs: [out] }]\n',
    );
    writeFileSync(join(root, "untracked"), "");
    const before = process.umask(0o077);
    try {
      const machine = bundler();
      const result = await machine.make(root, { requireIsolation: true });
      expect(result.checkReport?.held).toEqual(ALL);
      expect(result.checkReport?.checks).toHaveLength(4);
      expect(machine.said.join("\n")).toContain('untracked "untracked"');
      expect(machine.said.join("\n")).not.toContain("isolated");
      expect(summaryMarkdown({ bundle: result })).toContain("\n\nIsolation: private mounts, no network, read-only");
      // The directory that was unpacked for the checks is gone.
      expect(readdirSync(join(machine.directory, "work")).filter((name) => name.startsWith("release-"))).toEqual([]);
    } finally {
      process.umask(before);
    }
  });

  it("see no secret of the run", async () => {
    process.env.ACTIONS_RUNTIME_TOKEN = "token-of-the-run";
    process.env.INPUT_KEY = "token-of-the-run";
    try {
      const root = checking('  - "! env | grep -q token-of-the-run"\n  - "! env | grep -qi actions"');
      expect((await bundler().make(root)).checkReport?.checks).toHaveLength(2);
    } finally {
      delete process.env.ACTIONS_RUNTIME_TOKEN;
      delete process.env.INPUT_KEY;
    }
  });
});

describe.runIf(isolating)("the examples, from their commit to an artifact that passed its checks", () => {
  full("examples").it("django: pip environment, collectstatic, checks with its own Python", async () => {
    const machine = bundler();
    const root = exampleRepository("django", {
      edit: {
        "tarlift.yml": (text) => text.replace("app: accounting", `app: accounting\nenvironments-root: ${machine.root}`),
      },
    });
    const result = await machine.make(root, { requireIsolation: true });
    expect(result.checkReport?.held).toEqual(ALL);
    expect(result.checkReport?.checks.length).toBeGreaterThanOrEqual(4);
    const release = await unpackArtifact(result.file);
    expect(existsSync(join(release, "staticfiles/ledger/ledger.css"))).toBe(true);
    expect(existsSync(join(release, "ledger/__pycache__/models.cpython-311.pyc"))).toBe(true);
    const artifact = await openArtifact(result.file);
    expect(artifact.release.requirements.python?.version).toBe("3.11");
    await artifact.verify();
    const again = await machine.make(root);
    expect(again.releaseDigest).toBe(result.releaseDigest);
    expect(again.assets).toMatchObject([{ hit: true }]);
  });

  full("examples").it("node: npm environments to build and to run, workspaces, two asset steps", async () => {
    const machine = bundler();
    const root = exampleRepository("node");
    const result = await machine.make(root, { requireIsolation: true });
    expect(result.checkReport?.held).toEqual(ALL);
    expect(result.checkReport?.checks).toHaveLength(3);
    const release = await unpackArtifact(result.file);
    expect(existsSync(join(release, "dist/server/main.js"))).toBe(true);
    expect(existsSync(join(release, "node_modules/typescript"))).toBe(false);
    const again = await machine.make(root);
    expect(again.releaseDigest).toBe(result.releaseDigest);
    expect(again.assets).toMatchObject([{ hit: true }, { hit: true }]);
  });
});
