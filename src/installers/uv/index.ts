// uv: `uv.lock` without the project itself, or requirement files, into a virtualenv
// (https://docs.astral.sh/uv/concepts/projects/sync/).
import { z } from "zod";
import { describe } from "../../schema/describe.ts";
import { projectDirectory } from "../../schema/values.ts";
import type { Installer } from "../installer.ts";
import { environmentOf } from "../schema.ts";
import { ownPackage, virtualenvAdapter } from "../virtualenv/adapter.ts";
import { virtualenvKeys } from "../virtualenv/schema.ts";
import docs from "./docs.md";

const schema = environmentOf("uv", {
  ...virtualenvKeys("Requirement files. Default: none, and it is installed from `uv.lock`."),
  directory: describe(
    projectDirectory.optional(),
    "The directory with `pyproject.toml` and its lock file. Default: the application's own.",
  ),
  groups: describe(
    z.array(z.string()).optional(),
    "Dependency groups to include. Others are left out, also those that `default-groups` of [tool.uv] names and `dev`.",
  ),
  extras: describe(z.array(z.string()).optional(), "Extras to include."),
});
export type UvConfig = z.infer<typeof schema>;

export const uv: Installer<typeof schema> = {
  key: "uv",
  title: "uv",
  docs,
  schema,
  language: "python",
  ...virtualenvAdapter,
  ownPackage,
  check: (config) =>
    (["groups", "extras"] as const)
      .filter((key) => config.requirements && config[key])
      .map((key) => ({
        path: [key],
        message: `${key} choose from uv.lock, which is not read beside \`requirements:\`: remove one of the two keys`,
        atKey: true,
      })),
  detector: async () => (await import("./detect.ts")).detect,
  inspect: async (config, context) => (await import("./uv.ts")).inspect(config, context),
};
