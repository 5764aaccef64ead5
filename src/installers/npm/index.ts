// npm: package-lock.json into node_modules trees (https://docs.npmjs.com/cli/commands/npm-ci).
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { inside, projectDirectory } from "../../schema/values.ts";
import type { Installer } from "../installer.ts";
import { environmentOf } from "../schema.ts";
import docs from "./docs.md";

const schema = environmentOf("npm", {
  directory: describe(
    projectDirectory.optional(),
    "The directory with `package.json` and its lock file. Default: the application's own.",
  ),
  "version-file": describe(
    inside.optional(),
    "A file that names the version of Node: `.nvmrc`, `.node-version` or `.tool-versions`; another node on `PATH` is refused. Relative to the application's directory, also where `directory` is set.",
  ),
  inputs: describe(
    z.array(inside).optional(),
    "Globs of further tracked files that install scripts read (patches, schemas), dot files included: copied, and part of the key. An untracked file counts only where it is named without a wildcard.",
  ),
});
export type NpmConfig = z.infer<typeof schema>;

export const npm: Installer<typeof schema> = {
  key: "npm",
  title: "npm",
  docs,
  schema,
  language: "node",
  kind: "tree",
  releasePath: ({ directory = "." }) => ({
    path: directory === "." ? "node_modules" : `${directory}/node_modules`,
    key: "directory",
  }),
  runtime: ({ mounts = [] }, at) => ({ path: mounts.map((mount) => `${at}/${mount}/.bin`), env: {} }),
  detector: async () => (await import("./detect.ts")).detect,
  inspect: async (config, context) => (await import("./npm.ts")).inspect(config, context),
};
