// The command `tarlift`: the same domain calls as the actions, for a terminal.
import { Command } from "commander";
import { EXIT_CODES, Failure } from "../failure.ts";

const program = new Command("tarlift").description(
  "Turns a commit into one artifact and puts it on your own servers: atomic swap, health check, rollback, as one transaction.",
);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stderr.write(`tarlift: ${error.message}\n`);
  process.exitCode = EXIT_CODES[error.outcome];
}
