// One commit and one store give one release, on any machine and for any user; and every name that may ship does, byte for byte.
// Through the built command, as it is typed.
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import type { BundleResult } from "../../src/bundle/result.ts";
import { builtDist } from "../support/built-dist.ts";
import { unpackArtifact, wheel } from "../support/bundles.ts";
import { PYTHON } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { commit, type Files, git, place, repository } from "../support/repository.ts";
import { temporary } from "../support/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
const directory = temporary("reproducible");
const store = join(directory, "store");
const cli = join(directory, "dist/cli.js");

beforeAll(() => {
  // Another user takes part.
  chmodSync(directory, 0o755);
  cpSync(builtDist(), join(directory, "dist"), { recursive: true });
});

interface Run {
  /** Before `node`: `setpriv …`, `sh -c 'umask …'`. */
  prefix?: string[];
  env?: NodeJS.ProcessEnv;
  args?: string[];
}

let runs = 0;
/** Bundles with a job directory of its own and the common store. */
function bundle(checkout: string, { prefix = [], env = {}, args = [] }: Run = {}): BundleResult {
  const job = join(directory, `job-${runs++}`);
  mkdirSync(job);
  chmodSync(job, 0o777);
  const command = [
    ...prefix,
    process.execPath,
    cli,
    "bundle",
    "--json",
    ...["--directory", checkout],
    ...["--store", store],
    ...["--output", join(job, "artifact.tar")],
    ...args,
  ];
  const { GITHUB_REF: _ref, GITHUB_SHA: _sha, GITHUB_ACTIONS: _actions, RUNNER_TEMP: _temp, ...own } = process.env;
  return JSON.parse(
    sh(command[0]!, command.slice(1), { env: { ...own, HOME: job, XDG_CACHE_HOME: join(job, "cache"), ...env } }),
  );
}

describe("one commit and one store give one release digest", () => {
  let origin: string;
  let first: BundleResult;
  beforeAll(() => {
    const wheels = join(directory, "wheels");
    wheel(wheels, "shipped", { "shipped.py": "NAME = 1\n" });
    origin = repository(
      {
        "requirements.txt": "shipped==1.0\n",
        "shop/__init__.py": "",
        "shop/main.py": "def main():\n    return {'a': 1, 'b': (1, 2)}\n",
        "shop/\u00fcber.py": "X = 'ä'\n",
        "run.sh": { script: "#!/bin/sh\n" },
        "text.txt": "a\nb\n",
        link: { link: "text.txt" },
        ".gitignore": "out/\n",
        "tarlift.yml": `app: shop
environments-root: ${join(directory, "envs")}
environments:
  python: { installer: pip, interpreter: ${PYTHON}, options: ["--no-index", "--find-links", ${wheels}] }
assets:
  - { name: list, run: "mkdir -p out; LC_ALL=C ls >out/list", outputs: [out] }
`,
      },
      join(directory, "origin"),
    );
    git(origin, "tag", "-a", "-m", "first", "v1.0");
    first = bundle(origin);
    expect(first.environments).toMatchObject([{ hit: false }]);
  });

  /** A second history behind, so that a shallow clone has something to leave out. */
  const clone = (name: string, ...options: string[]) => {
    const to = join(directory, name);
    git(directory, "clone", "--quiet", ...options, `file://${origin}`, to);
    return to;
  };

  const same = (result: BundleResult) => {
    expect(result.environments).toMatchObject([{ hit: true }]);
    expect(result.assets).toMatchObject([{ hit: true }]);
    expect(result.releaseDigest).toBe(first.releaseDigest);
  };

  it("again", () => same(bundle(origin)));

  it("from a branch, whose label is the commit, and from its tag", () => {
    expect(first.version).toBe("v1.0");
    const checkout = clone("branch", "--no-tags", "--branch", "main");
    const branch = bundle(checkout);
    expect(branch.version).toBe(git(origin, "rev-parse", "HEAD").slice(0, 12));
    same(branch);
    const tag = bundle(clone("tag", "--branch", "v1.0"));
    expect(tag.version).toBe("v1.0");
    same(tag);
    const runner = { GITHUB_ACTIONS: "true", RUNNER_TEMP: temporary("runner") };
    same(bundle(checkout, { args: ["--label", "release-7"] }));
    expect(bundle(checkout, { env: { ...runner, GITHUB_REF: "refs/tags/v2.0" } }).version).toBe("v2.0");
    expect(bundle(checkout, { env: { ...runner, GITHUB_REF: "refs/tags/shop/v2.0" } }).version).toBe("shop-v2.0");
  });

  full("bundles").it("in another directory, with spaces and quotes in its name", () =>
    same(bundle(clone('it\'s a "dir" $(touch pwned)'))),
  );
  it("with umask 077", () => same(bundle(origin, { prefix: ["sh", "-c", 'umask 077; exec "$@"', "sh"] })));
  full("bundles").it("in another time zone and locale", () =>
    same(bundle(origin, { env: { TZ: "Pacific/Kiritimati", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" } })),
  );
  it("from a shallow clone", () => {
    const checkout = clone("shallow", "--depth=1");
    expect(git(checkout, "rev-parse", "--is-shallow-repository")).toBe("true");
    same(bundle(checkout));
  });
  full("bundles").it("from a partial clone", () => {
    git(origin, "config", "uploadpack.allowFilter", "true");
    same(bundle(clone("partial", "--filter=blob:none")));
  });
  it("with CRLF in the checkout", () => {
    const checkout = clone("crlf", "-c", "core.autocrlf=true");
    expect(readFileSync(join(checkout, "text.txt"), "utf8")).toBe("a\r\nb\r\n");
    same(bundle(checkout));
  });
  full("bundles").it("where the file system keeps no modes", () => {
    const checkout = clone("modes", "-c", "core.fileMode=false");
    for (const file of ["run.sh", "text.txt"]) chmodSync(join(checkout, file), file === "run.sh" ? 0o644 : 0o755);
    same(bundle(checkout));
  });
  full("bundles").it("from a linked worktree", () => {
    git(origin, "worktree", "add", "--quiet", "--detach", join(directory, "worktree"));
    same(bundle(join(directory, "worktree")));
  });
  it.runIf(needs("root", "setpriv"))("by another user, from a checkout that belongs to neither", () => {
    sh("chmod", ["-R", "a+rX", directory]);
    const other = { prefix: ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs"] };
    same(bundle(origin, other));
  });
  full("bundles").it("and another for another content, mode or commit", () => {
    const checkout = clone("changed");
    const digests = new Set([first.releaseDigest]);
    commit(checkout, { "text.txt": "other\n" });
    digests.add(bundle(checkout).releaseDigest);
    commit(checkout, {}, "only another commit");
    digests.add(bundle(checkout).releaseDigest);
    chmodSync(join(checkout, "text.txt"), 0o755);
    commit(checkout);
    digests.add(bundle(checkout).releaseDigest);
    expect(digests.size).toBe(4);
  });

  full("bundles").it("and another for another content of an included, ignored file", () => {
    const checkout = repository({ "tarlift.yml": "app: shop\ninclude: [built]\n", ".gitignore": "built\n" });
    place(checkout, { "built/a": "1" });
    const one = bundle(checkout).releaseDigest;
    place(checkout, { "built/a": "2" });
    expect(bundle(checkout).releaseDigest).not.toBe(one);
    place(checkout, { "built/a": "1" });
    expect(bundle(checkout).releaseDigest).toBe(one);
  });
});

describe("names", () => {
  const long = `${"d".repeat(90)}/${"e".repeat(90)}/${"f".repeat(60)}.txt`;
  const names: Files = {
    "tarlift.yml": "app: shop\n",
    "with space": "1\n",
    " leading and trailing ": "2\n",
    'quote\'s "double"': "3\n",
    "$(touch pwned)": "4\n",
    "`touch pwned`": "5\n",
    "a;touch pwned;": "5\n",
    "-rf": "6\n",
    "--force/-x": "7\n",
    "*": "8\n",
    "[a]?": "8\n",
    "#hash": "8\n",
    "%s%n": "8\n",
    "~": "8\n",
    "\u00fcml\u00e4ut": "9\n",
    "u\u0308ml": "decomposed\n",
    "\u{1f680}/\u65e5\u672c\u8a9e": "10\n",
    CASE: "upper\n",
    case: "lower\n",
    "aux.txt": "\n",
    ":colon": "11\n",
    "back/..dots": "12\n",
    "...": "13\n",
    empty: "",
    [long]: "14\n",
    [`${"x".repeat(99)}/${"y".repeat(156)}`]: "ustar's limits\n",
    "script with space": { script: "#!/bin/sh\n" },
    "link to $(touch pwned)": { link: "$(touch pwned)" },
    "dangling link": { link: "nowhere" },
    "--force/up": { link: "../with space" },
  };

  it("ship as they are, byte for byte, and nothing of them is executed", async () => {
    const root = repository(names, join(directory, "names $(touch pwned)"));
    const large = Buffer.alloc(60 << 20);
    for (let n = 0; n < large.length; n += 4096) large.writeUInt32LE((n * 2654435761) >>> 0, n);
    writeFileSync(join(root, "large.bin"), large);
    commit(root);
    const before = sh("find", [directory, ROOT, "-maxdepth", "2", "-name", "pwned"]);
    const { file } = bundle(root, { args: ["--no-check"] });
    const release = await unpackArtifact(file);
    sh("diff", ["-r", "--no-dereference", "--exclude=.git", root, release]);
    const modes = (at: string) =>
      sh("sh", ["-c", "find . -path ./.git -prune -o -type f -perm -100 -print | LC_ALL=C sort"], { cwd: at });
    expect(modes(release)).toBe(modes(root));
    expect(modes(release)).toContain("script with space");
    expect(sh("find", [directory, ROOT, "-maxdepth", "2", "-name", "pwned"])).toBe(before);
    for (const place of [root, release, process.cwd()]) expect(existsSync(join(place, "pwned"))).toBe(false);
    await (await openArtifact(file)).verify();
  });

  it("that cannot ship end the command with exit code 2, each by name", () => {
    const root = repository({
      "tarlift.yml": "app: shop\n",
      "new\nline": "",
      "esc\u001b[31m": "",
      out: { link: "../../etc" },
    });
    let said = "";
    try {
      bundle(root);
    } catch (error) {
      said = String(error);
    }
    expect(said).toContain("exit 2");
    for (const name of ['"new\\nline"', '"esc\\u001b[31m"', '"out" -> "../../etc"']) expect(said).toContain(name);
    expect(said).not.toContain("\u001b[31m");
  });
});

describe("the command", () => {
  it("says what it made, and what to type next", () => {
    const root = repository({
      "app.js": "",
      "tarlift.yml": "app: shop\ntargets: { production: { hosts: [{ address: web }] } }\n",
    });
    const job = join(directory, `job-${runs++}`);
    const said = sh(process.execPath, [cli, "bundle", "-C", root, "--store", store, "-o", join(job, "a.tar")], {
      env: { ...process.env, HOME: job, XDG_CACHE_HOME: join(job, "cache") },
    });
    expect(said).toContain(join(job, "a.tar"));
    expect(said).toMatch(/release digest {2}sha256:[0-9a-f]{64}/);
    expect(said).toContain(
      `next: tarlift deploy production -C ${root} --store ${store} --artifact ${join(job, "a.tar")}`,
    );
  });

  it("refuses a version that cannot be a label", () => {
    const root = repository({ "app.js": "", "tarlift.yml": "app: shop\n" });
    for (const version of ["-x", "a/b", "a b", "$(touch pwned)", ".."])
      expect(() => bundle(root, { args: [`--label=${version}`] })).toThrow(/exit 2[\s\S]*cannot be a label/);
  });

  it("case 11: refuses the tag of another commit as a label, for a deploy too, unless it is meant", () => {
    const root = repository({
      "app.js": "",
      "tarlift.yml": "app: shop\ntargets: { production: { hosts: [local] } }\n",
    });
    git(root, "tag", "v1.0.0");
    expect(bundle(root, { args: ["--label=v1.0.0"] }).version).toBe("v1.0.0");
    commit(root, { "app.js": "2" });
    const taken = /exit 2[\s\S]*v1\.0\.0 is the tag of another commit[\s\S]*--allow-other-tag/;
    expect(() => bundle(root, { args: ["--label=v1.0.0"] })).toThrow(taken);
    expect(bundle(root, { args: ["--label=v1.0.0", "--allow-other-tag"] }).version).toBe("v1.0.0");
    const { file } = bundle(root, { args: ["--label=v2.0.0"] });
    const deploy = [cli, "deploy", "production", "-C", root, "--artifact", file, "--label", "v1.0.0", "--dry-run"];
    expect(() => sh(process.execPath, deploy)).toThrow(taken);
  });

  it("ends with exit code 2 where there is no repository, and with 2 where nothing is committed", () => {
    const plain = temporary("plain");
    writeFileSync(join(plain, "tarlift.yml"), "app: shop\n");
    expect(() => bundle(plain)).toThrow(/exit 2[\s\S]*no git repository/);
    git(plain, "init", "--quiet");
    expect(() => bundle(plain)).toThrow(/exit 2[\s\S]*nothing is committed/);
  });
});
