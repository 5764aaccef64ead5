// Services of every kind on a real host: how each is switched to a release, and how one sees that it was.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import { setupScript } from "../../src/fleet/host-setup.ts";
import { status } from "../../src/fleet/status.ts";
import type { DeployRequest, Report } from "../../src/fleet/types.ts";
import { openHost } from "../../src/host/open.ts";
import type { Place, ServiceRequest } from "../../src/host/types.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { type SyntheticEnvironment, syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member } from "../support/fleet.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";

const place: Place = {
  app: "shop",
  target: "lab",
  root: "/srv/shop",
  environmentsRoot: "/srv/shop/envs",
  runAs: "shopper",
};
const shared = { directories: ["state"], files: [] };

/** A main process with workers, as many servers are: a signal renews them, by shared/state/mode well or badly. */
const PREFORK = `
import os, signal, sys
workers = []
def start():
    pid = os.fork()
    if pid == 0:
        if open("/srv/shop/shared/state/mode").read().strip() == "follow":
            os.chdir("/srv/shop/current")
        os.execvp("sleep", ["sleep", "1000"])
    return pid
def renew(*_):
    if open("/srv/shop/shared/state/mode").read().strip() == "deaf":
        return
    old = workers[:]
    workers[:] = [start(), start()]
    for pid in old:
        os.kill(pid, signal.SIGTERM)
signal.signal(signal.SIGHUP, renew)
signal.signal(signal.SIGUSR1, renew)
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
def end(*_):
    for pid in workers:
        os.kill(pid, signal.SIGTERM)
    os._exit(0)
signal.signal(signal.SIGTERM, end)
workers[:] = [start(), start()]
while True:
    signal.pause()
`;

/** A worker of a queue: told to end, it first finishes its job, which takes as many seconds as shared/state/job says. */
const QUEUE = `
import os, signal, time
def end(*_):
    time.sleep(float(open("/srv/shop/shared/state/job").read()))
    open("/srv/shop/shared/state/finished", "a").write("%d\\n" % os.getpid())
    os._exit(0)
signal.signal(signal.SIGTERM, end)
while True:
    signal.pause()
`;

/** What drives a service that no supervisor knows. */
const CONTROL = `#!/bin/sh
pid=$(cat state/pid 2>/dev/null)
case $1 in
status) kill -0 "$pid" ;;
stop) kill "$pid" ;;
restart)
  [ -z "$pid" ] || kill "$pid" || :
  setsid sh member.sh </dev/null >/dev/null 2>&1 &
  echo $! >state/pid
  echo "$COLOUR" >state/colour ;;
esac
`;

/** One of a pool; it lives for as long as a file of the release says. */
const MEMBER = "read -r life <life.txt; sleep $life; echo the end has come >&2; exit 3\n";

const SUPERVISORD = `
[program:shop-web]
command=/srv/shop/current/.tarlift/exec python3 prefork.py
[program:shop-pool]
command=/srv/shop/current/.tarlift/exec sh member.sh
numprocs=2
process_name=%(program_name)s_%(process_num)02d
startsecs=1
[program:shop-queue]
command=/srv/shop/current/.tarlift/exec python3 queue.py
stopwaitsecs=30
`.replaceAll(/^command=/gm, "directory=/srv/shop/current\nuser=shopper\nautostart=false\ncommand=");

const unit = (command: string, more = "") => `[Service]
User=shopper
WorkingDirectory=/srv/shop/current
ExecStart=/srv/shop/current/.tarlift/exec ${command}
Restart=always
${more}`;

const service = (name: string, more: Partial<ServiceRequest>): ServiceRequest => ({
  name,
  kind: "supervisord",
  unit: `shop-${name}`,
  action: "restart",
  settle: 1,
  runAs: "shopper",
  ...more,
});
const SERVICES = {
  web: service("web", { action: "reload", stopTimeout: 3 }),
  hub: service("hub", { kind: "systemd", action: "signal USR1", stopTimeout: 3 }),
  pool: service("pool", { unit: "shop-pool:*" }),
  queue: service("queue", { stopTimeout: 20 }),
  mail: service("mail", { kind: "systemd", stopTimeout: 20 }),
  agent: service("agent", { kind: "systemd-user", runAs: undefined }),
  own: service("own", {
    kind: "command",
    unit: "",
    runAs: undefined,
    commands: { restart: "./control restart", stop: "./control stop", status: "./control status" },
  }),
};
type Name = keyof typeof SERVICES;

describe.runIf(needs(...LAB_NEEDS))("services", () => {
  let lab: Lab;
  let host: LabHost;
  let count = 0;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    host = lab.hosts[0]!;
    await host.root("cat >/etc/supervisor/conf.d/all.conf", SUPERVISORD);
    for (const name of ["web", "pool", "queue"]) await host.root(`touch /etc/supervisor/conf.d/shop-${name}.conf`);
    await host.root("cat >/etc/systemd/system/shop-hub.service", unit("python3 prefork.py"));
    await host.root("cat >/etc/systemd/system/shop-mail.service", unit("python3 queue.py", "TimeoutStopSec=30\n"));
    const services = Object.values(SERVICES);
    const script = setupScript({ host: host.name, user: host.user, place, services, shared });
    await host.root("cat >/root/setup && sh /root/setup", script);
    const own = "/home/deploy/.config/systemd/user";
    await host.root(
      `runuser -u deploy -- mkdir -p ${own}; cat >${own}/shop-agent.service`,
      unit("sh member.sh").replace("User=shopper\n", ""),
    );
    await host.root("cd /srv/shop/shared/state; echo follow >mode; echo 0 >job");
  });
  afterAll(() => lab.stop());

  const members = (names: Name[], more: Partial<ServiceRequest>, configuration: Record<string, string>) => {
    const { address, port, user } = host;
    const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
    const services = names.map((name) => ({ ...SERVICES[name], ...more }));
    return [
      member(openHost({ address, port, user, roles: undefined, forwards: [] }, ssh), {
        place,
        shared,
        services,
        configuration,
      }),
    ];
  };

  /** Deploys with these services; `life`: how long the members of the pool, the agent and the command's process live. */
  async function put(
    version: string,
    names: Name[],
    options: {
      life?: string;
      environment?: string;
      service?: Partial<ServiceRequest>;
      configuration?: Record<string, string>;
      request?: Partial<DeployRequest>;
    } = {},
  ): Promise<Report> {
    const environments: SyntheticEnvironment[] = options.environment
      ? [{ id: options.environment, sources: [text("x", "")], path: { root: place.environmentsRoot, link: ".venv" } }]
      : [];
    const files = [
      text("version.txt", version),
      text("life.txt", `${options.life ?? "1000"}\n`),
      text("prefork.py", PREFORK),
      text("queue.py", QUEUE),
      text("member.sh", MEMBER),
      text("control", CONTROL, true),
    ];
    const artifact = await syntheticArtifact(files, { version, environments });
    const fleet = members(names, options.service ?? {}, options.configuration ?? {});
    return deploy(
      deployRequest([], { members: fleet, artifact, version, deployId: `t${count++}`, ...options.request }),
    );
  }
  async function deployed(...call: Parameters<typeof put>): Promise<Report> {
    const report = await put(...call);
    expect([report.troubles, report.outcome]).toEqual([[], "deployed"]);
    return report;
  }
  const rungs = (report: Report) => report.hosts[0]?.services.map(({ service: name, rung }) => [name, rung]);
  const live = async () => (await host.root("cat /srv/shop/current/version.txt")).trim();

  /** Main process of a program or unit. */
  const mainOf = async (name: string) => (await host.root(`supervisorctl pid ${name}`)).trim();
  const mainOfUnit = async (name: string) => (await host.root(`systemctl show -p MainPID --value ${name}`)).trim();
  /** The releases in which the children of a process work. */
  const workers = async (main: string) =>
    (await host.root(`for p in $(cat /proc/${main}/task/*/children); do echo $p $(readlink /proc/$p/cwd); done`))
      .trim()
      .split("\n")
      .map((line) => line.split(/ .*\//));

  it.each([
    ["web", "a reload", mainOf],
    ["hub", "a signal", mainOfUnit],
  ] as const)(
    "%s: %s renews the workers and keeps the main process, while environment and configuration stay the same",
    async (name, _, main) => {
      await host.root("echo follow >/srv/shop/shared/state/mode");
      const environment = "0123456789ab-00000001";
      const first = await deployed(`${name}-1`, [name], { environment });
      expect(first.warnings).toEqual([]);
      const before = await main(`shop-${name}`);
      const old = await workers(before);
      const second = await deployed(`${name}-2`, [name], { environment });
      expect(second.warnings).toEqual([]);
      expect(rungs(second)).toEqual([[name, "directory"]]);
      expect(await main(`shop-${name}`)).toBe(before);
      const renewed = await workers(before);
      expect(renewed.map(([, release]) => release)).toEqual([second.release, second.release]);
      expect(renewed.filter(([pid]) => old.some(([other]) => other === pid))).toEqual([]);
      // The main process works where it was started: no reason to call the service unhealthy.
      expect((await put(`${name}-2`, [name], { environment })).outcome).toBe("unchanged");

      const changed = await deployed(`${name}-2`, [name], { environment, configuration: { COLOUR: "red" } });
      expect(changed.warnings.join()).toContain("the configuration changes");
      const restarted = await main(`shop-${name}`);
      expect(restarted).not.toBe(before);
      const other = await deployed(`${name}-3`, [name], {
        environment: "0123456789ab-00000002",
        configuration: { COLOUR: "red" },
      });
      expect(other.warnings.join()).toContain("its environment changes");
      expect(await main(`shop-${name}`)).not.toBe(restarted);
    },
  );

  it.each([
    ["deaf", /still runs process \d+ from before the switch/],
    ["stay", /does not run .*: process \d+ works in web-/],
  ])(
    "a reload is taken back when the workers are %s, and the old release runs after a restart",
    async (mode, message) => {
      await host.root("echo follow >/srv/shop/shared/state/mode");
      const good = await deployed(`web-good-${mode}`, ["web"]);
      await host.root(`echo ${mode} >/srv/shop/shared/state/mode`);
      const bad = await put(`web-${mode}`, ["web"]);
      expect([bad.outcome, bad.troubles[0]?.what]).toEqual(["reverted", expect.stringMatching(message)]);
      expect(await live()).toBe(`web-good-${mode}`);
      expect((await workers(await mainOf("shop-web"))).map(([, release]) => release)).toEqual([
        good.release,
        good.release,
      ]);
    },
  );

  it("a group of supervisord is restarted as one, and one bad member of it takes the release back, with its last words", async () => {
    const first = await deployed("pool-1", ["pool"]);
    expect(rungs(first)).toEqual([["pool", "directory"]]);
    // Longer than startsecs, so that supervisord calls it RUNNING; and no settling time but the one that there always is.
    const bad = await put("pool-2", ["pool"], { life: "1.6", service: { settle: 0 } });
    expect([bad.outcome, bad.troubles[0]?.what]).toEqual([
      "reverted",
      expect.stringMatching(/does not stay up|crashes/),
    ]);
    expect(bad.troubles[0]?.output).toContain("shop-pool:shop-pool_0");
    const seen = await status(
      { app: "shop", target: "lab", members: members(["pool"], {}, {}) },
      { verifyFull: false },
    );
    expect(seen.hosts[0]?.services[0]).toMatchObject({ ok: true, rung: "directory" });
  });

  it("restarts that systemd makes by itself are counted: a crash between two looks is a crash", async () => {
    const refused = await put("agent-1", ["agent"]);
    expect(refused.outcome).toBe("refused");
    expect(refused.troubles[0]?.remedy).toContain("loginctl enable-linger deploy");
    await host.root(
      "loginctl enable-linger deploy; while [ ! -S /run/user/$(id -u deploy)/systemd/private ]; do sleep 0.1; done",
    );
    const first = await deployed("agent-1", ["agent"]);
    expect(rungs(first)).toEqual([["agent", "directory"]]);
    const bad = await put("agent-2", ["agent"], { life: "0.7", service: { settle: 3 } });
    expect([bad.outcome, bad.troubles[0]?.what]).toEqual([
      "reverted",
      expect.stringMatching(/does not stay up|crashes/),
    ]);
    expect(await live()).toBe("agent-1");
  });

  it("a service of no supervisor is driven by its commands, in the release with its configuration", async () => {
    const first = await deployed("own-1", ["own"], { configuration: { COLOUR: "it's $green" } });
    expect(rungs(first)).toEqual([["own", "supervisor"]]);
    expect(await host.root("cat /srv/shop/shared/state/colour")).toBe("it's $green\n");
    const bad = await put("own-2", ["own"], { life: "0.5", service: { settle: 2 } });
    expect([bad.outcome, bad.troubles[0]?.what]).toEqual(["reverted", expect.stringContaining("status command fails")]);
    expect((await host.root("readlink /proc/$(cat /srv/shop/shared/state/pid)/cwd")).trim()).toBe(
      `/srv/shop/releases/${first.release}`,
    );
    await host.root("kill $(cat /srv/shop/shared/state/pid)");
  });

  it.each([
    ["queue", mainOf],
    ["mail", mainOfUnit],
  ] as const)(
    "%s: a job that runs is finished before the worker gives way; one that takes too long fails the deploy and is not cut either",
    async (name, main) => {
      const state = (file: string, content: string) => host.root(`cd /srv/shop/shared/state; cat >${file}`, content);
      await state("job", "0");
      await deployed(`${name}-1`, [name]);
      await state("job", "2");
      await host.root("rm -f /srv/shop/shared/state/finished");
      const before = await main(`shop-${name}`);
      const second = await deployed(`${name}-2`, [name]);
      expect(await host.root("cat /srv/shop/shared/state/finished")).toBe(`${before}\n`);
      expect(rungs(second)).toEqual([[name, "directory"]]);

      await state("job", "6");
      await host.root("rm -f /srv/shop/shared/state/finished");
      const patient = await main(`shop-${name}`);
      const third = await put(`${name}-3`, [name], { service: { stopTimeout: 1 } });
      expect(third.troubles[0]?.what).toBe(`service ${name} did not end within its stop-timeout of 1 s`);
      expect(third.outcome).toBe("reverted");
      expect(await live()).toBe(`${name}-2`);
      // It is still at it when the next deploy comes, with more patience.
      const fourth = await deployed(`${name}-4`, [name]);
      expect(await host.root("head -n 1 /srv/shop/shared/state/finished")).toBe(`${patient}\n`);
      expect(rungs(fourth)).toEqual([[name, "directory"]]);
    },
  );

  it("whatever sudo would ask a password for is refused before anything changes: restart, signal, and stop before a first release", async () => {
    const before = await live();
    const file = "/etc/sudoers.d/tarlift-shop-lab";
    await host.root(`cp ${file} /root/sudoers; sed -i 's/NOPASSWD\\(.*kill .*\\)/PASSWD\\1/' ${file}`);
    const report = await put("hub-9", ["hub"]);
    expect(report.outcome).toBe("refused");
    expect(report.troubles.map(({ remedy }) => remedy)).toEqual([
      "Add this line with visudo: deploy ALL=(root) NOPASSWD: /usr/bin/systemctl kill --kill-who=main -s USR1 shop-hub",
    ]);
    await host.root(`cp /root/sudoers ${file}`);
    expect(await live()).toBe(before);
  });
});
