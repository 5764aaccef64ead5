// pip: requirement files with all that they include, into a virtualenv.
import type { z } from "zod";
import { withForeignKeys } from "../../schema/describe.ts";
import type { Installer } from "../installer.ts";
import { environmentOf } from "../schema.ts";
import { ownPackage, virtualenvAdapter } from "../virtualenv/adapter.ts";
import { virtualenvKeys } from "../virtualenv/schema.ts";
import docs from "./docs.md";

const schema = withForeignKeys(
  environmentOf("pip", virtualenvKeys("Requirement files. Default: `requirements.txt`.")),
  {
    directory: ": give the path in `requirements:`, such as backend/requirements.txt",
  },
);
export type PipConfig = z.infer<typeof schema>;

export const pip: Installer<typeof schema> = {
  key: "pip",
  title: "pip",
  docs,
  schema,
  language: "python",
  ...virtualenvAdapter,
  ownPackage,
  detector: async () => (await import("./detect.ts")).detect,
  inspect: async (config, context) => (await import("./pip.ts")).inspect(config, context),
};
