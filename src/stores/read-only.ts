// Layer stores that a run reads and does not write.
import type { LayerStore, Stores } from "./store.ts";

/**
 * The same stores, whose layers are always restored, and saved unless there is a reason against it.
 *
 * @param reason asked when a verb first needs layers: in words, for the run's log; undefined: they are saved
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
