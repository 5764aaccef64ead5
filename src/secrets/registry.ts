// All sources of secrets. No other file lists them. A plain list of names in tarlift.yml belongs to the first one.
import { chosenOfList } from "../schema/adapter.ts";
import { environment } from "./environment/index.ts";
import type { SecretContext, SecretSource } from "./source.ts";

export const SECRET_SOURCES = [environment] as const satisfies readonly SecretSource[];

/** @param secrets of a target; undefined if it has none @returns the names of its secret variables */
export function secretNamesOf(secrets: object | undefined): readonly string[] {
  if (secrets === undefined) return [];
  const { adapter, config } = chosenOfList<SecretSource>(SECRET_SOURCES, secrets);
  return adapter.names(config);
}

/** @param secrets of a target @returns their values by name @throws Failure (refused) as its source does */
export async function readSecrets(
  secrets: object | undefined,
  context: SecretContext,
): Promise<Record<string, string>> {
  if (secrets === undefined) return {};
  const { adapter, config } = chosenOfList<SecretSource>(SECRET_SOURCES, secrets);
  return adapter.read(config, context);
}
