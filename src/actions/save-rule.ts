// Which runs save in the store: what the input `save` says, and where it leaves that open, what the store says of the run.
import type { Context } from "../pipeline/context.ts";
import { headCommit } from "../source/repository.ts";
import { savingUnless } from "../stores/read-only.ts";

export type Saving = "auto" | "always" | "never";

/** The context whose stores save, or do not, as the input `save` and the store say. */
export function withSaving(context: Context, save: Saving = "auto"): Context {
  const { stores, repository } = context;
  const commit = async () => (await headCommit(repository)).id;
  if (save === "always") return context;
  const why = async () => (save === "never" ? "`save: never`" : stores.mayWrite?.(commit));
  return { ...context, stores: savingUnless(stores, why) };
}
