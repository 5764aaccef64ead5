// Follows docs/contributing/adding-an-adapter.md: in a copy of the repository, its files and its changes of the registries give a working
// adapter of each kind.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { adapterKinds } from "../../scripts/docs/adapter-reference.ts";
import { page, ROOT } from "../support/documents.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const text = page("docs/contributing/adding-an-adapter.md");
/** Texts by path. */
const files = new Map(
  [...text.matchAll(/^<!-- file: (\S+) -->\n\n```\w+\n(.*?)^```$/gms)].map(([, path, body]) => [path!, body!]),
);
const diffs = [...text.matchAll(/^```diff\n(.*?)^```$/gms)].map(([, diff]) => diff!);

/** Entries of the repository that the checks below read. */
const COPIED = [
  "src",
  "test",
  "scripts",
  "bench",
  "docs",
  "examples",
  "schema",
  "actions",
  "action.yml",
  "package.json",
];
const CONFIGURATION = ["tsconfig.json", "biome.json", "vitest.config.ts", "rolldown.config.ts", ".gitignore"];

const ALL_TOYS = `
app: shop
environments: { toys: { installer: toy, into: bin } }
services: { web: { toy: web } }
notify: { lines: { format: toy, url-env: LINES, prefix: "> " } }
targets:
  production:
    hosts: { toy: { file: /srv/shop/hosts.json } }
    secrets: { toy: { file: /srv/shop/secrets.json, names: [SECRET_KEY] } }
    balancers: [{ toy: { directory: /srv/shop/pool } }]
`;

/** Kinds that a word or a key of tarlift.yml chooses. */
const CONFIGURED = ["balancers", "installers", "inventories", "notifiers", "secrets", "supervisors"];

/** A method of each interface that every adapter has to have. */
const REQUIRED: Readonly<Record<string, string>> = {
  balancers: "open",
  exporters: "export",
  installers: "releasePath",
  inventories: "hosts",
  notifiers: "secretNames",
  secrets: "read",
  stores: "layers",
  supervisors: "example",
  transfers: "begin",
  transports: "reaches",
};

let copy: string;

/** Applies a diff whose hunks are found by their text, so that they need no line numbers. */
function apply(diff: string): void {
  const path = /^\+\+\+ b\/(\S+)$/m.exec(diff)![1]!;
  const hunks = diff.split(/^@@\n/m).slice(1);
  let patched = readFileSync(join(copy, path), "utf8");
  for (const hunk of hunks) {
    const side = (sign: string) =>
      hunk.replaceAll(/^(.)(.*\n)/gm, (_, own, line) => (` ${sign}`.includes(own) ? line : ""));
    const parts = patched.split(side("-"));
    expect(parts, `a place in ${path} for\n${hunk}`).toHaveLength(2);
    patched = parts.join(side("+"));
  }
  writeFileSync(join(copy, path), patched);
}

/** Runs a command in the copy. @returns its exit code and both of its streams */
function inCopy(command: string, ...args: string[]): { code: number | null; said: string } {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|TEST$|NODE_ENV)/.test(name)),
  );
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: copy, encoding: "utf8", env });
  return { code: status, said: `${stdout}${stderr}` };
}

const passed = (...command: [string, ...string[]]) => {
  const { code, said } = inCopy(...command);
  expect(code, said).toBe(0);
  return said;
};

/** The file with the adapter of a kind. */
const index = (kind: string) => `src/${kind}/toy/${kind === "transports" ? "transport" : "index"}.ts`;

/** Problems of texts as tarlift.yml, in the copy. */
const problems = (...texts: string[]): string[][] =>
  JSON.parse(
    passed(
      "node",
      ...["--import", "./test/support/shell-text-hook.ts", "--input-type=module", "-e"],
      `import { parseConfig } from "./src/config/load.ts";
       const of = (text) => {
         try { parseConfig(text); return []; } catch (error) { return error.problems.map(({ message }) => message); }
       };
       console.log(JSON.stringify(JSON.parse(process.argv[1]).map(of)));`,
      JSON.stringify(texts),
    ),
  );

test("the page has an example of each kind of adapter", () => {
  expect(adapterKinds().filter((kind) => !files.has(index(kind)))).toEqual([]);
});

describe.runIf(needs("git", "tar", "setsid"))("the steps of the page", () => {
  beforeAll(() => {
    copy = temporary("toys");
    for (const name of [...COPIED, ...CONFIGURATION]) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
    const git = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "core.hooksPath=/dev/null"];
    sh("git", ["init", "--quiet"], { cwd: copy });
    sh("git", ["add", "--all"], { cwd: copy });
    sh("git", [...git, "commit", "--quiet", "--message", "Before"], { cwd: copy });
    // Links to packages, and not to all of them: tools keep caches beside them.
    mkdirSync(join(copy, "node_modules"));
    for (const name of readdirSync(join(ROOT, "node_modules")).filter((entry) => !/^\.(?!bin$)/.test(entry)))
      symlinkSync(join(ROOT, "node_modules", name), join(copy, "node_modules", name));
    for (const [path, body] of files) {
      mkdirSync(dirname(join(copy, path)), { recursive: true });
      writeFileSync(join(copy, path), body);
    }
    for (const diff of diffs) apply(diff);
  });

  test("give files that compile and have the form of all others", () => {
    passed("node_modules/.bin/tsc", "--noEmit");
    passed("node_modules/.bin/biome", "check", ...[...files.keys()].filter((path) => path.endsWith(".ts")));
  });

  test("give each adapter its page, and its keys to the schema for editors", () => {
    passed("node", "scripts/docs.ts");
    const schema = readFileSync(join(copy, "schema/tarlift.schema.json"), "utf8");
    for (const kind of adapterKinds()) {
      const written = readFileSync(join(copy, `docs/reference/${kind}/toy.md`), "utf8");
      const described = [...files.get(index(kind))!.matchAll(/describe\([^"]*?(?:"[^"]*")?[^"]*"([^"]+\.)"\)/g)];
      expect(written).toContain(files.get(`src/${kind}/toy/docs.md`)!.trim());
      expect(described.length > 0).toBe(!["transfers", "transports"].includes(kind));
      for (const [, sentence] of described) {
        expect(written).toContain(sentence);
        if (CONFIGURED.includes(kind)) expect(schema).toContain(JSON.stringify(sentence).slice(1, -1));
      }
    }
  });

  test("change no other file than registries and what is generated", () => {
    const changed = sh("git", ["diff", "--name-only"], { cwd: copy }).trim().split("\n");
    const registries = changed.filter((path) => path.endsWith("/registry.ts"));
    expect(registries.sort()).toEqual(adapterKinds().map((kind) => `src/${kind}/registry.ts`));
    const generated = /^(docs\/(reference|pictures)|schema)\//;
    expect(changed.filter((path) => !registries.includes(path) && !generated.test(path))).toEqual([]);
  });

  test("let tarlift.yml name each adapter, and refuse a mistyped key of each", () => {
    const mistyped = [
      ["into:", "inot:"],
      ["{ toy: web }", "{ tooy: web }"],
      ["prefix:", "prefx:"],
      ["{ file: /srv/shop/hosts.json", "{ flie: /srv/shop/hosts.json"],
      ["names:", "naems:"],
      ["directory:", "directroy:"],
    ] as const;
    const texts = mistyped.map(([right, wrong]) => ALL_TOYS.replace(right, wrong));
    const [right, ...wrong] = problems(ALL_TOYS, ...texts);
    expect(right).toEqual([]);
    expect(new Set(texts).size).toBe(mistyped.length);
    for (const [n, said] of wrong.entries())
      expect(said.join("\n"), mistyped[n]![1]).toMatch(/unknown key; did you mean/);
  });

  test("give adapters that keep the rules of the house and pass their suites", () => {
    const contract = ["house", "adapters/suites", "adapters/toy-"].map((name) => `test/contract/${name}`);
    // What is reported about a wrong tarlift.yml follows the registries.
    const unit = ["config-adapters", "config-load"].map((name) => `test/unit/${name}`);
    const projects = ["--project", "contract", "--project", "unit"];
    const said = passed("node_modules/.bin/vitest", "run", ...projects, ...contract, ...unit);
    expect(said).not.toMatch(/failed/);
    for (const path of [...files.keys()].filter((name) => name.endsWith(".test.ts"))) expect(said).toContain(path);
  });

  test("need every method: one that an adapter lacks is an error of the compiler", () => {
    for (const kind of adapterKinds()) {
      const whole = files.get(index(kind))!;
      const without = whole.replace(new RegExp(`^  ${REQUIRED[kind]}: .*\\n`, "m"), "");
      expect(without).not.toBe(whole);
      writeFileSync(join(copy, index(kind)), without);
    }
    // What the indexes import is enough, and compiled sooner than all.
    const include = [...adapterKinds().map(index), "src/shell-text.d.ts"];
    writeFileSync(join(copy, "tsconfig.toys.json"), JSON.stringify({ extends: "./tsconfig.json", include }));
    const { code, said } = inCopy("node_modules/.bin/tsc", "--project", "tsconfig.toys.json", "--pretty", "false");
    expect(code).not.toBe(0);
    const errors = said.split(/^(?=\S)/m);
    for (const kind of adapterKinds()) {
      const own = errors.filter((error) => error.startsWith(`${index(kind)}(`)).join("");
      expect(own).toMatch(new RegExp(`'?${REQUIRED[kind]}'? is missing`));
    }
  });
});
