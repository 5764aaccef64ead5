// Secrets of a run: from the input `secrets`, a file, or its environment.
import { z } from "zod";
import { variableName } from "../../schema/values.ts";
import type { SecretSource } from "../source.ts";
import docs from "./docs.md";

const schema = z.array(variableName);

export const environment = {
  key: "environment",
  title: "Secrets of the run",
  docs,
  schema,
  names: (config) => config,
  read: async (config, context) => (await import("./read.ts")).read(config, context),
} as const satisfies SecretSource<z.infer<typeof schema>>;
