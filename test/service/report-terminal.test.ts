// The command on a real terminal: lines that live, a cursor that comes back, and nothing of a host's that reaches it raw. And for
// programs: one JSON document on standard output, whatever happens.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { syntheticArtifact } from "../support/artifact.ts";
import { bundledCommand, startTarlift, tarlift } from "../support/command.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { plainHost } from "../support/plain-host.ts";
import { testScreen } from "../support/screen.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** What a host would like to do to a terminal: its title, its colours, its cursor, a line of its own. */
const EVIL = "\\033]0;owned\\007\\033[31mred\\033[2J\\033[?25l\\n";

const at = plainHost();
const directory = temporary("repository");
const hooks = { "after-deploy": [{ run: `printf '${EVIL}'; [ ! -e ${at.root}/fail ]` }] };
const services = {
  page: {
    command: { restart: `touch ${at.root}/at; while [ -e ${at.root}/hold ]; do sleep 0.05; done` },
    "stable-for": 0,
  },
};

/** An artifact with these words; its version is the same word. */
const artifact = async (words: string) =>
  (await syntheticArtifact([text("page.txt", words)], { version: words, configuration: { services, hooks } })).file;

interface Terminal {
  child: ChildProcess;
  /** As it was sent to the terminal. */
  raw(): string;
  ended: Promise<{ code: number; lines: string[]; cursorHidden: boolean }>;
}

/** Starts the command on a terminal of 100 columns. */
function onTerminal(args: string[], env: NodeJS.ProcessEnv = {}): Terminal {
  const words = [process.execPath, bundledCommand(), ...args];
  const line = `stty cols 100 rows 30; exec ${words.map((word) => `'${word}'`).join(" ")}`;
  const { CI: _, NO_COLOR: __, FORCE_COLOR: ___, ...clean } = process.env;
  const child = spawn("script", ["--quiet", "--return", "--command", line, "/dev/null"], {
    cwd: directory,
    env: { ...clean, TERM: "xterm-256color", SHELL: "/bin/sh", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  atEnd(() => {
    rmSync(join(at.root, "hold"), { force: true });
    child.kill();
  });
  const chunks: Buffer[] = [];
  child.stdout?.on("data", (chunk) => chunks.push(chunk));
  const raw = () => Buffer.concat(chunks).toString();
  const ended = once(child, "close").then(([code]) => {
    const screen = testScreen(100, 30);
    screen.write(raw());
    return { code: code as number, lines: screen.lines(), cursorHidden: screen.cursorHidden };
  });
  return { child, raw, ended };
}

/** Waits until a run has come so far. */
async function until(run: Terminal, done: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!done()) {
    if (Date.now() > deadline) throw new Error(`it did not come so far:\n${JSON.stringify(run.raw())}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

beforeAll(() => {
  sh("git", ["init", "--quiet", directory]);
  const targets = { test: { root: at.root, hosts: ["local"] } };
  writeFileSync(join(directory, "tarlift.yml"), JSON.stringify({ app: "shop", services, hooks, targets }));
});

describe.runIf(needs("script"))("tarlift on a terminal", () => {
  it("draws what goes on, leaves what has ended, and then says what came of it", async () => {
    writeFileSync(join(at.root, "hold"), "");
    const run = onTerminal(["deploy", "test", "--artifact", await artifact("one"), "--verbose"]);
    await until(run, () => /\x1b\[1A.*activate/s.test(run.raw()));
    rmSync(join(at.root, "hold"));
    const { code, lines, cursorHidden } = await run.ended;
    expect([code, cursorHidden]).toEqual([0, false]);
    const order = [
      /^✓ preflight {2}local {2}nothing live yet {2}\d\.\d s$/,
      /^✓ prepare {4}local {2}1 file sent \(.*\), 0 files linked/,
      /^✓ activate {3}local {2}page: /,
      /^ {2}local │ red$/,
      /^✓ commit {2,}local {2}\d\.\d s$/,
      /^shop on test: DEPLOYED {2}one-[0-9a-f]{8}$/,
      /^ {2}host {3}preflight {2}prepare {2}activate {2}commit$/,
      /^ {2}local {2}✓ \d\.\d s {4}✓ \d\.\d s {2}✓ \d\.\d s {3}✓ \d\.\d s$/,
      /^next: tarlift status test/,
    ];
    const found = order.map((wanted) => lines.findIndex((line) => wanted.test(line)));
    expect([found, lines]).toEqual([found.toSorted((a, b) => a - b), lines]);
    expect([found.includes(-1), lines]).toEqual([false, lines]);
    expect(run.raw()).not.toMatch(/\x1b\]|\x1b\[2J/);
    expect(run.raw()).toContain("\x1b[32m✓");
  });

  it("reverts at Ctrl-C and says that it does; the lines go on and the cursor comes back", async () => {
    writeFileSync(join(at.root, "hold"), "");
    rmSync(join(at.root, "at"), { force: true });
    const run = onTerminal(["deploy", "test", "--artifact", await artifact("two")]);
    await until(run, () => existsSync(join(at.root, "at")) && run.raw().includes("\x1b[?25l"));
    run.child.stdin?.write("\x03");
    await until(run, () => run.raw().includes("stopping in good order"));
    rmSync(join(at.root, "hold"));
    const { code, lines, cursorHidden } = await run.ended;
    expect([code, cursorHidden]).toEqual([3, false]);
    expect(lines).toEqual(expect.arrayContaining([expect.stringMatching(/^✓ revert {2,}local {2}back to one-/)]));
  });

  it("ends at the second Ctrl-C with the cursor back", async () => {
    writeFileSync(join(at.root, "hold"), "");
    rmSync(join(at.root, "at"), { force: true });
    const run = onTerminal(["deploy", "test", "--artifact", await artifact("three")]);
    await until(run, () => existsSync(join(at.root, "at")) && run.raw().includes("\x1b[?25l"));
    run.child.stdin?.write("\x03");
    await until(run, () => run.raw().includes("stopping in good order"));
    run.child.stdin?.write("\x03");
    const { code, cursorHidden } = await run.ended;
    expect([code, cursorHidden]).toEqual([130, false]);
    rmSync(join(at.root, "hold"));
    const { stdout } = await tarlift(["rollback", "test"], { cwd: directory });
    expect(stdout).toMatch(/ROLLED-BACK {2}one-/);
  });

  it("reverts when its terminal is gone", async () => {
    writeFileSync(join(at.root, "hold"), "");
    rmSync(join(at.root, "at"), { force: true });
    const before = at.live();
    const run = onTerminal(["deploy", "test", "--artifact", await artifact("unwatched")]);
    await until(run, () => existsSync(join(at.root, "at")));
    expect(at.live()).toMatch(/^unwatched-/);
    run.child.kill("SIGKILL");
    await run.ended;
    rmSync(join(at.root, "hold"));
    await until(run, () => at.live() === before && at.names(".tarlift/sessions").length === 0);
    expect((await tarlift(["status", "test"], { cwd: directory })).stdout).not.toContain("cut off");
  });

  it("continues to its end when its output is not read", async () => {
    const args = ["deploy", "test", "--artifact", await artifact("unread"), "--verbose"];
    const { child, ended } = startTarlift(args, { cwd: directory });
    child.stderr?.destroy();
    expect((await ended).stdout).toContain("DEPLOYED  unread-");
  });

  it("says at a signal that it stops in good order also where there is no terminal", async () => {
    writeFileSync(join(at.root, "hold"), "");
    rmSync(join(at.root, "at"), { force: true });
    const args = ["deploy", "test", "--artifact", await artifact("stopped")];
    const { child, ended } = startTarlift(args, { cwd: directory });
    let said = "";
    child.stderr?.on("data", (chunk) => {
      said += chunk;
      if (said.includes("SIGTERM: stopping in good order")) rmSync(join(at.root, "hold"), { force: true });
    });
    while (!existsSync(join(at.root, "at"))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill("SIGTERM");
    const { code, stdout } = await ended;
    expect([code, stdout]).toEqual([3, expect.stringContaining("REVERTED")]);
    // Case 65: that it was asked to stop is in the outcome's sentence, and the first of its errors.
    expect(stdout).toMatch(/^ {2}.*; the run was asked to stop \(SIGTERM\)$/m);
    expect(/✗ (.*)/.exec(stdout.slice(stdout.indexOf("time:")))?.[1]).toBe(
      "cancelled: the run was asked to stop (SIGTERM)",
    );
  });

  it.each([
    ["NO_COLOR", { NO_COLOR: "1" }, /\x1b\[\d+m/],
    ["TERM=dumb", { TERM: "dumb" }, /\x1b/],
    ["CI", { CI: "true" }, /\x1b\[(?!\d+m)/],
  ])("keeps to %s", async (_name, env, unwanted) => {
    const run = onTerminal(["deploy", "test", "--artifact", await artifact("one"), "--dry-run"], env);
    expect((await run.ended).lines.join("\n")).toContain("PLANNED");
    expect(run.raw()).not.toMatch(unwanted);
  });

  it("shows what a command on a host says, made harmless; into a pipe it goes byte for byte", async () => {
    const args = ["run", "test", `printf '${EVIL}'`];
    const run = onTerminal(args.map((word) => word.replaceAll("'", `'\\''`)));
    expect((await run.ended).lines).toEqual(["red"]);
    expect(run.raw()).not.toContain("\x1b");
    const { stdout } = await tarlift(args, { cwd: directory });
    expect(stdout).toBe("\x1b]0;owned\x07\x1b[31mred\x1b[2J\x1b[?25l\n");
  });
});

describe("case 40: a command that is printed to be typed next", () => {
  /** Types in a shell what stands after the last `next:`, up to a remark; `tarlift` is the bundled command. */
  const type = (text: string) => {
    const command = /^next: (tarlift .*?)(?: {3}\(.*\))?$/m.exec(text.slice(text.lastIndexOf("\nnext: ")))?.[1];
    const bin = join(temporary("bin"), "tarlift");
    writeFileSync(bin, `#!/bin/sh\nexec '${process.execPath}' '${bundledCommand()}' "$@"\n`, { mode: 0o755 });
    const env = { ...process.env, PATH: `${dirname(bin)}:${process.env.PATH}` };
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command!], {
      cwd: temporary("elsewhere"),
      env,
      encoding: "utf8",
    });
    return { command, code: status, stdout, stderr };
  };

  it("works as printed, from a plan to a status, with every option that the call needed", async () => {
    const elsewhere = temporary("it's elsewhere");
    const file = join(elsewhere, "an artifact.tar");
    renameSync(await artifact("typed"), file);
    renameSync(join(directory, "tarlift.yml"), join(directory, "other config.yml"));
    try {
      const options = [
        "-C",
        directory,
        "--config",
        "other config.yml",
        "--secrets-file",
        join(elsewhere, "no secrets"),
      ];
      writeFileSync(join(elsewhere, "no secrets"), "");
      const planned = await tarlift(
        [
          ...options.slice(0, 4),
          "deploy",
          "test",
          ...options.slice(4),
          "--artifact",
          file,
          "--allow-older",
          "--dry-run",
        ],
        { cwd: "/" },
      );
      expect(planned.stdout).toContain("PLANNED");
      const deployed = type(planned.stdout);
      expect([deployed.code, deployed.command]).toEqual([0, expect.stringContaining("--allow-older")]);
      expect(deployed.stdout).toContain("DEPLOYED  typed-");
      const status = type(deployed.stdout);
      expect([status.code, status.stdout, status.stderr]).toEqual([0, expect.stringContaining("typed-"), ""]);
    } finally {
      renameSync(join(directory, "other config.yml"), join(directory, "tarlift.yml"));
    }
  });
});

describe("--json", () => {
  /** What the command says as JSON: all of standard output is one document. */
  const json = async (...args: string[]) => {
    const { code, stdout, stderr } = await tarlift([...args, "--json"], { cwd: directory });
    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    return { code, stderr, reported: JSON.parse(stdout) };
  };

  it("is one document of each verb, with what a host says unharmed in it and harmless on a terminal", async () => {
    const deployed = await json("deploy", "test", "--artifact", await artifact("four"));
    expect(deployed).toMatchObject({ code: 0, reported: { outcome: "deployed", applied: [] } });
    expect(deployed.reported.hosts[0].phases.map(({ phase }: { phase: string }) => phase)).toEqual(
      expect.arrayContaining(["preflight", "prepare", "activate", "commit"]),
    );
    const status = await json("status", "test");
    expect(status).toMatchObject({ code: 0, reported: { uniform: true, hosts: [{ name: "local" }] } });
    const ran = await json("run", "test", `printf '${EVIL}'; echo two`);
    expect(ran).toMatchObject({ code: 0, reported: { ok: true } });
    expect(ran.reported.hosts).toEqual([
      { name: "local", ok: true, lines: ["\x1b]0;owned\x07\x1b[31mred\x1b[2J\x1b[?25l", "two"] },
    ]);
    const failed = await json("run", "test", "echo one; exit 7");
    expect(failed).toMatchObject({ code: 1, reported: { ok: false, hosts: [{ ok: false, lines: ["one"] }] } });
    expect(failed.reported.hosts[0].error.what).toBe("exit code 7");
    // Case 38: the limit is the one that was given, and it holds.
    const endless = await json("run", "test", "sleep 600", "--timeout", "1s");
    expect(endless.reported.hosts[0].error.what).toBe("stopped after 1 s");
    const held = await json("lock", "test", "-m", "demo at noon");
    expect(held).toMatchObject({ code: 0, reported: { hosts: ["local"], errors: [] } });
    expect(held.reported.message).toContain("demo at noon");
    const refused = await json("deploy", "test", "--artifact", await artifact("five"));
    expect(refused).toMatchObject({ code: 2, reported: { outcome: "refused" } });
    expect(await json("unlock", "test")).toMatchObject({ code: 0, reported: { hosts: ["local"] } });
    expect(await json("rollback", "test")).toMatchObject({ code: 0, reported: { outcome: "rolled-back" } });
  });

  it("case 38 and 39: what cannot be read is refused before a host is asked; --version is Tarlift's own", async () => {
    for (const [option, value] of [
      ["--wait-for-lock", "soon"],
      ["--wait-for-lock", "1e9"],
      ["--no-such-option", ""],
    ] as const) {
      const { code, stderr } = await tarlift(["deploy", "test", option, value], { cwd: directory });
      expect([code, stderr]).toEqual([2, expect.stringContaining(option)]);
    }
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    expect(await tarlift(["--version"], { cwd: "/" })).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: "" });
  });

  it("is one document too where nothing could be begun", async () => {
    const { code, reported, stderr } = await json("deploy", "nowhere", "--artifact", await artifact("six"));
    expect([code, reported.outcome]).toEqual([2, "refused"]);
    expect(reported.errors[0].what).toContain("nowhere");
    expect(stderr).toContain(reported.errors[0].what);
    expect(readFileSync(join(directory, "tarlift.yml"), "utf8")).toContain("shop");
  });
});
