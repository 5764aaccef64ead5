// Three hosts behind a real HAProxy that retries nothing, under load: deploys and rollbacks that no client notices.
import { beforeAll, describe, expect, it } from "vitest";
import { type Haproxy, haproxy } from "../../src/balancers/haproxy/runtime-api.ts";
import { haproxyServer } from "../../src/balancers/haproxy/server.ts";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Member } from "../../src/fleet/member.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import type { Host } from "../../src/host/host.ts";
import { deployRequest, oneByOne, rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { type RunningHaproxy, startHaproxy } from "../support/haproxy.ts";
import { haproxyCounters } from "../support/haproxy-config.ts";
import { startLoad } from "../support/load.ts";
import { needs } from "../support/needs.ts";
import { type Shop, shopArtifact, startShop } from "../support/shop.ts";

const NAMES = ["app1", "app2", "app3"] as const;
const waves = { ...oneByOne, canary: true, minHealthy: 2 };

/** The same host under a name of its own: all of these are `local`. */
function named(host: Host, name: string): Host {
  return new Proxy(host, {
    get(target, property) {
      if (property === "name") return name;
      const value = Reflect.get(target, property, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** Half of the clients keep their connections. */
const loadOn = (port: number) =>
  startLoad([true, false].map((keepAlive) => ({ url: `http://127.0.0.1:${port}/`, clients: 4, keepAlive })));

describe.runIf(needs("supervisord", "python3", "haproxy"))("a rolling deploy behind HAProxy", () => {
  let shops: Shop[];
  let proxy: RunningHaproxy;
  let balancer: Haproxy;
  let count = 0;
  const members = (): Member[] =>
    shops.map((shop, n) => {
      const one = shop.member();
      return {
        ...one,
        host: named(one.host, NAMES[n]!),
        backendServers: [haproxyServer(balancer, { server: NAMES[n]!, deadline: 10 })],
      };
    });
  const put = async (
    words: string,
    fault: Parameters<typeof shopArtifact>[1] = "none",
    more: Partial<DeployRequest> = {},
  ) => {
    const artifact = await shopArtifact(words, fault);
    const deployId = `t${count++}`;
    return deploy(
      deployRequest([], { members: members(), artifact, version: words, deployId, owner: "a test", waves, ...more }),
    );
  };

  beforeAll(async () => {
    shops = await Promise.all(NAMES.map(() => startShop()));
    proxy = await startHaproxy(Object.fromEntries(shops.map(({ port }, n) => [NAMES[n]!, port])));
    balancer = haproxy({ name: "haproxy", backend: "web", ask: proxy.ask });
    expect((await put("one", "none", { waves: undefined })).errors).toEqual([]);
    await proxy.ask("clear counters all");
  });

  it("is noticed by no client, forwards and backwards", async () => {
    const load = loadOn(proxy.port);
    const second = await put("two");
    expect(second.errors).toEqual([]);
    expect(second.outcome).toBe("deployed");
    const back = await rollback(rollbackRequest([], { members: members(), deployId: "back", owner: "a test", waves }));
    expect(back.outcome).toBe("rolled-back");
    await load.stop();
    expect(load.seen.failures).toEqual([]);
    expect([...load.seen.pages.keys()].sort()).toEqual(["one", "two"]);
    expect([...load.seen.pages.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThan(1000);
    expect((await haproxyCounters(proxy.ask)).errors).toEqual({});
    expect([...(await balancer.servers()).values()].map(({ wanted }) => wanted)).toEqual(["ready", "ready", "ready"]);
  });

  full("balancers").it("begins with what is sick, and restores what a lost run had drained", async () => {
    // A run that was killed when it had just taken app2 out.
    const [, second] = members();
    const { host, layout, services, shared } = second!;
    await host.facts({ layout, services, shared, lock: { owner: "a run that is lost", wait: 0 } });
    const [server] = second!.backendServers!;
    await host.noteDrained([{ server: server!.name, previous: await server!.state() }]);
    await server!.drain({ previous: "ready" });
    await host.close();
    expect((await balancer.servers()).get("app2")?.wanted).toBe("maintenance");
    const order: string[] = [];
    const report = await put("four", "none", {
      progress: {
        task(title, options) {
          if (title === "activate") order.push(options?.host ?? "");
          return { update() {}, line() {}, end() {}, fail() {} };
        },
        notice() {},
        warning() {},
      },
    });
    expect(report.outcome).toBe("deployed");
    expect(report.warnings).toContainEqual(expect.stringMatching(/^app2: a run that was cut off had taken it out of/));
    expect(order).toEqual(["app1", "app2", "app3"]);
    expect((await balancer.servers()).get("app2")?.wanted).toBe("ready");
  });
});
