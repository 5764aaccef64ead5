// Everything in the environment of a run that must not appear in its output.

import type { Config } from "../config/schema.ts";
import { knownHosts } from "../inventories/registry.ts";
import { notifierOf } from "../notifiers/registry.ts";
import { secretNamesOf } from "../secrets/registry.ts";
import { isMasked } from "../subprocess/built-variables.ts";

/** Names of the variables that tarlift.yml uses for secrets: of targets, messages, compatibility and builds. */
export function secretNames({ targets, notify, migrations, environments, assets }: Config): string[] {
  const passed = [...Object.values(environments), ...assets].flatMap((one) => one["pass-env"] ?? []);
  return [
    ...new Set([
      ...Object.values(targets).flatMap(({ secrets }) => secretNamesOf(secrets)),
      ...notifierSecrets({ notify }),
      ...Object.values(migrations?.compatible?.secrets ?? {}),
      ...passed.filter(isMasked),
    ]),
  ];
}

/** Names of the variables that contain addresses and keys for messages. */
export const notifierSecrets = ({ notify }: Pick<Config, "notify">): string[] =>
  Object.values(notify).flatMap((entry) => notifierOf(entry.format).secretNames(entry));

/** Their values by name, as far as the environment has them. */
export function secretValues(config: Config, env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(secretNames(config).flatMap((name) => (env[name] ? [[name, env[name]]] : [])));
}

/** Names that are public, even if a secret has the same value. */
export function publicNames({ app, targets }: Config): string[] {
  return [
    app,
    ...Object.entries(targets).flatMap(([name, { hosts }]) => [
      name,
      ...(knownHosts(hosts) ?? []).map(({ address }) => address),
    ]),
  ];
}
