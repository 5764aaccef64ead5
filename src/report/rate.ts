// The current rate: over the last seconds, not since the start.

import { formatBytes } from "../text/quantity.ts";

const WINDOW = 3_000;
const SHORTEST = 200;

/**
 * @returns a function that records how much is done at a time (milliseconds), and returns the rate a second; undefined
 *   while too little is known
 */
export function rateMeter(began: number): (done: number, now: number) => number | undefined {
  const samples = [{ at: began, done: 0 }];
  return (done, now) => {
    samples.push({ at: now, done });
    while (samples.length > 2 && now - samples[1]!.at > WINDOW) samples.shift();
    const [first] = samples as [{ at: number; done: number }];
    const time = now - first.at;
    return time < SHORTEST || done <= first.done ? undefined : ((done - first.done) / time) * 1000;
  };
}

/** Bytes: for less, the rate would mostly measure other work. */
export const WORTH_A_RATE = 100_000;
const SHORTEST_SECONDS = 0.05;

/** `12.3 MB/s`; undefined if a rate would mean nothing. */
export const rateOf = (bytes: number, seconds: number): string | undefined =>
  bytes > WORTH_A_RATE && seconds > SHORTEST_SECONDS ? `${formatBytes(bytes / seconds)}/s` : undefined;
