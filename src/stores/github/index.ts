// GitHub's cache and artifacts.
import { z } from "zod";
import type { Store } from "../store.ts";
import docs from "./docs.md";

const schema = z.strictObject({});

export const github = {
  key: "github",
  title: "GitHub's cache and artifacts",
  docs,
  schema,
  // Only actions receive the address and token of the services, not `run:` steps.
  detect: (env) => (env.ACTIONS_RESULTS_URL && env.ACTIONS_RUNTIME_TOKEN ? {} : undefined),
  layers: async (_, { env }) => (await import("./layers.ts")).githubLayerStore(env),
  artifacts: async (_, { env }) => (await import("./artifacts.ts")).githubArtifactStore(env),
  mayWrite: async (_, { env }, commit) => (await import("./may-write.ts")).mayWrite(env, commit),
} as const satisfies Store<z.infer<typeof schema>>;
