// `max-unreachable` leaves out hosts from which nothing answers, and no others: ssh is a program here that ends as it does then.
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { preflight } from "../../src/fleet/preflight.ts";
import { Transaction } from "../../src/fleet/transaction.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { closeJumps } from "../../src/transports/ssh/jump-master.ts";
import { removePrivateDirectory } from "../../src/transports/ssh/keys.ts";
import { deployRequest, good, member, memoryHost } from "../support/fleet.ts";
import { temporary } from "../support/temporary.ts";

afterEach(async () => {
  await closeJumps();
  removePrivateDirectory();
});

/** An ssh that says this and ends so. */
function ssh(said: string, code = 255): string {
  const file = join(temporary("client"), "ssh");
  writeFileSync(file, `#!/bin/sh\ncat >&2 <<'SAID'\n${said}\nSAID\nexit ${code}\n`);
  chmodSync(file, 0o755);
  return file;
}

/** Two hosts that answer, and one that is reached by this ssh. */
async function preflighted(command: string, proxyJump?: string) {
  const host = openHost(
    { address: "app3.example", roles: undefined, forwards: [], proxyJump },
    { userConfig: false, insecureAcceptAnyHostKey: true, command },
  );
  const hosts = ["app1", "app2"].map((name) => memoryHost(name, good("v1", 1)));
  const request = deployRequest([], { members: [...hosts, host].map((one) => member(one)), maxUnreachable: 1 });
  const tx = new Transaction("deploy", request);
  const found = await preflight(tx, tx.members, () => ({}), { lock: true });
  await host.close();
  return { found, lost: host.lost, ...tx.report("refused") };
}

describe("max-unreachable", () => {
  it.each([
    ["refuses connections", "ssh: connect to host app3.example port 22: Connection refused"],
    ["does not answer in time", "ssh: connect to host app3.example port 22: Connection timed out"],
    ["has no address", "ssh: Could not resolve hostname app3.example: Name or service not known"],
  ])("leaves out a host that %s, also where that is the jump host", async (_how, said) => {
    for (const jump of [undefined, "bastion.example"]) {
      const { found, lost, errors, warnings } = await preflighted(ssh(said), jump);
      expect([found?.length, lost, errors]).toEqual([2, true, []]);
      expect(warnings).toEqual([expect.stringMatching(/^app3.example is left out: .*; tarlift converge production/)]);
    }
  });

  it.each([
    [
      "shows another key",
      "Host key for app3.example has changed and you have requested strict checking.",
      /another key/,
    ],
    ["does not accept the key", "deploy@app3.example: Permission denied (publickey).", /does not accept this key/],
    [
      "agrees on no algorithm",
      "Unable to negotiate with 10.0.0.3 port 22: no matching cipher found.",
      /could not connect/,
    ],
  ])("leaves out no host that %s, nor one behind such a jump host", async (_how, said, what) => {
    for (const jump of [undefined, "bastion.example"]) {
      const { found, errors } = await preflighted(ssh(said), jump);
      expect([found, errors.map((error) => error.what)]).toEqual([undefined, [expect.stringMatching(what)]]);
    }
  });

  it("leaves out no host whose login shell starts another program", async () => {
    const { found, errors } = await preflighted(ssh("This account is not available.", 1));
    expect([found, errors[0]?.what]).toEqual([undefined, "the login shell of the host does not start our program"]);
  });

  it("tells a machine without ssh by itself, with a jump host or without", async () => {
    for (const jump of [undefined, "bastion.example"]) {
      const { found, errors } = await preflighted("/nowhere/ssh", jump);
      expect(found).toBe(undefined);
      expect(errors).toMatchObject([
        {
          host: "app3.example",
          what: "/nowhere/ssh could not be started on the machine that deploys",
          remedy: expect.stringContaining("put it on PATH"),
        },
      ]);
    }
  });
});
