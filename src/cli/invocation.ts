// The call that a user typed, and which of its options the next one has to repeat.
import { type Command, Option } from "commander";
import { Failure } from "../failure.ts";
import type { Call } from "../report/invocation.ts";
import { formatCommand } from "../subprocess/command.ts";

/** How to access hosts, and where the application is: every next verb needs the same. */
const ALWAYS = new Set([
  "--directory",
  "--config",
  "--store",
  "--ssh-key",
  "--ssh-known-hosts",
  "--insecure-accept-any-host-key",
  "--secrets-file",
]);
/**
 * Exceptions that a call allowed, where it led, or how it showed its result: a text that needs one again contains it
 * itself.
 */
const ONCE = new Set([
  "--allow-schema-ahead",
  "--apply",
  "--as",
  "--check",
  "--dry-run",
  "--explain",
  "--json",
  "--quiet",
  "--to",
  "--verbose",
]);

/** @param verb the verb that was called, parsed */
export function callOf(verb: Command): Call {
  const lineage = lineageOf(verb);
  const program = lineage[0]!;
  const path = pathOf(verb);
  const given = givenOptions(lineage);
  const about = verb.registeredArguments.findIndex((argument) => argument.name() === "target");
  const artifact = given.find(({ option }) => option.long === "--artifact");
  return {
    target: about < 0 ? undefined : verb.args[about],
    artifact: artifact && formatCommand([String(artifact.value)]),
    optionsFor(next) {
      const flags = new Set(find(program, next)?.options.map(({ long }) => long));
      return given
        .filter(({ option: { long = "" } }) => flags.has(long))
        .filter(({ option: { long = "" } }) => ALWAYS.has(long) || (next === path && !ONCE.has(long)))
        .flatMap(({ option, value }) => words(option, value).map((one) => formatCommand(one)));
    },
  };
}

/** Options that were renamed, with their new names. */
const RENAMED = new Map([["--version", "--label"]]);

/**
 * Lets a verb parse the old names of its options, for {@link refuseRenamed}: commander's message for an unknown option
 * would not name the new one.
 */
export function renamedOptions(verb: Command): void {
  for (const [old, now] of RENAMED)
    if (verb.options.some(({ long }) => long === now)) verb.addOption(new Option(`${old} [value]`).hideHelp());
}

/**
 * @param verb the verb that was called, parsed
 * @throws Failure (refused) for an option that was renamed
 */
export function refuseRenamed(verb: Command): void {
  for (const { option, value } of givenOptions(lineageOf(verb))) {
    const now = RENAMED.get(option.long ?? "");
    if (now === undefined) continue;
    const typed = formatCommand([now, ...(typeof value === "string" ? [value] : ["LABEL"])]);
    throw new Failure({
      code: "input-invalid",
      what: `${option.long} is called ${now} here`,
      remedy: `Write ${typed}. \`tarlift --version\` prints the version of Tarlift.`,
      outcome: "refused",
    });
  }
}

/**
 * Refuses empty words and values: `--to "$RELEASE"` with an unset variable would be no `--to` at all. An empty
 * `--label` is the default: pipelines pass the tag of a commit that may have none.
 *
 * @param verb the verb that was called, parsed
 * @throws Failure (refused) naming the first
 */
export function refuseEmpty(verb: Command): void {
  const words = verb.registeredArguments.flatMap((argument, n) =>
    (argument.variadic ? verb.args.slice(n) : verb.args.slice(n, n + 1)).map((value) => ({
      name: `<${argument.name()}>`,
      value,
    })),
  );
  const options = givenOptions(lineageOf(verb)).map(({ option, value }) => ({
    name: option.long ?? option.flags,
    value,
  }));
  const empty = [...words, ...options].find(
    ({ name, value }) => name !== "--label" && typeof value === "string" && value.trim() === "",
  );
  if (!empty) return;
  throw new Failure({
    code: "input-invalid",
    what: `${empty.name} is empty`,
    remedy: "Give it a value, or leave it out. A variable of the shell that is not set gives none.",
    outcome: "refused",
  });
}

/**
 * The check after `host setup --apply`. It logs in as the deploy user, so with the key that was authorized if another
 * user ran the setup, and does not need what only the setup needs.
 *
 * @param options of the setup, as they were typed
 */
export function checkCommand(
  call: Call,
  target: string,
  { as, authorize, host }: { as?: string; authorize?: string; host?: string },
): string {
  const reached = call.optionsFor("status").filter((one) => as === undefined || !one.startsWith("--ssh-key "));
  const key = as === undefined || !authorize?.endsWith(".pub") ? [] : ["--ssh-key", authorize.slice(0, -".pub".length)];
  const own = formatCommand(["--check", ...(host === undefined ? [] : ["--host", host]), ...key]);
  return ["tarlift host setup", target, ...reached, own].join(" ");
}

const lineageOf = (command: Command): Command[] =>
  command.parent ? [...lineageOf(command.parent), command] : [command];

const pathOf = (command: Command): string =>
  lineageOf(command)
    .slice(1)
    .map((one) => one.name())
    .join(" ");

const find = (program: Command, path: string): Command | undefined =>
  path
    .split(" ")
    .reduce<Command | undefined>((at, name) => at?.commands.find((command) => command.name() === name), program);

/** The options that were typed, with their values. Those before the verb count, as in `optsWithGlobals`. */
function givenOptions(lineage: readonly Command[]): { option: Option; value: unknown }[] {
  const found = new Map<string, { option: Option; value: unknown }>();
  for (const command of lineage)
    for (const option of command.options) {
      const name = option.attributeName();
      if (command.getOptionValueSource(name) !== "cli" || found.has(name)) continue;
      const value = command.getOptionValue(name);
      // `--check` and `--no-check` are two options of one name.
      if (typeof value !== "boolean" || value !== option.negate) found.set(name, { option, value });
    }
  return [...found.values()];
}

function words(option: Option, value: unknown): string[][] {
  const flag = option.long === "--directory" ? "-C" : option.long!;
  if (typeof value === "boolean") return [[flag]];
  if (typeof value === "object" && value !== null)
    return Object.entries(value).map(([name, text]) => [flag, `${name}=${text}`]);
  return [[flag, String(value)]];
}
