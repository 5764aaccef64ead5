// docs/recipes/one-host.md, as it stands there: a socket that systemd holds, gunicorn behind it, nginx in front; deploys and rollbacks
// under load that no client notices.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { LAB_NEEDS } from "../lab/lab.ts";
import { type OneHostLab, startOneHost } from "../lab/one-host.ts";
import { bundledCommand } from "../support/command.ts";
import { needs } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";
import { underLoad } from "../support/under-load.ts";

describe.runIf(needs(...LAB_NEEDS, "python3.11"))("one host with a socket that systemd holds", () => {
  let one: OneHostLab;

  beforeAll(async () => {
    const app = `t-one-host-${process.pid}`;
    atEnd(() => rmSync(`/srv/${app}`, { recursive: true, force: true }));
    one = await startOneHost({ work: temporary("one-host"), cli: bundledCommand(), app });
  });
  afterAll(() => one?.lab.stop());

  it("takes requests without a pause while it is deployed and rolled back: none fails, and each release is seen", async () => {
    const [first, second] = [await one.release("v1"), await one.release("v2")];
    const deploy = (file: string) => one.command.transact(["deploy", "production", "--artifact", file]);
    const started = await deploy(first);
    expect([started.errors, started.outcome]).toEqual([[], "deployed"]);
    const mains = [await one.mainProcess()];
    const seen = await underLoad({
      groups: [true, false].map((keepAlive) => ({ url: one.url, clients: 4, keepAlive })),
      turns: 2,
      requests: 500,
      deploy: () => deploy(second),
      async rollback() {
        mains.push(await one.mainProcess());
        return one.command.transact(["rollback", "production"]);
      },
    });
    mains.push(await one.mainProcess());
    expect(new Set(mains).size).toBe(3);
    expect(seen.failures).toEqual([]);
    expect([...seen.pages.keys()].sort()).toEqual(["v1", "v2"]);
    expect(await one.complaints()).toBe("");
  });

  it("holds the address when the service is stopped: who comes waits until it runs again", async () => {
    await one.host.root(`systemctl stop ${one.app}-web.service`);
    const answer = await fetch(one.url);
    expect([answer.status, await answer.text()]).toEqual([200, "v1"]);
  });
});
