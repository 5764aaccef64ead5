// The call that a person typed, as far as the next one has to repeat it.
import { type Command, Option } from "commander";
import { Failure } from "../failure.ts";
import type { Call } from "../report/invocation.ts";
import { formatCommand } from "../subprocess/command.ts";

/** How hosts are reached and where the application is: whatever verb comes next needs the same. */
const ALWAYS = new Set([
  "--directory",
  "--config",
  "--store",
  "--ssh-key",
  "--ssh-known-hosts",
  "--insecure-accept-any-host-key",
  "--secrets-file",
]);
/** What a call was an exception by, where it led, or how it showed what it found: a text that means it again says so itself. */
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

/** Options that had another name, with the new one. */
const RENAMED = new Map([["--version", "--label"]]);

/** Lets a verb read the old names of its options, for {@link refuseRenamed}: what is not known at all has no better message. */
export function renamedOptions(verb: Command): void {
  for (const [old, now] of RENAMED)
    if (verb.options.some(({ long }) => long === now)) verb.addOption(new Option(`${old} [value]`).hideHelp());
}

/**
 * @param verb the verb that was called, parsed
 * @throws Failure (refused) for an option that has another name now
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
 * Refuses words and values that are empty: `--to "$RELEASE"` of a variable that is not set would be no `--to` at all. An empty `--label`
 * is the default: pipelines give the tag of a commit that may have none.
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
 * The check that follows `host setup --apply`. It logs in as the user that deploys, so with the key that was authorized where another user
 * set up, and it needs nothing of what only the setup does.
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

/** What was typed, with its value; what stands before the verb counts, as in `optsWithGlobals`. */
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
