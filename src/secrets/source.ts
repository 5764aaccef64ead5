// Sources of secrets: each provides the values of a target's secret variables.
import type { z } from "zod";
import type { Adapter } from "../schema/adapter.ts";

/** @typeParam C the value of a target's `secrets:`, as its schema parses it */
export interface SecretSource<C = unknown> extends Adapter {
  readonly schema: z.ZodType;
  /** @returns the names of its variables, in the order and spelling of tarlift.yml */
  names(config: C): readonly string[];
  /**
   * @returns the value of each name
   * @throws Failure (refused) that names all secrets that are missing, or empty without permission; it shows no value
   */
  read(config: C, context: SecretContext): Promise<Record<string, string>>;
}

export interface SecretContext {
  /** The target's name, for messages. */
  target: string;
  /** Names whose value may be empty. */
  mayBeEmpty: readonly string[];
  /** Values that were given by name; they have priority over those that a source finds. */
  given: Readonly<Record<string, string>>;
  env: NodeJS.ProcessEnv;
}
