// tarlift.yml: the one schema. Types, validation, the JSON Schema for editors and docs/reference come from here.
import { z } from "zod";

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,62}$/i, "letters, digits, - and _, starting with a letter or digit");
/** A path inside the application: relative, without `..`, control characters or backslashes. */
const inside = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith("/") && !path.split("/").includes("..") && !/[\x00-\x1f\x7f\\]/.test(path), {
    message: "a relative path inside the application, without `..`, control characters or backslashes",
  });
const absolute = z.string().regex(/^\/[^\x00-\x1f\x7f\\]*$/, "an absolute path");
const command = z.string().min(1);
const variableName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name: letters, digits and _, not starting with a digit");
const variables = z.record(variableName, z.union([z.string(), z.number(), z.boolean()]).transform(String));
const roles = z.array(name).min(1);

/** Seconds as a number, or with a unit: `90`, `90s`, `5m`, `1h`. Parsed to seconds. */
const duration = z
  .union([z.number().nonnegative(), z.string().regex(/^\d+(\.\d+)?\s*(s|m|h)?$/)])
  .transform((value) => {
    if (typeof value === "number") return value;
    const [, number = "0", unit = "s"] = /^([\d.]+)\s*([smh]?)$/.exec(value) ?? [];
    return Number(number) * ({ s: 1, m: 60, h: 3600 }[unit] ?? 1);
  });

export const environmentSchema = z.strictObject({
  installer: z.enum(["pip", "uv", "npm"]).meta({ description: "What installs it." }),
  use: z
    .enum(["run", "build"])
    .default("run")
    .meta({ description: "`run` ships with the release; `build` serves asset steps only." }),
  requirements: z
    .array(inside)
    .optional()
    .meta({ description: "pip, uv: requirement files. Default: requirements.txt (uv: uv.lock)." }),
  interpreter: absolute
    .optional()
    .meta({ description: "Python: the interpreter ON THE HOSTS. Default: /usr/bin/python3." }),
  link: inside.optional().meta({ description: "Path environments: the link inside the release. Default: .venv." }),
  directory: inside
    .optional()
    .meta({ description: "npm: the directory with package.json. Default: the application's own." }),
  "version-file": inside
    .optional()
    .meta({ description: "A file that names the interpreter's version (.nvmrc, .python-version)." }),
  "installer-version": z
    .string()
    .optional()
    .meta({ description: "The installer's version. Default: the one that Tarlift chooses." }),
  inputs: z
    .array(inside)
    .optional()
    .meta({ description: "Further files that install scripts read (patches, schemas); globs." }),
  groups: z.array(z.string()).optional().meta({ description: "uv: dependency groups to include." }),
  extras: z.array(z.string()).optional().meta({ description: "uv: extras to include." }),
  options: z
    .array(z.string())
    .optional()
    .meta({ description: "Further options for the installer; they are part of the key." }),
});
export type EnvironmentConfig = z.infer<typeof environmentSchema>;

export const assetStepSchema = z.strictObject({
  name: z.string().min(1),
  run: command,
  inputs: z
    .array(inside)
    .optional()
    .meta({ description: "Globs of tracked files that the step reads. Default: every tracked file." }),
  outputs: z.array(inside).min(1),
  timeout: duration.optional(),
});
export type AssetStep = z.infer<typeof assetStepSchema>;

export const checkSchema = z.union([
  command.transform((run) => ({ run, network: false })),
  z.strictObject({ run: command, network: z.boolean().default(false), timeout: duration.optional() }),
]);
export type Check = z.infer<typeof checkSchema>;

export const healthSchema = z.strictObject({
  url: z.url({ protocol: /^https?$/ }).meta({ description: "As the host itself reaches the service." }),
  status: z.union([z.number().int(), z.array(z.number().int()).min(1)]).default(200),
  headers: z.record(z.string(), z.string()).optional(),
  "release-header": z
    .string()
    .optional()
    .meta({ description: "The response header that names the release: the strongest evidence." }),
  timeout: duration.default(5),
  retries: z.number().int().nonnegative().default(30),
  interval: duration.default(1),
});
export type HealthConfig = z.infer<typeof healthSchema>;

export const serviceSchema = z
  .strictObject({
    supervisord: z.string().optional().meta({ description: "A program or group of supervisord." }),
    systemd: z.string().optional().meta({ description: "A systemd unit." }),
    user: z.boolean().default(false).meta({ description: "systemd: a unit of the user manager." }),
    command: z.strictObject({ restart: command, stop: command.optional(), status: command.optional() }).optional(),
    roles: roles.optional(),
    "run-as": z.string().optional(),
    action: z
      .union([z.literal("restart"), z.literal("reload"), z.strictObject({ signal: z.string() })])
      .default("restart"),
    settle: duration.default(5).meta({ description: "How long its main process must stay the same, in seconds." }),
    "stop-timeout": duration
      .optional()
      .meta({ description: "How long a graceful stop may take: queue workers finish their job." }),
    health: healthSchema.optional(),
  })
  .refine(
    (service) =>
      [service.supervisord, service.systemd, service.command].filter((kind) => kind !== undefined).length === 1,
    {
      message: "exactly one of supervisord, systemd and command",
    },
  );
export type ServiceConfig = z.infer<typeof serviceSchema>;

export const hookSchema = z.union([
  command.transform((run) => ({ run })),
  z.strictObject({
    run: command,
    roles: roles.optional(),
    on: z.enum(["hosts", "leader", "runner"]).default("hosts"),
    "on-failure": z.enum(["fail", "warn"]).default("fail"),
    timeout: duration.optional(),
  }),
]);
export type Hook = z.infer<typeof hookSchema>;

export const hooksSchema = z.strictObject({
  "before-prepare": z.array(hookSchema).optional(),
  "after-prepare": z.array(hookSchema).optional(),
  "before-activate": z.array(hookSchema).optional(),
  "after-activate": z.array(hookSchema).optional(),
  "before-deploy": z.array(hookSchema).optional(),
  "after-deploy": z.array(hookSchema).optional(),
});

export const hostSchema = z.union([
  z
    .string()
    .min(1)
    .transform((address) => ({ address })),
  z.strictObject({
    address: z.string().min(1).meta({ description: "`local` is this machine itself, without SSH." }),
    roles: roles.optional(),
    port: z.number().int().min(1).max(65535).optional(),
    user: z.string().optional(),
    "proxy-jump": z.string().optional(),
    variables: variables.optional(),
  }),
]);
export type HostConfig = z.infer<typeof hostSchema>;

export const migrationsSchema = z.strictObject({
  pending: command.meta({ description: "Prints one pending migration a line; nothing: none; non-zero: refused." }),
  apply: command,
  policy: z.enum(["apply", "require-none", "ignore"]).default("apply"),
  timeout: duration.optional(),
});

export const targetSchema = z.strictObject({
  hosts: z.array(hostSchema).min(1),
  user: z.string().optional(),
  port: z.number().int().min(1).max(65535).optional(),
  "proxy-jump": z.string().optional(),
  "run-as": z.string().optional(),
  root: absolute.optional().meta({ description: "Default: /srv/<app>." }),
  "environments-root": absolute.optional().meta({ description: "Default: the application's environments-root." }),
  keep: z.number().int().min(1).default(5),
  variables: variables.optional(),
  secrets: z.array(variableName).optional(),
  activate: z.enum(["together", "one-by-one"]).default("together"),
  migrations: z.enum(["apply", "require-none", "ignore"]).optional(),
  restart: z.enum(["changed", "always"]).default("changed"),
  "wait-for-lock": duration.default(0),
  "allow-older": z.boolean().default(false),
});
export type TargetConfig = z.infer<typeof targetSchema>;

export const configSchema = z.strictObject({
  app: name.meta({ description: "The application's name: part of paths on hosts." }),
  source: inside
    .optional()
    .meta({ description: "The application's directory in the repository. Default: the repository itself." }),
  include: z.array(inside).optional().meta({ description: "Ignored paths that an earlier step built and that ship." }),
  "environments-root": absolute
    .optional()
    .meta({ description: "Where path environments live, on runner and hosts. Default: /srv/<app>/envs." }),
  environments: z.record(name, environmentSchema).default({}),
  "build-variables": variables.default({}),
  assets: z.array(assetStepSchema).default([]),
  check: z.array(checkSchema).default([]),
  shared: z
    .strictObject({ directories: z.array(inside).default([]), files: z.array(inside).default([]) })
    .default({ directories: [], files: [] }),
  migrations: migrationsSchema.optional(),
  services: z.record(name, serviceSchema).default({}),
  hooks: hooksSchema.default({}),
  targets: z.record(name, targetSchema).default({}),
});
/** tarlift.yml after validation, defaults filled in. */
export type Config = z.infer<typeof configSchema>;
