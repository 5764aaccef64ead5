// A host that misbehaves ends its call in bounded time and memory. The other side of the connection is a program of the test's own.
import { describe, expect, it } from "vitest";
import { Connection, type Limits } from "../../src/host/connection.ts";
import { Output } from "../../src/host/exchange/output.ts";
import { silent } from "../../src/report/progress.ts";

const HOST = `${process.execPath} test/fixtures/hostile-host.mjs`;
const MEMORY = 64 << 20;

/** What a call to such a host ends with, and the most memory that it took meanwhile. */
async function called(mode: string, limits: Partial<Limits>, onOutput?: (bytes: Buffer) => void) {
  const address = { address: "local", roles: undefined, forwards: [] };
  const connection = new Connection(address, { ssh: undefined, lease: 180, shell: `${HOST} ${mode}`, limits });
  const held = () => process.memoryUsage().arrayBuffers + process.memoryUsage().heapUsed;
  const before = held();
  let most = 0;
  const look = setInterval(() => {
    most = Math.max(most, held() - before);
  }, 20);
  try {
    await connection.call({ verb: "facts", values: {}, onOutput });
    throw new Error("it answered");
  } catch (error) {
    return { error, most };
  } finally {
    clearInterval(look);
    await connection.close();
  }
}

describe("a host", () => {
  it("case 20: that answers the nonce and then nothing is given up", async () => {
    const { error } = await called("silent", { silence: 0.5 });
    expect(error).toMatchObject({
      what: "the host has not answered for 0.5 s",
      where: { host: "local", step: "facts" },
    });
  });

  it("case 20: that only says that it lives is given up in the end", async () => {
    const { error } = await called("alive", { silence: 5, time: 1 });
    expect(error).toMatchObject({ what: "the host has not come to an answer within 1 s" });
  });

  it.each(["flood", "claim", "values", "nothings", "names"])(
    "case 21: that sends without an end (%s) is not listened to",
    async (mode) => {
      const { error, most } = await called(mode, { bytes: 16 << 20 });
      expect(error).toMatchObject({ what: "the host sends more than it was asked for" });
      expect(most).toBeLessThan(16 * (1 << 20) + MEMORY);
    },
  );

  it("case 21: whose login shell prints without an end is not listened to", async () => {
    const { error } = await called("noise", {});
    expect(error).toMatchObject({ what: "the login shell of the host prints without an end" });
  });

  it("case 21: whose commands print without an end takes no memory for it", async () => {
    const output = new Output(silent.task("x"));
    const { error, most } = await called("output", { time: 2 }, (bytes) => output.push(bytes));
    expect(error).toMatchObject({ what: "the host has not come to an answer within 2 s" });
    expect(most).toBeLessThan(6 * MEMORY);
  });
});
