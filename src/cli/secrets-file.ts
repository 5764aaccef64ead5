// `--secrets-file`: its content is masked as soon as it is read.
import { readFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { parseSecrets } from "../secrets/lines.ts";
import { hidden } from "./output.ts";

/** @throws Failure (refused) for a file of secrets that does not exist or is invalid */
export function secretsIn(file: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ENOENT";
    throw new Failure({
      code: "secret-invalid",
      what: missing ? "there is no such file of secrets" : "the file of secrets cannot be read",
      where: { file },
      output: missing ? undefined : (cause as Error).message,
      outcome: "refused",
      cause,
    });
  }
  const secrets = parseSecrets(text, file);
  hidden.hide(Object.values(secrets));
  return secrets;
}
