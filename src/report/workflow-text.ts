// Text in a runner's log that must be read as text. The runner takes `::name::` at the beginning of a line, blanks before it or not, and
// `##[name]` anywhere in it for a command of the workflow (actions/runner, ActionCommand.TryParseV2 and TryParse).

/** Whether the runner would take a line for a command. It compares as people read: what nobody sees between two `:` does not part them. */
export function isCommand(line: string): boolean {
  const seen = line.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "");
  return /^\s*::/u.test(seen) || seen.includes("##[");
}

/**
 * Lines as they may be written to the log: those that look like commands stand between a `stop-commands` and its end.
 *
 * @param token draws a token that nobody who wrote the lines can know
 */
export function quoteCommands(lines: readonly string[], token: () => string): string[] {
  const written: string[] = [];
  let open: string | undefined;
  for (const line of lines) {
    if (isCommand(line) !== (open !== undefined)) {
      if (open === undefined) {
        open = token();
        written.push(`::stop-commands::${open}`);
      } else {
        written.push(`::${open}::`);
        open = undefined;
      }
    }
    written.push(line);
  }
  if (open !== undefined) written.push(`::${open}::`);
  return written;
}

/**
 * A line that the runner takes for text, where nothing can stand around it: blanks part what makes it a command. The log of a job has lines of
 * several streams, so that a `stop-commands` of one could end before a line of another.
 */
export function defused(line: string): string {
  return isCommand(line)
    ? line
        .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "")
        .replace(/^(\s*):+(?=:)/u, "$1: ")
        .replaceAll("##[", "# #[")
    : line;
}
