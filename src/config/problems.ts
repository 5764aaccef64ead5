// What zod found, in words that a person can act on: where, what was expected, the nearest right spelling.
import { z } from "zod";
import { unsupportedInstaller } from "../installers/unsupported.ts";
import { either, nearest } from "../schema/spelling.ts";
import type { Finding } from "./cross-checks.ts";
import type { ConfigPath } from "./document.ts";
import { configSchema } from "./schema.ts";

type Issue = z.core.$ZodIssue;
type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The schema as data: unlike zod's classes it can be asked which keys a place has. */
let shape: JsonSchema | undefined;

/** Every problem of a value that {@link configSchema} refused. */
export function findProblems(value: unknown, issues: readonly Issue[]): Finding[] {
  return issues.flatMap((issue) => explain(value, issue, []));
}

function explain(root: unknown, issue: Issue, base: ConfigPath): Finding[] {
  const path = [...base, ...(issue.path as (string | number)[])];
  const value = valueAt(root, path);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(key, path), atKey: true }));
    case "invalid_union":
      return explainUnion(root, issue, path);
    case "invalid_key":
      return [{ path, message: expected(issue.issues[0]?.message ?? "another key", path.at(-1)), atKey: true }];
    case "invalid_type":
      if (value === undefined) return [{ path, message: `missing: expected ${typeName(issue.expected)}`, atKey: true }];
      return [{ path, message: expected(typeName(issue.expected), value) + quoteHint(issue.expected, value) }];
    case "invalid_value":
      if (value === undefined)
        return [{ path, message: `missing: expected ${either(issue.values.map(String))}`, atKey: true }];
      if (isInstaller(path)) {
        const message = unsupportedInstaller(String(value));
        if (message) return [{ path, message }];
      }
      return [
        {
          path,
          message: expected(either(issue.values.map(String)), value) + didYouMean(value, issue.values.map(String)),
        },
      ];
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

const isInstaller = ([top, , key]: ConfigPath) => top === "environments" && key === "installer";

/** Of the forms that a value can have, the one that it looks like; all of them when it looks like none. */
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

function unknownKey(key: string, path: ConfigPath): string {
  const known = keysAt(path);
  const meant = nearest(key, known);
  return meant ? `unknown key; did you mean ${meant}?` : `unknown key; known here: ${known.join(", ")}`;
}

/** The keys that the schema has at a place. */
export function keysAt(path: ConfigPath): string[] {
  shape ??= z.toJSONSchema(configSchema, { io: "input" }) as JsonSchema;
  let places = alternatives(shape);
  for (const step of path) {
    places = places.flatMap((schema) => {
      const next =
        typeof step === "number"
          ? schema.items
          : (schema.properties?.[step] ??
            (typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined));
      return next && typeof next === "object" && !Array.isArray(next) ? alternatives(next as JsonSchema) : [];
    });
  }
  return [...new Set(places.flatMap((schema) => Object.keys(schema.properties ?? {})))];
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  const inner = [...(schema.anyOf ?? []), ...(schema.oneOf ?? []), ...(schema.allOf ?? [])] as JsonSchema[];
  return [schema, ...inner.flatMap(alternatives)];
}

function expected(what: string, value: unknown): string {
  return `expected ${what}, got ${show(value)}`;
}

function didYouMean(value: unknown, candidates: string[]): string {
  const meant = typeof value === "string" ? nearest(value, candidates) : undefined;
  return meant ? `; did you mean ${meant}?` : "";
}

/** YAML reads `24.0` and `yes` as it likes: quotes make a text of anything. */
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
