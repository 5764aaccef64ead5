// Property-based tests of what reads outside bytes: how long they go on, and what each must do.
import { setTimeout as pause } from "node:timers/promises";
import fc from "fast-check";
import { expect } from "vitest";
import { Failure } from "../../src/failure.ts";

/** Minutes for all parsers of a file together; `npm run fuzz` gives more. @param full in `npm run test:full`; `npm test` takes half */
export const minutesFor = (full: number): number =>
  Number(process.env.TARLIFT_FUZZ_MINUTES ?? (process.env.TARLIFT_FULL === "1" ? full : full / 2));

const seed = Number(process.env.TARLIFT_FUZZ_SEED ?? Date.now() % 2 ** 31);
/** Bytes that one input may hold on to while it is read; inputs have at most some hundred thousand. */
const MEMORY = 256 << 20;

/** Seconds that one input may take, also on a machine that has much else to do. */
const SECONDS = 25;

/** @throws Error with what was waited for in vain, so that the input is named */
async function within(seconds: number, ended: unknown): Promise<void> {
  const late = new AbortController();
  const end = pause(seconds * 1000, undefined, { signal: late.signal }).then(() => {
    throw new Error(`it did not end within ${seconds} s`);
  });
  try {
    await Promise.race([ended, end]);
  } finally {
    end.catch(() => {});
    late.abort();
  }
}

/**
 * Reads inputs for some time: each ends with a value or with a Failure, in bounded memory.
 *
 * @param time milliseconds
 * @param runs how many inputs are read at least; the time counts after so many
 */
export async function endsCleanly<T>(
  inputs: fc.Arbitrary<T>,
  read: (input: T) => unknown,
  time: number,
  runs = 100,
): Promise<void> {
  const end = performance.now() + time;
  const held = () => {
    const { heapUsed, arrayBuffers, external } = process.memoryUsage();
    return heapUsed + Math.max(arrayBuffers, external);
  };
  const before = held();
  const property = fc.asyncProperty(inputs, async (input) => {
    try {
      await within(SECONDS, read(input));
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
    expect(held() - before).toBeLessThan(MEMORY);
  });
  let more = 0;
  do await fc.assert(property, { seed: seed + more++, numRuns: runs, endOnFailure: true });
  while (performance.now() < end);
}
