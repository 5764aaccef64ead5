// `tarlift history`: what was deployed, rolled back and reverted on a target, by whom and when.
import type { Command } from "commander";
import type { History } from "../fleet/history.ts";
import { historyOf } from "../pipeline/history.ts";
import { visible } from "../report/visible.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./fleet.ts";
import { printError, printJson, printLines, withNextCommands } from "./output.ts";
import { countOf } from "./values.ts";

interface Options extends HostOptions {
  limit: number;
}

export function register(program: Command): void {
  hostOptions(program.command("history"))
    .description("what was deployed, rolled back and reverted, when and by whom, as the hosts recorded it")
    .argument("<target>", "a target of tarlift.yml")
    .option("-n, --limit <count>", "how many, the newest first", countOf("--limit", 1, 99_999), 20)
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      showHistory(target, command.optsWithGlobals()),
    );
}

async function showHistory(target: string, options: Options): Promise<void> {
  const { limit } = options;
  const found = await historyOf(await context(options), { ...fleetOptions(target, options), limit });
  if (options.json) printJson(found);
  else {
    printLines(historyLines(found));
    for (const { host, what, remedy } of withNextCommands(found.troubles))
      printError(`${host}: ${what}${remedy ? `\n  next: ${remedy}` : ""}`);
  }
  if (found.troubles.length > 0) process.exitCode = 1;
}

/** One line where all hosts agree, one more for each host that does not. */
function historyLines({ app, target, transactions }: History): string[] {
  if (transactions.length === 0) return [`${app} on ${target}: nothing was recorded`];
  const width = Math.max("release".length, ...transactions.map(({ release }) => release.length));
  const head = `${"time (UTC)".padEnd(19)}  ${"release".padEnd(width)}  what was done  by`;
  const lines = transactions.flatMap(({ time, by, release, hosts }) => {
    const courses = new Set(hosts.map(({ course }) => course));
    const line = `${time.slice(0, 19).replace("T", " ")}  ${visible(release).padEnd(width)}`;
    const enders = new Set(hosts.flatMap(({ endedBy }) => endedBy ?? []));
    const who = [by, ...enders].map(visible).join(", ended by ");
    if (courses.size === 1) return [`${line}  ${hosts[0]?.course}  ${who}`];
    return [`${line}  DIFFERENT  ${who}`, ...hosts.map(({ name, course }) => `    ${name}: ${course}`)];
  });
  return [head, ...lines];
}
