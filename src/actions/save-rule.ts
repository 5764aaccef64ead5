// Which runs save to the store: the input `save` decides; with `auto`, the store does.
import type { Context } from "../pipeline/context.ts";
import { headCommit } from "../source/repository.ts";
import { savingUnless } from "../stores/read-only.ts";

export type Saving = "auto" | "always" | "never";

/** The context with stores that save, or do not, according to the input `save` and the store. */
export function withSaving(context: Context, save: Saving = "auto"): Context {
  const { stores, repository } = context;
  const commit = async () => (await headCommit(repository)).id;
  if (save === "always") return context;
  const why = async () => (save === "never" ? "`save: never`" : stores.mayWrite?.(commit));
  return { ...context, stores: savingUnless(stores, why) };
}
