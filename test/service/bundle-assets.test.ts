// Asset steps: what they see, when they run, and what of them ships. Every step is real shell in a real checkout.
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { platformParts } from "../../src/cache-key/platform.ts";
import { bundler, unpackArtifact, wheel } from "../support/bundles.ts";
import { commit as commitFiles, PYTHON, write } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { sh } from "../support/needs.ts";
import { commit, type Files, git, repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

vi.mock(import("../../src/cache-key/platform.ts"), async (original) => {
  const actual = await original();
  return { ...actual, platformParts: vi.fn(actual.platformParts) };
});

/** A repository whose tarlift.yml has these steps; `$LOG` is a file outside of it that tells which steps ran. */
function project(steps: string, files: Files = {}, more = "") {
  const machine = bundler();
  const log = join(machine.directory, "log");
  writeFileSync(log, "");
  const root = repository({
    "app.js": "1\n",
    "style.css": "a\n",
    ".gitignore": "out*/\n*.made\n",
    "tarlift.yml": `app: shop\nstep-env: { LOG: ${log} }\nassets:\n${steps}\n${more}`,
    ...files,
  });
  return { ...machine, repository: root, ran: () => readFileSync(log, "utf8"), log };
}

const COPY = '  - { name: copy, run: "echo copy >>$LOG; mkdir -p out; cp app.js out/", outputs: [out] }';

describe("an asset step", () => {
  it("runs once for the same inputs, and its outputs ship each time", async () => {
    const { repository: root, make, ran } = project(COPY);
    const first = await make(root);
    expect(first.assets).toMatchObject([{ name: "copy", hit: false }]);
    // The step ran in a copy: the checkout is as it was.
    expect(existsSync(join(root, "out"))).toBe(false);
    const second = await make(root);
    expect(second.assets).toMatchObject([{ name: "copy", hit: true }]);
    expect(second.releaseDigest).toBe(first.releaseDigest);
    expect(ran()).toBe("copy\n");
    expect(readFileSync(join(await unpackArtifact(second.file), "out/app.js"), "utf8")).toBe("1\n");
  });

  full("bundles").it("runs again when a tracked file, its text or a variable has changed", async () => {
    const { repository: root, make, ran } = project(COPY);
    await make(root);
    commit(root, { "app.js": "2\n" });
    const changed = await make(root);
    expect(readFileSync(join(await unpackArtifact(changed.file), "out/app.js"), "utf8")).toBe("2\n");
    commit(root, {
      "tarlift.yml": `${readFileSync(join(root, "tarlift.yml"), "utf8").replace("cp app.js", "cp -p app.js")}`,
    });
    await make(root);
    appendFileSync(join(root, "tarlift.yml"), "# the step reads every tracked file, this one too\n");
    commit(root);
    await make(root);
    expect(ran()).toBe("copy\n".repeat(4));
  });

  it("with `inputs:` runs for those only", async () => {
    const {
      repository: root,
      make,
      ran,
    } = project(
      '  - { name: web, inputs: ["web/**/*.js", "lib"], run: "echo web >>$LOG; mkdir -p out; cat web/a/*.js lib/x >out/all", outputs: [out] }',
      { "web/a/x.js": "x\n", "lib/x": "l\n" },
    );
    await make(root);
    commit(root, { "app.js": "2\n", "web/readme.md": "new\n" });
    expect((await make(root)).assets).toMatchObject([{ hit: true }]);
    commit(root, { "lib/x": "m\n" });
    await make(root);
    commit(root, { "web/a/y.js": "y\n" });
    const last = await make(root);
    expect(ran()).toBe("web\n".repeat(3));
    expect(readFileSync(join(await unpackArtifact(last.file), "out/all"), "utf8")).toBe("x\ny\nm\n");
  });

  full("bundles").it("with `inputs:` runs again when its text, a variable or an included file changes", async () => {
    const steps =
      '  - { name: web, inputs: [app.js], run: "echo web >>$LOG; mkdir -p out; cp app.js out/", outputs: [out] }';
    const { repository: root, make, ran } = project(steps, {}, "include: [of.made]\n");
    const edit = (from: string, to: string) =>
      commit(root, { "tarlift.yml": readFileSync(join(root, "tarlift.yml"), "utf8").replace(from, to) });
    writeFileSync(join(root, "of.made"), "1");
    await make(root);
    edit("cp app.js", "cp -p app.js");
    await make(root);
    edit("{ LOG:", "{ COLOR: blue, LOG:");
    await make(root);
    writeFileSync(join(root, "of.made"), "2");
    await make(root);
    expect(ran()).toBe("web\n".repeat(4));
    edit("app: shop", "# a comment\napp: shop");
    await make(root);
    expect(ran()).toBe("web\n".repeat(4));
  });

  it.each([
    ["architecture", "riscv64"],
    ["libc", "musl"],
    ["operating system", "debian 99"],
  ])("with `inputs:` runs again on a machine with another %s", async (name, value) => {
    const steps =
      '  - { name: packages, inputs: [app.js], run: "echo packages >>$LOG; mkdir -p out; cp app.js out/", outputs: [out] }';
    const { repository: root, make, ran } = project(steps);
    const here = platformParts();
    await make(root);
    const there = here.map((part) => (part.name === name ? { name, value } : part));
    vi.mocked(platformParts).mockReturnValueOnce(there);
    expect((await make(root)).assets).toMatchObject([{ hit: false }]);
    expect((await make(root)).assets).toMatchObject([{ hit: true }]);
    expect(ran()).toBe("packages\n".repeat(2));
  });

  it.each(['["nowhere/**"]', '[app.js, "nowhere/**", .git]', "[., nowhere/made.css]"])(
    "whose `inputs:` %s name nothing, or name it beside what is there, is refused",
    async (inputs) => {
      const { repository: root, make } = project(`  - { name: web, inputs: ${inputs}, run: "true", outputs: [out] }`);
      await expect(make(root)).rejects.toMatchObject({
        what: expect.stringMatching(/^asset step "web" names inputs that are no tracked file/),
        where: { inputs: expect.stringMatching(/^nowhere[^,]*$/) },
      });
    },
  );

  it("may name what `include:` ships among its inputs", async () => {
    const { repository: root, make } = project(
      '  - { name: web, inputs: [app.js, "data/*"], run: "cat data/x >out", outputs: [out] }\ninclude: [data]',
      { ".gitignore": "data\n" },
    );
    mkdirSync(join(root, "data"));
    writeFileSync(join(root, "data/x"), "included");
    expect(readFileSync(join(await unpackArtifact((await make(root)).file), "out"), "utf8")).toBe("included");
  });

  it("case 62: ships what another installer makes of node_modules, with its links to packages and workspaces", async () => {
    const install = [
      "mkdir -p node_modules/.pnpm/ms@2/node_modules/ms packages/ui/node_modules packages/api/node_modules/@shop",
      "echo 'module.exports = 2' >node_modules/.pnpm/ms@2/node_modules/ms/index.js",
      "ln -s ../../../node_modules/.pnpm/ms@2/node_modules/ms packages/ui/node_modules/ms",
      "ln -s ../../../ui packages/api/node_modules/@shop/ui",
    ].join(" && ");
    const { repository: root, make } = project(
      `  - { name: packages, run: ${JSON.stringify(install)}, outputs: [node_modules, packages/ui/node_modules, packages/api/node_modules] }`,
      {
        ".gitignore": "node_modules\n",
        "packages/ui/index.js": "module.exports = require('ms')\n",
        "packages/api/server.js": "console.log(require('@shop/ui'))\n",
      },
    );
    const release = await unpackArtifact((await make(root)).file);
    expect(sh("node", [join(release, "packages/api/server.js")])).toBe("2\n");
  });

  it("sees what earlier steps made, also when those came from the store, in the order of tarlift.yml", async () => {
    const {
      repository: root,
      make,
      ran,
    } = project(
      [
        '  - { name: one, inputs: [app.js], run: "echo one >>$LOG; mkdir -p out; cp app.js out/one", outputs: [out] }',
        '  - { name: two, inputs: [style.css, "out/*"], run: "echo two >>$LOG; cat out/one style.css >two.made", outputs: [two.made] }',
        '  - { name: three, inputs: ["*.made"], run: "echo three >>$LOG; cp two.made three.made", outputs: [three.made] }',
      ].join("\n"),
    );
    await make(root);
    expect(ran()).toBe("one\ntwo\nthree\n");
    git(root, "clean", "-fdxq");
    commit(root, { "style.css": "b\n" });
    const second = await make(root);
    expect(second.assets.map(({ hit }) => hit)).toEqual([true, false, false]);
    expect(readFileSync(join(await unpackArtifact(second.file), "three.made"), "utf8")).toBe("1\nb\n");
    // What an earlier step makes counts as input: by its content, not by whether the step ran.
    git(root, "clean", "-fdxq");
    commit(root, { "app.js": "2\n" });
    const third = await make(root);
    expect(third.assets.map(({ hit }) => hit)).toEqual([false, false, false]);
    expect(readFileSync(join(await unpackArtifact(third.file), "three.made"), "utf8")).toBe("2\nb\n");
    expect(ran()).toBe("one\ntwo\nthree\ntwo\nthree\none\ntwo\nthree\n");
  });

  it("does not ship what an earlier run left, and leaves tracked files among its outputs alone", async () => {
    const { repository: root, make } = project(
      '  - { name: copy, run: "mkdir -p out; cp app.js out/", outputs: [out] }',
      { ".gitignore": "out/*\n!out/.gitkeep\n", "out/.gitkeep": "" },
    );
    writeFileSync(join(root, "out/stale.js"), "stale");
    const release = await unpackArtifact((await make(root)).file);
    expect(existsSync(join(release, "out/stale.js"))).toBe(false);
    expect(existsSync(join(release, "out/.gitkeep"))).toBe(true);
    expect(existsSync(join(release, "out/app.js"))).toBe(true);
  });
});

describe("case 52: an asset step is never called unchanged though what it reads changed", () => {
  const made = async (machine: ReturnType<typeof project>, path = "out") => {
    const { file, assets } = await machine.make(machine.repository);
    return { text: readFileSync(join(await unpackArtifact(file), path), "utf8"), hits: assets.map(({ hit }) => hit) };
  };

  it("with `inputs: [web/**]` it reads dot files, and files in dot directories", async () => {
    const machine = project(
      '  - { name: web, inputs: ["web/**"], run: "cat web/.settings web/.config/x >out", outputs: [out] }',
      { "web/.settings": "1\n", "web/.config/x": "a\n", ".gitignore": "out\n" },
    );
    expect(await made(machine)).toEqual({ text: "1\na\n", hits: [false] });
    commit(machine.repository, { "web/.settings": "2\n" });
    expect(await made(machine)).toEqual({ text: "2\na\n", hits: [false] });
    commit(machine.repository, { "web/.config/x": "b\n" });
    expect(await made(machine)).toEqual({ text: "2\nb\n", hits: [false] });
  });

  it("without `inputs:` it reads what `export-ignore` keeps out of the release", async () => {
    const machine = project('  - { name: web, run: "cat src/a.ts >out", outputs: [out] }', {
      "src/a.ts": "1\n",
      ".gitattributes": "src/ export-ignore\n",
      ".gitignore": "out\n",
    });
    expect(await made(machine)).toEqual({ text: "1\n", hits: [false] });
    commit(machine.repository, { "src/a.ts": "2\n" });
    expect(await made(machine)).toEqual({ text: "2\n", hits: [false] });
    const { file } = await machine.make(machine.repository);
    expect(existsSync(join(await unpackArtifact(file), "src"))).toBe(false);
  });

  full("bundles").it(
    "reads what stands beside `source:`, all of it without `inputs:`, and what they name",
    async () => {
      const files = { "backend/app.py": "1\n", "web/a.js": "1\n", "other/b.js": "1\n", ".gitignore": "out\nout2\n" };
      const steps = (inputs: string) =>
        `  - { name: web, ${inputs}run: "cat ../web/a.js >out", outputs: [out] }\nsource: backend\n`;
      const whole = project(steps(""), files);
      expect(await made(whole)).toEqual({ text: "1\n", hits: [false] });
      commit(whole.repository, { "web/a.js": "2\n" });
      expect(await made(whole)).toEqual({ text: "2\n", hits: [false] });
      const named = project(steps("inputs: [., ../web], "), files);
      expect((await made(named)).hits).toEqual([false]);
      commit(named.repository, { "other/b.js": "2\n" });
      expect((await made(named)).hits).toEqual([true]);
      commit(named.repository, { "web/a.js": "2\n" });
      expect(await made(named)).toEqual({ text: "2\n", hits: [false] });
      writeFileSync(join(named.repository, "web/a.js"), "changed, and not committed\n");
      await expect(named.make(named.repository)).rejects.toThrow(/differ from HEAD[\s\S]*"web\/a\.js" is changed/);
    },
  );

  it("does not see what its key does not cover: other files, untracked ones, the checkout's history", async () => {
    const files = { "web/a.js": "1\n", "lib/b.js": "1\n", ".gitignore": "out\n.env.local\n" };
    for (const read of ["cat lib/b.js", "cat .env.local", "git rev-parse HEAD"]) {
      const machine = project(`  - { name: web, inputs: [web], run: "${read} >out", outputs: [out] }`, files);
      writeFileSync(join(machine.repository, ".env.local"), "X=1\n");
      await expect(machine.make(machine.repository)).rejects.toThrow(
        /"web" failed[\s\S]*sees tracked files that `inputs:` names[\s\S]*no untracked file, and no \.git/,
      );
    }
  });

  full("bundles").it(
    "sees the commit's history and tags where `inputs:` name `.git`, and runs again for another commit",
    async () => {
      const machine = project(
        '  - { name: web, inputs: [web, .git], run: "git describe --dirty --always >out; git status --porcelain >>out", outputs: [out] }',
        { "web/a.js": "1\n", "other.txt": "1\n", ".gitignore": "out\n" },
      );
      git(machine.repository, "tag", "v1");
      git(machine.repository, "tag", "-a", "v1.0", "-m", "v1.0");
      expect(await made(machine)).toEqual({ text: "v1.0\n", hits: [false] });
      expect((await made(machine)).hits).toEqual([true]);
      commit(machine.repository, { "other.txt": "2\n" });
      expect((await made(machine)).text).toMatch(/^v1\.0-1-g[0-9a-f]{7}\n$/);
    },
  );
});

describe("an asset step that cannot be trusted ships nothing", () => {
  const fails = async (step: string, message: RegExp, files: Files = {}) => {
    const machine = project(step, files);
    const file = join(machine.directory, "artifact.tar");
    writeFileSync(file, "an artifact of last week");
    await expect(machine.make(machine.repository, { output: file })).rejects.toThrow(message);
    expect(existsSync(file)).toBe(false);
    return machine;
  };

  it("when it fails: with its last lines and exit code", () =>
    fails(
      '  - { name: web, run: "for n in 1 2 3; do echo line $n; done; echo broken >&2; exit 7", outputs: [out] }',
      /asset step "web" failed[\s\S]*exit code 7[\s\S]*line 3[\s\S]*broken/,
    ));
  it("when it fails: without the passwords that it prints", async () => {
    vi.stubEnv("REPO_URL", "https://bob:hunter2secret@repo.example/x");
    const step = `  - { name: web, run: 'echo "cloning $REPO_URL"; exit 1', outputs: [out], pass-env: [REPO_URL] }`;
    const { make, repository: root, said } = project(step);
    const failure = await make(root).catch((error: Error) => error);
    vi.unstubAllEnvs();
    expect(String(failure)).toContain("cloning https://repo.example/x");
    expect([String(failure), ...said].join()).not.toContain("hunter2secret");
  });
  it("when a command in the middle of it fails", () =>
    fails('  - { name: web, run: "mkdir out\\nfalse\\necho x >out/x", outputs: [out] }', /exit code 1/));
  it("when a signal kills it", () =>
    fails('  - { name: web, run: "kill -9 $$", outputs: [out] }', /killed by SIGKILL/));
  it("when it takes too long", () =>
    fails(
      '  - { name: web, run: "echo started; sleep 60", outputs: [out], timeout: 1s }',
      /stopped after 1 s[\s\S]*started/,
    ));
  it("when an output is missing", () =>
    fails('  - { name: web, run: "true", outputs: [out] }', /"web" succeeded and did not make "out"/));
  it("when an output is an empty directory", () =>
    fails('  - { name: web, run: "mkdir -p out/deep", outputs: [out] }', /did not make "out"[\s\S]*empty/));
  it("when an output is a link", () =>
    fails('  - { name: web, run: "ln -s /etc out", outputs: [out] }', /made "out" as a link/, {
      ".gitignore": "out\n",
    }));
  it("when a link among its outputs leads out", () =>
    fails(
      '  - { name: web, run: "mkdir -p out; echo x >out/x; ln -s ../../etc out/etc", outputs: [out] }',
      /links that cannot ship[\s\S]*"out\/etc"/,
    ));
  it("when an output is tracked", () =>
    fails('  - { name: web, run: "echo 2 >app.js", outputs: [app.js] }', /tracked file as its output: "app.js"/));
  it("when an output is the application or git's directory, and removes neither", async () => {
    for (const output of [".", ".git", "x/.git"]) {
      const { repository: root, make } = project(`  - { name: web, run: "true", outputs: ["${output}"] }`);
      await expect(make(root)).rejects.toThrow(/cannot have|reserved/);
      expect(existsSync(join(root, "app.js"))).toBe(true);
      expect(git(root, "status", "--porcelain")).toBe("");
    }
  });
  it("when it changes a tracked file, again and again", async () => {
    const { repository: root, make } = await fails(
      '  - { name: web, run: "mkdir -p out; cp app.js out/; echo 2 >app.js", outputs: [out] }',
      /"web" changed tracked files[\s\S]*"app.js" is changed/,
    );
    git(root, "restore", ".");
    await expect(make(root)).rejects.toThrow(/"web" changed tracked files/);
  });

  it("when an output stands behind a link, and what is there stays", async () => {
    const outside = temporary("outside");
    writeFileSync(join(outside, "out"), "precious");
    await fails(
      `  - { name: web, run: "ln -s ${outside} behind", outputs: [behind/out] }`,
      /"behind\/out" stands behind a link/,
      { ".gitignore": "behind\n" },
    );
    expect(readFileSync(join(outside, "out"), "utf8")).toBe("precious");
  });

  it("case 30: when it leaves a named pipe or a socket among its outputs: by name, with what to do", () =>
    fails(
      '  - { name: web, run: "mkdir -p out; echo x >out/x; mkfifo out/pipe", outputs: [out] }',
      /"web" made something that cannot ship[\s\S]*"out\/pipe" is a named pipe[\s\S]*next: /,
    ));

  it("when links of two layers lead out only together", async () => {
    // `out/up` is the application's own directory; from there the tracked link goes one further up.
    await fails(
      '  - { name: web, run: "mkdir -p out; echo x >out/x; ln -s .. out/up", outputs: [out] }',
      /lead out[\s\S]*"escape"/,
      {
        escape: { link: "out/up/../passwd" },
      },
    );
  });

  it("case 62: when its output, or an environment's place, is tracked: before anything is built", async () => {
    const environment = `environments-root: /nowhere/that/can/be/made\nenvironments: { python: { installer: pip, interpreter: /usr/bin/python3.11 } }`;
    const of = (configuration: string, files: Record<string, string>) => {
      const root = temporary("tracked");
      write(root, {
        "requirements.txt": "",
        "tarlift.yml": `app: tracked\n${environment}\n${configuration}\n`,
        ...files,
      });
      commitFiles(root);
      return bundler().make(root);
    };
    await expect(of('assets: [{ name: web, run: "true", outputs: [out] }]', { out: "tracked\n" })).rejects.toThrow(
      /"web" names a tracked file as its output/,
    );
    await expect(of("", { ".venv": "3.11\n" })).rejects.toThrow(
      /"\.venv" ships with the commit, and environment python stands at \.venv[\s\S]*next: .*git rm -r --cached \.venv/,
    );
  });

  it("when two layers hold one path", async () => {
    await fails(
      [
        '  - { name: one, run: "mkdir -p out; echo 1 >out/x", outputs: [out] }',
        '  - { name: two, run: "echo 2 >out/x", outputs: [out/x] }',
      ].join("\n"),
      /two layers hold the same path[\s\S]*"out\/x": one and two/,
    );
  });
});

describe("the variables of an asset step", () => {
  const tokens = {
    ACTIONS_RUNTIME_TOKEN: "token-of-the-run",
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: "token-of-the-run",
    INPUT_SSH_KEY: "input-of-the-action",
    "INPUT_SECRET-KEY": "input-of-the-action",
    GITHUB_TOKEN: "token-of-the-run",
    GH_TOKEN: "token-of-the-run",
    STATE_token: "token-of-the-run",
    SECRET_KEY: "secret-of-a-target",
    DATABASE_URL: "secret-of-another",
  };
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it("case 17: hold nothing of the job's but what `pass-env` names, which is part of the key", async () => {
    const {
      repository: root,
      make,
      said,
    } = project(
      '  - { name: web, run: "env >env.made", outputs: [env.made], pass-env: [PASSED, SENTRY_AUTH_TOKEN] }',
      {},
      [
        "targets:",
        "  staging: { hosts: [{ address: a.example.org }], secrets: [SECRET_KEY] }",
        "  production: { hosts: [{ address: b.example.org }], secrets: [DATABASE_URL] }",
      ].join("\n"),
    );
    const given = { OF_THE_JOB: "of-the-job", PASSED: "one", SENTRY_AUTH_TOKEN: "first" };
    for (const [name, value] of Object.entries({ ...tokens, ...given })) vi.stubEnv(name, value);
    const seen = readFileSync(join(await unpackArtifact((await make(root)).file), "env.made"), "utf8");
    expect(seen).not.toMatch(/token-of-the-run|input-of-the-action|secret-of-a|of-the-job/);
    expect(seen).toMatch(/^PASSED=one$/m);
    expect(seen).toMatch(/^SENTRY_AUTH_TOKEN=first$/m);
    expect(seen).toMatch(/^LOG=\//m);
    vi.stubEnv("SENTRY_AUTH_TOKEN", "second");
    expect((await make(root)).assets).toMatchObject([{ hit: true }]);
    expect(said.filter((line) => line.startsWith("assets web: nothing that it can read has changed"))).toEqual([
      expect.stringContaining("has changed, not counting SENTRY_AUTH_TOKEN (by its name a credential);"),
    ]);
    vi.stubEnv("PASSED", "two");
    expect((await make(root)).assets).toMatchObject([{ hit: false }]);
  });
});

describe("environments of asset steps", () => {
  full("bundles").it(
    "are on PATH, build before run; the one for building does not ship; neither is unpacked when no step must run",
    async () => {
      const machine = bundler();
      const wheels = join(machine.directory, "wheels");
      for (const name of ["shipped", "tool"]) wheel(wheels, name, { [`${name}.py`]: `NAME = "${name}"\n` });
      const environment = (use: string) =>
        `{ installer: pip, use: ${use}, interpreter: ${PYTHON}, link: .venv-${use}, requirements: [${use}.txt], options: ["--no-index", "--find-links", ${wheels}] }`;
      const root = repository({
        "runtime.txt": "shipped==1.0\n",
        "build.txt": "tool==1.0\n",
        "app.py": "import shipped\n",
        ".gitignore": "*.made\n",
        "tarlift.yml": `app: shop
environments-root: ${machine.root}
environments:
  run: ${environment("runtime")}
  build: ${environment("build")}
assets:
  - name: who
    inputs: [app.py]
    run: |
      python -c 'import tool, sys; print(tool.NAME, sys.prefix)' >who.made
      echo "$PATH" >path.made
    outputs: [who.made, path.made]
`,
      });
      const first = await machine.make(root);
      const [run, build] = ["run", "build"].map((name) => first.environments.find((one) => one.name === name)!.id);
      const release = await unpackArtifact(first.file);
      expect(readFileSync(join(release, "who.made"), "utf8")).toBe(`tool ${machine.root}/${build}\n`);
      expect(readFileSync(join(release, "path.made"), "utf8")).toMatch(
        new RegExp(`^${machine.root}/${build}/bin:${machine.root}/${run}/bin:`),
      );
      expect(existsSync(join(release, ".venv-build"))).toBe(false);
      rmSync(machine.root, { recursive: true });
      commit(root, { "other.py": "\n" });
      const second = await machine.make(root);
      expect(second.environments.map(({ hit }) => hit)).toEqual([true, true]);
      expect(second.assets).toMatchObject([{ hit: true }]);
      expect(existsSync(machine.root)).toBe(false);
      expect(second.timings.unpacking).toBe(0);
      commit(root, { "build.txt": "# another environment\ntool==1.0\n" });
      expect((await machine.make(root)).assets).toMatchObject([{ hit: false }]);
    },
  );
});
