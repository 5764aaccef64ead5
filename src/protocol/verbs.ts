// The protocol's table of steps: the states in which a host can be when it, its connection or the run is lost. The
// marks are the calls of `step` in the .sh files of src, and between two marks is every change that a later run can
// distinguish. Tests kill a process at each.

/**
 * Verbs of the program on hosts that change something there, with their marks in the order in which they are first
 * passed. `write-…` and `link-…` are between making a new file or link and the rename that replaces the old one;
 * `discard` is between the rename that hides something and its removal. Some are passed only if there is something to
 * do.
 */
export const STEPS = {
  facts: ["locked", "discard"],
  prepare: [
    "write-state-receiving",
    "receiving",
    "received",
    "verified",
    "environment-verified",
    "environment-named",
    "write-environment-index",
    "write-environment-stat",
    "joined",
    "configured",
    "write-index",
    "write-config",
    "write-layers",
    "write-stat",
    "write-record",
    "flushed",
    "named",
    "rehearsed",
    "write-state-prepared",
    "prepared",
  ],
  task: ["write-begun", "begun", "write-migrations.log", "write-ended", "ended"],
  activate: [
    "write-activating",
    "write-previous",
    "write-state-active",
    "recorded",
    "armed",
    "link-current",
    "swapped",
    "restarting",
    "restarted",
    "write-activated",
    "activated",
  ],
  revert: [
    "write-reverting",
    "reverting",
    "link-current",
    "swapped",
    "write-state-failed",
    "restarting",
    "restarted",
    "reverted",
  ],
  precommit: ["write-precommit", "precommitted"],
  commit: [
    "write-good",
    "write-previous",
    "write-state-good",
    "write-agreed",
    "link-previous",
    "recorded",
    "closed",
    "discard",
    "pruned",
    "write-migrations",
    "unlocked",
  ],
} as const satisfies Record<string, readonly string[]>;

/**
 * Verbs outside a transaction that change one thing of their own, or complete their work when they are called again.
 */
export const BESIDE = ["adopt", "setup", "note", "later", "pool", "hold", "unhold"] as const;

/** Verbs that change nothing. */
export const READING = ["observe", "definitions", "drift", "record", "files", "history", "http", "ping"] as const;

/** The verbs of a host: `main_run` in src/remote/main.sh has a case for each. */
export type Verb = keyof typeof STEPS | (typeof BESIDE)[number] | (typeof READING)[number];
