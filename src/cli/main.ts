// The command `tarlift`: the same domain calls as the actions, for a terminal.
import { EXIT_CODES, Failure } from "../failure.ts";
import { buildProgram } from "./program.ts";

// `tarlift inspect --files FILE | head`: whoever read the output has seen enough.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

try {
  await buildProgram().parseAsync();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`tarlift: ${error.message}\n`);
  process.exitCode = EXIT_CODES[error.outcome];
}
