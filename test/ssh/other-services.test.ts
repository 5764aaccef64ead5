// Releases that do not have the services, or the health checks, of the tarlift.yml that is used now: a host acts on what the release had that
// it goes to, and says what it left out.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect } from "vitest";
import { converge } from "../../src/fleet/converge.ts";
import type { Member } from "../../src/fleet/member.ts";
import type { RollbackRequest } from "../../src/fleet/request.ts";
import { rollback } from "../../src/fleet/rollback.ts";
import { outcomeSentence } from "../../src/report/outcome-text.ts";
import type { ServiceRequest } from "../../src/supervisors/supervisor.ts";
import { rollbackRequest } from "../support/fleet.ts";
import { full } from "../support/full.ts";
import { status } from "../support/operations.ts";
import { put } from "../support/plain-host.ts";
import { type Shop, shopArtifact, startShop } from "../support/shop.ts";

const WORKER: ServiceRequest = { name: "worker", kind: "supervisord", unit: "worker", action: "restart", settle: 1 };

let count = 0;
const withWorker = (shop: Shop): Member => {
  const member = shop.member();
  return { ...member, services: [...member.services, WORKER] };
};
const back = (member: Member, more: Partial<RollbackRequest> = {}) =>
  rollback(rollbackRequest([], { members: [member], deployId: `back${count++}`, ...more }));
const now = (member: Member) =>
  status({ app: "shop", target: "test", members: [member] }, { verifyFull: false }).then(({ healthy, hosts }) => ({
    healthy,
    worker: hosts[0]?.services.find(({ service }) => service === "worker")?.evidence,
  }));
/** What supervisord says of the worker: `RUNNING`, `STOPPED`, … */
function worker(shop: Shop): string | undefined {
  try {
    const args = ["-c", join(shop.root, "supervisord.conf"), "status", "worker"];
    return execFileSync("supervisorctl", args, { encoding: "utf8" }).split(/\s+/)[1];
  } catch (error) {
    return (error as { stdout: string }).stdout.split(/\s+/)[1];
  }
}
const open = ({ root }: Shop) => existsSync(join(root, ".tarlift/transaction"));

describe("a release that adds a service", () => {
  full("services").it("can be rolled back, and the service is stopped until it comes again", async () => {
    const shop = await startShop({ programs: ["worker"] });
    await put([shop.member()], await shopArtifact("one"));
    const two = await put([withWorker(shop)], await shopArtifact("two", "none", ["worker"]));
    expect([two.outcome, two.errors, worker(shop)]).toEqual(["deployed", [], "RUNNING"]);

    const report = await back(withWorker(shop));
    expect([report.outcome, report.version, report.errors]).toEqual(["rolled-back", "one", []]);
    expect(report.warnings.join()).toContain("service worker: release one-");
    expect(report.warnings.join()).toContain("has no such service: it was stopped");
    expect(outcomeSentence(report)).toBe("it is live again on every host; every service was seen running it");
    expect([worker(shop), await shop.page()]).toEqual(["STOPPED", "one"]);

    expect(await now(withWorker(shop))).toEqual({ healthy: true, worker: "absent" });
    const request = rollbackRequest([], { members: [withWorker(shop)], deployId: `back${count++}` });
    const brought = await converge({ ...request, artifactOf: () => shopArtifact("unused") });
    expect([brought.outcome, brought.warnings]).toEqual(["unchanged", []]);

    const again = await back(withWorker(shop), { to: "two" });
    expect([again.outcome, again.errors, worker(shop)]).toEqual(["rolled-back", [], "RUNNING"]);
    expect(await now(withWorker(shop))).toEqual({ healthy: true, worker: "directory" });
  });

  full("transactions").it(
    "and fails is reverted whole: nothing is asked of the release before for which it has no service",
    async () => {
      const shop = await startShop({ programs: ["worker"] });
      await put([shop.member()], await shopArtifact("one"));
      const report = await put([withWorker(shop)], await shopArtifact("two", 500, ["worker"]));
      expect(report.outcome).toBe("reverted");
      expect(outcomeSentence(report)).toBe("every host that was touched is back where it was");
      expect(report.hosts[0]?.down).toBeUndefined();
      expect([worker(shop), await shop.page(), open(shop)]).toEqual(["STOPPED", "one", false]);
      // The release before may not be able to run it at all.
      const dead = await put([withWorker(shop)], await shopArtifact("three"));
      expect([dead.outcome, dead.hosts[0]?.down, open(shop)]).toEqual(["reverted", undefined, false]);
    },
  );

  full("transactions").each([0, 1.5])(
    "and fails is reverted whole too where an older Tarlift did not record what the release before has",
    // supervisord calls it running after 1 s: with 1.5 it ends while it is observed.
    async (late) => {
      const shop = await startShop({ programs: ["worker"], late });
      await put([shop.member()], await shopArtifact("one"));
      const record = join(shop.root, ".tarlift/releases", shop.live()!, "record");
      writeFileSync(record, readFileSync(record, "utf8").replaceAll(/^services?( .*)?\n/gm, ""));
      const report = await put([withWorker(shop)], await shopArtifact("two", 500, ["worker"]));
      expect([report.outcome, report.hosts[0]?.down, open(shop)]).toEqual(["reverted", undefined, false]);
      expect(report.warnings.join()).toMatch(
        /service worker: it does not start with release one-\w+, and did not run before/,
      );
      expect(await shop.page()).toBe("one");
    },
  );

  full("transactions").it("is left for the one before, which runs again before the service has ended", async () => {
    const shop = await startShop({ programs: ["worker"] });
    await put([shop.member()], await shopArtifact("one"));
    const stubborn: Member = { ...withWorker(shop), configuration: { PORT: String(shop.port), STUBBORN: "yes" } };
    await put([stubborn], await shopArtifact("two", "none", ["worker"]));
    const log = join(shop.root, "../supervisord.log");
    const before = readFileSync(log, "utf8").length;
    const report = await back(stubborn);
    expect([report.outcome, report.errors, await shop.page()]).toEqual(["rolled-back", [], "one"]);
    expect(report.warnings.join()).toContain("has no such service: it was stopped");
    expect(
      readFileSync(log, "utf8")
        .slice(before)
        .match(/success: web|killing 'worker'|stopped: worker/g),
    ).toEqual(["success: web", "killing 'worker'", "stopped: worker"]);
  });

  full("transactions").it("which ran before all the same is started again when it is reverted", async () => {
    const shop = await startShop({ programs: ["worker"] });
    await put([shop.member()], await shopArtifact("one", "none", ["worker"]));
    execFileSync("supervisorctl", ["-c", join(shop.root, "supervisord.conf"), "start", "worker"]);
    const report = await put([withWorker(shop)], await shopArtifact("two", 500, ["worker"]));
    const seen = report.hosts[0]?.services.map(({ service, evidence }) => [service, evidence]);
    expect([report.outcome, seen]).toEqual([
      "reverted",
      [
        ["web", "release-header"],
        ["worker", "directory"],
      ],
    ]);
    expect(worker(shop)).toBe("RUNNING");
  });
});

describe("a release that has one service less", () => {
  full("transactions").it("leaves it as it is, and that is said as long as it runs", async () => {
    const shop = await startShop({ programs: ["worker"] });
    await put([withWorker(shop)], await shopArtifact("one", "none", ["worker"]));
    for (const words of ["two", "three"]) {
      const report = await put([shop.member()], await shopArtifact(words));
      expect(report.outcome).toBe("deployed");
      expect(report.warnings.join()).toMatch(
        /service worker \(supervisord worker\) runs release one-\w+, and the tarlift/,
      );
      expect(outcomeSentence(report)).toMatch(/; LEFT RUNNING, no longer in tarlift.yml: worker on local \(one-\w+\)$/);
    }
    execFileSync("supervisorctl", ["-c", join(shop.root, "supervisord.conf"), "stop", "worker"]);
    const report = await put([shop.member()], await shopArtifact("four"));
    expect([report.outcome, report.warnings]).toEqual(["deployed", []]);
    // The release of which it was one is returned to without it.
    const old = await back(shop.member(), { to: "one" });
    expect(old.outcome).toBe("rolled-back");
    expect(old.warnings.join()).toMatch(/service worker \(supervisord worker\): release one-\w+ was deployed with it/);
  });
});

describe("a release whose service has another kind", () => {
  full("transactions").it("is not told to run on as the unit that its command restarts", async () => {
    const shop = await startShop();
    await put([shop.member()], await shopArtifact("one"));
    const { services: _, health: __, ...member } = shop.member();
    const restart = `supervisorctl -c ${join(shop.root, "supervisord.conf")} restart web`;
    const web: ServiceRequest = {
      name: "web",
      kind: "command",
      unit: "",
      action: "restart",
      settle: 1,
      commands: { restart },
    };
    for (const words of ["two", "three"]) {
      const report = await put([{ ...member, services: [web], health: {} }], await shopArtifact(words));
      expect([report.outcome, report.hosts[0]?.dropped]).toEqual(["deployed", undefined]);
      expect(report.warnings.join()).not.toContain("does not name it");
      expect(await shop.page()).toBe(words);
    }
  });
});

describe("a release whose service has another name", () => {
  full("services").it("is returned to by the unit that both have", async () => {
    const shop = await startShop();
    const renamed = (): Member => {
      const { services, health, ...member } = shop.member();
      return { ...member, services: services.map((one) => ({ ...one, name: "page" })), health: { page: health.web! } };
    };
    await put([shop.member()], await shopArtifact("one"));
    const two = await put([renamed()], await shopArtifact("two"));
    expect([two.outcome, two.warnings]).toEqual(["deployed", []]);
    const report = await back(renamed());
    expect([report.outcome, report.warnings]).toEqual(["rolled-back", []]);
    expect(report.hosts[0]?.services).toMatchObject([{ service: "page", evidence: "release-header" }]);
    expect(await shop.page()).toBe("one");
  });
});

describe("a release with another health check", () => {
  full("services").it("can be rolled back, and that its health was not verified is said", async () => {
    const shop = await startShop();
    const other = (): Member => {
      const member = shop.member();
      return { ...member, health: { web: { ...member.health.web!, status: 301 } } };
    };
    await put([shop.member()], await shopArtifact("one"));
    expect((await put([other()], await shopArtifact("two", 301))).outcome).toBe("deployed");
    const report = await back(other());
    expect([report.outcome, report.errors]).toEqual(["rolled-back", []]);
    expect(report.warnings.join()).toMatch(/whether web is healthy was NOT VERIFIED: one-\w+ was not deployed with/);
    expect(await shop.page()).toBe("one");
    expect((await now(other())).healthy).toBe(true);
    const record = join(shop.root, ".tarlift/releases", shop.live()!, "record");
    expect(readFileSync(record, "utf8")).toMatch(/^service here web supervisord web [0-9a-f]{16}\.[0-9a-f]{16}$/m);
  });
});
