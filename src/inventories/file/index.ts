// Hosts that tarlift.yml lists.
import { z } from "zod";
import type { Inventory } from "../inventory.ts";
import { hostSchema } from "../schema.ts";
import docs from "./docs.md";

const schema = z.array(hostSchema).min(1);

export const file = {
  key: "file",
  title: "Hosts in tarlift.yml",
  docs,
  schema,
  known: (config) => config,
  hosts: async (config) => config,
} as const satisfies Inventory<z.infer<typeof schema>>;
