// `tarlift run`: one command in the live release's environment, with its configuration.
import type { Command } from "commander";
import { Failure } from "../failure.ts";
import { hasRole } from "../fleet/roles.ts";
import { describeEnd, succeeded } from "../fleet/task-end.ts";
import { together } from "../fleet/together.ts";
import type { Task } from "../report/progress.ts";
import { context } from "./context.ts";
import { type FleetOptions, fleetOptions, fleetRequest, leaveHosts } from "./fleet.ts";

interface Options extends FleetOptions {
  role?: string;
  all?: boolean;
  timeout?: string;
}

export function register(program: Command): void {
  fleetOptions(program.command("run"))
    .description("run a command in the live release, with its environment and configuration")
    .argument("<target>", "a target of tarlift.yml")
    .argument("<command>", "shell text, run by `sh -ec` in the release's directory")
    .option("--role <role>", "on the hosts of this role (default: on the first host)")
    .option("--all", "on every host")
    .option("--timeout <seconds>", "how long it may take")
    .action(async (target: string, text: string, _options: Options, command: Command) =>
      runOn(target, text, command.optsWithGlobals()),
    );
}

async function runOn(targetName: string, text: string, options: Options): Promise<void> {
  const { config, repository, progress } = await context(options);
  try {
    const { members } = fleetRequest({ config, targetName, options, repository, progress, needsSecrets: false });
    const wanted = options.role
      ? members.filter(({ roles }) => hasRole(roles, [options.role ?? ""]))
      : options.all
        ? members
        : members.slice(0, 1);
    if (wanted.length === 0)
      throw new Failure({ what: `no host of ${targetName} has the role ${options.role}`, outcome: "refused" });
    const settled = await together(wanted, async ({ host, place, services, shared }) => {
      const facts = await host.facts({ place, services, shared });
      if (!facts.live)
        throw new Failure({
          what: "nothing is live there",
          where: { host: host.name },
          remedy: `tarlift deploy ${targetName}`,
        });
      const prefix = wanted.length > 1 ? `${host.name}: ` : "";
      return host.task(
        {
          run: text,
          runAs: place.runAs,
          lock: "closed",
          ...(options.timeout ? { timeout: Number(options.timeout) } : {}),
        },
        printing(prefix),
      );
    });
    await together(members, ({ host }) => host.close());
    const problems = [
      ...settled.failed.map(
        ({ trouble }) => `${trouble.host}: ${trouble.what}${trouble.remedy ? `\n  next: ${trouble.remedy}` : ""}`,
      ),
      ...settled.done.flatMap(({ member, value }) =>
        succeeded(value) ? [] : [`${member.host.name}: ${describeEnd(value)}`],
      ),
    ];
    for (const problem of problems) process.stderr.write(`tarlift: ${problem}\n`);
    if (problems.length > 0) process.exitCode = 1;
  } finally {
    await leaveHosts();
  }
}

/** The command's own output is what the user asked for. */
function printing(prefix: string): Task {
  return { update() {}, end() {}, fail() {}, line: (text) => process.stdout.write(`${prefix}${text}\n`) };
}
