// Describes zod's findings for people: the position, what was expected, the nearest correct spelling.
import { z } from "zod";
import { unsupportedInstaller } from "../installers/unsupported.ts";
import type { ForeignKeys } from "../schema/describe.ts";
import { either, nearest } from "../schema/spelling.ts";
import type { Finding } from "./cross-checks.ts";
import type { ConfigPath } from "./document.ts";
import { nameNow, valueNow } from "./renamed-keys.ts";
import { configSchema } from "./schema.ts";

type Issue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The schema as data: unlike zod's classes, it shows which keys a mapping may have. */
let shape: JsonSchema | undefined;

/** All problems of a value that {@link configSchema} refused. */
export function findProblems(value: unknown, issues: readonly Issue[]): Finding[] {
  return issues.flatMap((issue) => explain(value, issue, []));
}

function explain(root: unknown, issue: Issue, base: ConfigPath): Finding[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  const value = valueAt(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(root, path, key), atKey: true }));
    case "invalid_union":
      return issue.discriminator === undefined ? explainUnion(root, issue, path) : unknownWord(root, issue, path);
    case "invalid_key":
      return [{ path, message: expected(issue.issues[0]?.message ?? "another key", path.at(-1)), atKey: true }];
    case "invalid_type":
      if (value === undefined) return [{ path, message: `missing: expected ${typeName(issue.expected)}`, atKey: true }];
      return [{ path, message: expected(typeName(issue.expected), value) + quoteHint(issue.expected, value) }];
    case "invalid_value":
      if (value === undefined)
        return [{ path, message: `missing: expected ${either(issue.values.map(String))}`, atKey: true }];
      if (valueNow(path, value) !== undefined)
        return [{ path, message: `${value} is now called ${valueNow(path, value)}` }];
      return [{ path, message: expectedOneOf(issue.values.map(String), value) }];
    case "too_small":
      return [
        {
          path,
          message:
            Number(issue.minimum) === 1 && issue.origin !== "number"
              ? "must not be empty"
              : expected(`at least ${issue.minimum}`, value),
        },
      ];
    case "too_big":
      return [{ path, message: expected(`at most ${issue.maximum}`, value) }];
    default:
      return [{ path, message: expected(issue.message, value) }];
  }
}

/**
 * A word that selects an adapter, but no adapter has it. The rest of the mapping is checked with the schema of the
 * adapter that was probably meant.
 *
 * @param path of the word, whose key is the union's discriminator
 */
function unknownWord(root: unknown, issue: Issue & { code: "invalid_union" }, path: ConfigPath): Finding[] {
  const words = ((issue as { options?: readonly unknown[] }).options ?? []).flatMap((word) => word ?? []).map(String);
  const value = valueAt(root, path);
  const unsupported = issue.discriminator === "installer" ? unsupportedInstaller(String(value)) : undefined;
  const word: Finding =
    value === undefined
      ? { path, message: `missing: expected ${either(words)}`, atKey: true }
      : { path, message: unsupported ?? expectedOneOf(words, value) };
  const meant = (typeof value === "string" && nearest(value, words)) || words[0];
  const mapping = path.slice(0, -1);
  const assumed = replaced(root, path, meant);
  const known = new Set(schemasAt(assumed, mapping).flatMap(({ schema }) => keysOf(schema)));
  const others = (configSchema.safeParse(assumed).error?.issues ?? [])
    .filter((other) => mapping.every((step, n) => other.path[n] === step))
    .map((other) =>
      other.code === "unrecognized_keys" ? { ...other, keys: other.keys.filter((key) => !known.has(key)) } : other,
    );
  return [word, ...others.flatMap((other) => explain(assumed, other, []))];
}

/** A copy of a value with another value at a path. */
function replaced(value: unknown, [step, ...rest]: ConfigPath, by: unknown): unknown {
  if (step === undefined) return by;
  const inner = replaced(valueAt(value, [step]), rest, by);
  if (Array.isArray(value)) return value.map((item, n) => (n === step ? inner : item));
  return { ...(value as object), [step]: inner };
}

/** The form of a union that a value most resembles; all forms if it resembles none. */
function explainUnion(root: unknown, issue: Issue & { code: "invalid_union" }, path: ConfigPath): Finding[] {
  const ofType = issue.errors.filter((issues) => !issues.some((inner) => inner.path.length === 0 && wrongType(inner)));
  const closest = ofType.sort((a, b) => a.length - b.length)[0];
  if (closest) return closest.flatMap((inner) => explain(root, inner, path));
  const value = valueAt(root, path);
  const forms = issue.errors.flat().flatMap((inner) => {
    if (inner.code === "invalid_type") return [typeName(inner.expected)];
    return inner.code === "invalid_value" ? inner.values.map(String) : [];
  });
  const message = `${either([...new Set(forms)])}`;
  if (value === undefined) return [{ path, message: `missing: expected ${message}`, atKey: true }];
  return [{ path, message: expected(message, value) + didYouMean(value, forms) }];
}

function wrongType(issue: Issue): boolean {
  return issue.code === "invalid_type" || issue.code === "invalid_value";
}

function unknownKey(root: unknown, path: ConfigPath, key: string): string {
  const renamed = nameNow(path, key);
  if (renamed !== undefined) return `${key} is now called ${renamed}`;
  const places = schemasAt(root, path);
  const chosen = places.find(({ word }) => word !== undefined);
  if (chosen && places.some(({ schema, fits }) => !fits && keysOf(schema).includes(key)))
    return `${key} means nothing to ${chosen.word}${chosen.schema.foreignKeys?.[key] ?? ""}`;
  const known = [...new Set(places.filter(({ fits }) => fits).flatMap(({ schema }) => keysOf(schema)))];
  const meant = nearest(key, known);
  return meant ? `unknown key; did you mean ${meant}?` : `unknown key; known here: ${known.join(", ")}`;
}

interface Place {
  schema: JsonSchema & ForeignKeys;
  /** False for an alternative of a union that the value does not select. */
  fits: boolean;
  /** The word by which the value selects this alternative: `pip`. */
  word?: string;
}

/** The schemas at a path of the file: all alternatives of a union. */
function schemasAt(root: unknown, path: ConfigPath): Place[] {
  shape ??= z.toJSONSchema(configSchema, { io: "input" }) as JsonSchema;
  let value = root;
  let places = alternatives({ schema: shape, fits: true }, value);
  for (const step of path) {
    value = valueAt(value, [step]);
    places = places
      .filter(({ fits }) => fits)
      .flatMap(({ schema }) => {
        const next =
          typeof step === "number"
            ? schema.items
            : (schema.properties?.[step] ??
              (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined));
        return next && typeof next === "object" && !Array.isArray(next)
          ? alternatives({ schema: next as JsonSchema, fits: true }, value)
          : [];
      });
  }
  return places;
}

function alternatives(place: Place, value: unknown): Place[] {
  const { schema, fits } = place;
  const others = [...(schema.anyOf ?? []), ...(schema.allOf ?? [])] as JsonSchema[];
  return [
    place,
    ...others.flatMap((inner) => alternatives({ schema: inner, fits }, value)),
    ...((schema.oneOf ?? []) as JsonSchema[]).flatMap((inner) => alternatives(chosenBy(value, inner, fits), value)),
  ];
}

/** The alternative of a discriminated union whose constant the value has, explicitly or by default. */
function chosenBy(value: unknown, schema: JsonSchema, fits: boolean): Place {
  const constants = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const { const: word, default: otherwise } = property as JsonSchema;
    return typeof word === "string" ? [{ word, given: valueAt(value, [key]) ?? otherwise }] : [];
  });
  const [chosen] = constants;
  if (!chosen) return { schema, fits };
  return constants.every(({ word, given }) => word === given)
    ? { schema, fits, word: chosen.word }
    : { schema, fits: false };
}

const keysOf = (schema: JsonSchema) => Object.keys(schema.properties ?? {});

function expected(what: string, value: unknown): string {
  return `expected ${what}, got ${show(value)}`;
}

const expectedOneOf = (words: string[], value: unknown) => expected(either(words), value) + didYouMean(value, words);

function didYouMean(value: unknown, candidates: string[]): string {
  const meant = typeof value === "string" ? nearest(value, candidates) : undefined;
  return meant ? `; did you mean ${meant}?` : "";
}

/** YAML may read `24.0` and `yes` as other types: quotes make them a text. */
function quoteHint(type: string, value: unknown): string {
  return type === "string" && ["number", "boolean"].includes(typeof value) ? "; put it in quotes" : "";
}

function typeName(type: string): string {
  const names: Record<string, string> = {
    string: "a text",
    number: "a number",
    int: "a whole number",
    boolean: "true or false",
    array: "a list",
    object: "a mapping",
    record: "a mapping",
  };
  return names[type] ?? type;
}

function show(value: unknown): string {
  if (value === null) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

function valueAt(root: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (value, step) =>
      value !== null && typeof value === "object" ? (value as Record<string, unknown>)[step] : undefined,
    root,
  );
}
