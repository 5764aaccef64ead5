// The command as users start it: bundled once for a test file, each call a process of its own.
import { join } from "node:path";
import { sh } from "./needs.ts";
import { type Ended, type ProcessOptions, type Started, startCommand } from "./tarlift-process.ts";
import { temporary } from "./temporary.ts";

export type { Ended, Started } from "./tarlift-process.ts";

let bundled: string | undefined;

/** The bundled command, for `node <file>`. */
export function bundledCommand(): string {
  if (!bundled) {
    const directory = temporary("dist");
    sh("node", ["scripts/build.ts", directory], { cwd: join(import.meta.dirname, "../..") });
    bundled = join(directory, "cli.js");
  }
  return bundled;
}

/** Starts `tarlift` in a directory. */
export const startTarlift = (args: string[], options: ProcessOptions): Started =>
  startCommand(bundledCommand(), args, options);

/** Runs `tarlift` to its end, however that is. */
export const tarlift = (...call: Parameters<typeof startTarlift>): Promise<Ended> => startTarlift(...call).ended;
