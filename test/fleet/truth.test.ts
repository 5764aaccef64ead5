// A deploy says "deployed" only of what is true. Two real hosts, one service: under supervisord on the first, under systemd on the second;
// whatever goes wrong on either, both serve what they served before, and the report names the host, the service and the cause.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Member } from "../../src/fleet/member.ts";
import type { Report } from "../../src/fleet/report.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";

const layout: AppLayout = {
  app: "shop",
  target: "lab",
  root: "/srv/shop",
  environmentsRoot: "/srv/shop/envs",
  runAs: "shopper",
};
const PORT = 8000;

/** What the service does wrong on a host. `exit`: at once, before its supervisor believes in it; `crash`: a moment later. */
type Fault = "exit" | "crash" | "port" | 500 | 301;

/** Says its version, and looks up what it is to do wrong on its host. */
const SERVER = `
import http.server, json, os, socket, sys, threading, time
fault = str(json.load(open("faults.json")).get(socket.gethostname(), ""))
version = open("version.txt").read()
def end():
    print("no ledger to open in", version, file=sys.stderr, flush=True)
    os._exit(3)
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if fault == "500":
            print("the ledger is torn in", version, file=sys.stderr, flush=True)
        self.send_response(int(fault) if fault.isdigit() else 200)
        if fault == "301":
            self.send_header("Location", "https://shop.example.org/")
        self.send_header("X-Release", os.environ["TARLIFT_RELEASE"])
        self.end_headers()
        self.wfile.write(version.encode())
    def log_message(self, *rest):
        pass
if fault == "exit":
    end()
if fault == "crash":
    threading.Timer(1.6, end).start()
http.server.ThreadingHTTPServer(("0.0.0.0", ${PORT} + (fault == "port")), Handler).serve_forever()
`;

const health = {
  url: `http://127.0.0.1:${PORT}/`,
  status: 200,
  "release-header": "X-Release",
  timeout: 2,
  retries: 3,
  interval: 0.3,
};

const SERVICES = {
  web: { name: "web", kind: "supervisord", unit: "shop-web", action: "restart", settle: 2, runAs: "shopper" },
  site: { name: "site", kind: "systemd", unit: "shop-site", action: "restart", settle: 2, runAs: "shopper" },
  queue: { name: "queue", kind: "supervisord", unit: "shop-queue", action: "restart", settle: 0, runAs: "shopper" },
  own: {
    name: "own",
    kind: "command",
    unit: "",
    action: "restart",
    settle: 0,
    commands: { restart: "./control restart", stop: "./control stop", status: "./control status" },
  },
} satisfies Record<string, ServiceRequest>;

const CRASHES = "(crashes and is started again|does not stay up)";
/** supervisord shows EXITED until it starts a program again: that moment may be the one that is seen. */
const CRASHES_OR_EXITED = `(${CRASHES}: |does not run: shop-web EXITED )`;

describe.runIf(needs(...LAB_NEEDS))("the truth", () => {
  let lab: Lab;
  let one: LabHost;
  let two: LabHost;
  let count = 0;
  beforeAll(async () => {
    lab = await startLab({ hosts: 2 });
    [one, two] = lab.hosts as [LabHost, LabHost];
    await prepare(one, [SERVICES.web, SERVICES.queue]);
    await prepare(two, [SERVICES.site]);
  });
  afterAll(() => lab?.stop());

  /** As `tarlift host setup` has it. */
  async function prepare(host: LabHost, services: ServiceRequest[]): Promise<void> {
    const shared = { directories: [], files: [] };
    const commands = { web: "python3 server.py", site: "python3 server.py", queue: "sleep 1000" };
    const script = setupScript({ host: host.name, user: host.user, layout, services, shared, commands });
    await host.root("cat >/root/setup && sh /root/setup", script);
  }

  interface Options {
    faults?: { app1?: Fault; app2?: Fault };
    /** The services of the first host, and of the second. */
    services?: [ServiceRequest[], ServiceRequest[]];
    /** The services get no requests. */
    blind?: boolean;
  }

  const fleet = ({ services = [[SERVICES.web], [SERVICES.site]], blind }: Options): Member[] =>
    lab.hosts.map(({ address, port, user }, n) => {
      const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
      const forwards = [{ host: "127.0.0.1", port: PORT }];
      return member(openHost({ address, port, user, roles: undefined, forwards }, ssh), {
        layout,
        services: services[n]!,
        health: blind ? {} : { [services[n]![0]!.name]: health },
      });
    });

  async function put(version: string, options: Options = {}): Promise<Report> {
    const files = [
      text("version.txt", version),
      text("faults.json", JSON.stringify(options.faults ?? {})),
      text("server.py", SERVER),
    ];
    const artifact = await syntheticArtifact(files, { version });
    return deploy(deployRequest([], { members: fleet(options), artifact, version, deployId: `t${count++}` }));
  }
  async function deployed(...call: Parameters<typeof put>): Promise<Report> {
    const report = await put(...call);
    expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
    return report;
  }

  /** What another observer sees of each host; undefined where it does not answer. */
  const served = () =>
    Promise.all(
      lab.hosts.map(({ address }) =>
        fetch(`http://${address}:${PORT}/`, { headers: { connection: "close" } }).then(
          (response) => response.text(),
          () => undefined,
        ),
      ),
    );
  const live = () =>
    Promise.all(lab.hosts.map(async (host) => (await host.root("readlink /srv/shop/current || echo none")).trim()));
  const webMain = async () => (await one.root("supervisorctl pid shop-web")).trim();
  const queueMain = async () => (await one.root("supervisorctl pid shop-queue")).trim();
  const siteMain = async () => (await two.root("systemctl show -p MainPID --value shop-site")).trim();
  const causes = (report: Report) =>
    report.errors.map(({ host, what }) => `${lab.hosts.find(({ address }) => address === host)?.name}: ${what}`).sort();
  const said = (report: Report, host: string) =>
    report.errors.find((error) => error.host === lab.hosts.find(({ name }) => name === host)?.address)?.output;

  it("of a first release that crashes: no release, the services stopped, and what they last said", async () => {
    const report = await put("v0", { faults: { app1: "crash", app2: "crash" } });
    expect(report.outcome).toBe("reverted");
    expect(causes(report)).toEqual([
      expect.stringMatching(new RegExp(`^app1: service web ${CRASHES_OR_EXITED}`)),
      expect.stringMatching(new RegExp(`^app2: service site ${CRASHES}: `)),
    ]);
    expect(said(report, "app1")).toContain("no ledger to open in v0");
    expect(said(report, "app2")).toContain("no ledger to open in v0");
    expect(await live()).toEqual(["none", "none"]);
    expect(await one.root("supervisorctl status shop-web || true")).toMatch(/STOPPED/);
    expect(await two.root("systemctl is-active shop-site || true")).toBe("inactive\n");
  });

  it("of a good one: it runs, and the service itself says which it is", async () => {
    const report = await deployed("v1");
    expect(report.hosts.map(({ services }) => services.map(({ evidence }) => evidence))).toEqual([
      ["release-header"],
      ["release-header"],
    ]);
    expect(await served()).toEqual(["v1", "v1"]);
  });

  full("services").each<[string, NonNullable<Options["faults"]>, (string | RegExp)[], [host: string, words: string]?]>([
    [
      "a crash loop, under either supervisor",
      { app1: "crash", app2: "crash" },
      [new RegExp(`^app1: service web ${CRASHES_OR_EXITED}`), new RegExp(`^app2: service site ${CRASHES}`)],
      ["app2", "no ledger to open in bad"],
    ],
    [
      "an error and a redirect in place of a page",
      { app1: 500, app2: 301 },
      [
        "app1: web is not healthy: it answers 500, expected 200",
        "app2: site is not healthy: it answers 301, a redirect to https://shop.example.org/",
      ],
      ["app1", "the ledger is torn in bad"],
    ],
    ["a wrong port, on one host of two", { app2: "port" }, [/^app2: site is not healthy: the service does not answer/]],
  ])("of %s: taken back everywhere", async (_, faults, expected, words) => {
    const before = await live();
    const report = await put("bad", { faults });
    expect(report.outcome).toBe("reverted");
    expect(causes(report)).toEqual(
      expected.map((cause) => (typeof cause === "string" ? cause : expect.stringMatching(cause))),
    );
    if (words) expect(said(report, words[0])).toContain(words[1]);
    expect(await live()).toEqual(before);
    expect(await served()).toEqual(["v1", "v1"]);
  });

  full("services").it(
    "of a service that stays where it was: a process of the old release is none of the new, whatever its supervisor says",
    async () => {
      const before = await live();
      const pinned = "/etc/systemd/system/shop-site.service.d/pinned.conf";
      await two.root(
        `mkdir -p $(dirname ${pinned}); cat >${pinned}; systemctl daemon-reload`,
        `[Service]\nExecStart=\nExecStart=/srv/shop/${before[1]}/.tarlift/exec python3 server.py\n`,
      );
      const report = await put("stale", { blind: true });
      expect([report.outcome, causes(report)]).toEqual([
        "reverted",
        [expect.stringMatching(/^app2: service site does not run stale-\S+: process \d+ works in v1-/)],
      ]);
      await two.root(`rm ${pinned}; systemctl daemon-reload`);
      expect(await served()).toEqual(["v1", "v1"]);
    },
  );

  full("services").it("of a restart command that does nothing: the old release still answers", async () => {
    const nothing = { ...SERVICES.own, commands: { restart: "true", status: "true" } };
    const report = await put("idle", { services: [[nothing], [SERVICES.site]] });
    expect([report.outcome, causes(report)]).toEqual([
      "reverted",
      [expect.stringMatching(/^app1: own is not healthy: it answers as release v1-/)],
    ]);
    expect(await served()).toEqual(["v1", "v1"]);
  });

  full("services").it("of a revert: only services whose processes changed since the switch are restarted", async () => {
    await deployed("v2", { services: [[SERVICES.web, SERVICES.queue], [SERVICES.site]] });
    const [web, queue, site] = [await webMain(), await queueMain(), await siteMain()];
    const report = await put("bad", {
      faults: { app1: "exit" },
      services: [[SERVICES.web, SERVICES.queue], [SERVICES.site]],
    });
    expect([report.outcome, causes(report)]).toEqual([
      "reverted",
      [expect.stringMatching(/^app1: service web (could not be restarted|does not run)/)],
    ]);
    expect(said(report, "app1")).toContain("no ledger to open in bad");
    expect(await queueMain()).toBe(queue);
    expect(await webMain()).not.toBe(web);
    expect(await siteMain()).not.toBe(site);
    expect(await served()).toEqual(["v2", "v2"]);
  });

  const SUDOERS = "/etc/sudoers.d/tarlift-shop-lab";

  full("services").it("of a restart that sudo will ask a password for: refused, before anything changes", async () => {
    const serving = await served();
    const [web, site] = [await webMain(), await siteMain()];
    await Promise.all(
      lab.hosts.map((host) =>
        host.root(`cp ${SUDOERS} /root/sudoers; sed -i '/ restart /s/NOPASSWD/PASSWD/' ${SUDOERS}`),
      ),
    );
    const report = await put("v3");
    await Promise.all(lab.hosts.map((host) => host.root(`cp /root/sudoers ${SUDOERS}`)));
    expect(report.outcome).toBe("refused");
    expect(causes(report)).toEqual([
      "app1: service web: sudo does not let deploy run `/usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf restart shop-web` without a password",
      "app2: service site: sudo does not let deploy run `/usr/bin/systemctl restart shop-site` without a password",
    ]);
    expect([await webMain(), await siteMain()]).toEqual([web, site]);
    expect(await served()).toEqual(serving);
  });

  full("services").it(
    "of a restart that sudo lists and then refuses: reverted, and no service that still ran the old release is disturbed",
    async () => {
      const serving = await served();
      const before = await live();
      const [web, site] = [await webMain(), await siteMain()];
      const file = "/etc/sudoers.d/zz-terminal";
      const text = `Cmnd_Alias RESTARTS = /usr/bin/supervisorctl -c /etc/supervisor/supervisord.conf restart shop-web, /usr/bin/systemctl restart shop-site
Defaults!RESTARTS requiretty
`;
      await Promise.all(lab.hosts.map((host) => host.root(`cat >${file}; chmod 440 ${file}; visudo -cq`, text)));
      const report = await put("v3");
      await Promise.all(lab.hosts.map((host) => host.root(`rm ${file}`)));
      expect([report.outcome, causes(report)]).toEqual([
        "reverted",
        [
          expect.stringMatching(/^app1: service web could not be restarted \(exit code 1\); its state: /),
          expect.stringMatching(/^app2: service site could not be restarted \(exit code 1\); its state: /),
        ],
      ]);
      expect(said(report, "app1")).toContain("you must have a tty to run sudo");
      expect(await live()).toEqual(before);
      expect([await webMain(), await siteMain()]).toEqual([web, site]);
      expect(await served()).toEqual(serving);
    },
  );

  full("services").it(
    "of a restart that sudo does not list and runs all the same: deployed, and the warning has sudo's words",
    async () => {
      const file = "/etc/sudoers.d/zz-listing";
      await two.root(`cat >${file}; chmod 440 ${file}; visudo -cq`, "Defaults listpw=always\n");
      const report = await put("v4");
      await two.root(`rm ${file}`);
      expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
      expect(report.warnings.join("\n")).toContain(
        "unproven that sudo lets deploy run `/usr/bin/systemctl restart shop-site` (sudo says: sudo: a password is required)",
      );
      expect(await served()).toEqual(["v4", "v4"]);
    },
  );
});
