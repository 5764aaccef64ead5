// One host back to what it ran before, also when its connection broke in the middle: then nobody knows how far it came, so it is asked.
import type { Facts, Reverted } from "../host/host.ts";
import type { Task } from "../progress.ts";
import { type Participant, servicesOf } from "./member.ts";
import type { Transaction } from "./transaction.ts";

/** Seconds for what a host began before its connection broke: it keeps its lock until that has ended. */
const PATIENCE = 120;

/**
 * @param release what is being undone
 * @returns what is live now, which is what was live before unless another run has been there meanwhile
 * @throws Failure when the host cannot be reached again, or does not come back
 */
export async function revertHost(tx: Transaction, member: Participant, release: string, task: Task): Promise<Reverted> {
  const { host } = member;
  const before = member.facts.live?.id;
  const seen = (live: string | undefined) => host.observe({ services: servicesOf(member, live), settle: false });
  const revert = async () => {
    const order = { from: release, to: before, transaction: tx.id };
    if (before !== release) return host.revert({ ...order, services: servicesOf(member, before) }, task);
    // It was live already: nothing has to go back, but what this run has open there is closed.
    const reverted = await host.revert({ ...order, services: [] }, task);
    return { ...reverted, services: await seen(before) };
  };
  try {
    return await revert();
  } catch (error) {
    if (!host.lost) throw error;
    const facts = await reconnect(tx, member, error);
    if (facts.open?.transaction === tx.id) return revert();
    return { release: facts.live?.id, services: await seen(facts.live?.id), warnings: [] };
  }
}

/** Connects again after the connection broke, with the lock. @throws the first error when nothing better is known */
export async function reconnect(tx: Transaction, member: Participant, error: unknown): Promise<Facts> {
  const { host, place, services, shared } = member;
  const lock = { wait: Math.max(tx.rules.waitForLock, PATIENCE), owner: tx.owner };
  const facts = await host.facts({ place, services, shared, lock }).catch(() => undefined);
  if (!facts || facts.lockedBy !== undefined) throw error;
  return facts;
}
