// Values of a target's secrets: from what was given by name, else from the environment.
import { checkAll, Failure } from "../failure.ts";

/**
 * Reads NAME=VALUE lines; empty lines and those that begin with `#` are left out. A value of several lines stands between
 * `NAME<<WORD` and a line that is WORD alone, as in a runner's own files.
 *
 * @param file names the source in messages, which never show a value
 * @throws Failure naming the line that is neither, that has no end, or that gives a name again
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

/** @throws Failure naming every secret that the target lists and that is not given, or is empty and may not be */
export function secretsOf(
  target: { secrets?: readonly string[] | undefined; "may-be-empty": readonly string[] },
  targetName: string,
  given: Record<string, string>,
): Record<string, string> {
  const names = target.secrets ?? [];
  const value = (name: string) => given[name] ?? process.env[name];
  checkAll(
    () =>
      refuseMissing(
        targetName,
        names.filter((name) => value(name) === undefined),
      ),
    () =>
      refuseEmpty(
        targetName,
        names.filter((name) => value(name)?.trim() === "" && !target["may-be-empty"].includes(name)),
      ),
  );
  return Object.fromEntries(names.map((name) => [name, value(name) ?? ""]));
}

const onRunner = () => process.env.GITHUB_ACTIONS === "true";

function refuseMissing(target: string, names: readonly string[]): void {
  if (names.length === 0) return;
  throw new Failure({
    code: "secret-missing",
    what: `target ${target} needs ${names.length === 1 ? "a secret that was not given" : "secrets that were not given"}: ${names.join(", ")}`,
    remedy: onRunner()
      ? "Give them to the step: `secrets: |` with a line NAME=$" + "{{ secrets.NAME }} for each."
      : "Set them as environment variables of this command, or put them into a file for --secrets-file, NAME=VALUE a line.",
    outcome: "refused",
  });
}

/** GitHub puts nothing in the place of a secret that does not exist: hosts would be given that. */
function refuseEmpty(target: string, names: readonly string[]): void {
  if (names.length === 0) return;
  const meant = `If nothing is meant, say so in tarlift.yml: \`may-be-empty: [${names.join(", ")}]\` of the target.`;
  throw new Failure({
    code: "secret-missing",
    what: `secrets of target ${target} are empty: ${names.join(", ")}`,
    remedy: onRunner()
      ? `GitHub gives an empty text for a secret that does not exist. Set it in the repository, or in the GitHub environment that the job names; runs for pull requests of forks are given none. ${meant}`
      : `Set the variable to its value. ${meant}`,
    outcome: "refused",
  });
}
