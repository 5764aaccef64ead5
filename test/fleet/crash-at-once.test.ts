// Case 1: a release that dies at once. Whatever state it leaves the supervisor in, the host goes back and the old release serves.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import { setupScript } from "../../src/fleet/host-setup.ts";
import type { Report } from "../../src/fleet/types.ts";
import { openHost } from "../../src/host/open.ts";
import type { Place, ServiceRequest } from "../../src/host/types.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member } from "../support/fleet.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";

const MORTAL = readFileSync(join(import.meta.dirname, "../fixtures/mortal.py"), "utf8");

/** What drives the service that no supervisor knows. */
const CONTROL = (port: number) => `#!/bin/sh
pid=$(cat state/pid 2>/dev/null)
case $1 in
status) kill -0 "$pid" ;;
stop) kill "$pid" || :; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done ;;
restart)
  [ -z "$pid" ] || sh control stop
  setsid python3 mortal.py ${port} </dev/null >/dev/null 2>&1 &
  echo $! >state/pid ;;
esac
`;

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
}

const app = (name: string) => `/srv/${name}`;
const exec = (name: string, command: string) => `${app(name)}/current/.tarlift/exec ${command}`;
const unitText = (name: string, command: string, ...more: string[]) =>
  [
    "[Service]",
    `WorkingDirectory=${app(name)}/current`,
    `ExecStart=${exec(name, command)}`,
    "Restart=on-failure",
    ...more,
    "[Install]",
    "WantedBy=default.target",
    "",
  ].join("\n");
const user = "User=shopper";

/** systemd with its own start limit, five starts in ten seconds: `Restart=on-failure` alone uses that up within a second. */
function systemd(type: string, restartSec: number | undefined, always = false): Cell {
  const name = `${type}${restartSec === undefined ? "" : `-${restartSec}`}`;
  const forking = type === "forking";
  const pidFile = `${app(name)}/shared/state/pid`;
  return {
    name,
    kind: "systemd",
    always,
    ...(forking ? { mode: ` fork ${pidFile}` } : {}),
    files: (command) => ({
      [`/etc/systemd/system/${name}.service`]: unitText(
        name,
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
    [undefined, 1, 2, 5].map((seconds) =>
      systemd(type, seconds, seconds === undefined || (type === "simple" && seconds < 5)),
    ),
  ),
  { name: "printed", kind: "systemd", always: true },
  {
    name: "template",
    kind: "systemd",
    unit: "template@1",
    files: (command) => ({ "/etc/systemd/system/template@.service": unitText("template", command, user) }),
  },
  {
    name: "agent",
    kind: "systemd-user",
    always: true,
    files: (command) => ({ "/home/deploy/.config/systemd/user/agent.service": unitText("agent", command) }),
  },
  {
    name: "socket",
    kind: "systemd",
    always: true,
    files: (command, port) => ({
      "/etc/systemd/system/socket.service": `[Unit]\nRequires=socket.socket\n${unitText("socket", command, user)}`,
      "/etc/systemd/system/socket.socket": `[Socket]\nListenStream=127.0.0.1:${port}\n[Install]\nWantedBy=sockets.target\n`,
    }),
  },
  {
    // Its service does not require it, so that starting the service does not start it.
    name: "loose",
    kind: "systemd",
    files: (command, port) => ({
      "/etc/systemd/system/loose.service": unitText("loose", command, user),
      "/etc/systemd/system/loose.socket": `[Socket]\nListenStream=127.0.0.1:${port}\n[Install]\nWantedBy=sockets.target\n`,
    }),
  },
  { name: "super", kind: "supervisord", always: true },
  { name: "own", kind: "command", always: true },
];

/** A release that dies at once right after the good one was started, and once more when that has run for longer than the start limit. */
const PLAYED = CELLS.filter(({ always }) => always || process.env.TARLIFT_FULL === "1");

const portOf = (cell: Cell) => 9000 + CELLS.indexOf(cell);
const commandOf = (cell: Cell) => `python3 mortal.py ${portOf(cell)}${cell.mode ?? ""}`;
const placeOf = (name: string): Place => ({
  app: name,
  target: "lab",
  root: app(name),
  environmentsRoot: `${app(name)}/envs`,
  runAs: "shopper",
});
const shared = { directories: ["state"], files: [] };
const serviceOf = ({ name, kind, unit }: Cell): ServiceRequest => ({
  name,
  kind,
  unit: kind === "command" ? "" : (unit ?? name),
  action: "restart",
  settle: 2,
  runAs: kind === "systemd" || kind === "supervisord" ? "shopper" : undefined,
  ...(kind === "command"
    ? { commands: { restart: "sh control restart", stop: "sh control stop", status: "sh control status" } }
    : {}),
});

describe.runIf(needs(...LAB_NEEDS))("case 1: a release that dies at once", () => {
  let lab: Lab;
  let host: LabHost;
  let count = 0;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    host = lab.hosts[0]!;
    for (const cell of PLAYED)
      for (const [file, content] of Object.entries(cell.files?.(commandOf(cell), portOf(cell)) ?? {}))
        await host.root(
          `runuser -u deploy -- mkdir -p ${dirname(file)} 2>/dev/null || mkdir -p ${dirname(file)}; cat >${file}`,
          content,
        );
    const scripts = PLAYED.map((cell) =>
      setupScript({
        host: host.name,
        user: host.user,
        place: placeOf(cell.name),
        services: [serviceOf(cell)],
        shared,
        ...(cell.files ? {} : { commands: { [cell.name]: commandOf(cell) } }),
      }),
    );
    const manager = "/run/user/$(id -u deploy)/systemd/private";
    await host.root("cat >/root/setup && sh /root/setup", scripts.map((script) => `(\n${script}\n)\n`).join(""));
    await host.root(
      `systemctl daemon-reload; loginctl enable-linger deploy; while [ ! -S ${manager} ]; do sleep 0.1; done`,
    );
    for (const name of ["socket", "loose"])
      await host.root(`[ ! -e /etc/systemd/system/${name}.socket ] || systemctl enable --now ${name}.socket`);
  });
  afterAll(() => lab?.stop());

  async function put(cell: Cell, version: string, more: { die?: string } = {}): Promise<Report> {
    const files = [
      text("version.txt", version),
      text("mortal.py", MORTAL),
      text("control", CONTROL(portOf(cell)), true),
      ...(more.die === undefined ? [] : [text("die", more.die)]),
    ];
    const { address, port, user } = host;
    const reached = openHost(
      { address, port, user, roles: undefined, forwards: [] },
      { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } },
    );
    const members = [member(reached, { place: placeOf(cell.name), shared, services: [serviceOf(cell)] })];
    const artifact = await syntheticArtifact(files, { version });
    return deploy(deployRequest([], { members, artifact, version, deployId: `t${count++}` }));
  }

  const serves = (cell: Cell) => host.root(`timeout 5 bash -c 'cat </dev/tcp/127.0.0.1/${portOf(cell)}'`);

  async function goesBack(cell: Cell, version: string): Promise<void> {
    const report = await put(cell, version, { die: "" });
    expect([report.outcome, report.troubles.map(({ what }) => what)]).toEqual(["reverted", [expect.any(String)]]);
    expect(await serves(cell)).toBe("v1");
    expect(report.hosts[0]).toMatchObject({ services: [{ rung: expect.stringMatching(/directory|supervisor/) }] });
  }

  it.concurrent.each(PLAYED)(
    "$name: the old release serves again, with no hand, whenever it was started",
    async (cell) => {
      const good = await put(cell, "v1");
      expect([good.outcome, good.troubles]).toEqual(["deployed", []]);
      const started = Date.now();
      expect(await serves(cell)).toBe("v1");
      await goesBack(cell, "v2");
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, started + 11_000 - Date.now())));
      await goesBack(cell, "v3");
    },
  );
});
