// A command as the unit of a service has it.

/**
 * systemd puts variables of the unit in the place of `$NAME`, and knows none of a release's (systemd.service(5), COMMAND LINES): a shell
 * that the command starts does.
 */
export const unitCommand = (command: string): string => command.replaceAll("$", () => "$$");
