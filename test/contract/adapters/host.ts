// What every host keeps to, be it reached over a connection or in the memory of a test: what it records of releases and transactions, and
// what it refuses. `memory-host.test.ts` of the unit layer and `host-contract.test.ts` of the ssh layer run it.
import { describe, expect, it } from "vitest";
import type { ReleaseContent } from "../../../src/artifact/open-artifact.ts";
import type { Facts, FactsRequest, Host, MigrationEvent } from "../../../src/host/host.ts";
import { silent } from "../../../src/progress.ts";
import type { AppLayout } from "../../../src/protocol/app-layout.ts";

/** One host, with nothing deployed to it. */
export interface HostFixture {
  layout: AppLayout;
  /** A connection to it, each time another one. */
  open(): Host;
  /** An artifact of this label, each label with other content. */
  artifact(version: string): Promise<ReleaseContent>;
  /** Shell text that lists these pending migrations. */
  listing(pending: readonly string[]): string;
  /** Changes a file of a release behind Tarlift's back. */
  edit(release: string): void;
}

const task = () => silent.task("");
const nothing = { directories: [], files: [] };

/** Runs the suite. @param fixture called for each test */
export function describeHost(name: string, fixture: () => HostFixture): void {
  /** A host with what tests do to it, in short words. */
  function begun() {
    const at = fixture();
    const host = at.open();
    const facts = (more: Partial<FactsRequest> = {}, on: Host = host): Promise<Facts> =>
      on.facts({ layout: at.layout, services: [], shared: nothing, lock: { owner: "a test", wait: 0 }, ...more });
    const prepare = async (version: string, configuration: Record<string, string> = {}) => {
      const artifact = await at.artifact(version);
      await facts({ artifact, version, configuration });
      return (await host.prepare({ artifact, configuration, shared: nothing }, task())).release;
    };
    const activate = (
      release: string,
      transaction: string,
      more: { expected?: string | undefined; back?: boolean } = {},
    ) =>
      host.activate(
        {
          release,
          transaction,
          services: [],
          expected: more.expected,
          restart: "changed",
          ...(more.back ? { rollback: true } : {}),
        },
        task(),
      );
    const commit = (
      release: string,
      transaction: string,
      more: { rollback?: boolean; migrations?: MigrationEvent[] } = {},
    ) => host.commit({ release, transaction, keep: 5, ...more });
    const revert = (from: string, to: string | undefined, transaction: string, remember = false) =>
      host.revert({ from, to, transaction, services: [], remember }, task());
    /** One whole deploy. @returns the release's name */
    const deploy = async (version: string, transaction: string, configuration: Record<string, string> = {}) => {
      const { live } = await facts();
      const release = await prepare(version, configuration);
      await activate(release, transaction, { expected: live?.id });
      await commit(release, transaction);
      return release;
    };
    const recorded = async (release: string) => (await facts()).releases.find(({ id }) => id === release);
    return { at, host, facts, prepare, activate, commit, revert, deploy, recorded };
  }

  describe(name, () => {
    describe("before anything was deployed", () => {
      it("has nothing live, and no releases", async () => {
        const { facts } = begun();
        expect(await facts()).toMatchObject({ live: undefined, previous: undefined, releases: [], open: undefined });
      });

      it("names the release that is to come, and does not call it unchanged", async () => {
        const { at, facts, prepare } = begun();
        const found = await facts({ artifact: await at.artifact("v1"), version: "v1", configuration: {} });
        expect(found.unchanged).toBe(false);
        expect(found.missing.files).toBeGreaterThan(0);
        expect(await prepare("v1")).toBe(found.incoming);
      });

      it("does nothing before it was asked for facts", async () => {
        const { host, activate, commit, revert } = begun();
        for (const work of [
          () => activate("v1", "t1"),
          () => commit("v1", "t1"),
          () => revert("v1", undefined, "t1"),
          () => host.precommit(),
          () => host.noteDrained([]),
          () => host.acknowledgeReturned(),
          () => host.lockDeploys("demo"),
        ])
          await expect(work()).rejects.toThrow();
      });

      it("reverts to nothing where nothing was live", async () => {
        const { facts, prepare, activate, revert } = begun();
        const release = await prepare("v1");
        await activate(release, "t1");
        expect(await revert(release, undefined, "t1")).toMatchObject({ release: undefined });
        expect(await facts()).toMatchObject({ live: undefined, open: undefined });
      });
    });

    describe("the lock", () => {
      it("is given to one run, which another run sees", async () => {
        const { at, facts } = begun();
        expect((await facts()).lockedBy).toBeUndefined();
        const other = await facts({ lock: { owner: "another", wait: 0 } }, at.open());
        expect(other.lockedBy).toContain("a test");
      });

      it("is said to who does not ask for it, and is no obstacle", async () => {
        const { at, facts } = begun();
        await facts();
        const other = await facts({ lock: undefined }, at.open());
        expect([other.running?.includes("a test"), other.lockedBy]).toEqual([true, undefined]);
      });

      it("stays with its run when that asks again", async () => {
        const { facts } = begun();
        await facts();
        expect((await facts()).lockedBy).toBeUndefined();
      });

      it("is free after the connection ended, and after the commit", async () => {
        const { at, host, facts, deploy } = begun();
        await deploy("v1", "t1");
        const other = at.open();
        expect((await facts({}, other)).lockedBy).toBeUndefined();
        await other.close();
        expect((await facts()).lockedBy).toBeUndefined();
        await host.close();
        expect((await facts({}, at.open())).lockedBy).toBeUndefined();
      });
    });

    describe("a deploy", () => {
      it("is recorded as prepared, and nothing is live yet", async () => {
        const { facts, prepare, recorded } = begun();
        const release = await prepare("v1");
        expect((await recorded(release))?.state).toBe("prepared");
        expect((await facts()).live).toBeUndefined();
      });

      it("is live and open once it is activated", async () => {
        const { facts, prepare, activate } = begun();
        const release = await prepare("v1");
        expect((await activate(release, "t1")).previous).toBeUndefined();
        const found = await facts();
        expect(found.live).toMatchObject({ id: release, state: "active" });
        expect(found.open).toMatchObject({ transaction: "t1", phase: "activated", release });
        expect(found.open?.previous).toBeUndefined();
      });

      it("is marked to stay by precommit, which another run reads", async () => {
        const { at, host, facts, prepare, activate } = begun();
        await activate(await prepare("v1"), "t1");
        await host.precommit();
        await host.close();
        expect((await facts({}, at.open())).open).toMatchObject({ transaction: "t1", phase: "precommit" });
      });

      it("is good, agreed on and closed after the commit", async () => {
        const { deploy, facts } = begun();
        const release = await deploy("v1", "t1");
        const found = await facts();
        expect(found.live).toMatchObject({ id: release, state: "good", transaction: "t1" });
        expect(found.live?.good).toMatch(/^\d{4}-\d\d-\d\dT/);
        expect([found.agreed, found.open]).toEqual(["t1", undefined]);
      });

      it("has what was live before as its previous", async () => {
        const { deploy, facts } = begun();
        const first = await deploy("v1", "t1");
        const second = await deploy("v2", "t2");
        expect(await facts()).toMatchObject({ live: { id: second }, previous: { id: first } });
      });

      it("became good later than every one before it", async () => {
        const { deploy, recorded } = begun();
        const [first, second] = [await deploy("v1", "t1"), await deploy("v2", "t2")];
        expect((await recorded(second))!.good! > (await recorded(first))!.good!).toBe(true);
      });

      it("of the same release and configuration is unchanged, and of another configuration another release", async () => {
        const { at, deploy, facts } = begun();
        const release = await deploy("v1", "t1", { COLOUR: "red" });
        const asked = { artifact: await at.artifact("v1"), version: "v1" };
        const same = await facts({ ...asked, configuration: { COLOUR: "red" } });
        expect([same.unchanged, same.incoming]).toEqual([true, release]);
        const other = await facts({ ...asked, configuration: { COLOUR: "blue" } });
        expect([other.unchanged, other.incoming]).toEqual([false, `${release}-2`]);
      });

      it("of what is live already keeps it live", async () => {
        const { deploy, facts, activate, commit } = begun();
        const release = await deploy("v1", "t1");
        await facts();
        expect((await activate(release, "t2", { expected: release })).previous).toBe(release);
        await commit(release, "t2");
        expect((await facts()).live).toMatchObject({ id: release, state: "good" });
      });
    });

    describe("what is refused, and leaves all as it was", () => {
      it("an activation where another release is live than was expected", async () => {
        const { deploy, prepare, activate, facts } = begun();
        const first = await deploy("v1", "t1");
        const second = await prepare("v2");
        await expect(activate(second, "t2", { expected: "other" })).rejects.toThrow(/is live, and other was expected/);
        expect(await facts()).toMatchObject({ live: { id: first }, open: undefined });
      });

      it("an activation of a release that is not there", async () => {
        const { deploy, facts, activate } = begun();
        const first = await deploy("v1", "t1");
        await facts();
        await expect(activate("v9", "t2", { expected: first })).rejects.toThrow(/v9/);
        expect(await facts()).toMatchObject({ live: { id: first }, open: undefined });
      });

      it("an activation of a release that has failed", async () => {
        const { deploy, prepare, activate, revert, facts } = begun();
        const first = await deploy("v1", "t1");
        const second = await prepare("v2");
        await activate(second, "t2", { expected: first });
        await revert(second, first, "t2");
        await expect(activate(second, "t3", { expected: first })).rejects.toThrow(/not prepared/);
        expect(await facts()).toMatchObject({ live: { id: first }, open: undefined });
      });

      it("a commit of a release that is not live", async () => {
        const { deploy, prepare, commit, recorded, facts } = begun();
        await deploy("v1", "t1");
        const second = await prepare("v2");
        await expect(commit(second, "t2")).rejects.toThrow(/is not live/);
        expect((await recorded(second))?.state).toBe("prepared");
        expect((await facts()).agreed).toBe("t1");
      });

      it("a revert where another release is live meanwhile", async () => {
        const { deploy, facts, revert } = begun();
        const first = await deploy("v1", "t1");
        await facts();
        await expect(revert("v8", "v9", "t2")).rejects.toThrow(/left alone/);
        expect((await facts()).live?.id).toBe(first);
      });

      it("a revert to a release that is gone", async () => {
        const { prepare, activate, revert, facts } = begun();
        const release = await prepare("v1");
        await activate(release, "t1");
        await expect(revert(release, "v0", "t1")).rejects.toThrow(/v0/);
        expect((await facts()).live?.id).toBe(release);
      });
    });

    describe("a revert", () => {
      it("brings back what was live, and marks what is undone as failed", async () => {
        const { deploy, prepare, activate, revert, facts, recorded } = begun();
        const first = await deploy("v1", "t1");
        const second = await prepare("v2");
        await activate(second, "t2", { expected: first });
        expect((await revert(second, first, "t2")).release).toBe(first);
        expect(await facts()).toMatchObject({ live: { id: first, state: "good" }, open: undefined, agreed: "t1" });
        expect((await recorded(second))?.state).toBe("failed");
      });

      it("is remembered where that was asked for, until it was heard", async () => {
        const { host, deploy, prepare, activate, revert, facts } = begun();
        const first = await deploy("v1", "t1");
        const second = await prepare("v2");
        await activate(second, "t2", { expected: first });
        await revert(second, first, "t2", true);
        expect((await facts()).returned).toMatchObject({ transaction: "t2", release: second, previous: first });
        await host.acknowledgeReturned();
        expect((await facts()).returned).toBeUndefined();
      });

      it("is remembered no longer than until the next activation, and not at all where it was not asked for", async () => {
        const { deploy, prepare, activate, revert, facts } = begun();
        const first = await deploy("v1", "t1");
        const second = await prepare("v2");
        await activate(second, "t2", { expected: first });
        await revert(second, first, "t2", true);
        const third = await prepare("v3");
        expect((await facts()).returned).toBeDefined();
        await activate(third, "t3", { expected: first });
        expect((await facts()).returned).toBeUndefined();
        await revert(third, first, "t3");
        expect((await facts()).returned).toBeUndefined();
      });
    });

    describe("a rollback", () => {
      it("is open as one, and keeps what the release records of its own time", async () => {
        const { deploy, facts, activate, commit, recorded } = begun();
        const first = await deploy("v1", "t1");
        const second = await deploy("v2", "t2");
        const before = await recorded(first);
        await activate(first, "t3", { expected: second, back: true });
        expect((await facts()).open).toMatchObject({ rollback: true, release: first, previous: second });
        expect((await recorded(first))?.state).toBe("good");
        await commit(first, "t3", { rollback: true });
        const { live, agreed } = await facts();
        expect(live).toMatchObject({ id: first, good: before!.good, transaction: "t1" });
        expect(agreed).toBe("t3");
      });

      it("that is reverted leaves its release good", async () => {
        const { deploy, facts, activate, revert, recorded } = begun();
        const first = await deploy("v1", "t1");
        const second = await deploy("v2", "t2");
        await facts();
        await activate(first, "t3", { expected: second, back: true });
        await revert(first, second, "t3");
        expect((await recorded(first))?.state).toBe("good");
      });
    });

    describe("what a host keeps besides", () => {
      it("servers that a run drained, until they are restored", async () => {
        const { at, host, facts } = begun();
        const drained = [
          { server: "web on lb1", previous: "ready" },
          { server: "api on lb2", previous: "maintenance" },
        ];
        await facts();
        await host.noteDrained(drained);
        await host.close();
        const next = at.open();
        expect((await facts({}, next)).drained).toEqual(drained);
        await next.noteDrained([]);
        expect((await facts({}, next)).drained ?? []).toEqual([]);
      });

      it("drained servers no longer than until a commit", async () => {
        const { host, facts, prepare, activate, commit } = begun();
        const release = await prepare("v1");
        await host.noteDrained([{ server: "web on lb1", previous: "ready" }]);
        await activate(release, "t1");
        await commit(release, "t1");
        expect((await facts()).drained ?? []).toEqual([]);
      });

      it("the message of a person who holds deploys, until they go on", async () => {
        const { host, facts } = begun();
        await facts();
        await host.lockDeploys("demo at noon");
        expect((await facts()).deployLock).toBe("demo at noon");
        await host.lockDeploys(undefined);
        expect((await facts()).deployLock).toBeUndefined();
      });

      it("its journal of migrations since the oldest release that it keeps, with those that only other hosts had", async () => {
        const { deploy, facts, prepare, activate, commit } = begun();
        const first = await deploy("v1", "t1");
        const release = await prepare("v2");
        await activate(release, "t2", { expected: first });
        const of = { transaction: "t2", release };
        const migrations: MigrationEvent[] = [
          { ...of, event: "begun", migration: "shop.0001" },
          { ...of, event: "ended", code: 0 },
        ];
        await commit(release, "t2", { migrations });
        expect((await facts()).migrations).toEqual([...migrations, { ...of, event: "good" }]);
      });

      it("no journal where no migration was ever applied", async () => {
        const { deploy, facts } = begun();
        await deploy("v1", "t1");
        expect((await facts()).migrations).toBeUndefined();
      });
    });

    describe("what is looked at", () => {
      it("pending migrations are listed in their order", async () => {
        const { at, host, facts } = begun();
        const artifact = await at.artifact("v1");
        await facts({ artifact, version: "v1", configuration: {} });
        const pending = at.listing(["shop.0002", "shop.0001"]);
        const prepared = await host.prepare({ artifact, configuration: {}, shared: nothing, pending }, task());
        expect(prepared.pending).toEqual(["shop.0002", "shop.0001"]);
      });

      it("a release is as it was verified until a file of it is edited", async () => {
        const { at, host, deploy, facts } = begun();
        const release = await deploy("v1", "t1");
        await facts();
        expect((await host.drift({ release, full: false })).count).toBe(0);
        at.edit(release);
        const drift = await host.drift({ release, full: false });
        expect([drift.count, drift.changed.length]).toEqual([1, 1]);
      });
    });

    describe("its end", () => {
      it("never throws, also twice and without facts before", async () => {
        const { at, host, facts } = begun();
        await at.open().close();
        await facts();
        await host.close();
        await host.close();
      });

      it("ends what can be done, until facts connect again", async () => {
        const { host, facts, prepare, activate } = begun();
        const release = await prepare("v1");
        await host.close();
        await expect(activate(release, "t1")).rejects.toThrow();
        await facts();
        await activate(release, "t1");
        expect((await facts()).live?.id).toBe(release);
      });
    });
  });
}
