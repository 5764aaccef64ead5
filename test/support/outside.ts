// Property-based tests of what reads outside bytes: how long they go on, and what each must do.
import fc from "fast-check";
import { expect } from "vitest";
import { Failure } from "../../src/failure.ts";

/** Minutes for all parsers of a file together; `npm run fuzz` gives more. @param usual in `npm test` */
export const minutesFor = (usual: number): number => Number(process.env.TARLIFT_FUZZ_MINUTES ?? usual);

const seed = Number(process.env.TARLIFT_FUZZ_SEED ?? Date.now() % 2 ** 31);
/** Bytes that one input may hold on to while it is read; inputs have at most some hundred thousand. */
const MEMORY = 256 << 20;

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
      await read(input);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
    expect(held() - before).toBeLessThan(MEMORY);
  });
  let more = 0;
  do await fc.assert(property, { seed: seed + more++, numRuns: runs, endOnFailure: true });
  while (performance.now() < end);
}
