// The command `tarlift`: the same domain calls as the actions, for a terminal.
import { Failure } from "../failure.ts";
import { endProgress, printFailure } from "./output.ts";
import { asksForJson, buildProgram } from "./program.ts";

// `tarlift inspect --files FILE | head`: whoever read the output has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const program = buildProgram();
try {
  await program.parseAsync();
} catch (error) {
  endProgress();
  if (!(error instanceof Failure)) throw error;
  printFailure(error, { json: asksForJson(program) });
}
