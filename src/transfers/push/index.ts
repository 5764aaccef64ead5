// The machine that deploys sends the bytes over each host's connection.
import type { Transfer } from "../transfer.ts";
import docs from "./docs.md";

export const push = {
  key: "push",
  title: "Push",
  docs,
  begin: async (content) => new (await import("./push.ts")).Push(content),
} as const satisfies Transfer;
