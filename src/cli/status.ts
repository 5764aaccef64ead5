// `tarlift status`: what runs where, and what is wrong.
import type { Command } from "commander";
import { type FleetStatus, status } from "../operations/status.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { statusLines } from "../report/status.ts";
import { type HostOptions, hostOptions } from "./host-options.ts";
import { hostVerb } from "./host-verb.ts";
import { printLines, resultPaint, withNextCommands } from "./output.ts";

interface Options extends HostOptions {
  verifyFull?: boolean;
}

export function register(program: Command): void {
  const command = hostOptions(program.command("status"))
    .description(
      "what runs on each host: release, services, health, files that differ; exit code 1 when something is wrong",
    )
    .option("--verify-full", "hash every file of the live releases and of their environments");
  hostVerb<Options, FleetStatus>(command, {
    work: (here, fleet, { verifyFull = false }) => withFleet(here, fleet, (request) => status(request, { verifyFull })),
    print: (found) => printLines(statusLines(withNextCommands(found), resultPaint())),
    exitCode: ({ healthy, uniform }) => (healthy && uniform ? 0 : 1),
  });
}
