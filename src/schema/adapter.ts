// What all kinds of adapters have in common, and how an adapter is found by its key. Each kind has its interface beside
// its adapters (src/notifiers/notifier.ts) and a file that lists them all (src/notifiers/registry.ts).
import { z } from "zod";
import { Failure } from "../failure.ts";
import { either, nearest } from "./spelling.ts";

export interface Adapter {
  /** The word that selects it in tarlift.yml, inputs and options: `slack`. Also the name of its page. */
  readonly key: string;
  /** Its name as a heading: `Slack`. */
  readonly title: string;
  /** The text of its `docs.md`: Markdown without a heading of the first level. */
  readonly docs: string;
}

type SchemasOf<A extends readonly { schema: z.ZodType }[]> = { -readonly [I in keyof A]: A[I]["schema"] };

/** @returns the schemas of a registry, in its order: the alternatives of a discriminated union */
export const schemasOf = <const A extends readonly { schema: z.ZodType }[]>(adapters: A): SchemasOf<A> =>
  adapters.map(({ schema }) => schema) as unknown as SchemasOf<A>;

type ByKey<A extends readonly { key: string; schema: z.ZodType }[]> = {
  [T in A[number] as T["key"]]: z.ZodOptional<T["schema"]>;
};

/** @returns the keys, all optional, of a mapping in which an adapter's key selects it and holds its configuration */
export const byKey = <const A extends readonly { key: string; schema: z.ZodType }[]>(adapters: A): ByKey<A> =>
  Object.fromEntries(adapters.map(({ key, schema }) => [key, schema.optional()])) as unknown as ByKey<A>;

/** The arguments of `refine` for a mapping with the keys of {@link byKey}: which combinations are valid. */
export function oneOf(adapters: readonly Adapter[]): [(mapping: object) => boolean, { message: string }] {
  const keys = adapters.map(({ key }) => key);
  return [
    (mapping) => keys.filter((key) => mapping[key as keyof typeof mapping] !== undefined).length === 1,
    { message: exactlyOneOf(keys) },
  ];
}

/**
 * @param keys at least one
 * @returns what is expected, without that word itself: `exactly one of haproxy and command`
 */
export const exactlyOneOf = (keys: readonly string[]): string =>
  keys.length === 1 ? `the key ${keys[0]}` : `exactly one of ${keys.slice(0, -1).join(", ")} and ${keys.at(-1)}`;

/** @returns the adapter that a mapping selects, and its configuration. The mapping has passed {@link oneOf} */
export function chosenOf<A extends Adapter>(adapters: readonly A[], mapping: object): { adapter: A; config: unknown } {
  const found = Object.entries(mapping).flatMap(([key, config]) => {
    const adapter = config === undefined ? undefined : adapters.find((one) => one.key === key);
    return adapter ? [{ adapter, config }] : [];
  });
  if (!found[0]) throw new Error(`none of ${adapters.map(({ key }) => key).join(", ")}`);
  return found[0];
}

/** A list for the first adapter of a kind, or a mapping in which the key of another adapter selects it. */
type ListOr<S extends z.ZodType> = z.ZodType<
  z.output<S> | Readonly<Record<string, unknown>>,
  z.input<S> | Readonly<Record<string, unknown>>
>;

/**
 * @param adapters of a kind whose first one reads a plain list
 * @returns the schema of a value that selects one of them; {@link chosenOfList} says which
 */
export function listOr<
  const A extends readonly [{ key: string; schema: z.ZodType }, ...(Adapter & { schema: z.ZodType })[]],
>([first, ...others]: A): ListOr<A[0]["schema"]> {
  const mapping = z.strictObject(byKey(others)).refine(...oneOf(others));
  return (others.length === 0 ? first.schema : first.schema.or(mapping)) as ListOr<A[0]["schema"]>;
}

/** @returns the adapter that a value selects, and its configuration. The value has passed {@link listOr} */
export const chosenOfList = <A extends Adapter>(
  adapters: readonly A[],
  value: object,
): { adapter: A; config: unknown } =>
  Array.isArray(value) ? { adapter: adapters[0] as A, config: value } : chosenOf(adapters, value);

/** An adapter's objection to a configuration. */
export interface ConfigFinding {
  /** Keys and list positions, from the adapter's own mapping: `["groups"]`. */
  path: readonly (string | number)[];
  message: string;
  /** The finding is about the key and not about its value. */
  atKey?: boolean;
}

/**
 * @param kind the noun for one adapter in a message: `notifier`
 * @param adapters the kind's registry
 * @returns a function that finds the adapter by its key. It throws Failure (refused) for an unknown key, and names the
 *   nearest
 */
export function lookup<A extends Adapter>(kind: string, adapters: readonly A[]): (key: string) => A {
  const keys = adapters.map(({ key }) => key);
  return (key) => {
    const found = adapters.find((adapter) => adapter.key === key);
    if (found) return found;
    const meant = nearest(key, keys);
    throw new Failure({
      code: "name-unknown",
      what: `there is no ${kind} ${key}${meant ? `; did you mean ${meant}?` : ""}`,
      remedy: `There is ${either(keys)}.`,
      outcome: "refused",
    });
  };
}
