// Database migrations: listed before anything changes, applied once, on the leader, in the new release with its configuration.

import { Failure } from "../failure.ts";
import { leaderOf } from "../host/roles.ts";
import { describeEnd, succeeded } from "../host/task-end.ts";
import type { Task } from "../progress.ts";
import { cutEnd } from "../text/cut.ts";
import { formatCount, formatNames } from "../text/quantity.ts";
import { forEachHost } from "./for-each-host.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import type { DeployRequest, Member, Migrations, Names, Participant, RollbackRequest } from "./request.ts";
import { type Crossed, crossedBy, describeLeft, leftBatches } from "./schema-position.ts";

/** Seconds that listing may take; applying may take as long as the configuration says. */
const LISTING = 300;

/** Characters of migrations that a trouble names: a host may call any text one. */
const SHOWN = 64 << 10;

/** What prepare is asked for on the leader. */
export function pendingOf(migrations: Migrations | undefined): { pending?: string; timeout?: number } {
  return !migrations || migrations.policy === "ignore" ? {} : { pending: migrations.pending, timeout: LISTING };
}

/** The host on which migrations are listed and applied. */
export const migratorOf = <M extends Member>(
  members: readonly M[],
  migrations: Pick<Migrations, "roles"> | undefined,
): M | undefined => leaderOf(members, migrations?.roles);

/** Whether somebody who takes part can list and apply migrations; what is missing is in the ledger. */
export function hasMigrator({ members, migrations }: DeployRequest, ledger: Ledger): boolean {
  if (!migrations || migrations.policy === "ignore" || migratorOf(members, migrations)) return true;
  ledger.troubles.push({
    what: `no host that takes part has the role ${migrations.roles?.join(" or ")}, which \`migrations.roles\` asks for`,
    remedy: "Bring such a host back, or change `migrations.roles`.",
  });
  return false;
}

/** Whether this deploy applies migrations. */
export const migrates = ({ migrations }: DeployRequest, { pending }: Ledger): boolean =>
  migrations?.policy === "apply" && pending.length > 0;

/** Whether the policy lets a deploy go on with what prepare found pending; what keeps it is in the ledger. */
export function mayGoOn(request: DeployRequest, ledger: Ledger): boolean {
  if (request.migrations?.policy !== "require-none" || ledger.pending.length === 0) return true;
  ledger.troubles.push({
    host: migratorOf(request.members, request.migrations)?.host.name,
    what: `${formatCount(ledger.pending.length, "migration")} pending, and the policy is require-none`,
    output: cutEnd(ledger.pending.join("\n"), SHOWN),
    remedy: "Apply them by hand first, or deploy with `migrations: apply`.",
  });
  return false;
}

/**
 * Applies what is pending, of which there is some (see {@link migrates}). From its start on the schema counts as ahead: a migration that fails may have done a part of its work.
 *
 * @returns false when it failed (the ledger has why); no host was touched then
 */
export async function migrate(request: DeployRequest, names: Names, ledger: Ledger): Promise<boolean> {
  const migrations = request.migrations as Migrations;
  const leader = migratorOf(request.members, migrations) as Member;
  const release = names.get(leader.host)!;
  const applying = async (task: Task) => {
    const result = await leader.host.task(
      {
        run: migrations.apply,
        release,
        runAs: leader.place.runAs,
        timeout: migrations.timeout,
        lock: "inherited",
        migrations: { names: ledger.pending, transaction: request.deployId },
      },
      task,
    );
    const ended = describeEnd(result, migrations.timeout);
    if (!succeeded(result)) {
      throw new Failure({
        what: "the migrations failed",
        where: { host: leader.host.name, release, command: migrations.apply, ended },
        output: result.lastLines,
        remedy:
          "No host was switched. Correct the migration, or what it needs, and deploy again: what is pending then is listed again and applied. What it did before it failed stays, unless the database takes back a failed migration as a whole.",
      });
    }
  };
  ledger.schemaAhead = true;
  const settled = await forEachHost([leader], (member) =>
    phase(request, ledger, member, "migrate", applying, () => `${ledger.pending.length} applied`),
  );
  if (ledger.failed(settled.failed)) return false;
  ledger.certainlyAhead = true;
  ledger.applied = ledger.pending;
  ledger.appliedOn = leader.host;
  return true;
}

/**
 * Tells what became of migrations whose run was lost or failed: until something is deployed, the schema counts as ahead.
 *
 * @param staying transactions that are being finished: their release stays
 */
export function warnLeftMigrations(
  fleet: readonly Participant[],
  ledger: Ledger,
  staying: ReadonlySet<string> = new Set(),
): void {
  const left = leftBatches(fleet).filter(({ transaction }) => !staying.has(transaction));
  for (const batch of left) ledger.warnings.push(describeLeft(batch));
  if (left.length > 0) ledger.foundAhead = true;
  if (left.some(({ code }) => code === 0)) ledger.certainlyAhead = true;
}

/**
 * Whether a rollback may go to these releases as far as the database is concerned. It may not, unless it was said, when migrations were
 * applied since they were good; those that were undone by hand meanwhile do not count.
 *
 * @returns the migrations that it crosses; undefined when it may not (the ledger has why)
 */
export async function schemaCrossed(
  request: RollbackRequest,
  fleet: readonly Participant[],
  names: Names,
  ledger: Ledger,
): Promise<readonly Crossed[] | undefined> {
  // Whoever allows it is in a hurry, perhaps with a database that does not answer: it is not asked.
  const crossed = request.allowSchemaAhead ? crossedBy(fleet, names) : await stillCrossed(request, fleet, names);
  if (crossed.length === 0) return crossed;
  if (crossed.some(({ certain }) => certain)) ledger.certainlyAhead = true;
  const what = describeCrossed(crossed, names.get(fleet[0]!.host));
  if (request.allowSchemaAhead) {
    ledger.warnings.push(`${what}: ${formatNames(crossed.map(({ migration }) => migration))}`);
    return crossed;
  }
  const across = `tarlift rollback ${request.target}${request.to === undefined ? "" : ` --to ${request.to}`} --allow-schema-ahead`;
  ledger.troubles.push({
    host: crossed[0]!.host,
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
      ? `Where the older code works with this schema: ${across}. Else undo them first, with the code that is live: tarlift run ${request.target} '<command>'`
      : `Look at the database. Where nothing of it was applied, or the older code works with it: ${across}`,
  });
  return undefined;
}

/**
 * The same of a deploy, by whose commit somebody goes back: it was asked for by name, so it is told, and changes nothing.
 *
 * @returns whether the release was good here before, and migrations were applied since
 */
export async function schemaLeftBehind(
  request: DeployRequest,
  fleet: readonly Participant[],
  names: Names,
  ledger: Ledger,
): Promise<boolean> {
  const was = ({ host, facts }: Participant) =>
    facts.migrations?.some(({ event, release }) => event === "good" && release === names.get(host));
  if (!fleet.some(was)) return false;
  const crossed = await stillCrossed(request, fleet, names);
  if (crossed.length === 0) return false;
  if (crossed.some(({ certain }) => certain)) ledger.certainlyAhead = true;
  const what = describeCrossed(crossed, names.get(fleet[0]!.host));
  ledger.warnings.push(`${what}: ${formatNames(crossed.map(({ migration }) => migration))}`);
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

/** What was applied since these releases were good, without what was undone by hand meanwhile. */
async function stillCrossed(
  request: DeployRequest | RollbackRequest,
  fleet: readonly Participant[],
  names: Names,
): Promise<readonly Crossed[]> {
  const since = crossedBy(fleet, names);
  if (since.length === 0) return since;
  const undone = await undoneOf(request, migratorOf(fleet, request.migrations));
  return since.filter(({ migration }) => !undone.has(migration));
}

/** What the live release, on the leader, calls pending although it was applied. */
async function undoneOf(
  request: DeployRequest | RollbackRequest,
  leader: Participant | undefined,
): Promise<Set<string>> {
  const { migrations } = request;
  const live = leader?.facts.live;
  if (!migrations || migrations.policy === "ignore" || !live) return new Set();
  const task = request.progress.task("migrations that were undone by hand", { host: leader.host.name });
  const asked = { release: live.id, pending: migrations.pending, timeout: LISTING };
  // A listing that fails proves nothing.
  const listed = await leader.host.listPending(asked, task).catch(() => []);
  task.end();
  return new Set(listed);
}
