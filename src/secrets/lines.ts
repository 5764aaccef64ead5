// Parses secrets from lines of text: the input `secrets`, and the file of --secrets-file.
import { Failure } from "../failure.ts";

/**
 * Parses NAME=VALUE lines; empty lines and lines that start with `#` are ignored. A value of several lines is written
 * between `NAME<<WORD` and a line that consists of WORD, as in a runner's own files.
 *
 * @param file names the source in messages, which never show a value
 * @throws Failure naming the line that is invalid, has no end, or repeats a name
 */
export function parseSecrets(text: string, file: string): Record<string, string> {
  const secrets: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  const refuse = (n: number, what: string, remedy?: string) =>
    new Failure({ code: "secret-invalid", what, where: { file, line: String(n + 1) }, remedy, outcome: "refused" });
  for (let n = 0; n < lines.length; n++) {
    const line = lines[n]!;
    if (line.trim() === "" || line.startsWith("#")) continue;
    const [, name, sign, rest] = /^([A-Za-z_][A-Za-z0-9_]*)(=|<<)(.*)$/s.exec(line) ?? [];
    if (name === undefined)
      throw refuse(
        n,
        "a line of the secrets is not NAME=VALUE",
        "A value of several lines, such as a key, stands between `NAME<<END` and a line `END`.",
      );
    if (Object.hasOwn(secrets, name)) throw refuse(n, `the secret ${name} is given twice`);
    if (sign === "=") {
      secrets[name] = rest!;
      continue;
    }
    const end = lines.indexOf(rest!.trim(), n + 1);
    if (rest!.trim() === "" || end < 0)
      throw refuse(
        n,
        `the value of ${name} has no end`,
        `Put a line \`${rest!.trim() || "END"}\`, and nothing else, after it.`,
      );
    secrets[name] = lines.slice(n + 1, end).join("\n");
    n = end;
  }
  return secrets;
}
