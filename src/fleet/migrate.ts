// Database migrations: listed before anything changes, applied once, on the leader, in the new release with its
// configuration.

import { Failure } from "../failure.ts";
import { leaderOf } from "../host/roles.ts";
import { describeEnd, succeeded } from "../host/task-end.ts";
import type { Task } from "../progress.ts";
import { cutEnd } from "../text/cut.ts";
import { formatCount, formatNames } from "../text/quantity.ts";
import type { Member, Names, Participant } from "./member.ts";
import type { Migrations, RollbackRequest } from "./request.ts";
import { type IncomingPlan, type Rollout, releaseOn, releaseOnLeader } from "./rollout.ts";
import { type Crossed, crossedBy, describeLeft, leftBatches } from "./schema-position.ts";
import type { Transaction } from "./transaction.ts";

/** Timeout of listing, in seconds; the configuration sets that of applying. */
const LISTING = 300;

/** Characters of migration names that an error shows: a host may list any text as migrations. */
const SHOWN = 64 << 10;

/** The part of the prepare request that makes the leader list pending migrations. */
export function pendingOf(migrations: Migrations | undefined): { pending?: string; timeout?: number } {
  return !migrations || migrations.policy === "ignore" ? {} : { pending: migrations.pending, timeout: LISTING };
}

/** The host on which migrations are listed and applied. */
export const migratorOf = <M extends Member>(
  members: readonly M[],
  migrations: Pick<Migrations, "roles"> | undefined,
): M | undefined => leaderOf(members, migrations?.roles);

/** Whether a host that takes part can list and apply migrations; if not, the error is in the transaction. */
export function hasMigrator(tx: Transaction, { hosts, incoming: { migrations } }: IncomingPlan): boolean {
  if (!migrations || migrations.policy === "ignore" || migratorOf(hosts, migrations)) return true;
  tx.error({
    code: "migrator-missing",
    what: `no host that takes part has the role ${migrations.roles?.join(" or ")}, which \`migrations.roles\` asks for`,
    remedy: "Bring such a host back, or change `migrations.roles`.",
  });
  return false;
}

/** Whether this deploy applies migrations. */
export const migrates = ({ schema }: Transaction, { incoming }: IncomingPlan): boolean =>
  incoming.migrations?.policy === "apply" && schema.pending.length > 0;

/**
 * Whether the policy allows the deploy to continue with the pending migrations that prepare found; if not, the error is
 * in the transaction.
 */
export function mayGoOn(tx: Transaction, { hosts, incoming: { migrations } }: IncomingPlan): boolean {
  const { pending } = tx.schema;
  if (migrations?.policy !== "require-none" || pending.length === 0) return true;
  tx.error({
    host: migratorOf(hosts, migrations)?.host.name,
    code: "migration-pending",
    what: `${formatCount(pending.length, "migration")} pending, and the policy is require-none`,
    output: cutEnd(pending.join("\n"), SHOWN),
    remedy: "Apply them by hand first, or deploy with `migrations: apply`.",
  });
  return false;
}

/**
 * Applies the pending migrations, of which there are some (see {@link migrates}). From the start on the schema counts
 * as ahead: a migration that fails may have done a part of its work.
 *
 * @returns false when it failed (the transaction has the error); no host was touched then
 */
export async function migrate(tx: Transaction, rollout: Rollout & IncomingPlan): Promise<boolean> {
  const migrations = rollout.incoming.migrations as Migrations;
  const leader = migratorOf(rollout.hosts, migrations) as Participant;
  const release = releaseOn(rollout, leader);
  const { schema } = tx;
  const applying = async (_: Participant, task: Task) => {
    const result = await leader.host.task(
      {
        run: migrations.apply,
        release,
        runAs: leader.layout.runAs,
        timeout: migrations.timeout,
        lock: "inherited",
        migrations: { names: schema.pending, transaction: tx.id },
      },
      task,
    );
    const ended = describeEnd(result, migrations.timeout);
    if (!succeeded(result)) {
      throw new Failure({
        code: "migration-failed",
        what: "the migrations failed",
        where: { host: leader.host.name, release, command: migrations.apply, ended },
        output: result.lastLines,
        remedy:
          "No host was switched. Correct the migration, or what it needs, and deploy again: what is pending then is listed again and applied. What it did before it failed stays, unless the database rolls a failed migration back as a whole.",
      });
    }
  };
  schema.ahead = true;
  const results = await tx.step("migrate", [leader], applying, () => `${schema.pending.length} applied`);
  if (tx.recordFailures(results.failed)) return false;
  schema.certainlyAhead = true;
  schema.applied = schema.pending;
  schema.appliedOn = leader.host;
  return true;
}

/**
 * Warns about migrations of a run that was lost or failed: until something is deployed, the schema counts as ahead.
 *
 * @param staying transactions that are being finished: their release stays
 */
export function warnLeftMigrations(
  tx: Transaction,
  fleet: readonly Participant[],
  staying: ReadonlySet<string> = new Set(),
): void {
  const left = leftBatches(fleet).filter(({ transaction }) => !staying.has(transaction));
  for (const batch of left) tx.warn(describeLeft(batch));
  if (left.length > 0) tx.schema.foundAhead = true;
  if (left.some(({ code }) => code === 0)) tx.schema.certainlyAhead = true;
}

/**
 * Whether the schema allows a rollback to these releases. Unless the user allows it, a rollback may not cross
 * migrations that were applied since these releases were good; migrations that were undone by hand meanwhile do not
 * count.
 *
 * @returns the migrations that it crosses; undefined when it is not allowed (the transaction has the error)
 */
export async function schemaCrossed(
  tx: Transaction,
  request: Pick<RollbackRequest, "to" | "allowSchemaAhead" | "migrations">,
  fleet: readonly Participant[],
  names: Names,
): Promise<readonly Crossed[] | undefined> {
  // A rollback with that permission is urgent, and the database may not answer: it is not asked.
  const since = crossedBy(fleet, names);
  const crossed = request.allowSchemaAhead ? since : await stillCrossed(tx, since, fleet, request.migrations);
  if (crossed.length === 0) return crossed;
  if (crossed.some(({ certain }) => certain)) tx.schema.certainlyAhead = true;
  const what = describeCrossed(crossed, tx.leader && names.get(tx.leader.host));
  if (request.allowSchemaAhead) {
    tx.warn(`${what}: ${formatNames(crossed.map(({ migration }) => migration))}`);
    return crossed;
  }
  const across = `tarlift rollback ${tx.target}${request.to === undefined ? "" : ` --to ${request.to}`} --allow-schema-ahead`;
  tx.error({
    host: crossed[0]!.host,
    code: "schema-ahead",
    what: `the rollback crosses ${what}`,
    output: cutEnd(
      crossed
        .map(
          ({ migration, release, certain }) =>
            `${migration}  (with ${release}${certain ? "" : ", perhaps: it failed or was cut off"})`,
        )
        .join("\n"),
      SHOWN,
    ),
    remedy: crossed.some(({ certain }) => certain)
      ? `Where the older code works with this schema: ${across}. Else undo them first, with the code that is live: tarlift run ${tx.target} '<command>'`
      : `Look at the database. Where nothing of it was applied, or the older code works with it: ${across}`,
  });
  return undefined;
}

/**
 * The same for a deploy of an older release's commit: the user asked for it explicitly, so it is a warning and changes
 * nothing.
 *
 * @returns whether the release was good here before, and migrations were applied since
 */
export async function schemaLeftBehind(tx: Transaction, rollout: Rollout): Promise<boolean> {
  const { hosts, names, incoming } = rollout;
  const was = ({ host, facts }: Participant) =>
    facts.migrations?.some(({ event, release }) => event === "good" && release === names.get(host));
  if (!hosts.some(was)) return false;
  const crossed = await stillCrossed(tx, crossedBy(hosts, names), hosts, incoming?.migrations);
  if (crossed.length === 0) return false;
  if (crossed.some(({ certain }) => certain)) tx.schema.certainlyAhead = true;
  const what = describeCrossed(crossed, releaseOnLeader(rollout));
  tx.warn(`${what}: ${formatNames(crossed.map(({ migration }) => migration))}`);
  return true;
}

function describeCrossed(crossed: readonly Crossed[], release: string | undefined): string {
  const applied = crossed.filter(({ certain }) => certain).length;
  const begun = crossed.length - applied;
  const what = [
    ...(applied > 0 ? [`${formatCount(applied, "migration")} applied`] : []),
    ...(begun > 0 ? [`${formatCount(begun, "migration")} begun and perhaps applied`] : []),
  ];
  return `${what.join(" and ")} since ${release} was good`;
}

type Listing = RollbackRequest["migrations"];

/** Migrations applied since some releases were good, without those that were undone by hand meanwhile. */
async function stillCrossed(
  tx: Transaction,
  since: readonly Crossed[],
  fleet: readonly Participant[],
  migrations: Listing,
): Promise<readonly Crossed[]> {
  if (since.length === 0) return since;
  const undone = await undoneOn(tx, migratorOf(fleet, migrations), migrations);
  return since.filter(({ migration }) => !undone.has(migration));
}

/** Applied migrations that the live release lists as pending, on the host that lists migrations. */
async function undoneOn(
  { progress }: Transaction,
  migrator: Participant | undefined,
  migrations: Listing,
): Promise<Set<string>> {
  const live = migrator?.facts.live;
  if (!migrations || migrations.policy === "ignore" || !live) return new Set();
  const task = progress.task("migrations that were undone by hand", { host: migrator.host.name });
  const asked = { release: live.id, pending: migrations.pending, timeout: LISTING };
  // A listing that fails proves nothing.
  const listed = await migrator.host.listPending(asked, task).catch(() => []);
  task.end();
  return new Set(listed);
}
