// The release reaches every host, complete and verified, unnoticed. Nothing here changes what is live.
import type { Host } from "../host/host.ts";
import { hasRole, leaderOf } from "../host/roles.ts";
import { formatBytes, formatCount } from "../text/quantity.ts";
import { cancelled } from "./cancelled.ts";
import { forEachHost } from "./for-each-host.ts";
import { runHooks } from "./hooks.ts";
import type { Ledger } from "./ledger.ts";
import { migratorOf, pendingOf } from "./migrate.ts";
import { phase } from "./phase.ts";
import { servicesOf } from "./recorded-services.ts";
import type { DeployRequest, Names, Participant } from "./request.ts";

/** Users that commands will run as on a host. */
function commandsAs(request: DeployRequest, fleet: readonly Participant[], member: Participant): string[] {
  const all = [
    runsHooks(request, fleet, member) ? member.place.runAs : undefined,
    ...member.services.map((service) => service.commandsAs),
  ];
  return [...new Set(all.flatMap((user) => user ?? []))];
}

/** Whether a hook may run on a host that the deploy needs: one that is to warn alone does so by itself. */
function runsHooks(request: DeployRequest, fleet: readonly Participant[], member: Participant): boolean {
  return Object.entries(request.hooks).some(([point, hooks]) =>
    (hooks ?? []).some(({ on, roles, "on-failure": onFailure }) => {
      if (on === "runner" || onFailure === "warn" || !hasRole(member.roles, roles)) return false;
      // Another host leads where the first one has failed, or stays behind.
      const anyLeads = point === "after-failure" || (request.waves?.maxFailures ?? 0) > 0;
      return on !== "leader" || anyLeads || leaderOf(fleet, roles) === member;
    }),
  );
}

/**
 * Prepares all hosts at once.
 *
 * @returns each host's name of the release; undefined when a host is not prepared: then nothing has changed anywhere
 */
export async function prepare(
  request: DeployRequest,
  fleet: readonly Participant[],
  ledger: Ledger,
): Promise<Names | undefined> {
  if (cancelled(request, ledger)) return undefined;
  if (!(await runHooks(request, ledger, "before-prepare", fleet, ({ facts }) => facts.live?.id))) return undefined;
  const migrator = migratorOf(fleet, request.migrations);
  const settled = await forEachHost(fleet, (member) =>
    phase(
      request,
      ledger,
      member,
      "prepare",
      (task) =>
        member.host.prepare(
          {
            artifact: request.artifact,
            seal: request.seal?.(request.artifact.releaseDigest),
            services: servicesOf(request.artifact, member),
            configuration: member.configuration,
            shared: member.shared,
            commandsAs: commandsAs(request, fleet, member),
            signal: request.signal,
            ...(member === migrator ? pendingOf(request.migrations) : {}),
          },
          task,
        ),
      ({ sent, wire, linked }) =>
        `${formatCount(sent.files, "file")} sent (${formatBytes(wire)}), ${formatCount(linked, "file")} linked`,
    ),
  );
  const names = new Map<Host, string>();
  for (const { member, value } of settled.done) {
    ledger.prepared(member, value);
    ledger.warnings.push(...value.warnings.map((warning) => `${member.host.name}: ${warning}`));
    if (value.pending) ledger.pending = value.pending;
    names.set(member.host, value.release);
  }
  // What arrived of a release is kept for the next run.
  if (cancelled(request, ledger) || ledger.failed(settled.failed)) return undefined;
  return (await runHooks(request, ledger, "after-prepare", fleet, ({ host }) => names.get(host))) ? names : undefined;
}
