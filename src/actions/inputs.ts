// Reads and checks the inputs of a step: GitHub passes them as texts, does not trim them, and does not enforce what
// action.yml declares.

import { Failure } from "../failure.ts";
import { DURATION_FORMS, parseDuration } from "../schema/duration.ts";
import { either, nearest } from "../schema/spelling.ts";
import { parseSecrets } from "../secrets/lines.ts";
import { DECLARED, type Declared, type Values } from "./declared.ts";

/** Values of `defaults` in tarlift.yml, for inputs that the step does not set. */
export type FileValues = Readonly<Record<string, unknown>>;

/**
 * Reads the inputs of a step.
 *
 * @param env the step's environment: the runner sets `INPUT_<NAME>`, in upper case, hyphens kept, for each input
 * @throws Failure (refused) naming an input that is missing, has another name here, or is invalid
 */
export function readInputs<I extends Record<string, Declared>>(
  declared: I,
  env: NodeJS.ProcessEnv,
  fromFile: FileValues = {},
): Values<I> {
  // The inputs of the `post` entry are part of those that the step itself has checked.
  if (ACTIONS.some(([, inputs]) => inputs === declared)) refuseStrangers(declared, env);
  const values = Object.entries(declared).map(([name, input]) => {
    const text = inputText(env, name);
    const given = text === input.without ? undefined : text;
    const isEmpty = given === undefined || given.trim() === "";
    const value = isEmpty ? defaultOf(fromFile[name], input) : given;
    if (value === undefined && input.required) throw missing(name);
    // An empty secret is one that GitHub did not pass: the code that uses it must be able to say so.
    return [name, read(name, input, value ?? (input.kind === "secret" ? given : undefined))];
  });
  return Object.fromEntries(values) as Values<I>;
}

/** The unchanged text of an input; if the step does not set it, it is empty, or its default. */
export function inputText(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[`INPUT_${name.replaceAll(" ", "_").toUpperCase()}`];
}

/** All texts of a step that must not appear in a log: keys, tokens and the values of `secrets`. */
export function secretTexts(declared: Record<string, Declared>, env: NodeJS.ProcessEnv): string[] {
  return Object.entries(declared).flatMap(([name, { kind, without }]) => {
    const text = inputText(env, name)?.trim();
    if (!text || text === without) return [];
    return kind === "secret" ? [text] : kind === "secrets" ? secretValues(text) : [];
  });
}

/** Text that is not valid as secrets is refused later; until then all of it is masked. */
function secretValues(text: string): string[] {
  try {
    return Object.values(parseSecrets(text, ""));
  } catch {
    return [text, ...text.split(/\r?\n/).map((line) => line.slice(line.indexOf("=") + 1))];
  }
}

function read(name: string, { kind, choices, renamed, least, most }: Declared, text: string | undefined): unknown {
  switch (kind) {
    case "list":
      return split(text, /[\r\n,]+/);
    case "lines":
      return split(text, /[\r\n]+/);
    case "secrets":
      return text === undefined ? {} : parseSecrets(text, "the input `secrets`");
    case "secret":
      return text;
  }
  if (text === undefined) return undefined;
  const value = text.trim();
  switch (kind) {
    case "flag":
      return flagOf(name, value);
    case "duration":
      return durationOf(name, value);
    case "limit":
      return limitOf(name, value);
    case "count":
      return countOf(name, value, least ?? 0, most ?? 999_999);
    case "choice":
      return choiceOf(name, value, choices ?? [], renamed ?? {});
    case "text":
      return value;
  }
}

const split = (text: string | undefined, between: RegExp) =>
  (text ?? "")
    .split(between)
    .map((part) => part.trim())
    .filter(Boolean);

/** YAML's words for yes and no; `core.getBooleanInput` does not know all of them. */
function flagOf(name: string, value: string): boolean {
  if (/^(true|yes|on|1)$/i.test(value)) return true;
  if (/^(false|no|off|0)$/i.test(value)) return false;
  throw unreadable(name, value, "`true` or `false`");
}

function durationOf(name: string, value: string): number {
  const seconds = parseDuration(value);
  if (seconds !== undefined) return seconds;
  throw unreadable(name, value, DURATION_FORMS);
}

function limitOf(name: string, value: string): number {
  const seconds = durationOf(name, value);
  if (seconds > 0) return seconds;
  throw unreadable(name, value, `${DURATION_FORMS}, and more than 0`);
}

function countOf(name: string, value: string, least: number, most: number): number {
  const count = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (count >= least && count <= most) return count;
  throw unreadable(name, value, `a whole number from ${least} to ${most}`);
}

function choiceOf(
  name: string,
  value: string,
  choices: readonly string[],
  renamed: Readonly<Record<string, string>>,
): string {
  const word = value.toLowerCase();
  const chosen = choices.find((choice) => choice === word);
  if (chosen !== undefined) return chosen;
  const now = Object.hasOwn(renamed, word) ? renamed[word] : undefined;
  const meant = nearest(value, choices);
  const remedy = now ? `${word} is now called ${now}.` : meant && `Did you mean ${meant}?`;
  throw unreadable(name, value, `one of ${choices.join(", ")}`, remedy);
}

/** A value of `defaults`; undefined for one that only another action has, such as `upload: after-deploy`. */
function defaultOf(value: unknown, { choices }: Declared): string | undefined {
  const text = textOf(value);
  return text === undefined || !choices || choices.includes(text) ? text : undefined;
}

function textOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value.join("\n") : String(value);
}

/** Input names that other deploy actions use, or that users may expect, and their equivalents here. */
const ELSEWHERE: Record<string, readonly string[]> = {
  key: ["ssh-key"],
  "private-key": ["ssh-key"],
  "ssh-private-key": ["ssh-key"],
  "known-hosts": ["ssh-known-hosts"],
  fingerprint: ["ssh-known-hosts"],
  artifact: ["artifact-file", "artifact-id", "artifact-name"],
  token: ["github-token"],
  environment: ["target"],
  script: ["command"],
  tag: ["label"],
  version: ["label", "to"],
  name: ["artifact-name"],
  release: ["to"],
};
/** Inputs that were renamed. */
const RENAMED = new Map([
  ["version", "label"],
  ["checks", "required-checks"],
]);
const IN_THE_FILE = new Set(["host", "hosts", "user", "username", "port", "proxy-host", "root", "keep", "variables"]);

/** All actions by directory, with their inputs. */
const ACTIONS: readonly (readonly [string, Record<string, Declared>])[] = Object.entries(DECLARED);

/** Refuses unknown inputs. GitHub only warns of them and continues: a deploy must not. */
function refuseStrangers(declared: Record<string, Declared>, env: NodeJS.ProcessEnv): void {
  const known = Object.keys(declared);
  for (const variable of Object.keys(env)) {
    const name = /^INPUT_(.+)$/.exec(variable)?.[1]?.toLowerCase();
    if (name === undefined || known.includes(name)) continue;
    const plain = name.replaceAll("_", "-");
    if (IN_THE_FILE.has(plain))
      throw strange(
        name,
        `It stands in tarlift.yml, with its target: docs/reference/tarlift-yml.md of Tarlift's repository.`,
      );
    const others = (Object.hasOwn(ELSEWHERE, plain) ? ELSEWHERE[plain]! : []).filter((other) => known.includes(other));
    const current = RENAMED.get(plain) ?? plain;
    const owners = ACTIONS.filter(([, inputs]) => Object.hasOwn(inputs, current)).map(([action]) => action);
    const meant = others.length > 0 ? either(others) : owners.length > 0 ? undefined : nearest(plain, known);
    if (meant) throw strange(name, `It is called ${meant} here.`);
    if (owners.length > 0) throw strange(name, strangerRemedy(plain, owners));
  }
}

/** The user expects here what the input does in another action. */
const strangerRemedy = (name: string, owners: readonly string[]): string =>
  name === "dry-run"
    ? "This action has no dry run: it does what it says. Remove the step, or the input."
    : `${RENAMED.has(name) ? `Its name is ${RENAMED.get(name)} now. ` : ""}It is an input of ${either(owners.map((action) => (action === "pipeline" ? "the whole pipeline" : `actions/${action}`)))}; this action has none like it. Remove it from the step.`;

const strange = (name: string, remedy: string) =>
  new Failure({ code: "input-invalid", what: `there is no input ${name}`, remedy, outcome: "refused" });

/** A runner passes an input that a step does not set as an empty text. */
const missing = (name: string) =>
  new Failure({
    code: "input-invalid",
    what: `the input ${name} is missing or empty`,
    remedy: `Give it to the step: \`with: { ${name}: … }\`. If it is an expression: is the variable, secret or output that it names set, in this repository and for this event?`,
    outcome: "refused",
  });

const unreadable = (name: string, value: string, expected: string, remedy?: string | undefined) =>
  new Failure({
    code: "input-invalid",
    what: `the input ${name} is ${JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}…` : value)}, and should be ${expected}`,
    remedy: remedy ?? `The action's README describes every input.`,
    outcome: "refused",
  });
