// What the definitions of services have in common, whichever supervisor reads them.
import type { DefinedService } from "./supervisor.ts";

/** The comment of the script above a definition. */
export const titleOf = ({ service, command }: DefinedService): string =>
  `Service ${service.name}.${command === undefined ? " CHANGE the command." : ""}`;

/**
 * The command of a definition, run by the release's wrapper. In place of an unknown command it has CHANGE, and an
 * example.
 */
export const execOf = ({ root, command }: DefinedService, example: string): string =>
  `${root}/current/.tarlift/exec ${command ?? `CHANGE ${example}`}`;

/** The supervisor kills later than a deploy gives up, so that nothing is killed within its stop-timeout. In seconds. */
export const stopLimit = (stopTimeout: number): number => Math.ceil(stopTimeout) + 15;

/**
 * Supervisors read line-based files, in which `%` has a special meaning. @returns why a command does not fit into one
 */
export const unfitLine = (command: string): string | undefined =>
  /[\n\r%]|^$/.test(command) ? "one line, without %" : undefined;
