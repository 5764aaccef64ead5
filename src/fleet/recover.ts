// What a killed run left: every deploy and rollback begins with bringing such hosts to where the fleet's record says. A transaction
// that any host has precommitted is finished on all; any other is taken back on all. Nothing here needs a person: what a repair cannot
// do for a host that stands where it should is told, and left to the release that follows.
import { Failure } from "../failure.ts";
import type { Facts, Host, OpenTransaction, ReleaseOnHost } from "../host/host.ts";
import type { Task } from "../progress.ts";
import { disarmLeft, inTurns, restoreLeft } from "./drain.ts";
import { errorOf, forEachHost } from "./for-each-host.ts";
import { healthOf } from "./health.ts";
import { actionOf } from "./hooks.ts";
import type { Ledger } from "./ledger.ts";
import { warnLeftMigrations } from "./migrate.ts";
import { phase } from "./phase.ts";
import { preflight } from "./preflight.ts";
import type { FleetRequest, Participant } from "./request.ts";
import { missingFrom } from "./schema-position.ts";

/** What to do with a host's open transaction. */
export type Recovery = "finish" | "take back";

/** Decides by the whole fleet's records. */
export function recoveriesOf(fleet: readonly Participant[]): Map<Host, Recovery> {
  const decided = decidedOf(fleet);
  return new Map(
    fleet.flatMap(({ host, facts }): [Host, Recovery][] =>
      facts.open ? [[host, decided.has(facts.open.transaction) ? "finish" : "take back"]] : [],
    ),
  );
}

/** Open transactions whose release stays. */
export const decidedOf = (fleet: readonly Participant[]): Set<string> =>
  new Set(fleet.flatMap(({ facts }) => (isDecided(facts) ? [facts.open!.transaction] : [])));

/** The release stays: its host was told so, or has begun to record it (a rollback leaves the release's own record as it was). */
function isDecided({ open, releases, agreed }: Facts): boolean {
  if (open === undefined || open.phase === "reverting") return false;
  if (open.phase === "precommit" || agreed === open.transaction) return true;
  return releases.some(
    ({ id, state, transaction }) => id === open.release && state === "good" && transaction === open.transaction,
  );
}

/** How one host is put in order. */
export interface RecoveryAction {
  by: "commit" | "revert";
  /** The release that is live afterwards; undefined: none. */
  release: string | undefined;
  /** In the words of the report. */
  did: string;
}

/**
 * Where a host with an open transaction is brought. Somebody may have been there meanwhile: a link that was set by hand stands, and a
 * release that is gone is not gone back to.
 */
export function recoveryActionOf(facts: Facts, repair: Recovery): RecoveryAction {
  const { release, previous } = facts.open!;
  const live = facts.live?.id;
  if (repair === "finish" && live === release) return { by: "commit", release, did: "finished" };
  const gone = previous !== undefined && !facts.releases.some(({ id }) => id === previous);
  // Nothing is live where the release was removed by hand.
  const ours = live === release || live === previous || live === undefined;
  if (repair === "take back" && ours && !gone) return { by: "revert", release: previous, did: "taken back" };
  return { by: "revert", release: live, did: `left at ${live ?? "no release"}, which is what was found` };
}

/**
 * Finishes or takes back what is open, then asks all hosts again. Migrations that were left are told, whatever comes of it.
 *
 * @returns the fleet, its facts fresh where anything was repaired; undefined when a host is not where it should be (the ledger has why)
 */
export async function recover(
  request: FleetRequest,
  fleet: Participant[],
  ledger: Ledger,
  wanted: Parameters<typeof preflight>[2],
): Promise<Participant[] | undefined> {
  const repairs = recoveriesOf(fleet);
  await forEachHost(fleet, (member) => disarmLeft(member, ledger));
  const giveBack = (members: readonly Participant[]) =>
    forEachHost(members, (member) => restoreLeft(request, member, ledger));
  if (repairs.size === 0) {
    warnLeftMigrations(fleet, ledger);
    await giveBack(fleet);
    return fleet;
  }
  const open = fleet.filter(({ host }) => repairs.has(host));
  const aims = new Map(open.map(({ host, facts }) => [host, recoveryActionOf(facts, repairs.get(host)!)]));
  // One that its run had taken out of its balancers is out; any other is in use, perhaps with the release that is taken back.
  const serves = ({ host, facts }: Participant) => aims.get(host)!.by === "revert" && (facts.taken ?? []).length === 0;
  // Until its services run again, no balancer is told to use it.
  const unwell = new Set(repairs.keys());
  const settled = await ledger.timed("repair", () =>
    inTurns(request, open, ledger, serves, async (member) => {
      const aim = aims.get(member.host)!;
      const repairing = (task: Task) => bring(request, fleet, member, aim, ledger, task);
      await phase(request, ledger, member, "repair", repairing, () => aim.did);
      unwell.delete(member.host);
      // At once: until it serves again, the next one may be the last that does.
      await restoreLeft(request, member, ledger);
      ledger.warnings.push(`${member.host.name}: a run that was cut off had left ${nameOf(member)}; it was ${aim.did}`);
    }),
  );
  const fresh = await preflight(request, ledger, wanted, { lock: true });
  warnLeftMigrations(fresh ?? fleet, ledger, decidedOf(fleet));
  await giveBack(fresh?.filter(({ host, facts }) => !unwell.has(host) && facts.open === undefined) ?? []);
  const live = new Map(fresh?.map(({ host, facts }) => [host, facts.live?.id]));
  const away = settled.failed.filter(
    ({ member: { host } }) => !live.has(host) || live.get(host) !== aims.get(host)?.release,
  );
  for (const { member, trouble } of settled.failed.filter((failure) => !away.includes(failure))) {
    const { did } = aims.get(member.host)!;
    ledger.warnings.push(
      `${member.host.name}: a run that was cut off had left ${nameOf(member)}; it was ${did}, but ${trouble.what}`,
    );
  }
  return ledger.failed(away) ? undefined : fresh;
}

const nameOf = ({ facts }: Participant) => `${facts.open!.release} half-way`;

/**
 * Whether a transaction is recorded as one that went to a release which was good before: a rollback, or a host that was brought to the others.
 * A deploy may bring such a release too. Where an older Tarlift began it, no more is known than whether it was good.
 */
export const isRollback = (
  { transaction, release, rollback }: OpenTransaction,
  releases: readonly ReleaseOnHost[],
): boolean =>
  rollback ?? releases.some((one) => one.id === release && one.good !== undefined && one.transaction !== transaction);

async function bring(
  request: FleetRequest,
  fleet: readonly Participant[],
  member: Participant,
  aim: RecoveryAction,
  ledger: Ledger,
  task: Task,
): Promise<void> {
  const { host, services } = member;
  const { transaction, release } = member.facts.open!;
  if (aim.by === "revert") {
    const { warnings, services: seen } = await host.revert(
      { from: release, to: aim.release, services, transaction, remember: actionOf(request) === "rollback" },
      task,
    );
    ledger.warnings.push(...warnings.map((warning) => `${host.name}: ${warning}`));
    const bad = aim.release === undefined ? undefined : seen.find(({ rung }) => rung === "none");
    if (bad) throw new Failure({ what: `${bad.service} ${bad.detail}`, where: { host: host.name }, output: bad.log });
    return;
  }
  // It was verified when all hosts agreed on it. What it does now is told, and keeps nobody from deploying something better.
  const wrong = await host
    .observe({ services, settle: true })
    .then(async (seen) => {
      const bad = seen.find(({ rung }) => rung === "none");
      if (!bad) await healthOf(request, member, release, seen, ledger.warnOnce);
      return bad && `${bad.service}: ${bad.detail}`;
    })
    .catch((error) => errorOf(error).what);
  if (wrong) ledger.warnings.push(`${host.name}: ${release} is live, but ${wrong}`);
  await host.commit({
    release,
    keep: request.keep,
    transaction,
    rollback: isRollback(member.facts.open!, member.facts.releases),
    converge: member.facts.open!.converge,
    migrations: missingFrom(host, fleet, transaction),
  });
}
