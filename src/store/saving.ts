// Layer stores that a run reads and does not write.
import type { Stores } from "./choose.ts";
import type { LayerStore } from "./types.ts";

/**
 * The same stores, whose layers are restored and never saved.
 *
 * @param why in words, for the run's log
 */
export function withoutSaving(stores: Stores, why: string): Stores {
  return {
    ...stores,
    layers: async (): Promise<LayerStore> => {
      const { name, restore } = await stores.layers();
      return { name, restore, save: async () => ({ outcome: "skipped", why }) };
    },
  };
}
