// What the isolated root must withstand: a check that tries to leave it, a killed build, a runner whose home is below a visible directory.
import { spawn } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { build } from "rolldown";
import { beforeAll, describe, expect, test } from "vitest";
import { shellText } from "../../scripts/shell-text.ts";
import { type RunChecksOptions, runChecks } from "../../src/bundle/isolated-root.ts";
import { silent } from "../../src/progress.ts";
import { needs, sh } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

let release: string;
/** runChecks as a program: `main.mjs RELEASE CHECK`, with a Node that any user may run. */
let program: string[];

beforeAll(async () => {
  const directory = temporary("hostile");
  chmodSync(directory, 0o755);
  release = join(directory, "current");
  mkdirSync(release, { mode: 0o777 });
  chmodSync(release, 0o777);
  writeFileSync(join(release, "manage.py"), "print('hello')\n");
  const input = join(import.meta.dirname, "../support/run-checks-main.ts");
  const output = { file: join(directory, "main.mjs"), format: "esm" as const };
  await build({ input, platform: "node", plugins: [shellText()], output });
  copyFileSync(process.execPath, join(directory, "node"));
  chmodSync(join(directory, "node"), 0o755);
  program = [join(directory, "node"), join(directory, "main.mjs"), release];
});

async function lines(run: string, more: Partial<RunChecksOptions> = {}) {
  const seen: string[] = [];
  const progress = { ...silent, task: () => ({ ...silent.task(""), line: (text: string) => seen.push(text) }) };
  const checks = [{ run, network: false }];
  const report = await runChecks({
    app: "t-hostile",
    release,
    environments: [],
    checks,
    variables: {},
    path: [],
    progress,
    ...more,
  });
  return { seen, report };
}

/** Whether a process with exactly this argument runs anywhere on this machine. */
function runs(argument: string): boolean {
  return readdirSync("/proc").some((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8") === `sleep\0${argument}\0`;
    } catch {
      return false;
    }
  });
}

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; n < 100 && !condition(); n++) await new Promise((resolve) => setTimeout(resolve, 50));
  expect(condition()).toBe(true);
}

describe.runIf(needs("root", "unshare", "setpriv", "ip"))("the isolated root", () => {
  test("ends with the build that is killed, and its check with it", async () => {
    // Its own small directory is all that it leaves.
    const env = { ...process.env, TMPDIR: temporary("killed") };
    const child = spawn(program[0]!, [...program.slice(1), "sleep 9871"], { stdio: "ignore", detached: true, env });
    await until(() => runs("9871"));
    child.kill("SIGKILL");
    await until(() => !runs("9871"));
  });

  test("ends with the build that is cancelled", async () => {
    const cancel = new AbortController();
    const done = lines("sleep 9872", { signal: cancel.signal });
    await until(() => runs("9872"));
    cancel.abort();
    await expect(done).rejects.toThrow(/stopped before the checks had ended/);
    expect(runs("9872")).toBe(false);
  });

  test("that timed out leaves nothing of a check that ignores signals", async () => {
    const checks = [{ run: "trap '' TERM INT; sleep 9873 & sleep 9874", network: false, timeout: 0.5 }];
    await expect(lines("", { checks })).rejects.toThrow("stopped after 0.5 s");
    expect(runs("9873") || runs("9874")).toBe(false);
  });

  test("hides the home and the work of a runner that lives in a directory which is shown", async () => {
    const home = mkdtempSync("/opt/t-hostile-");
    atEnd(() => rmSync(home, { recursive: true }));
    chmodSync(home, 0o755);
    mkdirSync(join(home, "python"));
    writeFileSync(join(home, "token"), "secret");
    writeFileSync(join(home, "python/prefix"), "shown");
    const before = process.env.HOME;
    process.env.HOME = home;
    try {
      const { seen } = await lines(`ls ${home}; cat ${home}/python/prefix`, { readable: [join(home, "python")] });
      expect(seen).toEqual(["python", "shown"]);
    } finally {
      process.env.HOME = before;
    }
  });

  test("shows an environment below /tmp, and nothing else of /tmp", async () => {
    const environment = temporary("environment");
    chmodSync(environment, 0o755);
    writeFileSync(join(environment, "x"), "");
    const other = temporary("other");
    chmodSync(other, 0o755);
    const { seen } = await lines(
      `ls ${environment}; ls ${other} 2>/dev/null || true; test -e ${other} || echo hidden`,
      {
        environments: [{ path: environment, directory: environment }],
      },
    );
    expect(seen[0]).toBe("x");
    expect(seen.at(-1)).toBe("hidden");
  });

  test("has the builder's Node, whatever its path, but not the home around it", async () => {
    const home = temporary("home");
    chmodSync(home, 0o755);
    mkdirSync(join(home, "bin"));
    copyFileSync(program[0]!, join(home, "bin/node"));
    chmodSync(join(home, "bin/node"), 0o755);
    writeFileSync(join(home, ".npmrc"), "token");
    const before = { HOME: process.env.HOME, PATH: process.env.PATH };
    Object.assign(process.env, { HOME: home, PATH: `${home}/bin:${before.PATH}` });
    try {
      const { seen } = await lines(`node -p process.execPath; ls -A ${home}`);
      expect(seen).toEqual([`${home}/bin/node`, "bin"]);
    } finally {
      Object.assign(process.env, before);
    }
  });

  test("says that a check had the network", async () => {
    const { report } = await lines("", { checks: [{ run: "true", network: true }] });
    expect(report.held).toMatchObject({ noNetwork: false, readOnly: true });
    expect(report.why).toEqual(["1 of 1 checks asked for the network"]);
  });

  test("is read-only in the mounts below a release, too", async () => {
    const inner = join(release, "inner");
    mkdirSync(inner, { recursive: true });
    // In a mount namespace of the test's own: the machine sees nothing of this mount.
    const script = 'mount -t tmpfs -o mode=777 tmpfs "$1"; shift; exec "$@"';
    const check = "if touch inner/x; then echo written; else echo refused; fi";
    const said = sh("unshare", ["--mount", "sh", "-ec", script, "sh", inner, ...program, check]);
    expect(JSON.parse(said).lines.at(-1)).toBe("refused");
  });

  test("has no way back to a writable artifact, also where it runs without root", () => {
    const user = ["--reuid=65534", "--regid=65534", "--clear-groups"];
    const check = `grep CapEff /proc/self/status
      mount -o remount,bind,rw /srv/t-checks/current 2>/dev/null || echo no mount
      touch manage.py 2>/dev/null || echo no write
      id -u`;
    const said = JSON.parse(sh("setpriv", [...user, ...program, check], { cwd: "/", env: { PATH: process.env.PATH } }));
    // Where this machine allows no user namespaces there is nothing to try.
    if (!said.held.mountNamespace) return expect(said.held.readOnly).toBe(false);
    expect(said.lines).toEqual([expect.stringMatching(/0{16}$/), "no mount", "no write", "65534"]);
  });
});
