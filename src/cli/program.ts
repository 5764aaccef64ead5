// The command with all its verbs, not yet parsed: src/cli/main.ts runs it, scripts/docs.ts writes its reference.
import { Command } from "commander";
import { register as adopt } from "./adopt.ts";
import { register as buildEnv } from "./build-env.ts";
import { register as bundle } from "./bundle.ts";
import { register as compatible } from "./compatible.ts";
import { globalOptions } from "./context.ts";
import { register as converge } from "./converge.ts";
import { register as deploy } from "./deploy.ts";
import { register as history } from "./history.ts";
import { register as host } from "./host.ts";
import { register as init } from "./init.ts";
import { register as inspect } from "./inspect.ts";
import { register as lock } from "./lock.ts";
import { register as rollback } from "./rollback.ts";
import { register as run } from "./run.ts";
import { register as status } from "./status.ts";

/** Builds `tarlift`: each verb is a file of this directory that registers itself. */
export function buildProgram(): Command {
  const program = new Command("tarlift")
    .description(
      "Turns a commit into one artifact and puts it on your own servers: atomic swap, health check, rollback, as one transaction.",
    )
    .showHelpAfterError("(tarlift --help lists what it can do)");
  globalOptions(program);
  adopt(program);
  buildEnv(program);
  bundle(program);
  compatible(program);
  converge(program);
  deploy(program);
  history(program);
  host(program);
  init(program);
  inspect(program);
  lock(program);
  rollback(program);
  run(program);
  status(program);
  return program;
}

/** Whether the verb that was called was given `--json`. */
export function asksForJson(program: Command): boolean {
  return program.commands.some((command) => command.getOptionValue("json") === true || asksForJson(command));
}
