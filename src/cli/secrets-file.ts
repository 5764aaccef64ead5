// `--secrets-file`: what it holds is hidden from the moment at which it is read.
import { existsSync, readFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { parseSecrets } from "../pipeline/secrets.ts";
import { hidden } from "./output.ts";

/** @throws Failure (refused) for a file of secrets that is not there or cannot be read as one */
export function secretsIn(file: string): Record<string, string> {
  if (!existsSync(file))
    throw new Failure({ what: "there is no such file of secrets", where: { file }, outcome: "refused" });
  const secrets = parseSecrets(readFileSync(file, "utf8"), file);
  hidden.hide(Object.values(secrets));
  return secrets;
}
