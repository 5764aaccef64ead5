import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Timings } from "../../src/bundle/timings.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Lets the time pass without waiting for it. */
async function takes(milliseconds: number): Promise<void> {
  await sleep(0);
  vi.advanceTimersByTime(milliseconds);
}

test("a part within another one counts only as itself, and a part that comes again is added", async () => {
  const timings = new Timings();
  await timings.measure("source", () => takes(7));
  const result = await timings.measure("assets", async () => {
    await takes(10);
    await timings.measure("unpacking", () => takes(300));
    await takes(20);
    await timings.measure("unpacking", () => takes(400));
    return "made";
  });
  await timings.measure("checks", async () => {
    await timings.measure("unpacking", () => takes(5000));
    await takes(1);
  });
  expect(result).toBe("made");
  expect(timings.spent).toEqual({
    environments: 0,
    source: 7,
    assets: 30,
    application: 0,
    artifact: 0,
    unpacking: 5700,
    checks: 1,
  });
});
