// The first phase: every host is asked for its facts and locked, the leader first, so that of two runs the same one
// wins on all hosts.
import { Failure } from "../failure.ts";
import type { FailureCode } from "../failure-codes.ts";
import type { Facts, FactsRequest, Host } from "../host/host.ts";
import type { Member, Participant } from "./member.ts";
import { findingsOf } from "./plan.ts";
import type { Transaction } from "./transaction.ts";

const LOCKED = "another run holds the lock of this host";
const FOREIGN_LOCK = "a process that is no run of Tarlift holds the lock of this host";

/** What every host is asked about the incoming release; nothing if there is none. */
export type Wanted = (member: Member) => Pick<FactsRequest, "artifact" | "version" | "configuration">;

/**
 * @param members the hosts to ask; the first of them is locked first
 * @returns the hosts with their facts, in the fleet's order, without those that may be unreachable and are; undefined
 * when a host could not be asked (the transaction has the error)
 */
export async function preflight(
  tx: Transaction,
  members: readonly Member[],
  wanted: Wanted,
  options: { lock: boolean },
): Promise<Participant[] | undefined> {
  const [leader, ...others] = members as [Member, ...Member[]];
  const lock = options.lock ? { wait: tx.rules.waitForLock, owner: tx.owner } : undefined;
  const ask = async (member: Member): Promise<Participant> => {
    const { host, layout, services, shared } = member;
    const request = { layout, services, shared, ...wanted(member), lock, autoRevert: autoRevertAsked(tx, options) };
    const facts = await unlessCancelled(tx, host, () => host.facts(request));
    if (lock && facts.lockedBy !== undefined) throw lockedByOther(tx, member, facts, leader);
    return { ...member, facts };
  };
  const seen = ({ facts }: Participant) => (facts.live ? `live: ${facts.live.id}` : "nothing live yet");
  if (tx.stopped()) return undefined;
  const first = await tx.step("preflight", [leader], ask, seen);
  // A run that did not get the leader's lock leaves the other hosts alone; a run that cannot reach the leader still
  // reports the other findings.
  const lost = first.failed.some(({ error }) => error.code === "locked" || error.code === "lock-foreign");
  const rest = lost || tx.signal?.aborted ? { done: [], failed: [] } : await tx.step("preflight", others, ask, seen);
  const found = [...first.done, ...rest.done].map(({ value }) => value);
  for (const member of found) tx.found(member);
  if (tx.stopped()) return undefined;
  const failed = [...first.failed, ...rest.failed];
  const absent = failed.filter(({ member }) => member.host.away);
  // A host that answers with an error is not merely unreachable.
  if (found.length > 0 && absent.length === failed.length && absent.length <= (tx.rules.maxUnreachable ?? 0)) {
    // Warned once, although all hosts are asked twice after a recovery.
    for (const { member, error } of absent)
      tx.warn(`${member.host.name} is left out: ${error.what}; tarlift converge ${tx.target} brings it along`);
    return found;
  }
  tx.recordFailures(failed);
  // All other findings are reported now, not by the next attempt.
  for (const finding of found.flatMap(findingsOf)) tx.error(finding);
  return undefined;
}

/** A plan reports which hosts could not revert by themselves; a deploy says so for each host when it is activated. */
function autoRevertAsked(
  { rules: { autoRevert: wanted } }: Transaction,
  { lock }: { lock: boolean },
): FactsRequest["autoRevert"] {
  if (wanted?.required) return "required";
  return wanted && !lock ? "wanted" : undefined;
}

/**
 * The facts call may wait for another run's lock: a cancelled run stops waiting. Nothing has changed yet, so the
 * connection is simply closed.
 */
async function unlessCancelled<T>({ signal }: Transaction, host: Host, work: () => Promise<T>): Promise<T> {
  const leave = () => void host.close();
  signal?.addEventListener("abort", leave, { once: true });
  try {
    return await work();
  } finally {
    signal?.removeEventListener("abort", leave);
  }
}

/** The latest migrations have not ended: then their command holds the lock, perhaps without its run. */
const migrating = ({ migrations = [] }: Facts): boolean => migrations.at(-1)?.event === "begun";

/** The code for a lock that another run, or a process that is no run, holds. */
export const lockedCode = ({ lockedByStranger }: Facts): FailureCode => (lockedByStranger ? "lock-foreign" : "locked");

/** The message about a lock that another run, or a process that is no run, holds. */
export function lockedWords(facts: Facts): string {
  if (facts.lockedByStranger) return `${FOREIGN_LOCK}: ${facts.lockedBy}`;
  return `${LOCKED}: ${facts.lockedBy}${migrating(facts) ? "; its migrations still run" : ""}`;
}

function lockedByOther({ owner }: Transaction, member: Member, facts: Facts, leader: Member): Failure {
  // The owner is this run, and the host is not the leader: perhaps it is a host that this run has locked under another
  // address.
  const oneself = facts.lockedBy === owner && member.host !== leader.host;
  return new Failure({
    code: lockedCode(facts),
    what: lockedWords(facts),
    where: { host: member.host.name },
    remedy: facts.lockedByStranger ? endIt(member.layout.root) : `${WAIT}${oneself ? ` ${ONE_MACHINE}` : ""}`,
    outcome: "refused",
  });
}

const endIt = (root: string) =>
  `Look at what that process does, and end it. As root on the host: fuser -v ${root}/.tarlift/lock`;
const WAIT = "Wait for it to end, or let this run wait: `wait-for-lock: 10m` in the target, or --wait-for-lock 600.";
const ONE_MACHINE = "If that is none but this run: two hosts of the target are one machine under two names.";
