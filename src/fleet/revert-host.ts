// Reverts one host to its previous release, also after its connection broke: how far it came is then unknown, so the
// host is asked.
import type { Facts, Reverted } from "../host/host.ts";
import type { Task } from "../progress.ts";
import { type Participant, servicesOf } from "./member.ts";
import type { Transaction } from "./transaction.ts";

/** Seconds to wait for what a host began before its connection broke: it keeps its lock until that has ended. */
const PATIENCE = 120;

/**
 * @param release what is being reverted
 * @returns the live release: the previously live one, unless another run has changed it meanwhile
 * @throws Failure when the host cannot be reached again, or does not revert
 */
export async function revertHost(tx: Transaction, member: Participant, release: string, task: Task): Promise<Reverted> {
  const { host } = member;
  const before = member.facts.live?.id;
  const seen = (live: string | undefined) => host.observe({ services: servicesOf(member, live), settle: false });
  const revert = async () => {
    const order = { from: release, to: before, transaction: tx.id };
    if (before !== release) return host.revert({ ...order, services: servicesOf(member, before) }, task);
    // The release was live already: nothing has to be reverted, but the transaction that this run opened there is
    // closed.
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

/**
 * Connects again after the connection broke, with the lock. @throws the first error if the second says nothing better
 */
export async function reconnect(tx: Transaction, member: Participant, error: unknown): Promise<Facts> {
  const { host, layout, services, shared } = member;
  const lock = { wait: Math.max(tx.rules.waitForLock, PATIENCE), owner: tx.owner };
  const facts = await host.facts({ layout, services, shared, lock }).catch(() => undefined);
  if (!facts || facts.lockedBy !== undefined) throw error;
  return facts;
}
