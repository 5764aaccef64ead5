// npm: trees of node_modules for an application with a workspace, one that ships and one that only builds.
import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import type { Config } from "../../src/config/schema.ts";
import { type BuildOptions, buildEnvironments, explainEnvironments } from "../../src/environments/build.ts";
import type { BuiltEnvironment } from "../../src/installers/installer.ts";
import { directoryLayerStore } from "../../src/stores/directory/directory.ts";
import { commit, recording, workshop, write } from "../support/environments.ts";
import { exampleRepository } from "../support/example.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

describe.runIf(needs("node", "npm", "git"))("the environments of an application with npm", () => {
  const directory = temporary("npm");
  const progress = recording();
  let repository: string;
  let config: Config;
  let runtime: BuiltEnvironment;
  let building: BuiltEnvironment;

  let jobs = 0;
  const job = (): BuildOptions => ({
    repository,
    work: join(directory, `work-${jobs++}`),
    store: directoryLayerStore(join(directory, "store")),
    progress,
  });
  const names = ({ record }: BuiltEnvironment) => record.resolved.map(({ name }) => name);

  beforeAll(async () => {
    repository = exampleRepository("node");
    config = loadConfig(join(repository, "tarlift.yml"));
    [runtime, building] = (await buildEnvironments(config, job())) as [BuiltEnvironment, BuiltEnvironment];
  });

  it("ship what package.json depends on, and build with more", () => {
    expect(names(runtime)).toContain("fastify");
    expect(names(runtime)).not.toContain("typescript");
    expect(names(building)).toEqual(expect.arrayContaining(["fastify", "typescript", "vite"]));
    expect(runtime.record.key).not.toBe(building.record.key);
    expect([runtime.use, building.use]).toEqual(["runtime", "build"]);
  });

  it("stand in the application, and leave the workspaces to it", () => {
    for (const { record, workspaceLinks, layer } of [runtime, building]) {
      expect(record).toMatchObject({ kind: "tree", mounts: ["node_modules"] });
      expect(workspaceLinks).toEqual([{ path: "node_modules/@example/greeting", target: "../../packages/greeting" }]);
      expect(layer.base).toBe("srv/greeter/current");
      const paths = layer.index.map(({ path }) => path);
      expect(paths.every((path) => path === "node_modules" || path.startsWith("node_modules/"))).toBe(true);
      expect(paths).not.toContain("node_modules/@example/greeting");
      expect(paths.filter((path) => /node_modules\/(\.cache|\.package-lock\.json|\.tarlift)/.test(path))).toEqual([]);
    }
  });

  it("are not installed into the checkout", () => {
    expect(sh("git", ["status", "--porcelain", "--ignored"], { cwd: repository })).toBe("");
  });

  full("environments").it(
    "are unpacked into the checkout, where the build runs with the one and the server starts with the other",
    async () => {
      expect(await building.unpack()).toBe(true);
      expect(building.bin).toEqual([join(repository, "node_modules/.bin")]);
      expect(lstatSync(join(repository, "node_modules")).isDirectory()).toBe(true);
      expect(realpathSync(join(repository, "node_modules/@example/greeting"))).toBe(
        join(repository, "packages/greeting"),
      );
      sh("npm", ["run", "--silent", "build:server"], { cwd: repository });
      expect(await building.unpack()).toBe(false);

      expect(await runtime.unpack()).toBe(true);
      expect(existsSync(join(repository, "node_modules/typescript"))).toBe(false);
      const program =
        "const { createApp } = await import('./dist/server/app.js'); const app = createApp({ web: process.cwd() + '/web' }); const { statusCode } = await app.inject('/healthz'); console.log(statusCode)";
      expect(sh("node", ["--input-type=module", "-e", program], { cwd: repository }).trim()).toBe("200");

      // The build's environment has to come back for a later step: what is in the checkout counts, not what was put there once.
      expect(await building.unpack()).toBe(true);
      expect(existsSync(join(repository, "node_modules/typescript"))).toBe(true);
      expect(sh("git", ["status", "--porcelain"], { cwd: repository })).toBe("");
    },
  );

  it("are restored by another job without npm, and replace a developer's own install with a notice", async () => {
    sh("rm", ["-rf", join(repository, "node_modules")]);
    write(repository, { "node_modules/mine/index.js": "" });
    const withoutNpm = temporary("bin");
    sh("ln", ["-s", process.execPath, join(withoutNpm, "node")]);
    const before = process.env.PATH;
    // mv stays; an npm would be found nowhere.
    process.env.PATH = `${withoutNpm}:${coreutils()}`;
    try {
      const again = await buildEnvironments(config, job());
      expect(again.map(({ hit, record }) => [hit, record.id])).toEqual([
        [true, runtime.record.id],
        [true, building.record.id],
      ]);
      progress.said.length = 0;
      await again[0]!.unpack();
    } finally {
      process.env.PATH = before;
    }
    expect(progress.said.join("\n")).toMatch(/node_modules was there already; it is replaced by environment runtime/);
    expect(existsSync(join(repository, "node_modules/mine"))).toBe(false);
  });

  it("have keys that follow every file that npm reads, and no other", async () => {
    const keys = async () => (await explainEnvironments(config, job())).map(({ key }) => key);
    const before = await keys();
    const change = async (path: string, edit: (text: string) => string) => {
      const text = readFileSync(join(repository, path), "utf8");
      writeFileSync(join(repository, path), edit(text));
      const after = await keys();
      writeFileSync(join(repository, path), text);
      return after.map((key, n) => key !== before[n]);
    };
    expect(
      await change("packages/greeting/package.json", (text) =>
        text.replace('"type"', '"sideEffects": false,\n  "type"'),
      ),
    ).toEqual([true, true]);
    expect(await change("package-lock.json", (text) => `${text}\n`)).toEqual([true, true]);
    expect(await change(".npmrc", (text) => `${text}ignore-scripts=true\n`)).toEqual([true, true]);
    expect(await change(".npmrc", (text) => `${text}//registry.example.org/:_authToken=secret\n`)).toEqual([
      false,
      false,
    ]);
    expect(await change("server/src/main.ts", (text) => `${text}// more\n`)).toEqual([false, false]);
  });

  it("are refused with npm's own message when lock and package.json differ", async () => {
    const file = join(repository, "package.json");
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replace('"fastify": "5.12.8"', '"fastify": "5.12.7"'));
    try {
      await expect(buildEnvironments(config, job())).rejects.toThrow(
        /npm could not install[\s\S]*in sync[\s\S]*next: package\.json and package-lock\.json differ: run `npm install`/,
      );
    } finally {
      writeFileSync(file, text);
    }
  });
});

describe.runIf(needs("node", "npm"))("an npm environment", () => {
  const configured = (more = "") => `environments: { node: { installer: npm${more} } }`;
  const manifest = (more: object) => JSON.stringify({ name: "shop", version: "1.0.0", private: true, ...more });
  const lock = (packages: object) =>
    JSON.stringify({ name: "shop", version: "1.0.0", lockfileVersion: 3, requires: true, packages });

  it.each([
    ["whose files `inputs:` name", ", inputs: ['libs/**']"],
    ["whose scripts have nothing to read", ""],
  ])("runs no script of the application itself, and leaves a linked package to it, %s", async (_, more) => {
    const here = workshop(configured(more), {
      "package.json": manifest({ scripts: { postinstall: "exit 1" }, dependencies: { one: "file:libs/one" } }),
      "libs/one/package.json": JSON.stringify({
        name: "one",
        version: "1.0.0",
        scripts: { postinstall: "node make.js" },
      }),
      "libs/one/make.js": "require('fs').writeFileSync('made.js', '')",
      "package-lock.json": lock({
        "": { name: "shop", version: "1.0.0", dependencies: { one: "file:libs/one" } },
        "libs/one": { version: "1.0.0", hasInstallScript: true },
        "node_modules/one": { resolved: "libs/one", link: true },
      }),
    });
    const [built] = await here.build();
    expect(built!.workspaceLinks).toEqual([{ path: "node_modules/one", target: "../libs/one" }]);
  });

  full("environments").it("has the commands of workspaces, as after npm ci, and none of their files", async () => {
    const workspace = (name: string, more: object) => JSON.stringify({ name, version: "1.0.0", ...more });
    const here = workshop(configured(), {
      "package.json": manifest({ workspaces: ["packages/*"] }),
      "packages/tools/package.json": workspace("@shop/tools", { bin: { "shop-build": "bin/build.js" } }),
      "packages/tools/bin/build.js": "#!/usr/bin/env node\nconsole.log('built');\n",
      "packages/more/package.json": workspace("more", { directories: { bin: "commands" } }),
      "packages/more/commands/shop-more": "#!/bin/sh\n",
      ".gitignore": "node_modules\n",
    });
    const { repository } = here;
    sh("npm", ["install", "--silent", "--no-audit", "--no-fund"], { cwd: repository });
    const links = () =>
      Object.fromEntries(
        readdirSync(join(repository, "node_modules/.bin")).map((name) => [
          name,
          readlinkSync(join(repository, "node_modules/.bin", name)),
        ]),
      );
    const byNpm = links();
    expect(Object.keys(byNpm)).toEqual(["shop-build", "shop-more"]);
    sh("rm", ["-rf", join(repository, "node_modules")]);
    sh("chmod", ["-x", join(repository, "packages/tools/bin/build.js")]);
    commit(repository);
    const said = recording();
    const [built] = await here.build({ progress: said });
    expect(said.said.join()).toMatch(/git update-index --chmod=\+x "packages\/tools\/bin\/build\.js"$/);
    expect(built!.layer.index.filter(({ type }) => type === "file")).toEqual([]);
    await built!.unpack();
    expect(links()).toEqual(byNpm);
    sh("chmod", ["+x", join(repository, "packages/tools/bin/build.js")]);
    expect(sh("node_modules/.bin/shop-build", [], { cwd: repository })).toBe("built\n");
  });

  it.each([
    ["an install script", "", "kill -KILL $$", /signal SIGKILL/],
    [
      "npm itself",
      `case " $*" in *" ci "*) kill -KILL $$ ;; esac`,
      "exit 0",
      /ended: killed by SIGKILL \(out of memory\?\)/,
    ],
  ])("is a failure that names the signal when that kills %s", async (_title, before, script, message) => {
    const own = temporary("npm-that-dies");
    const npm = sh("sh", ["-c", "command -v npm"]).trim();
    write(own, { npm: `#!/bin/sh\n${before}\nexec ${npm} "$@"\n` });
    sh("chmod", ["+x", join(own, "npm")]);
    const here = workshop(configured(", inputs: ['libs/**']"), {
      "package.json": manifest({ dependencies: { one: "file:libs/one" } }),
      "libs/one/package.json": JSON.stringify({ name: "one", version: "1.0.0", scripts: { postinstall: script } }),
      "libs/one/index.js": "",
      "package-lock.json": lock({
        "": { name: "shop", version: "1.0.0", dependencies: { one: "file:libs/one" } },
        "libs/one": { version: "1.0.0", hasInstallScript: true },
        "node_modules/one": { resolved: "libs/one", link: true },
      }),
    });
    vi.stubEnv("PATH", `${own}:${process.env.PATH}`);
    await expect(here.build()).rejects.toThrow(message);
    vi.unstubAllEnvs();
  });

  full("environments").it("case 35: is installed from npm-shrinkwrap.json alone", async () => {
    const here = workshop(configured(), {
      "package.json": manifest({}),
      "npm-shrinkwrap.json": lock({ "": { name: "shop", version: "1.0.0" } }),
    });
    const [keyed] = await explainEnvironments(here.config, here.options);
    expect(keyed!.parts.map(({ name }) => name)).toContain("file npm-shrinkwrap.json");
    expect((await here.build())[0]!.record.resolved).toEqual([]);
  });

  describe("case 35: with a package beside the application", () => {
    const files = {
      "app/package.json": manifest({ dependencies: { shared: "file:../shared" } }),
      "shared/package.json": JSON.stringify({ name: "shared", version: "1.0.0" }),
      "shared/index.js": "module.exports = 1;\n",
      ".gitignore": "node_modules\nleft.js\n",
    };
    const root = { name: "shop", version: "1.0.0", dependencies: { shared: "file:../shared" } };

    it("is refused where npm would link to it, with what makes npm copy it", async () => {
      const linked = lock({
        "": root,
        "../shared": { version: "1.0.0" },
        "node_modules/shared": { resolved: "../shared", link: true },
      });
      const here = workshop(`source: app\n${configured()}`, { ...files, "app/package-lock.json": linked });
      await expect(here.build()).rejects.toThrow(
        /node_modules\/shared is a link to \.\.\/shared, which is outside[\s\S]*next: .*install-links=true/,
      );
      expect(readdirSync(here.options.work)).toEqual([]);
    });

    full("environments").it(
      "holds a copy of what git tracks of it, and writes nothing outside of its scratch directory",
      async () => {
        const copied = lock({ "": root, "node_modules/shared": { version: "1.0.0", resolved: "file:../shared" } });
        const here = workshop(`source: app\n${configured()}`, {
          ...files,
          "app/package-lock.json": copied,
          "app/.npmrc": "install-links=true\n",
        });
        commit(here.repository);
        write(here.repository, { "shared/left.js": "" });
        const key = async () => (await explainEnvironments(here.config, here.options))[0]!.key;
        const before = await key();
        const [built] = await here.build();
        expect(built!.layer.index.map(({ path }) => path)).toEqual(
          expect.arrayContaining(["node_modules/shared/index.js", "node_modules/shared/package.json"]),
        );
        expect(built!.layer.index.filter(({ path }) => path.endsWith("left.js"))).toEqual([]);
        expect(readdirSync(here.options.work)).toEqual(["entries"]);
        write(here.repository, { "shared/index.js": "module.exports = 2;\n" });
        expect(await key()).not.toBe(before);
      },
    );
  });

  it("case 35: is refused with a lock that has the optional packages of another platform alone", async () => {
    const cpu = process.arch;
    const one = {
      version: "1.0.0",
      optionalDependencies: { "@one/darwin-arm64": "1", [`@one/linux-${cpu}-gnu`]: "1" },
    };
    const packages = {
      "": { name: "shop", version: "1.0.0", dependencies: { one: "1" } },
      "node_modules/one": one,
      "node_modules/@one/darwin-arm64": { version: "1.0.0", optional: true, os: ["darwin"], cpu: ["arm64"] },
    };
    const shop = { "package.json": manifest({ dependencies: { one: "1" } }), "package-lock.json": lock(packages) };
    const here = workshop(configured(), shop);
    await expect(explainEnvironments(here.config, here.options)).rejects.toThrow(
      new RegExp(
        `lacks @one/linux-${cpu}-gnu, which one needs on this platform[\\s\\S]*next: .*rm -rf node_modules package-lock`,
      ),
    );
    const without = workshop(configured(", options: [--omit=optional]"), shop);
    expect(await explainEnvironments(without.config, without.options)).toHaveLength(1);
  });

  it("case 55: is built with the node that its version file asks for, or refused", async () => {
    const files = {
      "package.json": manifest({}),
      "package-lock.json": lock({ "": { name: "shop", version: "1.0.0" } }),
    };
    const configuration = configured(", version-file: .nvmrc");
    const [major] = process.versions.node.split(".");
    const here = workshop(configuration, { ...files, ".nvmrc": `v${major}\n` });
    expect(await explainEnvironments(here.config, here.options)).toHaveLength(1);
    await expect(workshop(configuration, { ...files, ".nvmrc": "8\n" }).build()).rejects.toThrow(
      /\.nvmrc asks for Node 8, and the node on PATH is \d+[\s\S]*node-version-file: \.nvmrc/,
    );
    await expect(workshop(configuration, files).build()).rejects.toThrow(/there is no \.nvmrc/);
  });

  full("environments").it(
    "reads of a pattern what git tracks, and untracked files only by their own name",
    async () => {
      const files = {
        "package.json": manifest({}),
        "package-lock.json": lock({ "": { name: "shop", version: "1.0.0" } }),
        ".gitignore": "made/\n",
        "patches/one.patch": "one",
      };
      const read = async (inputs: string) => {
        const here = workshop(configured(`, inputs: ${inputs}`), files);
        commit(here.repository);
        write(here.repository, { "patches/left.patch": "left", "made/schema": "" });
        const [keyed] = await explainEnvironments(here.config, here.options);
        return { here, names: keyed!.parts.map(({ name }) => name).filter((name) => /made|patches/.test(name)) };
      };
      expect((await read("['patches/**']")).names).toEqual(["file patches/one.patch"]);
      await expect(read("['made/**']")).rejects.toThrow(
        /git tracks no file that is made\/\*\*[\s\S]*without a wildcard/,
      );
      const { here, names } = await read("[made/schema]");
      expect(names).toEqual(["file made/schema"]);
      const said = recording();
      await here.build({ committed: true, progress: said });
      expect(said.said.join()).toContain('git does not track "made/schema", which the installer reads');
    },
  );

  it("is refused for an artifact while a file that npm reads is not as it is committed", async () => {
    const here = workshop(configured(", inputs: [patches/**]"), {
      "package.json": manifest({}),
      "package-lock.json": lock({ "": { name: "shop", version: "1.0.0" } }),
      "patches/one.patch": "one",
    });
    commit(here.repository);
    write(here.repository, { "patches/one.patch": "two" });
    await expect(explainEnvironments(here.config, { ...here.options, committed: true })).rejects.toThrow(
      /tracked files differ from HEAD[\s\S]*"patches\/one\.patch" is changed/,
    );
    expect(await explainEnvironments(here.config, here.options)).toHaveLength(1);
  });

  it("may need nothing at all", async () => {
    const here = workshop(configured(), {
      "package.json": manifest({}),
      "package-lock.json": lock({ "": { name: "shop", version: "1.0.0" } }),
    });
    const [built] = await here.build();
    expect(built!.record.resolved).toEqual([]);
    await built!.unpack();
    expect(readdirSync(here.repository).sort()).not.toContain("dist");
  });

  it.each([
    [
      "without a lock",
      { "package.json": manifest({}) },
      /there is no package-lock\.json[\s\S]*next: Run `npm install`/,
    ],
    [
      "with the lock of another installer (case 62)",
      { "package.json": manifest({}), "pnpm-lock.yaml": "" },
      /there is no package-lock\.json[\s\S]*next: The dependencies are locked by pnpm \(pnpm-lock\.yaml\), which is not supported yet: an asset step runs pnpm itself/,
    ],
    [
      "with the lock of another installer above it (case 62)",
      { "package.json": "{}", "pnpm-lock.yaml": "", "packages/api/package.json": manifest({}) },
      /there is no packages\/api\/package-lock\.json[\s\S]*next: The dependencies are locked by pnpm .* asset step runs pnpm/,
      ", directory: packages/api",
    ],
    ["with Plug'n'Play", { "package.json": manifest({}), ".pnp.cjs": "" }, /Plug'n'Play[\s\S]*nodeLinker/],
    [
      "with a lock of npm 6",
      { "package.json": manifest({}), "package-lock.json": '{"lockfileVersion":1,"dependencies":{}}' },
      /old format \(1\)/,
    ],
    [
      "with a lock that is no JSON",
      { "package.json": manifest({}), "package-lock.json": "<<<<<<< HEAD" },
      /package-lock\.json[\s\S]*next:/,
    ],
  ])("is refused %s", async (_title, files, message, more = "") => {
    await expect(workshop(configured(more), files as Record<string, string>).build()).rejects.toThrow(message);
  });
});

/** A directory with mv and chmod alone. */
function coreutils(): string {
  const directory = temporary("coreutils");
  for (const name of ["mv", "chmod"]) sh("sh", ["-c", 'ln -s "$(command -v "$1")" "$2/$1"', "sh", name, directory]);
  return directory;
}
