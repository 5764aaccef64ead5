// A release as a local directory, with its environments where they run.
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { absolute, inside } from "../../schema/values.ts";
import type { Exporter } from "../exporter.ts";
import docs from "./docs.md";

const schema = z.strictObject({
  directory: describe(absolute, "Made for the release."),
  shared: describe(
    z.array(inside).default([]),
    "Directories that hosts share among releases: they are made, and are empty.",
  ),
  python: describe(
    z.string().min(1).optional(),
    "An interpreter of the hosts' minor version. Default: one is looked for on this machine.",
  ),
});
export type DirectoryOptions = z.infer<typeof schema>;

export const directory = {
  key: "directory",
  title: "A directory",
  docs,
  schema,
  export: async (artifact, options, context) => (await import("./unpack.ts")).unpack(artifact, options, context),
} as const satisfies Exporter<DirectoryOptions>;
