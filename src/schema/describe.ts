// How a schema's values are described: the text stands in the JSON Schema for editors and in docs/reference.
import type { z } from "zod";

/** @param description one or two sentences in Markdown; they end with a full stop */
export const describe = <T extends z.ZodType>(type: T, description: string): T => type.meta({ description }) as T;
