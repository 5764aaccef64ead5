// One call of the command, from its words to its exit code.
import { CommanderError } from "commander";
import { EXIT_CODES, Failure, failureOf } from "../failure.ts";
import { endProgress, printFailedJson, printFailure } from "./output.ts";
import { buildProgram } from "./program.ts";

/** @param words what was typed after `tarlift` */
export async function runCall(words: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync(words, { from: "user" });
  } catch (error) {
    endProgress();
    const json = asksForJson(words);
    if (!(error instanceof CommanderError)) printFailure(failureOf(error), { json });
    else if (error.exitCode !== 0) {
      // Commander has printed the error for people.
      if (json) printFailedJson(callFailure(error));
      process.exitCode = EXIT_CODES.refused;
    }
  }
}

/** A call that could not be parsed to its end has no options yet: the words themselves are searched. */
function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? words.length : end).includes("--json");
}

/** Commander's error, without the help after it. */
function callFailure({ code, message }: CommanderError): Failure {
  const [what = ""] = message.replace(/^error: /, "").split("\n");
  return new Failure({
    code: "input-invalid",
    what: code === "commander.help" ? "no command was given" : what,
    remedy: "`--help` after a command lists its arguments and options, and `tarlift --help` lists the commands.",
    outcome: "refused",
  });
}
