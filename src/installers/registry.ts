// All installers. A new one is its folder beside this file, and its line here.
import type { EnvironmentRecord } from "../artifact/format.ts";
import { lookup } from "../schema/adapter.ts";
import type { Detect, Installer, Runtime } from "./installer.ts";
import { npm } from "./npm/index.ts";
import { pip } from "./pip/index.ts";
import { uv } from "./uv/index.ts";

export const INSTALLERS = [pip, uv, npm] as const satisfies readonly Installer[];

/** @throws Failure (refused) for a key that no installer has */
export const installerOf = lookup<Installer>("installer", INSTALLERS);

/**
 * As {@link Installer.runtime}. An artifact of another version may name an installer that is not here: its kind says where programs are.
 */
export function runtimeOf(record: Pick<EnvironmentRecord, "installer" | "kind" | "mounts">, at: string): Runtime {
  const installer: Installer | undefined = INSTALLERS.find(({ key }) => key === record.installer.name);
  if (installer) return installer.runtime(record, at);
  return { path: record.kind === "path" ? [`${at}/bin`] : [], env: {} };
}

export interface Detector {
  installer: Installer;
  detect: Detect;
}

/** What finds environments in a repository, for `init`. */
export const loadDetectors = (): Promise<Detector[]> =>
  Promise.all(INSTALLERS.map(async (installer: Installer) => ({ installer, detect: await installer.detector() })));
