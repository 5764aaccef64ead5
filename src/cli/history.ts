// `tarlift history`: what was deployed, rolled back and reverted on a target, by which user and when.
import type { Command } from "commander";
import { type History, history } from "../operations/history.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { historyLines } from "../report/history.ts";
import { type HostOptions, hostOptions } from "./host-options.ts";
import { hostVerb } from "./host-verb.ts";
import { printLines } from "./output.ts";
import { countOf } from "./values.ts";

interface Options extends HostOptions {
  limit: number;
}

export function register(program: Command): void {
  const command = hostOptions(program.command("history"))
    .description("what was deployed, rolled back and reverted, and who did it when, as the hosts recorded it")
    .option("-n, --limit <count>", "how many, the newest first", countOf("--limit", 1, 99_999), 20);
  hostVerb<Options, History>(command, {
    work: (here, fleet, { limit }) => withFleet(here, fleet, (request) => history(request, limit)),
    print: (found) => printLines(historyLines(found)),
    errors: ({ errors }) => errors,
  });
}
