// The vocabulary of messages: the events, and the variables of templates.

/** The events of a message, in the order in which they can occur: `started`, and then one of the outcomes. */
export const EVENTS = [
  "started",
  "deployed",
  "unchanged",
  "superseded",
  "rolled-back",
  "refused",
  "reverted",
  "split",
  "failed",
] as const;
export type NotifyEvent = (typeof EVENTS)[number];

/** Events that are sent unless a message names its own: changes, and failures that left something half-done. */
export const DEFAULT_EVENTS: readonly NotifyEvent[] = [
  "started",
  "deployed",
  "rolled-back",
  "reverted",
  "split",
  "failed",
];

/** A template's variables; each is a text, empty if unknown. */
export const VARIABLES = {
  event: "`started`, or the outcome",
  outcome: "the same; `started` has none",
  summary: "one line: application, target, what happened, release",
  message: "the sentence of the event",
  app: "the application",
  target: "the target",
  release: "the release's name",
  "previous-release": "what was live before",
  label: "the release's label",
  commit: "40 digits",
  "short-commit": "12 digits",
  hosts: "each host with what is live there, with commas",
  error: "what went wrong, and what to do",
  next: "the next command",
  repository: "`owner/name` on GitHub",
  actor: "who began the run",
  "run-url": "the run's page",
  time: "when it was sent: ISO 8601, UTC",
} as const;
export type Variable = keyof typeof VARIABLES;

/** Variables that had another name, by that name: refused in a user's file, replaced in recorded configurations. */
export const RENAMED_VARIABLES: Readonly<Record<string, Variable>> = { version: "label", trouble: "error" };
