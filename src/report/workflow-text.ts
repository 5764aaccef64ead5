// Writes text to a runner's log so that it is read as text. The runner treats `::name::` at the start of a line, with
// or without blanks before it, and `##[name]` anywhere in it as a workflow command (actions/runner,
// ActionCommand.TryParseV2 and TryParse).

/**
 * Whether the runner would treat a line as a command. Invisible characters between two `:` are ignored, as by a reader.
 */
export function isCommand(line: string): boolean {
  const seen = line.replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "");
  return /^\s*::/u.test(seen) || seen.includes("##[");
}

/**
 * Quotes lines for the log: those that look like commands are put between a `stop-commands` and its end.
 *
 * @param token generates a token that the authors of the lines cannot know
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
 * A line that the runner treats as text, for where it cannot be quoted: blanks separate what makes it a command. The
 * log of a job has lines of several streams, so a `stop-commands` of one could end before a line of another.
 */
export function defused(line: string): string {
  return isCommand(line)
    ? line
        .replace(/[\p{Cf}\p{Default_Ignorable_Code_Point}]/gu, "")
        .replace(/^(\s*):+(?=:)/u, "$1: ")
        .replaceAll("##[", "# #[")
    : line;
}
