// Asset steps: commands whose outputs ship. The outputs of each step are one layer, stored under the hash of everything
// that the step can see. A step that would see the same does not run again. Steps see nothing else:
// src/bundle/step-tree.ts.
import { z } from "zod";
import { type CacheSlot, fetchEntry, keepEntry, unfinishedEntry } from "../cache/entries.ts";
import { finishEntry } from "../cache/entry.ts";
import type { AssetStep } from "../config/schema.ts";
import { nativeFileSchema } from "../host-requirements/requirements.ts";
import { isCredential } from "../subprocess/built-variables.ts";
import { formatBytes } from "../text/quantity.ts";
import { runStep } from "./asset-command.ts";
import { stepInputs } from "./asset-inputs.ts";
import type { AssetLayer, AssetOptions } from "./asset-layer.ts";
import { StepTrees } from "./step-tree.ts";

const meta = z.strictObject({ name: z.string(), native: z.array(nativeFileSchema) });

/**
 * Runs the steps that would see something new, in the order of tarlift.yml, and restores the layers of all others from
 * the store.
 *
 * @throws Failure when a step fails, does not make an output, or changes tracked files
 */
export async function runAssetSteps(steps: readonly AssetStep[], options: AssetOptions): Promise<AssetLayer[]> {
  const made: AssetLayer[] = [];
  const trees = new StepTrees({ ...options, environments: options.usable });
  try {
    for (const step of steps) {
      const inputs = await stepInputs(step, made, options);
      const slot: CacheSlot<z.infer<typeof meta>> = {
        store: options.store,
        work: options.work,
        key: `assets-${inputs.key}`,
        schema: meta,
        title: `assets ${step.name}`,
        progress: options.progress,
      };
      const found = await fetchEntry(slot);
      if (found) {
        options.progress.notice(
          `assets ${step.name}: nothing that it can read has changed${notCounted(step)}; ${formatBytes(found.layer.size)} from ${options.store.name}`,
        );
        made.push({ name: step.name, layer: found.layer, native: found.meta.native, hit: true });
        continue;
      }
      const layers = [
        ...(options.packageLayer ? [options.packageLayer] : []),
        ...inputs.before.map(({ layer }) => layer),
      ];
      const tree = await trees.make({ ...inputs, layers });
      const { layer, native } = await runStep(step, tree, options, unfinishedEntry(slot));
      finishEntry(layer, slot.key, { name: step.name, native });
      const kept = await keepEntry(slot, { meta: { name: step.name, native }, layer });
      made.push({ name: step.name, layer: kept.layer, native: kept.meta.native, hit: false });
    }
  } finally {
    trees.remove();
  }
  return made;
}

/** Values that are in no key may have changed as well. */
function notCounted(step: AssetStep): string {
  const names = (step["pass-env"] ?? []).filter(isCredential);
  const said = names.length === 1 ? "by its name a credential" : "by their names credentials";
  return names.length === 0 ? "" : `, not counting ${names.join(", ")} (${said})`;
}
