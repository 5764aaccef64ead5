// Health of a service as its host reaches it, through a forward.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { join } from "node:path";
import { expect, it } from "vitest";
import { forwardTo, headerLines, parseHead, request, underName } from "../../src/host/http-client.ts";
import { sshArguments } from "../../src/transports/ssh/ssh.ts";
import { needs } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

it("an IPv6 address is forwarded, and asked through that forward", async () => {
  const url = "http://[::1]:8000/health";
  const socket = join(temporary("forward"), "socket");
  const forward = { socket, ...forwardTo(url) };
  const host = { address: "2001:db8::1", roles: undefined, forwards: [forward] };
  const args = sshArguments({ command: "ssh", shared: [], userConfig: false }, host, undefined, [forward]);
  expect(args[args.indexOf("-L") + 1]).toBe(`${socket}:[::1]:8000`);
  expect(args.slice(-2)).toEqual(["--", "2001:db8::1"]);

  const seen: (string | undefined)[] = [];
  const server = createServer((asked, response) => {
    seen.push(asked.headers.host);
    response.end("well");
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  atEnd(() => server.close());
  expect(await request({ url, headers: {}, timeout: 5 }, [forward], "app1")).toMatchObject({
    status: 200,
    body: "well",
  });
  expect(seen).toEqual(["[::1]:8000"]);
});

async function listening(answer: RequestListener, keys?: { key: Buffer; cert: Buffer }) {
  const socket = join(temporary("forward"), "socket");
  const server = keys ? createSecureServer(keys, answer) : createServer(answer);
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  atEnd(() => {
    server.closeAllConnections();
    server.close();
  });
  return socket;
}

it.each([
  { "X Forwarded Proto": "https" },
  { "X-Name": "日本" },
  { "X-Name": "one\ntwo" },
  // Node refuses this one when the request ends.
  { Trailer: "X-More" },
])("headers that HTTP does not allow are a failure: %j", async (headers) => {
  const socket = await listening((_, response) => response.end("well"));
  const forward = { socket, host: "127.0.0.1", port: 80 };
  const url = "http://127.0.0.1/";
  const parts = { name: "Failure", what: "the request to the service cannot be made", where: { host: "app1", url } };
  await expect(request({ url, headers, timeout: 5 }, [forward], "app1")).rejects.toMatchObject(parts);
  if (!("Trailer" in headers))
    expect(() => headerLines(headers, { host: "app1", url })).toThrow(expect.objectContaining(parts));
});

it("an answer is one although its body does not end", async () => {
  const ask = (socket: string) => {
    const forward = { socket, host: "127.0.0.1", port: 80 };
    return request({ url: "http://127.0.0.1/", headers: {}, timeout: 1 }, [forward], "app1");
  };
  const slow = await listening((_, response) => response.write("here"));
  expect(await ask(slow)).toMatchObject({ status: 200, body: "here" });
  const endless = await listening((_, response) => {
    const more = () => void (response.destroyed || response.write("x".repeat(1000), () => setImmediate(more)));
    more();
  });
  expect((await ask(endless)).body).toBe(`${"x".repeat(4093)}[…]`);
});

it.runIf(needs("openssl"))(
  "over TLS the name of the header Host is asked for at an address, and a certificate is told from silence",
  async () => {
    const directory = temporary("tls");
    const file = (name: string) => join(directory, name);
    execFileSync(
      "openssl",
      [
        "req",
        "-x509",
        "-newkey",
        "rsa:2048",
        "-nodes",
        "-keyout",
        file("key"),
        "-out",
        file("cert"),
        "-subj",
        "/CN=shop.example.org",
        "-addext",
        "subjectAltName=DNS:shop.example.org",
      ],
      { stdio: "ignore" },
    );
    const asked: (string | false | null)[] = [];
    const socket = await listening(
      (request_, response) => {
        asked.push((request_.socket as unknown as { servername: string | false | null }).servername);
        response.end("well");
      },
      { key: readFileSync(file("key")), cert: readFileSync(file("cert")) },
    );
    const forward = { socket, host: "127.0.0.1", port: 8443 };
    const url = "https://127.0.0.1:8443/h";
    const failed = await request({ url, headers: { Host: "shop.example.org" }, timeout: 5 }, [forward], "app1").catch(
      (error) => error,
    );
    expect(failed).toMatchObject({ what: "the service's certificate is not accepted" });
    expect(failed.remedy).toContain("NODE_EXTRA_CA_CERTS");
    const trusting = `
    await import(${JSON.stringify(join(import.meta.dirname, "../support/shell-text-hook.ts"))});
    const { request } = await import(${JSON.stringify(join(import.meta.dirname, "../../src/host/http-client.ts"))});
    const { status } = await request({ url: "${url}", headers: { Host: "shop.example.org" }, timeout: 5 }, [${JSON.stringify(forward)}], "app1");
    console.log(status);`;
    const { execFile } = await import("node:child_process");
    const said = await new Promise<string>((resolve, reject) =>
      execFile(
        process.execPath,
        ["--input-type=module", "-e", trusting],
        { env: { ...process.env, NODE_EXTRA_CA_CERTS: file("cert") } },
        (error, out, err) => (error ? reject(error) : resolve(out + err)),
      ),
    );
    expect(said).toBe("200\n");
    expect(asked).toEqual(["shop.example.org"]);
  },
);

it("a client on the host asks an address over TLS under the name of the header Host", () => {
  const host = { host: "shop.example:8443" };
  expect(underName("https://127.0.0.1:8443/h?a=1", host)).toEqual({
    url: "https://shop.example:8443/h?a=1",
    resolve: "shop.example:8443:127.0.0.1",
  });
  expect(underName("https://[::1]/", { Host: "shop.example" })).toEqual({
    url: "https://shop.example/",
    resolve: "shop.example:443:::1",
  });
  // A name of its own, no TLS, no name, and what is none.
  expect(underName("https://localhost:8443/", host)).toBe(undefined);
  expect(underName("http://127.0.0.1:8443/", host)).toBe(undefined);
  for (const none of [{}, { Host: "10.0.0.1" }, { Host: "a/b" }, { Host: "[::1]" }])
    expect(underName("https://127.0.0.1/", none as Record<string, string>)).toBe(undefined);
});

it("a header may have any name", () => {
  expect(parseHead("HTTP/1.1 200 OK\r\nConstructor: a\r\nconstructor: b\r\n")).toEqual({
    status: 200,
    headers: { constructor: "a, b" },
  });
});
