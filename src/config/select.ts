// Looks up names from the command line or from inputs in the configuration.
import { Failure } from "../failure.ts";
import { either, nearest } from "../schema/spelling.ts";
import type { Config, EnvironmentConfig, TargetConfig } from "./schema.ts";

/** @throws Failure (refused) for an unknown target, with the nearest name */
export function findTarget(config: Config, name: string): TargetConfig {
  return find("target", config.targets, name);
}

/** @throws Failure (refused) for an unknown environment, with the nearest name */
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
