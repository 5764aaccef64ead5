// The transaction with the real program on hosts and a real supervisord: what it says is what runs.
import { describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Member } from "../../src/fleet/member.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { deployRequest, oneByOne, rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { needs } from "../support/needs.ts";
import { status } from "../support/operations.ts";
import { type Fault, type Shop, shopArtifact, startShop } from "../support/shop.ts";
import { startSshd } from "../support/sshd.ts";

let count = 0;

/** Deploys the shop with these words; a transaction of its own each time. */
async function put(members: Member[], words: string, fault: Fault = "none", more: Partial<DeployRequest> = {}) {
  const artifact = await shopArtifact(words, fault);
  return deploy(
    deployRequest([], { members, artifact, version: words, deployId: `t${count++}`, owner: "a test", ...more }),
  );
}

const back = (members: Member[], to?: string) =>
  rollback(rollbackRequest([], { members, to, deployId: `t${count++}`, owner: "a test" }));

describe.runIf(needs("supervisord", "python3"))("a deploy to one host under supervisord", () => {
  it("goes live, is unchanged the second time, and is rolled back twice", async () => {
    const shop = await startShop();
    const first = await put([shop.member()], "one");
    expect(first.errors).toEqual([]);
    expect(first.outcome).toBe("deployed");
    expect(await shop.page()).toBe("one");
    expect(first.hosts[0]?.services[0]).toMatchObject({ service: "web", evidence: "release-header" });

    expect((await put([shop.member()], "one")).outcome).toBe("unchanged");

    const second = await put([shop.member()], "two");
    expect(second).toMatchObject({ outcome: "deployed", previousRelease: first.release });
    expect(second.hosts[0]?.files).toEqual({ sent: 1, linked: 2 });
    expect(await shop.page()).toBe("two");
    await put([shop.member()], "three");
    expect(await shop.page()).toBe("three");

    const once = await back([shop.member()]);
    expect(once.errors).toEqual([]);
    expect(once).toMatchObject({ outcome: "rolled-back", release: second.release });
    expect(await shop.page()).toBe("two");
    expect(await back([shop.member()])).toMatchObject({ outcome: "rolled-back", release: first.release });
    expect(await shop.page()).toBe("one");
    expect((await back([shop.member()])).outcome).toBe("refused");

    const seen = await status({ app: "shop", target: "test", members: [shop.member()] }, { verifyFull: true });
    expect(seen).toMatchObject({ uniform: true, healthy: true });
    expect(seen.hosts[0]?.services[0]?.health).toContain("200");
  });

  const faults: [Fault, RegExp][] = [
    ["crash", /does not stay up|crashes/],
    ["port", /not healthy/],
    [500, /answers 500/],
    [301, /redirect/],
    ["other release", /answers as release other/],
  ];

  full("transactions").it("reverts whatever does not serve, and names it; the old release serves", async () => {
    const shop = await startShop();
    const first = await put([shop.member()], "one");
    for (const [fault, named] of faults) {
      // A crash after two seconds is seen by settling for longer than that.
      const member = shop.member();
      if (fault === "crash") member.services[0]!.settle = 4;
      const report = await put([member], `broken-${fault}`.replace(" ", "-"), fault);
      expect([fault, report.outcome]).toEqual([fault, "reverted"]);
      expect(report.errors[0]?.what).toMatch(named);
      expect(shop.live()).toBe(first.release);
      expect(await shop.page()).toBe("one");
    }
    expect((await back([shop.member()])).outcome).toBe("refused");
  });

  full("transactions").it("takes a failing first release back to none", async () => {
    const shop = await startShop();
    const report = await put([shop.member()], "one", 500);
    expect(report.outcome).toBe("reverted");
    expect([shop.live(), await shop.page()]).toEqual([undefined, undefined]);
  });

  full("transactions").it("deploys changed configuration alone, and rolls it back", async () => {
    const shop = await startShop();
    await put([shop.member()], "one");
    const changed = shop.member();
    changed.configuration.EXTRA = 'a "quoted" $value\nof two lines';
    const report = await put([changed], "one");
    expect(report.outcome).toBe("deployed");
    expect(report.release).toMatch(/-2$/);
    expect(report.hosts[0]?.files?.sent).toBe(0);
    expect(await back([shop.member()])).toMatchObject({ outcome: "rolled-back" });
    expect(shop.live()).not.toMatch(/-2$/);
  });

  full("transactions").it("restarts a service that has died, although the release is live already", async () => {
    const shop = await startShop();
    await put([shop.member()], "one");
    const pid = (await status({ app: "shop", target: "test", members: [shop.member()] }, { verifyFull: false }))
      .hosts[0]?.services[0]?.pid;
    // It does not answer, and supervisord does not know.
    process.kill(pid!, "SIGSTOP");
    const report = await put([shop.member()], "one");
    expect(report.errors).toEqual([]);
    expect(report.outcome).toBe("deployed");
    expect(await shop.page()).toBe("one");
  });

  it("is refused when supervisord does not know the program", async () => {
    const shop = await startShop();
    const member = shop.member();
    member.services[0]!.unit = "wbe";
    const report = await put([member], "one");
    expect(report.outcome).toBe("refused");
    expect(report.errors[0]?.what).toContain("has no program wbe");
    expect(shop.live()).toBeUndefined();
  });

  it("leaves a host alone that another run has locked, and says who", async () => {
    const shop = await startShop();
    const other = shop.member();
    const { layout, services, shared } = other;
    await other.host.facts({ layout, services, shared, lock: { wait: 0, owner: "ana on laptop" } });
    const report = await put([shop.member()], "one");
    expect(report.outcome).toBe("refused");
    expect(report.errors[0]?.what).toContain("ana on laptop");
    await other.host.close();
    expect((await put([shop.member()], "one")).outcome).toBe("deployed");
  });

  it("is not let in while deploys are locked", async () => {
    const shop = await startShop();
    const holder = shop.member();
    const { layout, services, shared } = holder;
    await holder.host.facts({ layout, services, shared });
    await holder.host.lockDeploys("demo at noon");
    await holder.host.close();
    const report = await put([shop.member()], "one");
    expect(report.errors[0]?.what).toContain("demo at noon");
    expect(report.outcome).toBe("refused");
  });
});

describe.runIf(needs("supervisord", "python3", "sshd"))("a deploy to several hosts over SSH", () => {
  const three = async (): Promise<[Shop, Shop, Shop]> => [await startShop(), await startShop(), await startShop()];

  full("transactions").it("is all new or all as it was", async () => {
    const sshd = await startSshd();
    const shops = await three();
    const ssh = { key: { file: sshd.key }, knownHosts: { text: sshd.knownHosts } };
    const members = () =>
      shops.map((shop) => shop.member({ address: sshd.address, port: sshd.port, user: sshd.user }, ssh));
    const first = await put(members(), "one");
    expect(first.errors).toEqual([]);
    expect(first.outcome).toBe("deployed");
    expect(await Promise.all(shops.map((shop) => shop.page()))).toEqual(["one", "one", "one"]);

    // The second host's service will be asked for on a port where nothing listens.
    const broken = members();
    broken[1]!.configuration.PORT = String(Number(broken[1]!.configuration.PORT) + 1);
    const report = await put(broken, "two");
    expect(report.outcome).toBe("reverted");
    expect(await Promise.all(shops.map((shop) => shop.page()))).toEqual(["one", "one", "one"]);
    expect(report.hosts.map(({ live, previousRelease }) => live === previousRelease)).toEqual([true, true, true]);

    expect((await put(members(), "three", "none", { waves: oneByOne })).outcome).toBe("deployed");
    expect(await Promise.all(shops.map((shop) => shop.page()))).toEqual(["three", "three", "three"]);
  });

  it("changes nothing when the last host cannot be reached", async () => {
    const sshd = await startSshd();
    const shops = await three();
    const ssh = { key: { file: sshd.key }, knownHosts: { text: sshd.knownHosts } };
    const reach = (shop: Shop, port: number) => shop.member({ address: sshd.address, port, user: sshd.user }, ssh);
    const members = [reach(shops[0], sshd.port), reach(shops[1], sshd.port), reach(shops[2], 1)];
    const report = await put(members, "one");
    expect(report.outcome).toBe("refused");
    expect(shops.map((shop) => shop.live())).toEqual([undefined, undefined, undefined]);
  });
});
