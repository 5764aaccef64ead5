// The replies of the program on hosts to each verb: one table that a test checks both sides against
// (test/contract/protocol.test.ts).
import type { Verb } from "./verbs.ts";

interface Row {
  /** Keys of the reply: `one` has at most one value, `many` any number. */
  values: Readonly<Record<string, "one" | "many">>;
  /** Texts by name; `*` at the end stands for the name of a service or an environment. */
  texts: readonly string[];
}

const NOTHING = { values: {}, texts: [] } as const;

/** In the order of src/protocol/verbs.ts. */
export const REPLIES = {
  facts: {
    values: {
      across: "many",
      across_mount: "many",
      agreed: "one",
      architecture: "one",
      current_is_directory: "one",
      dropped: "many",
      elsewhere: "one",
      encoding: "many",
      env_changed: "one",
      environments_elsewhere: "one",
      finding: "many",
      foreign: "many",
      free: "one",
      free_environments: "one",
      half_adopted: "one",
      held: "one",
      http: "one",
      interpreter: "many",
      lacks: "many",
      libc: "one",
      live: "one",
      locked_by: "one",
      locked_by_stranger: "one",
      missing_environment: "many",
      missing_glibcxx: "many",
      missing_node: "many",
      missing_shared: "many",
      missing_soname: "many",
      missing_user: "many",
      modes: "one",
      modes_why: "one",
      open: "one",
      previous: "one",
      read_only_shared: "many",
      returned: "one",
      running: "one",
      selinux: "one",
      spare: "one",
      switch: "one",
      unindexed_environment: "many",
      unreachable: "many",
      unwritable: "many",
      unwritable_shared: "many",
      user: "one",
      warning: "many",
    },
    texts: ["left-*", "migrations", "migrations-output", "plan", "releases", "taken"],
  },
  prepare: { values: { warning: "many" }, texts: [] },
  task: { values: { code: "one", runs_on: "one", timed_out: "one" }, texts: [] },
  activate: {
    values: { previous: "one", service: "many", settling: "one", switch: "one", warning: "many" },
    texts: ["log-*"],
  },
  revert: { values: { release: "one", service: "many", settling: "one", warning: "many" }, texts: ["log-*"] },
  precommit: NOTHING,
  commit: { values: { warning: "many" }, texts: [] },
  adopt: {
    values: {
      adopted: "one",
      already: "one",
      begun: "one",
      commit: "one",
      files: "one",
      finding: "many",
      foreign: "one",
      from: "one",
      layout: "one",
      release: "many",
      running: "many",
      shared: "many",
      variables: "one",
      warning: "many",
    },
    texts: [],
  },
  setup: { values: {}, texts: ["said"] },
  note: NOTHING,
  later: { values: { lacks: "one" }, texts: [] },
  pool: { values: { given: "one", lacks: "many" }, texts: [] },
  hold: NOTHING,
  unhold: NOTHING,
  observe: { values: { service: "many", settling: "one", warning: "many" }, texts: ["log-*"] },
  definitions: { values: { warning: "many" }, texts: [] },
  drift: {
    values: { added: "one", count: "one", extra: "one", unrecorded: "many" },
    texts: ["added", "drift", "extra"],
  },
  record: { values: {}, texts: ["config", "environment-*", "index", "layers"] },
  files: NOTHING,
  history: { values: {}, texts: ["history"] },
  http: { values: { error: "one" }, texts: ["body", "head"] },
  ping: NOTHING,
} as const satisfies Record<Verb, Row>;

/**
 * A refusal by any verb has these instead: `code` is one of src/failure-codes.ts; with `over yes` the connection ends.
 */
export const REFUSAL = {
  values: { code: "one", over: "one", remedy: "one", what: "one" },
  texts: ["log", "output"],
} as const satisfies Row;

type Values<V extends Verb> = (typeof REPLIES)[V]["values"];
type KeysThat<T, Kind> = { [K in keyof T]: T[K] extends Kind ? K : never }[keyof T];
type Named<T> = T extends `${infer Start}*` ? `${Start}${string}` : T;

/** Keys of a verb's reply with at most one value. */
export type OneOf<V extends Verb> = V extends Verb ? KeysThat<Values<V>, "one"> : never;
/** Keys with any number of values, of which `value` returns the first. */
export type ManyOf<V extends Verb> = V extends Verb ? KeysThat<Values<V>, "many"> : never;
/** Names of texts of a verb's reply. */
export type TextOf<V extends Verb> = V extends Verb ? Named<(typeof REPLIES)[V]["texts"][number]> : never;

/** Whether a row has a text of this name. */
export const hasText = ({ texts }: Row, name: string): boolean =>
  texts.some((one) => (one.endsWith("*") ? name.startsWith(one.slice(0, -1)) : name === one));

/**
 * Keys and texts of a reply that its verb's row lacks, as `key k` and `text t`: none, unless only one side was changed.
 */
export function strangeParts(row: Row, keys: Iterable<string>, texts: Iterable<string>): string[] {
  return [
    ...[...keys].filter((key) => !Object.hasOwn(row.values, key)).map((key) => `key ${key}`),
    ...[...texts].filter((name) => !hasText(row, name)).map((name) => `text ${name}`),
  ];
}
