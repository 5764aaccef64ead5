// Health of a service that listens on an IPv6 address: the brackets of its URL are no part of the address.
import { createServer } from "node:http";
import { join } from "node:path";
import { expect, it } from "vitest";
import { forwardTo, request } from "../../src/host/http.ts";
import { sshArguments } from "../../src/host/ssh.ts";
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
