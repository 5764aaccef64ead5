// Sources of secrets: each gives a target the values of its secret variables.
import type { z } from "zod";
import type { Adapter } from "../schema/adapter.ts";

/** @typeParam C what `secrets:` of a target says, as its schema parses it */
export interface SecretSource<C = unknown> extends Adapter {
  readonly schema: z.ZodType;
  /** @returns the names of the variables that it gives, in the order of tarlift.yml, as they stand there */
  names(config: C): readonly string[];
  /**
   * @returns the value of each name
   * @throws Failure (refused) that names every secret that is not given, or is empty and may not be; it shows no value
   */
  read(config: C, context: SecretContext): Promise<Record<string, string>>;
}

export interface SecretContext {
  /** The target's name, for messages. */
  target: string;
  /** Names whose value may be empty. */
  mayBeEmpty: readonly string[];
  /** Values that were given by name; they win over what a source would find. */
  given: Readonly<Record<string, string>>;
  env: NodeJS.ProcessEnv;
}
