// What every balancer keeps to: a fleet drains and restores servers without knowing of what kind they are.
import { describe, expect, it } from "vitest";
import type { BackendServer } from "../../../src/balancers/balancer.ts";

/** A balancer with two hosts behind it, both of them in use. */
export interface OpenedBalancer {
  servers: [BackendServer, BackendServer];
  /** Whether it sends new requests to a server. */
  inUse(server: 0 | 1): Promise<boolean> | boolean;
  /** Puts the first server into maintenance, as an administrator does. Left out: it has no state that outlives a run. */
  maintain?(): Promise<void>;
  /** Keeps the first server from being drained before `end` is called. Left out: draining waits for nothing. */
  busy?(): Promise<{ end(): void }>;
  /** The same hosts, opened by a later run. */
  again(): Promise<[BackendServer, BackendServer]>;
  /** The run that opened it is lost, and what it has armed for the first server restores that. Left out: nothing is armed. */
  lost?(): Promise<void>;
}

export interface BalancerFixture {
  open(): Promise<OpenedBalancer>;
  /** It refuses to drain the last server that is in use. */
  refusesLast: boolean;
}

/** Runs the suite. @param title the balancer, and what distinguishes this way of it: `command on hosts` */
export function describeBalancer(title: string, { open, refusesLast }: BalancerFixture): void {
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

    it("leaves the maintenance of an administrator", async ({ skip }) => {
      const { servers, inUse, maintain } = await open();
      if (!maintain) return skip();
      await maintain();
      const previous = await servers[0].state();
      await servers[0].drain({ previous });
      await servers[0].restore(previous);
      expect([await servers[0].state(), await inUse(0)]).toEqual([previous, false]);
    });

    it("waits for the end of what uses a server, and no longer where the run is cancelled", async ({ skip }) => {
      const { servers, inUse, busy } = await open();
      if (!busy) return skip();
      const previous = await servers[0].state();
      const { end } = await busy();
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
    });

    it.runIf(refusesLast)("refuses to drain the last server", async () => {
      const { servers, inUse } = await open();
      const previous = await servers[0].state();
      await servers[0].drain({ previous });
      await expect(servers[1].preflight()).rejects.toThrow();
      await expect(servers[1].drain({ previous })).rejects.toThrow();
      expect(await inUse(1)).toBe(true);
      await servers[0].restore(previous);
    });

    it("disarms what was never armed, or is disarmed already, and finds nothing restored", async () => {
      const { servers } = await open();
      const previous = await servers[0].state();
      expect((await servers[0].disarm?.()) ?? false).toBe(false);
      await servers[0].drain({ previous });
      await servers[0].restore(previous);
      expect((await servers[0].disarm?.()) ?? false).toBe(false);
    });

    it("says to a later run whether the server of a lost one has come back by itself", async ({ skip }) => {
      const { servers, again, inUse, lost } = await open();
      if (!lost) return skip();
      const previous = await servers[0].state();
      await servers[0].drain({ previous });
      await lost();
      await expect.poll(() => inUse(0), { timeout: 20_000 }).toBe(true);
      const [server] = await again();
      expect(await server.disarm?.()).toBe(true);
      expect(await server.disarm?.()).toBe(false);
      expect(await server.state()).toBe(previous);
    });
  });
}
