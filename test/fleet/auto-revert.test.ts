// The auto-revert on a host that ends the processes of every session with it, for a user without root.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Member } from "../../src/fleet/member.ts";
import { type OpenHost, openHost } from "../../src/host/calls/open.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import { silent } from "../../src/progress.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import { LAB_NEEDS, type Lab, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest } from "../support/fleet.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { pageService } from "../support/plain-member.ts";

const layout: AppLayout = { app: "shop", target: "lab", root: "/srv/shop", environmentsRoot: "/srv/shop/envs" };
const shared = { directories: [], files: [] };
const services = [pageService(layout.root)];
const artifactOf = (words: string) => syntheticArtifact([text("page.txt", words)], { version: words });

describe.runIf(needs(...LAB_NEEDS))("a host with KillUserProcesses=yes", () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    const [host] = lab.hosts;
    await host!.root(
      "cat >/root/setup && sh /root/setup",
      setupScript({ host: host!.name, user: host!.user, layout, services: [], shared }),
    );
    await host!.root(
      "mkdir -p /etc/systemd/logind.conf.d && printf '[Login]\\nKillUserProcesses=yes\\n' >/etc/systemd/logind.conf.d/kill.conf && systemctl restart systemd-logind",
    );
  });
  afterAll(() => lab.stop());

  const member = (): Member & { host: OpenHost } => {
    const [host] = lab.hosts;
    const address = { address: host!.address, port: host!.port, user: host!.user, roles: undefined, forwards: [] };
    const open = openHost(address, { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } });
    return { host: open, roles: [], configuration: {}, layout, shared, services, health: {} };
  };
  const put = async (words: string, required: boolean, waitForLock = 0) =>
    deploy(
      deployRequest([], {
        members: [member()],
        artifact: await artifactOf(words),
        version: words,
        deployId: `t-${words}`,
        autoRevert: { after: 3, required },
        waitForLock,
      }),
    );
  const serving = async () => (await lab.hosts[0]!.root("cat /srv/shop/serving")).trim();

  it("is refused where it must be able to revert automatically, and deployed with a warning where it need not", async () => {
    const refused = await put("one", true);
    expect(refused.outcome).toBe("refused");
    expect(refused.errors[0]).toMatchObject({
      what: expect.stringMatching(/KillUserProcesses/),
      remedy: expect.stringMatching(/enable-linger/),
    });
    const reported = await put("one", false);
    expect(reported.outcome).toBe("deployed");
    expect(reported.warnings).toContainEqual(expect.stringMatching(/does not revert automatically/));
  });

  it("reverts automatically once the user's manager lingers, as setup arranges it", async () => {
    const [host] = lab.hosts;
    const setup = setupScript({
      host: host!.name,
      user: host!.user,
      layout,
      services: [],
      shared,
      requireSwitch: true,
    });
    await host!.root("cat >/root/setup && sh /root/setup", setup);
    // A run that is killed when it has switched the host: connection, session and all of its processes are gone.
    const one = member();
    const artifact = await artifactOf("two");
    const lock = { wait: 0, owner: "a run that is lost" };
    const facts = await one.host.facts({ ...one, artifact, lock, autoRevert: "required" });
    expect(facts.findings).toEqual([]);
    const task = silent.task("");
    const { release } = await one.host.prepare({ artifact, configuration: {}, shared }, task);
    const activated = await one.host.activate(
      { release, services, transaction: "t-lost", expected: facts.live?.id, restart: "changed", autoRevert: 3 },
      task,
    );
    expect(activated.warnings).toEqual([]);
    expect(await serving()).toBe("two");
    process.kill(one.host.connection.pid!, "SIGKILL");
    await one.host.close();
    await expect.poll(serving, { timeout: 60_000, interval: 500 }).toBe("one");
    expect(await lab.hosts[0]!.root("tail -n 1 /srv/shop/.tarlift/log.jsonl")).toContain("the dead man's switch");
    expect((await put("three", true)).outcome).toBe("deployed");
  });

  it("does not end migrations with the session of the run that began them: they come to their end, and the next run knows it", async () => {
    const [host] = lab.hosts;
    const one = member();
    const artifact = await artifactOf("four");
    await one.host.facts({ ...one, artifact, lock: { wait: 0, owner: "a run that is lost" } });
    const { release } = await one.host.prepare({ artifact, configuration: {}, shared }, silent.task(""));
    const run =
      "echo begun >/tmp/migrated; while [ ! -e /tmp/go-on ]; do sleep 0.1; done; echo the end; echo done >>/tmp/migrated";
    const migrations = { names: ["0001_slow"], transaction: "t-lost-migration" };
    const applying = one.host
      .task({ release, run, lock: "inherited", migrations }, silent.task(""))
      .catch(() => undefined);
    await expect.poll(() => host!.root("cat /tmp/migrated || true"), { timeout: 20_000 }).toBe("begun\n");
    process.kill(one.host.connection.pid!, "SIGKILL");
    await applying;
    await one.host.close();
    const sessions = () => host!.root(`loginctl list-sessions --no-legend | grep -c ' ${host!.user} ' || true`);
    await expect.poll(sessions, { timeout: 60_000 }).toBe("0\n");
    const early = await put("five", false);
    expect(early.errors[0]?.what).toContain("its migrations still run");
    await host!.root("touch /tmp/go-on");
    await expect.poll(() => host!.root("cat /tmp/migrated"), { timeout: 20_000 }).toBe("begun\ndone\n");
    const log = () => host!.root("cat /srv/shop/.tarlift/migrations.log || true");
    await expect.poll(log, { timeout: 20_000 }).toBe("the end\n");
    const next = await put("five", false, 20);
    expect(next.outcome).toBe("deployed");
    expect(next.warnings.join()).toContain(`has applied 1 migration of ${release} (0001_slow)`);
  });
});
