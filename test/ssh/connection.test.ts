// The connection over a real sshd: login shells, keys, hosts that are not known, a transfer that breaks, a big one.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { openArtifact } from "../../src/artifact/open-artifact.ts";
import type { PackSource } from "../../src/artifact/pack.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { silent } from "../../src/progress.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { OpenOptions } from "../../src/session/open-connection.ts";
import { closeJumps } from "../../src/transports/ssh/jump-master.ts";
import { removePrivateDirectory } from "../../src/transports/ssh/keys.ts";
import type { HostAddress } from "../../src/transports/types.ts";
import { full } from "../support/full.ts";
import { artifactOf, text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { freePort, type Sshd, startSshd } from "../support/sshd.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const shared = { directories: [], files: [] };

function layoutFor(): AppLayout {
  const root = join(temporary("root"), "srv");
  mkdirSync(root);
  return { app: "shop", target: "test", root, environmentsRoot: join(root, "envs") };
}

function open(sshd: Sshd, more: Partial<HostAddress> = {}, options: Partial<OpenOptions> = {}) {
  const host = openHost(
    { address: sshd.address, port: sshd.port, user: sshd.user, roles: undefined, forwards: [], ...more },
    { key: { file: sshd.key }, knownHosts: { text: sshd.knownHosts }, userConfig: false, strict: true, ...options },
  );
  atEnd(() => host.close());
  return host;
}

const facts = (at: AppLayout) => ({
  layout: at,
  lock: { owner: "test", wait: 0 },
  services: [],
  shared,
  configuration: {},
});

async function artifact(sources: PackSource[], version = "v1") {
  return openArtifact((await artifactOf(temporary("artifact"), sources, { version })).file);
}

const shells = [
  { loginShell: "/bin/bash", bashrc: "echo Welcome; echo 'last login: never' >&2" },
  { loginShell: "/bin/dash" },
  { loginShell: "/usr/bin/fish" },
  { loginShell: "/usr/bin/tcsh" },
];

describe.runIf(needs("sshd", "ssh", "fish", "tcsh"))("a host over SSH", () => {
  it.each(shells)("whose login shell is $loginShell takes a release", async (login) => {
    const sshd = await startSshd(login);
    const at = layoutFor();
    const host = open(sshd);
    const release = await artifact([text("a.txt", "one"), text("b $(x).txt", "echo no\n")]);
    await host.facts({ ...facts(at), artifact: release });
    const prepared = await host.prepare({ artifact: release, configuration: { A: "1" }, shared }, silent.task(""));
    await host.activate(
      { release: prepared.release, services: [], transaction: "t", expected: undefined, restart: "changed" },
      silent.task(""),
    );
    expect(host.lost).toBe(false);
    await host.commit({ release: prepared.release, keep: 2, transaction: "t", last: true });
    expect(host.roundTrips).toBe(4);
    // It ended without a request.
    await vi.waitUntil(() => host.lost, { timeout: 5_000 });
    expect(readdirSync(join(at.root, ".tarlift/sessions"))).toEqual([]);
    expect(readFileSync(join(at.root, "current/b $(x).txt"), "utf8")).toBe("echo no\n");
    await host.close();
    await sshd.stop();
  });

  it("starts no ssh for a connection that is closed before its turn has come", async () => {
    const sshd = await startSshd();
    const { connection } = open(sshd);
    connection.connect();
    await connection.close();
    expect(connection.pid).toBeUndefined();
    await sshd.stop();
  });

  it("that cannot be reached says the same, whether a call was waiting by then or not", async () => {
    const sshd = await startSshd();
    await sshd.stop();
    const ping = { verb: "ping", values: {} } as const;
    const [waited, late] = [open(sshd).connection, open(sshd).connection];
    const refused = await waited.call(ping).catch((error) => error);
    late.connect();
    await vi.waitUntil(() => late.lost, { timeout: 5_000 });
    expect(refused).toMatchObject({ what: "the host cannot be reached", where: { step: "connect" } });
    expect(await late.call(ping).catch((error) => error)).toEqual(refused);
  });

  it("asks a service through a forward of the same connection", async () => {
    const sshd = await startSshd();
    const server = createServer((request, response) => {
      response.writeHead(301, { location: "https://elsewhere/", "x-seen-host": request.headers.host });
      response.end("moved");
    });
    const port = await freePort();
    await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
    atEnd(() => server.close());
    const host = open(sshd, { forwards: [{ host: "127.0.0.1", port }] });
    await host.facts(facts(layoutFor()));
    const answer = await host.http({
      url: `http://127.0.0.1:${port}/x`,
      headers: { Host: "shop.example" },
      timeout: 5,
    });
    expect(answer).toMatchObject({ status: 301, headers: { "x-seen-host": "shop.example" }, body: "moved" });
    await host.close();
  });

  it("is reached over a jump host, with one master for all behind it", async () => {
    const sshd = await startSshd();
    const jump = await startSshd();
    const knownHosts = { text: sshd.knownHosts + jump.knownHosts };
    const key = { text: readFileSync(sshd.key, "utf8") };
    // Both sshds let root's one key in: the jump's own is replaced by the host's.
    writeFileSync(join(jump.key, "../public/authorized_keys"), readFileSync(`${sshd.key}.pub`));
    const more = { proxyJump: `${jump.user}@${jump.address}:${jump.port}` };
    const options: OpenOptions = { key, knownHosts, userConfig: false };
    const hosts = [1, 2, 3].map(() => open(sshd, more, options));
    const answers = await Promise.all(hosts.map((host) => host.facts({ ...facts(layoutFor()) })));
    expect(answers.map(({ findings }) => findings)).toEqual([[], [], []]);
    expect(jump.log().match(/Accepted publickey/g)).toHaveLength(1);
    for (const host of hosts) await host.close();
    await closeJumps();
  });

  it("says in a sentence what is wrong with a connection", async () => {
    const sshd = await startSshd();
    const other = await startSshd();
    const at = layoutFor();
    const cases: [Parameters<typeof open>, RegExp][] = [
      [[sshd, {}, { knownHosts: { text: other.knownHosts } }], /not among the known hosts/],
      [
        [sshd, {}, { knownHosts: { text: sshd.knownHosts.replace(/ \S+\s*$/, ` ${other.knownHosts.split(" ")[2]}`) } }],
        /another key than the known one/,
      ],
      [[sshd, {}, { key: { file: other.key } }], /does not accept this key/],
      [[sshd, { port: await freePort() }], /cannot be reached/],
      [[sshd, { address: "nowhere.invalid" }], /cannot be resolved/],
    ];
    for (const [args, message] of cases) {
      const host = open(...args);
      await expect(host.facts(facts(at))).rejects.toThrow(message);
      await host.close();
    }
    const noisy = await startSshd({ loginShell: "/bin/false" });
    await expect(open(noisy).facts(facts(at))).rejects.toThrow(/login shell of the host does not start/);
    expect(readdirSync(at.root)).toEqual([]);
  });

  full("transactions").it("sends 200 MB, and sends only the rest of it after the connection broke", async () => {
    const sshd = await startSshd();
    const at = layoutFor();
    const big = temporary("big");
    const sources: PackSource[] = Array.from({ length: 20 }, (_, n) => {
      const from = join(big, String(n));
      writeFileSync(from, randomBytes(10 << 20));
      return { type: "file" as const, path: `f${String(n).padStart(2, "0")}`, from };
    });
    const release = await artifact(sources);
    const first = open(sshd);
    await first.facts({ ...facts(at), artifact: release });
    let cut = false;
    const task = {
      ...silent.task(""),
      update: ({ done }: { done: number }) => {
        if (done < 100 << 20 || cut) return;
        cut = true;
        process.kill(first.connection.pid!, "SIGKILL");
      },
    };
    await expect(first.prepare({ artifact: release, configuration: {}, shared }, task)).rejects.toThrow(
      /connection to the host was lost/,
    );
    await first.close();
    const second = open(sshd);
    const seen = await second.facts({ ...facts(at), artifact: release, lock: { owner: "second", wait: 20 } });
    expect(seen.live).toBeUndefined();
    expect(seen.missing.files).toBeLessThan(20);
    const prepared = await second.prepare({ artifact: release, configuration: {}, shared }, silent.task(""));
    expect(prepared.sent.files).toBe(seen.missing.files);
    for (const n of [0, 19]) {
      const name = `f${String(n).padStart(2, "0")}`;
      expect(
        readFileSync(join(at.root, "releases", prepared.release, name)).equals(readFileSync(join(big, String(n)))),
      ).toBe(true);
    }
    await second.close();
  });

  it("is opened again by a later verb of the same process, with the same options, when the first one's keys are gone", async () => {
    const sshd = await startSshd();
    const options: OpenOptions = {
      key: { text: readFileSync(sshd.key, "utf8") },
      knownHosts: { text: sshd.knownHosts },
    };
    const address = { address: sshd.address, port: sshd.port, user: sshd.user, roles: undefined, forwards: [] };
    const at = layoutFor();
    for (let n = 0; n < 2; n++) {
      const host = openHost(address, options);
      expect((await host.facts(facts(at))).findings).toEqual([]);
      await host.close();
      removePrivateDirectory();
    }
  });

  it("leaves no key behind when the process ends, and the next run removes what a SIGKILL left", async () => {
    const runtime = temporary("runtime");
    const program = `
      import { privateFile } from "${process.cwd()}/src/transports/ssh/keys.ts";
      privateFile("key", "secret");
      process.stdout.write("ready\\n");
      setInterval(() => {}, 1000);`;
    const start = async (signal: NodeJS.Signals) => {
      const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
        env: { ...process.env, XDG_RUNTIME_DIR: runtime, TMPDIR: runtime },
        stdio: ["ignore", "pipe", "inherit"],
      });
      await new Promise((resolve) => child.stdout.once("data", resolve));
      const ended = new Promise((resolve) => child.once("exit", resolve));
      const during = readdirSync(runtime).filter((name) => name.includes(`-${child.pid}-`));
      child.kill(signal);
      await ended;
      return during.length;
    };
    expect(await start("SIGINT")).toBe(1);
    expect(readdirSync(runtime)).toEqual([]);
    await start("SIGKILL");
    expect(readdirSync(runtime)).toHaveLength(1);
    await start("SIGTERM");
    expect(readdirSync(runtime)).toEqual([]);
  });
});
