// Names that a user typed on a command line or gave as an input, looked up in the configuration.
import { Failure } from "../failure.ts";
import { either, nearest } from "../schema/spelling.ts";
import type { Config, EnvironmentConfig, TargetConfig } from "./schema.ts";

/** @throws Failure (refused) for a target that tarlift.yml does not have, with the nearest one it has */
export function findTarget(config: Config, name: string): TargetConfig {
  return find("target", config.targets, name);
}

/** @throws Failure (refused) for an environment that tarlift.yml does not have, with the nearest one it has */
export function findEnvironment(config: Config, name: string): EnvironmentConfig {
  return find("environment", config.environments, name);
}

function find<T>(kind: string, all: Record<string, T>, name: string): T {
  if (Object.hasOwn(all, name)) return all[name] as T;
  const names = Object.keys(all);
  const meant = nearest(name, names);
  throw new Failure({
    code: "name-unknown",
    what: `tarlift.yml has no ${kind} ${name}`,
    remedy: meant
      ? `Did you mean ${meant}?`
      : names.length > 0
        ? `Use ${either(names)}, or add ${name} to tarlift.yml.`
        : `Add it to \`${kind}s:\` in tarlift.yml.`,
    outcome: "refused",
  });
}
