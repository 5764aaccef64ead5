// Every transport keeps to one contract: ssh to an sshd on loopback, and this machine.
import { afterAll, beforeAll, expect, it } from "vitest";
import { local } from "../../src/transports/local/transport.ts";
import { TRANSPORTS, transportOf } from "../../src/transports/registry.ts";
import { removePrivateDirectory } from "../../src/transports/ssh/keys.ts";
import { ssh } from "../../src/transports/ssh/transport.ts";
import { describeTransport } from "../contract/adapters/transport.ts";
import { startSshd } from "../support/sshd.ts";

let sshd: Awaited<ReturnType<typeof startSshd>>;
beforeAll(async () => {
  sshd = await startSshd();
});
afterAll(removePrivateDirectory);

const anywhere = { roles: undefined, forwards: [] };

describeTransport("local", () => ({
  transport: local,
  reach: () => ({ address: { ...anywhere, address: "local" }, options: {} }),
}));

describeTransport("ssh", () => ({
  transport: ssh,
  reach: () => ({
    address: { ...anywhere, address: sshd.address, port: sshd.port, user: sshd.user },
    options: { key: { file: sshd.key }, knownHosts: { text: sshd.knownHosts }, userConfig: false },
  }),
}));

it("this machine is entered by itself, and every other host by ssh", () => {
  const keys = ["local", "localhost", "app1.example.org", "::1"].map(
    (address) => transportOf({ ...anywhere, address }).key,
  );
  expect(keys).toEqual(["local", "ssh", "ssh", "ssh"]);
  expect(TRANSPORTS.filter((transport) => transport.local).map(({ key }) => key)).toEqual(["local"]);
});
