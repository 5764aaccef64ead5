// `tarlift lock` and `tarlift unlock`: a person stops deploys of a target, with a message for all others.
import type { Command } from "commander";
import { type DeployLockResult, lockDeploys } from "../operations/lock.ts";
import { withFleet } from "../pipeline/fleet-request.ts";
import { deployLockLines } from "../report/lock.ts";
import { type HostOptions, hostOptions } from "./host-options.ts";
import { type HostVerb, hostVerb } from "./host-verb.ts";
import { printLines } from "./output.ts";

interface Options extends HostOptions {
  message?: string;
}

export function register(program: Command): void {
  const lock = hostOptions(program.command("lock"))
    .description("lock deploys and rollbacks of a target until `tarlift unlock`")
    .requiredOption("-m, --message <text>", "why, for all who try to deploy");
  const unlock = hostOptions(program.command("unlock")).description("let deploys of a target go on");
  for (const command of [lock, unlock]) hostVerb(command, VERB);
}

/** `unlock` has no message. */
const VERB: HostVerb<Options, DeployLockResult> = {
  work: (here, fleet, { message }) => withFleet(here, fleet, ({ members }) => lockDeploys(members, message)),
  print: (locked) => printLines(deployLockLines(locked)),
  errors: ({ errors }) => errors,
};
