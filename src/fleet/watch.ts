// After a wave: for a given time, every service stays the process that it is, and answers.
import { Failure } from "../failure.ts";
import { forEachHost } from "./for-each-host.ts";
import { healthOf } from "./health.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import type { FleetRequest, Names, Participant } from "./request.ts";

/** Seconds between two looks. */
const INTERVAL = 2;

/**
 * Watches everything that was switched until now.
 *
 * @param seconds how long
 * @returns whether all of it stayed well (the ledger has what did not)
 */
export async function watch(
  request: FleetRequest,
  switched: readonly Participant[],
  names: Names,
  seconds: number,
  ledger: Ledger,
): Promise<boolean> {
  const settled = await forEachHost(switched, (member) =>
    phase(request, ledger, member, "watch", () => watchHost(request, member, names.get(member.host)!, seconds, ledger)),
  );
  return !ledger.failed(settled.failed);
}

/** @throws Failure of what was seen */
async function watchHost(
  request: FleetRequest,
  member: Participant,
  release: string,
  seconds: number,
  ledger: Ledger,
): Promise<void> {
  const first = new Map(ledger.host(member).services.map(({ service, pid }) => [service, pid]));
  const until = performance.now() + seconds * 1000;
  for (;;) {
    const seen = await member.host.observe({ services: member.services, settle: false });
    for (const { service, rung, pid, detail } of seen) {
      const began = first.get(service);
      const restarted = began !== undefined && pid !== undefined && pid !== began;
      if (rung === "none" || restarted)
        throw new Failure({
          what: restarted
            ? `${service} was restarted while it was watched`
            : `${service} stopped running while it was watched`,
          where: { host: member.host.name, release },
          output: detail,
          remedy: "Its log says why it does not stay up.",
        });
    }
    await healthOf(request, member, release, seen);
    const left = until - performance.now();
    if (left <= 0 || request.signal?.aborted) return;
    await new Promise((resolve) => setTimeout(resolve, Math.min(left, INTERVAL * 1000)));
  }
}
