// Leaves no trace: keys, known hosts, sockets and processes are gone after every end of a run, or at the latest when the next one begins.
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { syntheticArtifact } from "../support/artifact.ts";
import { startTarlift, tarlift } from "../support/command.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs, sh } from "../support/needs.ts";
import { type PlainHost, plainHost } from "../support/plain-host.ts";
import { type Sshd, startSshd } from "../support/sshd.ts";
import { temporary } from "../support/temporary.ts";

/** A repository whose target is one host over SSH, and what a run of the command there needs. */
interface Site {
  at: PlainHost;
  directory: string;
  /** Where runs put what is private: nothing else is there. */
  runtime: string;
  artifact(words: string): Promise<string>;
  deploy(artifact: string): Parameters<typeof tarlift>;
  status(): Parameters<typeof tarlift>;
}

/** The service says that it is being started by the file `at` below the root, and is started when there is no file `hold`. */
const restart = (root: string) =>
  `cp page.txt ${root}/serving.part; mv -f ${root}/serving.part ${root}/serving; touch ${root}/at; while [ -e ${root}/hold ]; do sleep 0.05; done`;

function site(sshd: Sshd, jump?: Sshd): Site {
  const at = plainHost();
  const directory = temporary("site");
  const runtime = join(directory, "runtime");
  mkdirSync(runtime, { mode: 0o700 });
  sh("git", ["init", "--quiet", directory]);
  const host = { address: sshd.address, port: sshd.port, "ssh-user": sshd.user };
  const proxy = jump ? { "proxy-jump": `${jump.user}@${jump.address}:${jump.port}` } : {};
  const services = { page: { command: { restart: restart(at.root) }, "stable-for": 0 } };
  const target = { root: at.root, "wait-for-lock": 30, hosts: [{ ...host, ...proxy }] };
  const config = { app: "shop", services, targets: { test: target } };
  writeFileSync(join(directory, "tarlift.yml"), JSON.stringify(config));
  writeFileSync(join(directory, "known_hosts"), sshd.knownHosts + (jump?.knownHosts ?? ""));
  const ssh = ["--ssh-key", sshd.key, "--ssh-known-hosts", "known_hosts"];
  const options = {
    cwd: directory,
    env: { XDG_RUNTIME_DIR: runtime, TMPDIR: runtime, HOME: directory, GITHUB_ACTIONS: "true" },
  };
  return {
    at,
    directory,
    runtime,
    artifact: async (words) =>
      (await syntheticArtifact([text("page.txt", words)], { version: words, configuration: { services } })).file,
    deploy: (artifact) => [["deploy", "test", "--artifact", artifact, ...ssh], options],
    status: () => [["status", "test", ...ssh], options],
  };
}

/** Processes of a site's runs: their keys and sockets are in their arguments. */
const processes = ({ runtime }: Site): string[] =>
  sh("ps", ["-eo", "pid=,args="])
    .split("\n")
    .filter((line) => line.includes(runtime));

const settled = async (done: () => boolean) => {
  const deadline = Date.now() + 60_000;
  while (!done() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(done()).toBe(true);
};

/** Nothing of a run is left on this machine, nor on the host but releases and their records. */
function expectNothing(of: Site): void {
  expect(readdirSync(of.runtime)).toEqual([]);
  expect(processes(of)).toEqual([]);
  for (const empty of ["sessions", "incoming", "swap", "trash"]) expect(of.at.names(`.tarlift/${empty}`)).toEqual([]);
  expect(of.at.names(".tarlift").filter((name) => /^(owner|swap\.|transaction|.*\.part)/.test(name))).toEqual([]);
}

const serving = ({ at }: Site) => readFileSync(join(at.root, "serving"), "utf8");

/** A second release of which the service is being started, and waits until the file `hold` is gone. */
async function begun(of: Site, words: string) {
  rmSync(join(of.at.root, "at"), { force: true });
  writeFileSync(join(of.at.root, "hold"), "");
  const run = startTarlift(...of.deploy(await of.artifact(words)));
  await settled(() => existsSync(join(of.at.root, "at")));
  return run;
}

const go = ({ at }: Site) => rmSync(join(at.root, "hold"), { force: true });

describe.runIf(needs("sshd", "ssh"))("a run over SSH", () => {
  let of: Site;
  beforeAll(async () => {
    of = site(await startSshd());
    expect((await tarlift(...of.deploy(await of.artifact("one")))).stderr).not.toContain("warning");
  });

  it("leaves nothing when it succeeds, and has everything in one private directory until then", async () => {
    expectNothing(of);
    const run = await begun(of, "two");
    const [only, ...more] = readdirSync(of.runtime);
    expect(only).toContain(`-${run.child.pid}-`);
    expect(more).toEqual([]);
    const names = readdirSync(join(of.runtime, only!));
    expect(names.filter((name) => name.endsWith("-key"))).toHaveLength(1);
    expect(processes(of).filter((line) => line.includes(`${only}/`))).toHaveLength(1);
    const [session] = of.at.names(".tarlift/sessions");
    const there = realpathSync(join(of.at.root, ".tarlift/sessions", session!));
    go(of);
    expect((await run.ended).code).toBe(0);
    expect(existsSync(there)).toBe(false);
    expectNothing(of);
  });

  it("leaves nothing when it is refused", async () => {
    const [args, options] = of.deploy(await of.artifact("three"));
    const elsewhere = await startSshd();
    const wrong = args.map((word, n) => (args[n - 1] === "--ssh-key" ? elsewhere.key : word));
    expect((await tarlift(wrong, options)).code).toBe(2);
    expectNothing(of);
  });

  it.each(["SIGINT", "SIGTERM"] as const)("reverts at %s, and leaves nothing", async (signal) => {
    const before = serving(of);
    const run = await begun(of, `interrupted-by-${signal}`);
    run.child.kill(signal);
    go(of);
    const { code, stdout } = await run.ended;
    expect([code, stdout]).toEqual([3, expect.stringContaining("REVERTED")]);
    expect(serving(of)).toBe(before);
    expectNothing(of);
  });

  it("ends at the second signal without leaving a key, and the next run reverts what it left on the host", async () => {
    const run = await begun(of, "interrupted-twice");
    run.child.kill("SIGINT");
    await settled(() => received(run.child.pid!));
    run.child.kill("SIGINT");
    await run.ended;
    expect(run.child.signalCode).toBe("SIGINT");
    expect(readdirSync(of.runtime)).toEqual([]);
    go(of);
    expect((await tarlift(...of.deploy(await of.artifact("five")))).code).toBe(0);
    expect(serving(of)).toBe("five");
    expectNothing(of);
  });

  it("that is killed is cleaned away by the next one, which leaves the private things of living runs alone", async () => {
    const killed = await begun(of, "killed");
    killed.child.kill("SIGKILL");
    await killed.ended;
    expect(readdirSync(of.runtime)).toHaveLength(1);
    go(of);
    await settled(() => processes(of).length === 0);
    const living = await begun(of, "living");
    const [mine, ...others] = readdirSync(of.runtime);
    expect(mine).toContain(`-${living.child.pid}-`);
    expect(others).toEqual([]);
    // It is still busy with what the killed one left: a verb reads the state meanwhile.
    expect((await tarlift(...of.status())).stdout).toContain("five-");
    expect(readdirSync(of.runtime)).toEqual([mine]);
    expect(of.at.names(".tarlift/sessions")).toHaveLength(1);
    go(of);
    expect((await living.ended).code).toBe(0);
    expectNothing(of);
  });
});

/** Whether the kernel has handed a process every signal that it was sent. */
const received = (pid: number) =>
  ["ShdPnd", "SigPnd"].every((name) =>
    new RegExp(`^${name}:\\s*0+$`, "m").test(readFileSync(`/proc/${pid}/status`, "utf8")),
  );

describe.runIf(needs("sshd", "ssh"))("a run through a jump host", () => {
  full("transactions").it("leaves no master behind, however it ends", async () => {
    const [sshd, jump] = [await startSshd(), await startSshd()];
    writeFileSync(join(jump.key, "../public/authorized_keys"), readFileSync(`${sshd.key}.pub`));
    const of = site(sshd, jump);
    expect((await tarlift(...of.deploy(await of.artifact("one")))).code).toBe(0);
    expectNothing(of);
    const killed = await begun(of, "two");
    expect(processes(of).filter((line) => line.includes(" -M "))).not.toEqual([]);
    killed.child.kill("SIGKILL");
    await killed.ended;
    go(of);
    await settled(() => processes(of).length === 0);
    expect((await tarlift(...of.deploy(await of.artifact("three")))).code).toBe(0);
    expect(serving(of)).toBe("three");
    expectNothing(of);
  });
});
