// package-lock.json and npm-shrinkwrap.json: their content, and the requirements that follow for an environment
// (https://docs.npmjs.com/cli/configuring-npm/package-lock-json).
import { basename, join } from "node:path";
import { z } from "zod";
import { platform } from "../../cache-key/platform.ts";
import { Failure } from "../../failure.ts";

const packageSchema = z.looseObject({
  optionalDependencies: z.record(z.string(), z.string()).optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  peer: z.boolean().optional(),
  version: z.string().optional(),
  link: z.boolean().optional(),
  bin: z.record(z.string(), z.unknown()).optional().catch(undefined),
  // Some versions of npm wrote `false` for unresolved packages.
  resolved: z.union([z.string(), z.boolean().transform(() => undefined)]).optional(),
});
const lockSchema = z.looseObject({
  lockfileVersion: z.unknown().optional(),
  packages: z.record(z.string(), packageSchema).optional(),
});

/** Packages by path: `""` is the application, `node_modules/a`, `packages/ui`. */
export type NpmLock = Record<string, z.infer<typeof packageSchema>>;

/** @param name of the file, for messages @throws Failure (refused) for a text that is no lock, and for an old format */
export function parseNpmLock(text: string, name: string): NpmLock {
  let lock: z.infer<typeof lockSchema>;
  try {
    lock = lockSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new Failure({
      code: "lock-invalid",
      what: `${name} cannot be read`,
      output: (error instanceof z.ZodError ? z.prettifyError(error) : String(error)).split("\n").slice(0, 6).join("\n"),
      remedy: "Repair it (it may contain conflict markers of a merge), or write it again: npm install.",
      outcome: "refused",
    });
  }
  if (!lock.packages) {
    throw new Failure({
      code: "lock-invalid",
      what: `${name} is of an old format (${JSON.stringify(lock.lockfileVersion)})`,
      remedy: `Run \`${writeLock(basename(name), " --lockfile-version 3")}\` and commit it.`,
      outcome: "refused",
    });
  }
  return lock.packages;
}

/**
 * How to write a lock file. `npm shrinkwrap` makes npm-shrinkwrap.json from the package-lock.json that npm install
 * writes.
 */
const writeLock = (lockFile: string, options = "") =>
  `npm install${options}${lockFile === "npm-shrinkwrap.json" ? " && npm shrinkwrap" : ""}`;

/**
 * Which types of dependencies npm omits (https://docs.npmjs.com/cli/using-npm/config#omit): those of `omit` and the
 * older settings together, minus those of `include`. A setting of the command line replaces that of the project's
 * .npmrc.
 *
 * @param options as npm receives them, `--omit=dev` or `--omit`, `dev`
 * @param npmrc the text of the .npmrc beside package.json; empty if there is none
 */
export function omitted(options: readonly string[], npmrc: string): ReadonlySet<string> {
  const asLines = options.flatMap((option, n) => {
    const [, no, name, value] = /^--(no-)?([a-z]+)(?:=(.*))?$/.exec(option) ?? [];
    if (name === undefined) return [];
    return no ? [`${name}=false`] : [`${name}=${value ?? (TAKES_VALUE.test(name) ? options[n + 1] : "true")}`];
  });
  const [given, own] = [settingsIn(asLines), settingsIn(npmrc.split(/\r?\n/))];
  const valuesOf = (name: string) => given.get(name) ?? own.get(name) ?? [];
  const left = new Set(valuesOf("omit"));
  if (valuesOf("production").includes("true") || valuesOf("only").some((value) => /^prod(uction)?$/.test(value)))
    left.add("dev");
  if (valuesOf("optional").includes("false")) left.add("optional");
  for (const type of valuesOf("include")) left.delete(type);
  return left;
}

const TAKES_VALUE = /^(omit|only|include)$/;

function settingsIn(lines: readonly string[]): Map<string, string[]> {
  const settings = new Map<string, string[]>();
  for (const line of lines) {
    const [, name, value = ""] = /^\s*([a-z]+)(?:\[\])?\s*=\s*["']?(.*?)["']?\s*$/.exec(line) ?? [];
    if (name !== undefined) settings.set(name, [...(settings.get(name) ?? []), value]);
  }
  return settings;
}

/** A link to a directory outside the application would lead nowhere on hosts. */
export function refuseLinksOut(lock: NpmLock, directory: string): void {
  const out = Object.entries(lock).find(
    ([, { link, resolved }]) => link && resolved !== undefined && `${join(directory, resolved)}/`.startsWith("../"),
  );
  if (!out) return;
  const [path, { resolved }] = out;
  throw new Failure({
    code: "environment-not-portable",
    what: `${path} is a link to ${resolved}, which is outside of the application`,
    remedy:
      "Let npm copy it: write install-links=true into the .npmrc beside package.json, run `rm -rf node_modules && npm install`, and commit .npmrc and the lock. Or let `source:` be a directory above both.",
    outcome: "refused",
  });
}

/**
 * A lock that npm wrote beside an existing node_modules may contain only the optional packages of the machine that
 * wrote it. npm 10 then installs without those of this machine, and reports nothing
 * (https://github.com/npm/cli/issues/4828).
 */
export function refuseOtherPlatforms(lock: NpmLock, lockFile: string, omit: ReadonlySet<string>): void {
  if (omit.has("optional")) return;
  const there = new Set(Object.keys(lock).map(nameOf));
  const lacking = Object.entries(lock).flatMap(([path, { optionalDependencies = {}, dev }]) =>
    Object.keys(dev && omit.has("dev") ? {} : optionalDependencies)
      .filter((name) => isForHere(name) && !there.has(name))
      .map((name) => ({ by: nameOf(path) || "package.json", name })),
  );
  const [first] = lacking;
  if (!first) return;
  throw new Failure({
    code: "lock-invalid",
    what: `${lockFile} lacks ${[...new Set(lacking.map(({ name }) => name))].join(", ")}, which ${first.by} needs on this platform`,
    remedy: `The lock was written on another platform, beside a node_modules that was there. Write it again from nothing and commit it: rm -rf node_modules ${lockFile} && ${writeLock(lockFile)}`,
    outcome: "refused",
  });
}

/** `node_modules/a/node_modules/@b/c` is `@b/c`. */
const nameOf = (path: string) => path.replace(/^.*node_modules\//, "");

/** Whether the name of an optional package is for this platform: `@rollup/rollup-linux-x64-gnu`. */
function isForHere(name: string): boolean {
  const { architecture, libc } = platform();
  const cpu = { x86_64: /(^|[-_.])(x64|x86_64|amd64)([-_.]|$)/, aarch64: /(^|[-_.])(arm64|aarch64)([-_.]|$)/ }[
    architecture
  ];
  const isMusl = /musl/.test(name);
  return /linux/.test(name) && (cpu?.test(name) ?? false) && isMusl === (libc === "musl");
}

/**
 * @throws Failure when nothing was installed although the lock has packages for any platform that this install should
 *   contain
 */
export function refuseNothing(
  { lock, lockFile }: { lock: NpmLock; lockFile: string },
  omit: ReadonlySet<string>,
  resolved: readonly unknown[],
): void {
  const wanted = Object.entries(lock).filter(
    ([path, { link, optional, dev, peer }]) =>
      path.includes("node_modules/") && !link && !optional && !peer && !(dev && omit.has("dev")),
  );
  if (resolved.length > 0 || wanted.length === 0) return;
  throw new Failure({
    code: "environment-incomplete",
    what: `npm ended well, and installed none of the ${wanted.length} packages that ${lockFile} names`,
    remedy: "Look at `options:` and `pass-env:` of this environment and at .npmrc (omit, dry-run).",
  });
}
