// The inputs of all actions, as data: each name is defined once, and tests compare it with action.yml, READMEs and
// tarlift.yml.

import { NOTIFIERS } from "../notifiers/registry.ts";
import { EVENTS } from "../notifiers/vocabulary.ts";

/**
 * How a value is parsed: `flag` yes or no; `duration` seconds, `90s`, `1h30m`, and `limit` the same, more than 0;
 * `list` one a line or with commas; `lines` one a line; `secret` unchanged, masked; `secrets` lines of NAME=VALUE,
 * masked.
 */
export type Kind =
  | "text"
  | "flag"
  | "duration"
  | "limit"
  | "count"
  | "list"
  | "lines"
  | "secret"
  | "secrets"
  | "choice";

export interface Declared {
  kind: Kind;
  /** The runner does not enforce it: Tarlift does. */
  required?: true;
  /**
   * Of kind `secret`: the default in action.yml, which marks a step that does not set the input. Otherwise a runner
   * passes an empty text, which is also the value of a secret that does not exist.
   */
  without?: string;
  /** Of kind `choice`. */
  choices?: readonly string[];
  /** Of kind `choice`: values that were renamed, with their new names. */
  renamed?: Readonly<Record<string, string>>;
  /** Of kind `count`. */
  least?: number;
  /** Of kind `count`. */
  most?: number;
}

const text = { kind: "text" } as const;
const flag = { kind: "flag" } as const;
const duration = { kind: "duration" } as const;
const limit = { kind: "limit" } as const;
const list = { kind: "list" } as const;
const lines = { kind: "lines" } as const;
const secret = { kind: "secret" } as const;
const count = (least: number, most: number) => ({ kind: "count", least, most }) as const;
const choice = <const C extends readonly string[]>(...choices: C) => ({ kind: "choice", choices }) as const;

/** Where the application is. */
const place = { directory: text, config: text } as const;
const fleet = {
  target: { kind: "text", required: true },
  "ssh-key": { kind: "secret", without: "agent" },
  "ssh-known-hosts": text,
  "insecure-accept-any-host-key": flag,
} as const;
const building = { python: text, save: choice("auto", "always", "never") } as const;
const bundling = {
  label: text,
  "allow-other-tag": flag,
  check: flag,
  "require-isolation": flag,
  "artifact-name": text,
  "retention-days": count(1, 400),
} as const;
const deploying = {
  secrets: { kind: "secrets" },
  "wait-for-lock": duration,
  "allow-older": flag,
  "dry-run": flag,
} as const;

/** The artifact, of this run or of another one. */
const artifact = {
  "artifact-file": text,
  "artifact-id": text,
  "artifact-name": text,
  "run-id": text,
  repository: text,
} as const;

/** What GitHub shows about a deploy. */
const showing = { "github-token": secret, "github-environment": text, url: text } as const;

/** Which commits may be deployed. */
const verifying = { branches: list, "required-checks": lines, wait: duration } as const;

/** By the name of the action's directory; `pipeline` is the action of the repository's root. */
export const DECLARED = {
  verify: {
    ...place,
    ref: text,
    ...verifying,
    live: text,
    "live-environment": text,
    "allow-older": flag,
    label: text,
    "github-token": secret,
  },
  notify: {
    // It is empty in a run of a fork, which must not be an error.
    url: secret,
    secret: { kind: "secret", without: "unsigned" },
    event: choice(...EVENTS, "planned"),
    format: choice(...NOTIFIERS.map(({ key }) => key)),
    template: text,
    message: text,
    app: text,
    target: text,
    release: text,
    "previous-release": text,
    label: text,
    commit: text,
    timeout: limit,
    retries: count(0, 5),
  },
  "build-env": { ...place, environments: list, ...building, rebuild: flag, unpack: flag, "add-to-path": flag },
  bundle: {
    ...place,
    ...building,
    ...bundling,
    upload: { ...choice("unless-pull-request", "always", "never"), renamed: { auto: "unless-pull-request" } },
  },
  deploy: {
    ...place,
    ...fleet,
    ...deploying,
    label: text,
    "allow-other-tag": flag,
    ...artifact,
    ...showing,
  },
  rollback: {
    ...place,
    ...fleet,
    to: text,
    "verify-full": flag,
    "allow-schema-ahead": flag,
    secrets: { kind: "secrets" },
    "wait-for-lock": duration,
    ...showing,
  },
  converge: {
    ...place,
    ...fleet,
    secrets: { kind: "secrets" },
    "wait-for-lock": duration,
    ...artifact,
    "release-digest": text,
    ...showing,
  },
  lock: { ...place, ...fleet, message: { kind: "text", required: true } },
  unlock: { ...place, ...fleet },
  history: { ...place, ...fleet, limit: count(1, 99_999) },
  compatible: {
    ...place,
    ...fleet,
    live: text,
    "live-artifact-file": text,
    "artifact-file": text,
    ...building,
    "github-token": secret,
  },
  status: { ...place, ...fleet, "verify-full": flag },
  run: { ...place, ...fleet, command: { kind: "text", required: true }, role: text, all: flag, timeout: limit },
  pipeline: {
    ...place,
    ...fleet,
    verify: flag,
    ref: text,
    ...verifying,
    ...building,
    ...bundling,
    upload: { ...choice("after-deploy", "always", "never"), renamed: { auto: "after-deploy" } },
    ...deploying,
    ...showing,
  },
} as const satisfies Record<string, Record<string, Declared>>;

export type ActionName = keyof typeof DECLARED;

/** Inputs of all steps that access hosts. */
export const FLEET = { ...place, ...fleet } as const satisfies Record<string, Declared>;

/** The inputs that the `post` entry of an action that changes hosts reads again: those of the same step. */
export const AFTERWARDS = { ...place, ...fleet, secrets: { kind: "secrets" }, ...showing } as const satisfies Record<
  string,
  Declared
>;

type ValueOf<D extends Declared> = D extends { kind: "flag" }
  ? boolean | undefined
  : D extends { kind: "duration" | "limit" | "count" }
    ? number | undefined
    : D extends { kind: "list" | "lines" }
      ? string[]
      : D extends { kind: "secrets" }
        ? Record<string, string>
        : D extends { choices: readonly (infer C)[] }
          ? C | undefined
          : D extends { required: true }
            ? string
            : string | undefined;

/** The values of inputs by name: undefined (or an empty list) if neither the step nor tarlift.yml sets one. */
export type Values<I extends Record<string, Declared>> = { [name in keyof I]: ValueOf<I[name]> };
