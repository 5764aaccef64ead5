// The command `tarlift`: the same domain calls as the actions, for a terminal.
import { CommanderError } from "commander";
import { EXIT_CODES, failureOf } from "../failure.ts";
import { endProgress, printFailure } from "./output.ts";
import { asksForJson, buildProgram } from "./program.ts";

/** Whoever read has gone: the other end of a pipe, or the terminal. */
const unread = (error: NodeJS.ErrnoException) => error.code === "EPIPE" || error.code === "EIO";

// `tarlift inspect --files FILE | head`: whoever read the output has seen enough.
process.stdout.on("error", (error) => {
  if (!unread(error)) throw error;
  process.exit();
});
// Work goes on to its end, or back, also when nobody watches it any more.
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
