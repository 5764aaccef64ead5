// `run`: one command in the live release's environment, with its configuration.

import { Failure } from "../failure.ts";
import { forEachHost } from "../fleet/for-each-host.ts";
import type { ReportedError } from "../fleet/report.ts";
import type { FleetRequest } from "../fleet/request.ts";
import { hasRole } from "../host/roles.ts";
import { describeEnd, succeeded } from "../host/task-end.ts";
import type { Task } from "../progress.ts";

export interface RunOptions {
  /** Shell text, run by `sh -ec` in the release's directory. */
  command: string;
  /** On the hosts of this role, or on all; left out: on the first host. */
  on?: { role: string } | "all" | undefined;
  /** Seconds. */
  timeout?: number | undefined;
}

export interface RunResult {
  hosts: { name: string; ok: boolean; error?: ReportedError }[];
  ok: boolean;
}

/**
 * @param output returns a listener for the command's lines for each host; its argument is the number of hosts that take
 * part
 * @throws Failure (refused) when no host has the role
 */
export async function run(
  { target, members }: Pick<FleetRequest, "target" | "members">,
  { command, on, timeout }: RunOptions,
  output: (host: string, hosts: number) => Task,
): Promise<RunResult> {
  const wanted =
    on === "all" ? members : on ? members.filter(({ roles }) => hasRole(roles, [on.role])) : members.slice(0, 1);
  if (wanted.length === 0)
    throw new Failure({
      code: "name-unknown",
      what: `no host of ${target} has the role ${typeof on === "object" ? on.role : ""}`,
      outcome: "refused",
    });
  const results = await forEachHost(wanted, async ({ host, layout, services, shared }) => {
    const facts = await host.facts({ layout, services, shared });
    if (!facts.live)
      throw new Failure({
        code: "nothing-live",
        what: "nothing is live there",
        remedy: `Deploy a release first: tarlift deploy ${target}`,
      });
    return host.task(
      { run: command, runAs: layout.runAs, lock: "closed", ...(timeout ? { timeout } : {}) },
      output(host.name, wanted.length),
    );
  });
  const hosts = [
    ...results.done.map(({ member: { host }, value }) =>
      succeeded(value)
        ? { name: host.name, ok: true }
        : {
            name: host.name,
            ok: false,
            error: { host: host.name, code: "command-failed" as const, what: describeEnd(value, timeout) },
          },
    ),
    ...results.failed.map(({ member: { host }, error }) => ({ name: host.name, ok: false, error })),
  ];
  return { hosts, ok: hosts.every(({ ok }) => ok) };
}
