// Deploys and rollbacks in turn while people use the application: what they and what stands in front of it count. A test does a few of
// them, `npm run load` many.
import type { Report } from "../../src/fleet/report.ts";
import { type Clients, type Seen, startLoad } from "./load.ts";

export interface Turns {
  groups: readonly Clients[];
  /** Deploys and rollbacks, half of each. */
  turns: number;
  /** No end before so many requests. */
  requests: number;
  /** Deploys the newer of two releases. */
  deploy(): Promise<Report>;
  /** Returns to the older one. */
  rollback(): Promise<Report>;
  /** Told after each turn. */
  reported?(turn: number, outcome: string, seconds: number, requests: number): void;
}

export interface UnderLoad extends Seen {
  turns: number;
  /** Of all turns together, without what lies between them. */
  seconds: number;
}

/** @throws Error when a turn does not come to `deployed`, or `rolled-back` */
export async function underLoad({ groups, turns, requests, deploy, rollback, reported }: Turns): Promise<UnderLoad> {
  const load = startLoad(groups);
  let seconds = 0;
  let turn = 0;
  try {
    // An even number: the next one may begin where this one did.
    while (turn < turns || turn % 2 === 1 || (await load.count()) < requests) {
      const forward = turn % 2 === 0;
      const start = performance.now();
      const report = forward ? await deploy() : await rollback();
      const took = (performance.now() - start) / 1000;
      seconds += took;
      turn++;
      reported?.(turn, report.outcome, took, await load.count());
      if (report.outcome !== (forward ? "deployed" : "rolled-back"))
        throw new Error(`turn ${turn}: ${report.outcome}\n${JSON.stringify(report.errors, undefined, 2)}`);
    }
  } finally {
    await load.stop();
  }
  return { ...load.seen, turns: turn, seconds };
}
