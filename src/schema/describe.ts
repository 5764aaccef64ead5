// How a schema's values are described: the text stands in the JSON Schema for editors and in docs/reference.
import type { z } from "zod";

/** @param description one or two sentences in Markdown; they end with a full stop */
export const describe = <T extends z.ZodType>(type: T, description: string): T => type.meta({ description }) as T;

/** What the metadata of an adapter's schema may have for keys that only other adapters have. */
export interface AlienKeys {
  /** By key, how the message `KEY means nothing to WORD` ends: what to write instead. */
  alienKeys?: Record<string, string>;
}

/** @param endings by key; each begins with its punctuation: `: give the path in …` */
export const withAlienKeys = <T extends z.ZodType>(type: T, endings: Record<string, string>): T =>
  type.meta({ ...type.meta(), alienKeys: endings }) as T;
