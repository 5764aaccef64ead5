// Database migrations: listed before anything changes, applied once, on the leader, in the new release with its configuration.
import { Failure } from "../failure.ts";
import type { Task } from "../report/progress.ts";
import { formatCount } from "../report/quantity.ts";
import type { Ledger } from "./ledger.ts";
import { phase } from "./phase.ts";
import { describeEnd, succeeded } from "./task-end.ts";
import { together } from "./together.ts";
import type { DeployRequest, Member, Migrations } from "./types.ts";

/** Seconds that listing may take; applying may take as long as the configuration says. */
const LISTING = 300;

/** What prepare is asked for on the leader. */
export function pendingOf(migrations: Migrations | undefined): { pending?: string; timeout?: number } {
  return !migrations || migrations.policy === "ignore" ? {} : { pending: migrations.pending, timeout: LISTING };
}

/** Whether the policy lets a deploy go on with what prepare found pending; what keeps it is in the ledger. */
export function mayGoOn(request: DeployRequest, ledger: Ledger): boolean {
  if (request.migrations?.policy !== "require-none" || ledger.pending.length === 0) return true;
  ledger.troubles.push({
    host: request.members[0]?.host.name,
    what: `${formatCount(ledger.pending.length, "migration")} pending, and the policy is require-none`,
    output: ledger.pending.join("\n"),
    remedy: "Apply them by hand first, or deploy with `migrations: apply`.",
  });
  return false;
}

/**
 * Applies what is pending. From its start on the schema counts as ahead: a migration that fails may have done a part of its work.
 *
 * @returns false when it failed (the ledger has why); no host was touched then
 */
export async function migrate(request: DeployRequest, release: string, ledger: Ledger): Promise<boolean> {
  const { migrations } = request;
  if (migrations?.policy !== "apply" || ledger.pending.length === 0) return true;
  const leader = request.members[0] as Member;
  const applying = async (task: Task) => {
    const result = await leader.host.task(
      {
        run: migrations.apply,
        release,
        runAs: leader.place.runAs,
        timeout: migrations.timeout,
        lock: "inherited",
      },
      task,
    );
    const ended = describeEnd(result, migrations.timeout);
    if (!succeeded(result)) {
      throw new Failure({
        what: "the migrations failed",
        where: { host: leader.host.name, release, command: migrations.apply, ended },
        output: result.lastLines,
        remedy: "No host was switched. See which migrations were applied before you deploy again.",
      });
    }
  };
  ledger.schemaAhead = true;
  const settled = await together([leader], (member) =>
    phase(request, ledger, member, "migrate", applying, () => `${ledger.pending.length} applied`),
  );
  if (ledger.failed(settled.failed)) return false;
  ledger.applied = ledger.pending;
  return true;
}
