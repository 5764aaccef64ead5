// Which configuration is authoritative. Anyone who can build makes an artifact, and anyone who has the key deploys it:
// what runs on the machine that deploys, the hosts, the recipients of notifications and the secrets are decided by the
// tarlift.yml that the deploying job has checked out (or names with --config). Services, hooks and migrations on other
// hosts are decided by the artifact's own commit.

import { upgradeConfiguration } from "../config/renamed-keys.ts";
import { type Config, configSchema, type Hook } from "../config/schema.ts";
import { findTarget } from "../config/select.ts";
import { Failure } from "../failure.ts";
import { hostsOf } from "../inventories/registry.ts";

/**
 * The artifact's own configuration: that of its commit, without its messages, which the checkout decides on. Undefined
 * if this version cannot read it.
 */
export function ownConfig(configuration: unknown): Config | undefined {
  const isMap = configuration !== null && typeof configuration === "object";
  return configSchema.safeParse(upgradeConfiguration(isMap ? { ...configuration, notify: {} } : configuration)).data;
}

/**
 * The configuration of a deploy.
 *
 * @param own the artifact's
 * @param trusted the checkout's
 * @param target the target of the deploy
 * @returns the configuration, and warnings
 * @throws Failure (refused) when the target has this machine as a host, and the artifact would run other commands on it
 * or share other paths
 */
export async function deployConfig(
  own: Config,
  trusted: Config,
  target: string,
): Promise<{ config: Config; warning: string | undefined }> {
  if (await runsHere(trusted, target)) refuseOthers(own, trusted, target);
  const config = { ...own, targets: trusted.targets, notify: trusted.notify, hooks: hooksOf(own, trusted) };
  const others = Object.keys(own.hooks).some((point) => !isEqual(onRunner(own, point), onRunner(trusted, point)));
  const warning = others
    ? "hooks `on: runner` of the artifact's tarlift.yml are not run: those of the tarlift.yml here are"
    : undefined;
  return { config, warning };
}

/** The configuration for recovering from a killed deploy; nothing is refused, since hosts wait for it. */
export async function recoveryConfig(own: Config, trusted: Config, target: string): Promise<Config> {
  return (await runsHere(trusted, target))
    ? trusted
    : { ...own, targets: trusted.targets, notify: trusted.notify, hooks: {} };
}

async function runsHere(config: Config, target: string): Promise<boolean> {
  const hosts = await hostsOf(findTarget(config, target).hosts, { target, env: process.env });
  return hosts.some(({ address }) => address === "local");
}

/**
 * The checkout's hooks for the machine that deploys among the artifact's for hosts; in the artifact's order if it has
 * the same.
 */
function hooksOf(own: Config, trusted: Config): Config["hooks"] {
  const points = new Set([...Object.keys(own.hooks), ...Object.keys(trusted.hooks)]) as Set<keyof Config["hooks"]>;
  return Object.fromEntries(
    [...points].map((point) => [
      point,
      isEqual(onRunner(own, point), onRunner(trusted, point))
        ? (own.hooks[point] ?? [])
        : [...onRunner(trusted, point), ...(own.hooks[point] ?? []).filter((hook) => !isOnRunner(hook))],
    ]),
  );
}

const isOnRunner = (hook: Hook): boolean => hook.on === "runner";
const onRunner = ({ hooks }: Config, point: string): Hook[] =>
  (hooks[point as keyof Config["hooks"]] ?? []).filter(isOnRunner);

const HERE = { services: "services", hooks: "hooks", migrations: "migrations", shared: "shared paths" } as const;

/**
 * On a host `local`, services, hooks and migrations run, and shared paths are made, on the machine that has the key and
 * the secrets.
 */
function refuseOthers(own: Config, trusted: Config, target: string): void {
  const keys = Object.keys(HERE) as (keyof typeof HERE)[];
  const others = keys.filter((key) => !isEqual(own[key], trusted[key])).map((key) => HERE[key]);
  if (others.length === 0) return;
  throw new Failure({
    code: "artifact-mismatch",
    what: `the artifact has other ${others.join(" and ")} than the tarlift.yml here, and would use them on this machine, which is a host of ${target}`,
    remedy:
      "Deploy from a checkout of the artifact's commit: `git checkout COMMIT`, which `tarlift inspect FILE` shows. Or name the tarlift.yml that you trust: --config FILE.",
    outcome: "refused",
  });
}

/** Compares values as JSON: what an artifact contains was converted to JSON. */
const isEqual = (one: unknown, other: unknown): boolean => canonical(one) === canonical(other);
const canonical = (value: unknown): string =>
  JSON.stringify(value ?? null, (_, part) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
