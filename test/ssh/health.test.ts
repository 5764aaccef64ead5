// Health where sshd forwards no ports: the host asks itself, with curl or wget; without them a deploy is refused before it begins.
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { describe, expect, it } from "vitest";
import { checkHealth } from "../../src/fleet/health.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { needs } from "../support/needs.ts";
import { freePort, startSshd } from "../support/sshd.ts";
import { atEnd, temporary } from "../support/temporary.ts";

/** Shell text that puts something else in the place of clients, for one session alone. */
const CLIENTS = {
  curl: "",
  "wget of GNU": "mount --bind /dev/null /usr/bin/curl",
  "wget of busybox": 'mount --bind /dev/null /usr/bin/curl; mount --bind "$(command -v busybox)" /usr/bin/wget',
  none: "mount --bind /dev/null /usr/bin/curl; mount --bind /dev/null /usr/bin/wget",
};

/** A host without forwards that has only this client. */
async function hostWith(client: keyof typeof CLIENTS, port: number, config = ["AllowTcpForwarding no"], before = "") {
  const directory = temporary("shell");
  const loginShell = join(directory, "shell");
  writeFileSync(
    loginShell,
    `#!/bin/sh\nexec unshare --mount sh -c 'set -e\n${CLIENTS[client]}\n${before}\nexec sh -c "$1"' sh "$2"\n`,
  );
  for (const path of [directory, loginShell]) chmodSync(path, 0o755);
  const sshd = await startSshd({ loginShell, config });
  const host = openHost(
    {
      address: sshd.address,
      port: sshd.port,
      user: sshd.user,
      roles: undefined,
      forwards: [{ host: "127.0.0.1", port }],
    },
    { key: { file: sshd.key }, knownHosts: { text: sshd.knownHosts }, userConfig: false },
  );
  atEnd(() => host.close());
  const root = join(temporary("root"), "srv");
  mkdirSync(root);
  const facts = await host.facts({
    layout: { app: "shop", target: "test", root, environmentsRoot: join(root, "envs") },
    services: [],
    shared: { directories: [], files: [] },
  });
  return { host, facts };
}

/** A service with a path for each kind of answer. */
async function service() {
  const seen: { url: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? "", headers: request.headers });
    if (request.url === "/slow") return;
    const status = { "/moved": 301, "/broken": 500 }[request.url ?? ""] ?? 200;
    response.writeHead(status, { "X-Release": "v1-abc", ...(status === 301 ? { Location: "/elsewhere" } : {}) });
    response.end("x".repeat(10_000));
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port, seen };
}

const health = (port: number, path: string) => ({
  url: `http://127.0.0.1:${port}${path}`,
  status: 200,
  headers: { Host: "shop.example", "X-Quote": 'it\'s $(touch /tmp/pwned) "so"' },
  "release-header": "X-Release",
  timeout: 1,
  retries: 0,
  interval: 0,
});

describe.runIf(needs("root", "sshd", "ssh", "unshare", "curl", "wget", "busybox"))("without a forward", () => {
  it.each(["curl", "wget of GNU", "wget of busybox"] as const)("%s of the host asks the service", async (client) => {
    const { port, seen } = await service();
    const { host, facts } = await hostWith(client, port);
    expect(facts.findings).toEqual([]);
    const check = (path: string) => checkHealth(host, "web", health(port, path), { release: "v1-abc" });
    expect(await check("/ok?a=1&b=$(id)")).toEqual({ status: 200, proven: true });
    expect(seen[0]).toMatchObject({
      url: "/ok?a=1&b=$(id)",
      headers: { host: "shop.example", "x-quote": 'it\'s $(touch /tmp/pwned) "so"' },
    });
    await expect(check("/moved")).rejects.toThrow(/it answers 301, a redirect to \/elsewhere/);
    await expect(check("/broken")).rejects.toThrow(/it answers 500, expected 200/);
    await expect(check("/slow")).rejects.toThrow(/no answer within 1 s|timed out/);
    await expect(checkHealth(host, "web", health(port, "/ok"), { release: "v2-def" })).rejects.toThrow(
      /answers as release v1-abc/,
    );
    const answer = await host.http({ url: `http://127.0.0.1:${port}/ok`, headers: {}, timeout: 5 });
    expect(answer.body).toBe(`${"x".repeat(4096)}[…]`);
  });

  describe("over TLS, a service at an address", () => {
    const directory = temporary("tls");
    const [key, cert] = [join(directory, "key"), join(directory, "cert")];
    /** Its certificate is valid for shop.example; a host trusts it where it is configured. */
    const secure = async () => {
      const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert];
      const names = ["-subj", "/CN=shop.example", "-addext", "subjectAltName=DNS:shop.example"];
      execFileSync("openssl", [...request, ...names], { stdio: "ignore" });
      const seen: unknown[] = [];
      const server = createSecureServer({ key: readFileSync(key), cert: readFileSync(cert) }, (asked, response) => {
        seen.push((asked.socket as TLSSocket).servername, asked.headers.host);
        response.end("well");
      });
      const port = await freePort();
      await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
      atEnd(() => server.close());
      return { port, seen };
    };
    const ask = (host: Awaited<ReturnType<typeof hostWith>>["host"], port: number) =>
      host.http({ url: `https://127.0.0.1:${port}/h?a=1`, headers: { Host: "shop.example" }, timeout: 5 });

    it.runIf(needs("openssl"))("is asked under the name of the header Host", async () => {
      const { port, seen } = await secure();
      const { host } = await hostWith("curl", port, undefined, `export CURL_CA_BUNDLE=${cert}`);
      expect(await ask(host, port)).toMatchObject({ status: 200, body: "well" });
      expect(seen).toEqual(["shop.example", "shop.example"]);
    });

    it.runIf(needs("openssl"))(
      "whose certificate is not accepted is told from silence, with the line that says why",
      async () => {
        const { port } = await secure();
        for (const [client, output, remedy] of [
          ["curl", /^curl: \(60\) SSL.*certificate/, /update-ca-certificates\)\. Or/],
          ["wget of GNU", /certificate/, /install curl on the host/],
        ] as const) {
          const { host } = await hostWith(client, port);
          await expect(ask(host, port)).rejects.toMatchObject({
            what: "the service's certificate is not accepted",
            output: expect.stringMatching(output),
            remedy: expect.stringMatching(remedy),
          });
        }
      },
    );
  });

  it.runIf(needs("openssl"))("a certificate that the service wants of its client is no fault of its own", async () => {
    const directory = temporary("tls");
    const [key, cert] = [join(directory, "key"), join(directory, "cert")];
    const request = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert];
    const names = ["-subj", "/CN=shop.example", "-addext", "subjectAltName=IP:127.0.0.1"];
    execFileSync("openssl", [...request, ...names], { stdio: "ignore" });
    const port = await freePort();
    const server = spawn("openssl", [
      "s_server",
      "-accept",
      `${port}`,
      "-key",
      key,
      "-cert",
      cert,
      "-Verify",
      "1",
      "-www",
    ]);
    atEnd(() => void server.kill());
    await new Promise((resolve) => server.stdout.once("data", resolve));
    for (const client of ["curl", "wget of GNU", "wget of busybox"] as const) {
      const trusting = `export CURL_CA_BUNDLE=${cert}; mount --bind ${cert} /etc/ssl/certs/ca-certificates.crt`;
      const { host } = await hostWith(client, port, undefined, trusting);
      await expect(host.http({ url: `https://127.0.0.1:${port}/`, headers: {}, timeout: 5 })).rejects.toMatchObject({
        what: "the service does not answer",
      });
    }
  });

  it("says what the host saw where nothing listens", async () => {
    const port = await freePort();
    const { host } = await hostWith("curl", port);
    await expect(checkHealth(host, "web", health(port, "/"), { release: "v1-abc" })).rejects.toThrow(
      /does not answer \(curl: \(7\) Failed to connect/,
    );
  });

  it("a host that has neither is refused before anything changes, and one that forwards is not", async () => {
    const { port } = await service();
    const { facts } = await hostWith("none", port);
    expect(facts.findings).toEqual([
      {
        code: "health-unavailable",
        what: expect.stringMatching(/forwards no ports, and it has neither curl nor wget/),
        remedy: expect.stringMatching(/AllowTcpForwarding local/),
      },
    ]);
    const forwarding = await hostWith("none", port, []);
    expect(forwarding.facts.findings).toEqual([]);
    expect(await checkHealth(forwarding.host, "web", health(port, "/"), { release: "v1-abc" })).toMatchObject({
      proven: true,
    });
  });
});
