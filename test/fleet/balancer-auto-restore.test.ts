// A run that is lost in the middle of a rolling deploy, without another run after it: hosts revert and their servers in HAProxy are
// restored automatically, on machines that end the processes of every session with it, for a user without root.
import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { LAB_NEEDS } from "../lab/lab.ts";
import { type RollingLab, startRolling } from "../lab/rolling.ts";
import { bundledCommand } from "../support/command.ts";
import { full } from "../support/full.ts";
import { needs } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const APP = `t-switch-balancer-${process.pid}`;
const SETTINGS = { "auto-revert": "3s", "require-auto-revert": true };
const KILL =
  "mkdir -p /etc/systemd/logind.conf.d && printf '[Login]\\nKillUserProcesses=yes\\n' >/etc/systemd/logind.conf.d/kill.conf && systemctl restart systemd-logind";

full("balancers", needs(...LAB_NEEDS, "python3")).describe(
  "three hosts behind a balancer, all with KillUserProcesses=yes",
  () => {
    let fleet: RollingLab;
    beforeAll(async () => {
      fleet = await startRolling({ work: temporary("rolling"), cli: bundledCommand(), app: APP });
      atEnd(() => rmSync(`/srv/${APP}`, { recursive: true, force: true }));
      expect((await fleet.deploy(await fleet.release("first"))).outcome).toBe("deployed");
      await Promise.all(fleet.lab.hosts.map((host) => host.root(KILL)));
    });
    afterAll(() => fleet?.lab.stop());
    const live = () => Promise.all(fleet.apps.map((host) => host.root(`cat /srv/${APP}/current/text.txt`)));
    const linger = (host: { user: string; root(text: string): Promise<string> }) =>
      host.root(`loginctl enable-linger ${host.user}`);

    it("are refused, hosts and balancer by name and with the remedy, while they cannot revert and be restored automatically", async () => {
      const artifact = await fleet.release("required", { settings: SETTINGS });
      const refused = await fleet.deploy(artifact);
      expect(refused.outcome).toBe("refused");
      const ofHosts = refused.errors.filter(({ what }) => what.startsWith("it ends the processes of a session"));
      expect(ofHosts.map(({ host, remedy }) => [host, remedy])).toEqual(
        fleet.apps.map(({ address }) => [address, expect.stringContaining("loginctl enable-linger")]),
      );
      await Promise.all(fleet.apps.map(linger));
      const still = await fleet.deploy(artifact);
      expect(still.outcome).toBe("refused");
      expect(new Set(still.errors.map(({ what }) => what))).toEqual(
        new Set([
          expect.stringMatching(/^`require-auto-revert`: the balancer's machine ends the processes of a session/),
        ]),
      );
      expect(still.errors[0]?.remedy).toContain("loginctl enable-linger");
      await linger(fleet.balancer.host);
      expect(await live()).toEqual(["first", "first", "first"]);
    });

    it("revert automatically, and their servers are restored, when the run is killed in the middle", async () => {
      const artifact = await fleet.release("lost", { settings: SETTINGS });
      const { child, ended } = fleet.command.start(["deploy", "production", "--artifact", artifact]);
      // app1 is activated and in use again; app2 is drained.
      await expect
        .poll(async () => (await fleet.wanted()).api?.app2, { timeout: 60_000, interval: 50 })
        .toBe("maintenance");
      child.kill("SIGKILL");
      await ended;
      await expect.poll(live, { timeout: 60_000, interval: 500 }).toEqual(["first", "first", "first"]);
      const wanted = async () => new Set(Object.values(await fleet.wanted()).flatMap((one) => Object.values(one)));
      await expect.poll(wanted, { timeout: 120_000, interval: 500 }).toEqual(new Set(["ready"]));
      expect(await live()).toEqual(["first", "first", "first"]);
      expect([...(await fleet.balancer.backend("web").servers()).values()].map(({ up }) => up)).toEqual(
        Array(3).fill(true),
      );
      const next = await fleet.deploy(artifact);
      expect([next.outcome, next.errors]).toEqual(["deployed", []]);
      expect(next.warnings.join("\n")).toMatch(/taken it out of haproxy on .*, web\/app2; it came back by itself/);
      // Nothing is left armed.
      const left = "find ~deploy/.tarlift/seats /srv/*/.tarlift/switch -mindepth 1 2>/dev/null || :";
      for (const host of fleet.lab.hosts) expect(await host.root(left)).toBe("");
    });
  },
);
