// What every balancer keeps to: a fleet drains and restores servers without knowing of what kind they are.
import { describe, expect, it } from "vitest";
import type { BackendServer } from "../../../src/balancers/balancer.ts";

/** A balancer with two hosts behind it, both of them in use. */
export interface OpenedBalancer {
  servers: [BackendServer, BackendServer];
  /** Whether it sends new requests to a server. */
  inUse(server: 0 | 1): Promise<boolean> | boolean;
  /** The same hosts, opened by a later run. */
  again(): Promise<[BackendServer, BackendServer]>;
}

/** @typeParam O what it opens, with what the functions beside `open` need of it */
export interface BalancerFixture<O extends OpenedBalancer> {
  open(): Promise<O>;
  /** It refuses to drain the last server that is in use. */
  refusesLast: boolean;
  /** Puts the first server into maintenance, as an administrator does. Left out: it has no state that outlives a run. */
  maintain?(opened: O): Promise<void>;
  /** Keeps the first server from being drained before `end` is called. Left out: draining waits for nothing. */
  busy?(opened: O): Promise<{ end(): void }>;
  /** The run that opened it is lost, and what it has armed for the first server restores that. Left out: nothing is armed. */
  lost?(opened: O): Promise<void>;
}

/** Runs the suite. @param title the balancer, and what distinguishes this way of it: `command on hosts` */
export function describeBalancer<O extends OpenedBalancer>(title: string, fixture: BalancerFixture<O>): void {
  const { open, refusesLast, maintain, busy, lost } = fixture;
  describe(`the balancer ${title}`, () => {
    it("names each server for the records of hosts, the same in every run", async () => {
      const { servers, again } = await open();
      const names = servers.map(({ name }) => name);
      for (const name of names) expect(name).toMatch(/^[^\t\r\n]+$/);
      expect(new Set(names).size).toBe(2);
      expect((await again()).map(({ name }) => name)).toEqual(names);
    });

    it("drains a server and restores the state that it had", async () => {
      const { servers, inUse } = await open();
      const [server] = servers;
      const previous = await server.state();
      expect(previous).toMatch(/^[a-z]+$/);
      expect((await server.drain({ previous })).cutOff).toBe(0);
      expect([await inUse(0), await inUse(1)]).toEqual([false, true]);
      await server.restore(previous);
      expect([await server.state(), await inUse(0)]).toEqual([previous, true]);
    });

    it("changes nothing when it is asked beforehand", async () => {
      const { servers, inUse } = await open();
      const before = await Promise.all(servers.map((server) => server.state()));
      await Promise.all(servers.map((server) => server.preflight()));
      expect(await Promise.all(servers.map((server) => server.state()))).toEqual(before);
      expect([await inUse(0), await inUse(1)]).toEqual([true, true]);
    });

    it("drains what a killed run has drained, and restores what that run found", async () => {
      const { servers, again, inUse } = await open();
      const previous = await servers[0].state();
      await servers[0].drain({ previous });
      const [server] = await again();
      await server.drain({ previous });
      expect(await inUse(0)).toBe(false);
      await server.restore(previous);
      expect([await server.state(), await inUse(0)]).toEqual([previous, true]);
      // A second time, where a run does not know that it has been done.
      await server.restore(previous);
      expect(await inUse(0)).toBe(true);
    });

    const leavesMaintenance = async (administrate: NonNullable<typeof maintain>) => {
      const opened = await open();
      const { servers, inUse } = opened;
      await administrate(opened);
      const previous = await servers[0].state();
      await servers[0].drain({ previous });
      await servers[0].restore(previous);
      expect([await servers[0].state(), await inUse(0)]).toEqual([previous, false]);
    };
    if (maintain) it("leaves the maintenance of an administrator", () => leavesMaintenance(maintain));

    const waits = async (use: NonNullable<typeof busy>) => {
      const opened = await open();
      const { servers, inUse } = opened;
      const previous = await servers[0].state();
      const { end } = await use(opened);
      const cancelled = new AbortController();
      let over = false;
      const draining = servers[0].drain({ previous, signal: cancelled.signal }).then(
        () => "drained",
        () => "ended",
      );
      void draining.then(() => {
        over = true;
      });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(over).toBe(false);
      cancelled.abort();
      await draining;
      end();
      await servers[0].restore(previous);
      expect(await inUse(0)).toBe(true);
    };
    if (busy) it("waits for what uses a server, and no longer where the run is cancelled", () => waits(busy));

    const refuses = async () => {
      const { servers, inUse } = await open();
      const previous = await servers[0].state();
      await servers[0].drain({ previous });
      await expect(servers[1].preflight()).rejects.toThrow();
      await expect(servers[1].drain({ previous })).rejects.toThrow();
      expect(await inUse(1)).toBe(true);
      await servers[0].restore(previous);
    };
    if (refusesLast) it("refuses to drain the last server", refuses);

    it("disarms what was never armed, or is disarmed already, and finds nothing restored", async () => {
      const { servers } = await open();
      const previous = await servers[0].state();
      expect((await servers[0].disarm?.()) ?? false).toBe(false);
      await servers[0].drain({ previous });
      await servers[0].restore(previous);
      expect((await servers[0].disarm?.()) ?? false).toBe(false);
    });

    const returns = async (lose: NonNullable<typeof lost>) => {
      const opened = await open();
      const { servers, again, inUse } = opened;
      const previous = await servers[0].state();
      await servers[0].drain({ previous });
      await lose(opened);
      await expect.poll(() => inUse(0), { timeout: 20_000 }).toBe(true);
      const [server] = await again();
      expect(await server.disarm?.()).toBe(true);
      expect(await server.disarm?.()).toBe(false);
      expect(await server.state()).toBe(previous);
    };
    if (lost) it("says to a later run whether the server of a lost one has come back by itself", () => returns(lost));
  });
}
