// Nothing is rebuilt that is known, and nothing is trusted that is broken: the command, a directory as store, real processes.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { fetchEntry } from "../../src/cache/entries.ts";
import { workDirectory } from "../../src/pipeline/context.ts";
import { type Progress, silent } from "../../src/progress.ts";
import { directoryLayerStore } from "../../src/stores/directory/directory.ts";
import { type Ended, startTarlift, tarlift } from "../support/command.ts";
import { commit, recording, write } from "../support/environments.ts";
import { full } from "../support/full.ts";
import { needs, sh } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";
import { wheel } from "../support/wheel.ts";

const directory = temporary("environment-store");
const root = join(directory, "srv/envs");
const store = join(directory, "store");
/** Installers of a first job, so that not every job fetches its pip. */
const tools = join(directory, "tools");
mkdirSync(root, { recursive: true });

/** A repository whose only requirement is a wheel of its own. */
function repository(name: string, version: string, files: Record<string, string> = {}): string {
  const path = join(directory, name);
  write(path, {
    "tarlift.yml": `app: t-store\nenvironments-root: ${root}\nenvironments:\n  python: { installer: pip, interpreter: /usr/bin/python3.11 }\n`,
    "requirements.txt": `./wheels/thing-${version}-py3-none-any.whl\n`,
    ...files,
  });
  mkdirSync(join(path, "wheels"));
  wheel(join(path, "wheels"), "thing", version, { "thing.py": `VERSION = "${version}"\n` });
  commit(path);
  return path;
}

const workOf = (env: { XDG_CACHE_HOME: string }, of = store) => workDirectory({ ...env, RUNNER_TEMP: undefined }, of);

let jobs = 0;
/** A job on a machine of its own, but for the environments-root and the store that all share. */
function job(): { XDG_CACHE_HOME: string } {
  const home = join(directory, `job-${jobs++}`);
  const env = { XDG_CACHE_HOME: home };
  mkdirSync(workOf(env), { recursive: true });
  mkdirSync(tools, { recursive: true });
  symlinkSync(tools, join(workOf(env), "tools"));
  return env;
}

interface Summary {
  key: string;
  id: string;
  hit: boolean;
  path: string;
}

function summary({ code, stdout, stderr }: Ended): Summary {
  if (code !== 0) throw new Error(`exit code ${code}\n${stderr}`);
  return JSON.parse(stdout)[0];
}

const build = (cwd: string, env: NodeJS.ProcessEnv = job(), before: string[] = [], more: string[] = []) =>
  tarlift(["build-env", "--json", "--store", store, ...more], { cwd, env, before });

/** A started installer in a line of strace: by the program's name, or as a module of Python. */
const INSTALLER =
  /execve\("([^"]*\/)?(pip[\d.]*|uv|npm|npx|virtualenv)"|"(pip|venv|ensurepip|uv|[^"]*\/npm-cli\.js)"[,\]]/;

const entryOf = ({ key }: Summary) => join(store, "layers", `environment-${key}`);

describe.runIf(needs("strace", "python3.11"))("an environment that a store keeps", () => {
  let here: string;
  let first: Summary;

  beforeAll(async () => {
    here = repository("checkout", "1.0");
    first = summary(await build(here));
  });

  it("is built by the first job", () => {
    expect(first.hit).toBe(false);
    expect(existsSync(entryOf(first))).toBe(true);
  });

  it("is restored by the next job, which starts no installer", async () => {
    const trace = join(directory, "trace");
    const again = summary(
      await build(here, job(), ["strace", "-f", "-qq", "-s", "300", "-e", "trace=execve", "-o", trace], ["--unpack"]),
    );
    expect(again).toMatchObject({ hit: true, id: first.id, key: first.key });
    const started = readFileSync(trace, "utf8")
      .split("\n")
      .filter((line) => line.includes("execve(") && line.endsWith("= 0"));
    expect(started.length).toBeGreaterThan(0);
    expect(started.filter((line) => INSTALLER.test(line))).toEqual([]);
  });

  full("environments").it("tells strace of the installer where there is one", async () => {
    const trace = join(directory, "trace-of-a-build");
    summary(
      await build(here, job(), ["strace", "-f", "-qq", "-s", "300", "-e", "trace=execve", "-o", trace], ["--rebuild"]),
    );
    expect(readFileSync(trace, "utf8")).toMatch(INSTALLER);
  });

  it("is unpacked where it is missing, and runs", async () => {
    const { path } = summary(await build(here));
    rmSync(path, { recursive: true });
    summary(await build(here, job(), [], ["--unpack"]));
    expect(sh(join(path, "bin/python"), ["-c", "import thing; print(thing.VERSION)"])).toBe("1.0\n");
  });

  const DAMAGES: [title: string, damage: (file: string) => void, why: RegExp][] = [
    ["truncated", (file) => truncateSync(file, Math.floor(statSync(file).size / 2)), /truncated/],
    ["empty", (file) => truncateSync(file, 0), /truncated/],
    ["changed in one bit of its layer", (file) => flip(file, 1000), /its layer is damaged/],
    [
      "changed in its file index",
      (file) => flip(file, readFileSync(file).indexOf("site-packages/thing.py")),
      /index is damaged/,
    ],
    [
      "longer than it says",
      (file) => writeFileSync(file, Buffer.concat([Buffer.alloc(1), readFileSync(file)])),
      /not as long/,
    ],
  ];

  it.each(DAMAGES)(
    "is not used when its entry is %s: that is said, and the store has it no more",
    async (_, damage, why) => {
      const own = temporary("damaged");
      const key = `environment-${first.key}`;
      const copy = join(own, "store/layers", key);
      mkdirSync(dirname(copy), { recursive: true });
      copyFileSync(entryOf(first), copy);
      const fetch = (progress: Progress) =>
        fetchEntry({
          store: directoryLayerStore(join(own, "store")),
          work: temporary("job"),
          key,
          schema: z.unknown(),
          title: "environment python",
          progress,
        });
      expect(await fetch(silent)).toBeDefined();
      replace(copy, damage);
      const progress = recording();
      expect(await fetch(progress)).toBeUndefined();
      expect(progress.said).toEqual([
        expect.stringMatching(/^environment python: the entry in directory .* is not used, /),
      ]);
      expect(progress.said[0]).toMatch(why);
      expect(existsSync(copy)).toBe(false);
    },
  );

  async function isRebuilt(damage: (file: string) => void, why: RegExp): Promise<void> {
    const before = summary(await build(here));
    replace(entryOf(before), damage);
    const ended = await build(here);
    const after = summary(ended);
    expect(after).toMatchObject({ hit: false, key: before.key });
    expect(after.id).not.toBe(before.id);
    expect(ended.stderr).toMatch(/^note: environment python: the entry in directory .* is not used, /m);
    expect(ended.stderr).toMatch(why);
    expect(summary(await build(here))).toMatchObject({ hit: true, id: after.id });
  }

  for (const [n, [title, damage, why]] of DAMAGES.entries()) {
    const test = n === 0 ? it : full("environments").it;
    test(`is rebuilt when its entry is ${title}, and that is said`, () => isRebuilt(damage, why));
  }

  full("environments").it("is rebuilt when its entry is that of another key", async () => {
    const other = summary(await build(repository("other", "2.0")));
    expect(other.key).not.toBe(first.key);
    const before = summary(await build(here));
    replace(entryOf(before), (file) => copyFileSync(entryOf(other), file));
    const ended = await build(here);
    expect(summary(ended).hit).toBe(false);
    expect(ended.stderr).toContain(`it is the entry of another key (environment-${other.key})`);
  });

  full("environments").it("is rebuilt under a new id after an eviction, beside the old one", async () => {
    const before = summary(await build(here, job(), [], ["--unpack"]));
    rmSync(store, { recursive: true });
    const after = summary(await build(here, job(), [], ["--unpack"]));
    expect(after).toMatchObject({ hit: false, key: before.key });
    expect(after.id).not.toBe(before.id);
    for (const { path } of [before, after])
      expect(sh(join(path, "bin/python"), ["-c", "import thing, sys; print(sys.prefix)"])).toBe(`${path}\n`);
  });

  it("explains its key, part by part, and builds nothing", async () => {
    const env = job();
    const { stdout, code } = await tarlift(["build-env", "--explain", "--store", join(directory, "nowhere")], {
      cwd: here,
      env,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^python {2}${first.key}$`, "m"));
    for (const part of [
      "file requirements.txt",
      "installer",
      "python",
      "interpreter on hosts",
      "environments-root",
      "architecture",
      "libc",
    ])
      expect(stdout).toMatch(new RegExp(`^ {2}${part} +\\S`, "m"));
    expect(existsSync(join(directory, "nowhere"))).toBe(false);
    expect(existsSync(join(workOf(env, join(directory, "nowhere")), "entries"))).toBe(false);
  });
});

/** A requirement whose build tells that it runs, and waits until the test opens a gate; installers see no variables of the job. */
const waitingAt = (gate: string) => ({
  "requirements.txt": "./waiting\n",
  "waiting/pyproject.toml": '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  "waiting/backend.py": `
import glob, os, shutil, time

def build_wheel(directory, config_settings=None, metadata_directory=None):
    gate = ${JSON.stringify(gate)}
    open(os.path.join(gate, "waiting-%d" % os.getpid()), "w").close()
    for _ in range(600):
        if os.path.exists(os.path.join(gate, "open")):
            break
        time.sleep(0.1)
    [made] = glob.glob(os.path.join(gate, "*.whl"))
    shutil.copy(made, directory)
    return os.path.basename(made)
`,
});

/** Where such builds wait. */
function gate() {
  const path = temporary("gate");
  wheel(path, "thing", "3.0", { "thing.py": 'VERSION = "3.0"\n' });
  return {
    path,
    open: () => writeFileSync(join(path, "open"), ""),
    /** Process ids of at least so many builds, once they wait. */
    async waiting(count: number): Promise<number[]> {
      for (let left = 600; left > 0; left--) {
        const names = readdirSync(path).filter((name) => name.startsWith("waiting-"));
        if (names.length >= count) return names.map((name) => Number(name.slice("waiting-".length)));
        await delay(100);
      }
      throw new Error(`fewer than ${count} builds began`);
    },
  };
}

describe.runIf(needs("python3.11"))("builds at the same time, and builds that die", () => {
  full("environments").it("two jobs that miss one key both succeed, with one environment in the end", async () => {
    const { path, open, waiting } = gate();
    const here = repository("twice", "3.0", waitingAt(path));
    const both = [0, 1].map(() => build(here, job(), [], ["--unpack"]));
    await waiting(2);
    open();
    const [one, other] = (await Promise.all(both)).map(summary) as [Summary, Summary];
    expect([one.hit, other.hit]).toEqual([false, false]);
    expect(other).toEqual(one);
    expect(readdirSync(root).filter((name) => name.includes(one.key.slice(0, 12)))).toEqual([one.id]);
    expect(summary(await build(here))).toMatchObject({ hit: true, id: one.id });
    expect(sh(join(one.path, "bin/python"), ["-c", "import thing; print(thing.VERSION)"])).toBe("3.0\n");
  });

  full("environments").it(
    "a build that is killed leaves nothing that is trusted, and the next one sweeps it",
    async () => {
      const { path, open, waiting } = gate();
      const here = repository("killed", "3.0", waitingAt(path));
      const env = job();
      const { child, ended } = startTarlift(["build-env", "--json", "--store", store], { cwd: here, env });
      const [builder] = await waiting(1);
      child.kill("SIGKILL");
      await ended;
      endGroupOf(builder!);
      const left = readdirSync(root).filter((name) => name.startsWith(".building-"));
      expect(left).toHaveLength(1);
      const id = left[0]!.slice(".building-".length);
      expect(existsSync(join(root, id))).toBe(true);
      const work = workOf(env);
      expect(readdirSync(work).some((name) => name.startsWith("scratch-"))).toBe(true);
      open();
      const after = summary(await build(here, env));
      expect(after.hit).toBe(false);
      expect(after.id).not.toBe(id);
      expect(after.key.slice(0, 12)).toBe(id.slice(0, 12));
      expect(existsSync(join(root, id))).toBe(false);
      expect(readdirSync(root).filter((name) => name.startsWith("."))).toEqual([]);
      expect(readdirSync(work).sort()).toEqual(["entries", "tools"]);
    },
  );

  it("a build that is asked to stop ends its installer and leaves nothing", async () => {
    const { path, waiting } = gate();
    const here = repository("stopped", "3.0", waitingAt(path));
    const env = job();
    const before = readdirSync(root);
    const { child, ended } = startTarlift(["build-env", "--store", store], { cwd: here, env });
    const [builder] = await waiting(1);
    child.kill("SIGTERM");
    const { code, stderr } = await ended;
    expect(code).toBe(1);
    expect(stderr).toContain("killed by SIGTERM");
    expect(isRunning(builder!)).toBe(false);
    expect(readdirSync(root)).toEqual(before);
    const work = workOf(env);
    expect(readdirSync(work).sort()).toEqual(["entries", "tools"]);
    expect(readdirSync(join(work, "entries"))).toEqual([]);
  });

  it("a build that fails leaves no environment, and says what pip said", async () => {
    const here = repository("failing", "4.0", {
      "requirements.txt": "./waiting\n",
      "waiting/pyproject.toml": waitingAt("")["waiting/pyproject.toml"],
      "waiting/backend.py": "raise SystemExit('no compiler today')\n",
    });
    const before = readdirSync(root);
    const { code, stderr } = await build(here);
    expect(code).toBe(1);
    expect(stderr).toContain("no compiler today");
    expect(stderr).toContain("pip could not install the requirements");
    expect(readdirSync(root)).toEqual(before);
  });
});

/** Ends what a killed command left running: the group of a process that this test let start. */
function endGroupOf(pid: number): void {
  const group = Number(sh("ps", ["-o", "pgid=", "-p", String(pid)]).trim());
  process.kill(-group, "SIGKILL");
}

/** A process that has ended may wait for a parent that asks how. */
function isRunning(pid: number): boolean {
  const state = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]![0] : "X";
  return state !== "Z" && state !== "X";
}

function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  if (at < 0 || at >= bytes.length) throw new Error("there is nothing to damage");
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
}

/** Entries of a store are read-only and may have other names: the damage is done to a copy that takes its place. */
function replace(entry: string, damage: (file: string) => void): void {
  const copy = `${entry}.copy`;
  copyFileSync(entry, copy);
  sh("chmod", ["u+w", copy]);
  damage(copy);
  renameSync(copy, entry);
}
