// Transfers the release to every host, complete and verified, in the background. Nothing here changes what is live.
import type { Host } from "../host/host.ts";
import { hasRole, leaderOf } from "../host/roles.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import { runHooks } from "./hooks.ts";
import { type Names, type Participant, servicesOf } from "./member.ts";
import { migratorOf, pendingOf } from "./migrate.ts";
import { servicesToRecord } from "./recorded-services.ts";
import type { IncomingPlan } from "./rollout.ts";
import type { Transaction } from "./transaction.ts";

/** Users that commands will run as on a host. */
function commandsAs(tx: Transaction, plan: IncomingPlan, member: Participant): string[] {
  const all = [
    runsHooks(tx, plan, member) ? member.layout.runAs : undefined,
    ...servicesOf(member, member.facts.incoming).map((service) => service.commandsAs),
  ];
  return [...new Set(all.flatMap((user) => user ?? []))];
}

/**
 * Whether a hook that the deploy depends on may run on a host: a hook with `on-failure: warn` reports its own failures.
 */
function runsHooks({ rules }: Transaction, { hosts, waves }: IncomingPlan, member: Participant): boolean {
  return Object.entries(rules.hooks).some(([point, hooks]) =>
    (hooks ?? []).some(({ on, roles, "on-failure": onFailure }) => {
      if (on === "runner" || onFailure === "warn" || !hasRole(member.roles, roles)) return false;
      // If the first host has failed, or stays behind, another one becomes the leader.
      const anyLeads = point === "after-failure" || (waves?.maxFailures ?? 0) > 0;
      return on !== "leader" || anyLeads || leaderOf(hosts, roles) === member;
    }),
  );
}

/**
 * Prepares all hosts at once.
 *
 * @returns each host's name of the release; undefined when a host could not be prepared: then nothing has changed on
 * any host
 */
export async function prepare(tx: Transaction, plan: IncomingPlan): Promise<Names | undefined> {
  const { hosts, incoming } = plan;
  const { artifact, migrations } = incoming;
  if (tx.stopped()) return undefined;
  const before = { hosts, incoming, release: ({ facts }: Participant) => facts.live?.id };
  if (!(await runHooks(tx, "before-prepare", before))) return undefined;
  const migrator = migratorOf(hosts, migrations);
  const results = await tx.step(
    "prepare",
    hosts,
    (member, task) =>
      member.host.prepare(
        {
          artifact,
          seal: tx.rules.seal?.(artifact.releaseDigest),
          services: servicesToRecord(artifact, member),
          configuration: member.configuration,
          shared: member.shared,
          commandsAs: commandsAs(tx, plan, member),
          signal: tx.signal,
          ...(member === migrator ? pendingOf(migrations) : {}),
        },
        task,
      ),
    ({ sent, wire, linked }) =>
      `${formatCount(sent.files, "file")} sent (${formatBytes(wire)}), ${formatCount(linked, "file")} linked`,
  );
  const names = new Map<Host, string>();
  for (const { member, value } of results.done) {
    tx.prepared(member, value);
    for (const warning of value.warnings) tx.warn(warning, member);
    if (value.pending) tx.schema.pending = value.pending;
    names.set(member.host, value.release);
  }
  // Received parts of a release are kept for the next run.
  if (tx.stopped() || tx.recordFailures(results.failed)) return undefined;
  const after = { hosts, incoming, release: ({ host }: Participant) => names.get(host) };
  return (await runHooks(tx, "after-prepare", after)) ? names : undefined;
}
