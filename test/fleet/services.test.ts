// Services of every kind on a real host: how each is switched to a release, and how one sees that it was.
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Report } from "../../src/fleet/report.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { type SyntheticEnvironment, syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { status } from "../support/operations.ts";

const shared = { directories: ["state"], files: [] };

/** A main process with workers, as many servers are: a signal renews them, by state/mode well or badly. */
const PREFORK = `
import os, signal, sys
workers = []
mode = lambda: open("state/mode").read().strip()
def start():
    pid = os.fork()
    if pid == 0:
        if mode() == "follow":
            os.chdir(sys.argv[1])
        os.execvp("sleep", ["sleep", "1000"])
    return pid
def renew(*_):
    if mode() == "deaf":
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

/** A worker of a queue: asked to end, it first finishes its job, if there is one: it takes as many seconds as state/job says. */
const QUEUE = `
import os, signal, time
def end(*_):
    if os.path.exists("state/job"):
        seconds = float(open("state/job").read())
        os.unlink("state/job")
        time.sleep(seconds)
    open("state/finished", "a").write("%d\\n" % os.getpid())
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

/** Each service is an application of its own: they do not wait for each other. */
const SERVICES = {
  web: service({ action: "reload", stopTimeout: 10 }),
  shy: service({ action: "reload", stopTimeout: 5 }),
  hub: service({ kind: "systemd", action: "signal USR1", stopTimeout: 20 }),
  pool: service({ unit: "pool:*" }),
  queue: service({ stopTimeout: 20 }),
  mail: service({ kind: "systemd", stopTimeout: 20 }),
  agent: service({ kind: "systemd-user", runAs: undefined }),
  own: service({
    kind: "command",
    unit: "",
    runAs: undefined,
    commands: { restart: "./control restart", stop: "./control stop", status: "./control status" },
  }),
};
type Name = keyof typeof SERVICES;

function service(more: Partial<ServiceRequest>): Omit<ServiceRequest, "name"> {
  return { kind: "supervisord", unit: "", action: "restart", settle: 1, runAs: "shopper", ...more };
}
const serviceOf = (name: Name): ServiceRequest => ({ name, ...SERVICES[name], unit: SERVICES[name].unit || name });
const layoutOf = (name: Name): AppLayout => ({
  app: name,
  target: "lab",
  root: `/srv/${name}`,
  environmentsRoot: `/srv/${name}/envs`,
  runAs: "shopper",
});

const program = (name: Name, command: string, ...more: string[]) =>
  [
    `[program:${name}]`,
    `command=/srv/${name}/current/.tarlift/exec ${command}`,
    `directory=/srv/${name}/current`,
    "user=shopper",
    "autostart=false",
    ...more,
    "",
  ].join("\n");
const unit = (name: Name, command: string, ...more: string[]) =>
  [
    "[Service]",
    `WorkingDirectory=/srv/${name}/current`,
    `ExecStart=/srv/${name}/current/.tarlift/exec ${command}`,
    "Restart=always",
    ...more,
    "",
  ].join("\n");
const CONFIGURED = {
  "/etc/supervisor/conf.d/web.conf": program("web", "python3 prefork.py /srv/web/current", "stopwaitsecs=25"),
  "/etc/supervisor/conf.d/shy.conf": program("shy", "python3 prefork.py /srv/shy/current"),
  "/etc/supervisor/conf.d/pool.conf": program(
    "pool",
    "sh member.sh",
    "numprocs=2",
    "process_name=%(program_name)s_%(process_num)02d",
  ),
  "/etc/supervisor/conf.d/queue.conf": program("queue", "python3 queue.py", "stopwaitsecs=30"),
  "/etc/systemd/system/hub.service": unit("hub", "python3 prefork.py /srv/hub/current", "User=shopper"),
  "/etc/systemd/system/mail.service": unit("mail", "python3 queue.py", "User=shopper", "TimeoutStopSec=30"),
  "/home/deploy/.config/systemd/user/agent.service": unit("agent", "sh member.sh"),
};

interface PutOptions {
  /** Seconds that the members of the pool, the agent and the command's process live. */
  life?: string;
  /** Its environment's id. */
  environment?: string;
  service?: Partial<ServiceRequest>;
  configuration?: Record<string, string>;
  request?: Partial<DeployRequest>;
}

describe.runIf(needs(...LAB_NEEDS))("services", () => {
  let lab: Lab;
  let host: LabHost;
  let count = 0;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    host = lab.hosts[0]!;
    for (const [file, content] of Object.entries(CONFIGURED))
      await host.root(
        `runuser -u deploy -- mkdir -p ${dirname(file)} 2>/dev/null || mkdir -p ${dirname(file)}; cat >${file}`,
        content,
      );
    const scripts = (Object.keys(SERVICES) as Name[]).map((name) => {
      const setup = setupScript({
        host: host.name,
        user: host.user,
        layout: layoutOf(name),
        services: [serviceOf(name)],
        shared,
      });
      return `${setup}echo follow >/srv/${name}/shared/state/mode\n`;
    });
    await host.root("cat >/root/setup && sh /root/setup", scripts.join("\n"));
    await host.root("supervisorctl update; systemctl daemon-reload; loginctl disable-linger deploy");
  });
  afterAll(() => lab.stop());

  const members = (name: Name, more: Partial<ServiceRequest> = {}, configuration: Record<string, string> = {}) => {
    const { address, port, user } = host;
    const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
    const services = [{ ...serviceOf(name), ...more }];
    const reached = openHost({ address, port, user, roles: undefined, forwards: [] }, ssh);
    return [member(reached, { layout: layoutOf(name), shared, services, configuration })];
  };

  async function put(name: Name, version: string, options: PutOptions = {}): Promise<Report> {
    const path = { root: `/srv/${name}/envs`, link: ".venv" };
    const environments: SyntheticEnvironment[] = options.environment
      ? [{ id: options.environment, sources: [text("x", "")], path }]
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
    const fleet = members(name, options.service, options.configuration);
    return deploy(
      deployRequest([], { members: fleet, artifact, version, deployId: `t${count++}`, ...options.request }),
    );
  }
  async function deployed(...call: Parameters<typeof put>): Promise<Report> {
    const report = await put(...call);
    expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
    return report;
  }
  const evidence = (report: Report) => report.hosts[0]?.services.map(({ evidence }) => evidence);
  const inState = (name: Name, command: string, input?: string) =>
    host.root(`cd /srv/${name}/shared/state; ${command}`, input);
  const live = async (name: Name) => (await host.root(`cat /srv/${name}/current/version.txt`)).trim();

  /** Main process of a service. */
  const mainOf = async (name: Name) =>
    (
      await host.root(
        SERVICES[name].kind === "systemd" ? `systemctl show -p MainPID --value ${name}` : `supervisorctl pid ${name}`,
      )
    ).trim();
  /** The releases in which the children of a process work, by process. */
  const workers = async (main: string) =>
    (await host.root(`for p in $(cat /proc/${main}/task/*/children); do echo $p $(readlink /proc/$p/cwd); done`))
      .trim()
      .split("\n")
      .map((line) => line.split(/ .*\//) as [string, string]);

  const keepsItsMain = async (name: "web" | "hub") => {
    const environment = "0123456789ab-00000001";
    const first = await deployed(name, "v1", { environment });
    expect(first.warnings).toEqual([]);
    const main = await mainOf(name);
    const old = (await workers(main)).map(([pid]) => pid);
    const second = await deployed(name, "v2", { environment });
    expect([second.warnings, evidence(second), await mainOf(name)]).toEqual([[], ["directory"], main]);
    const renewed = await workers(main);
    expect(renewed.map(([, release]) => release)).toEqual([second.release, second.release]);
    expect(renewed.filter(([pid]) => old.includes(pid))).toEqual([]);
    // The main process works where it was started: no reason to call the service unhealthy.
    expect((await put(name, "v2", { environment })).outcome).toBe("unchanged");
    if (name === "hub") return refusedWithoutSudo();

    // What a process was started with stays its own: a restart is needed, and said.
    const configuration = { COLOUR: "red" };
    const changed = await deployed(name, "v2", { environment, configuration });
    expect(changed.warnings.join()).toContain("the configuration changes");
    const restarted = await mainOf(name);
    expect(restarted).not.toBe(main);
    const other = await deployed(name, "v3", { environment: "0123456789ab-00000002", configuration });
    expect(other.warnings.join()).toContain("its environment changes");
    expect(await mainOf(name)).not.toBe(restarted);
  };
  it.concurrent("a signal by systemd renews the workers and keeps the main process", () => keepsItsMain("hub"));
  full("services").concurrent("a reload by supervisord renews the workers and keeps the main process", () =>
    keepsItsMain("web"),
  );

  full("services").concurrent(
    "a reload that renews no worker, or renews it in the old release, is taken back by a restart",
    async () => {
      const good = await deployed("shy", "v1");
      for (const [mode, message] of [
        ["deaf", /still runs process \d+ from before the activation/],
        ["stay", /does not run .*: process \d+ works in v1-/],
      ] as const) {
        await inState("shy", "cat >mode", mode);
        const bad = await put("shy", `v2-${mode}`);
        expect([bad.outcome, bad.errors[0]?.what]).toEqual(["reverted", expect.stringMatching(message)]);
        expect(await live("shy")).toBe("v1");
        expect((await workers(await mainOf("shy"))).map(([, release]) => release)).toEqual([
          good.release,
          good.release,
        ]);
      }
    },
  );

  /** The right to restart alone does not do. */
  async function refusedWithoutSudo(): Promise<void> {
    const file = "/etc/sudoers.d/tarlift-hub-lab";
    await host.root(`sed -i 's/NOPASSWD\\(.*kill .*\\)/PASSWD\\1/' ${file}`);
    const report = await put("hub", "v3");
    expect([report.outcome, await live("hub")]).toEqual(["refused", "v2"]);
    expect(report.errors.map(({ remedy }) => remedy)).toEqual([
      "Add this line with visudo, below all others for deploy, since the last one that matches decides: deploy ALL=(root) NOPASSWD: /usr/bin/systemctl kill --kill-who\\=main -s USR1 hub",
    ]);
  }

  full("services").concurrent(
    "a group of supervisord is restarted as one, and one bad member of it takes the release back",
    async () => {
      expect(evidence(await deployed("pool", "v1"))).toEqual(["directory"]);
      // Longer than startsecs, so that supervisord calls it RUNNING where the machine is quick enough; and no settling time but the one that
      // there always is. Where it is not, the member has died before supervisorctl has come back: the outcome is the same.
      const bad = await put("pool", "v2", { life: "1.6", service: { settle: 0 } });
      expect([bad.outcome, bad.errors[0]?.what]).toEqual([
        "reverted",
        expect.stringMatching(/service pool (does not (stay up|run)|crashes|could not be restarted)/),
      ]);
      expect(bad.errors[0]?.output).toContain("pool:pool_0");
      const seen = await status({ app: "pool", target: "lab", members: members("pool") }, { verifyFull: false });
      expect(seen.hosts[0]?.services[0]).toMatchObject({ ok: true, evidence: "directory" });
    },
  );

  full("services").concurrent(
    "a unit of the user manager needs one that stays; and a crash that systemd hides by a restart is seen",
    async () => {
      const manager = "/run/user/$(id -u deploy)/systemd/private";
      const refused = await put("agent", "v1");
      expect(refused.outcome).toBe("refused");
      expect(refused.errors[0]?.remedy).toContain("loginctl enable-linger deploy");
      await host.root(`loginctl enable-linger deploy; while [ ! -S ${manager} ]; do sleep 0.1; done`);
      expect(evidence(await deployed("agent", "v1"))).toEqual(["directory"]);
      const bad = await put("agent", "v2", { life: "0.7", service: { settle: 3 } });
      expect([bad.outcome, bad.errors[0]?.what]).toEqual([
        "reverted",
        expect.stringMatching(/does not (stay up|run)|crashes/),
      ]);
      expect(await live("agent")).toBe("v1");
    },
  );

  full("services").concurrent(
    "a service of no supervisor is driven by its commands, in the release with its configuration",
    async () => {
      const hooks = { "after-activate": [{ run: "exit 1", on: "hosts" as const, "on-failure": "fail" as const }] };
      expect((await put("own", "v0", { request: { hooks } })).outcome).toBe("reverted");
      const stopped = "[ -s pid ] && ! kill -0 $(cat pid) && [ ! -e /srv/own/current ]";
      await inState("own", stopped);
      const first = await deployed("own", "v1", { configuration: { COLOUR: "it's $green" } });
      expect(evidence(first)).toEqual(["supervisor"]);
      expect(await inState("own", "cat colour")).toBe("it's $green\n");
      const bad = await put("own", "v2", { life: "0.5", service: { settle: 2 } });
      expect([bad.outcome, bad.errors[0]?.what]).toEqual(["reverted", expect.stringContaining("status command fails")]);
      expect((await inState("own", "readlink /proc/$(cat pid)/cwd")).trim()).toBe(`/srv/own/releases/${first.release}`);
      await inState("own", "kill $(cat pid)");
    },
  );

  const finishesItsJob = async (name: "queue" | "mail") => {
    await deployed(name, "v1");
    await inState(name, "cat >job", "2");
    const before = await mainOf(name);
    const second = await deployed(name, "v2");
    expect(await inState(name, "cat finished; rm finished")).toBe(`${before}\n`);
    expect(evidence(second)).toEqual(["directory"]);

    await inState(name, "cat >job", "8");
    const patient = await mainOf(name);
    const third = await put(name, "v3", { service: { stopTimeout: 1 } });
    expect(third.errors[0]?.what).toBe(`service ${name} did not end within its stop-timeout of 1 s`);
    expect([third.outcome, await live(name)]).toEqual(["reverted", "v2"]);
    // It is still at it when the next deploy comes, with more patience.
    const fourth = await deployed(name, "v4");
    expect(await inState(name, "head -n 1 finished")).toBe(`${patient}\n`);
    expect(evidence(fourth)).toEqual(["directory"]);
  };
  const FINISHES =
    "finishes its job before it gives way; one that takes too long fails the deploy, and is not cut either";
  it.concurrent(`a worker under systemd ${FINISHES}`, () => finishesItsJob("mail"));
  full("services").concurrent(`a worker under supervisord ${FINISHES}`, () => finishesItsJob("queue"));
});
