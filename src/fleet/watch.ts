// After a wave: for a given time, every service must stay the same process, and answer.
import { Failure } from "../failure.ts";
import { healthOf } from "./health.ts";
import { type Participant, servicesOf } from "./member.ts";
import { type Rollout, releaseOn } from "./rollout.ts";
import type { Transaction } from "./transaction.ts";

/** Seconds between two checks. */
const INTERVAL = 2;

/**
 * Watches all hosts that were activated so far.
 *
 * @param seconds how long
 * @returns whether all of them stayed healthy (the transaction has the errors)
 */
export async function watch(
  tx: Transaction,
  rollout: Rollout,
  activated: readonly Participant[],
  seconds: number,
): Promise<boolean> {
  const results = await tx.step("watch", activated, (member) =>
    watchHost(tx, member, releaseOn(rollout, member), seconds),
  );
  return !tx.recordFailures(results.failed);
}

/** @throws Failure when a service fails */
async function watchHost(tx: Transaction, member: Participant, release: string, seconds: number): Promise<void> {
  const first = new Map(tx.of(member).services.map(({ service, pid }) => [service, pid]));
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await member.host.observe({ services: servicesOf(member, release), settle: false });
    for (const { service, evidence, pid, detail } of seen) {
      const began = first.get(service);
      const restarted = began !== undefined && pid !== undefined && pid !== began;
      if (evidence === "none" || restarted)
        throw new Failure({
          code: "service-not-running",
          what: restarted
            ? `${service} was restarted while it was watched`
            : `${service} stopped running while it was watched`,
          where: { host: member.host.name, release },
          output: detail,
          remedy: "Its log says why it does not stay up.",
        });
    }
    await healthOf(member, release, seen, { signal: tx.signal });
    const left = until - performance.now();
    if (left <= 0 || tx.signal?.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, INTERVAL * 1000)));
  }
}
