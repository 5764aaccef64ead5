// Three hosts behind HAProxy on a fourth, as tarlift.yml names it, and the command over real SSH: what people who use the application
// notice of deploys, and what becomes of everybody's place in the balancer.
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Report } from "../../src/fleet/report.ts";
import { LAB_NEEDS } from "../lab/lab.ts";
import { type RollingLab, startRolling } from "../lab/rolling.ts";
import { bundledCommand } from "../support/command.ts";
import { full } from "../support/full.ts";
import { startLoad } from "../support/load.ts";
import { needs } from "../support/needs.ts";
import { atEnd, temporary } from "../support/temporary.ts";

const APP = `t-balancers-${process.pid}`;
const EVERYWHERE = (wanted: string) => ({ app1: wanted, app2: wanted, app3: wanted });
const ALL_READY = { web: EVERYWHERE("ready"), api: EVERYWHERE("ready"), office: EVERYWHERE("ready") };

full("balancers", needs(...LAB_NEEDS, "python3")).describe("three hosts behind a balancer", () => {
  let fleet: RollingLab;
  let first: string;

  beforeAll(async () => {
    fleet = await startRolling({ work: temporary("rolling"), cli: bundledCommand(), app: APP });
    atEnd(() => rmSync(`/srv/${APP}`, { recursive: true, force: true }));
    first = await fleet.release("first");
    expect(reported(await fleet.deploy(first))).toEqual(["deployed", []]);
    await fleet.balancer.ask("clear counters all");
  });
  afterAll(() => fleet?.lab.stop());
  afterEach(async () => {
    for (const { name } of fleet.apps)
      for (const backend of ["web", "api", "office"])
        await fleet.balancer.ask(`set server ${backend}/${name} state ready`);
    await healthy();
  });

  const reported = ({ outcome, errors }: Report) => [outcome, errors];
  const live = async () =>
    (await Promise.all(fleet.apps.map((host) => host.root(`cat /srv/${APP}/current/text.txt`)))).join();
  const healthy = () =>
    expect
      .poll(async () => [...(await fleet.balancer.backend("web").servers()).values()].every(({ up }) => up), {
        timeout: 20_000,
      })
      .toBe(true);
  /** People with kept connections, with new ones, and such as a cookie keeps at one server. */
  const people = () =>
    startLoad([
      { url: fleet.balancer.url("web"), clients: 3, keepAlive: true },
      { url: fleet.balancer.url("api"), clients: 3, keepAlive: false },
      { url: fleet.balancer.url("office"), clients: 1, keepAlive: true },
      ...fleet.apps.map(({ name }) => ({
        url: fleet.balancer.url("web"),
        clients: 1,
        keepAlive: name === "app1",
        pause: 100,
        headers: { cookie: `S=${name}` },
      })),
    ]);

  it("are deployed, reverted and rolled back without errors: neither clients nor HAProxy count an error", async () => {
    const [second, broken] = [await fleet.release("second"), await fleet.release("broken", { fault: "app3 500" })];
    const load = people();
    expect(reported(await fleet.deploy(second))).toEqual(["deployed", []]);
    // The last one of three: the others are in use with the new release when they are reverted.
    const reverted = await fleet.deploy(broken);
    expect([reverted.outcome, reverted.errors.map(({ host }) => host)]).toEqual(["reverted", [fleet.apps[2]!.address]]);
    expect(await live()).toBe("second,second,second");
    expect(reported(await fleet.rollback())).toEqual(["rolled-back", []]);
    const seen = await load.stop();
    expect(seen.failures).toEqual([]);
    expect([...seen.pages.keys()].sort()).toEqual(["broken", "first", "second"]);
    const { errors, requests } = await fleet.balancer.counters();
    expect(errors).toEqual({});
    expect(requests).toBe(seen.requests);
    expect(await fleet.wanted()).toEqual(ALL_READY);
  });

  it("keep what an administrator wanted of them, also when they are reverted", async () => {
    const { ask } = fleet.balancer;
    await ask("set server web/app1 state drain");
    await ask("set server api/app3 state maint");
    const wanted = await fleet.wanted();
    const broken = await fleet.release("broken", { fault: "app1 500" });
    const reverted = await fleet.deploy(broken);
    expect([reverted.outcome, reverted.errors.map(({ host }) => host)]).toEqual(["reverted", [fleet.apps[0]!.address]]);
    expect(await fleet.wanted()).toEqual(wanted);
    const load = people();
    expect(reported(await fleet.deploy(await fleet.release("third")))).toEqual(["deployed", []]);
    expect((await load.stop()).failures).toEqual([]);
    expect(await fleet.wanted()).toEqual(wanted);
    expect(wanted).toEqual({
      web: { ...EVERYWHERE("ready"), app1: "drain" },
      api: { ...EVERYWHERE("ready"), app3: "maintenance" },
      office: EVERYWHERE("ready"),
    });
  });

  it("do not wait for ever for sessions that do not end, and report them", async () => {
    const settings = { balancers: fleet.balancers.map((one) => ({ ...one, drain: "1s" })) };
    const slow = fetch(`${fleet.balancer.url("web")}slow=300`, { headers: { cookie: "S=app2" } }).then(
      ({ status }) => status,
      () => "cut off",
    );
    await expect
      .poll(async () => (await fleet.balancer.backend("web").servers()).get("app2")?.sessions, { timeout: 10_000 })
      .toBeGreaterThan(0);
    const report = await fleet.deploy(await fleet.release("impatient", { settings }));
    expect(reported(report)).toEqual(["deployed", []]);
    expect(report.warnings).toEqual([
      `${fleet.apps[1]!.address}: 1 sessions had not ended when the time for draining was over`,
    ]);
    expect(await slow).not.toBe(200);
    await fleet.balancer.ask("clear counters all");
  });

  it("are refused before anything changes when a balancer cannot do its part: all of it is reported at once", async () => {
    const [own] = fleet.balancers as { servers: Record<string, string>; haproxy: { host: string } }[];
    const [app1] = fleet.apps;
    const haproxy = (backend: string, socket = fleet.balancer.socket) => ({ socket, backend, host: own!.haproxy.host });
    const settings = {
      balancers: [
        { ...own, haproxy: haproxy("shop") },
        { ...own, haproxy: haproxy("web", "/run/haproxy/nowhere.sock") },
        { ...own, haproxy: haproxy("web"), servers: { ...own!.servers, [app1!.address]: "app9" } },
        { ...own, haproxy: { ...haproxy("api"), "ssh-user": "games" } },
        { ...own, haproxy: haproxy("api", fleet.balancer.port) },
      ],
    };
    const artifact = await fleet.release("refused", { settings });
    const before = await live();
    for (const words of [["--dry-run"], []]) {
      const report = await fleet.command.transact(["deploy", "production", "--artifact", artifact, ...words]);
      expect(report.outcome).toBe("refused");
      expect(report.errors.map(({ what }) => what).sort()).toEqual([
        "/run/haproxy/nowhere.sock does not answer",
        "HAProxy does not list servers of backend shop",

        "the backend has no server app9",
        "the host does not accept this key for this user",
      ]);
      expect(report.errors.map(({ where }) => where?.hosts)).toContain(
        fleet.apps.map(({ address }) => address).join(", "),
      );
    }
    expect(await live()).toBe(before);
    expect(await app1!.root(`ls /srv/${APP}/releases`)).not.toContain("refused");
    // A rollback goes by the tarlift.yml of the checkout.
    expect((await fleet.rollback()).outcome).toBe("refused");
  });

  it("without traffic go first, and the last one in use only when another one can take over", async () => {
    const artifact = await fleet.release("recovered");
    const [, app2, app3] = fleet.apps;
    await Promise.all([app2, app3].map((host) => host!.root(`systemctl stop ${APP}-web`)));
    await expect
      .poll(async () => [...(await fleet.balancer.backend("web").servers()).values()].filter(({ up }) => up).length, {
        timeout: 10_000,
      })
      .toBe(1);
    const load = people();
    expect(reported(await fleet.deploy(artifact))).toEqual(["deployed", []]);
    expect((await load.stop()).failures).toEqual([]);

    for (const name of ["app2", "app3"]) await fleet.balancer.ask(`set server web/${name} state maint`);
    const refused = await fleet.deploy(await fleet.release("outage"));
    expect([refused.outcome, refused.errors.map(({ what }) => what)]).toEqual([
      "refused",
      ["app1 is the last healthy server of the backend"],
    ]);
    expect(await live()).toBe("recovered,recovered,recovered");
  });

  it("that a killed run left drained or activated are recovered by the next one, without errors for clients", async () => {
    const artifact = await fleet.release("killed");
    await fleet.balancer.ask("clear counters all");
    const load = people();
    const { child, ended } = fleet.command.start(["deploy", "production", "--artifact", artifact]);
    // app1 has been switched and is in use again; app2 is out.
    await expect
      .poll(async () => (await fleet.wanted()).api?.app2, { timeout: 60_000, interval: 50 })
      .toBe("maintenance");
    child.kill("SIGKILL");
    await ended;
    const report = await fleet.command.transact(["converge", "production", "--wait-for-lock", "30"]);
    expect(reported(report)).toEqual(["unchanged", []]);
    expect(report.warnings.join("\n")).toMatch(/taken it out of haproxy on .*, web\/app2; it is ready again/);
    const seen = await load.stop();
    expect(seen.failures).toEqual([]);
    expect((await fleet.balancer.counters()).errors).toEqual({});
    expect(await live()).toBe("recovered,recovered,recovered");
    expect(await fleet.wanted()).toEqual(ALL_READY);
  });

  it("of a balancer that is no HAProxy leave and return by its commands", async () => {
    const log = join(temporary("balancer"), "log");
    const say = (what: string) => `echo ${what} $TARLIFT_SERVER $TARLIFT_HOST >>${log}`;
    const settings = (drain: string) => ({ balancers: [{ command: { drain, restore: say("in") }, drain: "5s" }] });
    const addresses = fleet.apps.map(({ address }) => address);
    expect(reported(await fleet.deploy(await fleet.release("commands", { settings: settings(say("out")) })))).toEqual([
      "deployed",
      [],
    ]);
    const lines = () => readFileSync(log, "utf8").trim().split("\n");
    expect(lines()).toEqual(addresses.flatMap((one) => [`out ${one} ${one}`, `in ${one} ${one}`]));
    rmSync(log);
    const stubborn = `${say("out")}; [ $TARLIFT_HOST != ${addresses[1]} ]`;
    const report = await fleet.deploy(await fleet.release("stubborn", { settings: settings(stubborn) }));
    expect([report.outcome, report.errors[0]?.host, report.errors[0]?.what]).toEqual([
      "reverted",
      addresses[1],
      "the balancer's command `drain` failed",
    ]);
    expect(await live()).toBe("commands,commands,commands");
    // The first is switched, the second asked in vain and put back, and the first leaves and returns once more.
    const turn = (n: number) => [`out ${addresses[n]} ${addresses[n]}`, `in ${addresses[n]} ${addresses[n]}`];
    expect(lines()).toEqual([...turn(0), ...turn(1), ...turn(0)]);
  });
});
