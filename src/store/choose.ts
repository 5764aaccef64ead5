// Which stores a run uses: GitHub's services on a runner, a directory elsewhere.
import { homedir } from "node:os";
import { join } from "node:path";
import { directoryArtifactStore, directoryLayerStore } from "./directory.ts";
import type { ArtifactStore, LayerStore } from "./types.ts";

/**
 * @param options.directory a directory that the user named; it wins everywhere
 * @param options.env XDG_CACHE_HOME decides where the directory is otherwise
 */
export function chooseStores(options: { directory?: string | undefined; env: NodeJS.ProcessEnv }): {
  layers: LayerStore;
  artifacts: ArtifactStore;
} {
  const { directory = join(options.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tarlift", "store") } = options;
  return {
    layers: directoryLayerStore(join(directory, "layers")),
    artifacts: directoryArtifactStore(join(directory, "artifacts")),
  };
}
