// The protocol's table of steps: what a host can have come to when it, its connection or the run is lost. The marks are the calls of
// `step` in the .sh files of src, and between two marks lies every change that a later run can tell apart. Tests kill something at each.

/**
 * Verbs of the program on hosts that change something there, with their marks in the order in which they are passed first. `write-…` and
 * `link-…` lie between the making of a new file or link and the rename that puts it in the place of the old one; `discard` between the
 * rename that takes something out of sight and its removal. Some are passed only where there is something to do.
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

/** Verbs beside a transaction that change one thing of their own, or bring a work to its end when they are called again. */
export const BESIDE = ["adopt", "setup", "note", "later", "pool", "hold", "unhold"] as const;

/** Verbs that change nothing. */
export const READING = ["observe", "definitions", "drift", "record", "files", "history", "http", "ping"] as const;

/** What a host can be called for: a case of `main_run` in src/remote/main.sh for each. */
export type Verb = keyof typeof STEPS | (typeof BESIDE)[number] | (typeof READING)[number];
