// What uv installs from: a lock, or requirement files.
import type { KeyPart } from "../../cache-key/key.ts";
import type { Requirer } from "../../python/conditions.ts";
import type { Reads } from "../../source/committed.ts";

export interface Origin {
  /** The command that installs, for messages. */
  step: string;
  reads: Reads;
  /** Files with uv's settings, absolute. */
  configuration: string[];
  /** Local packages that uv builds, absolute. */
  builtHere: string[];
  parts: KeyPart[];
  warnings: string[];
  requirers(installed: Requirer[]): Requirer[];
  /**
   * Prepares the files that uv reads.
   *
   * @param scratch an empty directory, absolute
   * @param named files and directories that options, variables and settings name, absolute
   * @returns uv's arguments and its working directory
   */
  prepare(scratch: string, named: readonly string[]): Promise<{ arguments: string[]; directory: string }>;
  /** @throws Failure when the environment lacks a package that it has to contain */
  refuseMissing(resolved: readonly { name: string }[]): void;
}
