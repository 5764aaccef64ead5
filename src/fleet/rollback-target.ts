// Which release a rollback activates: a pure decision by the records of hosts.
import { Failure } from "../failure.ts";
import type { Host, ReleaseOnHost } from "../host/host.ts";
import type { Names, Participant } from "./member.ts";
import { crossedBy } from "./schema-position.ts";

/**
 * The release to roll back to, by its own name on each host. Candidates are `good`, exist on every host, and on each of
 * them are live or became good before the live release (so a second rollback goes further back, and one host that has
 * stayed behind takes no host further back than itself); of these, the newest that is not live on all hosts already is
 * chosen.
 *
 * @param to name, version, commit or digest (or its beginning, 7 characters or more) instead
 * @throws Failure (refused) when there is none
 */
export function rollbackTarget(participants: readonly Participant[], to?: string): Map<Host, ReleaseOnHost> {
  const fleet = participants.map(keeping);
  const [leader] = fleet as [Keeper];
  for (const candidate of to === undefined ? leader.good : leader.good.filter((release) => isMeant(release, to))) {
    const everywhere = fleet.map((member) => ({ member, release: sameOn(member, candidate) }));
    if (everywhere.every(({ member, release }) => release?.id === member.facts.live?.id)) continue;
    if (everywhere.every(({ member, release }) => release && (to !== undefined || isBack(member, release))))
      return new Map(everywhere.map(({ member, release }) => [member.host, release!]));
  }
  throw refusal(fleet, to);
}

/** A host with its good releases, newest first, and for each {@link marksOf mark} the newest release that has it. */
interface Keeper extends Participant {
  good: readonly ReleaseOnHost[];
  byMark: ReadonlyMap<string, ReleaseOnHost>;
}

/** Computed once for a host, since each release of each host is looked up on every other one. */
function keeping(member: Participant): Keeper {
  const good = member.facts.releases.filter(({ state }) => state === "good").sort(newestFirst);
  const byMark = new Map<string, ReleaseOnHost>();
  for (const release of good)
    for (const mark of [inTransaction(release), ...marksOf(release)]) if (!byMark.has(mark)) byMark.set(mark, release);
  return { ...member, good, byMark };
}

/** How many of the hosts' releases a refusal names. */
const NAMED = 40;

function refusal(fleet: readonly Keeper[], to: string | undefined): Failure {
  const where = { live: fleet[0]?.facts.live?.id };
  const isLive = ({ facts: { live } }: Participant) => live !== undefined && to !== undefined && isMeant(live, to);
  if (fleet.every(isLive))
    return new Failure({
      code: "rollback-target-missing",
      what: `${to} is live on every host already`,
      where,
      outcome: "refused",
    });
  const kept = keptOf(fleet);
  const later = kept.find((release) => fleet.every((member) => sameOn(member, release) !== undefined));
  const named = kept.slice(0, NAMED).map((release) => describe(fleet, release));
  if (kept.length > NAMED) named.push(`and ${kept.length - NAMED} more`);
  return new Failure({
    code: "rollback-target-missing",
    what:
      to === undefined
        ? "there is no release that the whole target ran in good health before"
        : `${to} is not a good release of every host`,
    where,
    output: named.length > 0 ? named.join("\n") : undefined,
    remedy:
      to === undefined && later
        ? `To go to a release that came later, name it: tarlift rollback TARGET --to ${later.id}`
        : "Check out the commit that you want and deploy it, which sends it where it is missing: tarlift deploy TARGET --allow-older",
    outcome: "refused",
  });
}

/** The good releases of all hosts, except the one that is live on all of them, each once, newest first. */
function keptOf(fleet: readonly Keeper[]): ReleaseOnHost[] {
  const kept: ReleaseOnHost[] = [];
  const known = new Set<string>();
  for (const release of fleet.flatMap(({ good }) => good).sort(newestFirst)) {
    if (fleet.every((member) => sameOn(member, release)?.id === member.facts.live?.id)) continue;
    const marks = marksOf(release);
    if (marks.some((mark) => known.has(mark))) continue;
    for (const mark of marks) known.add(mark);
    kept.push(release);
  }
  return kept;
}

/** `v1-3fa9c1d2: not on app3`. */
function describe(fleet: readonly Keeper[], release: ReleaseOnHost): string {
  const lacks = fleet.filter((member) => sameOn(member, release) === undefined).map(({ host }) => host.name);
  if (lacks.length > 0) return `${release.id}: not on ${lacks.join(", ")}`;
  const later = fleet.filter((member) => !isBack(member, sameOn(member, release)!)).map(({ host }) => host.name);
  return `${release.id}: on every host${later.length > 0 ? `; it became good after what is live on ${later.join(", ")}` : ""}`;
}

/**
 * How a rollback would return to what was live before a transaction that was kept: decided by the rules of a rollback
 * itself.
 *
 * @param fleet the hosts that keep the release, with their facts from before the transaction
 * @param names what is live on each now
 * @param options.rollback the transaction was a rollback: the live release keeps its earlier place in the order
 * @returns `to` if a rollback without it would choose another release, and whether it crosses migrations of runs before
 * this transaction; undefined if no rollback leads there
 */
export function rollbackAfter(
  fleet: readonly Participant[],
  names: Names,
  { rollback }: { rollback: boolean },
): { to?: string; crosses: boolean } | undefined {
  const after = fleet.map((member) => ({ ...member, facts: factsAfter(member, names.get(member.host)!, rollback) }));
  const leads = (to?: string): boolean => {
    try {
      const found = rollbackTarget(after, to);
      return fleet.every(({ host, facts }) => facts.live !== undefined && found.get(host)?.id === facts.live.id);
    } catch {
      return false;
    }
  };
  const before = new Map(fleet.flatMap(({ host, facts }) => (facts.live ? [[host, facts.live.id]] : [])));
  // Perhaps of a release that did not stay.
  const crosses = crossedBy(fleet, before).length > 0;
  if (leads()) return { crosses };
  const to = fleet[0]?.facts.live?.id;
  return to !== undefined && leads(to) ? { to, crosses } : undefined;
}

/** Sorts after every time that a host records. */
const NOW = "9999";

function factsAfter({ facts }: Participant, live: string, rollback: boolean): Participant["facts"] {
  const known = facts.releases.find(({ id }) => id === live);
  const now: ReleaseOnHost = { ...(known ?? { id: live, version: live }), state: "good" };
  if (!rollback) Object.assign(now, { good: NOW, transaction: NOW });
  return { ...facts, live: now, releases: [now, ...facts.releases.filter(({ id }) => id !== live)] };
}

/** The release is live there, or the host ran it before the live one. */
function isBack({ facts: { live } }: Participant, release: ReleaseOnHost): boolean {
  return release.id === live?.id || live?.good === undefined || (release.good ?? "") < live.good;
}

function isMeant(release: ReleaseOnHost, to: string): boolean {
  if (release.id === to || release.version === to) return true;
  return (
    to.length >= 7 && [release.commit, release.digest, release.digest?.slice(7)].some((name) => name?.startsWith(to))
  );
}

/** By the time at which they became good, ISO 8601. */
const newestFirst = (a: ReleaseOnHost, b: ReleaseOnHost): number => ((a.good ?? "") < (b.good ?? "") ? 1 : -1);

/**
 * The same release on another host: by transaction if there is one, else the newest with the same digest. Adopted
 * releases have no digest: those that were adopted in one run, or have the same name, count as the same.
 */
function sameOn({ byMark }: Keeper, wanted: ReleaseOnHost): ReleaseOnHost | undefined {
  for (const mark of [inTransaction(wanted), ...marksOf(wanted)]) {
    const found = byMark.get(mark);
    if (found) return found;
  }
  return undefined;
}

/** Marks that all records of one release share: two releases are the same if one of their marks is the same. */
const marksOf = (release: ReleaseOnHost): string[] =>
  release.digest === undefined ? [inTransaction(release), `name ${release.id}`] : [release.digest];

const inTransaction = ({ digest = "", transaction = "" }: ReleaseOnHost): string =>
  `${digest} in transaction ${transaction}`;
