// What a deploy may say that it saw of a service, on a real host: of units that have no process, or none that can be read, and where the
// processes of other users are hidden. The level of evidence is never better than what was seen.
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Report } from "../../src/fleet/report.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import { outcomeSentence } from "../../src/report/outcome-text.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { LAB_NEEDS, type Lab, type LabHost, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { status } from "../support/operations.ts";

const shared = { directories: [], files: [] };
const layoutOf = (name: string): AppLayout => ({
  app: name,
  target: "lab",
  root: `/srv/${name}`,
  environmentsRoot: `/srv/${name}/envs`,
  runAs: "shopper",
});

/** By application: what its unit says, and the service of tarlift.yml where it differs from `systemd: <name>`. */
const UNITS: Record<string, { file?: string; unit: string; service?: Partial<ServiceRequest> }> = {
  plain: { unit: running("plain", "User=shopper") },
  job: { unit: "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n" },
  once: { unit: "[Service]\nType=oneshot\nExecStart=/bin/true\n" },
  many: {
    file: "many.target",
    unit: "[Unit]\nWants=behind.service\nUpholds=job.service\n",
    service: { unit: "many.target" },
  },
  behind: { unit: running("behind", "User=shopper"), service: { unit: "behind.service" } },
  tick: { file: "tick.timer", unit: "[Timer]\nOnCalendar=daily\n", service: { unit: "tick.timer" } },
  // It puts itself into the background, and nothing says which of its processes is the main one.
  fork: {
    unit: "[Service]\nType=forking\nGuessMainPID=no\nUser=shopper\nWorkingDirectory=/srv/fork/current\nExecStart=/bin/sh -c 'setsid sleep 1000 & exit 0'\n",
  },
  other: { unit: running("other", "DynamicUser=yes"), service: { runAs: undefined } },
  // A container client as far as can be seen: a process of that name, which works where it was started.
  box: { unit: "[Service]\nUser=shopper\nWorkingDirectory=/srv/box/current\nExecStart=/usr/local/bin/podman 1000\n" },
};

function running(app: string, user: string): string {
  return `[Service]\n${user}\nWorkingDirectory=-/srv/${app}/current\nExecStart=/bin/sleep 1000\n`;
}

const serviceOf = (name: string): ServiceRequest => ({
  name: "web",
  kind: "systemd",
  unit: name,
  action: "restart",
  settle: 0,
  runAs: "shopper",
  ...UNITS[name]?.service,
});

describe.runIf(needs(...LAB_NEEDS))("evidence", () => {
  let lab: Lab;
  let host: LabHost;
  let count = 0;
  beforeAll(async () => {
    lab = await startLab({ hosts: 1 });
    host = lab.hosts[0]!;
    for (const [name, { file = `${name}.service`, unit }] of Object.entries(UNITS))
      await host.root(`cat >/etc/systemd/system/${file}`, unit);
    await host.root("cat >/etc/supervisor/conf.d/watched.conf", WATCHED);
    await host.root("cp /bin/sleep /usr/local/bin/podman; systemctl daemon-reload");
    const names = [...Object.keys(UNITS), "own", "watched"];
    const scripts = names.map((name) =>
      setupScript({ host: host.name, user: host.user, layout: layoutOf(name), services: servicesOf(name), shared }),
    );
    await host.root("cat >/root/setup && sh /root/setup", scripts.join("\n"));
    await host.root("supervisorctl update");
  });
  afterAll(() => lab?.stop());

  const WATCHED =
    "[program:watched]\ncommand=/bin/sleep 1000\nuser=shopper\ndirectory=/srv/watched/current\nautostart=false\n";
  const servicesOf = (name: string): ServiceRequest[] => {
    if (name === "own") return [{ ...serviceOf(name), kind: "command", unit: "", commands: { restart: "true" } }];
    if (name === "watched") return [{ ...serviceOf(name), kind: "supervisord" }];
    return [serviceOf(name)];
  };
  const fleet = (name: string, more: Partial<ServiceRequest> = {}) => {
    const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
    const { address, port, user } = host;
    return [
      member(openHost({ address, port, user, roles: undefined, forwards: [] }, ssh), {
        layout: layoutOf(name),
        services: servicesOf(name).map((service) => ({ ...service, ...more })),
      }),
    ];
  };
  async function put(name: string, version: string, more: Partial<ServiceRequest> = {}): Promise<Report> {
    const artifact = await syntheticArtifact([text("version.txt", version)], { version });
    return deploy(deployRequest([], { members: fleet(name, more), artifact, version, deployId: `t${count++}` }));
  }
  /** Twice: at the first one there is nothing before. */
  async function seen(name: string, more: Partial<ServiceRequest> = {}) {
    await put(name, `v${count}`, more);
    const report = await put(name, `v${count}`, more);
    expect([report.errors, report.outcome]).toEqual([[], "deployed"]);
    const { evidence, detail } = report.hosts[0]!.services[0]!;
    return { evidence, detail, sentence: outcomeSentence(report) };
  }
  const notVerified = (evidence: string) =>
    `it is live on every host; 0 of 1 services were seen running it, NOT VERIFIED: web on ${host.address} (${evidence})`;

  it.concurrent("case 4: a process in the release's directory is seen", async () => {
    const { evidence, sentence } = await seen("plain");
    expect([evidence, sentence]).toEqual(["directory", "it is live on every host; every service was seen running it"]);
  });

  full("services").concurrent(
    "case 4: of a unit that is active without a process, nothing but its supervisor's word is said",
    async () => {
      expect(await seen("job")).toEqual({
        evidence: "restarted",
        detail: "active (exited), no main process, 0 restarts",
        sentence: notVerified("restarted"),
      });
    },
  );

  it.concurrent.each([
    ["once", "is Type=oneshot", "Run its command in a hook"],
    ["many", "many.target runs nothing itself", "each as one of its own: behind.service job.service"],
    ["tick", "tick.timer runs nothing itself", "Leave it out of `services`"],
  ])("case 4: %s runs nothing that could be seen, and is refused with the way out", async (name, what, remedy) => {
    const report = await put(name, "v1");
    expect([report.outcome, report.errors]).toEqual([
      "refused",
      [expect.objectContaining({ what: expect.stringContaining(what), remedy: expect.stringContaining(remedy) })],
    ]);
  });

  full("services").concurrent(
    "case 4: a service that stands behind a target is deployed by the name that the refusal says",
    async () => {
      expect((await seen("behind")).evidence).toBe("directory");
    },
  );

  it.concurrent("case 4: a service without a main process is known by the processes of its control group", async () => {
    expect((await seen("fork")).evidence).toBe("directory");
  });

  full("services").concurrent(
    "case 4: the processes of a user that is made for each start are new, and no more than that is said",
    async () => {
      expect(await seen("other")).toMatchObject({ evidence: "started", sentence: notVerified("started") });
    },
  );

  it.concurrent("case 4: a container client in the release's directory says nothing of what runs inside", async () => {
    expect(await seen("box")).toMatchObject({
      evidence: "started",
      detail: expect.stringContaining("it runs a container by podman, and what is inside of it cannot be seen"),
    });
  });

  it.concurrent("case 4: a command without a status is not verified, and is never called so", async () => {
    expect(await seen("own")).toEqual({
      evidence: "unverified",
      detail: "not verified: it has no status command",
      sentence: notVerified("unverified"),
    });
  });

  // Not beside the others: it concerns the whole host.
  full("services").describe("where processes of other users are hidden", () => {
    const PINNED = "/etc/systemd/system/plain.service.d/pinned.conf";
    beforeAll(async () => {
      await host.root(
        "mkdir -p /etc/systemd/system/ssh.service.d; printf '[Service]\\nProtectProc=invisible\\n' >/etc/systemd/system/ssh.service.d/hide.conf; systemctl daemon-reload; systemctl restart ssh",
      );
    });
    const other = { runAs: undefined };

    it("case 3: the host is reported", async () => {
      const [one] = fleet("plain");
      const facts = await one!.host.facts({ layout: one!.layout, services: one!.services, shared });
      await one!.host.close();
      expect(facts.warnings).toEqual([
        expect.stringContaining("processes of other users are hidden from deploy on this host"),
      ]);
    });

    it("case 3: a service whose processes cannot be looked at is not seen to run the release", async () => {
      const watched = await seen("watched", other);
      expect(watched).toMatchObject({ evidence: "restarted", sentence: notVerified("restarted") });
      const plain = await seen("plain", other);
      expect(plain).toMatchObject({ evidence: "started", sentence: notVerified("started") });
      const found = await status(
        { app: "plain", target: "lab", members: fleet("plain", other) },
        { verifyFull: false },
      );
      expect(found.hosts[0]?.services[0]).toMatchObject({ evidence: "supervisor" });
    });

    it("case 3: the services' user sees its own: the release's directory, and a process that stays in the old one", async () => {
      const good = await put("plain", `v${count}`);
      expect([good.outcome, good.hosts[0]?.services[0]?.evidence]).toEqual(["deployed", "directory"]);
      await host.root(
        `mkdir -p $(dirname ${PINNED}); cat >${PINNED}; systemctl daemon-reload`,
        `[Service]\nWorkingDirectory=/srv/plain/releases/${good.release}\n`,
      );
      const bad = await put("plain", `v${count}`);
      await host.root(`rm ${PINNED}; systemctl daemon-reload`);
      expect([bad.outcome, bad.errors[0]?.what]).toEqual([
        "reverted",
        expect.stringMatching(`process \\d+ works in ${good.release}`),
      ]);
    });
  });
});
