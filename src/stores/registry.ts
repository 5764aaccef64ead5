// All stores, and which of them a run uses. No other file lists them.
import { lookup } from "../schema/adapter.ts";
import { directory } from "./directory/index.ts";
import { github } from "./github/index.ts";
import type { Store, StoreContext, Stores } from "./store.ts";

/** In the order in which a run checks them: the directory is available on every machine. */
export const STORES = [github, directory] as const satisfies readonly Store[];

export const storeOf = lookup<Store>("store", STORES);

/**
 * @param options.directory a directory from the user, absolute; it always has priority
 * @param options.env of the run
 */
export function chooseStores({
  directory: path,
  env,
}: {
  directory?: string | undefined;
  env: NodeJS.ProcessEnv;
}): Stores {
  if (path) return opened(directory, { path }, { env });
  for (const store of STORES as readonly Store[]) {
    const config = store.detect(env);
    if (config !== undefined) return opened(store, config, { env });
  }
  throw new Error("no store is offered by this machine");
}

function opened(store: Store, config: unknown, context: StoreContext): Stores {
  return {
    layers: () => store.layers(config, context),
    artifacts: () => store.artifacts(config, context),
    mayWrite: async (commit) => store.mayWrite?.(config, context, commit),
  };
}
