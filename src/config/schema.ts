// tarlift.yml: the only schema. Types, validation, the JSON Schema for editors and docs/reference/tarlift-yml.md are
// derived from it. Rules that concern more than one value are in cross-checks.ts.
import { z } from "zod";
import { BALANCERS } from "../balancers/registry.ts";
import { commonKeys as balancerKeys } from "../balancers/schema.ts";
import { INSTALLERS } from "../installers/registry.ts";
import { INVENTORIES } from "../inventories/registry.ts";
import { NOTIFIERS } from "../notifiers/registry.ts";
import { byKey, exactlyOneOf, listOr, oneOf, schemasOf } from "../schema/adapter.ts";
import { describe } from "../schema/describe.ts";
import {
  absolute,
  command,
  duration,
  headerName,
  headers,
  inRepository,
  inside,
  name,
  passedName,
  port,
  roles,
  share,
  timeLimit,
  user,
  variableName,
  variables,
  word,
} from "../schema/values.ts";
import { SECRET_SOURCES } from "../secrets/registry.ts";
import { SUPERVISORS, supervisorKeys, supervisorsOf } from "../supervisors/registry.ts";

export const assetStepSchema = z.strictObject({
  name: describe(z.string().min(1), "What it is called in logs and in the cache."),
  run: describe(
    command,
    "Shell text, run by `sh -ec` in a copy of the commit, in the application's directory, with all environments on `PATH`. It sees tracked files, what earlier steps made and what `include:` names; no untracked file.",
  ),
  inputs: describe(
    z.array(inRepository).min(1).optional(),
    "Globs of tracked files that the step reads, relative to the application's directory; dot files are like any other, `../web/**` stands outside of `source`, `.git` is the commit's history and tags. The step sees these files alone, and runs when one of them changed. Default: every tracked file of the repository.",
  ),
  outputs: describe(
    z.array(inside).min(1),
    "What it makes: files or directories that ship. One that it did not make is an error.",
  ),
  "pass-env": describe(
    z.array(passedName).optional(),
    "Names of variables of the job that the step sees; it sees no others but those of the machine and `step-env`. Part of its key as with environments.",
  ),
  timeout: describe(timeLimit.optional(), "How long it may take."),
});
export type AssetStep = z.infer<typeof assetStepSchema>;

const fullCheck = z.strictObject({
  run: describe(command, "Shell text, run by `sh -ec` in the finished release, isolated."),
  network: describe(z.boolean().default(false), "Gives this check the network; the summary says so."),
  timeout: describe(timeLimit.optional(), "How long it may take."),
});
export const checkSchema = z.union([command.transform((run) => ({ run })).pipe(fullCheck), fullCheck]);
export type Check = z.infer<typeof checkSchema>;

const status = z.number().int().min(100).max(599);

export const healthSchema = z.strictObject({
  url: describe(
    z
      .url({ protocol: /^https?$/, error: "an http or https address" })
      .refine(
        (text) => !/^\w+:\/\/[^/?#]*@/.test(text),
        "an address without a user and password: `headers: { Authorization: … }`",
      ),
    "The address as the host itself reaches the service.",
  ),
  status: describe(
    z.union([status, z.array(status).min(1)]).default(200),
    "The expected status, or a list of them. A redirect is not health unless it is named here.",
  ),
  headers: describe(
    headers.optional(),
    "Request headers, such as `Host` and `X-Forwarded-Proto` for an application that redirects plain HTTP.",
  ),
  "release-header": describe(
    headerName.optional(),
    "The response header in which the service names its release (`TARLIFT_RELEASE`): the strongest evidence.",
  ),
  timeout: describe(timeLimit.prefault(5), "How long one request may take."),
  retries: describe(
    z.number().int().nonnegative().default(30),
    "How often a failed request is tried again. A status that a starting service or a proxy before it does not have (anything but 404, 408, 425, 429, 502, 503, 504) ends it earlier: answered 5 times in a row, over at least 5 seconds.",
  ),
  interval: describe(duration.prefault(1), "The pause before it is tried again."),
});
export type HealthConfig = z.infer<typeof healthSchema>;

export const serviceSchema = z
  .strictObject({
    ...supervisorKeys(),
    roles: describe(roles.optional(), "The hosts it runs on, by role. Default: all."),
    "run-as": describe(user.optional(), "The user whose processes it has. Default: the target's `run-as`."),
    action: describe(
      z
        .union([
          z.literal("restart"),
          z.literal("reload"),
          z.strictObject({
            signal: describe(
              z.string().regex(/^[A-Z][A-Z0-9+-]*$/, "the name of a signal, such as HUP"),
              "The signal that its main process gets.",
            ),
          }),
        ])
        .default("restart"),
      "What activates a release: `restart`, or `reload` or a signal, which are used only while environment and configuration stay the same.",
    ),
    "stable-for": describe(
      duration.prefault(5),
      "How long its main process must stay the same before the service counts as running.",
    ),
    "stop-timeout": describe(
      duration.optional(),
      "How long a graceful stop may take: queue workers finish their job. One that takes longer fails the deploy, and so does one that its supervisor kills before: its own limit (`stopwaitsecs`, `TimeoutStopSec`) must be longer, by 15 s say.",
    ),
    health: describe(healthSchema.optional(), "What it answers over HTTP when it is healthy."),
  })
  .refine((service) => supervisorsOf(service).length === 1, {
    message: exactlyOneOf(SUPERVISORS.map(({ key }) => key)),
  });
export type ServiceConfig = z.infer<typeof serviceSchema>;

const fullHook = z.strictObject({
  run: describe(
    command,
    "Shell text, run by `sh -ec` in the release with its configuration. It also has `TARLIFT_HOOK`, `TARLIFT_ACTION` (`deploy`, `rollback`, `converge`), `TARLIFT_APP`, `TARLIFT_TARGET`, `TARLIFT_DEPLOY`, `TARLIFT_PREVIOUS` (what was live, empty for none), in `after-failure` `TARLIFT_OUTCOME` and, on hosts, `TARLIFT_HOST`; on the machine that deploys `TARLIFT_HOSTS`, `TARLIFT_RELEASE`, `TARLIFT_VERSION` and `TARLIFT_COMMIT`.",
  ),
  roles: describe(roles.optional(), "The hosts it runs on, by role. Default: all."),
  on: describe(
    z.enum(["hosts", "leader", "runner"]).default("hosts"),
    "Every host; the leader alone, which is the first one that takes part (and has one of the `roles`); or the machine that deploys.",
  ),
  "on-failure": describe(z.enum(["fail", "warn"]).default("fail"), "`warn` lists the failure and goes on."),
  timeout: describe(timeLimit.optional(), "How long it may take."),
});
export const hookSchema = z.union([command.transform((run) => ({ run })).pipe(fullHook), fullHook]);
export type Hook = z.infer<typeof hookSchema>;

const hooks = (when: string) => describe(z.array(hookSchema).optional(), when);

export const hooksSchema = z.strictObject({
  "before-prepare": hooks("Before hosts receive the release: in what is live."),
  "after-prepare": hooks("When the release is complete and verified on every host, unnoticed."),
  "before-deploy": hooks("When every host is prepared, before anything changes. A failure refuses the deploy."),
  "before-rollback": hooks("The same of a rollback: in the release that it returns to."),
  "before-migrate": hooks("Before migrations are applied; not where none is pending. A failure refuses the deploy."),
  "after-migrate": hooks("When migrations have been applied, before any host is switched."),
  "before-activate": hooks("Before the hosts of a wave switch to the release; in a rollback too."),
  "after-activate": hooks("When the hosts of a wave run the release; in a rollback too."),
  "after-deploy": hooks("When every host runs the release. A failure takes all of them back."),
  "after-rollback": hooks("The same of a rollback."),
  "after-commit": hooks(
    "When a deploy or rollback is kept and nothing is reverted any more: a failure is only listed.",
  ),
  "after-failure": hooks(
    "When a deploy or rollback was `refused`, `reverted` or `split` (`TARLIFT_OUTCOME`): in what is live then. A failure is only listed.",
  ),
});

const migrationPolicy = z.enum(["apply", "require-none", "ignore"]);

export const compatibleSchema = z.strictObject({
  create: describe(
    command.optional(),
    "Makes the scratch database as the live release has it. Run in the live release, as all of these but the migrations themselves.",
  ),
  check: describe(command, "What must still work in the live release when the new migrations have been applied."),
  drop: describe(
    command.optional(),
    "Removes the scratch database, whatever happened, and before it is made: it must not mind when there is none.",
  ),
  env: describe(
    variables.default({}),
    "Configuration of all these commands and of the migrations, over `step-env`: the address of the scratch database.",
  ),
  secrets: describe(
    z.record(variableName, variableName).default({}),
    "The same where values are secret: the name of a variable, and the environment variable that holds its value. Secrets of targets are given to none of these commands.",
  ),
  timeout: describe(timeLimit.optional(), "How long each of them may take."),
});
export type CompatibleConfig = z.infer<typeof compatibleSchema>;

export const migrationsSchema = z.strictObject({
  pending: describe(
    command,
    "Prints one pending migration a line. Nothing: there are none. An exit code other than 0: the deploy is refused. A command that fails and still exits with 0 says that nothing is pending: no `|| true`, and no pipe after the command that asks the database, as the exit code of a pipe is that of its last command (docs/recipes/alembic.md).",
  ),
  apply: describe(command, "Applies them: once, on one host, in the new release with its configuration."),
  policy: describe(
    migrationPolicy.default("apply"),
    "`apply` them, `require-none` (refuse to deploy while any is pending), or `ignore` them.",
  ),
  roles: describe(
    roles.optional(),
    "They are listed and applied on the first host that has one of these roles. Default: on the first host.",
  ),
  timeout: describe(timeLimit.optional(), "How long applying may take."),
  compatible: describe(
    compatibleSchema.optional(),
    "`tarlift compatible`: whether the live release still works when these migrations have been applied, tried on a scratch database. Commands have `TARLIFT_LIVE_DIRECTORY`, `TARLIFT_LIVE_VERSION`, `TARLIFT_LIVE_COMMIT`, `TARLIFT_NEW_DIRECTORY`, `TARLIFT_NEW_VERSION` and `TARLIFT_NEW_COMMIT`.",
  ),
});

export const wavesSchema = z.strictObject({
  canary: describe(z.boolean().default(true), "One healthy host first, by itself."),
  size: describe(
    share.prefault("25%"),
    "Hosts that are switched at once: a number, or a part of the target's as in `25%`, rounded up.",
  ),
  "min-healthy": describe(
    share.prefault(1),
    "Hosts that stay in service at any time. Where there are two, at least one stays.",
  ),
  "max-failures": describe(
    z.number().int().nonnegative().default(0),
    "Hosts that may fail, be reverted and stay behind before the whole target is reverted.",
  ),
  watch: describe(
    duration.prefault(0),
    "For how long everything that was switched is watched after each wave: no restart, and healthy throughout.",
  ),
});

export const balancerSchema = z.strictObject({ ...byKey(BALANCERS), ...balancerKeys }).refine(...oneOf(BALANCERS));
export type BalancerConfig = z.infer<typeof balancerSchema>;

export const targetSchema = z.strictObject({
  hosts: describe(listOr(INVENTORIES), "Its hosts; the first one is the leader."),
  "ssh-user": describe(user.optional(), "SSH user. Default: as ssh has it."),
  port: describe(port.optional(), "SSH port. Default: as ssh has it."),
  "proxy-jump": describe(word.optional(), "The host to jump over, as in `ssh -J`."),
  "run-as": describe(user.optional(), "The user whose processes the services have. Default: the SSH user."),
  root: describe(absolute.optional(), "Where the application lives on hosts. Default: `/srv/<app>`."),
  "environments-root": describe(
    absolute.optional(),
    "Where environments live on this target's hosts. Default: the application's `environments-root`; a virtual environment that ships runs from there alone.",
  ),
  keep: describe(z.number().int().min(1).default(5), "How many good releases stay on a host."),
  env: describe(variables.optional(), "Configuration that is no secret: environment variables of the release."),
  secrets: describe(
    listOr(SECRET_SOURCES).optional(),
    "Names of secret environment variables; their values come from the inputs or the environment, never from this file. An empty value is refused: GitHub gives one for a secret that does not exist.",
  ),
  "may-be-empty": describe(
    z.array(variableName).default([]),
    "Those of `secrets` whose value may be empty. They have to be given all the same.",
  ),
  waves: describe(
    z.union([z.literal("all-at-once"), wavesSchema]).optional(),
    "The order in which several hosts are switched. Default: a canary, then a quarter of them at a time (`{ canary: true, size: 25% }`); hosts without services and without balancers switch together. `all-at-once` switches all of them together: a release that does not work is then live on every host until they are reverted.",
  ),
  balancers: describe(
    z.array(balancerSchema).default([]),
    "Load balancers that a host leaves before it is switched and returns to when it has been verified.",
  ),
  migrations: describe(migrationPolicy.optional(), "This target's policy instead of `migrations.policy`."),
  restart: describe(
    z.enum(["changed", "always"]).default("changed"),
    "`always` restarts services even when a host runs this very release already.",
  ),
  "wait-for-lock": describe(duration.prefault(0), "How long to wait for another deploy to this target to end."),
  "auto-revert": describe(
    duration.prefault(60),
    "How long after a run is lost a host that runs the new release, and is not yet committed, reverts by itself. 0: never.",
  ),
  "require-auto-revert": describe(
    z.boolean().default(false),
    "Refuses to deploy to a host that cannot revert by itself.",
  ),
  "max-unreachable": describe(
    z.number().int().nonnegative().default(0),
    "Hosts that may be unreachable: they are left out and named, and `tarlift converge` brings them along.",
  ),
  "allow-older": describe(
    z.boolean().default(false),
    "Deploys a commit that is an ancestor of the live one instead of calling it superseded.",
  ),
});
export type TargetConfig = z.infer<typeof targetSchema>;

export const notifySchema = z.discriminatedUnion("format", schemasOf(NOTIFIERS)).meta({ adapters: "notifiers" });
export type NotifyConfig = z.infer<typeof notifySchema>;

const saving = z.enum(["auto", "always", "never"]);

/**
 * Inputs of actions that are the same in every workflow. Values of a single run (target, version, secrets) do not
 * belong here.
 */
export const inputsSchema = z.strictObject({
  branches: describe(
    z.array(z.string().min(1)).optional(),
    "verify: branches that may be deployed, and that a tag's commit must be on; `*` for any part of a name without `/`, `**` with it.",
  ),
  "required-checks": describe(
    z.union([z.enum(["all", "none"]), z.array(z.string().min(1)).min(1)]).optional(),
    "verify: checks of the commit that must have passed: `all`, `none`, or names, `*` for any part. Default: `all`.",
  ),
  wait: describe(duration.optional(), "verify: how long to wait for checks that have not ended. Default: 15 minutes."),
  python: describe(z.string().min(1).optional(), "An interpreter to build with; its minor version must be the hosts'."),
  save: describe(
    saving.optional(),
    "Whether environments and asset steps are saved in the cache. Default: `auto`, in runs of the default branch that have its own commit checked out.",
  ),
  unpack: describe(
    z.boolean().optional(),
    "build-env: puts environments where they run on the runner too. Default: `true`.",
  ),
  "add-to-path": describe(
    z.boolean().optional(),
    "build-env: the environments' programs are found by later steps. Default: `true`.",
  ),
  check: describe(z.boolean().optional(), "Runs the checks of the artifact. Default: `true`."),
  "require-isolation": describe(z.boolean().optional(), "Fails where the checks cannot be isolated. Default: `false`."),
  upload: describe(
    z.enum(["unless-pull-request", "after-deploy", "always", "never"]).optional(),
    "Whether the artifact is uploaded. bundle: `unless-pull-request` (default), `always` or `never`; the whole pipeline: `after-deploy` (default), `always` or `never`. An action that does not have the value keeps its default.",
  ),
  "retention-days": describe(
    z.number().int().min(1).max(400).optional(),
    "How many days an uploaded artifact is kept. Default: 7, and 14 by the whole pipeline.",
  ),
  "live-environment": describe(
    z.string().min(1).optional(),
    "verify: the GitHub environment whose newest successful deployment is live.",
  ),
  "github-environment": describe(
    z.string().min(1).optional(),
    "Shows deploys as deployments to this GitHub environment, for jobs without `environment:`.",
  ),
  url: describe(
    z.url({ protocol: /^https?$/ }).optional(),
    "The application's address, which that deployment links to.",
  ),
  "ssh-known-hosts": describe(z.string().min(1).optional(), "The hosts' keys, as known_hosts has them."),
  "wait-for-lock": describe(duration.optional(), "How long to wait for another deploy to end. Default: the target's."),
  timeout: describe(timeLimit.optional(), "run: how long the command may take."),
  "verify-full": describe(
    z.boolean().optional(),
    "Hashes every file of a release where otherwise a look at size and time does.",
  ),
});

export const environmentSchema = z
  .discriminatedUnion("installer", schemasOf(INSTALLERS))
  .meta({ adapters: "installers" });
export type EnvironmentConfig = z.infer<typeof environmentSchema>;

export const configSchema = z.strictObject({
  app: describe(name, "The application's name: part of paths on hosts."),
  source: describe(inside.optional(), "The application's directory in the repository. Default: the repository itself."),
  include: describe(z.array(inside).optional(), "Paths that git ignores, that an earlier step built, and that ship."),
  package: describe(
    z.boolean().optional(),
    "Whether the application is itself a Python package that is built into each release. Default: when `pyproject.toml` has a `[build-system]`, and neither `package-mode = false` of Poetry nor `package = false` of uv. `true` builds the package in `directory:` of the Python environment where the application's own directory has none.",
  ),
  "secret-files": describe(
    z.array(inside).default([]),
    "Tracked files that look like secrets, are none, and ship: test keys, examples.",
  ),
  "environments-root": describe(
    absolute.optional(),
    "Where environments live on hosts, and on the runner virtual environments, which are built where they run. Default: `/srv/<app>/envs`.",
  ),
  environments: describe(z.record(name, environmentSchema).default({}), "Installed dependencies, by a name of yours."),
  "step-env": describe(
    variables.default({}),
    "Environment variables of asset steps and checks. No secrets. Checks have a `HOME` and `TMPDIR` of their own. `PATH` and `PWD` are set by Tarlift, and `PYTHONPATH` where the application is a package.",
  ),
  assets: describe(z.array(assetStepSchema).default([]), "Steps that build files which ship, in this order."),
  check: describe(
    z.array(checkSchema).default([]),
    "Commands that check the finished artifact on the runner, isolated, before it is uploaded.",
  ),
  shared: describe(
    z
      .strictObject({
        directories: describe(z.array(inside).default([]), "Directories; made when a host has none."),
        files: describe(z.array(inside).default([]), "Files; a host must have them already."),
      })
      .default({ directories: [], files: [] }),
    "Paths that outlive releases: links into `shared/` on the host.",
  ),
  migrations: describe(migrationsSchema.optional(), "How database migrations are found and applied."),
  services: describe(z.record(name, serviceSchema).default({}), "What runs on hosts, by a name of yours."),
  hooks: describe(hooksSchema.default({}), "Commands at the boundaries of a deploy's phases."),
  notify: describe(
    z.record(name, notifySchema).default({}),
    "Messages about deploys and rollbacks, by a name of yours; a message that fails changes nothing but the log.",
  ),
  defaults: describe(
    inputsSchema.optional(),
    "Inputs of the actions that are the same in every workflow; what a step gives wins.",
  ),
  targets: describe(z.record(name, targetSchema).default({}), "Where one deploys to, by a name of yours."),
});
/** tarlift.yml after validation, with defaults. */
export type Config = z.infer<typeof configSchema>;
