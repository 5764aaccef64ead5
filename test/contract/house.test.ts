// The rules of the house (CONTRIBUTING.md), checked on every source file.
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";

const root = new URL("../..", import.meta.url).pathname;

interface Import {
  /** The file that imports, from the repository's root: `src/fleet/plan.ts`. */
  file: string;
  /** A package's name, or a file from the repository's root. */
  from: string;
  typeOnly: boolean;
  /** Loaded by `import()`, when it is needed. */
  later: boolean;
}

const files = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
const sources = files
  .filter((path) => path.endsWith(".ts"))
  .map((path) => ({ path, text: readFileSync(join(root, path), "utf8") }));
const imports = sources.flatMap(({ path, text }) => importsOf(path, text));

function importsOf(file: string, text: string): Import[] {
  const found = text.matchAll(
    /^(?:import|export)\s+(type\s+)?(?:([\w*{][^;"]*?)\sfrom\s+)?"([^"]+)"|\bimport\(\s*"([^"]+)"/gm,
  );
  return [...found].map(([, type, names, from, dynamic]) => {
    const target = (from ?? dynamic) as string;
    const inner = /^\{([^}]*)\}$/
      .exec(names?.trim() ?? "")?.[1]
      ?.split(",")
      .filter((name) => name.trim());
    return {
      file,
      from: target.startsWith(".") ? normalize(join(dirname(file), target)) : target,
      typeOnly: type !== undefined || (inner?.every((name) => name.trim().startsWith("type ")) ?? false),
      later: dynamic !== undefined,
    };
  });
}

/** `file imports what`, for each import of something that only files below `allowed` may import. */
function strangers(all: Import[], what: RegExp, allowed: string[]): string[] {
  return all
    .filter(({ file, from }) => what.test(from) && !allowed.some((directory) => file.startsWith(directory)))
    .map(({ file, from }) => `${file} imports ${from}`);
}

/**
 * All folders of src, low to high: what a folder imports stands before it, types and `import()` included. A kind of adapters is its
 * interface's folder, a folder for each adapter, and `registry.ts`, which names them all and is a node of its own. `notifiers/*` stands for
 * every folder in that folder that has no place of its own: none of them stands before another.
 */
const ORDER: readonly string[] = [
  ".",
  "text",
  "schema",
  "subprocess",
  "artifact",
  "source",
  "cache-key",
  "python",
  "host-requirements",
  "stores",
  "stores/*",
  "stores/registry.ts",
  "cache",
  "installers",
  "installers/virtualenv",
  "installers/*",
  "installers/registry.ts",
  "protocol",
  "transports",
  "transports/*",
  "transports/registry.ts",
  "supervisors",
  "supervisors/*",
  "supervisors/registry.ts",
  "remote",
  "session",
  "transfers",
  "transfers/*",
  "transfers/registry.ts",
  "host",
  "host/calls",
  "balancers",
  "balancers/*",
  "balancers/registry.ts",
  "notifiers",
  "notifiers/*",
  "notifiers/registry.ts",
  "secrets",
  "secrets/*",
  "secrets/registry.ts",
  "inventories",
  "inventories/*",
  "inventories/registry.ts",
  "config",
  "environments",
  "exporters",
  "exporters/*",
  "exporters/registry.ts",
  "bundle",
  "verify",
  "compatible",
  "fleet",
  "operations",
  "report",
  "notify",
  "pipeline",
  "init",
  "actions/github",
  "actions",
  "cli",
];

/** The node of ORDER that a file belongs to: its folder, or the file itself for a registry. */
function nodeOf(file: string): string {
  const inside = file.slice("src/".length);
  return ORDER.includes(inside) ? inside : dirname(inside);
}

/** Where a node stands in ORDER; -1: it has no place. */
const placeOf = (node: string) => ORDER.indexOf(ORDER.includes(node) ? node : `${dirname(node)}/*`);
const hasPlace = (node: string) => placeOf(node) >= 0;

/** Imports that do not lead to an earlier folder, or within one. Folders that are not in ORDER come last. */
function upward(all: Import[]): string[] {
  const at = (node: string) => (hasPlace(node) ? placeOf(node) : ORDER.length);
  return all
    .filter(({ from }) => from.startsWith("src/"))
    .filter(({ file, from }) => nodeOf(file) !== nodeOf(from) && at(nodeOf(from)) >= at(nodeOf(file)))
    .map(({ file, from }) => `${file} imports ${from}: ${nodeOf(from)} does not stand before ${nodeOf(file)} in ORDER`);
}

/** Kinds of adapters: folders of ORDER with a registry. */
const KINDS = ORDER.filter((node) => node.endsWith("/registry.ts")).map((node) => dirname(node));
/** What adapters of a kind share, beside them. */
const SHARED = ["installers/virtualenv"];

/** Adapters that know another one of their kind. Only the registry names them all. */
function betweenAdapters(all: Import[]): string[] {
  const kindOf = (node: string) => KINDS.find((kind) => dirname(node) === kind && !node.endsWith(".ts"));
  return all
    .filter(({ from }) => from.startsWith("src/") && !SHARED.includes(nodeOf(from)))
    .filter(({ file, from }) => nodeOf(file) !== nodeOf(from))
    .filter(({ file, from }) => kindOf(nodeOf(file)) !== undefined && kindOf(nodeOf(file)) === kindOf(nodeOf(from)))
    .map(({ file, from }) => `${file} imports ${from}`);
}

/**
 * What the index of an adapter loads at once and may not. Every entry of dist/ loads them all, for their schemas: an adapter loads what it
 * works with by `import()`.
 */
function heavyIndexes(all: Import[]): string[] {
  const kindOf = (file: string) =>
    KINDS.find((kind) => file === `src/${nodeOf(file)}/index.ts` && dirname(nodeOf(file)) === kind);
  return all
    .filter(({ file, typeOnly, later }) => kindOf(file) !== undefined && !typeOnly && !later)
    .filter(({ file, from }) => {
      const own = dirname(from) === dirname(file) && /\.(md|sh|awk)$/.test(from);
      const light = ["schema", "text", ".", kindOf(file), ...SHARED].includes(nodeOf(from)) && from.startsWith("src/");
      return !own && !light && !["zod", "node:os", "node:path"].includes(from);
    })
    .map(({ file, from }) => `${file} loads ${from}`);
}

/** Lines that decide by what Tarlift says in English: codes are for that. What other programs say is read where they are run. */
function decidingByText(text: string): string[] {
  const said = String.raw`\b(what|remedy)\b\??`;
  const decision = new RegExp(
    String.raw`[.?]${said}\.(startsWith|endsWith|includes|match|search)\(|[.?]what\s*[!=]==|\.test\((\w+[.?]+)*${said}\)`,
  );
  return text.split("\n").filter((line) => decision.test(line));
}

/** Lines of code, not of comments, that print. */
function printing(text: string): string[] {
  return text
    .split("\n")
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && /\bconsole\.\w+\(|\bprocess\.(stdout|stderr)\b/.test(line));
}

/** The parameter lists of functions, methods and arrow functions of a file that have more than `most` parameters, each in one line. */
function longLists(text: string, most: number): string[] {
  const code = text
    .replaceAll(/\/\*.*?\*\/|(?<=^|\s)\/\/[^\n]*/gs, "")
    .replaceAll(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/gs, '""')
    .replaceAll("=>", "->");
  const long: string[] = [];
  for (let at = code.indexOf("("); at >= 0; at = code.indexOf("(", at + 1)) {
    let depth = 0;
    let commas = 0;
    let end = at;
    for (; end < code.length; end++) {
      if ("([{<".includes(code[end]!)) depth++;
      else if (")]}".includes(code[end]!) || (code[end] === ">" && code[end - 1] !== "-")) depth--;
      else if (code[end] === "," && depth === 1 && !/^,\s*\)/.test(code.slice(end))) commas++;
      if (depth === 0) break;
    }
    const declares = /^\)\s*(:[^;=]*?)?(->|\{)/.test(code.slice(end, end + 200));
    const word = /(\w*)\s*$/.exec(code.slice(Math.max(0, at - 40), at))?.[1] ?? "";
    if (commas >= most && declares && !/^(if|for|while|switch|catch)$/.test(word))
      long.push(`${word}${code.slice(at, end + 1).replaceAll(/\s+/g, " ")}`);
  }
  return long;
}

describe("the reader of imports", () => {
  test("sees every form", () => {
    const text = [
      'import { a, type B } from "node:child_process";',
      'import type { C } from "../host/host.ts";',
      'import { type D, type E } from "./d.ts";',
      "import {",
      "  f,",
      '} from "@actions/core";',
      'import "side-effect";',
      'export * from "./g.ts";',
      'const h = await import("@actions/cache");',
    ].join("\n");
    expect(importsOf("src/fleet/x.ts", text)).toEqual([
      { file: "src/fleet/x.ts", from: "node:child_process", typeOnly: false, later: false },
      { file: "src/fleet/x.ts", from: "src/host/host.ts", typeOnly: true, later: false },
      { file: "src/fleet/x.ts", from: "src/fleet/d.ts", typeOnly: true, later: false },
      { file: "src/fleet/x.ts", from: "@actions/core", typeOnly: false, later: false },
      { file: "src/fleet/x.ts", from: "side-effect", typeOnly: false, later: false },
      { file: "src/fleet/x.ts", from: "src/fleet/g.ts", typeOnly: false, later: false },
      { file: "src/fleet/x.ts", from: "@actions/cache", typeOnly: false, later: true },
    ]);
    expect(strangers(importsOf("src/fleet/x.ts", text), /^@actions\//, ["src/actions/"])).toHaveLength(2);
    expect(printing('// console.log(1)\nconsole.error("x");\nprocess.stdout.write("y");')).toHaveLength(2);
  });

  test("sees long parameter lists, of functions, methods and arrows, and of nothing else", () => {
    const text = [
      "function a<T>(b: Map<T, T>, { c, d, e }: { c: T; d: T; e: T }, f: (g: T, h: T) => T): Promise<[T, T]> {",
      "  return i(1, 2, 3, 4, 5);",
      "}",
      "async function j(k: T, l: T, m: T, n: T): Promise<Map<T, T> | undefined> {}",
      "class O { p(q: T, r: T, s: T, t = (1, 2)): void {} }",
      "const u = (v: T, w: T, x: T, y: T): T => v;",
    ].join("\n");
    expect(longLists(text, 3).map((list) => list.slice(0, 2))).toEqual(["j(", "p(", "(v"]);
    expect(longLists(text, 4)).toEqual([]);
  });

  test("sees the sources", () => {
    expect(imports.length).toBeGreaterThan(sources.length);
  });
});

describe("the layers of folders", () => {
  test("an import of a later folder is found, also of a type and of a file that loads later", () => {
    const text = [
      'import type { Report } from "../fleet/report.ts";',
      'const cli = await import("../cli/main.ts");',
      'import { Failure } from "../failure.ts";',
      'import { shown } from "./visible.ts";',
    ].join("\n");
    expect(upward(importsOf("src/text/cut.ts", text))).toEqual([
      "src/text/cut.ts imports src/fleet/report.ts: fleet does not stand before text in ORDER",
      "src/text/cut.ts imports src/cli/main.ts: cli does not stand before text in ORDER",
    ]);
    expect(upward(importsOf("src/stores/store.ts", 'export * from "./registry.ts";'))).toHaveLength(1);
    expect(upward(importsOf("src/stores/registry.ts", 'import "./github/layers.ts";'))).toEqual([]);
    expect(upward(importsOf("src/nowhere/a.ts", 'import "../elsewhere/b.ts";'))).toHaveLength(1);
    expect(upward(importsOf("src/notifiers/chat/a.ts", 'import "../mail/b.ts";'))).toHaveLength(1);
    expect(upward(importsOf("src/notifiers/notifier.ts", 'import "./chat/a.ts";'))).toHaveLength(1);
  });

  test("every folder has its place", () => {
    expect([...new Set(sources.map(({ path }) => nodeOf(path)))].filter((node) => !hasPlace(node))).toEqual([]);
  });

  test("every import leads to an earlier folder", () => {
    expect(upward(imports)).toEqual([]);
  });
});

describe("adapters", () => {
  test("an import of another one, and an index that loads too much, are found", () => {
    const text = [
      'import { z } from "zod";',
      'import { deliver } from "../post.ts";',
      'import type { Config } from "node:http";',
      'import { createServer } from "node:http";',
      'import { cutEnd } from "../../text/cut.ts";',
      'import docs from "./docs.md";',
      'import { body } from "./body.ts";',
      'import { json } from "../json/index.ts";',
      'const heavy = await import("./heavy.ts");',
    ].join("\n");
    const found = importsOf("src/notifiers/slack/index.ts", text);
    expect(betweenAdapters(found)).toEqual(["src/notifiers/slack/index.ts imports src/notifiers/json/index.ts"]);
    expect(heavyIndexes(found)).toEqual([
      "src/notifiers/slack/index.ts loads node:http",
      "src/notifiers/slack/index.ts loads src/notifiers/slack/body.ts",
      "src/notifiers/slack/index.ts loads src/notifiers/json/index.ts",
    ]);
    const other = importsOf("src/notifiers/registry.ts", 'import { json } from "./json/index.ts";');
    expect([...betweenAdapters(other), ...heavyIndexes(other)]).toEqual([]);
  });

  test("know no other one of their kind", () => {
    expect(betweenAdapters(imports)).toEqual([]);
  });

  test("load what they work with when it is needed", () => {
    expect(heavyIndexes(imports)).toEqual([]);
  });
});

/** Lines of code, not of comments, of TypeScript outside of src/supervisors that name a supervisor or a kind of its services. */
function kindsNamed(path: string, text: string): string[] {
  if (!path.endsWith(".ts") || path.startsWith("src/supervisors/")) return [];
  return text
    .split("\n")
    .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && /["'`](systemd|systemd-user|supervisord)["'`]/.test(line))
    .map((line) => `${path}: ${line.trim()}`);
}

/** Decisions on the kind of a service in shell text. */
const kindSwitches = (text: string) => text.match(/.*(case \$s_kind|"\$s_kind" !?= [a-z]).*/g) ?? [];

describe("supervisors", () => {
  test("a decision on the kind of a service is found", () => {
    expect(kindsNamed("src/fleet/x.ts", '// "systemd"\nif (kind === "systemd-user") reset();')).toHaveLength(1);
    expect(kindsNamed("src/supervisors/systemd/index.ts", 'key: "systemd"')).toEqual([]);
    const text = 'case $s_kind in\n[ "$s_kind" = command ]\ns_kind=$2\n[ "$1" = "$s_kind" ] && service_do same "$2"\n';
    expect(kindSwitches(text)).toHaveLength(2);
  });

  test("are distinguished in their own folders alone", () => {
    expect(sources.flatMap(({ path, text }) => kindsNamed(path, text))).toEqual([]);
    const remote = files.filter((path) => /^src\/(remote|operations)\/.*\.sh$/.test(path));
    const switches = remote.flatMap((path) => kindSwitches(readFileSync(join(root, path), "utf8")));
    expect(remote.length).toBeGreaterThan(20);
    expect(switches).toEqual([]);
  });
});

/** Keys of adapters of a kind: the names of their folders. */
const keysOf = (kind: string) => [
  ...new Set(
    sources
      .map(({ path }) => nodeOf(path))
      .filter((node) => dirname(node) === kind && !ORDER.includes(node))
      .map((node) => basename(node)),
  ),
];

/** Literals that name an installer. Only its own folder knows it by name; an adapter of another kind may have the same key. */
function installersNamed(all: readonly { path: string; text: string }[]): string[] {
  const keys = keysOf("installers");
  const literalIn = (path: string) => {
    const own = KINDS.includes(dirname(nodeOf(path))) ? basename(nodeOf(path)) : undefined;
    return new RegExp(`["'\`](${keys.filter((key) => key !== own).join("|")})["'\`]`);
  };
  return (
    all
      .filter(({ path }) => !keys.some((key) => path.startsWith(`src/installers/${key}/`)))
      // pip as the program that installs installers and builds packages, whichever of the two makes the environment.
      .filter(({ path }) => !path.startsWith("src/installers/virtualenv/"))
      .flatMap(({ path, text }) => {
        const literal = literalIn(path);
        return text
          .split("\n")
          .filter((line) => !/^\s*(\/\/|\*|\/\*)/.test(line) && literal.test(line))
          .map((line) => `${path}: ${line.trim()}`);
      })
  );
}

describe("installers", () => {
  test("are distinguished by their registry alone", () => {
    const text = 'if (installer === "npm") place = "node_modules";\n// "pip" in a comment';
    expect(installersNamed([{ path: "src/bundle/bundle.ts", text }])).toHaveLength(1);
    expect(installersNamed([{ path: "src/installers/npm/npm.ts", text }])).toEqual([]);
    expect(installersNamed([{ path: "src/exporters/npm/index.ts", text }])).toEqual([]);
    expect(installersNamed([{ path: "src/exporters/tar/index.ts", text }])).toHaveLength(1);
    expect(installersNamed(sources)).toEqual([]);
  });

  test("have folders that only the registry and they themselves import", () => {
    const own = keysOf("installers").map((key) => `src/installers/${key}/`);
    const found = imports.filter(
      ({ file, from }) =>
        own.some((folder) => from.startsWith(folder) && !file.startsWith(folder)) &&
        file !== "src/installers/registry.ts",
    );
    expect(own.length).toBeGreaterThan(2);
    expect(found.map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
  });
});

describe("the rules of the house", () => {
  test("GitHub's clients are known to the actions and the stores alone", () => {
    expect(strangers(imports, /^@actions\/(?!exec$)/, ["src/actions/", "src/stores/github/"])).toEqual([]);
    expect(strangers(imports, /^@actions\/exec$/, ["src/subprocess/executed.ts"])).toEqual([]);
  });

  test("local commands are started in one place, connections in another", () => {
    expect(
      strangers(imports, /^(node:)?child_process$/, ["src/subprocess/", "src/session/", "src/transports/"]),
    ).toEqual([]);
  });

  test("the domain does not print", () => {
    const printers = sources.filter(({ path }) => !/^src\/(cli|report|actions)\//.test(path));
    expect(printers.flatMap(({ path, text }) => printing(text).map((line) => `${path}: ${line.trim()}`))).toEqual([]);
  });

  test("nothing is decided by what Tarlift says in English", () => {
    expect(
      decidingByText(
        [
          "if (trouble.what.startsWith(LOCKED)) return;",
          'if (error.what === "cancelled") return;',
          "if (/no room/.test(failure.remedy)) return;",
          'if (trouble.code === "locked") return `${trouble.what}`;',
        ].join("\n"),
      ),
    ).toHaveLength(3);
    expect(sources.flatMap(({ path, text }) => decidingByText(text).map((line) => `${path}: ${line.trim()}`))).toEqual(
      [],
    );
  });

  test("the domain knows nothing of its entry points", () => {
    expect(strangers(imports, /^src\/(cli|actions)\//, ["src/cli/", "src/actions/"])).toEqual([]);
  });

  test("the fleet knows nothing of how hosts are reached", () => {
    const reaching = /^src\/(host\/calls|remote|session|transports)\//;
    const known = imports.filter(
      ({ file, from, typeOnly }) => file.startsWith("src/fleet/") && reaching.test(from) && !typeOnly,
    );
    expect(known.map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
  });

  test("what a transaction has recorded is changed through the transaction alone", () => {
    expect(strangers(imports, /^src\/fleet\/ledger\.ts$/, ["src/fleet/transaction.ts"])).toEqual([]);
  });

  test("no function of the fleet has more than four parameters", () => {
    const fleet = sources.filter(({ path }) => path.startsWith("src/fleet/"));
    expect(fleet.flatMap(({ path, text }) => longLists(text, 4).map((list) => `${path}: ${list}`))).toEqual([]);
  });

  test("no file has a name that says nothing", () => {
    const empty = /^(utils?|helpers?|common|managers?|misc|shared)(\.|$)/;
    expect(files.filter((path) => path.split("/").some((part) => empty.test(basename(part))))).toEqual([]);
  });

  test("every package that is imported is a dependency", () => {
    const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const packages = imports
      // The repository's own package.json has the version that `tarlift --version` prints.
      .filter(({ from }) => !from.startsWith("node:") && !from.startsWith("src/") && from !== "package.json")
      .map(({ from }) =>
        from
          .split("/")
          .slice(0, from.startsWith("@") ? 2 : 1)
          .join("/"),
      );
    expect([...new Set(packages)].filter((name) => !(name in devDependencies))).toEqual([]);
  });
});
