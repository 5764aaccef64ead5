// What a change of source costs when nothing else changed: `build-env` and `bundle`, each in a fresh job, for environments of growing size.
// Run: node bench/warm.ts [--sizes 30,300,1000] [--rounds 5] [--python /usr/bin/python3.11] [--only plain|full] [--keep DIRECTORY]     (bench/README.md)
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { BundleResult } from "../src/bundle/result.ts";

const here = import.meta.dirname;
const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "30,300,1000" },
    rounds: { type: "string", default: "5" },
    python: { type: "string", default: "/usr/bin/python3.11" },
    only: { type: "string" },
    keep: { type: "string" },
  },
});
const sizes = values.sizes.split(",").map(Number);
const work = values.keep ?? mkdtempSync(join(tmpdir(), "tarlift-bench-warm-"));
mkdirSync(work, { recursive: true });
const store = join(work, "store");
const cli = join(work, "dist/cli.js");
/** Megabytes that one wheel installs. */
const PIECE = 10;

/** One environment, and two applications that use it: one that is only packed, one with an asset step and a check as well. */
interface Case {
  megabytes: number;
  plain: string;
  full: string;
  root: string;
  /** `<key>-<nonce>`, as it was built. */
  id: string;
  entry: string;
  layer: number;
}

interface Round {
  environments: number;
  bundle: number;
  unpacking: number;
  /** The job without what only a step or a check needs. */
  rest: number;
  copy: number;
  /** What verifying it costs: no job trusts a store's bytes unread. */
  sum: number;
}

function main(): void {
  execFileSync(process.execPath, [join(here, "../scripts/build.ts"), dirname(cli)], { stdio: "ignore" });
  makeWheels(join(work, "wheels"), Math.ceil(Math.max(...sizes) / PIECE));
  const cases = sizes.map(prepare);
  for (const one of cases) console.error(`${one.megabytes} MB: ${installers(one)}`);

  const kinds = (["plain", "full"] as const).filter((kind) => (values.only ?? kind) === kind);
  const seen = new Map(cases.flatMap((one) => kinds.map((kind) => [`${one.megabytes} ${kind}`, [] as Round[]])));
  // The first round warms the page cache and does not count.
  for (let n = 0; n <= Number(values.rounds); n++) {
    for (const kind of kinds)
      for (const one of cases) {
        const round = measure(one, kind, n);
        if (n > 0) seen.get(`${one.megabytes} ${kind}`)?.push(round);
      }
  }
  for (const kind of kinds) {
    const title = { plain: "no asset step, no check", full: "an asset step that must run, and a check" }[kind];
    console.log(`\n**${title}**; seconds, median of ${values.rounds} interleaved rounds\n`);
    console.log(
      "| environment | its layer | build-env | bundle | of these unpacking | the rest | `cp` of the layer | `sha256sum` of it |",
    );
    console.log("| --- | --- | --- | --- | --- | --- | --- | --- |");
    const rows = cases.map((one) => {
      const rounds = seen.get(`${one.megabytes} ${kind}`) ?? [];
      const of = (part: keyof Round) => median(rounds.map((round) => round[part]));
      const cells = (["environments", "bundle", "unpacking", "rest", "copy", "sum"] as const).map((part) =>
        of(part).toFixed(2),
      );
      console.log(`| ${one.megabytes} MB | ${(one.layer / 1e6).toFixed(0)} MB | ${cells.join(" | ")} |`);
      return { rest: of("rest"), copy: of("copy"), sum: of("sum") };
    });
    const [first, last] = [rows[0], rows.at(-1)];
    if (first && last && rows.length > 1)
      console.log(
        `\nFrom ${sizes[0]} to ${sizes.at(-1)} MB the rest grows by ${(last.rest - first.rest).toFixed(2)} s, \`cp\` by ${(last.copy - first.copy).toFixed(2)} s, \`sha256sum\` by ${(last.sum - first.sum).toFixed(2)} s.`,
      );
  }
}

/** Builds the environment once: all that follows must find it. */
function prepare(megabytes: number): Case {
  const home = join(work, `${megabytes}`);
  const root = join(home, "envs");
  const pieces = Math.ceil(megabytes / PIECE);
  const requirements = Array.from({ length: pieces }, (_, n) => `ballast-${n}==1.0\n`).join("");
  const config = [
    "app: bench-warm",
    `environments-root: ${root}`,
    "environments:",
    `  python: { installer: pip, interpreter: ${values.python}, options: [--no-index, --no-deps, --find-links=${join(work, "wheels")}] }`,
    "",
  ].join("\n");
  const steps = [
    "assets:",
    "  - { name: static files, run: python collect.py, outputs: [staticfiles] }",
    "check:",
    "  - python -c 'import app.module_0, ballast_0; assert app.module_0.VALUE'",
    "",
  ].join("\n");
  const plain = repository(join(home, "plain"), { "tarlift.yml": config, "requirements.txt": requirements });
  const full = repository(join(home, "full"), { "tarlift.yml": config + steps, "requirements.txt": requirements });
  const [built] = JSON.parse(tarlift("build-env", plain).stdout) as { id: string; key: string; size: number }[];
  if (!built) throw new Error("no environment was built");
  return {
    megabytes,
    plain,
    full,
    root,
    id: built.id,
    entry: join(store, `layers/environment-${built.key}`),
    layer: built.size,
  };
}

/** 200 modules and 5 MB of static files: the same beside every environment. */
function repository(directory: string, files: Record<string, string>): string {
  rmSync(directory, { recursive: true, force: true });
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), content);
  };
  const modules = standardLibrary();
  put("app/__init__.py", "");
  for (let n = 0; n < 200; n++)
    put(`app/module_${n}.py`, `VALUE = "first"\n${n < 50 ? "" : readFileSync(modules[n]!, "utf8")}`);
  const scripts = globSync("node_modules/@actions/**/*.js", { cwd: join(here, "..") }).sort();
  let bytes = 0;
  for (let n = 0; bytes < 5e6; n++) {
    const content = readFileSync(join(here, "..", scripts[n % scripts.length]!));
    put(`static/${n}.js`, content);
    bytes += content.length;
  }
  // As collectstatic does: every file under its own name and under one with its hash.
  put(
    "collect.py",
    `import hashlib, os, ballast_0
os.makedirs("staticfiles")
for name in sorted(os.listdir("static")):
    data = open(f"static/{name}", "rb").read()
    for target in (name, f"{hashlib.md5(data).hexdigest()}-{name}"):
        open(f"staticfiles/{target}", "wb").write(data)
`,
  );
  put(".gitignore", "staticfiles/\n.venv\n");
  for (const [path, content] of Object.entries(files)) put(path, content);
  git(directory, "init", "-q", "-b", "main");
  commit(directory, "first");
  return directory;
}

/**
 * Wheels that look like an environment when they are installed: modules of the standard library, which byte code is compiled of, and pieces
 * of native binaries beside them, in the proportions of a virtualenv of 350 MB and 10 000 files. No two files are equal.
 */
function makeWheels(directory: string, count: number): void {
  mkdirSync(directory, { recursive: true });
  const modules = standardLibrary();
  const binaries = globSync("node_modules/**/*.{node,so,exe}", { cwd: join(here, "..") })
    .map((path) => join(here, "..", path))
    .concat(process.execPath)
    .filter((path) => statSync(path).size > 1e6);
  for (let n = 0; n < count; n++) {
    if (existsSync(join(directory, `ballast_${n}-1.0-py3-none-any.whl`))) continue;
    const input = JSON.stringify({ directory, n, modules, binaries, size: PIECE * 1e6 });
    execFileSync(values.python, ["-c", WHEEL], { input });
  }
}

const WHEEL = `
import json, os, sys, zipfile
given = json.load(sys.stdin)
n, package = given["n"], f"ballast_{given['n']}"
info, record, written = f"{package}-1.0.dist-info", "", 0
unfinished = os.path.join(given["directory"], f".{package}")
with zipfile.ZipFile(unfinished, "w") as archive:
    def put(path, data):
        global record, written
        archive.writestr(path, data)
        record += f"{path},,\\n"
        written += len(data)
    put(f"{package}/__init__.py", b"")
    modules = given["modules"]
    for m in range(100):
        source = open(modules[(n * 100 + m) % len(modules)], "rb").read()
        # Coding lines stay where they count.
        put(f"{package}/module_{m}.py", source + f"\\nWHO = '{package} {m}'\\n".encode())
    # Byte code of the modules is about as large as they are.
    left, pieces = given["size"] - 2 * written, 80
    sizes = [os.path.getsize(path) for path in given["binaries"]]
    at = (n * left) % sum(sizes)
    for p in range(pieces):
        data, wanted = f"{package} {p}\\n".encode(), left // pieces
        while len(data) < wanted:
            at %= sum(sizes)
            start = at
            for path, size in zip(given["binaries"], sizes):
                if start < size:
                    with open(path, "rb") as file:
                        file.seek(start)
                        part = file.read(wanted - len(data))
                    break
                start -= size
            data += part
            at += len(part)
        put(f"{package}/data/{p}.bin", data)
    put(f"{info}/METADATA", f"Metadata-Version: 2.1\\nName: ballast-{n}\\nVersion: 1.0\\n".encode())
    put(f"{info}/WHEEL", b"Wheel-Version: 1.0\\nGenerator: bench\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
    archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\\n")
os.rename(unfinished, os.path.join(given["directory"], f"{package}-1.0-py3-none-any.whl"))
`;

/** Modules of Python's standard library up to 100 KB, in a fixed order. */
function standardLibrary(): string[] {
  const root = execFileSync(values.python, ["-c", "import os; print(os.path.dirname(os.__file__))"], {
    encoding: "utf8",
  }).trim();
  return globSync("**/*.py", { cwd: root })
    .filter((path) => !/test|lib2to3|(site|dist)-packages/.test(path))
    .map((path) => join(root, path))
    .filter((path) => statSync(path).size < 100_000)
    .sort();
}

let jobs = 0;
/** Runs one verb as a job of its own would: with the store and nothing else from before. */
function tarlift(
  verb: string,
  directory: string,
  { job = join(work, `job-${jobs++}`), args = [] as string[], prefix = [] as string[] } = {},
): { stdout: string; seconds: number; job: string } {
  mkdirSync(job, { recursive: true });
  const command = [
    ...prefix,
    process.execPath,
    cli,
    verb,
    "--json",
    "--quiet",
    "--directory",
    directory,
    "--store",
    store,
    "--python",
    values.python,
    ...args,
  ];
  const { GITHUB_ACTIONS: _actions, GITHUB_REF: _ref, ...env } = process.env;
  const start = performance.now();
  const result = spawnSync(command[0]!, command.slice(1), {
    env: { ...env, RUNNER_TEMP: job },
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  const seconds = (performance.now() - start) / 1000;
  if (result.status !== 0) throw new Error(`${command.join(" ")}\n${result.stderr}`);
  return { stdout: result.stdout, seconds, job };
}

/** A commit with one changed module, then both verbs in one job. */
function measure(one: Case, kind: "plain" | "full", round: number): Round {
  const directory = one[kind];
  writeFileSync(join(directory, "app/module_0.py"), `VALUE = "${round}"\n`);
  commit(directory, `${round}`);
  rmSync(join(one.root, one.id), { recursive: true, force: true });
  const environments = tarlift("build-env", directory);
  const bundle = tarlift("bundle", directory, {
    job: environments.job,
    args: ["--output", join(environments.job, "artifact.tar")],
  });
  refuseBuilt(one, bundle.stdout);
  const unpacking = (JSON.parse(bundle.stdout) as BundleResult).timings.unpacking / 1000;
  rmSync(environments.job, { recursive: true, force: true });

  const target = join(work, "copy");
  const start = performance.now();
  execFileSync("cp", ["--reflink=never", one.entry, target]);
  const copy = (performance.now() - start) / 1000;
  rmSync(target);
  const begun = performance.now();
  execFileSync("sha256sum", [one.entry]);
  const sum = (performance.now() - begun) / 1000;
  return {
    environments: environments.seconds,
    bundle: bundle.seconds,
    unpacking,
    rest: environments.seconds + bundle.seconds - unpacking,
    copy,
    sum,
  };
}

/** A benchmark of warm runs must not measure cold ones: a new id is drawn whenever an environment is built. */
function refuseBuilt(one: Case, stdout: string): void {
  const [environment] = (JSON.parse(stdout) as BundleResult).environments;
  if (!environment?.hit || environment.id !== one.id)
    throw new Error(`the environment of ${one.megabytes} MB was built again`);
}

/** The programs of one warm job, as the kernel saw them; refuses an installer among them. */
function installers(one: Case): string {
  if (spawnSync("strace", ["-V"]).status !== 0) return "programs not observed: there is no strace";
  const trace = join(work, "trace");
  const prefix = ["strace", "-f", "-qq", "-e", "trace=execve", "-e", "signal=none", "-s", "4096", "-o", trace];
  writeFileSync(join(one.plain, "app/module_0.py"), 'VALUE = "traced"\n');
  commit(one.plain, "traced");
  const { job } = tarlift("build-env", one.plain, { prefix });
  const first = readFileSync(trace, "utf8");
  refuseBuilt(one, tarlift("bundle", one.plain, { job, prefix, args: ["--output", join(job, "artifact.tar")] }).stdout);
  const lines = (first + readFileSync(trace, "utf8")).split("\n").filter((line) => / = 0$/.test(line));
  rmSync(job, { recursive: true, force: true });
  const started = lines.flatMap((line) => {
    const [, program, args] = /execve\("([^"]+)", \[(.*?)\]/.exec(line) ?? [];
    return program && args ? [{ program, args }] : [];
  });
  const bad = started.filter(
    ({ program, args }) => /\/(pip[\d.]*|uv|npm|tar|zstd)$/.test(program) || /"-m", "(pip|venv)"/.test(args),
  );
  if (bad.length > 0) throw new Error(`a warm job started ${bad.map(({ args }) => args).join("; ")}`);
  return `programs of a warm job: ${[...new Set(started.map(({ program }) => program))].sort().join(" ")}`;
}

function commit(directory: string, message: string): void {
  git(directory, "add", "-A");
  git(directory, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", message);
}

function git(directory: string, ...args: string[]): void {
  execFileSync("git", ["-C", directory, "-c", "gc.auto=0", ...args], { stdio: ["ignore", "ignore", "inherit"] });
}

function median(numbers: number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] as number;
}

try {
  main();
} finally {
  if (values.keep === undefined) rmSync(work, { recursive: true, force: true });
}
