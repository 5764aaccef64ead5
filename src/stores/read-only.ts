// Layer stores that a run only reads.
import type { LayerStore, Stores } from "./store.ts";

/**
 * The same stores: layers are always restored, but saved only if there is no reason against it.
 *
 * @param reason called when layers are first needed; returns a text for the run's log, or undefined if layers are saved
 */
export function savingUnless(stores: Stores, reason: () => Promise<string | undefined>): Stores {
  return {
    ...stores,
    layers: async (): Promise<LayerStore> => {
      const why = await reason();
      const store = await stores.layers();
      if (why === undefined) return store;
      const { name, restore } = store;
      return { name, restore, save: async () => ({ outcome: "skipped", why }) };
    },
  };
}
