// Rules of tarlift.yml that concern more than one value. Pure: from a configuration to findings.

import { posix } from "node:path";
import type { Balancer } from "../balancers/balancer.ts";
import { BALANCERS } from "../balancers/registry.ts";
import type { Installer } from "../installers/installer.ts";
import { INSTALLERS, installerOf } from "../installers/registry.ts";
import { knownHosts } from "../inventories/registry.ts";
import type { HostConfig } from "../inventories/schema.ts";
import type { ConfigFinding } from "../schema/adapter.ts";
import { chosenOf } from "../schema/adapter.ts";
import { either, nearest } from "../schema/spelling.ts";
import { secretNamesOf } from "../secrets/registry.ts";
import { SUPERVISORS } from "../supervisors/registry.ts";
import type { Supervisor } from "../supervisors/supervisor.ts";
import type { ConfigPath } from "./document.ts";
import type { Config, EnvironmentConfig, TargetConfig } from "./schema.ts";

/** Paths start at the top of the file. */
export type Finding = ConfigFinding;

/** All findings of all rules, in the order of the rules. */
export function crossCheck(config: Config): Finding[] {
  return [
    ...environmentKeys(config),
    ...overlappingEnvironments(config),
    ...overlappingPaths(config),
    ...inputsOutside(config),
    ...packageWithout(config),
    ...repeatedSteps(config),
    ...services(config),
    ...runnerHooks(config),
    ...withoutMigrations(config),
    ...roles(config),
    ...migrators(config),
    ...repeatedHosts(config),
    ...localHosts(config),
    ...sharedRoots(config),
    ...environmentsElsewhere(config),
    ...switches(config),
    ...balancers(config),
    ...allAtOnce(config),
    ...variablesAndSecrets(config),
    ...passedSecrets(config),
    ...notifications(config),
  ];
}

/** Findings of installers about combinations of their keys. */
function environmentKeys(config: Config): Finding[] {
  return Object.entries(config.environments).flatMap(([name, environment]) =>
    (installerOf(environment.installer).check?.(environment) ?? []).map((finding) => ({
      ...finding,
      path: ["environments", name, ...finding.path],
    })),
  );
}

/** The path of an environment that ships, in the release. */
const releasePath = (environment: EnvironmentConfig) => installerOf(environment.installer).releasePath(environment);

function shippedPlaces(config: Config) {
  return Object.entries(config.environments)
    .filter(([, environment]) => environment.use === "runtime")
    .map(([name, environment]) => ({ name, ...releasePath(environment) }));
}

function overlappingEnvironments(config: Config): Finding[] {
  const shipped = shippedPlaces(config);
  return shipped.flatMap((one, index) =>
    shipped
      .slice(0, index)
      .filter((other) => overlap(one.path, other.path))
      .map((other) => ({
        path: ["environments", one.name, one.key],
        message: `${one.path} overlaps with ${other.path} of environment ${other.name}: give one of them another ${one.key}, or \`use: build\``,
      })),
  );
}

/** Tarlift's own files, links to environments, built outputs and shared paths must not contain one another. */
function overlappingPaths(config: Config): Finding[] {
  const shared = (["directories", "files"] as const).flatMap((kind) =>
    config.shared[kind].map((path, index) => ({ path, at: ["shared", kind, index] as ConfigPath })),
  );
  const outputs = config.assets.flatMap((step, index) =>
    step.outputs.map((path, output) => ({ path, step, at: ["assets", index, "outputs", output] as ConfigPath })),
  );
  const included = (config.include ?? []).map((path, index) => ({ path, at: ["include", index] as ConfigPath }));
  const links = Object.entries(config.environments).map(([name, environment]) => ({
    path: releasePath(environment).path,
    at: ["environments", name, releasePath(environment).key] as ConfigPath,
  }));
  const findings: Finding[] = [];
  for (const { path, at } of [...shared, ...outputs, ...included, ...links]) {
    const own = [".tarlift", ".git"].find((reserved) => path === reserved || path.startsWith(`${reserved}/`));
    if (own) findings.push({ path: at, message: `${own} is reserved` });
  }
  for (const { path, at } of shared) {
    if (path === ".")
      findings.push({ path: at, message: "the whole application cannot be shared: name a path inside it" });
  }
  for (const { path, at } of [...shared, ...outputs, ...included]) {
    const environment = shippedPlaces(config).find((shipped) => path !== "." && overlap(shipped.path, path));
    if (environment) {
      findings.push({
        path: at,
        message: `${path} overlaps with ${environment.path}, where environment ${environment.name} stands`,
      });
    }
  }
  for (const [index, { path, at }] of shared.entries()) {
    for (const output of outputs.filter((other) => path !== "." && overlap(path, other.path))) {
      findings.push({
        path: at,
        message: `${path} overlaps with ${output.path}, which the asset step ${output.step.name} builds: what ships is not shared`,
      });
    }
    for (const other of included.filter((one) => path !== "." && overlap(path, one.path))) {
      findings.push({
        path: at,
        message: `${path} overlaps with ${other.path}, which \`include\` names: what ships is not shared`,
      });
    }
    for (const other of shared.slice(0, index).filter((earlier) => overlap(path, earlier.path))) {
      findings.push({ path: at, message: `${path} overlaps with the shared path ${other.path}` });
    }
  }
  for (const [index, { path, at, step }] of outputs.entries()) {
    const other = outputs.slice(0, index).find((earlier) => earlier.path === path);
    if (other)
      findings.push({
        path: at,
        message: `${path} is an output of ${other.step === step ? "this step" : other.step.name} already`,
      });
  }
  return findings;
}

/** Inputs are part of the commit. */
function inputsOutside(config: Config): Finding[] {
  return config.assets.flatMap(({ inputs = [] }, index) =>
    inputs.flatMap((input, at): Finding[] =>
      posix.join(config.source ?? ".", input).startsWith("..")
        ? [{ path: ["assets", index, "inputs", at], message: `${input} leads out of the repository` }]
        : [],
    ),
  );
}

/** A package is built with the Python of an environment that ships, and on hosts that Python finds it. */
function packageWithout({ package: wanted, environments }: Config): Finding[] {
  const ships = Object.values(environments).some(
    ({ installer, use }) => use === "runtime" && installerOf(installer).ownPackage,
  );
  if (wanted !== true || ships) return [];
  const able = INSTALLERS.filter(({ ownPackage }: Installer) => ownPackage).map(({ key }) => `\`installer: ${key}\``);
  const message = `a package is built with the Python of an environment, and none with ${either(able)} ships: add one, or remove this key`;
  return [{ path: ["package"], message, atKey: true }];
}

function repeatedSteps(config: Config): Finding[] {
  return repeated(config.assets.map((step) => step.name)).map((index) => ({
    path: ["assets", index, "name"],
    message: `another asset step is called ${config.assets[index]?.name}`,
  }));
}

/** Findings of supervisors about services. */
function services(config: Config): Finding[] {
  return Object.entries(config.services).flatMap(([name, service]) =>
    supervisors.flatMap((supervisor) =>
      (supervisor.check?.(service) ?? []).map((finding) => ({ ...finding, path: ["services", name, ...finding.path] })),
    ),
  );
}

const supervisors: readonly Supervisor[] = SUPERVISORS;

function runnerHooks(config: Config): Finding[] {
  return allHooks(config)
    .filter(({ hook }) => hook.on === "runner" && hook.roles !== undefined)
    .map(({ at }) => ({
      path: [...at, "roles"],
      message: "roles select hosts: a hook `on: runner` has none",
      atKey: true,
    }));
}

function allHooks(config: Config) {
  return Object.entries(config.hooks).flatMap(([phase, hooks]) =>
    (hooks ?? []).map((hook, index) => ({ hook, at: ["hooks", phase, index] as ConfigPath })),
  );
}

/** A role that no host has is a typing error: what it selects would silently run nowhere. */
function roles(config: Config): Finding[] {
  const named = namedRoles(config);
  // A host without roles has all: if every target has such a host, any role is valid. An inventory may list a host of
  // any role.
  const selective = Object.entries(config.targets).filter(
    ([, { hosts }]) => !(knownHosts(hosts)?.some((host) => rolesOf(host) === undefined) ?? true),
  );
  const isKnown = Object.values(config.targets).every(({ hosts }) => knownHosts(hosts) !== undefined);
  if (selective.length === 0 || !isKnown) return [];
  const used = [
    ...Object.entries(config.services).map(([name, service]) => ({
      roles: service.roles,
      at: ["services", name, "roles"] as ConfigPath,
    })),
    ...allHooks(config).map(({ hook, at }) => ({
      roles: "roles" in hook ? hook.roles : undefined,
      at: [...at, "roles"],
    })),
    { roles: config.migrations?.roles, at: ["migrations", "roles"] },
    ...selective.flatMap(([target, { balancers }]) =>
      balancers.map(({ roles }, index) => ({ roles, at: ["targets", target, "balancers", index, "roles"] })),
    ),
  ];
  return used.flatMap(({ roles, at }) =>
    (roles ?? []).flatMap((role, index) => {
      if (named.includes(role)) return [];
      const meant = nearest(role, named);
      const hint = meant ? `; did you mean ${meant}?` : `; there are ${either([...named].sort())}`;
      return [{ path: [...at, index], message: `no host has the role ${role}${hint}` }];
    }),
  );
}

/** Roles that hosts of any target have by name, each once. */
function namedRoles({ targets }: Config): string[] {
  const hosts = Object.values(targets).flatMap((target) => knownHosts(target.hosts) ?? []);
  return [...new Set(hosts.flatMap((host) => rolesOf(host) ?? []))];
}

/** If no host of a target has the role, its migrations would never be applied. */
function migrators({ migrations, targets }: Config): Finding[] {
  const wanted = migrations?.roles;
  if (!wanted) return [];
  return Object.entries(targets)
    .filter(([, { hosts }]) => !hasHostFor(wanted, knownHosts(hosts)))
    .map(([name]) => ({
      path: ["targets", name, "hosts"],
      message: `no host has the role ${wanted.join(" or ")}, which \`migrations.roles\` asks for`,
      atKey: true,
    }));
}

/**
 * A host without roles has all.
 *
 * @param hosts undefined: an inventory lists them, and they are checked when it was read
 */
function hasHostFor(wanted: readonly string[], hosts: readonly HostConfig[] | undefined): boolean {
  return !hosts || hosts.some((host) => rolesOf(host)?.some((role) => wanted.includes(role)) ?? true);
}

function rolesOf(host: HostConfig): string[] | undefined {
  return "roles" in host ? host.roles : undefined;
}

function portOf(host: HostConfig, target: TargetConfig): number {
  return ("port" in host ? host.port : undefined) ?? target.port ?? 22;
}

function repeatedHosts(config: Config): Finding[] {
  return Object.entries(config.targets).flatMap(([name, target]) => {
    const hosts = knownHosts(target.hosts) ?? [];
    return repeated(hosts.map((host) => `${host.address.toLowerCase()} ${portOf(host, target)}`)).map((index) => ({
      path: ["targets", name, "hosts", index],
      message: `${hosts[index]?.address} is in this target already`,
    }));
  });
}

/**
 * Keys about SSH access to a host have no meaning for this machine, which needs no SSH. `user` has: `host setup`
 * prepares for that user.
 */
function localHosts({ targets }: Config): Finding[] {
  return Object.entries(targets).flatMap(([name, { hosts }]) =>
    (knownHosts(hosts) ?? []).flatMap((host, index) =>
      host.address !== "local"
        ? []
        : (["port", "proxy-jump"] as const)
            .filter((key) => key in host && host[key as keyof typeof host] !== undefined)
            .map((key) => notBySsh(["targets", name, "hosts", index, key])),
    ),
  );
}

const notBySsh = (path: ConfigPath): Finding => ({
  path,
  message: `${path.at(-1)} means nothing to \`local\`, which is this machine itself and is entered without SSH: give the host's name, or remove this key`,
  atKey: true,
});

/** Two targets on one host need two roots: each would treat the other's release as its own. */
function sharedRoots(config: Config): Finding[] {
  const seen = new Map<string, string>();
  const findings: Finding[] = [];
  for (const [name, target] of Object.entries(config.targets)) {
    const root = target.root ?? `/srv/${config.app}`;
    const mine = new Set(
      (knownHosts(target.hosts) ?? []).map((host) => `${host.address.toLowerCase()} ${portOf(host, target)} ${root}`),
    );
    for (const place of mine) {
      const other = seen.get(place);
      const address = place.split(" ")[0];
      if (other) {
        findings.push({
          path: ["targets", name],
          message: `${root} on ${address} is target ${other}'s already: give one of them another root`,
          atKey: true,
        });
      } else seen.set(place, name);
    }
  }
  return findings;
}

/** Virtualenvs contain their path: one that was built for the application's root runs from no other. */
function environmentsElsewhere(config: Config): Finding[] {
  const built = config["environments-root"] ?? `/srv/${config.app}/envs`;
  const [virtualenv] = Object.entries(config.environments).filter(
    ([, { installer, use }]) => installerOf(installer).kind === "path" && use === "runtime",
  );
  if (!virtualenv) return [];
  return Object.entries(config.targets)
    .filter(([, target]) => target["environments-root"] !== undefined && target["environments-root"] !== built)
    .map(([name, target]) => ({
      path: ["targets", name, "environments-root"],
      message: `environment ${virtualenv[0]} is built to run at ${built}, on every target: give \`environments-root: ${target["environments-root"]}\` at the top of the file instead, which the runner uses as well`,
      atKey: true,
    }));
}

function switches(config: Config): Finding[] {
  return Object.entries(config.targets)
    .filter(([, target]) => target["require-auto-revert"] && target["auto-revert"] === 0)
    .map(([name]) => ({
      path: ["targets", name, "require-auto-revert"],
      message: "`auto-revert: 0` says that no host reverts by itself: remove one of the two keys",
      atKey: true,
    }));
}

/** Keys about migrations have no effect unless a key says how migrations are found. */
function withoutMigrations(config: Config): Finding[] {
  if (config.migrations) return [];
  const places: ConfigPath[] = [
    ...(["before-migrate", "after-migrate"] as const)
      .filter((phase) => config.hooks[phase]?.length)
      .map((phase) => ["hooks", phase]),
    ...Object.entries(config.targets)
      .filter(([, { migrations }]) => migrations !== undefined)
      .map(([name]) => ["targets", name, "migrations"]),
  ];
  return places.map((path) => ({
    path,
    message: "there are no migrations without a `migrations:` at the top of the file, which says how they are found",
    atKey: true,
  }));
}

/** Deploys to an unknown target would never cause a notification. */
function notifications(config: Config): Finding[] {
  const known = Object.keys(config.targets);
  return Object.entries(config.notify).flatMap(([name, { targets = [] }]) =>
    targets.flatMap((target, index) => {
      if (known.includes(target)) return [];
      const meant = nearest(target, known);
      const hint = meant ? `; did you mean ${meant}?` : known.length > 0 ? `; there are ${either(known)}` : "";
      return [{ path: ["notify", name, "targets", index], message: `there is no target ${target}${hint}` }];
    }),
  );
}

function variablesAndSecrets(config: Config): Finding[] {
  const builds = Object.keys(config["step-env"]);
  const findings: Finding[] = reservedNames(builds, ["step-env"]);
  findings.push(...decidedHere(builds, ["PATH", "PWD"], ["step-env"]));
  const { compatible } = config.migrations ?? {};
  for (const kind of ["env", "secrets"] as const) {
    const names = Object.keys(compatible?.[kind] ?? {});
    findings.push(...reservedNames(names, ["migrations", "compatible", kind]));
    findings.push(...decidedHere(names, ["PATH"], ["migrations", "compatible", kind]));
  }
  for (const name of Object.keys(compatible?.secrets ?? {}))
    if (Object.hasOwn(compatible?.env ?? {}, name))
      findings.push({
        path: ["migrations", "compatible", "secrets", name],
        message: `${name} stands in \`variables\` as well: it can be one of both`,
        atKey: true,
      });
  for (const [name, target] of Object.entries(config.targets)) {
    const secrets = secretNamesOf(target.secrets);
    for (const index of repeated([...secrets])) {
      findings.push({ path: ["targets", name, "secrets", index], message: `${secrets[index]} stands here twice` });
    }
    for (const [index, secret] of target["may-be-empty"].entries()) {
      if (!secrets.includes(secret))
        findings.push({
          path: ["targets", name, "may-be-empty", index],
          message: `${secret} is no secret of target ${name}`,
        });
    }
    for (const [index, secret] of secrets.entries()) {
      if (secret.startsWith("TARLIFT_"))
        findings.push({ path: ["targets", name, "secrets", index], message: RESERVED });
    }
    const places: { variables: Record<string, string> | undefined; at: ConfigPath }[] = [
      { variables: target.env, at: ["targets", name, "env"] },
      ...(knownHosts(target.hosts) ?? []).map((host, index) => ({
        variables: "env" in host ? host.env : undefined,
        at: ["targets", name, "hosts", index, "env"],
      })),
    ];
    for (const { variables, at } of places) {
      const names = Object.keys(variables ?? {});
      findings.push(...reservedNames(names, at));
      for (const variable of names.filter((candidate) => secrets.includes(candidate))) {
        findings.push({
          path: [...at, variable],
          message: `${variable} is a secret of target ${name} as well: it can be one of both`,
          atKey: true,
        });
      }
    }
  }
  return findings;
}

/** Variables for hosts must not be visible to install scripts of dependencies. */
function passedSecrets(config: Config): Finding[] {
  const owners = new Map(
    Object.entries(config.targets).flatMap(([name, { secrets }]) =>
      secretNamesOf(secrets).map((secret) => [secret, name] as const),
    ),
  );
  const places: { passed: readonly string[]; at: ConfigPath }[] = [
    ...Object.entries(config.environments).map(([name, own]) => ({
      passed: own["pass-env"] ?? [],
      at: ["environments", name, "pass-env"],
    })),
    ...config.assets.map((step, index) => ({ passed: step["pass-env"] ?? [], at: ["assets", index, "pass-env"] })),
  ];
  return places.flatMap(({ passed, at }) =>
    passed.flatMap((name, index) => {
      const target = owners.get(name);
      return target === undefined
        ? []
        : [{ path: [...at, index], message: `${name} is a secret of target ${target}, which no build may see` }];
    }),
  );
}

const RESERVED = "names that start with TARLIFT_ are Tarlift's own";

function reservedNames(names: string[], at: ConfigPath): Finding[] {
  return names
    .filter((name) => name.startsWith("TARLIFT_"))
    .map((name) => ({ path: [...at, name], message: RESERVED, atKey: true }));
}

/** Variables that Tarlift sets itself: another value would have no effect. */
function decidedHere(names: string[], ours: readonly string[], at: ConfigPath): Finding[] {
  return names
    .filter((name) => ours.includes(name))
    .map((name) => ({
      path: [...at, name],
      message: `Tarlift sets ${name} for what it runs: set it within the command (\`${name}=… command\`)`,
      atKey: true,
    }));
}

/** Whether one path equals or contains the other. */
function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** Positions of values that repeat an earlier one. */
function repeated(values: string[]): number[] {
  return values.flatMap((value, index) => (values.indexOf(value) < index ? [index] : []));
}

/** All hosts would have to leave their balancers at the same time, and the last one is never drained. */
function allAtOnce(config: Config): Finding[] {
  return Object.entries(config.targets).flatMap(([name, { waves, balancers, hosts }]) =>
    waves === "all-at-once" && balancers.length > 0 && (knownHosts(hosts) ?? []).length > 1
      ? [
          {
            path: ["targets", name, "waves"],
            message: "hosts behind a balancer cannot all leave it at once: remove this key, or give `size`",
          },
        ]
      : [],
  );
}

/** Keys of a balancer that would silently have no effect, and unknown hosts and roles. */
function balancers(config: Config): Finding[] {
  const named = namedRoles(config);
  return Object.entries(config.targets).flatMap(([name, target]) =>
    target.balancers.flatMap((balancer, n) => {
      const path = ["targets", name, "balancers", n];
      const { adapter, config } = chosenOf<Balancer>(BALANCERS, balancer);
      const hosts = knownHosts(target.hosts);
      const known = hosts?.map(({ address }) => address);
      const wanted = balancer.roles?.every((role) => named.includes(role)) ? balancer.roles : undefined;
      return [
        ...(wanted && !hasHostFor(wanted, hosts)
          ? [
              {
                path: [...path, "roles"],
                message: `no host of target ${name} has the role ${either(wanted)}: none would leave this balancer; give a host the role, or remove the balancer`,
                atKey: true,
              },
            ]
          : []),
        ...(adapter.check?.(config, balancer) ?? []).map((found) => ({ ...found, path: [...path, ...found.path] })),
        ...Object.keys(balancer.servers ?? {})
          .filter((address) => known && !known.includes(address))
          .map((address) => {
            const meant = nearest(address, known ?? []);
            return {
              path: [...path, "servers", address],
              message: `target ${name} has no host ${address}${meant ? `; did you mean ${meant}?` : ""}`,
              atKey: true,
            };
          }),
      ];
    }),
  );
}
