// The command as users start it: bundled, each call a process of its own.
import { join } from "node:path";
import { builtDist } from "./built-dist.ts";
import { type Ended, type ProcessOptions, type Started, startCommand } from "./tarlift-process.ts";

export type { Ended, Started } from "./tarlift-process.ts";

let bundled: string | undefined;

/** The bundled command, for `node <file>`. */
export function bundledCommand(): string {
  bundled ??= join(builtDist(), "cli.js");
  return bundled;
}

/** Starts `tarlift` in a directory. */
export const startTarlift = (args: string[], options: ProcessOptions): Started =>
  startCommand(bundledCommand(), args, options);

/** Runs `tarlift` to its end, however that is. */
export const tarlift = (...call: Parameters<typeof startTarlift>): Promise<Ended> => startTarlift(...call).ended;
