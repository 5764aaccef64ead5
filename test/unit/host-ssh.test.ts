// The options of ssh, and what its messages mean.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { connectionFailure, wasDropped } from "../../src/transports/ssh/explain.ts";
import { removePrivateDirectory } from "../../src/transports/ssh/keys.ts";
import { jumpArguments, prepareSsh, sshArguments } from "../../src/transports/ssh/ssh.ts";
import { Away } from "../../src/transports/transport.ts";
import { needs } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

afterAll(removePrivateDirectory);

const prepared = () => prepareSsh({ insecureAcceptAnyHostKey: true });
const ended = (stderr: string, noise = "") =>
  ({ host: "app1", code: 255, signal: null, stderr, noise, opened: false, step: "connect" }) as const;

it("gives each jump host, and each start of its master, a socket of its own", () => {
  const jumps = ["deploy@bastion-eu.example.com", "deploy@bastion-us.example.com", "deploy@bastion-eu.example.com"];
  expect(new Set(jumps.map((jump) => jumpArguments(prepared(), jump).socket)).size).toBe(3);
});

it("connects through a jump host by its master alone", () => {
  const host = { address: "10.0.0.1", proxyJump: "deploy@bastion.example.com:2222" } as Parameters<
    typeof sshArguments
  >[1];
  const command = sshArguments(prepared(), host, "/tmp/a b/100%/jump", []).find((word) =>
    word.startsWith("ProxyCommand="),
  );
  expect(command).toContain(`-o PreferredAuthentications=none`);
  // Two readers: the outer ssh makes one % of two, and the inner one does so again.
  expect(command).toContain(`-o ControlPath='"/tmp/a b/100%%%%/jump"' -W [%h]:%p bastion.example.com`);
});

it.runIf(needs("ssh"))("takes a person's configuration as it is, but for what would end our connection", () => {
  const config = join(temporary("ssh-config"), "config");
  writeFileSync(
    config,
    "IgnoreUnknown UseKeychain\nUseKeychain yes\nHost app1\n  Port 2222\n  RemoteCommand tmux\n  ClearAllForwardings yes\n",
  );
  const { shared } = prepareSsh({ insecureAcceptAnyHostKey: true, userConfig: true });
  const { stdout, stderr, status } = spawnSync(
    "ssh",
    ["-F", config, ...shared, "-L", "/tmp/x:127.0.0.1:80", "-G", "app1", "true"],
    { encoding: "utf8" },
  );
  expect([status, stderr]).toEqual([0, ""]);
  expect(stdout).toContain("port 2222\n");
  expect(stdout).toContain("localforward /tmp/x [127.0.0.1]:80");
  expect(stdout).not.toContain("tmux");
});

it("names a file of known hosts as one word", () => {
  const file = join(temporary("known hosts"), "my 100%");
  writeFileSync(file, "");
  const { shared } = prepareSsh({ knownHosts: { file } });
  expect(shared).toContain(`UserKnownHostsFile="${file.replace("%", "%%")}"`);
});

it("tells a host behind a jump host that cannot be reached from one that drops connections", () => {
  const said =
    "channel 0: open failed: connect failed: Connection refused\nStdio forwarding request failed: Session open refused by peer\nkex_exchange_identification: Connection closed by remote host\n";
  expect(wasDropped(ended(said))).toBe(false);
  expect(connectionFailure(ended(said)).what).toBe("the jump host does not get through to the host");
  expect(connectionFailure(ended(said))).toBeInstanceOf(Away);
  // The jump host's own sshd forbids it: the host may be up.
  expect(connectionFailure(ended(said.replace("connect failed", "administratively prohibited")))).not.toBeInstanceOf(
    Away,
  );
  expect(wasDropped(ended("kex_exchange_identification: Connection closed by remote host\n"))).toBe(true);
});

it("blames no login shell for what ssh itself says", () => {
  const said = "Unable to negotiate with 10.0.0.1 port 22: no matching host key type found. Their offer: ssh-rsa\n";
  expect(connectionFailure(ended(said))).toMatchObject({
    what: "ssh could not connect to the host",
    output: said.trim(),
  });
  expect(connectionFailure(ended("", "welcome")).what).toContain("login shell");
});
