// All installers. A new one needs a folder beside this file, and a line here.
import type { EnvironmentRecord } from "../artifact/format.ts";
import { lookup } from "../schema/adapter.ts";
import type { Detect, Installer, Runtime } from "./installer.ts";
import { npm } from "./npm/index.ts";
import { pip } from "./pip/index.ts";
import { uv } from "./uv/index.ts";

export const INSTALLERS = [pip, uv, npm] as const satisfies readonly Installer[];

/** @throws Failure (refused) for an unknown key */
export const installerOf = lookup<Installer>("installer", INSTALLERS);

/**
 * See {@link Installer.runtime}. An artifact of another Tarlift version may name an unknown installer: then its kind
 * says where programs are.
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

/** Loads the functions that detect environments in a repository, for `init`. */
export const loadDetectors = (): Promise<Detector[]> =>
  Promise.all(INSTALLERS.map(async (installer: Installer) => ({ installer, detect: await installer.detector() })));
