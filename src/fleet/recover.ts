// Recovers hosts after a killed run: every deploy and rollback begins by bringing such hosts to the state that the
// fleet's records demand (recovery-plan.ts). No manual step is needed: what a recovery cannot do for a host that runs
// the right release is reported, and left to the next release.
import { Failure } from "../failure.ts";
import type { Task } from "../progress.ts";
import { disarmLeft, inTurns, restoreLeft } from "./drain.ts";
import { errorOf, forEachHost } from "./for-each-host.ts";
import { healthOf } from "./health.ts";
import { type Participant, servicesOf } from "./member.ts";
import { warnLeftMigrations } from "./migrate.ts";
import { preflight, type Wanted } from "./preflight.ts";
import { decidedOf, isRollback, recoveriesOf, recoveryActionOf } from "./recovery-plan.ts";
import { missingFrom } from "./schema-position.ts";
import type { Transaction } from "./transaction.ts";

/**
 * Finishes or reverts open transactions, then asks all hosts again. Migrations that were left are reported, whatever
 * the result.
 *
 * @param wanted as in the preflight that found the fleet
 * @returns the fleet, with new facts if anything was recovered; undefined when a host does not run the right release
 * (the transaction has the error)
 */
export async function recover(
  tx: Transaction,
  fleet: Participant[],
  wanted: Wanted,
): Promise<Participant[] | undefined> {
  const recoveries = recoveriesOf(fleet);
  await forEachHost(fleet, (member) => disarmLeft(tx, member));
  const restoreAll = (members: readonly Participant[]) => forEachHost(members, (member) => restoreLeft(tx, member));
  if (recoveries.size === 0) {
    warnLeftMigrations(tx, fleet);
    await restoreAll(fleet);
    return fleet;
  }
  const open = fleet.filter(({ host }) => recoveries.has(host));
  const actions = new Map(open.map(({ host, facts }) => [host, recoveryActionOf(facts, recoveries.get(host)!)]));
  // A host that its run had drained is out of use; any other is in use, perhaps with the release that is being
  // reverted.
  const serves = ({ host, facts }: Participant) =>
    actions.get(host)!.by === "revert" && (facts.drained ?? []).length === 0;
  // Until its services run again, no balancer may use a host.
  const unwell = new Set(recoveries.keys());
  const turns = { hosts: open, waves: tx.rules.waves, total: tx.members.length };
  const results = await tx.part("recover", () =>
    inTurns(tx, turns, serves, async (member) => {
      const { by, release, did } = actions.get(member.host)!;
      const recovering = (task: Task) =>
        by === "revert" ? revertLeft(tx, member, release, task) : finishLeft(tx, member, fleet);
      await tx.phase("recover", member, recovering, () => did);
      unwell.delete(member.host);
      // At once: until this host serves again, the next one may be the last that does.
      await restoreLeft(tx, member);
      tx.warn(`a run that was cut off had left ${nameOf(member)}; it was ${did}`, member);
    }),
  );
  const fresh = await preflight(tx, tx.members, wanted, { lock: true });
  warnLeftMigrations(tx, fresh ?? fleet, decidedOf(fleet));
  await restoreAll(fresh?.filter(({ host, facts }) => !unwell.has(host) && facts.open === undefined) ?? []);
  const live = new Map(fresh?.map(({ host, facts }) => [host, facts.live?.id]));
  const away = results.failed.filter(
    ({ member: { host } }) => !live.has(host) || live.get(host) !== actions.get(host)?.release,
  );
  for (const { member, error } of results.failed.filter((failure) => !away.includes(failure))) {
    const { did } = actions.get(member.host)!;
    tx.warn(`a run that was cut off had left ${nameOf(member)}; it was ${did}, but ${error.what}`, member);
  }
  return tx.recordFailures(away) ? undefined : fresh;
}

const nameOf = ({ facts }: Participant) => `${facts.open!.release} half-way`;

/** @throws Failure when a service does not run the previously live release */
async function revertLeft(tx: Transaction, member: Participant, to: string | undefined, task: Task): Promise<void> {
  const { host } = member;
  const services = servicesOf(member, to);
  const { transaction, release: from } = member.facts.open!;
  // The next rollback must know that this host has reverted already: this one may be refused and then run again.
  const remember = tx.kind === "rollback" || tx.kind === "end-killed-run";
  const { warnings, services: seen } = await host.revert({ from, to, services, transaction, remember }, task);
  for (const warning of warnings) tx.warn(warning, member);
  const bad = to === undefined ? undefined : seen.find(({ evidence }) => evidence === "none");
  if (bad)
    throw new Failure({
      code: "service-not-running",
      what: `${bad.service} ${bad.detail}`,
      where: { host: host.name },
      output: bad.log,
    });
}

/**
 * The release was verified when all hosts agreed on it. If it is unhealthy now, that is a warning, and no reason to
 * refuse a deploy of something better.
 *
 * @param fleet whose migration journals may contain what this host's lacks
 */
async function finishLeft(tx: Transaction, member: Participant, fleet: readonly Participant[]): Promise<void> {
  const { host, facts } = member;
  const open = facts.open!;
  const { transaction, release } = open;
  const services = servicesOf(member, release);
  const wrong = await host
    .observe({ services, settle: true })
    .then(async (seen) => {
      const bad = seen.find(({ evidence }) => evidence === "none");
      if (!bad) await healthOf(member, release, seen, tx);
      return bad && `${bad.service}: ${bad.detail}`;
    })
    .catch((error) => errorOf(error).what);
  if (wrong) tx.warn(`${release} is live, but ${wrong}`, member);
  await host.commit({
    release,
    keep: tx.rules.keep,
    transaction,
    rollback: isRollback(open, facts.releases),
    converge: open.converge,
    migrations: missingFrom(host, fleet, transaction),
  });
}
