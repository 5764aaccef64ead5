// What only a host reaches, asked through its SSH connection: a socket of the file system, a port.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { closeTunnels, openTunnel } from "../../src/session/tunnel.ts";
import { closeJumps } from "../../src/transports/ssh/jump-master.ts";
import { startSshd } from "../support/sshd.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** Answers each line with itself, once. */
async function echo(at: string | number): Promise<Server> {
  const server = createServer((socket) => socket.on("data", (line) => socket.end(`you said ${line}`)));
  await new Promise<void>((resolve) => server.listen(at, resolve));
  atEnd(() => server.close());
  return server;
}

describe("a tunnel", () => {
  it("leads to a socket and to a port of the host, over one connection for all questions", async () => {
    const sshd = await startSshd();
    const address = { address: sshd.address, port: sshd.port, user: sshd.user, roles: undefined };
    const options = { key: { file: sshd.key }, knownHosts: { text: sshd.knownHosts } };
    const path = join(temporary("tunnel"), "a b.sock");
    await echo(path);
    const port = await echo(0);
    const { ask } = openTunnel(address, options, { path });
    expect(await ask("one")).toBe("you said one\n");
    expect(await Promise.all([ask("two"), ask("three")])).toEqual(["you said two\n", "you said three\n"]);
    const { ask: other } = openTunnel(address, options, {
      host: "127.0.0.1",
      port: (port.address() as { port: number }).port,
    });
    expect(await other("four")).toBe("you said four\n");
    const { ask: nowhere } = openTunnel(address, options, { path: "/nowhere.sock" });
    await expect(nowhere("five")).rejects.toThrow(/\/nowhere.sock does not answer/);
    await closeTunnels();
    expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(3);
    await expect.poll(() => (sshd.log().match(/Disconnected from user/g) ?? []).length).toBe(3);
  });

  it("says the same of every way that is closed before an answer, whenever that is", async () => {
    let connections = 0;
    const path = join(temporary("tunnel"), "closed.sock");
    const server = createServer((socket) => {
      connections += 1;
      // At once, after the question has come, and without reading it: an end, a broken pipe, a reset.
      if (connections % 3 === 0) socket.destroy();
      else if (connections % 3 === 1) socket.on("data", () => socket.destroy());
      else setTimeout(() => socket.destroy(), 5);
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    atEnd(() => server.close());
    const { ask } = openTunnel({ address: "local", roles: undefined }, {}, { path });
    const said = await Promise.all(Array.from({ length: 300 }, () => ask("one").catch(({ output }) => output)));
    expect(connections).toBe(300);
    expect(new Set(said)).toEqual(new Set(["the connection was closed without an answer"]));
  });

  it("case 21: ends an answer without an end", async () => {
    const path = join(temporary("tunnel"), "endless.sock");
    const server = createServer((socket) => {
      socket.on("error", () => {});
      const more = () => {
        if (!socket.destroyed) socket.write("a".repeat(1 << 20), more);
      };
      more();
    });
    await new Promise<void>((resolve) => server.listen(path, resolve));
    atEnd(() => server.close());
    const { ask } = openTunnel({ address: "local", roles: undefined }, {}, { path });
    await expect(ask("show stat")).rejects.toMatchObject({
      output: expect.stringContaining("its answer is longer than"),
    });
  });

  it("is asked for again when its jump host could not be reached", async () => {
    const [sshd, jump] = [await startSshd(), await startSshd()];
    writeFileSync(join(jump.key, "../public/authorized_keys"), readFileSync(`${sshd.key}.pub`));
    const directory = temporary("tunnel");
    const [path, command, down] = ["socket", "ssh", "down"].map((name) => join(directory, name)) as [
      string,
      string,
      string,
    ];
    await echo(path);
    writeFileSync(down, "");
    const refused = 'echo "ssh: connect to host bastion port 22: Connection refused" >&2; exit 255';
    writeFileSync(command, `#!/bin/sh\n[ ! -e ${down} ] || { ${refused}; }\nexec ssh "$@"\n`, { mode: 0o755 });
    const proxyJump = `${jump.user}@${jump.address}:${jump.port}`;
    const { ask } = openTunnel(
      { address: sshd.address, port: sshd.port, user: sshd.user, roles: undefined, proxyJump },
      { key: { file: sshd.key }, knownHosts: { text: sshd.knownHosts + jump.knownHosts }, userConfig: false, command },
      { path },
    );
    await expect(ask("one")).rejects.toMatchObject({ what: "the host cannot be reached" });
    rmSync(down);
    expect(await ask("two")).toBe("you said two\n");
    await closeTunnels();
    await closeJumps();
  });

  it("is opened again when its connection is lost", async () => {
    const sshd = await startSshd();
    const path = join(temporary("tunnel"), "socket");
    await echo(path);
    const tunnel = openTunnel(
      { address: sshd.address, port: sshd.port, user: sshd.user, roles: undefined },
      { key: { file: sshd.key }, knownHosts: { text: sshd.knownHosts } },
      { path },
    );
    expect(await tunnel.ask("one")).toBe("you said one\n");
    const first = tunnel.pid!;
    process.kill(first, "SIGKILL");
    await expect.poll(() => tunnel.ask("two").catch(() => ""), { timeout: 30_000 }).toBe("you said two\n");
    expect(tunnel.pid).not.toBe(first);
    await closeTunnels();
  });
});
