// Keys of all environments in tarlift.yml, whatever their installer. An installer's own keys are in its folder.
import { z } from "zod";
import { describe } from "../schema/describe.ts";
import { passedName } from "../schema/values.ts";

export const ENVIRONMENT_USES = ["runtime", "build"] as const;
export type EnvironmentUse = (typeof ENVIRONMENT_USES)[number];

const commonKeys = {
  use: describe(
    z.enum(ENVIRONMENT_USES).default("runtime"),
    "`runtime` ships with the release; `build` serves asset steps only and is never shipped.",
  ),
  "installer-version": describe(
    z.string().min(1).optional(),
    "The installer's version, in quotes. Default: the one that this version of Tarlift chooses.",
  ),
  options: describe(
    z.array(z.string()).optional(),
    "Further options for the installer; they are part of the key, with the content of files that they name.",
  ),
  "pass-env": describe(
    z.array(passedName).optional(),
    "Names of variables of the job that the installer sees; it sees no others but those of the machine (docs/security.md). Their values are part of the key, unless the name ends with a word for a credential (`…_TOKEN`, `…_PASSWORD`, `…_USERNAME`, `…_KEY`, `…_SECRET`); passwords in addresses are not.",
  ),
};

/**
 * The schema of one installer: its own keys and the common ones.
 *
 * @param key its word in `installer:`
 */
export const environmentOf = <K extends string, S extends z.ZodRawShape>(key: K, own: S) =>
  z.strictObject({ installer: describe(z.literal(key), "What installs it."), ...commonKeys, ...own });

/** The configuration that environments of all installers have in common. */
export type CommonConfig = z.infer<z.ZodObject<typeof commonKeys>> & { installer: string };
