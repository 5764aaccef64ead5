// The command `tarlift`: the same domain calls as the actions, for a terminal.
import { EXIT_CODES, Failure } from "../failure.ts";
import { buildProgram } from "./program.ts";

try {
  await buildProgram().parseAsync();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`tarlift: ${error.message}\n`);
  process.exitCode = EXIT_CODES[error.outcome];
}
