// The command `tarlift`: the same domain calls as the actions, for a terminal.
import { runCall } from "./call.ts";

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

await runCall(process.argv.slice(2));
