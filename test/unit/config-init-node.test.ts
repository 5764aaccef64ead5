import { describe, expect, test } from "vitest";
import { init, runs } from "../support/initial-config.ts";

describe("what the build script makes", () => {
  function outputs(build: string, files: Record<string, string> = {}, more: object = {}) {
    const manifest = JSON.stringify({ dependencies: { a: "1" }, scripts: { build, ...more } });
    const { config, text } = init({ "package.json": manifest, "package-lock.json": "{}", ...files });
    return config.assets[0]?.outputs ?? (/^# QUESTION: (.*where does it put its files\?)/m.exec(text)?.[1] as string);
  }
  const tsconfig = (options: string) => `{ "compilerOptions": { ${options} }, }`;

  test("is what each of its calls makes", () => {
    const two = {
      "server/tsconfig.json": tsconfig('"outDir": "../dist/server"'),
      "worker/tsconfig.json": tsconfig('"outDir": "../dist/worker"'),
    };
    expect(outputs("tsc -p server && tsc -p worker/tsconfig.json", two)).toEqual(["dist/server", "dist/worker"]);
    expect(outputs("rimraf dist && tsc --noEmit && vite build --mode production")).toEqual(["dist"]);
    expect(outputs("NODE_ENV=production npx vite build")).toEqual(["dist"]);
  });

  test.each([
    ["vite build && esbuild server/index.ts --outdir=build", "`esbuild server/index.ts --outdir=build`"],
    ["vite build --outDir public", "`vite build --outDir public`"],
    ["vite build web", "`vite build web`"],
    ["tsc --outDir build", "`tsc --outDir build`"],
    ["tsc src/index.ts", "`tsc src/index.ts`"],
    ["vite build; cp -r dist public", "`cp -r dist public`"],
    ["vite build || true", "`vite build || true`"],
    ["npm run build:a -- --watch && vite build", "`npm run build:a -- --watch`"],
  ])("is asked where one of them is not known: %s", (build, asked) => {
    const found = outputs(build, { "tsconfig.json": tsconfig('"outDir": "dist"') }, { "build:a": "vite build" });
    expect(found).toContain(`${asked}: where does it put its files?`);
  });

  test.each([
    "tsc -p server & tsc -p worker & wait",
    "tsc -p server || exit 1; tsc -p worker",
    "tsc && esbuild w.js --outfile=build/w.js 2>/dev/null",
    "tsc | tee build.log",
    "echo `tsc`",
    "tsc -p server\ntsc -p worker",
  ])("is asked where a shell decides what runs: %s", (build) => {
    const each = tsconfig('"outDir": "dist"');
    const files = { "tsconfig.json": each, "server/tsconfig.json": each, "worker/tsconfig.json": each };
    expect(outputs(build, files)).toBe(`\`${build.replace("\n", " ")}\`: where does it put its files?`);
  });

  test("is what the scripts before and after it make too", () => {
    expect(outputs("vite build", {}, { prebuild: "eslint ." })).toEqual(["dist"]);
    expect(outputs("vite build", {}, { postbuild: "next-sitemap" })).toBe(
      "`next-sitemap`: where does it put its files?",
    );
  });

  test("is where Next puts it", () => {
    const next = (config: string) => outputs("next build", { "next.config.mjs": `export default { ${config} };\n` });
    expect(outputs("next build --turbopack")).toEqual([".next"]);
    expect(next('output: "standalone"')).toEqual([".next"]);
    expect(next('output: "export"')).toEqual(["out"]);
    expect(next("distDir: 'build'")).toEqual(["build"]);
    expect(next('// output: "export"\n')).toEqual([".next"]);
    expect(next('output: process.env.STATIC ? "export" : undefined')).toContain("`next build`: where");
  });

  test("is without the cache of Next's compiler", () => {
    const step = (build: string, config = "") => {
      const manifest = JSON.stringify({ dependencies: { next: "16" }, scripts: { build } });
      const files = {
        "package.json": manifest,
        "package-lock.json": "{}",
        "next.config.mjs": `export default {${config}}`,
      };
      const { config: written, text } = init(files);
      return { run: written.assets[0]?.run, text };
    };
    expect(step("next build").run).toBe("npm run build && rm -rf .next/cache");
    expect(step("next build").text).toContain("# without .next/cache: it would go to every host");
    expect(step("next build && next build").run).toBe("npm run build && rm -rf .next/cache");
    expect(step("next build", "distDir: 'a b'").run).toBe("npm run build && rm -rf 'a b/cache'");
    expect(step("next build", "output: 'export'").run).toBe("npm run build");
    expect(step("next build", "output: 'export', distDir: 'built'").run).toBe("npm run build");
    expect(step("next build && make").text).toContain('run: "npm run build && rm -rf .next/cache", outputs: [where]');
  });

  test("is where Vite puts it, unless something above it decides", () => {
    const vite = (config: string) => outputs("vite build", { "vite.config.ts": `export default { ${config} };\n` });
    expect(vite("root: 'web', build: { outDir: '../public', emptyOutDir: true }")).toEqual(["public"]);
    expect(vite("/* build: { outDir: 'x' } */")).toEqual(["dist"]);
    expect(vite("root: path.resolve('web')")).toContain("`vite build`: where");
    expect(vite("build: { outDir }")).toContain("`vite build`: where");
    expect(vite("build: { rollupOptions: { output: { dir: 'x' } } }")).toContain("`vite build`: where");
    const kit = JSON.stringify({
      devDependencies: { "@sveltejs/kit": "2" },
      dependencies: { a: "1" },
      scripts: { build: "vite build" },
    });
    expect(init({ "package.json": kit, "package-lock.json": "{}" }).config.assets).toEqual([]);
  });

  test("is where the compiler's configuration says, without its comments and with what it extends", () => {
    const compiled = (files: Record<string, string>) => outputs("tsc", files);
    expect(
      compiled({ "tsconfig.json": '{ "compilerOptions": { // "outDir": "./dist",\n "strict": true } }' }),
    ).toContain("`tsc`: where");
    expect(compiled({ "tsconfig.json": tsconfig('"outDir": "./build" /* "outDir": "dist" */') })).toEqual(["build"]);
    const base = { "config/base.json": tsconfig('"outDir": "../lib"') };
    expect(compiled({ ...base, "tsconfig.json": '{ "extends": "./config/base" }' })).toEqual(["lib"]);
    expect(compiled({ "tsconfig.json": '{ "extends": "@acme/tsconfig" }' })).toContain("`tsc`: where");
    const parts = '{ "files": [], "references": [{ "path": "./tsconfig.app.json" }, { "path": "./server" }] }';
    const app = { "tsconfig.json": parts, "tsconfig.app.json": tsconfig('"noEmit": true') };
    expect(outputs("tsc -b && vite build", { ...app, "server/tsconfig.json": tsconfig('"noEmit": true') })).toEqual([
      "dist",
    ]);
    expect(
      outputs("vue-tsc -b && vite build", { ...app, "server/tsconfig.json": tsconfig('"outDir": "../server-dist"') }),
    ).toEqual(["server-dist", "dist"]);
    expect(outputs("tsc -b && vite build", app)).toContain("`tsc -b`: where");
  });
});

describe("the check of a Node server", () => {
  const node = (scripts: object, files: Record<string, string> = {}, more: object = {}) => {
    const manifest = JSON.stringify({ main: "index.js", dependencies: { a: "1" }, scripts, ...more });
    return { "package.json": manifest, "package-lock.json": "{}", ...files };
  };

  test("of the file that `start` names, past variables and options of node", () => {
    const server = { "src/server.js": "", "bin/www": "" };
    for (const start of [
      "node src/server.js",
      "NODE_ENV=production node src/server.js",
      "cross-env NODE_ENV=production node -r dotenv/config --max-old-space-size=512 ./src/server",
      "node migrate.js && node src/server.js --port 80",
    ])
      expect(runs(node({ start }, server)), start).toEqual([
        expect.stringMatching(/^node --check src\/server(\.js)?$/),
      ]);
    expect(runs(node({ start: "node ./bin/www" }, server))).toEqual(["node --check bin/www"]);
    expect(runs(node({ start: "nest start", "start:prod": "node dist/main", build: "nest build" }))).toEqual([
      "node --check dist/main",
    ]);
  });

  test("of TypeScript that node runs as it is, is asked", () => {
    const { config, text } = init(node({ start: "node src/server.ts" }, { "src/server.ts": "" }));
    expect(config.check).toEqual([]);
    expect(text).toContain("QUESTION: The server starts with src/server.ts, and `node --check` reads no TypeScript");
  });

  test("of `main` only where that file is there, or is built", () => {
    for (const start of ["ts-node src/server.ts", "node .", "next start"]) {
      const { config, text } = init(node({ start }));
      expect(config.check, start).toEqual([]);
      expect(text).toContain(`QUESTION: Which file does the server start with (\`${start}\`)?`);
      expect(runs(node({ start }, { "index.js": "" }))).toEqual(["node --check index.js"]);
    }
    const built = { build: "tsc" };
    const compiler = { "tsconfig.json": '{ "compilerOptions": { "outDir": "lib" } }' };
    expect(runs(node(built, compiler, { main: "./lib/index.js" }))).toEqual(["node --check lib/index.js"]);
    expect(runs(node(built, compiler))).toEqual([]);
  });

  test("and a server that starts by a development dependency is asked about", () => {
    const { text } = init(node({ start: "ts-node src/server.ts" }, {}, { devDependencies: { "ts-node": "10" } }));
    expect(text).toContain(
      "QUESTION: `ts-node src/server.ts`: ts-node is among devDependencies, which hosts do not have.",
    );
  });
});

describe("a Node application", () => {
  const node = (scripts: object, files: Record<string, string> = {}) =>
    init({
      "package.json": JSON.stringify({ dependencies: { a: "1" }, scripts }),
      "package-lock.json": "{}",
      ...files,
    });

  test("with a script for migrations is asked about them", () => {
    expect(node({ "migrate:undo": "knex migrate:down", migrate: "knex migrate:latest" }).text).toContain(
      "QUESTION: package.json has `migrate`: knex migrate:latest. Are migrations applied at a deploy? Then: migrations: { pending: …, apply: npm run migrate }",
    );
    expect(node({}, { "prisma/migrations/1/migration.sql": "" }).text).toContain("apply: npx prisma migrate deploy }");
    expect(node({ start: "node server.js" }).text).not.toContain("migrations");
  });

  test("with a release process of another kind than migrations is asked what it is", () => {
    expect(node({}, { Procfile: "release: node seed.js\n" }).text).toContain(
      "QUESTION: the Procfile has release: node seed.js. Does it apply migrations?",
    );
  });

  test("without a server is asked whether hosts serve files alone", () => {
    expect(node({ build: "vite build" }).text).toMatch(
      /QUESTION: Which file does the server start with\?.* Or do hosts serve built files/,
    );
  });

  test("without a lock of npm gets workflows for its Node all the same", () => {
    const { workflows } = init({
      "package.json": '{ "dependencies": { "a": "1" } }',
      "pnpm-lock.yaml": "",
      ".nvmrc": "22",
    });
    expect(workflows[0]?.text).toContain("node-version-file: .nvmrc");
  });
});
