// The program on a host and its protocol: every call against a real shell, below a root of the test's own.
import { execFileSync } from "node:child_process";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import type { PackSource } from "../../src/artifact/pack.ts";
import { type OpenHost, openHost } from "../../src/host/calls/open.ts";
import type { FactsRequest } from "../../src/host/host.ts";
import { silent } from "../../src/progress.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { artifactOf, text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { overridden } from "../support/overridden.ts";
import { plainHost, put } from "../support/plain-host.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const task = () => silent.task("");

interface Setup {
  layout: AppLayout;
  root: string;
  open(options?: OpenOptions): OpenHost;
  artifact(sources: PackSource[], version?: string): ReturnType<typeof openArtifact>;
}

function setup(shell?: string): Setup {
  const directory = temporary("host");
  const root = join(directory, "srv");
  mkdirSync(root);
  const layout: AppLayout = { app: "shop", target: "test", root, environmentsRoot: join(root, "envs") };
  return {
    layout,
    root,
    open(options = {}) {
      const host = openHost({ address: "local", roles: undefined, forwards: [] }, { shell, strict: true, ...options });
      atEnd(() => host.close());
      return host;
    },
    async artifact(sources, version = "v1") {
      const { file } = await artifactOf(temporary("artifact"), sources, { version });
      return openArtifact(file);
    },
  };
}

type Opened = Awaited<ReturnType<typeof openArtifact>>;

function request(layout: AppLayout, artifact?: Opened, more: Partial<FactsRequest> = {}): FactsRequest {
  return {
    layout,
    artifact,
    lock: { owner: "test", wait: 0 },
    configuration: {},
    services: [],
    shared: { directories: [], files: [] },
    ...more,
  };
}

/** One whole deploy; the host is closed at its end. */
async function deploy(at: Setup, artifact: Opened, configuration: Record<string, string> = {}) {
  const host = at.open();
  const facts = await host.facts(request(at.layout, artifact, { configuration }));
  expect(facts.findings).toEqual([]);
  const shared = { directories: [], files: [] };
  const prepared = await host.prepare({ artifact, configuration, shared }, task());
  await host.activate(
    {
      release: prepared.release,
      services: [],
      transaction: "t1",
      expected: facts.live?.id,
      restart: "changed",
    },
    task(),
  );
  const { warnings } = await host.commit({ release: prepared.release, keep: 3, transaction: "t1" });
  const { roundTrips } = host;
  await host.close();
  return { facts, prepared, warnings, roundTrips };
}

const shells = ["dash", "bash --posix", "bash", "busybox sh"];

describe.each(shells)("a host whose shell is %s", (shell) => {
  const runs = needs(shell.split(" ")[0]!);

  it.runIf(runs)("takes a release in four round trips, and the next one links what did not change", async () => {
    const at = setup(shell);
    const many = Array.from({ length: 50 }, (_, n) => text(`lib/${n}.txt`, `file ${n}`));
    const first = await deploy(
      at,
      await at.artifact([text("a.txt", "one"), text("bin/run", "#!/bin/sh\n", true), ...many]),
    );
    expect(first.roundTrips).toBe(4);
    expect(first.warnings).toEqual([]);
    expect(readFileSync(join(at.root, "current/a.txt"), "utf8")).toBe("one");
    expect(statSync(join(at.root, "current/bin/run")).mode & 0o777).toBe(0o555);
    const second = await deploy(
      at,
      await at.artifact([text("a.txt", "two"), text("bin/run", "#!/bin/sh\n", true), ...many], "v2"),
    );
    expect(second.prepared).toMatchObject({ sent: { files: 1, bytes: 3 }, linked: 51 });
    expect(readFileSync(join(at.root, "current/a.txt"), "utf8")).toBe("two");
    expect(readFileSync(join(at.root, "previous/a.txt"), "utf8")).toBe("one");
    expect(statSync(join(at.root, "current/lib/7.txt")).ino).toBe(statSync(join(at.root, "previous/lib/7.txt")).ino);
    expect(readdirSync(join(at.root, ".tarlift/incoming"))).toEqual([]);
    expect(readdirSync(join(at.root, ".tarlift/sessions"))).toEqual([]);
  });
});

/** bash up to 5.0, and a newer one that is told to do as those did, keeps a here-document in a file. The shell that reads calls is traced alone. */
it.runIf(needs("strace"))(
  "a host whose shell is bash keeps no secret below TMPDIR while it reads its input",
  async () => {
    const [trace, scratch] = [join(temporary("trace"), "files"), temporary("scratch")];
    const at = setup(`env BASH_COMPAT=5.0 TMPDIR=${scratch} strace -qq -e trace=open,openat,creat -o ${trace} bash`);
    await deploy(at, await at.artifact([text("a.txt", "one")]), { SECRET: "s" });
    const opened = readFileSync(trace, "utf8").split("\n");
    expect(opened.filter((line) => line.includes("/in/values")).length).toBeGreaterThan(3);
    expect(opened.filter((line) => line.includes(scratch))).toEqual([]);
  },
);

describe("a host", () => {
  it("waits by its uptime: a clock that is set meanwhile ends nothing", async () => {
    const days = join(temporary("clock"), "days");
    const date = `date() { echo >>${days}; echo "$(($(command date "$@") + 86400 * $(wc -l <${days})))"; }`;
    const host = plainHost();
    const service: ServiceRequest = { name: "page", kind: "command", unit: "", action: "restart", settle: 0 };
    const commands = { restart: "sleep 1", stop: "sleep 1", status: "sleep 1" };
    const members = [host.member({}, { shell: overridden(date) }, [{ ...service, commands, stopTimeout: 30 }])];
    const { file } = await artifactOf(temporary("artifact"), [text("a.txt", "one")], { version: "v1" });
    expect(await put(members, await openArtifact(file))).toMatchObject({ errors: [], outcome: "deployed" });
    expect(readFileSync(days, "utf8")).not.toBe("");
  });

  it("is unchanged when the same release with the same configuration comes again, and not when the configuration differs", async () => {
    const at = setup();
    const artifact = await at.artifact([text("a.txt", "one")]);
    await deploy(at, artifact, { DEBUG: "0" });
    const host = at.open();
    expect((await host.facts(request(at.layout, artifact, { configuration: { DEBUG: "0" } }))).unchanged).toBe(true);
    await host.close();
    const changed = await deploy(at, artifact, { DEBUG: "1" });
    expect(changed.facts.unchanged).toBe(false);
    expect(changed.prepared.sent.files).toBe(0);
    expect(readlinkSync(join(at.root, "current"))).toMatch(/^releases\/v1-[0-9a-f]{8}-2$/);
    expect(readFileSync(join(at.root, "current/.tarlift/env"), "utf8")).toContain('DEBUG="1"');
  });

  it("returns to what was live before, and to none when there was none", async () => {
    const at = setup();
    const artifact = await at.artifact([text("a.txt", "one")]);
    const host = at.open();
    await host.facts(request(at.layout, artifact));
    const { release } = await host.prepare(
      { artifact, configuration: {}, shared: { directories: [], files: [] } },
      task(),
    );
    await host.activate({ release, services: [], transaction: "t", expected: undefined, restart: "changed" }, task());
    expect(existsSync(join(at.root, "current/a.txt"))).toBe(true);
    await host.revert({ from: release, to: undefined, services: [], transaction: "t" }, task());
    expect(existsSync(join(at.root, "current"))).toBe(false);
    const after = await host.facts(request(at.layout));
    expect(after.releases.map(({ state }) => state)).toEqual(["failed"]);
    await host.close();
  });

  it("does not revert what another run made live meanwhile", async () => {
    const at = setup();
    const artifact = await at.artifact([text("a.txt", "one")]);
    const { prepared } = await deploy(at, artifact);
    const host = at.open();
    await host.facts(request(at.layout));
    const wrong = host.revert({ from: "v7-00000000", to: "v6-00000000", services: [], transaction: "t" }, task());
    await expect(wrong).rejects.toThrow(/neither v7-00000000 nor v6-00000000: it is left alone/);
    expect(readlinkSync(join(at.root, "current"))).toBe(`releases/${prepared.release}`);
    expect(existsSync(join(at.root, ".tarlift/transaction"))).toBe(false);
    await host.close();
  });

  it("that is this very machine gets nothing of what a runner gives to an action alone", async () => {
    const at = setup();
    await deploy(at, await at.artifact([text("a.txt", "one")]));
    Object.assign(process.env, { INPUT_SSH_KEY: "key", ACTIONS_RUNTIME_TOKEN: "token", RUNNER_TRACKING_ID: "id" });
    const host = at.open();
    await host.facts(request(at.layout));
    const { lastLines } = await host.task({ run: "env", lock: "closed" }, task());
    await host.close();
    for (const name of ["INPUT_SSH_KEY", "ACTIONS_RUNTIME_TOKEN", "RUNNER_TRACKING_ID"]) delete process.env[name];
    expect(lastLines).toContain("TARLIFT_RELEASE=");
    expect(lastLines).not.toMatch(/INPUT_SSH_KEY|ACTIONS_RUNTIME_TOKEN|RUNNER_TRACKING_ID/);
  });

  it("refuses a second run while the first has the lock, names its owner, and is free when the first is killed", async () => {
    const at = setup();
    const first = at.open();
    await first.facts(request(at.layout, undefined, { lock: { owner: "ana on laptop", wait: 0 } }));
    const second = at.open();
    expect((await second.facts(request(at.layout))).lockedBy).toBe("ana on laptop");
    // Who does not ask for it (status, a plan) learns of the run too.
    const looks = async () => (await at.open().facts(request(at.layout, undefined, { lock: undefined }))).running;
    expect(await looks()).toBe("ana on laptop");
    process.kill(first.connection.pid!, "SIGKILL");
    const third = at.open();
    const facts = await third.facts(request(at.layout, undefined, { lock: { owner: "bob", wait: 5 } }));
    expect([facts.lockedBy, facts.running]).toEqual([undefined, undefined]);
    await third.close();
    // The name of a run that was killed stays behind, and is no run.
    writeFileSync(join(at.layout.root, ".tarlift/owner"), "ana on laptop\n");
    expect(await looks()).toBe(undefined);
  });

  it("ends its program, and frees the lock, when nothing came for the lease", async () => {
    const at = setup();
    const first = at.open({ lease: 1 });
    await first.facts(request(at.layout));
    process.kill(process.pid, 0);
    // Stopping the client's signs of life is what a lost network looks like from the host.
    first.connection.silence();
    const second = at.open();
    const facts = await second.facts(request(at.layout, undefined, { lock: { owner: "bob", wait: 10 } }));
    expect(facts.lockedBy).toBeUndefined();
  });

  it("says so when nothing came for the lease in the middle of a release", async () => {
    const slow = `frame_body() { [ "$frame_kind" != data ] || sleep 4; [ "$frame_length" -eq 0 ] || dd bs="$frame_length" count=1 iflag=fullblock <&4; }`;
    const at = setup(overridden(slow));
    const host = at.open({ lease: 1 });
    const artifact = await at.artifact([text("a.txt", "one")]);
    await host.facts(request(at.layout, artifact));
    const sending = host.prepare({ artifact, configuration: {}, shared: { directories: [], files: [] } }, task());
    await expect(sending).rejects.toThrow(
      /^nothing came from the machine that deploys for 1 s while it sent the release[\s\S]*next: Look at the network/,
    );
  });

  it("runs no payload: names and contents that are shell text arrive as they are", async () => {
    const at = setup("dash");
    const names = [
      "$(touch pwned)",
      "`touch pwned`",
      "; touch pwned",
      "-rf",
      "a b",
      'it\'s "quoted"',
      "über.txt",
      "%s%n",
    ];
    const payload = "touch pwned\n'\nexit 1\n".repeat(5_000);
    await deploy(
      at,
      await at.artifact(names.map((name) => text(`d/${name}`, payload)).sort((a, b) => (a.path < b.path ? -1 : 1))),
    );
    for (const name of names) expect(readFileSync(join(at.root, "current/d", name), "utf8")).toBe(payload);
    expect(execFileSync("find", [at.root, "-name", "pwned"], { encoding: "utf8" })).toBe("");
    expect(existsSync("pwned")).toBe(false);
  });

  it("case 26: takes files at the top whose names look like options or verdicts, and links them the next time", async () => {
    const at = setup("dash");
    const names = ["--help", "-n", "-rf", "a: FAILED", "b: OK"].map((name) => text(name, name));
    const sorted = (...more: ReturnType<typeof text>[]) =>
      [...names, ...more].sort((a, b) => (a.path < b.path ? -1 : 1));
    await deploy(at, await at.artifact(sorted(text("x", "1"))));
    const second = await deploy(at, await at.artifact(sorted(text("x", "2")), "v2"));
    expect(second.prepared).toMatchObject({ sent: { files: 1 }, linked: names.length });
    const host = at.open();
    const facts = await host.facts({ layout: at.layout, services: [], shared: { directories: [], files: [] } });
    expect(await host.drift({ release: facts.live!.id, full: true })).toMatchObject({ count: 0 });
    appendFileSync(join(at.root, "current/-n"), "edited");
    expect(await host.drift({ release: facts.live!.id, full: true })).toMatchObject({ count: 1, changed: ["-n"] });
    await host.close();
  });

  it("does not link a file that was changed by hand in the old release, whatever its size", async () => {
    const at = setup();
    await deploy(at, await at.artifact([text("a.txt", "one"), text("b.txt", "two")]));
    const path = join(at.root, "current/a.txt");
    execFileSync("chmod", ["u+w", path]);
    writeFileSync(path, "ONE");
    execFileSync("chmod", ["444", path]);
    const host = at.open();
    expect(await host.facts(request(at.layout)).then((facts) => facts.live?.state)).toBe("good");
    expect(await host.drift({ release: readlinkSync(join(at.root, "current")).slice(9), full: false })).toEqual({
      changed: ["a.txt"],
      count: 1,
    });
    await host.close();
    const next = await deploy(
      at,
      await at.artifact([text("a.txt", "one"), text("b.txt", "two"), text("c.txt", "3")], "v2"),
    );
    expect(next.prepared.sent.files).toBe(2);
    expect(readFileSync(join(at.root, "current/a.txt"), "utf8")).toBe("one");
  });
});
