// What every transport keeps to: a process whose standard input and output are a shell's on the host.
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it } from "vitest";
import { Connection } from "../../../src/session/connection.ts";
import type { ChannelEnd, PreparedTransport, Transport } from "../../../src/transports/transport.ts";
import type { HostAddress, TransportOptions } from "../../../src/transports/types.ts";

export interface TransportFixture {
  transport: Transport;
  /** A host that it reaches, and what it takes to reach it. */
  reach(): { address: HostAddress; options: TransportOptions };
}

/** Starts shell text on the host; the text stands for the program that a connection brings. */
async function started(prepared: PreparedTransport, address: HostAddress, text: string): Promise<ChildProcess> {
  const program = { loader: text, bootstrap: `exec sh -c '${text}'` };
  const child = await prepared.start(address, prepared.forwardsOf(address), program);
  child.stdin?.on("error", () => {});
  return child;
}

async function all(child: ChildProcess): Promise<{ out: Buffer; end: ChannelEnd }> {
  const out: Buffer[] = [];
  let stderr = "";
  child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    stderr += chunk;
  });
  const [code, signal] = await once(child, "close");
  return { out: Buffer.concat(out), end: { code, signal, stderr, noise: "", opened: false } };
}

/** @param name as in the title: `ssh` @param fixture called once servers run */
export function describeTransport(name: string, fixture: () => TransportFixture): void {
  describe(`the transport ${name}`, () => {
    const reach = () => {
      const { transport, ...rest } = fixture();
      const { address, options } = rest.reach();
      return { transport, address, options, prepared: transport.prepare(options) };
    };

    it("leads to the host that it is asked for, and says so", () => {
      const { transport, address } = reach();
      expect([transport.key, transport.reaches(address), transport.docs.length > 100]).toEqual([name, true, true]);
    });

    it("carries bytes of any kind both ways, also more than a pipe holds", async () => {
      const { address, prepared } = reach();
      const bytes = Buffer.from(Array.from({ length: 1 << 20 }, (_, n) => n % 256));
      const child = await started(prepared, address, "cat");
      const answer = all(child);
      child.stdin?.end(bytes);
      expect((await answer).out.equals(bytes)).toBe(true);
    });

    it("ends what runs there when its input ends, and hands over what was printed and the exit code", async () => {
      const { address, prepared } = reach();
      const child = await started(prepared, address, "cat >/dev/null; echo out; echo err >&2; exit 3");
      const answer = all(child);
      child.stdin?.end();
      const { out, end } = await answer;
      expect([out.toString(), end.stderr, end.code]).toEqual(["out\n", "err\n", 3]);
    });

    it("gives what runs there nothing of this process: neither inputs of an action nor its marks", async () => {
      const { address, prepared } = reach();
      process.env["INPUT_SSH-KEY"] = process.env.RUNNER_TRACKING_ID = "private";
      try {
        const child = await started(prepared, address, "env");
        child.stdin?.end();
        expect((await all(child)).out.toString()).not.toMatch(/private/);
      } finally {
        delete process.env["INPUT_SSH-KEY"];
        delete process.env.RUNNER_TRACKING_ID;
      }
    });

    it("calls an end before the program spoke another failure than one in the middle of a call", () => {
      const { prepared } = reach();
      const end = { host: "h", step: "facts", code: 1, signal: null, stderr: "", noise: "welcome" };
      expect(prepared.wasDropped({ ...end, opened: true })).toBe(false);
      expect(prepared.failureOf({ ...end, opened: false })).toMatchObject({ code: "login-shell", outcome: "refused" });
      expect(prepared.failureOf({ ...end, opened: true })).toMatchObject({ code: "connection-lost" });
      expect(prepared.notStarted("h", "no-such", "ENOENT")).toMatchObject({ outcome: "refused", output: "ENOENT" });
    });

    it("carries a connection: calls are answered, a lost one says so, and close ends it", async () => {
      const { address, prepared } = reach();
      const connection = new Connection(address, { transport: prepared, lease: 60 });
      await connection.call({ verb: "ping", values: {} });
      expect([connection.roundTrips, connection.lost]).toEqual([1, false]);
      process.kill(connection.pid!, "SIGKILL");
      await expect(connection.call({ verb: "ping", values: {} })).rejects.toMatchObject({ code: "connection-lost" });
      expect(connection.lost).toBe(true);
      const other = new Connection(address, { transport: prepared, lease: 60 });
      await other.call({ verb: "ping", values: {} });
      await other.close();
      expect(other.lost).toBe(true);
    });
  });
}
