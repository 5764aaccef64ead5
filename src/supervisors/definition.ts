// What the definitions of services have in common, whichever supervisor reads them.
import type { DefinedService } from "./supervisor.ts";

/** A comment of the script above a definition. */
export const titleOf = ({ service, command }: DefinedService): string =>
  `Service ${service.name}.${command === undefined ? " CHANGE the command." : ""}`;

/** The command of a definition: by the release's wrapper. A command that nobody has given has CHANGE, and an example, in its place. */
export const execOf = ({ root, command }: DefinedService, example: string): string =>
  `${root}/current/.tarlift/exec ${command ?? `CHANGE ${example}`}`;

/** The supervisor kills later than a deploy gives up, so that nothing is cut within its stop-timeout. In seconds. */
export const stopLimit = (stopTimeout: number): number => Math.ceil(stopTimeout) + 15;

/** Supervisors read files of lines, in which `%` is theirs. @returns why a command is none for them */
export const unfitLine = (command: string): string | undefined =>
  /[\n\r%]|^$/.test(command) ? "one line, without %" : undefined;
