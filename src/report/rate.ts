// How fast it goes now, not since it began: over the last seconds.

import { formatBytes } from "../text/quantity.ts";

const WINDOW = 3_000;
const SHORTEST = 200;

/** @returns notes how much is done at a time (milliseconds), and tells the rate a second; undefined while too little is known */
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

/** Bytes: of less, a rate is that of everything else that was done meanwhile. */
export const WORTH_A_RATE = 100_000;
const SHORTEST_SECONDS = 0.05;

/** `12.3 MB/s`; undefined where a rate would say nothing. */
export const rateOf = (bytes: number, seconds: number): string | undefined =>
  bytes > WORTH_A_RATE && seconds > SHORTEST_SECONDS ? `${formatBytes(bytes / seconds)}/s` : undefined;
