// Hooks on real hosts and on the machine that deploys: where they run, as which user, with which variables, and what their failure means.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deploy } from "../../src/fleet/deploy.ts";
import type { Report } from "../../src/fleet/report.ts";
import type { FleetRequest, HookPoint } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { openHost } from "../../src/host/calls/open.ts";
import { setupScript } from "../../src/operations/host-setup.ts";
import { type Progress, silent } from "../../src/progress.ts";
import type { AppLayout } from "../../src/protocol/app-layout.ts";
import { LAB_NEEDS, type Lab, startLab } from "../lab/lab.ts";
import { syntheticArtifact } from "../support/artifact.ts";
import { deployRequest, member, rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { text } from "../support/layers.ts";
import { needs } from "../support/needs.ts";
import { temporary } from "../support/temporary.ts";

const layout: AppLayout = {
  app: "shop",
  target: "lab",
  root: "/srv/shop",
  environmentsRoot: "/srv/shop/envs",
  runAs: "shopper",
};
const shared = { directories: ["log"], files: [] };
const POINTS: HookPoint[] = [
  "before-prepare",
  "after-prepare",
  "before-deploy",
  "before-activate",
  "after-activate",
  "after-deploy",
];

type Hooks = FleetRequest["hooks"];
const hook = (run: string, more: object = {}) => ({
  run,
  on: "hosts" as const,
  "on-failure": "fail" as const,
  ...more,
});

describe.runIf(needs(...LAB_NEEDS))("hooks", () => {
  let lab: Lab;
  let count = 0;
  let directory: string;
  beforeAll(async () => {
    directory = temporary("runner");
    lab = await startLab({ hosts: 2 });
    for (const host of lab.hosts) {
      const script = setupScript({ host: host.name, user: host.user, layout, services: [], shared });
      await host.root("cat >/root/setup && sh /root/setup", script);
    }
  });
  afterAll(() => lab.stop());

  const members = () =>
    lab.hosts.map(({ address, port, user }, n) => {
      const ssh = { key: { file: lab.key }, knownHosts: { text: lab.knownHosts } };
      const host = openHost({ address, port, user, roles: undefined, forwards: [] }, ssh);
      return member(host, {
        layout,
        shared,
        roles: n === 0 ? ["web"] : ["worker"],
        configuration: { COLOUR: `red ${n}` },
      });
    });

  async function put(version: string, hooks: Hooks, more: Partial<FleetRequest> = {}): Promise<Report> {
    const artifact = await syntheticArtifact([text("version.txt", version)], { version });
    const request = { members: members(), artifact, version, deployId: `t${count++}`, hooks, directory, ...more };
    return deploy(deployRequest([], request));
  }

  /** What hooks wrote on each host, and forgets it. */
  const written = () =>
    Promise.all(lab.hosts.map(async (host) => lines(await host.root("cd /srv/shop/shared/log; cat out; rm out"))));
  const lines = (output: string) => output.trim().split("\n").filter(Boolean);
  const live = () =>
    Promise.all(lab.hosts.map(async (host) => (await host.root("cat /srv/shop/current/version.txt || true")).trim()));

  it("run in the release with its configuration, as the services' user, and are told what happens", async () => {
    const say = hook(
      'echo "$TARLIFT_HOOK $(id -un) $(cat version.txt) $TARLIFT_VERSION $COLOUR ${TARLIFT_PREVIOUS:-none}" >>log/out',
    );
    const hooks = Object.fromEntries(POINTS.map((point) => [point, [say]])) as Hooks;
    const first = await put("v1", hooks);
    expect(first.errors).toEqual([]);
    // Before anything is prepared, a host that has no release has nowhere to run a hook.
    expect(await written()).toEqual(
      [0, 1].map((n) => POINTS.slice(1).map((point) => `${point} shopper v1 v1 red ${n} none`)),
    );
    const second = await put("v2", hooks);
    const expected = (n: number) =>
      POINTS.map((point) => {
        const version = point === "before-prepare" ? "v1" : "v2";
        return `${point} shopper ${version} ${version} red ${n} ${first.release}`;
      });
    expect(await written()).toEqual([expected(0), expected(1)]);

    const back = await rollback(rollbackRequest([], { members: members(), to: "v1", deployId: `t${count++}`, hooks }));
    expect(back.outcome).toBe("rolled-back");
    expect(await written()).toEqual(
      [0, 1].map((n) =>
        ["before-activate", "after-activate"].map((point) => `${point} shopper v1 v1 red ${n} ${second.release}`),
      ),
    );
  });

  it("run where they are meant to: by role, on the leader, on the machine that deploys", async () => {
    const out = join(directory, "out");
    const variables = ["HOOK", "ACTION", "APP", "TARGET", "DEPLOY", "RELEASE", "VERSION", "PREVIOUS", "HOSTS"];
    const reported: string[] = [];
    const progress: Progress = {
      ...silent,
      task: (title, at) => ({ ...silent.task(title), line: (line) => reported.push(`${at?.host ?? "here"}: ${line}`) }),
    };
    const before = await live();
    const report = await put(
      "v3",
      {
        "before-activate": [
          hook(`echo "${variables.map((name) => `$TARLIFT_${name}`).join("|")}" >>out`, { on: "runner" }),
        ],
        "after-deploy": [
          hook("echo role >>log/out; echo worker says so", { roles: ["worker"] }),
          hook("echo leader >>log/out; echo leader says so >&2", { on: "leader" }),
          hook("echo runner says so; pwd", { on: "runner" }),
        ],
      },
      { progress },
    );
    expect(before).toEqual(["v1", "v1"]);
    expect(report.errors).toEqual([]);
    expect(await written()).toEqual([["leader"], ["role"]]);
    const [one, two] = lab.hosts.map(({ address }) => address);
    expect(reported).toEqual([
      `${two}: worker says so`,
      `${one}: leader says so`,
      "here: runner says so",
      `here: ${directory}`,
    ]);
    expect(readFileSync(out, "utf8").trim().split("|")).toEqual([
      ...["before-activate", "deploy", "shop", "production", `t${count - 1}`],
      ...[report.release, "v3", report.previousRelease, `${one} ${two}`],
    ]);
    rmSync(out);
  });

  full("transactions").it(
    "take the deploy back when they fail, as far as it has come; nothing live has changed before the first switch",
    async () => {
      const before = await live();
      for (const point of POINTS) {
        const report = await put("v4", {
          [point]: [hook("echo it is raining >&2; exit 7", { roles: ["worker"] }), hook("echo never >>log/out")],
          "after-failure": [hook('echo "$TARLIFT_HOOK $TARLIFT_OUTCOME $(cat version.txt)" >>log/out')],
        });
        const touched = point === "after-activate" || point === "after-deploy";
        expect([point, report.outcome]).toEqual([point, touched ? "reverted" : "refused"]);
        expect(report.errors).toEqual([
          {
            host: lab.hosts[1]!.address,
            code: "hook-failed",
            what: `the hook ${point} failed`,
            where: { command: "echo it is raining >&2; exit 7", ended: "exit code 7" },
            output: "it is raining",
            remedy: expect.stringContaining("on-failure: warn"),
          },
        ]);
        expect([point, await live()]).toEqual([point, before]);
        const reported = `after-failure ${report.outcome} v3`;
        expect(await written()).toEqual([[reported], [reported]]);
      }
      const here = await put("v4", { "after-activate": [hook("kill -KILL $$", { on: "runner" })] });
      expect(here.outcome).toBe("reverted");
      expect(here.errors[0]).toMatchObject({
        what: "the hook after-activate failed on this machine",
        where: { ended: "killed by SIGKILL (out of memory?)" },
      });
    },
  );

  it("only warn where that is asked for; a time limit and a signal are failures, named as what they are", async () => {
    const gently = { "on-failure": "warn" as const, roles: ["web"] };
    const report = await put("v5", {
      "after-deploy": [
        hook("echo out of paint; exit 1", gently),
        hook("sleep 60", { ...gently, timeout: 1 }),
        hook("kill -TERM $$", gently),
      ],
    });
    expect(report.outcome).toBe("deployed");
    const host = lab.hosts[0]!.address;
    expect(report.warnings).toEqual([
      `${host}: the hook after-deploy failed (exit code 1): out of paint`,
      expect.stringContaining(`${host}: the hook after-deploy failed (stopped after 1 s)`),
      expect.stringContaining(`${host}: the hook after-deploy failed (killed by SIGTERM)`),
    ]);
    expect(await live()).toEqual(["v5", "v5"]);
  });

  it("may leave a daemon behind: the lock of the host is not its", async () => {
    const daemon =
      "setsid sh -c 'echo $$ >log/daemon; exec sleep 300' >/dev/null 2>&1 & while [ ! -s log/daemon ]; do sleep 0.1; done";
    expect((await put("v6", { "after-activate": [hook(daemon)] })).outcome).toBe("deployed");
    const next = await put("v7", {});
    expect([next.errors, next.outcome]).toEqual([[], "deployed"]);
    for (const host of lab.hosts) await host.root("kill $(cat /srv/shop/shared/log/daemon)");
  });
});
