// `tarlift run`: one command in the live release's environment, with its configuration.
import type { Command } from "commander";
import { runOn } from "../pipeline/run.ts";
import type { Task } from "../report/progress.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./fleet.ts";

interface Options extends HostOptions {
  role?: string;
  all?: boolean;
  timeout?: string;
}

export function register(program: Command): void {
  hostOptions(program.command("run"))
    .description("run a command in the live release, with its environment and configuration")
    .argument("<target>", "a target of tarlift.yml")
    .argument("<command>", "shell text, run by `sh -ec` in the release's directory")
    .option("--role <role>", "on the hosts of this role (default: on the first host)")
    .option("--all", "on every host")
    .option("--timeout <seconds>", "how long it may take")
    .action(async (target: string, text: string, _options: Options, command: Command) =>
      runCommand(target, text, command.optsWithGlobals()),
    );
}

async function runCommand(target: string, command: string, options: Options): Promise<void> {
  const { role, all, timeout } = options;
  const { hosts, ok } = await runOn(
    await context(options),
    {
      ...fleetOptions(target, options),
      command,
      on: role ? { role } : all ? "all" : undefined,
      timeout: timeout === undefined ? undefined : Number(timeout),
    },
    (host, count) => printing(count > 1 ? `${host}: ` : ""),
  );
  for (const { trouble } of hosts)
    if (trouble)
      process.stderr.write(
        `tarlift: ${trouble.host}: ${trouble.what}${trouble.remedy ? `\n  next: ${trouble.remedy}` : ""}\n`,
      );
  if (!ok) process.exitCode = 1;
}

/** The command's own output is what the user asked for. */
function printing(prefix: string): Task {
  return { update() {}, end() {}, fail() {}, line: (text) => process.stdout.write(`${prefix}${text}\n`) };
}
