// Values of a target's secrets: from what was given by name, else from the environment.
import type { TargetConfig } from "../config/schema.ts";
import { Failure } from "../failure.ts";

/**
 * Reads NAME=VALUE lines; empty lines and those that begin with `#` are left out.
 *
 * @param file names the source in messages
 * @throws Failure naming the line that is neither
 */
export function parseSecrets(text: string, file: string): Record<string, string> {
  const secrets: Record<string, string> = {};
  for (const [n, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const match = /^([A-Za-z_][A-Za-z0-9_]*)=(.*)$/.exec(line);
    if (!match)
      throw new Failure({
        what: "a line of the secrets is not NAME=VALUE",
        where: { file, line: String(n + 1) },
        outcome: "refused",
      });
    secrets[match[1]!] = match[2]!;
  }
  return secrets;
}

/** @throws Failure naming every secret that the target lists and nobody gave */
export function secretsOf(
  target: TargetConfig,
  targetName: string,
  given: Record<string, string>,
): Record<string, string> {
  const names = target.secrets ?? [];
  const missing = names.filter((name) => given[name] === undefined && process.env[name] === undefined);
  if (missing.length > 0) {
    throw new Failure({
      what: `target ${targetName} needs ${missing.length === 1 ? "a secret that was not given" : "secrets that were not given"}: ${missing.join(", ")}`,
      remedy:
        process.env.GITHUB_ACTIONS === "true"
          ? "Give them to the step: `secrets: |` with a line NAME=$" + "{{ secrets.NAME }} for each."
          : "Set them as environment variables of this command, or put them into a file for --secrets-file, NAME=VALUE a line.",
      outcome: "refused",
    });
  }
  return Object.fromEntries(names.map((name) => [name, given[name] ?? process.env[name] ?? ""]));
}
