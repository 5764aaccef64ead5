// The first phase: every host is asked for its facts and locked, the leader first, so that of two runs one wins everywhere.
import { Failure } from "../failure.ts";
import type { Facts, FactsRequest, Host } from "../host/host.ts";
import { cancelled } from "./cancelled.ts";
import { forEachHost } from "./for-each-host.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import { findingsOf } from "./plan.ts";
import type { FleetRequest, Member, Participant } from "./request.ts";

const LOCKED = "another run holds the lock of this host";
const HELD = "a process that is no run of Tarlift holds the lock of this host";

/**
 * @param wanted what every host is told of the release to come; nothing for a rollback
 * @returns the members with their facts, in the fleet's order, without those that may be unreachable and are; undefined when a host could
 *   not be asked (the ledger has why)
 */
export async function preflight(
  request: FleetRequest,
  ledger: Ledger,
  wanted: (member: Member) => Pick<FactsRequest, "artifact" | "version" | "configuration">,
  options: { lock: boolean },
): Promise<Participant[] | undefined> {
  const lock = options.lock ? { wait: request.waitForLock, owner: request.owner } : undefined;
  const ask = (member: Member): Promise<Participant> =>
    phase(
      request,
      ledger,
      member,
      "survey",
      async () => {
        const { place, services, shared } = member;
        const facts = await unlessCancelled(request, member.host, () =>
          member.host.facts({
            place,
            services,
            shared,
            ...wanted(member),
            lock,
            switch: switchAsked(request, options),
          }),
        );
        if (lock && facts.lockedBy !== undefined) throw lockedByOther(request, member, facts);
        return { ...member, facts };
      },
      ({ facts }) => (facts.live ? `live: ${facts.live.id}` : "nothing live yet"),
    );
  const { signal } = request;
  if (cancelled(request, ledger)) return undefined;
  const [leader, ...others] = request.members as [Member, ...Member[]];
  const first = await forEachHost([leader], ask);
  // A run that lost the leader's lock leaves the other hosts alone; one that cannot reach the leader still tells what else is wrong.
  const lost = first.failed.some(({ trouble }) => trouble.what.startsWith(LOCKED) || trouble.what.startsWith(HELD));
  const rest = lost || signal?.aborted ? { done: [], failed: [] } : await forEachHost(others, ask);
  const surveyed = [...first.done, ...rest.done].map(({ value }) => value);
  for (const member of surveyed) ledger.surveyed(member);
  if (cancelled(request, ledger)) return undefined;
  const failed = [...first.failed, ...rest.failed];
  const absent = failed.filter(({ member }) => member.host.away);
  // One that answers with anything else than silence is no host that is merely away.
  if (surveyed.length > 0 && absent.length === failed.length && absent.length <= (request.maxUnreachable ?? 0)) {
    for (const { member, trouble } of absent) {
      const warning = `${member.host.name} is left out: ${trouble.what}; tarlift converge ${request.target} brings it along`;
      // Asked twice when something had to be put in order first.
      if (!ledger.warnings.includes(warning)) ledger.warnings.push(warning);
    }
    return surveyed;
  }
  ledger.failed(failed);
  // What else speaks against it is told at once, and not by the next attempt.
  ledger.troubles.push(...surveyed.flatMap(findingsOf));
  return undefined;
}

/** A plan tells which hosts could not go back by themselves; a deploy says it of each when it is switched. */
function switchAsked({ switch: wanted }: FleetRequest, { lock }: { lock: boolean }): FactsRequest["switch"] {
  if (wanted?.required) return "required";
  return wanted && !lock ? "wanted" : undefined;
}

/** Facts may wait for another run's lock: whoever is cancelled waits no more. Nothing has changed yet, so the connection is simply ended. */
async function unlessCancelled<T>({ signal }: FleetRequest, host: Host, work: () => Promise<T>): Promise<T> {
  const leave = () => void host.close();
  signal?.addEventListener("abort", leave, { once: true });
  try {
    return await work();
  } finally {
    signal?.removeEventListener("abort", leave);
  }
}

/** The latest migrations have not come to their end: then it is they who have the lock, perhaps without their run. */
const migrating = ({ migrations = [] }: Facts): boolean => migrations.at(-1)?.event === "begun";

/** What is said of a lock that another run, or a process that is no run, holds. */
export function lockedWords(facts: Facts): string {
  if (facts.lockedByStranger) return `${HELD}: ${facts.lockedBy}`;
  return `${LOCKED}: ${facts.lockedBy}${migrating(facts) ? "; its migrations still run" : ""}`;
}

function lockedByOther(request: FleetRequest, member: Member, facts: Facts): Failure {
  // Its own name, and not on the leader: perhaps it is this very run that has it, by another address.
  const oneself = facts.lockedBy === request.owner && member.host !== request.members[0]?.host;
  return new Failure({
    what: lockedWords(facts),
    where: { host: member.host.name },
    remedy: facts.lockedByStranger ? endIt(member.place.root) : `${WAIT}${oneself ? ` ${ONE_MACHINE}` : ""}`,
    outcome: "refused",
  });
}

const endIt = (root: string) =>
  `Look at what that process does, and end it. As root on the host: fuser -v ${root}/.tarlift/lock`;
const WAIT = "Wait for it to end, or let this run wait: `wait-for-lock: 10m` in the target, or --wait-for-lock 600.";
const ONE_MACHINE = "If that is none but this run: two hosts of the target are one machine under two names.";
