// A verb that contacts hosts, from what was typed to its result and its exit code.
import type { Command } from "commander";
import type { ReportedError } from "../fleet/report.ts";
import type { Context } from "../pipeline/context.ts";
import type { FleetOptions } from "../pipeline/fleet-request.ts";
import { stopSignal } from "../pipeline/stop.ts";
import { errorText } from "../report/outcome-text.ts";
import { context } from "./context.ts";
import { fleetOptions, type HostOptions } from "./host-options.ts";
import { printError, printJson, withNextCommands } from "./output.ts";

export interface HostVerb<Options extends HostOptions, Result> {
  /** It ends in good order when it is interrupted. Left out: it just ends. */
  stops?: boolean;
  /** What `--json` prints, for the help; left out: `as JSON`. */
  json?: string;
  /** @param words what was typed after the target */
  work(here: Context, fleet: FleetOptions, options: Options, words: readonly string[]): Promise<Result>;
  /** Prints the result for people; `--json` prints it as it is. */
  print(result: Result): void;
  /** What failed on single hosts, for standard error. */
  errors?(result: Result): readonly ReportedError[];
  /** Left out: 1 if there are errors. */
  exitCode?(result: Result): number;
}

/**
 * Adds `--json` and the action of a verb.
 *
 * @param command with its other options (see `hostOptions`); its first argument is the target
 */
export function hostVerb<Options extends HostOptions, Result>(
  command: Command,
  verb: HostVerb<Options, Result>,
): Command {
  return command.option("--json", verb.json ?? "as JSON").action(async () => {
    const options = command.optsWithGlobals<Options>();
    const [target = "", ...words] = command.args;
    const here = await context(options, verb.stops ? stopSignal() : undefined);
    const result = await verb.work(here, fleetOptions(target, options), options, words);
    if (options.json) printJson(result);
    else verb.print(result);
    const errors = verb.errors?.(result) ?? [];
    for (const error of errors) printError(errorText(withNextCommands(error)));
    process.exitCode = verb.exitCode?.(result) ?? (errors.length > 0 ? 1 : 0);
  });
}
