// The way back. Case 1: whatever state a release that dies at once leaves the supervisor in, the host is reverted and the old release
// serves. Case 58: a process that its supervisor cut is said.
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Report } from "../../src/fleet/report.ts";
import type { DeployRequest } from "../../src/fleet/request.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import { silent } from "../../src/progress.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { CONTROL, MORTAL, programText, unitText } from "../support/mortal.ts";
import { needs } from "../support/needs.ts";
import { isPlayed } from "../support/parts.ts";

interface Cell {
  /** Its application as well. */
  name: string;
  kind: ServiceRequest["kind"];
  unit?: string;
  /** Files by path, with the command and the port of the service; left out: what `host setup` prints. */
  files?: (command: string, port: number) => Record<string, string>;
  /** Arguments of mortal.py. */
  mode?: string;
  /** Among those that `npm test` plays. */
  always?: boolean;
  service?: Partial<ServiceRequest>;
}

const app = (name: string) => `/srv/${name}`;
const user = "User=shopper";

/** A program of supervisord, or a unit, whose stop is cut after two seconds. */
const cut = (name: string, kind: "systemd" | "supervisord", service?: Partial<ServiceRequest>): Cell => ({
  name,
  kind,
  ...(service ? { service } : {}),
  files: (command): Record<string, string> =>
    kind === "systemd"
      ? { [`/etc/systemd/system/${name}.service`]: unitText(app(name), command, user, "TimeoutStopSec=2") }
      : {
          [`/etc/supervisor/conf.d/${name}.conf`]: programText(
            app(name),
            name,
            command,
            "user=shopper",
            "stopwaitsecs=2",
          ),
        },
});

/** systemd with its own start limit, five starts in ten seconds: `Restart=on-failure` alone uses that up within a second. */
function systemd(type: string, restartSec: number | undefined, always = false, called?: string): Cell {
  const name = called ?? `${type}${restartSec === undefined ? "" : `-${restartSec}`}`;
  const forking = type === "forking";
  const pidFile = `${app(name)}/shared/state/pid`;
  return {
    name,
    kind: "systemd",
    always,
    ...(forking ? { mode: ` fork ${pidFile}` } : {}),
    files: (command) => ({
      [`/etc/systemd/system/${name}.service`]: unitText(
        app(name),
        command,
        user,
        `Type=${type}`,
        ...(forking ? [`PIDFile=${pidFile}`] : []),
        ...(restartSec === undefined ? [] : [`RestartSec=${restartSec}`]),
      ),
    }),
  };
}

const CELLS: Cell[] = [
  ...["simple", "notify", "forking"].flatMap((type) =>
    [undefined, 1, 2, 5].map((seconds) => systemd(type, seconds, type === "simple" && seconds === undefined)),
  ),
  { name: "printed", kind: "systemd" },
  {
    name: "template",
    kind: "systemd",
    unit: "template@1",
    files: (command) => ({ "/etc/systemd/system/template@.service": unitText(app("template"), command, user) }),
  },
  {
    name: "agent",
    kind: "systemd-user",
    files: (command) => ({ "/home/deploy/.config/systemd/user/agent.service": unitText(app("agent"), command) }),
  },
  {
    name: "socket",
    kind: "systemd",
    files: (command, port) => ({
      "/etc/systemd/system/socket.service": `[Unit]\nRequires=socket.socket\n${unitText(app("socket"), command, user)}`,
      "/etc/systemd/system/socket.socket": `[Socket]\nListenStream=127.0.0.1:${port}\n[Install]\nWantedBy=sockets.target\n`,
    }),
  },
  {
    // Its service does not require it, so that starting the service does not start it.
    name: "loose",
    kind: "systemd",
    files: (command, port) => ({
      "/etc/systemd/system/loose.service": unitText(app("loose"), command, user),
      "/etc/systemd/system/loose.socket": `[Socket]\nListenStream=127.0.0.1:${port}\n[Install]\nWantedBy=sockets.target\n`,
    }),
  },
  { name: "super", kind: "supervisord" },
  { name: "own", kind: "command", always: true },
];
/** Each with a story of its own. */
const OLD: Cell = {
  name: "old",
  kind: "systemd",
  // One start, and no other for 60 s: what a release that dies at once leaves behind, whatever the speed of this machine.
  files: (command) => ({
    "/etc/systemd/system/old.service": `[Unit]\nStartLimitBurst=1\nStartLimitIntervalSec=60\n${unitText(app("old"), command, user)}`,
  }),
};
const LOST = systemd("simple", undefined, false, "lost");
/** As a package brings it: one that stands in /etc cannot be masked. */
const MASKED: Cell = {
  name: "masked",
  kind: "systemd",
  files: (command) => ({ "/usr/lib/systemd/system/masked.service": unitText(app("masked"), command, user) }),
};
const FIRST = [systemd("simple", undefined, false, "first"), { name: "young", kind: "supervisord" }] satisfies Cell[];
const PROMISED = cut("promised", "systemd", { stopTimeout: 30 });
const DEAF = [cut("deaf", "systemd"), cut("dumb", "supervisord")];
const HANGS: Cell = { name: "hangs", kind: "command", service: { stopTimeout: 1 } };
const STORIES = [OLD, LOST, MASKED, ...FIRST, PROMISED, ...DEAF, HANGS];

/** A release that dies at once right after the good one was started, and once more when that has run for longer than the start limit. */
const titleOf = ({ name }: Cell) =>
  `case 1: ${name} serves its old release again, with no hand, however long that had run`;
const PLAYED = CELLS.filter((cell) => cell.always || isPlayed("services", titleOf(cell)));
const ALL = [...PLAYED, ...STORIES];

const portOf = (cell: Cell) => 9000 + [...CELLS, ...STORIES].indexOf(cell);
const commandOf = (cell: Cell) => `python3 mortal.py ${portOf(cell)}${cell.mode ?? ""}`;
const layoutOf = (name: string): AppLayout => ({
  app: name,
  target: "lab",
  root: app(name),
  environmentsRoot: `${app(name)}/envs`,
  runAs: "shopper",
});
const shared = { directories: ["state"], files: [] };
const serviceOf = ({ name, kind, unit, service }: Cell): ServiceRequest => ({
  name,
  kind,
  unit: kind === "command" ? "" : (unit ?? name),
  action: "restart",
  settle: 2,
  runAs: kind === "systemd" || kind === "supervisord" ? "shopper" : undefined,
  ...(kind === "command"
    ? { commands: { restart: "sh control restart", stop: "sh control stop", status: "sh control status" } }
    : {}),
  ...service,
});

describe.runIf(needs(...LAB_NEEDS))("the way back", () => {
  let lab: Lab;
  let host: LabHost;
  let count = 0;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    host = lab.hosts[0]!;
    for (const cell of ALL)
      for (const [file, content] of Object.entries(cell.files?.(commandOf(cell), portOf(cell)) ?? {}))
        await host.root(
          `runuser -u deploy -- mkdir -p ${dirname(file)} 2>/dev/null || mkdir -p ${dirname(file)}; cat >${file}`,
          content,
        );
    const scripts = ALL.map((cell) =>
      setupScript({
        host: host.name,
        user: host.user,
        layout: layoutOf(cell.name),
        services: [serviceOf(cell)],
        shared,
        ...(cell.files ? {} : { commands: { [cell.name]: commandOf(cell) } }),
      }),
    );
    const manager = "/run/user/$(id -u deploy)/systemd/private";
    await host.root("cat >/root/setup && sh /root/setup", scripts.map((script) => `(\n${script}\n)\n`).join(""));
    await host.root(
      `systemctl daemon-reload; supervisorctl update; loginctl enable-linger deploy; while [ ! -S ${manager} ]; do sleep 0.1; done`,
    );
    for (const name of ["socket", "loose"])
      await host.root(`[ ! -e /etc/systemd/system/${name}.socket ] || systemctl enable --now ${name}.socket`);
  });
  afterAll(() => lab?.stop());

  const reach = () => {
    const { address, port, user } = host;
    return openHost(
      { address, port, user, roles: undefined, forwards: [] },
      { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } },
    );
  };
  const artifactOf = (cell: Cell, version: string, files: Record<string, string> = {}) =>
    syntheticArtifact(
      Object.entries({ "version.txt": version, "mortal.py": MORTAL, control: CONTROL(portOf(cell)), ...files }).map(
        ([name, words]) => text(name, words),
      ),
      { version },
    );
  /** @param files of the release, besides: `die`, `deaf` */
  async function put(
    cell: Cell,
    version: string,
    files: Record<string, string> = {},
    more: Partial<DeployRequest> & { services?: ServiceRequest[] } = {},
  ): Promise<Report> {
    const { services = [serviceOf(cell)], ...request } = more;
    const members = [member(reach(), { layout: layoutOf(cell.name), shared, services })];
    const artifact = await artifactOf(cell, version, files);
    return deploy(deployRequest([], { members, artifact, version, deployId: `t${count++}`, ...request }));
  }
  async function deployed(...call: Parameters<typeof put>): Promise<Report> {
    const report = await put(...call);
    expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
    return report;
  }

  const serves = (cell: Cell) => host.root(`timeout 5 bash -c 'cat </dev/tcp/127.0.0.1/${portOf(cell)}'`);

  async function goesBack(cell: Cell, version: string, files: Record<string, string> = { die: "" }): Promise<Report> {
    const report = await put(cell, version, files);
    expect([report.outcome, report.errors.map(({ what }) => what)]).toEqual(["reverted", [expect.any(String)]]);
    expect(await serves(cell)).toBe("v1");
    expect(report.hosts[0]).toMatchObject({ services: [{ evidence: expect.not.stringMatching("none") }] });
    return report;
  }

  for (const cell of CELLS)
    (cell.always ? it.concurrent : full("services").concurrent)(titleOf(cell), async () => {
      await deployed(cell, "v1");
      const started = Date.now();
      expect(await serves(cell)).toBe("v1");
      await goesBack(cell, "v2");
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, started + 11_000 - Date.now())));
      await goesBack(cell, "v3");
    });

  full("services").concurrent(
    "case 1: where sudo lacks the line that lifts the start limit, that is told, and its time is waited for",
    async () => {
      await host.root("sed -i '/reset-failed/d' /etc/sudoers.d/tarlift-old-lab");
      const first = await deployed(OLD, "v1");
      const reported =
        /sudo does not let deploy run `systemctl reset-failed old`.* for up to 60 s\. Run what tarlift host setup/;
      expect(first.warnings).toEqual([expect.stringMatching(reported)]);
      const report = await goesBack(OLD, "v2");
      expect(report.warnings).toContainEqual(
        expect.stringMatching(/its old release did not run for \d+ s: systemd refused/),
      );
    },
  );

  full("services").concurrent(
    "case 1: the dead man's switch goes back from it as well, and so does the next run",
    async ({ expect }) => {
      await deployed(LOST, "v1");
      for (const [version, after] of [
        ["v2", 1],
        ["v3", undefined],
      ] as const) {
        const services = [serviceOf(LOST)];
        const one = { ...member(reach(), { layout: layoutOf(LOST.name), shared, services }), host: reach() };
        const artifact = await artifactOf(LOST, version, { die: "" });
        const facts = await one.host.facts({ ...one, artifact, lock: { wait: 0, owner: "a run that is lost" } });
        const { release } = await one.host.prepare({ artifact, configuration: {}, shared }, silent.task(""));
        const transaction = `lost-${version}`;
        const order = {
          release,
          services,
          transaction,
          expected: facts.live?.id,
          restart: "changed",
          autoRevert: after,
        } as const;
        await expect(one.host.activate(order, silent.task(""))).rejects.toThrow(/service lost/);
        process.kill(one.host.connection.pid!, "SIGKILL");
        await one.host.close();
        if (after === undefined)
          expect((await put(LOST, "v4", { die: "" }, { waitForLock: 20 })).outcome).toBe("reverted");
        await expect.poll(() => serves(LOST).catch(() => ""), { timeout: 60_000, interval: 500 }).toBe("v1");
        const open = () => host.root("cat /srv/lost/.tarlift/transaction 2>/dev/null || :");
        await expect.poll(open, { timeout: 30_000, interval: 500 }).toBe("");
      }
    },
  );

  full("services").concurrent(
    "case 1: what an administrator masked stays masked and is named; the other service is back",
    async () => {
      const mate: Cell = { ...MASKED, name: "mate", kind: "command" };
      const services = [
        serviceOf(MASKED),
        { ...serviceOf(mate), commands: { restart: "cat version.txt >state/mate" } },
      ];
      await host.root(
        "for verb in 'mask masked' 'stop masked' ; do echo \"shopper ALL=(root) NOPASSWD: /usr/bin/systemctl $verb\"; done >/etc/sudoers.d/masks",
      );
      const good = await deployed(MASKED, "v1", {}, { services });
      const run = "sudo systemctl stop masked; sudo systemctl mask masked; exit 1";
      const hooks = { "after-activate": [{ run, on: "hosts" as const, "on-failure": "fail" as const }] };
      const report = await put(MASKED, "v2", {}, { services, hooks });
      expect(report.errors.at(-1)).toMatchObject({
        what: expect.stringContaining("masked does not run"),
        output: expect.stringMatching(/the unit masked is masked.* systemctl unmask masked/),
      });
      expect(report.outcome).toBe("reverted");
      expect(report.hosts[0]).toMatchObject({ live: good.release, down: ["masked"] });
      expect(await host.root("cat /srv/masked/shared/state/mate; systemctl show -p LoadState --value masked")).toBe(
        "v1masked\n",
      );
      const refused = await put(MASKED, "v3", {}, { services });
      expect(refused.errors.map(({ what }) => what).join()).toContain("masked on this host");
      // Its administrator's word, and the next run brings it back.
      await host.root("systemctl unmask masked");
      await deployed(MASKED, "v4", {}, { services });
      expect(await serves(MASKED)).toBe("v4");
    },
  );

  for (const [n, cell] of FIRST.entries())
    (n === 0 ? it.concurrent : full("services").concurrent)(
      `case 1: of a first release nothing is left (${cell.name})`,
      async () => {
        const report = await put(cell, "v1", { die: "" });
        expect([report.outcome, report.hosts[0]?.live]).toEqual(["reverted", undefined]);
        await deployed(cell, "v2");
        expect(await serves(cell)).toBe("v2");
      },
    );

  full("services").concurrent("case 1: a command whose stop hangs does not keep the host from going back", async () => {
    const cell = HANGS;
    await deployed(cell, "v1");
    // It answers, and fails its health later: what has to end is a process that does not end.
    const hooks = { "after-activate": [{ run: "exit 1", on: "hosts" as const, "on-failure": "fail" as const }] };
    const report = await put(cell, "v2", { deaf: "" }, { hooks });
    expect(report.outcome).toBe("reverted");
    expect(report.warnings).toContainEqual(
      expect.stringContaining("all that its restart command had started was ended"),
    );
    expect(await serves(cell)).toBe("v1");
  });

  full("services").concurrent(
    "case 58: a worker that its supervisor cut within its stop-timeout fails the deploy, and that is told before",
    async () => {
      const first = await deployed(PROMISED, "v1", { deaf: "" });
      expect(first.warnings).toEqual([
        expect.stringMatching(/kills it 2 s after .*TimeoutStopSec.* stop-timeout of 30 s/),
      ]);
      const report = await goesBack(PROMISED, "v2", {});
      expect(report.errors[0]).toMatchObject({
        what: "service promised was cut: its supervisor killed it 2 s after the request to stop (TimeoutStopSec), and its stop-timeout promises 30 s",
        remedy: expect.stringContaining("Give TimeoutStopSec 45 s"),
      });
    },
  );

  for (const [n, cell] of DEAF.entries())
    (n === 0 ? it.concurrent : full("services").concurrent)(
      `case 58: one that is cut without such a promise is said (${cell.kind})`,
      async () => {
        await deployed(cell, "v1", { deaf: "" });
        const second = await deployed(cell, "v2");
        expect(second.warnings).toEqual([
          expect.stringContaining("its supervisor killed it 2 s after the request to stop"),
        ]);
        expect((await deployed(cell, "v3")).warnings).toEqual([]);
      },
    );
});
