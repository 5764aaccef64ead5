// `tarlift status`: what runs where, and what is not as it should be.
import type { Command } from "commander";
import type { FleetStatus } from "../fleet/status.ts";
import { statusOf } from "../pipeline/status.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions, hostOptions } from "./fleet.ts";

interface Options extends HostOptions {
  verifyFull?: boolean;
}

export function register(program: Command): void {
  hostOptions(program.command("status"))
    .description(
      "what runs on each host: release, services, health, files that differ; exit code 1 when something is wrong",
    )
    .argument("<target>", "a target of tarlift.yml")
    .option("--verify-full", "hash every file of the live releases")
    .option("--json", "as JSON")
    .action(async (target: string, _options: Options, command: Command) =>
      showStatus(target, command.optsWithGlobals()),
    );
}

async function showStatus(target: string, options: Options): Promise<void> {
  const { verifyFull } = options;
  const found = await statusOf(await context(options), { ...fleetOptions(target, options), verifyFull });
  process.stdout.write(`${options.json ? JSON.stringify(found, null, 2) : statusLines(found).join("\n")}\n`);
  process.exitCode = found.healthy && found.uniform ? 0 : 1;
}

function statusLines(found: FleetStatus): string[] {
  const width = Math.max(...found.hosts.map(({ name }) => name.length));
  const indent = " ".repeat(width + 4);
  return [
    `${found.app} on ${found.target}: ${found.uniform ? "one release everywhere" : "DIFFERENT RELEASES"}, ${found.healthy ? "healthy" : "NOT HEALTHY"}`,
    ...found.hosts.flatMap((host) => [
      `  ${host.name.padEnd(width)}  ${host.release ? `${host.release.id}${host.release.commit ? `, commit ${host.release.commit.slice(0, 12)}` : ""}` : "no release"}${host.previous ? `, before it ${host.previous}` : ""}`,
      ...host.services.map(
        ({ service, ok, detail, health }) =>
          `${indent}${service}: ${ok ? "ok" : "NOT OK"}, ${detail}${health ? `, ${health}` : ""}`,
      ),
      ...(host.drift.count > 0
        ? [`${indent}${host.drift.count} files differ from the release: ${host.drift.changed.slice(0, 5).join(", ")}`]
        : []),
      ...(host.held ? [`${indent}deploys are held: ${host.held}`] : []),
      ...(host.open
        ? [`${indent}a run that was cut off left ${host.open}: the next deploy or rollback puts it in order`]
        : []),
      ...(host.trouble
        ? [`${indent}${host.trouble.what}${host.trouble.remedy ? ` (next: ${host.trouble.remedy})` : ""}`]
        : []),
    ]),
  ];
}
