// A local directory, or one that several machines mount.
import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { absolute } from "../../schema/values.ts";
import type { Store } from "../store.ts";
import docs from "./docs.md";

const schema = z.strictObject({ path: describe(absolute, "The directory. It is made when something is first saved.") });

export const directory = {
  key: "directory",
  title: "A directory",
  docs,
  schema,
  detect: (env) => ({ path: join(env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "tarlift", "store") }),
  layers: async ({ path }) => (await import("./directory.ts")).directoryLayerStore(path),
  artifacts: async ({ path }) => (await import("./directory.ts")).directoryArtifactStore(path),
} as const satisfies Store<z.infer<typeof schema>>;
