// A host that misbehaves ends its call in bounded time and memory. The other side of the connection is a program of the test's own.

import { Parser } from "tar";
import { describe, expect, it } from "vitest";
import type { ReleaseContent } from "../../src/artifact/open-artifact.ts";
import { Failure } from "../../src/failure.ts";
import { silent } from "../../src/progress.ts";
import type { Limits } from "../../src/protocol/call.ts";
import { Output } from "../../src/session/child-output.ts";
import { Connection } from "../../src/session/connection.ts";
import { parsePlan, type ReleaseIndex } from "../../src/transfers/release-index.ts";
import { wireTar } from "../../src/transfers/wire-tar.ts";
import { local } from "../../src/transports/local/transport.ts";
import { cpuTime } from "../support/cpu-time.ts";

const HOST = `${process.execPath} test/fixtures/hostile-host.mjs`;
const MEMORY = 64 << 20;

/** What a call to such a host ends with, and the most memory that it took meanwhile. */
async function called(mode: string, limits: Partial<Limits>, onOutput?: (bytes: Buffer) => void) {
  const address = { address: "local", roles: undefined, forwards: [] };
  const connection = new Connection(address, {
    transport: local.prepare({ shell: `${HOST} ${mode}` }),
    lease: 180,
    limits,
  });
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

  it("case 21: that prints more in one piece than the program does is not listened to", async () => {
    const output = new Output(silent.task("x"));
    const { error } = await called("lines", { bytes: 256 << 20 }, (bytes) => output.push(bytes));
    expect(error).toMatchObject({ what: "the host sends more than it was asked for" });
  });

  it("case 21: whose service has logged nothing but newlines is reported by the rest", async () => {
    const { error, most } = await called("log", {});
    expect(error).toMatchObject({ what: "x", output: "its log since the restart:\n[…]" });
    expect(most).toBeLessThan(4 * MEMORY);
  });

  it("case 21: that refuses at length is quoted in part", async () => {
    const { error } = await called("refusal", {});
    expect(error).toBeInstanceOf(Failure);
    const { what, output, remedy } = error as Failure;
    expect([what.length, output?.length, remedy?.length]).toEqual([16_384, 256 << 10, 16_384]);
    for (const cut of [what, remedy]) expect(cut).toMatch(/^x+\[…\]$/);
    expect(output).toMatch(/^\[…\]x+$/);
  });

  it("case 21: whose command prints a line byte by byte is listened to in linear time", () => {
    const lines: string[] = [];
    const output = new Output({ ...silent.task("x"), line: (line) => void lines.push(line) });
    const begin = cpuTime();
    output.push(Buffer.alloc(8 << 20, "a"));
    for (let n = 0; n < 5_000; n++) output.push(Buffer.from("b"));
    output.push(Buffer.from("\nc\n\nd"));
    output.end();
    expect(begin()).toBeLessThan(3_000);
    expect(lines).toEqual([`${"a".repeat(8 << 20)}${"b".repeat(5_000)}`, "c", "", "d"]);
    expect(output.lastLines).toHaveLength(256 << 10);
  });

  it("case 21: whose plan names files of a release gets them in pieces of bounded size", async () => {
    const files = Array.from({ length: 5_000 }, (_, n) => ({ type: "file", path: `d/${n}`, mode: 0o644, size: 1 }));
    const index = { files, entries: files } as unknown as ReleaseIndex;
    const plan = parsePlan(`b ${"v".repeat(128)}\nl 2 releases/v0/x\n`, index);
    const artifact = { release: { commit: { time: "2026-01-01T00:00:00Z" } } } as ReleaseContent;
    const request = { artifact, index, plan, root: "/srv/shop", incoming: "/srv/shop/.tarlift/incoming/x" };
    const pieces: Buffer[] = [];
    for await (const piece of wireTar({ ...request, environments: [], modes: "open" }, () => {})) pieces.push(piece);
    expect(pieces.length).toBeGreaterThan(3);
    for (const piece of pieces) expect(piece.length).toBeLessThan(2 << 20);
    const links: string[] = [];
    const parser = new Parser({
      onReadEntry(entry) {
        links.push(`${entry.path} ${entry.linkpath}`);
        entry.resume();
      },
    });
    for (const piece of pieces) parser.write(piece);
    parser.end();
    expect(links).toHaveLength(5_000);
    expect(links.slice(0, 2)).toEqual([
      `srv/shop/.tarlift/incoming/x/d/0 srv/shop/releases/${"v".repeat(128)}/d/0`,
      "srv/shop/.tarlift/incoming/x/d/1 srv/shop/releases/v0/x",
    ]);
  });

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
