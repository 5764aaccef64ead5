// Real hosts: a user that deploys without being root, services of another user under supervisord and systemd, sudo by exact lines only.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Member } from "../../src/fleet/member.ts";
import type { Report } from "../../src/fleet/report.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { LAB_NEEDS, type Lab, startLab } from "../lab/lab.ts";
import { deployRequest, rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { needs } from "../support/needs.ts";
import { type Fault, shopArtifact } from "../support/shop.ts";

const PORT = 8000;
const layout: AppLayout = {
  app: "shop",
  target: "lab",
  root: "/srv/shop",
  environmentsRoot: "/srv/shop/envs",
  runAs: "shopper",
};
const shared = { directories: ["media"], files: [] };
const KINDS = ["supervisord", "systemd"] as const;

const service = (kind: (typeof KINDS)[number]): ServiceRequest => ({
  name: "web",
  kind,
  unit: "shop-web",
  action: "restart",
  settle: 1,
});

describe.runIf(needs(...LAB_NEEDS))("a fleet of a supervisord host and a systemd host", () => {
  let lab: Lab;
  let count = 0;
  beforeAll(async () => {
    lab = await startLab({ hosts: 2 });
    for (const [n, host] of lab.hosts.entries()) {
      const script = setupScript({ host: host.name, user: host.user, layout, services: [service(KINDS[n]!)], shared });
      await host.root(
        "cat >/root/setup && sh /root/setup",
        script.replaceAll(/exec CHANGE .*/g, "exec python3 server.py"),
      );
    }
  });
  afterAll(() => lab.stop());

  const members = (): Member[] =>
    lab.hosts.map((host, n) => {
      const address = {
        address: host.address,
        port: host.port,
        user: host.user,
        roles: undefined,
        forwards: [{ host: "127.0.0.1", port: PORT }],
      };
      return {
        host: openHost(address, { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } }),
        roles: [],
        configuration: { PORT: String(PORT), QUOTED: 'a "b" $c `d` \\e #f\nü' },
        layout,
        shared,
        services: [service(KINDS[n]!)],
        health: {
          web: {
            url: `http://127.0.0.1:${PORT}/`,
            status: 200,
            "release-header": "X-Release",
            timeout: 2,
            retries: 3,
            interval: 0.5,
          },
        },
      };
    });

  const put = async (words: string, fault: Fault = "none", more: Partial<DeployRequest> = {}): Promise<Report> =>
    deploy(
      deployRequest([], {
        members: members(),
        artifact: await shopArtifact(words, fault),
        version: words,
        deployId: `t${count++}`,
        ...more,
      }),
    );

  /** What each host answers to itself, and whose process answers. */
  const seen = () =>
    Promise.all(
      lab.hosts.map(async (host) => [
        (await host.root(`curl -s http://127.0.0.1:${PORT}/`)).trim(),
        (await host.root("ps -o user= -p $(pgrep -f server.py | head -n 1)")).trim(),
      ]),
    );

  it("deploys, takes a broken release back everywhere, and rolls back", async () => {
    const first = await put("one");
    expect(first.errors).toEqual([]);
    expect(first.outcome).toBe("deployed");
    expect(first.hosts.map(({ services }) => services[0]?.evidence)).toEqual(["release-header", "release-header"]);
    expect(await seen()).toEqual([
      ["one", "shopper"],
      ["one", "shopper"],
    ]);
    const second = await put("two");
    expect(second.errors).toEqual([]);
    const broken = await put("three", "raise");
    expect(broken.outcome).toBe("reverted");
    // Case 59: of both logs, what the new process says of its error; neither the health check's requests nor the end of the old process.
    const unhealthy = broken.errors.filter(({ what }) => what.includes("it answers 500"));
    expect(unhealthy).toHaveLength(2);
    for (const { output, remedy } of unhealthy) {
      expect(output).toMatch(/its log since the restart:\nTraceback[\s\S]*\nZeroDivisionError: division by zero$/);
      expect(output).not.toMatch(/"GET \/|good-bye/);
      expect(remedy).toBeUndefined();
    }
    expect((await seen()).map(([page]) => page)).toEqual(["two", "two"]);
    const back = await rollback(rollbackRequest([], { members: members(), deployId: `t${count++}` }));
    expect(back.errors).toEqual([]);
    expect(back.outcome).toBe("rolled-back");
    expect((await seen()).map(([page]) => page)).toEqual(["one", "one"]);
  });

  full("transactions").it("gives migrations the release's configuration, as the services' user", async () => {
    const report = await put("four", "none", {
      migrations: {
        pending: "echo 0002_more",
        apply: 'printf %s "$QUOTED" >/tmp/quoted; id -un >/tmp/who',
        policy: "apply",
      },
    });
    expect(report.errors).toEqual([]);
    expect(report).toMatchObject({ outcome: "deployed", pending: ["0002_more"] });
    expect((await lab.hosts[0]!.root("cat /tmp/who")).trim()).toBe("shopper");
    expect(await lab.hosts[0]!.root("cat /tmp/quoted")).toBe('a "b" $c `d` \\e #f\nü');
  });

  it("is refused before anything changes when sudo has no line for the restart", async () => {
    const before = await seen();
    await lab.hosts[1]!.root("sed -i /restart/d /etc/sudoers.d/tarlift-shop-lab");
    const report = await put("five");
    expect(report.outcome).toBe("refused");
    expect(report.errors[0]?.remedy).toContain("systemctl restart shop-web");
    expect(await seen()).toEqual(before);
  });
});
