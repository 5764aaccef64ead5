// Describes the values of a schema: the text is shown in the JSON Schema for editors and in docs/reference.
import type { z } from "zod";

/** @param description one or two sentences in Markdown; they end with a full stop */
export const describe = <T extends z.ZodType>(type: T, description: string): T => type.meta({ description }) as T;

/** Metadata of an adapter's schema about keys that only other adapters have. */
export interface ForeignKeys {
  /** For each key, the end of the message `KEY means nothing to WORD`: what to write instead. */
  foreignKeys?: Record<string, string>;
}

/** @param endings by key; each starts with its punctuation: `: give the path in …` */
export const withForeignKeys = <T extends z.ZodType>(type: T, endings: Record<string, string>): T =>
  type.meta({ ...type.meta(), foreignKeys: endings }) as T;
