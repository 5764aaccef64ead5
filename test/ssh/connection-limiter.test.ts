// Many hosts at once: a bastion and sshds with their default limits accept all connections.

import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { acquire } from "../../src/transports/connection-limiter.ts";
import { closeJumps } from "../../src/transports/ssh/jump-master.ts";
import { full } from "../support/full.ts";
import { needs } from "../support/needs.ts";
import { status } from "../support/operations.ts";
import { plainHost } from "../support/plain-host.ts";
import { freePort, type Sshd, startSshd } from "../support/sshd.ts";
import { atEnd } from "../support/temporary.ts";

const MEMBERS = 30;
const DEFAULT = "10:30:100";

afterEach(() => closeJumps());

describe("the connection limiter", () => {
  it("admits eight at once, and the next one for each that is released", async () => {
    const releases = await Promise.all(Array.from({ length: 8 }, () => acquire("a")));
    let acquired = 0;
    const more = Array.from({ length: 3 }, () =>
      acquire("a").then((go) => {
        acquired++;
        return go;
      }),
    );
    const elsewhere = await acquire("b");
    expect(acquired).toBe(0);
    releases[0]!();
    releases[0]!();
    await more[0];
    expect(acquired).toBe(1);
    for (const go of [...releases, elsewhere]) go();
    for (const go of await Promise.all(more)) go();
    expect(acquired).toBe(3);
  });
});

describe.runIf(needs("sshd", "ssh"))("hosts over SSH", () => {
  const reach = (sshd: Sshd, more: { port?: number; proxyJump?: string; knownHosts?: string }) => {
    const { proxyJump, port = sshd.port, knownHosts = sshd.knownHosts } = more;
    const options = { key: { file: sshd.key }, knownHosts: { text: knownHosts }, userConfig: false };
    return plainHost().member({ address: sshd.address, port, user: sshd.user, proxyJump }, options);
  };
  const ask = async (members: ReturnType<typeof reach>[]) => {
    const { hosts } = await status({ app: "shop", target: "test", members }, { verifyFull: false });
    return { hosts, errors: hosts.flatMap(({ error }) => error ?? []) };
  };

  it(`are all reached at once, ${MEMBERS} of them through one bastion`, async () => {
    const sshd = await startSshd({ maxStartups: DEFAULT });
    const bastion = await startSshd({ maxStartups: DEFAULT });
    writeFileSync(join(bastion.key, "../public/authorized_keys"), readFileSync(`${sshd.key}.pub`));
    const proxyJump = `${bastion.user}@${bastion.address}:${bastion.port}`;
    const knownHosts = sshd.knownHosts + bastion.knownHosts;
    const seen = await ask(Array.from({ length: MEMBERS }, () => reach(sshd, { proxyJump, knownHosts })));
    expect(seen.errors).toEqual([]);
    expect(seen.hosts).toHaveLength(MEMBERS);
    expect(sshd.log().match(/Accepted publickey/g)).toHaveLength(MEMBERS);
    expect(bastion.log().match(/Accepted publickey/g)).toHaveLength(1);
    expect(sshd.log()).not.toMatch(/MaxStartups|drop connection/);
  });

  full("transactions").it(
    "are asked again when sshd drops a connection before it has said a word, three times at most",
    async () => {
      const sshd = await startSshd();
      const through = async (drops: number) => {
        const proxy = await dropping(sshd, drops);
        const knownHosts = sshd.knownHosts.replace(/:\d+ /, `:${proxy.port} `);
        return { ...(await ask([reach(sshd, { port: proxy.port, knownHosts })])), connections: proxy.connections() };
      };
      expect(await through(3)).toMatchObject({ errors: [], connections: 4 });
      const closed = await through(9);
      expect(closed.connections).toBe(4);
      expect(closed.errors[0]?.what).toBe("the host closed the connection before anything was said");
      expect(closed.errors[0]?.remedy).toContain("MaxStartups");
    },
  );
});

/** A port that drops so many connections, and leads to an sshd from then on. */
async function dropping(sshd: Sshd, drops: number): Promise<{ port: number; connections(): number }> {
  const port = await freePort();
  let connections = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    if (++connections <= drops) return socket.destroy();
    const on = connect(sshd.port, sshd.address).on("error", () => socket.destroy());
    sockets.add(on);
    socket.pipe(on).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  atEnd(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { port, connections: () => connections };
}
