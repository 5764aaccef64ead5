// All installers. A new one is its folder beside this file, and its line here.
import { lookup } from "../schema/adapter.ts";
import type { Installer } from "./installer.ts";
import { npm } from "./npm/index.ts";
import { pip } from "./pip/index.ts";
import { uv } from "./uv/index.ts";

export const INSTALLERS = [pip, uv, npm] as const satisfies readonly Installer[];

/** @throws Failure (refused) for a key that no installer has */
export const installerOf = lookup<Installer>("installer", INSTALLERS);
