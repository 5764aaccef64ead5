// `tarlift lock` and `tarlift unlock`: a person stops deploys of a target, with a message for all others.
import type { Command } from "commander";
import { type HoldResult, holdHosts } from "../operations/lock.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { holdLines } from "../report/lock.ts";
import { type HostOptions, hostOptions } from "./host-options.ts";
import { type HostVerb, hostVerb } from "./host-verb.ts";
import { printLines } from "./output.ts";

interface Options extends HostOptions {
  message?: string;
}

export function register(program: Command): void {
  const lock = hostOptions(program.command("lock"))
    .description("hold deploys and rollbacks of a target until `tarlift unlock`")
    .requiredOption("-m, --message <text>", "why, for everybody who tries to deploy");
  const unlock = hostOptions(program.command("unlock")).description("let deploys of a target go on");
  for (const command of [lock, unlock]) hostVerb(command, VERB);
}

/** `unlock` has no message. */
const VERB: HostVerb<Options, HoldResult> = {
  work: (here, fleet, { message }) => withFleet(here, fleet, ({ members }) => holdHosts(members, message)),
  print: (held) => printLines(holdLines(held)),
  errors: ({ errors }) => errors,
};
