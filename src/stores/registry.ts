// Which stores a run uses: GitHub's services on a runner, a directory elsewhere.
import { homedir } from "node:os";
import { join } from "node:path";
import { directoryArtifactStore, directoryLayerStore } from "./directory/directory.ts";
import type { Stores } from "./store.ts";

/**
 * @param options.directory a directory that the user named; it wins everywhere
 * @param options.env the services' address and token are given to actions alone, not to `run:` steps; XDG_CACHE_HOME decides where the
 *   directory is otherwise
 */
export function chooseStores(options: { directory?: string | undefined; env: NodeJS.ProcessEnv }): Stores {
  const { directory, env } = options;
  if (!directory && env.ACTIONS_RESULTS_URL && env.ACTIONS_RUNTIME_TOKEN) {
    return {
      layers: async () => (await import("./github/layers.ts")).githubLayerStore(env),
      artifacts: async () => (await import("./github/artifacts.ts")).githubArtifactStore(env),
    };
  }
  const own = directory ?? join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tarlift", "store");
  return { layers: async () => directoryLayerStore(own), artifacts: async () => directoryArtifactStore(own) };
}
