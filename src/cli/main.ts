// The command `tarlift`: the same domain calls as the actions, for a terminal.
import { CommanderError } from "commander";
import { EXIT_CODES, failureOf } from "../failure.ts";
import { endProgress, printFailure } from "./output.ts";
import { asksForJson, buildProgram } from "./program.ts";

/** The reader has gone: the other end of a pipe, or the terminal. */
const unread = (error: NodeJS.ErrnoException) => error.code === "EPIPE" || error.code === "EIO";

// `tarlift inspect --files FILE | head`: the reader has closed the pipe.
process.stdout.on("error", (error) => {
  if (!unread(error)) throw error;
  process.exit();
});
// The work continues to its end, or is reverted, even if its output is no longer read.
process.stderr.on("error", (error) => {
  if (!unread(error)) throw error;
});

const program = buildProgram();
try {
  await program.parseAsync();
} catch (error) {
  endProgress();
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : EXIT_CODES.refused;
  else printFailure(failureOf(error), { json: asksForJson(program) });
}
