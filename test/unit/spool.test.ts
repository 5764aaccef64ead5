import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { type Piece, Spool } from "../../src/transfers/push/spool.ts";
import { temporary } from "../support/temporary.ts";

const MIB = 1 << 20;
afterEach(() => vi.unstubAllEnvs());

/** A source of so many bytes, and how often it was asked for. */
function source(size: number) {
  const bytes = randomBytes(size);
  const made = { times: 0, done: 0 };
  async function* chunks() {
    made.times++;
    for (let at = 0; at < size; at += 70_001) {
      made.done = Math.min(at + 70_001, size);
      yield bytes.subarray(at, made.done);
    }
  }
  return { bytes, made, spool: new Spool(chunks, () => made.done) };
}

const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
const joined = (pieces: Piece[]) => Buffer.concat(pieces.map(({ bytes }) => bytes));
const collect = async (pieces: AsyncIterable<Piece>) => {
  const collected: Piece[] = [];
  for await (const piece of pieces) collected.push(piece);
  return collected;
};
const all = async (spool: Spool) => joined(await collect(spool.read()));

/** Sizes of the files of a spool that this process has open. */
const open = () =>
  readdirSync("/proc/self/fd").flatMap((name) => {
    try {
      const path = join("/proc/self/fd", name);
      return readlinkSync(path).includes("tarlift-spool-") ? [statSync(path).size] : [];
    } catch {
      return [];
    }
  });

describe("a spool", () => {
  it("is produced once, and gives every reader all of it: a fast one, one that stops on the way, one that comes late", async () => {
    const { bytes, made, spool } = source(20 * MIB + 5);
    const slow = spool.read();
    const first = (await slow.next()).value as Piece;
    const fast = await all(spool);
    expect(sum(fast)).toBe(sum(bytes));
    const rest = await collect(slow);
    expect(sum(joined([first, ...rest]))).toBe(sum(bytes));
    expect(sum(await all(spool))).toBe(sum(bytes));
    expect(made.times).toBe(1);
    // A reader is told how far the source was when its piece was complete, not how far it is by now.
    expect(first.mark).toBeLessThan(2 * MIB);
    expect(rest.at(-1)?.mark).toBe(bytes.length);
    await spool.close();
  });

  it("keeps 8 MiB in memory and what is beyond in a file without a name, which is removed when no reader is left", async () => {
    const directory = temporary("spool");
    vi.stubEnv("RUNNER_TEMP", directory);
    const { spool } = source(20 * MIB);
    const waits = spool.read();
    await waits.next();
    await all(spool);
    const [size] = open();
    expect(size).toBeGreaterThanOrEqual(20 * MIB - 8 * MIB);
    expect(size).toBeLessThan(14 * MIB);
    expect(readdirSync(directory)).toEqual([]);
    await spool.close();
    expect(open()).toEqual([]);
  });

  it("makes no file of little", async () => {
    const { bytes, spool } = source(3 * MIB);
    expect(sum(await all(spool))).toBe(sum(bytes));
    expect(open()).toEqual([]);
    await spool.close();
  });

  it("tells every reader why the source has failed, after all that came before", async () => {
    const spool = new Spool(async function* () {
      yield Buffer.alloc(2 * MIB);
      throw new Error("the layer is damaged");
    });
    for (let reader = 0; reader < 2; reader++) {
      const pieces: Piece[] = [];
      const reading = async () => {
        for await (const piece of spool.read()) pieces.push(piece);
      };
      await expect(reading()).rejects.toThrow("the layer is damaged");
      expect(joined(pieces)).toHaveLength(2 * MIB);
    }
  });

  it("says where room is missing", async () => {
    const directory = join(temporary("spool"), "gone");
    vi.stubEnv("RUNNER_TEMP", directory);
    await expect(all(source(20 * MIB).spool)).rejects.toMatchObject({ remedy: `Make room in ${directory}.` });
  });
});
